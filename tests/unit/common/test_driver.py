"""What the drivers of all domains have in common."""

from __future__ import annotations

import pytest

from libcloud.common.driver import BaseDriver
from libcloud.common.errors import ProviderClosedWarning


class ClosedDriver(BaseDriver):
    name = "Acme"
    provider_closed = "since 2017; its customers moved to Other."

    def __init__(self, key: str) -> None:
        super().__init__(key)


def test_driver_of_a_closed_provider_warns_at_the_line_that_makes_it() -> None:
    with pytest.warns(ProviderClosedWarning, match=r"^Acme is closed: since 2017;") as caught:
        driver = ClosedDriver("key")
    assert caught[0].filename == __file__
    assert driver.key == "key"
