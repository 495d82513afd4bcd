"""Bodies of requests that count, hash and report while they are sent."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from typing import IO, Any

from libcloud.storage.transfer.models import Progress
from libcloud.storage.transfer.sources import CHUNK_SIZE, chunks_of

__all__ = ["FileBody", "StreamBody"]


def _md5() -> Any:
    import hashlib

    return hashlib.md5()


class FileBody:
    """
    A file as the body of a request: sent with its length, hashed and reported while it is read.

    :param file: Open for reading in binary mode; what follows its position is sent.
    :param hasher: An object with ``update``, made anew by ``new_hash`` when the body is rewound.
    """

    def __init__(
        self,
        file: IO[bytes],
        new_hash: Callable[[], Any] = _md5,
        progress: Progress | None = None,
    ) -> None:
        self._file = file
        self._start = file.tell()
        self._size = file.seek(0, os.SEEK_END) - self._start
        file.seek(self._start)
        self._new_hash = new_hash
        self._hash = new_hash()
        self._progress = progress
        self.bytes_done = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(CHUNK_SIZE), b"")

    def read(self, size: int = -1) -> bytes:
        left = self._size - self.bytes_done  # never more than was promised, if the file grows
        data = self._file.read(left if size is None or size < 0 else min(size, left))
        self._hash.update(data)
        self.bytes_done += len(data)
        if data and self._progress:
            self._progress(self.bytes_done, self._size)
        return data

    def tell(self) -> int:
        return self.bytes_done

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go back to the beginning, which is what sending a body again takes."""
        if (offset, whence) == (self.bytes_done, os.SEEK_SET) or (offset, whence) == (
            0,
            os.SEEK_CUR,
        ):
            return self.bytes_done
        if (offset, whence) != (0, os.SEEK_SET):
            raise OSError(errno.EINVAL, "A body can only be read again from its beginning")
        self._file.seek(self._start)
        self._hash = self._new_hash()
        self.bytes_done = 0
        return 0

    def hexdigest(self) -> str:
        """The hash of what was read so far."""
        return str(self._hash.hexdigest())


class StreamBody:
    """
    An iterator as the body of a request, of no known length: sent chunked, and only once.

    Small pieces are sent together, so that each of them does not cost a packet of its own.
    """

    def __init__(
        self,
        source: Any,
        new_hash: Callable[[], Any] = _md5,
        progress: Progress | None = None,
    ) -> None:
        self._chunks = chunks_of(source, CHUNK_SIZE)
        self._hash = new_hash()
        self._progress = progress
        self.bytes_done = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        data = next(self._chunks)
        self._hash.update(data)
        self.bytes_done += len(data)
        if self._progress:
            self._progress(self.bytes_done, None)
        return data

    def hexdigest(self) -> str:
        """The hash of what was read so far."""
        return str(self._hash.hexdigest())
