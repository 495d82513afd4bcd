"""
Reading XML answers whatever namespace they come in.

AWS changes the namespace with every API version, and look-alikes of AWS have their own or none. An
answer that is read by one fixed namespace seems empty in all others, so none is looked at here:
``reservationSet/item`` finds those elements in any namespace.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from libcloud.common.errors import MalformedResponseError

__all__ = [
    "Children",
    "Element",
    "children_of",
    "contents_of",
    "convert",
    "expect_root",
    "find",
    "findall",
    "findtext",
    "local_name",
    "number",
    "require",
    "required_text",
    "source_of",
    "texts",
]

Element = Any
"""An element of lxml or of :mod:`xml.etree`: both understand the same paths."""


def local_name(element: Element) -> str:
    """The tag of an element without its namespace."""
    return _without_namespace(element.tag)


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


def texts(element: Element | tuple[()]) -> dict[str, str | None]:
    """
    The texts of an element's children by their local tags, None where one is empty; of several
    with the same tag, the first. Much faster than :func:`findtext` for each of them.
    """
    return {_without_namespace(child.tag): child.text or None for child in reversed(element)}


class Children:
    """
    The children of an element by their tags, all of which are read once.

    It finds what :func:`find`, :func:`findtext` and the others find, and is much faster where many
    are asked for.

    :param element: The element. What is added to it later is not found.
    """

    __slots__ = ("_below", "by_name", "element")

    def __init__(self, element: Element) -> None:
        self.element = element
        #: Of several with the same tag the first, which find() finds.
        self.by_name: dict[str, Element] = {
            _without_namespace(child.tag): child for child in reversed(element)
        }
        self._below: dict[str, Children] = {}

    @classmethod
    def of(cls, element: Element | Children) -> Children:
        """An element's children, which are not read again when they were."""
        return element if isinstance(element, Children) else cls(element)

    def find(self, path: str) -> Element | None:
        """See :func:`find`."""
        name, slash, rest = path.partition("/")
        if not name.isalnum():
            return find(self.element, path)  # not only names: "*", ".", "{namespace}name"
        child = self.by_name.get(name)
        if child is None or not slash:
            return child
        below = self._below.get(name)
        if below is None:
            below = self._below[name] = Children(child)
        found = below.by_name.get(rest) if rest.isalnum() else below.find(rest)
        if found is None and len(self.by_name) < len(self.element):
            # It may be below another child of that name.
            return find(self.element, path)
        return found

    def text(self, path: str) -> str | None:
        """See :func:`findtext`."""
        found = self.find(path)
        return None if found is None else found.text or None

    def required_text(self, path: str, driver: Any = None) -> str:
        """See :func:`required_text`."""
        return self.text(path) or required_text(self.element, path, driver)

    def items(self, name: str) -> list[Element]:
        """What ``findall(element, f"{name}/item")`` returns: EC2 writes lists so."""
        child = self.by_name.get(name)
        if child is None:
            return []
        if len(self.by_name) < len(self.element):
            return findall(self.element, f"{name}/item")
        return [item for item in child if _without_namespace(item.tag) == "item"]


def children_of(
    root: Element, parents: Iterable[Element], names: Iterable[str]
) -> dict[Element, dict[str, Element]]:
    """
    The children of many elements of a listing, by their tags: those of a few names, and of several
    with the same tag the first. It walks the document once, inside lxml, so it is much faster than
    asking each parent.

    :param root: An element of lxml above all of the parents.
    :return: parent -> tag -> child; the parents in their order.
    """
    found: dict[Element, dict[str, Element]] = {parent: {} for parent in parents}
    for element in root.iter(*["{*}" + name for name in names]):
        children = found.get(element.getparent())
        if children is not None:
            children.setdefault(_without_namespace(element.tag), element)
    return found


def contents_of(root: Element, content: bytes, elements: list[Element]) -> list[bytes] | None:
    """
    What is inside of elements of one tag, cut out of the document as it stands.

    That is a way to keep parts of a document, of which a few may be read later, without keeping all
    of it, and is much faster than writing the elements out again.

    :param root: The document, parsed.
    :param content: The document.
    :param elements: All elements of that tag, in their order.
    :return: None when looking at the bytes is not enough to tell: there is an encoding other than
        UTF-8, a comment or CDATA, a prefix, or a tag in a strange form.
    """
    if not elements or (root.getroottree().docinfo.encoding or "UTF-8").upper() != "UTF-8":
        return None
    after_declaration = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    if (
        _has_pair(content, b"<!", after_declaration)
        or _has_pair(content, b"<?", after_declaration)
        or b"xmlns:" in content
    ):
        return None
    name = local_name(elements[0]).encode()
    start, end = b"<%b>" % name, b"</%b>" % name
    contents = []
    position = content.find(start)
    while position >= 0:
        position += len(start)
        stop = content.find(end, position)
        contents.append(content[position:stop])
        position = content.find(start, stop)
    return contents if len(contents) == len(elements) else None


def source_of(element: Element) -> bytes:
    """The XML of an element of lxml, by itself."""
    from lxml import etree

    return etree.tostring(element, with_tail=False)


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


def _has_pair(content: bytes, pair: bytes, start: int) -> bool:
    # Python looks for one byte many times faster than for two.
    return content.find(pair[1:], start) >= 0 and content.find(pair, start) >= 0


@functools.lru_cache(maxsize=4096)
def _without_namespace(tag: Any) -> str:
    # Comments and processing instructions of lxml have a function as their tag.
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@functools.lru_cache(maxsize=1024)
def _any_namespace(path: str) -> str:
    return "/".join(
        part if part in ("", ".", "..", "*") or part.startswith("{") else "{*}" + part
        for part in path.split("/")
    )
