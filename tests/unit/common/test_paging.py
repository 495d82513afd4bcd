"""Walking through the pages of a listing."""

from __future__ import annotations

import weakref

import pytest

from libcloud.common.paging import iterate_pages, parameter_of


class Item:
    """Something that can be weakly referred to."""


def test_a_page_is_gone_before_the_next_is_fetched() -> None:
    alive: list[weakref.ref[Item]] = []
    left: list[int] = []

    def fetch(number: int) -> tuple[list[Item], int | None]:
        left.append(sum(1 for item in alive if item() is not None))
        items = [Item(), Item()]
        alive.extend(map(weakref.ref, items))
        return items, number + 1 if number < 2 else None

    assert sum(1 for _ in map(id, iterate_pages(fetch, 0))) == 6
    assert left == [0, 0, 0]


@pytest.mark.parametrize(
    ("link", "value"),
    [
        ("https://api.acme.example/zones?page=2&size=5", "2"),
        ("/zones?page=a%20b", "a b"),
        ("/zones?size=5", None),
        ("", None),
        (None, None),
    ],
)
def test_parameter_of_a_link(link: str | None, value: str | None) -> None:
    assert parameter_of(link, "page") == value
