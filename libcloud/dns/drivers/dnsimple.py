"""
DNSimple, by version 2 of its API.

https://developer.dnsimple.com/v2/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.dnsimple import DNSimpleDNSConnection
from libcloud.common.errors import LibcloudError, UnsupportedOperation
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import join_rdata, split_rdata
from libcloud.dns.record_sets import data_of
from libcloud.dns.types import RecordType

__all__ = ["DNSimpleDNSDriver"]

DEFAULT_ZONE_TTL = 3600

PAGE_SIZE = 100

# What version 1 said of a domain and version 2 does not.
_OF_VERSION_1 = (
    "language",
    "lockable",
    "record_count",
    "service_count",
    "token",
    "user_id",
    "whois_protected",
)
_HOSTS = {RecordType.ALIAS, RecordType.CNAME, RecordType.MX, RecordType.NS, RecordType.PTR}


class DNSimpleDNSDriver(DNSDriver):
    """
    DNSimple.

    A zone's ``extra`` is what the API says of the domain: ``state``, ``expires_on``,
    ``auto_renew`` and so on; ``domain_id`` is its number. A record's has ``priority``, ``ttl``,
    ``regions``, ``system_record``, ``created_at``, ``updated_at`` and ``domain_id``.

    :param key: API token; with a secret, the e-mail address of the account, which is not looked at.
    :param secret: API token.
    :param host: ``api.sandbox.dnsimple.com`` is for tests.
    :param ex_account_id: The account; by default the only one that the token opens, which is one
        more request.
    """

    type = "dnsimple"
    name = "DNSimple"
    website = "https://dnsimple.com/"
    connectionCls = DNSimpleDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.DNSKEY: "DNSKEY",
        RecordType.DS: "DS",
        RecordType.HINFO: "HINFO",
        RecordType.MX: "MX",
        RecordType.NAPTR: "NAPTR",
        RecordType.NS: "NS",
        "POOL": "POOL",
        RecordType.PTR: "PTR",
        RecordType.SOA: "SOA",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.TXT: "TXT",
        RecordType.URL: "URL",
    }

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_account_id: str | int | None = None,
        **kwargs: Any,
    ) -> None:
        self.ex_account_id = ex_account_id
        super().__init__(key, secret or key, secure, host, port, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("domains"):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        """The zone with an ID, which is its name."""
        with about_zone(self, zone_id):
            return self._to_zone(self._request("GET", _domain_path(zone_id)))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Add a domain to the account, which makes a zone, and return it.

        :param type: ``master``: others cannot be created in this way.
        :param ttl: Not looked at: the provider has TTLs at records only.
        :param extra: Goes into the request as it is.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        if type != "master":
            raise UnsupportedOperation("DNSimple has only master zones", driver=self)
        request = {"name": names.zone_name(domain), **(extra or {})}
        with about_zone(self, domain):
            return self._to_zone(self._request("POST", "domains", request))

    def delete_zone(self, zone: Zone) -> bool:
        """
        Remove the domain from the account, and its zone with it.

        https://developer.dnsimple.com/v2/domains/#deleteDomain
        """
        with about_zone(self, zone.id):
            self._request("DELETE", _domain_path(zone.id))
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            for item in self._iterate_items(_records_path(zone)):
                yield self._to_record(item, zone=zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            return self._to_record(self._request("GET", _record_path(zone, record_id)), zone=zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it.

        :param extra: Besides the usual, ``regions``: list of the regions that the record is for.
        """
        wanted = new_content(self, zone, name, type, data, extra)
        request = {"type": wanted.type, **_to_request(wanted)}
        with about_new_record(self, zone.id, name):
            return self._to_record(self._request("POST", _records_path(zone), request), zone=zone)

    def update_record(
        self,
        record: Record,
        name: str | None,
        type: str | None,
        data: str | None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it as it is now.

        :param type: None or the type that it has: the API cannot change it.
        :raises UnsupportedOperation: ``type`` is another one.
        """
        wanted = changed_content(self, record, name, type, data, extra)
        if wanted.type != record.type:
            raise UnsupportedOperation("DNSimple cannot change a record's type", driver=self)
        with about_record(self, record.id):
            path = _record_path(record.zone, record.id)
            item = self._request("PATCH", path, _to_request(wanted))
            return self._to_record(item, zone=record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self._request("DELETE", _record_path(record.zone, record.id))
        return True

    # Requests

    def _request(self, method: str, path: str, json: Any = None) -> Any:
        path = f"/v2/{self._account()}/{path}"
        body = self.connection.request(path, method=method, json=json).object
        if method == "DELETE":
            return None
        with reading(self, body):
            return body["data"]

    def _iterate_items(self, path: str) -> Iterator[Any]:
        """https://developer.dnsimple.com/v2/#pagination"""

        def fetch(page: int) -> tuple[list[Any], int | None]:
            params = {"per_page": PAGE_SIZE, **({"page": page} if page > 1 else {})}
            body = self.connection.request(f"/v2/{self._account()}/{path}", params=params).object
            with reading(self, body):
                last = body["pagination"]["total_pages"]
                return list(body["data"]), page + 1 if page < last else None

        return iterate_pages(fetch, 1)

    def _account(self) -> str:
        """The part of all paths that says whose zones are meant."""
        if self.ex_account_id is None:
            body = self.connection.request("/v2/accounts").object
            with reading(self, body):
                accounts = [account["id"] for account in body["data"]]
            if len(accounts) != 1:
                raise LibcloudError(
                    f"The token opens the accounts {accounts}: name one with ex_account_id=",
                    driver=self,
                )
            self.ex_account_id = accounts[0]
        return quote_path_segment(self.ex_account_id)

    # Models

    def _to_zones(self, data: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in data]

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            said = {key: value for key, value in data.items() if key not in ("id", "name")}
            name = names.zone_name(data["name"])
            extra = {**dict.fromkeys(_OF_VERSION_1), **said, "domain_id": data["id"]}
            extra["whois_protected"] = data.get("private_whois")
            return Zone(name, name, "master", DEFAULT_ZONE_TTL, self, extra)

    def _to_records(self, data: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [self._to_record(item, zone=zone) for item in data]

    def _to_record(
        self, data: dict[str, Any], zone_id: str | None = None, zone: Zone | None = None
    ) -> Record:
        """
        :param zone_id: Name of the zone, which is asked for if there is no ``zone``.
        """
        with reading(self, data):
            zone = zone or self.get_zone(zone_id or data["zone_id"])
            type, priority = data["type"], data.get("priority")
            value, numbers = _data_of(type, data["content"], priority)
            keys = ("ttl", "regions", "system_record", "created_at", "updated_at")
            return Record(
                id=data["id"],
                name=names.to_relative(data["name"], zone.domain),
                type=type,
                data=value,
                zone=zone,
                driver=self,
                ttl=data["ttl"],
                extra={
                    "domain_id": zone.extra.get("domain_id"),
                    "priority": priority,
                    **{key: data.get(key) for key in keys},
                    **numbers,
                },
            )


def _data_of(type: str, content: str, priority: Any) -> tuple[str, dict[str, int]]:
    if type == RecordType.MX:
        return data_and_extra(type, {"target": content, "priority": priority})
    words = content.split()
    if type == RecordType.SRV and len(words) == 3:
        weight, port, target = words
        parts = {"priority": priority, "weight": weight, "port": port, "target": target}
        return data_and_extra(type, parts)
    if type == RecordType.SOA:
        # The hosts have no final dots.
        return join_rdata(type, split_rdata(type, content)), {}
    return data_of(type, content)


def _to_request(wanted: Content) -> dict[str, Any]:
    """
    What the API wants to hear of a record, but for its type.

    https://developer.dnsimple.com/v2/zones/records/#createZoneRecord
    """
    host = wanted.data.removesuffix(".")
    if wanted.type in _HOSTS:
        content = host
    elif wanted.type == RecordType.SRV:
        content = f"{wanted.numbers['weight']} {wanted.numbers['port']} {host}"
    elif wanted.type in (RecordType.TXT, RecordType.SPF):
        content = _text(wanted)
    else:
        content = wanted.rdata
    request: dict[str, Any] = {"name": wanted.name, "content": content}
    if wanted.ttl is not None:
        request["ttl"] = wanted.ttl
    if "priority" in wanted.numbers:
        request["priority"] = wanted.numbers["priority"]
    if wanted.extra.get("regions") not in (None, ["global"]):
        request["regions"] = wanted.extra["regions"]
    return request


def _text(wanted: Content) -> str:
    """The text as it is if it can be taken for nothing else; as a zone file has it otherwise."""
    text = wanted.data
    simple = text.isascii() and text.isprintable() and len(text) <= 255
    return text if simple and '"' not in text and "\\" not in text else wanted.rdata


def _domain_path(zone_id: str) -> str:
    return f"domains/{quote_path_segment(zone_id)}"


def _records_path(zone: Zone) -> str:
    return f"zones/{quote_path_segment(zone.id)}/records"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_records_path(zone)}/{quote_path_segment(record_id)}"
