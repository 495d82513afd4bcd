"""The DNS suite over a small Gandi that answers XML-RPC as the provider was recorded."""

from __future__ import annotations

import itertools
import threading
import xmlrpc.client
from typing import Any

import pytest

from libcloud.dns.drivers.gandi import GandiDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.common.errors.ProviderClosedWarning")

Item = dict[str, Any]


class GandiServer(HTTPDouble):
    """https://doc.rpc.gandi.net/domain/reference.html"""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[int, str] = {}
        self.versions: dict[int, list[list[Item]]] = {}
        self.active: dict[int, int] = {}
        self._numbers = itertools.count(1)
        self._state = threading.Lock()
        self.serve("POST", "/xmlrpc/", self._answer_call)

    def _answer_call(self, request: Request) -> Answer:
        values, method = xmlrpc.client.loads(request.body)
        _, *args = values
        assert method is not None
        handler = getattr(self, "_" + method.removeprefix("domain.zone.").replace(".", "_"))
        try:
            with self._state:
                result: Any = (handler(*args),)
        except xmlrpc.client.Fault as fault:
            result = fault
        return answer(text=xmlrpc.client.dumps(result, methodresponse=True))

    def _zone(self, number: int) -> Item:
        if number not in self.names:
            text = "Error on object : OBJECT_ZONE (CAUSE_NOTFOUND) [Zone doesn't exist.]"
            raise xmlrpc.client.Fault(581042, text)
        return {"id": number, "name": self.names[number], "version": self.active[number] + 1}

    def _records(self, number: int, version: int) -> list[Item]:
        self._zone(number)
        return self.versions[number][(version or self.active[number] + 1) - 1]

    def _list(self) -> list[Item]:
        return [self._zone(number) for number in self.names]

    def _info(self, number: int) -> Item:
        return self._zone(number)

    def _create(self, body: Item) -> Item:
        number = next(self._numbers)
        self.names[number], self.versions[number], self.active[number] = body["name"], [[]], 0
        return self._zone(number)

    def _update(self, number: int, body: Item) -> Item:
        self._zone(number)
        self.names[number] = body["name"]
        return self._zone(number)

    def _delete(self, number: int) -> bool:
        self._zone(number)
        del self.names[number]
        return True

    def _version_new(self, number: int) -> int:
        active = self._records(number, 0)
        copy = [{**item, "id": str(next(self._numbers))} for item in active]
        self.versions[number].append(copy)
        return len(self.versions[number])

    def _version_set(self, number: int, version: int) -> bool:
        self._records(number, version)
        self.active[number] = version - 1
        return True

    def _record_list(self, number: int, version: int, which: Item | None = None) -> list[Item]:
        records = self._records(number, version)
        return [item for item in records if (which or {}).items() <= item.items()]

    def _record_add(self, number: int, version: int, body: Item) -> Item:
        item = {"ttl": 10800, **_shown(body), "id": str(next(self._numbers))}
        records = self._records(number, version)
        if any({**item, "id": other["id"]} == other for other in records):
            raise xmlrpc.client.Fault(581091, "Error on object : OBJECT_RECORD (CAUSE_EXISTS)")
        records.append(item)
        return item

    def _record_update(self, number: int, version: int, which: Item, body: Item) -> list[Item]:
        found = self._record_list(number, version, which)
        for item in found:
            item.update(_shown(body))
        return found

    def _record_delete(self, number: int, version: int, which: Item) -> int:
        found = self._record_list(number, version, which)
        for item in found:
            self._records(number, version).remove(item)
        return len(found)


def _shown(body: Item) -> Item:
    value = body["value"]
    bare = body["type"] == "TXT" and not value.startswith('"')
    return {**body, "value": f'"{value}"' if bare else value}


class TestGandiDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> GandiDNSDriver:
        return GandiServer().attach(GandiDNSDriver("key"))

    @pytest.mark.xfail(reason="the provider's zones may all have the same name")
    def test_create_zone_that_exists_raises_zone_already_exists(
        self, driver: Any, zone: Any
    ) -> None:
        super().test_create_zone_that_exists_raises_zone_already_exists(driver, zone)
