"""
Azure DNS: public zones.

https://learn.microsoft.com/en-us/rest/api/dns/
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from libcloud.common.azure_arm import AzureBaseDriver, AzureResourceManagementConnection
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ConflictError,
    InvalidRequestError,
    LibcloudError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.dns import names
from libcloud.dns.base import Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import join_rdata, split_rdata
from libcloud.dns.record_sets import (
    Changes,
    RecordSet,
    RecordSetChanged,
    RecordSetDNSDriver,
    SetKey,
    Value,
)
from libcloud.dns.types import RecordType, ZoneDoesNotExistError

__all__ = ["AzureDNSDriver"]

# https://learn.microsoft.com/en-us/rest/api/dns/record-sets?view=rest-dns-2018-05-01
API_VERSION = {"api-version": "2018-05-01"}

# Type -> where a set has its values, and what the API calls the parts of one.
_VALUES: dict[str, tuple[str, dict[str, str]]] = {
    RecordType.A: ("ARecords", {"value": "ipv4Address"}),
    RecordType.AAAA: ("AAAARecords", {"value": "ipv6Address"}),
    RecordType.CAA: ("caaRecords", {"flags": "flags", "tag": "tag", "value": "value"}),
    RecordType.CNAME: ("CNAMERecord", {"value": "cname"}),
    RecordType.MX: ("MXRecords", {"priority": "preference", "target": "exchange"}),
    RecordType.NS: ("NSRecords", {"value": "nsdname"}),
    RecordType.PTR: ("PTRRecords", {"value": "ptrdname"}),
    RecordType.SOA: (
        "SOARecord",
        {
            "mname": "host",
            "rname": "email",
            "serial": "serialNumber",
            "refresh": "refreshTime",
            "retry": "retryTime",
            "expire": "expireTime",
            "minimum": "minimumTTL",
        },
    ),
    RecordType.SRV: (
        "SRVRecords",
        {"priority": "priority", "weight": "weight", "port": "port", "target": "target"},
    ),
    RecordType.TXT: ("TXTRecords", {"value": "value"}),
}

# Their sets have one value, and no list.
_SINGLE = frozenset({RecordType.CNAME, RecordType.SOA})

_HOSTS = frozenset({RecordType.CNAME, RecordType.MX, RecordType.NS, RecordType.PTR, RecordType.SRV})

_ZONE_ID = re.compile(
    r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\.Network/dnszones/([^/]+)",
    re.IGNORECASE,
)
_STRING_IN_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"')


class AzureDNSDriver(AzureBaseDriver, RecordSetDNSDriver):
    """
    Azure DNS.

    A zone's ID is its resource ID (``/subscriptions/.../dnszones/example.com``). Its ``extra`` has
    ``resource_group``, ``etag``, ``location``, ``tags`` and what the API calls its properties:
    ``nameServers``, ``numberOfRecordSets``, ``maxNumberOfRecordSets``, ``zoneType``.

    A record's ``extra`` has ``metadata`` of its set, if that has any; it can be given as well.

    A set that another process changed meanwhile is read again before the change is made anew. A
    change of two sets, which is what a new name is, is two requests: the new set comes first, and
    goes again if the old one cannot be changed.

    :param tenant_id: ID of the directory (tenant).
    :param subscription_id: ID of the subscription.
    :param key: The application's (client) ID.
    :param secret: Its client secret.
    :param ex_resource_group: Resource group that zones are listed of, found in by their names, and
        created in. Without it all zones of the subscription are listed.
    :param cloud_environment: ``AzureChinaCloud``, ``AzureUSGovernment``, or a dict like those of
        ``libcloud.common.azure_arm.publicEnvironments``.
    """

    type = "azure_dns"
    name = "Azure DNS"
    website = "https://azure.microsoft.com/products/dns/"
    connectionCls = AzureResourceManagementConnection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in _VALUES}

    def __init__(
        self,
        tenant_id: str,
        subscription_id: str,
        key: str,
        secret: str,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_resource_group: str | None = None,
        cloud_environment: str | Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.tenant_id = tenant_id
        self.subscription_id = subscription_id
        self.ex_resource_group = ex_resource_group
        # By name: the connection has other parameters in their places.
        self._options: dict[str, Any] = {
            "tenant_id": tenant_id,
            "subscription_id": subscription_id,
            "cloud_environment": cloud_environment,
            **({} if host is None else {"host": host}),
            **({} if port is None else {"port": port}),
        }
        super().__init__(key, secret, secure, **kwargs)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return self._options

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        provider = "providers/Microsoft.Network"
        path = f"{self._subscription_path()}/{provider}/dnszones"
        if self.ex_resource_group:
            path = f"{self._group_path(self.ex_resource_group)}/{provider}/dnsZones"
        for item in self.connection.iterate_items(path, API_VERSION):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        """
        The zone with a resource ID.

        :param zone_id: The name alone does as well: with ``ex_resource_group`` in one request,
            without by a look through all zones.
        """
        if not _ZONE_ID.fullmatch(zone_id):
            if not self.ex_resource_group:
                domain = names.zone_name(zone_id)
                for zone in self.iterate_zones():
                    if zone.domain == domain:
                        return zone
                raise ZoneDoesNotExistError("No such zone", self, zone_id)
            path = self._path_of(self.ex_resource_group, names.zone_name(zone_id))
        else:
            path = self._zone_path(zone_id)
        with about_zone(self, zone_id):
            return self._to_zone(self.connection.request(path, params=API_VERSION).object)

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
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: ``resource_group``, if it is not the driver's; ``tags``, a dict.
        :raises InvalidRequestError: there is no resource group.
        :raises ZoneAlreadyExistsError: the resource group has that zone.
        """
        if type != "master":
            raise UnsupportedOperation("Azure has only master zones", driver=self)
        domain, extra = names.zone_name(domain), dict(extra or {})
        group = extra.pop("resource_group", None) or self.ex_resource_group
        if not group:
            raise InvalidRequestError(
                "A zone is created in a resource group: ex_resource_group= of the driver, or "
                "resource_group in extra",
                driver=self,
            )
        with about_zone(self, domain):
            try:
                body = self.connection.request(
                    self._path_of(group, domain),
                    method="PUT",
                    params=API_VERSION,
                    json={"location": "global", **extra},
                    headers={"If-None-Match": "*"},
                    # Sent twice, the zone would exist already.
                    idempotent=False,
                ).object
            except ConflictError as error:
                if error.http_code != 412:
                    raise
                exists = ResourceExistsError(error.value, driver=self)
                exists.http_code, exists.provider_code = error.http_code, error.provider_code
                exists.request_id = error.request_id
                raise exists from error
        return self._to_zone(body)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone's tags and return it as it is now.

        :param domain: None or the name that it has: a zone cannot be renamed.
        :param type: Not looked at.
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: ``tags``, a dict of all tags that it shall have.
        :raises UnsupportedOperation: ``domain`` is another name.
        """
        if domain is not None and names.zone_name(domain) != zone.domain:
            raise UnsupportedOperation("Azure cannot rename a zone", driver=self)
        path, tags = self._zone_path(zone.id), (extra or {}).get("tags", zone.extra.get("tags"))
        with about_zone(self, zone.id):
            body = self.connection.request(
                path, method="PATCH", params=API_VERSION, json={"tags": tags or {}}
            ).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        """Delete a zone with all its records, wait until that is done, and return True."""
        path = self._zone_path(zone.id)
        with about_zone(self, zone.id):
            response = self.connection.request(path, method="DELETE", params=API_VERSION)
        if response.status == 204:
            raise ZoneDoesNotExistError("No such zone", self, zone.id)
        self.connection.wait_for_operation(response)
        return True

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        path = f"{self._zone_path(zone.id)}/recordsets"
        with about_zone(self, zone.id):
            for item in self.connection.iterate_items(path, API_VERSION):
                with reading(self, item):
                    record_set = _to_set(item, zone)
                # What an alias set answers is in another resource.
                if record_set.values:
                    yield record_set

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        return {key: self._read_set(zone, key) for key in keys}

    def _read_set(self, zone: Zone, key: SetKey) -> RecordSet:
        path = self._set_path(zone, key)
        with about_zone(self, zone.id):
            try:
                item = self.connection.request(path, params=API_VERSION).object
            except ResourceNotFoundError as error:
                if error.provider_code == "NotFound":
                    return RecordSet(key)
                raise
        with reading(self, item):
            record_set = _to_set(item, zone)
        if not record_set.values:
            raise UnsupportedOperation(
                f"{key.name} {key.type} is an alias, which cannot be changed here", driver=self
            )
        return record_set._replace(key=key)

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        One request for each set, those first that have values.

        When one fails, what was written before is written back as it was.
        """
        written: list[tuple[RecordSet, RecordSet]] = []
        for old, new in sorted(changes, key=lambda pair: not pair[1].values):
            try:
                written.append((self._write_set(zone, old, new), old))
            except LibcloudError:
                for is_now, was in reversed(written):
                    with contextlib.suppress(LibcloudError):
                        self._write_set(zone, is_now, was)
                raise

    def _write_set(self, zone: Zone, old: RecordSet, new: RecordSet) -> RecordSet:
        """
        Write a set, unless it is not any more what it was.

        :return: The set with its new etag.
        """
        etag = (old.raw or {}).get("etag") if old.values else None
        headers = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        path = self._set_path(zone, new.key)
        with about_zone(self, zone.id):
            try:
                if not new.values:
                    self.connection.request(
                        path, method="DELETE", params=API_VERSION, headers=headers if etag else {}
                    )
                    return new
                body = self.connection.request(
                    path, method="PUT", params=API_VERSION, json=_to_item(new), headers=headers
                ).object
            except ConflictError as error:
                if error.http_code != 412:
                    raise
                raise RecordSetChanged(error.value, error.http_code, self) from error
        with reading(self, body):
            return new._replace(raw={**(new.raw or {}), "etag": body["etag"]})

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        """One by one: the API takes no more at once."""
        for pair in changes:
            yield [pair]

    def _set_extra(self, zone: Zone, record_set: RecordSet, position: int) -> dict[str, Any]:
        metadata = (record_set.raw or {}).get("metadata")
        return {"metadata": metadata} if metadata else {}

    def _with_extra(self, record_set: RecordSet, extra: Mapping[str, Any]) -> RecordSet:
        if "metadata" not in extra:
            return record_set
        return record_set._replace(
            raw={**(record_set.raw or {}), "metadata": extra["metadata"] or {}}
        )

    # Paths and models

    def _subscription_path(self) -> str:
        return f"/subscriptions/{quote_path_segment(self.subscription_id)}"

    def _group_path(self, group: str) -> str:
        return f"{self._subscription_path()}/resourceGroups/{quote_path_segment(group)}"

    def _path_of(self, group: str, domain: str) -> str:
        provider = "providers/Microsoft.Network/dnsZones"
        return f"{self._group_path(group)}/{provider}/{quote_path_segment(domain)}"

    def _zone_path(self, zone_id: str) -> str:
        match = _ZONE_ID.fullmatch(zone_id)
        if match is None:
            raise ZoneDoesNotExistError("That is no resource ID of a zone", self, zone_id)
        subscription, group, domain = match.groups()
        return (
            f"/subscriptions/{subscription}/resourceGroups/{group}"
            f"/providers/Microsoft.Network/dnsZones/{domain}"
        )

    def _set_path(self, zone: Zone, key: SetKey) -> str:
        name = names.to_relative(key.name, zone.domain) or "@"
        return f"{self._zone_path(zone.id)}/{key.type}/{quote_path_segment(name)}"

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            match = _ZONE_ID.fullmatch(item["id"])
            if match is None:
                raise ValueError("the ID is not one of a zone")
            extra = {
                "resource_group": match[2],
                "etag": item.get("etag"),
                "location": item.get("location"),
                "tags": item.get("tags") or {},
                **item["properties"],
            }
            domain = names.zone_name(item["name"])
            return Zone(item["id"], domain, "master", None, self, extra)


