"""Which compute drivers there are, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcloud.common.registry import Registry
from libcloud.compute.deprecated import DEPRECATED_DRIVERS
from libcloud.compute.types import OLD_CONSTANT_TO_NEW_MAPPING, Provider

if TYPE_CHECKING:
    from libcloud.compute.base import NodeDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

# Provider constant -> (dotted module, class). A module is imported when its driver is asked for.
DRIVERS: dict[Provider | str, tuple[str, str]] = {
    Provider.DUMMY: ("libcloud.compute.drivers.dummy", "DummyNodeDriver"),
    Provider.EC2: ("libcloud.compute.drivers.ec2", "EC2NodeDriver"),
    Provider.EUCALYPTUS: ("libcloud.compute.drivers.ec2", "EucNodeDriver"),
    Provider.NIMBUS: ("libcloud.compute.drivers.ec2", "NimbusNodeDriver"),
    Provider.OUTSCALE_INC: ("libcloud.compute.drivers.ec2", "OutscaleINCNodeDriver"),
    Provider.OUTSCALE_SAS: ("libcloud.compute.drivers.ec2", "OutscaleSASNodeDriver"),
}

_registry = Registry(
    "compute",
    DRIVERS,
    Provider,
    closed=DEPRECATED_DRIVERS,
    renamed=OLD_CONSTANT_TO_NEW_MAPPING,
)


def get_driver(provider: Provider | str) -> type[NodeDriver]:
    """
    The driver class of a provider.

    :param provider: A constant of :class:`~libcloud.compute.types.Provider`, or its value.
    :raises ProviderNotFoundError: no driver has that name; the text suggests the nearest one.
    :raises ProviderClosedError: the provider is gone, or its constant was renamed.
    :raises DriverNotWrittenError: the constant exists, and no driver for it yet.
    """
    driver: type[NodeDriver] = _registry.get_driver(provider)
    return driver


def set_driver(provider: Provider | str, module: str, klass: str) -> type[NodeDriver]:
    """
    Register a driver of your own and return its class.

    :param provider: The name to register it under.
    :param module: Dotted path of the module.
    :param klass: Name of the class in the module.
    :raises AttributeError: the name is taken.
    """
    driver: type[NodeDriver] = _registry.set_driver(provider, module, klass)
    return driver
