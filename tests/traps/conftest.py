"""The server that the tests of traps and pains talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.providers import prompt_server
from tests.faults.server import FaultServer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with prompt_server() as running:
        yield running
