"""
Answers of Docker Hub follow its published description, which judges them when ``LIBCLOUD_SPECS``
is set; those of registries follow https://distribution.github.io/distribution/spec/api/. The live
tests run against a real registry.
"""

from __future__ import annotations

import hashlib
import io
import warnings

import pytest

import libcloud
from libcloud.common import logging as debug_log
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    RateLimitReachedError,
    UnsupportedOperation,
)
from libcloud.common.retry import RetryPolicy
from libcloud.container.types import ContainerImageDoesNotExistError, RepositoryDoesNotExistError
from libcloud.container.utils import docker
from libcloud.container.utils.docker import HubClient, RegistryClient
from libcloud.testing.base import run_in_threads
from libcloud.testing.http import ANY, HTTPDouble, answer
from libcloud.testing.specs import SpecsAreOffWarning, openapi

TAGS = "/v2/namespaces/library/repositories/redis/tags"


def tag(id, name, **fields):
    return {
        "id": id,
        "name": name,
        "full_size": 42_000_000,
        "last_updated": "2026-01-02T03:04:05.678Z",
        **fields,
    }


def page(tags, next=None):
    return {"count": len(tags), "next": next, "previous": None, "results": tags}


@pytest.fixture
def hub_double():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpecsAreOffWarning)
        spec = openapi("dockerhub.json.gz", base="")
    with HTTPDouble(spec=spec) as double:
        yield double


@pytest.fixture
def hub(hub_double):
    return hub_double.attach(HubClient())


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def registry(double):
    return double.attach(RegistryClient("registry.example.com:5000"))


# -- Docker Hub -----------------------------------------------------------------------------------


def test_hub_list_images_has_one_for_each_tag(hub_double, hub):
    hub_double.on("GET", "https://hub.docker.com" + TAGS, query=ANY).reply(
        json=page([tag(1, "latest"), tag(2, "7.0")])
    )
    images = hub.list_images("redis")
    assert [image.id for image in images] == ["1", "2"]
    assert [image.name for image in images] == [
        "registry.hub.docker.com/redis:latest",
        "registry.hub.docker.com/redis:7.0",
    ]
    assert images[0].path == "registry.hub.docker.com/library/redis:latest"
    assert images[0].version == "latest"
    assert images[0].driver is None
    assert images[0].extra == {
        "full_size": 42_000_000,
        "last_updated": "2026-01-02T03:04:05.678Z",
        "platforms": [],
    }


def test_hub_list_images_crosses_pages_and_stays_with_its_host(hub_double, hub):
    elsewhere = "https://elsewhere.example.com/?page=9"
    hub_double.on("GET", TAGS, query={"page": 1, "page_size": 100}).reply(
        json=page([tag(number, f"1.{number}") for number in range(1, 101)], elsewhere)
    )
    hub_double.on("GET", TAGS, query={"page": 2, "page_size": 100}).reply(
        json=page([tag(number, f"1.{number}") for number in range(101, 151)])
    )
    images = hub.list_images("redis", max_count=None)
    assert [image.id for image in images] == [str(number) for number in range(1, 151)]
    assert {request.host for request in hub_double.requests} == {"hub.docker.com"}


def test_hub_list_images_asks_for_no_more_than_max_count(hub_double, hub):
    hub_double.on("GET", TAGS, query={"page": 1, "page_size": 2}).reply(
        json=page([tag(1, "a"), tag(2, "b")], "https://hub.docker.com/?page=2")
    ).exactly(1)
    assert len(hub.list_images("redis", max_count=2)) == 2


def test_hub_iterate_images_makes_one_request_before_the_first(hub_double, hub):
    hub_double.on("GET", TAGS, query=ANY).reply(
        json=page([tag(1, "a")], "https://hub.docker.com/?page=2")
    ).exactly(1)
    images = hub.iterate_images("redis")
    assert hub_double.requests == []
    assert next(images).version == "a"


def test_hub_get_image_of_a_namespace(hub_double, hub):
    images = [
        {"os": "linux", "architecture": "amd64"},
        {"os": "linux", "architecture": "arm", "variant": "v7"},
    ]
    # The description calls "images" an object; the service sends a list.
    hub_double.spec = None
    hub_double.on("GET", "/v2/namespaces/team/repositories/app/tags/1.0").reply(
        json=tag(5, "1.0", images=images)
    )
    image = hub.get_image("app", "1.0", namespace="team")
    assert image.id == "5"
    assert image.name == image.path == "registry.hub.docker.com/team/app:1.0"
    assert image.extra["platforms"] == ["linux/amd64", "linux/arm/v7"]


