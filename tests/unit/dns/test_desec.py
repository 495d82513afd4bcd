"""deSEC: what goes over the wire, and the exchanges that Lexicon's authors recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import BaseHTTPError, QuotaExceededError, UnsupportedOperation
from libcloud.common.retry import RetryPolicy
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.desec import DeSECDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.sync import sync
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

DOMAINS = "/api/v1/domains/"
ZONE = f"{DOMAINS}example.com/"
RRSETS = f"{ZONE}rrsets/"
EXISTS = {
    "non_field_errors": ["Another RRset with the same subdomain and type exists for this domain."]
}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> DeSECDNSDriver:
    retry = RetryPolicy(delay=0, max_delay=0)
    return double.attach(DeSECDNSDriver("token", retry=retry))


@pytest.fixture
def zone(driver: DeSECDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def rrset(subname: str, type: str, *records: str, ttl: int = 3600) -> dict[str, Any]:
    return {
        "created": "2019-09-18T16:32:16.510368Z",
        "domain": "example.com",
        "subname": subname,
        "name": f"{subname}.example.com.".lstrip("."),
        "type": type,
        "records": list(records),
        "ttl": ttl,
        "touched": "2020-04-06T09:24:09.987436Z",
    }


def test_driver_is_registered() -> None:
    assert get_driver(Provider.DESEC) is DeSECDNSDriver


def test_requests_carry_the_token(driver: DeSECDNSDriver, double: HTTPDouble) -> None:
    headers = {"Authorization": "Token token"}
    double.on("GET", DOMAINS, query={"cursor": ""}, headers=headers).reply(json=[])
    assert driver.list_zones() == []


def test_zones_but_master_are_not_there(driver: DeSECDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation, match="master"):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (
            ("www", "A", "192.0.2.1", {"ttl": 7200}),
            {"subname": "www", "type": "A", "records": ["192.0.2.1"], "ttl": 7200},
        ),
        (
            (None, "MX", "mail.example.net", {"priority": 20}),
            {"subname": "", "type": "MX", "records": ["20 mail.example.net."], "ttl": 3600},
        ),
        (
            ("text", "TXT", 'say "hi"'),
            {"subname": "text", "type": "TXT", "records": [r'"say \"hi\""'], "ttl": 3600},
        ),
        (
            ("_443._tcp", "TLSA", "3 1 1 abcd"),
            {"subname": "_443._tcp", "type": "TLSA", "records": ["3 1 1 abcd"], "ttl": 3600},
        ),
    ],
)
def test_create_record_sends(
    zone: Zone, double: HTTPDouble, arguments: Any, body: dict[str, Any]
) -> None:
    query = {"type": body["type"], "subname": body["subname"]}
    double.on("GET", RRSETS, query=query).reply(json=[])
    item = rrset(body["subname"], body["type"], *body["records"])
    double.on("POST", RRSETS, json=body).reply(201, json=item)
    zone.create_record(*arguments)


def test_second_record_of_the_apex_changes_the_set(zone: Zone, double: HTTPDouble) -> None:
    query = {"type": "A", "subname": ""}
    double.on("GET", RRSETS, query=query).reply(json=[rrset("", "A", "192.0.2.1")])
    body = {"records": ["192.0.2.1", "192.0.2.2"], "ttl": 3600}
    item = rrset("", "A", *body["records"])  # type: ignore[misc]
    double.on("PATCH", f"{RRSETS}@/A/", json=body).reply(json=item)
    zone.create_record("", "A", "192.0.2.2")


def test_sync_sends_all_sets_in_one_request(zone: Zone, double: HTTPDouble) -> None:
    there = [rrset("old", "A", "192.0.2.9"), rrset("www", "A", "192.0.2.1")]
    double.on("GET", RRSETS, query={"cursor": ""}).reply(json=there)
    body = [
        {"subname": "old", "type": "A", "records": []},
        {"subname": "www", "type": "A", "records": ["192.0.2.2"], "ttl": 3600},
        {"subname": "www", "type": "AAAA", "records": ["2001:db8::1"], "ttl": 3600},
    ]
    double.on("PATCH", RRSETS, json=body).reply(json=[])
    nobody: Any = None
    wanted = [
        Record(None, "www", "A", "192.0.2.2", zone, nobody, 3600),
        Record(None, "www", "AAAA", "2001:db8::1", zone, nobody, 3600),
    ]
    assert sync(zone.driver, zone, wanted) == (1, 1, 1)


def test_rate_limit_of_a_change_is_waited_for(zone: Zone, double: HTTPDouble) -> None:
    query = {"type": "A", "subname": "www"}
    double.on("GET", RRSETS, query=query).reply(json=[])
    throttled = {"detail": "Request was throttled. Expected available in 1 second."}
    route = double.on("POST", RRSETS).reply(429, json=throttled, headers={"Retry-After": "0"})
    route.reply(201, json=rrset("www", "A", "192.0.2.1"))
    assert zone.create_record("www", "A", "192.0.2.1").data == "192.0.2.1"


def test_creation_whose_answer_was_lost_is_not_an_error(zone: Zone, double: HTTPDouble) -> None:
    query = {"type": "A", "subname": "www"}
    item = rrset("www", "A", "192.0.2.1")
    double.on("GET", RRSETS, query=query).reply(json=[]).reply(json=[item])
    double.on("POST", RRSETS).fail().reply(400, json=EXISTS)
    assert zone.create_record("www", "A", "192.0.2.1").data == "192.0.2.1"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"ttl": ["Ensure this value is greater than or equal to 3600."]}, "ttl: Ensure"),
        ([{}, {"records": ["Record content malformed."]}], "records: Record content malformed"),
        ({"detail": "Nope."}, "Nope"),
    ],
)
def test_refused_change_says_what_the_provider_says(
    zone: Zone, double: HTTPDouble, body: Any, text: str
) -> None:
    double.on("GET", RRSETS, query={"type": "A", "subname": "www"}).reply(json=[])
    double.on("POST", RRSETS).reply(400, json=body)
    with pytest.raises(BaseHTTPError, match=text) as caught:
        zone.create_record("www", "A", "192.0.2.1", {"ttl": 60})
    assert caught.value.http_code == 400


def test_one_zone_too_many(driver: DeSECDNSDriver, double: HTTPDouble) -> None:
    """Status as in https://desec.readthedocs.io/en/latest/dns/domains.html#creating-a-domain"""
    detail = "Domain limit exceeded. Please contact support to create additional domains."
    double.on("POST", DOMAINS).reply(403, json={"detail": detail})
    with pytest.raises(QuotaExceededError, match="contact support"):
        driver.create_zone("example.com")


