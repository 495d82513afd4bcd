"""The DNS suite over a small RcodeZero, whose answers are those of the recordings."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from libcloud.dns.drivers.rcodezero import RcodeZeroDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

PAGE = 3


class RcodeZeroServer(HTTPDouble):
    """https://my.rcodezero.at/openapi/"""

    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, dict[str, Any]] = {}
        self.sets: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self._state = threading.Lock()
        for method, path, handler in (
            ("GET", "/api/v2/zones", self._list_zones),
            ("POST", "/api/v2/zones", self._create_zone),
            ("GET", "/api/v2/zones/{zone}", self._get_zone),
            ("PUT", "/api/v2/zones/{zone}", self._update_zone),
            ("DELETE", "/api/v2/zones/{zone}", self._delete_zone),
            ("GET", "/api/v2/zones/{zone}/rrsets", self._list_sets),
            ("PATCH", "/api/v2/zones/{zone}/rrsets", self._change_sets),
        ):
            self.serve(method, path, self._in_turn(handler))

    def _in_turn(self, handler: Any) -> Any:
        def guarded(request: Request, zone: str = "") -> Answer:
            with self._state:
                if zone and zone not in self.zones:
                    return failed(404, "Zone not found")
                return handler(request, zone)  # type: ignore[no-any-return]

        return guarded

    def _list_zones(self, request: Request, zone: str) -> Answer:
        return self._page(request, list(self.zones.values()))

    def _create_zone(self, request: Request, zone: str) -> Answer:
        body, name = request.json, request.json["domain"]
        if name in self.zones:
            return failed(400, "Zone already exists")
        self.zones[name] = {
            "id": len(self.zones) + 1,
            "domain": name,
            "type": body["type"].upper(),
            "masters": body.get("masters", [""]),
            "serial": 2019093201,
            "created": "2019-09-30T12:57:51Z",
            "last_check": None,
            "dnssec_status": "Unsigned",
            "dnssec_status_detail": "Unsigned",
        }
        self.sets[name] = {}
        for kind, content in (
            ("SOA", "sec1.rcode0.net. rcodezero-soa.ipcom.at. 1 10800 3600 604800 3600"),
            ("NS", "sec1.rcode0.net."),
        ):
            records = [{"content": content, "disabled": False}]
            item = {"name": f"{name}.", "type": kind, "ttl": 3600, "records": records}
            self.sets[name][f"{name}.", kind] = item
        return answer(201, json={"status": "ok", "message": f"Zone {name} successfully added"})

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json=self.zones[zone])

    def _update_zone(self, request: Request, zone: str) -> Answer:
        body = request.json
        masters = body.get("masters", [""])
        self.zones[zone].update(type=body["type"].upper(), masters=masters)
        return answer(json={"status": "ok", "message": "Zone updated"})

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        del self.zones[zone], self.sets[zone]
        return answer(204)

    def _list_sets(self, request: Request, zone: str) -> Answer:
        return self._page(request, list(self.sets[zone].values()))

    def _change_sets(self, request: Request, zone: str) -> Answer:
        changed = dict(self.sets[zone])
        for change in request.json:
            key = change["name"], change["type"]
            if (change["changetype"] == "add") == (key in changed):
                return failed(400, f"RRset {key}: cannot {change['changetype']}")
            if change["changetype"] == "delete":
                del changed[key]
            else:
                changed[key] = {name: change[name] for name in ("name", "type", "ttl", "records")}
        self.sets[zone] = changed
        return answer(json={"status": "ok", "message": "RRsets updated"})

    def _page(self, request: Request, items: list[Any]) -> Answer:
        """Pages, though all items were asked for: whether the API still gives them is not sure."""
        number = int(request.query.get("page", ["1"])[0])
        end = number * PAGE
        last = max(1, -(-len(items) // PAGE))
        return answer(
            json={
                "current_page": number,
                "data": items[end - PAGE : end],
                "last_page": last,
                "per_page": PAGE,
                "total": len(items),
            }
        )


def failed(status: int, message: str) -> Answer:
    return answer(status, json={"status": "failed", "message": message})


class TestRcodeZeroDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> RcodeZeroDNSDriver:
        return RcodeZeroServer().attach(RcodeZeroDNSDriver("token"))
