"""
Gandi's LiveDNS, by version 5 of its API.

https://api.gandi.net/docs/livedns/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.gandi_live import (
    BaseGandiLiveDriver,
    GandiLiveConnection,
    GandiLiveResponse,
    ResourceConflictError,
    ResourceNotFoundError,
)
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import without_quotes
from libcloud.dns.record_sets import (
    Changes,
    RecordSet,
    RecordSetChanged,
    RecordSetDNSDriver,
    SetKey,
    Value,
)
from libcloud.dns.types import RecordType

__all__ = ["GandiLiveDNSConnection", "GandiLiveDNSDriver", "GandiLiveDNSResponse"]

API_BASE = "/api/v5"
"""Where the API was at first, by the name that programs know; it is at another place now."""

_API_ROOT = "/v5/livedns"

# Seconds; of records.
TTL_MIN = 300
TTL_MAX = 2592000

# What the provider calls a record set in errors, as it was recorded.
_SET = "dns-record"


class GandiLiveDNSResponse(GandiLiveResponse):
    """An answer of LiveDNS."""


class GandiLiveDNSConnection(GandiLiveConnection):
    """A connection to LiveDNS, where it has been since 2019: https://doc.livedns.gandi.net/"""

    host = "api.gandi.net"
    responseCls = GandiLiveDNSResponse


