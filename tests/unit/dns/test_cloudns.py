"""
ClouDNS: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_cloudns.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from libcloud.common.errors import LibcloudError, PermissionDeniedError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.cloudns import ClouDNSDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

AUTH = {"auth-id": "1234", "auth-password": "password"}
OF_ZONE = {**AUTH, "domain-name": "example.com"}
DONE = {"status": "Success", "statusDescription": "It was done."}


def item(**more: Any) -> dict[str, Any]:
    record = {"id": "42", "type": "A", "host": "www", "record": "192.0.2.1", "ttl": "3600"}
    return {**record, "status": 1, **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> ClouDNSDNSDriver:
    return double.attach(ClouDNSDNSDriver("1234", "password"))


@pytest.fixture
def zone(driver: ClouDNSDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def sent_by(double: HTTPDouble) -> dict[str, str]:
    """The form of the last request, which has the credentials, and its URL none."""
    request = double.requests[-1]
    assert "?" not in request.url
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    assert AUTH.items() <= form.items()
    return {key: value for key, value in form.items() if key not in AUTH}


def test_driver_is_registered() -> None:
    assert get_driver(Provider.CLOUDNS) is ClouDNSDNSDriver


def test_zones_are_listed_page_by_page(driver: ClouDNSDNSDriver, double: HTTPDouble) -> None:
    for page, count in ((1, 100), (2, 1)):
        items = [{"name": f"d{page}-{n}.com", "type": "master"} for n in range(count)]
        query = {**AUTH, "page": page, "rows-per-page": 100}
        double.on("GET", "/dns/list-zones.json", query=query).reply(json=items)
    zones = driver.list_zones()
    assert len(zones) == 101
    assert (zones[-1].id, zones[-1].type) == ("d2-0.com", "master")


def test_sub_user_is_named_as_such(double: HTTPDouble) -> None:
    driver = ClouDNSDNSDriver("me", "password", ex_auth_parameter="sub-auth-user")
    query = {"sub-auth-user": "me", "auth-password": "password", "page": 1, "rows-per-page": 100}
    double.on("GET", "/dns/list-zones.json", query=query).reply(json=[])
    assert double.attach(driver).list_zones() == []


def test_password_is_not_in_what_is_logged(driver: ClouDNSDNSDriver) -> None:
    assert "password" in driver.connection.secrets()


def test_create_zone_that_is_a_slave(driver: ClouDNSDNSDriver, double: HTTPDouble) -> None:
    double.on("POST", "/dns/register.json").reply(json=DONE)
    shown = {"name": "example.com", "type": "slave", "zone": "domain", "status": "1"}
    double.on("GET", "/dns/get-zone-info.json", query=OF_ZONE).reply(json=shown)
    zone = driver.create_zone("Example.com.", "slave", extra={"master_ip": "192.0.2.1"})
    assert (zone.id, zone.type, zone.extra["status"]) == ("example.com", "slave", "1")
    form = dict(parse_qsl(double.requests[0].body.decode()))
    assert form == {**OF_ZONE, "zone-type": "slave", "master-ip": "192.0.2.1"}


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"host": "www", "record": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"record": "192.0.2.1", "ttl": "60"}),
        (("a.example.com", "CNAME", "@", None), {"host": "a", "record": "example.com"}),
        (("", "MX", "mail", {"priority": 7}), {"record": "mail.example.com", "priority": "7"}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {
                "host": "_s._tcp",
                "record": "h.example.net",
                "priority": "1",
                "weight": "2",
                "port": "3",
            },
        ),
        (
            ("", "CAA", "ca.example", {"flags": 128, "tag": "issue"}),
            {"caa_flag": "128", "caa_type": "issue", "caa_value": "ca.example"},
        ),
        (("", "SSHFP", "2 1 123456", None), {"algorithm": "2", "fptype": "1", "record": "123456"}),
        (("", "TXT", '"say \\"hi\\"."', None), {"record": 'say "hi".'}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"host": "xn--bcher-kva", "record": "192.0.2.1"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    double.on("POST", "/dns/add-record.json").reply(json={**DONE, "data": {"id": 69469245}})
    record = zone.create_record(*arguments)
    body = {"host": "", "ttl": "3600", **sent}
    assert sent_by(double) == {
        "domain-name": "example.com",
        "record-type": arguments[1],
        **body,
    }
    assert (record.id, record.name, str(record.ttl)) == ("69469245", body["host"], body["ttl"])


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    items = [
        item(),
        item(type="MX", host="", record="mx.example.net", priority="10"),
        item(type="CAA", record="", caa_flag="0", caa_type="issue", caa_value="ca.example"),
        item(type="SSHFP", record="123456", algorithm="2", fp_type="1", status=0),
        item(type="WR", record="https://example.net"),
    ]
    body = {str(number): each for number, each in enumerate(items)}
    double.on("GET", "/dns/records.json", query=OF_ZONE).reply(json=body)
    www, mail, caa, key, redirect = zone.list_records()
    assert (www.id, www.name, www.data, www.ttl) == ("42", "www", "192.0.2.1", 3600)
    assert (mail.name, mail.extra) == ("", {"priority": 10, "status": 1})
    assert (caa.data, key.data) == ('0 issue "ca.example"', "2 1 123456")
    assert key.extra == {"status": 0}
    assert (redirect.type, redirect.data) == ("WR", "https://example.net")


def test_redirect_is_not_exported(zone: Zone, double: HTTPDouble) -> None:
    items = [item(), item(type="WR", record="https://example.net")]
    double.on("GET", "/dns/records.json", query=OF_ZONE).reply(json=items)
    exported = zone.export_to_bind_format()
    assert "192.0.2.1" in exported
    assert "https" not in exported


def test_update_record_keeps_the_rest(zone: Zone, double: HTTPDouble) -> None:
    extra = {"priority": 10, "status": 0}
    record = Record("42", "", "MX", "mx.example.net", zone, zone.driver, 3600, extra)
    double.on("POST", "/dns/mod-record.json").reply(json=DONE)
    changed = record.update(data="mx2.example.net")
    assert sent_by(double) == {
        "domain-name": "example.com",
        "record-id": "42",
        "host": "",
        "record": "mx2.example.net",
        "priority": "10",
        "ttl": "3600",
    }
    assert (changed.data, changed.extra) == ("mx2.example.net", extra)


def test_update_record_cannot_change_the_type(zone: Zone) -> None:
    record = Record("42", "www", "A", "192.0.2.1", zone, zone.driver, 3600)
    with pytest.raises(UnsupportedOperation):
        record.update(type="AAAA", data="2001:db8::1")


def test_account_without_the_api(driver: ClouDNSDNSDriver, double: HTTPDouble) -> None:
    why = "You don't have access to the HTTP API. Check your plan."
    body = {"status": "Failed", "statusDescription": why}
    double.on("GET", "/dns/get-zone-info.json", query=OF_ZONE).reply(json=body)
    with pytest.raises(PermissionDeniedError, match="Check your plan"):
        driver.get_zone("example.com")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "SVCB", "x")


def failed(why: str) -> Any:
    return answer(json={"status": "Failed", "statusDescription": why})


class TestClouDNSErrors(DNSDriverErrors):
    """https://www.cloudns.net/wiki/article/57/ and the pages of the other calls"""

    bad_credentials = failed("Invalid authentication, incorrect auth-id or auth-password.")
    not_found = failed("Missing domain-name")
    exists = failed("example.com has been already added.")
    rate_limit = answer(429, json={"status": "Failed", "statusDescription": "Too many requests"})

    @pytest.fixture
    def driver(self) -> ClouDNSDNSDriver:
        return ClouDNSDNSDriver("1234", "password")


