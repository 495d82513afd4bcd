"""Replaying what others recorded."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.driver import BaseDriver
from libcloud.testing.http import UnexpectedRequest, UnusedRoutes
from libcloud.testing.recordings import Cassettes, Exchange, Replay, recordings


class AcmeConnection(ConnectionKey):
    host = "api.acme.example"
    responseCls = JsonResponse


class AcmeDriver(BaseDriver):
    connectionCls = AcmeConnection


def exchange(method: str, uri: str, body: Any = None, answered: Any = None) -> Exchange:
    return Exchange.from_vcr(
        {
            "request": {"method": method, "uri": f"https://recorded.example{uri}", "body": body},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"X-Id": ["1"], "Content-Length": ["999"]},
                "body": {"string": json.dumps(answered)},
            },
        }
    )


def ask(replay: Replay, *arguments: Any, **keywords: Any) -> Any:
    return replay.attach(AcmeDriver("key")).connection.request(*arguments, **keywords).object


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [
        ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}'),
        ("a=1&b=2", "b=2&a=1"),
        ("<a>\n  <b c='1'/>\n</a>", '<a><b c="1"></b></a>'),
        ("plain", "plain"),
        ("{}", None),
        ("secret=1", None),
        ("secret=1", "secret=2"),
    ],
)
def test_bodies_are_compared_by_what_they_say(recorded: str, sent: str | None) -> None:
    exchanges = [exchange("POST", "/x?b=2&a=1", recorded, "done")]
    with Replay(exchanges, strict=True, ignore=["secret"]) as replay:
        assert ask(replay, "/x", {"a": 1, "b": 2}, data=sent, method="POST") == "done"


@pytest.mark.parametrize(
    ("method", "uri", "body"),
    [
        ("PUT", "/x?a=1", "{}"),
        ("POST", "/y?a=1", "{}"),
        ("POST", "/x?a=2", "{}"),
        ("POST", "/x?a=1&a=2", "{}"),
        ("POST", "/x?a=1", '{"b": "other"}'),
    ],
)
def test_another_request_fails_and_names_the_nearest_recording(
    method: str, uri: str, body: str
) -> None:
    replay = Replay([exchange(method, uri, body)])
    with pytest.raises(UnexpectedRequest, match=r"nearest recordings:\n  \w+ /") as caught:
        ask(replay, "/x", {"a": 1}, json={"b": 1}, method="POST")
    assert "(- wanted, + sent)" in str(caught.value)
    with pytest.raises(UnexpectedRequest):
        replay.verify()


def test_repeats_are_answered_in_their_order_and_the_last_one_stays() -> None:
    replay = Replay([exchange("GET", "/x", answered=number) for number in (1, 2)])
    assert [ask(replay, "/x") for _ in range(3)] == [1, 2, 2]


def test_what_was_recorded_before_a_change_is_not_given_after_it() -> None:
    replay = Replay(
        [
            exchange("GET", "/x", answered="before"),
            exchange("POST", "/x", '{"a": 1}', "changed"),
            exchange("GET", "/x", answered="after"),
        ]
    )
    assert ask(replay, "/x", json={"a": 1}, method="POST") == "changed"
    assert ask(replay, "/x") == "after"
    assert [each.answer.body for each in replay.unused] == [b'"before"']
    with pytest.raises(UnusedRoutes, match="GET https://recorded"):
        replay.assert_all_used()


def test_ignored_and_masked_parts_are_not_compared() -> None:
    recorded = exchange("POST", "/v1/secret/x?nonce=1", '{"id": {"nonce": 2, "a": 3}}', "done")
    replay = Replay([recorded], ignore=["nonce", "size"], mask={r"/v1/\w+": "/v1/-"})
    body = {"id": {"nonce": 7, "a": 3}}
    assert ask(replay, "/v1/mine/x", {"size": 9}, json=body, method="POST") == "done"


def test_strict_replay_fails_when_something_was_not_asked_for() -> None:
    with (
        pytest.raises(UnusedRoutes),
        Replay([exchange("GET", "/x"), exchange("GET", "/y")], strict=True) as replay,
    ):
        ask(replay, "/x")


def test_packed_bodies_and_those_of_go_are_read() -> None:
    packed = base64.b64encode(gzip.compress(b'{"a": 1}')).decode()
    interaction = {
        "request": {"method": "get", "url": "https://recorded.example/x", "body": ""},
        "response": {"status": "200 OK", "code": 200, "body": {"__b64__": packed}},
    }
    assert ask(Replay([Exchange.from_vcr(interaction)]), "/x") == {"a": 1}


def test_cassettes_are_found_by_a_part_of_their_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content: dict[str, Any] = {
        "a/list.yaml": {"interactions": []},
        "a/get.yaml": {"interactions": []},
    }
    (tmp_path / "acme.json.gz").write_bytes(gzip.compress(json.dumps(content).encode()))
    monkeypatch.setenv("LIBCLOUD_SPECS", str(tmp_path))
    cassettes = recordings("acme.json.gz")
    assert cassettes["list"] == []
    assert list(cassettes) == list(content)
    with pytest.raises(KeyError, match="is in 2 of the recordings"):
        cassettes["a/"]
    assert isinstance(recordings(tmp_path / "acme.json.gz"), Cassettes)


def test_recordings_are_skipped_where_there_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIBCLOUD_SPECS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="LIBCLOUD_SPECS is not set"):
        recordings("acme.json.gz")
