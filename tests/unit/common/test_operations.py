from __future__ import annotations

import pytest

from libcloud.common.errors import LibcloudError, MalformedResponseError, UnsupportedOperation
from libcloud.common.operations import operation, operations_of, supported_operations, unsupported
from libcloud.common.paging import iterate_pages
from libcloud.common.polling import WaitTimeoutError, wait_until


class Base:
    @operation("things", needs=("iterate_things",))
    def list_things(self):
        return list(self.iterate_things())

    @operation("things", needs=("list_things",))
    def iterate_things(self):
        raise unsupported(self, "iterate_things")

    @operation("things")
    def create_thing(self):
        raise unsupported(self, "create_thing")

    @operation("things", needs=("create_thing", "list_things"))
    def ensure_thing(self):
        return self.create_thing()


class Nothing(Base):
    pass


class Lister(Base):
    def list_things(self):
        return [1]


class Iterator(Base):
    def iterate_things(self):
        yield 1


class Creator(Iterator):
    def create_thing(self):
        return 1


def test_nothing_is_supported_by_a_driver_without_code():
    assert supported_operations(Nothing) == frozenset()
    with pytest.raises(UnsupportedOperation, match="create_thing not implemented"):
        Nothing().create_thing()


@pytest.mark.parametrize("driver", [Lister, Iterator])
def test_list_and_iterate_come_together(driver):
    assert supported_operations(driver) == {"list_things", "iterate_things"}


def test_derived_operation_is_supported_when_all_it_needs_are():
    assert supported_operations(Creator) == set(operations_of(Base))


def test_pages_are_fetched_when_they_are_reached():
    pages = {None: ([1, 2], "a"), "a": ([], "b"), "b": ([3], None)}
    asked = []

    def fetch(position):
        asked.append(position)
        return pages[position]

    items = iterate_pages(fetch)
    assert asked == []
    assert next(items) == 1
    assert asked == [None]
    assert list(items) == [2, 3]
    assert asked == [None, "a", "b"]


def test_page_that_names_itself_as_the_next_one_is_an_error():
    items = iterate_pages(lambda position: ([1], "same"), first="same")
    assert next(items) == 1
    with pytest.raises(MalformedResponseError, match="does not advance"):
        next(items)


class Clock:
    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds):
        self.now += seconds

    def __call__(self):
        return self.now


def test_wait_until_returns_what_the_check_found():
    clock = Clock()
    results = iter([None, False, "found"])
    found = wait_until(lambda: next(results), 10, 3, "x", sleep=clock.sleep, clock=clock)
    assert found == "found"
    assert clock.now == 6


def test_wait_until_gives_up_at_the_deadline():
    clock = Clock()
    with pytest.raises(WaitTimeoutError, match="waiting for the moon") as caught:
        wait_until(lambda: None, 10, 3, "the moon", sleep=clock.sleep, clock=clock)
    assert isinstance(caught.value, LibcloudError)
    assert clock.now == 10


def test_wait_until_lets_an_error_of_the_check_through_at_once():
    def check():
        raise ValueError("broken for good")

    with pytest.raises(ValueError, match="for good"):
        wait_until(check, 10, 3, "x", sleep=lambda _: pytest.fail("slept"))
