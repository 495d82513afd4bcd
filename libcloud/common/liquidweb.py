"""
What all drivers of Liquid Web share: basic authentication and errors.

https://cart.liquidweb.com/storm/api/docs/v1/
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    PermissionDeniedError,
    ProviderError,
    RateLimitReachedError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    provider_error,
)

__all__ = [
    "API_HOST",
    "EXCEPTIONS_FIELDS",
    "APIException",
    "LiquidWebConnection",
    "LiquidWebException",
    "LiquidWebResponse",
]

API_HOST = "api.stormondemand.com"

# Class of an error -> what its answer says besides the message.
# https://cart.liquidweb.com/storm/api/docs/tutorials/exceptions.html
EXCEPTIONS_FIELDS: dict[str, dict[str, list[str]]] = {
    "LW::Exception::API::Internal": {"fields": []},
    "LW::Exception::API::InvalidEncoding": {"fields": ["encoding"]},
    "LW::Exception::API::InvalidMethod": {"fields": ["method"]},
    "LW::Exception::API::Maintenance": {"fields": []},
    "LW::Exception::API::RateLimit": {"fields": ["account", "ip", "method"]},
    "LW::Exception::Authorization": {"fields": ["username"]},
    "LW::Exception::DNS::NoResponse": {"fields": ["nameservers"]},
    "LW::Exception::DNS::Servfail": {"fields": ["nameservers"]},
    "LW::Exception::Deserialize": {"fields": ["data", "encoding"]},
    "LW::Exception::DuplicateRecord": {"fields": ["field", "input", "statement"]},
    "LW::Exception::Forbidden": {"fields": []},
    "LW::Exception::Incapable": {"fields": ["capability", "thing"]},
    "LW::Exception::Input": {"fields": ["field"]},
    "LW::Exception::Input::Disallowed": {"fields": ["field"]},
    "LW::Exception::Input::Multiple": {"fields": ["errors", "field", "type"]},
    "LW::Exception::Input::NotInRealm": {"fields": ["field", "valid", "value"]},
    "LW::Exception::Input::OutOfBounds": {"fields": ["field", "max", "min", "value"]},
    "LW::Exception::Input::Required": {"fields": ["field", "position"]},
    "LW::Exception::Input::Unknown": {"fields": ["field", "value"]},
    "LW::Exception::Input::Validation": {"fields": ["field", "type", "value"]},
    "LW::Exception::Permission": {"fields": ["account", "identifier"]},
    "LW::Exception::RecordNotFound": {"fields": ["field", "input"]},
    "LW::Exception::RemoteService::Authorization": {"fields": ["url"]},
    "LW::Exception::Resource": {"fields": ["resource"]},
    "LW::Exception::Resource::Insufficient": {"fields": ["available", "requested", "resource"]},
    "LW::Exception::Resource::Unavailable": {"fields": ["resource"]},
    "LW::Exception::Serialize": {"fields": ["data", "encoding"]},
    "LW::Exception::Workflow::Conflict": {"fields": ["conflict", "workflow"]},
}


class LiquidWebException(ProviderError):
    """
    The provider answered with an error.

    :param extra: What the answer says besides the message.
    """

    def __init__(self, value: Any, http_code: int, extra: dict[str, Any] | None = None) -> None:
        ProviderError.__init__(self, value, http_code=http_code)
        self.extra = extra or {}

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self.http_code} {self.value}"


class APIException(LiquidWebException):
    """
    An error of the API. What it means in general, it also is: an
    :class:`~libcloud.common.errors.ResourceNotFoundError` for one.

    :param error_class: The provider's name for the error, ``LW::Exception::RecordNotFound``.
    """

    def __init__(
        self,
        error_class: str,
        full_msg: str,
        http_code: int,
        extra: dict[str, Any] | None = None,
    ) -> None:
        LiquidWebException.__init__(self, full_msg, http_code, extra)
        self.error_class = self.provider_code = error_class

    def __str__(self) -> str:
        return f"{self.error_class}: {self.value}"

    def __repr__(self) -> str:
        return str(self)


class _Conflict(APIException, ConflictError):
    pass


class _Denied(APIException, PermissionDeniedError):
    pass


class _Exists(APIException, ResourceExistsError):
    pass


class _InvalidCreds(APIException, InvalidCredsError):
    pass


class _NotFound(APIException, ResourceNotFoundError):
    pass


class _RateLimit(APIException, RateLimitReachedError):
    headers = None
    retry_after = 0  # The provider does not say.


class _Unavailable(APIException, ServiceUnavailableError):
    pass


_CLASSES: dict[str, type[APIException]] = {
    "LW::Exception::API::Maintenance": _Unavailable,
    "LW::Exception::API::RateLimit": _RateLimit,
    "LW::Exception::Authorization": _InvalidCreds,
    "LW::Exception::DuplicateRecord": _Exists,
    "LW::Exception::Forbidden": _Denied,
    "LW::Exception::Permission": _Denied,
    "LW::Exception::RecordNotFound": _NotFound,
    "LW::Exception::Workflow::Conflict": _Conflict,
}


class LiquidWebResponse(JsonResponse):
    """An answer; errors say 200 as well, and are known by their ``error_class``."""

    objects: list[Any] | None = None
    """The items of a listing, else the answer itself in a list."""

    errors: list[APIException] | None = None

    def parse_body_and_errors(self) -> tuple[list[Any], list[APIException]]:
        """``objects`` and ``errors``, of which one is empty."""
        body = JsonResponse.parse_error(self)
        if not isinstance(body, dict):
            return [body], []
        if "error_class" not in body:
            return body.get("items", [body]), []
        name = str(body["error_class"])
        fields = EXCEPTIONS_FIELDS.get(name, {}).get("fields", [])
        error = _CLASSES.get(name, APIException)(
            name,
            str(body.get("full_message", "")),
            self.status,
            {field: body[field] for field in fields if field in body},
        )
        error.driver = getattr(self.connection, "driver", None)
        return [], [error]

    def success(self) -> bool:
        self.objects, self.errors = self.parse_body_and_errors()
        return super().success() and not self.errors

    def parse_error(self) -> Any:
        if self.errors:
            return self.errors[0]
        driver = getattr(self.connection, "driver", None)
        return provider_error(self.status, self.body[:500], headers=self.headers, driver=driver)


class LiquidWebConnection(ConnectionUserAndKey):
    """Sends user name and password."""

    host = API_HOST
    responseCls = LiquidWebResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        credentials = b64encode(f"{self.user_id}:{self.key}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
        return headers
