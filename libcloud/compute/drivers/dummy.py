"""
A compute provider in memory: the reference of what a driver does, and a stand-in for tests.

Each driver object is an account of its own, which is gone with the object. Nothing takes time: a
node runs as soon as it is made.
"""

from __future__ import annotations

import copy
import datetime
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from libcloud.common.base import ConnectionKey
from libcloud.common.errors import (
    ConflictError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.compute import keys
from libcloud.compute.base import (
    KeyPair,
    Node,
    NodeAuthPassword,
    NodeDriver,
    NodeImage,
    NodeLocation,
    NodeSize,
    StorageVolume,
    VolumeSnapshot,
)
from libcloud.compute.types import (
    KeyPairDoesNotExistError,
    NodeState,
    Provider,
    StorageVolumeState,
    VolumeSnapshotState,
)

if TYPE_CHECKING:
    from libcloud.compute.base import T_Auth

__all__ = ["DummyConnection", "DummyNodeDriver"]

M = TypeVar("M", Node, NodeImage, StorageVolume, VolumeSnapshot, KeyPair)

#: id, name, RAM (MiB), disk (GB), bandwidth, price (USD an hour)
_SIZES = [
    ("1", "Small", 128, 4, 500, 4),
    ("2", "Medium", 512, 16, 1500, 8),
    ("3", "Big", 4096, 32, 2500, 32),
    ("4", "XXL Big", 4096 * 2, 32 * 4, 2500 * 3, 32 * 2),
]
_IMAGES = [("1", "Ubuntu 9.10"), ("2", "Ubuntu 9.04"), ("3", "Slackware 4")]
_LOCATIONS = [
    ("1", "Paul's Room", "US"),
    ("2", "London Loft", "GB"),
    ("3", "Island Datacenter", "FJ"),
]


class DummyConnection(ConnectionKey):
    """Connects to nothing."""

    def connect(
        self,
        host: str | None = None,
        port: int | None = None,
        base_url: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Do nothing."""


class DummyNodeDriver(NodeDriver):
    """
    Nodes, images, volumes, snapshots and key pairs in memory.

    :param creds: Any text. A number greater than zero is how many nodes there are at first,
        otherwise there are two.
    """

    name = "Dummy Node Provider"
    website = "http://example.com"
    type = Provider.DUMMY
    connectionCls = DummyConnection
    features = {"create_node": ["ssh_key", "password"]}

    def __init__(self, creds: Any) -> None:
        self.creds = creds
        super().__init__(creds)
        # What the account holds. The objects in here are never handed out, only copies of them.
        self._lock = threading.RLock()
        self._last_ids = {"node": 2, "image": len(_IMAGES)}
        self._nodes: dict[str, Node] = {}
        self._images = {id: NodeImage(id, name, self) for id, name in _IMAGES}
        self._volumes: dict[str, StorageVolume] = {}
        self._snapshots: dict[str, VolumeSnapshot] = {}
        self._key_pairs: dict[str, KeyPair] = {}

        count = _whole_number(creds)
        if count > 0:
            self._last_ids["node"] = count
            for number in range(count):
                self._add_node(str(number), f"dummy-{number}", _loopback_address(number + 1))
        else:
            self._add_node("1", "dummy-1", "127.0.0.1")
            self._add_node("2", "dummy-2", "127.0.0.1")

    def get_uuid(self, unique_field: Any = None) -> str:
        """
        A new random identifier.

        :param unique_field: Without meaning.
        """
        import uuid

        return str(uuid.uuid4())

    # -- nodes ----------------------------------------------------------------------------------

    def iterate_nodes(self, *args: Any, **kwargs: Any) -> Iterator[Node]:
        return self._iterate(self._nodes)

    def create_node(
        self,
        name: str,
        size: NodeSize,
        image: NodeImage,
        location: NodeLocation | None = None,
        auth: T_Auth | None = None,
    ) -> Node:
        """
        Make a node that runs at once, at an address of the loopback network.

        :param location: Kept in ``extra["location"]``, as its id.
        :raises ResourceNotFoundError: there is no such size, image or location.
        """
        _find(self, {row[0]: row for row in _SIZES}, size.id, "size")
        if location is not None:
            _find(self, {row[0]: row for row in _LOCATIONS}, location.id, "location")
        auth = self._get_and_check_auth(auth)
        with self._lock:
            _find(self, self._images, image.id, "image")
            id = self._next_id("node")
            node = self._add_node(id, name, _loopback_address(int(id)))
            node.size = size
            node.image = image
            node.created_at = _now()
            if location is not None:
                node.extra["location"] = location.id
            if isinstance(auth, NodeAuthPassword) and auth.generated:
                node.extra["password"] = auth.password
            return _copy(node)

    def reboot_node(self, node: Node) -> bool:
        """Restart a node, whose listing says ``RUNNING`` again at once."""
        return self._change_state(node, NodeState.REBOOTING, NodeState.RUNNING)

    def start_node(self, node: Node) -> bool:
        return self._change_state(node, NodeState.RUNNING, NodeState.RUNNING)

    def stop_node(self, node: Node) -> bool:
        return self._change_state(node, NodeState.STOPPED, NodeState.STOPPED)

    def destroy_node(self, node: Node) -> bool:
        """Remove a node from the listing at once; its volumes are detached."""
        with self._lock:
            _find(self, self._nodes, node.id, "node")
            for volume in self._volumes.values():
                if volume.extra.get("node_id") == node.id:
                    _mark_detached(volume)
            del self._nodes[str(node.id)]
        node.state = NodeState.TERMINATED
        return True

    # -- sizes, images, locations ---------------------------------------------------------------

    def list_sizes(self, location: NodeLocation | None = None) -> list[NodeSize]:
        return [NodeSize(*row, driver=self) for row in _SIZES]

    def list_locations(self) -> list[NodeLocation]:
        return [NodeLocation(*row, driver=self) for row in _LOCATIONS]

    def iterate_images(self, location: NodeLocation | None = None) -> Iterator[NodeImage]:
        return self._iterate(self._images)

    def get_image(self, image_id: str) -> NodeImage:
        with self._lock:
            return _copy(_find(self, self._images, image_id, "image"))

    def create_image(self, node: Node, name: str, description: str | None = None) -> NodeImage:
        """Make an image; its ``extra`` has the ``description`` and the ``node_id``."""
        with self._lock:
            _find(self, self._nodes, node.id, "node")
            return self._add_image(name, {"description": description, "node_id": node.id})

    def delete_image(self, node_image: NodeImage) -> bool:
        with self._lock:
            _find(self, self._images, node_image.id, "image")
            del self._images[node_image.id]
        return True

    def copy_image(
        self,
        source_region: str,
        node_image: NodeImage,
        name: str,
        description: str | None = None,
    ) -> NodeImage:
        """Copy an image; the copy's ``extra`` has ``description`` and ``source_region``."""
        with self._lock:
            _find(self, self._images, node_image.id, "image")
            extra = {"description": description, "source_region": source_region}
            return self._add_image(name, extra)

    # -- volumes --------------------------------------------------------------------------------

    def iterate_volumes(self) -> Iterator[StorageVolume]:
        return self._iterate(self._volumes)

    def create_volume(
        self,
        size: int,
        name: str,
        location: NodeLocation | None = None,
        snapshot: VolumeSnapshot | None = None,
    ) -> StorageVolume:
        """
        Make a volume.

        Its ``extra`` has ``node_id`` and ``device`` (None while it is not attached) and
        ``snapshot_id``.
        """
        with self._lock:
            if snapshot is not None:
                _find(self, self._snapshots, snapshot.id, "snapshot")
            volume = StorageVolume(self._next_id("volume"), name, size, driver=self)
            volume.extra["snapshot_id"] = None if snapshot is None else snapshot.id
            _mark_detached(volume)
            self._volumes[volume.id] = volume
            return _copy(volume)

    def attach_volume(self, node: Node, volume: StorageVolume, device: str | None = None) -> bool:
        with self._lock:
            _find(self, self._nodes, node.id, "node")
            held = _find(self, self._volumes, volume.id, "volume")
            if held.state == StorageVolumeState.INUSE:
                raise ConflictError(f"Volume {volume.id} is attached already", driver=self)
            held.state = StorageVolumeState.INUSE
            held.extra.update(node_id=node.id, device=device or "/dev/sdb")
        return True

    def detach_volume(self, volume: StorageVolume) -> bool:
        """
        Take a volume off its node.

        :raises ConflictError: it is not attached.
        """
        with self._lock:
            held = _find(self, self._volumes, volume.id, "volume")
            if held.state != StorageVolumeState.INUSE:
                raise ConflictError(f"Volume {volume.id} is not attached", driver=self)
            _mark_detached(held)
        return True

    def destroy_volume(self, volume: StorageVolume) -> bool:
        """
        Delete a volume.

        :raises ConflictError: it is attached.
        """
        with self._lock:
            held = _find(self, self._volumes, volume.id, "volume")
            if held.state == StorageVolumeState.INUSE:
                raise ConflictError(f"Volume {volume.id} is attached", driver=self)
            del self._volumes[volume.id]
        return True

    def iterate_volume_snapshots(self, volume: StorageVolume) -> Iterator[VolumeSnapshot]:
        for snapshot in self._iterate(self._snapshots):
            if snapshot.extra["volume_id"] == volume.id:
                yield snapshot

    def create_volume_snapshot(
        self, volume: StorageVolume, name: str | None = None
    ) -> VolumeSnapshot:
        """Make a snapshot; its ``extra`` has the ``volume_id``."""
        with self._lock:
            held = _find(self, self._volumes, volume.id, "volume")
            snapshot = VolumeSnapshot(
                self._next_id("snapshot"),
                driver=self,
                size=held.size,
                extra={"volume_id": volume.id},
                created=_now(),
                state=VolumeSnapshotState.AVAILABLE,
                name=name,
            )
            self._snapshots[snapshot.id] = snapshot
            return _copy(snapshot)

    def destroy_volume_snapshot(self, snapshot: VolumeSnapshot) -> bool:
        with self._lock:
            _find(self, self._snapshots, snapshot.id, "snapshot")
            del self._snapshots[snapshot.id]
        return True

    # -- key pairs ------------------------------------------------------------------------------

    def iterate_key_pairs(self) -> Iterator[KeyPair]:
        return self._iterate(self._key_pairs)

    def get_key_pair(self, name: str) -> KeyPair:
        with self._lock:
            return _copy(self._find_key_pair(name))

    def create_key_pair(self, name: str) -> KeyPair:
        private_key, public_key = keys.generate(comment=name)
        key_pair = self.import_key_pair_from_string(name, public_key)
        key_pair.private_key = private_key
        return key_pair

    def import_key_pair_from_string(self, name: str, key_material: str) -> KeyPair:
        """
        Keep a public key.

        :raises ProviderError: it is not a public key.
        """
        try:
            fingerprint = keys.fingerprint(key_material)
        except ValueError as error:
            raise provider_error(400, str(error), driver=self) from error
        with self._lock:
            if name in self._key_pairs:
                raise ResourceExistsError(f"Key pair {name} exists", driver=self)
            key_pair = KeyPair(name, key_material, fingerprint, driver=self)
            self._key_pairs[name] = key_pair
            return _copy(key_pair)

    def delete_key_pair(self, key_pair: KeyPair) -> bool:
        with self._lock:
            self._find_key_pair(key_pair.name)
            del self._key_pairs[key_pair.name]
        return True

    # -- the account ----------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the lock, which cannot be pickled: a copy is an account of its own."""
        with self._lock:
            return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._lock = threading.RLock()

    def _iterate(self, held: dict[str, M]) -> Iterator[M]:
        """Copies of what is held when the first one is asked for."""
        with self._lock:
            copies = [_copy(resource) for resource in held.values()]
        yield from copies

    def _next_id(self, kind: str) -> str:
        self._last_ids[kind] = self._last_ids.get(kind, 0) + 1
        return str(self._last_ids[kind])

    def _add_node(self, id: str, name: str, address: str) -> Node:
        node = Node(id, name, NodeState.RUNNING, [address], [], self, extra={"foo": "bar"})
        self._nodes[id] = node
        return node

    def _add_image(self, name: str, extra: dict[str, Any]) -> NodeImage:
        image = NodeImage(self._next_id("image"), name, self, extra=extra)
        self._images[image.id] = image
        return _copy(image)

    def _change_state(self, node: Node, now: NodeState, listed: NodeState) -> bool:
        """Set the state of the caller's node, and of the one that is listed."""
        with self._lock:
            _find(self, self._nodes, node.id, "node").state = listed
        node.state = now
        return True

    def _find_key_pair(self, name: str) -> KeyPair:
        if name not in self._key_pairs:
            raise KeyPairDoesNotExistError(name=name, driver=self)
        return self._key_pairs[name]


F = TypeVar("F")


def _find(driver: NodeDriver, held: dict[str, F], id: Any, what: str) -> F:
    try:
        return held[str(id)]
    except KeyError:
        raise ResourceNotFoundError(f"There is no {what} {id}", driver=driver) from None


def _copy(resource: M) -> M:
    """A copy that its owner may change, down to the entries of ``extra``."""
    result = copy.copy(resource)
    result.extra = dict(resource.extra)
    if isinstance(result, Node):
        result.public_ips = list(result.public_ips)
        result.private_ips = list(result.private_ips)
    return result


def _mark_detached(volume: StorageVolume) -> None:
    volume.state = StorageVolumeState.AVAILABLE
    volume.extra.update(node_id=None, device=None)


def _whole_number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _loopback_address(number: int) -> str:
    """One of the 16 million addresses of the loopback network."""
    number %= 2**24
    return f"127.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
