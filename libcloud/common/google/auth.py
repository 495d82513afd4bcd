"""
Access tokens, by OAuth 2.0.

==========================  =======================================================================
``GoogleAuthType.SA``       a service account signs with its private key
                            https://developers.google.com/identity/protocols/oauth2/service-account
``GoogleAuthType.IA``       a user says yes in a browser, once
                            https://developers.google.com/identity/protocols/oauth2/native-app
``GoogleAuthType.GCE``      the virtual machine's own service account
                            https://cloud.google.com/compute/docs/access/authenticate-workloads
``GoogleAuthType.GCS_S3``   no token: keys for the storage's look-alike of S3
==========================  =======================================================================

Nothing is asked for before the first request needs a token.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, ClassVar

from libcloud.common.base import ConnectionUserAndKey
from libcloud.common.errors import ProviderError
from libcloud.common.google.errors import GoogleAuthError
from libcloud.common.google.response import GoogleResponse

__all__ = [
    "LOG",
    "UTC_TIMESTAMP_FORMAT",
    "GoogleAuthType",
    "GoogleBaseAuthConnection",
    "GoogleGCEServiceAcctAuthConnection",
    "GoogleInstalledAppAuthConnection",
    "GoogleOAuth2Credential",
    "GoogleServiceAcctAuthConnection",
]

LOG = logging.getLogger(__name__)

UTC_TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

TOKEN_HOST = "oauth2.googleapis.com"
TOKEN_PATH = "/token"
METADATA_HOST = "metadata.google.internal"
METADATA_TOKEN_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"

SCOPE_PREFIX = "https://www.googleapis.com/auth/"
DEFAULT_SCOPES = ("compute", "devstorage.full_control", "ndev.clouddns.readwrite")

# Seconds for which a token must still be good. The metadata server gives out a new one only in the
# last five minutes of the old one.
FRESH = 120

# Seconds for which a signed request for a token is good; an hour is the most.
ASSERTION_LIFE = 3600

# What a virtual machine of Google says that it is.
# https://cloud.google.com/compute/docs/instances/detect-compute-engine
PRODUCT_NAME_FILE = Path("/sys/class/dmi/id/product_name")


class GoogleAuthType:
    """The ways to be known by Google."""

    SA = "SA"
    IA = "IA"
    GCE = "GCE"
    GCS_S3 = "GCS_S3"

    ALL_TYPES: ClassVar = [SA, IA, GCE, GCS_S3]
    OAUTH2_TYPES: ClassVar = [SA, IA, GCE]

    @classmethod
    def guess_type(cls, user_id: str | None) -> str:
        """The way that a user ID is for; without one, on a virtual machine of Google, its own."""
        user_id = user_id or ""
        if user_id.endswith(".gserviceaccount.com"):
            return cls.SA
        if user_id.startswith("GOOG"):
            return cls.GCS_S3
        if user_id.endswith(".apps.googleusercontent.com"):
            return cls.IA
        return cls.GCE if _is_google_machine() else cls.IA

    @classmethod
    def is_oauth2(cls, auth_type: str) -> bool:
        return auth_type in cls.OAUTH2_TYPES


class GoogleBaseAuthConnection(ConnectionUserAndKey):
    """
    Gets tokens.

    :param user_id: E-mail address of a service account, or client ID of an application.
    :param key: Private key, or client secret.
    :param scopes: What the token shall be good for; ``compute`` is short for
        ``https://www.googleapis.com/auth/compute``.
    :param redirect_uri: Where a user's browser goes after consent: to this program.
    :param login_hint: E-mail address that the page of consent proposes.
    """

    driver: Any = None
    responseCls = GoogleResponse
    name = "Google Auth"

    # The page of consent, which a user opens. Tokens are asked for elsewhere.
    host = "accounts.google.com"
    auth_path = "/o/oauth2/auth"
    redirect_uri_port = 8087

    def __init__(
        self,
        user_id: str,
        key: str | None = None,
        scopes: Any = None,
        redirect_uri: str = "http://127.0.0.1",
        login_hint: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("host", TOKEN_HOST)
        super().__init__(user_id, key or "", **kwargs)
        self.scopes = full_scopes(scopes)
        self.redirect_uri = redirect_uri
        self.login_hint = login_hint

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        if self.method == "POST":
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return headers

    def get_new_token(self) -> dict[str, Any]:
        """
        A token that nobody had before.

        :return: ``access_token``, ``token_type``, ``expires_in`` (seconds), ``expire_time``.
        :raises GoogleAuthError: Google gives none.
        """
        raise NotImplementedError

    def refresh_token(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """
        The token that comes after one.

        :param token_info: The old one, as :meth:`get_new_token` gave it.
        """
        return self.get_new_token()

    def _token_request(self, request_body: dict[str, Any]) -> dict[str, Any]:
        from urllib.parse import urlencode

        # Nothing is the worse for a second token.
        return self._to_token(
            TOKEN_PATH, method="POST", data=urlencode(request_body), idempotent=True
        )

    def _to_token(self, action: str, **request: Any) -> dict[str, Any]:
        asked = time.time()
        try:
            token = self.request(action, **request).object
        except ProviderError as error:
            if error.retryable:
                raise
            refused = GoogleAuthError(error.value)
            refused.provider_code, refused.driver = error.provider_code, self.driver
            raise refused from error
        try:
            expires = asked + int(token["expires_in"])
            return {
                **token,
                "access_token": str(token["access_token"]),
                "expire_time": time.strftime(UTC_TIMESTAMP_FORMAT, time.gmtime(expires)),
            }
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise GoogleAuthError(f"The answer has no token: {error!r}") from error


class GoogleServiceAcctAuthConnection(GoogleBaseAuthConnection):
    """
    A service account.

    :param user_id: Its e-mail address; the key's own if empty.
    :param key: Its key: the JSON that Google made, or the PEM text of the private key, or the path
        of a file with either.
    """

    def __init__(self, user_id: str, key: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(user_id, key, *args, **kwargs)

    def get_new_token(self) -> dict[str, Any]:
        email, private_key = read_service_account_key(self.key)
        now = int(time.time())
        claims = {
            "iss": self.user_id or email,
            "scope": " ".join(self.scopes),
            "aud": f"https://{TOKEN_HOST}{TOKEN_PATH}",
            "iat": now,
            "exp": now + ASSERTION_LIFE,
        }
        grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        assertion = sign_jwt(claims, private_key)
        return self._token_request({"grant_type": grant_type, "assertion": assertion})


class GoogleInstalledAppAuthConnection(GoogleBaseAuthConnection):
    """
    A program that acts for a user.

    :param user_id: Client ID of the application.
    :param key: Its client secret.
    """

    def get_code(self) -> str:
        """
        Ask the user: print the address of the page of consent, and wait until the browser comes
        back from there with a code.

        :raises GoogleAuthError: the user said no.
        """
        import secrets
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from urllib.parse import parse_qs, urlencode, urlsplit

        state = secrets.token_urlsafe(16)
        answers: list[dict[str, list[str]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                if query.get("state") == [state]:
                    answers.append(query)
                self.send_response(200 if answers else 400)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.end_headers()
                self.wfile.write(b"Done. You can close this window.\n" if answers else b"No.\n")

            def log_message(self, format: str, *arguments: Any) -> None:
                """The code is nothing for a log."""

        with HTTPServer(("127.0.0.1", self.redirect_uri_port), Handler) as server:
            parameters = {
                "response_type": "code",
                "client_id": self.user_id,
                "redirect_uri": self._redirect_uri(),
                "scope": " ".join(self.scopes),
                "state": state,
                "access_type": "offline",
                **({"login_hint": self.login_hint} if self.login_hint else {}),
            }
            page = f"https://{GoogleBaseAuthConnection.host}{self.auth_path}"
            print(f"\nPlease open this page and sign in:\n{page}?{urlencode(parameters)}\n")
            while not answers:
                server.handle_request()
        if "code" not in answers[0]:
            said = answers[0].get("error", ["no code"])[0]
            raise GoogleAuthError(f"The user did not agree: {said}")
        return answers[0]["code"][0]

    def get_new_token(self) -> dict[str, Any]:
        """A token for which the user is asked."""
        return self._token_request(
            {
                "code": self.get_code(),
                "client_id": self.user_id,
                "client_secret": self.key,
                "redirect_uri": self._redirect_uri(),
                "grant_type": "authorization_code",
            }
        )

    def refresh_token(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """A new token by the refresh token of the old one; the user is asked if it has none."""
        if "refresh_token" not in token_info:
            return self.get_new_token()
        refresh_token = token_info["refresh_token"]
        token = self._token_request(
            {
                "refresh_token": refresh_token,
                "client_id": self.user_id,
                "client_secret": self.key,
                "grant_type": "refresh_token",
            }
        )
        return {"refresh_token": refresh_token, **token}

    def _redirect_uri(self) -> str:
        return f"{self.redirect_uri}:{self.redirect_uri_port}"


class GoogleGCEServiceAcctAuthConnection(GoogleBaseAuthConnection):
    """A virtual machine of Google, whose metadata server gives tokens to all that runs on it."""

    def __init__(self, user_id: str = "", key: str | None = None, **kwargs: Any) -> None:
        super().__init__(user_id, key, **{"host": METADATA_HOST, "secure": False, **kwargs})

    def get_new_token(self) -> dict[str, Any]:
        return self._to_token(METADATA_TOKEN_PATH, headers={"Metadata-Flavor": "Google"})


_CONNECTIONS: dict[str, type[GoogleBaseAuthConnection]] = {
    GoogleAuthType.SA: GoogleServiceAcctAuthConnection,
    GoogleAuthType.IA: GoogleInstalledAppAuthConnection,
    GoogleAuthType.GCE: GoogleGCEServiceAcctAuthConnection,
}


class GoogleOAuth2Credential:
    """
    A token that is always good. Any number of threads may share it.

    :param auth_type: One of :class:`GoogleAuthType`; guessed from ``user_id`` if None.
    :param credential_file: Where tokens are kept between programs. Without it only those are kept
        to which a user agreed, in :attr:`default_credential_file` with the user ID as its ending.
    :param scopes: See :class:`GoogleBaseAuthConnection`.
    :param kwargs: For the connection that gets tokens.
    :raises GoogleAuthError: the type is none that has tokens.
    """

    default_credential_file = "~/.google_libcloud_auth"

    def __init__(
        self,
        user_id: str,
        key: str | None,
        auth_type: str | None = None,
        credential_file: str | None = None,
        scopes: Any = None,
        **kwargs: Any,
    ) -> None:
        self.auth_type = auth_type or GoogleAuthType.guess_type(user_id)
        if not GoogleAuthType.is_oauth2(self.auth_type):
            raise GoogleAuthError(
                f"auth_type must be one of {GoogleAuthType.OAUTH2_TYPES}, not {self.auth_type!r}"
            )
        self.user_id = user_id
        self.key = key
        self.credential_file = credential_file or f"{self.default_credential_file}.{user_id}"
        self.scopes = full_scopes(scopes)
        self.token: dict[str, Any] | None = None
        self.oauth2_conn: Any = _CONNECTIONS[self.auth_type](
            user_id, key or "", scopes=self.scopes, **kwargs
        )
        self._is_kept = bool(credential_file) or self.auth_type == GoogleAuthType.IA

    @property
    def access_token(self) -> str:
        """
        A token for the next request: read from the file or asked for, if there is no good one.

        :raises GoogleAuthError: Google gives none.
        """
        token = self.token
        if not _is_fresh(token):
            with self.oauth2_conn._renewal_lock():
                token = self.token
                if not _is_fresh(token):
                    token = self._from_file() if token is None else token
                    token = token if _is_fresh(token) else self._next(token)
                    self.token = token
        assert token is not None
        return str(token["access_token"])

    @property
    def token_expire_utc_datetime(self) -> Any:
        """When the token ends, as a datetime in UTC without a zone; None without a token."""
        import datetime

        if self.token is None:
            return None
        return datetime.datetime.strptime(self.token["expire_time"], UTC_TIMESTAMP_FORMAT)

    def renew(self) -> None:
        """Get another token, however long the one that there is should still be good."""
        with self.oauth2_conn._renewal_lock():
            self.token = self._next(self.token)

    def _next(self, token: dict[str, Any] | None) -> dict[str, Any]:
        connection = self.oauth2_conn
        following: dict[str, Any] = (
            connection.get_new_token() if token is None else connection.refresh_token(token)
        )
        self._to_file(following)
        return following

    def _from_file(self) -> dict[str, Any] | None:
        import json

        if not self._is_kept:
            return None
        try:
            token = json.loads(Path(self.credential_file).expanduser().read_bytes())
        except (OSError, ValueError):
            return None
        return token if isinstance(token, dict) and "access_token" in token else None

    def _to_file(self, token: dict[str, Any]) -> None:
        import json
        import os
        import tempfile

        if not self._is_kept:
            return
        path = Path(self.credential_file).expanduser()
        try:
            # For the user's eyes only, and whole at any time.
            number, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump(token, file)
            os.replace(name, path)
        except OSError as error:
            LOG.info("The token cannot be kept in %s: %s", path, error)


def full_scopes(scopes: Any) -> list[str]:
    """Scopes in full; the usual ones for None."""
    return [
        scope if scope.startswith("https://") else f"{SCOPE_PREFIX}{scope}"
        for scope in scopes or DEFAULT_SCOPES
    ]


def read_service_account_key(key: str) -> tuple[str, str]:
    """
    E-mail address (empty when it is not there) and PEM text of a service account's key.

    :param key: JSON, PEM, or the path of a file with one of them.
    :raises GoogleAuthError: it is something else.
    """
    import json

    text = key.strip()
    if not text.startswith(("{", "-----BEGIN")):
        try:
            text = Path(key).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise GoogleAuthError(
                "The key of the service account is neither JSON nor PEM, nor a file with one of "
                "them (keys in PKCS 12 can be changed with: openssl pkcs12 -nodes -nocerts)"
            ) from error
    if not text.startswith("{"):
        return "", text
    try:
        content = json.loads(text)
        return str(content.get("client_email", "")), str(content["private_key"])
    except (KeyError, ValueError) as error:
        raise GoogleAuthError("The JSON of the service account's key is not one") from error


def sign_jwt(claims: dict[str, Any], private_key: str) -> str:
    """
    A JSON web token, signed by RSA with SHA-256.

    :param private_key: In PEM.
    :raises GoogleAuthError: the key cannot be read.
    """
    import base64
    import json

    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    def encoded(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    try:
        signer = load_pem_private_key(private_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise GoogleAuthError(f"The private key cannot be read: {error}") from error
    if not isinstance(signer, RSAPrivateKey):
        raise GoogleAuthError("The private key is not an RSA key")
    header = {"alg": "RS256", "typ": "JWT"}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{encoded(signer.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _is_fresh(token: dict[str, Any] | None) -> bool:
    import calendar

    if token is None:
        return False
    try:
        ends = calendar.timegm(time.strptime(token["expire_time"], UTC_TIMESTAMP_FORMAT))
    except (KeyError, TypeError, ValueError):
        return False
    return ends - time.time() > FRESH


def _is_google_machine() -> bool:
    try:
        return "Google" in PRODUCT_NAME_FILE.read_text()
    except OSError:
        return False
