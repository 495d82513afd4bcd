"""
Porkbun's DNS.

https://porkbun.com/api/json/v3/documentation
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import TEXTS
from libcloud.dns.record_sets import data_of
from libcloud.dns.types import RecordDoesNotExistError, RecordType

__all__ = ["PorkbunConnection", "PorkbunDNSDriver", "PorkbunResponse"]

# The provider has no codes, or not for all: https://github.com/jeessy2/ddns-go/issues/388,
# https://github.com/jeessy2/ddns-go/issues/1015, https://github.com/caddy-dns/porkbun/issues/29
_MESSAGES = {
    "domain is not opted in to api access": PermissionDeniedError,
    "invalid api key": InvalidCredsError,
    "invalid domain": ResourceNotFoundError,
    "invalid record id": ResourceNotFoundError,
}

# How many domains are in a page of their listing.
_PAGE = 1000

_HOSTS = {
    RecordType.ALIAS,
    RecordType.CNAME,
    RecordType.MX,
    RecordType.NS,
    RecordType.SRV,
}
_WITH_PRIORITY = {RecordType.MX, RecordType.SRV}


class PorkbunResponse(JsonResponse):
    """An answer; errors are ``{"status": "ERROR", "message": text}``."""

    def success(self) -> bool:
        return super().success() and self._said().get("status", "SUCCESS") == "SUCCESS"

    def parse_error(self) -> Any:
        said = self._said()
        message = said.get("message") or str(self.body)[:500]
        code = str(said.get("code") or "")
        known = [kind for words, kind in _MESSAGES.items() if words in message.lower()]
        return provider_error(
            self.status,
            message,
            code,
            {code: known[0]} if known else None,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _said(self) -> dict[str, Any]:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        return body if isinstance(body, dict) else {}


class PorkbunConnection(ConnectionUserAndKey):
    """Sends both keys."""

    host = "api.porkbun.com"
    responseCls = PorkbunResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["X-API-Key"] = self.user_id
        headers["X-Secret-API-Key"] = self.key
        return headers


class PorkbunDNSDriver(DNSDriver):
    """
    Porkbun.

    Zones come with domains, so none is created or deleted here. A record's ``extra`` has ``notes``
    where the record has some, and ``create_record`` and ``update_record`` take them.

    :param key: API key (``pk1_...``).
    :param secret: Secret API key (``sk1_...``).
    """

    type = "porkbun"
    name = "Porkbun"
    website = "https://porkbun.com"
    connectionCls = PorkbunConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.HTTPS: "HTTPS",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.SVCB: "SVCB",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
    }
    # The provider's own, and the least that it takes.
    default_ttl = 600
    value_options = frozenset({"notes"})

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All domains of the account, a thousand in a page, whether they use this DNS or not."""

        def fetch(start: int) -> tuple[list[Any], int | None]:
            body = self._ask("domain/listAll", {"start": str(start)})
            with reading(self, body):
                items = list(body["domains"])
                return items, start + _PAGE if len(items) >= _PAGE else None

        for item in iterate_pages(fetch, 0):
            with reading(self, item):
                yield self._to_zone(item["domain"], item)

    def get_zone(self, zone_id: str) -> Zone:
        """The zone with an ID, which is asked for its records; ``extra`` has ``cloudflare``."""
        body = self._read(zone_id)
        with reading(self, body):
            list(body["records"])
            return self._to_zone(zone_id, {"cloudflare": body.get("cloudflare")})

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone, in one request.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        body = self._read(zone.id)
        with reading(self, body):
            records = [self._to_record(item, zone) for item in body["records"]]
        yield from records

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID, of the zone's whole listing: one request."""
        zone = self._to_zone(zone_id, {})
        for record in self.iterate_records(zone):
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
        with about_new_record(self, zone.id, name):
            body = self._ask(f"dns/create/{_quoted(zone.id)}", request, idempotent=False)
        with reading(self, body):
            return self._written(request, body["id"], zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        zone = record.zone
        request = _to_request(changed_content(self, record, name, type, data, extra))
        with about_record(self, record.id):
            self._ask(f"dns/edit/{_quoted(zone.id)}/{quote_path_segment(record.id)}", request)
        return self._written(request, record.id, zone)

    def delete_record(self, record: Record) -> bool:
        path = f"dns/delete/{_quoted(record.zone.id)}/{quote_path_segment(record.id)}"
        with about_record(self, record.id):
            self._ask(path)
        return True

    def _read(self, zone_id: str) -> Any:
        with about_zone(self, zone_id):
            return self._ask(f"dns/retrieve/{_quoted(zone_id)}")

    def _ask(
        self, path: str, request: dict[str, Any] | None = None, idempotent: bool = True
    ) -> Any:
        body = self.connection.request(
            f"/api/json/v3/{path}", method="POST", json=request or {}, idempotent=idempotent
        ).object
        with reading(self, body):
            body["status"]
        return body

    # Models

    def _to_zone(self, domain: str, extra: dict[str, Any]) -> Zone:
        domain = names.zone_name(domain)
        return Zone(domain, domain, "master", None, self, dict(extra))

    def _written(self, request: dict[str, Any], record_id: Any, zone: Zone) -> Record:
        """The record as it was asked for: the provider says no more than its ID."""
        name = names.to_absolute(request["name"], zone.domain).removesuffix(".")
        return self._to_record({**request, "id": record_id, "name": name}, zone)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            type, rdata = data["type"], data["content"]
            if type in _WITH_PRIORITY:
                rdata = f"{data['prio'] or 0} {rdata}"
            value, numbers = data_of(type, rdata)
            notes = {"notes": data["notes"]} if data.get("notes") else {}
            return Record(
                id=str(data["id"]),
                name=names.to_relative(f"{data['name']}.", zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=int(data["ttl"]),
                extra={**numbers, **notes},
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """https://porkbun.com/api/json/v3/documentation#DNS%20Create%20Record"""
    content = wanted.data if wanted.type in TEXTS else wanted.rdata
    request: dict[str, Any] = {"name": wanted.name, "type": wanted.type}
    if wanted.type in _WITH_PRIORITY:
        priority, content = content.split(None, 1)
        request["prio"] = int(priority)
    if wanted.extra.get("notes") is not None:
        request["notes"] = wanted.extra["notes"]
    content = content.removesuffix(".") if wanted.type in _HOSTS else content
    return {**request, "content": content, "ttl": wanted.ttl}


def _quoted(zone_id: str) -> str:
    return quote_path_segment(names.zone_name(zone_id))
