"""
The conformance suite of the backup domain.

::

    class TestAcme(BackupDriverConformance):
        @pytest.fixture
        def driver(self):
            return AcmeBackupDriver("key", "secret", host="127.0.0.1", port=8080, secure=False)

The account need not be empty; what the suite creates it deletes. Where targets cannot be created
out of nothing, give the fixture ``target``, or ``target_address`` with something that exists.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from libcloud.backup.base import (
    BackupDriver,
    BackupTarget,
    BackupTargetJob,
    BackupTargetRecoveryPoint,
)
from libcloud.backup.types import BackupTargetJobStatusType, BackupTargetType
from libcloud.common.errors import ResourceNotFoundError
from libcloud.common.polling import wait_until
from libcloud.testing.base import Conformance, needs, run_in_threads

__all__ = ["BackupDriverConformance"]


def _constants(klass: type) -> set[str]:
    return {value for name, value in vars(klass).items() if name.isupper()}


def _new_name(kind: str) -> str:
    """A name that no run of the suite has used."""
    return f"libcloud-{kind}-{secrets.token_hex(4)}"


FINISHED = (
    BackupTargetJobStatusType.CANCELLED,
    BackupTargetJobStatusType.COMPLETED,
    BackupTargetJobStatusType.FAILED,
)


class BackupDriverConformance(Conformance):
    """
    What a backup driver promises.

    Besides the fixture ``driver`` a subclass may set the attributes below, or give fixtures in
    place of ``target``, ``other_target`` and ``target_address``.
    """

    target_type: str = BackupTargetType.VIRTUAL
    """The kind of target that the suite creates."""

    missing_id: str = "libcloud-missing-0000"
    """An id of the right form that nothing has."""

    job_timeout: float = 60
    """Seconds that a job may take to its end."""

    poll_interval: float = 0.01
    """Seconds between two looks at a job."""

    @pytest.fixture
    def target_address(self) -> str:
        """What the created targets point at."""
        return "192.0.2.10"

    @pytest.fixture
    def new_target(self, driver: BackupDriver, target_address: str) -> Iterator[Callable[..., Any]]:
        """Creates targets, which are deleted after the test."""
        created: list[BackupTarget] = []

        def create(name: str | None = None) -> BackupTarget:
            if not self._offers(driver, "create_target"):
                pytest.skip("the driver does not create targets; give the fixture target")
            target = driver.create_target(
                name or _new_name("target"), target_address, type=self.target_type
            )
            created.append(target)
            return target

        yield create
        if self._offers(driver, "delete_target"):
            for target in created:
                with contextlib.suppress(ResourceNotFoundError):  # The test may have deleted it.
                    driver.delete_target(target)

    @pytest.fixture
    def target(self, new_target: Callable[..., BackupTarget]) -> BackupTarget:
        return new_target()

    @pytest.fixture
    def other_target(self, new_target: Callable[..., BackupTarget]) -> BackupTarget:
        return new_target()

    @pytest.fixture
    def missing_target(self, driver: BackupDriver) -> BackupTarget:
        return BackupTarget(self.missing_id, "missing", "192.0.2.11", self.target_type, driver)

    # -- targets ----------------------------------------------------------------------------------

    @needs("get_supported_target_types")
    def test_get_supported_target_types_are_constants(self, driver: BackupDriver) -> None:
        types = driver.get_supported_target_types()
        assert types
        assert set(types) <= _constants(BackupTargetType)

    @needs("create_target")
    def test_create_target_has_what_was_asked_for(
        self, driver: BackupDriver, new_target: Callable[..., BackupTarget], target_address: str
    ) -> None:
        name = _new_name("target")
        target = new_target(name)
        assert isinstance(target, BackupTarget)
        assert isinstance(target.id, str)
        assert target.name == name
        assert target.address == target_address
        assert target.type == self.target_type
        assert target.driver is driver
        assert isinstance(target.extra, dict)

    @needs("list_targets")
    def test_list_targets_has_the_target_once(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        listed = [found for found in driver.list_targets() if found.id == target.id]
        assert [found.name for found in listed] == [target.name]

    @needs("list_targets", "iterate_targets")
    def test_iterate_targets_agrees_with_list_targets(
        self, driver: BackupDriver, target: BackupTarget, other_target: BackupTarget
    ) -> None:
        listed = [found.id for found in driver.list_targets()]
        assert [found.id for found in driver.iterate_targets()] == listed
        assert {target.id, other_target.id} <= set(listed)

    @needs("create_target", "list_targets")
    def test_create_target_keeps_a_name_in_unicode(
        self, driver: BackupDriver, new_target: Callable[..., BackupTarget]
    ) -> None:
        target = new_target(_new_name("größe-试验"))
        assert target.name in {found.name for found in driver.list_targets()}

    @needs("create_target", "list_targets")
    def test_create_target_in_threads_mixes_no_answers(
        self, driver: BackupDriver, new_target: Callable[..., BackupTarget]
    ) -> None:
        names = [_new_name("thread") for _ in range(8)]
        created = run_in_threads([partial(new_target, name) for name in names])
        assert [target.name for target in created] == names
        assert len({target.id for target in created}) == len(names)
        assert set(names) <= {target.name for target in driver.list_targets()}

    @needs("update_target", "list_targets")
    def test_update_target_changes_the_name_alone(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        name = _new_name("renamed")
        updated = target.update(name=name)
        assert updated.id == target.id
        assert updated.name == name
        assert updated.address == target.address
        assert name in {found.name for found in driver.list_targets()}

    @needs("update_target")
    def test_update_target_that_is_missing_raises_not_found(
        self, driver: BackupDriver, missing_target: BackupTarget
    ) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.update_target(missing_target, "name", None, None)

    @needs("delete_target", "list_targets")
    def test_delete_target_unlists_it(self, driver: BackupDriver, target: BackupTarget) -> None:
        assert target.delete() is True
        assert target.id not in {found.id for found in driver.list_targets()}
        with pytest.raises(ResourceNotFoundError):
            driver.delete_target(target)

    @needs("delete_target")
    def test_delete_target_that_is_missing_raises_not_found(
        self, driver: BackupDriver, missing_target: BackupTarget
    ) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.delete_target(missing_target)

    # -- jobs -------------------------------------------------------------------------------------

    @needs("create_target_job")
    def test_create_target_job_returns_the_job(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        job = driver.create_target_job(target)
        assert isinstance(job, BackupTargetJob)
        assert isinstance(job.id, str)
        assert job.status in _constants(BackupTargetJobStatusType)
        assert 0 <= job.progress <= 100
        assert job.target.id == target.id
        assert job.driver is driver

    @needs("create_target_job", "list_target_jobs", "suspend_target_job")
    def test_list_target_jobs_has_a_job_that_is_not_finished(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        job = driver.create_target_job(target)
        job.suspend()
        assert [found.id for found in driver.list_target_jobs(target)].count(job.id) == 1
        assert [found.id for found in driver.iterate_target_jobs(target)].count(job.id) == 1

    @needs("create_target_job", "list_target_jobs")
    def test_list_target_jobs_has_no_job_of_another_target(
        self, driver: BackupDriver, target: BackupTarget, other_target: BackupTarget
    ) -> None:
        job = driver.create_target_job(target)
        assert job.id not in {found.id for found in driver.list_target_jobs(other_target)}

    @needs("get_target_job")
    def test_get_target_job_that_is_missing_raises_not_found(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.get_target_job(target, self.missing_id)

    @needs("create_target_job", "suspend_target_job", "resume_target_job", "get_target_job")
    def test_suspend_target_job_holds_it_until_it_is_resumed(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        job = driver.create_target_job(target)
        assert job.suspend() is True
        held = driver.get_target_job(target, job.id)
        assert held.status == BackupTargetJobStatusType.PENDING
        assert driver.get_target_job(target, job.id).progress == held.progress
        assert job.resume() is True
        finished = self._finish(driver, job)
        assert finished is None or finished.status == BackupTargetJobStatusType.COMPLETED

    @needs("create_target_job", "cancel_target_job", "get_target_job")
    def test_cancel_target_job_ends_it(self, driver: BackupDriver, target: BackupTarget) -> None:
        job = driver.create_target_job(target)
        assert job.cancel() is True
        finished = self._finish(driver, job)
        assert finished is None or finished.status == BackupTargetJobStatusType.CANCELLED

    @needs("create_target_job")
    def test_create_target_job_of_a_missing_target_raises_not_found(
        self, driver: BackupDriver, missing_target: BackupTarget
    ) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.create_target_job(missing_target)

    # -- recovery points --------------------------------------------------------------------------

    @needs("create_target_job", "list_recovery_points")
    def test_create_target_job_leaves_a_recovery_point(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        before = {point.id for point in driver.list_recovery_points(target)}
        point = self._recovery_point(driver, target)
        assert point.id not in before
        assert isinstance(point, BackupTargetRecoveryPoint)
        assert isinstance(point.date, datetime)
        assert point.date.utcoffset() == timedelta(0)
        assert point.target.id == target.id

    @needs("create_target_job", "list_recovery_points", "iterate_recovery_points")
    def test_list_recovery_points_between_dates_leaves_out_the_others(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        point = self._recovery_point(driver, target)
        second = timedelta(seconds=1)

        def ids(start: datetime | None, end: datetime | None) -> set[str]:
            listed = {found.id for found in driver.list_recovery_points(target, start, end)}
            iterated = {found.id for found in driver.iterate_recovery_points(target, start, end)}
            assert listed == iterated
            return listed

        assert point.id in ids(point.date - second, point.date + second)
        assert point.id not in ids(point.date + second, None)
        assert point.id not in ids(None, point.date - second)

    @needs("list_recovery_points")
    def test_list_recovery_points_of_a_missing_target_raises_not_found(
        self, driver: BackupDriver, missing_target: BackupTarget
    ) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.list_recovery_points(missing_target)

    @needs("create_target_job", "list_recovery_points", "recover_target")
    def test_recover_target_returns_its_job(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        job = self._recovery_point(driver, target).recover()
        assert isinstance(job, BackupTargetJob)
        assert job.target.id == target.id
        finished = self._finish(driver, job)
        assert finished is None or finished.status == BackupTargetJobStatusType.COMPLETED

    @needs("create_target_job", "list_recovery_points", "recover_target_out_of_place")
    def test_recover_target_out_of_place_returns_a_job_of_the_other_target(
        self, driver: BackupDriver, target: BackupTarget, other_target: BackupTarget
    ) -> None:
        job = self._recovery_point(driver, target).recover_to(other_target)
        assert isinstance(job, BackupTargetJob)
        assert job.target.id == other_target.id

    @needs("recover_target")
    def test_recover_target_to_a_missing_recovery_point_raises_not_found(
        self, driver: BackupDriver, target: BackupTarget
    ) -> None:
        now = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        missing = BackupTargetRecoveryPoint(self.missing_id, now, target, driver)
        with pytest.raises(ResourceNotFoundError):
            driver.recover_target(target, missing)

    # -- help -------------------------------------------------------------------------------------

    def _offers(self, driver: BackupDriver, name: str) -> bool:
        return name in driver.supported_operations()

    def _finish(self, driver: BackupDriver, job: BackupTargetJob) -> BackupTargetJob | None:
        """The job when it has ended; None when the provider then forgets it, or cannot be asked."""
        if not self._offers(driver, "get_target_job"):
            return None

        def look() -> tuple[BackupTargetJob | None] | None:
            try:
                found = driver.get_target_job(job.target, job.id)
            except ResourceNotFoundError:
                return (None,)
            return (found,) if found.status in FINISHED else None

        return wait_until(look, self.job_timeout, self.poll_interval, f"job {job.id} to end")[0]

    def _recovery_point(
        self, driver: BackupDriver, target: BackupTarget
    ) -> BackupTargetRecoveryPoint:
        """Make a backup and return what it leaves."""
        before = {point.id for point in driver.list_recovery_points(target)}
        self._finish(driver, driver.create_target_job(target))

        def look() -> BackupTargetRecoveryPoint | None:
            points = driver.list_recovery_points(target)
            return next((point for point in points if point.id not in before), None)

        return wait_until(look, self.job_timeout, self.poll_interval, "a recovery point")
