"""
OnApp: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_onapp.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import BaseHTTPError, LibcloudError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.onapp import OnAppDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

HOST = "onapp.example.com"
RECORDS = "/dns_zones/653/records.json"


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> OnAppDNSDriver:
    return double.attach(OnAppDNSDriver("user", "secret", host=HOST))


@pytest.fixture
def zone(driver: OnAppDNSDriver) -> Zone:
    return Zone("653", "example.com", "master", 1200, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.ONAPP) is OnAppDNSDriver


def test_zone_is_created_with_further_keys(driver: OnAppDNSDriver, double: HTTPDouble) -> None:
    extra: dict[str, Any] = {"user_id": 348, "cdn_reference": 624791005}
    extra |= dict.fromkeys(("created_at", "updated_at"), "2018-03-26T13:44:43+11:00")
    item = {"id": 653, "name": "my-test.org", **extra}
    double.on(
        "POST",
        f"https://{HOST}/dns_zones.json",
        headers={"Authorization": "Basic dXNlcjpzZWNyZXQ="},
        json={"dns_zone": {"name": "my-test.org", "auto_populate": 1}},
    ).reply(201, json={"dns_zone": item})
    zone = driver.create_zone("My-Test.org.", extra={"auto_populate": 1})
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("653", "my-test.org", "master", 1200)
    assert zone.extra == extra


def test_create_zone_of_another_type_is_refused(driver: OnAppDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


SOA = "ns1.example.net. admin.example.net. 1 2 3 4 5"


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www", "ip": "192.0.2.1"}),
        ((None, "AAAA", "2001:db8::1", {"ttl": 60}), {"ip": "2001:db8::1", "ttl": "60"}),
        (("a", "CNAME", "@", None), {"name": "a", "hostname": "example.com"}),
        (("", "MX", "5 mx.example.net.", None), {"hostname": "mx.example.net", "priority": 5}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "hostname": "h.example.net", "priority": 1, "weight": 2, "port": 3},
        ),
        (("", "TXT", '"say \\"hi\\"" " twice"', None), {"txt": 'say "hi" twice'}),
        (
            ("", "SOA", SOA, None),
            {
                "primaryNs": "ns1.example.net",
                "hostmaster": "admin@example.net",
                "serial": 1,
                "refresh": 2,
                "retry": 3,
                "expire": 4,
                "minimum": 5,
            },
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "@", "type": arguments[1], "ttl": "1200", **sent}
    double.on("POST", RECORDS, json={"dns_record": body}).reply(
        201, json={"dns_record": {**body, "id": 2797633}}
    )
    record = zone.create_record(*arguments)
    assert (record.id, record.ttl) == ("2797633", int(body["ttl"]))
    assert record.extra.get("priority") == sent.get("priority")


def test_soa_has_a_mailbox_at_the_provider(zone: Zone, double: HTTPDouble) -> None:
    soa = {"expire": 1209600, "hostmaster": "support@fleetssl.com", "id": 1, "minimum": 1200}
    soa |= {"name": "@", "primaryNs": "ns1.dynomesh.net.au", "refresh": 1200, "retry": 180}
    soa |= {"serial": 32, "ttl": 86400, "type": "SOA"}
    double.on("GET", RECORDS).reply(json={"dns_zone": {"records": {"SOA": [{"dns_record": soa}]}}})
    (record,) = zone.list_records()
    assert record.data == "ns1.dynomesh.net.au. support.fleetssl.com. 32 1200 180 1209600 1200"


def test_update_record_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    record = Record("7", "", "MX", "mx.example.net", zone, zone.driver, 300, {"priority": 5})
    body = {"name": "@", "ttl": "300", "hostname": "mx.example.net", "priority": 6}
    path = "/dns_zones/653/records/7.json"
    double.on("PUT", path, json={"dns_record": body}).reply(204)
    changed = record.update(extra={"priority": 6})
    assert (changed.id, changed.data, changed.ttl, changed.extra) == (
        "7",
        "mx.example.net",
        300,
        {"priority": 6},
    )


def test_update_record_to_another_type_names_it(zone: Zone, double: HTTPDouble) -> None:
    record = Record("7", "a", "A", "192.0.2.1", zone, zone.driver, 300)
    body = {"name": "a", "ttl": "300", "ip": "2001:db8::1", "type": "AAAA"}
    path = "/dns_zones/653/records/7.json"
    double.on("PUT", path, json={"dns_record": body}).reply(204)
    assert record.update(type="AAAA", data="2001:db8::1").type == "AAAA"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"errors": {"ip": ["is invalid", "is short"]}}, "ip is invalid; ip is short"),
        ({"errors": ["No way"]}, "No way"),
        ({"error": "Not so"}, "Not so"),
    ],
)
def test_error_says_all_that_is_wrong(
    zone: Zone, double: HTTPDouble, body: dict[str, Any], message: str
) -> None:
    double.on("POST", RECORDS).reply(422, json=body)
    with pytest.raises(BaseHTTPError, match=message):
        zone.create_record("www", "A", "nonsense")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "CAA", "0 issue ca.example")


class TestOnAppErrors(DNSDriverErrors):
    """The forms are those of https://docs.onapp.com/apim/latest ; the words are Rails' own."""

    bad_credentials = answer(401, json={"errors": ["Invalid user name or password"]})
    not_found = answer(404, json={"errors": ["DnsZone not found"]})
    exists = answer(422, json={"errors": {"name": ["has already been taken"]}})
    answers_nothing = frozenset({"delete_zone", "delete_record", "update_record"})

    @pytest.fixture
    def driver(self) -> OnAppDNSDriver:
        return OnAppDNSDriver("user", "secret", host=HOST)


