"""
Namecheap's DNS.

https://www.namecheap.com/support/api/methods/

The API has one call that changes records, and that call replaces all of them: whatever is not in it
is deleted (https://www.namecheap.com/support/api/methods/domains-dns/set-hosts/). See
:class:`NamecheapDNSDriver` for what this means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from libcloud.common.base import ConnectionUserAndKey, XmlResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    RateLimitReachedError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import TEXTS
from libcloud.dns.record_sets import (
    Changes,
    RecordSet,
    RecordSetChanged,
    RecordSetDNSDriver,
    SetKey,
    Value,
)
from libcloud.dns.types import RecordType

__all__ = ["NamecheapConnection", "NamecheapDNSDriver", "NamecheapResponse"]

# https://www.namecheap.com/support/api/global-parameters/, and what the recordings and
# https://www.namecheap.com/support/api/error-codes/ have of domains.
_ERRORS: dict[str, Any] = {
    "1010101": InvalidCredsError,
    "1010102": InvalidCredsError,
    "1011102": InvalidCredsError,
    "1011150": InvalidCredsError,
    "1016103": InvalidCredsError,
    "1017101": InvalidCredsError,
    "1017103": InvalidCredsError,
    "1017105": InvalidCredsError,
    "1017150": InvalidCredsError,
    "1019103": InvalidCredsError,
    "1030408": InvalidCredsError,
    "2016166": ResourceNotFoundError,
    "2019166": ResourceNotFoundError,
    "2030166": ResourceNotFoundError,
    "500000": RateLimitReachedError,
}

# The provider's inventions, which no zone file can have; URL is one that the library knows.
_OUTSIDE_THE_DNS = {"FRAME", "MXE", "URL301"}

# Of domains in a page, the most that there can be.
_PAGE = 100


class NamecheapResponse(XmlResponse):
    """An answer; errors are ``<Error Number="code">text</Error>`` below ``Status="ERROR"``."""

    def success(self) -> bool:
        return super().success() and not self._errors()

    def parse_error(self) -> Any:
        code, message = (self._errors() or [("", str(self.body)[:500])])[0]
        return provider_error(
            self.status,
            message,
            code,
            _ERRORS,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _errors(self) -> list[tuple[str, str]]:
        try:
            root = self.parse_body()
        except MalformedResponseError:
            return []
        if not hasattr(root, "get") or root.get("Status") != "ERROR":
            return []
        found = root.findall("{*}Errors/{*}Error")
        return [(each.get("Number", ""), (each.text or "").strip()) for each in found] or [("", "")]


class NamecheapConnection(ConnectionUserAndKey):
    """Sends the credentials in the URL of each request: in no header, and not all have a body."""

    host = "api.namecheap.com"
    responseCls = NamecheapResponse
    user_name: str | None = None

    def add_default_params(self, params: Any) -> Any:
        user = {"ApiUser": self.user_id, "UserName": self.user_name or self.user_id}
        return {**user, "ApiKey": self.key, **params}


class _Listing(NamedTuple):
    """All records of a zone, as the provider gives them."""

    email_type: str | None
    hosts: tuple[Mapping[str, str], ...]


class NamecheapDNSDriver(RecordSetDNSDriver):
    """
    Namecheap.

    .. warning::

        **Each change of a record writes all records of the zone anew.** The API has no other way:
        it takes the whole list, and deletes whatever is not in it. The driver reads the list,
        changes it, and writes it at once; what it knows nothing of (URL redirects, names of
        applications) goes back as it came. Threads that share a driver take turns in a zone. But
        two drivers or two processes that change the same zone at the same moment, or somebody in
        the provider's web pages, may **undo each other's changes, and the provider does not
        notice**. Let one process at a time change a zone, and give many changes to
        :func:`libcloud.dns.sync.sync`, which writes once for hundreds of them.

    A zone that has MX records gets the mail setting for them, which ends mail forwarding; any other
    setting stays as it is.

    Zones are domains of the account, so none is created or deleted here. IDs of records are made of
    type, name and value: the provider's own change with each write.

    :param key: Name of the API user.
    :param secret: API key.
    :param ex_client_ip: IPv4 address that requests come from, which must be on the account's list.
    :param ex_user_name: User whose domains they are, if it is not the API user.
    """

    type = "namecheap"
    name = "Namecheap"
    website = "https://www.namecheap.com"
    connectionCls = NamecheapConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CAA: "CAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.TXT: "TXT",
        RecordType.URL: "URL",
    }
    default_ttl = 1800

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_client_ip: str = "127.0.0.1",
        ex_user_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key, secret, secure, host, port, **kwargs)
        self.ex_client_ip = ex_client_ip
        self.connection.user_name = ex_user_name

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All domains of the account, a hundred in a page, whether they use this DNS or not."""

        def fetch(page: int) -> tuple[list[Any], int | None]:
            result = self._ask("namecheap.domains.getList", {"Page": page, "PageSize": _PAGE})
            with reading(self, result):
                domains = list(_one(result, "DomainGetListResult"))
                total = int(_one(result, "Paging/{*}TotalItems").text)
                return domains, page + 1 if domains and page * _PAGE < total else None

        for domain in iterate_pages(fetch, 1):
            with reading(self, domain):
                yield self._to_zone(domain.attrib["Name"], dict(domain.attrib))

    def get_zone(self, zone_id: str) -> Zone:
        domain = names.zone_name(zone_id)
        with about_zone(self, zone_id):
            answer = self._ask("namecheap.domains.getInfo", {"DomainName": domain})
        with reading(self, answer):
            found = _one(answer, "DomainGetInfoResult")
            return self._to_zone(found.attrib["DomainName"], dict(found.attrib))

    def _to_zone(self, domain: str, extra: dict[str, Any]) -> Zone:
        domain = names.zone_name(domain)
        return Zone(domain, domain, "master", None, self, extra)

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        yield from self._sets_in(self._read(zone), zone).values()

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        """Some record sets; ``raw`` is all that the zone has, which is to be written with them."""
        listing = self._read(zone)
        found = self._sets_in(listing, zone)
        return {key: found.get(key, RecordSet(key))._replace(raw=listing) for key in keys}

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        listing = changes[0][0].raw
        if listing is None:
            # They were read a while ago, for a plan.
            listing = self._read(zone)
            found = self._sets_in(listing, zone)
            for old, new in changes:
                if not self._are_alike(old, found.get(new.key, RecordSet(new.key))):
                    raise RecordSetChanged(f"{new.key.name} {new.key.type} was changed meanwhile")
        self._write(zone, _changed(listing, changes, zone))

    def _iterate_exported(self, zone: Zone) -> Iterator[Record]:
        records = self.iterate_records(zone)
        return (record for record in records if record.type not in _OUTSIDE_THE_DNS)

    def _sets_in(self, listing: _Listing, zone: Zone) -> dict[SetKey, RecordSet]:
        sets: dict[SetKey, RecordSet] = {}
        with reading(self, listing):
            for host in listing.hosts:
                key = _key_of(host, zone)
                found = sets.get(key, RecordSet(key, int(host["TTL"])))
                value = Value(_rdata_of(host), {}, host)
                sets[key] = found._replace(values=(*found.values, value))
        return sets

    def _read(self, zone: Zone) -> _Listing:
        with about_zone(self, zone.id):
            answer = self._ask("namecheap.domains.dns.getHosts", _of_zone(zone))
        with reading(self, answer):
            result = _one(answer, "DomainDNSGetHostsResult")
            return _Listing(result.get("EmailType"), tuple(dict(host.attrib) for host in result))

    def _write(self, zone: Zone, listing: _Listing) -> None:
        form: dict[str, Any] = {}
        for number, host in enumerate(listing.hosts, 1):
            for name, value in host.items():
                form[f"{_PARAMETERS.get(name, name)}{number}"] = value
        if listing.email_type:
            form["EmailType"] = listing.email_type
        with about_zone(self, zone.id):
            answer = self._ask(
                "namecheap.domains.dns.setHosts", {}, {**_of_zone(zone), **form}, idempotent=False
            )
        with reading(self, answer):
            if _one(answer, "DomainDNSSetHostsResult").attrib["IsSuccess"] != "true":
                raise provider_error(200, "The records were not written", driver=self)

    def _ask(
        self,
        command: str,
        params: dict[str, Any],
        form: dict[str, Any] | None = None,
        idempotent: bool = True,
    ) -> Any:
        params = {"Command": command, "ClientIP": self.ex_client_ip, **params}
        return self.connection.request(
            "/xml.response", params=params, data=form, method="POST", idempotent=idempotent
        ).object


