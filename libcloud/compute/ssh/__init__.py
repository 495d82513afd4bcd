"""
SSH: connecting to servers, running commands and writing files there.

===========================================  ==================================================
:mod:`libcloud.compute.ssh.client`           :class:`BaseSSHClient`, the contract of all clients
:mod:`libcloud.compute.ssh.paramiko_client`  :class:`ParamikoSSHClient`, the one to use
:mod:`libcloud.compute.ssh.shell_client`     :class:`ShellOutSSHClient`, runs the ``ssh`` program
:mod:`libcloud.compute.ssh.host_keys`        who the server is: policy, known hosts, fingerprints
:mod:`libcloud.compute.ssh.private_keys`     reading private keys
:mod:`libcloud.compute.ssh.errors`           what can go wrong, and :func:`is_transient`
===========================================  ==================================================
"""

from __future__ import annotations

import importlib
from typing import Any

from libcloud.compute.ssh.client import BaseSSHClient, MockSSHClient
from libcloud.compute.ssh.errors import (
    HostKeyChangedError,
    HostKeyError,
    HostKeyUnknownError,
    SSHAuthenticationError,
    SSHCommandTimeoutError,
    SSHConnectionError,
    SSHConnectionLostError,
    SSHError,
    SSHKeyError,
    is_transient,
)
from libcloud.compute.ssh.host_keys import HostKeyPolicy, HostKeys, KnownHosts, host_key_name
from libcloud.compute.ssh.paramiko_client import ParamikoSSHClient
from libcloud.compute.ssh.private_keys import load_private_key, load_private_key_file
from libcloud.compute.ssh.shell_client import ShellOutSSHClient

__all__ = [
    "LIBCLOUD_PARAMIKO_SHA2_BACKWARD_COMPATIBILITY",
    "SHA2_PUBKEY_NOT_SUPPORTED_AUTH_ERROR_MSG",
    "SUPPORTED_KEY_TYPES_URL",
    "BaseSSHClient",
    "HostKeyChangedError",
    "HostKeyError",
    "HostKeyPolicy",
    "HostKeyUnknownError",
    "HostKeys",
    "KnownHosts",
    "MockSSHClient",
    "ParamikoSSHClient",
    "SSHAuthenticationError",
    "SSHClient",
    "SSHCommandTimeoutError",
    "SSHConnectionError",
    "SSHConnectionLostError",
    "SSHError",
    "SSHKeyError",
    "ShellOutSSHClient",
    "host_key_name",
    "is_transient",
    "load_private_key",
    "load_private_key_file",
]

SSHClient = ParamikoSSHClient

SUPPORTED_KEY_TYPES_URL = (
    "https://libcloud.readthedocs.io/en/latest/compute/deployment.html"
    "#supported-private-ssh-key-types"
)

# Both are read by programs, and neither does anything: a refused login is reported at once, and not
# tried again with weaker signatures.
LIBCLOUD_PARAMIKO_SHA2_BACKWARD_COMPATIBILITY = True
SHA2_PUBKEY_NOT_SUPPORTED_AUTH_ERROR_MSG = (
    "The server refused the login. Servers that know only SHA-1 signatures of RSA keys need "
    "disabled_algorithms={'pubkeys': ['rsa-sha2-512', 'rsa-sha2-256']}."
)

# Helpers that programs import from here, though nothing here uses them.
_MOVED_HELPERS = {
    "ExtraLogFormatter": "libcloud.utils.logging",
    "StringIO": "io",
    "b": "libcloud.utils.py3",
}


def __getattr__(name: str) -> Any:
    # What is known of paramiko is found out when somebody asks: importing it takes long.
    if name == "have_paramiko":
        from importlib.util import find_spec

        return find_spec("paramiko") is not None
    if name == "PARAMIKO_VERSION_TUPLE":
        import paramiko

        return tuple(int(part) for part in paramiko.__version__.split(".")[:3])
    if name in _MOVED_HELPERS:
        return getattr(importlib.import_module(_MOVED_HELPERS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
