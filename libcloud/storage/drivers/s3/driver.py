"""
The driver of Amazon S3, and the base of those for what looks like it.

API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView, Mapping
from typing import Any, Literal

from libcloud.common.aws import AWSDriver
from libcloud.common.aws.xml import (
    Element,
    expect_root,
    findall,
    findtext,
    number,
    required_text,
    texts,
)
from libcloud.common.errors import MalformedResponseError, PermissionDeniedError
from libcloud.common.paging import iterate_pages
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.acls import ACLs
from libcloud.storage.drivers.s3.columns import columns_of
from libcloud.storage.drivers.s3.connection import BaseS3Connection, S3SignatureV4Connection
from libcloud.storage.drivers.s3.copies import Copies
from libcloud.storage.drivers.s3.deletion import Deletion
from libcloud.storage.drivers.s3.downloads import Downloads
from libcloud.storage.drivers.s3.metadata import meta_data_from_headers
from libcloud.storage.drivers.s3.regions import (
    DEFAULT_REGION,
    REGION_TO_HOST_MAP,
    host_of_region,
)
from libcloud.storage.drivers.s3.room import version_params
from libcloud.storage.drivers.s3.tags import Tags
from libcloud.storage.drivers.s3.uploads import Uploads
from libcloud.storage.drivers.s3.versions import Versions
from libcloud.storage.types import ContainerAlreadyExistsError, ContainerDoesNotExistError

__all__ = ["S3_CDN_URL_EXPIRY_HOURS", "BaseS3StorageDriver", "S3StorageDriver"]

S3_CDN_URL_EXPIRY_HOURS = 24.0
"""How long the URL of an object is good."""

# What a listing tells of an object.
_LISTED = ("Key", "Size", "ETag", "LastModified", "StorageClass")

LONGEST_EXPIRY_HOURS = 7 * 24.0
"""https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"""


class BaseS3StorageDriver(Uploads, Downloads, Deletion, Copies, Versions, Tags, ACLs):
    """
    What all stores have in common that speak S3's API.

    A driver for another one names its ``connectionCls``, and what differs: ``http_vendor_prefix``,
    ``supports_s3_multipart_upload``, ``ex_location_name``.
    """

    name = "Amazon S3 (standard)"
    website = "http://aws.amazon.com/s3/"
    connectionCls: Any = BaseS3Connection
    hash_type = "md5"

    #: Listings are in the order of names, which lets :mod:`libcloud.storage.bulk` read them lazily.
    listing_is_sorted: bool = True

    #: Where new containers go, if that is not where the host puts them.
    ex_location_name: str = ""

    # -- containers -------------------------------------------------------------------------------

    def iterate_containers(self) -> Iterator[Container]:
        """
        The account's containers, wherever they are. ``extra`` has ``creation_date``.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
        """

        def fetch(token: str | None) -> tuple[list[Container], str | None]:
            params = {"continuation-token": token} if token else None
            response = self._checked(self.connection.request("/", params=params))
            root = expect_root(
                response.object, "ListAllMyBucketsResult", body=response.body, driver=self
            )
            return self._to_containers(root, "Buckets/Bucket"), findtext(root, "ContinuationToken")

        # Asked for at once: programs make this call to see whether their credentials are good.
        first = fetch(None)
        return iterate_pages(lambda token: fetch(token) if token else first)

    def get_container(self, container_name: str) -> Container:
        """
        A container by its name. ``extra`` has ``region``, if the provider tells it.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
        """
        response = self._request(container_name, method="HEAD")
        region = response.headers.get("x-amz-bucket-region")
        return Container(container_name, {"region": region} if region else {}, self)

    def create_container(self, container_name: str) -> Container:
        """
        Create an empty container where ``ex_location_name`` says.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        """
        self._regions.pop(container_name, None)
        document = None
        if self.ex_location_name:
            document = (
                f'<CreateBucketConfiguration xmlns="{self.namespace}"><LocationConstraint>'
                f"{self.ex_location_name}</LocationConstraint></CreateBucketConfiguration>"
            ).encode()
        headers = {"Content-Type": "application/xml"} if document else None
        self._request(container_name, method="PUT", data=document, headers=headers)
        return Container(container_name, {}, self)

    def delete_container(self, container: Container) -> bool:
        """
        Delete an empty container.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
        """
        self._request(container.name, method="DELETE")
        self._regions.pop(container.name, None)
        return True

    # -- objects ----------------------------------------------------------------------------------

    def iterate_container_objects(
        self, container: Container, prefix: str | None = None, ex_prefix: str | None = None
    ) -> Iterator[Object]:
        """
        The objects of a container, in the order of the UTF-8 of their names, a thousand a request.

        ``extra`` has ``last_modified`` (ISO 8601), ``etag`` and ``storage_class``. Metadata and
        content type take :meth:`get_object`.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
        """
        params = {"list-type": "2", "encoding-type": "url"}
        prefix = self._normalize_prefix_argument(prefix, ex_prefix)
        if prefix:
            params["prefix"] = prefix

        def fetch(position: Mapping[str, str] | None) -> tuple[list[Object], Any]:
            response = self._request(container.name, params={**params, **(position or {})})
            root = expect_root(response.object, "ListBucketResult", body=response.body, driver=self)
            objects = self._to_objs(root, "Contents", container)
            if findtext(root, "IsTruncated") != "true":
                return objects, None
            token = findtext(root, "NextContinuationToken")
            if token:
                return objects, {"continuation-token": token}
            if not objects:
                raise MalformedResponseError("A page with no way on", response.body, self)
            # A server that knows only the first version of the listing.
            return objects, {"marker": objects[-1].name}

        return iterate_pages(fetch)

    def get_object(
        self, container_name: str, object_name: str, *, ex_version_id: str | None = None
    ) -> Object:
        """
        An object by its name.

        ``extra`` has ``content_type``, ``etag``, ``last_modified`` (as in HTTP), and, where S3
        tells them, ``cache_control``, ``content_disposition``, ``content_encoding``,
        ``content_language``, ``storage_class``, ``server_side_encryption`` and ``version_id``.

        S3 says the same of a missing container and of a missing object.

        :param ex_version_id: The version that is wanted; the latest one if None.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        """
        response = self._request(
            container_name,
            object_name,
            method="HEAD",
            params=version_params(ex_version_id),
            # Compressed for the way, it would have another length.
            headers={"Accept-Encoding": "identity"},
        )
        container = Container(container_name, {}, self)
        return self._headers_to_object(object_name, container, response.headers)

    def delete_object(self, obj: Object, *, ex_version_id: str | None = None) -> bool:
        """
        Delete an object. S3 does not say whether there was one.

        :param ex_version_id: The version to delete for good. If None, a container that keeps
            versions only marks the object as deleted.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
        """
        self._request(
            obj.container.name, obj.name, method="DELETE", params=version_params(ex_version_id)
        )
        return True

    # -- URLs -------------------------------------------------------------------------------------

    def get_object_cdn_url(
        self,
        obj: Object,
        ex_expiry: float = S3_CDN_URL_EXPIRY_HOURS,
        ex_method: Literal["GET", "PUT", "DELETE"] = "GET",
    ) -> str:
        """
        A URL that lets anybody do one thing with an object for a while. No request is made.

        :param ex_expiry: How long it is good, in hours, at most 168. One that was signed with
            temporary credentials ends with them.
        :param ex_method: What it allows.
        :raises ValueError: ``ex_expiry`` is out of its bounds.
        """
        if not 0 < ex_expiry <= LONGEST_EXPIRY_HOURS:
            raise ValueError(
                f"ex_expiry must be above 0 and at most {LONGEST_EXPIRY_HOURS:g} hours"
            )
        place = self._place(obj.container.name)
        path = place.path + self._key_path(obj.name)
        with self.connection.at(place.host, place.region):
            return self.connection.presigned_url(
                path, method=ex_method, expires=max(1, int(ex_expiry * 3600))
            )

    # -- from the wire ----------------------------------------------------------------------------

    def _to_containers(self, obj: Element, xpath: str) -> list[Container]:
        return [self._to_container(element) for element in findall(obj, xpath)]

    def _to_container(self, element: Element) -> Container:
        extra = {"creation_date": findtext(element, "CreationDate")}
        return Container(required_text(element, "Name", self), extra, self)

    def _to_objs(self, obj: Element, xpath: str, container: Container) -> list[Object]:
        columns = None
        if type(self)._to_obj is BaseS3StorageDriver._to_obj:
            columns = columns_of(obj, xpath, _LISTED)
        if columns is not None:
            return self._to_objs_by_columns(columns, self._decoder(obj), container)
        objects = [self._to_obj(element, container) for element in findall(obj, xpath)]
        text = self._decoder(obj)
        for listed in objects:
            listed.name = text(listed.name)
        return objects

    def _to_objs_by_columns(
        self, columns: list[list[str]], text: Callable[[str], str], container: Container
    ) -> list[Object]:
        names, sizes, etags, times, classes = columns
        try:
            numbers = list(map(int, sizes))
        except ValueError as error:
            raise MalformedResponseError(
                f"A size that is no number: {error}", driver=self
            ) from None
        return [
            Object(
                text(name) if "%" in name or "+" in name else name,
                size,
                etag.strip('"') or None,
                {"last_modified": last_modified, "etag": etag, "storage_class": storage_class},
                None,
                container,
                self,
            )
            for name, size, etag, last_modified, storage_class in zip(
                names, numbers, etags, times, classes, strict=True
            )
        ]

    def _to_obj(self, element: Element, container: Container) -> Object:
        listed = texts(element)
        etag = listed.get("ETag") or ""
        extra = {
            "last_modified": listed.get("LastModified"),
            "etag": etag,
            "storage_class": listed.get("StorageClass"),
        }
        return Object(
            name=listed.get("Key") or required_text(element, "Key", self),
            size=number(listed.get("Size")),
            hash=etag.strip('"') or None,
            extra=extra,
            meta_data={},
            container=container,
            driver=self,
        )

    def _headers_to_object(
        self, object_name: str, container: Container, headers: Mapping[str, str]
    ) -> Object:
        vendor = self.http_vendor_prefix
        extra = {
            "content_type": headers.get("content-type"),
            "etag": headers.get("etag"),
            "last_modified": headers.get("last-modified"),
        }
        optional = {
            "cache_control": "cache-control",
            "content_disposition": "content-disposition",
            "content_encoding": "content-encoding",
            "content_language": "content-language",
            "storage_class": f"{vendor}-storage-class",
            "server_side_encryption": f"{vendor}-server-side-encryption",
            "version_id": f"{vendor}-version-id",
        }
        extra.update({key: headers[name] for key, name in optional.items() if name in headers})
        return Object(
            name=object_name,
            size=self._get_content_length_from_headers(dict(headers)) or 0,
            hash=headers.get("etag", "").strip('"') or None,
            extra=extra,
            meta_data=meta_data_from_headers(headers, f"{vendor}-meta-"),
            container=container,
            driver=self,
        )

    def _get_content_length_from_headers(self, headers: dict[str, str]) -> int | None:
        """The size that the headers tell, None when they do not."""
        length = headers.get("content-length")
        return None if length is None else number(length)


class S3StorageDriver(AWSDriver, BaseS3StorageDriver):
    """
    Amazon S3, and any other store that takes signatures of version 4.

    :param key: The access key id.
    :param secret: The secret access key.
    :param host: A host that is not Amazon's, or one that does not follow from the region.
    :param region: Where new containers go, and what signatures are made for. Containers in other
        regions of Amazon are found by themselves.
    :param token: The session token of temporary credentials.
    :param credentials: In place of key, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param addressing_style: ``"path"`` (``https://host/container/object``) or ``"virtual"``
        (``https://container.host/object``).
    :raises ValueError: there can be no such region, or no such style.
    """

    name = "Amazon S3"
    connectionCls = S3SignatureV4Connection
    region_name: str = DEFAULT_REGION

    def __init__(
        self,
        key: str | None = None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        token: str | None = None,
        *,
        addressing_style: str = "path",
        **kwargs: Any,
    ) -> None:
        if addressing_style not in ("path", "virtual"):
            raise ValueError(f"addressing_style is 'path' or 'virtual', not {addressing_style!r}")
        self.addressing_style = addressing_style
        self.region_name = region or self.region_name
        self.name = f"Amazon S3 ({self.region_name})"
        if self.region_name != type(self).region_name:
            self.ex_location_name = "" if self.region_name == DEFAULT_REGION else self.region_name
        self._is_at_amazon = not host
        super().__init__(
            key,
            secret=secret,
            secure=secure,
            host=host or host_of_region(self.region_name),
            port=port,
            region=self.region_name,
            token=token,
            **kwargs,
        )

    def __init_subclass__(cls, region: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if region is not None:
            cls.region_name = region
            cls.name = f"Amazon S3 ({region})"
            if "ex_location_name" not in vars(cls):
                cls.ex_location_name = "" if region == DEFAULT_REGION else region

    @classmethod
    def list_regions(cls) -> KeysView[str]:
        """
        The regions that are known by name. Any other one of Amazon's works as well.

        >>> sorted(S3StorageDriver.list_regions())[:2]
        ['af-south-1', 'ap-northeast-1']
        """
        return REGION_TO_HOST_MAP.keys()

    def create_container(self, container_name: str) -> Container:
        """
        Create an empty container in the driver's region. In ``us-east-1`` this takes two requests:
        Amazon would answer that it created a container that you have already, and reset its ACL.
        """
        if not self.ex_location_name and self._has_container(container_name):
            raise ContainerAlreadyExistsError(None, self, container_name)
        return super().create_container(container_name)

    def _has_container(self, container_name: str) -> bool:
        try:
            self.get_container(container_name)
        except (ContainerDoesNotExistError, PermissionDeniedError):
            return False  # or somebody else's; then creating it says so
        return True

    def _host_of_region(self, region: str) -> str | None:
        return host_of_region(region) if self._is_at_amazon else None
