"""PowerDNS with its HTTP API, over SQLite."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.process import (
    debian_program,
    free_port,
    free_port_for_both,
    http_answers,
    running,
)

PACKAGES = "pdns-server pdns-backend-sqlite3"
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")

CONFIGURATION = """\
launch=gsqlite3
gsqlite3-database={folder}/pdns.sqlite
local-address=127.0.0.1
local-port={dns_port}
api=yes
api-key={key}
webserver=yes
webserver-address=127.0.0.1
webserver-port={port}
webserver-allow-from=127.0.0.1
dnsupdate=yes
socket-dir={folder}
guardian=no
daemon=no
cache-ttl=0
negquery-cache-ttl=0
query-cache-ttl=0
zone-cache-refresh-interval=0
"""


@dataclass(frozen=True)
class PowerDNSServer:
    """``port`` is the HTTP API's, ``dns_port`` answers queries over UDP and TCP."""

    host: str
    port: int
    dns_port: int
    key: str = "secret"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextlib.contextmanager
def running_powerdns(folder: Path) -> Iterator[PowerDNSServer]:
    program = debian_program("pdns_server", PACKAGES)
    server = PowerDNSServer("127.0.0.1", free_port(), free_port_for_both())
    with contextlib.closing(sqlite3.connect(folder / "pdns.sqlite")) as database:
        database.executescript(SCHEMA.read_text())
    text = CONFIGURATION.format(
        folder=folder, dns_port=server.dns_port, port=server.port, key=server.key
    )
    (folder / "pdns.conf").write_text(text)
    ready = http_answers(f"{server.url}/api/v1/servers/localhost", {"X-API-Key": server.key})
    with running([program, f"--config-dir={folder}"], folder / "pdns.log", ready):
        yield server


@pytest.fixture(scope="session")
def powerdns_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PowerDNSServer]:
    """A PowerDNS of this worker. Tests share it: use zones of your own."""
    with running_powerdns(tmp_path_factory.mktemp("pdns")) as server:
        yield server
