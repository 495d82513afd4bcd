"""
NearlyFreeSpeech.NET.

https://members.nearlyfreespeech.net/wiki/API/Reference
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import MalformedResponseError
from libcloud.common.nfsn import NFSNConnection
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import from_rdata, to_rdata
from libcloud.dns.types import RecordType

__all__ = ["NFSNDNSDriver"]

_ZONE_TTL = 3600

_NUMBERED = {RecordType.MX, RecordType.SRV}


class NFSNDNSDriver(DNSDriver):
    """
    NearlyFreeSpeech.NET, which has no call that lists, creates or deletes zones.

    A record's ``extra`` has ``scope`` (``system`` for those that the provider keeps by itself), and
    the numbers of its type.

    :param key: Name of the member.
    :param secret: API key.
    """

    type = "nfsn"
    name = "NFSN DNS"
    website = "https://www.nearlyfreespeech.net"
    connectionCls = NFSNConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
        RecordType.PTR: "PTR",
    }

    def get_zone(self, zone_id: str) -> Zone:
        """The zone with a name, which is its ID."""
        domain = names.zone_name(zone_id)
        with about_zone(self, zone_id):
            serial = self.connection.request(f"{_path(domain)}/serial").object
        if not str(serial).isdigit():
            raise MalformedResponseError("The answer is no serial", body=serial, driver=self)
        return Zone(domain, domain, "master", _ZONE_TTL, self)

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        yield from self.ex_get_records_by(zone)

    def ex_get_records_by(
        self, zone: Zone, name: str | None = None, type: str | None = None
    ) -> list[Record]:
        """
        Records of a name, of a type, or of both.

        :param name: None for all; ``""`` for the apex.
        :param type: None for all.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        form = {}
        if name is not None:
            form["name"] = names.to_relative(name, zone.domain)
        if type is not None:
            form["type"] = type
        with about_zone(self, zone.id):
            body = self.connection.request(
                f"{_path(zone.domain)}/listRRs", data=form, method="POST", idempotent=True
            ).object
        if not isinstance(body, list):
            raise MalformedResponseError("The answer is no list", body=body, driver=self)
        return self._to_records(body, zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it as it was asked for: the provider answers nothing.

        :param data: A host is sent with a final dot if, and only if, it is given with one.
        """
        wanted = new_content(self, zone, name, type, data, extra)
        value = wanted.rdata if type in _NUMBERED else wanted.data
        if not data.rstrip().endswith("."):
            value = value.removesuffix(".") if type != RecordType.TXT else value
        form = {"name": wanted.name, "type": type, "data": value}
        if wanted.ttl is not None:
            form["ttl"] = str(wanted.ttl)
        with about_new_record(self, zone.id, name):
            self.connection.request(f"{_path(zone.domain)}/addRR", data=form, method="POST")
        return self._to_record({**form, "ttl": wanted.ttl, "scope": "member"}, zone)

    def delete_record(self, record: Record) -> bool:
        numbered = record.type in _NUMBERED
        value = to_rdata(record.type, record.data, record.extra) if numbered else record.data
        if not record.data.endswith(".") and numbered:
            value = value.removesuffix(".")
        name = names.to_relative(record.name, record.zone.domain)
        form = {"name": name, "type": record.type, "data": value}
        path = f"{_path(record.zone.domain)}/removeRR"
        with about_record(self, record.id):
            self.connection.request(path, data=form, method="POST", idempotent=True)
        return True

    # Models

    def _to_records(self, items: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [self._to_record(item, zone) for item in items]

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            type, value = item["type"], str(item["data"])
            numbers: dict[str, int] = {}
            if type in _NUMBERED:
                # The priority stands apart in listings: ``aux``.
                whole = f"{item['aux']} {value}" if "aux" in item else value
                value, numbers = from_rdata(type, whole)
            scope = {"scope": item["scope"]} if "scope" in item else {}
            ttl = item["ttl"]
            priority = f"{numbers['priority']} " if numbers else ""
            return Record(
                id=f"{item['name']}:{type}:{priority}{value}",
                name=names.to_relative(item["name"], zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=None if ttl is None else int(ttl),
                extra={**scope, **numbers},
            )


def _path(domain: str) -> str:
    return f"/dns/{quote_path_segment(names.zone_name(domain))}"
