"""
WorldWideDNS.

https://www.worldwidedns.net/dns_api_protocol.asp

A zone is a list of numbered entries, which is read and written as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from libcloud.common.errors import LibcloudError, UnsupportedOperation
from libcloud.common.worldwidedns import WorldWideDNSConnection
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_zone, reading
from libcloud.dns.rdata import from_rdata
from libcloud.dns.record_sets import ZoneLocks, rdata_of
from libcloud.dns.types import (
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    RecordType,
)

__all__ = ["MAX_RECORD_ENTRIES", "WorldWideDNSDriver", "WorldWideDNSError"]

MAX_RECORD_ENTRIES = 40
"""How many entries a zone had once; how many it has now, the provider says with the zone."""

_HEAD = ("HOSTMASTER", "REFRESH", "RETRY", "EXPIRE", "TTL", "SECURE")
_SEPARATOR = "\x1f"
_FREE = "NONE"

# Of the master of a slave zone; nothing when it has none yet.
_ADDRESS = r"|\d+(\.\d+){3}|[\da-fA-F]*:[\da-fA-F:.]*"

_TYPES = {"P": "master", "S": "slave"}


class WorldWideDNSError(LibcloudError):
    """What was asked for, the provider or the account does not have."""

    def __str__(self) -> str:
        return f"<WorldWideDNSError in {self.driver!r} {self.value!r}>"

    def __repr__(self) -> str:
        return str(self)


class _Entry(NamedTuple):
    """One line of a zone. A free one has type NONE."""

    name: str
    type: str
    data: str


_NOTHING = _Entry("", _FREE, "")


class _Contents(NamedTuple):
    """All that a zone of type master says: by the names of :data:`_HEAD`, and its entries."""

    head: dict[str, str]
    entries: list[_Entry]


class WorldWideDNSDriver(DNSDriver):
    """
    WorldWideDNS.

    The ``extra`` of a zone of type ``master`` has ``HOSTMASTER``, ``REFRESH``, ``RETRY``,
    ``EXPIRE``, ``SECURE``, and of each entry ``S1`` (name), ``T1`` (type) and ``D1`` (data), which
    are ``""`` where the entry is free. Records have no ``extra`` but the numbers of their data.

    Threads that share a driver take turns in a zone. A change that another program makes at the
    same time is lost: the provider has no way to notice it.

    :param key: Login ID.
    :param secret: Password.
    :param reseller_id: ID of a reseller, whose account it is.
    """

    type = "worldwidedns"
    name = "World Wide DNS"
    website = "https://www.worldwidedns.net/"
    connectionCls = WorldWideDNSConnection

    zone_ttl_only = True
    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
    }

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        reseller_id: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.reseller_id = reseller_id
        super().__init__(key, secret, secure, host, port, **kwargs)
        self._locks = ZoneLocks()

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """All zones of the account: a request for the list, and one for each zone."""
        body = self._call("list", {})
        for line in body.splitlines():
            with reading(self, body):
                domain, kind = line.split(_SEPARATOR)[:2]
            if _TYPES.get(kind) == "slave":
                yield self._to_zone(domain, None)
            else:
                yield self.get_zone(domain)

    def get_zone(self, zone_id: str) -> Zone:
        domain = names.zone_name(zone_id)
        return self._to_zone(domain, self._read(domain))

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param ttl: Not looked at: :meth:`update_zone` sets it.
        :param extra: ``DYN``: 2 for a dynamic zone, 1 for another, which it is by default.
        :raises ZoneAlreadyExistsError: there is that zone already, in whichever account.
        """
        name = names.zone_name(domain)
        request: dict[str, Any] = {"DOMAIN": name, "TYPE": 1 if type == "slave" else 0}
        if self.reseller_id is None:
            request["DYN"] = (extra or {}).get("DYN", 1)
        with about_zone(self, domain):
            self._call("new_domain", request, repeatable=False)
        return self.get_zone(name)

    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
        ex_raw: bool = False,
    ) -> Zone:
        """
        Change a zone and return it as it is now.

        :param domain: The one that the zone has, or None: zones cannot be renamed.
        :param type: Not looked at: the provider cannot change it.
        :param extra: What to change, by the names that the zone's ``extra`` has; ``FOLDER``. Of a
            zone of type ``slave``, ``S1`` is the address of the master.
        :param ex_raw: Write the zone as a text: ``extra`` has it as ``ZONEDATA``, and ``ZONENS`` is
            the primary name server.
        """
        if domain is not None and names.zone_name(domain) != names.zone_name(zone.domain):
            raise UnsupportedOperation("WorldWideDNS cannot rename a zone", driver=self)
        changes = {**(extra or {}), **({} if ttl is None else {"TTL": ttl})}
        with self._locks.of(zone):
            contents = self._read(zone.domain)
            if contents is None:
                request = changes
            elif ex_raw:
                request = {**contents.head, **changes}
            else:
                request = {**_to_request(contents), **changes}
            request = {"DOMAIN": zone.domain, **request}
            with about_zone(self, zone.id):
                if ex_raw:
                    self._post("modify_raw", request)
                else:
                    self._call("modify", request)
        return self.get_zone(zone.domain)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self._call("delete_domain", {"DOMAIN": zone.domain})
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        contents = self._read(zone.domain)
        if contents is not None:
            yield from self._records(zone, contents)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        for record in self.iterate_records(self.get_zone(zone_id)):
            if record.id == str(record_id):
                return record
        raise RecordDoesNotExistError(value="No such record", driver=self, record_id=record_id)

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

        :param extra: ``entry``: number of the entry to write, whatever it has now; the first that
            is free, if there is none. ``priority``, ``weight`` and ``port``. Records have no TTL.
        :raises WorldWideDNSError: no entry is free.
        """
        entry = _to_entry(new_content(self, zone, name, type, data, extra))
        with self._locks.of(zone), about_new_record(self, zone.id, name):
            contents = self._read_master(zone)
            if entry in contents.entries:
                raise RecordAlreadyExistsError("The zone has it already", self, name)
            number = int((extra or {}).get("entry") or self._free_entry(contents))
            return self._write(zone, contents, number, entry)

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

        :param extra: ``priority``, ``weight`` and ``port``. The entry stays the one that it is.
        """
        zone = record.zone
        entry = _to_entry(changed_content(self, record, name, type, data, extra))
        with self._locks.of(zone):
            contents = self._read_master(zone)
            return self._write(zone, contents, self._number_of(record, contents), entry)

    def delete_record(self, record: Record) -> bool:
        with self._locks.of(record.zone):
            contents = self._read_master(record.zone)
            number = self._number_of(record, contents)
            contents.entries[number - 1] = _NOTHING
            self._save(record.zone, contents)
        return True

    # Of this provider alone

    def ex_view_zone(self, domain: str, name_server: int) -> str:
        """
        The zone file that a name server has.

        :param name_server: Number of the name server, 1 to 3.
        """
        return self._call("viewzone", {"DOMAIN": domain, "NS": name_server})

    def ex_transfer_domain(self, domain: str, user_id: str) -> bool:
        """
        Give a domain to another user of the reseller.

        :raises WorldWideDNSError: the account is not a reseller's.
        """
        if self.reseller_id is None:
            raise WorldWideDNSError("This is not a reseller account", driver=self)
        with about_zone(self, domain):
            self.connection.request(
                "/api_dns_transfer.asp", params={"DOMAIN": domain, "NEW_ID": user_id}
            )
        return True

    # The API

    def _call(self, function: str, params: dict[str, Any], repeatable: bool = True) -> str:
        """What a function answers; resellers have functions of their own."""
        return str(
            self.connection.request(
                self._path(function), params=params, idempotent=repeatable
            ).object
        )

    def _post(self, function: str, fields: dict[str, Any]) -> None:
        """https://www.worldwidedns.net/dns_api_protocol_modify_raw_reseller.asp"""
        form = self.connection.add_default_params(dict(fields))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        path = self._path(function)
        self.connection.request(
            path, data=urlencode(form), headers=headers, method="POST", idempotent=True
        )

    def _path(self, function: str) -> str:
        # Of this one, no form for resellers is documented.
        is_own = self.reseller_id is not None and function != "list_domain"
        return f"/api_dns_{function}{'_reseller' if is_own else ''}.asp"

    def _read(self, domain: str) -> _Contents | None:
        """
        What a zone has; None for one of type slave.

        https://worldwidedns.net/dns_api_protocol_list_domain.asp
        """
        with about_zone(self, domain):
            # Not ``object``, from which the free space at the ends is gone.
            body = self.connection.request(
                self._path("list_domain"), params={"DOMAIN": domain}
            ).content.decode("utf-8", "replace")
        lines = [line.rstrip("\r") for line in body.rstrip("\r\n").split("\n")]
        if len(lines) == 1 and re.fullmatch(_ADDRESS, lines[0]):
            return None
        with reading(self, body):
            if len(lines) < len(_HEAD):
                raise ValueError("it is too short")
            entries = [_Entry(*line.split(_SEPARATOR)) for line in lines[len(_HEAD) :] if line]
            return _Contents(dict(zip(_HEAD, lines, strict=False)), entries)

    def _read_master(self, zone: Zone) -> _Contents:
        contents = self._read(zone.domain)
        if contents is None:
            raise UnsupportedOperation("Records of a slave zone are the master's", driver=self)
        return contents

    def _free_entry(self, contents: _Contents) -> int:
        for number, entry in enumerate(contents.entries, start=1):
            if entry.type == _FREE:
                return number
        raise WorldWideDNSError("All record entries are full", driver=self)

    def _number_of(self, record: Record, contents: _Contents) -> int:
        """The entry that a record is, also when it was moved since it was read."""
        wanted = _content(record)
        ids = [
            other.id for other in self._records(record.zone, contents) if _content(other) == wanted
        ]
        if not ids:
            raise RecordDoesNotExistError("No such record", self, record.id)
        return int(record.id if record.id in ids else ids[0])

    def _records(self, zone: Zone, contents: _Contents) -> Iterator[Record]:
        for number, entry in enumerate(contents.entries, start=1):
            if entry.type != _FREE:
                yield self._to_record(str(number), *entry, zone)

    def _write(self, zone: Zone, contents: _Contents, number: int, entry: _Entry) -> Record:
        if not 1 <= number <= len(contents.entries):
            raise WorldWideDNSError(f"There is no entry {number}", driver=self)
        contents.entries[number - 1] = entry
        self._save(zone, contents)
        return self._to_record(str(number), *entry, zone)

    def _save(self, zone: Zone, contents: _Contents) -> None:
        with about_zone(self, zone.id):
            self._call("modify", {"DOMAIN": zone.domain, **_to_request(contents)})

    # Models

    def _to_zone(self, domain: str, contents: _Contents | None) -> Zone:
        if contents is None:
            return Zone(domain, domain, "slave", None, self, {})
        with reading(self, contents):
            extra = _to_request(contents)
            for number, entry in enumerate(contents.entries, start=1):
                if entry.type == _FREE:
                    extra[f"T{number}"] = ""
            return Zone(domain, domain, "master", int(extra.pop("TTL")), self, extra)

    def _to_record(self, _id: str, subdomain: str, type: str, data: str, zone: Zone) -> Record:
        try:
            value, numbers = from_rdata(type, data)
        except ValueError:
            value, numbers = data, {}
        name = names.to_relative(subdomain, zone.domain)
        return Record(_id, name, type, value, zone, self, None, dict(numbers))


def _to_entry(wanted: Content) -> _Entry:
    """
    What the API wants to hear of a record: data as in a zone file, without a final dot.

    https://worldwidedns.net/dns_api_protocol_modify_reseller.asp
    """
    rdata = wanted.rdata
    if wanted.type != RecordType.TXT:
        rdata = rdata.removesuffix(".")
    return _Entry(wanted.name or "@", wanted.type, rdata)


def _content(record: Record) -> tuple[str, str, str]:
    """What tells the records of a zone apart, however it is written."""
    name = names.to_relative(record.name, record.zone.domain).lower()
    return name, record.type, rdata_of(record)


def _to_request(contents: _Contents) -> dict[str, str]:
    request = dict(contents.head)
    for number, entry in enumerate(contents.entries, start=1):
        request[f"S{number}"], request[f"T{number}"], request[f"D{number}"] = entry
    return request
