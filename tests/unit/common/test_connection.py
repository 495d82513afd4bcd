from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

import libcloud
from libcloud.common import base
from libcloud.common.base import (
    BaseDriver,
    CertificateConnection,
    Connection,
    ConnectionKey,
    ConnectionUserAndKey,
    JsonResponse,
    KeyCertificateConnection,
    LazyObject,
    PollingConnection,
    Response,
    XmlResponse,
)
from libcloud.common.errors import BaseHTTPError, LibcloudError, NetworkError
from libcloud.common.retry import RetryPolicy
from libcloud.http import LibcloudConnection
from libcloud.utils.retry import Retry


class EchoHandler(BaseHTTPRequestHandler):
    """Answers with what it was asked, as JSON."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.connections.add(self.client_address)
        heard = {
            "method": self.command,
            "target": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
        }
        content = json.dumps(heard).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), EchoHandler)
    server.daemon_threads = True
    server.connections = set()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class EchoConnection(ConnectionUserAndKey):
    responseCls = JsonResponse


class EchoDriver(BaseDriver):
    name = "echo"
    connectionCls = EchoConnection


@pytest.fixture
def driver(server):
    server.connections.clear()
    return EchoDriver("me", "secret", secure=False, host="127.0.0.1", port=server.server_port)


def hear(driver, *args, **kwargs):
    return driver.connection.request(*args, **kwargs).object


# -- what is sent ---------------------------------------------------------------------------------


def test_request_carries_query_headers_and_user_agent(driver, server):
    driver.connection.user_agent_append("my-program/1.0")
    heard = hear(driver, "/x", params={"q": "a b", "u": "ü", "l": [1, 2], "none": None})
    assert heard["target"] == "/x?q=a%20b&u=%C3%BC&l=1&l=2"
    assert heard["headers"]["user-agent"] == (
        f"libcloud/{libcloud.__version__} (echo) (my-program/1.0)"
    )
    assert heard["headers"]["host"] == f"127.0.0.1:{server.server_port}"


def test_params_may_be_pairs(driver):
    assert hear(driver, "/x?z=0", params=[("a", 1), ("a", 2)])["target"] == "/x?z=0&a=1&a=2"


@pytest.mark.parametrize(
    ("data", "body"),
    [
        ("text ü", "text ü"),
        (b"bytes", "bytes"),
        ({"a": "b c"}, "a=b+c"),
        (iter([b"one ", b"two"]), "one two"),
        ("", ""),
        (None, ""),
    ],
)
def test_body_may_be_of_many_kinds(driver, data, body):
    assert hear(driver, "/x", method="POST", data=data)["body"] == body


def test_json_body_has_its_content_type(driver):
    heard = hear(driver, "/x", method="POST", json={"a": [1]})
    assert json.loads(heard["body"]) == {"a": [1]}
    assert heard["headers"]["content-type"] == "application/json"


def test_iterator_with_a_length_is_not_sent_in_chunks(driver):
    headers = {"Content-Length": "3"}
    heard = hear(driver, "/x", method="PUT", data=iter([b"a", b"bc"]), headers=headers)
    assert heard["body"] == "abc"
    assert "transfer-encoding" not in heard["headers"]


def test_get_without_a_body_has_no_length(driver):
    assert "content-length" not in hear(driver, "/x")["headers"]
    assert hear(driver, "/x", method="POST")["headers"]["content-length"] == "0"


def test_double_slashes_are_joined_unless_the_path_is_exact(driver, monkeypatch):
    assert hear(driver, "//a//b?c=//d")["target"] == "/a/b?c=//d"
    monkeypatch.setattr(base, "ALLOW_PATH_DOUBLE_SLASHES", True)
    assert hear(driver, "/a//b")["target"] == "/a//b"


def test_headers_of_any_text_are_sent(driver):
    heard = hear(driver, "/x", headers={"X-Name": "ü", "X-Number": 5})
    assert heard["headers"]["x-number"] == "5"
    assert heard["headers"]["x-name"].encode("latin-1").decode() == "ü"


def test_request_does_not_change_what_it_was_given(driver):
    class Adding(EchoConnection):
        def add_default_params(self, params):
            params["added"] = "1"
            return params

        def add_default_headers(self, headers):
            headers["added"] = "1"
            return headers

    driver.connectionCls = Adding
    connection = Adding("u", "k", secure=False, host="127.0.0.1", port=driver.connection.port)
    params, headers = {"a": 1}, {"b": "2"}
    connection.request("/x", params=params, headers=headers)
    assert (params, headers) == ({"a": 1}, {"b": "2"})


def test_netrc_does_not_replace_our_authorization(driver, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    heard = hear(driver, "/x", headers={"Authorization": "Bearer mine"})
    assert heard["headers"]["authorization"] == "Bearer mine"
    assert "authorization" not in hear(driver, "/x")["headers"]


# -- hooks ----------------------------------------------------------------------------------------


class HookedConnection(EchoConnection):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = []

    def see(self, hook):
        self.seen.append((hook, self.action, self.method, self.data))

    def morph_action_hook(self, action):
        return super().morph_action_hook(f"/v2{action}")

    def add_default_params(self, params):
        self.see("params")
        return {**params, "default": "1"}

    def add_default_headers(self, headers):
        self.see("headers")
        return {**headers, "X-Default": "1"}

    def encode_data(self, data):
        self.see("encode")
        return data.upper()

    def pre_connect_hook(self, params, headers):
        self.see("connect")
        headers["X-Signature"] = f"{self.method} {self.action} {self.data} {sorted(params)}"
        return params, headers


def test_hooks_see_the_request_in_their_order(server):
    connection = HookedConnection("u", "k", secure=False, host="127.0.0.1", port=server.server_port)
    heard = connection.request("/x", params={"a": 1}, data="body", method="post").object
    assert connection.seen == [
        ("params", "/v2/x", "POST", "body"),
        ("headers", "/v2/x", "POST", "body"),
        ("encode", "/v2/x", "POST", "body"),
        ("connect", "/v2/x", "POST", "BODY"),
    ]
    assert heard["body"] == "BODY"
    assert heard["headers"]["x-signature"] == "POST /v2/x BODY ['a', 'default']"


def test_hooks_of_threads_do_not_mix(server):
    class Connection(HookedConnection):
        def see(self, hook):
            import time

            time.sleep(0.001)

    connection = Connection("u", "k", secure=False, host="127.0.0.1", port=server.server_port)

    def call(number):
        heard = connection.request(f"/{number}", data=f"body{number}", method="PUT").object
        return heard["headers"]["x-signature"] == f"PUT /v2/{number} BODY{number} ['default']"

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(call, range(400)))


def test_context_belongs_to_the_thread():
    connection = Connection()
    connection.set_context({"a": 1})
    seen = []
    thread = threading.Thread(target=lambda: seen.append(connection.context))
    thread.start()
    thread.join()
    assert connection.context == {"a": 1}
    assert seen == [{}]
    connection.reset_context()
    assert connection.context == {}


def test_request_made_in_a_constructor_of_a_connection_works(server):
    class Eager(EchoConnection):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.greeting = self.request("/hello").object["target"]

    eager = Eager("u", "k", secure=False, host="127.0.0.1", port=server.server_port)
    assert eager.greeting == "/hello"


# -- connections ----------------------------------------------------------------------------------


def test_one_thread_opens_one_connection(driver, server):
    for _ in range(25):
        hear(driver, "/x")
    assert len(server.connections) == 1


def test_threads_open_at_most_one_connection_each(driver, server):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: hear(driver, f"/{n}")["target"], range(1000)))
    assert answers == [f"/{n}" for n in range(1000)]
    assert len(server.connections) <= 16


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({"url": "https://a.b:88/c/d"}, ("a.b", 88, 1, "/c/d")),
        ({"url": "http://a.b/c"}, ("a.b", 80, 0, "/c")),
        ({"secure": False}, ("127.0.0.1", 80, 0, "")),
        ({"host": "zz"}, ("zz", 443, 1, "")),
        ({"host": "zz", "port": 12}, ("zz", 12, 1, "")),
    ],
)
def test_host_comes_from_arguments_or_url(kwargs, expected):
    connection = Connection(**kwargs)
    found = (connection.host, connection.port, connection.secure, connection.request_path)
    assert found == expected


def test_base_url_path_goes_before_every_request(server):
    connection = EchoConnection("u", "k", url=f"http://127.0.0.1:{server.server_port}/api/v1/")
    assert connection.request("/things").object["target"] == "/api/v1/things"
    assert connection.request("things").object["target"] == "/api/v1/things"


def test_plain_http_is_refused_where_the_class_forbids_it():
    class Secure(Connection):
        allow_insecure = False

    with pytest.raises(ValueError, match="secure"):
        Secure(secure=False)
    with pytest.raises(ValueError, match="https"):
        Secure(url="http://a.b")


def test_constructing_a_driver_makes_no_request_and_no_third_party_import():
    code = (
        "import sys\n"
        "from libcloud.common.base import BaseDriver\n"
        "BaseDriver('key', 'secret') if False else BaseDriver('key')\n"
        "print([m for m in ('requests','urllib3','lxml','paramiko','cryptography','http.client')"
        " if m in sys.modules])\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"


def test_driver_passes_on_what_its_connection_wants():
    driver = EchoDriver(
        "me",
        "secret",
        host="api.example.com",
        port=8443,
        timeout=7,
        retry_delay=3,
        backoff=4,
        proxy_url="http://u:p@proxy.example.com:3128",
        ca_cert="/some/bundle.pem",
        retry=None,
    )
    connection = driver.connection
    assert (connection.user_id, connection.key) == ("me", "secret")
    assert (connection.host, connection.port, connection.timeout) == ("api.example.com", 8443, 7)
    assert (connection.retry_delay, connection.backoff) == (3, 4)
    assert connection.retry is None
    wire = connection.connection
    assert wire.host == "https://api.example.com:8443"
    assert (wire.proxy_host, wire.proxy_port, wire.proxy_username) == (
        "proxy.example.com",
        3128,
        "u",
    )
    assert wire.ca_cert == "/some/bundle.pem"
    assert wire.timeout == 7


def test_driver_survives_pickling(driver):
    hear(driver, "/before")
    copy = pickle.loads(pickle.dumps(driver))
    assert hear(copy, "/after")["target"] == "/after"
    assert copy.connection.driver is copy


@pytest.mark.parametrize(
    "url", ["ftp://x:1", "x", "http://h", "http://u@h:1", "http://u:p@h", "https://:80"]
)
def test_proxy_url_of_another_form_is_refused(url):
    with pytest.raises(ValueError):
        Connection().set_http_proxy(url)


def test_certificate_connections_keep_their_files():
    assert CertificateConnection("cert.pem").cert_file == "cert.pem"
    connection = KeyCertificateConnection("key.pem", "cert.pem", ca_cert="ca.pem")
    connection.connect()
    assert connection.connection.cert == ("cert.pem", "key.pem")
    assert connection.connection.ca_cert == "ca.pem"


# -- old retry switches ---------------------------------------------------------------------------


class Flaky(LibcloudConnection):
    """Fails a number of times before anything is sent, then answers."""

    failures = 2
    calls = 0

    def request(self, method, url, body=None, headers=None, raw=False, stream=False):
        Flaky.calls += 1
        if Flaky.calls <= self.failures:
            error = NetworkError("refused")
            error.sent = False
            raise error
        self.response = requests.Response()
        self.response.status_code = 200
        self.response._content = b"{}"


class OldRetry(Retry):
    made = 0

    def __init__(self, **kwargs):
        OldRetry.made += 1
        super().__init__(retry_exceptions=(NetworkError,), **kwargs)


def test_retry_failed_uses_the_retry_class():
    Flaky.calls = OldRetry.made = 0
    connection = EchoConnection("u", "k", retry_delay=0.001, timeout=5)
    connection.conn_class = Flaky
    connection.retryCls = OldRetry
    assert connection.request("/x", retry_failed=True).status == 200
    assert (Flaky.calls, OldRetry.made) == (3, 1)


def test_retry_failed_false_sends_once():
    Flaky.calls = 0
    connection = EchoConnection("u", "k")
    connection.conn_class = Flaky
    with pytest.raises(NetworkError):
        connection.request("/x", retry_failed=False)
    assert Flaky.calls == 1


def test_module_switch_turns_the_old_retries_on(monkeypatch):
    Flaky.calls = OldRetry.made = 0
    monkeypatch.setattr(base, "RETRY_FAILED_HTTP_REQUESTS", True)
    connection = EchoConnection("u", "k", retry_delay=0.001)
    connection.conn_class = Flaky
    connection.retryCls = OldRetry
    connection.request("/x")
    assert OldRetry.made == 1


# -- foreign transports and interception ----------------------------------------------------------


class HttpClientAnswer:
    """What ``http.client`` gives, and nothing of requests."""

    status = 200
    reason = "OK"

    def getheaders(self):
        return [("X-Foreign", "yes")]

    def read(self):
        return b'{"foreign": true}'


class ForeignTransport:
    """A transport that knows nothing of requests."""

    def __init__(self, host, port, secure=None, **kwargs):
        self.asked = []

    def request(self, method, url, body=None, headers=None, stream=False):
        self.asked.append((method, url, body))

    def getresponse(self):
        return HttpClientAnswer()

    def close(self):
        pass


def test_foreign_transport_carries_the_traffic():
    connection = EchoConnection("u", "k")
    connection.conn_class = ForeignTransport
    response = connection.request("/x", method="PUT", data="body", params={"a": 1})
    assert response.object == {"foreign": True}
    assert response.headers == {"x-foreign": "yes"}
    assert connection.connection.asked == [("PUT", "/x?a=1", "body")]
    assert connection.request("/x", raw=True).status == 200


def test_transport_of_the_class_is_used(monkeypatch):
    monkeypatch.setattr(EchoConnection, "conn_class", ForeignTransport)
    driver = EchoDriver("u", "k")
    assert hear(driver, "/x") == {"foreign": True}


def test_patched_connect_is_seen(monkeypatch):
    calls = []
    monkeypatch.setattr(
        "libcloud.common.base.Connection.connect", lambda self, **kwargs: calls.append(self)
    )
    driver = EchoDriver("u", "k")
    assert calls == [driver.connection]


def test_mock_as_connection_sees_the_arguments():
    from unittest.mock import Mock

    connection = Connection()
    connection.connection = Mock()
    connection.connection.getresponse.return_value = Mock(
        status_code=200, headers={}, text="hello", content=b"hello", reason="OK"
    )
    assert connection.request("/x").body == "hello"
    arguments = connection.connection.request.call_args[1]
    assert (arguments["method"], arguments["url"]) == ("GET", "/x")


def test_requests_mock_intercepts(requests_mock):
    requests_mock.get("https://api.example.com/x?a=1", json={"mocked": True})
    driver = EchoDriver("u", "k", host="api.example.com")
    assert hear(driver, "/x", params={"a": 1}) == {"mocked": True}
    requests_mock.get("https://api.example.com/gone", status_code=404, text="gone")
    with pytest.raises(BaseHTTPError, match="gone"):
        hear(driver, "/gone")
    requests_mock.get("https://api.example.com/down", exc=requests.exceptions.ConnectTimeout)
    with pytest.raises(NetworkError):
        hear(driver, "/down")


def test_responses_intercepts():
    import responses

    with responses.RequestsMock() as mock:
        mock.add(responses.POST, "https://api.example.com/x", json={"mocked": True})
        driver = EchoDriver("u", "k", host="api.example.com")
        assert hear(driver, "/x", method="POST", data="a") == {"mocked": True}
        assert mock.calls[0].request.body == "a"


def test_vcrpy_records_and_replays(server, tmp_path):
    import vcr

    cassette = str(tmp_path / "cassette.yaml")
    arguments = {"secure": False, "host": "127.0.0.1", "port": server.server_port}
    with vcr.use_cassette(cassette):
        first = hear(EchoDriver("u", "k", **arguments), "/recorded")
    with vcr.use_cassette(cassette, record_mode="none") as played:
        assert hear(EchoDriver("u", "k", **arguments), "/recorded") == first
        assert played.play_count == 1


def test_adapter_mounted_by_a_program_is_used(driver):
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        used = 0

        def send(self, *args, **kwargs):
            Adapter.used += 1
            return super().send(*args, **kwargs)

    driver.connection.connection.session.mount("http://", Adapter())
    hear(driver, "/x")
    assert Adapter.used == 1


# -- responses ------------------------------------------------------------------------------------


def answer(body=b"", status=200, content_type="text/plain"):
    response = requests.Response()
    response.status_code = status
    response.reason = "Reason"
    response.headers["Content-Type"] = content_type
    response.headers["X-Request-ID"] = "r1"
    response._content = body
    return response


def test_response_has_text_and_lower_case_headers():
    response = Response(answer(b" hi \n"), Connection())
    assert (response.status, response.body, response.object) == (200, "hi", "hi")
    assert response.headers["x-request-id"] == "r1"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206])
def test_success_is_any_2xx(status):
    assert Response(answer(status=status), Connection()).status == status


def test_text_is_decoded_by_the_charset_of_the_headers():
    latin = answer("ü".encode("latin-1"), content_type="text/plain; charset=ISO-8859-1")
    assert Response(latin, Connection()).body == "ü"
    assert Response(answer("ü".encode()), Connection()).body == "ü"
    unknown = answer(b"a", content_type="text/plain; charset=klingon")
    assert Response(unknown, Connection()).body == "a"


def test_xml_declared_in_another_encoding_is_read():
    body = "<?xml version='1.0' encoding='ISO-8859-1'?><a>ü</a>".encode("latin-1")
    assert XmlResponse(answer(body), Connection()).object.text == "ü"


def test_parse_error_may_raise_return_an_exception_or_a_text():
    class Raising(Response):
        def parse_error(self):
            raise KeyError("raised")

    class Returning(Response):
        def parse_error(self):
            return LibcloudError("returned")

    class Telling(Response):
        def parse_error(self):
            return "told"

    with pytest.raises(KeyError):
        Raising(answer(status=400), Connection())
    with pytest.raises(LibcloudError, match="returned"):
        Returning(answer(status=400), Connection())
    with pytest.raises(BaseHTTPError, match="told") as caught:
        Telling(answer(status=400), Connection())
    assert caught.value.code == 400


def test_overridden_success_is_asked():
    class Always(Response):
        def success(self):
            return True

    assert Always(answer(b"x", status=500), Connection()).object == "x"


# -- polling, lazy objects ------------------------------------------------------------------------


class Job(PollingConnection):
    poll_interval = 0.001

    def __init__(self, rounds):
        super().__init__()
        self.rounds = rounds
        self.asked = []

    def request(self, **kwargs):
        self.asked.append(kwargs["action"])
        return len(self.asked)

    def get_poll_request_kwargs(self, response, context, request_kwargs):
        return {"action": f"/jobs/{response}/{context['name']}"}

    def has_completed(self, response):
        return response > self.rounds


def test_async_request_polls_until_the_job_is_done():
    job = Job(3)
    assert job.async_request("/start", context={"name": "n"}) == 4
    assert job.asked == ["/start", "/jobs/1/n", "/jobs/1/n", "/jobs/1/n"]


def test_async_request_gives_up_after_its_time():
    job = Job(10**9)
    job.timeout = 0.01
    with pytest.raises(LibcloudError, match=r"did not complete in 0\.01 seconds"):
        job.async_request("/start", context={"name": "n"})


def test_lazy_object_is_constructed_when_it_is_looked_at():
    made = []

    class Thing(LazyObject):
        def __init__(self, name, size=1):
            made.append(name)
            self.name = name
            self.size = size

        def double(self):
            return self.size * 2

    thing = Thing.lazy("n", size=2)
    assert made == []
    assert isinstance(thing, Thing)
    assert (thing.name, thing.double()) == ("n", 4)
    thing.size = 5
    assert thing.double() == 10
    assert made == ["n"]


def test_connection_key_secrets_are_known():
    assert list(ConnectionKey("k").secrets()) == ["k"]


def test_request_made_by_a_hook_does_not_disturb_the_one_it_is_for(server):
    seen = []

    class TokenConnection(EchoConnection):
        token = None

        def add_default_headers(self, headers):
            if self.token is None:
                self.token = "fetched"
                self.request("/token", method="POST", data="grant")
            return headers

        def pre_connect_hook(self, params, headers):
            seen.append((self.action, self.method, self.data, dict(self.context)))
            return params, headers

    class TokenDriver(EchoDriver):
        connectionCls = TokenConnection

    connection = TokenDriver(
        "user", "key", secure=False, host="127.0.0.1", port=server.server_port
    ).connection
    connection.set_context({"node": "one"})
    connection.request("/nodes", method="PUT", data="body")
    assert seen[1] == ("/nodes", "PUT", "body", {"node": "one"})
    assert connection.context == {}


def test_connection_that_skips_our_constructor_works(server):
    class OwnConstructor(ConnectionUserAndKey):
        responseCls = JsonResponse

        def __init__(self, *args, **kwargs):
            self.host, self.port, self.secure = "127.0.0.1", server.server_port, 0

    class OwnDriver(EchoDriver):
        connectionCls = OwnConstructor

    connection = OwnDriver("user", "key").connection
    connection.user_agent_append("mine")
    assert "(mine)" in connection.request("/x").object["headers"]["user-agent"]


def test_transport_that_skips_our_constructor_works():
    class Canned(LibcloudConnection):
        def __init__(self, *args, **kwargs):
            pass

        def request(self, method, url, body=None, headers=None, raw=False, stream=False):
            self.response = answer(b"{}")

    class CannedConnection(EchoConnection):
        conn_class = Canned

    class CannedDriver(EchoDriver):
        connectionCls = CannedConnection

    driver = CannedDriver("user", "key")
    assert driver.connection.request("/").object == {}
    assert copy.deepcopy(driver).connection.request("/").object == {}


@pytest.mark.parametrize("secret", [None, "secret"])
def test_driver_over_a_plain_connection_keeps_its_key_to_itself(secret):
    class PlainDriver(BaseDriver):
        connectionCls = Connection

    driver = PlainDriver("key", secret, secure=False, host="example.com", port=8080)
    assert driver.connection.connection.host == "http://example.com:8080"


def test_importing_the_library_imports_next_to_nothing():
    program = "import os, sys; before = set(sys.modules); import libcloud; "
    program += "print(*sorted(set(sys.modules) - before))"
    result = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True
    )
    assert set(result.stdout.split()) <= {"__future__", "libcloud"}


@pytest.mark.parametrize("attempts", [0, -1])
def test_retry_policy_that_never_sends_is_refused(attempts):
    with pytest.raises(ValueError, match="attempts"):
        RetryPolicy(attempts=attempts).run(lambda: None, repeatable=True)
