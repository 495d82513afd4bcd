"""
Amazon Route 53.

==============  =====================================================================
``driver``      zones and records
``sets``        record sets, and the XML that they are on the wire
``escapes``     the codes of characters in names and texts
``connection``  where Route 53 is, how requests are signed, what its errors mean
==============  =====================================================================

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
]
