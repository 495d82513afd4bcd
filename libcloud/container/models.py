"""Containers, images, clusters and their locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcloud.container.driver import ContainerDriver

__all__ = ["ClusterLocation", "Container", "ContainerCluster", "ContainerImage"]


class Container:
    """
    A container.

    :param id: Id at the provider; kept as text.
    :param name: Name for humans.
    :param image: What it was made from.
    :param state: A constant of :class:`~libcloud.container.types.ContainerState`.
    :param ip_addresses: Its addresses, as text; empty when it has none, or none yet.
    :param driver: The driver that it comes from.
    :param extra: What only this provider says about it.
    :param created_at: When it was made, in the provider's form; None when it does not say.
    """

    def __init__(
        self,
        id: str,
        name: str,
        image: ContainerImage,
        state: str,
        ip_addresses: list[str],
        driver: ContainerDriver,
        extra: dict[str, Any] | None = None,
        created_at: Any = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]  # empty means no id
        self.name = name
        self.image = image
        self.state = state
        self.ip_addresses = ip_addresses
        self.driver = driver
        self.extra = extra or {}
        self.created_at = created_at

    def start(self) -> Container:
        """See :meth:`.ContainerDriver.start_container`."""
        return self.driver.start_container(container=self)

    def stop(self) -> Container:
        """See :meth:`.ContainerDriver.stop_container`."""
        return self.driver.stop_container(container=self)

    def restart(self) -> Container:
        """See :meth:`.ContainerDriver.restart_container`."""
        return self.driver.restart_container(container=self)

    def destroy(self) -> bool:
        """See :meth:`.ContainerDriver.destroy_container`."""
        return self.driver.destroy_container(container=self)

    def __repr__(self) -> str:
        return (
            f"<Container: id={self.id}, name={self.name},"
            f"state={self.state}, provider={self.driver.name} ...>"
        )


class ContainerImage:
    """
    What containers are made from.

    :param id: Id at the provider; kept as text.
    :param name: Name, with or without the version, as the provider has it.
    :param path: Where it was, or can be, fetched from.
    :param version: Version, a tag in Docker's words.
    :param driver: The driver that it comes from; None for images that a registry client found.
    :param extra: What only this provider says about it.
    """

    def __init__(
        self,
        id: str,
        name: str,
        path: str | None,
        version: str | None,
        driver: ContainerDriver | None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]  # empty means no id
        self.name = name
        self.path = path
        self.version = version
        # An image of a registry has no driver; who asks one to deploy is in error anyway.
        self.driver: ContainerDriver = driver  # type: ignore[assignment]
        self.extra = extra or {}

    def deploy(
        self,
        name: str,
        parameters: Any,
        cluster: ContainerCluster | None = None,
        start: bool = True,
    ) -> Container:
        """See :meth:`.ContainerDriver.deploy_container`."""
        return self.driver.deploy_container(
            name=name, image=self, parameters=parameters, cluster=cluster, start=start
        )

    def __repr__(self) -> str:
        return f"<ContainerImage: id={self.id}, name={self.name}, path={self.path} ...>"


class ContainerCluster:
    """
    A group of machines, or a name space on them, that containers are deployed into.

    :param id: Id at the provider; kept as text.
    :param name: Name for humans.
    :param driver: The driver that it comes from.
    :param extra: What only this provider says about it.
    """

    def __init__(
        self, id: str, name: str, driver: ContainerDriver, extra: dict[str, Any] | None = None
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]  # empty means no id
        self.name = name
        self.driver = driver
        self.extra = extra or {}

    def list_containers(self) -> list[Container]:
        """The containers in this cluster, see :meth:`.ContainerDriver.list_containers`."""
        return self.driver.list_containers(cluster=self)

    def destroy(self) -> bool:
        """See :meth:`.ContainerDriver.destroy_cluster`."""
        return self.driver.destroy_cluster(cluster=self)

    def __repr__(self) -> str:
        return (
            f"<ContainerCluster: id={self.id}, name={self.name}, provider={self.driver.name} ...>"
        )


class ClusterLocation:
    """
    A place where clusters can be.

    :param id: Id at the provider; kept as text.
    :param name: Name for humans.
    :param country: Country's name or code, as the provider has it.
    :param driver: The driver that it comes from.
    """

    def __init__(self, id: str, name: str, country: str, driver: ContainerDriver) -> None:
        self.id = str(id)
        self.name = name
        self.country = country
        self.driver = driver

    def __repr__(self) -> str:
        return (
            f"<ClusterLocation: id={self.id}, name={self.name}, "
            f"country={self.country}, driver={self.driver.name}>"
        )
