"""
DurableDNS: what went over the wire.

Requests are those of https://metacpan.org/pod/Net::DNS::DurableDNS and of the script of acme.sh,
answers what 3.9 reads. What a whole zone goes through is in
``tests/conformance/test_dns_durabledns.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.durabledns import DurableDNSException
from libcloud.common.errors import (
    BaseHTTPError,
    LibcloudError,
    ProviderClosedWarning,
    UnsupportedOperation,
)
from libcloud.common.xml import parse_xml
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.durabledns import DurableDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble
from tests.conformance.test_dns_durabledns import fault, fields, items, soap

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.common.errors.ProviderClosedWarning")

LOGIN = {"apiuser": "me", "apikey": "secret"}
ZONE = {
    "origin": "example.com.",
    "ns": "ns1.durabledns.com.",
    "mbox": "support.durabledns.com.",
    "serial": "1437469113",
    "refresh": "28800",
    "retry": "7200",
    "expire": "604800",
    "minimum": "82000",
    "ttl": "3600",
    "xfer": "192.0.2.7",
    "update_acl": "",
}
RECORD = {"id": "7", "name": "www", "type": "A", "data": "192.0.2.1", "aux": "0", "ttl": "300"}
SOA = {"ns": "ns1.durabledns.com.", "refresh": "28800", "retry": "7200", "expire": "604800"}


def on(double: HTTPDouble, method: str, content: str = "<return>Success</return>") -> None:
    path = f"/services/dns/{method}.php"
    query = {"user_id": "me", "key": "secret"}
    headers = {"SOAPAction": f"urn:{method}wsdl#{method}"}
    double.on("POST", path, query=query, headers=headers).reply_with(
        lambda request: soap(method, content)
    )


def sent(double: HTTPDouble, number: int = 0) -> dict[str, str]:
    ((call,),) = parse_xml(double.requests[number].body)
    values = {child.tag: child.text or "" for child in call}
    assert values.items() >= LOGIN.items()
    return {name: text for name, text in values.items() if name not in LOGIN}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> DurableDNSDriver:
    return double.attach(DurableDNSDriver("me", "secret"))


@pytest.fixture
def zone(driver: DurableDNSDriver) -> Zone:
    extra = {"ns": "ns1.example.com.", "mbox": "me.example.com.", "serial": "1"}
    return Zone("example.com.", "example.com", "master", 3600, driver, extra)


def test_driver_warns_that_the_provider_is_closed() -> None:
    with pytest.warns(ProviderClosedWarning, match="has not answered since September 2023"):
        get_driver(Provider.DURABLEDNS)("me", "secret")


def test_list_zones(driver: DurableDNSDriver, double: HTTPDouble) -> None:
    on(double, "listZones", items([{"origin": "example.com."}]))
    on(double, "getZone", fields(ZONE))
    (zone,) = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "example.com.",
        "example.com",
        "master",
        3600,
    )
    rest = {key: text for key, text in ZONE.items() if key not in ("origin", "ttl")}
    assert zone.extra == {**rest, "retry": 7200, "expire": 604800, "minimum": 82000}
    assert sent(double) == {}
    assert sent(double, 1) == {"zonename": "example.com."}


def test_no_zones(driver: DurableDNSDriver, double: HTTPDouble) -> None:
    on(double, "listZones", "")
    assert driver.list_zones() == []


def test_create_zone_sends_what_every_zone_has(
    driver: DurableDNSDriver, double: HTTPDouble
) -> None:
    on(double, "createZone")
    on(double, "getZone", fields(ZONE))
    driver.create_zone("Example.com", ttl=60, extra={"mbox": "me.example.com.", "strange": 1})
    rest = {"minimum": "82000", "xfer": "", "update_acl": "", "zonename": "example.com."}
    assert sent(double) == {**SOA, **rest, "mbox": "me.example.com.", "ttl": "60"}


def test_create_zone_of_another_type_is_refused(driver: DurableDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


def test_update_zone_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    on(double, "updateZone")
    on(double, "getZone", fields(ZONE))
    zone.update(extra={"xfer": "192.0.2.7"})
    said = sent(double)
    assert (said["ns"], said["mbox"], said["xfer"], said["ttl"]) == (
        "ns1.example.com.",
        "me.example.com.",
        "192.0.2.7",
        "3600",
    )
    with pytest.raises(UnsupportedOperation):
        zone.update("example.org")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("www", "A", "192.0.2.1", None), {"name": "www", "data": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"data": "192.0.2.1", "ttl": "60"}),
        (("a", "CNAME", "@", None), {"name": "a", "data": "example.com."}),
        (("", "MX", "5 mx.example.net", None), {"data": "mx.example.net.", "aux": "5"}),
        (("", "MX", "mx.example.net", {"aux": 7}), {"data": "mx.example.net.", "aux": "7"}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"name": "_s._tcp", "data": "2 3 h.example.net.", "aux": "1"},
        ),
        (("", "TXT", "a <b> & c.", None), {"data": "a <b> & c."}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], said: dict[str, str]
) -> None:
    on(double, "createRecord", "<return>353</return>")
    record = zone.create_record(*arguments)
    usual = {"zonename": "example.com.", "name": "", "aux": "0", "ttl": "3600"}
    usual = {**usual, "type": arguments[1], "ddns_enabled": "N"}
    assert sent(double) == {**usual, **said}
    assert (record.id, record.type, record.extra["aux"]) == (
        "353",
        arguments[1],
        int(said.get("aux", 0)),
    )


def test_listing_is_completed_where_data_is_cut(zone: Zone, double: HTTPDouble) -> None:
    text = "v=DKIM1; k=rsa; p=0123456789012345"
    long = {**RECORD, "id": "8", "type": "TXT", "data": text}
    on(double, "listRecords", items([RECORD, {**long, "data": text[:30]}]))
    on(double, "getRecord", fields(long))
    short, whole = zone.list_records()
    assert (short.id, short.data, short.ttl, short.extra) == (
        "7",
        "192.0.2.1",
        300,
        {"aux": 0, "ttl": 300},
    )
    assert whole.data == text
    assert sent(double, 1) == {"zonename": "example.com.", "recordid": "8"}


def test_record_shows_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    srv = {**RECORD, "type": "SRV", "data": "2 3 h.example.net.", "aux": "1"}
    strange = {**RECORD, "type": "SRV", "data": "h.example.net."}
    on(double, "listRecords", items([srv, strange]))
    shown, other = zone.list_records()
    numbers = {"priority": 1, "weight": 2, "port": 3}
    assert (shown.data, shown.extra) == ("h.example.net.", {"aux": 1, "ttl": 300, **numbers})
    assert other.data == "h.example.net."


def test_update_record_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    extra = {"aux": 10, "priority": 10, "ttl": 300}
    record = Record("7", "", "MX", "mx.example.net.", zone, zone.driver, 300, extra)
    on(double, "updateRecord")
    updated = record.update(data="other.example.net")
    values = {"zonename": "example.com.", "id": "7", "name": "", "data": "other.example.net."}
    assert sent(double) == {**values, "aux": "10", "ttl": "300", "ddns_enabled": "N"}
    assert (updated.id, updated.data, updated.extra["priority"]) == ("7", "other.example.net.", 10)
    with pytest.raises(UnsupportedOperation):
        record.update(type="TXT", data="x")


def test_get_record_that_is_not_there(driver: DurableDNSDriver, double: HTTPDouble) -> None:
    on(double, "getZone", fields(ZONE))
    path = "/services/dns/getRecord.php"
    query = {"user_id": "me", "key": "secret"}
    double.on("POST", path, query=query).reply_with(lambda _: fault("Record does not exist"))
    with pytest.raises(RecordDoesNotExistError, match="Record does not exist"):
        driver.get_record("example.com", "9")


def test_other_fault_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    path = "/services/dns/createRecord.php"
    query = {"user_id": "me", "key": "secret"}
    double.on("POST", path, query=query).reply_with(lambda _: fault("Invalid data"))
    with pytest.raises(DurableDNSException) as caught:
        zone.create_record("www", "A", "nonsense")
    error = caught.value
    assert (error.code, error.message, error.driver) == (500, "Invalid data", zone.driver)
    assert (str(error), repr(error)) == ("500 Invalid data", "DurableDNSException 500 Invalid data")


def test_error_of_a_proxy_goes_by_its_status(zone: Zone, double: HTTPDouble) -> None:
    path = "/services/dns/listRecords.php"
    query = {"user_id": "me", "key": "secret"}
    double.on("POST", path, query=query).reply(500, text="<html>oops</html>")
    with pytest.raises(BaseHTTPError, match="oops"):
        zone.list_records()


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "CAA", '0 issue "ca.example"')


class TestDurableDNSErrors(DNSDriverErrors):
    """Faults that 3.9 tells apart; that of bad credentials is a guess."""

    bad_credentials = fault("Authentication failed")
    not_found = fault("Zone does not exist")
    exists = fault("Zone Already Exist")

    @pytest.fixture
    def driver(self) -> DurableDNSDriver:
        return DurableDNSDriver("me", "secret")
