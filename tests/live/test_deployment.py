"""SSH clients and deployments against a real OpenSSH server."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from libcloud.compute import provisioning
from libcloud.compute.base import Node, NodeDriver, NodeImage, NodeSize
from libcloud.compute.deployment import (
    FileDeployment,
    MultiStepDeployment,
    ScriptDeployment,
    ScriptFileDeployment,
    SSHKeyDeployment,
)
from libcloud.compute.ssh import (
    HostKeyChangedError,
    HostKeyPolicy,
    HostKeys,
    HostKeyUnknownError,
    KnownHosts,
    ParamikoSSHClient,
    ShellOutSSHClient,
    SSHAuthenticationError,
    SSHCommandTimeoutError,
    SSHConnectionError,
    SSHConnectionLostError,
    is_transient,
)
from libcloud.compute.types import DeploymentError, NodeState
from tests.live.sshd import Account, Sshd, why_not

pytestmark = [
    pytest.mark.live,
    pytest.mark.debian,
    pytest.mark.skipif(why_not() is not None, reason=why_not() or ""),
]

KEY_KINDS = {
    "rsa": ["-t", "rsa", "-b", "2048"],
    "ecdsa": ["-t", "ecdsa", "-b", "256"],
    "ecdsa-521": ["-t", "ecdsa", "-b", "521"],
    "ed25519": ["-t", "ed25519"],
    "rsa-pem": ["-t", "rsa", "-b", "2048", "-m", "PEM"],
    "rsa-pkcs8": ["-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    "ecdsa-pem": ["-t", "ecdsa", "-m", "PEM"],
    "ecdsa-pkcs8": ["-t", "ecdsa", "-m", "PKCS8"],
}


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with Account() as account:
        yield account


@pytest.fixture(scope="module")
def key(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_key(tmp_path_factory.mktemp("key"), "ed25519")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with Sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Sshd]:
    """A server for tests that kill it or change it."""
    folder = tmp_path / "sshd"
    folder.mkdir()
    with Sshd(folder) as server:
        yield server


@pytest.fixture(autouse=True)
def known_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "pins" / "known_hosts"
    monkeypatch.setenv("LIBCLOUD_SSH_KNOWN_HOSTS", str(path))
    return path


@pytest.fixture
def client(server: Sshd, account: Account, key: Path) -> Iterator[ParamikoSSHClient]:
    account.authorize(public(key))
    with client_of(server, account, key_files=str(key)) as client:
        yield client


def make_key(folder: Path, kind: str, passphrase: str = "") -> Path:
    path = folder / kind
    subprocess.run(["ssh-keygen", "-q", *KEY_KINDS[kind], "-N", passphrase, "-f", path], check=True)
    return path


def public(key: Path) -> str:
    return Path(f"{key}.pub").read_text()


def client_of(server: Sshd, account: Account, **arguments: object) -> ParamikoSSHClient:
    arguments.setdefault("username", account.name)
    arguments.setdefault("timeout", 10)
    return ParamikoSSHClient("127.0.0.1", server.port, **arguments)


# -- logging in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("passphrase", ["", "open sesame"], ids=["plain", "encrypted"])
@pytest.mark.parametrize("kind", KEY_KINDS)
def test_connect_with_each_kind_of_key(
    server: Sshd, account: Account, tmp_path: Path, kind: str, passphrase: str
) -> None:
    key = make_key(tmp_path, kind, passphrase)
    account.authorize(public(key))
    for source in ({"key_files": str(key)}, {"key_material": key.read_text()}):
        with client_of(server, account, **source, key_password=passphrase or None) as client:
            assert client.run("id -un") == (f"{account.name}\n", "", 0)


def test_connect_with_passphrase_given_as_password(
    server: Sshd, account: Account, tmp_path: Path
) -> None:
    key = make_key(tmp_path, "ed25519", "open sesame")
    account.authorize(public(key))
    with client_of(server, account, key_files=str(key), password="open sesame") as client:
        assert client.run("true")[2] == 0


def test_connect_with_second_of_two_keys(
    server: Sshd, account: Account, key: Path, tmp_path: Path
) -> None:
    account.authorize(public(key))
    stranger = make_key(tmp_path, "ecdsa")
    with client_of(server, account, key_files=[str(stranger), str(key)]) as client:
        assert client.run("true")[2] == 0


def test_connect_with_password(server: Sshd, account: Account) -> None:
    with client_of(server, account, password=account.password) as client:
        assert client.run("id -un")[0].strip() == account.name


def test_connect_falls_back_from_refused_key_to_password(
    server: Sshd, account: Account, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path, "ecdsa")
    with client_of(server, account, key_files=str(stranger), password=account.password) as client:
        assert client.run("true")[2] == 0


def test_connect_with_certificate(own_server: Sshd, account: Account, tmp_path: Path) -> None:
    authority = make_key(tmp_path, "ecdsa")
    key = make_key(tmp_path, "ed25519")
    account.authorize("")
    own_server.kill()
    own_server.options = (f"TrustedUserCAKeys {authority}.pub",)
    own_server.start()
    sign = ["ssh-keygen", "-q", "-s", authority, "-I", "test", "-n", account.name]
    subprocess.run([*sign, f"{key}.pub"], check=True)
    with client_of(own_server, account, key_files=str(key)) as client:
        assert client.run("true")[2] == 0


@pytest.mark.parametrize("wrong", ["password", "key", "user"])
def test_connect_with_wrong_credentials_fails_at_once(
    server: Sshd, account: Account, key: Path, tmp_path: Path, wrong: str
) -> None:
    account.authorize(public(key))
    arguments: dict[str, object] = {
        "password": {"password": "not-the-password"},
        "key": {"key_files": str(make_key(tmp_path, "ecdsa"))},
        "user": {"key_files": str(key), "username": "nobody-of-that-name"},
    }[wrong]
    threads_before = threading.active_count()
    started = time.monotonic()
    with pytest.raises(SSHAuthenticationError) as caught:
        client_of(server, account, **arguments).connect()
    assert time.monotonic() - started < 8
    assert isinstance(caught.value, paramiko.AuthenticationException)
    assert not is_transient(caught.value)
    assert "not-the-password" not in str(caught.value)
    wait_for(lambda: threading.active_count() <= threads_before)  # no connection is left open


def test_connect_with_refused_password_connects_once(own_server: Sshd, account: Account) -> None:
    with pytest.raises(SSHAuthenticationError):
        client_of(own_server, account, password="wrong").connect()
    log = (own_server.folder / "log").read_text()
    assert log.count("Failed password") == 1


def test_connect_while_nobody_listens_is_transient(own_server: Sshd, account: Account) -> None:
    own_server.kill()
    with pytest.raises(SSHConnectionError) as caught:
        client_of(own_server, account, password="x").connect()
    assert is_transient(caught.value)
    assert isinstance(caught.value, paramiko.ssh_exception.NoValidConnectionsError)


def test_connect_again_after_a_failure(own_server: Sshd, account: Account, key: Path) -> None:
    account.authorize(public(key))
    own_server.kill()
    client = client_of(own_server, account, key_files=str(key))
    with pytest.raises(SSHConnectionError):
        client.connect()
    own_server.start()
    with client:
        assert client.run("true")[2] == 0


# -- host keys ----------------------------------------------------------------------------------


def test_connect_pins_the_key_in_a_file_that_openssh_reads(
    server: Sshd, client: ParamikoSSHClient, known_hosts: Path
) -> None:
    name = f"[127.0.0.1]:{server.port}"
    found = subprocess.check_output(["ssh-keygen", "-F", name, "-f", known_hosts], text=True)
    assert server.host_public_key.split()[1] in found
    assert known_hosts.stat().st_mode & 0o777 == 0o600


def test_connect_to_changed_host_key_sends_nothing(
    own_server: Sshd, account: Account, known_hosts: Path
) -> None:
    client_of(own_server, account, password=account.password).__enter__().close()
    pins = known_hosts.read_text()
    old = own_server.fingerprint
    own_server.kill()
    own_server.new_host_key()
    own_server.start()
    (own_server.folder / "log").write_text("")

    with pytest.raises(HostKeyChangedError) as caught:
        client_of(own_server, account, password=account.password).connect()

    assert isinstance(caught.value, paramiko.BadHostKeyException)
    assert caught.value.fingerprint == own_server.fingerprint
    assert caught.value.expected == (old,)
    assert not is_transient(caught.value)
    assert known_hosts.read_text() == pins
    assert "Accepted password" not in (own_server.folder / "log").read_text()


def test_connect_to_host_key_of_another_kind_than_pinned(
    own_server: Sshd, account: Account
) -> None:
    client_of(own_server, account, password=account.password).__enter__().close()
    own_server.kill()
    own_server.new_host_key("ecdsa")
    own_server.start()
    with pytest.raises(HostKeyChangedError):
        client_of(own_server, account, password=account.password).connect()


def test_connect_strict_needs_a_known_key(
    server: Sshd, account: Account, key: Path, tmp_path: Path
) -> None:
    account.authorize(public(key))
    arguments = {"key_files": str(key)}
    path = tmp_path / "mine"
    strict = HostKeys("strict", path)
    with pytest.raises(HostKeyUnknownError) as caught:
        client_of(server, account, **arguments, host_key_policy=strict).connect()
    assert isinstance(caught.value, paramiko.SSHException)
    assert not path.exists()

    path.write_text(f"[127.0.0.1]:{server.port} {server.host_public_key}")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", path], check=True)  # hashed names, as Debian's
    with client_of(server, account, **arguments, host_key_policy=strict) as client:
        assert client.run("true")[2] == 0


def test_connect_asks_for_the_kind_of_key_that_is_known(
    own_server: Sshd, account: Account, tmp_path: Path
) -> None:
    own_server.kill()
    rsa = make_key(tmp_path, "rsa")
    own_server.options = (f"HostKey {rsa}",)
    own_server.start()
    known = tmp_path / "mine"
    known.write_text(f"[127.0.0.1]:{own_server.port} {public(rsa)}")
    strict = HostKeys("strict", known)
    with client_of(
        own_server, account, password=account.password, host_key_policy=strict
    ) as client:
        assert client.run("true")[2] == 0


def test_connect_with_fingerprint(server: Sshd, account: Account, known_hosts: Path) -> None:
    right = HostKeys(fingerprints=[server.fingerprint])
    with client_of(server, account, password=account.password, host_key_policy=right) as client:
        assert client.run("true")[2] == 0
    wrong = HostKeys(fingerprints=["SHA256:" + "A" * 43])
    with pytest.raises(HostKeyChangedError):
        client_of(server, account, password=account.password, host_key_policy=wrong).connect()
    assert not known_hosts.exists()


def test_connect_without_check_warns(
    own_server: Sshd,
    account: Account,
    known_hosts: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    KnownHosts(known_hosts).pin(f"[127.0.0.1]:{own_server.port}", "ssh-ed25519", b"another")
    with client_of(
        own_server, account, password=account.password, host_key_policy=HostKeyPolicy.NONE
    ) as client:
        assert client.run("true")[2] == 0
    assert "is not checked" in caplog.text


# -- commands -----------------------------------------------------------------------------------


def test_run_gives_output_and_status(client: ParamikoSSHClient) -> None:
    assert client.run("echo out; echo err >&2; exit 3") == ("out\n", "err\n", 3)


def test_run_killed_command_has_status_minus_one(client: ParamikoSSHClient) -> None:
    assert client.run("echo out; kill -9 $$") == ("out\n", "", -1)


def test_run_keeps_large_output_of_both_kinds(client: ParamikoSSHClient) -> None:
    stdout, stderr, status = client.run(
        "head -c 4000000 /dev/zero | tr '\\0' o; head -c 3000000 /dev/zero | tr '\\0' e >&2"
    )
    assert (len(stdout), len(stderr), status) == (4_000_000, 3_000_000, 0)


def test_run_keeps_a_place_for_undecodable_bytes(client: ParamikoSSHClient) -> None:
    assert client.run(r"printf 'a\377b\303\244'")[0] == "a\N{REPLACEMENT CHARACTER}bä"


def test_run_streams_to_callbacks(client: ParamikoSSHClient) -> None:
    pieces: list[tuple[float, str]] = []
    result = client.run(
        "echo one; sleep 1; echo two; echo three >&2",
        on_stdout=lambda text: pieces.append((time.monotonic(), text)),
        on_stderr=lambda text: pieces.append((time.monotonic(), text)),
    )
    assert sorted(text for _, text in pieces) == ["one\n", "three\n", "two\n"]
    assert pieces[1][0] - pieces[0][0] > 0.5
    assert result == ("one\ntwo\n", "three\n", 0)


def test_run_closes_standard_input(client: ParamikoSSHClient) -> None:
    assert client.run("cat; echo done", timeout=10)[0] == "done\n"


def test_run_with_child_that_keeps_the_output_open(client: ParamikoSSHClient) -> None:
    started = time.monotonic()
    assert client.run("sleep 30 & echo started") == ("started\n", "", 0)
    assert time.monotonic() - started < 10


def test_run_waits_for_command_that_closes_its_output(client: ParamikoSSHClient) -> None:
    assert client.run("exec >&- 2>&-; sleep 1; exit 5") == ("", "", 5)


def test_run_timeout_keeps_the_output(client: ParamikoSSHClient) -> None:
    started = time.monotonic()
    with pytest.raises(SSHCommandTimeoutError) as caught:
        client.run("echo out; echo err >&2; sleep 30", timeout=1)
    assert time.monotonic() - started < 5
    assert (caught.value.stdout, caught.value.stderr) == ("out\n", "err\n")
    assert client.run("echo usable")[0] == "usable\n"


def test_run_when_server_dies(own_server: Sshd, account: Account) -> None:
    with client_of(own_server, account, password=account.password) as client:
        killer = threading.Timer(1, own_server.kill)
        killer.start()
        started = time.monotonic()
        with pytest.raises(SSHConnectionLostError) as caught:
            client.run("echo before; sleep 30")
        killer.join()
        assert time.monotonic() - started < 10
        assert caught.value.stdout == "before\n"
        with pytest.raises(SSHConnectionError):
            client.run("true")
        with pytest.raises(SSHConnectionError):
            client.put("x", "y")


def test_run_in_many_threads(client: ParamikoSSHClient) -> None:
    answers: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda n=n: answers.update({n: client.run(f"echo {n}")[0]}))
        for n in range(8)  # sshd allows 10 sessions a connection
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: f"{n}\n" for n in range(8)}


# -- files --------------------------------------------------------------------------------------


def test_put_makes_folders_and_returns_the_path(
    client: ParamikoSSHClient, account: Account
) -> None:
    path = client.put("new/deep er/file", "grüß", chmod=0o640)
    file = account.home / "new" / "deep er" / "file"
    assert path == str(file)
    assert file.read_text() == "grüß"
    assert file.stat().st_mode & 0o777 == 0o640


def test_put_replaces_and_appends(client: ParamikoSSHClient, account: Account) -> None:
    client.put("modes", "a longer first text")
    client.put("modes", b"one\n")
    client.put("modes", "two\n", mode="a")
    assert (account.home / "modes").read_text() == "one\ntwo\n"


def test_put_absolute_path(client: ParamikoSSHClient, account: Account) -> None:
    path = f"{account.home}/abs/olute"
    assert client.put(path, "x") == path
    assert Path(path).read_text() == "x"


def test_put_where_one_may_not_write(client: ParamikoSSHClient) -> None:
    with pytest.raises(PermissionError):
        client.put("/usr/not-mine", "x")
    assert client.run("true")[2] == 0


def test_put_on_full_disk(client: ParamikoSSHClient) -> None:
    with pytest.raises(OSError):
        client.put("/dev/full", "x" * 100_000)


def test_putfo_large_file(client: ParamikoSSHClient, account: Account) -> None:
    data = os.urandom(5_000_000)
    client.putfo("large", io.BytesIO(data), chmod=0o600)
    assert (account.home / "large").read_bytes() == data


def test_delete(client: ParamikoSSHClient, account: Account) -> None:
    client.put("gone", "x")
    assert client.delete("gone") is True
    assert not (account.home / "gone").exists()
    with pytest.raises(FileNotFoundError):
        client.delete("gone")


def test_log_has_no_secrets(
    server: Sshd, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "libcloud")
    with client_of(server, account, password=account.password) as client:
        client.run("echo topsecret")
        client.put("secret", "topsecret")
    assert "Connected to 127.0.0.1" in caplog.text
    ours = "\n".join(record.getMessage() for record in caplog.records if "libcloud" in record.name)
    assert "topsecret" not in ours
    assert account.password not in caplog.text


# -- the ssh program ----------------------------------------------------------------------------


@pytest.fixture
def shell(server: Sshd, account: Account, key: Path) -> ShellOutSSHClient:
    account.authorize(public(key))
    return ShellOutSSHClient("127.0.0.1", server.port, account.name, key_files=str(key), timeout=10)


def test_shell_run(shell: ShellOutSSHClient, known_hosts: Path) -> None:
    pieces: list[str] = []
    result = shell.run(r"printf 'o\377'; echo err >&2; exit 255", on_stdout=pieces.append)
    assert result == ("o\N{REPLACEMENT CHARACTER}", "err\n", 255)
    assert "".join(pieces) == result[0]
    assert known_hosts.exists()


def test_shell_files(shell: ShellOutSSHClient, account: Account) -> None:
    path = shell.put("sh ell/it's $HOME", "one\n", chmod=0o600)
    assert path == f"{account.home}/sh ell/it's $HOME"
    shell.put(path, "two\n", mode="a")
    assert Path(path).read_text() == "one\ntwo\n"
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert shell.putfo("-n", io.BytesIO(b"bytes")) == f"{account.home}/-n"
    assert shell.delete(path) is True
    assert not Path(path).exists()
    with pytest.raises(OSError, match="not-mine"):
        shell.put("/usr/not-mine", "x")


def test_shell_timeout(shell: ShellOutSSHClient) -> None:
    with pytest.raises(SSHCommandTimeoutError) as caught:
        shell.run("echo out; sleep 30", timeout=2)
    assert caught.value.stdout == "out\n"


def test_shell_errors(
    own_server: Sshd, account: Account, key: Path, tmp_path: Path, known_hosts: Path
) -> None:
    account.authorize(public(key))

    def shell(key_file: Path, policy: str | None = None) -> ShellOutSSHClient:
        return ShellOutSSHClient(
            "127.0.0.1",
            own_server.port,
            account.name,
            key_files=[str(key_file)],
            host_key_policy=policy,
        )

    with pytest.raises(HostKeyUnknownError):
        shell(key, "strict").run("true")
    with pytest.raises(SSHAuthenticationError):
        shell(make_key(tmp_path, "ecdsa")).run("true")
    own_server.kill()
    with pytest.raises(SSHConnectionError):
        shell(key).run("true")
    own_server.new_host_key()
    own_server.start()
    with pytest.raises(HostKeyChangedError):
        shell(key).run("true")
    assert shell(key, "none").run("true")[2] == 0


# -- deployments --------------------------------------------------------------------------------


class OneNodeDriver(NodeDriver):
    """A cloud whose only node is the server here."""

    type = "one-node"
    name = "One node"
    website = "https://example.com"
    features = {"create_node": ["ssh_key", "password"]}

    def __init__(self) -> None:
        super().__init__("key")
        self.nodes: list[Node] = []

    def create_node(self, name: str, size: NodeSize, image: NodeImage, **_: object) -> Node:
        node = Node("1", name, NodeState.RUNNING, ["127.0.0.1"], [], self)
        self.nodes.append(node)
        return node

    def list_nodes(self) -> list[Node]:
        return list(self.nodes)


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused logins are tried again for a while, because a new node may not know its users yet."""
    monkeypatch.setattr(provisioning, "SECONDS_UNTIL_LOGIN", 2)


