"""Descriptions in OpenAPI 2 (Swagger), 3.0 and 3.1."""

from __future__ import annotations

import functools
import gzip
import json
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from libcloud.testing.specs.base import Spec, Violation, needs_package

if TYPE_CHECKING:
    from libcloud.testing.http import Answer, Request

try:
    import yaml
    from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
    from openapi_schema_validator import (
        OAS30ReadValidator,
        OAS30WriteValidator,
        OAS31Validator,
        oas30_format_checker,
        oas31_format_checker,
    )
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012
except ImportError as missing:
    raise needs_package("openapi-schema-validator with PyYAML", missing) from missing

__all__ = ["OpenAPISpec", "load"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_URI = "urn:description"

# The standard says that parameters of these names are to be ignored.
_HEADERS_OF_THE_PROTOCOL = {"accept", "authorization", "content-type"}

_STATUSES_OF_GATEWAYS = {429, 502, 503, 504}

_JSON_TYPE = re.compile(r"^(application/json|[\w.+-]+/[\w.-]+\+json|\*/\*|application/\*)$")


class Located(NamedTuple):
    """A part of the document, and its JSON pointer."""

    pointer: str
    value: Any


class Operation(NamedTuple):
    """A method of a path."""

    name: str
    method: str
    base: str
    template: str
    pattern: re.Pattern[str]
    constants: dict[str, str]
    node: Located
    parameters: tuple[Located, ...]


class OpenAPISpec(Spec):
    """
    A description as a judge.

    Gateways answer before the described service sees the request, so an error status that the
    description does not list passes, and 429, 502, 503 and 504 may be of any media type.

    :param document: The whole description.
    :param base: See :func:`libcloud.testing.specs.openapi`.
    """

    def __init__(self, document: Mapping[str, Any], base: str | None = None) -> None:
        self._document = document
        self._is_version_2 = "swagger" in document
        self._is_31 = str(document.get("openapi", "")).startswith(("3.1", "3.2"))
        self._registry = Registry().with_resource(_URI, DRAFT202012.create_resource(document))
        self._bases = [base.rstrip("/")] if base is not None else self._described_bases()
        self._keys_in_query = self._security_parameters()
        self._operations = sorted(
            self._read_operations(), key=lambda found: found.template.count("{")
        )
        self._lock = threading.Lock()
        self._validators: dict[tuple[str, bool], Any] = {}

    # Finding the operation ------------------------------------------------------------------

    def request_violations(self, request: Request) -> list[Violation]:
        operation, path_values, problem = self._find(request)
        if operation is None:
            return [Violation(f"{request.method} {request.path}", "path", problem)]
        check = _Check(self, operation)
        check.parameters(request, path_values)
        check.request_body(request)
        return check.found

    def answer_violations(self, request: Request, answer: Answer) -> list[Violation]:
        operation, _, problem = self._find(request)
        if operation is None:
            return [Violation(f"{request.method} {request.path}", "path", problem)]
        check = _Check(self, operation)
        check.answer(answer)
        return check.found

    def _find(self, request: Request) -> tuple[Operation | None, dict[str, str], str]:
        on_path = []
        for operation in self._operations:
            match = operation.pattern.fullmatch(request.path)
            if match is None or any(
                request.query.get(name) != [value] for name, value in operation.constants.items()
            ):
                continue
            if operation.method == request.method:
                names = re.findall(r"\{([^}]+)\}", operation.template)
                values = dict(zip(names, map(unquote, match.groups()), strict=True))
                return operation, values, ""
            on_path.append(operation.method)
        if on_path:
            methods = ", ".join(dict.fromkeys(on_path))
            return None, {}, f"the method is not described; the path has {methods}"
        return None, {}, "the path is not described"

    def _described_bases(self) -> list[str]:
        if self._is_version_2:
            return [str(self._document.get("basePath", "")).rstrip("/")]
        bases = []
        for server in self._document.get("servers") or [{"url": "/"}]:
            url = server["url"]
            for name, variable in server.get("variables", {}).items():
                url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
            bases.append(urlsplit(url).path.rstrip("/"))
        return list(dict.fromkeys(bases))

    def _security_parameters(self) -> set[str]:
        if self._is_version_2:
            schemes = self._document.get("securityDefinitions", {})
        else:
            schemes = self._document.get("components", {}).get("securitySchemes", {})
        return {
            scheme["name"]
            for scheme in schemes.values()
            if scheme.get("type") == "apiKey" and scheme.get("in") == "query"
        }

    def _read_operations(self) -> Iterator[Operation]:
        for section in ("paths", "x-ms-paths"):
            for template in self._document.get(section) or {}:
                item = self.resolve(Located(_pointer("", section, template), None))
                shared = self.children(item, "parameters")
                for method in _METHODS:
                    if method in item.value:
                        yield from self._read_operation(template, method, item, shared)

    def _read_operation(
        self, template: str, method: str, item: Located, shared: list[Located]
    ) -> Iterator[Operation]:
        node = self.child(item, method)
        own = self.children(node, "parameters")
        by_place = {(p.value.get("in"), p.value.get("name")): p for p in [*shared, *own]}
        path, _, query = template.partition("#")[0].partition("?")
        for base in self._bases:
            yield Operation(
                name=node.value.get("operationId") or f"{method.upper()} {template}",
                method=method.upper(),
                base=base,
                template=path,
                pattern=_path_pattern(base + path),
                constants=dict(parse_qsl(query, keep_blank_values=True)),
                node=node,
                parameters=tuple(by_place.values()),
            )

    # Reading the document -------------------------------------------------------------------

    def resolve(self, located: Located) -> Located:
        """A part of the document with its references followed; only the pointer need be right."""
        value = self._document
        for part in located.pointer.split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
        if isinstance(value, Mapping) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            if not reference.startswith("#/"):
                raise ValueError(f"a reference out of the description: {reference}")
            return self.resolve(Located(reference[1:], None))
        return Located(located.pointer, value)

    def child(self, parent: Located, *keys: Any) -> Located:
        """A part of a part, with its references followed."""
        return self.resolve(Located(_pointer(parent.pointer, *keys), None))

    def children(self, parent: Located, key: str) -> list[Located]:
        """The elements of a list in a part, which may be absent."""
        return [self.child(parent, key, at) for at in range(len(parent.value.get(key) or ()))]

    def validator(self, schema: Located, writing: bool) -> Any:
        """A JSON Schema validator for a request's part or, not writing, an answer's."""
        with self._lock:
            known = self._validators.get((schema.pointer, writing))
            if known is None:
                reference = {"$ref": f"{_URI}#{schema.pointer}"}
                if self._is_31:
                    known = OAS31Validator(
                        reference, registry=self._registry, format_checker=oas31_format_checker
                    )
                else:
                    kind = OAS30WriteValidator if writing else OAS30ReadValidator
                    known = kind(
                        reference, registry=self._registry, format_checker=oas30_format_checker
                    )
                self._validators[schema.pointer, writing] = known
        return known

    @property
    def is_version_2(self) -> bool:
        return self._is_version_2

    @property
    def default_media_types(self) -> dict[str, list[str]]:
        """``consumes`` and ``produces`` of the whole document, which only version 2 has."""
        return {
            key: self._document.get(key) or ["application/json"] for key in ("consumes", "produces")
        }

    @property
    def keys_in_query(self) -> set[str]:
        """Parameters that carry credentials."""
        return self._keys_in_query


class _Check:
    """The mistakes in one request or answer."""

    def __init__(self, spec: OpenAPISpec, operation: Operation) -> None:
        self.spec = spec
        self.operation = operation
        self.found: list[Violation] = []

    def add(self, place: str, message: str) -> None:
        self.found.append(Violation(self.operation.name, place, message))

    # Parameters -----------------------------------------------------------------------------

    def parameters(self, request: Request, path_values: Mapping[str, str]) -> None:
        given: dict[str, Mapping[str, list[str]]] = {
            "path": {name: [value] for name, value in path_values.items()},
            "query": request.query,
            "header": {name.lower(): [value] for name, value in request.headers.items()},
        }
        for parameter in self.operation.parameters:
            where, name = parameter.value.get("in"), str(parameter.value.get("name"))
            if where not in given or name.lower() in _HEADERS_OF_THE_PROTOCOL:
                continue
            values = given[where].get(name.lower() if where == "header" else name)
            if values is not None:
                self._value(f"{where} parameter {name}", values, parameter)
            elif parameter.value.get("required") and not self._given_in_parts(parameter, request):
                self.add(f"{where} parameter {name}", "is required, and missing")
        self._unknown_query_parameters(request)

    def _given_in_parts(self, parameter: Located, request: Request) -> bool:
        """True for an object whose properties are parameters of their own."""
        schema = self._schema_of(parameter)
        if schema is None or parameter.value.get("in") != "query":
            return False
        return _is_object(schema.value) and bool(request.query)

    def _unknown_query_parameters(self, request: Request) -> None:
        known = {*self.spec.keys_in_query, *self.operation.constants}
        for parameter in self.operation.parameters:
            if parameter.value.get("in") != "query":
                continue
            name = str(parameter.value["name"])
            known.add(name)
            schema = self._schema_of(parameter)
            if schema is not None and _is_object(schema.value):
                if parameter.value.get("style") != "deepObject":
                    if not schema.value.get("properties"):
                        return
                    known.update(schema.value["properties"])
                known.update(given for given in request.query if given.startswith(f"{name}["))
        for name in request.query:
            if name not in known:
                self.add(f"query parameter {name}", "is not described")

    def _schema_of(self, parameter: Located) -> Located | None:
        if self.spec.is_version_2:
            return parameter
        if "schema" in parameter.value:
            return self.spec.child(parameter, "schema")
        return None

    def _value(self, place: str, values: list[str], parameter: Located) -> None:
        schema = self._schema_of(parameter)
        if schema is None or schema.value.get("type") == "file":
            return
        values = _split_values(values, parameter.value, schema.value)
        self._validate(place, self._coerce(values, schema), schema)

    def _coerce(self, values: list[str], schema: Located) -> Any:
        """The value that texts stand for, by the types of the schema."""
        types = _types(schema.value)
        if "array" in types:
            if "items" not in schema.value:
                return values
            items = self.spec.child(schema, "items")
            return [self._coerce([value], items) for value in values]
        for key in ("oneOf", "anyOf", "allOf"):
            for option in self.spec.children(schema, key):
                candidate = self._coerce(values, option)
                if self.spec.validator(option, writing=True).is_valid(candidate):
                    return candidate
        text = values[-1]
        return _scalar(text, types)

    # Bodies ---------------------------------------------------------------------------------

    def request_body(self, request: Request) -> None:
        if self.spec.is_version_2:
            self._request_body_of_version_2(request)
        elif "requestBody" in self.operation.node.value:
            body = self.spec.child(self.operation.node, "requestBody")
            if not request.body:
                if body.value.get("required"):
                    self.add("body", "is required, and missing")
                return
            self._body_of_type(request, body, writing=True)
        elif request.body:
            self.add("body", "is not described, this operation takes none")

    def _body_of_type(self, request: Request, body: Located, writing: bool) -> None:
        content = body.value.get("content") or {}
        sent_type = _media_type(request.headers.get("Content-Type"))
        described = _matching_type(sent_type, content)
        if described is None:
            self.add("body", f"is {sent_type or 'of no type'}, described is {', '.join(content)}")
            return
        media = self.spec.child(body, "content", described)
        if "schema" in media.value:
            self._content(sent_type, request.body, self.spec.child(media, "schema"), writing)

    def _request_body_of_version_2(self, request: Request) -> None:
        in_form = [p for p in self.operation.parameters if p.value.get("in") == "formData"]
        bodies = [p for p in self.operation.parameters if p.value.get("in") == "body"]
        if in_form and request.body:
            self._form_of_version_2(request, in_form)
        for body in bodies:
            if request.body:
                sent_type = _media_type(request.headers.get("Content-Type"))
                consumes = self._media_types("consumes")
                if _matching_type(sent_type, consumes) is None:
                    described = ", ".join(consumes)
                    self.add("body", f"is {sent_type or 'of no type'}, described is {described}")
                else:
                    schema = self.spec.child(body, "schema")
                    self._content(sent_type, request.body, schema, writing=True)
            elif body.value.get("required"):
                self.add("body", "is required, and missing")
        if request.body and not in_form and not bodies:
            self.add("body", "is not described, this operation takes none")

    def _form_of_version_2(self, request: Request, parameters: list[Located]) -> None:
        if _media_type(request.headers.get("Content-Type")) != "application/x-www-form-urlencoded":
            return
        known = {parameter.value["name"]: parameter for parameter in parameters}
        for name, values in request.form.items():
            if name in known:
                self._value(f"form field {name}", values, known[name])
            else:
                self.add(f"form field {name}", "is not described")
        for name, parameter in known.items():
            if parameter.value.get("required") and name not in request.form:
                self.add(f"form field {name}", "is required, and missing")

    def answer(self, answer: Answer) -> None:
        responses = self.spec.child(self.operation.node, "responses")
        status = str(answer.status)
        keys = (status, f"{status[0]}XX", f"{status[0]}xx", "default")
        described = next((key for key in keys if key in responses.value), None)
        if described is None:
            if answer.status < 400:
                known = ", ".join(responses.value)
                self.add("status", f"{status} is not described; described are {known}")
            return
        response = self.spec.child(responses, described)
        content_type = _media_type(_header(answer.headers, "content-type"))
        if self.spec.is_version_2:
            self._answer_of_version_2(answer, response, content_type)
            return
        content = response.value.get("content")
        if not content:
            if answer.body and described != "default" and answer.status < 400:
                self.add("body of the answer", "is not described, this answer has none")
            return
        assert isinstance(answer.body, bytes)
        if not answer.body:
            return
        media_type = _matching_type(content_type, content)
        if media_type is None:
            if answer.status not in _STATUSES_OF_GATEWAYS:
                described = ", ".join(content)
                self.add(
                    "body of the answer",
                    f"is {content_type or 'of no type'}, described is {described}",
                )
            return
        media = self.spec.child(response, "content", media_type)
        if "schema" in media.value:
            schema = self.spec.child(media, "schema")
            self._content(content_type, answer.body, schema, writing=False)

    def _answer_of_version_2(self, answer: Answer, response: Located, content_type: str) -> None:
        if "schema" not in response.value or not answer.body:
            return
        assert isinstance(answer.body, bytes)
        schema = self.spec.child(response, "schema")
        self._content(content_type, answer.body, schema, writing=False)

    def _media_types(self, key: str) -> list[str]:
        return self.operation.node.value.get(key) or self.spec.default_media_types[key]

    def _content(self, media_type: str, body: bytes, schema: Located, writing: bool) -> None:
        place = "body" if writing else "body of the answer"
        if media_type == "application/x-www-form-urlencoded":
            self._form(place, body, schema)
            return
        if not _JSON_TYPE.match(media_type):
            return
        try:
            value = json.loads(body)
        except ValueError as error:
            self.add(place, f"is not JSON: {error}")
            return
        self._validate(place, value, schema, writing)
        if writing:
            for where in self._unknown_properties(value, [schema], "$"):
                self.add(f"{place} {where}", "is not described")

    def _form(self, place: str, body: bytes, schema: Located) -> None:
        grouped: dict[str, list[str]] = {}
        for name, value in parse_qsl(body.decode(), keep_blank_values=True):
            grouped.setdefault(name, []).append(value)
        properties, is_open = self._properties([schema])
        form: dict[str, Any] = {}
        for name, values in grouped.items():
            plain = name.removesuffix("[]")
            schemas = properties.get(name) or properties.get(plain)
            if schemas:
                form[name if name in properties else plain] = self._coerce(values, schemas[0])
            elif "[" not in name and not is_open:
                self.add(f"{place} {name}", "is not described")
        self._validate(place, form, schema)

    def _validate(self, place: str, value: Any, schema: Located, writing: bool = True) -> None:
        for error in self.spec.validator(schema, writing).iter_errors(value):
            cause = best_match([error]) or error
            where = "" if cause.json_path == "$" else f" {cause.json_path}"
            self.add(place + where, _shortened(_message(cause)))

    # Properties that no schema names --------------------------------------------------------

    def _unknown_properties(self, value: Any, schemas: list[Located], where: str) -> Iterator[str]:
        if isinstance(value, dict):
            properties, is_open = self._properties(schemas)
            for name, inner in value.items():
                if name in properties:
                    yield from self._unknown_properties(inner, properties[name], f"{where}.{name}")
                elif not is_open:
                    yield f"{where}.{name}"
        elif isinstance(value, list):
            items = [
                self.spec.child(schema, "items")
                for schema in self._parts(schemas)
                if isinstance(schema.value.get("items"), Mapping)
            ]
            if items:
                for at, inner in enumerate(value):
                    yield from self._unknown_properties(inner, items, f"{where}[{at}]")

    def _properties(self, schemas: list[Located]) -> tuple[dict[str, list[Located]], bool]:
        """All properties that the schemas name, and whether others may come."""
        properties: dict[str, list[Located]] = {}
        is_open = False
        for schema in self._parts(schemas):
            node = schema.value
            for name in node.get("properties") or ():
                properties.setdefault(name, []).append(self.spec.child(schema, "properties", name))
            takes_more = node.get("additionalProperties") or node.get("patternProperties")
            says_nothing = not node.get("properties") and not any(
                key in node for key in ("allOf", "anyOf", "oneOf", "required")
            )
            is_open = (
                is_open
                or bool(takes_more)
                or (says_nothing and (_is_object(node) or not _types(node)))
            )
        return properties, is_open

    def _parts(self, schemas: list[Located]) -> list[Located]:
        """The schemas, and those that they are composed of."""
        parts: dict[str, Located] = {}
        queue = list(schemas)
        while queue:
            schema = queue.pop()
            if schema.pointer in parts or not isinstance(schema.value, Mapping):
                continue
            parts[schema.pointer] = schema
            for key in ("allOf", "anyOf", "oneOf"):
                queue.extend(self.spec.children(schema, key))
        return list(parts.values())


def load(path: str, base: str | None) -> OpenAPISpec:
    """The description in a file; the same object for the same file."""
    with _loading:
        return _load(path, base)


_loading = threading.Lock()


@functools.cache
def _load(path: str, base: str | None) -> OpenAPISpec:
    return OpenAPISpec(_read_document(path), base)


@functools.cache
def _read_document(path: str) -> dict[str, Any]:
    content = Path(path).read_bytes()
    if path.endswith(".gz"):
        content = gzip.decompress(content)
    if content.lstrip()[:1] == b"{":
        document = json.loads(content)
    else:
        document = yaml.load(content, Loader=_yaml_loader())
    if "swagger" in document:
        _rename_nullable(document)
    described: dict[str, Any] = _with_text_keys(document)
    return described


@functools.cache
def _yaml_loader() -> Any:
    """
    YAML as JSON sees it: dates and words such as "on" stay text. In C where PyYAML has it, which
    reads a large description in seconds rather than minutes.
    """

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    plain = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in plain]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"]
    )
    return Loader