# Recorded by the authors of Lexicon in 2018.

LIST = "list_records_with_no_arguments_should_list_all"
DELETE = "delete_record_by_filter_should_remove_record"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-onapp.json.gz")
        with Replay(cassettes[f"{request.param}.yaml"]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        driver = replay.attach(OnAppDNSDriver("user", "secret", host="dashboard.dynomesh.com.au"))
        return {zone.domain: zone for zone in driver.list_zones()}["my-test.org"]

    @pytest.mark.parametrize(
        "replay", ["list_records_with_no_arguments_should_list_all"], indirect=True
    )
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        assert (zone.id, zone.extra["user_id"]) == ("653", 348)
        records = zone.list_records()
        assert {record.type for record in records} == {"A", "CNAME", "NS", "SOA", "TXT"}
        by_name = {record.name: record for record in records}
        assert (by_name["docs"].data, by_name["docs"].ttl) == ("docs.example.com", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "arguments"),
        [
            ("create_record_for_A_with_valid_name_and_content", ("localhost", "A", "127.0.0.1")),
            (
                "create_record_for_CNAME_with_valid_name_and_content",
                ("docs", "CNAME", "docs.example.com"),
            ),
            (
                "create_record_for_TXT_with_fqdn_name_and_content",
                ("_acme-challenge.fqdn.my-test.org.", "TXT", "challengetoken"),
            ),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, zone: Zone, arguments: tuple[str, str, str]
    ) -> None:
        record = zone.create_record(*arguments, {"ttl": 3600})
        assert (record.data, record.ttl) == (arguments[2], 3600)

    @pytest.mark.parametrize("replay", ["update_record_should_modify_record"], indirect=True)
    def test_update_record(self, zone: Zone) -> None:
        record = zone.create_record("orig.test", "TXT", "challengetoken", {"ttl": 3600})
        assert record.id in [listed.id for listed in zone.list_records()]
        assert record.update(name="updated.test").id == record.id

    @pytest.mark.parametrize(
        "replay", ["delete_record_by_filter_should_remove_record"], indirect=True
    )
    def test_delete_record(self, zone: Zone) -> None:
        record = zone.create_record("delete.testfilt", "TXT", "challengetoken", {"ttl": 3600})
        assert record.delete()
        assert record.id not in [listed.id for listed in zone.list_records()]
