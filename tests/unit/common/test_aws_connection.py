"""Signed requests as they reach the wire, judged by signing them again with botocore."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from libcloud.common.aws import (
    AWSBaseResponse,
    AWSConnection,
    AWSDriver,
    AWSQueryConnection,
    AWSRequestSigner,
    AWSRequestSignerAlgorithmV4,
    SignedAWSConnection,
    UnsignedPayloadSentinel,
)
from libcloud.common.aws.connection import is_idempotent_action
from libcloud.common.errors import MalformedResponseError, ServiceUnavailableError
from libcloud.common.retry import RetryPolicy
from libcloud.testing.http import ANY, HTTPDouble

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)
OK = "<PingResponse xmlns='urn:x'><return>true</return></PingResponse>"


class Fixed:
    def now(self):
        return NOW


class RestConnection(Fixed, AWSConnection):
    host = "rest.amazonaws.com"
    service_name = "execute-api"
    responseCls = AWSBaseResponse


class S3Connection(RestConnection):
    service_name = "s3"
    exact_path = True


class QueryConnection(Fixed, AWSQueryConnection):
    host = "query.amazonaws.com"
    service_name = "query"
    version = "2010-05-08"
    responseCls = AWSBaseResponse
    idempotent_actions = frozenset({"StopThing"})


class OldConnection(Fixed, SignedAWSConnection):
    """As third parties wrote them: no signature version named."""

    host = "old.amazonaws.com"
    version = "2012-01-01"
    service_name = "old"
    responseCls = AWSBaseResponse


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


def connect(double, connection_class, **kwargs):
    connection = connection_class("AKID", "secret", **kwargs)
    connection.conn_class = double.conn_class
    return connection


def sent(double):
    return double.requests[-1]


def signature_by_botocore(request, service, region="us-east-1", token=None, monkeypatch=None):
    """What botocore writes for a request that was sent, from what is on the wire alone."""
    from botocore import auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    monkeypatch.setattr(auth, "get_current_datetime", lambda **_: NOW.replace(tzinfo=None))
    authorization = request.headers["Authorization"]
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    added = ("x-amz-date", "x-amz-security-token", "x-amz-content-sha256")
    headers = {name: request.headers[name] for name in names if name not in added}
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in parse_qsl(request.query_string, keep_blank_values=True)
    )
    url = f"https://{headers['host']}{request.path}{'?' + query if query else ''}"
    copy = AWSRequest(request.method, url, headers=headers, data=request.body)
    copy.context["payload_signing_enabled"] = True
    signer_class = auth.S3SigV4Auth if service == "s3" else auth.SigV4Auth
    signer_class(Credentials("AKID", "secret", token), service, region).add_auth(copy)
    return copy.headers["Authorization"]


@pytest.mark.parametrize(
    ("method", "action", "params", "data", "headers"),
    [
        ("GET", "/a/b", {"x": "1 2", "ä": "ß&=", "empty": "", "none": None}, None, {}),
        ("GET", "/a", [("k", "2"), ("k", "1")], None, {}),
        ("GET", "/a", {"k": ["b", "a"]}, None, {}),
        ("POST", "/things", None, '{"a": "ä"}', {"Content-Type": "application/json"}),
        ("PUT", "/a%20b/%E2%82%AC", None, b"\x00\xff", {"X-Amz-Target": "x"}),
        ("DELETE", "/", {}, None, {}),
    ],
)
def test_request_is_signed_as_botocore_signs_it(
    double, monkeypatch, method, action, params, data, headers
):
    double.on(method, action, query=ANY).reply(text="<a/>")
    connection = connect(double, RestConnection)
    connection.request(action, params=params, data=data, headers=headers, method=method)
    expected = signature_by_botocore(sent(double), "execute-api", monkeypatch=monkeypatch)
    assert sent(double).headers["Authorization"] == expected


def test_s3_path_is_signed_as_it_is(double, monkeypatch):
    double.on("GET", "/bucket//x/./a%20b", query={"list-type": "2"}).reply(text="<a/>")
    connect(double, S3Connection).request("/bucket//x/./a%20b", params={"list-type": "2"})
    request = sent(double)
    expected = signature_by_botocore(request, "s3", monkeypatch=monkeypatch)
    assert request.headers["Authorization"] == expected
    assert request.headers["X-Amz-Content-SHA256"] == hashlib.sha256(b"").hexdigest()


def test_query_within_the_action_is_signed(double, monkeypatch):
    double.on("GET", "/b", query={"prefix": "a b+c"}).reply(text="<a/>")
    connect(double, S3Connection).request("/b?prefix=a%20b%2Bc")
    expected = signature_by_botocore(sent(double), "s3", monkeypatch=monkeypatch)
    assert sent(double).headers["Authorization"] == expected


def test_host_is_signed_with_a_port_that_is_not_the_schemes_own(double, monkeypatch):
    double.on("GET", "/").reply(text="<a/>")
    connect(double, RestConnection, host="127.0.0.1", port=5005, secure=False).request("/")
    assert sent(double).headers["Host"] == "127.0.0.1:5005"
    expected = signature_by_botocore(sent(double), "execute-api", monkeypatch=monkeypatch)
    assert sent(double).headers["Authorization"] == expected


def test_session_token_is_sent_once_and_signed(double, monkeypatch):
    double.on("GET", "/").reply(text="<a/>")
    connection = connect(double, RestConnection, token="session-token")
    connection.request("/")
    request = sent(double)
    assert request.headers["X-Amz-Security-Token"] == "session-token"
    assert request.query == {}
    expected = signature_by_botocore(
        request, "execute-api", token="session-token", monkeypatch=monkeypatch
    )
    assert request.headers["Authorization"] == expected
    assert set(connection.secrets()) == {"secret", "session-token"}


def test_region_is_the_drivers(double):
    class Driver:
        name = "x"
        region_name = "eu-central-1"

    double.on("GET", "/").reply(text="<a/>")
    connection = connect(double, RestConnection)
    connection.driver = Driver()
    connection.request("/")
    assert "/eu-central-1/execute-api/aws4_request" in sent(double).headers["Authorization"]


def test_given_payload_hash_is_what_is_signed(double):
    double.on("PUT", "/b/o").reply(text="<a/>")
    connection = connect(double, S3Connection)
    headers = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    connection.request("/b/o", data=b"abc", headers=headers, method="PUT")
    names = [name.lower() for name in sent(double).headers]
    assert names.count("x-amz-content-sha256") == 1
    assert sent(double).headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"


@pytest.mark.parametrize(
    "data", [UnsignedPayloadSentinel, UnsignedPayloadSentinel(), iter([b"abc"])]
)
def test_body_that_is_not_in_memory_is_not_signed(data):
    connection = S3Connection("AKID", "secret")
    signer = AWSRequestSignerAlgorithmV4("AKID", "secret", None, connection)
    _, headers = signer.get_request_headers({}, {}, method="PUT", path="/b/o", data=data)
    assert headers["X-Amz-Content-SHA256"] == "UNSIGNED-PAYLOAD"


def test_signer_can_be_replaced(double):
    class Signer(AWSRequestSigner):
        def get_request_headers(self, params, headers, method="GET", path="/", data=None):
            return params, {**headers, "X-Signed": f"{method} {path} {self.access_key}"}

    double.on("GET", "/p").reply(text="<a/>")
    connection = connect(double, RestConnection)
    connection.signer = Signer("AKID", "secret", None, connection)
    connection.request("/p")
    assert sent(double).headers["X-Signed"] == "GET /p AKID"


def test_unknown_signature_version_is_refused():
    with pytest.raises(ValueError, match="Unsupported signature_version: 9"):
        RestConnection("AKID", "secret", signature_version="9")


def test_driver_hands_its_token_to_the_connection():
    class Driver(AWSDriver):
        connectionCls = RestConnection

    driver = Driver("AKID", "secret", token="session-token")
    assert driver.connection.token == "session-token"
    assert driver.connection.signature_version == "4"


# -- version 2 ---------------------------------------------------------------------------------


def _signature_v2(method, host, pairs):
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(pairs.items())
        if name != "Signature"
    )
    text = f"{method}\n{host}\n/\n{query}"
    return base64.b64encode(hmac.digest(b"secret", text.encode(), hashlib.sha256)).decode()


def test_v2_signs_the_query_of_a_get(double):
    double.on("GET", "/", query=ANY).reply(text=OK)
    connect(double, OldConnection, token="t/+").request("/", params={"Action": "Ping", "A": "x y"})
    pairs = {name: values[0] for name, values in sent(double).query.items()}
    assert pairs["Version"] == "2012-01-01"
    assert pairs["SecurityToken"] == "t/+"
    assert pairs["Timestamp"] == "2026-03-01T12:00:00Z"
    assert pairs["Signature"] == _signature_v2("GET", "old.amazonaws.com", pairs)
    assert "Authorization" not in sent(double).headers


def test_v2_signs_the_form_of_a_post(double):
    double.on("POST", "/").reply(text=OK)
    connection = connect(double, QueryConnection, signature_version="2", port=8443)
    connection.call("Ping", {"A": "x y"})
    pairs = {name: values[0] for name, values in sent(double).form.items()}
    assert pairs["A"] == "x y"
    assert pairs["Signature"] == _signature_v2("POST", "query.amazonaws.com:8443", pairs)


# -- actions ------------------------------------------------------------------------------------


def test_call_posts_a_signed_form(double, monkeypatch):
    form = {"Action": "Ping", "Version": "2010-05-08", "A": "x y&ä", "B": "true"}
    double.on("POST", "/", form=form).reply(text=OK)
    root = connect(double, QueryConnection).call("Ping", {"A": "x y&ä", "B": True, "C": None})
    assert root[0].text == "true"
    request = sent(double)
    expected = signature_by_botocore(request, "query", monkeypatch=monkeypatch)
    assert request.headers["Authorization"] == expected
    assert request.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    "answer",
    ["<OtherResponse/>", "<html><body>hello</body></html>", "", "not XML", "<PingResponse"],
)
def test_call_refuses_an_answer_to_something_else(double, answer):
    double.on("POST", "/").reply(text=answer)
    with pytest.raises(MalformedResponseError) as caught:
        connect(double, QueryConnection).call("Ping")
    assert caught.value.body == answer


def test_call_refuses_a_value_that_is_not_flat(double):
    with pytest.raises(ValueError, match="TagSpecification"):
        connect(double, QueryConnection).call("Ping", {"Tags": ["a"]})


@pytest.mark.parametrize(
    ("action", "params", "calls"),
    [
        ("DescribePing", {}, 2),
        ("StopThing", {}, 2),
        ("MakeThing", {"ClientToken": "t"}, 2),
        ("MakeThing", {}, 1),
    ],
)
def test_call_is_sent_again_only_when_that_is_harmless(double, action, params, calls):
    double.on("POST", "/").reply(503).exactly(calls)
    connection = connect(double, QueryConnection)
    connection.retry = RetryPolicy(attempts=2, delay=0)
    with pytest.raises(ServiceUnavailableError):
        connection.call(action, params)


def test_get_of_an_action_is_sent_again_only_when_that_is_harmless():
    connection = QueryConnection("AKID", "secret")
    assert not connection.is_idempotent("GET", "/", {"Action": "MakeThing"})
    assert connection.is_idempotent("GET", "/", {"Action": "DescribeThings"})
    assert connection.is_idempotent("GET", "/", {})
    assert not connection.is_idempotent("POST", "/", None)
    assert is_idempotent_action({"Action": "MakeThing", "ClientToken": "t"})


# -- pre-signed URLs ----------------------------------------------------------------------------


def test_presigned_url_is_what_botocore_makes(monkeypatch):
    from botocore import auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    monkeypatch.setattr(auth, "get_current_datetime", lambda **_: NOW.replace(tzinfo=None))
    connection = S3Connection(
        "AKID", "secret", host="127.0.0.1", port=9000, secure=False, token="t"
    )
    url = connection.presigned_url("/b/a%20b//c", params={"versionId": "1 2"}, expires=60)
    assert url.startswith("http://127.0.0.1:9000/b/a%20b//c?")
    request = AWSRequest(
        "GET",
        "http://127.0.0.1:9000/b/a%20b//c?versionId=1%202",
        headers={"Host": "127.0.0.1:9000"},
    )
    credentials = Credentials("AKID", "secret", "t")
    auth.S3SigV4QueryAuth(credentials, "s3", "us-east-1", expires=60).add_auth(request)
    assert sorted(parse_qsl(urlsplit(url).query)) == sorted(parse_qsl(urlsplit(request.url).query))
    assert "+" not in url.partition("?")[2]
