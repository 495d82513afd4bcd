"""
Storage in a folder of this machine.

===================================================  =============================================
:mod:`~libcloud.storage.drivers.local.driver`          ``LocalStorageDriver``
:mod:`~libcloud.storage.drivers.local.names`           names of objects <-> names of files
:mod:`~libcloud.storage.drivers.local.tree`            files below a root, without a way out
:mod:`~libcloud.storage.drivers.local.metadata`        where metadata is kept
:mod:`~libcloud.storage.drivers.local.errors`          what the file system says
:mod:`~libcloud.storage.drivers.local.locks`           the locks that programs of 3.x import
===================================================  =============================================
"""

from libcloud.storage.drivers.local.driver import LocalStorageDriver
from libcloud.storage.drivers.local.locks import LockLocalStorage, NoOpLockLocalStorage
from libcloud.storage.drivers.local.names import IGNORE_FOLDERS

__all__ = ["IGNORE_FOLDERS", "LocalStorageDriver", "LockLocalStorage", "NoOpLockLocalStorage"]
