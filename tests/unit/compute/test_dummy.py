"""What the conformance suite does not look at: the seed, the addresses, the copies."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from libcloud.common.errors import ConflictError, ProviderError, ResourceNotFoundError
from libcloud.compute.base import NodeAuthPassword, NodeAuthSSHKey, NodeImage, NodeLocation
from libcloud.compute.drivers.dummy import DummyNodeDriver
from libcloud.compute.types import NodeState, StorageVolumeState


@pytest.fixture
def driver() -> DummyNodeDriver:
    return DummyNodeDriver(0)


def make_node(driver: DummyNodeDriver, **arguments: Any) -> Any:
    size, image = driver.list_sizes()[0], driver.list_images()[0]
    return driver.create_node("mine", size, image, **arguments)


@pytest.mark.parametrize("creds", [0, "0", "foo", -1, None])
def test_new_account_has_two_nodes(creds: Any) -> None:
    driver = DummyNodeDriver(creds)
    assert driver.creds == creds
    nodes = driver.list_nodes()
    assert [(node.id, node.name, node.state) for node in nodes] == [
        ("1", "dummy-1", NodeState.RUNNING),
        ("2", "dummy-2", NodeState.RUNNING),
    ]
    assert [node.public_ips for node in nodes] == [["127.0.0.1"], ["127.0.0.1"]]
    assert [node.extra for node in nodes] == [{"foo": "bar"}] * 2


@pytest.mark.parametrize("creds", [3, "3"])
def test_number_says_how_many_nodes_there_are(creds: Any) -> None:
    driver = DummyNodeDriver(creds)
    assert [(node.id, node.name, node.public_ips[0]) for node in driver.list_nodes()] == [
        ("0", "dummy-0", "127.0.0.1"),
        ("1", "dummy-1", "127.0.0.2"),
        ("2", "dummy-2", "127.0.0.3"),
    ]


def test_seed_has_the_sizes_images_and_locations_of_old(driver: DummyNodeDriver) -> None:
    assert [
        (size.id, size.name, size.ram, size.disk, size.bandwidth, size.price)
        for size in driver.list_sizes()
    ] == [
        ("1", "Small", 128, 4, 500, 4),
        ("2", "Medium", 512, 16, 1500, 8),
        ("3", "Big", 4096, 32, 2500, 32),
        ("4", "XXL Big", 8192, 128, 7500, 64),
    ]
    assert [image.name for image in driver.list_images()] == [
        "Ubuntu 9.10",
        "Ubuntu 9.04",
        "Slackware 4",
    ]
    assert [(place.id, place.name, place.country) for place in driver.list_locations()] == [
        ("1", "Paul's Room", "US"),
        ("2", "London Loft", "GB"),
        ("3", "Island Datacenter", "FJ"),
    ]


def test_created_node_has_what_was_asked_for(driver: DummyNodeDriver) -> None:
    node = make_node(driver, location=driver.list_locations()[1])
    assert (node.id, node.name, node.public_ips) == ("3", "mine", ["127.0.0.3"])
    assert node.size.name == "Small"
    assert node.image.name == "Ubuntu 9.10"
    assert node.extra["location"] == "2"
    assert node.created_at.tzinfo is not None


def test_id_of_a_destroyed_node_is_not_used_again(driver: DummyNodeDriver) -> None:
    first = make_node(driver)
    driver.destroy_node(first)
    assert first.state == NodeState.TERMINATED
    assert make_node(driver).id != first.id


def test_password_is_in_extra_only_when_it_was_made_up(driver: DummyNodeDriver) -> None:
    assert len(make_node(driver).extra["password"]) == 32
    assert "password" not in make_node(driver, auth=NodeAuthPassword("p")).extra
    assert "password" not in make_node(driver, auth=NodeAuthSSHKey("ssh-rsa AAAA")).extra


def test_create_node_of_something_that_does_not_exist_raises_not_found(
    driver: DummyNodeDriver,
) -> None:
    size, image = driver.list_sizes()[0], driver.list_images()[0]
    with pytest.raises(ResourceNotFoundError):
        driver.create_node("n", size, NodeImage("99", "x", driver))
    with pytest.raises(ResourceNotFoundError):
        driver.create_node("n", size, image, NodeLocation("99", "x", "US", driver))
    size.id = "99"
    with pytest.raises(ResourceNotFoundError):
        driver.create_node("n", size, image)
    assert len(driver.list_nodes()) == 2


def test_rebooting_shows_on_the_given_node_only(driver: DummyNodeDriver) -> None:
    node = driver.list_nodes()[0]
    assert node.reboot() is True
    assert node.state == NodeState.REBOOTING
    assert driver.list_nodes()[0].state == NodeState.RUNNING


def test_changing_a_returned_object_changes_nothing_in_the_account(
    driver: DummyNodeDriver,
) -> None:
    node = driver.list_nodes()[0]
    node.name = "other"
    node.public_ips.append("6.6.6.6")
    node.extra["more"] = 1
    fresh = driver.list_nodes()[0]
    assert (fresh.name, fresh.public_ips, fresh.extra) == (
        "dummy-1",
        ["127.0.0.1"],
        {"foo": "bar"},
    )


def test_two_drivers_are_two_accounts() -> None:
    first, second = DummyNodeDriver("same"), DummyNodeDriver("same")
    first.create_volume(1, "v")
    assert second.list_volumes() == []


def test_destroyed_node_lets_go_of_its_volumes(driver: DummyNodeDriver) -> None:
    node, volume = driver.list_nodes()[0], driver.create_volume(5, "v")
    driver.attach_volume(node, volume)
    assert driver.list_volumes()[0].extra["node_id"] == node.id
    driver.destroy_node(node)
    assert driver.list_volumes()[0].state == StorageVolumeState.AVAILABLE
    assert driver.list_volumes()[0].extra["node_id"] is None


def test_volume_in_the_wrong_state_raises_conflict(driver: DummyNodeDriver) -> None:
    node, volume = driver.list_nodes()[0], driver.create_volume(5, "v")
    with pytest.raises(ConflictError, match="not attached"):
        driver.detach_volume(volume)
    driver.attach_volume(node, volume, "/dev/sdx")
    assert driver.list_volumes()[0].extra["device"] == "/dev/sdx"
    with pytest.raises(ConflictError, match="attached"):
        driver.destroy_volume(volume)


def test_snapshots_outlive_their_volume(driver: DummyNodeDriver) -> None:
    volume = driver.create_volume(5, "v")
    snapshot = volume.snapshot("s")
    volume.destroy()
    restored = driver.create_volume(5, "again", snapshot=snapshot)
    assert restored.extra["snapshot_id"] == snapshot.id
    snapshot.destroy()
    with pytest.raises(ResourceNotFoundError):
        driver.create_volume(5, "once more", snapshot=snapshot)


def test_import_of_something_else_than_a_key_is_refused(driver: DummyNodeDriver) -> None:
    with pytest.raises(ProviderError) as caught:
        driver.import_key_pair_from_string("n", "not a key!")
    assert caught.value.http_code == 400
    assert driver.list_key_pairs() == []


def test_get_uuid_is_new_every_time(driver: DummyNodeDriver) -> None:
    assert driver.get_uuid() != driver.get_uuid()


@pytest.mark.parametrize("copied", [lambda d: pickle.loads(pickle.dumps(d)), copy.deepcopy])
def test_copy_of_the_driver_is_an_account_of_its_own(driver: DummyNodeDriver, copied: Any) -> None:
    driver.create_volume(1, "v")
    other = copied(driver)
    assert [volume.name for volume in other.list_volumes()] == ["v"]
    other.create_volume(1, "w")
    assert len(driver.list_volumes()) == 1
