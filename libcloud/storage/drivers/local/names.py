"""
Names of objects as names of files, and back.

An ordinary name is an ordinary path: ``photos/2024/a.jpg`` is the file ``a.jpg`` in two folders. A
component that cannot be a file's name is written in another way, always below the reserved prefix
``.libcloud-``, so that it can be told from every ordinary one:

``.libcloud-name=<text>``
    A component that is empty (``dir//x``), ``.`` or ``..``, begins with the reserved prefix itself,
    or holds a NUL; ``%`` and NUL are escaped as ``%25`` and ``%00``. As a folder also the names
    that 3.x does not look into (``IGNORE_FOLDERS``).
``.libcloud-part=<text>/...``
    The beginning of a component that is too long for a file's name; the folder holds the rest.
``.libcloud-file=<text>``
    The object ``a``, where ``a`` is also a folder because there is an object ``a/b``.

The spelling of a component is unique but for the last rule, so no two names meet in one file.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from libcloud.storage.transfer import TEMPORARY_PREFIX

__all__ = ["IGNORE_FOLDERS", "RESERVED", "Place", "Reader", "Spelling", "is_plain", "places_of"]

IGNORE_FOLDERS = [".lock", ".hash"]
"""Folders that early versions kept for themselves, and which no version lists."""

RESERVED = ".libcloud-"
_NAME, _PART, _FILE = (f"{RESERVED}{kind}=" for kind in ("name", "part", "file"))
assert TEMPORARY_PREFIX.startswith(RESERVED)

_MAX_BYTES = 255
_PART_BYTES = 200


class Place(NamedTuple):
    """A file below a folder: the folders on the way, of which there are few, and its name."""

    folders: tuple[str, ...]
    leaf: str


class Spelling:
    """
    The two files that an object may be in.

    :param name: The name of the object.
    :param parent: The folders below that of the container that the slashes of the name make. The
        metadata is kept in the last one, and both files are in there or, if the name is long,
        below.
    :param component: The text after the last slash.
    """

    __slots__ = ("_aside", "component", "name", "parent", "plain")

    def __init__(self, name: str, parent: tuple[str, ...], component: str) -> None:
        self.name = name
        self.parent = parent
        self.component = component
        #: Where it is unless there is a folder of that name.
        self.plain = Place((), component) if is_plain(component) else _spell(component, _NAME)
        self._aside: Place | None = None

    @property
    def is_long(self) -> bool:
        """Whether one of the two is in folders of its own."""
        return bool(self.plain.folders or self.aside.folders)

    @property
    def aside(self) -> Place:
        """Where it is then."""
        if self._aside is None:
            self._aside = _spell(self.component, _FILE)
        return self._aside


def places_of(object_name: str) -> Spelling:
    """
    Where the object of that name may be.

    :raises ValueError: there cannot be such an object; the text says why.
    """
    if not isinstance(object_name, str) or not object_name:
        raise ValueError("the name of an object is a text of one character at least")
    if not object_name.isascii():
        try:
            os.fsencode(object_name)
        except UnicodeEncodeError as error:
            raise ValueError(f"the name cannot be written in this file system: {error}") from None
    if "/" not in object_name:
        return Spelling(object_name, (), object_name)
    *folders, last = object_name.split("/")
    parent = tuple([part for folder in folders for part in _spell_folder(folder)])
    return Spelling(object_name, parent, last)


def is_plain(component: str) -> bool:
    """True when a component is its own spelling."""
    if not component or "\0" in component:
        return False
    if component[0] == "." and (component in (".", "..") or component.startswith(RESERVED)):
        return False
    return _size(component) <= _MAX_BYTES


def _size(text: str) -> int:
    """
    How many bytes a text has in the name of a file.

    :raises UnicodeEncodeError: it cannot be in one.
    """
    return len(text) if text.isascii() else len(os.fsencode(text))


class Reader(NamedTuple):
    """
    Reads spellings back, folder by folder.

    :param prefix: The part of the names of the objects in a folder that the folders on the way to
        it make: empty, or with a slash at its end.
    :param parts: The folders on the way that spell a beginning of the next component.
    """

    prefix: str = ""
    parts: tuple[str, ...] = ()

    def folder(self, entry: str) -> Reader | None:
        """How to read on in a folder; None when no object is in there."""
        if entry.startswith(_PART):
            return Reader(self.prefix, (*self.parts, entry))
        component = self._component(entry, _NAME)
        if component is None or (*self.parts, entry) != _spell_folder(component):
            return None
        return Reader(f"{self.prefix}{component}/")

    def file(self, entry: str) -> str | None:
        """The name of the object in a file; None when it is not one."""
        if not self.parts and not entry.startswith(RESERVED):
            return self.prefix + entry
        component = self._component(entry, _FILE if self.is_aside(entry) else _NAME)
        name = None if component is None else self.prefix + component
        if not name:
            return None
        spelling = places_of(name)
        place = spelling.aside if self.is_aside(entry) else spelling.plain
        return name if place == Place(self.parts, entry) else None

    def is_aside(self, entry: str) -> bool:
        return entry.startswith(_FILE)

    def _component(self, entry: str, kind: str) -> str | None:
        if not entry.startswith(RESERVED):
            return entry if not self.parts else None
        if not entry.startswith(kind):
            return None
        text = "".join(part[len(_PART) :] for part in self.parts) + entry[len(kind) :]
        return text.replace("%00", "\0").replace("%25", "%")


def _spell_folder(component: str) -> tuple[str, ...]:
    if is_plain(component) and component not in IGNORE_FOLDERS:
        return (component,)
    place = _spell(component, _NAME)
    return (*place.folders, place.leaf)


def _spell(component: str, kind: str) -> Place:
    text = component
    if "%" in text or "\0" in text:
        text = text.replace("%", "%25").replace("\0", "%00")
    if _size(text) <= _PART_BYTES:
        return Place((), kind + text)
    pieces = [""]
    size = 0
    for character in text:
        size += _size(character)
        if size > _PART_BYTES:
            pieces.append("")
            size = _size(character)
        pieces[-1] += character
    return Place(tuple([_PART + piece for piece in pieces[:-1]]), kind + pieces[-1])
