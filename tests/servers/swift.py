"""OpenStack Swift with tempauth, and its S3 API, which checks signatures (versions 2 and 4)."""

from __future__ import annotations

import contextlib
import getpass
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.process import debian_program, free_port, http_answers, port_answers, running

PACKAGES = "swift-proxy swift-account swift-container swift-object python3-swift memcached"

SWIFT = """\
[swift-hash]
swift_hash_path_suffix = a
swift_hash_path_prefix = b
[storage-policy:0]
name = gold
default = yes
"""

BACKEND = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
workers = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""

PROXY = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {folder}
workers = 0
[pipeline:main]
pipeline = catch_errors proxy-logging cache listing_formats bulk tempurl s3api tempauth copy slo dlo versioned_writes symlink proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached_port}
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
allow_object_versioning = true
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:tempurl]
use = egg:swift#tempurl
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:symlink]
use = egg:swift#symlink
"""  # noqa: E501


@dataclass(frozen=True)
class SwiftServer:
    """
    Swift's own API and S3 on one port.

    ``user`` and ``key`` are the credentials of both; S3 wants paths rather than host names for
    buckets, and the region ``us-east-1``.
    """

    host: str
    port: int
    user: str = "test:tester"
    key: str = "testing"
    region: str = "us-east-1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def auth_url(self) -> str:
        """Of tempauth, the first version of Swift's authentication."""
        return f"{self.url}/auth/v1.0"

    @property
    def storage_url(self) -> str:
        return f"{self.url}/v1/AUTH_test"


@contextlib.contextmanager
def running_swift(folder: Path) -> Iterator[SwiftServer]:
    memcached = debian_program("memcached", PACKAGES)
    builder = debian_program("swift-ring-builder", PACKAGES)
    servers = {
        kind: debian_program(f"swift-{kind}-server", PACKAGES)
        for kind in ("account", "container", "object", "proxy")
    }
    ports = {kind: free_port() for kind in (*servers, "memcached")}
    user = getpass.getuser()
    # The programs are Debian's and use its Python; nothing of ours may be on its path.
    env = {"PYTHONPATH": "", "PYTHONHOME": "", "VIRTUAL_ENV": ""}
    env = {**env, "PATH": "/usr/bin:/usr/sbin:/bin"}
    (folder / "devices" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text(SWIFT)
    with contextlib.ExitStack() as stack:
        command = [memcached, "-l", "127.0.0.1", "-p", str(ports["memcached"]), "-u", user]
        log = folder / "memcached.log"
        stack.enter_context(running(command, log, port_answers(ports["memcached"])))
        for kind in ("account", "container", "object"):
            _build_ring(builder, folder, kind, ports[kind])
            text = BACKEND.format(kind=kind, port=ports[kind], user=user, folder=folder)
            _start(stack, folder, servers[kind], kind, text, ports[kind], env)
        server = SwiftServer("127.0.0.1", ports["proxy"])
        text = PROXY.format(
            port=server.port, user=user, folder=folder, memcached_port=ports["memcached"]
        )
        _start(stack, folder, servers["proxy"], "proxy", text, server.port, env)
        _wait_for_login(server)
        yield server


def _build_ring(builder: str, folder: Path, kind: str, port: int) -> None:
    name = f"{kind}.builder"
    for arguments in (
        ["create", "10", "1", "1"],
        ["add", f"r1z1-127.0.0.1:{port}/d1", "1"],
        ["rebalance"],
    ):
        subprocess.run(
            [builder, name, *arguments],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=60,
            env={"PATH": "/usr/bin:/bin"},
        )


def _start(
    stack: contextlib.ExitStack,
    folder: Path,
    program: str,
    kind: str,
    configuration: str,
    port: int,
    env: dict[str, str],
) -> None:
    path = folder / f"{kind}-server.conf"
    path.write_text(configuration)
    command = [program, str(path), "-v"]
    stack.enter_context(running(command, folder / f"{kind}.log", port_answers(port), env))


def _wait_for_login(server: SwiftServer) -> None:
    headers = {"X-Auth-User": server.user, "X-Auth-Key": server.key}
    if not http_answers(server.auth_url, headers)():
        raise RuntimeError("Swift does not let its user in")


@pytest.fixture(scope="session")
def swift_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwiftServer]:
    """A Swift of this worker. Tests share it: use containers of your own."""
    with running_swift(tmp_path_factory.mktemp("swift")) as server:
        yield server