def test_hub_get_repository_returns_what_the_hub_says(double):
    hub = double.attach(HubClient())
    facts = {"name": "redis", "namespace": "library", "star_count": 21, "pull_count": 129}
    double.on("GET", "/v2/repositories/library/redis/").reply(json=facts)
    assert hub.get_repository("redis") == facts


def test_hub_errors_for_what_is_missing(hub_double, hub):
    hub_double.spec = None
    missing = {"message": "httperror 404: object not found", "errinfo": {}}
    hub_double.on("GET", TAGS, query=ANY).reply(404, json=missing)
    hub_double.on("GET", f"{TAGS}/0.1").reply(404, json=missing)
    hub_double.on("GET", "/v2/repositories/library/redis/").reply(404, json=missing)
    with pytest.raises(RepositoryDoesNotExistError, match="object not found"):
        hub.list_images("redis")
    with pytest.raises(RepositoryDoesNotExistError):
        hub.get_repository("redis")
    with pytest.raises(ContainerImageDoesNotExistError) as caught:
        hub.get_image("redis", "0.1")
    assert caught.value.resource_id == "library/redis:0.1"


def test_hub_login_comes_first_and_once(hub_double):
    hub = hub_double.attach(HubClient("somebody", "pass"))
    credentials = {"username": "somebody", "password": "pass"}
    hub_double.on("POST", "/v2/users/login", json=credentials).reply(
        json={"token": "the-token"}
    ).exactly(1)
    hub_double.on("GET", f"{TAGS}/latest", headers={"Authorization": "Bearer the-token"}).reply(
        json=tag(1, "latest")
    )
    images = run_in_threads([lambda: hub.get_image("redis")] * 8)
    assert {image.id for image in images} == {"1"}


def test_hub_session_that_has_ended_is_opened_again(hub_double):
    hub = hub_double.attach(HubClient("somebody", "pass"))
    hub_double.spec = None
    hub_double.on("POST", "/v2/users/login").reply(json={"token": "old"}).reply(
        json={"token": "new"}
    )
    path = f"{TAGS}/latest"
    hub_double.on("GET", path, headers={"Authorization": "Bearer old"}).reply(
        json=tag(1, "latest")
    ).reply(401, json={"detail": "token expired"})
    hub_double.on("GET", path, headers={"Authorization": "Bearer new"}).reply(json=tag(2, "latest"))
    assert [hub.get_image("redis").id for _ in range(2)] == ["1", "2"]


def test_hub_login_that_is_refused_raises_invalid_creds(hub_double):
    hub = hub_double.attach(HubClient("somebody", "wrong"))
    hub_double.on("POST", "/v2/users/login").reply(
        401, json={"detail": "Incorrect authentication credentials"}
    )
    with pytest.raises(InvalidCredsError, match="Incorrect authentication credentials"):
        hub.get_image("redis")


def test_hub_login_without_token_is_malformed(hub_double):
    hub = hub_double.attach(HubClient("somebody", "pass"))
    hub_double.spec = None
    hub_double.on("POST", "/v2/users/login").reply(json={})
    with pytest.raises(MalformedResponseError):
        hub.get_image("redis")


def test_hub_anonymous_401_raises_invalid_creds(hub_double, hub):
    hub_double.spec = None
    hub_double.on("GET", f"{TAGS}/latest").reply(401, json={"detail": "no"}).exactly(1)
    with pytest.raises(InvalidCredsError):
        hub.get_image("redis")


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("list_images", []),
        ("list_images", {"results": None}),
        ("list_images", {"results": [{"id": 1}]}),
        ("list_images", {"results": ["tag"]}),
        ("get_image", ["latest"]),
        ("get_repository", ["redis"]),
    ],
)
def test_hub_strange_answers_are_malformed(double, call, body):
    hub = double.attach(HubClient())
    double.serve("GET", "/{rest:path}", lambda request, rest: answer(json=body))
    with pytest.raises(MalformedResponseError):
        getattr(hub, call)("redis")


def test_hub_lists_no_repositories():
    with pytest.raises(UnsupportedOperation):
        HubClient().list_repositories()


