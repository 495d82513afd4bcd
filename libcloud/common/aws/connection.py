"""
Connections that sign their requests.

A service's connection is a few class attributes::

    class Route53Connection(AWSConnection):
        host = "route53.amazonaws.com"
        responseCls = Route53Response
        service_name = "route53"

and whatever goes through ``request()`` is signed: any path, query, headers and body. Services of
the query protocol (EC2, ELB, IAM, STS ...) call actions: see :mod:`libcloud.common.aws.query`.

Region and host come from where they are known last: override :meth:`SignedAWSConnection.region`
when it differs from the driver's, and :meth:`SignedAWSConnection.now` when the clock does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from libcloud.common.authentication import ConnectionUserAndKey
from libcloud.common.aws.signers import SIGNERS, AWSRequestSigner, query_pairs
from libcloud.common.aws.signing import (
    EMPTY_PAYLOAD_HASH,
    UNSIGNED_PAYLOAD,
    Credentials,
    presign_v4,
)
from libcloud.common.errors import LibcloudError

if TYPE_CHECKING:
    from datetime import datetime, timedelta

__all__ = [
    "DEFAULT_SIGNATURE_VERSION",
    "AWSConnection",
    "AWSTokenConnection",
    "SignedAWSConnection",
    "is_idempotent_action",
]

DEFAULT_SIGNATURE_VERSION = "2"
"""
What :class:`SignedAWSConnection` signs with unless told otherwise.

