"""The examples of the documentation, run as they stand."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs" / "container"
PAGES = ["index.rst", "drivers/dummy.rst"]


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_the_page_run(page):
    text = (DOCS / page).read_text()
    blocks = re.findall(r"\.\. code-block:: python\n\n((?:(?:    .*)?\n)+)", text)
    assert blocks
    namespace = {}
    for block in blocks:
        exec(compile(textwrap.dedent(block), page, "exec"), namespace)
