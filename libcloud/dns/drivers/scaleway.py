"""
Scaleway's DNS.

https://www.scaleway.com/en/developers/api/domains-and-dns/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.scaleway import ScalewayConnection
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.record_sets import data_of
from libcloud.dns.types import (
    RecordDoesNotExistError,
    RecordType,
    ZoneDoesNotExistError,
)

if TYPE_CHECKING:
    from libcloud.dns.record_sets import RecordSet
    from libcloud.dns.sync import SetChange

__all__ = ["ScalewayDNSDriver"]

_ZONES = "/domain/v2beta1/dns-zones"

# Of one request that changes record sets; the provider names no limit.
_CHANGES_PER_REQUEST = 100

# What a record may have beside its data; a change of the record must say it again.
_OPTIONS = frozenset(
    {"comment", "geo_ip_config", "http_service_config", "view_config", "weighted_config"}
)


class ScalewayDNSDriver(DNSDriver):
    """
    Scaleway.

    A zone's ``extra`` has what the API says of it: ``project_id``, ``status``, ``ns`` and others. A
    record's has ``comment``, ``geo_ip_config``, ``http_service_config``, ``view_config`` and
    ``weighted_config`` where the record has them, and ``create_record`` takes them.

    :param key: Secret key.
    :param ex_project_id: Project that new zones go to; nothing else needs it.
    """

    type = "scaleway"
    name = "Scaleway"
    website = "https://www.scaleway.com"
    connectionCls = ScalewayConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.DNAME: "DNAME",
        RecordType.DS: "DS",
        RecordType.HINFO: "HINFO",
        RecordType.HTTPS: "HTTPS",
        RecordType.LOC: "LOC",
        RecordType.MX: "MX",
        RecordType.NAPTR: "NAPTR",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.RP: "RP",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.SVCB: "SVCB",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
    }
    default_ttl = 3600
    value_options = _OPTIONS

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_project_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.ex_project_id = ex_project_id
        # The connection has no place for a secret.
        super().__init__(key, None, secure, host, port, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self.connection.iterate_items(_ZONES, "dns_zones"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        wanted = names.zone_name(zone_id)
        params = {"dns_zones": wanted}
        with about_zone(self, zone_id):
            for item in self.connection.iterate_items(_ZONES, "dns_zones", params):
                zone = self._to_zone(item)
                if zone.domain == wanted:
                    return zone
        raise ZoneDoesNotExistError("No such zone", self, zone_id)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        The account must have the domain, or have registered it as one of another registrar.

        :param type: ``master``: the provider has no others.
        :param ttl: Not looked at: the provider's zones have none.
        :param extra: ``subdomain``: the first part of ``domain``, which is a zone of its own inside
            of a domain of the account. ``project_id``: instead of the driver's.
        :raises ValueError: neither the driver nor ``extra`` has a project.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        if type != "master":
            raise UnsupportedOperation("Scaleway has only master zones", driver=self)
        extra = extra or {}
        project = extra.get("project_id") or self.ex_project_id
        if not project:
            raise ValueError("A new zone needs a project: ex_project_id= of the driver")
        full, subdomain = names.zone_name(domain), names.to_ascii(extra.get("subdomain") or "")
        request = {
            "domain": full.removeprefix(f"{subdomain}.") if subdomain else full,
            "subdomain": subdomain,
            "project_id": project,
        }
        with about_zone(self, domain):
            body = self.connection.request(_ZONES, method="POST", json=request).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        params = {"project_id": zone.extra.get("project_id") or self.ex_project_id}
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), params=params, method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            for item in self.connection.iterate_items(_records_path(zone), "records"):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        params = {"id": record_id}
        with about_record(self, record_id):
            for item in self.connection.iterate_items(_records_path(zone), "records", params):
                record = self._to_record(item, zone)
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
        wanted = new_content(self, zone, name, type, data, extra)
        with about_new_record(self, zone.id, name):
            body = self._change(zone, [{"add": {"records": [_to_request(wanted)]}}])
        return self._only_record(body, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        wanted = changed_content(self, record, name, type, data, extra)
        change = {"id": record.id, "records": [_to_request(wanted)]}
        with about_record(self, record.id):
            body = self._change(record.zone, [{"set": change}], idempotent=True)
        return self._only_record(body, record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self._change(record.zone, [{"delete": {"id": record.id}}])
        return True

    def _apply_changes(self, zone: Zone, changes: Sequence[SetChange]) -> None:
        """Whole sets, a hundred in a request: each request is done as a whole or not at all."""
        for start in range(0, len(changes), _CHANGES_PER_REQUEST):
            batch = changes[start : start + _CHANGES_PER_REQUEST]
            with about_zone(self, zone.id):
                self._change(zone, [_to_change(old, new, zone) for old, new in batch])

    def _change(
        self, zone: Zone, changes: list[dict[str, Any]], idempotent: bool | None = None
    ) -> Any:
        request = {"changes": changes}
        return self.connection.request(
            _records_path(zone), method="PATCH", json=request, idempotent=idempotent
        ).object

    # Models

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            parts = [part for part in (data["subdomain"], data["domain"]) if part]
            domain = names.zone_name(".".join(parts))
            return Zone(domain, domain, "master", None, self, dict(data))

    def _only_record(self, body: Any, zone: Zone) -> Record:
        with reading(self, body):
            return self._to_record(body["records"][0], zone)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            value, numbers = data_of(data["type"], data["data"])
            options = {key: data[key] for key in _OPTIONS if data.get(key) is not None}
            return Record(
                id=data["id"],
                name=names.to_relative(data["name"], zone.domain),
                type=data["type"],
                data=value,
                zone=zone,
                driver=self,
                ttl=int(data["ttl"]),
                extra={**numbers, **options},
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """https://www.scaleway.com/en/developers/api/domains-and-dns/#path-records-update-records"""
    return {
        "name": wanted.name,
        "data": _data(wanted.rdata),
        "type": wanted.type,
        "ttl": wanted.ttl,
        **{key: wanted.extra[key] for key in _OPTIONS if wanted.extra.get(key) is not None},
    }


def _to_change(old: RecordSet, new: RecordSet, zone: Zone) -> dict[str, Any]:
    """What makes of one record set another, which may be empty."""
    name = names.to_relative(new.key.name, zone.domain)
    records = [
        _to_request(Content(name, new.key.type, value.rdata, new.ttl, dict(value.extra)))
        for value in new.values
    ]
    if not old.values:
        return {"add": {"records": records}}
    identifier = {"id_fields": {"name": name, "type": new.key.type}}
    return {"set": {**identifier, "records": records}} if records else {"delete": identifier}


def _data(rdata: str) -> str:
    """The data as a zone file has it; a single text that needs no quotes goes without them."""
    plain = rdata[1:-1]
    return plain if plain and rdata == f'"{plain}"' and not set(plain) & set('"\\') else rdata


def _zone_path(zone_id: str) -> str:
    return f"{_ZONES}/{quote_path_segment(names.zone_name(zone_id))}"


def _records_path(zone: Zone) -> str:
    return f"{_zone_path(zone.id)}/records"
