from __future__ import annotations

import pickle

import pytest

from libcloud.backup.base import (
    BackupDriver,
    BackupTarget,
    BackupTargetJob,
    BackupTargetRecoveryPoint,
)
from libcloud.backup.providers import DRIVERS, get_driver, set_driver
from libcloud.backup.types import (
    BackupJobDoesNotExistError,
    BackupTargetAlreadyExistsError,
    BackupTargetDoesNotExistError,
    Provider,
)
from libcloud.common.errors import (
    DriverNotWrittenError,
    ErrorKind,
    ProviderNotFoundError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)


class RecordingDriver:
    """Returns the name and the arguments of each call."""

    name = "recorder"

    def __getattr__(self, name):
        return lambda **arguments: (name, arguments)


@pytest.fixture
def recorder():
    return RecordingDriver()


@pytest.fixture
def target(recorder):
    return BackupTarget(5, "web", "192.0.2.1", "Virtual", recorder)


# -- models ---------------------------------------------------------------------------------------


def test_models_keep_positional_arguments_and_their_repr(recorder, target):
    point = BackupTargetRecoveryPoint(7, "2020", target, recorder, {"a": 1})
    job = BackupTargetJob(9, "Running", 50, target, recorder)
    assert repr(target) == (
        "<Target: id=5, name=web, address=192.0.2.1type=Virtual, provider=recorder ...>"
    )
    assert repr(point) == "<RecoveryPoint: id=7, date=2020, target=5, provider=recorder ...>"
    assert repr(job) == "<Job: id=9, status=Running, progress=50target=5, provider=recorder ...>"
    assert (target.id, point.id, job.id) == ("5", "7", "9")
    assert (target.extra, point.extra, job.extra) == ({}, {"a": 1}, {})


def test_model_without_id_has_none(recorder):
    assert BackupTarget("", "web", "192.0.2.1", "Virtual", recorder).id is None


def test_model_takes_attributes_of_others(target):
    target.note = "ours"
    assert vars(target)["note"] == "ours"


def test_target_update_hands_on_what_is_given(target):
    assert target.update(address="a") == (
        "update_target",
        {"target": target, "name": None, "address": "a", "extra": None},
    )
    assert target.delete() == ("delete_target", {"target": target})


def test_recovery_point_recovers_its_own_target(recorder, target):
    point = BackupTargetRecoveryPoint(7, "2020", target, recorder)
    other = BackupTarget(6, "other", "192.0.2.2", "Virtual", recorder)
    assert point.recover("/etc") == (
        "recover_target",
        {"target": target, "recovery_point": point, "path": "/etc"},
    )
    assert point.recover_to(other) == (
        "recover_target_out_of_place",
        {"target": target, "recovery_point": point, "recovery_target": other, "path": None},
    )


@pytest.mark.parametrize("name", ["cancel", "suspend", "resume"])
def test_job_methods_call_the_driver(recorder, target, name):
    job = BackupTargetJob(9, "Running", 50, target, recorder)
    assert getattr(job, name)() == (f"{name}_target_job", {"job": job})


# -- driver ---------------------------------------------------------------------------------------


class OldStyleDriver(BackupDriver):
    """As third parties write them: list_* only."""

    def list_targets(self):
        return [BackupTarget("1", "web", "192.0.2.1", "Virtual", self)]

    def list_target_jobs(self, target):
        return [BackupTargetJob("1", "Running", 0, target, self)]

    def create_target(self, name, address, type="Virtual", extra=None):
        return BackupTarget("2", name, address, type, self, extra)


class PagingDriver(BackupDriver):
    def iterate_targets(self):
        yield BackupTarget("1", "web", "192.0.2.1", "Virtual", self)


class Node:
    name = "web"

    def __init__(self, public_ips, private_ips):
        self.public_ips = public_ips
        self.private_ips = private_ips


class StorageContainer:
    name = "photos"

    def get_cdn_url(self):
        return "https://cdn.example.com/photos"


