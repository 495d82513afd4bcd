"""
One way to walk through a listing that comes in pages.

Providers page by number, marker, token or link; a driver says how *its* provider does it in one
function, and the walk is the same for all::

    def fetch(token):
        body = self.connection.request("/zones", params={"cursor": token}).object
        return body["zones"], body["meta"].get("next_cursor")

    for raw in iterate_pages(fetch):
        yield self._to_zone(raw)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from libcloud.common.errors import MalformedResponseError

__all__ = ["iterate_pages", "parameter_of"]

T = TypeVar("T")


def iterate_pages(
    fetch: Callable[[Any], tuple[Iterable[T], Any]], first: Any = None
) -> Iterator[T]:
    """
    The items of all pages, one request before the first item and one page in memory at a time.

    :param fetch: Called with the position of a page; returns its items, and the position of the
        next page, which is None (or empty) after the last one.
    :param first: Position of the first page.
    :raises MalformedResponseError: the provider names as the next page the one that was just read,
        or goes in a circle, either of which would go on for ever. Not every page of the past is
        remembered, so a circle may be walked a few times before it is noticed.
    """
    position = first
    # After Brent: one page is remembered, the 2nd, then the 4th, 8th ..., until one leads to it.
    remembered, pages, next_to_remember = first, 1, 2
    while True:
        items, following = fetch(position)
        yield from items
        del items  # or this page would be in memory together with the next one
        if following is None or following == "":
            return
        if following in (position, remembered):
            raise MalformedResponseError(
                f"The listing does not advance: the page after {position!r} is {following!r} again"
            )
        position = following
        pages += 1
        if pages == next_to_remember:
            remembered, next_to_remember = position, 2 * pages


def parameter_of(link: str | None, name: str) -> str | None:
    """
    A query parameter of the link that leads to the next page; None without the one or the other.

    To follow the parameter and not the link keeps requests, and credentials, with the host that the
    user chose.
    """
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(link).query).get(name, [None])[-1] if link else None
