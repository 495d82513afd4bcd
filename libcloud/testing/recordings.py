"""
Recorded exchanges with a provider as its stand-in.

A recording is what a VCR wrote down when somebody, with this or any other program, spoke to the
provider itself. :class:`Replay` answers each request of a driver with what the provider answered to
the same one then::

    cassettes = recordings("fixtures-dns-acme.json.gz")

    def test_create_record_as_recorded():
        with Replay(cassettes["create_record_for_A"], ignore=["per_page"]) as replay:
            driver = replay.attach(AcmeDNSDriver("key"))
            ...

Two requests are the same when method, path, query and body are: the order of parameters and keys
does not matter, JSON is compared as data and XML without its white space. The host, headers and an
empty JSON object as a body do not count.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from libcloud.testing.http import (
    Answer,
    HTTPDouble,
    Request,
    UnexpectedRequest,
    UnusedRoutes,
    _canonical_xml,
    _difference,
    _grouped,
    _indented,
)
from libcloud.testing.specs import Spec

__all__ = ["Cassettes", "Exchange", "Replay", "recordings"]

# The body is unpacked in a recording, and its length may be another one.
_HEADERS_OF_THE_WIRE = {"connection", "content-encoding", "content-length", "transfer-encoding"}
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_NEAREST = 3


class Exchange(NamedTuple):
    """A request that somebody sent, and what the provider answered."""

    method: str
    url: str
    body: bytes
    answer: Answer

    def __str__(self) -> str:
        return f"{self.method} {self.url}"

    @classmethod
    def from_vcr(cls, interaction: Mapping[str, Any]) -> Exchange:
        """One of the ``interactions`` that vcrpy and go-vcr write."""
        request, response = interaction["request"], interaction["response"]
        status, headers = response.get("code") or response["status"], response.get("headers") or {}
        return cls(
            request["method"].upper(),
            request.get("uri") or request["url"],
            _bytes_of(request.get("body")),
            Answer(
                int(status["code"] if isinstance(status, dict) else status),
                {
                    name: value if isinstance(value, str) else ", ".join(value)
                    for name, value in headers.items()
                    if name.lower() not in _HEADERS_OF_THE_WIRE
                },
                _bytes_of(response.get("body")),
            ),
        )


class Cassettes(Mapping[str, list[Exchange]]):
    """
    The recordings of a file, by their paths in it.

    Any part of a path that no other one has is enough: ``cassettes["create_record_for_A"]``.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content

    def __getitem__(self, name: str) -> list[Exchange]:
        found = [path for path in self._content if name in path]
        path = name if name in self._content else found[0] if len(found) == 1 else None
        if path is None:
            raise KeyError(f"{name} is in {len(found)} of the recordings: {found or list(self)}")
        return [Exchange.from_vcr(each) for each in self._content[path]["interactions"]]

    def __iter__(self) -> Any:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)


def recordings(name: str | os.PathLike[str]) -> Cassettes:
    """
    The recordings of a JSON file ``{path: {"interactions": [...]}}``.

    A test, or a module of tests, that asks for a file while there is no folder is skipped.

    :param name: File in the folder ``LIBCLOUD_SPECS``, or an absolute path; maybe gzipped.
    """
    path = Path(name)
    if not path.is_absolute():
        folder = os.environ.get("LIBCLOUD_SPECS")
        if not folder:
            import pytest

            reason = f"LIBCLOUD_SPECS is not set: {name} cannot be replayed"
            pytest.skip(reason, allow_module_level=True)
        path = Path(folder) / path
    return Cassettes(json.loads(_unpacked(path.read_bytes())))


