"""The DNS suite over a small Liquid Web: all by POST, errors with status 200."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libcloud.dns.drivers.liquidweb import LiquidWebDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS, _Refused

SOA = "ns.liquidweb.com admin.liquidweb.com 2016022900 86400 7200 3600000 14400"


class LiquidWebServer(RestDNS):
    """https://cart.liquidweb.com/storm/api/docs/v1/Network/DNS/Zone.html and Record.html"""

    zones_path = "/v1/zones"  # No such paths: the methods below are all there is.

    def __init__(self) -> None:
        super().__init__()
        self.serve("POST", "/v1/Network/DNS/{kind}/{method}", self._guarded(self._dispatch))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        zone = {"id": number, "name": body["name"], "type": "NATIVE", "active": 1}
        state = {"delegation_status": "UNKNOWN", "master": "67.225.160.2", "notified_serial": None}
        return str(number), {**zone, **state, "region_support": 0}

    def first_records(self, zone: Item) -> list[Item]:
        ns = {"name": zone["name"], "type": "NS"}
        return [
            {"name": zone["name"], "type": "SOA", "rdata": SOA},
            {**ns, "rdata": "ns.liquidweb.com"},
            {**ns, "rdata": "ns1.liquidweb.com"},
        ]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {"prio": None, "ttl": 300, **body, "id": number, "zone_id": zone["id"]}

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["rdata"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        number = request.json["params"]["page_num"]
        end = number * self.page_size
        return {
            "item_count": self.page_size,
            "item_total": len(items),
            "items": items[end - self.page_size : end],
            "page_num": number,
            "page_size": self.page_size,
            "page_total": -(-len(items) // self.page_size),
        }

    def error(self, status: int, message: str) -> Any:
        name = "RecordNotFound" if status == 404 else "DuplicateRecord"
        return {"error_class": f"LW::Exception::{name}", "full_message": message}

    def _guarded(self, handler: Callable[..., Answer]) -> Callable[..., Answer]:
        guarded = super()._guarded(handler)

        def always_200(request: Request, **parts: str) -> Answer:
            reply = guarded(request, **parts)
            reply.status = 200
            return reply

        return always_200

    def _dispatch(self, request: Request, kind: str, method: str) -> Answer:
        params = request.json["params"]
        called = getattr(self, f"_{kind}_{method}".lower())
        if method == "list":
            return answer(json=self.page("items", called(params), request))
        return answer(json=called(params))

    def _zone_list(self, params: Item) -> list[Item]:
        return list(self.zones.values())

    def _zone_details(self, params: Item) -> Item:
        return self._zone(str(params["id"]))

    def _zone_create(self, params: Item) -> Item:
        if params["name"] in [zone["name"] for zone in self.zones.values()]:
            raise _Refused(200, "name exists")
        zone_id, zone = self.new_zone(next(self._numbers), params)
        self.zones[zone_id], self.records[zone_id] = zone, {}
        for body in self.first_records(zone):
            self._add(zone_id, body)
        return zone

    def _zone_delete(self, params: Item) -> Item:
        self._delete_zone(None, params["id"])  # type: ignore[arg-type]
        return {"deleted": params["id"]}

    def _record_list(self, params: Item) -> list[Item]:
        self._zone(params["zone_id"])
        return list(self.records[params["zone_id"]].values())

    def _record_details(self, params: Item) -> Item:
        for records in self.records.values():
            if str(params["id"]) in records:
                return records[str(params["id"])]
        raise _Refused(404, f"Record 'network_dns_rr: {params['id']}' not found")

    def _record_create(self, params: Item) -> Item:
        self._zone(params["zone_id"])
        return self._add(params["zone_id"], params)

    def _record_update(self, params: Item) -> Item:
        record = self._record_details(params)
        record.update({**params, "id": record["id"]})
        return record

    def _record_delete(self, params: Item) -> Item:
        record = self._record_details(params)
        del self.records[str(record["zone_id"])][str(record["id"])]
        return {"deleted": record["id"]}


class TestLiquidWebDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> LiquidWebDNSDriver:
        return LiquidWebServer().attach(LiquidWebDNSDriver("user", "password"))
