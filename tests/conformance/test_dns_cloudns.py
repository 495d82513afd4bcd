"""The DNS suite over a small ClouDNS, as its documentation describes it and recordings show it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from libcloud.dns.drivers.cloudns import ClouDNSDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS, _Refused


class ClouDNSServer(RestDNS):
    """https://www.cloudns.net/wiki/article/41/"""

    zones_path = "/unused"
    page_size = 100
    keeps_duplicates = True

    def __init__(self) -> None:
        super().__init__()
        for method, call, handler in (
            ("GET", "list-zones", self._list),
            ("GET", "get-zone-info", self._info),
            ("POST", "register", self._register),
            ("POST", "delete", self._delete),
            ("GET", "records", self._records),
            ("POST", "add-record", self._add_record),
            ("POST", "mod-record", self._modify),
            ("POST", "delete-record", self._remove),
        ):
            self.serve(method, f"/dns/{call}.json", self._guarded(self._with_parameters(handler)))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        name, type = body["domain-name"], body["zone-type"]
        return name, {"name": name, "type": type, "zone": "domain", "status": "1"}

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        shown = {key: value for key, value in body.items() if "-" not in key}
        return {**shown, "type": body["record-type"], "id": str(number), "status": 1}

    def _with_parameters(self, handler: Any) -> Any:
        def handled(request: Request) -> Answer:
            given = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
            given |= {name: values[0] for name, values in request.query.items()}
            if given.pop("auth-id") != "1234" or given.pop("auth-password") != "password":
                return failed("Invalid authentication, incorrect auth-id or auth-password.")
            try:
                found: Answer = handler(given)
            except _Refused as refused:
                if refused.status == 404:
                    what = "record" in str(refused)
                    return failed("Invalid record-id param." if what else "Missing domain-name")
                return failed("The zone has been already added.")
            return found

        return handled

    def _list(self, given: Item) -> Answer:
        end = int(given["page"]) * int(given["rows-per-page"])
        return answer(json=[*self.zones.values()][end - int(given["rows-per-page"]) : end])

    def _info(self, given: Item) -> Answer:
        return answer(json=self._zone(given["domain-name"]))

    def _register(self, given: Item) -> Answer:
        zone_id, zone = self.new_zone(0, given)
        if zone_id in self.zones:
            raise _Refused(409, "exists")
        self.zones[zone_id], self.records[zone_id] = zone, {}
        for number in (1, 2):
            server = {"record-type": "NS", "host": "", "record": f"pns{number}.cloudns.net"}
            self._add(zone_id, {**server, "ttl": "3600"})
        return succeeded()

    def _delete(self, given: Item) -> Answer:
        self._zone(given["domain-name"])
        del self.zones[given["domain-name"]]
        return succeeded()

    def _records(self, given: Item) -> Answer:
        self._zone(given["domain-name"])
        return answer(json=self.records[given["domain-name"]] or [])

    def _add_record(self, given: Item) -> Answer:
        self._zone(given["domain-name"])
        record = self._add(given["domain-name"], given)
        return succeeded(data={"id": int(record["id"])})

    def _modify(self, given: Item) -> Answer:
        zone, number = given["domain-name"], given["record-id"]
        old = self._record(zone, number)
        record = self.new_record(int(number), {}, {**given, "record-type": old["type"]})
        self.records[zone][number] = record
        return succeeded()

    def _remove(self, given: Item) -> Answer:
        self._record(given["domain-name"], given["record-id"])
        del self.records[given["domain-name"]][given["record-id"]]
        return succeeded()


def succeeded(**more: Any) -> Answer:
    return answer(json={"status": "Success", "statusDescription": "It was done.", **more})


def failed(why: str) -> Answer:
    return answer(json={"status": "Failed", "statusDescription": why})


class TestClouDNSDNSDriver(DNSDriverConformance):
    other_ttl = 21600

    @pytest.fixture
    def driver(self) -> ClouDNSDNSDriver:
        return ClouDNSServer().attach(ClouDNSDNSDriver("1234", "password"))
