"""
The debug log as a connection class, for programs that choose it themselves.

::

    LoggingConnection.log = open("/tmp/debug.log", "a")
    driver.connection.conn_class = LoggingConnection

:func:`libcloud.enable_debug` and ``LIBCLOUD_DEBUG`` do the same for all drivers; what the log
holds, and what it blanks, is explained in :mod:`libcloud.common.logging`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from libcloud.common import logging as debug_log
from libcloud.http import HttpLibResponseProxy, LibcloudConnection
from libcloud.utils.misc import lowercase_keys
from libcloud.utils.py3 import ensure_string, u

__all__ = [
    "HttpLibResponseProxy",
    "LibcloudConnection",
    "LoggingConnection",
    "ensure_string",
    "lowercase_keys",
    "u",
]


class LoggingConnection(LibcloudConnection):
    """
    A connection that writes each exchange to ``log``.

    Secrets are blanked by the names of their fields only: the connection class does not know the
    credentials.
    """

    protocol = "https"
    log: IO[str] | None = None
    http_proxy_used = False

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().request(method, url, body=body, headers=headers, **kwargs)
        if self.log is None:
            return
        streamed = bool(kwargs.get("raw") or kwargs.get("stream"))
        debug_log.DebugLog(self.log).write(
            method, f"{self.host}{url}", headers or {}, body, self.response, with_body=not streamed
        )
