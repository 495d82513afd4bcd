from __future__ import annotations

import pickle

import pytest

from libcloud.common.errors import (
    DriverNotWrittenError,
    ErrorKind,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.container.base import (
    ClusterLocation,
    Container,
    ContainerCluster,
    ContainerDriver,
    ContainerImage,
)
from libcloud.container.providers import DRIVERS, get_driver, set_driver
from libcloud.container.types import (
    ContainerAlreadyExistsError,
    ContainerClusterDoesNotExistError,
    ContainerDoesNotExistError,
    ContainerState,
    Provider,
    Type,
)


class RecordingDriver:
    """Returns the name and the arguments of each call."""

    name = "recorder"

    def __getattr__(self, name):
        return lambda **arguments: (name, arguments)


@pytest.fixture
def recorder():
    return RecordingDriver()


@pytest.fixture
def image(recorder):
    return ContainerImage(1, "redis", "library/redis", "7", recorder)


@pytest.fixture
def cluster(recorder):
    return ContainerCluster(2, "blue", recorder)


# -- models ---------------------------------------------------------------------------------------


def test_models_keep_positional_arguments_and_their_repr(recorder, image, cluster):
    container = Container(3, "web", image, "running", ["10.0.0.1"], recorder, {"a": 1}, 5)
    location = ClusterLocation(4, "Paris", "FR", recorder)
    assert repr(image) == "<ContainerImage: id=1, name=redis, path=library/redis ...>"
    assert repr(cluster) == "<ContainerCluster: id=2, name=blue, provider=recorder ...>"
    assert repr(container) == "<Container: id=3, name=web,state=running, provider=recorder ...>"
    assert repr(location) == "<ClusterLocation: id=4, name=Paris, country=FR, driver=recorder>"
    assert [model.id for model in (image, cluster, container, location)] == ["1", "2", "3", "4"]
    assert (image.version, container.extra, container.created_at) == ("7", {"a": 1}, 5)


def test_model_without_id_has_none(recorder, image):
    assert Container("", "web", image, "running", [], recorder).id is None


def test_image_deploy_hands_on_what_is_given(image, cluster):
    assert image.deploy("web", {"a": 1}, cluster, start=False) == (
        "deploy_container",
        {
            "name": "web",
            "image": image,
            "parameters": {"a": 1},
            "cluster": cluster,
            "start": False,
        },
    )


@pytest.mark.parametrize("name", ["start", "stop", "restart", "destroy"])
def test_container_methods_call_the_driver(recorder, image, name):
    container = Container(3, "web", image, "running", [], recorder)
    assert getattr(container, name)() == (f"{name}_container", {"container": container})


def test_cluster_methods_call_the_driver(cluster):
    assert cluster.list_containers() == ("list_containers", {"cluster": cluster})
    assert cluster.destroy() == ("destroy_cluster", {"cluster": cluster})


# -- states ---------------------------------------------------------------------------------------


def test_state_fromstring_knows_names_in_any_case():
    assert ContainerState.fromstring("RuNNing") == ContainerState.RUNNING
    assert ContainerState.fromstring("x") is None
    assert Type.fromstring("running") is None


def test_state_tostring_is_upper_case():
    assert ContainerState.tostring(ContainerState.RUNNING) == "RUNNING"


# -- driver ---------------------------------------------------------------------------------------


class OldStyleDriver(ContainerDriver):
    """As third parties write them: list_* only, and without the filters they do not know."""

    def list_containers(self):
        return [Container("1", "web", None, "running", [], self)]

    def list_clusters(self):
        return [ContainerCluster("1", "blue", self)]


class PagingDriver(ContainerDriver):
    def iterate_containers(self, image=None, cluster=None):
        for name in ("web", "db"):
            if cluster is None or cluster.name == name:
                yield Container(name, name, image, "running", [], self)


def test_list_and_iterate_follow_from_each_other(cluster):
    old = OldStyleDriver("key")
    assert [container.id for container in old.iterate_containers()] == ["1"]
    assert [found.id for found in old.iterate_clusters()] == ["1"]
    new = PagingDriver("key")
    cluster.name = "db"
    assert [container.id for container in new.list_containers()] == ["web", "db"]
    assert [container.id for container in new.list_containers(cluster=cluster)] == ["db"]


def test_get_cluster_reads_the_listing():
    driver = OldStyleDriver("key")
    assert driver.get_cluster("1").name == "blue"
    with pytest.raises(ContainerClusterDoesNotExistError) as caught:
        driver.get_cluster("2")
    assert caught.value.resource_id == "2"


def test_supported_operations_come_from_what_is_overridden():
    assert OldStyleDriver.supported_operations() == {
        "list_containers",
        "iterate_containers",
        "list_clusters",
        "iterate_clusters",
        "get_cluster",
    }
    assert ContainerDriver.supported_operations() == frozenset()


def test_operation_that_is_not_offered_names_itself():
    with pytest.raises(NotImplementedError) as caught:
        ContainerDriver("key").deploy_container("web", None)
    assert isinstance(caught.value, UnsupportedOperation)
    assert str(caught.value) == "deploy_container not implemented for this driver"


# -- errors, providers ----------------------------------------------------------------------------


def test_errors_are_of_the_generic_kind_and_travel():
    missing = ContainerDoesNotExistError("gone", "driver", "c-1")
    assert isinstance(missing, ResourceNotFoundError)
    assert (missing.kind, missing.http_code) == (ErrorKind.NOT_FOUND, 404)
    assert isinstance(ContainerAlreadyExistsError("there", None, "web"), ResourceExistsError)
    assert str(missing) == "<ContainerDoesNotExistError in 'driver', resource_id=c-1, value=gone>"
    copied = pickle.loads(pickle.dumps(missing))
    assert (type(copied), copied.resource_id) == (ContainerDoesNotExistError, "c-1")


def test_get_driver_finds_the_dummy_by_constant_and_by_name():
    assert get_driver(Provider.DUMMY) is get_driver("dummy")
    assert get_driver("dummy").__name__ == "DummyContainerDriver"


def test_get_driver_of_a_constant_without_driver_says_so():
    waiting = {value for name, value in vars(Provider).items() if name.isupper()} - set(DRIVERS)
    for name in waiting:
        with pytest.raises(DriverNotWrittenError):
            get_driver(name)


def test_set_driver_registers_once(monkeypatch):
    monkeypatch.setattr("libcloud.container.providers._registry.drivers", {})
    module = "libcloud.container.drivers.dummy"
    assert set_driver("mine", module, "DummyContainerDriver") is get_driver("mine")
    with pytest.raises(AttributeError):
        set_driver("mine", module, "DummyContainerDriver")
