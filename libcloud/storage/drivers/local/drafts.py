"""
The files that uploads are written to, and the removal of those that killed processes have left.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import suppress

from libcloud.storage.drivers.local.tree import LOCK, exists, lock_file, remove_unlocked
from libcloud.storage.transfer import TEMPORARY_PREFIX

__all__ = ["Draft", "sweep", "sweep_all"]

# How many numbers drafts share, unless there are more at a time; so many are looked for at a sweep.
_NUMBERS = 32


class Draft:
    """
    A file that is being written, which nobody takes for an object until it has its place.

    It is in the folder of the container, so that it can be moved to any place there, and is called
    by a small number, so that what a killed process leaves is found without a listing. It is locked
    for as long as it is written.
    """

    __slots__ = ("_container", "_name", "descriptor")

    def __init__(self, container: int) -> None:
        self._container = container
        for number in _numbers():
            name = f"{TEMPORARY_PREFIX}{number}"
            descriptor = _create(name, container)
            if descriptor is not None:
                self.descriptor = descriptor
                self._name: str | None = name
                return

    def write(self, data: bytes) -> None:
        written = os.write(self.descriptor, data)
        while written < len(data):  # a signal, or a disk that was full but for these
            data = data[written:]
            written = os.write(self.descriptor, data)

    def move(self, name: str, folder: int) -> None:
        """
        Give it its place, and replace the file that is there.

        :raises IsADirectoryError: a folder is there.
        """
        if self._name is not None:
            os.rename(self._name, name, src_dir_fd=self._container, dst_dir_fd=folder)
            self._name = None

    def close(self) -> None:
        """Remove it, unless it has its place."""
        try:
            if self._name is not None:
                with suppress(OSError):  # of which the one that ended the upload says more
                    os.unlink(self._name, dir_fd=self._container)
        finally:
            os.close(self.descriptor)


def _numbers() -> Iterator[int]:
    first = threading.get_native_id()  # so that threads seldom try the same
    for following in range(_NUMBERS):
        yield (first + following) % _NUMBERS
    yield from itertools.count(_NUMBERS)


def _create(name: str, folder: int) -> int | None:
    """A new locked file; None when somebody uses the name."""
    while True:
        try:
            file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)
        except FileExistsError:
            if not remove_unlocked(name, folder):
                return None
            continue
        try:
            if lock_file(file, wait=False):
                return file
        except OSError:
            return file  # There are no locks here: nobody can tell that it is stale, or will.
        os.close(file)  # Somebody was faster than our lock, and takes it for stale.


def sweep(container: int) -> None:
    """Remove drafts that processes which were killed have left, but for those of high numbers."""
    for number in range(_NUMBERS):
        name = f"{TEMPORARY_PREFIX}{number}"
        if exists(name, container):
            remove_unlocked(name, container)


def sweep_all(container: int) -> None:
    """Remove whatever killed processes have left in the folder of a container."""
    with os.scandir(container) as entries:
        names = [e.name for e in entries if e.name.startswith(TEMPORARY_PREFIX) or e.name == LOCK]
    for name in names:
        remove_unlocked(name, container)
