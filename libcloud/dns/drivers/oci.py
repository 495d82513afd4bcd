"""
Oracle Cloud Infrastructure's DNS: public zones.

https://docs.oracle.com/en-us/iaas/api/#/en/dns/20180115/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import ConflictError, ResourceExistsError
from libcloud.common.oci import DEFAULT_REGION, OCIConnection
from libcloud.common.polling import wait_until
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_zone, reading
from libcloud.dns.rdata import TEXTS
from libcloud.dns.record_sets import canonical_rdata, data_of
from libcloud.dns.types import RecordDoesNotExistError, RecordType

__all__ = ["OCIDNSDriver"]

API = "/20180115"

# Seconds that the making of a zone may take, and between two looks at it.
CREATION_TIMEOUT = 300
CREATION_INTERVAL = 2

ZONE_TYPES = {"master": "PRIMARY", "slave": "SECONDARY"}

# https://docs.oracle.com/en-us/iaas/Content/DNS/Reference/supporteddnsresource.htm
RECORD_TYPES = (
    RecordType.A,
    RecordType.AAAA,
    RecordType.ALIAS,
    RecordType.CAA,
    RecordType.CERT,
    RecordType.CNAME,
    RecordType.DNAME,
    RecordType.DNSKEY,
    RecordType.DS,
    RecordType.KEY,
    RecordType.LOC,
    RecordType.MX,
    RecordType.NS,
    RecordType.PTR,
    RecordType.SOA,
    RecordType.SPF,
    RecordType.SRV,
    RecordType.SSHFP,
    RecordType.TLSA,
    RecordType.TXT,
)

# The provider adds the final dot of their hosts.
_HOSTS = frozenset({RecordType.ALIAS, RecordType.CNAME, RecordType.DNAME, RecordType.NS})

# A text that is one word of a zone file, and needs no quotes there.
_PLAIN_TEXT = re.compile(r'"([A-Za-z0-9_.:=+/-]{1,255})"')


class OCIDNSDriver(DNSDriver):
    """
    Oracle Cloud Infrastructure.

    A zone's ID is its name; ``get_zone`` takes its OCID as well. Its ``extra`` is what the API says
    of it: ``id`` (the OCID), ``compartmentId``, ``nameservers``, ``serial``, ``lifecycleState`` and
    so on. A record's ID is its hash, which changes with it; its ``extra`` has ``is_protected``,
    whether it is the provider's own, and the numbers of its type.

    :param key: OCID of the user.
    :param secret: Private key of an API key, in PEM, or the path of its file.
    :param region: The region that is spoken to; zones are the same in all of them.
    :param tenancy: OCID of the tenancy.
    :param fingerprint: Of the key; reckoned from it if None.
    :param passphrase: Of the key, if it is encrypted.
    :param ex_compartment: OCID of the compartment whose zones are listed, and where zones are
        created; the tenancy itself if None.
    """

    type = "oci"
    name = "Oracle Cloud Infrastructure"
    website = "https://www.oracle.com/cloud/networking/dns/"
    connectionCls = OCIConnection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

    default_ttl = 3600

    def __init__(
        self,
        key: str,
        secret: str,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        tenancy: str | None = None,
        fingerprint: str | None = None,
        passphrase: str | None = None,
        ex_compartment: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.tenancy = tenancy
        self.ex_compartment = ex_compartment
        # By name: the connection has other parameters in their places.
        self._options: dict[str, Any] = {
            "tenancy": tenancy,
            "fingerprint": fingerprint,
            "passphrase": passphrase,
            "host": host or f"dns.{region or DEFAULT_REGION}.oraclecloud.com",
            **({} if port is None else {"port": port}),
        }
        super().__init__(key, secret, secure, region=region, **kwargs)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return self._options

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """The zones of the compartment, not of those within it."""
        query = {"compartmentId": self._compartment()}
        for item in self.connection.iterate_items(f"{API}/zones", query):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            return self._to_zone(self.connection.request(_zone_path(zone_id)).object)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone, wait until it takes records, and return it.

        :param type: ``master`` or ``slave``.
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: What goes into the request besides: ``compartmentId``, ``externalMasters``
            (of a slave), ``externalDownstreams``, ``freeformTags``, ``definedTags``,
            ``dnssecState``.
        :raises ZoneAlreadyExistsError: the tenancy has that zone.
        """
        domain = names.zone_name(domain)
        request = {
            "name": domain,
            "compartmentId": self._compartment(),
            "zoneType": ZONE_TYPES.get(type, type),
            **(extra or {}),
        }
        with about_zone(self, domain):
            try:
                body = self.connection.request(f"{API}/zones", method="POST", json=request).object
            except ConflictError as error:
                # There is nothing else that a new zone could be in conflict with.
                exists = ResourceExistsError(error.value, error.http_code, driver=self)
                exists.provider_code, exists.request_id = error.provider_code, error.request_id
                raise exists from error
        zone = self._to_zone(body)
        return self._when_made(zone) if _is_in_the_making(zone) else zone

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

        :param domain: Not looked at: a zone cannot be renamed.
        :param type: Not looked at.
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: ``freeformTags``, ``definedTags``, ``externalMasters``,
            ``externalDownstreams``, ``dnssecState``.
        """
        with about_zone(self, zone.id):
            body = self.connection.request(
                _zone_path(zone.id), method="PUT", json=extra or {}
            ).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    def _when_made(self, zone: Zone) -> Zone:
        def look() -> Zone | None:
            found = self.get_zone(zone.id)
            return None if _is_in_the_making(found) else found

        what = f"zone {zone.domain} to be made"
        return wait_until(look, CREATION_TIMEOUT, CREATION_INTERVAL, what)

    def _compartment(self) -> str | None:
        return self.ex_compartment or self.tenancy

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        path = f"{_zone_path(zone.id)}/records"
        with about_zone(self, zone.id):
            for item in self.connection.iterate_items(path, key="items"):
                yield self._to_record(item, zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it; one that is there already stays as it is, and is returned.

        A request that is sent twice does the same as one, so this one is.
        """
        wanted = new_content(self, zone, name, type, data, extra)
        domain = _domain(wanted.name, zone)
        request = {"items": [{"operation": "ADD", "domain": domain, **_to_request(wanted)}]}
        with about_new_record(self, zone.id, name):
            body = self._patch(_records_path(zone, domain), request)
        with reading(self, body):
            return self._found(body["items"], wanted, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it, with its new ID: two requests, and a third for a new name.

        The TTL belongs to all records of a name and type: a new one is given to all of them.
        """
        wanted = changed_content(self, record, name, type, data, extra)
        zone = record.zone
        self._check(record)
        old_domain, domain = _domain(record.name, zone), _domain(wanted.name, zone)
        add = _to_request(wanted)
        items: list[dict[str, Any]] = [{"operation": "REMOVE", "recordHash": record.id}]
        if domain == old_domain:
            items.append({"operation": "ADD", **add})
        else:
            items.append({"operation": "ADD", "domain": domain, **add})
        if wanted.ttl != record.ttl:
            of_all = {"rtype": wanted.type, "ttl": wanted.ttl}
            items.append({"operation": "ADD", "domain": domain, **of_all})
        request = {"items": items}
        with about_zone(self, zone.id):
            if domain == old_domain:
                body = self._patch(_records_path(zone, domain), request)
            else:
                self._patch(f"{_zone_path(zone.id)}/records", request)
                body = {"items": self._records_at(zone, domain, wanted.type)}
        with reading(self, body):
            return self._found(body["items"], wanted, zone)

    def delete_record(self, record: Record) -> bool:
        """Delete a record: two requests, of which the first looks whether it is there."""
        self._check(record)
        zone = record.zone
        request = {"items": [{"operation": "REMOVE", "recordHash": record.id}]}
        with about_zone(self, zone.id):
            self._patch(f"{_zone_path(zone.id)}/records", request)
        return True

    def _check(self, record: Record) -> None:
        """The API does not mind to remove what is not there."""
        zone = record.zone
        items = self._records_at(zone, _domain(record.name, zone), record.type)
        with reading(self, items):
            if record.id in [item["recordHash"] for item in items]:
                return
        raise RecordDoesNotExistError("No such record", self, record.id)

    def _records_at(self, zone: Zone, domain: str, type: str) -> list[dict[str, Any]]:
        path = _records_path(zone, domain)
        with about_zone(self, zone.id):
            return list(self.connection.iterate_items(path, {"rtype": type}, key="items"))

    def _patch(self, path: str, request: dict[str, Any]) -> Any:
        return self.connection.request(path, method="PATCH", json=request, idempotent=True).object

    # Models

    def _found(self, items: list[dict[str, Any]], wanted: Content, zone: Zone) -> Record:
        """
        The record with a content.

        :raises ValueError: it is not among the items.
        """
        rdata = canonical_rdata(wanted.type, wanted.rdata)
        for item in items:
            is_of_type = item["rtype"] == wanted.type
            if is_of_type and canonical_rdata(wanted.type, item["rdata"]) == rdata:
                return self._to_record(item, zone)
        raise ValueError("the record is not in the answer")

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            types = {theirs: ours for ours, theirs in ZONE_TYPES.items()}
            type = types.get(item["zoneType"], item["zoneType"])
            extra = {key: item[key] for key in item if key not in ("name", "zoneType", "self")}
            name = names.zone_name(item["name"])
            return Zone(name, name, type, None, self, extra)

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            data, numbers = data_of(item["rtype"], item["rdata"])
            return Record(
                id=item["recordHash"],
                name=names.to_relative(item["domain"], zone.domain),
                type=item["rtype"],
                data=data,
                zone=zone,
                driver=self,
                ttl=item["ttl"],
                extra={"is_protected": item.get("isProtected", False), **numbers},
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """What the API wants to hear of a record: what a zone file has, in its shortest form."""
    rdata = wanted.rdata
    plain = _PLAIN_TEXT.fullmatch(rdata) if wanted.type in TEXTS else None
    if plain:
        rdata = plain[1]
    elif wanted.type in _HOSTS and len(rdata) > 1:
        rdata = rdata.removesuffix(".")
    return {
        "rtype": wanted.type,
        "rdata": rdata,
        **({} if wanted.ttl is None else {"ttl": wanted.ttl}),
    }


def _is_in_the_making(zone: Zone) -> bool:
    return zone.extra.get("lifecycleState") == "CREATING"


def _domain(name: str | None, zone: Zone) -> str:
    return names.to_absolute(name, zone.domain).removesuffix(".").lower()


def _zone_path(zone_id: str) -> str:
    name = zone_id if zone_id.startswith("ocid1.") else names.zone_name(zone_id)
    return f"{API}/zones/{quote_path_segment(name)}"


def _records_path(zone: Zone, domain: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(domain)}"
