"""
Amazon S3, and the base of the drivers for what looks like it.

============== ===================================================================================
``driver``     ``S3StorageDriver`` and ``BaseS3StorageDriver``: containers, objects, URLs
``uploads``    one request or parts
``multipart``  parts; multipart uploads that were left behind
``downloads``  streams, files, ranges
``deletion``   many objects in one request
``copies``     copies within S3
``versions``   old versions of objects
``tags``       tags of objects and containers
``acls``       access control lists
``metadata``   text of all kinds in headers
``checksums``  what protects uploads
``columns``    listings, read fast
``room``       requests, the place of each container
``connection`` connections that sign with version 2 or 4, and their answers
``errors``     what S3's codes mean
``regions``    regions and their hosts
``regional``   the classes that 3.x has for single regions
============== ===================================================================================
"""

from __future__ import annotations

from libcloud.storage.drivers.s3.connection import (
    API_VERSION,
    EXPIRATION_SECONDS,
    BaseS3Connection,
    S3Connection,
    S3RawResponse,
    S3Response,
    S3SignatureV4Connection,
)
from libcloud.storage.drivers.s3.driver import (
    S3_CDN_URL_EXPIRY_HOURS,
    BaseS3StorageDriver,
    S3StorageDriver,
)
from libcloud.storage.drivers.s3.errors import BucketInOtherRegionError
from libcloud.storage.drivers.s3.multipart import CHUNK_SIZE, S3MultipartUpload
from libcloud.storage.drivers.s3.regional import (
    S3APNE1Connection,
    S3APNE1StorageDriver,
    S3APNE2Connection,
    S3APNE2StorageDriver,
    S3APNEConnection,
    S3APNEStorageDriver,
    S3APSE2Connection,
    S3APSE2StorageDriver,
    S3APSEConnection,
    S3APSEStorageDriver,
    S3APSouthConnection,
    S3APSouthStorageDriver,
    S3CACentralConnection,
    S3CACentralStorageDriver,
    S3CNNorthConnection,
    S3CNNorthStorageDriver,
    S3CNNorthWestConnection,
    S3CNNorthWestStorageDriver,
    S3EUCentralConnection,
    S3EUCentralStorageDriver,
    S3EUNorth1Connection,
    S3EUNorth1StorageDriver,
    S3EUWest2Connection,
    S3EUWest2StorageDriver,
    S3EUWest3Connection,
    S3EUWest3StorageDriver,
    S3EUWestConnection,
    S3EUWestStorageDriver,
    S3SAEastConnection,
    S3SAEastStorageDriver,
    S3USEast2Connection,
    S3USEast2StorageDriver,
    S3USGovEastConnection,
    S3USGovEastStorageDriver,
    S3USGovWestConnection,
    S3USGovWestStorageDriver,
    S3USWestConnection,
    S3USWestOregonConnection,
    S3USWestOregonStorageDriver,
    S3USWestStorageDriver,
)
from libcloud.storage.drivers.s3.regions import REGION_TO_HOST_MAP, host_of_region
from libcloud.storage.drivers.s3.room import NAMESPACE
from libcloud.storage.drivers.s3.uploads import STORAGE_CLASSES

