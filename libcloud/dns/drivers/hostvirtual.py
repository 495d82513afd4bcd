"""
NetActuate's DNS, which was Host Virtual's.

https://docs.netactuate.com/reference/dns
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.hostvirtual import HostVirtualConnection
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import from_rdata
from libcloud.dns.types import RecordType

__all__ = ["HostVirtualDNSDriver"]

_TYPES = {"NATIVE": "master", "SLAVE": "slave"}
_KINDS = {"master": "NATIVE", "slave": "SLAVE"}


class HostVirtualDNSDriver(DNSDriver):
    """
    NetActuate.

    A zone's ``extra`` has ``master``, the address of the master of a slave, when the zone was
    listed, and ``soa`` when it was read by itself. A record's has ``ttl``, and ``priority``,
    ``weight`` and ``port`` where the type has them.

    :param key: API key.
    """

    type = "hostvirtual"
    name = "NetActuate DNS"
    website = "https://www.netactuate.com"
    connectionCls = HostVirtualConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones of the account: a request for those of each type."""
        for kind in _TYPES:
            body = self.connection.request("/api/dns/zones", params={"type": kind}).object
            with reading(self, body):
                items = list(body["data"])
            for item in items:
                yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        return self._to_zone(self._read_zone(zone_id))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param ttl: Not looked at: the provider's zones all have the same.
        :param extra: ``ip``: address of the master, for a zone of type ``slave``.
        """
        if type not in _KINDS:
            raise UnsupportedOperation(f"NetActuate has no zones of type {type!r}", driver=self)
        form = {"name": names.zone_name(domain), "type": _KINDS[type]}
        if extra and extra.get("ip"):
            form["ip"] = extra["ip"]
        with about_zone(self, domain):
            created = self._send("POST", "zone", form)
        with reading(self, created):
            zone_id = str(created["id"])
        return self.get_zone(zone_id)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_path("zone", zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone: a request, and another for the NS records, which the provider leaves
        out of the listing.
        """
        listed = set()
        with about_zone(self, zone.id):
            body = self.connection.request(_path("records", zone.id)).object
        with reading(self, body):
            items = list(body["data"])
        for item in items:
            record = self._to_record(item, zone)
            listed.add(record.id)
            yield record
        item = self._read_zone(zone.id)
        with reading(self, item):
            servers = [server for server in item.get("ns") or [] if server.get("id")]
        for server in servers:
            if str(server["id"]) not in listed:
                yield self._to_record(server, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        return self._read_record(self.get_zone(zone_id), record_id)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        form = _to_form(new_content(self, zone, name, type, data, extra), zone)
        with about_new_record(self, zone.id, name):
            created = self._send("POST", "record", form)
        with reading(self, created):
            record_id = str(created["id"])
        return self._read_record(zone, record_id)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it as it is now.

        :param type: The one that the record has: the provider cannot change it.
        """
        if type not in (None, record.type):
            raise UnsupportedOperation("NetActuate cannot change a record's type", driver=self)
        wanted = changed_content(self, record, name, type, data, extra)
        form = {"id": record.id, **_to_form(wanted, record.zone)}
        with about_record(self, record.id):
            self._send("PUT", "record", form)
        return self._read_record(record.zone, record.id)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_path("record", record.id), method="DELETE")
        return True

    # The API

    def _read_zone(self, zone_id: str) -> Any:
        with about_zone(self, zone_id):
            body = self.connection.request(_path("zone", zone_id)).object
        with reading(self, body):
            return body["data"]

    def _read_record(self, zone: Zone, record_id: str) -> Record:
        with about_record(self, record_id):
            body = self.connection.request(_path("record", record_id)).object
        with reading(self, body):
            return self._to_record(body["data"], zone)

    def _send(self, method: str, kind: str, form: dict[str, Any]) -> Any:
        """What the API answers, of which only the ID of what is created is sure."""
        body = self.connection.request(
            f"/api/dns/{kind}",
            data=urlencode(form),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            method=method,
        ).object
        with reading(self, body):
            return body["data"]

    # Models

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra: dict[str, Any] = {key: item[key] for key in ("master", "soa") if key in item}
            kind = _TYPES.get(item["type"], item["type"])
            return Zone(item["id"], item["name"], kind, _number(item.get("ttl")), self, extra)

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            type, content, ttl = item["type"], item["content"], _number(item.get("ttl"))
            parts = {"target": content, "priority": item.get("prio"), "value": content}
            try:
                data, numbers = (
                    data_and_extra(type, parts)
                    if type == RecordType.MX
                    else from_rdata(type, content)
                )
            except ValueError:
                data, numbers = content, {}
            name = names.to_relative(item["name"], zone.domain)
            extra = {"ttl": ttl, **numbers}
            return Record(item["id"], name, type, data, zone, self, ttl, extra)


def _to_form(wanted: Content, zone: Zone) -> dict[str, Any]:
    """
    What the API wants to hear of a record: hosts without a final dot, texts as they are, and the
    priority apart only in an MX.

    https://github.com/netactuate/terraform-provider-netactuate has an example of each type.
    """
    form = {
        "domain_id": zone.id,
        "name": names.to_absolute(wanted.name, zone.domain).removesuffix("."),
        "type": wanted.type,
        "record_content": wanted.rdata.removesuffix("."),
    }
    if wanted.type in (RecordType.SPF, RecordType.TXT):
        form["record_content"] = wanted.data
    if wanted.type == RecordType.MX:
        form["record_content"] = wanted.data.removesuffix(".")
        form["prio"] = str(wanted.numbers["priority"])
    if wanted.ttl is not None:
        form["ttl"] = str(wanted.ttl)
    return form


def _number(value: Any) -> int | None:
    """A TTL, which is a number in a listing and a text elsewhere."""
    return None if value in (None, "") else int(value)


def _path(kind: str, id: str) -> str:
    return f"/api/dns/{kind}/{quote_path_segment(id)}"
