"""The DNS suite over a small Oracle Cloud Infrastructure that keeps to the documentation."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from libcloud.dns import names
from libcloud.dns.drivers.oci import OCIDNSDriver
from libcloud.testing.dns import DNSDriverConformance
from libcloud.testing.http import Answer, HTTPDouble, Request, answer

Item = dict[str, Any]

PAGE_SIZE = 3
SOA = "ns1.p68.dns.oraclecloud.net. hostmaster.{0}. 71 3600 600 604800 1800"
SERVERS = ["ns1.p68.dns.oraclecloud.net.", "ns2.p68.dns.oraclecloud.net."]
HOSTS = {"ALIAS", "CNAME", "DNAME", "MX", "NS"}

# Made for these tests; nobody knows it.
PRIVATE_KEY = """\
-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCcWDucimLgbrrP
e7xfoN6ig42WQDWbWpw2u+mW9BHmwKeIIhxmCjx3OLhM7rZer+X1k3AZbJX5v2hD
t1lgGA5+qaCWoD0RMfuHr0Si0Zr66K91tybN54uZV8UUe9nZXAw0rEWnTmvtRdnP
rC/WlTR47H3sejzQWzZzIpS5rJrDOWWRuQIePNYy3BEtlRit9N0cH2iEs6zgH46q
twR0seTpcZwD0j4ODkNqZ/DCx47V8cAEmRguklTLR8iX02OlY400QHtdF2Iu/ip0
Ph/xTyvu9q0xI0ymhUxTVVtZr99tRgXK59pz2BhikvA8vGoJegshr1zXP9sZ8Sz8
swrJxq+BAgMBAAECggEAFh5Rc1MMrAMJAMODoeUeD3scXnj/sdZ+1St+ijGbZWbf
YgiutdeVjamuQTa1rEL8UzgkRXncOd9UvofDktm0a0JPisppTp519FCHyEpuajgz
DSyicRePOLF3G0UY9oGUOdDJcI2irTMS89NrV9NMqh2NrxVCt0Nq5PJWfMd+LvId
+SRcGRZydxjiyuJ4HnAlCnlohs5c1I0ysgpdbX6xt03SnIsoHhcmFMLwfYSwnzAd
83LWnEs79IyyG/56iZp3TVqjPG1KAMGsWLXzuTy7jCDs4qaeI/syXl1jkCwi43UB
7BkNJgrRFFKj4daxjJrV7Iya9viiIdvE+C4KLYRmNQKBgQDbRUIP88ALlGZc9+kF
I8IP3s4DT9gtB8kdLAvrj64BiPs4vvuqu7z1zcR3RBDDVRo/GbHMkHYvXbCHrQxO
j0NlxVOFuo0NdUhyHtr3K2M1CyfxAlxAltZ8zfIm0KE9DZuR/q54EDKW70zePfJr
smr2VPqmxyWRtzY8Kw+GSsZXTwKBgQC2iJeaZ+XO92wD+Ze1YTKySuGGVXEDiJPx
0vtB6PXPWYRoQ/0XzTA6yvgh1fgSmuCCmG9s2TFMbhQ9VhOBD8QJggi6pZc2oyt4
C2ZnxrW5VJOEr+Z5ZLvcaLmL+3nrc+0Mfi2DlZPNvFJetC1rUlhftPR80+mfv53J
yZzmQq7YLwKBgQCccaqzxP7FhEkQldTM1Pl150rndAVSA5cLWEzc8fN9puVPVHwt
Eau9WOWPDqJDK6oBUWzY/k1EeD0mYGJCftbgesyfwj03V/GrcrZZ2bv7sYz62OtH
Lhe0jh/yb7JK5DWWEbcbdLsTk4Mtodcf3fmQ7Yq0iawVbjmk7jgyYZFn4wKBgEze
YvG8VVP+cDeQUaopn57j1+upaalyR9Nr5THReEr0yMTb9OakG2528V3WbNzw6iE1
Lp9pK9Ci/tUBvb75M7ZJU4G+oFp7BqBMNLj5PqgojOMw7F8s48wjMhhYM/TK4gYD
0Qj74b2fVBTbzdDHYb4UR22WFGmY2UsUI4X4iQczAoGBAIrmomCnP8E+zfu55yTa
ul/Qq/y7WAtj7kxcTx5aH5Z35cAlPc9z/bzc5JhWw/vHBOb4igxlseLX2sSSU9P7
ZxhhtloDjplTBDWCei0LkvHIrtt6tipp71ubHdKz84urtlFmUHmhRHKevcf+jp1H
Gfn4CeGr+y+pLJiSA1BhE2u+
-----END PRIVATE KEY-----
"""


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def oci_error(status: int, code: str, message: str) -> Answer:
    """https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm"""
    return answer(status, json={"code": code, "message": message})


class OCIServer(HTTPDouble):
    """
    https://docs.oracle.com/en-us/iaas/api/#/en/dns/20180115/

    Adding what is there, and removing what is not, changes nothing and is no error.
    """

    def __init__(self) -> None:
        super().__init__()
        self.zones: dict[str, Item] = {}
        self.records: dict[str, dict[str, Item]] = {}
        self._numbers = itertools.count(1)
        self._state = threading.Lock()
        zones = "/20180115/zones"
        for method, path, handler in (
            ("GET", zones, self._list_zones),
            ("POST", zones, self._create_zone),
            ("GET", f"{zones}/{{zone}}", self._get_zone),
            ("PUT", f"{zones}/{{zone}}", self._update_zone),
            ("DELETE", f"{zones}/{{zone}}", self._delete_zone),
            ("GET", f"{zones}/{{zone}}/records", self._list_records),
            ("PATCH", f"{zones}/{{zone}}/records", self._patch),
            ("GET", f"{zones}/{{zone}}/records/{{domain}}", self._list_records),
            ("PATCH", f"{zones}/{{zone}}/records/{{domain}}", self._patch),
        ):
            self.serve(method, path, self._guarded(handler))

    def _guarded(self, handler: Callable[..., Answer]) -> Callable[..., Answer]:
        def guarded(request: Request, **parts: str) -> Answer:
            assert request.headers["Authorization"].startswith('Signature algorithm="rsa-sha256"')
            try:
                with self._state:
                    return handler(request, **parts)
            except Refused as refused:
                return oci_error(refused.status, refused.code, str(refused))

        return guarded

    def _list_zones(self, request: Request) -> Answer:
        assert request.query["compartmentId"] == ["ocid1.tenancy.oc1..t"]
        items, headers = self._page(list(self.zones.values()), request)
        return answer(json=items, headers=headers)

    def _create_zone(self, request: Request) -> Answer:
        body = request.json
        name = body["name"]
        if name in self.zones:
            raise Refused(409, "Conflict", f"Zone {name} already exists")
        number = next(self._numbers)
        self.zones[name] = {
            **body,
            "id": f"ocid1.dns-zone.oc1..{number}",
            "self": f"https://dns.us-ashburn-1.oraclecloud.com/20180115/zones/{name}",
            "lifecycleState": "CREATING",
            "nameservers": [{"hostname": server.removesuffix(".")} for server in SERVERS],
        }
        self.records[name] = {}
        self._add(name, name, "SOA", SOA.format(name), 300, True)
        for server in SERVERS:
            self._add(name, name, "NS", server, 86400, True)
        return answer(201, json=self.zones[name])

    def _get_zone(self, request: Request, zone: str) -> Answer:
        return answer(json={**self._zone(zone), "lifecycleState": "ACTIVE"})

    def _update_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone).update(request.json)
        return self._get_zone(request, zone)

    def _delete_zone(self, request: Request, zone: str) -> Answer:
        self._zone(zone)
        del self.zones[zone], self.records[zone]
        return answer(204)

    def _list_records(self, request: Request, zone: str, domain: str | None = None) -> Answer:
        self._zone(zone)
        types = request.query.get("rtype")
        found = [
            item
            for item in self.records[zone].values()
            if domain in (None, item["domain"]) and (not types or item["rtype"] in types)
        ]
        items, headers = self._page(found, request)
        return answer(json={"items": items}, headers=headers)

    def _patch(self, request: Request, zone: str, domain: str | None = None) -> Answer:
        self._zone(zone)
        records = self.records[zone]
        for item in request.json["items"]:
            place, type = item.get("domain", domain), item.get("rtype")
            if item["operation"] == "REMOVE":
                records.pop(item["recordHash"], None)
            elif "rdata" in item:
                self._add(zone, place, type, item["rdata"], item["ttl"])
            else:
                for record in records.values():
                    if (record["domain"], record["rtype"]) == (place, type):
                        record["ttl"] = item["ttl"]
        found = [item for item in records.values() if domain in (None, item["domain"])]
        return answer(json={"items": found})

    def _add(
        self, zone: str, domain: str, type: str, rdata: str, ttl: int, is_protected: bool = False
    ) -> None:
        if type in HOSTS:
            rdata = f"{rdata.removesuffix('.')}."
        if type == "TXT":
            rdata = names.quote_text(rdata)
        number = hashlib.sha256(f"{domain} {type} {rdata}".encode()).hexdigest()[:32]
        record = {"domain": domain, "rtype": type, "rdata": rdata, "ttl": ttl}
        more = {"recordHash": number, "isProtected": is_protected, "rrsetVersion": "1"}
        self.records[zone].setdefault(number, {**record, **more})

    def _zone(self, name: str) -> Item:
        if name not in self.zones:
            text = "Authorization failed or requested resource not found."
            raise Refused(404, "NotAuthorizedOrNotFound", text)
        return self.zones[name]

    def _page(self, items: list[Item], request: Request) -> tuple[list[Item], dict[str, str]]:
        start = int(request.query.get("page", ["0"])[0])
        end = start + PAGE_SIZE
        return items[start:end], {"opc-next-page": str(end)} if end < len(items) else {}


class TestOCIDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self, monkeypatch: pytest.MonkeyPatch) -> OCIDNSDriver:
        pytest.importorskip("cryptography")
        monkeypatch.setattr("libcloud.dns.drivers.oci.CREATION_INTERVAL", 0)
        driver = OCIDNSDriver("ocid1.user.oc1..u", PRIVATE_KEY, tenancy="ocid1.tenancy.oc1..t")
        OCIServer().attach(driver)
        return driver
