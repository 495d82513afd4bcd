"""
Finding a driver by its provider constant.

Each domain has one :class:`Registry`. It holds names only: a driver's module is imported when the
driver is asked for. A name is looked up

1. in the domain's ``DRIVERS`` table, which ``set_driver`` writes to,
2. among the constants that are retired, renamed, or known without a driver, each of which has an
   error of its own,
3. among the entry points of the group ``libcloud.<domain>`` that installed packages declare.

So a package can add a provider, and never replace one that is built in.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from libcloud.common.errors import (
    DriverNotWrittenError,
    ProviderClosedError,
    ProviderNotFoundError,
)

__all__ = ["Registry", "get_driver", "set_driver"]

Drivers = MutableMapping[Any, tuple[str, str]]


class Registry:
    """
    The drivers of one domain.

    :param domain: Name of the domain, which is also the end of the entry points' group.
    :param drivers: Provider constant -> (dotted module, class name).
    :param constants: The domain's ``Provider`` class.
    :param closed: Provider constant -> ``{"reason": ..., "url": ...}`` for providers that are gone.
    :param renamed: Old provider constant -> the constant that replaced it.
    """

    def __init__(
        self,
        domain: str,
        drivers: Drivers,
        constants: type,
        closed: Mapping[Any, Mapping[str, str]] | None = None,
        renamed: Mapping[Any, Any] | None = None,
    ) -> None:
        self.domain = domain
        self.drivers = drivers
        self.constants = constants
        self.closed = closed or {}
        self.renamed = renamed or {}

    def get_driver(self, provider: Any) -> Any:
        """
        The driver class of a provider.

        :param provider: A constant of the domain's ``Provider``, or its value.
        :raises ProviderNotFoundError: no driver has that name; the text suggests the nearest one.
        :raises ProviderClosedError: the provider is gone, or its constant was renamed.
        :raises DriverNotWrittenError: the constant exists, and no driver for it yet.
        """
        name = _value(provider)
        if isinstance(name, str) and name not in self.drivers and name.lower() in self.drivers:
            # Programs take the name from a configuration, in whatever case people write it.
            name = name.lower()
        if name in self.drivers:
            return _load(name, *self.drivers[name])
        if name in self.closed:
            reason = self.closed[name]
            raise ProviderClosedError(
                f"Provider no longer supported: {reason['reason']} See {reason['url']}"
            )
        if name in self.renamed:
            raise ProviderClosedError(_renamed_message(name, self.renamed[name]))
        installed = self._from_entry_point(name)
        if installed is not None:
            return installed
        if name in _constant_values(self.constants):
            raise DriverNotWrittenError(
                f"The {self.domain} driver of provider {name!r} is not written yet"
            )
        raise ProviderNotFoundError(_unknown_message(name, self.drivers))

    def set_driver(self, provider: Any, module: str, klass: str) -> Any:
        """
        Register a driver of your own and return its class.

        :param provider: The name to register it under.
        :param module: Dotted path of the module.
        :param klass: Name of the class in the module.
        :raises AttributeError: the name is taken.
        """
        return set_driver(self.drivers, provider, module, klass)

    def _from_entry_point(self, name: Any) -> Any:
        from importlib.metadata import entry_points

        found = [
            point
            for point in entry_points(group=f"libcloud.{self.domain}")
            if point.name == str(name)
        ]
        targets = {point.value for point in found}
        if len(targets) > 1:
            packages = ", ".join(sorted(_distribution_name(point) for point in found))
            raise ProviderNotFoundError(
                f"Provider {name} is offered by more than one installed package: {packages}"
            )
        return found[0].load() if found else None


def get_driver(
    drivers: Mapping[Any, tuple[str, str]],
    provider: Any,
    deprecated_providers: Mapping[Any, Mapping[str, str]] | None = None,
    deprecated_constants: Mapping[Any, Any] | None = None,
) -> Any:
    """
    The driver class that a table names for a provider.

    For tables of one's own; each domain's ``get_driver`` takes only the provider.

    :param drivers: Provider constant -> (dotted module, class name).
    :param provider: The constant, or its value.
    :param deprecated_providers: Constant -> ``{"reason": ..., "url": ...}``, for those that are
        gone.
    :param deprecated_constants: Old constant -> the constant that replaced it.
    :raises ProviderNotFoundError: the table does not have the provider.
    :raises ProviderClosedError: the provider is gone, or its constant was renamed.
    """

    class NoConstants:
        """A table of one's own comes without a ``Provider`` class."""

    registry = Registry(
        "custom", dict(drivers), NoConstants, deprecated_providers, deprecated_constants
    )
    return registry.get_driver(provider)


def set_driver(drivers: Drivers, provider: Any, module: str, klass: str) -> Any:
    """
    Add a row to a table of drivers and return the driver class.

    :raises AttributeError: the table has the provider already.
    """
    if provider in drivers:
        raise AttributeError(f"Provider {provider} already registered")
    drivers[provider] = (module, klass)
    try:
        return _load(provider, module, klass)
    except Exception:
        del drivers[provider]
        raise


def _load(name: Any, module: str, klass: str) -> Any:
    return getattr(importlib.import_module(module), klass)


def _value(provider: Any) -> Any:
    return getattr(provider, "value", provider)


def _constant_values(constants: type) -> set[Any]:
    return {_value(value) for key, value in vars(constants).items() if key.isupper()}


def _renamed_message(old: Any, new: Any) -> str:
    return (
        f'Provider constant "{str(old).upper()}" has been removed. '
        f'New constant is now called "{str(_value(new)).upper()}".'
    )


def _unknown_message(name: Any, known: Iterable[Any]) -> str:
    import difflib

    message = f"Provider {name} does not exist"
    values = [str(_value(value)) for value in known]
    nearest = difflib.get_close_matches(str(name).lower(), values, n=1)
    return f"{message}. Did you mean {nearest[0]!r}?" if nearest else message


def _distribution_name(point: Any) -> str:
    distribution = getattr(point, "dist", None)
    return str(distribution.name) if distribution is not None else point.value
