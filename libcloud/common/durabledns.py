"""
What speaks to DurableDNS: SOAP, of which each method has an address of its own.

What a request looks like is known from the script of acme.sh, which worked until 2023:
https://github.com/acmesh-official/acme.sh/blob/master/dnsapi/dns_durabledns.sh
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionUserAndKey, XmlResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)

__all__ = [
    "API_HOST",
    "SCHEMA_BUILDER_MAP",
    "DurableConnection",
    "DurableDNSException",
    "DurableResponse",
]

API_HOST = "durabledns.com"

_LOGIN = ["apiuser", "apikey"]
_ZONE = [*_LOGIN, "zonename"]
_SOA = ["ns", "mbox", "refresh", "retry", "expire", "minimum", "ttl", "xfer", "update_acl"]

# Operation -> its method and the parameters, in their order.
SCHEMA_BUILDER_MAP: dict[str, dict[str, Any]] = {
    operation: {"urn_nid": f"{method}wsdl", "method": method, "attributes": attributes}
    for operation, method, attributes in (
        ("list_zones", "listZones", _LOGIN),
        ("list_records", "listRecords", _ZONE),
        ("get_zone", "getZone", _ZONE),
        ("get_record", "getRecord", [*_ZONE, "recordid"]),
        ("create_zone", "createZone", [*_ZONE, *_SOA]),
        (
            "create_record",
            "createRecord",
            [*_ZONE, "name", "type", "data", "aux", "ttl", "ddns_enabled"],
        ),
        ("update_zone", "updateZone", [*_ZONE, *_SOA]),
        (
            "update_record",
            "updateRecord",
            [*_ZONE, "id", "name", "aux", "data", "ttl", "ddns_enabled"],
        ),
        ("delete_zone", "deleteZone", _ZONE),
        ("delete_record", "deleteRecord", [*_ZONE, "id"]),
    )
}

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"


class DurableDNSException(ProviderError):
    """
    The provider answered with a fault.

    :param code: Status of the answer.
    :param message: What the fault says.
    """

    def __init__(self, code: int, message: str) -> None:
        ProviderError.__init__(self, message, http_code=code)
        self.code = code
        self.message = message
        self.args = (code, message)

    def __str__(self) -> str:
        return f"{self.code} {self.message}"

    def __repr__(self) -> str:
        return f"DurableDNSException {self.code} {self.message}"


class _Exists(DurableDNSException, ResourceExistsError):
    pass


class _InvalidCreds(DurableDNSException, InvalidCredsError):
    pass


class _NotFound(DurableDNSException, ResourceNotFoundError):
    pass


# Faults have no codes: words that tell them apart.
_CLASS_BY_WORDS: dict[str, type[DurableDNSException]] = {
    "already exist": _Exists,
    "authentication": _InvalidCreds,
    "does not exist": _NotFound,
}


class DurableResponse(XmlResponse):
    """
    An answer. ``object`` is a list: of what a listing has, of the one thing that was asked for, or
    of the text that a change returns. Things are dicts of texts.
    """

    objects: list[Any] = []
    errors: list[DurableDNSException] = []

    def parse_body_and_error(self) -> tuple[list[Any], list[DurableDNSException]]:
        """``objects`` and ``errors``, of which one is empty."""
        try:
            root = super().parse_body()
        except MalformedResponseError:
            root = None
        if getattr(root, "tag", None) != f"{{{_SOAP}}}Envelope":
            return [], []
        # Envelope, Body, and what is in it.
        answers = [answer for body in root for answer in body]
        faults = [answer for answer in answers if answer.tag == f"{{{_SOAP}}}Fault"]
        if faults:
            return [], [self._to_exception(faults[0].findtext("faultstring") or "")]
        return [thing for answer in answers for thing in _things(answer)], []

    def parse_body(self) -> Any:
        root = super().parse_body()
        if getattr(root, "tag", None) != f"{{{_SOAP}}}Envelope":
            raise self._malformed("The answer is not SOAP")
        return self.objects

    def success(self) -> bool:
        self.objects, self.errors = self.parse_body_and_error()
        return super().success() and not self.errors

    def parse_error(self) -> Any:
        if self.errors:
            return self.errors[0]
        driver = getattr(self.connection, "driver", None)
        return provider_error(self.status, self.body[:500], headers=self.headers, driver=driver)

    def _to_exception(self, message: str) -> DurableDNSException:
        classes = (known for words, known in _CLASS_BY_WORDS.items() if words in message.lower())
        error = next(classes, DurableDNSException)(self.status, message)
        error.driver = getattr(self.connection, "driver", None)
        return error


class DurableConnection(ConnectionUserAndKey):
    """Sends user and key, in the body and in the query."""

    host = API_HOST
    responseCls = DurableResponse

    def add_default_params(self, params: dict[str, Any]) -> dict[str, Any]:
        params["user_id"] = self.user_id
        params["key"] = self.key
        return params

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers.setdefault("Content-Type", "text/xml; charset=utf-8")
        return headers

    def call(self, operation: str, values: dict[str, Any], repeatable: bool = True) -> list[Any]:
        """
        What a method returns: see :class:`DurableResponse`.

        :param operation: A key of :data:`SCHEMA_BUILDER_MAP`.
        :param values: The parameters, without user and key.
        :param repeatable: Whether it may be sent again after a failure of the network.
        """
        schema = SCHEMA_BUILDER_MAP[operation]
        method, urn = schema["method"], f"urn:{schema['urn_nid']}"
        login = {"apiuser": self.user_id, "apikey": self.key}
        things: list[Any] = self.request(
            f"/services/dns/{method}.php",
            data=_to_envelope(method, urn, schema["attributes"], {**login, **values}),
            headers={"SOAPAction": f"{urn}#{method}"},
            method="POST",
            idempotent=repeatable,
        ).object
        return things


def _to_envelope(method: str, urn: str, attributes: list[str], values: dict[str, Any]) -> bytes:
    from lxml import etree

    prefixes = {"soap": _SOAP, "tns": urn, "xsi": _XSI, "xsd": _XSD}
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap=prefixes)
    body = etree.SubElement(envelope, f"{{{_SOAP}}}Body")
    body.set(f"{{{_SOAP}}}encodingStyle", _ENCODING)
    call = etree.SubElement(body, f"{{{urn}}}{method}")
    for name in attributes:
        value = values[name]
        child = etree.SubElement(call, name)
        child.set(f"{{{_XSI}}}type", "xsd:int" if isinstance(value, int) else "xsd:string")
        child.text = str(value)
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def _things(answer: Any) -> list[Any]:
    """
    What is in an answer: a ``return`` with items or with a text, or the fields of one thing.
    """
    returned = answer.find("return")
    if returned is None:
        return [_fields(answer)] if len(answer) else []
    items = list(returned)
    return [_fields(item) for item in items] if items else [returned.text or ""]


def _fields(thing: Any) -> dict[str, str]:
    return {field.tag: field.text or "" for field in thing}
