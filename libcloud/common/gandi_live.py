"""
What all drivers of Gandi's REST API share: token, errors, pages.

https://api.gandi.net/docs/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from libcloud.common import errors
from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.paging import iterate_pages

__all__ = [
    "API_HOST",
    "BaseGandiLiveDriver",
    "GandiLiveBaseError",
    "GandiLiveConnection",
    "GandiLiveResponse",
    "InvalidRequestError",
    "JsonParseError",
    "ResourceConflictError",
    "ResourceNotFoundError",
]

API_HOST = "dns.api.gandi.net"
"""Where the API was at first, by the name that programs know; it is at another place now."""

_NEXT_LINK = r'<([^>]*)>\s*;[^,<]*\brel="?next"?'


class GandiLiveBaseError(errors.ProviderError):
    """The provider said no, in a way that has a name here."""

    def __init__(self, value: Any, http_code: int | None, driver: Any = None) -> None:
        errors.ProviderError.__init__(self, value, http_code=http_code, driver=driver)


class JsonParseError(GandiLiveBaseError, errors.MalformedResponseError):
    """The answer is no JSON; ``body`` has it."""

    kind = errors.ErrorKind.MALFORMED
    body: Any = None


class ResourceNotFoundError(GandiLiveBaseError, errors.ResourceNotFoundError):
    """404."""

    kind = errors.ErrorKind.NOT_FOUND


class InvalidRequestError(GandiLiveBaseError):
    """400: something in the request is not as it should be; the text says what."""

    kind = errors.ErrorKind.INVALID


class ResourceConflictError(GandiLiveBaseError, errors.ResourceExistsError):
    """409: it exists already."""

    kind = errors.ErrorKind.EXISTS


_CLASS_BY_STATUS: dict[int, type[GandiLiveBaseError]] = {
    400: InvalidRequestError,
    404: ResourceNotFoundError,
    409: ResourceConflictError,
}


class GandiLiveResponse(JsonResponse):
    """An answer; errors are ``{"code": 404, "message": text, "object": what, "cause": text}``."""

    def success(self) -> bool:
        return 200 <= self.status < 300

    def parse_body(self) -> Any:
        try:
            return super().parse_body()
        except errors.MalformedResponseError as error:
            driver = getattr(self.connection, "driver", None)
            malformed = JsonParseError(error.value, self.status, driver)
            malformed.body = self.body
            raise malformed from None

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except JsonParseError:
            body = None
        said = body if isinstance(body, dict) else {}
        code, message = str(said.get("object", "")), _message(said) or str(self.body)[:500]
        driver = getattr(self.connection, "driver", None)
        error_class = _CLASS_BY_STATUS.get(self.status)
        if error_class is not None:
            error = error_class(message, self.status, driver)
            error.provider_code = code
            return error
        return errors.provider_error(
            self.status, message, code, headers=self.headers, driver=driver
        )


class GandiLiveConnection(ConnectionKey):
    """Sends the token. The connection of a driver says which host."""

    host = API_HOST
    responseCls = GandiLiveResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        scheme = getattr(self.driver, "ex_auth_scheme", "Bearer")
        headers["Authorization"] = f"{scheme} {self.key}"
        return headers

    def encode_data(self, data: Any) -> str:
        """A body in JSON; one that is text already stays as it is."""
        return data if isinstance(data, str) else json.dumps(data)


class BaseGandiLiveDriver:
    """Base of the drivers of all domains."""

    name = "GandiLive"
    connectionCls: Any = GandiLiveConnection
    connection: Any

    ex_auth_scheme: str = "Bearer"
    """``Bearer`` for a personal access token, ``Apikey`` for one of the deprecated API keys."""

    def _iterate_items(self, path: str) -> Iterator[Any]:
        """The items of a listing, page by page: answers have a ``Link`` to the next one."""

        def fetch(query: str | None) -> tuple[list[Any], str | None]:
            from urllib.parse import parse_qsl, urlsplit

            answer = self.connection.request(path, params=parse_qsl(query or ""))
            if not isinstance(answer.object, list):
                raise errors.MalformedResponseError(
                    "The answer is no list", body=answer.object, driver=self
                )
            # To follow the query and not the link keeps requests with the host that was chosen.
            link = re.search(_NEXT_LINK, answer.headers.get("link") or "")
            return answer.object, urlsplit(link[1]).query if link else None

        return iterate_pages(fetch)


def _message(said: dict[str, Any]) -> str:
    """What an error says, with what it says of single fields."""
    fields = said.get("errors")
    details = [
        f"{field.get('name')}: {field.get('description')}"
        for field in (fields if isinstance(fields, list) else [])
        if isinstance(field, dict)
    ]
    return "; ".join(filter(None, [str(said.get("message") or ""), *details]))
