"""
A record's data: how records carry it, and how zone files and many APIs write it.

What ``record.data`` and ``record.extra`` hold, by type:

=====================  ======================================  ================================
Type                   ``data``                                ``extra``
=====================  ======================================  ================================
A, AAAA                the address
CNAME, DNAME, NS, PTR  the host
ALIAS                  the host
MX                     the host                                ``priority``
SRV                    the host                                ``priority``, ``weight``, ``port``
TXT, SPF               the text, unquoted and in one piece
CAA                    ``0 issue "ca.example"``
others                 as in a zone file
=====================  ======================================  ================================

A host is absolute, with or without its final dot; see :func:`libcloud.dns.names.target_name`. The
numbers in ``extra`` are int. Programs may also give the whole of the data as a zone file has it
(``10 mail.example.com.`` for an MX, ``"quoted" "strings"`` for a TXT): what the data says wins over
``extra``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.dns import names
from libcloud.dns.types import RecordType

__all__ = [
    "DEFAULT_PRIORITY",
    "TAKEN_APART",
    "TEXTS",
    "WRITTEN_ANEW",
    "from_rdata",
    "to_rdata",
]

DEFAULT_PRIORITY = 10
"""Of an MX record that nobody gave a priority."""

_HOSTS = {
    RecordType.ALIAS,
    RecordType.CNAME,
    RecordType.DNAME,
    RecordType.NS,
    RecordType.PTR,
}
TEXTS = frozenset({RecordType.SPF, RecordType.TXT})
"""The types whose data is a text."""

WRITTEN_ANEW = frozenset({*_HOSTS, *TEXTS, RecordType.CAA, RecordType.MX, RecordType.SRV})
"""The types whose data in a zone file is another; all others have the same there, on one line."""

TAKEN_APART = frozenset({*TEXTS, RecordType.MX, RecordType.SRV})
"""The types of which :func:`from_rdata` makes something else than it was given."""


def to_rdata(
    type: str, data: str, extra: Mapping[str, Any] | None = None, zone: str | None = None
) -> str:
    """
    A record's data as a zone file has it, on one line: ``10 mail.example.com.``

    :param type: The record's type, one of :class:`~libcloud.dns.types.RecordType`.
    :param zone: Domain that a single label as a host is relative to; None to take it as absolute.
    :raises ValueError: the data is incomplete.
    """
    if type not in WRITTEN_ANEW:
        # No line end is printable.
        return data if data.isprintable() else " ".join(data.splitlines())
    extra = extra or {}
    if type in TEXTS:
        return names.quote_text(data)
    if type in _HOSTS:
        return _host(data, zone)
    if type == RecordType.MX:
        *numbers, host = data.split() or [""]
        priority = numbers[0] if numbers else _number(extra, "priority", DEFAULT_PRIORITY)
        return f"{priority} {_host(host, zone)}"
    if type == RecordType.SRV:
        return _srv_rdata(data, extra, zone)
    return _caa_rdata(data, extra)


def from_rdata(type: str, rdata: str) -> tuple[str, dict[str, int]]:
    """
    A record's ``data``, and what of it belongs in ``extra``, from what a zone file has.

    Hosts keep their final dot when they have one.

    :raises ValueError: the data is not of that type.
    """
    if type in TEXTS:
        return names.unquote_text(rdata), {}
    if type == RecordType.MX:
        priority, host = rdata.split()
        return host, {"priority": int(priority)}
    if type == RecordType.SRV:
        priority, weight, port, host = rdata.split()
        return host, {"priority": int(priority), "weight": int(weight), "port": int(port)}
    return rdata, {}


def _srv_rdata(data: str, extra: Mapping[str, Any], zone: str | None) -> str:
    # The priority alone, or all three numbers, may stand in ``extra`` instead of in the data.
    *numbers, host = data.split() or [""]
    if len(numbers) < 3:
        numbers.insert(0, str(_number(extra, "priority", 0)))
    if len(numbers) < 3:
        numbers.append(str(_number(extra, "weight", 0)))
        numbers.append(str(_number(extra, "port", None)))
    priority, weight, port = numbers
    return f"{priority} {weight} {port} {_host(host, zone)}"


def _caa_rdata(data: str, extra: Mapping[str, Any]) -> str:
    fields = data.split(None, 2)
    if len(fields) < 3 or not fields[0].isdigit():
        if extra.get("tag") is None:
            raise ValueError(f'CAA data must look like 0 issue "ca.example", not {data!r}')
        fields = [str(_number(extra, "flags", 0)), str(extra["tag"]), data]
    flags, tag, value = fields
    escaped = names.unquote_text(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'{flags} {tag} "{escaped}"'


def _host(target: str, zone: str | None) -> str:
    return names.escape(names.target_name(target, zone))


def _number(extra: Mapping[str, Any], key: str, default: int | None) -> int:
    value = extra.get(key)
    if value is None:
        value = default
    if value is None:
        raise ValueError(f"the record has no {key}, neither in its data nor in extra")
    return int(value)
