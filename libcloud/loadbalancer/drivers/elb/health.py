"""
How members are checked, and what came of it.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_HealthCheck.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, number, require
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.drivers.elb.members import Members

__all__ = ["Health", "to_health_check"]


class Health(Members):
    """Health of members."""

    def ex_list_member_health(self, balancer: LoadBalancer) -> list[Member]:
        """
        The members with their health.

        ``extra`` has ``health`` (``InService``, ``OutOfService``, ``Unknown``), ``health_reason``
        (``ELB``, ``Instance``, ``N/A``) and ``health_description``.

        https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeInstanceHealth.html
        """
        result = self._call("DescribeInstanceHealth", {"LoadBalancerName": balancer.id})
        members = []
        for state in findall(require(result, "InstanceStates", driver=self), "member"):
            member = self._to_member(state, balancer)
            member.extra["health"] = findtext(state, "State")
            member.extra["health_reason"] = findtext(state, "ReasonCode")
            member.extra["health_description"] = findtext(state, "Description")
            members.append(member)
        return members

    def ex_configure_health_check(
        self,
        balancer: LoadBalancer,
        target: str,
        interval: int = 30,
        timeout: int = 5,
        unhealthy_threshold: int = 2,
        healthy_threshold: int = 10,
    ) -> bool:
        """
        Say how members are checked, and return True.

        :param target: ``HTTP:80/index.html``, ``HTTPS:443/``, ``TCP:22``, ``SSL:443``.
        :param interval: Seconds between checks of a member.
        :param timeout: Seconds without an answer that make a check fail.
        :param unhealthy_threshold: Failures in a row that take a member out.
        :param healthy_threshold: Successes in a row that bring it back.
        """
        params = {
            "LoadBalancerName": balancer.id,
            "HealthCheck.Target": target,
            "HealthCheck.Interval": interval,
            "HealthCheck.Timeout": timeout,
            "HealthCheck.UnhealthyThreshold": unhealthy_threshold,
            "HealthCheck.HealthyThreshold": healthy_threshold,
        }
        return self._do("ConfigureHealthCheck", params)


def to_health_check(element: Element | None) -> dict[str, Any] | None:
    if element is None or findtext(element, "Target") is None:
        return None
    return {
        "target": findtext(element, "Target"),
        "interval": number(findtext(element, "Interval")),
        "timeout": number(findtext(element, "Timeout")),
        "unhealthy_threshold": number(findtext(element, "UnhealthyThreshold")),
        "healthy_threshold": number(findtext(element, "HealthyThreshold")),
    }
