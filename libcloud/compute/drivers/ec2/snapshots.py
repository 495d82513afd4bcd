"""
Snapshots of volumes.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import Children, Element, findall, findtext, number
from libcloud.compute.base import StorageVolume, VolumeSnapshot
from libcloud.compute.drivers.ec2.attributes import RESOURCE_EXTRA_ATTRIBUTES_MAP, extra_of, tags_of
from libcloud.compute.drivers.ec2.models import EC2ImportSnapshotTask
from libcloud.compute.drivers.ec2.params import (
    filters,
    flatten,
    numbered,
    resource_id,
    tag_specification,
)
from libcloud.compute.drivers.ec2.room import Room
from libcloud.compute.types import VolumeSnapshotState

__all__ = ["Snapshots"]

SNAPSHOTS = "snapshotSet/item"


class Snapshots(Room):
    """Snapshots."""

    SNAPSHOT_STATE_MAP = {
        "pending": VolumeSnapshotState.CREATING,
        "completed": VolumeSnapshotState.AVAILABLE,
        "error": VolumeSnapshotState.ERROR,
    }

    def iterate_volume_snapshots(self, volume: StorageVolume) -> Iterator[VolumeSnapshot]:
        params = {**numbered("Owner", "self"), **filters({"volume-id": volume.id})}
        elements = self._pages("DescribeSnapshots", params, SNAPSHOTS)
        yield from map(self._to_snapshot, elements)

    def list_volume_snapshots(self, volume: StorageVolume) -> list[VolumeSnapshot]:
        """Return what :meth:`iterate_volume_snapshots` yields."""
        return list(self.iterate_volume_snapshots(volume))

    def iterate_snapshots(
        self, snapshot: VolumeSnapshot | None = None, owner: str | None = None
    ) -> Iterator[VolumeSnapshot]:
        """
        Yield snapshots. Without any argument these are all that the account may use, public ones
        included.

        :param snapshot: Only this, as it is now.
        :param owner: Account id, ``self`` or ``amazon``.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
        """
        params = numbered("Owner", owner)
        if snapshot is not None:
            params["SnapshotId.1"] = resource_id(snapshot)
        elements = self._pages("DescribeSnapshots", params, SNAPSHOTS, ids="SnapshotId")
        yield from map(self._to_snapshot, elements)

    def list_snapshots(
        self, snapshot: VolumeSnapshot | None = None, owner: str | None = None
    ) -> list[VolumeSnapshot]:
        """Return what :meth:`iterate_snapshots` yields."""
        return list(self.iterate_snapshots(snapshot, owner))

    def create_volume_snapshot(
        self,
        volume: StorageVolume,
        name: str | None = None,
        ex_metadata: dict[str, str] | None = None,
    ) -> VolumeSnapshot:
        """
        Make a snapshot of a volume and return it; it is still in the making.

        One request makes, describes and tags it.

        :param name: Becomes its description, and its tag ``Name`` unless ``ex_metadata`` has one.
        :param ex_metadata: Tags.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html
        """
        tags = {**({"Name": name} if name else {}), **(ex_metadata or {})}
        params = {
            "VolumeId": volume.id,
            "Description": name,
            **tag_specification("snapshot", tags),
        }
        return self._to_snapshot(self._call("CreateSnapshot", params), name=name)

    def destroy_volume_snapshot(self, snapshot: VolumeSnapshot) -> bool:
        return self._do("DeleteSnapshot", {"SnapshotId": snapshot.id})

    def ex_modify_snapshot_attribute(
        self, snapshot: VolumeSnapshot, attributes: dict[str, Any]
    ) -> bool:
        """
        Change who may use a snapshot.

        :param attributes: Parameters of the action:
            ``{"CreateVolumePermission.Add.1.Group": "all"}``.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
        """
        return self._do("ModifySnapshotAttribute", {**attributes, "SnapshotId": snapshot.id})

    def ex_import_snapshot(
        self,
        client_data: list[dict[str, Any]] | None = None,
        client_token: str | None = None,
        description: str | None = None,
        disk_container: list[dict[str, Any]] | None = None,
        dry_run: bool | None = None,
        role_name: str | None = None,
    ) -> VolumeSnapshot:
        """
        Make a snapshot of a disk image in S3, wait until it is there, and return it.

        It takes minutes; a time-out leaves the task going on at EC2.

        :param client_data: ``[{"Comment": "..."}]``
        :param disk_container:
            ``[{"Format": "raw", "UserBucket": {"S3Bucket": "b", "S3Key": "k"}}]``
        :raises WaitTimeoutError: it took more than half an hour.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportSnapshot.html
        """
        from libcloud.common.polling import wait_until

        params = {
            "ClientToken": client_token,
            "Description": description,
            "DryRun": dry_run,
            "RoleName": role_name,
            **_one("ClientData", client_data, "client_data"),
            **_one("DiskContainer", disk_container, "disk_container"),
        }
        root = self._call("ImportSnapshot", params)
        task_id = findtext(root, "importTaskId") or ""

        def finished() -> str | None:
            task = self.ex_describe_import_snapshot_tasks(task_id)
            return task.snapshotId if task.status == "completed" else None

        snapshot_id = wait_until(
            finished, timeout=1800, interval=15, what=f"the import task {task_id}"
        )
        return VolumeSnapshot(snapshot_id, driver=self, name=snapshot_id)

    def ex_describe_import_snapshot_tasks(
        self, import_task_id: str, dry_run: bool | None = None
    ) -> EC2ImportSnapshotTask:
        """
        Return how far the import of a snapshot is.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImportSnapshotTasks.html
        """
        params = {"ImportTaskId.1": import_task_id, "DryRun": dry_run}
        root = self._call("DescribeImportSnapshotTasks", params)
        detail = "importSnapshotTaskSet/item/snapshotTaskDetail"
        return EC2ImportSnapshotTask(
            findtext(root, f"{detail}/status"), findtext(root, f"{detail}/snapshotId")
        )

    # -- parsing --------------------------------------------------------------------------------

    def _to_snapshots(self, response: Element) -> list[VolumeSnapshot]:
        return [self._to_snapshot(element) for element in findall(response, SNAPSHOTS)]

    def _to_snapshot(self, element: Element, name: str | None = None) -> VolumeSnapshot:
        children = Children(element)
        tags = tags_of(children)
        snapshot_id = children.required_text("snapshotId")
        name = name or tags.get("Name", snapshot_id)
        extra = extra_of(children, RESOURCE_EXTRA_ATTRIBUTES_MAP["snapshot"])
        extra["tags"] = tags
        extra["name"] = name
        return VolumeSnapshot(
            snapshot_id,
            driver=self,
            size=number(children.text("volumeSize")),
            extra=extra,
            created=extra["start_time"],
            state=self.SNAPSHOT_STATE_MAP.get(extra["state"], VolumeSnapshotState.UNKNOWN),
            name=name,
        )


def _one(name: str, rows: Any, argument: str) -> dict[str, Any]:
    """The only row of a list of dicts, under a name that is not counted."""
    if not rows:
        return {}
    flat = flatten(name, rows[:1] if isinstance(rows, (list, tuple)) else rows, argument)
    return {key.replace(f"{name}.1.", f"{name}.", 1): value for key, value in flat.items()}
