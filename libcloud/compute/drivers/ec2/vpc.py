"""
Networks (VPCs), their subnets and internet gateways.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, require, required_text
from libcloud.compute.drivers.ec2.attributes import RESOURCE_EXTRA_ATTRIBUTES_MAP, extra_of, tags_of
from libcloud.compute.drivers.ec2.models import EC2Network, EC2NetworkSubnet, VPCInternetGateway
from libcloud.compute.drivers.ec2.params import filters, numbered, tag_specification
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Networks"]

SUBNET_ATTRIBUTES = {
    "auto_public_ip": "MapPublicIpOnLaunch",
    "auto_ipv6": "AssignIpv6AddressOnCreation",
}


class Networks(Room):
    """Networks, subnets, internet gateways."""

    def ex_list_networks(
        self, network_ids: list[str] | None = None, filters: dict[str, Any] | None = None
    ) -> list[EC2Network]:
        """
        Return the region's VPCs.

        :param network_ids: Only these.
        :param filters: Filter of the action -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
        """
        params = {**numbered("VpcId", network_ids), **_filters(filters)}
        elements = self._pages("DescribeVpcs", params, "vpcSet/item", ids="VpcId")
        return [self._to_network(element) for element in elements]

    def ex_create_network(
        self, cidr_block: str, name: str | None = None, instance_tenancy: str = "default"
    ) -> EC2Network:
        """
        Make a VPC, named by the same request, and return it.

        :param cidr_block: Its addresses: ``10.0.0.0/16``.
        :param instance_tenancy: ``default`` or ``dedicated``.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
        """
        params = {
            "CidrBlock": cidr_block,
            "InstanceTenancy": instance_tenancy,
            **tag_specification("vpc", {"Name": name} if name else {}),
        }
        return self._to_network(require(self._call("CreateVpc", params), "vpc", self), name=name)

    def ex_delete_network(self, vpc: EC2Network) -> bool:
        """Delete a VPC that has nothing in it, and return True."""
        return self._do("DeleteVpc", {"VpcId": vpc.id})

    # -- subnets --------------------------------------------------------------------------------

    def ex_list_subnets(
        self, subnet_ids: list[str] | None = None, filters: dict[str, Any] | None = None
    ) -> list[EC2NetworkSubnet]:
        """
        Return the region's subnets.

        :param subnet_ids: Only these.
        :param filters: Filter of the action -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
        """
        params = {**numbered("SubnetId", subnet_ids), **_filters(filters)}
        elements = self._pages("DescribeSubnets", params, "subnetSet/item", ids="SubnetId")
        return [_to_subnet(element) for element in elements]

    def ex_create_subnet(
        self, vpc_id: str, cidr_block: str, availability_zone: str, name: str | None = None
    ) -> EC2NetworkSubnet:
        """
        Make a subnet, named by the same request, and return it.

        :param cidr_block: A part of the VPC's.
        :param availability_zone: Its name.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
        """
        params = {
            "VpcId": vpc_id,
            "CidrBlock": cidr_block,
            "AvailabilityZone": availability_zone,
            **tag_specification("subnet", {"Name": name} if name else {}),
        }
        return _to_subnet(require(self._call("CreateSubnet", params), "subnet", self), name=name)

    def ex_modify_subnet_attribute(
        self, subnet: EC2NetworkSubnet, attribute: str = "auto_public_ip", value: bool = False
    ) -> bool:
        """
        Change how nodes in a subnet get addresses.

        :param attribute: ``auto_public_ip`` or ``auto_ipv6``.
        :raises ValueError: another attribute.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
        """
        parameter = SUBNET_ATTRIBUTES.get(attribute)
        if parameter is None:
            raise ValueError(f"Unsupported attribute: {attribute}")
        params = {"SubnetId": subnet.id, f"{parameter}.Value": value}
        return self._do("ModifySubnetAttribute", params)

    def ex_delete_subnet(self, subnet: EC2NetworkSubnet) -> bool:
        """Delete a subnet that has nothing in it, and return True."""
        return self._do("DeleteSubnet", {"SubnetId": subnet.id})

    # -- internet gateways ----------------------------------------------------------------------

    def ex_list_internet_gateways(
        self, gateway_ids: list[str] | None = None, filters: dict[str, Any] | None = None
    ) -> list[VPCInternetGateway]:
        """
        Return the region's internet gateways.

        :param gateway_ids: Only these.
        :param filters: Filter of the action -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html
        """
        params = {**numbered("InternetGatewayId", gateway_ids), **_filters(filters)}
        elements = self._pages(
            "DescribeInternetGateways", params, "internetGatewaySet/item", ids="InternetGatewayId"
        )
        return [self._to_gateway(element) for element in elements]

    def ex_create_internet_gateway(self, name: str | None = None) -> VPCInternetGateway:
        """
        Make an internet gateway, named by the same request, and return it.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html
        """
        params = tag_specification("internet-gateway", {"Name": name} if name else {})
        root = self._call("CreateInternetGateway", params)
        return self._to_gateway(require(root, "internetGateway", self), name=name)

    def ex_delete_internet_gateway(self, gateway: VPCInternetGateway) -> bool:
        """Delete an internet gateway that is not attached, and return True."""
        return self._do("DeleteInternetGateway", {"InternetGatewayId": gateway.id})

    def ex_attach_internet_gateway(self, gateway: VPCInternetGateway, network: EC2Network) -> bool:
        """Attach an internet gateway to a VPC, and return True."""
        params = {"InternetGatewayId": gateway.id, "VpcId": network.id}
        return self._do("AttachInternetGateway", params)

    def ex_detach_internet_gateway(self, gateway: VPCInternetGateway, network: EC2Network) -> bool:
        """Take an internet gateway off a VPC, and return True."""
        params = {"InternetGatewayId": gateway.id, "VpcId": network.id}
        return self._do("DetachInternetGateway", params)

    # -- parsing --------------------------------------------------------------------------------

    def _to_networks(self, response: Element) -> list[EC2Network]:
        return [self._to_network(element) for element in findall(response, "vpcSet/item")]

    def _to_network(self, element: Element, name: str | None = None) -> EC2Network:
        tags = tags_of(element)
        vpc_id = required_text(element, "vpcId")
        extra = extra_of(element, RESOURCE_EXTRA_ATTRIBUTES_MAP["network"])
        extra["tags"] = tags
        return EC2Network(
            vpc_id,
            name or tags.get("Name", vpc_id),
            findtext(element, "cidrBlock") or "",
            extra=extra,
        )

    def _to_gateway(self, element: Element, name: str | None = None) -> VPCInternetGateway:
        tags = tags_of(element)
        gateway_id = required_text(element, "internetGatewayId")
        return VPCInternetGateway(
            id=gateway_id,
            name=name or tags.get("Name", gateway_id),
            vpc_id=findtext(element, "attachmentSet/item/vpcId"),
            # Only an attachment has a state: a gateway by itself is there, or is not.
            state=findtext(element, "attachmentSet/item/state") or "available",
            driver=self,
            extra={"tags": tags},
        )


def _to_subnet(element: Element, name: str | None = None) -> EC2NetworkSubnet:
    tags = tags_of(element)
    subnet_id = required_text(element, "subnetId")
    extra = extra_of(element, RESOURCE_EXTRA_ATTRIBUTES_MAP["subnet"])
    extra["tags"] = tags
    return EC2NetworkSubnet(
        subnet_id,
        name or tags.get("Name", subnet_id),
        findtext(element, "state") or "",
        extra=extra,
    )


_filters = filters  # methods have an argument of that name
