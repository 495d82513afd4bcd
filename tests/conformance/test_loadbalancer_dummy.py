"""The load balancer suite over the driver in memory."""

from __future__ import annotations

import pytest

from libcloud.loadbalancer.drivers.dummy import DummyLBDriver
from libcloud.testing.loadbalancer import LoadBalancerDriverConformance


class TestDummyLBDriver(LoadBalancerDriverConformance):
    @pytest.fixture
    def driver(self) -> DummyLBDriver:
        return DummyLBDriver("dummy-key", "dummy-secret")
