"""
The DNS suite over a small LiveDNS that answers as the provider was recorded.

LiveDNS cannot be told to forget a domain; that small one can.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest

from libcloud.dns.base import Zone
from libcloud.dns.drivers.gandi_live import GandiLiveDNSDriver
from libcloud.dns.types import ZoneDoesNotExistError
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

DOMAINS = "/v5/livedns/domains"
PAGE_SIZE = 3

Key = tuple[str, str]


class GandiLiveServer(HTTPDouble):
    """https://api.gandi.net/docs/livedns/"""

    def __init__(self) -> None:
        super().__init__()
        self.domains: dict[str, dict[Key, Any]] = {}
        domain, sets = DOMAINS + "/{domain}", DOMAINS + "/{domain}/records"
        self.serve("GET", DOMAINS, self._list_domains)
        self.serve("POST", DOMAINS, self._add_domain)
        self.serve("GET", domain, self._get_domain)
        self.serve("GET", sets, self._list_sets)
        for method in ("GET", "POST", "PUT", "DELETE"):
            self.serve(method, sets + "/{name}/{type}", self._one_set)

    def _list_domains(self, request: Request) -> Answer:
        return self._page(request, [{"fqdn": domain} for domain in self.domains])

    def _add_domain(self, request: Request) -> Answer:
        domain = request.json["fqdn"]
        if domain in self.domains:
            return _error(409, "HTTPConflict", "Domain already exists")
        servers = {"rrset_ttl": 10800, "rrset_values": ["ns-1-a.gandi.net.", "ns-1-b.gandi.net."]}
        self.domains[domain] = {("@", "NS"): servers}
        return answer(201, json={"message": "Domain Created"})

    def _get_domain(self, request: Request, domain: str) -> Answer:
        if domain not in self.domains:
            return _no_domain()
        return answer(json={"fqdn": domain, "automatic_snapshots": True})

    def _list_sets(self, request: Request, domain: str) -> Answer:
        if domain not in self.domains:
            return _no_domain()
        return self._page(request, [_shown(*item) for item in self.domains[domain].items()])

    def _one_set(self, request: Request, domain: str, name: str, type: str) -> Answer:
        if domain not in self.domains:
            return _no_domain()
        sets, key = self.domains[domain], (unquote(name), type)
        if request.method != "POST" and request.method != "PUT" and key not in sets:
            text = f"Can't find the DNS record {unquote(name)}/{type} in the zone"
            return _error(404, "dns-record", text)
        if request.method == "GET":
            return answer(json=_shown(key, sets[key]))
        if request.method == "DELETE":
            del sets[key]
            return answer(204)
        if request.method == "POST" and key in sets:
            return _error(409, "dns-record", "A DNS Record already exists with same value")
        sets[key] = {"rrset_ttl": 10800, **request.json}
        return answer(201, json={"message": "DNS Record Created"})

    def _page(self, request: Request, items: list[Any]) -> Answer:
        number = int(request.query.get("page", ["1"])[0])
        following = f"https://api.gandi.net{request.path}?page={number + 1}&per_page={PAGE_SIZE}"
        last = f'<{following.replace("page=", "page=9")}>; rel="last"'
        more = number * PAGE_SIZE < len(items)
        link = {"Link": f'{last}, <{following}>; rel="next"'} if more else {}
        page = items[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return answer(json=page, headers={**link, "Total-Count": str(len(items))})


def _shown(key: Key, item: Any) -> Any:
    values = item["rrset_values"]
    if key[1] == "TXT":
        values = [value if re.match('"', value) else f'"{value}"' for value in values]
    return {**item, "rrset_name": key[0], "rrset_type": key[1], "rrset_values": values}


def _no_domain() -> Answer:
    return _error(404, "HTTPNotFound", "The resource could not be found.")


def _error(status: int, what: str, message: str) -> Answer:
    return answer(status, json={"code": status, "object": what, "message": message, "cause": "x"})


class ForgettingDriver(GandiLiveDNSDriver):
    """The driver, and somebody at Gandi who takes domains away."""

    server: GandiLiveServer

    def delete_zone(self, zone: Zone) -> bool:
        if self.server.domains.pop(zone.id, None) is None:
            raise ZoneDoesNotExistError("taken away already", self, zone.id)
        return True


class TestGandiLiveDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> GandiLiveDNSDriver:
        driver = ForgettingDriver("token")
        driver.server = GandiLiveServer()
        return driver.server.attach(driver)
