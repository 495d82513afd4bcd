"""
The API of DNSPod that takes tokens: forms in, JSON out, errors with the status 200.

https://docs.dnspod.com/api/ and, for the Chinese site, https://docs.dnspod.cn/api/
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    RateLimitReachedError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)

__all__ = ["API_HOST", "DNSPodConnection", "DNSPodException", "DNSPodResponse"]

API_HOST = "api.dnspod.com"

SUCCESS = "1"

# What the codes from 2 to 100 mean depends on the action: for those there are the messages.
ERRORS: dict[str, type[ProviderError]] = {
    "-1": InvalidCredsError,
    "-2": RateLimitReachedError,
    "-7": PermissionDeniedError,
    "-8": InvalidCredsError,
    "104": ResourceExistsError,
    "10001": InvalidCredsError,
    "10002": InvalidCredsError,
    "10003": InvalidCredsError,
    "10004": InvalidCredsError,
}
MESSAGES: dict[str, type[ProviderError]] = {
    "Domain already exists": ResourceExistsError,
    "Domain id invalid": ResourceNotFoundError,
    "Domain is exists": ResourceExistsError,
    "Domain is not exists": ResourceNotFoundError,
    "Domain not under you or your user": ResourceNotFoundError,
    "Record id invalid": ResourceNotFoundError,
}


class DNSPodException(ProviderError):
    """What the provider says in words of its own, where no other error fits."""

    def __init__(self, code: Any, message: Any) -> None:
        super().__init__(message, None)
        self.code = code
        self.message = message
        self.args = (code, message)

    def __str__(self) -> str:
        return f"{self.code} {self.message}"

    def __repr__(self) -> str:
        return f"DNSPodException {self.code} {self.message}"


class DNSPodResponse(JsonResponse):
    """An answer, ``{"status": {"code": "1", "message": text}, ...}``."""

    errors: list[Any] = []
    objects: list[Any] = []

    def __init__(self, response: Any, connection: Any) -> None:
        super().__init__(response, connection)
        self.objects, self.errors = self.parse_body_and_errors()

    def parse_body_and_errors(self) -> tuple[list[Any], list[Any]]:
        """The body in a list, and in another what is wrong, as the provider's ``status``."""
        body = self.parse_body()
        if not isinstance(body, dict) or not isinstance(body.get("status"), dict):
            raise self._malformed("The answer has no status")
        failed = str(body["status"].get("code")) != SUCCESS
        return ([], [body["status"]]) if failed else ([body], [])

    def success(self) -> bool:
        return super().success() and not self._said()

    def parse_error(self) -> Any:
        said = self._said()
        code, message = str(said.get("code", "")), str(said.get("message") or self.body[:500])
        kinds = [kind for text, kind in MESSAGES.items() if message.startswith(text)]
        kind = ERRORS.get(code) or next(iter(kinds), None)
        error: ProviderError
        if kind is None and super().success():
            error = DNSPodException(self.status, message)
            error.http_code, error.provider_code = self.status, code
            error.driver = getattr(self.connection, "driver", None)
            return error
        return provider_error(
            self.status,
            message,
            code,
            {code: kind} if kind else None,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _said(self) -> dict[str, Any]:
        try:
            errors = self.parse_body_and_errors()[1]
        except MalformedResponseError:
            return {}
        return errors[0] if errors else {}


class DNSPodConnection(ConnectionKey):
    """
    Sends the token within each form.

    :param key: The token: ``ID,token``.
    """

    host = API_HOST
    responseCls: Any = DNSPodResponse

    @property
    def is_chinese(self) -> bool:
        """The site of mainland China has other names for the same things."""
        return self.host.endswith("dnsapi.cn")

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return headers

    def call(self, action: str, form: dict[str, Any], idempotent: bool = True) -> Any:
        """
        Call an action and return its answer.

        :param form: Its parameters; None as a value leaves one out.
        :param idempotent: Whether it may be sent twice; it is a POST like all.
        """
        from urllib.parse import urlencode

        token = "login_token" if self.is_chinese else "user_token"
        given = {**form, token: self.key, "format": "json"}
        body = urlencode({key: value for key, value in given.items() if value is not None})
        return self.request(f"/{action}", data=body, method="POST", idempotent=idempotent)
