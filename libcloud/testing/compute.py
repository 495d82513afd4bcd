"""
The conformance suite of compute drivers.

::

    from libcloud.testing.compute import NodeDriverConformance

    class TestAcme(NodeDriverConformance):
        missing_id = "00000000-0000-0000-0000-000000000000"

        @pytest.fixture
        def driver(self):
            return AcmeNodeDriver("key", "secret", host="localhost", port=...)

The driver may be one that has nodes, volumes and keys already: the suite looks at its own only, and
removes what it made. What a provider wants to be different (an image that exists, a larger volume)
is a class attribute or a fixture below; override it.
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from libcloud.common.errors import ConflictError, ResourceExistsError, ResourceNotFoundError
from libcloud.common.polling import wait_until
from libcloud.compute import keys
from libcloud.compute.base import (
    KeyPair,
    Node,
    NodeImage,
    NodeLocation,
    NodeSize,
    StorageVolume,
    VolumeSnapshot,
)
from libcloud.compute.types import (
    KeyPairDoesNotExistError,
    NodeState,
    StorageVolumeState,
    VolumeSnapshotState,
)
from libcloud.testing.base import Conformance, needs, run_in_threads, skip_unless_offered

__all__ = [
    "ComputeConformance",
    "ImageConformance",
    "KeyPairConformance",
    "LocationConformance",
    "NodeConformance",
    "NodeDriverConformance",
    "SizeConformance",
    "SnapshotConformance",
    "VolumeConformance",
]


class ComputeConformance(Conformance):
    """What the concerns share: how to make things at the provider, and how to wait for them."""

    #: An id, in the provider's form, that nothing has; and for providers whose forms differ, each.
    missing_id = "0"
    missing_node_id: str | None = None
    missing_image_id: str | None = None
    missing_volume_id: str | None = None
    missing_snapshot_id: str | None = None

    #: Further arguments for ``create_node`` and ``create_volume``.
    create_node_kwargs: dict[str, Any] = {}
    create_volume_kwargs: dict[str, Any] = {}

    #: A name for nodes and volumes, None for a provider that takes ASCII only.
    unicode_name: str | None = "Zażółć gęślą jaźń 測試"

    #: GB of the volumes that are made.
    volume_size = 1

    #: Seconds to wait for a state, and between two looks.
    wait_timeout: float = 60
    wait_interval: float = 0.1

    #: How many threads share the driver.
    threads = 8

    @pytest.fixture
    def size(self, driver: Any) -> NodeSize:
        """The size of the nodes that are made."""
        size: NodeSize = next(iter(driver.iterate_sizes()))
        return size

    @pytest.fixture
    def image(self, driver: Any) -> NodeImage:
        """The image of the nodes that are made."""
        image: NodeImage = next(iter(driver.iterate_images()))
        return image

    @pytest.fixture
    def make_node(
        self, driver: Any, size: NodeSize, image: NodeImage
    ) -> Iterator[Callable[[str], Node]]:
        """A function that makes a node of the given name, which is destroyed after the test."""
        made: list[Node] = []

        def make(name: str) -> Node:
            node: Node = driver.create_node(
                name=name, size=size, image=image, **self.create_node_kwargs
            )
            made.append(node)
            return node

        yield make
        for node in made:
            with contextlib.suppress(ResourceNotFoundError):
                driver.destroy_node(node)

    @pytest.fixture
    def node(self, driver: Any, make_node: Callable[[str], Node]) -> Node:
        """A node that runs."""
        return self.wait_for_node(driver, make_node(self.new_name()), NodeState.RUNNING)

    @pytest.fixture
    def missing_node(self, driver: Any) -> Node:
        """A node that does not exist."""
        id = self.missing_node_id or self.missing_id
        return Node(id, "missing", NodeState.UNKNOWN, [], [], driver)

    @pytest.fixture
    def make_volume(self, driver: Any) -> Iterator[Callable[..., StorageVolume]]:
        """A function that makes a volume, which is destroyed after the test."""
        made: list[StorageVolume] = []

        def make(name: str, **arguments: Any) -> StorageVolume:
            volume: StorageVolume = driver.create_volume(
                size=self.volume_size, name=name, **{**self.create_volume_kwargs, **arguments}
            )
            made.append(volume)
            return volume

        yield make
        for volume in made:
            current = _by_id(driver.list_volumes(), volume.id)
            if current is None or current.state == StorageVolumeState.DELETED:
                continue
            if current.state == StorageVolumeState.INUSE:
                driver.detach_volume(current)
                self.wait_for_volume(driver, current, StorageVolumeState.AVAILABLE)
            with contextlib.suppress(ResourceNotFoundError):
                driver.destroy_volume(current)

    @pytest.fixture
    def volume(self, driver: Any, make_volume: Callable[..., StorageVolume]) -> StorageVolume:
        """A volume that can be attached."""
        volume = make_volume(self.new_name())
        return self.wait_for_volume(driver, volume, StorageVolumeState.AVAILABLE)

    @pytest.fixture
    def missing_volume(self, driver: Any) -> StorageVolume:
        """A volume that does not exist."""
        return StorageVolume(
            self.missing_volume_id or self.missing_id, "missing", self.volume_size, driver
        )

    def new_name(self) -> str:
        """A name that nothing else has."""
        return f"libcloud-{uuid.uuid4().hex[:12]}"

    def wait_for(self, what: str, check: Callable[[], Any]) -> Any:
        """Call a function until what it returns is true, and return that."""
        return wait_until(lambda: check() or None, self.wait_timeout, self.wait_interval, what)

    def wait_for_node(self, driver: Any, node: Node, state: NodeState) -> Node:
        """The node as it is listed, once it has the state."""

        def look() -> Node | None:
            found = _by_id(driver.list_nodes(), node.id)
            return found if found is not None and found.state == state else None

        found: Node = self.wait_for(f"node {node.id} to be {state}", look)
        return found

    def wait_for_volume(
        self, driver: Any, volume: StorageVolume, state: StorageVolumeState
    ) -> StorageVolume:
        """The volume as it is listed, once it has the state (or always, if it has none)."""

        def look() -> StorageVolume | None:
            found = _by_id(driver.list_volumes(), volume.id)
            return found if found is not None and found.state in (state, None) else None

        found: StorageVolume = self.wait_for(f"volume {volume.id} to be {state}", look)
        return found


class NodeConformance(ComputeConformance):
    """Nodes: made, listed, switched off and on, destroyed."""

    #: The addresses that a new node gets: ``public_ips`` or ``private_ips``.
    ssh_interface = "public_ips"

    @needs("create_node", "list_nodes", "destroy_node")
    def test_create_node_returns_what_was_asked_for(
        self, driver: Any, make_node: Callable[[str], Node]
    ) -> None:
        name = self.new_name()
        node = make_node(name)
        assert node.name == name
        assert node.driver is driver
        _assert_node(node)
        listed = _by_id(driver.list_nodes(), node.id)
        assert listed is not None, "a new node is listed"
        assert listed.name == name
        assert listed.uuid == node.uuid

    @needs("create_node", "list_nodes", "destroy_node")
    def test_list_nodes_returns_nodes(self, driver: Any, node: Node) -> None:
        nodes = driver.list_nodes()
        assert isinstance(nodes, list)
        for listed in nodes:
            _assert_node(listed)
        _assert_distinct_ids(nodes)

    @needs("create_node", "iterate_nodes", "destroy_node")
    def test_iterate_nodes_is_lazy(
        self, driver: Any, node: Node, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requests = _count_requests(driver, monkeypatch)
        nodes = driver.iterate_nodes()
        assert isinstance(nodes, Iterator)
        assert len(requests) == 0, "iterate_nodes makes no request before it is asked for an item"
        next(nodes)
        assert len(requests) <= 1, "one request is enough for the first item"

    @needs("create_node", "list_nodes", "destroy_node")
    def test_create_node_keeps_a_unicode_name(
        self, driver: Any, make_node: Callable[[str], Node]
    ) -> None:
        if self.unicode_name is None:
            pytest.skip("the provider takes ASCII names only")
        node = make_node(self.unicode_name)
        listed = _by_id(driver.list_nodes(), node.id)
        assert node.name == self.unicode_name
        assert listed is not None
        assert listed.name == self.unicode_name

    @needs("create_node", "list_nodes", "destroy_node")
    def test_wait_until_running_returns_the_node_and_its_addresses(
        self, driver: Any, make_node: Callable[[str], Node]
    ) -> None:
        node = make_node(self.new_name())
        [(running, addresses)] = driver.wait_until_running(
            [node],
            wait_period=self.wait_interval,
            timeout=self.wait_timeout,
            ssh_interface=self.ssh_interface,
        )
        assert running.id == node.id
        assert running.state == NodeState.RUNNING
        assert addresses
        assert set(addresses) <= set(getattr(running, self.ssh_interface))

    @needs("create_node", "list_nodes", "destroy_node", "reboot_node")
    def test_reboot_node_runs_again(self, driver: Any, node: Node) -> None:
        assert driver.reboot_node(node) is True
        self.wait_for_node(driver, node, NodeState.RUNNING)

    @needs("create_node", "list_nodes", "destroy_node", "stop_node", "start_node")
    def test_stop_node_stops_and_start_node_starts(self, driver: Any, node: Node) -> None:
        assert driver.stop_node(node) is True
        stopped = self.wait_for_node(driver, node, NodeState.STOPPED)
        assert driver.start_node(stopped) is True
        self.wait_for_node(driver, node, NodeState.RUNNING)

    @needs("create_node", "list_nodes", "destroy_node")
    def test_destroy_node_removes_it(self, driver: Any, node: Node) -> None:
        assert driver.destroy_node(node) is True
        self.wait_for("the node to be gone", lambda: not _is_alive(driver.list_nodes(), node.id))

    @pytest.mark.parametrize("name", ["reboot_node", "start_node", "stop_node", "destroy_node"])
    def test_missing_node_raises_not_found(
        self, driver: Any, missing_node: Node, name: str
    ) -> None:
        skip_unless_offered(driver, name)
        with pytest.raises(ResourceNotFoundError):
            getattr(driver, name)(missing_node)

    @needs("create_node", "list_nodes", "destroy_node")
    def test_node_can_be_pickled(self, node: Node) -> None:
        copy = pickle.loads(pickle.dumps(node))
        assert (copy.id, copy.name, copy.state) == (node.id, node.name, node.state)
        assert copy.uuid == node.uuid

    @needs("create_node", "list_nodes", "destroy_node")
    def test_threads_get_their_own_nodes(
        self, driver: Any, make_node: Callable[[str], Node]
    ) -> None:
        names = [self.new_name() for _ in range(self.threads)]
        nodes = run_in_threads([partial(make_node, name) for name in names])
        assert [node.name for node in nodes] == names
        _assert_distinct_ids(nodes)
        listed = {node.id: node.name for node in driver.list_nodes()}
        assert [listed.get(node.id) for node in nodes] == names


class SizeConformance(ComputeConformance):
    """Sizes: listed, in the units of the contract."""

    @needs("list_sizes")
    def test_list_sizes_returns_sizes(self, driver: Any) -> None:
        sizes = driver.list_sizes()
        assert sizes, "a provider has sizes"
        for size in sizes:
            assert isinstance(size, NodeSize)
            assert isinstance(size.id, str)
            assert size.driver is driver
            assert size.price is None or size.price >= 0
        _assert_distinct_ids(sizes)

    @needs("iterate_sizes", "list_sizes")
    def test_iterate_sizes_yields_what_list_sizes_returns(self, driver: Any) -> None:
        iterated = driver.iterate_sizes()
        assert isinstance(iterated, Iterator)
        assert [size.id for size in iterated] == [size.id for size in driver.list_sizes()]


class LocationConformance(ComputeConformance):
    """Locations: listed."""

    @needs("list_locations")
    def test_list_locations_returns_locations(self, driver: Any) -> None:
        locations = driver.list_locations()
        assert locations, "a provider is somewhere"
        for location in locations:
            assert isinstance(location, NodeLocation)
            assert isinstance(location.id, str)
            assert location.driver is driver
        _assert_distinct_ids(locations)

    @needs("list_locations", "list_sizes")
    def test_threads_get_the_answer_to_their_own_question(self, driver: Any) -> None:
        questions = [driver.list_locations, driver.list_sizes]
        expected = [[resource.id for resource in ask()] for ask in questions]
        calls = [questions[number % 2] for number in range(self.threads)]
        answers = run_in_threads(calls)
        for number, answer in enumerate(answers):
            assert [resource.id for resource in answer] == expected[number % 2]


class ImageConformance(ComputeConformance):
    """Images: listed, fetched, made from a node, copied, deleted."""

    #: A region to copy an image from, for ``copy_image``.
    image_source_region: str | None = None

    @needs("iterate_images")
    def test_iterate_images_yields_images(self, driver: Any) -> None:
        # Some providers have tens of thousands.
        images = list(itertools.islice(driver.iterate_images(), 50))
        for image in images:
            assert isinstance(image, NodeImage)
            assert isinstance(image.id, str)
            assert image.driver is driver
        _assert_distinct_ids(images)

    @needs("get_image")
    def test_get_image_returns_the_image(self, driver: Any, image: NodeImage) -> None:
        found = driver.get_image(image.id)
        assert (found.id, found.name) == (image.id, image.name)

    @needs("get_image")
    def test_get_image_that_is_missing_raises_not_found(self, driver: Any) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.get_image(self.missing_image_id or self.missing_id)

    @needs("delete_image")
    def test_delete_image_that_is_missing_raises_not_found(self, driver: Any) -> None:
        missing = NodeImage(self.missing_image_id or self.missing_id, "missing", driver)
        with pytest.raises(ResourceNotFoundError):
            driver.delete_image(missing)

    @needs("create_image", "delete_image", "get_image", "create_node", "destroy_node", "list_nodes")
    def test_create_image_makes_one_and_delete_image_removes_it(
        self, driver: Any, node: Node
    ) -> None:
        name = self.new_name()
        image = driver.create_image(node, name, description="made by a test")
        assert isinstance(image, NodeImage)
        assert image.name == name
        assert driver.get_image(image.id).id == image.id
        self._delete_and_wait(driver, image)

    @needs("copy_image", "delete_image", "get_image")
    def test_copy_image_makes_another(self, driver: Any, image: NodeImage) -> None:
        if self.image_source_region is None:
            pytest.skip("image_source_region is not given")
        name = self.new_name()
        copy = driver.copy_image(self.image_source_region, image, name)
        assert copy.id != image.id
        assert driver.get_image(copy.id).id == copy.id
        self._delete_and_wait(driver, copy)

    def _delete_and_wait(self, driver: Any, image: NodeImage) -> None:
        assert driver.delete_image(image) is True

        def is_gone() -> bool:
            try:
                driver.get_image(image.id)
            except ResourceNotFoundError:
                return True
            return False

        self.wait_for("the image to be gone", is_gone)


class VolumeConformance(ComputeConformance):
    """Volumes: made, listed, attached, detached, destroyed."""

    #: Name of the attached disk within the node; None leaves it to the driver.
    device: str | None = None

    @needs("create_volume", "list_volumes", "destroy_volume")
    def test_create_volume_returns_what_was_asked_for(
        self, driver: Any, make_volume: Callable[..., StorageVolume]
    ) -> None:
        name = self.unicode_name or self.new_name()
        volume = make_volume(name)
        _assert_volume(volume)
        assert (volume.name, volume.size) == (name, self.volume_size)
        assert volume.driver is driver
        listed = _by_id(driver.list_volumes(), volume.id)
        assert listed is not None, "a new volume is listed"
        assert (listed.name, listed.size) == (name, self.volume_size)

    @needs("create_volume", "iterate_volumes", "list_volumes", "destroy_volume")
    def test_iterate_volumes_yields_volumes(self, driver: Any, volume: StorageVolume) -> None:
        volumes = driver.iterate_volumes()
        assert isinstance(volumes, Iterator)
        found = list(volumes)
        for each in found:
            _assert_volume(each)
        _assert_distinct_ids(found)
        assert _by_id(found, volume.id) is not None

    @needs("create_volume", "list_volumes", "destroy_volume")
    def test_destroy_volume_removes_it(self, driver: Any, volume: StorageVolume) -> None:
        assert driver.destroy_volume(volume) is True
        self.wait_for(
            "the volume to be gone",
            lambda: not _is_alive(driver.list_volumes(), volume.id, StorageVolumeState.DELETED),
        )

    @needs(
        *("create_volume", "list_volumes", "destroy_volume", "attach_volume", "detach_volume"),
        *("create_node", "list_nodes", "destroy_node"),
    )
    def test_attach_volume_puts_it_to_use_until_detach_volume(
        self, driver: Any, node: Node, volume: StorageVolume
    ) -> None:
        assert driver.attach_volume(node, volume, device=self.device) is True
        attached = self.wait_for_volume(driver, volume, StorageVolumeState.INUSE)
        with pytest.raises(ConflictError):
            driver.attach_volume(node, attached, device=self.device)
        assert driver.detach_volume(attached) is True
        self.wait_for_volume(driver, volume, StorageVolumeState.AVAILABLE)

    @needs("attach_volume", "create_node", "list_nodes", "destroy_node")
    def test_attach_volume_that_is_missing_raises_not_found(
        self, driver: Any, node: Node, missing_volume: StorageVolume
    ) -> None:
        with pytest.raises(ResourceNotFoundError):
            driver.attach_volume(node, missing_volume, device=self.device)

    @pytest.mark.parametrize("name", ["detach_volume", "destroy_volume", "create_volume_snapshot"])
    def test_missing_volume_raises_not_found(
        self, driver: Any, missing_volume: StorageVolume, name: str
    ) -> None:
        skip_unless_offered(driver, name)
        with pytest.raises(ResourceNotFoundError):
            getattr(driver, name)(missing_volume)

    @needs("create_volume", "list_volumes", "destroy_volume")
    def test_volume_can_be_pickled(self, volume: StorageVolume) -> None:
        copy = pickle.loads(pickle.dumps(volume))
        assert (copy.id, copy.size, copy.state) == (volume.id, volume.size, volume.state)


_SNAPSHOT_OPERATIONS = (
    *("create_volume", "list_volumes", "destroy_volume"),
    *("create_volume_snapshot", "list_volume_snapshots", "destroy_volume_snapshot"),
)


class SnapshotConformance(ComputeConformance):
    """Snapshots of volumes: made, listed, made into volumes, destroyed."""

    @pytest.fixture
    def snapshot(self, driver: Any, volume: StorageVolume) -> Iterator[VolumeSnapshot]:
        """A complete snapshot of the volume."""
        made = driver.create_volume_snapshot(volume, self.new_name())

        def complete() -> VolumeSnapshot | None:
            found = _by_id(driver.list_volume_snapshots(volume), made.id)
            done = (VolumeSnapshotState.AVAILABLE, None)
            return found if found is not None and found.state in done else None

        yield self.wait_for("the snapshot to be complete", complete)
        with contextlib.suppress(ResourceNotFoundError):
            driver.destroy_volume_snapshot(made)

    @needs(*_SNAPSHOT_OPERATIONS)
    def test_create_volume_snapshot_lists_it_with_its_volume(
        self,
        driver: Any,
        volume: StorageVolume,
        snapshot: VolumeSnapshot,
        make_volume: Callable[..., StorageVolume],
    ) -> None:
        assert isinstance(snapshot, VolumeSnapshot)
        assert snapshot.name
        assert snapshot.size in (None, volume.size)
        assert snapshot.state is None or isinstance(snapshot.state, VolumeSnapshotState)
        other = make_volume(self.new_name())
        assert _by_id(driver.list_volume_snapshots(other), snapshot.id) is None

    @needs(*_SNAPSHOT_OPERATIONS, "iterate_volume_snapshots")
    def test_iterate_volume_snapshots_yields_snapshots(
        self, driver: Any, volume: StorageVolume, snapshot: VolumeSnapshot
    ) -> None:
        snapshots = driver.iterate_volume_snapshots(volume)
        assert isinstance(snapshots, Iterator)
        assert [each.id for each in snapshots] == [snapshot.id]

    @needs(*_SNAPSHOT_OPERATIONS)
    def test_create_volume_takes_a_snapshot(
        self,
        driver: Any,
        snapshot: VolumeSnapshot,
        make_volume: Callable[..., StorageVolume],
    ) -> None:
        restored = make_volume(self.new_name(), snapshot=snapshot)
        assert _by_id(driver.list_volumes(), restored.id) is not None

    @needs(*_SNAPSHOT_OPERATIONS)
    def test_destroy_volume_snapshot_removes_it(
        self, driver: Any, volume: StorageVolume, snapshot: VolumeSnapshot
    ) -> None:
        assert driver.destroy_volume_snapshot(snapshot) is True
        self.wait_for(
            "the snapshot to be gone",
            lambda: _by_id(driver.list_volume_snapshots(volume), snapshot.id) is None,
        )

    @needs("destroy_volume_snapshot")
    def test_destroy_volume_snapshot_that_is_missing_raises_not_found(self, driver: Any) -> None:
        missing = VolumeSnapshot(self.missing_snapshot_id or self.missing_id, driver)
        with pytest.raises(ResourceNotFoundError):
            driver.destroy_volume_snapshot(missing)


class KeyPairConformance(ComputeConformance):
    """Key pairs: made, imported, listed, fetched, deleted."""

    @pytest.fixture
    def public_key(self) -> str:
        """A public key that the provider takes, in OpenSSH's form."""
        return keys.generate("libcloud")[1]

    @pytest.fixture
    def delete_later(self, driver: Any) -> Iterator[Callable[[KeyPair], KeyPair]]:
        """A function that takes note of a key pair to delete after the test."""
        noted: list[KeyPair] = []

        def note(key_pair: KeyPair) -> KeyPair:
            noted.append(key_pair)
            return key_pair

        yield note
        for key_pair in noted:
            with contextlib.suppress(KeyPairDoesNotExistError):
                driver.delete_key_pair(key_pair)

    @needs("create_key_pair", "list_key_pairs", "get_key_pair", "delete_key_pair")
    def test_create_key_pair_returns_the_private_key_once(
        self, driver: Any, delete_later: Callable[[KeyPair], KeyPair]
    ) -> None:
        name = self.new_name()
        created = delete_later(driver.create_key_pair(name))
        assert isinstance(created, KeyPair)
        assert created.name == name
        assert created.fingerprint
        assert created.private_key is not None
        assert "PRIVATE KEY" in created.private_key
        assert created.private_key not in repr(created)
        found = driver.get_key_pair(name)
        assert (found.name, found.fingerprint) == (name, created.fingerprint)
        assert found.private_key is None
        listed = [key_pair for key_pair in driver.list_key_pairs() if key_pair.name == name]
        assert len(listed) == 1
        assert listed[0].private_key is None

    @needs("create_key_pair", "delete_key_pair")
    def test_create_key_pair_whose_name_is_taken_raises_exists(
        self, driver: Any, delete_later: Callable[[KeyPair], KeyPair]
    ) -> None:
        created = delete_later(driver.create_key_pair(self.new_name()))
        with pytest.raises(ResourceExistsError):
            driver.create_key_pair(created.name)

    @needs("import_key_pair_from_string", "get_key_pair", "delete_key_pair")
    def test_import_key_pair_from_string_makes_it_known(
        self, driver: Any, public_key: str, delete_later: Callable[[KeyPair], KeyPair]
    ) -> None:
        name = self.new_name()
        imported = delete_later(driver.import_key_pair_from_string(name, public_key))
        assert imported.name == name
        assert driver.get_key_pair(name).fingerprint == imported.fingerprint

    @needs("import_key_pair_from_file", "get_key_pair", "delete_key_pair")
    def test_import_key_pair_from_file_makes_it_known(
        self,
        driver: Any,
        public_key: str,
        delete_later: Callable[[KeyPair], KeyPair],
        tmp_path: Path,
    ) -> None:
        path = tmp_path / "key.pub"
        path.write_text(f"{public_key}\n", encoding="utf-8")
        name = self.new_name()
        delete_later(driver.import_key_pair_from_file(name, str(path)))
        assert driver.get_key_pair(name).name == name

    @needs("create_key_pair", "list_key_pairs", "get_key_pair", "delete_key_pair")
    def test_delete_key_pair_removes_it(self, driver: Any) -> None:
        created = driver.create_key_pair(self.new_name())
        assert driver.delete_key_pair(created) is True
        with pytest.raises(KeyPairDoesNotExistError):
            driver.get_key_pair(created.name)
        assert created.name not in [key_pair.name for key_pair in driver.list_key_pairs()]

    @needs("get_key_pair")
    def test_get_key_pair_that_is_missing_raises_not_found(self, driver: Any) -> None:
        with pytest.raises(KeyPairDoesNotExistError) as caught:
            driver.get_key_pair(self.new_name())
        assert isinstance(caught.value, ResourceNotFoundError)

    @needs("create_key_pair", "iterate_key_pairs", "delete_key_pair")
    def test_iterate_key_pairs_yields_key_pairs(
        self, driver: Any, delete_later: Callable[[KeyPair], KeyPair]
    ) -> None:
        created = delete_later(driver.create_key_pair(self.new_name()))
        key_pairs = driver.iterate_key_pairs()
        assert isinstance(key_pairs, Iterator)
        assert created.name in [key_pair.name for key_pair in key_pairs]


