"""
Reading XML answers whatever namespace they come in.

AWS changes the namespace with every API version, and look-alikes of AWS have their own or none. An
answer that is read by one fixed namespace seems empty in all others, so none is looked at here:
``reservationSet/item`` finds those elements in any namespace.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from libcloud.common.errors import MalformedResponseError

__all__ = [
    "Element",
    "convert",
    "expect_root",
    "find",
    "findall",
    "findtext",
    "local_name",
    "number",
    "require",
    "required_text",
]

Element = Any
"""An element of lxml or of :mod:`xml.etree`: both understand the same paths."""


def local_name(element: Element) -> str:
    """The tag of an element without its namespace."""
    tag = element.tag
    # Comments and processing instructions of lxml have a function as their tag.
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(element: Element, path: str) -> Element | None:
    """The first element below ``element`` on a path of tags, None when there is none."""
    return element.find(_any_namespace(path))


def require(element: Element, path: str, driver: Any = None) -> Element:
    """
    The first element below ``element`` on a path of tags.

    :raises MalformedResponseError: there is none.
    """
    found = find(element, path)
    if found is None:
        raise MalformedResponseError(f"{local_name(element)} has no {path}", driver=driver)
    return found


def findall(element: Element, path: str) -> list[Element]:
    """All elements below ``element`` on a path of tags, in their order."""
    return list(element.findall(_any_namespace(path)))


def findtext(element: Element, path: str) -> str | None:
    """The text of the first element on a path of tags; None when it is absent or empty."""
    found = element.find(_any_namespace(path))
    return None if found is None else found.text or None


def required_text(element: Element, path: str, driver: Any = None) -> str:
    """
    The text of the first element on a path of tags: the name or id of a resource, without which
    nothing can be done with it.

    :raises MalformedResponseError: it is absent or empty.
    """
    found = findtext(element, path)
    if not found:
        raise MalformedResponseError(f"{local_name(element)} has no {path}", driver=driver)
    return found


def convert(text: str, transform: Callable[[str], Any]) -> Any:
    """
    What a function makes of a text.

    :raises MalformedResponseError: the function raised a ValueError.
    """
    try:
        return transform(text)
    except ValueError as error:
        raise MalformedResponseError(f"The answer has a strange value: {error}", text) from error


def number(text: str | None) -> int:
    """
    A whole number, 0 for nothing.

    :raises MalformedResponseError: it is no number.
    """
    return int(convert(text, int)) if text else 0


def expect_root(element: Any, name: str, body: Any = None, driver: Any = None) -> Element:
    """
    The element itself, when its tag is the expected one.

    :raises MalformedResponseError: it is another one, or there is no XML at all. Reading on would
        find nothing, and nothing looks like an empty list.
    """
    found = local_name(element) if hasattr(element, "tag") else None
    if found != name:
        raise MalformedResponseError(
            f"Expected the element {name}, got {found or 'no XML'}", body=body, driver=driver
        )
    return element


@functools.lru_cache(maxsize=1024)
def _any_namespace(path: str) -> str:
    return "/".join(
        part if part in ("", ".", "..", "*") or part.startswith("{") else "{*}" + part
        for part in path.split("/")
    )
