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


def __getattr__(name: str) -> Any:
    if name in ("DriverType", "DriverTypeFactoryMap", "get_driver"):
        from libcloud import base

        return getattr(base, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if os.environ.get("LIBCLOUD_DEBUG"):
    from libcloud.common.logging import enable_from_environment

    enable_from_environment()
