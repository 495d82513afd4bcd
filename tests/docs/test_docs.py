"""
The examples of the README and of all pages run as they stand.

A page is one program: its ``::`` blocks, its ``code-block:: python`` and its ``>>>`` lines are run
in their order, with one set of names, in an empty folder. Two comments, which readers do not see,
help::

    .. prepare:

       driver = get_driver("dummy")("key")        # run, but not shown

    .. not run: needs an account at Acme          # the next block is only compiled

``fixture`` is there beforehand, and gets a pytest fixture by its name: ``aws`` answers for Amazon,
``addresses`` leads an address of a page to a local server.
"""

from __future__ import annotations

import doctest
import itertools
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

START = re.compile(
    r"(?P<indent> *)(?:\.\. code-block:: python|\.\. prepare:|(?!\.\. |.*``::``).*::)$"
)
OPTION = re.compile(r" +:\w+:")
NOT_RUN = re.compile(r" *\.\. not run: \S")


class Block(NamedTuple):
    line: int
    code: str
    runs: bool


def blocks_of(text: str) -> list[Block]:
    blocks = []
    lines = text.splitlines()
    runs = True
    for number, line in enumerate(lines):
        if NOT_RUN.match(line):
            runs = False
        elif match := START.match(line):
            first = number + 1
            while not lines[first] or OPTION.match(lines[first]):
                first += 1
            blocks.append(Block(first, indented(lines[first:], match["indent"]), runs))
            runs = True
    return blocks


def indented(lines: list[str], indent: str) -> str:
    """The lines that are deeper than an indent, up to the first that is not."""
    inside = itertools.takewhile(lambda line: not line or line.startswith(f"{indent} "), lines)
    return textwrap.dedent("\n".join(inside)).strip("\n") + "\n"


def run(block: Block, page: Path, names: dict[str, Any]) -> None:
    if ">>>" in block.code:
        test = doctest.DocTestParser().get_doctest(
            block.code, names, page.name, str(page), block.line
        )
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        report: list[str] = []
        runner.run(test, out=report.append, clear_globs=False)
        names.update(test.globs)
        assert not runner.failures, "".join(report)
        return
    # The empty lines before it make a traceback show the line of the page.
    program = compile("\n" * block.line + block.code, str(page), "exec")
    if block.runs:
        exec(program, names)


def pages() -> Iterator[Any]:
    for page in [ROOT / "README.rst", *sorted((ROOT / "docs").rglob("*.rst"))]:
        blocks = blocks_of(page.read_text(encoding="utf-8"))
        if blocks:
            from_debian = any('_server")' in block.code for block in blocks)
            marks = [pytest.mark.debian] if from_debian else []
            yield pytest.param(page, id=str(page.relative_to(ROOT)), marks=marks)


@pytest.mark.parametrize("page", list(pages()))
def test_examples_of_the_page_run(
    page: Path,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__example__", "fixture": request.getfixturevalue}
    if page.name == "README.rst":
        # It is read as it is more often than rendered, so nothing hidden is in it.
        request.getfixturevalue("aws")
    for block in blocks_of(page.read_text(encoding="utf-8")):
        run(block, page, names)


@pytest.fixture
def aws() -> Iterator[None]:
    """Amazon's own addresses are answered by moto, within this process."""
    moto = pytest.importorskip("moto", reason="needs moto: pip install apache-libcloud[test]")
    with moto.mock_aws():
        yield


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, int], tuple[str, int]]:
    """Where to connect instead: an address of a page -> the address of a local server."""
    from urllib3.util import connection

    table: dict[tuple[str, int], tuple[str, int]] = {}
    connect = connection.create_connection
    monkeypatch.setattr(
        connection,
        "create_connection",
        lambda address, *args, **kwargs: connect(table.get(address, address), *args, **kwargs),
    )
    return table


def test_blocks_of_a_page_are_found() -> None:
    page = """\
Text::

    one = 1

    two = 2

.. code-block:: console

    $ ls

- Item::

      three = 3

.. not run: no server
.. code-block:: python
    :class: x

    four = 4
"""
    found = [(block.line, block.code, block.runs) for block in blocks_of(page)]
    assert found == [
        (2, "one = 1\n\ntwo = 2\n", True),
        (12, "three = 3\n", True),
        (18, "four = 4\n", False),
    ]
