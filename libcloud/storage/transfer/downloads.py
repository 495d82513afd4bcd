"""Downloads over HTTP, which go on when the connection breaks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from libcloud.common.errors import MalformedResponseError, NetworkError
from libcloud.storage.transfer.models import Download
from libcloud.storage.transfer.sources import BUFFER_SIZE, CHUNK_SIZE

__all__ = ["open_download", "raw_pieces"]

MAX_RESUMES = 5
"""How often one download goes on after its connection broke."""


def open_download(
    fetch: Callable[[dict[str, str]], Any],
    object_name: str,
    start_bytes: int = 0,
    end_bytes: int | None = None,
    chunk_size: int | None = None,
    driver: Any = None,
    reuse_buffer: bool = False,
) -> Download:
    """
    Ask for an object, and keep asking when the connection breaks.

    One request is made at once. When the connection breaks under the body, the rest is asked for
    with ``Range`` and, so that no object is patched together from two versions, ``If-Match``: this
    takes an answer with a strong ``ETag``, and is done :data:`MAX_RESUMES` times at the most.

    :param fetch: Sends the GET request with these additional headers, as a streaming request;
        returns the raw response, or raises the driver's error for a status that is not 200 or 206.
    :param start_bytes: The first byte that is wanted.
    :param end_bytes: The first byte that is not wanted any more; None for all to the end.
    :param chunk_size: The most bytes of a piece.
    :param reuse_buffer: All pieces are in one buffer: each is good until the next is asked for.
    :raises MalformedResponseError: the server ignores ``Range``.
    """
    headers = {}
    if start_bytes or end_bytes is not None:
        headers["Range"] = _range_header(start_bytes, end_bytes)
    response = fetch(headers)
    if headers and response.status != 206:
        response.close()
        raise MalformedResponseError(
            f"The server ignores the range {headers['Range']} of {object_name}",
            body=None,
            driver=driver,
        )
    size = _content_length(response.headers)
    pieces = _resuming_pieces(
        fetch, response, object_name, start_bytes, size, chunk_size, driver, reuse_buffer
    )
    return Download(pieces, size, headers=response.headers)


def _resuming_pieces(
    fetch: Callable[[dict[str, str]], Any],
    response: Any,
    object_name: str,
    position: int,
    size: int | None,
    chunk_size: int | None,
    driver: Any,
    reuse_buffer: bool,
) -> Iterator[bytes]:
    read: Callable[[Any], Iterator[bytes]]
    if reuse_buffer:
        read = _into_buffer(min(BUFFER_SIZE, size or BUFFER_SIZE))
    else:
        read = functools.partial(raw_pieces, chunk_size=chunk_size or CHUNK_SIZE)
    etag = response.headers.get("etag", "")
    end = None if size is None else position + size
    resumes_left = MAX_RESUMES if etag.startswith('"') and end is not None else 0
    while True:
        try:
            for piece in read(response):
                position += len(piece)
                yield piece
            if end is None or position == end:
                return
            raise NetworkError(
                f"The connection broke {end - position} bytes before the end of {object_name}",
                driver=driver,
            )
        except NetworkError as broken:
            if not resumes_left or end is None or position >= end:
                raise
            error = broken
        finally:
            response.close()
        resumes_left -= 1
        response = fetch({"Range": _range_header(position, end), "If-Match": etag})
        first = response.headers.get("content-range", "").partition("-")[0]
        if response.status != 206 or first.strip() != f"bytes {position}":
            response.close()
            raise error


def _range_header(start: int, end: int | None) -> str:
    return f"bytes={start}-" if end is None else f"bytes={start}-{end - 1}"


def _content_length(headers: Mapping[str, str]) -> int | None:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def raw_pieces(response: Any, chunk_size: int) -> Iterator[bytes]:
    """The body of a raw response as it is stored, compressed if that is how it was uploaded."""
    read = getattr(response, "iter_raw", None) or response.iter_content
    return iter(read(chunk_size))


def _into_buffer(size: int) -> Callable[[Any], Iterator[Any]]:
    """A function that reads the bodies of raw responses, one after the other, into one buffer."""
    buffer = bytearray(size)

    def read(response: Any) -> Iterator[Any]:
        into = getattr(response, "iter_into", None)
        return raw_pieces(response, size) if into is None else into(buffer)

    return read
