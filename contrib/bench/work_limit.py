"""
The works done with nothing in between: a bare socket, a bare parser, bare calls on files. Nobody
can do the same work in Python for much less; nothing is checked that can be left out.

A work is a generator function: see ``worker.measure``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from common import HOST, PORT, SMALL, file_of, interpreters, pieces_of, remove

PIECE = 1024 * 1024

# A signature takes its share of a request's bytes, though nobody computes it here.
HEADERS = (
    f"Host: {HOST}:{PORT}\r\nAccept-Encoding: identity\r\nX-Amz-Date: 20250304T050607Z\r\n"
    f"X-Amz-Content-SHA256: {'0' * 64}\r\nAuthorization: AWS4-HMAC-SHA256 "
    "Credential=AKIDBENCH/20250304/us-east-1/s3/aws4_request, "
    f"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={'0' * 64}\r\n"
)


class Wire:
    """One connection; requests and answers are bytes."""

    def __init__(self) -> None:
        self._socket = socket.create_connection((HOST, PORT))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, start: str, body: bytes = b"", more: str = "") -> bytearray:
        """
        The body of an answer.

        :param start: Method and target: ``GET /``.
        """
        self.send(start, len(body) if body else None, more, body)
        length, beginning = self.head()
        answer = bytearray(length)
        answer[: len(beginning)] = beginning
        self.read_into(memoryview(answer)[len(beginning) :])
        return answer

    def send(self, start: str, length: int | None, more: str = "", body: bytes = b"") -> None:
        about = "" if length is None else f"Content-Length: {length}\r\n"
        self._socket.sendall(f"{start} HTTP/1.1\r\n{HEADERS}{more}{about}\r\n".encode() + body)

    def send_piece(self, piece: bytes | memoryview) -> None:
        self._socket.sendall(piece)

    def head(self) -> tuple[int, bytes]:
        """The length of the body that follows, and what has come of it."""
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            received = self._socket.recv(65536)
            assert received
            data += received
        start = data.find(b"Content-Length: ")
        length = int(data[start + 16 : data.index(b"\r\n", start)]) if 0 <= start < end else 0
        return length, data[end + 4 :]

    def read_into(self, buffer: memoryview) -> None:
        while buffer:
            count = self._socket.recv_into(buffer)
            assert count
            buffer = buffer[count:]


def _used(target: str = "/bucket/size-4096") -> Wire:
    wire = Wire()
    wire.ask(f"GET {target}")
    return wire


# -- import and construct -------------------------------------------------------------------------


def import_nothing(size: int) -> Any:
    yield
    return interpreters(size, "pass")


import_ec2 = import_s3 = import_route53 = import_nothing


# -- small requests -------------------------------------------------------------------------------


def s3_head(size: int) -> Any:
    wire = _used()
    yield
    for _ in range(size):
        wire.send("HEAD /bucket/size-4096", None)
        assert wire.head()[0] == len(SMALL)
    return size


def s3_get(size: int) -> Any:
    wire = _used()
    yield
    for _ in range(size):
        assert len(wire.ask("GET /bucket/size-4096")) == len(SMALL)
    return size


def s3_put(size: int) -> Any:
    wire = _used()
    yield
    for _ in range(size):
        wire.ask("PUT /bucket/name", SMALL)
    return size


def s3_delete(size: int) -> Any:
    wire = _used()
    yield
    for _ in range(size):
        wire.ask("DELETE /bucket/name")
    return size


def s3_batch_delete(size: int) -> Any:
    wire = _used()
    yield
    for start in range(0, size, 1000):
        numbers = range(start, min(start + 1000, size))
        keys = "".join(f"<Object><Key>key-{number:09d}</Key></Object>" for number in numbers)
        wire.ask("POST /bucket?delete", f"<Delete>{keys}<Quiet>true</Quiet></Delete>".encode())
    return size


def ec2_small(size: int) -> Any:
    wire = _used()
    yield
    for _ in range(size):
        wire.ask("GET /?Action=DescribeKeyPairs&Version=2016-11-15")
    return size


# -- listings: get the pages, parse them, look at no more than the way on -------------------------


def ec2_nodes(size: int) -> Any:
    start = "/?Action=DescribeInstances&MaxResults=1000&Version=2016-11-15"
    return (yield from _listing(start, "&NextToken={}", "nextToken", "instanceId"))


def s3_keys(size: int) -> Any:
    start = "/bucket?list-type=2"
    return (yield from _listing(start, "&continuation-token={}", "NextContinuationToken", "Key"))


def route53_records(size: int) -> Any:
    start = "/2013-04-01/hostedzone/Z1/rrset"
    return (yield from _listing(start, "?type=A&name={}", "NextRecordName", "Value"))


def _listing(first: str, way_on: str, token: str, item: str) -> Any:
    from lxml import etree

    wire = _used()
    yield
    found, target = 0, first
    while target:
        root = etree.fromstring(bytes(wire.ask(f"GET {target}")))
        found += sum(1 for _ in root.iter(f"{{*}}{item}"))
        following = root.find(f"{{*}}{token}")
        target = "" if following is None else first + way_on.format(following.text)
    return found


# -- transfers ------------------------------------------------------------------------------------


def upload_path(size: int) -> Any:
    wire, path = _used(), file_of(size)
    yield
    md5 = hashlib.md5(usedforsecurity=False)
    buffer = memoryview(bytearray(PIECE))
    wire.send("PUT /bucket/name", size)
    with open(path, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            md5.update(buffer[:count])
            wire.send_piece(buffer[:count])
    wire.head()
    return size


def upload_pieces_1m(size: int) -> Any:
    return (yield from _upload_pieces(size, 1024 * 1024))


def upload_pieces_8k(size: int) -> Any:
    return (yield from _upload_pieces(size, 8 * 1024))


def _upload_pieces(size: int, piece: int) -> Any:
    wire = _used()
    yield
    md5 = hashlib.md5(usedforsecurity=False)
    wire.send("PUT /bucket/name", size)
    for data in pieces_of(size, piece):
        md5.update(data)
        wire.send_piece(data)
    wire.head()
    return size


def download_path(size: int) -> Any:
    return (yield from _download(f"parts-{size}", hashes=False))


def download_path_md5(size: int) -> Any:
    return (yield from _download(f"size-{size}", hashes=True))


def _download(name: str, hashes: bool) -> Any:
    wire = _used(f"/bucket/{name.split('-')[0]}-4096")
    wire.send(f"HEAD /bucket/{name}", None)
    wire.head()
    path = remove(f"download-{os.getpid()}")
    yield
    md5 = hashlib.md5(usedforsecurity=False)
    buffer = memoryview(bytearray(PIECE))
    wire.send(f"GET /bucket/{name}", None)
    length, beginning = wire.head()
    with open(path, "wb", buffering=0) as file:
        file.write(beginning)
        md5.update(beginning)
        left = length - len(beginning)
        while left:
            piece = buffer[: min(left, PIECE)]
            wire.read_into(piece)
            if hashes:
                md5.update(piece)
            file.write(piece)
            left -= len(piece)
    return os.path.getsize(path)


def parallel_upload(size: int) -> Any:
    """Four connections, each with a quarter."""
    path = file_of(size)
    yield

    def send(start: int) -> int:
        end = min(start + quarter, size)
        wire = Wire()
        wire.send(f"PUT /bucket/name?partNumber={start // quarter + 1}&uploadId=1", end - start)
        with open(path, "rb", buffering=0) as file:
            file.seek(start)
            buffer = memoryview(bytearray(PIECE))
            while start < end:
                count = file.readinto(buffer[: min(PIECE, end - start)])
                wire.send_piece(buffer[:count])
                start += count
        wire.head()
        return end

    quarter = -(-size // 4)
    with ThreadPoolExecutor(4) as pool:
        return max(pool.map(send, range(0, size, quarter)))


def parallel_download(size: int) -> Any:
    """Four connections, each with a quarter."""
    path = remove(f"download-{os.getpid()}")
    yield

    def receive(start: int) -> None:
        wire = Wire()
        end = min(start + quarter, size) - 1
        wire.send(f"GET /bucket/parts-{size}", None, f"Range: bytes={start}-{end}\r\n")
        left, beginning = wire.head()
        buffer = memoryview(bytearray(PIECE))
        os.pwrite(target.fileno(), beginning, start)
        start, left = start + len(beginning), left - len(beginning)
        while left:
            piece = buffer[: min(left, PIECE)]
            wire.read_into(piece)
            os.pwrite(target.fileno(), piece, start)
            start, left = start + len(piece), left - len(piece)

    quarter = -(-size // 4)
    with open(path, "wb", buffering=0) as target, ThreadPoolExecutor(4) as pool:
        list(pool.map(receive, range(0, size, quarter)))
    return os.path.getsize(path)


# -- files ----------------------------------------------------------------------------------------


def _folder(size: int) -> str:
    folder = os.path.abspath("local-limit")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    for number in range(size):
        _write(f"{folder}/object-{number:06d}")
    return folder


def _write(path: str) -> None:
    """So that nobody ever sees half of it."""
    file = os.open(f"{path}.new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    os.write(file, SMALL)
    os.close(file)
    os.rename(f"{path}.new", path)


def local_list(size: int) -> Any:
    folder = _folder(size)
    yield
    with os.scandir(folder) as entries:
        return sum(1 for entry in entries if entry.stat().st_size)


def local_put(size: int) -> Any:
    folder = _folder(0)
    yield
    for number in range(size):
        _write(f"{folder}/object-{number:06d}")
    return len(os.listdir(folder))


def local_get(size: int) -> Any:
    folder = _folder(size)
    yield
    for number in range(size):
        file = os.open(f"{folder}/object-{number:06d}", os.O_RDONLY)
        assert len(os.read(file, 65536)) == len(SMALL)
        os.close(file)
    return size


def local_head(size: int) -> Any:
    folder = _folder(size)
    yield
    for number in range(size):
        assert os.stat(f"{folder}/object-{number:06d}").st_size == len(SMALL)
    return size


def local_delete(size: int) -> Any:
    folder = _folder(size)
    yield
    for number in range(size):
        os.unlink(f"{folder}/object-{number:06d}")
    return size
