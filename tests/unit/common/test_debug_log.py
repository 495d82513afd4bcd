from __future__ import annotations

import base64
import io
import json
import logging
import os
import stat
import subprocess
import sys
import time
from urllib.parse import quote, quote_plus

import pytest

import libcloud
from libcloud.common import logging as debug_log
from libcloud.common.base import BaseDriver, ConnectionUserAndKey, XmlResponse
from libcloud.common.errors import NetworkError
from tests.faults.server import FaultServer, answer

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY"
PASSWORD = "hunter2-and-more"


class Connection(ConnectionUserAndKey):
    responseCls = XmlResponse

    def add_default_headers(self, headers):
        headers["Authorization"] = f"Basic {self.key}"
        headers["X-Auth-Token"] = "tok-in-header"
        return headers


class Driver(BaseDriver):
    name = "logged"
    connectionCls = Connection


@pytest.fixture
def server():
    with FaultServer() as running:
        running.script(
            answer(
                200,
                b"<r><keyMaterial>PRIVATE-KEY-TEXT</keyMaterial><adminPass>pass-in-xml</adminPass>"
                b"<echo>" + SECRET.encode() + b"</echo><name>plain</name></r>",
                headers={"Set-Cookie": "session=cookie-secret"},
            )
        )
        yield running


@pytest.fixture
def log():
    fo = io.StringIO()
    libcloud.enable_debug(fo)
    yield fo
    libcloud.reset_debug()


def call(server, **kwargs):
    driver = Driver("user", SECRET, secure=False, host="127.0.0.1", port=server.port, retry=None)
    driver.connection.request(
        "/things",
        params={"Signature": "sig-in-query", "name": "shown", "echo": SECRET},
        data='{"password": "' + PASSWORD + '", "nested": {"api_key": "key-in-json"}, "n": 1, '
        '"NextToken": "page-two"}',
        method="POST",
        **kwargs,
    )


HIDDEN = [
    SECRET,
    PASSWORD,
    "tok-in-header",
    "PRIVATE-KEY-TEXT",
    "pass-in-xml",
    "cookie-secret",
    "sig-in-query",
    "key-in-json",
    "wJalrXUtnFEMI%2FK7MDENG%2BbPxRfiCY",
]


def test_log_has_request_and_answer_without_secrets(server, log):
    call(server)
    text = log.getvalue()
    for secret in HIDDEN:
        assert secret not in text, secret
    assert "curl -i -X POST" in text
    assert "name=shown" in text
    assert "<name>plain</name>" in text
    assert "page-two" in text
    assert "HTTP/1.1 200" in text


def test_log_of_a_failure_says_why_without_secrets(server, log):
    server.__exit__()
    with pytest.raises(NetworkError):
        call(server)
    assert "no answer" in log.getvalue()
    for secret in HIDDEN:
        assert secret not in log.getvalue()


def test_streamed_body_is_not_taken_away_from_its_reader(server, log):
    driver = Driver("user", SECRET, secure=False, host="127.0.0.1", port=server.port)
    response = driver.connection.request("/things", raw=True)
    assert b"plain" in b"".join(response.iter_content(100))
    assert "the body is streamed" in log.getvalue()


def test_unredacted_log_needs_its_switch_and_warns(server, monkeypatch):
    monkeypatch.setenv("LIBCLOUD_DEBUG_UNREDACTED", "1")
    fo = io.StringIO()
    libcloud.enable_debug(fo)
    try:
        call(server)
    finally:
        libcloud.reset_debug()
    assert "WARNING" in fo.getvalue().splitlines()[0]
    assert SECRET in fo.getvalue()


def test_reset_debug_ends_the_log(server, log):
    libcloud.reset_debug()
    call(server)
    assert log.getvalue() == ""


def test_standard_logger_has_a_line_without_secrets(server, caplog):
    with caplog.at_level(logging.DEBUG, logger="libcloud.http"):
        call(server)
    (record,) = [r for r in caplog.records if r.name == "libcloud.http"]
    message = record.getMessage()
    assert "POST" in message
    assert "-> 200" in message
    assert "sig-in-query" not in message
    assert SECRET not in message


def run(code, **environ):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
        cwd=os.path.dirname(os.path.dirname(libcloud.__file__)),
    )


SCRIPT = """
from libcloud.common.base import BaseDriver, ConnectionUserAndKey
class Driver(BaseDriver):
    connectionCls = ConnectionUserAndKey
driver = Driver("user", "{secret}", secure=False, host="127.0.0.1", port={port})
driver.connection.request("/things", headers={{"Authorization": "{secret}"}})
"""


