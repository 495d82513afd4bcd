"""
Placement groups, and limits of the account.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PlacementGroup.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import findall, findtext, number
from libcloud.compute.drivers.ec2.models import EC2PlacementGroup
from libcloud.compute.drivers.ec2.params import numbered
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Account"]


class Account(Room):
    """Placement groups, limits."""

    def ex_create_placement_group(self, name: str) -> bool:
        """Make a placement group of strategy ``cluster``, and return True."""
        params = {"GroupName": name, "Strategy": "cluster"}
        return self._do("CreatePlacementGroup", params)

    def ex_delete_placement_group(self, name: str) -> bool:
        """Delete a placement group that no node is in, and return True."""
        return self._do("DeletePlacementGroup", {"GroupName": name})

    def ex_list_placement_groups(self, names: list[str] | None = None) -> list[EC2PlacementGroup]:
        """
        Return placement groups.

        :param names: Only these.
        """
        elements = self._all(
            "DescribePlacementGroups", numbered("GroupName", names), "placementGroupSet/item"
        )
        return [
            EC2PlacementGroup(
                findtext(element, "groupName") or "",
                findtext(element, "state") or "",
                findtext(element, "strategy") or "",
            )
            for element in elements
        ]

    def ex_get_limits(self) -> dict[str, dict[str, Any]]:
        """
        Return limits of the account: ``{"resource": {"max-instances": 20, ...}}``.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html
        """
        names = ["max-instances", "max-elastic-ips", "vpc-max-elastic-ips"]
        root = self._call("DescribeAccountAttributes", numbered("AttributeName", names))
        limits: dict[str, Any] = {}
        for item in findall(root, "accountAttributeSet/item"):
            name = findtext(item, "attributeName")
            value = findtext(item, "attributeValueSet/item/attributeValue")
            if name in names and value is not None:
                limits[name] = number(value)
        return {"resource": limits}
