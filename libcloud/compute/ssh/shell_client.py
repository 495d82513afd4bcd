"""SSH through the ``ssh`` program of this machine."""

from __future__ import annotations

import os
import posixpath
import shlex
import threading
import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

from libcloud.compute.ssh.client import BaseSSHClient, Output
from libcloud.compute.ssh.errors import (
    HostKeyChangedError,
    HostKeyUnknownError,
    SSHAuthenticationError,
    SSHCommandTimeoutError,
    SSHConnectionError,
    SSHError,
)
from libcloud.compute.ssh.host_keys import HostKeyPolicy, HostKeys

if TYPE_CHECKING:
    import subprocess

__all__ = ["ShellOutSSHClient"]

# Status of ssh when it fails itself; a remote command may end with it too.
_SSH_FAILED = 255

_STRICT_HOST_KEY_CHECKING = {
    HostKeyPolicy.ACCEPT_NEW: "accept-new",
    HostKeyPolicy.STRICT: "yes",
    HostKeyPolicy.NONE: "no",
}


class ShellOutSSHClient(BaseSSHClient):
    """
    SSH client that runs OpenSSH's ``ssh``, with the user's configuration.

    Each call is a connection of its own, so :meth:`connect` does nothing, and the errors of
    connecting come from the calls.

    :param password: Not supported: ``ssh`` takes passwords from a terminal only.
    :param host_key_policy: See :class:`ParamikoSSHClient`.
    :raises ValueError: when a password is given, or the policy has fingerprints or known hosts in
        memory, which ``ssh`` cannot use.
    """

    DECODE_ERRORS = "replace"

    def __init__(
        self,
        hostname: str,
        port: int = 22,
        username: str = "root",
        password: str | None = None,
        key: str | list[str] | None = None,
        key_files: str | list[str] | None = None,
        timeout: float | None = None,
        *,
        host_key_policy: HostKeys | HostKeyPolicy | str | None = None,
    ) -> None:
        import logging

        super().__init__(hostname, port, username, password, key, key_files, timeout)
        if self.password:
            raise ValueError("ShellOutSSHClient only supports key auth")
        self.host_keys = HostKeys.of(host_key_policy)
        if self.host_keys.fingerprints or self.host_keys.known_hosts.path is None:
            raise ValueError("ShellOutSSHClient needs known hosts in a file, and no fingerprints")
        self.logger = logging.getLogger("libcloud.compute.ssh")

    def connect(self) -> bool:
        return True

    def run(
        self,
        cmd: str,
        timeout: float | None = None,
        *,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
    ) -> tuple[str, str, int]:
        stdout = Output(self.DECODE_ERRORS, on_stdout)
        stderr = Output(self.DECODE_ERRORS, on_stderr)
        status = self._run(cmd, b"", timeout, stdout, stderr)
        return stdout.text(), stderr.text(), status

    def put(
        self,
        path: str,
        contents: str | bytes | None = None,
        chmod: int | None = None,
        mode: str = "w",
    ) -> str:
        data = contents.encode() if isinstance(contents, str) else contents or b""
        target = shlex.quote(path if path.startswith("/") else f"./{path}")
        steps = ["pwd"]
        folder = posixpath.dirname(path)
        if folder:
            steps.append(f"mkdir -p -- {shlex.quote(folder)}")
        if chmod is not None:
            steps.append("umask 077")
        steps.append(f"cat {'>>' if 'a' in mode else '>'} {target}")
        if chmod is not None:
            steps.append(f"chmod {chmod:o} {target}")
        home = self._must_run(" && ".join(steps), data, f"write {path}").removesuffix("\n")
        return posixpath.join(home, path)

    def putfo(self, path: str, fo: IO[Any] | None = None, chmod: int | None = None) -> str:
        return self.put(path, fo.read() if fo is not None else None, chmod)

    def delete(self, path: str) -> bool:
        self._must_run(f"rm -f -- {shlex.quote(path)}", b"", f"delete {path}")
        return True

    def close(self) -> bool:
        return True

    def _must_run(self, cmd: str, data: bytes, doing: str) -> str:
        stdout = Output(self.DECODE_ERRORS, None)
        stderr = Output(self.DECODE_ERRORS, None)
        if self._run(cmd, data, None, stdout, stderr) != 0:
            raise OSError(f"Cannot {doing} on {self.hostname}: {stderr.text().strip()}")
        return stdout.text()

    def _get_base_ssh_command(self) -> list[str]:
        known_hosts = self.host_keys.known_hosts.path
        checking = _STRICT_HOST_KEY_CHECKING[self.host_keys.policy]
        if self.host_keys.policy is HostKeyPolicy.NONE:
            known_hosts = os.devnull
        key_files = self.key_files or []
        command = ["ssh", "-p", str(self.port), "-oBatchMode=yes"]
        command += [f"-oStrictHostKeyChecking={checking}", f'-oUserKnownHostsFile="{known_hosts}"']
        if self.timeout:
            command.append(f"-oConnectTimeout={max(1, int(self.timeout))}")
        for key_file in [key_files] if isinstance(key_files, str) else key_files:
            command += ["-i", key_file]
        # Options end here, whatever the names look like.
        return [*command, "--", f"{self.username}@{self.hostname}"]

    def _run(
        self, cmd: str, data: bytes, timeout: float | None, stdout: Output, stderr: Output
    ) -> int:
        import subprocess
        import tempfile

        self.logger.debug("Running a command of %d characters on %s", len(cmd), self.hostname)
        self._make_known_hosts_folder()
        with tempfile.TemporaryDirectory(prefix="libcloud-ssh-") as folder:
            # What ssh itself has to say goes to a file, so that it cannot be confused with what
            # the command says.
            log_path = os.path.join(folder, "log")
            program, *options = self._get_base_ssh_command()
            process = subprocess.Popen(
                [program, "-E", log_path, *options, cmd],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            with process:
                sender = threading.Thread(target=_send, args=(process.stdin, data), daemon=True)
                sender.start()
                try:
                    finished = _read_to_end(process, stdout, stderr, timeout)
                except BaseException:
                    process.kill()
                    raise
                if not finished:
                    process.kill()
                    assert timeout is not None
                    raise SSHCommandTimeoutError(cmd, timeout, stdout.text(), stderr.text())
            status = process.returncode
            if status == _SSH_FAILED:
                with open(log_path, encoding="utf-8", errors="replace") as log:
                    self._raise_for(log.read())
        return status

    def _make_known_hosts_folder(self) -> None:
        path = self.host_keys.known_hosts.path
        if self.host_keys.policy is HostKeyPolicy.ACCEPT_NEW and path is not None:
            os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)

    def _raise_for(self, log: str) -> None:
        """Raise what ssh has logged; nothing there means that the command itself ended so."""
        message = f"{self.hostname} port {self.port}: {log.strip()}"
        error: SSHError
        if "host key is known for" in log:
            error = HostKeyUnknownError(message)
        elif "Host key verification failed" in log:
            error = HostKeyChangedError(message)
        elif "Permission denied (" in log:
            error = SSHAuthenticationError(message)
        elif any(line and not line.startswith("Warning:") for line in log.splitlines()):
            error = SSHConnectionError(message)
        else:
            return
        raise error


def _send(pipe: IO[bytes], data: bytes) -> None:
    try:
        with pipe:
            pipe.write(data)
    except BrokenPipeError:
        pass  # the status tells why nobody reads it


def _read_to_end(
    process: subprocess.Popen[bytes], stdout: Output, stderr: Output, timeout: float | None
) -> bool:
    """False when the time was over before both outputs ended."""
    import selectors

    deadline = time.monotonic() + timeout if timeout else None
    with selectors.DefaultSelector() as selector:
        for pipe, output in ((process.stdout, stdout), (process.stderr, stderr)):
            assert pipe is not None
            selector.register(pipe, selectors.EVENT_READ, output)
        while selector.get_map():
            left = deadline - time.monotonic() if deadline is not None else None
            if left is not None and left <= 0:
                return False
            for key, _ in selector.select(left):
                data = os.read(key.fd, 65536)
                key.data.feed(data, final=not data)
                if not data:
                    selector.unregister(key.fileobj)
    return True
