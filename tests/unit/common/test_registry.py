from __future__ import annotations

import importlib
import sys
from importlib.metadata import EntryPoint

import pytest

from libcloud.common.errors import (
    DriverNotWrittenError,
    ProviderClosedError,
    ProviderNotFoundError,
)
from libcloud.common.registry import Registry, get_driver, set_driver

DOMAINS = ["backup", "compute", "container", "dns", "loadbalancer", "storage"]


class Provider:
    HERE = "here"
    CLOSED = "closed"
    OLD = "old"
    LATER = "later"


@pytest.fixture
def registry():
    return Registry(
        "compute",
        {"here": ("fractions", "Fraction")},
        Provider,
        closed={"closed": {"reason": "Went under in 2016.", "url": "https://example.com/"}},
        renamed={"old": "here"},
    )


def test_get_driver_loads_the_class(registry):
    from fractions import Fraction

    assert registry.get_driver("here") is Fraction


def test_get_driver_of_a_closed_provider_says_what_happened(registry):
    with pytest.raises(ProviderClosedError, match=r"Went under in 2016.*https://example.com/"):
        registry.get_driver(Provider.CLOSED)


def test_get_driver_of_a_renamed_constant_says_the_new_one(registry):
    with pytest.raises(ProviderClosedError, match='New constant is now called "HERE"'):
        registry.get_driver(Provider.OLD)


def test_get_driver_of_a_constant_without_a_driver_says_so(registry):
    with pytest.raises(DriverNotWrittenError, match="not written yet"):
        registry.get_driver(Provider.LATER)


def test_get_driver_of_an_unknown_name_suggests_the_nearest(registry):
    with pytest.raises(ProviderNotFoundError, match="Did you mean 'here'") as caught:
        registry.get_driver("her")
    assert isinstance(caught.value, AttributeError)


def test_set_driver_registers_and_refuses_a_second_one(registry):
    from decimal import Decimal

    assert registry.set_driver("mine", "decimal", "Decimal") is Decimal
    assert registry.get_driver("mine") is Decimal
    with pytest.raises(AttributeError, match="already registered"):
        registry.set_driver("mine", "fractions", "Fraction")


def test_set_driver_of_a_missing_module_registers_nothing(registry):
    with pytest.raises(ImportError):
        registry.set_driver("mine", "no_such_module_anywhere", "Driver")
    with pytest.raises(ProviderNotFoundError):
        registry.get_driver("mine")


def patch_entry_points(monkeypatch, *points):
    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda group: [point for point in points if point.group == group],
    )


def test_get_driver_finds_an_installed_package(registry, monkeypatch):
    from decimal import Decimal

    patch_entry_points(monkeypatch, EntryPoint("acme", "decimal:Decimal", "libcloud.compute"))
    assert registry.get_driver("acme") is Decimal


def test_installed_package_does_not_replace_a_built_in(registry, monkeypatch):
    from fractions import Fraction

    patch_entry_points(monkeypatch, EntryPoint("here", "decimal:Decimal", "libcloud.compute"))
    assert registry.get_driver("here") is Fraction


def test_two_packages_of_one_name_are_an_error(registry, monkeypatch):
    patch_entry_points(
        monkeypatch,
        EntryPoint("acme", "decimal:Decimal", "libcloud.compute"),
        EntryPoint("acme", "fractions:Fraction", "libcloud.compute"),
    )
    with pytest.raises(ProviderNotFoundError, match="more than one installed package"):
        registry.get_driver("acme")


def test_table_of_ones_own():
    from decimal import Decimal

    drivers = {}
    set_driver(drivers, "mine", "decimal", "Decimal")
    assert get_driver(drivers, "mine") is Decimal
    with pytest.raises(ProviderNotFoundError):
        get_driver(drivers, "yours")
    with pytest.raises(ProviderClosedError):
        get_driver(drivers, "old", deprecated_constants={"old": "mine"})


@pytest.mark.parametrize("domain", DOMAINS)
def test_rows_are_sorted_and_their_constants_exist(domain):
    providers = importlib.import_module(f"libcloud.{domain}.providers")
    values = {
        getattr(value, "value", value)
        for name, value in vars(providers.Provider).items()
        if name.isupper()
    }
    rows = [str(getattr(name, "value", name)) for name in providers.DRIVERS]
    assert rows == sorted(rows)
    assert set(rows) <= values


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_row_loads_a_driver_with_a_page(domain):
    import pathlib

    providers = importlib.import_module(f"libcloud.{domain}.providers")
    base = importlib.import_module("libcloud.common.base").BaseDriver
    docs = pathlib.Path(__file__).parents[3] / "docs" / domain / "drivers"
    pages = " ".join(page.read_text() for page in docs.glob("*.rst"))
    for name, (module, _) in providers.DRIVERS.items():
        driver = providers.get_driver(name)
        assert issubclass(driver, base), name
        # The drivers of a provider's regions are on the page of the one that they derive from.
        classes = [cls for cls in driver.__mro__ if cls.__module__.startswith(module)]
        assert any(cls.__name__ in pages for cls in classes), (
            f"{driver.__name__} has no page in docs/{domain}/drivers"
        )


def test_looking_a_name_up_imports_only_its_module():
    import subprocess

    code = (
        "import sys; from libcloud.compute.providers import get_driver; get_driver('dummy');"
        "bad = [m for m in sys.modules if m.startswith('libcloud.compute.drivers.') "
        "and not m.endswith('dummy')]; "
        "bad += [m for m in ('requests', 'lxml', 'paramiko', 'cryptography') if m in sys.modules];"
        "print(bad)"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"
