"""What all kinds of descriptions have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from libcloud.testing.http import Answer, Request

__all__ = ["Spec", "SpecViolation", "Violation", "needs_package"]


class Violation(NamedTuple):
    """One thing that the provider's description does not allow."""

    operation: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.place}: {self.message}"


class SpecViolation(AssertionError):
    """
    A request or an answer does not follow the provider's description.

    ``violations`` has the single mistakes.
    """

    def __init__(self, subject: str, violations: Iterable[Violation]) -> None:
        self.violations = list(violations)
        lines = [f"{subject} does not follow the provider's description:"]
        super().__init__("\n  ".join([*lines, *map(str, self.violations)]))


class Spec:
    """A provider's description. This one allows everything."""

    def request_violations(self, request: Request) -> list[Violation]:
        """What is wrong with a request."""
        return []

    def answer_violations(self, request: Request, answer: Answer) -> list[Violation]:
        """What is wrong with an answer to a request, whose body is bytes."""
        return []

    def check_request(self, request: Request) -> None:
        """
        Refuse a wrong request.

        :raises SpecViolation: with all that is wrong.
        """
        violations = self.request_violations(request)
        if violations:
            raise SpecViolation(f"the request {request.method} {request.url}", violations)

    def check_answer(self, request: Request, answer: Answer) -> None:
        """
        Refuse a wrong answer.

        :raises SpecViolation: with all that is wrong.
        """
        violations = self.answer_violations(request, answer)
        if violations:
            subject = f"the answer {answer.status} to {request.method} {request.url}"
            raise SpecViolation(subject, violations)

    def excusing(self, *patterns: str) -> Spec:
        """
        This description without what it is known to be wrong about. Say beside it how that is
        known: a recording, a page.

        :param patterns: Regular expressions that are looked for in the text of a violation.
        """
        return _ExcusingSpec(self, patterns)


class _ExcusingSpec(Spec):
    def __init__(self, spec: Spec, patterns: Iterable[str]) -> None:
        self._spec = spec
        self._excused = re.compile("|".join(patterns))

    def __bool__(self) -> bool:
        return bool(self._spec)

    def request_violations(self, request: Request) -> list[Violation]:
        return self._left(self._spec.request_violations(request))

    def answer_violations(self, request: Request, answer: Answer) -> list[Violation]:
        return self._left(self._spec.answer_violations(request, answer))

    def _left(self, violations: Iterable[Violation]) -> list[Violation]:
        return [each for each in violations if not self._excused.search(str(each))]


def needs_package(package: str, error: ImportError) -> ImportError:
    """The error for a package of the extra ``test`` that is not installed."""
    return ImportError(
        f"{package} is needed to check requests against a description: "
        f"pip install apache-libcloud[test] ({error})"
    )
