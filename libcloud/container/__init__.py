"""Containers: images, the containers that run from them, and the clusters that hold them."""

from __future__ import annotations

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    # Programs import the package and name its modules from there.
    if name in {"base", "drivers", "providers", "types", "utils"}:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
