"""
Answers as they come off a socket: none takes for ever, and none leaves a trace in the next one.

``http.client`` waits a time-out for each piece of an answer, so one byte a second is good enough
for it; it takes an interim answer for the answer itself, and what follows one for the next.
:class:`Adapter` puts an answer of ours in its place, in pools that are urllib3's in all else.
"""

from __future__ import annotations

import http.client
import math
import socket
from contextlib import suppress
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

__all__ = ["Adapter", "Answer"]

# So many time-outs may be spent on waiting for an answer, from its first byte to its last.
PATIENCE = 3

# A streamed answer may take any time, as long as so many bytes come within that of another one.
STREAM_PIECE = 16 * 1024

_LOST_HEADERS = (FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect)


class _Source(socket.SocketIO):
    """The file of a socket, which is read as long as there is patience."""

    sock: Any
    timeout: float
    left: float
    is_stream = False
    is_over = False
    received = 0

    # What was read of the answer before anybody knew that it would be read here.
    begun: memoryview | bytes = b""

    @classmethod
    def out_of(cls, file: Any, sock: Any) -> _Source:
        """
        The file itself, which is of this class from now on: a second one around it would be one
        more to go through and to close.

        :param file: What ``makefile`` made.
        :param sock: Its socket, with the time-out of a single piece.
        """
        source: _Source = file.raw
        source.__class__ = cls
        source.sock = sock
        source.timeout = sock.gettimeout() or math.inf
        source.left = source.timeout * PATIENCE
        return source

    def readinto(self, buffer: Any) -> int | None:
        if self.is_over:
            return 0
        if self.begun:
            taken = min(len(buffer), len(self.begun))
            buffer[:taken] = self.begun[:taken]
            self.begun = self.begun[taken:]
            return taken
        if self.left < self.timeout:
            if self.left <= 0:
                raise TimeoutError(f"no end after {self.timeout * PATIENCE:g} seconds of waiting")
            self.sock.settimeout(self.left)
        started = monotonic()
        count: int = self.sock.recv_into(buffer)
        self.left -= monotonic() - started
        if self.is_stream:
            self.received += count
            if self.received >= STREAM_PIECE:
                self._renew()
        return count

    def _renew(self) -> None:
        if self.left < self.timeout:
            self.sock.settimeout(self.timeout)
        self.left = self.timeout * PATIENCE
        self.received = 0


class Answer(http.client.HTTPResponse):
    """An answer, the body of which is read by urllib3."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.source = _Source.out_of(self.fp, sock)

    def as_stream(self) -> None:
        """Let it take its time, because whoever reads it has time, and may take it himself."""
        self.source.is_stream = True
        self.source._renew()

    def begin(self) -> None:
        super().begin()
        if self.headers.defects and any(
            isinstance(defect, _LOST_HEADERS) for defect in self.headers.defects
        ):
            raise http.client.HTTPException("the headers of the answer are broken")
        if self.chunked:
            # Two lengths: somebody on the way may have gone by the other one.
            self.will_close = self.will_close or "content-length" in self.headers
        elif self.length is None and "content-length" in self.headers:
            raise http.client.HTTPException("the length of the answer is no number")

    def _read_status(self) -> tuple[str, int, str]:
        line: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
        # 100 is known to http.client; after 101 it would no longer be HTTP.
        while 101 < line[1] < 200:
            http.client.parse_headers(self.fp)
            line = super()._read_status()  # type: ignore[misc]
        return line

    def _safe_read(self, amt: int) -> bytes:
        if amt < 0:
            raise http.client.HTTPException("a chunk of negative size")
        piece: bytes = super()._safe_read(amt)  # type: ignore[misc]
        return piece

    def _close_conn(self) -> None:
        """At the end of the body: what has come behind it belongs to no request."""
        source, fp = self.source, self.fp
        source.is_over = True
        pending = getattr(source.sock, "pending", None)  # of TLS: decrypted, and not asked for yet
        if not self.will_close and (fp.peek(1) or (pending is not None and pending())):
            # The pool finds it dead and opens another.
            with suppress(OSError):
                source.sock.shutdown(socket.SHUT_RDWR)
        self.fp = None  # type: ignore[assignment]
        fp.close()


class _HTTPPool(HTTPConnectionPool):
    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.response_class = Answer  # type: ignore[attr-defined]
        return connection


class _HTTPSPool(HTTPSConnectionPool):
    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.response_class = Answer  # type: ignore[attr-defined]
        return connection


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class Adapter(HTTPAdapter):
    """The adapter of ``requests``, whose connections read :class:`Answer`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager
