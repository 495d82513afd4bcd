"""
OVHcloud: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_ovh.py``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    NetworkError,
    PermissionDeniedError,
    UnsupportedOperation,
)
from libcloud.common.ovh import OvhConnection, OvhException
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.ovh import OvhDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.sync import sync
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, Request, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.ovh_spec import ovh_spec
from tests.conformance.test_dns_ovh import ovh_driver

ZONE = "/1.0/domain/zone/example.com"
RECORDS = f"{ZONE}/record"

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def item(**more: Any) -> dict[str, Any]:
    record = {"id": 42, "fieldType": "A", "subDomain": "www", "target": "192.0.2.1", "ttl": 0}
    return {**record, "zone": "example.com", **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=ovh_spec("domain")) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> OvhDNSDriver:
    return double.attach(OvhDNSDriver("key", "secret", ex_consumer_key="ck"))


@pytest.fixture
def zone(driver: OvhDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


@pytest.fixture
def refreshed(double: HTTPDouble) -> Any:
    null = {"Content-Type": "application/json"}
    return double.on("POST", f"{ZONE}/refresh").reply(text="null", headers=null)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.OVH) is OvhDNSDriver


# Signing: https://help.ovhcloud.com/csm/en-api-getting-started-ovhcloud-api (KB0042777)


def signature(request: Request, timestamp: str) -> str:
    body = request.body.decode()
    text = f"secret+ck+{request.method}+{request.url}+{body}+{timestamp}"
    return f"$1${hashlib.sha1(text.encode()).hexdigest()}"


def test_requests_are_signed(zone: Zone, double: HTTPDouble, refreshed: Any) -> None:
    double.on("POST", RECORDS).reply(json=item())
    zone.create_record("www", "A", "192.0.2.1")
    for request in double.requests:
        sent = request.headers
        assert (sent["X-Ovh-Application"], sent["X-Ovh-Consumer"]) == ("key", "ck")
        assert abs(int(sent["X-Ovh-Timestamp"]) - time.time()) < 5
        assert sent["X-Ovh-Signature"] == signature(request, sent["X-Ovh-Timestamp"])


def test_signature_is_that_of_3_9() -> None:
    connection = OvhConnection("user", "secret", ex_consumer_key="ck", host="127.0.0.1")
    signed = connection.make_signature("POST", "/1.0/x", None, '{"a":1}', 1700000000)
    assert signed == "$1$f4e2384e651aab2e5ba25798b4c615188d069fca"


def test_signature_has_the_query_as_it_is_sent(driver: OvhDNSDriver, double: HTTPDouble) -> None:
    double.spec = None
    double.on("GET", "/1.0/me", query={"a": "x y"}).reply(json={})
    driver.connection.request("/me", params={"a": "x y"})
    (request,) = double.requests
    sent = request.headers
    assert sent["X-Ovh-Signature"] == signature(request, sent["X-Ovh-Timestamp"])


def test_clock_that_is_off_is_set_by_the_provider(driver: OvhDNSDriver, double: HTTPDouble) -> None:
    double.spec = None
    late = {"message": "Query out of time", "errorCode": "QUERY_TIME_OUT"}
    double.on("GET", "/1.0/domain/zone").reply(400, json=late).reply(json=["example.com"])
    double.on("GET", "/1.0/auth/time").reply(json=int(time.time()) + 3600).exactly(1)
    assert [zone.id for zone in driver.list_zones()] == ["example.com"]
    assert [zone.id for zone in driver.list_zones()] == ["example.com"]
    first, clock, second, third = double.requests
    assert "X-Ovh-Signature" not in clock.headers
    for request in (second, third):
        ahead = int(request.headers["X-Ovh-Timestamp"]) - int(first.headers["X-Ovh-Timestamp"])
        assert 3598 <= ahead <= 3603


def test_no_consumer_key_says_where_to_get_one(double: HTTPDouble) -> None:
    driver = double.attach(OvhDNSDriver("key", "secret"))
    double.spec = None
    body = {"validationUrl": "https://eu.api.ovh.com/auth/?x", "consumerKey": "ck"}
    double.on("POST", "/1.0/auth/credential", headers={"X-Ovh-Application": "key"}).reply(json=body)
    with pytest.raises(OvhException, match=r"https://eu.api.ovh.com/auth/\?x") as caught:
        driver.list_zones()
    assert isinstance(caught.value, InvalidCredsError)


@pytest.mark.parametrize(
    ("arguments", "host"),
    [({}, "api.ovh.com"), ({"region": "ca"}, "ca.api.ovh.com"), ({"host": "x"}, "x")],
)
def test_region_is_the_first_part_of_the_host(arguments: dict[str, Any], host: str) -> None:
    assert OvhDNSDriver("key", "secret", **arguments).connection.host == host


def test_region_that_nobody_knows_is_a_value_error(double: HTTPDouble) -> None:
    driver = double.attach(OvhDNSDriver("key", "secret", region="xx", ex_consumer_key="ck"))
    driver.connection.retry = None
    unknown = requests.ConnectionError("[Errno -2] Name or service not known")
    double.on("GET", "/1.0/domain/zone").fail(unknown)
    with pytest.raises(ValueError, match="invalid region argument"):
        driver.list_zones()


def test_host_that_nobody_knows_without_a_region_is_a_network_error(
    driver: OvhDNSDriver, double: HTTPDouble
) -> None:
    driver.connection.retry = None
    unknown = requests.ConnectionError("[Errno -2] Name or service not known")
    double.on("GET", "/1.0/domain/zone").fail(unknown)
    with pytest.raises(NetworkError):
        driver.list_zones()


def test_call_that_is_not_granted(driver: OvhDNSDriver, double: HTTPDouble) -> None:
    body = {"message": "This call has not been granted", "errorCode": "NOT_GRANTED_CALL"}
    double.on("GET", ZONE).reply(403, json=body, headers={"X-OVH-QUERYID": "FR.ws-1.5b1e"})
    with pytest.raises(PermissionDeniedError) as caught:
        driver.get_zone("example.com")
    assert caught.value.provider_code == "NOT_GRANTED_CALL"
    assert caught.value.request_id == "FR.ws-1.5b1e"


# Zones and records


def test_get_zone_shows_what_the_provider_says(driver: OvhDNSDriver, double: HTTPDouble) -> None:
    said = {"name": "example.com", "nameServers": ["ns103.ovh.net"], "dnssecSupported": True}
    double.on("GET", ZONE).reply(json={**said, "iam": None})
    zone = driver.get_zone("Example.com.")
    assert (zone.id, zone.domain, zone.ttl) == ("example.com", "example.com", None)
    assert zone.extra == {"nameServers": ["ns103.ovh.net"], "dnssecSupported": True}


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"subDomain": "www", "target": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"target": "192.0.2.1", "ttl": 60}),
        (("a.example.com", "CNAME", "@", None), {"subDomain": "a", "target": "example.com."}),
        (("", "MX", "mail", {"priority": 7}), {"target": "7 mail.example.com."}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"subDomain": "_s._tcp", "target": "1 2 3 h.example.net."},
        ),
        (
            ("", "CAA", "ca.example", {"flags": 128, "tag": "issue"}),
            {"target": '128 issue "ca.example"'},
        ),
        (("", "TXT", 'say "hi"', None), {"target": '"say \\"hi\\""'}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"subDomain": "xn--bcher-kva"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, refreshed: Any, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"subDomain": "", "fieldType": arguments[1], "target": arguments[2], **sent}
    double.on("POST", RECORDS, json=body).reply(json=item(**body))
    record = zone.create_record(*arguments)
    assert record.name == body["subDomain"]
    assert record.ttl == sent.get("ttl")
    assert refreshed.calls == 1


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    items = [
        item(id=1, fieldType="MX", subDomain="", target="1 redirect.ovh.net."),
        item(id=2, fieldType="DKIM", subDomain="s._domainkey", target='"v=DKIM1;" " p=x"', ttl=60),
        item(id=3, fieldType="MX", subDomain=None, target="nonsense"),
    ]
    double.on("GET", RECORDS).reply(json=[1, 2, 3])
    for each in items:
        double.on("GET", f"{RECORDS}/{each['id']}").reply(json=each)
    mail, key, strange = zone.list_records()
    assert (mail.id, mail.name, mail.data, mail.ttl) == ("1", "", "redirect.ovh.net.", None)
    assert mail.extra == {"priority": 1}
    assert (key.type, key.data, key.ttl) == ("TXT", "v=DKIM1; p=x", 60)
    assert key.extra == {"field_type": "DKIM"}
    assert (strange.name, strange.data) == ("", "nonsense")


def test_record_that_goes_while_records_are_listed_is_left_out(
    zone: Zone, double: HTTPDouble
) -> None:
    double.on("GET", RECORDS).reply(json=[1, 42])
    double.on("GET", f"{RECORDS}/1").reply(404, json={"message": "This service does not exist"})
    double.on("GET", f"{RECORDS}/42").reply(json=item())
    assert [record.id for record in zone.list_records()] == ["42"]


def test_update_record_says_nothing_of_a_ttl_that_stays(
    zone: Zone, double: HTTPDouble, refreshed: Any
) -> None:
    record = Record("42", "www", "A", "192.0.2.1", zone, zone.driver, 3600)
    body = {"subDomain": "www", "target": "192.0.2.9"}
    null = {"Content-Type": "application/json"}
    double.on("PUT", f"{RECORDS}/42", json=body).reply(text="null", headers=null)
    changed = record.update(data="192.0.2.9")
    assert (changed.id, changed.data, changed.ttl) == ("42", "192.0.2.9", 3600)


def test_update_record_cannot_change_the_type(zone: Zone) -> None:
    record = Record("42", "www", "A", "192.0.2.1", zone, zone.driver, 3600)
    with pytest.raises(UnsupportedOperation):
        record.update(type="AAAA", data="2001:db8::1")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "SVCB", "x")


def test_sync_refreshes_once() -> None:
    driver = ovh_driver()
    zone = driver.create_zone("example.com")
    wanted = [Record(None, f"host{n}", "A", f"192.0.2.{n}", zone, driver, 60, {}) for n in range(5)]
    sync(driver, zone, wanted)
    assert len([record for record in zone.list_records() if record.type == "A"]) == 5
    assert driver.server.refreshed == ["example.com"]


class TestOvhErrors(DNSDriverErrors):
    """
    Codes as OVHcloud's own client knows them:
    https://github.com/ovh/python-ovh/blob/master/ovh/client.py
    """

    bad_credentials = answer(
        403,
        json={
            "errorCode": "INVALID_CREDENTIAL",
            "httpCode": "403 Forbidden",
            "message": "This credential is not valid",
        },
    )
    not_found = answer(
        404,
        json={
            "class": "Client::NotFound",
            "message": "The requested object (id = 42) does not exist",
        },
    )
    exists = answer(409, json={"message": "This record already exists", "httpCode": "409 Conflict"})
    rate_limit = answer(429, json={"message": "Too many requests"})
    answers_nothing = frozenset({"delete_record", "update_record"})
    strange_bodies = ("<html>hello</html>", "{", "[7]", '{"strange": []}', "7", '"x"')

    @pytest.fixture
    def driver(self) -> OvhDNSDriver:
        return OvhDNSDriver("key", "secret", ex_consumer_key="ck")


# Recorded by the authors of Lexicon, who write the path of all zones with a slash at the end, and
# look at a zone's status first.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-ovh.json.gz")
        mask = {"/zone/$": "/zone", r"/record\?.*": "/record"}
        with Replay(cassettes[request.param], mask=mask, spec=ovh_spec("domain")) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        driver = OvhDNSDriver("key", "secret", ex_consumer_key="ck", region="eu")
        (zone,) = replay.attach(driver).list_zones()
        return zone

    def assert_used(self, replay: Replay) -> None:
        unused = [each for each in replay.unused if not each.url.endswith(("/time", "/status"))]
        assert unused == []

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        assert zone.domain == "pacalis.net"
        assert {record.type for record in records} == {"A", "CNAME", "MX", "NS", "TXT"}
        by_id = {record.id: record for record in records}
        assert by_id["1553644690"].data == "1|www.pacalis.net"
        assert by_id["1553659805"].data == "ttlshouldbe3600"
        assert by_id["1553644697"].extra == {"priority": 1}
        self.assert_used(replay)

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        assert zone.list_records() == []
        zone.create_record("orig.testfqdn.pacalis.net.", "TXT", '"challengetoken"', {"ttl": 3600})
        (text,) = zone.list_records()
        moved = text.update(name="updated.testfqdn.pacalis.net.")
        assert (moved.id, moved.name, moved.ttl) == (text.id, "updated.testfqdn", 3600)
        self.assert_used(replay)

    @pytest.mark.parametrize("replay", ["record_set_by_content"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        assert zone.list_records() == []
        for number in (1, 2):
            name, text = "_acme-challenge.deleterecordinset", f"challengetoken{number}"
            zone.create_record(name, "TXT", text, {"ttl": 3600})
            found = zone.list_records()
        assert found[0].delete()
        assert [record.data for record in zone.list_records()] == ["challengetoken2"]
        self.assert_used(replay)

    @pytest.mark.parametrize("replay", ["create_record_for_A"], indirect=True)
    def test_create_record(self, replay: Replay, zone: Zone) -> None:
        record = zone.create_record("localhost", "A", "127.0.0.1", {"ttl": 3600})
        assert (record.id, record.name, record.ttl) == ("1553659740", "localhost", 3600)


def test_get_zone_of_somebody_else(driver: OvhDNSDriver, double: HTTPDouble) -> None:
    said = {"class": "Client::NotFound", "message": "This service does not exist"}
    double.on("GET", ZONE).reply(404, json=said)
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_zone("example.com")
