"""Moving bytes: sources, files, and downloads over a connection that breaks."""

import hashlib
import io
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libcloud.common.base import Connection
from libcloud.common.errors import LibcloudError, MalformedResponseError, NetworkError
from libcloud.storage import transfer
from libcloud.storage.base import Container, Object, StorageDriver
from libcloud.storage.transfer import (
    Blocks,
    Destination,
    Download,
    FileBody,
    SourceReader,
    StreamBody,
    chunks_of,
    pieces_of,
    save_to_file,
)
from libcloud.storage.types import ObjectHashMismatchError

CONTENT = bytes(range(256)) * 4096  # 1 MiB


# --- Sources ----------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=20)), st.integers(1, 17))
def test_chunks_are_of_the_size_asked_for_and_complete(pieces, size):
    chunks = list(chunks_of(iter(pieces), size))
    assert b"".join(chunks) == b"".join(pieces)
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(0 < len(chunk) <= size for chunk in chunks)


@pytest.mark.parametrize(
    "source",
    [
        b"abc",
        bytearray(b"abc"),
        memoryview(b"abc"),
        "abc",
        [b"a", bytearray(b"b"), "c"],
        io.BytesIO(b"abc"),
        io.StringIO("abc"),
        (piece for piece in (b"", b"abc", b"")),
    ],
)
def test_pieces_of_all_kinds_of_sources(source):
    assert b"".join(pieces_of(source)) == b"abc"


def test_pieces_of_something_that_is_not_bytes_raises():
    with pytest.raises(TypeError, match="not of int"):
        list(pieces_of([1, 2]))


def test_chunks_of_single_bytes_take_linear_time():
    def seconds(count):
        start = time.process_time()
        assert sum(map(len, chunks_of(itertools.repeat(b"x", count), 1 << 20))) == count
        return time.process_time() - start

    seconds(100_000)
    assert seconds(1_600_000) < 40 * max(seconds(100_000), 0.01)


@given(
    st.lists(st.binary(max_size=20)),
    st.integers(1, 17),
    st.sampled_from([transfer.CHUNK_SIZE, 3]),
    st.sampled_from([transfer.sources.JOINED_SIZE, 5]),
)
def test_reader_gives_what_it_was_given_back_first(pieces, size, large, joined):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer.sources, "CHUNK_SIZE", large)  # pieces that are not joined
        patch.setattr(transfer.sources, "JOINED_SIZE", joined)
        reader = SourceReader(iter(pieces))
        whole = b""
        while True:
            data = reader.read(size)
            is_last = reader.at_end()
            reader.unread(data)
            again = reader.read(size)
            assert bytes(again) == b"".join(again) == bytes(data)
            assert len(again) == len(bytes(data))
            whole += bytes(again)
            if is_last:
                break
            assert len(again) == size
    assert whole == b"".join(pieces)


def test_reader_copies_no_large_piece():
    piece = bytes(transfer.CHUNK_SIZE)
    blocks = SourceReader(iter([piece, piece, b"a", b"b"])).read(2 * len(piece) + 1)
    assert [block is piece for block in blocks] == [True, True, False]
    assert bytes(Blocks([piece])) is piece


def test_file_body_counts_hashes_and_rewinds():
    seen = []
    file = io.BytesIO(b"skip" + CONTENT)
    file.seek(4)
    body = FileBody(file, progress=lambda *args: seen.append(args))
    assert len(body) == len(CONTENT)
    body.read(1000)
    body.seek(0)
    assert b"".join(body) == CONTENT
    assert body.hexdigest() == hashlib.md5(CONTENT).hexdigest()
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    with pytest.raises(OSError, match="beginning"):
        body.seek(5)


def test_stream_body_joins_small_pieces():
    body = StreamBody(CONTENT[i : i + 7] for i in range(0, len(CONTENT), 7))
    sent = list(body)
    assert b"".join(sent) == CONTENT
    assert len(sent) == len(CONTENT) // transfer.CHUNK_SIZE
    assert body.hexdigest() == hashlib.md5(CONTENT).hexdigest()


# --- Files ------------------------------------------------------------------------------------


def save(path, pieces, size=None, overwrite=False, delete=True, **download):
    destination = Destination(str(path), overwrite, delete)
    return save_to_file(lambda: Download(pieces, size, **download), destination, "folder/name")


def broken_pieces():
    yield b"part"
    raise NetworkError("gone")


def test_save_verifies_length_and_hash(tmp_path):
    digest = hashlib.md5(b"content").hexdigest()
    assert save(tmp_path / "good", [b"con", b"tent"], 7, expected_hash=digest) is True
    with pytest.raises(LibcloudError, match="has 8 bytes, of which 7 arrived"):
        save(tmp_path / "bad", [b"content"], 8)
    with pytest.raises(ObjectHashMismatchError, match=digest):
        save(tmp_path / "bad", [b"c0ntent"], 7, expected_hash=digest)
    assert os.listdir(tmp_path) == ["good"]


