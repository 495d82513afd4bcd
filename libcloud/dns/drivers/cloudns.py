"""
ClouDNS.

https://www.cloudns.net/wiki/article/41/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import TEXTS
from libcloud.dns.types import RecordType

__all__ = ["ClouDNSConnection", "ClouDNSDNSDriver", "ClouDNSResponse"]

# There are no codes. Of https://www.cloudns.net/wiki/article/57/ and the pages of other calls, and
# https://github.com/acmesh-official/acme.sh/issues/6520
_MESSAGES = {
    "access to the http api": PermissionDeniedError,
    "already": ResourceExistsError,
    "invalid authentication": InvalidCredsError,
    "missing domain-name": ResourceNotFoundError,
    "record-id": ResourceNotFoundError,
}

# https://www.cloudns.net/wiki/article/50/
_PAGE = 100

# What the provider calls the parts of a record's data, in requests.
_PARTS = {
    RecordType.CAA: {"caa_flag": "flags", "caa_type": "tag", "caa_value": "value"},
    RecordType.MX: {"priority": "priority", "record": "target"},
    RecordType.SRV: {
        "priority": "priority",
        "weight": "weight",
        "port": "port",
        "record": "target",
    },
    RecordType.SSHFP: {"algorithm": "algorithm", "fptype": "fptype", "record": "fingerprint"},
    RecordType.TLSA: {
        "tlsa_usage": "usage",
        "tlsa_selector": "selector",
        "tlsa_matching_type": "matching_type",
        "record": "certificate",
    },
}


class ClouDNSResponse(JsonResponse):
    """An answer; errors are ``{"status": "Failed", "statusDescription": text}``."""

    def success(self) -> bool:
        return super().success() and self._said().get("status") != "Failed"

    def parse_error(self) -> Any:
        message = self._said().get("statusDescription") or str(self.body)[:500]
        known = [kind for words, kind in _MESSAGES.items() if words in message.lower()]
        return provider_error(
            self.status,
            message,
            "",
            {"": known[0]} if known else None,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _said(self) -> dict[str, Any]:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        return body if isinstance(body, dict) else {}


class ClouDNSConnection(ConnectionUserAndKey):
    """Sends ID and password, in the body of a request that has one."""

    host = "api.cloudns.net"
    responseCls = ClouDNSResponse
    auth_parameter = "auth-id"

    def add_default_params(self, params: Any) -> Any:
        return {**self._credentials(), **params} if self.method == "GET" else params

    def encode_data(self, data: Any) -> Any:
        return {**self._credentials(), **data}

    def _credentials(self) -> dict[str, Any]:
        return {self.auth_parameter: self.user_id, "auth-password": self.key}


class ClouDNSDNSDriver(DNSDriver):
    """
    ClouDNS.

    A zone's ``extra`` has ``type``, ``zone`` and ``status``, a record's has ``status``, as the
    provider gives them.

    :param key: ID of an API user.
    :param secret: Its password.
    :param ex_auth_parameter: What ``key`` is: ``auth-id``, ``sub-auth-id`` or ``sub-auth-user``.
    """

    type = "cloudns"
    name = "ClouDNS"
    website = "https://www.cloudns.net"
    connectionCls = ClouDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.DNAME: "DNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
    }
    default_ttl = 3600

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_auth_parameter: str = "auth-id",
        **kwargs: Any,
    ) -> None:
        super().__init__(key, secret, secure, host, port, **kwargs)
        self.connection.auth_parameter = ex_auth_parameter

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones of the account, a hundred in a page."""

        def fetch(page: int) -> tuple[list[Any], int | None]:
            body = self._read("list-zones", {"page": page, "rows-per-page": _PAGE})
            with reading(self, body):
                items = _items(body)
                return items, page + 1 if len(items) >= _PAGE else None

        for item in iterate_pages(fetch, 1):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            return self._to_zone(self._read("get-zone-info", _of_zone(zone_id)))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it, which is read for that: two requests.

        :param ttl: Not looked at: the provider's zones have none.
        :param extra: ``master_ip`` of a zone of type ``slave``, which must have one; ``zone_type``:
            one of the provider's (``geodns``, ``parked``) instead of ``type``.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        extra = extra or {}
        zone_type = extra.get("zone_type") or type
        request = {**_of_zone(domain), "zone-type": zone_type}
        if extra.get("master_ip"):
            request["master-ip"] = extra["master_ip"]
        with about_zone(self, domain):
            self._change("register", request, idempotent=False)
        return self.get_zone(names.zone_name(domain))

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._change("delete", _of_zone(zone.id))
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone, in one request.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        with about_zone(self, zone.id):
            body = self._read("records", _of_zone(zone.id))
        with reading(self, body):
            records = [self._to_record(item, zone) for item in _items(body)]
        yield from records

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

        :param extra: ``ttl``, one of those that the provider has: 60, 300, 900, 1800, 3600, 21600,
            43200, 86400, 172800, 259200, 604800, 1209600 or 2592000 seconds.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        wanted = new_content(self, zone, name, type, data, extra)
        request = {**_of_zone(zone.id), "record-type": wanted.type, **_to_request(wanted)}
        with about_new_record(self, zone.id, name):
            body = self._change("add-record", request, idempotent=False)
        with reading(self, body):
            return self._written(wanted, body["data"]["id"], zone, {"status": 1})

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

        :param type: The record's own type: the provider cannot change it.
        :raises RecordDoesNotExistError: there is no such record.
        :raises UnsupportedOperation: the type is another one.
        """
        if type not in (None, record.type):
            raise UnsupportedOperation("ClouDNS cannot change a record's type", driver=self)
        zone = record.zone
        wanted = changed_content(self, record, name, type, data, extra)
        request = {**_of_zone(zone.id), "record-id": record.id, **_to_request(wanted)}
        with about_record(self, record.id):
            self._change("mod-record", request)
        status = {key: value for key, value in record.extra.items() if key == "status"}
        return self._written(wanted, record.id, zone, status)

    def delete_record(self, record: Record) -> bool:
        request = {**_of_zone(record.zone.id), "record-id": record.id}
        with about_record(self, record.id):
            self._change("delete-record", request)
        return True

    def _iterate_exported(self, zone: Zone) -> Iterator[Record]:
        """All but web redirects, which no zone file can have."""
        return (record for record in self.iterate_records(zone) if record.type != "WR")

    def _read(self, call: str, params: dict[str, Any]) -> Any:
        return self.connection.request(f"/dns/{call}.json", params=params).object

    def _change(self, call: str, request: dict[str, Any], idempotent: bool = True) -> Any:
        body = self.connection.request(
            f"/dns/{call}.json", method="POST", data=request, idempotent=idempotent
        ).object
        with reading(self, body):
            body["status"]
        return body

    # Models

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            domain = names.zone_name(data["name"])
            type = "slave" if data["type"] == "slave" else "master"
            extra = {key: value for key, value in data.items() if key != "name"}
            return Zone(data["name"], domain, type, None, self, extra)

    def _written(
        self, wanted: Content, record_id: Any, zone: Zone, extra: dict[str, Any]
    ) -> Record:
        """The record as it was asked for: the provider says no more than its ID."""
        said = {**_to_request(wanted), "type": wanted.type, "id": record_id, **extra}
        return self._to_record(said, zone)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            type = data["type"]
            given = {"fptype": data.get("fp_type"), **data}
            parts = {
                ours: given[theirs]
                for theirs, ours in _PARTS.get(type, {}).items()
                if given.get(theirs) is not None
            }
            value, numbers = data_and_extra(type, {"value": data.get("record"), **parts})
            status = {"status": data["status"]} if "status" in data else {}
            return Record(
                id=str(data["id"]),
                name=names.to_relative(data["host"], zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=int(data["ttl"]),
                extra={**numbers, **status},
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """https://www.cloudns.net/wiki/article/58/"""
    request: dict[str, Any] = {"host": wanted.name, "ttl": wanted.ttl}
    parts = wanted.parts
    if wanted.type in _PARTS:
        request |= {theirs: parts[ours] for theirs, ours in _PARTS[wanted.type].items()}
    else:
        request["record"] = wanted.data if wanted.type in TEXTS else wanted.rdata
    if wanted.type not in TEXTS and "record" in request:
        request["record"] = request["record"].removesuffix(".")
    return request


def _of_zone(zone_id: str) -> dict[str, Any]:
    return {"domain-name": names.zone_name(zone_id)}


def _items(body: Any) -> list[dict[str, Any]]:
    """What a listing has: a list, or a dict of the items by their IDs."""
    if not isinstance(body, (dict, list)):
        raise TypeError("not a listing")
    return [dict(item) for item in (body.values() if isinstance(body, dict) else body)]
