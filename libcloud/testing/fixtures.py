"""Canned answers kept in files."""

from __future__ import annotations

import difflib
import json
import os
from pathlib import Path
from typing import Any

__all__ = ["Fixtures"]


class Fixtures:
    """
    The files of one folder.

    :param root: The folder, usually ``Path(__file__).parent / "fixtures" / "<provider>"``.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)

    def bytes(self, name: str) -> bytes:
        """
        Content of a file.

        :param name: Path of the file below the folder.
        :raises FileNotFoundError: there is none; the text names the nearest one.
        """
        path = self.root / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(self._missing_message(name)) from None

    def text(self, name: str) -> str:
        """Content of a file in UTF-8."""
        return self.bytes(name).decode("utf-8")

    def json(self, name: str) -> Any:
        """Content of a JSON file as Python data."""
        return json.loads(self.bytes(name))

    def _missing_message(self, name: str) -> str:
        present = sorted(
            str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()
        )
        nearest = difflib.get_close_matches(name, present, n=1)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        return f"no fixture {name} in {self.root} ({len(present)} files there){hint}"
