"""What a server may do on the wire beside breaking off: each has one documented end, in time."""

from __future__ import annotations

import gc
import gzip
import os
import re
import socket
import threading
import time
import warnings
import zlib
from pathlib import Path

import pytest
import requests

from libcloud.common.errors import (
    BaseHTTPError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
)
from tests.faults import server as faults
from tests.faults.providers import DOWNLOADS, READS, download_to, s3_driver
from tests.faults.server import FaultServer, answer, raw
from tests.faults.test_connection_faults import JsonDriver, make
from tests.faults.test_driver_faults import error_of_call

MIB = 1 << 20
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<b/>"
FIRST_OF_EACH = [
    call
    for call in READS
    if call.name in ("ec2-list_nodes", "s3-list_objects", "route53-list_zones")
    or call.name == "powerdns-list_zones"
]


@pytest.fixture
def server():
    with FaultServer() as running:
        yield running


def get(driver, **kwargs):
    return driver.connection.request("/things", **kwargs)


# --- slow -----------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
SLOW = {
    "status line": (b"", HEAD),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 1000),
    "endless interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "body": (HEAD, b"x" * 1000),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000),
    "body without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1000),
    "error text": (HEAD.replace(b"200", b"500"), b"x" * 1000),
}


@pytest.mark.parametrize("name", SLOW)
def test_answer_that_drips_ends_after_three_time_outs_and_is_asked_for_once(server, name):
    server.script(faults.drip(*SLOW[name], pause=0.04))
    started = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        get(make(server, timeout=0.3))
    assert 0.8 < time.monotonic() - started < 2
    assert isinstance(caught.value, requests.RequestException)
    assert not caught.value.retryable
    assert len(server.received) == 1


@pytest.mark.parametrize("call", FIRST_OF_EACH, ids=str)
def test_drivers_answer_that_drips_ends(server, call):
    error = error_of_call(call, server, faults.drip(HEAD, b"x" * 1000, 0.05), timeout=0.3)
    assert isinstance(error, NetworkError)


@pytest.mark.parametrize("call", DOWNLOADS, ids=str)
def test_download_that_drips_ends(server, call):
    head = b'HTTP/1.1 200 OK\r\nETag: "x-1"\r\nContent-Length: 3000\r\n\r\n'
    error = error_of_call(
        call, server, faults.drip(head, b"x" * 1000, 0.05), timeout=0.3, retry=None
    )
    assert isinstance(error, NetworkError)


def test_download_to_a_file_that_drips_ends_and_leaves_no_file(server, tmp_path):
    head = b'HTTP/1.1 200 OK\r\nETag: "x-1"\r\nContent-Length: 3000\r\n\r\n'
    server.script(faults.drip(head, b"x" * 1000, 0.05))
    driver = s3_driver(server.port, timeout=0.3, retry=None)
    driver.part_size = 10_000
    with pytest.raises(NetworkError):
        download_to(tmp_path, driver, 3000)
    assert list(tmp_path.iterdir()) == []


def test_stream_that_is_slow_but_comes_is_read_to_its_end(server):
    """Longer than three time-outs in all."""
    pieces = [b"x" * 16384] * 12
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (12 * 16384)
    server.script(raw(head, *pieces, pause=0.1))
    response = get(make(server, timeout=0.3), raw=True)
    assert len(b"".join(response.iter_content(1000))) == 12 * 16384


def test_stream_whose_reader_is_slow_is_read_to_its_end(server):
    body = b"x" * 600_000
    server.script(answer(200, body))
    read = 0
    for piece in get(make(server, timeout=0.2), raw=True).iter_content(100_000):
        time.sleep(0.15)
        read += len(piece)
    assert read == len(body)


def test_patience_of_one_answer_does_not_shorten_the_next(server):
    server.script(
        raw(b"HTTP/1.1 200 OK\r\n", b"Content-Length: 4\r\n\r\n", b"<a", b"/>", pause=0.3)
    )
    driver = make(server, timeout=0.4)
    assert get(driver).object.tag == "a"
    assert get(driver).object.tag == "a"
    assert server.connections == 1


# --- large ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_answer_without_end_is_refused_and_its_connection_dropped(server, monkeypatch, head):
    monkeypatch.setattr("libcloud.http.MAX_BODY", 4 * MIB)
    piece = b"x" * MIB
    if b"chunked" in head:
        piece = b"%x\r\n%s\r\n" % (MIB, piece)
    flood = faults.flood(head, piece, 64)
    server.script(flood, answer(200, b"<a/>"))
    driver = make(server, timeout=5)
    with pytest.raises(NetworkError, match="bytes") as caught:
        get(driver)
    assert not caught.value.retryable
    assert get(driver).object.tag == "a"
    assert [request.connection for request in server.received] == [1, 2]
    assert flood.sent < 32


