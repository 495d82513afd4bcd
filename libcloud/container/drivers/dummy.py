"""
A container provider in memory, for trying things out and for tests.

It keeps every rule of :class:`~libcloud.container.base.ContainerDriver` and is the model for other
drivers. What one instance has is seen by nobody else and is gone with it. Every change is complete
when the call returns; no container is ever ``PENDING``.

An instance starts with the image ``dummy/hello:latest`` and two locations, and nothing else.
"""

from __future__ import annotations

import copy
import itertools
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from libcloud.common.errors import ConflictError
from libcloud.container.base import (
    ClusterLocation,
    Container,
    ContainerCluster,
    ContainerDriver,
    ContainerImage,
    ContainerState,
)
from libcloud.container.types import (
    ContainerAlreadyExistsError,
    ContainerClusterAlreadyExistsError,
    ContainerClusterDoesNotExistError,
    ContainerDoesNotExistError,
    ContainerImageDoesNotExistError,
)

__all__ = ["DummyContainerDriver"]


class DummyContainerDriver(ContainerDriver):
    """
    Containers in memory.

    :param api_key: Anything; there is nobody to check it.
    :param api_secret: Anything.

    >>> driver = DummyContainerDriver("key", "secret")
    >>> image = driver.list_images()[0]
    >>> driver.deploy_container("web", image).state
    'running'
    """

    name = "Dummy Container Provider"
    website = "http://example.com"
    type = "dummy"
    # The value that programs of 3.x, whose dummy had no clusters, read from the class.
    supports_clusters = False

    def __init__(self, api_key: str, api_secret: str) -> None:
        super().__init__(api_key, api_secret)
        self.supports_clusters = True
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._images: dict[str, ContainerImage] = {}
        self._containers: dict[str, Container] = {}
        self._clusters: dict[str, ContainerCluster] = {}
        self.install_image("dummy/hello:latest")

    def install_image(self, path: str) -> ContainerImage:
        """
        :param path: Anything of the form ``[registry/]repository[:tag]``; the tag is ``latest``
            when it is missing.
        :raises ValueError: the path is empty.
        """
        name, version = _split_path(path)
        with self._lock:
            for image in self._images.values():
                if (image.name, image.version) == (name, version):
                    return _copy(image)
            image = ContainerImage(self._new_id("image"), name, f"{name}:{version}", version, self)
            self._images[image.id] = image
            return _copy(image)

    def iterate_images(self) -> Iterator[ContainerImage]:
        with self._lock:
            images = [_copy(image) for image in self._images.values()]
        yield from images

    def iterate_containers(
        self, image: ContainerImage | None = None, cluster: ContainerCluster | None = None
    ) -> Iterator[Container]:
        """The oldest comes first."""
        with self._lock:
            if image is not None:
                self._check_image(image)
            if cluster is not None:
                self.get_cluster(cluster.id)
            containers = [_copy(container) for container in self._containers.values()]
        for container in containers:
            of_image = image is None or container.image.id == image.id
            in_cluster = cluster is None or container.extra["cluster_id"] == cluster.id
            if of_image and in_cluster:
                yield container

    def deploy_container(
        self,
        name: str,
        image: ContainerImage,
        cluster: ContainerCluster | None = None,
        parameters: dict[str, Any] | None = None,
        start: bool = True,
    ) -> Container:
        """
        Names are unique. The container's ``extra`` has ``cluster_id`` (None outside of clusters)
        and ``parameters``.

        :param parameters: Kept as they are.
        """
        with self._lock:
            self._check_image(image)
            if cluster is not None:
                self.get_cluster(cluster.id)
            if any(container.name == name for container in self._containers.values()):
                raise ContainerAlreadyExistsError("A container has that name already", self, name)
            number = next(self._numbers)
            container = Container(
                id=f"container-{number}",
                name=name,
                image=_copy(image),
                state=ContainerState.RUNNING if start else ContainerState.STOPPED,
                ip_addresses=[f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"],
                driver=self,
                extra={
                    "cluster_id": cluster.id if cluster is not None else None,
                    "parameters": dict(parameters or {}),
                },
                created_at=datetime.now(timezone.utc),
            )
            self._containers[container.id] = container
            return _copy(container)

    def get_container(self, id: str) -> Container:
        with self._lock:
            return _copy(self._container(id))

    def start_container(self, container: Container) -> Container:
        return self._set_state(container, ContainerState.RUNNING)

    def stop_container(self, container: Container) -> Container:
        return self._set_state(container, ContainerState.STOPPED)

    def restart_container(self, container: Container) -> Container:
        return self._set_state(container, ContainerState.RUNNING)

    def destroy_container(self, container: Container) -> bool:
        with self._lock:
            del self._containers[self._container(container.id).id]
        return True

    def list_locations(self) -> list[ClusterLocation]:
        return [
            ClusterLocation("dummy-1", "Dummy Location 1", "DE", self),
            ClusterLocation("dummy-2", "Dummy Location 2", "US", self),
        ]

    def create_cluster(
        self, name: str, location: ClusterLocation | None = None
    ) -> ContainerCluster:
        """
        Names are unique. The cluster's ``extra`` has ``location_id``.

        :param location: The first one when it is None.
        """
        location_id = location.id if location is not None else self.list_locations()[0].id
        with self._lock:
            if any(cluster.name == name for cluster in self._clusters.values()):
                raise ContainerClusterAlreadyExistsError(
                    "A cluster has that name already", self, name
                )
            cluster = ContainerCluster(
                self._new_id("cluster"), name, self, {"location_id": location_id}
            )
            self._clusters[cluster.id] = cluster
            return _copy(cluster)

    def destroy_cluster(self, cluster: ContainerCluster) -> bool:
        """
        :raises ConflictError: containers are in it.
        """
        with self._lock:
            if self.list_containers(cluster=cluster):
                raise ConflictError(f"Cluster {cluster.id} is not empty", driver=self)
            del self._clusters[cluster.id]
        return True

    def iterate_clusters(
        self, location: ClusterLocation | None = None
    ) -> Iterator[ContainerCluster]:
        """The oldest comes first."""
        with self._lock:
            clusters = [_copy(cluster) for cluster in self._clusters.values()]
        for cluster in clusters:
            if location is None or cluster.extra["location_id"] == location.id:
                yield cluster

    def get_cluster(self, id: str) -> ContainerCluster:
        with self._lock:
            cluster = self._clusters.get(str(id))
            if cluster is None:
                raise ContainerClusterDoesNotExistError("The cluster does not exist", self, str(id))
            return _copy(cluster)

    def _new_id(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers)}"

    def _check_image(self, image: ContainerImage) -> None:
        if image.id not in self._images:
            raise ContainerImageDoesNotExistError("The image does not exist", self, image.id)

    def _container(self, id: str) -> Container:
        container = self._containers.get(str(id))
        if container is None:
            raise ContainerDoesNotExistError("The container does not exist", self, str(id))
        return container

    def _set_state(self, container: Container, state: str) -> Container:
        with self._lock:
            kept = self._container(container.id)
            kept.state = state
            return _copy(kept)


def _split_path(path: str) -> tuple[str, str]:
    """``registry:5000/team/app:1.0`` -> (``registry:5000/team/app``, ``1.0``)."""
    if not path:
        raise ValueError("The path of the image is empty")
    head, slash, last = path.rpartition("/")
    repository, _, version = last.partition(":")
    return head + slash + repository, version or "latest"


def _copy(model: Any) -> Any:
    """What callers get: changing it does not change the provider."""
    snapshot = copy.copy(model)
    snapshot.extra = dict(model.extra)
    if isinstance(model, Container):
        snapshot.ip_addresses = list(model.ip_addresses)
    return snapshot
