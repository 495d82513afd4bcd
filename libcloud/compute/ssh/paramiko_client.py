"""The client that deployments use: SSH in Python, through paramiko."""

from __future__ import annotations

import io
import posixpath
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from libcloud.compute.ssh.client import DEFAULT_TIMEOUT, BaseSSHClient, Output
from libcloud.compute.ssh.errors import (
    HostKeyChangedError,
    HostKeyError,
    SSHAuthenticationError,
    SSHCommandTimeoutError,
    SSHConnectionError,
    SSHConnectionLostError,
    SSHError,
    SSHKeyError,
    also,
)
from libcloud.compute.ssh.host_keys import HostKeyPolicy, HostKeys
from libcloud.compute.ssh.private_keys import load_private_key, load_private_key_file

if TYPE_CHECKING:
    import paramiko

__all__ = ["ParamikoSSHClient"]

# A command that ended may have left a child that holds its output open (``daemon &``). The output
# is complete when nothing came for the first of these times, or when the second is over (seconds).
_QUIET_AFTER_EXIT = 2.0
_DRAIN_AFTER_EXIT = 30.0

_UPLOAD_PIECE = 32768

# How a silent peer is found out: probes after 30 s of silence, every 10 s, 6 of them.
_TCP_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}

_WINDOWS_PATH = re.compile(r"/?[A-Za-z]:(?:[\\/]|$)")


