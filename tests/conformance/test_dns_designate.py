"""The DNS suite over a small Designate, with a Keystone that keeps to its published description."""

from __future__ import annotations

import datetime
import threading
import uuid
from typing import Any

import pytest

from libcloud.dns.drivers.designate import DesignateDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

PAGE = 3
ENDPOINT = "https://designate.example.com/v2"


class DesignateServer(HTTPDouble):
    """
    https://docs.openstack.org/api-ref/dns/

    What is deleted stays for one more look, as it does while the name servers are told.
    """

    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, dict[str, Any]] = {}
        self.sets: dict[str, dict[str, dict[str, Any]]] = {}
        self.tokens: list[str] = []
        self._state = threading.Lock()
        one, sets = "/v2/zones/{zone}", "/v2/zones/{zone}/recordsets"
        self.serve("POST", "/v3/auth/tokens", self._authenticate)
        for method, path, handler in (
            ("GET", "/v2/zones", self._list_zones),
            ("POST", "/v2/zones", self._create_zone),
            ("GET", one, self._get_zone),
            ("PATCH", one, self._update_zone),
            ("DELETE", one, self._delete_zone),
            ("GET", sets, self._list_sets),
            ("POST", sets, self._create_set),
            ("PUT", f"{sets}/{{record_set}}", self._update_set),
            ("DELETE", f"{sets}/{{record_set}}", self._delete_set),
        ):
            self.serve(method, path, self._in_turn(handler))

    def _authenticate(self, request: Request) -> Answer:
        identity = request.json["auth"]["identity"]
        user = identity.get("password", {}).get("user", {})
        credential = identity.get("application_credential", {})
        if "secret" not in (user.get("password"), credential.get("secret")):
            error = {"code": 401, "message": "Could not be authorized", "title": "Unauthorized"}
            return answer(401, json={"error": error})
        now = datetime.datetime.now(datetime.timezone.utc)
        self.tokens.append(uuid.uuid4().hex)
        url = {"interface": "public", "region": "RegionOne", "url": ENDPOINT}
        dns = {"type": "dns", "name": "designate", "id": "1", "endpoints": [url]}
        token = {
            "methods": identity["methods"],
            "expires_at": f"{now + datetime.timedelta(hours=1):%Y-%m-%dT%H:%M:%S.%fZ}",
            "issued_at": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
            "catalog": [dns],
            "user": {"name": user.get("name", "demo")},
        }
        headers = {"X-Subject-Token": self.tokens[-1]}
        return answer(201, json={"token": token}, headers=headers)

    def _in_turn(self, handler: Any) -> Any:
        def guarded(request: Request, zone: str = "", **parts: str) -> Answer:
            with self._state:
                if request.headers["X-Auth-Token"] not in self.tokens[-1:]:
                    return answer(401, text="Authentication required")
                if zone and zone not in self.zones:
                    return failed(404, "zone_not_found", "Could not find Zone")
                record_set = parts.get("record_set")
                if record_set and record_set not in self.sets[zone]:
                    return failed(404, "recordset_not_found", "Could not find RecordSet")
                return handler(request, zone, **parts)  # type: ignore[no-any-return]

        return guarded

    def _list_zones(self, request: Request, zone: str) -> Answer:
        return self._page("zones", list(self.zones.values()), request)

    def _create_zone(self, request: Request, zone: str) -> Answer:
        body = request.json
        if body["name"] in [item["name"] for item in self.zones.values()]:
            return failed(409, "duplicate_zone", "Duplicate Zone")
        item = {
            "id": str(uuid.uuid4()),
            "ttl": 3600,
            "serial": 1404757531,
            "status": "PENDING",
            "action": "CREATE",
            "masters": [],
            **body,
        }
        self.zones[item["id"]], self.sets[item["id"]] = item, {}
        email = body["email"].replace("@", ".")
        for kind, record in (
            ("SOA", f"ns1.example.org. {email}. 1 3600 600 86400 3600"),
            ("NS", "ns1.example.org."),
        ):
            self._add(item["id"], {"name": body["name"], "type": kind, "records": [record]})
        return answer(201, json=item)

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json=self.zones[zone])

    def _update_zone(self, request: Request, zone: str) -> Answer:
        self.zones[zone].update(request.json)
        return answer(202, json=self.zones[zone])

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        item = {**self.zones.pop(zone), "action": "DELETE", "status": "PENDING"}
        return answer(202, json=item)

    def _list_sets(self, request: Request, zone: str) -> Answer:
        wanted = {key: request.query[key][0] for key in ("name", "type") if key in request.query}
        items = [
            item
            for item in self.sets[zone].values()
            if all(value.startswith("*") or item[key] == value for key, value in wanted.items())
        ]
        reply = self._page("recordsets", items, request)
        if b'"next"' not in reply.body:
            self._forget(zone)
        return reply

    def _create_set(self, request: Request, zone: str) -> Answer:
        body = request.json
        there = [(item["name"], item["type"]) for item in self.sets[zone].values()]
        if (body["name"], body["type"]) in there:
            return failed(409, "duplicate_recordset", "Duplicate RecordSet")
        return answer(202, json=self._add(zone, body))

    def _update_set(self, request: Request, zone: str, record_set: str) -> Answer:
        item = self.sets[zone][record_set]
        item.update(request.json, action="UPDATE")
        return answer(202, json=item)

    def _delete_set(self, request: Request, zone: str, record_set: str) -> Answer:
        item = self.sets[zone][record_set]
        item.update(action="DELETE", status="PENDING")
        return answer(202, json=item)

    def _add(self, zone: str, body: dict[str, Any]) -> dict[str, Any]:
        state = {"status": "PENDING", "action": "CREATE"}
        item = {"id": str(uuid.uuid4()), "ttl": None, "zone_id": zone, **state, **body}
        self.sets[zone][item["id"]] = item
        return item

    def _forget(self, zone: str) -> None:
        gone = [key for key, item in self.sets[zone].items() if item["action"] == "DELETE"]
        for key in gone:
            del self.sets[zone][key]

    def _page(self, key: str, items: list[Any], request: Request) -> Answer:
        ids = [item["id"] for item in items]
        marker = request.query.get("marker", [None])[0]
        start = ids.index(marker) + 1 if marker else 0
        page = items[start : start + PAGE]
        links = {"self": f"https://designate.example.com{request.path}"}
        if start + PAGE < len(items):
            links["next"] = f"{links['self']}?limit=3&marker={page[-1]['id']}"
        body = {key: page, "links": links, "metadata": {"total_count": len(items)}}
        return answer(json=body)


def failed(status: int, name: str, message: str) -> Answer:
    body = {"code": status, "type": name, "message": message, "request_id": "req-1"}
    return answer(status, json=body)


class TestDesignateDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> DesignateDNSDriver:
        driver = DesignateDNSDriver(
            "demo",
            "secret",
            ex_force_auth_url="https://keystone.example.com:5000/v3",
            ex_tenant_name="demo",
        )
        return DesignateServer().attach(driver)
