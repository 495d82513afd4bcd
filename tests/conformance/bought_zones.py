"""
Zones for the conformance suite at providers where zones are bought, not created.

The driver that is judged gets the two operations that it lacks, which put zones straight into the
:class:`~tests.conformance.rest_dns.RestDNS` behind it::

    class DriverWithZones(BoughtZones, AcmeDNSDriver): ...

    server = AcmeServer()
    driver = server.attach(DriverWithZones("key"))
    driver.server = server
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from libcloud.dns.base import DNSDriver, Zone
from libcloud.dns.names import zone_name
from libcloud.dns.types import ZoneAlreadyExistsError, ZoneDoesNotExistError

if TYPE_CHECKING:
    from tests.conformance.rest_dns import RestDNS

__all__ = ["BoughtZones"]


class BoughtZones(DNSDriver):
    server: RestDNS

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        zone_id, zone = self.server.new_zone(0, {"name": zone_name(domain)})
        if zone_id in self.server.zones:
            raise ZoneAlreadyExistsError("bought already", self, zone_id)
        self.server.zones[zone_id], self.server.records[zone_id] = zone, {}
        for body in self.server.first_records(zone):
            self.server._add(zone_id, body)
        return self.get_zone(zone_id)

    def delete_zone(self, zone: Zone) -> bool:
        if self.server.zones.pop(zone.id, None) is None:
            raise ZoneDoesNotExistError("not bought", self, zone.id)
        return True
