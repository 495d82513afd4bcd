"""
The file of an object, at the one or the other of the two places that it may be in.

Places are below an open folder, ``parent``, to which the slashes of the name lead.
"""

from __future__ import annotations

import os
from typing import Any

from libcloud.storage.drivers.local import metadata, tree
from libcloud.storage.drivers.local.drafts import Draft
from libcloud.storage.drivers.local.errors import too_busy
from libcloud.storage.drivers.local.names import Place, Spelling

__all__ = [
    "ATTEMPTS",
    "Found",
    "current",
    "find",
    "look",
    "may_be",
    "move",
    "open_file",
    "state_of",
]

ATTEMPTS = 1000
"""How often in a row something is begun again because others changed files in the meantime."""

Found = tuple[os.stat_result, dict[str, Any] | None]
"""What is known of a file, and what was noted of its content."""


def find(parent: int, spelling: Spelling, driver: Any) -> Found:
    """
    The file of an object, and the note of that very content.

    :raises FileNotFoundError: it is not there.
    """
    for _ in range(ATTEMPTS):
        state = state_of(parent, spelling)
        if state is None:
            raise FileNotFoundError
        note = metadata.read_note(parent, spelling.component, state.st_mtime_ns)
        # Nothing is noted of this content, or it was replaced before its note was looked for.
        if note is None or note or state_of(parent, spelling) == state:
            return state, note
    raise too_busy(spelling.name, driver)


def state_of(parent: int, spelling: Spelling) -> os.stat_result | None:
    """What is known of the file of an object; None when there is none."""
    state = look(parent, spelling.plain)
    if tree.is_file(state):
        return state
    state = look(parent, spelling.aside)
    return state if tree.is_file(state) else None


def current(parent: int, spelling: Spelling) -> Place:
    """Where the file of an object is; the plain place when there is none."""
    for place in (spelling.plain, spelling.aside):
        if tree.is_file(look(parent, place)):
            return place
    return spelling.plain


def look(parent: int, place: Place) -> os.stat_result | None:
    """What is known of whatever is at a place; None when it is free."""
    if not place.folders:
        return tree.look(place.leaf, parent)
    try:
        with tree.walk(parent, place.folders) as folder:
            return tree.look(place.leaf, folder)
    except (FileNotFoundError, tree.NotAFolder):
        return None


def may_be(parent: int, place: Place) -> bool:
    """False when there is nothing, which is found out cheaply, for so it is nearly always."""
    return bool(place.folders) or tree.exists(place.leaf, parent)


def open_file(parent: int, spelling: Spelling) -> tuple[int, os.stat_result] | None:
    """A descriptor of the file of an object, to read, and what is known of it."""
    return _open(parent, spelling.plain) or _open(parent, spelling.aside)


def _open(parent: int, place: Place) -> tuple[int, os.stat_result] | None:
    if not place.folders:
        return tree.open_file(place.leaf, parent)
    try:
        with tree.walk(parent, place.folders) as folder:
            return tree.open_file(place.leaf, folder)
    except (FileNotFoundError, tree.NotAFolder):
        return None


def move(draft: Draft, parent: int, spelling: Spelling) -> None:
    """
    To the plain place, unless a folder is there, or the object is aside already.

    :raises IsADirectoryError: a folder has come to be there just now.
    """
    plain, aside = spelling.plain, spelling.aside
    if may_be(parent, aside) and look(parent, aside) and look(parent, plain) is None:
        _move_to(draft, parent, aside)
        return
    try:
        _move_to(draft, parent, plain)
    except IsADirectoryError:
        _move_to(draft, parent, aside)


def _move_to(draft: Draft, parent: int, place: Place) -> None:
    if not place.folders:
        draft.move(place.leaf, parent)
        return
    with tree.walk(parent, place.folders, create=True) as folder:
        draft.move(place.leaf, folder)