def deploy(driver: OneNodeDriver, server: Sshd, **arguments: object) -> Node:
    size = NodeSize("1", "small", 512, 10, 0, 0, driver)
    image = NodeImage("1", "image", driver)
    arguments.setdefault("timeout", 30)
    return driver.deploy_node(
        name="node", size=size, image=image, ssh_port=server.port, wait_period=1, **arguments
    )


def test_deploy_node_with_all_kinds_of_step(
    server: Sshd, account: Account, key: Path, tmp_path: Path
) -> None:
    account.authorize(public(key).rstrip("\n"))  # a file whose last line has no end
    second_key = make_key(tmp_path, "rsa")
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)))
    script_file = tmp_path / "script.sh"
    script_file.write_text('#!/bin/sh\necho "from a file: $*"\nexit 4\n')
    output: list[str] = []
    script = ScriptDeployment(
        '#!/bin/sh\nprintf "%s-" "$@"; echo oops >&2\n',
        args=["one", "two"],
        name="scripts/first.sh",
        delete=True,
        on_stdout=output.append,
    )
    from_file = ScriptFileDeployment(str(script_file), args=["x"], timeout=20)
    steps = MultiStepDeployment(
        [
            SSHKeyDeployment(public(second_key)),
            FileDeployment(str(source), "copied/here", chmod=0o600),
            script,
            from_file,
        ]
    )

    node = deploy(
        OneNodeDriver(), server, deploy=steps, ssh_username=account.name, ssh_key=str(key)
    )

    assert node.name == "node"
    assert (account.home / "copied" / "here").read_bytes() == bytes(range(256))
    assert (script.stdout, script.stderr, script.exit_status) == ("one-two-", "oops\n", 0)
    assert "".join(output) == "one-two-"
    assert not (account.home / "scripts" / "first.sh").exists()
    assert (from_file.stdout, from_file.exit_status) == ("from a file: x\n", 4)
    assert (account.home / from_file.name).exists()
    for login_key in (key, second_key):
        with client_of(server, account, key_files=str(login_key)) as client:
            assert client.run("true")[2] == 0


