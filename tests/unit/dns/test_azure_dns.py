"""
Azure DNS: what goes over the wire, and exchanges that others recorded.

Requests and answers are checked against the published description. What a whole zone goes through
is in ``tests/conformance/test_dns_azure_dns.py``, what all drivers of Azure share in
``tests/unit/common/test_azure_arm.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from libcloud.common.errors import ConflictError, InvalidRequestError, UnsupportedOperation
from libcloud.common.retry import RetryPolicy
from libcloud.dns.base import Zone
from libcloud.dns.drivers.azure_dns import AzureDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.record_sets import RecordSetChanged
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Exchange, Replay, recordings
from tests.conformance.test_dns_azure_dns import azure_error, azure_spec

GROUP = "/subscriptions/subscription/resourceGroups/group/providers/Microsoft.Network"
ZONES = f"{GROUP}/dnsZones"
ZONE = f"{ZONES}/example.com"
ZONE_ID = f"{GROUP}/dnszones/example.com"
VERSION = {"api-version": "2018-05-01"}

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")


def new_driver(**options: Any) -> AzureDNSDriver:
    driver = AzureDNSDriver("tenant", "subscription", "client", "secret", **options)
    driver.connection.access_token, driver.connection.expires_on = "token", 4e9
    driver.connection.retry = RetryPolicy(delay=0, max_delay=0)
    driver.connection.poll_interval = 0
    return driver


def zone_item(**more: Any) -> dict[str, Any]:
    return {
        "id": ZONE_ID,
        "name": "example.com",
        "type": "Microsoft.Network/dnszones",
        "etag": "e1",
        "location": "global",
        "tags": {"team": "web"},
        "properties": {"nameServers": ["ns1-05.azure-dns.com."], "zoneType": "Public"},
        **more,
    }


def set_item(type: str, name: str, etag: str = "e1", **properties: Any) -> dict[str, Any]:
    return {
        "id": f"{ZONE_ID}/{type}/{name}",
        "name": name,
        "type": f"Microsoft.Network/dnszones/{type}",
        "etag": etag,
        "properties": {"fqdn": f"{name}.example.com.", "TTL": 300, **properties},
    }


def a_records(*addresses: str) -> dict[str, Any]:
    return {"ARecords": [{"ipv4Address": address} for address in addresses]}


WWW = set_item("A", "www", **a_records("192.0.2.1", "192.0.2.2"))
NO_SET = azure_error(404, "NotFound", "The resource record 'www' does not exist ...")
NO_ZONE = azure_error(404, "ParentResourceNotFound", "Parent resource 'example.com' not found.")
CHANGED = azure_error(412, "PreconditionFailed", "The condition was not satisfied")


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=azure_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> AzureDNSDriver:
    return double.attach(new_driver(ex_resource_group="group"))


@pytest.fixture
def zone(driver: AzureDNSDriver) -> Zone:
    return Zone(ZONE_ID, "example.com", "master", None, driver)


# The driver itself


def test_driver_is_registered() -> None:
    assert get_driver(Provider.AZURE_DNS) is AzureDNSDriver


def test_constructor_loads_no_requests() -> None:
    program = (
        "import sys; from libcloud.dns.providers import get_driver; "
        "get_driver('azure_dns')('tenant', 'subscription', 'key', 'secret'); "
        "sys.exit(bool({'requests', 'dns'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_arguments_reach_the_connection() -> None:
    driver = new_driver(
        cloud_environment="AzureUSGovernment", host="127.0.0.1", port=8443, timeout=7
    )
    connection = driver.connection
    assert (connection.user_id, connection.key) == ("client", "secret")
    assert (connection.tenant_id, connection.subscription_id) == ("tenant", "subscription")
    assert (connection.host, connection.port, connection.timeout) == ("127.0.0.1", 8443, 7)
    assert connection.login_host == "login.microsoftonline.us"


# Zones


def test_zones_of_the_resource_group(driver: AzureDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", ZONES, query=VERSION).reply(json={"value": [zone_item()]})
    (zone,) = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (ZONE_ID, "example.com", "master", None)
    assert zone.extra == {
        "resource_group": "group",
        "etag": "e1",
        "location": "global",
        "tags": {"team": "web"},
        "nameServers": ["ns1-05.azure-dns.com."],
        "zoneType": "Public",
    }


@pytest.mark.parametrize("zone_id", ["example.com", "Example.com."])
def test_zones_of_the_subscription(double: HTTPDouble, zone_id: str) -> None:
    path = "/subscriptions/subscription/providers/Microsoft.Network/dnszones"
    double.on("GET", path, query=VERSION).reply(json={"value": [zone_item()]})
    driver = double.attach(new_driver())
    assert driver.get_zone(zone_id).id == ZONE_ID
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_zone("example.org")


@pytest.mark.parametrize("zone_id", [ZONE_ID, ZONE, "example.com"])
def test_get_zone_takes_ids_and_names(
    driver: AzureDNSDriver, double: HTTPDouble, zone_id: str
) -> None:
    double.on("GET", ZONE, query=VERSION).reply(json=zone_item())
    assert driver.get_zone(zone_id).id == ZONE_ID


def test_create_zone_only_if_there_is_none(driver: AzureDNSDriver, double: HTTPDouble) -> None:
    body = {"location": "global", "tags": {"team": "web"}}
    headers = {"If-None-Match": "*"}
    double.on("PUT", ZONE, query=VERSION, json=body, headers=headers).reply(201, json=zone_item())
    assert driver.create_zone("Example.COM.", extra={"tags": {"team": "web"}}).id == ZONE_ID


def test_create_zone_that_exists_raises_zone_already_exists(
    driver: AzureDNSDriver, double: HTTPDouble
) -> None:
    double.on("PUT", ZONE, query=VERSION).reply_with(lambda request: CHANGED)
    with pytest.raises(ZoneAlreadyExistsError) as caught:
        driver.create_zone("example.com")
    assert (caught.value.http_code, caught.value.provider_code) == (412, "PreconditionFailed")


def test_create_zone_is_not_sent_twice(driver: AzureDNSDriver, double: HTTPDouble) -> None:
    double.on("PUT", ZONE, query=VERSION).reply(503).exactly(1)
    with pytest.raises(Exception, match="503"):
        driver.create_zone("example.com")


def test_create_zone_in_another_resource_group(double: HTTPDouble) -> None:
    driver = double.attach(new_driver())
    with pytest.raises(InvalidRequestError, match="resource group"):
        driver.create_zone("example.com")
    double.on("PUT", ZONE, query=VERSION, json={"location": "global"}).reply(201, json=zone_item())
    assert driver.create_zone("example.com", extra={"resource_group": "group"}).id == ZONE_ID


def test_create_zone_of_another_type_is_refused(driver: AzureDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


def test_update_zone_changes_tags(zone: Zone, double: HTTPDouble) -> None:
    changed = zone_item(tags={"a": "b"})
    double.on("PATCH", ZONE, query=VERSION, json={"tags": {"a": "b"}}).reply(json=changed)
    assert zone.update(extra={"tags": {"a": "b"}}).extra["tags"] == {"a": "b"}
    with pytest.raises(UnsupportedOperation, match="rename"):
        zone.update(domain="other.example")


def test_delete_zone_is_waited_for(zone: Zone, double: HTTPDouble) -> None:
    double.spec = None
    link = f"https://management.azure.com:443{GROUP}/dnsOperationResults/7?api-version=x"
    double.on("DELETE", ZONE, query=VERSION).reply(202, headers={"Azure-AsyncOperation": link})
    look = double.on("GET", f"{GROUP}/dnsOperationResults/7", query={"api-version": "x"})
    look.reply(json={"status": "InProgress"}).reply(json={"status": "Succeeded"})
    assert zone.delete()


def test_delete_zone_that_is_gone_raises_zone_does_not_exist(
    zone: Zone, double: HTTPDouble
) -> None:
    double.on("DELETE", ZONE, query=VERSION).reply(204)
    with pytest.raises(ZoneDoesNotExistError):
        zone.delete()


# Records


SHAPES = [
    ("A", "192.0.2.1", {}, "ARecords", {"ipv4Address": "192.0.2.1"}),
    ("AAAA", "2001:db8::1", {}, "AAAARecords", {"ipv6Address": "2001:db8::1"}),
    ("CNAME", "h.example.net", {}, "CNAMERecord", {"cname": "h.example.net"}),
    (
        "MX",
        "h.example.net",
        {"priority": 5},
        "MXRecords",
        {"preference": 5, "exchange": "h.example.net"},
    ),
    ("NS", "h.example.net", {}, "NSRecords", {"nsdname": "h.example.net"}),
    ("PTR", "h.example.net", {}, "PTRRecords", {"ptrdname": "h.example.net"}),
    (
        "SRV",
        "h.example.net",
        {"priority": 1, "weight": 2, "port": 3},
        "SRVRecords",
        {"priority": 1, "weight": 2, "port": 3, "target": "h.example.net"},
    ),
    ("TXT", 'say "hi"; \\', {}, "TXTRecords", {"value": ['say "hi"; \\']}),
    ("TXT", '"one" "two"', {}, "TXTRecords", {"value": ["one", "two"]}),
    ("TXT", "x" * 300, {}, "TXTRecords", {"value": ["x" * 255, "x" * 45]}),
    (
        "CAA",
        '128 issue "ca.example"',
        {},
        "caaRecords",
        {"flags": 128, "tag": "issue", "value": "ca.example"},
    ),
]


@pytest.mark.parametrize(("type", "data", "extra", "key", "sent"), SHAPES)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone,
    double: HTTPDouble,
    type: str,
    data: str,
    extra: dict[str, int],
    key: str,
    sent: dict[str, Any],
) -> None:
    path = f"{ZONE}/{type}/x"
    double.on("GET", path, query=VERSION).reply_with(lambda request: NO_SET)
    value = sent if key == "CNAMERecord" else [sent]
    properties: dict[str, Any] = {"TTL": 60, key: value}
    headers = {"If-None-Match": "*"}
    written = double.on(
        "PUT", path, query=VERSION, json={"properties": properties}, headers=headers
    )
    written.reply(201, json=set_item(type, "x", **properties))
    record = zone.create_record("x", type, data, {"ttl": 60, **extra})
    assert (record.name, record.ttl) == ("x", 60)
    assert record.extra == extra


@pytest.mark.parametrize(("type", "data", "extra", "key", "sent"), SHAPES)
def test_record_shows_what_the_provider_says(
    zone: Zone,
    double: HTTPDouble,
    type: str,
    data: str,
    extra: dict[str, int],
    key: str,
    sent: dict[str, Any],
) -> None:
    values: dict[str, Any] = {key: sent if key == "CNAMERecord" else [sent]}
    item = set_item(type, "x", **values)
    double.on("GET", f"{ZONE}/recordsets", query=VERSION).reply(json={"value": [item]})
    (record,) = zone.list_records()
    expected = "onetwo" if data.startswith('"one"') else data
    assert record.data.removesuffix(".") == expected
    assert record.extra == extra


def test_text_that_has_quotes_around_it_keeps_them(zone: Zone, double: HTTPDouble) -> None:
    item = set_item("TXT", "x", TXTRecords=[{"value": ['"quoted"']}])
    double.on("GET", f"{ZONE}/recordsets", query=VERSION).reply(json={"value": [item]})
    assert zone.list_records()[0].data == '"quoted"'


def test_records_come_in_pages_and_aliases_are_left_out(zone: Zone, double: HTTPDouble) -> None:
    soa = {
        "host": "ns1-05.azure-dns.com.",
        "email": "azuredns-hostmaster.microsoft.com",
        "serialNumber": 1,
        "refreshTime": 3600,
        "retryTime": 300,
        "expireTime": 2419200,
        "minimumTTL": 300,
    }
    first = [
        set_item("SOA", "@", SOARecord=soa),
        set_item("A", "alias", targetResource={"id": "x"}),
    ]
    double.spec = None  # It does not say what is in the link.
    link = f"https://management.azure.com:443{ZONE}/recordsets?api-version=2018-05-01&$skipToken=7"
    listed = double.on("GET", f"{ZONE}/recordsets", query=VERSION)
    listed.reply(json={"value": first, "nextLink": link})
    following = double.on("GET", f"{ZONE}/recordsets", query={**VERSION, "$skipToken": "7"})
    following.reply(json={"value": [WWW]})
    assert [(record.id, record.ttl) for record in zone.list_records()] == [
        ("SOA:", 300),
        ("A:www:192.0.2.1", 300),
        ("A:www:192.0.2.2", 300),
    ]


def test_create_record_adds_to_a_set_that_is_as_it_was(zone: Zone, double: HTTPDouble) -> None:
    there = set_item("A", "www", metadata={"a": "b"}, **a_records("192.0.2.1"))
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply(json=there)
    properties = {"TTL": 300, **a_records("192.0.2.1", "192.0.2.2"), "metadata": {"a": "b"}}
    written = double.on(
        "PUT",
        f"{ZONE}/A/www",
        query=VERSION,
        json={"properties": properties},
        headers={"If-Match": "e1"},
    )
    written.reply(json=WWW)
    assert zone.create_record("www", "A", "192.0.2.2").extra == {"metadata": {"a": "b"}}


def test_metadata_can_be_given(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply_with(lambda request: NO_SET)
    properties = {"TTL": 3600, **a_records("192.0.2.1"), "metadata": {"a": "b"}}
    double.on("PUT", f"{ZONE}/A/www", query=VERSION, json={"properties": properties}).reply(
        201, json=WWW
    )
    zone.create_record("www", "A", "192.0.2.1", {"metadata": {"a": "b"}})


def test_create_record_that_exists_raises_record_already_exists(
    zone: Zone, double: HTTPDouble
) -> None:
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply(json=WWW)
    with pytest.raises(RecordAlreadyExistsError):
        zone.create_record("www", "A", "192.0.2.2")


def test_second_cname_is_refused_without_a_change(zone: Zone, double: HTTPDouble) -> None:
    there = set_item("CNAME", "x", CNAMERecord={"cname": "a.example.net"})
    double.on("GET", f"{ZONE}/CNAME/x", query=VERSION).reply(json=there)
    with pytest.raises(InvalidRequestError, match="only one"):
        zone.create_record("x", "CNAME", "b.example.net")


def test_alias_is_left_alone(zone: Zone, double: HTTPDouble) -> None:
    alias = set_item("A", "www", targetResource={"id": "x"})
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply(json=alias)
    with pytest.raises(UnsupportedOperation, match="alias"):
        zone.create_record("www", "A", "192.0.2.1")


def test_set_that_was_changed_meanwhile_is_read_again(zone: Zone, double: HTTPDouble) -> None:
    other = set_item("A", "www", "e2", **a_records("192.0.2.7"))
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply(json=WWW).reply(json=other)
    refused = double.on("PUT", f"{ZONE}/A/www", query=VERSION, headers={"If-Match": "e1"})
    refused.reply_with(lambda request: CHANGED)
    written = double.on("PUT", f"{ZONE}/A/www", query=VERSION, headers={"If-Match": "e2"})
    written.reply(json=WWW)
    zone.create_record("www", "A", "192.0.2.9")
    sent = double.requests[-1].json["properties"]
    assert sent == {"TTL": 300, **a_records("192.0.2.7", "192.0.2.9")}


def test_conflict_of_another_kind_stands(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply_with(lambda request: NO_SET)
    busy = azure_error(409, "Conflict", "busy")
    double.on("PUT", f"{ZONE}/A/www", query=VERSION).reply_with(lambda request: busy).exactly(1)
    with pytest.raises(ConflictError) as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert not isinstance(caught.value, RecordSetChanged)


def test_delete_record_that_is_the_last_deletes_the_set(zone: Zone, double: HTTPDouble) -> None:
    alone = set_item("A", "www", **a_records("192.0.2.1"))
    double.on("GET", f"{ZONE}/recordsets", query=VERSION).reply(json={"value": [alone]})
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply(json=alone)
    gone = double.on("DELETE", f"{ZONE}/A/www", query=VERSION, headers={"If-Match": "e1"})
    gone.reply(200)
    assert zone.list_records()[0].delete()


def test_record_that_is_gone_raises_record_does_not_exist(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", f"{ZONE}/recordsets", query=VERSION).reply(json={"value": [WWW]})
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply_with(lambda request: NO_SET)
    record = zone.list_records()[0]
    with pytest.raises(RecordDoesNotExistError):
        record.update(data="192.0.2.9")


def test_new_name_goes_again_when_the_old_one_cannot_be_changed(
    zone: Zone, double: HTTPDouble
) -> None:
    alone = set_item("A", "www", **a_records("192.0.2.1"))
    new = set_item("A", "new", "n1", **a_records("192.0.2.1"))
    double.on("GET", f"{ZONE}/recordsets", query=VERSION).reply(json={"value": [alone]})
    double.on("GET", f"{ZONE}/A/www", query=VERSION).reply(json=alone)
    double.on("GET", f"{ZONE}/A/new", query=VERSION).reply_with(lambda request: NO_SET)
    double.on("PUT", f"{ZONE}/A/new", query=VERSION).reply(201, json=new)
    refused = azure_error(403, "AuthorizationFailed", "no")
    double.on("DELETE", f"{ZONE}/A/www", query=VERSION).reply_with(lambda request: refused)
    undone = double.on("DELETE", f"{ZONE}/A/new", query=VERSION, headers={"If-Match": "n1"})
    undone.reply(200)
    record = zone.list_records()[0]
    with pytest.raises(Exception, match="AuthorizationFailed"):
        record.update(name="new")


class TestAzureErrors(DNSDriverErrors):
    """https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/"""

    bad_credentials = azure_error(401, "InvalidAuthenticationToken", "The token is invalid.")
    not_found = NO_ZONE
    exists = None  # A set is read before it is written: see the tests above.
    rate_limit = azure_error(429, "TooManyRequests", "Too many requests.")
    answers_nothing = frozenset({"delete_zone"})

    not_found_is_the_zone = DNSDriverErrors.not_found_is_the_zone | {
        "update_record",
        "delete_record",
    }
    not_found_is_the_record = frozenset()

    @pytest.fixture
    def driver(self) -> AzureDNSDriver:
        return new_driver(ex_resource_group="group")

    def zone_of(self, driver: Any) -> Zone:
        return Zone(ZONE_ID, "example.com", "master", None, driver)


# Recorded by the authors of Lexicon, who list all sets of a type before they change one.

DOMAIN = "full4ir.tk"
MASK = {r"/dns[zZ]ones": "/dnsZones"}


def with_single_sets(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """
    Where the driver asks for the set that it is about to change, whoever recorded listed all sets
    of the type: what the listing says of the set answers for it. There are no requests for tokens.
    """
    kept = [each for each in exchanges if "/oauth2/token" not in each.url]
    changed = dict.fromkeys(each.url for each in kept if each.method in ("PUT", "DELETE"))
    for each in kept:
        yield each
        for url in changed:
            folder, _, name = url.partition("?")[0].rpartition("/")
            if each.method == "GET" and each.url.partition("?")[0] == folder:
                items = json.loads(each.answer.body)["value"]  # type: ignore[arg-type]
                found = [item for item in items if item["name"] == name]
                single = answer(json=found[0]) if found else NO_SET
                yield Exchange("GET", url, b"", single)


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-azure.json.gz")
        with Replay(with_single_sets(cassettes[request.param]), mask=MASK) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        driver = new_driver(ex_resource_group="dns-test")
        driver.subscription_id = "SUBSCRIPTION_ID"
        return next(zone for zone in replay.attach(driver).list_zones() if zone.domain == DOMAIN)

    @pytest.mark.parametrize("replay", ["authenticate.yaml"], indirect=True)
    def test_list_zones(self, replay: Replay, zone: Zone) -> None:
        assert zone.extra["resource_group"] == "dns-test"
        assert len(zone.extra["nameServers"]) == 4
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "type", "name", "data"),
        [
            ("create_record_for_A", "A", "localhost", "127.0.0.1"),
            ("create_record_for_CNAME", "CNAME", "docs", "docs.example.com"),
            ("create_record_for_TXT_with_valid", "TXT", "_acme-challenge.test", "challengetoken"),
            (
                "create_record_for_TXT_with_fqdn",
                "TXT",
                f"_acme-challenge.fqdn.{DOMAIN}.",
                "challengetoken",
            ),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, zone: Zone, type: str, name: str, data: str
    ) -> None:
        record = zone.create_record(name, type, data)
        assert (record.data.removesuffix("."), record.ttl) == (data, 3600)

    @pytest.mark.parametrize(
        "replay", ["create_record_multiple_times_should_create_record_set"], indirect=True
    )
    def test_create_records_of_one_set(self, replay: Replay, zone: Zone) -> None:
        for number in (1, 2):
            zone.create_record("_acme-challenge.createrecordset", "TXT", f"challengetoken{number}")

    @pytest.mark.parametrize("replay", ["duplicate_records_should_be_noop"], indirect=True)
    def test_create_record_that_exists(self, replay: Replay, zone: Zone) -> None:
        zone.create_record("_acme-challenge.noop", "TXT", "challengetoken")
        with pytest.raises(RecordAlreadyExistsError):
            zone.create_record("_acme-challenge.noop", "TXT", "challengetoken")

    @pytest.mark.parametrize("replay", ["delete_record_by_identifier"], indirect=True)
    def test_list_and_delete_records(self, replay: Replay, zone: Zone) -> None:
        zone.create_record("delete.testid", "TXT", "challengetoken")
        records = zone.list_records()
        assert {"A", "CNAME", "NS", "SOA", "TXT"} >= {record.type for record in records}
        (record,) = (record for record in records if record.name == "delete.testid")
        assert record.delete()

    @pytest.mark.parametrize("replay", ["update_record_with_fqdn_name"], indirect=True)
    def test_update_record(self, replay: Replay, zone: Zone) -> None:
        text = zone.create_record("orig.testfqdn", "TXT", "challengetoken")
        assert text.id in [record.id for record in zone.list_records()]
        moved = text.update(name=f"updated.testfqdn.{DOMAIN}.")
        assert (moved.name, moved.data) == ("updated.testfqdn", "challengetoken")
