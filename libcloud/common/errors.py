"""
Every error that the library raises, in one tree.

::

    LibcloudError                        anything that went wrong in a call
    ├── ProviderError                    the provider answered, and said no
    │   ├── InvalidCredsError            401  who are you
    │   ├── PermissionDeniedError        403  you may not
    │   ├── ResourceNotFoundError        404  also every domain's ...DoesNotExistError
    │   ├── ResourceExistsError          409  also every domain's ...AlreadyExistsError
    │   ├── ConflictError                409/412  the resource is in the wrong state, or changed
    │   ├── QuotaExceededError           a limit of the account, which waiting does not lift
    │   ├── ServiceUnavailableError      502/503/504  try again later
    │   └── BaseHTTPError                an HTTP status that no error table names
    │       └── RateLimitReachedError    429  slow down (``retry_after`` says for how long)
    ├── MalformedResponseError           the answer makes no sense; ``body`` has it
    ├── NetworkError                     no complete answer; also a requests exception
    ├── InvalidRequestError              refused before it was sent; also ValueError
    ├── UnsupportedOperation             the driver does not offer this; also NotImplementedError
    └── ProviderNotFoundError            no such driver; also AttributeError
        ├── DriverNotWrittenError        the constant is known, the driver is still to come
        └── ProviderClosedError          the provider is gone; the text says what replaced it

Catch by class, or by the attributes that all of them carry:

``kind``
    An :class:`ErrorKind`, for a program that maps our errors to its own.
``retryable``
    True when the same call may succeed later without any change.
``http_code``
    Status of the answer, None when there was none.
``provider_code``
    The provider's own name for the error (``NoSuchBucket``), None when it gave none.
``request_id``
    What the provider's support asks for, None when it gave none.
"""

from __future__ import annotations

import copyreg
import enum
from collections.abc import Mapping
from typing import Any

__all__ = [
    "BaseHTTPError",
    "ConflictError",
    "DriverNotWrittenError",
    "ErrorKind",
    "InvalidCredsError",
    "InvalidRequestError",
    "LibcloudError",
    "MalformedResponseError",
    "NetworkError",
    "PermissionDeniedError",
    "ProviderClosedError",
    "ProviderClosedWarning",
    "ProviderError",
    "ProviderNotFoundError",
    "QuotaExceededError",
    "RateLimitReachedError",
    "ResourceExistsError",
    "ResourceNotFoundError",
    "ServiceUnavailableError",
    "UnsupportedOperation",
    "exception_from_message",
    "provider_error",
    "retry_after_seconds",
]


class ErrorKind(str, enum.Enum):
    """What an error means, whatever provider and domain it comes from."""

    CONFLICT = "conflict"
    CREDENTIALS = "credentials"
    INVALID = "invalid"
    EXISTS = "exists"
    MALFORMED = "malformed"
    NETWORK = "network"
    NOT_FOUND = "not_found"
    PERMISSION = "permission"
    PROVIDER = "provider"
    QUOTA = "quota"
    RATE_LIMIT = "rate_limit"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    UNSUPPORTED = "unsupported"


class LibcloudError(Exception):
    """
    Base of all errors of the library.

    :param value: What went wrong, for a human.
    :param driver: The driver, or the driver's class, that was at work.
    """

    kind: ErrorKind = ErrorKind.UNKNOWN
    retryable: bool = False
    http_code: int | None = None
    provider_code: str | None = None
    request_id: str | None = None

    value: Any
    driver: Any

    def __init__(self, value: Any, driver: Any = None) -> None:
        super().__init__(value)
        self.value = value
        self.driver = driver

    def __str__(self) -> str:
        return f"<LibcloudError in {self.driver!r} {self.value!r}>"

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> Any:
        # The constructors of the subclasses differ, so a copy is made without calling them. The
        # driver stays behind: it holds sockets and credentials.
        state = {**self.__dict__, "driver": None}
        return copyreg.__newobj__, (type(self), *self.args), state  # type: ignore[attr-defined]


class ProviderError(LibcloudError):
    """
    The provider answered, and the answer is an error.

    :param http_code: Status of the answer.
    """

    kind = ErrorKind.PROVIDER

    def __init__(self, value: Any, http_code: int | None, driver: Any = None) -> None:
        super().__init__(value, driver=driver)
        self.http_code = http_code

    def __str__(self) -> str:
        return repr(self.value)


class InvalidCredsError(ProviderError):
    """The provider does not accept the credentials."""

    kind = ErrorKind.CREDENTIALS
    http_code = 401

    def __init__(
        self, value: Any = "Invalid credentials with the provider", driver: Any = None
    ) -> None:
        super().__init__(value, http_code=401, driver=driver)


