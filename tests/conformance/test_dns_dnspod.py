"""The DNS suite over a small DNSPod of the API with tokens, as its documentation has it."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.dnspod import DNSPodDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS, _Refused

STATUS = {
    "name already exists": ("7", "Domain is exists"),
    "no such record": ("8", "Record id invalid"),
    "no such zone": ("6", "Domain id invalid"),
    "record already exists": ("104", "Record already exists"),
    "no records": ("10", "No records"),
}


class DNSPodServer(RestDNS):
    """https://docs.dnspod.com/api/"""

    zones_path = "/not-rest"
    exists_status = 200

    def __init__(self) -> None:
        super().__init__()
        self.serve("POST", "/{kind}.{verb}", self._guarded(self._act))

    def error(self, status: int, message: str) -> Any:
        code, text = STATUS[message]
        return {"status": {"code": code, "message": text}}

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["value"]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {
            "id": str(number),
            "name": body["sub_domain"],
            "type": body["record_type"],
            "line": body["record_line"],
            "value": body["value"],
            "mx": body.get("mx", "0"),
            "ttl": body.get("ttl", "600"),
            "enabled": "1",
        }

    def _act(self, request: Request, kind: str, verb: str) -> Answer:
        form = {name: values[0] for name, values in request.form.items()}
        assert (form.pop("user_token"), form.pop("format")) == ("1,token", "json")
        body: Item = getattr(self, f"_{kind}_{verb}".lower())(form)
        return answer(json={"status": {"code": "1", "message": "successful"}, **body})

    def _domain_list(self, form: Item) -> Item:
        shown, total = self._part(self.zones, form)
        return {"domains": shown, "info": {"domain_total": total}}

    def _domain_info(self, form: Item) -> Item:
        return {"domain": self._zone(form["domain_id"])}

    def _domain_create(self, form: Item) -> Item:
        name, number = form["domain"], str(next(self._numbers))
        if name in [zone["name"] for zone in self.zones.values()]:
            raise _Refused(200, "name already exists")
        self.zones[number] = {"id": int(number), "name": name, "ttl": "600", "status": "enable"}
        self.records[number] = {}
        return {"domain": {"id": number, "punycode": name, "domain": name}}

    def _domain_remove(self, form: Item) -> Item:
        self._zone(form["domain_id"])
        del self.zones[form["domain_id"]], self.records[form["domain_id"]]
        return {}

    def _record_list(self, form: Item) -> Item:
        self._zone(form["domain_id"])
        shown, total = self._part(self.records[form["domain_id"]], form)
        if total == "0":
            raise _Refused(200, "no records")
        return {"records": shown, "info": {"record_total": total}}

    def _record_info(self, form: Item) -> Item:
        record = self._record(form["domain_id"], form["record_id"])
        named = {"sub_domain": "name", "record_type": "type", "record_line": "line"}
        renamed = {key: record[name] for key, name in named.items()}
        kept = {key: record[key] for key in ("id", "value", "mx", "ttl", "enabled")}
        return {"record": {**renamed, **kept}}

    def _record_create(self, form: Item) -> Item:
        self._zone(form["domain_id"])
        record = self._add(form["domain_id"], form)
        return {"record": {"id": record["id"], "name": record["name"], "status": "enable"}}

    def _record_modify(self, form: Item) -> Item:
        record = self._record(form["domain_id"], form["record_id"])
        changed = self.new_record(int(record["id"]), {}, form)
        self.records[form["domain_id"]][record["id"]] = changed
        return {"record": {"id": int(record["id"]), "name": changed["name"]}}

    def _record_remove(self, form: Item) -> Item:
        record = self._record(form["domain_id"], form["record_id"])
        del self.records[form["domain_id"]][record["id"]]
        return {}

    def _part(self, items: dict[str, Item], form: Item) -> tuple[list[Item], str]:
        start = int(form.get("offset", 0))
        return list(items.values())[start : start + self.page_size], str(len(items))


class TestDNSPodDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> DNSPodDNSDriver:
        return DNSPodServer().attach(DNSPodDNSDriver("1,token"))
