"""
DigitalOcean Spaces.

https://docs.digitalocean.com/reference/api/spaces/
"""

from __future__ import annotations

from typing import Any

from libcloud.storage.drivers.s3 import API_VERSION, S3Connection, S3SignatureV4Connection
from libcloud.storage.drivers.s3_compatible import (
    S3CompatibleStorageDriver,
    SignatureVersionArgument,
)

__all__ = [
    "DEFAULT_SIGNATURE_VERSION",
    "DO_SPACES_DEFAULT_REGION",
    "DO_SPACES_HOSTS_BY_REGION",
    "S3_API_VERSION",
    "DOSpacesConnectionAWS2",
    "DOSpacesConnectionAWS4",
    "DigitalOceanSpacesStorageDriver",
]

S3_API_VERSION = API_VERSION
DEFAULT_SIGNATURE_VERSION = "2"

DO_SPACES_DEFAULT_REGION = "nyc3"

# https://docs.digitalocean.com/products/spaces/details/availability/
DO_SPACES_HOSTS_BY_REGION = {
    region: f"{region}.digitaloceanspaces.com"
    for region in (
        "ams3",
        "atl1",
        "blr1",
        "fra1",
        "lon1",
        "nyc3",
        "sfo2",
        "sfo3",
        "sgp1",
        "syd1",
        "tor1",
    )
}


class DOSpacesConnectionAWS2(SignatureVersionArgument, S3Connection):
    """Signs with version 2."""


class DOSpacesConnectionAWS4(SignatureVersionArgument, S3SignatureV4Connection):
    """Signs with version 4."""


class DigitalOceanSpacesStorageDriver(S3CompatibleStorageDriver):
    """
    DigitalOcean Spaces. A container is what DigitalOcean calls a bucket, and earlier a Space.

    :param kwargs: As of :class:`~libcloud.storage.drivers.s3_compatible.S3CompatibleStorageDriver`.
        ``signature_version`` is ``"2"`` if left out, as ever; DigitalOcean recommends ``"4"``.
    """

    name = "DigitalOcean Spaces"
    website = "https://www.digitalocean.com/products/object-storage/"
    signature_version = DEFAULT_SIGNATURE_VERSION
    connection_by_signature = {"2": DOSpacesConnectionAWS2, "4": DOSpacesConnectionAWS4}
    hosts_by_region = DO_SPACES_HOSTS_BY_REGION

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str | None = None,
        region: str = DO_SPACES_DEFAULT_REGION,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            key, secret, secure, host, port, region=region, api_version=api_version, **kwargs
        )
        self.name = f"DigitalOcean Spaces ({self.region_name})"
