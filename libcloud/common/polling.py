"""Waiting for something to come about at the provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from libcloud.common.errors import LibcloudError

__all__ = ["WaitTimeoutError", "wait_until"]

T = TypeVar("T")


class WaitTimeoutError(LibcloudError):
    """What was waited for did not come about in time."""

    retryable = True

    def __str__(self) -> str:
        return str(self.value)


def wait_until(
    check: Callable[[], T | None],
    timeout: float,
    interval: float,
    what: str,
    sleep: Callable[[float], object] | None = None,
    clock: Callable[[], float] | None = None,
) -> T:
    """
    Call ``check`` until it returns something other than None or False, and return that.

    An exception of ``check`` ends the wait at once: a state that can no longer become the wished
    one is an error, not a reason to wait.

    :param timeout: How long to go on, in seconds.
    :param interval: Pause between two calls, in seconds.
    :param what: What is waited for, for the error's text: "node i-1 to be running".
    :param sleep: Stands in for :func:`time.sleep` in tests.
    :param clock: Stands in for :func:`time.monotonic` in tests.
    :raises WaitTimeoutError: it did not happen in time.
    """
    sleep = sleep or time.sleep
    clock = clock or time.monotonic
    deadline = clock() + timeout
    while True:
        result = check()
        if result is not None and result is not False:
            return result
        remaining = deadline - clock()
        if remaining <= 0:
            raise WaitTimeoutError(f"Timed out after {timeout} seconds waiting for {what}")
        sleep(min(interval, remaining))
