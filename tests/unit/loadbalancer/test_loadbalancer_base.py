from __future__ import annotations

import pickle
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from libcloud.common.errors import (
    ConflictError,
    DriverNotWrittenError,
    ErrorKind,
    LibcloudError,
    ProviderClosedError,
    ProviderNotFoundError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.loadbalancer.base import Algorithm, Driver, LoadBalancer, Member
from libcloud.loadbalancer.providers import DRIVERS, get_driver, set_driver
from libcloud.loadbalancer.types import (
    LibcloudLBError,
    LibcloudLBImmutableError,
    Provider,
    State,
)


class ListsOnly(Driver):
    """As third parties wrote them."""

    _ALGORITHM_TO_VALUE_MAP = {Algorithm.ROUND_ROBIN: "rr"}
    _VALUE_TO_ALGORITHM_MAP = {"rr": Algorithm.ROUND_ROBIN}

    def list_balancers(self) -> list[LoadBalancer]:
        return [balancer_of(self, "1"), balancer_of(self, "2")]

    def balancer_attach_member(self, balancer: LoadBalancer, member: Member) -> Member:
        return Member("m", member.ip, member.port, balancer)


class IteratesOnly(Driver):
    def iterate_balancers(self) -> Iterator[LoadBalancer]:
        yield balancer_of(self, "1")
        yield balancer_of(self, "2")


def balancer_of(driver: Any, balancer_id: str) -> LoadBalancer:
    return LoadBalancer(balancer_id, f"n{balancer_id}", State.RUNNING, "192.0.2.1", 80, driver)


@pytest.mark.parametrize("driver_class", [ListsOnly, IteratesOnly])
def test_lists_iterators_and_gets_follow_from_either(driver_class: type[Driver]) -> None:
    driver = driver_class("key")
    assert [balancer.id for balancer in driver.list_balancers()] == ["1", "2"]
    assert [balancer.id for balancer in driver.iterate_balancers()] == ["1", "2"]
    assert driver.get_balancer("2").name == "n2"
    offered = driver.supported_operations()
    assert {"list_balancers", "iterate_balancers", "get_balancer"} <= offered
    with pytest.raises(ResourceNotFoundError, match="3"):
        driver.get_balancer("3")


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("list_protocols", ()),
        ("iterate_balancers", ()),
        ("list_balancers", ()),
        ("get_balancer", ("1",)),
        ("create_balancer", ("n", 80, "http", Algorithm.RANDOM, [])),
        ("update_balancer", (None,)),
        ("destroy_balancer", (None,)),
        ("balancer_list_members", (None,)),
        ("balancer_attach_member", (None, None)),
        ("balancer_attach_compute_node", (None, None)),
        ("balancer_detach_member", (None, None)),
    ],
)
def test_operation_of_the_bare_base_raises_unsupported(operation: str, arguments: Any) -> None:
    with pytest.raises(UnsupportedOperation, match="not implemented for this driver"):
        getattr(Driver("key"), operation)(*arguments)


def test_attach_compute_node_uses_its_first_public_address() -> None:
    driver = ListsOnly("key")
    node = SimpleNamespace(id="n1", public_ips=["192.0.2.7", "192.0.2.8"])
    member = driver.get_balancer("1").attach_compute_node(node)  # type: ignore[arg-type]
    assert (member.ip, member.port) == ("192.0.2.7", 80)


def test_attach_compute_node_without_public_address_raises_libcloud_error() -> None:
    driver = ListsOnly("key")
    node: Any = SimpleNamespace(id="n1", public_ips=[])
    with pytest.raises(LibcloudError, match="n1 has no public address"):
        driver.balancer_attach_compute_node(driver.get_balancer("1"), node)


def test_algorithms_translate_both_ways() -> None:
    driver = ListsOnly("key")
    assert driver.list_supported_algorithms() == [Algorithm.ROUND_ROBIN]
    assert driver._algorithm_to_value(Algorithm.ROUND_ROBIN) == "rr"
    assert driver._value_to_algorithm("rr") == Algorithm.ROUND_ROBIN


def test_algorithm_that_is_unknown_raises_libcloud_error() -> None:
    with pytest.raises(LibcloudError, match="Invalid algorithm: 55"):
        ListsOnly("key")._algorithm_to_value(55)
    with pytest.raises(LibcloudError, match="Invalid value: zz"):
        ListsOnly("key")._value_to_algorithm("zz")


def test_models_keep_what_they_are_given() -> None:
    balancer = LoadBalancer(1, "n", State.ERROR, None, None, None)  # type: ignore[arg-type]
    assert vars(balancer) == {
        "id": "1",
        "name": "n",
        "state": 3,
        "ip": None,
        "port": None,
        "driver": None,
        "extra": {},
    }
    member = Member(2, "192.0.2.1", 80, balancer, {"a": 1})  # type: ignore[arg-type]
    assert vars(member) == {
        "id": "2",
        "ip": "192.0.2.1",
        "port": 80,
        "balancer": balancer,
        "extra": {"a": 1},
    }
    assert repr(balancer) == "<LoadBalancer: id=1, name=n, state=3, ip=None, port=None>"
    assert repr(member) == "<Member: id=2, address=192.0.2.1:80>"


def test_errors_look_as_ever_and_immutable_is_a_conflict() -> None:
    assert repr(LibcloudLBError("v")) == "<LibcloudError in None 'v'>"
    error = LibcloudLBImmutableError("v", None)
    assert str(error) == "<LibcloudError in None 'v'>"
    assert isinstance(error, LibcloudLBError)
    assert isinstance(error, ConflictError)
    assert error.kind is ErrorKind.CONFLICT
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_get_driver_knows_what_exists() -> None:
    from libcloud.loadbalancer.drivers.dummy import DummyLBDriver

    assert get_driver(Provider.DUMMY) is DummyLBDriver
    assert list(DRIVERS) == sorted(DRIVERS)


def test_get_driver_of_other_names_says_why() -> None:
    with pytest.raises(ProviderClosedError, match='now called "RACKSPACE"'):
        get_driver("rackspace_us")
    with pytest.raises(ProviderNotFoundError, match="Did you mean 'dummy'"):
        get_driver("dumy")


def test_get_driver_of_a_constant_without_driver_says_so() -> None:
    constants = {value for name, value in vars(Provider).items() if name.isupper()}
    waiting = sorted(constants - set(DRIVERS) - {Provider.RACKSPACE_US, Provider.RACKSPACE_UK})
    for provider in waiting:
        with pytest.raises(DriverNotWrittenError):
            get_driver(provider)


def test_set_driver_registers_once() -> None:
    try:
        assert set_driver("lists-only", __name__, "ListsOnly").__name__ == "ListsOnly"
        with pytest.raises(AttributeError):
            set_driver("lists-only", __name__, "ListsOnly")
    finally:
        del DRIVERS["lists-only"]
