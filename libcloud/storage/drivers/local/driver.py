"""The local storage driver."""

from __future__ import annotations

import errno
import functools
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from libcloud.common.base import Connection
from libcloud.common.errors import LibcloudError
from libcloud.storage.base import Container, Object, StorageDriver
from libcloud.storage.drivers.local import metadata, tree
from libcloud.storage.drivers.local.errors import told
from libcloud.storage.drivers.local.names import (
    RESERVED,
    Place,
    Reader,
    Spelling,
    is_plain,
    places_of,
)
from libcloud.storage.transfer import CHUNK_SIZE, Destination, Download, pieces_of, save_to_file
from libcloud.storage.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
    ObjectError,
)

__all__ = ["LocalObject", "LocalStorageDriver"]

# Folders that go away with their last object make a writer begin again. Only so often in a row.
_ATTEMPTS = 1000

_COPY_SIZE = 1024 * 1024

# How many levels of folders a listing holds open; what is below them is opened again and again.
_OPEN_FOLDERS = 16


class _LazyHash:
    """
    The hash of an object's content, computed when it is first read, by reading the file.

    Not a property: what is set on the object, by us or by a program, has precedence.
    """

    def __get__(self, obj: Any, owner: type) -> Any:
        if obj is None:
            return self
        obj.hash = obj.driver._hash_of(obj)
        return obj.hash


class LocalObject(Object):
    """
    An object whose ``hash`` is computed when it is first read.

    :raises ObjectDoesNotExistError: when it is read, and the object is gone; after an upload also
        when another content has taken its place.
    """

    hash: Any = _LazyHash()
    _uploaded: os.stat_result | None = None

    def __init__(
        self,
        name: str,
        size: int,
        hash: str | None,
        extra: dict[str, Any] | None,
        meta_data: dict[str, Any] | None,
        container: Container,
        driver: Any,
    ) -> None:
        self.name = name
        self.size = size
        self.container = container
        self.extra = extra or {}
        self.meta_data = meta_data or {}
        self.driver = driver
        if hash is not None:
            self.hash = hash

    def __repr__(self) -> str:
        known = self.__dict__.get("hash")
        return (
            f"<Object: name={self.name}, size={self.size}, hash={known}, "
            f"provider={self.driver.name} ...>"
        )


