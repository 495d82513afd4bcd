"""The DNS suite over a small LuaDNS that answers as the provider was recorded."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.luadns import LuadnsDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Request
from tests.conformance.rest_dns import Item, RestDNS


class LuadnsServer(RestDNS):
    """https://luadns.com/api.html"""

    zones_path = "/v1/zones"
    zone_key = record_key = ""
    created_status = deleted_status = 200

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        taken = [zone_id for zone_id, zone in self.zones.items() if zone["name"] == body["name"]]
        counts = dict.fromkeys(("queries_count", "aliases_count", "redirects_count"), 0)
        zone_id = taken[0] if taken else str(number)
        return zone_id, {"id": int(zone_id), "name": body["name"], "synced": False, **counts}

    def first_records(self, zone: Item) -> list[Item]:
        name = f"{zone['name']}."
        servers = [{"type": "NS", "name": name, "content": f"ns{n}.luadns.net."} for n in (1, 2)]
        soa = "a.ns.luadns.net. hostmaster.luadns.com. 1396534532 1200 120 604800 300"
        return [{"type": "SOA", "name": name, "content": soa}, *servers]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        moment = "2018-03-20T07:18:27.947293Z"
        more = {"zone_id": zone["id"], "created_at": moment, "updated_at": moment}
        return {"ttl": 300, **body, **more, "id": number}

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["content"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        return items

    def error(self, status: int, message: str) -> Any:
        text = "Not Found" if status == 404 else "Unprocessable Entity"
        return {"status": text, "request_id": "a1b2", "message": message}


class TestLuadnsDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> LuadnsDNSDriver:
        return LuadnsServer().attach(LuadnsDNSDriver("joe@example.com", "key"))
