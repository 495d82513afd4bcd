"""The DNS suite over a small Namecheap, as its documentation says and recordings show it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

import pytest

from libcloud.dns.drivers.namecheap import NamecheapDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.bought_zones import BoughtZones
from tests.conformance.rest_dns import Item, RestDNS

DOMAIN_IS_INVALID = '<Errors><Error Number="2030166">Domain is invalid</Error></Errors>'


class NamecheapServer(RestDNS):
    """https://www.namecheap.com/support/api/methods/"""

    zones_path = "/unused"

    def __init__(self) -> None:
        super().__init__()
        self.serve("POST", "/xml.response", self._command)
        self.forms: list[Item] = []

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        return body["name"], {"Name": body["name"], "EmailType": "FWD"}

    def first_records(self, zone: Item) -> list[Item]:
        parking = {"Name": "parking", "Type": "CNAME", "Address": "parkingpage.namecheap.com."}
        shown = {"MXPref": "10", "TTL": "1800", "FriendlyName": "CNAME Record", "IsActive": "true"}
        return [{**parking, **shown}]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        return {"HostId": str(number), "MXPref": "10", **body, "id": str(number)}

    def content_of(self, record: Item) -> Any:
        return record["Name"], record["Type"], record["Address"], record["MXPref"]

    def _command(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        given = {name: values[0] for name, values in request.query.items()}
        assert (given["ApiUser"], given["ApiKey"], given["UserName"]) == ("user", "key", "user")
        assert given["ClientIP"] == "192.0.2.100"
        command = given["Command"].removeprefix("namecheap.domains.")
        with self._state:
            if command == "getList":
                return self._list(given)
            place = {**form, **given}
            name = given.get("DomainName") or f"{place['SLD']}.{place['TLD']}"
            if name not in self.zones:
                return shown(DOMAIN_IS_INVALID, "ERROR")
            if command == "getInfo":
                return shown(f'<DomainGetInfoResult DomainName="{name}" IsOwner="true" />')
            return self._get_hosts(name) if command == "dns.getHosts" else self._set(name, form)

    def _list(self, given: Item) -> Answer:
        end = int(given["Page"]) * int(given["PageSize"])
        page = [*self.zones][end - int(given["PageSize"]) : end]
        domains = "".join(f'<Domain Name="{name}" IsOurDNS="true" />' for name in page)
        paging = f"<Paging><TotalItems>{len(self.zones)}</TotalItems></Paging>"
        return shown(f"<DomainGetListResult>{domains}</DomainGetListResult>{paging}")

    def _get_hosts(self, name: str) -> Answer:
        hosts = ""
        for record in self.records[name].values():
            pairs = " ".join(f"{key}={quoteattr(record[key])}" for key in record if key != "id")
            hosts += f"<host {pairs} />"
        result = f'Domain="{name}" EmailType="{self.zones[name]["EmailType"]}"'
        return shown(f"<DomainDNSGetHostsResult {result}>{hosts}</DomainDNSGetHostsResult>")

    def _set(self, name: str, form: Item) -> Answer:
        self.forms.append(form)
        hosts: dict[str, Item] = {}
        for parameter, value in form.items():
            matched = re.fullmatch(r"([A-Za-z]+)(\d+)", parameter)
            if matched:
                key = {"HostName": "Name", "RecordType": "Type"}.get(matched[1], matched[1])
                hosts.setdefault(matched[2], {})[key] = value
        self.zones[name]["EmailType"] = form.get("EmailType", "NONE")
        self.records[name] = {}
        for host in hosts.values():
            # IDs are new with each write.
            host.pop("HostId", None)
            self._add(name, host)
        return shown(f'<DomainDNSSetHostsResult Domain="{name}" IsSuccess="true" />')


def shown(content: str, status: str = "OK") -> Answer:
    body = content if status == "ERROR" else f"<CommandResponse>{content}</CommandResponse>"
    root = f'<ApiResponse Status="{status}" xmlns="http://api.namecheap.com/xml.response">'
    return answer(text=f'<?xml version="1.0" encoding="utf-8"?>{root}{body}</ApiResponse>')


class DriverWithZones(BoughtZones, NamecheapDNSDriver):
    """Namecheap as it is for somebody who buys a domain when one is needed."""


def namecheap_driver() -> Any:
    driver = DriverWithZones("user", "key", ex_client_ip="192.0.2.100")
    driver.server = NamecheapServer()
    return driver.server.attach(driver)


class TestNamecheapDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> Any:
        return namecheap_driver()