def _to_set(item: dict[str, Any], zone: Zone) -> RecordSet:
    """
    A record set that was read.

    :raises KeyError: a part of it is absent, or its type is none that there is.
    """
    type, properties = item["type"].rpartition("/")[2].upper(), item["properties"]
    found = properties.get(_VALUES[type][0]) or ()
    values: Iterable[dict[str, Any]] = [found] if type in _SINGLE and found else found
    return RecordSet(
        SetKey(names.to_absolute(item["name"], zone.domain).lower(), type),
        int(properties["TTL"]) if "TTL" in properties else None,
        tuple(Value(_rdata_of(type, value), {}, value) for value in values),
        {"etag": item["etag"], "metadata": properties.get("metadata") or {}},
    )


def _to_item(record_set: RecordSet) -> dict[str, Any]:
    """What the API wants to hear of a set."""
    type = record_set.key.type
    key = _VALUES[type][0]
    values = [_to_value(type, value) for value in record_set.values]
    if type in _SINGLE and len(values) > 1:
        raise InvalidRequestError(f"{record_set.key.name} can have only one {type} record")
    metadata = (record_set.raw or {}).get("metadata")
    return {
        "properties": {
            "TTL": record_set.ttl or 0,
            key: values[0] if type in _SINGLE else values,
            **({"metadata": metadata} if metadata else {}),
        }
    }


