"""Small helpers under the names that programs import, and the warnings about modules."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

__all__ = ["deprecated_warning", "in_development_warning"]

SHOW_DEPRECATION_WARNING = True
SHOW_IN_DEVELOPMENT_WARNING = True
OLD_API_REMOVE_VERSION = "0.7.0"


def deprecated_warning(module: str) -> None:
    """Warn that a module has moved below ``libcloud.compute``."""
    if SHOW_DEPRECATION_WARNING:
        warnings.warn(
            "This path has been deprecated and the module is now available at "
            f'"libcloud.compute.{module}". '
            f"This path will be fully removed in libcloud {OLD_API_REMOVE_VERSION}.",
            category=DeprecationWarning,
        )


def in_development_warning(module: str) -> None:
    """Warn that a module may still change."""
    if SHOW_IN_DEVELOPMENT_WARNING:
        warnings.warn(
            f"The module {module} is in development and you are advised against using it in "
            "production.",
            category=FutureWarning,
        )


def __getattr__(name: str) -> Any:
    # Programs import the package and name its modules from there.
    if name in {"files", "iso8601", "misc", "networking", "publickey", "py3", "retry", "xml"}:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
