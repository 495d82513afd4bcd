"""Targets, their jobs and their recovery points."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcloud.backup.driver import BackupDriver

__all__ = ["BackupTarget", "BackupTargetJob", "BackupTargetRecoveryPoint"]


class BackupTarget:
    """
    Something that the provider backs up.

    :param id: Id at the provider; kept as text.
    :param name: Name for humans.
    :param address: Where the provider finds it: an IP address, a host name, a URL, a volume's id.
    :param type: A constant of :class:`~libcloud.backup.types.BackupTargetType`.
    :param driver: The driver that it comes from.
    :param extra: What only this provider says about it.
    """

    def __init__(
        self,
        id: str,
        name: str,
        address: str,
        type: str,
        driver: BackupDriver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]  # empty means no id
        self.name = name
        self.address = address
        self.type = type
        self.driver = driver
        self.extra = extra or {}

    def update(
        self,
        name: str | None = None,
        address: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """See :meth:`.BackupDriver.update_target`."""
        return self.driver.update_target(target=self, name=name, address=address, extra=extra)

    def delete(self) -> bool:
        """See :meth:`.BackupDriver.delete_target`."""
        return self.driver.delete_target(target=self)

    def __repr__(self) -> str:
        return (
            f"<Target: id={self.id}, name={self.name}, address={self.address}"
            f"type={self.type}, provider={self.driver.name} ...>"
        )


class BackupTargetJob:
    """
    Work on a target: a backup, or a recovery.

    :param id: Id at the provider; kept as text.
    :param status: A constant of :class:`~libcloud.backup.types.BackupTargetJobStatusType`.
    :param progress: How much is done, in percent.
    :param target: What it works on.
    :param driver: The driver that it comes from.
    :param extra: What only this provider says about it.
    """

    def __init__(
        self,
        id: str,
        status: str,
        progress: int,
        target: BackupTarget,
        driver: BackupDriver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]  # empty means no id
        self.status = status
        self.progress = progress
        self.target = target
        self.driver = driver
        self.extra = extra or {}

    def cancel(self) -> bool:
        """See :meth:`.BackupDriver.cancel_target_job`."""
        return self.driver.cancel_target_job(job=self)

    def suspend(self) -> bool:
        """See :meth:`.BackupDriver.suspend_target_job`."""
        return self.driver.suspend_target_job(job=self)

    def resume(self) -> bool:
        """See :meth:`.BackupDriver.resume_target_job`."""
        return self.driver.resume_target_job(job=self)

    def __repr__(self) -> str:
        return (
            f"<Job: id={self.id}, status={self.status}, progress={self.progress}"
            f"target={self.target.id}, provider={self.driver.name} ...>"
        )


class BackupTargetRecoveryPoint:
    """
    A state of a target that can be brought back.

    :param id: Id at the provider; kept as text.
    :param date: When it was made, aware, in UTC.
    :param target: What it is a state of.
    :param driver: The driver that it comes from.
    :param extra: What only this provider says about it.
    """

    def __init__(
        self,
        id: str,
        date: datetime,
        target: BackupTarget,
        driver: BackupDriver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]  # empty means no id
        self.date = date
        self.target = target
        self.driver = driver
        self.extra = extra or {}

    def recover(self, path: str | None = None) -> BackupTargetJob:
        """See :meth:`.BackupDriver.recover_target`."""
        return self.driver.recover_target(target=self.target, recovery_point=self, path=path)

    def recover_to(self, recovery_target: BackupTarget, path: str | None = None) -> BackupTargetJob:
        """See :meth:`.BackupDriver.recover_target_out_of_place`."""
        return self.driver.recover_target_out_of_place(
            target=self.target, recovery_point=self, recovery_target=recovery_target, path=path
        )

    def __repr__(self) -> str:
        return (
            f"<RecoveryPoint: id={self.id}, date={self.date}, "
            f"target={self.target.id}, provider={self.driver.name} ...>"
        )
