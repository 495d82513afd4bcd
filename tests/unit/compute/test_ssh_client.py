"""The client against an SSH server in this process, which can misbehave as real ones rarely do."""

from __future__ import annotations

import copy
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from libcloud.common.errors import LibcloudError
from libcloud.compute import ssh
from libcloud.compute.ssh import (
    BaseSSHClient,
    HostKeyChangedError,
    MockSSHClient,
    ParamikoSSHClient,
    ShellOutSSHClient,
    SSHAuthenticationError,
    SSHClient,
    SSHCommandTimeoutError,
    SSHConnectionError,
    SSHConnectionLostError,
    SSHError,
    is_transient,
)
from libcloud.compute.ssh.errors import also

PASSWORD = "pass-word"


class Users(paramiko.ServerInterface):
    """One user, ``root`` with :data:`PASSWORD`; commands are what the test makes of them."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def get_banner(self) -> tuple[str | None, str | None]:
        return self.server.banner, "en-US"

    def check_auth_password(self, username: str, password: str) -> int:
        self.server.logins.append((username, password))
        if self.server.drops_logins:
            self.server.drop_connections()
        if (username, password) == ("root", PASSWORD):
            return paramiko.AUTH_SUCCESSFUL
        return paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        handler = self.server.commands[command.decode()]
        # The answer "yes, it runs" leaves when this returns, and must come before what it prints.
        threading.Timer(0.05, handler, (channel,)).start()
        return True


class Server:
    def __init__(self) -> None:
        self.commands: dict[str, Callable[[paramiko.Channel], object]] = {}
        self.banner: str | None = None
        self.drops_logins = False
        self.logins: list[tuple[str, str]] = []
        self.connections: list[paramiko.Transport] = []
        self.host_key = paramiko.ECDSAKey.generate()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self.host_key)
            self.connections.append(transport)
            transport.start_server(server=Users(self), event=threading.Event())

    def drop_connections(self) -> None:
        for transport in self.connections:
            transport.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        for transport in self.connections:
            transport.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def known_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "known_hosts"
    monkeypatch.setenv("LIBCLOUD_SSH_KNOWN_HOSTS", str(path))
    return path


def client_of(server: Server, **arguments: object) -> ParamikoSSHClient:
    arguments.setdefault("password", PASSWORD)
    arguments.setdefault("timeout", 10)
    return ParamikoSSHClient("127.0.0.1", server.port, **arguments)


def finish(channel: paramiko.Channel, status: int = 0) -> None:
    channel.send_exit_status(status)
    channel.shutdown_write()
    channel.close()


# -- connecting ---------------------------------------------------------------------------------


def test_connect_with_wrong_password_asks_once(server: Server) -> None:
    with pytest.raises(SSHAuthenticationError) as caught:
        client_of(server, password="wrong").connect()
    assert isinstance(caught.value, paramiko.AuthenticationException)
    assert isinstance(caught.value, LibcloudError)
    assert not is_transient(caught.value)
    assert server.logins == [("root", "wrong")]
    assert len(server.connections) == 1


def test_connect_while_the_system_is_booting_is_transient(server: Server) -> None:
    server.banner = '"System is booting up. See pam_nologin(8)"\n'
    with pytest.raises(SSHConnectionError) as caught:
        client_of(server, password="wrong").connect()
    assert is_transient(caught.value)


def test_connect_dropped_while_logging_in_is_transient(server: Server) -> None:
    server.drops_logins = True
    with pytest.raises(SSHConnectionError) as caught:
        client_of(server).connect()
    assert is_transient(caught.value)


def test_connect_refused_is_also_what_the_system_raised() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SSHConnectionError) as caught:
        ParamikoSSHClient("127.0.0.1", port, password="x").connect()
    assert isinstance(caught.value, paramiko.ssh_exception.NoValidConnectionsError)
    assert isinstance(caught.value, OSError)
    assert caught.value.errors
    assert is_transient(caught.value)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_connect_to_something_else_is_transient(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_once() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(answer)

        threading.Thread(target=answer_once, daemon=True).start()
        client = ParamikoSSHClient("127.0.0.1", listener.getsockname()[1], password="x", timeout=5)
        with pytest.raises(SSHConnectionError) as caught:
            client.connect()
    assert isinstance(caught.value, paramiko.SSHException)
    assert is_transient(caught.value)


def test_connect_to_silent_server_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = ParamikoSSHClient("127.0.0.1", listener.getsockname()[1], password="x", timeout=1)
        started = time.monotonic()
        with pytest.raises(SSHConnectionError):
            client.connect()
        assert time.monotonic() - started < 10


def test_connect_to_server_without_common_algorithms_is_fatal(server: Server) -> None:
    client = client_of(server, disabled_algorithms={"keys": ["ecdsa-sha2-nistp256"]})
    with pytest.raises(SSHConnectionError) as caught:
        client.connect()
    assert isinstance(caught.value, paramiko.ssh_exception.IncompatiblePeer)
    assert not is_transient(caught.value)


def test_connect_to_changed_key_does_not_log_in(server: Server) -> None:
    with client_of(server):
        pass
    server.logins.clear()
    server.host_key = paramiko.ECDSAKey.generate()
    with pytest.raises(HostKeyChangedError) as caught:
        client_of(server).connect()
    assert isinstance(caught.value, paramiko.BadHostKeyException)
    assert caught.value.key == server.host_key
    assert "has changed" in str(caught.value)
    assert server.logins == []


def test_password_that_opened_a_key_stays_here(server: Server) -> None:
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.BestAvailableEncryption(b"passphrase"),
    )
    with pytest.raises(SSHAuthenticationError):
        client_of(server, key_material=key.decode(), password="passphrase").connect()
    assert server.logins == []


def test_calls_before_connect_say_so() -> None:
    client = ParamikoSSHClient("127.0.0.1")
    for call in (lambda: client.run("x"), lambda: client.put("x"), lambda: client.delete("x")):
        with pytest.raises(SSHConnectionError, match="connect"):
            call()
    assert client.close() is True


# -- commands -----------------------------------------------------------------------------------


def test_run_splits_characters_between_packets(server: Server) -> None:
    def command(channel: paramiko.Channel) -> None:
        for byte in "ä€\N{GRINNING FACE}".encode():
            channel.sendall(bytes([byte]))
            channel.sendall_stderr(bytes([byte]))
        channel.sendall(b"\xf0\x9f")
        finish(channel, 7)

    server.commands["x"] = command
    pieces: list[str] = []
    with client_of(server) as client:
        stdout, stderr, status = client.run("x", on_stdout=pieces.append)
    assert stdout == "ä€\N{GRINNING FACE}\N{REPLACEMENT CHARACTER}"
    assert stderr == "ä€\N{GRINNING FACE}"
    assert status == 7
    assert "".join(pieces) == stdout


def test_run_can_keep_raw_bytes(server: Server) -> None:
    server.commands["x"] = lambda channel: (channel.sendall(b"\xff\xfe"), finish(channel))
    with client_of(server) as client:
        client.DECODE_ERRORS = "surrogateescape"
        assert client.run("x")[0].encode("utf-8", "surrogateescape") == b"\xff\xfe"


def test_run_reads_output_that_comes_after_the_status(server: Server) -> None:
    def command(channel: paramiko.Channel) -> None:
        channel.send_exit_status(0)
        time.sleep(0.7)
        channel.sendall(b"late")
        channel.close()

    server.commands["x"] = command
    with client_of(server) as client:
        assert client.run("x") == ("late", "", 0)


def test_run_callback_that_fails_ends_the_command(server: Server) -> None:
    closed = threading.Event()

    def command(channel: paramiko.Channel) -> None:
        channel.sendall(b"x")
        while not channel.closed:
            time.sleep(0.01)
        closed.set()

    def fail(_: str) -> None:
        raise RuntimeError("stop")

    server.commands["x"] = command
    with client_of(server) as client:
        with pytest.raises(RuntimeError, match="stop"):
            client.run("x", on_stdout=fail)
        assert closed.wait(5)


def test_run_lost_connection_has_the_output(server: Server) -> None:
    def command(channel: paramiko.Channel) -> None:
        channel.sendall(b"out")
        channel.sendall_stderr(b"err")
        time.sleep(0.3)
        server.drop_connections()

    server.commands["x"] = command
    client = client_of(server)
    client.connect()
    started = time.monotonic()
    with pytest.raises(SSHConnectionLostError) as caught:
        client.run("x")
    assert time.monotonic() - started < 5
    assert (caught.value.cmd, caught.value.stdout, caught.value.stderr) == ("x", "out", "err")
    assert not is_transient(caught.value)
    client.close()


def test_run_timeout_has_the_output(server: Server) -> None:
    server.commands["x"] = lambda channel: channel.sendall(b"out")
    with client_of(server) as client:
        with pytest.raises(SSHCommandTimeoutError) as caught:
            client.run("x", timeout=0.5)
        assert (caught.value.stdout, caught.value.stderr) == ("out", "")
        assert str(caught.value) == '<SSHCommandTimeoutError: cmd="x",timeout=0.5)>'
        assert caught.value.message == "Command didn't finish in 0.5 seconds"


# -- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        SSHCommandTimeoutError("ls", 3.5, "out", "err"),
        SSHConnectionLostError("lost", "ls", "out", "err"),
        HostKeyChangedError("changed", "SHA256:x", ("SHA256:y",)),
        also(SSHAuthenticationError("no"), paramiko.AuthenticationException("no")),
        also(SSHConnectionError("refused"), ConnectionRefusedError(111, "refused")),
    ],
)
def test_errors_can_be_copied(error: SSHError) -> None:
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert isinstance(other, tuple(type(error).__mro__[1:-3]))
        assert str(other) == str(error)
        assert other.__dict__ == error.__dict__


def test_combined_error_keeps_the_number() -> None:
    error = also(SSHConnectionError("refused"), ConnectionRefusedError(111, "refused"))
    assert isinstance(error, ConnectionRefusedError)
    assert error.errno == 111


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (socket.gaierror(), True),
        (EOFError(), True),
        (paramiko.SSHException("Error reading SSH protocol banner"), True),
        (paramiko.AuthenticationException(), False),
        (paramiko.PasswordRequiredException(), False),
        (paramiko.BadHostKeyException("h", None, None), False),
        (FileNotFoundError(), False),
        (PermissionError(), False),
        (ValueError(), False),
        (SSHConnectionError("x"), True),
        (SSHAuthenticationError("x"), False),
    ],
)
def test_is_transient(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient


# -- names and the rest -------------------------------------------------------------------------


def test_clients_take_the_old_arguments() -> None:
    for client_class in (BaseSSHClient, MockSSHClient, ParamikoSSHClient, ShellOutSSHClient):
        client = client_class("host", 2222, "me", None, "old", timeout=5)
        assert (client.hostname, client.port, client.username) == ("host", 2222, "me")
        assert (client.key_files, client.timeout) == ("old", 5)
        assert client_class("host", key="old", key_files=["new"]).key_files == ["new"]


def test_base_client_does_nothing_by_itself() -> None:
    client = BaseSSHClient("host")
    for name, arguments in {
        "connect": (),
        "put": ("p",),
        "putfo": ("p",),
        "delete": ("p",),
        "run": ("c",),
        "close": (),
    }.items():
        with pytest.raises(NotImplementedError, match=f"{name} not implemented"):
            getattr(client, name)(*arguments)


def test_shell_client_refuses_what_ssh_cannot_do() -> None:
    with pytest.raises(ValueError, match="key auth"):
        ShellOutSSHClient("host", password="x")
    for useless in (ssh.HostKeys(fingerprints=["SHA256:x"]), ssh.HostKeys(None, ssh.KnownHosts())):
        with pytest.raises(ValueError, match="known hosts"):
            ShellOutSSHClient("host", host_key_policy=useless)


def test_shell_client_names_cannot_become_options() -> None:
    command = ShellOutSSHClient("-oProxyCommand=x", 2222, "-x")._get_base_ssh_command()
    assert command[-2:] == ["--", "-x@-oProxyCommand=x"]
    assert command[:3] == ["ssh", "-p", "2222"]


def test_names_that_say_what_paramiko_is() -> None:
    assert SSHClient is ParamikoSSHClient
    assert ssh.have_paramiko is True
    version = ".".join(map(str, ssh.PARAMIKO_VERSION_TUPLE))
    assert paramiko.__version__.startswith(version)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = ssh.no_such_name


def test_import_loads_no_paramiko() -> None:
    code = (
        "import sys, libcloud.compute.ssh, libcloud.compute.deployment;"
        "heavy = {'paramiko', 'cryptography', 'requests', 'logging', 'subprocess'};"
        "print(sorted(heavy.intersection(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
