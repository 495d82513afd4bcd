"""Record sets: what is done to a record touches no other one."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from libcloud.dns.base import Zone
from libcloud.dns.record_sets import RecordSet, RecordSetChanged, RecordSetDNSDriver
from libcloud.dns.types import RecordAlreadyExistsError, RecordDoesNotExistError
from tests.properties import few

# Several ways to write few things, so that they meet.
names = st.sampled_from(["", "@", "www", "WWW", "www.example.com.", "a.b", "*"])
data_of_type = {
    "A": ["192.0.2.1", "192.0.2.2"],
    "AAAA": ["2001:db8::1", "2001:DB8:0::1", "2001:db8::2"],
    "CNAME": ["host.example.net", "HOST.example.net."],
    "MX": ["10 mail.example.net", "10 mail.example.net.", "20 mail.example.net"],
    "TXT": ["text", '"text"', "Text", 'a "b"', "ä"],
}
typed = st.sampled_from(sorted(data_of_type)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.sampled_from(data_of_type[kind]))
)
ttls = st.sampled_from([None, 60, 300])


class SetsInMemory(RecordSetDNSDriver):
    """A provider that keeps sets, and sometimes finds that somebody else was faster."""

    RECORD_TYPE_MAP = {kind: kind for kind in data_of_type}

    def __init__(self):
        super().__init__("key")
        self.sets = {}
        self.busy = 0

    def get_zone(self, zone_id):
        return Zone(zone_id, "example.com", "master", None, self)

    def _iterate_sets(self, zone):
        yield from list(self.sets.values())

    def _read_sets(self, zone, keys):
        return {key: self.sets.get(key, RecordSet(key)) for key in keys}

    def _write_sets(self, zone, changes):
        for old, _ in changes:
            assert self.sets.get(old.key, RecordSet(old.key)) == old
        if self.busy:
            self.busy -= 1
            raise RecordSetChanged("busy", driver=self)
        for old, new in changes:
            self.sets.pop(old.key, None)
            if new.values:
                self.sets[new.key] = new


def place(name):
    lower = name.lower()
    return "" if lower in ("", "@") else lower.removesuffix(".example.com.")


def value(kind, data):
    """One form of all that mean the same."""
    if kind == "TXT":
        return "text" if data == '"text"' else data
    return data.lower().removesuffix(".").replace(":0::", "::")


class RecordSets(RuleBasedStateMachine):
    """Beside a dict of (name, type, value) -> TTL of its set."""

    def __init__(self):
        super().__init__()
        self.driver = SetsInMemory()
        self.zone = self.driver.get_zone("1")
        self.model = set()
        self.ttl = {}

    @rule(times=st.integers(1, 3))
    def somebody_else_is_faster(self, times):
        self.driver.busy = times

    @rule(name=names, item=typed, ttl=ttls)
    def create(self, name, item, ttl):
        kind, data = item
        wanted = (place(name), kind, value(kind, data))
        extra = {} if ttl is None else {"ttl": ttl}
        if wanted in self.model:
            with pytest.raises(RecordAlreadyExistsError):
                self.zone.create_record(name, kind, data, extra)
            return
        record = self.zone.create_record(name, kind, data, extra)
        assert self.shown(record) == wanted
        self.model.add(wanted)
        self.ttl[wanted[:2]] = ttl or self.ttl.get(wanted[:2], self.driver.default_ttl)
        assert record.ttl == self.ttl[wanted[:2]]

    @rule(data=st.data())
    def delete(self, data):
        records = self.zone.list_records()
        if not records:
            return
        record = data.draw(st.sampled_from(records))
        assert record.delete()
        self.forget(self.shown(record))
        with pytest.raises(RecordDoesNotExistError):
            record.delete()

    @rule(data=st.data(), name=st.one_of(st.none(), names), item=st.one_of(st.none(), typed))
    def update(self, data, name, item):
        records = self.zone.list_records()
        if not records:
            return
        record = data.draw(st.sampled_from(records))
        old = self.shown(record)
        kind, text = item or (None, None)
        new = (
            old[0] if name is None else place(name),
            kind or old[1],
            old[2] if item is None else value(kind, text),
        )
        if new != old and new in self.model:
            with pytest.raises(RecordAlreadyExistsError):
                record.update(name, kind, text)
            return
        updated = record.update(name, kind, text)
        assert self.shown(updated) == new
        ttl = self.ttl[old[:2]]
        self.forget(old)
        self.model.add(new)
        self.ttl.setdefault(new[:2], ttl)

    def forget(self, wanted):
        self.model.remove(wanted)
        if not any(other[:2] == wanted[:2] for other in self.model):
            del self.ttl[wanted[:2]]

    def shown(self, record):
        data = record.data
        if record.type == "MX":
            data = f"{record.extra['priority']} {data}"
        return record.name, record.type, value(record.type, data)

    @invariant()
    def the_records_are_those_of_the_model(self):
        records = self.zone.list_records()
        assert sorted(map(self.shown, records)) == sorted(self.model)
        assert len({record.id for record in records}) == len(records)
        for record in records:
            assert record.ttl == self.ttl[(record.name, record.type)]
            assert self.driver.get_record("1", record.id).data == record.data


TestRecordSets = RecordSets.TestCase
TestRecordSets.settings = few
