"""The DNS suite over a small NS1 that answers as the provider was recorded."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import unquote

import pytest

from libcloud.dns.drivers.nsone import NsOneDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

PAGE_SIZE = 3

Item = dict[str, Any]


class NsOneServer(HTTPDouble):
    """https://ns1.com/api"""

    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, Item] = {}
        self.sets: dict[str, dict[tuple[str, str], Item]] = {}
        self._numbers = itertools.count(1)
        self.serve("GET", "/v1/zones", self._list_zones)
        for method in ("GET", "PUT", "POST", "DELETE"):
            self.serve(method, "/v1/zones/{zone}", self._one_zone)
            self.serve(method, "/v1/zones/{zone}/{name}/{type}", self._one_set)

    def _number(self) -> str:
        return f"{next(self._numbers):024x}"

    def _list_zones(self, request: Request) -> Answer:
        return self._page(request, list(self.zones.values()), lambda page: page)

    def _one_zone(self, request: Request, zone: str) -> Answer:
        if request.method == "PUT":
            if zone in self.zones:
                return answer(400, json={"message": "zone already exists"})
            servers = ["dns1.p08.nsone.net", "dns2.p08.nsone.net"]
            defaults = {"ttl": 3600, "nx_ttl": 3600, "retry": 7200, "refresh": 43200}
            shown = {**defaults, **request.json, "id": self._number(), "dns_servers": servers}
            self.zones[zone], self.sets[zone] = shown, {}
            return answer(json={**shown, "records": []})
        if zone not in self.zones:
            return answer(404, json={"message": "zone not found"})
        if request.method == "DELETE":
            del self.zones[zone]
            return answer(json={})
        if request.method == "POST":
            self.zones[zone].update(request.json)
        shown, sets = self.zones[zone], list(map(_short, self.sets[zone].values()))
        return self._page(request, sets, lambda page: {**shown, "records": page})

    def _one_set(self, request: Request, zone: str, name: str, type: str) -> Answer:
        if zone not in self.zones:
            return answer(404, json={"message": "zone not found"})
        sets, key = self.sets[zone], (unquote(name), type)
        if request.method == "PUT":
            if key in sets:
                return answer(400, json={"message": "record already exists"})
            defaults = {"ttl": self.zones[zone]["ttl"], "tier": 1, "filters": [], "meta": {}}
            sets[key] = {**defaults, "id": self._number(), "link": None, **request.json}
        elif key not in sets:
            return answer(404, json={"message": "record not found"})
        elif request.method == "DELETE":
            del sets[key]
            return answer(json={})
        elif request.method == "POST":
            sets[key].update(request.json)
        for each in sets[key]["answers"]:
            each.setdefault("id", self._number())
        return answer(json=sets[key])

    def _page(self, request: Request, items: list[Any], body: Any) -> Answer:
        start = int(request.query.get("after", ["0"])[0])
        end = start + PAGE_SIZE
        following = f"https://api.nsone.net{request.path}?after={end}&limit={PAGE_SIZE}"
        link = {"Link": f'<{following}>; rel="next"'} if end < len(items) else {}
        return answer(json=body(items[start:end]), headers=link)


def _short(item: Item) -> Item:
    shown = {key: item[key] for key in ("domain", "id", "link", "tier", "ttl", "type")}
    return {**shown, "short_answers": [" ".join(each["answer"]) for each in item["answers"]]}


class TestNsOneDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> NsOneDNSDriver:
        return NsOneServer().attach(NsOneDNSDriver("key"))
