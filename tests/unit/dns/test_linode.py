"""
Linode: what goes over the wire, and exchanges that others recorded.

Requests and answers of version 4 are checked against the published description. What a whole zone
goes through is in ``tests/conformance/test_dns_linode.py``. Version 3 has no description and no
recordings: its answers are in the form that its documentation had.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    InvalidCredsError,
    MalformedResponseError,
    ProviderClosedWarning,
    UnsupportedOperation,
)
from libcloud.common.gandi import BaseObject
from libcloud.common.linode import (
    LinodeDisk,
    LinodeException,
    LinodeExceptionV4,
    LinodeIPAddress,
)
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.linode import LinodeDNSDriver, LinodeDNSDriverV3, LinodeDNSDriverV4
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordDoesNotExistError, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_linode import LinodeServer, linode_spec

ZONE = "/v4/domains/1"
RECORDS = f"{ZONE}/records"
PAGE = {"page_size": 500}

pytestmark = [
    pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning"),
    pytest.mark.filterwarnings("ignore::libcloud.common.errors.ProviderClosedWarning"),
]


def item(**more: Any) -> dict[str, Any]:
    body = {"type": "A", "name": "www", "target": "192.0.2.1", **more}
    return {**LinodeServer().new_record(7, {}, {**body, "service": "s", "protocol": "t"}), **body}


def zone_item(**more: Any) -> dict[str, Any]:
    body = {"domain": "example.com", "type": "master", "soa_email": "a@example.com"}
    return LinodeServer().new_zone(1, {**body, **more})[1]


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=linode_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> LinodeDNSDriverV4:
    driver = double.attach(LinodeDNSDriver("token"))
    assert isinstance(driver, LinodeDNSDriverV4)
    return driver


@pytest.fixture
def zone(driver: LinodeDNSDriverV4) -> Zone:
    return Zone("1", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.LINODE) is LinodeDNSDriver
    assert "update_zone" in LinodeDNSDriver.supported_operations()


def test_api_version_chooses_the_class() -> None:
    assert type(LinodeDNSDriver("token", api_version="3.0")) is LinodeDNSDriverV3
    assert type(LinodeDNSDriver("token", api_version="4.0")) is LinodeDNSDriverV4
    with pytest.raises(NotImplementedError, match="API version: 2"):
        LinodeDNSDriver("token", api_version="2")


def test_the_provider_makes_the_soa_record(driver: LinodeDNSDriverV4) -> None:
    assert "SOA" in driver.RECORD_TYPE_MAP
    assert "SOA" not in driver.list_record_types()


def test_driver_is_picklable() -> None:
    assert type(pickle.loads(pickle.dumps(LinodeDNSDriver("token")))) is LinodeDNSDriverV4


def test_old_errors_and_addresses_show_what_they_are() -> None:
    error = LinodeException(8, "no")
    assert (str(error), error.code, error.args) == ("(8) no", 8, (8, "no"))
    assert str(LinodeExceptionV4("no")) == "no"
    assert "192.0.2.1" in repr(LinodeIPAddress("192.0.2.1", True, "ipv4", None))


def test_disk_is_an_object_as_those_of_gandi_are(driver: LinodeDNSDriverV4) -> None:
    disk = LinodeDisk(5, "ready", "root", "ext4", driver, 1024)
    assert isinstance(disk, BaseObject)
    assert (disk.id, disk.state, disk.name, disk.filesystem, disk.size, disk.extra) == (
        "5",
        "ready",
        "root",
        "ext4",
        1024,
        {},
    )
    assert "filesystem=ext4" in repr(disk)
    assert disk.uuid != LinodeDisk(6, "ready", "root", "ext4", driver, 1024).uuid


def test_zones_are_listed_over_pages(driver: LinodeDNSDriverV4, double: HTTPDouble) -> None:
    headers = {"Authorization": "Bearer token"}
    for page, query in ((1, PAGE), (2, {**PAGE, "page": 2})):
        body = {"data": [zone_item(id=page)], "page": page, "pages": 2, "results": 2}
        double.on("GET", "/v4/domains", query=query, headers=headers).reply(json=body)
    assert [zone.id for zone in driver.list_zones()] == ["1", "2"]


def test_zone_shows_what_the_provider_says(driver: LinodeDNSDriverV4, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(json=zone_item(ttl_sec=300, tags=["x"]))
    zone = driver.get_zone("1")
    assert (zone.id, zone.domain, zone.type, zone.ttl) == ("1", "example.com", "master", 300)
    assert zone.extra == {
        "soa_email": "a@example.com",
        "status": "active",
        "description": "",
        "tags": ["x"],
        "retry_sec": 0,
        "master_ips": [],
        "axfr_ips": [],
        "expire_sec": 0,
        "refresh_sec": 0,
        "created": None,
        "updated": None,
    }


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({}, {"type": "master", "soa_email": "hostmaster@example.com"}),
        (
            {"ttl": 300, "extra": {"soa_email": "a@example.com", "tags": ["x"], "strange": 1}},
            {"type": "master", "soa_email": "a@example.com", "tags": ["x"], "ttl_sec": 300},
        ),
        (
            {"type": "slave", "extra": {"master_ips": ["192.0.2.1"]}},
            {"type": "slave", "master_ips": ["192.0.2.1"]},
        ),
    ],
)
def test_create_zone(
    driver: LinodeDNSDriverV4, double: HTTPDouble, arguments: Any, sent: dict[str, Any]
) -> None:
    body = {"domain": "example.com", **sent}
    double.on("POST", "/v4/domains", json=body).reply(json=zone_item(**sent))
    assert driver.create_zone("Example.com.", **arguments).type == sent["type"]


def test_update_zone_says_what_changes(
    driver: LinodeDNSDriverV4, zone: Zone, double: HTTPDouble
) -> None:
    body = {"domain": "example.net", "ttl_sec": 300, "description": "x"}
    double.on("PUT", ZONE, json=body).reply(json=zone_item(**body))
    changed = driver.update_zone(zone, "example.net", ttl=300, extra={"description": "x"})
    assert (changed.domain, changed.ttl) == ("example.net", 300)
    double.on("PUT", ZONE, json={"type": "slave"}).reply(json=zone_item(type="slave"))
    assert zone.update(type="slave").type == "slave"


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"name": "", "target": "192.0.2.1", "ttl_sec": 60}),
        (("www", "A", "192.0.2.1", {"ttl_sec": 60}), {"target": "192.0.2.1", "ttl_sec": 60}),
        (("www", "CNAME", "@", None), {"target": "example.com"}),
        (("www", "MX", "5 mx.example.net.", None), {"target": "mx.example.net", "priority": 5}),
        (("", "MX", "0 .", None), {"name": "", "target": "", "priority": 0}),
        (("www", "CAA", "ca.example", {"tag": "issue"}), {"target": "ca.example", "tag": "issue"}),
        (("www", "TXT", '"say \\"hi\\""', None), {"target": 'say "hi"'}),
        (
            ("_sip._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {
                "name": "_sip._tcp",
                "service": "sip",
                "protocol": "tcp",
                "target": "h.example.net",
                "priority": 1,
                "weight": 2,
                "port": 3,
            },
        ),
        (
            ("", "SRV", "1 2 3 h.example.net", {"service": "_sip", "protocol": "tcp"}),
            {
                "name": "",
                "service": "sip",
                "protocol": "tcp",
                "target": "h.example.net",
                "priority": 1,
                "weight": 2,
                "port": 3,
            },
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "www", "type": arguments[1], **sent}
    double.on("POST", RECORDS, json=body).reply(json=item(**body))
    record = zone.create_record(*arguments)
    service = "_sip._tcp" if arguments[1] == "SRV" else body["name"]
    assert (record.id, record.name) == ("7", service)


@pytest.mark.parametrize(
    ("name", "type", "data"),
    [("_sip._tcp.sub", "SRV", "1 2 3 h.example.net"), ("", "CAA", '128 issue "ca.example"')],
)
def test_what_the_provider_cannot_keep_is_refused(
    zone: Zone, name: str, type: str, data: str
) -> None:
    with pytest.raises(ValueError, match="Linode has"):
        zone.create_record(name, type, data)


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    items = [
        item(type="MX", name="", target="mail.example.net", priority=10, ttl_sec=300),
        item(type="CAA", name="", target="ca.example", tag="issuewild"),
        item(type="MX", name="none", target=""),
    ]
    body = {"data": items, "page": 1, "pages": 1, "results": 3}
    double.on("GET", RECORDS, query=PAGE).reply(json=body)
    mail, authority, none = zone.list_records()
    assert (mail.id, mail.name, mail.data, mail.ttl) == ("7", "", "mail.example.net", 300)
    assert mail.extra["priority"] == 10
    assert mail.extra["created"] == datetime(2018, 1, 1, 0, 1, 1)
    assert (authority.data, authority.ttl) == ('0 issuewild "ca.example"', None)
    assert (none.data, none.extra["priority"]) == (".", 0)


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({"name": "other"}, {"name": "other"}),
        ({"data": "mx.example.org"}, {"target": "mx.example.org", "priority": 10}),
        ({"extra": {"ttl": 60}}, {"ttl_sec": 60}),
        ({"extra": {"priority": 5}}, {"target": "mail.example.net", "priority": 5}),
    ],
    ids=["name", "data", "ttl", "priority"],
)
def test_update_record_says_only_what_changes(
    zone: Zone, double: HTTPDouble, arguments: dict[str, Any], sent: dict[str, Any]
) -> None:
    extra = {"priority": 10}
    record = Record("7", "", "MX", "mail.example.net", zone, zone.driver, 300, extra)
    double.on("PUT", f"{RECORDS}/7", json=sent).reply(json=item(type="MX", **sent))
    record.update(**arguments)


def test_update_record_cannot_change_the_type(zone: Zone) -> None:
    record = Record("7", "www", "A", "192.0.2.1", zone, zone.driver, 300)
    with pytest.raises(UnsupportedOperation):
        record.update(type="AAAA", data="2001:db8::1")


def test_refused_record_says_why(zone: Zone, double: HTTPDouble) -> None:
    errors = [{"reason": "Invalid IPv4 address", "field": "target"}]
    double.on("POST", RECORDS).reply(400, json={"errors": errors})
    with pytest.raises(BaseHTTPError, match="target: Invalid IPv4 address"):
        zone.create_record("www", "A", "nonsense")


class TestLinodeErrors(DNSDriverErrors):
    """
    Answers in the form that the description gives errors.

    https://techdocs.akamai.com/linode-api/reference/errors
    """

    bad_credentials = answer(401, json={"errors": [{"reason": "Invalid Token"}]})
    not_found = answer(404, json={"errors": [{"reason": "Not found"}]})
    exists = answer(
        400, json={"errors": [{"reason": "DNS zone already exists.", "field": "domain"}]}
    )
    rate_limit = answer(429, json={"errors": [{"reason": "Too many requests"}]})

    @pytest.fixture
    def driver(self) -> LinodeDNSDriver:
        return LinodeDNSDriver("token")


# Recorded by the authors of Lexicon.

DOMAIN = "lexicon-test.com"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        exchanges = recordings("fixtures-dns-linode.json.gz")[request.param]
        with Replay(exchanges, ["page_size"]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        (zone,) = replay.attach(LinodeDNSDriver("token")).list_zones()
        return zone

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_account_without_zones(self, replay: Replay) -> None:
        assert replay.attach(LinodeDNSDriver("token")).list_zones() == []
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        assert (zone.domain, zone.extra["soa_email"]) == (DOMAIN, "contact@lexicon.com")
        names = [record.name for record in zone.list_records()]
        assert {"localhost", "docs"} <= set(names)
        text = zone.create_record(f"orig.testfqdn.{DOMAIN}.", "TXT", "challengetoken", {"ttl": 0})
        assert text.id in [record.id for record in zone.list_records()]
        moved = text.update(f"updated.testfqdn.{DOMAIN}", "TXT", "challengetoken")
        assert (moved.id, moved.name, moved.ttl) == (text.id, "updated.testfqdn", None)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["record_set_name_remove_all"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        name, before = "_acme-challenge.deleterecordset", zone.list_records()
        for number in (1, 2):
            zone.create_record(name, "TXT", f"challengetoken{number}", {"ttl": 0})
            found = zone.list_records()
        for record in found:
            if record.name == name:
                assert record.delete()
        assert len(zone.list_records()) == len(before)
        replay.assert_all_used()


class TestVersionThree:
    """An action and its parameters in the query; errors inside an answer that says 200."""

    @pytest.fixture
    def double(self) -> Iterator[HTTPDouble]:
        with HTTPDouble() as double:
            yield double

    @pytest.fixture
    def driver(self, double: HTTPDouble) -> LinodeDNSDriverV3:
        driver = double.attach(LinodeDNSDriver("key", api_version="3.0"))
        assert isinstance(driver, LinodeDNSDriverV3)
        return driver

    @pytest.fixture
    def zone(self, driver: LinodeDNSDriverV3) -> Zone:
        return Zone("5", "example.com", "master", None, driver, {"SOA_Email": "a@example.com"})

    @staticmethod
    def on(double: HTTPDouble, action: str, data: Any, errors: Any = (), **params: Any) -> None:
        query = {"api_action": action, **params, "api_key": "key", "api_responseFormat": "json"}
        body = {"ERRORARRAY": list(errors), "ACTION": action, "DATA": data}
        double.on("GET", "/", query=query).reply(json=body)

    def test_it_has_closed(self) -> None:
        with pytest.warns(ProviderClosedWarning, match="version 3"):
            LinodeDNSDriverV3("key")

    def test_zones(self, driver: LinodeDNSDriverV3, double: HTTPDouble) -> None:
        found = {
            "DOMAINID": 5,
            "DOMAIN": "example.com",
            "TYPE": "master",
            "TTL_SEC": 0,
            "SOA_EMAIL": "a@example.com",
            "STATUS": 1,
            "DESCRIPTION": "",
        }
        self.on(double, "domain.list", [found])
        self.on(double, "domain.list", [found], DomainID=5)
        self.on(double, "domain.list", [], DomainID=6)
        assert [zone.id for zone in driver.list_zones()] == ["5"]
        assert driver.get_zone("5").extra == {
            "SOA_Email": "a@example.com",
            "status": 1,
            "description": "",
        }
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("6")

    def test_create_update_and_delete_zone(
        self, driver: LinodeDNSDriverV3, double: HTTPDouble
    ) -> None:
        created = {"Type": "master", "Domain": "example.com", "TTL_sec": 60, "SOA_Email": "a@b"}
        self.on(double, "domain.create", {"DomainID": 5}, **created)
        self.on(double, "domain.update", {"DomainID": 5}, DomainID=5, Domain="x.com", Type="slave")
        self.on(double, "domain.delete", {"DomainID": 5}, DomainID=5)
        zone = driver.create_zone("example.com", ttl=60, extra={"SOA_Email": "a@b", "tags": 1})
        assert (zone.id, zone.ttl, zone.extra) == ("5", 60, {"SOA_Email": "a@b"})
        zone = zone.update(domain="x.com", type="slave")
        assert (zone.domain, zone.type, zone.ttl) == ("x.com", "slave", 60)
        assert zone.delete()

    def test_records(self, driver: LinodeDNSDriverV3, zone: Zone, double: HTTPDouble) -> None:
        found = {
            "RESOURCEID": 7,
            "NAME": "",
            "TYPE": "MX",
            "TARGET": "mx.example.net",
            "PRIORITY": 10,
            "WEIGHT": 0,
            "PORT": 0,
            "PROTOCOL": "",
            "TTL_SEC": 0,
        }
        sent = {"Name": "", "Target": "mx.example.net", "Type": "MX", "Priority": 10}
        done = {"ResourceID": 7}
        self.on(double, "domain.resource.create", done, DomainID=5, TTL_sec=60, **sent)
        self.on(double, "domain.resource.list", [found], DOMAINID=5)
        sent["Priority"] = 20
        self.on(double, "domain.resource.update", done, DomainID=5, ResourceID=7, **sent)
        self.on(double, "domain.resource.delete", done, DomainID=5, ResourceID=7)
        extra = {"Priority": 10, "TTL_sec": 60}
        new = zone.create_record("", "MX", "mx.example.net.", extra)
        assert (new.id, new.data, new.ttl, new.extra["priority"]) == ("7", "mx.example.net", 60, 10)
        (record,) = zone.list_records()
        assert (record.id, record.ttl, record.extra["priority"]) == ("7", None, 10)
        assert record.update(extra={"Priority": 20}).extra["priority"] == 20
        assert record.delete()

    def test_service_has_a_protocol(self, zone: Zone, double: HTTPDouble) -> None:
        sent = {"Name": "_sip._tcp", "Target": "h.example.net", "Type": "SRV", "Protocol": "tcp"}
        numbers = {"Priority": 1, "Weight": 2, "Port": 3}
        self.on(double, "domain.resource.create", {"ResourceID": 7}, DomainID=5, **sent, **numbers)
        assert zone.create_record("_sip._tcp", "SRV", "1 2 3 h.example.net").extra["port"] == 3

    def test_get_record(self, driver: LinodeDNSDriverV3, zone: Zone, double: HTTPDouble) -> None:
        found = {"DOMAINID": 5, "DOMAIN": "example.com", "TYPE": "master", "TTL_SEC": 0}
        said = {**found, "SOA_EMAIL": "a@example.com", "STATUS": 1, "DESCRIPTION": ""}
        self.on(double, "domain.list", [said], DomainID=5)
        self.on(double, "domain.resource.list", [], DomainID=5, ResourceID=7)
        with pytest.raises(RecordDoesNotExistError):
            driver.get_record("5", "7")

    @pytest.mark.parametrize(
        ("code", "expected"),
        [(4, InvalidCredsError), (5, ZoneDoesNotExistError), (16, LinodeException)],
    )
    def test_errors(
        self,
        driver: LinodeDNSDriverV3,
        zone: Zone,
        double: HTTPDouble,
        code: int,
        expected: type[Exception],
    ) -> None:
        """https://gist.github.com/daryltucker/c230bf4ee0d61e561037e051f316a6dc"""
        errors = [{"ERRORCODE": code, "ERRORMESSAGE": "Linode API v3 is no longer active."}]
        self.on(double, "domain.delete", {}, errors, DomainID=5)
        with pytest.raises(expected, match="no longer active"):
            driver.delete_zone(zone)

    def test_strange_answer(self, driver: LinodeDNSDriverV3, double: HTTPDouble) -> None:
        query = {"api_action": "domain.list", "api_key": "key", "api_responseFormat": "json"}
        double.on("GET", "/", query=query).reply(json=["x"])
        with pytest.raises(MalformedResponseError):
            driver.list_zones()
