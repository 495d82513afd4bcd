"""
The conformance suite of DNS drivers.

::

    class TestAcme(DNSDriverConformance):
        @pytest.fixture
        def driver(self):
            return AcmeDNSDriver("key")

Every zone that a test makes is deleted again. Record types that the driver does not list are
skipped. What providers differ in are class attributes and methods of the suite, to be overridden.
"""

from __future__ import annotations

import contextlib
import ipaddress
import pickle
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError
from libcloud.common.operations import supported_operations
from libcloud.dns.base import Record, Zone
from libcloud.dns.names import to_absolute, to_relative, unquote_text, zone_name
from libcloud.dns.rdata import to_rdata
from libcloud.dns.sync import plan_sync, sync
from libcloud.dns.types import (
    RecordDoesNotExistError,
    RecordType,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)
from libcloud.testing.base import Conformance, needs, run_in_threads

__all__ = ["DNSDriverConformance", "RecordCase"]

THREADS = 8

_needs_records = needs("create_zone", "delete_zone", "create_record", "list_records")


class RecordCase(NamedTuple):
    """A record to create, and what the DNS must say about it (``rdata``, as a zone file has it)."""

    label: str
    name: str
    type: str
    data: str
    extra: dict[str, int]
    rdata: str


_AWKWARD_TEXT = 'say "hi"; a\\b, c=d'
_LONG_TEXT = "v=DKIM1; k=rsa; p=" + "0123456789" * 40

CASES = [
    RecordCase("a", "www", RecordType.A, "192.0.2.1", {}, "192.0.2.1"),
    RecordCase("apex", "", RecordType.A, "192.0.2.2", {}, "192.0.2.2"),
    RecordCase("wildcard", "*", RecordType.A, "192.0.2.3", {}, "192.0.2.3"),
    RecordCase("deep", "a.b.c", RecordType.A, "192.0.2.4", {}, "192.0.2.4"),
    RecordCase("aaaa", "www6", RecordType.AAAA, "2001:db8::1", {}, "2001:db8::1"),
    RecordCase("cname", "alias", RecordType.CNAME, "www.example.net", {}, "www.example.net."),
    RecordCase(
        "mx", "", RecordType.MX, "mail.example.net", {"priority": 10}, "10 mail.example.net."
    ),
    RecordCase("txt", "text", RecordType.TXT, "v=spf1 -all", {}, '"v=spf1 -all"'),
    RecordCase(
        "awkward-txt", "awkward", RecordType.TXT, _AWKWARD_TEXT, {}, r'"say \"hi\"; a\\b, c=d"'
    ),
    RecordCase(
        "long-txt",
        "long",
        RecordType.TXT,
        _LONG_TEXT,
        {},
        f'"{_LONG_TEXT[:255]}" "{_LONG_TEXT[255:]}"',
    ),
    RecordCase(
        "srv",
        "_sip._tcp",
        RecordType.SRV,
        "sip.example.net",
        {"priority": 10, "weight": 20, "port": 5060},
        "10 20 5060 sip.example.net.",
    ),
    RecordCase(
        "caa", "", RecordType.CAA, '0 issue "ca.example.net"', {}, '0 issue "ca.example.net"'
    ),
    RecordCase("ns", "sub", RecordType.NS, "ns1.example.net", {}, "ns1.example.net."),
]

_each_case = pytest.mark.parametrize("case", CASES, ids=[case.label for case in CASES])


