"""
ECS and ECR: what moto does not do on demand, and what goes over the wire.

Requests and answers are checked against the descriptions that botocore carries. Error codes are
those of https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html and of the
operations' own pages. How the driver and a whole service get along is in
``tests/conformance/test_container_ecs.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from libcloud.common.aws import AWSJsonResponse, SignedAWSConnection
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    UnsupportedOperation,
)
from libcloud.common.retry import RetryPolicy
from libcloud.container.base import Container, ContainerCluster, ContainerImage
from libcloud.container.drivers.ecs import (
    ECRJsonConnection,
    ECSJsonConnection,
    ElasticContainerDriver,
    TaskContainer,
)
from libcloud.container.providers import get_driver
from libcloud.container.types import (
    ContainerClusterDoesNotExistError,
    ContainerDoesNotExistError,
    ContainerState,
    Provider,
    RepositoryDoesNotExistError,
)
from libcloud.testing.http import ANY, HTTPDouble
from tests.faults.server import FaultServer, truncate
from tests.unit.container.ecs_double import (
    ECSDouble,
    botocore_facts,
    ecs_driver,
    error,
)

ARN = "arn:aws:ecs:eu-west-1:123456789012"
CLUSTER = f"{ARN}:cluster/web"
TASK_ID = "1f2e3d4c5b6a79880123456789abcdef"
TASK = f"{ARN}:task/web/{TASK_ID}"
CONTAINER = f"{ARN}:container/web/{TASK_ID}/5d1f60b4-7c0b-4a5f-9d67-4a4d5ecba1f7"
DEFINITION = f"{ARN}:task-definition/hello:3"
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def container(**changes: Any) -> dict[str, Any]:
    return {
        "containerArn": CONTAINER,
        "taskArn": TASK,
        "name": "hello",
        "image": f"{REGISTRY}/team/hello:1.0",
        "lastStatus": "RUNNING",
        "networkInterfaces": [
            {"privateIpv4Address": "10.0.1.5", "ipv6Address": "2001:db8::5", "attachmentId": "a"}
        ],
        "healthStatus": "HEALTHY",
        **changes,
    }


def task(**changes: Any) -> dict[str, Any]:
    return {
        "taskArn": TASK,
        "clusterArn": CLUSTER,
        "taskDefinitionArn": DEFINITION,
        "containers": [container()],
        "desiredStatus": "RUNNING",
        "lastStatus": "RUNNING",
        "launchType": "EC2",
        "createdAt": 1700000000.5,
        **changes,
    }


def cluster_body(**changes: Any) -> dict[str, Any]:
    return {
        "clusterArn": CLUSTER,
        "clusterName": "web",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 2,
        "runningTasksCount": 5,
        "pendingTasksCount": 0,
        "activeServicesCount": 1,
        **changes,
    }


@pytest.fixture
def double() -> Iterator[ECSDouble]:
    with ECSDouble() as double:
        yield double


@pytest.fixture
def driver(double: ECSDouble) -> ElasticContainerDriver:
    return ecs_driver(double)


@pytest.fixture
def cluster(driver: ElasticContainerDriver) -> ContainerCluster:
    return ContainerCluster(CLUSTER, "web", driver)


@pytest.fixture
def image(driver: ElasticContainerDriver) -> ContainerImage:
    return ContainerImage("nginx", "nginx", "nginx:1.27", "1.27", driver)


def running(driver: ElasticContainerDriver, **extra: Any) -> Container:
    extra = {"taskArn": TASK, "taskDefinitionArn": DEFINITION, "clusterArn": CLUSTER, **extra}
    image = ContainerImage("i", "i", "i", None, driver)
    return Container(CONTAINER, "hello", image, "running", [], driver, extra)


# -- the driver itself ----------------------------------------------------------------------------


def test_driver_is_registered():
    assert get_driver(Provider.ECS) is ElasticContainerDriver
    assert issubclass(ECSJsonConnection, SignedAWSConnection)
    assert issubclass(ECRJsonConnection.responseCls, AWSJsonResponse)


def test_constructor_loads_neither_requests_nor_lxml():
    program = (
        "import sys; from libcloud.container.providers import get_driver; "
        "get_driver('ecs')('key', 'secret', 'us-east-1'); "
        "sys.exit(bool({'requests', 'lxml', 'xml', 'paramiko'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("region", "ecs", "ecr"),
    [
        ("us-east-1", "ecs.us-east-1.amazonaws.com", "ecr.us-east-1.amazonaws.com"),
        (
            "cn-north-1",
            "ecs.cn-north-1.amazonaws.com.cn",
            "api.ecr.cn-north-1.amazonaws.com.cn",
        ),
    ],
)
def test_endpoints_are_those_of_the_region(region: str, ecs: str, ecr: str):
    driver = ElasticContainerDriver("AKID", "secret", region)
    assert (driver.connection.host, driver.ecr_connection.host) == (ecs, ecr)
    assert (driver.region, driver.region_name) == (region, region)


def test_host_port_and_connection_settings_go_to_both_connections():
    retry = RetryPolicy(attempts=7)
    driver = ElasticContainerDriver(
        "AKID",
        "secret",
        "eu-west-1",
        secure=False,
        host="localhost",
        port=4566,
        token="session",
        timeout=7,
        retry=retry,
        verify_ssl_cert=False,
    )
    for connection in (driver.connection, driver.ecr_connection):
        assert (connection.host, connection.port, connection.secure) == ("localhost", 4566, 0)
        assert (connection.timeout, connection.token) == (7, "session")
        assert connection.retry is retry
        assert connection.verify_ssl_cert is False
    other = ElasticContainerDriver("AKID", "secret", "eu-west-1", ex_ecr_host="ecr.example")
    assert other.ecr_connection.host == "ecr.example"
    assert other.connection.host == "ecs.eu-west-1.amazonaws.com"


def test_requests_are_signed_for_their_service_and_region(double: ECSDouble):
    driver = ecs_driver(double, token="session")
    double.any_action("ListClusters").reply(json={"clusterArns": []})
    double.any_action("DescribeRepositories", "ecr").reply(json={"repositories": []})
    assert driver.list_clusters() == []
    assert driver.list_images() == []
    for request, service in zip(double.requests, ("ecs", "ecr"), strict=True):
        assert request.host == f"{service}.eu-west-1.amazonaws.com"
        assert f"/eu-west-1/{service}/aws4_request" in request.headers["Authorization"]
        assert "x-amz-target" in request.headers["Authorization"]
        assert request.headers["X-Amz-Security-Token"] == "session"


# -- clusters -------------------------------------------------------------------------------------


def test_list_clusters_goes_over_pages_and_describes_a_hundred_at_once(
    driver: ElasticContainerDriver, double: ECSDouble
):
    arns = [f"{CLUSTER}{number}" for number in range(150)]
    first = {"clusterArns": arns[:100], "nextToken": "more"}
    double.action("ListClusters", maxResults=100).reply(json=first)
    double.action("ListClusters", maxResults=100, nextToken="more").reply(
        json={"clusterArns": arns[100:]}
    )
    for part in (arns[:100], arns[100:]):
        bodies = [cluster_body(clusterArn=arn, clusterName=arn[-3:]) for arn in part]
        double.action("DescribeClusters", clusters=part).reply(json={"clusters": bodies})
    clusters = driver.iterate_clusters()
    assert next(clusters).id == arns[0]
    assert len(double.requests) == 2
    assert [cluster.id for cluster in clusters] == arns[1:]


def test_cluster_has_the_facts_of_botocore(driver: ElasticContainerDriver, double: ECSDouble):
    body = {"clusters": [cluster_body()], "failures": []}
    double.action("DescribeClusters", clusters=[CLUSTER]).reply(json=body)
    ours = driver.get_cluster(CLUSTER)
    [theirs] = botocore_facts("ecs", "DescribeClusters", body)["clusters"]
    assert (ours.id, ours.name) == (theirs.pop("clusterArn"), theirs.pop("clusterName"))
    assert ours.extra == theirs


def test_get_cluster_that_was_deleted_raises_does_not_exist(
    driver: ElasticContainerDriver, double: ECSDouble
):
    body = {"clusters": [cluster_body(status="INACTIVE")]}
    double.any_action("DescribeClusters").reply(json=body)
    with pytest.raises(ContainerClusterDoesNotExistError) as caught:
        driver.get_cluster(CLUSTER)
    assert caught.value.resource_id == CLUSTER


def test_destroy_cluster_with_tasks_raises_conflict(
    driver: ElasticContainerDriver, double: ECSDouble, cluster: ContainerCluster
):
    double.action("DeleteCluster", cluster=CLUSTER).reply(
        400, json=error("ClusterContainsTasksException")
    )
    with pytest.raises(ConflictError) as caught:
        cluster.destroy()
    assert caught.value.provider_code == "ClusterContainsTasksException"


def test_destroy_cluster_that_is_missing_keeps_what_the_service_said(
    driver: ElasticContainerDriver, double: ECSDouble, cluster: ContainerCluster
):
    double.action("DeleteCluster", cluster=CLUSTER).reply(
        400,
        json=error("ClusterNotFoundException", "Cluster not found."),
        headers={"x-amzn-RequestId": "r-1"},
    )
    with pytest.raises(ContainerClusterDoesNotExistError) as caught:
        driver.destroy_cluster(cluster)
    raised = caught.value
    assert (raised.http_code, raised.provider_code, raised.request_id, raised.resource_id) == (
        400,
        "ClusterNotFoundException",
        "r-1",
        CLUSTER,
    )
    assert "Cluster not found." in str(raised)


# -- containers -----------------------------------------------------------------------------------


def test_get_container_has_the_facts_of_botocore(driver: ElasticContainerDriver, double: ECSDouble):
    body = {"tasks": [task()], "failures": []}
    double.action("DescribeTasks", cluster="web", tasks=[TASK]).reply(json=body)
    ours = driver.get_container(CONTAINER)
    [task_facts] = botocore_facts("ecs", "DescribeTasks", body)["tasks"]
    [facts] = task_facts["containers"]
    assert (ours.id, ours.name, ours.state) == (facts["containerArn"], facts["name"], "running")
    assert ours.image.path == ours.image.name == facts["image"]
    assert ours.image.version == "1.0"
    [interface] = facts["networkInterfaces"]
    assert ours.ip_addresses == [interface["privateIpv4Address"], interface["ipv6Address"]]
    assert ours.created_at == task_facts["createdAt"]
    assert ours.created_at == datetime(2023, 11, 14, 22, 13, 20, 500000, timezone.utc)
    for key, value in ours.extra.items():
        assert value == {**facts, **task_facts}[key], key
    assert {"taskArn", "taskDefinitionArn", "clusterArn"} <= ours.extra.keys()


@pytest.mark.parametrize(
    ("of_container", "of_task", "state"),
    [
        ("PENDING", "PROVISIONING", ContainerState.PENDING),
        ("PENDING", "ACTIVATING", ContainerState.PENDING),
        ("PENDING", "RUNNING", ContainerState.RUNNING),
        ("RUNNING", "RUNNING", ContainerState.RUNNING),
        ("STOPPED", "RUNNING", ContainerState.STOPPED),
        ("RUNNING", "DEACTIVATING", ContainerState.PENDING),
        ("RUNNING", "STOPPING", ContainerState.PENDING),
        ("STOPPED", "DEPROVISIONING", ContainerState.STOPPED),
        ("PENDING", "STOPPED", ContainerState.STOPPED),
        ("STOPPED", "DELETED", ContainerState.TERMINATED),
        ("RUNNING", None, ContainerState.RUNNING),
        ("SOMETHING_NEW", None, ContainerState.UNKNOWN),
    ],
)
def test_state_is_the_later_one_of_container_and_task(
    driver: ElasticContainerDriver, of_container: str, of_task: str | None, state: str
):
    described = task(lastStatus=of_task, containers=[container(lastStatus=of_container)])
    [found] = driver._to_containers(described, DEFINITION)
    assert found.state == state


def test_container_without_its_image_goes_by_its_name(driver: ElasticContainerDriver):
    old = container()
    del old["image"], old["networkInterfaces"]
    found = driver._to_container(old, DEFINITION)
    assert (found.image.id, found.image.name, found.image.path) == (None, "hello", None)
    assert found.ip_addresses == []
    assert found.extra["taskArn"] == TASK
    assert found.extra["taskDefinitionArn"] == DEFINITION


def test_list_containers_reads_the_tasks_of_all_clusters(
    driver: ElasticContainerDriver, double: ECSDouble
):
    other = f"{ARN}:cluster/other"
    double.any_action("ListClusters").reply(json={"clusterArns": [CLUSTER, other]})
    of_other = {"cluster": other, "desiredStatus": "RUNNING", "maxResults": 100}
    of_web = {**of_other, "cluster": CLUSTER}
    double.action("ListTasks", **of_web).reply(json={"taskArns": [TASK], "nextToken": "more"})
    double.action("ListTasks", **of_web, nextToken="more").reply(json={"taskArns": []})
    # ECS lists a cluster for a while after it was deleted.
    double.action("ListTasks", **of_other).reply(400, json=error("ClusterNotFoundException"))
    double.action("DescribeTasks", cluster=CLUSTER, tasks=[TASK]).reply(
        json={"tasks": [task(containers=[container(), container(name="sidecar")])]}
    )
    assert [found.name for found in driver.list_containers()] == ["hello", "sidecar"]


def test_list_containers_describes_a_hundred_tasks_at_once(
    driver: ElasticContainerDriver, double: ECSDouble, cluster: ContainerCluster
):
    arns = [f"{TASK}{number}" for number in range(130)]
    double.any_action("ListTasks").reply(json={"taskArns": arns[:100], "nextToken": "more"}).reply(
        json={"taskArns": arns[100:]}
    )
    double.any_action("DescribeTasks").reply(json={"tasks": [task()] * 100}).reply(
        json={"tasks": [task()] * 30}
    )
    containers = driver.iterate_containers(cluster=cluster)
    next(containers)
    assert len(double.requests) == 2
    assert len(list(containers)) == 129
    assert [len(body["tasks"]) for body in double.bodies("DescribeTasks")] == [100, 30]


def test_list_containers_by_image_leaves_out_the_others(
    driver: ElasticContainerDriver, double: ECSDouble, cluster: ContainerCluster
):
    double.any_action("ListTasks").reply(json={"taskArns": [TASK]})
    unknown = container(name="unknown")
    del unknown["image"]
    containers = [container(), container(name="b", image="redis:7"), unknown]
    double.any_action("DescribeTasks").reply(json={"tasks": [task(containers=containers)]})
    wanted = ContainerImage("redis", "redis", "redis:7", "7", driver)
    found = driver.list_containers(image=wanted, cluster=cluster)
    assert [each.name for each in found] == ["b", "unknown"]


def test_deploy_container_registers_and_runs(
    driver: ElasticContainerDriver, double: ECSDouble, image: ContainerImage, cluster
):
    double.action(
        "RegisterTaskDefinition",
        family="hello",
        containerDefinitions=[
            {
                "mountPoints": [],
                "name": "hello",
                "image": "nginx:1.27",
                "cpu": 10,
                "environment": [],
                "memory": 500,
                "portMappings": [{"containerPort": 80, "hostPort": 8080}],
                "essential": True,
                "volumesFrom": [],
            }
        ],
    ).reply(json={"taskDefinition": {"taskDefinitionArn": DEFINITION}})
    double.action(
        "RunTask", count=1, taskDefinition=DEFINITION, cluster=CLUSTER, clientToken=ANY
    ).reply(json={"tasks": [task()], "failures": []})
    deployed = driver.deploy_container(
        "hello", image, cluster, ex_container_port=80, ex_host_port=8080
    )
    assert (deployed.id, deployed.image) == (CONTAINER, image)
    assert deployed.extra["taskDefinitionArn"] == DEFINITION


def test_deploy_container_sends_what_the_parameters_say(
    driver: ElasticContainerDriver, double: ECSDouble, image: ContainerImage
):
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    double.any_action("RegisterTaskDefinition").reply(
        json={"taskDefinition": {"taskDefinitionArn": DEFINITION}}
    )
    attached = task(attachments=[{"type": "ElasticNetworkInterface"}])
    double.any_action("RunTask").reply(json={"tasks": [attached]}).reply(json={"tasks": [attached]})
    double.any_action("StopTask").reply(json={"task": attached})
    deployed = driver.deploy_container(
        "hello",
        image,
        parameters={
            "containerDefinition": {"command": ["sleep", "9"]},
            "taskDefinition": {"networkMode": "awsvpc", "cpu": "256", "memory": "512"},
            "task": {"launchType": "FARGATE", "networkConfiguration": network},
        },
    )
    [registered] = double.bodies("RegisterTaskDefinition")
    assert registered["containerDefinitions"][0]["command"] == ["sleep", "9"]
    assert (registered["networkMode"], registered["cpu"]) == ("awsvpc", "256")
    driver.restart_container(deployed)
    for run in double.bodies("RunTask"):
        assert (run["launchType"], run["networkConfiguration"]) == ("FARGATE", network)


def test_deploy_container_with_unknown_parameters_raises_value_error(
    driver: ElasticContainerDriver, image: ContainerImage
):
    with pytest.raises(ValueError, match="containerDefinition, task, taskDefinition"):
        driver.deploy_container("hello", image, parameters={"environment": []})


def test_deploy_container_without_start_makes_the_definition_alone(
    driver: ElasticContainerDriver, double: ECSDouble, image: ContainerImage, cluster
):
    double.any_action("RegisterTaskDefinition").reply(
        json={"taskDefinition": {"taskDefinitionArn": DEFINITION}}
    )
    made = driver.deploy_container("hello", image, cluster, start=False)
    assert (made.id, made.name, made.state) == (DEFINITION, "hello", ContainerState.STOPPED)
    assert (made.image, made.ip_addresses) == (image, [])
    assert made.extra["taskDefinitionArn"] == DEFINITION
    double.action(
        "RunTask", count=3, taskDefinition=DEFINITION, cluster=CLUSTER, clientToken=ANY
    ).reply(json={"tasks": [task(), task(), task()]})
    started = driver.start_container(made, count=3)
    assert isinstance(started, TaskContainer)
    assert (started.id, started.state) == (CONTAINER, "running")
    assert len(started) == len(list(started)) == 3
    assert started[0].id == CONTAINER


def test_container_of_a_definition_alone_can_be_read_stopped_and_destroyed(
    driver: ElasticContainerDriver, double: ECSDouble
):
    definition = {
        "taskDefinitionArn": DEFINITION,
        "status": "ACTIVE",
        "containerDefinitions": [{"name": "hello", "image": "nginx"}],
    }
    double.action("DescribeTaskDefinition", taskDefinition=DEFINITION).reply(
        json={"taskDefinition": definition}
    ).reply(json={"taskDefinition": definition}).reply(json={"taskDefinition": definition}).reply(
        json={"taskDefinition": {**definition, "status": "INACTIVE"}}
    )
    double.action("DeregisterTaskDefinition", taskDefinition=DEFINITION).reply(
        json={"taskDefinition": definition}
    )
    found = driver.get_container(DEFINITION)
    assert (found.name, found.image.path, found.state) == ("hello", "nginx", "stopped")
    assert found.stop().state == "stopped"
    assert found.destroy() is True
    with pytest.raises(ContainerDoesNotExistError):
        driver.get_container(DEFINITION)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("RESOURCE:MEMORY", ServiceUnavailableError), ("ATTRIBUTE", ConflictError)],
)
def test_deploy_container_without_room_leaves_no_definition(
    driver: ElasticContainerDriver,
    double: ECSDouble,
    image: ContainerImage,
    reason: str,
    expected: type[Exception],
):
    double.any_action("RegisterTaskDefinition").reply(
        json={"taskDefinition": {"taskDefinitionArn": DEFINITION}}
    )
    failure = {"arn": f"{ARN}:container-instance/web/1", "reason": reason}
    double.any_action("RunTask").reply(json={"tasks": [], "failures": [failure]})
    double.action("DeregisterTaskDefinition", taskDefinition=DEFINITION).reply(
        json={"taskDefinition": {"taskDefinitionArn": DEFINITION}}
    )
    with pytest.raises(expected, match=reason):
        driver.deploy_container("hello", image)


def test_start_task_that_starts_some_of_them_says_which(
    driver: ElasticContainerDriver, double: ECSDouble
):
    body = {"tasks": [task()], "failures": [{"reason": "RESOURCE:CPU"}]}
    double.any_action("RunTask").reply(json=body)
    with pytest.raises(ServiceUnavailableError, match=TASK):
        driver.ex_start_task(DEFINITION, count=2)


def test_start_task_that_is_sent_again_has_the_same_token(double: ECSDouble):
    driver = ecs_driver(double, retry=RetryPolicy(delay=0, max_delay=0))
    double.any_action("RunTask").fail().reply(
        400, json=error("ThrottlingException", "Rate exceeded")
    ).reply(json={"tasks": [task()]})
    assert driver.ex_start_task("hello")[0].id == CONTAINER
    tokens = {body["clientToken"] for body in double.bodies("RunTask")}
    assert len(double.requests) == 3
    assert len(tokens) == 1


def test_register_task_definition_is_not_sent_again(double: ECSDouble):
    driver = ecs_driver(double, retry=RetryPolicy(delay=0, max_delay=0))
    double.any_action("RegisterTaskDefinition").fail().exactly(1)
    with pytest.raises(NetworkError):
        driver.ex_register_task_definition("hello", [])


def test_start_container_that_runs_leaves_it_alone(
    driver: ElasticContainerDriver, double: ECSDouble
):
    double.any_action("DescribeTasks").reply(json={"tasks": [task()]})
    started = driver.start_container(running(driver))
    assert (started.id, len(started)) == (CONTAINER, 1)


def test_start_container_whose_task_is_gone_raises_does_not_exist(
    driver: ElasticContainerDriver, double: ECSDouble
):
    double.action("DescribeTasks", cluster=CLUSTER, tasks=[TASK]).reply(json={"tasks": []})
    with pytest.raises(ContainerDoesNotExistError):
        driver.start_container(running(driver))


def test_start_container_that_has_stopped_runs_a_new_task(
    driver: ElasticContainerDriver, double: ECSDouble
):
    stopped = task(lastStatus="STOPPED", containers=[container(lastStatus="STOPPED")])
    double.any_action("DescribeTasks").reply(json={"tasks": [stopped]})
    double.action(
        "RunTask",
        count=1,
        taskDefinition=DEFINITION,
        cluster=CLUSTER,
        clientToken=ANY,
        capacityProviderStrategy=[{"capacityProvider": "spot"}],
    ).reply(json={"tasks": [task(containers=[container(containerArn="new")])]})
    started = driver.start_container(running(driver, capacityProviderName="spot"))
    assert started.id == "new"


def test_restart_container_stops_the_task_first(driver: ElasticContainerDriver, double: ECSDouble):
    double.action("StopTask", cluster=CLUSTER, task=TASK).reply(json={"task": task()})
    double.action(
        "RunTask",
        count=1,
        taskDefinition=DEFINITION,
        cluster=CLUSTER,
        clientToken=ANY,
        launchType="EC2",
    ).reply(json={"tasks": [task()]})
    driver.restart_container(running(driver, launchType="EC2"))
    targets = [request.headers["X-Amz-Target"] for request in double.requests]
    assert [target.rpartition(".")[2] for target in targets] == ["StopTask", "RunTask"]


def test_restart_container_whose_network_is_unknown_leaves_it_running(
    driver: ElasticContainerDriver, double: ECSDouble
):
    attached = running(driver, attachments=[{"type": "ElasticNetworkInterface"}])
    with pytest.raises(UnsupportedOperation, match="networkConfiguration"):
        driver.restart_container(attached)
    assert double.requests == []


def test_stop_container_returns_it_as_it_is_now(driver: ElasticContainerDriver, double: ECSDouble):
    sidecar = container(containerArn=f"{CONTAINER}2", name="sidecar")
    stopping = task(lastStatus="STOPPING", containers=[sidecar, container()])
    double.action("StopTask", cluster=CLUSTER, task=TASK).reply(json={"task": stopping})
    stopped = driver.stop_container(running(driver))
    assert (stopped.id, stopped.state) == (CONTAINER, ContainerState.PENDING)
    assert [each.name for each in stopped] == ["sidecar", "hello"]


@pytest.mark.parametrize("name", ["stop_container", "destroy_container", "restart_container"])
def test_container_whose_task_is_gone_raises_does_not_exist(
    driver: ElasticContainerDriver, double: ECSDouble, name: str
):
    text = "The referenced task was not found."
    double.any_action("StopTask").reply(400, json=error("InvalidParameterException", text))
    with pytest.raises(ContainerDoesNotExistError) as caught:
        getattr(driver, name)(running(driver))
    assert (caught.value.resource_id, caught.value.http_code) == (CONTAINER, 400)


@pytest.mark.parametrize(
    ("id", "tasks", "in_cluster"),
    [
        (TASK, [TASK], {"cluster": "web"}),
        (f"{ARN}:task/{TASK_ID}", [f"{ARN}:task/{TASK_ID}"], {}),
        (TASK_ID, [TASK_ID], {}),
    ],
)
def test_get_container_takes_the_task_too(
    driver: ElasticContainerDriver,
    double: ECSDouble,
    id: str,
    tasks: list[str],
    in_cluster: dict[str, str],
):
    double.action("DescribeTasks", tasks=tasks, **in_cluster).reply(json={"tasks": [task()]})
    assert driver.get_container(id).id == CONTAINER


def test_get_container_by_an_id_of_the_older_form_looks_for_it(
    driver: ElasticContainerDriver, double: ECSDouble
):
    old = f"{ARN}:container/5d1f60b4-7c0b-4a5f-9d67-4a4d5ecba1f7"
    double.any_action("ListClusters").reply(json={"clusterArns": [CLUSTER]}).reply(
        json={"clusterArns": [CLUSTER]}
    )
    for status, arns in (("RUNNING", []), ("STOPPED", [TASK])):
        double.action("ListTasks", cluster=CLUSTER, desiredStatus=status, maxResults=100).reply(
            json={"taskArns": arns}
        )
    found = task(containers=[container(containerArn=old)])
    double.action("DescribeTasks", cluster=CLUSTER, tasks=[TASK]).reply(json={"tasks": [found]})
    assert driver.get_container(old).id == old


@pytest.mark.parametrize(
    "reply",
    [
        {"json": {"tasks": [], "failures": [{"arn": TASK, "reason": "MISSING"}]}},
        {"status": 400, "json": error("ClusterNotFoundException", "Cluster not found.")},
        {"status": 400, "json": error("InvalidParameterException", "taskId length ...")},
    ],
)
def test_get_container_that_is_missing_raises_does_not_exist(
    driver: ElasticContainerDriver, double: ECSDouble, reply: dict[str, Any]
):
    double.any_action("DescribeTasks").reply(**reply)
    with pytest.raises(ContainerDoesNotExistError) as caught:
        driver.get_container(CONTAINER)
    assert caught.value.resource_id == CONTAINER


def test_containers_for_tasks_are_asked_for_by_cluster(
    driver: ElasticContainerDriver, double: ECSDouble
):
    other = f"{ARN}:task/other/{TASK_ID}"
    double.action("DescribeTasks", cluster="web", tasks=[TASK]).reply(json={"tasks": [task()]})
    double.action("DescribeTasks", cluster="other", tasks=[other]).reply(json={"tasks": []})
    assert [each.id for each in driver.ex_list_containers_for_task([TASK, other])] == [CONTAINER]
    assert driver.ex_list_containers_for_task([]) == []


# -- task definitions and services ----------------------------------------------------------------


def test_task_definition_that_is_missing_raises_not_found(
    driver: ElasticContainerDriver, double: ECSDouble
):
    double.any_action("DescribeTaskDefinition").reply(
        400, json=error("ClientException", "Unable to describe task definition.")
    )
    with pytest.raises(ResourceNotFoundError) as caught:
        driver.ex_get_task_definition("hello:9")
    assert caught.value.provider_code == "ClientException"


def test_task_definition_that_is_refused_is_not_missing(
    driver: ElasticContainerDriver, double: ECSDouble
):
    double.any_action("DeregisterTaskDefinition").reply(
        400, json=error("ClientException", "Too many concurrent attempts.")
    )
    with pytest.raises(ProviderError) as caught:
        driver.ex_deregister_task_definition("hello:9")
    assert not isinstance(caught.value, ResourceNotFoundError)


def test_list_services_describes_ten_at_once(
    driver: ElasticContainerDriver, double: ECSDouble, cluster: ContainerCluster
):
    arns = [f"{ARN}:service/web/s{number}" for number in range(23)]
    double.action("ListServices", cluster=CLUSTER, maxResults=100).reply(
        json={"serviceArns": arns[:20], "nextToken": "more"}
    )
    double.action("ListServices", cluster=CLUSTER, maxResults=100, nextToken="more").reply(
        json={"serviceArns": arns[20:]}
    )
    for part in (arns[:10], arns[10:20], arns[20:]):
        double.action("DescribeServices", cluster=CLUSTER, services=part).reply(
            json={"services": [{"serviceArn": arn} for arn in part]}
        )
    assert [each["serviceArn"] for each in driver.ex_list_services(cluster)] == arns


def test_service_is_looked_for_in_the_cluster_of_its_arn(
    driver: ElasticContainerDriver, double: ECSDouble
):
    arn = f"{ARN}:service/web/s1"
    body = {"service": {"serviceArn": arn, "desiredCount": 3}}
    double.action("DescribeServices", cluster="web", services=[arn]).reply(
        json={"services": [body["service"]]}
    )
    double.action("UpdateService", cluster="web", service=arn, desiredCount=3).reply(json=body)
    double.action("DeleteService", cluster="web", service=arn, force=True).reply(json=body)
    double.action("DeleteService", service="s2").reply(json=body)
    assert driver.ex_describe_service(arn) == body["service"]
    assert driver.ex_update_service(arn, desired_count=3) == body["service"]
    assert driver.ex_destroy_service(arn, force=True) == body["service"]
    assert driver.ex_destroy_service("s2") == body["service"]


def test_service_that_is_missing_raises_not_found(
    driver: ElasticContainerDriver, double: ECSDouble
):
    double.any_action("DescribeServices").reply(
        json={"services": [], "failures": [{"arn": "s1", "reason": "MISSING"}]}
    )
    double.any_action("DeleteService").reply(400, json=error("ServiceNotFoundException"))
    with pytest.raises(ResourceNotFoundError):
        driver.ex_describe_service("s1")
    with pytest.raises(ResourceNotFoundError):
        driver.ex_destroy_service("s1")


# -- images ---------------------------------------------------------------------------------------


def repository_body(name: str = "team/hello") -> dict[str, Any]:
    return {
        "registryId": "123456789012",
        "repositoryName": name,
        "repositoryUri": f"{REGISTRY}/{name}",
    }


def test_list_images_goes_over_pages(driver: ElasticContainerDriver, double: ECSDouble):
    digests = [f"sha256:{letter * 64}" for letter in "ab"]
    double.action("DescribeRepositories", "ecr", repositoryNames=["team/hello"]).reply(
        json={"repositories": [repository_body()]}
    )
    wanted = {"registryId": "123456789012", "repositoryName": "team/hello", "maxResults": 1000}
    first = {
        "imageIds": [{"imageDigest": digests[0], "imageTag": "1.0"}],
        "nextToken": "more",
    }
    double.action("ListImages", "ecr", **wanted).reply(json=first)
    double.action("ListImages", "ecr", **wanted, nextToken="more").reply(
        json={"imageIds": [{"imageDigest": digests[1]}]}
    )
    tagged, untagged = driver.list_images("team/hello")
    assert tagged.id == tagged.name == tagged.path == f"{REGISTRY}/team/hello:1.0"
    assert tagged.version == "1.0"
    assert tagged.driver is driver
    [facts] = botocore_facts("ecr", "ListImages", first)["imageIds"]
    assert tagged.extra == facts
    assert (untagged.version, untagged.path) == (
        digests[1],
        f"{REGISTRY}/team/hello@{digests[1]}",
    )


def test_list_images_of_a_missing_repository_raises_does_not_exist(
    driver: ElasticContainerDriver, double: ECSDouble
):
    double.any_action("DescribeRepositories", "ecr").reply(
        400, json=error("RepositoryNotFoundException")
    )
    with pytest.raises(RepositoryDoesNotExistError) as caught:
        driver.list_images("missing")
    assert (caught.value.resource_id, caught.value.provider_code) == (
        "missing",
        "RepositoryNotFoundException",
    )


@pytest.mark.parametrize(
    ("token", "password"),
    [("QVdTOnBhc3N3b3Jk", "password"), ("no base64!", "no base64!"), ("YWJj", "YWJj")],
)
def test_registry_client_has_the_password_of_the_token(
    driver: ElasticContainerDriver, double: ECSDouble, token: str, password: str
):
    double.any_action("DescribeRepositories", "ecr").reply(
        json={"repositories": [repository_body()]}
    )
    double.action("GetAuthorizationToken", "ecr", registryIds=["123456789012"]).reply(
        json={"authorizationData": [{"authorizationToken": token}]}
    )
    connection = driver.ex_get_registry_client("team/hello").connection
    assert (connection.host, connection.username) == (REGISTRY, "AWS")
    assert connection.password == password


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "UnrecognizedClientException", InvalidCredsError),
        (400, "InvalidSignatureException", InvalidCredsError),
        (400, "ExpiredTokenException", InvalidCredsError),
        (400, "AccessDeniedException", PermissionDeniedError),
        (400, "ThrottlingException", RateLimitReachedError),
        (400, "LimitExceededException", QuotaExceededError),
        (500, "ServerException", ServiceUnavailableError),
        (400, "ClusterContainsServicesException", ConflictError),
        (400, "InvalidParameterException", ProviderError),
    ],
)
def test_error_code_becomes_its_class(
    driver: ElasticContainerDriver,
    double: ECSDouble,
    status: int,
    code: str,
    expected: type[LibcloudError],
):
    body = error(f"com.amazonaws.ecs#{code}")
    double.any_action("ListClusters").reply(status, json=body)
    with pytest.raises(expected) as caught:
        driver.list_clusters()
    assert (caught.value.provider_code, caught.value.http_code) == (code, status)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("action", "body", "call"),
    [
        ("ListClusters", {}, lambda driver: driver.list_clusters()),
        ("ListClusters", [], lambda driver: driver.list_clusters()),
        ("ListClusters", {"clusterArns": "none"}, lambda driver: driver.list_clusters()),
        ("CreateCluster", {"cluster": None}, lambda driver: driver.create_cluster("c")),
        ("RunTask", {"tasks": [{"containers": []}]}, lambda driver: driver.ex_start_task("a")),
        ("RunTask", {"tasks": [{}]}, lambda driver: driver.ex_start_task("a")),
        ("DescribeTasks", {"tasks": [task(createdAt="soon")]}, lambda d: d.get_container(TASK)),
        ("StopTask", {"task": {"containers": []}}, lambda d: d.stop_container(running(d))),
        ("DescribeTaskDefinition", {"taskDefinition": {}}, lambda d: d.get_container(DEFINITION)),
        (
            "DescribeTaskDefinition",
            {"taskDefinition": {"containerDefinitions": []}},
            lambda d: d.get_container(DEFINITION),
        ),
        (
            "GetAuthorizationToken",
            {"authorizationData": []},
            lambda driver: driver.ex_get_repository_token("1"),
        ),
        ("DescribeRepositories", {"repositories": [{}]}, lambda driver: driver.list_images("r")),
    ],
)
def test_strange_answer_raises_malformed_response(action: str, body: Any, call: Any):
    # No description judges these: they follow none.
    with HTTPDouble() as double:
        driver = ecs_driver(double)
        double.on("POST", "/").reply(json=body)
        with pytest.raises(MalformedResponseError):
            call(driver)
        assert double.requests[0].headers["X-Amz-Target"].endswith(f".{action}")


def test_answer_that_is_no_json_raises_malformed_response():
    with HTTPDouble() as double:
        driver = ecs_driver(double)
        double.on("POST", "/").reply(text="<html>")
        with pytest.raises(MalformedResponseError):
            driver.list_clusters()


def test_error_of_a_proxy_goes_by_its_status(double: ECSDouble):
    driver = ecs_driver(double)
    double.any_action("ListClusters").reply(502, text="<html>Bad Gateway</html>")
    with pytest.raises(ServiceUnavailableError):
        driver.list_clusters()


def test_listing_that_is_throttled_is_sent_again(double: ECSDouble):
    driver = ecs_driver(double, retry=RetryPolicy(delay=0, max_delay=0))
    double.any_action("ListClusters").reply(400, json=error("ThrottlingException")).reply(
        json={"clusterArns": []}
    )
    assert driver.list_clusters() == []


def test_answer_that_is_cut_raises_network_error():
    body = json.dumps({"clusterArns": [CLUSTER] * 50}).encode()
    with FaultServer([truncate(body[:20], len(body))]) as server:
        driver = ElasticContainerDriver(
            "AKID",
            "secret",
            "eu-west-1",
            secure=False,
            host="127.0.0.1",
            port=server.port,
            retry=None,
        )
        with pytest.raises(NetworkError):
            driver.list_clusters()
