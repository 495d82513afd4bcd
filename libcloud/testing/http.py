"""
An HTTP double: answers the requests of a driver from a table of routes.

It takes the place of the network only. Everything above runs as it does in a program: the driver,
its connection with authentication and retries, and the response class::

    with HTTPDouble(fixtures=Path(__file__).parent / "fixtures" / "acme") as double:
        driver = double.attach(AcmeDNSDriver("key"))
        double.on("GET", "/zones", query={"page": 1}).reply_file("zones.json")
        double.on("POST", "/zones", json={"name": "example.com"}).reply(201, json={"id": 7})
        double.on("GET", "/zones/7").reply(429, headers={"Retry-After": "0"}).reply(json={"id": 7})
        ...

A request that no route answers fails the call with the difference to the nearest routes; leaving
the ``with`` block fails when a route, or one of its replies, was never used. Both are
:class:`AssertionError`, and a driver that swallows the first one fails at the end of the block.

Each double has its own table, so tests can run side by side. One double can serve many threads.
"""

from __future__ import annotations

import difflib
import io
import json as jsonlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import requests
import urllib3
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict

from libcloud.common.connection import Connection
from libcloud.http import LibcloudConnection
from libcloud.testing.fixtures import Fixtures

if TYPE_CHECKING:
    from typing_extensions import Self

    from libcloud.testing.specs import Spec

__all__ = [
    "ANY",
    "Answer",
    "HTTPDouble",
    "Request",
    "Route",
    "UnexpectedRequest",
    "UnusedRoutes",
    "answer",
    "includes",
    "to_response",
]

DriverT = TypeVar("DriverT")
Query = Mapping[str, Any] | Iterable[tuple[str, Any]]


class UnexpectedRequest(AssertionError):
    """The driver sent a request that no route answers."""


class UnusedRoutes(AssertionError):
    """A route, or one of its replies, was never asked for."""


class _Any:
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "ANY"


#: Stands for any value, wherever a route names one: the whole query, a parameter, a part of a body.
ANY: Any = _Any()


class includes:  # noqa: N801 - reads as a word in a route
    """Equal to a mapping that has these items, and maybe more."""

    def __init__(self, items: Mapping[str, Any]) -> None:
        self.items = items

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and all(
            key in other and value == other[key] for key, value in self.items.items()
        )

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"includes({dict(self.items)!r})"


