"""What every SSH client offers."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import IO, Any

__all__ = ["BaseSSHClient", "MockSSHClient"]

# How long a server may be silent when the user names no time-out, in seconds.
DEFAULT_TIMEOUT = 60.0


class BaseSSHClient:
    """
    Base class of SSH clients, and their contract.

    Each is a context manager too, which connects and closes.

    :param hostname: Name or address of the server.
    :param username: Who logs in.
    :param password: Password to log in with, or passphrase of the private key.
    :param key: Deprecated in favour of ``key_files``.
    :param key_files: Path, or list of paths, of private keys.
    :param timeout: Longest wait for the connection, in seconds.
    """

    def __init__(
        self,
        hostname: str,
        port: int = 22,
        username: str = "root",
        password: str | None = None,
        key: str | list[str] | None = None,
        key_files: str | list[str] | None = None,
        timeout: float | None = None,
    ) -> None:
        self.hostname = hostname
        self.port = port
        self.username = username
        self.password = password
        self.key_files = key_files or key
        self.timeout = timeout

    def __enter__(self) -> Any:
        self.connect()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def connect(self) -> bool:
        """
        Connect and log in.

        :return: True.
        :raises SSHError: when that fails; its ``retryable`` says whether to try again.
        """
        raise NotImplementedError("connect not implemented for this ssh client")

    def put(
        self,
        path: str,
        contents: str | bytes | None = None,
        chmod: int | None = None,
        mode: str = "w",
    ) -> str:
        """
        Write a file on the server, and make the folders that are missing.

        :param path: Absolute, or relative to the user's home.
        :param contents: Text is encoded as UTF-8.
        :param chmod: Permissions, for example ``0o600``; they are set before anything is written.
        :param mode: ``w`` replaces a file that exists, ``a`` appends to it.
        :return: The absolute path.
        :raises OSError: when the server refuses (``PermissionError``, ``FileNotFoundError`` ...).
        :raises SSHConnectionError: when the connection breaks.
        """
        raise NotImplementedError("put not implemented for this ssh client")

    def putfo(self, path: str, fo: IO[Any] | None = None, chmod: int | None = None) -> str:
        """
        Write an open file to the server, in pieces; otherwise like :meth:`put`.

        :param fo: A file object, which is read from where it stands, in binary or text mode.
        """
        raise NotImplementedError("putfo not implemented for this ssh client")

    def delete(self, path: str) -> bool:
        """
        Delete a file on the server.

        :return: True.
        :raises OSError: when the server refuses.
        """
        raise NotImplementedError("delete not implemented for this ssh client")

    def run(
        self,
        cmd: str,
        timeout: float | None = None,
        *,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
    ) -> tuple[str, str, int]:
        """
        Run a command in the user's shell, with an empty standard input, and wait for its end.

        :param timeout: Longest wait, in seconds; None or 0 waits for ever.
        :param on_stdout: Called with each piece of output as it arrives.
        :param on_stderr: Called with each piece of error output as it arrives.
        :return: All output, all error output, exit status (-1 for a command that a signal ended).
            Bytes that are no UTF-8 are replaced by U+FFFD, never dropped.
        :raises SSHCommandTimeoutError: when the time is up; it has the output so far.
        :raises SSHConnectionLostError: when the connection breaks; it has the output so far.
        """
        raise NotImplementedError("run not implemented for this ssh client")

    def close(self) -> bool:
        """
        Log out.

        :return: True.
        """
        raise NotImplementedError("close not implemented for this ssh client")


class MockSSHClient(BaseSSHClient):
    """A client that can do nothing, for programs that name it."""


class Output:
    """One of a command's two outputs: decoded as it arrives, handed on and kept."""

    def __init__(self, errors: str, callback: Callable[[str], object] | None) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors)
        self._callback = callback
        self._pieces: list[str] = []

    def feed(self, data: bytes, final: bool = False) -> None:
        piece = self._decoder.decode(data, final)
        if piece:
            self._pieces.append(piece)
            if self._callback is not None:
                self._callback(piece)

    def text(self) -> str:
        return "".join(self._pieces)