AWS itself takes version 4 everywhere, and version 2 hardly anywhere: see :class:`AWSConnection`.
"""

DEFAULT_REGION = "us-east-1"

# What services say when the time of a signature is too far from theirs, which some call by the name
# that a wrong key has as well.
CLOCK_ERRORS = frozenset(
    {
        "AuthFailure",
        "InvalidSignatureException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)

# What they say of temporary credentials that were good once.
EXPIRED_ERRORS = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired"}
)

# AWS accepts a difference of 5 minutes, S3 of 15: a smaller one than this is not why it refuses.
TOLERATED_SKEW = 4 * 60  # seconds


class AWSTokenConnection(ConnectionUserAndKey):
    """
    A connection that sends the token of temporary credentials along.

    :param user_id: The access key id.
    :param key: The secret access key.
    :param token: The session token, None for permanent credentials.
    """

    def __init__(
        self,
        user_id: str,
        key: str,
        secure: Any = True,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        token: str | None = None,
        retry_delay: float | None = None,
        backoff: float | None = None,
    ) -> None:
        self.token = token
        super().__init__(
            user_id,
            key,
            secure=secure,
            host=host,
            port=port,
            url=url,
            timeout=timeout,
            proxy_url=proxy_url,
            retry_delay=retry_delay,
            backoff=backoff,
        )

    def add_default_params(self, params: Any) -> Any:
        if self.token:
            params["x-amz-security-token"] = self.token
        return super().add_default_params(params)

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        if self.token:
            headers["x-amz-security-token"] = self.token
        return super().add_default_headers(headers)

    def secrets(self) -> tuple[str, ...]:
        return tuple(secret for secret in (self.key, self.token) if secret)


class SignedAWSConnection(AWSTokenConnection):
    """
    A connection whose requests are signed.

    :param signature_version: "4" or "2".
    :raises ValueError: any other signature version.
    """

    # The service's API version: sent with the actions of the query protocol.
    version: str | None = None

    # What the service is called in a signature of version 4.
    service_name: str | None = None

    # Called for the credentials of each request, in place of user_id, key and token.
    credentials: Callable[[], Credentials] | None = None

    # A redirected request needs a signature of its own.
    follow_redirects = False

    # How far the server's clock is ahead of ours, as far as it matters.
    clock_offset: timedelta | None = None

    def __init__(
        self,
        user_id: str,
        key: str,
        secure: Any = True,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        token: str | None = None,
        retry_delay: float | None = None,
        backoff: float | None = None,
        signature_version: str = DEFAULT_SIGNATURE_VERSION,
    ) -> None:
        super().__init__(
            user_id,
            key,
            secure=secure,
            host=host,
            port=port,
            url=url,
            timeout=timeout,
            proxy_url=proxy_url,
            token=token,
            retry_delay=retry_delay,
            backoff=backoff,
        )
        self.signature_version = str(signature_version)
        signer_class = SIGNERS.get(self.signature_version)
        if signer_class is None:
            raise ValueError(f"Unsupported signature_version: {self.signature_version}")
        self.signer: AWSRequestSigner = signer_class(user_id, key, self.version, self)

    # -- what a signature is made of; services override what differs ------------------------------

    def now(self) -> datetime:
        """The time that requests are signed with, aware: the server's, where ours was refused."""
        from datetime import datetime, timezone

        now = datetime.now(timezone.utc)
        return now if self.clock_offset is None else now + self.clock_offset

    def region(self) -> str:
        """The region that requests are signed for."""
        driver = self.driver
        return (
            getattr(driver, "region_name", None)
            or getattr(driver, "region", None)
            or DEFAULT_REGION
        )

    def current_credentials(self) -> Credentials:
        """Who signs the next request."""
        if self.credentials is not None:
            return self.credentials()
        return Credentials(self.user_id, self.key, self.token)

    # -- credentials that have expired, and a clock that is off -----------------------------------

    def credentials_are_stale(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        if self.method == "HEAD":  # the answer has no body, and so states no code
            return error.http_code in (400, 403)
        return error.provider_code in CLOCK_ERRORS | EXPIRED_ERRORS

    def renew_credentials(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        """
        Ask the source of the credentials for new ones, and take the server's time for signing when
        it is so far from ours that it may be why.
        """
        forget = getattr(self.credentials, "forget", None)
        if forget is not None and error.provider_code in EXPIRED_ERRORS:
            forget(self.current_credentials())
            return True
        return self._take_time_of(headers)

    def _take_time_of(self, headers: Mapping[str, str]) -> bool:
        from datetime import datetime, timedelta, timezone
        from email.utils import parsedate_to_datetime

        try:
            server_time = parsedate_to_datetime(headers.get("date", ""))
            offset = server_time - datetime.now(timezone.utc)
        except (TypeError, ValueError, OverflowError):
            return False
        change = offset - (self.clock_offset or timedelta(0))
        if abs(change.total_seconds()) < TOLERATED_SKEW:
            return False
        self.clock_offset = offset
        return True

    # -- hooks of the connection ------------------------------------------------------------------

    def add_default_params(self, params: Any) -> Any:
        return self.signer.get_request_params(
            params, method=self.method or "GET", path=self._path()
        )

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        # The signer adds the token: both ways of signing have a place of their own for it.
        return headers

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return self.signer.get_request_headers(
            params, headers, method=self.method or "GET", path=self.action or "/", data=self.data
        )

    def is_idempotent(self, method: str, action: str, params: Any) -> bool:
        if isinstance(params, Mapping) and "Action" in params:
            return is_idempotent_action(params)
        return super().is_idempotent(method, action, params)

    # -- pre-signed URLs --------------------------------------------------------------------------

    def presigned_url(
        self,
        action: str,
        params: Any = None,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        expires: int = 3600,
    ) -> str:
        """
        A URL that lets anybody send one kind of request for a while. No request is made.

        :param action: Path, percent-encoded, as :meth:`request` takes it.
        :param params: Query parameters, not encoded.
        :param headers: What the user of the URL will have to send.
        :param expires: How long the URL is good, in seconds; at most seven days.
        """
        from urllib.parse import quote, urlencode

        path = self.morph_action_hook(action)
        host = self._host_header()
        query = presign_v4(
            method,
            host,
            path,
            query_pairs(params),
            headers or {},
            UNSIGNED_PAYLOAD if self.service_name == "s3" else EMPTY_PAYLOAD_HASH,
            self.current_credentials(),
            self.region(),
            self.service_name or "",
            self.now(),
            expires,
        )
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{host}{path}?{urlencode(query, quote_via=quote)}"

    def _path(self) -> str:
        return (self.action or "/").partition("?")[0]


class AWSConnection(SignedAWSConnection):
    """A connection to AWS itself: it signs with version 4, unless the caller wants otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("signature_version", "4")
        super().__init__(*args, **kwargs)


def is_idempotent_action(form: Mapping[str, Any], further: frozenset[str] = frozenset()) -> bool:
    """
    True when an action may arrive twice: it only reads, or the service knows it by a token.

    :param form: Parameters of the action, ``Action`` among them.
    :param further: Actions of which the service itself makes sure.
    """
    action = str(form["Action"])
    return (
        action.startswith(("Describe", "Get", "List"))
        or action in further
        or bool(form.get("ClientToken"))
    )
