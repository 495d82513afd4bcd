"""
Descriptions of AWS services, as botocore carries them.

Requests are read back with the description in hand: the operation is found, its parameters are put
together from form, path, headers and body, and botocore's own validator judges the result. Answers
are read by botocore's own parsers, and their elements are compared with the description, because
the parsers pass over what they do not know.
"""

from __future__ import annotations

import base64
import binascii
import functools
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from requests.structures import CaseInsensitiveDict

from libcloud.testing.specs.base import Spec, Violation, needs_package

if TYPE_CHECKING:
    from libcloud.testing.http import Answer, Request

try:
    import botocore.loaders
    import botocore.model
    import botocore.parsers
    import botocore.utils
    import botocore.validate
except ImportError as missing:
    raise needs_package("botocore", missing) from missing

__all__ = ["AWSSpec", "load"]

# What signing adds, in the query or in a form.
_SIGNING_PARAMETERS = re.compile(
    r"^(X-Amz-.+|AWSAccessKeyId|Signature(Method|Version)?|Timestamp|Expires|SecurityToken|x-id)$"
)
_SIGNING_HEADERS = re.compile(
    r"^(x-amz-(checksum-.+|content-sha256|date|security-token|user-agent|target|decoded-content-length|trailer)"
    r"|x-amzn-.*)$"
)
_BUCKET_IN_HOST = re.compile(r"^(?P<bucket>.+)\.s3[.-][^/]*amazonaws\.com(\.cn)?(:\d+)?$")

# Longer lists of allowed values are catalogues (instance types), which grow by the week.
_LONGEST_ENUM = 60

_NUMBER = {
    "integer": r"-?\d+",
    "long": r"-?\d+",
    "float": r"-?[\d.eE+-]+",
    "double": r"-?[\d.eE+-]+",
}


class AWSSpec(Spec):
    """
    A service's description as a judge.

    Errors (status 400 and up) need only a code that botocore's parser finds.

    :param model: The service.
    """

    def __init__(self, model: botocore.model.ServiceModel) -> None:
        self.model = model
        self.protocol: str = model.metadata["protocol"]
        self._in_query = self.protocol in ("query", "ec2")
        if not self._in_query and self.protocol not in ("rest-xml", "json", "rest-json"):
            raise ValueError(
                f"{model.service_name} speaks {self.protocol}, which is not known here"
            )

    def request_violations(self, request: Request) -> list[Violation]:
        found = self._find(request)
        if isinstance(found, Violation):
            return [found]
        return found.violations

    def answer_violations(self, request: Request, answer: Answer) -> list[Violation]:
        found = self._find(request)
        if isinstance(found, Violation):
            return [found]
        check = _AnswerCheck(self, found.operation.name)
        check.check(request, answer)
        return check.violations

    def _find(self, request: Request) -> _RequestCheck | Violation:
        """The operation that a request is, with all that is wrong with it."""
        if self._in_query:
            return self._find_by_action(request)
        if self.protocol == "json":
            return self._find_by_target(request)
        return self._find_by_path(request)

    def _find_by_action(self, request: Request) -> _RequestCheck | Violation:
        pairs = parse_qsl(request.text, keep_blank_values=True) if request.body else []
        pairs += parse_qsl(request.query_string, keep_blank_values=True)
        given = dict(pairs)
        action = given.pop("Action", "")
        if action not in self.model.operation_names:
            return Violation(action or str(request.path), "Action", "there is no such operation")
        check = _RequestCheck(self, action)
        repeated = sorted({name for name, _ in pairs if [key for key, _ in pairs].count(name) > 1})
        for name in repeated:
            check.add(name, "is given more than once")
        version = given.pop("Version", None)
        if version != self.model.api_version:
            check.add("Version", f"is {version!r}, described is {self.model.api_version!r}")
        given = {k: v for k, v in given.items() if not _SIGNING_PARAMETERS.match(k)}
        check.form(given)
        return check

    def _find_by_target(self, request: Request) -> _RequestCheck | Violation:
        prefix, _, name = request.headers.get("X-Amz-Target", "").rpartition(".")
        if prefix != self.model.metadata["targetPrefix"] or name not in self.model.operation_names:
            return Violation(name or request.path, "X-Amz-Target", "there is no such operation")
        check = _RequestCheck(self, name)
        version = self.model.metadata.get("jsonVersion", "1.0")
        content_type = request.headers.get("Content-Type")
        if content_type != f"application/x-amz-json-{version}":
            check.add("Content-Type", f"is {content_type!r}, not application/x-amz-json-{version}")
        check.json_body(request.body, check.operation.input_shape)
        check.validate()
        return check

    def _find_by_path(self, request: Request) -> _RequestCheck | Violation:
        path = request.path
        bucket = _BUCKET_IN_HOST.match(request.host)
        if self.model.service_name == "s3" and bucket:
            path = f"/{bucket['bucket']}{path}".rstrip("/")
        candidates = []
        for name, pattern, constants in _paths(self.model):
            operation = self.model.operation_model(name)
            match = pattern.fullmatch(path)
            if match is None or operation.http["method"] != request.method:
                continue
            if any(request.query.get(key) != [value] for key, value in constants.items()):
                continue
            check = _RequestCheck(self, name)
            check.rest(request, match.groupdict(), constants)
            candidates.append(check)
        if not candidates:
            text = "no operation is described for this method, path and query"
            return Violation(f"{request.method} {request.path}", "path", text)
        # Several operations share a path, and differ by what they require: the one that fits best.
        return min(candidates, key=lambda c: (len(c.violations), -len(c.constants), -len(c.values)))


