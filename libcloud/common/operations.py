"""
Which operations a driver offers, read from its code.

A base driver marks what drivers may implement::

    @operation("nodes")
    def create_node(self, ...): raise unsupported(self, "create_node")

and a driver offers what it overrides. A method of the base that works by calling others names them,
and is offered when all of them are::

    @operation("nodes", needs=("iterate_nodes",))
    def list_nodes(self): return list(self.iterate_nodes())

The conformance suites choose their tests by this, and the docs' tables are written from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from libcloud.common.errors import UnsupportedOperation

__all__ = [
    "Operation",
    "operation",
    "operations_of",
    "overrides",
    "supported_operations",
    "unsupported",
]

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__libcloud_operation__"


class Operation(NamedTuple):
    """A method of a base driver that drivers may offer."""

    name: str
    group: str
    needs: tuple[str, ...] = ()


def operation(group: str, needs: tuple[str, ...] = ()) -> Callable[[F], F]:
    """
    Mark a method of a base driver as an operation.

    :param group: What it is about (``nodes``, ``volumes``): a column group of the docs' tables.
    :param needs: The operations that this default implementation calls.
    """

    def mark(function: F) -> F:
        setattr(function, _MARK, Operation(function.__name__, group, needs))
        return function

    return mark


def operations_of(driver: type) -> dict[str, Operation]:
    """All operations that the base drivers of a class define, by name and in their order."""
    found: dict[str, Operation] = {}
    for base in reversed(driver.__mro__):
        for name, function in vars(base).items():
            mark = getattr(function, _MARK, None)
            if mark is not None:
                found.setdefault(name, mark)
    return found


def supported_operations(driver: type) -> frozenset[str]:
    """Names of the operations that a driver class offers."""
    operations = operations_of(driver)
    supported = {name for name in operations if _is_overridden(driver, name)}
    found = True
    while found:
        derived = {
            name
            for name, mark in operations.items()
            if name not in supported and mark.needs and supported.issuperset(mark.needs)
        }
        supported |= derived
        found = bool(derived)
    return frozenset(supported)


def overrides(driver: object, name: str) -> bool:
    """True when the class of a driver has its own version of an operation."""
    return _is_overridden(type(driver), name) or name in vars(driver)


def unsupported(driver: object, name: str) -> UnsupportedOperation:
    """The error for an operation that a driver does not offer."""
    return UnsupportedOperation(f"{name} not implemented for this driver", driver=driver)


def _is_overridden(driver: type, name: str) -> bool:
    function = getattr(driver, name, None)
    return function is not None and not hasattr(function, _MARK)
