"""The dummy storage driver keeps the contract."""

import pytest

from libcloud.storage.drivers.dummy import DummyStorageDriver
from libcloud.testing.storage import StorageDriverConformance


class TestDummyStorage(StorageDriverConformance):
    threads = 16

    @pytest.fixture
    def driver(self):
        return DummyStorageDriver("the-key", "the-secret")
