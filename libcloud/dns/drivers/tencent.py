"""
Tencent Cloud's DNS, which is DNSPod, by API 3.0.

https://www.tencentcloud.com/document/api/1157/49025
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.errors import (
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.common.paging import iterate_pages
from libcloud.common.tencent import TencentConnection, TencentResponse
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import from_rdata
from libcloud.dns.types import RecordType

__all__ = ["TencentDNSConnection", "TencentDNSDriver", "TencentDNSResponse"]

# The most that DescribeDomainList and DescribeRecordList give.
_PAGE_SIZE = 3000

# The name of the line for everybody is not the same in all places; its ID is.
_DEFAULT_LINE = "\u9ed8\u8ba4"
_DEFAULT_LINE_ID = "0"

# A key of ``extra`` -> the API's name, of what a change would reset.
_KEPT = {
    "line": "RecordLine",
    "line_id": "RecordLineId",
    "record_weight": "Weight",
    "status": "Status",
    "remark": "Remark",
}


class TencentDNSResponse(TencentResponse):
    """An answer of DNSPod, with the codes that only it has."""

    error_table = {
        "FailedOperation.DomainExists": ResourceExistsError,
        "FailedOperation.DomainOwnedByOtherUser": ResourceExistsError,
        "FailedOperation.NotDomainOwner": ResourceNotFoundError,
        "InvalidParameter.DomainRecordExist": ResourceExistsError,
        "InvalidParameter.RecordIdInvalid": ResourceNotFoundError,
        "InvalidParameterValue.DomainNotExists": ResourceNotFoundError,
    }


class TencentDNSConnection(TencentConnection):
    """DNSPod, which is one service for all regions."""

    host = "dnspod.tencentcloudapi.com"
    service = "dnspod"
    version = "2021-03-23"
    responseCls = TencentDNSResponse


class TencentDNSDriver(DNSDriver):
    """
    DNSPod of Tencent Cloud.

    A zone's ``extra`` has ``domain_id``, ``dns_servers``, ``grade`` and ``status``, as far as the
    provider says them. A record's has ``line``, ``line_id``, ``record_weight``, ``status`` and
    ``remark``, and the numbers of its type.

    :param key: SecretId of an API key.
    :param secret: Its SecretKey.
    """

    type = "tencent"
    name = "Tencent Cloud DNSPod"
    website = "https://www.tencentcloud.com/products/dns"
    connectionCls = TencentDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("DescribeDomainList", {}, "Domain", "DomainTotal"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self._call("DescribeDomain", {"Domain": zone_id}).object
        with reading(self, body):
            return self._to_zone(body["DomainInfo"])

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master``: the provider has no others.
        :param ttl: Not looked at: a zone's TTL goes with the plan that was bought for it.
        :param extra: ``group_id``, a number.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        """
        if type != "master":
            raise UnsupportedOperation("DNSPod has only master zones", driver=self)
        request = {"Domain": names.zone_name(domain), "GroupId": (extra or {}).get("group_id")}
        with about_zone(self, domain):
            body = self._call("CreateDomain", request, idempotent=False).object
        with reading(self, body):
            return self._to_zone(body["DomainInfo"])

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._call("DeleteDomain", {"Domain": zone.id})
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        # Without the last parameter a zone without records is an error.
        wanted = {"Domain": zone.id, "ErrorOnEmpty": "no"}
        with about_zone(self, zone.id):
            for item in self._iterate_items("DescribeRecordList", wanted, "Record", "TotalCount"):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            request = {"Domain": zone.id, "RecordId": self._number(record_id)}
            body = self._call("DescribeRecord", request).object
        with reading(self, body):
            return self._to_record(_as_listed(body["RecordInfo"]), zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it as it was asked for: the provider says only its ID.

        :param extra: Besides the usual, ``line`` or ``line_id`` (for whom the record is),
            ``record_weight``, ``status`` (``ENABLE`` or ``DISABLE``) and ``remark``.
        """
        request = _to_request(new_content(self, zone, name, type, data, extra))
        with about_new_record(self, zone.id, name):
            body = self._call(
                "CreateRecord", {"Domain": zone.id, **request}, idempotent=False
            ).object
        with reading(self, body):
            return self._to_record(_as_listed({**request, "Id": body["RecordId"]}), zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        if extra and "line" in extra:
            # The ID of the old line would go before the name of the new one.
            extra = {"line_id": None, **extra}
        request = _to_request(changed_content(self, record, name, type, data, extra))
        with about_record(self, record.id):
            of_record = {"Domain": record.zone.id, "RecordId": self._number(record.id)}
            body = self._call("ModifyRecord", {**of_record, **request}).object
        with reading(self, body):
            return self._to_record(_as_listed({**request, "Id": body["RecordId"]}), record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            of_record = {"Domain": record.zone.id, "RecordId": self._number(record.id)}
            self._call("DeleteRecord", of_record)
        return True

    # Models

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            name = data["Name"] if "Name" in data else data["Domain"]
            lists = [data.get(key) for key in ("DnspodNsList", "GradeNsList", "EffectiveDNS")]
            extra = {
                "domain_id": data["DomainId"] if "DomainId" in data else data["Id"],
                "dns_servers": next((servers for servers in lists if servers), []),
                "grade": data.get("Grade"),
                "status": data.get("Status"),
            }
            said = {key: value for key, value in extra.items() if value is not None}
            return Zone(name, names.zone_name(name), "master", data.get("TTL"), self, said)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            value = str(data["Value"])
            numbers: dict[str, int] = {}
            if data["Type"] == RecordType.SRV:
                value, numbers = from_rdata(RecordType.SRV, value)
            elif data["Type"] == RecordType.MX:
                numbers = {"priority": int(data["MX"])}
            said = {
                "line": data.get("Line"),
                "line_id": data.get("LineId"),
                "record_weight": data.get("Weight"),
                "status": data.get("Status"),
                "remark": data.get("Remark") or None,
            }
            return Record(
                id=data["RecordId"],
                name=names.to_relative(data["Name"], zone.domain),
                type=data["Type"],
                data=value,
                zone=zone,
                driver=self,
                ttl=data.get("TTL"),
                extra={**{key: each for key, each in said.items() if each is not None}, **numbers},
            )

    # Requests

    def _call(self, action: str, params: dict[str, Any], idempotent: bool = True) -> Any:
        return self.connection.call(action, params, idempotent)

    def _number(self, record_id: str) -> int:
        """:raises ResourceNotFoundError: no record can have that ID."""
        if not str(record_id).isdigit():
            raise ResourceNotFoundError("IDs of records are numbers", driver=self)
        return int(record_id)

    def _iterate_items(
        self, action: str, params: dict[str, Any], kind: str, total: str
    ) -> Iterator[dict[str, Any]]:
        """The items of a listing, page by page."""

        def fetch(offset: int) -> tuple[list[dict[str, Any]], int | None]:
            page = {"Offset": offset, "Limit": _PAGE_SIZE}
            body = self._call(action, {**params, **page}).object
            with reading(self, body):
                items = list(body[f"{kind}List"] or [])
                end = offset + len(items)
                more = items and end < int(body[f"{kind}CountInfo"][total])
                return items, end if more else None

        return iterate_pages(fetch, 0)


def _to_request(wanted: Content) -> dict[str, Any]:
    """
    What the API wants to hear of a record.

    https://www.tencentcloud.com/document/api/1157/49041
    """
    kept = {_KEPT[key]: wanted.extra.get(key) for key in _KEPT}
    if kept["RecordLine"] is None and kept["RecordLineId"] is None:
        kept["RecordLineId"] = _DEFAULT_LINE_ID
    if kept["RecordLine"] is None:
        kept["RecordLine"] = _DEFAULT_LINE  # It must be there; the ID goes before it.
    request = {
        "SubDomain": wanted.name or "@",
        "RecordType": wanted.type,
        "Value": wanted.rdata if wanted.type == RecordType.SRV else wanted.data,
        "TTL": wanted.ttl,
        "MX": wanted.numbers["priority"] if wanted.type == RecordType.MX else None,
        **kept,
    }
    return {key: value for key, value in request.items() if value is not None}


def _as_listed(data: dict[str, Any]) -> dict[str, Any]:
    """A record by the names of the listing, of one by those of a single record."""
    named = {
        "RecordId": data["Id"],
        "Name": data["SubDomain"],
        "Type": data["RecordType"],
        "Line": data["RecordLine"],
        "LineId": data.get("RecordLineId"),
    }
    if "Enabled" in data:
        named["Status"] = "ENABLE" if data["Enabled"] else "DISABLE"
    return {**data, **named}
