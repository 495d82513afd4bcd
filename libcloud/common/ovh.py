"""
What all drivers of OVHcloud share: signed requests, errors, data centres.

https://help.ovhcloud.com/csm/en-api-getting-started-ovhcloud-api?id=kb_article_view&sysparm_article=KB0042777
"""

from __future__ import annotations

import hashlib
import json as json_module
import time
from collections.abc import Iterable, Mapping
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    InvalidRequestError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    ResourceExistsError,
    provider_error,
)
from libcloud.common.prepare import with_query

__all__ = [
    "API_HOST",
    "API_ROOT",
    "DEFAULT_ACCESS_RULES",
    "LOCATIONS",
    "OvhConnection",
    "OvhException",
    "OvhResponse",
    "handle_and_rethrow_user_friendly_invalid_region_error",
]

API_HOST = "api.ovh.com"
API_ROOT = "/1.0"

LOCATIONS = {
    "BHS1": {"id": "BHS1", "name": "Beauharnois, Quebec 1", "country": "CA"},
    "BHS2": {"id": "BHS2", "name": "Beauharnois, Quebec 2", "country": "CA"},
    "BHS3": {"id": "BHS3", "name": "Beauharnois, Quebec 3", "country": "CA"},
    "BHS4": {"id": "BHS4", "name": "Beauharnois, Quebec 4", "country": "CA"},
    "BHS5": {"id": "BHS5", "name": "Beauharnois, Quebec 5", "country": "CA"},
    "BHS6": {"id": "BHS6", "name": "Beauharnois, Quebec 6", "country": "CA"},
    "DC1": {"id": "DC1", "name": "Paris DC1", "country": "FR"},
    "FRA1": {"id": "FRA1", "name": "Frankfurt 1", "country": "DE"},
    "GRA1": {"id": "GRA1", "name": "Gravelines 1", "country": "FR"},
    "GRA2": {"id": "GRA2", "name": "Gravelines 2", "country": "FR"},
    "GSW": {"id": "GSW", "name": "Paris GSW", "country": "FR"},
    "HIL1": {"id": "HIL1", "name": "Hillsboro, Oregon 1", "country": "US"},
    "LON1": {"id": "LON1", "name": "London 1", "country": "UK"},
    "P19": {"id": "P19", "name": "Paris P19", "country": "FR"},
    "RBX1": {"id": "RBX1", "name": "Roubaix 1", "country": "FR"},
    "RBX2": {"id": "RBX2", "name": "Roubaix 2", "country": "FR"},
    "RBX3": {"id": "RBX3", "name": "Roubaix 3", "country": "FR"},
    "RBX4": {"id": "RBX4", "name": "Roubaix 4", "country": "FR"},
    "RBX5": {"id": "RBX5", "name": "Roubaix 5", "country": "FR"},
    "RBX6": {"id": "RBX6", "name": "Roubaix 6", "country": "FR"},
    "RBX7": {"id": "RBX7", "name": "Roubaix 7", "country": "FR"},
    "SBG1": {"id": "SBG1", "name": "Strasbourg 1", "country": "FR"},
    "SBG2": {"id": "SBG2", "name": "Strasbourg 2", "country": "FR"},
    "SBG3": {"id": "SBG3", "name": "Strasbourg 3", "country": "FR"},
    "SGP1": {"id": "SGP1", "name": "Singapore 1", "country": "SG"},
    "SYD1": {"id": "SYD1", "name": "Sydney 1", "country": "AU"},
    "VIN1": {"id": "VIN1", "name": "Vint Hill, Virginia 1", "country": "US"},
    "WAW1": {"id": "WAW1", "name": "Warsaw 1", "country": "PL"},
}

DEFAULT_ACCESS_RULES = [
    {"method": "GET", "path": "/*"},
    {"method": "POST", "path": "/*"},
    {"method": "PUT", "path": "/*"},
    {"method": "DELETE", "path": "/*"},
]

# As OVHcloud's own client reads them: https://github.com/ovh/python-ovh/blob/master/ovh/client.py
_ERRORS = {
    "FORBIDDEN": PermissionDeniedError,
    "INVALID_CREDENTIAL": InvalidCredsError,
    "INVALID_KEY": InvalidCredsError,
    "INVALID_SIGNATURE": InvalidCredsError,
    "NOT_CREDENTIAL": InvalidCredsError,
    "NOT_GRANTED_CALL": PermissionDeniedError,
    "QUERY_TIME_OUT": InvalidCredsError,
}

# What the resolvers of the usual systems say of a host that has no address.
_UNKNOWN_HOST = (
    "name or service not known",
    "nodename nor servname provided, or not known",
    "no address associated with hostname",
    "getaddrinfo failed",
)


class OvhException(InvalidCredsError):
    """There is no consumer key, or nobody has confirmed it yet."""


