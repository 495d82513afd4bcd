"""
Signers: between a connection, which knows the request, and the functions that sign it.

A connection asks its ``signer`` twice: for the parameters of the query and, last of all, for the
headers. A program may put in one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.common.aws.signing import (
    EMPTY_PAYLOAD_HASH,
    SIGNATURE_HEADERS,
    UNSIGNED_PAYLOAD,
    Credentials,
    payload_hash,
    sign_v2,
    sign_v4,
)

__all__ = [
    "SIGNERS",
    "AWSRequestSigner",
    "AWSRequestSignerAlgorithmV2",
    "AWSRequestSignerAlgorithmV4",
    "UnsignedPayloadSentinel",
    "query_pairs",
]


class UnsignedPayloadSentinel:
    """Given as the body of a request to be signed: stands for one that the signature leaves out."""


class AWSRequestSigner:
    """
    Signs the requests of a connection; this one leaves them as they are.

    :param access_key: The access key id.
    :param access_secret: The secret access key.
    :param version: API version that actions are called with.
    :param connection: A :class:`SignedAWSConnection`.
    """

    def __init__(
        self, access_key: str, access_secret: str, version: str | None, connection: Any
    ) -> None:
        self.access_key = access_key
        self.access_secret = access_secret
        self.version = version
        self.connection = connection

    def get_request_params(self, params: Any, method: str = "GET", path: str = "/") -> Any:
        """The query parameters, with those that the signature needs."""
        return params

    def get_request_headers(
        self, params: Any, headers: Any, method: str = "GET", path: str = "/", data: Any = None
    ) -> tuple[Any, Any]:
        """The query parameters, and the headers with those that sign the request."""
        return params, headers

    def _credentials(self) -> Credentials:
        source = getattr(self.connection, "credentials", None)
        if source is not None:
            credentials: Credentials = source()
            return credentials
        token = getattr(self.connection, "token", None)
        return Credentials(self.access_key, self.access_secret, token)

    def _host(self, headers: Mapping[str, str]) -> str:
        return headers.get("Host") or self.connection._host_header()


class AWSRequestSignerAlgorithmV2(AWSRequestSigner):
    """Signs in the query."""

    def get_request_params(self, params: Any, method: str = "GET", path: str = "/") -> Any:
        if method == "POST" and not params:
            # The action is in the form, and so is its signature.
            return params
        params = dict(params)
        if self.version:
            params.setdefault("Version", self.version)
        return sign_v2(
            method, self._host({}), path, params, self._credentials(), self.connection.now()
        )


class AWSRequestSignerAlgorithmV4(AWSRequestSigner):
    """Signs in the headers."""

    def get_request_params(self, params: Any, method: str = "GET", path: str = "/") -> Any:
        if self.version and isinstance(params, dict) and "Action" in params:
            params.setdefault("Version", self.version)
        return params

    def get_request_headers(
        self, params: Any, headers: Any, method: str = "GET", path: str = "/", data: Any = None
    ) -> tuple[Any, Any]:
        path, mark, query = path.partition("?")
        pairs = query_pairs(params)
        if mark:
            from urllib.parse import parse_qsl

            pairs = [*parse_qsl(query, keep_blank_values=True), *pairs]
        signature = sign_v4(
            method,
            self._host(headers),
            path,
            pairs,
            headers,
            self._payload(headers, data),
            self._credentials(),
            self.connection.region(),
            self.connection.service_name or "",
            self.connection.now(),
        )
        kept = {
            name: headers[name]
            for name in headers
            if SIGNATURE_HEADERS.get(name.lower()) not in signature
        }
        return params, {**kept, **signature}

    def _payload(self, headers: Mapping[str, str], data: Any) -> str:
        for name in headers:
            if name.lower() == "x-amz-content-sha256":
                return headers[name]
        if data is None:
            return EMPTY_PAYLOAD_HASH
        if isinstance(data, (bytes, bytearray, str)):
            return payload_hash(data)
        # A stream: reading it twice would cost more than it protects, and TLS protects it too.
        return UNSIGNED_PAYLOAD


SIGNERS: dict[str, type[AWSRequestSigner]] = {
    "2": AWSRequestSignerAlgorithmV2,
    "4": AWSRequestSignerAlgorithmV4,
}


def query_pairs(params: Any) -> list[tuple[str, str]]:
    """Query parameters as they go to the wire: lists repeated, None left out."""
    if not params:
        return []
    items = params.items() if isinstance(params, (dict, Mapping)) else params
    pairs: list[tuple[str, str]] = []
    for name, value in items:
        if value is None:
            continue
        if isinstance(value, (list, tuple)):
            pairs += [(name, str(one)) for one in value]
        else:
            pairs.append((name, str(value)))
    return pairs
