"""
Bunny DNS.

https://docs.bunny.net/api-reference/core/dns-zone/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ResourceExistsError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import TEXTS
from libcloud.dns.types import RecordDoesNotExistError, RecordType

__all__ = ["BunnyConnection", "BunnyDNSDriver", "BunnyResponse"]

# https://docs.bunny.net/api-reference/core/dns-zone/update-dns-record
_NUMBERS = {
    RecordType.A: 0,
    RecordType.AAAA: 1,
    RecordType.CNAME: 2,
    RecordType.TXT: 3,
    RecordType.MX: 4,
    RecordType.REDIRECT: 5,
    RecordType.ALIAS: 6,
    "PullZone": 7,
    RecordType.SRV: 8,
    RecordType.CAA: 9,
    RecordType.PTR: 10,
    "Script": 11,
    RecordType.NS: 12,
    RecordType.SVCB: 13,
    RecordType.HTTPS: 14,
    RecordType.TLSA: 15,
}
# Answers have numbers, or the provider's names, which are ours but for two.
_TYPES: dict[Any, str] = {
    **{number: type for type, number in _NUMBERS.items()},
    "Redirect": RecordType.REDIRECT,
    "Flatten": RecordType.ALIAS,
}
# Records of the provider's own services, which no zone file can have.
_SERVICES = {"PullZone", "Script"}

# What a record may have beside its data; a change of the record must say it again.
_OPTIONS = (
    "Weight",
    "PullZoneId",
    "ScriptId",
    "Accelerated",
    "MonitorType",
    "GeolocationLatitude",
    "GeolocationLongitude",
    "LatencyZone",
    "SmartRoutingType",
    "Disabled",
    "EnviromentalVariables",
    "Comment",
    "AutoSslIssuance",
)

_HOSTS = {RecordType.ALIAS, RecordType.CNAME, RecordType.NS, RecordType.PTR}

_PAGE = 1000


class BunnyResponse(JsonResponse):
    """An answer; errors are ``{"ErrorKey": code, "Field": name, "Message": text}``."""

    def parse_error(self) -> Any:
        said = self._stated()
        code = str(said.get("ErrorKey") or "")
        message = said.get("Message") or str(self.body)[:500]
        # The documentation has no code for it.
        exists = self.status in (400, 409) and "already" in message.lower()
        return provider_error(
            self.status,
            message,
            code,
            {code: ResourceExistsError} if exists else None,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class BunnyConnection(ConnectionKey):
    """Sends the API key."""

    host = "api.bunny.net"
    responseCls = BunnyResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["AccessKey"] = self.key
        headers["Accept"] = "application/json"
        return headers


class BunnyDNSDriver(DNSDriver):
    """
    Bunny DNS.

    A zone's ``extra`` has what the API says of it but its records. A record's has, and
    ``create_record`` and ``update_record`` take, what the API calls ``Comment``, ``Disabled``,
    ``Weight`` (of the answers to one name; an SRV record's own is ``weight``), ``MonitorType``,
    ``SmartRoutingType`` and others, by the API's names.

    :param key: API key of the account.
    """

    type = "bunny"
    name = "bunny.net"
    website = "https://bunny.net"
    connectionCls = BunnyConnection

    RECORD_TYPE_MAP = {type: type for type in sorted(_NUMBERS) if type not in _SERVICES}
    value_options = frozenset(_OPTIONS)

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

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        def fetch(page: int) -> tuple[list[Any], int | None]:
            params = {"page": page, "perPage": _PAGE}
            body = self.connection.request("/dnszone", params=params).object
            with reading(self, body):
                return list(body["Items"]), page + 1 if body["HasMoreItems"] else None

        for item in iterate_pages(fetch, 1):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        return self._to_zone(self._read(zone_id))

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
        :param ttl: Not looked at: the provider's zones have none.
        :param extra: Not looked at.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        if type != "master":
            raise UnsupportedOperation("bunny.net has only master zones", driver=self)
        request = {"Domain": names.zone_name(domain)}
        with about_zone(self, domain):
            body = self.connection.request("/dnszone", method="POST", json=request).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone, in one request.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        yield from self._to_records(self._read(zone.id), zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID, of the whole zone: one request."""
        body = self._read(zone_id)
        for record in self._to_records(body, self._to_zone(body)):
            if record.id == str(record_id):
                return record
        raise RecordDoesNotExistError("No such record", self, record_id)

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
            # Sent twice, it would create two.
            body = self.connection.request(
                path, method="PUT", json=request, idempotent=False
            ).object
        return self._to_record(body, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        zone = record.zone
        wanted = changed_content(self, record, name, type, data, extra)
        request = {**_to_request(wanted), "Id": int(record.id)}
        with about_record(self, record.id):
            path = _record_path(zone, record.id)
            self.connection.request(path, method="POST", json=request, idempotent=True)
        # The answer is empty.
        return self._to_record({"Ttl": record.ttl, **request}, zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    def _iterate_exported(self, zone: Zone) -> Iterator[Record]:
        """All but those of the provider's own services."""
        return (record for record in self.iterate_records(zone) if record.type not in _SERVICES)

    def _read(self, zone_id: str) -> Any:
        with about_zone(self, zone_id):
            return self.connection.request(_zone_path(zone_id)).object

    # Models

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            extra = {key: data[key] for key in data if key not in ("Id", "Domain", "Records")}
            domain = names.zone_name(data["Domain"])
            return Zone(str(data["Id"]), domain, "master", None, self, extra)

    def _to_records(self, data: dict[str, Any], zone: Zone) -> list[Record]:
        with reading(self, data):
            return [self._to_record(item, zone) for item in data["Records"]]

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            type = _TYPES.get(data["Type"], str(data["Type"]))
            parts = {key.lower(): value for key, value in data.items()}
            value, numbers = data_and_extra(type, {**parts, "target": data["Value"]})
            if type not in (RecordType.CAA, RecordType.MX, RecordType.SRV):
                value = data["Value"]
            options = {key: data[key] for key in _OPTIONS if data.get(key) not in (None, "", [])}
            if type == RecordType.SRV:
                options.pop("Weight", None)
            return Record(
                id=str(data["Id"]),
                name=names.to_relative(data["Name"], zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=data["Ttl"],
                extra={**numbers, **options},
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """https://docs.bunny.net/api-reference/core/dns-zone/add-dns-record"""
    options = {key: wanted.extra[key] for key in _OPTIONS if wanted.extra.get(key) is not None}
    request: dict[str, Any] = {
        **options,
        "Type": _NUMBERS[wanted.type],
        "Name": wanted.name,
        "Value": wanted.data if wanted.type in TEXTS else wanted.rdata,
    }
    if wanted.ttl is not None:
        request["Ttl"] = wanted.ttl
    if wanted.type in (RecordType.MX, RecordType.SRV):
        request["Value"] = wanted.data.removesuffix(".")
        request |= {key.capitalize(): number for key, number in wanted.numbers.items()}
    elif wanted.type == RecordType.CAA:
        request |= {key.capitalize(): part for key, part in wanted.parts.items()}
    elif wanted.type in _HOSTS:
        request["Value"] = wanted.rdata.removesuffix(".")
    return request


def _zone_path(zone_id: str) -> str:
    return f"/dnszone/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"
