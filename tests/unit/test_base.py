import subprocess
import sys

import pytest

import libcloud.base
from libcloud.base import DriverType, DriverTypeNotFoundError, get_driver

DOMAINS = ["BACKUP", "COMPUTE", "CONTAINER", "DNS", "LOADBALANCER", "STORAGE"]


@pytest.mark.parametrize("name", DOMAINS)
def test_driver_type_is_the_provider_class_of_the_domain(name):
    module = pytest.importorskip(f"libcloud.{name.lower()}.providers")
    assert getattr(DriverType, name) is module.Provider
    assert getattr(libcloud.base, f"get_{name.lower()}_driver") is not None


def test_factory_map_has_every_domain():
    for name in DOMAINS:
        module = pytest.importorskip(f"libcloud.{name.lower()}.providers")
        factory = libcloud.base.DriverTypeFactoryMap[getattr(DriverType, name)]
        assert factory == module.get_driver


def test_get_driver():
    driver = get_driver(DriverType.COMPUTE, DriverType.COMPUTE.DUMMY)
    assert driver is libcloud.base.get_compute_driver("dummy")


def test_get_driver_of_a_provider_that_does_not_exist():
    with pytest.raises(AttributeError, match="nope"):
        get_driver(DriverType.COMPUTE, "nope")


def test_get_driver_of_a_domain_that_does_not_exist():
    with pytest.raises(DriverTypeNotFoundError) as caught:
        get_driver("x", "y")
    assert caught.value.message == repr(caught.value) == "Driver type 'x' not found."
    assert isinstance(caught.value, KeyError)


def test_import_loads_no_domain():
    code = (
        "import sys, libcloud.base; "
        "assert not [m for m in sys.modules if m.startswith('libcloud.') and m != 'libcloud.base']"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_names():
    with pytest.raises(AttributeError):
        _ = libcloud.base.nothing
    assert "get_dns_driver" in dir(libcloud.base)
