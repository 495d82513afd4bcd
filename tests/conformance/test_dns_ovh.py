"""The DNS suite over a small OVHcloud that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.ovh import OvhDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.bought_zones import BoughtZones
from tests.conformance.ovh_spec import ovh_spec
from tests.conformance.rest_dns import Item, RestDNS

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

NOTHING = answer(text="null", headers={"Content-Type": "application/json"})


class OvhServer(RestDNS):
    """https://eu.api.ovh.com/console/?section=%2Fdomain&branch=v1"""

    zones_path = "/1.0/domain/zone"
    records_path = "{zones}/{{zone}}/record"
    record_path = "{zones}/{{zone}}/record/{{record}}"
    zone_key = record_key = ""
    created_status = deleted_status = 200
    keeps_duplicates = True

    def __init__(self, spec: Any = None) -> None:
        super().__init__(spec)
        self.refreshed: list[str] = []
        self.serve("POST", f"{self.zones_path}/{{zone}}/refresh", self._refresh)

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        servers = ["dns103.ovh.net", "ns103.ovh.net"]
        return body["name"], {"name": body["name"], "nameServers": servers}

    def first_records(self, zone: Item) -> list[Item]:
        return [
            {"fieldType": "NS", "subDomain": "", "target": f"{server}.", "ttl": 0}
            for server in zone["nameServers"]
        ]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {"ttl": 0, **body, "zone": zone["name"], "id": number}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        return [item["id"] if "id" in item else item["name"] for item in items]

    def error(self, status: int, message: str) -> Any:
        return {"message": message, "httpCode": f"{status} ", "errorCode": ""}

    def _refresh(self, request: Request, zone: str) -> Answer:
        self.refreshed.append(zone)
        return NOTHING

    def _update_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._update_record(request, zone, record)
        return NOTHING

    def _delete_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._delete_record(request, zone, record)
        return NOTHING


class DriverWithZones(BoughtZones, OvhDNSDriver):
    """OVHcloud as it is for somebody who buys a domain when one is needed."""


def ovh_driver() -> Any:
    driver = DriverWithZones("key", "application-secret", ex_consumer_key="consumer-key")
    driver.server = OvhServer(spec=ovh_spec("domain"))
    return driver.server.attach(driver)


class TestOvhDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> Any:
        return ovh_driver()

    @pytest.mark.xfail(reason="the listing has only IDs: the first record is a second request")
    def test_iterate_records_makes_one_request_before_the_first(
        self, driver: Any, zone: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        super().test_iterate_records_makes_one_request_before_the_first(driver, zone, monkeypatch)
