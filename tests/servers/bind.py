"""BIND: a primary server that takes signed updates (RFC 2136) and gives signed zone transfers."""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers.process import debian_program, free_port_for_both, port_answers, running

PACKAGES = "bind9 bind9-utils"

CONFIGURATION = """\
key "{key_name}" {{ algorithm hmac-sha256; secret "{secret}"; }};
options {{
    directory "{folder}";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    pid-file "{folder}/named.pid";
    session-keyfile "{folder}/session.key";
    allow-transfer {{ key "{key_name}"; }};
    recursion no;
    notify no;
}};
controls {{ }};
zone "{zone}" {{
    type primary;
    file "{folder}/zone";
    allow-update {{ key "{key_name}"; }};
}};
"""

ZONE = """\
$TTL 300
@ IN SOA ns.{zone}. hostmaster.{zone}. 1 3600 600 86400 300
@ IN NS ns.{zone}.
ns IN A 127.0.0.1
"""


@dataclass(frozen=True)
class BindServer:
    """``secret`` is the base64 of the TSIG key ``key_name``, algorithm hmac-sha256."""

    host: str
    port: int
    zone: str = "example.test"
    key_name: str = "k1"
    secret: str = field(default_factory=lambda: base64.b64encode(os.urandom(32)).decode())


@contextlib.contextmanager
def running_bind(folder: Path) -> Iterator[BindServer]:
    program = debian_program("named", PACKAGES)
    server = BindServer("127.0.0.1", free_port_for_both())
    (folder / "zone").write_text(ZONE.format(zone=server.zone))
    configuration = folder / "named.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            port=server.port,
            zone=server.zone,
            key_name=server.key_name,
            secret=server.secret,
        )
    )
    command = [program, "-g", "-c", str(configuration)]
    with running(command, folder / "named.log", port_answers(server.port)):
        yield server


@pytest.fixture(scope="session")
def bind_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BindServer]:
    """A BIND of this worker, primary for one zone."""
    with running_bind(tmp_path_factory.mktemp("bind")) as server:
        yield server
