"""Provider constants, kinds of target, states of jobs, and the errors of the backup domain."""

from __future__ import annotations

from typing import Any

from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError

__all__ = [
    "BackupError",
    "BackupJobDoesNotExistError",
    "BackupRecoveryPointDoesNotExistError",
    "BackupTargetAlreadyExistsError",
    "BackupTargetDoesNotExistError",
    "BackupTargetJobStatusType",
    "BackupTargetType",
    "Provider",
]


class Provider:
    """Names of the providers. ``DUMMY`` comes first, the others by the alphabet."""

    DUMMY = "dummy"
    DIMENSIONDATA = "dimensiondata"
    EBS = "ebs"
    GCE = "gce"


class BackupTargetType:
    """What a target is."""

    VIRTUAL = "Virtual"
    """A virtual machine."""

    PHYSICAL = "Physical"
    """A machine of metal."""

    FILESYSTEM = "Filesystem"
    """A directory or a share."""

    DATABASE = "Database"
    """A database."""

    OBJECT = "Object"
    """A container of object storage."""

    VOLUME = "Volume"
    """A block volume."""


class BackupTargetJobStatusType:
    """How far a job has come."""

    RUNNING = "Running"
    """At work."""

    CANCELLED = "Cancelled"
    """Given up on request."""

    FAILED = "Failed"
    """Ended without success."""

    COMPLETED = "Completed"
    """Ended with success."""

    PENDING = "Pending"
    """Not started yet, or suspended."""


class BackupError(LibcloudError):
    """
    Base of the errors that are about one thing of the backup domain.

    :param value: What went wrong, for a human.
    :param driver: The driver that was at work.
    :param resource_id: Id (or name, where there is no id yet) of the thing.
    """

    resource_id: str

    def __init__(self, value: Any, driver: Any, resource_id: str) -> None:
        LibcloudError.__init__(self, value, driver=driver)
        self.resource_id = resource_id

    def __str__(self) -> str:
        return (
            f"<{type(self).__name__} in {self.driver!r}, "
            f"resource_id={self.resource_id}, value={self.value}>"
        )


class BackupTargetDoesNotExistError(BackupError, ResourceNotFoundError):
    """The target does not exist."""


class BackupTargetAlreadyExistsError(BackupError, ResourceExistsError):
    """The provider has that target already."""


class BackupJobDoesNotExistError(BackupError, ResourceNotFoundError):
    """The target has no such job."""


class BackupRecoveryPointDoesNotExistError(BackupError, ResourceNotFoundError):
    """The target has no such recovery point."""
