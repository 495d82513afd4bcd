"""
Tencent Cloud's DNSPod: what goes over the wire.

Requests and answers are checked against the published description; answers are those of its
examples. What a whole zone goes through is in ``tests/conformance/test_dns_tencent.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    LibcloudError,
    PermissionDeniedError,
    QuotaExceededError,
    UnsupportedOperation,
)
from libcloud.common.tencent import TencentConnection
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.tencent import TencentDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, RecordDoesNotExistError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import Answer, HTTPDouble, answer
from tests.conformance.test_dns_tencent import tencent_dns_spec

REQUEST_ID = "ab4f1426-ea15-42ea-8183-dc1b44151166"
LINE = {"RecordLine": "\u9ed8\u8ba4", "RecordLineId": "0"}


def said(**body: Any) -> dict[str, Any]:
    return {"Response": {"RequestId": REQUEST_ID, **body}}


def error(code: str, message: str, status: int = 200) -> Answer:
    return answer(status, json=said(Error={"Code": code, "Message": message}))


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=tencent_dns_spec()) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> TencentDNSDriver:
    return double.attach(TencentDNSDriver("secret-id", "secret-key"))


@pytest.fixture
def zone(driver: TencentDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", 600, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.TENCENT) is TencentDNSDriver


def test_signature_is_that_of_the_documented_example() -> None:
    """https://www.tencentcloud.com/document/api/1157/49024"""

    class CVMConnection(TencentConnection):
        host = "cvm.tencentcloudapi.com"
        service = "cvm"
        version = "2017-03-12"

    connection = CVMConnection(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
    )
    body = (
        '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    assert connection._authorization("cvm.tencentcloudapi.com", body, 1551113065) == (
        "TC3-HMAC-SHA256 "
        "Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_region_is_sent_where_there_is_one(double: HTTPDouble) -> None:
    class CVMConnection(TencentConnection):
        host = "cvm.tencentcloudapi.com"
        service = "cvm"
        version = "2017-03-12"
        region = "ap-guangzhou"

    double.spec = None
    wanted = {"X-TC-Region": "ap-guangzhou", "X-TC-Version": "2017-03-12"}
    double.on("POST", "/", headers=wanted, json={"Limit": 1}).reply(json=said(InstanceSet=[]))
    connection = CVMConnection("id", "key")
    connection.conn_class = double.conn_class
    answered = connection.call("DescribeInstances", {"Limit": 1, "Offset": None})
    assert answered.object["InstanceSet"] == []


def test_create_zone(driver: TencentDNSDriver, double: HTTPDouble) -> None:
    headers = {"X-TC-Action": "CreateDomain", "X-TC-Version": "2021-03-23"}
    body = {"Domain": "dnspod.com", "GroupId": 2}
    info = {"Id": 62, "Punycode": "dnspod.com", "Domain": "dnspod.com", "GradeNsList": ["a", "b"]}
    double.on("POST", "/", headers=headers, json=body).reply(json=said(DomainInfo=info))
    zone = driver.create_zone("DNSPod.com.", extra={"group_id": 2})
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "dnspod.com",
        "dnspod.com",
        "master",
        None,
    )
    assert zone.extra == {"domain_id": 62, "dns_servers": ["a", "b"]}


