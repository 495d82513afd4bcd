"""The DNS suite over a small OnApp that does what recordings show."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.onapp import OnAppDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS


class OnAppServer(RestDNS):
    """https://docs.onapp.com/apim/latest/dns-zones"""

    zones_path = "/dns_zones.json"
    zone_path = "/dns_zones/{{zone}}.json"
    records_path = "/dns_zones/{{zone}}/records.json"
    record_path = "/dns_zones/{{zone}}/records/{{record}}.json"
    zone_key, record_key = "dns_zone", "dns_record"

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        name = body["dns_zone"]["name"]
        by_name = {zone["name"]: zone["id"] for zone in self.zones.values()}
        zone = {"id": by_name.get(name, number), "name": name, "user_id": 348}
        return str(zone["id"]), {**zone, "cdn_reference": 1, "created_at": "", "updated_at": ""}

    def first_records(self, zone: Item) -> list[Item]:
        servers = ("ns1.dynomesh.net.au", "ns2.dynomesh.net.au")
        ns = {"name": "@", "type": "NS", "ttl": 86400}
        return [{"dns_record": {**ns, "hostname": host}} for host in servers]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {**body["dns_record"], "id": number}

    def changed_record(self, record: Item, body: Item) -> Item:
        return {**record, **body["dns_record"]}

    def content_of(self, record: Item) -> Any:
        return {key: record[key] for key in record if key not in ("id", "ttl")}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        if key == self.zones_key:
            return [{"dns_zone": zone} for zone in items]
        by_type: dict[str, list[Item]] = {}
        for record in items:
            by_type.setdefault(record["type"], []).append({"dns_record": record})
        return {"dns_zone": {"records": by_type}}

    def error(self, status: int, message: str) -> Any:
        taken = {"errors": {"name": ["has already been taken"]}}
        return taken if status == 422 else {"errors": [message]}

    def _update_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._update_record(request, zone, record)
        return answer(204)


class TestOnAppDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> OnAppDNSDriver:
        driver = OnAppDNSDriver("user@example.com", "api-key", host="onapp.example.com")
        return OnAppServer().attach(driver)
