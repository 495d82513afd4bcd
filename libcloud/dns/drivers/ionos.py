"""
IONOS' DNS.

https://developer.hosting.ionos.com/docs/dns
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import TEXTS
from libcloud.dns.record_sets import data_of
from libcloud.dns.types import RecordDoesNotExistError, RecordType

__all__ = ["IonosConnection", "IonosDNSDriver", "IonosResponse"]

_ZONES = "/dns/v1/zones"

_ERRORS = {
    "RECORD_ALREADY_EXISTS": ResourceExistsError,
    "RECORD_NOT_FOUND": ResourceNotFoundError,
    "UNAUTHORIZED": InvalidCredsError,
    "ZONE_NOT_FOUND": ResourceNotFoundError,
}

_HOSTS = {RecordType.CNAME, RecordType.MX, RecordType.NS, RecordType.SRV}


class IonosResponse(JsonResponse):
    """An answer; errors are ``[{"code": code, "message": text}]``."""

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        first = body[0] if isinstance(body, list) and body else body
        said = first if isinstance(first, dict) else {}
        return provider_error(
            self.status,
            said.get("message") or str(self.body)[:500],
            str(said.get("code") or ""),
            _ERRORS,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class IonosConnection(ConnectionKey):
    """Sends the API key."""

    host = "api.hosting.ionos.com"
    responseCls = IonosResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["X-API-Key"] = self.key
        headers["Accept"] = "application/json"
        return headers


class IonosDNSDriver(DNSDriver):
    """
    IONOS.

    Zones come with domains, so none is created or deleted here. A record's ``extra`` has
    ``disabled`` and ``change_date``; ``create_record`` and ``update_record`` take the first.

    :param key: API key: its public prefix, a dot, and its secret. Or the prefix alone.
    :param secret: The secret, when ``key`` is the prefix.
    """

    type = "ionos"
    name = "IONOS"
    website = "https://www.ionos.com"
    connectionCls = IonosConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CERT: "CERT",
        RecordType.CNAME: "CNAME",
        RecordType.DS: "DS",
        RecordType.HTTPS: "HTTPS",
        RecordType.LOC: "LOC",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.OPENPGPKEY: "OPENPGPKEY",
        RecordType.RP: "RP",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.SVCB: "SVCB",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
    }
    default_ttl = 3600
    value_options = frozenset({"disabled"})

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
        whole = f"{key}.{secret}" if secret else key
        super().__init__(whole, None, secure, host, port, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones of the account, in one request."""
        body = self.connection.request(_ZONES).object
        with reading(self, body):
            zones = [self._to_zone(item) for item in body]
        yield from zones

    def get_zone(self, zone_id: str) -> Zone:
        return self._to_zone(self._read_zone(zone_id))

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone, in one request.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        yield from self._to_records(self._read_zone(zone.id), zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID, of the zone's whole listing: one request."""
        body = self._read_zone(zone_id)
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
        """
        Create a record and return it.

        One that the name has already is replaced by a new one, which is the same but for its ID.

        :param extra: ``ttl``, ``priority``, ``weight``, ``port``; ``disabled``: True for a record
            that is kept and not served.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        return self._create(zone, new_content(self, zone, name, type, data, extra))

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it as it is now.

        The provider cannot change its name and its type: for these a new record is created and then
        the old one deleted, which is two requests.

        :raises RecordDoesNotExistError: there is no such record.
        """
        zone = record.zone
        wanted = changed_content(self, record, name, type, data, extra)
        if (wanted.name, wanted.type) != (record.name, record.type):
            created = self._create(zone, wanted)
            self.delete_record(record)
            return created
        request = _to_request(wanted, zone)
        del request["name"], request["type"]
        with about_record(self, record.id):
            path = _record_path(zone, record.id)
            body = self.connection.request(path, method="PUT", json=request).object
        return self._to_record(body, zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    def _create(self, zone: Zone, wanted: Content) -> Record:
        request = [_to_request(wanted, zone)]
        path = f"{_zone_path(zone.id)}/records"
        with about_new_record(self, zone.id, wanted.name):
            body = self.connection.request(path, method="POST", json=request).object
        with reading(self, body):
            return self._to_record(body[0], zone)

    def _read_zone(self, zone_id: str) -> Any:
        with about_zone(self, zone_id):
            return self.connection.request(_zone_path(zone_id)).object

    # Models

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            domain = names.zone_name(data["name"])
            type = "slave" if data["type"] == "SLAVE" else "master"
            return Zone(data["id"], domain, type, None, self, {})

    def _to_records(self, data: dict[str, Any], zone: Zone) -> list[Record]:
        with reading(self, data):
            return [self._to_record(item, zone) for item in data["records"]]

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            type, rdata = data["type"], data["content"]
            if type in (RecordType.MX, RecordType.SRV):
                rdata = f"{data['prio']} {rdata}"
            value, numbers = data_of(type, rdata)
            options = {"disabled": data["disabled"], "change_date": data.get("changeDate")}
            return Record(
                id=data["id"],
                name=names.to_relative(f"{data['name']}.", zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=data["ttl"],
                extra={**numbers, **options},
            )


def _to_request(wanted: Content, zone: Zone) -> dict[str, Any]:
    """https://developer.hosting.ionos.com/docs/dns"""
    content, priority = wanted.rdata, 0
    if wanted.type in TEXTS and not set(wanted.data) & set('"\\') and len(content.split('"')) == 3:
        content = wanted.data
    if wanted.type in (RecordType.MX, RecordType.SRV):
        number, content = wanted.rdata.split(None, 1)
        priority = int(number)
    return {
        "name": names.to_absolute(wanted.name, zone.domain).removesuffix("."),
        "type": wanted.type,
        "content": content.removesuffix(".") if wanted.type in _HOSTS else content,
        "ttl": wanted.ttl,
        "prio": priority,
        "disabled": bool(wanted.extra.get("disabled")),
    }


def _zone_path(zone_id: str) -> str:
    return f"{_ZONES}/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"
