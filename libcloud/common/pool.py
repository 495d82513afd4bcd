"""
The short way of a request: straight over a connection of urllib3's pool that is open already.

``requests`` and urllib3 cost nine tenths of a small exchange, for things that most exchanges have
no use for. Where nobody has put anything between us and the network, the request is one
``sendall``, and an answer that says how long it is, is read and parsed right here.

A request that says ``Expect: 100-continue`` goes out without its body first, and the body follows
unless the answer comes in its place: a refusal, or a redirect, costs no upload.

All else takes the long way, and nothing changes for it: the first request of a connection, so that
opening it and checking certificates stay urllib3's; bodies that are streams, or long; proxies,
cookies, hooks, and whatever observes or replaces ``requests``, urllib3 or ``http.client``. An
answer that is out of the ordinary (in chunks, compressed, very long, odd) is read again, from its
first byte, by ``http.client`` and urllib3.

What is sent, what is raised, and what a program sees is as on the long way.
"""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cached_property, lru_cache
from ssl import SSLError
from typing import Any, NamedTuple

import requests
import urllib3
from requests import adapters, exceptions
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ProtocolError
from urllib3.util.wait import wait_for_read

from libcloud.common.answers import Answer

__all__ = ["Pools", "is_untouched"]

# A body up to this goes out together with the head: it fits into what the kernel takes at once.
SMALL_BODY = 64 * 1024

# An answer that is longer is left to urllib3: what that costs is little beside the reading.
PIECE = 64 * 1024
MOST_HEADERS = 100

# What observers and test doubles put their own in the place of.
_WATCHED = (
    (adapters.HTTPAdapter, ("send", "build_response"), "requests.adapters"),
    (requests.Session, ("send", "get_adapter"), "requests.sessions"),
    (urllib3.HTTPConnectionPool, ("urlopen", "_make_request"), "urllib3.connectionpool"),
    (HTTPConnection, ("request", "putrequest", "putheader", "getresponse"), "urllib3.connection"),
    (http.client.HTTPConnection, ("send", "endheaders", "getresponse"), "http.client"),
)


def _originals() -> list[tuple[Any, str, Any]]:
    # One that is replaced already, while this module is being imported, is none.
    return [
        (owner, name, found if found.__module__ == module else None)
        for owner, names, module in _WATCHED
        for name in names
        for found in [vars(owner)[name]]
    ]


_ORIGINALS = _originals()

# urllib3's own classes: recorders such as vcrpy have others in their place.
_CONNECTIONS = (HTTPConnection, HTTPSConnection)

# Headers of a request with which it is not written here.
_SPECIAL_REQUEST = frozenset({"content-length", "transfer-encoding", "upgrade"})

# How long a server is waited for that was asked whether it wants a body, in seconds. Those that do
# not know the question get it then.
CONTINUE_TIMEOUT = 1.0

_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d")

# Headers of an answer with which it is not read here.
_SPECIAL_ANSWER = frozenset({"content-encoding", "set-cookie", "transfer-encoding", "upgrade"})

_NO_BODY_NO_LENGTH = frozenset({"DELETE", "GET", "HEAD", "OPTIONS"})

# Others, such as those of interim answers, are out of the ordinary.
_STATUS_LINE = re.compile(r"HTTP/1\.1 ([2-5][0-9][0-9])(?: (.*))?")

# https://www.rfc-editor.org/rfc/rfc9110#name-tokens
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@lru_cache(maxsize=1024)
def _is_token(name: str) -> bool:
    return _TOKEN.fullmatch(name) is not None


def is_untouched(session: requests.Session, adapter: Any) -> bool:
    """
    True when nobody stands between us and the network, who wants to see or change the traffic.

    :param adapter: The one that the session was made with.
    """
    mounted = session.adapters
    if len(mounted) != 2 or "send" in vars(session) or "send" in vars(adapter):
        return False
    if session.params or any(session.hooks.values()) or _has_cookies(session):
        return False
    return all([found is adapter for found in mounted.values()]) and all(
        [getattr(owner, name) is original for owner, name, original in _ORIGINALS]
    )


def _has_cookies(session: requests.Session) -> bool:
    # The jar's own dict, because asking for its length walks through it, and costs as much as all
    # the other questions together.
    found = getattr(session.cookies, "_cookies", None)
    return bool(session.cookies if found is None else found)


