"""
NetActuate: what goes over the wire.

Requests and answers are those of the provider's own client, https://github.com/netactuate/gona, and
contents those of its tests with Terraform. What a whole zone goes through is in
``tests/conformance/test_dns_hostvirtual.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import BaseHTTPError, LibcloudError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.hostvirtual import HostVirtualDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer

KEY = {"key": "key"}
SOA = {"primary": "ns1.netactuate.com", "serial": "1", "default_ttl": "3600"}


def ok(data: Any) -> dict[str, Any]:
    return {"result": "success", "message": None, "data": data, "code": 200}


def error(code: int, message: str, **more: Any) -> dict[str, Any]:
    return {"result": "error", "message": message, "data": None, "code": code, **more}


def item(**more: Any) -> dict[str, Any]:
    record = {"id": 7, "domain_id": 90, "name": "www.example.com", "type": "A", "prio": 0}
    return {**record, "content": "192.0.2.1", "ttl": "3600", **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> HostVirtualDNSDriver:
    return double.attach(HostVirtualDNSDriver("key", "nothing"))


@pytest.fixture
def zone(driver: HostVirtualDNSDriver) -> Zone:
    return Zone("90", "example.com", "master", 3600, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.HOSTVIRTUAL) is HostVirtualDNSDriver


def test_list_zones_of_both_types(driver: HostVirtualDNSDriver, double: HTTPDouble) -> None:
    master = {"id": 90, "name": "example.com", "type": "NATIVE", "ttl": 3600, "master": ""}
    slave = {"id": 91, "name": "example.net", "type": "SLAVE", "master": "192.0.2.53"}
    for zone in (master, slave):
        query = {**KEY, "type": zone["type"]}
        double.on("GET", "/api/dns/zones", query=query).reply(json=ok([zone]))
    first, second = driver.list_zones()
    assert (first.id, first.domain, first.type, first.ttl) == ("90", "example.com", "master", 3600)
    assert (second.type, second.ttl, second.extra) == ("slave", None, {"master": "192.0.2.53"})


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, {"type": "NATIVE"}),
        ({"type": "slave", "extra": {"ip": "192.0.2.53"}}, {"type": "SLAVE", "ip": "192.0.2.53"}),
    ],
)
def test_create_zone(
    driver: HostVirtualDNSDriver, double: HTTPDouble, options: dict[str, Any], sent: dict[str, str]
) -> None:
    double.on("POST", "/api/dns/zone", query=KEY, form={"name": "example.com", **sent}).reply(
        json=ok({"id": 90})
    )
    shown = {"id": 90, "name": "example.com", "ttl": "3600", "soa": SOA, "ns": [], **sent}
    double.on("GET", "/api/dns/zone/90", query=KEY).reply(json=ok(shown))
    zone = driver.create_zone("Example.com.", **options)
    assert (zone.id, zone.ttl, zone.extra) == ("90", 3600, {"soa": SOA})


def test_create_zone_of_another_type_is_refused(driver: HostVirtualDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="forward")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www.example.com"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"ttl": "60"}),
        (("a", "CNAME", "@", None), {"name": "a.example.com", "record_content": "example.com"}),
        (("", "MX", "0 mx.example.net.", None), {"record_content": "mx.example.net", "prio": "0"}),
        (
            ("sip", "SRV", "h.example.net", {"priority": 0, "weight": 5, "port": 5060}),
            {"name": "sip.example.com", "record_content": "0 5 5060 h.example.net"},
        ),
        (("", "TXT", "v=spf1 -all", None), {"record_content": "v=spf1 -all"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, str]
) -> None:
    form = {"domain_id": "90", "name": "example.com", "type": arguments[1]}
    form = {**form, "record_content": "192.0.2.1", **sent}
    double.on("POST", "/api/dns/record", query=KEY, form=form).reply(json=ok({"id": 7}))
    shown = item(name=form["name"], type=form["type"], content=form["record_content"])
    double.on("GET", "/api/dns/record/7", query=KEY).reply(json=ok(shown))
    record = zone.create_record(*arguments)
    assert record.name == form["name"].removesuffix("example.com").removesuffix(".")
    assert (record.id, record.ttl) == ("7", 3600)


def test_listing_has_the_ns_records_as_well(zone: Zone, double: HTTPDouble) -> None:
    srv = item(id=1, type="SRV", content="0 5 5060 sip.example.com", ttl=300)
    strange = item(id=2, type="SRV", content="sip.example.com")
    double.on("GET", "/api/dns/records/90", query=KEY).reply(json=ok([srv, strange]))
    servers = [item(id=3, type="NS", name="sub.example.com", content="ns.example.net"), srv, {}]
    shown = {"id": 90, "name": "example.com", "type": "NATIVE", "ns": servers}
    double.on("GET", "/api/dns/zone/90", query=KEY).reply(json=ok(shown))
    first, second, third = zone.list_records()
    assert (first.data, first.ttl) == ("sip.example.com", 300)
    assert first.extra == {"ttl": 300, "priority": 0, "weight": 5, "port": 5060}
    assert second.data == "sip.example.com"
    assert (third.id, third.name, third.type) == ("3", "sub", "NS")


def test_update_record_keeps_the_priority(zone: Zone, double: HTTPDouble) -> None:
    extra = {"priority": 10, "ttl": 300}
    record = Record("7", "", "MX", "mx.example.net", zone, zone.driver, 300, extra)
    form = {"id": "7", "domain_id": "90", "name": "example.com", "type": "MX", "ttl": "300"}
    form = {**form, "record_content": "other.example.net", "prio": "10"}
    double.on("PUT", "/api/dns/record", query=KEY, form=form).reply(json=ok({}))
    shown = item(name="example.com", type="MX", content="other.example.net", prio=10)
    double.on("GET", "/api/dns/record/7", query=KEY).reply(json=ok(shown))
    assert record.update(data="other.example.net").extra["priority"] == 10


def test_update_record_cannot_change_the_type(zone: Zone) -> None:
    record = Record("7", "www", "A", "192.0.2.1", zone, zone.driver, 300)
    with pytest.raises(UnsupportedOperation):
        record.update(type="TXT", data="x")


def test_error_in_a_good_answer_is_one(driver: HostVirtualDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", "/api/dns/zone/1", query=KEY).reply(json=error(404, "Zone not found"))
    with pytest.raises(ZoneDoesNotExistError, match="Zone not found") as caught:
        driver.get_zone("1")
    assert caught.value.http_code == 404


def test_refused_record_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    said = error(422, "validation_failed", fields={"name": ["The name must be a valid FQDN"]})
    double.on("POST", "/api/dns/record", query=KEY).reply(422, json=said)
    with pytest.raises(BaseHTTPError, match="must be a valid FQDN") as caught:
        zone.create_record("_sip._tcp", "SRV", "0 5 5060 sip.example.com")
    assert caught.value.http_code == 422


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


class TestHostVirtualErrors(DNSDriverErrors):
    """The envelope is gona's; the words of "exists" are those that its framework has."""

    bad_credentials = answer(401, json=error(401, "Unauthorized"))
    not_found = answer(404, json=error(404, "Not found"))
    exists = answer(
        422,
        json=error(422, "validation_failed", fields={"name": ["has already been taken"]}),
    )
    rate_limit = answer(429, json=error(429, "Too many requests"))

    @pytest.fixture
    def driver(self) -> HostVirtualDNSDriver:
        return HostVirtualDNSDriver("key")
