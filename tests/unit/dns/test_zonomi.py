"""
Zonomi: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_zonomi.py``.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import InvalidCredsError, LibcloudError, UnsupportedOperation
from libcloud.common.zonomi import SPECIAL_ERRORS, ZonomiException
from libcloud.dns.base import Zone
from libcloud.dns.drivers.zonomi import ZonomiDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneAlreadyExistsError, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import Answer, HTTPDouble, answer
from libcloud.testing.recordings import Exchange, Replay, recordings

DYNDNS = "/app/dns/dyndns.jsp"
DOCTYPE = (
    "<?xml version =\"1.0\"  ?><!DOCTYPE html [<!ENTITY nbsp '&#160;'><!ENTITY trade '&#8482;'>"
    "<!ENTITY copy '&#169;'>]>"
)


def result(*elements: str) -> Answer:
    inner = "".join(elements)
    return answer(
        text=f"{DOCTYPE}<dnsapi_result><is_ok>OK:</is_ok><actions><action>{inner}</action></actions>"
        "</dnsapi_result>"
    )


def error(text: str, status: int = 500) -> Answer:
    return answer(status, text=f"{DOCTYPE}\n<error>{text}</error>")


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> ZonomiDNSDriver:
    return double.attach(ZonomiDNSDriver("key"))


@pytest.fixture
def zone(driver: ZonomiDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def expect(double: HTTPDouble, reply: Answer, **query: str) -> None:
    double.on("GET", DYNDNS, query={**query, "api_key": "key"}).reply_with(lambda request: reply)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.ZONOMI) is ZonomiDNSDriver


def test_exception_shows_what_the_old_one_did() -> None:
    copy = pickle.loads(pickle.dumps(ZonomiException(500, "ERROR: No")))
    assert (str(copy), copy.args) == ("500 ERROR: No", (500, "ERROR: No"))
    assert "Not found." in SPECIAL_ERRORS


def test_zones_have_their_type(driver: ZonomiDNSDriver, double: HTTPDouble) -> None:
    zones = ('<zone name="a.com" type="NATIVE"/>', '<zone name="b.com" type="SLAVE"/>')
    expect(double, result(*zones), action="QUERYZONES")
    assert [(zone.id, zone.type) for zone in driver.list_zones()] == [
        ("a.com", "master"),
        ("b.com", "slave"),
    ]


def test_zone_is_created_converted_and_deleted(driver: ZonomiDNSDriver, double: HTTPDouble) -> None:
    key = {"api_key": "key", "name": "example.com"}
    for page, more in (
        ("addzone", {}),
        ("converttosecondary", {"master": "192.0.2.1"}),
        ("converttomaster", {}),
    ):
        double.on("GET", f"/app/dns/{page}.jsp", query={**key, **more}).reply_with(
            lambda request: result()
        )
    expect(double, result(), action="DELETEZONE", name="example.com")
    zone = driver.create_zone("Example.com.")
    assert (zone.id, zone.domain, zone.type) == ("example.com", "example.com", "master")
    assert driver.ex_convert_to_secondary(zone, "192.0.2.1")
    assert driver.ex_convert_to_master(zone)
    assert zone.delete()


def test_create_zone_of_another_type_is_refused(driver: ZonomiDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www.example.com", "value": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"value": "192.0.2.1", "ttl": "60"}),
        (("a", "CNAME", "@", None), {"name": "a.example.com", "value": "example.com"}),
        (("", "MX", "5 mx.example.net.", None), {"value": "mx.example.net", "prio": "5"}),
        (("", "MX", "mx.example.net", {"prio": 7}), {"value": "mx.example.net", "prio": "7"}),
        (("", "TXT", '"say \\"hi\\"" " twice"', None), {"value": 'say "hi" twice'}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, str]
) -> None:
    set_it = {"name": "example.com", "type": arguments[1], "ttl": "3600", **sent}
    expect(double, result(), action="QUERY", name=set_it["name"], type=arguments[1])
    expect(double, result(), action="SET", **set_it)
    record = zone.create_record(*arguments)
    assert record.ttl == int(set_it["ttl"])
    assert record.extra["prio"] == sent.get("prio", "0")


def test_create_record_sets_the_values_that_there_are_as_well(
    zone: Zone, double: HTTPDouble
) -> None:
    there = (
        '<record name="www.example.com" type="A" content="192.0.2.1" ttl="60 seconds" prio="0"/>'
    )
    name = {"name": "www.example.com", "type": "A"}
    expect(double, result(there), action="QUERY", **name)
    numbered = {
        f"{key}[{number}]": value
        for number in (1, 2)
        for key, value in {
            **name,
            "action": "SET",
            "value": f"192.0.2.{number}",
            "ttl": "60",
        }.items()
    }
    expect(double, result(), **numbered)
    zone.create_record("www", "A", "192.0.2.2")


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    mx = '<record name="example.com" type="MX" content="mx.example.net" ttl="3600 s" prio="5"/>'
    expect(double, result(mx), action="QUERY", name="**.example.com")
    (record,) = zone.list_records()
    assert (record.id, record.name, record.data, record.ttl) == (
        "MX::5 mx.example.net.",
        "",
        "mx.example.net.",
        3600,
    )
    assert record.extra == {"ttl": "3600", "prio": "5", "priority": 5}


def test_refused_key(driver: ZonomiDNSDriver, double: HTTPDouble) -> None:
    expect(double, error("ERROR: Invalid api_key"), action="QUERYZONES")
    with pytest.raises(InvalidCredsError):
        driver.list_zones()


def test_refusal_without_an_error_of_its_own(zone: Zone, double: HTTPDouble) -> None:
    refused = error("ERROR: Slave zones are read-only", 200)
    expect(double, refused, action="QUERY", name="**.example.com")
    with pytest.raises(ZonomiException, match="read-only") as caught:
        zone.list_records()
    assert (caught.value.code, caught.value.http_code) == (200, 200)


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "CAA", "0 issue ca.example")


class TestZonomiErrors(DNSDriverErrors):
    """ "No zone found" is a recorded answer, "already" the old driver's word."""

    bad_credentials = error("ERROR: Invalid api_key")
    not_found = error("ERROR: No zone found for example.com")
    exists = None  # Of zones only: see below. A record that exists is found by reading.
    strange_bodies = ("<html>hello</html>", "{", '["x"]', '{"strange": []}', "7", '"x"')
    answers_nothing = frozenset({"create_zone", "delete_zone"})
    # Whatever is done begins with reading the set, and only a zone can be absent then.
    not_found_is_the_zone = frozenset(
        {
            *DNSDriverErrors.not_found_is_the_zone - {"get_zone", "get_record"},
            "update_record",
            "delete_record",
        }
    )
    not_found_is_the_record = frozenset()

    @pytest.fixture
    def driver(self) -> ZonomiDNSDriver:
        return ZonomiDNSDriver("key")

    def test_zone_exists(self, driver: ZonomiDNSDriver) -> None:
        exists = error("ERROR: This zone is already in your zone list.")
        self._fails(driver, "create_zone", exists, ZoneAlreadyExistsError)


