"""
Records and the sets that they are in: plain ones, aliases, routing policies.

API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from libcloud.common.aws.xml import Element, findall, findtext, required_text
from libcloud.common.errors import LibcloudError
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.route53.connection import InvalidChangeBatch
from libcloud.dns.drivers.route53.escapes import from_wire_name, to_wire_name
from libcloud.dns.drivers.route53.room import Room, zone_path
from libcloud.dns.drivers.route53.sets import (
    Node,
    absolute_name,
    alias,
    alias_target,
    batches,
    change,
    elements,
    nodes,
    plain_sets,
    rdata_of,
    routing,
    to_set,
    to_wire,
    with_routing,
)
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import TAKEN_APART
from libcloud.dns.record_sets import (
    ATTEMPTS,
    Changes,
    RecordSet,
    RecordSetChanged,
    SetKey,
    record_id,
    short_id,
)
from libcloud.dns.types import RecordAlreadyExistsError, RecordDoesNotExistError, RecordType

__all__ = ["Records"]

RECORD_SETS_PER_PAGE = 300
"""The most that one answer has."""

Item = TypeVar("Item")


class Records(Room):
    """Operations on records."""

    # What Amazon's console proposes.
    default_ttl = 300

    texts_in_quotes = True

    def ex_create_multi_value_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> list[Record]:
        """
        Create several records of one name and type at once, all or none.

        :param data: Their values, one a line.
        :return: The records, in that order.
        :raises RecordAlreadyExistsError: one of them exists.
        """
        values = [line.strip() for line in data.splitlines() if line.strip()]
        return self._create_values(zone, name, type, values, extra or {})

    def ex_delete_all_records(self, zone: Zone) -> None:
        """
        Delete all records of a zone but its own SOA and NS: alias records and those with a routing
        policy too.

        Each thousand values are one change, which is done as a whole or not at all.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        for attempt in range(ATTEMPTS):
            try:
                self._delete_all_records(zone)
                return
            except RecordSetChanged:
                if attempt == ATTEMPTS - 1:
                    raise

    def _delete_all_records(self, zone: Zone) -> None:
        apex = names.to_absolute("", zone.domain)
        own = {SetKey(apex, RecordType.NS), SetKey(apex, RecordType.SOA)}
        sets = [record_set for record_set in self._iterate_sets(zone) if record_set.key not in own]
        for batch in batches([(each, RecordSet(each.key)) for each in sets]):
            self._write_sets(zone, batch)

    # Alias records

    def ex_create_alias_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        target: str,
        hosted_zone_id: str,
        evaluate_target_health: bool = False,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create an alias record and return it: it answers with what another name has, of the same
        zone or of a service of Amazon.

        https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html

        :param type: What is looked up: ``A``, ``AAAA`` ...
        :param target: The other name: a load balancer's, a distribution's, a bucket's ...
        :param hosted_zone_id: ID of the zone that the other name is in. Each service has its own;
            a load balancer says what its is.
        :param evaluate_target_health: Whether it goes by the health of what it leads to.
        :param extra: ``set_identifier`` and ``routing``, for one with a routing policy.
        :raises RecordAlreadyExistsError: the name has an alias record of that type.
        :raises LibcloudError: the name has other records of that type.
        """
        extra = extra or {}
        key = self._new_key(zone, name, type, extra)
        wanted = {
            "HostedZoneId": hosted_zone_id,
            "DNSName": names.target_name(target, zone.domain),
            "EvaluateTargetHealth": evaluate_target_health,
        }

        def create(sets: Mapping[SetKey, RecordSet]) -> dict[SetKey, RecordSet]:
            there = self._records(zone, sets[key])
            if there:
                what = f"{key.name} has a record of type {key.type} already"
                raise RecordAlreadyExistsError(what, self, there[0].id)
            return {key: self._with_extra(RecordSet(key, raw=[alias(wanted)]), extra)}

        return self._records(zone, self._change(zone, [key], create)[key])[0]

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        As the contract has it.

        An alias record takes another target as ``data``, and in ``extra`` the keys of ``alias``
        that change (``HostedZoneId``, ``EvaluateTargetHealth``) and ``routing``. Its name and type
        stay.
        """
        if record.type != RecordType.ALIAS:
            return super().update_record(record, name, type, data, extra)
        zone, new, key = record.zone, extra or {}, self._alias_key(record)
        moves = name is not None and self._full_name(name, zone) != key.name
        if moves or type not in (None, RecordType.ALIAS):
            raise LibcloudError("An ALIAS record cannot move: create another one", driver=self)

        def update(sets: Mapping[SetKey, RecordSet]) -> dict[SetKey, RecordSet]:
            target = self._found_alias(sets[key], record)
            target.update(new.get("alias") or {})
            if data is not None:
                target["DNSName"] = names.target_name(data, zone.domain)
            parts = dict([*nodes(sets[key]), alias(target)])
            return {key: self._with_extra(RecordSet(key, raw=list(parts.items())), new)}

        return self._records(zone, self._change(zone, [key], update)[key])[0]

    def delete_record(self, record: Record) -> bool:
        if record.type != RecordType.ALIAS:
            return super().delete_record(record)
        key = self._alias_key(record)

        def nothing(sets: Mapping[SetKey, RecordSet]) -> dict[SetKey, RecordSet]:
            self._found_alias(sets[key], record)
            return {key: RecordSet(key)}

        self._change(record.zone, [key], nothing)
        return True

    def _alias_key(self, record: Record) -> SetKey:
        name = self._full_name(record.name, record.zone)
        return SetKey(name, record.extra["alias"]["Type"], record.extra.get("set_identifier"))

    def _found_alias(self, record_set: RecordSet, record: Record) -> dict[str, Any]:
        target = alias_target(record_set)
        if target is None:
            raise RecordDoesNotExistError("No such record", self, record.id)
        return target

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        return self._listing(
            zone, lambda root: self._to_records(root, zone), {}, RECORD_SETS_PER_PAGE
        )

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        for record_set in self._sets_from(zone, {}, RECORD_SETS_PER_PAGE):
            yield record_set._replace(raw=nodes(record_set))

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        return batches(changes)

    def _sets_of(self, zone: Zone, name: str, type: str) -> Iterable[RecordSet]:
        if type not in self.RECORD_TYPE_MAP:
            return
        # The listing is sorted: what is asked for comes first, or not at all.
        start = {"name": to_wire_name(name), "type": type}
        for record_set in self._sets_from(zone, start, per_page=10):
            if record_set.key[:2] != (name, type):
                return
            yield record_set

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        found = {s.key: s for key in keys for s in self._sets_of(zone, key.name, key.type)}
        return {key: found.get(key, RecordSet(key)) for key in keys}

    def _sets_from(self, zone: Zone, start: dict[str, str], per_page: int) -> Iterator[RecordSet]:
        """The record sets of a zone, from a name and type on."""
        return self._listing(zone, self._to_sets, start, per_page)

    def _listing(
        self,
        zone: Zone,
        read: Callable[[Element], list[Item]],
        start: dict[str, str],
        per_page: int,
    ) -> Iterator[Item]:
        """
        What is read of each page of a zone's record sets, from a name and type on.

        https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
        """

        def fetch(place: dict[str, str]) -> tuple[list[Item], dict[str, str] | None]:
            params = {**place, "maxitems": str(per_page)}
            with about_zone(self, zone.id):
                path = f"{zone_path(zone.id)}/rrset"
                root = self._request("ListResourceRecordSets", path, params)
            with reading(self, root):
                items = read(root)
            name = self._following(root, "NextRecordName")
            if name is None:
                return items, None
            following = {"name": name, "type": required_text(root, "NextRecordType", self)}
            identifier = findtext(root, "NextRecordIdentifier")
            return items, {**following, **({"identifier": identifier} if identifier else {})}

        return iterate_pages(fetch, start)

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        Delete the sets exactly as they were and create them as they shall be, in one batch, which
        Route 53 does as a whole, or refuses when one of the sets has changed.
        """
        for old, new in changes:
            if alias_target(old) is not None and new.values:
                raise LibcloudError(
                    f"{old.key.name} has an alias record of type {old.key.type}: delete it first",
                    driver=self,
                )
        deleted = [change("DELETE", nodes(old)) for old, _ in changes if old.raw is not None]
        created = [
            change("CREATE", to_wire(new)) for _, new in changes if new.values or alias_target(new)
        ]
        self._change_sets(zone, [*deleted, *created])

    def _change_sets(self, zone: Zone, changes: list[Node]) -> None:
        body = elements(ChangeBatch=elements(Changes=changes))
        try:
            with about_zone(self, zone.id):
                self._post("ChangeResourceRecordSets", f"{zone_path(zone.id)}/rrset", body)
        except InvalidChangeBatch as error:
            if error.says_that_a_set_has_changed:
                raise RecordSetChanged(error.value, driver=self) from error
            raise

    def _to_sets(self, root: Element) -> list[RecordSet]:
        return [
            to_set(element) for element in findall(root, "ResourceRecordSets/ResourceRecordSet")
        ]

    def _to_records(self, data: Element, zone: Zone) -> list[Record]:
        plain = plain_sets(data)
        if plain is None:
            return [record for each in self._to_sets(data) for record in self._records(zone, each)]
        return list(self._plain_records(zone, plain))

    def _plain_records(self, zone: Zone, plain: Iterable[tuple[str, ...]]) -> Iterator[Record]:
        """What ``_records`` makes of such sets, without making the sets."""
        suffix = f".{names.zone_name(zone.domain)}."
        for wire_name, type, ttl, value in plain:
            name = absolute_name(wire_name)
            if name.endswith(suffix):
                name = name[: -len(suffix)]
            else:
                name = names.to_relative(name, zone.domain)
            extra: dict[str, Any] = {"ttl": int(ttl), "_multi_value": False}
            data = value
            if type in TAKEN_APART:
                data, numbers = self._data_of(type, rdata_of(type, value))
                extra.update(numbers)
            yield Record(short_id(type, name), name, type, data, zone, self, extra["ttl"], extra)

    def _to_record(self, elem: Element, zone: Zone, index: int = 0) -> Record:
        """
        :param index: Which of the values of the set.
        """
        return self._records(zone, to_set(elem))[index]

    def _full_name(self, name: str | None, zone: Zone) -> str:
        if name and name.startswith(r"\052"):
            # What the wildcard was in listings of 3.x.
            name = f"*{name[4:]}"
        return super()._full_name(name, zone)

    def _records(self, zone: Zone, record_set: RecordSet) -> list[Record]:
        target = alias_target(record_set)
        if target is None:
            return super()._records(zone, record_set)
        key = record_set.key
        name = names.to_relative(key.name, zone.domain)
        record = Record(
            id=record_id(key.type, name, target["DNSName"], key.identifier),
            name=name,
            type=RecordType.ALIAS,
            data=from_wire_name(target["DNSName"]),
            zone=zone,
            driver=self,
            extra={"alias": {"Type": key.type, **target}, **routing(record_set)},
        )
        return [record]

    def _are_alike(self, one: RecordSet, other: RecordSet) -> bool:
        alike = alias_target(one) == alias_target(other) and routing(one) == routing(other)
        return alike and super()._are_alike(one, other)

    def _new_key(self, zone: Zone, name: str | None, type: str, extra: Mapping[str, Any]) -> SetKey:
        key = super()._new_key(zone, name, type, extra)
        return key._replace(identifier=extra.get("set_identifier"))

    def _with_extra(self, record_set: RecordSet, extra: Mapping[str, Any]) -> RecordSet:
        """``routing`` has the elements of the policy that change; None takes one away."""
        policy = extra.get("routing")
        return with_routing(record_set, policy) if policy else record_set

    def _record_id(self, name: str, record_set: RecordSet, position: int) -> str:
        """Without the value where there is one only, as it has been since long ago."""
        key = record_set.key
        if len(record_set.values) == 1 and key.identifier is None:
            return short_id(key.type, name)
        return super()._record_id(name, record_set, position)

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        several = len(record_set.values) > 1
        others = record_set.without(position).values if several else ()
        extra: dict[str, Any] = {
            "ttl": record_set.ttl,
            "_multi_value": several,
            **routing(record_set),
        }
        if others:
            name = names.to_relative(record_set.key.name, zone.domain)
            type = record_set.key.type
            extra["_other_records"] = [
                {
                    "name": name,
                    "data": data,
                    "type": type,
                    "extra": {"ttl": record_set.ttl, **numbers},
                }
                for data, numbers in (self._data_of(type, other.rdata) for other in others)
            ]
        return extra
