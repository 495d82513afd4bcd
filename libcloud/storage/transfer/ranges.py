"""Downloads over HTTP with several requests under way at once, one for each range of the object."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import IO, Any

from libcloud.common.bulk import in_order, workers
from libcloud.common.errors import BaseHTTPError, LibcloudError, MalformedResponseError
from libcloud.storage.transfer.downloads import open_download
from libcloud.storage.transfer.models import Progress
from libcloud.storage.transfer.sources import BUFFER_SIZE
from libcloud.storage.transfer.verification import copy_verified, expect_hash

__all__ = ["download_in_ranges"]


def download_in_ranges(
    fetch: Callable[[dict[str, str]], Any],
    object_name: str,
    file: IO[bytes],
    size_of_range: int,
    threads: int,
    hash_of: Callable[[Mapping[str, str]], str | None],
    hash_type: str = "md5",
    progress: Progress | None = None,
    driver: Any = None,
) -> None:
    """
    Write an object to a file that is empty, several ranges at a time, each with its own request.

    The first range tells the size and the ETag; all others are of the object with that ETag. No
    more than a small buffer of each range is in memory.

    :param fetch: See :func:`open_download`.
    :param hash_of: The hash of the whole object, in hexadecimal, that the headers of an answer
        promise; None if they promise none. See :class:`Download`.
    :param progress: Called in this thread after each range, in their order.
    :raises MalformedResponseError: the server ignores ``Range``, or tells no size or no ETag.
    :raises LibcloudError: a part did not arrive. See :func:`open_download` for a connection that
        breaks, and for an object that is replaced meanwhile.
    :raises ObjectHashMismatchError: the hash is wrong.
    """
    try:
        first = open_download(fetch, object_name, 0, size_of_range, None, driver, True)
    except BaseHTTPError as error:
        if error.http_code != 416:
            raise
        # It was emptied since it was listed, and no range of nothing is good.
        whole = open_download(fetch, object_name, driver=driver)
        whole = whole._replace(expected_hash=hash_of(whole.headers))
        copy_verified(whole, file, object_name, hash_type, progress, driver)
        return
    total = first.headers.get("content-range", "").rpartition("/")[2]
    etag = first.headers.get("etag")
    if not total.isdecimal() or not etag:
        raise MalformedResponseError(
            f"No size or no ETag in the answer to the first range of {object_name}", driver=driver
        )
    size = int(total)
    random_access = _RandomAccess(file.fileno())
    stopping = threading.Event()

    def fetch_same(headers: dict[str, str]) -> Any:
        return fetch({"If-Match": etag, **headers})

    def store(start: int) -> int:
        position, end = start, min(start + size_of_range, size)
        download = first
        if start:
            download = open_download(fetch_same, object_name, start, end, None, driver, True)
        with closing(download.pieces) as pieces:  # type: ignore[type-var]
            for piece in pieces:
                if stopping.is_set() or position + len(piece) > end:
                    break
                random_access.write(piece, position)
                position += len(piece)
        if position != end:
            raise LibcloudError(
                f"Of the bytes {start} to {end} of {object_name}, other than {end - start} arrived",
                driver=driver,
            )
        return end

    expected_hash = hash_of(first.headers)
    import hashlib

    hasher = hashlib.new(hash_type) if expected_hash else None
    done = 0
    with workers(threads) as pool:
        try:
            for end in in_order(pool, store, range(0, size, size_of_range), threads):
                if hasher:
                    random_access.hash(hasher, done, end)
                done = end
                if progress:
                    progress(done, size)
        except BaseException:
            stopping.set()
            raise
    expect_hash(hasher, expected_hash, hash_type, object_name, driver)


class _RandomAccess:
    """Reads and writes anywhere in a file, by its descriptor, from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def write(self, data: Any, position: int) -> None:
        view = memoryview(data)
        while view:
            count = self._write(view, position)
            view, position = view[count:], position + count

    def hash(self, hasher: Any, start: int, end: int) -> None:
        """Update a hash with the bytes from ``start`` to ``end``."""
        while start < end:
            piece = self._read(min(BUFFER_SIZE, end - start), start)
            if not piece:
                raise OSError(errno.EIO, "The file that is written became shorter")
            hasher.update(piece)
            start += len(piece)

    if hasattr(os, "pwrite"):

        def _write(self, data: memoryview, position: int) -> int:
            return os.pwrite(self._descriptor, data, position)

        def _read(self, size: int, position: int) -> bytes:
            return os.pread(self._descriptor, size, position)

    else:

        def _write(self, data: memoryview, position: int) -> int:
            with self._lock:
                os.lseek(self._descriptor, position, os.SEEK_SET)
                return os.write(self._descriptor, data)

        def _read(self, size: int, position: int) -> bytes:
            with self._lock:
                os.lseek(self._descriptor, position, os.SEEK_SET)
                return os.read(self._descriptor, size)
