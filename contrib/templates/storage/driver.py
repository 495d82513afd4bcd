"""
Acme Storage.

API: https://api.acme.example/docs

This is a template: put your provider in place of this small REST dialect::

    GET    /v1/buckets?cursor=                {"items": [bucket ...], "next": cursor or null}
    POST   /v1/buckets                        {"name"}        201, the bucket
    GET    /v1/buckets/{name}                                 the bucket
    DELETE /v1/buckets/{name}                                 204
    GET    /v1/buckets/{name}/objects?prefix=&cursor=         as above
    PUT    /v1/buckets/{name}/objects/{key}   the content     201
    GET, HEAD                                                 the content, also by Range
    DELETE                                                    204
    an error                                  {"error": {"code", "message"}}

A bucket is ``{"name"}``, an object ``{"key", "size", "md5"}``. The key of an object is
percent-encoded, slashes too. ``Content-Type`` and headers ``X-Meta-...`` are kept, ``ETag`` is the
MD5 in quotes. The API key goes in the header ``Authorization: Bearer``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from libcloud.common.base import ConnectionKey, JsonResponse, RawResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.storage.base import Container, Object, StorageDriver
from libcloud.storage.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
    ObjectHashMismatchError,
)

__all__ = [
    "AcmeStorageConnection",
    "AcmeStorageDriver",
    "AcmeStorageRawResponse",
    "AcmeStorageResponse",
]

META = "x-meta-"

# The provider's codes, where the status of the answer does not say the same.
ERRORS = {
    "bad_key": InvalidCredsError,
    "exists": ResourceExistsError,
    "no_bucket": ResourceNotFoundError,
    "no_object": ResourceNotFoundError,
    "not_empty": ConflictError,
}


class AcmeStorageResponse(JsonResponse):
    """An answer of the API."""

    def parse_error(self) -> Exception:
        error: dict[str, Any] = {}
        with contextlib.suppress(MalformedResponseError, AttributeError, KeyError, TypeError):
            error = dict(self.parse_body()["error"])
        return provider_error(
            self.status,
            error.get("message") or self.body,
            provider_code=error.get("code"),
            table=ERRORS,
            headers=self.headers,
            driver=self.connection.driver,
        )


class AcmeStorageRawResponse(AcmeStorageResponse, RawResponse):
    """An answer whose body is still on the wire; that of an error is read at once."""

    def __init__(self, connection: Any, response: Any = None) -> None:
        RawResponse.__init__(self, connection, response)
        if not self.success():
            raise self.parse_error()


class AcmeStorageConnection(ConnectionKey):
    """Speaks to the API."""

    host = "api.acme.example"
    responseCls = AcmeStorageResponse
    rawResponseCls = AcmeStorageRawResponse
    exact_path = True  # names of objects are part of the path

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class AcmeStorageDriver(StorageDriver):
    """
    Acme Storage.

    :param key: API key.
    """

    name = "Acme"
    website = "https://acme.example/"
    connectionCls = AcmeStorageConnection
    hash_type = "md5"
    supports_chunked_encoding = True

    # Containers

    def iterate_containers(self) -> Iterator[Container]:
        return map(self._to_container, self._items("/v1/buckets"))

    def get_container(self, container_name: str) -> Container:
        with self._about(container_name):
            return self._to_container(self.connection.request(_path(container_name)).object)

    def create_container(self, container_name: str) -> Container:
        if not 3 <= len(container_name) <= 63:
            raise InvalidContainerNameError(
                "A name has from 3 to 63 characters", self, container_name
            )
        body = {"name": container_name}
        try:
            raw = self.connection.request("/v1/buckets", method="POST", json=body).object
        except ResourceExistsError as error:
            raise ContainerAlreadyExistsError(str(error), self, container_name) from error
        return self._to_container(raw)

    def delete_container(self, container: Container) -> bool:
        try:
            with self._about(container.name):
                self.connection.request(_path(container.name), method="DELETE")
        except ConflictError as error:
            raise ContainerIsNotEmptyError(str(error), self, container.name) from error
        return True

    # Objects

    def iterate_container_objects(
        self, container: Container, prefix: str | None = None, ex_prefix: str | None = None
    ) -> Iterator[Object]:
        prefix = self._normalize_prefix_argument(prefix, ex_prefix)
        with self._about(container.name):
            for raw in self._items(f"{_path(container.name)}/objects", prefix=prefix):
                yield Object(raw["key"], raw["size"], raw["md5"], {}, {}, container, self)

    def get_object(self, container_name: str, object_name: str) -> Object:
        path = _path(container_name, object_name)
        with self._about(container_name, object_name):
            headers = self.connection.request(path, method="HEAD").headers
        container = Container(container_name, {}, self)
        return self._to_object(object_name, container, headers, int(headers["content-length"]))

    def delete_object(self, obj: Object) -> bool:
        with self._about(obj.container.name, obj.name):
            self.connection.request(_path(obj.container.name, obj.name), method="DELETE")
        return True

    # Uploads

    def upload_object(
        self,
        file_path: str,
        container: Container,
        object_name: str,
        extra: dict[str, Any] | None = None,
        verify_hash: bool = True,
        headers: dict[str, str] | None = None,
        *,
        progress: Any = None,
    ) -> Object:
        return self._upload(
            container, object_name, extra, verify_hash, headers, progress, file_path=file_path
        )

    def upload_object_via_stream(
        self,
        iterator: Any,
        container: Container,
        object_name: str,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        *,
        progress: Any = None,
    ) -> Object:
        return self._upload(container, object_name, extra, True, headers, progress, stream=iterator)

    def _upload(
        self,
        container: Container,
        object_name: str,
        extra: dict[str, Any] | None,
        verify_hash: bool,
        headers: dict[str, str] | None,
        progress: Any,
        **source: Any,
    ) -> Object:
        extra = extra or {}
        meta_data = extra.get("meta_data") or {}
        sent_headers = {f"{META}{name}": quote(str(text)) for name, text in meta_data.items()}
        with self._about(container.name):
            sent = self._upload_object(
                object_name,
                extra.get("content_type"),
                _path(container.name, object_name),
                headers={**sent_headers, **(headers or {})},
                progress=progress,
                **source,
            )
        answer = sent["response"].headers
        obj = self._to_object(object_name, container, answer, sent["bytes_transferred"])
        obj.meta_data = dict(meta_data)
        if verify_hash and obj.hash != sent["data_hash"]:
            raise ObjectHashMismatchError(
                f"{sent['data_hash']} was sent, {obj.hash} arrived", self, object_name
            )
        return obj

    # Downloads

    def download_object(
        self,
        obj: Object,
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Any = None,
    ) -> bool:
        return self._download_to_file(
            obj,
            self._fetcher(obj),
            destination_path,
            overwrite_existing,
            delete_on_failure,
            progress=progress,
        )

    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        return self._download_as_stream(obj, self._fetcher(obj), chunk_size)

    def download_object_range(
        self,
        obj: Object,
        destination_path: str,
        start_bytes: int,
        end_bytes: int | None = None,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Any = None,
    ) -> bool:
        return self._download_to_file(
            obj,
            self._fetcher(obj),
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
        return self._download_as_stream(obj, self._fetcher(obj), chunk_size, start_bytes, end_bytes)

    def _fetcher(self, obj: Object) -> Callable[[dict[str, str]], Any]:
        def fetch(headers: dict[str, str]) -> Any:
            path = _path(obj.container.name, obj.name)
            with self._about(obj.container.name, obj.name):
                return self.connection.request(path, headers=headers, raw=True)

        return fetch

    def _hash_of_answer(self, headers: Mapping[str, str]) -> str | None:
        return headers["etag"].strip('"') if "etag" in headers else None

    # From and to the wire

    def _items(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        def fetch(cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
            page = self.connection.request(path, params={**params, "cursor": cursor}).object
            return page["items"], page["next"]

        return iterate_pages(fetch)

    def _to_container(self, raw: dict[str, Any]) -> Container:
        return Container(raw["name"], {}, self)

    def _to_object(
        self, name: str, container: Container, headers: Mapping[str, str], size: int
    ) -> Object:
        extra = {"content_type": headers.get("content-type")}
        meta_data = {
            key[len(META) :]: unquote(text) for key, text in headers.items() if key.startswith(META)
        }
        return Object(name, size, self._hash_of_answer(headers), extra, meta_data, container, self)

    @contextlib.contextmanager
    def _about(self, container_name: str, object_name: str | None = None) -> Iterator[None]:
        """Say which container or object it was that is missing."""
        try:
            yield
        except ResourceNotFoundError as error:
            if object_name is None or error.provider_code == "no_bucket":
                raise ContainerDoesNotExistError(str(error), self, container_name) from error
            raise ObjectDoesNotExistError(str(error), self, object_name) from error


def _path(container_name: str, object_name: str | None = None) -> str:
    path = f"/v1/buckets/{quote_path_segment(container_name)}"
    return path if object_name is None else f"{path}/objects/{quote_path_segment(object_name)}"
