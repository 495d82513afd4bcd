"""
Listeners: the ports of a balancer.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_Listener.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from libcloud.common.aws.xml import Element, findtext, number, require
from libcloud.loadbalancer.aws import AWSLoadBalancerDriver, numbered, texts_of

__all__ = ["Listeners", "listener_params", "to_listener"]


class Listeners(AWSLoadBalancerDriver):
    """Listeners. They have no id: a balancer has one for each of its ports."""

    def ex_create_balancer_listeners(
        self, name: str, listeners: Iterable[Sequence[Any]] | None = None
    ) -> bool:
        """
        Add listeners to a balancer, and return True; False, without a request, for none.

        :param name: Of the balancer.
        :param listeners: Port of the balancer, port of the members, protocol, and for ``HTTPS`` and
            ``SSL`` the ARN of a certificate: ``[(443, 8443, "HTTPS", "arn:aws:iam::...")]``.
        :raises ResourceExistsError: a listener has that port, with other settings.
        """
        params = listener_params(listeners or ())
        if not params:
            return False
        return self._do("CreateLoadBalancerListeners", {"LoadBalancerName": name, **params})

    def ex_delete_balancer_listeners(self, name: str, ports: Iterable[int]) -> bool:
        """
        Remove listeners, and return True, even if there were none at these ports.

        :param name: Of the balancer.
        :param ports: Of the balancer.
        """
        params = {"LoadBalancerName": name, **numbered("LoadBalancerPorts", ports)}
        return self._do("DeleteLoadBalancerListeners", params)


def listener_params(listeners: Iterable[Sequence[Any]]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for index, (port, instance_port, protocol, *certificate) in enumerate(listeners, 1):
        prefix = f"Listeners.member.{index}"
        params[f"{prefix}.LoadBalancerPort"] = port
        params[f"{prefix}.InstancePort"] = instance_port
        params[f"{prefix}.Protocol"] = protocol.upper()
        if certificate and certificate[0]:
            params[f"{prefix}.SSLCertificateId"] = certificate[0]
    return params


def to_listener(element: Element) -> dict[str, Any]:
    listener = require(element, "Listener")
    return {
        "protocol": findtext(listener, "Protocol"),
        "port": number(findtext(listener, "LoadBalancerPort")),
        "instance_protocol": findtext(listener, "InstanceProtocol"),
        "instance_port": number(findtext(listener, "InstancePort")),
        "ssl_certificate_id": findtext(listener, "SSLCertificateId"),
        "policies": texts_of(element, "PolicyNames/member"),
    }
