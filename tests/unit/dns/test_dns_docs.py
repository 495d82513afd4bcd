"""The examples of the pages run as they stand."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs" / "dns"


@pytest.mark.parametrize("page", ["index.rst", "drivers/dummy.rst"])
def test_examples_of_the_page_run(page: str) -> None:
    path = str(DOCS / page)
    result = doctest.testfile(
        path, module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8"
    )
    assert result.attempted > 0
    assert result.failed == 0
