"""
Elastic IP addresses.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Address.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import Element, findtext
from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2.attributes import RESOURCE_EXTRA_ATTRIBUTES_MAP, extra_of
from libcloud.compute.drivers.ec2.models import ElasticIP
from libcloud.compute.drivers.ec2.params import filters
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Addresses"]


class Addresses(Room):
    """Elastic IP addresses."""

    def ex_allocate_address(self, domain: str = "standard") -> ElasticIP:
        """
        Get an address for the account, and return it.

        :param domain: ``vpc``, or ``standard`` to leave it to EC2.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html
        """
        params = {"Domain": "vpc"} if domain == "vpc" else {}
        return _to_address(self._call("AllocateAddress", params))

    def ex_release_address(self, elastic_ip: ElasticIP, domain: str | None = None) -> bool:
        """
        Give an address back, and return True.

        :param domain: ``vpc`` or ``standard``; the address' own when it is None.
        """
        return self._do(
            "ReleaseAddress", _which(elastic_ip, domain, "allocation_id", "AllocationId")
        )

    def ex_describe_all_addresses(self, only_associated: bool = False) -> list[ElasticIP]:
        """
        Return the account's addresses in the region.

        :param only_associated: Only those that a node has.
        """
        addresses = [_to_address(item) for item in self._all("DescribeAddresses", {}, ADDRESSES)]
        return [address for address in addresses if address.instance_id or not only_associated]

    def ex_associate_address_with_node(
        self, node: Node, elastic_ip: ElasticIP, domain: str | None = None
    ) -> str | None:
        """
        Give a node an address. Return the id of the association, None outside of VPCs.

        :param domain: ``vpc`` or ``standard``; the address' own when it is None.
        :raises ConflictError: something else has it.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
        """
        params = {
            "InstanceId": node.id,
            **_which(elastic_ip, domain, "allocation_id", "AllocationId"),
        }
        return findtext(self._call("AssociateAddress", params), "associationId")

    def ex_associate_addresses(
        self, node: Node, elastic_ip: ElasticIP, domain: str | None = None
    ) -> str | None:
        """The same as :meth:`ex_associate_address_with_node`, under its old name."""
        return self.ex_associate_address_with_node(node, elastic_ip, domain)

    def ex_disassociate_address(self, elastic_ip: ElasticIP, domain: str | None = None) -> bool:
        """
        Take an address off its node, and return True.

        :param elastic_ip: As it is now: it must have the id of the association.
        :param domain: ``vpc`` or ``standard``; the address' own when it is None.
        """
        params = _which(elastic_ip, domain, "association_id", "AssociationId")
        return self._do("DisassociateAddress", params)

    def ex_describe_addresses(self, nodes: list[Node]) -> dict[str, list[str]]:
        """
        Return the addresses of nodes, by the nodes' ids, in one request.

        :param nodes: No nodes take no request.
        """
        if not nodes:
            return {}
        found: dict[str, list[str]] = {str(node.id): [] for node in nodes}
        params = filters({"instance-id": list(found)})
        for element in self._all("DescribeAddresses", params, ADDRESSES):
            address = _to_address(element)
            found.setdefault(str(address.instance_id), []).append(address.ip)
        return found

    def ex_describe_addresses_for_node(self, node: Node) -> list[str]:
        """Return the addresses of a node."""
        return self.ex_describe_addresses([node])[str(node.id)]


ADDRESSES = "addressesSet/item"


def _which(elastic_ip: ElasticIP, domain: str | None, key: str, parameter: str) -> dict[str, Any]:
    """An address in a VPC is named by an id, any other by itself."""
    identifier = elastic_ip.extra.get(key)
    if identifier and (domain or elastic_ip.domain) == "vpc":
        return {parameter: identifier}
    return {"PublicIp": elastic_ip.ip}


def _to_address(element: Element) -> ElasticIP:
    return ElasticIP(
        findtext(element, "publicIp") or "",
        findtext(element, "domain") or "",
        findtext(element, "instanceId"),
        extra=extra_of(element, RESOURCE_EXTRA_ATTRIBUTES_MAP["elastic_ip"]),
    )
