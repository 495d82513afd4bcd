"""
Namecheap: what goes over the wire, and exchanges that others recorded.

What a whole zone goes through is in ``tests/conformance/test_dns_namecheap.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from libcloud.common.errors import LibcloudError, NetworkError
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.namecheap import NamecheapDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.record_sets import RecordSetChanged
from libcloud.dns.sync import plan_sync, sync
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import CALLS, DNSDriverErrors
from libcloud.testing.http import Answer, HTTPDouble
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_namecheap import namecheap_driver, shown

WWW = {"HostId": "1", "Name": "www", "Type": "A", "Address": "192.0.2.1", "MXPref": "10"}
REDIRECT = {"HostId": "2", "Name": "@", "Type": "URL301", "Address": "http://example.net/"}
REST = {"TTL": "1800", "AssociatedAppTitle": "", "FriendlyName": "A Record", "IsActive": "true"}


@pytest.fixture
def driver() -> Any:
    driver = namecheap_driver()
    driver.create_zone("example.co.uk")
    return driver


@pytest.fixture
def zone(driver: Any) -> Zone:
    hosts = [{**WWW, **REST}, {**REDIRECT, **REST, "MXPref": "10"}]
    driver.server.records["example.co.uk"] = {host["HostId"]: host for host in hosts}
    return Zone("example.co.uk", "example.co.uk", "master", None, driver)


def written(driver: Any) -> dict[str, str]:
    """The form of the last write."""
    form: dict[str, str] = driver.server.forms[-1]
    return form


def numbered(number: int, host: dict[str, str]) -> dict[str, str]:
    ours = {"Name": "HostName", "Type": "RecordType"}
    return {f"{ours.get(key, key)}{number}": value for key, value in host.items()}


def test_driver_is_registered() -> None:
    assert get_driver(Provider.NAMECHEAP) is NamecheapDNSDriver


def test_api_key_is_not_in_what_is_logged(driver: Any) -> None:
    assert "key" in driver.connection.secrets()


def test_user_whose_domains_they_are() -> None:
    driver = NamecheapDNSDriver("user", "key", ex_user_name="other")
    sent = driver.connection.add_default_params({})
    assert sent == {"ApiUser": "user", "UserName": "other", "ApiKey": "key"}


def test_zones_are_listed_page_by_page(driver: Any) -> None:
    for number in range(150):
        driver.create_zone(f"d{number}.com")
    zones = driver.list_zones()
    assert len(zones) == 151
    assert (zones[0].id, zones[0].extra["IsOurDNS"]) == ("example.co.uk", "true")


def test_create_record_sends_everything_else_back_as_it_came(driver: Any, zone: Zone) -> None:
    record = zone.create_record("new", "A", "192.0.2.9", {"ttl": 300})
    added = {"HostName3": "new", "RecordType3": "A", "Address3": "192.0.2.9", "TTL3": "300"}
    assert written(driver) == {
        "SLD": "example",
        "TLD": "co.uk",
        "EmailType": "FWD",
        **numbered(1, {**WWW, **REST}),
        **numbered(2, {**REDIRECT, **REST, "MXPref": "10"}),
        **added,
    }
    assert (record.id, record.name, record.ttl) == ("A:new:192.0.2.9", "new", 300)


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ((None, "A", "192.0.2.9", None), {"HostName": "@", "TTL": "1800"}),
        (("a", "CNAME", "@", None), {"HostName": "a", "Address": "example.co.uk."}),
        (
            ("", "MX", "mail", {"priority": 7}),
            {"HostName": "@", "Address": "mail.example.co.uk.", "MXPref": "7"},
        ),
        (
            ("", "CAA", "ca.example", {"flags": 128, "tag": "issue"}),
            {"Address": '128 issue "ca.example"'},
        ),
        (("", "TXT", '"say \\"hi\\""', None), {"Address": 'say "hi"'}),
        (("b\u00fccher", "A", "192.0.2.9", None), {"HostName": "xn--bcher-kva"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    driver: Any, zone: Zone, arguments: tuple[Any, ...], sent: dict[str, str]
) -> None:
    zone.create_record(*arguments)
    form = written(driver)
    assert form["RecordType3"] == arguments[1]
    assert {key: form[f"{key}3"] for key in sent} == sent


def test_records_show_what_the_provider_says(driver: Any, zone: Zone) -> None:
    mail = {**WWW, **REST, "Name": "@", "Type": "MX", "Address": "mx.example.net.", "MXPref": "5"}
    driver.server.records[zone.id]["3"] = mail
    www, redirect, mx = zone.list_records()
    assert (www.name, www.data, www.ttl) == ("www", "192.0.2.1", 1800)
    assert (redirect.name, redirect.type, redirect.data) == ("", "URL301", "http://example.net/")
    assert (mx.data, mx.extra) == ("mx.example.net.", {"priority": 5})
    assert "example.net/" not in zone.export_to_bind_format()


def test_mx_records_take_the_mail_setting_along(driver: Any, zone: Zone) -> None:
    record = zone.create_record("", "MX", "mail.example.net", {"priority": 10})
    assert written(driver)["EmailType"] == "MX"
    record.delete()
    assert written(driver)["EmailType"] == "MX"


def test_another_ttl_is_that_of_all_values_and_keeps_their_attributes(
    driver: Any, zone: Zone
) -> None:
    second = zone.create_record("www", "A", "192.0.2.2")
    second.update(extra={"ttl": 300})
    form = written(driver)
    assert (form["TTL1"], form["FriendlyName1"], form["TTL2"]) == ("300", "A Record", "1800")
    assert {record.ttl for record in zone.list_records() if record.type == "A"} == {300}


def test_sync_writes_once(driver: Any, zone: Zone) -> None:
    wanted = [Record(None, f"h{n}", "A", f"192.0.2.{n}", zone, driver, 60, {}) for n in range(50)]
    sync(driver, zone, wanted)
    assert len(driver.server.forms) == 1
    assert {record.name for record in zone.list_records()} == {f"h{n}" for n in range(50)}


def test_plan_of_what_was_changed_meanwhile_is_not_written(driver: Any, zone: Zone) -> None:
    wanted = [Record(None, "www", "A", "192.0.2.9", zone, driver, 1800, {})]
    plan = plan_sync(driver, zone, wanted, delete=False)
    assert len(plan) == 1
    zone.create_record("www", "A", "192.0.2.2")
    with pytest.raises(RecordSetChanged):
        plan.apply()
    addresses = {record.data for record in zone.list_records() if record.type == "A"}
    assert addresses == {"192.0.2.1", "192.0.2.2"}


def test_write_that_the_provider_did_not_do() -> None:
    driver = NamecheapDNSDriver("user", "key")
    with HTTPDouble() as double:
        double.attach(driver)
        listing = '<DomainDNSGetHostsResult Domain="example.com" />'
        result = '<DomainDNSSetHostsResult Domain="example.com" IsSuccess="false" />'
        replies = iter((shown(listing), shown(result)))
        double.serve("POST", "/xml.response", lambda request: next(replies))
        zone = Zone("example.com", "example.com", "master", None, driver)
        with pytest.raises(LibcloudError, match="not written"):
            zone.create_record("www", "A", "192.0.2.1")


def test_unknown_type_is_refused_without_a_request(driver: Any, zone: Zone) -> None:
    before = len(driver.server.requests)
    with pytest.raises(LibcloudError):
        zone.create_record("www", "SRV", "1 2 3 h.example.net")
    assert len(driver.server.requests) == before


def failed(number: str, text: str) -> Any:
    return shown(f'<Errors><Error Number="{number}">{text}</Error></Errors>', "ERROR")


class TestNamecheapErrors(DNSDriverErrors):
    """https://www.namecheap.com/support/api/global-parameters/; no domain as recorded."""

    bad_credentials = failed("1011102", "Parameter APIKey is invalid")
    not_found = failed("2030166", "Domain is invalid")
    exists = None
    rate_limit = failed("500000", "Too many requests")

    # Records have no IDs of their own, so what is not found is the zone.
    not_found_is_the_zone = frozenset(CALLS) - {"list_zones"}
    not_found_is_the_record = frozenset()
    strange_bodies = (
        "<html>hello</html>",
        "{",
        "<ApiResponse/>",
        "7",
        "",
        '<ApiResponse Status="OK"><CommandResponse/></ApiResponse>',
    )

    @pytest.fixture
    def driver(self) -> NamecheapDNSDriver:
        return NamecheapDNSDriver("user", "key")

    @pytest.mark.parametrize("name", ["create_record", "update_record", "delete_record"])
    def test_what_creates_is_not_sent_twice(self, driver: Any, name: str) -> None:
        """All calls are POST; what only reads may be sent again."""
        double = self.at_once(driver)
        listing = '<host HostId="42" Name="www" Type="A" Address="192.0.2.1" TTL="3600"/>'
        there = "" if name == "create_record" else listing
        result = f"<DomainDNSGetHostsResult>{there}</DomainDNSGetHostsResult>"

        def reply(request: Any) -> Answer:
            if request.query["Command"] == ["namecheap.domains.dns.getHosts"]:
                return shown(result)
            return Answer(error=requests.ConnectionError("Connection reset by peer"))

        double.serve("POST", "/xml.response", reply)
        zone = self.zone_of(driver)
        record = self.record_of(zone)
        with pytest.raises(NetworkError):
            CALLS[name](driver, zone, record)
        writes = [each for each in double.requests if "setHosts" in each.url]
        assert len(writes) == 1


