"""
GoDaddy: what goes over the wire, and exchanges that others recorded.

Requests and answers are checked against the published description. What a whole zone goes through
is in ``tests/conformance/test_dns_godaddy.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import RateLimitReachedError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers import godaddy
from libcloud.dns.drivers.godaddy import GoDaddyDNSDriver, GoDaddyDNSException
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordAlreadyExistsError, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_godaddy import GoDaddyServer, godaddy_spec

ZONE = "/v1/domains/example.com"

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=godaddy_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> GoDaddyDNSDriver:
    return double.attach(GoDaddyDNSDriver(None, "key", "secret"))


@pytest.fixture
def zone(driver: GoDaddyDNSDriver) -> Zone:
    return Zone("261238997", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.GODADDY) is GoDaddyDNSDriver


def test_key_secret_and_shopper_are_sent(double: HTTPDouble) -> None:
    driver = double.attach(GoDaddyDNSDriver("shopper", "key", "secret"))
    headers = {"Authorization": "sso-key key:secret", "X-Shopper-Id": "shopper"}
    tlds = [{"name": "com", "type": "GENERIC"}]
    double.on("GET", "/v1/domains/tlds", headers=headers).reply(json=tlds)
    (tld,) = driver.ex_list_tlds()
    assert (tld.name, tld.type) == ("com", "GENERIC")
    assert "secret" in driver.connection.secrets()


def test_zones_are_listed_over_pages(
    driver: GoDaddyDNSDriver, double: HTTPDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(godaddy, "ZONES_PER_PAGE", 2)
    double.spec = None

    def page(*names: str) -> list[dict[str, Any]]:
        return [{"domain": name, "domainId": len(name), "expires": "2030"} for name in names]

    double.on("GET", "/v1/domains", query={"limit": 2}).reply(json=page("a.com", "b.com"))
    following = double.on("GET", "/v1/domains", query={"limit": 2, "marker": "b.com"})
    following.reply(json=page("b.com", "c.com"))
    last = double.on("GET", "/v1/domains", query={"limit": 2, "marker": "c.com"})
    last.reply(json=[])
    zones = driver.list_zones()
    assert [zone.domain for zone in zones] == ["a.com", "b.com", "c.com"]
    assert (zones[0].id, zones[0].extra) == ("5", {"expires": "2030"})


def test_get_zone_by_its_id_looks_through_the_listing() -> None:
    server = GoDaddyServer(spec=godaddy_spec())
    server.buy("example.com")
    driver = server.attach(GoDaddyDNSDriver(None, "key", "secret"))
    assert driver.get_zone("1").domain == "example.com"
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_zone("2")


def test_zones_cannot_be_created(driver: GoDaddyDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.org")


@pytest.mark.parametrize(
    ("arguments", "place", "sent"),
    [
        (("www", "A", "192.0.2.1", None), "A/www", {"name": "www", "data": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 600}), "A/%40", {"data": "192.0.2.1", "ttl": 600}),
        (
            ("*", "CNAME", "a.example.net.", None),
            "CNAME/%2A",
            {"name": "*", "data": "a.example.net"},
        ),
        (
            ("", "MX", "mail", {"priority": 7}),
            "MX/%40",
            {"data": "mail.example.com", "priority": 7},
        ),
        (("t", "TXT", '"a" "b."', None), "TXT/t", {"name": "t", "data": "ab."}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_writes_the_set(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], place: str, sent: dict[str, Any]
) -> None:
    other = {"type": arguments[1], "name": sent.get("name", "@"), "data": "192.0.2.7", "ttl": 900}
    there = [other] if arguments[1] == "A" else []
    item = {"type": arguments[1], "name": "@", "ttl": 900 if there else 3600, **sent}
    items = [{**each, "ttl": item["ttl"]} for each in there]
    double.on("GET", f"{ZONE}/records/{place}").reply(json=there)
    double.on("PUT", f"{ZONE}/records/{place}", json=[*items, item]).reply(200)
    record = zone.create_record(*arguments)
    assert (record.type, record.ttl) == (arguments[1], item["ttl"])


def test_services_of_one_host_do_not_touch_each_other(zone: Zone, double: HTTPDouble) -> None:
    """As the API shows them: https://developer.godaddy.com/doc/endpoint/domains (DNSRecord)."""
    xmpp = {
        "type": "SRV",
        "name": "@",
        "service": "_xmpp",
        "protocol": "_tcp",
        "data": "xmpp.example.net",
        "priority": 1,
        "weight": 2,
        "port": 5222,
        "ttl": 600,
    }
    sip = {**xmpp, "service": "_sip", "data": "sip.example.net", "port": 5060}
    place = f"{ZONE}/records/SRV/%40"
    double.on("GET", place).reply(json=[xmpp])
    double.on("PUT", place, json=[xmpp, sip]).reply(200)
    numbers = {"priority": 1, "weight": 2, "port": 5060, "ttl": 600}
    record = zone.create_record("_sip._tcp", "SRV", "sip.example.net", numbers)
    assert (record.name, record.extra["port"]) == ("_sip._tcp", 5060)


