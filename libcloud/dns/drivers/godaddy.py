"""
GoDaddy's domains and their DNS.

https://developer.godaddy.com/doc/endpoint/domains
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    BaseHTTPError,
    MalformedResponseError,
    ProviderError,
    RateLimitReachedError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.dns import names
from libcloud.dns.base import Record, Zone
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.rdata import from_rdata, to_rdata
from libcloud.dns.record_sets import Changes, RecordSet, RecordSetDNSDriver, SetKey, Value
from libcloud.dns.types import RecordType

__all__ = [
    "GoDaddyAvailability",
    "GoDaddyDNSConnection",
    "GoDaddyDNSDriver",
    "GoDaddyDNSException",
    "GoDaddyDNSResponse",
    "GoDaddyDomainPurchaseResponse",
    "GoDaddyLegalAgreement",
    "GoDaddyTLD",
]

API_HOST = "api.godaddy.com"
VALID_RECORD_EXTRA_PARAMS = ["prio", "ttl"]

ZONES_PER_PAGE = 1000

# Prices come in millionths of the currency's unit.
_MICRO_UNIT = 1_000_000

# The types that the API deletes by name; of others, all names are written anew without one.
_DELETABLE = frozenset({"A", "AAAA", "CNAME", "MX", "SRV", "TXT"})


class GoDaddyDNSException(ProviderError):
    """
    The provider refused what has no error of its own.

    :param code: The provider's name for it, which is also ``provider_code``.
    :param message: What the provider said.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, http_code=None)
        self.code = self.provider_code = code
        self.message = message
        self.args = (code, message)

    def __str__(self) -> str:
        return f"<GoDaddyDNSException in {self.code}: {self.message}>"


class GoDaddyDNSResponse(JsonResponse):
    """An answer; errors are ``{"code": name, "message": text, "fields": [...]}``."""

    valid_response_codes = [200, 202, 201, 204]

    def success(self) -> bool:
        return self.status in self.valid_response_codes

    def parse_error(self) -> Any:
        said = self._stated()
        code, message = str(said.get("code", "")), _message(said) or str(self.body)[:500]
        driver = getattr(self.connection, "driver", None)
        error = provider_error(self.status, message, code, headers=self.headers, driver=driver)
        if isinstance(error, RateLimitReachedError) and not error.retry_after:
            error.retry_after = float(said.get("retryAfterSec") or 0)
        if code and type(error) is BaseHTTPError:
            refused = GoDaddyDNSException(code, message)
            refused.http_code, refused.driver = self.status, driver
            return refused
        return error


