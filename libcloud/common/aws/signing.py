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
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "EMPTY_PAYLOAD_HASH",
    "UNSIGNED_PAYLOAD",
    "Credentials",
    "payload_hash",
    "percent_encoded",
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

SIGNATURE_HEADERS = {
    "authorization": "Authorization",
    "x-amz-content-sha256": "X-Amz-Content-SHA256",
    "x-amz-date": "X-Amz-Date",
    "x-amz-security-token": "X-Amz-Security-Token",
}
"""The headers that :func:`sign_v4` may give, by their names in lower case."""

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


# https://www.rfc-editor.org/rfc/rfc3986#section-2.3 has those that need no encoding.
_RESERVED = re.compile(r"[^A-Za-z0-9_.~-]")


class Credentials(NamedTuple):
    """
    Who signs.

    ``token`` belongs to temporary credentials, and is sent along with every request; ``expires`` is
    the time, aware, until which they are good.
    """

    access_key: str
    secret_key: str
    token: str | None = None
    expires: datetime | None = None

    def __repr__(self) -> str:
        return f"Credentials(access_key={self.access_key!r})"


def payload_hash(data: bytes | bytearray | str | None) -> str:
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
    scope = _scope(stamp, region, service)
    added = {"X-Amz-Date": stamp}
    signed = {"host": host, "x-amz-date": stamp}
    if credentials.token:
        added["X-Amz-Security-Token"] = credentials.token
        signed["x-amz-security-token"] = " ".join(credentials.token.split())
    if service in PATH_AS_IT_IS_SERVICES:
        added["X-Amz-Content-SHA256"] = signed["x-amz-content-sha256"] = payload
    names = _add_headers_to_sign(signed, headers)
    signature = _signature_v4(
        method, path, params, signed, names, payload, credentials, stamp, scope, service
    )
    added["Authorization"] = (
        f"{ALGORITHM_V4} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
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
    scope = _scope(stamp, region, service)
    signed = {"host": host}
    names = _add_headers_to_sign(signed, headers)
    query = [(name, "" if value is None else str(value)) for name, value in _items(params)]
    query += [
        ("X-Amz-Algorithm", ALGORITHM_V4),
        ("X-Amz-Credential", f"{credentials.access_key}/{scope}"),
        ("X-Amz-Date", stamp),
        ("X-Amz-Expires", str(expires)),
        ("X-Amz-SignedHeaders", names),
    ]
    if credentials.token:
        query.append(("X-Amz-Security-Token", credentials.token))
    signature = _signature_v4(
        method, path, query, signed, names, payload, credentials, stamp, scope, service
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
    from datetime import timezone

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
        f"{percent_encoded(key)}={percent_encoded(value)}" for key, value in sorted(params.items())
    )
    to_sign = "\n".join((method, host.lower(), path or "/", query))
    return base64.b64encode(_hmac_sha256(secret_key.encode(), to_sign)).decode()


def _signature_v4(
    method: str,
    path: str,
    params: Params,
    headers: dict[str, str],
    names: str,
    payload: str,
    credentials: Credentials,
    stamp: str,
    scope: str,
    service: str,
) -> str:
    lines = "\n".join([f"{name}:{headers[name]}" for name in names.split(";")])
    request = (
        f"{method}\n{_canonical_path(path, service)}\n{_canonical_query(params)}\n"
        f"{lines}\n\n{names}\n{payload}"
    )
    to_sign = f"{ALGORITHM_V4}\n{stamp}\n{scope}\n{_sha256(request.encode())}"
    return _hmac_sha256(_signing_key(credentials.secret_key, scope), to_sign).hex()


@functools.lru_cache(maxsize=64)
def _signing_key(secret_key: str, scope: str) -> bytes:
    # It changes once a day, and takes four of the five digests of a signature.
    key = ("AWS4" + secret_key).encode()
    for part in scope.split("/"):
        key = _hmac_sha256(key, part)
    return key


def _canonical_path(path: str, service: str) -> str:
    from urllib.parse import quote

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


def _canonical_query(params: Params) -> str:
    if not params:
        return ""
    # Sorted by the encoded name, and only among equals by the value.
    pairs = sorted(
        [(percent_encoded(name), percent_encoded(value)) for name, value in _items(params)]
    )
    return "&".join([f"{name}={value}" for name, value in pairs])


def _add_headers_to_sign(signed: dict[str, str], headers: Mapping[str, str]) -> str:
    """Put a request's own headers beside those that are there already; the names of all."""
    for name, value in headers.items():
        lower = name.lower()
        if lower not in UNSIGNED_HEADERS and lower not in signed:
            signed[lower] = " ".join(str(value).split())
    return ";".join(sorted(signed))


def _items(params: Params) -> Iterable[tuple[str, Any]]:
    if not params:
        return ()
    # What it is most often is looked for first: an abstract class takes its time.
    if isinstance(params, list):
        return params
    return params.items() if isinstance(params, Mapping) else params


def percent_encoded(value: Any) -> str:
    """A text as signatures, queries and forms of AWS have it: a space is ``%20``. None is empty."""
    text = "" if value is None else str(value)
    # As urllib's quote() does it, which takes three times as long for a few characters.
    return _RESERVED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return _escape_character(found[0])


@functools.lru_cache(maxsize=256)
def _escape_character(character: str) -> str:
    return "".join([f"%{byte:02X}" for byte in character.encode()])


def _stamp(now: datetime) -> str:
    return _stamp_of_second(int(now.timestamp()))


@functools.lru_cache(maxsize=4)
def _stamp_of_second(second: int) -> str:
    from datetime import datetime, timezone

    return datetime.fromtimestamp(second, timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def _scope(stamp: str, region: str, service: str) -> str:
    return f"{stamp[:8]}/{region}/{service}/aws4_request"


def _sha256(data: bytes | bytearray) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _hmac_sha256(key: bytes, text: str) -> bytes:
    import hmac

    return hmac.digest(key, text.encode(), "sha256")
