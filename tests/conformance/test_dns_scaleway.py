"""The DNS suite over a small Scaleway that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.scaleway import ScalewayDNSDriver
from libcloud.dns.names import quote_text
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS, _Refused

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def scaleway_spec() -> Spec:
    """The description; it demands filters that its own examples and the recordings are without."""
    spec = openapi("scaleway-domain-v2beta1.yaml.gz")
    return spec.excusing("query parameter '?(domain|name)'?: .*required")


class ScalewayServer(RestDNS):
    """https://www.scaleway.com/en/developers/api/domains-and-dns/"""

    zones_path = "/domain/v2beta1/dns-zones"
    zones_key, zone_key = "dns_zones", ""
    exists_status = 409
    created_status = deleted_status = 200
    keeps_duplicates = True

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec)
        self.serve("PATCH", f"{self.zones_path}/{{zone}}/records", self._guarded(self._patch))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        zone_id = ".".join(part for part in (body["subdomain"], body["domain"]) if part)
        servers = ["ns0.dom.scw.cloud", "ns1.dom.scw.cloud"]
        zone = {**body, "ns": servers, "ns_default": servers, "ns_master": [], "status": "active"}
        return zone_id, {**zone, "message": None, "linked_products": []}

    def first_records(self, zone: Item) -> list[Item]:
        return [
            {"type": "NS", "name": "", "data": f"{server}.", "ttl": 1800} for server in zone["ns"]
        ]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        record = {"comment": None, "priority": 0, **body, "id": f"uuid-{number}"}
        if record["type"] == "TXT" and not record["data"].startswith('"'):
            record["data"] = quote_text(record["data"])
        return record

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        if "id" in request.query:
            items = [item for item in items if item["id"] == request.query["id"][0]]
        if "dns_zones" in request.query:
            items = [item for item in items if item["domain"] == request.query["dns_zones"][0]]
        end = int(request.query["page"][0]) * self.page_size
        return {"total_count": len(items), key: items[end - self.page_size : end]}

    def error(self, status: int, message: str) -> Any:
        return {"type": {404: "not_found", 409: "already_exists"}[status], "message": message}

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        super()._delete_zone(request, zone)
        return answer(json={})

    def _patch(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        returned = []
        for change in request.json["changes"]:
            ((action, what),) = change.items()
            if action != "add":
                self._remove(zone, what)
            returned += [self._add(zone, body) for body in what.get("records", ())]
        return answer(json={"records": returned})

    def _remove(self, zone: str, what: Item) -> None:
        fields = what.get("id_fields") or {"id": what["id"]}
        records = self.records[zone]
        found = [
            number
            for number, record in records.items()
            if all(record[key] == value for key, value in fields.items())
        ]
        if not found:
            raise _Refused(404, "no such record")
        for number in found:
            del records[number]


class TestScalewayDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> ScalewayDNSDriver:
        server = ScalewayServer(spec=scaleway_spec())
        return server.attach(ScalewayDNSDriver("secret-key", ex_project_id="project"))
