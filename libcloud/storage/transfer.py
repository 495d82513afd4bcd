"""
Moving the bytes of objects: what all storage drivers do alike.

Sources
    :func:`pieces_of`, :func:`chunks_of` and :class:`SourceReader` read whatever a program uploads.
    :class:`FileBody` and :class:`StreamBody` are request bodies that count, hash and report while
    they are sent.
Downloads to a file
    :func:`save_to_file` and :func:`replace_file` write beside the destination and rename, so that a
    destination holds the old content or all of the new, whatever happens.
Downloads over HTTP
    :func:`open_download` reads an answer, and goes on with a ``Range`` request when the connection
    breaks. :func:`download_in_ranges` has several requests under way at once.

A file that is being written is called ``.libcloud-tmp-...`` until it is complete. A process that is
killed leaves it behind; the next download to the same destination takes it over, and the local
driver never takes it for an object.
"""

from __future__ import annotations

import errno
import functools
import os
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from typing import IO, Any, NamedTuple

from libcloud.common.bulk import in_order, workers
from libcloud.common.errors import (
    BaseHTTPError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
)
from libcloud.storage.types import ObjectHashMismatchError

try:
    import fcntl
except ImportError:  # not POSIX: nothing tells a file in use from one left behind
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "CHUNK_SIZE",
    "TEMPORARY_PREFIX",
    "Blocks",
    "Destination",
    "Download",
    "FileBody",
    "Progress",
    "SourceReader",
    "StreamBody",
    "chunks_of",
    "download_in_ranges",
    "open_download",
    "pieces_of",
    "raw_pieces",
    "replace_file",
    "save_to_file",
]

Progress = Callable[[int, "int | None"], Any]
"""Called with the bytes done so far, and the bytes in all (None when that is not known)."""

CHUNK_SIZE = 64 * 1024
"""Bytes that are read at once where the caller names no size."""

BUFFER_SIZE = 512 * 1024
"""Bytes of a buffer that is used again and again: large enough to make the calls for each cheap."""

JOINED_SIZE = 128 * 1024
"""Bytes that small pieces are joined to before they are sent."""

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
    reader = SourceReader(source)
    while blocks := reader.read(size):
        yield bytes(blocks)


def _md5() -> Any:
    import hashlib

    return hashlib.md5()


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

    def write(file: IO[bytes]) -> None:
        _copy(open_source(), file, object_name, hash_type, progress, driver)

    return replace_file(write, destination, object_name, driver)


def replace_file(
    write: Callable[[IO[bytes]], None],
    destination: Destination,
    object_name: str,
    driver: Any = None,
) -> bool:
    """
    Put a new file in the place of a destination, which changes all at once.

    :param write: Called with the new file, open for writing, when the destination was found to be
        fit; whatever it raises, the destination stays as it is. It cannot be sought in when the
        destination is a device or a pipe.
    :param object_name: Name of the object, for a destination that is a folder.
    :returns: True.
    :raises LibcloudError: the destination exists and must not be overwritten.
    :raises OSError: the destination cannot be written.
    """
    path = _file_path(destination, object_name, driver)
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:  # /dev/stdout, a named pipe: nothing to rename
            write(device)
        return True
    file, temporary = _open_temporary(path)
    with file:  # the name is ours for as long as the file is open
        try:
            write(file)
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
    import hashlib

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
    _expect_hash(hasher, expected_hash, hash_type, object_name, driver)


def _expect_hash(
    hasher: Any, expected_hash: str | None, hash_type: str, object_name: str, driver: Any
) -> None:
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
    import hashlib

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


