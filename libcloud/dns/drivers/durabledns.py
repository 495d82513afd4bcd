"""
DurableDNS, which does not answer any more.

What it knew is in https://metacpan.org/pod/Net::DNS::DurableDNS and in
https://github.com/acmesh-official/acme.sh/blob/master/dnsapi/dns_durabledns.sh.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.durabledns import DurableConnection, DurableResponse
from libcloud.common.errors import UnsupportedOperation
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.types import RecordType

__all__ = [
    "DEFAULT_TTL",
    "RECORD_EXTRA_PARAMS_DEFAULT_VALUES",
    "ZONE_EXTRA_PARAMS_DEFAULT_VALUES",
    "DurableDNSConnection",
    "DurableDNSDriver",
    "DurableDNSResponse",
]

DEFAULT_TTL = 3600

ZONE_EXTRA_PARAMS_DEFAULT_VALUES: dict[str, Any] = {
    "ns": "ns1.durabledns.com.",
    "mbox": "support.durabledns.com",
    "refresh": "28800",
    "retry": 7200,
    "expire": 604800,
    "minimum": 82000,
    "xfer": "",
    "update_acl": "",
}
RECORD_EXTRA_PARAMS_DEFAULT_VALUES = {"aux": 0, "ttl": DEFAULT_TTL}

_NUMBERS = ("retry", "expire", "minimum")

# Of longer data, the listing has only the beginning.
_LISTED_LENGTH = 30


class DurableDNSResponse(DurableResponse):
    """An answer."""


class DurableDNSConnection(DurableConnection):
    """A connection."""

    responseCls = DurableDNSResponse


class DurableDNSDriver(DNSDriver):
    """
    DurableDNS.

    A zone's ``extra`` has ``ns``, ``mbox``, ``serial``, ``refresh``, ``retry``, ``expire``,
    ``minimum``, ``xfer`` and ``update_acl``. A record's has ``aux``, which is the priority where
    the type has one, ``ttl``, and ``priority``, ``weight`` and ``port`` where the type has them.

    :param key: API user.
    :param secret: API key.
    """

    type = "durabledns"
    name = "DurableDNS"
    website = "https://durabledns.com"
    connectionCls = DurableDNSConnection
    default_ttl = DEFAULT_TTL
    provider_closed = (
        "its API has not answered since September 2023. "
        "See https://github.com/acmesh-official/acme.sh/issues/2281"
    )

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.HINFO: "HINFO",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.RP: "RP",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones of the account: a request for the list, and one for each zone."""
        items = self.connection.call("list_zones", {})
        for item in items:
            with reading(self, item):
                origin = item["origin"]
            yield self.get_zone(origin)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            items = self.connection.call("get_zone", {"zonename": _origin(zone_id)})
        with reading(self, items):
            return self._to_zone(items[0])

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
        :param extra: What not to take from :data:`ZONE_EXTRA_PARAMS_DEFAULT_VALUES`.
        """
        if type != "master":
            raise UnsupportedOperation("DurableDNS has only master zones", driver=self)
        values = _zone_values(domain, ttl, ZONE_EXTRA_PARAMS_DEFAULT_VALUES, extra)
        with about_zone(self, domain):
            self.connection.call("create_zone", values, repeatable=False)
        return self.get_zone(domain)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now.

        :param domain: The one that the zone has, or None: zones cannot be renamed.
        :param type: Not looked at: there are only masters.
        """
        if domain is not None and names.zone_name(domain) != names.zone_name(zone.domain):
            raise UnsupportedOperation("DurableDNS cannot rename a zone", driver=self)
        there = {**ZONE_EXTRA_PARAMS_DEFAULT_VALUES, **zone.extra}
        values = _zone_values(zone.domain, zone.ttl if ttl is None else ttl, there, extra)
        with about_zone(self, zone.id):
            self.connection.call("update_zone", values)
        return self.get_zone(zone.id)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.call("delete_zone", {"zonename": _origin(zone.domain)})
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone: a request for the list, and one for each record whose data is so long
        that the list has only its beginning.
        """
        with about_zone(self, zone.id):
            items = self.connection.call("list_records", {"zonename": _origin(zone.domain)})
        for item in items:
            with reading(self, item):
                is_whole = len(item["data"]) < _LISTED_LENGTH and {"type", "ttl"} <= item.keys()
            yield self._to_record(item, zone) if is_whole else self._read_record(zone, item["id"])

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        return self._read_record(self.get_zone(zone_id), record_id)

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

        :param extra: ``ttl`` in seconds; ``priority``, which may be called ``aux`` as well;
            ``weight`` and ``port``.
        """
        wanted = new_content(self, zone, name, type, data, _with_priority(extra))
        values = {"type": wanted.type, **_record_values(wanted, zone)}
        with about_new_record(self, zone.id, name):
            ids = self.connection.call("create_record", values, repeatable=False)
        with reading(self, ids):
            return self._to_record({**values, "id": int(ids[0])}, zone)

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

        :param type: The one that the record has: the provider cannot change it.
        """
        if type not in (None, record.type):
            raise UnsupportedOperation("DurableDNS cannot change a record's type", driver=self)
        zone = record.zone
        wanted = changed_content(self, record, name, type, data, _with_priority(extra))
        values = {"id": record.id, **_record_values(wanted, zone)}
        with about_record(self, record.id):
            self.connection.call("update_record", values)
        return self._to_record({**values, "type": wanted.type}, zone)

    def delete_record(self, record: Record) -> bool:
        values = {"zonename": _origin(record.zone.domain), "id": record.id}
        with about_record(self, record.id):
            self.connection.call("delete_record", values)
        return True

    def _read_record(self, zone: Zone, record_id: str) -> Record:
        values = {"zonename": _origin(zone.domain), "recordid": record_id}
        with about_record(self, record_id):
            items = self.connection.call("get_record", values)
        with reading(self, items):
            return self._to_record(items[0], zone)

    # Models

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {key: item[key] for key in item if key not in ("origin", "ttl")}
            extra.update({key: int(item[key]) for key in _NUMBERS})
            domain = names.zone_name(item["origin"])
            return Zone(item["origin"], domain, "master", int(item["ttl"]), self, extra)

    def _to_record(self, item: dict[str, Any], zone: Zone | None = None) -> Record:
        owner: Any = zone
        with reading(self, item):
            type, data = item["type"], item["data"]
            aux, ttl = int(item.get("aux") or 0), int(item["ttl"])
            parts = {"priority": aux, "target": data, "value": data}
            words = data.split()
            if type == RecordType.SRV and len(words) == 3:
                parts["weight"], parts["port"], parts["target"] = words
            numbers: dict[str, int] = {}
            if type in (RecordType.MX, RecordType.SRV):
                data, numbers = data_and_extra(type, parts)
            return Record(
                id=item["id"],
                name=names.to_relative(item["name"], owner.domain),
                type=type,
                data=data,
                zone=owner,
                driver=self,
                ttl=ttl,
                extra={"aux": aux, "ttl": ttl, **numbers},
            )


def _origin(domain: str) -> str:
    return f"{names.zone_name(domain)}."


def _zone_values(
    domain: str, ttl: int | None, there: dict[str, Any], extra: dict[str, Any] | None
) -> dict[str, Any]:
    known = {key: {**there, **(extra or {})}[key] for key in ZONE_EXTRA_PARAMS_DEFAULT_VALUES}
    return {"zonename": _origin(domain), "ttl": DEFAULT_TTL if ttl is None else ttl, **known}


def _with_priority(extra: dict[str, Any] | None) -> dict[str, Any]:
    """``extra`` with ``priority``, also where it is called ``aux``."""
    given = dict(extra or {})
    if given.get("aux") is not None:
        given.setdefault("priority", given["aux"])
    return given


def _record_values(wanted: Content, zone: Zone) -> dict[str, Any]:
    """The parameters of a record: its priority apart, and its text as it is."""
    rdata, numbers = wanted.rdata, wanted.numbers
    if "priority" in numbers:
        rdata = rdata.partition(" ")[2]
    return {
        "zonename": _origin(zone.domain),
        "name": wanted.name,
        "data": wanted.data if wanted.type == RecordType.TXT else rdata,
        "aux": int(numbers.get("priority", wanted.extra.get("aux") or 0)),
        "ttl": wanted.ttl,
        "ddns_enabled": "N",
    }
