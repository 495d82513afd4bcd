"""The DNS suite over a small Porkbun, as its documentation describes it and recordings show it."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.porkbun import PorkbunDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.bought_zones import BoughtZones
from tests.conformance.rest_dns import Item, RestDNS


class PorkbunServer(RestDNS):
    """https://porkbun.com/api/json/v3/documentation"""

    zones_path = "/unused"
    keeps_duplicates = True

    def __init__(self) -> None:
        super().__init__()
        base = "/api/json/v3"
        for path, handler in (
            ("domain/listAll", self._list_zones),
            ("dns/retrieve/{zone}", self._list_records),
            ("dns/create/{zone}", self._create_record),
            ("dns/edit/{zone}/{record}", self._update_record),
            ("dns/delete/{zone}/{record}", self._delete_record),
        ):
            self.serve("POST", f"{base}/{path}", self._guarded(handler))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        return body["name"], {"domain": body["name"], "status": "ACTIVE"}

    def first_records(self, zone: Item) -> list[Item]:
        server = {"name": "", "type": "NS", "content": "maceio.porkbun.com", "ttl": 86400}
        return [{**server, "prio": None}]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        name = f"{body['name']}.{zone['domain']}".lstrip(".")
        shown = {"prio": "0", "notes": None, **body, "ttl": str(body["ttl"])}
        return {**shown, "id": str(number), "name": name}

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        if key == "zones":
            start = int(request.json["start"])
            return {"status": "SUCCESS", "domains": items[start : start + 1000]}
        return {"status": "SUCCESS", "cloudflare": "enabled", "records": items}

    def error(self, status: int, message: str) -> Any:
        what = "record ID" if "record" in message else "domain"
        return {"status": "ERROR", "message": f"Invalid {what}."}

    def _guarded(self, handler: Any) -> Any:
        guarded = super()._guarded(handler)

        def with_status_400(request: Request, **parts: str) -> Answer:
            found: Answer = guarded(request, **parts)
            return answer(400, body=found.body) if found.status == 404 else found

        return with_status_400

    def _create_record(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        created = self._add(zone, request.json)
        return answer(json={"status": "SUCCESS", "id": int(created["id"])})

    def _update_record(self, request: Request, zone: str, record: str) -> Answer:
        old = self._record(zone, record)
        new = self.new_record(0, self._zone(zone), request.json)
        self.records[zone][record] = {**new, "id": old["id"]}
        return answer(json={"status": "SUCCESS"})

    def _delete_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._delete_record(request, zone, record)
        return answer(json={"status": "SUCCESS"})


class DriverWithZones(BoughtZones, PorkbunDNSDriver):
    """Porkbun as it is for somebody who buys a domain when one is needed."""


def porkbun_driver() -> Any:
    driver = DriverWithZones("pk1_key", "sk1_secret")
    driver.server = PorkbunServer()
    return driver.server.attach(driver)


class TestPorkbunDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> Any:
        return porkbun_driver()
