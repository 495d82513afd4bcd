"""The DNS suite over a small Vultr that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.vultr import VultrDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def vultr_spec() -> Spec:
    """The description of version 2."""
    return openapi("vultr.json.gz")


class VultrServer(RestDNS):
    """https://www.vultr.com/api/#tag/dns"""

    zones_path = "/v2/domains"
    zones_key, zone_key = "domains", "domain"
    records_key, record_key = "records", "record"
    update_method = "PATCH"
    exists_status = 400

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        name = body["domain"]
        zone = {"domain": name, "date_created": "2021-03-27T09:40:29+00:00", "dns_sec": "disabled"}
        return name, zone

    def first_records(self, zone: Item) -> list[Item]:
        servers = [{"type": "NS", "name": "", "data": f"ns{n}.vultr.com"} for n in (1, 2)]
        return [{**server, "priority": -1} for server in servers]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {"id": f"727732b8-d5bb-48d2-a7dc-{number:012x}", "priority": 0, "ttl": 300, **body}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        start = int(request.query.get("cursor", ["0"])[0])
        end = start + self.page_size
        links = {"next": str(end) if end < len(items) else "", "prev": ""}
        return {key: items[start:end], "meta": {"total": len(items), "links": links}}

    def error(self, status: int, message: str) -> Any:
        return {"error": message, "status": status}

    def _update_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._update_record(request, zone, record)
        return answer(204)

    def _one(self, key: str, item: Item, status: int = 200) -> Answer:
        created_zone = key == self.zone_key and status == self.created_status
        return super()._one(key, item, 200 if created_zone else status)


class TestVultrDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> VultrDNSDriver:
        return VultrServer(spec=vultr_spec()).attach(VultrDNSDriver("key"))
