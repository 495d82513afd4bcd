"""Requests as they go to the wire: exactly as they were meant, or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from libcloud.common.errors import InvalidRequestError
from libcloud.common.lazy import lazy_pattern

__all__ = [
    "absolute_url",
    "clean_path",
    "prepare",
    "rewinder",
    "stream_body",
    "utf8",
    "with_query",
]

_DOUBLE_SLASHES = lazy_pattern(r"//+")
_ILLEGAL_IN_URL = lazy_pattern(r"[^!$%&'()*+,/:;=?@\[\]A-Za-z0-9._~-]")
_LEGAL_IN_URL = "!$%&'()*+,/:;=?@[]~"
_LINE_BREAK = lazy_pattern(r"[\r\n\0]")
# https://www.rfc-editor.org/rfc/rfc9110#name-tokens
_HEADER_NAME = lazy_pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def clean_path(action: str) -> str:
    """
    A path without double slashes in it, unless programs have asked for them.

    :raises InvalidRequestError: it climbs out of its place.
    """
    from libcloud.common import base

    path, mark, query = action.partition("?")
    if "//" in path and not base.ALLOW_PATH_DOUBLE_SLASHES:
        path = _DOUBLE_SLASHES.sub("/", path)
    if "/.." in path and ".." in path.split("/"):
        raise InvalidRequestError(f"the path {path!r} climbs out of its place by '..'")
    return f"{path}{mark}{query}"


def with_query(action: str, params: Any) -> str:
    """
    A path with query parameters; None as a value leaves the parameter out.

    :param params: A dict, or a list of pairs.
    """
    from urllib.parse import quote, urlencode

    if not params:
        return action
    pairs = params.items() if isinstance(params, Mapping) else params
    # A space as %20: a plus means one in forms only, and signatures are made of the former.
    query = urlencode(
        [(name, value) for name, value in pairs if value is not None], doseq=True, quote_via=quote
    )
    if not query:
        return action
    return f"{action}{'&' if '?' in action else '?'}{query}"


def stream_body(body: Any) -> bool:
    """True for a body that may be readable only once: a file or an iterator."""
    return body is not None and not isinstance(body, (bytes, bytearray, str, dict, list, tuple))


def rewinder(data: Any) -> Callable[[], object] | None:
    """What takes a body back to its beginning; None for one that can be read only once."""
    if not stream_body(data):
        return _nothing_to_rewind
    try:
        start = data.tell()
        data.seek(start)
    except (AttributeError, OSError, ValueError):
        return None
    return lambda: data.seek(start)


def _nothing_to_rewind() -> None:
    """For a body in memory."""


def prepare(
    session: Any,
    method: str,
    url: str,
    headers: Mapping[str, Any] | None,
    body: Any,
    hooks: Mapping[str, Any] | None,
) -> Any:
    """
    The request as ``requests`` sends it.

    Built by hand because ``requests`` would resolve dot segments and decode escapes in the path,
    which changes names of objects and breaks signatures.
    """
    import requests
    from requests.hooks import default_hooks
    from requests.structures import CaseInsensitiveDict

    prepared = requests.PreparedRequest()
    prepared.method = method
    prepared.url = url
    given = {name: _header_value(name, value) for name, value in (headers or {}).items()}
    # The later one of two that differ in case counts.
    prepared.headers = CaseInsensitiveDict([*session.headers.items(), *given.items()])
    # The session's jar as it is: each thread's answer may add to it.
    prepared._cookies = session.cookies  # type: ignore[attr-defined]
    if len(session.cookies):
        prepared.prepare_cookies(session.cookies)
    given_length = prepared.headers.get("Content-Length")
    if body is not None or method not in ("GET", "HEAD", "OPTIONS", "DELETE"):
        prepared.prepare_body(body, None)
    if "Transfer-Encoding" in prepared.headers and _is_empty_file(body):
        # Chunks of nothing, says requests; but storage services want a length.
        prepared.headers.pop("Transfer-Encoding")
        prepared.prepare_body(b"", None)
    if stream_body(body) and given_length is not None:
        prepared.headers.pop("Transfer-Encoding", None)
        prepared.headers["Content-Length"] = given_length
    prepared.hooks = default_hooks()
    for event, hook in (hooks or {}).items():
        prepared.register_hook(event, hook)  # type: ignore[no-untyped-call]
    return prepared


def _is_empty_file(body: Any) -> bool:
    """True for a file that is at its end, False for what cannot say so and stay as it is."""
    try:
        start = body.tell()
        is_empty = not body.read(1)
        body.seek(start)
    except (AttributeError, OSError, ValueError):
        return False
    return is_empty


def _header_value(name: str, value: Any) -> Any:
    """A header's value as it may go to the wire; one that would start a new line is refused."""
    if value is None:
        value = ""
    if isinstance(value, bytes):
        text = value.decode("latin-1")
    else:
        value = text = str(value)
    if _LINE_BREAK.search(name) or _LINE_BREAK.search(text):
        raise InvalidRequestError(f"header {name!r} contains a line break")
    if not _HEADER_NAME.fullmatch(name):
        raise InvalidRequestError(f"{name!r} cannot be the name of a header")
    if isinstance(value, str) and not value.isascii():
        return utf8(value)
    return value


def utf8(text: str) -> bytes:
    """
    :raises InvalidRequestError: the text has half a surrogate pair.
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidRequestError(f"{text!r} has characters that do not exist in UTF-8") from None


def absolute_url(base: str, url: str) -> str:
    """A path on a host, or a URL that is one already, with what must be escaped escaped."""
    if not url.startswith(("http://", "https://")):
        url = base + (url if url.startswith(("/", "?")) else f"/{url}")
    if _ILLEGAL_IN_URL.search(url):
        from urllib.parse import quote

        url = quote(utf8(url), safe=_LEGAL_IN_URL)
    return url
