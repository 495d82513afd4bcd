"""
Recovery points: the complete snapshots of a volume.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from libcloud.backup.base import BackupTarget, BackupTargetRecoveryPoint
from libcloud.backup.drivers.ebs.room import date_of, tags_of
from libcloud.backup.drivers.ebs.targets import Targets
from libcloud.backup.types import (
    BackupRecoveryPointDoesNotExistError,
    BackupTargetDoesNotExistError,
)
from libcloud.common.aws.xml import Element, convert, findall, findtext, number, required_text
from libcloud.common.errors import ResourceNotFoundError
from libcloud.compute.drivers.ec2.params import filters
from libcloud.utils.iso8601 import parse_date

__all__ = ["RecoveryPoints", "snapshot_extra"]

# Facts about a snapshot -> where EC2 has them.
SNAPSHOT_EXTRA = {
    "description": "description",
    "owner_id": "ownerId",
    "state": "status",
    "status_message": "statusMessage",
}


class RecoveryPoints(Targets):
    """Recovery points."""

    def iterate_recovery_points(
        self,
        target: BackupTarget,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> Iterator[BackupTargetRecoveryPoint]:
        """
        Yield the complete snapshots of a volume, in EC2's order. They are there even when the
        volume is not any more.

        :raises BackupTargetDoesNotExistError: there is neither the volume nor a snapshot of it.
        """
        for element in self._snapshots(target, "completed"):
            point = self._to_recovery_point(element, target)
            too_old = start_date is not None and point.date < _aware(start_date)
            too_young = end_date is not None and point.date > _aware(end_date)
            if not too_old and not too_young:
                yield point

    def _snapshot(self, snapshot_id: str) -> Element:
        root = self.connection.call("DescribeSnapshots", {"SnapshotId.1": snapshot_id})
        for element in findall(root, "snapshotSet/item"):
            return element
        raise ResourceNotFoundError(f"Snapshot {snapshot_id} does not exist", driver=self)

    def _snapshots(self, target: BackupTarget, status: str) -> Iterator[Element]:
        conditions = filters({"volume-id": target.id, "status": status})
        found = self._pages(
            "DescribeSnapshots", {"Owner.1": "self", **conditions}, "snapshotSet/item"
        )
        first = next(found, None)
        if first is None:
            self._check_exists(target)
            return
        yield from itertools.chain([first], found)

    def _check_exists(self, target: BackupTarget) -> None:
        """A volume without snapshots is fine, and so are snapshots without their volume."""
        try:
            self._volume(target.id)
        except BackupTargetDoesNotExistError:
            of_volume = filters({"volume-id": target.id})
            if next(self._pages("DescribeSnapshots", of_volume, "snapshotSet/item"), None) is None:
                raise

    def _snapshot_of(
        self, target: BackupTarget, recovery_point: BackupTargetRecoveryPoint
    ) -> Element:
        missing = BackupRecoveryPointDoesNotExistError(
            "The target has no such recovery point", self, recovery_point.id
        )
        try:
            snapshot = self._snapshot(recovery_point.id)
        except ResourceNotFoundError as error:
            raise missing from error
        if findtext(snapshot, "volumeId") != target.id:
            raise missing
        return snapshot

    def _to_recovery_point(
        self, element: Element, target: BackupTarget
    ) -> BackupTargetRecoveryPoint:
        date = convert(required_text(element, "startTime", self), parse_date)
        snapshot_id = required_text(element, "snapshotId", self)
        return BackupTargetRecoveryPoint(snapshot_id, date, target, self, snapshot_extra(element))


def snapshot_extra(element: Element) -> dict[str, Any]:
    return {
        "size": number(findtext(element, "volumeSize")),
        **{key: findtext(element, path) for key, path in SNAPSHOT_EXTRA.items()},
        "progress": findtext(element, "progress"),
        "encrypted": findtext(element, "encrypted") == "true",
        "started": date_of(element, "startTime"),
        "tags": tags_of(element),
    }


def _aware(date: datetime) -> datetime:
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
