"""
Copies within S3: no byte of them comes here.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html
"""

from __future__ import annotations

from libcloud.common.aws.xml import expect_root, findtext
from libcloud.common.bulk import in_order, workers
from libcloud.common.errors import MalformedResponseError
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.multipart import Multipart, StoredPart, smallest_part_size
from libcloud.storage.drivers.s3.room import version_params

__all__ = ["Copies"]

GIB = 1024 * 1024 * 1024

# Headers of an object that a copy in parts has to be given; S3 copies them only in one request.
_HEADERS = (
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
)


class Copies(Multipart):
    """Copies of objects."""

    #: Bytes that S3 copies in one request at the most. Larger objects are copied in parts of a
    #: tenth of that, ``transfer_threads`` at a time.
    ex_copy_limit: int = 5 * GIB

    def ex_copy_object(
        self,
        obj: Object,
        container: Container | None = None,
        object_name: str | None = None,
        *,
        ex_version_id: str | None = None,
    ) -> Object:
        """
        Copy an object within S3, with its metadata; no byte of it comes here.

        One request to copy up to 5 GiB, one to look at the copy. Above, it is copied in parts, and
        what S3 keeps beside the metadata (ACL, tags, storage class) is not copied.

        :param container: Where to; the object's own container if None.
        :param object_name: Name of the copy; the object's own name if None.
        :param ex_version_id: The version to copy; the latest one if None.
        :returns: The copy, as ``get_object`` has it.
        :raises ConflictError: the object is larger than 5 GiB, and was replaced meanwhile.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        """
        container = container or obj.container
        object_name = object_name or obj.name
        from urllib.parse import quote

        source = quote(f"/{obj.container.name}/{obj.name}", safe="/~-_.")
        if ex_version_id is not None:
            source += f"?versionId={quote(ex_version_id, safe='')}"
        headers = {f"{self.http_vendor_prefix}-copy-source": source}
        if obj.size <= self.ex_copy_limit:
            self._request(container.name, object_name, method="PUT", headers=headers)
        else:
            self._copy_in_parts(obj, container, object_name, headers, ex_version_id)
        return self.get_object(container.name, object_name)

    def _copy_in_parts(
        self,
        obj: Object,
        container: Container,
        object_name: str,
        source_headers: dict[str, str],
        version_id: str | None,
    ) -> None:
        """API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html"""
        prefix = self.http_vendor_prefix
        params = version_params(version_id)
        found = self._request(obj.container.name, obj.name, method="HEAD", params=params).headers
        size = int(found["content-length"])
        kept = {
            name: value
            for name, value in found.items()
            if name in _HEADERS or name.startswith(f"{prefix}-meta-")
        }
        headers = {**source_headers, f"{prefix}-copy-source-if-match": found["etag"]}
        upload_id = self._initiate(container, object_name, kept)
        part_size = max(self.ex_copy_limit // 10, smallest_part_size(size, self.max_parts))

        def copy(start: int) -> StoredPart:
            end = min(start + part_size, size)
            response = self._request(
                container.name,
                object_name,
                method="PUT",
                params={"partNumber": start // part_size + 1, "uploadId": upload_id},
                headers={**headers, f"{prefix}-copy-source-range": f"bytes={start}-{end - 1}"},
            )
            root = expect_root(response.object, "CopyPartResult", body=response.body, driver=self)
            etag = findtext(root, "ETag")
            if not etag:
                raise MalformedResponseError("No ETag in the answer", response.body, self)
            return StoredPart(etag, end - start, None)

        try:
            with workers(self.transfer_threads) as pool:
                starts = range(0, size, part_size)
                parts = list(in_order(pool, copy, starts, self.transfer_threads))
            self._complete(container, object_name, upload_id, parts, {})
        except BaseException as error:
            self._abort_after(error, container, object_name, upload_id)
            raise