def test_error_text_without_end_is_cut_and_its_connection_dropped(server):
    flood = faults.flood(b"HTTP/1.1 404 Not Found\r\n\r\n", b"x" * MIB, 64)
    server.script(flood, answer(200, b"<a/>"))
    driver = make(server, timeout=5)
    with pytest.raises(BaseHTTPError) as caught:
        get(driver)
    assert caught.value.http_code == 404
    assert len(str(caught.value)) <= 2 * MIB
    assert flood.sent < 32
    get(driver)
    assert server.connections == 2


def bomb(encoding, status=200):
    plain = bytes(16 * MIB)
    packed = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    }[encoding](plain)
    return answer(status, packed, headers={"Content-Encoding": encoding})


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_compressed_bomb_is_refused(server, monkeypatch, encoding):
    monkeypatch.setattr("libcloud.http.MAX_BODY", 4 * MIB)
    server.script(bomb(encoding))
    with pytest.raises(NetworkError):
        get(make(server))
    assert len(server.received) == 1


def test_compressed_bomb_in_an_error_is_cut(server):
    server.script(bomb("gzip", 404))
    with pytest.raises(BaseHTTPError) as caught:
        get(make(server))
    assert caught.value.http_code == 404
    assert len(str(caught.value)) < 4 * MIB


# --- odd, and yet an answer -----------------------------------------------------------------------

UNDERSTOOD = {
    "continue": raw(b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD),
    "two interim answers": raw(
        b"HTTP/1.1 102 Processing\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", GOOD
    ),
    "lower case": raw(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n<b/>"),
    "odd case": raw(b"HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: 4\r\n\r\n<b/>"),
    "spaces": raw(b"HTTP/1.1 200 OK\r\nContent-Length:    4   \r\n\r\n<b/>"),
    "no reason": raw(b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\n<b/>"),
    "line feeds alone": raw(b"HTTP/1.1 200 OK\nContent-Length: 4\n\n<b/>"),
    "same length twice": raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n<b/>"
    ),
    "chunks and a length": raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"4\r\n<b/>\r\n0\r\n\r\n"
    ),
    "chunks with extensions and trailers": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"4;name=value\r\n<b/>\r\n0\r\nX-Trailer: 1\r\n\r\n"
    ),
    "until it closes": raw(b"HTTP/1.0 200 OK\r\n\r\n<b/>", close=True),
    "mark of byte order": answer(200, b"\xef\xbb\xbf<b/>"),
    "wrong type": answer(200, b"<b/>", "image/png"),
    "no type": raw(GOOD),
    "charset that does not fit": answer(200, b"<b/>", "text/xml; charset=utf-16"),
    "header in latin-1": answer(200, b"<b/>", headers={"X-Name": "\xe4\xf6"}),
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_odd_answer_is_understood_and_the_next_one_is_too(server, name):
    server.script(UNDERSTOOD[name], answer(200, b"<c/>"))
    driver = make(server, retry=None)
    assert get(driver).object.tag == "b"
    assert get(driver).object.tag == "c"


# --- no answer ------------------------------------------------------------------------------------

NONSENSE = {
    "two lengths": raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n<a/>x", close=True
    ),
    "length abc": raw(b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n<a/>", close=True),
    "length -4": raw(b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n<a/>", close=True),
    "length too long": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<a/>", close=True),
    "chunk of no size": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n<a/>\r\n0\r\n\r\n"
    ),
    "chunk of negative size": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\n<a/>\r\n0\r\n\r\n", close=True
    ),
    "chunks without the last": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n", close=True
    ),
    "line of 70,000 bytes": raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"),
    "status line of 70,000 bytes": raw(b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n"),
    "2,000 headers": raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2000 + b"\r\n"),
    "header without a colon": raw(
        b"HTTP/1.1 200 OK\r\nnonsense\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n0\r\n\r\n",
        close=True,
    ),
    "first header is a continuation": raw(
        b"HTTP/1.1 200 OK\r\n Content-Length: 4\r\n\r\n<a/>", close=True
    ),
    "status of letters": raw(b"HTTP/1.1 OK OK\r\n\r\n", close=True),
    "status 99": raw(b"HTTP/1.1 099 Low\r\n\r\n", close=True),
    "status 1000": raw(b"HTTP/1.1 1000 High\r\n\r\n", close=True),
    "version 2": raw(b"HTTP/2 200 OK\r\n\r\n<a/>", close=True),
    "version 9": raw(b"HTTP/0.9\r\n", close=True),
    "binary": raw(b"\x00\x01\x02\xff\r\n\r\n", close=True),
    "tls alert": raw(b"\x15\x03\x01\x00\x02\x02\x46", close=True),
    "headers cut": raw(b"HTTP/1.1 200 OK\r\nContent-Len", close=True),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_a_network_error_and_its_connection_dropped(server, name):
    server.script(NONSENSE[name], answer(200, b"<b/>"))
    driver = make(server, retry=None, timeout=0.5)
    with pytest.raises(NetworkError) as caught:
        get(driver)
    assert isinstance(caught.value, requests.RequestException)
    assert len(str(caught.value)) < 1000
    assert get(driver).object.tag == "b"
    assert [request.connection for request in server.received] == [1, 2]


