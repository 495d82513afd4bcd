"""
Record sets, and the XML that they are on the wire.

What is written is put together of nodes: a tag, and a text or a list of nodes. A set keeps the
element that it was read from, so it can be deleted exactly as it was, and written back with
whatever it has beside its values: routing policies, health checks, and what the API may get one
day.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from libcloud.common.aws.xml import Element, find, required_text
from libcloud.dns.drivers.route53.connection import CURRENT_NAMESPACE
from libcloud.dns.drivers.route53.escapes import (
    from_wire_name,
    from_wire_text,
    to_wire_name,
    to_wire_text,
)
from libcloud.dns.record_sets import Changes, RecordSet, SetKey, Value
from libcloud.dns.types import RecordType

__all__ = [
    "Node",
    "absolute_name",
    "alias",
    "alias_target",
    "batches",
    "change",
    "elements",
    "nodes",
    "plain_sets",
    "rdata_of",
    "routing",
    "to_set",
    "to_wire",
    "to_xml",
    "with_routing",
]

Node = tuple[str, Any]

# The most that one change batch takes: values, and characters of values.
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
VALUES_PER_BATCH = 1000
CHARACTERS_PER_BATCH = 32000

_TEXTS = {RecordType.SPF, RecordType.TXT}

# The order in which the API wants the elements of a set.
_ORDER = (
    "Name",
    "Type",
    "SetIdentifier",
    "Weight",
    "Region",
    "GeoLocation",
    "Failover",
    "MultiValueAnswer",
    "TTL",
    "ResourceRecords",
    "AliasTarget",
    "HealthCheckId",
    "TrafficPolicyInstanceId",
    "CidrRoutingConfig",
    "GeoProximityLocation",
)

# What a record shows in other ways than among its routing.
_SHOWN = {"Name", "Type", "TTL", "ResourceRecords", "AliasTarget", "SetIdentifier"}
_NUMBERS = {"Weight", "Bias"}
_PARTS_OF_A_PLAIN_SET = 4
_BOOLEANS = {"true": True, "false": False}


def to_set(element: Element) -> RecordSet:
    """
    A ``ResourceRecordSet`` that was read, in whatever namespace.

    :raises MalformedResponseError: it has no name or type.
    :raises ValueError: its TTL is no number.
    """
    parts = {_local_name(child.tag): child for child in element}
    name, type = _text(parts, "Name"), _text(parts, "Type")
    if not (name and type):
        name, type = required_text(element, "Name"), required_text(element, "Type")
    ttl = parts.get("TTL")
    texts = [value.text or "" for record in parts.get("ResourceRecords", ()) for value in record]
    return RecordSet(
        SetKey(absolute_name(name), type, _text(parts, "SetIdentifier")),
        None if ttl is None else int(ttl.text),
        tuple([Value(rdata_of(type, text), {}, text) for text in texts]),
        element,
    )


def plain_sets(root: Element) -> Iterable[tuple[str, str, str, str]] | None:
    """
    Name, type, TTL and value of each set of a listing, where every set has just these and one
    value; None where one of them has more, less, or something else.

    Zones of many thousand records are nearly always of such sets, and libxml2 finds all their texts
    in a fraction of the time that it takes to look at every element from Python.
    """
    namespace, brace, _ = root.tag.rpartition("}")
    sets = find(root, "ResourceRecordSets")
    if not brace or sets is None:
        return None
    count_parts, *columns = _paths_of_plain_sets(namespace[1:])
    # A set has no part twice, and no TTL without values. So as many TTLs as sets mean that none is
    # an alias, as many values that none has two, and four times as many parts that none has more.
    if count_parts(sets) != len(sets) * _PARTS_OF_A_PLAIN_SET:
        return None
    texts = [column(sets) for column in columns]
    if any(len(column) != len(sets) for column in texts):
        return None
    return zip(*texts, strict=True)


@functools.lru_cache(maxsize=4)
def _paths_of_plain_sets(namespace: str) -> list[Any]:
    """How many parts the sets of a listing have, and the texts of the plain ones."""
    from lxml import etree

    paths = ["count(*/*)"]
    for part in ("x:Name", "x:Type", "x:TTL", "x:ResourceRecords/x:ResourceRecord/x:Value"):
        paths.append(f"x:ResourceRecordSet/{part}/text()")
    prefixes = {"x": namespace}
    return [etree.XPath(path, namespaces=prefixes, smart_strings=False) for path in paths]


def absolute_name(name: str) -> str:
    """A name that was read, as keys of sets have it."""
    return (from_wire_name(name) if "\\" in name else name).lower()


def nodes(record_set: RecordSet) -> list[Node]:
    """The elements that a set was read from; none of a new one."""
    raw = record_set.raw
    return [] if raw is None else raw if isinstance(raw, list) else _to_nodes(raw)


def to_wire(record_set: RecordSet) -> list[Node]:
    """A set as it shall be: its own name, type, TTL and values, and all else as it was."""
    key = record_set.key
    own: dict[str, Any] = {"Name": to_wire_name(key.name), "Type": key.type}
    if record_set.values:
        own["TTL"] = str(record_set.ttl)
        own["ResourceRecords"] = [
            ("ResourceRecord", [("Value", _wire_value(key.type, value))])
            for value in record_set.values
        ]
    if key.identifier is not None:
        own["SetIdentifier"] = key.identifier
    parts: dict[str, Any] = {**dict(nodes(record_set)), **own}
    return sorted(parts.items(), key=lambda part: _place(part[0]))


def with_routing(record_set: RecordSet, policy: Mapping[str, Any]) -> RecordSet:
    """
    A set with other elements that make up its routing policy; None takes one away.

    :raises ValueError: no policy has such an element.
    """
    strange = policy.keys() - set(_ORDER) | policy.keys() & _SHOWN
    if strange:
        raise ValueError(f"A routing policy has no {', '.join(sorted(strange))}")
    parts = {**dict(nodes(record_set)), **{tag: _to_content(policy[tag]) for tag in policy}}
    return record_set._replace(raw=[part for part in parts.items() if part[1] is not None])


def alias(target: Mapping[str, Any]) -> Node:
    """
    What a set has that is an alias.

    :param target: See :func:`alias_target`.
    """
    order = ("HostedZoneId", "DNSName", "EvaluateTargetHealth")
    wire = {**target, "DNSName": to_wire_name(target["DNSName"])}
    return "AliasTarget", [(tag, _to_content(wire[tag])) for tag in order]


def change(action: str, content: list[Node]) -> Node:
    return "Change", [("Action", action), ("ResourceRecordSet", content)]


def alias_target(record_set: RecordSet) -> dict[str, Any] | None:
    """What an alias record leads to; None for a set with values."""
    if record_set.values:
        return None
    for tag, content in nodes(record_set):
        if tag == "AliasTarget":
            return _to_dict(content)
    return None


def routing(record_set: RecordSet) -> dict[str, Any]:
    """What a record's ``extra`` says of the routing policy of its set; nothing, as a rule."""
    raw = record_set.raw
    if raw is None or (record_set.values and len(raw) == _PARTS_OF_A_PLAIN_SET):
        return {}
    identifier = record_set.key.identifier
    said: dict[str, Any] = {} if identifier is None else {"set_identifier": identifier}
    parts = [part for part in nodes(record_set) if part[0] not in _SHOWN]
    if parts:
        said["routing"] = _to_dict(parts)
    return said


