"""
Scaleway Object Storage.

https://www.scaleway.com/en/docs/object-storage/
"""

from __future__ import annotations

from typing import Any

from libcloud.storage.drivers.s3 import S3SignatureV4Connection
from libcloud.storage.drivers.s3_compatible import S3CompatibleStorageDriver

__all__ = [
    "NO_CDN_SUPPORT_ERROR",
    "REGION_TO_HOST_MAP",
    "SCW_FR_PAR_STANDARD_HOST",
    "SCW_NL_AMS_HOST",
    "SCW_PL_WAR_HOST",
    "ScalewayStorageDriver",
]

# A name of 3.x that programs import, and the driver has no use for.
NO_CDN_SUPPORT_ERROR = "CDN feature not implemented"

SCW_FR_PAR_STANDARD_HOST = "s3.fr-par.scw.cloud"
SCW_NL_AMS_HOST = "s3.nl-ams.scw.cloud"
SCW_PL_WAR_HOST = "s3.pl-waw.scw.cloud"

# https://www.scaleway.com/en/docs/object-storage/concepts/#endpoint
REGION_TO_HOST_MAP = {
    "fr-par": SCW_FR_PAR_STANDARD_HOST,
    "nl-ams": SCW_NL_AMS_HOST,
    "pl-waw": SCW_PL_WAR_HOST,
}


class ScalewayStorageDriver(S3CompatibleStorageDriver):
    """
    Scaleway Object Storage.

    :param kwargs: As of :class:`~libcloud.storage.drivers.s3_compatible.S3CompatibleStorageDriver`.
    """

    name = "Scaleway Storage Driver"
    website = "https://www.scaleway.com/en/object-storage/"
    connectionCls = S3SignatureV4Connection
    region_name = "fr-par"
    hosts_by_region = REGION_TO_HOST_MAP

    # https://www.scaleway.com/en/docs/object-storage/api-cli/multipart-uploads/
    max_parts = 1_000

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "fr-par",
        url: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key, secret, secure, host, port, region, url=url, **kwargs)
        self.name = f"Scaleway Object Storage ({self.region_name})"
