"""
The DNS suite over a small NearlyFreeSpeech.NET that does what recordings show.

There is no call for zones: the driver here makes them in the server itself, for the suite to have
some.
"""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.base import Zone
from libcloud.dns.drivers.nfsn import NFSNDNSDriver
from libcloud.dns.types import ZoneAlreadyExistsError, ZoneDoesNotExistError
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

GONE = {
    "error": "The API request was not valid.",
    "debug": "The requested object instance does not exist or cannot be accessed.",
}


class NFSNServer(HTTPDouble):
    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, list[dict[str, Any]]] = {}
        self.serve("GET", "/dns/{zone}/serial", self._serial)
        self.serve("POST", "/dns/{zone}/{verb}", self._act)

    def _serial(self, request: Request, zone: str) -> Answer:
        return answer(text="1539663798") if zone in self.zones else answer(404, json=GONE)

    def _act(self, request: Request, zone: str, verb: str) -> Answer:
        if zone not in self.zones:
            return answer(404, json=GONE)
        records = self.zones[zone]
        form: dict[str, Any] = {key: one for key, (one,) in request.form.items()}
        priority, _, rest = form.get("data", "").partition(" ")
        if form.get("type") in ("MX", "SRV") and "data" in form:
            form |= {"aux": int(priority), "data": rest}
        ttl = int(form.pop("ttl", 3600))
        same = [each for each in records if form.items() <= each.items()]
        if verb == "listRRs":
            return answer(json=same)
        if verb == "addRR" and not same:
            records.append({**form, "ttl": ttl, "scope": "member"})
        if verb == "removeRR":
            if not same:
                return answer(404, json=GONE)
            records.remove(same[0])
        return answer(200)


class DriverWithZones(NFSNDNSDriver):
    """Zones come and go in the server, without a request."""

    server: NFSNServer

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        if domain in self.server.zones:
            raise ZoneAlreadyExistsError("", self, domain)
        self.server.zones[domain] = []
        return self.get_zone(domain)

    def delete_zone(self, zone: Zone) -> bool:
        if self.server.zones.pop(zone.id, None) is None:
            raise ZoneDoesNotExistError("", self, zone.id)
        return True


class TestNFSNDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> DriverWithZones:
        driver = DriverWithZones("member", "api-key")
        driver.server = NFSNServer()
        return driver.server.attach(driver)
