"""
Credentials that went stale are renewed once, a clock that is off is put right, and what is not for
another host does not go there.

The two connections are like those of OpenStack (a token in ``X-Auth-Token``, which a request of its
own gets) and of Azure (a bearer token, and a signature over date and path).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from libcloud.common.base import BaseDriver, ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
)
from tests.faults import server as faults
from tests.faults.providers import (
    FAST,
    READS,
    SECRET,
    TOKEN,
    ec2_driver,
    prompt_server,
    read_stream,
    s3,
    s3_driver,
    upload,
)
from tests.faults.server import FaultServer, answer
from tests.faults.test_connection_faults import BROKEN

# --- two kinds of providers -----------------------------------------------------------------------


class TokenConnection(ConnectionUserAndKey):
    """Like OpenStack's."""

    responseCls = JsonResponse
    token = None

    def secrets(self):
        return [secret for secret in (self.key, self.token) if secret]

    def add_default_headers(self, headers):
        # Not for the request that gets the token.
        if self.action != "/auth":
            headers["X-Auth-Token"] = self.token or ""
        return headers

    def renew_credentials(self, error, headers):
        credentials = {"user": self.user_id, "password": self.key}
        answer = self.request("/auth", json=credentials, method="POST")
        self.token = answer.headers["x-subject-token"]
        return True


class SharedKeyConnection(ConnectionUserAndKey):
    """Like Azure's: a bearer token, and a signature made anew for each attempt."""

    responseCls = JsonResponse
    clock_offset = timedelta(0)
    token = "old"

    def pre_connect_hook(self, params, headers):
        date = format_datetime(datetime.now(timezone.utc) + self.clock_offset, usegmt=True)
        text = f"{self.method}\n{date}\n{self.action}".encode()
        signature = hmac.digest(self.key.encode(), text, hashlib.sha256)
        headers["x-ms-date"] = date
        headers["Authorization"] = f"Bearer {self.token}"
        headers["x-ms-signature"] = base64.b64encode(signature).decode()
        return params, headers

    def renew_credentials(self, error, headers):
        self.token = "new"
        return True


class TokenDriver(BaseDriver):
    name = "token"
    connectionCls = TokenConnection


class SharedKeyDriver(BaseDriver):
    name = "shared key"
    connectionCls = SharedKeyConnection


class Identity:
    """A provider whose tokens go out of date: it accepts the last that it gave."""

    def __init__(self, delay=0.0):
        self.given = 0
        self.delay = delay
        self.lock = threading.Lock()

    def token(self):
        return f"{TOKEN}-{self.given}"

    def __call__(self, client, request):
        if request.target == "/auth":
            if json.loads(request.body)["password"] != SECRET:
                return answer(401, b'{"error": "who?"}')(client, request)
            with self.lock:
                self.given += 1
            return answer(201, b"{}", headers={"X-Subject-Token": self.token()})(client, request)
        if request.headers.get("x-auth-token") != self.token():
            return answer(401, b'{"error": "expired"}')(client, request)
        return answer(200, b'{"ok": true}')(client, request)


@pytest.fixture
def server():
    with prompt_server() as running:
        yield running


def make(server, cls=TokenDriver, secret=SECRET, **kwargs):
    settings = {"timeout": 2, "retry": FAST, **kwargs}
    return cls("user", secret, secure=False, host="127.0.0.1", port=server.port, **settings)


def targets(server):
    return [request.target for request in server.received]


# --- a token that has expired ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_expired_token_is_renewed_and_the_request_sent_once_more(server, method):
    server.script(Identity())
    driver = make(server)
    assert driver.connection.request("/things", method=method, data="x").object == {"ok": True}
    assert targets(server) == ["/things", "/auth", "/things"]
    driver.connection.request("/things")
    assert targets(server)[3:] == ["/things"]


def test_token_that_is_refused_again_is_an_error(server):
    server.script(
        lambda client, request: answer(
            200 if request.target == "/auth" else 401, b"{}", headers={"X-Subject-Token": "t"}
        )(client, request)
    )
    with pytest.raises(InvalidCredsError):
        make(server).connection.request("/things")
    assert targets(server) == ["/things", "/auth", "/things"]