class ParamikoSSHClient(BaseSSHClient):
    """
    SSH client on top of paramiko.

    It tries, in this order: the given keys; when neither key nor password is given, the SSH agent
    and ``~/.ssh/id_*``; the password. Nothing is sent before the server's key has been checked.

    Several threads may run commands on one connected client at the same time.

    :param password: Password to log in with. Without ``key_password`` it is also tried as
        passphrase of the keys; one that opened a key is not sent to the server.
    :param key_files: Path, or list of paths, of private keys: RSA, ECDSA or Ed25519 in PEM or
        OpenSSH format, encrypted or not. A certificate beside the key (``-cert.pub``) is used.
    :param key_material: Text of one private key, instead of files.
    :param timeout: Longest wait for connection, server's key, a new session and each step of a file
        transfer, in seconds; 60 by default.
    :param keep_alive: Send an SSH message whenever that many seconds went by without traffic, for
        firewalls that forget silent connections.
    :param use_compression: Compress what is sent.
    :param key_password: Passphrase of the keys, when it differs from the password.
    :param host_key_policy: A :class:`HostKeyPolicy`, its value, or :class:`HostKeys` for a policy
        with known hosts or fingerprints of its own. By default the key of an unknown server is
        pinned in the user's own file, and a known server with another key refused.
    :param disabled_algorithms: Handed to paramiko, for servers that are broken in this regard.
    :raises ValueError: when both ``key_files`` and ``key_material`` are given.
    """

    # Largest piece of output that is read at once, in bytes.
    CHUNK_SIZE = 4096
    # Longest time until a time-out or an end without output is noticed, in seconds.
    SLEEP_DELAY = 0.2
    # What becomes of output bytes that are no UTF-8. With "surrogateescape" a program can have them
    # back by ``text.encode("utf-8", "surrogateescape")``, but such a text cannot be printed.
    DECODE_ERRORS = "replace"

    def __init__(
        self,
        hostname: str,
        port: int = 22,
        username: str = "root",
        password: str | None = None,
        key: str | list[str] | None = None,
        key_files: str | list[str] | None = None,
        key_material: str | None = None,
        timeout: float | None = None,
        keep_alive: int | None = None,
        use_compression: bool = False,
        *,
        key_password: str | None = None,
        host_key_policy: HostKeys | HostKeyPolicy | str | None = None,
        disabled_algorithms: dict[str, list[str]] | None = None,
    ) -> None:
        import logging

        import paramiko

        super().__init__(hostname, port, username, password, key, key_files, timeout)
        if self.key_files and key_material:
            raise ValueError("key_files and key_material arguments are mutually exclusive")
        self.key_material = key_material
        self.key_password = key_password
        self.keep_alive = keep_alive
        self.use_compression = use_compression
        self.disabled_algorithms = disabled_algorithms
        self.host_keys = HostKeys.of(host_key_policy)
        self.logger = logging.getLogger("libcloud.compute.ssh")
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(_host_key_check(self))
        self.sftp_client: paramiko.SFTPClient | None = None

    def connect(self) -> bool:
        """
        Connect and log in. When that fails nothing stays open, and it may be called again.

        :raises SSHConnectionError: when no connection comes about; worth another try.
        :raises SSHAuthenticationError: when the server refuses the user, at once.
        :raises SSHKeyError: when a private key cannot be used.
        :raises HostKeyError: when the server's key is not the right one.
        :raises OSError: when a key file cannot be read.
        """
        keys, password = self._credentials()
        self.logger.debug(
            "Connecting to %s port %s as %s (%d keys, %s password, host keys: %s)",
            self.hostname,
            self.port,
            self.username,
            len(keys),
            "a" if password else "no",
            self.host_keys.policy.value,
        )
        for refused, key in enumerate(keys or [None], start=1):
            try:
                self._connect_once(key, password)
                break
            except SSHAuthenticationError:
                if refused >= len(keys):
                    raise
        self._keep_alive()
        self.logger.debug("Connected to %s port %s", self.hostname, self.port)
        return True

    def put(
        self,
        path: str,
        contents: str | bytes | None = None,
        chmod: int | None = None,
        mode: str = "w",
    ) -> str:
        data = contents.encode() if isinstance(contents, str) else contents or b""
        return self._upload(path, io.BytesIO(data), chmod, mode)

    def putfo(self, path: str, fo: IO[Any] | None = None, chmod: int | None = None) -> str:
        return self._upload(path, fo if fo is not None else io.BytesIO(), chmod, "w")

    def delete(self, path: str) -> bool:
        with self._typed_errors(f"delete {path}"):
            sftp = self._sftp()
            sftp.unlink(_absolute(sftp, path))
        self.logger.debug("Deleted %s on %s", path, self.hostname)
        return True

    def run(
        self,
        cmd: str,
        timeout: float | None = None,
        *,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
    ) -> tuple[str, str, int]:
        deadline = time.monotonic() + timeout if timeout else None
        stdout = Output(self.DECODE_ERRORS, on_stdout)
        stderr = Output(self.DECODE_ERRORS, on_stderr)
        # The command stays out of the log: command lines often hold passwords.
        self.logger.debug("Running a command of %d characters on %s", len(cmd), self.hostname)
        with self._typed_errors("run a command"):
            channel = self._transport().open_session(timeout=self.timeout or DEFAULT_TIMEOUT)
            try:
                channel.settimeout(self.timeout or DEFAULT_TIMEOUT)
                channel.exec_command(cmd)
                channel.shutdown_write()
            except BaseException:
                channel.close()
                raise
        try:
            finished = self._read_until_exit(channel, stdout, stderr, deadline)
            stdout.feed(b"", final=True)
            stderr.feed(b"", final=True)
            if not finished:
                assert timeout is not None
                raise SSHCommandTimeoutError(cmd, timeout, stdout.text(), stderr.text())
            status = channel.recv_exit_status()
            if status == -1 and self._is_broken(channel):
                raise SSHConnectionLostError(
                    f"The connection to {self.hostname} broke while a command was running",
                    cmd,
                    stdout.text(),
                    stderr.text(),
                )
        finally:
            channel.close()
        self.logger.debug("The command on %s ended with status %d", self.hostname, status)
        return stdout.text(), stderr.text(), status

    def close(self) -> bool:
        self.logger.debug("Closing the connection to %s", self.hostname)
        if self.sftp_client is not None:
            self.sftp_client.close()
            self.sftp_client = None
        self.client.close()
        return True

    def _credentials(self) -> tuple[list[paramiko.PKey], str | None]:
        """The keys to try, and the password if it is for the server."""
        passphrase = self.key_password if self.key_password is not None else self.password
        if self.key_material:
            sources: list[str] = [self.key_material]
            load: Callable[[str, str | None], paramiko.PKey] = load_private_key
        else:
            files = self.key_files or []
            sources = [files] if isinstance(files, str) else list(files)
            load = load_private_key_file
        keys = []
        opened_by_password = False
        for source in sources:
            try:
                keys.append(load(source, None))
            except SSHKeyError:
                keys.append(load(source, passphrase))
                opened_by_password = self.key_password is None
        return keys, None if opened_by_password else self.password

    def _connect_once(self, key: paramiko.PKey | None, password: str | None) -> None:
        import paramiko

        guess = key is None and not password
        arguments: dict[str, Any] = {
            "hostname": self.hostname,
            "port": self.port,
            "username": self.username,
            "allow_agent": guess,
            "look_for_keys": guess,
            "timeout": self.timeout or DEFAULT_TIMEOUT,
        }
        if key is not None:
            arguments["pkey"] = key
        if password:
            arguments["password"] = password
        if self.use_compression:
            arguments["compress"] = True
        if self.disabled_algorithms:
            arguments["disabled_algorithms"] = self.disabled_algorithms
        known_types = self.host_keys.known_types(self.hostname, self.port)
        if known_types:
            arguments["transport_factory"] = _transport_that_prefers(known_types)
        try:
            self.client.connect(**arguments)
        except SSHError:
            self.client.close()
            raise
        except (paramiko.SSHException, OSError, EOFError) as e:
            error = self._connect_error(e)
            self.client.close()
            raise error from e

    def _connect_error(self, error: Exception) -> SSHError:
        import paramiko

        place = f"{self.hostname} port {self.port}"
        refused = isinstance(error, paramiko.AuthenticationException)
        if refused or str(error) == "No authentication methods available":
            text = str(error).lower()
            if "timeout" in text or "transport shut down" in text or self._is_booting():
                message = f"{place} was not ready to let {self.username} in: {error}"
                return also(SSHConnectionError(message), error)
            message = f"{place} does not let {self.username} in: {error}"
            return also(SSHAuthenticationError(message), error)
        reason = str(error) or type(error).__name__
        typed = also(SSHConnectionError(f"Cannot connect to {place}: {reason}"), error)
        if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
            typed.retryable = False
        return typed

    def _is_booting(self) -> bool:
        # Until a Linux system is up, pam_nologin(8) refuses everybody but root, and says this.
        transport = self.client.get_transport()
        banner = transport.get_banner() if transport is not None else None
        return banner is not None and b"system is booting up" in banner.lower()

    def _keep_alive(self) -> None:
        import socket

        transport = self._transport()
        if self.keep_alive:
            transport.set_keepalive(self.keep_alive)
        if isinstance(transport.sock, socket.socket):
            transport.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _TCP_KEEPALIVE.items():
                if hasattr(socket, name):
                    transport.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def _transport(self) -> paramiko.Transport:
        transport = self.client.get_transport()
        if transport is None:
            raise SSHConnectionError(f"Not connected to {self.hostname}, call connect() first")
        return transport

    def _sftp(self) -> paramiko.SFTPClient:
        if self.sftp_client is None or _channel(self.sftp_client).closed:
            self._transport()
            self.sftp_client = self.client.open_sftp()
            _channel(self.sftp_client).settimeout(self.timeout or DEFAULT_TIMEOUT)
        return self.sftp_client

    def _upload(self, path: str, source: IO[Any], chmod: int | None, mode: str) -> str:
        size = 0
        with self._typed_errors(f"write {path}"):
            sftp = self._sftp()
            path = _absolute(sftp, path)
            _make_folders(sftp, posixpath.dirname(path))
            with sftp.open(path, mode if "b" in mode else mode + "b") as target:
                if chmod is not None:
                    target.chmod(chmod)
                # Errors of pipelined writes come late or never, so the size is checked at the end.
                replaces = "w" in mode
                target.set_pipelined(replaces)
                while piece := source.read(_UPLOAD_PIECE):
                    data = piece.encode() if isinstance(piece, str) else piece
                    target.write(data)
                    size += len(data)
            if replaces:
                written = sftp.stat(path).st_size
                if written != size:
                    raise OSError(f"{path} is incomplete: {written} of {size} bytes are there")
        self.logger.debug("Wrote %d bytes to %s on %s", size, path, self.hostname)
        return path

    def _read_until_exit(
        self,
        channel: paramiko.Channel,
        stdout: Output,
        stderr: Output,
        deadline: float | None,
    ) -> bool:
        """False when the deadline passed before the command ended."""
        channel.settimeout(self.SLEEP_DELAY)
        ended_at: float | None = None
        last_data_at = time.monotonic()
        at_end = False
        while not at_end:
            try:
                data = channel.recv(self.CHUNK_SIZE)
                at_end = not data
            except TimeoutError:
                data = b""
            stdout.feed(data)
            had_data = bool(data)
            while channel.recv_stderr_ready():
                stderr.feed(channel.recv_stderr(self.CHUNK_SIZE))
                had_data = True
            now = time.monotonic()
            if had_data:
                last_data_at = now
            if channel.exit_status_ready():
                ended_at = ended_at or now
                quiet_for = now - max(last_data_at, ended_at)
                if quiet_for > _QUIET_AFTER_EXIT or now - ended_at > _DRAIN_AFTER_EXIT:
                    return True
            elif deadline is not None and now > deadline:
                return False
        # A command may close its output long before it ends.
        while not channel.exit_status_ready():
            if deadline is not None and time.monotonic() > deadline:
                return False
            channel.status_event.wait(self.SLEEP_DELAY)
        return True

    def _is_broken(self, channel: paramiko.Channel) -> bool:
        if channel.eof_received:
            return False  # a proper end: the command was killed, so it has no status
        # The channel hears of the broken connection a moment before the transport admits it.
        transport = self._transport()
        give_up_at = time.monotonic() + 1
        while transport.is_active() and time.monotonic() < give_up_at:
            time.sleep(0.01)
        return not transport.is_active()

    @contextmanager
    def _typed_errors(self, doing: str) -> Iterator[None]:
        """Failures of the connection become typed; refusals of the server stay what they are."""
        import paramiko

        try:
            yield
        except SSHError:
            raise
        except (paramiko.SSHException, TimeoutError, EOFError) as e:
            raise self._broken(doing, e) from e
        except OSError as e:
            transport = self.client.get_transport()
            if transport is not None and transport.is_active():
                raise
            raise self._broken(doing, e) from e

    def _broken(self, doing: str, error: Exception) -> SSHError:
        reason = str(error) or type(error).__name__
        message = f"Cannot {doing}, the connection to {self.hostname} failed: {reason}"
        return also(SSHConnectionError(message), error)


