"""
OVHcloud's DNS.

https://eu.api.ovh.com/console/?section=%2Fdomain&branch=v1
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import ResourceNotFoundError, UnsupportedOperation
from libcloud.common.ovh import OvhConnection
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.record_sets import data_of
from libcloud.dns.types import RecordType

if TYPE_CHECKING:
    from libcloud.dns.sync import SetChange

__all__ = ["OvhDNSDriver"]

# The provider's names for texts of a certain form; the DNS knows them as TXT records.
_TEXT_FIELDS = {"DKIM", "DMARC"}


class OvhDNSDriver(DNSDriver):
    """
    OVHcloud.

    Zones are bought, so none is created or deleted here. A change is served after the zone is
    refreshed, which is a request more for each; a :func:`~libcloud.dns.sync.sync` refreshes once.

    :param key: Application key.
    :param secret: Application secret.
    :param region: ``eu``, ``ca`` or ``us``; none for Europe.
    :param ex_consumer_key: Consumer key, which the owner of the account has confirmed.
    """

    type = "ovh"
    name = "OVHcloud"
    website = "https://www.ovhcloud.com"
    connectionCls = OvhConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.DNAME: "DNAME",
        RecordType.LOC: "LOC",
        RecordType.MX: "MX",
        RecordType.NAPTR: "NAPTR",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
    }

    _refreshes = True

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        ex_consumer_key: str | None = None,
        **kwargs: Any,
    ) -> None:
        self._consumer_key = ex_consumer_key
        self._region = region
        super().__init__(key, secret, secure, host, port, region=region, **kwargs)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {"ex_consumer_key": self._consumer_key, "region": self._region}

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones of the account, in one request, which says no more than their names."""
        body = self.connection.request("/domain/zone").object
        with reading(self, body):
            zones = [self._to_zone({"name": name}) for name in _list(body)]
        yield from zones

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self.connection.request(_zone_path(zone_id)).object
        return self._to_zone(body)

    def ex_refresh_zone(self, zone: Zone) -> bool:
        """Have the provider serve what was changed; every change here does so by itself."""
        with about_zone(self, zone.id):
            path = f"{_zone_path(zone.id)}/refresh"
            self.connection.request(path, method="POST", idempotent=True)
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone: one request for their IDs, and one for each record.

        A record that is deleted meanwhile is left out.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        with about_zone(self, zone.id):
            ids = self.connection.request(f"{_zone_path(zone.id)}/record").object
        with reading(self, ids):
            ids = [int(record_id) for record_id in _list(ids)]
        for record_id in ids:
            try:
                yield self._get_record(zone, str(record_id))
            except ResourceNotFoundError:
                continue

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        return self._get_record(self.get_zone(zone_id), record_id)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        wanted = new_content(self, zone, name, type, data, extra)
        request = {
            "fieldType": wanted.type,
            "subDomain": wanted.name,
            "target": wanted.rdata,
            **({} if wanted.ttl is None else {"ttl": wanted.ttl}),
        }
        path = f"{_zone_path(zone.id)}/record"
        with about_new_record(self, zone.id, name):
            body = self.connection.request(path, method="POST", json=request).object
        record = self._to_record(body, zone)
        self._refresh(zone)
        return record

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
        :raises UnsupportedOperation: the type is another one.
        """
        if type not in (None, record.type):
            raise UnsupportedOperation("OVHcloud cannot change a record's type", driver=self)
        zone = record.zone
        wanted = changed_content(self, record, name, type, data, extra)
        request: dict[str, Any] = {"subDomain": wanted.name, "target": wanted.rdata}
        if (extra or {}).get("ttl") is not None:
            request["ttl"] = wanted.ttl
        with about_record(self, record.id):
            path = _record_path(zone, record.id)
            self.connection.request(path, method="PUT", json=request)
        self._refresh(zone)
        # The answer is empty.
        field = record.extra.get("field_type", wanted.type)
        said = {"id": record.id, "fieldType": field, "ttl": wanted.ttl, **request}
        return self._to_record(said, zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        self._refresh(record.zone)
        return True

    def _apply_changes(self, zone: Zone, changes: Sequence[SetChange]) -> None:
        quiet = copy.copy(self)
        quiet._refreshes = False
        try:
            super(OvhDNSDriver, quiet)._apply_changes(zone, changes)
        finally:
            # What was done before a failure is to be served as well.
            self.ex_refresh_zone(zone)

    def _refresh(self, zone: Zone) -> None:
        if self._refreshes:
            self.ex_refresh_zone(zone)

    # Models

    def _get_record(self, zone: Zone, record_id: str) -> Record:
        with about_record(self, record_id):
            body = self.connection.request(_record_path(zone, record_id)).object
        return self._to_record(body, zone)

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            domain = names.zone_name(data["name"])
            extra = {key: value for key, value in data.items() if key not in ("name", "iam")}
            return Zone(data["name"], domain, "master", None, self, extra)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            field = data["fieldType"]
            type = RecordType.TXT if field in _TEXT_FIELDS else field
            value, numbers = data_of(type, data["target"])
            return Record(
                id=str(data["id"]),
                name=names.to_relative(data.get("subDomain"), zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                # 0 stands for the zone's own.
                ttl=data.get("ttl") or None,
                extra={**numbers, **({"field_type": field} if field != type else {})},
            )


def _list(body: Any) -> list[Any]:
    if not isinstance(body, list):
        raise TypeError("not a list")
    return body


def _zone_path(zone_id: str) -> str:
    return f"/domain/zone/{quote_path_segment(names.zone_name(zone_id))}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/record/{quote_path_segment(record_id)}"
