"""Making zones what they should be: plans, zone files, and copies between providers."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import UnsupportedOperation
from libcloud.dns import sync as module
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.dummy import DummyDNSDriver
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.drivers.route53 import Route53DNSDriver
from libcloud.dns.record_sets import Changes, RecordSet, RecordSetChanged, SetKey, Value
from libcloud.dns.sync import SyncReport, plan_sync, read_zone_file, sync

ZONE_FILE = r"""
$ORIGIN example.com.
$TTL 300
@     IN SOA ns.example.net. admin.example.net. 1 7200 900 1209600 86400
      IN NS  ns.example.net.
      IN MX  10 mail
      IN MX  20 mail.example.net.
      IN TXT "v=spf1 -all"
      IN CAA 0 issue "ca.example"
www   60 IN A 192.0.2.1
www   60 IN A 192.0.2.2
*     IN CNAME www
_sip._tcp IN SRV 1 2 5060 sip
text  IN TXT "say \"hi\"; a\\b" "more"
sub   IN NS ns.sub
"""


@pytest.fixture
def driver() -> DummyDNSDriver:
    return DummyDNSDriver("key", "secret")


@pytest.fixture
def zone(driver: DummyDNSDriver) -> Zone:
    return driver.create_zone("example.com")


def wanted(text: str = ZONE_FILE) -> Iterator[Record]:
    return read_zone_file(text, "example.com")


def content(zone: Zone) -> set[tuple[Any, ...]]:
    return {(r.name, r.type, r.data, r.ttl) for r in zone.list_records()}


class Calls(list[tuple[Any, ...]]):
    """What is done to a zone."""

    def __init__(self, driver: DummyDNSDriver, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("create_record", "update_record", "delete_record"):
            monkeypatch.setattr(driver, name, self._counted(name, getattr(driver, name)))

    def _counted(self, name: str, call: Any) -> Any:
        def counted(*args: Any) -> Any:
            self.append((name, *args))
            return call(*args)

        return counted


def address(zone: Zone, name: str, value: str, ttl: int | None = 300) -> Record:
    none: Any = None
    return Record(None, name, "A", value, zone, none, ttl)


# Zone files


def test_read_zone_file_gives_records_as_drivers_do() -> None:
    records = {(r.name, r.type, r.data): r for r in wanted()}
    mail = records["", "MX", "mail.example.com."]
    assert (mail.ttl, mail.extra) == (300, {"ttl": 300, "priority": 10})
    sip = records["_sip._tcp", "SRV", "sip.example.com."]
    assert sip.extra == {"ttl": 300, "priority": 1, "weight": 2, "port": 5060}
    assert ("text", "TXT", 'say "hi"; a\\bmore') in records
    assert records["www", "A", "192.0.2.2"].ttl == 60


@pytest.mark.parametrize(
    "text", ["www IN A nonsense", "www IN", "$INCLUDE /etc/hostname", "no zone file\n(("]
)
def test_read_zone_file_that_is_none_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"Not a zone file of example\.com"):
        list(wanted(f"$TTL 60\n{text}\n"))


def test_export_reads_back_to_the_same_zone(driver: DummyDNSDriver, zone: Zone) -> None:
    sync(driver, zone, wanted())
    assert not plan_sync(driver, zone, wanted(zone.export_to_bind_format()))


# Plans


def test_plan_shows_what_it_would_do_and_does_nothing(driver: DummyDNSDriver, zone: Zone) -> None:
    for value in ("192.0.2.1", "192.0.2.9"):
        zone.create_record("www", "A", value, {"ttl": 60})
    zone.create_record("old", "TXT", "x", {"ttl": 5})
    before = content(zone)
    plan = plan_sync(driver, zone, wanted("www 60 IN A 192.0.2.1\nnew 60 IN A 192.0.2.3\n"))
    assert str(plan).splitlines() == [
        "+ new.example.com. 60 IN A 192.0.2.3",
        '- old.example.com. 5 IN TXT "x"',
        "- www.example.com. 60 IN A 192.0.2.9",
    ]
    assert [change.action for change in plan] == ["create", "delete", "update"]
    assert content(zone) == before
    assert plan.apply() == SyncReport(created=1, updated=1, deleted=1)
    assert content(zone) == {("www", "A", "192.0.2.1", 60), ("new", "A", "192.0.2.3", 60)}


def test_sync_again_changes_nothing(driver: DummyDNSDriver, zone: Zone) -> None:
    assert sync(driver, zone, wanted()) == SyncReport(created=8)
    assert sync(driver, zone, wanted()) == SyncReport()


def test_sync_makes_the_fewest_calls(
    driver: DummyDNSDriver, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        zone.create_record("www", "A", f"192.0.2.{number}", {"ttl": 60})
    calls = Calls(driver, monkeypatch)
    sync(driver, zone, [address(zone, "www", f"192.0.2.{n}", 60) for n in (0, 1, 8)])
    assert sorted(call[0] for call in calls) == ["delete_record", "update_record"]
    assert {data for _, _, data, _ in content(zone)} == {"192.0.2.0", "192.0.2.1", "192.0.2.8"}


def test_sync_of_another_ttl_updates_each_record(driver: DummyDNSDriver, zone: Zone) -> None:
    for number in range(2):
        zone.create_record("www", "A", f"192.0.2.{number}", {"ttl": 60})
    records = [address(zone, "www", f"192.0.2.{number}", 90) for number in range(2)]
    assert sync(driver, zone, records) == SyncReport(updated=1)
    assert {ttl for *_, ttl in content(zone)} == {90}


def test_sync_deletes_first_where_a_cname_gives_way(
    driver: DummyDNSDriver, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone.create_record("www", "CNAME", "a.example.net.")
    calls = Calls(driver, monkeypatch)
    sync(driver, zone, [address(zone, "www", "192.0.2.1")])
    assert [call[0] for call in calls] == ["delete_record", "create_record"]


def test_sync_without_delete_leaves_other_sets(driver: DummyDNSDriver, zone: Zone) -> None:
    zone.create_record("old", "A", "192.0.2.9")
    sync(driver, zone, [address(zone, "www", "192.0.2.1")], delete=False)
    assert {name for name, *_ in content(zone)} == {"old", "www"}


def test_sync_leaves_the_providers_own_records(driver: DummyDNSDriver, zone: Zone) -> None:
    zone.create_record("", "SOA", "ns. admin. 1 2 3 4 5")
    zone.create_record("", "NS", "ns.provider.example.")
    sync(driver, zone, wanted())
    apex = {(type, data) for name, type, data, _ in content(zone) if name == ""}
    assert ("NS", "ns.provider.example.") in apex
    assert ("SOA", "ns. admin. 1 2 3 4 5") in apex
    sync(driver, zone, wanted(), apex_ns=True)
    servers = {data for name, type, data, _ in content(zone) if (name, type) == ("", "NS")}
    assert servers == {"ns.example.net."}


def test_sync_interrupted_goes_on_where_it_was(
    driver: DummyDNSDriver, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [address(zone, f"host{number}", "192.0.2.1") for number in range(9)]
    create, left = driver.create_record, iter(range(4))

    def cut(*args: Any) -> Record:
        if next(left, None) is None:
            raise ConnectionError("cut")
        return create(*args)

    monkeypatch.setattr(driver, "create_record", cut)
    with pytest.raises(ConnectionError):
        sync(driver, zone, records)
    monkeypatch.undo()
    assert sync(driver, zone, records) == SyncReport(created=5)
    assert len(zone.list_records()) == 9


def test_sync_from_a_zone_of_another_name_keeps_relative_names(driver: DummyDNSDriver) -> None:
    source, target = driver.create_zone("example.net"), driver.create_zone("example.org")
    source.create_record("www", "A", "192.0.2.1")
    source.create_record("", "MX", "mail", {"priority": 10})
    sync(driver, target, driver.iterate_records(source))
    assert {(name, data) for name, _, data, _ in content(target)} == {
        ("www", "192.0.2.1"),
        ("", "mail.example.net."),
    }


def test_sync_changes_nothing_when_the_source_fails(driver: DummyDNSDriver, zone: Zone) -> None:
    def broken() -> Iterator[Record]:
        yield address(zone, "www", "192.0.2.1")
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        sync(driver, zone, broken())
    assert content(zone) == set()


def test_sync_of_what_the_provider_cannot_have_is_refused() -> None:
    driver = MemorySets()
    zone = Zone("Z1", "example.com", "master", None, driver)
    records = [Record(None, f"u{n}", "URL", "http://x/", zone, driver) for n in range(5)]
    with pytest.raises(UnsupportedOperation, match=r"u0\.example\.com\. URL.* and 2 more"):
        plan_sync(driver, zone, records)
    assert not plan_sync(driver, zone, records, skip_unsupported=True)


def test_sync_leaves_out_what_its_provider_hides(driver: DummyDNSDriver, zone: Zone) -> None:
    hidden = address(zone, "www", "192.0.2.1")
    hidden.extra["disabled"] = True
    assert not plan_sync(driver, zone, [hidden])


# Providers of sets


class MemorySets(PowerDNSDriver):
    """Keeps sets in memory, and how they were written."""

    def __init__(self) -> None:
        super().__init__("key")
        self.sets: dict[SetKey, RecordSet] = {}
        self.writes: list[int] = []

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        return iter(list(self.sets.values()))

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        self.writes.append(len(changes))
        for _, new in changes:
            self.sets.pop(new.key, None)
            if new.values:
                self.sets[new.key] = new


def test_sync_writes_many_sets_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libcloud.dns.drivers.powerdns.BYTES_PER_WRITE", 100_000)
    driver = MemorySets()
    zone = Zone("Z1", "example.com", "master", None, driver)
    records = (address(zone, f"host{n % 1200}", f"192.0.2.{n % 7}") for n in range(2400))
    assert sync(driver, zone, records) == SyncReport(created=1200)
    assert len(driver.writes) == 3
    assert len(driver.sets) == 1200


def test_sync_carries_what_belongs_to_a_single_value() -> None:
    driver = MemorySets()
    zone = Zone("Z1", "example.com", "master", None, driver)
    key = SetKey("www.example.com.", "A")
    values = (Value("192.0.2.1", {"disabled": True}), Value("192.0.2.2", {"disabled": False}))
    driver.sets[key] = RecordSet(key, 60, values)
    records = zone.list_records()
    assert not plan_sync(driver, zone, records)
    records[0].extra["disabled"] = False
    (change,) = plan_sync(driver, zone, records)
    assert [value.extra["disabled"] for value in change.new.values] == [False, False]


def test_sync_whose_answer_was_lost_is_known_by_its_result() -> None:
    class Lossy(MemorySets):
        def _write_sets(self, zone: Zone, changes: Changes) -> None:
            super()._write_sets(zone, changes)
            raise RecordSetChanged("it already exists", driver=self)

    driver = Lossy()
    zone = Zone("Z1", "example.com", "master", None, driver)
    assert sync(driver, zone, [address(zone, "www", "192.0.2.1")]) == SyncReport(created=1)


def test_sync_that_others_cross_raises_record_set_changed() -> None:
    class Crossed(MemorySets):
        def _write_sets(self, zone: Zone, changes: Changes) -> None:
            raise RecordSetChanged("it already exists", driver=self)

    driver = Crossed()
    zone = Zone("Z1", "example.com", "master", None, driver)
    with pytest.raises(RecordSetChanged):
        sync(driver, zone, [address(zone, "www", "192.0.2.1")])


def test_sync_sorts_on_disk_what_memory_must_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    def peak(count: int) -> int:
        class Sink(MemorySets):
            def _write_sets(self, zone: Zone, changes: Changes) -> None:
                pass

        driver = Sink()
        zone = Zone("Z1", "example.com", "master", None, driver)
        records = (address(zone, f"host{n}", "192.0.2.1") for n in range(count))
        gc.collect()
        tracemalloc.start()
        try:
            assert sync(driver, zone, records) == SyncReport(created=count)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    monkeypatch.setattr(module, "SETS_IN_MEMORY", 500)
    monkeypatch.setattr(module, "SETS_AT_ONCE", 100)
    monkeypatch.setattr(module, "_SETS_IN_A_BLOCK", 10)
    peak(1000)
    assert peak(8000) < 2 * peak(2000)


def test_sets_of_route53_can_wait_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    from libcloud.common.xml import parse_xml

    xml = (
        "<ListResourceRecordSetsResponse><ResourceRecordSets>"
        "<ResourceRecordSet><Name>b.example.com.</Name><Type>TXT</Type><TTL>60</TTL>"
        '<ResourceRecords><ResourceRecord><Value>"a" "b"</Value></ResourceRecord></ResourceRecords>'
        "<HealthCheckId>h</HealthCheckId></ResourceRecordSet>"
        "<ResourceRecordSet><Name>a.example.com.</Name><Type>A</Type><AliasTarget><HostedZoneId>Z"
        "</HostedZoneId><DNSName>x.</DNSName></AliasTarget></ResourceRecordSet>"
        "</ResourceRecordSets><IsTruncated>false</IsTruncated></ListResourceRecordSetsResponse>"
    )
    driver = Route53DNSDriver("key", "secret")
    monkeypatch.setattr(driver, "_request", lambda *args, **kwargs: parse_xml(xml))
    monkeypatch.setattr(module, "SETS_IN_MEMORY", 1)
    sent: list[Any] = []
    monkeypatch.setattr(driver, "_change_sets", lambda zone, changes: sent.extend(changes))
    zone = Zone("Z1", "example.com", "master", None, driver)
    record = Record(None, "b", "TXT", "other", zone, driver, 60)
    assert not plan_sync(driver, zone, [Record(None, "b", "TXT", "ab", zone, driver, 60)])
    assert sync(driver, zone, [record]) == SyncReport(updated=1)
    deleted, created = (dict(dict(change)["ResourceRecordSet"]) for _, change in sent)
    assert deleted["ResourceRecords"] == [("ResourceRecord", [("Value", '"a" "b"')])]
    assert created["ResourceRecords"] == [("ResourceRecord", [("Value", '"other"')])]
    assert deleted["HealthCheckId"] == created["HealthCheckId"] == "h"


def test_record_outside_its_zone_is_refused(driver: DummyDNSDriver, zone: Zone) -> None:
    with pytest.raises(ValueError, match=r"is not in the zone example\.com"):
        plan_sync(driver, zone, [address(zone, "www.other.net.", "192.0.2.1")])


def test_strange_data_in_the_zone_does_not_stop_a_sync(
    driver: DummyDNSDriver, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = Record("1", "www", "MX", "no mail exchange", zone, driver, 60)
    monkeypatch.setattr(driver, "iterate_records", lambda zone: iter([strange]))
    (change,) = plan_sync(driver, zone, [])
    assert str(change) == "- www.example.com. 60 IN MX no mail exchange"


def given(driver: DummyDNSDriver, monkeypatch: pytest.MonkeyPatch, *records: Record) -> None:
    """Let a zone have records that one cannot make there."""
    monkeypatch.setattr(driver, "iterate_records", lambda zone: iter(records))


def there(zone: Zone, id: str, value: str, ttl: int | None) -> Record:
    return Record(id, "www", "A", value, zone, zone.driver, ttl, {})


def test_ttls_of_a_zone_whose_records_have_none_are_not_compared(
    driver: DummyDNSDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = driver.create_zone("example.com", ttl=3600)
    given(driver, monkeypatch, there(zone, "1", "192.0.2.1", None))
    wanted = [address(zone, "www", "192.0.2.1", ttl=300)]
    assert plan_sync(driver, zone, wanted)
    monkeypatch.setattr(driver, "zone_ttl_only", True)
    assert not plan_sync(driver, zone, wanted)


def test_ttls_that_differ_within_a_set_become_one(driver: DummyDNSDriver, zone: Zone) -> None:
    zone.create_record("www", "A", "192.0.2.1", {"ttl": 300})
    zone.create_record("www", "A", "192.0.2.2", {"ttl": 60})
    both = [address(zone, "www", "192.0.2.1"), address(zone, "www", "192.0.2.2")]
    plan = plan_sync(driver, zone, both)
    assert str(plan).splitlines() == [
        "- www.example.com. 60 IN A 192.0.2.2",
        "+ www.example.com. 300 IN A 192.0.2.2",
    ]
    assert plan.apply().updated == 1
    assert content(zone) == {("www", "A", "192.0.2.1", 300), ("www", "A", "192.0.2.2", 300)}
    assert not plan_sync(driver, zone, both)


def test_ttls_that_differ_among_what_is_asked_for_are_the_lowest(
    driver: DummyDNSDriver, zone: Zone
) -> None:
    asked = [address(zone, "www", "192.0.2.1", 300), address(zone, "www", "192.0.2.2", 60)]
    sync(driver, zone, asked)
    assert {r.ttl for r in zone.list_records()} == {60}
    assert not plan_sync(driver, zone, asked)


def test_ttl_changes_where_a_record_cannot(
    driver: DummyDNSDriver, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone.create_record("www", "A", "192.0.2.1", {"ttl": 60})
    monkeypatch.setattr(module, "supported_operations", lambda cls: frozenset())
    calls = Calls(driver, monkeypatch)
    sync(driver, zone, [address(zone, "www", "192.0.2.1")])
    assert [call[0] for call in calls] == ["delete_record", "create_record"]
    assert content(zone) == {("www", "A", "192.0.2.1", 300)}


def test_deleting_a_set_deletes_what_is_there_twice(
    driver: DummyDNSDriver, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = [there(zone, id, "192.0.2.1", 60) for id in ("1", "2")]
    given(driver, monkeypatch, *twice)
    deleted: list[str | None] = []
    monkeypatch.setattr(driver, "delete_record", lambda record: deleted.append(record.id))
    monkeypatch.setattr(driver, "create_record", lambda *args: None)
    assert not plan_sync(driver, zone, twice), "the same twice is the same"
    sync(driver, zone, [])
    assert deleted == ["1", "2"]
    deleted.clear()
    monkeypatch.setattr(driver, "update_record", lambda record, *args: deleted.append(record.id))
    sync(driver, zone, [address(zone, "www", "192.0.2.9", 60)])
    assert sorted(map(str, deleted)) == ["1", "2"], "one becomes the new value, the other goes"
