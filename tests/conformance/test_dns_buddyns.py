"""The DNS suite over a small BuddyNS that does what its documentation says."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.buddyns import BuddyNSDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Request
from tests.conformance.rest_dns import Item, RestDNS


class BuddyNSServer(RestDNS):
    """https://www.buddyns.com/support/api/v2/"""

    zones_path = "/api/v2/zone/"
    zone_path = "/api/v2/zone/{{zone}}"
    zones_key = zone_key = ""
    exists_status = 400

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        states = {"status": "unknown", "delegation": "unknown", "serial": None, "creation_ts": None}
        return body["name"], {"name_idn": body["name"], **states, **body}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        return items

    def error(self, status: int, message: str) -> Any:
        exists = {"name": ["Zone with this Domain already exists."]}
        return exists if status == 400 else {"detail": "Not found"}


class TestBuddyNSDNSDriver(DNSDriverConformance):
    zone_options = {"extra": {"master": "192.0.2.1"}}

    @pytest.fixture
    def driver(self) -> BuddyNSDNSDriver:
        return BuddyNSServer().attach(BuddyNSDNSDriver("token"))
