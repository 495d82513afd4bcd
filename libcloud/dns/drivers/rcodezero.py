"""
RcodeZero, the anycast DNS of nic.at.

https://my.rcodezero.at/openapi/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
from libcloud.dns.base import Record, Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.record_sets import Changes, RecordSet, RecordSetDNSDriver, SetKey, Value

__all__ = ["API_HOST", "RcodeZeroConnection", "RcodeZeroDNSDriver", "RcodeZeroResponse"]

API_HOST = "my.rcodezero.at"

API_VERSIONS = ("v1", "v2")

RECORD_TYPES = (
    "A",
    "AAAA",
    "AFSDB",
    "ALIAS",
    "CAA",
    "CERT",
    "CNAME",
    "DNAME",
    "DNSKEY",
    "DS",
    "HINFO",
    "KEY",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "NSEC",
    "OPENPGPKEY",
    "PTR",
    "RP",
    "RRSIG",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "TLSA",
    "TXT",
)

_ZONE_TYPES = frozenset({"master", "slave"})
_NOT_EXTRA = frozenset({"id", "domain", "type"})


class RcodeZeroResponse(JsonResponse):
    """An answer; errors are ``{"status": "failed", "message": text}``."""

    def success(self) -> bool:
        return self.status in (200, 201, 202, 203, 204)

    def parse_error(self) -> Any:
        said = self._stated()
        message = str(said.get("message") or str(self.body)[:500])
        # There are no codes.
        exists = self.status in (400, 409, 422) and "already" in message.lower()
        return provider_error(
            self.status,
            message,
            "exists" if exists else None,
            {"exists": ResourceExistsError},
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class RcodeZeroConnection(ConnectionKey):
    """Sends the token."""

    host = API_HOST
    responseCls = RcodeZeroResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        headers["Accept"] = "application/json"
        return headers


class RcodeZeroDNSDriver(RecordSetDNSDriver):
    """
    RcodeZero.

    A zone's ID is its name. Its ``extra`` is what the API says of it: ``serial``, ``masters``,
    ``created``, ``last_check``, ``dnssec_status`` and so on. A record's ``extra`` has ``disabled``:
    whether the servers keep the record to themselves.

    :param key: API token.
    :param secret: Not looked at.
    :param api_version: ``v2``, or ``v1``.
    :raises UnsupportedOperation: any other API version.
    """

    type = "rcodezero"
    name = "RcodeZero DNS"
    website = "https://www.rcodezero.at/"
    connectionCls = RcodeZeroConnection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

    value_options = frozenset({"disabled"})

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str = "v2",
        **kwargs: Any,
    ) -> None:
        if api_version not in API_VERSIONS:
            raise UnsupportedOperation(f"There is no API version {api_version}", driver=self)
        self.api_root = f"/api/{api_version}"
        # The connection has no place for a secret.
        super().__init__(key, None, secure, host, port, api_version=api_version, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items(f"{self.api_root}/zones"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            item = self.connection.request(self._zone_path(zone_id)).object
        return self._to_zone(item)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it; ``zone.extra`` is what was given.

        :param type: ``master`` or ``slave``.
        :param ttl: Not looked at: the provider has TTLs at records only.
        :param extra: ``masters``: addresses of the primary servers, which a zone of type ``slave``
            must have; and whatever else the API takes.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        name = names.zone_name(domain)
        body = {"domain": name, **self._zone_body(type, extra or {})}
        with about_zone(self, domain):
            path = f"{self.api_root}/zones"
            answer = self.connection.request(path, method="POST", json=body).object
        self._check_done(answer)
        return Zone(name, name, type.lower(), None, self, dict(extra or {}))

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change the type of a zone, or its primary servers.

        :param domain: None or the name that it has: the API cannot rename a zone.
        :param ttl: Not looked at: the provider has TTLs at records only.
        :param extra: ``masters``, as for :meth:`create_zone`.
        :raises UnsupportedOperation: ``domain`` is another name.
        """
        if domain is not None and names.zone_name(domain) != zone.domain:
            raise UnsupportedOperation("RcodeZero cannot rename a zone", driver=self)
        kind = type or zone.type
        masters = zone.extra.get("masters")
        known = {"masters": masters} if kind == "slave" and masters else {}
        given = {**known, **(extra or {})}
        body = {"domain": zone.domain, **self._zone_body(kind, given)}
        with about_zone(self, zone.id):
            path = self._zone_path(zone.id)
            answer = self.connection.request(path, method="PUT", json=body).object
        self._check_done(answer)
        merged = {**zone.extra, **given}
        return Zone(zone.id, zone.domain, kind.lower(), None, self, merged)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(self._zone_path(zone.id), method="DELETE")
        return True

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(f"{self._zone_path(zone.id)}/rrsets"):
                with reading(self, item):
                    record_set = _to_set(item)
                yield record_set

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        found = {record_set.key: record_set for record_set in self._iterate_sets(zone)}
        return {key: found.get(key, RecordSet(key)) for key in keys}

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """One request. The API refuses to add what is there, and to change what is not."""
        body = [_to_change(old, new) for old, new in changes]
        with about_zone(self, zone.id):
            path = f"{self._zone_path(zone.id)}/rrsets"
            answer = self.connection.request(path, method="PATCH", json=body).object
        self._check_done(answer)

    # Requests and models

    def _iterate_items(self, path: str) -> Iterator[Any]:
        """The items of a listing: all in one page, if the API gives them so."""

        def fetch(page: str | None) -> tuple[list[Any], str | None]:
            params = {"page_size": "-1", **({"page": page} if page else {})}
            body = self.connection.request(path, params=params).object
            with reading(self, body):
                # Short listings are given without the envelope.
                if isinstance(body, list):
                    return body, None
                number, last = int(body.get("current_page", 1)), int(body.get("last_page") or 1)
                return list(body["data"]), str(number + 1) if number < last else None

        return iterate_pages(fetch)

    def _check_done(self, answer: Any) -> None:
        """
        :raises MalformedResponseError: the answer is not the one to a change.
        """
        with reading(self, answer):
            answer["status"]

    def _zone_body(self, type: str, extra: dict[str, Any]) -> dict[str, Any]:
        if type.lower() not in _ZONE_TYPES:
            raise UnsupportedOperation(f"RcodeZero has no zones of type {type}", driver=self)
        if type.lower() == "slave" and not extra.get("masters"):
            raise ValueError("A zone of type slave needs extra['masters']")
        return {"type": type.lower(), **extra}

    def _zone_path(self, zone_id: str) -> str:
        return f"{self.api_root}/zones/{quote_path_segment(names.zone_name(zone_id))}"

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            domain = names.zone_name(item["domain"])
            extra = {key: value for key, value in item.items() if key not in _NOT_EXTRA}
            return Zone(domain, domain, item["type"].lower(), None, self, extra)

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_records(self, items: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [record for item in items for record in self._records(zone, _to_set(item))]


def _to_set(item: dict[str, Any]) -> RecordSet:
    """
    :raises KeyError: a part of it is absent.
    """
    values = [
        Value(str(record["content"]), {"disabled": bool(record.get("disabled"))})
        for record in item["records"]
    ]
    key = SetKey(names.to_absolute("", item["name"]), str(item["type"]))
    return RecordSet(key, int(item["ttl"]), tuple(values))


def _to_change(old: RecordSet, new: RecordSet) -> dict[str, Any]:
    """What the API wants to hear of a set."""
    change = "delete" if not new.values else "update" if old.values else "add"
    return {
        "name": new.key.name,
        "type": new.key.type,
        "changetype": change,
        "ttl": new.ttl if new.values else old.ttl,
        "records": [
            {"content": value.rdata, "disabled": bool(value.extra.get("disabled"))}
            for value in new.values
        ],
    }
