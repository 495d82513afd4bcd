"""
Answers: from a status and bytes to an exception or a parsed body.

A driver's response class overrides ``success()``, ``parse_body()`` and ``parse_error()``.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast

from libcloud.common.errors import MalformedResponseError, exception_from_message
from libcloud.common.network_errors import translated
from libcloud.http import HttpLibResponseProxy

__all__ = ["JsonResponse", "RawResponse", "Response", "XmlResponse"]


class Response:
    """
    The answer to a request, read and parsed.

    :param response: What the connection class returned: a ``requests`` response, or anything with
        the face of an ``http.client`` one.
    :param connection: The connection that it came over.
    :raises LibcloudError: the answer is an error; :meth:`parse_error` says which.
    """

    status: int = HTTPStatus.OK
    headers: dict[str, str] = {}
    body: Any = None
    object: Any = None
    error: Any = None
    connection: Any = None

    # Whether parse_body is to be asked when there is no body.
    parse_zero_length_body: bool = False

    def __init__(self, response: Any, connection: Any) -> None:
        self._take_head(response, connection)
        self.iter_content = getattr(response, "iter_content", None)
        self.content = _content_of(response)
        self.body = _text_of(self.headers, self.content).strip()
        if not self.success():
            raise self._as_exception()
        self.object = self.parse_body()

    def parse_body(self) -> Any:
        """The body as the driver wants it; kept as ``object``. Text, if not overridden."""
        return self.body if self.body is not None else ""

    def parse_error(self) -> Any:
        """
        What the provider says went wrong.

        Either raise the exception, or return it, or return a message for an exception that goes by
        the status. See :func:`libcloud.common.errors.provider_error`.
        """
        return self.body

    def success(self) -> bool:
        """True when the answer is not an error."""
        return 200 <= self.status < 300

    def _take_head(self, response: Any, connection: Any) -> None:
        self.connection = connection
        self.headers = headers_of(response)
        self.error = response.reason
        self.status = _status_of(response)
        self._answer = response

    @property
    def request(self) -> Any:
        """The request as it was sent, with ``method``, ``url``, ``headers`` and ``body``."""
        # Asked for when it is wanted: of an answer that took the short way, it has to be made.
        if "request" in self.__dict__:
            return self.__dict__["request"]
        return getattr(self.__dict__.get("_answer"), "request", None)

    @request.setter
    def request(self, request: Any) -> None:
        self.__dict__["request"] = request

    def _as_exception(self) -> BaseException:
        error = self.parse_error()
        if isinstance(error, BaseException):
            return error
        exception = exception_from_message(code=self.status, message=error, headers=self.headers)
        exception.driver = getattr(self.connection, "driver", None)
        return exception

    def _malformed(self, what: str) -> MalformedResponseError:
        driver = getattr(self.connection, "driver", None)
        error = MalformedResponseError(what, body=self.body, driver=driver)
        error.http_code = self.status
        return error


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


@functools.cache
def _json_decoder() -> Any:
    import json

    # Python would take NaN and Infinity, with which no driver reckons.
    return json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)


class JsonResponse(Response):
    """
    An answer in JSON: ``object`` is Python data.

    :raises MalformedResponseError: the body is not JSON.
    """

    def parse_body(self) -> Any:
        if not self.body and not self.parse_zero_length_body:
            return self.body
        try:
            return _json_decoder().decode(self.body.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            raise self._malformed("Failed to parse JSON") from None

    def parse_error(self) -> Any:
        """The body as data; as text when it is of another kind, such as a proxy's HTML."""
        try:
            return self.parse_body()
        except MalformedResponseError:
            return self.body

    def _stated(self) -> dict[str, Any]:
        """What an error says, by name; nothing when the body is no JSON object."""
        body = JsonResponse.parse_error(self)
        return body if isinstance(body, dict) else {}


class XmlResponse(Response):
    """
    An answer in XML: ``object`` is an lxml element, the root.

    :raises MalformedResponseError: the body is not XML, or defines entities.
    """

    def parse_body(self) -> Any:
        if not self.body and not self.parse_zero_length_body:
            return self.body
        from libcloud.common.xml import parse_xml

        try:
            return parse_xml(self.content or self.body)
        except ValueError:
            raise self._malformed("Failed to parse XML") from None

    def parse_error(self) -> Any:
        """The body as data; as text when it is of another kind, such as a proxy's HTML."""
        try:
            return self.parse_body()
        except MalformedResponseError:
            return self.body


