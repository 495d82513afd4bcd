"""The debug log: a secret is not in it, wherever it stands and however it is written."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from types import SimpleNamespace
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlencode
from xml.sax.saxutils import escape

from hypothesis import assume, given
from hypothesis import strategies as st

from libcloud.common import logging as debug_log
from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.logging import DebugLog
from tests.properties import few, thorough
from tests.properties.wire import Answering, answering_server

__all__ = ["answering_server"]

# Long enough to be none of the words of the log itself.
secrets = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]),
        min_size=10,
        max_size=40,
    )
    .map(str.strip)
    .filter(lambda text: len(text) >= 10)
)
tokens = st.text("abcXYZ019+/=._-", min_size=12, max_size=40)
given_secrets = st.one_of(secrets, tokens)
names = st.sampled_from(["note", "text", "value", "q"])
secret_names = st.sampled_from(
    [
        "password",
        "adminPass",
        "api_key",
        "apikey",
        "secret",
        "SecretAccessKey",
        "X-Amz-Signature",
        "Signature",
        "access_token",
        "auth_key",
        "user_password",
        "UserData",
        "client_secret",
    ]
)


def read_in_all_ways(log: str):
    """The log, and what somebody who wants to know makes of it."""
    yield log
    yield unquote(log)
    yield unquote_plus(log)
    yield html.unescape(log)
    yield re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), log)
    yield log.replace('\\"', '"').replace("\\\\", "\\")
    # As shlex.quote writes a quote.
    yield log.replace("'\"'\"'", "'")
    for word in re.findall(r"[A-Za-z0-9+/]{12,}={0,2}", log):
        for start in range(4):
            cut = word[start:]
            yield base64.b64decode(cut[: len(cut) // 4 * 4]).decode("utf-8", "replace")


def assert_hidden(secret: str, log: str) -> None:
    for text in read_in_all_ways(log):
        assert secret not in text


def written(method, url, headers, body, response, known=(), pretty=False):
    out = io.StringIO()
    DebugLog(out, pretty=pretty).write(method, url, headers, body, response, known)
    return out.getvalue()


def answer(headers, content):
    return SimpleNamespace(status_code=200, reason="OK", headers=headers, content=content)


ways = {
    "json": lambda name, text: json.dumps({"a": {name: text}, "b": 1}),
    "unicode json": lambda name, text: json.dumps({name: [text, 1]}, ensure_ascii=False),
    "form": lambda name, text: urlencode({"a": 1, name: text, "b": 2}),
    "quoted form": lambda name, text: urlencode({name: text}, quote_via=quote),
    "xml": lambda name, text: f"<a><{name}>{escape(text)}</{name}></a>",
    "attribute": lambda name, text: f'<a {name}="{html.escape(text)}"/>',
}


@thorough
@given(given_secrets, names, st.sampled_from(sorted(ways)), st.booleans())
def test_a_known_secret_is_hidden_wherever_it_stands(secret, name, way, pretty):
    body = ways[way](name, secret)
    content = body.encode()
    headers = {
        "X-Note": quote(secret),
        "X-Basic": base64.b64encode(f"u:{secret}".encode()).decode(),
    }
    url = f"https://example.com/{quote(secret, safe='')}?{name}={quote_plus(secret)}&a=1"
    log = written("POST", url, headers, body, answer(headers, content), [secret], pretty)
    assert_hidden(secret, log)
    assert "example.com" in log


@thorough
@given(given_secrets, secret_names, st.sampled_from(sorted(ways)))
def test_an_unknown_secret_is_hidden_by_the_name_of_its_field(secret, name, way):
    body = ways[way](name, secret)
    url = f"https://example.com/path?a=1&{name}={quote(secret, safe='')}"
    headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    headers[f"X-{name}"] = quote(secret)
    log = written("POST", url, headers, body, answer(headers, body.encode()))
    assert_hidden(secret, log)


@thorough
@given(st.lists(given_secrets, min_size=2, max_size=3), st.text(max_size=20))
def test_secrets_side_by_side_are_all_hidden(known, between):
    assume(not any(one in other for one in known for other in ["REDACTED", between]))
    body = between.join([*known, known[0] + known[1]])
    log = written("PUT", "https://example.com/", {}, body, answer({}, body.encode()), known)
    for secret in known:
        assert secret not in log


@thorough
@given(given_secrets, st.integers(0, 60))
def test_a_secret_at_the_end_of_what_is_shown_is_not_cut_in_two(secret, before):
    body = "." * (debug_log.MAX_BODY - before) + secret + "." * 100
    log = written("PUT", "https://example.com/", {}, body, answer({}, b""), [secret])
    assert secret not in log
    assert f".{secret[:8]}" not in log


class SomeConnection(ConnectionUserAndKey):
    responseCls = JsonResponse

    def add_default_params(self, params):
        return {**params, "q": self.key}

    def add_default_headers(self, headers):
        return {**headers, "X-Whatever": quote(self.key)}


@few
@given(secret=given_secrets)
def test_a_connection_hides_its_key(answering_server: Answering, secret):
    answering_server.reply(
        lambda request: (
            200,
            json.dumps({"note": secret}).encode(),
            "text/json",
            {"X": quote(secret)},
        )
    )
    connection = SomeConnection(
        "user", secret, secure=False, host="127.0.0.1", port=answering_server.port, timeout=5
    )
    out = io.StringIO()
    debug_log.enable(out)
    try:
        connection.request("/path", data={"text": secret}, method="POST")
    finally:
        debug_log.disable()
    assert answering_server.received
    assert "/path" in out.getvalue()
    assert_hidden(secret, out.getvalue())