def test_compressed_answers_of_several_kinds_are_read(server):
    packed = [
        ("gzip", gzip.compress(b"<a/>")),
        ("gzip", gzip.compress(b"<a") + gzip.compress(b"/>")),
        ("deflate", zlib.compress(b"<a/>")),
        ("deflate", zlib.compress(b"<a/>")[2:-4]),
        ("identity", b"<a/>"),
        ("x-gzip", gzip.compress(b"<a/>")),
    ]
    for encoding, body in packed:
        server.script(answer(200, body, headers={"Content-Encoding": encoding}))
        assert get(make(server)).object.tag == "a"
        get(make(server), method="HEAD")


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"<a>%s</a>" % (b"x" * 100))[:-12], b"<a/>", b"\x1f"],
    ids=["truncated", "plain", "one byte"],
)
def test_broken_compression_is_an_error(server, body):
    server.script(answer(200, body, headers={"Content-Encoding": "gzip"}), answer(200, b"<b/>"))
    driver = make(server, retry=None)
    with pytest.raises(NetworkError):
        get(driver)
    assert get(driver).object.tag == "b"


def test_protocol_switch_that_nobody_asked_for_is_an_error(server):
    server.script(raw(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), answer(200, b"<b/>"))
    driver = make(server, retry=None)
    with pytest.raises(LibcloudError):
        get(driver)
    assert get(driver).object.tag == "b"
    assert server.connections == 2


# --- what is behind an answer ---------------------------------------------------------------------

BEHIND = {
    "another answer": raw(GOOD + GOOD.replace(b"<b/>", b"<x/>")),
    "half of another answer": raw(GOOD + b"HTTP/1.1 200 OK\r\nContent-Le"),
    "another answer, later": raw(GOOD, GOOD.replace(b"<b/>", b"<x/>")),
    "line feed": raw(GOOD + b"\r\n"),
    "rest of a body": raw(GOOD + b"<evil/>"),
    "behind chunks": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<b/>\r\n0\r\n\r\nHTTP/1.1 200"
    ),
    "behind a stop": raw(GOOD, close=True),
}


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("name", BEHIND)
def test_what_follows_an_answer_is_not_the_next_one(server, name, tls, tls_front):
    server.script(BEHIND[name], answer(200, b"<c/>"))
    driver = tls_front(server) if tls else make(server, retry=None)
    assert get(driver).object.tag == "b"
    time.sleep(0.15)
    assert get(driver).object.tag == "c"
    assert [request.connection for request in server.received] == [1, 2]