class RawResponse(Response):
    """
    An answer whose body is still on the wire.

    It raises nothing by itself: whoever asked for it looks at ``status``. Reading to the end, or
    :meth:`close`, gives its connection back to the pool.
    """

    def __init__(self, connection: Any, response: Any = None) -> None:
        self._raw = response if response is not None else connection.connection.getresponse()
        self._take_head(self._raw, connection)

    @property
    def response(self) -> Any:
        """The answer with the face of an ``http.client`` response."""
        return HttpLibResponseProxy(self._raw)

    @property
    def body(self) -> Any:
        """The whole body as bytes, read now if it was not."""
        return self.content

    @property
    def content(self) -> bytes:  # type: ignore[override]
        """The whole body, read now if it was not."""
        with translated(self):
            return _content_of(self._raw)

    @property
    def reason(self) -> Any:
        return self._raw.reason

    def iter_content(self, chunk_size: int = 1, decode_unicode: bool = False) -> Iterator[Any]:
        """
        The body in pieces, uncompressed if it was compressed for the way.

        :param chunk_size: Most bytes of a piece.
        :raises NetworkError: the body ended early, or stopped coming.
        """
        with translated(self):
            yield from self._raw.iter_content(chunk_size, decode_unicode)

    def iter_raw(self, chunk_size: int = 64 * 1024) -> Iterator[bytes]:
        """
        The body's bytes exactly as they were sent, compressed if the provider stores them so.

        :param chunk_size: Most bytes of a piece.
        :raises NetworkError: the body ended early, or stopped coming.
        """
        stream = getattr(getattr(self._raw, "raw", None), "stream", None)
        # Of an error the text is in memory already.
        was_read = getattr(self._raw, "_content_consumed", False) is True
        with translated(self):
            if stream is None or was_read:
                yield from self._raw.iter_content(chunk_size)
            else:
                yield from stream(chunk_size, decode_content=False)

    def iter_into(self, buffer: bytearray) -> Iterator[memoryview]:
        """
        The same bytes as of :meth:`iter_raw`, at less than half the cost: all pieces are in one
        buffer, and each is good until the next is asked for.

        :param buffer: Its size is that of a piece.
        :raises NetworkError: the body ended early, or stopped coming.
        """
        from http.client import HTTPException, HTTPResponse

        from urllib3.exceptions import ProtocolError, ReadTimeoutError

        raw: Any = getattr(self._raw, "raw", None)
        body = getattr(raw, "_fp", None)
        was_read = getattr(self._raw, "_content_consumed", False) is True
        if not isinstance(body, HTTPResponse) or was_read:  # a test double, or a foreign transport
            for piece in self.iter_raw(len(buffer)):
                yield memoryview(piece)
            return
        view = memoryview(buffer)
        with translated(self):
            while True:
                try:
                    count = body.readinto(view)
                except TimeoutError as error:
                    # It is about a pool, which nobody will ask it for.
                    raise ReadTimeoutError(cast(Any, None), "", "Read timed out.") from error
                except (OSError, HTTPException) as error:
                    raise ProtocolError("Connection broken", error) from error
                if not count:
                    break
                yield view[:count]
            if body.length:
                raise ProtocolError(f"Connection broken {body.length} bytes before the end")
        raw.release_conn()

    def close(self) -> None:
        """Let go of the connection. What was not read is lost, and the connection with it."""
        close = getattr(self._raw, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> RawResponse:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def _status_of(response: Any) -> int:
    status = getattr(response, "status_code", None)
    return int(response.status if status is None else status)


def headers_of(response: Any) -> dict[str, str]:
    headers: Any = getattr(response, "lower_headers", None)
    if isinstance(headers, dict):
        return headers.copy()
    headers = getattr(response, "headers", None)
    if not hasattr(headers, "items"):
        headers = response.getheaders()
    pairs = headers.items() if hasattr(headers, "items") else headers
    return {str(name).lower(): value for name, value in pairs}


def _content_of(response: Any) -> bytes:
    """The body as bytes, of a ``requests`` response or of a foreign one."""
    for name in ("content", "text", "body"):
        content = getattr(response, name, None)
        if isinstance(content, (bytes, bytearray)):
            return bytes(content)
        if isinstance(content, str):
            return content.encode("utf-8")
    content = response.read()
    return content.encode("utf-8") if isinstance(content, str) else bytes(content or b"")


def _text_of(headers: dict[str, str], content: bytes) -> str:
    """
    The body as text, in the charset that the headers name, and in UTF-8 when they name none.

    Nothing is guessed: a guess costs more than the request, and is wrong for names of objects.
    """
    if not content:
        return ""
    content_type = headers.get("content-type", "")
    charset = "utf-8"
    if isinstance(content_type, str) and "charset=" in content_type.lower():
        charset = content_type.lower().partition("charset=")[2].partition(";")[0].strip("\"' ")
    try:
        return content.decode(charset, errors="replace")
    except (LookupError, ValueError):
        # The server names no charset, or one that cannot do without some of the bytes.
        return content.decode("utf-8", errors="replace")
