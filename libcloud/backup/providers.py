"""The drivers of the backup domain, by provider constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcloud.backup.types import Provider
from libcloud.common.registry import Registry

if TYPE_CHECKING:
    from libcloud.backup.base import BackupDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

DRIVERS: dict[str, tuple[str, str]] = {
    Provider.DUMMY: ("libcloud.backup.drivers.dummy", "DummyBackupDriver"),
}

_registry = Registry("backup", DRIVERS, Provider)


def get_driver(provider: str) -> type[BackupDriver]:
    """See :meth:`.Registry.get_driver`."""
    driver: type[BackupDriver] = _registry.get_driver(provider)
    return driver


def set_driver(provider: str, module: str, klass: str) -> type[BackupDriver]:
    """See :meth:`.Registry.set_driver`."""
    driver: type[BackupDriver] = _registry.set_driver(provider, module, klass)
    return driver
