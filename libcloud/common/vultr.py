"""
What all drivers of Vultr share: keys and errors, of both versions of its API.

https://www.vultr.com/api/
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import (
    BaseHTTPError,
    InvalidCredsError,
    MalformedResponseError,
    RateLimitReachedError,
    ResourceExistsError,
    provider_error,
)
from libcloud.compute.base import VolumeSnapshot

__all__ = [
    "API_HOST",
    "DEFAULT_API_VERSION",
    "VultrConnection",
    "VultrConnectionV2",
    "VultrException",
    "VultrNetwork",
    "VultrNodeSnapshot",
    "VultrResponse",
    "VultrResponseV2",
]

API_HOST = "api.vultr.com"

DEFAULT_API_VERSION = "2"

V1_CLOSED = (
    "version 1 of the API, since August 14, 2023; version 2 replaced it. "
    "See https://docs.vultr.com/vultr-api-v1-to-v2-transition-strategies"
)


class VultrException(BaseHTTPError):
    """
    Vultr says no, in a way that has no class of its own.

    :param code: Status of the answer.
    """

    def __init__(self, code: int, message: Any, headers: Any = None) -> None:
        super().__init__(code, message, headers)
        self.args = (code, message)

    def __str__(self) -> str:
        return f"({self.code}) {self.message}"

    def __repr__(self) -> str:
        return f"VultrException code {self.code} {self.message!r}"


class VultrResponse(JsonResponse):
    """An answer of version 1; errors are plain text."""

    objects: Any = None
    errors: Any = None
    error_dict: dict[str, str] = {}

    ERROR_CODE_MAP = {
        400: "Invalid API location. Check the URL that you are using.",
        403: "Invalid or missing API key.",
        405: "Invalid HTTP method.",
        412: "Request failed. The body of the answer says why.",
        500: "Internal server error. Try again at a later time.",
        503: "Rate limit hit. Try your request again later.",
    }

    def __init__(self, response: Any, connection: Any) -> None:
        super().__init__(response, connection)
        self.objects, self.errors = self.parse_body_and_errors()

    def parse_body_and_errors(self) -> tuple[list[Any], list[Any]]:
        """What a good answer holds, in a list; an error has been raised before."""
        return [self.object], []

    def success(self) -> bool:
        return self.status == 200

    def parse_error(self) -> Any:
        message = str(self.body)[:500] or self.ERROR_CODE_MAP.get(self.status)
        table = {"403": InvalidCredsError, "503": RateLimitReachedError}
        return _error(self, message, table)


class VultrConnection(ConnectionKey):
    """Sends the key to version 1."""

    host = API_HOST
    responseCls = VultrResponse
    path = ""

    def add_default_params(self, params: Any) -> Any:
        params["api_key"] = self.key
        return params

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Accept"] = "text/plain"
        return headers

    def set_path(self) -> None:
        """An old name, which no request looks at: the path is given with each of them."""
        self.path = "/v/"


class VultrResponseV2(JsonResponse):
    """An answer of version 2; errors are ``{"error": text, "status": number}``."""

    valid_response_codes = [200, 201, 202, 204]

    def success(self) -> bool:
        return self.status in self.valid_response_codes

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        said = body.get("error") if isinstance(body, dict) else None
        return _error(self, str(said or self.body)[:500], {})


class VultrConnectionV2(ConnectionKey):
    """Sends the key to version 2."""

    host = API_HOST
    responseCls = VultrResponseV2

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        headers["Content-Type"] = "application/json"
        return headers

    def add_default_params(self, params: Any) -> Any:
        return params


class VultrNetwork:
    """A private network."""

    def __init__(
        self, id: str, cidr_block: str, location: str, extra: dict[str, Any] | None = None
    ) -> None:
        self.id = id
        self.cidr_block = cidr_block
        self.location = location
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<Vultrnetwork: id={self.id} cidr_block={self.cidr_block} location={self.location}>"


class VultrNodeSnapshot(VolumeSnapshot):
    """A snapshot of a node."""


def _error(response: Any, message: Any, table: dict[str, Any]) -> Exception:
    # There is no code for it: what is not accepted for any reason has the same status.
    exists = response.status in (400, 409, 412, 422) and "already" in str(message)
    error = provider_error(
        response.status,
        message,
        "exists" if exists else str(response.status),
        {**table, "exists": ResourceExistsError},
        headers=response.headers,
        driver=getattr(response.connection, "driver", None),
    )
    # Version 1 says 412 to whatever it does not accept.
    if type(error) is not BaseHTTPError and (exists or response.status != 412):
        return error
    own = VultrException(response.status, message, response.headers)
    own.driver = error.driver
    return own
