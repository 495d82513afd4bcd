"""What the file system says, as errors of our tree that are also what Python makes of them."""

from __future__ import annotations

import errno
import os
from typing import Any

from libcloud.common.errors import (
    LibcloudError,
    PermissionDeniedError,
    QuotaExceededError,
    ResourceNotFoundError,
)
from libcloud.storage.types import ObjectError

__all__ = [
    "FileSystemError",
    "FileSystemFullError",
    "FileSystemMissingError",
    "FileSystemPermissionError",
    "OpenFolder",
    "told",
    "too_busy",
]

_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class FileSystemError(LibcloudError, OSError):
    """
    The file system cannot do what it was asked for. ``errno`` and ``filename`` say what and where.
    """

    def __str__(self) -> str:
        return str(self.value)

    def __reduce__(self) -> Any:
        # These are not among the attributes: Python keeps them in the error itself.
        make, args, state = super().__reduce__()
        own = {"errno": self.errno, "strerror": self.strerror, "filename": self.filename}
        return make, args, {**state, **own}


class FileSystemPermissionError(FileSystemError, PermissionDeniedError, PermissionError):
    """A file or folder must not be read or changed, or nothing here: it is mounted read-only."""

    def __init__(self, value: Any, driver: Any = None) -> None:
        PermissionDeniedError.__init__(self, value, http_code=None, driver=driver)


class FileSystemMissingError(FileSystemError, ResourceNotFoundError, FileNotFoundError):
    """What the driver stands on is gone: its own folder."""

    def __init__(self, value: Any, driver: Any = None) -> None:
        ResourceNotFoundError.__init__(self, value, http_code=None, driver=driver)


class FileSystemFullError(FileSystemError, QuotaExceededError):
    """The disk is full, or a quota is."""

    def __init__(self, value: Any, driver: Any = None) -> None:
        QuotaExceededError.__init__(self, value, http_code=None, driver=driver)


def told(error: OSError, path: str, driver: Any) -> FileSystemError:
    """
    :param path: What the call was about, for the error names only the end of it.
    """
    kind: type[FileSystemError] = FileSystemError
    if error.errno == errno.ENOENT:
        kind = FileSystemMissingError
    elif error.errno in _DENIED:
        kind = FileSystemPermissionError
    elif error.errno in _FULL:
        kind = FileSystemFullError
    result = kind(f"{error.strerror}: {path!r}", driver)
    result.errno, result.strerror, result.filename = error.errno, error.strerror, path
    return result


def too_busy(object_name: str, driver: Any) -> ObjectError:
    return ObjectError("Others keep changing the object or its folders", driver, object_name)


class OpenFolder:
    """
    Context manager: the descriptor of an open folder, which is closed at the end.

    An error of the file system that leaves it tells of the path, and is of our tree.

    :param path: What the folder was opened for.
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
            raise self.told(error) from None

    def told(self, error: OSError) -> FileSystemError:
        return told(error, self._path, self._driver)
