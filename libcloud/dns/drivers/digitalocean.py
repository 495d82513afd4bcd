"""
DigitalOcean's DNS.

https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domains
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.digitalocean import DigitalOcean_v2_BaseDriver, DigitalOcean_v2_Connection
from libcloud.common.errors import UnsupportedOperation
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.types import RecordType

__all__ = ["DigitalOceanDNSDriver"]


class DigitalOceanDNSDriver(DigitalOcean_v2_BaseDriver, DNSDriver):
    """
    DigitalOcean.

    A zone's ``extra`` has ``zone_file``. A record's has ``priority``, ``port``, ``weight``,
    ``flags``, ``tag`` (None where the type has none) and ``ttl``.

    :param key: Personal access token.
    """

    type = "digitalocean"
    name = "DigitalOcean"
    website = "https://www.digitalocean.com"
    connectionCls = DigitalOcean_v2_Connection

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
        for item in self._iterate_items("/v2/domains", "domains"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self.connection.request(_zone_path(zone_id)).object
        with reading(self, body):
            return self._to_zone(body["domain"])

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
        :param ttl: Not looked at: the provider's zones all have the same.
        :param extra: ``ip``: address for an A record at the apex.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        """
        if type != "master":
            raise UnsupportedOperation("DigitalOcean has only master zones", driver=self)
        request = {"name": names.zone_name(domain)}
        if extra and extra.get("ip"):
            request["ip_address"] = extra["ip"]
        with about_zone(self, domain):
            body = self.connection.request("/v2/domains", method="POST", json=request).object
        with reading(self, body):
            return self._to_zone(body["domain"])

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(f"{_zone_path(zone.id)}/records", "domain_records"):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            body = self.connection.request(_record_path(zone, record_id)).object
        with reading(self, body):
            return self._to_record(body["domain_record"], zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        request = _to_request(new_content(self, zone, name, type, data, extra))
        path = f"{_zone_path(zone.id)}/records"
        with about_new_record(self, zone.id, name):
            body = self.connection.request(path, method="POST", json=request).object
        with reading(self, body):
            return self._to_record(body["domain_record"], zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        request = _to_request(changed_content(self, record, name, type, data, extra))
        path = _record_path(record.zone, record.id)
        with about_record(self, record.id):
            body = self.connection.request(path, method="PUT", json=request).object
        with reading(self, body):
            return self._to_record(body["domain_record"], record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    def _iterate_exported(self, zone: Zone) -> Iterator[Record]:
        """The records; the SOA record, of which they have only the TTL, is in the zone's file."""
        zone_file = self.get_zone(zone.id).extra["zone_file"] or ""
        soa = re.search(r"^\S+ (?:\d+ )?IN SOA (.+)$", zone_file, re.MULTILINE)
        for record in self.iterate_records(zone):
            if record.type == RecordType.SOA and soa:
                record.data = soa[1]
            yield record

    # Models

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            extra = {"zone_file": data["zone_file"]}
            return Zone(data["name"], data["name"], "master", data["ttl"], self, extra)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            parts = {**data, "target": data["data"], "value": data["data"]}
            value, numbers = data_and_extra(data["type"], parts)
            keys = ("priority", "port", "weight", "flags", "tag", "ttl")
            return Record(
                id=data["id"],
                name=names.to_relative(data["name"], zone.domain),
                type=data["type"],
                data=value,
                zone=zone,
                driver=self,
                ttl=data["ttl"],
                extra={**{key: data.get(key) for key in keys}, **numbers},
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """
    What the API wants to hear of a record.

    https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records
    """
    request = {
        "type": wanted.type,
        "name": wanted.name or "@",
        "data": wanted.data,
        **wanted.numbers,
        **({} if wanted.ttl is None else {"ttl": wanted.ttl}),
    }
    if wanted.type == RecordType.CAA:
        request.update(wanted.parts)
        request["data"] = request.pop("value")
    return request


def _zone_path(zone_id: str) -> str:
    return f"/v2/domains/{quote_path_segment(names.zone_name(zone_id))}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"
