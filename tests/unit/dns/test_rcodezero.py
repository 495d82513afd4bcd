"""RcodeZero: what goes over the wire, and the exchanges that Lexicon's authors recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import UnsupportedOperation
from libcloud.dns.base import Zone
from libcloud.dns.drivers.rcodezero import RcodeZeroDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

ZONES = "/api/v2/zones"
ZONE = f"{ZONES}/example.com"
RRSETS = f"{ZONE}/rrsets"
ALL = {"page_size": "-1"}
DONE = {"status": "ok", "message": "RRsets updated"}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> RcodeZeroDNSDriver:
    return double.attach(RcodeZeroDNSDriver("token"))


@pytest.fixture
def zone(driver: RcodeZeroDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def rrset(name: str, type: str, *contents: str, ttl: int = 300) -> dict[str, Any]:
    records = [{"content": content, "disabled": False} for content in contents]
    return {"name": name, "type": type, "ttl": ttl, "records": records}


def listing(*items: dict[str, Any]) -> dict[str, Any]:
    return {"current_page": 1, "data": list(items), "last_page": 1, "total": len(items)}


def test_driver_is_registered() -> None:
    assert get_driver(Provider.RCODEZERO) is RcodeZeroDNSDriver


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_requests_carry_the_token(version: str) -> None:
    with HTTPDouble() as double:
        driver = double.attach(RcodeZeroDNSDriver("token", api_version=version))
        headers = {"Authorization": "Bearer token"}
        double.on("GET", f"/api/{version}/zones", query=ALL, headers=headers).reply(json=listing())
        assert driver.list_zones() == []


def test_api_version_that_is_unknown_is_refused() -> None:
    with pytest.raises(UnsupportedOperation, match="v3"):
        RcodeZeroDNSDriver("token", api_version="v3")


@pytest.mark.parametrize(
    ("there", "arguments", "change"),
    [
        (
            [],
            ("www", "A", "192.0.2.1"),
            {**rrset("www.example.com.", "A", "192.0.2.1", ttl=3600), "changetype": "add"},
        ),
        (
            [rrset("www.example.com.", "A", "192.0.2.1")],
            ("www", "A", "192.0.2.2"),
            {**rrset("www.example.com.", "A", "192.0.2.1", "192.0.2.2"), "changetype": "update"},
        ),
        (
            [],
            (None, "MX", "mail.example.net", {"priority": 20, "ttl": 60}),
            {**rrset("example.com.", "MX", "20 mail.example.net.", ttl=60), "changetype": "add"},
        ),
        (
            [],
            ("text", "TXT", 'say "hi"'),
            {
                **rrset("text.example.com.", "TXT", r'"say \"hi\""', ttl=3600),
                "changetype": "add",
            },
        ),
    ],
)
def test_create_record_sends(
    zone: Zone, double: HTTPDouble, there: Any, arguments: Any, change: Any
) -> None:
    double.on("GET", RRSETS, query=ALL).reply(json=listing(*there))
    double.on("PATCH", RRSETS, json=[change]).reply(json=DONE)
    zone.create_record(*arguments)


def test_create_record_that_is_disabled(zone: Zone, double: HTTPDouble) -> None:
    change = {**rrset("www.example.com.", "A", "192.0.2.1", ttl=3600), "changetype": "add"}
    change["records"][0]["disabled"] = True
    double.on("GET", RRSETS, query=ALL).reply(json=listing())
    double.on("PATCH", RRSETS, json=[change]).reply(json=DONE)
    record = zone.create_record("www", "A", "192.0.2.1", {"disabled": True})
    assert record.extra["disabled"] is True


def test_delete_record_of_the_last_value_deletes_the_set(zone: Zone, double: HTTPDouble) -> None:
    there = rrset("www.example.com.", "A", "192.0.2.1")
    double.on("GET", RRSETS, query=ALL).reply(json=listing(there))
    change = {**rrset("www.example.com.", "A"), "changetype": "delete"}
    double.on("PATCH", RRSETS, json=[change]).reply(json=DONE)
    assert zone.list_records()[0].delete()


def test_zones_of_type_slave(driver: RcodeZeroDNSDriver, double: HTTPDouble) -> None:
    body = {"domain": "example.com", "type": "slave", "masters": ["192.0.2.53"]}
    double.on("POST", ZONES, json=body).reply(201, json={"status": "ok", "message": "added"})
    zone = driver.create_zone("example.com", "slave", extra={"masters": ["192.0.2.53"]})
    assert (zone.type, zone.extra) == ("slave", {"masters": ["192.0.2.53"]})
    double.on("PUT", ZONE, json=body).reply(json={"status": "ok", "message": "updated"})
    assert zone.update().extra == zone.extra
    body = {"domain": "example.com", "type": "master"}
    double.on("PUT", ZONE, json=body).reply(json={"status": "ok", "message": "updated"})
    assert zone.update(type="master").type == "master"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"type": "native"}, UnsupportedOperation),
        ({"type": "slave"}, ValueError),
    ],
)
def test_create_zone_of_a_wrong_type_is_refused_without_a_request(
    driver: RcodeZeroDNSDriver, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        driver.create_zone("example.com", **arguments)


def test_update_zone_does_not_rename(zone: Zone) -> None:
    with pytest.raises(UnsupportedOperation, match="rename"):
        zone.update(domain="example.org")


class TestRcodeZeroErrors(DNSDriverErrors):
    """The words "Zone not found" are as they were recorded; the others have their form."""

    bad_credentials = answer(401, json={"status": "failed", "message": "Unauthorized"})
    not_found = answer(404, json={"status": "failed", "message": "Zone not found"})
    exists = answer(400, json={"status": "failed", "message": "Zone already exists"})
    rate_limit = answer(429, json={"status": "failed", "message": "Too many requests"})

    not_found_is_the_zone = DNSDriverErrors.not_found_is_the_zone | {
        "update_record",
        "delete_record",
    }
    not_found_is_the_record = frozenset()

    @pytest.fixture
    def driver(self) -> RcodeZeroDNSDriver:
        return RcodeZeroDNSDriver("token")

    @pytest.mark.parametrize("name", ["create_zone"])
    def test_exists(self, driver: Any, name: str) -> None:
        """That a record exists is found in the listing."""
        super().test_exists(driver, name)


# Recorded by the authors of Lexicon in 2019, of version 1. They write change types in capitals, and
# delete a set by an update to none.

DOMAIN = "lexicon-test.at"
MASK = {
    r'"records": \[\], "changetype": "UPDATE"': '"records": [], "changetype": "delete"',
    '"changetype": "UPDATE"': '"changetype": "update"',
    '"changetype": "ADD"': '"changetype": "add"',
}


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-rcodezero.json.gz")
        with Replay(cassettes[request.param], mask=MASK) as replay:
            yield replay

    @pytest.fixture
    def driver(self, replay: Replay) -> RcodeZeroDNSDriver:
        return replay.attach(RcodeZeroDNSDriver("token", api_version="v1"))

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, driver: RcodeZeroDNSDriver) -> None:
        with pytest.raises(ZoneDoesNotExistError, match="Zone not found"):
            driver.get_zone("thisisadomainidonotown.com")

    @pytest.mark.parametrize("replay", ["list_records_after_setting_ttl"], indirect=True)
    def test_list_and_create_records(self, replay: Replay, driver: RcodeZeroDNSDriver) -> None:
        zone = driver.get_zone(DOMAIN)
        assert (zone.id, zone.type) == (DOMAIN, "master")
        assert zone.extra["dnssec_status"] == "Unsigned"
        records = zone.list_records()
        address = next(record for record in records if record.name == "localhost")
        assert (address.type, address.data, address.ttl) == ("A", "127.0.0.1", 3600)
        texts = [record.data for record in records if record.type == "TXT"]
        assert "challengetoken" in texts

    @pytest.mark.parametrize("replay", ["delete_record_by_identifier"], indirect=True)
    def test_create_and_delete_record(self, replay: Replay, driver: RcodeZeroDNSDriver) -> None:
        zone = driver.get_zone(DOMAIN)
        text = zone.create_record("delete.testid", "TXT", "challengetoken", {"ttl": 3600})
        assert text.id in [record.id for record in zone.list_records()]
        assert text.delete()
        assert "delete.testid" not in [record.name for record in zone.list_records()]
        replay.assert_all_used()