def batches(changes: Changes) -> Iterator[Changes]:
    """Changes in groups, each small enough for one change batch."""
    batch: list[tuple[RecordSet, RecordSet]] = []
    values = characters = 0
    for pair in changes:
        sizes = [_size(record_set) for record_set in pair]
        more_values, more_characters = (sum(each) for each in zip(*sizes, strict=True))
        values, characters = values + more_values, characters + more_characters
        if batch and (values > VALUES_PER_BATCH or characters > CHARACTERS_PER_BATCH):
            yield batch
            batch, values, characters = [], more_values, more_characters
        batch.append(pair)
    if batch:
        yield batch


def _size(record_set: RecordSet) -> tuple[int, int]:
    """What a set counts in a change batch: values, an alias as one of them, and characters."""
    type, values = record_set.key.type, record_set.values
    if not values:
        return int(record_set.raw is not None), 0
    return len(values), sum(len(_wire_value(type, value)) for value in values)


def _place(tag: str) -> int:
    return _ORDER.index(tag) if tag in _ORDER else len(_ORDER)


def _to_content(value: Any) -> Any:
    """The reverse of :func:`_to_python`."""
    if isinstance(value, Mapping):
        return [(tag, _to_content(content)) for tag, content in value.items()]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


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

    root = ElementTree.Element(tag, xmlns=CURRENT_NAMESPACE)
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


def _text(parts: Mapping[str, Element], tag: str) -> str | None:
    part = parts.get(tag)
    return None if part is None or len(part) else part.text


def rdata_of(type: str, text: str) -> str:
    return from_wire_text(text) if type in _TEXTS else text


def _wire_value(type: str, value: Value) -> str:
    if value.raw is not None:
        return str(value.raw)
    return to_wire_text(value.rdata) if type in _TEXTS else value.rdata
