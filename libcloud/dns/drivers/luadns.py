"""
LuaDNS.

https://luadns.com/api.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.luadns import LuadnsConnection, LuadnsResponse
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import TEXTS
from libcloud.dns.record_sets import data_of
from libcloud.dns.types import RecordType

__all__ = ["LuadnsDNSConnection", "LuadnsDNSDriver", "LuadnsDNSResponse"]

# What of a record is not in its ``extra``.
_NOT_EXTRA = {"id", "name", "type", "content"}


class LuadnsDNSResponse(LuadnsResponse):
    """An answer of the DNS."""


class LuadnsDNSConnection(LuadnsConnection):
    """A connection to the DNS."""

    responseCls = LuadnsDNSResponse


class LuadnsDNSDriver(DNSDriver):
    """
    LuaDNS.

    The ``extra`` of zones and records is what the API says of them: of a zone ``synced``,
    ``queries_count``, ``records_count``, ``aliases_count``, ``redirects_count``, ``forwards_count``
    and, unless it comes from a listing, ``records``; of a record ``ttl``, ``zone_id``,
    ``created_at``, ``updated_at``.

    :param key: E-mail address of the account.
    :param secret: API key.
    """

    type = "luadns"
    name = "Luadns"
    website = "https://www.luadns.com"
    connectionCls = LuadnsDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SOA: "SOA",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones; the API gives them in one answer unless it is told a limit."""
        items = self.connection.request("/v1/zones").object
        with reading(self, items):
            zones = self._to_zones(items)
        yield from zones

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            item = self.connection.request(_zone_path(zone_id)).object
        return self._to_zone(item)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master``: the API has no others.
        :param ttl: Not looked at: zones have none.
        :param extra: What goes into the request besides: ``template_id`` and what else the API's
            zones have.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        """
        if type != "master":
            raise UnsupportedOperation("LuaDNS has only master zones", driver=self)
        request = {"name": names.zone_name(domain), **(extra or {})}
        with about_zone(self, domain):
            item = self.connection.request("/v1/zones", method="POST", json=request).object
        return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """All records; the API gives them in one answer unless it is told a limit."""
        with about_zone(self, zone.id):
            items = self.connection.request(f"{_zone_path(zone.id)}/records").object
        with reading(self, items):
            records = self._to_records(items, zone)
        yield from records

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            item = self.connection.request(_record_path(zone, record_id)).object
        return self._to_record(item, zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        request = _to_request(new_content(self, zone, name, type, data, extra), zone)
        path = f"{_zone_path(zone.id)}/records"
        with about_new_record(self, zone.id, name):
            item = self.connection.request(path, method="POST", json=request).object
        return self._to_record(item, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        wanted = changed_content(self, record, name, type, data, extra)
        request = _to_request(wanted, record.zone)
        path = _record_path(record.zone, record.id)
        with about_record(self, record.id):
            item = self.connection.request(path, method="PUT", json=request).object
        return self._to_record(item, record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    # Models

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {key: value for key, value in item.items() if key not in ("id", "name")}
            domain = names.zone_name(item["name"])
            return Zone(item["id"], domain, "master", None, self, extra)

    def _to_records(self, items: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [self._to_record(item, zone) for item in items]

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            type, content = item["type"], item["content"]
            data, numbers = (content, {}) if type in TEXTS else data_of(type, content)
            extra = {key: value for key, value in item.items() if key not in _NOT_EXTRA}
            return Record(
                id=item["id"],
                name=names.to_relative(item["name"], zone.domain),
                type=type,
                data=data,
                zone=zone,
                driver=self,
                ttl=item["ttl"],
                extra={**extra, **numbers},
            )


def _to_request(wanted: Content, zone: Zone) -> dict[str, Any]:
    """What the API wants to hear of a record: https://luadns.com/api.html#create-a-record"""
    return {
        "name": names.to_absolute(wanted.name, zone.domain),
        "type": wanted.type,
        "content": wanted.data if wanted.type in TEXTS else wanted.rdata,
        **({} if wanted.ttl is None else {"ttl": wanted.ttl}),
    }


def _zone_path(zone_id: str) -> str:
    return f"/v1/zones/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"
