"""Content comes: it is written to a draft, which then takes its place as an object."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from typing import Any

from libcloud.storage.drivers.local import metadata, places, tree
from libcloud.storage.drivers.local.drafts import Draft
from libcloud.storage.drivers.local.errors import OpenFolder, too_busy
from libcloud.storage.drivers.local.names import Reader, Spelling, places_of
from libcloud.storage.transfer import CHUNK_SIZE, pieces_of
from libcloud.storage.types import ContainerDoesNotExistError, ObjectError

__all__ = ["COPY_SIZE", "commit", "write"]

COPY_SIZE = 1024 * 1024
"""Bytes of a file that are read at once, to copy it whole."""


def write(draft: Draft, source: Any, progress: Any, container: OpenFolder) -> None:
    """Write all of a source."""
    done = 0
    small: list[bytes] = []  # pieces that are written together
    collected = 0
    try:
        for piece in pieces_of(source, COPY_SIZE):
            done += len(piece)
            small.append(piece)
            collected += len(piece)
            if collected >= CHUNK_SIZE:
                _write_told(draft, b"".join(small), container)
                small.clear()
                collected = 0
            if progress:
                progress(done, None)
    except OSError:
        container.tells = False  # It is the source's, and none of ours.
        raise
    if small:
        draft.write(b"".join(small))


def _write_told(draft: Draft, data: bytes, container: OpenFolder) -> None:
    try:
        draft.write(data)
    except OSError as error:
        raise container.told(error) from None


def commit(
    container: int, draft: Draft, spelling: Spelling, note: dict[str, Any], driver: Any
) -> None:
    """Give a complete file its place, and its note."""
    if note:
        # A time that no other content of this name had: its note is found by it.
        now = time.time_ns()
        os.utime(draft.descriptor, ns=(now, now))
    for _ in range(places.ATTEMPTS):
        try:
            if spelling.parent:
                _make_folders(container, spelling, driver)
            with tree.walk(container, spelling.parent) as parent:
                _place(parent, draft, spelling, note)
            return
        except FileNotFoundError:
            # A folder went away with its last object: make it again, but not the container.
            if os.fstat(container).st_nlink == 0 or os.fstat(draft.descriptor).st_nlink == 0:
                raise ContainerDoesNotExistError(
                    "The container was deleted during the upload", driver, spelling.name
                ) from None
        except (IsADirectoryError, tree.NotAFolder):
            pass  # an object became a folder just now, or a folder an object
    raise too_busy(spelling.name, driver)


def _place(parent: int, draft: Draft, spelling: Spelling, note: dict[str, Any]) -> None:
    if not note and not tree.exists(metadata.FOLDER, parent):
        places.move(draft, parent, spelling)
        return
    with metadata.notes_of(parent, create=bool(note)) as notes:
        if notes is None:  # They went at that moment.
            places.move(draft, parent, spelling)
            return
        changed = os.fstat(draft.descriptor).st_mtime_ns
        replaced = places.state_of(parent, spelling)
        if note:
            notes.write(spelling.component, changed, note)
        places.move(draft, parent, spelling)
        if replaced and replaced.st_mtime_ns != changed:
            notes.remove(spelling.component, replaced.st_mtime_ns)


def _make_folders(container: int, spelling: Spelling, driver: Any) -> None:
    """
    Make the folders that an object is to be in; an object that has the name of one is put aside.

    Only one process does this at a time. Otherwise a file that is to be put aside could become
    a folder at that moment, and the folder would be put aside with all that is in it.
    """
    with suppress(FileNotFoundError, tree.NotAFolder), tree.walk(container, spelling.parent):
        return
    reader = Reader()
    with tree.locked(container):
        for depth, folder in enumerate(spelling.parent):
            with tree.walk(container, spelling.parent[:depth]) as parent:
                state = tree.look(folder, parent)
                if state and not stat.S_ISDIR(state.st_mode):
                    if not tree.is_file(state):
                        raise ObjectError(
                            f"{folder!r} is in the way: it is neither a file nor a folder",
                            driver,
                            spelling.name,
                        )
                    _put_aside(container, parent, folder, places_of(reader.file(folder) or folder))
                with suppress(FileExistsError):
                    os.mkdir(folder, dir_fd=parent)
            reader = reader.folder(folder) or reader


def _put_aside(container: int, parent: int, file: str, spelling: Spelling) -> None:
    aside = spelling.aside
    way = (*spelling.parent, *aside.folders)
    with tree.walk(container, way, create=True) as target:
        os.rename(file, aside.leaf, src_dir_fd=parent, dst_dir_fd=target)
