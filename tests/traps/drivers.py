"""All drivers that exist, and one of each."""

from __future__ import annotations

import importlib
import tempfile
from typing import Any

from libcloud.backup.providers import DRIVERS as BACKUP
from libcloud.common.base import BaseDriver
from libcloud.compute.providers import DRIVERS as COMPUTE
from libcloud.container.providers import DRIVERS as CONTAINER
from libcloud.dns.providers import DRIVERS as DNS
from libcloud.loadbalancer.providers import DRIVERS as LOAD_BALANCER
from libcloud.storage.providers import DRIVERS as STORAGE

DOMAINS = {
    "backup": BACKUP,
    "compute": COMPUTE,
    "container": CONTAINER,
    "dns": DNS,
    "loadbalancer": LOAD_BALANCER,
    "storage": STORAGE,
}


def classes(*domains: str) -> list[type[BaseDriver]]:
    """The drivers of some domains, or of all, each once."""
    rows = [row for name in domains or DOMAINS for row in DOMAINS[name].values()]
    found = {getattr(importlib.import_module(module), name): None for module, name in rows}
    return list(found)


CLASSES = classes()


# Drivers whose first request is for a token, or for the time; each has tests of its own for that.
ASK_FIRST = ("Azure", "Designate", "Google", "Ovh", "Rackspace")

# Drivers whose requests are calls of procedures, and not of any path.
CALL_PROCEDURES = ("DNSPod", "GandiDNS", "Tencent")

# Drivers whose secret is a private key, and not any text.
SIGN_BY_KEY = ("OCI",)


LEFT_OUT = ("Dummy", "Local", "RFC2136", *ASK_FIRST, *CALL_PROCEDURES, *SIGN_BY_KEY)


def over_the_wire(drivers: list[type[BaseDriver]]) -> list[type[BaseDriver]]:
    """Those that send what they are told to any HTTP server."""
    return [
        cls
        for cls in drivers
        if not cls.__name__.startswith(LEFT_OUT)
        and getattr(cls.connectionCls, "allow_insecure", True)
    ]


def make(driver_class: type[BaseDriver], **kwargs: Any) -> BaseDriver:
    """A driver with some credentials, or in a folder of its own."""
    name = driver_class.__name__
    if name.startswith("Local"):
        return driver_class(tempfile.mkdtemp())
    if name.startswith("Dummy"):
        return driver_class("key", "secret")
    if name.startswith("PowerDNS"):
        return driver_class("key", **kwargs)
    if name.startswith("GoDaddy"):
        return driver_class("shopper", "key", "secret", **kwargs)
    return driver_class("key", "secret", **kwargs)
