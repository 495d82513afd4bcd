"""Tags of balancers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from libcloud.common.aws.xml import Element, findall, findtext, require
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered, read_tags, tag_params
from libcloud.loadbalancer.base import LoadBalancer

__all__ = ["BALANCERS_PER_REQUEST", "Tags"]

# The most that one answer has the tags of.
BALANCERS_PER_REQUEST = 20


class Tags(AWSLoadBalancerDriver):
    """Tags."""

    def ex_list_tags(self, balancer: LoadBalancer) -> dict[str, str | None]:
        """The tags of a balancer, name -> value."""
        tags: dict[str, str | None] = {}
        for description in self._tag_descriptions([balancer.id]):
            tags.update(read_tags(description))
        return tags

    def ex_create_tags(self, balancer: LoadBalancer, tags: Mapping[str, str | None]) -> bool:
        """Add tags, or change their values, and return True. No tags take no request."""
        params = {**numbered("LoadBalancerNames", [balancer.id]), **tag_params(tags)}
        return self._do("AddTags", params) if tags else True

    def ex_delete_tags(self, balancer: LoadBalancer, keys: Iterable[str]) -> bool:
        """Remove tags by their names, and return True. No names take no request."""
        params = numbered("LoadBalancerNames", [balancer.id])
        for index, key in enumerate(keys, 1):
            params[f"Tags.member.{index}.Key"] = key
        return self._do("RemoveTags", params) if len(params) > 1 else True

    def _tag_descriptions(self, names: Iterable[str]) -> list[Element]:
        result = self._call("DescribeTags", numbered("LoadBalancerNames", names))
        return findall(require(result, "TagDescriptions", driver=self), "member")

    def _fetch_tags(self, balancers: list[LoadBalancer]) -> None:
        tags = {
            findtext(description, "LoadBalancerName"): read_tags(description)
            for description in self._tag_descriptions(balancer.id for balancer in balancers)
        }
        for balancer in balancers:
            balancer.extra["tags"] = tags.get(balancer.id, {})