class PermissionDeniedError(ProviderError):
    """The credentials are good, but not for this."""

    kind = ErrorKind.PERMISSION
    http_code = 403

    def __init__(
        self, value: Any = "Permission denied", http_code: int | None = 403, driver: Any = None
    ) -> None:
        super().__init__(value, http_code=http_code, driver=driver)


class ResourceNotFoundError(ProviderError):
    """What the call names does not exist."""

    kind = ErrorKind.NOT_FOUND
    http_code = 404

    def __init__(
        self, value: Any = "Resource not found", http_code: int | None = 404, driver: Any = None
    ) -> None:
        super().__init__(value, http_code=http_code, driver=driver)


class ResourceExistsError(ProviderError):
    """What the call would create exists already."""

    kind = ErrorKind.EXISTS
    http_code = 409

    def __init__(
        self, value: Any = "Resource exists", http_code: int | None = 409, driver: Any = None
    ) -> None:
        super().__init__(value, http_code=http_code, driver=driver)


class ConflictError(ProviderError):
    """The resource is in a state that does not allow the call, or has changed meanwhile."""

    kind = ErrorKind.CONFLICT
    http_code = 409

    def __init__(
        self, value: Any = "Conflict", http_code: int | None = 409, driver: Any = None
    ) -> None:
        super().__init__(value, http_code=http_code, driver=driver)


class QuotaExceededError(ProviderError):
    """A limit of the account is used up; waiting does not help."""

    kind = ErrorKind.QUOTA

    def __init__(
        self, value: Any = "Quota exceeded", http_code: int | None = 403, driver: Any = None
    ) -> None:
        super().__init__(value, http_code=http_code, driver=driver)


class ServiceUnavailableError(ProviderError):
    """
    The provider cannot answer now.

    ``retry_after`` is the number of seconds that it asks to wait, None when it says nothing.
    """

    kind = ErrorKind.UNAVAILABLE
    retryable = True
    http_code = 503
    retry_after: float | None = None

    def __init__(self, value: Any = "Service unavailable at provider", driver: Any = None) -> None:
        super().__init__(value, http_code=503, driver=driver)


class BaseHTTPError(ProviderError):
    """
    An HTTP status that the driver's error table does not name.

    :param code: Status of the answer.
    :param message: What the provider said.
    :param headers: Headers of the answer, keyed in lower case.
    """

    code: int
    message: Any
    headers: Any

    def __init__(self, code: int, message: Any, headers: Mapping[str, str] | None = None) -> None:
        ProviderError.__init__(self, message, http_code=code)
        self.code = code
        self.message = message
        self.headers = headers

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"


class RateLimitReachedError(BaseHTTPError):
    """
    Too many requests.

    ``retry_after`` is the number of seconds that the provider asks to wait, 0 when it says nothing.
    """

    kind = ErrorKind.RATE_LIMIT
    retryable = True
    code = 429
    message = "429 Rate limit exceeded"
    retry_after: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        headers = kwargs.pop("headers", None)
        super().__init__(type(self).code, type(self).message, headers)
        self.retry_after = retry_after_seconds(headers) or 0


# Each of these is BaseHTTPError for programs that know nothing else, and the generic kind for those
# that do. Catch the kind.


class UnauthorizedHTTPError(BaseHTTPError, InvalidCredsError):
    kind = ErrorKind.CREDENTIALS


class ForbiddenHTTPError(BaseHTTPError, PermissionDeniedError):
    kind = ErrorKind.PERMISSION


class NotFoundHTTPError(BaseHTTPError, ResourceNotFoundError):
    kind = ErrorKind.NOT_FOUND


class ExistsHTTPError(BaseHTTPError, ResourceExistsError):
    kind = ErrorKind.EXISTS


class ConflictHTTPError(BaseHTTPError, ConflictError):
    kind = ErrorKind.CONFLICT


class QuotaHTTPError(BaseHTTPError, QuotaExceededError):
    kind = ErrorKind.QUOTA


class UnavailableHTTPError(BaseHTTPError, ServiceUnavailableError):
    kind = ErrorKind.UNAVAILABLE
    retryable = True

    def __init__(self, code: int, message: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code, message, headers)
        self.retry_after = retry_after_seconds(headers)


# Programs that know no other kind of error catch BaseHTTPError, so what an error table names is one
# as well. Not so bad credentials: those have always been InvalidCredsError alone.
_HTTP_CLASS: dict[type[ProviderError], type[BaseHTTPError]] = {
    ConflictError: ConflictHTTPError,
    PermissionDeniedError: ForbiddenHTTPError,
    QuotaExceededError: QuotaHTTPError,
    ResourceExistsError: ExistsHTTPError,
    ResourceNotFoundError: NotFoundHTTPError,
    ServiceUnavailableError: UnavailableHTTPError,
}

