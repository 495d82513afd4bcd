"""moto's server: EC2, S3, Route 53, load balancers and more, without a check of signatures."""

from __future__ import annotations

import contextlib
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.process import free_port, http_answers, running


@dataclass(frozen=True)
class MotoServer:
    host: str
    port: int
    key: str = "testing"
    secret: str = "testing"
    region: str = "us-east-1"

    @property
    def url(self) -> str:
        """For ``endpoint_url`` of boto3."""
        return f"http://{self.host}:{self.port}"

    def reset(self) -> None:
        """Forget all resources of all services."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(f"{self.url}/moto-api/reset", data=b"", timeout=60).close()


@contextlib.contextmanager
def running_moto(folder: Path) -> Iterator[MotoServer]:
    server = MotoServer("127.0.0.1", free_port())
    command = [sys.executable, "-m", "moto.server", "-H", server.host, "-p", str(server.port)]
    with running(command, folder / "moto.log", http_answers(f"{server.url}/moto-api/")):
        yield server


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MotoServer]:
    """A moto server of this worker. What is in it stays until somebody calls ``reset()``."""
    pytest.importorskip("moto.server", reason="needs moto: pip install apache-libcloud[test]")
    with running_moto(tmp_path_factory.mktemp("moto")) as server:
        yield server
