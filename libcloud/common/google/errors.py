"""
Google's errors.

All of them are :class:`GoogleBaseError`, which programs catch, and of the generic kind besides.

https://cloud.google.com/apis/design/errors
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.common import errors
from libcloud.common.errors import ErrorKind, ProviderError, retry_after_seconds

__all__ = [
    "GoogleAuthError",
    "GoogleBaseError",
    "InvalidRequestError",
    "JsonParseError",
    "QuotaExceededError",
    "ResourceExistsError",
    "ResourceInUseError",
    "ResourceNotFoundError",
    "google_error",
]


class GoogleAuthError(errors.InvalidCredsError):
    """There is no access token to be had with the credentials."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)


class GoogleBaseError(ProviderError):
    """
    Google answered with an error.

    :param http_code: Status of the answer.
    :param code: Google's own name for the error: ``notFound``, ``RESOURCE_NOT_FOUND``.
    """

    def __init__(self, value: Any, http_code: int | None, code: Any, driver: Any = None) -> None:
        ProviderError.__init__(self, value, http_code, driver)
        self.code = code
        self.provider_code = code


class InvalidRequestError(GoogleBaseError):
    """Google does not take the request as it is."""

    kind = ErrorKind.INVALID


class JsonParseError(GoogleBaseError, errors.MalformedResponseError):
    """
    The answer is not JSON.

    ``body`` has the answer as it came.
    """

    kind = ErrorKind.MALFORMED

    def __init__(self, value: Any, http_code: int | None, code: Any, driver: Any = None) -> None:
        super().__init__(value, http_code, code, driver)
        self.body = None
        self.args = (value, None, None)


class QuotaExceededError(GoogleBaseError, errors.QuotaExceededError):
    """A limit of the project is used up; waiting does not help."""

    kind = ErrorKind.QUOTA


class ResourceExistsError(GoogleBaseError, errors.ResourceExistsError):
    """What the call would create exists already."""

    kind = ErrorKind.EXISTS


class ResourceInUseError(GoogleBaseError, errors.ConflictError):
    """Something else needs the resource."""

    kind = ErrorKind.CONFLICT


class ResourceNotFoundError(GoogleBaseError, errors.ResourceNotFoundError):
    """What the call names does not exist."""

    kind = ErrorKind.NOT_FOUND

    def __init__(
        self, value: Any, http_code: int | None, code: Any = None, driver: Any = None
    ) -> None:
        super().__init__(value, http_code, code, driver)


class GoogleConflictError(GoogleBaseError, errors.ConflictError):
    """The resource is in the wrong state, or has changed meanwhile."""

    kind = ErrorKind.CONFLICT


class GoogleInvalidCredsError(GoogleBaseError, errors.InvalidCredsError):
    """Google does not take the token."""

    kind = ErrorKind.CREDENTIALS


class GooglePermissionDeniedError(GoogleBaseError, errors.PermissionDeniedError):
    """The account may not do this."""

    kind = ErrorKind.PERMISSION


class GoogleRateLimitError(GoogleBaseError, errors.RateLimitReachedError):
    """Too many requests; ``code`` is Google's name for it, ``http_code`` the status."""

    kind = ErrorKind.RATE_LIMIT
    retryable = True


class GoogleUnavailableError(GoogleBaseError, errors.ServiceUnavailableError):
    """Google cannot answer now."""

    kind = ErrorKind.UNAVAILABLE
    retryable = True


# Google's names for errors: reasons of answers, and codes of operations (in capitals).
# https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors
# https://cloud.google.com/dns/docs/error-messages
# https://cloud.google.com/storage/docs/json_api/v1/status-codes
_BY_CODE: dict[str, type[GoogleBaseError]] = {
    "CONDITION_NOT_MET": GoogleConflictError,
    "INVALID_FIELD_VALUE": InvalidRequestError,
    "INVALID_USAGE": InvalidRequestError,
    "QUOTA_EXCEEDED": QuotaExceededError,
    "RATE_LIMIT_EXCEEDED": GoogleRateLimitError,
    "RESOURCE_ALREADY_EXISTS": ResourceExistsError,
    "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE": ResourceInUseError,
    "RESOURCE_NOT_FOUND": ResourceNotFoundError,
    "RESOURCE_NOT_READY": GoogleConflictError,
    "ZONE_RESOURCE_POOL_EXHAUSTED": GoogleUnavailableError,
    "alreadyExists": ResourceExistsError,
    "authError": GoogleInvalidCredsError,
    "backendError": GoogleUnavailableError,
    "conditionNotMet": GoogleConflictError,
    "conflict": GoogleConflictError,
    "containerNotEmpty": GoogleConflictError,
    "duplicate": ResourceExistsError,
    "notFound": ResourceNotFoundError,
    "preconditionFailed": GoogleConflictError,
    "quotaExceeded": QuotaExceededError,
    "rateLimitExceeded": GoogleRateLimitError,
    "resourceInUse": ResourceInUseError,
    "resourceInUseByAnotherResource": ResourceInUseError,
    "resourceNotReady": GoogleConflictError,
    "userRateLimitExceeded": GoogleRateLimitError,
}

_BY_STATUS: dict[int, type[GoogleBaseError]] = {
    400: InvalidRequestError,
    401: GoogleInvalidCredsError,
    403: GooglePermissionDeniedError,
    404: ResourceNotFoundError,
    409: GoogleConflictError,
    412: GoogleConflictError,
    429: GoogleRateLimitError,
    502: GoogleUnavailableError,
    503: GoogleUnavailableError,
    504: GoogleUnavailableError,
}


def google_error(
    status: int,
    message: Any,
    code: str | None,
    headers: Mapping[str, str] | None = None,
    driver: Any = None,
) -> GoogleBaseError:
    """The error for what Google says."""
    error_class = _BY_CODE.get(code or "") or _BY_STATUS.get(status, GoogleBaseError)
    error = error_class(message, status, code, driver)
    if isinstance(error, GoogleRateLimitError):
        error.message, error.headers = message, headers
        error.retry_after = retry_after_seconds(headers) or 0
    elif isinstance(error, GoogleUnavailableError):
        error.retry_after = retry_after_seconds(headers)
    return error
