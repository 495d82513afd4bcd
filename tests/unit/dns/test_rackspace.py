"""Rackspace: what goes over the wire, and the exchanges that Lexicon's authors recorded."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    LibcloudError,
    RateLimitReachedError,
    UnsupportedOperation,
)
from libcloud.common.polling import WaitTimeoutError
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.rackspace import RackspaceDNSDriver, RackspacePTRRecord
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordAlreadyExistsError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings

BASE = "/v1.0/1"
DOMAINS = f"{BASE}/domains"
ZONE = f"{DOMAINS}/6156121"
RECORDS = f"{ZONE}/records"
RUNNING = {"status": "RUNNING", "jobId": "a900370a", "callbackUrl": f"https://dns{BASE}/status/a"}
STATUS = f"{BASE}/status/a900370a"
TIMES = {
    "created": "2018-03-26T20:44:10.000+0000",
    "updated": "2018-03-26T20:44:10.000+0000",
}


def made(**arguments: Any) -> RackspaceDNSDriver:
    """A driver that has its token already, and does not wait between two looks at a job."""
    driver = RackspaceDNSDriver(
        "user",
        "key",
        ex_force_auth_token="t1",
        ex_force_base_url=f"https://dns.api.rackspacecloud.com{BASE}",
        **arguments,
    )
    driver.connection.poll_interval = 0
    return driver


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> RackspaceDNSDriver:
    return double.attach(made())


@pytest.fixture
def zone(driver: RackspaceDNSDriver) -> Zone:
    return Zone("6156121", "example.com", "master", 3600, driver)


def job(double: HTTPDouble, method: str, path: str, body: Any = None, **outcome: Any) -> None:
    """A change, and the job that it starts."""
    wanted = {"json": body} if body is not None else {}
    double.on(method, path, **wanted).reply(202, json=RUNNING)
    done = {"status": "COMPLETED", "jobId": "a900370a", **outcome}
    looks = double.on("GET", STATUS, query={"showDetails": "true"})
    looks.reply(json=RUNNING).reply(json=done)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.RACKSPACE) is RackspaceDNSDriver


@pytest.mark.parametrize(
    ("provider", "region"), [("rackspace", "us"), ("rackspace_us", "us"), ("rackspace_uk", "uk")]
)
def test_each_old_constant_is_of_its_region(provider: str, region: str) -> None:
    driver = get_driver(provider)("user", "api key")
    assert driver.region == region


@pytest.mark.parametrize(
    ("region", "host"),
    [("us", "dns.api.rackspacecloud.com"), ("uk", "lon.dns.api.rackspacecloud.com")],
)
@pytest.mark.parametrize("listed", ["", "lon."])
def test_endpoint_is_that_of_the_region(region: str, host: str, listed: str) -> None:
    url = f"https://{listed}dns.api.rackspacecloud.com/v1.0/1"
    catalog = [{"type": "rax:dns", "name": "cloudDNS", "endpoints": [{"publicURL": url}]}]
    token = {"id": "t1", "expires": "2999-01-01T00:00:00.000Z"}
    with HTTPDouble() as double:
        driver = double.attach(RackspaceDNSDriver("user", "key", region=region))
        body = {"auth": {"RAX-KSKEY:apiKeyCredentials": {"username": "user", "apiKey": "key"}}}
        access = {"token": token, "user": {}, "serviceCatalog": catalog}
        double.on("POST", "/v2.0/tokens", json=body).reply(json={"access": access})
        query = {"limit": "100", "offset": "0"}
        domains = double.on("GET", DOMAINS, query=query, headers={"X-Auth-Token": "t1"})
        domains.reply(json={"domains": [], "totalEntries": 0})
        assert driver.list_zones() == []
        auth, listing = double.requests
        assert auth.url == "https://identity.api.rackspacecloud.com/v2.0/tokens"
        assert listing.url.startswith(f"https://{host}/v1.0/1/domains")


def test_region_that_is_unknown_is_refused() -> None:
    assert RackspaceDNSDriver.list_regions() == ["us", "uk"]
    with pytest.raises(ValueError, match="Invalid region: zz"):
        RackspaceDNSDriver("user", "key", region="zz")


def test_create_zone_waits_for_its_job(driver: RackspaceDNSDriver, double: HTTPDouble) -> None:
    item = {"name": "example.com", "emailAddress": "a@b.c", "ttl": 300, "comment": "x"}
    body = {"domains": [{**item, "recordsList": {"records": []}}]}
    job(double, "POST", DOMAINS, body, response={"domains": [{"id": 7, **item}]})
    zone = driver.create_zone("example.com", ttl=300, extra={"email": "a@b.c", "comment": "x"})
    assert (zone.id, zone.domain, zone.ttl) == ("7", "example.com", 300)
    assert zone.extra == {"email": "a@b.c", "comment": "x"}
    assert len(double.requests) == 3


def test_create_zone_of_what_cannot_be(driver: RackspaceDNSDriver) -> None:
    with pytest.raises(ValueError, match="email"):
        driver.create_zone("example.com")
    with pytest.raises(UnsupportedOperation, match="master"):
        driver.create_zone("example.com", type="slave", extra={"email": "a@b.c"})


def test_update_zone_sends_what_shall_change(zone: Zone, double: HTTPDouble) -> None:
    job(double, "PUT", ZONE, {"ttl": 300, "emailAddress": "d@e.f"})
    updated = zone.update(ttl=300, extra={"email": "d@e.f"})
    assert (updated.ttl, updated.extra) == (300, {"email": "d@e.f"})
    with pytest.raises(LibcloudError, match="cannot be changed"):
        zone.update(domain="example.org")


@pytest.mark.parametrize(
    ("arguments", "item"),
    [
        (
            ("www", "A", "192.0.2.1", {"ttl": 600, "comment": "cc"}),
            {
                "name": "www.example.com",
                "type": "A",
                "data": "192.0.2.1",
                "ttl": 600,
                "comment": "cc",
            },
        ),
        (
            (None, "MX", "mail.example.net.", {"priority": 20}),
            {"name": "example.com", "type": "MX", "data": "mail.example.net", "priority": 20},
        ),
        (
            ("_sip._tcp", "SRV", "sip.example.net", {"priority": 1, "weight": 2, "port": 5060}),
            {
                "name": "_sip._tcp.example.com",
                "type": "SRV",
                "data": "2 5060 sip.example.net",
                "priority": 1,
            },
        ),
        (
            ("text", "TXT", 'say "hi"'),
            {"name": "text.example.com", "type": "TXT", "data": 'say "hi"'},
        ),
    ],
)
def test_create_record_sends(
    zone: Zone, double: HTTPDouble, arguments: Any, item: dict[str, Any]
) -> None:
    shown = {"id": f"{item['type']}-1", "ttl": 3600, **TIMES, **item}
    job(double, "POST", RECORDS, {"records": [item]}, response={"records": [shown]})
    record = zone.create_record(*arguments)
    assert (record.name or None, record.type) == arguments[:2]
    assert record.data == arguments[2].removesuffix(".")
    assert record.extra["fqdn"] == item["name"]
    for key, value in (arguments[3] if len(arguments) > 3 else {}).items():
        assert record.extra[key] == value


def test_update_record_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    extra = {"ttl": 600, "comment": "cc", **TIMES}
    record = Record("A-1", "www", "A", "192.0.2.1", zone, zone.driver, 600, extra)
    body = {
        "name": "www.example.com",
        "type": "A",
        "data": "192.0.2.9",
        "ttl": 600,
        "comment": "cc",
    }
    job(double, "PUT", f"{RECORDS}/A-1", body)
    updated = record.update(data="192.0.2.9")
    assert (updated.id, updated.data, updated.ttl) == ("A-1", "192.0.2.9", 600)
    assert updated.extra == {"fqdn": "www.example.com", **extra}
    with pytest.raises(UnsupportedOperation, match="type"):
        record.update(type="AAAA", data="2001:db8::1")


@pytest.mark.parametrize(
    ("error", "expected", "text"),
    [
        (
            {
                "message": "Bad Request",
                "code": 400,
                "details": "Record is a duplicate of another record: (id=1685020)",
            },
            RecordAlreadyExistsError,
            "Bad Request: Record is a duplicate",
        ),
        (
            {
                "failedItems": {"faults": [{"message": "Conflict", "code": 409, "details": "x"}]},
                "message": "One or more items could not be created.",
                "code": 500,
            },
            RecordAlreadyExistsError,
            "Conflict: x",
        ),
        (
            {"validationErrors": {"messages": ["TTL is too small", "x"]}, "code": 400},
            BaseHTTPError,
            "Validation errors: TTL is too small, x",
        ),
    ],
)
def test_job_that_failed_is_an_error(
    zone: Zone, double: HTTPDouble, error: Any, expected: type[Exception], text: str
) -> None:
    """The first of them is from a recording."""
    job(double, "POST", RECORDS, status="ERROR", error=error)
    with pytest.raises(expected) as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert text in str(caught.value)


def test_job_that_never_ends_is_given_up(zone: Zone, double: HTTPDouble) -> None:
    zone.driver.connection.timeout = 0
    double.on("DELETE", ZONE).reply(202, json=RUNNING)
    with pytest.raises(WaitTimeoutError):
        zone.delete()


def test_over_limit_is_a_rate_limit(zone: Zone, double: HTTPDouble) -> None:
    body = {"overLimit": {"message": "This request was rate-limited.", "code": 413}}
    double.on("DELETE", ZONE).reply(413, json=body)
    zone.driver.connection.retry = None
    with pytest.raises(RateLimitReachedError, match="rate-limited"):
        zone.delete()


# Names of addresses

DEVICE = SimpleNamespace(
    extra={"uri": "https://ord.example.com/v2/1/servers/id1", "service_name": "cloudServers"}
)
PTR = {"name": "x.example.com", "id": "PTR-1", "type": "PTR", "data": "192.0.2.1", "ttl": 3600}


def test_ptr_records(driver: RackspaceDNSDriver, double: HTTPDouble) -> None:
    rdns, uri = f"{BASE}/rdns", DEVICE.extra["uri"]
    double.on("GET", f"{rdns}/cloudServers", query={"href": uri}).reply(
        json={"records": [PTR], "totalEntries": 1}
    )
    (record,) = driver.ex_iterate_ptr_records(DEVICE)
    assert isinstance(record, RackspacePTRRecord)
    assert (record.id, record.ip, record.domain) == ("PTR-1", "192.0.2.1", "x.example.com")
    assert record.extra == {**DEVICE.extra, "ttl": 3600}
    double.on("GET", f"{rdns}/cloudServers/PTR-1").reply(json=PTR)
    assert driver.ex_get_ptr_record("cloudServers", "PTR-1").domain == "x.example.com"


def test_ptr_record_is_replaced(driver: RackspaceDNSDriver, double: HTTPDouble) -> None:
    rdns, uri = f"{BASE}/rdns", DEVICE.extra["uri"]
    record = RackspacePTRRecord("PTR-1", "192.0.2.1", "x.example.com", driver, {**DEVICE.extra})
    query = {"href": uri, "ip": "192.0.2.1"}
    double.on("DELETE", f"{rdns}/cloudServers", query=query).reply(202, json=RUNNING)
    item = {"name": "y.example.com", "type": "PTR", "data": "192.0.2.1", "ttl": 300}
    link = {"content": "", "href": uri, "rel": "cloudServers"}
    body = {"recordsList": {"records": [item]}, "link": link}
    fresh = {**PTR, **item}
    job(double, "POST", rdns, body, response={"records": [fresh]})
    assert record.update("y.example.com", {"ttl": 300}).domain == "y.example.com"


class TestRackspaceErrors(DNSDriverErrors):
    """The form is that of the recorded error of a job."""

    bad_credentials = answer(401, json={"unauthorized": {"message": "No.", "code": 401}})
    not_found = answer(404, json={"message": "Object not Found.", "code": 404, "details": ""})
    exists = answer(409, json={"message": "Conflict", "code": 409, "details": "exists"})
    rate_limit = answer(413, json={"overLimit": {"message": "Slow down.", "code": 413}})

    # All wait for a job.
    answers_nothing = frozenset()

    @pytest.fixture
    def driver(self) -> RackspaceDNSDriver:
        return made()

    @pytest.fixture(autouse=True)
    def _email(self, monkeypatch: pytest.MonkeyPatch) -> None:
        create = RackspaceDNSDriver.create_zone
        monkeypatch.setattr(
            RackspaceDNSDriver,
            "create_zone",
            lambda self, domain: create(self, domain, extra={"email": "a@b.c"}),
        )


# Recorded by the authors of Lexicon in 2018. They list records by another path.

DOMAIN = "capsulecd.com"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-rackspace.json.gz")
        with Replay(cassettes[request.param], ignore=["auth"]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        driver = replay.attach(RackspaceDNSDriver("user", "key"))
        driver.connection.poll_interval = 0
        return Zone("6156121", DOMAIN, "master", 3600, driver)

    @pytest.mark.parametrize("replay", ["update_record_should_modify_record.yaml"], indirect=True)
    def test_create_and_update_record(self, zone: Zone) -> None:
        text = zone.create_record("orig.test", "TXT", "challengetoken", {"ttl": 3600})
        assert (text.id, text.name, text.data) == ("TXT-1685065", "orig.test", "challengetoken")
        moved = text.update(name="updated.test")
        assert (moved.id, moved.name) == (text.id, "updated.test")

    @pytest.mark.parametrize("replay", ["record_set_name_remove_all"], indirect=True)
    def test_create_and_delete_two_records_of_a_name(self, zone: Zone) -> None:
        name = "_acme-challenge.deleterecordset"
        texts = [
            zone.create_record(name, "TXT", f"challengetoken{number}", {"ttl": 3600})
            for number in (1, 2)
        ]
        assert len({text.id for text in texts}) == 2
        assert all([text.delete() for text in texts])

    @pytest.mark.parametrize("replay", ["duplicate_records_should_be_noop"], indirect=True)
    def test_record_that_is_there_already(self, zone: Zone) -> None:
        name, data = "_acme-challenge.noop", "challengetoken"
        zone.create_record(name, "TXT", data, {"ttl": 3600})
        with pytest.raises(RecordAlreadyExistsError, match="duplicate of another record"):
            zone.create_record(name, "TXT", data, {"ttl": 3600})
