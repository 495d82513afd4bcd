"""The DNS suite over a small DigitalOcean that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.digitalocean import DigitalOceanDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Request
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

SOA = "ns1.digitalocean.com. hostmaster.{0}. 1415982609 10800 3600 604800 1800"


def digitalocean_spec() -> Spec:
    """The description; it demands of NS, SRV and TXT records what recordings do without."""
    spec = openapi("digitalocean.yaml.gz")
    return spec.excusing("domains_create_record: body: '(flags|tag)' is a required property")


class DigitalOceanServer(RestDNS):
    """https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domains"""

    zones_path = "/v2/domains"
    zones_key, zone_key = "domains", "domain"
    records_key, record_key = "domain_records", "domain_record"

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        name = body["name"]
        zone_file = f"$ORIGIN {name}.\n$TTL 1800\n{name}. IN SOA {SOA.format(name)}\n"
        return name, {"name": name, "ttl": 1800, "zone_file": zone_file}

    def first_records(self, zone: Item) -> list[Item]:
        servers = [
            {"type": "NS", "name": "@", "data": f"ns{n}.digitalocean.com"} for n in (1, 2, 3)
        ]
        return [{"type": "SOA", "name": "@", "data": "1800"}, *servers]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        none = dict.fromkeys(("priority", "port", "weight", "flags", "tag"))
        return {"id": number, **none, "ttl": 1800, **body, "data": body["data"].removesuffix(".")}

    def changed_record(self, record: Item, body: Item) -> Item:
        return {**record, **body, "data": body["data"].removesuffix(".")}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        number = int(request.query.get("page", ["1"])[0])
        end = number * self.page_size
        base = f"https://api.digitalocean.com{request.path}?page="
        links = {"pages": {"next": f"{base}{number + 1}", "last": f"{base}99"}}
        return {
            key: items[end - self.page_size : end],
            "links": links if end < len(items) else {},
            "meta": {"total": len(items)},
        }

    def error(self, status: int, message: str) -> Any:
        return {"id": "not_found" if status == 404 else "unprocessable_entity", "message": message}


class TestDigitalOceanDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> DigitalOceanDNSDriver:
        server = DigitalOceanServer(spec=digitalocean_spec())
        return server.attach(DigitalOceanDNSDriver("dop_v1_token"))
