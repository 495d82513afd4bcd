"""
Tags of nodes, images, volumes and all other resources.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import findtext
from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2.params import filters, resource_id, tags
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Tags"]


class Tags(Room):
    """Tags."""

    def ex_describe_tags(self, resource: Any) -> dict[str, str]:
        """
        Return the tags of a resource, name -> value.

        :param resource: Any object with an ``id``, or an id.
        """
        params = filters({"resource-id": resource_id(resource)})
        return {
            findtext(item, "key") or "": findtext(item, "value") or ""
            for item in self._pages("DescribeTags", params, "tagSet/item")
        }

    def ex_create_tags(self, resource: Any, tags: dict[str, str]) -> bool:
        """
        Add tags to a resource, or change their values. No tags take no request.

        :param resource: Any object with an ``id``, or an id.
        :param tags: Name -> value.
        """
        if not tags:
            return True
        params = {"ResourceId.1": resource_id(resource), **_tag_params(tags)}
        return self._do("CreateTags", params)

    def ex_delete_tags(self, resource: Any, tags: dict[str, str | None]) -> bool:
        """
        Remove tags from a resource. No tags take no request.

        :param resource: Any object with an ``id``, or an id.
        :param tags: Name -> the value that the tag must have, None for whatever it has.
        """
        if not tags:
            return True
        params = {"ResourceId.1": resource_id(resource), **_tag_params(tags)}
        return self._do("DeleteTags", params)

    def ex_get_metadata_for_node(self, node: Node) -> dict[str, str]:
        """Return the tags that a node had when it was fetched, without a request."""
        return node.extra["tags"]


_tag_params = tags  # the methods have an argument of that name