class NodeDriverConformance(
    NodeConformance,
    SizeConformance,
    LocationConformance,
    ImageConformance,
    VolumeConformance,
    SnapshotConformance,
    KeyPairConformance,
):
    """Everything that the contract of compute drivers promises."""


def _by_id(resources: list[Any], id: Any) -> Any:
    return next((resource for resource in resources if resource.id == id), None)


def _is_alive(resources: list[Any], id: Any, end: Any = NodeState.TERMINATED) -> bool:
    found = _by_id(resources, id)
    return found is not None and found.state != end


def _assert_distinct_ids(resources: list[Any]) -> None:
    ids = [resource.id for resource in resources]
    assert len(ids) == len(set(ids)), "no two have the same id"


def _assert_node(node: Node) -> None:
    assert isinstance(node, Node)
    assert isinstance(node.id, str)
    assert node.id
    assert isinstance(node.state, NodeState)
    assert isinstance(node.public_ips, list)
    assert isinstance(node.private_ips, list)
    assert isinstance(node.extra, dict)


def _assert_volume(volume: StorageVolume) -> None:
    assert isinstance(volume, StorageVolume)
    assert volume.id
    assert volume.state is None or isinstance(volume.state, StorageVolumeState)
    assert isinstance(volume.extra, dict)


def _count_requests(driver: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A list that grows by one with each request of the driver."""
    requests: list[Any] = []
    send = getattr(driver.connection, "request", None)
    if send is None:
        return requests

    def count_and_send(*args: Any, **kwargs: Any) -> Any:
        requests.append(args)
        return send(*args, **kwargs)

    monkeypatch.setattr(driver.connection, "request", count_and_send)
    return requests
