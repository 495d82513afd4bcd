"""
PowerDNS: what a real server does not do on demand, and what goes over the wire.

Answers are those of PowerDNS 4.7.3; requests and answers are checked against the published
description. What the server does with them is in ``tests/conformance/test_dns_powerdns.py``.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from libcloud.common.errors import (
    BaseHTTPError,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    RateLimitReachedError,
    ServiceUnavailableError,
    UnsupportedOperation,
)
from libcloud.common.retry import RetryPolicy
from libcloud.dns.base import Zone
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)
from libcloud.testing.base import run_in_threads
from libcloud.testing.http import Answer, HTTPDouble, Request, answer
from libcloud.testing.specs import openapi
from tests.faults.server import FaultServer, truncate
from tests.faults.server import answer as correct_answer

ZONES = "/api/v1/servers/localhost/zones"
ZONE = f"{ZONES}/example.com."

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def rrset(name: str, type: str, *contents: str, ttl: int = 300, **more: Any) -> dict[str, Any]:
    records = [{"content": content, "disabled": False} for content in contents]
    return {"name": name, "type": type, "ttl": ttl, "records": records, "comments": [], **more}


def zone_body(*rrsets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "account": "",
        "api_rectify": False,
        "catalog": "",
        "dnssec": False,
        "edited_serial": 2026112101,
        "id": "example.com.",
        "kind": "Native",
        "last_check": 0,
        "master_tsig_key_ids": [],
        "masters": [],
        "name": "example.com.",
        "notified_serial": 0,
        "nsec3narrow": False,
        "nsec3param": "",
        "rrsets": list(rrsets),
        "serial": 2026112101,
        "slave_tsig_key_ids": [],
        "soa_edit": "",
        "soa_edit_api": "DEFAULT",
        "url": "/api/v1/servers/localhost/zones/example.com.",
        **more,
    }


def replacing(name: str, type: str, *contents: str, ttl: int = 300) -> dict[str, Any]:
    body = rrset(name, type, *contents, ttl=ttl, changetype="REPLACE")
    del body["comments"]
    return body


WWW = rrset("www.example.com.", "A", "192.0.2.1", "192.0.2.2")


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=openapi("powerdns.yaml.gz")) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> PowerDNSDriver:
    retry = RetryPolicy(delay=0, max_delay=0)
    return double.attach(PowerDNSDriver("secret", host="127.0.0.1", port=8081, retry=retry))


@pytest.fixture
def zone(driver: PowerDNSDriver) -> Zone:
    return Zone("example.com.", "example.com", "master", None, driver)


# The driver itself


def test_driver_is_registered() -> None:
    assert get_driver(Provider.POWERDNS) is PowerDNSDriver


def test_constructor_loads_neither_requests_nor_lxml() -> None:
    program = (
        "import sys; from libcloud.dns.providers import get_driver; "
        "get_driver('powerdns')('key', host='127.0.0.1'); "
        "sys.exit(bool({'requests', 'lxml', 'dns'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_api_version_that_is_unknown_is_refused() -> None:
    with pytest.raises(UnsupportedOperation, match="v3"):
        PowerDNSDriver("secret", host="127.0.0.1", api_version="v3")


@pytest.mark.parametrize("arguments", [{}, {"api_version": "v1"}, {"api_version": "experimental"}])
def test_api_is_v1_by_all_its_names(arguments: dict[str, str]) -> None:
    with HTTPDouble() as double:
        driver = PowerDNSDriver("secret", host="127.0.0.1", **arguments)
        double.on("GET", "/api/v1/servers/localhost/zones").reply(json=[])
        assert double.attach(driver).list_zones() == []


def test_update_zone_sends_what_shall_change(
    driver: PowerDNSDriver, double: HTTPDouble, zone: Zone
) -> None:
    double.on("PUT", ZONE, json={"kind": "Slave", "account": "me"}).reply(204)
    double.on("GET", ZONE, query={"rrsets": "false"}).reply(json=zone_body(kind="Slave"))
    assert zone.update(type="slave", extra={"account": "me"}).type == "slave"


def test_update_zone_does_not_rename(driver: PowerDNSDriver, zone: Zone) -> None:
    with pytest.raises(UnsupportedOperation, match="rename"):
        zone.update(domain="other.example.org")


def test_requests_carry_the_key(driver: PowerDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", ZONES, headers={"X-API-Key": "secret"}).reply(json=[])
    assert driver.list_zones() == []


# Zones


def test_list_zones_has_everything_but_the_records(
    driver: PowerDNSDriver, double: HTTPDouble
) -> None:
    body = zone_body(kind="Slave", masters=["192.0.2.53"])
    del body["rrsets"]
    double.on("GET", ZONES).reply(json=[body])
    (zone,) = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "example.com.",
        "example.com",
        "slave",
        None,
    )
    assert zone.extra["masters"] == ["192.0.2.53"]
    assert zone.extra["serial"] == 2026112101
    assert "rrsets" not in zone.extra


@pytest.mark.parametrize("zone_id", ["example.com", "example.com."])
def test_get_zone_takes_an_id_with_and_without_final_dot(
    driver: PowerDNSDriver, double: HTTPDouble, zone_id: str
) -> None:
    double.on("GET", ZONE, query={"rrsets": "false"}).reply(json=zone_body())
    assert driver.get_zone(zone_id).domain == "example.com"


@pytest.mark.parametrize(
    ("status", "text", "json"),
    [
        (404, "Not Found", None),
        (404, None, {"error": "Could not find domain 'example.com.'"}),
        (422, None, {"error": "Could not find domain 'example.com.'"}),
    ],
)
def test_get_zone_that_is_absent_raises_zone_does_not_exist(
    driver: PowerDNSDriver, double: HTTPDouble, status: int, text: str | None, json: Any
) -> None:
    double.spec = None  # Plain text, and statuses of old versions, are not described.
    double.on("GET", ZONE, query={"rrsets": "false"}).reply(status, text=text, json=json)
    with pytest.raises(ZoneDoesNotExistError) as caught:
        driver.get_zone("example.com")
    assert (caught.value.zone_id, caught.value.http_code) == ("example.com", status)


def test_create_zone_sends_what_extra_says(driver: PowerDNSDriver, double: HTTPDouble) -> None:
    double.on(
        "POST",
        ZONES,
        query={"rrsets": "false"},
        json={
            "name": "example.com.",
            "kind": "Slave",
            "nameservers": [],
            "masters": ["192.0.2.53"],
        },
    ).reply(201, json=zone_body(kind="Slave"))
    zone = driver.create_zone("Example.com", type="slave", extra={"masters": ["192.0.2.53"]})
    assert zone.type == "slave"


def test_create_zone_that_exists_raises_zone_already_exists(
    driver: PowerDNSDriver, double: HTTPDouble
) -> None:
    double.spec = None
    double.on("POST", ZONES, query={"rrsets": "false"}).reply(409, text="Conflict").exactly(1)
    with pytest.raises(ZoneAlreadyExistsError) as caught:
        driver.create_zone("example.com")
    assert caught.value.http_code == 409


# Records


def test_list_records_is_one_request(zone: Zone, double: HTTPDouble) -> None:
    body = zone_body(WWW, rrset("example.com.", "MX", "10 mail.example.com.", ttl=60))
    double.on("GET", ZONE).reply(json=body).exactly(1)
    records = zone.list_records()
    assert [(record.id, record.name, record.data, record.ttl) for record in records] == [
        ("A:www:192.0.2.1", "www", "192.0.2.1", 300),
        ("A:www:192.0.2.2", "www", "192.0.2.2", 300),
        ("MX::10 mail.example.com.", "", "mail.example.com.", 60),
    ]
    assert records[2].extra == {"priority": 10, "disabled": False}


def test_list_records_shows_what_is_not_of_its_type(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_body(rrset("example.com.", "MX", "nonsense")))
    assert [record.data for record in zone.list_records()] == ["nonsense"]


def test_create_record_writes_the_whole_set(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_body(WWW))
    new = replacing("www.example.com.", "A", "192.0.2.1", "192.0.2.2", "192.0.2.3")
    double.on("PATCH", ZONE, json={"rrsets": [new]}).reply(204)
    record = zone.create_record("WWW.example.com", "A", "192.0.2.3")
    assert (record.id, record.name, record.ttl) == ("A:www:192.0.2.3", "www", 300)


def test_create_record_that_exists_raises_record_already_exists(
    zone: Zone, double: HTTPDouble
) -> None:
    body = zone_body(rrset("example.com.", "NS", "ns1.example.net."))
    double.on("GET", ZONE).reply(json=body)
    with pytest.raises(RecordAlreadyExistsError) as caught:
        zone.create_record("", "NS", "NS1.example.net")
    assert caught.value.record_id == "NS::ns1.example.net."


def test_update_record_to_another_name_is_one_change(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_body(WWW))

    def check(request: Request) -> Answer:
        sets = {each["name"]: each for each in request.json["rrsets"]}
        assert sets == {
            "www.example.com.": replacing("www.example.com.", "A", "192.0.2.2"),
            "new.example.com.": replacing("new.example.com.", "A", "192.0.2.1"),
        }
        return answer(204)

    double.on("PATCH", ZONE).reply_with(check)
    assert zone.list_records()[0].update(name="new").id == "A:new:192.0.2.1"


def test_delete_record_that_is_the_last_deletes_the_set(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_body(rrset("www.example.com.", "A", "192.0.2.1")))
    gone = replacing("www.example.com.", "A", ttl=0)
    double.on("PATCH", ZONE, json={"rrsets": [gone]}).reply(204)
    assert zone.list_records()[0].delete() is True


def test_record_that_was_changed_elsewhere_raises_record_does_not_exist(
    zone: Zone, double: HTTPDouble
) -> None:
    double.on("GET", ZONE).reply(json=zone_body(WWW)).reply(json=zone_body())
    record = zone.list_records()[0]
    for change in (record.delete, lambda: record.update(data="192.0.2.9")):
        with pytest.raises(RecordDoesNotExistError) as caught:
            change()
        assert caught.value.record_id == record.id


def test_unknown_type_makes_no_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError, match="NOSUCHTYPE"):
        zone.create_record("www", "NOSUCHTYPE", "x")


def test_threads_change_one_zone_one_after_the_other(zone: Zone, double: HTTPDouble) -> None:
    stored = {"rrsets": [WWW]}
    lock = threading.Lock()

    def read(request: Request) -> Answer:
        with lock:
            return answer(json=zone_body(*stored["rrsets"]))

    def write(request: Request) -> Answer:
        with lock:
            (new,) = request.json["rrsets"]
            stored["rrsets"] = [{**new, "comments": []}]
            del stored["rrsets"][0]["changetype"]
        return answer(204)

    double.serve("GET", ZONE, read)
    double.serve("PATCH", ZONE, write)

    def create(number: int) -> Callable[[], Any]:
        return lambda: zone.create_record("www", "A", f"192.0.2.{number + 10}")

    run_in_threads(create(number) for number in range(16))
    assert len(stored["rrsets"][0]["records"]) == 18


# What goes wrong


def test_wrong_key_raises_invalid_creds(driver: PowerDNSDriver, double: HTTPDouble) -> None:
    double.spec = None
    double.on("GET", ZONES).reply(401, text="Unauthorized")
    with pytest.raises(InvalidCredsError, match="Unauthorized"):
        driver.list_zones()


def test_refused_change_says_what_the_server_says(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_body())
    body = {"error": "RRset www.example.com. IN A: refused", "errors": ["one", "two"]}
    double.on("PATCH", ZONE).reply(422, json=body).exactly(1)
    with pytest.raises(BaseHTTPError) as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert str(caught.value) == "RRset www.example.com. IN A: refused: one; two"
    assert caught.value.http_code == 422


def test_rate_limit_is_waited_for(driver: PowerDNSDriver, double: HTTPDouble) -> None:
    double.spec = None
    double.on("GET", ZONES).reply(429).reply(503).reply(json=[])
    assert driver.list_zones() == []


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimitReachedError), (503, ServiceUnavailableError)]
)
def test_proxy_that_stays_busy(
    driver: PowerDNSDriver, double: HTTPDouble, status: int, error: type[Exception]
) -> None:
    double.spec = None
    double.on("GET", ZONES).reply(status, text="<html>busy</html>").exactly(3)
    with pytest.raises(error):
        driver.list_zones()


def test_create_zone_is_not_sent_twice(driver: PowerDNSDriver, double: HTTPDouble) -> None:
    double.on("POST", ZONES, query={"rrsets": "false"}).fail().exactly(1)
    with pytest.raises(NetworkError) as caught:
        driver.create_zone("example.com")
    assert isinstance(caught.value, requests.RequestException)


def test_change_of_records_is_sent_again_after_a_cut_connection(
    zone: Zone, double: HTTPDouble
) -> None:
    double.on("GET", ZONE).reply(json=zone_body())
    double.on("PATCH", ZONE).fail().reply(204)
    assert zone.create_record("www", "A", "192.0.2.1").id == "A:www:192.0.2.1"


@pytest.mark.parametrize(
    "odd",
    [
        {"name": None},
        {"name": "no name \u2603.example.com."},
        {"type": None},
        {"type": []},
        {"ttl": "soon"},
        {"records": [{"content": 5}]},
    ],
    ids=str,
)
def test_strange_record_sets_raise_malformed_response(
    zone: Zone, double: HTTPDouble, odd: dict[str, Any]
) -> None:
    double.spec = None
    rrset = {"name": "www.example.com.", "type": "A", "ttl": 60, "records": [{"content": "x"}]}
    double.on("GET", ZONE).reply(json={"rrsets": [{**rrset, **odd}]})
    with pytest.raises(MalformedResponseError):
        zone.list_records()


@pytest.mark.parametrize("body", ["<html>hello</html>", "{", '["x"]', "{}", "[{}]", "7", ""])
def test_strange_answers_raise_malformed_response(
    driver: PowerDNSDriver, zone: Zone, double: HTTPDouble, body: str
) -> None:
    double.spec = None
    double.on("GET", ZONES).reply(text=body)
    double.on("GET", ZONE).reply(text=body)
    with pytest.raises(MalformedResponseError):
        zone.list_records()
    with pytest.raises(MalformedResponseError):
        driver.list_zones()


def test_listing_that_was_cut_short_is_no_listing() -> None:
    body = b'[{"id": "example.com.", "name": "example.com.", "kind": "Native"}'
    with FaultServer() as server:
        driver = PowerDNSDriver("secret", host="127.0.0.1", port=server.port, retry=None)
        server.script(truncate(body, len(body) + 1, "application/json"))
        with pytest.raises(NetworkError):
            driver.list_zones()


def test_server_whose_database_is_busy_is_asked_again() -> None:
    with FaultServer() as server:
        driver = PowerDNSDriver("secret", host="127.0.0.1", port=server.port, retry_delay=0.01)
        server.script(
            correct_answer(200, b'{"rrsets": []}', "application/json"),
            correct_answer(500, b"Internal Server Error"),
            correct_answer(204),
        )
        zone = Zone("example.com.", "example.com", "master", None, driver)
        zone.create_record("www", "A", "192.0.2.1")
        assert [request.method for request in server.received] == ["GET", "PATCH", "PATCH"]
