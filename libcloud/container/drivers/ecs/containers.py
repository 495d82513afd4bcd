"""
Containers, which run in tasks.

ECS starts *tasks* by a task definition, and a task has one or more containers. What
``deploy_container`` makes is a task definition with one container, and a task of it. A task that
was stopped never runs again: starting its container means a new task, so a new container with
another id.

API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from libcloud.common.aws.json_protocol import required, timestamp
from libcloud.common.errors import (
    ConflictError,
    LibcloudError,
    MalformedResponseError,
    ProviderError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    UnsupportedOperation,
)
from libcloud.container.base import Container, ContainerCluster, ContainerImage, ContainerState
from libcloud.container.drivers.ecs.clusters import Clusters
from libcloud.container.drivers.ecs.room import about, batches, new_token, resource_path
from libcloud.container.drivers.ecs.task_definitions import TaskDefinitions
from libcloud.container.types import (
    ContainerClusterDoesNotExistError,
    ContainerDoesNotExistError,
)

__all__ = ["Containers", "TaskContainer"]

BATCH_SIZE = 100
"""The most tasks that one request describes."""

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
LIFE = (
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
    "DELETED",
)

# Parts of ``parameters`` of deploy_container.
PARAMETERS = frozenset({"containerDefinition", "taskDefinition", "task"})

CONTAINER_EXTRA = (
    "exitCode",
    "healthStatus",
    "imageDigest",
    "networkBindings",
    "networkInterfaces",
    "reason",
    "runtimeId",
)
TASK_EXTRA = (
    "attachments",
    "availabilityZone",
    "capacityProviderName",
    "clusterArn",
    "containerInstanceArn",
    "desiredStatus",
    "group",
    "lastStatus",
    "launchType",
    "startedBy",
    "stoppedReason",
)


class TaskContainer(Container):
    """
    A container of a task, and the sequence of all that the same call has started or stopped.

    Version 3.9 returned a list of them, so it can be counted, indexed and walked through as one.

    :param containers: All of them, at least one.
    :param id: Which of them it is; the first when none has that id.
    """

    def __init__(self, containers: list[Container], id: str | None = None) -> None:
        own = next((each for each in containers if each.id == id), containers[0])
        self.__dict__.update(vars(own))
        self._all = containers

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index: Any) -> Any:
        return self._all[index]

    def __iter__(self) -> Iterator[Container]:
        return iter(self._all)


class Containers(TaskDefinitions, Clusters):
    """Containers and their tasks. They are in clusters, and made by task definitions."""

    status_map = {"RUNNING": ContainerState.RUNNING}
    """State of a container or a task in ECS -> constant; ``other_states`` has the others."""

    other_states = {
        "PROVISIONING": ContainerState.PENDING,
        "PENDING": ContainerState.PENDING,
        "ACTIVATING": ContainerState.PENDING,
        "DEACTIVATING": ContainerState.PENDING,
        "STOPPING": ContainerState.PENDING,
        "DEPROVISIONING": ContainerState.PENDING,
        "STOPPED": ContainerState.STOPPED,
        "DELETED": ContainerState.TERMINATED,
    }

    def iterate_containers(
        self, image: ContainerImage | None = None, cluster: ContainerCluster | None = None
    ) -> Iterator[Container]:
        """
        Yield the containers of the tasks that shall run. Those of a task that was stopped are gone
        for good, and :meth:`get_container` finds them for about an hour.

        One request a page of tasks and one to describe them, for each cluster.

        :raises ContainerClusterDoesNotExistError: there is no such cluster.
        """
        found = (
            self._containers_in(cluster.id, "RUNNING")
            if cluster is not None
            else self._containers_everywhere("RUNNING")
        )
        for container in found:
            if image is None or _is_made_from(container, image):
                yield container

    def deploy_container(
        self,
        name: str,
        image: ContainerImage,
        cluster: ContainerCluster | None = None,
        parameters: dict[str, Any] | None = None,
        start: bool = True,
        ex_cpu: int = 10,
        ex_memory: int = 500,
        ex_container_port: int | None = None,
        ex_host_port: int | None = None,
    ) -> Container:
        """
        Register a task definition of that name, and run a task by it. The name need not be unique:
        one that is used makes the definition's next revision.

        If the task cannot be run, the task definition is given up again.

        :param cluster: The one called ``default`` when it is None.
        :param parameters: What has no argument here, with the API's own names:
            ``{"containerDefinition": {"environment": [...]}, "taskDefinition": {"networkMode":
            "awsvpc"}, "task": {"launchType": "FARGATE"}}``.
            What is in ``task`` is kept in ``extra["task"]``, to start the container again.
        :param start: False makes the task definition alone. The container's id is then its ARN, and
            :meth:`start_container` makes another container, with an id of its own.
        :param ex_cpu: CPU units; 1024 are a whole processor.
        :param ex_memory: Memory, in MiB.
        :param ex_container_port: The port to be reached from outside.
        :param ex_host_port: Where it is reached; None for one that ECS chooses.
        :raises ServiceUnavailableError: the cluster has no room for it.
        :raises ValueError: the parameters have another part.
        """
        parameters = parameters or {}
        if not parameters.keys() <= PARAMETERS:
            raise ValueError(f"parameters may have {', '.join(sorted(PARAMETERS))}")
        mapping = {"containerPort": ex_container_port, "hostPort": ex_host_port}
        container_definition = {
            "mountPoints": [],
            "name": name,
            "image": image.path or image.name,
            "cpu": ex_cpu,
            "environment": [],
            "memory": ex_memory,
            "portMappings": [_given(mapping)] if ex_container_port else [],
            "essential": True,
            "volumesFrom": [],
            **parameters.get("containerDefinition", {}),
        }
        definition = self.ex_register_task_definition(
            name, [container_definition], **parameters.get("taskDefinition", {})
        )
        arn = required(definition, "taskDefinitionArn", str)
        cluster_id = cluster.id if cluster is not None else None
        settings = parameters.get("task", {})
        if start:
            try:
                container = self.ex_start_task(arn, cluster=cluster_id, **settings)[0]
            except LibcloudError:
                with contextlib.suppress(LibcloudError):
                    self.ex_deregister_task_definition(arn)
                raise
            container.image = image
        else:
            container = self._not_started(arn, name, image)
            if cluster_id is not None:
                container.extra["clusterArn"] = cluster_id
        container.extra["task"] = settings
        return container

    def get_container(self, id: str) -> Container:
        """
        :param id: Id of a container, or ARN of its task.
        """
        for container in self._find(str(id)):
            return container
        raise ContainerDoesNotExistError("The container does not exist", self, str(id))

    def start_container(self, container: Container, count: int = 1) -> TaskContainer:
        """
        Run a new task by the container's task definition, in its cluster; with a ``count`` of 1,
        only when its own task has ended.

        :param count: How many tasks, at most 10.
        :returns: A new container, with an id of its own: a task of ECS never runs twice. It is also
            the sequence of all that were started.
        :raises UnsupportedOperation: the task had network settings, which ECS does not tell.
        """
        if "taskArn" in container.extra or "taskDefinitionArn" not in container.extra:
            current = self._as_it_is_now(container)
            if count == 1 and current.state in (ContainerState.RUNNING, ContainerState.PENDING):
                return TaskContainer([current])
            if "taskDefinitionArn" not in container.extra:
                container = current
        return self._start_again(container, count)

    def stop_container(self, container: Container) -> Container:
        """Stop the container's task, with all other containers that the task has."""
        if "taskArn" not in container.extra:
            container = self.get_container(container.id)
        if "taskArn" not in container.extra:
            return container  # only its task definition is there
        task = self._stop(container)
        containers = self._to_containers(task, container.extra.get("taskDefinitionArn"))
        if not containers:
            raise MalformedResponseError("The task has no containers", body=task, driver=self)
        return TaskContainer(containers, container.id)

    def restart_container(self, container: Container) -> TaskContainer:
        """
        Stop the container's task and run a new one by the same task definition.

        :returns: A new container, with an id of its own: a task of ECS never runs twice.
        :raises UnsupportedOperation: the task has network settings, which ECS does not tell; it
            goes on running.
        """
        if not {"taskArn", "taskDefinitionArn"} <= container.extra.keys():
            container = self._as_it_is_now(container)
        self._check_can_start_again(container)
        if "taskArn" in container.extra:
            self._stop(container)
        return self._start_again(container)

    def destroy_container(self, container: Container) -> bool:
        """
        Stop the container's task, with all other containers that the task has. Its task definition
        stays; where there is nothing but that, it is given up.
        """
        if "taskArn" not in container.extra:
            container = self.get_container(container.id)
        if "taskArn" in container.extra:
            self._stop(container)
        else:
            self.ex_deregister_task_definition(container.extra["taskDefinitionArn"])
        return True

    def ex_start_task(
        self, task_arn: str, count: int = 1, cluster: str | None = None, **settings: Any
    ) -> list[Container]:
        """
        Run tasks by a task definition, and return their containers. They are run once, however
        often the request is sent.

        :param task_arn: The task definition: ARN, ``family:revision``, or ``family`` for its newest
            revision.
        :param count: How many tasks, at most 10.
        :param cluster: ARN or name of a cluster; the one called ``default`` when it is None.
        :param settings: Further parameters of the action: ``launchType``, ``networkConfiguration``,
            ``overrides`` ...
        :raises ContainerClusterDoesNotExistError: there is no such cluster.
        :raises ServiceUnavailableError: the cluster has no room for all of them; the text has those
            that were started.

        API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
        """
        params = {
            "count": count,
            "taskDefinition": task_arn,
            "cluster": cluster,
            "clientToken": new_token(),
            **settings,
        }
        try:
            answer = self.connection.call("RunTask", params)
        except ResourceNotFoundError as error:
            raise self._no_cluster(error, cluster) from error
        tasks = required(answer, "tasks", list)
        if answer.get("failures") or not tasks:
            raise self._not_placed(answer.get("failures") or [], tasks)
        containers = [each for task in tasks for each in self._to_containers(task, task_arn)]
        if not containers:
            raise MalformedResponseError("The task has no containers", body=answer, driver=self)
        return containers

    def ex_list_containers_for_task(self, task_arns: list[str]) -> list[Container]:
        """
        Return the containers of tasks. A task that does not exist has none.

        :param task_arns: ARNs of tasks; those without their cluster's name in them are in the one
            called ``default``.
        """
        by_cluster: dict[str | None, list[str]] = {}
        for arn in task_arns:
            by_cluster.setdefault(_cluster_in(arn), []).append(arn)
        return [
            container
            for cluster_id, arns in by_cluster.items()
            for container in self._describe(arns, cluster_id)
        ]

    # -- requests -------------------------------------------------------------------------------

    def _containers_in(self, cluster_id: str, desired_status: str) -> Iterator[Container]:
        params = {"cluster": cluster_id, "desiredStatus": desired_status}
        try:
            yield from self._describe(self._pages("ListTasks", params, "taskArns"), cluster_id)
        except ResourceNotFoundError as error:
            raise self._no_cluster(error, cluster_id) from error

    def _containers_everywhere(self, desired_status: str) -> Iterator[Container]:
        for cluster_id in self._pages("ListClusters", {}, "clusterArns"):
            # ECS lists a cluster for a while after it was deleted.
            with contextlib.suppress(ContainerClusterDoesNotExistError):
                yield from self._containers_in(cluster_id, desired_status)

    def _describe(self, task_arns: Any, cluster_id: str | None) -> Iterator[Container]:
        for batch in batches(task_arns, BATCH_SIZE):
            params = {"tasks": batch, "cluster": cluster_id}
            answer = self.connection.call("DescribeTasks", params)
            for task in required(answer, "tasks", list):
                yield from self._to_containers(task, task.get("taskDefinitionArn"))

    def _as_it_is_now(self, container: Container) -> Container:
        if "taskArn" not in container.extra:
            return self.get_container(container.id)
        arn = container.extra["taskArn"]
        cluster_id = container.extra.get("clusterArn") or _cluster_in(arn)
        found = list(self._of_task(arn, cluster_id, container.id))
        if not found:
            raise ContainerDoesNotExistError("The container does not exist", self, container.id)
        return next((each for each in found if each.id == container.id), found[0])

    def _find(self, id: str) -> Iterator[Container]:
        """The containers that an id may mean, the likeliest first."""
        path = resource_path(id)
        kind = path[0] if path else ""
        if kind == "task-definition" and len(path) == 2:
            yield self._defined(id)
            return
        if kind == "container" and len(path) == 4:
            # Its cluster and its task are in its ARN.
            cluster_id, task = path[1], id.replace(":container/", ":task/", 1).rpartition("/")[0]
            containers = self._of_task(task, cluster_id, id)
        elif kind in ("", "task"):
            yield from self._of_task(id, _cluster_in(id), id)
            return
        else:
            # An older form, which names neither.
            containers = itertools.chain(
                self._containers_everywhere("RUNNING"), self._containers_everywhere("STOPPED")
            )
        yield from (container for container in containers if container.id == id)

    def _of_task(self, task_arn: str, cluster_id: str | None, id: str) -> Iterator[Container]:
        try:
            yield from self._describe([task_arn], cluster_id)
        except ProviderError as error:
            # An id of a wrong form names nothing, as one that is unknown does.
            missing = error.provider_code in (
                "ClusterNotFoundException",
                "InvalidParameterException",
            )
            if not missing:
                raise
            raise about(error, ContainerDoesNotExistError(error.value, self, id)) from error

    def _defined(self, task_definition_arn: str) -> Container:
        """The container of a task definition, which does not run."""
        try:
            definition = self.ex_get_task_definition(task_definition_arn)
        except ResourceNotFoundError as error:
            missing = ContainerDoesNotExistError(error.value, self, task_definition_arn)
            raise about(error, missing) from error
        if definition.get("status") == "INACTIVE":
            raise ContainerDoesNotExistError("It was given up", self, task_definition_arn)
        containers = required(definition, "containerDefinitions", list)
        first = containers[0] if containers else None
        image = self._image_called(required(first, "image", str))
        return self._not_started(task_definition_arn, required(first, "name", str), image)

    def _check_can_start_again(self, container: Container) -> None:
        attachments = container.extra.get("attachments") or []
        if "task" not in container.extra and any(
            each.get("type") == "ElasticNetworkInterface" for each in attachments
        ):
            raise UnsupportedOperation(
                "ECS does not say the network settings of a task; start one by "
                "ex_start_task(task_definition_arn, cluster=..., networkConfiguration=...)",
                driver=self,
            )

    def _start_again(self, container: Container, count: int = 1) -> TaskContainer:
        self._check_can_start_again(container)
        return TaskContainer(
            self.ex_start_task(
                container.extra["taskDefinitionArn"],
                count,
                container.extra.get("clusterArn"),
                **_placement(container.extra),
            )
        )

    def _stop(self, container: Container) -> dict[str, Any]:
        arn = container.extra["taskArn"]
        params = {"task": arn, "cluster": container.extra.get("clusterArn") or _cluster_in(arn)}
        try:
            answer = self.connection.call("StopTask", params)
        except ProviderError as error:
            # ECS has no code of its own for a task that does not exist.
            if isinstance(error, ResourceNotFoundError) or "not found" in str(error):
                missing = ContainerDoesNotExistError(error.value, self, container.id)
                raise about(error, missing) from error
            raise
        return required(answer, "task", dict)

    def _not_placed(self, failures: list[dict[str, Any]], tasks: list[Any]) -> ProviderError:
        """
        The error for tasks that could not be run.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
        """
        reasons = sorted({str(failure.get("reason")) for failure in failures}) or ["no reason"]
        text = f"Not all tasks could be run: {', '.join(reasons)}"
        if tasks:
            text += f"; started: {', '.join(str(task.get('taskArn')) for task in tasks)}"
        if all(reason.startswith(("AGENT", "RESOURCE")) for reason in reasons):
            return ServiceUnavailableError(text, driver=self)
        return ConflictError(text, driver=self)

    # -- parsing --------------------------------------------------------------------------------

    def _to_containers(
        self, data: dict[str, Any], task_definition_arn: str | None
    ) -> list[Container]:
        """
        :param data: A task.
        """
        return [
            self._to_container(container, task_definition_arn, data)
            for container in required(data, "containers", list)
        ]

    def _to_container(
        self,
        data: dict[str, Any],
        task_definition_arn: str | None,
        task: Mapping[str, Any] | None = None,
    ) -> Container:
        """
        :param task: The task that the container is in.
        """
        task = task or {}
        name = required(data, "name", str)
        extra: dict[str, Any] = {
            "taskArn": task.get("taskArn") or required(data, "taskArn", str),
            "taskDefinitionArn": task.get("taskDefinitionArn") or task_definition_arn,
        }
        extra.update((key, task[key]) for key in TASK_EXTRA if key in task)
        extra.update((key, data[key]) for key in CONTAINER_EXTRA if key in data)
        return Container(
            id=required(data, "containerArn", str),
            name=name,
            # ECS did not always say the image, and 3.9 had the container's name in its place.
            image=self._image_called(data.get("image") or name, known="image" in data),
            state=self._state(data.get("lastStatus"), task.get("lastStatus")),
            ip_addresses=_addresses(data),
            driver=self,
            extra=extra,
            created_at=timestamp(task.get("createdAt")),
        )

    def _state(self, of_container: str | None, of_task: str | None) -> str:
        """What is further on tells: a task is never ahead of the slowest of its containers."""
        known = [status for status in (of_container, of_task) if status in LIFE]
        if not known:
            return ContainerState.UNKNOWN
        status = max(known, key=LIFE.index)
        return self.status_map.get(status) or self.other_states[status]

    def _image_called(self, path: str, known: bool = True) -> ContainerImage:
        if not known:
            return ContainerImage(None, path, None, None, self)  # type: ignore[arg-type]
        version = path.rpartition("/")[2].partition(":")[2] or None
        return ContainerImage(path, path, path, version, self)

    def _not_started(self, arn: str, name: str, image: ContainerImage) -> Container:
        extra = {"taskDefinitionArn": arn}
        return Container(arn, name, image, ContainerState.STOPPED, [], self, extra)


def _cluster_in(arn: str) -> str | None:
    """The name of the cluster in a task's ARN, None when it has none."""
    path = resource_path(arn)
    return path[1] if len(path) == 3 else None


def _is_made_from(container: Container, image: ContainerImage) -> bool:
    if container.image.id is None:
        return True  # ECS does not say
    return container.image.name in (image.path, image.name, image.id)


def _placement(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a task run as another one did, as far as it is known."""
    if "task" in extra:
        return extra["task"]
    if extra.get("capacityProviderName"):
        return {"capacityProviderStrategy": [{"capacityProvider": extra["capacityProviderName"]}]}
    return {"launchType": extra["launchType"]} if extra.get("launchType") else {}


def _addresses(data: Mapping[str, Any]) -> list[str]:
    found = []
    for interface in data.get("networkInterfaces") or []:
        found += [interface.get("privateIpv4Address"), interface.get("ipv6Address")]
    return [address for address in found if address]


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
