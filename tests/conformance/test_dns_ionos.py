"""The DNS suite over a small IONOS, as its documentation describes it and recordings show it."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.ionos import IonosDNSDriver
from libcloud.dns.names import quote_text
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.bought_zones import BoughtZones
from tests.conformance.rest_dns import Item, RestDNS


class IonosServer(RestDNS):
    """https://developer.hosting.ionos.com/docs/dns"""

    zones_path = "/dns/v1/zones"
    zone_key = record_key = ""
    deleted_status = 200
    keeps_duplicates = True

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        zone_id = f"uuid-of-{body['name']}"
        return zone_id, {"name": body["name"], "id": zone_id, "type": "NATIVE"}

    def first_records(self, zone: Item) -> list[Item]:
        server = {"name": zone["name"], "type": "NS", "content": "ns1.ui-dns.de", "ttl": 86400}
        return [{**server, "prio": 0, "disabled": False}]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        record = {"rootName": zone["name"], "changeDate": "2024-11-28T13:45:44.156Z", **body}
        if body["type"] == "TXT" and not body["content"].startswith('"'):
            record["content"] = quote_text(body["content"])
        if body["type"] not in ("MX", "SRV"):
            del record["prio"]
        return {**record, "id": f"uuid-{number}"}

    def changed_record(self, record: Item, body: Item) -> Item:
        assert body.keys() == {"content", "ttl", "prio", "disabled"}
        zone = {"name": record["rootName"]}
        named = {"name": record["name"], "type": record["type"]}
        return {**self.new_record(0, zone, {**named, **body}), "id": record["id"]}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        return items

    def error(self, status: int, message: str) -> Any:
        return [{"code": "RECORD_NOT_FOUND" if "record" in message else "ZONE_NOT_FOUND"}]

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json={**self._zone(zone), "records": [*self.records[zone].values()]})

    def _create_record(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        return answer(201, json=[self._add(zone, body) for body in request.json])


class DriverWithZones(BoughtZones, IonosDNSDriver):
    """IONOS as it is for somebody who buys a domain when one is needed."""


def ionos_driver() -> Any:
    driver = DriverWithZones("prefix", "secret")
    driver.server = IonosServer()
    return driver.server.attach(driver)


class TestIonosDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> Any:
        return ionos_driver()
