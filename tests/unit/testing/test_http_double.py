"""The HTTP double, seen from a driver above it."""

from __future__ import annotations

import gzip
import pickle
import threading

import pytest
import requests

from libcloud.common.base import BaseDriver, ConnectionKey, JsonResponse, XmlResponse
from libcloud.common.errors import NetworkError, RateLimitReachedError, ResourceNotFoundError
from libcloud.testing.http import (
    ANY,
    HTTPDouble,
    UnexpectedRequest,
    UnusedRoutes,
    answer,
    includes,
)


class AcmeConnection(ConnectionKey):
    host = "api.acme.example"
    responseCls = JsonResponse

    def add_default_headers(self, headers):
        headers["X-Key"] = self.key
        return headers


class AcmeDriver(BaseDriver):
    name = "Acme"
    connectionCls = AcmeConnection

    def get(self, action, **params):
        return self.connection.request(action, params=params).object

    def send(self, action, method="POST", **kwargs):
        return self.connection.request(action, method=method, **kwargs)


@pytest.fixture
def double():
    return HTTPDouble()


@pytest.fixture
def driver(double):
    return double.attach(AcmeDriver("key"))


def test_request_is_answered_by_its_route(double, driver):
    double.on("GET", "/zones", query={"page": 2}).reply(json={"zones": [1]})
    assert driver.get("/zones", page=2) == {"zones": [1]}
    double.verify()


def test_request_that_no_route_answers_fails_with_the_difference(double, driver):
    double.on("GET", "/zones", query={"page": "1"}).reply(json={})
    with pytest.raises(UnexpectedRequest) as caught:
        driver.get("/zones", page=2)
    text = str(caught.value)
    assert "GET https://api.acme.example/zones?page=2" in text
    assert '-     "1"' in text
    assert '+     "2"' in text


def test_route_without_query_wants_none(double, driver):
    double.on("GET", "/zones").reply(json={})
    with pytest.raises(UnexpectedRequest, match="query"):
        driver.get("/zones", page=2)


def test_request_that_the_driver_swallows_fails_at_the_end(double, driver):
    double.on("GET", "/zones").reply(json={})
    driver.get("/zones")
    with pytest.raises(UnexpectedRequest):
        driver.get("/other")
    with pytest.raises(UnexpectedRequest, match="/other"):
        double.verify()


def test_unused_route_fails_at_the_end_of_the_block():
    with pytest.raises(UnusedRoutes, match=r"DELETE /zones/1: never asked"), HTTPDouble() as double:
        double.on("DELETE", "/zones/1").reply(204)


def test_unused_reply_fails_at_the_end_of_the_block(double, driver):
    double.on("GET", "/a").reply(json=1).reply(json=2)
    driver.get("/a")
    with pytest.raises(UnusedRoutes, match=r"only 1 of its 2 replies"):
        double.verify()


def test_failure_in_the_block_is_not_hidden_by_unused_routes():
    with pytest.raises(ZeroDivisionError), HTTPDouble() as double:
        double.on("GET", "/a").reply()
        raise ZeroDivisionError


def test_optional_route_may_stay_unused(double):
    double.on("GET", "/a").reply().optional()
    double.verify()


def test_replies_come_in_order_and_the_last_one_stays(double, driver):
    double.on("GET", "/a").reply(json=1).reply(json=2)
    assert [driver.get("/a") for _ in range(3)] == [1, 2, 2]


def test_exactly_limits_the_number_of_requests(double, driver):
    double.on("GET", "/a").reply(json=1).exactly(1)
    driver.get("/a")
    with pytest.raises(UnexpectedRequest, match="answers 1, and has done so"):
        driver.get("/a")


def test_exactly_notices_requests_that_did_not_come(double, driver):
    double.on("GET", "/a").reply(json=1).exactly(2)
    driver.get("/a")
    with pytest.raises(UnusedRoutes, match="asked 1 times, expected 2"):
        double.verify()


def test_rate_limit_then_success_passes_the_retries_of_the_connection(double, driver):
    double.on("GET", "/a").reply(429, headers={"Retry-After": "0"}).reply(json="ok")
    assert driver.get("/a") == "ok"
    assert len(double.requests) == 2


def test_rate_limit_of_a_post_reaches_the_caller(double, driver):
    double.on("POST", "/a").reply(429, headers={"Retry-After": "7"})
    driver.connection.retry = None
    with pytest.raises(RateLimitReachedError) as caught:
        driver.send("/a")
    assert caught.value.retry_after == 7


