"""Nimbus: private clouds of science that speak EC2's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud import data
from libcloud.compute.base import Node, NodeLocation, NodeSize
from libcloud.compute.drivers.ec2.variants import LookAlike, PrivateCloudConnection
from libcloud.compute.types import Provider

__all__ = ["REGION_DETAILS_NIMBUS", "NimbusConnection", "NimbusNodeDriver"]

REGION_DETAILS_NIMBUS: dict[str, Any] = {
    "country": "custom",
    "signature_version": "2",
    "instance_types": ["m1.small", "m1.large", "m1.xlarge"],
}


class NimbusConnection(PrivateCloudConnection):
    """A connection to a Nimbus cloud."""


class NimbusNodeDriver(LookAlike):
    """
    Nimbus.

    :param host: Front end of the cloud.
    """

    type = Provider.NIMBUS
    name = "Nimbus"
    website = "http://www.nimbusproject.org/"
    country = "Private"
    api_name = "nimbus"
    region_name = "nimbus"
    friendly_name = "Nimbus Private Cloud"
    connectionCls = NimbusConnection
    signature_version = "2"
    has_tags = False

    def iterate_sizes(self, location: NodeLocation | None = None) -> Iterator[NodeSize]:
        """
        Yield the three sizes of Nimbus, without a request. They have the figures of EC2's.

        :param location: Has no influence.
        """
        sizes = data.ec2_sizes()
        for size_id in REGION_DETAILS_NIMBUS["instance_types"]:
            yield self._to_packaged_size(size_id, sizes[size_id])

    def create_node(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """
        Make a node and return it: see :meth:`.BaseEC2NodeDriver.create_node`.

        :param name: Name of the node that is returned. Nimbus does not keep it.
        """
        made = super().create_node(name, *args, **kwargs)
        for node in made if isinstance(made, list) else [made]:
            node.name = name
        return made

    def ex_describe_addresses(self, nodes: list[Node]) -> dict[str, list[str]]:
        """Return an empty list for each node, without a request: Nimbus has no such addresses."""
        return {str(node.id): [] for node in nodes}

    def ex_create_tags(self, resource: Any, tags: dict[str, str]) -> bool:
        """Do nothing and return False: Nimbus has no tags."""
        return False
