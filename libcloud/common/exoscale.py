"""
What all drivers of Exoscale share: signatures, errors, operations. Version 2 of the API.

https://community.exoscale.com/reference/api/
"""

from __future__ import annotations

import time
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    ConflictError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    provider_error,
)
from libcloud.common.polling import wait_until

__all__ = ["DEFAULT_REGION", "ExoscaleConnection", "ExoscaleResponse", "host_of"]

# Of what is not in a region, any of them answers.
DEFAULT_REGION = "ch-gva-2"

# Seconds for which a signature is good.
SIGNATURE_LIFE = 600

# Seconds that an operation may take.
OPERATION_TIMEOUT = 600

# Why an operation failed.
_REASONS: dict[str, type[ProviderError]] = {
    "busy": ConflictError,
    "conflict": ConflictError,
    "forbidden": PermissionDeniedError,
    "not-found": ResourceNotFoundError,
    "unavailable": ServiceUnavailableError,
}


def host_of(region: str | None) -> str:
    """The host of a region, which Exoscale calls a zone: ``de-fra-1``."""
    return f"api-{region or DEFAULT_REGION}.exoscale.com"


class ExoscaleResponse(JsonResponse):
    """An answer; errors are ``{"message": text}``."""

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        message = body.get("message") if isinstance(body, dict) else None
        return provider_error(
            self.status,
            message or str(self.body)[:500],
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class ExoscaleConnection(ConnectionUserAndKey):
    """
    Signs.

    :param user_id: API key.
    :param key: Its secret.
    """

    host = host_of(DEFAULT_REGION)
    responseCls = ExoscaleResponse

    # Seconds between two looks at an operation.
    poll_interval: float = 1

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        body = self.data or b""
        given = {name: str(value) for name, value in dict(params).items() if value is not None}
        headers["Authorization"] = signature(
            self.user_id,
            self.key,
            str(self.method),
            str(self.action),
            body.encode() if isinstance(body, str) else bytes(body),
            given,
            int(time.time()) + SIGNATURE_LIFE,
        )
        return given, headers

    def wait_for_operation(self, operation: Any) -> str:
        """
        Wait until what an answer has begun is done.

        :param operation: The answer's body.
        :return: ID of what the operation is about, "" if it does not say.
        :raises ProviderError: the operation failed.
        :raises WaitTimeoutError: it takes too long.
        """
        first = [operation]

        def look() -> str | None:
            body = first.pop() if first else self.request(f"/v2/operation/{identifier}").object
            return self._outcome(body)

        identifier = self._part_of(operation, "id")
        what = f"operation {identifier}"
        return wait_until(look, OPERATION_TIMEOUT, self.poll_interval, what)

    def _outcome(self, body: Any) -> str | None:
        """What an operation is about once it is done, None before that."""
        state = self._part_of(body, "state")
        if state == "pending":
            return None
        if state != "success":
            reason = str(body.get("reason") or state)
            message = body.get("message") or f"The operation ended with {reason}"
            error = provider_error(200, message, reason, _REASONS, driver=self.driver)
            expected = _REASONS.get(reason)
            error.http_code = expected.http_code if expected else None
            raise error
        return str((body.get("reference") or {}).get("id") or "")

    def _part_of(self, body: Any, name: str) -> str:
        try:
            return str(body[name])
        except (KeyError, TypeError, IndexError) as error:
            raise MalformedResponseError(
                f"The answer is no operation: {error!r}", body=body, driver=self.driver
            ) from error


def signature(
    key: str,
    secret: str,
    method: str,
    path: str,
    body: bytes,
    params: dict[str, str],
    expires: int,
) -> str:
    """
    The ``Authorization`` header of a request.

    https://community.exoscale.com/reference/api/ ("API Request Signature")

    :param expires: Until when it is good, in seconds since 1970.
    """
    import base64
    import hashlib
    import hmac

    names = sorted(params)
    message = b"\n".join(
        [
            f"{method} {path}".encode(),
            body,
            "".join(params[name] for name in names).encode(),
            b"",  # No headers are signed.
            str(expires).encode(),
        ]
    )
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    signed = f"signed-query-args={';'.join(names)}," if names else ""
    encoded = base64.b64encode(digest).decode()
    return f"EXO2-HMAC-SHA256 credential={key},{signed}expires={expires},signature={encoded}"