def _channel(sftp: paramiko.SFTPClient) -> Any:
    return sftp.get_channel()


def _absolute(sftp: paramiko.SFTPClient, path: str) -> str:
    if path.startswith("/") or _WINDOWS_PATH.match(path):
        return path
    home = sftp.normalize(".")
    # SFTP says "/C:/Users/x" where Windows' shells want "C:/Users/x".
    if _WINDOWS_PATH.match(home):
        home = home.removeprefix("/")
    return posixpath.join(home, path)


def _make_folders(sftp: paramiko.SFTPClient, folder: str) -> None:
    if folder in ("", "/") or _exists(sftp, folder):
        return
    _make_folders(sftp, posixpath.dirname(folder))
    try:
        sftp.mkdir(folder)
    except OSError:
        if not _exists(sftp, folder):  # unless somebody else has made it meanwhile
            raise


def _exists(sftp: paramiko.SFTPClient, path: str) -> bool:
    try:
        sftp.stat(path)
    except FileNotFoundError:
        return False
    return True


def _transport_that_prefers(key_types: list[str]) -> Callable[..., paramiko.Transport]:
    """A server has keys of several kinds; ask for one of the kinds that we can compare."""

    def transport_factory(*args: Any, **kwargs: Any) -> paramiko.Transport:
        import paramiko

        transport = paramiko.Transport(*args, **kwargs)
        options = transport.get_security_options()
        # The algorithms rsa-sha2-256 and rsa-sha2-512 use a key of the type ssh-rsa.
        families = {"rsa" if "rsa" in key_type else key_type for key_type in key_types}
        options.key_types = sorted(
            options.key_types,
            key=lambda offered: ("rsa" if "rsa" in offered else offered) not in families,
        )
        return transport

    return transport_factory


def _host_key_check(client: ParamikoSSHClient) -> Any:
    """paramiko's own store of keys stays empty, so that it asks this policy about every server."""
    import paramiko

    class CheckHostKey(paramiko.MissingHostKeyPolicy):
        def missing_host_key(self, _client: Any, hostname: str, key: Any) -> None:
            try:
                client.host_keys.check(client.hostname, client.port, key.get_name(), key.asbytes())
            except HostKeyChangedError as e:
                bad_key = paramiko.BadHostKeyException(hostname, key, key)
                raise also(e, bad_key) from None
            except HostKeyError as e:
                raise also(e, paramiko.SSHException(str(e))) from None

    return CheckHostKey()
