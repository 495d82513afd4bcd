"""
Domain names and texts, as drivers pass them on and read them back.

The one rule for names:

- A name is **absolute** when it ends in a dot, or ends in the zone's own name (``www.example.com``
  in the zone ``example.com``). Any other name is **relative** to the zone.
- The zone's own name, its apex, may be given as None, ``""`` or ``"@"``. Records return ``""``.
- Records return relative names; zones return their domain in ASCII, without a final dot.
- ``*`` is the wildcard label. Upper and lower case mean the same.
- Letters outside ASCII are accepted everywhere and sent as IDNA (``bücher`` is ``xn--bcher-kva``),
  which is also what comes back.

All functions here are pure. Only :func:`to_ascii` of a name outside ASCII loads ``idna``, which
``requests`` depends on: the codec of the standard library knows only the standard of 2003, by which
``straße.de`` is another domain.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

__all__ = [
    "escape",
    "owner_names",
    "quote_text",
    "relative_within",
    "target_name",
    "to_absolute",
    "to_ascii",
    "to_relative",
    "unquote_text",
    "zone_name",
]

# Texts, not compiled: that would be the greater part of importing this module.
_ESCAPE_OR_DOT = r"(?s)(\\.)|[.\u3002\uff0e\uff61]"

# What means itself in a zone file: nearly every name, so that is looked at before anything else.
_PLAIN = r"[A-Za-z0-9_.*/-]+"

# A single label that is plain.
_SIMPLE = r"[A-Za-z0-9_*/-]+"

# What means something else in a zone file, except where it is escaped already.
_SPECIAL = r'(?s)(\\.)|([\s"();@$])'

# RFC 1035, 3.3: the length of a character string is one byte.
_LONGEST_STRING = 255
_QUOTED = rb'(?s)"((?:[^"\\]|\\.)*)"'
_ALL_QUOTED = rb'(?s)\s*(?:"(?:[^"\\]|\\.)*"\s*)+'
_DECIMAL_ESCAPE = rb"(?s)\\(25[0-5]|2[0-4]\d|[01]\d\d|.)"
_OCTAL_ESCAPE = rb"(?s)\\([0-3][0-7]{2}|.)"


def to_ascii(name: str) -> str:
    """
    A name with its labels outside ASCII in IDNA.

    :raises ValueError: a label cannot be a part of a domain name.
    """
    if name.isascii():
        return name
    return ".".join(
        label if label.isascii() else _label_to_ascii(label, name) for label in _labels(name)
    )


def _label_to_ascii(label: str, name: str) -> str:
    import idna

    try:
        return idna.encode(label, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"{label!r} in {name!r} cannot be in a domain name: {error}") from error


@functools.lru_cache(maxsize=256)
def zone_name(domain: str) -> str:
    """A zone's name in ASCII and lower case, without a final dot."""
    return to_ascii(domain).removesuffix(".").lower()


def to_absolute(name: str | None, zone: str) -> str:
    """
    A record's name in full, with a final dot.

    :param name: Name in any of the forms that the rule above allows.
    :param zone: Domain of the zone.
    """
    if name and not name.isascii():
        name = to_ascii(name)
    if name and _is_absolute(name):
        return name
    apex = zone_name(zone)
    if not name or name == "@":
        return f"{apex}."
    if name.lower().endswith(apex) and f".{name.lower()}".endswith(f".{apex}"):
        return f"{name}."
    return f"{name}.{apex}."


def to_relative(name: str | None, zone: str) -> str:
    """
    A record's name as records return it: without the zone's name, ``""`` at the apex.

    A name that lies outside the zone stays absolute, with its final dot.
    """
    suffix = f".{zone_name(zone)}."
    absolute = to_absolute(name, zone)
    if absolute.endswith(suffix) or f".{absolute.lower()}".endswith(suffix):
        return absolute[: -len(suffix)]
    return absolute


def relative_within(name: str | None, zone: str) -> str:
    """
    The name of a record that a zone is to have, as :func:`to_relative` returns it.

    :raises ValueError: the name lies outside the zone.
    """
    relative = to_relative(name, zone)
    if _is_absolute(relative):
        raise ValueError(f"{name} is not in the zone {zone_name(zone)}")
    return relative


