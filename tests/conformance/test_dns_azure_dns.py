"""The DNS suite over a small Azure DNS that keeps to the published description."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from libcloud.dns.drivers.azure_dns import AzureDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer
from libcloud.testing.specs import Spec, openapi

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

Item = dict[str, Any]

SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP_ZONES = f"{SUBSCRIPTION}/resourceGroups/{{group}}/providers/Microsoft.Network/dnsZones"
SERVERS = ["ns1-05.azure-dns.com.", "ns2-05.azure-dns.net."]
SOA = {
    "email": "azuredns-hostmaster.microsoft.com",
    "expireTime": 2419200,
    "host": "ns1-05.azure-dns.com.",
    "minimumTTL": 300,
    "refreshTime": 3600,
    "retryTime": 300,
    "serialNumber": 1,
}
PAGE_SIZE = 3


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def azure_spec() -> Spec:
    """The description, which has neither tokens nor what a deletion is waited for by."""
    spec = openapi("azure-dns.json.gz")
    return spec.excusing("/oauth2/token", "/dnsOperationResults/")


def azure_error(status: int, code: str, message: str) -> Answer:
    return answer(status, json={"error": {"code": code, "message": message}})


class AzureServer(HTTPDouble):
    """
    https://learn.microsoft.com/en-us/rest/api/dns/

    It also gives out tokens, and deletes zones some time after it was asked to.
    """

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec)
        self.zones: dict[str, Item] = {}
        self.sets: dict[str, dict[tuple[str, str], Item]] = {}
        self._numbers = itertools.count(1)
        self._state = threading.Lock()
        zone = f"{GROUP_ZONES}/{{zone}}"
        record_set = f"{zone}/{{type}}/{{name}}"
        results = f"{SUBSCRIPTION}/resourceGroups/{{group}}/providers/Microsoft.Network"
        self.serve("POST", "/{tenant}/oauth2/token", self._token)
        for method, path, handler in (
            ("GET", GROUP_ZONES, self._list_zones),
            ("GET", f"{SUBSCRIPTION}/providers/Microsoft.Network/dnszones", self._list_zones),
            ("PUT", zone, self._create_zone),
            ("PATCH", zone, self._patch_zone),
            ("GET", zone, self._get_zone),
            ("DELETE", zone, self._delete_zone),
            ("GET", f"{results}/dnsOperationResults/{{operation}}", self._operation),
            ("GET", f"{zone}/recordsets", self._list_sets),
            ("GET", record_set, self._get_set),
            ("PUT", record_set, self._put_set),
            ("DELETE", record_set, self._delete_set),
        ):
            self.serve(method, path, self._guarded(handler))

    def _guarded(self, handler: Callable[..., Answer]) -> Callable[..., Answer]:
        def guarded(request: Request, subscription: str, group: str = "", **parts: str) -> Answer:
            try:
                with self._state:
                    return handler(request, **parts)
            except Refused as refused:
                return azure_error(refused.status, refused.code, str(refused))

        return guarded

    def _token(self, request: Request, tenant: str) -> Answer:
        assert request.form["grant_type"] == ["client_credentials"]
        token = {"token_type": "Bearer", "expires_in": "3599", "access_token": "TOKEN"}
        return answer(json=token)

    def _list_zones(self, request: Request) -> Answer:
        return self._page(list(self.zones.values()), request)

    def _create_zone(self, request: Request, zone: str) -> Answer:
        if zone in self.zones:
            raise Refused(412, "PreconditionFailed", "The Zone exists already, so hasn't been made")
        self.zones[zone] = {
            **request.json,
            "id": request.path.replace("dnsZones", "dnszones"),
            "name": zone,
            "type": "Microsoft.Network/dnszones",
            "etag": self._etag(),
            "tags": request.json.get("tags", {}),
            "properties": {"nameServers": SERVERS, "zoneType": "Public"},
        }
        self.sets[zone] = {}
        servers = [{"nsdname": server} for server in SERVERS]
        self._store(zone, "NS", "@", {"TTL": 172800, "NSRecords": servers})
        self._store(zone, "SOA", "@", {"TTL": 3600, "SOARecord": SOA})
        return answer(201, json=self.zones[zone])

    def _patch_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone)["tags"] = request.json["tags"]
        return answer(json=self.zones[zone])

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json=self._zone(zone))

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        if zone not in self.zones:
            return answer(204)
        del self.zones[zone], self.sets[zone]
        folder = request.path.partition("/dnsZones")[0]
        link = f"https://management.azure.com:443{folder}/dnsOperationResults/1?api-version=x"
        return answer(202, headers={"Azure-AsyncOperation": link, "Retry-After": "0"})

    def _operation(self, request: Request, operation: str) -> Answer:
        return answer(json={"status": "Succeeded"})

    def _list_sets(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        return self._page(list(self.sets[zone].values()), request)

    def _get_set(self, request: Request, zone: str, type: str, name: str) -> Answer:
        self._zone(zone)
        if (type, name) not in self.sets[zone]:
            raise Refused(404, "NotFound", f"The resource record '{name}' does not exist ...")
        return answer(json=self.sets[zone][type, name])

    def _put_set(self, request: Request, zone: str, type: str, name: str) -> Answer:
        self._zone(zone)
        there = self.sets[zone].get((type, name))
        self._check_etag(request, there)
        self._store(zone, type, name, request.json["properties"])
        return answer(201 if there is None else 200, json=self.sets[zone][type, name])

    def _delete_set(self, request: Request, zone: str, type: str, name: str) -> Answer:
        self._zone(zone)
        there = self.sets[zone].get((type, name))
        if there is None:
            return answer(204)
        self._check_etag(request, there)
        del self.sets[zone][type, name]
        return answer(200)

    def _check_etag(self, request: Request, there: Item | None) -> None:
        wanted = request.headers.get("If-Match")
        is_other = wanted is not None and (there is None or there["etag"] != wanted)
        if is_other or (there is not None and request.headers.get("If-None-Match") == "*"):
            raise Refused(412, "PreconditionFailed", "The condition was not satisfied")

    def _store(self, zone: str, type: str, name: str, properties: Item) -> None:
        self.sets[zone][type, name] = {
            "id": f"{self.zones[zone]['id']}/{type}/{name}",
            "name": name,
            "type": f"Microsoft.Network/dnszones/{type}",
            "etag": self._etag(),
            "properties": {
                "fqdn": f"{zone}." if name == "@" else f"{name}.{zone}.",
                "targetResource": {},
                "provisioningState": "Succeeded",
                **properties,
            },
        }

    def _etag(self) -> str:
        return f"29c4b592-50a9-4135-a768-{next(self._numbers):012}"

    def _zone(self, name: str) -> Item:
        if name not in self.zones:
            raise Refused(404, "ParentResourceNotFound", f"Parent resource '{name}' not found.")
        return self.zones[name]

    def _page(self, items: list[Item], request: Request) -> Answer:
        start = int(request.query.get("$skipToken", ["0"])[0])
        end = start + PAGE_SIZE
        query = f"api-version=2018-05-01&$skipToken={end}"
        link = f"https://management.azure.com:443{request.path}?{query}"
        more = {"nextLink": link} if end < len(items) else {}
        return answer(json={"value": items[start:end], **more})


class TestAzureDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self) -> AzureDNSDriver:
        server = AzureServer(spec=azure_spec().excusing(r"\$skipToken"))
        return server.attach(
            AzureDNSDriver("tenant", "subscription", "id", "secret", ex_resource_group="group")
        )
