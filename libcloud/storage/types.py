"""Provider constants and errors of the storage domain."""

from __future__ import annotations

from typing import Any

from libcloud.common.errors import (
    ConflictError,
    LibcloudError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
)

__all__ = [
    "OLD_CONSTANT_TO_NEW_MAPPING",
    "ContainerAlreadyExistsError",
    "ContainerDoesNotExistError",
    "ContainerError",
    "ContainerIsNotEmptyError",
    "InvalidContainerNameError",
    "LibcloudError",
    "ObjectDoesNotExistError",
    "ObjectError",
    "ObjectHashMismatchError",
    "Provider",
]


class Provider:
    """The constants by which :func:`libcloud.storage.providers.get_driver` knows a provider."""

    ALIYUN_OSS = "aliyun_oss"
    AURORAOBJECTS = "auroraobjects"
    AZURE_BLOBS = "azure_blobs"
    BACKBLAZE_B2 = "backblaze_b2"
    CLOUDFILES = "cloudfiles"
    CLOUDFILES_SWIFT = "cloudfiles_swift"
    CLOUDFILES_UK = "cloudfiles_uk"
    CLOUDFILES_US = "cloudfiles_us"
    DIGITALOCEAN_SPACES = "digitalocean_spaces"
    DUMMY = "dummy"
    GOOGLE_STORAGE = "google_storage"
    KTUCLOUD = "ktucloud"
    LOCAL = "local"
    MINIO = "minio"
    NIMBUS = "nimbus"
    NINEFOLD = "ninefold"
    OPENSTACK_SWIFT = "openstack_swift"
    OVH = "ovh"
    S3 = "s3"
    S3_AP_NORTHEAST = "s3_ap_northeast"
    S3_AP_NORTHEAST1 = "s3_ap_northeast_1"
    S3_AP_NORTHEAST2 = "s3_ap_northeast_2"
    S3_AP_SOUTH = "s3_ap_south"
    S3_AP_SOUTHEAST = "s3_ap_southeast"
    S3_AP_SOUTHEAST2 = "s3_ap_southeast2"
    S3_CA_CENTRAL = "s3_ca_central"
    S3_CN_NORTH = "s3_cn_north"
    S3_CN_NORTHWEST = "s3_cn_northwest"
    S3_COMPATIBLE = "s3_compatible"
    S3_EU_CENTRAL = "s3_eu_central"
    S3_EU_NORTH1 = "s3_eu_north_1"
    S3_EU_WEST = "s3_eu_west"
    S3_EU_WEST2 = "s3_eu_west_2"
    S3_EU_WEST3 = "s3_eu_west_3"
    S3_RGW = "s3_rgw"
    S3_RGW_OUTSCALE = "s3_rgw_outscale"
    S3_SA_EAST = "s3_sa_east"
    S3_US_EAST2 = "s3_us_east_2"
    S3_US_GOV_WEST = "s3_us_gov_west"
    S3_US_WEST = "s3_us_west"
    S3_US_WEST_OREGON = "s3_us_west_oregon"
    SCALEWAY = "scaleway"


OLD_CONSTANT_TO_NEW_MAPPING = {
    Provider.CLOUDFILES_US: Provider.CLOUDFILES,
    Provider.CLOUDFILES_UK: Provider.CLOUDFILES_UK,
    Provider.CLOUDFILES_SWIFT: Provider.OPENSTACK_SWIFT,
}


class ContainerError(LibcloudError):
    """
    Something is wrong with a container.

    :param value: What went wrong; None where the class says it all.
    :param driver: The driver that was at work.
    :param container_name: Name of the container.
    """

    error_type = "ContainerError"
    container_name: str

    def __init__(self, value: Any, driver: Any, container_name: str) -> None:
        LibcloudError.__init__(self, value=value, driver=driver)
        self.container_name = container_name

    def __str__(self) -> str:
        return (
            f"<{self.error_type} in {self.driver!r}, "
            f"container={self.container_name}, value={self.value}>"
        )

    def __repr__(self) -> str:
        return f"<LibcloudError in {self.driver!r} {self.value!r}>"


class ContainerAlreadyExistsError(ContainerError, ResourceExistsError):
    """A container of that name exists, of this account or (S3) of another."""

    error_type = "ContainerAlreadyExistsError"


class ContainerDoesNotExistError(ContainerError, ResourceNotFoundError):
    """There is no container of that name."""

    error_type = "ContainerDoesNotExistError"


class ContainerIsNotEmptyError(ContainerError, ConflictError):
    """The container holds objects, so it cannot be deleted."""

    error_type = "ContainerIsNotEmptyError"


class InvalidContainerNameError(ContainerError, ProviderError):
    """The provider allows no container of that name."""

    error_type = "InvalidContainerNameError"
    http_code = 400


class ObjectError(LibcloudError):
    """
    Something is wrong with an object.

    :param value: What went wrong; None where the class says it all.
    :param driver: The driver that was at work.
    :param object_name: Name of the object.
    """

    error_type = "ContainerError"
    object_name: str

    def __init__(self, value: Any, driver: Any, object_name: str) -> None:
        LibcloudError.__init__(self, value=value, driver=driver)
        self.object_name = object_name

    def __str__(self) -> str:
        return (
            f"<{self.error_type} in {self.driver!r}, "
            f"value={self.value}, object = {self.object_name}>"
        )

    def __repr__(self) -> str:
        return str(self)


class ObjectDoesNotExistError(ObjectError, ResourceNotFoundError):
    """There is no object of that name in the container."""

    error_type = "ObjectDoesNotExistError"


class ObjectHashMismatchError(ObjectError):
    """What arrived is not what was sent: the checksums differ."""

    error_type = "ObjectHashMismatchError"
