"""What the conformance suite does not ask of the driver in memory."""

from __future__ import annotations

import pickle

import pytest

from libcloud.common.errors import LibcloudError
from libcloud.dns.base import Zone
from libcloud.dns.drivers.dummy import DummyDNSDriver
from libcloud.dns.types import (
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)


@pytest.fixture
def driver() -> DummyDNSDriver:
    return DummyDNSDriver("key", "secret")


@pytest.fixture
def zone(driver: DummyDNSDriver) -> Zone:
    return driver.create_zone("example.com", ttl=3600, extra={"note": "x"})


def test_instances_share_nothing(zone: Zone) -> None:
    assert DummyDNSDriver("key", "secret").list_zones() == []


def test_ids_are_as_ever(zone: Zone) -> None:
    assert zone.id == "id-example.com"
    assert zone.create_record("www", "A", "192.0.2.1").id == "id-www"


def test_ids_stay_unique_when_names_look_like_ids(zone: Zone) -> None:
    names = ["www-2", "www", "www", "www-2", "www"]
    ids = [
        zone.create_record(name, "A", f"192.0.2.{number}").id for number, name in enumerate(names)
    ]
    assert len(set(ids)) == len(ids)


def test_create_record_twice_raises_record_already_exists(zone: Zone) -> None:
    first = zone.create_record("www", "A", "192.0.2.1")
    with pytest.raises(RecordAlreadyExistsError) as caught:
        zone.create_record("WWW.example.com.", "A", "192.0.2.1")
    assert caught.value.record_id == first.id


def test_update_record_to_another_one_raises_record_already_exists(zone: Zone) -> None:
    zone.create_record("www", "A", "192.0.2.1")
    second = zone.create_record("www", "A", "192.0.2.2")
    with pytest.raises(RecordAlreadyExistsError):
        second.update(data="192.0.2.1")
    assert {record.data for record in zone.list_records()} == {"192.0.2.1", "192.0.2.2"}


def test_create_record_of_the_value_of_a_deleted_one_succeeds(zone: Zone) -> None:
    zone.create_record("www", "A", "192.0.2.1").delete()
    zone.create_record("www", "A", "192.0.2.1").update(data="192.0.2.2")
    zone.create_record("www", "A", "192.0.2.1")
    assert len(zone.list_records()) == 2


def test_create_record_of_an_unknown_type_raises_libcloud_error(zone: Zone) -> None:
    with pytest.raises(LibcloudError, match="POOL"):
        zone.create_record("www", "POOL", "192.0.2.1")


def test_create_record_with_incomplete_data_raises_value_error(zone: Zone) -> None:
    with pytest.raises(ValueError, match="port"):
        zone.create_record("_sip._tcp", "SRV", "sip.example.net")
    assert zone.list_records() == []


def test_update_zone_renames_it_with_its_records(driver: DummyDNSDriver, zone: Zone) -> None:
    record = zone.create_record("www", "A", "192.0.2.1", {"ttl": 60})
    renamed = zone.update(domain="example.org", extra={"more": 1})
    assert (renamed.domain, renamed.type, renamed.ttl) == ("example.org", "master", 3600)
    assert renamed.extra == {"note": "x", "more": 1}
    [moved] = renamed.list_records()
    assert (moved.id, moved.zone, moved.ttl) == (record.id, renamed, 60)
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_zone(zone.id)


def test_update_zone_to_a_name_that_is_taken_raises_zone_already_exists(
    driver: DummyDNSDriver, zone: Zone
) -> None:
    driver.create_zone("example.org")
    with pytest.raises(ZoneAlreadyExistsError):
        zone.update(domain="example.org")
    assert driver.get_zone(zone.id) is zone


def test_iterators_show_the_moment_they_were_asked_for(driver: DummyDNSDriver, zone: Zone) -> None:
    zones = driver.iterate_zones()
    driver.create_zone("example.org")
    assert list(zones) == [zone]


def test_driver_is_picklable_with_its_zones(driver: DummyDNSDriver, zone: Zone) -> None:
    zone.create_record("www", "A", "192.0.2.1")
    copy = pickle.loads(pickle.dumps(driver))
    [copied] = copy.list_zones()
    copied.create_record("mail", "A", "192.0.2.2")
    assert len(zone.list_records()) == 1
    with pytest.raises(RecordDoesNotExistError):
        driver.get_record(zone.id, "id-mail")
