"""Doing several requests of one transfer at the same time, with a bound on memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["in_order", "workers"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def workers(count: int) -> Iterator[Any]:
    """
    A pool of threads for the block. At its end, however it comes, no thread is at work any more,
    and what had not begun is dropped.
    """
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(count, thread_name_prefix="libcloud-transfer")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def in_order(
    pool: Any, work: Callable[[Item], Result], items: Iterable[Item], limit: int
) -> Iterator[Result]:
    """
    The results of ``work(item)``, in the order of the items.

    :param limit: How many items are under way, or done and not taken yet; one more is read ahead.
    """
    under_way: deque[Any] = deque()
    for item in items:
        if len(under_way) == limit:
            yield under_way.popleft().result()
        under_way.append(pool.submit(work, item))
    while under_way:
        yield under_way.popleft().result()
