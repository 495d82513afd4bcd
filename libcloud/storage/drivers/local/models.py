"""An object, made of what is known of its file."""

from __future__ import annotations

import os
from typing import Any

from libcloud.storage.models import Container, Object

__all__ = ["LocalObject", "times_of", "to_object"]


class _LazyHash:
    """
    The hash of an object's content, computed when it is first read, by reading the file.

    Not a property: what is set on the object, by us or by a program, has precedence.
    """

    def __get__(self, obj: Any, owner: type) -> Any:
        if obj is None:
            return self
        obj.hash = obj.driver._hash_of(obj)
        return obj.hash


class LocalObject(Object):
    """
    An object whose ``hash`` is computed when it is first read.

    :raises ObjectDoesNotExistError: when it is read, and the object is gone; after an upload also
        when another content has taken its place.
    """

    hash: Any = _LazyHash()
    _uploaded: os.stat_result | None = None

    def __init__(
        self,
        name: str,
        size: int,
        hash: str | None,
        extra: dict[str, Any] | None,
        meta_data: dict[str, Any] | None,
        container: Container,
        driver: Any,
    ) -> None:
        self.name = name
        self.size = size
        self.container = container
        self.extra = extra or {}
        self.meta_data = meta_data or {}
        self.driver = driver
        if hash is not None:
            self.hash = hash

    def __repr__(self) -> str:
        known = self.__dict__.get("hash")
        return (
            f"<Object: name={self.name}, size={self.size}, hash={known}, "
            f"provider={self.driver.name} ...>"
        )

    def _has_content(self, state: os.stat_result) -> bool:
        """False when a file has another content than the one that this object was uploaded with."""
        sent = self._uploaded
        return sent is None or (sent.st_ino, sent.st_size, sent.st_mtime_ns) == (
            state.st_ino,
            state.st_size,
            state.st_mtime_ns,
        )


def to_object(
    name: str,
    state: os.stat_result,
    note: dict[str, Any] | None,
    container: Container,
    driver: Any,
) -> LocalObject:
    """
    :param note: What :mod:`.metadata` has of it, if anything.
    """
    extra = times_of(state)
    meta_data = None
    if note:
        meta_data = note.get("meta_data")
        if "content_type" in note:
            extra["content_type"] = note["content_type"]
    return LocalObject(name, state.st_size, None, extra, meta_data, container, driver)


def times_of(state: os.stat_result) -> dict[str, Any]:
    """Seconds since 1970. The creation time is that of the last change of the file's entry."""
    return {
        "creation_time": state.st_ctime,
        "access_time": state.st_atime,
        "modify_time": state.st_mtime,
    }
