"""The local storage driver."""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from libcloud.common.base import Connection
from libcloud.common.errors import LibcloudError
from libcloud.storage.base import Container, Object, StorageDriver
from libcloud.storage.drivers.local import drafts, listing, places, removal, tree, uploads
from libcloud.storage.drivers.local.errors import OpenFolder, told
from libcloud.storage.drivers.local.metadata import note_of
from libcloud.storage.drivers.local.models import LocalObject, times_of, to_object
from libcloud.storage.drivers.local.names import RESERVED, Spelling, is_plain, places_of
from libcloud.storage.transfer import CHUNK_SIZE, Destination, Download, save_to_file
from libcloud.storage.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
    ObjectError,
)

__all__ = ["LocalStorageDriver"]


@functools.lru_cache(maxsize=256)
def _is_container_name(name: str) -> bool:
    try:
        return "/" not in name and is_plain(name)
    except UnicodeEncodeError:
        return False


class LocalStorageDriver(StorageDriver):
    """
    Containers are folders in one folder, objects are files in them.

    Other programs may read and write the same files. Any number of threads and processes may use
    the same folder. Whatever moment a process is killed at, an object has its old content and
    metadata or its new ones. Nothing outside of the folder is ever read or written: no symbolic
    link in it is followed.

    :param key: Path of the folder. It must exist.
    :param secret: Not used, nor are ``secure``, ``host`` and ``port``.
    :param ex_use_locking: Not needed any more: no operation needs a lock.
    :raises LibcloudError: the path is not that of a folder, or this platform cannot open files
        relative to a folder (Windows).
    """

    connectionCls = Connection
    name = "Local Storage"
    website = "http://example.com"
    hash_type = "md5"

    def __init__(
        self,
        key: str,
        secret: Any = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_use_locking: bool = True,
        **kwargs: Any,
    ) -> None:
        self.base_path = key
        if not tree.SUPPORTED:
            raise LibcloudError("The local driver needs a POSIX system", driver=self)
        if not os.path.isdir(self.base_path):
            raise LibcloudError("The base path is not a directory", driver=self)
        # There is nothing to connect to, so the base's constructor is of no use.
        self.key = key
        self.secret = secret
        self.secure = secure
        self.api_version = kwargs.get("api_version")
        self.region = kwargs.get("region")
        self.connection = self.connectionCls()
        # Containers in which the driver has looked for what killed processes left.
        self._swept: set[str] = set()

    # -- containers -------------------------------------------------------------------------------

    def iterate_containers(self) -> Iterator[Container]:
        """The folders, in the order of the file system."""
        with self._open_root() as root, os.scandir(root) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # deleted since
                    if entry.is_dir(follow_symlinks=False) and _is_container_name(entry.name):
                        yield self._to_container(entry.name, entry.stat(follow_symlinks=False))

    def get_container(self, container_name: str) -> Container:
        """
        :param container_name: Name of a folder; an empty one stands for the driver's own folder.
        :raises InvalidContainerNameError: there can be none of that name.
        """
        with self._open_container(container_name) as folder:
            return self._to_container(container_name, os.fstat(folder))

    def create_container(self, container_name: str) -> Container:
        self._check_container_name(container_name)
        with self._open_root(container_name) as root:
            try:
                os.mkdir(container_name, dir_fd=root)
            except FileExistsError:
                raise ContainerAlreadyExistsError(
                    "Container with this name already exists. The name must be unique among "
                    "all the containers in the system",
                    self,
                    container_name,
                ) from None
        return self.get_container(container_name)

    def delete_container(self, container: Container) -> bool:
        """
        Folders that hold no object go with the container.

        :raises ContainerIsNotEmptyError: it holds an object, an upload that is under way, or
            something that another program put there.
        """
        self._check_container_name(container.name)
        for obj in self.iterate_container_objects(container):
            raise ContainerIsNotEmptyError(
                f"Container is not empty: it holds {obj.name!r}", self, container.name
            )
        with self._open_container(container.name) as folder:
            drafts.sweep_all(folder)
            removal.remove_empty_folders(folder)
        with self._open_root(container.name) as root:
            try:
                os.rmdir(container.name, dir_fd=root)
            except FileNotFoundError:
                raise ContainerDoesNotExistError(None, self, container.name) from None
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                raise ContainerIsNotEmptyError(
                    f"Container is not empty: {error.strerror}", self, container.name
                ) from None
        return True

    # -- objects ----------------------------------------------------------------------------------

    def iterate_container_objects(
        self, container: Container, prefix: str | None = None, ex_prefix: str | None = None
    ) -> Iterator[Object]:
        """
        The files, in the order of the file system, one folder after another. Folders that cannot
        hold a name with the prefix are not opened.
        """
        with self._open_container(container.name):
            pass  # A missing one is an error of this call, not of the first item.
        wanted = self._normalize_prefix_argument(prefix, ex_prefix) or ""
        return self._objects_of(container, wanted)

    def _objects_of(self, container: Container, prefix: str) -> Iterator[Object]:
        with self._open_container(container.name) as folder:
            yield from listing.objects_in(folder, container, prefix, self)

    def get_object(self, container_name: str, object_name: str) -> Object:
        spelling = self._spelling(object_name)
        with self._open_container(container_name, object_name) as folder:
            if spelling is not None:
                container = self._to_container(container_name, os.fstat(folder))
                try:
                    with tree.walk(folder, spelling.parent) as parent:
                        state, note = places.find(parent, spelling, self)
                    return to_object(object_name, state, note, container, self)
                except (FileNotFoundError, tree.NotAFolder):
                    pass
        raise ObjectDoesNotExistError(None, self, object_name)

    def delete_object(self, obj: Object) -> bool:
        """Folders that are empty then go too, up to the container."""
        spelling = self._spelling(obj.name)
        with self._open_container(obj.container.name, obj.name) as folder:
            if spelling is not None and removal.remove_object(folder, spelling):
                return True
        raise ObjectDoesNotExistError(None, self, obj.name)

    # -- uploads ----------------------------------------------------------------------------------

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
        """
        Write what an iterator yields. What is kept of ``extra``: ``meta_data``, ``content_type``.

        :returns: The object. Its hash is computed when it is first read, by reading what is stored,
            and is known for as long as that is what was sent.
        :raises ObjectError: the name cannot be stored; the text says why.
        :raises FileSystemError: it cannot be written. One of permissions is also a
            ``PermissionDeniedError``, one of a full disk a ``QuotaExceededError``.
        """
        spelling = self._spelling_to_write(object_name)
        note = note_of(extra or {})
        opened = self._open_container(container.name, object_name)
        with opened as folder:
            if container.name not in self._swept:
                self._swept.add(container.name)
                drafts.sweep(folder)
            draft = drafts.Draft(folder)
            try:
                uploads.write(draft, iterator, progress, opened)
                uploads.commit(folder, draft, spelling, note, self)
                state = os.fstat(draft.descriptor)
            finally:
                draft.close()
        obj = to_object(object_name, state, note, container, self)
        obj._uploaded = state
        return obj

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
            file, state = self._open(obj)
            pieces = self._read(obj, (file, state), 0, state.st_size, uploads.COPY_SIZE)
            return Download(pieces, state.st_size)

        destination = Destination(destination_path, overwrite_existing, delete_on_failure)
        return save_to_file(start, destination, obj.name, progress=progress, driver=self)

    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        return self._read(obj, chunk_size=chunk_size)

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
        file, state = self._open(obj)
        if end_bytes is not None and end_bytes > state.st_size:
            os.close(file)
            raise ValueError("end_bytes is larger than file size")
        yield from self._read(obj, (file, state), start_bytes, end_bytes, chunk_size)

    # -- URLs -------------------------------------------------------------------------------------

    def get_container_cdn_url(self, container: Container, check: bool = False) -> str:
        """
        The path of the folder.

        :param check: Look whether it is there.
        :raises ContainerDoesNotExistError: it is not.
        """
        self._check_container_name(container.name)
        if check:
            self.get_container(container.name)
        return os.path.join(self.base_path, container.name)

    def get_object_cdn_url(self, obj: Object) -> str:
        """The path of the file, or that which it would have."""
        folder = self.get_container_cdn_url(obj.container)
        spelling = self._spelling_to_write(obj.name)
        place = spelling.plain
        with (
            suppress(ContainerDoesNotExistError, FileNotFoundError, tree.NotAFolder),
            self._open_container(obj.container.name) as root,
            tree.walk(root, spelling.parent) as parent,
        ):
            place = places.current(parent, spelling)
        return os.path.join(folder, *spelling.parent, *place.folders, place.leaf)

    def enable_container_cdn(self, container: Container) -> bool:
        """
        :returns: True: a folder can always be reached by its path.
        :raises ContainerDoesNotExistError: there is none.
        """
        self.get_container(container.name)
        return True

    def enable_object_cdn(self, obj: Object) -> bool:
        """
        :returns: False, as ever: there is nothing to do, a file can always be reached by its path.
        :raises ObjectDoesNotExistError: there is none.
        """
        os.close(self._open(obj)[0])
        return False

    # -- names ------------------------------------------------------------------------------------

    def _check_container_name(self, name: Any) -> None:
        if not (isinstance(name, str) and _is_container_name(name)):
            raise InvalidContainerNameError(
                "The name of a container is that of a folder: one component of 255 bytes at the "
                f"most, which does not begin with {RESERVED}",
                self,
                name,
            )

    def _spelling_to_write(self, object_name: str) -> Spelling:
        """
        :raises ObjectError: there can be no such object; the text says why.
        """
        try:
            return places_of(object_name)
        except ValueError as error:
            raise ObjectError(str(error), self, object_name) from None

    def _spelling(self, object_name: str) -> Spelling | None:
        """None when there can be no such object."""
        try:
            return places_of(object_name)
        except ValueError:
            return None

    # -- files ------------------------------------------------------------------------------------

    def _open_root(self, name: str = "") -> OpenFolder:
        """
        :param name: What it is opened for, for errors.
        """
        path = f"{self.base_path}/{name}"
        try:
            root = os.open(self.base_path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise told(error, self.base_path, self) from None
        return OpenFolder(root, path, self)

    def _open_container(self, name: str, object_name: Any = "") -> OpenFolder:
        """
        :param object_name: What it is opened for, for errors.
        """
        if name == "":
            # The driver's own folder, which programs use as a container of a single user.
            return self._open_root(str(object_name))
        self._check_container_name(name)
        path = f"{self.base_path}/{name}"
        try:
            return OpenFolder(tree.open_folder(path), f"{path}/{object_name}", self)
        except (FileNotFoundError, tree.NotAFolder):
            with self._open_root():  # it is an error of another kind when that has gone
                raise ContainerDoesNotExistError(None, self, name) from None
        except OSError as error:
            raise told(error, path, self) from None

    def _open(self, obj: Object) -> tuple[int, os.stat_result]:
        """Open the file of an object, to read; returns also what is known of it."""
        spelling = self._spelling(obj.name)
        with self._open_container(obj.container.name, obj.name) as folder:
            if spelling is not None:
                try:
                    with tree.walk(folder, spelling.parent) as parent:
                        found = places.open_file(parent, spelling)
                except (FileNotFoundError, tree.NotAFolder):
                    found = None
                if found is not None:
                    return found
        raise ObjectDoesNotExistError(None, self, obj.name)

    def _read(
        self,
        obj: Object,
        opened: tuple[int, os.stat_result] | None = None,
        start: int = 0,
        end: int | None = None,
        chunk_size: int | None = None,
    ) -> Iterator[bytes]:
        """
        The bytes of an object.

        :param opened: Its file, which is closed at the end; None to open it at the first byte.
        """
        file, state = opened or self._open(obj)
        try:
            if start:
                os.lseek(file, start, os.SEEK_SET)
            size = chunk_size if chunk_size and chunk_size > 0 else CHUNK_SIZE
            position = start
            while end is None or position < end:
                wanted = size if end is None else min(size, end - position)
                piece = os.read(file, wanted)
                if not piece:
                    return
                yield piece
                position += len(piece)
                if len(piece) < wanted and position >= state.st_size:
                    return  # without asking the system whether this is the end
        except OSError as error:
            path = f"{self.base_path}/{obj.container.name}/{obj.name}"
            raise told(error, path, self) from None
        finally:
            os.close(file)

    def _hash_of(self, obj: LocalObject) -> str:
        file, state = self._open(obj)
        if not obj._has_content(state):
            os.close(file)
            raise ObjectDoesNotExistError("Its content was replaced", self, obj.name)
        hasher = self._get_hash_function()
        for piece in self._read(obj, (file, state), chunk_size=uploads.COPY_SIZE):
            hasher.update(piece)
        return str(hasher.hexdigest())

    def _to_container(self, name: str, state: os.stat_result) -> Container:
        return Container(name, times_of(state), self)
