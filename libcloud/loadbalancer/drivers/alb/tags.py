"""Tags of balancers, listeners, rules and target groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from libcloud.common.aws.xml import findall, require
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered, read_tags, tag_params

__all__ = ["Tags"]


class Tags(AWSLoadBalancerDriver):
    """Tags. A resource is any object with an ``id``, or an ARN."""

    def ex_list_tags(self, resource: Any) -> dict[str, str | None]:
        """The tags of a resource, name -> value."""
        result = self._call("DescribeTags", numbered("ResourceArns", [_arn(resource)]))
        tags: dict[str, str | None] = {}
        for description in findall(require(result, "TagDescriptions", driver=self), "member"):
            tags.update(read_tags(description))
        return tags

    def ex_create_tags(self, resource: Any, tags: Mapping[str, str | None]) -> bool:
        """Add tags, or change their values, and return True. No tags take no request."""
        params = {**numbered("ResourceArns", [_arn(resource)]), **tag_params(tags)}
        return self._do("AddTags", params) if tags else True

    def ex_delete_tags(self, resource: Any, keys: Iterable[str]) -> bool:
        """Remove tags by their names, and return True. No names take no request."""
        names = numbered("TagKeys", keys)
        params = {**numbered("ResourceArns", [_arn(resource)]), **names}
        return self._do("RemoveTags", params) if names else True


def _arn(resource: Any) -> str:
    return str(getattr(resource, "id", resource))
