"""Downloads are as long as they should be, and have the hash that they should have."""

from __future__ import annotations

from typing import IO, Any

from libcloud.common.errors import LibcloudError
from libcloud.storage.transfer.models import Download, Progress
from libcloud.storage.types import ObjectHashMismatchError

__all__ = ["copy_verified", "expect_hash"]


def copy_verified(
    download: Download,
    file: IO[bytes],
    object_name: str,
    hash_type: str,
    progress: Progress | None,
    driver: Any,
) -> None:
    """
    Write a download to a file that is open.

    :param object_name: For errors.
    :param hash_type: The algorithm of the hash that the download promises.
    :raises LibcloudError: the length is wrong.
    :raises ObjectHashMismatchError: the hash is wrong.
    """
    import hashlib

    size, expected_hash = download.size, download.expected_hash
    hasher = hashlib.new(hash_type) if expected_hash else None
    done = 0
    for piece in download.pieces:
        file.write(piece)
        done += len(piece)
        if hasher:
            hasher.update(piece)
        if progress:
            progress(done, size)
    if size is not None and done != size:
        raise LibcloudError(
            f"Object {object_name} has {size} bytes, of which {done} arrived", driver=driver
        )
    expect_hash(hasher, expected_hash, hash_type, object_name, driver)


def expect_hash(
    hasher: Any, expected_hash: str | None, hash_type: str, object_name: str, driver: Any
) -> None:
    """
    :param hasher: Has hashed what arrived; None where no hash is expected.
    :raises ObjectHashMismatchError: the hash is wrong.
    """
    if hasher and hasher.hexdigest() != expected_hash:
        raise ObjectHashMismatchError(
            f"The {hash_type} of what arrived is {hasher.hexdigest()}, not {expected_hash}",
            driver,
            object_name,
        )
