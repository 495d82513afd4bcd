"""One S3 driver and many threads: no mixed answers, and no more connections than threads."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest

from libcloud.storage.base import Container
from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.storage.types import ObjectDoesNotExistError
from libcloud.testing.base import run_in_threads

THREADS = 16
CALLS = 200  # of each thread


class Echo(BaseHTTPRequestHandler):
    """Answers with what was asked for, so that any mix-up shows."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def answer(self, body, status=200, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        name = unquote(urlsplit(self.path).path).partition("/bucket/")[2]
        self.answer(name.encode(), headers={"ETag": '"x-1"'})

    def do_HEAD(self):
        name = unquote(self.path).partition("/bucket/")[2]
        if name.startswith("missing"):
            self.answer(b"", 404)
        else:
            self.answer(b"", headers={"ETag": f'"{len(name)}-1"', "x-amz-meta-name": name})

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b"", headers={"ETag": f'"{body.decode()}-1"'})

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@pytest.fixture
def server():
    with Server(("127.0.0.1", 0), Echo) as server:
        server.lock, server.connections = threading.Lock(), 0
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_threads_share_a_driver_and_its_connections(server):
    driver = S3StorageDriver(
        "key", "secret", host="127.0.0.1", port=server.server_port, secure=False
    )
    container = Container("bucket", {}, driver)

    def work(thread):
        for number in range(CALLS // 4):
            name = f"{thread}/{number} of/../many"
            assert driver.get_object("bucket", name).meta_data == {"name": name}
            put = driver.upload_object_via_stream(iter([f"{thread}.{number}"]), container, name)
            assert put.hash == f"{thread}.{number}-1"
            assert b"".join(driver.download_object_as_stream(put)) == name.encode()
            with pytest.raises(ObjectDoesNotExistError) as caught:
                driver.get_object("bucket", f"missing {thread} {number}")
            assert caught.value.object_name == f"missing {thread} {number}"

    run_in_threads([lambda t=t: work(t) for t in range(THREADS)])
    assert 1 <= server.connections <= THREADS


def test_one_thread_uses_one_connection(server):
    driver = S3StorageDriver(
        "key", "secret", host="127.0.0.1", port=server.server_port, secure=False
    )
    for number in range(50):
        driver.get_object("bucket", f"{number}")
    assert server.connections == 1


def test_regions_that_threads_learn_do_not_mix():
    from libcloud.testing.http import HTTPDouble, answer

    with HTTPDouble() as double:
        driver = double.attach(S3StorageDriver("AKIDEXAMPLE", "secret"))

        def home(request, bucket, key):
            region = f"eu-west-{bucket[-1]}"
            scope = request.headers["Authorization"].split("/")[2]
            if scope != region or region not in request.host:
                return answer(301, headers={"x-amz-bucket-region": region})
            return answer(headers={"Content-Length": "0", "x-amz-meta-name": f"{bucket}/{key}"})

        double.serve("HEAD", "/{bucket}/{key}", home)

        def work(thread):
            for number in range(60):
                bucket = f"bucket-{(thread + number) % 3 + 1}"
                found = driver.get_object(bucket, f"{thread}.{number}")
                assert found.meta_data == {"name": f"{bucket}/{thread}.{number}"}

        run_in_threads([lambda t=t: work(t) for t in range(8)])
