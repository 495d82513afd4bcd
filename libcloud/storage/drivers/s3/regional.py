"""
A driver and a connection for each of the regions that 3.x has a class for.

New programs name the region: ``S3StorageDriver(key, secret, region="us-west-1")``.
"""

from __future__ import annotations

from libcloud.storage.drivers.s3.connection import S3SignatureV4Connection
from libcloud.storage.drivers.s3.driver import S3StorageDriver

__all__ = [
    "S3APNE1Connection",
    "S3APNE1StorageDriver",
    "S3APNE2Connection",
    "S3APNE2StorageDriver",
    "S3APNEConnection",
    "S3APNEStorageDriver",
    "S3APSE2Connection",
    "S3APSE2StorageDriver",
    "S3APSEConnection",
    "S3APSEStorageDriver",
    "S3APSouthConnection",
    "S3APSouthStorageDriver",
    "S3CACentralConnection",
    "S3CACentralStorageDriver",
    "S3CNNorthConnection",
    "S3CNNorthStorageDriver",
    "S3CNNorthWestConnection",
    "S3CNNorthWestStorageDriver",
    "S3EUCentralConnection",
    "S3EUCentralStorageDriver",
    "S3EUNorth1Connection",
    "S3EUNorth1StorageDriver",
    "S3EUWest2Connection",
    "S3EUWest2StorageDriver",
    "S3EUWest3Connection",
    "S3EUWest3StorageDriver",
    "S3EUWestConnection",
    "S3EUWestStorageDriver",
    "S3SAEastConnection",
    "S3SAEastStorageDriver",
    "S3USEast2Connection",
    "S3USEast2StorageDriver",
    "S3USGovEastConnection",
    "S3USGovEastStorageDriver",
    "S3USGovWestConnection",
    "S3USGovWestStorageDriver",
    "S3USWestConnection",
    "S3USWestOregonConnection",
    "S3USWestOregonStorageDriver",
    "S3USWestStorageDriver",
]


class S3USEast2Connection(S3SignatureV4Connection, region="us-east-2"):
    """S3 in us-east-2."""


class S3USEast2StorageDriver(S3StorageDriver, region="us-east-2"):
    """S3 in us-east-2."""

    connectionCls = S3USEast2Connection


class S3USWestConnection(S3SignatureV4Connection, region="us-west-1"):
    """S3 in us-west-1."""


class S3USWestStorageDriver(S3StorageDriver, region="us-west-1"):
    """S3 in us-west-1."""

    connectionCls = S3USWestConnection


class S3USWestOregonConnection(S3SignatureV4Connection, region="us-west-2"):
    """S3 in us-west-2."""


class S3USWestOregonStorageDriver(S3StorageDriver, region="us-west-2"):
    """S3 in us-west-2."""

    connectionCls = S3USWestOregonConnection


class S3USGovEastConnection(S3SignatureV4Connection, region="us-gov-east-1"):
    """S3 in us-gov-east-1."""


class S3USGovEastStorageDriver(S3StorageDriver, region="us-gov-east-1"):
    """S3 in us-gov-east-1."""

    connectionCls = S3USGovEastConnection


class S3USGovWestConnection(S3SignatureV4Connection, region="us-gov-west-1"):
    """S3 in us-gov-west-1."""


class S3USGovWestStorageDriver(S3StorageDriver, region="us-gov-west-1"):
    """S3 in us-gov-west-1."""

    connectionCls = S3USGovWestConnection


class S3CNNorthConnection(S3SignatureV4Connection, region="cn-north-1"):
    """S3 in cn-north-1."""


class S3CNNorthStorageDriver(S3StorageDriver, region="cn-north-1"):
    """S3 in cn-north-1."""

    connectionCls = S3CNNorthConnection


class S3CNNorthWestConnection(S3SignatureV4Connection, region="cn-northwest-1"):
    """S3 in cn-northwest-1."""


