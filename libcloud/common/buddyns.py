"""
The API of BuddyNS: token, errors.

https://www.buddyns.com/support/api/v2/
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import (
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    provider_error,
)

__all__ = ["API_HOST", "BuddyNSConnection", "BuddyNSException", "BuddyNSResponse"]

API_HOST = "www.buddyns.com"


class BuddyNSException(ProviderError):
    """What the provider says in words of its own, where no other error fits."""

    def __init__(self, code: Any, message: Any) -> None:
        super().__init__(message, None)
        self.code = code
        self.message = message
        self.args = (code, message)

    def __str__(self) -> str:
        return f"{self.code} {self.message}"

    def __repr__(self) -> str:
        return f"BuddyNSException {self.code} {self.message}"


class BuddyNSResponse(JsonResponse):
    """An answer; errors are ``{"detail": text}`` or ``{field: [text]}``."""

    errors: list[Any] = []
    objects: list[Any] = []

    def __init__(self, response: Any, connection: Any) -> None:
        super().__init__(response, connection)
        self.objects, self.errors = self.parse_body_and_errors()

    def parse_body_and_errors(self) -> tuple[list[Any], list[Any]]:
        """The body in a list if it is good, and in another if it is an error."""
        body = self.parse_body()
        return ([body], []) if self.success() else ([], [body])

    def success(self) -> bool:
        return self.status in (200, 201, 202, 204)

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        message = "; ".join(_texts(body)) or str(self.body)[:500]
        if self.status == 400 and "already exists" not in message:
            error = BuddyNSException(self.status, message)
            error.http_code = self.status
            error.driver = getattr(self.connection, "driver", None)
            return error
        return provider_error(
            self.status,
            message,
            "exists" if self.status == 400 else None,
            {"exists": ResourceExistsError},
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


def _texts(body: Any) -> list[str]:
    """All texts in what says what is wrong, at whatever depth."""
    if isinstance(body, dict):
        return [text for value in body.values() for text in _texts(value)]
    if isinstance(body, list):
        return [text for value in body for text in _texts(value)]
    return [str(body)] if body else []


class BuddyNSConnection(ConnectionKey):
    """
    Sends the token.

    :param key: API key.
    """

    host = API_HOST
    responseCls: Any = BuddyNSResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Token {self.key}"
        headers["Content-Type"] = "application/json"
        return headers
