"""
Route tables.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, require, required_text
from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2.attributes import RESOURCE_EXTRA_ATTRIBUTES_MAP, extra_of, tags_of
from libcloud.compute.drivers.ec2.models import (
    EC2Network,
    EC2NetworkInterface,
    EC2NetworkSubnet,
    EC2Route,
    EC2RouteTable,
    EC2SubnetAssociation,
    VPCInternetGateway,
)
from libcloud.compute.drivers.ec2.params import filters, numbered, tag_specification
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Routes"]


class Routes(Room):
    """Route tables."""

    def ex_list_route_tables(
        self, route_table_ids: list[str] | None = None, filters: dict[str, Any] | None = None
    ) -> list[EC2RouteTable]:
        """
        Return route tables with their routes and subnets.

        :param route_table_ids: Only these.
        :param filters: Filter of the action -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
        """
        params = {**numbered("RouteTableId", route_table_ids), **_filters(filters)}
        elements = self._pages(
            "DescribeRouteTables", params, "routeTableSet/item", ids="RouteTableId", page_size=100
        )
        return [_to_table(element) for element in elements]

    def ex_create_route_table(self, network: EC2Network, name: str | None = None) -> EC2RouteTable:
        """
        Make a route table of a VPC, named by the same request, and return it.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html
        """
        params = {
            "VpcId": network.id,
            **tag_specification("route-table", {"Name": name} if name else {}),
        }
        return _to_table(
            require(self._call("CreateRouteTable", params), "routeTable", self), name=name
        )

    def ex_delete_route_table(self, route_table: EC2RouteTable) -> bool:
        """Delete a route table that no subnet uses, and return True."""
        return self._do("DeleteRouteTable", {"RouteTableId": route_table.id})

    def ex_associate_route_table(
        self, route_table: EC2RouteTable, subnet: EC2NetworkSubnet
    ) -> str | None:
        """Let a subnet use a route table, and return the id of the association."""
        params = {"RouteTableId": route_table.id, "SubnetId": subnet.id}
        return findtext(self._call("AssociateRouteTable", params), "associationId")

    def ex_dissociate_route_table(self, subnet_association: EC2SubnetAssociation | str) -> bool:
        """
        Let a subnet use the VPC's main route table again, and return True.

        :param subnet_association: The association, or its id.
        """
        association_id = getattr(subnet_association, "id", subnet_association)
        return self._do("DisassociateRouteTable", {"AssociationId": association_id})

    def ex_replace_route_table_association(
        self, subnet_association: EC2SubnetAssociation | str, route_table: EC2RouteTable
    ) -> str | None:
        """
        Let a subnet use another route table, and return the id of the new association.

        :param subnet_association: The association, or its id.
        """
        params = {
            "AssociationId": getattr(subnet_association, "id", subnet_association),
            "RouteTableId": route_table.id,
        }
        return findtext(self._call("ReplaceRouteTableAssociation", params), "newAssociationId")

    def ex_create_route(
        self,
        route_table: EC2RouteTable,
        cidr: str,
        internet_gateway: VPCInternetGateway | None = None,
        node: Node | None = None,
        network_interface: EC2NetworkInterface | None = None,
        vpc_peering_connection: Any = None,
    ) -> bool:
        """
        Add a route: to a gateway, a node, a network interface or another VPC, and return True.

        :param cidr: Where the traffic goes that takes it.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
        """
        params = _route(
            route_table, cidr, internet_gateway, node, network_interface, vpc_peering_connection
        )
        return self._do("CreateRoute", params)

    def ex_delete_route(self, route_table: EC2RouteTable, cidr: str) -> bool:
        """Remove a route, and return True."""
        params = {"RouteTableId": route_table.id, "DestinationCidrBlock": cidr}
        return self._do("DeleteRoute", params)

    def ex_replace_route(
        self,
        route_table: EC2RouteTable,
        cidr: str,
        internet_gateway: VPCInternetGateway | None = None,
        node: Node | None = None,
        network_interface: EC2NetworkInterface | None = None,
        vpc_peering_connection: Any = None,
    ) -> bool:
        """Change where a route leads; arguments as with :meth:`ex_create_route`."""
        params = _route(
            route_table, cidr, internet_gateway, node, network_interface, vpc_peering_connection
        )
        return self._do("ReplaceRoute", params)


def _route(
    route_table: EC2RouteTable,
    cidr: str,
    internet_gateway: Any,
    node: Any,
    network_interface: Any,
    vpc_peering_connection: Any,
) -> dict[str, Any]:
    return {
        "RouteTableId": route_table.id,
        "DestinationCidrBlock": cidr,
        "GatewayId": getattr(internet_gateway, "id", None),
        "InstanceId": getattr(node, "id", None),
        "NetworkInterfaceId": getattr(network_interface, "id", None),
        "VpcPeeringConnectionId": getattr(vpc_peering_connection, "id", None),
    }


def _to_table(element: Element, name: str | None = None) -> EC2RouteTable:
    tags = tags_of(element)
    table_id = required_text(element, "routeTableId")
    extra = extra_of(element, RESOURCE_EXTRA_ATTRIBUTES_MAP["route_table"])
    extra["tags"] = tags
    return EC2RouteTable(
        table_id,
        name or tags.get("Name", table_id),
        routes=[_to_route(item) for item in findall(element, "routeSet/item")],
        subnet_associations=[
            EC2SubnetAssociation(
                findtext(item, "routeTableAssociationId") or "",
                findtext(item, "routeTableId") or "",
                findtext(item, "subnetId"),
                findtext(item, "main") == "true",
            )
            for item in findall(element, "associationSet/item")
        ],
        propagating_gateway_ids=[
            item.text for item in findall(element, "propagatingVgwSet/item/gatewayId")
        ],
        extra=extra,
    )


def _to_route(element: Element) -> EC2Route:
    return EC2Route(
        cidr=findtext(element, "destinationCidrBlock")
        or findtext(element, "destinationIpv6CidrBlock")
        or "",
        gateway_id=findtext(element, "gatewayId"),
        instance_id=findtext(element, "instanceId"),
        owner_id=findtext(element, "instanceOwnerId"),
        interface_id=findtext(element, "networkInterfaceId"),
        state=findtext(element, "state") or "",
        origin=findtext(element, "origin") or "",
        vpc_peering_connection_id=findtext(element, "vpcPeeringConnectionId"),
    )


_filters = filters  # a method has an argument of that name