__all__ = [
    "API_VERSION",
    "CHUNK_SIZE",
    "EXPIRATION_SECONDS",
    "NAMESPACE",
    "REGION_TO_HOST_MAP",
    "RESPONSES_PER_REQUEST",
    "S3_AF_SOUTH1_HOST",
    "S3_AP_NORTHEAST1_HOST",
    "S3_AP_NORTHEAST2_HOST",
    "S3_AP_NORTHEAST_HOST",
    "S3_AP_SOUTHEAST2_HOST",
    "S3_AP_SOUTHEAST_HOST",
    "S3_AP_SOUTH_HOST",
    "S3_CA_CENTRAL_HOST",
    "S3_CDN_URL_DATETIME_FORMAT",
    "S3_CDN_URL_DATE_FORMAT",
    "S3_CDN_URL_EXPIRY_HOURS",
    "S3_CN_NORTHWEST_HOST",
    "S3_CN_NORTH_HOST",
    "S3_EU_CENTRAL_HOST",
    "S3_EU_NORTH1_HOST",
    "S3_EU_SOUTH1_HOST",
    "S3_EU_WEST2_HOST",
    "S3_EU_WEST3_HOST",
    "S3_EU_WEST_HOST",
    "S3_SA_EAST_HOST",
    "S3_SA_SOUTHEAST2_HOST",
    "S3_US_EAST2_HOST",
    "S3_US_GOV_EAST_HOST",
    "S3_US_GOV_WEST_HOST",
    "S3_US_STANDARD_HOST",
    "S3_US_WEST_HOST",
    "S3_US_WEST_OREGON_HOST",
    "STORAGE_CLASSES",
    "BaseS3Connection",
    "BaseS3StorageDriver",
    "BucketInOtherRegionError",
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
    "S3Connection",
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
    "S3MultipartUpload",
    "S3RawResponse",
    "S3Response",
    "S3SAEastConnection",
    "S3SAEastStorageDriver",
    "S3SignatureV4Connection",
    "S3StorageDriver",
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
    "host_of_region",
]

# Names of 3.x that programs import, and the driver has no use for.
RESPONSES_PER_REQUEST = 100
S3_CDN_URL_DATE_FORMAT = "%Y%m%d"
S3_CDN_URL_DATETIME_FORMAT = "%Y%m%dT%H%M%SZ"

S3_US_STANDARD_HOST = REGION_TO_HOST_MAP["us-east-1"]
S3_US_EAST2_HOST = REGION_TO_HOST_MAP["us-east-2"]
S3_US_WEST_HOST = REGION_TO_HOST_MAP["us-west-1"]
S3_US_WEST_OREGON_HOST = REGION_TO_HOST_MAP["us-west-2"]
S3_US_GOV_EAST_HOST = REGION_TO_HOST_MAP["us-gov-east-1"]
S3_US_GOV_WEST_HOST = REGION_TO_HOST_MAP["us-gov-west-1"]
S3_CN_NORTH_HOST = REGION_TO_HOST_MAP["cn-north-1"]
S3_CN_NORTHWEST_HOST = REGION_TO_HOST_MAP["cn-northwest-1"]
S3_EU_WEST_HOST = REGION_TO_HOST_MAP["eu-west-1"]
S3_EU_WEST2_HOST = REGION_TO_HOST_MAP["eu-west-2"]
S3_EU_WEST3_HOST = REGION_TO_HOST_MAP["eu-west-3"]
S3_EU_NORTH1_HOST = "s3-eu-north-1.amazonaws.com"
S3_EU_SOUTH1_HOST = "s3-eu-south-1.amazonaws.com"
S3_EU_CENTRAL_HOST = REGION_TO_HOST_MAP["eu-central-1"]
S3_AP_SOUTH_HOST = REGION_TO_HOST_MAP["ap-south-1"]
S3_AP_SOUTHEAST_HOST = REGION_TO_HOST_MAP["ap-southeast-1"]
S3_AP_SOUTHEAST2_HOST = REGION_TO_HOST_MAP["ap-southeast-2"]
S3_AP_NORTHEAST1_HOST = REGION_TO_HOST_MAP["ap-northeast-1"]
S3_AP_NORTHEAST2_HOST = REGION_TO_HOST_MAP["ap-northeast-2"]
S3_AP_NORTHEAST_HOST = REGION_TO_HOST_MAP["ap-northeast-1"]
S3_SA_EAST_HOST = REGION_TO_HOST_MAP["sa-east-1"]
S3_SA_SOUTHEAST2_HOST = REGION_TO_HOST_MAP["sa-east-2"]
S3_CA_CENTRAL_HOST = REGION_TO_HOST_MAP["ca-central-1"]
S3_AF_SOUTH1_HOST = REGION_TO_HOST_MAP["af-south-1"]
