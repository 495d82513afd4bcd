"""What the conformance suite does not ask of the driver in memory."""

from __future__ import annotations

import pickle

import pytest

from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError
from libcloud.loadbalancer.base import Algorithm, LoadBalancer, Member
from libcloud.loadbalancer.drivers.dummy import DummyLBDriver
from libcloud.loadbalancer.types import State


@pytest.fixture
def driver() -> DummyLBDriver:
    return DummyLBDriver()


@pytest.fixture
def balancer(driver: DummyLBDriver) -> LoadBalancer:
    members = [Member("m1", "192.0.2.1", 8080), Member(None, "192.0.2.2", 8080)]
    return driver.create_balancer("web", 80, "http", Algorithm.RANDOM, members)


def test_create_balancer_runs_at_once(balancer: LoadBalancer) -> None:
    assert (balancer.state, balancer.ip) == (State.RUNNING, "203.0.113.2")
    assert balancer.extra == {"protocol": "http", "algorithm": Algorithm.RANDOM}
    assert [member.ip for member in balancer.list_members()] == ["192.0.2.1", "192.0.2.2"]


def test_create_balancer_chooses_what_is_none(driver: DummyLBDriver) -> None:
    balancer = driver.create_balancer("web", None, None, None, None)
    assert balancer.port == 80
    assert balancer.extra == {"protocol": "http", "algorithm": Algorithm.ROUND_ROBIN}
    assert driver.create_balancer("tls", None, "https", None, None).port == 443


def test_create_balancer_with_a_name_that_is_taken_raises_resource_exists(
    driver: DummyLBDriver, balancer: LoadBalancer
) -> None:
    with pytest.raises(ResourceExistsError):
        driver.create_balancer("web", 80, "http", Algorithm.RANDOM, [])


def test_create_balancer_with_an_unknown_protocol_raises_libcloud_error(
    driver: DummyLBDriver,
) -> None:
    with pytest.raises(LibcloudError, match="gopher"):
        driver.create_balancer("web", 70, "gopher", Algorithm.RANDOM, [])
    assert driver.list_balancers() == []


def test_update_balancer_changes_what_is_named(
    driver: DummyLBDriver, balancer: LoadBalancer
) -> None:
    updated = driver.update_balancer(
        balancer, algorithm=Algorithm.LEAST_CONNECTIONS, protocol="tcp"
    )
    assert updated.extra == {"protocol": "tcp", "algorithm": Algorithm.LEAST_CONNECTIONS}
    assert (updated.name, updated.port, updated.ip) == ("web", 80, balancer.ip)
    assert [member.balancer for member in updated.list_members()] == [updated, updated]


def test_update_balancer_refuses_what_it_cannot_change(
    driver: DummyLBDriver, balancer: LoadBalancer
) -> None:
    driver.create_balancer("other", 80, "http", Algorithm.RANDOM, [])
    with pytest.raises(ResourceExistsError):
        driver.update_balancer(balancer, name="other")
    with pytest.raises(TypeError, match="colour"):
        driver.update_balancer(balancer, colour="red")
    with pytest.raises(LibcloudError, match="algorithm"):
        driver.update_balancer(balancer, algorithm=Algorithm.PERSISTENT_IP)
    assert driver.get_balancer(balancer.id) is balancer


def test_attach_member_twice_keeps_one(balancer: LoadBalancer) -> None:
    again = balancer.attach_member(Member(None, "192.0.2.1", 8080))
    assert again.id == "m1"
    assert len(balancer.list_members()) == 2


def test_detach_member_finds_it_by_id_or_by_address(balancer: LoadBalancer) -> None:
    balancer.detach_member(Member("m1", None, None))
    balancer.detach_member(Member(None, "192.0.2.2", 8080))
    assert balancer.list_members() == []


def test_detach_member_that_is_not_attached_raises_not_found(balancer: LoadBalancer) -> None:
    with pytest.raises(ResourceNotFoundError):
        balancer.detach_member(Member(None, "192.0.2.1", 9999))
    assert len(balancer.list_members()) == 2


def test_destroy_balancer_twice_raises_not_found(balancer: LoadBalancer) -> None:
    assert balancer.destroy() is True
    with pytest.raises(ResourceNotFoundError):
        balancer.destroy()


def test_driver_is_picklable_with_its_balancers(
    driver: DummyLBDriver, balancer: LoadBalancer
) -> None:
    copy = pickle.loads(pickle.dumps(driver))
    copy.list_balancers()[0].destroy()
    assert driver.list_balancers() == [balancer]
