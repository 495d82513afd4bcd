"""
Downloads to a file: a destination holds the old content or all of the new, whatever happens.

The new file is written beside its destination, and called ``.libcloud-tmp-...`` until it is whole
and renamed. A process that is killed leaves it behind; the next download to the same destination
takes it over, and the local driver never takes it for an object.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from typing import IO, Any

from libcloud.common.errors import LibcloudError
from libcloud.storage.transfer.models import Destination, Download, Progress
from libcloud.storage.transfer.verification import copy_verified

try:
    import fcntl
except ImportError:  # not POSIX: nothing tells a file in use from one left behind
    fcntl = None  # type: ignore[assignment]

__all__ = ["TEMPORARY_PREFIX", "replace_file", "save_to_file"]

TEMPORARY_PREFIX = ".libcloud-tmp-"
"""How the name of every file that is still being written begins."""


def save_to_file(
    open_source: Callable[[], Download],
    destination: Destination,
    object_name: str,
    hash_type: str = "md5",
    progress: Progress | None = None,
    driver: Any = None,
) -> bool:
    """
    Write a download to its destination, which changes all at once and only when all is well.

    :param open_source: Starts the download; not called before the destination was found to be fit.
    :param object_name: Name of the object, for a destination that is a folder and for errors.
    :param hash_type: The algorithm of the hash that the download promises.
    :returns: True.
    :raises LibcloudError: the destination exists and must not be overwritten, or the length is
        wrong.
    :raises ObjectHashMismatchError: the hash is wrong.
    :raises OSError: the destination cannot be written.
    """

    def write(file: IO[bytes]) -> None:
        copy_verified(open_source(), file, object_name, hash_type, progress, driver)

    return replace_file(write, destination, object_name, driver)


def replace_file(
    write: Callable[[IO[bytes]], None],
    destination: Destination,
    object_name: str,
    driver: Any = None,
) -> bool:
    """
    Put a new file in the place of a destination, which changes all at once.

    :param write: Called with the new file, open for writing, when the destination was found to be
        fit; whatever it raises, the destination stays as it is. It cannot be sought in when the
        destination is a device or a pipe.
    :param object_name: Name of the object, for a destination that is a folder.
    :returns: True.
    :raises LibcloudError: the destination exists and must not be overwritten.
    :raises OSError: the destination cannot be written.
    """
    path = _file_path(destination, object_name, driver)
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:  # /dev/stdout, a named pipe: nothing to rename
            write(device)
        return True
    file, temporary = _open_temporary(path)
    with file:  # the name is ours for as long as the file is open
        try:
            write(file)
            file.flush()
            if os.path.exists(path):
                os.chmod(temporary, stat.S_IMODE(os.stat(path).st_mode))
            if fcntl is None:
                file.close()  # elsewhere than on POSIX an open file cannot be renamed, nor removed
            _move(temporary, path, destination.overwrite_existing, driver)
        except BaseException:
            if fcntl is None:
                file.close()
            _give_up(temporary, path, keep_part=not destination.delete_on_failure)
            raise
    return True


def _file_path(destination: Destination, object_name: str, driver: Any) -> str:
    path = os.fspath(destination.path)
    if os.path.isdir(path):
        path = os.path.join(path, os.path.basename(object_name))
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if os.path.exists(path) and not destination.overwrite_existing:
        raise _exists_error(path, driver)
    path = os.path.realpath(path)  # a link stays a link: the file that it names is replaced
    if not os.path.isdir(os.path.dirname(path)):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return path


def _exists_error(path: str, driver: Any) -> LibcloudError:
    return LibcloudError(f"File {path} already exists, but overwrite_existing=False", driver=driver)


def _open_temporary(path: str) -> tuple[IO[bytes], str]:
    """
    A new file beside ``path``, locked for as long as it is open.

    Its name is made from the destination's, so that what a killed process left is found and used
    again; a running download holds the lock, and then the next number is tried.
    """
    folder, name = os.path.split(path)
    import hashlib

    stem = os.path.join(folder, TEMPORARY_PREFIX + hashlib.sha256(os.fsencode(name)).hexdigest())
    number = 0
    while True:
        temporary = f"{stem[:-40]}-{number}"
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags if fcntl else flags | os.O_EXCL, 0o666)
        state = _lock(descriptor, temporary)
        if state == "ours":
            os.ftruncate(descriptor, 0)
            return os.fdopen(descriptor, "wb"), temporary
        os.close(descriptor)
        if state == "in use":
            number += 1


def _lock(descriptor: int, path: str) -> str:
    if fcntl is None:
        return "ours"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "in use"
    # Whoever had it before may have renamed or removed it between our opening and our locking.
    try:
        return "ours" if os.path.samestat(os.fstat(descriptor), os.stat(path)) else "gone"
    except FileNotFoundError:
        return "gone"


def _move(temporary: str, path: str, overwrite: bool, driver: Any) -> None:
    if overwrite:
        os.replace(temporary, path)
        return
    try:
        os.link(temporary, path)  # fails, where a rename would replace a file that came meanwhile
    except FileExistsError:
        raise _exists_error(path, driver) from None
    except OSError:  # no hard links here
        if os.path.exists(path):
            raise _exists_error(path, driver) from None
        os.replace(temporary, path)
    else:
        os.unlink(temporary)


def _give_up(temporary: str, path: str, keep_part: bool) -> None:
    if not os.path.exists(temporary):
        return
    if keep_part and not os.path.exists(path):
        os.replace(temporary, path)
    else:
        os.unlink(temporary)
