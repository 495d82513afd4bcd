"""
Point DNS: what goes over the wire, and exchanges that others recorded.

There is no machine-readable description; answers are those of the recordings and of
https://pointhq.com/api/docs. What a whole zone goes through is in
``tests/conformance/test_dns_pointdns.py``.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import ResourceNotFoundError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.pointdns import (
    MailRedirect,
    PointDNSDriver,
    PointDNSException,
    Redirect,
)
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

ZONE = {"id": 42, "name": "example.com", "group": "Default Group", "user-id": 1, "ttl": 3600}
RECORDS = "/zones/42/records"
REDIRECTS = "/zones/42/redirects"
MAIL_REDIRECTS = "/zones/42/mail_redirects"


def item(**more: Any) -> dict[str, Any]:
    record = {"id": 141, "record_type": "A", "name": "www.example.com.", "data": "192.0.2.1"}
    return {"zone_record": {**record, "ttl": 3600, "aux": None, "zone_id": 42, **more}}


def redirect(**more: Any) -> dict[str, Any]:
    about = {"id": 5, "zone_id": 42, "name": "redirect.example.com.", "redirect_type": "302"}
    about = {**about, "redirect_to": "http://example.net", "iframe_title": None}
    return {"zone_redirect": {**about, "redirect_query_string": False, **more}}


def mail_redirect(**more: Any) -> dict[str, Any]:
    about = {"id": 5, "zone_id": 42, "source_address": "admin"}
    return {"zone_mail_redirect": {**about, "destination_address": "joe@example.net", **more}}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> PointDNSDriver:
    return double.attach(PointDNSDriver("joe@example.com", "token"))


@pytest.fixture
def zone(driver: PointDNSDriver) -> Zone:
    return Zone("42", "example.com", "master", 3600, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.POINTDNS) is PointDNSDriver


def test_credentials_are_sent(driver: PointDNSDriver, double: HTTPDouble) -> None:
    headers = {
        "Authorization": "Basic am9lQGV4YW1wbGUuY29tOnRva2Vu",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    double.on("GET", "https://pointhq.com/zones", headers=headers).reply(json=[])
    assert driver.list_zones() == []


def test_create_zone(driver: PointDNSDriver, double: HTTPDouble) -> None:
    body = {"zone": {"name": "example.com", "ttl": 900, "group": "Clients"}}
    shown = {"zone": {**ZONE, **body["zone"]}}
    double.on("POST", "/zones", json=body).reply(201, json=shown)
    zone = driver.create_zone("Example.com.", ttl=900, extra={"group": "Clients"})
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("42", "example.com", "master", 900)
    assert zone.extra == {"group": "Clients", "user-id": 1}
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


def test_update_zone(zone: Zone, double: HTTPDouble) -> None:
    body = {"zone": {"ttl": 60, "group": "Clients"}}
    double.on("PUT", "/zones/42", json=body).reply(202, json={"zone": {**ZONE, "ttl": 60}})
    assert zone.update(ttl=60, extra={"group": "Clients"}).ttl == 60
    renamed = {"zone": {**ZONE, "name": "example.org"}}
    double.on("PUT", "/zones/42", json={"zone": {"name": "example.org"}}).reply(202, json=renamed)
    assert zone.update("example.org").domain == "example.org"
    with pytest.raises(UnsupportedOperation):
        zone.update(type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www", "data": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"data": "192.0.2.1", "ttl": 60}),
        (("", "MX", "mail", {"priority": 7}), {"data": "mail.example.com", "aux": 7}),
        (("", "MX", "mail", {"aux": 7}), {"data": "mail.example.com", "aux": 7}),
        (("", "CNAME", "h.example.net.", None), {"data": "h.example.net"}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "data": "2 3 h.example.net", "aux": 1},
        ),
        (("t", "TXT", "word", None), {"name": "t", "data": "word"}),
        (("t", "TXT", 'a "b"', None), {"name": "t", "data": '"a \\"b\\""'}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "example.com.", "record_type": arguments[1], **sent}
    double.on("POST", RECORDS, json={"zone_record": body}).reply(201, json=item(**body))
    record = zone.create_record(*arguments)
    assert (record.id, record.ttl) == ("141", sent.get("ttl", 3600))


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    mx = item(record_type="MX", name="example.com.", data="mx.example.net.", aux=10)
    text = item(record_type="TXT", data='"a \\"b\\""')
    strange = item(record_type="SRV", data="h.example.net.")
    double.on("GET", RECORDS).reply(json=[mx, text, strange])
    shown, text_shown, strange_shown = zone.list_records()
    assert (shown.name, shown.data) == ("", "mx.example.net.")
    assert shown.extra == {"ttl": 3600, "zone_id": 42, "aux": 10, "priority": 10}
    assert (text_shown.data, strange_shown.data) == ('a "b"', "h.example.net.")


def test_update_record_of_the_priority(zone: Zone, double: HTTPDouble) -> None:
    extra = {"ttl": 3600, "zone_id": 42, "aux": 10, "priority": 10}
    record = Record("7", "", "MX", "mx.example.net.", zone, zone.driver, 3600, extra)
    body = {"record_type": "MX", "name": "example.com.", "data": "mx.example.net", "aux": 20}
    double.on("PUT", f"{RECORDS}/7", json={"zone_record": body}).reply(202, json=item(**body))
    assert record.update(extra={"aux": 20}).extra["priority"] == 20
    body = {**body, "aux": 10, "ttl": 60}
    double.on("PUT", f"{RECORDS}/7", json={"zone_record": body}).reply(202, json=item(**body))
    assert record.update(extra={"ttl": 60}).ttl == 60


def test_record_from_an_answer_and_the_id_of_its_zone(
    driver: PointDNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", "/zones/42").reply(json={"zone": ZONE})
    assert driver._to_record(item(), zone_id="42").zone.domain == "example.com"


def test_redirects(driver: PointDNSDriver, zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", REDIRECTS).reply(json=[redirect()])
    (listed,) = driver.ex_list_redirects(zone)
    assert isinstance(listed, Redirect)
    assert (listed.id, listed.name, listed.type) == ("5", "redirect.example.com.", "302")
    assert (listed.data, listed.iframe, listed.query) == ("http://example.net", None, False)
    assert repr(listed) == (
        "<PointDNSRedirect: name=redirect.example.com., data=http://example.net, type=302 ...>"
    )

    about: dict[str, Any] = {"name": "r", "redirect_to": "http://a", "redirect_type": "0"}
    about.update(iframe_title="A", redirect_query_string=True)
    double.on("POST", REDIRECTS, json={"zone_redirect": about}).reply(201, json=redirect(**about))
    made = driver.ex_create_redirect("http://a", "r", "0", zone, iframe="A", query=True)
    assert (made.iframe, made.query, made.type) == ("A", True, "0")

    double.on("GET", "/zones/42").reply(json={"zone": ZONE})
    double.on("GET", f"{REDIRECTS}/5").reply(json=redirect())
    found = driver.ex_get_redirect("42", "5")
    changed = {"zone_redirect": {"redirect_to": "http://b", "redirect_type": "301"}}
    double.on("PUT", f"{REDIRECTS}/5", json=changed).reply(
        202, json=redirect(redirect_to="http://b")
    )
    assert found.update("http://b", type="301").data == "http://b"
    deleted = double.on("DELETE", f"{REDIRECTS}/5")
    deleted.reply(202, json={"zone_redirect": {"status": "OK"}})
    assert found.delete() is True


def test_mail_redirects(driver: PointDNSDriver, zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", MAIL_REDIRECTS).reply(json=[mail_redirect()])
    (listed,) = driver.ex_list_mail_redirects(zone)
    assert isinstance(listed, MailRedirect)
    assert (listed.id, listed.source, listed.destination) == ("5", "admin", "joe@example.net")
    assert repr(listed) == (
        "<PointDNSMailRedirect: source=admin, destination=joe@example.net,zone=42 ...>"
    )

    about = {"destination_address": "a@example.net", "source_address": "a"}
    double.on("POST", MAIL_REDIRECTS, json={"zone_mail_redirect": about}).reply(
        201, json=mail_redirect(**about)
    )
    assert driver.ex_create_mail_redirect("a@example.net", "a", zone).source == "a"

    double.on("GET", "/zones/42").reply(json={"zone": ZONE})
    double.on("GET", f"{MAIL_REDIRECTS}/5").reply(json=mail_redirect())
    found = driver.ex_get_mail_redirects("42", "5")
    changed = {"zone_mail_redirect": {"destination_address": "b@example.net"}}
    double.on("PUT", f"{MAIL_REDIRECTS}/5", json=changed).reply(
        202, json=mail_redirect(destination_address="b@example.net")
    )
    assert found.update("b@example.net").destination == "b@example.net"
    deleted = double.on("DELETE", f"{MAIL_REDIRECTS}/5")
    deleted.reply(202, json={"zone_mail_redirect": {"status": "OK"}})
    assert found.delete() is True


def test_redirects_that_are_not_there(
    driver: PointDNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    gone = {"status": "Error", "message": "Not found"}
    double.on("GET", "/zones/42").reply(json={"zone": ZONE})
    for path in (REDIRECTS, MAIL_REDIRECTS):
        double.on("GET", path).reply(404, json=gone)
        double.on("GET", f"{path}/5").reply(404, json=gone)
        double.on("DELETE", f"{path}/5").reply(404, json=gone)
    with pytest.raises(ZoneDoesNotExistError):
        driver.ex_list_redirects(zone)
    with pytest.raises(ZoneDoesNotExistError):
        driver.ex_list_mail_redirects(zone)
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_redirect("42", "5")
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_mail_redirects("42", "5")
    with pytest.raises(ResourceNotFoundError):
        Redirect(5, "r", "http://a", "301", driver, zone).delete()
    with pytest.raises(ResourceNotFoundError):
        MailRedirect(5, "a", "a@example.net", zone, driver).delete()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([["name", "is invalid"], ["ttl", "is too low"]], "name is invalid; ttl is too low"),
        ({"error": {"message": "is invalid"}}, "is invalid"),
        ({"status": "Error", "message": "is invalid"}, "is invalid"),
    ],
)
def test_refusal_says_what_the_provider_says(
    zone: Zone, double: HTTPDouble, body: Any, text: str
) -> None:
    double.on("POST", RECORDS).reply(422, json=body)
    with pytest.raises(PointDNSException) as caught:
        zone.create_record("www", "A", "nonsense")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.value, copy.http_code, copy.args) == (text, 422, (422, text))


class TestPointDNSErrors(DNSDriverErrors):
    """ "Not found" as recorded; the others as no recording and no page has them."""

    bad_credentials = answer(401, text="HTTP Basic: Access denied.")
    not_found = answer(404, json={"status": "Error", "message": "Not found"})
    exists = answer(422, json=[["name", "has already been taken"]])

    @pytest.fixture
    def driver(self) -> PointDNSDriver:
        return PointDNSDriver("joe@example.com", "token")


# Recorded by the authors of Lexicon, who look for a record by its type and name before each change.

DOMAIN = "capsulecd.com"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-pointhq.json.gz")
        with Replay(cassettes[request.param]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        return replay.attach(PointDNSDriver("user", "token")).get_zone(DOMAIN)

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        driver = replay.attach(PointDNSDriver("user", "token"))
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("thisisadomainidonotown.com")
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        assert (zone.id, zone.extra) == ("170389", {"group": "Default Group", "user-id": 26963})
        by_name = {record.name: record for record in zone.list_records()}
        assert by_name["_acme-challenge.noop"].data == "challengetoken"
        assert by_name[""].data == "dns11.pointhq.com."
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "arguments"),
        [
            ("record_for_A_with_valid", ("localhost", "A", "127.0.0.1")),
            ("record_for_CNAME_with_valid", ("docs", "CNAME", "docs.example.com")),
            ("TXT_with_fqdn", (f"_acme-challenge.fqdn.{DOMAIN}.", "TXT", "challengetoken")),
            ("TXT_with_full", (f"_acme-challenge.full.{DOMAIN}", "TXT", "challengetoken")),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, zone: Zone, arguments: tuple[str, str, str]
    ) -> None:
        record = zone.create_record(*arguments)
        assert record.data.removesuffix(".") == arguments[2]
        assert record.ttl == 3600

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn"], indirect=True)
    def test_update_record(self, replay: Replay, zone: Zone) -> None:
        text = zone.create_record("orig.testfqdn", "TXT", "challengetoken")
        moved = text.update(name=f"updated.testfqdn.{DOMAIN}.")
        assert (moved.id, moved.name, moved.data) == (text.id, "updated.testfqdn", text.data)

    @pytest.mark.parametrize("replay", ["delete_record_by_identifier"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        assert zone.create_record("delete.testid", "TXT", "challengetoken").delete()
