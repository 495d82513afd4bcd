"""
From "make me a node" to a node that does its work: waiting for it, logging in, running the task.

These are the steps of ``wait_until_running`` and ``deploy_node``, as functions of a driver. Names
that programs may set (the SSH client's class, the lists of errors) are read from
:mod:`libcloud.compute.base` at the time of the call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from libcloud.common.errors import LibcloudError, UnsupportedOperation
from libcloud.common.operations import unsupported
from libcloud.common.polling import WaitTimeoutError, wait_until
from libcloud.compute.models import NodeAuthPassword, NodeAuthSSHKey
from libcloud.compute.types import DeploymentError, NodeState

if TYPE_CHECKING:
    from libcloud.compute.deployment import Deployment
    from libcloud.compute.driver import NodeDriver
    from libcloud.compute.models import Node, T_Auth
    from libcloud.compute.ssh import BaseSSHClient

__all__ = ["Login", "connect", "deploy_node", "run_task", "ssh_client", "wait_until_running"]

#: States that no waiting turns into ``RUNNING``.
_FINAL_STATES = (NodeState.ERROR, NodeState.TERMINATED)

#: How long a server may go on refusing the user before we believe it: a new one answers a little
#: before the key or the password is in place.
SECONDS_UNTIL_LOGIN = 60.0


class Login(NamedTuple):
    """How ``deploy_node`` reaches the node; its docstring explains each."""

    username: str
    alternate_usernames: tuple[str, ...]
    port: int
    connect_timeout: int
    key_files: str | list[str] | None
    key_password: str | None
    interface: str
    host_key_policy: Any


# -- waiting ------------------------------------------------------------------------------------


def wait_until_running(
    driver: NodeDriver,
    nodes: list[Node],
    wait_period: float,
    timeout: float,
    ssh_interface: str,
    force_ipv4: bool,
    list_nodes_kwargs: dict[str, Any] | None,
) -> list[tuple[Node, list[str]]]:
    """See :meth:`.NodeDriver.wait_until_running`."""
    if ssh_interface not in ("public_ips", "private_ips"):
        raise ValueError("ssh_interface argument must either be public_ips or private_ips")

    wanted = [node.uuid for node in nodes]
    current: dict[str, Node] = {}

    def look() -> list[tuple[Node, list[str]]] | None:
        current.clear()
        current.update(_nodes_by_uuid(driver, wanted, list_nodes_kwargs or {}))
        ready = []
        for uuid in wanted:
            node = current.get(uuid)
            if node is None:
                continue
            if node.state in _FINAL_STATES:
                raise LibcloudError(
                    f"Node {node.name!r} (id {node.id}) is in state {node.state} "
                    f"and will not run any more",
                    driver=driver,
                )
            addresses = _usable_addresses(getattr(node, ssh_interface), force_ipv4)
            if node.state == NodeState.RUNNING and addresses:
                ready.append((node, addresses))
        return ready if len(ready) == len(wanted) else None

    try:
        return wait_until(look, timeout, wait_period, "nodes to run")
    except WaitTimeoutError as error:
        seen = ", ".join(_describe(node, current.get(node.uuid), ssh_interface) for node in nodes)
        raise WaitTimeoutError(
            f"Timed out after {timeout} seconds waiting for nodes to run: {seen}", driver=driver
        ) from error


def _nodes_by_uuid(
    driver: NodeDriver, wanted: list[str], list_nodes_kwargs: dict[str, Any]
) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in driver.list_nodes(**list_nodes_kwargs):
        if node.uuid not in wanted:
            continue
        if node.uuid in found:
            raise LibcloudError(
                f"The provider lists two nodes with uuid {node.uuid} (id {node.id})",
                driver=driver,
            )
        found[node.uuid] = node
    return found


def _usable_addresses(addresses: list[str], force_ipv4: bool) -> list[str]:
    from libcloud.utils.networking import is_valid_ip_address

    if not force_ipv4:
        return list(addresses)
    return [address for address in addresses if is_valid_ip_address(address)]


def _describe(node: Node, current: Node | None, ssh_interface: str) -> str:
    if current is None:
        return f"{node.name!r} (id {node.id}) is not listed"
    addresses = getattr(current, ssh_interface)
    return f"{node.name!r} (id {node.id}) is {current.state} with {ssh_interface} {addresses}"


# -- deploying ----------------------------------------------------------------------------------


def deploy_node(
    driver: NodeDriver,
    task: Deployment,
    login: Login,
    auth: T_Auth | None,
    create_node_kwargs: dict[str, Any],
    *,
    timeout: int,
    wait_period: float,
    max_tries: int,
    at_exit: Callable[..., Any] | None,
    destroy_on_failure: bool,
) -> Node:
    """See :meth:`.NodeDriver.deploy_node`."""
    from libcloud.compute.ssh import HostKeys

    _refuse_what_cannot_work(driver, login, auth)
    host_keys = HostKeys.of(login.host_key_policy)
    if auth is not None:
        create_node_kwargs["auth"] = auth
    node = driver.create_node(**create_node_kwargs)
    password = auth.password if isinstance(auth, NodeAuthPassword) else None
    if auth is None:
        password = node.extra.get("password")

    forget = _call_at_exit(at_exit, driver, node)
    try:
        running, addresses = driver.wait_until_running(
            nodes=[node], wait_period=wait_period, timeout=timeout, ssh_interface=login.interface
        )[0]
        host_keys.expect_new_server(addresses[0], login.port)
        deployed = _log_in_and_run(
            driver, task, running, addresses[0], login, password, timeout, max_tries
        )
    # Whatever went wrong, a task's own mistake too: without the node the user could not even
    # destroy it. Ctrl-C is no Exception, and leaves the call at exit in place.
    except Exception as error:
        forget()
        failure = DeploymentError(node=node, original_exception=error, driver=driver)
        if destroy_on_failure:
            failure.destroyed = _destroy(driver, node)
        raise failure from error
    forget()
    return deployed


def _refuse_what_cannot_work(driver: NodeDriver, login: Login, auth: T_Auth | None) -> None:
    """Find out before a node is made, and paid for."""
    from libcloud.compute import base as home

    if not home.have_paramiko:
        raise RuntimeError("paramiko is not installed: pip install paramiko")
    if auth is not None and not isinstance(auth, (NodeAuthSSHKey, NodeAuthPassword)):
        raise UnsupportedOperation(
            "auth must be a NodeAuthSSHKey or a NodeAuthPassword", driver=driver
        )
    kinds = driver.features.get("create_node", [])
    if login.key_files is None and not {"password", "generates_password"}.intersection(kinds):
        raise unsupported(driver, "deploy_node")


def _call_at_exit(
    function: Callable[..., Any] | None, driver: NodeDriver, node: Node
) -> Callable[[], object]:
    """Have a function called when the program ends; the result takes that back."""
    if function is None:
        return lambda: None
    import atexit
    import functools

    # An object of its own for each call, so that taking one back leaves the others.
    call = functools.partial(function, driver=driver, node=node)
    atexit.register(call)
    return lambda: atexit.unregister(call)


def _destroy(driver: NodeDriver, node: Node) -> bool:
    """Whether the node could be destroyed. The error that led here is the one to report."""
    try:
        return bool(driver.destroy_node(node))
    except Exception:
        import logging

        logging.getLogger("libcloud.compute").exception(
            "Node %s was to be destroyed after a failed deployment, and could not be", node.id
        )
        return False


def _log_in_and_run(
    driver: NodeDriver,
    task: Deployment,
    node: Node,
    hostname: str,
    login: Login,
    password: str | None,
    timeout: int,
    max_tries: int,
) -> Node:
    arguments: dict[str, Any] = {
        "task": task,
        "node": node,
        "ssh_hostname": hostname,
        "ssh_port": login.port,
        "ssh_password": password,
        "ssh_key_file": login.key_files,
        "ssh_key_password": login.key_password,
        "ssh_timeout": login.connect_timeout,
        "timeout": timeout,
        "max_tries": max_tries,
    }
    if login.host_key_policy is not None:
        arguments["host_key_policy"] = login.host_key_policy

    *first_choices, last = (login.username, *login.alternate_usernames)
    for username in first_choices:
        try:
            return driver._connect_and_run_deployment_script(ssh_username=username, **arguments)
        # Images refuse the wrong user in many ways: no login, or one where each command fails.
        except Exception:
            _log_next_user(node, username)
    return driver._connect_and_run_deployment_script(ssh_username=last, **arguments)


def _log_next_user(node: Node, username: str) -> None:
    import logging

    logging.getLogger("libcloud.compute").info(
        "Deploying on node %s as %s failed, trying the next user", node.id, username, exc_info=True
    )


# -- SSH ----------------------------------------------------------------------------------------


def ssh_client(host_key_policy: Any = None, **arguments: Any) -> BaseSSHClient:
    """An SSH client, not connected yet. A client of one's own may not know ``host_key_policy``."""
    from libcloud.compute import base as home

    if host_key_policy is not None:
        arguments["host_key_policy"] = host_key_policy
    return cast("BaseSSHClient", home.SSHClient(**arguments))


