"""The connection to EC2, which has the volumes and their snapshots, and its answers."""

from __future__ import annotations

from typing import Any

from libcloud.common.aws import AWSGenericResponse
from libcloud.common.errors import ProviderError
from libcloud.compute.drivers.ec2.connection import EC2Connection
from libcloud.compute.drivers.ec2.errors import ec2_error_class

__all__ = ["HOST", "NS", "ROOT", "VERSION", "EBSConnection", "EBSResponse", "endpoint_of"]

VERSION = "2015-10-01"
HOST = "ec2.amazonaws.com"
ROOT = f"/{VERSION}/"
NS = f"http://{HOST}/doc{ROOT}"


class EBSResponse(AWSGenericResponse):
    """An answer of EC2. It is read in any namespace."""

    namespace = NS
    exceptions: dict[str, Any] = {}
    xpath = "Error"

    @classmethod
    def error_class(cls, code: str) -> type[ProviderError] | None:
        return ec2_error_class(code)


class EBSConnection(EC2Connection):
    """A connection to EC2 in one region."""

    # What programs read from the class. Nothing answers to it any more: see the constructor.
    version = VERSION
    host = HOST
    responseCls: Any = EBSResponse
    service_name = "backup"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.version = EC2Connection.version
        self.service_name = EC2Connection.service_name
        super().__init__(*args, **kwargs)


def endpoint_of(region: str) -> str:
    """
    Where a region has EC2.

    https://docs.aws.amazon.com/general/latest/gr/ec2-service.html
    """
    return f"ec2.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