def test_error_status_becomes_the_error_of_the_tree(double, driver):
    double.on("GET", "/a").reply(404, json={"message": "gone"})
    with pytest.raises(ResourceNotFoundError):
        driver.get("/a")


def test_broken_connection_is_a_network_error(double, driver):
    driver.connection.retry = None
    double.on("GET", "/a").fail()
    with pytest.raises(NetworkError) as caught:
        driver.get("/a")
    assert isinstance(caught.value, requests.ConnectionError)


def test_timeout_is_a_network_error(double, driver):
    driver.connection.retry = None
    double.on("GET", "/a").fail(requests.ReadTimeout("read timed out"))
    with pytest.raises(requests.Timeout):
        driver.get("/a")


def test_truncated_answer_is_a_network_error(double, driver):
    driver.connection.retry = None
    double.on("GET", "/a").reply(body=b"{}", headers={"Content-Length": "99"})
    with pytest.raises(NetworkError):
        driver.get("/a")


def test_header_of_the_request_is_checked(double, driver):
    double.on("GET", "/a", headers={"x-key": "other"}).reply()
    with pytest.raises(UnexpectedRequest, match=r"header x-key: .*'other'.*'key'"):
        driver.get("/a")


def test_json_body_is_checked(double, driver):
    double.on("POST", "/a", json={"name": "x", "id": ANY}).reply(201, json={})
    driver.send("/a", json={"name": "x", "id": 5})
    with pytest.raises(UnexpectedRequest, match=r'\+   "name": "y"'):
        driver.send("/a", json={"name": "y", "id": 5})


def test_json_body_is_checked_in_part(double, driver):
    double.on("POST", "/a", json=includes({"name": "x"})).reply(201, json={})
    driver.send("/a", json={"name": "x", "id": 5})
    with pytest.raises(UnexpectedRequest):
        driver.send("/a", json={"id": 5})


def test_body_that_is_not_json_is_told(double, driver):
    double.on("POST", "/a", json={}).reply(201)
    with pytest.raises(UnexpectedRequest, match="wants JSON"):
        driver.send("/a", data="<a/>")


def test_form_body_chooses_the_route(double, driver):
    double.on("POST", "/", form={"Action": "Stop", "Id": ["1", "2"]}).reply(json="stopped")
    double.on("POST", "/", form={"Action": "Start"}).reply(json="started")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert driver.send("/", data="Action=Start", headers=headers).object == "started"
    assert driver.send("/", data="Action=Stop&Id=1&Id=2", headers=headers).object == "stopped"


def test_xml_body_is_checked_without_its_white_space(double, driver):
    double.on("PUT", "/a", xml="<a>\n  <b x='1' y='2'>1</b>\n</a>").reply(json={})
    driver.send("/a", method="PUT", data='<a><b y="2" x="1">1</b></a>')
    with pytest.raises(UnexpectedRequest, match=r"\+\s+<b>2</b>"):
        driver.send("/a", method="PUT", data="<a><b>2</b></a>")


def test_plain_body_is_checked(double, driver):
    double.on("PUT", "/a", body="abc").reply(json={})
    driver.send("/a", method="PUT", data=b"abc")
    with pytest.raises(UnexpectedRequest, match="abd"):
        driver.send("/a", method="PUT", data=b"abd")


def test_body_sent_in_chunks_is_read_whole(double, driver):
    double.on("PUT", "/a", body=b"abcdef").reply(json={})
    driver.send("/a", method="PUT", data=iter([b"abc", b"def"]))


def test_query_may_be_given_in_part_or_be_anything(double, driver):
    double.on("GET", "/a", query=includes({"page": 1})).reply(json=1)
    double.on("GET", "/b", query=ANY).reply(json=2)
    double.on("GET", "/c", query={"marker": ANY, "tag": ["x", "y"]}).reply(json=3)
    assert driver.get("/a", page=1, size=9) == 1
    assert driver.get("/b", whatever="x") == 2
    assert driver.get("/c", marker="m", tag=["x", "y"]) == 3


def test_path_is_compared_as_it_is_on_the_wire(double, driver):
    double.on("GET", "/keys/a%2Fb%20c").reply(json=1)
    assert driver.get("/keys/a%2Fb%20c") == 1
    with pytest.raises(UnexpectedRequest):
        driver.get("/keys/a/b%20c")


def test_template_of_a_path_takes_one_segment(double, driver):
    double.on("GET", "/zones/{id}").reply(json=1)
    driver.get("/zones/7")
    with pytest.raises(UnexpectedRequest):
        driver.get("/zones/7/records")