def _rdata_of(type: str, value: dict[str, Any]) -> str:
    if type == RecordType.TXT:
        strings = value["value"]
        if not isinstance(strings, list):
            raise TypeError("a text is a list of strings")
        return " ".join(names.quote_text(string) for string in map(_in_quotes, strings))
    parts = {ours: value[theirs] for ours, theirs in _VALUES[type][1].items()}
    if type in _HOSTS and "value" in parts:
        return names.target_name(parts["value"])
    return join_rdata(type, parts)


def _to_value(type: str, value: Value) -> dict[str, Any]:
    if value.raw is not None:
        raw: dict[str, Any] = value.raw
        return raw
    if type == RecordType.TXT:
        return {"value": [names.unquote_text(s) for s in _STRING_IN_QUOTES.findall(value.rdata)]}
    split = split_rdata(type, value.rdata)
    parts = {theirs: split[ours] for ours, theirs in _VALUES[type][1].items()}
    for name in ("cname", "exchange", "nsdname", "ptrdname", "target"):
        if len(str(parts.get(name, ""))) > 1:
            # As the API's own examples have it; the root stays a dot.
            parts[name] = str(parts[name]).removesuffix(".")
    return parts


def _in_quotes(string: str) -> str:
    """A string that is a text of its own, even when it begins and ends with quotes."""
    escaped = string.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
