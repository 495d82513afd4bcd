"""
Gandi's DNS by the XML-RPC API, which :mod:`libcloud.dns.drivers.gandi_live` replaces.

https://doc.rpc.gandi.net/domain/reference.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.errors import UnsupportedOperation
from libcloud.common.gandi import BaseGandiDriver, GandiConnection, GandiResponse
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_zone, reading
from libcloud.dns.rdata import TEXTS, without_quotes
from libcloud.dns.record_sets import ZoneLocks, data_of, record_id, short_id
from libcloud.dns.types import (
    RecordDoesNotExistError,
    RecordError,
    RecordType,
    ZoneDoesNotExistError,
)

__all__ = ["GandiDNSConnection", "GandiDNSDriver", "GandiDNSResponse", "NewZoneVersion"]

# Seconds; of records.
TTL_MIN = 30
TTL_MAX = 2592000

# The version of a zone that is in use, whatever its number.
_ACTIVE = 0


class GandiDNSResponse(GandiResponse):
    """An answer of the DNS."""

    exceptions = {581042: ZoneDoesNotExistError}


class GandiDNSConnection(GandiConnection):
    """A connection to the DNS."""

    responseCls = GandiDNSResponse


class NewZoneVersion:
    """
    A copy of a zone's records, which is put to use when all changes to it have worked.

    Threads that share a driver take turns in a zone: of two copies that are made at the same time,
    the one that is put to use last would undo what is in the other.

    ::

        with NewZoneVersion(driver, zone) as version: ...
    """

    def __init__(self, driver: GandiDNSDriver, zone: Zone) -> None:
        self.driver = driver
        self.connection = driver.connection
        self.zone = zone

    def __enter__(self) -> int:
        self._lock = self.driver._locks.of(self.zone)
        self._lock.acquire()
        try:
            return self._new_version()
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        try:
            if type is None:
                method = "domain.zone.version.set"
                self.driver._call(self.zone.id, method, int(self.zone.id), self.vid)
        finally:
            self._lock.release()

    def _new_version(self) -> int:
        version = self.driver._call(self.zone.id, "domain.zone.version.new", int(self.zone.id))
        with reading(self.driver, version):
            self.vid = int(version)
        return self.vid


class GandiDNSDriver(BaseGandiDriver, DNSDriver):
    """
    Gandi, by its XML-RPC API.

    A record's ``extra`` has ``ttl`` and the numbers of its data.

    :param key: API key, 24 characters.
    :param secret: Not looked at.
    """

    type = "gandi"
    name = "Gandi DNS"
    website = "http://www.gandi.net/domain"
    connectionCls = GandiDNSConnection
    provider_closed = (
        "its XML-RPC API is the one of before LiveDNS and is developed no further; use "
        "Provider.GANDI_LIVE. See https://doc.rpc.gandi.net/overview.html"
    )

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.LOC: "LOC",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
        RecordType.WKS: "WKS",
    }

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        # The connection has no place for a secret, and takes the host by name only.
        self._place = {"host": host, "port": port}
        self._locks = ZoneLocks()
        super().__init__(key, None, secure=secure, **kwargs)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return self._place

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        items = self.connection.request("domain.zone.list").object
        with reading(self, items):
            zones = self._to_zones(items)
        yield from zones

    def get_zone(self, zone_id: str) -> Zone:
        if not str(zone_id).isdecimal():
            raise ZoneDoesNotExistError("IDs of zones are numbers", self, zone_id)
        item = self._call(zone_id, "domain.zone.info", int(zone_id))
        return self._to_zone(item)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it; there may be several of one name.

        :param type: ``master``: the provider has no others.
        :param ttl: Not looked at.
        :param extra: Not looked at.
        """
        if type != "master":
            raise UnsupportedOperation("Gandi has only master zones", driver=self)
        request = {"name": names.zone_name(domain)}
        return self._to_zone(self._call(domain, "domain.zone.create", request))

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Give a zone another name, and return it.

        :param type: ``master`` or None: the provider has no others.
        :param ttl: Not looked at.
        :param extra: Not looked at.
        """
        if type not in (None, "master"):
            raise UnsupportedOperation("Gandi has only master zones", driver=self)
        request = {"name": names.zone_name(domain or zone.domain)}
        return self._to_zone(self._call(zone.id, "domain.zone.update", int(zone.id), request))

    def delete_zone(self, zone: Zone) -> bool:
        return bool(self._call(zone.id, "domain.zone.delete", int(zone.id)))

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        items = self._call(zone.id, "domain.zone.record.list", int(zone.id), _ACTIVE)
        with reading(self, items):
            records = self._to_records(items, zone)
        yield from records

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """
        The record with an ID, or the first one of a type and name: ``A:www``.

        Two requests, of which the first is for the zone.
        """
        zone = self.get_zone(zone_id)
        type, _, rest = str(record_id).partition(":")
        name, has_value, _ = rest.partition(":")
        which = {"type": type, "name": name.replace(r"\058", ":") or "@"}
        items = self._call(zone_id, "domain.zone.record.list", int(zone.id), _ACTIVE, which)
        with reading(self, items):
            records = self._to_records(items, zone)
        for record in records:
            if not has_value or record.id == record_id:
                return record
        raise RecordDoesNotExistError("No such record", self, record_id)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it: three requests.

        :raises RecordError: the TTL is not between 30 and 2592000 seconds.
        """
        wanted = new_content(self, zone, name, type, data, extra)
        request = {
            "type": wanted.type,
            "name": wanted.name or "@",
            "value": without_quotes(wanted.type, wanted.rdata),
            **self._ttl_of(wanted),
        }
        with about_new_record(self, zone.id, name), NewZoneVersion(self, zone) as version:
            method = "domain.zone.record.add"
            item = self._call(zone.id, method, int(zone.id), version, request)
            return self._to_record(item, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it: four requests.

        :raises RecordError: the TTL is not between 30 and 2592000 seconds.
        """
        wanted = changed_content(self, record, name, type, data, extra)
        request = {
            "name": wanted.name or "@",
            "type": wanted.type,
            "value": wanted.rdata,
            **self._ttl_of(wanted),
        }
        zone, number = record.zone, int(record.zone.id)
        with NewZoneVersion(self, zone) as version:
            # In each version the records have other numbers.
            method, which = "domain.zone.record.list", _as_it_is(record)
            items = self._call(zone.id, method, number, version, which)
            with reading(self, items):
                found = [{"id": item["id"]} for item in items]
            if not found:
                raise RecordDoesNotExistError("No such record", self, record.id)
            method = "domain.zone.record.update"
            items = self._call(zone.id, method, number, version, found[0], request)
            with reading(self, items):
                return self._to_record(items[0], zone)

    def delete_record(self, record: Record) -> bool:
        zone = record.zone
        with NewZoneVersion(self, zone) as version:
            method, which = "domain.zone.record.delete", _as_it_is(record)
            if not self._call(zone.id, method, int(zone.id), version, which):
                raise RecordDoesNotExistError("No such record", self, record.id)
        return True

    def _call(self, zone_id: Any, method: str, *args: Any) -> Any:
        self.connection.set_context({"zone_id": zone_id})
        with about_zone(self, zone_id):
            return self.connection.request(method, *args).object

    # Models

    def _to_zones(self, zones: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in zones]

    def _to_zone(self, zone: dict[str, Any]) -> Zone:
        with reading(self, zone):
            return Zone(str(zone["id"]), zone["name"], "master", None, self, {})

    def _to_records(self, records: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [self._to_record(item, zone) for item in records]

    def _to_record(self, record: dict[str, Any], zone: Zone) -> Record:
        with reading(self, record):
            type, value, ttl = record["type"], record["value"], record["ttl"]
            name = names.to_relative(record["name"], zone.domain)
            data, numbers = (value, {}) if type in TEXTS else data_of(type, value)
            extra = {"ttl": ttl, **numbers}
            number = record_id(type, name, value)
            return Record(number, name, type, data, zone, self, ttl, extra)

    def _ttl_of(self, wanted: Content) -> dict[str, int]:
        if wanted.ttl is None:
            return {}
        if not TTL_MIN <= wanted.ttl <= TTL_MAX:
            text = f"TTL must be at least {TTL_MIN} and at most {TTL_MAX} seconds"
            raise RecordError(text, self, short_id(wanted.type, wanted.name))
        return {"ttl": wanted.ttl}


def _as_it_is(record: Record) -> dict[str, Any]:
    """What finds a record: its value is as the provider wrote it, a host maybe relative."""
    numbers = [record.extra.get(key) for key in ("priority", "weight", "port")]
    words = [*(str(number) for number in numbers if number is not None), record.data]
    return {
        "name": record.name or "@",
        "type": record.type,
        "value": " ".join(words),
        **({} if record.ttl is None else {"ttl": record.ttl}),
    }
