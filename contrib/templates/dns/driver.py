"""
Acme DNS.

API: https://api.acme.example/docs

This is a template: put your provider in place of this small REST dialect::

    GET    /v1/zones?cursor=                  {"items": [zone ...], "next": cursor or null}
    POST   /v1/zones                          {"domain", "ttl"}          201, the zone
    GET    /v1/zones/{id}                                                the zone
    PATCH  /v1/zones/{id}                     {"ttl"}                    the zone
    DELETE /v1/zones/{id}                                                204
    ...                                       the same below /v1/zones/{id}/records
    an error                                  {"error": {"code", "message"}}

A zone is ``{"id", "domain", "ttl"}``, a record ``{"id", "name", "type", "value", "ttl",
"priority"}``. The key goes in the header ``Authorization: Bearer``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.names import to_relative, zone_name
from libcloud.dns.types import RecordType

__all__ = ["AcmeDNSConnection", "AcmeDNSDriver", "AcmeDNSResponse"]

# The provider's codes, where the status of the answer does not say the same.
ERRORS = {
    "bad_key": InvalidCredsError,
    "exists": ResourceExistsError,
    "not_found": ResourceNotFoundError,
}


class AcmeDNSResponse(JsonResponse):
    """An answer of the API."""

    def parse_error(self) -> Exception:
        error: dict[str, Any] = {}
        with contextlib.suppress(MalformedResponseError, AttributeError, KeyError, TypeError):
            error = dict(self.parse_body()["error"])
        return provider_error(
            self.status,
            error.get("message") or self.body,
            provider_code=error.get("code"),
            table=ERRORS,
            headers=self.headers,
            driver=self.connection.driver,
        )


class AcmeDNSConnection(ConnectionKey):
    """Speaks to the API."""

    host = "api.acme.example"
    responseCls = AcmeDNSResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class AcmeDNSDriver(DNSDriver):
    """
    Acme DNS.

    :param key: API key.
    """

    name = "Acme"
    website = "https://acme.example/"
    connectionCls = AcmeDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        return map(self._to_zone, self._items("/v1/zones"))

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
        if type != "master":
            raise LibcloudError("Acme has only zones of type master", driver=self)
        body = {"domain": zone_name(domain), "ttl": ttl}
        with about_zone(self, domain):
            response = self.connection.request("/v1/zones", method="POST", json=body)
        return self._to_zone(response.object)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        if domain is not None and zone_name(domain) != zone.domain:
            raise LibcloudError("Acme cannot rename a zone", driver=self)
        body = {} if ttl is None else {"ttl": ttl}
        with about_zone(self, zone.id):
            response = self.connection.request(_zone_path(zone.id), method="PATCH", json=body)
        return self._to_zone(response.object)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            for raw in self._items(f"{_zone_path(zone.id)}/records"):
                yield self._to_record(raw, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            raw = self.connection.request(_record_path(zone.id, record_id)).object
        return self._to_record(raw, zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        body = _sent(new_content(self, zone, name, type, data, extra))
        path = f"{_zone_path(zone.id)}/records"
        with about_new_record(self, zone.id, name):
            response = self.connection.request(path, method="POST", json=body)
        return self._to_record(response.object, zone)

    def update_record(
        self,
        record: Record,
        name: str | None,
        type: str | None,
        data: str | None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        body = _sent(changed_content(self, record, name, type, data, extra))
        path = _record_path(record.zone.id, record.id)
        with about_record(self, record.id):
            response = self.connection.request(path, method="PATCH", json=body)
        return self._to_record(response.object, record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone.id, record.id), method="DELETE")
        return True

    # From and to the wire

    def _items(self, path: str) -> Iterator[dict[str, Any]]:
        def fetch(cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
            page = self.connection.request(path, params={"cursor": cursor}).object
            with reading(self, page):
                return page["items"], page["next"]

        return iterate_pages(fetch)

    def _to_zone(self, raw: dict[str, Any]) -> Zone:
        with reading(self, raw):
            return Zone(raw["id"], raw["domain"], "master", raw["ttl"], self)

    def _to_record(self, raw: dict[str, Any], zone: Zone) -> Record:
        with reading(self, raw):
            name, type, value = to_relative(raw["name"], zone.domain), raw["type"], raw["value"]
            data, extra = data_and_extra(type, {**raw, "target": value})
            return Record(raw["id"], name, type, data, zone, self, raw["ttl"], extra)


def _zone_path(zone_id: Any) -> str:
    return f"/v1/zones/{quote_path_segment(zone_id)}"


def _record_path(zone_id: Any, record_id: Any) -> str:
    return f"{_zone_path(zone_id)}/records/{quote_path_segment(record_id)}"


def _sent(wanted: Content) -> dict[str, Any]:
    """What the API wants to hear of a record."""
    return {
        "name": wanted.name,
        "type": wanted.type,
        "value": wanted.data,
        "ttl": wanted.ttl,
        **wanted.numbers,
    }
