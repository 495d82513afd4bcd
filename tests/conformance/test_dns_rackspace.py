"""The DNS suite over a small Rackspace, whose answers are those of the recordings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from libcloud.dns.drivers.rackspace import RackspaceDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from tests.conformance.rest_dns import Item, RestDNS

ENDPOINT = "https://dns.api.rackspacecloud.com/v1.0/1"
CATALOG = [
    {
        "type": "rax:dns",
        "name": "cloudDNS",
        "endpoints": [{"tenantId": "1", "publicURL": ENDPOINT}],
    }
]


class RackspaceServer(RestDNS):
    """https://docs.rackspace.com/docs/cloud-dns/"""

    zones_path = "/v1.0/1/domains"
    zones_key, zone_key = "domains", "domains"
    records_key, record_key = "records", "records"
    exists_status = 409
    created_status = deleted_status = 202

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.serve("POST", "/v2.0/tokens", self._authenticate)
        self.serve("GET", "/v1.0/1/status/{job}", self._get_job)
        self.serve("PUT", "/v1.0/1/domains/{zone}", self._guarded(self._update_zone))

    def _authenticate(self, request: Request) -> Answer:
        token = {"id": "t1", "expires": "2999-01-01T00:00:00.000Z"}
        return answer(json={"access": {"token": token, "serviceCatalog": CATALOG, "user": {}}})

    def _get_job(self, request: Request, job: str) -> Answer:
        """A job is done when it is looked at for the second time."""
        shown = {**self.jobs[job]}
        if self.jobs[job].pop("fresh", False):
            shown = {"status": "RUNNING", "jobId": job}
        return answer(json=shown)

    def _guarded(self, handler: Callable[..., Answer]) -> Callable[..., Answer]:
        guarded = super()._guarded(handler)

        def as_job(request: Request, **parts: str) -> Answer:
            reply = guarded(request, **parts)
            if request.method == "GET":
                return reply
            job = f"job-{len(self.jobs)}"
            said = json.loads(reply.body) if reply.body else {}  # type: ignore[arg-type]
            failed = reply.status >= 400
            outcome = {"error": said} if failed else {"response": said}
            status = "ERROR" if failed else "COMPLETED"
            self.jobs[job] = {"status": status, "jobId": job, "fresh": True, **outcome}
            return answer(202, json={"status": "RUNNING", "jobId": job})

        return as_job

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        (item,) = body["domains"]
        number = self._numbers_of.setdefault(item["name"], number)
        shown = {key: value for key, value in item.items() if key != "recordsList"}
        return str(number), {"id": number, "ttl": 3600, **shown}

    @property
    def _numbers_of(self) -> dict[str, int]:
        return {zone["name"]: int(number) for number, zone in self.zones.items()}

    def first_records(self, zone: Item) -> list[Item]:
        server = {"name": zone["name"], "type": "NS", "data": "dns1.stabletransit.com"}
        return [{"records": [server]}]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        (item,) = body["records"]
        times = dict.fromkeys(("created", "updated"), "2018-03-26T20:44:10.000+0000")
        return {"id": f"{item['type']}-{number}", "ttl": 3600, **times, **item}

    def _get_zone(self, request: Request, zone: str) -> Answer:
        item = {**self._zone(zone), "nameservers": [{"name": "dns1.stabletransit.com"}]}
        records = list(self.records[zone].values())
        return answer(json={**item, "recordsList": self.page("records", records, request)})

    def _update_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone).update(request.json)
        return answer(202)

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        start = int(request.query.get("offset", ["0"])[0])
        return {key: items[start : start + self.page_size], "totalEntries": len(items)}

    def error(self, status: int, message: str) -> Any:
        text = "Object not Found." if status == 404 else "Conflict"
        return {"message": text, "code": status, "details": message}

    def _one(self, key: str, item: Item, status: int = 200) -> Answer:
        return answer(status, json={key: [item]} if status == self.created_status else item)


class TestRackspaceDNSDriver(DNSDriverConformance):
    zone_options = {"extra": {"email": "joe@example.org"}}

    @pytest.fixture
    def driver(self) -> RackspaceDNSDriver:
        driver = RackspaceServer().attach(RackspaceDNSDriver("user", "key"))
        driver.connection.poll_interval = 0
        return driver
