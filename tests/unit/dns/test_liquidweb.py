"""
Liquid Web: what goes over the wire.

Answers have the fields of the provider's documentation, errors its words:
https://cart.liquidweb.com/storm/api/docs/v1/Network/DNS/Zone.html,
https://cart.liquidweb.com/storm/api/docs/tutorials/exceptions.html. What a whole zone goes through
is in ``tests/conformance/test_dns_liquidweb.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import BaseHTTPError, LibcloudError, UnsupportedOperation
from libcloud.common.liquidweb import APIException, LiquidWebException
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.liquidweb import LiquidWebDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer

API = "/v1/Network/DNS"
ZONE = {
    "active": 1,
    "delegation_checked": "2016-01-04 12:00:00",
    "delegation_status": "CORRECT",
    "id": 90,
    "master": "67.225.160.2",
    "name": "example.com",
    "notified_serial": None,
    "region_support": 0,
    "type": "NATIVE",
}


def item(**more: Any) -> dict[str, Any]:
    record = {"id": 13, "name": "www.example.com", "prio": None, "rdata": "192.0.2.1", "ttl": 300}
    return {**record, "type": "A", "zone_id": 90, **more}


def error(name: str, message: str = "no", **more: Any) -> dict[str, Any]:
    return {"error_class": f"LW::Exception::{name}", "full_message": message, **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> LiquidWebDNSDriver:
    return double.attach(LiquidWebDNSDriver("user", "password"))


@pytest.fixture
def zone(driver: LiquidWebDNSDriver) -> Zone:
    return Zone("90", "example.com", "NATIVE", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.LIQUIDWEB) is LiquidWebDNSDriver


def test_list_zones_over_pages_with_user_name_and_password(
    driver: LiquidWebDNSDriver, double: HTTPDouble
) -> None:
    for page in (1, 2):
        body = {"params": {"page_num": page, "page_size": 100}}
        listing = {"items": [{**ZONE, "id": page}], "page_num": page, "page_total": 2}
        double.on(
            "POST",
            f"{API}/Zone/list",
            json=body,
            headers={"Authorization": "Basic dXNlcjpwYXNzd29yZA=="},
        ).reply(json=listing)
    first, second = driver.list_zones()
    assert (first.id, second.id) == ("1", "2")
    assert (first.domain, first.type, first.ttl) == ("example.com", "NATIVE", None)
    assert first.extra == {key: ZONE[key] for key in ZONE if key not in ("id", "name", "type")}


def test_create_zone_passes_extra_on(driver: LiquidWebDNSDriver, double: HTTPDouble) -> None:
    extra = {"zone_data": {"ip": "192.0.2.1"}, "region_support": 1}
    body = {"params": {"name": "example.com", **extra}}
    double.on("POST", f"{API}/Zone/create", json=body).reply(json=ZONE)
    assert driver.create_zone("Example.com.", extra=extra).id == "90"


def test_create_zone_of_another_type_is_refused(driver: LiquidWebDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www.example.com", "rdata": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"rdata": "192.0.2.1", "ttl": 60}),
        (("a.example.com", "CNAME", "@", None), {"name": "a.example.com", "rdata": "example.com"}),
        (("", "MX", "5 mx.example.net.", None), {"rdata": "mx.example.net", "prio": 5}),
        (("", "MX", "mx.example.net", {"prio": "7"}), {"rdata": "mx.example.net", "prio": 7}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp.example.com", "rdata": "2 3 h.example.net", "prio": 1},
        ),
        (("", "TXT", 'say "hi".', None), {"rdata": '"say \\"hi\\"."'}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    params = {"name": "example.com", "type": arguments[1], "zone_id": "90", **sent}
    answered = item(**{**params, "zone_id": 90})
    double.on("POST", f"{API}/Record/create", json={"params": params}).reply(json=answered)
    record = zone.create_record(*arguments)
    assert record.name == params["name"].removesuffix("example.com").removesuffix(".")
    assert record.extra.get("priority") == sent.get("prio")


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    srv = item(type="SRV", name="_s._tcp.example.com", rdata="2 3 h.example.net", prio="1")
    text = item(type="TXT", rdata='"one" "two"')
    strange = item(type="SRV", rdata="h.example.net")
    listing = {"items": [srv, text, strange], "page_total": 1}
    double.on("POST", f"{API}/Record/list").reply(json=listing)
    shown, other, third = zone.list_records()
    assert (shown.id, shown.name, shown.data, shown.ttl) == ("13", "_s._tcp", "h.example.net", 300)
    numbers = {"priority": 1, "weight": 2, "port": 3}
    assert shown.extra == {"prio": "1", "ttl": 300, "zone_id": 90, **numbers}
    assert other.data == "onetwo"
    assert third.data == "h.example.net"


def test_update_record_keeps_the_priority(zone: Zone, double: HTTPDouble) -> None:
    extra = {"prio": "10", "priority": 10, "ttl": 300, "zone_id": 90}
    record = Record("13", "", "MX", "mx.example.net", zone, zone.driver, 300, extra)
    params = {"id": "13", "name": "example.com", "rdata": "other.example.net", "ttl": 300}
    body = {"params": {**params, "prio": 10}}
    answered = item(type="MX", rdata="other.example.net", prio=10)
    double.on("POST", f"{API}/Record/update", json=body).reply(json=answered)
    assert record.update(data="other.example.net").extra["priority"] == 10


def test_update_record_cannot_change_the_type(zone: Zone) -> None:
    record = Record("13", "www", "A", "192.0.2.1", zone, zone.driver, 300)
    with pytest.raises(UnsupportedOperation):
        record.update(type="TXT", data="x")


def test_zone_is_exported_though_the_provider_calls_it_native(
    zone: Zone, double: HTTPDouble
) -> None:
    double.on("POST", f"{API}/Record/list").reply(json={"items": [item()], "page_total": 1})
    assert "192.0.2.1" in zone.export_to_bind_format()


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


def test_error_without_a_class_of_its_own_says_what_the_provider_says(
    zone: Zone, double: HTTPDouble
) -> None:
    body = error("Input::Required", "The field 'name' was missing.", field="name", position=None)
    double.on("POST", f"{API}/Record/create").reply(json=body)
    with pytest.raises(APIException, match="Input::Required: The field 'name'") as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert isinstance(caught.value, LiquidWebException)
    assert caught.value.error_class == "LW::Exception::Input::Required"
    assert caught.value.extra == {"field": "name", "position": None}
    assert caught.value.driver is zone.driver


def test_error_of_a_proxy_goes_by_its_status(zone: Zone, double: HTTPDouble) -> None:
    double.on("POST", f"{API}/Record/list").reply(500, text="<html>oops</html>")
    with pytest.raises(BaseHTTPError, match="oops"):
        zone.list_records()


class TestLiquidWebErrors(DNSDriverErrors):
    """https://cart.liquidweb.com/storm/api/docs/tutorials/exceptions.html: all with status 200."""

    bad_credentials = answer(json=error("Authorization", username="user"))
    not_found = answer(json=error("RecordNotFound", field="network_dns_rr", input="42"))
    exists = answer(json=error("DuplicateRecord", field="name", input="example.com"))
    rate_limit = answer(json=error("API::RateLimit", account="1", ip="192.0.2.1", method="x"))
    unavailable = answer(json=error("API::Maintenance"))

    @pytest.fixture
    def driver(self) -> LiquidWebDNSDriver:
        return LiquidWebDNSDriver("user", "password")
