"""What the file system says, as errors of the tree that are also what Python makes of them."""

from __future__ import annotations

import errno
from typing import Any

from libcloud.common.errors import (
    LibcloudError,
    PermissionDeniedError,
    QuotaExceededError,
    ResourceNotFoundError,
)

__all__ = [
    "FileSystemError",
    "FileSystemFullError",
    "FileSystemMissingError",
    "FileSystemPermissionError",
    "told",
]

_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class FileSystemError(LibcloudError, OSError):
    """
    The file system cannot do what it was asked for. ``errno`` and ``filename`` say what and where.
    """

    def __str__(self) -> str:
        return str(self.value)


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
