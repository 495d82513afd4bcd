"""
What a record is to say, for drivers whose provider gives each record an ID of its own.

::

    def create_record(self, name, zone, type, data, extra=None):
        wanted = new_content(self, zone, name, type, data, extra)
        body = {"name": wanted.name or "@", "type": wanted.type, "content": wanted.data, ...}

    def update_record(self, record, name=None, type=None, data=None, extra=None):
        wanted = changed_content(self, record, name, type, data, extra)
        ...

Whatever way the caller wrote it (:mod:`libcloud.dns.names`, :mod:`libcloud.dns.rdata`), the driver
sees it in one form, whole or taken apart; and :func:`data_and_extra` makes a record's ``data`` and
``extra`` of what the provider says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from libcloud.dns import names
from libcloud.dns.rdata import from_rdata, join_rdata, rdata_of_record, split_rdata
from libcloud.dns.types import RecordType

if TYPE_CHECKING:
    from libcloud.dns.driver import DNSDriver
    from libcloud.dns.models import Record, Zone

__all__ = ["Content", "changed_content", "data_and_extra", "new_content"]

_HOST_AND_NUMBERS = {
    RecordType.MX: ("priority",),
    RecordType.SRV: ("priority", "weight", "port"),
}


class Content(NamedTuple):
    """
    What a record is to say.

    :param name: Relative to the zone, in ASCII, ``""`` at the apex.
    :param type: One of the types that the driver has.
    :param rdata: The data as a zone file has it: ``10 mail.example.com.``
    :param ttl: Seconds; None when nobody said any.
    :param extra: What the caller said besides, and for a change what the record had before.
    """

    name: str
    type: str
    rdata: str
    ttl: int | None
    extra: dict[str, Any]

    @property
    def data(self) -> str:
        """The data without its numbers: the host of an MX and an SRV, the plain text of a TXT."""
        return from_rdata(self.type, self.rdata)[0]

    @property
    def numbers(self) -> dict[str, int]:
        """``priority`` of an MX, and ``weight`` and ``port`` of an SRV; of other types nothing."""
        return from_rdata(self.type, self.rdata)[1]

    @property
    def parts(self) -> dict[str, int | str]:
        """The data taken apart: see :func:`~libcloud.dns.rdata.split_rdata`."""
        return split_rdata(self.type, self.rdata)


def new_content(
    driver: DNSDriver,
    zone: Zone,
    name: str | None,
    type: str,
    data: str,
    extra: Mapping[str, Any] | None = None,
) -> Content:
    """
    What ``create_record`` was asked for.

    :raises LibcloudError: the provider has no records of that type.
    :raises ValueError: the data is incomplete or not of that type, or the name is not in the zone.
    """
    extra = dict(extra or {})
    return Content(
        names.relative_within(name, zone.domain),
        driver._checked(type),
        rdata_of_record(name, type, data, extra, zone.domain),
        _ttl(extra.get("ttl"), driver.default_ttl),
        extra,
    )


def changed_content(
    driver: DNSDriver,
    record: Record,
    name: str | None,
    type: str | None,
    data: str | None,
    extra: Mapping[str, Any] | None = None,
) -> Content:
    """
    What ``update_record`` was asked for, and whatever of the record stays as it is.

    :raises LibcloudError: the provider has no records of that type.
    :raises ValueError: the data is incomplete or not of that type, or the name is not in the zone.
    """
    zone, given = record.zone, dict(extra or {})
    merged = {**record.extra, **given}
    new_type = driver._checked(type or record.type)
    if name is None:
        new_name = names.to_relative(record.name, zone.domain)
    else:
        new_name = names.relative_within(name, zone.domain)
    new_data = record.data if data is None else data
    rdata = rdata_of_record(new_name, new_type, new_data, merged, zone.domain)
    if data is None and given:
        # A part that stands in the data itself: a new ``tag`` of a CAA.
        parts = split_rdata(new_type, rdata)
        changed = {key: given[key] for key in parts if given.get(key) is not None}
        if changed and parts.keys() != {"value"}:
            rdata = join_rdata(new_type, {**parts, **changed}, zone.domain)
    return Content(
        new_name,
        new_type,
        rdata,
        _ttl(given.get("ttl"), record.ttl),
        merged,
    )


def data_and_extra(type: str, parts: Mapping[str, Any]) -> tuple[str, dict[str, int]]:
    """
    A record's ``data`` and the numbers of its ``extra``, from parts that an API gives by name.

    :param parts: As :func:`~libcloud.dns.rdata.split_rdata` names them; more do no harm. Of a
        record that lacks parts of its type, ``value`` is the data as it is: one strange record
        must not hide all others.
    """
    if type in _HOST_AND_NUMBERS:
        numbers = {key: parts.get(key) for key in _HOST_AND_NUMBERS[type]}
        return str(parts["target"]), {key: int(n) for key, n in numbers.items() if n is not None}
    try:
        return from_rdata(type, join_rdata(type, parts))
    except ValueError:
        return str(parts["value"]), {}


def _ttl(*given: Any) -> int | None:
    ttl = next((ttl for ttl in given if ttl is not None), None)
    return None if ttl is None else int(ttl)
