"""
Liquid Web's DNS.

https://cart.liquidweb.com/storm/api/docs/v1/Network/DNS/Zone.html
https://cart.liquidweb.com/storm/api/docs/v1/Network/DNS/Record.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.errors import UnsupportedOperation
from libcloud.common.liquidweb import LiquidWebConnection, LiquidWebResponse
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.types import RecordType

__all__ = ["LiquidWebDNSConnection", "LiquidWebDNSDriver", "LiquidWebDNSResponse"]

_ITEMS_PER_PAGE = 100


class LiquidWebDNSResponse(LiquidWebResponse):
    """An answer of the DNS part of the API."""


class LiquidWebDNSConnection(LiquidWebConnection):
    """A connection to the DNS part of the API."""

    responseCls = LiquidWebDNSResponse


class LiquidWebDNSDriver(DNSDriver):
    """
    Liquid Web.

    A zone's ``extra`` has ``active``, ``delegation_status``, ``delegation_checked``, ``master``,
    ``notified_serial`` and ``region_support``. A record's has ``prio``, ``ttl`` and ``zone_id`` as
    the provider says them, and ``priority``, ``weight`` and ``port`` where the type has them.

    :param key: User name.
    :param secret: Password.
    """

    type = "liquidweb"
    name = "Liquidweb DNS"
    website = "https://www.liquidweb.com"
    connectionCls = LiquidWebDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
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
        for item in self._iterate_items("Zone", {}):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            return self._to_zone(self._call("Zone/details", {"id": zone_id}))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master``, or ``NATIVE`` as the provider calls it: there are no others.
        :param ttl: Not looked at: the provider's zones have none.
        :param extra: Passed on as it is, ``{"zone_data": {"ip": ...}}`` or ``region_support`` for
            instance.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        if type not in ("master", "NATIVE"):
            raise UnsupportedOperation("Liquid Web has only master zones", driver=self)
        wanted = {"name": names.zone_name(domain), **(extra or {})}
        with about_zone(self, domain):
            return self._to_zone(self._call("Zone/create", wanted, repeatable=False))

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._call("Zone/delete", {"id": zone.id})
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            for item in self._iterate_items("Record", {"zone_id": zone.id}):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            return self._to_record(self._call("Record/details", {"id": record_id}), zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it.

        :param extra: ``ttl`` in seconds; ``priority``, which may be called ``prio`` as well.
        """
        wanted = new_content(self, zone, name, type, data, _with_priority(extra))
        request = {"zone_id": zone.id, "type": wanted.type, **_to_request(wanted, zone)}
        with about_new_record(self, zone.id, name):
            return self._to_record(self._call("Record/create", request, repeatable=False), zone)

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
            raise UnsupportedOperation("Liquid Web cannot change a record's type", driver=self)
        wanted = changed_content(self, record, name, type, data, _with_priority(extra))
        request = {"id": record.id, **_to_request(wanted, record.zone)}
        with about_record(self, record.id):
            return self._to_record(self._call("Record/update", request), record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self._call("Record/delete", {"id": record.id})
        return True

    def _zone_file_lines(self, zone: Zone) -> Iterator[str]:
        # The provider calls a master NATIVE.
        from libcloud.dns.bind import zone_file_lines

        return zone_file_lines(zone, self._iterate_exported(zone))

    # The API

    def _call(self, method: str, params: dict[str, Any], repeatable: bool = True) -> Any:
        """
        What a method answers. All are called by POST.

        :param repeatable: Whether it may be sent again after a failure of the network.
        """
        path = f"/v1/Network/DNS/{method}"
        return self.connection.request(
            path, method="POST", json={"params": params}, idempotent=repeatable
        ).object

    def _iterate_items(self, kind: str, params: dict[str, Any]) -> Iterator[Any]:
        def fetch(page: int) -> tuple[list[Any], int | None]:
            where = {"page_num": page, "page_size": _ITEMS_PER_PAGE}
            body = self._call(f"{kind}/list", {**params, **where})
            with reading(self, body):
                is_last = page >= int(body.get("page_total") or 0)
                return list(body["items"]), None if is_last else page + 1

        return iterate_pages(fetch, first=1)

    # Models

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {key: item[key] for key in item if key not in ("id", "name", "type")}
            return Zone(item["id"], item["name"], item["type"], None, self, extra)

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            shown = ("id", "name", "type", "rdata")
            extra = {key: item[key] for key in item if key not in shown}
            data, numbers = data_and_extra(item["type"], _to_parts(item))
            return Record(
                id=item["id"],
                name=names.to_relative(item["name"], zone.domain),
                type=item["type"],
                data=data,
                zone=zone,
                driver=self,
                ttl=None if item.get("ttl") is None else int(item["ttl"]),
                extra={**extra, **numbers},
            )


def _with_priority(extra: dict[str, Any] | None) -> dict[str, Any]:
    """``extra`` with ``priority``, also where it is called ``prio``."""
    given = dict(extra or {})
    if given.get("prio") is not None:
        given.setdefault("priority", given["prio"])
    return given


def _to_request(wanted: Content, zone: Zone) -> dict[str, Any]:
    """
    What the API wants to hear of a record: the priority apart from the rest of the data.

    https://cart.liquidweb.com/storm/api/docs/bleed/Network/DNS/Record.html tells what version 1
    does, which this is.
    """
    rdata = wanted.rdata
    numbers = wanted.numbers
    if "priority" in numbers:
        rdata = rdata.partition(" ")[2]
    if wanted.type not in (RecordType.SOA, RecordType.TXT):
        rdata = rdata.removesuffix(".")
    return {
        "name": names.to_absolute(wanted.name, zone.domain).removesuffix("."),
        "rdata": rdata,
        **({} if wanted.ttl is None else {"ttl": wanted.ttl}),
        **({"prio": numbers["priority"]} if "priority" in numbers else {}),
    }


def _to_parts(item: dict[str, Any]) -> dict[str, Any]:
    rdata = item["rdata"]
    parts = {"priority": item.get("prio"), "target": rdata, "value": rdata}
    words = rdata.split()
    if item["type"] == RecordType.SRV and len(words) == 3:
        parts["weight"], parts["port"], parts["target"] = words
    return parts
