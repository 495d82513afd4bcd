"""
Connections to S3 and what looks like it, and their answers.

Requests are signed with version 4 (:class:`S3SignatureV4Connection`) or with version 2
(:class:`BaseS3Connection`, :class:`S3Connection`), which AWS has given up and others still take.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from libcloud.common.aws import AWSBaseResponse, AWSTokenConnection, SignedAWSConnection
from libcloud.common.aws.responses import as_exception
from libcloud.common.aws.xml import findtext
from libcloud.common.base import ConnectionUserAndKey, RawResponse
from libcloud.common.errors import MalformedResponseError
from libcloud.common.lazy import lazy_pattern
from libcloud.common.response import XmlResponse
from libcloud.common.retry import DEFAULT_RETRY_POLICY, RetryPolicy
from libcloud.storage.drivers.s3.errors import S3_ERRORS, BucketInOtherRegionError
from libcloud.storage.drivers.s3.regions import (
    REGION_TO_HOST_MAP,
    host_of_region,
    region_in_host,
)

__all__ = [
    "API_VERSION",
    "EXPIRATION_SECONDS",
    "BaseS3Connection",
    "S3Connection",
    "S3RawResponse",
    "S3Response",
    "S3SignatureV4Connection",
]

API_VERSION = "2006-03-01"

EXPIRATION_SECONDS = 15 * 60
"""How long a request that is signed with version 2 is good."""

# S3 asks to send a request again after an InternalError as well.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ErrorBestPractices.html
S3_RETRY_POLICY = RetryPolicy(statuses=DEFAULT_RETRY_POLICY.statuses | {500})

# Query parameters that a signature of version 2 covers.
# fmt: off
_SUBRESOURCES = frozenset({
    "acl", "accelerate", "analytics", "cors", "delete", "encryption", "inventory", "lifecycle",
    "location", "logging", "metrics", "notification", "object-lock", "partNumber", "policy",
    "requestPayment", "replication", "restore", "retention", "tagging", "torrent", "uploadId",
    "uploads", "versionId", "versioning", "versions", "website", "response-cache-control",
    "response-content-disposition", "response-content-encoding", "response-content-language",
    "response-content-type", "response-expires",
})
# fmt: on

_ERROR_DOCUMENT = lazy_pattern(r"(<\?xml[^>]*>)?\s*<Error[ >]")


class S3Response(AWSBaseResponse):
    """
    An answer of S3.

    As ever, the statuses in ``valid_response_codes`` are left to whoever sent the request. The
    driver's own methods raise :meth:`exception` for them.
    """

    namespace: str | None = None
    valid_response_codes: list[int] = [404, 409, 400, 206]
    error_table = S3_ERRORS

    def success(self) -> bool:
        if self.status == 200 and _ERROR_DOCUMENT.match(self.body):
            return False
        return self._status_is_good()

    def parse_body(self) -> Any:
        try:
            return super().parse_body()
        except MalformedResponseError:
            if self.status >= 300:  # some proxy's page; the status says enough
                return self.body
            raise

    def parse_error(self) -> Any:
        error = self.stated_error()
        exception: Any = as_exception(self, error, self.error_class)
        if self.status < 300:
            # CompleteMultipartUpload and CopyObject say 200 before they know.
            exception.http_code = 500 if exception.retryable else 400
        region = self._other_region(error.code if error else None)
        if region is None:
            return exception
        elsewhere = BucketInOtherRegionError(
            f"{exception.value} (the bucket is in the region {region})",
            self.status,
            region,
            driver=exception.driver,
        )
        elsewhere.provider_code = exception.provider_code
        elsewhere.request_id = exception.request_id
        return elsewhere

    def exception(self) -> BaseException:
        """The exception for an answer that is an error, whatever ``success`` says."""
        return self._as_exception()

    def _status_is_good(self) -> bool:
        return 200 <= self.status < 300 or self.status in self.valid_response_codes

    def _other_region(self, code: str | None) -> str | None:
        """The region that the answer points to: in a header, in its body, or in a host name."""
        redirected = self.status in (301, 302, 307)
        unexplained = self.status == 400 and code is None  # as to a HEAD request
        if not (redirected or unexplained or code == "AuthorizationHeaderMalformed"):
            return None
        region = self.headers.get("x-amz-bucket-region")
        if region or code is None:
            return region
        root = XmlResponse.parse_body(self)
        endpoint = findtext(root, "Endpoint") or ""
        return findtext(root, "Region") or region_in_host(f"{endpoint}/".replace("/", "."))


class S3RawResponse(S3Response, RawResponse):
    """An answer of S3 whose body is still on the wire. An error's body is read at once."""

    def __init__(self, connection: Any, response: Any = None) -> None:
        RawResponse.__init__(self, connection, response)
        if not self.success():
            raise self.exception()

    def success(self) -> bool:
        return self._status_is_good()