class DNSDriverConformance(Conformance):
    """Whether a driver keeps the contract of :class:`~libcloud.dns.driver.DNSDriver`."""

    zone_options: dict[str, Any] = {}
    """Further arguments for ``create_zone``, where the provider demands some."""

    ttl = 3600
    other_ttl = 7200
    """Seconds; two values that the provider accepts."""

    writes_at_the_same_time = True
    """False for a server that refuses a change while another is under way (PowerDNS on SQLite)."""

    def new_domain(self) -> str:
        """A domain that no zone has."""
        return f"libcloud-{uuid.uuid4().hex[:12]}.com"

    def resolve(self, zone: Zone, name: str, type: str) -> list[str] | None:
        """
        What the DNS itself says, asked with another client (``dig +short``): the data of each
        record as a zone file has it, no matter in which order. Called after each change; waits for
        it where the provider takes a while. The NS records of a delegation (``sub``) come in the
        authority section.

        :param name: Absolute, with a final dot.
        :return: None when there is nobody to ask.
        """
        return None

    @pytest.fixture
    def zone(self, driver: Any) -> Iterator[Zone]:
        zone = self._create_zone(driver)
        yield zone
        self._delete_zone(driver, zone)

    # Zones

    @needs("create_zone", "delete_zone", "list_zones", "get_zone")
    def test_create_zone_lists_and_gets_it(self, driver: Any) -> None:
        domain = self.new_domain()
        zone = driver.create_zone(domain, **self.zone_options)
        try:
            assert isinstance(zone, Zone)
            assert zone.driver is driver
            assert zone_name(zone.domain) == domain
            assert isinstance(zone.extra, dict)
            listed = [other for other in driver.list_zones() if other.id == zone.id]
            for found in [*listed, driver.get_zone(zone.id)]:
                assert (found.id, found.domain, found.type) == (zone.id, zone.domain, zone.type)
            assert len(listed) == 1
        finally:
            self._delete_zone(driver, zone)

    @needs("create_zone", "delete_zone")
    def test_create_zone_that_exists_raises_zone_already_exists(
        self, driver: Any, zone: Zone
    ) -> None:
        with contextlib.ExitStack() as cleanup:
            with pytest.raises(ZoneAlreadyExistsError) as caught:
                second = driver.create_zone(zone_name(zone.domain), **self.zone_options)
                cleanup.callback(self._delete_zone, driver, second)
            assert isinstance(caught.value, ResourceExistsError)

    @needs("create_zone", "delete_zone", "iterate_zones")
    def test_iterate_zones_makes_one_request_before_the_first(
        self, driver: Any, zone: Zone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requests = _count_requests(driver, monkeypatch)
        assert isinstance(next(driver.iterate_zones()), Zone)
        assert len(requests) <= 1

    @needs("create_zone", "delete_zone", "list_zones")
    def test_delete_zone_removes_it(self, driver: Any) -> None:
        zone = self._create_zone(driver)
        assert driver.delete_zone(zone) is True
        assert zone.id not in [other.id for other in driver.list_zones()]

    @needs("create_zone", "delete_zone")
    def test_delete_zone_that_is_gone_raises_zone_does_not_exist(self, driver: Any) -> None:
        zone = self._gone_zone(driver)
        with pytest.raises(ZoneDoesNotExistError) as caught:
            driver.delete_zone(zone)
        assert isinstance(caught.value, ResourceNotFoundError)

    @needs("create_zone", "delete_zone", "get_zone")
    def test_get_zone_that_is_gone_raises_zone_does_not_exist(self, driver: Any) -> None:
        zone = self._gone_zone(driver)
        with pytest.raises(ZoneDoesNotExistError) as caught:
            driver.get_zone(zone.id)
        assert caught.value.zone_id == zone.id
        assert pickle.loads(pickle.dumps(caught.value)).zone_id == zone.id

    @needs("create_zone", "delete_zone", "list_records")
    def test_list_records_of_a_zone_that_is_gone_raises_zone_does_not_exist(
        self, driver: Any
    ) -> None:
        with pytest.raises(ZoneDoesNotExistError):
            driver.list_records(self._gone_zone(driver))

    @needs("create_zone", "delete_zone", "create_record")
    def test_create_record_in_a_zone_that_is_gone_raises_zone_does_not_exist(
        self, driver: Any
    ) -> None:
        with pytest.raises(ZoneDoesNotExistError):
            self._create(self._gone_zone(driver), CASES[0])

    @needs("create_zone", "delete_zone", "update_zone")
    def test_update_zone_of_only_the_ttl_keeps_the_rest(self, driver: Any, zone: Zone) -> None:
        updated = zone.update(ttl=self.other_ttl)
        assert (updated.domain, updated.type) == (zone.domain, zone.type)
        assert updated.ttl in (self.other_ttl, None)

    # Records

    @_needs_records
    @_each_case
    def test_create_record_lists_it(self, driver: Any, zone: Zone, case: RecordCase) -> None:
        self._skip_without(driver, case.type)
        record = self._create(zone, case)
        for found in (record, self._find(zone, case)):
            assert isinstance(found, Record)
            assert found.driver is driver
            assert to_relative(found.name, zone.domain) == case.name
            assert found.type == case.type
            assert _canonical(found) == _canonical_rdata(case.type, case.rdata)
            for key, number in case.extra.items():
                assert found.extra[key] == number
        self._check_answers(zone, case.name, case.type, [case.rdata])

    @_needs_records
    @pytest.mark.parametrize("name", [None, "", "@", "{domain}", "{domain}."])
    def test_create_record_at_the_apex_takes_every_form_of_its_name(
        self, driver: Any, zone: Zone, name: str | None
    ) -> None:
        self._skip_without(driver, RecordType.A)
        name = name and name.format(domain=zone_name(zone.domain))
        zone.create_record(name, RecordType.A, "192.0.2.1", {"ttl": self.ttl})
        assert self._addresses(zone, "") == {"192.0.2.1"}

    @_needs_records
    @pytest.mark.parametrize("name", ["www.{domain}", "www.{domain}."])
    def test_create_record_takes_absolute_names(self, driver: Any, zone: Zone, name: str) -> None:
        self._skip_without(driver, RecordType.A)
        name = name.format(domain=zone_name(zone.domain))
        zone.create_record(name, RecordType.A, "192.0.2.1", {"ttl": self.ttl})
        assert self._addresses(zone, "www") == {"192.0.2.1"}

    @_needs_records
    def test_create_record_keeps_the_other_records_of_its_name(
        self, driver: Any, zone: Zone
    ) -> None:
        self._skip_without(driver, RecordType.A)
        self._create_addresses(zone, "192.0.2.1", "192.0.2.2")
        assert self._addresses(zone, "www") == {"192.0.2.1", "192.0.2.2"}
        ids = [record.id for record in zone.list_records()]
        assert len(ids) == len(set(ids))
        self._check_answers(zone, "www", RecordType.A, ["192.0.2.1", "192.0.2.2"])

    @needs("create_zone", "delete_zone", "create_record")
    def test_create_record_of_an_unknown_type_raises_libcloud_error(
        self, driver: Any, zone: Zone
    ) -> None:
        with pytest.raises(LibcloudError):
            zone.create_record("www", "NOSUCHTYPE", "192.0.2.1", {"ttl": self.ttl})

    @needs("create_zone", "delete_zone", "create_record", "list_records", "get_record")
    def test_get_record_finds_what_the_listing_gives(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        self._create_addresses(zone, "192.0.2.1", "192.0.2.2")
        for listed in zone.list_records():
            found = driver.get_record(zone.id, listed.id)
            assert (found.id, found.name, found.type, found.data, found.ttl) == (
                listed.id,
                listed.name,
                listed.type,
                listed.data,
                listed.ttl,
            )

    @needs("create_zone", "delete_zone", "create_record", "iterate_records")
    def test_iterate_records_makes_one_request_before_the_first(
        self, driver: Any, zone: Zone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._skip_without(driver, RecordType.A)
        self._create(zone, CASES[0])
        requests = _count_requests(driver, monkeypatch)
        assert isinstance(next(driver.iterate_records(zone)), Record)
        assert len(requests) <= 1

    @needs("create_zone", "delete_zone", "create_record", "list_records", "update_record")
    def test_update_record_of_only_the_data_keeps_the_rest(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        old = self._create(zone, CASES[0])
        for updated in (old.update(data="192.0.2.9"), *self._named(zone, "www")):
            assert to_relative(updated.name, zone.domain) == "www"
            assert (updated.type, updated.data, updated.ttl) == ("A", "192.0.2.9", old.ttl)
        self._check_answers(zone, "www", RecordType.A, ["192.0.2.9"])

    @needs("create_zone", "delete_zone", "create_record", "list_records", "update_record")
    def test_update_record_of_only_the_ttl_keeps_the_rest(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        record = self._create(zone, CASES[0])
        if record.ttl != self.ttl:
            pytest.skip("the provider's records have no TTL of their own")
        for updated in (record.update(extra={"ttl": self.other_ttl}), *self._named(zone, "www")):
            assert to_relative(updated.name, zone.domain) == "www"
            assert (updated.type, updated.data, updated.ttl) == ("A", "192.0.2.1", self.other_ttl)

    @needs("create_zone", "delete_zone", "create_record", "list_records", "update_record")
    def test_update_record_of_only_the_name_keeps_the_rest(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        self._create(zone, CASES[0]).update(name="moved")
        assert self._addresses(zone, "moved") == {"192.0.2.1"}
        assert self._addresses(zone, "www") == set()

    @needs("create_zone", "delete_zone", "create_record", "list_records", "update_record")
    def test_update_record_of_an_mx_keeps_what_is_not_given(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.MX)
        case = next(case for case in CASES if case.type == RecordType.MX)
        record = self._create(zone, case).update(data="other.example.net")
        assert _canonical(record) == "10 other.example.net."
        record = record.update(extra={"priority": 20})
        assert _canonical(record) == "20 other.example.net."
        self._check_answers(zone, "", RecordType.MX, ["20 other.example.net."])

    @needs("create_zone", "delete_zone", "create_record", "list_records", "update_record")
    def test_update_record_leaves_the_other_records_of_its_name(
        self, driver: Any, zone: Zone
    ) -> None:
        self._skip_without(driver, RecordType.A)
        first, _ = self._create_addresses(zone, "192.0.2.1", "192.0.2.2")
        first.update(data="192.0.2.9")
        assert self._addresses(zone, "www") == {"192.0.2.2", "192.0.2.9"}
        self._check_answers(zone, "www", RecordType.A, ["192.0.2.2", "192.0.2.9"])

    @needs("create_zone", "delete_zone", "create_record", "update_record", "delete_record")
    def test_update_record_that_is_gone_raises_record_does_not_exist(
        self, driver: Any, zone: Zone
    ) -> None:
        record = self._gone_record(driver, zone)
        with pytest.raises(RecordDoesNotExistError):
            record.update(data="192.0.2.9")

    @needs("create_zone", "delete_zone", "create_record", "list_records", "delete_record")
    def test_delete_record_leaves_the_other_records_of_its_name(
        self, driver: Any, zone: Zone
    ) -> None:
        self._skip_without(driver, RecordType.A)
        first, second = self._create_addresses(zone, "192.0.2.1", "192.0.2.2")
        assert first.delete() is True
        assert self._addresses(zone, "www") == {"192.0.2.2"}
        self._check_answers(zone, "www", RecordType.A, ["192.0.2.2"])
        assert second.delete() is True
        assert self._addresses(zone, "www") == set()
        self._check_answers(zone, "www", RecordType.A, [])

    @needs("create_zone", "delete_zone", "create_record", "delete_record")
    def test_delete_record_that_is_gone_raises_record_does_not_exist(
        self, driver: Any, zone: Zone
    ) -> None:
        record = self._gone_record(driver, zone)
        with pytest.raises(RecordDoesNotExistError) as caught:
            record.delete()
        assert isinstance(caught.value, ResourceNotFoundError)

    @needs("create_zone", "delete_zone", "create_record", "delete_record", "get_record")
    def test_get_record_that_is_gone_raises_record_does_not_exist(
        self, driver: Any, zone: Zone
    ) -> None:
        record = self._gone_record(driver, zone)
        with pytest.raises(RecordDoesNotExistError):
            driver.get_record(zone.id, record.id)

    # The whole

    @_needs_records
    def test_export_reads_back_to_the_same_records(
        self, driver: Any, zone: Zone, tmp_path: Path
    ) -> None:
        pytest.importorskip("dns.zone")
        if zone.type != "master":
            pytest.skip("only zones of type master are exported")
        offered = driver.list_record_types()
        cases = [case for case in CASES if case.type in offered]
        for case in cases:
            self._create(zone, case)
        file = tmp_path / "zone"
        zone.export_to_bind_zone_file(str(file))
        for text in (zone.export_to_bind_format(), file.read_text()):
            exported = _read_zone_file(text, zone.domain)
            assert len(exported) == len(zone.list_records())
            for case in cases:
                assert _read_record(case, zone.domain) in exported, case.label

    @_needs_records
    def test_zone_and_record_are_picklable(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        record = self._create(zone, CASES[0])
        copy = pickle.loads(pickle.dumps(record))
        assert (copy.id, copy.name, copy.type, copy.data) == (
            record.id,
            record.name,
            record.type,
            record.data,
        )
        assert pickle.loads(pickle.dumps(zone)).domain == zone.domain

    @_needs_records
    def test_repr_of_zone_and_record_hides_the_credentials(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        shown = repr(zone) + repr(self._create(zone, CASES[0]))
        for secret in (getattr(driver, "key", None), getattr(driver, "secret", None)):
            if isinstance(secret, str) and len(secret) > 3:
                assert secret not in shown

    @_needs_records
    def test_threads_share_the_driver(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        zones = [zone]
        try:
            zones += [self._create_zone(driver) for _ in range(3)]
            for number, own in enumerate(zones):
                extra = {"ttl": self.ttl}
                own.create_record(f"host{number}", RecordType.A, f"192.0.2.{number}", extra)

            def look_at(number: int) -> Callable[[], set[str]]:
                return lambda: self._addresses(zones[number], f"host{number}")

            numbers = [number % len(zones) for number in range(THREADS)]
            found = run_in_threads(look_at(number) for number in numbers)
            assert found == [{f"192.0.2.{number}"} for number in numbers]
        finally:
            for own in zones[1:]:
                self._delete_zone(driver, own)

    @needs("create_zone", "delete_zone", "create_record", "list_records", "delete_record")
    def test_sync_makes_the_zone_what_it_should_be(self, driver: Any, zone: Zone) -> None:
        types = driver.list_record_types()
        cases = [case for case in CASES if case.type in types]
        nobody: Any = None
        wanted = [
            Record(None, case.name, case.type, case.data, zone, nobody, self.ttl, {**case.extra})
            for case in cases
        ]
        self._skip_without(driver, RecordType.A)
        self._create_addresses(zone, "192.0.2.8", "192.0.2.9")
        zone.create_record("old", RecordType.A, "192.0.2.9", {"ttl": self.ttl})
        sync(driver, zone, wanted)
        for case in cases:
            self._find(zone, case)
            self._check_answers(zone, case.name, case.type, [case.rdata])
        assert self._addresses(zone, "www") == {"192.0.2.1"}
        assert self._named(zone, "old") == []
        assert list(plan_sync(driver, zone, wanted)) == []

    @_needs_records
    def test_threads_write_at_the_same_time(self, driver: Any, zone: Zone) -> None:
        self._skip_without(driver, RecordType.A)
        if not self.writes_at_the_same_time:
            pytest.skip("the server takes one change at a time")

        def create(number: int) -> Callable[[], Record]:
            name, address = f"host{number}", f"192.0.2.{number}"
            return lambda: zone.create_record(name, RecordType.A, address, {"ttl": self.ttl})

        run_in_threads(create(number) for number in range(THREADS))
        for number in range(THREADS):
            assert self._addresses(zone, f"host{number}") == {f"192.0.2.{number}"}

    # Tools of the tests

    def _create_zone(self, driver: Any) -> Zone:
        zone: Zone = driver.create_zone(self.new_domain(), **self.zone_options)
        return zone

    def _delete_zone(self, driver: Any, zone: Zone) -> None:
        """Delete a zone and first its records, which some providers demand."""
        if "delete_record" in supported_operations(type(driver)):
            for record in zone.list_records():
                at_apex = to_relative(record.name, zone.domain) == ""
                if not (at_apex and record.type in (RecordType.SOA, RecordType.NS)):
                    record.delete()
        driver.delete_zone(zone)

    def _gone_zone(self, driver: Any) -> Zone:
        zone = self._create_zone(driver)
        driver.delete_zone(zone)
        return zone

    def _gone_record(self, driver: Any, zone: Zone) -> Record:
        self._skip_without(driver, RecordType.A)
        record = self._create(zone, CASES[0])
        record.delete()
        return record

    def _skip_without(self, driver: Any, record_type: str) -> None:
        if record_type not in driver.list_record_types():
            pytest.skip(f"the provider has no {record_type} records")

    def _create(self, zone: Zone, case: RecordCase) -> Record:
        extra = {"ttl": self.ttl, **case.extra}
        return zone.create_record(case.name, case.type, case.data, extra)

    def _create_addresses(self, zone: Zone, *addresses: str) -> list[Record]:
        return [
            zone.create_record("www", RecordType.A, address, {"ttl": self.ttl})
            for address in addresses
        ]

    def _named(self, zone: Zone, name: str) -> list[Record]:
        records = zone.list_records()
        return [record for record in records if to_relative(record.name, zone.domain) == name]

    def _addresses(self, zone: Zone, name: str) -> set[str]:
        return {record.data for record in self._named(zone, name) if record.type == RecordType.A}

    def _find(self, zone: Zone, case: RecordCase) -> Record:
        records = [record for record in self._named(zone, case.name) if record.type == case.type]
        expected = _canonical_rdata(case.type, case.rdata)
        found = [record for record in records if _canonical(record) == expected]
        assert len(found) == 1, f"expected one {case} among {records}"
        return found[0]

    def _check_answers(
        self, zone: Zone, name: str, record_type: str, expected: Iterable[str]
    ) -> None:
        answers = self.resolve(zone, to_absolute(name, zone.domain), record_type)
        if answers is not None:
            wanted = sorted(_canonical_rdata(record_type, rdata) for rdata in expected)
            assert sorted(_canonical_rdata(record_type, rdata) for rdata in answers) == wanted


def _canonical(record: Record) -> str:
    rdata = to_rdata(record.type, record.data, record.extra, record.zone.domain)
    return _canonical_rdata(record.type, rdata)


def _canonical_rdata(record_type: str, rdata: str) -> str:
    """One form for all ways to write the same data."""
    if record_type == RecordType.TXT:
        return unquote_text(rdata)
    if record_type == RecordType.AAAA:
        return str(ipaddress.ip_address(rdata))
    return " ".join(rdata.lower().split())


def _count_requests(driver: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A list that grows by one for each request that the driver makes from now on."""
    made: list[Any] = []
    request = driver.connection.request

    def counted(*args: Any, **kwargs: Any) -> Any:
        made.append(args)
        return request(*args, **kwargs)

    monkeypatch.setattr(driver.connection, "request", counted)
    return made


def _read_zone_file(text: str, domain: str) -> list[tuple[Any, Any]]:
    import dns.zone

    zone = dns.zone.from_text(
        text, origin=f"{zone_name(domain)}.", relativize=False, check_origin=False
    )
    return [(name, rdata) for name, _, rdata in zone.iterate_rdatas()]


def _read_record(case: RecordCase, domain: str) -> tuple[Any, Any]:
    import dns.name
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype

    record_type = dns.rdatatype.from_text(case.type)
    rdata = dns.rdata.from_text(dns.rdataclass.IN, record_type, case.rdata)
    return dns.name.from_text(to_absolute(case.name, domain)), rdata