def test_whole_url_checks_the_host(double, driver):
    double.on("GET", "https://other.example/a").reply(json=1)
    with pytest.raises(UnexpectedRequest, match=r"sent was https://api\.acme\.example/a"):
        driver.get("/a")


def test_handler_gets_request_and_decoded_parts_of_the_path(double, driver):
    def show(request, name, rest):
        return answer(json=[request.method, name, rest, request.query])

    double.serve("GET", "/b/{name}/{rest:path}", show)
    assert driver.get("/b/a%20b/c/d", q=1) == ["GET", "a b", "c/d", {"q": ["1"]}]


def test_redirect_is_followed_to_another_route(double, driver):
    double.on("GET", "/old").reply(302, headers={"Location": "https://other.example/new"})
    double.on("GET", "https://other.example/new").reply(json="here")
    assert driver.get("/old") == "here"
    assert "X-Key" not in double.requests[1].headers


def test_compressed_answer_is_uncompressed(double, driver):
    body = gzip.compress(b'{"a": 1}')
    double.on("GET", "/a").reply(body=body, headers={"Content-Encoding": "gzip"})
    assert driver.get("/a") == {"a": 1}


def test_answer_in_chunks_is_read_lazily(double, driver):
    produced = []

    def chunks():
        for chunk in (b"a" * 10, b"b" * 10, b"c" * 10):
            produced.append(chunk)
            yield chunk

    double.on("GET", "/a").reply(body=chunks())
    response = driver.connection.request("/a", raw=True)
    pieces = response.iter_content(10)
    assert next(pieces) == b"a" * 10
    assert len(produced) < 3
    assert b"".join(pieces) == b"b" * 10 + b"c" * 10


def test_answer_to_head_has_headers_and_no_body(double, driver):
    double.on("HEAD", "/a").reply(body=b"12345", headers={"ETag": "x"})
    response = driver.send("/a", method="HEAD")
    assert response.headers["content-length"] == "5"
    assert response.body == ""


def test_reply_file_gives_content_and_type(tmp_path):
    (tmp_path / "zone.xml").write_text("<zone/>")
    double = HTTPDouble(fixtures=tmp_path)

    class XmlConnection(AcmeConnection):
        responseCls = XmlResponse

    class XmlDriver(AcmeDriver):
        connectionCls = XmlConnection

    double.on("GET", "/zone").reply_file("zone.xml")
    response = double.attach(XmlDriver("key")).connection.request("/zone")
    assert response.object.tag == "zone"
    assert response.headers["content-type"] == "application/xml"


def test_reply_file_that_is_missing_names_the_nearest(tmp_path):
    (tmp_path / "zones.json").write_text("{}")
    double = HTTPDouble(fixtures=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"did you mean zones\.json"):
        double.on("GET", "/zones").reply_file("zone.json")


def test_attach_refuses_a_driver_without_connection(double):
    class NoConnection:
        pass

    with pytest.raises(TypeError, match="no connection"):
        double.attach(NoConnection())


def test_conn_class_serves_a_connection_that_is_made_later(double, monkeypatch):
    monkeypatch.setattr(AcmeConnection, "conn_class", double.conn_class)
    double.on("GET", "/a").reply(json=1)
    assert AcmeDriver("key").get("/a") == 1


def test_copy_of_a_driver_does_not_reach_the_network(double, driver):
    double.on("GET", "/a").reply(json=1).optional()
    copy = pickle.loads(pickle.dumps(driver))
    with pytest.raises(UnexpectedRequest, match="there are no routes"):
        copy.get("/a")
    assert double.requests == []


def test_two_doubles_do_not_share_routes():
    first, second = HTTPDouble(), HTTPDouble()
    first.on("GET", "/a").reply(json=1)
    one, other = first.attach(AcmeDriver("key")), second.attach(AcmeDriver("key"))
    assert one.get("/a") == 1
    with pytest.raises(UnexpectedRequest, match="there are no routes"):
        other.get("/a")


def test_many_threads_get_their_own_answers(double, driver):
    double.serve("GET", "/echo/{name}", lambda request, name: answer(json=name))
    results: dict[str, str] = {}

    def ask(name):
        for _ in range(20):
            results[name] = driver.get(f"/echo/{name}")
            assert results[name] == name

    threads = [threading.Thread(target=ask, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {f"t{n}": f"t{n}" for n in range(8)}
    assert len(double.requests) == 160
