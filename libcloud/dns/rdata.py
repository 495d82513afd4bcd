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

Route 53 and PowerDNS give the data of TXT records as a zone file has it, which is what programs
know of them; :func:`libcloud.dns.names.unquote_text` makes the text of either.

For APIs that want the parts of the data by name (``{"flags": 0, "tag": "issue", ...}``) there are
:func:`split_rdata` and :func:`join_rdata`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from libcloud.dns import names
from libcloud.dns.types import RecordType

__all__ = [
    "DEFAULT_PRIORITY",
    "TAKEN_APART",
    "TEXTS",
    "WRITTEN_ANEW",
    "canonical_parts",
    "from_rdata",
    "join_rdata",
    "rdata_of_record",
    "split_rdata",
    "to_rdata",
    "without_quotes",
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


# Type -> the parts of its data, and what they are. Spaces in a code (hex, base64) mean nothing.
_CODES = {"hex", "base64"}
_PARTS: dict[str, dict[str, str]] = {
    "CAA": {"flags": "number", "tag": "word", "value": "text"},
    "CDS": {"key_tag": "number", "algorithm": "number", "digest_type": "number", "digest": "hex"},
    "CDNSKEY": {
        "flags": "number",
        "protocol": "number",
        "algorithm": "number",
        "public_key": "base64",
    },
    "CERT": {"type": "word", "key_tag": "number", "algorithm": "word", "certificate": "base64"},
    "DNSKEY": {
        "flags": "number",
        "protocol": "number",
        "algorithm": "number",
        "public_key": "base64",
    },
    "DS": {"key_tag": "number", "algorithm": "number", "digest_type": "number", "digest": "hex"},
    "HTTPS": {"priority": "number", "target": "host", "params": "rest"},
    "MX": {"priority": "number", "target": "host"},
    "NAPTR": {
        "order": "number",
        "preference": "number",
        "flags": "text",
        "service": "text",
        "regexp": "text",
        "replacement": "host",
    },
    "OPENPGPKEY": {"public_key": "base64"},
    "RP": {"mailbox": "host", "text": "host"},
    "SMIMEA": {
        "usage": "number",
        "selector": "number",
        "matching_type": "number",
        "certificate": "hex",
    },
    "SOA": {
        "mname": "host",
        "rname": "host",
        "serial": "number",
        "refresh": "number",
        "retry": "number",
        "expire": "number",
        "minimum": "number",
    },
    "SRV": {"priority": "number", "weight": "number", "port": "number", "target": "host"},
    "SSHFP": {"algorithm": "number", "fptype": "number", "fingerprint": "hex"},
    "SVCB": {"priority": "number", "target": "host", "params": "rest"},
    "TLSA": {
        "usage": "number",
        "selector": "number",
        "matching_type": "number",
        "certificate": "hex",
    },
    "URI": {"priority": "number", "weight": "number", "target": "text"},
}


# A parameter of an SVCB record: its name, and its value either in quotes or not.
_PARAM = r'(?s)([^\s="]+)(?:=(?:("(?:[^"\\]|\\.)*")|(\S*)))?'

# A text that means the same without its quotes.
_QUOTED_WORD = r'"([A-Za-z0-9_.:+=-]+)"'

# What stays of data on several lines (group 1), and what does not.
_LINE_PARTS = r'(?s)("(?:[^"\\]|\\.)*"|\\.)|;[^\n]*|[()]'


def to_rdata(
    type: str, data: str, extra: Mapping[str, Any] | None = None, zone: str | None = None
) -> str:
    """
    A record's data as a zone file has it, on one line: ``10 mail.example.com.``

    :param type: The record's type, one of :class:`~libcloud.dns.types.RecordType`.
    :param zone: Domain that a single label as a host is relative to; None to take it as absolute.
    :raises ValueError: the data is incomplete, or not of that type.
    """
    if type not in WRITTEN_ANEW:
        # No line end is printable.
        return data if data.isprintable() else " ".join(_on_one_line(data).splitlines())
    extra = extra or {}
    if type in TEXTS:
        return names.quote_text(data)
    if type in _HOSTS:
        return _host(type, data, zone)
    if type == RecordType.MX:
        return _mx_rdata(data, extra, zone)
    if type == RecordType.SRV:
        return _srv_rdata(data, extra, zone)
    return _caa_rdata(data, extra)


def rdata_of_record(
    name: str | None, type: str, data: str, extra: Mapping[str, Any] | None, zone: str
) -> str:
    """
    As :func:`to_rdata`, with errors that name the record.

    :raises ValueError: the data is incomplete, or not of that type.
    """
    try:
        return to_rdata(type, data, extra, zone)
    except ValueError as error:
        raise ValueError(f"Record {names.to_absolute(name, zone)} {type}: {error}") from error


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


def split_rdata(type: str, rdata: str) -> dict[str, int | str]:
    """
    The parts of what a zone file has, by the names that the RFCs give them.

    ============  ==================================================================
    MX            ``priority``, ``target``
    SRV           ``priority``, ``weight``, ``port``, ``target``
    CAA           ``flags``, ``tag``, ``value``
    NAPTR         ``order``, ``preference``, ``flags``, ``service``, ``regexp``, ``replacement``
    SSHFP         ``algorithm``, ``fptype``, ``fingerprint``
    TLSA, SMIMEA  ``usage``, ``selector``, ``matching_type``, ``certificate``
    DS, CDS       ``key_tag``, ``algorithm``, ``digest_type``, ``digest``
    DNSKEY        ``flags``, ``protocol``, ``algorithm``, ``public_key``; also CDNSKEY
    OPENPGPKEY    ``public_key``
    RP            ``mailbox``, ``text``, which are both hosts
    CERT          ``type``, ``key_tag``, ``algorithm``, ``certificate``
    URI           ``priority``, ``weight``, ``target``
    SVCB, HTTPS   ``priority``, ``target``, ``params``
    SOA           ``mname``, ``rname``, ``serial``, ``refresh``, ``retry``, ``expire``, ``minimum``
    ============  ==================================================================

    Numbers are int, texts have no quotes, hosts keep their final dot. Of all other types there is
    one part, ``value``. Parentheses, line ends and comments do not matter.

    :raises ValueError: the data is not of that type.
    """
    parts = _PARTS.get(type, {"value": "rest"})
    *names_before, last = parts
    words: list[str] = []
    rest = _on_one_line(rdata).strip() if type in _PARTS else rdata.strip()
    for _ in names_before:
        word, rest = _first_word(rest)
        words.append(word)
    if not rest and parts[last] != "rest":
        raise ValueError(f"{type} data must have {', '.join(parts)}, which {rdata!r} does not")
    try:
        return {
            name: _to_part(kind, word)
            for (name, kind), word in zip(parts.items(), [*words, rest], strict=True)
        }
    except ValueError as error:
        raise ValueError(f"{type} data must have {', '.join(parts)}, but {error}") from error


def join_rdata(type: str, parts: Mapping[str, Any], zone: str | None = None) -> str:
    """
    What a zone file has, from the parts that :func:`split_rdata` gives.

    :param zone: Domain that a single label as a host is relative to; None to take it as absolute.
    :raises ValueError: a part is absent.
    """
    kinds = _PARTS.get(type, {"value": "rest"})
    absent = [name for name in kinds if parts.get(name) is None]
    if absent:
        raise ValueError(f"the {type} record has no {', '.join(absent)}")
    words = (_from_part(type, kind, parts[name], zone) for name, kind in kinds.items())
    return " ".join(word for word in words if word)


def canonical_parts(type: str, rdata: str) -> str | None:
    """
    One form for all ways to write the same data: for comparing, not for sending.

    :return: None for data of a type that has no parts, or that is not of its type.
    """
    if type not in _PARTS:
        return None
    try:
        parts = split_rdata(type, rdata)
        return " ".join(_canonical(kind, parts[name]) for name, kind in _PARTS[type].items())
    except ValueError:
        return None


def _canonical(kind: str, part: Any) -> str:
    if kind == "rest":
        return _canonical_params(part)
    # A text and base64 are other ones in other letters.
    written = _from_part("", kind, part, None)
    return written if kind in ("text", "base64") else written.lower()


def _canonical_params(params: str) -> str:
    """The parameters of an SVCB or HTTPS record (RFC 9460, 2.1), sorted, their values in quotes."""
    written = []
    for key, in_quotes, bare in re.findall(_PARAM, params):
        value = names.unquote_text(in_quotes or f'"{bare}"')
        written.append(f"{key.lower()}={_quoted(value)}" if value else key.lower())
    return " ".join(sorted(written))


def without_quotes(type: str, rdata: str) -> str:
    """
    What a zone file has, with a text of a single word bare, as it may be there: some providers
    know no other way, and some keep it so.
    """
    word = re.fullmatch(_QUOTED_WORD, rdata) if type in TEXTS else None
    return word[1] if word else rdata


def _on_one_line(rdata: str) -> str:
    """Data without the parentheses and the comments that let it go over several lines."""
    if "(" not in rdata:
        return rdata
    return re.sub(_LINE_PARTS, lambda match: match[1] or " ", rdata)


def _first_word(text: str) -> tuple[str, str]:
    """The first word, which may be a string in quotes, and what follows it."""
    match = re.match(r'(?s)("(?:[^"\\]|\\.)*"|\S+)\s*', text)
    return (match[1], text[match.end() :]) if match else ("", "")


def _to_part(kind: str, word: str) -> int | str:
    if kind == "number":
        if not _is_number(word):
            raise ValueError(f"{word!r} is no number")
        return int(word)
    if kind == "host" and len(word.split()) != 1:
        raise ValueError(f"{word!r} is no host")
    if kind == "text":
        return names.unquote_text(word)
    return "".join(word.split()) if kind in _CODES else word


def _from_part(type: str, kind: str, value: Any, zone: str | None) -> str:
    if kind == "number":
        return str(int(value))
    if kind == "text":
        return _quoted(str(value))
    if kind == "host":
        # Of what an API says: some write the root as nothing.
        return _host(type, str(value) or ("." if zone is None else ""), zone)
    return str(value)


def _mx_rdata(data: str, extra: Mapping[str, Any], zone: str | None) -> str:
    *numbers, host = data.split() or [""]
    if len(numbers) > 1 or not all(map(_is_number, numbers)):
        raise ValueError(f"MX data must look like 10 mail.example.com, not {data!r}")
    priority = int(numbers[0]) if numbers else _number(extra, "priority", DEFAULT_PRIORITY)
    return f"{priority} {_host(RecordType.MX, host, zone)}"


def _srv_rdata(data: str, extra: Mapping[str, Any], zone: str | None) -> str:
    # The priority alone, or all three numbers, may stand in ``extra`` instead of in the data.
    *words, host = data.split() or [""]
    if len(words) > 3 or not all(map(_is_number, words)):
        raise ValueError(f"SRV data must look like 0 5 5060 sip.example.com, not {data!r}")
    numbers = [int(word) for word in words]
    if len(numbers) < 3:
        numbers.insert(0, _number(extra, "priority", 0))
    if len(numbers) < 3:
        numbers[1:] = [_number(extra, "weight", 0), _number(extra, "port", None)]
    priority, weight, port = numbers
    return f"{priority} {weight} {port} {_host(RecordType.SRV, host, zone)}"


def _caa_rdata(data: str, extra: Mapping[str, Any]) -> str:
    fields = data.split(None, 2)
    if len(fields) < 3 or not fields[0].isdigit():
        if extra.get("tag") is None:
            raise ValueError(f'CAA data must look like 0 issue "ca.example", not {data!r}')
        fields = [str(_number(extra, "flags", 0)), str(extra["tag"]), data]
    flags, tag, value = fields
    return f"{flags} {tag} {_quoted(names.unquote_text(value))}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal()


def _host(type: str, target: str, zone: str | None) -> str:
    if not target.strip():
        raise ValueError(f"the data of {type} names no host (the zone's own name is '@')")
    return names.escape(names.target_name(target, zone))


def _number(extra: Mapping[str, Any], key: str, default: int | None) -> int:
    value = extra.get(key)
    if value is None:
        value = default
    if value is None:
        raise ValueError(f"the record has no {key}, neither in its data nor in extra")
    return int(value)
