"""
DNSPod's API with tokens: what goes over the wire, and exchanges that others recorded.

Answers are those of https://docs.dnspod.com/api/ . What a whole zone goes through is in
``tests/conformance/test_dns_dnspod.py``.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.dnspod import DNSPodException
from libcloud.common.errors import InvalidCredsError, LibcloudError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers import dnspod
from libcloud.dns.drivers.dnspod import DNSPodDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordAlreadyExistsError, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import Answer, HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

TOKEN = "730060,e1a8a$f14dc5dcbafd83680b3d2a553c4d553d"
COMMON = {"user_token": TOKEN, "format": "json"}


def good(**body: Any) -> dict[str, Any]:
    return {"status": {"code": "1", "message": "Action completed successful"}, **body}


def error(code: str, message: str, status: int = 200) -> Answer:
    return answer(status, json={"status": {"code": code, "message": message}})


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> DNSPodDNSDriver:
    return double.attach(DNSPodDNSDriver(TOKEN))


@pytest.fixture
def zone(driver: DNSPodDNSDriver) -> Zone:
    return Zone("2317346", "example.com", "master", 600, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.DNSPOD) is DNSPodDNSDriver


def test_messages_that_programs_compare_with() -> None:
    assert "Domain is exists" in dnspod.ZONE_ALREADY_EXISTS_ERROR_MSGS
    assert "Domain id invalid" in dnspod.ZONE_DOES_NOT_EXIST_ERROR_MSGS
    assert dnspod.RECORD_DOES_NOT_EXIST_ERRORS_MSGS == ["Record id invalid"]


def test_exception_shows_what_the_old_one_did() -> None:
    copy = pickle.loads(pickle.dumps(DNSPodException(200, "Invalid line.")))
    assert (str(copy), copy.args) == ("200 Invalid line.", (200, "Invalid line."))


def test_create_zone(driver: DNSPodDNSDriver, double: HTTPDouble) -> None:
    form = {**COMMON, "domain": "api2.com", "group_id": "2"}
    domain = {"id": "1992403", "punycode": "api2.com", "domain": "api2.com"}
    double.on("POST", "/Domain.Create", form=form).reply(json=good(domain=domain))
    zone = driver.create_zone("API2.com.", extra={"group_id": 2})
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("1992403", "api2.com", "master", None)
    assert zone.extra == {"punycode": "api2.com", "domain": "api2.com"}


def test_create_zone_of_another_type_is_refused(driver: DNSPodDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"sub_domain": "www", "value": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 600}), {"value": "192.0.2.1", "ttl": "600"}),
        (("a", "CNAME", "@", None), {"sub_domain": "a", "value": "example.com"}),
        (("", "MX", "5 mx.example.net.", None), {"value": "mx.example.net.", "mx": "5"}),
        (("", "MX", "mx.example.net", {"mx": 7}), {"value": "mx.example.net.", "mx": "7"}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"sub_domain": "_s._tcp", "value": "1 2 3 h.example.net."},
        ),
        (("", "TXT", '"say \\"hi\\"" " twice"', None), {"value": 'say "hi" twice'}),
        (("", "A", "192.0.2.1", {"line": "AD"}), {"value": "192.0.2.1", "record_line": "AD"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, str]
) -> None:
    record_type = arguments[1]
    form = {"domain_id": "2317346", "sub_domain": "@", "record_type": record_type}
    form |= {"record_line": "default", **sent}
    double.on("POST", "/Record.Create", form={**COMMON, **form}).reply(
        json=good(record={"id": "16894439", "name": form["sub_domain"], "status": "enable"})
    )
    record = zone.create_record(*arguments)
    assert (record.id, record.type) == ("16894439", record_type)
    assert record.name == form["sub_domain"].removeprefix("@")
    assert record.extra["line"] == form["record_line"]


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    item = {
        "id": "49",
        "name": "@",
        "line": "Default",
        "type": "MX",
        "ttl": "600",
        "value": "cloudmx.qq.com.",
        "mx": "5",
        "enabled": "1",
        "status": "enabled",
        "monitor_status": "",
        "remark": "",
        "updated_on": "2014-06-05 09:47:59",
    }
    info = {"sub_domains": "2", "record_total": "2"}
    form = {**COMMON, "domain_id": "2317346"}
    double.on("POST", "/Record.List", form=form).reply(json=good(records=[item], info=info))
    double.on("POST", "/Record.List", form={**form, "offset": "1"}).reply(
        json=good(records=[{**item, "id": "50"}], info=info)
    )
    first, second = zone.list_records()
    assert (first.id, second.id, first.name, first.data) == ("49", "50", "", "cloudmx.qq.com.")
    assert first.ttl == 600
    rest = {key: item[key] for key in item if key not in ("id", "name", "type", "value")}
    assert first.extra == {**rest, "priority": 5}


def test_account_without_zones(driver: DNSPodDNSDriver, double: HTTPDouble) -> None:
    double.serve("POST", "/Domain.List", lambda request: error("9", "No domains"))
    assert driver.list_zones() == []


def test_update_record_keeps_line_and_ttl(zone: Zone, double: HTTPDouble) -> None:
    extra = {"line": "AD", "mx": "5", "priority": 5}
    record = Record("49", "", "MX", "mx.example.net.", zone, zone.driver, 900, extra)
    form = {"domain_id": "2317346", "record_id": "49", "sub_domain": "@", "record_type": "MX"}
    form |= {"value": "mx.example.net.", "record_line": "AD", "mx": "6", "ttl": "900"}
    double.on("POST", "/Record.Modify", form={**COMMON, **form}).reply(
        json=good(record={"id": 49, "name": "@", "status": "enable"})
    )
    changed = record.update(extra={"priority": 6})
    assert (changed.id, changed.ttl, changed.extra["priority"]) == ("49", 900, 6)


def test_refusal_without_an_error_of_its_own(zone: Zone, double: HTTPDouble) -> None:
    double.serve("POST", "/Record.Create", lambda request: error("26", "Invalid line."))
    with pytest.raises(DNSPodException, match="Invalid line") as caught:
        zone.create_record("www", "A", "192.0.2.1", {"line": "nowhere"})
    assert (caught.value.code, caught.value.http_code, caught.value.provider_code) == (
        200,
        200,
        "26",
    )


def test_record_that_exists(zone: Zone, double: HTTPDouble) -> None:
    double.serve("POST", "/Record.Create", lambda request: error("104", "Record exists"))
    with pytest.raises(RecordAlreadyExistsError):
        zone.create_record("www", "A", "192.0.2.1")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "CAA", "0 issue ca.example")


class TestDNSPodErrors(DNSDriverErrors):
    """https://docs.dnspod.com/api/ ; credentials and "not exists" as in recordings."""

    bad_credentials = error("10002", "The login token ID is invalid")
    not_found = error("13", "Domain is not exists")
    exists = error("7", "Domain is exists")
    rate_limit = error("-2", "API usage is limited")

    def zone_of(self, driver: Any) -> Zone:
        return Zone("2317346", "example.com", "master", 600, driver)

    @pytest.fixture
    def driver(self) -> DNSPodDNSDriver:
        return DNSPodDNSDriver(TOKEN)


