"""Helpers that fit nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

from libcloud.common.providers import get_driver, set_driver
from libcloud.utils.retry import (
    DEFAULT_BACKOFF,
    DEFAULT_DELAY,
    DEFAULT_TIMEOUT,
    TRANSIENT_SSL_ERROR,
    Retry,
    TransientSSLError,
)

__all__ = [
    "DEFAULT_BACKOFF",
    "DEFAULT_DELAY",
    "DEFAULT_TIMEOUT",
    "TRANSIENT_SSL_ERROR",
    "ReprMixin",
    "Retry",
    "TransientSSLError",
    "dict2str",
    "find",
    "get_driver",
    "get_new_obj",
    "get_secure_random_string",
    "lowercase_keys",
    "merge_valid_keys",
    "retry",
    "reverse_dict",
    "set_driver",
    "str2dicts",
    "str2list",
]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

retry = Retry


class ReprMixin:
    """``<Class a=1, b=2>`` as the text of an object, from the attributes it names."""

    _repr_attributes: list[str] = []

    def __repr__(self) -> str:
        attributes = ", ".join(f"{name}={getattr(self, name)}" for name in self._repr_attributes)
        return f"<{type(self).__name__} {attributes}>"

    def __str__(self) -> str:
        return repr(self)


def find(value: Iterable[T], predicate: Callable[[T], Any]) -> T | None:
    """The first item that the predicate is true for, or None."""
    return next((item for item in value if predicate(item)), None)


def get_secure_random_string(size: int) -> str:
    """
    A secret in hexadecimal.

    :param size: Its length in characters.
    """
    return os.urandom((size + 1) // 2).hex()[:size]


def get_new_obj(obj: Any, klass: type[T], attributes: Mapping[str, Any]) -> T:
    """
    A copy of an object with some attributes changed.

    :param klass: Class of the copy; its constructor must take all attributes of the object by name.
    :param attributes: What to change. ``extra`` is merged into the object's, not replaced.
    """
    values = {**vars(obj), **attributes}
    if isinstance(getattr(obj, "extra", None), dict) and "extra" in attributes:
        values["extra"] = {**obj.extra, **attributes["extra"]}
    return klass(**values)


def merge_valid_keys(
    params: MutableMapping[str, Any],
    valid_keys: Iterable[str],
    extra: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """
    Copy the keys that are valid from ``extra`` to ``params``, and return what was copied.

    :param params: Is changed.
    """
    merged = {key: extra[key] for key in valid_keys if key in extra} if extra else {}
    params.update(merged)
    return merged


def lowercase_keys(dictionary: Mapping[str, V]) -> dict[str, V]:
    """The same values under lower-case keys."""
    return {key.lower(): value for key, value in dictionary.items()}


def reverse_dict(dictionary: Mapping[K, V]) -> dict[V, K]:
    """Value -> key; the last key wins where several have one value."""
    return {value: key for key, value in dictionary.items()}


def str2dicts(data: str) -> list[dict[str, str]]:
    """
    Read ``key value`` lines. An empty line begins the next dictionary.

    The value is all that follows the first space, ``""`` for a line without one.
    """
    result: list[dict[str, str]] = []
    current: dict[str, str] = {}
    for line in map(str.strip, data.split("\n")):
        if line:
            key, _, value = line.partition(" ")
            current[key] = value
        elif current:
            result.append(current)
            current = {}
    return [*result, current] if current else result


def str2list(data: str) -> list[str]:
    """The second word of each line; lines with less are passed over."""
    lines = (line.strip().split(" ") for line in data.split("\n"))
    return [words[1] for words in lines if len(words) > 1]


def dict2str(data: Mapping[str, Any]) -> str:
    """Write ``key value`` lines; a line is the key alone where the value is None."""
    lines = (key if value is None else f"{key} {value}" for key, value in data.items())
    return "".join(f"{line}\n" for line in lines)
