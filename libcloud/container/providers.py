"""The drivers of the container domain, by provider constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcloud.common.registry import Registry
from libcloud.container.types import Provider

if TYPE_CHECKING:
    from libcloud.container.base import ContainerDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

DRIVERS: dict[str, tuple[str, str]] = {
    Provider.DUMMY: ("libcloud.container.drivers.dummy", "DummyContainerDriver"),
}

_registry = Registry("container", DRIVERS, Provider)


def get_driver(provider: str) -> type[ContainerDriver]:
    """See :meth:`.Registry.get_driver`."""
    driver: type[ContainerDriver] = _registry.get_driver(provider)
    return driver


def set_driver(provider: str, module: str, klass: str) -> type[ContainerDriver]:
    """See :meth:`.Registry.set_driver`."""
    driver: type[ContainerDriver] = _registry.set_driver(provider, module, klass)
    return driver
