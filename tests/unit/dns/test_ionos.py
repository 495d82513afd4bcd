"""
IONOS: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_ionos.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.ionos import IonosDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

ZONE = "/dns/v1/zones/zone-uuid"
RECORDS = f"{ZONE}/records"


def item(**more: Any) -> dict[str, Any]:
    named = {"id": "uuid", "name": "www.example.com", "rootName": "example.com", "type": "A"}
    date = "2024-11-28T13:45:44.156Z"
    shown = {"content": "192.0.2.1", "ttl": 3600, "disabled": False, "changeDate": date}
    return {**named, **shown, **more}


def zone_body(*records: dict[str, Any]) -> dict[str, Any]:
    return {"name": "example.com", "id": "zone-uuid", "type": "NATIVE", "records": [*records]}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> IonosDNSDriver:
    return double.attach(IonosDNSDriver("prefix", "secret"))


@pytest.fixture
def zone(driver: IonosDNSDriver) -> Zone:
    return Zone("zone-uuid", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.IONOS) is IonosDNSDriver


@pytest.mark.parametrize("keys", [("prefix", "secret"), ("prefix.secret", None)])
def test_key_is_sent_whole(double: HTTPDouble, keys: tuple[str, str | None]) -> None:
    driver = double.attach(IonosDNSDriver(*keys))
    double.on("GET", "/dns/v1/zones", headers={"X-API-Key": "prefix.secret"}).reply(json=[])
    assert driver.list_zones() == []


@pytest.mark.parametrize(("said", "type"), [("NATIVE", "master"), ("SLAVE", "slave")])
def test_zone_shows_its_type(
    driver: IonosDNSDriver, double: HTTPDouble, said: str, type: str
) -> None:
    body = [{"name": "example.com", "id": "zone-uuid", "type": said}]
    double.on("GET", "/dns/v1/zones").reply(json=body)
    (zone,) = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("zone-uuid", "example.com", type, None)


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www.example.com"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"ttl": 60}),
        (("", "A", "192.0.2.1", {"disabled": True}), {"disabled": True}),
        (
            ("a.example.com", "CNAME", "@", None),
            {"name": "a.example.com", "content": "example.com"},
        ),
        (("", "MX", "mail", {"priority": 7}), {"content": "mail.example.com", "prio": 7}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp.example.com", "content": "2 3 h.example.net", "prio": 1},
        ),
        (
            ("", "CAA", "ca.example", {"flags": 128, "tag": "issue"}),
            {"content": '128 issue "ca.example"'},
        ),
        (("", "TXT", "v=spf1 -all", None), {"content": "v=spf1 -all"}),
        (("", "TXT", 'say "hi"', None), {"content": '"say \\"hi\\""'}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"name": "xn--bcher-kva.example.com"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    named = {"name": "example.com", "type": arguments[1], "content": arguments[2]}
    body = {**named, "ttl": 3600, "prio": 0, "disabled": False, **sent}
    double.on("POST", RECORDS, json=[body]).reply(201, json=[item(**body)])
    record = zone.create_record(*arguments)
    assert f"{record.name}.example.com".lstrip(".") == body["name"]
    assert (record.ttl, record.extra["disabled"]) == (body["ttl"], body["disabled"])


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    items = [
        item(),
        item(type="MX", name="example.com", content="mx00.ionos.de", prio=10),
        item(type="TXT", content='"v=spf1 ~all"', disabled=True),
        item(type="SRV", content="2 3 h.example.net", prio=1),
    ]
    double.on("GET", ZONE).reply(json=zone_body(*items))
    www, mail, text, service = zone.list_records()
    date = "2024-11-28T13:45:44.156Z"
    assert (www.id, www.name, www.data, www.ttl) == ("uuid", "www", "192.0.2.1", 3600)
    assert www.extra == {"disabled": False, "change_date": date}
    assert (mail.name, mail.data, mail.extra["priority"]) == ("", "mx00.ionos.de", 10)
    assert (text.data, text.extra["disabled"]) == ("v=spf1 ~all", True)
    assert (service.extra["priority"], service.extra["weight"], service.extra["port"]) == (1, 2, 3)


def test_update_record_of_the_data_keeps_the_rest(zone: Zone, double: HTTPDouble) -> None:
    extra = {"priority": 10, "disabled": True}
    record = Record("uuid", "", "MX", "mx00.ionos.de", zone, zone.driver, 60, extra)
    body = {"content": "mx01.ionos.de", "ttl": 60, "prio": 10, "disabled": True}
    double.on("PUT", f"{RECORDS}/uuid", json=body).reply(json=item(type="MX", **body))
    assert record.update(data="mx01.ionos.de").extra["disabled"] is True


def test_update_record_of_the_name_creates_another(zone: Zone, double: HTTPDouble) -> None:
    record = Record("uuid", "www", "A", "192.0.2.1", zone, zone.driver, 60)
    moved = item(id="other", name="new.example.com", ttl=60)
    double.on("POST", RECORDS).reply(201, json=[moved])
    double.on("DELETE", f"{RECORDS}/uuid").reply(200)
    changed = record.update(name="new")
    assert [request.method for request in double.requests] == ["POST", "DELETE"]
    assert (changed.id, changed.name, changed.ttl) == ("other", "new", 60)


def test_update_record_that_cannot_be_created_anew_keeps_the_old_one(
    zone: Zone, double: HTTPDouble
) -> None:
    record = Record("uuid", "www", "A", "192.0.2.1", zone, zone.driver, 60)
    double.on("POST", RECORDS).reply(400, json=[{"code": "INVALID_RECORD", "message": "no"}])
    with pytest.raises(LibcloudError) as caught:
        record.update(type="CNAME", data="host.example.net")
    assert caught.value.provider_code == "INVALID_RECORD"


def test_get_record_that_is_not_there(driver: IonosDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_body(item()))
    with pytest.raises(RecordDoesNotExistError):
        driver.get_record("zone-uuid", "gone")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


class TestIonosErrors(DNSDriverErrors):
    """https://developer.hosting.ionos.com/docs/dns"""

    bad_credentials = answer(
        401,
        json=[
            {
                "code": "UNAUTHORIZED",
                "message": "The customer is not authorized to do this operation.",
            }
        ],
    )
    not_found = answer(404, json=[{"code": "ZONE_NOT_FOUND", "message": "Zone does not exist."}])
    exists = answer(400, json=[{"code": "RECORD_ALREADY_EXISTS", "message": "exists"}])
    rate_limit = answer(429, json=[{"code": "RATE_LIMIT", "message": "Too many requests"}])

    @pytest.fixture
    def driver(self) -> IonosDNSDriver:
        return IonosDNSDriver("prefix", "secret")


