"""
NearlyFreeSpeech.NET: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_nfsn.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import InvalidCredsError, LibcloudError, UnsupportedOperation
from libcloud.common.nfsn import NFSNConnection, NFSNException
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.nfsn import NFSNDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_nfsn import GONE


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> NFSNDNSDriver:
    return double.attach(NFSNDNSDriver("testuser", "p3kxmRKf9dk3l6ls"))


@pytest.fixture
def zone(driver: NFSNDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", 3600, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.NFSN) is NFSNDNSDriver


@pytest.mark.parametrize(
    ("path", "body", "digest"),
    [
        ("/site/example/getInfo", "", "06a3943f60362907ba8663c73c6a84328d0b9279"),
        ("/dns/e.com/addRR", "a=1", "db9ef852144ad43a79ca28464a490f3c9c637b98"),
    ],
)
def test_signature_is_the_one_that_was_always_sent(path: str, body: str, digest: str) -> None:
    """The credentials are those of the provider's example; compared with libcloud 3.9.1."""
    connection = NFSNConnection("testuser", "p3kxmRKf9dk3l6ls")
    header = connection._authentication(path, body, 1345678901, "abcdefghijklmnop")
    assert header == f"testuser;1345678901;abcdefghijklmnop;{digest}"


def test_request_is_signed_with_its_own_path_and_body(
    driver: NFSNDNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    double.on("POST", "/dns/example.com/listRRs", form={"name": "www"}).reply(json=[])
    assert driver.ex_get_records_by(zone, "www") == []
    header = double.requests[0].headers["X-NFSN-Authentication"]
    _, now, salt, _ = header.split(";")
    signed = zone.driver.connection._authentication(
        "/dns/example.com/listRRs", "name=www", int(now), salt
    )
    assert (header, len(salt)) == (signed, 16)


def test_only_tls_is_taken() -> None:
    with pytest.raises(ValueError, match="https"):
        NFSNDNSDriver("testuser", "key", secure=False)


def test_exception_has_the_code_of_the_provider() -> None:
    error = NFSNException("no", 404, "gone")
    assert (error.value, error.http_code, error.code) == ("no", 404, "gone")
    assert isinstance(error, LibcloudError)


def test_get_zone_reads_its_serial(driver: NFSNDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", "/dns/example.com/serial").reply(text="1539663798")
    zone = driver.get_zone("Example.com.")
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "example.com",
        "example.com",
        "master",
        3600,
    )


def test_zones_are_neither_listed_nor_created(driver: NFSNDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.list_zones()
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.org")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www", "data": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 600}), {"data": "192.0.2.1", "ttl": "600"}),
        (("a", "CNAME", "b.example.net", None), {"name": "a", "data": "b.example.net"}),
        (("a", "CNAME", "b.example.net.", None), {"name": "a", "data": "b.example.net."}),
        (("", "MX", "5 mx.example.net.", None), {"data": "5 mx.example.net."}),
        (("", "MX", "mx.example.net", {"priority": 7}), {"data": "7 mx.example.net"}),
        (
            ("_s._tcp", "SRV", "h.example.net.", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "data": "1 2 3 h.example.net."},
        ),
        (("", "TXT", '"ends. " "here."', None), {"data": "ends. here."}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, str]
) -> None:
    form = {"name": "", "type": arguments[1], **sent}
    double.on("POST", "/dns/example.com/addRR", form=form).reply(200)
    record = zone.create_record(*arguments)
    assert (record.name, record.type) == (form["name"], arguments[1])
    assert record.data == form["data"].split()[-1] or arguments[1] == "TXT"


def test_delete_record_of_an_mx_names_its_priority(zone: Zone, double: HTTPDouble) -> None:
    item = {"name": "", "type": "MX", "data": "mx.example.net.", "aux": 5, "ttl": 3600}
    double.on("POST", "/dns/example.com/listRRs").reply(json=[{**item, "scope": "member"}])
    (record,) = zone.list_records()
    assert (record.data, record.extra) == ("mx.example.net.", {"scope": "member", "priority": 5})
    form = {"name": "", "type": "MX", "data": "5 mx.example.net."}
    double.on("POST", "/dns/example.com/removeRR", form=form).reply(200)
    assert record.delete()


def test_refused_signature(driver: NFSNDNSDriver, double: HTTPDouble) -> None:
    said = {"error": "The API request authentication was not valid.", "debug": "bad hash"}
    double.on("GET", "/dns/example.com/serial").reply(400, json=said)
    with pytest.raises(InvalidCredsError, match="bad hash"):
        driver.get_zone("example.com")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "CAA", "0 issue ca.example")


class TestNFSNErrors(DNSDriverErrors):
    """ "Not found" is a recorded answer; of others only the status is known."""

    bad_credentials = answer(401, json={"error": "The API request authentication was not valid."})
    not_found = answer(404, json=GONE)
    exists = None
    answers_nothing = frozenset({"create_record", "delete_record"})
    strange_bodies = ("<html>hello</html>", "{", '["x"]', '{"strange": []}', '"x"')

    @pytest.fixture
    def driver(self) -> NFSNDNSDriver:
        return NFSNDNSDriver("member", "key")


# Recorded by the authors of Lexicon in 2018.

DOMAIN = "koupia.xyz"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        with Replay(recordings("fixtures-dns-nfsn.json.gz")[request.param]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        """Nobody asked for the serial."""
        driver = replay.attach(NFSNDNSDriver("member", "key"))
        return Zone(DOMAIN, DOMAIN, "master", 3600, driver)

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_records_of_a_zone_that_is_not_there(self, replay: Replay, zone: Zone) -> None:
        zone.domain = "thisisadomainidonotown.com"
        with pytest.raises(ZoneDoesNotExistError):
            zone.list_records()
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()  # By which Lexicon found out whether there is the zone.
        records = zone.list_records()
        assert {record.type for record in records} == {"A", "CNAME", "NS", "TXT"}
        assert (records[0].data, records[0].ttl, records[0].extra) == (
            "ns.phx5.nearlyfreespeech.net.",
            86400,
            {"scope": "system"},
        )
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "arguments"),
        [
            ("create_record_for_A", ("localhost", "A", "127.0.0.1")),
            ("create_record_for_CNAME", ("docs", "CNAME", "docs.example.com")),
            ("TXT_with_fqdn_name", (f"_acme-challenge.fqdn.{DOMAIN}.", "TXT", "challengetoken")),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, zone: Zone, arguments: tuple[str, str, str]
    ) -> None:
        record = zone.create_record(*arguments, {"ttl": 3600})
        assert (record.data, record.ttl) == (arguments[2], 3600)

    @pytest.mark.parametrize("replay", ["record_set_by_content"], indirect=True)
    def test_delete_one_of_two_records(self, replay: Replay, zone: Zone) -> None:
        name, driver = "_acme-challenge.deleterecordinset", zone.driver
        assert isinstance(driver, NFSNDNSDriver)
        for number in (1, 2):
            record = zone.create_record(name, "TXT", f"challengetoken{number}", {"ttl": 3600})
        first = Record("", name, "TXT", "challengetoken1", zone, driver)
        assert first.delete()
        (left,) = driver.ex_get_records_by(zone, name, "TXT")
        assert (left.id, left.data) == (record.id, "challengetoken2")
