"""Designate: what goes over the wire. Answers are those of https://docs.openstack.org/api-ref/dns/"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import BaseHTTPError, QuotaExceededError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers import designate
from libcloud.dns.drivers.designate import DesignateDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer

ZONE_ID = "2150b1bf-dee2-4221-9d85-11f7886fb15f"
ZONES = "/v2/zones"
ZONE = f"{ZONES}/{ZONE_ID}"
SETS = f"{ZONE}/recordsets"
SET_ID = "f7b10e9b-0cae-4a91-b162-562bc6096648"


def made(**arguments: Any) -> DesignateDNSDriver:
    """A driver that has its token already."""
    return DesignateDNSDriver(
        "demo",
        "secret",
        ex_force_auth_token="t1",
        ex_force_base_url="https://designate.example.com",
        **arguments,
    )


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> DesignateDNSDriver:
    return double.attach(made())


@pytest.fixture
def zone(driver: DesignateDNSDriver) -> Zone:
    return Zone(ZONE_ID, "example.com", "master", 3600, driver)


def zone_item(**more: Any) -> dict[str, Any]:
    return {
        "id": ZONE_ID,
        "pool_id": "572ba08c-d929-4c70-8e42-03824bb24ca2",
        "project_id": "4335d1f0-f793-11e2-b778-0800200c9a66",
        "name": "example.com.",
        "email": "joe@example.org",
        "ttl": 7200,
        "serial": 1404757531,
        "status": "ACTIVE",
        "action": "CREATE",
        "description": "This is an example zone.",
        "masters": [],
        "type": "PRIMARY",
        "transferred_at": None,
        "version": 1,
        "created_at": "2014-07-07T18:25:31.275934",
        "updated_at": None,
        "links": {"self": f"https://127.0.0.1:9001{ZONE}"},
        **more,
    }


def recordset(name: str, type: str, *records: str, **more: Any) -> dict[str, Any]:
    return {
        "description": None,
        "links": {"self": f"https://127.0.0.1:9001{SETS}/{SET_ID}"},
        "updated_at": None,
        "records": list(records),
        "ttl": 3600,
        "id": SET_ID,
        "name": name,
        "project_id": "4335d1f0-f793-11e2-b778-0800200c9a66",
        "zone_id": ZONE_ID,
        "zone_name": "example.com.",
        "created_at": "2014-10-24T19:59:44.000000",
        "version": 1,
        "type": type,
        "status": "PENDING",
        "action": "CREATE",
        **more,
    }


def listing(*items: dict[str, Any]) -> dict[str, Any]:
    links = {"self": f"https://127.0.0.1:9001{SETS}"}
    return {"recordsets": list(items), "links": links, "metadata": {"total_count": len(items)}}


def asked(name: str, type: str) -> dict[str, str]:
    return {"name": name, "type": type, "limit": "1000"}


def test_driver_is_registered() -> None:
    assert get_driver(Provider.DESIGNATE) is DesignateDNSDriver


def test_requests_carry_the_token(driver: DesignateDNSDriver, double: HTTPDouble) -> None:
    headers = {"X-Auth-Token": "t1"}
    body = {"zones": [zone_item()], "links": {}, "metadata": {"total_count": 1}}
    double.on("GET", ZONES, query={"limit": "1000"}, headers=headers).reply(json=body)
    (zone,) = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (ZONE_ID, "example.com", "master", 7200)
    assert zone.extra["email"] == "joe@example.org"
    assert zone.extra["status"] == "ACTIVE"


def test_size_of_a_page_is_the_callers(double: HTTPDouble) -> None:
    driver = double.attach(made(ex_per_page=20))
    double.on("GET", ZONES, query={"limit": "20"}).reply(json={"zones": []})
    assert driver.list_zones() == []


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (
            ("example.com",),
            {"name": "example.com.", "type": "PRIMARY", "email": "hostmaster@example.com"},
        ),
        (
            ("example.com.", "master", 60, {"email": "joe@example.org", "description": "x"}),
            {
                "name": "example.com.",
                "type": "PRIMARY",
                "ttl": 60,
                "email": "joe@example.org",
                "description": "x",
            },
        ),
        (
            ("example.com", "slave", None, {"masters": ["192.0.2.53"]}),
            {"name": "example.com.", "type": "SECONDARY", "masters": ["192.0.2.53"]},
        ),
    ],
)
def test_create_zone_sends(
    driver: DesignateDNSDriver, double: HTTPDouble, arguments: Any, body: dict[str, Any]
) -> None:
    double.on("POST", ZONES, json=body).reply(202, json=zone_item(type=body["type"]))
    assert driver.create_zone(*arguments).type == ("master", "slave")["masters" in body]


def test_update_zone_sends_what_shall_change(zone: Zone, double: HTTPDouble) -> None:
    double.on("PATCH", ZONE, json={"ttl": 60, "email": "a@b.c"}).reply(202, json=zone_item(ttl=60))
    assert zone.update(ttl=60, extra={"email": "a@b.c"}).ttl == 60


@pytest.mark.parametrize("arguments", [{"domain": "example.org"}, {"type": "slave"}])
def test_update_zone_of_what_cannot_change(zone: Zone, arguments: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedOperation):
        zone.update(**arguments)


def test_zone_that_is_being_deleted_does_not_exist(
    driver: DesignateDNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", ZONE).reply(json=zone_item(action="DELETE", status="PENDING"))
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_zone(ZONE_ID)


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (
            ("www", "A", "192.0.2.1", {"ttl": 60}),
            {"name": "www.example.com.", "type": "A", "records": ["192.0.2.1"], "ttl": 60},
        ),
        (
            (None, "MX", "mail.example.net", {"priority": 20}),
            {"name": "example.com.", "type": "MX", "records": ["20 mail.example.net."]},
        ),
        (
            ("text", "TXT", 'say "hi"'),
            {"name": "text.example.com.", "type": "TXT", "records": [r'"say \"hi\""']},
        ),
    ],
)
def test_create_record_sends(
    zone: Zone, double: HTTPDouble, arguments: Any, body: dict[str, Any]
) -> None:
    query = asked(body["name"], body["type"])
    double.on("GET", SETS, query=query).reply(json=listing())
    item = recordset(body["name"], body["type"], *body["records"])
    double.on("POST", SETS, json=body).reply(202, json=item)
    zone.create_record(*arguments)


def test_second_record_changes_the_set(zone: Zone, double: HTTPDouble) -> None:
    there = recordset("www.example.com.", "A", "192.0.2.1", ttl=None)
    double.on("GET", SETS, query=asked("www.example.com.", "A")).reply(json=listing(there))
    both = ["192.0.2.1", "192.0.2.2"]
    changed = recordset("www.example.com.", "A", *both)
    double.on("PUT", f"{SETS}/{SET_ID}", json={"records": both}).reply(202, json=changed)
    assert zone.create_record("www", "A", "192.0.2.2").data == "192.0.2.2"


def test_record_is_created_anew_when_the_old_set_is_gone(
    zone: Zone, double: HTTPDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A set that is being deleted is in the way of a new one."""
    monkeypatch.setattr(designate, "DELETION_INTERVAL", 0)
    going = recordset("www.example.com.", "A", "192.0.2.1", action="DELETE")
    query = asked("www.example.com.", "A")
    route = double.on("GET", SETS, query=query)
    for items in ([going], [going], [going], []):
        route.reply(json=listing(*items))
    duplicate = {"code": 409, "type": "duplicate_recordset", "message": "Duplicate RecordSet"}
    fresh = recordset("www.example.com.", "A", "192.0.2.2")
    double.on("POST", SETS).reply(409, json=duplicate).reply(202, json=fresh)
    assert zone.create_record("www", "A", "192.0.2.2").data == "192.0.2.2"


