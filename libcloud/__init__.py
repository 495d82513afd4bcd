"""
One library for every cloud.

::

    from libcloud.compute.providers import get_driver
    from libcloud.compute.types import Provider

    driver = get_driver(Provider.EC2)("key", "secret", region="eu-west-1")
    print(driver.list_nodes())

``import libcloud`` loads no driver and no third-party package.
"""

from __future__ import annotations

import os

# As typing has it, without importing typing, which takes longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

__all__ = [
    "DriverType",
    "DriverTypeFactoryMap",
    "__version__",
    "enable_debug",
    "get_driver",
    "reset_debug",
]

__version__ = "4.0.0.dev0"

have_requests = True


def enable_debug(fo: IO[str]) -> None:
    """
    Write every request and answer of this process to an open text file, secrets blanked.

    :param fo: The file. It is written to, flushed after each exchange, and never closed.
    """
    from libcloud.common import logging
    from libcloud.utils.loggingconnection import LoggingConnection

    LoggingConnection.log = fo
    logging.enable(fo)


def reset_debug() -> None:
    """Undo :func:`enable_debug`."""
    from libcloud.common import logging
    from libcloud.utils.loggingconnection import LoggingConnection

    LoggingConnection.log = None
    logging.disable()


_PACKAGES = (
    "backup",
    "base",
    "common",
    "compute",
    "container",
    "dns",
    "http",
    "loadbalancer",
    "pricing",
    "security",
    "storage",
    "utils",
)


def __getattr__(name: str) -> Any:
    if name in ("DriverType", "DriverTypeFactoryMap", "get_driver"):
        from libcloud import base

        return getattr(base, name)
    if name in _PACKAGES:
        # Programs import libcloud alone, and name everything from there.
        import importlib

        return importlib.import_module(f"libcloud.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if os.environ.get("LIBCLOUD_DEBUG"):
    from libcloud.common.logging import enable_from_environment

    enable_from_environment()
