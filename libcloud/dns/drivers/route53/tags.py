"""
Tags of zones and health checks.

API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from libcloud.common.aws.xml import findall, findtext
from libcloud.dns.base import Zone
from libcloud.dns.drivers.route53.health_checks import Route53HealthCheck
from libcloud.dns.drivers.route53.room import Room, body_of
from libcloud.dns.drivers.route53.sets import Node

__all__ = ["Tags"]


class Tags(Room):
    """Operations on tags."""

    def ex_describe_tags(self, resource: Zone | Route53HealthCheck) -> dict[str, str]:
        """
        The tags of a zone or a health check.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListTagsForResource.html
        """
        root = self._request("ListTagsForResource", _path(resource))
        return {
            findtext(tag, "Key") or "": findtext(tag, "Value") or ""
            for tag in findall(root, "ResourceTagSet/Tags/Tag")
        }

    def ex_create_tags(self, resource: Zone | Route53HealthCheck, tags: Mapping[str, str]) -> bool:
        """Give a zone or a health check tags, or other values to tags that it has; ten at most."""
        content = [("Tag", [("Key", key), ("Value", value)]) for key, value in tags.items()]
        return self._change_tags(resource, ("AddTags", content))

    def ex_delete_tags(self, resource: Zone | Route53HealthCheck, keys: Iterable[str]) -> bool:
        """Take tags from a zone or a health check, whatever their values; ten at most."""
        return self._change_tags(resource, ("RemoveTagKeys", [("Key", key) for key in keys]))

    def _change_tags(self, resource: Zone | Route53HealthCheck, changes: Node) -> bool:
        body = body_of("ChangeTagsForResource", [changes])
        return self._do(_path(resource), "POST", idempotent=True, **body)


def _path(resource: Zone | Route53HealthCheck) -> str:
    kind = "hostedzone" if isinstance(resource, Zone) else "healthcheck"
    return f"tags/{kind}/{quote(resource.id, safe='')}"
