"""The DNS suite over a small AuroraDNS that does what recordings show."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.auroradns import AuroraDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS

SOA = "ns001.auroradns.eu admin.auroradns.eu 2018032201 86400 7200 604800 300"


class AuroraDNSServer(RestDNS):
    zones_path = "/zones"
    zones_key = zone_key = records_key = record_key = ""
    exists_status = 409
    deleted_status = 200

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        by_name = {zone["name"]: zone["id"] for zone in self.zones.values()}
        zone_id = by_name.get(body["name"], f"2128b47e-{number}")
        named = {"account_id": "e8cb5994", "cluster_id": "511d5146", "name": body["name"]}
        return zone_id, {**named, "id": zone_id, "created": "2018-03-22T19:54:33Z", "servers": []}

    def first_records(self, zone: Item) -> list[Item]:
        return [{"name": "", "type": "SOA", "content": SOA, "ttl": 3600}]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        times = dict.fromkeys(("created", "modified"), "2018-03-22T20:41:51Z")
        fixed = {"disabled": False, "health_check_id": None, "prio": 0}
        return {**fixed, **times, **body, "id": f"c27331ba-{number}"}

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["content"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        return items

    def error(self, status: int, message: str) -> Any:
        kind = "Record" if "record" in message else "Zone"
        name = f"{kind}{'ExistsError' if status == 409 else 'NotFoundError'}"
        return {"error": name, "errormsg": message}

    def _update_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._update_record(request, zone, record)
        return answer(200)


class TestAuroraDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> AuroraDNSDriver:
        return AuroraDNSServer().attach(AuroraDNSDriver("key", "secret"))
