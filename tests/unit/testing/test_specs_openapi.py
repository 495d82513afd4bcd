"""Requests and answers against real descriptions of providers."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
import requests

from libcloud.common.base import BaseDriver, ConnectionKey, JsonResponse
from libcloud.testing.http import HTTPDouble, Request, answer
from libcloud.testing.specs import SpecsAreOffWarning, SpecViolation, openapi

SPECS = Path(
    os.environ.get("LIBCLOUD_SPECS") or Path(__file__).resolve().parents[4] / "shared" / "specs"
)
needs_specs = pytest.mark.skipif(
    not SPECS.is_dir(), reason="needs the providers' descriptions: set LIBCLOUD_SPECS"
)


def request(method, url, **kwargs):
    return Request(requests.Request(method, f"https://api.example{url}", **kwargs).prepare())


def violations(name, method, url, **kwargs):
    found = openapi(SPECS / name).request_violations(request(method, url, **kwargs))
    return [f"{violation.place}: {violation.message}" for violation in found]


def only(texts):
    assert len(texts) == 1, texts
    return texts[0]


RIGHT_REQUESTS = [
    ("powerdns.yaml.gz", "GET", "/api/v1/servers/localhost/zones", {}),
    ("powerdns.yaml.gz", "GET", "/api/v1/servers/localhost/zones?dnssec=false", {}),
    (
        "powerdns.yaml.gz",
        "PATCH",
        "/api/v1/servers/localhost/zones/example.org.",
        {
            "json": {
                "rrsets": [
                    {
                        "name": "a.example.org.",
                        "type": "A",
                        "ttl": 60,
                        "changetype": "REPLACE",
                        "records": [{"content": "192.0.2.1", "disabled": False}],
                    }
                ]
            }
        },
    ),
    ("digitalocean.yaml.gz", "GET", "/v2/droplets?page=2&per_page=200", {}),
    (
        "digitalocean.yaml.gz",
        "POST",
        "/v2/domains/example.com/records",
        {"json": {"type": "A", "name": "www", "data": "192.0.2.1"}},
    ),
    ("hetzner-cloud.json.gz", "GET", "/v1/servers?status=running&status=off", {}),
    (
        "hetzner-cloud.json.gz",
        "POST",
        "/v1/servers",
        {"json": {"name": "a", "server_type": "cpx11", "image": "debian-12"}},
    ),
    ("kubernetes.json.gz", "GET", "/api/v1/namespaces?limit=5", {}),
    ("kubernetes.json.gz", "POST", "/api/v1/namespaces", {"json": {"metadata": {"name": "x"}}}),
]


@needs_specs
@pytest.mark.parametrize(("name", "method", "url", "kwargs"), RIGHT_REQUESTS)
def test_right_request_passes(name, method, url, kwargs):
    assert violations(name, method, url, **kwargs) == []


@needs_specs
def test_unknown_path_fails():
    assert only(violations("hetzner-cloud.json.gz", "GET", "/v1/machines")).startswith("path: ")


@needs_specs
def test_unknown_method_fails_and_lists_the_known_ones():
    text = only(violations("powerdns.yaml.gz", "PUT", "/api/v1/servers"))
    assert text.endswith("the path has GET")


@needs_specs
@pytest.mark.parametrize("name", ["hetzner-cloud.json.gz", "kubernetes.json.gz"])
def test_unknown_query_parameter_fails(name):
    url = {"h": "/v1/servers?nam=x", "k": "/api/v1/namespaces?nam=x"}[name[0]]
    assert only(violations(name, "GET", url)) == "query parameter nam: is not described"


@needs_specs
@pytest.mark.parametrize("name", ["hetzner-cloud.json.gz", "kubernetes.json.gz"])
def test_wrong_type_of_a_query_parameter_fails(name):
    url = {"h": "/v1/servers?page=two", "k": "/api/v1/namespaces?limit=two"}[name[0]]
    assert "'two' is not of type 'integer'" in only(violations(name, "GET", url))


@needs_specs
def test_value_outside_of_its_limits_fails():
    text = only(violations("digitalocean.yaml.gz", "GET", "/v2/droplets?per_page=500"))
    assert text == "query parameter per_page: 500 is greater than the maximum of 200"


@needs_specs
def test_missing_required_property_fails():
    body = {"name": "a", "image": "debian-12"}
    text = only(violations("hetzner-cloud.json.gz", "POST", "/v1/servers", json=body))
    assert text == "body: 'server_type' is a required property"


@needs_specs
def test_missing_required_property_of_one_of_several_forms_is_named():
    body = {"name": "a", "region": "nyc3", "image": "debian-12"}
    text = only(violations("digitalocean.yaml.gz", "POST", "/v2/droplets", json=body))
    assert "'size' is a required property" in text


@needs_specs
@pytest.mark.parametrize(
    ("name", "url", "body", "place"),
    [
        (
            "digitalocean.yaml.gz",
            "/v2/domains/example.com/records",
            {"type": "A", "name": "@", "data": "192.0.2.1", "prio": 10},
            "body $.prio",
        ),
        (
            "kubernetes.json.gz",
            "/api/v1/namespaces",
            {"metadata": {"nam": "x"}},
            "body $.metadata.nam",
        ),
    ],
)
def test_property_that_is_not_described_fails_at_any_depth(name, url, body, place):
    assert only(violations(name, "POST", url, json=body)) == f"{place}: is not described"


@needs_specs
def test_wrong_type_in_a_body_fails():
    body = {"metadata": {"name": "x"}, "spec": 3}
    text = only(violations("kubernetes.json.gz", "POST", "/api/v1/namespaces", json=body))
    assert text == "body $.spec: 3 is not of type 'object'"


@needs_specs
def test_missing_required_body_fails():
    text = only(violations("kubernetes.json.gz", "POST", "/api/v1/namespaces"))
    assert text == "body: is required, and missing"


@needs_specs
def test_body_of_another_type_fails():
    url = "/api/v1/servers/localhost/zones"
    text = only(violations("powerdns.yaml.gz", "POST", url, data={"name": "example.org."}))
    assert "x-www-form-urlencoded" in text
    assert "application/json" in text


@needs_specs
def test_body_that_is_not_json_fails():
    url = "/api/v1/servers/localhost/zones"
    headers = {"Content-Type": "application/json"}
    text = only(violations("powerdns.yaml.gz", "POST", url, data="{", headers=headers))
    assert text.startswith("body: is not JSON")


def answer_violations(name, method, url, reply):
    found = openapi(SPECS / name).answer_violations(request(method, url), reply)
    return [f"{violation.place}: {violation.message}" for violation in found]


ZONE_RECORD = {
    "domain_record": {
        "id": 1,
        "type": "A",
        "name": "@",
        "data": "192.0.2.1",
        "priority": None,
        "port": None,
        "ttl": 1800,
        "weight": None,
        "flags": None,
        "tag": None,
    }
}
RECORD_URL = "/v2/domains/example.com/records/1"


@needs_specs
def test_right_answer_passes():
    reply = answer(200, json=ZONE_RECORD)
    assert answer_violations("digitalocean.yaml.gz", "GET", RECORD_URL, reply) == []


@needs_specs
def test_answer_with_a_wrong_type_fails():
    wrong = {"domain_record": {**ZONE_RECORD["domain_record"], "ttl": "half an hour"}}
    text = only(
        answer_violations("digitalocean.yaml.gz", "GET", RECORD_URL, answer(200, json=wrong))
    )
    assert text.startswith("body of the answer $.domain_record.ttl")


@needs_specs
def test_answer_of_a_success_status_that_is_not_described_fails():
    text = only(
        answer_violations("hetzner-cloud.json.gz", "GET", "/v1/servers/1", answer(202, json={}))
    )
    assert text.startswith("status: 202 is not described")


@needs_specs
def test_answer_of_a_gateway_passes():
    reply = answer(503, text="<html>later</html>", headers={"Content-Type": "text/html"})
    assert answer_violations("hetzner-cloud.json.gz", "GET", "/v1/servers/1", reply) == []


@needs_specs
def test_answer_of_openapi_2_is_checked():
    reply = answer(200, json={"kind": "NamespaceList", "items": [{"metadata": {"name": 1}}]})
    text = only(answer_violations("kubernetes.json.gz", "GET", "/api/v1/namespaces", reply))
    assert text == "body of the answer $.items[0].metadata.name: 1 is not of type 'string'"


@needs_specs
def test_description_is_read_once_a_process():
    assert openapi(SPECS / "hetzner-cloud.json.gz") is openapi(SPECS / "hetzner-cloud.json.gz")


def parameter(name, where, schema, **more):
    return {"name": name, "in": where, "schema": schema, **more}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A small description of our own, for what no provider's has in one place."""
    description = {
        "openapi": "3.0.0",
        "servers": [{"url": "https://x/{stage}/", "variables": {"stage": {"default": "v1"}}}],
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api_key"}}
        },
        "paths": {
            "/things/mine": {"get": {"responses": {"200": {"description": "mine"}}}},
            "/things/{id}": {
                "parameters": [parameter("id", "path", {"type": "integer"}, required=True)],
                "get": {
                    "operationId": "getThing",
                    "parameters": [
                        parameter("X-Tenant", "header", {"type": "string"}, required=True),
                        parameter(
                            "fields",
                            "query",
                            {"type": "array", "items": {"enum": ["a", "b"]}},
                            explode=False,
                        ),
                        parameter("filter", "query", {"type": "object"}, style="deepObject"),
                    ],
                    "responses": {"200": {"description": "a thing"}},
                },
                "post": {
                    "requestBody": {
                        "content": {
                            "application/x-www-form-urlencoded": {
                                "schema": {
                                    "type": "object",
                                    "required": ["size"],
                                    "properties": {"size": {"type": "integer"}},
                                }
                            }
                        }
                    },
                    "responses": {"204": {"description": "done"}},
                },
            },
        },
    }
    (tmp_path / "shop.json.gz").write_bytes(gzip.compress(json.dumps(description).encode()))
    monkeypatch.setenv("LIBCLOUD_SPECS", str(tmp_path))
    return openapi("shop.json.gz")


