"""``Expect: 100-continue``: the body follows when the server wants it."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest

from libcloud.common import pool
from libcloud.common.base import BaseDriver, ConnectionKey
from libcloud.common.errors import NetworkError, PermissionDeniedError

MIB = 1024 * 1024
BODY = b"x" * (8 * MIB)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
DENIED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
OLD = b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"


class Server:
    """
    Answers each connection's requests in turn.

    :param after_head: What it sends when it has read a head that asks.
    :param after_body: What it sends when it has read a body.
    """

    def __init__(self, after_head, after_body=OK):
        self.after_head = after_head
        self.after_body = after_body
        self.heads = []
        self.body_bytes = 0
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._clients = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._clients.append(client)
            threading.Thread(target=self._serve_until_gone, args=(client,), daemon=True).start()

    def _serve_until_gone(self, client):
        with suppress(OSError):
            self._serve(client)

    def _serve(self, client):
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                piece = client.recv(65536)
                if not piece:
                    return
                data += piece
            head, _, data = data.partition(b"\r\n\r\n")
            self.heads.append(head)
            asks = b"expect: 100-continue" in head.lower()
            if asks and self.after_head:
                client.sendall(self.after_head)
                if not self.after_head.startswith(b"HTTP/1.1 1"):
                    continue
            length = next(
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            while len(data) < length:
                piece = client.recv(1 << 20)
                if not piece:
                    return
                data += piece
            self.body_bytes += length
            data = data[length:]
            client.sendall(self.after_body)

    def close(self):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            client.close()


@pytest.fixture
def serve():
    servers = []

    def start(*args):
        servers.append(Server(*args))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class Driver(BaseDriver):
    name = "asking"
    connectionCls = ConnectionKey


def put(server, driver=None, **kwargs):
    driver = driver or make(server)
    headers = {"Expect": "100-continue"}
    return driver.connection.request("/x", method="PUT", data=BODY, headers=headers, **kwargs)


def make(server):
    return Driver("key", secure=False, host="127.0.0.1", port=server.port, retry=None, timeout=5)


def test_body_follows_when_it_is_wanted(serve):
    server = serve(CONTINUE)
    driver = make(server)
    started = time.monotonic()
    assert put(server, driver).body == "ok"
    assert put(server, driver).body == "ok"
    assert time.monotonic() - started < 2 * pool.CONTINUE_TIMEOUT
    assert server.body_bytes == 2 * len(BODY)
    assert server.connections == 1


def test_other_interim_answers_are_not_taken_for_a_refusal(serve):
    server = serve(b"HTTP/1.1 102 Processing\r\n\r\n")
    assert put(server).body == "ok"


def test_refusal_costs_no_body_and_the_connection(serve):
    server = serve(DENIED)
    driver = make(server)
    for _ in range(2):
        with pytest.raises(PermissionDeniedError, match="no"):
            put(server, driver)
    assert server.body_bytes == 0
    assert server.connections == 2


def test_server_that_does_not_know_the_question_gets_the_body_all_the_same(serve, monkeypatch):
    monkeypatch.setattr(pool, "CONTINUE_TIMEOUT", 0.1)
    server = serve(b"")
    assert put(server).body == "ok"
    assert server.body_bytes == len(BODY)


def test_server_that_refuses_the_question_is_asked_no_more(serve):
    server = serve(OLD)
    assert put(server).body == "ok"
    assert [b"expect" in head.lower() for head in server.heads] == [True, False]
    assert server.body_bytes == len(BODY)


def test_answer_that_comes_together_with_the_permission(serve):
    # Wrong of the server, but it is the answer, and the only one.
    server = serve(CONTINUE + OK, b"")
    assert put(server).body == "ok"


def test_server_that_closes_instead_of_answering(serve):
    server = serve(b"")
    server._serve = lambda client: client.close()
    with pytest.raises(NetworkError):
        put(server)


def test_nobody_listens(serve):
    server = serve(CONTINUE)
    server.close()
    with pytest.raises(NetworkError) as caught:
        put(server)
    assert not caught.value.sent
