"""
Parameters of EC2's actions: nested values made flat, and counted from 1.

``{"name": ["a", "b"]}`` as filters becomes ``Filter.1.Name=name``, ``Filter.1.Value.1=a``,
``Filter.1.Value.2=b``.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = [
    "base64_text",
    "block_device_mappings",
    "filters",
    "flatten",
    "new_token",
    "numbered",
    "resource_id",
    "tag_specification",
    "tags",
]

Params = dict[str, Any]


def resource_id(resource: Any) -> str:
    """The id of a resource object, or the id itself."""
    return str(getattr(resource, "id", resource))


def numbered(name: str, values: Iterable[Any] | str | None) -> Params:
    """``name.1``, ``name.2`` ... for a list; a text counts as a list of one."""
    if values is None:
        return {}
    if isinstance(values, str):
        values = [values]
    return {f"{name}.{index}": value for index, value in enumerate(values, 1)}


def filters(conditions: Mapping[str, Any] | None) -> Params:
    """
    The filters of a Describe action.

    :param conditions: Name of a filter -> the value it must have, or a list of those that it may.
    """
    params: Params = {}
    for index, (name, values) in enumerate((conditions or {}).items(), 1):
        params[f"Filter.{index}.Name"] = name
        if not isinstance(values, (list, tuple, set, frozenset)):
            values = [values]
        params.update(numbered(f"Filter.{index}.Value", values))
    return params


def tags(pairs: Mapping[str, str | None]) -> Params:
    """``Tag.1.Key``, ``Tag.1.Value`` ...; a value of None leaves the value out."""
    params: Params = {}
    for index, (key, value) in enumerate(pairs.items(), 1):
        params[f"Tag.{index}.Key"] = key
        if value is not None:
            params[f"Tag.{index}.Value"] = value
    return params


def tag_specification(resource_type: str, pairs: Mapping[str, str]) -> Params:
    """
    Tags that a resource is made with, by the request that makes it.

    :param resource_type: ``instance``, ``volume``, ``snapshot`` ...
    """
    if not pairs:
        return {}
    params = {f"TagSpecification.1.{name}": value for name, value in tags(pairs).items()}
    return {"TagSpecification.1.ResourceType": resource_type, **params}


def block_device_mappings(mappings: Any) -> Params:
    """
    ``BlockDeviceMapping.1.DeviceName``, ``BlockDeviceMapping.1.Ebs.VolumeSize`` ...

    :param mappings: A list of dicts: ``{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8}}``.
    :raises AttributeError: it is something else.
    """
    return flatten("BlockDeviceMapping", mappings, "block_device_mapping")


def flatten(name: str, rows: Any, argument: str) -> Params:
    """
    A list of dicts, which may hold dicts, as flat parameters.

    :param argument: What the caller calls the list, for the error's text.
    :raises AttributeError: it is not a list of dicts.
    """
    if not isinstance(rows, (list, tuple)):
        raise AttributeError(f"{argument} not list or tuple")
    params: Params = {}
    for index, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise AttributeError(f"mapping {row} in {argument} not a dict")
        params.update(_flat(f"{name}.{index}", row))
    return params


def base64_text(data: str | bytes) -> str:
    """Text, or bytes, as the API takes user data and keys."""
    import base64

    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def new_token() -> str:
    """
    A client token: EC2 does once what it is asked for twice with the same.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html
    """
    import uuid

    return str(uuid.uuid4())


def _flat(prefix: str, row: Mapping[str, Any]) -> Params:
    params: Params = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            params.update(_flat(f"{prefix}.{name}", value))
        elif value is not None:
            params[f"{prefix}.{name}"] = value
    return params
