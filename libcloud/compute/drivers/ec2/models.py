"""What of EC2 has no counterpart with other providers."""

from __future__ import annotations

from typing import Any

from libcloud.compute.base import Node, NodeDriver, NodeImage, NodeLocation, NodeSize
from libcloud.compute.types import NodeState

__all__ = [
    "EC2ImportSnapshotTask",
    "EC2Network",
    "EC2NetworkInterface",
    "EC2NetworkSubnet",
    "EC2NodeLocation",
    "EC2PlacementGroup",
    "EC2ReservedNode",
    "EC2Route",
    "EC2RouteTable",
    "EC2SecurityGroup",
    "EC2SubnetAssociation",
    "EC2VolumeModification",
    "ElasticIP",
    "ExEC2AvailabilityZone",
    "VPCInternetGateway",
]

Extra = dict[str, Any] | None


class ExEC2AvailabilityZone:
    """
    An availability zone.

    :param name: ``us-east-1a``
    :param zone_state: ``available``, ``information``, ``impaired`` or ``unavailable``
    :param region_name: ``us-east-1``
    """

    def __init__(self, name: str, zone_state: str, region_name: str) -> None:
        self.name = name
        self.zone_state = zone_state
        self.region_name = region_name

    def __repr__(self) -> str:
        return (
            f"<ExEC2AvailabilityZone: name={self.name}, zone_state={self.zone_state}, "
            f"region_name={self.region_name}>"
        )


class EC2NodeLocation(NodeLocation):
    """A location that is an availability zone."""

    def __init__(
        self,
        id: str,
        name: str,
        country: str,
        driver: NodeDriver,
        availability_zone: ExEC2AvailabilityZone,
    ) -> None:
        super().__init__(id, name, country, driver)
        self.availability_zone = availability_zone

    def __repr__(self) -> str:
        return (
            f"<EC2NodeLocation: id={self.id}, name={self.name}, country={self.country}, "
            f"availability_zone={self.availability_zone} driver={self.driver.name}>"
        )


class EC2ReservedNode(Node):
    """A reservation: nodes that are paid for, and not necessarily there."""

    def __init__(
        self,
        id: str,
        state: NodeState,
        driver: NodeDriver,
        size: NodeSize | None = None,
        image: NodeImage | None = None,
        extra: Extra = None,
    ) -> None:
        super().__init__(
            id,
            None,  # type: ignore[arg-type]  # a reservation has no name
            state,
            [],
            [],
            driver,
            size=size,
            image=image,
            extra=extra,
        )

    def __repr__(self) -> str:
        return f"<EC2ReservedNode: id={self.id}>"


class EC2SecurityGroup:
    """
    Rules for the traffic of nodes.

    :param ingress_rules: A list of dicts: ``protocol`` (``tcp``, ``-1`` for all ...), ``from_port``
        and ``to_port`` (text, None for all), ``cidr_ips`` (a list), ``group_pairs`` (a list of
        dicts with ``user_id``, ``group_id``, ``group_name``).
    :param egress_rules: The same for outgoing traffic.
    """

    def __init__(
        self,
        id: str,
        name: str,
        ingress_rules: list[dict[str, Any]],
        egress_rules: list[dict[str, Any]],
        extra: Extra = None,
    ) -> None:
        self.id = id
        self.name = name
        self.ingress_rules = ingress_rules
        self.egress_rules = egress_rules
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<EC2SecurityGroup: id={self.id}, name={self.name}>"


class EC2VolumeModification:
    """
    A change of a volume under way.

    Times are aware, sizes in GiB, progress in per cent.
    """

    def __init__(
        self,
        end_time: Any = None,
        modification_state: str | None = None,
        original_iops: int | None = None,
        original_size: int | None = None,
        original_volume_type: str | None = None,
        progress: int | None = None,
        start_time: Any = None,
        status_message: str | None = None,
        target_iops: int | None = None,
        target_size: int | None = None,
        target_volume_type: str | None = None,
        volume_id: str | None = None,
    ) -> None:
        self.end_time = end_time
        self.modification_state = modification_state
        self.original_iops = original_iops
        self.original_size = original_size
        self.original_volume_type = original_volume_type
        self.progress = progress
        self.start_time = start_time
        self.status_message = status_message
        self.target_iops = target_iops
        self.target_size = target_size
        self.target_volume_type = target_volume_type
        self.volume_id = volume_id

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value}" for name, value in self.__dict__.items())
        return f"<EC2VolumeModification: {values}>"


