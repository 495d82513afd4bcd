"""Doing the jobs of one call: counting, reporting, gathering errors, stopping."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal, NamedTuple, TypedDict

from libcloud.common.bulk import BulkError, Outcome, map_in_threads
from libcloud.common.errors import LibcloudError
from libcloud.storage.transfer import Progress

__all__ = ["Job", "Meter", "Options", "Report", "Result", "Run", "Stopped"]

Action = Literal["copy", "delete", "call"]
Status = Literal["done", "skipped", "failed"]


class Result(NamedTuple):
    """
    What became of one object.

    :param action: ``"copy"`` (uploads and downloads are copies), ``"delete"``, or ``"call"`` for
        what :func:`map` does.
    :param name: Name of the object, at the target if there is one.
    :param status: ``"done"``; ``"skipped"`` when there was nothing to do; ``"failed"``.
    :param value: The new object, or what the call returned; None if there is no such thing.
    :param error: Why it failed.
    """

    action: Action
    name: str
    status: Status
    value: Any = None
    error: Exception | None = None


@dataclass
class Report:
    """
    What a call did, up to now or in all.

    :param done: Objects that were copied, deleted or called with.
    :param deleted: How many of those were deleted.
    :param skipped: Objects for which there was nothing to do.
    :param failed: Objects that failed.
    :param bytes: Bytes that went through this machine, those of failed copies included. What a
        provider copies by itself does not.
    :param failures: Results of those that failed, in the order in which they did; none if
        ``on_error`` was given.
    """

    done: int = 0
    deleted: int = 0
    skipped: int = 0
    failed: int = 0
    bytes: int = 0
    failures: list[Result] = field(default_factory=list)


class Options(TypedDict, total=False):
    """
    What all functions of this package take. All that is called is called in the caller's thread.

    ``threads``
        How many objects are under way at one time; 8 if it is absent.
    ``progress``
        Called with the :class:`Report` as it stands, after each object, some ten times a second
        while none ends, and at the end.
    ``on_result``
        Called with the :class:`Result` of each object, in the order in which they end.
    ``on_error``
        Called with the :class:`Result` of each object that failed. The report then keeps none of
        them, and no :class:`.BulkError` is raised in the end.
    ``max_errors``
        When more objects than this failed, no other is begun, and ``BulkError`` is raised. 0 ends
        with the first.
    """

    threads: int
    progress: Callable[[Report], Any] | None
    on_result: Callable[[Result], Any] | None
    on_error: Callable[[Result], Any] | None
    max_errors: int | None


class Job(NamedTuple):
    """
    What one thread does at a time.

    :param names: The objects that it is about: one, but for deletions in batches.
    :param work: Does it. What it raises is the error of all of them.
    """

    action: Action
    names: Sequence[str]
    work: Callable[[], Iterable[Result]]


class Stopped(LibcloudError):
    """Ends a transfer whose caller does not wait for it any more."""


class Meter:
    """Counts the bytes of all threads, and ends their transfers when the caller stops."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.bytes = 0
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """
        :raises Stopped: the caller stops.
        """
        if self.stopping.is_set():
            raise Stopped("The transfer was stopped")
        with self._lock:
            self.bytes += count

    def of_one_transfer(self) -> Progress:
        """The ``progress`` of a transfer, which counts from its own beginning."""
        counted = 0

        def report(done: int, _: int | None) -> None:
            nonlocal counted
            self.add(done - counted)
            counted = done

        return report


class Run:
    """One call of a function of this package. The parameters are :class:`Options`."""

    def __init__(
        self,
        threads: int = 8,
        progress: Callable[[Report], Any] | None = None,
        on_result: Callable[[Result], Any] | None = None,
        on_error: Callable[[Result], Any] | None = None,
        max_errors: int | None = None,
    ) -> None:
        self.report = Report()
        self.meter = Meter()
        self._threads = threads
        self._progress = progress
        self._on_result = on_result
        self._on_error = on_error
        self._max_errors = max_errors
        self._broken: Exception | None = None

    def do(self, jobs: Iterable[Job]) -> None:
        """
        Do jobs until there are no more, or too many failed.

        What ends it early (Ctrl-C, an error in a callback) ends the transfers under way as well,
        and comes out when they have cleaned up.
        """
        outcomes = map_in_threads(
            lambda job: list(job.work()),
            self._until_broken(jobs),
            self._threads,
            tick=self._tick if self._progress else None,
            stopping=self.meter.stopping,
        )
        with closing(outcomes):  # type: ignore[type-var]
            for outcome in outcomes:
                for result in _results(outcome):
                    self._take(result)

    def finish(self) -> Report:
        """
        :raises BulkError: objects failed, and nobody was told; or too many did.
        :raises Exception: nothing failed but the listing.
        """
        self._tick()
        report = self.report
        errors = [failure.error for failure in report.failures if failure.error]
        if self._broken and not errors:
            raise self._broken
        if errors or self._failed_too_often():
            total = report.done + report.skipped + report.failed
            text = f"{report.failed} of {total} objects failed"
            if self._broken or self._failed_too_often():
                text += ", the rest was not tried"
            if self._broken:
                errors.append(self._broken)
            raise BulkError(text, errors, report) from next(iter(errors), None)
        return report

    @property
    def is_clean(self) -> bool:
        """True while nothing failed."""
        return not self.report.failed and not self._broken

    def _until_broken(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """The jobs, until too many failed or there is an error in making them: see finish()."""
        try:
            yield from takewhile(lambda _: not self._failed_too_often(), jobs)
        except Exception as error:
            self._broken = error

    def _take(self, result: Result) -> None:
        report = self.report
        if result.status == "done":
            report.done += 1
            report.deleted += result.action == "delete"
        elif result.status == "skipped":
            report.skipped += 1
        else:
            report.failed += 1
            if self._on_error:
                self._on_error(result)
            else:
                report.failures.append(result)
        if self._on_result:
            self._on_result(result)

    def _tick(self) -> None:
        self.report.bytes = self.meter.bytes
        if self._progress:
            self._progress(self.report)

    def _failed_too_often(self) -> bool:
        return self._max_errors is not None and self.report.failed > self._max_errors


def _results(outcome: Outcome[Job, list[Result]]) -> Iterable[Result]:
    job, error = outcome.item, outcome.error
    if error is None:
        return outcome.value or ()
    _let_go_of_locals(error)
    return [Result(job.action, name, "failed", error=error) for name in job.names]


def _let_go_of_locals(error: BaseException | None) -> None:
    """
    Keep the traceback of an error, but not what the variables in it hold: parts of objects, which
    thousands of gathered errors would keep in memory.
    """
    import traceback

    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
