"""
Making a zone what it should be, whatever is in it: from a zone file, or from another provider.

::

    with open("example.com.zone") as file:
        plan = plan_sync(driver, zone, read_zone_file(file, "example.com"))
    print(plan)
    plan.apply()

    sync(driver, zone, other_driver.iterate_records(other_zone))

Zones are compared by sets: all values of a name and type. What is the same is left alone, so what
was interrupted is done again from the start and goes on where it was, and a second run changes
nothing. All is read before the first change is made.

Memory does not grow with the zone: what is more than :data:`SETS_IN_MEMORY` waits in temporary
files. (A :class:`Plan` holds all its changes; :func:`sync` some at a time.)
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import operator
import pickle
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import IO, Any, NamedTuple

from libcloud.common.errors import UnsupportedOperation
from libcloud.common.operations import supported_operations
from libcloud.dns import names
from libcloud.dns.driver import DNSDriver
from libcloud.dns.models import Record, Zone
from libcloud.dns.rdata import rdata_of_record
from libcloud.dns.record_sets import RecordSet, SetKey, Value, canonical_rdata, data_of, rdata_of
from libcloud.dns.types import RecordType

__all__ = ["Plan", "SetChange", "SyncReport", "plan_sync", "read_zone_file", "sync"]

SETS_IN_MEMORY = 20_000
SETS_AT_ONCE = 10_000
"""How many sets a driver is given at a time, which it sends in as few requests as it can."""

_SETS_IN_A_BLOCK = 100
_RECORDS_IN_AN_ERROR = 3


class SetChange(NamedTuple):
    """
    A record set as it is, and as it shall be: one of them has no values where a set comes or goes.

    As a text it is what a zone file has, after a ``-`` for what goes and a ``+`` for what comes.
    """

    old: RecordSet
    new: RecordSet

    @property
    def action(self) -> str:
        """``create``, ``update`` or ``delete``."""
        if not self.old.values:
            return "create"
        return "update" if self.new.values else "delete"

    def __str__(self) -> str:
        ttls = [_ttl_in_effect(self.old, value) for value in self.old.values]
        old = _lines(self.old, ttls)
        new = _lines(self.new, [self.new.ttl] * len(self.new.values))
        kept = {*old} & {*new}
        gone = [f"- {line}" for line in old if line not in kept]
        added = [f"+ {line}" for line in new if line not in kept]
        return "\n".join([*gone, *added])


class _Handle(NamedTuple):
    """
    What finds a record again that has an ID of its own.

    ``in_effect`` is its TTL, which may be the zone's.
    """

    id: str | None
    name: str | None
    data: str
    ttl: int | None
    extra: dict[str, Any]
    in_effect: int | None


class SyncReport(NamedTuple):
    """How many record sets were created, updated and deleted."""

    created: int = 0
    updated: int = 0
    deleted: int = 0


class Plan(Sequence[SetChange]):
    """
    The changes that make a zone what it should be. Nothing is changed before :meth:`apply`.

    It is a sequence of :class:`SetChange`, and printed it is their lines. It is false when there is
    nothing to do.
    """

    def __init__(self, driver: DNSDriver, zone: Zone, changes: Iterable[SetChange]) -> None:
        self.driver = driver
        self.zone = zone
        self.changes = list(changes)

    def apply(self) -> SyncReport:
        """
        Make the changes, in the order of the plan.

        The first that fails ends it, and those before it stay. A new plan goes on from there.

        :raises RecordSetChanged: the zone is not any more what it was when the plan was made, and
            the provider has said so. Most cannot: apply a plan soon.
        """
        return _apply(self.driver, self.zone, self.changes)

    def __getitem__(self, index: Any) -> Any:
        return self.changes[index]

    def __len__(self) -> int:
        return len(self.changes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.changes))

    def __repr__(self) -> str:
        return f"<Plan: zone={self.zone.domain}, changes={len(self)} ...>"


def plan_sync(
    driver: DNSDriver,
    zone: Zone,
    records: Iterable[Record],
    delete: bool = True,
    apex_ns: bool = False,
    skip_unsupported: bool = False,
) -> Plan:
    """
    What has to be done that a zone has these records, and no others. Lists the zone once.

    Not looked at, neither in the zone nor among the records: the SOA record, which is the
    provider's; the NS records of the apex; and what has no values of its own in the zone, such as
    alias records and sets with a routing policy at Route 53.

    :param driver: The zone's driver.
    :param zone: The zone to change.
    :param records: What shall be in it: from :func:`read_zone_file`, from ``iterate_records`` of
        any driver, or made by hand. Names are relative to the zone that they come from, so a zone
        may also be copied to one of another name.
    :param delete: False to leave sets alone that no record asks for.
    :param apex_ns: True to make the NS records of the apex what the records say.
    :param skip_unsupported: True to pass over what the provider cannot have.
    :raises UnsupportedOperation: there are records that the provider cannot have: those of types
        that it does not know, alias records, and those of sets with a routing policy.
    :raises ValueError: a record's data is incomplete, or its name lies outside its zone.
    """
    return Plan(driver, zone, _changes(driver, zone, records, delete, apex_ns, skip_unsupported))


def sync(
    driver: DNSDriver,
    zone: Zone,
    records: Iterable[Record],
    delete: bool = True,
    apex_ns: bool = False,
    skip_unsupported: bool = False,
) -> SyncReport:
    """
    Make a zone have these records and no others: :func:`plan_sync` and :meth:`Plan.apply` in one,
    for zones of any size.

    All arguments and errors are those of :func:`plan_sync`. The first change that fails ends it;
    doing it again goes on from there.
    """
    changes = _changes(driver, zone, records, delete, apex_ns, skip_unsupported)
    with contextlib.closing(changes):
        return _apply(driver, zone, changes)


def read_zone_file(file: IO[str] | str, domain: str) -> Iterator[Record]:
    """
    The records of a zone file (RFC 1035, section 5), for :func:`plan_sync` and :func:`sync`.

    They are in memory all at once, some 1 KiB each. They belong to no driver. ``$INCLUDE`` is
    refused. This needs dnspython: ``pip install apache-libcloud[dns]``.

    :param file: The file, opened as text, or its content.
    :param domain: Name of the zone.
    :raises ValueError: it is no zone file; the text names the line.
    """
    import dns.exception
    import dns.rdatatype
    import dns.zone

    origin = f"{names.zone_name(domain)}."
    text = file if isinstance(file, str) else file.read()
    try:
        content = dns.zone.from_text(
            text, origin=origin, relativize=False, check_origin=False, allow_include=False
        )
    except (dns.exception.DNSException, ValueError) as error:
        raise ValueError(f"Not a zone file of {domain}: {error}") from error
    nobody: Any = None
    zone = Zone(domain, names.zone_name(domain), "master", None, nobody)
    for owner, ttl, rdata in content.iterate_rdatas():
        type = dns.rdatatype.to_text(rdata.rdtype)
        data, numbers = data_of(type, rdata.to_text())
        name = names.to_relative(owner.to_text(), zone.domain)
        yield Record(None, name, type, data, zone, nobody, ttl, {"ttl": ttl, **numbers})


def sets_of_records(driver: DNSDriver, zone: Zone) -> Iterator[RecordSet]:
    """
    Each record as a set of its own, of which :func:`_joined` makes those of the zone. ``raw`` of a
    value is what :func:`apply_one_by_one` needs to find the record again.
    """
    for record in driver.iterate_records(zone):
        ttl = None if driver.zone_ttl_only else _ttl_of(record)
        handle = _Handle(record.id, record.name, record.data, record.ttl, record.extra, ttl)
        value = Value(rdata_of(record), _options(record, driver), handle)
        identifier = record.extra.get("set_identifier")
        key = SetKey(_absolute(record, zone), record.type, identifier)
        yield RecordSet(key, ttl, (value,))


def apply_one_by_one(driver: DNSDriver, zone: Zone, changes: Iterable[SetChange]) -> None:
    """Make changes record by record, with as few calls as may be."""
    can_update = "update_record" in supported_operations(type(driver))
    for old, new in changes:
        there, wanted = _by_content(old), _by_content(new)
        fresh = [value for content, value in wanted.items() if content not in there]
        gone = []
        for current in old.values:
            content = canonical_rdata(old.key.type, current.rdata)
            if content not in wanted:
                gone.append(current)
                continue
            is_first = current is there[content]
            # What is there twice may differ in what it is there twice for.
            value = wanted[content] if is_first else current
            same_ttl = _ttl_in_effect(old, current) in (None, new.ttl)
            if same_ttl and value.extra == current.extra:
                continue
            if can_update:
                extra = _arguments(new, value)[1]
                driver.update_record(_record(driver, zone, old, current), None, None, None, extra)
            else:
                gone.append(current)
                fresh.append(value)
        while can_update and gone and fresh:
            data, extra = _arguments(new, fresh.pop(0))
            driver.update_record(_record(driver, zone, old, gone.pop(0)), None, None, data, extra)
        for value in gone:
            driver.delete_record(_record(driver, zone, old, value))
        for value in fresh:
            data, extra = _arguments(new, value)
            name = names.to_relative(new.key.name, zone.domain)
            driver.create_record(name, zone, new.key.type, data, extra)


# Comparing


def _changes(
    driver: DNSDriver,
    zone: Zone,
    records: Iterable[Record],
    delete: bool,
    apex_ns: bool,
    skip_unsupported: bool,
) -> Generator[SetChange, None, None]:
    """
    The changes by names; of one name first what is to be deleted, since a CNAME record allows no
    other beside it.
    """
    apex = names.to_absolute("", zone.domain)

    def is_looked_at(record_set: RecordSet) -> bool:
        name, type, identifier = record_set.key
        at_apex = name == apex and type == RecordType.NS
        has_values = bool(record_set.values) and identifier is None
        return has_values and type != RecordType.SOA and (apex_ns or not at_apex)

    with contextlib.ExitStack() as files:
        asked_for = _wanted(driver, zone, records, skip_unsupported)
        wanted = _sorted(filter(is_looked_at, asked_for), files)
        current = _sorted(filter(is_looked_at, driver._iterate_sets(zone)), files)
        old = ((_order(each), 0, each) for each in _joined(current))
        new = ((_order(each), 1, each) for each in _joined(wanted))
        both = heapq.merge(old, new, key=operator.itemgetter(0))
        for _, of_name in itertools.groupby(both, key=lambda item: item[0][0]):
            found: dict[SetKey, list[RecordSet]] = {}
            for _, side, each in of_name:
                found.setdefault(each.key, [RecordSet(each.key)] * 2)[side] = each
            compared = (_change(driver, *sides) for sides in found.values())
            changes = [change for change in compared if change is not None]
            yield from (c for c in changes if c.action == "delete" and delete)
            yield from (c for c in changes if c.action != "delete")


def _change(driver: DNSDriver, old: RecordSet, new: RecordSet) -> SetChange | None:
    """The change from one set to the other; None when they are the same."""
    if not new.values:
        return SetChange(old, RecordSet(old.key))
    if not old.values:
        ttl = driver.default_ttl if new.ttl is None else new.ttl
        return SetChange(old, new._replace(ttl=ttl, values=tuple(_by_content(new).values())))
    there, wanted = _by_content(old), _by_content(new)
    # What is the same stays as the provider has it, also when it has no TTLs.
    for content, value in wanted.items():
        if content in there:
            current = there[content]
            wanted[content] = current._replace(extra=value.extra or current.extra)
    ttls = {_ttl_in_effect(old, value) for value in old.values} - {None}
    if there == wanted and (new.ttl is None or ttls <= {new.ttl}):
        return None
    ttl = old.ttl if None in (old.ttl, new.ttl) else new.ttl
    return SetChange(old, RecordSet(old.key, ttl, tuple(wanted.values()), old.raw))


def _wanted(
    driver: DNSDriver, zone: Zone, records: Iterable[Record], skip_unsupported: bool
) -> Iterator[RecordSet]:
    types = {*driver.list_record_types(), RecordType.SOA}
    refused: list[str] = []
    for record in records:
        extra = record.extra
        if extra.get("disabled") and "disabled" not in driver.value_options:
            continue  # what its provider does not show to the world
        key = SetKey(_absolute(record, zone), record.type)
        if record.type not in types or "alias" in extra or "set_identifier" in extra:
            refused.append(f"{key.name} {key.type}")
        else:
            yield RecordSet(key, _ttl_of(record), (_value(record, driver),))
    if refused and not skip_unsupported:
        shown = ", ".join(refused[:_RECORDS_IN_AN_ERROR])
        more = len(refused) - _RECORDS_IN_AN_ERROR
        raise UnsupportedOperation(
            f"The provider cannot have {shown}{f' and {more} more' if more > 0 else ''}", driver
        )


def _joined(sets: Iterable[RecordSet]) -> Iterator[RecordSet]:
    """
    Sorted sets, those of one name and type as one. It has the lowest of their TTLs (RFC 2181, 5.2)
    and all values, also those that are there twice: each may be a record of its own.
    """
    for _, same in itertools.groupby(sets, key=lambda each: each.key):
        first, *others = same
        if others:
            values = tuple(value for each in (first, *others) for value in each.values)
            ttls = [each.ttl for each in (first, *others) if each.ttl is not None]
            first = first._replace(ttl=min(ttls, default=None), values=values)
        yield first


def _ttl_in_effect(record_set: RecordSet, value: Value) -> int | None:
    """A value's own TTL where each record has one, else that of the set."""
    return value.raw.in_effect if isinstance(value.raw, _Handle) else record_set.ttl


