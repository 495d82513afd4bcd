"""
Storage in the memory of one driver: the reference implementation of the contract.

Each driver has its own containers, and starts with none. What it does not need it does not check:
any credentials are right.
"""

from __future__ import annotations

import hashlib
import io
import random
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

from libcloud.common.errors import LibcloudError
from libcloud.storage.base import Container, Object, StorageDriver
from libcloud.storage.transfer import CHUNK_SIZE, Destination, Download, pieces_of, save_to_file
from libcloud.storage.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
    ObjectError,
)

__all__ = ["DummyFileObject", "DummyIterator", "DummyStorageDriver"]


class _Stored(NamedTuple):
    """An object as it is kept. Never changed, only replaced."""

    content: bytes
    hash: str
    extra: dict[str, Any]
    meta_data: dict[str, Any]


class DummyStorageDriver(StorageDriver):
    """
    :param api_key: Any text.
    :param api_secret: Any text.
    """

    name = "Dummy Storage Provider"
    website = "http://example.com"

    def __init__(self, api_key: str, api_secret: str) -> None:
        super().__init__(api_key, api_secret)
        self._containers: dict[str, dict[str, _Stored]] = {}
        self._lock = threading.Lock()

    def get_meta_data(self) -> dict[str, int]:
        """
        What is stored: ``container_count``, ``object_count`` and ``bytes_used``.

        >>> driver = DummyStorageDriver("key", "secret")
        >>> container = driver.create_container("photos")
        >>> obj = container.upload_object_via_stream([b"abc"], "a.jpg")
        >>> driver.get_meta_data()
        {'container_count': 1, 'object_count': 1, 'bytes_used': 3}
        """
        with self._lock:
            stored = [s for objects in self._containers.values() for s in objects.values()]
            return {
                "container_count": len(self._containers),
                "object_count": len(stored),
                "bytes_used": sum(len(s.content) for s in stored),
            }

    # -- containers -------------------------------------------------------------------------------

    def iterate_containers(self) -> Iterator[Container]:
        with self._lock:
            containers = [self._to_container(name) for name in self._containers]
        yield from containers

    def get_container(self, container_name: str) -> Container:
        with self._lock:
            self._objects_of(container_name)
            return self._to_container(container_name)

    def create_container(self, container_name: str) -> Container:
        if not isinstance(container_name, str) or not container_name:
            raise InvalidContainerNameError("A name is some text", self, container_name)
        with self._lock:
            if container_name in self._containers:
                raise ContainerAlreadyExistsError(None, self, container_name)
            self._containers[container_name] = {}
            return self._to_container(container_name)

    def delete_container(self, container: Container) -> bool:
        with self._lock:
            if self._objects_of(container.name):
                raise ContainerIsNotEmptyError(None, self, container.name)
            del self._containers[container.name]
        return True

    # -- objects ----------------------------------------------------------------------------------

    def iterate_container_objects(
        self, container: Container, prefix: str | None = None, ex_prefix: str | None = None
    ) -> Iterator[Object]:
        wanted = self._normalize_prefix_argument(prefix, ex_prefix) or ""
        with self._lock:
            stored = list(self._objects_of(container.name).items())
        for name, state in stored:
            if name.startswith(wanted):
                yield self._to_object(name, state, container)

    def get_object(self, container_name: str, object_name: str) -> Object:
        with self._lock:
            state = self._stored(container_name, object_name)
            return self._to_object(object_name, state, self._to_container(container_name))

    def delete_object(self, obj: Object) -> bool:
        with self._lock:
            self._stored(obj.container.name, obj.name)
            del self._containers[obj.container.name][obj.name]
        return True

    # -- uploads ----------------------------------------------------------------------------------

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
        """
        :raises LibcloudError: there is no such file.
        """
        try:
            return super().upload_object(
                file_path, container, object_name, extra, verify_hash, headers, progress=progress
            )
        except FileNotFoundError:
            raise LibcloudError(f"File {file_path} does not exist", driver=self) from None

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
        if not isinstance(object_name, str) or not object_name:
            raise ObjectError("A name is some text", self, object_name)
        extra = dict(extra or {})
        extra["content_type"] = self._determine_content_type(extra.get("content_type"), object_name)
        self.get_container(container.name)
        content = bytearray()
        for piece in pieces_of(iterator):
            content += piece
            if progress:
                progress(len(content), None)
        digest = hashlib.md5(content).hexdigest()
        state = _Stored(bytes(content), digest, extra, dict(extra.get("meta_data") or {}))
        with self._lock:
            self._objects_of(container.name)[object_name] = state
        return self._to_object(object_name, state, container)

    # -- downloads --------------------------------------------------------------------------------

    def download_object(
        self,
        obj: Object,
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Any = None,
    ) -> bool:
        def start() -> Download:
            state = self._state_of(obj)
            return Download(_pieces(state.content), len(state.content), state.hash)

        destination = Destination(destination_path, overwrite_existing, delete_on_failure)
        return save_to_file(start, destination, obj.name, progress=progress, driver=self)

    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        return _pieces(self._state_of(obj).content, chunk_size)

    def download_object_range_as_stream(
        self,
        obj: Object,
        start_bytes: int,
        end_bytes: int | None = None,
        chunk_size: int | None = None,
    ) -> Iterator[bytes]:
        """
        :raises ValueError: the range is negative, empty or backwards, or ends behind the object.
        """
        self._validate_start_and_end_bytes(start_bytes, end_bytes)
        content = self._state_of(obj).content
        if end_bytes is not None and end_bytes > len(content):
            raise ValueError("end_bytes is larger than file size")
        return _pieces(content[start_bytes:end_bytes], chunk_size)

    # -- URLs -------------------------------------------------------------------------------------

    def get_container_cdn_url(self, container: Container) -> str:
        """A URL that looks real; nothing is there."""
        self.get_container(container.name)
        return f"http://www.test.com/container/{container.name.replace(' ', '_')}"

    def get_object_cdn_url(self, obj: Object) -> str:
        """A URL that looks real; nothing is there."""
        self._state_of(obj)
        return f"http://www.test.com/object/{obj.name.replace(' ', '_')}"

    # -- inside -----------------------------------------------------------------------------------

    def _objects_of(self, container_name: str) -> dict[str, _Stored]:
        """The objects of a container; the caller holds the lock."""
        try:
            return self._containers[container_name]
        except KeyError:
            raise ContainerDoesNotExistError(None, self, container_name) from None

    def _stored(self, container_name: str, object_name: str) -> _Stored:
        try:
            return self._objects_of(container_name)[object_name]
        except KeyError:
            raise ObjectDoesNotExistError(None, self, object_name) from None

    def _state_of(self, obj: Object) -> _Stored:
        with self._lock:
            return self._stored(obj.container.name, obj.name)

    def _to_container(self, name: str) -> Container:
        return Container(name, {"object_count": len(self._containers[name])}, self)

    def _to_object(self, name: str, state: _Stored, container: Container) -> Object:
        return Object(
            name,
            len(state.content),
            state.hash,
            dict(state.extra),
            dict(state.meta_data),
            container,
            self,
        )

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            containers = {name: dict(objects) for name, objects in self._containers.items()}
        state = {**self.__dict__, "_containers": containers}
        del state["_lock"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


def _pieces(content: bytes, chunk_size: int | None = None) -> Iterator[bytes]:
    size = chunk_size or CHUNK_SIZE
    return (content[start : start + size] for start in range(0, len(content), size))


class DummyFileObject(io.FileIO):
    """
    Looks like an open file that holds random letters.

    :param yield_count: How many chunks it has.
    :param chunk_len: Bytes of a chunk.
    """

    def __init__(self, yield_count: int = 5, chunk_len: int = 10) -> None:
        # FileIO is not told about any file: there is none.
        self._length = yield_count * chunk_len
        self._left = self._length

    def read(self, size: int | None = -1) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        count = self._left if size is None or size < 0 else min(size, self._left)
        self._left -= count
        return bytes(random.choices(range(ord("a"), ord("z") + 1), k=count))

    def __len__(self) -> int:
        return self._length


class DummyIterator:
    """
    Yields given items, and knows the MD5 of those that it yielded.

    :param data: Texts, or pieces of bytes.
    """

    def __init__(self, data: list[Any] | None = None) -> None:
        self.hash = hashlib.md5()
        self._data = data or []
        self._current_item = 0

    def get_md5_hash(self) -> str:
        return self.hash.hexdigest()

    def next(self) -> Any:
        if self._current_item == len(self._data):
            raise StopIteration
        value = self._data[self._current_item]
        self.hash.update(value.encode() if isinstance(value, str) else value)
        self._current_item += 1
        return value

    def __next__(self) -> Any:
        return self.next()

    def __iter__(self) -> DummyIterator:
        return self

    def __enter__(self) -> DummyIterator:
        return self

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        pass
