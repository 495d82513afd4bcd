"""
A backup provider in memory, for trying things out and for tests.

It keeps every rule of :class:`~libcloud.backup.base.BackupDriver` and is the model for other
drivers. What one instance has is seen by nobody else and is gone with it.

Time does not pass by itself: **each look at a job** (:meth:`~DummyBackupDriver.get_target_job`,
:meth:`~DummyBackupDriver.list_target_jobs`) **takes it 50 percent on**. So a job is ``RUNNING`` at
0 when it is created, at 50 at the first look and ``COMPLETED`` at the second, where it leaves its
recovery point. The result of a call shows the state after that step.
"""

from __future__ import annotations

import copy
import itertools
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from libcloud.backup.base import (
    BackupDriver,
    BackupTarget,
    BackupTargetJob,
    BackupTargetRecoveryPoint,
    BackupTargetType,
)
from libcloud.backup.types import (
    BackupJobDoesNotExistError,
    BackupRecoveryPointDoesNotExistError,
    BackupTargetAlreadyExistsError,
    BackupTargetDoesNotExistError,
    BackupTargetJobStatusType,
)
from libcloud.common.errors import ConflictError

__all__ = ["DummyBackupDriver"]

PROGRESS_STEP = 50


class _TargetState:
    """All that the provider holds about one target."""

    def __init__(self, target: BackupTarget) -> None:
        self.target = target
        self.jobs: dict[str, BackupTargetJob] = {}
        self.recovery_points: list[BackupTargetRecoveryPoint] = []


