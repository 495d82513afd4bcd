"""
Storage in a folder of this machine.

===================================================  =============================================
:mod:`~libcloud.storage.drivers.local.driver`          ``LocalStorageDriver``
:mod:`~libcloud.storage.drivers.local.models`          an object, made of what is known of its file
:mod:`~libcloud.storage.drivers.local.listing`         objects are found in folders
:mod:`~libcloud.storage.drivers.local.uploads`         content comes,
:mod:`~libcloud.storage.drivers.local.drafts`          in files that nobody takes for objects
:mod:`~libcloud.storage.drivers.local.removal`         objects go, and folders with them
:mod:`~libcloud.storage.drivers.local.places`          the file of an object
:mod:`~libcloud.storage.drivers.local.names`           names of objects <-> names of files
:mod:`~libcloud.storage.drivers.local.metadata`        where metadata is kept
:mod:`~libcloud.storage.drivers.local.tree`            files below a root, without a way out
:mod:`~libcloud.storage.drivers.local.errors`          what the file system says
:mod:`~libcloud.storage.drivers.local.locks`           the locks that programs of 3.x import
===================================================  =============================================
"""

from libcloud.storage.drivers.local.driver import LocalStorageDriver
from libcloud.storage.drivers.local.locks import LockLocalStorage, NoOpLockLocalStorage
from libcloud.storage.drivers.local.names import IGNORE_FOLDERS

__all__ = ["IGNORE_FOLDERS", "LocalStorageDriver", "LockLocalStorage", "NoOpLockLocalStorage"]
