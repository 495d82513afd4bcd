"""
The old test kit, for test suites that were written against it. New tests use
:mod:`libcloud.testing`.

``MockHttp`` takes the place of the transport: the path of a request names the method that answers,
``/v1.1/servers`` is ``_v1_1_servers(self, method, url, body, headers)``, which returns
``(status, body, headers, reason)``. Put it in as ``Driver.connectionCls.conn_class``.
"""

from __future__ import annotations

import http.client as httplib
import os
import random
import re
import types
import unittest
import urllib.parse as urlparse
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, parse_qsl
from urllib.parse import quote as urlquote

import requests

from libcloud.common.base import Response
from libcloud.http import LibcloudConnection
from libcloud.testing.http import Answer, to_response

__all__ = [
    "PY2",
    "XML_HEADERS",
    "BodyStream",
    "LibcloudConnection",
    "LibcloudTestCase",
    "MockConnection",
    "MockHttp",
    "Response",
    "StorageMockHttp",
    "StringIO",
    "generate_random_data",
    "httplib",
    "make_response",
    "multipleresponse",
    "no_internet",
    "no_network",
    "os",
    "parse_qs",
    "parse_qsl",
    "random",
    "requests",
    "unittest",
    "urlparse",
    "urlquote",
]

PY2 = False
XML_HEADERS = {"content-type": "application/xml"}

MockAnswer = tuple[int, Any, Mapping[str, str], str]