def test_environment_variable_writes_a_private_file(server, tmp_path):
    path = tmp_path / "debug.log"
    run(SCRIPT.format(secret=SECRET, port=server.port), LIBCLOUD_DEBUG=str(path))
    text = path.read_text()
    assert "curl -i -X GET" in text
    assert SECRET not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_environment_variable_writes_to_stderr(server):
    result = run(SCRIPT.format(secret=SECRET, port=server.port), LIBCLOUD_DEBUG="stderr")
    assert "curl -i -X GET" in result.stderr
    assert SECRET not in result.stderr


def test_pretty_answers_are_indented(server, monkeypatch):
    monkeypatch.setenv("LIBCLOUD_DEBUG_PRETTY_PRINT_RESPONSE", "1")
    fo = io.StringIO()
    debug_log.enable(fo)
    try:
        call(server)
    finally:
        debug_log.disable()
    assert "\n  <name>plain</name>" in fo.getvalue()
    assert SECRET not in fo.getvalue()


def test_logging_connection_can_be_chosen_by_hand(server):
    from libcloud.utils.loggingconnection import LoggingConnection

    class Logged(LoggingConnection):
        log = io.StringIO()

    driver = Driver("user", SECRET, secure=False, host="127.0.0.1", port=server.port)
    driver.connection.conn_class = Logged
    driver.connection.connect()
    driver.connection.request("/things")
    assert "curl -i -X GET" in Logged.log.getvalue()
    assert "tok-in-header" not in Logged.log.getvalue()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/p?X-Amz-Signature=abc&a=1", "https://h/p?X-Amz-Signature=REDACTED&a=1"),
        ("https://h/p?a=1&apikey=abc", "https://h/p?a=1&apikey=REDACTED"),
        ("https://u:p@h/p", "https://REDACTED@h/p"),
        ("https://h/p?NextToken=abc", "https://h/p?NextToken=abc"),
        ("https://h/p?sig=abc", "https://h/p?sig=REDACTED"),
        ("https://h/p?design=abc", "https://h/p?design=abc"),
    ],
)
def test_redact_url(url, shown):
    assert debug_log.redact_url(url) == shown


NAMES = ["password", "adminPass", "root_pass", "client_secret", "api-key", "auth", "assertion"]


def logged(server, log, body, secret=SECRET):
    driver = Driver("user", secret, secure=False, host="127.0.0.1", port=server.port)
    driver.connection.request("/things", data=body, method="POST")
    return log.getvalue()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "template",
    [
        '{"NAME": "hu\\"sh-hush", "other": "shown"}',
        '{"NAME": ["hush", "hush"], "other": "shown"}',
        '{"NAME": {"value": "hush"}, "other": "shown"}',
        '{"inner": "{\\"NAME\\": \\"hush\\", \\"other\\": \\"shown\\"}"}',
        "other=shown&user[NAME]=hush",
        "other=shown&user%5BNAME%5D=hush",
        "<a><NAME><![CDATA[<hush>]]></NAME><b>shown</b></a>",
        '<a NAME="hush" other="shown"/>',
        '--x\r\nContent-Disposition: form-data; name="NAME"\r\n\r\nhush\r\n--x\r\nshown',
    ],
)
def test_secret_field_is_blank_in_every_kind_of_body(server, log, template, name):
    text = logged(server, log, template.replace("NAME", name))
    assert "hush" not in text
    assert "shown" in text


@pytest.mark.parametrize(
    "spell",
    [
        str,
        quote,
        quote_plus,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: text.replace("&", "&amp;").replace("<", "&lt;"),
        lambda text: base64.b64encode(f"me:{text}:x".encode()).decode(),
    ],
)
def test_known_secret_is_blank_in_every_spelling(server, log, spell):
    secret = 'Kn0wn secret & <"é+/'
    spelled = spell(secret)
    text = logged(server, log, f"<b>{spelled}</b>", secret)
    assert "Kn0wn" not in text
    assert spelled[5:-5] not in text


def test_secret_at_the_end_of_what_is_logged_is_blank(server, log):
    body = "x" * (debug_log.MAX_BODY - 10) + SECRET
    assert SECRET[:8] not in logged(server, log, body)


def test_secret_in_a_redirect_is_blank(log):
    with FaultServer() as server:
        server.script(answer(200, b"<a/>", headers={"Location": "/x?token=hush&name=shown"}))
        text = logged(server, log, "")
    assert "hush" not in text
    assert "name=shown" in text


@pytest.mark.parametrize(
    "piece",
    ["token", "<token ", '"token":[', '\\"token\\":\\"', 'name="token"\n', "\\", "<![CDATA["],
)
def test_hostile_body_does_not_keep_the_log_busy(server, log, piece):
    started = time.process_time()
    logged(server, log, piece * (debug_log.MAX_BODY // len(piece)))
    assert time.process_time() - started < 5
