"""What the rooms of the driver share: paths, requests, the region of each bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from libcloud.common.aws.xml import Element, findtext
from libcloud.common.errors import ProviderError
from libcloud.common.lazy import lazy_pattern
from libcloud.storage.base import Object, StorageDriver
from libcloud.storage.drivers.s3.checksums import (
    Block,
    ChecksumKind,
    checksum_headers,
    unsigned_headers,
)
from libcloud.storage.drivers.s3.errors import BucketInOtherRegionError, domain_error
from libcloud.storage.transfer import Blocks
from libcloud.storage.types import InvalidContainerNameError, ObjectError

__all__ = ["NAMESPACE", "Room", "version_params"]

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

# What a path may hold beside letters and digits; a slash belongs to a name like anything else.
_SAFE_IN_KEY = "/~-_."

_AMAZON = (".amazonaws.com", ".amazonaws.com.cn")

_HOST_LABELS = lazy_pattern(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


class _Place(NamedTuple):
    """Where a bucket is: None stands for what the connection itself has."""

    host: str | None
    region: str | None
    path: str


class Room(StorageDriver):
    """Base of the rooms."""

    namespace: str = NAMESPACE
    http_vendor_prefix: str = "x-amz"

    #: ``"path"`` for ``https://host/container/object``, ``"virtual"`` for
    #: ``https://container.host/object``, which only signatures of version 4 know.
    addressing_style: str = "path"

    #: How many requests one upload or download of a large object has under way.
    transfer_threads: int = 4

    #: Bytes of a part, of which each request holds one in memory. Objects up to this size go in one
    #: request, larger ones in parts. S3 takes none below 5 MiB.
    part_size: int = 8 * 1024 * 1024

    #: What protects uploads: ``"sha256"``, ``"crc32"`` or ``"md5"``, see
    #: :mod:`libcloud.storage.drivers.s3.checksums`. None for the cheapest that the server is sure
    #: to check: the CRC32 with Amazon over TLS, the SHA-256 with others, the MD5 where signatures
    #: are of version 2.
    upload_checksum: ChecksumKind | None = None

    # -- requests ---------------------------------------------------------------------------------

    def _request(
        self,
        container_name: str,
        object_name: str | None = None,
        method: str = "GET",
        params: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        data: bytes | Blocks | None = None,
        raw: bool = False,
        idempotent: bool | None = None,
    ) -> Any:
        """
        Send a request about a container or an object, to where the container is.

        :returns: The answer, which is not an error.
        :raises LibcloudError: it is one; the storage domain's own if there is one.
        """

        def send(place: _Place) -> Any:
            path = place.path + self._key_path(object_name)
            if place.host is None and place.region is None:
                return self._checked(self.connection.request(path, **arguments))
            with self.connection.at(place.host, place.region):
                return self._checked(self.connection.request(path, **arguments))

        arguments: dict[str, Any] = {
            "method": method,
            "params": params,
            "headers": headers,
            "data": data,
            "raw": raw,
            "idempotent": idempotent,
        }
        with self._errors_of_storage(container_name, object_name, method in ("PUT", "POST")):
            place = self._place(container_name)
            try:
                return send(place)
            except BucketInOtherRegionError as elsewhere:
                # Another thread may have learned the region meanwhile: what counts is where this
                # request went.
                if place.region == elsewhere.region or not self._can_go_to(elsewhere.region):
                    raise
                self._regions[container_name] = elsewhere.region
                return send(self._place(container_name))

    @contextmanager
    def _errors_of_storage(
        self, container_name: str, object_name: str | None, object_is_new: bool
    ) -> Iterator[None]:
        """Within the block, S3's errors become those of the storage domain: domain_error()."""
        try:
            yield
        except ProviderError as error:
            found = domain_error(error, self, container_name, object_name, object_is_new)
            if found is error:
                raise
            raise found from error

    def _checked(self, response: Any) -> Any:
        """The response, unless it is an error of those that the connection lets through."""
        if response.status >= 300:
            raise response.exception()
        return response

    def _checksum_kind(self) -> ChecksumKind:
        if self.upload_checksum:
            return self.upload_checksum
        if not self._signs_with_version_4():
            return "md5"
        is_at_amazon = self.connection.host.endswith(_AMAZON)
        return "crc32" if is_at_amazon and self.connection.secure else "sha256"

    def _checksum_headers(self, data: Iterable[Block], wanted: bool) -> dict[str, str]:
        """The headers that protect an upload, or that leave it unprotected if that is wanted."""
        if wanted:
            return checksum_headers(data, self._checksum_kind())
        return unsigned_headers() if self._signs_with_version_4() else {}

    def _signs_with_version_4(self) -> bool:
        return getattr(self.connection, "signature_version", "") == "4"

    # -- places -----------------------------------------------------------------------------------

    @property
    def _regions(self) -> dict[str, str]:
        """
        The regions of containers that are not where the driver looked first.

        All threads share it; setting an item of a dict is atomic. Made on first use, because
        drivers of third parties do not always call our constructor.
        """
        regions: dict[str, str] = self.__dict__.setdefault("_regions_by_container", {})
        return regions

    def _can_go_to(self, region: str) -> bool:
        try:
            self._host_of_region(region)
        except ValueError:
            return False
        return hasattr(self.connection, "at")

    def _host_of_region(self, region: str) -> str | None:
        """
        The host of another region than the driver's own; None for the connection's host.

        :raises ValueError: there is no such region.
        """
        return None

    def _place(self, container_name: str) -> _Place:
        if not isinstance(container_name, str) or not container_name:
            raise InvalidContainerNameError("A name is some text", self, container_name)
        region = self._regions.get(container_name)
        host = None if region is None else self._host_of_region(region)
        if self.addressing_style == "virtual":
            if not _HOST_LABELS.fullmatch(container_name):
                raise InvalidContainerNameError(
                    "It cannot be a part of a host name", self, container_name
                )
            return _Place(f"{container_name}.{host or self.connection.host}", region, "/")
        from urllib.parse import quote

        return _Place(host, region, f"/{quote(container_name, safe='~-_.')}")

    def _key_path(self, object_name: str | None) -> str:
        """What follows the container's path. It must not be empty: that names the container."""
        if object_name is None:
            return ""
        if not isinstance(object_name, str) or not object_name:
            raise ObjectError("A name is some text", self, object_name)
        from urllib.parse import quote

        slash = "" if self.addressing_style == "virtual" else "/"
        return slash + quote(object_name, safe=_SAFE_IN_KEY)

    def _decoder(self, listing: Element) -> Callable[[str], str]:
        """
        What names in a listing are to be read with.

        They are asked for percent-encoded, because XML has no way to write some characters; not
        every server does it.
        """
        from urllib.parse import unquote_plus

        return unquote_plus if findtext(listing, "EncodingType") == "url" else str

    def _fetcher(self, obj: Object, version_id: str | None) -> Any:
        """What :func:`libcloud.storage.transfer.open_download` downloads an object with."""
        params = version_params(version_id)

        def fetch(headers: dict[str, str]) -> Any:
            return self._request(
                obj.container.name, obj.name, params=params, headers=headers, raw=True
            )

        return fetch


def version_params(version_id: str | None) -> dict[str, str] | None:
    """The query parameters of a request about one version of an object, the latest one if None."""
    return None if version_id is None else {"versionId": version_id}
