"""
Targets: the volumes of a region.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from libcloud.backup.base import BackupTarget, BackupTargetType
from libcloud.backup.drivers.ebs.room import Room, date_of, tags_of
from libcloud.backup.types import BackupTargetDoesNotExistError
from libcloud.common.aws.xml import Element, findall, findtext, number, required_text
from libcloud.common.errors import ResourceNotFoundError
from libcloud.common.operations import unsupported
from libcloud.compute.drivers.ec2.params import tags as tag_params

__all__ = ["Targets"]

# Facts about a volume -> where EC2 has them.
VOLUME_EXTRA = {
    "state": "status",
    "zone": "availabilityZone",
    "volume_type": "volumeType",
    "snapshot_id": "snapshotId",
    "kms_key_id": "kmsKeyId",
}


class Targets(Room):
    """Targets."""

    def get_supported_target_types(self) -> list[str]:
        return [BackupTargetType.VOLUME]

    def iterate_targets(self) -> Iterator[BackupTarget]:
        """Yield the region's volumes."""
        yield from map(self._to_target, self._pages("DescribeVolumes", {}, "volumeSet/item"))

    def create_target(
        self,
        name: str,
        address: str,
        type: str = BackupTargetType.VOLUME,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        Take a volume as a target. All volumes are targets, so this only names it.

        :param name: Becomes the volume's tag ``Name``; empty leaves it as it is.
        :param address: The volume's id.
        :param extra: ``{"tags": {...}}`` are further tags of the volume.
        :raises BackupTargetDoesNotExistError: there is no such volume.
        :raises ValueError: the type is not ``Volume``.
        """
        if type != BackupTargetType.VOLUME:
            raise ValueError(f"Target type {type!r} is not supported")
        target = self.ex_get_target_by_volume_id(address)
        return self.update_target(target, name, address, extra)

    def create_target_from_node(
        self,
        node: Any,
        type: str = BackupTargetType.VIRTUAL,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        Take a node's root volume as a target; the volume keeps its name.

        :param node: A node of EC2.
        :param type: Ignored: it is a volume.
        :param extra: See :meth:`create_target`.
        :raises ValueError: the node has no volume.
        """
        mappings = node.extra.get("block_device_mapping") or []
        root_device = node.extra.get("root_device_name")
        # The root device first; otherwise they stay in EC2's order.
        for mapping in sorted(mappings, key=lambda each: each.get("device_name") != root_device):
            volume_id = (mapping.get("ebs") or {}).get("volume_id")
            if volume_id:
                return self.create_target("", volume_id, BackupTargetType.VOLUME, extra)
        raise ValueError(f"Node {node.name} has no volume")

    def create_target_from_container(
        self,
        container: Any,
        type: str = BackupTargetType.OBJECT,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        :raises UnsupportedOperation: always; EBS has no object storage.
        """
        raise unsupported(self, "create_target_from_container")

    def update_target(
        self,
        target: BackupTarget,
        name: str | None = None,
        address: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        """
        Change the volume's tags.

        :param name: Becomes the tag ``Name``.
        :param address: The volume's id, which cannot be changed.
        :param extra: ``{"tags": {...}}`` are further tags.
        :raises ValueError: the address is another one.
        """
        if address is not None and address != target.address:
            raise ValueError("The address of a target is its volume's id, and cannot be changed")
        tags = {**(extra or {}).get("tags", {}), **({"Name": name} if name else {})}
        if tags:
            params = {"ResourceId.1": target.id, **tag_params(tags)}
            with self._naming(target.id):
                self.connection.call("CreateTags", params)
        return self.ex_get_target_by_volume_id(target.id)

    def ex_get_target_by_volume_id(self, volume_id: str) -> BackupTarget:
        """
        Return the target that a volume is.

        :raises BackupTargetDoesNotExistError: there is no such volume.
        """
        return self._to_target(self._volume(volume_id))

    def _volume(self, volume_id: str) -> Element:
        with self._naming(volume_id):
            root = self.connection.call("DescribeVolumes", {"VolumeId.1": volume_id})
        for element in findall(root, "volumeSet/item"):
            return element
        raise BackupTargetDoesNotExistError("The volume does not exist", self, volume_id)

    @contextlib.contextmanager
    def _naming(self, volume_id: str) -> Iterator[None]:
        """A volume that is not found is a target that does not exist."""
        try:
            yield
        except ResourceNotFoundError as error:
            missing = BackupTargetDoesNotExistError(error.value, self, volume_id)
            missing.http_code = error.http_code
            missing.provider_code = error.provider_code
            missing.request_id = error.request_id
            raise missing from error

    def _to_target(self, element: Element) -> BackupTarget:
        volume_id = required_text(element, "volumeId", self)
        tags = tags_of(element)
        iops, throughput = findtext(element, "iops"), findtext(element, "throughput")
        extra = {
            "volume-id": volume_id,
            "size": number(findtext(element, "size")),
            **{key: findtext(element, path) for key, path in VOLUME_EXTRA.items()},
            "iops": number(iops) if iops else None,
            "throughput": number(throughput) if throughput else None,
            "encrypted": findtext(element, "encrypted") == "true",
            "created": date_of(element, "createTime"),
            "attachments": [
                {
                    "instance_id": findtext(item, "instanceId"),
                    "device": findtext(item, "device"),
                    "state": findtext(item, "status"),
                }
                for item in findall(element, "attachmentSet/item")
            ],
            "tags": tags,
        }
        name = tags.get("Name") or volume_id
        return BackupTarget(volume_id, name, volume_id, BackupTargetType.VOLUME, self, extra)
