"""
Drivers of providers whose unit is the record set.

Such a provider keeps all values of a name and type together, under one TTL, and is told the whole
set when one of them changes. Our unit is the record: one name, one type, one value. The class here
maps the one to the other, so that what is done to a value never touches the others of its set.

A driver says how sets are read and written::

    class AcmeDNSDriver(RecordSetDNSDriver):
        def _iterate_sets(self, zone): ...            all sets, page by page
        def _read_sets(self, zone, keys): ...         some of them
        def _write_sets(self, zone, changes): ...     several of them, all or none

and gets all operations on records.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from libcloud.common.errors import ConflictError
from libcloud.dns import names
from libcloud.dns.driver import DNSDriver
from libcloud.dns.errors import reading
from libcloud.dns.models import Record, Zone
from libcloud.dns.rdata import TEXTS, canonical_parts, from_rdata, rdata_of_record, to_rdata
from libcloud.dns.types import RecordAlreadyExistsError, RecordDoesNotExistError, RecordType

__all__ = [
    "RecordSet",
    "RecordSetChanged",
    "RecordSetDNSDriver",
    "SetKey",
    "Value",
    "ZoneLocks",
    "canonical_rdata",
    "data_of",
    "rdata_of",
    "record_id",
    "short_id",
]

# How often a change is made anew when others change the same set meanwhile.
ATTEMPTS = 10

# Of changes that are made together, where the provider names no limit.
SETS_PER_WRITE = 500

# A zone has one SOA record, and most servers count its serial up by themselves.
_SINGLE = frozenset({RecordType.SOA})

_CASE_MATTERS_NOT = frozenset(
    {
        RecordType.ALIAS,
        RecordType.CNAME,
        RecordType.DNAME,
        RecordType.MX,
        RecordType.NS,
        RecordType.PTR,
        RecordType.SRV,
    }
)

# The same in a record as in a zone file, but for spaces and capitals.
_BARE = frozenset({RecordType.A, RecordType.SOA})


class SetKey(NamedTuple):
    """
    What tells the record sets of a zone apart.

    ``name`` is absolute, in lower case and with a final dot. ``identifier`` is for providers that
    have several sets of one name and type (Route 53).
    """

    name: str
    type: str
    identifier: str | None = None


class Value(NamedTuple):
    """
    A value of a record set.

    ``rdata`` is as in a zone file. ``extra`` is what the provider keeps beside it. ``raw`` is the
    provider's own text, None for a new value.
    """

    rdata: str
    extra: Mapping[str, Any]
    raw: Any = None


class RecordSet(NamedTuple):
    """
    All values of a name and type, none when there is no such set.

    ``raw`` is whatever a driver must put back with a changed set.
    """

    key: SetKey
    ttl: int | None = None
    values: tuple[Value, ...] = ()
    raw: Any = None

    def find(self, rdata: str) -> int | None:
        """The position of a value, however it is written; None when the set does not have it."""
        if self.key.type in _SINGLE and self.values:
            return 0
        wanted = canonical_rdata(self.key.type, rdata)
        for position, value in enumerate(self.values):
            if canonical_rdata(self.key.type, value.rdata) == wanted:
                return position
        return None

    def without(self, position: int) -> RecordSet:
        """The set with one value less; with the last one goes everything else."""
        if len(self.values) == 1:
            return RecordSet(self.key)
        values = (*self.values[:position], *self.values[position + 1 :])
        return self._replace(values=values) if values else RecordSet(self.key)

    def says_the_same_as(self, other: RecordSet) -> bool:
        return self._content() == other._content()

    def _content(self) -> tuple[Any, ...]:
        if not self.values:
            return (self.raw is None,)
        values = {(canonical_rdata(self.key.type, v.rdata), *v.extra.items()) for v in self.values}
        return self.ttl, values


class RecordSetChanged(ConflictError):
    """Somebody else changed a set between its reading and its writing; nothing was written."""


Changes = Sequence[tuple[RecordSet, RecordSet]]
"""Sets as they are, and as they shall be."""


class RecordSetDNSDriver(DNSDriver):
    """
    A driver whose provider keeps record sets.

    The IDs of records are made of type, name and value (``A:www:192.0.2.1``); of an SOA record, the
    type and name alone. :meth:`get_record` also takes the type and name alone, and returns the
    first record then.

    A TTL belongs to the set: giving one record another TTL gives it to all values of its name and
    type.

    Changes read the set, change one value and write the set. Threads that share a driver take turns
    in a zone. What another process does between the reading and the writing is noticed where the
    provider says so (a driver raises :class:`RecordSetChanged` then, and the change is made anew);
    elsewhere it is lost.
    """

    default_ttl: int | None = 3600
    """Seconds, of a new set when nobody gives another TTL."""

    # ``value_options`` are what a provider keeps beside a single value of a set.

    texts_in_quotes = False
    """
    Whether the data of TXT records is as in a zone file, which is what programs know of some
    providers since long ago. Either way is taken.
    """

    def __init__(
        self,
        key: str | None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key=key, secret=secret, secure=secure, host=host, port=port, **kwargs)
        self._locks = ZoneLocks()

    # What a driver implements

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        """All record sets of a zone, page by page, in a form that can be pickled."""
        raise NotImplementedError

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        """Some record sets; an empty one where there is none."""
        raise NotImplementedError

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        Write all sets or none. A set without values is to be deleted.

        :raises RecordSetChanged: one of them is not any more what it was.
        """
        raise NotImplementedError

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        """Changes in groups, each small enough for one :meth:`_write_sets`."""
        for start in range(0, len(changes), SETS_PER_WRITE):
            yield changes[start : start + SETS_PER_WRITE]

    def _sets_of(self, zone: Zone, name: str, type: str) -> Iterable[RecordSet]:
        """The sets of one name and type, of which few providers have several."""
        return self._read_sets(zone, [SetKey(name, type)]).values()

    def _record_id(self, name: str, record_set: RecordSet, position: int) -> str:
        """
        The ID of a record.

        :param name: Its name, relative to the zone.
        """
        key = record_set.key
        return record_id(key.type, name, record_set.values[position].rdata, key.identifier)

    def _are_alike(self, one: RecordSet, other: RecordSet) -> bool:
        """Whether two sets say the same, however they are written."""
        return one.says_the_same_as(other)

    def _new_key(self, zone: Zone, name: str | None, type: str, extra: Mapping[str, Any]) -> SetKey:
        """
        The set that a new record goes to.

        :raises ValueError: its name lies outside the zone.
        """
        names.relative_within(name, zone.domain)
        return SetKey(self._full_name(name, zone), self._checked(type))

    def _with_extra(self, record_set: RecordSet, extra: Mapping[str, Any]) -> RecordSet:
        """A set with what ``extra`` says of it, beside its TTL and its values."""
        return record_set

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        """What a record's ``extra`` has beside the numbers of its data and ``value.extra``."""
        return {}

    # Operations

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        for record_set in self._iterate_sets(zone):
            yield from self._records_as_read(zone, record_set)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        zone = self.get_zone(zone_id)
        type, _, rest = str(record_id).partition(":")
        relative, has_value, _ = rest.partition(":")
        name = self._full_name(relative.replace(r"\058", ":"), zone)
        for record_set in self._sets_of(zone, name, type):
            for record in self._records_as_read(zone, record_set):
                if not has_value or record_id in (record.id, self._id_with_value(record)):
                    return record
        raise RecordDoesNotExistError(value="No such record", driver=self, record_id=record_id)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        return self._create_values(zone, name, type, [data], extra or {})[0]

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        extra = extra or {}
        zone = record.zone
        new_type = record.type if type is None else type
        source_key, old_rdata = self._place_of(record)
        target_key = self._new_key(
            zone, record.name if name is None else name, new_type, {**record.extra, **extra}
        )
        new_data = record.data if data is None else data
        value = self._value(zone, target_key, new_data, {**record.extra, **extra})

        def change_in_place(old: RecordSet, position: int) -> RecordSet:
            self._check_new(zone, old.without(position), value)
            new = value
            if data is None and old.find(value.rdata) == position:
                # The provider's own way to write it stays.
                new = old.values[position]._replace(extra=value.extra)
            values = (*old.values[:position], new, *old.values[position + 1 :])
            changed = old._replace(values=values, ttl=_ttl(extra, old.ttl))
            return self._with_extra(changed, extra)

        def add_to(target: RecordSet, source: RecordSet) -> RecordSet:
            self._check_new(zone, target, value)
            changed = target._replace(
                values=(*target.values, value),
                ttl=_ttl(extra, target.ttl, source.ttl),
                raw=source.raw if target.raw is None else target.raw,
            )
            return self._with_extra(changed, extra)

        def change(sets: Mapping[SetKey, RecordSet]) -> dict[SetKey, RecordSet]:
            source, target = sets[source_key], sets[target_key]
            position = self._position(source, old_rdata, record)
            if source_key == target_key:
                return {source_key: change_in_place(source, position)}
            return {
                source_key: source.without(position),
                target_key: add_to(target, source),
            }

        sets = self._change(zone, {source_key, target_key}, change)
        return self._written(zone, sets[target_key], value)

    def delete_record(self, record: Record) -> bool:
        key, rdata = self._place_of(record)

        def change(sets: Mapping[SetKey, RecordSet]) -> dict[SetKey, RecordSet]:
            return {key: sets[key].without(self._position(sets[key], rdata, record))}

        self._change(record.zone, [key], change)
        return True

    def _apply_changes(self, zone: Zone, changes: Changes) -> None:
        with self._locks.of(zone):
            for batch in self._batches(changes):
                try:
                    self._write_sets(zone, batch)
                except RecordSetChanged:
                    if not self._was_done(zone, batch):
                        raise

    def _was_done(self, zone: Zone, changes: Changes) -> bool:
        """Whether sets are what they should be: a change was done, and its answer was lost."""
        wanted = {new.key: new for _, new in changes}
        found = {each.key: each for each in self._iterate_sets(zone) if each.key in wanted}
        return all(
            self._are_alike(new, found.get(key, RecordSet(key))) for key, new in wanted.items()
        )

    def _create_values(
        self, zone: Zone, name: str | None, type: str, data: Iterable[str], extra: dict[str, Any]
    ) -> list[Record]:
        """Add values to a set, all or none."""
        key = self._new_key(zone, name, type, extra)
        new = [self._value(zone, key, item, extra) for item in data]

        def change(sets: Mapping[SetKey, RecordSet]) -> dict[SetKey, RecordSet]:
            changed = sets[key]
            changed = changed._replace(ttl=_ttl(extra, changed.ttl, self.default_ttl))
            for value in new:
                self._check_new(zone, changed, value)
                changed = changed._replace(values=(*changed.values, value))
            return {key: self._with_extra(changed, extra)}

        written = self._change(zone, [key], change)[key]
        return [self._written(zone, written, value) for value in new]

    def _change(
        self,
        zone: Zone,
        keys: Collection[SetKey],
        change: Callable[[Mapping[SetKey, RecordSet]], dict[SetKey, RecordSet]],
    ) -> dict[SetKey, RecordSet]:
        """
        Read sets, change them, write them; once more when somebody else was faster.

        :return: The sets as they are now.
        """
        wanted: dict[SetKey, RecordSet] | None = None
        with self._locks.of(zone):
            for attempt in range(ATTEMPTS):
                sets = self._read_sets(zone, keys)
                if wanted and all(self._are_alike(sets[key], wanted[key]) for key in sets):
                    # It was ourselves: the change was done, and its answer did not arrive.
                    return wanted
                wanted = {**sets, **change(sets)}
                try:
                    self._write_sets(zone, [(sets[key], wanted[key]) for key in sets])
                    return wanted
                except RecordSetChanged:
                    if attempt == ATTEMPTS - 1:
                        raise
        raise AssertionError("unreachable")

    # Records and values

    def _records_as_read(self, zone: Zone, record_set: RecordSet) -> list[Record]:
        """
        The records of a set that was just read.

        :raises MalformedResponseError: its name, say, cannot be one.
        """
        try:
            return self._records(zone, record_set)
        except (AttributeError, LookupError, TypeError, ValueError):
            with reading(self, record_set):  # which costs as much as a record
                raise

    def _records(self, zone: Zone, record_set: RecordSet) -> list[Record]:
        positions = range(len(record_set.values))
        return [self._record(zone, record_set, position) for position in positions]

    def _written(self, zone: Zone, record_set: RecordSet, value: Value) -> Record:
        position = record_set.find(value.rdata)
        assert position is not None
        return self._record(zone, record_set, position)

    def _record(self, zone: Zone, record_set: RecordSet, position: int) -> Record:
        key, value = record_set.key, record_set.values[position]
        name = names.to_relative(key.name, zone.domain)
        data, numbers = self._data_of(key.type, value.rdata)
        return Record(
            self._record_id(name, record_set, position),
            name,
            key.type,
            data,
            zone,
            self,
            record_set.ttl,
            {**numbers, **value.extra, **self._set_extra(zone, record_set, position)},
        )

    def _data_of(self, type: str, rdata: str) -> tuple[str, dict[str, int]]:
        """
        A record's ``data`` and the numbers of its ``extra``.

        What is in a zone may not be what its type promises; that must not hide all other records.
        """
        if self.texts_in_quotes and type in TEXTS:
            return rdata, {}
        return data_of(type, rdata)

    def _full_name(self, name: str | None, zone: Zone) -> str:
        return names.to_absolute(name, zone.domain).lower()

    def _value(self, zone: Zone, key: SetKey, data: str, extra: Mapping[str, Any]) -> Value:
        options = {key: extra[key] for key in sorted(self.value_options) if key in extra}
        return Value(rdata_of_record(key.name, key.type, data, extra, zone.domain), options)

    def _place_of(self, record: Record) -> tuple[SetKey, str]:
        """The set that a record is in, and its value there."""
        name = self._full_name(record.name, record.zone)
        return SetKey(name, record.type, record.extra.get("set_identifier")), rdata_of(record)

    def _id_with_value(self, record: Record) -> str:
        key, rdata = self._place_of(record)
        return record_id(key.type, record.name or "", rdata, key.identifier)

    def _position(self, record_set: RecordSet, rdata: str, record: Record) -> int:
        position = record_set.find(rdata)
        if position is None:
            raise RecordDoesNotExistError(value="No such record", driver=self, record_id=record.id)
        return position

    def _check_new(self, zone: Zone, record_set: RecordSet, value: Value) -> None:
        position = record_set.find(value.rdata)
        if position is not None:
            found = self._record(zone, record_set, position)
            raise RecordAlreadyExistsError(
                value=f"{record_set.key.name} has that {found.type} record already",
                driver=self,
                record_id=found.id,
            )


