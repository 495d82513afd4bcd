"""
Write tests/import_paths/names.txt: the import paths that programs were promised.

    python contrib/import_paths.py <inventory>... > tests/import_paths/names.txt

An inventory is a JSON object whose ``entries`` are ``{"k": kind, "n": dotted name, ...}``. A line
is ``module`` or ``module:Name``. Only modules that exist by now are listed; a name which such a
module lacks goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from pathlib import Path
from types import ModuleType

KINDS = {"class", "const", "export", "function"}


def main(inventories: list[Path]) -> int:
    entries = [entry for path in inventories for entry in json.loads(path.read_text())["entries"]]
    names = {entry["n"] for entry in entries if entry["k"] == "module"}
    modules = {name: module for name in names if (module := _module(name)) is not None}
    lines = set(modules)
    missing: set[str] = set()
    for entry in entries:
        module_name, _, name = entry["n"].rpartition(".")
        if entry["k"] in KINDS and not name.startswith("_") and module_name in modules:
            there = hasattr(modules[module_name], name)
            (lines if there else missing).add(f"{module_name}:{name}")
    print("\n".join(sorted(lines)))
    for line in sorted(missing):
        print(f"missing: {line}", file=sys.stderr)
    return 1 if missing else 0


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