class Replay(HTTPDouble):
    """
    The provider as it was recorded.

    What was asked several times gets its answers in their order, and the last one again after that.
    An answer from before the last change that the driver made is given only if there is none from
    after it: whoever records looks more often than a driver does.

    :param exchanges: What was recorded, or a part of it.
    :param ignore: Names of query parameters, form fields and keys of JSON bodies that are not
        compared, at any depth.
    :param mask: Regular expression -> what to put in its place, in URLs and bodies of both sides,
        before they are compared: tokens, times, host names.
    :param strict: Fail at the end when a recorded exchange was not asked for.
    :param spec: As for :class:`~libcloud.testing.http.HTTPDouble`.
    """

    def __init__(
        self,
        exchanges: Iterable[Exchange],
        ignore: Iterable[str] = (),
        mask: Mapping[str, str] | None = None,
        strict: bool = False,
        spec: Spec | None = None,
    ) -> None:
        super().__init__(spec=spec)
        self.exchanges = list(exchanges)
        self._ignored = frozenset(ignore)
        self._mask = dict(mask or {})
        self._strict = strict
        self._parts = [
            self._comparable(each.method, each.url, each.body) for each in self.exchanges
        ]
        self._used: set[int] = set()
        self._last_write = -1

    @property
    def unused(self) -> list[Exchange]:
        """What was recorded and not asked for so far."""
        with self._lock:
            return [each for n, each in enumerate(self.exchanges) if n not in self._used]

    def assert_all_used(self) -> None:
        """
        :raises UnusedRoutes: a recorded exchange was not asked for.
        """
        if self.unused:
            raise UnusedRoutes("not asked for:\n  " + "\n  ".join(map(str, self.unused)))

    def verify(self) -> None:
        super().verify()
        if self._strict:
            self.assert_all_used()

    def __reduce__(self) -> Any:
        return Replay, ((),)

    def _answer(self, request: Request) -> Answer:
        if self.spec is not None:
            self.spec.check_request(request)
        with self._lock:
            self._requests.append(request)
            position = self._next(request)
            self._used.add(position)
            if request.method in _WRITES:
                self._last_write = position
        return self.exchanges[position].answer

    def _next(self, request: Request) -> int:
        """Which of the recorded exchanges answers a request."""
        sent = self._comparable(request.method, request.url, request.body)
        found = [number for number, parts in enumerate(self._parts) if parts == sent]
        if not found:
            raise UnexpectedRequest(self._message(request, sent))
        fresh = [number for number in found if number not in self._used]
        later = [number for number in fresh if number > self._last_write]
        return (later or fresh or found[-1:])[0]

    def _comparable(self, method: str, url: str, body: bytes) -> dict[str, Any]:
        for pattern, replacement in self._mask.items():
            url = re.sub(pattern, replacement, url)
            body = re.sub(pattern.encode(), replacement.encode(), body)
        parts = urlsplit(url)
        query = _grouped(parse_qsl(parts.query, keep_blank_values=True))
        return {
            "method": method,
            "path": unquote(parts.path) or "/",
            "query": self._without_ignored({key: sorted(query[key]) for key in query}),
            "body": self._comparable_body(body),
        }

    def _comparable_body(self, body: bytes) -> Any:
        text = body.decode("utf-8", "replace").strip()
        try:
            return self._without_ignored(json.loads(text)) or None
        except ValueError:
            pass
        if text.startswith("<"):
            return _canonical_xml(body)
        fields = _grouped(parse_qsl(text, keep_blank_values=True))
        return (self._without_ignored(fields) if fields else text) or None

    def _without_ignored(self, value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: each for key, each in value.items() if key not in self._ignored}
            return {key: self._without_ignored(each) for key, each in kept.items()}
        return [self._without_ignored(each) for each in value] if isinstance(value, list) else value

    def _message(self, request: Request, sent: dict[str, Any]) -> str:
        lines = ["no recording answers this request:", "", *_indented(str(request)), ""]
        lines.append("nearest recordings:" if self.exchanges else "there are no recordings")
        shown: list[dict[str, Any]] = []
        for parts in sorted(self._parts, key=lambda parts: _distance(parts, sent)):
            if parts not in shown and len(shown) < _NEAREST:
                shown.append(parts)
                lines.append(f"  {parts['method']} {parts['path']}")
                different = [key for key in parts if parts[key] != sent[key]]
                for key in different:
                    lines.extend(_indented(_difference(key, parts[key], sent[key]), "    "))
        return "\n".join(lines)


def _distance(parts: Mapping[str, Any], sent: Mapping[str, Any]) -> tuple[float, bool, bool]:
    import difflib

    likeness = difflib.SequenceMatcher(None, str(parts["path"]), str(sent["path"])).ratio()
    return -likeness, parts["method"] != sent["method"], parts["query"] != sent["query"]


def _bytes_of(body: Any) -> bytes:
    """A body of a cassette: text, or ``{"string": text}``, or ``{"__b64__": packed}`` in either."""
    if isinstance(body, dict) and "__b64__" in body:
        return _unpacked(base64.b64decode(body["__b64__"]))
    if isinstance(body, dict):
        return _bytes_of(body.get("string"))
    return (body or "").encode()


def _unpacked(raw: bytes) -> bytes:
    return gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
