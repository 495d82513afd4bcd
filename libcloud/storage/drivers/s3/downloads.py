"""Downloads: a stream that survives a broken connection, files in parallel ranges."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from libcloud.common.bulk import in_order, workers
from libcloud.common.errors import BaseHTTPError, MalformedResponseError
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.room import Room
from libcloud.storage.drivers.s3.uploads import is_md5
from libcloud.storage.transfer import (
    Destination,
    Download,
    Progress,
    open_download,
    save_to_file,
)

__all__ = ["Downloads"]


class Downloads(Room):
    """Downloads of objects."""

    def download_object(
        self,
        obj: Object,
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """
        Download an object to a file: above ``part_size`` in ranges, some at a time.

        The length is always verified, the MD5 where the ETag is one: not for objects that were
        uploaded in parts, or are encrypted with a key of KMS or of the customer.

        :raises ConflictError: the object was replaced while it was downloaded.

        The rest is as in the base class.
        """
        if not obj.size or obj.size <= self.part_size:
            return self._download_to_file(
                obj,
                self._fetcher(obj.container, obj.name),
                destination_path,
                overwrite_existing,
                delete_on_failure,
                progress=progress,
            )
        with workers(self.transfer_threads) as pool:
            return save_to_file(
                lambda: self._open_ranges(obj.container, obj.name, pool),
                Destination(destination_path, overwrite_existing, delete_on_failure),
                obj.name,
                hash_type=self.hash_type,
                progress=progress,
                driver=self,
            )

    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        return self._download_as_stream(obj, self._fetcher(obj.container, obj.name), chunk_size)

    def download_object_range(
        self,
        obj: Object,
        destination_path: str,
        start_bytes: int,
        end_bytes: int | None = None,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Progress | None = None,
    ) -> bool:
        return self._download_to_file(
            obj,
            self._fetcher(obj.container, obj.name),
            destination_path,
            overwrite_existing,
            delete_on_failure,
            start_bytes,
            end_bytes,
            progress,
        )

    def download_object_range_as_stream(
        self,
        obj: Object,
        start_bytes: int,
        end_bytes: int | None = None,
        chunk_size: int | None = None,
    ) -> Iterator[bytes]:
        return self._download_as_stream(
            obj, self._fetcher(obj.container, obj.name), chunk_size, start_bytes, end_bytes
        )

    # -- inside -----------------------------------------------------------------------------------

    def _open_ranges(self, container: Container, name: str, pool: Any) -> Download:
        """
        Download an object in ranges, some at a time.

        The first range tells the size and the ETag; all others are of the object with that ETag.
        """
        size_of_range = self.part_size
        fetch = self._fetcher(container, name)
        try:
            first = open_download(fetch, name, 0, size_of_range, driver=self)
        except BaseHTTPError as error:
            if error.http_code != 416:
                raise
            # It was emptied since it was listed, and no range of nothing is good.
            return self._with_hash(open_download(fetch, name, driver=self))
        total = first.headers.get("content-range", "").rpartition("/")[2]
        etag = first.headers.get("etag")
        if not total.isdecimal() or not etag:
            raise MalformedResponseError(
                f"No size or no ETag in the answer to the first range of {name}", driver=self
            )
        size = int(total)
        fetch = self._fetcher(container, name, etag)

        def read(start: int) -> bytes:
            end = min(start + size_of_range, size)
            return b"".join(open_download(fetch, name, start, end, driver=self).pieces)

        starts = range(size_of_range, size, size_of_range)
        rest = in_order(pool, read, starts, self.transfer_threads)
        pieces = itertools.chain(first.pieces, rest)
        return self._with_hash(first._replace(pieces=pieces, size=size))

    def _with_hash(self, download: Download) -> Download:
        return download._replace(expected_hash=self._hash_of_answer(download.headers))

    def _hash_of_answer(self, headers: Mapping[str, str]) -> str | None:
        etag = headers.get("etag", "")
        return etag.strip('"').lower() if is_md5(etag, headers, self.http_vendor_prefix) else None
