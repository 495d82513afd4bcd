"""The DNS suite over a small Alibaba Cloud DNS that keeps to the published description."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.drivers.alidns import AliDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from libcloud.testing.specs import Spec
from tests.conformance.aliyun_metadata import aliyun_metadata
from tests.conformance.rest_dns import Item, RestDNS, _Refused

CODES = {
    "name already exists": "InvalidDomainName.Duplicate",
    "no such record": "DomainRecordNotBelongToUser",
    "no such zone": "InvalidDomainName.NoExist",
    "record already exists": "DomainRecordDuplicate",
}


def alidns_spec() -> Spec:
    return aliyun_metadata("aliyun-alidns.json.gz", "2015-01-09")


class AliDNSServer(RestDNS):
    """https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-overview"""

    zones_path = "/not-rest"
    exists_status = 400

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec)
        self.serve("GET", "/", self._guarded(self._act))

    def error(self, status: int, message: str) -> Any:
        return {"RequestId": "A-1", "Code": CODES[message], "Message": message}

    def content_of(self, record: Item) -> Any:
        return record["RR"], record["Type"], record["Value"]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        fixed = {"Status": "ENABLE", "Locked": False, "Weight": 1}
        ttl = int(body.get("TTL", 600))
        return {
            "Line": "default",
            **body,
            **fixed,
            "TTL": ttl,
            "RecordId": str(number),
            "id": number,
        }

    def _act(self, request: Request) -> Answer:
        given = {name: values[0] for name, values in request.query.items()}
        body: Item = getattr(self, f"_{given['Action']}")(given)
        return answer(json={"RequestId": "A-1", **body})

    def _DescribeDomains(self, given: Item) -> Item:
        return self._page("Domains", "Domain", list(self.zones.values()), given)

    def _DescribeDomainInfo(self, given: Item) -> Item:
        return self._zone(given["DomainName"])

    def _AddDomain(self, given: Item) -> Item:
        name = given["DomainName"]
        if name in self.zones:
            raise _Refused(400, "name already exists")
        servers = {"DnsServer": ["dns9.hichina.com", "dns10.hichina.com"]}
        number = f"zone-{next(self._numbers)}"
        self.zones[name] = {
            "DomainId": number,
            "DomainName": name,
            "PunyCode": name,
            "DnsServers": servers,
        }
        self.records[name] = {}
        return self.zones[name]

    def _DeleteDomain(self, given: Item) -> Item:
        zone = self._zone(given["DomainName"])
        del self.zones[zone["DomainName"]], self.records[zone["DomainName"]]
        return {"DomainName": zone["DomainName"]}

    def _DescribeDomainRecords(self, given: Item) -> Item:
        zone = self._zone(given["DomainName"])
        records = list(self.records[zone["DomainName"]].values())
        return self._page("DomainRecords", "Record", records, given)

    def _DescribeDomainRecordInfo(self, given: Item) -> Item:
        return self._of_any_zone(given["RecordId"])

    def _AddDomainRecord(self, given: Item) -> Item:
        zone = self._zone(given["DomainName"])
        return {"RecordId": self._add(zone["DomainName"], given)["RecordId"]}

    def _UpdateDomainRecord(self, given: Item) -> Item:
        record = self._of_any_zone(given["RecordId"])
        record.update({**given, "TTL": int(given.get("TTL", 600))})
        return {"RecordId": record["RecordId"]}

    def _DeleteDomainRecord(self, given: Item) -> Item:
        record = self._of_any_zone(given["RecordId"])
        del self.records[record["DomainName"]][record["RecordId"]]
        return {"RecordId": record["RecordId"]}

    def _of_any_zone(self, record_id: str) -> Item:
        for records in self.records.values():
            if record_id in records:
                return records[record_id]
        raise _Refused(400, "no such record")

    def _zone(self, zone_id: str) -> Item:
        if zone_id not in self.zones:
            raise _Refused(400, "no such zone")
        return self.zones[zone_id]

    def _page(self, outer: str, inner: str, items: list[Item], given: Item) -> Item:
        number = int(given.get("PageNumber", 1))
        size = min(self.page_size, int(given["PageSize"]))
        shown = items[(number - 1) * size : number * size]
        return {
            outer: {inner: shown},
            "PageNumber": number,
            "PageSize": size,
            "TotalCount": len(items),
        }


class TestAliDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> AliDNSDriver:
        server = AliDNSServer(spec=alidns_spec())
        return server.attach(AliDNSDriver("key-id", "secret"))
