"""
WorldWideDNS: what goes over the wire.

Answers are those of the provider's documentation, https://www.worldwidedns.net/dns_api_protocol.asp.
What a whole zone goes through is in ``tests/conformance/test_dns_worldwidedns.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    LibcloudError,
    QuotaExceededError,
    UnsupportedOperation,
)
from libcloud.common.worldwidedns import (
    DomainBanned,
    ErrorOnReloadInNameServer,
    LimitExceeded,
    WorldWideDNSException,
)
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.worldwidedns import WorldWideDNSDriver, WorldWideDNSError
from libcloud.dns.providers import get_driver
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
)
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import ANY, HTTPDouble, answer, includes

LOGIN = {"NAME": "user", "PASSWORD": "password"}
DOMAIN = {**LOGIN, "DOMAIN": "example.com"}
HEAD = ["hostmaster.example.com", "21600", "7200", "604800", "43200", ""]
CHANGED = "211\r\n212\r\n213\r\n"


def listing(*entries: str, size: int = 6) -> str:
    """A zone as the provider shows it, ``www A 192.0.2.1`` being an entry."""
    lines = [entry.replace(" ", "\x1f", 2) for entry in entries]
    return "\r\n".join([*HEAD, *lines, *["\x1fNONE\x1f"] * (size - len(lines))]) + "\r\n"


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> WorldWideDNSDriver:
    return double.attach(WorldWideDNSDriver("user", "password"))


@pytest.fixture
def zone(driver: WorldWideDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", 43200, driver)


def given(double: HTTPDouble, *entries: str) -> None:
    double.on("GET", "/api_dns_list_domain.asp", query=DOMAIN).reply(text=listing(*entries))


def written(double: HTTPDouble, **entry: str) -> None:
    query = includes({**DOMAIN, "TTL": "43200", **entry})
    double.on("GET", "/api_dns_modify.asp", query=query).reply(text=CHANGED)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.WORLDWIDEDNS) is WorldWideDNSDriver


def test_list_zones_of_both_types(driver: WorldWideDNSDriver, double: HTTPDouble) -> None:
    text = "example.com\x1fP\x1fS\r\nexample.net\x1fS\x1fD\r\n"
    double.on("GET", "/api_dns_list.asp", query=LOGIN).reply(text=text)
    given(double, "www A 192.0.2.1")
    master, slave = driver.list_zones()
    assert (master.id, master.domain, master.type, master.ttl) == (
        "example.com",
        "example.com",
        "master",
        43200,
    )
    assert (slave.id, slave.type, slave.ttl, slave.extra) == ("example.net", "slave", None, {})
    assert master.extra["HOSTMASTER"] == "hostmaster.example.com"
    assert (master.extra["S1"], master.extra["T1"], master.extra["D1"]) == ("www", "A", "192.0.2.1")
    assert (master.extra["S2"], master.extra["T2"], master.extra["D2"]) == ("", "", "")
    assert "S7" not in master.extra


def test_no_zones(driver: WorldWideDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", "/api_dns_list.asp", query=LOGIN).reply(text="")
    assert driver.list_zones() == []


@pytest.mark.parametrize("text", ["192.0.2.53", "2001:db8::53", ""])
def test_get_zone_of_type_slave(driver: WorldWideDNSDriver, double: HTTPDouble, text: str) -> None:
    double.on("GET", "/api_dns_list_domain.asp", query=DOMAIN).reply(text=text)
    zone = driver.get_zone("example.com")
    assert (zone.type, list(driver.iterate_records(zone))) == ("slave", [])
    with pytest.raises(UnsupportedOperation):
        zone.create_record("www", "A", "192.0.2.1")


@pytest.mark.parametrize(
    ("options", "sent"),
    [({}, {"TYPE": 0, "DYN": 1}), ({"type": "slave", "extra": {"DYN": 2}}, {"TYPE": 1, "DYN": 2})],
)
def test_create_zone(
    driver: WorldWideDNSDriver, double: HTTPDouble, options: dict[str, Any], sent: dict[str, int]
) -> None:
    double.on("GET", "/api_dns_new_domain.asp", query={**DOMAIN, **sent}).reply(text="200")
    given(double)
    assert driver.create_zone("Example.com.", **options).id == "example.com"


def test_resellers_have_functions_of_their_own(double: HTTPDouble) -> None:
    driver = double.attach(WorldWideDNSDriver("user", "password", "me"))
    query = {**DOMAIN, "ID": "me"}
    double.on("GET", "/api_dns_new_domain_reseller.asp", query={**query, "TYPE": 0}).reply(
        text="200"
    )
    double.on("GET", "/api_dns_list_domain.asp", query=query).reply(text=listing())
    double.on("GET", "/api_dns_transfer.asp", query={**query, "NEW_ID": "she"}).reply(text="200")
    double.on("GET", "/api_dns_viewzone_reseller.asp", query={**query, "NS": 1}).reply(text="$TTL")
    assert driver.create_zone("example.com").id == "example.com"
    assert driver.ex_transfer_domain("example.com", "she") is True
    assert driver.ex_view_zone("example.com", 1) == "$TTL"


def test_transfer_wants_a_reseller(driver: WorldWideDNSDriver) -> None:
    with pytest.raises(WorldWideDNSError, match="not a reseller"):
        driver.ex_transfer_domain("example.com", "she")


def test_update_zone_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    given(double, "www A 192.0.2.1")
    query = includes({**DOMAIN, "TTL": "60", "HOSTMASTER": "me.example.net", "D1": "192.0.2.1"})
    double.on("GET", "/api_dns_modify.asp", query=query).reply(text=CHANGED)
    zone.update(ttl=60, extra={"HOSTMASTER": "me.example.net"})


def test_update_zone_as_a_text(zone: Zone, double: HTTPDouble) -> None:
    given(double, "www A 192.0.2.1")
    double.on("POST", "/api_dns_modify_raw.asp", query=ANY).reply(text=CHANGED)
    extra = {"ZONENS": "ns1.example.com", "ZONEDATA": "www IN A 192.0.2.1\n"}
    driver: Any = zone.driver
    driver.update_zone(zone, zone.domain, extra=extra, ex_raw=True)
    form = {name: values[0] for name, values in double.requests[1].form.items()}
    assert form["PASSWORD"] == "password"
    assert (form["ZONEDATA"], form["REFRESH"]) == (extra["ZONEDATA"], "21600")
    assert "S1" not in form


def test_update_zone_cannot_rename(zone: Zone) -> None:
    with pytest.raises(UnsupportedOperation):
        zone.update("example.org")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), ("www", "192.0.2.1")),
        ((None, "A", "192.0.2.1", {"ttl": 60}), ("@", "192.0.2.1")),
        (("a.example.com", "CNAME", "@", None), ("a", "example.com")),
        (("", "MX", "mx.example.net.", {"priority": 7}), ("@", "7 mx.example.net")),
        (("_s._tcp", "SRV", "h.example.net", {"port": 3}), ("_s._tcp", "0 0 3 h.example.net")),
        (("", "TXT", "v=spf1 -all", None), ("@", '"v=spf1 -all"')),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_takes_the_first_free_entry(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: tuple[str, str]
) -> None:
    given(double, "one A 192.0.2.7", " NONE ", "two A 192.0.2.8")
    written(double, S1="one", S2=sent[0], T2=arguments[1], D2=sent[1], S3="two", T4="NONE")
    record = zone.create_record(*arguments)
    assert (record.id, record.name, record.ttl) == ("2", sent[0].replace("@", ""), None)


def test_create_record_in_an_entry(zone: Zone, double: HTTPDouble) -> None:
    given(double, "one A 192.0.2.7")
    written(double, S1="www", D1="192.0.2.1", T2="NONE")
    assert zone.create_record("www", "A", "192.0.2.1", {"entry": 1}).id == "1"


def test_create_record_where_no_entry_is_free_or_there_is_no_such_entry(
    zone: Zone, double: HTTPDouble
) -> None:
    given(double, *[f"h{number} A 192.0.2.{number}" for number in range(6)])
    with pytest.raises(WorldWideDNSError, match="full"):
        zone.create_record("www", "A", "192.0.2.1")
    with pytest.raises(WorldWideDNSError, match="no entry 7"):
        zone.create_record("www", "A", "192.0.2.1", {"entry": 7})
    with pytest.raises(RecordAlreadyExistsError):
        zone.create_record("h2", "A", "192.0.2.2")


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    given(double, "@ MX 10 mail.example.net", ' TXT "a" "b"', "x MX strange")
    first, second, third = zone.list_records()
    assert (first.id, first.name, first.data) == ("1", "", "mail.example.net")
    assert (first.extra, second.data) == ({"priority": 10}, "ab")
    assert (third.data, third.extra) == ("strange", {})


def test_record_that_was_moved_is_found_again(zone: Zone, double: HTTPDouble) -> None:
    record = Record("1", "www", "A", "192.0.2.1", zone, zone.driver)
    given(double, "other A 192.0.2.7", "www A 192.0.2.1")
    written(double, S1="other", D1="192.0.2.7", T2="NONE")
    assert record.delete() is True


def test_record_that_was_overwritten_is_gone(zone: Zone, double: HTTPDouble) -> None:
    record = Record("1", "www", "A", "192.0.2.1", zone, zone.driver)
    given(double, "other A 192.0.2.7")
    with pytest.raises(RecordDoesNotExistError):
        record.update(data="192.0.2.2")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("407", LimitExceeded),
        ("409\r\n", DomainBanned),
        ("211\r\n412\r\n213\r\n", ErrorOnReloadInNameServer),
    ],
)
def test_number_of_an_error_raises_its_class(
    driver: WorldWideDNSDriver, double: HTTPDouble, text: str, expected: type[Exception]
) -> None:
    double.on("GET", "/api_dns_new_domain.asp", query=ANY).reply(text=text)
    with pytest.raises(expected) as caught:
        driver.create_zone("example.com")
    error: Any = caught.value
    assert isinstance(error, WorldWideDNSException)
    assert (error.http_code, error.driver) == (200, driver)
    assert str(error.code) in text
    assert isinstance(error, QuotaExceededError) is (expected is LimitExceeded)


def test_error_of_a_proxy_goes_by_its_status(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", "/api_dns_list_domain.asp", query=DOMAIN).reply(500, text="oops")
    with pytest.raises(BaseHTTPError, match="oops"):
        zone.list_records()


class TestWorldWideDNSErrors(DNSDriverErrors):
    """https://www.worldwidedns.net/dns_api_protocol_new_domain.asp and the other functions."""

    bad_credentials = answer(text="403\r\n")
    not_found = answer(text="405")
    exists = answer(text="408")
    unavailable = answer(text="450", status=200)

    not_found_is_the_zone = frozenset(
        {*DNSDriverErrors.not_found_is_the_zone, "update_record", "delete_record"}
    )
    not_found_is_the_record: frozenset[str] = frozenset()
    answers_nothing = frozenset({"delete_zone"})

    @pytest.fixture
    def driver(self) -> WorldWideDNSDriver:
        return WorldWideDNSDriver("user", "password")

    @pytest.mark.parametrize("name", ["create_zone", "create_record"])
    def test_exists(self, driver: Any, name: str) -> None:
        if name == "create_record":
            pytest.skip("the driver looks before: it writes the whole zone")
        super().test_exists(driver, name)
