"""Each fault of a server gives the documented error, in time, and harms nothing."""

from __future__ import annotations

import gc
import gzip
import io
import os
import socket
import time
import warnings

import pytest
import requests

from libcloud.common.base import BaseDriver, ConnectionUserAndKey, JsonResponse, XmlResponse
from libcloud.common.errors import (
    BaseHTTPError,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.common.retry import RetryPolicy
from tests.faults import server as faults
from tests.faults.server import FaultServer, answer

SECRET = "correct-horse-battery"
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
 <!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">
]><lolz>&lol3;</lolz>"""
FILE_ENTITY = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>"""


class XmlConnection(ConnectionUserAndKey):
    responseCls = XmlResponse

    def add_default_headers(self, headers):
        headers["X-Secret-Token"] = self.key
        headers["Authorization"] = f"Basic {self.key}"
        return headers


class JsonConnection(XmlConnection):
    responseCls = JsonResponse


class Driver(BaseDriver):
    name = "faulty"
    connectionCls = XmlConnection


class JsonDriver(Driver):
    connectionCls = JsonConnection


@pytest.fixture
def server():
    with FaultServer() as running:
        yield running


def make(server, cls=Driver, **kwargs):
    kwargs.setdefault("timeout", 1)
    kwargs.setdefault("retry", RetryPolicy(delay=0.01))
    return cls("user", SECRET, secure=False, host="127.0.0.1", port=server.port, **kwargs)


BROKEN = {
    "reset": faults.reset_before_answer,
    "closed": faults.close_before_answer,
    "reset in body": faults.reset_in_body,
    "truncated": faults.truncate(b"<a>", 100),
    "broken chunks": faults.broken_chunks,
    "unfinished chunks": faults.unfinished_chunks,
    "not http": faults.not_http,
}


@pytest.mark.parametrize("name", BROKEN)
def test_get_over_a_breaking_connection_is_a_network_error(server, name):
    server.script(BROKEN[name])
    with pytest.raises(NetworkError) as caught:
        make(server).connection.request("/things", params={"signature": SECRET})
    assert isinstance(caught.value, requests.RequestException)
    assert SECRET not in str(caught.value) + repr(caught.value)
    assert len(server.received) == 3


@pytest.mark.parametrize("name", BROKEN)
def test_post_over_a_breaking_connection_is_sent_once(server, name):
    server.script(BROKEN[name])
    with pytest.raises(NetworkError):
        make(server).connection.request("/things", method="POST", data="<new/>")
    assert len(server.received) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_get_succeeds_when_only_the_first_connection_breaks(server, name):
    server.script(BROKEN[name], answer(200, b"<a/>"))
    assert make(server).connection.request("/things").object.tag == "a"
    assert len(server.received) == 2


def test_stalling_server_times_out_and_is_not_asked_again(server):
    server.script(faults.stall(5))
    started = time.monotonic()
    with pytest.raises(requests.exceptions.ReadTimeout) as caught:
        make(server).connection.request("/things")
    assert isinstance(caught.value, NetworkError)
    assert time.monotonic() - started < 3
    assert len(server.received) == 1


def test_body_that_stops_coming_times_out(server):
    server.script(faults.stall_in_body(5))
    started = time.monotonic()
    with pytest.raises(NetworkError):
        make(server, retry=None).connection.request("/things")
    assert time.monotonic() - started < 3


def test_refused_connection_is_retried_for_any_method_and_then_an_error(server):
    driver = make(server, retry=RetryPolicy(delay=0.2, jitter=False))
    server.__exit__()
    started = time.monotonic()
    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        driver.connection.request("/things", method="POST")
    assert isinstance(caught.value, NetworkError)
    assert not caught.value.sent
    assert time.monotonic() - started >= 0.6


def test_unknown_host_is_a_network_error():
    driver = Driver("user", SECRET, host="no-such-host.invalid", retry=None)
    with pytest.raises(NetworkError) as caught:
        driver.connection.request("/things")
    assert "no-such-host.invalid" in str(caught.value)