# Recorded by the authors of Lexicon in 2020, in the provider's sandbox, who say nothing of the mail
# setting.


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-namecheap.json.gz")
        ignore = ["ApiUser", "ApiKey", "UserName", "EmailType"]
        with Replay(cassettes[request.param], ignore) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        driver = replay.attach(NamecheapDNSDriver("user", "key", host="api.sandbox.namecheap.com"))
        zone = driver.get_zone("unittest2.dev")
        assert zone.extra["IsOwner"] == "true"
        return zone

    @pytest.mark.parametrize(
        "replay",
        ["namecheap/IntegrationTests/test_provider_authenticate_with_unmanaged"],
        indirect=True,
    )
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        driver = replay.attach(NamecheapDNSDriver("user", "key"))
        with pytest.raises(ZoneDoesNotExistError) as caught:
            driver.get_zone("thisisadomainidonotown.com")
        assert caught.value.provider_code == "2030166"
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        records = zone.list_records()
        by_name = {record.name: record for record in records}
        assert by_name["docs"].data == "docs.example.com."
        assert (by_name["localhost"].data, by_name["localhost"].ttl) == ("127.0.0.1", 3600)
        assert by_name[""].type == "URL"
        replay.assert_all_used()

    @pytest.mark.parametrize(
        "replay",
        ["namecheap/managed-IntegrationTests/test_provider_when_calling_create_record_for_A"],
        indirect=True,
    )
    def test_create_record(self, replay: Replay) -> None:
        driver = replay.attach(NamecheapDNSDriver("user", "key"))
        zone = driver.get_zone("unittest-seconddomain.dev")
        record = zone.create_record("localhost", "A", "127.0.0.1", {"ttl": 3600})
        assert (record.name, record.ttl) == ("localhost", 3600)
        replay.assert_all_used()

    @pytest.mark.parametrize(
        "replay",
        ["managed-IntegrationTests/test_provider_when_calling_delete_record_by_filter_with_fqdn"],
        indirect=True,
    )
    def test_create_and_delete_record(self, replay: Replay) -> None:
        driver = replay.attach(NamecheapDNSDriver("user", "key"))
        zone = driver.get_zone("unittest-seconddomain.dev")
        record = zone.create_record("delete.testfqdn", "TXT", "challengetoken", {"ttl": 3600})
        assert record.id in [each.id for each in zone.list_records()]
        assert record.delete()
        assert record.id not in [each.id for each in zone.list_records()]
        replay.assert_all_used()