class Pools:
    """
    The pools of an adapter, found once for each host and way of verifying it.

    :param adapter: The adapter whose pool manager has them, and closes them.
    """

    def __init__(self, adapter: adapters.HTTPAdapter) -> None:
        self.adapter = adapter
        self._pools: dict[Any, Any] = {}

    def forget(self) -> None:
        """Find the pools anew, because the adapter has others now."""
        self._pools = {}

    def close(self) -> None:
        """Close the connections that nobody uses; those in use are closed when they come back."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def send(
        self,
        method: str,
        url: str,
        session_headers: CaseInsensitiveDict[Any],
        headers: Mapping[str, Any],
        body: bytes | None,
        timeout: float,
        verify: Any,
        cert: Any,
        prepare: Callable[[], Any],
    ) -> requests.Response | None:
        """
        Do one exchange. None when it takes the long way; nothing was sent then.

        :param prepare: Makes the request of ``requests``, for whoever asks the answer for it.
        :return: An answer that is in memory, or one whose body is still on the wire.
        :raises requests.RequestException: as ``requests`` does.
        """
        origin, target = _split(url)
        pool: Any = self._pools.get((origin, verify, cert))
        if pool is None or pool.pool is None:
            # The manager closes a pool that was not used for long, in favour of others.
            pool = self.adapter.get_connection_with_tls_context(prepare(), verify, {}, cert)
            self._pools[origin, verify, cert] = pool
        head = _head(method, target, session_headers, headers, body)
        if head is None:
            return None
        waits = bool(body) and headers.get("Expect") == "100-continue"
        if body and len(body) > SMALL_BODY and not waits:
            return None
        connection = pool._get_conn()
        if (
            type(connection) not in _CONNECTIONS
            or (connection.sock is None and not waits)
            or connection.debuglevel
            or connection.response_class is not Answer
        ):
            pool._put_conn(connection)
            return None
        exchange = _Exchange(self.adapter, pool, connection, method, url, timeout, prepare)
        try:
            if waits:
                return exchange.run_when_wanted(head, body or b"")
            return exchange.run(head + body if body else head)
        except (http.client.HTTPException, OSError) as error:
            connection.close()
            pool._put_conn(connection)
            raise _as_requests_error(error, prepare) from error
        except BaseException:
            connection.close()
            pool._put_conn(connection)
            raise


class _Exchange:
    """One request and its answer over an open connection, which goes back to its pool."""

    def __init__(
        self,
        adapter: adapters.HTTPAdapter,
        pool: Any,
        connection: Any,
        method: str,
        url: str,
        timeout: float,
        prepare: Callable[[], Any],
    ) -> None:
        self.adapter = adapter
        self.pool = pool
        self.connection = connection
        self.method = method
        self.url = url
        self.timeout = timeout
        self.prepare = prepare

    def run(self, message: bytes) -> requests.Response:
        """Send a request, head and body in one piece."""
        sock = self.connection.sock
        sock.settimeout(self.timeout)
        # The answer may be there all the same: why it did not want to hear the request.
        with suppress(BrokenPipeError):
            sock.sendall(message)
        data = sock.recv(PIECE)
        if not data:
            raise http.client.RemoteDisconnected("Remote end closed connection without response")
        end = data.find(b"\r\n\r\n")
        head = _parse_head(data[:end]) if end >= 0 else None
        length = head and _body_length(self.method, head)
        if head is None or length is None:
            return self._read_by_urllib3(data)
        stop = end + 4 + length
        if len(data) < stop <= PIECE:
            # Many servers send the body on its own; if more is missing after it, urllib3 is asked.
            data += sock.recv(PIECE)
        if len(data) < stop:
            return self._read_by_urllib3(data)
        # What follows an answer belongs to no request of ours.
        if len(data) > stop or head.headers.get("connection", "").lower() == "close":
            self.connection.close()
        self.pool._put_conn(self.connection)
        return _InMemory(head, data[end + 4 : stop], self.url, self.prepare)

    def run_when_wanted(self, head: bytes, body: bytes) -> requests.Response:
        """Send the body when the server has seen the head and does not refuse."""
        if self.connection.sock is None:
            self.connection.timeout = self.timeout
            self.pool._validate_conn(self.connection)  # opens it, where there is TLS
        if self.connection.sock is None:
            self.connection.connect()
        sock = self.connection.sock
        sock.settimeout(self.timeout)
        sock.sendall(head)
        begun = b""
        if wait_for_read(sock, timeout=CONTINUE_TIMEOUT):
            begun = self._receive_head(sock)
            if not _INTERIM.match(begun):
                return self._read_by_urllib3(begun, is_last=True)
            begun = begun.partition(b"\r\n\r\n")[2]
        with suppress(BrokenPipeError):
            sock.sendall(body)
        return self._read_by_urllib3(begun)

    def _receive_head(self, sock: Any) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data and len(data) < PIECE:
            piece = sock.recv(PIECE)
            if not piece:
                break
            data += piece
        return data

    def _read_by_urllib3(self, data: bytes, is_last: bool = False) -> requests.Response:
        """
        The answer whose first bytes are read already.

        :param is_last: The server may wait for more of the request: no other can follow.
        """
        answer = Answer(self.connection.sock, method=self.method)
        answer.source.begun = memoryview(data)
        try:
            answer.begin()
            raw = urllib3.HTTPResponse(
                body=answer,
                headers=urllib3.HTTPHeaderDict(answer.msg.items()),
                status=answer.status,
                version=answer.version,
                reason=answer.reason,
                preload_content=False,
                decode_content=False,
                original_response=answer,
                pool=self.pool,
                connection=self.connection,
                request_method=self.method,
                request_url=self.url,
            )
        except BaseException:
            answer.close()
            raise
        if answer.will_close or is_last:
            self.connection.close()  # the socket itself lives as long as the answer reads from it
        built: requests.Response = self.adapter.build_response(self.prepare(), raw)
        return built


class _InMemory(requests.Response):
    """
    A response of ``requests`` that is read, and makes what few ask for when they do.
    """

    elapsed = timedelta(0)

    def __init__(self, head: _Head, content: bytes, url: str, prepare: Callable[[], Any]) -> None:
        self.status_code = head.status
        self.reason = head.reason
        self.lower_headers = head.headers
        self.url = url
        self._names = head.names
        self._prepare = prepare
        self._content = content
        self._content_consumed = True

    @cached_property
    def headers(self) -> Any:  # type: ignore[override]
        return CaseInsensitiveDict(zip(self._names, self.lower_headers.values(), strict=True))

    @cached_property
    def encoding(self) -> Any:  # type: ignore[override]
        return requests.utils.get_encoding_from_headers(self.headers)

    @cached_property
    def request(self) -> Any:  # type: ignore[override]
        return self._prepare()

    @cached_property
    def cookies(self) -> Any:  # type: ignore[override]
        return requests.cookies.RequestsCookieJar()

    @cached_property
    def history(self) -> Any:  # type: ignore[override]
        return []

    @cached_property
    def raw(self) -> Any:  # type: ignore[override]
        return io.BytesIO(self.content)


def _split(url: str) -> tuple[str, str]:
    """The part of a URL that names the host, and the part that is asked of it."""
    start = url.index("://") + 3
    slash = url.find("/", start)
    if slash < 0:
        query = url.find("?", start)
        return (url, "/") if query < 0 else (url[:query], f"/{url[query:]}")
    return url[:slash], url[slash:]


def _head(
    method: str,
    target: str,
    session_headers: CaseInsensitiveDict[Any],
    headers: Mapping[str, Any],
    body: bytes | None,
) -> bytes | None:
    """The head of a request as it goes to the wire; None when anything about it is unusual."""
    lines = [f"{method} {target} HTTP/1.1"]
    given = {name.lower() for name in headers}
    if len(given) != len(headers) or "host" not in given or given & _SPECIAL_REQUEST:
        return None
    for name, value in session_headers.lower_items():
        if name not in given:
            lines.append(f"{name}: {value}")
    for name, value in headers.items():
        if type(value) is not str or not _is_token(name):
            return None
        lines.append(f"{name}: {value}")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    elif method not in _NO_BODY_NO_LENGTH:
        lines.append("Content-Length: 0")
    head = "\r\n".join(lines)
    breaks = len(lines) - 1
    if head.count("\r") != breaks or head.count("\n") != breaks or "\0" in head:
        return None
    try:
        return f"{head}\r\n\r\n".encode()
    except UnicodeEncodeError:
        return None


class _Head(NamedTuple):
    """
    :param headers: By their names in lower case.
    :param names: Those as they came.
    """

    status: int
    reason: str
    headers: dict[str, str]
    names: list[str]


def _parse_head(data: bytes) -> _Head | None:
    """The head of an answer; None when there is anything unusual about it."""
    lines = data.decode("latin-1").split("\r\n")
    breaks = len(lines) - 1
    if breaks > MOST_HEADERS or data.count(b"\n") != breaks or data.count(b"\r") != breaks:
        return None
    found = _STATUS_LINE.fullmatch(lines[0])
    if found is None:
        return None
    headers: dict[str, str] = {}
    names = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        lower = name.lower()
        if not colon or not _is_token(name) or lower in headers or lower in _SPECIAL_ANSWER:
            return None
        headers[lower] = value.strip(" \t")
        names.append(name)
    return _Head(int(found[1]), found[2] or "", headers, names)


def _body_length(method: str, head: _Head) -> int | None:
    """How long the body is; None when only its end tells, or the answer contradicts itself."""
    if method == "HEAD" or head.status in (204, 304):
        return 0
    length = head.headers.get("content-length", "")
    return int(length) if length.isdecimal() and length.isascii() else None


def _as_requests_error(error: Exception, prepare: Callable[[], Any]) -> requests.RequestException:
    """The exception that ``requests`` has for what went wrong on a socket."""
    if isinstance(error, TimeoutError):
        return exceptions.ReadTimeout(error, request=prepare())
    if isinstance(error, SSLError):
        return exceptions.SSLError(error, request=prepare())
    aborted = ProtocolError("Connection aborted.", error)
    return exceptions.ConnectionError(aborted, request=prepare())
