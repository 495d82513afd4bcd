"""What Azure's drivers share: tokens, environments, errors, pages, operations."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common import errors
from libcloud.common.azure_arm import (
    FRESH,
    AzureBaseDriver,
    AzureResourceManagementConnection,
    publicEnvironments,
)
from libcloud.common.polling import WaitTimeoutError
from libcloud.common.retry import RetryPolicy
from libcloud.testing.base import run_in_threads
from libcloud.testing.http import HTTPDouble, answer

TOKEN_URL = "https://login.microsoftonline.com/tenant/oauth2/token"


class Driver(AzureBaseDriver):
    connectionCls = AzureResourceManagementConnection

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {"tenant_id": "tenant", "subscription_id": "subscription"}


def token(number: int, **more: Any) -> dict[str, Any]:
    return {"access_token": f"token-{number}", "expires_in": "3599", **more}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def connection(double: HTTPDouble) -> Any:
    connection = double.attach(Driver("client", "s3cret")).connection
    connection.retry = RetryPolicy(delay=0, max_delay=0)
    connection.poll_interval = 0
    return connection


def with_token(connection: Any) -> Any:
    connection.access_token, connection.expires_on = "token-0", 4e9
    return connection


# Environments


@pytest.mark.parametrize(
    ("environment", "host", "login_host"),
    [
        (None, "management.azure.com", "login.microsoftonline.com"),
        ("AzureChinaCloud", "management.chinacloudapi.cn", "login.chinacloudapi.cn"),
        ("AzureUSGovernment", "management.usgovcloudapi.net", "login.microsoftonline.us"),
        (
            {
                "resourceManagerEndpointUrl": "https://management.stack.example/",
                "activeDirectoryEndpointUrl": "https://login.stack.example",
                "activeDirectoryResourceId": "https://stack.example/",
                "storageEndpointSuffix": ".stack.example",
            },
            "management.stack.example",
            "login.stack.example",
        ),
    ],
)
def test_environment_says_the_hosts(environment: Any, host: str, login_host: str) -> None:
    made = AzureResourceManagementConnection("k", "s", cloud_environment=environment)
    assert (made.host, made.login_host) == (host, login_host)


def test_environment_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="AzureMoon"):
        AzureResourceManagementConnection("k", "s", cloud_environment="AzureMoon")


def test_environments_have_the_same_parts() -> None:
    parts = {frozenset(environment) for environment in publicEnvironments.values()}
    assert len(parts) == 1


# Tokens


def test_token_is_asked_for_with_the_first_request(double: HTTPDouble, connection: Any) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": "s3cret",
        "resource": "https://management.core.windows.net/",
    }
    double.on("POST", TOKEN_URL, form=form).reply(json=token(1)).exactly(1)
    bearer = {"Authorization": "Bearer token-1"}
    double.on("GET", "https://management.azure.com/x", headers=bearer).reply(json={}).reply(json={})
    connection.request("/x")
    connection.request("/x")


def test_token_is_renewed_before_it_ends(double: HTTPDouble, connection: Any) -> None:
    soon = token(1, expires_in=FRESH - 1)
    double.on("POST", TOKEN_URL).reply(json=soon).reply(json=token(2))
    double.on("GET", "/x").reply(json={}).reply(json={}).reply(json={})
    for _ in range(3):
        connection.request("/x")
    sent = [each.headers["Authorization"] for each in double.requests if each.method == "GET"]
    assert sent == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_threads_ask_for_one_token(double: HTTPDouble, connection: Any) -> None:
    double.on("POST", TOKEN_URL).reply(json=token(1)).exactly(1)
    double.serve("GET", "/x", lambda request: answer(json={}))
    run_in_threads([lambda: connection.request("/x")] * 8)


def test_refused_token_is_renewed_once(double: HTTPDouble, connection: Any) -> None:
    with_token(connection)
    double.on("POST", TOKEN_URL).reply(json=token(1))
    old = double.on("GET", "/x", headers={"Authorization": "Bearer token-0"})
    old.reply(401, json={"error": {"code": "ExpiredAuthenticationToken", "message": "Expired"}})
    double.on("GET", "/x", headers={"Authorization": "Bearer token-1"}).reply(json={"a": 1})
    assert connection.request("/x").object == {"a": 1}


@pytest.mark.parametrize("status", [400, 401])
def test_refused_credentials_raise_invalid_creds(
    double: HTTPDouble, connection: Any, status: int
) -> None:
    said = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid secret"}
    double.on("POST", TOKEN_URL).reply(status, json=said)
    with pytest.raises(errors.InvalidCredsError, match="AADSTS7000215") as caught:
        connection.request("/x")
    assert caught.value.provider_code == "invalid_client"


def test_login_server_that_is_busy_is_asked_again(double: HTTPDouble, connection: Any) -> None:
    double.on("POST", TOKEN_URL).reply(503).reply(json=token(1))
    double.on("GET", "/x").reply(json={})
    connection.request("/x")


@pytest.mark.parametrize("body", [{}, [], {"access_token": "x"}, {"expires_in": "soon"}])
def test_answer_without_token_raises_malformed_response(
    double: HTTPDouble, connection: Any, body: Any
) -> None:
    double.on("POST", TOKEN_URL).reply(json=body)
    with pytest.raises(errors.MalformedResponseError):
        connection.request("/x")


def test_secrets_are_known_to_the_log(connection: Any) -> None:
    assert set(with_token(connection).secrets()) == {"s3cret", "token-0"}


def test_connection_can_be_pickled(connection: Any) -> None:
    assert pickle.loads(pickle.dumps(with_token(connection))).access_token == "token-0"


# Requests and errors


def test_data_is_sent_as_json(double: HTTPDouble, connection: Any) -> None:
    with_token(connection)
    double.on("PUT", "/x", json={"a": 1}, headers={"Content-Type": "application/json"}).reply(
        json={}
    )
    connection.request("/x", data={"a": 1}, method="PUT")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (404, "ResourceNotFound", errors.ResourceNotFoundError),
        (403, "AuthorizationFailed", errors.PermissionDeniedError),
        (409, "Conflict", errors.ConflictError),
        (412, "PreconditionFailed", errors.ConflictError),
        (400, "QuotaExceeded", errors.QuotaExceededError),
        (429, "TooManyRequests", errors.RateLimitReachedError),
        (400, "BadRequest", errors.BaseHTTPError),
    ],
)
@pytest.mark.parametrize("has_shell", [True, False])
def test_errors_are_of_their_kind(
    double: HTTPDouble,
    connection: Any,
    status: int,
    code: str,
    expected: type[Exception],
    has_shell: bool,
) -> None:
    with_token(connection).retry = None
    said: dict[str, Any] = {"code": code, "message": "words"}
    body = {"error": said} if has_shell else said
    double.on("GET", "/x").reply(status, json=body, headers={"x-ms-request-id": "7"})
    with pytest.raises(expected) as caught:
        connection.request("/x")
    found: Any = caught.value
    assert str(found) == ("429 Rate limit exceeded" if status == 429 else f"[{code}] words")
    assert (found.http_code, found.provider_code, found.request_id) == (status, code, "7")


@pytest.mark.parametrize("text", ["<html>", "[]", '{"error": 7}', ""])
def test_error_in_another_form_goes_by_its_status(
    double: HTTPDouble, connection: Any, text: str
) -> None:
    with_token(connection)
    double.on("GET", "/x").reply(404, text=text)
    with pytest.raises(errors.ResourceNotFoundError):
        connection.request("/x")


# Pages and operations


def test_links_to_pages_are_followed_at_the_own_host(double: HTTPDouble, connection: Any) -> None:
    with_token(connection)
    following = "https://elsewhere.example:443/x?v=1&$skipToken=a%2Fb"
    first = double.on("GET", "https://management.azure.com/x", query={"v": "1"})
    first.reply(json={"value": [{"n": 1}], "nextLink": following})
    second = double.on(
        "GET", "https://management.azure.com/x", query={"v": "1", "$skipToken": "a/b"}
    )
    second.reply(json={"value": [{"n": 2}]})
    assert list(connection.iterate_items("/x", {"v": "1"})) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("body", [{}, [], 7, {"value": 7}])
def test_answer_that_is_no_listing_raises_malformed_response(
    double: HTTPDouble, connection: Any, body: Any
) -> None:
    with_token(connection)
    double.on("GET", "/x").reply(json=body)
    with pytest.raises(errors.MalformedResponseError):
        list(connection.iterate_items("/x"))


def test_operation_is_waited_for_by_its_state(double: HTTPDouble, connection: Any) -> None:
    with_token(connection)
    link = "https://management.azure.com/operations/1?v=1"
    double.on("DELETE", "/x").reply(202, headers={"Azure-AsyncOperation": link})
    look = double.on("GET", "/operations/1", query={"v": "1"})
    look.reply(json={"status": "InProgress"}).reply(json={"status": "Succeeded", "id": 7})
    done = connection.wait_for_operation(connection.request("/x", method="DELETE"))
    assert done.object["id"] == 7


def test_operation_is_waited_for_by_its_status(double: HTTPDouble, connection: Any) -> None:
    with_token(connection)
    double.on("DELETE", "/x").reply(202, headers={"Location": "/operations/1"})
    double.on("GET", "/operations/1").reply(202).reply(204)
    done = connection.wait_for_operation(connection.request("/x", method="DELETE"))
    assert done.status == 204


def test_operation_that_fails_raises_its_error(double: HTTPDouble, connection: Any) -> None:
    with_token(connection)
    double.on("DELETE", "/x").reply(202, headers={"Azure-AsyncOperation": "/operations/1"})
    said = {"status": "Failed", "error": {"code": "InUse", "message": "words"}}
    double.on("GET", "/operations/1").reply(json=said)
    with pytest.raises(errors.ProviderError, match="words") as caught:
        connection.wait_for_operation(connection.request("/x", method="DELETE"))
    assert caught.value.provider_code == "InUse"


def test_operation_that_never_ends_is_given_up(
    double: HTTPDouble, connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_token(connection)
    monkeypatch.setattr("libcloud.common.azure_arm.OPERATION_TIMEOUT", 0)
    double.on("DELETE", "/x").reply(202, headers={"Azure-AsyncOperation": "/operations/1"})
    double.on("GET", "/operations/1").reply(json={"status": "InProgress"})
    with pytest.raises(WaitTimeoutError):
        connection.wait_for_operation(connection.request("/x", method="DELETE"))


def test_answer_with_nothing_to_wait_for_is_the_end(double: HTTPDouble, connection: Any) -> None:
    with_token(connection)
    double.on("PUT", "/x").reply(200, json={}, headers={"Location": "/elsewhere"})
    response = connection.request("/x", method="PUT")
    assert connection.wait_for_operation(response) is response
