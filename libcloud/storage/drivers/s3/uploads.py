"""Uploads: small objects in one request, large ones in parts."""

from __future__ import annotations

import itertools
import os
from functools import partial
from typing import Any

from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.metadata import meta_data_headers
from libcloud.storage.drivers.s3.multipart import (
    Multipart,
    etag_of,
    growing_sizes,
    smallest_part_size,
)
from libcloud.storage.transfer import Progress, SourceReader
from libcloud.storage.types import ObjectHashMismatchError

__all__ = ["STORAGE_CLASSES", "Uploads", "is_md5"]

STORAGE_CLASSES = (
    "standard",
    "reduced_redundancy",
    "standard_ia",
    "onezone_ia",
    "intelligent_tiering",
    "glacier",
    "glacier_ir",
    "deep_archive",
    "express_onezone",
    "outposts",
    "snow",
)
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html"""

COMPARED_SIZE = 64 * 1024

# From this size on, a server is asked whether it wants a body before it is sent: it may refuse, or
# redirect to another region.
ASKED_SIZE = 1024 * 1024
"""Bytes of an object that takes so little time to hash once more that its ETag is compared, too."""


class Uploads(Multipart):
    """Uploads of objects."""

    supports_chunked_encoding = False
    supports_s3_multipart_upload: bool = True

    def upload_object(
        self,
        file_path: str,
        container: Container,
        object_name: str,
        extra: dict[str, Any] | None = None,
        verify_hash: bool = True,
        headers: dict[str, str] | None = None,
        ex_storage_class: str | None = None,
        *,
        progress: Progress | None = None,
    ) -> Object:
        """
        Upload a file: in one request up to ``part_size``, in parts, some at a time, above.

        :param extra: ``content_type``, ``meta_data`` (names to text of any kind), ``acl`` (a canned
            ACL: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html).
        :param verify_hash: Have S3 check that what arrives is what was sent, by the checksum of the
            driver's ``upload_checksum``. The ETag of a small object is compared as well. False
            leaves all of it to TLS: the content is neither hashed nor signed.
        :param headers: Further headers: ``Cache-Control``, ``x-amz-server-side-encryption`` ...
        :param ex_storage_class: One of ``STORAGE_CLASSES``; the container's default if None.
        :raises ValueError: there is no such storage class.

        The rest is as in the base class.
        """
        with open(file_path, "rb") as file:
            return self._upload(
                file,
                container,
                object_name,
                self._headers_of_upload(object_name, file_path, extra, headers, ex_storage_class),
                extra or {},
                verify_hash,
                progress,
            )

    def upload_object_via_stream(
        self,
        iterator: Any,
        container: Container,
        object_name: str,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        ex_storage_class: str | None = None,
        *,
        progress: Progress | None = None,
    ) -> Object:
        """
        Upload what an iterator yields: in one request up to ``part_size``, in parts above.

        The parts are of ``part_size``; those of an object of more than 80 GB, whose size is known,
        and those after the 5000th of a stream, are larger.

        The parameters are those of :meth:`upload_object`, the rest is as in the base class.
        """
        return self._upload(
            iterator,
            container,
            object_name,
            self._headers_of_upload(object_name, None, extra, headers, ex_storage_class),
            extra or {},
            True,
            progress,
        )

    # -- inside -----------------------------------------------------------------------------------

    def _upload(
        self,
        source: Any,
        container: Container,
        object_name: str,
        headers: dict[str, str],
        extra: dict[str, Any],
        verify_hash: bool,
        progress: Progress | None,
    ) -> Object:
        store = self._store if self.supports_s3_multipart_upload else self._put_whole
        etag, size = store(source, container, object_name, headers, verify_hash, progress)
        return Object(
            name=object_name,
            size=size,
            hash=etag.strip('"'),
            extra={
                "acl": extra.get("acl"),
                "content_type": headers["Content-Type"],
                "etag": etag,
            },
            meta_data=dict(extra.get("meta_data") or {}),
            container=container,
            driver=self,
        )

    def _headers_of_upload(
        self,
        object_name: str,
        file_path: str | None,
        extra: dict[str, Any] | None,
        headers: dict[str, str] | None,
        storage_class: str | None,
    ) -> dict[str, str]:
        extra = extra or {}
        prefix = self.http_vendor_prefix
        content_type = extra.get("content_type")
        result = {
            "Content-Type": self._determine_content_type(content_type, object_name, file_path),
            **meta_data_headers(extra.get("meta_data") or {}, f"{prefix}-meta-"),
        }
        if extra.get("acl"):
            result[f"{prefix}-acl"] = extra["acl"]
        if storage_class is not None:
            if storage_class.lower() not in STORAGE_CLASSES:
                raise ValueError(f"Invalid storage class value: {storage_class}")
            result[f"{prefix}-storage-class"] = storage_class.upper()
        return {**result, **(headers or {})}

    def _store(
        self,
        source: Any,
        container: Container,
        object_name: str,
        headers: dict[str, str],
        verify_hash: bool,
        progress: Progress | None,
    ) -> tuple[str, int]:
        """Store an object of any size; returns its ETag and size."""
        total = _size_of(source)
        size = max(self.part_size, smallest_part_size(total or 0, self.max_parts))
        reader = SourceReader(source)
        beginning = reader.read(size)
        if reader.at_end():
            data = bytes(beginning)
            etag = self._put(container, object_name, data, headers, verify_hash)
            if progress:
                progress(len(data), len(data))
            return etag, len(data)
        reader.unread(beginning)
        del beginning  # or it would stay in memory to the end
        sizes = growing_sizes(size, self.max_parts) if total is None else itertools.repeat(size)
        report = None if progress is None else partial(_report, progress, total)
        return self._put_in_parts(
            container, object_name, reader, sizes, headers, verify_hash, report
        )

    def _put(
        self,
        container: Container,
        object_name: str,
        data: bytes,
        headers: dict[str, str],
        verify_hash: bool,
    ) -> str:
        """Store a whole object in one request; returns its ETag."""
        checksum = self._checksum_headers([data], verify_hash)
        headers = {**headers, **checksum}
        if len(data) >= ASKED_SIZE:
            headers["Expect"] = "100-continue"
        is_compared = verify_hash and (len(data) <= COMPARED_SIZE or "Content-MD5" in checksum)
        response = self._request(
            container.name, object_name, method="PUT", data=data, headers=headers
        )
        etag = etag_of(response, self)
        if is_compared:
            import hashlib

            md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
            self._compare(etag, response.headers, md5, object_name)
        return etag

    def _put_whole(
        self,
        source: Any,
        container: Container,
        object_name: str,
        headers: dict[str, str],
        verify_hash: bool,
        progress: Progress | None,
    ) -> tuple[str, int]:
        """The same as :meth:`_store`, in one request, where there are no multipart uploads."""
        with self._errors_of_storage(container.name, object_name, object_is_new=True):
            sent = self._upload_object(
                object_name,
                headers["Content-Type"],
                self._place(container.name).path + self._key_path(object_name),
                headers=headers,
                stream=source,
                progress=progress,
            )
            response = self._checked(sent["response"])
        etag = etag_of(response, self)
        if verify_hash:
            self._compare(etag, response.headers, sent["data_hash"], object_name)
        return etag, sent["bytes_transferred"]

    def _compare(self, etag: str, headers: Any, md5: str, object_name: str) -> None:
        if is_md5(etag, headers, self.http_vendor_prefix) and etag.strip('"').lower() != md5:
            raise ObjectHashMismatchError(
                f"The MD5 of what was sent is {md5}, that of what arrived {etag}",
                self,
                object_name,
            )


def _report(progress: Progress, total: int | None, done: int) -> None:
    progress(done, total)


def _size_of(source: Any) -> int | None:
    """The bytes that a source has left, None when only reading it would tell."""
    if isinstance(source, bytes | bytearray):
        return len(source)
    try:
        position = source.tell()
        end = source.seek(0, os.SEEK_END)
        source.seek(position)
    except (AttributeError, OSError, ValueError):
        return None
    return int(end) - int(position)


def is_md5(etag: str, headers: Any, vendor_prefix: str = "x-amz") -> bool:
    """
    True when an ETag is the MD5 of the content: not after an upload in parts, nor with a key of the
    customer or of the key service.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    etag = etag.strip('"')
    if len(etag) != 32 or not all(c in "0123456789abcdefABCDEF" for c in etag):
        return False
    encryption = f"{vendor_prefix}-server-side-encryption"
    return (
        not headers.get(encryption, "").startswith("aws:")
        and f"{encryption}-customer-algorithm" not in headers
    )
