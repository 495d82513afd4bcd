"""Which container drivers there are, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcloud.common.registry import Registry
from libcloud.container.types import Provider

if TYPE_CHECKING:
    from libcloud.container.base import ContainerDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

# Provider constant -> (dotted module, class). A module is imported when its driver is asked for.
DRIVERS: dict[str, tuple[str, str]] = {
    Provider.DUMMY: ("libcloud.container.drivers.dummy", "DummyContainerDriver"),
    Provider.ECS: ("libcloud.container.drivers.ecs", "ElasticContainerDriver"),
}

_registry = Registry("container", DRIVERS, Provider)


def get_driver(provider: str) -> type[ContainerDriver]:
    """
    The driver class of a provider.

    :param provider: A constant of :class:`~libcloud.container.types.Provider`, or its value.
    :raises ProviderNotFoundError: no driver has that name; the text suggests the nearest one.
    :raises ProviderClosedError: the provider is gone, or its constant was renamed.
    :raises DriverNotWrittenError: the constant exists, and no driver for it yet.
    """
    driver: type[ContainerDriver] = _registry.get_driver(provider)
    return driver


def set_driver(provider: str, module: str, klass: str) -> type[ContainerDriver]:
    """
    Register a driver of your own and return its class.

    :param provider: The name to register it under.
    :param module: Dotted path of the module.
    :param klass: Name of the class in the module.
    :raises AttributeError: the name is taken.
    """
    driver: type[ContainerDriver] = _registry.set_driver(provider, module, klass)
    return driver
