"""Reading XML whose namespace nobody looks at."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import etree

from libcloud.common.aws.xml import Children, find, findall, findtext, required_text, texts
from libcloud.common.errors import MalformedResponseError

NODE = """
<item{declaration}>
  <id>i-1</id><empty/><id>second</id>
  <placement><zone>a</zone></placement>
  <set><item><name>one</name></item><other/><item><name>two</name><state>up</state></item></set>
  <twice><only>first</only></twice>
  <twice><item><state>in the second</state></item></twice>
</item>"""

PATHS = [
    "id",
    "empty",
    "missing",
    "placement",
    "placement/zone",
    "placement/missing",
    "missing/zone",
    "set/item/name",
    "set/item/state",
    "twice/only",
    "twice/item/state",
    ".",
    "*",
    "{*}id",
    ".//zone",
    "placement/*",
    "placement/./zone",
]


@pytest.fixture(params=["", ' xmlns="urn:one"', ' xmlns="urn:another/version"'])
def text(request: pytest.FixtureRequest) -> str:
    return NODE.format(declaration=request.param)


@pytest.fixture(params=[etree.fromstring, ElementTree.fromstring])
def element(text: str, request: pytest.FixtureRequest) -> Any:
    return request.param(text)


@pytest.mark.parametrize("path", PATHS)
def test_children_find_what_a_search_by_path_finds(element: Any, path: str) -> None:
    children = Children(element)

    assert children.find(path) is find(element, path)
    assert children.text(path) == findtext(element, path)
    assert children.text(path) == findtext(element, path), "asked for again"


@pytest.mark.parametrize("name", ["set", "twice", "id", "missing"])
def test_items_are_those_of_all_children_of_that_name(element: Any, name: str) -> None:
    assert Children(element).items(name) == findall(element, f"{name}/item")


def test_children_of_namespaces_that_are_mixed() -> None:
    element = etree.fromstring('<a xmlns="urn:1"><b xmlns="urn:2"><c xmlns="">text</c></b></a>')

    assert Children(element).text("b/c") == "text"
    assert texts(element[0]) == {"c": "text"}


def test_children_without_comments() -> None:
    element = etree.fromstring("<a><!-- no --><?nor this?><b>text</b></a>")

    assert Children(element).text("b") == "text"


def test_texts_have_the_first_of_a_name_and_none_for_nothing(element: Any) -> None:
    found = texts(element)

    assert (found["id"], found["empty"], found.get("missing")) == ("i-1", None, None)


@pytest.mark.parametrize("path", ["missing", "empty"])
def test_required_text_that_is_not_there(element: Any, path: str) -> None:
    with pytest.raises(MalformedResponseError, match=f"item has no {path}"):
        Children(element).required_text(path)
    with pytest.raises(MalformedResponseError, match=f"item has no {path}"):
        required_text(element, path)
