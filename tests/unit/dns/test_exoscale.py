"""
Exoscale: what goes over the wire.

Requests and answers are checked against the published description. What a whole zone goes through
is in ``tests/conformance/test_dns_exoscale.py``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    LibcloudError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    UnsupportedOperation,
)
from libcloud.common.exoscale import signature
from libcloud.common.polling import WaitTimeoutError
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.exoscale import ExoscaleDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
)
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.specs import openapi

ZONE_ID = "89083a5c-b648-474a-0000-000000000001"
RECORD_ID = "89083a5c-b648-474a-0000-000000000002"
OPERATION_ID = "89083a5c-b648-474a-0000-000000000003"
ZONES = "/v2/dns-domain"
ZONE = f"{ZONES}/{ZONE_ID}"
RECORD = f"{ZONE}/record/{RECORD_ID}"
OPERATION = f"/v2/operation/{OPERATION_ID}"
TIME = "2019-02-01T07:32:13Z"

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def operation(state: str = "success", reference: str | None = None, **more: Any) -> dict[str, Any]:
    about = {"reference": {"id": reference}} if reference else {}
    return {"id": OPERATION_ID, "state": state, **about, **more}


def record_item(**more: Any) -> dict[str, Any]:
    record = {"id": RECORD_ID, "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 3600}
    return {**record, "created-at": TIME, "updated-at": TIME, **more}


ZONE_ITEM = {"id": ZONE_ID, "unicode-name": "example.com", "created-at": TIME}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=openapi("exoscale.yaml.gz")) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> ExoscaleDNSDriver:
    driver = ExoscaleDNSDriver("EXO123", "secret")
    driver.connection.poll_interval = 0
    return double.attach(driver)


@pytest.fixture
def zone(driver: ExoscaleDNSDriver) -> Zone:
    return Zone(ZONE_ID, "example.com", "master", None, driver)


@pytest.fixture
def record(zone: Zone) -> Record:
    return Record(RECORD_ID, "www", "A", "192.0.2.1", zone, zone.driver, 3600)


# The driver itself


def test_driver_is_registered() -> None:
    assert get_driver(Provider.EXOSCALE) is ExoscaleDNSDriver


def test_constructor_loads_no_requests() -> None:
    program = (
        "import sys; from libcloud.dns.providers import get_driver; "
        "get_driver('exoscale')('key', 'secret'); "
        "sys.exit(bool({'requests', 'dns'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "api-ch-gva-2.exoscale.com"),
        ({"region": "de-fra-1"}, "api-de-fra-1.exoscale.com"),
        ({"host": "127.0.0.1"}, "127.0.0.1"),
    ],
)
def test_region_says_the_host(options: dict[str, str], host: str) -> None:
    driver = ExoscaleDNSDriver("EXO123", "secret", **options)  # type: ignore[arg-type]
    assert driver.connection.host == host


@pytest.mark.parametrize(
    ("method", "path", "body", "params", "signed"),
    [
        (
            "GET",
            "/v2/resource/a02baf5a-a3e4-49a0-857b-8a08d276c1c0",
            b"",
            {"p2": "v2", "p1": "v 1"},
            "signed-query-args=p1;p2,expires=1599140767,"
            "signature=OolzumXzJPQh7oOSC5mzWFLZI2UgLmwjGf+1Th4tRYU=",
        ),
        (
            "POST",
            "/v2/security-group",
            b'{"name": "my-security-group"}',
            {},
            "expires=1599140767,signature=2W/YqKYtGGfK8DHLrNsndhcgj8+C7sntRSYOEkcC1Eg=",
        ),
    ],
)
def test_signature_is_that_of_the_providers_own_package(
    method: str, path: str, body: bytes, params: dict[str, str], signed: str
) -> None:
    """requests-exoscale-auth 1.1.2"""
    key = "EXO29147e9f89102b7ac1e88514"
    made = signature(key, "s3cret", method, path, body, params, 1599140767)
    assert made == f"EXO2-HMAC-SHA256 credential={key},{signed}"


def test_what_is_sent_is_what_was_signed(driver: ExoscaleDNSDriver, double: HTTPDouble) -> None:
    double.spec = None
    sent = double.on("POST", "/v2/x", query={"a": "1", "b": "\u00e9 /"}, json={"n": "\u00fc"})
    sent.reply(json={})
    driver.connection.request(
        "/v2/x", {"b": "\u00e9 /", "a": 1, "c": None}, method="POST", json={"n": "\u00fc"}
    )
    (request,) = double.requests
    header = request.headers["Authorization"]
    expires = int(header.partition("expires=")[2].partition(",")[0])
    assert 500 < expires - time.time() <= 600
    params = {"a": "1", "b": "\u00e9 /"}
    expected = signature("EXO123", "secret", "POST", "/v2/x", request.body, params, expires)
    assert header == expected


# Zones


def test_zones_are_one_request(driver: ExoscaleDNSDriver, double: HTTPDouble) -> None:
    other = {"id": OPERATION_ID, "unicode-name": "b\u00fccher.example", "created-at": TIME}
    double.on("GET", ZONES).reply(json={"dns-domains": [ZONE_ITEM, other]})
    one, two = driver.list_zones()
    assert (one.id, one.domain, one.type, one.ttl) == (ZONE_ID, "example.com", "master", None)
    assert one.extra == {"created_at": TIME}
    assert two.domain == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("domain", "sent"),
    [("Example.com.", "example.com"), ("xn--bcher-kva.example", "b\u00fccher.example")],
)
def test_create_zone_waits_for_its_operation(
    driver: ExoscaleDNSDriver, double: HTTPDouble, domain: str, sent: str
) -> None:
    created = double.on("POST", ZONES, json={"unicode-name": sent})
    created.reply(json=operation("pending"))
    looks = double.on("GET", OPERATION).reply(json=operation("pending"))
    looks.reply(json=operation(reference=ZONE_ID))
    double.on("GET", ZONE).reply(json={**ZONE_ITEM, "unicode-name": sent})
    assert driver.create_zone(domain).id == ZONE_ID


def test_create_zone_that_exists_raises_zone_already_exists(
    driver: ExoscaleDNSDriver, double: HTTPDouble
) -> None:
    said = operation("failure", reason="conflict", message="There is one")
    double.on("POST", ZONES).reply(json=operation("pending"))
    double.on("GET", OPERATION).reply(json=said)
    with pytest.raises(ZoneAlreadyExistsError, match="There is one") as caught:
        driver.create_zone("example.com")
    assert (caught.value.http_code, caught.value.provider_code) == (409, "conflict")


def test_create_zone_of_another_type_is_refused(driver: ExoscaleDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


def test_delete_zone_waits_for_its_operation(zone: Zone, double: HTTPDouble) -> None:
    double.on("DELETE", ZONE).reply(json=operation("pending"))
    double.on("GET", OPERATION).reply(json=operation())
    assert zone.delete()


# Records


SHAPES = [
    ("www", "A", "192.0.2.1", {}, {"content": "192.0.2.1"}),
    (None, "CNAME", "h.example.net", {}, {"name": "", "content": "h.example.net"}),
    ("", "MX", "5 mx.example.net.", {}, {"content": "mx.example.net", "priority": 5}),
    ("", "MX", "mx.example.net", {"priority": 0}, {"content": "mx.example.net", "priority": 0}),
    (
        "_s._tcp",
        "SRV",
        "h.example.net",
        {"priority": 1, "weight": 2, "port": 3},
        {"content": "2 3 h.example.net", "priority": 1},
    ),
    ("x", "TXT", 'say "hi"; \\', {}, {"content": 'say "hi"; \\'}),
    ("", "CAA", '0 issue "ca.example"', {}, {"content": '0 issue "ca.example"'}),
    ("x", "SSHFP", "1 1 abcdef", {}, {"content": "1 1 abcdef"}),
]


@pytest.mark.parametrize(("name", "type", "data", "extra", "sent"), SHAPES)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone,
    double: HTTPDouble,
    name: str | None,
    type: str,
    data: str,
    extra: dict[str, int],
    sent: dict[str, Any],
) -> None:
    body = {"name": name or "", "type": type, "ttl": 60, **sent}
    double.on("POST", f"{ZONE}/record", json=body).reply(json=operation(reference=RECORD_ID))
    double.on("GET", RECORD).reply(json=record_item(**body))
    record = zone.create_record(name, type, data, {"ttl": 60, **extra})
    assert (record.id, record.name, record.ttl) == (RECORD_ID, name or "", 60)
    assert {key: record.extra[key] for key in extra} == extra


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    soa = "ns1.exoscale.io admin.dnsimple.com 1549006209 86400 7200 604800 300"
    items = [
        record_item(type="TXT", content='"one" "two"'),
        record_item(type="TXT", content="plain"),
        record_item(type="SOA", name="", content=soa, **{"system-record": True}),
        record_item(type="SRV", content="2 3 h.example.net", priority=1),
        record_item(type="SRV", content="strange", priority=1),
        record_item(type="POOL", content="a.example.net"),
    ]
    double.on("GET", f"{ZONE}/record").reply(json={"dns-domain-records": items})
    records = zone.list_records()
    assert [record.data for record in records] == [
        "onetwo",
        "plain",
        "ns1.exoscale.io. admin.dnsimple.com. 1549006209 86400 7200 604800 300",
        "h.example.net",
        "strange",
        "a.example.net",
    ]
    assert records[2].extra == {"created_at": TIME, "updated_at": TIME, "system_record": True}
    assert {**records[3].extra, "priority": 1, "weight": 2, "port": 3} == records[3].extra


def test_update_record_waits_for_its_operation(record: Record, double: HTTPDouble) -> None:
    body = {"name": "new", "content": "192.0.2.1", "ttl": 60}
    double.on("PUT", RECORD, json=body).reply(json=operation("pending"))
    double.on("GET", OPERATION).reply(json=operation())
    double.on("GET", RECORD).reply(json=record_item(**body))
    assert record.update(name="new", extra={"ttl": 60}).name == "new"


def test_update_record_does_not_repeat_a_priority_of_zero(zone: Zone, double: HTTPDouble) -> None:
    record = Record(RECORD_ID, "", "MX", "a.example.net", zone, zone.driver, 60, {"priority": 0})
    body = {"name": "", "content": "b.example.net", "ttl": 60}
    double.on("PUT", RECORD, json=body).reply(json=operation())
    double.on("GET", RECORD).reply(json=record_item(type="MX", priority=0, **body))
    assert record.update(data="b.example.net").extra["priority"] == 0


def test_update_record_to_another_type_is_refused(record: Record) -> None:
    with pytest.raises(UnsupportedOperation, match="type"):
        record.update(type="AAAA", data="2001:db8::1")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "TLSA", "x")


# Operations


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("conflict", RecordAlreadyExistsError),
        ("busy", RecordAlreadyExistsError),
        ("forbidden", PermissionDeniedError),
        ("fault", ProviderError),
    ],
)
def test_failed_operation_raises_its_reason(
    zone: Zone, double: HTTPDouble, reason: str, expected: type[Exception]
) -> None:
    double.on("POST", f"{ZONE}/record").reply(json=operation("failure", reason=reason))
    with pytest.raises(expected) as caught:
        zone.create_record("www", "A", "192.0.2.1")
    found: Any = caught.value
    assert found.provider_code == reason


def test_operation_about_something_that_is_gone(record: Record, double: HTTPDouble) -> None:
    said = operation("failure", reason="not-found")
    double.on("DELETE", RECORD).reply(json=said)
    with pytest.raises(RecordDoesNotExistError) as caught:
        record.delete()
    assert caught.value.http_code == 404


def test_operation_that_is_in_conflict_with_a_deletion(record: Record, double: HTTPDouble) -> None:
    double.on("DELETE", RECORD).reply(json=operation("failure", reason="busy"))
    with pytest.raises(ConflictError):
        record.delete()


def test_operation_that_never_ends_is_given_up(
    record: Record, double: HTTPDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libcloud.common.exoscale.OPERATION_TIMEOUT", 0)
    double.on("DELETE", RECORD).reply(json=operation("pending"))
    with pytest.raises(WaitTimeoutError):
        record.delete()


def test_operation_that_does_not_say_what_it_made(zone: Zone, double: HTTPDouble) -> None:
    double.on("POST", f"{ZONE}/record").reply(json=operation())
    with pytest.raises(MalformedResponseError):
        zone.create_record("www", "A", "192.0.2.1")


def test_refused_record_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    double.on("POST", f"{ZONE}/record").reply(400, json={"message": "Invalid content"})
    with pytest.raises(BaseHTTPError, match="Invalid content") as caught:
        zone.create_record("www", "A", "nonsense")
    assert caught.value.http_code == 400


class TestExoscaleErrors(DNSDriverErrors):
    """The description has no examples of errors; they go by their statuses."""

    bad_credentials = answer(401, json={"message": "Invalid request signature"})
    not_found = answer(404, json={"message": "Not Found"})
    exists = answer(409, json={"message": "Conflict"})
    rate_limit = answer(429, json={"message": "Too Many Requests"})
    answers_nothing = frozenset()

    @pytest.fixture
    def driver(self) -> ExoscaleDNSDriver:
        return ExoscaleDNSDriver("EXO123", "secret")

    def zone_of(self, driver: Any) -> Zone:
        return Zone(ZONE_ID, "example.com", "master", None, driver)