class BaseS3Connection(ConnectionUserAndKey):
    """
    A connection that signs with version 2, in the query.

    All the same it is the base of those that sign otherwise: it has what they share.
    """

    host = REGION_TO_HOST_MAP["us-east-1"]
    responseCls = S3Response
    rawResponseCls = S3RawResponse
    retry = S3_RETRY_POLICY

    # "a//b", "./a" and "../a" are names of objects like any other.
    exact_path = True
    follow_redirects = False

    @contextmanager
    def at(self, host: str | None, region: str | None) -> Iterator[None]:
        """
        Send the requests of this thread elsewhere, while the block runs.

        :param host: The host in place of the connection's own; the port stays.
        :param region: The region to sign for.
        """
        self.set_context({"host": host, "region": region})
        try:
            yield
        finally:
            self.reset_context()

    def presigned_url(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        expires: int = 3600,
    ) -> str:
        """
        A URL that lets anybody send one kind of request for a while. No request is made.

        :param action: Path, percent-encoded.
        :param params: Query parameters, not encoded.
        :param headers: What the user of the URL will have to send.
        :param expires: How long the URL is good, in seconds.
        """
        from urllib.parse import quote, urlencode

        path = self.morph_action_hook(action)
        query = self._signed_params(dict(params or {}), headers or {}, method, path, expires)
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{self._host_header()}{path}?{urlencode(query, quote_via=quote)}"

    # -- signatures of version 2 ------------------------------------------------------------------

    def add_default_params(self, params: Any) -> Any:
        expires = str(int(time.time()) + EXPIRATION_SECONDS)
        return {**dict(params), "AWSAccessKeyId": self.user_id, "Expires": expires}

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        params["Signature"] = self.get_auth_signature(
            method=self.method or "GET",
            headers=headers,
            params=params,
            expires=params["Expires"],
            secret_key=self.key,
            path=self.action or "/",
            vendor_prefix=self._vendor_prefix(),
        )
        return params, headers

    @staticmethod
    def get_auth_signature(
        method: str,
        headers: Mapping[str, Any],
        params: Mapping[str, Any],
        expires: str | None,
        secret_key: str,
        path: str,
        vendor_prefix: str,
    ) -> str:
        """
        The signature of version 2, in base64.

        :param expires: Seconds since 1970 until which a request that is signed in the query is
            good; None for one that is signed in a header, by its date.
        :param path: Percent-encoded, with the container's name.
        :param vendor_prefix: How the names of the provider's own headers begin: ``x-amz``.
        """
        import base64
        import hashlib
        import hmac

        sent = {name.lower(): str(value).strip() for name, value in headers.items()}
        date = "" if f"{vendor_prefix}-date" in sent else sent.get("date", "")
        own = sorted(
            f"{name}:{value}\n" for name, value in sent.items() if name.startswith(vendor_prefix)
        )
        covered = sorted(
            name if value in (None, "") else f"{name}={value}"
            for name, value in params.items()
            if name in _SUBRESOURCES
        )
        to_sign = "\n".join(
            (
                method,
                sent.get("content-md5", ""),
                sent.get("content-type", ""),
                date if expires is None else str(expires),
                "".join(own) + path + ("?" + "&".join(covered) if covered else ""),
            )
        )
        digest = hmac.digest(secret_key.encode(), to_sign.encode(), hashlib.sha1)
        return base64.b64encode(digest).decode()

    def _signed_params(
        self, params: dict[str, Any], headers: Mapping[str, str], method: str, path: str, good: int
    ) -> dict[str, Any]:
        expires = str(int(time.time()) + good)
        params.update({"AWSAccessKeyId": self.user_id, "Expires": expires})
        params["Signature"] = self.get_auth_signature(
            method, headers, params, expires, self.key, path, self._vendor_prefix()
        )
        return params

    def _vendor_prefix(self) -> str:
        return getattr(self.driver, "http_vendor_prefix", "x-amz")

    # -- other hosts ------------------------------------------------------------------------------

    def _host_header(self) -> str:
        host = self.context.get("host")
        header = super()._host_header()
        return header.replace(self.host, host, 1) if host else header

    def _exchange(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if self.context.get("host"):
            scheme = "https" if self.secure else "http"
            url = f"{scheme}://{self._host_header()}{url}"
        return super()._exchange(method, url, *args, **kwargs)


class S3Connection(AWSTokenConnection, BaseS3Connection):
    """A connection that signs with version 2, and takes temporary credentials."""


class S3SignatureV4Connection(SignedAWSConnection, BaseS3Connection):
    """
    A connection that signs with version 4.

    ``class MyConnection(S3SignatureV4Connection, region="us-west-1")`` has that region's host.
    """

    service_name = "s3"
    version = API_VERSION

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
            signature_version="4",
        )

    def __init_subclass__(cls, region: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if region is not None and "host" not in vars(cls):
            cls.host = host_of_region(region)

    def region(self) -> str:
        return self.context.get("region") or super().region()
