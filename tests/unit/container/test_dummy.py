from __future__ import annotations

import pytest

from libcloud.common.errors import ConflictError
from libcloud.container.drivers.dummy import DummyContainerDriver
from libcloud.container.types import (
    ContainerAlreadyExistsError,
    ContainerClusterAlreadyExistsError,
    ContainerClusterDoesNotExistError,
    ContainerDoesNotExistError,
    ContainerImageDoesNotExistError,
)
from libcloud.testing.base import run_in_threads


@pytest.fixture
def driver():
    return DummyContainerDriver("key", "secret")


@pytest.fixture
def image(driver):
    return driver.list_images()[0]


def test_instances_share_nothing(driver, image):
    driver.deploy_container("web", image)
    driver.create_cluster("blue")
    other = DummyContainerDriver("key", "secret")
    assert (other.list_containers(), other.list_clusters()) == ([], [])


def test_supports_clusters_though_the_class_says_what_it_always_said(driver):
    assert driver.supports_clusters is True
    assert DummyContainerDriver.supports_clusters is False


@pytest.mark.parametrize(
    ("path", "name", "version"),
    [
        ("redis", "redis", "latest"),
        ("library/redis:7", "library/redis", "7"),
        ("registry.example.com:5000/team/app", "registry.example.com:5000/team/app", "latest"),
        ("registry.example.com:5000/app:1.0", "registry.example.com:5000/app", "1.0"),
    ],
)
def test_install_image_takes_the_path_apart(driver, path, name, version):
    image = driver.install_image(path)
    assert (image.name, image.version, image.path) == (name, version, f"{name}:{version}")


def test_install_image_without_path_is_refused(driver):
    with pytest.raises(ValueError, match="empty"):
        driver.install_image("")


def test_deploy_container_keeps_what_it_was_given(driver, image):
    cluster = driver.create_cluster("blue")
    container = image.deploy("web", {"memory": 64}, cluster)
    assert container.extra == {"cluster_id": cluster.id, "parameters": {"memory": 64}}
    assert container.image.id == image.id
    assert container.created_at.tzinfo is not None


def test_deploy_container_without_start_is_stopped(driver, image):
    assert driver.deploy_container("web", image, start=False).state == "stopped"


def test_deploy_container_with_a_taken_name_raises_already_exists(driver, image):
    driver.deploy_container("web", image)
    with pytest.raises(ContainerAlreadyExistsError):
        driver.deploy_container("web", image)
    assert len(driver.list_containers()) == 1


def test_deploy_container_of_another_drivers_image_raises_not_found(driver):
    foreign = DummyContainerDriver("key", "secret").install_image("redis")
    with pytest.raises(ContainerImageDoesNotExistError):
        driver.deploy_container("web", foreign)


def test_deploy_container_into_a_missing_cluster_raises_not_found(driver, image):
    cluster = driver.create_cluster("blue")
    cluster.destroy()
    with pytest.raises(ContainerClusterDoesNotExistError):
        driver.deploy_container("web", image, cluster)
    assert driver.list_containers() == []


def test_what_is_returned_is_a_copy(driver, image):
    container = driver.deploy_container("web", image)
    container.state = "error"
    container.ip_addresses.clear()
    container.extra.clear()
    kept = driver.get_container(container.id)
    assert (kept.state, len(kept.ip_addresses)) == ("running", 1)
    assert kept.extra == {"cluster_id": None, "parameters": {}}


def test_list_containers_filters_by_image_and_cluster(driver, image):
    redis = driver.install_image("redis")
    blue = driver.create_cluster("blue")
    driver.deploy_container("a", image)
    driver.deploy_container("b", image, blue)
    driver.deploy_container("c", redis, blue)

    def names(**filters):
        return [container.name for container in driver.list_containers(**filters)]

    assert names() == ["a", "b", "c"]
    assert names(image=image) == ["a", "b"]
    assert names(cluster=blue) == ["b", "c"]
    assert names(image=redis, cluster=blue) == ["c"]


def test_states_follow_the_calls(driver, image):
    container = driver.deploy_container("web", image)
    assert container.stop().state == "stopped"
    assert container.start().state == "running"
    assert container.stop().restart().state == "running"


def test_destroyed_container_is_gone(driver, image):
    container = driver.deploy_container("web", image)
    assert container.destroy() is True
    for call in (container.destroy, container.start, container.stop, container.restart):
        with pytest.raises(ContainerDoesNotExistError):
            call()
    driver.deploy_container("web", image)


def test_create_cluster_in_a_location_lists_it_there(driver):
    here, there = driver.list_locations()
    cluster = driver.create_cluster("blue", there)
    assert [found.id for found in driver.list_clusters(there)] == [cluster.id]
    assert driver.list_clusters(here) == []


def test_create_cluster_with_a_taken_name_raises_already_exists(driver):
    driver.create_cluster("blue")
    with pytest.raises(ContainerClusterAlreadyExistsError):
        driver.create_cluster("blue")


def test_destroy_cluster_with_containers_raises_conflict(driver, image):
    cluster = driver.create_cluster("blue")
    container = driver.deploy_container("web", image, cluster)
    with pytest.raises(ConflictError):
        cluster.destroy()
    container.destroy()
    assert cluster.destroy() is True


def test_threads_deploy_every_container_once(driver, image):
    def deploy(number):
        return [driver.deploy_container(f"{number}-{i}", image) for i in range(50)]

    deployed = [
        container
        for found in run_in_threads([lambda n=n: deploy(n) for n in range(8)])
        for container in found
    ]
    assert len({container.id for container in deployed}) == 400
    assert len({container.ip_addresses[0] for container in deployed}) == 400
    assert len(driver.list_containers()) == 400
