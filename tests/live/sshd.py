"""A real OpenSSH server on loopback, and a user who may log in there."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SSHD = "/usr/sbin/sshd"


def why_not() -> str | None:
    """Why no server can be started here, None when one can."""
    if not os.path.exists(SSHD):
        return "needs a real OpenSSH server: apt-get install openssh-server"
    if os.geteuid() != 0:
        return "needs root, to make a user with a password"
    return None


class Account:
    """A system user with a password and a home folder, for as long as the ``with`` lasts."""

    def __init__(self) -> None:
        self.name = f"lc{secrets.token_hex(4)}"
        self.password = secrets.token_urlsafe(12)
        self.home = Path(tempfile.mkdtemp(prefix="libcloud-home-"))

    @property
    def authorized_keys(self) -> Path:
        return self.home / ".ssh" / "authorized_keys"

    def authorize(self, public_key: str) -> None:
        """Let a key in, and no other."""
        self.authorized_keys.parent.mkdir(mode=0o700, exist_ok=True)
        self.authorized_keys.write_text(public_key)
        self._own_everything()

    def _own_everything(self) -> None:
        user = pwd.getpwnam(self.name)
        for path in [self.home, *self.home.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid)

    def __enter__(self) -> Account:
        self.home.chmod(0o755)
        subprocess.run(
            ["useradd", "--no-create-home", "-d", self.home, "-s", "/bin/sh", self.name],
            check=True,
        )
        subprocess.run(["chpasswd"], input=f"{self.name}:{self.password}\n", text=True, check=True)
        self._own_everything()
        return self

    def __exit__(self, *exc_info: object) -> None:
        subprocess.run(["userdel", "--force", self.name], check=True, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.home, ignore_errors=True)


class Sshd:
    """
    The server. It can be stopped, killed with all its sessions, and started again on its port.

    :param folder: An empty folder for its configuration, keys and log.
    :param options: Lines for the configuration.
    """

    def __init__(self, folder: Path, options: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.port = _free_port()
        self.options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.new_host_key()

    @property
    def host_public_key(self) -> str:
        return (self.folder / "host_key.pub").read_text()

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen`` has it, so that our own arithmetic is not its own judge."""
        listing = subprocess.check_output(
            ["ssh-keygen", "-lf", self.folder / "host_key.pub"], text=True
        )
        return listing.split()[1]

    def new_host_key(self, kind: str = "ed25519") -> None:
        for path in self.folder.glob("host_key*"):
            path.unlink()
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", self.folder / "host_key"], check=True
        )

    def start(self) -> None:
        os.makedirs("/run/sshd", exist_ok=True)
        configuration = [
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.folder}/host_key",
            "AuthorizedKeysFile .ssh/authorized_keys",
            "PasswordAuthentication yes",
            "KbdInteractiveAuthentication no",
            "StrictModes yes",
            "UsePAM no",
            "PidFile none",
            "Subsystem sftp internal-sftp",
            *self.options,
        ]
        (self.folder / "sshd_config").write_text("\n".join(configuration) + "\n")
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", self.folder / "sshd_config"],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 20
        while not _listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("sshd: " + (self.folder / "log").read_text())
            time.sleep(0.02)

    def kill(self) -> None:
        """End the server and every session at once, as a power cut would."""
        if self._process is None:
            return
        pids = [self._process.pid, *_descendants(self._process.pid)]
        # All of them stand still first, so that none reports the end of another.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        self._process.wait()
        self._process = None

    def __enter__(self) -> Sshd:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _descendants(pid: int) -> list[int]:
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                children.append(int(stat.parent.name))
    return [one for child in children for one in [*_descendants(child), child]]
