"""
Cloudflare's DNS, by version 4 of its API.

https://developers.cloudflare.com/api/resources/dns/subresources/records/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from libcloud.common.base import ConnectionKey, ConnectionUserAndKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, data_and_extra, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.record_sets import data_of
from libcloud.dns.types import RecordType

__all__ = [
    "CloudFlareDNSDriver",
    "CloudFlareDNSResponse",
    "GlobalAPIKeyDNSConnection",
    "TokenDNSConnection",
]

API_HOST = "api.cloudflare.com"
API_BASE = "/client/v4"

CLOUDFLARE_TO_LIBCLOUD_ZONE_TYPE = {"full": "master", "partial": "slave"}
LIBCLOUD_TO_CLOUDFLARE_ZONE_TYPE = {"master": "full", "slave": "partial"}

ZONE_EXTRA_ATTRIBUTES = {
    "account",
    "activated_on",
    "created_on",
    "development_mode",
    "modified_on",
    "name_servers",
    "original_dnshost",
    "original_name_servers",
    "original_registrar",
    "owner",
    "paused",
    "permissions",
    "plan",
    "plan_pending",
    "status",
}
ZONE_CREATE_ATTRIBUTES = {"jump_start"}
ZONE_UPDATE_ATTRIBUTES = {"paused", "plan", "vanity_name_servers"}

RECORD_EXTRA_ATTRIBUTES = {
    "created_on",
    "data",
    "locked",
    "modified_on",
    "priority",
    "proxiable",
    "proxied",
}
RECORD_CREATE_ATTRIBUTES = {"priority", "proxied", "ttl"}
RECORD_UPDATE_ATTRIBUTES = {"proxied", "ttl"}

# What a record keeps beside its content; a change that does not say them again takes them away.
KEPT_ATTRIBUTES = ("proxied", "comment", "tags", "settings")

# Type -> our names for the parts of its data, where the provider has others. All other types that
# are sent in parts have the same names.
SENT_IN_PARTS: dict[str, dict[str, str]] = {
    "CAA": {},
    "CERT": {},
    "DNSKEY": {},
    "DS": {},
    "HTTPS": {"params": "value"},
    "NAPTR": {"regexp": "regex"},
    "SMIMEA": {},
    "SRV": {},
    "SSHFP": {"fptype": "type"},
    "SVCB": {"params": "value"},
    "TLSA": {},
    "URI": {},
}

_ANGLE = r"(?P<{0}_degrees>\d+)(?: (?P<{0}_minutes>\d+)(?: (?P<{0}_seconds>[\d.]+))?)?"
_LOCATION = (
    _ANGLE.format("lat")
    + r" (?P<lat_direction>[NS]) "
    + _ANGLE.format("long")
    + r" (?P<long_direction>[EW]) (?P<altitude>-?[\d.]+)m?"
    + r"(?: (?P<size>[\d.]+)m?"
    + r"(?: (?P<precision_horz>[\d.]+)m?(?: (?P<precision_vert>[\d.]+)m?)?)?)?"
)

AUTOMATIC_TTL = 1
AUTOMATIC_SECONDS = 300


class CloudFlareDNSResponse(JsonResponse):
    """
    An answer: ``{"success": ..., "errors": [{"code": ..., "message": ...}], "result": ...}``.

    https://developers.cloudflare.com/fundamentals/api/reference/responses/
    """

    exceptions: ClassVar[dict[int, type[ProviderError]]] = {
        1001: ResourceNotFoundError,
        1002: ResourceNotFoundError,
        1061: ResourceExistsError,
        9103: InvalidCredsError,
        81053: ResourceExistsError,
        81057: ResourceExistsError,
        81058: ResourceExistsError,
    }
    # "Invalid request headers": a key or a token of the wrong form; "Could not route to /zones/...,
    # perhaps your object identifier is invalid?"; "Authentication error"; "Record does not exist."
    more_exceptions: ClassVar[dict[int, type[ProviderError]]] = {
        6003: InvalidCredsError,
        7003: ResourceNotFoundError,
        10000: InvalidCredsError,
        81044: ResourceNotFoundError,
    }

    def success(self) -> bool:
        return 200 <= self.status < 300

    def parse_body(self) -> Any:
        body = super().parse_body()
        if self.success() and isinstance(body, dict) and body.get("success") is False:
            raise self._error(body)
        return body

    def parse_error(self) -> Any:
        try:
            return self._error(self.parse_body())
        except MalformedResponseError:
            return self._error(None)

    def _error(self, body: Any) -> ProviderError:
        errors = body.get("errors") if isinstance(body, dict) else None
        first = errors[0] if isinstance(errors, list) and errors else None
        said = first if isinstance(first, dict) else {}
        code, text = said.get("code"), str(said.get("message", ""))
        message = f"{code}: {text}" if said else str(self.body)[:500]
        chain = said.get("error_chain")
        if isinstance(chain, list) and chain:
            links = (f"{each.get('code')}: {each.get('message')}" for each in chain)
            message += f" (error chain: {', '.join(links)})"
        table = {str(key): kind for key, kind in (self.exceptions | self.more_exceptions).items()}
        if code == 9109 and "token" in text:
            # The same code as for what a good token may not do.
            table["9109"] = InvalidCredsError
        return provider_error(
            self.status,
            message,
            None if code is None else str(code),
            table,
            request_id=self.headers.get("cf-ray"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class BaseDNSConnection:
    """What both ways to authenticate have in common."""

    host = API_HOST
    secure = True
    responseCls = CloudFlareDNSResponse

    def encode_data(self, data: Any) -> Any:
        """JSON of anything that is not text yet."""
        if data is None or isinstance(data, (str, bytes)):
            return data
        import json

        return json.dumps(data)


class GlobalAPIKeyDNSConnection(BaseDNSConnection, ConnectionUserAndKey):
    """Sends an e-mail address and the account's global key."""

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Content-Type"] = "application/json"
        headers["X-Auth-Email"] = self.user_id
        headers["X-Auth-Key"] = self.key
        return headers


