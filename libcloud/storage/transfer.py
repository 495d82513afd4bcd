"""
Moving the bytes of objects: what all storage drivers do alike.

Sources
    :func:`pieces_of` and :func:`chunks_of` read whatever a program uploads. :class:`FileBody` and
    :class:`StreamBody` are request bodies that count, hash and report while they are sent.
Downloads to a file
    :func:`save_to_file` writes beside the destination and renames, so that a destination holds the
    old content or all of the new, whatever happens.
Downloads over HTTP
    :func:`open_download` reads an answer, and goes on with a ``Range`` request when the connection
    breaks.

A file that is being written is called ``.libcloud-tmp-...`` until it is complete. A process that is
killed leaves it behind; the next download to the same destination takes it over, and the local
driver never takes it for an object.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any, NamedTuple

from libcloud.common.errors import LibcloudError, MalformedResponseError, NetworkError
from libcloud.storage.types import ObjectHashMismatchError

try:
    import fcntl
except ImportError:  # not POSIX: nothing tells a file in use from one left behind
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "CHUNK_SIZE",
    "TEMPORARY_PREFIX",
    "Destination",
    "Download",
    "FileBody",
    "Progress",
    "StreamBody",
    "chunks_of",
    "open_download",
    "pieces_of",
    "raw_pieces",
    "save_to_file",
]

Progress = Callable[[int, "int | None"], Any]
"""Called with the bytes done so far, and the bytes in all (None when that is not known)."""

CHUNK_SIZE = 64 * 1024
"""Bytes that are read at once where the caller names no size."""

TEMPORARY_PREFIX = ".libcloud-tmp-"
"""How the name of every file that is still being written begins."""

MAX_RESUMES = 5
"""How often one download goes on after its connection broke."""


# --- Sources ----------------------------------------------------------------------------------


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
    collected = bytearray()
    for piece in pieces_of(source, size):
        if not collected and len(piece) == size:
            yield piece
            continue
        collected += piece
        if len(collected) >= size:
            view = memoryview(bytes(collected))
            whole = len(view) - len(view) % size
            for start in range(0, whole, size):
                yield bytes(view[start : start + size])
            collected = bytearray(view[whole:])
    if collected:
        yield bytes(collected)


class FileBody:
    """
    A file as the body of a request: sent with its length, hashed and reported while it is read.

    :param file: Open for reading in binary mode; what follows its position is sent.
    :param hasher: An object with ``update``, made anew by ``new_hash`` when the body is rewound.
    """

    def __init__(
        self,
        file: IO[bytes],
        new_hash: Callable[[], Any] = hashlib.md5,
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
        new_hash: Callable[[], Any] = hashlib.md5,
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


# --- Downloads to a file ----------------------------------------------------------------------


class Download(NamedTuple):
    """
    An object, or a part of one, on its way.

    :param pieces: The bytes; to be read once.
    :param size: The bytes that must come; None when that is not known.
    :param expected_hash: Their hash in hexadecimal; None when that is not known.
    :param headers: Headers of the answer that brings them, keyed in lower case.
    """

    pieces: Iterable[bytes]
    size: int | None = None
    expected_hash: str | None = None
    headers: Mapping[str, str] = {}


class Destination(NamedTuple):
    """
    Where a download goes, and what may happen to what is there.

    :param path: The file, or a folder in which the file is named like the object.
    :param overwrite_existing: False refuses a file that exists.
    :param delete_on_failure: False keeps the part that arrived, under the name of the file, unless
        a file is there already, which is never given up for a part.
    """

    path: str
    overwrite_existing: bool = False
    delete_on_failure: bool = True


def save_to_file(
    open_source: Callable[[], Download],
    destination: Destination,
    object_name: str,
    hash_type: str = "md5",
    progress: Progress | None = None,
    driver: Any = None,
) -> bool:
    """
    Write a download to its destination, which changes all at once and only when all is well.

    :param open_source: Starts the download; not called before the destination was found to be fit.
    :param object_name: Name of the object, for a destination that is a folder and for errors.
    :param hash_type: The algorithm of the hash that the download promises.
    :returns: True.
    :raises LibcloudError: the destination exists and must not be overwritten, or the length is
        wrong.
    :raises ObjectHashMismatchError: the hash is wrong.
    :raises OSError: the destination cannot be written.
    """
    path = _file_path(destination, object_name, driver)
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:  # /dev/stdout, a named pipe: nothing to rename
            _copy(open_source(), device, object_name, hash_type, progress, driver)
        return True
    file, temporary = _open_temporary(path)
    with file:  # the name is ours for as long as the file is open
        try:
            _copy(open_source(), file, object_name, hash_type, progress, driver)
            file.flush()
            if os.path.exists(path):
                os.chmod(temporary, stat.S_IMODE(os.stat(path).st_mode))
            if fcntl is None:
                file.close()  # elsewhere than on POSIX an open file cannot be renamed, nor removed
            _move(temporary, path, destination.overwrite_existing, driver)
        except BaseException:
            if fcntl is None:
                file.close()
            _give_up(temporary, path, keep_part=not destination.delete_on_failure)
            raise
    return True


def _file_path(destination: Destination, object_name: str, driver: Any) -> str:
    path = os.fspath(destination.path)
    if os.path.isdir(path):
        path = os.path.join(path, os.path.basename(object_name))
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if os.path.exists(path) and not destination.overwrite_existing:
        raise _exists_error(path, driver)
    path = os.path.realpath(path)  # a link stays a link: the file that it names is replaced
    if not os.path.isdir(os.path.dirname(path)):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return path


def _exists_error(path: str, driver: Any) -> LibcloudError:
    return LibcloudError(f"File {path} already exists, but overwrite_existing=False", driver=driver)


def _copy(
    download: Download,
    file: IO[bytes],
    object_name: str,
    hash_type: str,
    progress: Progress | None,
    driver: Any,
) -> None:
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
    if hasher and hasher.hexdigest() != expected_hash:
        raise ObjectHashMismatchError(
            f"The {hash_type} of what arrived is {hasher.hexdigest()}, not {expected_hash}",
            driver,
            object_name,
        )


def _open_temporary(path: str) -> tuple[IO[bytes], str]:
    """
    A new file beside ``path``, locked for as long as it is open.

    Its name is made from the destination's, so that what a killed process left is found and used
    again; a running download holds the lock, and then the next number is tried.
    """
    folder, name = os.path.split(path)
    stem = os.path.join(folder, TEMPORARY_PREFIX + hashlib.sha256(os.fsencode(name)).hexdigest())
    number = 0
    while True:
        temporary = f"{stem[:-40]}-{number}"
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags if fcntl else flags | os.O_EXCL, 0o666)
        state = _lock(descriptor, temporary)
        if state == "ours":
            os.ftruncate(descriptor, 0)
            return os.fdopen(descriptor, "wb"), temporary
        os.close(descriptor)
        if state == "in use":
            number += 1


def _lock(descriptor: int, path: str) -> str:
    if fcntl is None:
        return "ours"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "in use"
    # Whoever had it before may have renamed or removed it between our opening and our locking.
    try:
        return "ours" if os.path.samestat(os.fstat(descriptor), os.stat(path)) else "gone"
    except FileNotFoundError:
        return "gone"


def _move(temporary: str, path: str, overwrite: bool, driver: Any) -> None:
    if overwrite:
        os.replace(temporary, path)
        return
    try:
        os.link(temporary, path)  # fails, where a rename would replace a file that came meanwhile
    except FileExistsError:
        raise _exists_error(path, driver) from None
    except OSError:  # no hard links here
        if os.path.exists(path):
            raise _exists_error(path, driver) from None
        os.replace(temporary, path)
    else:
        os.unlink(temporary)


def _give_up(temporary: str, path: str, keep_part: bool) -> None:
    if not os.path.exists(temporary):
        return
    if keep_part and not os.path.exists(path):
        os.replace(temporary, path)
    else:
        os.unlink(temporary)


# --- Downloads over HTTP ----------------------------------------------------------------------


def open_download(
    fetch: Callable[[dict[str, str]], Any],
    object_name: str,
    start_bytes: int = 0,
    end_bytes: int | None = None,
    chunk_size: int | None = None,
    driver: Any = None,
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
    pieces = _resuming_pieces(fetch, response, object_name, start_bytes, size, chunk_size, driver)
    return Download(pieces, size, headers=response.headers)


def _resuming_pieces(
    fetch: Callable[[dict[str, str]], Any],
    response: Any,
    object_name: str,
    position: int,
    size: int | None,
    chunk_size: int | None,
    driver: Any,
) -> Iterator[bytes]:
    etag = response.headers.get("etag", "")
    end = None if size is None else position + size
    resumes_left = MAX_RESUMES if etag.startswith('"') and end is not None else 0
    while True:
        try:
            for piece in raw_pieces(response, chunk_size or CHUNK_SIZE):
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