class _Opened:
    """
    Context manager: the descriptor of an open folder, which is closed at the end.

    An error of the file system that leaves it tells of the path, and is of our tree.
    """

    __slots__ = ("_descriptor", "_driver", "_path", "tells")

    def __init__(self, descriptor: int, path: str, driver: Any) -> None:
        self._descriptor = descriptor
        self._path = path
        self._driver = driver
        #: False leaves errors as they are.
        self.tells = True

    def __enter__(self) -> int:
        return self._descriptor

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        os.close(self._descriptor)
        if self.tells and isinstance(error, OSError) and not isinstance(error, LibcloudError):
            raise told(error, self._path, self._driver) from None

    def write(self, draft: tree.Draft, data: bytes) -> None:
        try:
            draft.write(data)
        except OSError as error:
            raise told(error, self._path, self._driver) from None


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
            tree.sweep_all(folder)
            _remove_empty_folders(folder)
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
            yield from self._objects_in(folder, (), Reader(), prefix, container)

    def get_object(self, container_name: str, object_name: str) -> Object:
        spelling = self._spelling(object_name)
        with self._open_container(container_name, object_name) as folder:
            if spelling is not None:
                container = self._to_container(container_name, os.fstat(folder))
                try:
                    with tree.walk(folder, spelling.parent) as parent:
                        return self._object_at(parent, spelling, object_name, container)
                except (FileNotFoundError, tree.NotAFolder):
                    pass
        raise ObjectDoesNotExistError(None, self, object_name)

    def _object_at(
        self, parent: int, spelling: Spelling, name: str, container: Container
    ) -> Object:
        """
        :raises FileNotFoundError: it is not there.
        """
        for _ in range(_ATTEMPTS):
            state = _state_of(parent, spelling)
            if state is None:
                raise FileNotFoundError
            note = metadata.read_note(parent, spelling.component, state.st_mtime_ns)
            if note is None or note or _state_of(parent, spelling) == state:
                return self._to_object(name, state, note, container)
        raise self._too_busy(name)

    def delete_object(self, obj: Object) -> bool:
        """Folders that are empty then go too, up to the container."""
        spelling = self._spelling(obj.name)
        with self._open_container(obj.container.name, obj.name) as folder:
            while spelling is not None:
                if self._delete(folder, spelling):
                    return True
                if not _is_there(folder, spelling):
                    break
                # There, but not deleted: another call put it aside at that moment.
        raise ObjectDoesNotExistError(None, self, obj.name)

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
        Copy a file. What is kept of ``extra``: ``meta_data``, ``content_type``.

        :raises ObjectError: the name cannot be stored; the text says why.
        """
        return super().upload_object(
            file_path, container, object_name, extra, verify_hash, headers, progress=progress
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
        """
        Write what an iterator yields. What is kept of ``extra``: ``meta_data``, ``content_type``.

        :returns: The object. Its hash is computed when it is first read, by reading what is stored,
            and is known for as long as that is what was sent.
        :raises ObjectError: the name cannot be stored; the text says why.
        :raises FileSystemError: it cannot be written. One of permissions is also a
            ``PermissionDeniedError``, one of a full disk a ``QuotaExceededError``.
        """
        try:
            spelling = places_of(object_name)
        except ValueError as error:
            raise ObjectError(str(error), self, object_name) from None
        note = _note(extra or {})
        opened = self._open_container(container.name, object_name)
        with opened as folder:
            if container.name not in self._swept:
                self._swept.add(container.name)
                tree.sweep(folder)
            draft = tree.Draft(folder)
            try:
                self._write(draft, iterator, progress, opened)
                if note:
                    # A time that no other content of this name had: its note is found by it.
                    now = time.time_ns()
                    os.utime(draft.descriptor, ns=(now, now))
                self._commit(folder, draft, object_name, spelling, note)
                state = os.fstat(draft.descriptor)
            finally:
                draft.close()
        obj = self._to_object(object_name, state, note, container)
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
            pieces = self._read(obj, (file, state), 0, state.st_size, _COPY_SIZE)
            return Download(pieces, state.st_size)

        destination = Destination(destination_path, overwrite_existing, delete_on_failure)
        return save_to_file(start, destination, obj.name, progress=progress, driver=self)

    def download_object_as_stream(
        self, obj: Object, chunk_size: int | None = None
    ) -> Iterator[bytes]:
        return self._read(obj, chunk_size=chunk_size)

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
        """
        :raises ValueError: the range is negative, empty or backwards, or ends behind the object.
        """
        return super().download_object_range(
            obj,
            destination_path,
            start_bytes,
            end_bytes,
            overwrite_existing,
            delete_on_failure,
            progress=progress,
        )

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
        try:
            spelling = places_of(obj.name)
        except ValueError as error:
            raise ObjectError(str(error), self, obj.name) from None
        place = spelling.plain
        with (
            suppress(ContainerDoesNotExistError, FileNotFoundError, tree.NotAFolder),
            self._open_container(obj.container.name) as root,
            tree.walk(root, spelling.parent) as parent,
        ):
            if not tree.is_file(_look(parent, place)) and tree.is_file(
                _look(parent, spelling.aside)
            ):
                place = spelling.aside
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

    def _spelling(self, object_name: str) -> Spelling | None:
        try:
            return places_of(object_name)
        except ValueError:
            return None

    # -- files ------------------------------------------------------------------------------------

    def _open_root(self, name: str = "") -> _Opened:
        """
        :param name: What it is opened for, for errors.
        """
        path = f"{self.base_path}/{name}"
        try:
            root = os.open(self.base_path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise told(error, self.base_path, self) from None
        return _Opened(root, path, self)

    def _open_container(self, name: str, object_name: Any = "") -> _Opened:
        """
        :param object_name: What it is opened for, for errors.
        """
        if name == "":
            # The driver's own folder, which programs use as a container of a single user.
            return self._open_root(str(object_name))
        self._check_container_name(name)
        path = f"{self.base_path}/{name}"
        try:
            return _Opened(tree.open_folder(path), f"{path}/{object_name}", self)
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
                        found = _open_file(parent, spelling.plain)
                        found = found or _open_file(parent, spelling.aside)
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
        if obj._uploaded is not None and _content(obj._uploaded) != _content(state):
            os.close(file)
            raise ObjectDoesNotExistError("Its content was replaced", self, obj.name)
        hasher = self._get_hash_function()
        for piece in self._read(obj, (file, state), chunk_size=_COPY_SIZE):
            hasher.update(piece)
        return str(hasher.hexdigest())

    def _write(self, draft: tree.Draft, source: Any, progress: Any, container: _Opened) -> None:
        """Write all of a source."""
        done = 0
        small: list[bytes] = []  # pieces that are written together
        collected = 0
        try:
            for piece in pieces_of(source, _COPY_SIZE):
                done += len(piece)
                small.append(piece)
                collected += len(piece)
                if collected >= CHUNK_SIZE:
                    container.write(draft, b"".join(small))
                    small.clear()
                    collected = 0
                if progress:
                    progress(done, None)
        except OSError:
            container.tells = False  # It is the source's, and none of ours.
            raise
        if small:
            container.write(draft, b"".join(small))

    def _commit(
        self,
        folder: int,
        draft: tree.Draft,
        object_name: str,
        spelling: Spelling,
        note: dict[str, Any],
    ) -> None:
        """Give a complete file its place, and its note."""
        for _ in range(_ATTEMPTS):
            try:
                if spelling.parent:
                    self._make_folders(folder, spelling.parent, object_name)
                with tree.walk(folder, spelling.parent) as parent:
                    self._place(parent, draft, spelling, note)
                return
            except FileNotFoundError:
                # A folder went away with its last object: make it again, but not the container.
                if os.fstat(folder).st_nlink == 0 or os.fstat(draft.descriptor).st_nlink == 0:
                    raise ContainerDoesNotExistError(
                        "The container was deleted during the upload", self, object_name
                    ) from None
            except (IsADirectoryError, tree.NotAFolder):
                pass  # an object became a folder just now, or a folder an object
        raise self._too_busy(object_name)

    def _place(
        self, parent: int, draft: tree.Draft, spelling: Spelling, note: dict[str, Any]
    ) -> None:
        if not note and not tree.exists(metadata.FOLDER, parent):
            _move(draft, parent, spelling)
            return
        with metadata.notes_of(parent, create=bool(note)) as notes:
            if notes is None:  # They went at that moment.
                _move(draft, parent, spelling)
                return
            changed = os.fstat(draft.descriptor).st_mtime_ns
            replaced = _state_of(parent, spelling)
            if note:
                notes.write(spelling.component, changed, note)
            _move(draft, parent, spelling)
            if replaced and replaced.st_mtime_ns != changed:
                notes.remove(spelling.component, replaced.st_mtime_ns)

    def _make_folders(self, folder: int, names: tuple[str, ...], object_name: str) -> None:
        """
        Make folders; an object that has the name of one is put aside.

        Only one process does this at a time. Otherwise a file that is to be put aside could become
        a folder at that moment, and the folder would be put aside with all that is in it.
        """
        with suppress(FileNotFoundError, tree.NotAFolder), tree.walk(folder, names):
            return
        reader = Reader()
        with tree.locked(folder):
            for depth, name in enumerate(names):
                with tree.walk(folder, names[:depth]) as parent:
                    state = tree.look(name, parent)
                    if state and not stat.S_ISDIR(state.st_mode):
                        if not tree.is_file(state):
                            raise ObjectError(
                                f"{name!r} is in the way: it is neither a file nor a folder",
                                self,
                                object_name,
                            )
                        spelling = places_of(reader.file(name) or name)
                        aside = spelling.aside
                        way = (*spelling.parent, *aside.folders)
                        with tree.walk(folder, way, create=True) as target:
                            os.rename(name, aside.leaf, src_dir_fd=parent, dst_dir_fd=target)
                    with suppress(FileExistsError):
                        os.mkdir(name, dir_fd=parent)
                reader = reader.folder(name) or reader

    def _delete(self, folder: int, spelling: Spelling) -> bool:
        """Remove the file of an object, its note, and the folders that are empty then."""
        try:
            with (
                tree.walk(folder, spelling.parent) as parent,
                metadata.notes_of(parent, create=False) as notes,
            ):
                # What is aside goes first: where there are both, the plain one counts.
                aside = spelling.aside
                found = _may_be(parent, aside) and _unlink(parent, aside, spelling, notes)
                found = _unlink(parent, spelling.plain, spelling, notes) or found
        except (FileNotFoundError, tree.NotAFolder):
            return False
        if found and (notes or spelling.parent or spelling.is_long):
            self._prune(folder, spelling)
        return found

    def _prune(self, folder: int, spelling: Spelling) -> None:
        for place in (spelling.plain, spelling.aside):
            if place.folders:
                with suppress(OSError), tree.walk(folder, spelling.parent) as parent:
                    tree.prune(parent, place.folders)
        for depth in range(len(spelling.parent), -1, -1):
            try:
                with tree.walk(folder, spelling.parent[:depth]) as parent:
                    metadata.discard_orphans(parent)
                if depth == 0:
                    return
                with tree.walk(folder, spelling.parent[: depth - 1]) as parent:
                    if not tree.remove_folder(spelling.parent[depth - 1], parent):
                        return
            except OSError:
                return

    def _objects_in(
        self, root: int, way: tuple[str, ...], reader: Reader, wanted: str, container: Container
    ) -> Iterator[Object]:
        """The objects in a folder and below, of which only so many folders are open at a time."""
        pending = [(way, reader)]
        while pending:
            way, reader = pending.pop()
            with (
                suppress(FileNotFoundError, tree.NotAFolder),  # deleted since
                tree.walk(root, way) as folder,
                os.scandir(folder) as entries,
            ):
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        name = reader.file(entry.name)
                        if name is None or not name.startswith(wanted):
                            continue
                        if reader.parts or entry.name.startswith(RESERVED):
                            obj = self._listed_elsewhere(folder, reader, entry, name, container)
                        else:
                            obj = self._listed(folder, entry, name, container)
                        if obj is not None:
                            yield obj
                    elif entry.is_dir(follow_symlinks=False):
                        inside = reader.folder(entry.name)
                        if inside is None or not _may_match(inside.prefix, wanted):
                            continue
                        below = (*way, entry.name)
                        if len(way) < _OPEN_FOLDERS:
                            yield from self._objects_in(root, below, inside, wanted, container)
                        else:
                            pending.append((below, inside))

    def _listed(self, folder: int, entry: Any, name: str, container: Container) -> Object | None:
        try:
            state = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        note = None
        if tree.exists(metadata.FOLDER, folder):
            note = metadata.read_note(folder, entry.name, state.st_mtime_ns)
        return self._to_object(name, state, note, container)

    def _listed_elsewhere(
        self, folder: int, reader: Reader, entry: Any, name: str, container: Container
    ) -> Object | None:
        """Rare spellings: the folder of the notes may be elsewhere, and the plain file counts."""
        if reader.is_aside(entry.name) and not reader.parts:
            plain = places_of(name).plain
            if tree.is_file(_look(folder, plain)):
                return None  # It is listed as such.
        with suppress(ObjectDoesNotExistError):
            return self.get_object(container.name, name)
        return None

    # -- models -----------------------------------------------------------------------------------

    def _to_container(self, name: str, state: os.stat_result) -> Container:
        return Container(name, _times(state), self)

    def _to_object(
        self, name: str, state: os.stat_result, note: dict[str, Any] | None, container: Container
    ) -> LocalObject:
        extra = _times(state)
        if not note:
            return LocalObject(name, state.st_size, None, extra, None, container, self)
        if "content_type" in note:
            extra["content_type"] = note["content_type"]
        meta_data = note.get("meta_data")
        return LocalObject(name, state.st_size, None, extra, meta_data, container, self)

    def _too_busy(self, object_name: str) -> ObjectError:
        return ObjectError("Others keep changing the object or its folders", self, object_name)


def _times(state: os.stat_result) -> dict[str, Any]:
    """Seconds since 1970. The creation time is that of the last change of the file's entry."""
    return {
        "creation_time": state.st_ctime,
        "access_time": state.st_atime,
        "modify_time": state.st_mtime,
    }


