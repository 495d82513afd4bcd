"""
The API of Zonomi: XML over GET, a key in the query.

https://zonomi.com/app/dns/dyndns.jsp
"""

from __future__ import annotations

import re
from typing import Any

from libcloud.common.base import ConnectionKey, XmlResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)

__all__ = ["API_HOST", "SPECIAL_ERRORS", "ZonomiConnection", "ZonomiException", "ZonomiResponse"]

API_HOST = "zonomi.com"

# Messages of the provider, for programs that compare with them.
SPECIAL_ERRORS = [
    "Not found.",
    "ERROR: This zone is already in your zone list.",
    "Record not deleted.",
]

# A part of the message, in lower case -> what it means.
MESSAGES: dict[str, type[ProviderError]] = {
    "no zone found": ResourceNotFoundError,
    "not found": ResourceNotFoundError,
    "record not deleted": ResourceNotFoundError,
    "already in your zone list": ResourceExistsError,
    "api key": InvalidCredsError,
    "api_key": InvalidCredsError,
    "apikey": InvalidCredsError,
}

# Each answer defines entities, which it does not use, and which no answer may define here.
_DOCTYPE = r"<!DOCTYPE[^\[>]*(\[[^\]]*\])?\s*>"


class ZonomiException(ProviderError):
    """What the provider says in words of its own, where no other error fits."""

    def __init__(self, code: Any, message: Any) -> None:
        super().__init__(message, None)
        self.code = code
        self.message = message
        self.args = (code, message)

    def __str__(self) -> str:
        return f"{self.code} {self.message}"

    def __repr__(self) -> str:
        return f"ZonomiException {self.code} {self.message}"


class ZonomiResponse(XmlResponse):
    """An answer; errors are ``<error>text</error>``, of any status."""

    errors: list[Any] | None = None
    objects: list[Any] | None = None

    def __init__(self, response: Any, connection: Any) -> None:
        super().__init__(response, connection)
        self.objects, self.errors = self.parse_body_and_errors()

    def parse_body(self) -> Any:
        from libcloud.common.xml import parse_xml

        try:
            return parse_xml(re.sub(_DOCTYPE, "", str(self.body), count=1))
        except ValueError:
            raise self._malformed("Failed to parse XML") from None

    def parse_body_and_errors(self) -> tuple[list[Any], list[Any]]:
        """The root element in a list, and in another the text of the error."""
        root = self.parse_body()
        failed = root.tag == "error"
        return ([], [(root.text or "").strip()]) if failed else ([root], [])

    def success(self) -> bool:
        return super().success() and not self._said()

    def parse_error(self) -> Any:
        said = self._said()
        kinds = [kind for text, kind in MESSAGES.items() if text in said.lower()]
        if said and not kinds:
            error = ZonomiException(self.status, said)
            error.http_code = self.status
            error.driver = getattr(self.connection, "driver", None)
            return error
        return provider_error(
            self.status,
            said or str(self.body)[:500],
            "error" if kinds else None,
            {"error": kinds[0]} if kinds else None,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _said(self) -> str:
        try:
            errors = self.parse_body_and_errors()[1]
        except MalformedResponseError:
            return ""
        return str(errors[0]) if errors else ""


class ZonomiConnection(ConnectionKey):
    """
    Sends the key within each query.

    :param key: API key.
    """

    host = API_HOST
    responseCls: Any = ZonomiResponse

    def add_default_params(self, params: Any) -> Any:
        return {**dict(params), "api_key": self.key}

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Content-Type"] = "text/xml;charset=UTF-8"
        return headers
