"""
A DNS provider in memory, for tests and for trying things out.

It keeps the whole contract of :class:`~libcloud.dns.driver.DNSDriver`, so it is also the reference
for it. Each instance is an account of its own, empty at first, and gone with the instance. IDs are
``id-`` and the name; a second record of a name has a number after it.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import Any

from libcloud.common.errors import LibcloudError
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.names import relative_within, zone_name
from libcloud.dns.rdata import to_rdata
from libcloud.dns.types import (
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    RecordType,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)

__all__ = ["DummyDNSDriver"]

_Value = tuple[str, str, str]

_ALL_TYPES = [value for name, value in vars(RecordType).items() if name.isupper()]


class DummyDNSDriver(DNSDriver):
    """
    :param api_key: Not looked at.
    :param api_secret: Not looked at.
    """

    type = "dummy"
    name = "Dummy DNS Provider"
    website = "http://example.com"
    RECORD_TYPE_MAP = {record_type: record_type for record_type in _ALL_TYPES}

    def __init__(self, api_key: str, api_secret: str) -> None:
        super().__init__(api_key, api_secret)
        self._contents: dict[str, _Content] = {}
        self._lock = threading.RLock()

    def iterate_zones(self) -> Iterator[Zone]:
        with self._lock:
            return iter([content.zone for content in self._contents.values()])

    def get_zone(self, zone_id: str) -> Zone:
        with self._lock:
            return self._content(zone_id).zone

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        zone = self._new_zone(domain, type, ttl, extra)
        with self._lock:
            self._check_free(zone)
            self._contents[zone.id] = _Content(zone)
        return zone

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """A new domain means a new ID."""
        with self._lock:
            old = self._content(zone.id)
            current = old.zone
            updated = self._new_zone(
                current.domain if domain is None else domain,
                current.type if type is None else type,
                current.ttl if ttl is None else ttl,
                {**current.extra, **(extra or {})},
            )
            if updated.id != current.id:
                self._check_free(updated)
            content = _Content(updated)
            for record in old.records.values():
                content.put(
                    self._new_record(
                        record.id, record.name, updated, record.type, record.data, record.extra
                    )
                )
            del self._contents[current.id]
            self._contents[updated.id] = content
        return updated

    def delete_zone(self, zone: Zone) -> bool:
        with self._lock:
            del self._contents[self._content(zone.id).zone.id]
        return True

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with self._lock:
            return iter(list(self._content(zone.id).records.values()))

    def get_record(self, zone_id: str, record_id: str) -> Record:
        with self._lock:
            return self._record(self._content(zone_id), record_id)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        with self._lock:
            content = self._content(zone.id)
            record = self._new_record(None, name, content.zone, type, data, extra or {})
            self._check_new(content, record)
            record.id = content.free_id(record.name or "")
            content.put(record)
        return record

    def update_record(
        self,
        record: Record,
        name: str | None,
        type: str | None,
        data: str | None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        with self._lock:
            content = self._content(record.zone.id)
            current = self._record(content, record.id)
            updated = self._new_record(
                current.id,
                current.name if name is None else name,
                content.zone,
                current.type if type is None else type,
                current.data if data is None else data,
                {**current.extra, **(extra or {})},
            )
            self._check_new(content, updated)
            content.put(updated)
        return updated

    def delete_record(self, record: Record) -> bool:
        with self._lock:
            content = self._content(record.zone.id)
            content.remove(self._record(content, record.id))
        return True

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.RLock())

    def _content(self, zone_id: Any) -> _Content:
        content = self._contents.get(str(zone_id))
        if content is None:
            raise ZoneDoesNotExistError(value=None, driver=self, zone_id=zone_id)
        return content

    def _record(self, content: _Content, record_id: Any) -> Record:
        record = content.records.get(str(record_id))
        if record is None:
            raise RecordDoesNotExistError(value=None, driver=self, record_id=record_id)
        return record

    def _new_zone(
        self, domain: str, type: str, ttl: int | None, extra: dict[str, Any] | None
    ) -> Zone:
        domain = zone_name(domain)
        return Zone(
            id=f"id-{domain}",
            domain=domain,
            type=type,
            ttl=ttl,
            driver=self,
            extra=dict(extra or {}),
        )

    def _new_record(
        self,
        record_id: str | None,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any],
    ) -> Record:
        if type not in self.RECORD_TYPE_MAP:
            raise LibcloudError(f"There are no records of type {type!r}", driver=self)
        return Record(
            id=record_id,
            name=relative_within(name, zone.domain),
            type=type,
            data=data,
            zone=zone,
            driver=self,
            ttl=extra.get("ttl"),
            extra=dict(extra),
        )

    def _check_free(self, zone: Zone) -> None:
        if zone.id in self._contents:
            raise ZoneAlreadyExistsError(value=None, driver=self, zone_id=zone.id)

    def _check_new(self, content: _Content, record: Record) -> None:
        same = content.ids.get(_value(record))
        if same is not None and same != record.id:
            raise RecordAlreadyExistsError(value=None, driver=self, record_id=same)


class _Content:
    """A zone and its records, by ID and by value."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.records: dict[str, Record] = {}
        self.ids: dict[_Value, str] = {}
        self._values: dict[str, _Value] = {}
        self._numbers = itertools.count(2)

    def free_id(self, name: str) -> str:
        numbered = (f"id-{name}-{number}" for number in self._numbers)
        candidates = itertools.chain([f"id-{name}"], numbered)
        return next(candidate for candidate in candidates if candidate not in self.records)

    def put(self, record: Record) -> None:
        """Add a record, or replace the one with its ID."""
        record_id, value = record.id, _value(record)
        if record_id in self.records:
            del self.ids[self._values[record_id]]
        self.records[record_id] = record
        self.ids[value] = record_id
        self._values[record_id] = value

    def remove(self, record: Record) -> None:
        record_id = record.id
        del self.records[record_id]
        del self.ids[self._values.pop(record_id)]


def _value(record: Record) -> _Value:
    """What no two records of a zone may have in common."""
    name = (record.name or "").lower()
    return name, record.type, to_rdata(record.type, record.data, record.extra, record.zone.domain)
