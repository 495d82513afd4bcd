"""
What all drivers of Tencent Cloud share: API 3.0 with its signature TC3-HMAC-SHA256, errors.

An action is a POST of JSON to ``/``; headers say which one. An error comes with the status 200.
https://www.tencentcloud.com/document/api/1157/49020
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    provider_error,
)

__all__ = ["TencentConnection", "TencentResponse"]

CONTENT_TYPE = "application/json; charset=utf-8"
_SIGNED_HEADERS = "content-type;host"

# The codes that all services have: https://www.tencentcloud.com/document/api/1157/49044. A code
# with a detail after a dot that is not here goes by what precedes the dot.
ERRORS: dict[str, type[ProviderError]] = {
    "AuthFailure": InvalidCredsError,
    "AuthFailure.UnauthorizedOperation": PermissionDeniedError,
    "LimitExceeded": QuotaExceededError,
    "RequestLimitExceeded": RateLimitReachedError,
    "ResourceNotFound": ResourceNotFoundError,
    "ServiceUnavailable": ServiceUnavailableError,
    "UnauthorizedOperation": PermissionDeniedError,
}


class TencentResponse(JsonResponse):
    """
    An answer, of which ``object`` is what is within ``Response``.

    ``error_table`` has the codes that only one service has.
    """

    error_table: Mapping[str, type[ProviderError]] = {}

    def success(self) -> bool:
        return super().success() and "Error" not in self._said()

    def parse_body(self) -> Any:
        body = super().parse_body()
        if not isinstance(body, dict) or not isinstance(body.get("Response"), dict):
            raise self._malformed("The answer has no Response")
        return body["Response"]

    def parse_error(self) -> Any:
        said = self._said()
        error = said.get("Error")
        error = error if isinstance(error, dict) else {}
        code = str(error.get("Code") or "")
        table = {**ERRORS, **self.error_table}
        kind = table.get(code) or table.get(code.partition(".")[0])
        return provider_error(
            self.status,
            error.get("Message") or str(self.body)[:500],
            code,
            {code: kind} if kind else None,
            request_id=said.get("RequestId"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _said(self) -> dict[str, Any]:
        try:
            said: dict[str, Any] = self.parse_body()
        except MalformedResponseError:
            return {}
        return said


class TencentConnection(ConnectionUserAndKey):
    """
    Signs each request; a subclass says which service it is for.

    :param user_id: SecretId of a key.
    :param key: Its SecretKey.
    """

    service: str
    """The first label of the host."""

    version: str
    """Of the service's API, a date."""

    region: str | None = None
    """For services that have regions."""

    responseCls: Any = TencentResponse

    def call(
        self, action: str, params: Mapping[str, Any] | None = None, idempotent: bool = False
    ) -> Any:
        """
        Call an action and return its answer.

        :param params: Parameters of the action; None as a value leaves one out.
        :param idempotent: Whether it may be sent twice; it is a POST like all.
        """
        given = {key: value for key, value in (params or {}).items() if value is not None}
        headers = {"X-TC-Action": action, "Content-Type": CONTENT_TYPE}
        return self.request("/", json=given, headers=headers, method="POST", idempotent=idempotent)

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> Any:
        import time

        now = int(time.time())
        headers["X-TC-Version"] = self.version
        headers["X-TC-Timestamp"] = str(now)
        if self.region:
            headers["X-TC-Region"] = self.region
        headers["Authorization"] = self._authorization(str(headers["Host"]), self.data, now)
        return params, headers

    def _authorization(self, host: str, body: str, now: int) -> str:
        """
        The header that proves who sends a body.

        https://www.tencentcloud.com/document/api/1157/49024

        :param now: Seconds since 1970.
        """
        import hashlib
        import hmac
        import time

        def digest(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        def keyed(key: bytes, text: str) -> bytes:
            return hmac.new(key, text.encode(), hashlib.sha256).digest()

        date = time.strftime("%Y-%m-%d", time.gmtime(now))
        scope = f"{date}/{self.service}/tc3_request"
        signed_headers = f"content-type:{CONTENT_TYPE}\nhost:{host}\n"
        request = f"POST\n/\n\n{signed_headers}\n{_SIGNED_HEADERS}\n{digest(body)}"
        to_sign = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{digest(request)}"
        key = keyed(keyed(f"TC3{self.key}".encode(), date), self.service)
        signature = keyed(keyed(key, "tc3_request"), to_sign).hex()
        return (
            f"TC3-HMAC-SHA256 Credential={self.user_id}/{scope}, "
            f"SignedHeaders={_SIGNED_HEADERS}, Signature={signature}"
        )
