"""
AuroraDNS: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_auroradns.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, ResourceNotFoundError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.auroradns import (
    AuroraDNSConnection,
    AuroraDNSDriver,
    AuroraDNSHealthCheckType,
    HealthCheckDoesNotExistError,
)
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordAlreadyExistsError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

RECORDS = "/zones/ffb62570/records"
CHECKS = "/zones/ffb62570/health_checks"


def item(**more: Any) -> dict[str, Any]:
    return {
        "id": "5592f1ff",
        "name": "www",
        "type": "A",
        "content": "192.0.2.1",
        "ttl": 300,
        "prio": 0,
        "disabled": False,
        "health_check_id": None,
        "created": "2018-03-22T20:41:51Z",
        "modified": "2018-03-22T20:41:51Z",
        **more,
    }


CHECK = {
    "id": "019f5b57",
    "type": "HTTP",
    "hostname": "www.example.com",
    "ipaddress": "192.0.2.1",
    "port": 8080,
    "interval": 60,
    "path": "/health",
    "threshold": 5,
    "health": True,
    "enabled": True,
}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> AuroraDNSDriver:
    return double.attach(AuroraDNSDriver("key", "secret"))


@pytest.fixture
def zone(driver: AuroraDNSDriver) -> Zone:
    return Zone("ffb62570", "example.com", "master", 3600, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.AURORADNS) is AuroraDNSDriver


def test_signature_is_the_one_that_was_always_sent() -> None:
    """Compared with what libcloud 3.9.1 sends."""
    connection = AuroraDNSConnection("key", "secret")
    assert (
        connection.calculate_auth_signature("secret", "GET", "/zones", "20260101T000000Z")
        == "MdNTZiSmX3fpbSR1DFhko6jTq4UZMYTurRyP3j+cE9w="
    )
    assert (
        connection.gen_auth_header("key", "secret", "GET", "/zones", "20260101T000000Z")
        == "AuroraDNSv1 a2V5Ok1kTlRaaVNtWDNmcGJTUjFERmhrbzZqVHE0VVpNWVR1clJ5UDNqK2NFOXc9"
    )


def test_request_is_signed_with_its_own_path_and_time(
    driver: AuroraDNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", "/zones").reply(json=[])
    assert driver.list_zones() == []
    headers = double.requests[0].headers
    expected = driver.connection.gen_auth_header(
        "key", "secret", "GET", "/zones", headers["X-AuroraDNS-Date"]
    )
    assert headers["Authorization"] == expected


def test_zone_shows_what_the_provider_says(driver: AuroraDNSDriver, double: HTTPDouble) -> None:
    extra = {"created": "2018-03-22T19:54:33Z", "servers": ["ns001.auroradns.eu"]}
    extra |= {"account_id": "e8cb5994", "cluster_id": "511d5146"}
    double.on("POST", "/zones", json={"name": "example.com"}).reply(
        201, json={"id": "ffb62570", "name": "example.com", **extra}
    )
    zone = driver.create_zone("Example.com.")
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "ffb62570",
        "example.com",
        "master",
        3600,
    )
    assert zone.extra == extra


def test_create_zone_of_another_type_is_refused(driver: AuroraDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www", "content": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"content": "192.0.2.1", "ttl": 60}),
        (("a", "CNAME", "@", None), {"name": "a", "content": "example.com"}),
        (("", "MX", "5 mx.example.net.", None), {"content": "mx.example.net", "prio": 5}),
        (("", "MX", "mx.example.net", {"prio": 7}), {"content": "mx.example.net", "prio": 7}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "content": "2 3 h.example.net", "prio": 1},
        ),
        (("", "TXT", '"say \\"hi\\"" " twice"', None), {"content": 'say "hi" twice'}),
        (
            ("", "A", "192.0.2.1", {"health_check_id": "019f5b57", "disabled": True}),
            {"content": "192.0.2.1", "health_check_id": "019f5b57", "disabled": True},
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "", "type": arguments[1], "ttl": 3600, **sent}
    double.on("POST", RECORDS, json=body).reply(201, json=item(**body))
    record = zone.create_record(*arguments)
    assert (record.name, record.ttl) == (body["name"], body["ttl"])
    assert record.extra["priority"] == sent.get("prio", 0)


def test_update_record_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    extra = {"created": "then", "modified": "then", "priority": 5, "health_check_id": "019f5b57"}
    record = Record("5592f1ff", "", "MX", "mx.example.net", zone, zone.driver, 300, extra)
    body = {"name": "", "type": "MX", "ttl": 300, "prio": 6, "content": "mx.example.net"}
    double.on("PUT", f"{RECORDS}/5592f1ff", json={**body, "health_check_id": "019f5b57"}).reply(200)
    changed = record.update(extra={"priority": 6})
    assert (changed.id, changed.extra["priority"], changed.extra["created"]) == (
        "5592f1ff",
        6,
        "then",
    )


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "CAA", "0 issue ca.example")


# Health checks


def test_healthcheck_is_created_listed_changed_and_deleted(
    driver: AuroraDNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    asked = {key: value for key, value in CHECK.items() if key not in ("id", "health")}
    double.on("POST", CHECKS, json=asked).reply(201, json=CHECK)
    double.on("GET", CHECKS).reply(json=[CHECK])
    double.on("PUT", f"{CHECKS}/019f5b57", json={"port": 81, "enabled": False}).reply(200)
    double.on("GET", f"{CHECKS}/019f5b57").reply(json={**CHECK, "port": 81, "enabled": False})
    double.on("DELETE", f"{CHECKS}/019f5b57").reply(200)
    check = driver.ex_create_healthcheck(
        zone,
        AuroraDNSHealthCheckType.HTTP,
        "www.example.com",
        8080,
        "/health",
        60,
        5,
        ipaddress="192.0.2.1",
    )
    assert [each.id for each in driver.ex_list_healthchecks(zone)] == [check.id]
    assert "hostname=www.example.com" in repr(check)
    changed = check.update(port=81, enabled=False)
    assert (changed.port, changed.enabled, changed.health, changed.path) == (
        81,
        False,
        True,
        "/health",
    )
    assert changed.delete()


def test_healthcheck_that_is_gone(driver: AuroraDNSDriver, zone: Zone, double: HTTPDouble) -> None:
    gone = {"error": "HealthCheckNotFoundError", "errormsg": "no such check"}
    double.on("GET", f"{CHECKS}/1").reply(404, json=gone)
    with pytest.raises(HealthCheckDoesNotExistError) as caught:
        driver.ex_get_healthcheck(zone, "1")
    assert isinstance(caught.value, ResourceNotFoundError)
    assert (caught.value.health_check_id, caught.value.http_code) == ("1", 404)


class TestAuroraDNSErrors(DNSDriverErrors):
    """ "Exists" is a recorded answer; of others only the status is known."""

    bad_credentials = answer(401, json={"error": "AuthenticationError", "errormsg": "no"})
    not_found = answer(404, json={"error": "NotFoundError", "errormsg": "not found"})
    exists = answer(
        409,
        json={
            "error": "RecordExistsError",
            "errormsg": "Record _acme-challenge.noop.example.nl already exists in zone example.nl",
        },
    )
    answers_nothing = frozenset({"delete_zone", "delete_record", "update_record"})

    @pytest.fixture
    def driver(self) -> AuroraDNSDriver:
        return AuroraDNSDriver("key", "secret")


# Recorded by the authors of Lexicon in 2018.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-aurora.json.gz")
        with Replay(cassettes[request.param]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        (zone,) = replay.attach(AuroraDNSDriver("key", "secret")).list_zones()
        return zone

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        assert (zone.domain, len(zone.extra["servers"])) == ("example.nl", 3)
        records = zone.list_records()
        assert {record.type for record in records} >= {"A", "CNAME", "NS", "SOA", "TXT"}
        by_name = {record.name: record for record in records}
        assert (by_name["docs"].data, by_name["docs"].ttl) == ("docs.example.com", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["duplicate_records_should_be_noop"], indirect=True)
    def test_create_record_twice(self, replay: Replay, zone: Zone) -> None:
        arguments = ("_acme-challenge.noop", "TXT", "challengetoken", {"ttl": 3600})
        assert zone.create_record(*arguments).extra["created"] == "2018-03-22T20:41:53Z"
        with pytest.raises(RecordAlreadyExistsError):
            zone.create_record(*arguments)
        assert "_acme-challenge.noop" in [record.name for record in zone.list_records()]
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_update_record(self, replay: Replay, zone: Zone) -> None:
        record = zone.create_record("orig.testfqdn.example.nl.", "TXT", "challengetoken")
        moved = record.update(name="updated.testfqdn.example.nl.")
        assert (moved.id, moved.name, moved.ttl) == (record.id, "updated.testfqdn", 3600)

    @pytest.mark.parametrize("replay", ["delete_record_by_filter"], indirect=True)
    def test_delete_record(self, zone: Zone) -> None:
        record = zone.create_record("delete.testfilt", "TXT", "challengetoken")
        assert record.delete()
        assert record.id not in [listed.id for listed in zone.list_records()]
