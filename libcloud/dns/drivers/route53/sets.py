"""
Record sets, and the XML that they are on the wire.

An element is a tag, and a text or a list of elements. A set keeps the elements that it was read
from in their order, so it can be deleted exactly as it was, and written back with whatever it has
beside its values: routing policies, health checks, and what the API may get one day.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

from libcloud.common.aws.xml import Element, required_text
from libcloud.dns.drivers.route53.connection import NAMESPACE
from libcloud.dns.drivers.route53.escapes import (
    from_wire_name,
    from_wire_text,
    to_wire_name,
    to_wire_text,
)
from libcloud.dns.record_sets import RecordSet, SetKey, Value
from libcloud.dns.types import RecordType

__all__ = [
    "Node",
    "alias_target",
    "batches",
    "change",
    "elements",
    "routing",
    "to_set",
    "to_wire",
    "to_xml",
]

Node = tuple[str, Any]

# The most that one change batch takes: values, and characters of values.
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
VALUES_PER_BATCH = 1000
CHARACTERS_PER_BATCH = 32000

_TEXTS = {RecordType.SPF, RecordType.TXT}

# What a record shows in other ways than among its routing.
_SHOWN = {"Name", "Type", "TTL", "ResourceRecords", "AliasTarget", "SetIdentifier"}
_NUMBERS = {"Weight", "Bias"}
_BOOLEANS = {"true": True, "false": False}


def to_set(element: Element) -> RecordSet:
    """
    A ``ResourceRecordSet`` that was read, in whatever namespace.

    :raises MalformedResponseError: it has no name or type.
    :raises ValueError: its TTL is no number.
    """
    raw = _to_nodes(element)
    parts = dict(raw)
    name, type = parts.get("Name"), parts.get("Type")
    if not (name and type and isinstance(name, str) and isinstance(type, str)):
        name, type = required_text(element, "Name"), required_text(element, "Type")
    if "\\" in name:
        name = from_wire_name(name)
    key = SetKey(name.lower(), type, parts.get("SetIdentifier"))
    ttl = int(parts["TTL"]) if "TTL" in parts else None
    values = [
        Value(from_wire_text(text) if type in _TEXTS else text, {}, text)
        for _, record in parts.get("ResourceRecords") or []
        for _, text in record
    ]
    return RecordSet(key, ttl, tuple(values), raw)


def to_wire(record_set: RecordSet) -> list[Node]:
    """A set as it shall be: its own name, type, TTL and values, and all else as it was."""
    key = record_set.key
    own = {
        "Name": to_wire_name(key.name),
        "Type": key.type,
        "TTL": str(record_set.ttl),
        "ResourceRecords": [
            ("ResourceRecord", [("Value", _wire_value(key.type, value))])
            for value in record_set.values
        ],
    }
    if record_set.raw is None:
        return list(own.items())
    return [(tag, own.get(tag, content)) for tag, content in record_set.raw]


def alias_target(record_set: RecordSet) -> dict[str, Any] | None:
    """What an alias record leads to; None for a set with values."""
    for tag, content in record_set.raw or ():
        if tag == "AliasTarget":
            return _to_dict(content)
    return None


def routing(record_set: RecordSet) -> dict[str, Any]:
    """What a record's ``extra`` says of the routing policy of its set; nothing, as a rule."""
    identifier = record_set.key.identifier
    said: dict[str, Any] = {} if identifier is None else {"set_identifier": identifier}
    parts = [part for part in record_set.raw or () if part[0] not in _SHOWN]
    if parts:
        said["routing"] = _to_dict(parts)
    return said


def change(action: str, raw: list[Node]) -> Node:
    return "Change", [("Action", action), ("ResourceRecordSet", raw)]


def batches(sets: Iterable[RecordSet]) -> Iterator[list[RecordSet]]:
    """The sets in groups, each small enough for one change batch."""
    batch: list[RecordSet] = []
    values = characters = 0
    for record_set in sets:
        more_values = max(1, len(record_set.values))
        more_characters = sum(len(value.raw) for value in record_set.values)
        values, characters = values + more_values, characters + more_characters
        if batch and (values > VALUES_PER_BATCH or characters > CHARACTERS_PER_BATCH):
            yield batch
            batch, values, characters = [], more_values, more_characters
        batch.append(record_set)
    if batch:
        yield batch


def elements(**contents: Any) -> list[Node]:
    """Elements in the order of the arguments, without those that have no content."""
    return [(tag, content) for tag, content in contents.items() if content]


def to_xml(tag: str, content: list[Node]) -> bytes:
    """A document in the API's namespace."""
    from xml.etree import ElementTree

    def fill(element: Any, content: Any) -> None:
        if not isinstance(content, list):
            element.text = str(content)
            return
        for child_tag, child_content in content:
            fill(ElementTree.SubElement(element, child_tag), child_content)

    root = ElementTree.Element(tag, xmlns=NAMESPACE)
    fill(root, content)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _to_nodes(element: Element) -> Any:
    """What is in an element: a list of elements, or a text."""
    if not len(element):
        return element.text or ""
    return [
        (_local_name(child.tag), _to_nodes(child) if len(child) else child.text or "")
        for child in element
    ]


@functools.lru_cache(maxsize=256)
def _local_name(tag: Any) -> str:
    """A tag without its namespace; there are few, and each comes in every set."""
    # Comments and processing instructions of lxml have a function as their tag.
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _to_dict(parts: list[Node]) -> dict[str, Any]:
    """Elements as a dict; numbers and booleans are what they are."""
    return {tag: _to_python(tag, content) for tag, content in parts}


def _to_python(tag: str, content: Any) -> Any:
    if isinstance(content, list):
        return _to_dict(content)
    return int(content) if tag in _NUMBERS else _BOOLEANS.get(content, content)


def _wire_value(type: str, value: Value) -> str:
    if value.raw is not None:
        return str(value.raw)
    return to_wire_text(value.rdata) if type in _TEXTS else value.rdata
