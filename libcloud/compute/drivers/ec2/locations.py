"""
Locations: availability zones of the driver's region.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import findtext
from libcloud.compute.base import NodeLocation
from libcloud.compute.drivers.ec2.models import EC2NodeLocation, ExEC2AvailabilityZone
from libcloud.compute.drivers.ec2.params import filters
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Locations", "zone_name"]


def zone_name(location: NodeLocation | str) -> str:
    """The availability zone that a location, or a text, stands for."""
    zone = getattr(location, "availability_zone", None)
    if zone is not None:
        return str(zone.name)
    return str(getattr(location, "name", location))


class Locations(Room):
    """Locations."""

    country: str = ""

    def iterate_locations(self) -> Iterator[NodeLocation]:
        """
        Yield the region's available zones.

        ``id`` is a number within the listing; what lasts is ``availability_zone.name``.
        """
        for index, zone in enumerate(self.ex_list_availability_zones()):
            yield EC2NodeLocation(str(index), zone.name, self.country, self, zone)

    def ex_list_availability_zones(
        self, only_available: bool = True
    ) -> list[ExEC2AvailabilityZone]:
        """
        Return the region's zones.

        :param only_available: Only those in state ``available``.
        """
        conditions: dict[str, Any] = {"region-name": self.region_name}
        if only_available:
            conditions["state"] = "available"
        elements = self._all(
            "DescribeAvailabilityZones", filters(conditions), "availabilityZoneInfo/item"
        )
        return [
            ExEC2AvailabilityZone(
                name=findtext(element, "zoneName") or "",
                zone_state=findtext(element, "zoneState") or "",
                region_name=findtext(element, "regionName") or "",
            )
            for element in elements
        ]
