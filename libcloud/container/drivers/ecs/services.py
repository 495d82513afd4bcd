"""
Services: they keep a number of tasks running.

API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.json_protocol import required
from libcloud.common.errors import ResourceNotFoundError
from libcloud.container.base import ContainerCluster
from libcloud.container.drivers.ecs.clusters import Clusters
from libcloud.container.drivers.ecs.room import batches, new_token, resource_path

__all__ = ["Services"]

BATCH_SIZE = 10
"""The most services that one request describes."""


class Services(Clusters):
    """
    Services. One is a dict, as the API has it: ``serviceArn``, ``status``, ``desiredCount`` ...

    A service is in a cluster, so this room stands on that of the clusters.
    """

    def ex_create_service(
        self,
        name: str,
        cluster: ContainerCluster,
        task_definition: str,
        desired_count: int = 1,
        **settings: Any,
    ) -> dict[str, Any]:
        """
        Make a service and return it. It is made once, however often the request is sent.

        :param task_definition: ARN, ``family:revision``, or ``family`` for its newest revision.
        :param desired_count: How many tasks it keeps running.
        :param settings: Further parameters of the action: ``launchType``,
            ``networkConfiguration``, ``loadBalancers`` ...
        :raises ContainerClusterDoesNotExistError: there is no such cluster.

        API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
        """
        params = {
            "serviceName": name,
            "taskDefinition": task_definition,
            "desiredCount": desired_count,
            "cluster": cluster.id,
            "clientToken": new_token(),
            **settings,
        }
        return required(self._in_cluster("CreateService", params), "service", dict)

    def ex_iterate_service_arns(self, cluster: ContainerCluster | None = None) -> Iterator[str]:
        """
        Yield the ARNs of a cluster's services.

        :param cluster: The one called ``default`` when it is None.
        """
        params = {"cluster": cluster.id if cluster is not None else None}
        try:
            yield from self._pages("ListServices", params, "serviceArns")
        except ResourceNotFoundError as error:
            raise self._no_cluster(error, params["cluster"]) from error

    def ex_list_service_arns(self, cluster: ContainerCluster | None = None) -> list[str]:
        """Return what :meth:`ex_iterate_service_arns` yields."""
        return list(self.ex_iterate_service_arns(cluster))

    def ex_iterate_services(
        self, cluster: ContainerCluster | None = None
    ) -> Iterator[dict[str, Any]]:
        """
        Yield a cluster's services; two requests before the first.

        :param cluster: The one called ``default`` when it is None.
        """
        for batch in batches(self.ex_iterate_service_arns(cluster), BATCH_SIZE):
            params = {"services": batch, "cluster": cluster.id if cluster is not None else None}
            answer = self._in_cluster("DescribeServices", params)
            yield from required(answer, "services", list)

    def ex_list_services(self, cluster: ContainerCluster | None = None) -> list[dict[str, Any]]:
        """Return what :meth:`ex_iterate_services` yields."""
        return list(self.ex_iterate_services(cluster))

    def ex_describe_service(
        self, service_arn: str, cluster: ContainerCluster | None = None
    ) -> dict[str, Any]:
        """
        Return a service.

        :param service_arn: ARN, or name.
        :param cluster: Where it is; None where the ARN says so, or for the one called ``default``.
        :raises ResourceNotFoundError: there is none.
        """
        params = {"services": [service_arn], "cluster": _cluster_of(service_arn, cluster)}
        for service in required(self._in_cluster("DescribeServices", params), "services", list):
            return service
        raise ResourceNotFoundError(f"Service {service_arn} does not exist", driver=self)

    def ex_update_service(
        self,
        service_arn: str,
        desired_count: int | None = None,
        task_definition: str | None = None,
        cluster: ContainerCluster | None = None,
        **settings: Any,
    ) -> dict[str, Any]:
        """
        Change a service, and return it; what is None stays as it is.

        :param service_arn: ARN, or name.
        :param cluster: Where it is; None where the ARN says so, or for the one called ``default``.
        :param settings: Further parameters of the action: ``forceNewDeployment`` ...
        :raises ResourceNotFoundError: there is none.

        API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
        """
        params = {
            "service": service_arn,
            "cluster": _cluster_of(service_arn, cluster),
            "desiredCount": desired_count,
            "taskDefinition": task_definition,
            **settings,
        }
        return required(self._in_cluster("UpdateService", params), "service", dict)

    def ex_destroy_service(
        self, service_arn: str, cluster: ContainerCluster | None = None, force: bool = False
    ) -> dict[str, Any]:
        """
        Remove a service, and return it as it was left.

        :param service_arn: ARN, or name.
        :param cluster: Where it is; None where the ARN says so, or for the one called ``default``.
        :param force: Even if it keeps tasks running.
        :raises ResourceNotFoundError: there is none.
        """
        params = {
            "service": service_arn,
            "cluster": _cluster_of(service_arn, cluster),
            "force": True if force else None,
        }
        return required(self._in_cluster("DeleteService", params), "service", dict)

    def _in_cluster(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.connection.call(action, params)
        except ResourceNotFoundError as error:
            if error.provider_code == "ClusterNotFoundException":
                raise self._no_cluster(error, params["cluster"]) from error
            raise


def _cluster_of(service_arn: str, cluster: ContainerCluster | None) -> str | None:
    """The id or name of a service's cluster, None when nothing tells it."""
    if cluster is not None:
        return cluster.id
    path = resource_path(service_arn)
    return path[1] if len(path) == 3 else None
