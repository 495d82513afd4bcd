"""
Storage drivers and what they deal in, under the names that programs import.

================================  ==================================================
:mod:`libcloud.storage.driver`    ``StorageDriver``: the contract
:mod:`libcloud.storage.models`    ``Container``, ``Object``
:mod:`libcloud.storage.transfer`  moving bytes: to files, from iterators, over HTTP
================================  ==================================================
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import BaseDriver, Connection, ConnectionUserAndKey
from libcloud.common.types import LibcloudError
from libcloud.storage.driver import DEFAULT_CONTENT_TYPE, StorageDriver
from libcloud.storage.models import Container, Object
from libcloud.storage.types import ObjectDoesNotExistError

__all__ = [
    "CHUNK_SIZE",
    "DEFAULT_CONTENT_TYPE",
    "BaseDriver",
    "Connection",
    "ConnectionUserAndKey",
    "Container",
    "LibcloudError",
    "Object",
    "ObjectDoesNotExistError",
    "StorageDriver",
]

# The size in which drivers written for 3.x read streams.
CHUNK_SIZE = 8096


def __getattr__(name: str) -> Any:
    """Names that were importable from here in 3.x, loaded for those who still do."""
    import importlib

    if name in ("b", "httplib"):
        return getattr(importlib.import_module("libcloud.utils.py3"), name)
    if name == "libcloud":
        importlib.import_module("libcloud.utils.files")
        return importlib.import_module("libcloud")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
