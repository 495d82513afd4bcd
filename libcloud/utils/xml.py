"""Look-ups in XML, with the namespace given once and not in every path."""

from __future__ import annotations

from typing import Any

__all__ = [
    "findall",
    "findall_ignore_namespace",
    "findattr",
    "findtext",
    "findtext_ignore_namespace",
    "fixxpath",
]


def fixxpath(xpath: str, namespace: str | None = None) -> str:
    """``a/b`` -> ``{namespace}a/{namespace}b``; without a namespace, the path itself."""
    if not namespace:
        return xpath
    return "/".join(f"{{{namespace}}}{step}" for step in xpath.split("/"))


def findtext(
    element: Any, xpath: str, namespace: str | None = None, no_text_value: Any = ""
) -> Any:
    """
    Text of the first element of a path; None when there is no such element.

    :param no_text_value: What to return for an element without text.
    """
    text = element.findtext(fixxpath(xpath, namespace))
    return no_text_value if text == "" else text


def findtext_ignore_namespace(
    element: Any, xpath: str, namespace: str | None = None, no_text_value: Any = ""
) -> Any:
    """As :func:`findtext`; an element outside of the namespace will do when there is none in it."""
    text = findtext(element, xpath, namespace, no_text_value)
    if text is None and namespace:
        return findtext(element, xpath, None, no_text_value)
    return text


def findattr(element: Any, xpath: str, namespace: str | None = None) -> Any:
    """Text of the first element of a path, "" if it is empty; None when there is no element."""
    return element.findtext(fixxpath(xpath, namespace))


def findall(element: Any, xpath: str, namespace: str | None = None) -> list[Any]:
    """All elements of a path, in the document's order."""
    return list(element.findall(fixxpath(xpath, namespace)))


def findall_ignore_namespace(element: Any, xpath: str, namespace: str | None = None) -> list[Any]:
    """As :func:`findall`; the elements outside of the namespace when there is none in it."""
    found = findall(element, xpath, namespace)
    if not found and namespace:
        return findall(element, xpath)
    return found
