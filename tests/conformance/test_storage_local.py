"""The local storage driver keeps the contract, and other programs see plain files."""

import os
from pathlib import Path

import pytest

from libcloud.storage.drivers.local import LocalStorageDriver
from libcloud.testing.storage import StorageDriverConformance


class TestLocalStorage(StorageDriverConformance):
    threads = 16
    rounds = 20
    invalid_container_name = "a/b"

    @pytest.fixture
    def driver(self, tmp_path_factory):
        self.root = tmp_path_factory.mktemp("root")
        return LocalStorageDriver(str(self.root))

    def stored(self, container_name):
        """The file system's own view. The names that it cannot hold are left to the unit tests."""
        top = self.root / container_name
        found = {}
        for folder, _, files in os.walk(top):
            for file in files:
                path = os.path.join(folder, file)
                name = os.path.relpath(path, top)
                if ".libcloud-" not in name:
                    found[name] = Path(path).read_bytes()
        return found

    def _compare_with_other_client(self, container, expected):
        ordinary = {
            name: content
            for name, content in expected.items()
            if os.path.normpath(name) == name and not name.startswith("..")
        }
        super()._compare_with_other_client(container, ordinary)