def owner_names(zone: str) -> Callable[[str | None], str]:
    """
    What turns names of records into what a zone file has: in full, with a final dot, escaped.

    :param zone: Name of the zone as :func:`zone_name` returns it.
    """
    is_simple, origin = re.compile(_SIMPLE).fullmatch, escape(f".{zone}.")

    def owner_name(name: str | None) -> str:
        if name and is_simple(name) and name.lower() != zone:
            return name + origin
        return escape(to_absolute(name, zone))

    return owner_name


def target_name(target: str, zone: str | None = None) -> str:
    """
    The host that a record points at, in full and with a final dot.

    A host is absolute with or without a final dot; only ``"@"`` and a single label (``mail``) are
    relative to the zone, since no host has the name of a top-level domain.

    :param zone: Domain of the zone; None to take every host as absolute.
    """
    target = to_ascii(target.strip())
    if _is_absolute(target):
        return target
    if zone is not None and (target == "@" or len(_labels(target)) == 1):
        return to_absolute(target, zone)
    return f"{target}."


def _is_absolute(name: str) -> bool:
    """True for a name that ends in a dot, unless that is an escaped one."""
    if not name.endswith("."):
        return False
    before = name[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 0


def _labels(name: str) -> list[str]:
    labels, start = [], 0
    for found in re.finditer(_ESCAPE_OR_DOT, name):
        if found[1] is None:
            labels.append(name[start : found.start()])
            start = found.end()
    return [*labels, name[start:]]


def escape(name: str) -> str:
    """A name as a zone file has it: what would mean something else there is escaped."""
    if re.fullmatch(_PLAIN, name):
        return name

    def escaped(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        character = match[2]
        return f"\\{ord(character):03d}" if character.isspace() else f"\\{character}"

    return re.sub(_SPECIAL, escaped, name)


def quote_text(text: str, base: int = 10) -> str:
    """
    The text of a TXT record as a zone file has it: quoted strings of at most 255 bytes each.

    A text that is written as quoted strings already keeps its strings. Text outside ASCII is UTF-8,
    and every byte that is not printable is escaped.

    :param base: Number base of the escapes: 10 as RFC 1035 has it, 8 for Route 53.
    """
    strings = _character_strings(text, base)
    if strings is None:
        strings = [_encode(text)]
    pieces = [
        string[start : start + _LONGEST_STRING]
        for string in strings
        for start in range(0, len(string) or 1, _LONGEST_STRING)
    ]
    return " ".join(f'"{_escape(piece, base)}"' for piece in pieces)


def unquote_text(data: str, base: int = 10) -> str:
    """
    The plain text of a TXT record, whichever way it is written.

    Quoted strings are joined, with nothing between them; anything else is plain text and stays as
    it is. Bytes that are not UTF-8 become lone surrogates, which :func:`quote_text` turns back.

    :param base: Number base of the escapes: 10 as RFC 1035 has it, 8 for Route 53.
    """
    strings = _character_strings(data, base)
    return data if strings is None else b"".join(strings).decode("utf-8", "surrogateescape")


def _character_strings(data: str, base: int) -> list[bytes] | None:
    """The strings of a text that consists of quoted strings only; None for any other text."""
    raw = _encode(data)
    if not re.fullmatch(_ALL_QUOTED, raw):
        return None
    escape = _DECIMAL_ESCAPE if base == 10 else _OCTAL_ESCAPE

    def unescape(match: re.Match[bytes]) -> bytes:
        escaped = match[1]
        return bytes([int(escaped, base)]) if len(escaped) == 3 else escaped

    return [re.sub(escape, unescape, string) for string in re.findall(_QUOTED, raw)]


def _escape(piece: bytes, base: int) -> str:
    number = "\\{:03d}" if base == 10 else "\\{:03o}"
    return "".join(
        f"\\{chr(byte)}"
        if byte in b'"\\'
        else chr(byte)
        if 32 <= byte < 127
        else number.format(byte)
        for byte in piece
    )


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
