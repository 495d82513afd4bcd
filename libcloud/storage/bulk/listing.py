"""Listings in the order of names, at constant memory, and two of them side by side."""

from __future__ import annotations

import heapq
import os
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from types import TracebackType
from typing import Any

from libcloud.common.base import BaseDriver
from libcloud.common.errors import MalformedResponseError
from libcloud.storage.models import Container, Object

__all__ = ["Spool", "by_name", "side_by_side"]

CHUNK = 10_000
"""Objects that are sorted in memory. A longer listing is sorted on disk."""

BLOCK = 100
"""Objects that are read from disk at once."""

_name = attrgetter("name")


def by_name(container: Container, prefix: str = "") -> Iterator[Object]:
    """
    The objects of a container in the order of their names, each name once.

    A driver that says so (``listing_is_sorted``) lists them in this order, and they come as they
    are listed. Any other listing is read to its end first.

    :raises MalformedResponseError: the driver says so, and it is not true.
    """
    objects = container.iterate_objects(prefix=prefix or None)
    if container.driver.listing_is_sorted:
        return _ascending(objects, container)
    return _each_once(_sorted(objects))


def side_by_side(
    left: Iterator[Object], right: Iterator[Object]
) -> Iterator[tuple[Object | None, Object | None]]:
    """Pairs of objects of one name from two sorted listings, None where one lacks it."""
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.name < other.name):
            yield one, None
            one = next(left, None)
        elif one is None or other.name < one.name:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)


class Spool:
    """
    Objects in a temporary file, which nobody else can open.

    Drivers and containers stay in memory, one of each: the file holds no credentials.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._shared = _Shared()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, objects: list[Object]) -> int:
        """Append some objects; returns the place to read them from."""
        place = self._file.seek(0, os.SEEK_END)
        _Pickler(self._file, self._shared).dump(objects)
        return place

    def read(self, place: int) -> list[Object]:
        self._file.seek(place)
        objects: list[Object] = _Unpickler(self._file, self._shared).load()
        return objects


class _Shared:
    """The drivers and containers of objects, by number."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number_of(self, value: Any) -> int | None:
        if isinstance(value, Container):
            # A driver may make a new one for every object that it lists.
            key: Any = (id(value.driver), value.name)
        elif isinstance(value, BaseDriver):
            key = id(value)
        else:
            return None
        if key not in self._numbers:
            self._numbers[key] = len(self._values)
            self._values.append(value)
        return self._numbers[key]

    def value_of(self, number: int) -> Any:
        return self._values[number]


class _Pickler(pickle.Pickler):
    def __init__(self, file: Any, shared: _Shared) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._shared = shared

    def persistent_id(self, obj: Any) -> int | None:
        return self._shared.number_of(obj)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, shared: _Shared) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, pid: Any) -> Any:
        return self._shared.value_of(pid)


def _sorted(objects: Iterable[Object]) -> Iterator[Object]:
    objects = iter(objects)
    chunk = sorted(islice(objects, CHUNK), key=_name)
    if len(chunk) < CHUNK:
        yield from chunk
        return
    with Spool() as spool:
        runs = []
        while chunk:
            blocks = (chunk[start : start + BLOCK] for start in range(0, len(chunk), BLOCK))
            runs.append(_read(spool, [spool.write(block) for block in blocks]))
            chunk = sorted(islice(objects, CHUNK), key=_name)
        yield from heapq.merge(*runs, key=_name)


def _read(spool: Spool, places: list[int]) -> Iterator[Object]:
    for place in places:
        yield from spool.read(place)


def _each_once(objects: Iterable[Object]) -> Iterator[Object]:
    last = None
    for obj in objects:
        if obj.name != last:
            yield obj
        last = obj.name


def _ascending(objects: Iterable[Object], container: Container) -> Iterator[Object]:
    last = ""
    for obj in objects:
        if obj.name < last:
            raise MalformedResponseError(
                f"The listing of {container.name} is not in the order of names: {obj.name!r} "
                f"comes after {last!r}",
                driver=container.driver,
            )
        if obj.name > last:
            yield obj
        last = obj.name