def connect(
    driver: NodeDriver, client: BaseSSHClient, wait_period: float, timeout: float
) -> BaseSSHClient:
    """See :meth:`.NodeDriver._ssh_client_connect`."""
    from libcloud.compute import base as home
    from libcloud.compute.ssh import SSHError, is_transient

    expected: tuple[type[BaseException], ...]
    expected = (*home.SSH_TIMEOUT_EXCEPTION_CLASSES, EOFError, SSHError)
    refused_since: float | None = None

    def may_pass(error: BaseException) -> bool:
        nonlocal refused_since
        if any(message in str(error).lower() for message in home.SSH_FATAL_ERROR_MSGS):
            return False
        if _is_refused_login(error):
            refused_since = refused_since or time.monotonic()
            return time.monotonic() - refused_since < SECONDS_UNTIL_LOGIN
        return is_transient(error)

    def attempt() -> bool:
        try:
            client.connect()
        except expected as error:
            if not may_pass(error):
                raise
            client.close()
            return False
        return True

    try:
        wait_until(attempt, timeout, wait_period, "the SSH server to let us in")
    except WaitTimeoutError as error:
        raise LibcloudError(
            "Could not connect to the remote SSH server. Giving up.", driver=driver
        ) from error
    return client


def _is_refused_login(error: BaseException) -> bool:
    from libcloud.compute.ssh import SSHAuthenticationError, SSHError

    if isinstance(error, SSHError):
        return isinstance(error, SSHAuthenticationError)
    import paramiko

    return isinstance(error, paramiko.AuthenticationException)


def run_task(
    driver: NodeDriver, task: Deployment, node: Node, client: BaseSSHClient, max_tries: int
) -> Node:
    """See :meth:`.NodeDriver._run_deployment_script`."""
    from libcloud.compute import base as home
    from libcloud.compute.ssh import SSHConnectionError

    tries = 0
    try:
        while True:
            tries += 1
            try:
                return task.run(node, client)
            except home.SSHCommandTimeoutError:
                raise
            # A task runs the user's code, which fails as it likes.
            except Exception as error:
                if tries >= max_tries:
                    raise LibcloudError(
                        f"Failed after {max_tries} tries: {error}.", driver=driver
                    ) from error
                # Clients that others wrote say it in paramiko's words.
                lost = "ssh session not active" in str(error).lower()
                if lost or isinstance(error, SSHConnectionError):
                    client.close()
                    client = driver._ssh_client_connect(ssh_client=client)
    finally:
        client.close()


def generated_password() -> NodeAuthPassword:
    """A password for a node whose user gave none: 128 random bits."""
    import secrets

    return NodeAuthPassword(secrets.token_hex(16), generated=True)
