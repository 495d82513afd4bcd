from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from libcloud.backup.base import BackupTargetRecoveryPoint
from libcloud.backup.drivers.dummy import DummyBackupDriver
from libcloud.backup.types import (
    BackupJobDoesNotExistError,
    BackupRecoveryPointDoesNotExistError,
    BackupTargetAlreadyExistsError,
    BackupTargetDoesNotExistError,
)
from libcloud.common.errors import ConflictError
from libcloud.testing.base import run_in_threads


@pytest.fixture
def driver():
    return DummyBackupDriver("key", "secret")


@pytest.fixture
def target(driver):
    return driver.create_target("web", "192.0.2.1", extra={"plan": "daily"})


def back_up(driver, target):
    job = driver.create_target_job(target)
    while driver.get_target_job(target, job.id).status != "Completed":
        pass
    return driver.list_recovery_points(target)[-1]


def test_instances_share_nothing(driver, target):
    assert DummyBackupDriver("key", "secret").list_targets() == []


def test_what_is_returned_is_a_copy(driver, target):
    target.name = "changed"
    target.extra["plan"] = "changed"
    kept = driver.list_targets()[0]
    assert (kept.name, kept.extra) == ("web", {"plan": "daily"})


def test_create_target_with_a_taken_name_raises_already_exists(driver, target):
    with pytest.raises(BackupTargetAlreadyExistsError):
        driver.create_target("web", "192.0.2.2")
    assert len(driver.list_targets()) == 1


def test_create_target_of_an_unknown_type_is_refused(driver):
    with pytest.raises(ValueError, match="'Paper' is not supported"):
        driver.create_target("web", "192.0.2.1", type="Paper")


def test_update_target_changes_what_is_given(driver, target):
    updated = target.update(address="192.0.2.9", extra={"keep": 7})
    assert (updated.name, updated.address) == ("web", "192.0.2.9")
    assert updated.extra == {"plan": "daily", "keep": 7}
    assert target.address == "192.0.2.1"


def test_update_target_to_a_taken_name_raises_already_exists(driver, target):
    driver.create_target("db", "192.0.2.2")
    with pytest.raises(BackupTargetAlreadyExistsError):
        target.update(name="db")
    assert target.update(name="web").name == "web"


def test_job_advances_by_each_look_and_leaves_a_recovery_point(driver, target):
    job = driver.create_target_job(target)
    assert (job.status, job.progress) == ("Running", 0)
    looks = [driver.get_target_job(target, job.id) for _ in range(3)]
    assert [(look.status, look.progress) for look in looks] == [
        ("Running", 50),
        ("Completed", 100),
        ("Completed", 100),
    ]
    points = driver.list_recovery_points(target)
    assert [point.extra for point in points] == [{"job_id": job.id}]


def test_list_target_jobs_is_a_look_at_all_of_them(driver, target):
    driver.create_target_job(target)
    driver.create_target_job(target)
    assert [job.progress for job in driver.list_target_jobs(target)] == [50, 50]


def test_suspended_job_does_not_advance(driver, target):
    job = driver.create_target_job(target)
    job.suspend()
    assert {driver.get_target_job(target, job.id).progress for _ in range(3)} == {0}
    with pytest.raises(ConflictError):
        job.suspend()
    job.resume()
    assert driver.get_target_job(target, job.id).progress == 50
    with pytest.raises(ConflictError):
        job.resume()


def test_cancelled_job_leaves_no_recovery_point(driver, target):
    job = driver.create_target_job(target)
    job.cancel()
    assert {driver.get_target_job(target, job.id).status for _ in range(3)} == {"Cancelled"}
    assert driver.list_recovery_points(target) == []
    with pytest.raises(ConflictError):
        job.cancel()


def test_list_recovery_points_takes_naive_dates_as_utc(driver, target):
    point = back_up(driver, target)
    naive = point.date.replace(tzinfo=None)
    second = timedelta(seconds=1)
    assert driver.list_recovery_points(target, start_date=naive - second) != []
    assert driver.list_recovery_points(target, start_date=naive + second) == []
    assert driver.list_recovery_points(target, end_date=naive - second) == []


def test_recover_target_says_what_it_brings_back(driver, target):
    point = back_up(driver, target)
    job = point.recover("/etc")
    assert job.extra == {
        "operation": "recovery",
        "recovery_point_id": point.id,
        "path": "/etc",
    }
    driver.get_target_job(target, job.id)
    assert driver.get_target_job(target, job.id).status == "Completed"
    assert len(driver.list_recovery_points(target)) == 1


def test_recover_target_to_a_point_of_another_target_raises_not_found(driver, target):
    other = driver.create_target("db", "192.0.2.2")
    point = back_up(driver, other)
    with pytest.raises(BackupRecoveryPointDoesNotExistError):
        driver.recover_target(target, point)


def test_recover_target_out_of_place_to_a_missing_target_raises_not_found(driver, target):
    point = back_up(driver, target)
    other = driver.create_target("db", "192.0.2.2")
    other.delete()
    with pytest.raises(BackupTargetDoesNotExistError):
        point.recover_to(other)


def test_deleted_target_takes_its_jobs_and_points_along(driver, target):
    point = back_up(driver, target)
    job = driver.create_target_job(target)
    target.delete()
    again = driver.create_target("web", "192.0.2.1")
    assert driver.list_recovery_points(again) == []
    assert driver.list_target_jobs(again) == []
    for call in (job.cancel, point.recover, lambda: driver.list_target_jobs(target)):
        with pytest.raises(BackupTargetDoesNotExistError):
            call()


def test_get_target_job_of_another_target_raises_not_found(driver, target):
    other = driver.create_target("db", "192.0.2.2")
    job = driver.create_target_job(other)
    with pytest.raises(BackupJobDoesNotExistError):
        driver.get_target_job(target, job.id)


def test_recovery_point_that_never_was_raises_not_found(driver, target):
    never = BackupTargetRecoveryPoint("point-99", datetime.now(), target, driver)
    with pytest.raises(BackupRecoveryPointDoesNotExistError):
        never.recover()


def test_threads_create_every_target_once(driver):
    def create(number):
        return [driver.create_target(f"{number}-{i}", "192.0.2.1").id for i in range(50)]

    ids = [
        id for found in run_in_threads([lambda n=n: create(n) for n in range(8)]) for id in found
    ]
    assert len(set(ids)) == 400
    assert {target.id for target in driver.list_targets()} == set(ids)
