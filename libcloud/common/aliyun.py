"""
What all drivers of Alibaba Cloud share: signature, errors.

The API is of the "RPC" style: an action and its parameters, flat, in the query of a GET.
https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse, XmlResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    RateLimitReachedError,
    ServiceUnavailableError,
    provider_error,
)

__all__ = [
    "DEFAULT_SIGNATURE_VERSION",
    "SIGNATURE_VERSION_1_0",
    "AliyunConnection",
    "AliyunJsonResponse",
    "AliyunRequestSigner",
    "AliyunRequestSignerAlgorithmV1_0",
    "AliyunXmlResponse",
    "SignedAliyunConnection",
]

SIGNATURE_VERSION_1_0 = "1.0"
DEFAULT_SIGNATURE_VERSION = SIGNATURE_VERSION_1_0

# The codes that all services have, with whatever status; one with a detail after a dot that is not
# here goes by what precedes the dot:
# https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-errorcodes
ERRORS: dict[str, type[ProviderError]] = {
    "Forbidden": PermissionDeniedError,
    "IncompleteSignature": InvalidCredsError,
    "InvalidAccessKeyId": InvalidCredsError,
    "InvalidSecurityToken.Expired": InvalidCredsError,
    "MissingAccessKeyId": InvalidCredsError,
    "NoPermission": PermissionDeniedError,
    "ServiceUnavailable": ServiceUnavailableError,
    "SignatureDoesNotMatch": InvalidCredsError,
    "Throttling": RateLimitReachedError,
}


class _AliyunErrors:
    """Errors in either format; ``error_table`` has what only one service says."""

    error_table: Mapping[str, type[ProviderError]] = {}

    def _provider_error(self, said: Mapping[str, Any]) -> ProviderError:
        answer: Any = self
        code = str(said.get("Code") or "")
        table = {**ERRORS, **self.error_table}
        kind = table.get(code) or table.get(code.partition(".")[0])
        return provider_error(
            answer.status,
            said.get("Message") or str(answer.body)[:500],
            code,
            {code: kind} if kind else None,
            request_id=said.get("RequestId"),
            headers=answer.headers,
            driver=getattr(answer.connection, "driver", None),
        )


class AliyunXmlResponse(_AliyunErrors, XmlResponse):
    """An answer in XML; errors are ``<Error><Code/><Message/><RequestId/></Error>``."""

    namespace = None

    def parse_error(self) -> Any:
        try:
            root = self.parse_body()
        except MalformedResponseError:
            root = None
        tags = ("Code", "Message", "RequestId") if hasattr(root, "findtext") else ()
        return self._provider_error({tag: root.findtext(tag) for tag in tags})


class AliyunJsonResponse(_AliyunErrors, JsonResponse):
    """An answer in JSON; errors are ``{"Code": ..., "Message": ..., "RequestId": ...}``."""

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        return self._provider_error(body if isinstance(body, dict) else {})


class AliyunRequestSigner:
    """
    Signs requests; this one does not.

    :param access_key: ID of the access key.
    :param access_secret: Its secret.
    :param version: Version of the service's API, a date.
    """

    def __init__(self, access_key: str, access_secret: str, version: str) -> None:
        self.access_key = access_key
        self.access_secret = access_secret
        self.version = version

    def get_request_params(
        self, params: dict[str, Any], method: str = "GET", path: str = "/"
    ) -> dict[str, Any]:
        """The parameters with whatever the signature adds to them."""
        return params

    def get_request_headers(
        self,
        params: dict[str, Any],
        headers: dict[str, Any],
        method: str = "GET",
        path: str = "/",
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters, and the headers with whatever the signature adds to them."""
        return params, headers


class AliyunRequestSignerAlgorithmV1_0(AliyunRequestSigner):  # noqa: N801 - an old name
    """
    Signature 1.0: HMAC-SHA1 of method, path and sorted parameters, as one more parameter.

    https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
    """

    def get_request_params(
        self, params: dict[str, Any], method: str = "GET", path: str = "/"
    ) -> dict[str, Any]:
        import time
        import uuid

        signed = {
            "Format": "XML",
            **params,
            "Version": self.version,
            "AccessKeyId": self.access_key,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": SIGNATURE_VERSION_1_0,
            "SignatureNonce": str(uuid.uuid4()),
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        signed["Signature"] = self._signature(signed, method, path)
        return signed

    def _signature(self, params: Mapping[str, Any], method: str, path: str) -> str:
        import base64
        import hashlib
        import hmac

        query = "&".join(f"{_encoded(key)}={_encoded(params[key])}" for key in sorted(params))
        to_sign = f"{method}&{_encoded(path)}&{_encoded(query)}"
        key = f"{self.access_secret}&".encode()
        return base64.b64encode(hmac.new(key, to_sign.encode(), hashlib.sha1).digest()).decode()


class AliyunConnection(ConnectionUserAndKey):
    """The base of all connections."""


class SignedAliyunConnection(AliyunConnection):
    """
    Signs each attempt anew: the provider takes a nonce only once.

    :param user_id: ID of the access key.
    :param key: Its secret.
    :param api_version: Version of the service's API; instead of the class' own.
    :param signature_version: ``1.0`` is the only one.
    :raises ValueError: no version of the API is known, or the signature is of another version.
    """

    api_version: str | None = None

    def __init__(
        self,
        user_id: str,
        key: str,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        retry_delay: float | None = None,
        backoff: float | None = None,
        api_version: str | None = None,
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
            backoff=backoff,
            retry_delay=retry_delay,
        )
        self.signature_version = str(signature_version)
        if self.signature_version != SIGNATURE_VERSION_1_0:
            raise ValueError(f"Unsupported signature_version: {self.signature_version}")
        version = api_version or self.api_version
        if version is None:
            raise ValueError("Unsupported null api_version")
        self.api_version = str(version)
        self.signer = AliyunRequestSignerAlgorithmV1_0(user_id, key, self.api_version)

    def add_default_params(self, params: Any) -> Any:
        path = self.action or "/"
        return self.signer.get_request_params(dict(params), method=self.method or "GET", path=path)

    def call(self, action: str, params: Mapping[str, Any], idempotent: bool = True) -> Any:
        """
        Call an action and return its answer.

        :param params: Parameters of the action; None as a value leaves one out.
        :param idempotent: False for an action that must not be done twice. It is a GET like all.
        """
        given = {key: value for key, value in params.items() if value is not None}
        return self.request("/", params={"Action": action, **given}, idempotent=idempotent)


def _encoded(value: Any) -> str:
    from urllib.parse import quote

    return quote(str(value), safe="-_.~")
