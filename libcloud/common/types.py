"""
Types that all domains share, under the names that programs import.

The errors live in :mod:`libcloud.common.errors`, where the whole tree is explained.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Any

from libcloud.common.errors import (
    ConflictError,
    ErrorKind,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    ProviderError,
    ProviderNotFoundError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    UnsupportedOperation,
)

__all__ = [
    "ConflictError",
    "ErrorKind",
    "InvalidCredsError",
    "InvalidCredsException",
    "LazyList",
    "LibcloudError",
    "MalformedResponseError",
    "NetworkError",
    "PermissionDeniedError",
    "ProviderError",
    "ProviderNotFoundError",
    "QuotaExceededError",
    "ResourceExistsError",
    "ResourceNotFoundError",
    "ServiceUnavailableError",
    "Type",
    "UnsupportedOperation",
]

InvalidCredsException = InvalidCredsError


class Type(str, enum.Enum):
    """
    Base of the enumerations of states and providers.

    A member is its value: it compares equal to it, and formats as it.
    """

    @classmethod
    def tostring(cls, value: Any) -> str:
        """The member's name, in upper case as it is written."""
        return str(value._name_)

    @classmethod
    def fromstring(cls, value: str) -> Any:
        """The member of that name, whatever its case; None when there is none."""
        return getattr(cls, value.upper(), None)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Type):
            return bool(other.value == self.value)
        if isinstance(other, str):
            return bool(self.value == other)
        return super().__eq__(other)

    def upper(self) -> str:
        return str(self.value).upper()

    def lower(self) -> str:
        return str(self.value).lower()

    def __ne__(self, other: object) -> bool:
        return not self.__eq__(other)

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return str(self.value)

    def __hash__(self) -> int:
        return hash(self.value)


class LazyList:
    """
    A list that is fetched page by page, while it is read.

    :param get_more: Called as ``get_more(last_key=..., value_dict=...)``; returns the tuple
        ``(items, last_key, exhausted)``.
    :param value_dict: Handed to ``get_more`` as it is.
    """

    def __init__(
        self, get_more: Callable[..., Any], value_dict: dict[str, Any] | None = None
    ) -> None:
        self._data: list[Any] = []
        self._last_key: Any = None
        self._exhausted = False
        self._get_more = get_more
        self._value_dict = value_dict or {}

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while True:
            while index < len(self._data):
                yield self._data[index]
                index += 1
            if self._exhausted:
                return
            self._load_more()

    def __getitem__(self, index: int) -> Any:
        while not self._exhausted and (index < 0 or index >= len(self._data)):
            self._load_more()
        return self._data[index]

    def __len__(self) -> int:
        while not self._exhausted:
            self._load_more()
        return len(self._data)

    def __repr__(self) -> str:
        more = "" if self._exhausted else ", ..."
        return f"[{', '.join(repr(item) for item in self._data)}{more}]"

    def _load_more(self) -> None:
        items, self._last_key, self._exhausted = self._get_more(
            last_key=self._last_key, value_dict=self._value_dict
        )
        self._data += items
