"""Every import path that programs were promised resolves: ``names.txt`` has one on each line."""

from __future__ import annotations

import importlib
import pathlib

import pytest

LINES = pathlib.Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", LINES)
def test_import_path_resolves(line):
    module, _, name = line.partition(":")
    found = importlib.import_module(module)
    assert not name or hasattr(found, name)


def test_list_is_sorted_and_has_no_line_twice():
    assert sorted(set(LINES)) == LINES
