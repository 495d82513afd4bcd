"""
Objects in parts: each is a request of its own, and S3 puts them together in the end.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from libcloud.common.aws.xml import Element, expect_root, findall, findtext, required_text
from libcloud.common.bulk import in_order, workers
from libcloud.common.errors import (
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    ResourceNotFoundError,
)
from libcloud.common.paging import iterate_pages
from libcloud.storage.base import Container
from libcloud.storage.drivers.s3.checksums import crc32_in
from libcloud.storage.drivers.s3.room import Room
from libcloud.storage.transfer import Blocks, SourceReader

__all__ = [
    "CHUNK_SIZE",
    "Multipart",
    "S3MultipartUpload",
    "StoredPart",
    "escaped",
    "etag_of",
    "growing_sizes",
    "smallest_part_size",
]

CHUNK_SIZE = 5 * 1024 * 1024
"""The smallest part that S3 takes, the last one of an object aside."""

MAX_PARTS = 10_000
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

# A stream of unknown length that goes on after half of the parts that an object may have is sent in
# larger parts from then on: 40 GiB in parts of 8 MiB, and another 600 GiB in parts of 128 MiB.
GROWTH = 16

# How often a part is sent, each time with the retries of the connection. Its data are in memory, so
# even what the retry policy gives up (a time-out, data damaged on the way) is worth another try.
PART_ATTEMPTS = 2
_DAMAGED_ON_THE_WAY = ("BadDigest", "IncompleteBody", "RequestTimeout", "XAmzContentSHA256Mismatch")

_CUSTOMER_KEY = "-server-side-encryption-customer-"


class S3MultipartUpload:
    """
    A multipart upload that was begun, and neither completed nor aborted.

    :param key: Name of the object.
    :param id: What S3 knows the upload by.
    :param created_at: Time of its beginning, as S3 writes it.
    :param initiator: Who began it.
    :param owner: Who will own the object.
    """

    def __init__(self, key: str, id: str, created_at: str, initiator: str, owner: str) -> None:
        self.key = key
        self.id = id
        self.created_at = created_at
        self.initiator = initiator
        self.owner = owner

    def __repr__(self) -> str:
        return f"<S3MultipartUpload: key={self.key}>"


class _Unsent:
    """A part that is in memory until it is stored."""

    def __init__(self, number: int, data: Blocks) -> None:
        self.number = number
        self.data = data


class StoredPart(NamedTuple):
    """A part that was stored."""

    etag: str
    size: int
    crc32: str | None


class Multipart(Room):
    """Multipart uploads: making them, and clearing away those that nobody ended."""

    # The most parts of an object.
    max_parts: int = MAX_PARTS

    # -- multipart uploads ------------------------------------------------------------------------

    def ex_iterate_multipart_uploads(
        self, container: Container, prefix: str | None = None, delimiter: str | None = None
    ) -> Iterator[S3MultipartUpload]:
        """
        The multipart uploads that were begun and not finished, page by page.

        What was stored of them costs money like any object.

        :param prefix: Only those of objects whose name begins with this text.
        :param delimiter: Leave out names that go on after this text, counted from the prefix.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
        """

        def fetch(position: Any) -> tuple[list[S3MultipartUpload], Any]:
            key_marker, id_marker = position or (None, None)
            params = {
                "uploads": "",
                "encoding-type": "url",
                "prefix": prefix,
                "delimiter": delimiter,
                "key-marker": key_marker,
                "upload-id-marker": id_marker,
            }
            response = self._request(container.name, params=_without_none(params))
            root = expect_root(
                response.object, "ListMultipartUploadsResult", body=response.body, driver=self
            )
            text = self._decoder(root)
            uploads = [_to_upload(element, text) for element in findall(root, "Upload")]
            if findtext(root, "IsTruncated") != "true":
                return uploads, None
            return uploads, (
                text(findtext(root, "NextKeyMarker") or ""),
                findtext(root, "NextUploadIdMarker"),
            )

        return iterate_pages(fetch)

    def ex_cleanup_all_multipart_uploads(
        self, container: Container, prefix: str | None = None
    ) -> None:
        """
        Abort all multipart uploads of a container that are not finished, which frees their parts.

        Uploads that somebody is making at this moment are aborted as well.

        :param prefix: Only those of objects whose name begins with this text.
        """
        for upload in self.ex_iterate_multipart_uploads(container, prefix, delimiter=None):
            self._abort(container, upload.key, upload.id)

    # -- inside -----------------------------------------------------------------------------------

    def _put_in_parts(
        self,
        container: Container,
        object_name: str,
        source: SourceReader,
        sizes: Iterable[int],
        headers: dict[str, str],
        verify_hash: bool,
        report: Callable[[int], None] | None,
    ) -> tuple[str, int]:
        """
        Store an object in parts, several at a time; returns its ETag and size.

        :param sizes: Of the parts, as long as the source goes on.
        """
        if verify_hash and self._checksum_kind() == "crc32":
            headers = {**headers, "x-amz-checksum-algorithm": "CRC32"}
        upload_id = self._initiate(container, object_name, headers)
        part_headers = {k: v for k, v in headers.items() if _CUSTOMER_KEY in k.lower()}
        # No more parts than this are in memory, the one that is being read included.
        in_memory = threading.Semaphore(self.transfer_threads)

        def unsent() -> Iterator[_Unsent]:
            for number, size in enumerate(sizes, start=1):
                in_memory.acquire()
                part = _Unsent(number, source.read(size))
                if not part.data:
                    return
                yield part

        def store(part: _Unsent) -> StoredPart:
            try:
                return self._put_part(
                    container, object_name, upload_id, part, part_headers, verify_hash
                )
            finally:
                part.data = Blocks(())
                in_memory.release()

        parts: list[StoredPart] = []
        size = 0
        try:
            with workers(self.transfer_threads) as pool:
                for part in in_order(pool, store, unsent(), self.transfer_threads):
                    parts.append(part)
                    size += part.size
                    if report:
                        report(size)
            etag = self._complete(container, object_name, upload_id, parts, part_headers)
        except BaseException as error:
            self._abort_after(error, container, object_name, upload_id)
            raise
        return etag, size

    def _initiate(self, container: Container, object_name: str, headers: dict[str, str]) -> str:
        response = self._request(
            container.name,
            object_name,
            method="POST",
            params={"uploads": ""},
            headers=headers,
            # An upload that is begun twice has no parts the first time, so it costs nothing.
            idempotent=True,
        )
        root = expect_root(
            response.object, "InitiateMultipartUploadResult", body=response.body, driver=self
        )
        upload_id = findtext(root, "UploadId")
        if not upload_id:
            raise MalformedResponseError("No UploadId in the answer", response.body, self)
        return upload_id

    def _put_part(
        self,
        container: Container,
        object_name: str,
        upload_id: str,
        part: _Unsent,
        headers: dict[str, str],
        verify_hash: bool,
    ) -> StoredPart:
        if part.number > self.max_parts:
            raise LibcloudError(
                f"{object_name} has more than {self.max_parts} parts of up to {len(part.data)} "
                "bytes: set a larger part_size on the driver",
                driver=self,
            )
        headers = {**headers, **self._checksum_headers(part.data.blocks, verify_hash)}
        attempts = 1 if self.connection.retry is None else PART_ATTEMPTS
        while True:
            attempts -= 1
            try:
                response = self._request(
                    container.name,
                    object_name,
                    method="PUT",
                    params={"partNumber": part.number, "uploadId": upload_id},
                    data=part.data,
                    headers=headers,
                )
            except LibcloudError as error:
                if not attempts or not _is_worth_another_try(error):
                    raise
            else:
                return StoredPart(etag_of(response, self), len(part.data), crc32_in(headers))

    def _complete(
        self,
        container: Container,
        object_name: str,
        upload_id: str,
        parts: list[StoredPart],
        headers: dict[str, str],
    ) -> str:
        elements = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{escaped(part.etag)}</ETag>"
            + (f"<ChecksumCRC32>{part.crc32}</ChecksumCRC32></Part>" if part.crc32 else "</Part>")
            for number, part in enumerate(parts, start=1)
        )
        document = (
            f'<CompleteMultipartUpload xmlns="{self.namespace}">{elements}'
            "</CompleteMultipartUpload>"
        )
        try:
            response = self._request(
                container.name,
                object_name,
                method="POST",
                params={"uploadId": upload_id},
                data=document.encode(),
                headers={"Content-Type": "application/xml"},
                idempotent=True,
            )
        except ResourceNotFoundError as error:
            # Completed by a request whose answer got lost? Then the object is there.
            etag = self._etag_if_stored(container, object_name, parts, headers)
            if error.provider_code != "NoSuchUpload" or etag is None:
                raise
            return etag
        root = expect_root(
            response.object, "CompleteMultipartUploadResult", body=response.body, driver=self
        )
        return findtext(root, "ETag") or ""

    def _etag_if_stored(
        self,
        container: Container,
        object_name: str,
        parts: list[StoredPart],
        headers: dict[str, str],
    ) -> str | None:
        """The object's ETag, if it shows that the object is made of these parts."""
        try:
            digests = b"".join(bytes.fromhex(part.etag.strip('"')) for part in parts)
        except ValueError:
            return None
        import hashlib

        expected = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
        try:
            response = self._request(container.name, object_name, method="HEAD", headers=headers)
        except ResourceNotFoundError:
            return None
        etag = response.headers.get("etag", "")
        return etag if etag.strip('"') == expected else None

    def _abort(self, container: Container, object_name: str, upload_id: str) -> None:
        try:
            self._request(
                container.name, object_name, method="DELETE", params={"uploadId": upload_id}
            )
        except ResourceNotFoundError:
            return

    def _abort_after(
        self, error: BaseException, container: Container, object_name: str, upload_id: str
    ) -> None:
        """
        :raises LibcloudError: the upload failed and could not be aborted either.
        """
        try:
            self._abort(container, object_name, upload_id)
        except LibcloudError as second:
            raise LibcloudError(
                f"The upload of {object_name} failed ({error}), and what was stored of it is left "
                f"behind as the multipart upload {upload_id} ({second}): "
                "ex_cleanup_all_multipart_uploads removes it",
                driver=self,
            ) from error