def test_hub_keeps_the_name_of_its_registry():
    assert HubClient.host == "registry.hub.docker.com"
    assert HubClient("somebody", "pass", timeout=3).connection.timeout == 3


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "..", "../users", "a//b", "a/../b", "a?b=c", "a\r\nb", "a/"])
def test_names_that_lead_elsewhere_are_refused(double, registry, name):
    for call in (registry.list_images, registry.get_repository, registry.get_image):
        with pytest.raises(ValueError, match="not a name of a repository"):
            call(name)
    assert double.requests == []


def test_tag_is_encoded(double, registry):
    double.on("GET", "/v2/library/app/manifests/a%2Fb%3Fc").reply(404)
    with pytest.raises(ContainerImageDoesNotExistError):
        registry.get_image("app", "a/b?c")


def test_hub_repository_has_two_parts():
    with pytest.raises(ValueError, match="a namespace and a name"):
        HubClient().get_image("redis", namespace=None)


@pytest.mark.parametrize(
    ("host", "options", "url", "path"),
    [
        ("r.example.com", {}, ("r.example.com", 443), "r.example.com/a:1"),
        ("r.example.com:5000", {}, ("r.example.com", 5000), "r.example.com:5000/a:1"),
        ("r.example.com", {"port": 81}, ("r.example.com", 81), "r.example.com:81/a:1"),
        ("r.example.com", {"secure": False}, ("r.example.com", 80), "r.example.com/a:1"),
        ("[::1]:5000", {}, ("::1", 5000), "[::1]:5000/a:1"),
    ],
)
def test_registry_host_and_port(double, host, options, url, path):
    client = RegistryClient(host, **options)
    assert (client.connection.host, client.connection.port) == url
    double.attach(client)
    double.on("GET", "/v2/a/manifests/1").reply(json={"layers": []})
    assert client.get_image("a", "1", namespace=None).path == path


# -- registries -----------------------------------------------------------------------------------


def test_registry_pages_by_link_and_stays_with_its_host(double, registry):
    double.on("GET", "/v2/library/app/tags/list", query={"n": 100}).reply(
        json={"name": "library/app", "tags": ["a", "b"]},
        headers={"Link": '<https://elsewhere.example.com/x?last=b%2B&n=100>; rel="next"'},
    )
    double.on("GET", "/v2/library/app/tags/list", query={"last": "b+", "n": 100}).reply(
        json={"name": "library/app", "tags": ["c"]}
    )
    images = registry.list_images("app")
    assert [image.version for image in images] == ["a", "b", "c"]
    assert images[0].extra == {"full_size": None}
    assert {request.host for request in double.requests} == {"registry.example.com:5000"}


def test_registry_page_that_names_itself_ends_in_an_error(double, registry):
    double.on("GET", "/v2/_catalog", query=ANY).reply(
        json={"repositories": ["a"]}, headers={"Link": '</v2/_catalog?n=100>; rel="next"'}
    )
    with pytest.raises(MalformedResponseError, match="does not advance"):
        registry.list_repositories()


def test_registry_get_image_without_digest_header_counts_it(double, registry):
    manifest = b'{"layers": [{"size": 3}], "config": {"size": 4}}'
    double.on("GET", "/v2/library/app/manifests/latest").reply(body=manifest)
    extra = registry.get_image("app").extra
    assert extra["full_size"] == 7
    assert extra["digest"] == f"sha256:{hashlib.sha256(manifest).hexdigest()}"


@pytest.mark.parametrize("body", ["[]", '{"layers": 5}', '{"manifests": ["a"]}', '"text"'])
def test_registry_strange_manifests_are_malformed(double, registry, body):
    double.on("GET", "/v2/library/app/manifests/latest").reply(text=body)
    with pytest.raises(MalformedResponseError):
        registry.get_image("app")


def test_registry_strange_listing_is_malformed(double, registry):
    double.on("GET", "/v2/_catalog", query=ANY).reply(json=["a"])
    with pytest.raises(MalformedResponseError):
        registry.list_repositories()


def test_registry_errors_have_the_registrys_code(double, registry):
    double.on("GET", "/v2/_catalog", query=ANY).reply(
        403, json={"errors": [{"code": "DENIED", "message": "not for you"}]}
    )
    with pytest.raises(PermissionDeniedError, match="not for you") as caught:
        registry.list_repositories()
    assert caught.value.provider_code == "DENIED"


