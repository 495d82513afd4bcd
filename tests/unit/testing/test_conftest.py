"""The rules of ``tests/conftest.py`` hold."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.conftest import ForbiddenConnection
from tests.servers.process import debian_program

ROOT = Path(__file__).resolve().parents[3]


def test_connection_to_another_machine_is_refused():
    with socket.socket() as connection, pytest.raises(ForbiddenConnection):
        connection.connect(("192.0.2.1", 80))
    with socket.socket() as connection, pytest.raises(ForbiddenConnection):
        connection.connect_ex(("192.0.2.1", 80))
    with socket.socket(socket.AF_INET6) as connection, pytest.raises(ForbiddenConnection):
        connection.connect(("2001:db8::1", 80))
    with (
        socket.socket(type=socket.SOCK_DGRAM) as connection,
        pytest.raises(ForbiddenConnection),
    ):
        connection.sendto(b"x", ("192.0.2.1", 53))


def test_look_up_of_a_foreign_name_is_refused():
    with pytest.raises(ForbiddenConnection):
        socket.getaddrinfo("example.com", 443)
    with pytest.raises(ForbiddenConnection):
        socket.gethostbyname("example.com")


def test_name_that_can_never_exist_does_not_exist():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("no-such-host.invalid", 443)


def test_request_to_a_foreign_host_is_refused():
    with pytest.raises(ForbiddenConnection):
        requests.get("http://example.com/", timeout=5)


def test_loopback_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("localhost", port), timeout=5).close()
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_rules_hold_in_the_workers_of_xdist():
    pytest.importorskip("xdist")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    names = "refused or loopback or environment or home"
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "AKIA", "https_proxy": "http://192.0.2.1:1"}
    done = subprocess.run(
        [*command, __file__, "-k", names],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def test_environment_has_nothing_of_the_developers():
    names = [name.upper() for name in os.environ]
    for start in ("AWS_", "AZURE_", "GOOGLE_", "OS_"):
        assert not [name for name in names if name.startswith(start)]
    assert not [name for name in names if name.endswith("_PROXY")]
    ours = [name for name in names if name.startswith("LIBCLOUD_")]
    assert set(ours) <= {"LIBCLOUD_SPECS", "LIBCLOUD_REQUIRE_SERVERS"}


def test_home_is_a_folder_of_the_run():
    assert Path.home().name.startswith("libcloud-home-")
    assert list(Path.home().glob(".aws")) == []


def test_program_that_is_missing_is_skipped(monkeypatch):
    monkeypatch.delenv("LIBCLOUD_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"needs Debian's no-such-package: apt-get"):
        debian_program("no-such-program", "no-such-package")


def test_program_that_is_missing_fails_where_servers_are_required(monkeypatch):
    monkeypatch.setenv("LIBCLOUD_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-package"):
        debian_program("no-such-program", "no-such-package")
