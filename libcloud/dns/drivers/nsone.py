"""
NS1's DNS (IBM NS1 Connect).

https://ns1.com/api
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.common.nsone import NsOneConnection, NsOneResponse
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import TEXTS, from_rdata, join_rdata, split_rdata
from libcloud.dns.record_sets import (
    Changes,
    RecordSet,
    RecordSetChanged,
    RecordSetDNSDriver,
    SetKey,
    Value,
)
from libcloud.dns.types import RecordDoesNotExistError, RecordType

__all__ = ["NsOneDNSConnection", "NsOneDNSDriver", "NsOneDNSResponse"]

# What a set has beside its answers and its TTL, and can be told.
_SET_OPTIONS = ("filters", "link", "meta", "networks", "regions", "use_client_subnet")

# What of a set is not in the ``extra`` of its records.
_NOT_EXTRA = {"id", "domain", "type", "answers", "short_answers"}


class NsOneDNSResponse(NsOneResponse):
    """An answer of the DNS."""


class NsOneDNSConnection(NsOneConnection):
    """A connection to the DNS."""

    responseCls = NsOneDNSResponse


class NsOneDNSDriver(RecordSetDNSDriver):
    """
    NS1.

    The ``extra`` of zones and records is what the API says of them: of a zone ``ttl``, ``nx_ttl``,
    ``retry``, ``refresh``, ``expiry``, ``hostmaster``, ``dns_servers``, ``networks``, ``primary``
    and so on; of a record ``ttl``, ``tier``, ``link``, and, unless it comes from a listing,
    ``filters``, ``meta``, ``regions``, ``networks``, ``use_client_subnet``, ``zone``.

    :param key: API key.
    :param secret: Not looked at.
    """

    type = "nsone"
    name = "NS1 DNS"
    website = "https://ns1.com"
    connectionCls = NsOneDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SOA: "SOA",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    default_ttl = None

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
        super().__init__(key, None, secure=secure, host=host, port=port, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for items in self.connection.iterate_answers("/v1/zones"):
            with reading(self, items):
                if not isinstance(items, list):
                    raise TypeError("zones come as a list")
                zones = self._to_zones(items)
            yield from zones

    def get_zone(self, zone_id: str) -> Zone:
        """
        The zone with a name, in one request; or with an ID, for which the zones are listed.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        with about_zone(self, zone_id):
            if "." not in str(zone_id):
                return super().get_zone(zone_id)
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

        :param type: ``master``, or ``slave`` with ``secondary`` in ``extra``.
        :param extra: What goes into the request besides: ``nx_ttl``, ``retry``, ``refresh``,
            ``expiry``, ``hostmaster``, ``networks``, ``primary``, ``secondary`` and what else the
            API's zones have.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        :raises UnsupportedOperation: ``slave`` without ``secondary``.
        """
        if type != "master" and not (extra or {}).get("secondary"):
            raise UnsupportedOperation("A zone that is no master needs 'secondary'", driver=self)
        name = names.zone_name(domain)
        body = {"zone": name, **({} if ttl is None else {"ttl": ttl}), **(extra or {})}
        with about_zone(self, domain):
            item = self.connection.request(
                _zone_path(name), method="PUT", json=body, idempotent=False
            ).object
        return self._to_zone(item)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now.

        :param domain: None or the name that it has: NS1 cannot rename a zone.
        :param type: None or the type that it has; ``secondary`` in ``extra`` changes it.
        :param extra: As for :meth:`create_zone`.
        :raises UnsupportedOperation: another name or type.
        """
        if domain is not None and names.zone_name(domain) != zone.domain:
            raise UnsupportedOperation("NS1 cannot rename a zone", driver=self)
        if type not in (None, zone.type):
            raise UnsupportedOperation("A zone's type goes by its 'secondary'", driver=self)
        body = {**({} if ttl is None else {"ttl": ttl}), **(extra or {})}
        with about_zone(self, zone.id):
            path = _zone_path(zone.domain)
            item = self.connection.request(path, method="POST", json=body).object
        return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.domain), method="DELETE")
        return True

    def ex_zone_exists(self, zone_id: str, zones_list: list[Zone]) -> bool:
        """Whether one of the zones has an ID. Makes no request."""
        return any(zone.id == zone_id for zone in zones_list)

    # Records

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """
        The record with an ID; or the first one of a set, by the provider's ID of the set, for which
        the records are listed.

        Two requests, of which the first is for the zone.
        """
        if ":" in str(record_id):
            return super().get_record(zone_id, record_id)
        zone = self.get_zone(zone_id)
        for record_set in self._iterate_sets(zone):
            if record_set.raw.get("id") == record_id:
                return self._records(zone, record_set)[0]
        raise RecordDoesNotExistError("No such record", self, record_id)

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        """They come with the zone."""
        with about_zone(self, zone.id):
            for item in self.connection.iterate_answers(_zone_path(zone.domain)):
                with reading(self, item):
                    record_sets = [_to_set(each, zone) for each in item["records"]]
                yield from record_sets

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        return {key: self._read_set(zone, key) for key in keys}

    def _read_set(self, zone: Zone, key: SetKey) -> RecordSet:
        with about_zone(self, zone.id):
            try:
                item = self.connection.request(_set_path(zone, key)).object
            except ResourceNotFoundError as error:
                if _is_about_a_record(error):
                    return RecordSet(key)
                raise
        with reading(self, item):
            return _to_set(item, zone)._replace(key=key)

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        A request for each set: the API has none that changes several.

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
            body: dict[str, Any] = {"answers": [_to_answer(new.key.type, v) for v in new.values]}
            if new.ttl is not None and new.ttl != old.ttl:
                body["ttl"] = new.ttl
            body.update(_options(zone, old, new))
            if old.values:
                self.connection.request(path, method="POST", json=body, idempotent=True)
                return
            domain = new.key.name.removesuffix(".")
            body = {"zone": zone.domain, "domain": domain, "type": new.key.type, **body}
            self.connection.request(path, method="PUT", json=body, idempotent=False)
        except ResourceExistsError as error:
            raise RecordSetChanged(error.value, error.http_code, self) from error
        except ResourceNotFoundError as error:
            if _is_about_a_record(error):
                raise RecordSetChanged(error.value, error.http_code, self) from error
            raise

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        for pair in changes:
            yield [pair]

    def _with_extra(self, record_set: RecordSet, extra: Mapping[str, Any]) -> RecordSet:
        options = {key: extra[key] for key in _SET_OPTIONS if key in extra}
        return record_set._replace(raw={**(record_set.raw or {}), **options})

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        raw = record_set.raw or {}
        extra = {key: value for key, value in raw.items() if key not in _NOT_EXTRA}
        return {**extra, "ttl": record_set.ttl}

    # Models

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            is_slave = (item.get("secondary") or {}).get("enabled")
            return Zone(
                id=item["id"],
                domain=names.zone_name(item["zone"]),
                type="slave" if is_slave else "master",
                ttl=item.get("ttl"),
                driver=self,
                extra={key: value for key, value in item.items() if key not in ("id", "zone")},
            )

    def _to_records(self, items: list[dict[str, Any]], zone: Zone) -> list[Record]:
        with reading(self, items):
            record_sets = [_to_set(item, zone) for item in items]
        return [record for each in record_sets for record in self._records(zone, each)]

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        """The first record of a set."""
        return self._to_records([item], zone)[0]


