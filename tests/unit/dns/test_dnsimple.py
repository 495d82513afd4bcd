"""
DNSimple: what goes over the wire, and exchanges that others recorded.

Requests and answers are checked against the published description; answers are those of the
provider's own fixtures. What a whole zone goes through is in
``tests/conformance/test_dns_dnsimple.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import BaseHTTPError, LibcloudError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.dnsimple import DNSimpleDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordAlreadyExistsError, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_dnsimple import ACCOUNT, DNSimpleServer, dnsimple_spec

DOMAIN = "/v2/731/domains/example.com"
RECORDS = "/v2/731/zones/example.com/records"
PER_PAGE = {"per_page": 100}

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def item(**more: Any) -> dict[str, Any]:
    body = {"name": "www", "type": "A", "content": "192.0.2.1", **more}
    return DNSimpleServer().new_record(5, {"name": "example.com"}, body)


def domain_item(**more: Any) -> dict[str, Any]:
    return {**DNSimpleServer().new_zone(181984, {"name": "example.com"})[1], **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=dnsimple_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> DNSimpleDNSDriver:
    return double.attach(DNSimpleDNSDriver("token", ex_account_id=731))


@pytest.fixture
def zone(driver: DNSimpleDNSDriver) -> Zone:
    extra = {"domain_id": 181984}
    return Zone("example.com", "example.com", "master", 3600, driver, extra)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.DNSIMPLE) is DNSimpleDNSDriver


@pytest.mark.parametrize("credentials", [("token",), ("me@example.com", "token")])
def test_account_is_asked_for_once(double: HTTPDouble, credentials: Any) -> None:
    driver = double.attach(DNSimpleDNSDriver(*credentials))
    headers = {"Authorization": "Bearer token"}
    double.on("GET", "/v2/accounts", headers=headers).reply(json={"data": [ACCOUNT]})
    body = {"data": domain_item()}
    double.on("GET", DOMAIN).reply(json=body).reply(json=body)
    for _ in range(2):
        driver.get_zone("example.com")
    assert [request.path for request in double.requests].count("/v2/accounts") == 1


def test_one_of_several_accounts_is_to_be_named(double: HTTPDouble) -> None:
    driver = double.attach(DNSimpleDNSDriver("token"))
    accounts = [ACCOUNT, {**ACCOUNT, "id": 732}]
    double.on("GET", "/v2/accounts").reply(json={"data": accounts})
    with pytest.raises(LibcloudError, match=r"\[731, 732\]"):
        driver.list_zones()


def test_zone_shows_what_the_provider_says(driver: DNSimpleDNSDriver, double: HTTPDouble) -> None:
    said = domain_item(state="registered", expires_on="2021-06-05", private_whois=True)
    double.on("GET", DOMAIN).reply(json={"data": said})
    zone = driver.get_zone("example.com")
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "example.com",
        "example.com",
        "master",
        3600,
    )
    assert (zone.extra["state"], zone.extra["expires_on"]) == ("registered", "2021-06-05")
    assert (zone.extra["domain_id"], zone.extra["whois_protected"]) == (181984, True)
    assert zone.extra["record_count"] is None


def test_zones_are_listed_over_pages(driver: DNSimpleDNSDriver, double: HTTPDouble) -> None:
    pagination = {"per_page": 100, "total_entries": 2, "total_pages": 2}
    for page, query in ((1, PER_PAGE), (2, {**PER_PAGE, "page": 2})):
        body = {"data": [domain_item(name=f"{page}.com")]}
        body["pagination"] = {"current_page": page, **pagination}  # type: ignore[assignment]
        double.on("GET", "/v2/731/domains", query=query).reply(json=body)
    assert [zone.id for zone in driver.list_zones()] == ["1.com", "2.com"]


def test_create_zone(driver: DNSimpleDNSDriver, double: HTTPDouble) -> None:
    body = {"name": "example.com"}
    double.on("POST", "/v2/731/domains", json=body).reply(201, json={"data": domain_item()})
    assert driver.create_zone("Example.com.").id == "example.com"
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"content": "192.0.2.1"}),
        (
            (None, "A", "192.0.2.1", {"ttl": 60, "regions": ["SV1"]}),
            {"name": "", "content": "192.0.2.1", "ttl": 60, "regions": ["SV1"]},
        ),
        (("www", "CNAME", "@", None), {"content": "example.com"}),
        (("www", "ALIAS", "example.net.", None), {"content": "example.net"}),
        (("www", "MX", "5 mx.example.net.", None), {"content": "mx.example.net", "priority": 5}),
        (
            ("www", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"content": "2 3 h.example.net", "priority": 1},
        ),
        (("www", "CAA", "ca.example", {"tag": "issue"}), {"content": '0 issue "ca.example"'}),
        (("www", "SSHFP", "1 2 0102", None), {"content": "1 2 0102"}),
        (("www", "URL", "https://example.net/", None), {"content": "https://example.net/"}),
        (("www", "TXT", '"plain"', None), {"content": "plain"}),
        (("www", "TXT", 'say "hi"', None), {"content": r'"say \"hi\""'}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    body = {"name": "www", "type": arguments[1], **sent}
    double.on("POST", RECORDS, json=body).reply(201, json={"data": item(**body)})
    record = zone.create_record(*arguments)
    assert (record.id, record.name) == ("5", body["name"])


def test_records_show_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    soa = "ns1.dnsimple.com admin.dnsimple.com 1458642070 86400 7200 604800 300"
    items = [
        item(type="MX", name="", content="mxa.example.com", priority=20),
        item(type="SRV", name="_s._tcp", content="2 3 h.example.net", priority=1),
        item(type="SOA", name="", content=soa, system_record=True),
    ]
    pagination = {"current_page": 1, "per_page": 100, "total_entries": 3, "total_pages": 1}
    body = {"data": items, "pagination": pagination}
    double.on("GET", RECORDS, query=PER_PAGE).reply(json=body)
    mail, service, start = zone.list_records()
    assert (mail.id, mail.name, mail.data, mail.ttl) == ("5", "", "mxa.example.com", 3600)
    assert mail.extra == {
        "domain_id": 181984,
        "priority": 20,
        "ttl": 3600,
        "regions": ["global"],
        "system_record": False,
        "created_at": "2018-07-09T05:29:54Z",
        "updated_at": "2018-07-09T05:29:54Z",
    }
    assert service.data == "h.example.net"
    assert [service.extra[key] for key in ("priority", "weight", "port")] == [1, 2, 3]
    assert start.data.startswith("ns1.dnsimple.com. admin.dnsimple.com. 1458642070")


def test_update_record_cannot_change_the_type(zone: Zone) -> None:
    record = Record("5", "www", "A", "192.0.2.1", zone, zone.driver, 3600)
    with pytest.raises(UnsupportedOperation):
        record.update(type="AAAA", data="2001:db8::1")


def test_record_of_which_only_the_zone_is_named(
    driver: DNSimpleDNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", DOMAIN).reply(json={"data": domain_item()})
    assert driver._to_record(item(), zone_id="example.com").zone.id == "example.com"


def test_refused_record_says_why(zone: Zone, double: HTTPDouble) -> None:
    body = {"message": "Validation failed", "errors": {"content": ["can't be blank"]}}
    double.on("POST", RECORDS).reply(400, json=body, headers={"X-Request-Id": "91dcf81b"})
    with pytest.raises(BaseHTTPError, match="can't be blank") as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert caught.value.request_id == "91dcf81b"


def test_record_that_exists(zone: Zone, double: HTTPDouble) -> None:
    """https://github.com/dnsimple/terraform-provider-dnsimple/issues/70"""
    errors = {"base": ["A matching record already exists for this zone"]}
    body = {"message": "Validation failed", "errors": errors}
    double.on("POST", RECORDS).reply(400, json=body)
    with pytest.raises(RecordAlreadyExistsError):
        zone.create_record("www", "A", "192.0.2.1")


