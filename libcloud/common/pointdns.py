"""
What all drivers of Point DNS share: credentials, errors.

https://pointhq.com/api/docs
"""

from __future__ import annotations

import base64
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    BaseHTTPError,
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    provider_error,
)

__all__ = ["PointDNSConnection", "PointDNSDNSResponse", "PointDNSException"]


class PointDNSException(ProviderError):
    """
    The provider refused what has no error of its own.

    :param value: What the provider said.
    """

    def __init__(self, value: Any, http_code: int | None, driver: Any = None) -> None:
        super().__init__(value, http_code=http_code, driver=driver)
        self.args = (http_code, value)


class PointDNSDNSResponse(JsonResponse):
    """
    An answer; errors are ``{"message": text}``, ``{"error": {"message": text}}`` or, of fields,
    ``[[name, text], ...]``.
    """

    def success(self) -> bool:
        return 200 <= self.status < 300

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        said = _message(body)
        # There is no code for it: 422 is for all that is not accepted.
        exists = self.status == 422 and "already" in said
        driver = getattr(self.connection, "driver", None)
        error = provider_error(
            self.status,
            said or str(self.body)[:500],
            "exists" if exists else None,
            {"exists": ResourceExistsError},
            headers=self.headers,
            driver=driver,
        )
        if said and type(error) is BaseHTTPError:
            return PointDNSException(said, self.status, driver)
        error.provider_code = None
        return error


class PointDNSConnection(ConnectionUserAndKey):
    """Sends e-mail address and token."""

    host = "pointhq.com"
    responseCls = PointDNSDNSResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        credentials = base64.b64encode(f"{self.user_id}:{self.key}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
        # It answers in XML otherwise.
        headers["Accept"] = headers["Content-Type"] = "application/json"
        return headers


def _message(body: Any) -> str:
    """What an error says."""
    if isinstance(body, dict):
        inner = body.get("error")
        return str((inner if isinstance(inner, dict) else body).get("message") or "")
    if isinstance(body, list):
        return "; ".join(
            " ".join(map(str, each)) if isinstance(each, list) else str(each) for each in body
        )
    return ""