def record_id(type: str, name: str, rdata: str, identifier: str | None = None) -> str:
    """The ID of a record, which stays the same for as long as the record does."""
    value = "" if type in _SINGLE else f":{canonical_rdata(type, rdata)}"
    policy = f":{identifier}" if identifier else ""
    return f"{short_id(type, name)}{value}{policy}"


def short_id(type: str, name: str) -> str:
    """The beginning of the IDs of all records of a set."""
    return f"{type}:{name}" if ":" not in name else f"{type}:{name.replace(':', chr(92) + '058')}"


def canonical_rdata(type: str, rdata: str) -> str:
    """One form for all ways to write the same data: for comparing, not for sending."""
    if type in _BARE:
        return " ".join(rdata.split()).lower() if " " in rdata else rdata.strip().lower()
    if type not in _CASE_MATTERS_NOT:
        canonical = canonical_parts(type, rdata)
        if canonical is not None:
            return canonical
    data, numbers = data_of(type, rdata)
    try:
        rdata = to_rdata(type, data, numbers)
    except ValueError:
        return rdata
    if type in TEXTS:
        return rdata
    if type == RecordType.AAAA:
        return _canonical_address(rdata)
    rdata = " ".join(rdata.split())
    return rdata.lower() if type in _CASE_MATTERS_NOT else rdata


def data_of(type: str, rdata: str) -> tuple[str, dict[str, int]]:
    """As :func:`~libcloud.dns.rdata.from_rdata`, and the data as it is when it is of no type."""
    try:
        return from_rdata(type, rdata)
    except ValueError:
        return rdata, {}


def rdata_of(record: Record) -> str:
    """What a zone file has of a record, and its data as it is when it is of no type."""
    try:
        return to_rdata(record.type, record.data, record.extra, record.zone.domain)
    except ValueError:
        return record.data


def _canonical_address(address: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address


def _ttl(extra: Mapping[str, Any], *others: int | None) -> int | None:
    """The first TTL that is given."""
    given = (ttl for ttl in (extra.get("ttl"), *others) if ttl is not None)
    ttl = next(given, None)
    return None if ttl is None else int(ttl)


class ZoneLocks:
    """A lock for each zone, out of a fixed number: two zones may well have the same one."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(64)]

    def of(self, zone: Zone) -> threading.Lock:
        return self._locks[hash(names.zone_name(zone.domain)) % len(self._locks)]

    def __reduce__(self) -> Any:
        return type(self), ()