def test_wrong_password_is_an_error_and_asked_for_once(server):
    server.script(Identity())
    with pytest.raises(InvalidCredsError) as caught:
        make(server, secret="wrong-horse-battery").connection.request("/things")
    assert targets(server) == ["/things", "/auth"]
    assert "wrong-horse" not in f"{caught.value!r}{caught.value}"


def test_eight_threads_renew_once(server):
    server.script(identity := Identity())
    driver = make(server)
    driver.connection.request("/things")
    assert identity.given == 1
    identity.given = 10  # all tokens are old now
    start = threading.Barrier(8)

    def call(number):
        start.wait()
        return driver.connection.request(f"/things/{number}").object

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(8))) == [{"ok": True}] * 8
    assert targets(server).count("/auth") == 2
    assert identity.given == 11


def test_body_of_a_file_is_sent_whole_with_the_new_token(server):
    server.script(Identity())
    body = io.BytesIO(b"0123456789" * 1000)
    make(server).connection.request("/things", method="PUT", data=body)
    assert [len(request.body) for request in server.received if request.method == "PUT"] == [
        10_000
    ] * 2


def test_body_of_an_iterator_is_not_sent_again_but_the_next_has_a_good_token(server):
    server.script(Identity())
    driver = make(server)
    with pytest.raises(InvalidCredsError):
        driver.connection.request("/things", method="PUT", data=iter([b"a", b"b"]))
    assert targets(server) == ["/things", "/auth"]
    driver.connection.request("/things", method="PUT", data=iter([b"a", b"b"]))
    assert server.received[-1].body == b"ab"
    assert targets(server)[2:] == ["/things"]


def test_token_of_a_stream_is_renewed(server):
    server.script(Identity())
    with make(server).connection.request("/things", raw=True) as response:
        assert response.status == 200
        assert b"".join(response.iter_content(100)) == b'{"ok": true}'
    assert targets(server) == ["/things", "/auth", "/things"]


def test_stream_that_is_refused_for_good_is_left_to_the_caller(server):
    server.script(answer(403, b"no"))
    response = make(server).connection.request("/things", raw=True)
    assert (response.status, response.content) == (403, b"no")
    assert targets(server) == ["/things"]


def test_token_is_renewed_between_two_retries(server):
    identity = Identity()
    server.script(answer(503), identity, identity, answer(503), identity)
    assert make(server).connection.request("/things").status == 200
    assert targets(server) == ["/things", "/things", "/auth", "/things", "/things"]


def test_identity_service_that_breaks_off_is_a_network_error(server):
    server.script(answer(401), faults.reset_before_answer)
    with pytest.raises(NetworkError):
        make(server, retry=None).connection.request("/things")
    assert targets(server) == ["/things", "/auth"]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
def test_other_errors_renew_nothing(server, status):
    server.script(answer(status, b"{}"))
    with pytest.raises(LibcloudError):
        make(server, retry=None).connection.request("/things")
    assert targets(server) == ["/things"]


def test_connection_that_cannot_renew_is_refused_once(server):
    class Plain(TokenDriver):
        connectionCls = type("Plain", (ConnectionUserAndKey,), {"responseCls": JsonResponse})

    server.script(answer(401, b"{}"))
    with pytest.raises(InvalidCredsError):
        make(server, Plain).connection.request("/things")
    assert targets(server) == ["/things"]


def test_renewed_request_is_signed_anew(server):
    def provider(client, request):
        good = request.headers["authorization"] == "Bearer new"
        return answer(200 if good else 401, b"{}")(client, request)

    server.script(provider)
    make(server, SharedKeyDriver).connection.request("/things", method="POST", data="x")
    first, second = server.received
    assert first.headers["authorization"] == "Bearer old"
    assert second.headers["authorization"] == "Bearer new"
    assert second.headers["x-ms-signature"]


def test_context_of_a_request_survives_the_renewal(server):
    server.script(Identity())
    connection = make(server).connection
    connection.set_context({"mine": 1})
    seen = []

    class Seeing(JsonResponse):
        def parse_body(self):
            seen.append((self.connection.action, dict(self.connection.context)))
            return super().parse_body()

    connection.responseCls = Seeing
    connection.request("/things")
    assert seen[-1] == ("/things", {"mine": 1})
    assert connection.context == {}


