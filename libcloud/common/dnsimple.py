"""
How DNSimple is spoken to: token and errors, by version 2 of its API.

https://developer.dnsimple.com/v2/
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import ResourceExistsError, provider_error

__all__ = ["DNSimpleDNSConnection", "DNSimpleDNSResponse"]


class DNSimpleDNSResponse(JsonResponse):
    """
    An answer; errors are ``{"message": text, "errors": {field: [text, ...]}}``.

    https://developer.dnsimple.com/v2/#error-responses
    """

    def success(self) -> bool:
        return self.status in (200, 201, 202, 204)

    def parse_error(self) -> Any:
        said = self._stated()
        message = str(said.get("message") or self.body)[:500]
        if said.get("errors"):
            message += f": {said['errors']}"
        # There is no code for it: what is not accepted for any reason is "Validation failed".
        exists = self.status == 400 and "already" in message
        return provider_error(
            self.status,
            message,
            "exists" if exists else None,
            {"exists": ResourceExistsError},
            request_id=self.headers.get("x-request-id"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class DNSimpleDNSConnection(ConnectionUserAndKey):
    """Sends the token."""

    host = "api.dnsimple.com"
    responseCls = DNSimpleDNSResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        headers["Accept"] = "application/json"
        return headers
