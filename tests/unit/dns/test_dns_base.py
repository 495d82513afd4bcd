from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import (
    DriverNotWrittenError,
    ErrorKind,
    ProviderNotFoundError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.dns.base import DNSDriver, Record, RecordType, Zone
from libcloud.dns.providers import DRIVERS, get_driver, set_driver
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    RecordError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
    ZoneError,
)


class ListsOnly(DNSDriver):
    """As third parties wrote them: two lists and nothing else."""

    name = "Lists"

    def list_zones(self) -> list[Zone]:
        return [Zone(f"z{number}", f"{number}.example", "master", 60, self) for number in (1, 2)]

    def list_records(self, zone: Zone) -> list[Record]:
        return [
            Record(f"r{number}", "www", "A", f"192.0.2.{number}", zone, self) for number in (1, 2)
        ]


class IteratesOnly(DNSDriver):
    name = "Iterates"
    RECORD_TYPE_MAP = {RecordType.A: "a", RecordType.MX: "mx"}

    def iterate_zones(self) -> Iterator[Zone]:
        for number in (1, 2):
            yield Zone(f"z{number}", f"{number}.example", "master", 60, self)

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        for number in (1, 2):
            yield Record(f"r{number}", "www", "A", f"192.0.2.{number}", zone, self)


@pytest.mark.parametrize("driver_class", [ListsOnly, IteratesOnly])
def test_lists_iterators_and_gets_follow_from_either(driver_class: type[DNSDriver]) -> None:
    driver = driver_class("key")
    assert [zone.id for zone in driver.list_zones()] == ["z1", "z2"]
    assert [zone.id for zone in driver.iterate_zones()] == ["z1", "z2"]
    zone = driver.get_zone("z2")
    assert zone.domain == "2.example"
    assert [record.id for record in zone.list_records()] == ["r1", "r2"]
    assert [record.id for record in driver.iterate_records(zone)] == ["r1", "r2"]
    assert driver.get_record("z1", "r2").data == "192.0.2.2"
    assert driver.supported_operations() == {
        "iterate_zones",
        "list_zones",
        "get_zone",
        "iterate_records",
        "list_records",
        "get_record",
    }


@pytest.mark.parametrize("driver_class", [ListsOnly, IteratesOnly])
def test_get_of_what_is_not_listed_raises_does_not_exist(driver_class: type[DNSDriver]) -> None:
    driver = driver_class("key")
    with pytest.raises(ZoneDoesNotExistError) as zone_error:
        driver.get_zone("z3")
    assert zone_error.value.zone_id == "z3"
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_record("z3", "r1")
    with pytest.raises(RecordDoesNotExistError) as record_error:
        driver.get_record("z1", "r3")
    assert record_error.value.record_id == "r3"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("iterate_zones", ()),
        ("list_zones", ()),
        ("get_zone", ("1",)),
        ("create_zone", ("example.com",)),
        ("update_zone", (None, None)),
        ("delete_zone", (None,)),
        ("iterate_records", (None,)),
        ("list_records", (None,)),
        ("get_record", ("1", "2")),
        ("create_record", ("www", None, "A", "192.0.2.1")),
        ("update_record", (None, None, None, None)),
        ("delete_record", (None,)),
    ],
)
def test_operation_of_the_bare_base_raises_unsupported(operation: str, arguments: Any) -> None:
    with pytest.raises(UnsupportedOperation, match="not implemented for this driver"):
        getattr(DNSDriver("key"), operation)(*arguments)


def test_list_record_types_gives_the_keys_of_the_map() -> None:
    assert IteratesOnly("key").list_record_types() == ["A", "MX"]
    assert DNSDriver("key").list_record_types() == []


def test_string_to_record_type_finds_the_constant() -> None:
    assert DNSDriver("key")._string_to_record_type("txt") == RecordType.TXT
    with pytest.raises(AttributeError):
        DNSDriver("key")._string_to_record_type("nosuch")


