"""
Network interfaces.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import Children, Element, findtext, require, texts
from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2.attributes import (
    RESOURCE_EXTRA_ATTRIBUTES_MAP,
    extra_of,
    groups_of,
    tags_of,
)
from libcloud.compute.drivers.ec2.models import EC2NetworkInterface
from libcloud.compute.drivers.ec2.params import new_token, resource_id, tag_specification
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Interfaces", "to_interface"]


class Interfaces(Room):
    """Network interfaces."""

    def ex_list_network_interfaces(self) -> list[EC2NetworkInterface]:
        """
        Return all network interfaces of the region.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
        """
        elements = self._pages("DescribeNetworkInterfaces", {}, "networkInterfaceSet/item")
        return [to_interface(element) for element in elements]

    def ex_create_network_interface(
        self,
        subnet: Any,
        name: str | None = None,
        description: str | None = None,
        private_ip_address: str | None = None,
    ) -> EC2NetworkInterface:
        """
        Make a network interface and return it. It is made once, however often the request is sent.

        :param subnet: Subnet, or its id.
        :param private_ip_address: An address of the subnet; EC2 chooses when it is None.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
        """
        params = {
            "SubnetId": resource_id(subnet),
            "Description": description,
            "PrivateIpAddress": private_ip_address,
            "ClientToken": new_token(),
            **tag_specification("network-interface", {"Name": name} if name else {}),
        }
        root = self._call("CreateNetworkInterface", params)
        return to_interface(require(root, "networkInterface", self), name=name)

    def ex_delete_network_interface(self, network_interface: EC2NetworkInterface) -> bool:
        """Delete a network interface that is not attached, and return True."""
        params = {"NetworkInterfaceId": network_interface.id}
        return self._do("DeleteNetworkInterface", params)

    def ex_attach_network_interface_to_node(
        self, network_interface: EC2NetworkInterface, node: Node, device_index: int
    ) -> str | None:
        """
        Attach a network interface to a node, and return the id of the attachment.

        :param device_index: Place among the node's interfaces, from 1.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html
        """
        params = {
            "NetworkInterfaceId": network_interface.id,
            "InstanceId": node.id,
            "DeviceIndex": device_index,
        }
        return findtext(self._call("AttachNetworkInterface", params), "attachmentId")

    def ex_detach_network_interface(self, attachment_id: str, force: bool = False) -> bool:
        """Take a network interface off its node, and return True."""
        params = {"AttachmentId": attachment_id, "Force": True if force else None}
        return self._do("DetachNetworkInterface", params)


def to_interface(element: Element, name: str | None = None) -> EC2NetworkInterface:
    """The network interface that an element describes, by itself or within a node."""
    children = Children(element)
    interface_id = children.text("networkInterfaceId") or ""
    tags = tags_of(children)
    extra = extra_of(children, RESOURCE_EXTRA_ATTRIBUTES_MAP["network_interface"])
    extra["tags"] = tags
    extra["attachment"] = extra_of(
        children, RESOURCE_EXTRA_ATTRIBUTES_MAP["network_interface_attachment"]
    )
    extra["private_ips"] = [
        {
            "private_ip": address.get("privateIpAddress"),
            "private_dns": address.get("privateDnsName"),
            "primary": address.get("primary"),
        }
        for address in map(texts, children.items("privateIpAddressesSet"))
    ]
    extra["groups"] = groups_of(children)
    return EC2NetworkInterface(
        id=interface_id,
        name=name or tags.get("Name", interface_id),
        state=children.text("status") or "",
        extra=extra,
    )
