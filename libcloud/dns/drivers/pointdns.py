"""
Point DNS (PointHQ), with its redirects of HTTP and of mail.

https://pointhq.com/api/docs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import UnsupportedOperation
from libcloud.common.pointdns import PointDNSConnection, PointDNSException
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import TEXTS, from_rdata, without_quotes
from libcloud.dns.types import RecordType

__all__ = ["MailRedirect", "PointDNSDriver", "PointDNSException", "Redirect"]

# What of a record is in its ``extra``.
_EXTRA = ("ttl", "zone_id", "aux")

# The types whose first number is in ``aux``, and not in the data.
_WITH_AUX = frozenset({RecordType.MX, RecordType.SRV})


class Redirect:
    """
    A host whose web pages are elsewhere.

    :param name: The host, with a final dot.
    :param data: URL of where they are.
    :param type: ``301``, ``302`` or ``0`` for an iframe.
    :param iframe: Title of the iframe.
    :param query: Whether the query of the URL is passed on.
    """

    def __init__(
        self,
        id: Any,
        name: str,
        data: str,
        type: str,
        driver: PointDNSDriver,
        zone: Zone,
        iframe: str | None = None,
        query: bool | None = False,
    ) -> None:
        self.id: str | None = str(id) if id else None
        self.name = name
        self.data = data
        self.type = str(type) if type else None
        self.driver = driver
        self.zone = zone
        self.iframe = iframe
        self.query = query

    def update(
        self,
        data: str | None,
        name: str | None = None,
        type: str | None = None,
        iframe: str | None = None,
        query: bool | None = None,
    ) -> Redirect:
        """See :meth:`PointDNSDriver.ex_update_redirect`; ``data`` is its ``redirect_to``."""
        return self.driver.ex_update_redirect(self, data, name, type, iframe, query)

    def delete(self) -> bool:
        """See :meth:`PointDNSDriver.ex_delete_redirect`."""
        return self.driver.ex_delete_redirect(self)

    def __repr__(self) -> str:
        return f"<PointDNSRedirect: name={self.name}, data={self.data}, type={self.type} ...>"


class MailRedirect:
    """
    An address whose mail goes elsewhere.

    :param source: What is before the ``@``.
    :param destination: Address that the mail goes to.
    """

    def __init__(
        self, id: Any, source: str, destination: str, zone: Zone, driver: PointDNSDriver
    ) -> None:
        self.id: str | None = str(id) if id else None
        self.source = source
        self.destination = destination
        self.zone = zone
        self.driver = driver

    def update(self, destination: str, source: str | None = None) -> MailRedirect:
        """See :meth:`PointDNSDriver.ex_update_mail_redirect`."""
        return self.driver.ex_update_mail_redirect(self, destination, source)

    def delete(self) -> bool:
        """See :meth:`PointDNSDriver.ex_delete_mail_redirect`."""
        return self.driver.ex_delete_mail_redirect(self)

    def __repr__(self) -> str:
        shown = f"source={self.source}, destination={self.destination},zone={self.zone.id}"
        return f"<PointDNSMailRedirect: {shown} ...>"


class PointDNSDriver(DNSDriver):
    """
    Point DNS.

    A zone's ``extra`` has ``group`` and ``user-id``; a record's has ``ttl``, ``zone_id``, ``aux``
    (the priority, None where the type has none) and the numbers of its data.

    :param key: E-mail address of the account.
    :param secret: API token.
    """

    type = "pointdns"
    name = "Point DNS"
    website = "https://pointhq.com/"
    connectionCls = PointDNSConnection

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.ALIAS: "ALIAS",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.PTR: "PTR",
        RecordType.SRV: "SRV",
        RecordType.SSHFP: "SSHFP",
        RecordType.TXT: "TXT",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones; the API has no pages, so this is one request."""
        items = self.connection.request("/zones").object
        with reading(self, items):
            zones = self._to_zones(items)
        yield from zones

    def get_zone(self, zone_id: str) -> Zone:
        """
        The zone with an ID, or with a name.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        with about_zone(self, zone_id):
            item = self.connection.request(_zone_path(zone_id)).object
        return self._to_zone(item)

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
        :param extra: ``group`` and what else the API's zones have.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        """
        self._check_zone_type(type)
        request = _zone_request(domain, ttl, extra)
        with about_zone(self, domain):
            item = self.connection.request("/zones", method="POST", json=request).object
        return self._to_zone(item)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now.

        :param extra: As for :meth:`create_zone`.
        """
        self._check_zone_type(type or "master")
        request = _zone_request(domain, ttl, extra)
        with about_zone(self, zone.id):
            item = self.connection.request(_zone_path(zone.id), method="PUT", json=request).object
        return self._to_zone(item)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    def _check_zone_type(self, type: str) -> None:
        if type != "master":
            raise UnsupportedOperation("Point DNS has only master zones", driver=self)

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """All records; the API has no pages, so this is one request."""
        with about_zone(self, zone.id):
            items = self.connection.request(_path(zone.id, "records")).object
        with reading(self, items):
            records = self._to_records(items, zone)
        yield from records

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            item = self.connection.request(_path(zone.id, "records", record_id)).object
        return self._to_record(item, zone=zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """:param extra: ``aux`` is another name of ``priority``."""
        wanted = new_content(self, zone, name, type, data, _with_priority(extra))
        request = _record_request(wanted, zone, wanted.ttl)
        path = _path(zone.id, "records")
        with about_new_record(self, zone.id, name):
            item = self.connection.request(path, method="POST", json=request).object
        return self._to_record(item, zone=zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """:param extra: ``aux`` is another name of ``priority``."""
        zone = record.zone
        wanted = changed_content(self, record, name, type, data, _with_priority(extra))
        ttl = None if wanted.ttl == record.ttl else wanted.ttl
        request, path = _record_request(wanted, zone, ttl), _path(zone.id, "records", record.id)
        with about_record(self, record.id):
            item = self.connection.request(path, method="PUT", json=request).object
        return self._to_record(item, zone=zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_path(record.zone.id, "records", record.id), method="DELETE")
        return True

    # Redirects

    def ex_list_redirects(self, zone: Zone) -> list[Redirect]:
        """All redirects of web pages of a zone."""
        with about_zone(self, zone.id):
            items = self.connection.request(_path(zone.id, "redirects")).object
        with reading(self, items):
            return [self._to_redirect(item, zone) for item in items]

    def ex_get_redirect(self, zone_id: str, redirect_id: str) -> Redirect:
        """
        The redirect with an ID: two requests, of which the first is for the zone.

        :raises ResourceNotFoundError: there is no such redirect.
        """
        zone = self.get_zone(zone_id)
        item = self.connection.request(_path(zone.id, "redirects", redirect_id)).object
        return self._to_redirect(item, zone)

    def ex_create_redirect(
        self,
        redirect_to: str,
        name: str,
        type: str,
        zone: Zone,
        iframe: str | None = None,
        query: bool | None = None,
    ) -> Redirect:
        """
        Send who asks for the web pages of a host elsewhere.

        :param redirect_to: URL.
        :param name: Host, relative to the zone.
        :param type: ``301``, ``302`` or ``0`` for an iframe.
        :param iframe: Title of the iframe.
        :param query: Whether the query of the URL is passed on.
        """
        request = _redirect_request(redirect_to, name, type, iframe, query)
        with about_zone(self, zone.id):
            path = _path(zone.id, "redirects")
            item = self.connection.request(path, method="POST", json=request).object
        return self._to_redirect(item, zone)

    def ex_update_redirect(
        self,
        redirect: Redirect,
        redirect_to: str | None = None,
        name: str | None = None,
        type: str | None = None,
        iframe: str | None = None,
        query: bool | None = None,
    ) -> Redirect:
        """
        Change a redirect, as :meth:`ex_create_redirect` makes it; what is None stays as it is.

        :raises ResourceNotFoundError: there is no such redirect.
        """
        zone = redirect.zone
        request = _redirect_request(redirect_to, name, type, iframe, query)
        path = _path(zone.id, "redirects", redirect.id)
        item = self.connection.request(path, method="PUT", json=request).object
        return self._to_redirect(item, zone)

    def ex_delete_redirect(self, redirect: Redirect) -> bool:
        """
        Delete a redirect, and return True.

        :raises ResourceNotFoundError: there is no such redirect.
        """
        self.connection.request(_path(redirect.zone.id, "redirects", redirect.id), method="DELETE")
        return True

    def ex_list_mail_redirects(self, zone: Zone) -> list[MailRedirect]:
        """All redirects of mail of a zone."""
        with about_zone(self, zone.id):
            items = self.connection.request(_path(zone.id, "mail_redirects")).object
        with reading(self, items):
            return [self._to_mail_redirect(item, zone) for item in items]

    def ex_get_mail_redirects(self, zone_id: str, mail_r_id: str) -> MailRedirect:
        """
        The redirect with an ID: two requests, of which the first is for the zone.

        :raises ResourceNotFoundError: there is no such redirect.
        """
        zone = self.get_zone(zone_id)
        item = self.connection.request(_path(zone.id, "mail_redirects", mail_r_id)).object
        return self._to_mail_redirect(item, zone)

    def ex_create_mail_redirect(self, destination: str, source: str, zone: Zone) -> MailRedirect:
        """
        Send the mail of an address elsewhere.

        :param destination: Address that it goes to.
        :param source: What is before the ``@`` of the address.
        """
        request = _mail_redirect_request(destination, source)
        with about_zone(self, zone.id):
            path = _path(zone.id, "mail_redirects")
            item = self.connection.request(path, method="POST", json=request).object
        return self._to_mail_redirect(item, zone)

    def ex_update_mail_redirect(
        self, mail_r: MailRedirect, destination: str, source: str | None = None
    ) -> MailRedirect:
        """
        Change a redirect, as :meth:`ex_create_mail_redirect` makes it; None stays as it is.

        :raises ResourceNotFoundError: there is no such redirect.
        """
        zone, request = mail_r.zone, _mail_redirect_request(destination, source)
        path = _path(zone.id, "mail_redirects", mail_r.id)
        item = self.connection.request(path, method="PUT", json=request).object
        return self._to_mail_redirect(item, zone)

    def ex_delete_mail_redirect(self, mail_r: MailRedirect) -> bool:
        """
        Delete a redirect, and return True.

        :raises ResourceNotFoundError: there is no such redirect.
        """
        path = _path(mail_r.zone.id, "mail_redirects", mail_r.id)
        self.connection.request(path, method="DELETE")
        return True

    # Models

    def _to_zones(self, data: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in data]

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            item = data["zone"]
            extra = {key: item.get(key) for key in ("group", "user-id")}
            domain = names.zone_name(item["name"])
            return Zone(item["id"], domain, "master", item["ttl"], self, extra)

    def _to_records(self, data: list[dict[str, Any]], zone: Zone) -> list[Record]:
        return [self._to_record(item, zone=zone) for item in data]

    def _to_record(
        self, data: dict[str, Any], zone_id: str | None = None, zone: Zone | None = None
    ) -> Record:
        """
        A record, from an answer.

        :param zone_id: Of its zone, for which there is a request unless ``zone`` is given.
        """
        if zone is None:
            zone = self.get_zone(str(zone_id))
        with reading(self, data):
            item = data["zone_record"]
            value, numbers = _data_of(item["record_type"], item["data"], item.get("aux"))
            return Record(
                id=item["id"],
                name=names.to_relative(item["name"], zone.domain),
                type=item["record_type"],
                data=value,
                zone=zone,
                driver=self,
                ttl=item["ttl"],
                extra={**{key: item.get(key) for key in _EXTRA}, **numbers},
            )

    def _to_redirect(self, data: dict[str, Any], zone: Zone) -> Redirect:
        with reading(self, data):
            item = data["zone_redirect"]
            return Redirect(
                item["id"],
                item["name"],
                item["redirect_to"],
                item["redirect_type"],
                self,
                zone,
                item.get("iframe_title"),
                item.get("redirect_query_string"),
            )

    def _to_mail_redirect(self, data: dict[str, Any], zone: Zone) -> MailRedirect:
        with reading(self, data):
            item = data["zone_mail_redirect"]
            source, destination = item["source_address"], item["destination_address"]
            return MailRedirect(item["id"], source, destination, zone, self)


def _with_priority(extra: dict[str, Any] | None) -> dict[str, Any]:
    extra = dict(extra or {})
    if extra.get("aux") is not None:
        extra.setdefault("priority", extra["aux"])
    return extra


def _zone_request(
    domain: str | None, ttl: int | None, extra: dict[str, Any] | None
) -> dict[str, Any]:
    name = {} if domain is None else {"name": names.zone_name(domain)}
    return {"zone": {**name, **({} if ttl is None else {"ttl": ttl}), **(extra or {})}}


def _record_request(wanted: Content, zone: Zone, ttl: int | None) -> dict[str, Any]:
    """
    What the API wants to hear of a record.

    A text that is one word goes without quotes, and a host without a final dot: the provider adds
    them.
    """
    rdata, aux = without_quotes(wanted.type, wanted.rdata), {}
    if wanted.type not in TEXTS:
        rdata = rdata.removesuffix(".")
    if wanted.type in _WITH_AUX:
        priority, _, rdata = rdata.partition(" ")
        aux = {"aux": int(priority)}
    name = wanted.name or f"{zone.domain}."
    about = {"record_type": wanted.type, "data": rdata, "name": name}
    return {"zone_record": {**about, **aux, **({} if ttl is None else {"ttl": ttl})}}


def _data_of(type: str, data: str, aux: Any) -> tuple[str, dict[str, int]]:
    try:
        return from_rdata(type, f"{int(aux or 0)} {data}" if type in _WITH_AUX else data)
    except ValueError:
        # One strange record must not hide all others.
        return data, {}


def _redirect_request(
    redirect_to: str | None,
    name: str | None,
    type: str | None,
    iframe: str | None,
    query: bool | None,
) -> dict[str, Any]:
    given = {
        "name": name,
        "redirect_to": redirect_to,
        "redirect_type": type,
        "iframe_title": iframe,
        "redirect_query_string": query,
    }
    return {"zone_redirect": {key: value for key, value in given.items() if value is not None}}


def _mail_redirect_request(destination: str | None, source: str | None) -> dict[str, Any]:
    given = {"destination_address": destination, "source_address": source}
    return {"zone_mail_redirect": {key: value for key, value in given.items() if value is not None}}


def _zone_path(zone_id: str) -> str:
    return f"/zones/{quote_path_segment(zone_id)}"


def _path(zone_id: str, *parts: Any) -> str:
    return "/".join([_zone_path(zone_id), *map(quote_path_segment, parts)])
