"""What ``contrib/new-driver`` writes passes its own tests at once."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOMAINS = ["backup", "compute", "container", "dns", "loadbalancer", "storage"]
DRIVER_CLASSES = {
    "backup": "BigCloudBackupDriver",
    "compute": "BigCloudNodeDriver",
    "container": "BigCloudContainerDriver",
    "dns": "BigCloudDNSDriver",
    "loadbalancer": "BigCloudLBDriver",
    "storage": "BigCloudStorageDriver",
}


def run(command, folder, **environment):
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
    )


def run_tests(folder, *path):
    plugins = ["-p", "no:randomly", "-p", "no:cacheprovider"]
    done = run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *path],
        folder,
        PYTHONPATH=str(path_of(folder)),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def path_of(folder):
    """The generated code first; this tree's library for a package of its own."""
    return folder if (folder / "libcloud").is_dir() else f"{folder}{os.pathsep}{ROOT}"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of this tree with a new driver in each domain."""
    folder = tmp_path_factory.mktemp("tree")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("libcloud", "contrib"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for domain in DOMAINS:
        done = run([folder / "contrib" / "new-driver", domain, "big_cloud"], folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("domain", DOMAINS)
def test_driver_in_the_tree_passes_its_tests(tree, domain):
    output = run_tests(tree, f"tests/unit/{domain}/test_big_cloud.py")
    assert re.search(r"^\d\d+ passed", output.splitlines()[-1]), output


@pytest.mark.parametrize("domain", DOMAINS)
def test_driver_in_the_tree_is_registered_in_order(tree, domain):
    script = (
        f"from libcloud.{domain}.providers import DRIVERS, get_driver\n"
        f"from libcloud.{domain}.types import Provider\n"
        "print(get_driver(Provider.BIG_CLOUD).__name__)\n"
        "print([str(getattr(name, 'name', name)).lower() for name in DRIVERS])\n"
    )
    done = run([sys.executable, "-c", script], tree, PYTHONPATH=str(tree))
    name, rows = done.stdout.splitlines()
    assert name == DRIVER_CLASSES[domain]
    rows = [row for row in re.findall(r"\w+", rows) if row != "dummy"]
    assert rows == sorted(rows)
    types = (tree / "libcloud" / domain / "types.py").read_text()
    block = types.partition("class Provider")[2].partition("\n\n\n")[0]
    constants = re.findall(r"^    ([A-Z][A-Z0-9_]*) = ", block.partition("    #")[0], re.MULTILINE)
    constants = [constant for constant in constants if constant != "DUMMY"]
    assert constants == sorted(constants)
    assert "BIG_CLOUD" in constants


@pytest.mark.parametrize("domain", DOMAINS)
def test_page_names_the_driver(tree, domain):
    page = (tree / "docs" / domain / "drivers" / "big_cloud.rst").read_text()
    assert page.startswith("BigCloud\n========\n")
    assert f"libcloud.{domain}.drivers.big_cloud.{DRIVER_CLASSES[domain]}" in page
    assert "cme" not in page


def test_generated_code_follows_the_rules_of_the_tree(tree):
    if importlib.util.find_spec("ruff") is None:
        pytest.skip("needs ruff")
    files = [f"libcloud/{domain}/drivers/big_cloud.py" for domain in DOMAINS]
    files += [f"tests/unit/{domain}/test_big_cloud.py" for domain in DOMAINS]
    for command in (["check"], ["format", "--check"]):
        done = run([sys.executable, "-m", "ruff", *command, "--no-cache", *files], tree)
        assert done.returncode == 0, done.stdout


def test_name_that_is_taken_is_refused_and_nothing_is_written(tree):
    before = (tree / "libcloud/dns/providers.py").read_text()
    done = run([tree / "contrib" / "new-driver", "dns", "big_cloud"], tree)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert (tree / "libcloud/dns/providers.py").read_text() == before


def test_name_that_is_no_name_is_refused(tree):
    done = run([tree / "contrib" / "new-driver", "dns", "Big-Cloud"], tree)
    assert done.returncode == 2
    assert "lower-case" in done.stderr


def test_constant_that_has_the_value_already_is_used(tree):
    types = tree / "libcloud/dns/types.py"
    old = '    IONOS = "ionos"\n'
    types.write_text(types.read_text().replace(old, f'    HUGE_CLOUD = "hugecloud"\n{old}', 1))
    done = run([tree / "contrib" / "new-driver", "dns", "hugecloud"], tree)
    assert done.returncode == 0, done.stderr
    providers = (tree / "libcloud/dns/providers.py").read_text()
    assert '    Provider.HUGE_CLOUD: ("libcloud.dns.drivers.hugecloud",' in providers
    assert "    HUGECLOUD = " not in types.read_text()


@pytest.mark.parametrize("domain", DOMAINS)
def test_package_of_its_own_passes_its_tests_and_is_found(tmp_path, domain):
    done = run([ROOT / "contrib" / "new-driver", domain, "big_cloud", "--out", tmp_path], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "cme" not in (tmp_path / "pyproject.toml").read_text()
    pytest.importorskip("setuptools")
    built = run(
        [sys.executable, "-c", "import setuptools; setuptools.setup()", "egg_info"], tmp_path
    )
    assert built.returncode == 0, built.stderr
    assert "skipped" not in run_tests(tmp_path, "tests/test_entry_point.py")
    run_tests(tmp_path, f"tests/test_{domain}.py")


def test_package_leaves_the_tree_alone(tmp_path):
    before = (ROOT / "libcloud/dns/providers.py").read_text()
    run([ROOT / "contrib" / "new-driver", "dns", "big_cloud", "--out", tmp_path], tmp_path)
    assert (ROOT / "libcloud/dns/providers.py").read_text() == before
    assert not (ROOT / "libcloud/dns/drivers/big_cloud.py").exists()
