"""
A server that misbehaves on purpose.

It speaks on a raw socket, so it can break any rule of HTTP. Each request is answered by the next
*fault* of its script; the last one stays. What it received is kept, so a test can count how often a
request was sent, and over how many connections.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Received:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


Fault = Callable[["Client", Received], bool]
"""Answers a request. Returns whether the connection may serve another one."""


class Client:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, number: int) -> None:
        self.sock = sock
        self.number = number
        self.stream = sock.makefile("rb")

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close with a RST instead of a FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.stream.close()
        self.sock.close()

    def read_request(self) -> Received | None:
        line = self.stream.readline()
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = {}
        while (line := self.stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("expect") == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Received(method, target, headers, self._read_body(headers), self.number)

    def _read_body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return self.stream.read(int(headers.get("content-length", 0)))
        body = b""
        while size := int(self.stream.readline(), 16):
            body += self.stream.read(size)
            self.stream.readline()
        self.stream.readline()
        return body


@dataclass
class FaultServer:
    """The server; a context manager. ``faults`` is its script."""

    faults: list[Fault] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    # What is done with an accepted socket first: a TLS handshake.
    wrap: Callable[[socket.socket], socket.socket] | None = None

    def __enter__(self) -> FaultServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._stopped = False
        self._lock = threading.Lock()
        self._clients: list[Client] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            with suppress(OSError):
                client.sock.shutdown(socket.SHUT_RDWR)
            client.sock.close()

    def script(self, *faults: Fault) -> None:
        """What to do with the requests from now on, one after the other; forget the old ones."""
        self.faults = list(faults)
        self.received.clear()

    def _accept(self) -> None:
        while not self._stopped:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock, self.connections), daemon=True).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            client = Client(self.wrap(sock) if self.wrap else sock, number)
        except OSError:  # no handshake
            sock.close()
            return
        self._clients.append(client)
        with suppress(OSError, ValueError):
            while request := client.read_request():
                with self._lock:
                    self.received.append(request)
                    fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
                if not fault(client, request):
                    break
        with suppress(OSError):
            client.stream.close()
            client.sock.close()


def answer(
    status: int = 200,
    body: bytes = b"",
    content_type: str = "text/plain",
    headers: dict[str, str] | None = None,
) -> Fault:
    """No fault at all: a correct answer."""

    def fault(client: Client, request: Received) -> bool:
        client.send(_head(status, {"Content-Type": content_type, **(headers or {})}, len(body)))
        if request.method != "HEAD":
            client.send(body)
        return True

    return fault


def reset_before_answer(client: Client, request: Received) -> bool:
    client.reset()
    return False


def close_before_answer(client: Client, request: Received) -> bool:
    return False


def stall(seconds: float) -> Fault:
    """Say nothing at all."""

    def fault(client: Client, request: Received) -> bool:
        time.sleep(seconds)
        return False

    return fault


def stall_in_body(seconds: float) -> Fault:
    def fault(client: Client, request: Received) -> bool:
        client.send(_head(200, {}, 100) + b"the first bytes")
        time.sleep(seconds)
        return False

    return fault


def reset_in_body(client: Client, request: Received) -> bool:
    client.send(_head(200, {}, 100) + b"the first bytes")
    time.sleep(0.05)
    client.reset()
    return False


def truncate(body: bytes, length: int, content_type: str = "text/plain") -> Fault:
    """Promise ``length`` bytes, send ``body``, and close."""

    def fault(client: Client, request: Received) -> bool:
        client.send(_head(200, {"Content-Type": content_type}, length) + body)
        return False

    return fault


def send_too_much(body: bytes, extra: bytes, content_type: str = "text/plain") -> Fault:
    """Promise the length of ``body``, and go on sending."""

    def fault(client: Client, request: Received) -> bool:
        client.send(_head(200, {"Content-Type": content_type}, len(body)) + body)
        time.sleep(0.02)
        client.send(extra)
        return True

    return fault


def broken_chunks(client: Client, request: Received) -> bool:
    client.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n\r\n"
    )
    return False


def unfinished_chunks(client: Client, request: Received) -> bool:
    client.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    return False


def not_http(client: Client, request: Received) -> bool:
    client.send(b"220 mail.example.com ESMTP\r\n")
    return False


def endless_error(client: Client, request: Received) -> bool:
    """An error whose text does not end."""
    client.send(_head(500, {"Content-Type": "text/plain"}, 1 << 30))
    piece = b"x" * 65536
    for _ in range(1 << 14):
        client.send(piece)
    return False


def redirect(to: str, status: int = 302) -> Fault:
    return answer(status, headers={"Location": to})


def redirect_to_itself(client: Client, request: Received) -> bool:
    return answer(302, headers={"Location": request.target})(client, request)


def raw(*pieces: bytes, pause: float = 0.05, close: bool = False) -> Fault:
    """Exactly these bytes, with a pause between two pieces."""

    def fault(client: Client, request: Received) -> bool:
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(pause)
            client.send(piece)
        return not close

    return fault


def drip(head: bytes, dripping: bytes, pause: float) -> Fault:
    """Some bytes at once, and the others one by one."""

    def fault(client: Client, request: Received) -> bool:
        client.send(head)
        for number in range(len(dripping)):
            client.send(dripping[number : number + 1])
            time.sleep(pause)
        return True

    return fault


def flood(head: bytes, piece: bytes, times: int) -> Fault:
    """The same bytes again and again; ``sent`` counts how often."""

    def fault(client: Client, request: Received) -> bool:
        client.send(head)
        for _ in range(times):
            client.send(piece)
            fault.sent += 1  # type: ignore[attr-defined]
        return False

    fault.sent = 0  # type: ignore[attr-defined]
    return fault


def _head(status: int, headers: dict[str, str], length: int) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode("latin-1")
