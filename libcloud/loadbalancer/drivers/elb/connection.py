"""The connection to the API of 2012-06-01, and its answers."""

from __future__ import annotations

from libcloud.loadbalancer.aws import HOST, AWSLoadBalancerConnection, AWSLoadBalancerResponse

__all__ = ["NS", "ROOT", "VERSION", "ELBConnection", "ELBResponse"]

VERSION = "2012-06-01"
ROOT = f"/{VERSION}/"
NS = f"http://elasticloadbalancing.amazonaws.com/doc{ROOT}"


class ELBResponse(AWSLoadBalancerResponse):
    """An answer of the API of 2012-06-01."""

    namespace = NS


class ELBConnection(AWSLoadBalancerConnection):
    """A connection to the API of 2012-06-01 in one region."""

    version = VERSION
    host = HOST
    responseCls = ELBResponse
    service_name = "elasticloadbalancing"

    # The second time, these find done what they would do.
    idempotent_actions = frozenset(
        {
            "AddTags",
            "ConfigureHealthCheck",
            "DeleteLoadBalancer",
            "DeleteLoadBalancerListeners",
            "DeregisterInstancesFromLoadBalancer",
            "RegisterInstancesWithLoadBalancer",
            "RemoveTags",
            "SetLoadBalancerPoliciesForBackendServer",
            "SetLoadBalancerPoliciesOfListener",
        }
    )
