"""The DNS suite over a small Exoscale that keeps to the published description."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from libcloud.dns.drivers.exoscale import ExoscaleDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, Request, answer
from libcloud.testing.specs import Spec, openapi
from tests.conformance.rest_dns import Item, RestDNS

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

SOA = "ns1.exoscale.io admin.dnsimple.com 1549006209 86400 7200 604800 300"
TIME = "2019-02-01T07:32:13Z"


class ExoscaleServer(RestDNS):
    """
    https://community.exoscale.com/reference/api/dns/

    Every change is an operation, which is done at the second look. Texts come back in quotes.
    """

    zones_path = "/v2/dns-domain"
    records_path = "{zones}/{{zone}}/record"
    record_path = "{zones}/{{zone}}/record/{{record}}"
    zones_key, zone_key = "dns-domains", ""
    records_key, record_key = "dns-domain-records", ""
    exists_status = 409

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec)
        self.operations: dict[str, str] = {}
        self.serve("GET", "/v2/operation/{operation}", self._guarded(self._get_operation))

    def new_zone(self, number: int, body: Item) -> tuple[str, Item]:
        name = body["unicode-name"]
        zone_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
        return zone_id, {"id": zone_id, "unicode-name": name, "created-at": TIME}

    def first_records(self, zone: Item) -> list[Item]:
        return [
            {"type": "SOA", "name": "", "content": SOA},
            {"type": "NS", "name": "", "content": "ns1.exoscale.io"},
        ]

    def new_record(self, number: int, zone: Item, body: Item) -> Item:
        record = {"id": str(uuid.UUID(int=number)), "ttl": 3600, "created-at": TIME, **body}
        return self.changed_record({**record, "system-record": body["type"] == "SOA"}, {})

    def changed_record(self, record: Item, body: Item) -> Item:
        changed = {**record, **body, "updated-at": TIME}
        if changed["type"] == "TXT" and not changed["content"].startswith('"'):
            escaped = changed["content"].replace("\\", "\\\\").replace('"', '\\"')
            changed["content"] = f'"{escaped}"'
        return changed

    def content_of(self, record: Item) -> Any:
        return record["name"], record["type"], record["content"], record.get("priority")

    def page(self, key: str, items: list[Item], request: Request) -> Any:
        return {key: items}

    def error(self, status: int, message: str) -> Any:
        return {"message": message}

    # Changes

    def _create_zone(self, request: Request) -> Answer:
        return self._operation(super()._create_zone(request))

    def _create_record(self, request: Request, zone: str) -> Answer:
        return self._operation(super()._create_record(request, zone))

    def _update_record(self, request: Request, zone: str, record: str) -> Answer:
        return self._operation(super()._update_record(request, zone, record))

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        super()._delete_zone(request, zone)
        return self._operation_about(zone)

    def _delete_record(self, request: Request, zone: str, record: str) -> Answer:
        super()._delete_record(request, zone, record)
        return self._operation_about(record)

    def _operation(self, created: Answer) -> Answer:
        import json

        return self._operation_about(json.loads(created.body)["id"])  # type: ignore[arg-type]

    def _operation_about(self, reference: str) -> Answer:
        identifier = str(uuid.uuid4())
        self.operations[identifier] = reference
        return answer(json={"id": identifier, "state": "pending"})

    def _get_operation(self, request: Request, operation: str) -> Answer:
        reference = {"id": self.operations[operation]}
        return answer(json={"id": operation, "state": "success", "reference": reference})


class TestExoscaleDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> ExoscaleDNSDriver:
        driver = ExoscaleDNSDriver("EXO123", "secret")
        driver.connection.poll_interval = 0
        ExoscaleServer(spec=openapi("exoscale.yaml.gz")).attach(driver)
        return driver
