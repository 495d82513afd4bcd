"""
BuddyNS: secondary DNS, for zones whose records are elsewhere.

https://www.buddyns.com/support/api/v2/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.buddyns import BuddyNSConnection, BuddyNSResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import MalformedResponseError
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Zone
from libcloud.dns.errors import about_zone, reading

__all__ = ["BuddyNSDNSConnection", "BuddyNSDNSDriver", "BuddyNSDNSResponse"]


class BuddyNSDNSResponse(BuddyNSResponse):
    """An answer."""


class BuddyNSDNSConnection(BuddyNSConnection):
    """A connection."""

    responseCls = BuddyNSDNSResponse


class BuddyNSDNSDriver(DNSDriver):
    """
    BuddyNS, which has zones and no records: it copies them from a master.

    A zone's ``extra`` has ``name_idn``, ``serial``, ``master``, ``creation_ts``, ``status``,
    ``delegation`` and what else the provider says.

    :param key: API key.
    """

    type = "buddyns"
    name = "BuddyNS DNS"
    website = "https://www.buddyns.com"
    connectionCls = BuddyNSDNSConnection

    def iterate_zones(self) -> Iterator[Zone]:
        body = self.connection.request("/api/v2/zone/").object
        if not isinstance(body, list):
            raise MalformedResponseError("The answer is no list", body=body, driver=self)
        yield from self._to_zones(body)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self.connection.request(_zone_path(zone_id)).object
        return self._to_zone(body)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: Not looked at: all zones of the provider are of type ``slave``.
        :param ttl: Not looked at.
        :param extra: ``master``: address of the server to copy the zone from.
        """
        request = {"name": names.zone_name(domain), **(extra or {})}
        with about_zone(self, domain):
            body = self.connection.request("/api/v2/zone/", method="POST", json=request).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.domain), method="DELETE")
        return True

    def _to_zones(self, items: list[dict[str, Any]]) -> list[Zone]:
        return [self._to_zone(item) for item in items]

    def _to_zone(self, item: dict[str, Any]) -> Zone:
        with reading(self, item):
            extra = {key: value for key, value in item.items() if key != "name"}
            return Zone(item["name"], names.zone_name(item["name"]), "slave", None, self, extra)


def _zone_path(zone_id: str) -> str:
    return f"/api/v2/zone/{quote_path_segment(names.zone_name(zone_id))}"
