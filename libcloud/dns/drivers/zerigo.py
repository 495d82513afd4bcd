"""
Zerigo's DNS, which is closed.

http://www.zerigo.com/docs/apis/dns/1.1
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, XmlResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    LibcloudError,
    ResourceExistsError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.types import RecordType

__all__ = [
    "API_HOST",
    "API_ROOT",
    "API_VERSION",
    "ITEMS_PER_PAGE",
    "VALID_RECORD_EXTRA_PARAMS",
    "VALID_ZONE_EXTRA_PARAMS",
    "ZerigoDNSConnection",
    "ZerigoDNSDriver",
    "ZerigoDNSResponse",
    "ZerigoError",
]

API_HOST = "ns.zerigo.com"
API_VERSION = "1.1"
API_ROOT = f"/api/{API_VERSION}/"

ITEMS_PER_PAGE = 100

VALID_ZONE_EXTRA_PARAMS = ["notes", "tag-list", "ns1", "slave-nameservers"]
VALID_RECORD_EXTRA_PARAMS = ["notes", "ttl", "priority"]

_TYPES = {"pri_sec": "master", "pri": "master", "sec": "slave"}
_NS_TYPES = {"master": "pri_sec", "std_master": "pri", "slave": "sec"}
_ZONE_EXTRA = (
    "hostmaster",
    "custom-ns",
    "custom-nameservers",
    "notes",
    "nx-ttl",
    "slave-nameservers",
)


class ZerigoError(LibcloudError):
    """
    What was sent was not accepted.

    :param code: Status of the answer.
    :param errors: What is wrong about it, each in a sentence.
    """

    def __init__(self, code: int, errors: list[str] | None) -> None:
        self.code = code
        self.errors = errors or []
        super().__init__(", ".join(self.errors))
        self.http_code = code
        self.args = (code, self.errors)

    def __str__(self) -> str:
        return f"Errors: {', '.join(self.errors)}"

    def __repr__(self) -> str:
        return f"<ZerigoError response code={self.code}, errors count={len(self.errors)}>"


class _Exists(ZerigoError, ResourceExistsError):
    pass


class ZerigoDNSResponse(XmlResponse):
    """An answer; errors are ``<errors><error>text</error></errors>``."""

    def parse_error(self) -> Any:
        body = super().parse_error()
        driver = getattr(self.connection, "driver", None)
        errors = [each.text or "" for each in body.iter("error")] if hasattr(body, "iter") else []
        if errors and self.status not in (401, 403, 404, 429):
            exists = any("already" in each for each in errors)
            error = (_Exists if exists else ZerigoError)(self.status, errors)
            error.driver = driver
            return error
        message = ", ".join(errors) or self.body
        return provider_error(self.status, message, headers=self.headers, driver=driver)


class ZerigoDNSConnection(ConnectionUserAndKey):
    """Sends user name and token."""

    host = API_HOST
    secure = True
    responseCls = ZerigoDNSResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        credentials = b64encode(f"{self.user_id}:{self.key}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
        return headers

    def request(
        self,
        action: str,
        params: Any = None,
        data: Any = "",
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Send a request, whose body is XML if it has one."""
        if method in ("POST", "PUT"):
            headers = {"Content-Type": "application/xml; charset=UTF-8", **(headers or {})}
        return super().request(action, params, data or None, headers, method, *args, **kwargs)