def _note(extra: dict[str, Any]) -> dict[str, Any]:
    note: dict[str, Any] = {}
    if extra.get("meta_data"):
        note["meta_data"] = {str(k): str(v) for k, v in extra["meta_data"].items()}
    if extra.get("content_type"):
        note["content_type"] = str(extra["content_type"])
    return note


@functools.lru_cache(maxsize=256)
def _is_container_name(name: str) -> bool:
    try:
        return "/" not in name and is_plain(name)
    except UnicodeEncodeError:
        return False


def _content(state: os.stat_result) -> tuple[int, int, int]:
    """What tells one content of a name from another."""
    return state.st_ino, state.st_size, state.st_mtime_ns


def _may_be(parent: int, place: Place) -> bool:
    """False when there is nothing, which is found out cheaply, for so it is nearly always."""
    return bool(place.folders) or tree.exists(place.leaf, parent)


def _look(parent: int, place: Place) -> os.stat_result | None:
    if not place.folders:
        return tree.look(place.leaf, parent)
    try:
        with tree.walk(parent, place.folders) as folder:
            return tree.look(place.leaf, folder)
    except (FileNotFoundError, tree.NotAFolder):
        return None


def _state_of(parent: int, spelling: Spelling) -> os.stat_result | None:
    """What is known of the file of an object; None when there is none."""
    state = _look(parent, spelling.plain)
    if tree.is_file(state):
        return state
    state = _look(parent, spelling.aside)
    return state if tree.is_file(state) else None


