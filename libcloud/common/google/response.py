"""Google's answers."""

from __future__ import annotations

from typing import Any

from libcloud.common.base import JsonResponse
from libcloud.common.errors import MalformedResponseError
from libcloud.common.google.errors import GoogleBaseError, JsonParseError, google_error

__all__ = ["GoogleResponse"]


class GoogleResponse(JsonResponse):
    """
    An answer. An operation that has failed says so in an answer of status 200.

    Errors come in three forms: ``{"error": {"code": 404, "message": text, "errors": [{"reason":
    code, "message": text}]}}``, of an operation ``{"error": {"errors": [{"code": code, ...}]}}``,
    and from the token server ``{"error": code, "error_description": text}``.
    """

    def success(self) -> bool:
        return 200 <= self.status < 300

    def parse_body(self) -> Any:
        """
        :raises JsonParseError: the body is not JSON.
        :raises GoogleBaseError: the body is an operation that has failed.
        """
        try:
            body = super().parse_body()
        except MalformedResponseError as error:
            driver = getattr(self.connection, "driver", None)
            strange = JsonParseError("Failed to parse JSON", self.status, None, driver)
            strange.body = self.body
            raise strange from error
        if isinstance(body, dict) and body.get("error"):
            raise self._error(body)
        return body

    def parse_error(self) -> Any:
        try:
            body = super().parse_body()
        except MalformedResponseError:
            body = None
        return self._error(body)

    def _error(self, body: Any) -> GoogleBaseError:
        said = body.get("error") if isinstance(body, dict) else None
        message: Any = None
        code: Any = None
        if isinstance(said, str):
            code, message = said, body.get("error_description")
        elif isinstance(said, dict):
            details = said.get("errors")
            first = details[0] if isinstance(details, list) and details else {}
            first = first if isinstance(first, dict) else {}
            code = first.get("reason") or first.get("code") or said.get("status")
            message = said.get("message") or first.get("message")
        return google_error(
            self.status,
            message or str(self.body)[:500] or str(self.status),
            None if code is None else str(code),
            self.headers,
            getattr(self.connection, "driver", None),
        )