class GandiLiveDNSDriver(BaseGandiLiveDriver, RecordSetDNSDriver):
    """
    Gandi LiveDNS.

    A zone's ``extra`` has ``automatic_snapshots``, but for zones that come from a listing. A
    record's has ``ttl``, the numbers of its data, ``_multi_value`` (whether its name has several
    values) and, if so, ``_other_records``: what the others say, ``{"name", "type", "data",
    "extra"}`` each.

    :param key: Personal access token.
    :param secret: Not looked at.
    :param ex_auth_scheme: ``Apikey`` when ``key`` is one of the deprecated API keys.
    """

    type = "gandi"
    name = "Gandi LiveDNS"
    website = "http://www.gandi.net/domain"
    connectionCls = GandiLiveDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.DNAME: "DNAME",
        RecordType.DS: "DS",
        RecordType.KEY: "KEY",
        RecordType.LOC: "LOC",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.OPENPGPKEY: "OPENPGPKEY",
        RecordType.PTR: "PTR",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
        RecordType.WKS: "WKS",
    }

    texts_in_quotes = True

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_auth_scheme: str = "Bearer",
        **kwargs: Any,
    ) -> None:
        self.ex_auth_scheme = ex_auth_scheme
        # The connection has no place for a secret.
        super().__init__(key, None, secure=secure, host=host, port=port, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items(f"{_API_ROOT}/domains"):
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
        Have LiveDNS serve a domain of the account, and return its zone: two requests.

        :param type: ``master``: the provider has no others.
        :param ttl: Seconds, of the records that the provider puts in it.
        :param extra: Not looked at.
        :raises ZoneAlreadyExistsError: LiveDNS serves it already.
        """
        if type != "master":
            raise UnsupportedOperation("Gandi LiveDNS has only master zones", driver=self)
        request: dict[str, Any] = {"fqdn": names.zone_name(domain)}
        if ttl is not None:
            request["zone"] = {"ttl": ttl}
        with about_zone(self, domain):
            self.connection.request(f"{_API_ROOT}/domains", method="POST", json=request)
        return self.get_zone(domain)

    # Records

    def ex_create_multi_value_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: list[str],
        extra: dict[str, Any] | None = None,
    ) -> list[Record]:
        """
        Create several records of one name and type, all or none: as ``create_record`` for one.

        :param data: Their values.
        :raises RecordAlreadyExistsError: the name has one of them already.
        """
        return self._create_values(zone, name, type, data, extra or {})

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(f"{_zone_path(zone.id)}/records"):
                with reading(self, item):
                    record_set = _to_set(item, zone)
                yield record_set

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        return {key: self._read_set(zone, key) for key in keys}

    def _read_set(self, zone: Zone, key: SetKey) -> RecordSet:
        with about_zone(self, zone.id):
            try:
                item = self.connection.request(_set_path(zone, key)).object
            except ResourceNotFoundError as error:
                if error.provider_code == _SET:
                    return RecordSet(key)
                raise
        with reading(self, item):
            return _to_set(item, zone)._replace(key=key)

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        A request for each set: the API has none that changes several and leaves the rest.

        A record that moves to another name is there twice for a moment, rather than not at all.
        """
        if len({new.key.name for _, new in changes}) > 1:
            changes = sorted(changes, key=lambda pair: not pair[1].values)
        for old, new in changes:
            with about_zone(self, zone.id):
                self._write_set(zone, old, new)

    def _write_set(self, zone: Zone, old: RecordSet, new: RecordSet) -> None:
        path = _set_path(zone, new.key)
        try:
            if not new.values:
                self.connection.request(path, method="DELETE")
                return
            values = [without_quotes(new.key.type, value.rdata) for value in new.values]
            ttl = {} if new.ttl is None else {"rrset_ttl": new.ttl}
            method = "PUT" if old.values else "POST"
            self.connection.request(path, method=method, json={"rrset_values": values, **ttl})
        except ResourceNotFoundError as error:
            if error.provider_code == _SET:
                raise RecordSetChanged(error.value, error.http_code, self) from error
            raise
        except ResourceConflictError as error:
            raise RecordSetChanged(error.value, error.http_code, self) from error

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        for pair in changes:
            yield [pair]

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        extra: dict[str, Any] = {"ttl": record_set.ttl, "_multi_value": len(record_set.values) > 1}
        if extra["_multi_value"]:
            name = names.to_relative(record_set.key.name, zone.domain)
            others = []
            for other in (*record_set.values[:position], *record_set.values[position + 1 :]):
                data, numbers = self._data_of(record_set.key.type, other.rdata)
                more = {"ttl": record_set.ttl, **numbers}
                others.append(
                    {"name": name, "type": record_set.key.type, "data": data, "extra": more}
                )
            extra["_other_records"] = others
        return extra

    # What the API had until its zones went away

    def ex_update_gandi_zone_name(self, zone_uuid: str, name: str) -> bool:
        """:raises UnsupportedOperation: always; a domain has its own zone, without another name."""
        raise self._no_zones()

    def ex_delete_gandi_zone(self, zone_uuid: str) -> bool:
        """:raises UnsupportedOperation: always; a domain has its own zone."""
        raise self._no_zones()

    def ex_switch_domain_gandi_zone(self, domain: str, zone_uuid: str) -> bool:
        """:raises UnsupportedOperation: always; a domain has its own zone."""
        raise self._no_zones()

    def _no_zones(self) -> UnsupportedOperation:
        text = "Gandi's API has no zones beside domains any more: https://doc.livedns.gandi.net/"
        return UnsupportedOperation(text, driver=self)

    # Models

    def _to_zones(self, zones: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in zones]

    def _to_zone(self, zone: dict[str, Any]) -> Zone:
        with reading(self, zone):
            domain = names.zone_name(zone["fqdn"])
            keys = ("automatic_snapshots", "zone_uuid")
            extra = {key: zone[key] for key in keys if key in zone}
            return Zone(domain, domain, "master", None, self, extra)

    def _to_records(self, data: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [record for item in data for record in self._to_record(item, zone)]

    def _to_record(self, data: dict[str, Any], zone: Zone) -> list[Record]:
        with reading(self, data):
            record_set = _to_set(data, zone)
        return self._records(zone, record_set)


def _to_set(item: dict[str, Any], zone: Zone) -> RecordSet:
    key = SetKey(names.to_absolute(item["rrset_name"], zone.domain).lower(), item["rrset_type"])
    values = tuple(Value(_text(value), {}) for value in item["rrset_values"])
    return RecordSet(key, int(item["rrset_ttl"]), values)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _zone_path(zone_id: str) -> str:
    return f"{_API_ROOT}/domains/{quote_path_segment(names.zone_name(zone_id))}"


def _set_path(zone: Zone, key: SetKey) -> str:
    name = quote_path_segment(names.to_relative(key.name, zone.domain) or "@")
    return f"{_zone_path(zone.id)}/records/{name}/{key.type}"
