"""
Which module has the driver of which provider.

::

    from libcloud.compute.providers import get_driver
    from libcloud.compute.types import Provider

    driver = get_driver(Provider.EC2)("key", "secret", region="eu-west-1")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from libcloud.common.registry import Registry
from libcloud.compute.deprecated import DEPRECATED_DRIVERS
from libcloud.compute.types import OLD_CONSTANT_TO_NEW_MAPPING, Provider

if TYPE_CHECKING:
    from libcloud.compute.base import NodeDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

#: Constant -> (module, class), sorted by constant.
DRIVERS: dict[Provider | str, tuple[str, str]] = {
    Provider.DUMMY: ("libcloud.compute.drivers.dummy", "DummyNodeDriver"),
    Provider.EC2: ("libcloud.compute.drivers.ec2", "EC2NodeDriver"),
}

_REGISTRY = Registry(
    "compute",
    DRIVERS,
    Provider,
    closed=DEPRECATED_DRIVERS,
    renamed=OLD_CONSTANT_TO_NEW_MAPPING,
)


def get_driver(provider: Provider | str) -> type[NodeDriver]:
    """
    The driver class of a provider; its module is imported now.

    :param provider: A constant of :class:`Provider`, or its value.
    :raises ProviderNotFoundError: no driver has that name; the text suggests the nearest one.
    :raises ProviderClosedError: the provider is gone, or its constant was renamed.
    :raises DriverNotWrittenError: the constant exists, and no driver for it yet.
    """
    return cast("type[NodeDriver]", _REGISTRY.get_driver(provider))


def set_driver(provider: Provider | str, module: str, klass: str) -> type[NodeDriver]:
    """
    Register a driver of one's own, and return its class.

    :param provider: The name to register it under.
    :param module: Dotted path of its module.
    :param klass: Name of the class in the module.
    :raises AttributeError: the name is taken.
    """
    return cast("type[NodeDriver]", _REGISTRY.set_driver(provider, module, klass))