def test_delete_of_the_last_record_deletes_the_set(zone: Zone, double: HTTPDouble) -> None:
    item = {"type": "A", "name": "www", "data": "192.0.2.1", "ttl": 600}
    double.on("GET", f"{ZONE}/records/A/www").reply(json=[item])
    double.on("DELETE", f"{ZONE}/records/A/www").reply(204)
    assert Record("", "www", "A", "192.0.2.1", zone, zone.driver).delete()


def test_delete_of_a_delegation_writes_the_others(zone: Zone, double: HTTPDouble) -> None:
    """The API deletes no NS records by name."""
    apex = {"type": "NS", "name": "@", "data": "ns09.domaincontrol.com", "ttl": 3600}
    sub = {"type": "NS", "name": "sub", "data": "ns.example.net", "ttl": 3600}
    text = {"type": "TXT", "name": "sub", "data": "x", "ttl": 3600}
    double.on("GET", f"{ZONE}/records/NS/sub").reply(json=[sub])
    double.on("GET", f"{ZONE}/records").reply(json=[apex, sub, text])
    double.on("PUT", f"{ZONE}/records/NS", json=[apex]).reply(200)
    assert Record("", "sub", "NS", "ns.example.net", zone, zone.driver).delete()


def test_record_that_moves_is_written_before_it_is_deleted(zone: Zone, double: HTTPDouble) -> None:
    item = {"type": "A", "name": "www", "data": "192.0.2.1", "ttl": 600}
    double.on("GET", f"{ZONE}/records/A/www").reply(json=[item])
    double.on("GET", f"{ZONE}/records/A/moved").reply(json=[])
    double.on("PUT", f"{ZONE}/records/A/moved", json=[{**item, "name": "moved"}]).reply(200)
    double.on("DELETE", f"{ZONE}/records/A/www").reply(204)
    Record("", "www", "A", "192.0.2.1", zone, zone.driver).update(name="moved")
    assert [r.method for r in double.requests if r.method != "GET"] == ["PUT", "DELETE"]


def test_record_that_exists_is_not_written(zone: Zone, double: HTTPDouble) -> None:
    item = {"type": "A", "name": "www", "data": "192.0.2.1", "ttl": 600}
    double.on("GET", f"{ZONE}/records/A/www").reply(json=[item])
    with pytest.raises(RecordAlreadyExistsError):
        zone.create_record("www", "A", "192.0.2.1")


@pytest.mark.parametrize("record_id", ["www:A", "A:www", "A:www:192.0.2.1"])
def test_get_record_takes_the_ids_of_before(record_id: str) -> None:
    server = GoDaddyServer(spec=godaddy_spec())
    server.buy("example.com")
    server.domains["example.com"].append(
        {"type": "A", "name": "www", "data": "192.0.2.1", "ttl": 600}
    )
    driver = server.attach(GoDaddyDNSDriver(None, "key", "secret"))
    assert driver.get_record("example.com", record_id).data == "192.0.2.1"


def test_strange_records_do_not_hide_the_others(zone: Zone, double: HTTPDouble) -> None:
    soa = {"type": "SOA", "name": "@", "data": "Primary nameserver: x", "ttl": 600}
    srv = {"type": "SRV", "name": "old", "data": "host.example.net", "ttl": 600}
    double.on("GET", f"{ZONE}/records").reply(json=[soa, srv])
    assert [record.data for record in zone.list_records()] == [soa["data"], srv["data"]]


def test_refusal_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    field = {"code": "TOO_LOW", "message": "must be at least 600", "path": "records[0].ttl"}
    body = {"code": "INVALID_BODY", "message": "Invalid", "fields": [field]}
    double.on("GET", f"{ZONE}/records/A/www").reply(json=[])
    double.on("PUT", f"{ZONE}/records/A/www").reply(422, json=body)
    with pytest.raises(GoDaddyDNSException, match=r"records\[0\].ttl: must be at least") as caught:
        zone.create_record("www", "A", "192.0.2.1", {"ttl": 5})
    error = caught.value
    assert (error.code, error.provider_code, error.http_code) == ("INVALID_BODY",) * 2 + (422,)
    assert str(GoDaddyDNSException("c", "m")) == "<GoDaddyDNSException in c: m>"


def test_rate_limit_says_how_long_to_wait(driver: GoDaddyDNSDriver, double: HTTPDouble) -> None:
    driver.connection.retry = driver.connection.retry._replace(attempts=1)
    body = {"code": "TOO_MANY_REQUESTS", "message": "slow down", "retryAfterSec": 7}
    double.on("GET", "/v1/domains/tlds").reply(429, json=body)
    with pytest.raises(RateLimitReachedError) as caught:
        driver.ex_list_tlds()
    assert caught.value.retry_after == 7


