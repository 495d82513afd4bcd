"""
Files and folders below a root that nothing gets out of.

Every step is made from an open folder to a name in it, and no symbolic link is followed: a link
that somebody puts in the way, at whatever moment, is an error and not a way out.
"""

from __future__ import annotations

import errno
import os
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
    "LOCK",
    "SUPPORTED",
    "NotAFolder",
    "exists",
    "is_file",
    "lock_file",
    "locked",
    "look",
    "open_file",
    "open_folder",
    "remove_folder",
    "remove_unlocked",
    "walk",
]

SUPPORTED = fcntl is not None and os.open in os.supports_dir_fd
"""Whether this platform can do all that."""

LOCK = f"{RESERVED}lock"
"""The file that :func:`locked` locks. A killed process leaves it."""

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
        if self._folders:
            self._descend()
        return self._reached

    def __exit__(self, *error: Any) -> None:
        if self._reached != self._start:
            os.close(self._reached)

    def _descend(self) -> None:
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

    def _leave(self) -> None:
        if self._reached != self._start:
            os.close(self._reached)


def look(name: str, folder: int) -> os.stat_result | None:
    """What is known of a name in a folder, not of what it links to; None when it is free."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def exists(name: str, folder: int) -> bool:
    """True when there is something of that name. Cheaper than :func:`look` where it is rare."""
    return os.access(name, os.F_OK, dir_fd=folder, follow_symlinks=False)


def is_file(state: os.stat_result | None) -> bool:
    return state is not None and stat.S_ISREG(state.st_mode)


def open_file(name: str, folder: int) -> tuple[int, os.stat_result] | None:
    """
    A descriptor of a regular file, to read, and what is known of it; None when the name is free or
    something else.
    """
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.EISDIR):
            return None
        raise
    state = os.fstat(descriptor)
    if stat.S_ISREG(state.st_mode):
        return descriptor, state
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
        lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666, dir_fd=folder)
        if lock_file(lock, wait=True):
            break
        os.close(lock)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            os.unlink(LOCK, dir_fd=folder)
        os.close(lock)


def remove_unlocked(name: str, folder: int) -> bool:
    """
    Remove a file that nobody has locked: whoever had it was killed.

    :returns: True when the name is free now, which it may have been before.
    """
    try:
        # For writing, without which some file systems lock nothing.
        file = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        # While it was opened it may have become an object, and another a draft of this name.
        state = look(name, folder) if lock_file(file, wait=False) else None
        if state is None or not os.path.samestat(state, os.fstat(file)):
            return not exists(name, folder)
        if not is_file(state):
            return False
        os.unlink(name, dir_fd=folder)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def remove_folder(name: str, parent: int) -> bool:
    """Remove a folder if it is empty. True if it is gone."""
    try:
        os.rmdir(name, dir_fd=parent)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
