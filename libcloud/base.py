"""
All six domains from one place.

::

    from libcloud.base import DriverType, get_driver

    driver = get_driver(DriverType.STORAGE, DriverType.STORAGE.S3)("key", "secret")

A domain is imported when one of its names is first asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcloud.backup.providers import Provider as BackupProvider
    from libcloud.backup.providers import get_driver as get_backup_driver
    from libcloud.compute.providers import Provider as ComputeProvider
    from libcloud.compute.providers import get_driver as get_compute_driver
    from libcloud.container.providers import Provider as ContainerProvider
    from libcloud.container.providers import get_driver as get_container_driver
    from libcloud.dns.providers import Provider as DnsProvider
    from libcloud.dns.providers import get_driver as get_dns_driver
    from libcloud.loadbalancer.providers import Provider as LoadBalancerProvider
    from libcloud.loadbalancer.providers import get_driver as get_loadbalancer_driver
    from libcloud.storage.providers import Provider as StorageProvider
    from libcloud.storage.providers import get_driver as get_storage_driver

    #: A domain's ``Provider`` -> its ``get_driver``.
    DriverTypeFactoryMap: dict[Any, Callable[[Any], Any]]

__all__ = [
    "BackupProvider",
    "ComputeProvider",
    "ContainerProvider",
    "DnsProvider",
    "DriverType",
    "DriverTypeFactoryMap",
    "DriverTypeNotFoundError",
    "LoadBalancerProvider",
    "StorageProvider",
    "get_backup_driver",
    "get_compute_driver",
    "get_container_driver",
    "get_dns_driver",
    "get_driver",
    "get_loadbalancer_driver",
    "get_storage_driver",
]

_DOMAINS = {
    "BackupProvider": "backup",
    "ComputeProvider": "compute",
    "ContainerProvider": "container",
    "DnsProvider": "dns",
    "LoadBalancerProvider": "loadbalancer",
    "StorageProvider": "storage",
}
_FACTORIES = {f"get_{domain}_driver": domain for domain in _DOMAINS.values()}


def __getattr__(name: str) -> Any:
    value: Any
    if name in _DOMAINS:
        value = _providers(_DOMAINS[name]).Provider
    elif name in _FACTORIES:
        value = _providers(_FACTORIES[name]).get_driver
    elif name == "DriverTypeFactoryMap":
        modules = map(_providers, _DOMAINS.values())
        value = {module.Provider: module.get_driver for module in modules}
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # From now on the name is found without this function, and what a program puts there stays.
    return globals().setdefault(name, value)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _providers(domain: str) -> Any:
    return importlib.import_module(f"libcloud.{domain}.providers")


class _DomainProvider:
    """Class attribute that is the ``Provider`` of a domain."""

    def __init__(self, domain: str) -> None:
        self.domain = domain

    def __get__(self, instance: object, owner: type) -> Any:
        return importlib.import_module(f"libcloud.{self.domain}.types").Provider


class DriverType:
    """The domains; each is the class with the constants of its providers."""

    #: Backups as a service.
    BACKUP = _DomainProvider("backup")
    #: Virtual and physical machines.
    COMPUTE = _DomainProvider("compute")
    #: Containers and their clusters.
    CONTAINER = _DomainProvider("container")
    #: DNS zones and records.
    DNS = _DomainProvider("dns")
    #: Load balancers.
    LOADBALANCER = _DomainProvider("loadbalancer")
    #: Object storage.
    STORAGE = _DomainProvider("storage")


class DriverTypeNotFoundError(KeyError):
    """There is no such domain."""

    def __init__(self, type: Any) -> None:
        self.message = f"Driver type '{type}' not found."
        super().__init__(type)

    def __repr__(self) -> str:
        return self.message


def get_driver(type: Any, provider: Any) -> Any:
    """
    The driver class of a provider.

    :param type: A domain: an attribute of :class:`DriverType`.
    :param provider: A constant of that domain's ``Provider``, or its value.
    :raises DriverTypeNotFoundError: there is no such domain.
    :raises ProviderNotFoundError: no driver of the domain has that name.
    """
    factories = __getattr__("DriverTypeFactoryMap")
    try:
        factory = factories[type]
    except KeyError:
        raise DriverTypeNotFoundError(type) from None
    return factory(provider)
