"""
LuaDNS: what goes over the wire, and exchanges that others recorded.

There is no machine-readable description; answers are those of the recordings and of
https://luadns.com/api.html. What a whole zone goes through is in
``tests/conformance/test_dns_luadns.py``.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import UnsupportedOperation
from libcloud.common.luadns import LuadnsException
from libcloud.dns.base import Zone
from libcloud.dns.drivers.luadns import LuadnsDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

RECORDS = "/v1/zones/42/records"


def item(**more: Any) -> dict[str, Any]:
    moment = {"created_at": "2015-01-17T09:04:35.444Z", "updated_at": "2015-01-17T09:04:35.444Z"}
    record = {"id": 6683, "type": "A", "name": "www.example.com.", "content": "192.0.2.1"}
    return {**record, "ttl": 300, "zone_id": 42, **moment, **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> LuadnsDNSDriver:
    return double.attach(LuadnsDNSDriver("joe@example.com", "key"))


@pytest.fixture
def zone(driver: LuadnsDNSDriver) -> Zone:
    return Zone("42", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.LUADNS) is LuadnsDNSDriver


def test_credentials_are_sent(driver: LuadnsDNSDriver, double: HTTPDouble) -> None:
    headers = {"Authorization": "Basic am9lQGV4YW1wbGUuY29tOmtleQ==", "Accept": "application/json"}
    double.on("GET", "/v1/zones", headers=headers).reply(json=[])
    assert driver.list_zones() == []


def test_create_zone(driver: LuadnsDNSDriver, double: HTTPDouble) -> None:
    shown = {"id": 42, "name": "example.com", "synced": False, "records_count": 3}
    body = {"name": "example.com", "template_id": 7}
    double.on("POST", "/v1/zones", json=body).reply(json=shown)
    zone = driver.create_zone("Example.com.", extra={"template_id": 7})
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("42", "example.com", "master", None)
    assert zone.extra == {"synced": False, "records_count": 3}
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www.example.com.", "content": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"content": "192.0.2.1", "ttl": 60}),
        (("", "CNAME", "@", None), {"content": "example.com."}),
        (("", "MX", "mail", {"priority": 7}), {"content": "7 mail.example.com."}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp.example.com.", "content": "1 2 3 h.example.net."},
        ),
        (("", "CAA", '0 issue "ca.example"', None), {"content": '0 issue "ca.example"'}),
        (("", "TXT", '"a" "b"', None), {"content": "ab"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "example.com.", "type": arguments[1], **sent}
    double.on("POST", RECORDS, json=body).reply(json=item(**body))
    record = zone.create_record(*arguments)
    assert (record.id, record.ttl) == ("6683", sent.get("ttl", 300))


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    mx = item(type="MX", name="example.com.", content="10 mx.example.net.")
    strange = item(type="FORWARD", name="example.com.", content="joe@example.net")
    double.on("GET", RECORDS).reply(json=[mx, strange, item(type="TXT", content='a "b"')])
    shown, forward, text = zone.list_records()
    assert (shown.name, shown.data, shown.extra["priority"]) == ("", "mx.example.net.", 10)
    assert forward.data == "joe@example.net"
    assert text.data == 'a "b"'
    moment = "2015-01-17T09:04:35.444Z"
    assert text.extra == {"ttl": 300, "zone_id": 42, "created_at": moment, "updated_at": moment}


def test_refusal_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    body = {"status": "Bad Request", "request_id": "a1b2", "message": "Invalid content."}
    double.on("POST", RECORDS).reply(400, json=body)
    with pytest.raises(LuadnsException, match="Invalid content") as caught:
        zone.create_record("www", "A", "nonsense")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.http_code, copy.provider_code, copy.request_id) == (400, "Bad Request", "a1b2")
    assert (str(copy), repr(copy)) == ("400 Invalid content.", "Luadns 400 Invalid content.")


def test_answer_has_its_body_in_a_list(driver: LuadnsDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", "/v1/zones").reply(json=[])
    response = driver.connection.request("/v1/zones")
    assert (response.objects, response.errors) == ([[]], [])
    assert response.parse_body_and_errors() == ([[]], [])


class TestLuadnsErrors(DNSDriverErrors):
    """
    Answers as in the documentation; the words of "exists" are not in it.

    https://luadns.com/api.html#status-codes
    """

    bad_credentials = answer(401, json={"status": "Unauthorized", "message": "no"})
    not_found = answer(404, json={"status": "Not Found", "message": "no"})
    exists = answer(422, json={"status": "Unprocesable Entity", "message": "Name is taken."})
    rate_limit = answer(429, json={"status": "Too Many Requests", "message": "slow down"})

    @pytest.fixture
    def driver(self) -> LuadnsDNSDriver:
        return LuadnsDNSDriver("joe@example.com", "key")


# Recorded by the authors of Lexicon in 2018.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-luadns.json.gz")
        with Replay(cassettes[request.param]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        (zone,) = replay.attach(LuadnsDNSDriver("user", "key")).list_zones()
        return zone

    @pytest.mark.parametrize("replay", ["test_provider_authenticate.yaml"], indirect=True)
    def test_list_zones(self, replay: Replay, zone: Zone) -> None:
        assert (zone.id, zone.domain, zone.ttl) == ("39105", "capsulecd.com", None)
        assert (zone.extra["synced"], zone.extra["records_count"]) == (True, 6)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        by_name = {record.name: record for record in zone.list_records()}
        assert by_name["localhost"].data == "127.0.0.1"
        assert by_name["localhost"].ttl == 3600
        assert {record.type for record in by_name.values()} >= {"A", "TXT"}

    @pytest.mark.parametrize("replay", ["record_for_A_with_valid"], indirect=True)
    def test_create_record(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()
        record = zone.create_record("localhost", "A", "127.0.0.1", {"ttl": 3600})
        assert (record.id, record.name, record.ttl) == ("40753611", "localhost", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_should_modify_record.yaml"], indirect=True)
    def test_update_record(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()
        text = zone.create_record("orig.test", "TXT", "challengetoken", {"ttl": 3600})
        assert text.id in [record.id for record in zone.list_records()]
        moved = text.update(name="updated.test")
        assert (moved.id, moved.name, moved.ttl) == (text.id, "updated.test", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["delete_record_by_filter_should"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()
        text = zone.create_record("delete.testfilt", "TXT", "challengetoken", {"ttl": 3600})
        zone.list_records()
        assert text.delete()
        assert text.id not in [record.id for record in zone.list_records()]
        replay.assert_all_used()