class Request:
    """
    A request that reached the wire.

    ``path`` and ``query_string`` are as they were sent, percent-encoded. ``query`` and ``form`` map
    a name to the list of its values, decoded. ``headers`` ignores case.
    """

    def __init__(self, prepared: PreparedRequest) -> None:
        url = prepared.url or ""
        parts = urlsplit(url)
        self.method = prepared.method or ""
        self.url = url
        self.host = parts.netloc
        self.path = parts.path or "/"
        self.query_string = parts.query
        self.query = _grouped(parse_qsl(parts.query, keep_blank_values=True))
        self.headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(
            {name: _text(value) for name, value in (prepared.headers or {}).items()}
        )
        self.body = _read_body(prepared.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def json(self) -> Any:
        """The body as Python data."""
        return jsonlib.loads(self.body)

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a URL-encoded body."""
        return _grouped(parse_qsl(self.text, keep_blank_values=True))

    def __str__(self) -> str:
        lines = [f"{self.method} {self.url}"]
        if self.body:
            lines.append(_shortened(self.text))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url}>"


class Answer:
    """
    What the double sends back.

    :param body: Bytes, or an iterable of chunks for an answer that is read as a stream.
    :param error: Raised instead of an answer: what the network does when it fails.
    """

    def __init__(
        self,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] = b"",
        error: BaseException | None = None,
    ) -> None:
        self.status = status
        self.headers = dict(headers or {})
        self.body = body
        self.error = error


def answer(
    status: int = 200,
    *,
    json: Any = None,
    text: str | None = None,
    body: bytes | Iterable[bytes] = b"",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """
    An answer, for handlers of :meth:`HTTPDouble.serve`.

    :param json: Python data; sets the content type.
    :param text: A body in UTF-8, XML for instance.
    :param body: The body as it is; an iterable is sent in chunks.
    """
    all_headers = CaseInsensitiveDict(headers or {})
    if json is not None:
        body = jsonlib.dumps(json).encode()
        all_headers.setdefault("Content-Type", "application/json")
    elif text is not None:
        body = text.encode()
    return Answer(status, dict(all_headers), body)


Handler = Callable[..., Answer]


class Route:
    """
    One kind of request, and the answers that it gets. Made by :meth:`HTTPDouble.on`.

    The replies are given in their order; the last one is given again for all further requests,
    unless :meth:`exactly` limits their number.
    """

    def __init__(self, double: HTTPDouble, method: str, path: str, checks: _Checks) -> None:
        self._double = double
        self._method = method.upper()
        self._path = path
        self._pattern = _compile(path)
        self._checks = checks
        self._replies: list[Answer | Handler] = []
        self._optional = False
        self._exactly: int | None = None
        self.calls = 0

    def reply(
        self,
        status: int = 200,
        *,
        json: Any = None,
        text: str | None = None,
        body: bytes | Iterable[bytes] = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Route:
        """Give this answer next. The parameters are those of :func:`answer`."""
        return self._add(answer(status, json=json, text=text, body=body, headers=headers))

    def reply_file(
        self, name: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Route:
        """
        Give the content of a file next.

        :param name: Path below the double's fixture folder. Its ending tells the content type.
        """
        content = self._double.fixtures.bytes(name)
        all_headers = CaseInsensitiveDict(headers or {})
        all_headers.setdefault("Content-Type", _content_type(name))
        return self._add(Answer(status, dict(all_headers), content))

    def reply_with(self, handler: Handler) -> Route:
        """
        Let a function answer.

        :param handler: Called with the :class:`Request` and, by name, the decoded parts of the path
            that the route's template names. Returns an :class:`Answer`.
        """
        return self._add(handler)

    def fail(self, error: BaseException | None = None) -> Route:
        """
        Break the connection next.

        :param error: What to raise, an exception of ``requests``; a reset connection by default.
        """
        return self._add(
            Answer(error=error or requests.ConnectionError("Connection reset by peer"))
        )

    def exactly(self, calls: int) -> Route:
        """Answer this number of requests, neither more nor fewer."""
        self._exactly = calls
        return self

    def optional(self) -> Route:
        """Do not fail when the route is never used."""
        self._optional = True
        return self

    def _add(self, reply: Answer | Handler) -> Route:
        self._replies.append(reply)
        return self

    def _mismatches(self, request: Request) -> list[str]:
        """What keeps the route from answering, nothing when it can."""
        found = []
        if request.method != self._method:
            found.append(f"method: this route wants {self._method}, sent was {request.method}")
        if self._pattern.fullmatch(self._target(request)) is None:
            found.append(f"path: this route wants {self._path}, sent was {self._target(request)}")
        if found:
            return found
        if self._exactly is not None and self.calls >= self._exactly:
            return [f"calls: this route answers {self._exactly}, and has done so"]
        return self._checks.mismatches(request)

    def _target(self, request: Request) -> str:
        if "://" in self._path:
            return f"{urlsplit(request.url).scheme}://{request.host}{request.path}"
        return request.path

    def _take(self, request: Request) -> Callable[[], Answer]:
        if not self._replies:
            raise UnexpectedRequest(f"the route {self} has no reply")
        reply = self._replies[min(self.calls, len(self._replies) - 1)]
        self.calls += 1
        if isinstance(reply, Answer):
            return lambda: reply
        match = self._pattern.fullmatch(self._target(request))
        named = match.groupdict() if match else {}
        return lambda: reply(request, **{name: unquote(value) for name, value in named.items()})

    def _unused(self) -> str | None:
        if self._exactly is not None and self.calls != self._exactly:
            return f"{self}: asked {self.calls} times, expected {self._exactly}"
        if self._optional or (self.calls and self.calls >= len(self._replies)):
            return None
        if not self.calls:
            return f"{self}: never asked"
        return f"{self}: only {self.calls} of its {len(self._replies)} replies were asked for"

    def __str__(self) -> str:
        return f"{self._method} {self._path}{self._checks.query_text()}"


class HTTPDouble:
    """
    A table of routes, and the driver's way to it.

    :param fixtures: Folder that :meth:`Route.reply_file` reads from.
    :param spec: The provider's description (:mod:`libcloud.testing.specs`). Each request and each
        answer is checked against it.
    """

    def __init__(
        self, fixtures: str | os.PathLike[str] | None = None, spec: Spec | None = None
    ) -> None:
        self.fixtures = Fixtures(fixtures if fixtures is not None else os.curdir)
        self.spec = spec
        self._lock = threading.Lock()
        self._routes: list[Route] = []
        self._requests: list[Request] = []
        self._failures: list[AssertionError] = []
        #: A transport for ``Connection.conn_class``, bound to this double.
        self.conn_class = _Transport(self)

    def on(
        self,
        method: str,
        path: str,
        *,
        query: Query | Any = (),
        headers: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Query | Any = None,
        xml: str | None = None,
        body: bytes | str | None = None,
    ) -> Route:
        """
        Add a route; give it its replies with :meth:`Route.reply` and its likes.

        The first route that fits a request answers it. What is not given is not checked, except the
        query: a route without one wants none.

        :param path: The path as it is on the wire, percent-encoded, or a whole URL where the host
            matters too. ``{name}`` stands for one segment, ``{name:path}`` for the rest.
        :param query: The parameters, decoded: name -> value or list of values. ``ANY`` for all.
        :param headers: Headers that must be there.
        :param json: The body as Python data.
        :param form: The fields of a URL-encoded body, given like the query.
        :param xml: The body as XML; white space between elements does not matter.
        :param body: The body as it is.
        """
        checks = _Checks(query=query, headers=headers, json=json, form=form, xml=xml, body=body)
        route = Route(self, method, path, checks)
        with self._lock:
            self._routes.append(route)
        return route

    def serve(self, method: str, path: str, handler: Handler) -> Route:
        """
        Add a route of a small server that lives in the test.

        It takes any query and any body, and nothing fails when it is never asked.

        :param handler: See :meth:`Route.reply_with`.
        """
        return self.on(method, path, query=ANY).reply_with(handler).optional()

    def attach(self, driver: DriverT) -> DriverT:
        """
        Lead all requests of a driver to this double, and return the driver.

        All connections that the driver holds by now are led here. For one that is made later, or
        for a driver whose constructor sends requests, put :attr:`conn_class` into the connection's
        class::

            monkeypatch.setattr(AcmeAuthConnection, "conn_class", double.conn_class)
        """
        found = [value for value in vars(driver).values() if isinstance(value, Connection)]
        if not found:
            raise TypeError(f"{driver!r} holds no connection")
        for connection in found:
            connection.conn_class = self.conn_class
            connection.connect()
        return driver

    @property
    def requests(self) -> list[Request]:
        """The requests so far, in the order in which they came."""
        with self._lock:
            return list(self._requests)

    def verify(self) -> None:
        """
        Fail when something went wrong that the test may not have seen.

        :raises UnexpectedRequest: a request was not answered.
        :raises UnusedRoutes: a route, or one of its replies, was never asked for.
        """
        with self._lock:
            if self._failures:
                raise self._failures[0]
            unused = [text for text in (route._unused() for route in self._routes) if text]
        if unused:
            raise UnusedRoutes("not used:\n  " + "\n  ".join(unused))

    def __reduce__(self) -> Any:
        # A driver that is pickled does not take the answers along: its copy has none.
        return HTTPDouble, ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.verify()

    def send(self, prepared: PreparedRequest) -> Response:
        """Answer a prepared request: what the network does, for transports of your own."""
        request = Request(prepared)
        try:
            reply = self._answer(request)
        except AssertionError as error:
            with self._lock:
                self._failures.append(error)
            raise
        if reply.error is not None:
            raise reply.error
        return to_response(prepared, reply)

    def _answer(self, request: Request) -> Answer:
        with self._lock:
            self._requests.append(request)
            take = self._find(request)._take(request)
        if self.spec is not None:
            self.spec.check_request(request)
        reply = take()
        if self.spec is not None and reply.error is None and isinstance(reply.body, bytes):
            self.spec.check_answer(request, reply)
        return reply

    def _find(self, request: Request) -> Route:
        differences = []
        for route in self._routes:
            mismatches = route._mismatches(request)
            if not mismatches:
                return route
            differences.append((route, mismatches))
        raise UnexpectedRequest(_unexpected_message(request, differences))


class _Checks:
    """What a route wants of a request beside method and path."""

    def __init__(
        self,
        query: Any,
        headers: Mapping[str, Any] | None,
        json: Any,
        form: Any,
        xml: str | None,
        body: bytes | str | None,
    ) -> None:
        self._query = _wanted_pairs(query)
        self._headers = headers or {}
        self._json = json
        self._form = None if form is None else _wanted_pairs(form)
        self._xml = xml
        self._body = body.encode() if isinstance(body, str) else body

    def query_text(self) -> str:
        if self._query is ANY:
            return ""
        if not isinstance(self._query, dict):
            return f"?{self._query!r}"
        return f"?{urlencode(self._query, doseq=True)}" if self._query else ""

    def mismatches(self, request: Request) -> list[str]:
        found = []
        if self._query != request.query:
            found.append(_difference("query", self._query, request.query))
        for name, value in self._headers.items():
            if value != request.headers.get(name):
                sent = request.headers.get(name)
                found.append(f"header {name}: this route wants {value!r}, sent was {sent!r}")
        if self._json is not None:
            try:
                sent_json = request.json
            except ValueError:
                found.append(f"body: this route wants JSON, sent was {_shortened(request.text)!r}")
            else:
                if self._json != sent_json:
                    found.append(_difference("JSON body", self._json, sent_json))
        if self._form is not None and self._form != request.form:
            found.append(_difference("form body", self._form, request.form))
        if self._xml is not None:
            wanted, sent_xml = _canonical_xml(self._xml.encode()), _canonical_xml(request.body)
            if wanted != sent_xml:
                found.append(_diff_lines("XML body", wanted.splitlines(), sent_xml.splitlines()))
        if self._body is not None and self._body != request.body:
            found.append(f"body: this route wants {self._body!r}, sent was {request.body!r}")
        return found


class _DoubleAdapter(BaseAdapter):
    """The double in the place of the sockets of a ``requests`` session."""

    def __init__(self, double: HTTPDouble) -> None:
        super().__init__()
        self._double = double

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:  # type: ignore[override]
        return self._double.send(request)

    def close(self) -> None:
        pass


class DoubleConnection(LibcloudConnection):
    """The library's transport, with a double below it."""

    def __init__(self, double: HTTPDouble, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._double = double
        self._mount()

    def _mount(self) -> None:
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _DoubleAdapter(self._double))

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._mount()


class _Transport:
    """Makes the transports of one double, in the place of a class."""

    def __init__(self, double: HTTPDouble) -> None:
        self._double = double

    def __call__(self, *args: Any, **kwargs: Any) -> DoubleConnection:
        return DoubleConnection(self._double, *args, **kwargs)


class _ChunkStream(io.RawIOBase):
    """A body that comes in chunks, as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def to_response(prepared: PreparedRequest, reply: Answer) -> Response:
    """The answer as ``requests`` hands it out."""
    headers = CaseInsensitiveDict(reply.headers)
    stream: io.IOBase
    if isinstance(reply.body, bytes):
        stream = io.BytesIO(b"" if prepared.method == "HEAD" else reply.body)
        if "Transfer-Encoding" not in headers and reply.status not in (204, 304):
            headers.setdefault("Content-Length", str(len(reply.body)))
    else:
        stream = _ChunkStream(reply.body)
    raw = urllib3.HTTPResponse(
        body=stream,
        status=reply.status,
        reason=_reason(reply.status),
        headers=dict(headers),
        preload_content=False,
        decode_content=False,
        request_method=prepared.method,
    )
    response: Response = HTTPAdapter().build_response(prepared, raw)
    return response


def _reason(status: int) -> str:
    import http

    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""


def _compile(path: str) -> re.Pattern[str]:
    """The pattern of a path with ``{name}`` and ``{name:path}`` in it."""
    pattern = ""
    position = 0
    for found in re.finditer(r"\{(\w+)(:path)?\}", path):
        pattern += re.escape(path[position : found.start()])
        pattern += f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})"
        position = found.end()
    return re.compile(pattern + re.escape(path[position:]), re.DOTALL)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _wanted_pairs(wanted: Any) -> Any:
    """The query or form of a route, in the shape of a request's: name -> list of texts."""
    if isinstance(wanted, includes):
        return includes(_wanted_pairs(wanted.items))
    if wanted is ANY:
        return wanted
    pairs = wanted.items() if isinstance(wanted, Mapping) else wanted
    grouped: dict[str, Any] = {}
    for name, value in pairs:
        if value is ANY:
            grouped[name] = ANY
        else:
            values = value if isinstance(value, (list, tuple)) else [value]
            grouped.setdefault(name, []).extend(
                item if item is ANY else str(item) for item in values
            )
    return grouped


def _read_body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if hasattr(body, "read"):
        return _bytes(body.read())
    return b"".join(_bytes(chunk) for chunk in body)


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _content_type(name: str) -> str:
    endings = {".json": "application/json", ".xml": "application/xml", ".txt": "text/plain"}
    return endings.get(os.path.splitext(name)[1], "application/octet-stream")


def _canonical_xml(body: bytes) -> str:
    from lxml import etree

    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return body.decode("utf-8", errors="replace")
    canonical = etree.fromstring(etree.tostring(root, method="c14n"), parser)
    return etree.tostring(canonical, pretty_print=True).decode()


def _shortened(text: str, limit: int = 2000) -> str:
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


def _difference(what: str, wanted: Any, sent: Any) -> str:
    if isinstance(wanted, includes) and isinstance(sent, Mapping):
        wanted, sent = wanted.items, {key: sent[key] for key in wanted.items if key in sent}
    return _diff_lines(what, _pretty(wanted), _pretty(sent))


def _pretty(value: Any) -> list[str]:
    return jsonlib.dumps(value, indent=2, sort_keys=True, default=repr).splitlines()


def _diff_lines(what: str, wanted: list[str], sent: list[str]) -> str:
    lines = list(difflib.ndiff(wanted, sent))
    changed = [line for line in lines if not line.startswith("?")]
    return "\n".join([f"{what} (- wanted, + sent):", *(f"    {line}" for line in changed)])


def _unexpected_message(request: Request, differences: list[tuple[Route, list[str]]]) -> str:
    """The request, and how it differs from the routes that are nearest to it."""

    def distance(difference: tuple[Route, list[str]]) -> tuple[bool, float]:
        route, mismatches = difference
        likeness = difflib.SequenceMatcher(
            None, str(route), f"{request.method} {request.path}"
        ).ratio()
        return mismatches[0].startswith(("method:", "path:")), -likeness

    lines = ["no route answers this request:", "", *_indented(str(request)), ""]
    if not differences:
        lines.append("there are no routes")
    else:
        lines.append("nearest routes:")
    for route, mismatches in sorted(differences, key=distance)[:3]:
        lines.append(f"  {route}")
        for mismatch in mismatches:
            lines.extend(_indented(mismatch, "    "))
    return "\n".join(lines)


def _indented(text: str, margin: str = "  ") -> list[str]:
    return [f"{margin}{line}" for line in text.splitlines()]
