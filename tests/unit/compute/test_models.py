from __future__ import annotations

import copy
import pickle
import threading
from typing import Any

import pytest

from libcloud.common.lazy import put_off_extra
from libcloud.compute.base import (
    KeyPair,
    Node,
    NodeAuthPassword,
    NodeAuthSSHKey,
    NodeImage,
    NodeImageMember,
    NodeLocation,
    NodeSize,
    StorageVolume,
    UuidMixin,
    VolumeSnapshot,
)
from libcloud.compute.types import NodeState


class Recorder:
    """A driver that notes what is called."""

    name = "Recorder"
    type = "dummy"

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> str:
            self.calls.append((name, args, kwargs))
            return f"result of {name}"

        return call


DRIVER: Any = Recorder()

# What apache-libcloud 3.9.1 prints for the same arguments.
OLD_REPRS = [
    (
        Node("1", "n", NodeState.RUNNING, ["1.2.3.4"], [], DRIVER),
        "<Node: uuid=2c183c20f71eb5732512d6cfe1f75ebc9d9bb4dd, name=n, state=RUNNING, "
        "public_ips=['1.2.3.4'], private_ips=[], provider=Recorder ...>",
    ),
    (
        NodeSize("1", "n", 1, 2, 3, 4, DRIVER),
        "<NodeSize: id=1, name=n, ram=1 disk=2 bandwidth=3 price=4 driver=Recorder ...>",
    ),
    (NodeImage("1", "n", DRIVER), "<NodeImage: id=1, name=n, driver=Recorder  ...>"),
    (
        NodeImageMember("1", "2", "accepted", DRIVER),  # type: ignore[arg-type]
        "<NodeImageMember: id=1, image_id=2, state=accepted, driver=Recorder  ...>",
    ),
    (
        NodeLocation("1", "n", "US", DRIVER),
        "<NodeLocation: id=1, name=n, country=US, driver=Recorder>",
    ),
    (StorageVolume("1", "n", 10, DRIVER), "<StorageVolume id=1 size=10 driver=Recorder>"),
    (
        VolumeSnapshot("1", DRIVER, 3, name="nm"),
        '<VolumeSnapshot "nm" id=1 size=3 driver=Recorder state=None>',
    ),
    (
        KeyPair("n", "pub", "fp", DRIVER, "private"),
        "<KeyPair name=n fingerprint=fp driver=Recorder>",
    ),
    (NodeAuthSSHKey("key"), "<NodeAuthSSHKey>"),
    (NodeAuthPassword("secret"), "<NodeAuthPassword>"),
]


@pytest.mark.parametrize(
    ("resource", "expected"), OLD_REPRS, ids=lambda value: type(value).__name__
)
def test_repr_is_the_old_one(resource: Any, expected: str) -> None:
    if isinstance(expected, str) and not isinstance(resource, str):
        assert repr(resource) == str(resource) == expected


def test_node_keeps_what_it_was_given() -> None:
    node = Node(1, "n", NodeState.STOPPED, None, None, DRIVER)  # type: ignore[arg-type]
    assert vars(node) == {
        "_uuid": None,
        "id": "1",
        "name": "n",
        "state": NodeState.STOPPED,
        "public_ips": [],
        "private_ips": [],
        "driver": DRIVER,
        "size": None,
        "created_at": None,
        "image": None,
        "extra": {},
    }


def test_node_takes_all_arguments_by_position() -> None:
    node = Node("1", "n", NodeState.RUNNING, ["a"], ["b"], DRIVER, "s", "i", {"k": 1}, "t")  # type: ignore[arg-type]
    assert (node.size, node.image, node.extra, node.created_at) == ("s", "i", {"k": 1}, "t")


def test_repr_of_a_node_with_a_plain_state() -> None:
    node = Node("1", "n", "running", [], [], DRIVER)  # type: ignore[arg-type]
    assert "state=RUNNING" in repr(node)


def test_repr_of_a_node_without_driver() -> None:
    node = Node("1", "n", NodeState.RUNNING, [], [], None)  # type: ignore[arg-type]
    assert "provider=None" in repr(node)


def test_uuid_differs_between_providers_and_stays() -> None:
    node = Node("1", "n", NodeState.RUNNING, [], [], DRIVER)
    assert node.uuid == node.get_uuid() == "2c183c20f71eb5732512d6cfe1f75ebc9d9bb4dd"
    node.id = "2"
    assert node.uuid == "2c183c20f71eb5732512d6cfe1f75ebc9d9bb4dd"

    class Untyped:
        type = None

    assert Node("1", "n", NodeState.RUNNING, [], [], Untyped()).uuid == (  # type: ignore[arg-type]
        "d030a886650f11ff344e687f77a08636390b33c2"
    )


def test_uuid_works_in_a_subclass_that_does_not_call_the_constructor() -> None:
    class Own(UuidMixin):
        def __init__(self) -> None:
            self.id = "1"
            self.driver = DRIVER

    assert Own().uuid == "2c183c20f71eb5732512d6cfe1f75ebc9d9bb4dd"


def test_two_objects_are_not_equal() -> None:
    assert NodeImage("1", "n", DRIVER) != NodeImage("1", "n", DRIVER)


