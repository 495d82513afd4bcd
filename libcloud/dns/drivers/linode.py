"""
Linode's DNS, by version 4 of its API, and by version 3 for who asks for it.

https://techdocs.akamai.com/linode-api/reference/get-domains
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.linode import (
    API_ROOT,
    DEFAULT_API_VERSION,
    V3_CLOSED,
    LinodeConnection,
    LinodeConnectionV4,
    LinodeResponse,
    LinodeResponseV4,
)
from libcloud.common.operations import supported_operations
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.types import RecordDoesNotExistError, RecordType, ZoneDoesNotExistError

__all__ = ["LinodeDNSDriver", "LinodeDNSDriverV3", "LinodeDNSDriverV4"]

VALID_ZONE_EXTRA_PARAMS = [
    "SOA_Email",
    "Refresh_sec",
    "Retry_sec",
    "Expire_sec",
    "status",
    "master_ips",
]
VALID_RECORD_EXTRA_PARAMS = ["Priority", "Weight", "Port", "Protocol", "TTL_sec"]

VALID_ZONE_EXTRA_PARAMS_V4 = [
    "description",
    "expire_sec",
    "master_ips",
    "refresh_sec",
    "retry_sec",
    "soa_email",
    "status",
    "tags",
]
VALID_RECORD_EXTRA_PARAMS_V4 = [
    "port",
    "priority",
    "protocol",
    "service",
    "tag",
    "ttl_sec",
    "target",
    "weight",
]

PAGE_SIZE = 500

_SERVICE = r"_?([^.]+)\._?([^.]+)"


class LinodeDNSResponse(LinodeResponse):
    """An answer of version 3."""


class LinodeDNSConnection(LinodeConnection):
    """A connection to version 3."""

    responseCls = LinodeDNSResponse


class LinodeDNSResponseV4(LinodeResponseV4):
    """An answer of version 4."""


class LinodeDNSConnectionV4(LinodeConnectionV4):
    """A connection to version 4."""

    responseCls = LinodeDNSResponseV4


class LinodeDNSDriver(DNSDriver):
    """
    Linode.

    The class makes a driver of the API version that is asked for.

    A zone's ``extra`` has ``soa_email``, ``status``, ``description``, ``tags``, ``retry_sec``,
    ``master_ips``, ``axfr_ips``, ``expire_sec``, ``refresh_sec``, ``created`` and ``updated``. A
    record's has ``port``, ``weight``, ``priority``, ``service``, ``protocol``, ``created`` and
    ``updated``.

    :param key: Personal access token.
    :param api_version: ``4.0``, or ``3.0``, which has closed.
    :raises UnsupportedOperation: any other API version.
    """

    type = "linode"
    name = "Linode DNS"
    website = "http://www.linode.com/"
    connectionCls: Any = LinodeDNSConnectionV4

    RECORD_TYPE_MAP = {
        RecordType.SOA: "SOA",
        RecordType.NS: "NS",
        RecordType.MX: "MX",
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.TXT: "TXT",
        RecordType.SRV: "SRV",
        RecordType.CAA: "CAA",
    }

    def __new__(
        cls, *args: Any, api_version: str = DEFAULT_API_VERSION, **kwargs: Any
    ) -> LinodeDNSDriver:
        if cls is not LinodeDNSDriver:
            return super().__new__(cls)
        versions: dict[str, type[LinodeDNSDriver]] = {
            "3.0": LinodeDNSDriverV3,
            "4.0": LinodeDNSDriverV4,
        }
        if str(api_version) not in versions:
            raise UnsupportedOperation(
                f"No Linode driver found for API version: {api_version}", driver=cls
            )
        return super().__new__(versions[str(api_version)])

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        # The connection has no place for a secret.
        super().__init__(key, None, secure, host, port, **kwargs)

    def list_record_types(self) -> list[str]:
        """
        The types of records that :meth:`create_record` takes. Makes no request.

        SOA is not among them: the provider makes that record from what the zone says.
        """
        return [type for type in self.RECORD_TYPE_MAP if type != RecordType.SOA]

    @classmethod
    def supported_operations(cls) -> frozenset[str]:
        return supported_operations(LinodeDNSDriverV4 if cls is LinodeDNSDriver else cls)


class LinodeDNSDriverV4(LinodeDNSDriver):
    """Version 4 of the API."""

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("/v4/domains"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            return self._to_zone(self.connection.request(_zone_path(zone_id)).object)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master`` or ``slave``; the latter demands ``master_ips``.
        :param ttl: Rounded up by the provider to one of the values that it has.
        :param extra: ``soa_email``, which a zone of type ``master`` must have: ``hostmaster`` at
            the domain if nothing is said; ``axfr_ips`` and what ``VALID_ZONE_EXTRA_PARAMS_V4``
            names.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        """
        name = names.zone_name(domain)
        request = {"domain": name, "type": type, **_zone_options(ttl, extra)}
        if type == "master":
            request.setdefault("soa_email", f"hostmaster@{name}")
        with about_zone(self, domain):
            item = self.connection.request("/v4/domains", method="POST", json=request).object
            return self._to_zone(item)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now.

        :param domain: New name; None keeps the old one.
        :param type: New type; None keeps the old one.
        :param ttl: As for :meth:`create_zone`.
        :param extra: As for :meth:`create_zone`; what is absent stays.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        request = _zone_options(ttl, extra)
        if domain is not None:
            request["domain"] = names.zone_name(domain)
        if type is not None and type != zone.type:
            request["type"] = type
        with about_zone(self, zone.id):
            item = self.connection.request(_zone_path(zone.id), method="PUT", json=request).object
            return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(f"{_zone_path(zone.id)}/records"):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            item = self.connection.request(_record_path(zone, record_id)).object
            return self._to_record(item, zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it.

        :param name: Of an SRV record ``_service._protocol``; the provider has no others.
        :param extra: Besides the usual, ``ttl_sec`` for ``ttl``; ``service`` and ``protocol`` for
            the name of an SRV record; ``tag`` of a CAA record.
        :raises ValueError: an SRV record has another name, or a CAA record has flags.
        """
        request = _to_request(new_content(self, zone, name, type, data, _with_ttl(extra)))
        path = f"{_zone_path(zone.id)}/records"
        with about_new_record(self, zone.id, name):
            item = self.connection.request(path, method="POST", json=request).object
            return self._to_record(item, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it as it is now. The request says only what changes.

        :param type: None or the type that it has: the API cannot change it.
        :param extra: As for :meth:`create_record`.
        :raises UnsupportedOperation: ``type`` is another one.
        """
        given = _with_ttl(extra)
        wanted = changed_content(self, record, name, type, data, given)
        if wanted.type != record.type:
            raise UnsupportedOperation("Linode cannot change a record's type", driver=self)
        request = _to_request(wanted)
        if type is None:
            del request["type"]
        if name is None:
            for key in ("name", "service", "protocol"):
                request.pop(key, None)
        if given.pop("ttl", None) is None:
            request.pop("ttl_sec", None)
        if data is None and not given:
            for key in ("target", "tag", "priority", "weight", "port"):
                request.pop(key, None)
        with about_record(self, record.id):
            path = _record_path(record.zone, record.id)
            item = self.connection.request(path, method="PUT", json=request).object
            return self._to_record(item, record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    # Listings and models

    def _iterate_items(
        self, path: str, key: str = "data", params: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        """https://techdocs.akamai.com/linode-api/reference/pagination"""

        def fetch(page: int) -> tuple[list[Any], int | None]:
            position = {"page_size": PAGE_SIZE, **({"page": page} if page > 1 else {})}
            body = self.connection.request(path, params={**position, **(params or {})}).object
            with reading(self, body):
                return list(body[key]), page + 1 if page < body["pages"] else None

        return iterate_pages(fetch, 1)

    def _paginated_request(
        self, url: str, obj: str, params: dict[str, Any] | None = None
    ) -> list[Any]:
        return list(self._iterate_items(url, obj, params))

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            keys = (*VALID_ZONE_EXTRA_PARAMS_V4, "axfr_ips")
            extra = {**{key: item.get(key) for key in keys}, **_times(item)}
            name = names.zone_name(item["domain"])
            return Zone(item["id"], name, item["type"], item["ttl_sec"], self, extra)

    def _to_record(self, item: dict[str, Any], zone: Zone | None = None) -> Record:
        """
        :param zone: None for a record whose zone nobody asks for.
        """
        with reading(self, item):
            type, target, name = item["type"], item["target"], item["name"]
            if type == RecordType.SRV and not name and item.get("service"):
                service, protocol = (item[key].strip("_.") for key in ("service", "protocol"))
                name = f"_{service}._{protocol}"
            if type == RecordType.MX and not target:
                target = "."
            parts = {**item, "target": target, "value": target, "flags": 0}
            data, numbers = data_and_extra(type, parts)
            keys = ("port", "weight", "priority", "service", "protocol")
            return Record(
                id=item["id"],
                name=names.to_relative(name, zone.domain) if zone else name,
                type=type,
                data=data,
                zone=zone,  # type: ignore[arg-type]
                driver=self,
                ttl=item["ttl_sec"] or None,
                extra={**{key: item.get(key) for key in keys}, **_times(item), **numbers},
            )


class LinodeDNSDriverV3(LinodeDNSDriver):
    """Version 3 of the API, which has closed: see the page."""

    provider_closed = V3_CLOSED
    connectionCls = LinodeDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.NS: "NS",
        RecordType.MX: "MX",
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.TXT: "TXT",
        RecordType.SRV: "SRV",
    }

    def iterate_zones(self) -> Iterator[Zone]:
        yield from self._to_zones(self._call("domain.list"))

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            zones = self._to_zones(self._call("domain.list", {"DomainID": zone_id}))
        if len(zones) != 1:
            raise ZoneDoesNotExistError("No such zone", self, zone_id)
        return zones[0]

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        :param extra: What ``VALID_ZONE_EXTRA_PARAMS`` names.
        """
        name = names.zone_name(domain)
        params = {"Type": type, "Domain": name, **_options_v3(ttl, extra)}
        with about_zone(self, domain):
            data = self._call("domain.create", params, idempotent=False)
        with reading(self, data):
            kept = {key: (extra or {})[key] for key in VALID_ZONE_EXTRA_PARAMS if key in params}
            return Zone(data["DomainID"], name, type, ttl, self, kept)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        params = {"DomainID": zone.id, **_options_v3(ttl, extra)}
        if domain:
            params["Domain"] = names.zone_name(domain)
        if type:
            params["Type"] = type
        with about_zone(self, zone.id):
            self._call("domain.update", params)
        domain, type = params.get("Domain", zone.domain), type or zone.type
        return Zone(zone.id, domain, type, ttl or zone.ttl, self, {**zone.extra, **(extra or {})})

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._call("domain.delete", {"DomainID": zone.id})
        return True

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            items = self._call("domain.resource.list", {"DOMAINID": zone.id})
        yield from self._to_records(items, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            params = {"DomainID": zone_id, "ResourceID": record_id}
            records = self._to_records(self._call("domain.resource.list", params), zone)
        if len(records) != 1:
            raise RecordDoesNotExistError("No such record", self, record_id)
        return records[0]

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        wanted = new_content(self, zone, name, type, data, _lower(extra))
        params = {"DomainID": zone.id, **_to_request_v3(wanted)}
        with about_new_record(self, zone.id, name):
            answered = self._call("domain.resource.create", params, idempotent=False)
        with reading(self, answered):
            return self._as_asked(answered["ResourceID"], wanted, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        wanted = changed_content(self, record, name, type, data, _lower(extra))
        params = {"ResourceID": record.id, "DomainID": record.zone.id, **_to_request_v3(wanted)}
        with about_record(self, record.id):
            self._call("domain.resource.update", params)
        return self._as_asked(record.id, wanted, record.zone)

    def delete_record(self, record: Record) -> bool:
        params = {"DomainID": record.zone.id, "ResourceID": record.id}
        with about_record(self, record.id):
            self._call("domain.resource.delete", params)
        return True

    def _call(
        self, action: str, params: dict[str, Any] | None = None, idempotent: bool = True
    ) -> Any:
        params = {"api_action": action, **(params or {})}
        return self.connection.request(API_ROOT, params=params, idempotent=idempotent).object

    def _as_asked(self, record_id: Any, wanted: Content, zone: Zone) -> Record:
        extra = {**wanted.extra, **wanted.numbers}
        extra.pop("ttl", None)
        host = wanted.data.removesuffix(".")
        return Record(record_id, wanted.name, wanted.type, host, zone, self, wanted.ttl, extra)

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        with reading(self, items):
            return [self._to_zone(item) for item in list(items)]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            name = names.zone_name(item["DOMAIN"])
            extra = {
                "SOA_Email": item["SOA_EMAIL"],
                "status": item["STATUS"],
                "description": item["DESCRIPTION"],
            }
            return Zone(item["DOMAINID"], name, item["TYPE"], item["TTL_SEC"], self, extra)

    def _to_records(self, items: list[dict[str, Any]], zone: Zone | None = None) -> list[Record]:
        with reading(self, items):
            return [self._to_record(item, zone) for item in list(items)]

    def _to_record(self, item: dict[str, Any], zone: Zone | None = None) -> Record:
        """
        :param zone: None for a record whose zone nobody asks for.
        """
        with reading(self, item):
            keys = ("PROTOCOL", "TTL_SEC", "PORT", "WEIGHT", "PRIORITY")
            return Record(
                id=item["RESOURCEID"],
                name=names.to_relative(item["NAME"], zone.domain) if zone else item["NAME"],
                type=item["TYPE"],
                data=item["TARGET"],
                zone=zone,  # type: ignore[arg-type]
                driver=self,
                ttl=item["TTL_SEC"] or None,
                extra={key.lower(): item[key] for key in keys},
            )


def _zone_options(ttl: int | None, extra: Mapping[str, Any] | None) -> dict[str, Any]:
    keys = (*VALID_ZONE_EXTRA_PARAMS_V4, "axfr_ips")
    options = {key: extra[key] for key in keys if key in extra} if extra else {}
    return options if ttl is None else {**options, "ttl_sec": ttl}


def _options_v3(ttl: int | None, extra: Mapping[str, Any] | None) -> dict[str, Any]:
    keys = VALID_ZONE_EXTRA_PARAMS
    options = {key: extra[key] for key in keys if extra.get(key)} if extra else {}
    return options if ttl is None else {**options, "TTL_sec": ttl}


def _with_ttl(extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """``extra`` with ``ttl`` for what the provider calls ``ttl_sec``."""
    extra = dict(extra or {})
    ttl = extra.pop("ttl_sec", None)
    return extra if ttl is None else {"ttl": ttl, **extra}


def _lower(extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """``extra`` with our names for what version 3 calls ``Priority`` and ``TTL_sec``."""
    return _with_ttl({key.lower(): value for key, value in (extra or {}).items()})


def _to_request(wanted: Content) -> dict[str, Any]:
    """
    What version 4 wants to hear of a record.

    https://techdocs.akamai.com/linode-api/reference/post-domain-record
    """
    request: dict[str, Any] = {"type": wanted.type, "name": wanted.name, **wanted.numbers}
    if wanted.type == RecordType.TXT:
        request["target"] = wanted.data
    elif wanted.type == RecordType.CAA:
        parts = wanted.parts
        if parts["flags"]:
            raise ValueError("Linode has no flags of CAA records")
        request.update(tag=parts["tag"], target=parts["value"])
    else:
        request["target"] = wanted.data.removesuffix(".")
    if wanted.type == RecordType.SRV:
        request["service"], request["protocol"] = _service(wanted)
    if wanted.ttl is not None:
        request["ttl_sec"] = wanted.ttl
    return request


def _to_request_v3(wanted: Content) -> dict[str, Any]:
    request = {"Name": wanted.name, "Target": wanted.data.removesuffix("."), "Type": wanted.type}
    numbers = {key.capitalize(): str(number) for key, number in wanted.numbers.items()}
    if wanted.type == RecordType.SRV:
        numbers["Protocol"] = _service(wanted)[1]
    if wanted.ttl is not None:
        numbers["TTL_sec"] = str(wanted.ttl)
    return {**request, **numbers}


def _service(wanted: Content) -> tuple[str, str]:
    match = re.fullmatch(_SERVICE, wanted.name)
    if match:
        return match[1], match[2]
    service, protocol = wanted.extra.get("service"), wanted.extra.get("protocol")
    if wanted.name or not (service and protocol):
        raise ValueError(f"Linode has SRV records _service._protocol only, not {wanted.name!r}")
    return str(service).removeprefix("_"), str(protocol).removeprefix("_")


def _times(item: Mapping[str, Any]) -> dict[str, datetime | None]:
    """When it was made and changed last, in UTC, without a time zone."""
    keys = ("created", "updated")
    return {key: datetime.fromisoformat(item[key]) if item.get(key) else None for key in keys}


def _zone_path(zone_id: str) -> str:
    return f"/v4/domains/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"
