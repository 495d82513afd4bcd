"""
The DNS suite over a small GoDaddy that keeps to the published description.

A zone comes with a domain that was bought; the driver here buys them from that small GoDaddy.
"""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import unquote

import pytest

from libcloud.dns.base import Zone
from libcloud.dns.drivers.godaddy import GoDaddyDNSDriver
from libcloud.dns.types import ZoneAlreadyExistsError
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer
from libcloud.testing.specs import Spec, openapi

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

Item = dict[str, Any]


def godaddy_spec() -> Spec:
    """
    The description, which has no listing of all records: that one is as the provider was recorded.

    It was also recorded taking records that repeat type and name, which are not mentioned there.
    """
    return openapi("godaddy-domains.json.gz").excusing(
        r"GET \S+/records: .*not described",
        r"recordReplaceType(Name)?: body \$\[\d+\]\.(type|name): is not described",
    )


class GoDaddyServer(HTTPDouble):
    """https://developer.godaddy.com/doc/endpoint/domains"""

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec)
        self.domains: dict[str, list[Item]] = {}
        self._ids: dict[str, int] = {}
        self._numbers = itertools.count(1)
        records = "/v1/domains/{domain}/records"
        self.serve("GET", "/v1/domains", self._list)
        self.serve("GET", "/v1/domains/{domain}", self._get)
        self.serve("DELETE", "/v1/domains/{domain}", self._cancel)
        for path in (records, records + "/{type}", records + "/{type}/{name}"):
            self.serve("GET", path, self._read)
            self.serve("PUT", path, self._replace)
        self.serve("DELETE", records + "/{type}/{name}", self._remove)

    def buy(self, domain: str) -> None:
        servers = [{"type": "NS", "name": "@", "data": f"ns{n}.domaincontrol.com"} for n in (9, 10)]
        self.domains[domain] = [{**server, "ttl": 3600} for server in servers]
        self._ids[domain] = next(self._numbers)

    def _shown(self, domain: str) -> Item:
        moment = "2030-02-02T14:26:44.000Z"
        person = {"nameFirst": "A", "nameLast": "B", "email": "a@example.com", "phone": "+1.55512"}
        address = {"address1": "x", "city": "x", "country": "FR", "postalCode": "1", "state": "x"}
        contact = {**person, "addressMailing": address}
        return {
            **dict.fromkeys(("contactAdmin", "contactBilling", "contactRegistrant"), contact),
            **dict.fromkeys(("createdAt", "expires", "renewDeadline"), moment),
            **dict.fromkeys(("expirationProtected", "holdRegistrar", "transferProtected"), False),
            "authCode": "x",
            "contactTech": contact,
            "domain": domain,
            "domainId": self._ids[domain],
            "locked": True,
            "nameServers": ["ns09.domaincontrol.com"],
            "privacy": False,
            "renewAuto": True,
            "status": "ACTIVE",
        }

    def _list(self, request: Request) -> Answer:
        return answer(json=[self._shown(domain) for domain in self.domains])

    def _get(self, request: Request, domain: str) -> Answer:
        if domain not in self.domains:
            return self._gone(domain)
        return answer(json=self._shown(domain))

    def _cancel(self, request: Request, domain: str) -> Answer:
        return answer(200) if self.domains.pop(domain, None) is not None else self._gone(domain)

    def _read(self, request: Request, domain: str, type: str = "", name: str = "") -> Answer:
        if domain not in self.domains:
            return self._gone(domain)
        return answer(json=[i for i in self.domains[domain] if _fits(i, type, name)])

    def _replace(self, request: Request, domain: str, type: str = "", name: str = "") -> Answer:
        if domain not in self.domains:
            return self._gone(domain)
        kept = [item for item in self.domains[domain] if not _fits(item, type, name)]
        self.domains[domain] = kept + request.json
        return answer(200)

    def _remove(self, request: Request, domain: str, type: str, name: str) -> Answer:
        if domain not in self.domains:
            return self._gone(domain)
        kept = [item for item in self.domains[domain] if not _fits(item, type, name)]
        self.domains[domain] = kept
        return answer(204)

    def _gone(self, domain: str) -> Answer:
        message = f"Domain {domain} not found for shopper"
        return answer(404, json={"code": "NOT_FOUND", "message": message})


def _fits(item: Item, type: str, name: str) -> bool:
    return type in ("", item["type"]) and unquote(name) in ("", item["name"])


class BuyingDriver(GoDaddyDNSDriver):
    """The driver, and a customer who bought a domain a moment ago."""

    server: GoDaddyServer

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        if domain in self.server.domains:
            raise ZoneAlreadyExistsError("bought already", self, domain)
        self.server.buy(domain)
        return self.get_zone(domain)


class TestGoDaddyDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> GoDaddyDNSDriver:
        driver = BuyingDriver(None, "key", "secret")
        driver.server = GoDaddyServer(spec=godaddy_spec())
        return driver.server.attach(driver)
