"""What drivers see of the arguments of ``create_record`` and ``update_record``."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import changed_content, data_and_extra, new_content
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.errors import about_new_record, about_record
from libcloud.dns.types import (
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneDoesNotExistError,
)


class AcmeDriver(DNSDriver):
    RECORD_TYPE_MAP = {type: type for type in ("A", "CAA", "CNAME", "MX", "SRV", "TLSA", "TXT")}


DRIVER = AcmeDriver("key", "secret")
ZONE = Zone("1", "example.com", "master", None, DRIVER)


def record(type: str, data: str, **extra: Any) -> Record:
    return Record("1", "www", type, data, ZONE, DRIVER, 60, extra)


@pytest.mark.parametrize(
    ("arguments", "data", "numbers"),
    [
        (("A", "192.0.2.1", {}), "192.0.2.1", {}),
        (("MX", "10 mail", {}), "mail.example.com.", {"priority": 10}),
        (("MX", "mail.example.net", {"priority": 5}), "mail.example.net.", {"priority": 5}),
        (("TXT", '"a" "b"', {}), "ab", {}),
        (("TXT", 'a "b"', {}), 'a "b"', {}),
        (("CNAME", "@", {}), "example.com.", {}),
    ],
)
def test_new_content_says_it_in_one_form(
    arguments: tuple[Any, ...], data: str, numbers: dict[str, int]
) -> None:
    content = new_content(DRIVER, ZONE, "WWW.example.com.", *arguments)
    assert (content.name, content.data, content.numbers, content.ttl) == (
        "WWW",
        data,
        numbers,
        None,
    )


def test_new_content_takes_data_apart() -> None:
    content = new_content(DRIVER, ZONE, None, "CAA", "0 issue ca.example", {"ttl": "60"})
    assert content.parts == {"flags": 0, "tag": "issue", "value": "ca.example"}
    assert (content.name, content.ttl) == ("", 60)


def test_new_content_of_a_type_that_the_provider_lacks() -> None:
    with pytest.raises(LibcloudError):
        new_content(DRIVER, ZONE, "www", "NAPTR", "x")


@pytest.mark.parametrize(
    ("old", "arguments", "rdata"),
    [
        (record("A", "192.0.2.1"), (None, None, None, {}), "192.0.2.1"),
        (record("MX", "a.example", priority=5), (None, None, "b.example", {}), "5 b.example."),
        (
            record("MX", "a.example", priority=5),
            (None, None, None, {"priority": 7}),
            "7 a.example.",
        ),
        (record("MX", "a.example", priority=5), (None, "TXT", "text", {}), '"text"'),
        (
            record("CAA", '0 issue "ca.example"', tag="issue"),
            (None, None, None, {"tag": "issuewild"}),
            '0 issuewild "ca.example"',
        ),
        (record("TLSA", "3 1 1 ab"), (None, None, None, {"usage": 2}), "2 1 1 ab"),
        (
            record("SRV", "h.example", priority=1, weight=2, port=3),
            (None, None, None, {"port": 4}),
            "1 2 4 h.example.",
        ),
    ],
)
def test_changed_content_keeps_what_is_not_given(
    old: Record, arguments: tuple[Any, ...], rdata: str
) -> None:
    content = changed_content(DRIVER, old, *arguments)
    assert (content.name, content.rdata, content.ttl) == ("www", rdata, 60)


def test_changed_content_moves_to_the_apex() -> None:
    content = changed_content(DRIVER, record("A", "192.0.2.1"), "@", None, None, {"ttl": 5})
    assert (content.name, content.ttl) == ("", 5)


@pytest.mark.parametrize(
    ("type", "parts", "data", "numbers"),
    [
        ("MX", {"target": "a.example", "priority": "5"}, "a.example", {"priority": 5}),
        ("CAA", {"flags": 0, "tag": "issue", "value": "x"}, '0 issue "x"', {}),
        ("TXT", {"value": '"a" "b"'}, "ab", {}),
        ("SOA", {"value": "1800"}, "1800", {}),
        ("A", {"value": "192.0.2.1", "priority": None}, "192.0.2.1", {}),
    ],
)
def test_data_and_extra_of_what_a_provider_says(
    type: str, parts: dict[str, Any], data: str, numbers: dict[str, int]
) -> None:
    assert data_and_extra(type, parts) == (data, numbers)


@pytest.mark.parametrize(
    ("context", "raised", "expected"),
    [
        (about_record(DRIVER, "1"), ResourceNotFoundError, RecordDoesNotExistError),
        (about_record(DRIVER, "1"), ResourceExistsError, RecordAlreadyExistsError),
        (about_new_record(DRIVER, "1", "w"), ResourceNotFoundError, ZoneDoesNotExistError),
        (about_new_record(DRIVER, "1", "w"), ResourceExistsError, RecordAlreadyExistsError),
    ],
)
def test_errors_of_a_request_are_about_a_record(
    context: Any, raised: Any, expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught, context:
        error = raised("said so")
        error.request_id = "r-1"
        raise error
    assert caught.value.request_id == "r-1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("context", [about_record(DRIVER, "1"), about_new_record(DRIVER, "1", "w")])
def test_errors_of_the_domain_stay_what_they_are(context: Any) -> None:
    error = ZoneDoesNotExistError("no such zone", DRIVER, "2")
    with pytest.raises(ZoneDoesNotExistError) as caught, context:
        raise error
    assert caught.value is error


OUTSIDE = ["www.other.net.", "com.", "notexample.com."]


@pytest.mark.parametrize("name", OUTSIDE)
def test_name_outside_the_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not in the zone example\.com"):
        new_content(DRIVER, ZONE, name, "A", "192.0.2.1")
    with pytest.raises(ValueError, match=r"is not in the zone example\.com"):
        changed_content(DRIVER, record("A", "192.0.2.1"), name, None, None)


@pytest.mark.parametrize("name", OUTSIDE)
def test_name_outside_the_zone_is_refused_where_the_unit_is_the_set(name: str) -> None:
    driver = PowerDNSDriver("key")
    zone = Zone("example.com.", "example.com", "master", None, driver)
    with pytest.raises(ValueError, match=r"is not in the zone example\.com"):
        driver.create_record(name, zone, "A", "192.0.2.1")
    there = Record("A:www:192.0.2.1", "www", "A", "192.0.2.1", zone, driver, 60)
    with pytest.raises(ValueError, match=r"is not in the zone example\.com"):
        driver.update_record(there, name=name)


def test_incomplete_data_names_the_record() -> None:
    with pytest.raises(ValueError, match=r"www\.example\.com\. CNAME"):
        new_content(DRIVER, ZONE, "www", "CNAME", "")
    with pytest.raises(ValueError, match=r"www\.example\.com\. CNAME"):
        changed_content(DRIVER, record("CNAME", "host.example."), None, None, "")
    driver = PowerDNSDriver("key")
    zone = Zone("example.com.", "example.com", "master", None, driver)
    with pytest.raises(ValueError, match=r"www\.example\.com\. MX"):
        driver.create_record("www", zone, "MX", "10 20 mail")
