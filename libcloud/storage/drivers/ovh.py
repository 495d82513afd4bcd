"""
OVHcloud Object Storage.

https://help.ovhcloud.com/csm/en-public-cloud-storage-s3-location?id=kb_article_view
"""

from __future__ import annotations

from typing import Any

from libcloud.storage.drivers.s3 import S3SignatureV4Connection
from libcloud.storage.drivers.s3_compatible import S3CompatibleStorageDriver

__all__ = [
    "NO_CDN_SUPPORT_ERROR",
    "OVH_FR_GRA_HOST",
    "OVH_FR_SBG_HOST",
    "REGION_TO_HOST_MAP",
    "OvhStorageDriver",
]

# A name of 3.x that programs import, and the driver has no use for.
NO_CDN_SUPPORT_ERROR = "CDN feature not implemented"

OVH_FR_SBG_HOST = "s3.sbg.perf.cloud.ovh.net"
OVH_FR_GRA_HOST = "s3.gra.perf.cloud.ovh.net"

# Where 3.x has a host it stays: at "perf" an object without a storage class goes to another one
# than at "io", which is where OVHcloud wants all requests to go today.
# https://github.com/ovh/docs/blob/develop/pages/storage_and_backup/object_storage/s3_location/guide.en-gb.md
REGION_TO_HOST_MAP = {
    "sbg": OVH_FR_SBG_HOST,
    "gra": OVH_FR_GRA_HOST,
    "ap-south-mum": "s3.ap-south-mum.io.cloud.ovh.net",
    "ap-southeast-syd": "s3.ap-southeast-syd.io.cloud.ovh.net",
    "bhs": "s3.bhs.io.cloud.ovh.net",
    "ca-east-tor": "s3.ca-east-tor.io.cloud.ovh.net",
    "de": "s3.de.io.cloud.ovh.net",
    "eu-south-mil": "s3.eu-south-mil.io.cloud.ovh.net",
    "eu-west-par": "s3.eu-west-par.io.cloud.ovh.net",
    "rbx": "s3.rbx.io.cloud.ovh.net",
    "sgp": "s3.sgp.io.cloud.ovh.net",
    "uk": "s3.uk.io.cloud.ovh.net",
    "waw": "s3.waw.io.cloud.ovh.net",
}


class OvhStorageDriver(S3CompatibleStorageDriver):
    """
    OVHcloud Object Storage.

    :param kwargs: As of :class:`~libcloud.storage.drivers.s3_compatible.S3CompatibleStorageDriver`.
    """

    name = "Ovh Storage Driver"
    website = "https://www.ovhcloud.com/en/public-cloud/object-storage/"
    connectionCls = S3SignatureV4Connection
    region_name = "sbg"
    hosts_by_region = REGION_TO_HOST_MAP

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "sbg",
        url: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key, secret, secure, host, port, region, url=url, **kwargs)
        self.name = f"Ovh Object Storage ({self.region_name})"
