from __future__ import annotations

import pytest

from libcloud.backup.providers import get_driver
from libcloud.backup.types import Provider
from libcloud.testing.backup import BackupDriverConformance


class TestDummyBackup(BackupDriverConformance):
    @pytest.fixture
    def driver(self):
        return get_driver(Provider.DUMMY)("key-of-mine", "secret-of-mine")
