"""Which storage drivers there are, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcloud.common.registry import Registry
from libcloud.storage.types import OLD_CONSTANT_TO_NEW_MAPPING, Provider

if TYPE_CHECKING:
    from libcloud.storage.base import StorageDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

# Provider constant -> (dotted module, class). A module is imported when its driver is asked for.
DRIVERS: dict[str, tuple[str, str]] = {
    Provider.AURORAOBJECTS: (
        "libcloud.storage.drivers.auroraobjects",
        "AuroraObjectsStorageDriver",
    ),
    Provider.DIGITALOCEAN_SPACES: (
        "libcloud.storage.drivers.digitalocean_spaces",
        "DigitalOceanSpacesStorageDriver",
    ),
    Provider.DUMMY: ("libcloud.storage.drivers.dummy", "DummyStorageDriver"),
    Provider.LOCAL: ("libcloud.storage.drivers.local", "LocalStorageDriver"),
    Provider.MINIO: ("libcloud.storage.drivers.minio", "MinIOStorageDriver"),
    Provider.OVH: ("libcloud.storage.drivers.ovh", "OvhStorageDriver"),
    Provider.S3: ("libcloud.storage.drivers.s3", "S3StorageDriver"),
    Provider.S3_AP_NORTHEAST: ("libcloud.storage.drivers.s3", "S3APNE1StorageDriver"),
    Provider.S3_AP_NORTHEAST1: ("libcloud.storage.drivers.s3", "S3APNE1StorageDriver"),
    Provider.S3_AP_NORTHEAST2: ("libcloud.storage.drivers.s3", "S3APNE2StorageDriver"),
    Provider.S3_AP_SOUTH: ("libcloud.storage.drivers.s3", "S3APSouthStorageDriver"),
    Provider.S3_AP_SOUTHEAST: ("libcloud.storage.drivers.s3", "S3APSEStorageDriver"),
    Provider.S3_AP_SOUTHEAST2: ("libcloud.storage.drivers.s3", "S3APSE2StorageDriver"),
    Provider.S3_CA_CENTRAL: ("libcloud.storage.drivers.s3", "S3CACentralStorageDriver"),
    Provider.S3_CN_NORTH: ("libcloud.storage.drivers.s3", "S3CNNorthStorageDriver"),
    Provider.S3_CN_NORTHWEST: ("libcloud.storage.drivers.s3", "S3CNNorthWestStorageDriver"),
    Provider.S3_COMPATIBLE: ("libcloud.storage.drivers.s3_compatible", "S3CompatibleStorageDriver"),
    Provider.S3_EU_CENTRAL: ("libcloud.storage.drivers.s3", "S3EUCentralStorageDriver"),
    Provider.S3_EU_NORTH1: ("libcloud.storage.drivers.s3", "S3EUNorth1StorageDriver"),
    Provider.S3_EU_WEST: ("libcloud.storage.drivers.s3", "S3EUWestStorageDriver"),
    Provider.S3_EU_WEST2: ("libcloud.storage.drivers.s3", "S3EUWest2StorageDriver"),
    Provider.S3_EU_WEST3: ("libcloud.storage.drivers.s3", "S3EUWest3StorageDriver"),
    Provider.S3_RGW: ("libcloud.storage.drivers.rgw", "S3RGWStorageDriver"),
    Provider.S3_RGW_OUTSCALE: ("libcloud.storage.drivers.rgw", "S3RGWOutscaleStorageDriver"),
    Provider.S3_SA_EAST: ("libcloud.storage.drivers.s3", "S3SAEastStorageDriver"),
    Provider.S3_US_EAST2: ("libcloud.storage.drivers.s3", "S3USEast2StorageDriver"),
    Provider.S3_US_GOV_WEST: ("libcloud.storage.drivers.s3", "S3USGovWestStorageDriver"),
    Provider.S3_US_WEST: ("libcloud.storage.drivers.s3", "S3USWestStorageDriver"),
    Provider.S3_US_WEST_OREGON: ("libcloud.storage.drivers.s3", "S3USWestOregonStorageDriver"),
    Provider.SCALEWAY: ("libcloud.storage.drivers.scaleway", "ScalewayStorageDriver"),
}

_registry = Registry("storage", DRIVERS, Provider, renamed=OLD_CONSTANT_TO_NEW_MAPPING)


def get_driver(provider: str) -> type[StorageDriver]:
    """
    The driver class of a provider.

    :param provider: A constant of :class:`~libcloud.storage.types.Provider`, or its value.
    :raises ProviderNotFoundError: no driver has that name; the text suggests the nearest one.
    :raises ProviderClosedError: the provider is gone, or its constant was renamed.
    :raises DriverNotWrittenError: the constant exists, and no driver for it yet.
    """
    driver: type[StorageDriver] = _registry.get_driver(provider)
    return driver


def set_driver(provider: str, module: str, klass: str) -> type[StorageDriver]:
    """
    Register a driver of your own and return its class.

    :param provider: The name to register it under.
    :param module: Dotted path of the module.
    :param klass: Name of the class in the module.
    :raises AttributeError: the name is taken.
    """
    driver: type[StorageDriver] = _registry.set_driver(provider, module, klass)
    return driver