def _is_there(container: int, spelling: Spelling) -> bool:
    try:
        with tree.walk(container, spelling.parent) as parent:
            return _state_of(parent, spelling) is not None
    except (FileNotFoundError, tree.NotAFolder):
        return False


def _open_file(parent: int, place: Place) -> tuple[int, os.stat_result] | None:
    if not place.folders:
        return tree.open_file(place.leaf, parent)
    try:
        with tree.walk(parent, place.folders) as folder:
            return tree.open_file(place.leaf, folder)
    except (FileNotFoundError, tree.NotAFolder):
        return None


def _move(draft: tree.Draft, parent: int, spelling: Spelling) -> None:
    """
    To the plain place, unless a folder is there, or the object is aside already.

    :raises IsADirectoryError: a folder has come to be there just now.
    """
    plain, aside = spelling.plain, spelling.aside
    if _may_be(parent, aside) and _look(parent, aside) and _look(parent, plain) is None:
        _move_to(draft, parent, aside)
        return
    try:
        _move_to(draft, parent, plain)
    except IsADirectoryError:
        _move_to(draft, parent, aside)


def _move_to(draft: tree.Draft, parent: int, place: Place) -> None:
    if not place.folders:
        draft.move(place.leaf, parent)
        return
    with tree.walk(parent, place.folders, create=True) as folder:
        draft.move(place.leaf, folder)