def test_record_that_moves_is_there_before_it_is_gone(zone: Zone, double: HTTPDouble) -> None:
    there = recordset("www.example.com.", "A", "192.0.2.1")
    double.on("GET", SETS, query=asked("www.example.com.", "A")).reply(json=listing(there))
    double.on("GET", SETS, query=asked("new.example.com.", "A")).reply(json=listing())
    fresh = recordset("new.example.com.", "A", "192.0.2.1")
    double.on("POST", SETS).reply(202, json=fresh)
    double.on("DELETE", f"{SETS}/{SET_ID}").reply(202, json={**there, "action": "DELETE"})
    record = Record("x", "www", "A", "192.0.2.1", zone, zone.driver)
    assert record.update(name="new").name == "new"
    assert [request.method for request in double.requests[-2:]] == ["POST", "DELETE"]


def test_record_that_becomes_an_alias_leaves_its_name_first(zone: Zone, double: HTTPDouble) -> None:
    there = recordset("www.example.com.", "A", "192.0.2.1")
    double.on("GET", SETS, query=asked("www.example.com.", "A")).reply(json=listing(there))
    double.on("GET", SETS, query=asked("www.example.com.", "CNAME")).reply(json=listing())
    double.on("DELETE", f"{SETS}/{SET_ID}").reply(202, json={**there, "action": "DELETE"})
    fresh = recordset("www.example.com.", "CNAME", "www.example.net.")
    double.on("POST", SETS).reply(202, json=fresh)
    record = Record("x", "www", "A", "192.0.2.1", zone, zone.driver)
    record.update(type="CNAME", data="www.example.net")
    assert [request.method for request in double.requests[-2:]] == ["DELETE", "POST"]