# Recorded by the authors of Lexicon in 2024, who ask for the records of one name.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-ionos.json.gz")
        with Replay(cassettes[request.param], ["recordType", "recordName"]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        (zone,) = replay.attach(IonosDNSDriver("prefix", "secret")).list_zones()
        assert zone.domain == "example.com"
        return zone

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        by_id = {record.id: record for record in records}
        mail = by_id["4ac9d329-9de5-f0cf-c59b-42d8708e5ecc"]
        assert (mail.name, mail.data) == ("twitter-archive", "mx00.ionos.de")
        assert mail.extra["priority"] == 10
        text = by_id["c494dfe2-701a-6e07-5d5a-2889ad61ac2c"]
        assert text.data == "v=spf1 include:_spf-eu.ionos.com ~all"
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["create_record_for_CNAME"], indirect=True)
    def test_create_record(self, replay: Replay, zone: Zone) -> None:
        record = zone.create_record("docs", "CNAME", "docs.example.com", {"ttl": 3600})
        assert (record.name, record.data) == ("docs", "docs.example.com")
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_update_record_of_the_name(self, replay: Replay, zone: Zone) -> None:
        zone.create_record("orig.testfqdn.example.com.", "TXT", "challengetoken")
        (text,) = zone.list_records()
        moved = text.update(name="updated.testfqdn.example.com.")
        assert (moved.name, moved.data) == ("updated.testfqdn", "challengetoken")
        assert moved.id != text.id
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["record_set_by_content"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        for number in (1, 2):
            name, text = "_acme-challenge.deleterecordinset", f"challengetoken{number}"
            zone.create_record(name, "TXT", text)
        first, _ = zone.list_records()
        assert first.delete()
        assert [record.data for record in zone.list_records()] == ["challengetoken2"]
        replay.assert_all_used()
