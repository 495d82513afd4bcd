"""A real socket to send to, which answers what a test says and keeps what came."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from tests.faults.server import FaultServer, Received, answer

__all__ = ["Answering", "answering_server"]

Reply = Callable[[Received], "bytes | tuple[int, bytes, str, dict[str, str]]"]


class Answering:
    """
    The server.

    :param server: One that is running.
    """

    def __init__(self, server: FaultServer) -> None:
        self.server = server
        self.port = server.port

    def reply(self, reply: Reply, content_type: str = "text/xml") -> None:
        """Answer each request from now on with what a function makes of it; forget the old ones."""

        def fault(client, request):
            # The head and the body are two packets, of which the second would wait.
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made = reply(request)
            if isinstance(made, bytes):
                made = (200, made, content_type, {})
            return answer(*made)(client, request)

        self.server.script(fault)

    @property
    def received(self) -> list[Received]:
        return self.server.received

    @property
    def at(self) -> dict[str, object]:
        """Keyword arguments of a driver."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "secure": False,
            "retry": None,
            "timeout": 5,
        }


@pytest.fixture(scope="module")
def answering_server() -> Iterator[Answering]:
    with FaultServer() as server:
        yield Answering(server)