class EC2ImportSnapshotTask:
    """
    A snapshot in the making from a disk image.

    :param status: ``active``, ``completed``, ``deleted`` ...
    :param snapshotId: The snapshot, None until there is one.
    """

    def __init__(self, status: str | None, snapshotId: str | None) -> None:  # noqa: N803
        self.status = status
        self.snapshotId = snapshotId

    def __repr__(self) -> str:
        return f"<EC2ImportSnapshotTask: status={self.status}, snapshotId={self.snapshotId}>"


class EC2PlacementGroup:
    """Nodes that are placed near to each other, or far from each other."""

    def __init__(
        self, name: str, state: str, strategy: str = "cluster", extra: Extra = None
    ) -> None:
        self.name = name
        self.state = state
        self.strategy = strategy
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<EC2PlacementGroup: name={self.name}, state={self.state}>"


class EC2Network:
    """A VPC."""

    def __init__(self, id: str, name: str, cidr_block: str, extra: Extra = None) -> None:
        self.id = id
        self.name = name
        self.cidr_block = cidr_block
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<EC2Network: id={self.id}, name={self.name}>"


class EC2NetworkSubnet:
    """A subnet of a VPC."""

    def __init__(self, id: str, name: str, state: str, extra: Extra = None) -> None:
        self.id = id
        self.name = name
        self.state = state
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<EC2NetworkSubnet: id={self.id}, name={self.name}>"


class EC2NetworkInterface:
    """A network interface, of a node or of none."""

    def __init__(self, id: str, name: str, state: str, extra: Extra = None) -> None:
        self.id = id
        self.name = name
        self.state = state
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<EC2NetworkInterface: id={self.id}, name={self.name}>"


class ElasticIP:
    """
    A public address of the account.

    :param domain: ``vpc``, or ``standard`` for the network before VPCs.
    :param instance_id: The node that has it, None for none.
    """

    def __init__(self, ip: str, domain: str, instance_id: str | None, extra: Extra = None) -> None:
        self.ip = ip
        self.domain = domain
        self.instance_id = instance_id
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<ElasticIP: ip={self.ip}, domain={self.domain}, instance_id={self.instance_id}>"


class VPCInternetGateway:
    """What connects a VPC to the internet."""

    def __init__(
        self,
        id: str,
        name: str,
        vpc_id: str | None,
        state: str,
        driver: NodeDriver,
        extra: Extra = None,
    ) -> None:
        self.id = id
        self.name = name
        self.vpc_id = vpc_id
        self.state = state
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<VPCInternetGateway: id={self.id}>"


class EC2RouteTable:
    """Where the traffic of subnets goes."""

    def __init__(
        self,
        id: str,
        name: str,
        routes: list[EC2Route],
        subnet_associations: list[EC2SubnetAssociation],
        propagating_gateway_ids: list[str],
        extra: Extra = None,
    ) -> None:
        self.id = id
        self.name = name
        self.routes = routes
        self.subnet_associations = subnet_associations
        self.propagating_gateway_ids = propagating_gateway_ids
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<EC2RouteTable: id={self.id}>"


class EC2Route:
    """One row of a route table. What does not apply is None."""

    def __init__(
        self,
        cidr: str,
        gateway_id: str | None,
        instance_id: str | None,
        owner_id: str | None,
        interface_id: str | None,
        state: str,
        origin: str,
        vpc_peering_connection_id: str | None,
    ) -> None:
        self.cidr = cidr
        self.gateway_id = gateway_id
        self.instance_id = instance_id
        self.owner_id = owner_id
        self.interface_id = interface_id
        self.state = state
        self.origin = origin
        self.vpc_peering_connection_id = vpc_peering_connection_id

    def __repr__(self) -> str:
        return f"<EC2Route: cidr={self.cidr}>"


class EC2SubnetAssociation:
    """
    A subnet that uses a route table.

    :param main: True when the table is the VPC's main one.
    """

    def __init__(
        self, id: str, route_table_id: str, subnet_id: str | None, main: bool = False
    ) -> None:
        self.id = id
        self.route_table_id = route_table_id
        self.subnet_id = subnet_id
        self.main = main

    def __repr__(self) -> str:
        return f"<EC2SubnetAssociation: id={self.id}>"