class TokenDNSConnection(BaseDNSConnection, ConnectionKey):
    """Sends an API token."""

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Content-Type"] = "application/json"
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class CloudFlareDNSDriver(DNSDriver):
    """
    Cloudflare.

    A zone's ``extra`` has what ``ZONE_EXTRA_ATTRIBUTES`` names. A record's has what
    ``RECORD_EXTRA_ATTRIBUTES`` names, and ``comment``, ``tags`` and ``settings`` where it has some.
    ``data`` there is the data in parts, as the provider gives it.

    :param key: API token; with a secret, the e-mail address of the account.
    :param secret: The global API key.
    """

    type = "cloudflare"
    name = "CloudFlare DNS"
    website = "https://www.cloudflare.com"
    connectionCls: Any = GlobalAPIKeyDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CAA: "CAA",
        RecordType.CERT: "CERT",
        RecordType.CNAME: "CNAME",
        RecordType.DNSKEY: "DNSKEY",
        RecordType.DS: "DS",
        RecordType.HTTPS: "HTTPS",
        RecordType.LOC: "LOC",
        RecordType.MX: "MX",
        RecordType.NAPTR: "NAPTR",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        "SMIMEA": "SMIMEA",
        RecordType.SPF: "SPF",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.SVCB: "SVCB",
        RecordType.TLSA: "TLSA",
        RecordType.TXT: "TXT",
        "URI": "URI",
        RecordType.URL: "LOC",  # A slip of long ago.
    }

    ZONES_PAGE_SIZE = 50
    RECORDS_PAGE_SIZE = 100
    MEMBERSHIPS_PAGE_SIZE = 50

    value_options = frozenset({"proxied"})

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        if not secret:
            self.connectionCls = TokenDNSConnection
        super().__init__(key, secret or None, secure, host, port, **kwargs)

    def list_record_types(self) -> list[str]:
        """
        The types of records that :meth:`create_record` takes. Makes no request.

        SPF, which the API has no more, and URL, which stands for LOC, are kept from long ago, and
        not among them.
        """
        old = (RecordType.SPF, RecordType.URL)
        return [type for type in self.RECORD_TYPE_MAP if type not in old]

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        for item in self._iterate_items("/zones", self.ZONES_PAGE_SIZE):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            return self._to_zone(self._result("GET", _zone_path(zone_id)))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it: one request, two without an account in ``extra``.

        :param type: ``master`` (``full`` in the API) or ``slave`` (``partial``: the zone stays
            with another provider, and names are led to Cloudflare one by one).
        :param ttl: Not looked at: the provider has TTLs at records only.
        :param extra: ``account``: ID of the account, by default the first that
            :meth:`ex_get_user_account_memberships` gives; ``jump_start``: True to look for records
            that the domain has elsewhere.
        :raises ZoneAlreadyExistsError: there is that zone already.
        """
        extra = extra or {}
        with about_zone(self, domain):
            account = extra.get("account") or self._first_account()
            request = {
                "name": names.zone_name(domain),
                "account": account if isinstance(account, dict) else {"id": account},
                "type": LIBCLOUD_TO_CLOUDFLARE_ZONE_TYPE.get(type, type),
                **{key: extra[key] for key in ZONE_CREATE_ATTRIBUTES if key in extra},
            }
            return self._to_zone(self._result("POST", "/zones", json=request))

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now: a request for each key of ``extra``, as the API
        changes one property at a time; one if there is none.

        :param domain: None or the name that it has: the provider cannot rename a zone.
        :param type: Not looked at.
        :param ttl: Not looked at: the provider has TTLs at records only.
        :param extra: ``paused``, ``plan``, ``vanity_name_servers``.
        :raises UnsupportedOperation: ``domain`` is another name.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if domain is not None and names.zone_name(domain) != names.zone_name(zone.domain):
            raise UnsupportedOperation("Cloudflare cannot rename a zone", driver=self)
        changes = sorted(ZONE_UPDATE_ATTRIBUTES & (extra or {}).keys())
        if not extra or not changes:
            return self.get_zone(zone.id)
        with about_zone(self, zone.id):
            for key in changes:
                item = self._result("PATCH", _zone_path(zone.id), json={key: extra[key]})
            return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._request("DELETE", _zone_path(zone.id))
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            path = f"{_zone_path(zone.id)}/dns_records"
            for item in self._iterate_items(path, self.RECORDS_PAGE_SIZE):
                yield self._to_record(zone, item)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            return self._to_record(zone, self._result("GET", _record_path(zone, record_id)))

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

        :param extra: Besides the usual, ``proxied``: True to lead the traffic of an A, AAAA or
            CNAME record through Cloudflare; ``comment``, ``tags``, ``settings``.
        """
        request = _to_request(new_content(self, zone, name, type, data, extra), zone)
        path = f"{_zone_path(zone.id)}/dns_records"
        with about_new_record(self, zone.id, name):
            return self._to_record(zone, self._result("POST", path, json=request))

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        zone = record.zone
        request = _to_request(changed_content(self, record, name, type, data, extra), zone)
        with about_record(self, record.id):
            item = self._result("PUT", _record_path(zone, record.id), json=request)
            return self._to_record(zone, item)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self._request("DELETE", _record_path(record.zone, record.id))
        return True

    def _iterate_exported(self, zone: Zone) -> Iterator[Record]:
        """
        The records; of those with an automatic TTL, how long that is.

        https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/
        """
        for record in self.iterate_records(zone):
            if record.ttl == AUTOMATIC_TTL:
                record.ttl = AUTOMATIC_SECONDS
            yield record

    # The account, and what else Cloudflare does for a zone

    def ex_get_user_account_memberships(self) -> Iterator[dict[str, Any]]:
        """The accounts that the user is a member of, page by page, as the API says it."""
        return self._iterate_items("/memberships", self.MEMBERSHIPS_PAGE_SIZE)

    def ex_zone_check(self, zones: Iterable[str]) -> dict[str, str]:
        """
        Which of some domains have a zone in the account: a request for each.

        :param zones: Names of the domains.
        :return: Domain -> ID of its zone; domains without one are absent.
        """
        found = {}
        for domain in zones:
            name = names.zone_name(domain)
            for item in self._result("GET", "/zones", params={"name": name}):
                found[domain] = self._to_zone(item).id
        return found

    def ex_get_zone_stats(self, zone: Zone, interval: int = 30) -> dict[str, Any]:
        """
        :raises UnsupportedOperation: always: statistics are in another API now,
            https://developers.cloudflare.com/analytics/graphql-api/.
        """
        raise UnsupportedOperation("The API has no statistics any more", driver=self)

    def ex_get_ip_threat_score(self, ip: str) -> str:
        """
        :raises UnsupportedOperation: always: only version 1 of the API had it.
        """
        raise UnsupportedOperation("The API has no threat scores any more", driver=self)

    def ex_get_zone_settings(self, zone: Zone) -> dict[str, Any]:
        """All settings of a zone: name -> value (``{"ipv6": "on", ...}``)."""
        with about_zone(self, zone.id):
            items = self._result("GET", f"{_zone_path(zone.id)}/settings")
        with reading(self, items):
            return {item["id"]: item["value"] for item in items}

    def ex_set_zone_security_level(self, zone: Zone, level: str) -> bool:
        """
        :param level: ``off``, ``essentially_off``, ``low``, ``medium``, ``high`` or
            ``under_attack``.
        """
        return self._set(zone, "security_level", level)

    def ex_set_zone_cache_level(self, zone: Zone, level: str) -> bool:
        """
        :param level: ``aggressive``, ``basic`` or ``simplified``.
        """
        return self._set(zone, "cache_level", level)

    def ex_enable_development_mode(self, zone: Zone) -> bool:
        """Let nothing be cached for three hours."""
        return self._set(zone, "development_mode", "on")

    def ex_disable_development_mode(self, zone: Zone) -> bool:
        """Let things be cached again."""
        return self._set(zone, "development_mode", "off")

    def ex_enable_ipv6_support(self, zone: Zone) -> bool:
        """Serve names that go through Cloudflare over IPv6 as well."""
        return self._set(zone, "ipv6", "on")

    def ex_disable_ipv6_support(self, zone: Zone) -> bool:
        """Serve names that go through Cloudflare over IPv4 only."""
        return self._set(zone, "ipv6", "off")

    def ex_purge_cached_files(self, zone: Zone) -> bool:
        """Remove everything of a zone from the caches."""
        return self._purge(zone, {"purge_everything": True})

    def ex_purge_cached_file(self, zone: Zone, url: str) -> bool:
        """
        Remove one file from the caches.

        :param url: Whole URL of the file.
        """
        return self._purge(zone, {"files": [url]})

    def ex_whitelist_ip(self, zone: Zone, ip: str) -> bool:
        """
        Let an address pass all checks.

        :param ip: IPv4 or IPv6 address, or a network (``192.0.2.0/24``).
        """
        return self._add_access_rule(zone, ip, "whitelist")

    def ex_blacklist_ip(self, zone: Zone, ip: str) -> bool:
        """
        Keep an address out.

        :param ip: IPv4 or IPv6 address, or a network (``192.0.2.0/24``).
        """
        return self._add_access_rule(zone, ip, "block")

    def ex_unlist_ip(self, zone: Zone, ip: str) -> bool:
        """
        Take back all that was said of an address.

        :return: Whether anything was.
        """
        path = f"{_zone_path(zone.id)}/firewall/access_rules/rules"
        wanted = _access_target(ip)
        with about_zone(self, zone.id):
            rules = self._result("GET", path, params={"configuration.value": ip})
            with reading(self, rules):
                found = [rule["id"] for rule in rules if rule["configuration"] == wanted]
            for rule_id in found:
                self._request("DELETE", f"{path}/{quote_path_segment(rule_id)}")
        return bool(found)

    def _set(self, zone: Zone, setting: str, value: str) -> bool:
        with about_zone(self, zone.id):
            path, request = f"{_zone_path(zone.id)}/settings/{setting}", {"value": value}
            self._request("PATCH", path, json=request)
        return True

    def _purge(self, zone: Zone, what: dict[str, Any]) -> bool:
        with about_zone(self, zone.id):
            self._request("POST", f"{_zone_path(zone.id)}/purge_cache", json=what)
        return True

    def _add_access_rule(self, zone: Zone, ip: str, mode: str) -> bool:
        request = {"mode": mode, "configuration": _access_target(ip), "notes": ""}
        with about_zone(self, zone.id):
            path = f"{_zone_path(zone.id)}/firewall/access_rules/rules"
            self._request("POST", path, json=request)
        return True

    def _first_account(self) -> str:
        for membership in self.ex_get_user_account_memberships():
            with reading(self, membership):
                return str(membership["account"]["id"])
        raise LibcloudError("No account to create the zone in: name one in extra", driver=self)

    # Requests and models

    def _request(
        self, method: str, path: str, params: dict[str, Any] | None = None, json: Any = None
    ) -> Any:
        request = self.connection.request
        return request(API_BASE + path, params=params, method=method, json=json).object

    def _result(
        self, method: str, path: str, params: dict[str, Any] | None = None, json: Any = None
    ) -> Any:
        body = self._request(method, path, params, json)
        with reading(self, body):
            return body["result"]

    def _iterate_items(self, path: str, page_size: int) -> Iterator[Any]:
        """https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/#pagination"""

        def fetch(page: int) -> tuple[list[Any], int | None]:
            body = self._request("GET", path, {"page": page, "per_page": page_size})
            with reading(self, body):
                items, info = list(body["result"]), body.get("result_info") or {}
                pages = info.get("total_pages")
                if pages is None:
                    pages = -(-info.get("total_count", 0) // info.get("per_page", page_size))
                return items, page + 1 if page < pages else None

        return iterate_pages(fetch, 1)

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            kind = item.get("type") or "full"
            return Zone(
                id=item["id"],
                domain=names.zone_name(item["name"]),
                type=CLOUDFLARE_TO_LIBCLOUD_ZONE_TYPE.get(kind, kind),
                ttl=None,
                driver=self,
                extra={key: item.get(key) for key in ZONE_EXTRA_ATTRIBUTES},
            )

    def _to_record(self, zone: Zone, item: dict[str, Any]) -> Record:
        with reading(self, item):
            type, content, parts = item["type"], item["content"], item.get("data")
            if type == RecordType.MX:
                data, numbers = data_and_extra(type, {**item, "target": content})
            elif type == RecordType.SRV and parts:
                data, numbers = data_and_extra(type, parts)
            else:
                data, numbers = data_of(type, content)
            extra = {key: item.get(key) for key in RECORD_EXTRA_ATTRIBUTES}
            kept = {key: item[key] for key in KEPT_ATTRIBUTES if item.get(key)}
            return Record(
                id=item["id"],
                name=names.to_relative(item["name"], zone.domain),
                type=type,
                data=data,
                zone=zone,
                driver=self,
                ttl=item["ttl"],
                extra={**extra, **kept, **numbers},
            )


def _to_request(wanted: Content, zone: Zone) -> dict[str, Any]:
    """
    What the API wants to hear of a record.

    https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/create/
    """
    request: dict[str, Any] = {
        "type": CloudFlareDNSDriver.RECORD_TYPE_MAP[wanted.type],
        "name": names.to_absolute(wanted.name, zone.domain).removesuffix("."),
        **{key: wanted.extra[key] for key in KEPT_ATTRIBUTES if wanted.extra.get(key)},
    }
    if wanted.ttl is not None:
        request["ttl"] = wanted.ttl
    if request["type"] == "LOC":
        request["data"] = _location(wanted.rdata)
    elif wanted.type in SENT_IN_PARTS:
        request["data"] = _parts(wanted)
        if wanted.type == "URI":
            request["priority"] = request["data"].pop("priority")
    elif wanted.type in (RecordType.SPF, RecordType.TXT):
        request["content"] = _text(wanted)
    else:
        request.update(wanted.numbers, content=_host(wanted.data))
    return request


def _parts(wanted: Content) -> dict[str, Any]:
    renamed, parts = SENT_IN_PARTS[wanted.type], wanted.parts
    for key in {"target", "replacement"} & parts.keys():
        if wanted.type != "URI":
            parts[key] = _host(str(parts[key]))
    if wanted.type == RecordType.CERT:
        parts.update({key: int(parts[key]) for key in ("type", "algorithm")})
    return {renamed.get(key, key): part for key, part in parts.items()}


def _location(rdata: str) -> dict[str, Any]:
    """
    The parts of a LOC record: ``51 30 12.748 N 0 7 39.611 W 20.00m 1m 100m 10m``.

    https://www.rfc-editor.org/rfc/rfc1876#section-3
    """
    match = re.fullmatch(_LOCATION, rdata.strip())
    if match is None:
        raise ValueError(f"{rdata!r} is no location")
    return {
        key: text if key.endswith("direction") else float(text) if "." in text else int(text)
        for key, text in match.groupdict().items()
        if text is not None
    }


def _text(wanted: Content) -> str:
    """
    The text as it is if it can be taken for nothing else; as a zone file has it otherwise.

    https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/#txt
    """
    text = wanted.data
    simple = text.isascii() and text.isprintable() and len(text) <= 255
    return text if simple and '"' not in text and "\\" not in text else wanted.rdata


def _host(host: str) -> str:
    """A host as the provider writes it, without a final dot; the root alone stays."""
    return host.removesuffix(".") or host


def _access_target(ip: str) -> dict[str, str]:
    if "/" in ip:
        return {"target": "ip_range", "value": ip}
    return {"target": "ip6" if ":" in ip else "ip", "value": ip}


def _zone_path(zone_id: str) -> str:
    return f"/zones/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/dns_records/{quote_path_segment(record_id)}"