def test_list_and_iterate_follow_from_each_other():
    assert [target.id for target in OldStyleDriver("key").iterate_targets()] == ["1"]
    assert [target.id for target in PagingDriver("key").list_targets()] == ["1"]


def test_supported_operations_come_from_what_is_overridden():
    assert {"list_targets", "iterate_targets"} <= PagingDriver.supported_operations()
    assert "create_target" not in PagingDriver.supported_operations()
    old = OldStyleDriver.supported_operations()
    assert {"get_target_job", "create_target_from_node"} <= old
    assert BackupDriver.supported_operations() == frozenset()


def test_operation_that_is_not_offered_names_itself():
    with pytest.raises(NotImplementedError) as caught:
        BackupDriver("key").list_recovery_points(None)
    assert isinstance(caught.value, UnsupportedOperation)
    assert str(caught.value) == "list_recovery_points not implemented for this driver"


def test_get_target_job_reads_the_listing():
    driver = OldStyleDriver("key")
    target = driver.list_targets()[0]
    assert driver.get_target_job(target, "1").id == "1"
    with pytest.raises(BackupJobDoesNotExistError) as caught:
        driver.get_target_job(target, "2")
    assert caught.value.resource_id == "2"


def test_create_target_from_node_takes_its_first_address():
    driver = OldStyleDriver("key")
    public = driver.create_target_from_node(Node(["192.0.2.1"], ["10.0.0.1"]), extra={"a": 1})
    private = driver.create_target_from_node(Node([], ["10.0.0.1"]), type="Physical")
    assert (public.name, public.address, public.extra) == ("web", "192.0.2.1", {"a": 1})
    assert (private.address, private.type) == ("10.0.0.1", "Physical")


def test_create_target_from_node_without_address_is_refused():
    with pytest.raises(ValueError, match="Node web has no address"):
        OldStyleDriver("key").create_target_from_node(Node([], []))


def test_create_target_from_storage_container_takes_its_url():
    target = OldStyleDriver("key").create_target_from_storage_container(StorageContainer())
    assert (target.name, target.address) == ("photos", "https://cdn.example.com/photos")
    assert target.type == "Object"


# -- errors, providers ----------------------------------------------------------------------------


def test_errors_are_of_the_generic_kind_and_travel():
    missing = BackupTargetDoesNotExistError("gone", "driver", "t-1")
    assert isinstance(missing, ResourceNotFoundError)
    assert (missing.kind, missing.http_code) == (ErrorKind.NOT_FOUND, 404)
    assert isinstance(BackupTargetAlreadyExistsError("there", None, "web"), ResourceExistsError)
    assert str(missing) == (
        "<BackupTargetDoesNotExistError in 'driver', resource_id=t-1, value=gone>"
    )
    copied = pickle.loads(pickle.dumps(missing))
    assert (type(copied), copied.resource_id) == (BackupTargetDoesNotExistError, "t-1")


def test_get_driver_finds_the_dummy_by_constant_and_by_name():
    assert get_driver(Provider.DUMMY) is get_driver("dummy")
    assert get_driver("dummy").__name__ == "DummyBackupDriver"


def test_get_driver_of_a_constant_without_driver_says_so():
    waiting = {value for name, value in vars(Provider).items() if name.isupper()} - set(DRIVERS)
    for name in waiting:
        with pytest.raises(DriverNotWrittenError):
            get_driver(name)


def test_get_driver_of_an_unknown_name_suggests_the_nearest():
    with pytest.raises(ProviderNotFoundError, match="Did you mean 'dummy'"):
        get_driver("dumy")


def test_set_driver_registers_once(monkeypatch):
    monkeypatch.setattr("libcloud.backup.providers._registry.drivers", {})
    module = "libcloud.backup.drivers.dummy"
    assert set_driver("mine", module, "DummyBackupDriver") is get_driver("mine")
    with pytest.raises(AttributeError):
        set_driver("mine", module, "DummyBackupDriver")
