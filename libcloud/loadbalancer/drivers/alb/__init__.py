"""
Amazon's Application and Network Load Balancers.

A balancer has listeners, a listener has rules, and a rule leads to a target group, whose targets
are the members.

================== ===============================================================================
``driver``         the drivers, put together from the rooms
``connection``     connection and answers
``balancers``      balancers
``listeners``      listeners; ``rules``: their rules
``target_groups``  target groups; ``members``: their targets, and how they are
``tags``           tags of all of these
``models``         the classes of all of these
================== ===============================================================================
"""

from libcloud.loadbalancer.aws import HOST
from libcloud.loadbalancer.drivers.alb.connection import (
    NS,
    ROOT,
    VERSION,
    ALBConnection,
    ALBResponse,
)
from libcloud.loadbalancer.drivers.alb.driver import ApplicationLBDriver, NetworkLBDriver
from libcloud.loadbalancer.drivers.alb.models import (
    ALBBalancer,
    ALBListener,
    ALBRule,
    ALBTargetGroup,
)

__all__ = [
    "HOST",
    "NS",
    "ROOT",
    "VERSION",
    "ALBBalancer",
    "ALBConnection",
    "ALBListener",
    "ALBResponse",
    "ALBRule",
    "ALBTargetGroup",
    "ApplicationLBDriver",
    "NetworkLBDriver",
]