class ZerigoDNSDriver(DNSDriver):
    """
    Zerigo.

    A zone's ``extra`` has ``hostmaster``, ``custom-ns``, ``custom-nameservers``, ``notes``,
    ``nx-ttl``, ``slave-nameservers`` and ``tags``. A record's has ``notes``, ``state``, ``fqdn``,
    ``ttl`` and ``priority``, and an SRV's ``weight`` and ``port``.

    :param key: E-mail address.
    :param secret: Token.
    """

    type = "zerigo"
    name = "Zerigo DNS"
    website = "http://www.zerigo.com/"
    connectionCls = ZerigoDNSConnection
    provider_closed = (
        "since 2014; it sent its customers to Akamai. "
        "See http://www.zerigo.com/news/on-grandfathering-pre-paid-dns-accounts"
    )

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.GEO: "GEO",
        RecordType.MX: "MX",
        RecordType.NAPTR: "NAPTR",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.REDIRECT: "REDIRECT",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
        RecordType.URL: "URL",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("zones", "zones"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            return self._to_zone(self._read(f"zones/{quote_path_segment(zone_id)}", "zone"))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master``, ``slave``, or ``std_master`` for a master with name servers of
            one's own as slaves.
        :param extra: ``notes``; ``tag-list``, a list; ``ns1``, the master of a slave;
            ``slave-nameservers`` of a ``std_master``.
        """
        fields = {"domain": names.zone_name(domain), **self._zone_fields(type, ttl, extra)}
        with about_zone(self, domain):
            return self._to_zone(self._write("POST", "zones", "zone", fields))

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now, as far as one can know: the answer has no body.

        :param domain: The one that the zone has, or None: zones cannot be renamed.
        :param extra: As for :meth:`create_zone`.
        """
        if domain is not None and names.zone_name(domain) != names.zone_name(zone.domain):
            raise UnsupportedOperation("Domain cannot be changed", driver=self)
        fields = self._zone_fields(type, ttl, extra)
        with about_zone(self, zone.id):
            self._write("PUT", f"zones/{quote_path_segment(zone.id)}", "zone", fields)
        new_extra = {**zone.extra, **(extra or {})}
        new_type = _TYPES[_NS_TYPES[type]] if type else zone.type
        new_ttl = zone.ttl if ttl is None else ttl
        return Zone(zone.id, zone.domain, new_type, new_ttl, self, new_extra)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_path(f"zones/{quote_path_segment(zone.id)}"), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            items = self._iterate_items(f"zones/{quote_path_segment(zone.id)}/hosts", "hosts")
            for item in items:
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            item = self._read(f"hosts/{quote_path_segment(record_id)}", "host")
        return self._to_record(item, zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        fields = _host_fields(new_content(self, zone, name, type, data, extra))
        path = f"zones/{quote_path_segment(zone.id)}/hosts"
        with about_new_record(self, zone.id, name):
            return self._to_record(self._write("POST", path, "host", fields), zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """Change a record and return it as it is now: the answer has no body."""
        zone = record.zone
        wanted = changed_content(self, record, name, type, data, extra)
        with about_record(self, record.id):
            path = f"hosts/{quote_path_segment(record.id)}"
            self._write("PUT", path, "host", _host_fields(wanted))
        new_extra = {**record.extra, **(extra or {}), **wanted.numbers}
        return Record(
            id=record.id,
            name=wanted.name,
            type=wanted.type,
            data=wanted.data if wanted.type == RecordType.SRV else _data(wanted),
            zone=zone,
            driver=self,
            ttl=wanted.ttl,
            extra=new_extra,
        )

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            path = _path(f"hosts/{quote_path_segment(record.id)}")
            self.connection.request(path, method="DELETE")
        return True

    # Of this provider alone

    def ex_get_zone_by_domain(self, domain: str) -> Zone:
        """The zone of a domain, without a listing."""
        return self.get_zone(names.zone_name(domain))

    def ex_force_slave_axfr(self, zone: Zone) -> Zone:
        """Let a zone of type ``slave`` be transferred now, and return it as it was."""
        path = f"zones/{quote_path_segment(zone.id)}/force_slave_axfr"
        with about_zone(self, zone.id):
            self.connection.request(_path(path), method="POST", idempotent=True)
        return zone

    # The API

    def _read(self, path: str, tag: str) -> Any:
        return self._checked_root(self.connection.request(_path(path)).object, tag)

    def _write(self, method: str, path: str, tag: str, fields: dict[str, Any]) -> Any:
        """What is created, as the answer has it; of a change, nothing."""
        body = _to_xml(tag, fields)
        response = self.connection.request(_path(path), data=body, method=method)
        return self._checked_root(response.object, tag) if method == "POST" else None

    def _iterate_items(self, path: str, tag: str) -> Iterator[Any]:
        def fetch(page: int) -> tuple[list[Any], int | None]:
            params = {"per_page": ITEMS_PER_PAGE, "page": page}
            response = self.connection.request(_path(path), params=params)
            items = list(self._checked_root(response.object, tag))
            with reading(self, response.body):
                count = response.headers.get("x-query-count")
                seen = page * ITEMS_PER_PAGE
                is_last = len(items) < ITEMS_PER_PAGE if count is None else seen >= int(count)
            return items, None if is_last else page + 1

        return iterate_pages(fetch, first=1)

    def _checked_root(self, root: Any, tag: str) -> Any:
        with reading(self, root):
            if root.tag != tag:
                raise ValueError(f"it is a {root.tag}")
        return root

    def _zone_fields(
        self, type: str | None, ttl: int | None, extra: dict[str, Any] | None
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if type is not None:
            if type not in _NS_TYPES:
                raise UnsupportedOperation(f"Zerigo has no zones of type {type!r}", driver=self)
            fields["ns-type"] = _NS_TYPES[type]
        if ttl is not None:
            fields["default-ttl"] = ttl
        given = {key: value for key, value in (extra or {}).items() if value is not None}
        fields.update({key: given[key] for key in VALID_ZONE_EXTRA_PARAMS if key in given})
        if not isinstance(fields.get("tag-list", ""), str):
            fields["tag-list"] = " ".join(fields["tag-list"])
        return fields

    # Models

    def _to_zone(self, elem: Any) -> Zone:
        with reading(self, elem):
            extra: dict[str, Any] = {key: _text(elem, key) for key in _ZONE_EXTRA}
            extra["tags"] = (_text(elem, "tag-list") or "").split()
            ns_type, ttl = elem.findtext("ns-type"), _text(elem, "default-ttl")
            return Zone(
                id=_required(elem, "id"),
                domain=_required(elem, "domain"),
                type=_TYPES.get(ns_type, ns_type),
                ttl=int(ttl) if ttl else None,
                driver=self,
                extra=extra,
            )

    def _to_record(self, elem: Any, zone: Zone) -> Record:
        with reading(self, elem):
            type, data = _required(elem, "host-type"), _text(elem, "data") or ""
            priority, ttl = (_text(elem, key) for key in ("priority", "ttl"))
            parts = {"priority": priority or None, "target": data, "value": data}
            words = data.split()
            if type == RecordType.SRV and len(words) == 3:
                parts["weight"], parts["port"], parts["target"] = words
            if type in (RecordType.MX, RecordType.SRV):
                data, numbers = data_and_extra(type, parts)
            else:
                numbers = {}
            seconds = int(ttl) if ttl else None
            extra = {key: _text(elem, key) for key in ("notes", "state", "fqdn")}
            return Record(
                id=_required(elem, "id"),
                name=_text(elem, "hostname") or "",
                type=type,
                data=data,
                zone=zone,
                driver=self,
                ttl=seconds,
                extra={**extra, "priority": None, "ttl": seconds, **numbers},
            )


def _path(path: str) -> str:
    return f"{API_ROOT}{path}.xml"


def _text(elem: Any, name: str) -> str | None:
    """The text of a child; None where there is none, and where it says so."""
    child = elem.find(name)
    return None if child is None or child.get("nil") == "true" else child.text or ""


def _required(elem: Any, name: str) -> str:
    text = _text(elem, name)
    if not text:
        raise ValueError(f"it has no {name}")
    return text


def _to_xml(tag: str, fields: dict[str, Any]) -> bytes:
    from lxml import etree

    root = etree.Element(tag)
    for name, value in fields.items():
        child = etree.SubElement(root, name)
        if value is None:
            child.set("nil", "true")
        elif isinstance(value, int):
            child.set("type", "integer")
        child.text = None if value is None else str(value)
    return etree.tostring(root)


def _data(wanted: Content) -> str:
    """What the API calls ``data``: without the priority, and without a final dot."""
    if wanted.type in (RecordType.SPF, RecordType.TXT):
        return wanted.data
    rdata = wanted.rdata
    if "priority" in wanted.numbers:
        rdata = rdata.partition(" ")[2]
    return rdata.removesuffix(".")


def _host_fields(wanted: Content) -> dict[str, Any]:
    """http://www.zerigo.com/docs/apis/dns/1.1/hosts"""
    fields: dict[str, Any] = {
        "hostname": wanted.name or None,
        "host-type": wanted.type,
        "data": _data(wanted),
    }
    if wanted.ttl is not None:
        fields["ttl"] = wanted.ttl
    if "priority" in wanted.numbers:
        fields["priority"] = wanted.numbers["priority"]
    if wanted.extra.get("notes") is not None:
        fields["notes"] = wanted.extra["notes"]
    return fields