_CLASS_BY_STATUS: dict[int, type[BaseHTTPError]] = {
    401: UnauthorizedHTTPError,
    403: ForbiddenHTTPError,
    404: NotFoundHTTPError,
    409: ConflictHTTPError,
    412: ConflictHTTPError,
    429: RateLimitReachedError,
    502: UnavailableHTTPError,
    503: UnavailableHTTPError,
    504: UnavailableHTTPError,
}


def exception_from_message(
    code: int, message: Any, headers: Mapping[str, str] | None = None
) -> BaseHTTPError:
    """
    The error for an HTTP status: a :class:`BaseHTTPError` that is also of the generic kind.

    :param code: Status of the answer.
    :param message: What the provider said; the status' own phrase stands in for nothing.
    :param headers: Headers of the answer, keyed in lower case.
    """
    error_class = _CLASS_BY_STATUS.get(code, BaseHTTPError)
    if message is None or message == "":
        message = _status_line(code)
    return error_class(code=code, message=message, headers=headers)


def provider_error(
    status: int,
    message: Any,
    provider_code: str | None = None,
    table: Mapping[str, type[ProviderError]] | None = None,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
    driver: Any = None,
) -> ProviderError:
    """
    The error for what a provider says in its own words: the one place where a vendor's error table
    is read.

    :param provider_code: The provider's name for the error.
    :param table: Provider code -> class of the generic tree (a domain's wants more arguments).
        A code that is absent, or no code, goes by the status.
    """
    error_class = (table or {}).get(provider_code or "")
    error: ProviderError
    if error_class is not None:
        error_class = _HTTP_CLASS.get(error_class, error_class)
    if error_class is None:
        error = exception_from_message(status, message, headers)
    elif issubclass(error_class, RateLimitReachedError):
        error = error_class(headers=headers)
        error.message = error.value = message or _status_line(status)
        error.args = (error.message,)
        error.code = status
    elif issubclass(error_class, BaseHTTPError):
        error = error_class(status, message or _status_line(status), headers)
    else:
        error = error_class(message or _status_line(status), driver=driver)  # type: ignore[call-arg]
    if isinstance(error, ServiceUnavailableError):
        error.retry_after = retry_after_seconds(headers)
    error.http_code = status
    error.provider_code = provider_code
    error.request_id = request_id
    error.driver = driver
    return error


def _status_line(code: int) -> str:
    import http

    try:
        return f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def retry_after_seconds(headers: Mapping[str, str] | None) -> float | None:
    """
    The wait that a ``retry-after`` header asks for, in seconds and never negative.

    None when the header is absent or says neither a number nor a date.
    """
    value = headers.get("retry-after") if headers else None
    if value is None:
        return None
    import email.utils
    import math
    import time

    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


class MalformedResponseError(LibcloudError):
    """
    The provider's answer cannot be understood.

    :param body: The answer as it came.
    """

    kind = ErrorKind.MALFORMED

    def __init__(self, value: Any, body: Any = None, driver: Any = None) -> None:
        super().__init__(value, driver=driver)
        self.args = (value, body, driver)
        self.body = body

    def __str__(self) -> str:
        return f"<MalformedResponseException in {self.driver!r} {self.value!r}>: {self.body!r}"

    def __reduce__(self) -> Any:
        state = {**self.__dict__, "driver": None, "args": (self.value, self.body, None)}
        return copyreg.__newobj__, (type(self), *state["args"]), state  # type: ignore[attr-defined]


class NetworkError(LibcloudError):
    """
    No complete answer came: refused, reset, timed out, bad certificate, too many redirects ...

    Whatever is raised is also the exception of ``requests`` that says the same, so a program that
    catches ``requests.RequestException`` sees it. ``sent`` is False when it is certain that nothing
    reached the provider.
    """

    kind = ErrorKind.NETWORK
    retryable = True
    sent: bool = True

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class InvalidRequestError(LibcloudError, ValueError):
    """
    What the caller gave cannot be sent: it would end a header line, or leave its place in a path.

    Nothing was sent.
    """

    kind = ErrorKind.INVALID

    def __str__(self) -> str:
        return str(self.value)


class UnsupportedOperation(LibcloudError, NotImplementedError):
    """The driver does not offer the operation."""

    kind = ErrorKind.UNSUPPORTED

    def __str__(self) -> str:
        return str(self.value)


class ProviderNotFoundError(LibcloudError, AttributeError):
    """There is no driver of that name."""

    kind = ErrorKind.NOT_FOUND

    def __str__(self) -> str:
        return str(self.value)


class DriverNotWrittenError(ProviderNotFoundError):
    """The provider's constant exists for programs that name it, but no driver does."""


class ProviderClosedError(ProviderNotFoundError):
    """The provider, or the API that the driver spoke, is gone."""


class ProviderClosedWarning(UserWarning):
    """A driver was made whose provider is gone; the text says since when, and what replaced it."""
