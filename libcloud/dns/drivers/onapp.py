"""
The DNS of an OnApp installation.

https://docs.onapp.com/apim/latest/dns-zones
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import MalformedResponseError, UnsupportedOperation
from libcloud.common.onapp import OnAppConnection
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.types import RecordType

__all__ = ["DEFAULT_ZONE_TTL", "OnAppDNSDriver"]

DEFAULT_ZONE_TTL = 1200

# Type -> the API's names of the parts of its data, and what we call them.
_PARTS = {
    RecordType.A: {"ip": "value"},
    RecordType.AAAA: {"ip": "value"},
    RecordType.CNAME: {"hostname": "value"},
    RecordType.MX: {"hostname": "target", "priority": "priority"},
    RecordType.NS: {"hostname": "value"},
    RecordType.SOA: {
        "primaryNs": "mname",
        "hostmaster": "rname",
        "serial": "serial",
        "refresh": "refresh",
        "retry": "retry",
        "expire": "expire",
        "minimum": "minimum",
    },
    RecordType.SRV: {
        "hostname": "target",
        "priority": "priority",
        "weight": "weight",
        "port": "port",
    },
    RecordType.TXT: {"txt": "value"},
}


class OnAppDNSDriver(DNSDriver):
    """
    The DNS of an OnApp installation.

    A zone's ``extra`` has ``user_id``, ``cdn_reference``, ``created_at`` and ``updated_at``. A
    record's has the numbers of its type.

    :param key: E-mail address or name of the user.
    :param secret: API key.
    :param host: Of the control panel.
    """

    type = "onapp"
    name = "OnApp"
    website = "http://onapp.com/"
    connectionCls = OnAppConnection
    default_ttl = DEFAULT_ZONE_TTL

    RECORD_TYPE_MAP = {
        RecordType.SOA: "SOA",
        RecordType.NS: "NS",
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.TXT: "TXT",
        RecordType.SRV: "SRV",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        body = self.connection.request("/dns_zones.json").object
        if not isinstance(body, list):
            raise MalformedResponseError("The answer is no list", body=body, driver=self)
        yield from self._to_zones(body)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self.connection.request(f"{_zone_path(zone_id)}.json").object
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

        :param type: ``master``: there are no others.
        :param ttl: Not looked at.
        :param extra: Further keys of the API: ``auto_populate`` for NS records of its own.
        """
        if type != "master":
            raise UnsupportedOperation("OnApp has only master zones", driver=self)
        request = {"dns_zone": {"name": names.zone_name(domain), **(extra or {})}}
        with about_zone(self, domain):
            body = self.connection.request("/dns_zones.json", method="POST", json=request).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(f"{_zone_path(zone.id)}.json", method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            body = self.connection.request(f"{_zone_path(zone.id)}/records.json").object
        yield from self._to_records(body, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            body = self.connection.request(_record_path(zone, record_id)).object
        return self._to_record(body, zone=zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        wanted = new_content(self, zone, name, type, data, extra)
        request = {"dns_record": {**_to_request(wanted), "type": wanted.type}}
        path = f"{_zone_path(zone.id)}/records.json"
        with about_new_record(self, zone.id, name):
            body = self.connection.request(path, method="POST", json=request).object
        return self._to_record(body, zone=zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """Change a record and return it as it was asked for: an update is answered with nothing."""
        wanted = changed_content(self, record, name, type, data, extra)
        request = _to_request(wanted)
        if wanted.type != record.type:
            request["type"] = wanted.type
        path = _record_path(record.zone, record.id)
        with about_record(self, record.id):
            self.connection.request(path, method="PUT", json={"dns_record": request})
        changed = {**request, "type": wanted.type, "id": record.id}
        return self._to_record({"dns_record": changed}, zone=record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    # Models

    def _to_zones(self, data: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in data]

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            item = data["dns_zone"]
            keys = ("user_id", "cdn_reference", "created_at", "updated_at")
            extra = {key: item.get(key) for key in keys}
            return Zone(item["id"], item["name"], "master", DEFAULT_ZONE_TTL, self, extra)

    def _to_records(self, data: dict[str, Any], zone: Zone) -> list[Record]:
        with reading(self, data):
            by_type = data["dns_zone"]["records"]
            items = [item for records in by_type.values() for item in records]
        return [self._to_record(item, zone=zone) for item in items]

    def _to_record(
        self, data: dict[str, Any], zone_id: str | None = None, zone: Zone | None = None
    ) -> Record:
        if zone is None:
            zone = self.get_zone(str(zone_id))
        with reading(self, data):
            item = data["dns_record"]
            type = item["type"]
            named = _PARTS.get(type, {"value": "value"})
            parts = {ours: item[theirs] for theirs, ours in named.items()}
            if type == RecordType.SOA:
                # A mailbox there, which is a name in a zone file.
                mailbox, _, host = str(parts["rname"]).rpartition("@")
                parts["rname"] = f"{mailbox}.{host}" if mailbox else host
            numbers: dict[str, int] = {}
            if type == RecordType.TXT:
                value = str(parts["value"])
            else:
                value, numbers = data_and_extra(type, parts)
            return Record(
                id=item["id"],
                name=names.to_relative(item["name"], zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=int(item["ttl"]),
                extra=dict(numbers),
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """What the API wants to hear of a record; hosts have no final dot there."""
    parts = wanted.parts
    if wanted.type == RecordType.TXT:
        parts = {"value": wanted.data}
    request: dict[str, Any] = {"name": wanted.name or "@", "ttl": str(wanted.ttl)}
    for theirs, ours in _PARTS[wanted.type].items():
        value = parts[ours]
        if theirs in ("hostname", "primaryNs", "hostmaster"):
            value = str(value).removesuffix(".")
        if theirs == "hostmaster":
            value = str(value).replace(".", "@", 1)
        request[theirs] = value
    return request


def _zone_path(zone_id: str) -> str:
    return f"/dns_zones/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}.json"
