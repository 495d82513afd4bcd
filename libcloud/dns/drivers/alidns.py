"""
Alibaba Cloud DNS.

https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-overview
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aliyun import AliyunJsonResponse, SignedAliyunConnection
from libcloud.common.errors import (
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import from_rdata
from libcloud.dns.types import RecordType

__all__ = ["AliDNSConnection", "AliDNSDriver", "AliDNSResponse"]

# https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-describedomains and
# https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-describedomainrecords
_MOST_ZONES = 100
_MOST_RECORDS = 500

_HOSTS = {RecordType.CNAME, RecordType.MX, RecordType.NS, RecordType.SRV}


class AliDNSResponse(AliyunJsonResponse):
    """An answer of Alibaba Cloud DNS, with the codes that only it has."""

    error_table = {
        "DomainAddedByOthers": ResourceExistsError,
        "DomainRecordDuplicate": ResourceExistsError,
        "DomainRecordNotBelongToUser": ResourceNotFoundError,
        "IncorrectDomainUser": ResourceNotFoundError,
        "InvalidDomainName.Duplicate": ResourceExistsError,
        "InvalidDomainName.NoExist": ResourceNotFoundError,
    }


class AliDNSConnection(SignedAliyunConnection):
    """Alibaba Cloud DNS, which is one service for all regions."""

    host = "alidns.aliyuncs.com"
    api_version = "2015-01-09"
    responseCls = AliDNSResponse

    def add_default_params(self, params: Any) -> Any:
        return super().add_default_params({"Format": "json", **params})


class AliDNSDriver(DNSDriver):
    """
    Alibaba Cloud DNS.

    A zone's ``extra`` has ``domain_id`` and ``dns_servers``. A record's has ``line``, ``status``,
    ``locked`` and ``weight``, as far as the provider says them, and the numbers of its type.

    :param key: ID of the access key.
    :param secret: Its secret.
    """

    type = "alidns"
    name = "Alibaba Cloud DNS"
    website = "https://www.alibabacloud.com/product/dns"
    connectionCls = AliDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("DescribeDomains", {}, _MOST_ZONES, "Domains", "Domain"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self.connection.call("DescribeDomainInfo", {"DomainName": zone_id}).object
        return self._to_zone(body)

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
        :param ttl: Not looked at: the provider's zones have none.
        :param extra: ``group_id`` and ``resource_group_id`` to put the zone into.
        """
        if type != "master":
            raise UnsupportedOperation("Alibaba Cloud DNS has only master zones", driver=self)
        given = extra or {}
        request = {
            "DomainName": names.zone_name(domain),
            "GroupId": given.get("group_id"),
            "ResourceGroupId": given.get("resource_group_id"),
        }
        with about_zone(self, domain):
            body = self.connection.call("AddDomain", request, idempotent=False).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.call("DeleteDomain", {"DomainName": zone.id})
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        wanted = {"DomainName": zone.id}
        with about_zone(self, zone.id):
            for item in self._iterate_items(
                "DescribeDomainRecords", wanted, _MOST_RECORDS, "DomainRecords", "Record"
            ):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            body = self.connection.call("DescribeDomainRecordInfo", {"RecordId": record_id}).object
        return self._to_record(body, zone)

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

        :param extra: Besides the usual, ``line``: for whom the record is, ``default`` if absent.
        """
        request = _to_request(new_content(self, zone, name, type, data, extra))
        with about_new_record(self, zone.id, name):
            body = self.connection.call(
                "AddDomainRecord", {"DomainName": zone.id, **request}, idempotent=False
            ).object
        with reading(self, body):
            return self._to_record({**request, "RecordId": body["RecordId"]}, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        request = _to_request(changed_content(self, record, name, type, data, extra))
        with about_record(self, record.id):
            body = self.connection.call(
                "UpdateDomainRecord", {"RecordId": record.id, **request}
            ).object
        with reading(self, body):
            changed = self._to_record({**request, "RecordId": body["RecordId"]}, record.zone)
        kept = {key: value for key, value in record.extra.items() if key in ("status", "weight")}
        changed.extra = {**kept, **changed.extra}
        return changed

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.call("DeleteDomainRecord", {"RecordId": record.id})
        return True

    # Models

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            name = data["DomainName"]
            servers = (data.get("DnsServers") or {}).get("DnsServer")
            extra = {"domain_id": data["DomainId"], "dns_servers": list(servers or [])}
            return Zone(name, names.zone_name(name), "master", None, self, extra)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            value = str(data["Value"])
            numbers: dict[str, int] = {}
            if data["Type"] == RecordType.SRV:
                value, numbers = from_rdata(RecordType.SRV, value)
            elif data["Type"] == RecordType.MX:
                numbers = {"priority": int(data["Priority"])}
            said = {key: data.get(key.title()) for key in ("line", "status", "locked", "weight")}
            ttl = data.get("TTL")
            return Record(
                id=data["RecordId"],
                name=names.to_relative(data["RR"], zone.domain),
                type=data["Type"],
                data=value,
                zone=zone,
                driver=self,
                ttl=None if ttl is None else int(ttl),
                extra={**{key: said[key] for key in said if said[key] is not None}, **numbers},
            )

    def _iterate_items(
        self, action: str, params: dict[str, Any], size: int, outer: str, inner: str
    ) -> Iterator[dict[str, Any]]:
        """The items of a listing, page by page."""

        def fetch(page: int) -> tuple[list[dict[str, Any]], int | None]:
            number = {} if page == 1 else {"PageNumber": page}
            body = self.connection.call(action, {**params, "PageSize": size, **number}).object
            with reading(self, body):
                more = page * int(body["PageSize"]) < int(body["TotalCount"])
                return list(body[outer][inner]), page + 1 if more else None

        return iterate_pages(fetch, 1)


def _to_request(wanted: Content) -> dict[str, Any]:
    """
    What the API wants to hear of a record; hosts have no final dot there.

    https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-adddomainrecord
    """
    value = wanted.rdata if wanted.type == RecordType.SRV else wanted.data
    line = wanted.extra.get("line")
    request = {
        "RR": wanted.name or "@",
        "Type": wanted.type,
        "Value": value.removesuffix(".") if wanted.type in _HOSTS else value,
        "TTL": wanted.ttl,
        "Priority": wanted.numbers["priority"] if wanted.type == RecordType.MX else None,
        "Line": None if line == "default" else line,
    }
    return {key: value for key, value in request.items() if value is not None}
