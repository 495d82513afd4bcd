"""
DigitalOcean: what goes over the wire, and exchanges that others recorded.

Requests and answers are checked against the published description; answers are those of its
examples. What a whole zone goes through is in ``tests/conformance/test_dns_digitalocean.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.digitalocean import DigitalOcean_v1_Error
from libcloud.common.errors import BaseHTTPError, LibcloudError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.digitalocean import DigitalOceanDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_digitalocean import digitalocean_spec

ZONE = "/v2/domains/example.com"
RECORDS = f"{ZONE}/records"

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def item(**more: Any) -> dict[str, Any]:
    none = dict.fromkeys(("priority", "port", "weight", "flags", "tag"))
    record = {"id": 28448433, "type": "A", "name": "www", "data": "162.10.66.0", "ttl": 1800}
    return {**record, **none, **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=digitalocean_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> DigitalOceanDNSDriver:
    return double.attach(DigitalOceanDNSDriver("dop_v1_token"))


@pytest.fixture
def zone(driver: DigitalOceanDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", 1800, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.DIGITAL_OCEAN) is DigitalOceanDNSDriver


def test_version_one_of_the_api_is_gone() -> None:
    assert "Use the v2 driver" in str(DigitalOcean_v1_Error())


def test_token_is_sent_and_a_secret_is_not(double: HTTPDouble) -> None:
    driver = double.attach(DigitalOceanDNSDriver("dop_v1_token", "nothing"))
    double.on("GET", "/v2/account", headers={"Authorization": "Bearer dop_v1_token"}).reply(
        json={"account": {}}
    )
    double.spec = None
    assert driver.ex_account_info() == {}


def test_events_are_listed_over_pages_and_read_one_by_one(
    driver: DigitalOceanDNSDriver, double: HTTPDouble
) -> None:
    double.spec = None
    following = "https://api.digitalocean.com/v2/actions?page=2&per_page=200"
    double.on("GET", "/v2/actions", query={"per_page": 200}).reply(
        json={"actions": [{"id": 1}], "links": {"pages": {"next": following}}}
    )
    double.on("GET", "/v2/actions", query={"per_page": 200, "page": 2}).reply(
        json={"actions": [{"id": 2}], "links": {}}
    )
    double.on("GET", "/v2/actions/2").reply(json={"action": {"id": 2}})
    assert [event["id"] for event in driver.ex_list_events()] == [1, 2]
    assert driver.ex_get_event(2) == {"id": 2}


def test_create_zone_with_an_address(driver: DigitalOceanDNSDriver, double: HTTPDouble) -> None:
    body = {"name": "example.com", "ip_address": "192.0.2.1"}
    answered = {"name": "example.com", "ttl": None, "zone_file": None}
    double.on("POST", "/v2/domains", json=body).reply(201, json={"domain": answered})
    zone = driver.create_zone("Example.com.", extra={"ip": "192.0.2.1"})
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "example.com",
        "example.com",
        "master",
        None,
    )
    assert zone.extra == {"zone_file": None}


def test_create_zone_of_another_type_is_refused(driver: DigitalOceanDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www", "data": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"name": "@", "data": "192.0.2.1", "ttl": 60}),
        (("a.example.com", "CNAME", "@", None), {"name": "a", "data": "example.com."}),
        (("", "MX", "5 mx.example.net.", None), {"data": "mx.example.net.", "priority": 5}),
        (("", "MX", "mail", {"priority": 7}), {"data": "mail.example.com.", "priority": 7}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "data": "h.example.net.", "priority": 1, "weight": 2, "port": 3},
        ),
        (
            ("", "CAA", "ca.example", {"flags": 128, "tag": "issue"}),
            {"data": "ca.example", "flags": 128, "tag": "issue"},
        ),
        (("", "TXT", '"say \\"hi\\"" " twice"', None), {"data": 'say "hi" twice'}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"name": "xn--bcher-kva", "data": "192.0.2.1"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "@", "type": arguments[1], **sent}
    double.on("POST", RECORDS, json=body).reply(201, json={"domain_record": item(**body)})
    record = zone.create_record(*arguments)
    assert record.name == ("" if body["name"] == "@" else body["name"])
    assert record.extra["priority"] == sent.get("priority")


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    caa = item(type="CAA", name="@", data="ca.example", flags=0, tag="issue")
    soa = item(type="SOA", name="@", data="1800")
    body = {"domain_records": [caa, soa], "links": {}, "meta": {"total": 2}}
    double.on("GET", RECORDS, query={"per_page": 200}).reply(json=body)
    shown, other = zone.list_records()
    assert (shown.id, shown.name, shown.data, shown.ttl) == (
        "28448433",
        "",
        '0 issue "ca.example"',
        1800,
    )
    assert shown.extra == {
        "priority": None,
        "port": None,
        "weight": None,
        "flags": 0,
        "tag": "issue",
        "ttl": 1800,
    }
    assert other.data == "1800"


def test_update_record_of_a_caa_changes_one_part(zone: Zone, double: HTTPDouble) -> None:
    extra = {"flags": 0, "tag": "issue", "ttl": 1800}
    record = Record("7", "", "CAA", '0 issue "ca.example"', zone, zone.driver, 1800, extra)
    body = {"type": "CAA", "name": "@", "data": "ca.example", "flags": 0, "ttl": 1800}
    changed = {**body, "tag": "issuewild"}
    double.on("PUT", f"{RECORDS}/7", json=changed).reply(json={"domain_record": item(**changed)})
    assert record.update(extra={"tag": "issuewild"}).data == '0 issuewild "ca.example"'


def test_get_record_of_a_zone_that_is_gone(
    driver: DigitalOceanDNSDriver, double: HTTPDouble
) -> None:
    gone = {"id": "not_found", "message": "The resource you were accessing could not be found."}
    double.on("GET", ZONE).reply(404, json={**gone, "request_id": "4d9d8375-3c56"})
    with pytest.raises(ZoneDoesNotExistError) as caught:
        driver.get_record("example.com", "7")
    assert caught.value.request_id == "4d9d8375-3c56"
    assert caught.value.provider_code == "not_found"


def test_refused_record_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    body = {"id": "unprocessable_entity", "message": "Data needs to end with a dot (.)"}
    double.on("POST", RECORDS).reply(422, json=body)
    with pytest.raises(BaseHTTPError, match="needs to end with a dot") as caught:
        zone.create_record("www", "A", "nonsense")
    assert caught.value.http_code == 422


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


class TestDigitalOceanErrors(DNSDriverErrors):
    """
    Answers as in the description; "already exists" has no example there.

    https://docs.digitalocean.com/reference/api/intro/#statuses--errors
    """

    bad_credentials = answer(
        401, json={"id": "unauthorized", "message": "Unable to authenticate you."}
    )
    not_found = answer(404, json={"id": "not_found", "message": "The resource ... not found."})
    exists = answer(422, json={"id": "unprocessable_entity", "message": "name already exists"})
    rate_limit = answer(
        429, json={"id": "too_many_requests", "message": "API Rate limit exceeded."}
    )

    @pytest.fixture
    def driver(self) -> DigitalOceanDNSDriver:
        return DigitalOceanDNSDriver("dop_v1_token")


# Recorded by the authors of Lexicon, who ask for pages of the usual size.

DOMAIN = "foxwoodswebsites.com"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-digitalocean.json.gz")
        with Replay(cassettes[request.param], ["per_page"], spec=digitalocean_spec()) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        return replay.attach(DigitalOceanDNSDriver("token")).get_zone(DOMAIN)

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        driver = replay.attach(DigitalOceanDNSDriver("token"))
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("thisisadomainidonotown.com")
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        assert {record.type for record in records} == {"A", "CNAME", "NS", "SOA", "TXT"}
        by_name = {record.name: record for record in records}
        assert by_name["docs"].data == "docs.example.com"
        assert by_name["localhost"].data == "127.0.0.1"
        assert "$ORIGIN" in zone.extra["zone_file"]
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()
        text = zone.create_record(
            f"orig.testfqdn.{DOMAIN}.", "TXT", "challengetoken", {"ttl": 3600}
        )
        assert text.id in [record.id for record in zone.list_records()]
        moved = text.update(name=f"updated.testfqdn.{DOMAIN}")
        assert (moved.id, moved.name, moved.ttl) == (text.id, "updated.testfqdn", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["record_set_name_remove_all"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        name, before = "_acme-challenge.deleterecordset", zone.list_records()
        for number in (1, 2):
            zone.create_record(name, "TXT", f"challengetoken{number}", {"ttl": 3600})
            found = zone.list_records()
        for record in found:
            if record.name == name:
                assert record.delete()
        assert len(zone.list_records()) == len(before)
        replay.assert_all_used()
