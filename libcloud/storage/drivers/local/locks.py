"""
The locks that programs written for 3.x import from the local driver.

The driver itself needs none: each of its operations happens all at once.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from typing import Any

from libcloud.common.errors import LibcloudError
from libcloud.storage.drivers.local.tree import lock_file

__all__ = ["LockLocalStorage", "NoOpLockLocalStorage"]


class LockLocalStorage:
    """
    Context manager: nobody else, in this process or another, is in the lock of the same path.

    :param path: What is locked. It is not opened, and need not exist.
    :param timeout: Seconds to wait for the lock.
    :raises LibcloudError: on entering, when the time is over.
    """

    def __init__(self, path: str, timeout: float = 5) -> None:
        import tempfile

        self.path = path
        self.lock_acquire_timeout = timeout
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()
        self.ipc_lock_path = os.path.join(tempfile.gettempdir(), f"{digest}.lock")
        self.thread_lock = threading.Lock()
        self.ipc_lock: int | None = None

    def __enter__(self) -> None:
        end = time.monotonic() + self.lock_acquire_timeout
        if not self.thread_lock.acquire(timeout=self.lock_acquire_timeout):
            raise self._timeout()
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        try:
            self.ipc_lock = os.open(self.ipc_lock_path, flags, 0o600)
            while not lock_file(self.ipc_lock, wait=False):
                if time.monotonic() > end:
                    raise self._timeout()
                time.sleep(0.01)
        except BaseException:
            self._release()
            raise

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        self._release()

    def _release(self) -> None:
        if self.ipc_lock is not None:
            os.close(self.ipc_lock)
            self.ipc_lock = None
        self.thread_lock.release()

    def _timeout(self) -> LibcloudError:
        return LibcloudError(
            f"Failed to acquire the lock of {self.path} in {self.lock_acquire_timeout} seconds"
        )


class NoOpLockLocalStorage:
    """Looks like :class:`LockLocalStorage`, and locks nothing."""

    def __init__(self, path: str, timeout: float = 5) -> None:
        self.path = path
        self.lock_acquire_timeout = timeout

    def __enter__(self) -> bool:
        return True

    def __exit__(self, type: Any, value: Any, traceback: Any) -> bool:
        return value is None
