"""
Machines: nodes, their sizes, images and locations, volumes and snapshots, SSH key pairs.

Start with :func:`libcloud.compute.providers.get_driver`; the contract of every driver is
:class:`libcloud.compute.base.NodeDriver`.
"""

from __future__ import annotations

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    # Programs import the package and name its modules from there.
    if name in {"base", "deployment", "deprecated", "drivers", "providers", "ssh", "types"}:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