def test_availability_agreements_and_purchase(driver: GoDaddyDNSDriver, double: HTTPDouble) -> None:
    query = {"domain": "example.org", "forTransfer": "false"}
    offered = {"domain": "example.org", "available": True, "definitive": True, "price": 11990000}
    offered = {**offered, "currency": "USD", "period": 1}
    double.on("GET", "/v1/domains/available", query=query).reply(json=offered)
    found = driver.ex_check_availability("example.org")
    assert (found.domain, found.available, found.price) == ("example.org", True, 11.99)
    assert (found.currency, found.period) == ("USD", 1)

    query = {"tlds": "org", "privacy": "true"}
    agreement = {"agreementKey": "DNRA", "title": "t", "url": "http://u", "content": "c"}
    double.on("GET", "/v1/domains/agreements", query=query).reply(json=[agreement])
    (shown,) = driver.ex_get_agreements("org")
    assert (shown.agreement_key, shown.title, shown.url, shown.content) == tuple(agreement.values())

    double.spec = None
    double.on("GET", "/v1/domains/purchase/schema/org").reply(json={"id": "schema"})
    assert driver.ex_get_purchase_schema("org") == {"id": "schema"}
    ordered = {"orderId": 1, "itemCount": 2, "total": 3, "currency": "USD"}
    double.on("POST", "/v1/domains/purchase", json={"domain": "example.org"}).reply(json=ordered)
    order = driver.ex_purchase_domain({"domain": "example.org"})
    assert (order.order_id, order.item_count, order.total, order.current) == (1, 2, 3, "USD")


class TestGoDaddyErrors(DNSDriverErrors):
    """As the description has them; "not found" as recorded. The driver sees itself what exists."""

    bad_credentials = answer(401, json={"code": "UNABLE_TO_AUTHENTICATE", "message": "no"})
    not_found = answer(404, json={"code": "NOT_FOUND", "message": "Domain x not found for shopper"})
    exists = None
    rate_limit = answer(429, json={"code": "TOO_MANY_REQUESTS", "retryAfterSec": 0})
    not_found_is_the_zone = frozenset(
        {"get_zone", "delete_zone", "list_records", "get_record", "create_record"}
        | {"update_record", "delete_record"}
    )
    not_found_is_the_record = frozenset()
    answers_nothing = frozenset({"delete_zone"})

    @pytest.fixture
    def driver(self) -> GoDaddyDNSDriver:
        return GoDaddyDNSDriver(None, "key", "secret")


# Recorded by the authors of Lexicon.

DOMAIN = "fullm3tal.online"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-godaddy.json.gz")
        with Replay(cassettes[request.param]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        return replay.attach(GoDaddyDNSDriver(None, "key", "secret")).get_zone(DOMAIN)

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        driver = replay.attach(GoDaddyDNSDriver(None, "key", "secret"))
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("thisisadomainidonotown.com")
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "arguments"),
        [
            ("record_for_A_with_valid", ("localhost", "A", "127.0.0.1")),
            ("TXT_with_fqdn", (f"_acme-challenge.fqdn.{DOMAIN}.", "TXT", "challengetoken")),
            ("TXT_with_full", (f"_acme-challenge.full.{DOMAIN}", "TXT", "challengetoken")),
            ("TXT_with_valid", ("_acme-challenge.test", "TXT", "challengetoken")),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, zone: Zone, arguments: tuple[str, str, str]
    ) -> None:
        assert zone.id == "261238997"
        record = zone.create_record(*arguments)
        assert (record.data, record.ttl) == (arguments[2], 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["CNAME_with_valid"], indirect=True)
    def test_create_record_that_is_there(self, replay: Replay, zone: Zone) -> None:
        with pytest.raises(RecordAlreadyExistsError):
            zone.create_record("docs", "CNAME", "docs.example.com")

    @pytest.mark.parametrize("replay", ["delete_record_by_filter_should"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        zone.create_record("delete.testfilt", "TXT", "challengetoken")
        by_id = {record.id: record for record in zone.list_records()}
        assert len(by_id) == 15
        assert by_id["A::3.33.152.147"].ttl == 600
        assert by_id["TXT:delete.testfilt:" + '"challengetoken"'].name == "delete.testfilt"
        assert next(r for r in by_id.values() if r.name == "www").data == f"{DOMAIN}."

    @pytest.mark.parametrize("replay", ["with_name_filter_should_return"], indirect=True)
    def test_get_record(self, replay: Replay, zone: Zone) -> None:
        record = zone.create_record("random.test", "TXT", "challengetoken")
        found = zone.driver.get_record(DOMAIN, record.id)
        assert (found.id, found.data, found.ttl) == (record.id, "challengetoken", 3600)
        replay.assert_all_used()
