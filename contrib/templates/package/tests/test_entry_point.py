"""Libcloud finds the driver by the package's entry point."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from acme_libcloud.DOMAIN import DRIVER
from libcloud.DOMAIN.providers import get_driver


def test_get_driver_finds_the_installed_package():
    if "acme" not in entry_points(group="libcloud.DOMAIN").names:
        pytest.skip("install the package first: pip install --editable .")
    assert get_driver("acme") is DRIVER
