"""
Vultr: what goes over the wire, and exchanges that others recorded.

Requests and answers of version 2 are checked against the published description. What a whole zone
goes through is in ``tests/conformance/test_dns_vultr.py``. Version 1 has no description and no
recordings: its answers are those that its documentation had.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import (
    InvalidCredsError,
    ProviderClosedWarning,
    RateLimitReachedError,
    UnsupportedOperation,
)
from libcloud.common.retry import RetryPolicy
from libcloud.common.vultr import VultrException, VultrNetwork
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.vultr import VultrDNSDriver, VultrDNSDriverV1, VultrDNSDriverV2
from libcloud.dns.providers import get_driver
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneDoesNotExistError,
)
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_vultr import vultr_spec

ZONE = "/v2/domains/example.com"
RECORDS = f"{ZONE}/records"
WHEN = "2021-03-27T09:40:29+00:00"

pytestmark = [
    pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning"),
    pytest.mark.filterwarnings("ignore::libcloud.common.errors.ProviderClosedWarning"),
]


def item(**more: Any) -> dict[str, Any]:
    record = {"id": "cb676a46", "type": "A", "name": "www", "data": "192.0.2.1"}
    return {**record, "priority": 0, "ttl": 300, **more}


def listing(key: str, *items: dict[str, Any], following: str = "") -> dict[str, Any]:
    return {key: items, "meta": {"total": 9, "links": {"next": following, "prev": ""}}}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=vultr_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> VultrDNSDriverV2:
    driver = double.attach(VultrDNSDriver("key"))
    assert isinstance(driver, VultrDNSDriverV2)
    return driver


@pytest.fixture
def zone(driver: VultrDNSDriverV2) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.VULTR) is VultrDNSDriver
    assert "update_record" in VultrDNSDriver.supported_operations()
    assert "update_record" not in VultrDNSDriverV1.supported_operations()


def test_api_version_chooses_the_class() -> None:
    assert type(VultrDNSDriver("key", api_version="1")) is VultrDNSDriverV1
    assert type(VultrDNSDriver("key", api_version="2")) is VultrDNSDriverV2
    with pytest.raises(NotImplementedError, match="API version: 3"):
        VultrDNSDriver("key", api_version="3")


def test_driver_is_picklable() -> None:
    assert type(pickle.loads(pickle.dumps(VultrDNSDriver("key")))) is VultrDNSDriverV2


def test_error_and_network_show_what_they_are() -> None:
    error = VultrException(404, "gone")
    assert (str(error), error.args, error.http_code) == ("(404) gone", (404, "gone"), 404)
    assert "10.0.0.0/8" in repr(VultrNetwork("1", "10.0.0.0/8", "ams"))


def test_zones_are_listed_over_pages(driver: VultrDNSDriverV2, double: HTTPDouble) -> None:
    for name, query, following in (("a.com", {}, "WxYz"), ("b.com", {"cursor": "WxYz"}, "")):
        found = {"domain": name, "date_created": WHEN}
        query = {"per_page": "500", **query}
        headers = {"Authorization": "Bearer key"}
        route = double.on("GET", "/v2/domains", query=query, headers=headers)
        route.reply(json=listing("domains", found, following=following))
    first, second = driver.list_zones()
    assert (first.id, second.id) == ("a.com", "b.com")
    assert first.extra == {"date_created": WHEN, "dns_sec": None}


@pytest.mark.parametrize("key", ["ip", "serverip"])
def test_create_zone_with_an_address(
    driver: VultrDNSDriverV2, double: HTTPDouble, key: str
) -> None:
    body = {"domain": "example.com", "ip": "192.0.2.1", "dns_sec": "enabled"}
    said = {"domain": "example.com", "date_created": WHEN, "dns_sec": "enabled"}
    double.on("POST", "/v2/domains", json=body).reply(json={"domain": said})
    extra = {key: "192.0.2.1", "dns_sec": "enabled"}
    assert driver.create_zone("Example.com.", extra=extra).extra["dns_sec"] == "enabled"


def test_zones_are_master_zones(driver: VultrDNSDriverV2, zone: Zone) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")
    with pytest.raises(UnsupportedOperation):
        zone.update(domain="other.com")


def test_update_zone_turns_dnssec_on(zone: Zone, double: HTTPDouble) -> None:
    double.on("PUT", ZONE, json={"dns_sec": "enabled"}).reply(204)
    said = {"domain": "example.com", "date_created": WHEN, "dns_sec": "enabled"}
    double.on("GET", ZONE).reply(json={"domain": said})
    assert zone.update(extra={"dns_sec": "enabled"}).extra["dns_sec"] == "enabled"


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"name": "", "data": "192.0.2.1", "ttl": 60}),
        (("www", "CNAME", "@", None), {"data": "example.com"}),
        (("www", "MX", "5 mx.example.net.", None), {"data": "mx.example.net", "priority": 5}),
        (
            ("www", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"data": "2 3 h.example.net", "priority": 1},
        ),
        (("www", "CAA", "ca.example", {"tag": "issue"}), {"data": '0 issue "ca.example"'}),
        (("www", "SSHFP", "1 2 0102", None), {"data": "1 2 0102"}),
        (("www", "TXT", 'say "hi"', None), {"data": r'"say \"hi\""'}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "www", "type": arguments[1], **sent}
    double.on("POST", RECORDS, json=body).reply(201, json={"record": item(**body)})
    record = zone.create_record(*arguments)
    assert (record.id, record.name) == ("cb676a46", body["name"])


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    items = [
        item(type="MX", name="", data="mail.example.net", priority=10),
        item(type="SRV", name="_s._tcp", data="2 3 h.example.net", priority=1),
        item(type="TXT", data='"one" "two"', priority=-1),
    ]
    double.on("GET", RECORDS, query={"per_page": 500}).reply(json=listing("records", *items))
    mail, service, text = zone.list_records()
    assert (mail.name, mail.data, mail.ttl, mail.extra) == (
        "",
        "mail.example.net",
        300,
        {"priority": 10},
    )
    assert service.data == "h.example.net"
    assert service.extra == {"priority": 1, "weight": 2, "port": 3}
    assert (text.data, text.extra) == ("onetwo", {"priority": -1})


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({"name": "other"}, {"name": "other"}),
        ({"data": "mx.example.org"}, {"data": "mx.example.org", "priority": 10}),
        ({"extra": {"ttl": 60}}, {"ttl": 60}),
        ({"extra": {"priority": 5}}, {"data": "mail.example.net", "priority": 5}),
    ],
    ids=["name", "data", "ttl", "priority"],
)
def test_update_record_says_only_what_changes(
    zone: Zone, double: HTTPDouble, arguments: dict[str, Any], sent: dict[str, Any]
) -> None:
    extra = {"priority": 10}
    record = Record("cb676a46", "", "MX", "mail.example.net", zone, zone.driver, 300, extra)
    double.on("PATCH", f"{RECORDS}/cb676a46", json=sent).reply(204)
    changed = record.update(**arguments)
    assert changed.name == sent.get("name", "")
    assert changed.data == sent.get("data", "mail.example.net")
    assert changed.ttl == sent.get("ttl", 300)
    assert changed.extra == {"priority": sent.get("priority", 10)}


def test_update_record_cannot_change_the_type(zone: Zone) -> None:
    record = Record("cb676a46", "www", "A", "192.0.2.1", zone, zone.driver, 300)
    with pytest.raises(UnsupportedOperation):
        record.update(type="AAAA", data="2001:db8::1")


def test_refused_record_says_why(zone: Zone, double: HTTPDouble) -> None:
    body = {"error": "Invalid record data", "status": 400}
    double.on("POST", RECORDS).reply(400, json=body)
    with pytest.raises(VultrException, match="Invalid record data") as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert caught.value.code == 400


class TestVultrErrors(DNSDriverErrors):
    """Answers in the form that the description gives errors; their words are not in it."""

    bad_credentials = answer(401, json={"error": "Invalid API token.", "status": 401})
    not_found = answer(404, json={"error": "Invalid domain.", "status": 404})
    exists = answer(400, json={"error": "Domain already exists", "status": 400})
    rate_limit = answer(429, json={"error": "Rate limit hit.", "status": 429})
    answers_nothing = frozenset({"delete_zone", "delete_record", "update_record"})

    @pytest.fixture
    def driver(self) -> VultrDNSDriver:
        return VultrDNSDriver("key")


# Recorded by the authors of Lexicon, who send a priority of 0 with each record.

DOMAIN = "lexicon-test.eu"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        exchanges = recordings("fixtures-dns-vultr.json.gz")[request.param]
        with Replay(exchanges, ["per_page", "priority"], spec=vultr_spec()) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        driver = replay.attach(VultrDNSDriver("key"))
        return next(zone for zone in driver.list_zones() if zone.domain == DOMAIN)

    @pytest.mark.parametrize("replay", ["create_record_for_A"], indirect=True)
    def test_list_and_create(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        assert zone.extra["date_created"] == WHEN
        mail = next(record for record in records if record.type == "MX")
        assert (mail.name, mail.data, mail.extra["priority"]) == ("", DOMAIN, 10)
        record = zone.create_record("localhost", "A", "127.0.0.1", {"ttl": 3600})
        assert (record.name, record.data, record.ttl) == ("localhost", "127.0.0.1", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()
        name = f"orig.testfqdn.{DOMAIN}"
        text = zone.create_record(name, "TXT", "challengetoken", {"ttl": 3600})
        assert text.id in [record.id for record in zone.list_records()]
        moved = text.update(name=f"updated.testfqdn.{DOMAIN}.", data="challengetoken")
        assert (moved.id, moved.name, moved.data, moved.ttl) == (
            text.id,
            "updated.testfqdn",
            "challengetoken",
            3600,
        )

    @pytest.mark.parametrize("replay", ["record_set_name_remove_all"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        name, before = "_acme-challenge.deleterecordset", zone.list_records()
        for number in (1, 2):
            zone.create_record(name, "TXT", f"challengetoken{number}", {"ttl": 3600})
            found = zone.list_records()
        for record in found:
            if record.name == name:
                assert record.delete()
        assert len(zone.list_records()) == len(before)
        replay.assert_all_used()


class TestVersionOne:
    """https://docs.vultr.com/vultr-api-v1-to-v2-transition-strategies"""

    key = {"api_key": "key"}

    @pytest.fixture
    def double(self) -> Iterator[HTTPDouble]:
        with HTTPDouble() as double:
            yield double

    @pytest.fixture
    def driver(self, double: HTTPDouble) -> VultrDNSDriverV1:
        driver = double.attach(VultrDNSDriver("key", api_version="1"))
        driver.connection.retry = RetryPolicy(attempts=1)
        assert isinstance(driver, VultrDNSDriverV1)
        return driver

    @pytest.fixture
    def zone(self, driver: VultrDNSDriverV1) -> Zone:
        return Zone("example.com", "example.com", "master", None, driver)

    def test_it_has_closed(self) -> None:
        with pytest.warns(ProviderClosedWarning, match="August 14, 2023"):
            VultrDNSDriverV1("key")

    def test_zones(self, driver: VultrDNSDriverV1, double: HTTPDouble) -> None:
        found = [{"domain": "example.com", "date_created": "2014-12-11 16:20:59"}]
        double.on("GET", "/v1/dns/list", query=self.key).reply(json=found).reply(json=found)
        assert driver.get_zone("example.com").extra == {"date_created": "2014-12-11 16:20:59"}
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("example.net")

    def test_create_and_delete_zone(self, driver: VultrDNSDriverV1, double: HTTPDouble) -> None:
        form = {"domain": "example.com", "serverip": "192.0.2.1"}
        double.on("POST", "/v1/dns/create_domain", query=self.key, form=form).reply()
        form = {"domain": "example.com"}
        double.on("POST", "/v1/dns/delete_domain", query=self.key, form=form).reply()
        zone = driver.create_zone("example.com", extra={"serverip": "192.0.2.1"})
        assert zone.extra == {"serverip": "192.0.2.1"}
        assert driver.ex_zone_exists(zone.id, [zone])
        assert zone.delete()
        with pytest.raises(ValueError, match="serverip"):
            driver.create_zone("example.com")

    def test_records(self, driver: VultrDNSDriverV1, zone: Zone, double: HTTPDouble) -> None:
        found = [
            {"type": "A", "name": "", "data": "192.0.2.1", "priority": 0, "RECORDID": 1},
            {"type": "MX", "name": "", "data": "a.example.net", "priority": 5, "RECORDID": 2},
        ]
        query = {**self.key, "domain": "example.com"}
        double.on("GET", "/v1/dns/records", query=query).reply(json=found)
        form = {
            "domain": "example.com",
            "name": "",
            "type": "MX",
            "data": "a.example.net",
            "priority": 5,
        }
        double.on("POST", "/v1/dns/create_record", query=self.key, form=form).reply()
        form = {"domain": "example.com", "RECORDID": 2}
        double.on("POST", "/v1/dns/delete_record", query=self.key, form=form).reply()
        record = zone.create_record("", "MX", "a.example.net.", {"priority": 5})
        assert (record.id, record.data, record.extra) == ("2", "a.example.net", {"priority": 5})
        assert driver.ex_record_exists("2", [record])
        assert record.delete()

    def test_new_record_that_is_not_listed(self, zone: Zone, double: HTTPDouble) -> None:
        double.on("POST", "/v1/dns/create_record", query=self.key).reply()
        query = {**self.key, "domain": "example.com"}
        double.on("GET", "/v1/dns/records", query=query).reply(json=[])
        with pytest.raises(RecordDoesNotExistError):
            zone.create_record("www", "A", "192.0.2.1")

    @pytest.mark.parametrize(
        ("status", "text", "expected"),
        [
            (403, "Invalid API key", InvalidCredsError),
            (412, "Record already exists", RecordAlreadyExistsError),
            (412, "Invalid data", VultrException),
            (503, "", RateLimitReachedError),
        ],
    )
    def test_errors(
        self, zone: Zone, double: HTTPDouble, status: int, text: str, expected: type[Exception]
    ) -> None:
        double.on("POST", "/v1/dns/create_record", query=self.key).reply(status, text=text)
        with pytest.raises(expected):
            zone.create_record("www", "A", "192.0.2.1")