@pytest.mark.parametrize("cls", [TokenDriver, SharedKeyDriver])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_credential_follows_a_redirect_to_another_host(server, cls, status):
    with FaultServer() as other:
        other.script(answer(200, b"{}"))
        there = f"http://localhost:{other.port}/elsewhere"
        server.script(faults.redirect(there, status))
        driver = make(server, cls, retry=None)
        driver.connection.token = TOKEN
        driver.connection.request("/things", params={"signature": SECRET})
        (request,) = other.received
    assert not [secret for secret in (SECRET, TOKEN) if secret in str(request)]
    assert not {"authorization", "x-auth-token", "x-ms-signature"} & set(request.headers)


# --- the faults of a connection -------------------------------------------------------------------

KINDS = [TokenDriver, SharedKeyDriver]


def secrets_of(driver):
    return [SECRET, TOKEN, driver.connection.token or TOKEN]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", [*BROKEN, "stall", "drip"])
@pytest.mark.parametrize("cls", KINDS)
def test_broken_exchange_is_a_network_error_without_secrets(server, cls, name, method):
    slow = {
        "stall": faults.stall(1),
        "drip": faults.drip(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 500, 0.03),
    }
    server.script({**BROKEN, **slow}[name])
    driver = make(server, cls, timeout=0.3)
    driver.connection.token = TOKEN
    with pytest.raises(NetworkError) as caught:
        driver.connection.request("/things", params={"sig": SECRET}, method=method, data="x")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not [secret for secret in secrets_of(driver) if secret in shown]
    assert len(server.received) == (3 if method == "GET" and name in BROKEN else 1)


@pytest.mark.parametrize("body", [b"<html>Log in", b"", b"[" * 99_999, b"\xff\xfe", b"{"])
@pytest.mark.parametrize("status", [200, 404, 503])
@pytest.mark.parametrize("cls", KINDS)
def test_strange_answer_is_an_error_of_its_status_or_malformed(server, cls, status, body):
    server.script(answer(status, body, "text/html"))
    driver = make(server, cls, retry=None)
    if status == 200 and not body:
        assert driver.connection.request("/things").object == ""
        return
    with pytest.raises(LibcloudError) as caught:
        driver.connection.request("/things")
    assert caught.value.http_code == status
    assert isinstance(caught.value, MalformedResponseError) == (status == 200)


@pytest.mark.parametrize("cls", KINDS)
def test_log_has_no_token(server, cls):
    from libcloud.common import logging as debug_log

    server.script(Identity() if cls is TokenDriver else answer(200, b"{}"))
    log = io.StringIO()
    debug_log.enable(log)
    try:
        driver = make(server, cls)
        driver.connection.token = TOKEN
        driver.connection.request("/things")
    finally:
        debug_log.disable()
    assert "/things" in log.getvalue()
    assert not [secret for secret in secrets_of(driver) if secret in log.getvalue()]


# --- a clock that is off --------------------------------------------------------------------------

SKEW = timedelta(hours=3)


class Skewed:
    """AWS, with another time than ours."""

    def __init__(self, provider, error, status=403, skew=SKEW, date=None):
        self.provider, self.error, self.status = provider, error, status
        self.skew, self.date = skew, date

    def __call__(self, client, request):
        now = datetime.now(timezone.utc) + self.skew
        signed = (
            request.headers.get("x-amz-date") or re.search(r"X-Amz-Date=(\w+)", request.target)[1]
        )
        at = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs(now - at) < timedelta(minutes=5):
            return self.provider(client, request)
        date = self.date or format_datetime(now, usegmt=True)
        return answer(self.status, self.error, "text/xml", {"Date": date})(client, request)


def s3_error(code):
    return b"<Error><Code>%s</Code><Message>m</Message></Error>" % code


def query_error(code):
    return (
        b"<ErrorResponse><Error><Code>%s</Code><Message>m</Message></Error></ErrorResponse>" % code
    )


def ec2_error(code):
    return (
        b"<Response><Errors><Error><Code>%s</Code><Message>m</Message></Error></Errors></Response>"
        % code
    )


