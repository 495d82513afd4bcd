"""
bunny.net: what goes over the wire, as https://docs.bunny.net/api-reference/core/dns-zone/ has it.

What a whole zone goes through is in ``tests/conformance/test_dns_bunny.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from libcloud.common.errors import LibcloudError, NetworkError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.bunny import BunnyDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer

ZONE = "/dnszone/7"
RECORDS = f"{ZONE}/records"


def item(**more: Any) -> dict[str, Any]:
    none = {"Priority": 0, "Weight": 0, "Port": 0, "Flags": 0, "Tag": "", "Comment": ""}
    record = {"Id": 42, "Type": 0, "Ttl": 300, "Value": "192.0.2.1", "Name": "www"}
    return {**record, **none, "Disabled": False, "EnviromentalVariables": [], **more}


def zone_body(*records: dict[str, Any]) -> dict[str, Any]:
    return {"Id": 7, "Domain": "example.com", "SoaEmail": "a@b.example", "Records": [*records]}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> BunnyDNSDriver:
    return double.attach(BunnyDNSDriver("api-key"))


@pytest.fixture
def zone(driver: BunnyDNSDriver) -> Zone:
    return Zone("7", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.BUNNY) is BunnyDNSDriver


def test_zones_are_listed_page_by_page(driver: BunnyDNSDriver, double: HTTPDouble) -> None:
    for page in (1, 2):
        body = {"Items": [{**zone_body(item()), "Id": page}], "HasMoreItems": page == 1}
        query = {"page": page, "perPage": 1000}
        double.on("GET", "/dnszone", query=query, headers={"AccessKey": "api-key"}).reply(json=body)
    first, second = driver.list_zones()
    assert (first.id, first.domain, first.ttl) == ("1", "example.com", None)
    assert (second.id, second.extra) == ("2", {"SoaEmail": "a@b.example"})


def test_create_zone_of_another_type_is_refused(driver: BunnyDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"Type": 0, "Name": "www"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"Type": 0, "Ttl": 60}),
        (("", "A", "192.0.2.1", {"Weight": 50, "Comment": "x"}), {"Weight": 50, "Comment": "x"}),
        (("a.example.com", "CNAME", "@", None), {"Type": 2, "Name": "a", "Value": "example.com"}),
        (("", "ALIAS", "h.example.net.", None), {"Type": 6, "Value": "h.example.net"}),
        (
            ("", "MX", "mail", {"priority": 7}),
            {"Type": 4, "Value": "mail.example.com", "Priority": 7},
        ),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {
                "Type": 8,
                "Name": "_s._tcp",
                "Value": "h.example.net",
                "Priority": 1,
                "Weight": 2,
                "Port": 3,
            },
        ),
        (
            ("", "CAA", '128 issue "ca.example"', None),
            {"Type": 9, "Value": "ca.example", "Flags": 128, "Tag": "issue"},
        ),
        (("", "TXT", '"say \\"hi\\"."', None), {"Type": 3, "Value": 'say "hi".'}),
        (("", "TLSA", "3 1 1 abcd", None), {"Type": 15, "Value": "3 1 1 abcd"}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"Name": "xn--bcher-kva"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"Type": 0, "Name": "", "Value": "192.0.2.1", **sent}
    double.on("PUT", RECORDS, json=body).reply(201, json=item(**body))
    record = zone.create_record(*arguments)
    assert (record.id, record.name, record.type) == ("42", body["Name"], arguments[1])
    for key in ("priority", "weight", "port"):
        if arguments[1] in ("MX", "SRV") and key in (arguments[3] or {}):
            assert record.extra[key] == arguments[3][key]


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    items = [
        item(Comment="hello", Weight=100),
        item(Type=4, Name="", Value="mx.example.net", Priority=10),
        item(Type=8, Value="h.example.net", Priority=1, Weight=2, Port=3),
        item(Type="CAA", Value="ca.example", Flags=0, Tag="issue"),
        item(Type=7, Value="pull"),
        item(Type="Flatten", Value="h.example.net"),
    ]
    double.on("GET", ZONE).reply(json=zone_body(*items)).reply(json=zone_body(*items))
    www, mail, service, caa, pull, flat = zone.list_records()
    assert (www.name, www.data, www.ttl) == ("www", "192.0.2.1", 300)
    assert www.extra == {"Comment": "hello", "Weight": 100, "Disabled": False}
    assert (mail.name, mail.data, mail.extra["priority"]) == ("", "mx.example.net", 10)
    assert (service.extra["priority"], service.extra["weight"], service.extra["port"]) == (1, 2, 3)
    assert "Weight" not in service.extra
    assert caa.data == '0 issue "ca.example"'
    assert (pull.type, flat.type) == ("PullZone", "ALIAS")
    assert "pull" not in zone.export_to_bind_format()


def test_update_record_says_again_what_the_record_has(zone: Zone, double: HTTPDouble) -> None:
    extra = {"Comment": "hello", "Disabled": True}
    record = Record("42", "www", "A", "192.0.2.1", zone, zone.driver, 300, extra)
    body = {"Id": 42, "Type": 0, "Name": "www", "Value": "192.0.2.9", "Ttl": 300, **extra}
    double.on("POST", f"{RECORDS}/42", json=body).reply(204)
    changed = record.update(data="192.0.2.9")
    assert (changed.id, changed.data, changed.ttl, changed.extra) == (
        "42",
        "192.0.2.9",
        300,
        extra,
    )


def test_get_record_that_is_not_there(driver: BunnyDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_body(item()))
    with pytest.raises(RecordDoesNotExistError):
        driver.get_record("7", "43")


def test_new_record_is_not_sent_twice(zone: Zone, double: HTTPDouble) -> None:
    double.on("PUT", RECORDS).fail(requests.ConnectionError("reset")).exactly(1)
    with pytest.raises(NetworkError):
        zone.create_record("www", "A", "192.0.2.1")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    for type in ("NAPTR", "PullZone"):
        with pytest.raises(LibcloudError):
            zone.create_record("www", type, "x")


class TestBunnyErrors(DNSDriverErrors):
    """The form of https://docs.bunny.net/api-reference/core/dns-zone/update-dns-record"""

    bad_credentials = answer(
        401, json={"ErrorKey": "unauthorized", "Field": "", "Message": "Unauthorized"}
    )
    not_found = answer(
        404, json={"ErrorKey": "not_found", "Field": "Id", "Message": "There is no such ID"}
    )
    exists = answer(400, json={"ErrorKey": "x", "Field": "Domain", "Message": "It exists already"})
    rate_limit = answer(429)

    answers_nothing = frozenset({"delete_zone", "delete_record", "update_record"})

    @pytest.fixture
    def driver(self) -> BunnyDNSDriver:
        return BunnyDNSDriver("api-key")

    def zone_of(self, driver: Any) -> Zone:
        return Zone("7", "example.com", "master", None, driver)