def test_rate_limit_waits_as_long_as_the_server_asks(server):
    server.script(answer(429, headers={"Retry-After": "1"}), answer(200, b"<a/>"))
    started = time.monotonic()
    make(server).connection.request("/things")
    assert time.monotonic() - started >= 1


def test_rate_limit_without_a_time_backs_off(server):
    server.script(answer(429), answer(429), answer(200, b"<a/>"))
    assert make(server).connection.request("/things").status == 200
    assert len(server.received) == 3


def test_rate_limit_that_lasts_is_raised_with_its_time(server):
    server.script(answer(429, headers={"Retry-After": "86400"}))
    started = time.monotonic()
    with pytest.raises(RateLimitReachedError) as caught:
        make(server).connection.request("/things")
    assert caught.value.retry_after == 86400
    assert caught.value.retryable
    assert "429" in str(caught.value)
    assert time.monotonic() - started < 1
    assert len(server.received) == 1


@pytest.mark.parametrize("value", ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-1", "nan"])
def test_absurd_retry_after_does_not_stop_the_retry(server, value):
    server.script(answer(503, headers={"Retry-After": value}), answer(200, b"<a/>"))
    assert make(server).connection.request("/things").status == 200


@pytest.mark.parametrize("status", [502, 503, 504])
def test_unavailable_service_is_asked_again(server, status):
    server.script(answer(status), answer(200, b"<a/>"))
    assert make(server).connection.request("/things").status == 200


def test_service_that_stays_unavailable_is_an_error_of_that_kind(server):
    server.script(answer(503, b"down for maintenance"))
    with pytest.raises(ServiceUnavailableError) as caught:
        make(server).connection.request("/things")
    assert isinstance(caught.value, BaseHTTPError)
    assert caught.value.http_code == 503
    assert caught.value.code == 503
    assert len(server.received) == 3


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_post_is_never_sent_twice_after_an_answer(server, status):
    server.script(answer(status, headers={"Retry-After": "0"}), answer(200, b"<a/>"))
    with pytest.raises(LibcloudError):
        make(server).connection.request("/things", method="POST", data="<new/>")
    assert len(server.received) == 1


def test_post_that_the_driver_calls_idempotent_is_sent_again(server):
    server.script(faults.reset_before_answer, answer(503), answer(200, b"<a/>"))
    make(server).connection.request("/things", method="POST", data="<new/>", idempotent=True)
    assert [request.body for request in server.received] == [b"<new/>"] * 3


def test_plain_server_error_is_not_retried(server):
    server.script(answer(500, b"<oops/>"))
    with pytest.raises(BaseHTTPError):
        make(server).connection.request("/things")
    assert len(server.received) == 1


def test_retry_none_sends_once(server):
    server.script(answer(503))
    with pytest.raises(ServiceUnavailableError):
        make(server, retry=None).connection.request("/things")
    assert len(server.received) == 1


def test_body_of_a_file_is_sent_whole_again(server, tmp_path):
    path = tmp_path / "body"
    path.write_bytes(b"0123456789" * 10_000)
    server.script(faults.reset_before_answer, answer(200, b"<a/>"))
    with path.open("rb") as file:
        file.seek(5)
        make(server).connection.request("/things", method="PUT", data=file)
    assert [len(request.body) for request in server.received] == [99_995, 99_995]


def test_body_of_an_iterator_is_sent_once(server):
    server.script(answer(503))
    with pytest.raises(ServiceUnavailableError):
        make(server).connection.request("/things", method="PUT", data=iter([b"a", b"b"]))
    assert [request.body for request in server.received] == [b"ab"]


def test_answer_longer_than_it_says_does_not_spoil_the_next_one(server):
    body = b"<a/>"
    server.script(faults.send_too_much(body, b"HTTP/1.1 200 OK\r\n"), answer(200, b"<b/>"))
    driver = make(server)
    assert driver.connection.request("/one").object.tag == "a"
    time.sleep(0.05)
    assert driver.connection.request("/two").object.tag == "b"


def test_broken_connection_is_not_used_again(server):
    server.script(faults.truncate(b"<a>", 100), answer(200, b"<b/>"))
    driver = make(server, retry=None)
    with pytest.raises(NetworkError):
        driver.connection.request("/one")
    assert driver.connection.request("/two").object.tag == "b"
    assert server.connections == 2


def test_good_connection_is_used_again(server):
    server.script(answer(200, b"<a/>"))
    driver = make(server)
    for _ in range(20):
        driver.connection.request("/things")
    assert server.connections == 1


def test_connection_of_an_error_answer_is_used_again(server):
    server.script(answer(404, b"<gone/>"), answer(200, b"<a/>"))
    driver = make(server)
    with pytest.raises(ResourceNotFoundError):
        driver.connection.request("/one")
    driver.connection.request("/two")
    assert server.connections == 1


def test_streamed_answer_gives_its_connection_back(server):
    server.script(answer(200, b"x" * 1000))
    driver = make(server)
    for _ in range(5):
        response = driver.connection.request("/things", raw=True)
        assert b"".join(response.iter_content(100)) == b"x" * 1000
    assert server.connections == 1


def test_streamed_answer_that_breaks_is_a_network_error(server):
    server.script(faults.truncate(b"x" * 10, 1000))
    response = make(server).connection.request("/things", raw=True)
    with pytest.raises(NetworkError):
        list(response.iter_content(100))


@pytest.mark.parametrize("body", [b"<a><b></a>", b"{}", b"\x00\xff", b"<html><body>hi</html>"])
def test_broken_xml_is_malformed_and_keeps_the_body(server, body):
    server.script(answer(200, body))
    with pytest.raises(MalformedResponseError) as caught:
        make(server).connection.request("/things")
    assert caught.value.body
    assert len(server.received) == 1


def test_error_in_another_format_than_expected_goes_by_its_status(server):
    server.script(answer(404, b"<html>no such page", "text/html"))
    for cls in (Driver, JsonDriver):
        with pytest.raises(ResourceNotFoundError) as caught:
            make(server, cls).connection.request("/things")
        assert "no such page" in str(caught.value)


@pytest.mark.parametrize("body", [b"{", b"<a/>", b"\xff\xfe", b"[1,]", b"[" * 100_000])
def test_broken_json_is_malformed_and_keeps_the_body(server, body):
    server.script(answer(200, body))
    with pytest.raises(MalformedResponseError) as caught:
        make(server, JsonDriver).connection.request("/things")
    assert caught.value.body


@pytest.mark.parametrize("bomb", [BOMB, FILE_ENTITY])
def test_xml_with_entities_is_refused(server, bomb):
    server.script(answer(200, bomb))
    with pytest.raises(MalformedResponseError):
        make(server).connection.request("/things")


def test_empty_body_is_no_error(server):
    server.script(answer(200, b""))
    assert make(server).connection.request("/things").body == ""


def test_html_error_page_is_an_error_by_its_status(server):
    server.script(answer(401, b"<html><p>Login", "text/html"))
    with pytest.raises(InvalidCredsError) as caught:
        make(server).connection.request("/things")
    assert caught.value.http_code == 401


def test_endless_error_text_is_cut_off(server):
    server.script(faults.endless_error)
    with pytest.raises(LibcloudError) as caught:
        make(server, timeout=5).connection.request("/things")
    assert caught.value.http_code == 500
    assert len(str(caught.value)) < 3 << 20


def test_compressed_answer_is_uncompressed(server):
    body = gzip.compress(b"<a>compressed</a>")
    server.script(answer(200, body, headers={"Content-Encoding": "gzip"}))
    assert make(server).connection.request("/things").object.text == "compressed"


def test_broken_compression_is_a_network_error(server):
    server.script(answer(200, b"this is not gzip", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(NetworkError):
        make(server).connection.request("/things")


def test_redirect_loop_ends_with_an_error(server):
    server.script(faults.redirect_to_itself)
    with pytest.raises(requests.exceptions.TooManyRedirects) as caught:
        make(server).connection.request("/things")
    assert isinstance(caught.value, NetworkError)
    assert len(server.received) < 50


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_do_not_follow_a_redirect_to_another_host(server, status):
    with FaultServer() as other:
        other.script(answer(200, b"<a/>"))
        elsewhere = f"localhost:{other.port}"
        server.script(faults.redirect(f"http://{elsewhere}/elsewhere", status))
        make(server).connection.request("/things")
        (request,) = other.received
    assert SECRET not in str(request.headers)
    assert request.headers["host"] == elsewhere


@pytest.mark.parametrize("status", [307, 308])
def test_body_does_not_follow_a_redirect_to_another_host(server, status):
    with FaultServer() as other:
        other.script(answer(200, b"<a/>"))
        server.script(faults.redirect(f"http://localhost:{other.port}/elsewhere", status))
        with pytest.raises(NetworkError):
            make(server).connection.request("/things", method="POST", data=SECRET)
        assert other.received == []


def test_redirect_on_the_same_host_keeps_the_credentials(server):
    server.script(faults.redirect("/elsewhere"), answer(200, b"<a/>"))
    make(server).connection.request("/things")
    assert server.received[1].target == "/elsewhere"
    assert SECRET in server.received[1].headers["x-secret-token"]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\x00b"])
def test_header_with_a_line_break_is_refused(server, value):
    server.script(answer(200, b"<a/>"))
    with pytest.raises(ValueError, match="line break") as caught:
        make(server).connection.request("/things", headers={"X-Name": value})
    assert isinstance(caught.value, LibcloudError)
    assert server.received == []


@pytest.mark.parametrize("path", ["/zones/../admin", "/zones/..", "/a/../../b"])
def test_path_that_climbs_is_refused(server, path):
    server.script(answer(200, b"<a/>"))
    with pytest.raises(ValueError, match="climbs") as caught:
        make(server).connection.request(path)
    assert isinstance(caught.value, LibcloudError)
    assert server.received == []


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX-Evil: 1", "/ä", "/a#b", '/"quoted"'])
def test_path_is_sent_as_one_legal_target(server, path):
    server.script(answer(200, b"<a/>"))
    make(server).connection.request(path)
    (request,) = server.received
    assert "x-evil" not in request.headers
    assert requests.utils.unquote(request.target) == path


def test_exact_path_keeps_dots_and_slashes(server):
    server.script(answer(200, b"<a/>"))
    driver = make(server)
    driver.connection.exact_path = True
    for path in ("/bucket/dir//x", "/bucket/./dot", "/bucket/../up", "/bucket/a%2Fb", "//"):
        driver.connection.request(path)
        assert server.received[-1].target == path


@pytest.mark.parametrize("name", ["", "X Name", "X-Name: 1\r\nX-Evil", "X-Näme", "X-Name:"])
def test_header_with_an_impossible_name_is_refused(server, name):
    server.script(answer(200, b"<a/>"))
    with pytest.raises(ValueError, match="header") as caught:
        make(server).connection.request("/things", headers={name: "value"})
    assert isinstance(caught.value, LibcloudError)
    assert server.received == []


@pytest.mark.parametrize("where", [{"action": "/\udc80"}, {"headers": {"X-Name": "\udc80"}}])
def test_text_that_utf_8_does_not_have_is_refused(server, where):
    server.script(answer(200, b"<a/>"))
    with pytest.raises(ValueError, match="UTF-8") as caught:
        make(server).connection.request(**{"action": "/things", **where})
    assert isinstance(caught.value, LibcloudError)
    assert server.received == []


def test_any_5xx_that_names_a_time_is_retried(server):
    server.script(answer(500, headers={"Retry-After": "1"}), answer(200, b"<a/>"))
    started = time.monotonic()
    assert make(server).connection.request("/things").status == 200
    assert time.monotonic() - started >= 1


def test_old_retries_do_not_send_the_rest_of_an_iterator(server):
    server.script(answer(429), answer(200, b"<a/>"))
    with pytest.raises(RateLimitReachedError):
        make(server, retry_delay=0.01).connection.request(
            "/things", method="PUT", data=iter([b"a", b"b"]), retry_failed=True
        )
    assert [request.body for request in server.received] == [b"ab"]


def test_post_whose_redirect_leads_nowhere_is_sent_once(server):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/job"
    server.script(faults.redirect(nowhere, 303))
    with pytest.raises(NetworkError) as caught:
        make(server).connection.request("/things", method="POST")
    assert caught.value.sent
    assert len(server.received) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [301, 302])
def test_redirect_does_not_turn_a_change_into_something_else(server, method, status):
    server.script(faults.redirect("/elsewhere", status), answer(200, b"<a/>"))
    with pytest.raises(BaseHTTPError) as caught:
        make(server).connection.request("/things", method=method, data="<new/>")
    assert caught.value.http_code == status
    assert len(server.received) == 1


@pytest.mark.parametrize("target", ["http://[bad", "ftp://host/?password=" + SECRET, "http://..."])
def test_redirect_to_nonsense_is_a_network_error(server, target):
    server.script(faults.redirect(target))
    with pytest.raises(NetworkError) as caught:
        make(server, retry=None).connection.request("/things")
    assert SECRET not in str(caught.value)


def test_redirect_in_no_encoding_is_a_network_error(server):
    def fault(client, request):
        client.send(b"HTTP/1.1 302 Found\r\nLocation: http://\xff/\r\nContent-Length: 0\r\n\r\n")
        return False

    server.script(fault)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        with pytest.raises(NetworkError):
            make(server, retry=None).connection.request("/things")
        gc.collect()


def test_interim_answer_is_not_followed_by_the_answer_to_another_request(server):
    def early_hints(client, request):
        client.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n")
        time.sleep(0.1)
        client.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>")
        return True

    server.script(early_hints, answer(200, b"<b/>"))
    driver = make(server)
    assert driver.connection.request("/one").object.tag == "a"
    assert driver.connection.request("/two").object.tag == "b"


@pytest.mark.parametrize("charset", ["idna", "no-such-charset", "a\x00b"])
def test_text_in_an_impossible_charset_is_read_as_utf_8(server, charset):
    server.script(answer(200, "<a>ä</a>".encode(), f"text/xml; charset={charset}"))
    assert make(server).connection.request("/things").body == "<a>ä</a>"


def test_compressed_answer_that_expands_without_end_is_refused(server, monkeypatch):
    monkeypatch.setattr("libcloud.http.MAX_BODY", 1 << 20)
    body = gzip.compress(bytes(4 << 20))
    server.script(answer(200, body, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(NetworkError, match="bytes or more"):
        make(server).connection.request("/things")
    assert len(server.received) == 1


def test_empty_file_is_sent_with_a_length(server):
    server.script(answer(200, b"<a/>"))
    make(server).connection.request("/things", method="PUT", data=io.BytesIO())
    assert server.received[0].headers["content-length"] == "0"
    assert "transfer-encoding" not in server.received[0].headers


def test_forked_process_opens_a_connection_of_its_own(server):
    server.script(answer(200, b"<a/>"))
    driver = make(server)
    driver.connection.request("/parent")
    child = os.fork()
    if child == 0:
        try:
            driver.connection.request("/child")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    driver.connection.request("/parent")
    assert [(r.target, r.connection) for r in server.received] == [
        ("/parent", 1),
        ("/child", 2),
        ("/parent", 1),
    ]
