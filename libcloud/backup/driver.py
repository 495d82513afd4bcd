"""The base of all backup drivers: its docstrings are the contract that a driver keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from libcloud.backup.models import BackupTarget, BackupTargetJob, BackupTargetRecoveryPoint
from libcloud.backup.types import BackupJobDoesNotExistError, BackupTargetType
from libcloud.common.base import BaseDriver, ConnectionUserAndKey
from libcloud.common.operations import operation, overrides, unsupported

if TYPE_CHECKING:
    from libcloud.compute.base import Node
    from libcloud.storage.base import Container

__all__ = ["BackupDriver"]


class BackupDriver(BaseDriver):
    """
    A provider that backs things up.

    A *target* is what is kept safe. A *job* is work on a target. A backup job that completes leaves
    a *recovery point*, to which the target can be taken back.

    A driver offers an operation by overriding it. Each ``list_x`` comes with an ``iterate_x``; a
    driver overrides one of the two, the other follows.

    Every operation that is given a target, job or recovery point that the provider does not have
    MUST raise the matching ``...DoesNotExistError`` of :mod:`libcloud.backup.types`.
    """

    connectionCls: Any = ConnectionUserAndKey
    name: Any = None
    website: Any = None

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key=key, secret=secret, secure=secure, host=host, port=port, **kwargs)

    @operation("targets")
    def get_supported_target_types(self) -> list[str]:
        """
        The kinds of target that the provider backs up, without a request.

        :returns: Constants of :class:`~libcloud.backup.types.BackupTargetType`.
        """
        raise unsupported(self, "get_supported_target_types")

    @operation("targets", needs=("iterate_targets",))
    def list_targets(self) -> list[BackupTarget]:
        """All targets; one request a page. In the provider's order."""
        if not overrides(self, "iterate_targets"):
            raise unsupported(self, "list_targets")
        return list(self.iterate_targets())

    @operation("targets", needs=("list_targets",))
    def iterate_targets(self) -> Iterator[BackupTarget]:
        """All targets, lazily: one request before the first, and one page in memory."""
        if not overrides(self, "list_targets"):
            raise unsupported(self, "iterate_targets")
        yield from self.list_targets()

    @operation("targets")
    def create_target(
        self,
        name: str,
        address: str,
        type: str = BackupTargetType.VIRTUAL,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        Make something known to the provider as a thing to back up.

        :param name: Name for humans.
        :param address: Where the provider finds it: an IP address, host name, URL or id.
        :param type: A constant of :class:`~libcloud.backup.types.BackupTargetType`.
        :param extra: Settings that only this provider knows; the driver's page names them.
        :raises BackupTargetAlreadyExistsError: the provider has it, and allows it once only.
        """
        raise unsupported(self, "create_target")

    @operation("targets", needs=("create_target",))
    def create_target_from_node(
        self,
        node: Node,
        type: str = BackupTargetType.VIRTUAL,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        A target of the node's name, at its first public address or else its first private one.

        :raises ValueError: the node has no address.
        """
        if not overrides(self, "create_target"):
            raise unsupported(self, "create_target_from_node")
        addresses = [*node.public_ips, *node.private_ips]
        if not addresses:
            raise ValueError(f"Node {node.name} has no address to back it up from")
        return self.create_target(name=node.name, address=addresses[0], type=type, extra=extra)

    @operation("targets", needs=("create_target",))
    def create_target_from_storage_container(
        self,
        container: Container,
        type: str = BackupTargetType.OBJECT,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """A target of the storage container's name, at its CDN URL."""
        if not overrides(self, "create_target"):
            raise unsupported(self, "create_target_from_storage_container")
        return self.create_target(
            name=container.name, address=container.get_cdn_url(), type=type, extra=extra
        )

    @operation("targets")
    def update_target(
        self,
        target: BackupTarget,
        name: str | None = None,
        address: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        Change a target; what is None stays as it is.

        :returns: The target as it is now. The one that was passed in is not changed.
        """
        raise unsupported(self, "update_target")

    @operation("targets")
    def delete_target(self, target: BackupTarget) -> bool:
        """
        Stop backing something up. Its jobs and recovery points are gone with it.

        :returns: True when the provider has accepted.
        """
        raise unsupported(self, "delete_target")

    @operation("recovery points", needs=("iterate_recovery_points",))
    def list_recovery_points(
        self,
        target: BackupTarget,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> list[BackupTargetRecoveryPoint]:
        """
        The states of a target that can be brought back, in the provider's order.

        :param start_date: Leaves out what is older. A date without a time zone is UTC.
        :param end_date: Leaves out what is younger. A date without a time zone is UTC.
        """
        if not overrides(self, "iterate_recovery_points"):
            raise unsupported(self, "list_recovery_points")
        return list(self.iterate_recovery_points(target, start_date, end_date))

    @operation("recovery points", needs=("list_recovery_points",))
    def iterate_recovery_points(
        self,
        target: BackupTarget,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> Iterator[BackupTargetRecoveryPoint]:
        """As :meth:`list_recovery_points`, lazily: one request before the first."""
        if not overrides(self, "list_recovery_points"):
            raise unsupported(self, "iterate_recovery_points")
        yield from self.list_recovery_points(target, start_date, end_date)

    @operation("recovery points")
    def recover_target(
        self,
        target: BackupTarget,
        recovery_point: BackupTargetRecoveryPoint,
        path: str | None = None,
    ) -> BackupTargetJob:
        """
        Take a target back to one of its recovery points.

        :param path: Only this part of the target: a directory, a table.
        :returns: The job that does it; it may have finished.
        """
        raise unsupported(self, "recover_target")

    @operation("recovery points")
    def recover_target_out_of_place(
        self,
        target: BackupTarget,
        recovery_point: BackupTargetRecoveryPoint,
        recovery_target: BackupTarget,
        path: str | None = None,
    ) -> BackupTargetJob:
        """
        Bring a recovery point of one target back to another target.

        :param target: What the recovery point is a state of; it is not changed.
        :param recovery_target: What is overwritten.
        :param path: Only this part of the target: a directory, a table.
        :returns: The job that does it, a job of ``recovery_target``; it may have finished.
        """
        raise unsupported(self, "recover_target_out_of_place")

    @operation("jobs", needs=("list_target_jobs",))
    def get_target_job(self, target: BackupTarget, id: str) -> BackupTargetJob:
        """
        One job of a target.

        Unless the driver has a request for it, it reads the listing.

        :raises BackupJobDoesNotExistError: the target has no such job, or has it no longer.
        """
        if not (overrides(self, "list_target_jobs") or overrides(self, "iterate_target_jobs")):
            raise unsupported(self, "get_target_job")
        for job in self.iterate_target_jobs(target):
            if job.id == str(id):
                return job
        raise BackupJobDoesNotExistError("The target has no such job", self, str(id))

    @operation("jobs", needs=("iterate_target_jobs",))
    def list_target_jobs(self, target: BackupTarget) -> list[BackupTargetJob]:
        """
        The jobs of a target, in the provider's order.

        MUST have every job that is not finished; MAY have finished ones, as long as the provider
        keeps them.
        """
        if not overrides(self, "iterate_target_jobs"):
            raise unsupported(self, "list_target_jobs")
        return list(self.iterate_target_jobs(target))

    @operation("jobs", needs=("list_target_jobs",))
    def iterate_target_jobs(self, target: BackupTarget) -> Iterator[BackupTargetJob]:
        """As :meth:`list_target_jobs`, lazily: one request before the first."""
        if not overrides(self, "list_target_jobs"):
            raise unsupported(self, "iterate_target_jobs")
        yield from self.list_target_jobs(target)

    @operation("jobs")
    def create_target_job(
        self, target: BackupTarget, extra: dict[str, Any] | None = None
    ) -> BackupTargetJob:
        """
        Start a backup of a target.

        It does not wait: the job's ``status`` and ``progress`` are those of the start. When it
        completes, the target has one recovery point more.

        :param extra: Settings that only this provider knows; the driver's page names them.
        """
        raise unsupported(self, "create_target_job")

    @operation("jobs")
    def resume_target_job(self, job: BackupTargetJob) -> bool:
        """
        Let a suspended job go on.

        :returns: True when the provider has accepted.
        :raises ConflictError: the job is not suspended.
        """
        raise unsupported(self, "resume_target_job")

    @operation("jobs")
    def suspend_target_job(self, job: BackupTargetJob) -> bool:
        """
        Hold a job: it is ``PENDING`` and makes no progress until it is resumed.

        :returns: True when the provider has accepted.
        :raises ConflictError: the job is not at work.
        """
        raise unsupported(self, "suspend_target_job")

    @operation("jobs")
    def cancel_target_job(self, job: BackupTargetJob) -> bool:
        """
        Give a job up for good. It leaves no recovery point.

        :returns: True when the provider has accepted.
        :raises ConflictError: the job is finished.
        """
        raise unsupported(self, "cancel_target_job")