def found_in(spec, method, url, **kwargs):
    return [str(found) for found in spec.request_violations(request(method, url, **kwargs))]


def test_concrete_path_goes_before_a_template(shop):
    assert found_in(shop, "GET", "/v1/things/mine") == []


def test_missing_required_header_fails(shop):
    assert found_in(shop, "GET", "/v1/things/1") == [
        "getThing: header parameter X-Tenant: is required, and missing"
    ]


def test_wrong_type_in_the_path_fails(shop):
    assert found_in(shop, "GET", "/v1/things/x", headers={"X-Tenant": "t"}) == [
        "getThing: path parameter id: 'x' is not of type 'integer'"
    ]


def test_joined_list_and_object_in_the_query_are_understood(shop):
    url = "/v1/things/1?fields=a,b&filter[color]=red&api_key=k"
    assert found_in(shop, "GET", url, headers={"X-Tenant": "t"}) == []
    url = "/v1/things/1?fields=a,z"
    assert (
        "'z' is not one of ['a', 'b']" in found_in(shop, "GET", url, headers={"X-Tenant": "t"})[0]
    )


def test_form_is_checked(shop):
    assert found_in(shop, "POST", "/v1/things/1", data={"size": "3"}) == []
    wrong = found_in(shop, "POST", "/v1/things/1", data={"siz": "3"})
    assert "POST /things/{id}: body siz: is not described" in wrong
    assert "POST /things/{id}: body: 'size' is a required property" in wrong


