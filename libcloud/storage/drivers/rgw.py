"""
RADOS Gateway, the object storage of Ceph, and OUTSCALE's.

https://docs.ceph.com/en/latest/radosgw/s3/
"""

from __future__ import annotations

from typing import Any

from libcloud.storage.drivers.s3 import S3Connection, S3SignatureV4Connection
from libcloud.storage.drivers.s3_compatible import (
    S3CompatibleStorageDriver,
    SignatureVersionArgument,
)

__all__ = [
    "S3_RGW_DEFAULT_REGION",
    "S3_RGW_OUTSCALE_DEFAULT_REGION",
    "S3_RGW_OUTSCALE_HOSTS_BY_REGION",
    "S3RGWConnectionAWS2",
    "S3RGWConnectionAWS4",
    "S3RGWOutscaleStorageDriver",
    "S3RGWStorageDriver",
]

S3_RGW_DEFAULT_REGION = "default"

S3_RGW_OUTSCALE_DEFAULT_REGION = "eu-west-2"

# The hosts of 3.x, of the storage that OUTSCALE had on Ceph. What it documents today runs on other
# software, at other hosts: https://docs.outscale.com/en/userguide/Introduction-to-OOS.html
S3_RGW_OUTSCALE_HOSTS_BY_REGION = {
    "eu-west-1": "osu.eu-west-1.outscale.com",
    "eu-west-2": "osu.eu-west-2.outscale.com",
    "us-west-1": "osu.us-west-1.outscale.com",
    "us-east-2": "osu.us-east-2.outscale.com",
    "cn-southeast-1": "osu.cn-southeast-1.outscale.hk",
}


class S3RGWConnectionAWS2(SignatureVersionArgument, S3Connection):
    """Signs with version 2."""


class S3RGWConnectionAWS4(SignatureVersionArgument, S3SignatureV4Connection):
    """Signs with version 4."""


class S3RGWStorageDriver(S3CompatibleStorageDriver):
    """
    A RADOS Gateway at the host that the caller names.

    :param region: The zone group's API name: where new containers go. With signatures of version 4
        it is what they are made for, too.
    :param name: What the driver is to be called.
    :param kwargs: As of :class:`~libcloud.storage.drivers.s3_compatible.S3CompatibleStorageDriver`.
        ``signature_version`` is ``"2"`` if left out, as ever.

    https://docs.ceph.com/en/latest/radosgw/s3/bucketops/#put-bucket
    """

    name = "Ceph RGW"
    website = "http://ceph.com/"
    signature_version = "2"
    connection_by_signature = {"2": S3RGWConnectionAWS2, "4": S3RGWConnectionAWS4}

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str | None = None,
        region: str = S3_RGW_DEFAULT_REGION,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            key, secret, secure, host, port, region=region, api_version=api_version, **kwargs
        )
        self.ex_location_name = self.region_name
        self.name = name or f"Ceph RGW S3 ({self.region_name})"


class S3RGWOutscaleStorageDriver(S3RGWStorageDriver):
    """OUTSCALE's object storage, by its old hosts."""

    name = "RGW Outscale"
    website = "https://en.outscale.com/"
    hosts_by_region = S3_RGW_OUTSCALE_HOSTS_BY_REGION

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str | None = None,
        region: str = S3_RGW_OUTSCALE_DEFAULT_REGION,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        name = name or f"OUTSCALE Ceph RGW S3 ({region})"
        super().__init__(key, secret, secure, host, port, api_version, region, name=name, **kwargs)