def _by_content(record_set: RecordSet) -> dict[str, Value]:
    """The values of a set by what they say, however it is written."""
    type, found = record_set.key.type, dict[str, Value]()
    for value in record_set.values:
        found.setdefault(canonical_rdata(type, value.rdata), value)
    return found


def _order(record_set: RecordSet) -> tuple[str, str]:
    return record_set.key[:2]


def _sorted(sets: Iterable[RecordSet], files: contextlib.ExitStack) -> Iterator[RecordSet]:
    """
    Sets by name and type, of which no more are in memory than :data:`SETS_IN_MEMORY`.

    :param files: Closes the temporary files.
    """
    left, runs = iter(sets), []
    while run := sorted(itertools.islice(left, SETS_IN_MEMORY), key=_order):
        is_last = len(run) < SETS_IN_MEMORY
        runs.append(iter(run) if is_last else _on_disk(run, files))
    return heapq.merge(*runs, key=_order)


def _on_disk(sets: list[RecordSet], files: contextlib.ExitStack) -> Iterator[RecordSet]:
    file = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    for start in range(0, len(sets), _SETS_IN_A_BLOCK):
        pickle.dump(sets[start : start + _SETS_IN_A_BLOCK], file)
    file.seek(0)
    return _from_disk(file, len(sets))