class OvhResponse(JsonResponse):
    """An answer; errors are ``{"errorCode": code, "httpCode": status, "message": text}``."""

    def parse_error(self) -> Any:
        said = self._stated()
        code = str(said.get("errorCode") or said.get("class") or "")
        message = said.get("message") or str(self.body)[:500]
        # There is no code for it.
        exists = self.status in (400, 409) and "already exist" in message.lower()
        return provider_error(
            self.status,
            message,
            code,
            {code: ResourceExistsError} if exists else _ERRORS,
            request_id=self.headers.get("x-ovh-queryid"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class OvhConnection(ConnectionUserAndKey):
    """
    Signs requests.

    Times are those of this machine until the provider says that they are off; from then on they are
    the provider's.

    :param user_id: Application key.
    :param args: As for :class:`~libcloud.common.base.ConnectionUserAndKey`, from its second one,
        which is the application secret.
    :param region: First part of the host's name (``eu``, ``ca``, ``us``); none for Europe.
    :param ex_consumer_key: Consumer key. Without one the first request raises
        :class:`OvhException`, which says where to get it.
    """

    host = API_HOST
    request_path = API_ROOT
    responseCls = OvhResponse
    timestamp: int | None = None
    ua: list[str] = []
    LOCATIONS = LOCATIONS

    # Seconds that the provider's clock is ahead of this one; None when nobody has looked yet.
    _timedelta: int | None = None

    def __init__(self, user_id: str, *args: Any, **kwargs: Any) -> None:
        region = kwargs.pop("region", "") or ""
        self.consumer_key: str | None = kwargs.pop("ex_consumer_key", None)
        super().__init__(user_id, *args, **kwargs)
        self.request_path = API_ROOT
        self._has_region = bool(region) and "host" not in vars(self)
        if self._has_region:
            self.host = f"{region}.{API_HOST}"

    def secrets(self) -> Iterable[str]:
        return (*super().secrets(), self.consumer_key or "")

    def request_consumer_key(self, user_id: str) -> None:
        """
        Ask for a consumer key that may do everything.

        :param user_id: Application key.
        :raises OvhException: always: the key is of use when its owner has opened a page, whose
            address is in the error's text with the key.
        """
        request = {"accessRules": DEFAULT_ACCESS_RULES, "redirection": "http://ovh.com"}
        # A key that nobody confirms is good for nothing, so a second one does no harm.
        body = (
            super().request("/auth/credential", method="POST", json=request, idempotent=True).object
        )
        try:
            page, key = body["validationUrl"], body["consumerKey"]
        except (KeyError, TypeError) as error:
            raise MalformedResponseError(
                "The answer has no consumer key", body=body, driver=self.driver
            ) from error
        raise OvhException(
            f"There is no consumer key. To make one, confirm at {page} that this program may use "
            f"your account, and give it ex_consumer_key={key!r} then.",
            driver=self.driver,
        )

    def get_timestamp(self) -> int:
        """The time to sign with, in seconds since 1970."""
        return int(time.time()) + (self._timedelta or 0)

    def make_signature(
        self, method: str, action: str, params: Any, data: Any, timestamp: int
    ) -> str:
        """
        What is sent as ``X-Ovh-Signature``.

        :param action: Path from the root, ``/1.0/me``.
        :param params: Query parameters.
        :param data: Body as it is sent.
        """
        host = self._host_header()
        scheme = "https" if self.secure else "http"
        body = data.decode() if isinstance(data, bytes) else data or ""
        parts = (
            str(self.key),
            self.consumer_key or "",
            method.upper(),
            f"{scheme}://{host}{with_query(action, params)}",
            body,
            str(timestamp),
        )
        return f"$1${hashlib.sha1('+'.join(parts).encode()).hexdigest()}"

    def add_default_params(self, params: Any) -> Any:
        return params

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["X-Ovh-Application"] = self.user_id
        return headers

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        if self.consumer_key and not self.action.endswith("/auth/time"):
            timestamp = self.get_timestamp()
            signature = self.make_signature(self.method, self.action, params, self.data, timestamp)
            headers["X-Ovh-Consumer"] = self.consumer_key
            headers["X-Ovh-Timestamp"] = str(timestamp)
            headers["X-Ovh-Signature"] = signature
        return params, headers

    def request(  # type: ignore[override]
        self,
        action: str,
        params: Any = None,
        data: Any = None,
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        raw: bool = False,
        **kwargs: Any,
    ) -> Any:
        """
        As :meth:`libcloud.common.base.Connection.request`.

        :param data: Body; a dict is sent as JSON.
        :raises OvhException: there is no consumer key.
        :raises ValueError: there is no host of the region's name.
        """
        if isinstance(data, dict):
            data = json_module.dumps(data)
            headers = {"Content-Type": "application/json", **(headers or {})}
        try:
            if self.consumer_key is None:
                self.request_consumer_key(self.user_id)
            return super().request(action, params, data, headers, method, raw, **kwargs)
        except NetworkError as error:
            if self._has_region:
                handle_and_rethrow_user_friendly_invalid_region_error(self.host, error)
            raise

    def credentials_are_stale(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        return getattr(error, "provider_code", None) == "QUERY_TIME_OUT"

    def renew_credentials(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        now = super().request("/auth/time").object
        if not isinstance(now, int):
            return False
        self._timedelta = now - int(time.time())
        return True


def handle_and_rethrow_user_friendly_invalid_region_error(host: str, e: Exception) -> None:
    """
    Raise an error again, as one that speaks of the region where that is the likely reason.

    :param host: Host that was not reached.
    :raises InvalidRequestError: which is a ValueError: nobody knows the host.
    """
    if any(words in str(e).lower() for words in _UNKNOWN_HOST):
        raise InvalidRequestError(
            'Received "name or service not known" error when sending a request. This likely '
            "indicates invalid region argument was passed to the driver constructor. "
            f"Used host: {host}. Original error: {e}"
        ) from e
    raise e
