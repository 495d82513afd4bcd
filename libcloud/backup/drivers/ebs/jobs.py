"""
Jobs: backups, which are snapshots in the making, and recoveries.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.backup.base import BackupTarget, BackupTargetJob, BackupTargetType
from libcloud.backup.drivers.ebs.recoveries import RECOVERY_TAG, Recoveries
from libcloud.backup.drivers.ebs.recovery_points import snapshot_extra
from libcloud.backup.types import BackupJobDoesNotExistError, BackupTargetJobStatusType
from libcloud.common.aws.xml import Element, findtext, number, required_text
from libcloud.common.errors import ResourceNotFoundError
from libcloud.compute.drivers.ec2.params import filters, tag_specification

__all__ = ["Jobs"]

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
SNAPSHOT_STATES = {
    "pending": BackupTargetJobStatusType.RUNNING,
    "recovering": BackupTargetJobStatusType.RUNNING,
    "recoverable": BackupTargetJobStatusType.COMPLETED,
    "completed": BackupTargetJobStatusType.COMPLETED,
    "error": BackupTargetJobStatusType.FAILED,
}


class Jobs(Recoveries):
    """Jobs."""

    def get_target_job(self, target: BackupTarget, id: str) -> BackupTargetJob:
        """One job, whether it is finished or not."""
        missing = BackupJobDoesNotExistError("The target has no such job", self, str(id))
        try:
            if str(id).startswith("vol-"):
                job = self._to_recovery(self._volume(str(id)), target)
                belongs = job.extra["replaced_volume_id"] == target.id
            else:
                job = self._to_job(self._snapshot(str(id)))
                belongs = job.target.id == target.id
        except ResourceNotFoundError as error:
            raise missing from error
        if not belongs:
            raise missing
        return job

    def iterate_target_jobs(self, target: BackupTarget) -> Iterator[BackupTargetJob]:
        """
        Yield the jobs that are not finished: backups first, then recoveries.

        :raises BackupTargetDoesNotExistError: there is neither the volume nor a snapshot of it.
        """
        for element in self._snapshots(target, "pending"):
            yield self._to_job(element)
        being_made = filters({f"tag:{RECOVERY_TAG}": target.id, "status": "creating"})
        for element in self._pages("DescribeVolumes", being_made, "volumeSet/item"):
            yield self._to_recovery(element, target)

    def create_target_job(
        self, target: BackupTarget, extra: dict[str, Any] | None = None
    ) -> BackupTargetJob:
        """
        Start a snapshot of the volume.

        :param extra: ``{"description": "...", "tags": {...}}``
        :raises BackupTargetDoesNotExistError: there is no such volume.
        """
        extra = extra or {}
        params = {
            "VolumeId": target.id,
            "Description": extra.get("description"),
            **tag_specification("snapshot", extra.get("tags", {})),
        }
        with self._naming(target.id):
            return self._to_job(self.connection.call("CreateSnapshot", params))

    def _to_job(self, el: Element) -> BackupTargetJob:
        """
        :param el: A snapshot.
        """
        volume_id = required_text(el, "volumeId", self)
        target = BackupTarget(
            volume_id, volume_id, volume_id, BackupTargetType.VOLUME, self, {"volume-id": volume_id}
        )
        extra = snapshot_extra(el)
        status = SNAPSHOT_STATES.get(extra["state"], BackupTargetJobStatusType.PENDING)
        done = status == BackupTargetJobStatusType.COMPLETED
        progress = 100 if done else number((findtext(el, "progress") or "0").rstrip("%"))
        return BackupTargetJob(
            required_text(el, "snapshotId", self),
            status,
            progress,
            target,
            self,
            {**extra, "operation": "backup"},
        )