# Recorded by the authors of Lexicon in 2016 at dnsapi.cn, the Chinese site, without the token.

DOMAIN = "capsulecd.com"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-dnspod.json.gz")
        # A zone's records were asked for by its name, which is the same to the provider.
        same = {"domain_id=38280687": f"domain={DOMAIN}"}
        with Replay(cassettes[request.param], ["login_token"], mask=same) as replay:
            yield replay

    @pytest.fixture
    def driver(self, replay: Replay) -> DNSPodDNSDriver:
        return replay.attach(DNSPodDNSDriver("1,token", host="dnsapi.cn"))

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay, driver: DNSPodDNSDriver) -> None:
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("thisisadomainidonotown.com")
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_invalid_filter"], indirect=True)
    def test_bad_credentials(self, driver: DNSPodDNSDriver) -> None:
        with pytest.raises(InvalidCredsError, match="login token ID"):
            driver.get_zone(DOMAIN)

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, driver: DNSPodDNSDriver) -> None:
        zone = driver.get_zone(DOMAIN)
        assert (zone.id, zone.domain, zone.ttl) == ("38280687", DOMAIN, 600)
        assert zone.extra["grade"] == "DP_Free"
        records = zone.list_records()
        assert len(records) == 10
        assert {record.type for record in records} == {"A", "CNAME", "NS", "TXT"}
        assert (records[0].name, records[0].data, records[0].ttl) == (
            "",
            "f1g1ns1.dnspod.net.",
            86400,
        )
        assert records[0].extra["hold"] == "hold"
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "arguments"),
        [
            ("create_record_for_A", ("localhost", "A", "127.0.0.1")),
            ("create_record_for_CNAME", ("docs", "CNAME", "docs.example.com")),
            ("TXT_with_full_name", (f"_acme-challenge.full.{DOMAIN}", "TXT", "challengetoken")),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, driver: DNSPodDNSDriver, arguments: tuple[str, str, str]
    ) -> None:
        assert driver.get_zone(DOMAIN).create_record(*arguments).id.startswith("1895929")
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_with_full_name"], indirect=True)
    def test_update_record(self, replay: Replay, driver: DNSPodDNSDriver) -> None:
        zone = driver.get_zone(DOMAIN)
        record = zone.create_record("orig.testfull", "TXT", "challengetoken")
        moved = record.update(name=f"updated.testfull.{DOMAIN}")
        assert (moved.id, moved.name) == (record.id, "updated.testfull")

    @pytest.mark.parametrize("replay", ["delete_record_by_filter"], indirect=True)
    def test_delete_record(self, replay: Replay, driver: DNSPodDNSDriver) -> None:
        zone = driver.get_zone(DOMAIN)
        record = zone.create_record("delete.testfilt", "TXT", "challengetoken")
        assert record.id in [listed.id for listed in zone.list_records()]
        assert record.delete()
        assert record.id not in [listed.id for listed in zone.list_records()]
        replay.assert_all_used()
