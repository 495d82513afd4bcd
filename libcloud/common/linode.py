"""
What all drivers of Linode share: tokens and errors, of both versions of its API.

https://techdocs.akamai.com/linode-api/reference/api
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.gandi import BaseObject

__all__ = [
    "API_HOST",
    "API_ROOT",
    "DEFAULT_API_VERSION",
    "LINODE_DISK_FILESYSTEMS",
    "LINODE_DISK_FILESYSTEMS_V4",
    "LINODE_PLAN_IDS",
    "LinodeConnection",
    "LinodeConnectionV4",
    "LinodeDisk",
    "LinodeException",
    "LinodeExceptionV4",
    "LinodeIPAddress",
    "LinodeResponse",
    "LinodeResponseV4",
]

API_HOST = "api.linode.com"
API_ROOT = "/"

DEFAULT_API_VERSION = "4.0"

V3_CLOSED = (
    "version 3 of the API, which answers that it is no longer active; version 4 replaced it. "
    "See https://techdocs.akamai.com/linode-api/reference/api"
)

# Memory in MB -> number of the plan, in version 3.
LINODE_PLAN_IDS = {
    1024: "1",
    2048: "2",
    4096: "4",
    8192: "6",
    16384: "7",
    32768: "8",
    49152: "9",
    65536: "10",
    98304: "12",
}

LINODE_DISK_FILESYSTEMS = ["ext3", "ext4", "swap", "raw"]
LINODE_DISK_FILESYSTEMS_V4 = ["ext3", "ext4", "swap", "raw", "initrd"]


class LinodeException(LibcloudError):
    """
    Version 3 says no, in a way that has no class of its own.

    :param code: Number of the error.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.args = (code, message)

    def __str__(self) -> str:
        return f"({self.code}) {self.message}"

    def __repr__(self) -> str:
        return f"<LinodeException code {self.code} '{self.message}'>"


class LinodeExceptionV4(LibcloudError):
    """An old name: errors of version 4 are those of :mod:`libcloud.common.errors`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"<LinodeException '{self.message}'>"


class LinodeResponse(JsonResponse):
    """
    An answer of version 3: ``{"ERRORARRAY": [...], "DATA": ..., "ACTION": ...}``.

    ``object`` is the data, ``objects`` a list with it.
    """

    objects: Any = None
    errors: Any = None

    def __init__(self, response: Any, connection: Any) -> None:
        self.errors = []
        self.invalid = LinodeException(0xFF, "Invalid JSON received from server")
        super().__init__(response, connection)
        self.objects = [self.object]

    def parse_body(self) -> Any:
        body = super().parse_body()
        try:
            self.errors = body["ERRORARRAY"]
            if self.errors:
                raise self._make_excp(self.errors[0])
            return body["DATA"]
        except (KeyError, TypeError):
            raise self._malformed("The answer has no data") from None

    def success(self) -> bool:
        return self.status == 200

    def _make_excp(self, error: dict[str, Any]) -> LibcloudError:
        """4 is "authentication failed", 5 is "object not found"."""
        code, message = error["ERRORCODE"], error["ERRORMESSAGE"]
        driver = getattr(self.connection, "driver", None)
        if code == 4:
            return InvalidCredsError(message, driver=driver)
        if code == 5:
            return ResourceNotFoundError(message, driver=driver)
        own = LinodeException(code, message)
        own.driver = driver
        return own


class LinodeConnection(ConnectionKey):
    """Sends the key to version 3."""

    host = API_HOST
    responseCls = LinodeResponse

    def add_default_params(self, params: Any) -> Any:
        params["api_key"] = self.key
        params["api_responseFormat"] = "json"
        return params


class LinodeResponseV4(JsonResponse):
    """
    An answer of version 4; errors are ``{"errors": [{"reason": text, "field": name}, ...]}``.

    https://techdocs.akamai.com/linode-api/reference/errors
    """

    valid_response_codes = [200, 204]

    def success(self) -> bool:
        return self.status in self.valid_response_codes

    def parse_body(self) -> Any:
        return super().parse_body()

    def parse_error(self) -> ProviderError:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        errors = body.get("errors") if isinstance(body, dict) else None
        said = [error for error in errors or [] if isinstance(error, dict)]
        texts = [
            f"{error['field']}: {error.get('reason')}"
            if error.get("field")
            else str(error.get("reason"))
            for error in said
        ]
        message = "; ".join(texts) or str(self.body)[:500]
        # There is no code for it: what is not accepted for any reason has the same status.
        exists = self.status in (400, 409) and "already" in message
        return provider_error(
            self.status,
            message,
            "exists" if exists else None,
            {"exists": ResourceExistsError},
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class LinodeConnectionV4(ConnectionKey):
    """Sends the token to version 4."""

    host = API_HOST
    responseCls = LinodeResponseV4

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        headers["Content-Type"] = "application/json"
        return headers

    def add_default_params(self, params: Any) -> Any:
        return params


class LinodeIPAddress:
    """An address of a node."""

    def __init__(
        self,
        inet: str,
        public: bool,
        version: str,
        driver: Any,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.inet = inet
        self.public = public
        self.version = version
        self.driver = driver
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<IPAddress: address={self.inet}, public={self.public}, version={self.version} ...>"


class LinodeDisk(BaseObject):
    """A disk of a node; ``size`` is in MB."""

    def __init__(
        self,
        id: Any,
        state: str,
        name: str,
        filesystem: str,
        driver: Any,
        size: int,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(id, state, driver)
        self.name = name
        self.size = size
        self.filesystem = filesystem
        self.extra = extra or {}

    def __repr__(self) -> str:
        shown = f"id={self.id}, name={self.name}, state={self.state}, size={self.size}"
        return f"<LinodeDisk: {shown}, filesystem={self.filesystem}, driver={self.driver.name} ...>"
