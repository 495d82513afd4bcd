"""The DNS suite over a small Zonomi that does what its documentation says, and recordings show."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from libcloud.dns.drivers.zonomi import ZonomiDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

DOCTYPE = "<?xml version =\"1.0\"  ?><!DOCTYPE html [<!ENTITY nbsp '&#160;'>]>"
SOA = "ns1.zonomi.com. soacontact.zonomi.com. 5 10800 3600 604800 3600"
Item = dict[str, str]


class _Refused(Exception):
    pass


class ZonomiServer(HTTPDouble):
    """https://zonomi.com/app/dns/dyndns.jsp"""

    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, list[Item]] = {}
        self.serve("GET", "/app/dns/{page}.jsp", self._page)

    def _page(self, request: Request, page: str) -> Answer:
        given = {key: value for key, (value,) in request.query.items()}
        assert given.pop("api_key") == "key"
        try:
            items = self._add_zone(given) if page == "addzone" else self._act(given)
        except _Refused as refused:
            return answer(500, text=f"{DOCTYPE}\n<error>ERROR: {refused}</error>")
        inner = "".join(items)
        return answer(
            text=f"{DOCTYPE}<dnsapi_result><is_ok>OK:</is_ok><actions><action>{inner}</action>"
            "</actions></dnsapi_result>"
        )

    def _add_zone(self, given: Item) -> list[str]:
        name = given["name"]
        if name in self.zones:
            raise _Refused("This zone is already in your zone list.")
        soa = {"name": name, "type": "SOA", "content": SOA, "ttl": "86400 seconds", "prio": "0"}
        self.zones[name] = [soa]
        return []

    def _act(self, given: Item) -> list[str]:
        actions = [given]
        if "action[1]" in given:
            numbers = range(1, 1 + sum(key.startswith("action[") for key in given))
            actions = [
                {key.partition("[")[0]: given[key] for key in given if key.endswith(f"[{number}]")}
                for number in numbers
            ]
        set_before: set[Any] = set()
        return [text for action in actions for text in self._do(action, set_before)]

    def _do(self, given: Item, set_before: set[Any]) -> list[str]:
        if given["action"] == "QUERYZONES":
            return [_element("zone", {"name": name, "type": "NATIVE"}) for name in self.zones]
        name = given["name"].removeprefix("**.")
        found = [zone for zone in self.zones if f".{name}".endswith(f".{zone}")]
        if not found:
            raise _Refused(f"No zone found for {name}")
        if given["action"] == "DELETEZONE":
            del self.zones[found[0]]
            return []
        records = self.zones[found[0]]
        here = [
            each
            for each in records
            if (given["name"].startswith("**.") or each["name"] == name)
            and each["type"] == given.get("type", each["type"])
            and each["content"] == given.get("value", each["content"])
        ]
        if given["action"] == "QUERY":
            return [_element("record", each) for each in here]
        if given["action"] == "DELETE":
            self.zones[found[0]] = [each for each in records if each not in here]
            return []
        key = (name, given["type"])
        if key not in set_before:
            records = [each for each in records if (each["name"], each["type"]) != key]
        set_before.add(key)
        shown = {"name": name, "type": given["type"], "content": given["value"]}
        shown |= {"ttl": f"{given['ttl']} seconds", "prio": given.get("prio", "0")}
        self.zones[found[0]] = [*records, shown]
        return [_element("record", shown)]


def _element(tag: str, attributes: Item) -> str:
    written = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{tag} {written}/>"


class TestZonomiDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> ZonomiDNSDriver:
        return ZonomiServer().attach(ZonomiDNSDriver("key"))
