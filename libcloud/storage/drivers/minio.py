"""
MinIO.

https://min.io/docs/minio/linux/reference/s3-api-compatibility.html
"""

from __future__ import annotations

from libcloud.storage.drivers.s3 import S3SignatureV4Connection
from libcloud.storage.drivers.s3_compatible import (
    S3CompatibleStorageDriver,
    SignatureVersionArgument,
)

__all__ = ["MinIOConnectionAWS4", "MinIOStorageDriver"]


class MinIOConnectionAWS4(SignatureVersionArgument, S3SignatureV4Connection):
    """Signs with version 4."""


class MinIOStorageDriver(S3CompatibleStorageDriver):
    """A MinIO server at the host that the caller names."""

    name = "MinIO Storage Driver"
    website = "https://min.io/"
    connectionCls = MinIOConnectionAWS4
