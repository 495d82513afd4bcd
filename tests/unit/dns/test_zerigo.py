"""
Zerigo: what went over the wire.

Fields are those of http://www.zerigo.com/docs/apis/dns/1.1/zones and
http://www.zerigo.com/docs/apis/dns/1.1/hosts, bodies like those that 3.9 sends. What a whole zone
goes through is in ``tests/conformance/test_dns_zerigo.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, ProviderClosedWarning, UnsupportedOperation
from libcloud.common.xml import parse_xml
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.zerigo import ZerigoDNSDriver, ZerigoError
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.common.errors.ProviderClosedWarning")

API = "/api/1.1"
ZONE = """<zone>
  <custom-nameservers>ns1.example.com,ns2.example.com</custom-nameservers>
  <custom-ns type="boolean">true</custom-ns>
  <default-ttl type="integer">600</default-ttl>
  <domain>example.com</domain>
  <hostmaster>dnsadmin@example.com</hostmaster>
  <id type="integer">12345</id>
  <notes>test foo bar</notes>
  <ns-type>pri_sec</ns-type>
  <nx-ttl nil="true"></nx-ttl>
  <slave-nameservers></slave-nameservers>
  <tag-list>one two</tag-list>
</zone>"""


def host(**more: str) -> str:
    fields = {"id": "7", "hostname": "www", "host-type": "A", "data": "192.0.2.1", "ttl": "300"}
    fields = {**fields, **{name.replace("_", "-"): text for name, text in more.items()}}
    return f"<host>{''.join(f'<{name}>{text}</{name}>' for name, text in fields.items())}</host>"


def sent(double: HTTPDouble, number: int = 0) -> dict[str, str | None]:
    return {child.tag: child.text for child in parse_xml(double.requests[number].body)}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> ZerigoDNSDriver:
    return double.attach(ZerigoDNSDriver("me@example.com", "token"))


@pytest.fixture
def zone(driver: ZerigoDNSDriver) -> Zone:
    return Zone("12345", "example.com", "master", 600, driver, {"notes": "old", "tags": []})


def test_driver_warns_that_the_provider_is_closed() -> None:
    with pytest.warns(ProviderClosedWarning, match="Zerigo DNS is closed: since 2014"):
        get_driver(Provider.ZERIGO)("me@example.com", "token")


def test_list_zones_over_pages(driver: ZerigoDNSDriver, double: HTTPDouble) -> None:
    login = {"Authorization": "Basic bWVAZXhhbXBsZS5jb206dG9rZW4="}
    for page in (1, 2):
        query = {"per_page": 100, "page": page}
        double.on("GET", f"{API}/zones.xml", query=query, headers=login).reply(
            text=f'<zones type="array">{ZONE}</zones>', headers={"X-Query-Count": "101"}
        )
    zone, _ = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("12345", "example.com", "master", 600)
    assert zone.extra == {
        "hostmaster": "dnsadmin@example.com",
        "custom-ns": "true",
        "custom-nameservers": "ns1.example.com,ns2.example.com",
        "notes": "test foo bar",
        "nx-ttl": None,
        "slave-nameservers": "",
        "tags": ["one", "two"],
    }


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({}, {"ns-type": "pri_sec"}),
        (
            {"type": "slave", "ttl": 60, "extra": {"ns1": "192.0.2.53", "tag-list": ["a", "b"]}},
            {"ns-type": "sec", "default-ttl": "60", "tag-list": "a b", "ns1": "192.0.2.53"},
        ),
        ({"type": "std_master", "extra": {"strange": 1}}, {"ns-type": "pri"}),
    ],
)
def test_create_zone(
    driver: ZerigoDNSDriver, double: HTTPDouble, options: dict[str, Any], fields: dict[str, str]
) -> None:
    double.on("POST", f"{API}/zones.xml").reply(201, text=ZONE)
    assert driver.create_zone("Example.com.", **options).id == "12345"
    assert sent(double) == {"domain": "example.com", **fields}
    assert double.requests[0].headers["Content-Type"] == "application/xml; charset=UTF-8"


def test_zone_of_another_type_or_name_is_refused(driver: ZerigoDNSDriver, zone: Zone) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="forward")
    with pytest.raises(UnsupportedOperation):
        zone.update("example.org")


def test_update_zone_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    double.on("PUT", f"{API}/zones/12345.xml").reply(text=" ")
    updated = zone.update(type="slave", extra={"ns1": "192.0.2.53"})
    assert sent(double) == {"ns-type": "sec", "ns1": "192.0.2.53"}
    assert (updated.type, updated.ttl) == ("slave", 600)
    assert updated.extra == {"notes": "old", "tags": [], "ns1": "192.0.2.53"}


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        (("www", "A", "192.0.2.1", None), {"hostname": "www", "data": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"data": "192.0.2.1", "ttl": "60"}),
        (("a", "CNAME", "@", {"notes": "n"}), {"hostname": "a", "data": "example.com"}),
        (("", "MX", "5 mx.example.net.", None), {"data": "mx.example.net", "priority": "5"}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"hostname": "_s._tcp", "data": "2 3 h.example.net", "priority": "1"},
        ),
        (("", "TXT", "a <b> & c.", None), {"data": "a <b> & c."}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], fields: dict[str, str]
) -> None:
    double.on("POST", f"{API}/zones/12345/hosts.xml").reply(201, text=host())
    record = zone.create_record(*arguments)
    notes = {"notes": "n"} if arguments[1] == "CNAME" else {}
    assert sent(double) == {"hostname": None, "host-type": arguments[1], **fields, **notes}
    assert (record.id, record.name, record.ttl) == ("7", "www", 300)


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    srv = host(host_type="SRV", data="2 3 h.example.net", priority="1", fqdn="www.example.com")
    text = host(host_type="TXT", hostname="", ttl="")
    double.on("GET", f"{API}/zones/12345/hosts.xml", query={"per_page": 100, "page": 1}).reply(
        text=f"<hosts>{srv}{text}</hosts>"
    )
    shown, other = zone.list_records()
    numbers = {"priority": 1, "weight": 2, "port": 3}
    rest = {"notes": None, "state": None, "fqdn": "www.example.com", "ttl": 300}
    assert (shown.data, shown.extra) == ("h.example.net", {**rest, **numbers})
    assert (other.name, other.ttl, other.extra["priority"]) == ("", None, None)


def test_update_record_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    extra = {"priority": 10, "ttl": 300, "notes": "n"}
    record = Record("7", "", "MX", "mx.example.net", zone, zone.driver, 300, extra)
    double.on("PUT", f"{API}/hosts/7.xml").reply(text=" ")
    updated = record.update(data="other.example.net", extra={"ttl": 60})
    fields = {"hostname": None, "host-type": "MX", "data": "other.example.net", "ttl": "60"}
    assert sent(double) == {**fields, "priority": "10", "notes": "n"}
    assert (updated.data, updated.ttl) == ("other.example.net", 60)
    assert updated.extra == {"priority": 10, "ttl": 60, "notes": "n"}


def test_transfer_of_a_slave_is_forced(zone: Zone, double: HTTPDouble) -> None:
    double.on("POST", f"{API}/zones/12345/force_slave_axfr.xml").reply(202)
    driver: Any = zone.driver
    assert driver.ex_force_slave_axfr(zone) is zone


def test_zone_of_a_domain(driver: ZerigoDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", f"{API}/zones/example.com.xml").reply(text=ZONE)
    assert driver.ex_get_zone_by_domain("example.com.").id == "12345"


def test_refused_record_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    body = "<errors><error>Data is invalid</error><error>Ttl is too low</error></errors>"
    double.on("POST", f"{API}/zones/12345/hosts.xml").reply(422, text=body)
    with pytest.raises(ZerigoError, match="Errors: Data is invalid, Ttl is too low") as caught:
        zone.create_record("www", "A", "nonsense")
    error = caught.value
    assert (error.code, error.http_code) == (422, 422)
    assert error.errors == ["Data is invalid", "Ttl is too low"]
    assert repr(error) == "<ZerigoError response code=422, errors count=2>"


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "CAA", '0 issue "ca.example"')


class TestZerigoErrors(DNSDriverErrors):
    """Errors as 3.9 reads them; the words of "exists" are those that Rails has."""

    bad_credentials = answer(401)
    not_found = answer(404)
    exists = answer(422, text="<errors><error>Domain has already been taken</error></errors>")
    answers_nothing = frozenset({*DNSDriverErrors.answers_nothing, "update_zone", "update_record"})

    @pytest.fixture
    def driver(self) -> ZerigoDNSDriver:
        return ZerigoDNSDriver("me@example.com", "token")
