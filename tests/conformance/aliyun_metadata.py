"""
Descriptions of Alibaba Cloud's services as the judge of requests.

They are one JSON object an action, which has the names, types and necessity of its parameters, and
nothing of its answer: https://github.com/aliyun/aliyun-openapi-meta
"""

from __future__ import annotations

import functools
import gzip
import json
import os
from pathlib import Path
from typing import Any

from libcloud.testing.http import Request
from libcloud.testing.specs import Spec, Violation

COMMON = {
    "AccessKeyId",
    "Action",
    "Format",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureVersion",
    "Timestamp",
    "Version",
}


class AliyunMetadata(Spec):
    """
    :param actions: Action -> its description.
    :param version: Of the API.
    """

    def __init__(self, actions: dict[str, Any], version: str) -> None:
        self._actions = actions
        self._version = version

    def request_violations(self, request: Request) -> list[Violation]:
        given = {name: values[0] for name, values in request.query.items()}
        action = given.get("Action", "")
        if action not in self._actions:
            return [Violation(action, "Action", "there is no such action")]
        described = self._actions[action]
        known = {parameter["name"]: parameter for parameter in described["parameters"]}
        found = [(name, "is missing") for name in COMMON - given.keys()]
        found += [(name, "is not known") for name in given.keys() - known.keys() - COMMON]
        found += [
            (name, "is missing")
            for name, parameter in known.items()
            if parameter["required"] and name not in given
        ]
        found += [
            (name, f"is {value!r}, no integer")
            for name, value in given.items()
            if known.get(name, {}).get("type") == "Long" and not value.isdigit()
        ]
        if request.method not in described["method"].split("|"):
            found.append((request.method, "is not a method of this action"))
        if given.get("Version") != self._version:
            found.append(("Version", f"is not {self._version}"))
        return [Violation(action, place, message) for place, message in found]


def aliyun_metadata(name: str, version: str) -> Spec:
    """
    The description in a file; one that checks nothing while ``LIBCLOUD_SPECS`` is not set.

    :param name: File in that folder.
    """
    folder = os.environ.get("LIBCLOUD_SPECS")
    return AliyunMetadata(_actions(Path(folder) / name), version) if folder else Spec()


@functools.cache
def _actions(path: Path) -> dict[str, Any]:
    content = json.loads(gzip.decompress(path.read_bytes()))
    described = [each for key, each in content.items() if key.startswith("metadatas/")]
    return {each["name"]: each for each in described if "parameters" in each}
