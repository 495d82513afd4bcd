"""The DNS suite over a small bunny.net, as its documentation describes it."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.bunny import BunnyDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS, _Refused


class BunnyServer(RestDNS):
    """https://docs.bunny.net/api-reference/core/dns-zone/"""

    zones_path = "/dnszone"
    zone_key = record_key = ""
    exists_status = 400
    keeps_duplicates = True

    def __init__(self) -> None:
        super().__init__()
        records = "/dnszone/{zone}/records"
        self.serve("PUT", records, self._guarded(self._create_record))
        self.serve("POST", f"{records}/{{record}}", self._guarded(self._change_record))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        if any(zone["Domain"] == body["Domain"] for zone in self.zones.values()):
            raise _Refused(400, "The zone exists already")
        servers = {"Nameserver1": "kiki.bunny.net", "Nameserver2": "coco.bunny.net"}
        return str(number), {"Id": number, "Domain": body["Domain"], **servers}

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        none = {"Priority": 0, "Weight": 0, "Port": 0, "Flags": 0, "Tag": "", "Comment": ""}
        return {"Ttl": 300, **none, "Disabled": False, **body, "Id": number, "id": number}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        end = int(request.query["page"][0]) * self.page_size
        return {
            "CurrentPage": int(request.query["page"][0]),
            "TotalItems": len(items),
            "HasMoreItems": end < len(items),
            "Items": [{**item, "Records": []} for item in items[end - self.page_size : end]],
        }

    def error(self, status: int, message: str) -> Any:
        return {"ErrorKey": "", "Field": "Id", "Message": message}

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json={**self._zone(zone), "Records": [*self.records[zone].values()]})

    def _change_record(self, request: Request, zone: str, record: str) -> Answer:
        old = self._record(zone, record)
        assert request.json["Id"] == old["Id"]
        self.records[zone][record] = self.new_record(old["Id"], {}, request.json)
        return answer(204)


class TestBunnyDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> BunnyDNSDriver:
        return BunnyServer().attach(BunnyDNSDriver("api-key"))