class LibcloudTestCase(unittest.TestCase):
    """A test case that counts which methods of its :class:`MockHttp` have answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._visited_urls: list[str] = []
        self._executed_mock_methods: list[str] = []
        super().__init__(*args, **kwargs)

    def setUp(self) -> None:
        self._visited_urls = []
        self._executed_mock_methods = []

    def _add_visited_url(self, url: str) -> None:
        self._visited_urls.append(url)

    def _add_executed_mock_method(self, method_name: str) -> None:
        self._executed_mock_methods.append(method_name)

    def assertExecutedMethodCount(self, expected: int) -> None:  # noqa: N802
        actual = len(self._executed_mock_methods)
        self.assertEqual(
            actual, expected, f"expected {expected}, but {actual} mock methods were executed"
        )


# As the names of methods begin that answer a path with the version of an API from Amazon.
_VERSION = re.compile(r"^_\d{4}_\d{2}_\d{2}(?=_)")


class MockHttp(LibcloudConnection, unittest.TestCase):
    """A transport whose methods, named by URL path, answer."""

    # Goes to the end of the method's name: _servers_detail_ERROR.
    type: str | None = None
    # Parameter, of the query or the form, whose value goes to the end of the method's name.
    use_param: str | None = None
    # The LibcloudTestCase that is told which methods answered.
    test: Any = None
    proxy_url: str | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        unittest.TestCase.__init__(self)
        if len(args) + len(kwargs) < 2:
            # Test runners collect it, being a test case, with the name of a method.
            kwargs = {"host": "127.0.0.1", "port": 443}
            args = ()
        LibcloudConnection.__init__(self, *args, **kwargs)

    def request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        raw: bool = False,
        stream: bool = False,
        hooks: Mapping[str, Any] | None = None,
    ) -> None:
        status, content, answer_headers, reason = self._get_request(method, url, body, headers)
        prepared = requests.Request(method, urlparse.urljoin(self.host, url)).prepare()
        # In chunks, so that no Content-Length joins the headers.
        reply = Answer(status, dict(answer_headers or {}), [_as_bytes(content)])
        self.response = to_response(prepared, reply)
        self.response.reason = reason

    def prepared_request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        raw: bool = False,
        stream: bool = False,
    ) -> None:
        self.request(method, url, body=body, headers=headers, raw=raw, stream=stream)

    def _get_request(
        self, method: str, url: str, body: Any = None, headers: Mapping[str, Any] | None = None
    ) -> MockAnswer:
        parts = urlparse.urlsplit(url)
        path = parts.path.removesuffix("/")
        params = parse_qs(parts.query)
        if self.use_param and self.use_param not in params and isinstance(body, str):
            # The parameters of an action may also be a form: drivers choose, tests need not care.
            params = parse_qs(body)
        name = self._get_method_name(self.type, self.use_param, params, path)
        if not hasattr(self, name):
            # The version of the API may also be in the path: drivers choose, tests need not care.
            bare = _VERSION.sub("", name)
            name = next((each for each in dir(self) if _VERSION.sub("", each) == bare), name)
        answering = self._get_method(name)
        if isinstance(self.test, LibcloudTestCase):
            self.test._add_visited_url(url=url)
            self.test._add_executed_mock_method(method_name=name)
        return answering(method, url, body, headers)

    def _get_method(self, name: str) -> Callable[..., MockAnswer]:
        # From the class first: a path such as /session has the name of an attribute of ours.
        function = getattr(type(self), name, None)
        if isinstance(function, types.FunctionType):
            return types.MethodType(function, self)
        method: Callable[..., MockAnswer] = function or getattr(self, name)
        return method

    def _get_method_name(
        self, type: str | None, use_param: str | None, qs: Mapping[str, list[str]], path: str
    ) -> str:
        """The method that answers a path: ``_v1_1_servers``, then the type, then the parameter."""
        name = _replace(path, "/.-", "_").replace("~", "%7E")
        if type:
            name = f"{name}_{type}"
        if use_param and use_param in qs:
            name = f"{name}_{_replace(qs[use_param][0], '.-', '_')}"
        return name or "root"

    def assertUrlContainsQueryParams(  # noqa: N802
        self, url: str, expected_params: Mapping[str, str], strict: bool = False
    ) -> None:
        """
        Assert that the query of a URL has the expected parameters.

        :param strict: It has no others.
        """
        params = dict(parse_qsl(urlparse.urlparse(url).query))
        if not strict:
            params = {name: params[name] for name in expected_params if name in params}
        self.assertEqual(params, dict(expected_params))

    def _example(self, method: str, url: str, body: Any, headers: Any) -> MockAnswer:
        ok = httplib.OK
        return ok, "Hello World!", {"X-Foo": "libcloud"}, httplib.responses[ok]

    def _example_fail(self, method: str, url: str, body: Any, headers: Any) -> MockAnswer:
        forbidden = httplib.FORBIDDEN
        return forbidden, "Oh No!", {"X-Foo": "fail"}, httplib.responses[forbidden]


class StorageMockHttp(MockHttp):
    """The same: uploads need nothing more."""


class MockConnection:
    """What a response class needs of a connection."""

    def __init__(self, action: Any) -> None:
        self.action = action


class BodyStream(StringIO):
    """A body that comes whole, whatever size of chunk is asked for."""

    def next(self, chunk_size: int | None = None) -> str:
        return super().__next__()

    def __next__(self, chunk_size: int | None = None) -> str:  # type: ignore[override]
        return super().__next__()

    def read(self, chunk_size: int | None = None) -> str:
        return super().read()


class multipleresponse:  # noqa: N801
    """Decorator: the function returns a list, and each call gives the next of its elements."""

    count = 0
    func: Any = None

    def __init__(self, f: Callable[..., Any]) -> None:
        self.func = f

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        answers = self.func(self, *args, **kwargs)
        answer = answers[self.count]
        self.count += 1
        return answer


def make_response(
    status: int = 200, headers: Mapping[str, str] | None = None, connection: Any = None
) -> Response:
    """A parsed answer without a body."""
    prepared = requests.PreparedRequest()
    return Response(to_response(prepared, Answer(status, headers)), connection)


def generate_random_data(size: int) -> str:
    """This many random digits."""
    return "".join(random.choice("0123456789") for _ in range(size))


def no_network() -> bool:
    """True when the environment says that there is no network."""
    return "NO_NETWORK" in os.environ


def no_internet() -> bool:
    """True when the environment says that there is no Internet."""
    return "NO_INTERNET" in os.environ


def _replace(text: str, characters: str, replacement: str) -> str:
    return text.translate({ord(character): replacement for character in characters})


def _as_bytes(content: Any) -> bytes:
    if hasattr(content, "read"):
        content = content.read()
    if content is None:
        return b""
    return content.encode("utf-8") if isinstance(content, str) else bytes(content)
