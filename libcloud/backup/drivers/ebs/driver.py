"""
The driver for backups of EBS volumes, put together from the rooms.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query-ebs.html
"""

from __future__ import annotations

from typing import Any

from libcloud.backup.drivers.ebs.connection import EBSConnection, endpoint_of
from libcloud.backup.drivers.ebs.jobs import Jobs
from libcloud.common.aws.connection import DEFAULT_REGION

__all__ = ["EBSBackupDriver"]


class EBSBackupDriver(Jobs):
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
            host=host or endpoint_of(region),
            port=port,
            region=region,
            token=token,
            **kwargs,
        )
