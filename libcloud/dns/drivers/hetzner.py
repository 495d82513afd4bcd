"""
Hetzner's DNS, by the Cloud API.

https://docs.hetzner.cloud/reference/cloud#tag/zones
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.common.hetzner import HetznerBaseDriver, HetznerConnection
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
from libcloud.dns.types import RecordType

__all__ = ["HetznerDNSDriver"]

ZONE_TYPES = {"primary": "master", "secondary": "slave"}
MODES = {"master": "primary", "slave": "secondary"}

_ZONE_KEYS = {"id", "name", "ttl"}


class HetznerDNSDriver(HetznerBaseDriver, RecordSetDNSDriver):
    """
    Hetzner.

    A zone's ``extra`` is what the API says of it: ``mode``, ``status``, ``labels``,
    ``record_count``, ``authoritative_nameservers`` and so on. A record's has ``comment``, if it has
    one, and the ``labels`` of its record set.

    :param key: API token of a project, which may read and write.
    """

    type = "hetzner"
    name = "Hetzner"
    website = "https://www.hetzner.com/dns/"
    connectionCls = HetznerConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.DS: "DS",
        RecordType.HINFO: "HINFO",
        RecordType.HTTPS: "HTTPS",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.RP: "RP",
        RecordType.SOA: "SOA",
        RecordType.SRV: "SRV",
        RecordType.SVCB: "SVCB",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
    }

    default_ttl = None
    value_options = frozenset({"comment"})

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("/zones", "zones"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        """The zone with an ID, or with a name."""
        with about_zone(self, zone_id):
            body = self._request("GET", _zone_path(zone_id))
        return self._to_zone(self._part(body, "zone"))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master`` (the API's ``primary``), or ``slave`` (``secondary``), which demands
            ``primary_nameservers``.
        :param ttl: Of record sets that have none, 3600 if nothing is said.
        :param extra: ``labels``; ``primary_nameservers``: list of ``{"address": ...}``, maybe with
            ``port``, ``tsig_key``, ``tsig_algorithm``.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        extra = extra or {}
        request = {"name": names.zone_name(domain), "mode": MODES.get(type, type)}
        request.update(
            {key: extra[key] for key in ("labels", "primary_nameservers") if extra.get(key)}
        )
        if ttl is not None:
            request["ttl"] = ttl  # type: ignore[assignment]
        with about_zone(self, domain):
            body = self._do("POST", "/zones", request)
        return self._to_zone(self._part(body, "zone"))

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now: a request for each change, and one more.

        :param domain: None or the name that it has: the provider cannot rename a zone.
        :param type: None or the type that it has.
        :param extra: ``labels``, ``primary_nameservers``.
        :raises UnsupportedOperation: another name or type.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if domain is not None and names.zone_name(domain) != names.zone_name(zone.domain):
            raise UnsupportedOperation("Hetzner cannot rename a zone", driver=self)
        if type is not None and type != zone.type:
            raise UnsupportedOperation("Hetzner cannot change a zone's type", driver=self)
        extra, path = extra or {}, _zone_path(zone.id)
        with about_zone(self, zone.id):
            if ttl is not None:
                self._do("POST", f"{path}/actions/change_ttl", {"ttl": ttl}, idempotent=True)
            if "primary_nameservers" in extra:
                request = {"primary_nameservers": extra["primary_nameservers"]}
                action = f"{path}/actions/change_primary_nameservers"
                self._do("POST", action, request, idempotent=True)
            if "labels" in extra:
                self._request("PUT", path, json={"labels": extra["labels"]})
        return self.get_zone(zone.id)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._do("DELETE", _zone_path(zone.id))
        return True

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(f"{_zone_path(zone.id)}/rrsets", "rrsets"):
                yield self._to_set(zone, item)

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        """A request for each; of one that is not there the listing is empty."""
        found = {key: RecordSet(key) for key in keys}
        with about_zone(self, zone.id):
            for key in keys:
                params = {"name": _name(zone, key), "type": key.type}
                path = f"{_zone_path(zone.id)}/rrsets"
                for item in self._iterate_items(path, "rrsets", params):
                    found[key] = self._to_set(zone, item)
        return found

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        The API writes one set at a time: of a change that moves a value, the first request puts it
        where it shall be, and the second takes it away from where it was.
        """
        try:
            for old, new in _in_order(changes):
                self._write_set(zone, old, new)
        except (ResourceExistsError, ResourceNotFoundError) as error:
            # There is such a set by now, or there is none any more.
            raise RecordSetChanged(error.value, driver=self) from error
        except ProviderError as error:
            if error.provider_code == "conflict":
                raise RecordSetChanged(error.value, driver=self) from error
            raise

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        """One by one, with what goes first."""
        for change in _in_order(changes):
            yield [change]

    def _write_set(self, zone: Zone, old: RecordSet, new: RecordSet) -> None:
        """
        Say what changes, so that what others add to the set meanwhile stays.

        https://docs.hetzner.cloud/reference/cloud#tag/zone-rrset-actions
        """
        sets = f"{_zone_path(zone.id)}/rrsets"
        path = f"{sets}/{quote_path_segment(_name(zone, new.key))}/{new.key.type}"
        added = [value for value in new.values if value not in old.values]
        removed = [value for value in old.values if value not in new.values]
        if not new.values:
            self._do("DELETE", path)
            return
        if not old.values:
            request = {
                "name": _name(zone, new.key),
                "type": new.key.type,
                "records": _records(new.values),
                **({} if new.ttl is None else {"ttl": new.ttl}),
                **({"labels": new.raw} if new.raw else {}),
            }
            self._do("POST", sets, request)
            return
        if added and removed:
            request = {"records": _records(new.values)}
            self._do("POST", f"{path}/actions/set_records", request, idempotent=True)
        elif added:
            self._do("POST", f"{path}/actions/add_records", {"records": _records(added)})
        elif removed:
            self._do("POST", f"{path}/actions/remove_records", {"records": _records(removed)})
        if new.ttl != old.ttl:
            self._do("POST", f"{path}/actions/change_ttl", {"ttl": new.ttl}, idempotent=True)
        if new.raw != old.raw:
            self._request("PUT", path, json={"labels": new.raw or {}})

    def _with_extra(self, record_set: RecordSet, extra: Any) -> RecordSet:
        return record_set._replace(raw=extra["labels"]) if "labels" in extra else record_set

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        return {"labels": record_set.raw or {}}

    # Models

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            return Zone(
                id=item["id"],
                domain=names.zone_name(item["name"]),
                type=ZONE_TYPES.get(item["mode"], item["mode"]),
                ttl=item["ttl"],
                driver=self,
                extra={key: value for key, value in item.items() if key not in _ZONE_KEYS},
            )

    def _to_set(self, zone: Zone, item: dict[str, Any]) -> RecordSet:
        with reading(self, item):
            return RecordSet(
                key=SetKey(self._full_name(item["name"], zone), item["type"]),
                ttl=item["ttl"],
                values=tuple(
                    Value(
                        record["value"],
                        {"comment": record["comment"]} if record.get("comment") else {},
                    )
                    for record in item["records"]
                ),
                raw=item["labels"],
            )


def _in_order(changes: Changes) -> list[Any]:
    """
    What is taken away goes last, so that no name is without its records in between; unless its name
    gets records of another type, which a CNAME record would not suffer beside it.
    """
    names_that_stay = {new.key.name for _, new in changes if new.values}

    def place(change: tuple[RecordSet, RecordSet]) -> int:
        new = change[1]
        return 1 if new.values else 0 if new.key.name in names_that_stay else 2

    return sorted(changes, key=place)


def _records(values: Collection[Value]) -> list[dict[str, Any]]:
    return [{"value": value.rdata, **value.extra} for value in values]


def _name(zone: Zone, key: SetKey) -> str:
    return names.to_relative(key.name, zone.domain) or "@"


def _zone_path(zone_id: str) -> str:
    return f"/zones/{quote_path_segment(names.zone_name(str(zone_id)))}"
