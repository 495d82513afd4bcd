"""The objects of a container, found in its folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from libcloud.storage.drivers.local import places, tree
from libcloud.storage.drivers.local.metadata import read_note
from libcloud.storage.drivers.local.models import to_object
from libcloud.storage.drivers.local.names import RESERVED, Reader, places_of
from libcloud.storage.models import Container, Object

__all__ = ["objects_in"]

# How many levels of folders a listing holds open; what is below them is opened again and again.
_OPEN_FOLDERS = 16


def objects_in(
    root: int,
    container: Container,
    wanted: str,
    driver: Any,
    way: tuple[str, ...] = (),
    reader: Reader = Reader(),  # noqa: B008 - it is immutable
) -> Iterator[Object]:
    """
    The objects in the folder of a container whose names begin so, in the order of the file system,
    one folder after another. What is deleted meanwhile is left out.

    :param way: The folders from that of the container to the one to begin with.
    :param reader: Reads the names in there.
    """
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
                    if reader.parts or entry.name.startswith(RESERVED):
                        name = reader.file(entry.name)
                        if name is None or not name.startswith(wanted):
                            continue
                        found = _find_spelled(root, name, reader.is_aside(entry.name), driver)
                        if found is None:
                            continue
                        state, note = found
                    else:  # All this is in `places.find`, too, but here it has to be fast.
                        name = reader.prefix + entry.name
                        if not name.startswith(wanted):
                            continue
                        try:
                            state = entry.stat(follow_symlinks=False)
                        except FileNotFoundError:  # deleted since
                            continue
                        note = read_note(folder, entry.name, state.st_mtime_ns)
                    yield to_object(name, state, note, container, driver)
                elif entry.is_dir(follow_symlinks=False):
                    inside = reader.folder(entry.name)
                    if inside is None or not _may_match(inside.prefix, wanted):
                        continue
                    below = (*way, entry.name)
                    if len(way) < _OPEN_FOLDERS:
                        yield from objects_in(root, container, wanted, driver, below, inside)
                    else:
                        pending.append((below, inside))


def _find_spelled(root: int, name: str, is_aside: bool, driver: Any) -> places.Found | None:
    """
    The file of a name that is not a path as it is, which is rare. Its note may be in another
    folder, and of two files the plain one counts.

    :param is_aside: Of which file it is asked. None if it is not the one that counts.
    """
    spelling = places_of(name)
    with (
        suppress(FileNotFoundError, tree.NotAFolder),  # deleted since
        tree.walk(root, spelling.parent) as parent,
    ):
        if is_aside and tree.is_file(places.look(parent, spelling.plain)):
            return None  # It is listed as such.
        return places.find(parent, spelling, driver)
    return None


def _may_match(prefix: str, wanted: str) -> bool:
    return prefix.startswith(wanted) or wanted.startswith(prefix)
