"""
Amazon Route 53.

=================  ==================================================================
``driver``         the driver, put together from its rooms
``zones``          hosted zones, private ones, delegation sets
``records``        records, aliases, routing policies, change batches
``health_checks``  health checks
``tags``           tags of zones and health checks
``room``           what the rooms share: requests, pages, waiting for changes
``sets``           record sets, and the XML that they are on the wire
``escapes``        the codes of characters in names and texts
``connection``     where Route 53 is, how requests are signed, what its errors mean
=================  ==================================================================

https://docs.aws.amazon.com/Route53/latest/APIReference/
"""

from libcloud.dns.drivers.route53.connection import (
    API_HOST,
    API_ROOT,
    API_VERSION,
    NAMESPACE,
    BaseRoute53Connection,
    InvalidChangeBatch,
    Route53Connection,
    Route53DNSResponse,
)
from libcloud.dns.drivers.route53.driver import Route53DNSDriver
from libcloud.dns.drivers.route53.health_checks import Route53HealthCheck

__all__ = [
    "API_HOST",
    "API_ROOT",
    "API_VERSION",
    "NAMESPACE",
    "BaseRoute53Connection",
    "InvalidChangeBatch",
    "Route53Connection",
    "Route53DNSDriver",
    "Route53DNSResponse",
    "Route53HealthCheck",
]
