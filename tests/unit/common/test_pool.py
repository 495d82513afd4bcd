"""The short way of a request is taken where it may be, and looks like the long one."""

from __future__ import annotations

import pytest
import requests
from requests.adapters import HTTPAdapter

from libcloud.common.base import BaseDriver, ConnectionKey
from libcloud.common.errors import NetworkError
from libcloud.common.pool import Pools
from tests.faults.server import FaultServer, answer, redirect


class Driver(BaseDriver):
    name = "pooled"
    connectionCls = ConnectionKey


@pytest.fixture
def server():
    with FaultServer() as running:
        running.script(answer(200, b"hello", headers={"X-Thing": "1"}))
        yield running


@pytest.fixture
def driver(server):
    return Driver("key", secure=False, host="127.0.0.1", port=server.port, retry=None, timeout=5)


@pytest.fixture
def ways(driver, server, monkeypatch):
    """Which way each request took, once there is a connection."""
    driver.connection.request("/first")
    server.received.clear()
    by_short_way = []
    send = Pools.send

    def either_way(self, *args, **kwargs):
        response = send(self, *args, **kwargs)
        if response is not None:
            by_short_way.append(server.received[-1])
        return response

    monkeypatch.setattr(Pools, "send", either_way)
    return lambda: [
        "short" if any(request is short for short in by_short_way) else "long"
        for request in server.received
    ]


def session_of(driver):
    return driver.connection.connection.session


def test_plain_request_takes_the_short_way(driver, ways):
    response = driver.connection.request("/x?a=1", headers={"X-Mine": "2"})
    assert ways() == ["short"]
    assert (response.status, response.body, response.headers["x-thing"]) == (200, "hello", "1")
    assert response.request.url.endswith("/x?a=1")
    assert response.request.headers["x-mine"] == "2"


def test_both_ways_send_the_same(driver, server, ways):
    for method, data in (("GET", None), ("POST", None), ("PUT", b"abc"), ("DELETE", None)):
        server.received.clear()
        driver.connection.request("/x/./y//z", method=method, data=data)
        session_of(driver).hooks["response"].append(lambda response, **kwargs: None)
        driver.connection.request("/x/./y//z", method=method, data=data)
        session_of(driver).hooks["response"].clear()
        short, long = server.received
        assert (short.target, short.headers, short.body) == (long.target, long.headers, long.body)
        assert ways() == ["short", "long"]


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.cookies.set("a", "b"),
        lambda session: session.params.update(a="b"),
        lambda session: session.mount("http://", HTTPAdapter()),
        lambda session: session.mount("http://127.0.0.1", HTTPAdapter()),
        lambda session: session.proxies.update(https="http://127.0.0.1:1"),
        lambda session: session.hooks["response"].append(lambda response, **kwargs: None),
    ],
)
def test_what_a_program_asks_of_the_session_takes_the_long_way(driver, ways, change):
    change(session_of(driver))
    assert driver.connection.request("/x").body == "hello"
    assert ways() == ["long"]


def test_session_of_a_program_is_used(driver, ways):
    driver.connection.connection.session = requests.Session()
    driver.connection.request("/x")
    assert ways() == ["long"]


def test_streams_take_the_long_way(driver, server, ways):
    driver.connection.request("/x", method="PUT", data=iter([b"a", b"b"]))
    assert ways() == ["long"]
    assert server.received[0].body == b"ab"


def test_cookie_comes_back_with_the_next_request(driver, server, ways):
    server.script(
        answer(200, headers={"Set-Cookie": "session=abc"}),
        answer(200),
    )
    driver.connection.request("/login")
    driver.connection.request("/x")
    assert server.received[1].headers["cookie"] == "session=abc"
    assert ways() == ["short", "long"]


def test_redirect_is_followed_with_its_history(driver, server, ways):
    server.script(redirect("/elsewhere"), answer(200, b"there"))
    seen = []

    def keep(response):
        seen.append(response)

    connection = driver.connection.connection
    connection.request("GET", "/x")
    keep(connection.getresponse())
    assert seen[0].text == "there"
    assert [old.status_code for old in seen[0].history] == [302]
    assert [request.target for request in server.received] == ["/x", "/elsewhere"]


def test_both_ways_raise_the_same(driver, server):
    def error():
        with pytest.raises(NetworkError) as caught:
            driver.connection.request("/x")
        return type(caught.value), caught.value.sent, caught.value.retryable

    server.script(lambda client, request: client.reset())
    short = error()
    session_of(driver).hooks["response"].append(lambda response, **kwargs: None)
    assert error() == short
    session_of(driver).hooks["response"].clear()
    server.__exit__()
    short = error()
    session_of(driver).hooks["response"].append(lambda response, **kwargs: None)
    assert error() == short


def test_pool_that_its_manager_closed_is_found_anew(driver, server):
    driver.connection.request("/x")
    driver.connection.connection.close()
    assert driver.connection.request("/x").body == "hello"


@pytest.mark.parametrize("encoding", [{}, {"Content-Encoding": "br, gzip"}])
def test_head_of_something_huge_is_no_huge_answer(encoding):
    def huge(client, request):
        lines = ["HTTP/1.1 200 OK", f"Content-Length: {1 << 40}"]
        lines += [f"{name}: {value}" for name, value in encoding.items()]
        client.send("\r\n".join([*lines, "", ""]).encode())
        return True

    with FaultServer() as server:
        server.script(huge)
        driver = Driver(
            "key", secure=False, host="127.0.0.1", port=server.port, retry=None, timeout=5
        )
        for _ in range(2):  # on a connection that is opened, and on one that is open
            answer = driver.connection.request("/x", method="HEAD")
            assert answer.headers["content-length"] == str(1 << 40)
        assert server.connections == 1
