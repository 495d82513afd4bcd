"""
What programs and drivers import; it lives in:

- :mod:`libcloud.backup.models`: ``BackupTarget``, ``BackupTargetJob``,
  ``BackupTargetRecoveryPoint``
- :mod:`libcloud.backup.driver`: ``BackupDriver``
"""

from __future__ import annotations

from libcloud.backup.driver import BackupDriver
from libcloud.backup.models import BackupTarget, BackupTargetJob, BackupTargetRecoveryPoint
from libcloud.backup.types import BackupTargetType
from libcloud.common.base import BaseDriver, ConnectionUserAndKey

__all__ = [
    "BackupDriver",
    "BackupTarget",
    "BackupTargetJob",
    "BackupTargetRecoveryPoint",
    "BackupTargetType",
    "BaseDriver",
    "ConnectionUserAndKey",
]
