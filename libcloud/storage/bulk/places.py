"""Where objects come from and go to: containers, and folders of this machine."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator

from libcloud.common.errors import InvalidRequestError
from libcloud.storage.models import Container, Object

__all__ = ["Folder", "container_of", "file_called", "is_local", "name_of", "objects_of"]

Folder = str | os.PathLike[str]
"""The path of a folder."""


def container_of(place: Container | Folder, create: bool = False) -> Container:
    """
    A container as it is; a folder as a container of the local driver, which lets no name of an
    object out of the folder, and follows no symbolic link in it.

    :param create: Make a folder that does not exist.
    :raises FileNotFoundError: there is no such folder.
    :raises NotADirectoryError: it is something else.
    :raises InvalidRequestError: it is the root of the file system.
    """
    if isinstance(place, Container):
        return place
    from libcloud.storage.drivers.local import LocalStorageDriver

    path = os.path.realpath(place)
    if create:
        os.makedirs(path, exist_ok=True)
    if not stat.S_ISDIR(os.stat(path).st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    parent, name = os.path.split(path)
    if not name:
        raise InvalidRequestError("The root of the file system cannot stand for a container")
    return LocalStorageDriver(parent).get_container(name)


def is_local(container: Container) -> bool:
    from libcloud.storage.drivers.local import LocalStorageDriver

    return isinstance(container.driver, LocalStorageDriver)


def objects_of(source: Container | Folder | Iterable[Object], prefix: str) -> Iterator[Object]:
    """The objects of a container or folder, or those that are given, with a prefix."""
    if isinstance(source, Container | str | os.PathLike):
        yield from container_of(source).iterate_objects(prefix=prefix or None)
    else:
        yield from (obj for obj in source if obj.name.startswith(prefix))


def file_called(path: Folder) -> Object:
    """
    A file of this machine as an object of the local driver.

    :raises FileNotFoundError: there is none.
    :raises IsADirectoryError: it is a folder.
    """
    real_path = os.path.realpath(path)
    if stat.S_ISDIR(os.stat(real_path).st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    folder, name = os.path.split(real_path)
    return container_of(folder).get_object(name)


def name_of(path: Folder) -> str:
    """
    The name of the object that a file is uploaded as, when none is given: its path.

    :raises InvalidRequestError: the path is absolute, or leads out of the current folder.
    """
    path = os.path.normpath(path)
    if os.path.isabs(path) or path.split(os.sep)[0] == os.pardir:
        raise InvalidRequestError(
            f"{path} cannot be the name of an object: give the pair (path, name)"
        )
    return path.replace(os.sep, "/")
