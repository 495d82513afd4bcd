"""
Signatures of AWS requests, as pure functions: the same arguments give the same answer, and nothing
is read from a clock, a driver or a connection.

Version 4 signs headers (:func:`sign_v4`) or makes a URL that anybody may use for a while
(:func:`presign_v4`). Version 2 (:func:`sign_v2`) is what old regions and look-alikes of AWS speak.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
https://docs.aws.amazon.com/general/latest/gr/signature-version-2.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple
from urllib.parse import quote

__all__ = [
    "EMPTY_PAYLOAD_HASH",
    "UNSIGNED_PAYLOAD",
    "Credentials",
    "payload_hash",
    "presign_v4",
    "sign_v2",
    "sign_v4",
]

Params = Mapping[str, Any] | Iterable[tuple[str, Any]] | None

ALGORITHM_V4 = "AWS4-HMAC-SHA256"

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
"""Stands in for the hash of a body that is not signed. Only S3 takes it."""

EMPTY_PAYLOAD_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of nothing: what a request without a body is signed with."""

# S3 takes a path as it is on the wire. All other services have it encoded once more, after dot
# segments and doubled slashes are gone.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
PATH_AS_IT_IS_SERVICES = frozenset({"s3", "s3-object-lambda", "s3-outposts", "s3express"})

# Proxies and HTTP libraries add and change these on the way, so a signature must not cover them.
UNSIGNED_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-amzn-trace-id",
    }
)


class Credentials(NamedTuple):
    """
    Who signs.

    ``token`` belongs to temporary credentials, and is sent along with every request.
    """

    access_key: str
    secret_key: str
    token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(access_key={self.access_key!r})"


def payload_hash(data: bytes | str | None) -> str:
    """The SHA-256 of a body, in hexadecimal. Text counts as UTF-8."""
    if not data:
        return EMPTY_PAYLOAD_HASH
    return _sha256(data.encode() if isinstance(data, str) else data)


def sign_v4(
    method: str,
    host: str,
    path: str,
    params: Params,
    headers: Mapping[str, str],
    payload: str,
    credentials: Credentials,
    region: str,
    service: str,
    now: datetime,
) -> dict[str, str]:
    """
    The headers that sign a request: ``X-Amz-Date``, ``Authorization``, for temporary credentials
    ``X-Amz-Security-Token`` and for S3 ``X-Amz-Content-SHA256``.

    :param host: As the ``Host`` header says it: with the port when it is not the scheme's own.
    :param path: As on the wire: percent-encoded, without the query.
    :param params: The query, not encoded yet. A value of None counts as empty.
    :param headers: What else is sent. All are signed but those that change on the way.
    :param payload: :func:`payload_hash` of the body, or :data:`UNSIGNED_PAYLOAD`.
    :param now: An aware time; AWS accepts a difference of 5 minutes, S3 of 15.
    """
    stamp = _stamp(now)
    added = {"X-Amz-Date": stamp}
    if credentials.token:
        added["X-Amz-Security-Token"] = credentials.token
    if service in PATH_AS_IT_IS_SERVICES:
        added["X-Amz-Content-SHA256"] = payload
    signed = _headers_to_sign(host, headers, added)
    scope = _scope(stamp, region, service)
    signature = _signature_v4(
        method, path, _pairs(params), signed, payload, credentials, stamp, region, service
    )
    added["Authorization"] = (
        f"{ALGORITHM_V4} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={';'.join(sorted(signed))}, Signature={signature}"
    )
    return added


def presign_v4(
    method: str,
    host: str,
    path: str,
    params: Params,
    headers: Mapping[str, str],
    payload: str,
    credentials: Credentials,
    region: str,
    service: str,
    now: datetime,
    expires: int,
) -> list[tuple[str, str]]:
    """
    The whole query, in order, of a URL that carries its own signature.

    Arguments are those of :func:`sign_v4`.

    :param headers: What the user of the URL will have to send, beside ``Host``.
    :param payload: For S3 :data:`UNSIGNED_PAYLOAD`; for the others :func:`payload_hash`.
    :param expires: How long the URL is good, in seconds, at most seven days.
    """
    stamp = _stamp(now)
    signed = _headers_to_sign(host, headers, {})
    query = _pairs(params)
    query += [
        ("X-Amz-Algorithm", ALGORITHM_V4),
        ("X-Amz-Credential", f"{credentials.access_key}/{_scope(stamp, region, service)}"),
        ("X-Amz-Date", stamp),
        ("X-Amz-Expires", str(expires)),
        ("X-Amz-SignedHeaders", ";".join(sorted(signed))),
    ]
    if credentials.token:
        query.append(("X-Amz-Security-Token", credentials.token))
    signature = _signature_v4(
        method, path, query, signed, payload, credentials, stamp, region, service
    )
    return [*query, ("X-Amz-Signature", signature)]