class DummyBackupDriver(BackupDriver):
    """
    Backups in memory.

    :param api_key: Anything; there is nobody to check it.
    :param api_secret: Anything.

    >>> driver = DummyBackupDriver("key", "secret")
    >>> target = driver.create_target("web", "192.0.2.1")
    >>> [target.name for target in driver.list_targets()]
    ['web']
    """

    name = "Dummy Backup Provider"
    website = "http://example.com"
    type = "dummy"

    def __init__(self, api_key: str, api_secret: str) -> None:
        super().__init__(api_key, api_secret)
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._states: dict[str, _TargetState] = {}

    def get_supported_target_types(self) -> list[str]:
        return [
            BackupTargetType.VIRTUAL,
            BackupTargetType.PHYSICAL,
            BackupTargetType.FILESYSTEM,
            BackupTargetType.DATABASE,
            BackupTargetType.OBJECT,
            BackupTargetType.VOLUME,
        ]

    def iterate_targets(self) -> Iterator[BackupTarget]:
        with self._lock:
            targets = [_copy(state.target) for state in self._states.values()]
        yield from targets

    def create_target(
        self,
        name: str,
        address: str,
        type: str = BackupTargetType.VIRTUAL,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        Names are unique.

        :param extra: Kept as it is in the target's ``extra``.
        :raises BackupTargetAlreadyExistsError: a target of that name exists.
        :raises ValueError: the type is not a supported one.
        """
        if type not in self.get_supported_target_types():
            raise ValueError(f"Target type {type!r} is not supported")
        with self._lock:
            self._check_name_is_free(name)
            target = BackupTarget(
                self._new_id("target"), name, address, type, self, dict(extra or {})
            )
            self._states[target.id] = _TargetState(target)
            return _copy(target)

    def update_target(
        self,
        target: BackupTarget,
        name: str | None = None,
        address: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        :param extra: Replaces the keys that it names; the others stay.
        :raises BackupTargetAlreadyExistsError: another target has that name.
        """
        with self._lock:
            kept = self._state(target).target
            if name is not None and name != kept.name:
                self._check_name_is_free(name)
                kept.name = name
            if address is not None:
                kept.address = address
            kept.extra.update(extra or {})
            return _copy(kept)

    def delete_target(self, target: BackupTarget) -> bool:
        with self._lock:
            del self._states[self._state(target).target.id]
        return True

    def iterate_recovery_points(
        self,
        target: BackupTarget,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> Iterator[BackupTargetRecoveryPoint]:
        """The oldest comes first."""
        with self._lock:
            points = [_copy(point) for point in self._state(target).recovery_points]
        for point in points:
            too_old = start_date is not None and point.date < _aware(start_date)
            too_young = end_date is not None and point.date > _aware(end_date)
            if not too_old and not too_young:
                yield point

    def recover_target(
        self,
        target: BackupTarget,
        recovery_point: BackupTargetRecoveryPoint,
        path: str | None = None,
    ) -> BackupTargetJob:
        """The job's ``extra`` has ``operation``, ``recovery_point_id`` and ``path``."""
        return self.recover_target_out_of_place(target, recovery_point, target, path)

    def recover_target_out_of_place(
        self,
        target: BackupTarget,
        recovery_point: BackupTargetRecoveryPoint,
        recovery_target: BackupTarget,
        path: str | None = None,
    ) -> BackupTargetJob:
        """The job's ``extra`` has ``operation``, ``recovery_point_id`` and ``path``."""
        with self._lock:
            known = {point.id for point in self._state(target).recovery_points}
            if recovery_point.id not in known:
                raise BackupRecoveryPointDoesNotExistError(
                    "The target has no such recovery point", self, recovery_point.id
                )
            extra = {
                "operation": "recovery",
                "recovery_point_id": recovery_point.id,
                "path": path,
            }
            return self._start_job(recovery_target, extra)

    def get_target_job(self, target: BackupTarget, id: str) -> BackupTargetJob:
        """The look takes the job 50 percent on."""
        with self._lock:
            state = self._state(target)
            job = self._job(state, id)
            self._advance(state, job)
            return _copy(job)

    def iterate_target_jobs(self, target: BackupTarget) -> Iterator[BackupTargetJob]:
        """All jobs, finished ones too, oldest first. The look takes each 50 percent on."""
        with self._lock:
            state = self._state(target)
            for job in state.jobs.values():
                self._advance(state, job)
            jobs = [_copy(job) for job in state.jobs.values()]
        yield from jobs

    def create_target_job(
        self, target: BackupTarget, extra: dict[str, Any] | None = None
    ) -> BackupTargetJob:
        """
        :param extra: Kept in the job's ``extra``, beside ``operation``.
        """
        return self._start_job(target, {**(extra or {}), "operation": "backup"})

    def resume_target_job(self, job: BackupTargetJob) -> bool:
        self._change_status(
            job, BackupTargetJobStatusType.PENDING, BackupTargetJobStatusType.RUNNING
        )
        return True

    def suspend_target_job(self, job: BackupTargetJob) -> bool:
        self._change_status(
            job, BackupTargetJobStatusType.RUNNING, BackupTargetJobStatusType.PENDING
        )
        return True

    def cancel_target_job(self, job: BackupTargetJob) -> bool:
        with self._lock:
            kept = self._job(self._state(job.target), job.id)
            if kept.status not in (
                BackupTargetJobStatusType.RUNNING,
                BackupTargetJobStatusType.PENDING,
            ):
                raise ConflictError(f"Job {kept.id} is {kept.status} already", driver=self)
            kept.status = BackupTargetJobStatusType.CANCELLED
        return True

    def _new_id(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers)}"

    def _state(self, target: BackupTarget) -> _TargetState:
        state = self._states.get(target.id)
        if state is None:
            raise BackupTargetDoesNotExistError("The target does not exist", self, target.id)
        return state

    def _job(self, state: _TargetState, id: str) -> BackupTargetJob:
        job = state.jobs.get(str(id))
        if job is None:
            raise BackupJobDoesNotExistError("The target has no such job", self, str(id))
        return job

    def _check_name_is_free(self, name: str) -> None:
        if any(state.target.name == name for state in self._states.values()):
            raise BackupTargetAlreadyExistsError("A target has that name already", self, name)

    def _start_job(self, target: BackupTarget, extra: dict[str, Any]) -> BackupTargetJob:
        with self._lock:
            state = self._state(target)
            job = BackupTargetJob(
                self._new_id("job"),
                BackupTargetJobStatusType.RUNNING,
                0,
                _copy(state.target),
                self,
                extra,
            )
            state.jobs[job.id] = job
            return _copy(job)

    def _advance(self, state: _TargetState, job: BackupTargetJob) -> None:
        if job.status != BackupTargetJobStatusType.RUNNING:
            return
        job.progress += PROGRESS_STEP
        if job.progress < 100:
            return
        job.status = BackupTargetJobStatusType.COMPLETED
        if job.extra["operation"] == "backup":
            state.recovery_points.append(
                BackupTargetRecoveryPoint(
                    self._new_id("point"),
                    datetime.now(timezone.utc),
                    _copy(state.target),
                    self,
                    {"job_id": job.id},
                )
            )

    def _change_status(self, job: BackupTargetJob, expected: str, wanted: str) -> None:
        with self._lock:
            kept = self._job(self._state(job.target), job.id)
            if kept.status != expected:
                raise ConflictError(f"Job {kept.id} is {kept.status}, not {expected}", driver=self)
            kept.status = wanted


def _copy(model: Any) -> Any:
    """What callers get: changing it does not change the provider."""
    snapshot = copy.copy(model)
    snapshot.extra = dict(model.extra)
    return snapshot


def _aware(date: datetime) -> datetime:
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
