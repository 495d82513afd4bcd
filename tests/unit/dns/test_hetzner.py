"""
Hetzner: what goes over the wire.

Requests and answers are checked against the published description, whose examples the answers are.
What a whole zone goes through is in ``tests/conformance/test_dns_hetzner.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    InvalidCredsError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    UnsupportedOperation,
)
from libcloud.common.polling import WaitTimeoutError
from libcloud.common.retry import RetryPolicy
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.hetzner import HetznerDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordAlreadyExistsError, ZoneAlreadyExistsError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from tests.conformance.test_dns_hetzner import HetznerServer, hetzner_spec

ZONE = "/v1/zones/42"
SETS = f"{ZONE}/rrsets"
WWW = f"{SETS}/www/A"
SERVER = HetznerServer()

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def zone_item(**more: Any) -> dict[str, Any]:
    return {**SERVER.new_zone(42, {"name": "example.com", "mode": "primary"})[1], "id": 42, **more}


def rrset(*values: str, **more: Any) -> dict[str, Any]:
    none = {"ttl": None, "labels": {}, "protection": {"change": False}, "zone": 42}
    records = [{"value": value} for value in values]
    return {"id": "www/A", "name": "www", "type": "A", **none, "records": records, **more}


def listing(key: str, *items: Any, next_page: int | None = None) -> dict[str, Any]:
    pagination = dict.fromkeys(("previous_page", "last_page", "total_entries"))
    position = {"page": 1, "per_page": 50, "next_page": next_page}
    return {key: items, "meta": {"pagination": {**pagination, **position}}}


def action(status: str = "success", **more: Any) -> dict[str, Any]:
    return {"action": {**SERVER.action(status), **more}}


def failure(code: str, message: str = "no") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": {}}}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=hetzner_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> HetznerDNSDriver:
    driver = double.attach(HetznerDNSDriver("token"))
    driver.ex_action_interval = 0
    return driver


@pytest.fixture
def zone(driver: HetznerDNSDriver) -> Zone:
    return Zone("42", "example.com", "master", 3600, driver)


def has(double: HTTPDouble, *sets: dict[str, Any], name: str = "www", type: str = "A") -> None:
    """What the listing of one name and type says, from now on."""
    query = {"name": name, "type": type, "page": 1, "per_page": 50}
    double.on("GET", SETS, query=query).reply(json=listing("rrsets", *sets))


def test_driver_is_registered() -> None:
    assert get_driver(Provider.HETZNER) is HetznerDNSDriver


def test_zones_are_listed_over_pages(driver: HetznerDNSDriver, double: HTTPDouble) -> None:
    headers = {"Authorization": "Bearer token"}
    for page, following in ((1, 2), (2, None)):
        query = {"page": page, "per_page": 50}
        body = listing("zones", zone_item(id=page), next_page=following)
        double.on("GET", "/v1/zones", query=query, headers=headers).reply(json=body)
    assert [zone.id for zone in driver.list_zones()] == ["1", "2"]


def test_zone_shows_what_the_provider_says(driver: HetznerDNSDriver, double: HTTPDouble) -> None:
    servers = [{"address": "198.51.100.1", "port": 53}]
    said = zone_item(mode="secondary", primary_nameservers=servers, ttl=7200)
    double.on("GET", "/v1/zones/example.com").reply(json={"zone": said})
    zone = driver.get_zone("Example.com")
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("42", "example.com", "slave", 7200)
    assert zone.extra["primary_nameservers"] == servers
    assert zone.extra["registrar"] == "other"


def test_create_zone_waits_for_the_action(driver: HetznerDNSDriver, double: HTTPDouble) -> None:
    body = {"name": "example.com", "mode": "primary", "ttl": 60, "labels": {"a": "b"}}
    said = {"zone": zone_item(ttl=60), **action("running")}
    double.on("POST", "/v1/zones", json=body).reply(201, json=said)
    route = double.on("GET", "/v1/actions/7")
    route.reply(json=action("running")).reply(json=action())
    zone = driver.create_zone("Example.com.", ttl=60, extra={"labels": {"a": "b"}, "strange": 1})
    assert (zone.id, zone.ttl) == ("42", 60)


def test_action_that_fails(driver: HetznerDNSDriver, zone: Zone, double: HTTPDouble) -> None:
    double.on("DELETE", ZONE).reply(201, json=action("running"))
    error = {"code": "action_failed", "message": "Action failed"}
    double.on("GET", "/v1/actions/7").reply(json=action("error", error=error))
    with pytest.raises(ProviderError, match="Action failed") as caught:
        driver.delete_zone(zone)
    assert caught.value.provider_code == "action_failed"


def test_action_that_takes_too_long(
    driver: HetznerDNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    driver.ex_action_timeout = 0
    double.on("DELETE", ZONE).reply(201, json=action("running"))
    double.on("GET", "/v1/actions/7").reply(json=action("running"))
    with pytest.raises(WaitTimeoutError):
        driver.delete_zone(zone)


def test_update_zone_makes_a_request_for_each_change(zone: Zone, double: HTTPDouble) -> None:
    change = f"{ZONE}/actions/change_"
    double.on("POST", f"{change}ttl", json={"ttl": 60}).reply(201, json=action())
    servers = [{"address": "198.51.100.1"}]
    body = {"primary_nameservers": servers}
    double.on("POST", f"{change}primary_nameservers", json=body).reply(201, json=action())
    double.on("PUT", ZONE, json={"labels": {}}).reply(json={"zone": zone_item()})
    double.on("GET", ZONE).reply(json={"zone": zone_item(ttl=60)})
    assert zone.update(ttl=60, extra={"labels": {}, **body}).ttl == 60


@pytest.mark.parametrize("change", [{"domain": "other.com"}, {"type": "slave"}])
def test_update_zone_cannot_change_name_or_type(zone: Zone, change: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedOperation):
        zone.update(**change)


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"name": "@", "value": "192.0.2.1", "ttl": 60}),
        (("WWW", "CNAME", "@", None), {"value": "example.com."}),
        (("www", "MX", "mail", {"priority": 5}), {"value": "5 mail.example.com."}),
        (("www", "CAA", "ca.example", {"tag": "issue"}), {"value": '0 issue "ca.example"'}),
        (("www", "TXT", 'say "hi"', None), {"value": r'"say \"hi\""'}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"name": "xn--bcher-kva", "value": "192.0.2.1"}),
        (
            ("www", "A", "192.0.2.1", {"comment": "mine", "labels": {"a": "b"}}),
            {"value": "192.0.2.1", "comment": "mine", "labels": {"a": "b"}},
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_makes_a_set(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "www", "type": arguments[1], **sent}
    record = {key: body.pop(key) for key in ("value", "comment") if key in body}
    body["records"] = [record]
    has(double, name=body["name"], type=body["type"])
    said = {"rrset": rrset(record["value"], **body), **action()}
    double.on("POST", SETS, json=body).reply(201, json=said)
    created = zone.create_record(*arguments)
    assert (created.name, created.ttl) == (body["name"].strip("@"), body.get("ttl"))
    assert created.extra.get("comment") == record.get("comment")


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    records = [{"value": "10 a.example.net.", "comment": "x"}, {"value": "20 b.example.net."}]
    body = listing("rrsets", rrset(name="@", type="MX", records=records, labels={"a": "b"}))
    double.on("GET", SETS, query={"page": 1, "per_page": 50}).reply(json=body)
    first, second = zone.list_records()
    assert (first.id, first.name, first.data, first.ttl) == (
        "MX::10 a.example.net.",
        "",
        "a.example.net.",
        None,
    )
    assert first.extra == {"priority": 10, "comment": "x", "labels": {"a": "b"}}
    assert second.extra == {"priority": 20, "labels": {"a": "b"}}


def test_second_value_is_added(zone: Zone, double: HTTPDouble) -> None:
    has(double, rrset("192.0.2.1"))
    body = {"records": [{"value": "192.0.2.2"}]}
    double.on("POST", f"{WWW}/actions/add_records", json=body).reply(201, json=action())
    assert zone.create_record("www", "A", "192.0.2.2").data == "192.0.2.2"


def test_record_that_exists_is_not_sent(zone: Zone, double: HTTPDouble) -> None:
    has(double, rrset("192.0.2.1"))
    with pytest.raises(RecordAlreadyExistsError):
        zone.create_record("www", "A", "192.0.2.1")


@pytest.fixture
def record(zone: Zone) -> Record:
    return Record("A:www:192.0.2.1", "www", "A", "192.0.2.1", zone, zone.driver, None, {})


def test_one_of_two_values_is_removed(record: Record, double: HTTPDouble) -> None:
    has(double, rrset("192.0.2.1", "192.0.2.2"))
    body = {"records": [{"value": "192.0.2.1"}]}
    double.on("POST", f"{WWW}/actions/remove_records", json=body).reply(201, json=action())
    assert record.delete()


def test_the_last_value_takes_the_set_along(record: Record, double: HTTPDouble) -> None:
    has(double, rrset("192.0.2.1"))
    double.on("DELETE", WWW).reply(201, json=action())
    assert record.delete()


def test_update_record_says_what_changes(record: Record, double: HTTPDouble) -> None:
    has(double, rrset("192.0.2.1", "192.0.2.2"))
    body = {"records": [{"value": "192.0.2.9"}, {"value": "192.0.2.2"}]}
    double.on("POST", f"{WWW}/actions/set_records", json=body).reply(201, json=action())
    double.on("POST", f"{WWW}/actions/change_ttl", json={"ttl": 60}).reply(201, json=action())
    said = {"rrset": rrset("192.0.2.9")}
    double.on("PUT", WWW, json={"labels": {"a": "b"}}).reply(json=said)
    changed = record.update(data="192.0.2.9", extra={"ttl": 60, "labels": {"a": "b"}})
    assert (changed.data, changed.ttl, changed.extra["labels"]) == ("192.0.2.9", 60, {"a": "b"})


def test_moved_record_is_there_before_it_is_gone(record: Record, double: HTTPDouble) -> None:
    has(double, rrset("192.0.2.1"))
    has(double, name="new")
    double.on("POST", SETS).reply(201, json={"rrset": rrset("192.0.2.1"), **action()})
    double.on("DELETE", WWW).reply(201, json=action())
    assert record.update(name="new").name == "new"
    assert [request.method for request in double.requests][2:] == ["POST", "DELETE"]


def test_record_of_another_type_comes_when_the_old_one_is_gone(
    record: Record, double: HTTPDouble
) -> None:
    has(double, rrset("192.0.2.1"))
    has(double, type="CNAME")
    said = {"rrset": rrset("host.example.net.", type="CNAME"), **action()}
    double.on("POST", SETS).reply(201, json=said)
    double.on("DELETE", WWW).reply(201, json=action())
    assert record.update(type="CNAME", data="host.example.net").type == "CNAME"
    assert [request.method for request in double.requests][2:] == ["DELETE", "POST"]


def test_set_that_somebody_else_made_meanwhile_is_read_again(
    zone: Zone, double: HTTPDouble
) -> None:
    query = {"name": "www", "type": "A", "page": 1, "per_page": 50}
    route = double.on("GET", SETS, query=query)
    route.reply(json=listing("rrsets")).reply(json=listing("rrsets", rrset("192.0.2.8")))
    double.on("POST", SETS).reply(409, json=failure("uniqueness_error"))
    body = {"records": [{"value": "192.0.2.1"}]}
    double.on("POST", f"{WWW}/actions/add_records", json=body).reply(201, json=action())
    assert zone.create_record("www", "A", "192.0.2.1").data == "192.0.2.1"


def test_conflict_is_tried_again(record: Record, double: HTTPDouble) -> None:
    query = {"name": "www", "type": "A", "page": 1, "per_page": 50}
    body = listing("rrsets", rrset("192.0.2.1"))
    double.on("GET", SETS, query=query).reply(json=body).reply(json=body)
    route = double.on("DELETE", WWW)
    route.reply(409, json=failure("conflict")).reply(201, json=action())
    assert record.delete()


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "unauthorized", InvalidCredsError),
        (401, "token_readonly", PermissionDeniedError),
        (403, "resource_limit_exceeded", QuotaExceededError),
        (409, "uniqueness_error", ZoneAlreadyExistsError),
        (422, "invalid_input", BaseHTTPError),
        (423, "locked", ConflictError),
    ],
)
def test_errors_by_code(
    driver: HetznerDNSDriver,
    double: HTTPDouble,
    status: int,
    code: str,
    expected: type[Exception],
) -> None:
    """https://docs.hetzner.cloud/reference/cloud#errors"""
    driver.connection.retry = RetryPolicy(attempts=1)
    headers = {"X-Correlation-Id": "d5064a1f0bb9de4b"}
    double.on("POST", "/v1/zones").reply(status, json=failure(code), headers=headers)
    with pytest.raises(expected) as caught:
        driver.create_zone("example.com")
    error: Any = caught.value
    assert (error.http_code, error.provider_code) == (status, code)
    assert error.request_id == "d5064a1f0bb9de4b"


class TestHetznerErrors(DNSDriverErrors):
    """https://docs.hetzner.cloud/reference/cloud#errors"""

    bad_credentials = answer(401, json=failure("unauthorized"))
    not_found = answer(404, json=failure("not_found"))
    exists = answer(409, json=failure("uniqueness_error"))
    rate_limit = answer(429, json=failure("rate_limit_exceeded"))
    unavailable = answer(503, json=failure("unavailable"))

    # Each deletion starts an action, whose answer is looked at.
    answers_nothing = frozenset()
    # A change of a record looks for the set first, of which only the zone can be absent.
    not_found_is_the_zone = DNSDriverErrors.not_found_is_the_zone | {
        "update_record",
        "delete_record",
    }
    not_found_is_the_record = frozenset()

    @pytest.fixture
    def driver(self) -> HetznerDNSDriver:
        return HetznerDNSDriver("token")

    def test_exists(self, driver: HetznerDNSDriver) -> None:
        """Of a record, the driver itself finds out."""
        self._fails(driver, "create_zone", self.exists, ZoneAlreadyExistsError)