@pytest.mark.parametrize(
    ("method", "behind"),
    [
        ("HEAD", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<b/>")),
        ("HEAD", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", b"<b/>")),
        ("GET", raw(b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n<b/>")),
        ("GET", raw(b"HTTP/1.1 204 No Content\r\n\r\n", b"<b/>")),
        ("GET", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n<b/>")),
    ],
)
def test_body_where_none_may_be_is_not_the_next_answer(server, method, behind):
    server.script(behind, answer(200, b"<c/>"))
    driver = make(server, retry=None)
    assert get(driver, method=method).body == ""
    time.sleep(0.15)
    assert get(driver).object.tag == "c"
    assert [request.connection for request in server.received] == [1, 2]


def test_head_request_keeps_its_connection(server):
    server.script(answer(200, b"<b/>"))
    driver = make(server)
    for _ in range(3):
        get(driver, method="HEAD")
        get(driver)
    assert server.connections == 1


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_server_that_closes_after_each_answer_gets_each_post_once(server, connection):
    server.script(
        raw(
            GOOD.replace(b"\r\n\r\n", b"\r\nConnection: %s\r\n\r\n" % connection.encode()),
            close=True,
        )
    )
    driver = make(server)
    for _ in range(5):
        assert get(driver, method="POST", data="<new/>").object.tag == "b"
        time.sleep(0.05)
    assert len(server.received) == 5


def test_half_closed_connection_is_not_used_again(server):
    def fault(client, request):
        client.send(GOOD)
        client.sock.shutdown(socket.SHUT_WR)
        time.sleep(1)
        return False

    server.script(fault, answer(200, b"<c/>"))
    driver = make(server)
    assert get(driver).object.tag == "b"
    time.sleep(0.1)
    assert get(driver, method="POST", data="<new/>").object.tag == "c"
    assert len(server.received) == 2


def test_connection_that_breaks_while_idle_is_not_used_again(server):
    def fault(client, request):
        client.send(GOOD)
        time.sleep(0.05)
        client.reset()
        return False

    server.script(fault, answer(200, b"<c/>"))
    driver = make(server)
    assert get(driver).object.tag == "b"
    time.sleep(0.15)
    assert get(driver, method="POST", data="<new/>").object.tag == "c"
    assert len(server.received) == 2


# --- strange documents ----------------------------------------------------------------------------

NO_JSON = {
    "nan": b'{"a": NaN}',
    "infinity": b"[-Infinity]",
    "number without end": b"1" * 100_000,
    "exponent": b"[1e999999]",
    "nul": b'{"a": "\x00"}',
    "deep": b'{"a":' * 50_000,
    "comment": b"/* */ {}",
    "two": b"{} {}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_json_is_malformed(server, name):
    server.script(answer(200, NO_JSON[name], "application/json"))
    with pytest.raises(MalformedResponseError):
        get(make(server, JsonDriver))


def test_json_after_a_mark_of_byte_order_is_read(server):
    server.script(answer(200, b'\xef\xbb\xbf{"a": 1}', "application/json"))
    assert get(make(server, JsonDriver)).object == {"a": 1}


NO_XML = {
    "nul": b"<a>\x00</a>",
    "deep": b"<a>" * 50_000 + b"</a>" * 50_000,
    "two": b"<a/><b/>",
    "wrong encoding": b'<?xml version="1.0" encoding="utf-8"?><a>\xff</a>',
    "control characters": b"<a>&#1;</a>",
    "huge attribute": b"<a b='" + b"x" * (11 * MIB) + b"'/>",
}


@pytest.mark.parametrize("name", NO_XML)
def test_what_is_no_xml_is_malformed(server, name):
    server.script(answer(200, NO_XML[name], "text/xml"))
    with pytest.raises(MalformedResponseError):
        get(make(server, timeout=5))


# --- uploads --------------------------------------------------------------------------------------


def refuse_early(close):
    """Answer when the headers are there, and read nothing of the body."""

    def serve(listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.recv(4096)
            sock.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\n<a/>")
            if close:
                time.sleep(0.2)
                sock.close()
            else:
                kept.append(sock)

    kept = []
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    return listener, kept


@pytest.mark.parametrize("close", [False, True])
@pytest.mark.parametrize("body", ["bytes", "iterator"])
def test_upload_that_is_refused_early_ends_in_time(close, body):
    listener, kept = refuse_early(close)
    data = b"x" * (32 * MIB)
    if body == "iterator":
        data = iter([data[:MIB]] * 32)
    driver = make(type("At", (), {"port": listener.getsockname()[1]}), timeout=0.5, retry=None)
    started = time.monotonic()
    with pytest.raises(LibcloudError) as caught:
        get(driver, method="PUT", data=data)
    assert time.monotonic() - started < 3
    # Of a server that neither reads on nor closes, the time-out is what shows.
    assert isinstance(caught.value, PermissionDeniedError if close else NetworkError)
    listener.close()
    for sock in kept:
        sock.close()


# --- nothing is left ------------------------------------------------------------------------------


def own_threads():
    return {thread for thread in threading.enumerate() if "(_" not in thread.name}


def open_sockets():
    links = []
    for name in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    return {link for link in links if link.startswith("socket:")}


def driver_sockets(server):
    """Connections to the server that the driver's side has open."""
    inodes = {re.sub(r"\D", "", link) for link in open_sockets()}
    count = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[2].partition(":")[2], 16) == server.port and fields[9] in inodes:
            count += 1
    return count


@pytest.mark.parametrize("end", ["close", "with", "drop", "drop a stream", "drop after an error"])
def test_no_socket_is_left(server, end):
    server.script(answer(200, b"<a/>"), answer(200, b"<a>%s</a>" % (b"x" * 500_000)))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        driver = make(server)
        threads = own_threads()
        get(driver)
        assert driver_sockets(server) == 1
        if end == "close":
            driver.close()
        elif end == "with":
            with driver:
                pass
        else:
            if end == "drop a stream":
                response = get(driver, raw=True)
                next(response.iter_content(10))
                del response
            elif end == "drop after an error":
                server.script(faults.truncate(b"<a>", 100))
                with pytest.raises(NetworkError):
                    get(driver)
            del driver
            gc.collect()
        assert driver_sockets(server) == 0
        assert not own_threads() - threads


def test_closed_driver_opens_a_new_connection_when_it_is_used_again(server):
    server.script(answer(200, b"<a/>"))
    driver = make(server)
    with driver as same:
        assert same is driver
        get(driver)
    get(driver)
    assert [request.connection for request in server.received] == [1, 2]
    driver.close()
    driver.close()


def test_driver_that_never_sent_anything_can_be_closed(server):
    make(server).close()
