"""Constants and errors of the load balancer domain."""

from __future__ import annotations

from typing import Any

from libcloud.common.errors import ConflictError, LibcloudError

__all__ = [
    "OLD_CONSTANT_TO_NEW_MAPPING",
    "LibcloudLBError",
    "LibcloudLBImmutableError",
    "MemberCondition",
    "Provider",
    "State",
]


class LibcloudLBError(LibcloudError):
    """Something is wrong about a balancer."""

    def __init__(self, value: Any, driver: Any = None) -> None:
        LibcloudError.__init__(self, value=value, driver=driver)

    def __str__(self) -> str:
        return LibcloudError.__str__(self)


class LibcloudLBImmutableError(LibcloudLBError, ConflictError):
    """The balancer cannot be changed now: another change is under way, or it is being deleted."""


class Provider:
    """The providers of balancers. The value is what ``get_driver`` takes, and stays what it is."""

    ALB = "alb"
    ALIYUN_SLB = "aliyun_slb"
    BRIGHTBOX = "brightbox"
    CLOUDSTACK = "cloudstack"
    DIMENSIONDATA = "dimensiondata"
    DUMMY = "dummy"
    ELB = "elb"
    GCE = "gce"
    NINEFOLD = "ninefold"
    NLB = "nlb"
    NTTCIS = "nttcis"
    RACKSPACE = "rackspace"

    # Names that were replaced: see OLD_CONSTANT_TO_NEW_MAPPING.
    RACKSPACE_UK = "rackspace_uk"
    RACKSPACE_US = "rackspace_us"


OLD_CONSTANT_TO_NEW_MAPPING = {
    Provider.RACKSPACE_US: Provider.RACKSPACE,
    Provider.RACKSPACE_UK: Provider.RACKSPACE,
}


class MemberCondition:
    """What a member does, where the provider lets one say."""

    ENABLED = 0
    DISABLED = 1
    DRAINING = 2
    """It finishes what it has, and is given nothing new."""


class State:
    """What a balancer is at."""

    RUNNING = 0
    PENDING = 1
    UNKNOWN = 2
    ERROR = 3
    DELETED = 4