def test_save_that_breaks_keeps_the_old_file(tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"old")
    for delete in (True, False):
        with pytest.raises(NetworkError):
            save(target, broken_pieces(), overwrite=True, delete=delete)
        assert target.read_bytes() == b"old"
        assert os.listdir(tmp_path) == ["target"]


def test_save_that_breaks_keeps_the_part_only_if_asked(tmp_path):
    with pytest.raises(NetworkError):
        save(tmp_path / "target", broken_pieces())
    assert os.listdir(tmp_path) == []
    with pytest.raises(NetworkError):
        save(tmp_path / "target", broken_pieces(), delete=False)
    assert (tmp_path / "target").read_bytes() == b"part"


def test_save_does_not_ask_before_the_destination_is_fit(tmp_path):
    (tmp_path / "file").write_bytes(b"old")

    def unwanted():
        raise AssertionError("asked")

    with pytest.raises(LibcloudError, match="already exists, but overwrite_existing=False"):
        save_to_file(unwanted, Destination(str(tmp_path / "file")), "name")
    with pytest.raises(FileNotFoundError, match="no-folder"):
        save_to_file(unwanted, Destination(str(tmp_path / "no-folder" / "file")), "name")
    (tmp_path / "folder" / "name").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        save_to_file(unwanted, Destination(str(tmp_path / "folder"), True), "name")


def test_save_without_overwrite_does_not_replace_a_file_that_came_meanwhile(tmp_path):
    def pieces():
        yield b"mine"
        (tmp_path / "target").write_bytes(b"theirs")

    with pytest.raises(LibcloudError, match="already exists"):
        save(tmp_path / "target", pieces())
    assert (tmp_path / "target").read_bytes() == b"theirs"
    assert os.listdir(tmp_path) == ["target"]