def test_create_zone_of_another_type_is_refused(driver: TencentDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (("www", "A", "192.0.2.1", None), {"SubDomain": "www", "Value": "192.0.2.1"}),
        ((None, "A", "192.0.2.1", {"ttl": 600}), {"Value": "192.0.2.1", "TTL": 600}),
        (("a.example.com", "CNAME", "@", None), {"SubDomain": "a", "Value": "example.com."}),
        (("", "MX", "5 mx.example.net.", None), {"Value": "mx.example.net.", "MX": 5}),
        (("", "MX", "mail", {"priority": 7}), {"Value": "mail.example.com.", "MX": 7}),
        (
            ("_s._tcp", "SRV", "h.example.net", {"priority": 1, "weight": 2, "port": 3}),
            {"SubDomain": "_s._tcp", "Value": "1 2 3 h.example.net."},
        ),
        (("", "CAA", "ca.example", {"tag": "issue"}), {"Value": '0 issue "ca.example"'}),
        (("", "TXT", '"say \\"hi\\"" " twice"', None), {"Value": 'say "hi" twice'}),
        (
            ("a", "A", "192.0.2.1", {"line": "\u767e\u5ea6", "record_weight": 10}),
            {"SubDomain": "a", "Value": "192.0.2.1", "RecordLine": "\u767e\u5ea6", "Weight": 10},
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_sends_what_the_api_calls_it(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], sent: dict[str, Any]
) -> None:
    line = {} if "RecordLine" in sent else LINE
    body = {"Domain": "example.com", "SubDomain": "@", "RecordType": arguments[1], **line, **sent}
    double.on("POST", "/", json=body).reply(json=said(RecordId=162))
    record = zone.create_record(*arguments)
    assert (record.id, record.name) == ("162", body["SubDomain"].removeprefix("@"))
    assert record.extra.get("priority") == sent.get("MX", 1 if arguments[1] == "SRV" else None)


def test_get_record_has_all_that_the_provider_says(
    driver: TencentDNSDriver, double: HTTPDouble
) -> None:
    zone = {"DomainId": 62, "Domain": "dnspod.cn", "TTL": 600, "DnspodNsList": ["a"]}
    double.on("POST", "/", json={"Domain": "dnspod.cn"}).reply(json=said(DomainInfo=zone))
    info = {
        "Id": 162,
        "SubDomain": "www",
        "RecordType": "A",
        "RecordLine": "\u767e\u5ea6",
        "RecordLineId": "90=0",
        "Value": "129.23.32.32",
        "Weight": None,
        "MX": 0,
        "TTL": 10,
        "Enabled": 1,
        "MonitorStatus": "Ok",
        "Remark": "a note",
        "UpdatedOn": "2021-03-31 11:38:02",
        "DomainId": 62,
    }
    double.on("POST", "/", json={"Domain": "dnspod.cn", "RecordId": 162}).reply(
        json=said(RecordInfo=info)
    )
    record = driver.get_record("dnspod.cn", "162")
    assert (record.id, record.name, record.data, record.ttl) == ("162", "www", "129.23.32.32", 10)
    assert record.extra == {
        "line": "\u767e\u5ea6",
        "line_id": "90=0",
        "status": "ENABLE",
        "remark": "a note",
    }


def test_update_record_keeps_what_is_not_given(zone: Zone, double: HTTPDouble) -> None:
    extra = {"line": "\u767e\u5ea6", "line_id": "90=0", "status": "DISABLE", "remark": "a note"}
    record = Record("162", "www", "A", "192.0.2.1", zone, zone.driver, 900, extra)
    body = {
        "Domain": "example.com",
        "RecordId": 162,
        "SubDomain": "www",
        "RecordType": "A",
        "Value": "192.0.2.9",
        "TTL": 900,
        "RecordLine": "\u767e\u5ea6",
        "RecordLineId": "90=0",
        "Status": "DISABLE",
        "Remark": "a note",
    }
    double.on("POST", "/", json=body).reply(json=said(RecordId=162))
    assert record.update(data="192.0.2.9").extra == extra


def test_update_record_to_another_line_forgets_the_id_of_the_old_one(
    zone: Zone, double: HTTPDouble
) -> None:
    extra = {"line": "\u767e\u5ea6", "line_id": "90=0"}
    record = Record("162", "", "A", "192.0.2.1", zone, zone.driver, None, extra)
    body = {"Domain": "example.com", "RecordId": 162, "SubDomain": "@", "RecordType": "A"}
    double.on("POST", "/", json={**body, "Value": "192.0.2.1", "RecordLine": "Oversea"}).reply(
        json=said(RecordId=162)
    )
    assert record.update(extra={"line": "Oversea"}).extra == {"line": "Oversea"}


def test_record_whose_id_is_no_number_does_not_exist(zone: Zone) -> None:
    with pytest.raises(RecordDoesNotExistError):
        zone.driver.delete_record(Record("www:A", "www", "A", "192.0.2.1", zone, zone.driver))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AuthFailure.UnauthorizedOperation", PermissionDeniedError),
        ("LimitExceeded.AAAACountLimit", QuotaExceededError),
        ("InvalidParameter.RecordValueInvalid", BaseHTTPError),
    ],
)
def test_error_of_a_new_record_goes_by_its_code(
    zone: Zone, double: HTTPDouble, code: str, expected: type[LibcloudError]
) -> None:
    double.serve("POST", "/", lambda request: error(code, "It is not possible."))
    with pytest.raises(expected, match="not possible") as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert isinstance(caught.value, LibcloudError)
    assert (getattr(caught.value, "provider_code", None), caught.value.http_code) == (code, 200)
    assert caught.value.request_id == REQUEST_ID


def test_unknown_type_is_refused_without_a_request(zone: Zone) -> None:
    with pytest.raises(LibcloudError):
        zone.create_record("www", "NAPTR", "x")


class TestTencentErrors(DNSDriverErrors):
    """
    https://www.tencentcloud.com/document/api/1157/49041#6.-error-code and
    https://www.tencentcloud.com/document/api/1157/49044
    """

    bad_credentials = error("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
    not_found = error("ResourceNotFound.NoDataOfRecord", "No data of record.")
    exists = error("FailedOperation.DomainExists", "The domain is already in your list.")
    rate_limit = error("RequestLimitExceeded", "The number of requests exceeds the limit.")
    unavailable = error("ServiceUnavailable", "The service is temporarily unavailable.")

    @pytest.fixture
    def driver(self) -> TencentDNSDriver:
        return TencentDNSDriver("secret-id", "secret-key")
