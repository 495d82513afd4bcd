"""
Eucalyptus: a private cloud that speaks EC2's protocol, and has a few actions of its own.

Its own client, euca2ools, shows what those take and answer:
https://github.com/eucalyptus/euca2ools/tree/master/euca2ools/commands/ec2
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, number, require
from libcloud.compute.base import Node, NodeDriver, NodeLocation, NodeSize
from libcloud.compute.drivers.ec2.variants import LookAlike, PrivateCloudConnection
from libcloud.compute.types import Provider

__all__ = ["DEFAULT_EUCA_API_VERSION", "EUCA_NAMESPACE", "EucConnection", "EucNodeDriver"]

DEFAULT_EUCA_API_VERSION = "3.3.0"

EUCA_NAMESPACE = f"http://msgs.eucalyptus.com/{DEFAULT_EUCA_API_VERSION}"
"""Of its own answers. Nothing here depends on it: answers are read in any namespace."""


class EucConnection(PrivateCloudConnection):
    """A connection to a Eucalyptus cloud."""


class EucNodeDriver(LookAlike):
    """
    Eucalyptus.

    :param host: Front end of the cloud.
    :param path: Path of the service; ``/services/Eucalyptus`` when it is None.
    :param api_version: Release of Eucalyptus.
    """

    type = Provider.EUCALYPTUS
    name = "Eucalyptus"
    website = "http://www.eucalyptus.com/"
    api_name = "ec2_us_east"
    region_name = "us-east-1"
    path = "/services/Eucalyptus"
    connectionCls = EucConnection
    signature_version = "2"

    # Not offered, as in version 3. Where a location is wanted, the name of a zone will do.
    iterate_locations = NodeDriver.iterate_locations
    list_locations = NodeDriver.list_locations

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        path: str | None = None,
        port: int | None = None,
        api_version: str = DEFAULT_EUCA_API_VERSION,
        region: str | None = None,
        token: str | None = None,
        signature_version: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.path = path or self.path
        self.EUCA_NAMESPACE = f"http://msgs.eucalyptus.com/{api_version}"
        super().__init__(
            key,
            secret=secret,
            secure=secure,
            host=host,
            port=port,
            region=region,
            token=token,
            signature_version=signature_version,
            **kwargs,
        )

    def iterate_sizes(self, location: NodeLocation | None = None) -> Iterator[NodeSize]:
        """
        Yield the cloud's sizes, all by one request. Eucalyptus has them since 3.3.

        :param location: Has no influence.
        :raises MalformedResponseError: the answer has no sizes.
        """
        # What the root of an answer that is not EC2's is called depends on the release.
        response = self.connection.request(self.path, params={"Action": "DescribeInstanceTypes"})
        yield from self._to_sizes(response.object)

    def list_sizes(self, location: NodeLocation | None = None) -> list[NodeSize]:
        """Return what :meth:`iterate_sizes` yields."""
        return list(self.iterate_sizes(location))

    def ex_describe_addresses(self, nodes: list[Node]) -> dict[str, list[str]]:
        """
        Return the addresses of nodes, by the nodes' ids, in one request.

        :param nodes: No nodes take no request.
        """
        found: dict[str, list[str]] = {str(node.id): [] for node in nodes}
        if found:
            for address in self.ex_describe_all_addresses():
                if address.instance_id in found:
                    found[address.instance_id].append(address.ip)
        return found

    def _to_sizes(self, response: Element) -> list[NodeSize]:
        details = require(response, "instanceTypeDetails", self)
        return [self._to_size(element) for element in findall(details, "item")]

    def _to_size(self, el: Element) -> NodeSize:
        name = findtext(el, "name") or ""
        return NodeSize(
            id=name,
            name=name,
            ram=number(findtext(el, "memory")),
            disk=number(findtext(el, "disk")),
            bandwidth=None,
            price=None,
            driver=self,
            extra={"cpu": number(findtext(el, "cpu"))},
        )

    def _add_instance_filter(self, params: dict[str, Any], node: Node) -> None:
        """Eucalyptus does not filter by node."""
