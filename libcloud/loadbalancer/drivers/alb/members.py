"""
Targets: the members of target groups, and how they are.

API: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealthDescription.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, number, require, required_text
from libcloud.common.errors import InvalidRequestError, ResourceNotFoundError
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.drivers.alb.models import ALBTargetGroup
from libcloud.loadbalancer.drivers.alb.target_groups import TargetGroups

__all__ = ["LONGEST_NAME", "Members", "group_name"]

ENDING = "-tg"

LONGEST_NAME = 32 - len(ENDING)
"""Of a balancer whose target group gets its name."""


class Members(TargetGroups):
    """Members of balancers: the targets of the groups that they lead to."""

    def balancer_list_members(self, balancer: LoadBalancer) -> list[Member]:
        """
        The targets of all groups that a balancer leads to, in a request for the groups and one for
        each of them.

        ``extra`` has ``target_group``; ``health``: ``initial``, ``healthy``, ``unhealthy``,
        ``unused``, ``draining`` (taken away, and still busy), ``unavailable``; ``health_reason``
        and ``health_description``, None for the healthy.
        """
        members = []
        for group in self.ex_iterate_target_groups(balancer):
            for member in self.ex_list_targets(group):
                member.balancer = balancer
                members.append(member)
        return members

    def balancer_attach_member(self, balancer: LoadBalancer, member: Member) -> Member:
        """
        Register a target with the group that a balancer leads to, in two requests.

        :param member: An instance by its ``id``, or another server by its ``ip``, as the group is
            made for. Where the balancer leads to several groups, ``extra["target_group"]`` says
            which one; without it, that is the group which ``create_balancer`` made.
        :raises InvalidRequestError: there are several groups, and nothing says which one.
        """
        group = member.extra.get("target_group") or self._group_for_members(balancer)
        attached = self._to_target(group, member)
        attached.balancer = balancer
        self.ex_register_targets(group, [attached])
        return attached

    def balancer_attach_compute_node(self, balancer: LoadBalancer, node: Any) -> Member:
        """Register a node of EC2: by its id, or by its private address if the group wants one."""
        ip = node.private_ips[0] if getattr(node, "private_ips", None) else None
        return self.balancer_attach_member(balancer, Member(node.id, ip, None))

    def balancer_detach_member(self, balancer: LoadBalancer, member: Member) -> bool:
        """
        Deregister a target, and return True. It may be busy with what it has for some minutes.

        :param member: With the port that it is connected at, if that is not the group's. One
            without ``extra["target_group"]`` is taken from all groups that the balancer leads to.
        """
        group = member.extra.get("target_group")
        groups = [group] if group else self.ex_list_target_groups(balancer)
        for each in groups:
            self.ex_deregister_targets(each, [self._to_target(each, member)])
        return True

    def ex_register_targets(
        self, target_group: ALBTargetGroup, members: Iterable[Member] | None = None
    ) -> bool:
        """
        Add targets to a group, and return True; False, without a request, for none.

        :param members: By ``id``, or by ``ip`` where they have none; one without a port is
            connected at that of the group.
        """
        return self._change_targets("RegisterTargets", target_group, members)

    def ex_deregister_targets(
        self, target_group: ALBTargetGroup, members: Iterable[Member] | None = None
    ) -> bool:
        """
        Remove targets from a group, and return True; False, without a request, for none.

        :param members: As they were registered: one without a port is removed at the group's.
        """
        return self._change_targets("DeregisterTargets", target_group, members)

    def ex_list_targets(self, target_group: ALBTargetGroup) -> list[Member]:
        """
        The targets of a group; their ``extra`` is as with :meth:`balancer_list_members`.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html

        :raises ResourceNotFoundError: there is no such group.
        """
        result = self._call("DescribeTargetHealth", {"TargetGroupArn": target_group.id})
        descriptions = require(result, "TargetHealthDescriptions", driver=self)
        return [
            self._to_member(description, target_group)
            for description in findall(descriptions, "member")
        ]

    def _change_targets(
        self, action: str, target_group: ALBTargetGroup, members: Iterable[Member] | None
    ) -> bool:
        params: dict[str, Any] = {}
        for index, member in enumerate(members or (), 1):
            params[f"Targets.member.{index}.Id"] = self._member_id(member)
            params[f"Targets.member.{index}.Port"] = member.port
        if not params:
            return False
        self._do(action, {"TargetGroupArn": target_group.id, **params})
        target_group.members = []  # whoever asks again gets them as they are now
        return True

    def _group_for_members(self, balancer: LoadBalancer) -> ALBTargetGroup:
        groups = self.ex_list_target_groups(balancer)
        named = [group for group in groups if group.name == group_name(balancer)]
        found = named or groups
        if not found:
            raise ResourceNotFoundError(
                f"{balancer.name} leads to no target group, so it can have no members", driver=self
            )
        if len(found) > 1:
            raise InvalidRequestError(
                f"{balancer.name} leads to several target groups: say which one by the member's "
                'extra["target_group"], or use ex_register_targets',
                driver=self,
            )
        return found[0]

    def _to_target(self, target_group: ALBTargetGroup, member: Member) -> Member:
        """A member as a group wants to know it: by address, or by id."""
        identity = member.ip if target_group.target_type == "ip" else member.id
        return Member(
            identity or self._member_id(member),
            member.ip,
            member.port or target_group.port,
            extra={"target_group": target_group},
        )

    def _to_member(self, element: Element, target_group: ALBTargetGroup) -> Member:
        target = require(element, "Target", driver=self)
        identity = required_text(target, "Id", driver=self)
        return Member(
            id=identity,
            ip=identity if target_group.target_type == "ip" else None,
            port=number(findtext(target, "Port")) or None,
            extra={
                "health": findtext(element, "TargetHealth/State"),
                "health_reason": findtext(element, "TargetHealth/Reason"),
                "health_description": findtext(element, "TargetHealth/Description"),
                "target_group": target_group,
            },
        )


def group_name(balancer: LoadBalancer) -> str:
    """What the target group is called that comes into being, and goes, with a balancer."""
    return f"{balancer.name}{ENDING}"