def test_wildcard_is_not_taken_for_all_names(zone: Zone, double: HTTPDouble) -> None:
    """The filter of a listing takes "*" for any name."""
    others = recordset("www.example.com.", "A", "192.0.2.1")
    double.on("GET", SETS, query=asked("*.example.com.", "A")).reply(json=listing(others))
    fresh = recordset("*.example.com.", "A", "192.0.2.2")
    body = {"name": "*.example.com.", "type": "A", "records": ["192.0.2.2"]}
    double.on("POST", SETS, json=body).reply(202, json=fresh)
    assert zone.create_record("*", "A", "192.0.2.2").name == "*"


def test_refused_record_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", SETS, query=asked("www.example.com.", "A")).reply(json=listing())
    body = {
        "code": 400,
        "type": "invalid_object",
        "message": "Provided object does not match schema",
        "errors": {"errors": [{"message": "'nonsense' is not a 'ipv4'"}]},
        "request_id": "req-1",
    }
    double.on("POST", SETS).reply(400, json=body)
    with pytest.raises(BaseHTTPError, match="'nonsense' is not a 'ipv4'") as caught:
        zone.create_record("www", "A", "nonsense")
    assert caught.value.provider_code == "invalid_object"
    assert caught.value.request_id == "req-1"


def test_one_zone_too_many(driver: DesignateDNSDriver, double: HTTPDouble) -> None:
    body = {"code": 413, "type": "over_quota", "message": "Quota exceeded for zones."}
    double.on("POST", ZONES).reply(413, json=body)
    with pytest.raises(QuotaExceededError):
        driver.create_zone("example.com")


class TestDesignateErrors(DNSDriverErrors):
    """https://docs.openstack.org/api-ref/dns/"""

    bad_credentials = answer(401, text="Authentication required")
    not_found = answer(
        404, json={"code": 404, "type": "zone_not_found", "message": "Could not find Zone"}
    )
    exists = answer(409, json={"code": 409, "type": "duplicate_zone", "message": "Duplicate Zone"})
    rate_limit = answer(429, text="Too Many Requests")

    not_found_is_the_zone = DNSDriverErrors.not_found_is_the_zone | {
        "update_record",
        "delete_record",
    }
    not_found_is_the_record = frozenset()
    # It looks for the zone, and for the record, first.
    answers_nothing = frozenset()

    @pytest.fixture
    def driver(self) -> DesignateDNSDriver:
        return made()

    @pytest.mark.parametrize("name", ["create_zone"])
    def test_exists(self, driver: Any, name: str) -> None:
        """That a record exists is found when its set is read."""
        super().test_exists(driver, name)
