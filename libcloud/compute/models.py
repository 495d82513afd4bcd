"""
What compute drivers return: nodes, sizes, images, locations, volumes, snapshots, key pairs.

All of them keep the driver that made them, for the short cuts (``node.reboot()``) that call it, and
``extra``, a dict of whatever else the provider says. Two objects are equal only when they are one;
compare ``id``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union

from libcloud.common.lazy import LazyExtra
from libcloud.compute.types import NodeImageMemberState, NodeState, StorageVolumeState

if TYPE_CHECKING:
    import datetime

    from libcloud.compute.driver import NodeDriver
    from libcloud.compute.types import VolumeSnapshotState

__all__ = [
    "KeyPair",
    "Node",
    "NodeAuthPassword",
    "NodeAuthSSHKey",
    "NodeImage",
    "NodeImageMember",
    "NodeLocation",
    "NodeSize",
    "StorageVolume",
    "T_Auth",
    "UuidMixin",
    "VolumeSnapshot",
]


class UuidMixin:
    """Gives an object with ``id`` and ``driver`` an identifier that differs between providers."""

    id: Any
    driver: Any
    _uuid: str | None = None

    def __init__(self) -> None:
        self._uuid = None

    def get_uuid(self) -> str:
        """
        40 hexadecimal digits that depend on the id and the driver's ``type`` alone.

        They are worked out once, so they stay when ``id`` is changed later.
        """
        if self._uuid is None:
            import hashlib

            provider = getattr(self.driver, "type", None)
            identity = f"{self.id}:{provider}".encode()
            self._uuid = hashlib.sha1(identity, usedforsecurity=False).hexdigest()
        return self._uuid

    @property
    def uuid(self) -> str:
        """The same as :meth:`get_uuid`."""
        return self.get_uuid()


class Node(LazyExtra, UuidMixin):
    """
    A virtual or physical machine.

    It tells how things were when it was fetched; call ``list_nodes`` again for how they are now.

    :param id: The provider's id, kept as text.
    :param name: A name for humans, not necessarily unique.
    :param state: One of :class:`~libcloud.compute.types.NodeState`.
    :param public_ips: Addresses that the internet reaches, as text.
    :param private_ips: Addresses that only the provider's network reaches, as text.
    :param driver: The driver that made the object.
    :param size: Its size, where the provider says it in the same answer.
    :param image: The image it was made from, likewise.
    :param extra: Whatever else the provider says.
    :param created_at: When it was made.
    """

    driver: NodeDriver

    def __init__(
        self,
        id: str,
        name: str,
        state: NodeState,
        public_ips: list[str],
        private_ips: list[str],
        driver: NodeDriver,
        size: NodeSize | None = None,
        image: NodeImage | None = None,
        extra: dict[str, Any] | None = None,
        created_at: datetime.datetime | None = None,
    ) -> None:
        super().__init__()
        self.id = str(id) if id else None
        self.name = name
        self.state = state
        self.public_ips = public_ips or []
        self.private_ips = private_ips or []
        self.driver = driver
        self.size = size
        self.created_at = created_at
        self.image = image
        self.extra = extra or {}

    def reboot(self) -> bool:
        """See :meth:`.NodeDriver.reboot_node`."""
        return self.driver.reboot_node(self)

    def start(self) -> bool:
        """See :meth:`.NodeDriver.start_node`."""
        return self.driver.start_node(self)

    def stop_node(self) -> bool:
        """See :meth:`.NodeDriver.stop_node`."""
        return self.driver.stop_node(self)

    def destroy(self) -> bool:
        """See :meth:`.NodeDriver.destroy_node`."""
        return self.driver.destroy_node(self)

    def __repr__(self) -> str:
        return (
            f"<Node: uuid={self.uuid}, name={self.name}, state={str(self.state).upper()}, "
            f"public_ips={self.public_ips}, private_ips={self.private_ips}, "
            f"provider={_provider_name(self)} ...>"
        )


class NodeSize(UuidMixin):
    """
    A size that nodes can be made in.

    :param id: The provider's id, kept as text.
    :param name: A name for humans.
    :param ram: Memory, in MiB.
    :param disk: Disk that comes with it, in GB; 0 when none does.
    :param bandwidth: Traffic or speed that is included, in the provider's unit.
    :param price: US dollars an hour; None when it is not known.
    :param driver: The driver that made the object.
    :param extra: Whatever else the provider says.
    """

    def __init__(
        self,
        id: str,
        name: str,
        ram: int,
        disk: int,
        bandwidth: int | None,
        price: float | None,
        driver: NodeDriver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.id = str(id)
        self.name = name
        self.ram = ram
        self.disk = disk
        self.bandwidth = bandwidth
        self.price = price
        self.driver = driver
        self.extra: dict[str, Any] = extra or {}

    def __repr__(self) -> str:
        return (
            f"<NodeSize: id={self.id}, name={self.name}, ram={self.ram} disk={self.disk} "
            f"bandwidth={self.bandwidth} price={self.price} driver={_provider_name(self)} ...>"
        )


class NodeImage(UuidMixin):
    """
    An operating system image that nodes can be made from.

    :param id: The provider's id, kept as text.
    :param name: A name for humans.
    :param driver: The driver that made the object.
    :param extra: Whatever else the provider says.
    """

    def __init__(
        self, id: str, name: str, driver: NodeDriver, extra: dict[str, Any] | None = None
    ) -> None:
        super().__init__()
        self.id = str(id)
        self.name = name
        self.driver = driver
        self.extra: dict[str, Any] = extra or {}

    def __repr__(self) -> str:
        return f"<NodeImage: id={self.id}, name={self.name}, driver={_provider_name(self)}  ...>"


class NodeImageMember(UuidMixin):
    """
    An account that an image is shared with.

    :param id: The account's id, kept as text.
    :param image_id: The image's id, kept as text.
    :param state: Whether the account has taken it.
    :param driver: The driver that made the object.
    :param created: When it was shared.
    :param extra: Whatever else the provider says.
    """

    def __init__(
        self,
        id: str,
        image_id: str,
        state: NodeImageMemberState,
        driver: NodeDriver,
        created: datetime.datetime | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.id = str(id)
        self.image_id = str(image_id)
        self.state = state
        self.driver = driver
        self.created = created
        self.extra: dict[str, Any] = extra or {}

    def __repr__(self) -> str:
        return (
            f"<NodeImageMember: id={self.id}, image_id={self.image_id}, state={self.state}, "
            f"driver={_provider_name(self)}  ...>"
        )


class NodeLocation:
    """
    A place where nodes can be made: a region, a zone, a data centre.

    :param id: The provider's id, kept as text.
    :param name: A name for humans.
    :param country: Two letters (ISO 3166-1), or what the provider says.
    :param driver: The driver that made the object.
    :param extra: Whatever else the provider says.
    """

    def __init__(
        self,
        id: str,
        name: str,
        country: str,
        driver: NodeDriver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id = str(id)
        self.name = name
        self.country = country
        self.driver = driver
        self.extra: dict[str, Any] = extra or {}

    def __repr__(self) -> str:
        return (
            f"<NodeLocation: id={self.id}, name={self.name}, country={self.country}, "
            f"driver={_provider_name(self)}>"
        )


class NodeAuthSSHKey:
    """
    Ask for a node that lets the holder of a key in.

    :param pubkey: The public key in OpenSSH's form: ``ssh-ed25519 AAAA...``.
    """

    def __init__(self, pubkey: str) -> None:
        self.pubkey = pubkey

    def __repr__(self) -> str:
        return "<NodeAuthSSHKey>"


class NodeAuthPassword:
    """
    Ask for a node with a password.

    :param password: The password of the first user.
    :param generated: True when the library made it up.
    """

    def __init__(self, password: str, generated: bool = False) -> None:
        self.password = password
        self.generated = generated

    def __repr__(self) -> str:
        return "<NodeAuthPassword>"


#: What ``create_node`` and ``deploy_node`` take as ``auth``.
T_Auth = Union[NodeAuthSSHKey, NodeAuthPassword]  # noqa: UP007 (programs inspect it as a Union)


class StorageVolume(UuidMixin):
    """
    A disk that can be attached to nodes.

    :param id: The provider's id.
    :param name: A name for humans.
    :param size: Size, in GB.
    :param driver: The driver that made the object.
    :param state: One of :class:`~libcloud.compute.types.StorageVolumeState`.
    :param extra: Whatever else the provider says.
    """

    driver: NodeDriver

    def __init__(
        self,
        id: str,
        name: str,
        size: int,
        driver: NodeDriver,
        state: StorageVolumeState | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.id = id
        self.name = name
        self.size = size
        self.driver = driver
        self.extra: dict[str, Any] = extra or {}
        self.state = state

    def list_snapshots(self) -> list[VolumeSnapshot]:
        """See :meth:`.NodeDriver.list_volume_snapshots`."""
        return self.driver.list_volume_snapshots(volume=self)

    def attach(self, node: Node, device: str | None = None) -> bool:
        """See :meth:`.NodeDriver.attach_volume`."""
        return self.driver.attach_volume(node=node, volume=self, device=device)

    def detach(self) -> bool:
        """See :meth:`.NodeDriver.detach_volume`."""
        return self.driver.detach_volume(volume=self)

    def snapshot(self, name: str) -> VolumeSnapshot:
        """See :meth:`.NodeDriver.create_volume_snapshot`."""
        return self.driver.create_volume_snapshot(volume=self, name=name)

    def destroy(self) -> bool:
        """See :meth:`.NodeDriver.destroy_volume`."""
        return self.driver.destroy_volume(volume=self)

    def __repr__(self) -> str:
        return f"<StorageVolume id={self.id} size={self.size} driver={_provider_name(self)}>"


class VolumeSnapshot:
    """
    A copy of a volume's content at one moment.

    :param id: The provider's id.
    :param driver: The driver that made the object.
    :param size: Size of the volume, in GB.
    :param extra: Whatever else the provider says.
    :param created: When it was made.
    :param state: One of :class:`~libcloud.compute.types.VolumeSnapshotState`.
    :param name: A name for humans.
    """

    def __init__(
        self,
        id: str,
        driver: NodeDriver,
        size: int | None = None,
        extra: dict[str, Any] | None = None,
        created: datetime.datetime | None = None,
        state: VolumeSnapshotState | None = None,
        name: str | None = None,
    ) -> None:
        self.id = id
        self.driver = driver
        self.size = size
        self.extra: dict[str, Any] = extra or {}
        self.created = created
        self.state = state
        self.name = name

    def destroy(self) -> bool:
        """See :meth:`.NodeDriver.destroy_volume_snapshot`."""
        return self.driver.destroy_volume_snapshot(snapshot=self)

    def __repr__(self) -> str:
        return (
            f'<VolumeSnapshot "{self.name}" id={self.id} size={self.size} '
            f"driver={_provider_name(self)} state={self.state}>"
        )


class KeyPair:
    """
    An SSH key that the provider knows.

    :param name: Its name, unique within the account (and region).
    :param public_key: The public key in OpenSSH's form; None when the provider does not return it.
    :param fingerprint: In the provider's form.
    :param driver: The driver that made the object.
    :param private_key: Only right after ``create_key_pair``: no provider keeps it.
    :param extra: Whatever else the provider says.
    """

    def __init__(
        self,
        name: str,
        public_key: str | None,
        fingerprint: str | None,
        driver: NodeDriver,
        private_key: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.public_key = public_key
        self.private_key = private_key
        self.driver = driver
        self.extra: dict[str, Any] = extra or {}

    def __repr__(self) -> str:
        return (
            f"<KeyPair name={self.name} fingerprint={self.fingerprint} "
            f"driver={_provider_name(self)}>"
        )


def _provider_name(resource: Any) -> Any:
    return getattr(resource.driver, "name", None)
