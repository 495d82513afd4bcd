"""
Descriptions of Google's APIs, as google-api-python-client carries them.

A discovery document says nearly what an OpenAPI description does, so it is made into one.

https://developers.google.com/discovery/v1/reference/apis
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from libcloud.testing.specs.openapi_document import OpenAPISpec

__all__ = ["folder_of_documents", "load"]

_NUMBERS = {"integer": int, "number": float}

# Of a schema, what JSON Schema has as well.
_KEYWORDS = ("type", "format", "pattern", "enum", "readOnly")


def folder_of_documents() -> Path | None:
    """Where google-api-python-client has its documents; None when it is not installed."""
    found = importlib.util.find_spec("googleapiclient")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "discovery_cache" / "documents"


@functools.lru_cache(maxsize=4)
def load(path: str) -> OpenAPISpec:
    return OpenAPISpec(to_openapi(json.loads(Path(path).read_bytes())))


def to_openapi(document: Mapping[str, Any]) -> dict[str, Any]:
    """A discovery document as an OpenAPI 3.0 description."""
    paths: dict[str, dict[str, Any]] = {}
    everywhere = _parameters(document.get("parameters", {}))
    for method in _methods(document):
        # With "{+name}" a parameter takes several segments; the flat path names each of them.
        path = f"/{method.get('flatPath') or method['path']}"
        parameters = [*everywhere, *_parameters(method.get("parameters", {}), path)]
        paths.setdefault(path, {})[method["httpMethod"].lower()] = {
            "operationId": method["id"],
            "parameters": parameters,
            **({"requestBody": _content(method["request"])} if "request" in method else {}),
            "responses": {
                "200": {"description": "", **_content(method.get("response"))},
                "204": {"description": ""},
            },
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": document["title"], "version": document["version"]},
        "servers": [{"url": f"/{document['servicePath'].strip('/')}"}],
        "paths": paths,
        "components": {
            "schemas": {name: _schema(node) for name, node in document["schemas"].items()}
        },
    }


def _methods(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for child in resource.get("resources", {}).values():
        yield from _methods(child)


def _parameters(described: Mapping[str, Any], path: str = "") -> list[dict[str, Any]]:
    parameters = [
        {
            "name": name,
            "in": node["location"],
            "required": node.get("required", False),
            "schema": _schema(node),
        }
        for name, node in described.items()
        if node["location"] == "query"
    ]
    names = re.findall(r"\{(\w+)\}", path)
    return parameters + [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def _content(reference: Mapping[str, Any] | None) -> dict[str, Any]:
    if reference is None:
        return {}
    return {"content": {"application/json": {"schema": _schema(reference)}}}


def _schema(node: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return {"$ref": f"#/components/schemas/{node['$ref']}"}
    if node.get("type") == "any":
        return {}
    schema: dict[str, Any] = {key: node[key] for key in _KEYWORDS if key in node}
    for key in ("minimum", "maximum"):
        if key in node and node.get("type") in _NUMBERS:
            schema[key] = _NUMBERS[node["type"]](node[key])
    if "items" in node:
        schema["items"] = _schema(node["items"])
    if "properties" in node:
        schema["properties"] = {name: _schema(each) for name, each in node["properties"].items()}
        schema["additionalProperties"] = False
    if "additionalProperties" in node:
        schema["additionalProperties"] = _schema(node["additionalProperties"])
    if node.get("repeated"):
        return {"type": "array", "items": schema}
    return schema
