"""
The DNS domain, under the names that programs import.

==================================  ================================================
:mod:`libcloud.dns.driver`          the base of drivers: what every operation does
:mod:`libcloud.dns.models`          zones and records
:mod:`libcloud.dns.names`           the rule for names; texts
:mod:`libcloud.dns.rdata`           what a record's data looks like, type by type
:mod:`libcloud.dns.bind`            zone files
:mod:`libcloud.dns.types`           constants and errors
==================================  ================================================
"""

from libcloud import __version__ as __version__
from libcloud.common.base import BaseDriver as BaseDriver
from libcloud.common.base import Connection as Connection
from libcloud.common.base import ConnectionUserAndKey as ConnectionUserAndKey
from libcloud.dns.driver import DNSDriver
from libcloud.dns.models import Record, Zone
from libcloud.dns.types import RecordType as RecordType

__all__ = ["DNSDriver", "Record", "Zone"]
