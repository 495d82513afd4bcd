"""
Recoveries: a new volume of a snapshot takes the place of the old one.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.backup.base import BackupTarget, BackupTargetJob, BackupTargetRecoveryPoint
from libcloud.backup.drivers.ebs.recovery_points import RecoveryPoints
from libcloud.backup.drivers.ebs.room import tags_of
from libcloud.backup.types import BackupTargetDoesNotExistError, BackupTargetJobStatusType
from libcloud.common.aws.xml import Element, findtext, number, required_text
from libcloud.common.errors import ConflictError, LibcloudError, ProviderError
from libcloud.common.polling import wait_until
from libcloud.compute.drivers.ec2.params import new_token, tag_specification

__all__ = ["RECOVERY_TAG", "Recoveries"]

RECOVERY_TAG = "libcloud:recovery-of"
"""The tag of a volume that was made by a recovery: the id of the one whose place it takes."""

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html
VOLUME_STATES = {
    "creating": BackupTargetJobStatusType.RUNNING,
    "available": BackupTargetJobStatusType.COMPLETED,
    "in-use": BackupTargetJobStatusType.COMPLETED,
    "deleting": BackupTargetJobStatusType.COMPLETED,
    "deleted": BackupTargetJobStatusType.COMPLETED,
    "error": BackupTargetJobStatusType.FAILED,
}


class Recoveries(RecoveryPoints):
    """Recoveries."""

    # Of a recovery, in seconds: how long the volumes may take, and the pause between two looks.
    recovery_timeout: float = 600
    recovery_interval: float = 5

    def recover_target(
        self,
        target: BackupTarget,
        recovery_point: BackupTargetRecoveryPoint,
        path: str | None = None,
    ) -> BackupTargetJob:
        """See :meth:`recover_target_out_of_place`, with ``target`` in both places."""
        return self.recover_target_out_of_place(target, recovery_point, target, path)

    def recover_target_out_of_place(
        self,
        target: BackupTarget,
        recovery_point: BackupTargetRecoveryPoint,
        recovery_target: BackupTarget,
        path: str | None = None,
    ) -> BackupTargetJob:
        """
        Make a new volume of a snapshot, in the zone and with the settings and tags of the volume
        ``recovery_target``, and put it in that one's place.

        EBS cannot write into a volume, so the old one is kept, and the target is a new one from
        then on: ``ex_get_target_by_volume_id(job.extra["volume_id"])``. If the old one is attached,
        it is detached and the new one gets its device, and the call takes until that is done.
        Unmount it first, or stop the instance; EC2 refuses to detach the root of one that runs.

        :param path: Must be None.
        :raises BackupRecoveryPointDoesNotExistError: the target has no such recovery point.
        :raises ConflictError: EC2 refuses to detach the old volume, or it is attached more than
            once; nothing is changed. Or the new one cannot be attached; the text says what is left.
        :raises WaitTimeoutError: it took more than ``recovery_timeout`` seconds; the text has the
            ids of the volumes.
        :raises ValueError: there is a path.
        """
        if path is not None:
            raise ValueError("EBS recovers whole volumes only")
        snapshot = self._snapshot_of(target, recovery_point)
        old = self.ex_get_target_by_volume_id(recovery_target.id)
        attachments = old.extra["attachments"]
        if len(attachments) > 1:
            raise ConflictError(f"Volume {old.id} is attached more than once", driver=self)
        new = self._create_volume_like(old, snapshot)
        if attachments:
            new_id = required_text(new, "volumeId", self)
            self._swap(old.id, new_id, attachments[0])
            new = self._volume(new_id)
        return self._to_recovery(new, recovery_target)

    def _create_volume_like(self, old: BackupTarget, snapshot: Element) -> Element:
        snapshot_id = required_text(snapshot, "snapshotId")
        facts = old.extra
        tags = {key: text for key, text in facts["tags"].items() if not key.startswith("aws:")}
        encrypt = facts["encrypted"] and findtext(snapshot, "encrypted") != "true"
        params = {
            "AvailabilityZone": facts["zone"],
            "SnapshotId": snapshot_id,
            "Size": max(facts["size"], number(findtext(snapshot, "volumeSize"))),
            "VolumeType": facts["volume_type"],
            "Iops": facts["iops"] if facts["volume_type"] in ("gp3", "io1", "io2") else None,
            "Throughput": facts["throughput"] if facts["volume_type"] == "gp3" else None,
            # A volume of an encrypted snapshot is encrypted by itself.
            "Encrypted": True if encrypt else None,
            "KmsKeyId": facts["kms_key_id"] if encrypt else None,
            "ClientToken": new_token(),
            **tag_specification("volume", {**tags, RECOVERY_TAG: old.id}),
        }
        return self.connection.call("CreateVolume", params)

    def _swap(self, old_id: str, new_id: str, attachment: Mapping[str, str]) -> None:
        """Attach the new volume where the old one is, which is detached."""
        what = f"volume {new_id} to take the place of {old_id}"
        place = {"InstanceId": attachment["instance_id"], "Device": attachment["device"]}
        self._wait_until_available(new_id, what)
        try:
            self.connection.call(
                "DetachVolume", {"VolumeId": old_id, "InstanceId": place["InstanceId"]}
            )
        except ProviderError:
            self._is_done("DeleteVolume", {"VolumeId": new_id})
            raise
        self._wait_until_available(old_id, what)
        try:
            self.connection.call("AttachVolume", {"VolumeId": new_id, **place})
        except LibcloudError as error:
            # The instance is not left without a volume.
            is_back = self._is_done("AttachVolume", {"VolumeId": old_id, **place})
            raise ConflictError(
                f"Cannot attach volume {new_id}, which is left: {error}. Volume {old_id} is "
                f"{'attached again' if is_back else 'detached'}",
                driver=self,
            ) from error

    def _is_done(self, action: str, params: Mapping[str, Any]) -> bool:
        """Call an action that makes good for one that failed, and whose own failure is no news."""
        try:
            self.connection.call(action, params)
        except LibcloudError:
            return False
        return True

    def _wait_until_available(self, volume_id: str, what: str) -> None:
        def check() -> bool:
            try:
                state = findtext(self._volume(volume_id), "status")
            except BackupTargetDoesNotExistError:
                return False  # EC2 knows a new volume a moment later
            if state == "error":
                raise ConflictError(f"Volume {volume_id} failed, waiting for {what}", driver=self)
            return state == "available"

        wait_until(check, self.recovery_timeout, self.recovery_interval, what)

    def _to_recovery(self, volume: Element, target: BackupTarget) -> BackupTargetJob:
        """
        :param volume: The volume that the recovery has made.
        """
        volume_id = required_text(volume, "volumeId", self)
        status = VOLUME_STATES.get(
            findtext(volume, "status") or "", BackupTargetJobStatusType.PENDING
        )
        extra = {
            "operation": "recovery",
            "volume_id": volume_id,
            "replaced_volume_id": tags_of(volume).get(RECOVERY_TAG),
            "recovery_point_id": findtext(volume, "snapshotId"),
        }
        done = status == BackupTargetJobStatusType.COMPLETED
        return BackupTargetJob(volume_id, status, 100 if done else 0, target, self, extra)