def test_registry_error_page_of_a_proxy_is_the_message(double, registry):
    double.on("GET", "/v2/_catalog", query=ANY).reply(403, text="<h1>Blocked</h1>")
    with pytest.raises(PermissionDeniedError, match="Blocked"):
        registry.list_repositories()


def test_registry_rate_limit_says_how_long(double, registry):
    registry.connection.retry = None
    double.on("GET", "/v2/_catalog", query=ANY).reply(
        429, json={"errors": [{"code": "TOOMANYREQUESTS"}]}, headers={"Retry-After": "7"}
    )
    with pytest.raises(RateLimitReachedError) as caught:
        registry.list_repositories()
    assert caught.value.retry_after == 7


# -- tokens ---------------------------------------------------------------------------------------


def challenge(realm="https://auth.example.com/token?client=x"):
    header = f'Bearer realm="{realm}",service="the service",scope="repository:library/app:pull"'
    return {"WWW-Authenticate": header}


UNAUTHORIZED = {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}
MANIFEST = "/v2/library/app/manifests/latest"


@pytest.fixture
def token_registry(double):
    return double.attach(RegistryClient("registry.example.com", "somebody", "pass"))


def test_token_is_asked_for_with_the_registrys_words(double, token_registry):
    double.on("GET", MANIFEST, headers={"Authorization": "Bearer the-token"}).reply(
        json={"layers": []}
    )
    double.on("GET", MANIFEST).reply(401, json=UNAUTHORIZED, headers=challenge()).exactly(1)
    double.on(
        "GET",
        "https://auth.example.com/token",
        query={
            "client": "x",
            "service": "the service",
            "scope": "repository:library/app:pull",
        },
        headers={"Authorization": "Basic c29tZWJvZHk6cGFzcw=="},
    ).reply(json={"access_token": "the-token"}).exactly(1)
    assert token_registry.get_image("app").version == "latest"
    assert token_registry.get_image("app").version == "latest"


def test_token_server_without_tls_does_not_get_the_password(double, token_registry):
    realm = "http://auth.example.com/token"
    double.on("GET", MANIFEST).reply(401, json=UNAUTHORIZED, headers=challenge(realm)).exactly(1)
    with pytest.raises(InvalidCredsError, match="in the clear"):
        token_registry.get_image("app")


def test_token_server_without_token_is_malformed(double, token_registry):
    double.on("GET", MANIFEST).reply(401, json=UNAUTHORIZED, headers=challenge())
    double.on("GET", "/token", query=ANY).reply(json={"expires_in": 60})
    with pytest.raises(MalformedResponseError, match="no token"):
        token_registry.get_image("app")


def test_token_that_does_not_help_raises_invalid_creds(double, token_registry):
    double.on("GET", MANIFEST).reply(401, json=UNAUTHORIZED, headers=challenge()).exactly(2)
    double.on("GET", "/token", query=ANY).reply(json={"token": "useless"}).exactly(1)
    with pytest.raises(InvalidCredsError, match="authentication required"):
        token_registry.get_image("app")


def test_post_is_not_repeated_with_a_token(double, token_registry):
    double.on("POST", "/v2/library/app/blobs/uploads/").reply(
        401, json=UNAUTHORIZED, headers=challenge()
    ).exactly(1)
    with pytest.raises(InvalidCredsError):
        token_registry.connection.request("/v2/library/app/blobs/uploads/", method="POST")


def test_log_has_neither_password_nor_token(double, token_registry):
    double.on("GET", MANIFEST).reply(401, json=UNAUTHORIZED, headers=challenge()).reply(
        json={"layers": []}
    )
    double.on("GET", "/token", query=ANY).reply(json={"token": "the-token"})
    log = io.StringIO()
    libcloud.enable_debug(log)
    try:
        token_registry.get_image("app")
    finally:
        debug_log.disable()
    assert "auth.example.com" in log.getvalue()
    for secret in ("pass", "c29tZWJvZHk6cGFzcw==", "the-token"):
        assert secret not in log.getvalue()


def test_token_server_is_spoken_to_as_the_registry_is(token_registry):
    connection = token_registry.connection
    connection.retry = RetryPolicy()
    connection.timeout = 5
    connection.ca_cert = "/etc/ssl/own.pem"
    server = docker._TokenServer(connection, "https://auth.example.com")
    assert (server.retry, server.timeout, server.ca_cert) == (
        connection.retry,
        5,
        "/etc/ssl/own.pem",
    )
