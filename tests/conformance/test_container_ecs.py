"""
The ECS driver on moto's server: the suite of container drivers, and what boto3 sees of it.

What moto does not do as ECS does is left out here, with a reason, and has a unit test instead.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from libcloud.common.errors import ResourceNotFoundError
from libcloud.container.base import Container, ContainerCluster, ContainerDriver, ContainerImage
from libcloud.container.drivers.ecs import ElasticContainerDriver
from libcloud.container.types import (
    ContainerClusterDoesNotExistError,
    ContainerState,
    RepositoryDoesNotExistError,
)
from libcloud.testing.base import run_in_threads
from libcloud.testing.container import ContainerDriverConformance, _new_name
from tests.servers.moto import MotoServer

pytestmark = pytest.mark.live

MISSING = "00000000-0000-0000-0000-000000000000"

# moto needs no container instances for these.
ON_FARGATE = {"task": {"launchType": "FARGATE"}}


@pytest.fixture
def driver(moto_server: MotoServer) -> ElasticContainerDriver:
    # Else moto's tasks stop by themselves after they were looked at.
    transition = {"model_name": "ecs::task", "transition": {"progression": "manual", "times": 9999}}
    request = urllib.request.Request(
        f"{moto_server.url}/moto-api/state-manager/set-transition",
        json.dumps(transition).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60).close()
    return ElasticContainerDriver(
        moto_server.key,
        moto_server.secret,
        moto_server.region,
        secure=False,
        host=moto_server.host,
        port=moto_server.port,
    )


@pytest.fixture
def boto(moto_server: MotoServer) -> Callable[[str], Any]:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=moto_server.url,
            region_name=moto_server.region,
            aws_access_key_id=moto_server.key,
            aws_secret_access_key=moto_server.secret,
        )

    return client


@pytest.fixture
def cluster(driver: ElasticContainerDriver) -> Iterator[ContainerCluster]:
    cluster = driver.create_cluster(_new_name("cluster"))
    yield cluster
    driver.destroy_cluster(cluster)


@pytest.fixture
def repository(boto: Callable[[str], Any]) -> Iterator[str]:
    """A repository with an image of two tags, and one of none."""
    name = _new_name("repository")
    ecr = boto("ecr")
    ecr.create_repository(repositoryName=name)
    manifest: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "a", "size": 1, "digest": f"sha256:{'a' * 64}"},
        "layers": [],
    }
    for tag in ("1.0", "latest"):
        ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageTag=tag)
    manifest["config"]["size"] = 2
    ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest))
    yield name
    ecr.delete_repository(repositoryName=name, force=True)


class TestECS(ContainerDriverConformance):
    missing_id = f"arn:aws:ecs:us-east-1:123456789012:container/default/{MISSING}/{MISSING}"
    parameters = ON_FARGATE

    @pytest.fixture
    def driver(self, driver: ElasticContainerDriver) -> ElasticContainerDriver:
        return driver

    @pytest.fixture
    def image(self, driver: ElasticContainerDriver, repository: str) -> ContainerImage:
        return driver.list_images(repository)[0]

    def test_deploy_container_without_start_does_not_run(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        """A started container has another id."""
        container = deploy(start=False)
        assert driver.get_container(container.id).state == ContainerState.STOPPED
        started = container.start()
        assert started.name == container.name
        self._wait_for(driver, started, ContainerState.RUNNING)
        assert started.destroy() is True

    def test_stop_container_and_start_container_change_its_state(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        """A started container has another id."""
        container = deploy()
        self._wait_for(driver, container, ContainerState.RUNNING)
        assert container.stop().id == container.id
        self._wait_for(driver, container, ContainerState.STOPPED)
        assert driver.stop_container(container).id == container.id
        started = container.start()
        assert started.id != container.id
        self._wait_for(driver, started, ContainerState.RUNNING)
        assert driver.start_container(started).id == started.id
        assert started.destroy() is True

    def test_restart_container_leaves_it_running(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        """A started container has another id."""
        container = deploy()
        restarted = container.restart()
        assert restarted.id != container.id
        self._wait_for(driver, restarted, ContainerState.RUNNING)
        self._wait_for(driver, container, ContainerState.STOPPED)
        assert restarted.destroy() is True

    def test_destroy_cluster_unlists_it(
        self, driver: ContainerDriver, cluster: ContainerCluster
    ) -> None:
        super().test_destroy_cluster_unlists_it(driver, cluster)
        with pytest.raises(ContainerClusterDoesNotExistError):
            driver.get_cluster(cluster.id)


# -- the same facts through boto3 -----------------------------------------------------------------


def test_container_is_what_boto3_sees(driver, boto, cluster):
    image = ContainerImage("nginx", "nginx", "nginx:1.27", "1.27", driver)
    parameters = {
        **ON_FARGATE,
        "containerDefinition": {"environment": [{"name": "A", "value": "ä"}]},
        "taskDefinition": {"networkMode": "host"},
    }
    ours = driver.deploy_container(
        "web", image, cluster, parameters, ex_cpu=20, ex_memory=64, ex_container_port=80
    )
    ecs = boto("ecs")
    [task] = ecs.describe_tasks(cluster=cluster.id, tasks=[ours.extra["taskArn"]])["tasks"]
    [theirs] = task["containers"]
    assert (ours.id, ours.name, ours.image.path) == (
        theirs["containerArn"],
        theirs["name"],
        theirs["image"],
    )
    assert ours.extra["taskDefinitionArn"] == task["taskDefinitionArn"]
    assert ours.extra["clusterArn"] == task["clusterArn"] == cluster.id
    [listed] = driver.list_containers(cluster=cluster)
    assert (listed.id, listed.image.path, listed.state) == (ours.id, "nginx:1.27", "running")
    assert driver.list_containers(image=image, cluster=cluster)[0].id == ours.id
    other = ContainerImage("redis", "redis", "redis:7", "7", driver)
    assert driver.list_containers(image=other, cluster=cluster) == []
    definition = ecs.describe_task_definition(taskDefinition=ours.extra["taskDefinitionArn"])
    [container] = definition["taskDefinition"]["containerDefinitions"]
    assert container["environment"] == [{"name": "A", "value": "ä"}]
    assert (container["cpu"], container["memory"]) == (20, 64)
    assert [mapping["containerPort"] for mapping in container["portMappings"]] == [80]
    assert definition["taskDefinition"]["networkMode"] == "host"
    assert driver.destroy_container(ours) is True
    [task] = ecs.describe_tasks(cluster=cluster.id, tasks=[ours.extra["taskArn"]])["tasks"]
    assert task["desiredStatus"] == "STOPPED"


def test_clusters_are_what_boto3_sees(driver, boto, cluster):
    described = boto("ecs").describe_clusters(clusters=[cluster.id])["clusters"]
    found = driver.get_cluster(cluster.name)
    assert [(found.id, found.name)] == [
        (each["clusterArn"], each["clusterName"]) for each in described
    ]
    for key, value in found.extra.items():
        assert described[0][key] == value, key
    assert driver.create_cluster(cluster.name).id == cluster.id


def test_service_scenario(driver, boto, cluster):
    ecs = boto("ecs")
    definition = driver.ex_register_task_definition(
        "service", [{"name": "web", "image": "nginx", "memory": 64}]
    )
    arn = definition["taskDefinitionArn"]
    assert arn in driver.ex_list_task_definition_arns("service")
    assert driver.ex_get_task_definition(arn)["revision"] == definition["revision"]
    for number in range(12):
        service = driver.ex_create_service(f"s{number}", cluster, arn, 2)
    [theirs] = ecs.describe_services(cluster=cluster.id, services=["s11"])["services"]
    assert service["serviceArn"] == theirs["serviceArn"]
    assert driver.ex_describe_service(service["serviceArn"])["desiredCount"] == 2
    assert driver.ex_describe_service("s11", cluster)["serviceName"] == "s11"
    arns = driver.ex_list_service_arns(cluster)
    assert set(arns) == set(ecs.list_services(cluster=cluster.id, maxResults=100)["serviceArns"])
    assert {each["serviceArn"] for each in driver.ex_list_services(cluster)} == set(arns)
    updated = driver.ex_update_service(service["serviceArn"], desired_count=0)
    assert updated["desiredCount"] == 0
    assert driver.ex_destroy_service(service["serviceArn"])["status"] == "INACTIVE"
    for each in arns:
        driver.ex_destroy_service(each, force=True)
    with pytest.raises(ResourceNotFoundError):
        driver.ex_describe_service("missing", cluster)
    driver.ex_deregister_task_definition(arn)
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_task_definition("missing:1")


def test_images_are_what_boto3_sees(driver, boto, repository):
    ours = driver.list_images(repository)
    theirs = boto("ecr").list_images(repositoryName=repository)["imageIds"]
    facts = [(each.extra["imageDigest"], each.extra["imageTag"]) for each in ours]
    assert facts == [(each["imageDigest"], each.get("imageTag")) for each in theirs]
    host = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert ours[0].path == ours[0].name == f"{host}/{repository}:1.0"
    assert ours[2].path == f"{host}/{repository}@{ours[2].extra['imageDigest']}"
    assert {image.id for image in ours} <= {image.id for image in driver.list_images()}


def test_registry_client_has_the_token_of_boto3(driver, boto, repository):
    [data] = boto("ecr").get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    client = driver.ex_get_registry_client(repository)
    connection = client.connection
    assert (connection.username, connection.password) == (user, password)
    assert data["proxyEndpoint"] == f"https://{connection.host}"
    with pytest.raises(RepositoryDoesNotExistError):
        driver.ex_get_registry_client("missing")


def test_what_is_missing_raises_the_domains_errors(driver, cluster):
    missing = ContainerCluster("missing", "missing", driver)
    for call in (
        lambda: driver.list_containers(cluster=missing),
        lambda: driver.ex_start_task("web:1", cluster="missing"),
        lambda: driver.ex_list_service_arns(missing),
        lambda: driver.ex_create_service("s", missing, "web:1"),
    ):
        with pytest.raises(ContainerClusterDoesNotExistError):
            call()
    with pytest.raises(RepositoryDoesNotExistError):
        driver.list_images("missing")


def test_sixteen_threads_share_a_driver(driver, cluster):
    image = ContainerImage("nginx", "nginx", "nginx", None, driver)

    def work(number: int) -> tuple[str, str]:
        container = driver.deploy_container(f"t{number}", image, cluster, ON_FARGATE)
        found = driver.ex_list_containers_for_task([container.extra["taskArn"]])
        driver.destroy_container(container)
        return container.name, found[0].name

    found = run_in_threads([lambda number=number: work(number) for number in range(16)])
    assert found == [(f"t{number}", f"t{number}") for number in range(16)]
