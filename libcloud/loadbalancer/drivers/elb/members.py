"""
Members: EC2 instances, known by their ids.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_Instance.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import Element, findall, required_text
from libcloud.common.errors import InvalidRequestError
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered
from libcloud.loadbalancer.base import LoadBalancer, Member

__all__ = ["Members"]


class Members(AWSLoadBalancerDriver):
    """Members."""

    def balancer_list_members(self, balancer: LoadBalancer) -> list[Member]:
        """The instances behind a balancer, by id: without addresses and ports."""
        return [
            self._to_member(instance, balancer)
            for instance in findall(self._describe(balancer.id), "Instances/member")
        ]

    def balancer_attach_member(self, balancer: LoadBalancer, member: Member) -> Member:
        """Put an instance, by its id, behind a balancer."""
        self._register("RegisterInstancesWithLoadBalancer", balancer, [member])
        return Member(self._member_id(member), None, None, balancer=balancer)

    def balancer_attach_compute_node(self, balancer: LoadBalancer, node: Any) -> Member:
        """Put a node of EC2 behind a balancer, by its id."""
        return self.balancer_attach_member(balancer, Member(node.id, None, None))

    def balancer_detach_member(self, balancer: LoadBalancer, member: Member) -> bool:
        """Take an instance away, and return True, even if it was not behind the balancer."""
        self._register("DeregisterInstancesFromLoadBalancer", balancer, [member])
        return True

    def _describe(self, name: str) -> Element:
        """The description of one balancer."""
        params = numbered("LoadBalancerNames", [name])
        return self._one("DescribeLoadBalancers", params, "LoadBalancerDescriptions")

    def _register(self, action: str, balancer: LoadBalancer, members: list[Member]) -> None:
        params: dict[str, Any] = {"LoadBalancerName": balancer.id}
        for index, member in enumerate(members, 1):
            params[f"Instances.member.{index}.InstanceId"] = self._member_id(member)
        self._do(action, params)

    def _member_id(self, member: Member) -> str:
        if not member.id:
            raise InvalidRequestError(f"{member} is no instance: it has no id", driver=self)
        return member.id

    def _instance_port(self, port: int, members: list[Member]) -> int:
        ports = {member.port for member in members if member.port}
        if len(ports) > 1:
            raise InvalidRequestError(
                f"A listener connects to one port of its members, not to {sorted(ports)}",
                driver=self,
            )
        return ports.pop() if ports else port

    def _to_member(self, element: Element, balancer: LoadBalancer) -> Member:
        instance = required_text(element, "InstanceId", driver=self)
        return Member(instance, None, None, balancer=balancer)
