"""Containers and the objects in them, as programs see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcloud.storage.driver import StorageDriver
    from libcloud.storage.transfer import Progress

__all__ = ["Container", "Object"]


class Object:
    """
    An object: bytes under a name in a container. It is a description; the bytes are elsewhere.

    :param name: The name, exactly as the provider has it. Slashes have no meaning.
    :param size: Bytes.
    :param hash: The provider's hash of the content, in most cases the MD5 in hexadecimal; None when
        it gives none. ``driver.hash_type`` names the algorithm.
    :param extra: What only this provider has; ``content_type`` and ``last_modified`` in most cases.
    :param meta_data: What the uploader wrote about the object: names (in lower case with most
        providers) to text.
    :param container: Where it is.
    :param driver: The driver that it came from, through which the methods go.
    """

    def __init__(
        self,
        name: str,
        size: int,
        hash: str | None,
        extra: dict[str, Any] | None,
        meta_data: dict[str, Any] | None,
        container: Container,
        driver: StorageDriver,
    ) -> None:
        self.name = name
        self.size = size
        self.hash = hash
        self.container = container
        self.extra = extra or {}
        self.meta_data = meta_data or {}
        self.driver = driver

    def get_cdn_url(self) -> str:
        """See :meth:`.StorageDriver.get_object_cdn_url`."""
        return self.driver.get_object_cdn_url(obj=self)

    def enable_cdn(self) -> bool:
        """See :meth:`.StorageDriver.enable_object_cdn`."""
        return self.driver.enable_object_cdn(obj=self)

    def download(
        self,
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """See :meth:`.StorageDriver.download_object`."""
        return self.driver.download_object(
            self,
            destination_path,
            overwrite_existing=overwrite_existing,
            delete_on_failure=delete_on_failure,
            **_given(progress),
        )

    def as_stream(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """See :meth:`.StorageDriver.download_object_as_stream`."""
        return self.driver.download_object_as_stream(self, chunk_size)

    def download_range(
        self,
        destination_path: str,
        start_bytes: int,
        end_bytes: int | None = None,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """See :meth:`.StorageDriver.download_object_range`."""
        return self.driver.download_object_range(
            obj=self,
            destination_path=destination_path,
            start_bytes=start_bytes,
            end_bytes=end_bytes,
            overwrite_existing=overwrite_existing,
            delete_on_failure=delete_on_failure,
            **_given(progress),
        )

    def range_as_stream(
        self, start_bytes: int, end_bytes: int | None = None, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        """See :meth:`.StorageDriver.download_object_range_as_stream`."""
        return self.driver.download_object_range_as_stream(
            obj=self, start_bytes=start_bytes, end_bytes=end_bytes, chunk_size=chunk_size
        )

    def delete(self) -> bool:
        """See :meth:`.StorageDriver.delete_object`."""
        return self.driver.delete_object(self)

    def __repr__(self) -> str:
        return (
            f"<Object: name={self.name}, size={self.size}, hash={self.hash}, "
            f"provider={_provider_name(self.driver)} ...>"
        )


class Container:
    """
    A container, which some providers call a bucket.

    :param name: The name; with many providers unique among all their customers.
    :param extra: What only this provider has.
    :param driver: The driver that it came from, through which the methods go.
    """

    def __init__(self, name: str, extra: dict[str, Any] | None, driver: StorageDriver) -> None:
        self.name = name
        self.extra = extra or {}
        self.driver = driver

    def iterate_objects(
        self, prefix: str | None = None, ex_prefix: str | None = None
    ) -> Iterator[Object]:
        """See :meth:`.StorageDriver.iterate_container_objects`."""
        return self.driver.iterate_container_objects(
            container=self, prefix=prefix, ex_prefix=ex_prefix
        )

    def list_objects(self, prefix: str | None = None, ex_prefix: str | None = None) -> list[Object]:
        """See :meth:`.StorageDriver.list_container_objects`."""
        return self.driver.list_container_objects(
            container=self, prefix=prefix, ex_prefix=ex_prefix
        )

    def get_cdn_url(self) -> str:
        """See :meth:`.StorageDriver.get_container_cdn_url`."""
        return self.driver.get_container_cdn_url(container=self)

    def enable_cdn(self) -> bool:
        """See :meth:`.StorageDriver.enable_container_cdn`."""
        return self.driver.enable_container_cdn(container=self)

    def get_object(self, object_name: str) -> Object:
        """See :meth:`.StorageDriver.get_object`."""
        return self.driver.get_object(container_name=self.name, object_name=object_name)

    def upload_object(
        self,
        file_path: str,
        object_name: str,
        extra: dict[str, Any] | None = None,
        verify_hash: bool = True,
        headers: dict[str, str] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Object:
        """See :meth:`.StorageDriver.upload_object`."""
        return self.driver.upload_object(
            file_path,
            self,
            object_name,
            extra=extra,
            verify_hash=verify_hash,
            headers=headers,
            **_given(progress),
        )

    def upload_object_via_stream(
        self,
        iterator: Any,
        object_name: str,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Object:
        """See :meth:`.StorageDriver.upload_object_via_stream`."""
        return self.driver.upload_object_via_stream(
            iterator, self, object_name, extra=extra, headers=headers, **_given(progress)
        )

    def download_object(
        self,
        obj: Object,
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """See :meth:`.StorageDriver.download_object`."""
        return self.driver.download_object(
            obj,
            destination_path,
            overwrite_existing=overwrite_existing,
            delete_on_failure=delete_on_failure,
            **_given(progress),
        )

    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        """See :meth:`.StorageDriver.download_object_as_stream`."""
        return self.driver.download_object_as_stream(obj, chunk_size)

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
        """See :meth:`.StorageDriver.download_object_range`."""
        return self.driver.download_object_range(
            obj=obj,
            destination_path=destination_path,
            start_bytes=start_bytes,
            end_bytes=end_bytes,
            overwrite_existing=overwrite_existing,
            delete_on_failure=delete_on_failure,
            **_given(progress),
        )

    def download_object_range_as_stream(
        self,
        obj: Object,
        start_bytes: int,
        end_bytes: int | None = None,
        chunk_size: int | None = None,
    ) -> Iterator[bytes]:
        """See :meth:`.StorageDriver.download_object_range_as_stream`."""
        return self.driver.download_object_range_as_stream(
            obj=obj, start_bytes=start_bytes, end_bytes=end_bytes, chunk_size=chunk_size
        )

    def delete_object(self, obj: Object) -> bool:
        """See :meth:`.StorageDriver.delete_object`."""
        return self.driver.delete_object(obj)

    def delete(self) -> bool:
        """See :meth:`.StorageDriver.delete_container`."""
        return self.driver.delete_container(self)

    def __repr__(self) -> str:
        return f"<Container: name={self.name}, provider={_provider_name(self.driver)}>"


def _given(progress: Progress | None) -> dict[str, Any]:
    """Drivers written before the parameter existed are only given it when there is a need."""
    return {} if progress is None else {"progress": progress}


def _provider_name(driver: Any) -> Any:
    return getattr(driver, "name", None)
