"""
Doing the same with many things, some at a time.

::

    for outcome in map_in_threads(driver.reboot_node, driver.iterate_nodes(), threads=16):
        if outcome.error:
            print(outcome.item.name, outcome.error)

:func:`map_in_threads` is for many things: it reads them one by one, so there may be millions, and
one that fails stops none of the others; :mod:`libcloud.storage.bulk` is made of it.
:func:`in_order` is for the parts of one thing, of which the first that fails ends the whole.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from libcloud.common.errors import LibcloudError

__all__ = ["BulkError", "Outcome", "in_order", "map_in_threads", "workers"]

Item = TypeVar("Item")
Value = TypeVar("Value")

TICK = 0.1
"""Seconds between two looks at what else there is to do, while nothing is finished."""

_ERRORS_IN_TEXT = 3


class BulkError(LibcloudError):
    """
    Some of many calls failed.

    :param value: What was done, for a human. The first few errors are added to it.
    :param exceptions: All their errors, in the order in which they happened.
    :param report: What was done, as an object; its class is that of the function that raises.
    """

    def __init__(self, value: str, exceptions: Sequence[BaseException], report: Any = None) -> None:
        shown = [f"{type(e).__name__}: {e}" for e in exceptions[:_ERRORS_IN_TEXT]]
        if len(exceptions) > len(shown):
            shown.append(f"and {len(exceptions) - len(shown)} more")
        super().__init__("; ".join([value, *shown]))
        self.exceptions = tuple(exceptions)
        self.report = report
        self.retryable = bool(exceptions) and all(
            getattr(error, "retryable", False) for error in exceptions
        )

    def __str__(self) -> str:
        return str(self.value)


class Outcome(Generic[Item, Value]):
    """
    What became of one thing.

    :param item: The thing.
    :param value: What the call returned; None if it failed.
    :param error: What it raised; None if it did not.
    """

    def __init__(
        self, item: Item, value: Value | None = None, error: Exception | None = None
    ) -> None:
        self.item = item
        self.value = value
        self.error = error

    def __repr__(self) -> str:
        return f"<Outcome: item={self.item!r}, value={self.value!r}, error={self.error!r}>"


def map_in_threads(
    work: Callable[[Item], Value],
    items: Iterable[Item],
    threads: int = 8,
    *,
    tick: Callable[[], Any] | None = None,
    stopping: threading.Event | None = None,
) -> Iterator[Outcome[Item, Value]]:
    """
    Call ``work(item)`` for each item, ``threads`` at a time; what came of it in the order in which
    the calls end.

    Nothing is begun before the first outcome is asked for. The items are read in the caller's
    thread, when they are needed: there are never more than ``2 * threads`` of them between the
    iterable and the caller, whatever their number. Close the iterator, leave the loop for good, or
    let an exception out of it, and no further call begins; those under way are waited for.

    :param threads: The most calls at one time.
    :param tick: Called in the caller's thread every tenth of a second while it waits.
    :param stopping: Set when the caller ends early, before the calls under way are waited for, so
        that long ones can look at it and end early, too.
    :raises ValueError: ``threads`` is below 1.
    :raises Exception: reading the items failed. Before, the outcomes of all that was begun come.
    """
    import queue

    finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
    under_way: dict[Any, Item] = {}
    source = iter(items)
    at_end = False
    broken: Exception | None = None
    with workers(threads) as pool:
        try:
            while True:
                while not at_end and len(under_way) < 2 * threads:
                    try:
                        item = next(source)
                    except StopIteration:
                        at_end = True
                    except Exception as error:  # raised again, when no outcome is left
                        at_end, broken = True, error
                    else:
                        call = pool.submit(work, item)
                        under_way[call] = item
                        call.add_done_callback(finished.put)
                if not under_way:
                    break
                try:
                    # Never for long: a Ctrl-C that comes while the thread waits for its turn to
                    # run, just before it begins to wait here, is seen only after the wait.
                    call = finished.get(timeout=TICK)
                except queue.Empty:
                    pass
                else:
                    yield _outcome(under_way.pop(call), call)
                # A call holds what it returned, an item what it weighs: not while we wait.
                call = item = None  # type: ignore[assignment]
                if tick:
                    tick()
        except BaseException:
            if stopping:
                stopping.set()
            raise
    if broken is not None:
        raise broken


def _outcome(item: Any, call: Any) -> Outcome[Any, Any]:
    error = call.exception()
    if error is None:
        return Outcome(item, call.result())
    if not isinstance(error, Exception):
        raise error
    return Outcome(item, error=error)


@contextmanager
def workers(count: int) -> Iterator[Any]:
    """
    A pool of threads for the block. At its end, however it comes, no thread is at work any more,
    and what had not begun is dropped.
    """
    from concurrent.futures import ThreadPoolExecutor

    threads: list[threading.Thread] = []
    pool = ThreadPoolExecutor(
        count, "libcloud-worker", lambda: threads.append(threading.current_thread())
    )
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        # A Ctrl-C at the moment when the pool starts a thread keeps it off the pool's own list.
        for thread in threads:
            thread.join()


def in_order(
    pool: Any, work: Callable[[Item], Value], items: Iterable[Item], limit: int
) -> Iterator[Value]:
    """
    The results of ``work(item)``, in the order of the items. The first error ends it.

    :param pool: That of :func:`workers`.
    :param limit: How many items are under way, or done and not taken yet; one more is read ahead.
    """
    under_way: deque[Any] = deque()
    for item in items:
        if len(under_way) == limit:
            yield under_way.popleft().result()
        under_way.append(pool.submit(work, item))
    while under_way:
        yield under_way.popleft().result()