def _to_set(item: dict[str, Any], zone: Zone) -> RecordSet:
    type = item["type"]
    if "answers" in item:
        values = [Value(_rdata_of(type, each["answer"]), {}, each) for each in item["answers"]]
    else:
        values = [Value(_rdata_of(type, [each]), {}) for each in item["short_answers"]]
    key = SetKey(names.to_absolute(item["domain"], zone.domain).lower(), type)
    return RecordSet(key, item["ttl"], tuple(values), dict(item))


def _rdata_of(type: str, parts: list[Any]) -> str:
    """What a zone file has, from an answer: ``["10", "mail.example.com"]``, or all in one text."""
    words = [str(part) for part in parts]
    if type in TEXTS:
        return names.quote_text("".join(words))
    rdata = " ".join(words)
    if type == RecordType.CAA and '"' not in rdata:
        flags, tag, value = rdata.split(" ", 2)
        return join_rdata(type, {"flags": int(flags), "tag": tag, "value": value})
    return rdata


def _to_answer(type: str, value: Value) -> dict[str, Any]:
    """A value as it was read, with whatever else the provider keeps beside it; or a new one."""
    if value.raw is not None:
        return dict(value.raw)
    if type in TEXTS:
        return {"answer": [from_rdata(type, value.rdata)[0]]}
    if type == RecordType.CAA:
        return {"answer": [str(part) for part in split_rdata(type, value.rdata).values()]}
    return {"answer": [word.removesuffix(".") for word in value.rdata.split()]}


def _options(zone: Zone, old: RecordSet, new: RecordSet) -> dict[str, Any]:
    """What changes of a set beside its answers; a new one begins with nothing, and the zone's."""
    begins_with = {"networks": zone.extra.get("networks"), "use_client_subnet": True}
    known, wanted = old.raw or begins_with, new.raw or {}
    given = {key: wanted[key] for key in _SET_OPTIONS if key in wanted}
    return {
        key: value
        for key, value in given.items()
        if value != known.get(key) and (value or key in known)
    }


def _is_about_a_record(error: ResourceNotFoundError) -> bool:
    return str(error.value).startswith("record")


def _zone_path(domain: str) -> str:
    return f"/v1/zones/{quote_path_segment(names.zone_name(domain))}"


def _set_path(zone: Zone, key: SetKey) -> str:
    name = quote_path_segment(key.name.removesuffix("."))
    return f"{_zone_path(zone.domain)}/{name}/{key.type}"
