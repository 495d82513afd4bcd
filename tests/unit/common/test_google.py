"""
What Google's drivers share: tokens from all three sources, errors, operations.

The token server is a double; requests to it are as in
https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

from __future__ import annotations

import base64
import json
import pickle
import stat
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libcloud.common import errors
from libcloud.common.google import (
    GoogleAuthError,
    GoogleAuthType,
    GoogleBaseAuthConnection,
    GoogleBaseConnection,
    GoogleBaseDriver,
    GoogleBaseError,
    GoogleInstalledAppAuthConnection,
    GoogleOAuth2Credential,
    InvalidRequestError,
    JsonParseError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceInUseError,
    ResourceNotFoundError,
    auth,
)
from libcloud.common.retry import RetryPolicy
from libcloud.testing.base import run_in_threads
from libcloud.testing.http import ANY, Answer, HTTPDouble, Request, answer, includes

EMAIL = "me@project.iam.gserviceaccount.com"
CLIENT = "1234.apps.googleusercontent.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"
METADATA_URL = (
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
)
DNS = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"


@pytest.fixture(scope="module")
def rsa_key() -> Any:
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def pem(rsa_key: Any) -> str:
    return pem_of(rsa_key)


def pem_of(key: Any) -> str:
    from cryptography.hazmat.primitives import serialization

    private = serialization.PrivateFormat.PKCS8
    nothing = serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, private, nothing), "ascii")


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        monkeypatch.setattr(GoogleBaseAuthConnection, "conn_class", double.conn_class)
        monkeypatch.setattr(GoogleBaseConnection, "conn_class", double.conn_class)
        yield double


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(auth, "PRODUCT_NAME_FILE", tmp_path / "product_name")
    return tmp_path


def token(number: int, **more: Any) -> dict[str, Any]:
    return {"access_token": f"token-{number}", "expires_in": 3600, "token_type": "Bearer", **more}


class Connection(GoogleBaseConnection):
    def __init__(self, user_id: str, key: str, secure: Any = True, **kwargs: Any) -> None:
        super().__init__(user_id, key, secure=secure, **kwargs)
        self.request_path = "/compute/v1/projects/p"


class Driver(GoogleBaseDriver):
    connectionCls = Connection

    def __init__(self, key: str, secret: str = "", **kwargs: Any) -> None:
        self.options = kwargs
        super().__init__(key, secret)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return self.options


# Which way


@pytest.mark.parametrize(
    ("user_id", "expected"),
    [
        (EMAIL, GoogleAuthType.SA),
        ("123@developer.gserviceaccount.com", GoogleAuthType.SA),
        (CLIENT, GoogleAuthType.IA),
        ("GOOG1234567890123456", GoogleAuthType.GCS_S3),
        ("someone", GoogleAuthType.IA),
        (None, GoogleAuthType.IA),
    ],
)
def test_type_is_guessed_from_the_user_id(user_id: str | None, expected: str) -> None:
    assert GoogleAuthType.guess_type(user_id) == expected


def test_type_of_a_machine_of_google_is_its_own_account(home: Path) -> None:
    (home / "product_name").write_text("Google Compute Engine\n")
    assert GoogleAuthType.guess_type("") == GoogleAuthType.GCE
    assert GoogleAuthType.guess_type(EMAIL) == GoogleAuthType.SA


def test_credential_refuses_what_has_no_tokens() -> None:
    with pytest.raises(GoogleAuthError, match="GCS_S3"):
        GoogleOAuth2Credential("GOOG1", "key")


# Service accounts


def test_service_account_signs_for_a_token(double: HTTPDouble, rsa_key: Any, pem: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    def check(request: Request) -> Answer:
        signed, _, signature = request.form["assertion"][0].rpartition(".")
        rsa_key.public_key().verify(decoded(signature), signed.encode(), PKCS1v15(), SHA256())
        header, claims = (json.loads(decoded(part)) for part in signed.split("."))
        assert header == {"alg": "RS256", "typ": "JWT"}
        assert claims["iss"] == EMAIL
        assert claims["aud"] == TOKEN_URL
        assert claims["scope"] == DNS
        assert claims["exp"] - claims["iat"] == 3600
        assert abs(claims["iat"] - time.time()) < 60
        return answer(json=token(1))

    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": ANY}
    double.on("POST", TOKEN_URL, form=grant).reply_with(check).exactly(1)
    credential = GoogleOAuth2Credential(EMAIL, pem, scopes=["ndev.clouddns.readwrite"])
    assert [credential.access_token, credential.access_token] == ["token-1", "token-1"]
    left = credential.token_expire_utc_datetime.timestamp() - time.mktime(time.gmtime())
    assert 3500 < left <= 3600


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("form", ["json", "json file", "pem file"])
def test_key_of_a_service_account_may_be_given_in_several_ways(
    double: HTTPDouble, pem: str, home: Path, form: str
) -> None:
    content = json.dumps({"type": "service_account", "client_email": EMAIL, "private_key": pem})
    key = content
    if form != "json":
        path = home / "key"
        path.write_text(content if form == "json file" else pem)
        key = str(path)
    double.on("POST", TOKEN_URL).reply(json=token(1))
    user_id = EMAIL if form == "pem file" else ""
    credential = GoogleOAuth2Credential(user_id, key, GoogleAuthType.SA)
    assert credential.access_token == "token-1"
    assertion = double.requests[0].form["assertion"][0]
    assert json.loads(decoded(assertion.split(".")[1]))["iss"] == EMAIL


@pytest.mark.parametrize("key", ["/no/such/file", "{}", "{", "-----BEGIN x", "", "\0"])
def test_key_that_is_none_raises_auth_error(double: HTTPDouble, key: str) -> None:
    pytest.importorskip("cryptography")
    with pytest.raises(GoogleAuthError):
        GoogleOAuth2Credential(EMAIL, key).access_token  # noqa: B018


def test_key_that_is_not_rsa_raises_auth_error() -> None:
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    key = pem_of(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(GoogleAuthError, match="RSA"):
        GoogleOAuth2Credential(EMAIL, key).access_token  # noqa: B018


def test_refused_key_raises_auth_error_with_googles_words(double: HTTPDouble, pem: str) -> None:
    said = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    double.on("POST", TOKEN_URL).reply(400, json=said)
    with pytest.raises(GoogleAuthError, match="Invalid JWT Signature") as caught:
        GoogleOAuth2Credential(EMAIL, pem).access_token  # noqa: B018
    assert isinstance(caught.value, errors.InvalidCredsError)
    assert caught.value.provider_code == "invalid_grant"


@pytest.mark.parametrize("body", [{}, [], {"access_token": "x"}, {"expires_in": "soon"}])
def test_answer_without_token_raises_auth_error(double: HTTPDouble, pem: str, body: Any) -> None:
    double.on("POST", TOKEN_URL).reply(json=body)
    with pytest.raises(GoogleAuthError):
        GoogleOAuth2Credential(EMAIL, pem).access_token  # noqa: B018


def test_token_server_that_is_busy_is_asked_again(double: HTTPDouble, pem: str) -> None:
    double.on("POST", TOKEN_URL).reply(503).reply(json=token(1))
    credential = GoogleOAuth2Credential(EMAIL, pem)
    credential.oauth2_conn.retry = RetryPolicy(delay=0, max_delay=0)
    assert credential.access_token == "token-1"


# Renewal


def test_token_is_renewed_before_it_ends(double: HTTPDouble, pem: str) -> None:
    ends_soon = token(1, expires_in=auth.FRESH - 1)
    double.on("POST", TOKEN_URL).reply(json=ends_soon).reply(json=token(2))
    credential = GoogleOAuth2Credential(EMAIL, pem)
    assert [credential.access_token for _ in range(3)] == ["token-1", "token-2", "token-2"]


def test_threads_ask_for_one_token(double: HTTPDouble, pem: str) -> None:
    double.on("POST", TOKEN_URL).reply(json=token(1)).exactly(1)
    credential = GoogleOAuth2Credential(EMAIL, pem)
    found = run_in_threads([lambda: credential.access_token] * 8)
    assert found == ["token-1"] * 8


def test_refused_token_is_renewed_once(double: HTTPDouble, pem: str) -> None:
    double.on("POST", TOKEN_URL).reply(json=token(1)).reply(json=token(2))
    path = "/compute/v1/projects/p/zones"
    old = double.on("GET", path, headers={"Authorization": "Bearer token-1"})
    old.reply(401, json={"error": {"code": 401, "message": "Invalid Credentials"}})
    new = double.on("GET", path, headers={"Authorization": "Bearer token-2"})
    new.reply(json={"items": []})
    assert Driver(EMAIL, pem).connection.request("/zones").object == {"items": []}


def test_token_that_stays_refused_is_an_error(double: HTTPDouble, pem: str) -> None:
    double.on("POST", TOKEN_URL).reply(json=token(1)).reply(json=token(2))
    double.on("GET", "/compute/v1/projects/p/zones").reply(401, json={"error": {"code": 401}})
    with pytest.raises(errors.InvalidCredsError) as caught:
        Driver(EMAIL, pem).connection.request("/zones")
    assert isinstance(caught.value, GoogleBaseError)


def test_driver_can_be_pickled(double: HTTPDouble, pem: str) -> None:
    double.on("POST", TOKEN_URL).reply(json=token(1))
    credential = GoogleOAuth2Credential(EMAIL, pem)
    assert credential.access_token == "token-1"
    assert pickle.loads(pickle.dumps(credential)).access_token == "token-1"


# Installed applications


def test_user_is_asked_and_the_token_is_kept(
    double: HTTPDouble, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GoogleInstalledAppAuthConnection, "get_code", lambda self: "code-1")
    form = {
        "code": "code-1",
        "client_id": CLIENT,
        "client_secret": "secret",
        "redirect_uri": "http://127.0.0.1:8087",
        "grant_type": "authorization_code",
    }
    double.on("POST", TOKEN_URL, form=form).reply(json=token(1, refresh_token="r"))
    assert GoogleOAuth2Credential(CLIENT, "secret").access_token == "token-1"
    kept = home / f".google_libcloud_auth.{CLIENT}"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert GoogleOAuth2Credential(CLIENT, "secret").access_token == "token-1"


def test_kept_token_that_ended_is_refreshed_without_asking(double: HTTPDouble, home: Path) -> None:
    kept = home / "kept"
    old = token(1, refresh_token="r", expire_time="2020-01-01T00:00:00Z")
    kept.write_text(json.dumps(old))
    form = includes({"grant_type": ["refresh_token"], "refresh_token": ["r"]})
    double.on("POST", TOKEN_URL, form=form).reply(json=token(2))
    credential = GoogleOAuth2Credential(CLIENT, "secret", credential_file=str(kept))
    assert credential.access_token == "token-2"
    assert json.loads(kept.read_text())["refresh_token"] == "r"


def test_file_that_cannot_be_written_is_no_error(double: HTTPDouble, pem: str, home: Path) -> None:
    double.on("POST", TOKEN_URL).reply(json=token(1))
    kept = str(home / "absent" / "kept")
    assert GoogleOAuth2Credential(EMAIL, pem, credential_file=kept).access_token == "token-1"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_file_that_has_no_token_is_passed_over(
    double: HTTPDouble, pem: str, home: Path, content: str
) -> None:
    (home / "kept").write_text(content)
    double.on("POST", TOKEN_URL).reply(json=token(1))
    kept = str(home / "kept")
    assert GoogleOAuth2Credential(EMAIL, pem, credential_file=kept).access_token == "token-1"


def test_token_of_a_service_account_is_not_kept_unless_wanted(
    double: HTTPDouble, pem: str, home: Path
) -> None:
    double.on("POST", TOKEN_URL).reply(json=token(1))
    assert GoogleOAuth2Credential(EMAIL, pem).access_token == "token-1"
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("agrees", [True, False])
def test_browser_brings_the_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, agrees: bool
) -> None:
    connection = GoogleInstalledAppAuthConnection(CLIENT, "secret", login_hint="me@example.com")
    connection.redirect_uri_port = free_port()
    base = f"http://127.0.0.1:{connection.redirect_uri_port}/"
    printed = threading.Event()
    shown: list[str] = []

    def show(text: str) -> None:
        shown.append(text)
        printed.set()

    monkeypatch.setattr("builtins.print", show)

    def browse() -> None:
        from urllib.parse import parse_qs, urlsplit

        assert printed.wait(10)
        page = next(line for line in shown[0].splitlines() if line.startswith("https://"))
        asked = parse_qs(urlsplit(page).query)
        assert asked["login_hint"] == ["me@example.com"]
        assert f"{asked['redirect_uri'][0]}/" == base
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with pytest.raises(urllib.error.HTTPError):
            opener.open(f"{base}?code=forged&state=guessed", timeout=10)
        said = "code=code-1" if agrees else "error=access_denied"
        opener.open(f"{base}?{said}&state={asked['state'][0]}", timeout=10).read()

    browser = threading.Thread(target=browse)
    browser.start()
    if agrees:
        assert connection.get_code() == "code-1"
    else:
        with pytest.raises(GoogleAuthError, match="access_denied"):
            connection.get_code()
    browser.join(10)


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# Virtual machines


def test_machine_asks_its_metadata_server(double: HTTPDouble) -> None:
    double.on("GET", METADATA_URL, headers={"Metadata-Flavor": "Google"}).reply(json=token(1))
    credential = GoogleOAuth2Credential("", None, GoogleAuthType.GCE)
    assert credential.access_token == "token-1"


# Requests, errors, operations


@pytest.fixture
def driver(double: HTTPDouble) -> Driver:
    driver = Driver(EMAIL, "key")
    driver.connection.oauth2_credential.token = {
        "access_token": "token-1",
        "expire_time": "2099-01-01T00:00:00Z",
    }
    driver.connection.retry = RetryPolicy(attempts=1)
    return driver


def test_data_is_sent_as_json(driver: Driver, double: HTTPDouble) -> None:
    path = "/compute/v1/projects/p/x"
    json_type = {"Content-Type": "application/json"}
    double.on("POST", path, json={"a": 1}, headers=json_type).reply(json={}).reply(json={})
    driver.connection.request("/x", data={"a": 1}, method="POST")
    driver.connection.request("/x", json={"a": 1}, method="POST")


def test_links_are_followed_at_the_own_host(driver: Driver, double: HTTPDouble) -> None:
    double.on("GET", "https://www.googleapis.com/compute/v1/projects/debian/x").reply(json={})
    driver.connection.request("https://evil.example/compute/v1/projects/debian/x")


@pytest.mark.parametrize(
    ("status", "reason", "google_class", "generic_class"),
    [
        (404, "notFound", ResourceNotFoundError, errors.ResourceNotFoundError),
        (409, "alreadyExists", ResourceExistsError, errors.ResourceExistsError),
        (400, "resourceInUseByAnotherResource", ResourceInUseError, errors.ConflictError),
        (403, "quotaExceeded", QuotaExceededError, errors.QuotaExceededError),
        (403, "rateLimitExceeded", GoogleBaseError, errors.RateLimitReachedError),
        (429, "x", GoogleBaseError, errors.RateLimitReachedError),
        (403, "forbidden", GoogleBaseError, errors.PermissionDeniedError),
        (412, "conditionNotMet", GoogleBaseError, errors.ConflictError),
        (400, "invalid", InvalidRequestError, errors.ProviderError),
        (503, "backendError", GoogleBaseError, errors.ServiceUnavailableError),
        (500, "internalError", GoogleBaseError, errors.ProviderError),
    ],
)
def test_errors_are_googles_and_generic(
    driver: Driver,
    double: HTTPDouble,
    status: int,
    reason: str,
    google_class: type[Exception],
    generic_class: type[Exception],
) -> None:
    error = {"code": status, "message": "words", "errors": [{"reason": reason}]}
    double.on("GET", "/compute/v1/projects/p/x").reply(status, json={"error": error})
    with pytest.raises(google_class) as caught:
        driver.connection.request("/x")
    found: Any = caught.value
    assert isinstance(found, generic_class)
    assert isinstance(found, GoogleBaseError)
    assert (found.value, found.http_code, found.code, found.provider_code) == (
        "words",
        status,
        reason,
        reason,
    )
    copy = pickle.loads(pickle.dumps(found))
    assert (type(copy), copy.code, str(copy)) == (type(found), reason, str(found))


@pytest.mark.parametrize("body", ["<html>busy</html>", "[]", '{"error": 7}', '{"error": {}}'])
def test_error_in_another_form_goes_by_its_status(
    driver: Driver, double: HTTPDouble, body: str
) -> None:
    double.on("GET", "/compute/v1/projects/p/x").reply(404, text=body)
    with pytest.raises(ResourceNotFoundError):
        driver.connection.request("/x")


def test_wait_that_google_asks_for_is_in_the_error(driver: Driver, double: HTTPDouble) -> None:
    reply = double.on("GET", "/compute/v1/projects/p/x")
    reply.reply(429, headers={"Retry-After": "7"}).reply(503, headers={"Retry-After": "8"})
    for seconds in (7, 8):
        with pytest.raises(GoogleBaseError) as caught:
            driver.connection.request("/x")
        assert caught.value.retry_after == seconds  # type: ignore[attr-defined]


def test_answer_that_is_not_json_raises_malformed_response(
    driver: Driver, double: HTTPDouble
) -> None:
    double.on("GET", "/compute/v1/projects/p/x").reply(text="<html>")
    with pytest.raises(JsonParseError) as caught:
        driver.connection.request("/x")
    assert isinstance(caught.value, errors.MalformedResponseError)
    assert caught.value.body == "<html>"
    assert pickle.loads(pickle.dumps(caught.value)).body == "<html>"


def operation(status: str, **more: Any) -> dict[str, Any]:
    link = "https://www.googleapis.com/compute/v1/projects/p/global/operations/o"
    return {"kind": "compute#operation", "status": status, "selfLink": link, **more}


def test_operation_is_waited_for(
    driver: Driver, double: HTTPDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.connection.poll_interval = 0
    double.on("POST", "/compute/v1/projects/p/x").reply(json=operation("PENDING"))
    polled = double.on("GET", "/compute/v1/projects/p/global/operations/o")
    polled.reply(json=operation("RUNNING")).reply(json=operation("DONE", targetId="7"))
    done = driver.connection.async_request("/x", data={"a": 1}, method="POST")
    assert done.object["targetId"] == "7"


def test_operation_that_fails_raises_its_error(driver: Driver, double: HTTPDouble) -> None:
    driver.connection.poll_interval = 0
    said = {"errors": [{"code": "RESOURCE_ALREADY_EXISTS", "message": "There is one"}]}
    double.on("POST", "/compute/v1/projects/p/x").reply(json=operation("PENDING"))
    polled = double.on("GET", "/compute/v1/projects/p/global/operations/o")
    polled.reply(json=operation("DONE", error=said))
    with pytest.raises(ResourceExistsError, match="There is one"):
        driver.connection.async_request("/x", data={"a": 1}, method="POST")


def test_secrets_are_known_to_the_log(driver: Driver) -> None:
    assert set(driver.connection.secrets()) == {"key", "token-1"}
