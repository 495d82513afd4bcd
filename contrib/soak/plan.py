"""
What goes wrong, and when: known beforehand to both sides.

The client's command and the server decide by the same function of a request's label and of how
often it was sent, so the client knows how each call must end, retries included.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["FATAL", "Plan", "Step", "content_of", "etag_of", "parts_of"]

# Fault -> how often it is taken, among those that fit.
ANYWHERE = {"lost request": 4, "lost answer": 4, "closed": 4, "503": 4, "429": 4, "stall": 0.2}
IN_A_STREAM = {"reset in body": 3, "truncated": 3}
IN_A_BODY = {**IN_A_STREAM, "broken chunks": 3}
IN_A_DOCUMENT = {**IN_A_BODY, "html": 3, "gzip": 3, "short": 3}

# What a request is answered with -> the faults that a client can know as such. A page of HTML in
# place of a file's content, say, is the content for all that it can tell.
FAULTS = {
    "nothing": ANYWHERE,
    "etag": {**ANYWHERE, "html": 3},
    "stream": {**ANYWHERE, **IN_A_STREAM},
    "file": {**ANYWHERE, **IN_A_STREAM, "short": 3},
    "document": {**ANYWHERE, **IN_A_DOCUMENT},
}

FATAL = frozenset({"stall", "html", "gzip", "short"})
"""After these a request is not sent again: its time is used up, or the answer makes no sense."""

NOT_DONE = frozenset({"lost request", "503", "429"})
"""In these cases the server has not done what it was asked to do."""

PART = 2000


class Step(NamedTuple):
    """
    A request of a call.

    :param label: What the server knows it by.
    :param answer: What it is answered with, a key of ``FAULTS``.
    :param repeatable: It may be sent again after a fault.
    """

    label: str
    answer: str
    repeatable: bool = True


class Plan(NamedTuple):
    """
    :param seed: Another one is another plan.
    :param share: How many of all requests are to go wrong.
    """

    seed: int
    share: float

    def fault(self, label: str, answer: str, attempt: int) -> str | None:
        """What goes wrong when a request is sent for the n-th time (from 0); None for nothing."""
        digest = hashlib.blake2b(f"{self.seed} {label} {attempt}".encode(), digest_size=16).digest()
        if int.from_bytes(digest[:8], "big") >= self.share * 2**64:
            return None
        names, marks = _scale(answer)
        mark = int.from_bytes(digest[8:], "big") / 2**64
        return next(name for name, end in zip(names, marks, strict=True) if mark < end)

    def outcome(self, steps: Iterable[Step], attempts: int) -> str | None:
        """The fault that a call ends with; None when it ends well."""
        for step in steps:
            for attempt in range(attempts):
                fault = self.fault(step.label, step.answer, attempt)
                if fault is None:
                    break
                if fault in FATAL or not step.repeatable or attempt == attempts - 1:
                    return fault
        return None

    def faults(self, step: Step, attempts: int) -> list[str]:
        """What goes wrong before a request is answered, and at most so often."""
        found = []
        for attempt in range(attempts):
            fault = self.fault(step.label, step.answer, attempt)
            if fault is None:
                break
            found.append(fault)
        return found


@functools.cache
def _scale(answer: str) -> tuple[list[str], list[float]]:
    weights = FAULTS[answer]
    total = sum(weights.values())
    marks, done = [], 0.0
    for weight in weights.values():
        done += weight
        marks.append(done / total)
    marks[-1] = 1.0
    return list(weights), marks


def content_of(call: str, size: int | None = None) -> bytes:
    """The content that belongs to a call, and to no other."""
    seed = hashlib.sha256(call.encode()).digest()
    size = 200 + int.from_bytes(seed[:2], "big") % (PART - 200) if size is None else size
    return (seed * (size // len(seed) + 1))[:size]


def etag_of(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def parts_of(content: bytes) -> list[bytes]:
    return [content[start : start + PART] for start in range(0, len(content), PART)]