class TestDNSimpleErrors(DNSDriverErrors):
    """
    Answers as in the provider's fixtures and description.

    https://github.com/dnsimple/dnsimple-developer/tree/main/fixtures/v2
    """

    bad_credentials = answer(401, json={"message": "Authentication failed"})
    not_found = answer(404, json={"message": "Zone `0` not found"})
    exists = answer(400, json={"message": "The domain google.com is already in DNSimple"})
    rate_limit = answer(429, json={"message": "Quota exceeded"})

    @pytest.fixture
    def driver(self) -> DNSimpleDNSDriver:
        return DNSimpleDNSDriver("token")


# Recorded by the authors of Lexicon, who look for domains and records by name and type, and send
# the text "placeholder_priority" as the priority of texts.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        exchanges = recordings("fixtures-dns-dnsimple.json.gz")[request.param]
        ignored = ["per_page", "name_like", "type", "name", "priority", "regions"]
        with Replay(exchanges, ignored) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        host = "api.sandbox.dnsimple.com"
        driver = replay.attach(DNSimpleDNSDriver("token", host=host))
        (zone,) = driver.list_zones()
        return zone

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        assert replay.attach(DNSimpleDNSDriver("token")).list_zones() == []
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        assert (zone.id, zone.extra["domain_id"]) == ("lexicontest.us", 57894)
        assert {"NS", "SOA", "TXT"} <= {record.type for record in records}
        assert [record.data for record in records if record.name == "localhost"] == ["127.0.0.1"]
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_create_and_update_record(self, replay: Replay, zone: Zone) -> None:
        assert zone.list_records() == []
        extra = {"ttl": 3600}
        text = zone.create_record("orig.testfqdn.lexicontest.us", "TXT", "challengetoken", extra)
        assert [record.id for record in zone.list_records()] == [text.id]
        moved = text.update(name="updated.testfqdn")
        assert (moved.id, moved.name, moved.ttl) == (text.id, "updated.testfqdn", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["record_set_name_remove_all"], indirect=True)
    def test_delete_record(self, replay: Replay, zone: Zone) -> None:
        zone.list_records()
        for number in (1, 2):
            name, text = "_acme-challenge.deleterecordset", f"challengetoken{number}"
            zone.create_record(name, "TXT", text, {"ttl": 3600})
            found = zone.list_records()
        assert all(record.delete() for record in found)
        assert zone.list_records() == []
        replay.assert_all_used()


def test_get_zone_that_is_gone(driver: DNSimpleDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", DOMAIN).reply(404, json={"message": "Domain `example.com` not found"})
    with pytest.raises(ZoneDoesNotExistError, match="not found"):
        driver.get_zone("example.com")
