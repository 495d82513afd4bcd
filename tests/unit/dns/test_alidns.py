"""
Alibaba Cloud DNS: what goes over the wire, and exchanges that others recorded.

Requests are checked against the published metadata. What a whole zone goes through is in
``tests/conformance/test_dns_alidns.py``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from libcloud.common.aliyun import (
    AliyunRequestSigner,
    AliyunRequestSignerAlgorithmV1_0,
    AliyunXmlResponse,
    SignedAliyunConnection,
)
from libcloud.common.errors import (
    LibcloudError,
    NetworkError,
    PermissionDeniedError,
    UnsupportedOperation,
)
from libcloud.common.retry import RetryPolicy
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.alidns import AliDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import ANY, Answer, HTTPDouble, answer, includes
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_alidns import alidns_spec


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=alidns_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> AliDNSDriver:
    return double.attach(AliDNSDriver("key-id", "secret"))


@pytest.fixture
def zone(driver: AliDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def sent_in(double: HTTPDouble) -> dict[str, str]:
    return {name: values[0] for name, values in double.requests[-1].query.items()}


def test_driver_is_registered() -> None:
    assert get_driver(Provider.ALIDNS) is AliDNSDriver


# The signature


def test_signature_is_that_of_the_documented_example() -> None:
    """https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism"""
    params = {
        "Timestamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
    }
    signer = AliyunRequestSignerAlgorithmV1_0("testid", "testsecret", "2014-05-26")
    assert signer._signature(params, "GET", "/") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_signed_parameters_leave_those_of_the_caller_as_they_are() -> None:
    signer = AliyunRequestSignerAlgorithmV1_0("testid", "testsecret", "2014-05-26")
    given = {"Action": "X"}
    first, second = signer.get_request_params(given), signer.get_request_params(given)
    assert given == {"Action": "X"}
    assert first["Format"] == "XML"
    assert first["SignatureNonce"] != second["SignatureNonce"]
    assert first["Signature"] != second["Signature"]
    assert AliyunRequestSigner("a", "b", "c").get_request_headers({}, {"h": 1}) == ({}, {"h": 1})


def test_connection_refuses_what_it_cannot_sign() -> None:
    with pytest.raises(ValueError, match="api_version"):
        SignedAliyunConnection("id", "secret", host="h")
    with pytest.raises(ValueError, match="signature_version"):
        SignedAliyunConnection("id", "secret", api_version="2014-05-26", signature_version="3")


def test_error_in_xml_says_code_and_request() -> None:
    class Connection(SignedAliyunConnection):
        responseCls = AliyunXmlResponse

    double = HTTPDouble()
    double.on("GET", "/", query=ANY).reply(
        403,
        text="<Error><RequestId>A-1</RequestId><Code>Forbidden.RAM</Code>"
        "<Message>User not authorized</Message></Error>",
    )
    connection = Connection("id", "secret", host="ecs.aliyuncs.com", api_version="2014-05-26")
    connection.conn_class = double.conn_class
    with pytest.raises(PermissionDeniedError, match="not authorized") as caught:
        connection.call("DescribeRegions", {})
    assert (caught.value.provider_code, caught.value.request_id) == ("Forbidden.RAM", "A-1")


# The requests


def test_create_zone(driver: AliDNSDriver, double: HTTPDouble) -> None:
    """https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-adddomain"""
    double.on("GET", "/", query=ANY).reply(
        json={
            "RequestId": "536E9CAD-DB30-4647-AC87-AA5CC38C5382",
            "DomainId": "00efd71a-770e-4255-b54e-6fe5659baffe",
            "DomainName": "example.com",
            "DnsServers": {"DnsServer": ["ns1.alidns.com", "ns2.alidns.com"]},
        }
    )
    zone = driver.create_zone("Example.com.", extra={"group_id": "2223"})
    sent = sent_in(double)
    assert (sent["Action"], sent["DomainName"], sent["GroupId"]) == (
        "AddDomain",
        "example.com",
        "2223",
    )
    assert "ResourceGroupId" not in sent
    assert (zone.id, zone.domain, zone.ttl) == ("example.com", "example.com", None)
    assert zone.extra == {
        "domain_id": "00efd71a-770e-4255-b54e-6fe5659baffe",
        "dns_servers": ["ns1.alidns.com", "ns2.alidns.com"],
    }


def test_create_zone_of_another_type_is_refused(driver: AliDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"RR": "www", "Value": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 60}), {"Value": "192.0.2.1", "TTL": "60"}),
        (("a.example.com", "CNAME", "@", None), {"RR": "a", "Value": "example.com"}),
        (("", "MX", "5 mx.example.net.", None), {"Value": "mx.example.net", "Priority": "5"}),
        (("", "MX", "mail", {"priority": 7}), {"Value": "mail.example.com", "Priority": "7"}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"RR": "_s._tcp", "Value": "1 2 3 h.example.net"},
        ),
        (("", "CAA", "ca.example", {"tag": "issue"}), {"Value": '0 issue "ca.example"'}),
        (("", "TXT", '"say \\"hi\\"" " twice"', None), {"Value": 'say "hi" twice'}),
        (("b\u00fccher", "A", "192.0.2.1", None), {"RR": "xn--bcher-kva", "Value": "192.0.2.1"}),
        (("a", "A", "192.0.2.1", {"line": "oversea"}), {"RR": "a", "Line": "oversea"}),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, str]
) -> None:
    wanted = {"RR": "@", "Type": arguments[1], "DomainName": "example.com", **sent}
    double.on("GET", "/", query=includes({"Action": "AddDomainRecord", **wanted})).reply(
        json={"RequestId": "536E9CAD-DB30-4647-AC87-AA5CC38C5382", "RecordId": "9999985"}
    )
    record = zone.create_record(*arguments)
    assert (record.id, record.name) == ("9999985", "" if wanted["RR"] == "@" else wanted["RR"])
    assert {"Line", "TTL", "Priority"} & sent_in(double).keys() <= sent.keys()


def test_update_record_keeps_line_and_ttl(zone: Zone, double: HTTPDouble) -> None:
    extra = {"line": "oversea", "status": "ENABLE", "priority": 5}
    record = Record("7", "", "MX", "mx.example.net", zone, zone.driver, 900, extra)
    wanted = {"RecordId": "7", "Line": "oversea", "TTL": "900", "Priority": "6"}
    double.on("GET", "/", query=includes({"Action": "UpdateDomainRecord", **wanted})).reply(
        json={"RecordId": "7"}
    )
    changed = record.update(extra={"priority": 6})
    assert (changed.data, changed.ttl) == ("mx.example.net", 900)
    assert changed.extra == {"line": "oversea", "status": "ENABLE", "priority": 6}


def test_what_creates_is_not_sent_twice_though_it_is_a_get(zone: Zone, double: HTTPDouble) -> None:
    cut = Answer(error=requests.ConnectionError("Connection reset by peer"))
    double.serve("GET", "/", lambda request: cut)
    zone.driver.connection.retry = RetryPolicy(attempts=3, delay=0, max_delay=0)
    for call in (
        lambda: zone.create_record("www", "A", "192.0.2.1"),
        lambda: zone.driver.create_zone("example.org"),
    ):
        before = len(double.requests)
        with pytest.raises(NetworkError):
            call()
        assert len(double.requests) == before + 1


def test_error_with_an_unknown_detail_goes_by_what_precedes_it(
    zone: Zone, double: HTTPDouble
) -> None:
    double.serve("GET", "/", lambda request: error(400, "Forbidden.SubUser", "Not you."))
    with pytest.raises(PermissionDeniedError, match="Not you"):
        zone.create_record("www", "A", "192.0.2.1")


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


def error(status: int, code: str, message: str) -> Answer:
    return answer(
        status,
        json={
            "RequestId": "A-1",
            "HostId": "alidns.aliyuncs.com",
            "Code": code,
            "Message": message,
        },
    )


class TestAliDNSErrors(DNSDriverErrors):
    """
    Codes of https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-adddomainrecord, the
    common ones, and for "not found" of a recording.
    """

    bad_credentials = error(
        404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."
    )
    not_found = error(
        400,
        "InvalidDomainName.NoExist",
        "The specified domain name does not exist. Refresh the page and try again.",
    )
    exists = error(400, "DomainRecordDuplicate", "The DNS record already exists.")
    rate_limit = error(400, "Throttling.User", "Request was denied due to user flow control.")
    unavailable = error(503, "ServiceUnavailable", "The request has failed.")

    @pytest.fixture
    def driver(self) -> AliDNSDriver:
        return AliDNSDriver("key-id", "secret")


# Recorded by the authors of Lexicon in 2019, who send no size of pages.

UNSIGNED = {
    "AccessKeyId",
    "PageSize",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureVersion",
    "Timestamp",
}
DOMAIN = "mean.space"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-aliyun.json.gz")
        with Replay(cassettes[request.param], UNSIGNED, spec=alidns_spec()) as replay:
            yield replay

    @pytest.fixture
    def driver(self, replay: Replay) -> AliDNSDriver:
        return replay.attach(AliDNSDriver("key-id", "secret"))

    @pytest.mark.parametrize("replay", ["unmanaged_domain_should_fail"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay, driver: AliDNSDriver) -> None:
        with pytest.raises(ZoneDoesNotExistError) as caught:
            driver.get_zone("thisisadomainidonotown.com")
        assert caught.value.request_id == "52617F98-3E38-4DE2-A75D-82CB82569E84"
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["list_records_with_no_arguments"], indirect=True)
    def test_first_page_of_records(self, replay: Replay, driver: AliDNSDriver) -> None:
        zone = driver.get_zone(DOMAIN)
        assert zone.extra["dns_servers"] == ["dns9.hichina.com", "dns10.hichina.com"]
        records = list(itertools.islice(driver.iterate_records(zone), 20))
        assert (records[0].name, records[0].type, records[0].data, records[0].ttl) == (
            "random.test",
            "TXT",
            "challengetoken",
            3600,
        )
        assert records[0].extra == {
            "line": "default",
            "status": "ENABLE",
            "locked": False,
            "weight": 1,
        }
        replay.assert_all_used()

    @pytest.mark.parametrize(
        ("replay", "arguments"),
        [
            ("create_record_for_A", ("localhost", "A", "127.0.0.1")),
            ("create_record_for_CNAME", ("docs", "CNAME", "docs.example.com")),
            (
                "create_record_for_TXT_with_fqdn",
                (f"_acme-challenge.fqdn.{DOMAIN}.", "TXT", "challengetoken"),
            ),
        ],
        indirect=["replay"],
    )
    def test_create_record(
        self, replay: Replay, driver: AliDNSDriver, arguments: tuple[str, str, str]
    ) -> None:
        record = driver.get_zone(DOMAIN).create_record(*arguments, {"ttl": 3600})
        assert record.id.startswith("17606200")

    def test_delete_record(self) -> None:
        with self._replay_without_domain("delete_record_by_identifier") as replay:
            zone = replay.attach(AliDNSDriver("key-id", "secret")).get_zone(DOMAIN)
            record = zone.create_record("delete.testid", "TXT", "challengetoken", {"ttl": 3600})
            assert record.delete()

    def test_update_record(self) -> None:
        with self._replay_without_domain("update_record_with_fqdn_name") as replay:
            driver = replay.attach(AliDNSDriver("key-id", "secret"))
            zone = driver.get_zone(DOMAIN)
            old = Record(
                "17526476636558336", "orig.testfqdn", "TXT", "challengetoken", zone, driver, 600
            )
            new = old.update(name=f"updated.testfqdn.{DOMAIN}", extra={"ttl": 3600})
            assert (new.id, new.name, new.ttl) == (old.id, "updated.testfqdn", 3600)

    def _replay_without_domain(self, name: str) -> Replay:
        """Lexicon also sent the domain with what has a record's ID: the metadata have it not."""
        cassette = recordings("fixtures-dns-aliyun.json.gz")[name]
        return Replay(cassette, {*UNSIGNED, "DomainName"}, spec=alidns_spec())
