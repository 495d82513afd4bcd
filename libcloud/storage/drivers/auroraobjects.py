"""PCextreme AuroraObjects, a RADOS Gateway that takes signatures of version 2."""

from __future__ import annotations

from typing import Any

from libcloud.common.errors import UnsupportedOperation
from libcloud.common.operations import operation
from libcloud.storage.drivers.s3 import S3Connection
from libcloud.storage.drivers.s3_compatible import S3CompatibleStorageDriver

__all__ = [
    "AURORA_OBJECTS_EU_HOST",
    "NO_CDN_SUPPORT_ERROR",
    "AuroraObjectsStorageDriver",
    "BaseAuroraObjectsConnection",
    "BaseAuroraObjectsStorageDriver",
]

AURORA_OBJECTS_EU_HOST = "o.auroraobjects.eu"

NO_CDN_SUPPORT_ERROR = "CDN is not supported by AuroraObjects"


class BaseAuroraObjectsConnection(S3Connection):
    """Signs with version 2."""

    host = AURORA_OBJECTS_EU_HOST


class BaseAuroraObjectsStorageDriver(S3CompatibleStorageDriver):
    """What there would be to share if AuroraObjects had several regions."""

    type = "auroraobjects"
    name = "PCextreme AuroraObjects"
    website = "https://www.pcextreme.com/aurora/objects"
    connectionCls = BaseAuroraObjectsConnection
    signature_version = "2"

    def _host_of_store(self, region: str) -> str:
        return AURORA_OBJECTS_EU_HOST


class AuroraObjectsStorageDriver(BaseAuroraObjectsStorageDriver):
    """PCextreme AuroraObjects."""

    # Marked as operations of the base, which is how a driver says that it does not have them.

    @operation("cdn")
    def get_container_cdn_url(self, *argv: Any, **kwargs: Any) -> str:
        raise UnsupportedOperation(NO_CDN_SUPPORT_ERROR, driver=self)

    @operation("cdn")
    def get_object_cdn_url(self, *argv: Any, **kwargs: Any) -> str:
        raise UnsupportedOperation(NO_CDN_SUPPORT_ERROR, driver=self)

    @operation("cdn")
    def enable_container_cdn(self, *argv: Any, **kwargs: Any) -> bool:
        raise UnsupportedOperation(NO_CDN_SUPPORT_ERROR, driver=self)

    @operation("cdn")
    def enable_object_cdn(self, *argv: Any, **kwargs: Any) -> bool:
        raise UnsupportedOperation(NO_CDN_SUPPORT_ERROR, driver=self)