class Recorder(DNSDriver):
    """Remembers how it was called."""

    name = "Recorder"

    def __init__(self) -> None:
        super().__init__("key")
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def _remember(self, operation: str, **kwargs: Any) -> Any:
        self.calls.append((operation, kwargs))

    def create_record(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return self._remember("create_record", **kwargs)

    def update_zone(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return self._remember("update_zone", **kwargs)

    def update_record(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return self._remember("update_record", **kwargs)


def test_models_call_the_driver_by_the_names_that_third_parties_use() -> None:
    driver = Recorder()
    zone = Zone("1", "example.com", "master", 5, driver)
    record = Record("2", "www", "A", "192.0.2.1", zone, driver)
    zone.create_record("www", "A", "192.0.2.1")
    zone.update(ttl=9)
    record.update(data="192.0.2.2")
    assert driver.calls == [
        (
            "create_record",
            {"name": "www", "zone": zone, "type": "A", "data": "192.0.2.1", "extra": None},
        ),
        ("update_zone", {"zone": zone, "domain": None, "type": None, "ttl": 9, "extra": None}),
        (
            "update_record",
            {"record": record, "name": None, "type": None, "data": "192.0.2.2", "extra": None},
        ),
    ]


def test_models_keep_what_they_are_given() -> None:
    driver = IteratesOnly("key")
    zone = Zone(12, "example.com", "master", 0, driver, {"a": 1})  # type: ignore[arg-type]
    assert vars(zone) == {
        "id": "12",
        "domain": "example.com",
        "type": "master",
        "ttl": None,
        "driver": driver,
        "extra": {"a": 1},
    }
    record = Record(None, None, "A", "192.0.2.1", zone, driver, 0)
    assert vars(record) == {
        "id": None,
        "name": None,
        "type": "A",
        "data": "192.0.2.1",
        "zone": zone,
        "driver": driver,
        "ttl": 0,
        "extra": {},
    }
    record.third_party = "its own"  # type: ignore[attr-defined]


def test_repr_of_models() -> None:
    driver = IteratesOnly("key")
    zone = Zone("1", "example.com", "master", 60, driver)
    assert repr(zone) == "<Zone: domain=example.com, ttl=60, provider=Iterates ...>"
    record = Record("1", "www", "A", "192.0.2.1", zone, driver)
    assert repr(record) == (
        "<Record: zone=example.com, name=www, type=A, data=192.0.2.1, "
        "provider=Iterates, ttl=None ...>"
    )


@pytest.mark.parametrize(
    ("error_class", "kind", "generic", "attribute"),
    [
        (ZoneError, ErrorKind.UNKNOWN, ZoneError, "zone_id"),
        (ZoneDoesNotExistError, ErrorKind.NOT_FOUND, ResourceNotFoundError, "zone_id"),
        (ZoneAlreadyExistsError, ErrorKind.EXISTS, ResourceExistsError, "zone_id"),
        (RecordError, ErrorKind.UNKNOWN, RecordError, "record_id"),
        (RecordDoesNotExistError, ErrorKind.NOT_FOUND, ResourceNotFoundError, "record_id"),
        (RecordAlreadyExistsError, ErrorKind.EXISTS, ResourceExistsError, "record_id"),
    ],
)
def test_errors_are_of_the_generic_kind_and_look_as_ever(
    error_class: Any, kind: ErrorKind, generic: type, attribute: str
) -> None:
    error = error_class("gone", None, "id1")
    name = error_class.__name__
    assert str(error) == repr(error) == f"<{name} in None, {attribute}=id1, value=gone>"
    assert error.kind is kind
    assert isinstance(error, generic)
    assert error.args == ("gone",)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy)) == (error_class, str(error))


def test_get_driver_knows_what_exists() -> None:
    from libcloud.dns.drivers.dummy import DummyDNSDriver

    assert get_driver(Provider.DUMMY) is DummyDNSDriver
    assert get_driver("dummy") is DummyDNSDriver
    assert list(DRIVERS) == sorted(DRIVERS)


def test_get_driver_of_other_names_says_why() -> None:
    with pytest.raises(ProviderNotFoundError, match="Did you mean 'dummy'"):
        get_driver("dumy")


def test_get_driver_of_a_constant_without_driver_says_so() -> None:
    constants = {value for name, value in vars(Provider).items() if name.isupper()}
    waiting = sorted(constants - set(DRIVERS))
    for provider in waiting:
        with pytest.raises(DriverNotWrittenError):
            get_driver(provider)


def test_set_driver_registers_once() -> None:
    try:
        assert set_driver("lists-only", __name__, "ListsOnly").__name__ == "ListsOnly"
        assert get_driver("lists-only").__name__ == "ListsOnly"
        with pytest.raises(AttributeError):
            set_driver("lists-only", __name__, "ListsOnly")
    finally:
        del DRIVERS["lists-only"]
