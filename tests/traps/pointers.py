"""Tests that are named elsewhere: a name that nobody has is found out here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any


def find_test(path: str) -> Callable[..., Any]:
    """
    The test at a path such as ``unit.dns.test_names.test_apex`` or ``live.test_x.TestX.test_y``.

    :raises AssertionError: there is none.
    """
    parts = path.split(".")
    depth = next(i for i, part in enumerate(parts) if part.startswith("test_")) + 1
    found: Any = importlib.import_module(".".join(["tests", *parts[:depth]]))
    for name in parts[depth:]:
        found = getattr(found, name, None)
    assert callable(found) and parts[-1].startswith("test_"), f"there is no test {path}"
    return found


def expand(paths: str) -> Iterable[str]:
    """The paths in a text: ``module:``, and the names of its tests in the lines below."""
    module = ""
    for word in paths.split():
        if word.endswith(":"):
            module = word.removesuffix(":")
        else:
            yield f"{module}.{word}"