def download_in_ranges(
    fetch: Callable[[dict[str, str]], Any],
    object_name: str,
    file: IO[bytes],
    size_of_range: int,
    threads: int,
    hash_of: Callable[[Mapping[str, str]], str | None],
    hash_type: str = "md5",
    progress: Progress | None = None,
    driver: Any = None,
) -> None:
    """
    Write an object to a file that is empty, several ranges at a time, each with its own request.

    The first range tells the size and the ETag; all others are of the object with that ETag. No
    more than a small buffer of each range is in memory.

    :param fetch: See :func:`open_download`.
    :param hash_of: The hash of the whole object, in hexadecimal, that the headers of an answer
        promise; None if they promise none. See :class:`Download`.
    :param progress: Called in this thread after each range, in their order.
    :raises MalformedResponseError: the server ignores ``Range``, or tells no size or no ETag.
    :raises LibcloudError: a part did not arrive. See :func:`open_download` for a connection that
        breaks, and for an object that is replaced meanwhile.
    :raises ObjectHashMismatchError: the hash is wrong.
    """
    try:
        first = open_download(fetch, object_name, 0, size_of_range, None, driver, True)
    except BaseHTTPError as error:
        if error.http_code != 416:
            raise
        # It was emptied since it was listed, and no range of nothing is good.
        whole = open_download(fetch, object_name, driver=driver)
        whole = whole._replace(expected_hash=hash_of(whole.headers))
        _copy(whole, file, object_name, hash_type, progress, driver)
        return
    total = first.headers.get("content-range", "").rpartition("/")[2]
    etag = first.headers.get("etag")
    if not total.isdecimal() or not etag:
        raise MalformedResponseError(
            f"No size or no ETag in the answer to the first range of {object_name}", driver=driver
        )
    size = int(total)
    random_access = _RandomAccess(file.fileno())
    stopping = threading.Event()

    def fetch_same(headers: dict[str, str]) -> Any:
        return fetch({"If-Match": etag, **headers})

    def store(start: int) -> int:
        position, end = start, min(start + size_of_range, size)
        download = first
        if start:
            download = open_download(fetch_same, object_name, start, end, None, driver, True)
        with closing(download.pieces) as pieces:  # type: ignore[type-var]
            for piece in pieces:
                if stopping.is_set() or position + len(piece) > end:
                    break
                random_access.write(piece, position)
                position += len(piece)
        if position != end:
            raise LibcloudError(
                f"Of the bytes {start} to {end} of {object_name}, other than {end - start} arrived",
                driver=driver,
            )
        return end

    expected_hash = hash_of(first.headers)
    import hashlib

    hasher = hashlib.new(hash_type) if expected_hash else None
    done = 0
    with workers(threads) as pool:
        try:
            for end in in_order(pool, store, range(0, size, size_of_range), threads):
                if hasher:
                    random_access.hash(hasher, done, end)
                done = end
                if progress:
                    progress(done, size)
        except BaseException:
            stopping.set()
            raise
    _expect_hash(hasher, expected_hash, hash_type, object_name, driver)


class _RandomAccess:
    """Reads and writes anywhere in a file, by its descriptor, from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def write(self, data: Any, position: int) -> None:
        view = memoryview(data)
        while view:
            count = self._write(view, position)
            view, position = view[count:], position + count

    def hash(self, hasher: Any, start: int, end: int) -> None:
        """Update a hash with the bytes from ``start`` to ``end``."""
        while start < end:
            piece = self._read(min(BUFFER_SIZE, end - start), start)
            if not piece:
                raise OSError(errno.EIO, "The file that is written became shorter")
            hasher.update(piece)
            start += len(piece)

    if hasattr(os, "pwrite"):

        def _write(self, data: memoryview, position: int) -> int:
            return os.pwrite(self._descriptor, data, position)

        def _read(self, size: int, position: int) -> bytes:
            return os.pread(self._descriptor, size, position)

    else:

        def _write(self, data: memoryview, position: int) -> int:
            with self._lock:
                os.lseek(self._descriptor, position, os.SEEK_SET)
                return os.write(self._descriptor, data)

        def _read(self, size: int, position: int) -> bytes:
            with self._lock:
                os.lseek(self._descriptor, position, os.SEEK_SET)
                return os.read(self._descriptor, size)
