"""
The steps of ``deploy_node`` around an SSH client that is scripted. What the real client does is
tested against a real SSH server elsewhere.
"""

from __future__ import annotations

import atexit
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from libcloud.common.errors import LibcloudError
from libcloud.common.operations import unsupported
from libcloud.compute import base, keys, provisioning
from libcloud.compute.base import Node, NodeAuthPassword, NodeAuthSSHKey, NodeDriver
from libcloud.compute.deployment import Deployment
from libcloud.compute.ssh import HostKeyChangedError, SSHAuthenticationError
from libcloud.compute.types import DeploymentError, NodeState


class Acme(NodeDriver):
    name = "Acme"
    features = {"create_node": ["password"]}

    def __init__(self, *, state: NodeState = NodeState.RUNNING) -> None:
        super().__init__("key")
        self.state = state
        self.created: list[dict[str, Any]] = []
        self.destroyed: list[str] = []

    def create_node(self, **arguments: Any) -> Node:  # type: ignore[override]
        self.created.append(arguments)
        return self._node()

    def iterate_nodes(self, *args: Any, **kwargs: Any) -> Iterator[Node]:
        yield self._node()

    def destroy_node(self, node: Node) -> bool:
        self.destroyed.append(node.id)
        return True

    def _node(self) -> Node:
        extra = {"password": "generated"}
        return Node("1", "n", self.state, ["1.2.3.4"], ["10.0.0.1"], self, extra=extra)


class ScriptedClient:
    """An SSH client that has been told how connecting fails."""

    failures: list[BaseException] = []
    made: list[dict[str, Any]] = []
    log: list[str] = []

    def __init__(self, **arguments: Any) -> None:
        self.made.append(arguments)

    def connect(self) -> bool:
        self.log.append("connect")
        if self.failures:
            raise self.failures.pop(0)
        return True

    def close(self) -> None:
        self.log.append("close")


class Task(Deployment):
    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.runs = 0

    def run(self, node: Node, client: Any) -> Node:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        return node


@pytest.fixture(autouse=True)
def ssh(monkeypatch: pytest.MonkeyPatch) -> type[ScriptedClient]:
    client = type("Client", (ScriptedClient,), {"failures": [], "made": [], "log": []})
    monkeypatch.setattr(base, "SSHClient", client, raising=False)
    return client


