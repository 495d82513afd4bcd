"""
The drivers for Application and for Network Load Balancers, put together from the rooms.

API version 2015-12-01, signature version 4. One driver works in one region.

API: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from libcloud.loadbalancer.drivers.alb.balancers import Balancers
from libcloud.loadbalancer.drivers.alb.connection import ALBConnection
from libcloud.loadbalancer.drivers.alb.rules import Rules

__all__ = ["ApplicationLBDriver", "NetworkLBDriver"]


class ApplicationLBDriver(Balancers, Rules):
    """
    Application Load Balancers of one region; network and gateway ones are listed as well.

    A balancer's id is its ARN. Its state is UNKNOWN: the service's own word for it (``active``,
    ``provisioning``, ``active_impaired``, ``failed``) is ``extra["state"]``. Its port is that of
    its first listener.

    ``extra`` of a balancer has ``listeners``, a list of :class:`~.models.ALBListener`; ``tags``, a
    dict; ``vpc``, ``type``, ``scheme``, ``state``, ``availability_zones``, ``subnets``,
    ``security_groups``, ``created`` (a datetime).

    :param access_id: Access key id.
    :param secret: Secret access key.
    :param region: ``us-east-1`` ...
    :param token: Session token of temporary credentials.
    :param credentials: In place of access id, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param host: Instead of the region's endpoint.
    :raises ValueError: the region is no name.
    """

    name = "Amazon Application Load Balancing"
    connectionCls = ALBConnection

    def list_protocols(self) -> list[str]:
        return ["http", "https"]


class NetworkLBDriver(ApplicationLBDriver):
    """Network Load Balancers of one region. See :class:`ApplicationLBDriver`."""

    name = "Amazon Network Load Balancing"
    balancer_type = "network"
    listed_type = "network"
    health_check_protocol = "TCP"
    default_protocol = "tcp"

    def list_protocols(self) -> list[str]:
        return ["tcp", "tls", "udp", "tcp_udp"]
