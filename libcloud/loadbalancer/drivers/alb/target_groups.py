"""
Target groups.

API: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html
"""

from __future__ import annotations

from collections.abc import Iterator

from libcloud.common.aws.xml import Element, find, findtext, number, required_text
from libcloud.common.errors import ResourceNotFoundError
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered, texts_of
from libcloud.loadbalancer.base import LoadBalancer
from libcloud.loadbalancer.drivers.alb.models import ALBTargetGroup

__all__ = ["TargetGroups"]

TARGET_GROUPS = "TargetGroups"


class TargetGroups(AWSLoadBalancerDriver):
    """Target groups."""

    def ex_iterate_target_groups(
        self, balancer: LoadBalancer | None = None
    ) -> Iterator[ALBTargetGroup]:
        """
        All target groups of the region, page by page.

        :param balancer: Only those that it leads to.
        """
        params = {"LoadBalancerArn": balancer.id if balancer else None}
        try:
            for element in self._all("DescribeTargetGroups", params, TARGET_GROUPS):
                yield self._to_target_group(element)
        except ResourceNotFoundError as error:
            # So the service may say that a balancer leads to none.
            if error.provider_code != "TargetGroupNotFound":
                raise

    def ex_list_target_groups(self, balancer: LoadBalancer | None = None) -> list[ALBTargetGroup]:
        """:meth:`ex_iterate_target_groups` as a list."""
        return list(self.ex_iterate_target_groups(balancer))

    def ex_get_target_group(self, target_group_id: str) -> ALBTargetGroup:
        """
        The target group of an ARN.

        :raises ResourceNotFoundError: there is no such group.
        """
        params = numbered("TargetGroupArns", [target_group_id])
        return self._to_target_group(self._one("DescribeTargetGroups", params, TARGET_GROUPS))

    def ex_create_target_group(
        self,
        name: str,
        port: int,
        proto: str,
        vpc: str | None,
        health_check_interval: int = 30,
        health_check_path: str | None = "/",
        health_check_port: str = "traffic-port",
        health_check_proto: str = "HTTP",
        health_check_timeout: int = 5,
        health_check_matcher: str | None = "200",
        healthy_threshold: int = 5,
        unhealthy_threshold: int = 2,
        target_type: str = "instance",
    ) -> ALBTargetGroup:
        """
        Create a target group; arguments as with :class:`~.models.ALBTargetGroup`.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html

        :param name: At most 32 letters, digits and hyphens.
        :param port: Of targets that are registered without one.
        :param proto: ``HTTP``, ``HTTPS``; of network balancers ``TCP``, ``TLS``, ``UDP``,
            ``TCP_UDP``.
        :param health_check_path: Sent for checks of HTTP and HTTPS alone, as the matcher is.
        :param target_type: ``instance``, or ``ip`` for members that are known by address.
        :raises ResourceExistsError: there is a group of that name, with other settings.
        """
        health_check_proto = health_check_proto.upper()
        asks_for_a_page = health_check_proto in ("HTTP", "HTTPS")
        params = {
            "Name": name,
            "Protocol": proto.upper(),
            "Port": port,
            "VpcId": vpc,
            "TargetType": target_type,
            "HealthCheckIntervalSeconds": health_check_interval,
            "HealthCheckPath": health_check_path if asks_for_a_page else None,
            "HealthCheckPort": health_check_port,
            "HealthCheckProtocol": health_check_proto,
            "HealthCheckTimeoutSeconds": health_check_timeout,
            "HealthyThresholdCount": healthy_threshold,
            "UnhealthyThresholdCount": unhealthy_threshold,
            "Matcher.HttpCode": health_check_matcher if asks_for_a_page else None,
        }
        return self._to_target_group(self._made("CreateTargetGroup", params, TARGET_GROUPS))

    def ex_delete_target_group(self, target_group: ALBTargetGroup) -> bool:
        """
        Delete a target group, and return True. Its targets run on.

        :raises ConflictError: a listener or a rule leads to it.
        """
        return self._do("DeleteTargetGroup", {"TargetGroupArn": target_group.id})

    def _to_target_group(self, el: Element) -> ALBTargetGroup:
        matcher = find(el, "Matcher")
        return ALBTargetGroup(
            target_group_id=required_text(el, "TargetGroupArn", driver=self),
            name=required_text(el, "TargetGroupName", driver=self),
            protocol=findtext(el, "Protocol"),
            port=number(findtext(el, "Port")) or None,
            vpc=findtext(el, "VpcId"),
            driver=self,
            health_check_timeout=number(findtext(el, "HealthCheckTimeoutSeconds")),
            health_check_port=findtext(el, "HealthCheckPort"),
            health_check_path=findtext(el, "HealthCheckPath"),
            health_check_proto=findtext(el, "HealthCheckProtocol"),
            health_check_matcher=None if matcher is None else findtext(matcher, "HttpCode"),
            health_check_interval=number(findtext(el, "HealthCheckIntervalSeconds")),
            healthy_threshold=number(findtext(el, "HealthyThresholdCount")),
            unhealthy_threshold=number(findtext(el, "UnhealthyThresholdCount")),
            target_type=findtext(el, "TargetType") or "instance",
            balancer_ids=texts_of(el, "LoadBalancerArns/member"),
        )
