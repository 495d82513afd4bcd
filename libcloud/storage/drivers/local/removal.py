"""Objects go, and with them their notes and the folders that are empty then."""

from __future__ import annotations

import os
from contextlib import suppress

from libcloud.storage.drivers.local import metadata, places, tree
from libcloud.storage.drivers.local.names import Place, Spelling

__all__ = ["remove_empty_folders", "remove_object"]


def remove_object(container: int, spelling: Spelling) -> bool:
    """
    Remove the file of an object, its note, and the folders that are empty then.

    :returns: False when it is not there.
    """
    while not _remove(container, spelling):
        if not _is_there(container, spelling):
            return False
        # There, but not removed: another call put it aside at that moment.
    return True


def _remove(container: int, spelling: Spelling) -> bool:
    try:
        with (
            tree.walk(container, spelling.parent) as parent,
            metadata.notes_of(parent, create=False) as notes,
        ):
            # What is aside goes first: where there are both, the plain one counts.
            aside = spelling.aside
            found = places.may_be(parent, aside) and _unlink(parent, aside, spelling, notes)
            found = _unlink(parent, spelling.plain, spelling, notes) or found
    except (FileNotFoundError, tree.NotAFolder):
        return False
    if found and (notes or spelling.parent or spelling.is_long):
        _prune(container, spelling)
    return found


def _unlink(parent: int, place: Place, spelling: Spelling, notes: metadata.Notes | None) -> bool:
    """Remove the file of an object at one of its places, and its note."""
    try:
        with tree.walk(parent, place.folders) as folder:
            state = tree.look(place.leaf, folder)
            if state is None or not tree.is_file(state):
                return False
            os.unlink(place.leaf, dir_fd=folder)
    except (FileNotFoundError, IsADirectoryError, tree.NotAFolder):
        # A folder there: another call has just put the file aside, and the caller looks again.
        return False
    if notes:
        notes.remove(spelling.component, state.st_mtime_ns)
    return True


def _is_there(container: int, spelling: Spelling) -> bool:
    try:
        with tree.walk(container, spelling.parent) as parent:
            return places.state_of(parent, spelling) is not None
    except (FileNotFoundError, tree.NotAFolder):
        return False


def _prune(container: int, spelling: Spelling) -> None:
    """Remove the folders that an object was in, from the last one, as far as they are empty."""
    for place in (spelling.plain, spelling.aside):
        way = (*spelling.parent, *place.folders)
        with suppress(OSError):
            for depth in range(len(way), len(spelling.parent), -1):
                if not _remove_folder(container, way[:depth]):
                    break
    with suppress(OSError):
        for depth in range(len(spelling.parent), -1, -1):
            way = spelling.parent[:depth]
            with tree.walk(container, way) as folder:
                metadata.discard_orphans(folder)
            if way and not _remove_folder(container, way):
                return


def remove_empty_folders(container: int) -> None:
    """Remove the folders in that of a container that hold but folders, and notes of nothing."""
    ways: list[tuple[str, ...]] = [()]
    for way in ways:  # which grows meanwhile
        with (
            suppress(FileNotFoundError, tree.NotAFolder),
            tree.walk(container, way) as folder,
            os.scandir(folder) as entries,
        ):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and entry.name != metadata.FOLDER:
                    ways.append((*way, entry.name))
    for way in reversed(ways):
        with suppress(FileNotFoundError, tree.NotAFolder):
            with tree.walk(container, way) as folder:
                metadata.discard_orphans(folder)
            if way:
                _remove_folder(container, way)


def _remove_folder(container: int, way: tuple[str, ...]) -> bool:
    """Remove the last folder of a way, if it is empty. True if it is gone."""
    with tree.walk(container, way[:-1]) as parent:
        return tree.remove_folder(way[-1], parent)
