"""
What to do on a fresh server: deployments, for ``deploy_node`` and for use on their own.

A deployment may be used for several nodes, also from several threads at once, with one
restriction: the results of a script (``stdout``, ``stderr``, ``exit_status``) are attributes of the
deployment, so that they are those of the node whose script ended last.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Callable, Iterable
from typing import IO, Any

from libcloud.common.errors import LibcloudError
from libcloud.compute.models import Node
from libcloud.compute.ssh import BaseSSHClient

__all__ = [
    "Deployment",
    "FileDeployment",
    "MultiStepDeployment",
    "SSHKeyDeployment",
    "ScriptDeployment",
    "ScriptFileDeployment",
]

# A name that programs import from here.
basestring = str

# Longest part of a key, script or output in a repr.
_REPR_LENGTH = 100


class Deployment:
    """Base class: something that is done to a node."""

    def run(self, node: Node, client: BaseSSHClient) -> Node:
        """
        Do it.

        :param node: The node.
        :param client: A client that is connected to the node.
        :return: The node.
        """
        raise NotImplementedError("run not implemented for this deployment")

    def _get_string_value(self, argument_name: str, argument_value: Any) -> Any:
        """What a string is, or what a file has to say."""
        if not isinstance(argument_value, str) and not hasattr(argument_value, "read"):
            raise TypeError(f"{argument_name} argument must be a string or a file-like object")
        return argument_value.read() if hasattr(argument_value, "read") else argument_value


class SSHKeyDeployment(Deployment):
    """
    Adds public keys to those that may log in as the user whom the client is.

    :param key: A public key (the text, not a path), an open file with some, or a list of these.
    """

    def __init__(self, key: str | IO[Any] | Iterable[str | IO[Any]]) -> None:
        if isinstance(key, (list, tuple)):
            self.key: Any = "\n".join(_text(self._get_string_value("key", one)) for one in key)
        else:
            self.key = self._get_string_value("key", key)

    def run(self, node: Node, client: BaseSSHClient) -> Node:
        # The line break in front keeps a last line apart that has none of its own.
        client.put(".ssh/authorized_keys", contents=f"\n{_text(self.key).strip()}\n", mode="a")
        return node

    def __repr__(self) -> str:
        return f"<SSHKeyDeployment key={_text(self.key)[:_REPR_LENGTH]}...>"

    __str__ = __repr__


class FileDeployment(Deployment):
    """
    Copies a local file to the node.

    :param source: Path here.
    :param target: Path there, absolute or relative to the user's home.
    :param chmod: Permissions of the copy.
    """

    def __init__(self, source: str, target: str, *, chmod: int | None = 0o755) -> None:
        self.source = source
        self.target = target
        self.chmod = chmod

    def run(self, node: Node, client: BaseSSHClient) -> Node:
        with open(self.source, "rb") as source:
            client.putfo(path=self.target, chmod=self.chmod, fo=source)
        return node

    def __repr__(self) -> str:
        return f"<FileDeployment source={self.source}, target={self.target}>"

    __str__ = __repr__


class ScriptDeployment(Deployment):
    """
    Writes a script to the node and runs it.

    A script that ends with a status other than 0 is no error: look at ``exit_status``. With several
    nodes, the three results are those of the script that ended last.

    :param script: Text of the script, or an open file with it.
    :param args: Arguments, which the shell on the node splits and expands (quote them yourself).
    :param name: File name or path for the script on the node; by default one that is made up.
    :param delete: Delete the script afterwards, also after a failure.
    :param timeout: Longest time for the script, in seconds.
    :param on_stdout: Called with each piece of output as it arrives.
    :param on_stderr: Called with each piece of error output as it arrives.
    """

    def __init__(
        self,
        script: str | IO[Any],
        args: list[str] | None = None,
        name: str | None = None,
        delete: bool = False,
        timeout: float | None = None,
        *,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
    ) -> None:
        self.script = self._get_string_value("script", script)
        self.args = args or []
        self.stdout: str | None = None
        self.stderr: str | None = None
        self.exit_status: int | None = None
        self.delete = delete
        self.timeout = timeout
        self.name = name or f"libcloud_deployment_{os.urandom(4).hex()}.sh"
        self.on_stdout = on_stdout
        self.on_stderr = on_stderr

    def run(self, node: Node, client: BaseSSHClient) -> Node:
        """
        :raises SSHCommandTimeoutError: when the script takes longer than its time-out; the output
            so far is in the error and in ``stdout`` and ``stderr``.
        """
        path = client.put(path=self.name, chmod=0o755, contents=self.script)
        if not _is_absolute(path):
            path = posixpath.join(".", path)
        command = " ".join([path, *self.args])
        # Clients that others wrote do not know the callbacks.
        callbacks: dict[str, Any] = {}
        if self.on_stdout is not None:
            callbacks["on_stdout"] = self.on_stdout
        if self.on_stderr is not None:
            callbacks["on_stderr"] = self.on_stderr
        try:
            result = client.run(command, timeout=self.timeout, **callbacks)
        except Exception as e:
            self.stdout = getattr(e, "stdout", None)
            self.stderr = getattr(e, "stderr", None)
            self.exit_status = None
            if self.delete:
                # The first error is the one to tell about.
                with contextlib.suppress(LibcloudError, OSError):
                    client.delete(path)
            raise
        self.stdout, self.stderr, self.exit_status = result
        if self.delete:
            client.delete(path)
        return node

    def __repr__(self) -> str:
        stdout = self.stdout[:_REPR_LENGTH] + "..." if self.stdout is not None else None
        stderr = self.stderr[:_REPR_LENGTH] + "..." if self.stderr is not None else None
        exit_status = self.exit_status if self.exit_status is not None else "script didn't run yet"
        return (
            f"<ScriptDeployment script={_text(self.script)[:_REPR_LENGTH]}..., "
            f"exit_status={exit_status}, stdout={stdout}, stderr={stderr}>"
        )

    __str__ = __repr__


class ScriptFileDeployment(ScriptDeployment):
    """
    Writes a script, which is a local file, to the node and runs it.

    :param script_file: Path of the script here; it is read at once.
    """

    def __init__(
        self,
        script_file: str,
        args: list[str] | None = None,
        name: str | None = None,
        delete: bool = False,
        timeout: float | None = None,
        *,
        on_stdout: Callable[[str], object] | None = None,
        on_stderr: Callable[[str], object] | None = None,
    ) -> None:
        with open(script_file, "rb") as source:
            script = source.read().decode("utf-8")
        super().__init__(
            script, args, name, delete, timeout, on_stdout=on_stdout, on_stderr=on_stderr
        )


class MultiStepDeployment(Deployment):
    """
    Several deployments, one after the other; the first that raises ends it.

    :param add: A deployment, or a list of them.
    """

    def __init__(self, add: Deployment | list[Deployment] | None = None) -> None:
        self.steps: list[Deployment] = []
        if add:
            self.add(add)

    def add(self, add: Deployment | list[Deployment]) -> None:
        """Append a deployment, or a list of them."""
        self.steps.extend(add if isinstance(add, (list, tuple)) else [add])

    def run(self, node: Node, client: BaseSSHClient) -> Node:
        for step in self.steps:
            node = step.run(node, client)
        return node

    def __repr__(self) -> str:
        return f"<MultiStepDeployment steps={self.steps!r}>"

    __str__ = __repr__


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _is_absolute(path: Any) -> bool:
    # Only text can be judged: a client that stands in for a real one may return anything.
    return not isinstance(path, str) or path[:1] in ("/", "\\") or path[1:2] == ":"
