"""
Zonomi.

https://zonomi.com/app/dns/dyndns.jsp
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from libcloud.common.errors import MalformedResponseError, UnsupportedOperation
from libcloud.common.zonomi import ZonomiConnection, ZonomiResponse
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import from_rdata, to_rdata
from libcloud.dns.record_sets import Changes, RecordSet, RecordSetDNSDriver, SetKey, Value
from libcloud.dns.types import RecordType

__all__ = ["ZonomiDNSConnection", "ZonomiDNSDriver", "ZonomiDNSResponse"]

_DYNDNS = "/app/dns/dyndns.jsp"

# All actions of a request stand in its URL.
_VALUES_PER_WRITE = 20


class ZonomiDNSResponse(ZonomiResponse):
    """An answer."""


class ZonomiDNSConnection(ZonomiConnection):
    """A connection."""

    responseCls = ZonomiDNSResponse


class ZonomiDNSDriver(RecordSetDNSDriver):
    """
    Zonomi, where setting a record sets all values of its name and type.

    A record's ``extra`` has ``ttl`` and ``prio``, texts both, and ``priority`` of an MX.

    :param key: API key.
    """

    type = "zonomi"
    name = "Zonomi DNS"
    website = "https://zonomi.com"
    connectionCls = ZonomiDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        yield from self._to_zones(self._items({"action": "QUERYZONES"}, "zone"))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master``; see :meth:`ex_convert_to_secondary`.
        :param ttl: Not looked at.
        :param extra: Not looked at.
        """
        if type != "master":
            raise UnsupportedOperation(
                "A zone is created as a master, and converted afterwards", driver=self
            )
        name = names.zone_name(domain)
        with about_zone(self, domain):
            self.connection.request("/app/dns/addzone.jsp", params={"name": name}, idempotent=False)
        return Zone(name, name, "master", None, self)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(
                _DYNDNS, params={"action": "DELETEZONE", "name": names.zone_name(zone.domain)}
            )
        return True

    def ex_convert_to_secondary(self, zone: Zone, master: str) -> bool:
        """
        Make a zone a copy of one elsewhere, and return True.

        :param master: Address of the server to copy it from.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        params = {"name": names.zone_name(zone.domain), "master": master}
        with about_zone(self, zone.id):
            self.connection.request("/app/dns/converttosecondary.jsp", params=params)
        return True

    def ex_convert_to_master(self, zone: Zone) -> bool:
        """
        Make a copied zone one of its own, and return True.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        params = {"name": names.zone_name(zone.domain)}
        with about_zone(self, zone.id):
            self.connection.request("/app/dns/converttomaster.jsp", params=params)
        return True

    # Records

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

        :param extra: The usual; ``prio`` is taken for ``priority``.
        """
        return super().create_record(name, zone, type, data, _with_priority(extra))

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        return super().update_record(record, name, type, data, _with_priority(extra))

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        """One request: the answer has the whole zone."""
        query = {"action": "QUERY", "name": f"**.{names.zone_name(zone.domain)}"}
        with about_zone(self, zone.id):
            items = self._items(query, "record")
        yield from self._to_sets(items).values()

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        found = {}
        for key in keys:
            query = {"action": "QUERY", "name": key.name.removesuffix("."), "type": key.type}
            with about_zone(self, zone.id):
                items = self._items(query, "record")
            found[key] = self._to_sets(items).get(key, RecordSet(key))
        return found

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """One request; whether the provider does all of it or none is not documented."""
        actions = [action for old, new in changes for action in _actions(old, new)]
        numbered = {
            f"{name}[{number}]": value
            for number, action in enumerate(actions, 1)
            for name, value in action.items()
        }
        if actions:
            with about_zone(self, zone.id):
                self._items(actions[0] if len(actions) == 1 else numbered, "record")

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        """Few values at a time; the values of a set stay together."""
        batch: list[tuple[RecordSet, RecordSet]] = []
        size = 0
        for old, new in changes:
            more = len(old.values) + len(new.values)
            if batch and size + more > _VALUES_PER_WRITE:
                yield batch
                batch, size = [], 0
            batch.append((old, new))
            size += more
        if batch:
            yield batch

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        rdata = record_set.values[position].rdata
        numbers = from_rdata(record_set.key.type, rdata)[1]
        return {"ttl": str(record_set.ttl), "prio": str(numbers.get("priority", 0))}

    # Answers

    def _items(self, params: dict[str, str], tag: str) -> list[Any]:
        """The elements of an answer that have a name."""
        response = self.connection.request(_DYNDNS, params=params)
        if response.object.tag != "dnsapi_result":
            raise MalformedResponseError(
                "The answer is no dnsapi_result", body=response.body, driver=self
            )
        return list(response.object.iter(tag))

    def _to_zones(self, items: list[Any]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_zone(self, item: Any) -> Zone:
        with reading(self, item):
            name = item.attrib["name"]
            type = "slave" if item.attrib["type"].upper() == "SLAVE" else "master"
            return Zone(name, names.zone_name(name), type, None, self)

    def _to_records(self, items: list[Any], zone: Zone) -> list[Record]:
        sets = self._to_sets(items).values()
        return [record for each in sets for record in self._records_as_read(zone, each)]

    def _to_record(self, item: Any, zone: Zone) -> Record:
        return self._to_records([item], zone)[0]

    def _to_sets(self, items: list[Any]) -> dict[SetKey, RecordSet]:
        sets: dict[SetKey, RecordSet] = {}
        for item in items:
            with reading(self, item):
                said = item.attrib
                key = SetKey(f"{names.zone_name(said['name'])}.", said["type"])
                content = said["content"]
                prio = {"priority": said.get("prio") or 0}
                value = Value(to_rdata(key.type, content, prio), {}, content)
                ttl = int(said["ttl"].split()[0])
                old = sets.get(key, RecordSet(key, ttl))
                sets[key] = old._replace(values=(*old.values, value))
        return sets


def _actions(old: RecordSet, new: RecordSet) -> list[dict[str, str]]:
    """
    What makes a set another.

    A value that is gone is deleted by itself. All that are there are set as soon as one of them is
    new, because setting a name and type replaces what it has.
    """
    name = {"name": new.key.name.removesuffix("."), "type": new.key.type}
    actions = [
        {"action": "DELETE", **name, "value": value.raw or _content(new.key.type, value)}
        for value in old.values
        if new.find(value.rdata) is None
    ]
    added = any(old.find(value.rdata) is None for value in new.values)
    if added or (new.values and old.ttl != new.ttl):
        for value in new.values:
            prio = from_rdata(new.key.type, value.rdata)[1].get("priority")
            action = {"action": "SET", **name, "value": _content(new.key.type, value)}
            action["ttl"] = str(new.ttl)
            actions.append(action if prio is None else {**action, "prio": str(prio)})
    return actions


def _content(type: str, value: Value) -> str:
    """A value as the API writes it: hosts have no final dot."""
    if value.raw is not None:
        return str(value.raw)
    content = from_rdata(type, value.rdata)[0]
    return content if type == RecordType.TXT else content.removesuffix(".")


def _with_priority(extra: dict[str, Any] | None) -> dict[str, Any]:
    given = dict(extra or {})
    if given.get("prio") is not None and given.get("priority") is None:
        given["priority"] = int(given["prio"])
    return given
