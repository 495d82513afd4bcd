"""
Exoscale's DNS.

https://community.exoscale.com/reference/api/dns/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ConflictError,
    MalformedResponseError,
    ResourceExistsError,
    UnsupportedOperation,
)
from libcloud.common.exoscale import ExoscaleConnection, host_of
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import join_rdata, split_rdata
from libcloud.dns.types import RecordType

__all__ = ["ExoscaleDNSDriver"]

ZONES = "/v2/dns-domain"

_HOSTS = frozenset(
    {RecordType.ALIAS, RecordType.CNAME, RecordType.MX, RecordType.NS, RecordType.SRV}
)


class ExoscaleDNSDriver(DNSDriver):
    """
    Exoscale.

    A zone's ``extra`` has ``created_at``. A record's has ``created_at``, ``updated_at``,
    ``system_record`` (whether it is the provider's own), and the numbers of its type.

    A change is an operation at the provider, which the driver waits for.

    :param key: API key.
    :param secret: Its secret.
    :param region: Which of the provider's zones is spoken to; all of them have the same DNS.
    """

    type = "exoscale"
    name = "Exoscale"
    website = "https://www.exoscale.com/dns/"
    connectionCls = ExoscaleConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.HINFO: "HINFO",
        RecordType.MX: "MX",
        RecordType.NAPTR: "NAPTR",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.TXT: "TXT",
        RecordType.URL: "URL",
    }

    def __init__(
        self,
        key: str,
        secret: str,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        **kwargs: Any,
    ) -> None:
        host = host or host_of(region)
        super().__init__(key, secret, secure, host, port, region=region, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones; the API has no pages, so this is one request."""
        body = self.connection.request(ZONES).object
        with reading(self, body):
            zones = [self._to_zone(item) for item in body["dns-domains"]]
        yield from zones

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
        Create a zone and return it: three requests, or more while the provider is at it.

        :param type: ``master``: the provider has no others.
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: Not looked at.
        :raises ZoneAlreadyExistsError: the provider has that zone already.
        """
        if type != "master":
            raise UnsupportedOperation("Exoscale has only master zones", driver=self)
        request = {"unicode-name": _in_unicode(names.zone_name(domain))}
        with about_zone(self, domain), _conflict_is_existence(self):
            zone_id = self._create(ZONES, request)
        return self.get_zone(zone_id)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._change("DELETE", _zone_path(zone.id))
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """All records; the API has no pages, so this is one request."""
        with about_zone(self, zone.id):
            body = self.connection.request(f"{_zone_path(zone.id)}/record").object
        with reading(self, body):
            records = [self._to_record(item, zone) for item in body["dns-domain-records"]]
        yield from records

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        return self._get_record(self.get_zone(zone_id), record_id)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """Create a record and return it: three requests, or more while the provider is at it."""
        wanted = new_content(self, zone, name, type, data, extra)
        request = {"type": wanted.type, **_to_request(wanted)}
        with about_new_record(self, zone.id, name), _conflict_is_existence(self):
            record_id = self._create(f"{_zone_path(zone.id)}/record", request)
        return self._get_record(zone, record_id)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it: three requests, or more while the provider is at it.

        :raises UnsupportedOperation: ``type`` is another one.
        """
        if type is not None and type != record.type:
            raise UnsupportedOperation("Exoscale cannot change a record's type", driver=self)
        request = _to_request(changed_content(self, record, name, type, data, extra))
        if record.extra.get("priority") == request.get("priority") == 0:
            # It can be given when a record is created, but not when it is changed.
            del request["priority"]
        with about_record(self, record.id):
            self._change("PUT", _record_path(record.zone, record.id), request)
            return self._get_record(record.zone, record.id)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self._change("DELETE", _record_path(record.zone, record.id))
        return True

    def _get_record(self, zone: Zone, record_id: str) -> Record:
        with about_record(self, record_id):
            body = self.connection.request(_record_path(zone, record_id)).object
        return self._to_record(body, zone)

    def _change(self, method: str, path: str, request: dict[str, Any] | None = None) -> str:
        """Make a change, wait for it, and return the ID of what was changed, if that is known."""
        operation = self.connection.request(path, method=method, json=request).object
        changed: str = self.connection.wait_for_operation(operation)
        return changed

    def _create(self, path: str, request: dict[str, Any]) -> str:
        """Create something, wait for it, and return its ID."""
        created = self._change("POST", path, request)
        if not created:
            raise MalformedResponseError("The operation does not say what it made", driver=self)
        return created

    # Models

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {"created_at": item.get("created-at")}
            domain = names.zone_name(item["unicode-name"])
            return Zone(item["id"], domain, "master", None, self, extra)

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            type = item["type"]
            data, numbers = data_and_extra(type, _parts(type, item))
            return Record(
                id=item["id"],
                name=names.to_relative(item["name"], zone.domain),
                type=type,
                data=data,
                zone=zone,
                driver=self,
                ttl=item.get("ttl"),
                extra={
                    "created_at": item.get("created-at"),
                    "updated_at": item.get("updated-at"),
                    "system_record": item.get("system-record", False),
                    **numbers,
                },
            )


@contextmanager
def _conflict_is_existence(driver: DNSDriver) -> Iterator[None]:
    """A request that creates, which can be in conflict only with what there is."""
    try:
        yield
    except ConflictError as error:
        exists = ResourceExistsError(error.value, http_code=error.http_code, driver=driver)
        exists.provider_code = error.provider_code
        raise exists from error


def _to_request(wanted: Content) -> dict[str, Any]:
    """What the API wants to hear of a record; the priority is never in its content."""
    content, numbers = wanted.data, wanted.numbers
    if wanted.type in _HOSTS:
        content = content.removesuffix(".")
    if wanted.type == RecordType.SRV:
        content = f"{numbers['weight']} {numbers['port']} {content}"
    return {
        "name": wanted.name,
        "content": content,
        **({"priority": numbers["priority"]} if numbers else {}),
        **({} if wanted.ttl is None else {"ttl": wanted.ttl}),
    }


def _parts(type: str, item: dict[str, Any]) -> dict[str, Any]:
    """The parts of a record's data; texts come with and without quotes."""
    content = item["content"]
    if not isinstance(content, str):
        raise TypeError("the content is no text")
    parts: dict[str, Any] = {"value": content, "target": content, "priority": item.get("priority")}
    if type == RecordType.SRV and content.count(" ") == 2:
        weight, port, target = content.split()
        parts.update(weight=weight, port=port, target=target)
    if type == RecordType.SOA and content.count(" ") == 6:
        parts["value"] = join_rdata(type, split_rdata(type, content))
    return parts


def _in_unicode(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    import idna

    return idna.decode(domain)


def _zone_path(zone_id: str) -> str:
    return f"{ZONES}/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/record/{quote_path_segment(record_id)}"
