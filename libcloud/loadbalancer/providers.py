"""Which load balancer drivers there are, and where."""

from __future__ import annotations

from typing import Any

from libcloud.common.registry import Registry
from libcloud.loadbalancer.types import OLD_CONSTANT_TO_NEW_MAPPING, Provider

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

DRIVERS: dict[Any, tuple[str, str]] = {
    Provider.DUMMY: ("libcloud.loadbalancer.drivers.dummy", "DummyLBDriver"),
}

_registry = Registry("loadbalancer", DRIVERS, Provider, renamed=OLD_CONSTANT_TO_NEW_MAPPING)


def get_driver(provider: Any) -> Any:
    """
    The driver class of a provider.

    :param provider: A constant of :class:`~libcloud.loadbalancer.types.Provider`, or its value.
    :raises ProviderNotFoundError: there is no such provider; the text suggests the nearest one.
    :raises DriverNotWrittenError: the provider is known, but has no driver yet.
    """
    return _registry.get_driver(provider)


def set_driver(provider: Any, module: str, klass: str) -> Any:
    """
    Register a driver of your own, and return its class.

    :param module: Dotted path of the driver's module.
    :param klass: Name of its class there.
    :raises AttributeError: the provider is taken.
    """
    return _registry.set_driver(provider, module, klass)