def test_anybody_may_set_attributes() -> None:
    image: Any = NodeImage("1", "n", DRIVER)
    image.score = 1
    assert vars(image)["score"] == 1


@pytest.mark.parametrize(
    ("method", "args", "operation"),
    [
        ("reboot", (), "reboot_node"),
        ("start", (), "start_node"),
        ("stop_node", (), "stop_node"),
        ("destroy", (), "destroy_node"),
    ],
)
def test_node_short_cut_calls_the_driver(
    method: str, args: tuple[Any, ...], operation: str
) -> None:
    driver = Recorder()
    node = Node("1", "n", NodeState.RUNNING, [], [], driver)  # type: ignore[arg-type]
    assert getattr(node, method)(*args) == f"result of {operation}"
    assert driver.calls == [(operation, (node,), {})]


def test_volume_short_cuts_call_the_driver() -> None:
    driver = Recorder()
    volume = StorageVolume("1", "n", 10, driver)  # type: ignore[arg-type]
    volume.list_snapshots()
    volume.attach("node", "/dev/sdb")  # type: ignore[arg-type]
    volume.detach()
    volume.snapshot("s")
    volume.destroy()
    assert [(name, kwargs) for name, _, kwargs in driver.calls] == [
        ("list_volume_snapshots", {"volume": volume}),
        ("attach_volume", {"node": "node", "volume": volume, "device": "/dev/sdb"}),
        ("detach_volume", {"volume": volume}),
        ("create_volume_snapshot", {"volume": volume, "name": "s"}),
        ("destroy_volume", {"volume": volume}),
    ]


def test_snapshot_short_cut_calls_the_driver() -> None:
    driver = Recorder()
    snapshot = VolumeSnapshot("1", driver)  # type: ignore[arg-type]
    snapshot.destroy()
    assert driver.calls == [("destroy_volume_snapshot", (), {"snapshot": snapshot})]


def test_models_can_be_pickled() -> None:
    node = Node("1", "n", NodeState.RUNNING, [], [], None, extra={"k": 1})  # type: ignore[arg-type]
    copy = pickle.loads(pickle.dumps(node))
    assert vars(copy) == vars(node)


# -- extra that is put off ------------------------------------------------------------------------


@pytest.fixture
def node() -> Node:
    """A node whose extra is not read yet."""
    node = Node("1", "n", NodeState.RUNNING, [], [], None)  # type: ignore[arg-type]
    put_off_extra(node, dict, [("size", "small")])
    return node


EXTRA = {"size": "small"}


@pytest.mark.parametrize(
    "look",
    [
        lambda node: node.extra,
        lambda node: vars(node)["extra"],
        lambda node: node.__dict__["extra"],
        lambda node: copy.copy(node).extra,
        lambda node: copy.deepcopy(node).__dict__["extra"],
        lambda node: vars(pickle.loads(pickle.dumps(node)))["extra"],
        lambda node: pickle.loads(pickle.dumps(node, protocol=0)).extra,
        lambda node: getattr(node, next(name for name in dir(node) if name == "extra")),
    ],
)
def test_extra_that_is_put_off_is_there_for_whoever_looks(node: Node, look: Any) -> None:
    extra = look(node)
    assert type(extra) is dict
    assert extra == EXTRA


def test_extra_that_is_put_off_leaves_no_other_trace(node: Node) -> None:
    eager = Node("1", "n", NodeState.RUNNING, [], [], None, extra={})  # type: ignore[arg-type]
    assert vars(node).keys() == vars(eager).keys()
    node.extra["more"] = 1
    assert node.extra == {"size": "small", "more": 1}


def test_extra_that_is_put_off_is_replaced_by_what_the_program_sets(node: Node) -> None:
    node.extra = {"own": 1}
    assert vars(node)["extra"] is node.extra
    assert node.extra == {"own": 1}


def test_extra_that_is_put_off_is_made_once(node: Node) -> None:
    calls: list[str] = []

    def make(size: str) -> dict[str, Any]:
        calls.append(size)
        return {"size": size}

    put_off_extra(node, make, "large")
    assert not calls
    assert node.extra is node.extra
    assert calls == ["large"]


def test_extra_that_is_put_off_is_one_dict_for_all_threads() -> None:
    for _ in range(50):
        node = Node("1", "n", NodeState.RUNNING, [], [], None)  # type: ignore[arg-type]
        start = threading.Barrier(4)

        def make(wait: threading.Barrier = start) -> dict[str, Any]:
            wait.wait(5)  # until all four are here
            return {"a": 1}

        put_off_extra(node, make)
        seen: list[Any] = []
        threads = [
            threading.Thread(target=lambda node=node, seen=seen: seen.append(node.extra))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({id(extra) for extra in seen}) == 1
        assert len(seen) == 4


def test_error_in_extra_that_is_put_off_is_raised_whenever_one_looks(node: Node) -> None:
    put_off_extra(node, lambda: int("many"))  # type: ignore[arg-type, return-value]
    for _ in range(2):
        with pytest.raises(ValueError, match="many"):
            _ = node.extra


def test_node_that_never_had_extra() -> None:
    class Own(Node):
        def __init__(self) -> None:
            """Calls no other constructor."""

    with pytest.raises(AttributeError, match="'Own' object has no attribute 'extra'"):
        _ = Own().extra
    assert not hasattr(Own(), "extra")