def smallest_part_size(total: int, max_parts: int) -> int:
    """The smallest size of part in which an object of ``total`` bytes has not too many parts."""
    return -(-total // max_parts)


def growing_sizes(size: int, max_parts: int) -> Iterator[int]:
    """Sizes of the parts of a stream of unknown length: larger, when there are many already."""
    yield from itertools.repeat(size, max_parts // 2)
    yield from itertools.repeat(size * GROWTH)


def etag_of(response: Any, driver: Any) -> str:
    etag: str | None = response.headers.get("etag")
    if not etag:
        raise MalformedResponseError("No ETag in the answer to an upload", response.body, driver)
    return etag


def _is_worth_another_try(error: LibcloudError) -> bool:
    return (
        isinstance(error, NetworkError)
        or error.retryable
        or error.provider_code in _DAMAGED_ON_THE_WAY
    )


def _to_upload(element: Element, text: Any) -> S3MultipartUpload:
    return S3MultipartUpload(
        key=text(required_text(element, "Key")),
        id=required_text(element, "UploadId"),
        created_at=findtext(element, "Initiated") or "",
        initiator=findtext(element, "Initiator/DisplayName") or "",
        owner=findtext(element, "Owner/DisplayName") or "",
    )


def escaped(text: str) -> str:
    """Text as the content of an XML element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_none(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}
