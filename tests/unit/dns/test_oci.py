"""
Oracle Cloud Infrastructure: what goes over the wire, and exchanges that others recorded.

There is no description. What the API is told is as in
https://docs.oracle.com/en-us/iaas/api/#/en/dns/20180115/ and in the recordings, whose answers are
given here, too. What a whole zone goes through is in ``tests/conformance/test_dns_oci.py``,
signatures are in ``tests/unit/common/test_oci.py``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import BaseHTTPError, LibcloudError, MalformedResponseError
from libcloud.common.polling import WaitTimeoutError
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.oci import OCIDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import (
    Provider,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_oci import PRIVATE_KEY, oci_error

pytest.importorskip("cryptography")

ZONES = "/20180115/zones"
ZONE = f"{ZONES}/example.com"
WWW = f"{ZONE}/records/www.example.com"
LIMIT = {"limit": "100"}
NOT_FOUND = oci_error(
    404,
    "NotAuthorizedOrNotFound",
    "Authorization failed or requested resource not found.",
)


def new_driver(**options: Any) -> OCIDNSDriver:
    return OCIDNSDriver("ocid1.user.oc1..u", PRIVATE_KEY, tenancy="ocid1.tenancy.oc1..t", **options)


def zone_item(**more: Any) -> dict[str, Any]:
    return {
        "name": "example.com",
        "zoneType": "PRIMARY",
        "id": "ocid1.dns-zone.oc1..z",
        "self": "https://dns.us-ashburn-1.oraclecloud.com/20180115/zones/example.com",
        "lifecycleState": "ACTIVE",
        "serial": 64,
        **more,
    }


def item(rdata: str = "192.0.2.1", rtype: str = "A", **more: Any) -> dict[str, Any]:
    return {
        "domain": "www.example.com",
        "recordHash": "61339e5f",
        "isProtected": False,
        "rdata": rdata,
        "rrsetVersion": "2",
        "rtype": rtype,
        "ttl": 3600,
        **more,
    }


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble, monkeypatch: pytest.MonkeyPatch) -> OCIDNSDriver:
    monkeypatch.setattr("libcloud.dns.drivers.oci.CREATION_INTERVAL", 0)
    return double.attach(new_driver())


@pytest.fixture
def zone(driver: OCIDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


@pytest.fixture
def record(zone: Zone) -> Record:
    return Record("61339e5f", "www", "A", "192.0.2.1", zone, zone.driver, 3600)


# The driver itself


def test_driver_is_registered() -> None:
    assert get_driver(Provider.OCI) is OCIDNSDriver


def test_constructor_loads_neither_requests_nor_cryptography() -> None:
    program = (
        "import sys; from libcloud.dns.providers import get_driver; "
        "get_driver('oci')('user', 'key', tenancy='tenancy'); "
        "sys.exit(bool({'requests', 'cryptography', 'dns'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "dns.us-ashburn-1.oraclecloud.com"),
        ({"region": "eu-frankfurt-1"}, "dns.eu-frankfurt-1.oraclecloud.com"),
        ({"host": "127.0.0.1", "port": 8443}, "127.0.0.1"),
    ],
)
def test_region_says_the_host(options: dict[str, Any], host: str) -> None:
    driver = new_driver(fingerprint="20:3b", passphrase="pass", timeout=7, **options)
    connection = driver.connection
    assert (connection.host, connection.port) == (host, options.get("port", 443))
    assert (connection.fingerprint, connection.passphrase) == ("20:3b", "pass")
    assert (connection.user_id, connection.timeout) == ("ocid1.user.oc1..u", 7)


# Zones


@pytest.mark.parametrize("compartment", [None, "ocid1.compartment.oc1..c"])
def test_zones_of_a_compartment(double: HTTPDouble, compartment: str | None) -> None:
    driver = double.attach(new_driver(ex_compartment=compartment))
    query = {"compartmentId": compartment or "ocid1.tenancy.oc1..t", **LIMIT}
    double.on("GET", ZONES, query=query).reply(json=[zone_item()])
    (zone,) = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "example.com",
        "example.com",
        "master",
        None,
    )
    expected = {"id": "ocid1.dns-zone.oc1..z", "lifecycleState": "ACTIVE", "serial": 64}
    assert zone.extra == expected


@pytest.mark.parametrize("zone_id", ["ocid1.dns-zone.oc1..z", "example.com", "Example.com."])
def test_get_zone_takes_ids_and_names(
    driver: OCIDNSDriver, double: HTTPDouble, zone_id: str
) -> None:
    name = zone_id if zone_id.startswith("ocid1") else "example.com"
    double.on("GET", f"{ZONES}/{name}").reply(json=zone_item())
    assert driver.get_zone(zone_id).id == "example.com"


def test_create_zone_waits_until_it_is_made(driver: OCIDNSDriver, double: HTTPDouble) -> None:
    body = {
        "name": "example.com",
        "compartmentId": "ocid1.tenancy.oc1..t",
        "zoneType": "PRIMARY",
        "freeformTags": {"a": "b"},
    }
    in_the_making = zone_item(lifecycleState="CREATING")
    double.on("POST", ZONES, json=body).reply(201, json=in_the_making)
    double.on("GET", ZONE).reply(json=in_the_making).reply(json=zone_item())
    zone = driver.create_zone("Example.com.", extra={"freeformTags": {"a": "b"}})
    assert zone.extra["lifecycleState"] == "ACTIVE"


def test_create_zone_gives_up(
    driver: OCIDNSDriver, double: HTTPDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libcloud.dns.drivers.oci.CREATION_TIMEOUT", 0)
    in_the_making = zone_item(lifecycleState="CREATING")
    double.on("POST", ZONES).reply(201, json=in_the_making)
    double.on("GET", ZONE).reply(json=in_the_making)
    with pytest.raises(WaitTimeoutError):
        driver.create_zone("example.com")


def test_create_zone_as_a_slave(driver: OCIDNSDriver, double: HTTPDouble) -> None:
    masters = [{"address": "192.0.2.53"}]
    body = {
        "name": "example.com",
        "compartmentId": "ocid1.tenancy.oc1..t",
        "zoneType": "SECONDARY",
        "externalMasters": masters,
    }
    double.on("POST", ZONES, json=body).reply(201, json=zone_item(zoneType="SECONDARY"))
    zone = driver.create_zone("example.com", "slave", extra={"externalMasters": masters})
    assert zone.type == "slave"


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [(409, "Conflict", "words"), (400, "InvalidParameter", "Zone example.com already exists")],
)
def test_create_zone_that_exists_raises_zone_already_exists(
    driver: OCIDNSDriver, double: HTTPDouble, status: int, code: str, message: str
) -> None:
    refused = oci_error(status, code, message)
    double.on("POST", ZONES).reply_with(lambda request: refused).exactly(1)
    with pytest.raises(ZoneAlreadyExistsError, match=message) as caught:
        driver.create_zone("example.com")
    assert (caught.value.http_code, caught.value.provider_code) == (status, code)


def test_update_zone_sends_what_shall_change(zone: Zone, double: HTTPDouble) -> None:
    tags = {"freeformTags": {"a": "b"}}
    double.on("PUT", ZONE, json=tags).reply(json=zone_item(**tags))
    assert zone.update(extra=tags).extra["freeformTags"] == {"a": "b"}


# Records


SHAPES = [
    ("A", "192.0.2.1", {}, "192.0.2.1", "192.0.2.1"),
    ("CNAME", "h.example.net", {}, "h.example.net", "h.example.net."),
    ("MX", "h.example.net", {"priority": 5}, "5 h.example.net.", "5 h.example.net."),
    (
        "SRV",
        "h.example.net",
        {"priority": 1, "weight": 2, "port": 3},
        "1 2 3 h.example.net.",
        "1 2 3 h.example.net.",
    ),
    ("TXT", "challengetoken", {}, "challengetoken", '"challengetoken"'),
    ("TXT", "", {}, '""', '""'),
    ("TXT", "v=spf1 -all", {}, '"v=spf1 -all"', '"v=spf1 -all"'),
    ("TXT", 'say "hi"; \\', {}, r'"say \"hi\"; \\"', r'"say \"hi\"; \\"'),
    ("TXT", "x" * 256, {}, f'"{"x" * 255}" "x"', f'"{"x" * 255}" "x"'),
    ("CAA", '0 issue "ca.example"', {}, '0 issue "ca.example"', '0 issue "ca.example"'),
]


@pytest.mark.parametrize(("type", "data", "extra", "sent", "shown"), SHAPES)
def test_create_record_sends_what_a_zone_file_has(
    zone: Zone,
    double: HTTPDouble,
    type: str,
    data: str,
    extra: dict[str, int],
    sent: str,
    shown: str,
) -> None:
    add = {
        "operation": "ADD",
        "domain": "www.example.com",
        "rtype": type,
        "rdata": sent,
        "ttl": 60,
    }
    others = [item(rtype="AAAA", rdata="2001:db8::1"), item(rtype=type, rdata="192.0.2.77")]
    answered = {"items": [*others, item(shown, type, recordHash="new", ttl=60)]}
    double.on("PATCH", WWW, json={"items": [add]}).reply(json=answered)
    record = zone.create_record("WWW", type, data, {"ttl": 60, **extra})
    assert (record.id, record.name, record.ttl) == ("new", "www", 60)
    assert record.data.removesuffix(".") == data
    assert {key: record.extra[key] for key in extra} == extra


def test_wildcard_and_apex_are_written_in_full(zone: Zone, double: HTTPDouble) -> None:
    star, apex = item(domain="*.example.com"), item(domain="example.com")
    double.on("PATCH", f"{ZONE}/records/%2A.example.com").reply(json={"items": [star]})
    double.on("PATCH", f"{ZONE}/records/example.com").reply(json={"items": [apex]})
    assert zone.create_record("*", "A", "192.0.2.1").name == "*"
    assert zone.create_record(None, "A", "192.0.2.1").name == ""


def test_create_record_is_sent_again_after_a_cut_connection(zone: Zone, double: HTTPDouble) -> None:
    double.on("PATCH", WWW).fail().reply(json={"items": [item()]})
    assert zone.create_record("www", "A", "192.0.2.1").id == "61339e5f"


def test_answer_without_the_record_raises_malformed_response(
    zone: Zone, double: HTTPDouble
) -> None:
    double.on("PATCH", WWW).reply(json={"items": []})
    with pytest.raises(MalformedResponseError):
        zone.create_record("www", "A", "192.0.2.1")


def test_update_record_is_one_change(record: Record, double: HTTPDouble) -> None:
    double.on("GET", WWW, query={"rtype": "A", **LIMIT}).reply(json={"items": [item()]})
    items = [
        {"operation": "REMOVE", "recordHash": "61339e5f"},
        {"operation": "ADD", "rtype": "A", "rdata": "192.0.2.9", "ttl": 3600},
    ]
    answered = {"items": [item("192.0.2.9", recordHash="new")]}
    double.on("PATCH", WWW, json={"items": items}).reply(json=answered)
    assert record.update(data="192.0.2.9").id == "new"


def test_update_record_gives_a_new_ttl_to_the_whole_set(record: Record, double: HTTPDouble) -> None:
    double.on("GET", WWW, query={"rtype": "A", **LIMIT}).reply(json={"items": [item()]})
    items = [
        {"operation": "REMOVE", "recordHash": "61339e5f"},
        {"operation": "ADD", "rtype": "A", "rdata": "192.0.2.1", "ttl": 60},
        {"operation": "ADD", "domain": "www.example.com", "rtype": "A", "ttl": 60},
    ]
    double.on("PATCH", WWW, json={"items": items}).reply(json={"items": [item(ttl=60)]})
    assert record.update(extra={"ttl": 60}).ttl == 60


def test_update_record_to_another_name_is_one_change(record: Record, double: HTTPDouble) -> None:
    double.on("GET", WWW, query={"rtype": "A", **LIMIT}).reply(json={"items": [item()]})
    add = {"rtype": "A", "rdata": "192.0.2.1", "ttl": 3600}
    items = [
        {"operation": "REMOVE", "recordHash": "61339e5f"},
        {"operation": "ADD", "domain": "new.example.com", **add},
    ]
    double.on("PATCH", f"{ZONE}/records", json={"items": items}).reply(json={"items": []})
    found = {"items": [item(domain="new.example.com", recordHash="new")]}
    double.on("GET", f"{ZONE}/records/new.example.com", query={"rtype": "A", **LIMIT}).reply(
        json=found
    )
    moved = record.update(name="new")
    assert (moved.id, moved.name) == ("new", "new")


def test_record_that_is_gone_raises_record_does_not_exist(
    record: Record, double: HTTPDouble
) -> None:
    others = {"items": [item("192.0.2.2", recordHash="other")]}
    double.on("GET", WWW, query={"rtype": "A", **LIMIT}).reply(json=others)
    for change in (record.delete, lambda: record.update(data="192.0.2.9")):
        with pytest.raises(RecordDoesNotExistError) as caught:
            change()
        assert caught.value.record_id == "61339e5f"


def test_refused_record_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    refused = oci_error(400, "InvalidParameter", "rdata is not an address")
    double.on("PATCH", WWW).reply_with(lambda request: refused)
    with pytest.raises(BaseHTTPError, match="not an address") as caught:
        zone.create_record("www", "A", "nonsense")
    assert caught.value.http_code == 400


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "URL", "x")


class TestOCIErrors(DNSDriverErrors):
    """https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm"""

    bad_credentials = oci_error(401, "NotAuthenticated", "The required information ... missing.")
    not_found = NOT_FOUND
    exists = None  # Of records there is no such answer; of zones see the tests above.
    rate_limit = oci_error(429, "TooManyRequests", "Tenancy request-rate limit exceeded.")
    answers_nothing = frozenset({"delete_zone"})

    not_found_is_the_zone = DNSDriverErrors.not_found_is_the_zone | {
        "update_record",
        "delete_record",
    }
    not_found_is_the_record = frozenset()

    @pytest.fixture
    def driver(self) -> OCIDNSDriver:
        return new_driver()


# Recorded by the authors of Lexicon.

DOMAIN = "lexicon-test.com"
FOLDER = "/oci/IntegrationTests/test_provider_"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-oci.json.gz")
        # There is a second set of them, which differ in how the requests were signed.
        exchanges = cassettes[f"{FOLDER}{request.param}"]
        with Replay(exchanges, ["limit"]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        return replay.attach(new_driver()).get_zone(DOMAIN)

    @pytest.mark.parametrize("replay", ["authenticate_with_unmanaged"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        with pytest.raises(ZoneDoesNotExistError) as caught:
            replay.attach(new_driver()).get_zone("thisisadomainidonotown.com")
        assert caught.value.provider_code == "NotAuthorizedOrNotFound"
        replay.assert_all_used()

    @pytest.mark.parametrize(
        "replay",
        ["when_calling_list_records_with_no_arguments"],
        indirect=True,
    )
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        assert {"CNAME", "NS", "SOA"} <= {record.type for record in records}
        by_name = {record.name: record for record in records}
        assert by_name["docs"].data == "docs.example.com."
        assert zone.extra["nameservers"]
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "type", "name", "data"),
        [
            ("when_calling_create_record_for_A", "A", "localhost", "127.0.0.1"),
            ("when_calling_create_record_for_CNAME", "CNAME", "docs", "docs.example.com"),
            (
                "when_calling_create_record_for_TXT_with_valid",
                "TXT",
                "_acme-challenge.test",
                "challengetoken",
            ),
            (
                "when_calling_create_record_for_TXT_with_full",
                "TXT",
                f"_acme-challenge.full.{DOMAIN}",
                "challengetoken",
            ),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, zone: Zone, type: str, name: str, data: str
    ) -> None:
        record = zone.create_record(name, type, data)
        assert (record.data.removesuffix("."), record.ttl) == (data, 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["when_calling_create_record_with_duplicate"], indirect=True)
    def test_create_record_that_exists(self, replay: Replay, zone: Zone) -> None:
        first, second = (
            zone.create_record("_acme-challenge.noop", "TXT", "challengetoken") for _ in range(2)
        )
        assert first.id == second.id

    @pytest.mark.parametrize("replay", ["when_calling_create_record_multiple_times"], indirect=True)
    def test_create_records_of_one_set(self, replay: Replay, zone: Zone) -> None:
        for number in (1, 2):
            record = zone.create_record(
                "_acme-challenge.createrecordset", "TXT", f"challengetoken{number}"
            )
            assert record.data == f"challengetoken{number}"
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["when_calling_delete_record_by_identifier"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        record = zone.create_record("delete.testid", "TXT", "challengetoken")
        assert record.id in [each.id for each in zone.list_records()]
        assert record.delete()
        with pytest.raises(RecordDoesNotExistError):
            record.delete()
        replay.assert_all_used()

    @pytest.mark.parametrize(
        "replay",
        ["when_calling_update_record_should_modify_record_name"],
        indirect=True,
    )
    def test_update_record(self, replay: Replay, zone: Zone) -> None:
        driver = zone.driver
        name = "orig.nameonly.test"
        zone.create_record(name, "TXT", "challengetoken")
        # Left by an earlier recording, and what whoever recorded this one changes into itself.
        record = Record(
            "b7cc5b46f09925b4216d3ad16b8cbf78", name, "TXT", "updated", zone, driver, 3600
        )
        assert record.update(data="updated").data == "updated"
        replay.assert_all_used()
