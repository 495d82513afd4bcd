"""
What drivers are made of, under the names that programs import.

==========================================  ================================================
:mod:`libcloud.common.driver`               ``BaseDriver``
:mod:`libcloud.common.connection`           ``Connection``
:mod:`libcloud.common.authentication`       ``ConnectionKey``, ``ConnectionUserAndKey`` and those
                                            with certificates
:mod:`libcloud.common.polling_connection`   ``PollingConnection``
:mod:`libcloud.common.response`             ``Response`` and its kinds
:mod:`libcloud.common.lazy`                 ``LazyObject``
:mod:`libcloud.http`                        ``LibcloudConnection``, ``HttpLibResponseProxy``
==========================================  ================================================
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from libcloud.common.authentication import (
    CertificateConnection,
    ConnectionKey,
    ConnectionUserAndKey,
    KeyCertificateConnection,
)
from libcloud.common.connection import Connection
from libcloud.common.driver import BaseDriver
from libcloud.common.exceptions import exception_from_message
from libcloud.common.lazy import LazyObject
from libcloud.common.response import JsonResponse, RawResponse, Response, XmlResponse
from libcloud.common.types import LibcloudError, MalformedResponseError
from libcloud.http import HttpLibResponseProxy, LibcloudConnection

if TYPE_CHECKING:
    from libcloud.common.polling_connection import PollingConnection

__all__ = [
    "ALLOW_PATH_DOUBLE_SLASHES",
    "RETRY_FAILED_HTTP_REQUESTS",
    "BaseDriver",
    "CertificateConnection",
    "Connection",
    "ConnectionKey",
    "ConnectionUserAndKey",
    "HTTPResponse",
    "HttpLibResponseProxy",
    "JsonResponse",
    "KeyCertificateConnection",
    "LazyObject",
    "LibcloudConnection",
    "LibcloudError",
    "MalformedResponseError",
    "PollingConnection",
    "RawResponse",
    "Response",
    "XmlResponse",
    "exception_from_message",
]

# Made on first use, by __getattr__ below: http.client is slow to import.
HTTPResponse: type

# The old switch that retries every failed request until 30 seconds are over. Programs set it here.
RETRY_FAILED_HTTP_REQUESTS = bool(os.environ.get("LIBCLOUD_RETRY_FAILED_HTTP_REQUESTS"))

# True keeps double slashes in the paths of connections that do not say so themselves (exact_path).
ALLOW_PATH_DOUBLE_SLASHES = False


def __getattr__(name: str) -> Any:
    if name == "PollingConnection":  # few services need it
        from libcloud.common.polling_connection import PollingConnection

        return PollingConnection
    if name == "HTTPResponse":
        return _http_response_class()
    if name == "Retry":
        from libcloud.utils.retry import Retry

        return Retry
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _http_response_class() -> type:
    """``http.client``'s response, which says nothing instead of failing when it was read before."""
    global HTTPResponse
    import http.client

    class HTTPResponse(http.client.HTTPResponse):
        def read(self, amt: int | None = None) -> bytes:
            return super().read(amt) if self.fp is not None else b""

    return HTTPResponse
