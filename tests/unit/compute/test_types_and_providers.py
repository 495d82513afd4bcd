from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from libcloud.common.errors import (
    DriverNotWrittenError,
    LibcloudError,
    ProviderClosedError,
    ProviderNotFoundError,
    ResourceNotFoundError,
)
from libcloud.compute.base import Node
from libcloud.compute.deprecated import DEPRECATED_DRIVERS
from libcloud.compute.drivers.dummy import DummyNodeDriver
from libcloud.compute.providers import DRIVERS, get_driver, set_driver
from libcloud.compute.types import (
    OLD_CONSTANT_TO_NEW_MAPPING,
    DeploymentError,
    KeyPairDoesNotExistError,
    KeyPairError,
    NodeState,
    Provider,
)


def test_get_driver_takes_a_constant_and_its_value() -> None:
    assert get_driver(Provider.DUMMY) is DummyNodeDriver
    assert get_driver("dummy") is DummyNodeDriver


@pytest.mark.parametrize("provider", sorted(DEPRECATED_DRIVERS, key=str))
def test_get_driver_of_a_closed_provider_says_why(provider: Provider) -> None:
    with pytest.raises(ProviderClosedError) as caught:
        get_driver(provider.value)
    assert DEPRECATED_DRIVERS[provider]["reason"] in str(caught.value)
    assert DEPRECATED_DRIVERS[provider]["url"] in str(caught.value)


@pytest.mark.parametrize("provider", sorted(OLD_CONSTANT_TO_NEW_MAPPING, key=str))
def test_get_driver_of_a_renamed_constant_names_the_new_one(provider: Provider) -> None:
    with pytest.raises(ProviderClosedError, match=OLD_CONSTANT_TO_NEW_MAPPING[provider].name):
        get_driver(provider)


def test_get_driver_of_a_constant_without_driver_says_so() -> None:
    with pytest.raises(DriverNotWrittenError, match="ciscoccs"):
        get_driver(Provider.CISCOCCS)


def test_get_driver_of_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ProviderNotFoundError, match="dummy"):
        get_driver("dumy")


def test_set_driver_adds_one_and_refuses_a_taken_name() -> None:
    try:
        added = set_driver("mine", "libcloud.compute.drivers.dummy", "DummyNodeDriver")
        assert added is get_driver("mine") is DummyNodeDriver
        with pytest.raises(AttributeError):
            set_driver("mine", "libcloud.compute.drivers.dummy", "DummyNodeDriver")
    finally:
        DRIVERS.pop("mine", None)


def test_drivers_table_is_sorted() -> None:
    assert [str(key) for key in DRIVERS] == sorted(str(key) for key in DRIVERS)


def test_state_is_its_value() -> None:
    assert NodeState.RUNNING == "running"
    assert f"{NodeState.RUNNING}" == "running"
    assert {NodeState.RUNNING: 1}["running"] == 1


def test_deployment_error_has_the_node_and_the_cause() -> None:
    driver = DummyNodeDriver("x")
    node = driver.list_nodes()[0]
    cause = ValueError("boom")
    error = DeploymentError(node, cause, driver)
    assert (error.node, error.original_error, error.value, error.driver) == (
        node,
        cause,
        cause,
        driver,
    )
    assert str(error) == repr(error) == f"<DeploymentError: node=1, error=boom, driver={driver}>"
    assert isinstance(error, LibcloudError)


def test_deployment_error_can_be_pickled() -> None:
    node = Node("1", "n", NodeState.RUNNING, [], [], None)  # type: ignore[arg-type]
    copy = pickle.loads(pickle.dumps(DeploymentError(node, ValueError("boom"))))
    assert copy.node.id == "1"
    assert str(copy.original_error) == "boom"


def test_key_pair_error_is_not_found_too_and_pickles() -> None:
    driver = DummyNodeDriver("x")
    error = KeyPairDoesNotExistError("mine", driver)
    assert isinstance(error, KeyPairError)
    assert isinstance(error, ResourceNotFoundError)
    assert error.http_code == 404
    assert str(error) == (
        "<KeyPairDoesNotExistError name=mine, value=Key pair with name mine does not exist, "
        "driver=Dummy Node Provider>"
    )
    assert pickle.loads(pickle.dumps(error)).name == "mine"


def test_importing_base_and_constructing_a_driver_loads_no_third_party_package() -> None:
    program = (
        "import sys\n"
        "import libcloud.compute.base\n"
        "from libcloud.compute.providers import get_driver\n"
        "get_driver('dummy')('x').list_nodes()\n"
        "heavy = {'requests', 'lxml', 'cryptography', 'paramiko', 'libcloud.compute.ssh',\n"
        "         'asyncio', 'ssl', 'http.client', 'email'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