def test_deploy_node_with_alternate_user(server: Sshd, account: Account, key: Path) -> None:
    account.authorize(public(key))
    script = ScriptDeployment("#!/bin/sh\nid -un\n")
    deploy(
        OneNodeDriver(),
        server,
        deploy=script,
        ssh_username="nobody-of-that-name",
        ssh_alternate_usernames=["also-nobody", account.name],
        ssh_key=str(key),
    )
    assert script.stdout == f"{account.name}\n"


def test_deploy_node_waits_for_the_ssh_server(
    own_server: Sshd, account: Account, key: Path
) -> None:
    account.authorize(public(key))
    own_server.kill()
    # Until sshd comes, something accepts connections and drops them.
    half_up = socket.create_server(("127.0.0.1", own_server.port))
    half_up.settimeout(3)

    def boot() -> None:
        half_up.accept()[0].close()
        half_up.close()
        own_server.start()

    booting = threading.Thread(target=boot)
    booting.start()
    script = ScriptDeployment("#!/bin/sh\necho up\n")
    deploy(OneNodeDriver(), own_server, deploy=script, ssh_username=account.name, ssh_key=str(key))
    booting.join()
    assert script.stdout == "up\n"


def test_deploy_node_with_wrong_key_fails_soon(
    server: Sshd, account: Account, key: Path, tmp_path: Path
) -> None:
    account.authorize(public(key))
    started = time.monotonic()
    with pytest.raises(DeploymentError) as caught:
        deploy(
            OneNodeDriver(),
            server,
            deploy=ScriptDeployment("true"),
            ssh_username=account.name,
            ssh_key=str(make_key(tmp_path, "ecdsa")),
        )
    assert time.monotonic() - started < 15
    assert isinstance(caught.value.original_error, SSHAuthenticationError)
    assert caught.value.node.id == "1"


