"""
Porkbun: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_porkbun.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, PermissionDeniedError
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.porkbun import PorkbunDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordDoesNotExistError, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

BASE = "/api/json/v3"
CREATE = f"{BASE}/dns/create/example.com"


def item(**more: Any) -> dict[str, Any]:
    record = {"id": "42", "name": "www.example.com", "type": "A", "content": "192.0.2.1"}
    return {**record, "ttl": "600", "prio": "0", "notes": None, **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> PorkbunDNSDriver:
    return double.attach(PorkbunDNSDriver("pk1_key", "sk1_secret"))


@pytest.fixture
def zone(driver: PorkbunDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.PORKBUN) is PorkbunDNSDriver


def test_both_keys_are_sent_and_neither_in_the_body(
    driver: PorkbunDNSDriver, double: HTTPDouble
) -> None:
    headers = {"X-API-Key": "pk1_key", "X-Secret-API-Key": "sk1_secret"}
    route = double.on("POST", f"{BASE}/domain/listAll", headers=headers, json={"start": "0"})
    route.reply(json={"status": "SUCCESS", "domains": []})
    assert driver.list_zones() == []


def test_zones_are_listed_a_thousand_at_a_time(
    driver: PorkbunDNSDriver, double: HTTPDouble
) -> None:
    for start, count in ((0, 1000), (1000, 1)):
        domains = [{"domain": f"d{start + n}.com", "status": "ACTIVE"} for n in range(count)]
        double.on("POST", f"{BASE}/domain/listAll", json={"start": str(start)}).reply(
            json={"status": "SUCCESS", "domains": domains}
        )
    zones = driver.list_zones()
    assert len(zones) == 1001
    assert (zones[-1].id, zones[-1].extra["status"]) == ("d1000.com", "ACTIVE")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www"}),
        ((None, "A", "192.0.2.1", {"ttl": 3600}), {"ttl": 3600}),
        (("", "A", "192.0.2.1", {"notes": "hello"}), {"notes": "hello"}),
        (("a.example.com", "CNAME", "@", None), {"name": "a", "content": "example.com"}),
        (("", "MX", "mail", {"priority": 7}), {"content": "mail.example.com", "prio": 7}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "content": "2 3 h.example.net", "prio": 1},
        ),
        (
            ("", "CAA", "ca.example", {"flags": 128, "tag": "issue"}),
            {"content": '128 issue "ca.example"'},
        ),
        (("", "TXT", '"say \\"hi\\""', None), {"content": 'say "hi"'}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"name": "xn--bcher-kva"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    named = {"name": "", "type": arguments[1], "content": arguments[2]}
    body = {**named, "ttl": 600, **sent}
    double.on("POST", CREATE, json=body).reply(json={"status": "SUCCESS", "id": 106926659})
    record = zone.create_record(*arguments)
    assert (record.id, record.name, record.ttl) == ("106926659", body["name"], body["ttl"])
    assert record.extra.get("priority", 0) == body.get("prio", 0)
    assert record.extra.get("notes") == body.get("notes")


def test_records_show_what_the_provider_says(
    zone: Zone, double: HTTPDouble, driver: PorkbunDNSDriver
) -> None:
    items = [
        item(notes="hello"),
        item(type="MX", name="example.com", content="mx.example.net", prio="10", notes=""),
        item(type="NS", content="maceio.porkbun.com", prio=None),
    ]
    body = {"status": "SUCCESS", "cloudflare": "enabled", "records": items}
    double.on("POST", f"{BASE}/dns/retrieve/example.com").reply(json=body).reply(json=body)
    www, mail, _ = zone.list_records()
    assert (www.id, www.name, www.ttl, www.extra) == ("42", "www", 600, {"notes": "hello"})
    assert (mail.name, mail.data, mail.extra) == ("", "mx.example.net", {"priority": 10})
    with pytest.raises(RecordDoesNotExistError):
        driver.get_record("example.com", "gone")


def test_update_record_keeps_the_rest(zone: Zone, double: HTTPDouble) -> None:
    extra = {"priority": 10, "notes": "hello"}
    record = Record("42", "", "MX", "mx.example.net", zone, zone.driver, 3600, extra)
    body = {"name": "", "type": "MX", "content": "mx2.example.net", "ttl": 3600, "prio": 10}
    double.on("POST", f"{BASE}/dns/edit/example.com/42", json={**body, "notes": "hello"}).reply(
        json={"status": "SUCCESS"}
    )
    changed = record.update(data="mx2.example.net")
    assert (changed.id, changed.data, changed.extra) == ("42", "mx2.example.net", extra)


@pytest.mark.parametrize("status", [200, 400])
def test_domain_without_api_access(zone: Zone, double: HTTPDouble, status: int) -> None:
    said = {"status": "ERROR", "message": "Domain is not opted in to API access."}
    double.on("POST", f"{BASE}/dns/retrieve/example.com").reply(status, json=said)
    with pytest.raises(PermissionDeniedError, match="not opted in"):
        zone.list_records()


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


class TestPorkbunErrors(DNSDriverErrors):
    """
    A domain that is not there as recorded, the key as in
    https://github.com/jeessy2/ddns-go/issues/388.
    """

    bad_credentials = answer(400, json={"status": "ERROR", "message": "Invalid API key. (002)"})
    not_found = answer(400, json={"status": "ERROR", "message": "Invalid domain."})
    exists = None
    rate_limit = answer(429, json={"status": "ERROR", "message": "Too many requests"})

    @pytest.fixture
    def driver(self) -> PorkbunDNSDriver:
        return PorkbunDNSDriver("pk1_key", "sk1_secret")


# Recorded by the authors of Lexicon in 2024, who send the keys in the body, and a ping first.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-porkbun.json.gz")
        with Replay(cassettes[request.param], ["apikey", "secretapikey"]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        zone = replay.attach(PorkbunDNSDriver("pk1_key", "sk1_secret")).get_zone("example.xyz")
        assert zone.extra == {"cloudflare": "enabled"}
        return zone

    def assert_used(self, replay: Replay) -> None:
        assert [each for each in replay.unused if not each.url.endswith("/ping")] == []

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        driver = replay.attach(PorkbunDNSDriver("pk1_key", "sk1_secret"))
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("thisisadomainidonotown.com")
        self.assert_used(replay)

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        assert {record.type for record in records} == {"A", "CNAME", "NS", "TXT"}
        assert {"", "*", "localhost"} <= {record.name for record in records}
        self.assert_used(replay)

    @pytest.mark.parametrize("replay", ["update_record_should_modify_record.y"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()
        text = zone.create_record("orig.test", "TXT", "challengetoken", {"ttl": 3600})
        (found,) = [record for record in zone.list_records() if record.id == text.id]
        assert (found.name, found.data, found.ttl) == (text.name, text.data, text.ttl)
        moved = found.update(name="updated.test")
        assert (moved.id, moved.name) == (text.id, "updated.test")
        self.assert_used(replay)

    @pytest.mark.parametrize("replay", ["record_set_by_content"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        name, before = "_acme-challenge.deleterecordinset", len(zone.list_records())
        for number in (1, 2):
            zone.create_record(name, "TXT", f"challengetoken{number}", {"ttl": 3600})
            found = zone.list_records()
        (first,) = [each for each in found if each.name == name and "1" in each.data]
        assert first.delete()
        assert len(zone.list_records()) == before + 1
        self.assert_used(replay)