CLOCK = {
    "ec2": [(ec2_error(b"RequestExpired"), 400), (ec2_error(b"AuthFailure"), 401)],
    "s3": [(s3_error(b"RequestTimeTooSkewed"), 403), (s3_error(b"SignatureDoesNotMatch"), 403)],
    "route53": [
        (query_error(b"InvalidSignatureException"), 403),
        (query_error(b"SignatureDoesNotMatch"), 403),
        (query_error(b"RequestExpired"), 400),
    ],
}
CLOCK_CASES = [
    pytest.param(call, error, status, id=f"{call}-{number}")
    for call in READS
    for number, (error, status) in enumerate(CLOCK.get(call.name.partition("-")[0], ()))
]


@pytest.mark.parametrize(("call", "error", "status"), CLOCK_CASES)
def test_request_is_signed_again_with_the_servers_time(server, call, error, status):
    body_less = call.answers == "nothing"  # HEAD: the answer states no code
    server.script(
        Skewed(call.provider(1), b"" if body_less else error, 403 if body_less else status)
    )
    driver = call.make(server.port, retry=None)
    assert call.do(driver)
    assert len(server.received) == 2
    assert call.do(driver)  # the time is known now
    assert len(server.received) == 3


@pytest.mark.parametrize("hours", [-30, -1, 1, 24 * 400])
def test_clock_may_be_off_in_both_directions(server, hours):
    server.script(Skewed(s3(), s3_error(b"RequestTimeTooSkewed"), skew=timedelta(hours=hours)))
    driver = s3_driver(server.port, retry=None)
    assert driver.list_containers()
    assert abs(driver.connection.clock_offset - timedelta(hours=hours)) < timedelta(seconds=5)


def test_downloads_and_uploads_are_signed_again_too(server):
    server.script(Skewed(s3(), s3_error(b"RequestTimeTooSkewed")))
    assert read_stream(s3_driver(server.port, retry=None))
    assert upload(s3_driver(server.port, retry=None))
    assert len(server.received) == 4


def test_create_is_signed_again_because_it_was_refused(server):
    from tests.faults.providers import create_volume, ec2

    server.script(Skewed(ec2(), ec2_error(b"RequestExpired"), 400))
    assert create_volume(ec2_driver(server.port, retry=None))
    assert len(server.received) == 2


def test_eight_threads_put_the_clock_right(server):
    server.script(Skewed(s3(), s3_error(b"RequestTimeTooSkewed")))
    driver = s3_driver(server.port, retry=None)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: driver.list_containers(), range(32)))
    assert len(server.received) <= 32 + 8


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 99 Foo 2020 00:00:00 GMT", "0" * 5000])
def test_date_that_makes_no_sense_changes_nothing(server, date):
    server.script(answer(403, s3_error(b"RequestTimeTooSkewed"), headers={"Date": date}))
    driver = s3_driver(server.port, retry=None)
    with pytest.raises(InvalidCredsError):
        driver.list_containers()
    assert len(server.received) == 1
    assert driver.connection.clock_offset is None


def test_wrong_key_is_no_matter_of_the_clock(server):
    date = format_datetime(datetime.now(timezone.utc), usegmt=True)
    server.script(answer(403, s3_error(b"SignatureDoesNotMatch"), headers={"Date": date}))
    with pytest.raises(InvalidCredsError):
        s3_driver(server.port).list_containers()
    assert len(server.received) == 1


def test_denied_access_is_no_matter_of_the_clock(server):
    date = "Wed, 01 Mar 2006 12:00:00 GMT"
    server.script(answer(403, s3_error(b"AccessDenied"), headers={"Date": date}))
    driver = s3_driver(server.port)
    with pytest.raises(PermissionDeniedError):
        driver.list_containers()
    assert len(server.received) == 1
    assert driver.connection.clock_offset is None


def test_clock_that_is_still_wrong_is_an_error_after_two_requests(server):
    now = datetime.now(timezone.utc)
    dates = [format_datetime(now + timedelta(days=day), usegmt=True) for day in (1, 2, 3)]
    server.script(
        *(answer(403, s3_error(b"RequestTimeTooSkewed"), headers={"Date": date}) for date in dates)
    )
    with pytest.raises(InvalidCredsError):
        s3_driver(server.port).list_containers()
    assert len(server.received) == 2
