"""
A provider of DNS whose records have IDs of their own, in memory, for the conformance suite.

Drivers reach it through the HTTP double, so each request and each answer is checked against the
provider's description. A provider's own class says paths and shapes::

    class AcmeServer(RestDNS):
        zones_path = "/v1/zones"
        zones_key, zone_key = "zones", "zone"
        ...

What it does is what providers document; that a provider really does so is not proven by it.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any, ClassVar

from libcloud.testing.http import Answer, HTTPDouble, Request, answer
from libcloud.testing.specs import Spec

__all__ = ["RestDNS"]

Item = dict[str, Any]


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RestDNS(HTTPDouble):
    """The usual eight routes; what differs is overridden."""

    zones_path: ClassVar[str]
    zone_path: ClassVar[str] = "{zones}/{{zone}}"
    records_path: ClassVar[str] = "{zones}/{{zone}}/records"
    record_path: ClassVar[str] = "{zones}/{{zone}}/records/{{record}}"
    update_method = "PUT"

    # What an answer calls its items; "" where an answer is the item itself.
    zones_key = "zones"
    zone_key = "zone"
    records_key = "records"
    record_key = "record"

    page_size = 3
    exists_status = 422
    created_status = 201
    deleted_status = 204
    keeps_duplicates = False
    """Whether a second record of one name, type and data is accepted."""

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec)
        self.zones: dict[str, Item] = {}
        self.records: dict[str, dict[str, Item]] = {}
        self._numbers = itertools.count(1)
        self._state = threading.Lock()
        zone, records, record = (
            path.format(zones=self.zones_path)
            for path in (self.zone_path, self.records_path, self.record_path)
        )
        for method, path, handler in (
            ("GET", self.zones_path, self._list_zones),
            ("POST", self.zones_path, self._create_zone),
            ("GET", zone, self._get_zone),
            ("DELETE", zone, self._delete_zone),
            ("GET", records, self._list_records),
            ("POST", records, self._create_record),
            ("GET", record, self._get_record),
            (self.update_method, record, self._update_record),
            ("DELETE", record, self._delete_record),
        ):
            self.serve(method, path, self._guarded(handler))

    # What a provider's own class says

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        """ID of a new zone in paths, and how the provider shows it."""
        raise NotImplementedError

    def first_records(self, zone: Item) -> list[Item]:
        """Bodies of the records that the provider puts into a new zone."""
        return []

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        """How the provider shows a record that was created with a body."""
        return {**body, "id": number}

    def changed_record(self, record: Item, body: Item) -> Item:
        return {**record, **body}

    def content_of(self, record: Item) -> Any:
        """What two records may not both have."""
        return record["name"], record["type"], record["data"]

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        """An answer with a page of a listing."""
        raise NotImplementedError

    def error(self, status: int, message: str) -> Any:
        """The body of an error."""
        raise NotImplementedError

    # The routes

    def _guarded(self, handler: Callable[..., Answer]) -> Callable[..., Answer]:
        def guarded(request: Request, **parts: str) -> Answer:
            try:
                with self._state:
                    return handler(request, **parts)
            except _Refused as refused:
                return answer(refused.status, json=self.error(refused.status, str(refused)))

        return guarded

    def _list_zones(self, request: Request) -> Answer:
        return answer(json=self.page(self.zones_key, list(self.zones.values()), request))

    def _create_zone(self, request: Request) -> Answer:
        zone_id, zone = self.new_zone(next(self._numbers), request.json)
        if zone_id in self.zones:
            raise _Refused(self.exists_status, "name already exists")
        self.zones[zone_id], self.records[zone_id] = zone, {}
        for body in self.first_records(zone):
            self._add(zone_id, body)
        return self._one(self.zone_key, zone, self.created_status)

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return self._one(self.zone_key, self._zone(zone))

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        del self.zones[zone], self.records[zone]
        return answer(self.deleted_status)

    def _list_records(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        return answer(json=self.page(self.records_key, list(self.records[zone].values()), request))

    def _create_record(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        record = self._add(zone, request.json)
        return self._one(self.record_key, record, self.created_status)

    def _get_record(self, request: Request, zone: str, record: str) -> Answer:
        return self._one(self.record_key, self._record(zone, record))

    def _update_record(self, request: Request, zone: str, record: str) -> Answer:
        changed = self.changed_record(self._record(zone, record), request.json)
        self.records[zone][record] = changed
        return self._one(self.record_key, changed)

    def _delete_record(self, request: Request, zone: str, record: str) -> Answer:
        self._record(zone, record)
        del self.records[zone][record]
        return answer(self.deleted_status)

    def _add(self, zone_id: str, body: Item) -> Item:
        record = self.new_record(next(self._numbers), self.zones[zone_id], body)
        there = map(self.content_of, self.records[zone_id].values())
        if not self.keeps_duplicates and self.content_of(record) in there:
            raise _Refused(self.exists_status, "record already exists")
        self.records[zone_id][str(record["id"])] = record
        return record

    def _zone(self, zone_id: str) -> Item:
        if zone_id not in self.zones:
            raise _Refused(404, "no such zone")
        return self.zones[zone_id]

    def _record(self, zone_id: str, record_id: str) -> Item:
        self._zone(zone_id)
        if record_id not in self.records[zone_id]:
            raise _Refused(404, "no such record")
        return self.records[zone_id][record_id]

    def _one(self, key: str, item: Item, status: int = 200) -> Answer:
        return answer(status, json={key: item} if key else item)
