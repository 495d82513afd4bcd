"""The DNS suite over a small Point DNS that answers as the provider was recorded."""

from __future__ import annotations

import re
from typing import Any

import pytest

from libcloud.dns.drivers.pointdns import PointDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS


class PointDNSServer(RestDNS):
    """https://pointhq.com/api/docs"""

    zones_path = "/zones"
    record_key = "zone_record"
    deleted_status = 202

    def __init__(self) -> None:
        super().__init__()
        self.serve("PUT", "/zones/{zone}", self._guarded(self._update_zone))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        asked = body["zone"]
        taken = [zone_id for zone_id, zone in self.zones.items() if zone["name"] == asked["name"]]
        zone_id = taken[0] if taken else str(number)
        about = {"group": "Default Group", "user-id": 26963, "ttl": 3600}
        return zone_id, {**about, **asked, "id": int(zone_id)}

    def first_records(self, zone: Item) -> list[Item]:
        servers = [f"dns{number}.pointhq.com." for number in (8, 9)]
        about = {"record_type": "NS", "name": f"{zone['name']}."}
        return [{"zone_record": {**about, "data": server}} for server in servers]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {"ttl": zone["ttl"], "aux": None, **self._shown(zone, body), "id": number}

    def changed_record(self, record: Item, body: Item) -> Item:
        return {**record, **self._shown(self.zones[str(record["zone_id"])], body)}

    def _shown(self, zone: Item, body: Item) -> Item:
        """Names and hosts with a final dot, and texts in quotes."""
        item = {**body["zone_record"], "zone_id": zone["id"]}
        if not item["name"].endswith("."):
            item["name"] += f".{zone['name']}."
        if item["record_type"] == "TXT" and not re.match('"', item["data"]):
            item["data"] = f'"{item["data"]}"'
        if item["record_type"] in ("CNAME", "MX", "NS", "SRV"):
            item["data"] = f"{item['data'].removesuffix('.')}."
        return item

    def content_of(self, record: Item) -> Any:
        return record["name"], record["record_type"], record["data"], record["aux"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        return [{"zone" if key == "zones" else "zone_record": item} for item in items]

    def error(self, status: int, message: str) -> Any:
        if status == 422:
            return [["name", "has already been taken"]]
        return {"status": "Error", "message": "Not found"}

    def _update_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone).update(request.json["zone"])
        return self._one("zone", self.zones[zone], 202)

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        super()._delete_zone(request, zone)
        return answer(202, json={"zone": {"status": "OK"}})


class TestPointDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> PointDNSDriver:
        return PointDNSServer().attach(PointDNSDriver("joe@example.com", "token"))
