"""TLS, names and proxies that are wrong: an error before anything was sent, in time."""

from __future__ import annotations

import datetime
import socket
import ssl
import time
import traceback

import pytest
import requests
import trustme

from libcloud.common.errors import LibcloudError, NetworkError
from libcloud.common.retry import RetryPolicy
from tests.faults import server as faults
from tests.faults.server import FaultServer, answer, raw
from tests.faults.test_connection_faults import SECRET, make

PASSWORD = "proxy-password-of-the-tests"


@pytest.fixture
def server():
    with FaultServer() as running:
        running.script(answer(200, b"<a/>"))
        yield running


def context_of(authority, name="localhost", **kwargs):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **kwargs).configure_cert(context)
    return context


def old_protocol(authority):
    context = context_of(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def expired(authority):
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    return context_of(authority, not_after=yesterday)


CERTIFICATES = {
    "expired": expired,
    "other host": lambda authority: context_of(authority, "example.com"),
    "other authority": lambda authority: context_of(trustme.CA()),
    "old protocol": old_protocol,
}


def error_of(do, seconds=3.0):
    started = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        do()
    assert time.monotonic() - started < seconds
    error = caught.value
    assert isinstance(error, requests.RequestException)
    shown = "".join([str(error), repr(error), *traceback.format_exception(error)])
    assert SECRET not in shown
    assert PASSWORD not in shown
    return error


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_wrong_tls_is_refused_at_once_and_nothing_sent(server, tls_front, authority, name, method):
    driver = tls_front(server, context=CERTIFICATES[name](authority), retry=RetryPolicy(delay=0.01))
    error = error_of(lambda: driver.connection.request("/things", method=method))
    assert isinstance(error, requests.exceptions.SSLError)
    assert not error.retryable
    assert server.received == []
    assert server.connections == 1


def test_self_signed_certificate_is_refused(server, tls_front, tmp_path):
    authority = trustme.CA()
    driver = tls_front(server, context=context_of(authority))
    driver.connection.connection.ca_cert = None  # what the system trusts
    error_of(lambda: driver.connection.request("/things"))
    assert server.received == []


def test_host_by_its_address_needs_a_certificate_for_the_address(server, tls_front):
    driver = tls_front(server, host="127.0.0.1")
    assert isinstance(
        error_of(lambda: driver.connection.request("/things")), requests.exceptions.SSLError
    )
    assert server.received == []


HANDSHAKES = {
    "plain http": lambda sock: sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "closes": lambda sock: None,
    "garbage": lambda sock: sock.sendall(b"\x16\x03\x03\xff\xff" + b"x" * 100),
    "alert": lambda sock: sock.sendall(b"\x15\x03\x03\x00\x02\x02\x28"),
    "silence": lambda sock: time.sleep(2),
    "dripping": lambda sock: [
        (sock.sendall(b"\x16" if not number else b"\x03"), time.sleep(0.1)) for number in range(30)
    ],
}


@pytest.mark.parametrize("name", HANDSHAKES)
def test_handshake_that_goes_wrong_is_a_network_error(server, tls_front, name):
    def handshake(sock):
        sock.recv(65536)
        HANDSHAKES[name](sock)
        raise OSError("no TLS")

    driver = tls_front(server, timeout=0.4)
    server.wrap = handshake
    error_of(lambda: driver.connection.request("/things", method="POST", data="x"))
    assert server.received == []


def test_plain_request_to_a_tls_port_is_an_error(server, tls_front):
    tls_front(server)
    error_of(lambda: make(server, retry=None).connection.request("/things"))
    assert server.received == []


@pytest.mark.parametrize("fault", ["reset_before_answer", "reset_in_body", "unfinished_chunks"])
def test_tls_that_breaks_off_is_a_network_error(server, tls_front, fault):
    driver = tls_front(server)
    server.script(getattr(faults, fault))
    error_of(lambda: driver.connection.request("/things"))


def test_tls_that_drips_ends(server, tls_front):
    driver = tls_front(server, timeout=0.3)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    server.script(faults.drip(head, b"x" * 1000, 0.05))
    error_of(lambda: driver.connection.request("/things"))


def test_credentials_do_not_follow_a_redirect_from_tls_to_plain(server, tls_front):
    with FaultServer() as plain:
        plain.script(answer(200, b"<a/>"))
        driver = tls_front(server)
        server.script(faults.redirect(f"http://localhost:{plain.port}/elsewhere"))
        driver.connection.request("/things")
        assert SECRET not in str(plain.received)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["no-such-host.invalid", "a..b.invalid", "x" * 64 + ".invalid", "%"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_host_that_does_not_resolve_is_a_network_error(server, host, method):
    driver = make(server, retry=None)
    driver.connection.host = host
    driver.connection.connect()
    with pytest.raises(LibcloudError) as caught:
        driver.connection.request("/things", method=method)
    assert SECRET not in f"{caught.value}"
    assert not getattr(caught.value, "sent", False)


@pytest.mark.parametrize("connection_state", ["new connection"], indirect=True)
def test_name_server_that_fails_is_a_network_error(server, monkeypatch):
    driver = make(server, retry=RetryPolicy(delay=0.01))
    asked = []

    def fail(*args, **kwargs):
        asked.append(args)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = error_of(lambda: driver.connection.request("/things", method="POST"))
    assert not error.sent
    assert len(asked) == 3


# --- proxies --------------------------------------------------------------------------------------


def proxy_driver(proxy, server, secure, **kwargs):
    driver = make(server, retry=None, **{"timeout": 0.5, **kwargs})
    connection = driver.connection
    connection.secure = int(secure)
    connection.connect()
    connection.set_http_proxy(f"http://user:{PASSWORD}@127.0.0.1:{proxy.port}")
    return driver


CONNECT = {
    "407": answer(407, b"who are you?", headers={"Proxy-Authenticate": "Basic"}),
    "403": answer(403, b"no"),
    "502": answer(502),
    "redirect": answer(302, headers={"Location": "http://127.0.0.1:1/"}),
    "garbage": faults.not_http,
    "closes": faults.close_before_answer,
    "resets": faults.reset_before_answer,
    "silence": faults.stall(2),
    "drips": faults.drip(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 200, 0.05),
    "endless headers": raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2000),
    "then no TLS": raw(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>"),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", CONNECT)
def test_proxy_that_does_not_connect_is_a_network_error(server, name, method):
    with FaultServer() as proxy:
        proxy.script(CONNECT[name])
        driver = proxy_driver(proxy, server, secure=True)
        error_of(lambda: driver.connection.request("/things", method=method))
        # What follows the CONNECT is the beginning of TLS, if the proxy reads it in time.
        assert [r.method for r in proxy.received if r.method.isalpha()] == ["CONNECT"]
        assert SECRET not in str(proxy.received)
    assert server.received == []


@pytest.mark.parametrize("status", [407, 403, 502, 504])
def test_proxy_that_answers_itself_is_an_error_of_its_status(server, status):
    with FaultServer() as proxy:
        proxy.script(answer(status, b"<html>proxy says no", "text/html"))
        driver = proxy_driver(proxy, server, secure=False)
        with pytest.raises(LibcloudError) as caught:
            driver.connection.request("/things")
        assert caught.value.http_code == status
        assert PASSWORD not in f"{caught.value!r}"
    assert server.received == []


@pytest.mark.parametrize("name", ["garbage", "closes", "resets", "silence", "drips"])
def test_proxy_that_breaks_is_a_network_error(server, name):
    with FaultServer() as proxy:
        proxy.script(CONNECT[name])
        error_of(lambda: proxy_driver(proxy, server, False).connection.request("/things"))


def test_proxy_that_is_not_there_is_a_network_error(server):
    with FaultServer() as proxy:
        pass
    for secure in (False, True):
        driver = proxy_driver(proxy, server, secure)
        error = error_of(lambda driver=driver: driver.connection.request("/x", method="POST"))
        assert not error.sent
