"""The DNS suite over a small Linode that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.linode import LinodeDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def linode_spec() -> Spec:
    """
    The description of version 4. It demands names of at least one letter, and says beside it when
    the name is empty; what it says of answers is not what its own examples and recordings show.
    """
    return openapi("linode.yaml.gz").excusing(
        r"(name|description): '' should be non-empty",
        r"tag: None is not one of",
        r"(created|updated): .* is not a 'date-time'",
    )


class LinodeServer(RestDNS):
    """https://techdocs.akamai.com/linode-api/reference/get-domains"""

    zones_path = "/v4/domains"
    zones_key = records_key = "data"
    zone_key = record_key = ""
    created_status = deleted_status = 200
    exists_status = 400

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec)
        self.serve("PUT", "/v4/domains/{zone}", self._guarded(self._update_zone))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        taken = (key for key, zone in self.zones.items() if zone["domain"] == body["domain"])
        zone_id = next(taken, str(number))
        zone = {
            "id": int(zone_id),
            "status": "active",
            "description": "",
            "tags": [],
            "master_ips": [],
            "axfr_ips": [],
            **dict.fromkeys(("retry_sec", "expire_sec", "refresh_sec", "ttl_sec"), 0),
        }
        return zone_id, {**zone, **body}

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        none: Item = {"service": None, "protocol": None, "tag": None}
        zero = dict.fromkeys(("priority", "weight", "port", "ttl_sec"), 0)
        when = {"created": "2018-01-01T00:01:01", "updated": "2018-01-01T00:01:01"}
        record = {"id": number, **none, **zero, **when}
        return self.changed_record(record, body)

    def changed_record(self, record: Item, body: Item) -> Item:
        changed = {**record, **body}
        if changed["type"] == "SRV":
            changed["name"] = f"_{changed['service']}._{changed['protocol']}"
        return changed

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["target"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        page = int(request.query.get("page", ["1"])[0])
        end = page * self.page_size
        pages = -(-len(items) // self.page_size) or 1
        found = items[end - self.page_size : end]
        return {key: found, "page": page, "pages": pages, "results": len(items)}

    def error(self, status: int, message: str) -> Any:
        return {"errors": [{"reason": "Not found" if status == 404 else message}]}

    def _update_zone(self, request: Request, zone: str) -> Answer:
        self.zones[zone] = {**self._zone(zone), **request.json}
        return self._one("", self.zones[zone])


class TestLinodeDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> LinodeDNSDriver:
        return LinodeServer(spec=linode_spec()).attach(LinodeDNSDriver("token"))