# What a listing calls the attributes of a record, where the call that writes has other names.
_PARAMETERS = {"Name": "HostName", "Type": "RecordType"}


def _changed(listing: _Listing, changes: Changes, zone: Zone) -> _Listing:
    """What a zone is to have: what stays, in its order, and then what is new."""
    sets = {new.key: (old, new) for old, new in changes}
    hosts: list[Mapping[str, str]] = []
    for host in listing.hosts:
        old, new = sets.get(_key_of(host, zone), (None, None))
        if old is None or new is None:
            hosts.append(host)
        elif any(value.raw == host for value in new.values):
            ttl = host["TTL"] if old.ttl == new.ttl else str(new.ttl)
            hosts.append({**host, "TTL": ttl})
    for _, new in changes:
        hosts += [_to_host(new, value, zone) for value in new.values if value.raw is None]
    has_mail = any(host["Type"] == RecordType.MX for host in hosts)
    return _Listing("MX" if has_mail else listing.email_type, tuple(hosts))


def _to_host(record_set: RecordSet, value: Value, zone: Zone) -> dict[str, str]:
    type = record_set.key.type
    host = {
        "Name": names.to_relative(record_set.key.name, zone.domain) or "@",
        "Type": type,
        "Address": names.unquote_text(value.rdata) if type in TEXTS else value.rdata,
        "TTL": str(record_set.ttl),
    }
    if type == RecordType.MX:
        host["MXPref"], host["Address"] = value.rdata.split(None, 1)
    return host


def _key_of(host: Mapping[str, str], zone: Zone) -> SetKey:
    return SetKey(names.to_absolute(host["Name"], zone.domain).lower(), host["Type"])


def _rdata_of(host: Mapping[str, str]) -> str:
    type, address = host["Type"], host["Address"]
    if type in TEXTS:
        return names.quote_text(address)
    return f"{host['MXPref']} {address}" if type == RecordType.MX else address


def _of_zone(zone: Zone) -> dict[str, Any]:
    """A domain as the API wants it: its first label, and the rest (``co.uk``)."""
    first, _, rest = names.zone_name(zone.id).partition(".")
    return {"SLD": first, "TLD": rest}


def _one(answer: Any, path: str) -> Any:
    found = answer.find(f".//{{*}}{path}")
    if found is None:
        raise KeyError(path)
    return found