# Recorded by the authors of Lexicon in 2017, who set without looking what there is.

DOMAIN = "pcekper.com.ar"


def cassette(name: str) -> list[Exchange]:
    return recordings("fixtures-dns-zonomi.json.gz")[f"{name}.yaml"]


def zone_of(replay: Replay) -> Zone:
    return Zone(DOMAIN, DOMAIN, "master", None, replay.attach(ZonomiDNSDriver("key")))


class TestRecordings:
    def test_zone_that_is_not_there(self) -> None:
        # Lexicon asked for the SOA record only.
        gone = Replay(cassette("unmanaged_domain_should_fail"), ["api_key", "type"])
        zone = zone_of(gone)
        zone.domain = "thisisadomainidonotown.com"
        with pytest.raises(ZoneDoesNotExistError, match="No zone found"):
            zone.list_records()
        gone.assert_all_used()

    def test_list_records(self) -> None:
        _, whole = cassette("list_records_with_no_arguments_should_list_all")
        with Replay([whole], ["api_key"]) as replay:
            records = zone_of(replay).list_records()
        assert {record.type for record in records} == {"A", "CNAME", "NS", "SOA", "TXT"}
        by_name = {record.name: record for record in records}
        assert (by_name["docs"].data, by_name["docs"].ttl) == ("docs.example.com.", 3600)
        assert [each.data for each in records if each.type == "NS"] == [
            "ns1.zonomi.com.",
            "ns3.zonomi.com.",
        ]

    def test_create_and_delete_record(self) -> None:
        name = "delete_record_by_identifier_should_remove_record"
        _, set_it, found, delete, nothing = cassette(name)
        with Replay([nothing, set_it], ["api_key"]) as replay:
            record = zone_of(replay).create_record("delete.testid", "TXT", "challengetoken")
            replay.assert_all_used()
        with Replay([found, delete], ["api_key"]) as replay:
            record.driver = record.zone.driver = replay.attach(ZonomiDNSDriver("key"))
            assert record.delete()
            replay.assert_all_used()