def _from_disk(file: IO[bytes], count: int) -> Iterator[RecordSet]:
    for _ in range(0, count, _SETS_IN_A_BLOCK):
        yield from pickle.load(file)


# Changing


def _apply(driver: DNSDriver, zone: Zone, changes: Iterable[SetChange]) -> SyncReport:
    left, counts = iter(changes), {"create": 0, "update": 0, "delete": 0}
    while some := list(itertools.islice(left, SETS_AT_ONCE)):
        driver._apply_changes(zone, some)
        for change in some:
            counts[change.action] += 1
    return SyncReport(counts["create"], counts["update"], counts["delete"])


# Records


def _absolute(record: Record, zone: Zone) -> str:
    """A record's name in a zone, which may be another than the one that it comes from."""
    relative = names.to_relative(record.name, record.zone.domain)
    return names.to_absolute(relative, zone.domain).lower()


def _value(record: Record, driver: DNSDriver) -> Value:
    """
    What a record is to say.

    :raises ValueError: its data is incomplete, or its name lies outside its zone.
    """
    zone = record.zone.domain
    names.relative_within(record.name, zone)
    rdata = rdata_of_record(record.name, record.type, record.data, record.extra, zone)
    return Value(rdata, _options(record, driver))


def _options(record: Record, driver: DNSDriver) -> dict[str, Any]:
    """What the provider keeps beside the value."""
    options = sorted(driver.value_options)
    return {key: record.extra[key] for key in options if key in record.extra}


def _ttl_of(record: Record) -> int | None:
    given = (record.ttl, record.extra.get("ttl"), record.zone.ttl)
    ttl = next((ttl for ttl in given if ttl is not None), None)
    return None if ttl is None else int(ttl)


def _record(driver: DNSDriver, zone: Zone, record_set: RecordSet, value: Value) -> Record:
    id, name, data, ttl, extra, _ = value.raw
    return Record(id, name, record_set.key.type, data, zone, driver, ttl, extra)


def _arguments(record_set: RecordSet, value: Value) -> tuple[str, dict[str, Any]]:
    """``data`` and ``extra`` of a new record."""
    data, numbers = data_of(record_set.key.type, value.rdata)
    ttl = {} if record_set.ttl is None else {"ttl": record_set.ttl}
    return data, {**numbers, **value.extra, **ttl}


def _lines(record_set: RecordSet, ttls: Sequence[int | None]) -> list[str]:
    name, type, _ = record_set.key
    return [
        f"{names.escape(name)}{'' if ttl is None else f' {ttl}'} IN {type} {value.rdata}"
        for value, ttl in zip(record_set.values, ttls, strict=True)
    ]
