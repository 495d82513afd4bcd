"""Streams of bytes, and what kind of file a name promises."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from typing import Any

from libcloud.utils.py3 import b, next

__all__ = ["CHUNK_SIZE", "b", "exhaust_iterator", "guess_file_mime_type", "next", "read_in_chunks"]

#: Bytes that are read from a file at once.
CHUNK_SIZE = 8096


def read_in_chunks(
    iterator: Any,
    chunk_size: int | None = None,
    fill_size: bool = False,
    yield_empty: bool = False,
) -> Iterator[bytes]:
    """
    The data of a file or an iterable, piece by piece.

    Memory never holds more than a chunk and a piece. Text is encoded as UTF-8.

    :param iterator: A file (anything with ``read``), an iterable of bytes or text, or bytes
        themselves.
    :param chunk_size: Bytes to read from a file at once; :data:`CHUNK_SIZE` when None or 0.
    :param fill_size: Make every chunk exactly ``chunk_size`` long, except for the last. Otherwise
        the pieces of an iterable come as they are.
    :param yield_empty: Say that the end is reached by an empty chunk; with ``fill_size``, only when
        there was no data at all.
    """
    chunk_size = chunk_size or CHUNK_SIZE
    pieces = _pieces(iterator, chunk_size)
    if not fill_size:
        yield from pieces
        if yield_empty:
            yield b""
        return

    empty = True
    for chunk in _filled(pieces, chunk_size):
        empty = False
        yield chunk
    if empty and yield_empty:
        yield b""


def exhaust_iterator(iterator: Any) -> bytes:
    """All data of a file or an iterable, in memory."""
    return b"".join(_pieces(iterator, CHUNK_SIZE))


def guess_file_mime_type(file_path: str) -> tuple[str | None, str | None]:
    """MIME type and encoding; None for what is unknown, so ``(None, "gzip")`` for ``a.gz``."""
    return mimetypes.guess_type(file_path)


def _pieces(source: Any, chunk_size: int) -> Iterator[bytes]:
    """The data as it comes, without empty pieces."""
    if isinstance(source, bytes | bytearray | memoryview | str):
        source = [source]
    if hasattr(source, "read"):
        while data := source.read(chunk_size):
            yield _bytes(data)
        return
    for piece in source:
        data = _bytes(piece)
        if data:
            yield data


def _bytes(piece: Any) -> bytes:
    if isinstance(piece, bytearray | memoryview):
        return bytes(piece)
    return b(piece)


def _filled(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    buffer = bytearray()
    for piece in pieces:
        view = memoryview(piece)
        if buffer:
            missing = size - len(buffer)
            buffer += view[:missing]
            view = view[missing:]
            if len(buffer) == size:
                yield bytes(buffer)
                buffer.clear()
        while len(view) >= size:
            yield bytes(view[:size])
            view = view[size:]
        buffer += view
    if buffer:
        yield bytes(buffer)
