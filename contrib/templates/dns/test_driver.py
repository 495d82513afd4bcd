"""Acme DNS: the conformance suite, and what only this provider does."""

from __future__ import annotations

import itertools
import threading

import pytest

from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.dns.drivers.acme import AcmeDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer

PAGE = 2


class FakeAcme:
    """The dialect of the driver's docstring, in memory. The real API is the better judge."""

    def __init__(self, double):
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        self.zones = {}
        self.records = {}
        double.serve("GET", "/v1/zones", lambda request: page(request, list(self.zones.values())))
        double.serve("POST", "/v1/zones", self.create_zone)
        double.serve("GET", "/v1/zones/{zone}", self.show_zone)
        double.serve("PATCH", "/v1/zones/{zone}", self.change_zone)
        double.serve("DELETE", "/v1/zones/{zone}", self.delete_zone)
        double.serve("GET", "/v1/zones/{zone}/records", self.list_records)
        double.serve("POST", "/v1/zones/{zone}/records", self.create_record)
        double.serve("GET", "/v1/zones/{zone}/records/{record}", self.show_record)
        double.serve("PATCH", "/v1/zones/{zone}/records/{record}", self.change_record)
        double.serve("DELETE", "/v1/zones/{zone}/records/{record}", self.delete_record)

    def create_zone(self, request):
        with self.lock:
            if request.json["domain"] in [zone["domain"] for zone in self.zones.values()]:
                return error(409, "exists")
            zone = {"id": str(next(self.ids)), **request.json}
            self.zones[zone["id"]] = zone
            self.records[zone["id"]] = {}
            return answer(201, json=zone)

    def show_zone(self, request, zone):
        return answer(json=self.zones[zone]) if zone in self.zones else error(404, "not_found")

    def change_zone(self, request, zone):
        if zone not in self.zones:
            return error(404, "not_found")
        self.zones[zone].update(request.json)
        return answer(json=self.zones[zone])

    def delete_zone(self, request, zone):
        if self.zones.pop(zone, None) is None:
            return error(404, "not_found")
        del self.records[zone]
        return answer(204)

    def list_records(self, request, zone):
        if zone not in self.zones:
            return error(404, "not_found")
        return page(request, list(self.records[zone].values()))

    def create_record(self, request, zone):
        with self.lock:
            if zone not in self.zones:
                return error(404, "not_found")
            record = {"id": str(next(self.ids)), "ttl": None, "priority": None, **request.json}
            self.records[zone][record["id"]] = record
            return answer(201, json=record)

    def show_record(self, request, zone, record):
        if record not in self.records[zone]:
            return error(404, "not_found")
        return answer(json=self.records[zone][record])

    def change_record(self, request, zone, record):
        if record not in self.records[zone]:
            return error(404, "not_found")
        self.records[zone][record].update(request.json)
        return answer(json=self.records[zone][record])

    def delete_record(self, request, zone, record):
        if self.records[zone].pop(record, None) is None:
            return error(404, "not_found")
        return answer(204)


def page(request, items):
    start = int(request.query.get("cursor", ["0"])[0])
    following = str(start + PAGE) if start + PAGE < len(items) else None
    return answer(json={"items": items[start : start + PAGE], "next": following})


def error(status, code):
    return answer(status, json={"error": {"code": code, "message": code.replace("_", " ")}})


class TestAcmeDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self):
        with HTTPDouble() as double:
            FakeAcme(double)
            yield double.attach(AcmeDNSDriver("secret-key"))


class TestAcmeErrors(DNSDriverErrors):
    bad_credentials = error(403, "bad_key")
    not_found = error(404, "not_found")
    exists = error(409, "exists")

    @pytest.fixture
    def driver(self):
        return AcmeDNSDriver("secret-key")


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(AcmeDNSDriver("secret-key"))


def test_requests_carry_the_key(double, driver):
    route = double.on("GET", "/v1/zones", headers={"Authorization": "Bearer secret-key"})
    route.reply(json={"items": [], "next": None})
    assert driver.list_zones() == []


def test_list_zones_reads_all_pages(double, driver):
    first, second = ({"id": n, "domain": f"{n}.example", "ttl": 60} for n in "12")
    double.on("GET", "/v1/zones").reply(json={"items": [first], "next": "x"})
    double.on("GET", "/v1/zones", query={"cursor": "x"}).reply(
        json={"items": [second], "next": None}
    )
    assert [zone.domain for zone in driver.list_zones()] == ["1.example", "2.example"]


def test_wrong_key_raises_invalid_creds(double, driver):
    body = {"error": {"code": "bad_key", "message": "who are you"}}
    double.on("GET", "/v1/zones").reply(403, json=body)
    with pytest.raises(InvalidCredsError, match="who are you"):
        driver.list_zones()


def test_error_that_is_not_json_shows_the_body(double, driver):
    double.on("GET", "/v1/zones").reply(500, text="<h1>Oops</h1>")
    with pytest.raises(LibcloudError, match="Oops"):
        driver.list_zones()
