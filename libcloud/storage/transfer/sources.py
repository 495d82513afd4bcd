"""Sources: whatever a program uploads, read as bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["BUFFER_SIZE", "CHUNK_SIZE", "Blocks", "SourceReader", "chunks_of", "pieces_of"]

CHUNK_SIZE = 64 * 1024
"""Bytes that are read at once where the caller names no size."""

BUFFER_SIZE = 512 * 1024
"""Bytes of a buffer that is used again and again: large enough to make the calls for each cheap."""

JOINED_SIZE = 128 * 1024
"""Bytes that small pieces are joined to before they are sent."""


def pieces_of(source: Any, size: int = CHUNK_SIZE) -> Iterator[bytes]:
    """
    The bytes of whatever can be uploaded, in pieces of any size but none empty.

    :param source: A binary file object, an iterable of bytes (text is sent as UTF-8), or bytes.
    :param size: Bytes to read at once from a file object.
    :raises TypeError: something else came out of it.
    """
    if isinstance(source, bytes | bytearray | memoryview | str):
        source = (source,)
    elif hasattr(source, "read"):
        file = source
        source = iter(lambda: file.read(size) or b"", b"")
    for piece in source:
        if isinstance(piece, str):
            piece = piece.encode()
        elif not isinstance(piece, bytes | bytearray | memoryview):
            raise TypeError(f"An upload is made of bytes, not of {type(piece).__name__}")
        if len(piece):
            yield bytes(piece)


def chunks_of(source: Any, size: int) -> Iterator[bytes]:
    """
    The bytes of a source in chunks of exactly ``size``, the last of which may be shorter.

    An empty source has no chunk. Takes time in proportion to the bytes, however small the pieces
    are, and holds two chunks in memory.
    """
    reader = SourceReader(source)
    while blocks := reader.read(size):
        yield bytes(blocks)


class Blocks:
    """
    Bytes in several blocks, none of which is copied: the body of a request that may be sent again.

    :param blocks: The bytes, in order.
    """

    def __init__(self, blocks: Iterable[bytes | memoryview]) -> None:
        self.blocks = tuple(blocks)
        self._size = sum(map(len, self.blocks))

    def __len__(self) -> int:
        """The bytes, not the blocks: what makes a body of a request one of known length."""
        return self._size

    def __iter__(self) -> Iterator[bytes | memoryview]:
        return iter(self.blocks)

    def __bytes__(self) -> bytes:
        if len(self.blocks) == 1 and isinstance(self.blocks[0], bytes):
            return self.blocks[0]
        return b"".join(self.blocks)

    def tell(self) -> int:
        """0: each reading begins at the beginning."""
        return 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Does nothing: each reading begins at the beginning."""
        return 0


class SourceReader:
    """
    Whatever can be uploaded, read by as many bytes as the caller wants.

    :param source: See :func:`pieces_of`.
    """

    def __init__(self, source: Any) -> None:
        self._pieces = pieces_of(source, BUFFER_SIZE)
        # What was read and not taken yet: it comes before the rest of the source.
        self._waiting: list[bytes | memoryview] = []

    def read(self, size: int) -> Blocks:
        """
        The next bytes: so many, unless the source ends before.

        Small pieces are joined, so that not each of them costs a call; large ones are not copied.
        """
        blocks: list[bytes | memoryview] = []
        small: list[bytes | memoryview] = []
        size_of_small = 0
        while size and (piece := self._next_piece()):
            if len(piece) > size:
                view = memoryview(piece)
                self._waiting.append(view[size:])
                piece = view[:size]
            size -= len(piece)
            if len(piece) >= CHUNK_SIZE:
                if small:
                    blocks.append(b"".join(small))
                    small, size_of_small = [], 0
                blocks.append(piece)
                continue
            small.append(piece)
            size_of_small += len(piece)
            if size_of_small >= JOINED_SIZE:
                blocks.append(b"".join(small))
                small, size_of_small = [], 0
        if small:
            blocks.append(b"".join(small) if len(small) > 1 else small[0])
        return Blocks(blocks)

    def unread(self, data: Blocks) -> None:
        """Have bytes come again that were read last."""
        self._waiting += reversed(data.blocks)

    def at_end(self) -> bool:
        """True when nothing is left."""
        piece = self._next_piece()
        if piece:
            self._waiting.append(piece)
        return not piece

    def _next_piece(self) -> bytes | memoryview:
        """Empty at the end."""
        return self._waiting.pop() if self._waiting else next(self._pieces, b"")
