"""Provider constants, states of containers, and the errors of the container domain."""

from __future__ import annotations

from typing import Any

from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError

__all__ = [
    "ContainerAlreadyExistsError",
    "ContainerClusterAlreadyExistsError",
    "ContainerClusterDoesNotExistError",
    "ContainerDoesNotExistError",
    "ContainerError",
    "ContainerImageDoesNotExistError",
    "ContainerState",
    "Provider",
    "RepositoryDoesNotExistError",
    "Type",
]


class Type:
    """Base of a set of constants."""

    @classmethod
    def tostring(cls, value: str) -> str:
        """The constant's value in upper case."""
        return value.upper()

    @classmethod
    def fromstring(cls, value: str) -> str | None:
        """The value of the constant of that name, whatever its case; None when there is none."""
        return getattr(cls, value.upper(), None)


class Provider:
    """Names of the providers. ``DUMMY`` comes first, the others by the alphabet."""

    DUMMY = "dummy"
    DOCKER = "docker"
    ECS = "ecs"
    GKE = "GKE"
    KUBERNETES = "kubernetes"
    LXD = "lxd"
    RANCHER = "rancher"


class ContainerState(Type):
    """What a container is doing."""

    RUNNING = "running"
    """At work."""

    REBOOTING = "rebooting"
    """Going down, to come up again by itself."""

    TERMINATED = "terminated"
    """Gone for good; the provider still shows it."""

    PENDING = "pending"
    """On its way to another state: being made, waiting for a place to run."""

    UNKNOWN = "unknown"
    """The provider does not say, or says what has no constant here."""

    STOPPED = "stopped"
    """Not at work; it can be started."""

    SUSPENDED = "suspended"
    """Its state is saved, it uses no memory; it can be resumed."""

    ERROR = "error"
    """Failed."""

    PAUSED = "paused"
    """Frozen, its memory is kept; it can go on."""


class ContainerError(LibcloudError):
    """
    Base of the errors that are about one thing of the container domain.

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


class ContainerDoesNotExistError(ContainerError, ResourceNotFoundError):
    """The container does not exist."""


class ContainerAlreadyExistsError(ContainerError, ResourceExistsError):
    """A container of that name exists, where names are unique."""


class ContainerImageDoesNotExistError(ContainerError, ResourceNotFoundError):
    """The image, or that version of it, does not exist."""


class ContainerClusterDoesNotExistError(ContainerError, ResourceNotFoundError):
    """The cluster does not exist."""


class ContainerClusterAlreadyExistsError(ContainerError, ResourceExistsError):
    """A cluster of that name exists, where names are unique."""


class RepositoryDoesNotExistError(ContainerError, ResourceNotFoundError):
    """The image registry has no such repository, or does not show it to us."""
