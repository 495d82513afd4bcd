"""
Designate, the DNS of OpenStack clouds.

https://docs.openstack.org/api-ref/dns/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    MalformedResponseError,
    QuotaExceededError,
    ResourceExistsError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.openstack import (
    OpenStackBaseConnection,
    OpenStackDriverMixin,
    OpenStackResponse,
)
from libcloud.common.paging import iterate_pages, parameter_of
from libcloud.common.polling import wait_until
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
from libcloud.dns.types import ZoneDoesNotExistError

__all__ = ["DesignateConnection", "DesignateDNSDriver", "DesignateResponse"]

# https://docs.openstack.org/designate/latest/configuration/config.html#DEFAULT.supported_record_type
RECORD_TYPES = (
    "A",
    "AAAA",
    "CAA",
    "CERT",
    "CNAME",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SPF",
    "SRV",
    "SSHFP",
    "TXT",
)

ZONE_TYPES = {"PRIMARY": "master", "SECONDARY": "slave"}

_NOT_EXTRA = frozenset({"id", "name", "type", "ttl", "links"})

# Some catalogs have the version, too.
_VERSION_IN_URL = re.compile(r"/v2/?$")

# Seconds, for what was deleted to be gone from all name servers.
DELETION_TIMEOUT = 120
DELETION_INTERVAL = 1


class DesignateResponse(OpenStackResponse):
    """
    An answer; errors are ``{"code": status, "type": name, "message": text, "request_id": id}``.

    https://docs.openstack.org/api-ref/dns/
    """

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        said = body if isinstance(body, dict) else {}
        message = str(said.get("message") or str(self.body)[:500])
        details = said.get("errors")
        return provider_error(
            self.status,
            f"{message}: {details}" if details else message,
            said.get("type"),
            {
                "duplicate_recordset": ResourceExistsError,
                "duplicate_zone": ResourceExistsError,
                "over_quota": QuotaExceededError,
            },
            request_id=said.get("request_id") or self.headers.get("x-openstack-request-id"),
            headers=self.headers,
            driver=self._driver(),
        )


class DesignateConnection(OpenStackBaseConnection):
    """Speaks to the endpoint of type ``dns``."""

    responseCls = DesignateResponse
    service_type = "dns"

    def get_endpoint(self) -> str:
        return _VERSION_IN_URL.sub("", super().get_endpoint())


class DesignateDNSDriver(OpenStackDriverMixin, RecordSetDNSDriver):
    """
    Designate.

    A zone's ``extra`` is what the API says of it: ``email``, ``serial``, ``status``, ``action``,
    ``description``, ``masters``, ``pool_id``, ``project_id`` and so on.

    :param key: Name of the user, or ID of an application credential.
    :param secret: Password of the user, or secret of the application credential.
    :param ex_force_auth_url: The identity service: ``https://keystone.example.com:5000/v3``.
    :param ex_force_auth_version: ``3.x_password``, or ``3.x_appcred`` for an application
        credential.
    :param ex_tenant_name: The project, which an application credential does not need.
    :param ex_per_page: How many items to ask for in a page of a listing.

    For the other ``ex_`` arguments see
    :class:`~libcloud.common.openstack.OpenStackBaseConnection`.
    """

    type = "designate"
    name = "OpenStack Designate"
    website = "https://docs.openstack.org/designate/"
    connectionCls = DesignateConnection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

    default_ttl = None

    def __init__(
        self,
        key: str,
        secret: str,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        ex_per_page: int = 1000,
        **kwargs: Any,
    ) -> None:
        self.ex_per_page = ex_per_page
        if region is not None:
            kwargs.setdefault("ex_force_service_region", region)
        OpenStackDriverMixin.__init__(self, **kwargs)
        RecordSetDNSDriver.__init__(self, key, secret, secure, host, port, region=region, **kwargs)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return self.openstack_connection_kwargs()

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("/v2/zones", "zones"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        """The zone with an ID. One that is being deleted does not exist any more."""
        with about_zone(self, zone_id):
            item = self.connection.request(_zone_path(zone_id)).object
        zone = self._to_zone(item)
        if _is_going(item):
            raise ZoneDoesNotExistError("It is being deleted", self, zone_id)
        return zone

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it; its ``extra["status"]`` is ``PENDING`` until it is served.

        :param type: ``master`` or ``slave``.
        :param extra: ``email`` of whoever is responsible, ``hostmaster`` of the zone if nobody is
            named; ``masters``, which a zone of type ``slave`` must have; ``description``,
            ``attributes``.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever project.
        :raises QuotaExceededError: the project has as many zones as it may.
        """
        kinds = {ours: theirs for theirs, ours in ZONE_TYPES.items()}
        if type not in kinds:
            raise UnsupportedOperation(f"Designate has no zones of type {type}", driver=self)
        name = names.zone_name(domain)
        contact = {"email": f"hostmaster@{name}"} if type == "master" else {}
        body = {
            "name": f"{name}.",
            "type": kinds[type],
            **({} if ttl is None else {"ttl": ttl}),
            **contact,
            **(extra or {}),
        }
        with about_zone(self, domain):
            item = self.connection.request("/v2/zones", method="POST", json=body).object
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

        :param extra: ``email``, ``description``, ``masters``, ``attributes``.
        :raises UnsupportedOperation: ``domain`` is another name, or ``type`` another type.
        """
        if domain is not None and names.zone_name(domain) != zone.domain:
            raise UnsupportedOperation("Designate cannot rename a zone", driver=self)
        if type not in (None, zone.type):
            raise UnsupportedOperation("Designate cannot change a zone's type", driver=self)
        body = {**({} if ttl is None else {"ttl": ttl}), **(extra or {})}
        with about_zone(self, zone.id):
            path = _zone_path(zone.id)
            item = self.connection.request(path, method="PATCH", json=body).object
        return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        """Delete a zone with all its records, and return True; the name servers take a while."""
        self.get_zone(zone.id)
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        for item in self._iterate_recordsets(zone, {}):
            if not _is_going(item):
                yield self._to_set(item)

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        """One request for each set."""
        found = {}
        for key in keys:
            item = self._find_recordset(zone, key)
            there = item is not None and not _is_going(item)
            found[key] = self._to_set(item) if there else RecordSet(key)
        return found

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        """One by one: the API changes one set in a request."""
        for change in changes:
            yield [change]

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        A request for each set. What comes goes first, so that nothing is lost when the second one
        fails; except in a place that something else has to leave.
        """
        arriving = {new.key.name for _, new in changes if new.values}

        def turn(change: tuple[RecordSet, RecordSet]) -> int:
            new = change[1]
            return 1 if new.values else 0 if new.key.name in arriving else 2

        for old, new in sorted(changes, key=turn):
            with about_zone(self, zone.id):
                if not new.values:
                    self.connection.request(_set_path(zone, old.raw), method="DELETE")
                elif old.raw is not None:
                    self._write(_set_path(zone, old.raw), "PUT", _to_body(new))
                else:
                    self._create_set(zone, new)

    def _create_set(self, zone: Zone, new: RecordSet) -> None:
        path = f"{_zone_path(zone.id)}/recordsets"
        body = {"name": new.key.name, "type": new.key.type, **_to_body(new)}
        try:
            self._write(path, "POST", body)
        except ResourceExistsError as error:
            going = self._find_recordset(zone, new.key)
            if going is not None and not _is_going(going):
                raise RecordSetChanged(error.value, error.http_code, self) from error
            wait_until(
                lambda: self._find_recordset(zone, new.key) is None,
                DELETION_TIMEOUT,
                DELETION_INTERVAL,
                f"{new.key.name} {new.key.type} to be deleted",
            )
            self._write(path, "POST", body)

    def _write(self, path: str, method: str, body: Any) -> None:
        item = self.connection.request(path, method=method, json=body).object
        self._to_set(item)

    # Requests and models

    def _find_recordset(self, zone: Zone, key: SetKey) -> dict[str, Any] | None:
        """What the API says of a set; None when there is none."""
        for item in self._iterate_recordsets(zone, {"name": key.name, "type": key.type}):
            # The filter takes a wildcard for any name.
            if self._to_set(item).key == key:
                return item
        return None

    def _iterate_recordsets(self, zone: Zone, wanted: dict[str, str]) -> Iterator[Any]:
        with about_zone(self, zone.id):
            path = f"{_zone_path(zone.id)}/recordsets"
            yield from self._iterate_items(path, "recordsets", wanted)

    def _iterate_items(
        self, path: str, key: str, wanted: dict[str, str] | None = None
    ) -> Iterator[Any]:
        def fetch(marker: str | None) -> tuple[list[Any], str | None]:
            params = {**(wanted or {}), "limit": str(self.ex_per_page)}
            if marker:
                params["marker"] = marker
            body = self.connection.request(path, params=params).object
            with reading(self, body):
                following = (body.get("links") or {}).get("next")
                return list(body[key]), parameter_of(following, "marker")

        return iterate_pages(fetch)

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {key: value for key, value in item.items() if key not in _NOT_EXTRA}
            kind = ZONE_TYPES.get(item["type"], item["type"].lower())
            return Zone(item["id"], names.zone_name(item["name"]), kind, item["ttl"], self, extra)

    def _to_set(self, item: Any) -> RecordSet:
        with reading(self, item):
            values = tuple(Value(str(record), {}) for record in item["records"])
            key = SetKey(item["name"].lower(), str(item["type"]))
            ttl = item.get("ttl")
            return RecordSet(key, None if ttl is None else int(ttl), values, str(item["id"]))


def _is_going(item: dict[str, Any]) -> bool:
    """Whether the name servers are being told to forget it."""
    return item.get("action") == "DELETE"


def _to_body(record_set: RecordSet) -> dict[str, Any]:
    ttl = {} if record_set.ttl is None else {"ttl": record_set.ttl}
    return {"records": [value.rdata for value in record_set.values], **ttl}


def _zone_path(zone_id: str) -> str:
    return f"/v2/zones/{quote_path_segment(zone_id)}"


def _set_path(zone: Zone, set_id: str) -> str:
    return f"{_zone_path(zone.id)}/recordsets/{quote_path_segment(set_id)}"
