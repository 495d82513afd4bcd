"""The examples of the docs run."""

from __future__ import annotations

import doctest
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_examples_of_the_compute_page_run() -> None:
    result = doctest.testfile(str(DOCS / "compute" / "index.rst"), module_relative=False)
    assert result.attempted > 20
    assert result.failed == 0
