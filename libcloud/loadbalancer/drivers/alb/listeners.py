"""
Listeners: the ports of a balancer.

API: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import Element, findtext, number, required_text
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered
from libcloud.loadbalancer.base import LoadBalancer
from libcloud.loadbalancer.drivers.alb.models import ALBListener, ALBTargetGroup
from libcloud.loadbalancer.drivers.alb.rules import forwards_to

__all__ = ["Listeners"]

LISTENERS = "Listeners"


class Listeners(AWSLoadBalancerDriver):
    """Listeners."""

    def ex_iterate_listeners(self, balancer: LoadBalancer) -> Iterator[ALBListener]:
        """The listeners of a balancer, page by page."""
        for element in self._all("DescribeListeners", {"LoadBalancerArn": balancer.id}, LISTENERS):
            listener = self._to_listener(element)
            listener.balancer = balancer
            yield listener

    def ex_list_listeners(self, balancer: LoadBalancer) -> list[ALBListener]:
        """:meth:`ex_iterate_listeners` as a list."""
        return list(self.ex_iterate_listeners(balancer))

    def ex_get_listener(self, listener_id: str) -> ALBListener:
        """
        The listener of an ARN.

        :raises ResourceNotFoundError: there is no such listener.
        """
        params = numbered("ListenerArns", [listener_id])
        return self._to_listener(self._one("DescribeListeners", params, LISTENERS))

    def ex_create_listener(
        self,
        balancer: LoadBalancer,
        port: int,
        proto: str,
        target_group: ALBTargetGroup,
        action: str = "forward",
        ssl_cert_arn: str | None = None,
        ssl_policy: str | None = None,
    ) -> ALBListener:
        """
        Add a listener to a balancer.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html

        :param proto: ``HTTP``, ``HTTPS``; of network balancers ``TCP``, ``TLS``, ``UDP``,
            ``TCP_UDP``.
        :param target_group: Where it leads to.
        :param action: ``forward``.
        :param ssl_cert_arn: The certificate, for ``HTTPS`` and ``TLS``.
        :param ssl_policy: Which protocols and ciphers it takes: ``ELBSecurityPolicy-...``.
        :raises ResourceExistsError: a listener of the balancer has that port.
        """
        params = {
            "LoadBalancerArn": balancer.id,
            "Protocol": proto.upper(),
            "Port": port,
            **forwards_to("DefaultActions", target_group, action),
            "Certificates.member.1.CertificateArn": ssl_cert_arn,
            "SslPolicy": ssl_policy,
        }
        listener = self._to_listener(self._made("CreateListener", params, LISTENERS))
        listener.balancer = balancer
        return listener

    def ex_modify_listener(
        self,
        listener: ALBListener,
        port: int | None = None,
        proto: str | None = None,
        target_group: ALBTargetGroup | None = None,
        ssl_cert_arn: str | None = None,
        ssl_policy: str | None = None,
    ) -> ALBListener:
        """
        Change a listener and return it as it is now; what is None stays.

        :raises ResourceExistsError: another listener of the balancer has that port.
        """
        params: dict[str, Any] = {
            "ListenerArn": listener.id,
            "Port": port,
            "Protocol": proto.upper() if proto else None,
            "Certificates.member.1.CertificateArn": ssl_cert_arn,
            "SslPolicy": ssl_policy,
        }
        if target_group is not None:
            params.update(forwards_to("DefaultActions", target_group, "forward"))
        return self._to_listener(self._made("ModifyListener", params, LISTENERS))

    def ex_delete_listener(self, listener: ALBListener) -> bool:
        """
        Delete a listener with its rules, and return True.

        :raises ResourceNotFoundError: there is no such listener.
        """
        return self._do("DeleteListener", {"ListenerArn": listener.id})

    def _to_listener(self, el: Element) -> ALBListener:
        return ALBListener(
            listener_id=required_text(el, "ListenerArn", driver=self),
            protocol=findtext(el, "Protocol"),
            port=number(findtext(el, "Port")),
            balancer=None,
            driver=self,
            action=findtext(el, "DefaultActions/member/Type"),
            ssl_policy=findtext(el, "SslPolicy"),
            ssl_certificate=findtext(el, "Certificates/member/CertificateArn"),
            balancer_id=findtext(el, "LoadBalancerArn"),
        )
