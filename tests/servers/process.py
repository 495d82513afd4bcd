"""Starting a server, waiting for it, and ending it with all its children."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

# Seconds. Machines that run the tests are busy with them.
START_LIMIT = 120
END_LIMIT = 10


class ServerDidNotStart(RuntimeError):
    """Its text has the end of the server's log."""


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port of the loopback that nobody uses at the moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_port_for_both() -> int:
    """A port that is free for TCP and UDP."""
    while True:
        port = free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def debian_program(name: str, package: str) -> str:
    """
    Path of a program. The test is skipped without it, and fails where servers are required.

    :param package: The Debian packages that have it, as for apt-get.
    """
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if path is not None:
        return path
    message = f"needs Debian's {package}: apt-get install --no-install-recommends {package}"
    if os.environ.get("LIBCLOUD_REQUIRE_SERVERS") == "1":
        pytest.fail(message)
    pytest.skip(message)


@contextlib.contextmanager
def running(
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    limit: float = START_LIMIT,
) -> Iterator[subprocess.Popen[bytes]]:
    """
    A server while the block runs.

    :param log: File that gets what the server prints.
    :param ready: Tells whether the server answers; asked until it says yes.
    :param env: Variables on top of the environment.
    :param limit: Seconds until the server must answer.
    :raises ServerDidNotStart: it ended, or did not answer in time.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=log.parent,
            start_new_session=True,
        )
    try:
        _wait(process, command, log, ready, limit)
        yield process
    finally:
        _end(process)


def http_answers(
    url: str, headers: Mapping[str, str] | None = None, status: int = 200
) -> Callable[[], bool]:
    """A check for :func:`running`: the URL answers with the status."""
    request = urllib.request.Request(url, headers=dict(headers or {}))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def check() -> bool:
        try:
            with opener.open(request, timeout=5) as response:
                return int(response.status) == status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code == status
        except OSError:
            return False

    return check


def port_answers(port: int) -> Callable[[], bool]:
    """A check for :func:`running`: somebody listens on the port."""

    def check() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return False
        return True

    return check


def _wait(
    process: subprocess.Popen[bytes],
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    limit: float,
) -> None:
    end = time.monotonic() + limit
    while not ready():
        if process.poll() is not None:
            raise ServerDidNotStart(f"{command[0]} ended by {process.returncode}:\n{_tail(log)}")
        if time.monotonic() > end:
            raise ServerDidNotStart(f"{command[0]} did not answer in {limit} s:\n{_tail(log)}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server's whole process group, by force if it takes too long."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(END_LIMIT)
        except subprocess.TimeoutExpired:
            continue
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _tail(log: Path, size: int = 4000) -> str:
    return log.read_bytes()[-size:].decode("utf-8", errors="replace")
