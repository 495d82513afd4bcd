"""The DNS suite over a small Zerigo: XML both ways."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest

from libcloud.common.xml import parse_xml
from libcloud.dns.drivers.zerigo import ZerigoDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.common.errors.ProviderClosedWarning")

Item = dict[str, Any]
API = "/api/1.1"


class ZerigoServer(HTTPDouble):
    """http://www.zerigo.com/docs/apis/dns/1.1"""

    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, Item] = {}
        self.hosts: dict[str, Item] = {}
        self._numbers = itertools.count(1)
        self._state = threading.Lock()
        for method, path, handler in (
            ("GET", "/zones.xml", self._list_zones),
            ("POST", "/zones.xml", self._create_zone),
            ("GET", "/zones/{zone}.xml", self._get_zone),
            ("PUT", "/zones/{zone}.xml", self._update_zone),
            ("DELETE", "/zones/{zone}.xml", self._delete_zone),
            ("GET", "/zones/{zone}/hosts.xml", self._list_hosts),
            ("POST", "/zones/{zone}/hosts.xml", self._create_host),
            ("GET", "/hosts/{host}.xml", self._get_host),
            ("PUT", "/hosts/{host}.xml", self._update_host),
            ("DELETE", "/hosts/{host}.xml", self._delete_host),
        ):
            self.serve(method, f"{API}{path}", self._guarded(handler))

    def _guarded(self, handler: Callable[..., Answer]) -> Callable[..., Answer]:
        def guarded(request: Request, **parts: str) -> Answer:
            with self._state:
                try:
                    return handler(request, **parts)
                except KeyError:
                    return answer(404)

        return guarded

    def _list_zones(self, request: Request) -> Answer:
        return _page("zone", list(self.zones.values()), request)

    def _create_zone(self, request: Request) -> Answer:
        fields = _fields(request)
        if fields["domain"] in [zone["domain"] for zone in self.zones.values()]:
            return _refused("Domain has already been taken")
        number = str(next(self._numbers))
        zone = {"id": number, "default-ttl": "14400", "tag-list": "", "notes": None, **fields}
        self.zones[number] = zone
        return answer(201, text=_xml("zone", zone))

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(text=_xml("zone", self.zones[zone]))

    def _update_zone(self, request: Request, zone: str) -> Answer:
        self.zones[zone].update(_fields(request))
        return answer(text=" ")

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        del self.zones[zone]
        return answer(text=" ")

    def _list_hosts(self, request: Request, zone: str) -> Answer:
        known = self.zones[zone]["id"]
        hosts = [host for host in self.hosts.values() if host["zone-id"] == known]
        return _page("host", hosts, request)

    def _create_host(self, request: Request, zone: str) -> Answer:
        known = self.zones[zone]
        host = {"priority": None, "ttl": None, "notes": None, **_fields(request)}
        same = ("zone-id", "hostname", "host-type", "data")
        host = {**host, "id": str(next(self._numbers)), "zone-id": known["id"]}
        if any(all(host[key] == other[key] for key in same) for other in self.hosts.values()):
            return _refused("Host has already been taken")
        self.hosts[host["id"]] = host
        return answer(201, text=_xml("host", host))

    def _get_host(self, request: Request, host: str) -> Answer:
        return answer(text=_xml("host", self.hosts[host]))

    def _update_host(self, request: Request, host: str) -> Answer:
        self.hosts[host].update(_fields(request))
        return answer(text=" ")

    def _delete_host(self, request: Request, host: str) -> Answer:
        del self.hosts[host]
        return answer(text=" ")


def _fields(request: Request) -> Item:
    return {
        child.tag: None if child.get("nil") else child.text or ""
        for child in parse_xml(request.body)
    }


def _xml(tag: str, item: Item) -> str:
    children = [
        f'<{name} nil="true"/>' if text is None else f"<{name}>{escape(text)}</{name}>"
        for name, text in item.items()
    ]
    return f"<{tag}>{''.join(children)}</{tag}>"


def _page(tag: str, items: list[Item], request: Request) -> Answer:
    page, size = (int(request.query[name][0]) for name in ("page", "per_page"))
    shown = "".join(_xml(tag, item) for item in items[(page - 1) * size : page * size])
    count = {"X-Query-Count": str(len(items))}
    return answer(text=f'<{tag}s type="array">{shown}</{tag}s>', headers=count)


def _refused(text: str) -> Answer:
    return answer(422, text=f"<errors><error>{text}</error></errors>")


class TestZerigoDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> ZerigoDNSDriver:
        return ZerigoServer().attach(ZerigoDNSDriver("me@example.com", "token"))