def test_deploy_node_on_address_of_a_destroyed_node(
    own_server: Sshd, account: Account, key: Path
) -> None:
    account.authorize(public(key))
    for _ in range(2):
        script = ScriptDeployment("#!/bin/sh\necho deployed\n")
        deploy(
            OneNodeDriver(), own_server, deploy=script, ssh_username=account.name, ssh_key=str(key)
        )
        assert script.stdout == "deployed\n"
        # What the deployment has pinned holds for later connections.
        with client_of(own_server, account, key_files=str(key)) as client:
            assert client.run("true")[2] == 0
        own_server.kill()
        own_server.new_host_key()
        own_server.start()
    with pytest.raises(HostKeyChangedError):
        client_of(own_server, account, key_files=str(key)).connect()


def test_deploy_node_with_wrong_fingerprint_fails_at_once(
    server: Sshd, account: Account, key: Path
) -> None:
    account.authorize(public(key))
    started = time.monotonic()
    with pytest.raises(DeploymentError) as caught:
        deploy(
            OneNodeDriver(),
            server,
            deploy=ScriptDeployment("true"),
            ssh_username=account.name,
            ssh_key=str(key),
            host_key_policy=HostKeys(fingerprints=["SHA256:" + "A" * 43]),
        )
    assert time.monotonic() - started < 15
    assert isinstance(caught.value.original_error, HostKeyChangedError)


def wait_for(condition: object, timeout: float = 5) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_example_deploys_to_a_node_of_the_dummy_provider(
    own_server: Sshd, account: Account, key: Path
) -> None:
    account.authorize(public(key))
    own_server.kill()
    own_server.options = ("ListenAddress 127.0.0.3",)  # where the provider's next node "is"
    own_server.start()
    example = Path(__file__).parents[2] / "examples" / "deploy_node.py"
    arguments = ["--ssh-key", key, "--ssh-user", account.name, "--ssh-port", str(own_server.port)]
    output = subprocess.check_output(
        [sys.executable, example, "dummy", "key", *arguments],
        text=True,
        env={**os.environ, "PYTHONPATH": str(example.parents[1])},
    )
    assert f"this is {account.name}\nA file that was here" in output
    assert "is ready" in output
