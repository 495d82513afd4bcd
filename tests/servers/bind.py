"""
BIND: a primary server that takes signed updates (RFC 2136) and gives signed zone transfers.

It has one zone, and more by ``add_zone``.
"""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rcode
import pytest

from tests.servers.process import (
    debian_program,
    free_port,
    free_port_for_both,
    port_answers,
    running,
)

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
    allow-new-zones yes;
}};
controls {{
    inet 127.0.0.1 port {control_port} allow {{ 127.0.0.1; }} keys {{ "{key_name}"; }};
}};
zone "{zone}" {zone_options};
"""

ZONE_OPTIONS = (
    """{{ type primary; file "{folder}/{file}"; allow-update {{ key "{key_name}"; }}; }}"""
)

ZONE = """\
$TTL 300
@ IN SOA ns.{zone}. hostmaster.{zone}. 1 3600 600 86400 300
@ IN NS ns.example.net.
"""


@dataclass(frozen=True)
class BindServer:
    """``secret`` is the base64 of the TSIG key ``key_name``, algorithm hmac-sha256."""

    host: str
    port: int
    control_port: int
    folder: Path
    zone: str = "example.test"
    key_name: str = "k1"
    secret: str = field(default_factory=lambda: base64.b64encode(os.urandom(32)).decode())

    def has_zone(self) -> bool:
        """True when the first zone is loaded: the port is open before, and answers SERVFAIL."""
        query = dns.message.make_query(self.zone, "SOA")
        try:
            answer = dns.query.tcp(query, self.host, timeout=5, port=self.port)
        except (OSError, EOFError, dns.exception.DNSException):
            return False
        return bool(answer.rcode() == dns.rcode.NOERROR and answer.answer)

    def add_zone(self, domain: str) -> None:
        self.write_zone(domain)
        self._control("addzone", domain, f"{self.zone_options(domain)};")

    def delete_zone(self, domain: str) -> None:
        self._control("delzone", "-clean", domain)

    def write_zone(self, domain: str) -> None:
        (self.folder / f"{domain}.zone").write_text(ZONE.format(zone=domain))

    def zone_options(self, domain: str) -> str:
        return ZONE_OPTIONS.format(
            folder=self.folder, file=f"{domain}.zone", key_name=self.key_name
        )

    def _control(self, *arguments: str) -> None:
        key = self.folder / "rndc.key"
        key.write_text(
            f'key "{self.key_name}" {{ algorithm hmac-sha256; secret "{self.secret}"; }};\n'
        )
        server = ["-s", self.host, "-p", str(self.control_port), "-k", str(key)]
        command = [debian_program("rndc", PACKAGES), *server, "-y", self.key_name, *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=60)


@contextlib.contextmanager
def running_bind(folder: Path) -> Iterator[BindServer]:
    program = debian_program("named", PACKAGES)
    server = BindServer("127.0.0.1", free_port_for_both(), free_port(), folder)
    server.write_zone(server.zone)
    configuration = folder / "named.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            port=server.port,
            control_port=server.control_port,
            zone=server.zone,
            zone_options=server.zone_options(server.zone),
            key_name=server.key_name,
            secret=server.secret,
        )
    )
    command = [program, "-g", "-c", str(configuration)]
    is_controlled = port_answers(server.control_port)
    with running(command, folder / "named.log", lambda: server.has_zone() and is_controlled()):
        yield server


@pytest.fixture(scope="session")
def bind_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BindServer]:
    """A BIND of this worker, primary for one zone."""
    with running_bind(tmp_path_factory.mktemp("bind")) as server:
        yield server
