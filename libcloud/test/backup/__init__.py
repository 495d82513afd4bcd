"""The old mixin of tests for backup drivers. It needs ``self.driver``."""

from __future__ import annotations

from typing import Any

from libcloud.backup.base import BackupTarget
from libcloud.backup.types import BackupTargetType

__all__ = ["BackupTarget", "BackupTargetType", "TestCaseMixin"]


class TestCaseMixin:
    """Goes in front of ``unittest.TestCase``."""

    driver: Any
    assertIsInstance: Any

    def get_supported_target_types(self) -> list[Any]:
        return [BackupTargetType.VIRTUAL]

    def test_list_targets_response(self) -> None:
        targets = self.driver.list_targets()
        self.assertIsInstance(targets, list)
        for target in targets:
            self.assertIsInstance(target, BackupTarget)
