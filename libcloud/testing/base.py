"""
What the conformance suites of all domains share.

A suite is a class of tests that runs over the fixture ``driver``. Each test says which operations
it calls, and is skipped, with the reason, for a driver that does not offer them::

    class ZoneConformance(Conformance):
        @needs("create_zone", "list_zones")
        def test_create_zone_lists_it(self, driver): ...

A deviation that is meant is an ``xfail`` with its reason in the driver's own test file, so that it
can be found by searching.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from libcloud.common.errors import UnsupportedOperation
from libcloud.common.operations import operations_of, supported_operations

__all__ = ["Conformance", "needs", "run_in_threads", "skip_unless_offered"]

T = TypeVar("T")
TestFunction = TypeVar("TestFunction", bound=Callable[..., Any])


def needs(*names: str) -> Callable[[TestFunction], TestFunction]:
    """Say which operations of the driver a test calls, its fixtures included."""

    def mark(function: TestFunction) -> TestFunction:
        function.__libcloud_needs__ = names  # type: ignore[attr-defined]
        return function

    return mark


def skip_unless_offered(driver: Any, *names: str) -> None:
    """The same within a test, for operations that are not known before."""
    offered = supported_operations(type(driver))
    missing = [name for name in names if name not in offered]
    if missing:
        pytest.skip(f"the driver does not offer {', '.join(missing)}")


class Conformance:
    """Base of the suites. A subclass gives the fixture ``driver``."""

    @pytest.fixture
    def driver(self) -> Any:
        """The driver that is judged: one that may make and destroy things."""
        raise NotImplementedError("give the suite a fixture named driver")

    @pytest.fixture(autouse=True)
    def _skip_what_the_driver_does_not_offer(self, request: pytest.FixtureRequest) -> None:
        names = getattr(request.function, "__libcloud_needs__", ())
        if names:
            skip_unless_offered(request.getfixturevalue("driver"), *names)

    def test_operation_that_is_not_offered_raises_unsupported_operation(self, driver: Any) -> None:
        offered = supported_operations(type(driver))
        for name in operations_of(type(driver)):
            if name in offered:
                continue
            with pytest.raises(UnsupportedOperation) as caught:
                _call_without_values(getattr(driver, name))
            assert isinstance(caught.value, NotImplementedError), name

    def test_repr_of_the_driver_hides_its_credentials(self, driver: Any) -> None:
        for name in ("key", "secret"):
            value = getattr(driver, name, None)
            if isinstance(value, str) and len(value) > 3:
                assert value not in repr(driver), name


def run_in_threads(calls: Iterable[Callable[[], T]]) -> list[T]:
    """
    The results of all calls, in their order, each made in a thread of its own at the same time.

    The first exception is raised again.
    """
    calls = list(calls)
    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        futures = [pool.submit(call) for call in calls]
        return [future.result() for future in futures]


def _call_without_values(method: Callable[..., Any]) -> Any:
    """Call a method with None for whatever it requires, and start its listing if it is one."""
    required = [
        parameter
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is parameter.empty
    ]
    positional = [p for p in required if p.kind is p.POSITIONAL_OR_KEYWORD]
    keyword = {p.name: None for p in required if p.kind is p.KEYWORD_ONLY}
    result = method(*(None for _ in positional), **keyword)
    return next(result) if inspect.isgenerator(result) else result
