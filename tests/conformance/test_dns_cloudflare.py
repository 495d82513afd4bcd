"""The DNS suite over a small Cloudflare that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.cloudflare import SENT_IN_PARTS, CloudFlareDNSDriver
from libcloud.dns.rdata import join_rdata
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

WHEN = "2025-08-27T20:36:34.899477Z"


def cloudflare_spec() -> Spec:
    """
    The description, without what recordings and the reference show to be wrong in it:

    - Where it says "one of", most of its alternatives demand nothing.
    - It demands of new records what it calls read-only, and a body of what deletes one.
    - Errors about records are to say that they are good answers as well.
    - A path may not name what is read-only; nor may a change of ``paused``, which is for changes.
    """
    read_only = "'(content|created_on|id|modified_on|proxiable)' is a required property"
    return openapi("cloudflare.json.gz").excusing(
        "is valid under each of",
        f"dns-record: body: ({read_only}|is required)",
        r"dns-record.*answer \$\.success: False is not one of",
        r"dns-record.*answer \$\.result: (fits none of the described forms: )?None ",
        "path parameter zone_id: Tried to write read-only",
        r"zones-0-patch: body \$\.paused",
    )


def an_id(number: int) -> str:
    return f"{number:032x}"


class CloudFlareServer(RestDNS):
    """https://developers.cloudflare.com/api/resources/dns/subresources/records/"""

    zones_path = "/client/v4/zones"
    records_path = "{zones}/{{zone}}/dns_records"
    record_path = "{zones}/{{zone}}/dns_records/{{record}}"
    zones_key = zone_key = records_key = record_key = "result"
    created_status = deleted_status = 200
    exists_status = 400

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec)
        account = {"id": an_id(99), "name": "Demo"}
        memberships = [{"id": an_id(98), "status": "accepted", "account": account}]
        body = self._good(memberships)
        self.serve("GET", "/client/v4/memberships", lambda request: answer(json=body))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        taken = (zone_id for zone_id, zone in self.zones.items() if zone["name"] == body["name"])
        none = dict.fromkeys(
            ("original_name_servers", "original_registrar", "original_dnshost", "activated_on")
        )
        zone_id = next(taken, an_id(number))
        zone = {
            "id": zone_id,
            "development_mode": 0,
            "status": "pending",
            "paused": False,
            "owner": {"type": "user"},
            "meta": {},
            "name_servers": ["blakely.ns.cloudflare.com"],
            "created_on": WHEN,
            "modified_on": WHEN,
            **none,
            **body,
        }
        return zone_id, zone

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        item = {"id": an_id(number), "ttl": 1, "proxiable": True, "proxied": False, "meta": {}}
        return self.changed_record(
            {**item, "settings": {}, "tags": [], "created_on": WHEN, "modified_on": WHEN}, body
        )

    def changed_record(self, record: Item, body: Item) -> Item:
        return {**record, "content": self._content_of(body), **body}

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["content"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        page = int(request.query["page"][0])
        end = page * self.page_size
        info = {
            "page": page,
            "per_page": self.page_size,
            "count": len(items[end - self.page_size : end]),
            "total_count": len(items),
        }
        return {**self._good(items[end - self.page_size : end]), "result_info": info}

    def error(self, status: int, message: str) -> Any:
        code = {"no such zone": 7003, "no such record": 81044, "name already exists": 1061}
        errors = [{"code": code.get(message, 81058), "message": message}]
        return {"success": False, "errors": errors, "messages": [], "result": None}

    def _content_of(self, body: Item) -> str:
        """The data as a zone file has it, which is read-only for types that come in parts."""
        kind, parts = body["type"], {"priority": body.get("priority"), **(body.get("data") or {})}
        if kind == "LOC":
            return " ".join(str(part) for part in parts.values() if part is not None)
        for ours, theirs in SENT_IN_PARTS.get(kind, {}).items():
            parts[ours] = parts.pop(theirs)
        return join_rdata(kind, parts) if "data" in body else ""

    def _good(self, result: Any) -> Any:
        return {"success": True, "errors": [], "messages": [], "result": result}

    def _one(self, key: str, item: Item, status: int = 200) -> Answer:
        return answer(status, json=self._good(item))

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        super()._delete_zone(request, zone)
        return self._one("result", {"id": zone})

    def _delete_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._delete_record(request, zone, record)
        return self._one("result", {"id": record})


class TestCloudFlareDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> CloudFlareDNSDriver:
        server = CloudFlareServer(spec=cloudflare_spec())
        return server.attach(CloudFlareDNSDriver("token"))
