"""
Compute, under the names that programs and drivers import.

:mod:`libcloud.compute.models`
    nodes, sizes, images, locations, volumes, snapshots, key pairs
:mod:`libcloud.compute.driver`
    :class:`NodeDriver`, the contract of compute drivers
:mod:`libcloud.compute.provisioning`
    how ``wait_until_running`` and ``deploy_node`` go about their work
:mod:`libcloud.compute.keys`
    SSH keys made on this side

The names of the SSH client, of prices and of addresses are here too, and loaded when they are first
used. A program may set them
here (``libcloud.compute.base.SSHClient = ...``): ``deploy_node`` reads them from this module.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Union

import libcloud
from libcloud.common.base import BaseDriver, Connection, ConnectionKey
from libcloud.common.types import LibcloudError
from libcloud.compute.driver import NodeDriver
from libcloud.compute.models import (
    KeyPair,
    Node,
    NodeAuthPassword,
    NodeAuthSSHKey,
    NodeImage,
    NodeImageMember,
    NodeLocation,
    NodeSize,
    StorageVolume,
    T_Auth,
    UuidMixin,
    VolumeSnapshot,
)
from libcloud.compute.types import (
    DeploymentError,
    NodeImageMemberState,
    NodeState,
    Provider,
    StorageVolumeState,
)

if TYPE_CHECKING:
    from libcloud.compute.ssh import (
        BaseSSHClient,
        SSHClient,
        SSHCommandTimeoutError,
        have_paramiko,
    )
    from libcloud.pricing import get_size_price
    from libcloud.utils.networking import is_private_subnet, is_valid_ip_address

    SSH_TIMEOUT_EXCEPTION_CLASSES: tuple[type[BaseException], ...]

__all__ = [
    "BaseDriver",
    "BaseSSHClient",
    "Connection",
    "ConnectionKey",
    "DeploymentError",
    "KeyPair",
    "LibcloudError",
    "Node",
    "NodeAuthPassword",
    "NodeAuthSSHKey",
    "NodeDriver",
    "NodeImage",
    "NodeImageMember",
    "NodeImageMemberState",
    "NodeLocation",
    "NodeSize",
    "NodeState",
    "Provider",
    "SSHClient",
    "SSHCommandTimeoutError",
    "StorageVolume",
    "StorageVolumeState",
    "T_Auth",
    "T_Ssh_key",
    "UuidMixin",
    "VolumeSnapshot",
    "get_size_price",
    "have_paramiko",
    "is_private_subnet",
    "is_valid_ip_address",
    "libcloud",
]

#: One path of a private key, or several.
T_Ssh_key = Union[list[str], str]  # noqa: UP007 (programs inspect it as a Union)

#: Seconds that a node may take to come up.
NODE_ONLINE_WAIT_TIMEOUT = 10 * 60

#: Seconds that an SSH server may take to let us in.
SSH_CONNECT_TIMEOUT = 5 * 60

#: Lower-case parts of messages that say that the private key is at fault: no retry mends that.
SSH_FATAL_ERROR_MSGS = [
    "no such file or directory",
    "invalid key",
    "not a valid ",
    "invalid or unsupported key type",
    "private file is encrypted",
    "private key file is encrypted",
    "private key file checkints do not match",
    "invalid password provided",
]

# Name -> the module that has it.
_LOADED_LATER = {
    "BaseSSHClient": "libcloud.compute.ssh",
    "SSHClient": "libcloud.compute.ssh",
    "SSHCommandTimeoutError": "libcloud.compute.ssh",
    "get_size_price": "libcloud.pricing",
    "have_paramiko": "libcloud.compute.ssh",
    "is_private_subnet": "libcloud.utils.networking",
    "is_valid_ip_address": "libcloud.utils.networking",
}


def __getattr__(name: str) -> Any:
    if name in _LOADED_LATER:
        return getattr(importlib.import_module(_LOADED_LATER[name]), name)
    if name == "SSH_TIMEOUT_EXCEPTION_CLASSES":
        return _ssh_timeout_exception_classes()
    if name == "b":
        from libcloud.utils import py3  # noqa: TID251 (a name that programs import from here)

        return py3.b
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _ssh_timeout_exception_classes() -> tuple[type[BaseException], ...]:
    """What connecting raises while an SSH server, or the user on it, is still coming up."""
    import socket

    system = (OSError, socket.gaierror, TimeoutError)
    if not __getattr__("have_paramiko"):
        return system
    from paramiko.ssh_exception import AuthenticationException, SSHException

    return (AuthenticationException, SSHException, *system)
