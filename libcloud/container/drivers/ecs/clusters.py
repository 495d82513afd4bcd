"""
Clusters.

API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.json_protocol import required
from libcloud.common.errors import ResourceNotFoundError
from libcloud.container.base import ClusterLocation, ContainerCluster
from libcloud.container.drivers.ecs.room import Room, about, batches
from libcloud.container.types import ContainerClusterDoesNotExistError

__all__ = ["Clusters"]

BATCH_SIZE = 100
"""The most clusters that one request describes."""

# ECS shows a cluster for a while after it was deleted.
DELETED = "INACTIVE"

EXTRA = (
    "activeServicesCount",
    "capacityProviders",
    "pendingTasksCount",
    "registeredContainerInstancesCount",
    "runningTasksCount",
    "status",
)


class Clusters(Room):
    """Clusters."""

    def iterate_clusters(
        self, location: ClusterLocation | None = None
    ) -> Iterator[ContainerCluster]:
        """
        As :meth:`list_clusters`, lazily: two requests before the first.

        :param location: Ignored: a driver works in one region.
        """
        arns = self._pages("ListClusters", {}, "clusterArns")
        for batch in batches(arns, BATCH_SIZE):
            answer = self.connection.call("DescribeClusters", {"clusters": batch})
            yield from self._to_clusters(answer)

    def get_cluster(self, id: str) -> ContainerCluster:
        """
        :param id: ARN, or name.
        """
        answer = self.connection.call("DescribeClusters", {"clusters": [str(id)]})
        for cluster in self._to_clusters(answer):
            return cluster
        raise ContainerClusterDoesNotExistError("The cluster does not exist", self, str(id))

    def create_cluster(
        self, name: str, location: ClusterLocation | None = None
    ) -> ContainerCluster:
        """
        Make a cluster. Where there is one of that name, ECS returns it, and so does this.

        :param location: Ignored: a driver works in one region.
        """
        answer = self.connection.call("CreateCluster", {"clusterName": name})
        return self._to_cluster(required(answer, "cluster", dict))

    def destroy_cluster(self, cluster: ContainerCluster) -> bool:
        """
        :raises ConflictError: it has tasks, services or container instances.
        """
        try:
            self.connection.call("DeleteCluster", {"cluster": cluster.id})
        except ResourceNotFoundError as error:
            raise self._no_cluster(error, cluster.id) from error
        return True

    # -- parsing --------------------------------------------------------------------------------

    def _to_clusters(self, data: dict[str, Any]) -> list[ContainerCluster]:
        return [
            self._to_cluster(cluster)
            for cluster in required(data, "clusters", list)
            if cluster.get("status") != DELETED
        ]

    def _to_cluster(self, data: dict[str, Any]) -> ContainerCluster:
        return ContainerCluster(
            id=required(data, "clusterArn", str),
            name=required(data, "clusterName", str),
            driver=self,
            extra={key: data[key] for key in EXTRA if key in data},
        )

    def _no_cluster(
        self, error: ResourceNotFoundError, id: str | None
    ) -> ContainerClusterDoesNotExistError:
        return about(error, ContainerClusterDoesNotExistError(error.value, self, id or "default"))
