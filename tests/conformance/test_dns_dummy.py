"""The DNS suite over the driver in memory."""

from __future__ import annotations

import pytest

from libcloud.dns.drivers.dummy import DummyDNSDriver
from libcloud.testing.dns import DNSDriverConformance


class TestDummyDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> DummyDNSDriver:
        return DummyDNSDriver("dummy-key", "dummy-secret")
