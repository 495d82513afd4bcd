"""
Files and folders below a root that nothing gets out of.

Every step is made from an open folder to a name in it, and no symbolic link is followed: a link
that somebody puts in the way, at whatever moment, is an error and not a way out.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from libcloud.storage.drivers.local.names import RESERVED

try:
    import fcntl
except ImportError:  # the driver says so when it is constructed
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "SUPPORTED",
    "UPLOADS",
    "Folder",
    "NotAFolder",
    "find_folder",
    "is_file",
    "lock_file",
    "locked",
    "look",
    "open_file",
    "open_folder",
    "prune",
    "remove_folder",
    "sweep",
    "temporary_file",
    "walk",
]

SUPPORTED = fcntl is not None and os.open in os.supports_dir_fd
"""Whether this platform can do all that."""

UPLOADS = f"{RESERVED}tmp"
"""The folder of a container in which files are until they are complete."""

_LOCK = "lock"
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class NotAFolder(OSError):
    """Something that is no folder is in the way. It may be a link."""


def open_folder(name: str, parent: int | None = None) -> int:
    """
    A descriptor of the folder.

    :param parent: The open folder that it is in; None for a path, all of whose folders but the
        last one may be links.
    :raises FileNotFoundError: there is nothing of that name.
    :raises NotAFolder: there is something else.
    """
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            raise NotAFolder(errno.ENOTDIR, "Not a folder", name) from None
        raise


def find_folder(name: str, parent: int) -> int | None:
    """A descriptor of the folder; None when the name is free or something else."""
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return None
        raise


class Folder:
    """Context manager: the descriptor of an open folder, which is closed at the end."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> int:
        return self._descriptor

    def __exit__(self, *error: Any) -> None:
        os.close(self._descriptor)


class walk:  # noqa: N801 - reads as a function
    """
    Context manager: the descriptor of a folder below another, or of that one itself; ``create``
    makes what is missing on the way.
    """

    __slots__ = ("_create", "_folders", "_reached", "_start")

    def __init__(self, start: int, folders: tuple[str, ...], create: bool = False) -> None:
        self._start = self._reached = start
        self._folders = folders
        self._create = create

    def __enter__(self) -> int:
        try:
            for name in self._folders:
                if self._create:
                    with suppress(FileExistsError):
                        os.mkdir(name, dir_fd=self._reached)
                following = open_folder(name, self._reached)
                self._leave()
                self._reached = following
        except BaseException:
            self._leave()
            raise
        return self._reached

    def __exit__(self, *error: Any) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._reached != self._start:
            os.close(self._reached)


def look(name: str, folder: int) -> os.stat_result | None:
    """What is known of a name in a folder, not of what it links to; None when it is free."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def is_file(state: os.stat_result | None) -> bool:
    return state is not None and stat.S_ISREG(state.st_mode)


def open_file(name: str, folder: int) -> int | None:
    """A descriptor of a regular file, to read; None when the name is free or something else."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.EISDIR):
            return None
        raise
    if is_file(os.fstat(descriptor)):
        return descriptor
    os.close(descriptor)
    return None


def lock_file(descriptor: int, wait: bool) -> bool:
    """
    Lock an open file until it is closed, or its process dies.

    :returns: False when another has the lock, or has removed the file meanwhile.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return os.fstat(descriptor).st_nlink > 0


@contextmanager
def locked(folder: int) -> Iterator[None]:
    """Alone among all that lock this folder. The lock is a file in it while it is held."""
    while True:
        lock = os.open(_LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666, dir_fd=folder)
        if lock_file(lock, wait=True):
            break
        os.close(lock)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            os.unlink(_LOCK, dir_fd=folder)
        os.close(lock)


@contextmanager
def temporary_file(container: int) -> Iterator[tuple[int, int, str]]:
    """
    A new file in the container's folder for uploads, locked while it is written. Who is through
    with it has moved it to its place; it is removed when that fails.

    :returns: Descriptor of the file, descriptor of its folder, its name there.
    """
    folder, file, name = _new_temporary_file(container)
    try:
        yield file, folder, name
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        raise
    finally:
        os.close(file)
        os.close(folder)
        remove_folder(UPLOADS, container)


def _new_temporary_file(container: int) -> tuple[int, int, str]:
    while True:
        with suppress(FileExistsError):
            os.mkdir(UPLOADS, dir_fd=container)
        try:
            folder = open_folder(UPLOADS, container)
        except FileNotFoundError:
            continue  # the last upload ended just now, and took the folder with it
        try:
            name = secrets.token_hex(12)
            file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)
            if lock_file(file, wait=False):
                return folder, file, name
            os.close(file)  # a sweeper was faster than our lock
        except FileNotFoundError:
            pass
        os.close(folder)


def sweep(container: int) -> None:
    """Remove what processes that were killed left among the uploads; running ones hold a lock."""
    try:
        folder = open_folder(UPLOADS, container)
    except (FileNotFoundError, NotAFolder):
        return
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                _remove_if_stale(entry.name, folder)
    finally:
        os.close(folder)
    remove_folder(UPLOADS, container)


def _remove_if_stale(name: str, folder: int) -> None:
    file = open_file(name, folder)
    if file is None:
        return
    try:
        if lock_file(file, wait=False):
            os.unlink(name, dir_fd=folder)
    finally:
        os.close(file)


def remove_folder(name: str, parent: int) -> bool:
    """Remove a folder if it is empty. True if it is gone."""
    try:
        os.rmdir(name, dir_fd=parent)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def prune(start: int, folders: tuple[str, ...]) -> None:
    """Remove the folders on a way that are empty, from its end."""
    for depth in range(len(folders), 0, -1):
        try:
            with walk(start, folders[: depth - 1]) as parent:
                if not remove_folder(folders[depth - 1], parent):
                    return
        except OSError:
            return
