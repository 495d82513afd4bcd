"""Connections by what they authenticate with: a key, a name and a key, or a certificate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from libcloud.common.connection import Connection

__all__ = [
    "CertificateConnection",
    "ConnectionKey",
    "ConnectionUserAndKey",
    "KeyCertificateConnection",
]


class ConnectionKey(Connection):
    """
    A connection that authenticates by one secret.

    :param key: The secret, kept as ``key``.
    """

    def __init__(
        self,
        key: str,
        secure: Any = True,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        backoff: float | None = None,
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(
            secure=secure,
            host=host,
            port=port,
            url=url,
            timeout=timeout,
            proxy_url=proxy_url,
            backoff=backoff,
            retry_delay=retry_delay,
        )
        self.key = key

    def secrets(self) -> Iterable[str]:
        return (getattr(self, "key", None) or "",)


class ConnectionUserAndKey(ConnectionKey):
    """
    A connection that authenticates by a name and a secret.

    :param user_id: The name, kept as ``user_id``.
    :param key: The secret, kept as ``key``.
    """

    user_id: Any = None

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
        backoff: float | None = None,
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(
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
        self.user_id = user_id


class CertificateConnection(Connection):
    """
    A connection that authenticates by a client certificate.

    :param cert_file: PEM file of the certificate and its private key.
    """

    def __init__(
        self,
        cert_file: str,
        secure: Any = True,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        proxy_url: str | None = None,
        timeout: float | None = None,
        backoff: float | None = None,
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(
            secure=secure,
            host=host,
            port=port,
            url=url,
            timeout=timeout,
            proxy_url=proxy_url,
            backoff=backoff,
            retry_delay=retry_delay,
        )
        self.cert_file = cert_file


class KeyCertificateConnection(CertificateConnection):
    """
    A connection that authenticates by a client certificate with its key in a file of its own.

    :param key_file: PEM file of the private key.
    :param cert_file: PEM file of the certificate.
    :param ca_cert: PEM file of the authorities that the server's certificate is checked against.
    """

    def __init__(
        self,
        key_file: str,
        cert_file: str,
        secure: Any = True,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        proxy_url: str | None = None,
        timeout: float | None = None,
        backoff: float | None = None,
        retry_delay: float | None = None,
        ca_cert: str | None = None,
    ) -> None:
        super().__init__(
            cert_file,
            secure=secure,
            host=host,
            port=port,
            url=url,
            timeout=timeout,
            proxy_url=proxy_url,
            backoff=backoff,
            retry_delay=retry_delay,
        )
        self.key_file = key_file
        if ca_cert:
            self.ca_cert = ca_cert
