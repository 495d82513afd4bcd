"""What is moved, where to, and how one hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

__all__ = ["Destination", "Download", "Progress"]

Progress = Callable[[int, "int | None"], Any]
"""Called with the bytes done so far, and the bytes in all (None when that is not known)."""


class Download(NamedTuple):
    """
    An object, or a part of one, on its way.

    :param pieces: The bytes; to be read once.
    :param size: The bytes that must come; None when that is not known.
    :param expected_hash: Their hash in hexadecimal; None when that is not known.
    :param headers: Headers of the answer that brings them, keyed in lower case.
    """

    pieces: Iterable[bytes]
    size: int | None = None
    expected_hash: str | None = None
    headers: Mapping[str, str] = {}


class Destination(NamedTuple):
    """
    Where a download goes, and what may happen to what is there.

    :param path: The file, or a folder in which the file is named like the object.
    :param overwrite_existing: False refuses a file that exists.
    :param delete_on_failure: False keeps the part that arrived, under the name of the file, unless
        a file is there already, which is never given up for a part.
    """

    path: str
    overwrite_existing: bool = False
    delete_on_failure: bool = True
