"""
Descriptions of Tencent Cloud's services as the judge of requests and answers.

They are the ones that its command line carries: actions, and the members of what goes in and out.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libcloud.testing.http import Answer, Request
from libcloud.testing.specs import Spec, Violation

_TYPES: dict[str, type] = {"string": str, "int": int, "bool": bool}


class TencentDescription(Spec):
    def __init__(self, description: dict[str, Any]) -> None:
        self._actions = description["actions"]
        self._objects = description["objects"]
        self._version = description["metadata"]["apiVersion"]

    def request_violations(self, request: Request) -> list[Violation]:
        action = request.headers.get("X-TC-Action", "")
        if action not in self._actions:
            return [Violation(action, "X-TC-Action", "there is no such action")]
        found = list(self._judge(self._actions[action]["input"], request.json, "body", True))
        if request.headers.get("X-TC-Version") != self._version:
            found.append(("X-TC-Version", f"is not {self._version}"))
        if not request.headers.get("Authorization", "").startswith("TC3-HMAC-SHA256 Credential="):
            found.append(("Authorization", "is no signature"))
        return [Violation(action, place, message) for place, message in found]

    def answer_violations(self, request: Request, answer: Answer) -> list[Violation]:
        action = request.headers["X-TC-Action"]
        assert isinstance(answer.body, bytes)
        body = json.loads(answer.body)["Response"]
        if "Error" in body:
            return []
        found = self._judge(self._actions[action]["output"], body, "answer", False)
        return [Violation(action, place, message) for place, message in found]

    def _judge(
        self, name: str, value: Any, place: str, complete: bool
    ) -> Iterator[tuple[str, str]]:
        members = {member["name"]: member for member in self._objects[name]["members"]}
        for key in value.keys() - members.keys():
            yield f"{place}.{key}", "is not known"
        for key, member in members.items():
            if value.get(key) is None:
                if complete and member["required"]:
                    yield f"{place}.{key}", "is missing"
                continue
            given = value[key] if member["type"] == "list" else [value[key]]
            for each in given:
                if member["member"] in self._objects:
                    yield from self._judge(member["member"], each, f"{place}.{key}", complete)
                elif not isinstance(each, _TYPES.get(member["type"], object)):
                    yield f"{place}.{key}", f"is {each!r}, not of type {member['type']}"


def tencent_description(name: str) -> Spec:
    """
    The description in a file; one that checks nothing while ``LIBCLOUD_SPECS`` is not set.

    :param name: File in that folder.
    """
    folder = os.environ.get("LIBCLOUD_SPECS")
    return TencentDescription(_content(Path(folder) / name)) if folder else Spec()


@functools.cache
def _content(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))["api"]
    return content