def _with_text_keys(value: Any) -> Any:
    """The same data with text for each key: YAML reads the key 200 as a number."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(inner) for inner in value]
    return value


def _rename_nullable(value: Any) -> None:
    """Version 2 has no ``nullable``; generators write ``x-nullable`` for it."""
    if isinstance(value, dict):
        if value.get("x-nullable") is True:
            value["nullable"] = True
        for inner in value.values():
            _rename_nullable(inner)
    elif isinstance(value, list):
        for inner in value:
            _rename_nullable(inner)


def _pointer(parent: str, *keys: Any) -> str:
    escaped = (quote(str(key).replace("~", "~0").replace("/", "~1"), safe="~") for key in keys)
    return "/".join([parent, *escaped])


def _path_pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", template)
    return re.compile("([^/]+)".join(map(re.escape, parts)))


def _types(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type")
    if kind is None:
        return []
    return [kind] if isinstance(kind, str) else list(kind)


def _is_object(schema: Mapping[str, Any]) -> bool:
    return "object" in _types(schema) or "properties" in schema


def _scalar(text: str, types: list[str]) -> Any:
    if "integer" in types and re.fullmatch(r"-?\d+", text):
        return int(text)
    if "number" in types and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text):
        return float(text)
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    return text


_SEPARATORS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}


def _split_values(
    values: list[str], parameter: Mapping[str, Any], schema: Mapping[str, Any]
) -> list[str]:
    """The elements of an array parameter, however they were joined."""
    if "array" not in _types(schema):
        return values
    if "schema" in parameter:
        style = parameter.get("style", "form" if parameter["in"] == "query" else "simple")
        if parameter.get("explode", style == "form"):
            return values
        separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, ",")
    else:
        joined = parameter.get("collectionFormat", "csv")
        if joined == "multi":
            return values
        separator = _SEPARATORS[joined]
    return [part for value in values for part in value.split(separator)]


def _media_type(header: str | None) -> str:
    return (header or "").partition(";")[0].strip().lower()


def _matching_type(sent: str, described: Any) -> str | None:
    """Which of the described media types fits, ranges such as ``image/*`` last."""
    plain = {_media_type(kind): kind for kind in described}
    for candidate in (sent, f"{sent.partition('/')[0]}/*", "*/*"):
        if candidate in plain:
            return str(plain[candidate])
    return None


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _message(error: Any) -> str:
    """What is wrong; where a value fits none of several schemas, what each of them misses."""
    if not error.context:
        return str(error.message)
    causes = dict.fromkeys(_message(inner) for inner in error.context)
    return f"fits none of the described forms: {'; or '.join(causes)}"


def _shortened(text: str, limit: int = 300) -> str:
    return text if len(text) <= limit else f"{text[:limit]}..."
