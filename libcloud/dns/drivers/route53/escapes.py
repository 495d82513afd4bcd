"""
Escapes: Route 53 writes the codes of characters in octal, zone files write them in decimal.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
"""

from __future__ import annotations

import re

__all__ = ["from_wire_name", "from_wire_text", "to_wire_name", "to_wire_text"]

# Texts, not compiled: that would be the greater part of importing this module.
_ESCAPE = r"(?s)\\(\d{3}|.)"
_OCTAL_ESCAPE = r"\\([0-7]{3})"

# A code, an escaped character, or one that needs an escape.
_UNSAFE_IN_NAME = r"(?s)\\(\d{3})|\\(.)|([^A-Za-z0-9_.*-])"


def to_wire_name(name: str) -> str:
    """A name as Route 53 wants it: only letters, digits and ``-_*.`` are not escaped."""

    def octal(match: re.Match[str]) -> str:
        number = int(match[1]) if match[1] else ord(match[2] or match[3])
        return f"\\{number:03o}"

    return re.sub(_UNSAFE_IN_NAME, octal, name)


def from_wire_name(name: str) -> str:
    """A name that Route 53 wrote, as zone files have it: the wildcard is ``*``."""

    def plain(match: re.Match[str]) -> str:
        character = chr(int(match[1], 8))
        if character in ".\\@":
            return f"\\{character}"
        return character if "!" <= character <= "~" else f"\\{ord(character):03d}"

    return re.sub(_OCTAL_ESCAPE, plain, name)


def to_wire_text(text: str) -> str:
    """Quoted strings as Route 53 wants them."""

    def octal(match: re.Match[str]) -> str:
        return f"\\{int(match[1]):03o}" if len(match[1]) == 3 else match[0]

    return re.sub(_ESCAPE, octal, text)


def from_wire_text(text: str) -> str:
    """Quoted strings that Route 53 wrote, as zone files have them."""

    def decimal(match: re.Match[str]) -> str:
        return f"\\{int(match[1], 8):03d}" if len(match[1]) == 3 else match[0]

    return re.sub(_ESCAPE, decimal, text)
