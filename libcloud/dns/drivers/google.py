"""
Google Cloud DNS.

https://cloud.google.com/dns/docs/reference/rest/v1
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ConflictError,
    InvalidRequestError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.common.google import GoogleBaseConnection, GoogleResponse
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
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

__all__ = ["API_VERSION", "GoogleDNSConnection", "GoogleDNSDriver", "GoogleDNSResponse"]

API_VERSION = "v1"

# The most that one change takes: sets, and characters of values on each side.
# https://cloud.google.com/dns/quotas
SETS_PER_CHANGE = 1000
CHARACTERS_PER_CHANGE = 100_000

LONGEST_ZONE_NAME = 63

# What of a set that was read makes it the same one when it is to be deleted.
_IDENTITY = ("name", "type", "ttl", "rrdatas", "routingPolicy")

_PROJECT_IN_EMAIL = re.compile(r"@(.+)\.iam\.gserviceaccount\.com$")


class GoogleDNSResponse(GoogleResponse):
    """An answer."""


class GoogleDNSConnection(GoogleBaseConnection):
    """Speaks to one project."""

    host = "www.googleapis.com"
    responseCls = GoogleDNSResponse

    def __init__(
        self,
        user_id: str,
        key: str | None,
        secure: Any,
        auth_type: str | None = None,
        credential_file: str | None = None,
        project: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            user_id,
            key,
            auth_type=auth_type,
            credential_file=credential_file,
            secure=secure,
            **kwargs,
        )
        self.request_path = f"/dns/{API_VERSION}/projects/{quote_path_segment(project or '')}"
        self._has_project = bool(project)

    def morph_action_hook(self, action: str) -> str:
        if not self._has_project:
            raise InvalidRequestError("The driver was not told the project=", driver=self.driver)
        return super().morph_action_hook(action)


class GoogleDNSDriver(RecordSetDNSDriver):
    """
    Google Cloud DNS.

    A zone's ID is its name at Google (``example-com``); its number is taken as well. Its ``extra``
    is what the API says of it: ``id`` (the number), ``creationTime``, ``description``,
    ``nameServers``, ``visibility`` and so on.

    Changes are atomic: a set that another process changed meanwhile is read again before the change
    is made anew.

    :param user_id: E-mail address of a service account, or client ID of an application; anything
        on a virtual machine of Google.
    :param key: The service account's key (JSON, PEM or the path of a file), or the client secret.
    :param project: ID of the project; that of the service account if None.
    :param auth_type: One of :class:`~libcloud.common.google.GoogleAuthType`; guessed if None.
    :param scopes: What the token shall be good for.
    :param kwargs: ``credential_file``, where tokens are kept between programs, and what all drivers
        take.
    """

    type = "google"
    name = "Google DNS"
    website = "https://cloud.google.com/"
    connectionCls = GoogleDNSConnection

    # https://cloud.google.com/dns/docs/records-overview#supported_dns_record_types
    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.DNSKEY: "DNSKEY",
        RecordType.DS: "DS",
        RecordType.HTTPS: "HTTPS",
        RecordType.MX: "MX",
        RecordType.NAPTR: "NAPTR",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SOA: "SOA",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.SVCB: "SVCB",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
    }

    def __init__(
        self,
        user_id: str,
        key: str | None,
        project: str | None = None,
        auth_type: str | None = None,
        scopes: Any = None,
        **kwargs: Any,
    ) -> None:
        in_email = _PROJECT_IN_EMAIL.search(user_id or "")
        self.auth_type = auth_type
        self.project = project or (in_email[1] if in_email else None)
        self.scopes = scopes
        # By name: the connection has other parameters in their places.
        self._options: dict[str, Any] = {
            name: kwargs.pop(name) for name in ("credential_file", "host", "port") if name in kwargs
        }
        super().__init__(user_id, key or "", **kwargs)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {
            "auth_type": self.auth_type,
            "project": self.project,
            "scopes": self.scopes,
            **self._options,
        }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("/managedZones", "managedZones"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        """The zone with a name at Google, or with a number."""
        with about_zone(self, zone_id):
            body = self.connection.request(_zone_path(zone_id)).object
        return self._to_zone(body)

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
        :param extra: What goes into the request besides: ``name`` (made of the domain if absent),
            ``description``, ``visibility``, ``labels`` and whatever else the API's ``ManagedZone``
            has.
        :raises ZoneAlreadyExistsError: the project has a zone of that name.
        """
        if type != "master":
            raise UnsupportedOperation("Google has only master zones", driver=self)
        domain = names.zone_name(domain)
        request = {
            "dnsName": f"{domain}.",
            "name": _name_of(domain),
            "description": "",
            **(extra or {}),
        }
        with about_zone(self, domain):
            body = self.connection.request("/managedZones", method="POST", json=request).object
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
        Change a zone and return it as it is now: two requests.

        :param domain: None or the name that it has: a zone cannot be renamed.
        :param type: Not looked at.
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: ``description``, ``labels``, ``dnssecConfig`` and whatever else of the API's
            ``ManagedZone`` can be changed.
        :raises UnsupportedOperation: ``domain`` is another name.
        """
        if domain is not None and names.zone_name(domain) != zone.domain:
            raise UnsupportedOperation("Google cannot rename a zone", driver=self)
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="PATCH", json=extra or {})
        return self.get_zone(zone.id)

    def delete_zone(self, zone: Zone) -> bool:
        """
        Delete a zone, and return True.

        :raises ConflictError: it has records beside its own SOA and NS, which have to be deleted
            before: ``sync(driver, zone, [])``.
        """
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: Any,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Add a value to a set, and return it.

        :param data: The record's data; or a dict of ``ttl`` and ``rrdatas``, all values that are to
            be added to the set, of which the first is returned.
        """
        if not isinstance(data, Mapping):
            return super().create_record(name, zone, type, data, extra)
        extra = {**({"ttl": data["ttl"]} if "ttl" in data else {}), **(extra or {})}
        return self._create_values(zone, name, type, data["rrdatas"], extra)[0]

    def ex_bulk_record_changes(
        self, zone: Zone, records: Mapping[str, Iterable[dict[str, Any]]]
    ) -> dict[str, list[Record]]:
        """
        Add and delete whole record sets, all or none of them.

        :param records: ``additions`` and ``deletions``, lists of what the API calls record sets:
            dicts of ``name`` (in full, with a final dot), ``type``, ``ttl`` and ``rrdatas``. Those
            to be deleted must be exactly what they are.
        :return: ``additions`` and ``deletions``, lists of records, one for each value.

        API: https://cloud.google.com/dns/docs/reference/rest/v1/changes/create
        """
        request = {key: list(records.get(key) or ()) for key in ("additions", "deletions")}
        with about_zone(self, zone.id):
            body = self._change_sets(zone, request)
        with reading(self, body):
            return {
                key: [
                    record
                    for item in body.get(key) or ()
                    for record in self._records(zone, _to_set(item))
                ]
                for key in ("additions", "deletions")
            }

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(f"{_zone_path(zone.id)}/rrsets", "rrsets"):
                with reading(self, item):
                    record_set = _to_set(item)
                # What a routing policy answers is no value that a record could have.
                if record_set.values:
                    yield record_set

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        return {key: self._read_set(zone, key) for key in keys}

    def _read_set(self, zone: Zone, key: SetKey) -> RecordSet:
        path, query = f"{_zone_path(zone.id)}/rrsets", {"name": key.name, "type": key.type}
        with about_zone(self, zone.id):
            for item in self._iterate_items(path, "rrsets", query):
                with reading(self, item):
                    record_set = _to_set(item)
                if record_set.key != key:
                    continue
                if not record_set.values:
                    raise UnsupportedOperation(
                        f"{key.name} {key.type} has a routing policy, which cannot be changed here",
                        driver=self,
                    )
                return record_set
        return RecordSet(key)

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        deletions = [_identity(old) for old, _ in changes if old.values]
        request = {
            "additions": [_to_rrset(new) for _, new in changes if new.values],
            **({"deletions": deletions} if deletions else {}),
        }
        with about_zone(self, zone.id):
            try:
                self._change_sets(zone, request)
            except (ConflictError, ResourceExistsError, ResourceNotFoundError) as error:
                if not _is_about_a_set(error):
                    raise
                raise RecordSetChanged(error.value, error.http_code, self) from error

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        batch: list[tuple[RecordSet, RecordSet]] = []
        sizes = [0, 0]
        for pair in changes:
            more = [sum(len(value.rdata) for value in each.values) for each in pair]
            full = any(
                size + added > CHARACTERS_PER_CHANGE
                for size, added in zip(sizes, more, strict=True)
            )
            if batch and (full or len(batch) == SETS_PER_CHANGE):
                yield batch
                batch, sizes = [], [0, 0]
            batch.append(pair)
            sizes = [size + added for size, added in zip(sizes, more, strict=True)]
        if batch:
            yield batch

    def _change_sets(self, zone: Zone, request: dict[str, Any]) -> Any:
        # A change that was made already is refused, because what it deletes and adds is not, or is
        # there: so it may be sent twice.
        path = f"{_zone_path(zone.id)}/changes"
        body = self.connection.request(path, method="POST", json=request, idempotent=True).object
        with reading(self, body):
            if not body["id"]:
                raise ValueError("the change has no ID")
        return body

    # Pages and models

    def _iterate_items(
        self, path: str, key: str, query: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The items of a listing, page by page."""

        def fetch(token: str | None) -> tuple[list[dict[str, Any]], str | None]:
            params = {**(query or {}), **({"pageToken": token} if token else {})}
            body = self.connection.request(path, params=params).object
            with reading(self, body):
                # Google may leave out a list that is empty, but not what the answer is.
                items = body[key] if key in body or not body["kind"] else []
                return list(items), body.get("nextPageToken")

        return iterate_pages(fetch)

    def _to_zones(self, response: dict[str, Any]) -> list[Zone]:
        return [self._to_zone(item) for item in response["managedZones"]]

    def _to_zone(self, r: dict[str, Any]) -> Zone:
        with reading(self, r):
            extra = {key: r[key] for key in r if key not in ("kind", "name", "dnsName")}
            return Zone(r["name"], names.zone_name(r["dnsName"]), "master", None, self, extra)

    def _to_records(self, response: dict[str, Any], zone: Zone) -> list[Record]:
        return [
            record for item in response["rrsets"] for record in self._records(zone, _to_set(item))
        ]

    def _to_record(self, r: dict[str, Any], zone: Zone) -> Record:
        """The first record of a set."""
        return self._records(zone, _to_set(r))[0]


def _zone_path(zone_id: str) -> str:
    return f"/managedZones/{quote_path_segment(zone_id)}"


def _name_of(domain: str) -> str:
    """A zone's name: letters, digits and dashes, with a letter first and no dash last."""
    name = re.sub(r"[^a-z0-9]+", "-", domain)
    name = name if name[0].isalpha() else f"zone-{name.lstrip('-')}"
    return name[:LONGEST_ZONE_NAME].rstrip("-")


def _to_set(item: dict[str, Any]) -> RecordSet:
    """
    A ``ResourceRecordSet`` that was read.

    :raises KeyError: a part of it is absent.
    """
    return RecordSet(
        SetKey(names.to_ascii(item["name"]).lower(), item["type"]),
        int(item["ttl"]) if "ttl" in item else None,
        tuple(Value(_text(rdata), {}, rdata) for rdata in item.get("rrdatas") or ()),
        item,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _identity(old: RecordSet) -> dict[str, Any]:
    """What is to be deleted, exactly as it was read."""
    item: dict[str, Any] = old.raw or _to_rrset(old)
    return {key: item[key] for key in _IDENTITY if key in item}


def _to_rrset(new: RecordSet) -> dict[str, Any]:
    """What the API wants to hear of a set."""
    return {
        "name": new.key.name,
        "type": new.key.type,
        "ttl": new.ttl or 0,
        "rrdatas": [value.rdata if value.raw is None else value.raw for value in new.values],
    }


def _is_about_a_set(error: ProviderError) -> bool:
    """Whether an error is about what is in the zone; the others are about the zone itself."""
    return "entity.change" in str(error.value)
