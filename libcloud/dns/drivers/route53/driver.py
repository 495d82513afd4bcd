"""Zones and records of Route 53."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from libcloud.common.aws.xml import Element, expect_root, find, findall, findtext, required_text
from libcloud.common.errors import LibcloudError
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.route53.connection import (
    API_ROOT,
    InvalidChangeBatch,
    Route53Connection,
    endpoint_of,
)
from libcloud.dns.drivers.route53.escapes import from_wire_name, to_wire_name
from libcloud.dns.drivers.route53.sets import (
    Node,
    absolute_name,
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
    to_xml,
)
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import TAKEN_APART
from libcloud.dns.record_sets import (
    ATTEMPTS,
    Changes,
    RecordSet,
    RecordSetChanged,
    RecordSetDNSDriver,
    SetKey,
    record_id,
    short_id,
)
from libcloud.dns.types import RecordDoesNotExistError, RecordType, ZoneAlreadyExistsError

__all__ = ["Route53DNSDriver"]

# The most that one answer has.
ZONES_PER_PAGE = 100
RECORD_SETS_PER_PAGE = 300

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
RECORD_TYPES = (
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
)


Item = TypeVar("Item")


class Route53DNSDriver(RecordSetDNSDriver):
    """
    Amazon Route 53.

    A zone's ``extra`` has ``Comment``, ``ResourceRecordSetCount``, ``CallerReference``,
    ``PrivateZone``, and unless it comes from a listing ``NameServers``, what its domain is to be
    delegated to (none for a private zone).

    A record's ``extra`` has ``ttl``; ``_multi_value``, whether its set has other values, and
    ``_other_records``, a list of them, each a dict of ``name``, ``type``, ``data`` and ``extra``.
    In a set with a routing policy (weighted, latency, failover, geolocation ...) it has
    ``set_identifier``, and ``routing`` with the elements of the API that make up the policy.

    An alias record has the type ``ALIAS``, the host that it leads to as data, no TTL, and in
    ``extra["alias"]`` its ``Type`` and what the API has in ``AliasTarget``. It can be deleted;
    changing or creating one is refused.

    Changes are atomic: a set that another process changed meanwhile is read again before the change
    is made anew.

    :param key: Access key ID.
    :param secret: Secret access key.
    :param host: Instead of the region's own.
    :param region: Only the partition matters: ``cn-...`` and ``us-gov-...`` have Route 53 for
        themselves.
    :param token: Session token of temporary credentials.
    :param credentials: In place of key, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    """

    type = "route53"
    name = "Route53 DNS"
    website = "http://aws.amazon.com/route53/"
    connectionCls = Route53Connection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

    # What Amazon's console proposes.
    default_ttl = 300

    texts_in_quotes = True

    def __init__(
        self,
        key: str | None = None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        token: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.token = token
        super().__init__(
            key,
            secret,
            secure=secure,
            host=host or endpoint_of(region).host,
            port=port,
            region=region,
            **kwargs,
        )

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {**super()._ex_connection_class_kwargs(), "token": self.token}

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        def fetch(marker: str | None) -> tuple[list[Zone], str | None]:
            params = {"maxitems": str(ZONES_PER_PAGE), **({"marker": marker} if marker else {})}
            root = self._request("ListHostedZones", "hostedzone", params)
            return self._to_zones(root), self._following(root, "NextMarker")

        return iterate_pages(fetch)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            root = self._request("GetHostedZone", _zone_path(zone_id))
        return self._to_zone_with_servers(root)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a hosted zone and return it.

        Route 53 takes several zones of one domain, and gives each other name servers, so this does
        not raise ZoneAlreadyExistsError for a domain alone: give a ``CallerReference`` (the domain,
        say) to have at most one zone.

        https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html

        :param type: Not looked at: all zones of Route 53 are masters.
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: ``Comment``; ``CallerReference``, by which Route 53 knows a repeated request;
            ``VPC``, a dict of ``VPCRegion`` and ``VPCId``, which makes the zone a private one;
            ``DelegationSetId``.
        :raises ZoneAlreadyExistsError: a zone was created with that ``CallerReference`` already.
        """
        import uuid

        extra = extra or {}
        reference = str(extra.get("CallerReference") or uuid.uuid4())
        vpc = extra.get("VPC") or {}
        body = elements(
            Name=to_wire_name(names.zone_name(domain)),
            VPC=elements(VPCRegion=vpc.get("VPCRegion"), VPCId=vpc.get("VPCId")),
            CallerReference=reference,
            HostedZoneConfig=elements(
                Comment=extra.get("Comment"), PrivateZone="true" if vpc else None
            ),
            DelegationSetId=extra.get("DelegationSetId"),
        )
        try:
            with about_zone(self, domain):
                root = self._post("CreateHostedZone", "hostedzone", body)
        except ZoneAlreadyExistsError:
            # The reference is ours alone, so the zone is: the answer to the first request was lost.
            zone = None if "CallerReference" in extra else self._find_zone(domain, reference)
            if zone is None:
                raise
            return zone
        return self._to_zone_with_servers(root)

    def delete_zone(self, zone: Zone, ex_delete_records: bool = False) -> bool:
        """
        Delete a hosted zone, and return True.

        :param ex_delete_records: Delete its records first, see :meth:`ex_delete_all_records`.
        :raises ConflictError: it has records beside its own SOA and NS.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if ex_delete_records:
            self.ex_delete_all_records(zone)
        with about_zone(self, zone.id):
            self._request("DeleteHostedZone", _zone_path(zone.id), method="DELETE")
        return True

    def _find_zone(self, domain: str, reference: str) -> Zone | None:
        params = {"dnsname": to_wire_name(names.zone_name(domain)), "maxitems": str(ZONES_PER_PAGE)}
        root = self._request("ListHostedZonesByName", "hostedzonesbyname", params)
        zones = self._to_zones(root)
        return next((z for z in zones if z.extra["CallerReference"] == reference), None)

    # Records beyond the contract

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

    def delete_record(self, record: Record) -> bool:
        if record.type == RecordType.ALIAS:
            return self._delete_alias(record)
        return super().delete_record(record)

    def _delete_alias(self, record: Record) -> bool:
        key, _ = self._place_of(record)
        key = key._replace(type=record.extra["alias"]["Type"])

        def nothing(sets: Mapping[SetKey, RecordSet]) -> dict[SetKey, RecordSet]:
            if alias_target(sets[key]) is None:
                raise RecordDoesNotExistError("No such record", self, record.id)
            return {key: RecordSet(key)}

        self._change(record.zone, [key], nothing)
        return True

    # Record sets

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
                path = f"{_zone_path(zone.id)}/rrset"
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
            if new.values and alias_target(old) is not None:
                raise LibcloudError(
                    f"{old.key.name} has an alias record of type {old.key.type}: delete it first",
                    driver=self,
                )
        deleted = [change("DELETE", nodes(old)) for old, _ in changes if old.raw is not None]
        created = [change("CREATE", to_wire(new)) for _, new in changes if new.values]
        self._change_sets(zone, [*deleted, *created])

    def _change_sets(self, zone: Zone, changes: list[Node]) -> None:
        body = elements(ChangeBatch=elements(Changes=changes))
        try:
            with about_zone(self, zone.id):
                self._post("ChangeResourceRecordSets", f"{_zone_path(zone.id)}/rrset", body)
        except InvalidChangeBatch as error:
            if error.says_that_a_set_has_changed:
                raise RecordSetChanged(error.value, driver=self) from error
            raise

    # Requests and models

    def _request(
        self,
        operation: str,
        path: str,
        params: dict[str, str] | None = None,
        method: str = "GET",
        **options: Any,
    ) -> Element:
        """
        Send a request and return the root of its answer.

        :param operation: The API's name for it, and the beginning of its answer's.
        """
        response = self.connection.request(
            f"{API_ROOT}{path}", params=params, method=method, **options
        )
        return expect_root(response.object, f"{operation}Response", response.body, self)

    def _following(self, root: Element, tag: str) -> str | None:
        """
        Where the next page of a listing begins, None after the last one.

        :raises MalformedResponseError: the listing goes on, and does not say where.
        """
        goes_on = findtext(root, "IsTruncated") == "true"
        return required_text(root, tag, self) if goes_on else None

    def _post(self, operation: str, path: str, content: list[Node]) -> Element:
        """
        Send a request with a body.

        It may be sent twice: a zone is created under a reference, and a change of records names
        what it takes for granted.
        """
        return self._request(
            operation,
            path,
            method="POST",
            data=to_xml(f"{operation}Request", content),
            headers={"Content-Type": "application/xml"},
            idempotent=True,
        )

    def _to_zone_with_servers(self, root: Element) -> Zone:
        zone = self._to_zone(find(root, "HostedZone"))
        servers = findall(root, "DelegationSet/NameServers/NameServer")
        zone.extra["NameServers"] = [server.text for server in servers]
        return zone

    def _to_zones(self, data: Element) -> list[Zone]:
        return [self._to_zone(elem) for elem in findall(data, "HostedZones/HostedZone")]

    def _to_zone(self, elem: Element) -> Zone:
        with reading(self, elem):
            return Zone(
                id=required_text(elem, "Id", self).removeprefix("/hostedzone/"),
                domain=names.zone_name(from_wire_name(required_text(elem, "Name", self))),
                type="master",
                ttl=None,
                driver=self,
                extra={
                    "Comment": findtext(elem, "Config/Comment"),
                    "ResourceRecordSetCount": int(findtext(elem, "ResourceRecordSetCount") or 0),
                    "CallerReference": findtext(elem, "CallerReference"),
                    "PrivateZone": findtext(elem, "Config/PrivateZone") == "true",
                },
            )

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
        alias = Record(
            id=record_id(key.type, name, target["DNSName"], key.identifier),
            name=name,
            type=RecordType.ALIAS,
            data=from_wire_name(target["DNSName"]),
            zone=zone,
            driver=self,
            extra={"alias": {"Type": key.type, **target}, **routing(record_set)},
        )
        return [alias]

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


def _zone_path(zone_id: str) -> str:
    return f"hostedzone/{quote(zone_id.removeprefix('/hostedzone/'), safe='')}"
