"""
Backups of EBS volumes, as their snapshots.

Each volume of the region is a target. A backup job is a snapshot in the making, and a recovery
point one that is complete; both have the snapshot's id. A recovery makes a new volume of a snapshot
and puts it in the place of the old one, which is kept; the job has the id of the new volume.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query-ebs.html
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from libcloud.backup.base import (
    BackupDriver,
    BackupTarget,
    BackupTargetJob,
    BackupTargetRecoveryPoint,
    BackupTargetType,
)
from libcloud.backup.types import (
    BackupJobDoesNotExistError,
    BackupRecoveryPointDoesNotExistError,
    BackupTargetDoesNotExistError,
    BackupTargetJobStatusType,
)
from libcloud.common.aws import AWSDriver, AWSGenericResponse
from libcloud.common.aws.connection import DEFAULT_REGION
from libcloud.common.aws.xml import Element, convert, findall, findtext, number, required_text
from libcloud.common.errors import (
    ConflictError,
    LibcloudError,
    ProviderError,
    ResourceNotFoundError,
)
from libcloud.common.operations import unsupported
from libcloud.common.paging import iterate_pages
from libcloud.common.polling import wait_until
from libcloud.compute.drivers.ec2.connection import EC2Connection
from libcloud.compute.drivers.ec2.errors import ec2_error_class
from libcloud.compute.drivers.ec2.params import filters, new_token, tag_specification
from libcloud.compute.drivers.ec2.params import tags as tag_params
from libcloud.utils.iso8601 import parse_date

__all__ = ["HOST", "NS", "ROOT", "VERSION", "EBSBackupDriver", "EBSConnection", "EBSResponse"]

VERSION = "2015-10-01"
HOST = "ec2.amazonaws.com"
ROOT = f"/{VERSION}/"
NS = f"http://{HOST}/doc{ROOT}"

PAGE_SIZE = 1000
"""Items a page: the most that EC2 allows."""

RECOVERY_TAG = "libcloud:recovery-of"
"""The tag of a volume that was made by a recovery: the id of the one whose place it takes."""

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
SNAPSHOT_STATES = {
    "pending": BackupTargetJobStatusType.RUNNING,
    "recovering": BackupTargetJobStatusType.RUNNING,
    "recoverable": BackupTargetJobStatusType.COMPLETED,
    "completed": BackupTargetJobStatusType.COMPLETED,
    "error": BackupTargetJobStatusType.FAILED,
}

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html
VOLUME_STATES = {
    "creating": BackupTargetJobStatusType.RUNNING,
    "available": BackupTargetJobStatusType.COMPLETED,
    "in-use": BackupTargetJobStatusType.COMPLETED,
    "deleting": BackupTargetJobStatusType.COMPLETED,
    "deleted": BackupTargetJobStatusType.COMPLETED,
    "error": BackupTargetJobStatusType.FAILED,
}

# Facts about a volume and a snapshot -> where EC2 has them.
VOLUME_EXTRA = {
    "state": "status",
    "zone": "availabilityZone",
    "volume_type": "volumeType",
    "snapshot_id": "snapshotId",
    "kms_key_id": "kmsKeyId",
}
SNAPSHOT_EXTRA = {
    "description": "description",
    "owner_id": "ownerId",
    "state": "status",
    "status_message": "statusMessage",
}


class EBSResponse(AWSGenericResponse):
    """An answer of EC2. It is read in any namespace."""

    namespace = NS
    exceptions: dict[str, Any] = {}
    xpath = "Error"

    @classmethod
    def error_class(cls, code: str) -> type[ProviderError] | None:
        return ec2_error_class(code)


class EBSConnection(EC2Connection):
    """A connection to EC2 in one region."""

    # What programs read from the class. Nothing answers to it any more: see the constructor.
    version = VERSION
    host = HOST
    responseCls: Any = EBSResponse
    service_name = "backup"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.version = EC2Connection.version
        self.service_name = EC2Connection.service_name
        super().__init__(*args, **kwargs)


class EBSBackupDriver(AWSDriver, BackupDriver):
    """
    Backups of Amazon EBS volumes.

    A target's id and address are the volume's id, its name is the volume's tag ``Name``. Its
    ``extra`` has ``volume-id``, and when it was read from EC2 ``size`` (GiB), ``state``, ``zone``,
    ``volume_type``, ``iops``, ``throughput`` (MiB a second), ``encrypted``, ``kms_key_id``,
    ``snapshot_id``, ``created`` (datetime), ``tags`` and ``attachments``, a list of dicts of
    ``instance_id``, ``device`` and ``state``.

    The ``extra`` of a recovery point and of a backup job has ``size`` (GiB), ``description``,
    ``encrypted``, ``state``, ``progress``, ``tags`` ... A recovery's job has ``operation``,
    ``volume_id``, ``replaced_volume_id`` and ``recovery_point_id``.

    :param access_id: Access key id.
    :param secret: Secret access key.
    :param region: ``us-east-1`` ...
    :param token: Session token of temporary credentials.
    :param credentials: In place of key, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param host: Instead of the region's endpoint of EC2.
    """

    type = "ebs"
    name = "Amazon EBS Backup Driver"
    website = "http://aws.amazon.com/ebs/"
    connectionCls: Any = EBSConnection

    # Of a recovery, in seconds: how long the volumes may take, and the pause between two looks.
    recovery_timeout: float = 600
    recovery_interval: float = 5

    def __init__(
        self,
        access_id: str | None = None,
        secret: str | None = None,
        region: str = DEFAULT_REGION,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        token: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            access_id,
            secret,
            secure=secure,
            host=host or _endpoint(region),
            port=port,
            region=region,
            token=token,
            **kwargs,
        )

    # -- targets --------------------------------------------------------------------------------

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

    # -- recovery points ------------------------------------------------------------------------

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

    # -- jobs -----------------------------------------------------------------------------------

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

    # -- requests -------------------------------------------------------------------------------

    def _pages(self, action: str, params: Mapping[str, Any], items: str) -> Iterator[Element]:
        def fetch(token: str | None) -> tuple[list[Element], str | None]:
            page = {**params, "MaxResults": PAGE_SIZE, "NextToken": token}
            root = self.connection.call(action, page)
            return findall(root, items), findtext(root, "nextToken")

        return iterate_pages(fetch)

    def _volume(self, volume_id: str) -> Element:
        with self._naming(volume_id):
            root = self.connection.call("DescribeVolumes", {"VolumeId.1": volume_id})
        for element in findall(root, "volumeSet/item"):
            return element
        raise BackupTargetDoesNotExistError("The volume does not exist", self, volume_id)

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

    # -- parsing --------------------------------------------------------------------------------

    def _to_target(self, element: Element) -> BackupTarget:
        volume_id = required_text(element, "volumeId", self)
        tags = _tags(element)
        iops, throughput = findtext(element, "iops"), findtext(element, "throughput")
        extra = {
            "volume-id": volume_id,
            "size": number(findtext(element, "size")),
            **{key: findtext(element, path) for key, path in VOLUME_EXTRA.items()},
            "iops": number(iops) if iops else None,
            "throughput": number(throughput) if throughput else None,
            "encrypted": findtext(element, "encrypted") == "true",
            "created": _date(element, "createTime"),
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

    def _to_recovery_point(
        self, element: Element, target: BackupTarget
    ) -> BackupTargetRecoveryPoint:
        date = convert(required_text(element, "startTime", self), parse_date)
        snapshot_id = required_text(element, "snapshotId", self)
        return BackupTargetRecoveryPoint(snapshot_id, date, target, self, _snapshot_extra(element))

    def _to_job(self, el: Element) -> BackupTargetJob:
        """
        :param el: A snapshot.
        """
        volume_id = required_text(el, "volumeId", self)
        target = BackupTarget(
            volume_id, volume_id, volume_id, BackupTargetType.VOLUME, self, {"volume-id": volume_id}
        )
        extra = _snapshot_extra(el)
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
            "replaced_volume_id": _tags(volume).get(RECOVERY_TAG),
            "recovery_point_id": findtext(volume, "snapshotId"),
        }
        done = status == BackupTargetJobStatusType.COMPLETED
        return BackupTargetJob(volume_id, status, 100 if done else 0, target, self, extra)


def _snapshot_extra(element: Element) -> dict[str, Any]:
    return {
        "size": number(findtext(element, "volumeSize")),
        **{key: findtext(element, path) for key, path in SNAPSHOT_EXTRA.items()},
        "progress": findtext(element, "progress"),
        "encrypted": findtext(element, "encrypted") == "true",
        "started": _date(element, "startTime"),
        "tags": _tags(element),
    }


def _tags(element: Element) -> dict[str, str]:
    return {
        findtext(item, "key") or "": findtext(item, "value") or ""
        for item in findall(element, "tagSet/item")
    }


def _date(element: Element, path: str) -> datetime | None:
    text = findtext(element, path)
    return convert(text, parse_date) if text else None


def _aware(date: datetime) -> datetime:
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)


def _endpoint(region: str) -> str:
    """
    Where a region has EC2.

    https://docs.aws.amazon.com/general/latest/gr/ec2-service.html
    """
    return f"ec2.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