@pytest.fixture(autouse=True)
def known_hosts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's file of pinned keys, which knows the node's address from an earlier node."""
    path = tmp_path / "known_hosts"
    path.write_text(f"1.2.3.4 {keys.generate()[1]}\n")
    monkeypatch.setenv("LIBCLOUD_SSH_KNOWN_HOSTS", str(path))
    return path


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; time passes in them only."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    monkeypatch.setattr("time.monotonic", lambda: 1000 + sum(pauses))
    return pauses


def test_deploy_node_creates_waits_connects_and_runs(ssh: Any) -> None:
    driver, task = Acme(), Task()
    node = driver.deploy_node(deploy=task, name="n", size="s", image="i", ex_colour="red")
    assert node.id == "1"
    assert task.runs == 1
    assert driver.created == [{"name": "n", "size": "s", "image": "i", "ex_colour": "red"}]
    assert ssh.made == [
        {
            "hostname": "1.2.3.4",
            "port": 22,
            "username": "root",
            "password": "generated",
            "key_files": None,
            "timeout": 10,
        }
    ]
    assert ssh.log == ["connect", "close"]
    assert driver.destroyed == []


def test_ssh_arguments_reach_the_client(ssh: Any) -> None:
    Acme().deploy_node(
        Task(),
        ssh_username="admin",
        ssh_port=2222,
        ssh_timeout=3,
        ssh_key=["/a", "/b"],
        ssh_interface="private_ips",
        host_key_policy="strict",
    )
    assert ssh.made == [
        {
            "hostname": "10.0.0.1",
            "port": 2222,
            "username": "admin",
            "password": "generated",
            "key_files": ["/a", "/b"],
            "timeout": 3,
            "host_key_policy": "strict",
        }
    ]


def test_key_of_an_earlier_node_at_the_address_is_forgotten(known_hosts: Path) -> None:
    Acme().deploy_node(Task())
    assert known_hosts.read_text() == ""


def test_key_that_is_known_beforehand_holds_when_the_policy_is_strict(known_hosts: Path) -> None:
    before = known_hosts.read_text()
    Acme().deploy_node(Task(), host_key_policy="strict")
    assert known_hosts.read_text() == before


def test_unknown_policy_is_found_before_a_node_is_made() -> None:
    driver = Acme()
    with pytest.raises(ValueError, match="lenient"):
        driver.deploy_node(Task(), host_key_policy="lenient")
    assert driver.created == []


def test_given_password_is_used_and_handed_to_create_node(ssh: Any) -> None:
    driver, auth = Acme(), NodeAuthPassword("mine")
    driver.deploy_node(Task(), auth=auth)
    assert driver.created == [{"auth": auth}]
    assert ssh.made[0]["password"] == "mine"


def test_key_auth_has_no_password_and_opens_an_encrypted_key(ssh: Any) -> None:
    driver, auth = Acme(), NodeAuthSSHKey("ssh-ed25519 AAAA")
    driver.deploy_node(Task(), auth=auth, ssh_key="/k")
    driver.deploy_node(Task(), auth=auth, ssh_key="/k", ssh_key_password="opens")
    assert [made["password"] for made in ssh.made] == [None, "opens"]


@pytest.mark.parametrize("kinds", [[], ["ssh_key"]])
def test_no_way_to_log_in_is_found_before_a_node_is_made(kinds: list[str]) -> None:
    driver = Acme()
    driver.features = {"create_node": kinds}
    with pytest.raises(NotImplementedError, match="deploy_node not implemented"):
        driver.deploy_node(Task())
    assert driver.created == []


@pytest.mark.parametrize("kinds", [["generates_password"], ["ssh_key", "password"]])
def test_password_of_any_kind_is_a_way_in(kinds: list[str]) -> None:
    driver = Acme()
    driver.features = {"create_node": kinds}
    assert driver.deploy_node(Task()).id == "1"


def test_key_is_a_way_in_without_features() -> None:
    driver = Acme()
    driver.features = {"create_node": []}
    assert driver.deploy_node(Task(), ssh_key="/k").id == "1"


def test_auth_of_an_unknown_kind_is_refused_before_a_node_is_made() -> None:
    driver = Acme()
    with pytest.raises(NotImplementedError, match="NodeAuthSSHKey"):
        driver.deploy_node(Task(), auth="password")  # type: ignore[arg-type]
    assert driver.created == []


def test_missing_paramiko_is_found_before_a_node_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "have_paramiko", False, raising=False)
    driver = Acme()
    with pytest.raises(RuntimeError, match="paramiko is not installed"):
        driver.deploy_node(Task())
    assert driver.created == []


def test_failing_create_node_is_not_a_deployment_error() -> None:
    class Refusing(Acme):
        def create_node(self, **arguments: Any) -> Node:  # type: ignore[override]
            raise unsupported(self, "create_node")

    with pytest.raises(NotImplementedError):
        Refusing().deploy_node(Task())


def test_node_in_error_state_is_reported_with_the_node(pauses: list[float]) -> None:
    driver = Acme(state=NodeState.ERROR)
    with pytest.raises(DeploymentError) as caught:
        driver.deploy_node(Task())
    assert caught.value.node.id == "1"
    assert caught.value.driver is driver
    assert isinstance(caught.value.original_error, LibcloudError)
    assert pauses == []
    assert driver.destroyed == []
    assert len(driver.created) == 1


def test_task_is_run_again_until_it_succeeds(ssh: Any) -> None:
    task = Task(ValueError("one"), ValueError("two"))
    Acme().deploy_node(task)
    assert task.runs == 3
    assert ssh.log == ["connect", "close"]


def test_task_that_goes_on_failing_is_given_up_after_max_tries(ssh: Any) -> None:
    task = Task(*[ValueError("broken")] * 9)
    driver = Acme()
    with pytest.raises(DeploymentError, match="Failed after 2 tries: broken") as caught:
        driver.deploy_node(task, max_tries=2)
    assert task.runs == 2
    assert len(driver.created) == 1
    assert isinstance(caught.value.__cause__, LibcloudError)
    assert ssh.log == ["connect", "close"], "the connection is closed after a failure, too"


def test_command_that_takes_too_long_is_not_run_again() -> None:
    task = Task(base.SSHCommandTimeoutError("sleep", 5))
    with pytest.raises(DeploymentError) as caught:
        Acme().deploy_node(task)
    assert task.runs == 1
    assert isinstance(caught.value.original_error, base.SSHCommandTimeoutError)


def test_dead_session_is_opened_again(ssh: Any) -> None:
    task = Task(paramiko.SSHException("SSH session not active"))
    Acme().deploy_node(task)
    assert task.runs == 2
    assert ssh.log == ["connect", "close", "connect", "close"]


def test_server_that_comes_up_slowly_is_waited_for(ssh: Any, pauses: list[float]) -> None:
    ssh.failures += [OSError("refused"), paramiko.SSHException("no banner"), EOFError()]
    ssh.failures += [paramiko.AuthenticationException("no key yet"), SSHAuthenticationError("no")]
    Acme().deploy_node(Task())
    assert pauses == [1.5] * 5
    assert ssh.log == ["connect", "close"] * 6


def test_server_that_never_comes_up_is_given_up(ssh: Any, pauses: list[float]) -> None:
    ssh.failures += [OSError("refused")] * 1000
    with pytest.raises(DeploymentError, match="Could not connect to the remote SSH server"):
        Acme().deploy_node(Task(), timeout=30)
    assert sum(pauses) == 30


def test_refused_login_is_given_up_after_a_minute(ssh: Any, pauses: list[float]) -> None:
    ssh.failures += [OSError("refused")] * 100 + [SSHAuthenticationError("wrong user")] * 1000
    with pytest.raises(DeploymentError, match="wrong user"):
        Acme().deploy_node(Task(), timeout=3600)
    assert sum(pauses) == 100 * 1.5 + provisioning.SECONDS_UNTIL_LOGIN


@pytest.mark.parametrize(
    "error",
    [
        paramiko.SSHException("Invalid key"),
        paramiko.SSHException("Private key file is encrypted"),
        FileNotFoundError(2, "No such file or directory"),
        HostKeyChangedError("another key"),
    ],
)
def test_error_that_no_retry_mends_ends_the_attempts_at_once(
    ssh: Any, pauses: list[float], error: Exception
) -> None:
    ssh.failures += [error] * 2
    with pytest.raises(DeploymentError) as caught:
        Acme().deploy_node(Task())
    assert caught.value.original_error is error
    assert pauses == []


def test_alternate_usernames_are_tried_in_order(ssh: Any) -> None:
    ssh.failures += [paramiko.SSHException("Invalid key"), paramiko.SSHException("Invalid key")]
    Acme().deploy_node(Task(), ssh_username="root", ssh_alternate_usernames=["ubuntu", "debian"])
    assert [made["username"] for made in ssh.made] == ["root", "ubuntu", "debian"]


def test_error_of_the_last_username_is_reported(ssh: Any) -> None:
    ssh.failures += [paramiko.SSHException("Invalid key 1"), paramiko.SSHException("Invalid key 2")]
    driver = Acme()
    with pytest.raises(DeploymentError, match="Invalid key 2"):
        driver.deploy_node(Task(), ssh_alternate_usernames=["ubuntu"])
    assert len(driver.created) == 1


def test_node_is_destroyed_after_a_failure_on_request() -> None:
    driver = Acme()
    with pytest.raises(DeploymentError) as caught:
        driver.deploy_node(Task(*[ValueError("x")] * 3), destroy_on_failure=True)
    assert driver.destroyed == ["1"]
    assert caught.value.destroyed is True


def test_failing_destruction_leaves_the_first_error(caplog: pytest.LogCaptureFixture) -> None:
    class Sticky(Acme):
        def destroy_node(self, node: Node) -> bool:
            raise LibcloudError("stays")

    with pytest.raises(DeploymentError, match="tries: x") as caught:
        Sticky().deploy_node(Task(*[ValueError("x")] * 3), destroy_on_failure=True)
    assert caught.value.destroyed is False
    assert "Node 1 was to be destroyed" in caplog.text


def test_node_is_not_destroyed_after_success() -> None:
    driver = Acme()
    driver.deploy_node(Task(), destroy_on_failure=True)
    assert driver.destroyed == []


class AtExit:
    """Stands in for ``atexit``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.registered: list[Any] = []
        monkeypatch.setattr(atexit, "register", self.registered.append)
        monkeypatch.setattr(atexit, "unregister", self.registered.remove)

    def run(self) -> None:
        for function in self.registered:
            function()