def test_save_keeps_mode_links_and_devices(tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"old")
    target.chmod(0o640)
    (tmp_path / "link").symlink_to("target")
    save(tmp_path / "link", [b"new"], overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640
    save("/dev/null", [b"new"], overwrite=True)
    assert not os.path.isfile("/dev/null")


def test_save_of_two_threads_to_one_file_gives_one_of_both(tmp_path):
    together = threading.Barrier(2)

    def pieces(byte):
        together.wait()
        for _ in range(50):
            yield byte * 1000

    threads = [
        threading.Thread(
            target=save, args=(tmp_path / "target", pieces(byte)), kwargs={"overwrite": True}
        )
        for byte in (b"a", b"b")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "target").read_bytes() in (b"a" * 50_000, b"b" * 50_000)
    assert os.listdir(tmp_path) == ["target"]


def test_save_takes_over_what_a_killed_process_left(tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"old")
    code = f"""
import itertools
from libcloud.storage.transfer import Destination, Download, save_to_file
def pieces():
    for number in itertools.count():
        yield b"x" * 10000
        if number == 3: print("going", flush=True)
save_to_file(lambda: Download(pieces()), Destination({str(target)!r}, True), "name")
"""
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert target.read_bytes() == b"old"
        left = sorted(os.listdir(tmp_path))
        assert len(left) == 2
        assert left[0].startswith(".libcloud-tmp-")
    save(target, [b"new"], overwrite=True)
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["target"]


# --- HTTP -------------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Serves CONTENT, and breaks off each answer after ``break_after`` bytes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.break_after = []
        self.requests = []
        self.received = []
        self.etags = itertools.repeat('"v1"')
        self.ignore_range = False
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def handle_error(self, request, client_address):
        """The client hung up, as it should."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        server.requests.append(dict(self.headers))
        etag = next(server.etags)
        wanted = self.headers.get("If-Match")
        if wanted and wanted != etag:
            self.send_response(412)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content, status, first = CONTENT, 200, 0
        if "Range" in self.headers and not server.ignore_range:
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            first = int(first)
            content = CONTENT[first : int(last) + 1 if last else None]
            status = 206
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if etag:
            self.send_header("ETag", etag)
        if status == 206:
            end = first + len(content) - 1
            self.send_header("Content-Range", f"bytes {first}-{end}/{len(CONTENT)}")
        self.end_headers()
        length = server.break_after.pop(0) if server.break_after else len(content)
        self.wfile.write(content[:length])
        self.close_connection = length < len(content)

    def do_PUT(self):
        length = self.headers.get("Content-Length")
        if length is not None:
            body = self.rfile.read(int(length))
        else:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        self.server.received.append((dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


class PlainConnection(Connection):
    def __init__(self, key, *args, **kwargs):
        super().__init__(*args, **kwargs)


class PlainDriver(StorageDriver):
    connectionCls = PlainConnection
    name = "Plain"
    promised_hash = None

    def _fetch(self, headers):
        return self.connection.request("/object", headers=headers, raw=True)

    def _hash_of_answer(self, headers):
        return self.promised_hash


@pytest.fixture
def server():
    server = Server()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def driver(server):
    return PlainDriver("key", secure=False, host="127.0.0.1", port=server.server_port)


@pytest.fixture
def obj(driver):
    return Object("object", len(CONTENT), None, None, None, Container("c", None, driver), driver)


def test_download_goes_on_where_the_connection_broke(driver, server, obj, tmp_path):
    driver.promised_hash = hashlib.md5(CONTENT).hexdigest()
    server.break_after = [100_000, 200_000, 0]
    seen = []
    target = str(tmp_path / "file")
    assert driver._download_to_file(
        obj, driver._fetch, target, progress=lambda *args: seen.append(args)
    )
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [request.get("Range") for request in server.requests] == [
        None,
        "bytes=100000-1048575",
        "bytes=300000-1048575",
        "bytes=300000-1048575",
    ]
    assert {request.get("If-Match") for request in server.requests[1:]} == {'"v1"'}
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_download_gives_up_after_so_many_breaks(driver, server, obj, tmp_path):
    server.break_after = [10] * 100
    with pytest.raises(NetworkError):
        driver._download_to_file(obj, driver._fetch, str(tmp_path / "file"))
    assert len(server.requests) == 1 + transfer.downloads.MAX_RESUMES
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("etags", [['"v1"', '"v2"'], ['W/"v1"'] * 2, [""] * 2])
def test_download_never_mixes_two_versions(driver, server, obj, tmp_path, etags):
    server.break_after = [100_000]
    server.etags = iter(etags)
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(NetworkError):
        driver._download_to_file(obj, driver._fetch, str(tmp_path / "file"), True)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_download_of_wrong_hash_raises(driver, server, obj, tmp_path):
    driver.promised_hash = hashlib.md5(b"other").hexdigest()
    with pytest.raises(ObjectHashMismatchError):
        driver._download_to_file(obj, driver._fetch, str(tmp_path / "file"))
    assert os.listdir(tmp_path) == []


def test_download_range_resumes_within_the_range(driver, server, obj, tmp_path):
    server.break_after = [1000]
    stream = driver._download_as_stream(obj, driver._fetch, 300, start_bytes=5, end_bytes=2005)
    assert len(next(stream)) <= 300
    assert len(b"".join(stream)) > 0
    server.break_after = [1000]
    driver._download_to_file(
        obj, driver._fetch, str(tmp_path / "file"), start_bytes=5, end_bytes=2005
    )
    assert (tmp_path / "file").read_bytes() == CONTENT[5:2005]
    assert server.requests[-1]["Range"] == "bytes=1005-2004"


def test_download_range_that_the_server_ignores_raises(driver, server, obj):
    server.ignore_range = True
    with pytest.raises(MalformedResponseError, match="ignores the range bytes=5-"):
        driver._download_as_stream(obj, driver._fetch, start_bytes=5)


def test_upload_file_sends_its_length_and_hash(driver, server, tmp_path):
    (tmp_path / "file.txt").write_bytes(CONTENT)
    seen = []
    given = {"x-mine": "1"}
    result = driver._upload_object(
        "name",
        None,
        "/object",
        headers=given,
        file_path=str(tmp_path / "file.txt"),
        progress=lambda *args: seen.append(args),
    )
    headers, body = server.received[0]
    assert body == CONTENT
    assert headers["Content-Length"] == str(len(CONTENT))
    assert headers["Content-Type"] == "text/plain"
    assert (headers["x-mine"], given) == ("1", {"x-mine": "1"})
    assert result["response"].status == 200
    assert result["response"].body == b"ok"
    assert result["bytes_transferred"] == len(CONTENT)
    assert result["data_hash"] == hashlib.md5(CONTENT).hexdigest()
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_upload_empty_file_has_length_zero(driver, server, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    driver._upload_object("name", "x/y", "/object", file_path=str(tmp_path / "file"))
    headers, body = server.received[0]
    assert (headers["Content-Length"], body) == ("0", b"")
    assert "Transfer-Encoding" not in headers


def test_upload_stream_in_chunks_only_where_they_are_taken(driver, server):
    for chunked, header in ((True, "Transfer-Encoding"), (False, "Content-Length")):
        pieces = (CONTENT[i : i + 999] for i in range(0, len(CONTENT), 999))
        result = driver._upload_object("name", None, "/object", stream=pieces, chunked=chunked)
        headers, body = server.received.pop()
        assert header in headers
        assert body == CONTENT
        assert result["data_hash"] == hashlib.md5(CONTENT).hexdigest()


def test_upload_of_missing_file_names_it(driver):
    with pytest.raises(OSError, match="File /no/such/file does not exist"):
        driver._upload_object("name", None, "/object", file_path="/no/such/file")