class GoDaddyDNSConnection(ConnectionKey):
    """
    Sends key, secret and, where there is one, the shopper.

    :param shopper_id: Customer of a reseller, for whom the requests are.
    """

    host = API_HOST
    responseCls = GoDaddyDNSResponse
    allow_insecure = False

    def __init__(
        self,
        key: str,
        secret: str,
        secure: bool = True,
        shopper_id: str | None = None,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        backoff: float | None = None,
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(
            key,
            secure=secure,
            host=host,
            port=port,
            url=url,
            timeout=timeout,
            proxy_url=proxy_url,
            backoff=backoff,
            retry_delay=retry_delay,
        )
        self.secret = secret
        self.shopper_id = shopper_id

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        if self.shopper_id is not None:
            headers["X-Shopper-Id"] = self.shopper_id
        headers["Authorization"] = f"sso-key {self.key}:{self.secret}"
        return headers

    def secrets(self) -> Iterable[str]:
        return (*super().secrets(), getattr(self, "secret", None) or "")


class GoDaddyAvailability:
    """
    Whether a domain can be bought.

    :param price: In ``currency``, for ``period`` years; None when it cannot be bought.
    """

    def __init__(
        self,
        domain: str,
        available: bool,
        price: float | None,
        currency: str | None,
        period: int | None,
    ) -> None:
        self.domain = domain
        self.available = bool(available)
        self.price = None if price is None else round(price / _MICRO_UNIT, 2)
        self.currency = currency
        self.period = period


class GoDaddyTLD:
    """A top-level domain that is for sale; its type is ``GENERIC`` or ``COUNTRY_CODE``."""

    def __init__(self, name: str, tld_type: str) -> None:
        self.name = name
        self.type = tld_type


class GoDaddyDomainPurchaseResponse:
    """
    An order.

    :param total: Millionths of the currency's unit. The currency is ``current``.
    """

    def __init__(self, order_id: int, item_count: int, total: int, currency: str) -> None:
        self.order_id = order_id
        self.item_count = item_count
        self.total = total
        self.current = currency


class GoDaddyLegalAgreement:
    """What a buyer of a domain must agree to."""

    def __init__(self, agreement_key: str, title: str, url: str | None, content: str) -> None:
        self.agreement_key = agreement_key
        self.title = title
        self.url = url
        self.content = content


class GoDaddyDNSDriver(RecordSetDNSDriver):
    """
    GoDaddy.

    A zone is a domain that was bought, so it cannot be created here. Its ``extra`` has ``expires``,
    a time in ISO 8601. A record's ``extra`` has the numbers of its data.

    :param shopper_id: Customer of a reseller, or None.
    :param key: Key of the API.
    :param secret: Its secret.
    """

    type = "godaddy"
    name = "GoDaddy DNS"
    website = "https://www.godaddy.com/"
    connectionCls = GoDaddyDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    def __init__(
        self,
        shopper_id: str | None,
        key: str,
        secret: str,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.shopper_id = shopper_id
        super().__init__(key, secret, secure=secure, host=host, port=port, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        def fetch(marker: str | None) -> tuple[list[Any], str | None]:
            params: dict[str, Any] = {"limit": ZONES_PER_PAGE}
            if marker:
                params["marker"] = marker
            items = _list(self, self.connection.request("/v1/domains", params=params).object)
            with reading(self, items):
                is_full = len(items) >= ZONES_PER_PAGE
                following = items[-1]["domain"] if is_full else None
                # Nothing says whether a page begins with the marker or after it.
                items = [item for item in items if item["domain"] != marker]
            return items, following

        for item in iterate_pages(fetch):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        """
        The zone with a name, in one request; or with an ID, for which the zones are listed.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if str(zone_id).isdecimal():
            with about_zone(self, zone_id):
                return super().get_zone(zone_id)
        with about_zone(self, zone_id):
            item = self.connection.request(_domain_path(zone_id)).object
        return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        """
        Cancel a domain: **give it back to the registry**, and return True.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        with about_zone(self, zone.id):
            self.connection.request(_domain_path(zone.domain), method="DELETE")
        return True

    # Records

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """
        The record with an ID, or the first one of a type and name: ``A:www``, ``www:A``.

        Two requests, of which the first is for the zone.
        """
        name, _, type = str(record_id).rpartition(":")
        if type in self.RECORD_TYPE_MAP and name.partition(":")[0] not in self.RECORD_TYPE_MAP:
            record_id = f"{type}:{'' if name == '@' else name}"
        return super().get_record(zone_id, record_id)

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        """One request: the API answers with the whole zone."""
        yield from self._to_sets(self._read(zone, "records"), zone).values()

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        sets: dict[SetKey, RecordSet] = {}
        for key in keys:
            found = self._to_sets(self._read(zone, _place(key, zone)), zone)
            sets[key] = found.get(key, RecordSet(key))
        return sets

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        """
        A request or two for each set; the API has none that changes several and leaves the rest.

        A record that moves to another name is there twice for a moment, rather than not at all.
        """
        if len({new.key.name for _, new in changes}) > 1:
            changes = sorted(changes, key=lambda pair: not pair[1].values)
        for _, new in changes:
            self._write_set(zone, new)

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        for pair in changes:
            yield [pair]

    def _write_set(self, zone: Zone, new: RecordSet) -> None:
        place, items = _place(new.key, zone), _to_items(new, zone)
        if new.key.type == RecordType.SRV:
            # All services of a host are one place.
            items = [*self._others(zone, place, new.key), *items]
        if not items and new.key.type not in _DELETABLE:
            place = f"records/{new.key.type}"
            items = [
                item
                for item in self._others(zone, "records", new.key)
                if item.get("type") == new.key.type
            ]
        path = f"{_domain_path(zone.domain)}/{place}"
        with about_zone(self, zone.id):
            if items:
                self.connection.request(path, method="PUT", json=items)
            else:
                self.connection.request(path, method="DELETE")

    def _others(self, zone: Zone, place: str, key: SetKey) -> list[dict[str, Any]]:
        """What there is at a place beside a set, as the API says it."""
        items = self._read(zone, place)
        with reading(self, items):
            return [item for item in items if _key_of(item, zone) != key]

    def _read(self, zone: Zone, place: str) -> list[Any]:
        with about_zone(self, zone.id):
            answer = self.connection.request(f"{_domain_path(zone.domain)}/{place}")
        return _list(self, answer.object)

    # Buying domains

    def ex_check_availability(self, domain: str, for_transfer: bool = False) -> GoDaddyAvailability:
        """
        Whether a domain can be bought, and for how much.

        :param for_transfer: Whether it counts as available when it could be transferred.
        """
        params = {"domain": domain, "forTransfer": _boolean(for_transfer)}
        item = self.connection.request("/v1/domains/available", params=params).object
        with reading(self, item):
            return GoDaddyAvailability(
                item["domain"],
                item["available"],
                item.get("price"),
                item.get("currency"),
                item.get("period"),
            )

    def ex_list_tlds(self) -> list[GoDaddyTLD]:
        """The top-level domains that are for sale."""
        items = _list(self, self.connection.request("/v1/domains/tlds").object)
        with reading(self, items):
            return [GoDaddyTLD(item["name"], item["type"]) for item in items]

    def ex_get_purchase_schema(self, tld: str) -> Any:
        """The JSON schema of what :meth:`ex_purchase_domain` wants for a top-level domain."""
        path = f"/v1/domains/purchase/schema/{quote_path_segment(tld)}"
        return self.connection.request(path).object

    def ex_get_agreements(self, tld: str, privacy: bool = True) -> list[GoDaddyLegalAgreement]:
        """
        What a buyer must agree to.

        :param privacy: Whether the buyer's data shall be hidden as well.
        """
        params = {"tlds": tld, "privacy": _boolean(privacy)}
        answer = self.connection.request("/v1/domains/agreements", params=params)
        items = _list(self, answer.object)
        with reading(self, items):
            return [
                GoDaddyLegalAgreement(
                    item["agreementKey"], item["title"], item.get("url"), item["content"]
                )
                for item in items
            ]

    def ex_purchase_domain(self, purchase_request: dict[str, Any]) -> GoDaddyDomainPurchaseResponse:
        """
        Buy a domain. **This costs money.**

        :param purchase_request: As :meth:`ex_get_purchase_schema` describes it.
        """
        path = "/v1/domains/purchase"
        item = self.connection.request(path, method="POST", json=purchase_request).object
        with reading(self, item):
            return GoDaddyDomainPurchaseResponse(
                item["orderId"], item["itemCount"], item["total"], item.get("currency", "USD")
            )

    # Models

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {"expires": item.get("expires")}
            zone_id = str(int(item["domainId"]))
            return Zone(zone_id, names.zone_name(item["domain"]), "master", None, self, extra)

    def _to_records(self, items: list[dict[str, Any]], zone: Any = None) -> list[Record]:
        return [self._to_record(item, zone) for item in items]

    def _to_record(self, item: dict[str, Any], zone: Any = None) -> Record:
        (record_set,) = self._to_sets([item], zone).values()
        return self._records(zone, record_set)[0]

    def _to_sets(self, items: list[dict[str, Any]], zone: Zone) -> dict[SetKey, RecordSet]:
        sets: dict[SetKey, RecordSet] = {}
        with reading(self, items):
            for item in items:
                key = _key_of(item, zone)
                known = sets.get(key) or RecordSet(key, item.get("ttl"))
                value = Value(_rdata_of(item, zone), {})
                sets[key] = known._replace(values=(*known.values, value))
        return sets

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {"shopper_id": self.shopper_id}


def _domain_path(domain: str) -> str:
    return f"/v1/domains/{quote_path_segment(names.zone_name(domain))}"


def _place(key: SetKey, zone: Zone) -> str:
    """Where the API has a set; of SRV records, together with the other services of the host."""
    name = names.to_relative(key.name, zone.domain)
    if key.type == RecordType.SRV:
        name = _split_service(name)[2]
    return f"records/{key.type}/{quote_path_segment(name or '@')}"


def _split_service(name: str) -> tuple[str, str, str]:
    """``_sip._tcp.host`` as service, protocol and host; the first two empty in any other name."""
    service, _, rest = name.partition(".")
    protocol, _, host = rest.partition(".")
    if service.startswith("_") and protocol.startswith("_"):
        return service, protocol, host
    return "", "", name


def _key_of(item: dict[str, Any], zone: Zone) -> SetKey:
    name = item["name"]
    if item["type"] == RecordType.SRV and item.get("service"):
        host = "" if name == "@" else name
        name = ".".join(filter(None, (item["service"], item.get("protocol"), host)))
    return SetKey(names.to_absolute(name, zone.domain).lower(), item["type"])


def _rdata_of(item: dict[str, Any], zone: Zone) -> str:
    try:
        return to_rdata(item["type"], item["data"], item, zone.domain)
    except ValueError:
        # One strange record must not hide all others.
        return str(item["data"])


def _to_items(record_set: RecordSet, zone: Zone) -> list[dict[str, Any]]:
    """What the API wants to hear of the records of a set."""
    key = record_set.key
    name, parts = names.to_relative(key.name, zone.domain), {}
    if key.type == RecordType.SRV:
        service, protocol, name = _split_service(name)
        parts = {"service": service, "protocol": protocol}
    items = []
    for value in record_set.values:
        data, numbers = from_rdata(key.type, value.rdata)
        if key.type != RecordType.TXT:
            data = data.removesuffix(".")
        item = {"type": key.type, "name": name or "@", "data": data, "ttl": record_set.ttl}
        items.append({**item, **numbers, **parts})
    return items


def _list(driver: GoDaddyDNSDriver, body: Any) -> list[Any]:
    if not isinstance(body, list):
        raise MalformedResponseError("The answer is no list", body=body, driver=driver)
    return body


def _message(said: dict[str, Any]) -> str:
    """What an error says, with what it says of single fields."""
    fields = said.get("fields")
    details = [
        f"{field.get('path')}: {field.get('message') or field.get('code')}"
        for field in (fields if isinstance(fields, list) else [])
        if isinstance(field, dict)
    ]
    return "; ".join([str(said.get("message") or ""), *details]).strip("; ")


def _boolean(value: bool) -> str:
    return "true" if value else "false"
