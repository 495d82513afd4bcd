"""
deSEC, free DNS hosting that signs all zones.

https://desec.readthedocs.io/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    MalformedResponseError,
    QuotaExceededError,
    ResourceExistsError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.paging import iterate_pages, parameter_of
from libcloud.dns import names
from libcloud.dns.base import Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.record_sets import (
    Changes,
    RecordSet,
    RecordSetChanged,
    RecordSetDNSDriver,
    SetKey,
    Value,
)
from libcloud.dns.types import ZoneAlreadyExistsError

__all__ = ["DeSECConnection", "DeSECDNSDriver", "DeSECResponse"]

DOMAINS = "/api/v1/domains/"

# https://desec.readthedocs.io/en/latest/dns/rrsets.html#restricted-types
RECORD_TYPES = (
    "A",
    "AAAA",
    "AFSDB",
    "CAA",
    "CERT",
    "CNAME",
    "DS",
    "HINFO",
    "HTTPS",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "OPENPGPKEY",
    "PTR",
    "RP",
    "SMIMEA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "URI",
)

_EXTRA = ("created", "published", "touched", "minimum_ttl", "keys")
_EXISTS = ("already", "another rrset", "conflicts with an existing", "unavailable")


class DeSECResponse(JsonResponse):
    """
    An answer; errors are ``{"detail": text}``, or texts by field, or a list of those.

    https://desec.readthedocs.io/en/latest/dns/rrsets.html#input-validation
    """

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        message = "; ".join(_texts_of(body)) or str(self.body)[:500]
        code = None
        if self.status == 400 and any(words in message.lower() for words in _EXISTS):
            code = "exists"
        elif self.status == 403 and "limit" in message.lower():
            code = "limit"
        return provider_error(
            self.status,
            message,
            code,
            {"exists": ResourceExistsError, "limit": QuotaExceededError},
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class DeSECConnection(ConnectionKey):
    """Sends the token."""

    host = "desec.io"
    responseCls = DeSECResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Token {self.key}"
        return headers


class DeSECDNSDriver(RecordSetDNSDriver):
    """
    deSEC.

    A zone's ID is its name. Its ``extra`` has ``minimum_ttl`` (seconds), ``created``,
    ``published``, ``touched`` and, but for zones of a listing, ``keys``: what the parent zone has
    to know of its keys.

    :param key: Token.
    :param secret: Not looked at.
    """

    type = "desec"
    name = "deSEC"
    website = "https://desec.io"
    connectionCls = DeSECConnection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

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
        for item in self._iterate_items(DOMAINS):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            item = self.connection.request(_zone_path(zone_id)).object
        return self._to_zone(item)

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
        :param extra: Not looked at.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        :raises QuotaExceededError: the account has as many zones as it may.
        """
        if type != "master":
            raise UnsupportedOperation("deSEC has only master zones", driver=self)
        body = {"name": names.zone_name(domain)}
        with about_zone(self, domain):
            item = self.connection.request(DOMAINS, method="POST", json=body).object
        return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        """
        Delete a zone with all its records, and return True: two requests.

        The API says "deleted" of zones that were never there, so the first looks whether it is.
        """
        self.get_zone(zone.id)
        self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(_sets_path(zone)):
                with reading(self, item):
                    record_set = _to_set(item)
                yield record_set

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        """One request for each set."""
        found = {}
        for key in keys:
            params = {"type": key.type, "subname": names.to_relative(key.name, zone.domain)}
            with about_zone(self, zone.id):
                items = self.connection.request(_sets_path(zone), params=params).object
            with reading(self, items):
                sets = {each.key: each for each in map(_to_set, _a_list(items))}
            found[key] = sets.get(key, RecordSet(key))
        return found

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """One request, which is done as a whole or not at all."""
        path, method = _sets_path(zone), "PATCH"
        body: Any = [_to_item(new, zone) for _, new in changes]
        answered: Any = list
        if len(changes) == 1:
            ((old, new),) = changes
            (body,) = body
            answered = dict if new.values else object
            if old.values:
                subname, type = quote_path_segment(body["subname"]) or "@", new.key.type
                path += f"{subname}/{type}/"
                body = {"records": body["records"], "ttl": old.ttl if new.ttl is None else new.ttl}
            else:
                method = "POST"
        try:
            with about_zone(self, zone.id):
                # What was done already is found out when the set is read once more.
                reply = self.connection.request(path, method=method, json=body, idempotent=True)
        except ZoneAlreadyExistsError as error:
            raise RecordSetChanged(error.value, error.http_code, self) from error
        with reading(self, reply.object):
            if not isinstance(reply.object, answered):
                raise TypeError("no record sets")

    # Requests and models

    def _iterate_items(self, path: str) -> Iterator[Any]:
        """
        The items of a listing, in pages of 500.

        https://desec.readthedocs.io/en/latest/dns/rrsets.html#pagination
        """

        def fetch(cursor: str | None) -> tuple[list[Any], str | None]:
            reply = self.connection.request(path, params={"cursor": cursor or ""})
            with reading(self, reply.object):
                items = _a_list(reply.object)
            return items, _next_cursor(reply.headers.get("link", ""))

        return iterate_pages(fetch)

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {key: item[key] for key in _EXTRA if key in item}
            return Zone(item["name"], item["name"], "master", None, self, extra)


def _zone_path(zone_id: str) -> str:
    return f"{DOMAINS}{quote_path_segment(names.zone_name(zone_id))}/"


def _sets_path(zone: Zone) -> str:
    return f"{_zone_path(zone.id)}rrsets/"


def _to_set(item: dict[str, Any]) -> RecordSet:
    """
    :raises KeyError: a part of it is absent.
    """
    values = tuple(Value(str(record), {}) for record in item["records"])
    key = SetKey(item["name"].lower(), str(item["type"]))
    return RecordSet(key, int(item["ttl"]), values)


def _to_item(record_set: RecordSet, zone: Zone) -> dict[str, Any]:
    """What the API wants to hear of a set; without records it deletes the set."""
    name, type, _ = record_set.key
    item: dict[str, Any] = {
        "subname": names.to_relative(name, zone.domain),
        "type": type,
        "records": [value.rdata for value in record_set.values],
    }
    return {**item, "ttl": record_set.ttl} if record_set.values else item


def _next_cursor(link: str) -> str | None:
    """The cursor of the next page, from a ``Link`` header."""
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return parameter_of(address.strip().strip("<>"), "cursor")
    return None


def _a_list(body: Any) -> list[Any]:
    """
    :raises TypeError: it is none.
    """
    if not isinstance(body, list):
        raise TypeError("no list")
    return body


def _texts_of(body: Any) -> Iterator[str]:
    """All texts of an error, each with the name of its field."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, list):
        for item in body:
            yield from _texts_of(item)
    elif isinstance(body, dict):
        for field, item in body.items():
            for text in _texts_of(item):
                yield text if field in ("detail", "non_field_errors") else f"{field}: {text}"