@pytest.mark.parametrize("failures", [[], [ValueError("x")] * 3])
def test_exit_function_is_forgotten_when_the_work_is_over(
    monkeypatch: pytest.MonkeyPatch, failures: list[BaseException]
) -> None:
    exits = AtExit(monkeypatch)
    seen = []

    class Watching(Task):
        def run(self, node: Node, client: Any) -> Node:
            seen.append(len(exits.registered))
            return super().run(node, client)

    try:
        Acme().deploy_node(Watching(*failures), at_exit_func=lambda driver, node: None)
    except DeploymentError:
        assert failures
    assert seen[0] == 1
    assert exits.registered == []


def test_exit_function_is_called_after_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    exits = AtExit(monkeypatch)
    calls: list[Any] = []
    driver = Acme()
    with pytest.raises(KeyboardInterrupt):
        driver.deploy_node(
            Task(KeyboardInterrupt()),
            at_exit_func=lambda driver, node: calls.append((driver, node.id)),
        )
    exits.run()
    assert calls == [(driver, "1")]


def test_exit_function_of_another_deployment_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    exits = AtExit(monkeypatch)

    def clean_up(driver: NodeDriver, node: Node) -> None:
        pass

    class Nested(Task):
        def run(self, node: Node, client: Any) -> Node:
            Acme().deploy_node(Task(), at_exit_func=clean_up)
            assert len(exits.registered) == 1
            assert isinstance(exits.registered[0], functools.partial)
            return node

    Acme().deploy_node(Nested(), at_exit_func=clean_up, max_tries=1)


def test_hook_of_a_third_party_driver_gets_the_arguments_it_knows() -> None:
    seen: list[dict[str, Any]] = []

    class Hooked(Acme):
        def _connect_and_run_deployment_script(  # type: ignore[override]
            self,
            task: Any,
            node: Node,
            ssh_hostname: str,
            ssh_port: int,
            ssh_username: str,
            ssh_password: str | None,
            ssh_key_file: Any,
            ssh_key_password: str | None,
            ssh_timeout: int,
            timeout: int,
            max_tries: int,
        ) -> Node:
            seen.append({"host": ssh_hostname, "user": ssh_username, "timeout": timeout})
            return node

    Hooked().deploy_node(Task(), timeout=7)
    assert seen == [{"host": "1.2.3.4", "user": "root", "timeout": 7}]
