"""What the rooms of the driver share: calling actions, walking pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from libcloud.common.aws.xml import Element, findall, findtext
from libcloud.common.paging import iterate_pages
from libcloud.common.response import Response
from libcloud.compute.base import NodeDriver
from libcloud.compute.drivers.ec2.attributes import is_true

__all__ = ["PAGE_SIZE", "Room"]

T = TypeVar("T")

PAGE_SIZE = 1000
"""Items a page: the most that nearly all actions allow."""


class Room(NodeDriver):
    """Base of the rooms. It has no constructor and no state."""

    path: str = "/"
    region_name: str = ""

    def _call(self, action: str, params: Mapping[str, Any] | None = None) -> Element:
        """Call an action and return the root element of its answer."""
        return self._answer(action, params).object

    def _answer(self, action: str, params: Mapping[str, Any] | None = None) -> Response:
        """Call an action and return its answer, whose ``object`` is the root element."""
        return self.connection.answer(action, params, path=self.path)

    def _do(self, action: str, params: Mapping[str, Any]) -> bool:
        """Call an action that answers yes or no."""
        return is_true(self._call(action, params))

    def _all(self, action: str, params: Mapping[str, Any], items: str) -> list[Element]:
        """The elements of an answer that comes in one piece."""
        return findall(self._call(action, params), items)

    def _pages(
        self,
        action: str,
        params: Mapping[str, Any],
        items: str,
        ids: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Element]:
        """
        The elements of an answer that comes in pages.

        An element keeps its whole page in memory. Who holds none, as ``map`` does, when asking for
        the next one has one page in memory at a time.

        :param items: Path of tags of an item.
        :param ids: Name of the parameter that lists ids: EC2 refuses a page size beside it.
        :param page_size: The most that the action allows.
        """
        return self._read_pages(
            action, params, lambda answer: findall(answer.object, items), ids, page_size
        )

    def _read_pages(
        self,
        action: str,
        params: Mapping[str, Any],
        read: Callable[[Response], Iterable[T]],
        ids: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[T]:
        """
        What ``read`` makes of each page of an answer that comes in pages: see :meth:`_pages`.
        """
        size = {} if ids and f"{ids}.1" in params else {"MaxResults": page_size}

        def fetch(token: str | None) -> tuple[Iterable[T], str | None]:
            answer = self._answer(action, {**params, **size, "NextToken": token})
            return read(answer), findtext(answer.object, "nextToken")

        return iterate_pages(fetch)
