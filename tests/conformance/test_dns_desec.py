"""The DNS suite over a small deSEC, whose answers are those of the documentation and recordings."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from libcloud.dns.drivers.desec import DeSECDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

PAGE = 3
NOW = "2025-10-15T23:23:25.774392Z"
DOMAINS = "/api/v1/domains/"


class DeSECServer(HTTPDouble):
    """https://desec.readthedocs.io/en/latest/dns/rrsets.html"""

    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, dict[str, Any]] = {}
        self.sets: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self._state = threading.Lock()
        one, sets = f"{DOMAINS}{{zone}}/", f"{DOMAINS}{{zone}}/rrsets/"
        for method, path, handler in (
            ("GET", DOMAINS, self._list_zones),
            ("POST", DOMAINS, self._create_zone),
            ("GET", one, self._get_zone),
            ("DELETE", one, self._delete_zone),
            ("GET", sets, self._list_sets),
            ("POST", sets, self._create_set),
            ("PATCH", sets, self._change_sets),
            ("PATCH", f"{sets}{{subname}}/{{type}}/", self._change_set),
        ):
            self.serve(method, path, self._in_turn(handler))

    def _in_turn(self, handler: Any) -> Any:
        def guarded(request: Request, zone: str = "", **parts: str) -> Answer:
            with self._state:
                if zone and zone not in self.zones and request.method != "DELETE":
                    return answer(404, json={"detail": "No Domain matches the given query."})
                return handler(request, zone, **parts)  # type: ignore[no-any-return]

        return guarded

    def _list_zones(self, request: Request, zone: str) -> Answer:
        without_keys = [{**item} for item in self.zones.values()]
        for item in without_keys:
            del item["keys"]
        return self._page(request, without_keys)

    def _create_zone(self, request: Request, zone: str) -> Answer:
        name = request.json["name"]
        if name in self.zones:
            text = "This domain name conflicts with an existing zone, or is disallowed by policy."
            return answer(400, json={"name": [text]})
        times = dict.fromkeys(("created", "published", "touched"), NOW)
        self.zones[name] = {**times, "name": name, "minimum_ttl": 3600, "keys": []}
        self.sets[name] = {}
        servers = ["ns1.desec.io.", "ns2.desec.org."]
        self._put(name, {"subname": "", "type": "NS", "ttl": 3600, "records": servers})
        return answer(201, json=self.zones[name])

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json=self.zones[zone])

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        self.zones.pop(zone, None)
        return answer(204)

    def _list_sets(self, request: Request, zone: str) -> Answer:
        wanted = {key: request.query[key][0] for key in ("subname", "type") if key in request.query}
        items = [
            item
            for item in self.sets[zone].values()
            if all(item[key] == value for key, value in wanted.items())
        ]
        return self._page(request, items) if "cursor" in request.query else answer(json=items)

    def _create_set(self, request: Request, zone: str) -> Answer:
        body = request.json
        if (body["subname"], body["type"]) in self.sets[zone]:
            text = "Another RRset with the same subdomain and type exists for this domain."
            return answer(400, json={"non_field_errors": [text]})
        return answer(201, json=self._put(zone, body))

    def _change_sets(self, request: Request, zone: str) -> Answer:
        return answer(json=[item for body in request.json if (item := self._put(zone, body))])

    def _change_set(self, request: Request, zone: str, subname: str, type: str) -> Answer:
        key = subname.replace("@", ""), type
        if key not in self.sets[zone]:
            return answer(404, json={"detail": "No RRset matches the given query."})
        item = self._put(zone, {**self.sets[zone][key], **request.json})
        return answer(json=item) if item else answer(204)

    def _put(self, zone: str, body: dict[str, Any]) -> dict[str, Any] | None:
        key = body["subname"], body["type"]
        if not body["records"]:
            self.sets[zone].pop(key, None)
            return None
        assert body["ttl"] >= 3600
        name = f"{body['subname']}.{zone}.".lstrip(".")
        times = {"created": NOW, "touched": NOW}
        item = {**times, "domain": zone, "name": name, **body}
        self.sets[zone][key] = item
        return item

    def _page(self, request: Request, items: list[Any]) -> Answer:
        start = int(request.query["cursor"][0] or 0)
        end = start + PAGE
        base = f"<https://desec.io{request.path}?cursor="
        links = [f'{base}>; rel="first"']
        if end < len(items):
            links.append(f'{base}{end}>; rel="next"')
        return answer(json=items[start:end], headers={"Link": ", ".join(links)})


class TestDeSECDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> DeSECDNSDriver:
        return DeSECServer().attach(DeSECDNSDriver("token"))
