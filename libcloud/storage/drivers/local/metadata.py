"""
Metadata of objects, and their content types: in small files beside the objects.

A folder that has objects with metadata has a folder ``.libcloud-meta``. The note of an object is
called by a hash of its name and by the time of change of *that* content. So it is written before
the content takes its place, and becomes valid with it in the same instant; a content that another
program put there has another time of change, and no note.

Notes of contents that are gone, which a killed process leaves or two that write at the same moment,
are never read. They go with the last object of the folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

from libcloud.storage.drivers.local.names import RESERVED
from libcloud.storage.drivers.local.tree import (
    NotAFolder,
    exists,
    lock_file,
    open_file,
    open_folder,
    remove_folder,
)

__all__ = ["FOLDER", "Notes", "discard_orphans", "note_of", "notes_of", "read_note"]

FOLDER = f"{RESERVED}meta"
_LOCK = "lock"
_NO_NOTES = nullcontext(None)


def note_of(extra: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the ``extra`` that an upload is given; empty if that is nothing."""
    note: dict[str, Any] = {}
    if extra.get("meta_data"):
        note["meta_data"] = {str(k): str(v) for k, v in extra["meta_data"].items()}
    if extra.get("content_type"):
        note["content_type"] = str(extra["content_type"])
    return note


class Notes:
    """The notes in one folder, while this process may change them."""

    def __init__(self, folder: int) -> None:
        self._folder = folder

    def write(self, component: str, changed: int, note: dict[str, Any]) -> None:
        """
        :param component: The name of the object after its last slash.
        :param changed: Time of change of its content, in nanoseconds.
        """
        import json

        name = _file_name(component, changed)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(name, flags, 0o666, dir_fd=self._folder), "w") as file:
            json.dump(note, file)

    def remove(self, component: str, changed: int) -> None:
        with suppress(FileNotFoundError):
            os.unlink(_file_name(component, changed), dir_fd=self._folder)


def notes_of(parent: int, create: bool) -> AbstractContextManager[Notes | None]:
    """
    The notes in a folder, locked; None when it has none and ``create`` is False.

    The folder of the notes goes when there is none left.
    """
    opened = _open_locked(parent, create)
    return _NO_NOTES if opened is None else _use(parent, *opened)


@contextmanager
def _use(parent: int, folder: int, lock: int) -> Iterator[Notes]:
    try:
        yield Notes(folder)
    finally:
        if _is_empty(folder):
            _remove(parent, folder)
        os.close(lock)
        os.close(folder)


def read_note(parent: int, component: str, changed: int) -> dict[str, Any] | None:
    """
    What was noted of a content; empty if nothing was.

    :returns: None when the folder has no notes at all, so that there is no need to ask again.
    """
    if not exists(FOLDER, parent):
        return None
    try:
        folder = open_folder(FOLDER, parent)
    except (FileNotFoundError, NotAFolder):
        return None
    try:
        found = open_file(_file_name(component, changed), folder)
    finally:
        os.close(folder)
    if found is None:
        return {}
    import json

    with os.fdopen(found[0], "rb") as opened:
        try:
            note = json.loads(opened.read())
        except ValueError:
            return {}
    return note if isinstance(note, dict) else {}


def discard_orphans(parent: int) -> None:
    """Remove all notes of a folder in which there is nothing else."""
    if not exists(FOLDER, parent):
        return
    with os.scandir(parent) as entries:
        if any(entry.name != FOLDER for entry in entries):
            return
    opened = _open_locked(parent, create=False)
    if opened is None:
        return
    folder, lock = opened
    try:
        with os.scandir(parent) as entries:
            if any(entry.name != FOLDER for entry in entries):
                return  # somebody who had the lock before brought an object
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name != _LOCK:
                    os.unlink(entry.name, dir_fd=folder)
        _remove(parent, folder)
    finally:
        os.close(lock)
        os.close(folder)


def _open_locked(parent: int, create: bool) -> tuple[int, int] | None:
    if not create and not exists(FOLDER, parent):
        return None
    while True:
        if create:
            with suppress(FileExistsError):
                os.mkdir(FOLDER, dir_fd=parent)
        try:
            folder = open_folder(FOLDER, parent)
        except FileNotFoundError:
            if create and os.fstat(parent).st_nlink > 0:
                continue
            return None
        except NotAFolder:
            if create:
                raise
            return None
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            lock = os.open(_LOCK, flags, 0o666, dir_fd=folder)
        except FileNotFoundError:  # removed by the last who was in here
            os.close(folder)
            continue
        if lock_file(lock, wait=True):
            return folder, lock
        os.close(lock)
        os.close(folder)


def _is_empty(folder: int) -> bool:
    with os.scandir(folder) as entries:
        return all(entry.name == _LOCK for entry in entries)


def _remove(parent: int, folder: int) -> None:
    os.unlink(_LOCK, dir_fd=folder)
    remove_folder(FOLDER, parent)


def _file_name(component: str, changed: int) -> str:
    digest = hashlib.sha256(os.fsencode(component)).hexdigest()[:40]
    return f"{digest}-{changed}.json"
