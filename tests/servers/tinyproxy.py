"""tinyproxy: an HTTP proxy that wants a name and a password."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.process import debian_program, free_port, port_answers, running

CONFIGURATION = """\
User {user}
Port {port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout 60
MaxClients 100
LogLevel Connect
BasicAuth {name} {password}
"""


@dataclass(frozen=True)
class ProxyServer:
    host: str
    port: int
    log: Path
    user: str = "proxyuser"
    password: str = "proxypass"

    @property
    def url(self) -> str:
        """With the credentials in it."""
        return f"http://{self.user}:{self.password}@{self.host}:{self.port}"

    def saw(self, text: str) -> bool:
        """True when the proxy's log has the text, part of a request line as a rule."""
        return text in self.log.read_text(errors="replace")


@contextlib.contextmanager
def running_tinyproxy(folder: Path) -> Iterator[ProxyServer]:
    program = debian_program("tinyproxy", "tinyproxy")
    server = ProxyServer("127.0.0.1", free_port(), folder / "tinyproxy.log")
    configuration = folder / "tinyproxy.conf"
    configuration.write_text(
        CONFIGURATION.format(
            user=getpass.getuser(), port=server.port, name=server.user, password=server.password
        )
    )
    command = [program, "-d", "-c", str(configuration)]
    with running(command, server.log, port_answers(server.port)):
        yield server


@pytest.fixture(scope="session")
def tinyproxy_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxyServer]:
    """A proxy of this worker, on the way to servers of the loopback."""
    with running_tinyproxy(tmp_path_factory.mktemp("tinyproxy")) as server:
        yield server
