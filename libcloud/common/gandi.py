"""
What all drivers of Gandi's XML-RPC API share.

https://doc.rpc.gandi.net/
"""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn

from libcloud.common.base import ConnectionKey
from libcloud.common.errors import (
    InvalidCredsError,
    PermissionDeniedError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from libcloud.common.xmlrpc import XMLRPCConnection, XMLRPCResponse

__all__ = [
    "DEFAULT_INTERVAL",
    "DEFAULT_TIMEOUT",
    "BaseGandiDriver",
    "BaseObject",
    "Disk",
    "GandiConnection",
    "GandiException",
    "GandiResponse",
    "IPAddress",
    "NetworkInterface",
]

# Seconds, of waiting for an operation.
DEFAULT_TIMEOUT = 600
DEFAULT_INTERVAL = 20

# Of faults, whose text begins with "Error on object : OBJECT_ZONE (CAUSE_NOTFOUND)".
_CLASS_BY_CAUSE: dict[str, Any] = {
    "(CAUSE_NOTFOUND)": ResourceNotFoundError,
    "(CAUSE_EXISTS)": ResourceExistsError,
    "(CAUSE_NORIGHT) [Invalid API key]": InvalidCredsError,
    "(CAUSE_NORIGHT)": PermissionDeniedError,
}


class GandiException(ProviderError):
    """
    A fault that has no error of its own.

    :param args: Its code and text; the code is also ``provider_code``.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(args[-1] if args else None, http_code=None)
        self.args = args
        self.provider_code = str(args[0]) if len(args) > 1 else None

    def __str__(self) -> str:
        return f"({self.provider_code}) {self.value}" if self.provider_code else str(self.value)


class GandiResponse(XMLRPCResponse):
    """An answer."""

    def _raise_for_fault(self, code: Any, message: str) -> NoReturn:
        self.raise_exception_for_error(code, message)
        known = (each for cause, each in _CLASS_BY_CAUSE.items() if cause in message)
        error_class = next(known, None)
        error = GandiException(code, message) if error_class is None else error_class(message)
        error.http_code, error.provider_code = self.status, str(code)
        error.driver = self.connection.driver
        raise error


class GandiConnection(XMLRPCConnection, ConnectionKey):
    """Calls methods, with the key as the first argument of each."""

    responseCls = GandiResponse
    host = "rpc.gandi.net"
    endpoint = "/xmlrpc/"

    def __init__(
        self,
        key: str,
        secure: bool = True,
        timeout: float | None = None,
        retry_delay: float | None = None,
        backoff: float | None = None,
        proxy_url: str | None = None,
        **kwargs: Any,
    ) -> None:
        """
        :param kwargs: ``host``, ``port`` and ``url``, as for any connection.
        """
        ConnectionKey.__init__(
            self,
            key,
            secure=secure,
            timeout=timeout,
            retry_delay=retry_delay,
            backoff=backoff,
            proxy_url=proxy_url,
            **kwargs,
        )

    def request(self, method: str, *args: Any) -> Any:  # type: ignore[override]
        """
        Call a method.

        :param args: What it is called with after the key.
        """
        reads = method.endswith((".list", ".info", ".count"))
        return super().request(method, self.key, *args, idempotent=reads or None)


class BaseGandiDriver:
    """Base of the drivers of all domains."""

    connectionCls: Any = GandiConnection
    name = "Gandi"


class BaseObject:
    """Something that Gandi's hosting has."""

    uuid_prefix = ""

    def __init__(self, id: Any, state: str, driver: Any) -> None:
        self.id: str | None = str(id) if id else None
        self.state = state
        self.driver = driver
        self.uuid = self.get_uuid()

    def get_uuid(self) -> str:
        """An ID that no other object has, at whichever provider."""
        text = f"{self.uuid_prefix}:{self.id}:{self.driver.type}"
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class IPAddress(BaseObject):
    """An address; ``version`` is 4 or 6."""

    uuid_prefix = "inet:"

    def __init__(
        self,
        id: Any,
        state: str,
        inet: str,
        driver: Any,
        version: int = 4,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(id, state, driver)
        self.inet = inet
        self.version = version
        self.extra = extra or {}

    def __repr__(self) -> str:
        shown = f"id={self.id}, address={self.inet}, state={self.state}"
        return f"<IPAddress: {shown}, driver={self.driver.name} ...>"


class NetworkInterface(BaseObject):
    """An interface of a node, and its addresses."""

    uuid_prefix = "if:"

    def __init__(
        self,
        id: Any,
        state: str,
        mac_address: str,
        driver: Any,
        ips: Any = None,
        node_id: Any = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(id, state, driver)
        self.mac = mac_address
        self.ips = ips or {}
        self.node_id = node_id
        self.extra = extra or {}

    def __repr__(self) -> str:
        shown = f"id={self.id}, address={self.mac}, state={self.state}"
        return f"<Interface: {shown}, driver={self.driver.name} ...>"


class Disk(BaseObject):
    """A disk; ``size`` is as the provider gives it."""

    def __init__(
        self,
        id: Any,
        state: str,
        name: str,
        driver: Any,
        size: int,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(id, state, driver)
        self.name = name
        self.size = size
        self.extra = extra or {}

    def __repr__(self) -> str:
        shown = f"id={self.id}, name={self.name}, state={self.state}, size={self.size}"
        return f"<Disk: {shown}, driver={self.driver.name} ...>"
