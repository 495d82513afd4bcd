"""
DNSPod, by its API with tokens. For API 3.0 there is :mod:`libcloud.dns.drivers.tencent`.

https://docs.dnspod.com/api/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.dnspod import DNSPodConnection, DNSPodException, DNSPodResponse
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import from_rdata
from libcloud.dns.types import RecordType

__all__ = ["DNSPodDNSConnection", "DNSPodDNSDriver", "DNSPodDNSResponse"]

# Messages of the provider, for programs that compare with them.
ZONE_ALREADY_EXISTS_ERROR_MSGS = [
    "Domain is exists",
    "Domain already exists as an alias of another domain",
]
ZONE_DOES_NOT_EXIST_ERROR_MSGS = ["Domain not under you or your user", "Domain id invalid"]
RECORD_DOES_NOT_EXIST_ERRORS_MSGS = ["Record id invalid"]

# "There is nothing" of Domain.List and of Record.List.
_NO_ZONES = "9"
_NO_RECORDS = "10"


class DNSPodDNSResponse(DNSPodResponse):
    """An answer."""


class DNSPodDNSConnection(DNSPodConnection):
    """A connection."""

    responseCls = DNSPodDNSResponse


class DNSPodDNSDriver(DNSDriver):
    """
    DNSPod.

    ``extra`` of zones and records has all that the provider says besides, as it says it.

    :param key: Token: ``ID,token``.
    :param host: ``dnsapi.cn`` for an account of the Chinese site.
    """

    type = "dnspod"
    name = "DNSPod"
    website = "https://dnspod.com"
    connectionCls = DNSPodDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SOA: "SOA",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("Domain.List", {}, "domains", "domain_total", _NO_ZONES):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        """
        The zone with an ID.

        :param zone_id: Its number, or its name.
        """
        key = "domain_id" if str(zone_id).isdigit() else "domain"
        with about_zone(self, zone_id):
            body = self.connection.call("Domain.Info", {key: zone_id}).object
        with reading(self, body):
            return self._to_zone(body["domain"])

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
        :param ttl: Not looked at: a zone's TTL goes with the plan that was bought for it.
        :param extra: Further parameters: ``group_id``, ``is_mark``.
        :raises ZoneAlreadyExistsError: there is that zone already, or it is another one's alias.
        """
        if type != "master":
            raise UnsupportedOperation("DNSPod has only master zones", driver=self)
        form = {"domain": names.zone_name(domain), **(extra or {})}
        with about_zone(self, domain):
            body = self.connection.call("Domain.Create", form, idempotent=False).object
        with reading(self, body):
            return self._to_zone(body["domain"])

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.call("Domain.Remove", {"domain_id": zone.id})
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        wanted = {"domain_id": zone.id}
        with about_zone(self, zone.id):
            for item in self._iterate_items(
                "Record.List", wanted, "records", "record_total", _NO_RECORDS
            ):
                yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        form = {"domain_id": zone.id, "record_id": record_id}
        with about_record(self, record_id):
            body = self.connection.call("Record.Info", form).object
        with reading(self, body):
            return self._to_record(body["record"], zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it as it was asked for: the provider says only its ID.

        :param extra: Besides the usual, ``line``: for whom the record is, everybody if absent;
            ``mx`` is taken for ``priority``.
        """
        form = self._to_form(new_content(self, zone, name, type, data, _with_priority(extra)))
        with about_new_record(self, zone.id, name):
            body = self.connection.call(
                "Record.Create", {"domain_id": zone.id, **form}, idempotent=False
            ).object
        with reading(self, body):
            return self._to_record({**form, "id": body["record"]["id"]}, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        wanted = changed_content(self, record, name, type, data, _with_priority(extra))
        form = self._to_form(wanted)
        with about_record(self, record.id):
            of_record = {"domain_id": record.zone.id, "record_id": record.id}
            body = self.connection.call("Record.Modify", {**of_record, **form}).object
        with reading(self, body):
            return self._to_record({**form, "id": body["record"]["id"]}, record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            of_record = {"domain_id": record.zone.id, "record_id": record.id}
            self.connection.call("Record.Remove", of_record)
        return True

    # Models

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            name = item["name"] if "name" in item else item["domain"]
            ttl = item.get("ttl")
            extra = {key: item[key] for key in item if key not in ("id", "name", "ttl")}
            return Zone(
                id=str(item["id"]),
                domain=names.zone_name(name),
                type="master",
                ttl=None if ttl is None else int(ttl),
                driver=self,
                extra=extra,
            )

    def _to_records(self, items: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [self._to_record(item, zone) for item in items]

    def _to_record(self, item: dict[str, Any], zone: Zone) -> Record:
        with reading(self, item):
            # A listing calls some things otherwise than the form of a single record.
            type = item["type"] if "type" in item else item["record_type"]
            value = str(item["value"])
            numbers: dict[str, int] = {}
            if type == RecordType.SRV:
                value, numbers = from_rdata(RecordType.SRV, value)
            elif type == RecordType.MX:
                numbers = {"priority": int(item["mx"])}
            extra = {key: item[key] for key in item if key not in ("id", "name", "type", "value")}
            if "record_line" in item:
                extra["line"] = item["record_line"]
            ttl = item.get("ttl")
            return Record(
                id=str(item["id"]),
                name=names.to_relative(
                    item["name"] if "name" in item else item["sub_domain"], zone.domain
                ),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=None if ttl is None else int(ttl),
                extra={**extra, **numbers},
            )

    # Requests

    def _to_form(self, wanted: Content) -> dict[str, Any]:
        """
        What the API wants to hear of a record.

        https://docs.dnspod.com/api/5fe19a3f6e336701a2111bb0/
        """
        default = "\u9ed8\u8ba4" if self.connection.is_chinese else "default"
        form = {
            "sub_domain": wanted.name or "@",
            "record_type": wanted.type,
            "record_line": wanted.extra.get("line") or default,
            "value": wanted.rdata if wanted.type == RecordType.SRV else wanted.data,
            "mx": wanted.numbers["priority"] if wanted.type == RecordType.MX else None,
            "ttl": wanted.ttl,
        }
        if wanted.type == RecordType.CNAME:
            # As in the documented examples, and in the recordings.
            form["value"] = wanted.data.removesuffix(".")
        return {key: value for key, value in form.items() if value is not None}

    def _iterate_items(
        self, action: str, form: dict[str, Any], key: str, total: str, nothing: str
    ) -> Iterator[dict[str, Any]]:
        """
        The items of a listing, page by page.

        :param nothing: Code of the error that says that there are none.
        """

        def fetch(offset: int) -> tuple[list[dict[str, Any]], int | None]:
            start = {"offset": offset} if offset else {}
            try:
                body = self.connection.call(action, {**form, **start}).object
            except DNSPodException as error:
                if error.provider_code == nothing:
                    return [], None
                raise
            with reading(self, body):
                items = list(body[key])
                end = offset + len(items)
                more = items and end < int(body["info"][total])
                return items, end if more else None

        return iterate_pages(fetch, 0)


def _with_priority(extra: dict[str, Any] | None) -> dict[str, Any]:
    given = dict(extra or {})
    if given.get("mx") and given.get("priority") is None:
        given["priority"] = given["mx"]
    return given
