"""The DNS suite over a small Cloud DNS that keeps to Google's description."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from libcloud.common.errors import ConflictError
from libcloud.dns.base import Zone
from libcloud.dns.drivers.google import GoogleDNSDriver
from libcloud.dns.sync import sync
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer
from libcloud.testing.specs import Spec, google

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

Item = dict[str, Any]

ZONES = "/dns/v1/projects/{project}/managedZones"
SERVERS = [f"ns-cloud-c{number}.googledomains.com." for number in (1, 2, 3, 4)]
SOA = "ns-cloud-c1.googledomains.com. cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300"
PAGE_SIZE = 3


class Refused(Exception):
    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class GoogleServer(HTTPDouble):
    """
    https://cloud.google.com/dns/docs/reference/rest/v1

    It also gives out tokens.
    """

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec)
        self.zones: dict[str, Item] = {}
        self.sets: dict[str, dict[tuple[str, str], Item]] = {}
        self._numbers = itertools.count(1)
        self._state = threading.Lock()
        zone = f"{ZONES}/{{zone}}"
        for method, path, handler in (
            ("GET", ZONES, self._list_zones),
            ("POST", ZONES, self._create_zone),
            ("GET", zone, self._get_zone),
            ("PATCH", zone, self._patch_zone),
            ("DELETE", zone, self._delete_zone),
            ("GET", f"{zone}/rrsets", self._list_sets),
            ("POST", f"{zone}/changes", self._change),
        ):
            self.serve(method, path, self._guarded(handler))

    def attach(self, driver: Any) -> Any:
        """Lead a driver here, with a token that it need not ask for."""
        token = {"access_token": "ya29.token", "expire_time": "2099-01-01T00:00:00Z"}
        driver.connection.oauth2_credential.token = token
        return super().attach(driver)

    def _guarded(self, handler: Callable[..., Answer]) -> Callable[..., Answer]:
        def guarded(request: Request, project: str, **parts: str) -> Answer:
            try:
                with self._state:
                    return handler(request, **parts)
            except Refused as refused:
                return google_error(refused.status, refused.reason, str(refused))

        return guarded

    def _list_zones(self, request: Request) -> Answer:
        return self._page("managedZones", list(self.zones.values()), request)

    def _create_zone(self, request: Request) -> Answer:
        body = request.json
        if body["name"] in self.zones:
            text = f"The resource 'entity.managedZone' named '{body['name']}' already exists"
            raise Refused(409, "alreadyExists", text)
        number = str(699036609868956548 + next(self._numbers))
        zone = {
            "kind": "dns#managedZone",
            **body,
            "id": number,
            "nameServers": SERVERS,
            "creationTime": "2018-07-06T18:42:27.476Z",
            "visibility": "public",
        }
        self.zones[body["name"]] = zone
        name = body["dnsName"]
        own = [(name, "NS", SERVERS), (name, "SOA", [SOA])]
        self.sets[body["name"]] = {
            (name, type): {"name": name, "type": type, "ttl": 21600, "rrdatas": rrdatas}
            for name, type, rrdatas in own
        }
        return answer(json=zone)

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json=self._zone(zone))

    def _patch_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone).update(request.json)
        return answer(json={"kind": "dns#operation", "id": "1", "status": "done"})

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        if len(self.sets[zone]) > 2:
            raise Refused(400, "containerNotEmpty", "The resource named '...' is not empty")
        del self.zones[zone], self.sets[zone]
        return answer(204)

    def _list_sets(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        wanted = {key: request.query[key][0] for key in ("name", "type") if key in request.query}
        found = [
            {"kind": "dns#resourceRecordSet", **item}
            for item in self.sets[zone].values()
            if all(item[key] == value for key, value in wanted.items())
        ]
        return self._page("rrsets", found, request)

    def _change(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        after = dict(self.sets[zone])
        for position, item in enumerate(request.json.get("deletions", [])):
            found = after.pop((item["name"], item["type"]), None)
            if found is None:
                text = f"The 'entity.change.deletions[{position}]' resource does not exist."
                raise Refused(404, "notFound", text)
            if found != item:
                text = f"Precondition not met for 'entity.change.deletions[{position}]'"
                raise Refused(412, "conditionNotMet", text)
        for position, item in enumerate(request.json.get("additions", [])):
            if (item["name"], item["type"]) in after:
                text = f"The resource 'entity.change.additions[{position}]' already exists"
                raise Refused(409, "alreadyExists", text)
            after[item["name"], item["type"]] = item
        self.sets[zone] = after
        change = {"kind": "dns#change", "id": str(next(self._numbers)), "status": "pending"}
        return answer(json={**request.json, **change, "startTime": "2018-07-09T13:20:23.132Z"})

    def _zone(self, name: str) -> Item:
        if name not in self.zones:
            text = f"The 'parameters.managedZone' resource named '{name}' does not exist."
            raise Refused(404, "notFound", text)
        return self.zones[name]

    def _page(self, key: str, items: list[Item], request: Request) -> Answer:
        start = int(request.query.get("pageToken", ["0"])[0])
        end = start + PAGE_SIZE
        more = {"nextPageToken": str(end)} if end < len(items) else {}
        kinds = {"managedZones": "managedZonesListResponse"}
        kind = f"dns#{kinds.get(key, 'resourceRecordSetsListResponse')}"
        return answer(json={"kind": kind, key: items[start:end], **more})


def google_error(status: int, reason: str, message: str) -> Answer:
    """https://cloud.google.com/dns/docs/error-messages"""
    detail = {"domain": "global", "reason": reason, "message": message}
    return answer(status, json={"error": {"code": status, "message": message, "errors": [detail]}})


class TestGoogleDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> GoogleDNSDriver:
        server = GoogleServer(spec=google("dns", "v1"))
        driver = GoogleDNSDriver("me@p.iam.gserviceaccount.com", "key")
        server.attach(driver)
        return driver

    def test_delete_zone_with_records_is_refused(self, driver: GoogleDNSDriver, zone: Zone) -> None:
        zone.create_record("www", "A", "192.0.2.1")
        with pytest.raises(ConflictError) as caught:
            zone.delete()
        assert caught.value.provider_code == "containerNotEmpty"

    def test_sync_with_nothing_leaves_what_can_be_deleted(self, driver: GoogleDNSDriver) -> None:
        zone = driver.create_zone("example.org")
        zone.create_record("www", "A", "192.0.2.1")
        sync(driver, zone, [])
        assert zone.delete()
