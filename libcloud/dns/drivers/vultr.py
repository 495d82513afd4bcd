"""
Vultr's DNS, by version 2 of its API, and by version 1 for who asks for it.

https://www.vultr.com/api/#tag/dns
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.operations import supported_operations
from libcloud.common.paging import iterate_pages
from libcloud.common.vultr import (
    DEFAULT_API_VERSION,
    V1_CLOSED,
    VultrConnection,
    VultrConnectionV2,
    VultrResponse,
    VultrResponseV2,
)
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.record_sets import canonical_rdata, data_of
from libcloud.dns.types import RecordDoesNotExistError, RecordType

__all__ = ["VultrDNSDriver", "VultrDNSDriverV1", "VultrDNSDriverV2", "ZoneRequiredException"]

PAGE_SIZE = 500


class ZoneRequiredException(Exception):
    """An old name; no driver raises it."""


class VultrDNSResponse(VultrResponse):
    """An answer of version 1."""


class VultrDNSConnection(VultrConnection):
    """A connection to version 1."""

    responseCls = VultrDNSResponse


class VultrDNSResponseV2(VultrResponseV2):
    """An answer of version 2."""


class VultrDNSConnectionV2(VultrConnectionV2):
    """A connection to version 2."""

    responseCls = VultrDNSResponseV2


class VultrDNSDriver(DNSDriver):
    """
    Vultr.

    The class makes a driver of the API version that is asked for.

    A zone's ``extra`` has ``date_created`` and ``dns_sec``. A record's has ``priority``.

    :param key: API key.
    :param api_version: ``2``, or ``1``, which has closed.
    :raises UnsupportedOperation: any other API version.
    """

    type = "vultr"
    name = "Vultr DNS"
    website = "https://www.vultr.com"
    connectionCls: Any = VultrDNSConnectionV2

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.TXT: "TXT",
    }

    def __new__(
        cls, *args: Any, api_version: str = DEFAULT_API_VERSION, **kwargs: Any
    ) -> VultrDNSDriver:
        if cls is not VultrDNSDriver:
            return super().__new__(cls)
        versions: dict[str, type[VultrDNSDriver]] = {"1": VultrDNSDriverV1, "2": VultrDNSDriverV2}
        if str(api_version) not in versions:
            raise UnsupportedOperation(
                f"No Vultr driver found for API version: {api_version}", driver=cls
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

    @classmethod
    def supported_operations(cls) -> frozenset[str]:
        return supported_operations(VultrDNSDriverV2 if cls is VultrDNSDriver else cls)


class VultrDNSDriverV2(VultrDNSDriver):
    """Version 2 of the API."""

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("/v2/domains", "domains"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self.connection.request(_zone_path(zone_id)).object
        with reading(self, body):
            return self._to_zone(body["domain"])

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master``: the provider has no others.
        :param ttl: Not looked at: the provider has TTLs at records only.
        :param extra: ``ip`` (or ``serverip``): address for an A record at the apex, without which
            the zone is empty; ``dns_sec``: ``enabled`` or ``disabled``.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        if type != "master":
            raise UnsupportedOperation("Vultr has only master zones", driver=self)
        extra = extra or {}
        request = {"domain": names.zone_name(domain)}
        for key, ours in (("ip", "serverip"), ("ip", "ip"), ("dns_sec", "dns_sec")):
            if extra.get(ours):
                request[key] = extra[ours]
        with about_zone(self, domain):
            body = self.connection.request("/v2/domains", method="POST", json=request).object
        with reading(self, body):
            return self._to_zone(body["domain"])

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Turn DNSSEC on or off, and return the zone as it is now.

        :param domain: None or the name that it has: the provider cannot rename a zone.
        :param type: Not looked at.
        :param ttl: Not looked at.
        :param extra: ``dns_sec``: ``enabled`` or ``disabled``.
        :raises UnsupportedOperation: ``domain`` is another name.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if domain is not None and names.zone_name(domain) != names.zone_name(zone.domain):
            raise UnsupportedOperation("Vultr cannot rename a zone", driver=self)
        if extra and extra.get("dns_sec"):
            request = {"dns_sec": extra["dns_sec"]}
            with about_zone(self, zone.id):
                self.connection.request(_zone_path(zone.id), method="PUT", json=request)
        return self.get_zone(zone.id)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(f"{_zone_path(zone.id)}/records", "records"):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            body = self.connection.request(_record_path(zone, record_id)).object
        with reading(self, body):
            return self._to_record(body["record"], zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        request = _to_request(new_content(self, zone, name, type, data, extra))
        path = f"{_zone_path(zone.id)}/records"
        with about_new_record(self, zone.id, name):
            body = self.connection.request(path, method="POST", json=request).object
        with reading(self, body):
            return self._to_record(body["record"], zone)

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
        :raises UnsupportedOperation: ``type`` is another one.
        """
        wanted = changed_content(self, record, name, type, data, extra)
        if wanted.type != record.type:
            raise UnsupportedOperation("Vultr cannot change a record's type", driver=self)
        given = dict(extra or {})
        ttl_is_given = given.pop("ttl", None) is not None
        request = _to_request(wanted)
        shown = {"id": record.id, "ttl": record.ttl, **request}
        del request["type"]
        if name is None:
            del request["name"]
        if not ttl_is_given:
            request.pop("ttl", None)
        if data is None and not given:
            del request["data"]
            request.pop("priority", None)
        with about_record(self, record.id):
            path = _record_path(record.zone, record.id)
            self.connection.request(path, method="PATCH", json=request)
        # The answer is empty.
        return self._to_record(shown, record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    # Listings and models

    def _iterate_items(
        self, path: str, key: str, params: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        """https://www.vultr.com/api/#section/Introduction/Meta-and-Pagination"""

        def fetch(cursor: str | None) -> tuple[list[Any], str | None]:
            page = {"per_page": PAGE_SIZE, **({"cursor": cursor} if cursor else {})}
            body = self.connection.request(path, params={**page, **(params or {})}).object
            with reading(self, body):
                links = (body.get("meta") or {}).get("links") or {}
                return list(body[key]), links.get("next")

        return iterate_pages(fetch)

    def _paginated_request(
        self, url: str, key: str, params: dict[str, Any] | None = None
    ) -> list[Any]:
        return list(self._iterate_items(url, key, params))

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            extra = {"date_created": data["date_created"], "dns_sec": data.get("dns_sec")}
            name = names.zone_name(data["domain"])
            return Zone(name, name, "master", None, self, extra)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            value, extra = _data_of(data["type"], data["data"], data.get("priority"))
            return Record(
                id=data["id"],
                name=names.to_relative(data["name"], zone.domain),
                type=data["type"],
                data=value,
                zone=zone,
                driver=self,
                ttl=data["ttl"],
                extra=extra,
            )


class VultrDNSDriverV1(VultrDNSDriver):
    """Version 1 of the API, which has closed: see the page."""

    provider_closed = V1_CLOSED
    connectionCls = VultrDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    def iterate_zones(self) -> Iterator[Zone]:
        yield from self._to_zones(self.connection.request("/v1/dns/list").object or [])

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        :param type: Not looked at.
        :param ttl: Not looked at.
        :param extra: ``serverip``: address for an A record at the apex.
        :raises ValueError: there is no ``serverip``.
        """
        if not extra or not extra.get("serverip"):
            raise ValueError("Missing serverip key in extra")
        name = names.zone_name(domain)
        with about_zone(self, domain):
            self._post("create_domain", {"domain": name, "serverip": extra["serverip"]})
        return Zone(name, name, "master", None, self, {"serverip": extra["serverip"]})

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._post("delete_domain", {"domain": zone.id})
        return True

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        params = {"domain": zone.id}
        with about_zone(self, zone.id):
            items = self.connection.request("/v1/dns/records", params=params).object
        yield from self._to_records(items or [], zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """Create a record and return it: two requests, as the answer does not say its ID."""
        wanted = new_content(self, zone, name, type, data, extra)
        with about_new_record(self, zone.id, name):
            self._post("create_record", {"domain": zone.id, **_to_request(wanted)})
        value = canonical_rdata(wanted.type, wanted.rdata)
        for record in self.iterate_records(zone):
            if (record.name, record.type) == (wanted.name, wanted.type):
                found = changed_content(self, record, None, None, None)
                if canonical_rdata(found.type, found.rdata) == value:
                    return record
        raise RecordDoesNotExistError("The new record is not listed", self, name)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self._post("delete_record", {"domain": record.zone.id, "RECORDID": record.id})
        return True

    def ex_zone_exists(self, zone_id: str, zones_list: list[Zone]) -> bool:
        """Whether one of the zones has that ID."""
        return any(zone.id == zone_id for zone in zones_list)

    def ex_record_exists(self, record_id: str, records_list: list[Record]) -> bool:
        """Whether one of the records has that ID."""
        return any(record.id == record_id for record in records_list)

    def _post(self, action: str, fields: dict[str, Any]) -> None:
        from urllib.parse import urlencode

        path = f"/v1/dns/{action}"
        self.connection.request(path, method="POST", data=urlencode(fields))

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        with reading(self, items):
            return [self._to_zone(item) for item in list(items)]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            name = names.zone_name(item["domain"])
            extra = {"date_created": item["date_created"]}
            return Zone(name, name, "master", None, self, extra)

    def _to_records(self, items: list[dict[str, Any]], zone: Zone) -> list[Record]:
        with reading(self, items):
            return [self._to_record(item, zone) for item in list(items)]

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            type, name = item["type"], names.to_relative(item["name"], zone.domain)
            value, extra = _data_of(type, item["data"], item.get("priority"))
            return Record(item["RECORDID"], name, type, value, zone, self, item.get("ttl"), extra)


def _data_of(type: str, data: str, priority: Any) -> tuple[str, dict[str, Any]]:
    """A record's ``data`` and ``extra``; ``priority`` is -1 or 0 where the type has none."""
    extra = {"priority": priority}
    words = data.split()
    if type == RecordType.MX:
        value, numbers = data_and_extra(type, {"target": data, "priority": priority})
    elif type == RecordType.SRV and len(words) == 3:
        weight, port, target = words
        parts = {"priority": priority, "weight": weight, "port": port, "target": target}
        value, numbers = data_and_extra(type, parts)
    else:
        value, numbers = data_of(type, data)
    return value, {**extra, **numbers}


def _to_request(wanted: Content) -> dict[str, Any]:
    """
    What the API wants to hear of a record.

    https://www.vultr.com/api/#operation/create-dns-domain-record
    """
    host, numbers = wanted.data.removesuffix("."), wanted.numbers
    if wanted.type in (RecordType.CNAME, RecordType.MX, RecordType.NS):
        data = host
    elif wanted.type == RecordType.SRV:
        data = f"{numbers['weight']} {numbers['port']} {host}"
    else:
        data = wanted.rdata
    request: dict[str, Any] = {"name": wanted.name, "type": wanted.type, "data": data}
    if wanted.ttl is not None:
        request["ttl"] = wanted.ttl
    if "priority" in numbers:
        request["priority"] = numbers["priority"]
    return request


def _zone_path(zone_id: str) -> str:
    return f"/v2/domains/{quote_path_segment(names.zone_name(zone_id))}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"
