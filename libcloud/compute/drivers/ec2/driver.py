"""
The driver for Amazon EC2, put together from its rooms.

API version 2016-11-15, signature version 4. One driver works in one region.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import functools
from typing import Any

from libcloud import data
from libcloud.compute.drivers.ec2.account import Account
from libcloud.compute.drivers.ec2.addresses import Addresses
from libcloud.compute.drivers.ec2.connection import EC2Connection
from libcloud.compute.drivers.ec2.images import Images
from libcloud.compute.drivers.ec2.interfaces import Interfaces
from libcloud.compute.drivers.ec2.nodes import Nodes
from libcloud.compute.drivers.ec2.routes import Routes
from libcloud.compute.drivers.ec2.security_groups import SecurityGroups
from libcloud.compute.drivers.ec2.sizes import Sizes
from libcloud.compute.drivers.ec2.snapshots import Snapshots
from libcloud.compute.drivers.ec2.tags import Tags
from libcloud.compute.drivers.ec2.volumes import Volumes
from libcloud.compute.drivers.ec2.vpc import Networks
from libcloud.compute.types import NodeState, Provider

__all__ = ["BaseEC2NodeDriver", "EC2NodeDriver"]


class BaseEC2NodeDriver(
    Nodes,
    Sizes,
    Images,
    Volumes,
    Snapshots,
    Tags,
    SecurityGroups,
    Networks,
    Routes,
    Interfaces,
    Addresses,
    Account,
):
    """Base of the drivers for EC2 and for what speaks its protocol."""

    connectionCls: Any = EC2Connection
    features = {"create_node": ["ssh_key"]}
    path = "/"
    region_name = ""
    country = ""
    signature_version = "2"

    NODE_STATE_MAP = {
        "pending": NodeState.PENDING,
        "running": NodeState.RUNNING,
        "shutting-down": NodeState.UNKNOWN,
        "terminated": NodeState.TERMINATED,
    }

    # The session token of temporary credentials.
    token: str | None = None

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        kwargs = super()._ex_connection_class_kwargs()
        kwargs["signature_version"] = self.signature_version
        if self.token:
            kwargs["token"] = self.token
        return kwargs


class EC2NodeDriver(BaseEC2NodeDriver):
    """
    Amazon EC2.

    :param key: Access key id.
    :param secret: Secret access key.
    :param region: ``us-east-1`` ...; one that is newer than this library works too.
    :param token: Session token of temporary credentials.
    :param credentials: In place of key, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param host: Instead of the region's endpoint.
    :param signature_version: ``"4"``, or ``"2"`` for look-alikes of EC2.
    :raises ValueError: the region is no name.
    """

    type = Provider.EC2
    name = "Amazon EC2"
    website = "http://aws.amazon.com/ec2/"
    signature_version = "4"

    NODE_STATE_MAP = {
        **BaseEC2NodeDriver.NODE_STATE_MAP,
        "stopping": NodeState.STOPPING,
        "stopped": NodeState.STOPPED,
    }

    def __init__(
        self,
        key: str | None = None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "us-east-1",
        token: str | None = None,
        signature_version: str | None = None,
        **kwargs: Any,
    ) -> None:
        region = region or "us-east-1"
        parts = region.split("-")
        if not all(part.isalnum() and part.isascii() and part == part.lower() for part in parts):
            raise ValueError(f"Invalid region: {region}")
        self.region_name = region
        self.token = token
        self.signature_version = signature_version or type(self).signature_version
        super().__init__(
            key,
            secret=secret,
            secure=secure,
            host=host or _endpoint(region),
            port=port,
            region=region,
            **kwargs,
        )

    @functools.cached_property
    def api_name(self) -> Any:
        """The region's key in the price list."""
        details = data.ec2_regions().get(self.region_name)
        return details["api_name"] if details else f"ec2_{self.region_name.replace('-', '_')}"

    @functools.cached_property
    def country(self) -> Any:  # type: ignore[override]
        """The country that the region is in, empty when it is not known."""
        details = data.ec2_regions().get(self.region_name)
        return details["country"] if details else ""

    @classmethod
    def list_regions(cls) -> list[str]:
        """Return the names of the regions that this library knows, sorted."""
        return list(data.ec2_regions())


def _endpoint(region: str) -> str:
    """The host of a region, known to this library or not."""
    if "-iso" in region or region.startswith("eusc-"):
        # Partitions of their own, whose domains follow no rule.
        details = data.ec2_regions().get(region)
        if details is not None:
            return details["endpoint"]
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"ec2.{region}.{suffix}"
