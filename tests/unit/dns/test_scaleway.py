"""
Scaleway: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_scaleway.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.scaleway import ScalewayDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.sync import sync
from libcloud.dns.types import Provider, RecordDoesNotExistError, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_scaleway import ScalewayServer, scaleway_spec

ZONES = "/domain/v2beta1/dns-zones"
RECORDS = f"{ZONES}/example.com/records"

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def item(**more: Any) -> dict[str, Any]:
    record = {"id": "uuid", "data": "192.0.2.1", "name": "www", "priority": 0, "ttl": 3600}
    return {**record, "type": "A", "comment": None, **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=scaleway_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> ScalewayDNSDriver:
    return double.attach(ScalewayDNSDriver("secret-key", ex_project_id="project"))


@pytest.fixture
def zone(driver: ScalewayDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver, {"project_id": "project"})


def test_driver_is_registered() -> None:
    assert get_driver(Provider.SCALEWAY) is ScalewayDNSDriver


def test_secret_key_is_sent(driver: ScalewayDNSDriver, double: HTTPDouble) -> None:
    query = {"page": 1, "page_size": 100}
    route = double.on("GET", ZONES, query=query, headers={"X-Auth-Token": "secret-key"})
    route.reply(json={"total_count": 0, "dns_zones": []})
    assert driver.list_zones() == []


def test_zones_are_listed_page_by_page(driver: ScalewayDNSDriver, double: HTTPDouble) -> None:
    for page, subdomain in ((1, ""), (2, "sub")):
        body = {"total_count": 2, "dns_zones": [{"domain": "example.com", "subdomain": subdomain}]}
        double.on("GET", ZONES, query={"page": page, "page_size": 100}).reply(json=body)
    zones = driver.list_zones()
    assert [(zone.id, zone.domain) for zone in zones] == [
        ("example.com", "example.com"),
        ("sub.example.com", "sub.example.com"),
    ]


def test_create_zone_inside_of_a_domain(driver: ScalewayDNSDriver, double: HTTPDouble) -> None:
    body = {"domain": "example.com", "subdomain": "sub", "project_id": "other"}
    double.on("POST", ZONES, json=body).reply(json=body)
    zone = driver.create_zone("Sub.Example.com.", extra={"subdomain": "sub", "project_id": "other"})
    assert (zone.id, zone.extra["project_id"]) == ("sub.example.com", "other")


def test_create_zone_without_a_project_says_so() -> None:
    with pytest.raises(ValueError, match="ex_project_id"):
        ScalewayDNSDriver("secret-key").create_zone("example.com")


def test_create_zone_of_another_type_is_refused(driver: ScalewayDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


def test_get_zone_takes_no_other(driver: ScalewayDNSDriver, double: HTTPDouble) -> None:
    query = {"dns_zones": "example.com", "page": 1, "page_size": 100}
    other = {"domain": "example.com", "subdomain": "sub"}
    double.on("GET", ZONES, query=query).reply(json={"total_count": 1, "dns_zones": [other]})
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_zone("example.com")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www", "data": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"data": "192.0.2.1", "ttl": 60}),
        (("a.example.com", "CNAME", "@", None), {"name": "a", "data": "example.com."}),
        (("", "MX", "mail", {"priority": 7}), {"data": "7 mail.example.com."}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "data": "1 2 3 h.example.net."},
        ),
        (
            ("", "CAA", "ca.example", {"flags": 128, "tag": "issue"}),
            {"data": '128 issue "ca.example"'},
        ),
        (("", "TXT", "v=spf1 -all", None), {"data": "v=spf1 -all"}),
        (("", "TXT", 'say "hi"', None), {"data": '"say \\"hi\\""'}),
        (("", "A", "192.0.2.1", {"comment": "hello"}), {"comment": "hello"}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"name": "xn--bcher-kva"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "", "type": arguments[1], "data": arguments[2], "ttl": 3600, **sent}
    double.on("PATCH", RECORDS, json={"changes": [{"add": {"records": [body]}}]}).reply(
        json={"records": [item(**body)]}
    )
    record = zone.create_record(*arguments)
    assert (record.name, record.ttl) == (body["name"], body["ttl"])


def test_text_of_two_strings_keeps_its_quotes(zone: Zone, double: HTTPDouble) -> None:
    text = "0123456789" * 30
    data = f'"{text[:255]}" "{text[255:]}"'
    body = {"name": "", "type": "TXT", "data": data, "ttl": 3600}
    double.on("PATCH", RECORDS, json={"changes": [{"add": {"records": [body]}}]}).reply(
        json={"records": [item(**body)]}
    )
    assert zone.create_record("", "TXT", text).data == text


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    geo = {"matches": [], "default": "192.0.2.1"}
    items = [
        item(type="MX", name="", data="10 mx.example.net."),
        item(geo_ip_config=geo, comment="hello"),
    ]
    double.on("GET", RECORDS, query={"page": 1, "page_size": 100}).reply(
        json={"total_count": 2, "records": items}
    )
    mail, www = zone.list_records()
    assert (mail.data, mail.extra) == ("mx.example.net.", {"priority": 10})
    assert www.extra == {"geo_ip_config": geo, "comment": "hello"}


def test_update_record_keeps_its_options(zone: Zone, double: HTTPDouble) -> None:
    extra = {"comment": "hello"}
    record = Record("uuid", "www", "A", "192.0.2.1", zone, zone.driver, 60, extra)
    wanted = {"name": "www", "type": "A", "data": "192.0.2.9", "ttl": 60, "comment": "hello"}
    change = {"set": {"id": "uuid", "records": [wanted]}}
    double.on("PATCH", RECORDS, json={"changes": [change]}).reply(
        json={"records": [item(**wanted)]}
    )
    assert record.update(data="192.0.2.9").extra == {"comment": "hello"}


def test_get_record_that_is_not_there(driver: ScalewayDNSDriver, double: HTTPDouble) -> None:
    found = {"domain": "example.com", "subdomain": ""}
    paging = {"page": 1, "page_size": 100}
    double.on("GET", ZONES, query={"dns_zones": "example.com", **paging}).reply(
        json={"total_count": 1, "dns_zones": [found]}
    )
    double.on("GET", RECORDS, query={"id": "gone", **paging}).reply(
        json={"total_count": 0, "records": []}
    )
    with pytest.raises(RecordDoesNotExistError):
        driver.get_record("example.com", "gone")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "SPF", "x")


def test_sync_changes_sets_in_one_request() -> None:
    server = ScalewayServer(spec=scaleway_spec())
    driver = server.attach(ScalewayDNSDriver("secret-key", ex_project_id="project"))
    zone = driver.create_zone("example.com")
    for name in ("old", "www"):
        zone.create_record(name, "A", "192.0.2.200")
    wanted = [Record(None, "www", "A", f"192.0.2.{n}", zone, driver, 60, {}) for n in range(5)]
    wanted.append(Record(None, "new", "TXT", "text", zone, driver, 60, {"comment": "hello"}))
    before = len(server.requests)
    sync(driver, zone, wanted)
    changes = [request for request in server.requests[before:] if request.method == "PATCH"]
    assert len(changes) == 1
    found = {(each.name, each.data) for each in zone.list_records() if each.type != "NS"}
    assert found == {("www", f"192.0.2.{n}") for n in range(5)} | {("new", "text")}


class TestScalewayErrors(DNSDriverErrors):
    """
    A zone that is not there as recorded; the others as Scaleway's own client knows them:
    https://github.com/scaleway/scaleway-sdk-js
    """

    bad_credentials = answer(
        401,
        json={"type": "denied_authentication", "method": "api_key", "reason": "not_found"},
    )
    not_found = answer(403, json={"message": "domain not found"})
    exists = answer(409, json={"type": "already_exists", "message": "already exists"})
    rate_limit = answer(429, json={"type": "too_many_requests"})

    @pytest.fixture
    def driver(self) -> ScalewayDNSDriver:
        return ScalewayDNSDriver("secret-key", ex_project_id="project")


# Recorded by the authors of Lexicon in 2025.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-scaleway.json.gz")
        # They look at the first page twice, the first time without a number, and send names in
        # full.
        mask = {r"/records$": "/records?page=1", r"\.example\.com\.\"": '"'}
        with Replay(cassettes[request.param], ["page_size"], mask, spec=scaleway_spec()) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        driver = replay.attach(ScalewayDNSDriver("secret-key"))
        return Zone("example.com", "example.com", "master", None, driver)

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_list_records_of_a_zone_that_is_not_there(self, replay: Replay, zone: Zone) -> None:
        zone.id = "thisisadomainidonotown.com"
        with pytest.raises(ZoneDoesNotExistError):
            zone.list_records()
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, zone: Zone) -> None:
        records = zone.list_records()
        assert {record.type for record in records} == {"A", "CNAME", "NS", "TXT"}
        assert {record.data for record in records if record.type == "TXT"} == {"challengetoken"}

    @pytest.mark.parametrize("replay", ["update_record_should_modify_record"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        text = zone.create_record("orig.test", "TXT", "challengetoken")
        assert text.id in [record.id for record in zone.list_records()]
        moved = text.update(name="updated.test")
        assert (moved.id, moved.name, moved.data) == (text.id, "updated.test", "challengetoken")
        assert [each for each in replay.unused if each.method == "PATCH"] == []

    @pytest.mark.parametrize("replay", ["record_set_by_content"], indirect=True)
    def test_delete_record_of_a_listing_of_two_pages(self, replay: Replay, zone: Zone) -> None:
        before = {record.id for record in zone.list_records()}
        for number in (1, 2):
            zone.create_record(
                "_acme-challenge.deleterecordinset", "TXT", f"challengetoken{number}"
            )
            found = zone.list_records()
        assert len(found) == 22
        (first,) = (each for each in found if each.id not in before and "1" in each.data)
        assert first.delete()
        assert len(zone.list_records()) == 21
        assert [each for each in replay.unused if each.method == "PATCH"] == []
