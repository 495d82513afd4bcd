"""
What all drivers of Oracle Cloud Infrastructure share: signatures, errors, pages.

https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    InvalidRequestError,
    LibcloudError,
    MalformedResponseError,
    ProviderError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.common.prepare import with_query

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["DEFAULT_REGION", "OCIConnection", "OCIResponse", "authorization", "fingerprint_of"]

DEFAULT_REGION = "us-ashburn-1"

# Items of a page.
PAGE_SIZE = 100

# Seconds that clocks may differ without being the reason for a refusal.
CLOCK_TOLERANCE = 60

_WITH_BODY = frozenset({"PATCH", "POST", "PUT"})
_SIGNED = ("date", "(request-target)", "host")
_SIGNED_OF_BODY = ("content-length", "content-type", "x-content-sha256")


class OCIResponse(JsonResponse):
    """
    An answer; errors are ``{"code": code, "message": text}``.

    https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm
    """

    def parse_error(self) -> Any:
        said = self._stated()
        code, message = str(said.get("code", "")), said.get("message") or str(self.body)[:500]
        table: dict[str, type[ProviderError]] = {
            "LimitExceeded": QuotaExceededError,
            "NotAuthenticated": InvalidCredsError,
            "NotAuthorizedOrNotFound": ResourceNotFoundError,
            "QuotaExceeded": QuotaExceededError,
        }
        if self.status in (400, 409) and "already exist" in str(message):
            # In the provider's words: there are several codes for it, and others that share them.
            table[code] = ResourceExistsError
        return provider_error(
            self.status,
            message,
            code or None,
            table,
            request_id=self.headers.get("opc-request-id"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class OCIConnection(ConnectionUserAndKey):
    """
    Signs.

    :param user_id: OCID of the user.
    :param key: Private key of an API key, in PEM, or the path of its file.
    :param tenancy: OCID of the tenancy.
    :param fingerprint: Of the key; reckoned from it if None.
    :param passphrase: Of the key, if it is encrypted.
    """

    responseCls = OCIResponse

    def __init__(
        self,
        user_id: str,
        key: str,
        secure: Any = True,
        tenancy: str | None = None,
        fingerprint: str | None = None,
        passphrase: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(user_id, key, secure=secure, **kwargs)
        self.tenancy = tenancy
        self.fingerprint = fingerprint
        self.passphrase = passphrase
        self._private_key: RSAPrivateKey | None = None
        # By how many seconds the provider's clock is ahead.
        self._clock_offset: float = 0

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers.setdefault("Content-Type", "application/json")
        return headers

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        import base64
        import hashlib
        from email.utils import formatdate

        headers["Date"] = formatdate(time.time() + self._clock_offset, usegmt=True)
        signed = list(_SIGNED)
        if self.method in _WITH_BODY:
            body = self.data or b""
            body = body.encode() if isinstance(body, str) else body
            headers["Content-Length"] = str(len(body))
            headers["X-Content-SHA256"] = base64.b64encode(hashlib.sha256(body).digest()).decode()
            signed += _SIGNED_OF_BODY
        target = with_query(str(self.action), params)
        values = {
            **{name.lower(): str(value) for name, value in headers.items()},
            "(request-target)": f"{str(self.method).lower()} {target}",
        }
        key = self._key()
        headers["Authorization"] = authorization(
            key, self._key_id(key), {name: values[name] for name in signed}
        )
        return params, headers

    def credentials_are_stale(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        """A clock that is off by more than five minutes is refused like a wrong key."""
        return error.http_code == 401 and abs(self._clock_difference(headers)) > CLOCK_TOLERANCE

    def renew_credentials(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        self._clock_offset += self._clock_difference(headers)
        return True

    def secrets(self) -> Iterable[str]:
        return (self.key, self.passphrase or "")

    def iterate_items(
        self, action: str, params: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """
        The items of a listing, page by page.

        :param key: What the answer calls the items; None where it is a list itself.
        """

        def fetch(page: str | None) -> tuple[list[dict[str, Any]], str | None]:
            query = {**(params or {}), "limit": PAGE_SIZE, **({"page": page} if page else {})}
            response = self.request(action, params=query)
            try:
                items = response.object if key is None else response.object[key]
                if not isinstance(items, list):
                    raise TypeError("the items are no list")
            except (KeyError, TypeError) as error:
                raise MalformedResponseError(
                    f"The answer is no listing: {error!r}", body=response.object, driver=self.driver
                ) from error
            return items, response.headers.get("opc-next-page")

        return iterate_pages(fetch)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_private_key": None}

    def _clock_difference(self, headers: Mapping[str, str]) -> float:
        from email.utils import parsedate_to_datetime

        try:
            theirs = parsedate_to_datetime(headers.get("date", "")).timestamp()
        except (TypeError, ValueError):
            return 0
        return theirs - (time.time() + self._clock_offset)

    def _key(self) -> RSAPrivateKey:
        # Reading a key takes as long as many signatures.
        if self._private_key is None:
            self._private_key = read_key(self.key, self.passphrase)
        return self._private_key

    def _key_id(self, key: RSAPrivateKey) -> str:
        if not self.tenancy:
            raise InvalidRequestError("The driver was not told the tenancy=", driver=self.driver)
        if self.fingerprint is None:
            self.fingerprint = fingerprint_of(key)
        return f"{self.tenancy}/{self.user_id}/{self.fingerprint}"


def read_key(key: str, passphrase: str | None = None) -> RSAPrivateKey:
    """
    A private key.

    :param key: In PEM, or the path of a file.
    :raises InvalidCredsError: it cannot be read.
    """
    from pathlib import Path

    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        text = key.encode() if "-----BEGIN" in key else Path(key).expanduser().read_bytes()
        found = load_pem_private_key(text.strip(), passphrase.encode() if passphrase else None)
    except (OSError, TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise InvalidCredsError(f"The private key cannot be read: {error}") from error
    if not isinstance(found, RSAPrivateKey):
        raise InvalidCredsError("The private key is not an RSA key")
    return found


def fingerprint_of(key: RSAPrivateKey) -> str:
    """
    The fingerprint of an API key.

    https://docs.oracle.com/en-us/iaas/Content/API/Concepts/apisigningkey.htm
    """
    import hashlib

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.md5(public, usedforsecurity=False).digest().hex(":")


def authorization(key: RSAPrivateKey, key_id: str, values: Mapping[str, str]) -> str:
    """
    The ``Authorization`` header of a request.

    :param key_id: Tenancy, user and fingerprint, with slashes between them.
    :param values: What is signed, by the names of headers in lower case.
    """
    import base64

    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    text = "\n".join(f"{name}: {value}" for name, value in values.items())
    signature = base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()
    return (
        f'Signature algorithm="rsa-sha256",headers="{" ".join(values)}",keyId="{key_id}",'
        f'signature="{signature}",version="1"'
    )
