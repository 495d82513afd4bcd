"""The contract of storage drivers, and what those that speak HTTP share."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from libcloud.common.base import BaseDriver, ConnectionUserAndKey
from libcloud.common.errors import LibcloudError
from libcloud.common.operations import operation, overrides, unsupported
from libcloud.storage.models import Container, Object
from libcloud.storage.transfer import (
    CHUNK_SIZE,
    Destination,
    Download,
    FileBody,
    Progress,
    StreamBody,
    open_download,
    pieces_of,
    raw_pieces,
    save_to_file,
)
from libcloud.storage.types import ObjectDoesNotExistError

__all__ = ["DEFAULT_CONTENT_TYPE", "StorageDriver"]

DEFAULT_CONTENT_TYPE = "application/octet-stream"


class StorageDriver(BaseDriver):
    """
    Base of all storage drivers. The docstrings are the contract.

    *Names* of objects are text that no driver alters: ``dir//x``, ``./dot`` and ``a%20b`` are three
    names that are not ``dir/x``, ``dot`` and ``a b``. What a provider cannot store is refused.

    *Uploads* replace the object of the same name, at once and completely, or fail and leave it.

    *Downloads to a file* write a temporary file beside the destination (``.libcloud-tmp-...``) and
    rename it when its length, and where the provider tells it the hash, are right. A download that
    fails never replaces, changes or deletes a file that was there.

    *Memory* does not grow with the size of an object or of a listing.

    *Progress*: ``progress(bytes_done, bytes_total)`` is called in the thread of the call while
    bytes move; ``bytes_total`` is None when it is not known. What it raises ends the transfer.

    Network failures raise :class:`.NetworkError`, in addition to what the methods name.
    """

    connectionCls: Any = ConnectionUserAndKey
    name: Any = None

    #: Algorithm of ``Object.hash``, as :mod:`hashlib` calls it.
    hash_type: str = "md5"

    #: Whether the provider takes an upload whose length is not known when it begins.
    supports_chunked_encoding: bool = False

    #: Whether a listing comes in the order of the names' UTF-8 bytes.
    listing_is_sorted: bool = False

    #: True refuses an upload whose content type is neither given nor known by its name.
    strict_mode: bool = False

    # -- containers -------------------------------------------------------------------------------

    @operation("containers", needs=("list_containers",))
    def iterate_containers(self) -> Iterator[Container]:
        """
        The account's containers, page by page: one request before the first one.

        :raises UnsupportedOperation: the driver does not offer this; so for every operation.
        """
        if not overrides(self, "list_containers"):
            raise unsupported(self, "iterate_containers")
        return iter(self.list_containers())

    @operation("containers", needs=("iterate_containers",))
    def list_containers(self) -> list[Container]:
        """All of the account's containers, in the provider's order."""
        if not overrides(self, "iterate_containers"):
            raise unsupported(self, "list_containers")
        return list(self.iterate_containers())

    @operation("containers")
    def get_container(self, container_name: str) -> Container:
        """
        A container by its name: one request.

        :raises ContainerDoesNotExistError: there is none.
        """
        raise unsupported(self, "get_container")

    @operation("containers")
    def create_container(self, container_name: str) -> Container:
        """
        Create an empty container: one request.

        :raises InvalidContainerNameError: the provider allows no such name.
        :raises ContainerAlreadyExistsError: the name is taken.
        """
        raise unsupported(self, "create_container")

    @operation("containers")
    def delete_container(self, container: Container) -> bool:
        """
        Delete an empty container: one request.

        :returns: True.
        :raises ContainerDoesNotExistError: there is none of that name (any more).
        :raises ContainerIsNotEmptyError: it holds objects; they are not deleted.
        """
        raise unsupported(self, "delete_container")

    # -- objects ----------------------------------------------------------------------------------

    @operation("objects", needs=("list_container_objects",))
    def iterate_container_objects(
        self, container: Container, prefix: str | None = None, ex_prefix: str | None = None
    ) -> Iterator[Object]:
        """
        The objects of a container, page by page: one request before the first one.

        :param prefix: Only those whose name begins with this text.
        :param ex_prefix: The old spelling of ``prefix``.
        :raises ContainerDoesNotExistError: there is no such container; with the first object at the
            latest.
        """
        if not overrides(self, "list_container_objects"):
            raise unsupported(self, "iterate_container_objects")
        return iter(self.list_container_objects(container, prefix=prefix, ex_prefix=ex_prefix))

    @operation("objects", needs=("iterate_container_objects",))
    def list_container_objects(
        self, container: Container, prefix: str | None = None, ex_prefix: str | None = None
    ) -> list[Object]:
        """
        All objects of a container, in the provider's order.

        :param prefix: Only those whose name begins with this text.
        :param ex_prefix: The old spelling of ``prefix``.
        :raises ContainerDoesNotExistError: there is no such container.
        """
        if not overrides(self, "iterate_container_objects"):
            raise unsupported(self, "list_container_objects")
        return list(self.iterate_container_objects(container, prefix=prefix, ex_prefix=ex_prefix))

    @operation("objects")
    def get_object(self, container_name: str, object_name: str) -> Object:
        """
        An object by its name, without its content: one request.

        :raises ContainerDoesNotExistError: there is no such container. A provider that answers both
            cases alike may raise ``ObjectDoesNotExistError``.
        :raises ObjectDoesNotExistError: there is no such object.
        """
        raise unsupported(self, "get_object")

    @operation("objects")
    def delete_object(self, obj: Object) -> bool:
        """
        Delete an object: one request.

        :returns: True.
        :raises ObjectDoesNotExistError: there is none of that name (any more), where the provider
            says so; S3 does not.
        """
        raise unsupported(self, "delete_object")

    # -- uploads ----------------------------------------------------------------------------------

    @operation("uploads", needs=("upload_object_via_stream",))
    def upload_object(
        self,
        file_path: str,
        container: Container,
        object_name: str,
        extra: dict[str, Any] | None = None,
        verify_hash: bool = True,
        headers: dict[str, str] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Object:
        """
        Upload a file, replacing the object of that name.

        :param extra: ``content_type`` (guessed from the name, if absent), ``meta_data`` (names to
            text), ``acl`` and whatever else the driver documents.
        :param verify_hash: Compare the provider's hash with that of what was sent.
        :param headers: Further headers of the request.
        :param progress: See the class.
        :returns: The object, with size and hash of what was sent.
        :raises OSError: the file cannot be read; some drivers of 3.x raise ``LibcloudError``. Both
            name the file.
        :raises ContainerDoesNotExistError: there is no such container.
        :raises ObjectHashMismatchError: what arrived is not what was sent. The object of that name
            may be damaged, and should be uploaded again.
        """
        if not overrides(self, "upload_object_via_stream"):
            raise unsupported(self, "upload_object")
        given: dict[str, Any] = {}
        with _open_for_upload(file_path) as file:
            if progress is not None:
                size = os.fstat(file.fileno()).st_size
                given["progress"] = lambda done, _: progress(done, size)
            return self.upload_object_via_stream(
                file, container, object_name, extra=extra, headers=headers, **given
            )

    @operation("uploads")
    def upload_object_via_stream(
        self,
        iterator: Any,
        container: Container,
        object_name: str,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Object:
        """
        Upload what an iterator yields, replacing the object of that name.

        :param iterator: An iterable of bytes in pieces of any size, which may be none, or an open
            binary file. Text is sent as UTF-8. It is read once, from where it stands, as fast as
            the bytes leave.
        :param extra: As for :meth:`upload_object`.
        :param headers: As for :meth:`upload_object`.
        :param progress: See the class.
        :returns: The object, with size and hash of what was sent.
        :raises ContainerDoesNotExistError: there is no such container.
        :raises TypeError: the iterator yields something that is not bytes.
        """
        raise unsupported(self, "upload_object_via_stream")

    # -- downloads --------------------------------------------------------------------------------

    @operation("downloads", needs=("download_object_as_stream",))
    def download_object(
        self,
        obj: Object,
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """
        Download an object to a file.

        :param destination_path: The file, or a folder, where it is then named like the last
            component of the object's name. The folder must exist.
        :param overwrite_existing: Replace a file that is there.
        :param delete_on_failure: False keeps what arrived of a download that fails, at the
            destination, provided that no file was there.
        :param progress: See the class.
        :returns: True.
        :raises LibcloudError: the file exists and ``overwrite_existing`` is False, or the length is
            wrong.
        :raises ObjectDoesNotExistError: there is no such object (any more).
        :raises ObjectHashMismatchError: what arrived is not what is stored.
        :raises OSError: the file cannot be written.
        """
        if not overrides(self, "download_object_as_stream"):
            raise unsupported(self, "download_object")
        return save_to_file(
            lambda: Download(self.download_object_as_stream(obj), obj.size),
            Destination(destination_path, overwrite_existing, delete_on_failure),
            obj.name,
            progress=progress,
            driver=self,
        )

    @operation("downloads")
    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        """
        The content of an object, in pieces.

        :param chunk_size: The most bytes of a piece.
        :returns: An iterator (``next`` works on it) over pieces, none of them empty. It holds a
            connection until it is read to the end, or closed.
        :raises ObjectDoesNotExistError: there is no such object; with the first piece at the
            latest.
        """
        raise unsupported(self, "download_object_as_stream")

    @operation("downloads", needs=("download_object_range_as_stream",))
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
        """
        Download a part of an object to a file.

        :param start_bytes: The first byte wanted, counted from 0.
        :param end_bytes: The first byte that is *not* wanted any more; None for all to the end.
        :raises ValueError: the range is negative, empty or backwards.

        The rest is as for :meth:`download_object`.
        """
        if not overrides(self, "download_object_range_as_stream"):
            raise unsupported(self, "download_object_range")
        self._validate_start_and_end_bytes(start_bytes, end_bytes)
        return save_to_file(
            lambda: Download(self.download_object_range_as_stream(obj, start_bytes, end_bytes)),
            Destination(destination_path, overwrite_existing, delete_on_failure),
            obj.name,
            progress=progress,
            driver=self,
        )

    @operation("downloads")
    def download_object_range_as_stream(
        self,
        obj: Object,
        start_bytes: int,
        end_bytes: int | None = None,
        chunk_size: int | None = None,
    ) -> Iterator[bytes]:
        """
        A part of the content of an object, in pieces.

        :param start_bytes: The first byte wanted, counted from 0.
        :param end_bytes: The first byte that is *not* wanted any more; None for all to the end.
        :param chunk_size: The most bytes of a piece.
        :returns: An iterator, as of :meth:`download_object_as_stream`.
        :raises ValueError: the range is negative, empty or backwards; with the first piece at the
            latest. A range that begins or ends behind the object is up to the provider: it may also
            give what there is, or an error of its own.
        """
        raise unsupported(self, "download_object_range_as_stream")

    # -- URLs -------------------------------------------------------------------------------------

    @operation("cdn")
    def get_container_cdn_url(self, container: Container) -> str:
        """A URL under which others reach the container."""
        raise unsupported(self, "get_container_cdn_url")

    @operation("cdn")
    def get_object_cdn_url(self, obj: Object) -> str:
        """A URL under which others reach the object; drivers say how long it lasts."""
        raise unsupported(self, "get_object_cdn_url")

    @operation("cdn")
    def enable_container_cdn(self, container: Container) -> bool:
        """Make a container reachable for others. True on success."""
        raise unsupported(self, "enable_container_cdn")

    @operation("cdn")
    def enable_object_cdn(self, obj: Object) -> bool:
        """Make an object reachable for others. True on success."""
        raise unsupported(self, "enable_object_cdn")

    # -- for drivers that speak HTTP --------------------------------------------------------------

    def _upload_object(
        self,
        object_name: str,
        content_type: str | None,
        request_path: str,
        request_method: str = "PUT",
        headers: dict[str, Any] | None = None,
        file_path: str | None = None,
        stream: Any = None,
        chunked: bool = False,
        multipart: bool = False,
        *,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """
        Send an object in one request.

        A file goes with its length, and again if the retry policy says so. A stream goes in chunks
        where the provider takes them; elsewhere it is collected in a temporary file first.

        :param content_type: None to guess it by the name.
        :param request_path: Path of the request, encoded.
        :param headers: Further headers of the request; not altered.
        :param file_path: The file to send, or
        :param stream: what :meth:`upload_object_via_stream` was given.
        :param chunked: The provider takes chunks here, whatever ``supports_chunked_encoding`` says.
        :param multipart: The request is a part of a multipart upload. It is sent like any other.
        :returns: ``response`` (raw, of any status, its body read), ``bytes_transferred``, and
            ``data_hash`` (of ``hash_type``, in hexadecimal).
        :raises OSError: the file cannot be read.
        """
        headers = dict(headers or {})
        content_type = self._determine_content_type(content_type, object_name, file_path)
        headers["Content-Type"] = content_type
        body: FileBody | StreamBody
        if file_path is not None:
            with _open_for_upload(file_path) as file:
                body = FileBody(file, self._get_hash_function, progress)
                return self._send_body(body, request_path, request_method, headers)
        if chunked or self.supports_chunked_encoding:
            body = StreamBody(stream, self._get_hash_function, progress)
            return self._send_body(body, request_path, request_method, headers)
        import tempfile

        with tempfile.TemporaryFile() as spool:
            for piece in pieces_of(stream):
                spool.write(piece)
            spool.seek(0)
            body = FileBody(spool, self._get_hash_function, progress)
            return self._send_body(body, request_path, request_method, headers)

    def _send_body(
        self, body: FileBody | StreamBody, path: str, method: str, headers: dict[str, Any]
    ) -> dict[str, Any]:
        if isinstance(body, FileBody):
            headers["Content-Length"] = str(len(body))
        response = self.connection.request(
            path, method=method, data=body, headers=headers, raw=True
        )
        # Read to the end, it gives its connection back; the text stays readable.
        getattr(response, "content", None)
        return {
            "response": response,
            "bytes_transferred": body.bytes_done,
            "data_hash": body.hexdigest(),
        }

    def _download_to_file(
        self,
        obj: Object,
        fetch: Callable[[dict[str, str]], Any],
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        start_bytes: int = 0,
        end_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> bool:
        """
        The whole of ``download_object`` and ``download_object_range`` for a driver.

        :param fetch: See :func:`.open_download`: sends the GET request with these further headers.
        """
        self._validate_start_and_end_bytes(start_bytes, end_bytes)

        def start() -> Download:
            download = open_download(
                fetch, obj.name, start_bytes, end_bytes, driver=self, reuse_buffer=True
            )
            if start_bytes or end_bytes is not None:
                return download
            return download._replace(expected_hash=self._hash_of_answer(download.headers))

        return save_to_file(
            start,
            Destination(destination_path, overwrite_existing, delete_on_failure),
            obj.name,
            hash_type=self.hash_type,
            progress=progress,
            driver=self,
        )

    def _download_as_stream(
        self,
        obj: Object,
        fetch: Callable[[dict[str, str]], Any],
        chunk_size: int | None = None,
        start_bytes: int = 0,
        end_bytes: int | None = None,
    ) -> Iterator[bytes]:
        """
        The whole of ``download_object_as_stream`` and ``download_object_range_as_stream`` for a
        driver. The request is made at once.

        :param fetch: See :func:`.open_download`.
        """
        self._validate_start_and_end_bytes(start_bytes, end_bytes)
        download = open_download(
            fetch, obj.name, start_bytes, end_bytes, chunk_size=chunk_size, driver=self
        )
        return iter(download.pieces)

    def _hash_of_answer(self, headers: Mapping[str, str]) -> str | None:
        """
        The hash of a whole object, in hexadecimal, that the answer to its download promises.

        For drivers to override. None, as here, when the provider does not tell it: an ETag is not
        always the hash.
        """
        return None

    def _get_object(
        self,
        obj: Object,
        callback: Callable[..., Any],
        callback_kwargs: dict[str, Any],
        response: Any,
        success_status_code: int | None = None,
    ) -> Any:
        """
        Call back with an answer that is good; raise the error of one that is not.

        Drivers written for 3.x download with this and :meth:`_save_object`; new ones with
        :meth:`_download_to_file`.
        """
        if response.status == (success_status_code or 200):
            return callback(**callback_kwargs)
        if response.status == 404:
            raise ObjectDoesNotExistError("", self, obj.name)
        raise LibcloudError(f"Unexpected status code: {response.status}", driver=self)

    def _save_object(
        self,
        response: Any,
        obj: Object,
        destination_path: str,
        overwrite_existing: bool = False,
        delete_on_failure: bool = True,
        chunk_size: int | None = None,
        partial_download: bool = False,
    ) -> bool:
        """
        Write the body of a raw answer to a file.

        :param partial_download: The answer has only a part of the object, of whatever length.
        """
        size = None if partial_download else obj.size
        return save_to_file(
            lambda: Download(raw_pieces(response, chunk_size or CHUNK_SIZE), size),
            Destination(destination_path, overwrite_existing, delete_on_failure),
            obj.name,
            driver=self,
        )

    # -- small helpers of drivers -----------------------------------------------------------------

    def _determine_content_type(
        self, content_type: str | None, object_name: str, file_path: str | None = None
    ) -> str:
        """
        The content type of an upload: as given, or by the name's ending.

        :raises AttributeError: it is not known and ``strict_mode`` is on.
        """
        if content_type:
            return content_type
        import mimetypes

        name = file_path or object_name
        guessed, _ = mimetypes.guess_type(os.path.basename(name))
        if guessed:
            return guessed
        if self.strict_mode:
            raise AttributeError(
                f'File content-type could not be guessed for "{name}" '
                "and no content_type value is provided"
            )
        return DEFAULT_CONTENT_TYPE

    def _normalize_prefix_argument(self, prefix: str | None, ex_prefix: str | None) -> str | None:
        """The prefix, whichever way it is spelled."""
        return ex_prefix or prefix

    def _filter_listed_container_objects(
        self, objects: Iterable[Object], prefix: str | None
    ) -> Iterator[Object]:
        """The objects whose name begins with the prefix, for providers that cannot filter."""
        return (obj for obj in objects if obj.name.startswith(prefix or ""))

    def _validate_start_and_end_bytes(self, start_bytes: int, end_bytes: int | None = None) -> bool:
        """
        :raises ValueError: the range is negative, empty or backwards.
        """
        if start_bytes < 0:
            raise ValueError("start_bytes must be greater than 0")
        if end_bytes is not None and start_bytes > end_bytes:
            raise ValueError("start_bytes must be smaller than end_bytes")
        if start_bytes == end_bytes:
            raise ValueError(
                "start_bytes and end_bytes can't be the same. end_bytes is non-inclusive"
            )
        return True

    def _get_standard_range_str(
        self, start_bytes: int, end_bytes: int | None = None, end_bytes_inclusive: bool = False
    ) -> str:
        """The value of a ``Range`` header, in which the last byte is a wanted one."""
        if end_bytes is None:
            return f"bytes={start_bytes}-"
        return f"bytes={start_bytes}-{end_bytes if end_bytes_inclusive else end_bytes - 1}"

    def _get_hash_function(self) -> Any:
        """
        A new hash object of ``hash_type``.

        :raises RuntimeError: there is no such algorithm.
        """
        import hashlib

        try:
            return getattr(hashlib, self.hash_type)()
        except AttributeError:
            raise RuntimeError(f"Invalid or unsupported hash type: {self.hash_type}") from None

    def _hash_buffered_stream(
        self, stream: Any, hasher: Any, blocksize: int = 65536
    ) -> tuple[str, int]:
        """Hash a file or an iterator; returns the hash in hexadecimal, and the bytes read."""
        size = 0
        for piece in pieces_of(stream, blocksize):
            hasher.update(piece)
            size += len(piece)
        return hasher.hexdigest(), size


def _open_for_upload(file_path: str) -> Any:
    try:
        return open(file_path, "rb")
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, f"File {file_path} does not exist") from None
