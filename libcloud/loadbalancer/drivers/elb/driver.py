"""
The driver for Classic Load Balancers, put together from the rooms.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/Welcome.html
"""

from __future__ import annotations

from libcloud.loadbalancer.drivers.elb.balancers import Balancers
from libcloud.loadbalancer.drivers.elb.connection import ELBConnection
from libcloud.loadbalancer.drivers.elb.policies import Policies

__all__ = ["ElasticLBDriver"]


class ElasticLBDriver(Balancers, Policies):
    """
    Classic Load Balancers of one region.

    A balancer's id is its name. Its state is PENDING when it was just created, and UNKNOWN
    otherwise: the API has none. Its port is that of its first listener.

    ``extra`` of a balancer that was listed or got has ``listeners``, a list of dicts of
    ``protocol``, ``port``, ``instance_protocol``, ``instance_port``, ``ssl_certificate_id`` and
    ``policies``; ``scheme``, ``vpc``, ``availability_zones``, ``subnets``, ``security_groups``,
    ``created`` (a datetime), ``health_check`` (a dict, None for none); and ``tags`` where they were
    asked for.

    :param access_id: Access key id.
    :param secret: Secret access key.
    :param region: ``us-east-1`` ...
    :param token: Session token of temporary credentials.
    :param credentials: In place of access id, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param host: Instead of the region's endpoint.
    :raises ValueError: the region is no name.
    """

    name = "Amazon Elastic Load Balancing"
    connectionCls = ELBConnection

    def list_protocols(self) -> list[str]:
        return ["tcp", "ssl", "http", "https"]
