"""
OpenStack's tokens, service catalog and endpoints.

What is sent to the identity service, and what it answers, is checked against its published
description.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.base import BaseDriver
from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    ResourceNotFoundError,
)
from libcloud.common.openstack import OpenStackBaseConnection, OpenStackDriverMixin
from libcloud.common.openstack_identity import (
    OpenStackAuthenticationCache,
    OpenStackAuthenticationContext,
    OpenStackIdentity_2_0_Connection,
    OpenStackIdentity_3_0_Connection,
    OpenStackIdentity_3_0_Connection_AppCred,
    OpenStackServiceCatalog,
    OpenStackServiceCatalogEntryEndpoint,
    get_class_for_auth_version,
)
from libcloud.testing.base import run_in_threads
from libcloud.testing.http import Answer, HTTPDouble, Request, answer
from libcloud.testing.specs import openapi

pytestmark = pytest.mark.filterwarnings("ignore::libcloud.testing.specs.SpecsAreOffWarning")

AUTH = "https://keystone.example.com:5000"
TOKENS = "/v3/auth/tokens"


class Connection(OpenStackBaseConnection):
    service_type = "dns"


class Driver(OpenStackDriverMixin, BaseDriver):
    connectionCls = Connection

    def __init__(self, key: str, secret: str, **kwargs: Any) -> None:
        OpenStackDriverMixin.__init__(self, **kwargs)
        BaseDriver.__init__(self, key, secret, **kwargs)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return self.openstack_connection_kwargs()


def endpoint(region: str, url: str, interface: str = "public") -> dict[str, Any]:
    region_keys = {"region": region, "region_id": region}
    return {"id": "e1", "interface": interface, "url": url, **region_keys}


CATALOG = [
    {
        "id": "s1",
        "type": "dns",
        "name": "designate",
        "endpoints": [
            endpoint("One", "https://one.example.com:9001/dns"),
            endpoint("Two", "https://two.example.com"),
            endpoint("One", "http://inside", "internal"),
        ],
    },
    {"id": "s2", "type": "compute", "name": "nova", "endpoints": [endpoint("Two", "http://n")]},
]


def token(seconds: float = 3600) -> dict[str, Any]:
    now = datetime.datetime.now(datetime.timezone.utc)
    expires = now + datetime.timedelta(seconds=seconds)
    return {
        "token": {
            "methods": ["password"],
            "audit_ids": ["3T2dc1CGQxyJsHdDu1xkcw"],
            "expires_at": f"{expires:%Y-%m-%dT%H:%M:%S.%fZ}",
            "issued_at": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
            "user": {"id": "u1", "name": "demo", "domain": {"id": "default", "name": "Default"}},
            "roles": [{"id": "r1", "name": "member"}],
            "catalog": CATALOG,
        }
    }


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    spec = openapi("openstack-identity.yaml.gz").excusing(": (no operation|.*is not described)")
    with HTTPDouble(spec=spec) as double:
        yield double


def driver_of(double: HTTPDouble, **kwargs: Any) -> Driver:
    arguments = {"ex_force_auth_url": AUTH, "ex_tenant_name": "work", **kwargs}
    return double.attach(Driver("demo", "secret", **arguments))


def give_tokens(double: HTTPDouble, *names: str, seconds: float = 3600) -> Any:
    route = double.on("POST", TOKENS)
    for name in names:
        route.reply(201, json=token(seconds), headers={"X-Subject-Token": name})
    return route


def serve(double: HTTPDouble, good: str) -> None:
    """A service that takes one token only."""

    def look(request: Request) -> Answer:
        if request.headers["X-Auth-Token"] != good:
            return answer(401, text="Authentication required")
        return answer(json={"path": request.url})

    double.spec = None
    double.serve("GET", "/{path:path}", lambda request, path: look(request))


@pytest.mark.parametrize("url", [AUTH, f"{AUTH}/", f"{AUTH}/v3", f"{AUTH}/v3/", f"{AUTH}/v2.0"])
def test_first_request_gets_a_token_and_finds_the_endpoint(double: HTTPDouble, url: str) -> None:
    give_tokens(double, "t1")
    driver = driver_of(double, ex_force_auth_url=url)
    driver.connection.get_service_catalog()
    serve(double, "t1")
    reply = driver.connection.request("/v2/zones").object
    assert reply["path"] == "https://one.example.com:9001/dns/v2/zones"
    (sent, _) = double.requests
    assert sent.url == f"{AUTH}{TOKENS}"
    assert sent.json == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {
                    "user": {
                        "domain": {"name": "Default"},
                        "name": "demo",
                        "password": "secret",
                    }
                },
            },
            "scope": {"project": {"domain": {"id": "default"}, "name": "work"}},
        }
    }


def test_application_credential(double: HTTPDouble) -> None:
    give_tokens(double, "t1")
    arguments = {"ex_force_auth_version": "3.x_appcred", "ex_tenant_name": None}
    driver = driver_of(double, **arguments)
    assert driver.connection.get_service_catalog().get_regions() == ["One", "Two"]
    assert double.requests[0].json == {
        "auth": {
            "identity": {
                "methods": ["application_credential"],
                "application_credential": {"id": "demo", "secret": "secret"},
            }
        }
    }


def test_endpoint_of_a_region(double: HTTPDouble) -> None:
    give_tokens(double, "t1")
    driver = driver_of(double, ex_force_service_region="Two")
    driver.connection.get_service_catalog()
    assert driver.connection.host == "two.example.com"


def test_endpoint_that_is_not_in_the_catalog_is_an_error(double: HTTPDouble) -> None:
    give_tokens(double, "t1")
    driver = driver_of(double, ex_force_service_region="Three")
    with pytest.raises(LibcloudError, match="dns in Three"):
        driver.connection.request("/v2/zones")


def test_threads_get_one_token(double: HTTPDouble) -> None:
    serve(double, "t1")
    give_tokens(double, "t1")
    driver = driver_of(double)
    run_in_threads(lambda: driver.connection.request("/") for _ in range(8))
    assert [request.method for request in double.requests].count("POST") == 1


def test_token_that_is_refused_is_renewed_once(double: HTTPDouble) -> None:
    serve(double, "t2")
    give_tokens(double, "t1", "t2")
    driver = driver_of(double)
    assert driver.connection.request("/zones").object
    assert [request.method for request in double.requests] == ["POST", "GET", "POST", "GET"]


def test_token_that_is_refused_again_is_an_error(double: HTTPDouble) -> None:
    serve(double, "other")
    give_tokens(double, "t1", "t2")
    with pytest.raises(InvalidCredsError):
        driver_of(double).connection.request("/zones")
    assert len(double.requests) == 4


def test_token_that_is_about_to_expire_is_not_sent(double: HTTPDouble) -> None:
    serve(double, "t2")
    give_tokens(double, "t1", seconds=3).reply(201, json=token(), headers={"X-Subject-Token": "t2"})
    driver = driver_of(double)
    driver.connection.get_service_catalog()
    assert driver.connection.request("/zones").object
    assert [request.method for request in double.requests] == ["POST", "POST", "GET"]


def test_token_and_address_of_the_caller(double: HTTPDouble) -> None:
    serve(double, "mine")
    arguments = {"ex_force_auth_token": "mine", "ex_force_base_url": "https://d.example.com/x"}
    driver = driver_of(double, **arguments)
    reply = driver.connection.request("/zones").object
    assert reply["path"] == "https://d.example.com/x/zones"
    assert len(double.requests) == 1


def test_cache_of_the_caller_saves_a_request(double: HTTPDouble) -> None:
    kept: dict[Any, OpenStackAuthenticationContext] = {}

    class Cache(OpenStackAuthenticationCache):
        get = staticmethod(kept.get)  # type: ignore[assignment]
        put = staticmethod(kept.__setitem__)  # type: ignore[assignment]

        def clear(self, key: Any) -> None:
            kept.pop(key, None)

    serve(double, "t1")
    give_tokens(double, "t1")
    for _ in range(2):
        driver_of(double, ex_auth_cache=Cache()).connection.request("/zones")
    assert [request.method for request in double.requests] == ["POST", "GET", "GET"]
    assert [key.tenant_name for key in kept] == ["work"]


def test_wrong_password_raises_invalid_creds(double: HTTPDouble) -> None:
    error = {"code": 401, "message": "The request you have made requires authentication."}
    body = {"error": {**error, "title": "Unauthorized"}}
    double.on("POST", TOKENS).reply(401, json=body)
    with pytest.raises(InvalidCredsError, match="requires authentication"):
        driver_of(double).connection.request("/zones")
    assert len(double.requests) == 1


def test_identity_service_elsewhere_raises_not_found(double: HTTPDouble) -> None:
    double.spec = None
    double.on("POST", TOKENS).reply(404, text="<html>Not Found</html>")
    with pytest.raises(ResourceNotFoundError):
        driver_of(double).connection.request("/zones")


@pytest.mark.parametrize("body", [{}, {"token": {}}, {"token": []}, [], "x", 7])
def test_strange_token_is_a_malformed_answer(double: HTTPDouble, body: Any) -> None:
    double.spec = None
    double.on("POST", TOKENS).reply(201, json=body, headers={"X-Subject-Token": "t1"})
    with pytest.raises(MalformedResponseError):
        driver_of(double).connection.request("/zones")


@pytest.mark.parametrize("catalog", [[{}], [7], {"a": 1}, [{"type": "dns", "endpoints": [{}]}]])
def test_strange_catalog_is_a_malformed_answer(catalog: Any) -> None:
    with pytest.raises(MalformedResponseError):
        OpenStackServiceCatalog(catalog)


def test_driver_without_an_address_is_an_error() -> None:
    with pytest.raises(LibcloudError, match="ex_force_auth_url"):
        Driver("demo", "secret").connection.request("/zones")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"ex_tenant_name": None}, "tenant_name"),
        ({"ex_token_scope": "world"}, "token_scope"),
        ({"ex_token_scope": "domain", "ex_domain_name": None}, "tenant_name|domain_name"),
    ],
)
def test_incomplete_arguments_are_refused(
    double: HTTPDouble, arguments: dict[str, Any], text: str
) -> None:
    driver = driver_of(double)
    given = {
        "tenant_name": arguments.get("ex_tenant_name", "work"),
        "token_scope": arguments.get("ex_token_scope", "project"),
        "domain_name": arguments.get("ex_domain_name", "Default"),
    }
    with pytest.raises(ValueError, match=re.compile(text)):
        OpenStackIdentity_3_0_Connection(AUTH, "demo", "x", parent_conn=driver.connection, **given)


def test_catalog_of_version_3() -> None:
    catalog = OpenStackServiceCatalog(CATALOG, "3.x")
    assert catalog.get_regions() == ["One", "Two"]
    assert catalog.get_regions("compute") == ["Two"]
    assert catalog.get_service_types() == ["compute", "dns"]
    assert catalog.get_service_types(region="One") == ["dns"]
    assert catalog.get_service_names(service_type="dns") == ["designate"]
    assert catalog.get_public_urls(service_type="compute") == ["http://n"]
    inside = catalog.get_endpoint("dns", region="One", endpoint_type="internal")
    assert (inside.url, inside.region) == ("http://inside", "One")
    assert repr(inside) == (
        "<OpenStackServiceCatalogEntryEndpoint region=One, url=http://inside, type=internal>"
    )
    assert [entry.service_name for entry in catalog.get_entries()] == ["nova", "designate"]
    with pytest.raises(LibcloudError, match="Could not find"):
        catalog.get_endpoint("dns", region="Three")


def test_catalog_of_version_2() -> None:
    endpoints = [{"tenantId": "1", "publicURL": "https://dns/v1.0/1"}]
    item = {"type": "rax:dns", "name": "cloudDNS", "endpoints": endpoints}
    catalog = OpenStackServiceCatalog([item], "2.0")
    assert catalog.get_endpoint("rax:dns", "cloudDNS").url == "https://dns/v1.0/1"
    assert catalog.get_regions() == []


def test_versions_to_authenticate_by() -> None:
    assert get_class_for_auth_version("2.0_apikey") is OpenStackIdentity_2_0_Connection
    assert get_class_for_auth_version("3.x_password") is OpenStackIdentity_3_0_Connection
    assert get_class_for_auth_version("3.x_appcred") is OpenStackIdentity_3_0_Connection_AppCred
    with pytest.raises(LibcloudError, match="9"):
        get_class_for_auth_version("9")
    with pytest.raises(LibcloudError, match="9"):
        OpenStackServiceCatalog([], "9")
    with pytest.raises(ValueError, match="zzz"):
        OpenStackServiceCatalogEntryEndpoint("r", "u", "zzz")


def test_secrets_are_blanked_in_logs(double: HTTPDouble) -> None:
    give_tokens(double, "t1")
    driver = driver_of(double)
    driver.connection.get_service_catalog()
    assert set(driver.connection.secrets()) == {"secret", "t1"}