def test_base_can_be_another_one_than_described(shop):
    spec = openapi("shop.json.gz", base="/proxy/shop")
    assert found_in(spec, "GET", "/proxy/shop/things/mine") == []
    assert found_in(spec, "GET", "/v1/things/mine")


def test_without_the_folder_nothing_is_checked_and_a_warning_says_so(monkeypatch):
    monkeypatch.delenv("LIBCLOUD_SPECS", raising=False)
    with pytest.warns(SpecsAreOffWarning, match=r"nothing is checked against shop\.json"):
        spec = openapi("shop.json")
    assert not spec
    assert found_in(spec, "GET", "/anything") == []


def test_description_that_is_missing_in_the_folder_fails(monkeypatch, tmp_path):
    monkeypatch.setenv("LIBCLOUD_SPECS", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        openapi("absent.json")


class ShopConnection(ConnectionKey):
    host = "shop.example"
    responseCls = JsonResponse


class ShopDriver(BaseDriver):
    connectionCls = ShopConnection


def test_double_refuses_a_wrong_request(shop):
    double = HTTPDouble(spec=shop)
    driver = double.attach(ShopDriver("key"))
    double.on("GET", "/v1/things/1").reply()
    with pytest.raises(SpecViolation, match="getThing: header parameter X-Tenant") as caught:
        driver.connection.request("/v1/things/1")
    assert caught.value.violations[0].operation == "getThing"
    with pytest.raises(SpecViolation):
        double.verify()


def test_double_refuses_a_wrong_answer(shop):
    double = HTTPDouble(spec=shop)
    driver = double.attach(ShopDriver("key"))
    double.on("GET", "/v1/things/mine").reply(201)
    with pytest.raises(SpecViolation, match="status: 201 is not described"):
        driver.connection.request("/v1/things/mine")


def test_description_without_what_it_is_wrong_about(shop):
    double = HTTPDouble(spec=shop.excusing("header parameter X-Tenant"))
    driver = double.attach(ShopDriver("key"))
    double.on("GET", "/v1/things/1").reply()
    double.on("GET", "/v1/nothing").reply()
    driver.connection.request("/v1/things/1")
    with pytest.raises(SpecViolation):
        driver.connection.request("/v1/nothing")
