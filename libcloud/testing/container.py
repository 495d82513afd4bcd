"""
The conformance suite of the container domain.

::

    class TestAcme(ContainerDriverConformance):
        image_path = "library/hello:latest"

        @pytest.fixture
        def driver(self):
            return AcmeContainerDriver("key", "secret", host="127.0.0.1", port=8080, secure=False)

The account need not be empty; what the suite creates it destroys.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from libcloud.common.errors import ResourceNotFoundError
from libcloud.common.polling import wait_until
from libcloud.container.base import (
    ClusterLocation,
    Container,
    ContainerCluster,
    ContainerDriver,
    ContainerImage,
)
from libcloud.container.types import ContainerState
from libcloud.testing.base import Conformance, needs, run_in_threads

__all__ = ["ContainerDriverConformance"]

STATES = {value for name, value in vars(ContainerState).items() if name.isupper()}


class ContainerDriverConformance(Conformance):
    """
    What a container driver promises.

    Besides the fixture ``driver`` a subclass may set the attributes below, or give fixtures in
    place of ``image`` and ``cluster``.
    """

    image_path: str | None = None
    """
    An image whose containers run until they are stopped, to be installed if the driver installs
    images; without it the suite takes the first of the listing.
    """

    parameters: Any = None
    """What ``deploy_container`` is given as ``parameters``."""

    missing_id: str = "libcloud-missing-0000"
    """An id of the right form that nothing has."""

    state_timeout: float = 60
    """Seconds that a container may take from one state to the next."""

    poll_interval: float = 0.05
    """Seconds between two looks at a container."""

    @pytest.fixture
    def image(self, driver: ContainerDriver) -> ContainerImage:
        """What the suite's containers are made from."""
        if self.image_path is not None:
            if self._offers(driver, "install_image"):
                return driver.install_image(self.image_path)
            path = self.image_path
            return ContainerImage(path, path, path, None, driver)
        if not self._offers(driver, "list_images"):
            pytest.skip("the driver does not list images; set image_path")
        image = next(iter(driver.iterate_images()), None)
        if image is None:
            pytest.skip("there is no image; set image_path")
        return image

    @pytest.fixture
    def cluster(self, driver: ContainerDriver) -> Iterator[ContainerCluster | None]:
        """What they are deployed into; None for drivers that have no clusters."""
        if not driver.supports_clusters or not self._offers(driver, "create_cluster"):
            yield None
            return
        cluster = driver.create_cluster(_new_name("cluster"))
        yield cluster
        if self._offers(driver, "destroy_cluster"):
            _ignore_missing(driver.destroy_cluster, cluster)

    @pytest.fixture
    def deploy(
        self, driver: ContainerDriver, image: ContainerImage, cluster: ContainerCluster | None
    ) -> Iterator[Callable[..., Container]]:
        """Deploys containers, which are destroyed after the test."""
        deployed: list[Container] = []

        def deploy(name: str | None = None, start: bool = True) -> Container:
            container = driver.deploy_container(
                name or _new_name("container"),
                image,
                cluster=cluster,
                parameters=self.parameters,
                start=start,
            )
            deployed.append(container)
            return container

        yield deploy
        if self._offers(driver, "destroy_container"):
            for container in deployed:
                _ignore_missing(driver.destroy_container, container)

    @pytest.fixture
    def missing_container(self, driver: ContainerDriver, image: ContainerImage) -> Container:
        return Container(self.missing_id, "missing", image, ContainerState.RUNNING, [], driver)

    # -- images -----------------------------------------------------------------------------------

    @needs("list_images", "iterate_images")
    def test_list_images_has_the_image(
        self, driver: ContainerDriver, image: ContainerImage
    ) -> None:
        listed = driver.list_images()
        assert all(isinstance(found, ContainerImage) for found in listed)
        assert all(isinstance(found.id, str) for found in listed)
        assert image.id in {found.id for found in listed}
        assert [found.id for found in driver.iterate_images()] == [found.id for found in listed]

    @needs("install_image", "list_images")
    def test_install_image_twice_lists_it_once(
        self, driver: ContainerDriver, image: ContainerImage
    ) -> None:
        again = driver.install_image(self.image_path or str(image.path))
        assert again.id == image.id
        assert [found.id for found in driver.list_images()].count(image.id) == 1

    # -- containers -------------------------------------------------------------------------------

    @needs("deploy_container")
    def test_deploy_container_has_what_was_asked_for(
        self, driver: ContainerDriver, deploy: Callable[..., Container], image: ContainerImage
    ) -> None:
        name = _new_name("container")
        container = deploy(name)
        assert isinstance(container, Container)
        assert isinstance(container.id, str)
        assert container.name == name
        assert container.state in STATES
        assert isinstance(container.ip_addresses, list)
        assert isinstance(container.extra, dict)
        assert container.driver is driver

    @needs("deploy_container", "get_container")
    def test_deploy_container_runs(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        container = deploy()
        running = self._wait_for(driver, container, ContainerState.RUNNING)
        assert running.id == container.id
        assert running.name == container.name

    @needs("deploy_container", "get_container", "start_container")
    def test_deploy_container_without_start_does_not_run(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        container = deploy(start=False)
        assert driver.get_container(container.id).state != ContainerState.RUNNING
        container.start()
        self._wait_for(driver, container, ContainerState.RUNNING)

    @needs("deploy_container", "list_containers", "iterate_containers")
    def test_list_containers_has_the_container_once(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        container = deploy()
        listed = [found.id for found in driver.list_containers()]
        assert listed.count(container.id) == 1
        assert [found.id for found in driver.iterate_containers()].count(container.id) == 1

    @needs("deploy_container", "list_containers")
    def test_list_containers_of_a_cluster_leaves_out_the_others(
        self,
        driver: ContainerDriver,
        deploy: Callable[..., Container],
        cluster: ContainerCluster | None,
    ) -> None:
        if cluster is None:
            pytest.skip("the suite was given no cluster")
        container = deploy()
        assert container.id in {found.id for found in cluster.list_containers()}
        other = driver.create_cluster(_new_name("cluster"))
        try:
            assert other.list_containers() == []
        finally:
            _ignore_missing(driver.destroy_cluster, other)

    @needs("deploy_container", "list_containers")
    def test_deploy_container_in_threads_mixes_no_answers(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        names = [_new_name("thread") for _ in range(4)]
        deployed = run_in_threads([partial(deploy, name) for name in names])
        assert [container.name for container in deployed] == names
        assert len({container.id for container in deployed}) == len(names)
        listed = {found.id for found in driver.list_containers()}
        assert {container.id for container in deployed} <= listed

    @needs("get_container")
    def test_get_container_that_is_missing_raises_not_found(self, driver: ContainerDriver) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.get_container(self.missing_id)

    @needs("deploy_container", "get_container", "start_container", "stop_container")
    def test_stop_container_and_start_container_change_its_state(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        container = deploy()
        self._wait_for(driver, container, ContainerState.RUNNING)
        assert container.stop().id == container.id
        self._wait_for(driver, container, ContainerState.STOPPED)
        driver.stop_container(container)
        assert container.start().id == container.id
        self._wait_for(driver, container, ContainerState.RUNNING)
        driver.start_container(container)

    @needs("deploy_container", "get_container", "restart_container")
    def test_restart_container_leaves_it_running(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        container = deploy()
        self._wait_for(driver, container, ContainerState.RUNNING)
        assert container.restart().id == container.id
        self._wait_for(driver, container, ContainerState.RUNNING)

    @needs("deploy_container", "destroy_container", "list_containers")
    def test_destroy_container_unlists_it(
        self, driver: ContainerDriver, deploy: Callable[..., Container]
    ) -> None:
        container = deploy()
        assert container.destroy() is True

        def gone() -> bool:
            return not any(
                found.id == container.id and found.state != ContainerState.TERMINATED
                for found in driver.list_containers()
            )

        wait_until(gone, self.state_timeout, self.poll_interval, f"{container.id} to be gone")

    @pytest.mark.parametrize("name", ["start", "stop", "restart", "destroy"])
    def test_operation_on_a_missing_container_raises_not_found(
        self, driver: ContainerDriver, missing_container: Container, name: str
    ) -> None:
        if not self._offers(driver, f"{name}_container"):
            pytest.skip(f"the driver does not offer {name}_container")
        with pytest.raises(ResourceNotFoundError):
            getattr(missing_container, name)()

    # -- clusters ---------------------------------------------------------------------------------

    @needs("list_locations")
    def test_list_locations_have_names(self, driver: ContainerDriver) -> None:
        locations = driver.list_locations()
        assert locations
        assert all(isinstance(location, ClusterLocation) for location in locations)
        assert all(location.id and location.name for location in locations)

    @needs("create_cluster", "list_clusters", "iterate_clusters", "get_cluster")
    def test_create_cluster_lists_it(
        self, driver: ContainerDriver, cluster: ContainerCluster | None
    ) -> None:
        if cluster is None:
            pytest.skip("the suite was given no cluster")
        assert isinstance(cluster.id, str)
        assert [found.id for found in driver.list_clusters()].count(cluster.id) == 1
        assert [found.id for found in driver.iterate_clusters()].count(cluster.id) == 1
        assert driver.get_cluster(cluster.id).name == cluster.name

    @needs("create_cluster", "destroy_cluster", "list_clusters")
    def test_destroy_cluster_unlists_it(
        self, driver: ContainerDriver, cluster: ContainerCluster | None
    ) -> None:
        if cluster is None:
            pytest.skip("the suite was given no cluster")
        assert cluster.destroy() is True
        assert cluster.id not in {found.id for found in driver.list_clusters()}

    @needs("destroy_cluster")
    def test_destroy_cluster_that_is_missing_raises_not_found(
        self, driver: ContainerDriver
    ) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.destroy_cluster(ContainerCluster(self.missing_id, "missing", driver))

    @needs("get_cluster")
    def test_get_cluster_that_is_missing_raises_not_found(self, driver: ContainerDriver) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.get_cluster(self.missing_id)

    # -- help -------------------------------------------------------------------------------------

    def _offers(self, driver: ContainerDriver, name: str) -> bool:
        return name in driver.supported_operations()

    def _wait_for(self, driver: ContainerDriver, container: Container, state: str) -> Container:
        """The container when it is in a state."""

        def look() -> Container | None:
            found = driver.get_container(container.id)
            assert found.state in STATES
            return found if found.state == state else None

        what = f"container {container.id} to be {state}"
        return wait_until(look, self.state_timeout, self.poll_interval, what)


def _new_name(kind: str) -> str:
    """A name that no run of the suite has used."""
    return f"libcloud-{kind}-{secrets.token_hex(4)}"


def _ignore_missing(remove: Callable[[Any], object], thing: Any) -> None:
    """Remove what a test may have removed already."""
    with contextlib.suppress(ResourceNotFoundError):
        remove(thing)