def _unlink(parent: int, place: Place, spelling: Spelling, notes: metadata.Notes | None) -> bool:
    """Remove the file of an object at one of its places, and its note."""
    try:
        with tree.walk(parent, place.folders) as folder:
            state = tree.look(place.leaf, folder)
            if state is None or not tree.is_file(state):
                return False
            os.unlink(place.leaf, dir_fd=folder)
    except (FileNotFoundError, IsADirectoryError, tree.NotAFolder):
        # A folder there: another call has just put the file aside, and the caller looks again.
        return False
    if notes:
        notes.remove(spelling.component, state.st_mtime_ns)
    return True


def _may_match(prefix: str, wanted: str) -> bool:
    return prefix.startswith(wanted) or wanted.startswith(prefix)


def _remove_empty_folders(root: int) -> None:
    """Remove the folders in a folder that hold nothing but folders, and notes of nothing."""
    ways: list[tuple[str, ...]] = [()]
    for way in ways:  # which grows meanwhile
        with (
            suppress(FileNotFoundError, tree.NotAFolder),
            tree.walk(root, way) as folder,
            os.scandir(folder) as entries,
        ):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and entry.name != metadata.FOLDER:
                    ways.append((*way, entry.name))
    for way in reversed(ways):
        with suppress(FileNotFoundError, tree.NotAFolder):
            with tree.walk(root, way) as folder:
                metadata.discard_orphans(folder)
            if way:
                with tree.walk(root, way[:-1]) as parent:
                    tree.remove_folder(way[-1], parent)
