"""
What programs write about objects, in headers and back.

Headers are ASCII. S3 takes other text as encoded words of RFC 2047, keeps it decoded, and encodes
it again on the way out; servers that know nothing of it hand out what they were given. Either way
the text comes back as it went.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.common.errors import InvalidRequestError
from libcloud.common.lazy import lazy_pattern

__all__ = ["meta_data_from_headers", "meta_data_headers"]

_TOKEN = lazy_pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PLAIN = lazy_pattern(r"[!-~]([ -~]*[!-~])?|")

# Bytes of text in one encoded word, of which RFC 2047 allows 75 characters in all.
_WORD_SIZE = 45


def meta_data_headers(meta_data: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """
    The headers that carry metadata.

    :param prefix: How their names begin: ``x-amz-meta-``.
    :raises InvalidRequestError: a name cannot be a part of a header's name.
    """
    headers = {}
    for name, value in meta_data.items():
        if not _TOKEN.fullmatch(str(name)):
            raise InvalidRequestError(
                f"{name!r} cannot name metadata: ASCII letters, digits and a few marks can"
            )
        headers[f"{prefix}{name}"] = _encoded(str(value))
    return headers


def meta_data_from_headers(headers: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The metadata that headers carry: names in lower case to text."""
    return {
        name.lower()[len(prefix) :]: _decoded(value)
        for name, value in headers.items()
        if name.lower().startswith(prefix)
    }


def _encoded(text: str) -> str:
    if _PLAIN.fullmatch(text) and "=?" not in text:
        return text
    import base64

    words = (base64.b64encode(part).decode() for part in _utf8_parts(text))
    return " ".join(f"=?UTF-8?B?{word}?=" for word in words)


def _utf8_parts(text: str) -> list[bytes]:
    """The text in pieces that end between two characters."""
    parts = [b""]
    for character in text:
        encoded = character.encode()
        if len(parts[-1]) + len(encoded) > _WORD_SIZE:
            parts.append(b"")
        parts[-1] += encoded
    return parts


def _decoded(value: str) -> str:
    if not value.isascii():
        # Raw UTF-8, which the HTTP library reads as Latin-1.
        try:
            return value.encode("latin-1").decode()
        except UnicodeError:
            return value
    if "=?" not in value:
        return value
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError):
        return value
