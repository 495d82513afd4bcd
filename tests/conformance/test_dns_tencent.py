"""The DNS suite over a small DNSPod that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.tencent import TencentDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from libcloud.testing.specs import Spec
from tests.conformance.rest_dns import Item, RestDNS, _Refused
from tests.conformance.tencent_description import tencent_description

CODES = {
    "name already exists": "FailedOperation.DomainExists",
    "no such record": "ResourceNotFound.NoDataOfRecord",
    "no such zone": "InvalidParameterValue.DomainNotExists",
    "record already exists": "InvalidParameter.DomainRecordExist",
}


def tencent_dns_spec() -> Spec:
    return tencent_description("tencent-dnspod.json.gz")


class TencentDNSServer(RestDNS):
    """https://www.tencentcloud.com/document/api/1157/49025"""

    zones_path = "/not-rest"
    exists_status = 200

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec)
        self.serve("POST", "/", self._guarded(self._act))

    def error(self, status: int, message: str) -> Any:
        error = {"Code": CODES[message], "Message": message}
        return {"Response": {"Error": error, "RequestId": "A-1"}}

    def content_of(self, record: Item) -> Any:
        return record["SubDomain"], record["RecordType"], record["Value"]

    def first_records(self, zone: Item) -> list[Item]:
        return [
            {"SubDomain": "@", "RecordType": "NS", "Value": f"{name}.dnspod.net.", "TTL": 86400}
            for name in ("source", "low")
        ]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        line = {"RecordLine": "Default", "RecordLineId": "0"}
        shown = {key: body[key] for key in body if key not in ("Domain", "RecordId")}
        return {
            "TTL": 600,
            "MX": 0,
            "Status": "ENABLE",
            "Remark": "",
            **line,
            **shown,
            "id": number,
        }

    def _act(self, request: Request) -> Answer:
        action = getattr(self, f"_{request.headers['X-TC-Action']}")
        return answer(json={"Response": {"RequestId": "A-1", **action(request.json)}})

    def _DescribeDomainList(self, body: Item) -> Item:
        items = [
            {"DomainId": zone["DomainId"], "Name": zone["Domain"], "TTL": 600, "Status": "ENABLE"}
            for zone in self.zones.values()
        ]
        shown = items[body["Offset"] : body["Offset"] + self.page_size]
        return {"DomainList": shown, "DomainCountInfo": {"DomainTotal": len(items)}}

    def _DescribeDomain(self, body: Item) -> Item:
        return {"DomainInfo": self._known(body)}

    def _CreateDomain(self, body: Item) -> Item:
        name, number = body["Domain"], next(self._numbers)
        if name in self.zones:
            raise _Refused(200, "name already exists")
        self.zones[name] = {"DomainId": number, "Domain": name, "TTL": 600, "Status": "enable"}
        self.records[name] = {}
        for record in self.first_records(self.zones[name]):
            self._add(name, record)
        servers = ["source.dnspod.net", "low.dnspod.net"]
        return {
            "DomainInfo": {"Id": number, "Domain": name, "Punycode": name, "GradeNsList": servers}
        }

    def _DeleteDomain(self, body: Item) -> Item:
        zone = self._known(body)
        del self.zones[zone["Domain"]], self.records[zone["Domain"]]
        return {}

    def _DescribeRecordList(self, body: Item) -> Item:
        self._known(body)
        items = list(map(_listed, self.records[body["Domain"]].values()))
        shown = items[body["Offset"] : body["Offset"] + self.page_size]
        return {"RecordList": shown, "RecordCountInfo": {"TotalCount": len(items)}}

    def _DescribeRecord(self, body: Item) -> Item:
        record = self._known_record(body)
        shown = {key: record[key] for key in record if key not in ("id", "Status")}
        enabled = int(record["Status"] == "ENABLE")
        return {"RecordInfo": {**shown, "Id": record["id"], "Enabled": enabled}}

    def _CreateRecord(self, body: Item) -> Item:
        self._known(body)
        return {"RecordId": self._add(body["Domain"], body)["id"]}

    def _ModifyRecord(self, body: Item) -> Item:
        record = self._known_record(body)
        changed = self.new_record(record["id"], {}, body)
        self.records[body["Domain"]][str(record["id"])] = changed
        return {"RecordId": record["id"]}

    def _DeleteRecord(self, body: Item) -> Item:
        record = self._known_record(body)
        del self.records[body["Domain"]][str(record["id"])]
        return {}

    def _known(self, body: Item) -> Item:
        if body["Domain"] not in self.zones:
            raise _Refused(200, "no such zone")
        return self.zones[body["Domain"]]

    def _known_record(self, body: Item) -> Item:
        self._known(body)
        if str(body["RecordId"]) not in self.records[body["Domain"]]:
            raise _Refused(200, "no such record")
        return self.records[body["Domain"]][str(body["RecordId"])]


def _listed(record: Item) -> Item:
    return {
        "RecordId": record["id"],
        "Name": record["SubDomain"],
        "Type": record["RecordType"],
        "Line": record["RecordLine"],
        "LineId": record["RecordLineId"],
        **{key: record[key] for key in ("Value", "TTL", "MX", "Status", "Remark")},
    }


class TestTencentDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> TencentDNSDriver:
        server = TencentDNSServer(spec=tencent_dns_spec())
        return server.attach(TencentDNSDriver("secret-id", "secret-key"))
