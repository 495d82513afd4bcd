"""Whether a copy is there already."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timezone
from typing import Any, Literal

from libcloud.storage.models import Object

__all__ = ["Compare", "content_hash", "is_same", "modified"]

Compare = Literal["hash", "time", "size"]

_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")


def is_same(source: Object, target: Object, how: Compare) -> bool:
    """
    True when ``target`` is, as far as one can tell, a copy of ``source`` as it is now.

    Different sizes are never the same. Beyond that

    :param how: ``"hash"``: the hashes are the same. Where they cannot be compared (another
        algorithm, an object that was uploaded in parts), it is as ``"time"``. The hash of a local
        file is computed by reading it.
        ``"time"``: the target is not older than the source; not the same if one tells no time.
        ``"size"``: nothing else.
    """
    if source.size != target.size:
        return False
    if how == "size":
        return True
    if how == "hash" and _have_comparable_hashes(source, target):
        return str(source.hash).lower() == str(target.hash).lower()
    changed, copied = modified(source), modified(target)
    return changed is not None and copied is not None and copied >= changed


def content_hash(obj: Object) -> str | None:
    """
    The hash of an object's content in hexadecimal, in lower case; None where the provider does not
    tell it, or tells something else, and for local files, whose hash nobody has computed yet.
    """
    known = vars(obj).get("hash")
    return known.lower() if known and _looks_like_a_hash(known, _hash_type(obj)) else None


def modified(obj: Object) -> float | None:
    """When the content was last changed, in seconds since 1970; None where nobody tells."""
    if "modify_time" in obj.extra:
        return float(obj.extra["modify_time"])
    return _timestamp(obj.extra.get("last_modified"))


def _have_comparable_hashes(one: Object, other: Object) -> bool:
    return _hash_type(one) == _hash_type(other) and all(
        "hash" not in vars(obj) or content_hash(obj) for obj in (one, other)
    )


def _hash_type(obj: Object) -> str:
    return str(obj.driver.hash_type)


def _looks_like_a_hash(text: str, hash_type: str) -> bool:
    try:
        size = hashlib.new(hash_type, usedforsecurity=False).digest_size
    except ValueError:
        return False
    return len(text) == 2 * size and _HEXADECIMAL.fullmatch(text) is not None


def _timestamp(value: Any) -> float | None:
    """Of a datetime, or of a text as ISO 8601 or HTTP writes it."""
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()


def _parsed(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    from libcloud.utils.iso8601 import parse_date

    for parse in (parse_date, parsedate_to_datetime):
        try:
            return parse(text)
        except (TypeError, ValueError):
            continue
    return None
