"""
When a request is sent again.

One immutable :class:`RetryPolicy` decides. A driver takes it as ``retry=``; ``retry=None`` turns
retries off::

    driver = Driver("key", "secret", retry=RetryPolicy(attempts=6, deadline=300))

Sent again are

* a request of which nothing reached the provider (refused, no such host), whatever its method;
* an idempotent request whose connection broke, or which was answered with 429, 502, 503, 504, with
  any 5xx that names a time in ``Retry-After``, or with the provider's own words for "later".

Idempotent is a GET, HEAD, OPTIONS, PUT or DELETE, and whatever else the driver says is, because the
provider knows a repeated call by its token. A request that timed out is not sent again: its time is
used up. A body that cannot be read a second time is not either.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from libcloud.common.errors import (
    LibcloudError,
    NetworkError,
    RateLimitReachedError,
    ServiceUnavailableError,
    retry_after_seconds,
)

__all__ = ["DEFAULT_RETRY_POLICY", "IDEMPOTENT_METHODS", "RetryPolicy"]

IDEMPOTENT_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT"})


class RetryPolicy(NamedTuple):
    """
    How often, how long, and after which answers. ``policy._replace(delay=1)`` makes another.

    :param attempts: How often a request is sent at the most, the first time included; 1 or more.
    :param deadline: Seconds after the first sending within which the last one starts.
    :param delay: Seconds to wait before the second sending, when the provider names no time.
    :param backoff: Factor by which the wait grows with each sending.
    :param max_delay: The longest such wait, in seconds.
    :param statuses: Statuses that say "later".
    :param jitter: Wait a random part of the time instead of all of it, so that many clients which
        failed together do not come back together.
    """

    attempts: int = 3
    deadline: float = 60
    delay: float = 0.5
    backoff: float = 2
    max_delay: float = 20
    statuses: frozenset[int] = frozenset({429, 502, 503, 504})
    jitter: bool = True

    def run(
        self,
        attempt: Callable[[], Any],
        repeatable: bool,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> Any:
        """
        Call ``attempt`` until it succeeds, or until its error must stand.

        :param repeatable: The request may arrive twice without harm, and can be sent again.
        :param sleep: Stands in for :func:`time.sleep` in tests.
        :param clock: Stands in for :func:`time.monotonic` in tests.
        """
        if self.attempts < 1:
            raise ValueError(f"attempts must be 1 or more, not {self.attempts}")
        sleep = sleep or time.sleep
        clock = clock or time.monotonic
        started = clock()
        for number in range(1, self.attempts + 1):
            try:
                return attempt()
            except LibcloudError as error:
                if number == self.attempts or not self._is_worth_it(error, repeatable):
                    raise
                wait = self._wait(error, number)
                if clock() - started + wait > self.deadline:
                    raise
            sleep(wait)
        raise AssertionError("unreachable")

    def _is_worth_it(self, error: LibcloudError, repeatable: bool) -> bool:
        if isinstance(error, NetworkError):
            return error.retryable and (repeatable or not error.sent)
        if not repeatable:
            return False
        # By kind, too: some providers say "slow down" with a 400, and a code of their own.
        if isinstance(error, (RateLimitReachedError, ServiceUnavailableError)):
            return True
        status = error.http_code or 0
        return status in self.statuses or (status >= 500 and _retry_after(error) is not None)

    def _wait(self, error: LibcloudError, number: int) -> float:
        asked = _retry_after(error)
        if asked is not None:
            return asked
        import random

        longest = min(self.max_delay, self.delay * self.backoff ** (number - 1))
        return random.uniform(0, longest) if self.jitter else longest


def _retry_after(error: LibcloudError) -> float | None:
    named: float | None = getattr(error, "retry_after", None)
    return named or retry_after_seconds(getattr(error, "headers", None)) or None


DEFAULT_RETRY_POLICY = RetryPolicy()
