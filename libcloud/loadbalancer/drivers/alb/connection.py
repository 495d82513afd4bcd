"""The connection to the API of 2015-12-01, and its answers."""

from __future__ import annotations

from libcloud.loadbalancer.aws import HOST, AWSLoadBalancerConnection, AWSLoadBalancerResponse

__all__ = ["NS", "ROOT", "VERSION", "ALBConnection", "ALBResponse"]

VERSION = "2015-12-01"
ROOT = f"/{VERSION}/"
NS = f"http://elasticloadbalancing.amazonaws.com/doc{ROOT}"


class ALBResponse(AWSLoadBalancerResponse):
    """An answer of the API of 2015-12-01."""

    namespace = NS


class ALBConnection(AWSLoadBalancerConnection):
    """A connection to the API of 2015-12-01 in one region."""

    version = VERSION
    host = HOST
    responseCls = ALBResponse
    service_name = "elasticloadbalancing"

    # The second time, these find done what they would do. Of the first three the API says so:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    idempotent_actions = frozenset(
        {
            "CreateListener",
            "CreateLoadBalancer",
            "CreateTargetGroup",
            "AddTags",
            "DeleteLoadBalancer",
            "DeregisterTargets",
            "ModifyListener",
            "RegisterTargets",
            "RemoveTags",
        }
    )
