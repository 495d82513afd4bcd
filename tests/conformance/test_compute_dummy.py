"""The reference driver passes the suite of compute drivers, and skips none of it."""

from __future__ import annotations

import pytest

from libcloud.compute.drivers.dummy import DummyNodeDriver
from libcloud.testing.compute import NodeDriverConformance


class TestDummy(NodeDriverConformance):
    missing_id = "999"
    image_source_region = "2"
    wait_interval = 0.01

    @pytest.fixture
    def driver(self) -> DummyNodeDriver:
        return DummyNodeDriver("not a number")
