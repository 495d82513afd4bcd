"""
Sizes: instance types, from the packaged figures, or from EC2 itself.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud import data
from libcloud.common.aws.xml import Element, findall, findtext, number
from libcloud.compute.base import NodeLocation, NodeSize
from libcloud.compute.drivers.ec2.params import filters, numbered
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Sizes"]

PRICE_LIST = "ec2_linux"
"""Prices of nodes without licences, on demand."""


class Sizes(Room):
    """Sizes."""

    def iterate_sizes(self, location: NodeLocation | None = None) -> Iterator[NodeSize]:
        """
        Yield the sizes that the region offers, without a request.

        ``disk`` is what comes with the node beside its volumes; ``bandwidth`` is in Gbit/s. A
        region that is newer than the packaged figures has all known sizes.

        :param location: Has no influence: most zones of a region offer the same.
        """
        sizes = data.ec2_sizes()
        for size_id in data.ec2_offerings().get(self.region_name, sizes):
            yield self._to_packaged_size(size_id, sizes[size_id])

    def ex_list_sizes_from_api(
        self, size_ids: list[str] | None = None, ex_filters: dict[str, Any] | None = None
    ) -> list[NodeSize]:
        """
        Return the sizes that the region offers now, as EC2 says: a request for each hundred.

        Prices are the packaged ones: the API has none.

        :param size_ids: Only these.
        :param ex_filters: Filter of DescribeInstanceTypes -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
        """
        params = {**numbered("InstanceType", size_ids), **filters(ex_filters)}
        elements = self._pages(
            "DescribeInstanceTypes",
            params,
            "instanceTypeSet/item",
            ids="InstanceType",
            page_size=100,
        )
        return [self._to_size(element) for element in elements]

    def _to_size(self, element: Element) -> NodeSize:
        size_id = findtext(element, "instanceType") or ""
        ram = number(findtext(element, "memoryInfo/sizeInMiB"))
        network = findtext(element, "networkInfo/networkPerformance") or ""
        architectures = findall(element, "processorInfo/supportedArchitectures/item")
        return NodeSize(
            id=size_id,
            name=size_id,
            ram=ram,
            disk=number(findtext(element, "instanceStorageInfo/totalSizeInGB")),
            bandwidth=_gigabits(network),  # type: ignore[arg-type]  # 12.5 is one
            price=self._get_size_price(size_id),
            driver=self,
            extra={
                "architectures": [architecture.text for architecture in architectures],
                "currentGeneration": _yes_or_no(findtext(element, "currentGeneration")),
                "instanceType": size_id,
                "memory": f"{ram / 1024:g} GiB",
                "networkPerformance": network,
                "vcpu": findtext(element, "vCpuInfo/defaultVCpus"),
            },
        )

    def _to_packaged_size(self, size_id: str, size: dict[str, Any]) -> NodeSize:
        return NodeSize(
            id=size_id,
            name=size["name"],
            ram=size["ram"],
            disk=size["disk"],
            bandwidth=size["bandwidth"],
            price=self._get_size_price(size_id),
            driver=self,
            extra=dict(size["extra"]),
        )

    def _get_size_price(self, size_id: str) -> float | None:
        from libcloud.pricing import get_size_price

        return get_size_price("compute", PRICE_LIST, size_id, region=self.region_name)


def _gigabits(network: str) -> float | None:
    """Gbit/s of ``Up to 12.5 Gigabit`` or ``4x 100 Gigabit``; None for ``Low to Moderate``."""
    *_, cards, amount, unit = ["", "", "", *network.split()]
    try:
        speed = float(amount) * {"Gigabit": 1, "Megabit": 0.001}[unit]
    except (KeyError, ValueError):
        return None
    if cards.endswith("x") and cards[:-1].isdigit():
        speed *= int(cards[:-1])
    return int(speed) if speed.is_integer() else speed


def _yes_or_no(text: str | None) -> str:
    return "Yes" if text == "true" else "No"
