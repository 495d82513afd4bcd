"""The DNS suite over a small Hetzner that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.hetzner import HetznerDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS, _Refused

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

WHEN = "2016-01-30T23:55:00Z"


def hetzner_spec() -> Spec:
    """The description."""
    return openapi("hetzner-cloud.json.gz")


class HetznerServer(RestDNS):
    """
    https://docs.hetzner.cloud/reference/cloud#tag/zone-rrsets

    ``records`` has record sets here, by name and type. An action is done when somebody looks at it.
    """

    zones_path = "/v1/zones"
    records_path = "{zones}/{{zone}}/rrsets"
    record_path = "{zones}/{{zone}}/rrsets/{{name}}/{{type}}"
    zones_key, zone_key = "zones", "zone"
    records_key, record_key = "rrsets", "rrset"
    exists_status = 409
    deleted_status = 201

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec)
        self.serve("GET", "/v1/actions/{number}", self._get_action)
        zone = "/v1/zones/{zone}"
        self.serve("POST", f"{zone}/actions/change_ttl", self._guarded(self._change_zone_ttl))
        path = f"{zone}/rrsets/{{name}}/{{type}}/actions/{{action}}"
        self.serve("POST", path, self._guarded(self._act))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        taken = (key for key, zone in self.zones.items() if zone["name"] == body["name"])
        zone_id = next(taken, str(number))
        servers: Item = {"assigned": [], "delegated": [], "delegation_last_check": None}
        zone = {
            "id": int(zone_id),
            "created": WHEN,
            "labels": {},
            "protection": {"delete": False},
            "ttl": 3600,
            "status": "ok",
            "record_count": 0,
            "authoritative_nameservers": {**servers, "delegation_status": "unknown"},
            "registrar": "other",
        }
        return zone_id, {**zone, **body}

    def first_records(self, zone: Item) -> list[Item]:
        soa = "hydrogen.ns.hetzner.com. dns.hetzner.com. 2024010100 86400 10800 3600000 3600"
        servers = [f"{name}.ns.hetzner.com." for name in ("hydrogen", "oxygen")]
        return [
            {"name": "@", "type": "SOA", "records": [{"value": soa}]},
            {"name": "@", "type": "NS", "records": [{"value": server} for server in servers]},
        ]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        page = int(request.query["page"][0])
        for field in ("name", "type"):
            wanted = request.query.get(field)
            items = [item for item in items if not wanted or item[field] in wanted]
        end = page * self.page_size
        pagination = {
            "page": page,
            "per_page": self.page_size,
            "previous_page": page - 1 or None,
            "next_page": page + 1 if end < len(items) else None,
            "last_page": None,
            "total_entries": len(items),
        }
        return {key: items[end - self.page_size : end], "meta": {"pagination": pagination}}

    def error(self, status: int, message: str) -> Any:
        code = {404: "not_found", 409: "uniqueness_error"}.get(status, "invalid_input")
        return {"error": {"code": code, "message": message, "details": {}}}

    def action(self, status: str = "running") -> Item:
        resources = [{"id": 42, "type": "zone"}]
        action = {"id": 7, "command": "change", "status": status, "started": WHEN, "progress": 0}
        return {**action, "finished": None, "resources": resources, "error": None}

    def _get_action(self, request: Request, number: str) -> Answer:
        return answer(json={"action": self.action("success")})

    def _one(self, key: str, item: Item, status: int = 200) -> Answer:
        return answer(
            status, json={key: item, **({"action": self.action()} if status == 201 else {})}
        )

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        super()._delete_zone(request, zone)
        return answer(201, json={"action": self.action()})

    def _change_zone_ttl(self, request: Request, zone: str) -> Answer:
        self._zone(zone)["ttl"] = request.json["ttl"]
        return answer(201, json={"action": self.action("success")})

    def _add(self, zone_id: str, body: Item) -> Item:
        key = f"{body['name']}/{body['type']}"
        if key in self.records[zone_id]:
            raise _Refused(409, "RRSet already exists")
        none = {"ttl": None, "labels": {}, "protection": {"change": False}}
        rrset = {"id": key, **none, "zone": int(zone_id), **body}
        self.records[zone_id][key] = rrset
        return rrset

    def _delete_record(self, request: Request, zone: str, name: str, type: str) -> Answer:  # type: ignore[override]
        self._rrset(zone, name, type)
        del self.records[zone][f"{name}/{type}"]
        return answer(201, json={"action": self.action()})

    def _act(self, request: Request, zone: str, name: str, type: str, action: str) -> Answer:
        rrset, body = self._rrset(zone, name, type), request.json
        if action == "change_ttl":
            rrset["ttl"] = body["ttl"]
        elif action == "set_records":
            rrset["records"] = body["records"]
        elif action == "add_records":
            rrset["records"] = [*rrset["records"], *body["records"]]
        elif action == "remove_records":
            values = [record["value"] for record in body["records"]]
            rrset["records"] = [each for each in rrset["records"] if each["value"] not in values]
        return answer(201, json={"action": self.action()})

    def _rrset(self, zone: str, name: str, type: str) -> Item:
        return self._record(zone, f"{name}/{type}")


class TestHetznerDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> HetznerDNSDriver:
        return HetznerServer(spec=hetzner_spec()).attach(HetznerDNSDriver("token"))
