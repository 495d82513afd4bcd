"""
What can go wrong between here and a server's SSH port.

::

    SSHError                         a LibcloudError
    ├── SSHConnectionError           refused, reset, timed out ...; retryable
    │   └── SSHConnectionLostError   the connection broke in the middle of a command; not retryable
    ├── SSHAuthenticationError       the server does not let this user in
    ├── SSHKeyError                  the private key cannot be read
    ├── HostKeyError                 the server is not, or may not be, who it should be
    │   ├── HostKeyChangedError      another key than the one that is pinned
    │   └── HostKeyUnknownError      no key is pinned, and the policy is strict
    └── SSHCommandTimeoutError       the command takes longer than it may

Whatever :class:`ParamikoSSHClient` raises for a failure that paramiko or the operating system
reported is *also* the original's class: ``except paramiko.AuthenticationException``, ``except
NoValidConnectionsError`` and ``except OSError`` catch what they always caught.
"""

from __future__ import annotations

import sys
from typing import Any

from libcloud.common.errors import ErrorKind, LibcloudError

__all__ = [
    "HostKeyChangedError",
    "HostKeyError",
    "HostKeyUnknownError",
    "SSHAuthenticationError",
    "SSHCommandTimeoutError",
    "SSHConnectionError",
    "SSHConnectionLostError",
    "SSHError",
    "SSHKeyError",
    "is_transient",
]


class SSHError(LibcloudError):
    """Anything that went wrong over SSH; ``retryable`` says whether trying again may help."""

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.value}>"


class SSHConnectionError(SSHError):
    """No connection, or none any more: refused, reset, timed out, name not found ..."""

    kind = ErrorKind.NETWORK
    retryable = True


class SSHConnectionLostError(SSHConnectionError):
    """
    The connection broke while a command was running; nobody knows how far it came.

    :param cmd: The command.
    :param stdout: What had arrived of its output by then.
    :param stderr: What had arrived of its error output by then.
    """

    retryable = False

    def __init__(self, value: str, cmd: str, stdout: str = "", stderr: str = "") -> None:
        super().__init__(value)
        self.args = (value, cmd, stdout, stderr)
        self.cmd = cmd
        self.stdout = stdout
        self.stderr = stderr


class SSHAuthenticationError(SSHError):
    """The server refuses the user name, the password or the key."""

    kind = ErrorKind.CREDENTIALS


class SSHKeyError(SSHError):
    """
    A private key cannot be used: damaged, of a kind or format that is not supported, or encrypted
    with another passphrase than the given one.
    """

    kind = ErrorKind.CREDENTIALS


class HostKeyError(SSHError):
    """
    The server did not prove that it is the right one. Nothing was sent to it.

    :param fingerprint: Of the key that the server showed: ``SHA256:...``.
    :param expected: Fingerprints of the keys that would have been right.
    """

    kind = ErrorKind.PERMISSION

    def __init__(self, value: str, fingerprint: str = "", expected: tuple[str, ...] = ()) -> None:
        super().__init__(value)
        self.args = (value, fingerprint, expected)
        self.fingerprint = fingerprint
        self.expected = expected


class HostKeyChangedError(HostKeyError):
    """The server shows another key than the pinned one, or one that is marked as revoked."""


class HostKeyUnknownError(HostKeyError):
    """No key of this server is known, and the policy does not allow to learn it."""


class SSHCommandTimeoutError(SSHError):
    """
    A command did not finish in time. It may still be running on the server.

    :param cmd: The command.
    :param timeout: How long it had, in seconds.
    :param stdout: What had arrived of its output by then.
    :param stderr: What had arrived of its error output by then.
    """

    kind = ErrorKind.NETWORK

    def __init__(
        self, cmd: str, timeout: float, stdout: str | None = None, stderr: str | None = None
    ) -> None:
        self.message = f"Command didn't finish in {timeout} seconds"
        super().__init__(self.message)
        self.cmd = cmd
        self.timeout = timeout
        self.stdout = stdout
        self.stderr = stderr

    def __str__(self) -> str:
        return f'<SSHCommandTimeoutError: cmd="{self.cmd}",timeout={self.timeout})>'

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> Any:
        return type(self), (self.cmd, self.timeout, self.stdout, self.stderr)


def also(error: SSHError, original: BaseException) -> SSHError:
    """
    ``error`` as an instance of its own class and of the original's, with the attributes of both.
    """
    combined_class = _both(type(error), type(original))
    combined = combined_class.__new__(combined_class, *error.args)
    combined.__dict__.update({**original.__dict__, **error.__dict__})
    combined.args = error.args
    if isinstance(original, OSError):
        combined.errno = original.errno  # type: ignore[attr-defined]
        combined.strerror = original.strerror  # type: ignore[attr-defined]
    return combined


def _both(error_class: type[SSHError], other_class: type[BaseException]) -> type[SSHError]:
    if issubclass(error_class, other_class):
        return error_class
    body = {"__module__": error_class.__module__, "__reduce__": _reduce_combined}
    return type(error_class.__name__, (error_class, other_class), body)


def _reduce_combined(error: SSHError) -> Any:
    # The combined class has no importable name, so a copy builds it anew.
    error_class, other_class = type(error).__bases__
    state = {**error.__dict__, "driver": None}
    return _copy_combined, (error_class, other_class, error.args, state)


def _copy_combined(
    error_class: type[SSHError],
    other_class: type[BaseException],
    args: tuple[Any, ...],
    state: dict[str, Any],
) -> SSHError:
    combined_class = _both(error_class, other_class)
    combined = combined_class.__new__(combined_class, *args)
    combined.args = args
    combined.__dict__.update(state)
    return combined


def is_transient(error: BaseException) -> bool:
    """
    Whether connecting again, with nothing changed, may succeed: True for a server that is still
    booting (refused, reset, timed out, no banner, name not yet known), False for a refused user, a
    bad key or a host key that does not match.

    Judges the errors of this package and, for clients that others wrote, those of paramiko and of
    the operating system.
    """
    if isinstance(error, LibcloudError):
        return error.retryable
    if isinstance(error, (FileNotFoundError, IsADirectoryError, PermissionError)):
        return False  # about a key file
    if isinstance(error, (OSError, EOFError)):
        return True
    paramiko = sys.modules.get("paramiko")
    if paramiko is None:
        return False
    fatal = (
        paramiko.AuthenticationException,
        paramiko.BadHostKeyException,
        paramiko.ssh_exception.IncompatiblePeer,
    )
    return isinstance(error, paramiko.SSHException) and not isinstance(error, fatal)
