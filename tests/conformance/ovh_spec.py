"""OVHcloud's own descriptions of its API, turned into OpenAPI."""

from __future__ import annotations

import functools
import gzip
import json
import os
from pathlib import Path
from typing import Any

from libcloud.testing.specs import Spec, openapi

__all__ = ["ovh_spec"]

_SIMPLE = {
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "double": {"type": "number"},
    "long": {"type": "integer"},
    "string": {"type": "string"},
    "void": {"type": "null"},
}


def ovh_spec(section: str, base: str = "/1.0") -> Spec:
    """
    A section of the API.

    :param section: ``domain``, say: the file is ``ovh-domain.json.gz``.
    """
    name = f"ovh-{section}.json.gz"
    folder = os.environ.get("LIBCLOUD_SPECS")
    return _spec(str(Path(folder) / name), base) if folder else openapi(name)


@functools.cache
def _spec(path: str, base: str) -> Spec:
    from libcloud.testing.specs.openapi_document import OpenAPISpec

    described = json.loads(gzip.decompress(Path(path).read_bytes()))
    paths: dict[str, Any] = {}
    for api in described["apis"]:
        for operation in api["operations"]:
            method = operation["httpMethod"].lower()
            paths.setdefault(api["path"], {})[method] = _operation(operation)
    document = {
        "openapi": "3.1.0",
        "info": {"title": described["resourcePath"], "version": described["apiVersion"]},
        "paths": paths,
        "components": {
            "schemas": {name: _model(model) for name, model in described["models"].items()}
        },
    }
    return OpenAPISpec(json.loads(json.dumps(document)), base)


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    made: dict[str, Any] = {"parameters": parameters, "responses": {"200": {"description": ""}}}
    fields: dict[str, Any] = {}
    for each in operation["parameters"]:
        schema = _schema(each["dataType"])
        if each["paramType"] != "body":
            required = each["required"]
            kind = {"in": each["paramType"], "name": each["name"], "required": required}
            parameters.append({**kind, "schema": schema})
        elif each.get("name"):
            fields[each["name"]] = schema
        else:
            made["requestBody"] = _content(schema)
    if fields:
        made["requestBody"] = _content({"type": "object", "properties": fields})
    made["responses"]["200"].update(_content(_schema(operation["responseType"])))
    return made


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _model(model: dict[str, Any]) -> dict[str, Any]:
    if "enum" in model:
        return {"type": "string", "enum": model["enum"]}
    properties = model.get("properties", {})
    return {
        "type": "object",
        "properties": {name: _property(each) for name, each in properties.items()},
        "required": [name for name, each in properties.items() if each["required"]],
        "additionalProperties": False,
    }


def _property(each: dict[str, Any]) -> dict[str, Any]:
    schema = _schema(each["type"])
    return {"anyOf": [schema, {"type": "null"}]} if each["canBeNull"] else schema


def _schema(kind: str) -> dict[str, Any]:
    if kind.endswith("[]"):
        return {"type": "array", "items": _schema(kind[:-2])}
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    # What is not one of the models has a form of its own: a UUID, a map, an address.
    return {"$ref": f"#/components/schemas/{kind}"} if "." in kind and "[" not in kind else {}
