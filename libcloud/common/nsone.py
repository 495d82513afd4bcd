"""
What all drivers of NS1 share: key, errors, pages.

https://ns1.com/api
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import (
    BaseHTTPError,
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    provider_error,
)

__all__ = ["API_HOST", "NsOneConnection", "NsOneException", "NsOneResponse"]

API_HOST = "api.nsone.net"

_NEXT_LINK = r'<([^>]*)>\s*;[^,<]*\brel="?next"?'


class NsOneException(ProviderError):
    """
    The provider refused what has no error of its own.

    :param code: Status of the answer.
    :param message: What the provider said.
    """

    def __init__(self, code: Any, message: str) -> None:
        super().__init__(message, http_code=code)
        self.code = code
        self.message = message
        self.args = (code, message)

    def __str__(self) -> str:
        return f"NsOneException {self.code} {self.message}"


class NsOneResponse(JsonResponse):
    """
    An answer; errors are ``{"message": text}``.

    ``objects`` is the body in a list, as programs know it.
    """

    errors: list[Any] = []
    objects: list[Any] = []

    def __init__(self, response: Any, connection: Any) -> None:
        super().__init__(response, connection)
        self.objects, self.errors = [self.object], []

    def parse_body_and_errors(self) -> tuple[list[Any], list[Any]]:
        """The body in a list: in the first of two lists if it is good, else in the second."""
        body = super().parse_body()
        return ([body], []) if self.success() else ([], [body])

    def success(self) -> bool:
        return 200 <= self.status < 300

    def parse_error(self) -> Any:
        said = self._stated()
        message = str(said.get("message") or str(self.body)[:500])
        driver = getattr(self.connection, "driver", None)
        exists = {"exists": ResourceExistsError} if "already exists" in message else {}
        code = "exists" if exists else None
        error = provider_error(
            self.status, message, code, exists, headers=self.headers, driver=driver
        )
        if said and type(error) is BaseHTTPError:
            refused = NsOneException(self.status, message)
            refused.driver = driver
            return refused
        error.provider_code = None
        return error


class NsOneConnection(ConnectionKey):
    """Sends the key."""

    host = API_HOST
    responseCls = NsOneResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["X-NSONE-KEY"] = self.key
        return headers

    def iterate_answers(self, path: str) -> Iterator[Any]:
        """The answers that a listing consists of: pages have a ``Link`` to the next one."""
        from urllib.parse import parse_qsl, urlsplit

        query, seen = "", {""}
        while True:
            answer = self.request(path, params=parse_qsl(query))
            yield answer.object
            link = re.search(_NEXT_LINK, answer.headers.get("link") or "")
            # To follow the query and not the link keeps requests with the host that was chosen.
            query = urlsplit(link[1]).query if link else ""
            if not query:
                return
            if query in seen:
                text = f"The listing does not advance: {query} again"
                raise MalformedResponseError(text, driver=self.driver)
            seen = {"", query}
