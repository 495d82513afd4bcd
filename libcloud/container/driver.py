"""The base of all container drivers: its docstrings are the contract that a driver keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.base import BaseDriver, ConnectionUserAndKey
from libcloud.common.operations import operation, overrides, unsupported
from libcloud.container.models import (
    ClusterLocation,
    Container,
    ContainerCluster,
    ContainerImage,
)
from libcloud.container.types import ContainerClusterDoesNotExistError

__all__ = ["ContainerDriver"]


class ContainerDriver(BaseDriver):
    """
    A provider that runs containers.

    A driver offers an operation by overriding it. Each ``list_x`` comes with an ``iterate_x``; a
    driver overrides one of the two, the other follows.

    Every operation that is given a container, image or cluster that the provider does not have
    MUST raise the matching ``...DoesNotExistError`` of :mod:`libcloud.container.types`.
    """

    connectionCls: Any = ConnectionUserAndKey
    name: Any = None
    website: Any = None

    supports_clusters: bool = False
    """True when containers are deployed into clusters."""

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

    @operation("images")
    def install_image(self, path: str) -> ContainerImage:
        """
        Fetch an image, so that containers can be made from it.

        Returns when the image can be used. An image that is there already is brought up to date.

        :param path: Where it is: for Docker ``[registry/]repository[:tag]``, for others a file or
            a URL; the driver's page says.
        :raises ContainerImageDoesNotExistError: there is nothing at that place.
        """
        raise unsupported(self, "install_image")

    @operation("images", needs=("iterate_images",))
    def list_images(self) -> list[ContainerImage]:
        """The images that containers can be made from at once, in the provider's order."""
        if not overrides(self, "iterate_images"):
            raise unsupported(self, "list_images")
        return list(self.iterate_images())

    @operation("images", needs=("list_images",))
    def iterate_images(self) -> Iterator[ContainerImage]:
        """As :meth:`list_images`, lazily: one request before the first."""
        if not overrides(self, "list_images"):
            raise unsupported(self, "iterate_images")
        yield from self.list_images()

    @operation("containers", needs=("iterate_containers",))
    def list_containers(
        self, image: ContainerImage | None = None, cluster: ContainerCluster | None = None
    ) -> list[Container]:
        """
        The containers, those that are stopped too, in the provider's order.

        :param image: Only those made from it.
        :param cluster: Only those in it; without it, those of all clusters.
        """
        if not overrides(self, "iterate_containers"):
            raise unsupported(self, "list_containers")
        return list(self.iterate_containers(**_given(image=image, cluster=cluster)))

    @operation("containers", needs=("list_containers",))
    def iterate_containers(
        self, image: ContainerImage | None = None, cluster: ContainerCluster | None = None
    ) -> Iterator[Container]:
        """As :meth:`list_containers`, lazily: one request before the first."""
        if not overrides(self, "list_containers"):
            raise unsupported(self, "iterate_containers")
        yield from self.list_containers(**_given(image=image, cluster=cluster))

    @operation("containers")
    def deploy_container(
        self,
        name: str,
        image: ContainerImage,
        cluster: ContainerCluster | None = None,
        parameters: Any = None,
        start: bool = True,
    ) -> Container:
        """
        Make a container.

        It does not wait for the container to run: the state may be ``PENDING``.

        :param image: What it is made from.
        :param cluster: Where it goes, for providers that have clusters.
        :param parameters: Settings that only this provider knows; the driver's page names them.
        :param start: False leaves it stopped.
        :raises ContainerAlreadyExistsError: the name is taken, where names are unique.
        """
        raise unsupported(self, "deploy_container")

    @operation("containers")
    def get_container(self, id: str) -> Container:
        """
        One container as it is now.

        :raises ContainerDoesNotExistError: there is none of that id.
        """
        raise unsupported(self, "get_container")

    @operation("containers")
    def start_container(self, container: Container) -> Container:
        """
        Start a container that is stopped. One that runs stays as it is, and that is no error.

        :returns: The container as it is now. The one that was passed in is not changed.
        """
        raise unsupported(self, "start_container")

    @operation("containers")
    def stop_container(self, container: Container) -> Container:
        """
        Stop a container. One that is stopped stays as it is, and that is no error.

        :returns: The container as it is now. The one that was passed in is not changed.
        """
        raise unsupported(self, "stop_container")

    @operation("containers")
    def restart_container(self, container: Container) -> Container:
        """
        Stop a container and start it again. One that is stopped is started.

        :returns: The container as it is now. The one that was passed in is not changed.
        """
        raise unsupported(self, "restart_container")

    @operation("containers")
    def destroy_container(self, container: Container) -> bool:
        """
        Remove a container, whether it runs or not. What it has written is lost.

        :returns: True when the provider has accepted. The listing may show the container for a
            while, ``TERMINATED``.
        """
        raise unsupported(self, "destroy_container")

    @operation("clusters")
    def list_locations(self) -> list[ClusterLocation]:
        """The places where clusters can be."""
        raise unsupported(self, "list_locations")

    @operation("clusters")
    def create_cluster(
        self, name: str, location: ClusterLocation | None = None
    ) -> ContainerCluster:
        """
        Make a cluster.

        :param location: Where; the provider chooses when it is None.
        :raises ContainerClusterAlreadyExistsError: the name is taken, where names are unique.
        """
        raise unsupported(self, "create_cluster")

    @operation("clusters")
    def destroy_cluster(self, cluster: ContainerCluster) -> bool:
        """
        Remove a cluster.

        :returns: True when the provider has accepted.
        :raises ConflictError: it has containers, and the provider wants it empty.
        """
        raise unsupported(self, "destroy_cluster")

    @operation("clusters", needs=("iterate_clusters",))
    def list_clusters(self, location: ClusterLocation | None = None) -> list[ContainerCluster]:
        """
        The clusters, in the provider's order.

        :param location: Only those in it.
        """
        if not overrides(self, "iterate_clusters"):
            raise unsupported(self, "list_clusters")
        return list(self.iterate_clusters(**_given(location=location)))

    @operation("clusters", needs=("list_clusters",))
    def iterate_clusters(
        self, location: ClusterLocation | None = None
    ) -> Iterator[ContainerCluster]:
        """As :meth:`list_clusters`, lazily: one request before the first."""
        if not overrides(self, "list_clusters"):
            raise unsupported(self, "iterate_clusters")
        yield from self.list_clusters(**_given(location=location))

    @operation("clusters", needs=("list_clusters",))
    def get_cluster(self, id: str) -> ContainerCluster:
        """
        One cluster as it is now.

        Unless the driver has a request for it, it reads the listing.

        :raises ContainerClusterDoesNotExistError: there is none of that id.
        """
        if not (overrides(self, "list_clusters") or overrides(self, "iterate_clusters")):
            raise unsupported(self, "get_cluster")
        for cluster in self.iterate_clusters():
            if cluster.id == str(id):
                return cluster
        raise ContainerClusterDoesNotExistError("The cluster does not exist", self, str(id))


def _given(**filters: Any) -> dict[str, Any]:
    """The filters that are set: a driver's listing need not take those that it does not know."""
    return {name: value for name, value in filters.items() if value is not None}
