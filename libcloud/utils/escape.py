"""Names of objects, as they are sent to a provider."""

from __future__ import annotations

__all__ = ["sanitize_object_name"]


def sanitize_object_name(object_name: str) -> str:
    """Turn the backslashes of a Windows path into slashes."""
    return object_name.replace("\\", "/")
