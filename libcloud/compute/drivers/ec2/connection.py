"""
The connection to Amazon EC2, and its answers.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws import AWSBaseResponse, AWSQueryConnection
from libcloud.common.errors import ProviderError
from libcloud.common.lazy import lazy_pattern
from libcloud.compute.drivers.ec2.errors import ec2_error_class
from libcloud.compute.types import KeyPairDoesNotExistError

__all__ = ["API_VERSION", "NAMESPACE", "EC2Connection", "EC2Response"]

API_VERSION = "2016-11-15"

NAMESPACE = f"http://ec2.amazonaws.com/doc/{API_VERSION}/"
"""Of EC2's answers. Nothing here depends on it: answers are read in any namespace."""

_QUOTED = lazy_pattern(r"'[{']*([^'{}]+)'")


class EC2Response(AWSBaseResponse):
    """An answer of EC2."""

    @classmethod
    def error_class(cls, code: str) -> type[ProviderError] | None:
        return ec2_error_class(code)

    def parse_error(self) -> Any:
        error = super().parse_error()
        if error.provider_code != "InvalidKeyPair.NotFound":
            return error
        quoted = _QUOTED.search(str(error.value))
        missing = KeyPairDoesNotExistError(
            name=quoted.group(1) if quoted else "", driver=error.driver
        )
        missing.http_code = error.http_code
        missing.provider_code = error.provider_code
        missing.request_id = error.request_id
        return missing


class EC2Connection(AWSQueryConnection):
    """A connection to EC2 in one region."""

    host = "ec2.us-east-1.amazonaws.com"
    responseCls = EC2Response
    service_name = "ec2"
    version = API_VERSION

    # The second time, these find done what they would do.
    idempotent_actions = frozenset(
        {
            "CreateTags",
            "DeleteKeyPair",
            "DeleteTags",
            "ModifyImageAttribute",
            "ModifyInstanceAttribute",
            "ModifySnapshotAttribute",
            "ModifySubnetAttribute",
            "ReplaceRoute",
            "StartInstances",
            "StopInstances",
            "TerminateInstances",
        }
    )
