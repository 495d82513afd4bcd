"""
Volumes of EBS.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import Children, Element, findall, findtext, number, require
from libcloud.common.errors import ConflictError, MalformedResponseError
from libcloud.compute.base import Node, NodeLocation, StorageVolume, VolumeSnapshot
from libcloud.compute.drivers.ec2.attributes import (
    RESOURCE_EXTRA_ATTRIBUTES_MAP,
    VOLUME_MODIFICATION_ATTRIBUTE_MAP,
    extra_of,
    tags_of,
)
from libcloud.compute.drivers.ec2.locations import Locations, zone_name
from libcloud.compute.drivers.ec2.models import EC2VolumeModification
from libcloud.compute.drivers.ec2.params import (
    filters,
    new_token,
    numbered,
    resource_id,
    tag_specification,
)
from libcloud.compute.types import StorageVolumeState

__all__ = ["VALID_VOLUME_TYPES", "Volumes"]

VALID_VOLUME_TYPES = ["standard", "io1", "io2", "gp2", "gp3", "st1", "sc1"]

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
DEVICE_NAMES = [f"/dev/sd{letter}" for letter in "fghijklmnop"]

VOLUMES = "volumeSet/item"


class Volumes(Locations):
    """Volumes. One lies in an availability zone, so this room stands on that of the locations."""

    VOLUME_STATE_MAP = {
        "available": StorageVolumeState.AVAILABLE,
        "in-use": StorageVolumeState.INUSE,
        "error": StorageVolumeState.ERROR,
        "creating": StorageVolumeState.CREATING,
        "deleting": StorageVolumeState.DELETING,
        "deleted": StorageVolumeState.DELETED,
        "error_deleting": StorageVolumeState.ERROR,
    }

    def iterate_volumes(
        self, node: Node | None = None, ex_filters: dict[str, Any] | None = None
    ) -> Iterator[StorageVolume]:
        """
        Yield the region's volumes.

        :param node: Only those that are attached to it.
        :param ex_filters: Filter of DescribeVolumes -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
        """
        conditions = dict(ex_filters or {})
        if node is not None:
            conditions["attachment.instance-id"] = node.id
        elements = self._pages("DescribeVolumes", filters(conditions), VOLUMES)
        yield from map(self._to_volume, elements)

    def list_volumes(
        self, node: Node | None = None, ex_filters: dict[str, Any] | None = None
    ) -> list[StorageVolume]:
        """Return what :meth:`iterate_volumes` yields."""
        return list(self.iterate_volumes(node, ex_filters))

    def create_volume(
        self,
        size: int,
        name: str,
        location: NodeLocation | None = None,
        snapshot: VolumeSnapshot | None = None,
        ex_volume_type: str = "standard",
        ex_iops: int | None = None,
        ex_encrypted: bool = False,
        ex_kms_key_id: str | None = None,
        ex_throughput: int | None = None,
    ) -> StorageVolume:
        """
        Make a volume and return it; it is still in the making.

        One request makes and names it; another finds a zone when ``location`` is None. It is made
        once, however often the request is sent.

        :param size: Size, in GiB.
        :param location: Availability zone; the region's first when it is None.
        :param snapshot: What to fill it with, or its id.
        :param ex_volume_type: ``standard``, ``io1``, ``io2``, ``gp2``, ``gp3``, ``st1``, ``sc1``.
        :param ex_iops: Operations a second, for ``io1``, ``io2`` and ``gp3``.
        :param ex_encrypted: Encrypt it.
        :param ex_kms_key_id: With this key of KMS; the account's own when it is None.
        :param ex_throughput: MiB a second, for ``gp3``.
        :raises ValueError: there is no such volume type.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
        """
        if ex_volume_type not in VALID_VOLUME_TYPES:
            raise ValueError(f"Invalid volume type specified: {ex_volume_type}")
        params = {
            "Size": size,
            "AvailabilityZone": zone_name(location or self._first_location()),
            "VolumeType": ex_volume_type,
            "SnapshotId": resource_id(snapshot) if snapshot is not None else None,
            "Iops": ex_iops if ex_volume_type in ("io1", "io2", "gp3") else None,
            "Throughput": ex_throughput if ex_volume_type == "gp3" else None,
            "Encrypted": True if ex_encrypted else None,
            "KmsKeyId": ex_kms_key_id if ex_encrypted else None,
            "ClientToken": new_token(),
            **tag_specification("volume", {"Name": name} if name else {}),
        }
        return self._to_volume(self._call("CreateVolume", params), name=name)

    def attach_volume(self, node: Node, volume: StorageVolume, device: str | None = None) -> bool:
        """
        Attach a volume to a node and return True.

        :param device: ``/dev/sdf`` ...; the first that is free when it is None, which takes another
            request.
        :raises ConflictError: the volume is attached already, or no device is free.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html
        """
        params = {
            "VolumeId": volume.id,
            "InstanceId": node.id,
            "Device": device or self._free_device(node),
        }
        self._call("AttachVolume", params)
        return True

    def detach_volume(self, volume: StorageVolume, ex_force: bool = False) -> bool:
        """
        Take a volume off its node and return True.

        It is taken off the node that it had when it was fetched: a volume may have several.

        :param ex_force: Even if the node does not let go of it: what it has not written is lost.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html
        """
        params = {
            "VolumeId": volume.id,
            "InstanceId": volume.extra.get("instance_id"),
            "Force": True if ex_force else None,
        }
        self._call("DetachVolume", params)
        return True

    def destroy_volume(self, volume: StorageVolume) -> bool:
        return self._do("DeleteVolume", {"VolumeId": volume.id})

    def ex_modify_volume(
        self, volume: StorageVolume, parameters: dict[str, Any]
    ) -> EC2VolumeModification:
        """
        Start to change a volume's size, type or performance.

        :param parameters: Parameters of the action: ``{"Size": 100, "VolumeType": "gp3"}``.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html
        """
        root = self._call("ModifyVolume", {**parameters, "VolumeId": volume.id})
        return _to_modification(require(root, "volumeModification", self))

    def ex_describe_volumes_modifications(
        self,
        dry_run: bool = False,
        volume_ids: list[str] | None = None,
        filters: dict[str, Any] | None = None,
    ) -> list[EC2VolumeModification]:
        """
        Return the changes of volumes, those of the last 30 days.

        :param dry_run: Only ask whether it is allowed.
        :param volume_ids: Only of these.
        :param filters: Filter of the action -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumesModifications.html
        """
        params = {
            "DryRun": True if dry_run else None,
            **numbered("VolumeId", volume_ids),
            **_filters(filters),
        }
        return [
            _to_modification(element)
            for element in self._pages(
                "DescribeVolumesModifications",
                params,
                "volumeModificationSet/item",
                ids="VolumeId",
                page_size=500,
            )
        ]

    # -- parsing --------------------------------------------------------------------------------

    def _to_volume(self, element: Element, name: str | None = None) -> StorageVolume:
        children = Children(element)
        tags = tags_of(children)
        volume_id = children.required_text("volumeId")
        extra = extra_of(children, RESOURCE_EXTRA_ATTRIBUTES_MAP["volume"])
        extra["tags"] = tags
        return StorageVolume(
            id=volume_id,
            name=name or tags.get("Name", volume_id),
            size=number(children.text("size")),
            driver=self,
            state=self.VOLUME_STATE_MAP.get(extra["state"], StorageVolumeState.UNKNOWN),
            extra=extra,
        )

    def _first_location(self) -> NodeLocation:
        for location in self.iterate_locations():
            return location
        raise MalformedResponseError("The region has no available zone", driver=self)

    def _free_device(self, node: Node) -> str:
        elements = self._pages(
            "DescribeVolumes", filters({"attachment.instance-id": node.id}), VOLUMES
        )
        taken = {
            findtext(attachment, "device")
            for element in elements
            for attachment in findall(element, "attachmentSet/item")
        }
        for device in DEVICE_NAMES:
            # A system may call it either way.
            if device not in taken and device.replace("/sd", "/xvd") not in taken:
                return device
        raise ConflictError(f"Node {node.id} has no free device name", driver=self)


def _to_modification(element: Element) -> EC2VolumeModification:
    return EC2VolumeModification(**extra_of(element, VOLUME_MODIFICATION_ATTRIBUTE_MAP))


_filters = filters  # a method has an argument of that name
