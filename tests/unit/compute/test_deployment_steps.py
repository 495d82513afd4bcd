"""Deployments, run with a client that keeps files and commands in memory."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from libcloud.compute.deployment import (
    Deployment,
    FileDeployment,
    MultiStepDeployment,
    ScriptDeployment,
    ScriptFileDeployment,
    SSHKeyDeployment,
)
from libcloud.compute.ssh import BaseSSHClient, SSHCommandTimeoutError

NODE: Any = object()


class MemoryClient(BaseSSHClient):
    """With the signatures of clients that others wrote for older versions."""

    def __init__(self, home: str = "/home/me/") -> None:
        super().__init__("host")
        self.home = home
        self.files: dict[str, bytes] = {}
        self.modes: dict[str, int | None] = {}
        self.commands: list[tuple[str, float | None]] = []
        self.result: Any = ("out", "err", 0)

    def put(self, path, contents=None, chmod=None, mode="w"):  # type: ignore[no-untyped-def]
        path = path if path.startswith("/") else self.home + path
        data = contents.encode() if isinstance(contents, str) else contents
        self.files[path] = (self.files.get(path, b"") if mode == "a" else b"") + data
        self.modes[path] = chmod
        return path

    def putfo(self, path, fo=None, chmod=None):  # type: ignore[no-untyped-def]
        return self.put(path, fo.read(), chmod)

    def delete(self, path):  # type: ignore[no-untyped-def]
        del self.files[path]
        return True

    def run(self, cmd, timeout=None):  # type: ignore[no-untyped-def, override]
        self.commands.append((cmd, timeout))
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


@pytest.fixture
def client() -> MemoryClient:
    return MemoryClient()


def test_base_deployment_does_nothing_by_itself(client: MemoryClient) -> None:
    with pytest.raises(NotImplementedError, match="run not implemented"):
        Deployment().run(NODE, client)


@pytest.mark.parametrize("before", [b"", b"ssh-rsa OLD a", b"ssh-rsa OLD a\n"])
@pytest.mark.parametrize(
    "key",
    [
        "ssh-rsa NEW b",
        "ssh-rsa NEW b\n",
        io.StringIO("ssh-rsa NEW b"),
        ["ssh-rsa NEW b"],
        [io.BytesIO(b"ssh-rsa NEW b\n")],
    ],
)
def test_ssh_key_keeps_lines_apart(client: MemoryClient, key: Any, before: bytes) -> None:
    if hasattr(key, "seek"):
        key.seek(0)
    if isinstance(key, list) and hasattr(key[0], "seek"):
        key[0].seek(0)
    client.files["/home/me/.ssh/authorized_keys"] = before
    deployment = SSHKeyDeployment(key)
    assert deployment.run(NODE, client) is NODE
    deployment.run(NODE, client)
    lines = client.files["/home/me/.ssh/authorized_keys"].decode().split("\n")
    expected = [before.decode().strip(), "ssh-rsa NEW b", "ssh-rsa NEW b"]
    assert [line for line in lines if line] == [line for line in expected if line]


def test_ssh_key_list_adds_each(client: MemoryClient) -> None:
    SSHKeyDeployment(["ssh-rsa A a", "ssh-rsa B b\n"]).run(NODE, client)
    keys = client.files["/home/me/.ssh/authorized_keys"].split(b"\n")
    assert [key for key in keys if key] == [b"ssh-rsa A a", b"ssh-rsa B b"]


@pytest.mark.parametrize("wrong", [b"bytes", None, 5, [5]])
def test_ssh_key_refuses_other_types(wrong: Any) -> None:
    with pytest.raises(TypeError, match="key argument must be a string"):
        SSHKeyDeployment(wrong)


def test_file_is_copied_for_each_node(client: MemoryClient, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"\0\xff")
    deployment = FileDeployment(str(source), "/etc/target")
    for _ in range(2):
        assert deployment.run(NODE, client) is NODE
        assert client.files.pop("/etc/target") == b"\0\xff"
        assert client.modes["/etc/target"] == 0o755
    FileDeployment(str(source), "/etc/target", chmod=0o600).run(NODE, client)
    assert client.modes["/etc/target"] == 0o600


def test_script_keeps_the_result(client: MemoryClient) -> None:
    client.result = ("o", "e", 9)
    script = ScriptDeployment("#!/bin/sh", args=["a b", "$c"], name="dir/s.sh", timeout=4)
    assert (script.stdout, script.stderr, script.exit_status) == (None, None, None)
    assert "didn't run yet" in repr(script)
    assert script.run(NODE, client) is NODE
    assert client.files == {"/home/me/dir/s.sh": b"#!/bin/sh"}
    assert client.modes == {"/home/me/dir/s.sh": 0o755}
    assert client.commands == [("/home/me/dir/s.sh a b $c", 4)]
    assert (script.stdout, script.stderr, script.exit_status) == ("o", "e", 9)
    assert repr(script) == (
        "<ScriptDeployment script=#!/bin/sh..., exit_status=9, stdout=o..., stderr=e...>"
    )


def test_script_names_differ(client: MemoryClient) -> None:
    first, second = ScriptDeployment("x"), ScriptDeployment("x")
    assert first.name != second.name
    assert first.name.startswith("libcloud_deployment_")


def test_script_with_relative_path_is_found() -> None:
    client = MemoryClient(home="")
    ScriptDeployment("x", name="s.sh").run(NODE, client)
    assert client.commands[0][0] == "./s.sh"


def test_script_is_deleted_also_after_a_failure(client: MemoryClient) -> None:
    ScriptDeployment("x", delete=True).run(NODE, client)
    assert client.files == {}
    client.result = SSHCommandTimeoutError("x", 1, "so far", "")
    script = ScriptDeployment("x", delete=True)
    with pytest.raises(SSHCommandTimeoutError):
        script.run(NODE, client)
    assert client.files == {}
    assert (script.stdout, script.stderr, script.exit_status) == ("so far", "", None)


def test_script_failure_is_not_hidden_by_failing_delete(client: MemoryClient) -> None:
    def no_delete(path: str) -> bool:
        raise OSError("gone")

    client.delete = no_delete  # type: ignore[method-assign]
    client.result = SSHCommandTimeoutError("x", 1, "so far", "")
    with pytest.raises(SSHCommandTimeoutError):
        ScriptDeployment("x", delete=True).run(NODE, client)


def test_script_refuses_other_types() -> None:
    with pytest.raises(TypeError, match="script argument must be a string"):
        ScriptDeployment(b"bytes")  # type: ignore[arg-type]


def test_script_file_is_read_at_once(client: MemoryClient, tmp_path: Path) -> None:
    path = tmp_path / "script.sh"
    path.write_bytes("#!/bin/sh\necho ä\r\n".encode())
    script = ScriptFileDeployment(str(path), name="/tmp/s.sh", args=["x"])
    path.unlink()
    script.run(NODE, client)
    assert client.files["/tmp/s.sh"] == "#!/bin/sh\necho ä\r\n".encode()
    assert client.commands == [("/tmp/s.sh x", None)]
    with pytest.raises(FileNotFoundError):
        ScriptFileDeployment(str(path))


def test_steps_run_in_order_until_one_fails(client: MemoryClient) -> None:
    steps = MultiStepDeployment(ScriptDeployment("1", name="/1"))
    steps.add([ScriptDeployment("2", name="/2"), ScriptDeployment("3", name="/3")])
    steps.add(Deployment())
    steps.add(ScriptDeployment("5", name="/5"))
    with pytest.raises(NotImplementedError):
        steps.run(NODE, client)
    assert [command for command, _ in client.commands] == ["/1", "/2", "/3"]
    assert len(steps.steps) == 5
    assert MultiStepDeployment().run(NODE, client) is NODE
    assert repr(MultiStepDeployment()) == "<MultiStepDeployment steps=[]>"
