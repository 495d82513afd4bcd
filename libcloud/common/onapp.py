"""
OnApp: credentials and errors.

https://docs.onapp.com/apim/latest
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import MalformedResponseError, ResourceExistsError, provider_error

__all__ = ["OnAppConnection", "OnAppResponse"]


class OnAppResponse(JsonResponse):
    """An answer; errors are ``{"errors": [text]}`` or ``{"errors": {field: [text]}}``."""

    def success(self) -> bool:
        return self.status in (200, 201, 204)

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        message = "; ".join(_texts(body)) or str(self.body)[:500]
        exists = self.status == 422 and "taken" in message
        return provider_error(
            self.status,
            message,
            "taken" if exists else None,
            {"taken": ResourceExistsError},
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


def _texts(body: Any) -> list[str]:
    errors = (body.get("errors") or body.get("error")) if isinstance(body, dict) else None
    if isinstance(errors, dict):
        return [
            f"{field} {text}"
            for field, texts in errors.items()
            for text in (texts if isinstance(texts, list) else [texts])
        ]
    return [str(text) for text in errors] if isinstance(errors, list) else [str(errors or "")]


class OnAppConnection(ConnectionUserAndKey):
    """
    Sends user and key with each request. There is no host but the one that is given.

    :param user_id: E-mail address or name of the user.
    :param key: API key.
    """

    responseCls = OnAppResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        import base64

        credentials = base64.b64encode(f"{self.user_id}:{self.key}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
        return headers