def test_page_of_a_listing_is_found_by_its_link(zone: Zone, double: HTTPDouble) -> None:
    link = (
        f'<https://desec.io{RRSETS}?cursor=>; rel="first", '
        f'<https://desec.io{RRSETS}?cursor=abc%3D>; rel="next"'
    )
    first, second = [rrset("a", "A", "192.0.2.1")], [rrset("b", "A", "192.0.2.2")]
    double.on("GET", RRSETS, query={"cursor": ""}).reply(json=first, headers={"Link": link})
    double.on("GET", RRSETS, query={"cursor": "abc="}).reply(json=second)
    assert [record.name for record in zone.list_records()] == ["a", "b"]


class TestDeSECErrors(DNSDriverErrors):
    """The words of 404 were recorded; the documentation has the statuses."""

    bad_credentials = answer(401, json={"detail": "Invalid token."})
    not_found = answer(404, json={"detail": "No Domain matches the given query."})
    exists = answer(400, json={"name": ["This domain name conflicts with an existing zone."]})
    rate_limit = answer(429, json={"detail": "Request was throttled."})

    strange_bodies = ("<html>hello</html>", "{", '{"strange": []}', "7", '"x"')

    not_found_is_the_zone = DNSDriverErrors.not_found_is_the_zone | {
        "update_record",
        "delete_record",
    }
    not_found_is_the_record = frozenset()
    # It looks for the zone first, and is told nothing of it afterwards.
    answers_nothing = frozenset()

    @pytest.fixture
    def driver(self) -> DeSECDNSDriver:
        return DeSECDNSDriver("token")

    @pytest.mark.parametrize("name", ["create_zone"])
    def test_exists(self, driver: Any, name: str) -> None:
        """That a record exists is found when its set is read."""
        super().test_exists(driver, name)


# Recorded by the authors of Lexicon in 2025. They ask without pages, send what they read along with
# what they change, and have two slashes where one is enough.

DOMAIN = "desec.lexicon"
IGNORED = ["cursor", "created", "domain", "name", "subname", "touched", "type"]


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-desec.json.gz")
        mask = {"rrsets//": "rrsets/"}
        with Replay(cassettes[request.param], IGNORED, mask) as replay:
            yield replay

    @pytest.fixture
    def driver(self, replay: Replay) -> DeSECDNSDriver:
        return replay.attach(DeSECDNSDriver("token"))

    @pytest.fixture
    def zone(self, driver: DeSECDNSDriver) -> Zone:
        """By hand: the zone itself is blanked in the recordings."""
        return Zone(DOMAIN, DOMAIN, "master", None, driver)

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, driver: DeSECDNSDriver) -> None:
        with pytest.raises(ZoneDoesNotExistError, match="No Domain matches"):
            driver.get_zone("thisisadomainidonotown.com")

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, zone: Zone) -> None:
        records = zone.list_records()
        assert {record.type for record in records} >= {"A", "NS", "TXT"}
        by_name = {record.name: record for record in records}
        assert by_name["random.test"].data == "challengetoken"
        assert by_name["localhost"].data == "127.0.0.1"

    @pytest.mark.parametrize("replay", ["delete_record_by_identifier"], indirect=True)
    def test_create_and_delete_record(self, zone: Zone) -> None:
        text = zone.create_record("delete.testid", "TXT", "challengetoken", {"ttl": 3600})
        assert (text.name, text.data) == ("delete.testid", "challengetoken")
        assert text.delete()

    @pytest.mark.parametrize("replay", ["by_content_should_leave_others"], indirect=True)
    def test_delete_one_value_of_two(self, zone: Zone) -> None:
        name = "_acme-challenge.deleterecordinset"
        first = zone.create_record(name, "TXT", "challengetoken1", {"ttl": 3600})
        zone.create_record(name, "TXT", "challengetoken2", {"ttl": 3600})
        assert first.delete()

    @pytest.mark.parametrize("replay", ["modify_record_name_specified"], indirect=True)
    def test_update_record(self, zone: Zone) -> None:
        text = zone.create_record("orig.nameonly.test", "TXT", "challengetoken", {"ttl": 3600})
        assert text.update(data="updated").data == "updated"