def sign_v2(
    method: str,
    host: str,
    path: str,
    params: Mapping[str, Any],
    credentials: Credentials,
    now: datetime,
) -> dict[str, Any]:
    """
    The parameters of a request, with those that sign it.

    They go into the query of a GET, or into the form of a POST.

    :param host: As the ``Host`` header says it.
    :param now: An aware time; the request is good for 15 minutes.
    """
    signed: dict[str, Any] = {
        **params,
        "AWSAccessKeyId": credentials.access_key,
        "SignatureMethod": "HmacSHA256",
        "SignatureVersion": "2",
        "Timestamp": now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if credentials.token:
        signed["SecurityToken"] = credentials.token
    signed.pop("Signature", None)
    signed["Signature"] = _signature_v2(method, host, path, signed, credentials.secret_key)
    return signed


def _signature_v2(
    method: str, host: str, path: str, params: Mapping[str, Any], secret_key: str
) -> str:
    import base64

    query = "&".join(
        f"{_encode(key)}={_encode(_text(value))}" for key, value in sorted(params.items())
    )
    to_sign = "\n".join((method, host.lower(), path or "/", query))
    return base64.b64encode(_hmac_sha256(secret_key.encode(), to_sign)).decode()


def _signature_v4(
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    payload: str,
    credentials: Credentials,
    stamp: str,
    region: str,
    service: str,
) -> str:
    names = sorted(headers)
    request = "\n".join(
        (
            method,
            _canonical_path(path, service),
            _canonical_query(query),
            "".join(f"{name}:{headers[name]}\n" for name in names),
            ";".join(names),
            payload,
        )
    )
    to_sign = "\n".join(
        (ALGORITHM_V4, stamp, _scope(stamp, region, service), _sha256(request.encode()))
    )
    key = _signing_key(credentials.secret_key, stamp[:8], region, service)
    return _hmac_sha256(key, to_sign).hex()


@functools.lru_cache(maxsize=64)
def _signing_key(secret_key: str, date: str, region: str, service: str) -> bytes:
    # It changes once a day, and takes four of the five digests of a signature.
    key = ("AWS4" + secret_key).encode()
    for part in (date, region, service, "aws4_request"):
        key = _hmac_sha256(key, part)
    return key


def _canonical_path(path: str, service: str) -> str:
    if service in PATH_AS_IT_IS_SERVICES:
        return path or "/"
    return quote(_without_dot_segments(path), safe="/~-_.")


def _without_dot_segments(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts) + ("/" if parts and path.endswith("/") else "")


def _canonical_query(query: list[tuple[str, str]]) -> str:
    encoded = sorted((_encode(key), _encode(value)) for key, value in query)
    return "&".join(f"{key}={value}" for key, value in encoded)


def _headers_to_sign(
    host: str, headers: Mapping[str, str], added: Mapping[str, str]
) -> dict[str, str]:
    signed = {"host": host}
    for source in (headers, added):
        for name, value in source.items():
            lower = name.lower()
            if lower not in UNSIGNED_HEADERS and lower != "host":
                signed[lower] = " ".join(str(value).split())
    return signed


def _pairs(params: Params) -> list[tuple[str, str]]:
    if not params:
        return []
    items = params.items() if isinstance(params, Mapping) else params
    return [(str(key), _text(value)) for key, value in items]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _stamp(now: datetime) -> str:
    return now.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def _scope(stamp: str, region: str, service: str) -> str:
    return f"{stamp[:8]}/{region}/{service}/aws4_request"


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _hmac_sha256(key: bytes, text: str) -> bytes:
    import hashlib
    import hmac

    return hmac.digest(key, text.encode(), hashlib.sha256)
