"""
What all drivers of LuaDNS share: credentials, errors.

https://luadns.com/api.html
"""

from __future__ import annotations

import base64
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    BaseHTTPError,
    ProviderError,
    ResourceExistsError,
    provider_error,
)

__all__ = ["API_HOST", "LuadnsConnection", "LuadnsException", "LuadnsResponse"]

API_HOST = "api.luadns.com"


class LuadnsException(ProviderError):
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
        return f"{self.code} {self.message}"

    def __repr__(self) -> str:
        return f"Luadns {self.code} {self.message}"


class LuadnsResponse(JsonResponse):
    """
    An answer; errors are ``{"status": text, "request_id": id, "message": text}``.

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
        message, code = str(said.get("message") or ""), str(said.get("status") or "")
        # There is no code for it: 400 and 422 are for all that is not accepted.
        exists = self.status in (400, 422) and ("taken" in message or "already" in message)
        driver, request_id = getattr(self.connection, "driver", None), said.get("request_id")
        error = provider_error(
            self.status,
            message or str(self.body)[:500],
            code,
            {code: ResourceExistsError} if exists else None,
            request_id=request_id,
            headers=self.headers,
            driver=driver,
        )
        if said and type(error) is BaseHTTPError:
            refused = LuadnsException(self.status, message)
            refused.provider_code, refused.request_id = code, request_id
            refused.driver = driver
            return refused
        return error


class LuadnsConnection(ConnectionUserAndKey):
    """Sends e-mail address and key."""

    host = API_HOST
    responseCls = LuadnsResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        credentials = base64.b64encode(f"{self.user_id}:{self.key}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
        headers["Accept"] = "application/json"
        return headers
