"""
Retrying any function, for programs that use these names.

The library itself decides by :class:`libcloud.common.retry.RetryPolicy`. A :class:`Retry` comes
in where a program asks for the old way: ``retry_failed=True``, or
``LIBCLOUD_RETRY_FAILED_HTTP_REQUESTS`` in the environment.
"""

from __future__ import annotations

import functools
import socket
import time
from collections.abc import Callable
from http import client as httplib
from ssl import SSLError
from typing import Any, TypeVar

from libcloud.common.errors import RateLimitReachedError

__all__ = [
    "DEFAULT_BACKOFF",
    "DEFAULT_DELAY",
    "DEFAULT_TIMEOUT",
    "RETRY_EXCEPTIONS",
    "TRANSIENT_SSL_ERROR",
    "MinimalRetry",
    "RateLimitReachedError",
    "Retry",
    "RetryForeverOnRateLimitError",
    "TransientSSLError",
]

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_TIMEOUT = 30
DEFAULT_DELAY = 1
DEFAULT_BACKOFF = 1
TRANSIENT_SSL_ERROR = "The read operation timed out"


class TransientSSLError(SSLError):
    """A TLS error that goes away by itself."""

    def __str__(self) -> str:
        return str(self.args[1]) if len(self.args) > 1 else super().__str__()


RETRY_EXCEPTIONS: tuple[type[BaseException], ...] = (
    RateLimitReachedError,
    socket.error,
    socket.gaierror,
    httplib.NotConnected,
    httplib.ImproperConnectionState,
    TransientSSLError,
)


class MinimalRetry:
    """
    Decorator that calls a function again after each rate limit, until a time is over.

    :param retry_delay: Seconds to wait after the first failure.
    :param timeout: Seconds after which the last error is raised.
    :param backoff: Factor by which the wait grows.
    """

    def __init__(
        self,
        retry_delay: float | None = DEFAULT_DELAY,
        timeout: float | None = DEFAULT_TIMEOUT,
        backoff: float | None = DEFAULT_BACKOFF,
    ) -> None:
        self.retry_delay = DEFAULT_DELAY if retry_delay is None else retry_delay
        self.timeout = DEFAULT_TIMEOUT if timeout is None else timeout
        self.backoff = DEFAULT_BACKOFF if backoff is None else backoff

    def __call__(self, func: F) -> F:
        @functools.wraps(func)
        def retry_loop(*args: Any, **kwargs: Any) -> Any:
            delay = self.retry_delay
            end = time.monotonic() + self.timeout
            while True:
                try:
                    return func(*args, **kwargs)
                except Exception as error:
                    if not self.should_retry(error):
                        raise
                    wait = getattr(error, "retry_after", None) or delay
                    if not self._may_wait(error, wait, end):
                        raise
                time.sleep(wait)
                delay *= self.backoff

        return retry_loop  # type: ignore[return-value]

    def should_retry(self, exception: BaseException) -> bool:
        """True when the function is to be called again after this exception."""
        return isinstance(exception, RateLimitReachedError)

    def _may_wait(self, error: BaseException, wait: float, end: float) -> bool:
        return time.monotonic() + wait <= end


class Retry(MinimalRetry):
    """
    The same, after any exception of the given types.

    :param retry_exceptions: Exception types after which the function is called again.
    """

    def __init__(
        self,
        retry_exceptions: tuple[type[BaseException], ...] = RETRY_EXCEPTIONS,
        retry_delay: float | None = DEFAULT_DELAY,
        timeout: float | None = DEFAULT_TIMEOUT,
        backoff: float | None = DEFAULT_BACKOFF,
    ) -> None:
        super().__init__(retry_delay=retry_delay, timeout=timeout, backoff=backoff)
        self.retry_exceptions = RETRY_EXCEPTIONS if retry_exceptions is None else retry_exceptions

    def should_retry(self, exception: BaseException) -> bool:
        if isinstance(exception, SSLError) and TRANSIENT_SSL_ERROR in str(exception):
            return True
        return isinstance(exception, tuple(self.retry_exceptions))


class RetryForeverOnRateLimitError(Retry):
    """The same; a rate limit is waited out however long it lasts."""

    def __call__(self, func: F) -> F:
        return super().__call__(func)

    def _may_wait(self, error: BaseException, wait: float, end: float) -> bool:
        return isinstance(error, RateLimitReachedError) or super()._may_wait(error, wait, end)
