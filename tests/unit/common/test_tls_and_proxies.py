from __future__ import annotations

import base64
import os
import select
import socket
import ssl
import threading
import warnings
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import trustme

import libcloud.security
from libcloud.common.base import BaseDriver, ConnectionKey
from libcloud.common.errors import NetworkError


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        content = b"hello"
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that refuses our certificate is no error here."""


@contextmanager
def https_server(context):
    server = QuietServer(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


class Driver(BaseDriver):
    name = "tls"
    connectionCls = ConnectionKey


@pytest.fixture(scope="module")
def ca():
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(ca, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return str(path)


def server_context(ca, name="localhost"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    return context


def get(port, **kwargs):
    kwargs.setdefault("host", "localhost")
    return Driver("key", port=port, timeout=5, **kwargs).connection.request("/").body


def test_certificate_of_an_own_authority_is_accepted(ca, ca_file):
    with https_server(server_context(ca)) as port:
        assert get(port, ca_cert=ca_file) == "hello"


def test_certificate_of_an_unknown_authority_is_refused_at_once(ca):
    with https_server(server_context(ca)) as port, pytest.raises(NetworkError) as caught:
        get(port)
    assert isinstance(caught.value, requests.exceptions.SSLError)
    assert not caught.value.retryable
    assert "certificate" in str(caught.value)


def test_certificate_for_another_host_is_refused(ca, ca_file):
    with (
        https_server(server_context(ca, "other.example.com")) as port,
        pytest.raises(requests.exceptions.SSLError) as caught,
    ):
        get(port, ca_cert=ca_file)
    assert isinstance(caught.value, NetworkError)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_verification_can_be_turned_off_for_one_driver(ca):
    with https_server(server_context(ca)) as port:
        assert get(port, verify_ssl_cert=False) == "hello"
        with pytest.raises(NetworkError):
            get(port)


def test_module_switch_turns_verification_off(ca, monkeypatch):
    monkeypatch.setattr(libcloud.security, "VERIFY_SSL_CERT", False)
    with https_server(server_context(ca)) as port, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert get(port) == "hello"


def test_module_bundle_is_used(ca, ca_file, monkeypatch):
    monkeypatch.setattr(libcloud.security, "CA_CERTS_PATH", ca_file)
    with https_server(server_context(ca)) as port:
        assert get(port) == "hello"


def test_environment_bundle_is_used_and_a_drivers_own_wins(ca, ca_file, tmp_path, monkeypatch):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    monkeypatch.setattr(libcloud.security, "CA_CERTS_PATH", None)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    with https_server(server_context(ca)) as port:
        assert get(port) == "hello"
        with pytest.raises(NetworkError):
            get(port, ca_cert=str(other))


def test_missing_bundle_is_named(tmp_path):
    missing = str(tmp_path / "missing.pem")
    with pytest.raises((ValueError, OSError), match=r"missing\.pem"):
        get(1, ca_cert=missing, retry=None)


def test_client_certificate_is_shown(ca, ca_file, tmp_path):
    context = server_context(ca)
    context.verify_mode = ssl.CERT_REQUIRED
    ca.configure_trust(context)
    certificate = ca.issue_cert("client@example.com")
    both, cert, key = tmp_path / "both.pem", tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(both)
    certificate.cert_chain_pems[0].write_to_path(cert)
    certificate.private_key_pem.write_to_path(key)
    with https_server(context) as port:
        assert get(port, ca_cert=ca_file, cert_file=str(both)) == "hello"
        files = {"cert_file": str(cert), "key_file": str(key)}
        assert get(port, ca_cert=ca_file, **files) == "hello"
        with pytest.raises(NetworkError):
            get(port, ca_cert=ca_file, retry=None)


# -- proxies --------------------------------------------------------------------------------------


class Proxy(BaseHTTPRequestHandler):
    """An HTTP proxy that wants a password if its server has one."""

    protocol_version = "HTTP/1.1"

    def allowed(self):
        self.server.asked.append(f"{self.command} {self.path}")
        wanted = self.server.password
        given = self.headers.get("Proxy-Authorization")
        if wanted and given != "Basic " + base64.b64encode(wanted.encode()).decode():
            self.send_response(407)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        return True

    def do_GET(self):
        if not self.allowed():
            return
        content = requests.get(self.path, proxies={"http": ""}, timeout=5).content
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_CONNECT(self):
        if not self.allowed():
            return
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.send_response(200)
            self.end_headers()
            pair = [self.connection, upstream]
            with suppress(OSError):
                while True:
                    for readable in select.select(pair, [], [], 5)[0]:
                        data = readable.recv(65536)
                        if not data:
                            self.close_connection = True
                            return
                        (upstream if readable is self.connection else self.connection).sendall(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def proxy():
    server = QuietServer(("127.0.0.1", 0), Proxy)
    server.asked = []
    server.password = None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def http_port():
    server = QuietServer(("127.0.0.1", 0), Hello)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_plain_requests_go_through_the_proxy_argument(proxy, http_port):
    url = f"http://127.0.0.1:{proxy.server_port}"
    assert get(http_port, host="127.0.0.1", secure=False, proxy_url=url) == "hello"
    assert proxy.asked == [f"GET http://127.0.0.1:{http_port}/"]


def test_tls_requests_go_through_the_proxy_and_stay_private(proxy, ca, ca_file):
    url = f"http://127.0.0.1:{proxy.server_port}"
    with https_server(server_context(ca)) as port:
        assert get(port, ca_cert=ca_file, proxy_url=url) == "hello"
        assert proxy.asked == [f"CONNECT localhost:{port}"]


def test_proxy_takes_credentials(proxy, http_port, ca, ca_file):
    proxy.password = "user:p@ss"
    good = f"http://user:p%40ss@127.0.0.1:{proxy.server_port}"
    assert get(http_port, host="127.0.0.1", secure=False, proxy_url=good) == "hello"
    with https_server(server_context(ca)) as port:
        assert get(port, ca_cert=ca_file, proxy_url=good) == "hello"
        bad = f"http://user:wrong@127.0.0.1:{proxy.server_port}"
        with pytest.raises(NetworkError) as caught:
            get(port, ca_cert=ca_file, proxy_url=bad, retry=None)
    assert "wrong" not in str(caught.value)


def test_set_http_proxy_works_before_and_after_the_first_request(proxy, http_port):
    driver = Driver("key", secure=False, host="127.0.0.1", port=http_port)
    driver.connection.request("/")
    assert proxy.asked == []
    driver.connection.set_http_proxy(f"http://127.0.0.1:{proxy.server_port}")
    driver.connection.request("/")
    assert len(proxy.asked) == 1


def test_environment_proxy_is_used_and_no_proxy_honoured(proxy, http_port, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    get(http_port, host="127.0.0.1", secure=False)
    assert len(proxy.asked) == 1
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    get(http_port, host="127.0.0.1", secure=False)
    assert len(proxy.asked) == 1


def test_proxy_argument_wins_over_the_environment(proxy, http_port, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    url = f"http://127.0.0.1:{proxy.server_port}"
    assert get(http_port, host="127.0.0.1", secure=False, proxy_url=url) == "hello"


def test_proxy_that_is_not_there_is_a_network_error(http_port):
    with pytest.raises(NetworkError) as caught:
        get(
            http_port,
            host="127.0.0.1",
            secure=False,
            proxy_url="http://user:hidden@127.0.0.1:1",
            retry=None,
        )
    assert not caught.value.sent
    assert "hidden" not in str(caught.value)


@pytest.fixture
def breaking_tls_server(ca):
    """A server that takes a request over TLS and answers with noise; and what it received."""
    listener = socket.create_server(("127.0.0.1", 0))
    received = []

    def serve():
        with suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with server_context(ca).wrap_socket(plain, server_side=True) as encrypted:
                    request = b""
                    while not request.endswith(b"new"):
                        request += encrypted.recv(65536)
                    received.append(request)
                    with socket.socket(fileno=os.dup(encrypted.fileno())) as naked:
                        naked.sendall(b"this is not a record of TLS")
                        naked.recv(1)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], received
    listener.close()


@pytest.mark.parametrize("retry_failed", [None, True])
def test_post_over_tls_that_breaks_is_sent_once(breaking_tls_server, ca_file, retry_failed):
    port, received = breaking_tls_server
    driver = Driver("key", host="localhost", port=port, ca_cert=ca_file, timeout=1, retry_delay=0.1)
    with pytest.raises(requests.exceptions.SSLError) as caught:
        driver.connection.request("/", method="POST", data="new", retry_failed=retry_failed)
    assert caught.value.sent
    assert len(received) == 1
