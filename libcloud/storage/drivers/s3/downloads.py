"""Downloads: a stream that survives a broken connection, files in parallel ranges."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import IO

from libcloud.storage.base import Object
from libcloud.storage.drivers.s3.room import Room
from libcloud.storage.drivers.s3.uploads import is_md5
from libcloud.storage.transfer import (
    Destination,
    Progress,
    download_in_ranges,
    replace_file,
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
        ex_version_id: str | None = None,
    ) -> bool:
        """
        Download an object to a file: above ``part_size`` in ranges, some at a time.

        The length is always verified, the MD5 where the ETag is one: not for objects that were
        uploaded in parts, or are encrypted with a key of KMS or of the customer.

        :param ex_version_id: The version that is wanted; the latest one if None.
        :raises ConflictError: the object was replaced while it was downloaded.

        The rest is as in the base class.
        """
        is_small = not obj.size or obj.size <= self.part_size
        if is_small or _is_no_file(destination_path):  # what cannot be sought in takes no ranges
            return self._download_to_file(
                obj,
                self._fetcher(obj, ex_version_id),
                destination_path,
                overwrite_existing,
                delete_on_failure,
                progress=progress,
            )
        fetch = self._fetcher(obj, ex_version_id)

        def write(file: IO[bytes]) -> None:
            download_in_ranges(
                fetch,
                obj.name,
                file,
                self.part_size,
                self.transfer_threads,
                self._hash_of_answer,
                hash_type=self.hash_type,
                progress=progress,
                driver=self,
            )

        destination = Destination(destination_path, overwrite_existing, delete_on_failure)
        return replace_file(write, destination, obj.name, driver=self)

    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None, *, ex_version_id: str | None = None
    ) -> Iterator[bytes]:
        return self._download_as_stream(obj, self._fetcher(obj, ex_version_id), chunk_size)

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
        ex_version_id: str | None = None,
    ) -> bool:
        return self._download_to_file(
            obj,
            self._fetcher(obj, ex_version_id),
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
        *,
        ex_version_id: str | None = None,
    ) -> Iterator[bytes]:
        return self._download_as_stream(
            obj, self._fetcher(obj, ex_version_id), chunk_size, start_bytes, end_bytes
        )

    # -- inside -----------------------------------------------------------------------------------

    def _hash_of_answer(self, headers: Mapping[str, str]) -> str | None:
        etag = headers.get("etag", "")
        return etag.strip('"').lower() if is_md5(etag, headers, self.http_vendor_prefix) else None


def _is_no_file(path: str) -> bool:
    """True for a device or a pipe."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
