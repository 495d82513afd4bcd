"""The DNS suite over a small DNSimple that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.dnsimple import DNSimpleDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Request, answer
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

WHEN = "2018-07-09T05:29:54Z"
ACCOUNT = {
    "id": 731,
    "email": "me@example.com",
    "plan_identifier": "dnsimple-business",
    "created_at": WHEN,
    "updated_at": WHEN,
}
SOA = "ns1.dnsimple.com admin.dnsimple.com 1458642070 86400 7200 604800 300"


def dnsimple_spec() -> Spec:
    """
    The description. Pages have parameters in all listings, it says, and names them in none; the
    errors of a validation are lists of texts in its own examples.
    """
    return openapi("dnsimple.yaml.gz").excusing("query parameter (per_)?page: ", "errors")


class DNSimpleServer(RestDNS):
    """https://developer.dnsimple.com/v2/zones/records/"""

    zones_path = "/v2/731/domains"
    records_path = "/v2/731/zones/{{zone}}/records"
    record_path = "/v2/731/zones/{{zone}}/records/{{record}}"
    zones_key = zone_key = records_key = record_key = "data"
    update_method = "PATCH"
    exists_status = 400

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec)
        self.serve("GET", "/v2/accounts", lambda request: answer(json={"data": [ACCOUNT]}))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        name = body["name"]
        zone = {
            "id": number,
            "account_id": 731,
            "registrant_id": None,
            "name": name,
            "unicode_name": name,
            "state": "hosted",
            "auto_renew": False,
            "private_whois": False,
            "trustee": False,
            "expires_at": None,
            "created_at": WHEN,
            "updated_at": WHEN,
        }
        return name, zone

    def first_records(self, zone: Item) -> list[Item]:
        servers = [{"type": "NS", "name": "", "content": f"ns{n}.dnsimple.com"} for n in (1, 2)]
        return [{"type": "SOA", "name": "", "content": SOA}, *servers]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {
            "id": number,
            "zone_id": zone["name"],
            "parent_id": None,
            "ttl": 3600,
            "priority": None,
            "regions": ["global"],
            "system_record": False,
            "created_at": WHEN,
            "updated_at": WHEN,
            **body,
        }

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["content"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        page = int(request.query.get("page", ["1"])[0])
        end = page * self.page_size
        pagination = {
            "current_page": page,
            "per_page": self.page_size,
            "total_entries": len(items),
            "total_pages": -(-len(items) // self.page_size) or 1,
        }
        return {key: items[end - self.page_size : end], "pagination": pagination}

    def error(self, status: int, message: str) -> Any:
        if status == 404:
            return {"message": message}
        return {"message": "Validation failed", "errors": {"base": [message]}}


class TestDNSimpleDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> DNSimpleDNSDriver:
        server = DNSimpleServer(spec=dnsimple_spec())
        return server.attach(DNSimpleDNSDriver("me@example.com", "token"))
