"""
Security groups.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, required_text
from libcloud.common.errors import ResourceExistsError
from libcloud.compute.drivers.ec2.attributes import RESOURCE_EXTRA_ATTRIBUTES_MAP, extra_of, tags_of
from libcloud.compute.drivers.ec2.models import EC2SecurityGroup
from libcloud.compute.drivers.ec2.params import filters, numbered
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["SecurityGroups"]

GroupPairs = list[dict[str, str]] | None
"""Dicts with ``group_id``, or ``group_name``, and ``user_id`` for groups of other accounts."""


class SecurityGroups(Room):
    """Security groups."""

    def ex_list_security_groups(self) -> list[str]:
        """Return the names of all security groups."""
        return [group.name for group in self.ex_get_security_groups()]

    def ex_get_security_groups(
        self,
        group_ids: list[str] | None = None,
        group_names: list[str] | None = None,
        filters: dict[str, Any] | None = None,
    ) -> list[EC2SecurityGroup]:
        """
        Return security groups with their rules.

        :param group_ids: Only these.
        :param group_names: Only these, outside a VPC or in the default one.
        :param filters: Filter of the action -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
        """
        params = {
            **numbered("GroupId", group_ids),
            **numbered("GroupName", group_names),
            **_filters(filters),
        }
        ids = "GroupName" if group_names else "GroupId"
        elements = self._pages("DescribeSecurityGroups", params, "securityGroupInfo/item", ids=ids)
        return [_to_group(element) for element in elements]

    def ex_create_security_group(
        self, name: str, description: str, vpc_id: str | None = None
    ) -> dict[str, str | None]:
        """
        Make a security group and return ``{"group_id": id}``.

        :param vpc_id: In which VPC; the default one when it is None.
        :raises ResourceExistsError: the VPC has a group of that name.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
        """
        params = {"GroupName": name, "GroupDescription": description, "VpcId": vpc_id}
        return {"group_id": findtext(self._call("CreateSecurityGroup", params), "groupId")}

    def ex_delete_security_group_by_id(self, group_id: str) -> bool:
        """Delete a security group by its id, and return True."""
        return self._do("DeleteSecurityGroup", {"GroupId": group_id})

    def ex_delete_security_group_by_name(self, group_name: str) -> bool:
        """Delete a security group of the default VPC by its name, and return True."""
        return self._do("DeleteSecurityGroup", {"GroupName": group_name})

    def ex_delete_security_group(self, name: str) -> bool:
        """The same as :meth:`ex_delete_security_group_by_name`."""
        return self.ex_delete_security_group_by_name(name)

    def ex_authorize_security_group(
        self, name: str, from_port: int, to_port: int, cidr_ip: str, protocol: str = "tcp"
    ) -> bool:
        """
        Let traffic from a network in, by the name of a group of the default VPC.

        :param cidr_ip: ``0.0.0.0/0`` for everybody.
        :raises ResourceExistsError: the rule is there already.
        """
        params = {
            "GroupName": name,
            "IpProtocol": protocol,
            "FromPort": from_port,
            "ToPort": to_port,
            "CidrIp": cidr_ip,
        }
        return self._do("AuthorizeSecurityGroupIngress", params)

    def ex_authorize_security_group_ingress(
        self,
        id: str,
        from_port: int,
        to_port: int,
        cidr_ips: list[str] | None = None,
        group_pairs: GroupPairs = None,
        protocol: str = "tcp",
        description: str | None = None,
    ) -> bool:
        """
        Let traffic in.

        :param id: Of the group.
        :param cidr_ips: From these networks, of IPv4 or IPv6.
        :param group_pairs: From nodes of these groups: dicts with ``group_id``, or ``group_name``,
            and ``user_id`` for groups of other accounts.
        :param protocol: ``tcp``, ``udp``, ``icmp``, ``-1`` for all.
        :param description: Of the rule.
        :raises ResourceExistsError: the rule is there already.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
        """
        params = _rule(id, from_port, to_port, cidr_ips, group_pairs, protocol, description)
        return self._do("AuthorizeSecurityGroupIngress", params)

    def ex_authorize_security_group_egress(
        self,
        id: str,
        from_port: int,
        to_port: int,
        cidr_ips: list[str] | None,
        group_pairs: GroupPairs = None,
        protocol: str = "tcp",
    ) -> bool:
        """Let traffic out; arguments as with :meth:`ex_authorize_security_group_ingress`."""
        params = _rule(id, from_port, to_port, cidr_ips, group_pairs, protocol)
        return self._do("AuthorizeSecurityGroupEgress", params)

    def ex_revoke_security_group_ingress(
        self,
        id: str,
        from_port: int,
        to_port: int,
        cidr_ips: list[str] | None = None,
        group_pairs: GroupPairs = None,
        protocol: str = "tcp",
    ) -> bool:
        """
        Remove a rule of :meth:`ex_authorize_security_group_ingress`, whose arguments it takes.

        :raises ResourceNotFoundError: there is no such rule.
        """
        params = _rule(id, from_port, to_port, cidr_ips, group_pairs, protocol)
        return self._do("RevokeSecurityGroupIngress", params)

    def ex_revoke_security_group_egress(
        self,
        id: str,
        from_port: int,
        to_port: int,
        cidr_ips: list[str] | None = None,
        group_pairs: GroupPairs = None,
        protocol: str = "tcp",
    ) -> bool:
        """
        Remove a rule of :meth:`ex_authorize_security_group_egress`, whose arguments it takes.

        :raises ResourceNotFoundError: there is no such rule.
        """
        params = _rule(id, from_port, to_port, cidr_ips, group_pairs, protocol)
        return self._do("RevokeSecurityGroupEgress", params)

    def ex_authorize_security_group_permissive(self, name: str) -> list[bool]:
        """
        Let everything in, from everywhere, by the name of a group of the default VPC.

        Rules that are there already are left.

        :return: True for each rule that was added.
        """
        added = []
        for protocol, from_port, to_port in (
            ("tcp", 0, 65535),
            ("udp", 0, 65535),
            ("icmp", -1, -1),
        ):
            try:
                added.append(
                    self.ex_authorize_security_group(
                        name, from_port, to_port, "0.0.0.0/0", protocol
                    )
                )
            except ResourceExistsError:
                continue
        return added


def _rule(
    group_id: str,
    from_port: int,
    to_port: int,
    cidr_ips: list[str] | None,
    group_pairs: GroupPairs,
    protocol: str,
    description: str | None = None,
) -> dict[str, Any]:
    rule = "IpPermissions.1"
    params: dict[str, Any] = {
        "GroupId": group_id,
        f"{rule}.IpProtocol": protocol,
        f"{rule}.FromPort": from_port,
        f"{rule}.ToPort": to_port,
    }
    networks = cidr_ips or []
    for name, field, members in (
        ("IpRanges", "CidrIp", [cidr for cidr in networks if ":" not in cidr]),
        ("Ipv6Ranges", "CidrIpv6", [cidr for cidr in networks if ":" in cidr]),
    ):
        for index, cidr in enumerate(members, 1):
            params[f"{rule}.{name}.{index}.{field}"] = cidr
            params[f"{rule}.{name}.{index}.Description"] = description
    for index, pair in enumerate(group_pairs or [], 1):
        prefix = f"{rule}.Groups.{index}"
        params[f"{prefix}.GroupId"] = pair.get("group_id")
        params[f"{prefix}.GroupName"] = pair.get("group_name")
        params[f"{prefix}.UserId"] = pair.get("user_id")
        params[f"{prefix}.Description"] = description
    return params


def _to_group(element: Element) -> EC2SecurityGroup:
    extra = extra_of(element, RESOURCE_EXTRA_ATTRIBUTES_MAP["security_group"])
    extra["tags"] = tags_of(element)
    return EC2SecurityGroup(
        id=required_text(element, "groupId"),
        name=findtext(element, "groupName") or "",
        ingress_rules=[_to_rule(item) for item in findall(element, "ipPermissions/item")],
        egress_rules=[_to_rule(item) for item in findall(element, "ipPermissionsEgress/item")],
        extra=extra,
    )


def _to_rule(element: Element) -> dict[str, Any]:
    return {
        "protocol": findtext(element, "ipProtocol"),
        "from_port": findtext(element, "fromPort"),
        "to_port": findtext(element, "toPort"),
        "group_pairs": [
            {
                "user_id": findtext(item, "userId"),
                "group_id": findtext(item, "groupId"),
                "group_name": findtext(item, "groupName"),
            }
            for item in findall(element, "groups/item")
        ],
        "cidr_ips": [
            cidr.text
            for path in ("ipRanges/item/cidrIp", "ipv6Ranges/item/cidrIpv6")
            for cidr in findall(element, path)
        ],
    }


_filters = filters  # a method has an argument of that name
