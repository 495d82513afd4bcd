"""
Containers that keep the old versions of their objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import (
    Element,
    expect_root,
    findtext,
    local_name,
    number,
    required_text,
    texts,
)
from libcloud.common.errors import MalformedResponseError
from libcloud.common.paging import iterate_pages
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.checksums import checksum_headers
from libcloud.storage.drivers.s3.room import Room

__all__ = ["Versions"]


class Versions(Room):
    """
    Versions of objects.

    A version is read and deleted by its id: ``get_object``, ``download_object`` and its likes,
    ``delete_object`` and ``ex_copy_object`` take it as ``ex_version_id``.
    """

    def ex_get_container_versioning(self, container: Container) -> str | None:
        """
        ``"Enabled"``, ``"Suspended"``, or None if it never was on.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
        """
        response = self._request(container.name, params={"versioning": ""})
        root = response.object
        # The second name is that of an older description of S3, which look-alikes were made from.
        if getattr(root, "tag", "").endswith("GetBucketVersioningResponse"):
            return findtext(root, "Status")
        expect_root(root, "VersioningConfiguration", body=response.body, driver=self)
        return findtext(root, "Status")

    def ex_set_container_versioning(self, container: Container, enabled: bool) -> bool:
        """
        Keep old versions from now on, or make no new ones; those that exist stay either way.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
        """
        status = "Enabled" if enabled else "Suspended"
        data = (
            f'<VersioningConfiguration xmlns="{self.namespace}"><Status>{status}</Status>'
            "</VersioningConfiguration>"
        ).encode()
        self._request(
            container.name,
            method="PUT",
            params={"versioning": ""},
            data=data,
            headers={"Content-Type": "application/xml", **checksum_headers([data], "md5")},
        )
        return True

    def ex_iterate_object_versions(
        self, container: Container, prefix: str | None = None
    ) -> Iterator[Object]:
        """
        All versions of all objects, by name, the newest of a name first, a thousand a request.

        ``extra`` has what that of a listed object has, ``version_id``, ``is_latest``, and
        ``is_delete_marker``: True for what a deletion left, which has no content.

        :param prefix: Only those of objects whose name begins with this text.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
        """
        always = {"versions": "", "encoding-type": "url"}
        if prefix:
            always["prefix"] = prefix

        def fetch(position: dict[str, str] | None) -> tuple[list[Object], Any]:
            response = self._request(container.name, params={**always, **(position or {})})
            root = expect_root(
                response.object, "ListVersionsResult", body=response.body, driver=self
            )
            text = self._decoder(root)
            versions = [
                self._to_version(element, container, text)
                for element in root
                if local_name(element) in ("Version", "DeleteMarker")
            ]
            if findtext(root, "IsTruncated") != "true":
                return versions, None
            key = findtext(root, "NextKeyMarker")
            if not key:
                raise MalformedResponseError("A page with no way on", response.body, self)
            following = {"key-marker": text(key)}
            version_id = findtext(root, "NextVersionIdMarker")
            if version_id:
                following["version-id-marker"] = version_id
            return versions, following

        return iterate_pages(fetch)

    # -- inside -----------------------------------------------------------------------------------

    def _to_version(self, element: Element, container: Container, text: Any) -> Object:
        listed = texts(element)
        etag = listed.get("ETag") or ""
        extra = {
            "last_modified": listed.get("LastModified"),
            "etag": etag,
            "storage_class": listed.get("StorageClass"),
            "version_id": required_text(element, "VersionId", self),
            "is_latest": listed.get("IsLatest") == "true",
            "is_delete_marker": local_name(element) == "DeleteMarker",
        }
        name = text(required_text(element, "Key", self))
        size = number(listed.get("Size"))
        return Object(name, size, etag.strip('"') or None, extra, {}, container, self)
