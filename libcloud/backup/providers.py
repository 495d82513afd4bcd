"""Which backup drivers there are, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcloud.backup.types import Provider
from libcloud.common.registry import Registry

if TYPE_CHECKING:
    from libcloud.backup.base import BackupDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

# Provider constant -> (dotted module, class). A module is imported when its driver is asked for.
DRIVERS: dict[str, tuple[str, str]] = {
    Provider.DUMMY: ("libcloud.backup.drivers.dummy", "DummyBackupDriver"),
    Provider.EBS: ("libcloud.backup.drivers.ebs", "EBSBackupDriver"),
}

_registry = Registry("backup", DRIVERS, Provider)


def get_driver(provider: str) -> type[BackupDriver]:
    """
    The driver class of a provider.

    :param provider: A constant of :class:`~libcloud.backup.types.Provider`, or its value.
    :raises ProviderNotFoundError: no driver has that name; the text suggests the nearest one.
    :raises ProviderClosedError: the provider is gone, or its constant was renamed.
    :raises DriverNotWrittenError: the constant exists, and no driver for it yet.
    """
    driver: type[BackupDriver] = _registry.get_driver(provider)
    return driver


def set_driver(provider: str, module: str, klass: str) -> type[BackupDriver]:
    """
    Register a driver of your own and return its class.

    :param provider: The name to register it under.
    :param module: Dotted path of the module.
    :param klass: Name of the class in the module.
    :raises AttributeError: the name is taken.
    """
    driver: type[BackupDriver] = _registry.set_driver(provider, module, klass)
    return driver
