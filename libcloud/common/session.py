"""The session of ``requests`` that every connection has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlparse

import requests
from requests.cookies import extract_cookies_to_jar

from libcloud.common.answers import Adapter
from libcloud.common.pool import Pools, is_untouched
from libcloud.common.prepare import utf8

__all__ = ["Session"]

# Connections that one driver keeps for reuse: more threads than this open and close their own.
POOL_SIZE = 128

# What may follow a redirect to another host. Providers put credentials in headers of any name, so
# everything else stays behind.
_HEADERS_FOR_ANY_HOST = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
        "user-agent",
    }
)


class Session(requests.Session):
    """
    A session whose credentials stay with the host that they are for, and which knows when a
    request may take the short way.
    """

    def __init__(self) -> None:
        super().__init__()
        # Without this, requests would put a password from ~/.netrc in place of our Authorization.
        self.auth = _no_auth
        adapter = Adapter(pool_connections=8, pool_maxsize=POOL_SIZE)
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter)
        self.pools = Pools(adapter)

    def close(self) -> None:
        super().close()
        self.pools.close()

    def send_directly(
        self,
        method: str,
        url: str,
        headers: Mapping[str, Any],
        body: Any,
        timeout: Any,
        **settings: Any,
    ) -> Any:
        """The answer to a request that can take the short way; None for all others."""
        if isinstance(body, str):
            body = utf8(body)
        if body is not None and not isinstance(body, bytes):
            return None
        if isinstance(timeout, tuple) or not is_untouched(self, self.pools.adapter):
            return None
        response: Any = self.pools.send(
            method, url, cast(Any, self.headers), headers, body, timeout, **settings
        )
        if response is not None and not response._content_consumed and response.cookies:
            extract_cookies_to_jar(  # type: ignore[no-untyped-call]
                self.cookies, response.request, response.raw
            )
        return response

    def get_redirect_target(self, response: Any) -> str | None:
        """Where to go on, None for an answer that stands."""
        method, status = response.request.method, response.status_code
        if status in (301, 302) and method in ("DELETE", "PATCH", "PUT"):
            # requests would go on without the body, or with a GET, and report a success.
            return None
        try:
            target: str | None = super().get_redirect_target(response)
            urlparse(target)
        except ValueError as error:
            response.close()
            raise requests.exceptions.InvalidURL(f"redirect to nowhere: {error}") from None
        return target

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        old, new = response.request.url, prepared_request.url
        if not self.should_strip_auth(old, new):  # type: ignore[no-untyped-call]
            return
        if prepared_request.body is not None:
            raise requests.exceptions.InvalidURL(
                f"the answer redirects a {prepared_request.method} with a body "
                f"to another host, {urlparse(new).hostname}"
            )
        for name in list(prepared_request.headers):
            if name.lower() not in _HEADERS_FOR_ANY_HOST:
                del prepared_request.headers[name]

    def rebuild_method(self, prepared_request: Any, response: Any) -> None:
        # The Host header was made for the first host; the new request gets its own.
        prepared_request.headers.pop("Host", None)
        super().rebuild_method(prepared_request, response)

    def rebuild_proxies(self, prepared_request: Any, proxies: Any) -> Any:
        return proxies or {}


def _no_auth(request: Any) -> Any:
    return request
