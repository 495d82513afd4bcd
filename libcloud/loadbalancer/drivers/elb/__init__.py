"""
Amazon's Classic Load Balancers.

For application and network balancers see :mod:`libcloud.loadbalancer.drivers.alb`.

===============  ==============================================================
``driver``       the driver, put together from the rooms
``connection``   connection and answers
``balancers``    balancers
``listeners``    their ports; ``policies``: what these do besides
``members``      the instances behind them; ``health``: how these are
``tags``         tags of balancers
===============  ==============================================================
"""

from libcloud.loadbalancer.aws import HOST
from libcloud.loadbalancer.drivers.elb.connection import (
    NS,
    ROOT,
    VERSION,
    ELBConnection,
    ELBResponse,
)
from libcloud.loadbalancer.drivers.elb.driver import ElasticLBDriver

__all__ = [
    "HOST",
    "NS",
    "ROOT",
    "VERSION",
    "ELBConnection",
    "ELBResponse",
    "ElasticLBDriver",
]
