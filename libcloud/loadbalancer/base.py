"""
The load balancer domain, under the names that programs import.

=====================================  ==================================================
:mod:`libcloud.loadbalancer.driver`    the base of drivers: what every operation does
:mod:`libcloud.loadbalancer.models`    balancers, members, algorithms
:mod:`libcloud.loadbalancer.types`     constants and errors
=====================================  ==================================================
"""

from libcloud.common.base import BaseDriver as BaseDriver
from libcloud.common.base import ConnectionKey as ConnectionKey
from libcloud.common.errors import LibcloudError as LibcloudError
from libcloud.loadbalancer.driver import DEFAULT_ALGORITHM, Driver
from libcloud.loadbalancer.models import Algorithm, LoadBalancer, Member

__all__ = ["DEFAULT_ALGORITHM", "Algorithm", "Driver", "LoadBalancer", "Member"]
