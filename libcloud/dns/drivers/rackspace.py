"""
Rackspace's Cloud DNS.

https://docs.rackspace.com/docs/cloud-dns/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from libcloud.common.base import PollingConnection
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    LibcloudError,
    MalformedResponseError,
    ProviderError,
    RateLimitReachedError,
    ResourceExistsError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.openstack import (
    OpenStackBaseConnection,
    OpenStackDriverMixin,
    OpenStackResponse,
)
from libcloud.common.openstack_identity import error_of
from libcloud.common.paging import iterate_pages
from libcloud.common.rackspace import AUTH_URL
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.types import RecordType

__all__ = [
    "VALID_RECORD_EXTRA_PARAMS",
    "VALID_ZONE_EXTRA_PARAMS",
    "RackspaceDNSConnection",
    "RackspaceDNSDriver",
    "RackspaceDNSResponse",
    "RackspacePTRRecord",
    "RackspaceUKDNSDriver",
    "RackspaceUSDNSDriver",
]

VALID_ZONE_EXTRA_PARAMS = ["email", "comment", "ns1"]
VALID_RECORD_EXTRA_PARAMS = ["ttl", "comment", "priority", "created", "updated"]

REGIONS = ["us", "uk"]

PER_PAGE = 100

_HOSTS = frozenset({RecordType.CNAME, RecordType.MX, RecordType.NS, RecordType.PTR})


class RackspaceDNSResponse(OpenStackResponse):
    """
    An answer; errors are ``{"message": text, "code": status, "details": text}``, some with a name
    around them.
    """

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        return _error(self.status, body, self)


class RackspaceDNSConnection(OpenStackBaseConnection, PollingConnection):
    """
    Sends the token, and waits for the jobs that all changes are.

    https://docs.rackspace.com/reference/cloud-dns-synchronous-and-asynchronous-responses
    """

    responseCls = RackspaceDNSResponse
    XML_NAMESPACE = None
    poll_interval = 2.5
    timeout = 30

    auth_url = AUTH_URL
    _auth_version = "2.0"
    service_type = "rax:dns"
    service_name = "cloudDNS"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.region = kwargs.pop("region", None)
        super().__init__(*args, **kwargs)

    def get_endpoint(self) -> str:
        """The address that the catalog has, which is that of the account's own region."""
        url = super().get_endpoint()
        in_uk = url.replace("https://dns.", "https://lon.dns.")
        return in_uk if self.region == "uk" else url.replace("https://lon.", "https://")

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers.setdefault("Content-Type", "application/json")
        return super().add_default_headers(headers)

    def encode_data(self, data: Any) -> Any:
        return json.dumps(data) if isinstance(data, dict) else data

    def get_poll_request_kwargs(
        self, response: Any, context: dict[str, Any], request_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        with reading(self.driver, response.object):
            job = quote_path_segment(response.object["jobId"])
        return {"action": f"/status/{job}", "params": {"showDetails": "true"}}

    def has_completed(self, response: Any) -> bool:
        """
        :raises ProviderError: the job failed.
        """
        with reading(self.driver, response.object):
            status = response.object["status"]
        if status == "ERROR":
            raise _error(response.status, response.object.get("error"), response)
        return bool(status == "COMPLETED")


class RackspacePTRRecord:
    """
    The name of an address of a server or load balancer.

    :param domain: The name.
    :param extra: ``uri`` and ``service_name`` of the device, ``ttl``, ``comment``, ``created``,
        ``updated``.
    """

    type = RecordType.PTR

    def __init__(
        self,
        id: str,
        ip: str,
        domain: str,
        driver: RackspaceDNSDriver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id = str(id) if id else None
        self.ip = ip
        self.type = RecordType.PTR
        self.domain = domain
        self.driver = driver
        self.extra = extra or {}

    def update(self, domain: str, extra: dict[str, Any] | None = None) -> RackspacePTRRecord:
        """See :meth:`RackspaceDNSDriver.ex_update_ptr_record`."""
        return self.driver.ex_update_ptr_record(self, domain, extra)

    def delete(self) -> bool:
        """See :meth:`RackspaceDNSDriver.ex_delete_ptr_record`."""
        return self.driver.ex_delete_ptr_record(self)

    def __repr__(self) -> str:
        return f"<RackspacePTRRecord: ip={self.ip}, domain={self.domain} ...>"


class RackspaceDNSDriver(DNSDriver, OpenStackDriverMixin):
    """
    Rackspace.

    Each change is a job, for whose end a call waits: two requests or more. A zone's ``extra`` has
    ``email`` and ``comment``. A record's has ``fqdn``, ``ttl``, ``comment``, ``priority``,
    ``created`` and ``updated``, as far as the provider says them.

    :param key: Name of the user.
    :param secret: API key of the user.
    :param region: ``us`` or ``uk``, where the account is.
    :raises ValueError: there is no such region.
    """

    name = "Rackspace DNS"
    website = "http://www.rackspace.com/"
    type = "rackspace"
    connectionCls = RackspaceDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "us",
        **kwargs: Any,
    ) -> None:
        if region not in REGIONS:
            raise ValueError(f"Invalid region: {region}")
        OpenStackDriverMixin.__init__(self, **kwargs)
        self.region = region
        super().__init__(key, secret or "", secure, host, port, region=region, **kwargs)

    @classmethod
    def list_regions(cls) -> list[str]:
        """What ``region`` may be."""
        return list(REGIONS)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {**self.openstack_connection_kwargs(), "region": self.region}

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("/domains", {}, lambda body: (body, body["domains"])):
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
        Create a zone and return it.

        :param type: ``master``: the provider has no others.
        :param ttl: 300 or more; 3600 if None.
        :param extra: ``email`` of whoever is responsible, which there must be; ``comment``.
        :raises ValueError: there is no ``email``.
        """
        extra = extra or {}
        if type != "master":
            raise UnsupportedOperation("Rackspace has only master zones", driver=self)
        if "email" not in extra:
            raise ValueError('"email" key must be present in extra dictionary')
        item = {
            "name": names.zone_name(domain),
            "emailAddress": extra["email"],
            "recordsList": {"records": []},
            **({} if ttl is None else {"ttl": int(ttl)}),
            **({"comment": extra["comment"]} if "comment" in extra else {}),
        }
        with about_zone(self, domain):
            body = self._wait_for("/domains", "POST", {"domains": [item]})
        with reading(self, body):
            return self._to_zone(body["response"]["domains"][0])

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

        :param extra: ``email``, ``comment``.
        :raises LibcloudError: ``domain`` is another name: the provider cannot rename a zone.
        """
        extra = extra or {}
        if domain is not None and names.zone_name(domain) != zone.domain:
            raise LibcloudError("Domain cannot be changed", driver=self)
        body = {
            **({} if ttl is None else {"ttl": int(ttl)}),
            **({"emailAddress": extra["email"]} if "email" in extra else {}),
            **({"comment": extra["comment"]} if "comment" in extra else {}),
        }
        with about_zone(self, zone.id):
            self._wait_for(_zone_path(zone.id), "PUT", body)
        new_ttl = zone.ttl if ttl is None else int(ttl)
        return Zone(zone.id, zone.domain, "master", new_ttl, self, {**zone.extra, **extra})

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._wait_for(_zone_path(zone.id), "DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        def items_of(body: Any) -> tuple[Any, list[Any]]:
            return body["recordsList"], body["recordsList"]["records"]

        with about_zone(self, zone.id):
            params = {"showRecord": "True"}
            for item in self._iterate_items(_zone_path(zone.id), params, items_of):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            return self._to_record(
                self.connection.request(_record_path(zone, record_id)).object, zone
            )

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        item = _to_item(new_content(self, zone, name, type, data, extra), zone)
        with about_new_record(self, zone.id, name):
            body = self._wait_for(f"{_zone_path(zone.id)}/records", "POST", {"records": [item]})
        with reading(self, body):
            return self._to_record(body["response"]["records"][0], zone)

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

        :raises UnsupportedOperation: ``type`` is another type than the record's.
        """
        if type not in (None, record.type):
            raise UnsupportedOperation("Rackspace cannot change a record's type", driver=self)
        zone = record.zone
        item = _to_item(changed_content(self, record, name, type, data, extra), zone)
        with about_record(self, record.id):
            self._wait_for(_record_path(zone, record.id), "PUT", item)
        times = {key: value for key, value in record.extra.items() if key in ("created", "updated")}
        return self._to_record({"id": record.id, **times, **item}, zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self._wait_for(_record_path(record.zone, record.id), "DELETE")
        return True

    # Names of addresses

    def ex_iterate_ptr_records(self, device: Any) -> Iterator[RackspacePTRRecord]:
        """
        The names of a device's addresses.

        :param device: Node or load balancer of Rackspace's drivers: its ``extra`` has ``uri`` and
            ``service_name``.
        """
        path, params = _device_path(device), {"href": device.extra["uri"]}
        body = self.connection.request(path, params=params).object
        with reading(self, body):
            found = [self._to_ptr_record(item, device.extra) for item in body["records"]]
        yield from found

    def ex_get_ptr_record(self, service_name: str, record_id: str) -> RackspacePTRRecord:
        """
        The name of an address by the record's ID.

        :param service_name: That of the device: ``cloudServersOpenStack``, ``cloudLoadBalancers``.
        """
        path = f"/rdns/{quote_path_segment(service_name)}/{quote_path_segment(record_id)}"
        with about_record(self, record_id):
            item = self.connection.request(path).object
        return self._to_ptr_record(item, {"uri": None, "service_name": service_name})

    def ex_create_ptr_record(
        self, device: Any, ip: str, domain: str, extra: dict[str, Any] | None = None
    ) -> RackspacePTRRecord:
        """
        Give an address of a device its name.

        :param device: As for :meth:`ex_iterate_ptr_records`.
        :param extra: ``ttl``, ``comment``.
        """
        return self._create_ptr_record(device.extra, ip, domain, extra)

    def ex_update_ptr_record(
        self,
        record: RackspacePTRRecord,
        domain: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> RackspacePTRRecord:
        """
        Give an address another name: the old one is deleted, and the new one created.

        :param domain: None keeps the name.
        """
        kept = {key: value for key, value in record.extra.items() if key in ("ttl", "comment")}
        self.ex_delete_ptr_record(record)
        name = record.domain if domain is None else domain
        return self._create_ptr_record(record.extra, record.ip, name, {**kept, **(extra or {})})

    def ex_delete_ptr_record(self, record: RackspacePTRRecord) -> bool:
        """Take the name of an address away, and return True."""
        path = f"/rdns/{quote_path_segment(record.extra['service_name'])}"
        params = {"href": record.extra["uri"], "ip": record.ip}
        with about_record(self, record.id):
            self._wait_for(path, "DELETE", params=params)
        return True

    def _create_ptr_record(
        self, device: dict[str, Any], ip: str, domain: str, extra: dict[str, Any] | None
    ) -> RackspacePTRRecord:
        given = {key: value for key, value in (extra or {}).items() if key in ("ttl", "comment")}
        item = {"name": domain, "type": RecordType.PTR, "data": ip, **given}
        link = {"content": "", "href": device["uri"], "rel": device["service_name"]}
        body = self._wait_for("/rdns", "POST", {"recordsList": {"records": [item]}, "link": link})
        with reading(self, body):
            return self._to_ptr_record(body["response"]["records"][0], device)

    # Requests and models

    def _wait_for(
        self,
        path: str,
        method: str,
        body: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
    ) -> Any:
        """Make a change, and return what the job says when it is done."""
        return self.connection.async_request(path, params, body, method=method).object

    def _iterate_items(
        self,
        path: str,
        params: dict[str, str],
        items_of: Callable[[Any], tuple[Any, list[Any]]],
    ) -> Iterator[Any]:
        """
        The items of a listing, page by page.

        :param items_of: What of an answer has ``totalEntries``, and the items.
        """

        def fetch(offset: int | None) -> tuple[list[Any], int | None]:
            start = offset or 0
            page = {**params, "limit": str(PER_PAGE), "offset": str(start)}
            body = self.connection.request(path, params=page).object
            with reading(self, body):
                counted, items = items_of(body)
                after = start + len(items)
                has_more = bool(items) and after < int(counted.get("totalEntries", 0))
                return list(items), after if has_more else None

        return iterate_pages(fetch)

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            extra = {
                key: data["emailAddress" if key == "email" else key]
                for key in VALID_ZONE_EXTRA_PARAMS
                if ("emailAddress" if key == "email" else key) in data
            }
            return Zone(data["id"], data["name"], "master", data.get("ttl"), self, extra)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            fqdn, type = data["name"], data["type"]
            parts = {**data, "target": data["data"], "value": data["data"]}
            if type == RecordType.SRV:
                parts["weight"], parts["port"], parts["target"] = data["data"].split()
            value, numbers = (
                (data["data"], {}) if type == RecordType.TXT else data_and_extra(type, parts)
            )
            extra = {key: data[key] for key in VALID_RECORD_EXTRA_PARAMS if key in data}
            return Record(
                id=data["id"],
                name=names.to_relative(fqdn, zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=data.get("ttl"),
                extra={"fqdn": fqdn, **extra, **numbers},
            )

    def _to_ptr_record(self, data: dict[str, Any], device: dict[str, Any]) -> RackspacePTRRecord:
        with reading(self, data):
            of_device = {key: device.get(key) for key in ("uri", "service_name")}
            extra = {key: data[key] for key in VALID_RECORD_EXTRA_PARAMS if key in data}
            return RackspacePTRRecord(
                data["id"], data["data"], data["name"], self, {**of_device, **extra}
            )


class RackspaceUSDNSDriver(RackspaceDNSDriver):
    """Rackspace, for accounts in the United States."""


class RackspaceUKDNSDriver(RackspaceDNSDriver):
    """Rackspace, for accounts in the United Kingdom."""

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "uk",
        **kwargs: Any,
    ) -> None:
        super().__init__(key, secret, secure, host, port, region, **kwargs)


def _to_item(wanted: Content, zone: Zone) -> dict[str, Any]:
    """What the API wants to hear of a record."""
    data = wanted.data.removesuffix(".") if wanted.type in _HOSTS else wanted.data
    numbers = wanted.numbers
    if wanted.type == RecordType.SRV:
        data = f"{numbers['weight']} {numbers['port']} {data.removesuffix('.')}"
    priority = {"priority": numbers["priority"]} if "priority" in numbers else {}
    comment = wanted.extra.get("comment")
    return {
        "name": names.to_absolute(wanted.name, zone.domain).removesuffix("."),
        "type": wanted.type,
        "data": data,
        **priority,
        **({} if wanted.ttl is None else {"ttl": wanted.ttl}),
        **({} if comment is None else {"comment": comment}),
    }


def _error(status: int, body: Any, response: Any) -> ProviderError:
    """
    The error for what the API says: of a request, or of a job.

    Of a job that makes several things, ``failedItems`` says what is wrong with the first.
    """
    said = body if isinstance(body, dict) else {}
    name, message = error_of(said)
    if "failedItems" in said:
        faults = said["failedItems"].get("faults") or [{}]
        said = faults[0]
        message = said.get("message") or message
    elif name in said and isinstance(said.get(name), dict):
        said = said[name]
    validation = (said.get("validationErrors") or {}).get("messages")
    if validation:
        message = "Validation errors: " + ", ".join(map(str, validation))
    elif said.get("details"):
        message = f"{message}: {said['details']}"
    code = int(said.get("code", status))
    is_duplicate = code == 409 or "duplicate" in (message or "").lower()
    kind = "overLimit" if name == "overLimit" else "duplicate" if is_duplicate else name
    return provider_error(
        code,
        message or str(response.body)[:500],
        kind,
        {"duplicate": ResourceExistsError, "overLimit": RateLimitReachedError},
        headers=response.headers,
        driver=getattr(response.connection, "driver", None),
    )


def _zone_path(zone_id: str) -> str:
    return f"/domains/{quote_path_segment(str(zone_id))}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"


def _device_path(device: Any) -> str:
    return f"/rdns/{quote_path_segment(device.extra['service_name'])}"