class _Reader:
    """Reads what was sent, by the shapes of the description, and notes what does not fit."""

    def __init__(self, spec: AWSSpec, operation: str) -> None:
        self.spec = spec
        self.operation = spec.model.operation_model(operation)
        self.violations: list[Violation] = []

    def add(self, place: str, message: str) -> None:
        self.violations.append(Violation(self.operation.name, place, message))

    def scalar(self, text: str, shape: Any, place: str) -> Any:
        """The value of a text."""
        kind = shape.type_name
        if kind in _NUMBER:
            if re.fullmatch(_NUMBER[kind], text):
                return int(text) if kind in ("integer", "long") else float(text)
        elif kind == "boolean":
            if text in ("true", "false"):
                return text == "true"
        elif kind == "timestamp":
            try:
                return botocore.utils.parse_timestamp(text)
            except (ValueError, OverflowError):
                pass
        elif kind == "blob":
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                pass
        else:
            allowed = getattr(shape, "enum", ()) or ()
            if allowed and len(allowed) < _LONGEST_ENUM and text not in allowed:
                self.add(place, f"{text!r} is none of {', '.join(allowed)}")
            return text
        self.add(place, f"{text!r} is not of type {kind}")
        return text

    def validate_shape(self, values: Mapping[str, Any], shape: Any, place: str = "") -> None:
        """Judge values as botocore judges the arguments of a call."""
        report = botocore.validate.ParamValidator().validate(values, shape)
        if report.has_errors():
            for line in report.generate_report().splitlines():
                self.add(place or "parameters", line)

    def _loaded(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except ValueError as error:
            self.add("body", f"is not JSON: {error}")
            return {}

    def _json_value(self, value: Any, shape: Any, place: str) -> Any:
        if shape.type_name == "structure" and isinstance(value, dict):
            names = {m.serialization.get("name", n): n for n, m in shape.members.items()}
            values = {}
            for wire_name, inner in value.items():
                if wire_name in names:
                    name = names[wire_name]
                    where = f"{place}.{wire_name}"
                    values[name] = self._json_value(inner, shape.members[name], where)
                else:
                    self.add(f"{place}.{wire_name}", "is not described")
            return values
        if shape.type_name == "list" and isinstance(value, list):
            return [
                self._json_value(inner, shape.member, f"{place}[{at}]")
                for at, inner in enumerate(value)
            ]
        if shape.type_name == "map" and isinstance(value, dict):
            return {k: self._json_value(v, shape.value, f"{place}.{k}") for k, v in value.items()}
        if isinstance(value, str) and shape.type_name in ("string", "blob"):
            return self.scalar(value, shape, place)
        return value

    def xml(self, node: Any, shape: Any, place: str) -> Any:
        """The value of an XML element."""
        if shape.type_name == "structure":
            return self._xml_structure(node, shape, place)
        if shape.type_name == "list":
            item = self._item_name(shape)
            return [
                self.xml(child, shape.member, f"{place}.{_local(child)}")
                for child in _elements(node)
                if self._is_named(child, item, place)
            ]
        if shape.type_name == "map":
            return self._xml_map([c for c in _elements(node) if _local(c) == "entry"], shape, place)
        if len(node):
            self.add(place, f"is a {shape.type_name}, and has elements in it")
        return self.scalar(node.text or "", shape, place)

    def _xml_structure(self, node: Any, shape: Any, place: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        wire_names: dict[str, tuple[str, Any]] = {}
        for name, member in shape.members.items():
            if "location" in member.serialization:
                continue
            if member.serialization.get("xmlAttribute"):
                attribute = member.serialization["name"].rpartition(":")[2]
                for key, text in node.attrib.items():
                    if key.rpartition("}")[2] == attribute:
                        values[name] = self.scalar(text, member, f"{place}@{attribute}")
                continue
            wire_names[self._wire_name(name, member)] = (name, member)
        for child in _elements(node):
            wire_name = _local(child)
            where = f"{place}.{wire_name}"
            if wire_name not in wire_names:
                self.add(where, "is not described")
                continue
            name, member = wire_names[wire_name]
            if member.type_name == "list" and member.serialization.get("flattened"):
                values.setdefault(name, []).append(self.xml(child, member.member, where))
            elif member.type_name == "map" and member.serialization.get("flattened"):
                values.setdefault(name, {}).update(self._xml_map([child], member, where))
            elif name in values:
                self.add(where, "is there more than once")
            else:
                values[name] = self.xml(child, member, where)
        return values

    def _xml_map(self, entries: list[Any], shape: Any, place: str) -> dict[str, Any]:
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        values = {}
        for entry in entries:
            parts = {_local(child): child for child in _elements(entry)}
            if key_name in parts and value_name in parts:
                key = parts[key_name].text or ""
                values[key] = self.xml(parts[value_name], shape.value, f"{place}.{key}")
            else:
                self.add(place, f"an entry needs {key_name} and {value_name}")
        return values

    def _is_named(self, node: Any, name: str, place: str) -> bool:
        if _local(node) == name:
            return True
        self.add(f"{place}.{_local(node)}", f"is not described, the elements are called {name}")
        return False

    @staticmethod
    def _item_name(shape: Any) -> str:
        return str(shape.member.serialization.get("name", "member"))

    @staticmethod
    def _wire_name(name: str, member: Any) -> str:
        """The name of a member's elements; those of a flattened list may have one of their own."""
        if member.type_name == "list" and member.serialization.get("flattened"):
            name = member.member.serialization.get("name", name)
        return str(member.serialization.get("name", name))


class _RequestCheck(_Reader):
    """A request as one of the operations."""

    def __init__(self, spec: AWSSpec, operation: str) -> None:
        super().__init__(spec, operation)
        self.values: dict[str, Any] = {}
        self.constants: Mapping[str, str] = {}

    @property
    def _members(self) -> Mapping[str, Any]:
        shape = self.operation.input_shape
        return shape.members if shape is not None else {}

    def validate(self) -> None:
        if self.operation.input_shape is not None:
            self.validate_shape(self.values, self.operation.input_shape)

    # Parameters in a form: protocols query and ec2 ------------------------------------------

    def form(self, given: Mapping[str, str]) -> None:
        tree: dict[str, Any] = {}
        for name, value in given.items():
            *path, last = name.split(".")
            node = tree
            for part in path:
                node = node.setdefault(part, {})
                if not isinstance(node, dict):
                    self.add(name, "is below a parameter that has a value of its own")
                    return
            node[last] = value
        if self.operation.input_shape is not None:
            self.values = self._form_structure(tree, self.operation.input_shape, "")
            self.validate()
        else:
            for name in given:
                self.add(name, "is not described")

    def _form_value(self, node: Any, shape: Any, place: str) -> Any:
        if shape.type_name == "structure":
            if isinstance(node, dict):
                return self._form_structure(node, shape, f"{place}.")
        elif shape.type_name == "list":
            return self._form_list(node, shape, place)
        elif shape.type_name == "map":
            return self._form_map(node, shape, place)
        elif isinstance(node, str):
            return self.scalar(node, shape, place)
        self.add(place, f"is not a {shape.type_name}")
        return None

    def _form_structure(self, node: dict[str, Any], shape: Any, place: str) -> dict[str, Any]:
        names = {self._form_name(name, member): name for name, member in shape.members.items()}
        values = {}
        for wire_name, inner in node.items():
            if wire_name not in names:
                self.add(place + wire_name, "is not described")
                continue
            name = names[wire_name]
            values[name] = self._form_value(inner, shape.members[name], place + wire_name)
        return values

    def _form_list(self, node: Any, shape: Any, place: str) -> list[Any]:
        if node == "":
            return []
        if self.spec.protocol == "query" and not shape.serialization.get("flattened"):
            item = self._item_name(shape)
            if not isinstance(node, dict) or list(node) != [item]:
                self.add(place, f"a list is written {place}.{item}.1")
                return []
            node = node[item]
            place = f"{place}.{item}"
        return [
            self._form_value(inner, shape.member, f"{place}.{at}")
            for at, inner in self._numbered(node, place)
        ]

    def _form_map(self, node: Any, shape: Any, place: str) -> dict[str, Any]:
        if not shape.serialization.get("flattened"):
            node = node.get("entry") if isinstance(node, dict) else None
            place = f"{place}.entry"
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        values = {}
        for at, entry in self._numbered(node, place):
            if isinstance(entry, dict) and entry.keys() == {key_name, value_name}:
                where = f"{place}.{at}.{value_name}"
                values[entry[key_name]] = self._form_value(entry[value_name], shape.value, where)
            else:
                self.add(f"{place}.{at}", f"an entry needs {key_name} and {value_name}")
        return values

    def _numbered(self, node: Any, place: str) -> Iterator[tuple[int, Any]]:
        if not isinstance(node, dict) or not all(key.isdecimal() for key in node):
            self.add(place, f"a list is written {place}.1, {place}.2 ...")
            return
        numbers = sorted(int(key) for key in node)
        if numbers != list(range(1, len(numbers) + 1)):
            self.add(place, f"a list counts from 1 without gaps, sent were {numbers}")
            return
        for number in numbers:
            yield number, node[str(number)]

    def _form_name(self, name: str, member: Any) -> str:
        written = member.serialization
        if self.spec.protocol == "ec2":
            if "queryName" in written:
                return str(written["queryName"])
            wire_name = str(written.get("name", name))
            return wire_name[0].upper() + wire_name[1:]
        return self._wire_name(name, member)

    # Parameters in path, query, headers and body: protocols rest-xml and rest-json ----------

    def rest(
        self, request: Request, path_values: Mapping[str, str], constants: Mapping[str, str]
    ) -> None:
        self.constants = constants
        known_query = set(constants)
        known_headers: set[str] = set()
        for name, member in self._members.items():
            where = member.serialization.get("location")
            wire_name = member.serialization.get("name", name)
            if where == "uri":
                self._put(name, member, [unquote(path_values[wire_name])], f"path {wire_name}")
            elif where == "querystring":
                known_query.add(wire_name)
                self._put(name, member, request.query.get(wire_name), f"query {wire_name}")
            elif where == "header":
                known_headers.add(wire_name.lower())
                sent = request.headers.get(wire_name)
                self._put(name, member, None if sent is None else [sent], f"header {wire_name}")
            elif where == "headers":
                self._put_prefixed(name, wire_name.lower(), request, known_headers)
        for key in request.query:
            if key not in known_query and not _SIGNING_PARAMETERS.match(key):
                self.add(f"query {key}", "is not described")
        for key in map(str.lower, request.headers):
            is_known = key in known_headers or _SIGNING_HEADERS.match(key)
            if key.startswith("x-amz-") and not is_known:
                self.add(f"header {key}", "is not described")
        self._rest_body(request)
        self.validate()

    def _put(self, name: str, member: Any, sent: list[str] | None, place: str) -> None:
        if sent is None:
            return
        if member.type_name == "list":
            self.values[name] = [self.scalar(text, member.member, place) for text in sent]
        elif member.type_name == "map":
            self.values[name] = dict.fromkeys(sent, "")
        else:
            self.values[name] = self.scalar(sent[-1], member, place)

    def _put_prefixed(
        self, name: str, prefix: str, request: Request, known_headers: set[str]
    ) -> None:
        found = {
            key[len(prefix) :]: value
            for key, value in request.headers.items()
            if key.lower().startswith(prefix)
        }
        known_headers.update(prefix + key.lower() for key in found)
        if found:
            self.values[name] = found

    def _rest_body(self, request: Request) -> None:
        shape = self.operation.input_shape
        payload = shape.serialization.get("payload") if shape is not None else None
        if payload is not None:
            self._payload(payload, self._members[payload], request)
            return
        in_body = [n for n, m in self._members.items() if "location" not in m.serialization]
        if not in_body:
            if request.body:
                self.add("body", "is not described, this operation takes none")
        elif self.spec.protocol == "rest-json":
            self.json_body(request.body or b"{}", shape)
        elif request.body:
            self.values.update(self._xml_body(request.body, shape, "body") or {})

    def _payload(self, name: str, member: Any, request: Request) -> None:
        if member.type_name in ("blob", "string"):
            if request.body:
                self.values[name] = request.body if member.type_name == "blob" else request.text
        elif request.body:
            if self.spec.protocol == "rest-json":
                self.values[name] = self._json_value(self._loaded(request.body), member, "body")
            else:
                value = self._xml_body(request.body, member, "body")
                if value is not None:
                    self.values[name] = value

    def _xml_body(self, body: bytes, shape: Any, place: str) -> Any:
        root = _parse_xml(body)
        if root is None:
            self.add(place, "is not XML")
            return None
        wanted = shape.serialization.get("name", shape.name)
        namespace = shape.serialization.get("xmlNamespace", {}).get("uri")
        if _local(root) != wanted:
            self.add(place, f"the root element is {_local(root)}, described is {wanted}")
        if namespace is not None and _namespace(root) != namespace:
            self.add(place, f"the namespace is {_namespace(root)!r}, described is {namespace!r}")
        return self.xml(root, shape, _local(root))

    # Bodies in JSON -------------------------------------------------------------------------

    def json_body(self, body: bytes, shape: Any) -> None:
        if shape is None:
            return
        value = self._json_value(self._loaded(body), shape, "body")
        if isinstance(value, dict):
            self.values.update(value)


class _AnswerCheck(_Reader):
    """An answer to an operation."""

    def check(self, request: Request, answer: Answer) -> None:
        assert isinstance(answer.body, bytes)
        if 300 <= answer.status < 400:
            return
        parsed = self._parsed(answer)
        if parsed is None:
            return
        if answer.status >= 400:
            if answer.body and answer.status < 500 and not parsed.get("Error", {}).get("Code"):
                self.add("body of the answer", "botocore finds no error code in it")
            return
        shape = self.operation.output_shape
        if request.method == "HEAD" or shape is None:
            return
        parsed.pop("ResponseMetadata", None)
        self.validate_shape(parsed, shape, "answer")
        if self.spec.protocol in ("query", "ec2", "rest-xml"):
            self._elements_of(answer.body, shape)
        elif self.spec.protocol == "json":
            self._json_value(self._loaded(answer.body), shape, "answer")

    def _parsed(self, answer: Answer) -> dict[str, Any] | None:
        parser = botocore.parsers.create_parser(self.spec.protocol)
        body: Any = answer.body
        if self.operation.has_streaming_output and answer.status < 300:
            body = io.BytesIO(body)
        raw = {
            "status_code": answer.status,
            # botocore asks by the case of its model.
            "headers": CaseInsensitiveDict(answer.headers),
            "body": body,
            "context": {"operation_name": self.operation.name},
        }
        try:
            return dict(parser.parse(raw, self.operation.output_shape))
        except (
            botocore.parsers.ResponseParserError,
            # What its parsers stumble over when a value is of another kind.
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:
            self.add("body of the answer", f"botocore cannot read it: {error}")
            return None

    def _elements_of(self, body: bytes, shape: Any) -> None:
        """Note elements that are not described."""
        payload = shape.serialization.get("payload")
        if payload is not None:
            shape = shape.members[payload]
            if shape.type_name != "structure":
                return
        if not any("location" not in member.serialization for member in shape.members.values()):
            return
        root = _parse_xml(body)
        if root is None:
            self.add("body of the answer", "is not XML")
            return
        wanted_namespace = self.spec.model.metadata.get("xmlNamespace")
        if wanted_namespace and _namespace(root).rstrip("/") != wanted_namespace.rstrip("/"):
            self.add(
                "body of the answer",
                f"the namespace is {_namespace(root)!r}, described is {wanted_namespace!r}",
            )
        if self.spec.protocol == "rest-xml":
            self.xml(root, shape, _local(root))
            return
        if _local(root) != f"{self.operation.name}Response":
            self.add("body of the answer", f"the root element is {_local(root)}")
        if self.spec.protocol == "ec2":
            _remove(root, "requestId")
        else:
            _remove(root, "ResponseMetadata")
            wrapper = shape.serialization.get("resultWrapper")
            if wrapper is not None:
                inner = [child for child in _elements(root) if _local(child) == wrapper]
                if len(inner) != 1:
                    self.add("body of the answer", f"has no element {wrapper}")
                    return
                root = inner[0]
        self.xml(root, shape, _local(root))


@functools.cache
def load(service: str, api_version: str | None) -> AWSSpec:
    """The description of a service; the same object for the same service."""
    loader = botocore.loaders.Loader()
    description = loader.load_service_model(service, "service-2", api_version)
    return AWSSpec(botocore.model.ServiceModel(description, service))


@functools.cache
def _paths(
    model: botocore.model.ServiceModel,
) -> list[tuple[str, re.Pattern[str], dict[str, str]]]:
    """Operation, pattern of its path, and the part of the query that makes it what it is."""
    found = []
    for name in model.operation_names:
        path, _, query = model.operation_model(name).http["requestUri"].partition("?")
        pattern = ""
        for part in re.split(r"(\{[^}]+\})", path.rstrip("/")):
            if part.startswith("{"):
                inner = part.strip("{}")
                pattern += f"(?P<{inner.rstrip('+')}>{'.+' if inner.endswith('+') else '[^/]+'})"
            else:
                pattern += re.escape(part)
        constants = dict(parse_qsl(query, keep_blank_values=True))
        constants.pop("x-id", None)
        found.append((name, re.compile(f"{pattern}/?", re.DOTALL), constants))
    return found


def _parse_xml(body: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None


def _elements(node: Any) -> list[Any]:
    return [child for child in node if isinstance(child.tag, str)]


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _namespace(node: Any) -> str:
    return str(node.tag)[1:].partition("}")[0] if node.tag.startswith("{") else ""


def _remove(node: Any, name: str) -> None:
    for child in _elements(node):
        if _local(child) == name:
            node.remove(child)
