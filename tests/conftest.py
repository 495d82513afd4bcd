"""
Rules that hold for all tests, in each worker of pytest-xdist:

* no socket to anything but this machine's loopback,
* nothing of the developer's environment: no credentials, no proxies, an empty home folder,

and the real servers that tests ask for by fixture (:mod:`tests.servers`).
"""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import socket
import sys
import tempfile
from typing import Any

import pytest

from tests.servers.bind import bind_server
from tests.servers.moto import moto_server
from tests.servers.powerdns import powerdns_server
from tests.servers.rgw import rgw_server
from tests.servers.swift import swift_server
from tests.servers.tinyproxy import tinyproxy_server

__all__ = [
    "bind_server",
    "moto_server",
    "powerdns_server",
    "rgw_server",
    "swift_server",
    "tinyproxy_server",
]

# What the developer has set for other programs, and what would change the library's behaviour.
_FOREIGN_VARIABLE = re.compile(
    r"^(AWS|AZURE|BOTO|CLOUDSDK|GCE|GOOGLE|LIBCLOUD|OS)_|_proxy$|^(CURL|REQUESTS)_CA_BUNDLE$|^NETRC$",
    re.IGNORECASE,
)
_KEPT_VARIABLES = {"LIBCLOUD_SPECS", "LIBCLOUD_REQUIRE_SERVERS"}

_home = pytest.StashKey[str]()


class ForbiddenConnection(RuntimeError):
    """A test wanted to leave this machine."""


def pytest_configure(config: pytest.Config) -> None:
    for name in list(os.environ):
        if _FOREIGN_VARIABLE.search(name) and name not in _KEPT_VARIABLES:
            del os.environ[name]
    config.stash[_home] = os.environ["HOME"] = tempfile.mkdtemp(prefix="libcloud-home-")
    sys.addaudithook(_guard_sockets)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_home], ignore_errors=True)


def _guard_sockets(event: str, arguments: tuple[Any, ...]) -> None:
    # As an audit hook of the interpreter, which no plugin and no library takes away again.
    if event in ("socket.connect", "socket.sendto"):
        connection, address = arguments[:2]
        is_internet = connection.family in (socket.AF_INET, socket.AF_INET6)
        if is_internet and not _is_here(address[0]):
            raise ForbiddenConnection(f"tests may not connect to {address!r}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
        if isinstance(host, str) and host.endswith(".invalid"):
            # RFC 6761: no such name exists. Said here, without a query that leaves the machine.
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not _is_here(host):
            raise ForbiddenConnection(f"tests may not look up {host!r}")


def _is_here(host: Any) -> bool:
    """True for this machine's loopback, and for a listener's wildcard."""
    if host is None or host in ("", b"", "localhost", b"localhost"):
        return True
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii")
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


# The suites are not named like tests; their assertions show values all the same.
pytest.register_assert_rewrite(
    "libcloud.testing.base",
    *(
        f"libcloud.testing.{domain}"
        for domain in ("backup", "compute", "container", "dns", "loadbalancer", "storage")
    ),
)