# Recorded by the authors of Lexicon in 2018, who ask for the records of one name, and send numbers
# with records that have none.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-cloudns.json.gz")
        ignore = [*AUTH, "host", "type", "priority", "weight", "port"]
        with Replay(cassettes[request.param], ignore) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        return replay.attach(ClouDNSDNSDriver("1234", "password")).get_zone("api-example.com")

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        driver = replay.attach(ClouDNSDNSDriver("1234", "password"))
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("thisisadomainidonotown.com")
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["create_record_for_A"], indirect=True)
    def test_create_record(self, replay: Replay, zone: Zone) -> None:
        assert (zone.type, zone.extra["status"]) == ("master", "1")
        assert zone.list_records() == []
        record = zone.create_record("localhost", "A", "127.0.0.1", {"ttl": 3600})
        assert record.id == "69469245"
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_should_modify_record.y"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        assert zone.list_records() == []
        text = zone.create_record("orig.test", "TXT", "challengetoken")
        (found,) = zone.list_records()
        assert (found.id, found.name, found.data, found.ttl, found.extra) == (
            text.id,
            text.name,
            text.data,
            text.ttl,
            text.extra,
        )
        moved = found.update(name="updated.test")
        assert (moved.id, moved.name) == (text.id, "updated.test")
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["record_set_by_content"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        name = "_acme-challenge.deleterecordinset"
        assert zone.list_records() == []
        for number in (1, 2):
            zone.create_record(name, "TXT", f"challengetoken{number}")
            found = zone.list_records()
        assert found[0].delete()
        assert [record.data for record in zone.list_records()] == ["challengetoken2"]
        replay.assert_all_used()
