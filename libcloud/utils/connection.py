"""One request to an address, without a driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib import parse as urlparse
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from libcloud.common.base import Connection, Response

__all__ = ["Connection", "get_response_object", "parse_qs", "urlparse"]


def __getattr__(name: str) -> Any:
    if name == "Connection":
        from libcloud.common.base import Connection

        return Connection
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def get_response_object(
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    retry_failed: bool | None = None,
) -> Response:
    """
    The answer of an address.

    :param url: Absolute, ``http`` or ``https``; its path and query are sent exactly as they are.
    :param retry_failed: Send again what failed by the old rules; see
        :meth:`libcloud.common.base.Connection.request`.
    :raises ProviderError: the answer is an error.
    :raises NetworkError: there is no answer.
    """
    from libcloud.common.base import Connection

    parts = urlparse.urlsplit(url)
    connection = Connection(secure=parts.scheme == "https", host=parts.hostname, port=parts.port)
    action = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    response: Response = connection.request(
        action, method=method, headers=dict(headers or {}), retry_failed=retry_failed
    )
    return response
