"""
PowerDNS Authoritative Server, by its HTTP API.

https://doc.powerdns.com/authoritative/http-api/
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.retry import DEFAULT_RETRY_POLICY, RetryPolicy
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.record_sets import Changes, RecordSet, RecordSetDNSDriver, SetKey, Value

__all__ = ["PowerDNSConnection", "PowerDNSDriver", "PowerDNSResponse"]

API_ROOT = "/api/v1"

BYTES_PER_WRITE = 1_000_000

# The first is what the API was called before version 4.0, where it had other paths; programs that
# name it, or nothing, mean the API of the servers of today.
API_VERSIONS = ("experimental", "v1")

ZONE_TYPES = {
    "Native": "master",
    "Master": "master",
    "Producer": "master",
    "Slave": "slave",
    "Consumer": "slave",
}
KINDS = {"native": "Native", "master": "Master", "slave": "Slave"}

# https://doc.powerdns.com/authoritative/appendices/types.html
RECORD_TYPES = (
    "A",
    "AAAA",
    "AFSDB",
    "ALIAS",
    "CAA",
    "CDNSKEY",
    "CDS",
    "CERT",
    "CNAME",
    "CSYNC",
    "DNAME",
    "DNSKEY",
    "DS",
    "HINFO",
    "HTTPS",
    "KEY",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "OPENPGPKEY",
    "PTR",
    "RP",
    "RRSIG",
    "SMIMEA",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "URI",
)

# A zone's ID is its name, in which what is not safe in a URL is written like this.
_ESCAPE_OF_ID = re.compile(r"=[0-9A-Fa-f]{2}")

_ZONE_KEYS = {"id", "name", "rrsets", "type", "url"}


class PowerDNSResponse(JsonResponse):
    """
    An answer; errors are ``{"error": text, "errors": [text, ...]}`` or plain text.

    https://doc.powerdns.com/authoritative/http-api/index.html#errors
    """

    def parse_error(self) -> Any:
        text = self._error_text()
        code = {401: "unauthorized", 404: "not found", 409: "conflict"}.get(self.status)
        if self.status == 422 and text.startswith("Could not find domain"):
            # Versions before 4.2 say 404 in this way.
            code = "not found"
        return provider_error(
            self.status,
            text,
            code,
            {
                "unauthorized": InvalidCredsError,
                "not found": ResourceNotFoundError,
                "conflict": ResourceExistsError,
            },
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _error_text(self) -> str:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        if not isinstance(body, dict) or "error" not in body:
            return str(self.body)[:500]
        texts = [str(body["error"])]
        details = body.get("errors")
        if isinstance(details, list) and details:
            texts.append("; ".join(map(str, details)))
        return ": ".join(texts)


class PowerDNSConnection(ConnectionKey):
    """Sends the API key."""

    responseCls = PowerDNSResponse

    # With SQLite below it, the server answers 500 to a change while it is at work on another one.
    retry = RetryPolicy(attempts=8, max_delay=2, statuses=DEFAULT_RETRY_POLICY.statuses | {500})

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["X-API-Key"] = self.key
        return headers


class PowerDNSDriver(RecordSetDNSDriver):
    """
    PowerDNS.

    A zone's ``extra`` is what the API says of it: ``kind``, ``serial``, ``masters``, ``account``,
    ``dnssec`` and so on. A record's ``extra`` has ``disabled``: whether the server keeps the record
    to itself.

    :param key: The server's ``api-key``.
    :param secret: Not looked at.
    :param secure: TLS or not; the server's own web server has none.
    :param host: Where the server's ``webserver-address`` is.
    :param port: The server's ``webserver-port``, 8081 if it was not changed.
    :param api_version: ``v1``, or its old name ``experimental``: both are ``/api/v1``.
    :raises UnsupportedOperation: any other API version.
    """

    type = "powerdns"
    name = "PowerDNS"
    website = "https://www.powerdns.com/"
    connectionCls = PowerDNSConnection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

    value_options = frozenset({"disabled"})
    texts_in_quotes = True

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = False,
        host: str | None = None,
        port: int | None = None,
        api_version: str = "experimental",
        **kwargs: Any,
    ) -> None:
        if api_version not in API_VERSIONS:
            raise UnsupportedOperation(f"Unsupported API version: {api_version}", driver=self)
        self.ex_server = "localhost"
        """The server's own name for itself; always this one, but for proxies of the API."""
        # The connection has no place for a secret.
        super().__init__(
            key, None, secure=secure, host=host, port=port, api_version=api_version, **kwargs
        )

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones; the API has no pages, so this is one request."""
        items = self.connection.request(self._path("zones")).object
        with reading(self, items):
            if not isinstance(items, list):
                raise TypeError("zones come as a list")
            zones = self._to_zones(items)
        yield from zones

    def get_zone(self, zone_id: str) -> Zone:
        """
        The zone with an ID: its name, with or without a final dot.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        with about_zone(self, zone_id):
            item = self.connection.request(self._zone_path(zone_id), {"rrsets": "false"}).object
        with reading(self, item):
            return self._to_zone(item)

    def create_zone(
        self,
        domain: str,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param domain: Name of the zone, with or without a final dot.
        :param type: ``native`` (None is the same), ``master`` or ``slave``.
        :param ttl: Not looked at: PowerDNS has TTLs at records only.
        :param extra: What goes into the request besides: ``kind`` (wins over ``type``),
            ``nameservers`` (names for the NS records), ``masters`` (addresses, for a slave),
            ``account``, ``soa_edit_api`` and what else the API's ``Zone`` has.
        :raises ZoneAlreadyExistsError: the server has that zone already.
        """
        body = {
            "name": f"{names.zone_name(domain)}.",
            "kind": KINDS.get((type or "native").lower(), type),
            "nameservers": [],
            **(extra or {}),
        }
        body["nameservers"] = [names.target_name(host) for host in body["nameservers"]]
        with about_zone(self, domain):
            path, params = self._path("zones"), {"rrsets": "false"}
            item = self.connection.request(path, params, json=body, method="POST").object
        with reading(self, item):
            zone = self._to_zone(item)
        zone.extra["nameservers"] = body["nameservers"]
        return zone

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now: two requests.

        :param domain: None or the name that it has: PowerDNS cannot rename a zone.
        :param type: ``native``, ``master`` or ``slave``; None keeps it.
        :param ttl: Not looked at: PowerDNS has TTLs at records only.
        :param extra: ``kind`` (wins over ``type``), ``masters``, ``account``, ``catalog``,
            ``dnssec``, ``nsec3param``, ``soa_edit``, ``soa_edit_api``, ``api_rectify``.
        :raises UnsupportedOperation: ``domain`` is another name.
        :raises ZoneDoesNotExistError: there is no such zone.

        API: https://doc.powerdns.com/authoritative/http-api/zone.html#put--servers-server_id-zones-zone_id
        """
        if domain is not None and names.zone_name(domain) != zone.domain:
            raise UnsupportedOperation("PowerDNS cannot rename a zone", driver=self)
        body = {**({"kind": KINDS.get(type.lower(), type)} if type else {}), **(extra or {})}
        with about_zone(self, zone.id):
            self.connection.request(self._zone_path(zone.id), json=body, method="PUT")
        return self.get_zone(zone.id)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(self._zone_path(zone.id), method="DELETE")
        return True

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        """One request: the API answers with the whole zone."""
        with about_zone(self, zone.id):
            item = self.connection.request(self._zone_path(zone.id)).object
        with reading(self, item):
            record_sets = [_to_set(rrset) for rrset in item["rrsets"]]
        yield from record_sets

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        # The API can be asked for one name, but before 5.0 it leaves out disabled records then, and
        # writing the set back would delete them: https://github.com/PowerDNS/pdns/issues/11473
        found = {record_set.key: record_set for record_set in self._iterate_sets(zone)}
        return {key: found.get(key, RecordSet(key)) for key in keys}

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        One request, which the server does as a whole or not at all.

        Comments that are not mentioned stay; they go with the last record of their set.
        """
        body = {"rrsets": [_to_rrset(new) for _, new in changes]}
        with about_zone(self, zone.id):
            self.connection.request(
                self._zone_path(zone.id), json=body, method="PATCH", idempotent=True
            )

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        """
        As few as may be, because the server puts the whole zone in order after each of them; within
        what it reads of a request, which is 2 MB.

        https://doc.powerdns.com/authoritative/settings.html#webserver-max-bodysize
        """
        batch: list[tuple[RecordSet, RecordSet]] = []
        size = 0
        for pair in changes:
            more = len(json.dumps(_to_rrset(pair[1]))) + len(", ")
            if batch and size + more > BYTES_PER_WRITE:
                yield batch
                batch, size = [], 0
            batch.append(pair)
            size += more
        if batch:
            yield batch

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        return {"disabled": _is_disabled(record_set.values[position])}

    # Paths and models

    def _path(self, rest: str) -> str:
        return f"{API_ROOT}/servers/{self.ex_server}/{rest}"

    def _zone_path(self, zone_id: str) -> str:
        if not _ESCAPE_OF_ID.search(zone_id):
            zone_id = names.to_ascii(zone_id).replace("/", "=2F")
        return self._path(f"zones/{quote(zone_id.removesuffix('.') + '.', safe='=')}")

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        return Zone(
            id=_text(item["id"]),
            domain=names.zone_name(item["name"]),
            type=ZONE_TYPES.get(item["kind"], item["kind"].lower()),
            ttl=None,
            driver=self,
            extra={key: value for key, value in item.items() if key not in _ZONE_KEYS},
        )

    def _to_records(self, items: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [record for item in items for record in self._records(zone, _to_set(item))]


def _to_set(item: dict[str, Any]) -> RecordSet:
    """
    An ``RRSet`` that was read.

    :raises KeyError: a part of it is absent.
    :raises TypeError: a part of it is of another kind.
    """
    return RecordSet(
        key=SetKey(_text(item["name"]).lower(), _text(item["type"])),
        ttl=int(item["ttl"]),
        values=tuple(
            Value(_text(record["content"]), {"disabled": record.get("disabled", False)})
            for record in item["records"]
        ),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _to_rrset(record_set: RecordSet) -> dict[str, Any]:
    """
    What the API wants to hear of a set; without records it deletes the set.

    https://doc.powerdns.com/authoritative/http-api/zone.html#rrset
    """
    return {
        "name": record_set.key.name,
        "type": record_set.key.type,
        "changetype": "REPLACE",
        "ttl": record_set.ttl or 0,
        "records": [
            {"content": value.rdata, "disabled": _is_disabled(value)} for value in record_set.values
        ],
    }


def _is_disabled(value: Value) -> bool:
    return bool(value.extra.get("disabled"))