class S3CNNorthWestStorageDriver(S3StorageDriver, region="cn-northwest-1"):
    """S3 in cn-northwest-1."""

    connectionCls = S3CNNorthWestConnection


class S3EUWestConnection(S3SignatureV4Connection, region="eu-west-1"):
    """S3 in eu-west-1."""


class S3EUWestStorageDriver(S3StorageDriver, region="eu-west-1"):
    """S3 in eu-west-1."""

    connectionCls = S3EUWestConnection
    ex_location_name = "EU"  # what this region was called when it was the only one there


class S3EUWest2Connection(S3SignatureV4Connection, region="eu-west-2"):
    """S3 in eu-west-2."""


class S3EUWest2StorageDriver(S3StorageDriver, region="eu-west-2"):
    """S3 in eu-west-2."""

    connectionCls = S3EUWest2Connection


class S3EUWest3Connection(S3SignatureV4Connection, region="eu-west-3"):
    """S3 in eu-west-3."""


class S3EUWest3StorageDriver(S3StorageDriver, region="eu-west-3"):
    """S3 in eu-west-3."""

    connectionCls = S3EUWest3Connection


class S3EUCentralConnection(S3SignatureV4Connection, region="eu-central-1"):
    """S3 in eu-central-1."""


class S3EUCentralStorageDriver(S3StorageDriver, region="eu-central-1"):
    """S3 in eu-central-1."""

    connectionCls = S3EUCentralConnection


class S3EUNorth1Connection(S3SignatureV4Connection, region="eu-north-1"):
    """S3 in eu-north-1."""

    host = "s3-eu-north-1.amazonaws.com"  # as in 3.x; the driver takes the host of its region


class S3EUNorth1StorageDriver(S3StorageDriver, region="eu-north-1"):
    """S3 in eu-north-1."""

    connectionCls = S3EUNorth1Connection


class S3APSEConnection(S3SignatureV4Connection, region="ap-southeast-1"):
    """S3 in ap-southeast-1."""


class S3APSEStorageDriver(S3StorageDriver, region="ap-southeast-1"):
    """S3 in ap-southeast-1."""

    connectionCls = S3APSEConnection


class S3APSE2Connection(S3SignatureV4Connection, region="ap-southeast-2"):
    """S3 in ap-southeast-2."""


class S3APSE2StorageDriver(S3StorageDriver, region="ap-southeast-2"):
    """S3 in ap-southeast-2."""

    connectionCls = S3APSE2Connection


class S3APNE1Connection(S3SignatureV4Connection, region="ap-northeast-1"):
    """S3 in ap-northeast-1."""


class S3APNE1StorageDriver(S3StorageDriver, region="ap-northeast-1"):
    """S3 in ap-northeast-1."""

    connectionCls = S3APNE1Connection


class S3APNE2Connection(S3SignatureV4Connection, region="ap-northeast-2"):
    """S3 in ap-northeast-2."""


class S3APNE2StorageDriver(S3StorageDriver, region="ap-northeast-2"):
    """S3 in ap-northeast-2."""

    connectionCls = S3APNE2Connection


class S3APSouthConnection(S3SignatureV4Connection, region="ap-south-1"):
    """S3 in ap-south-1."""


class S3APSouthStorageDriver(S3StorageDriver, region="ap-south-1"):
    """S3 in ap-south-1."""

    connectionCls = S3APSouthConnection


class S3SAEastConnection(S3SignatureV4Connection, region="sa-east-1"):
    """S3 in sa-east-1."""


class S3SAEastStorageDriver(S3StorageDriver, region="sa-east-1"):
    """S3 in sa-east-1."""

    connectionCls = S3SAEastConnection


class S3CACentralConnection(S3SignatureV4Connection, region="ca-central-1"):
    """S3 in ca-central-1."""


class S3CACentralStorageDriver(S3StorageDriver, region="ca-central-1"):
    """S3 in ca-central-1."""

    connectionCls = S3CACentralConnection


S3APNEConnection = S3APNE1Connection
S3APNEStorageDriver = S3APNE1StorageDriver
