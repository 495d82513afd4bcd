"""
The short way of a request: straight into urllib3's pool.

``requests`` costs two thirds of a small exchange, for things that most exchanges have no use for:
hooks, cookies, mounted adapters, proxies, a new look at everything for each request. Where none of
it is wanted, and nobody has put anything between us and the network, the request takes the pool of
the session's own adapter, and the answer is the same ``requests`` response.

What is sent, what is raised, and what a program sees is as on the long way.
"""

from __future__ import annotations

from typing import Any

import requests
from requests import adapters
from requests.structures import CaseInsensitiveDict
from urllib3 import exceptions
from urllib3.util import Retry, Timeout

__all__ = ["Pools", "is_plain"]

# One attempt: the retries are ours.
_ONCE = Retry(0, read=False)

# Who stands behind a name when no test double has put something else there.
_OWN_MODULES = (
    (adapters.HTTPAdapter, "send", "requests.adapters"),
    (adapters.HTTPAdapter, "build_response", "requests.adapters"),
    (requests.Session, "send", "requests.sessions"),
    (requests.Session, "get_adapter", "requests.sessions"),
)


def is_plain(session: requests.Session, adapter: Any, prepared: requests.PreparedRequest) -> bool:
    """
    True when the long way would do nothing that the short one does not.

    :param adapter: The one that the session was made with.
    """
    mounted = session.adapters
    return (
        (prepared.body is None or isinstance(prepared.body, bytes))
        and not any(prepared.hooks.values())
        and len(mounted) == 2
        and all(found is adapter for found in mounted.values())
        and not session.cookies
        and not session.params
        and not any(session.hooks.values())
        and all(
            getattr(vars(owner).get(name), "__module__", None) == module
            for owner, name, module in _OWN_MODULES
        )
    )


class Pools:
    """
    The pools of an adapter, found once for each host and way of verifying it.

    :param adapter: The adapter whose pool manager has them, and closes them.
    """

    def __init__(self, adapter: adapters.HTTPAdapter) -> None:
        self.adapter = adapter
        self._pools: dict[Any, Any] = {}

    def forget(self) -> None:
        """Find the pools anew, because the adapter has others now."""
        self._pools = {}

    def send(
        self, prepared: requests.PreparedRequest, timeout: Any, verify: Any, cert: Any
    ) -> requests.Response:
        """
        Do one exchange; the body of the answer is still on the wire.

        :raises requests.RequestException: as ``requests`` does.
        """
        url = prepared.url or ""
        origin, target = _split(url)
        pool = self._pool(prepared, origin, verify, cert)
        try:
            raw = pool.urlopen(
                prepared.method,
                target,
                body=prepared.body,
                headers=dict(prepared.headers),
                redirect=False,
                assert_same_host=False,
                retries=_ONCE,
                timeout=_timeout(timeout),
                preload_content=False,
                decode_content=False,
            )
        except (exceptions.HTTPError, OSError) as error:
            raise _as_requests_error(error, prepared) from error
        return self._response(prepared, raw)

    def _pool(self, prepared: Any, origin: str, verify: Any, cert: Any) -> Any:
        key = (origin, verify, cert)
        pool = self._pools.get(key)
        # The manager closes a pool that was not used for long, in favour of others.
        if pool is None or pool.pool is None:
            pool = self.adapter.get_connection_with_tls_context(prepared, verify, {}, cert)
            self.adapter.cert_verify(  # type: ignore[no-untyped-call]
                pool, prepared.url, verify, cert
            )
            self._pools[key] = pool
        return pool

    def _response(self, prepared: requests.PreparedRequest, raw: Any) -> requests.Response:
        if "set-cookie" in raw.headers:
            response: requests.Response = self.adapter.build_response(prepared, raw)
            return response
        response = requests.Response()
        response.status_code = raw.status
        response.headers = CaseInsensitiveDict(raw.headers)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.raw = raw
        response.reason = raw.reason
        response.url = prepared.url or ""
        response.request = prepared
        response.connection = self.adapter
        return response


def _split(url: str) -> tuple[str, str]:
    """The part of a URL that names the host, and the part that is asked of it."""
    start = url.index("://") + 3
    slash = url.find("/", start)
    if slash < 0:
        query = url.find("?", start)
        return (url, "/") if query < 0 else (url[:query], f"/{url[query:]}")
    return url[:slash], url[slash:]


def _timeout(timeout: Any) -> Timeout:
    if isinstance(timeout, tuple):
        return Timeout(connect=timeout[0], read=timeout[1])
    return timeout if isinstance(timeout, Timeout) else Timeout(connect=timeout, read=timeout)


def _as_requests_error(error: Exception, prepared: Any) -> requests.RequestException:
    """The exception that ``requests`` has for one of urllib3's."""
    found = requests.exceptions
    cause = getattr(error, "reason", None) if isinstance(error, exceptions.MaxRetryError) else error
    kind: type[requests.RequestException] = found.ConnectionError
    if isinstance(cause, exceptions.NewConnectionError):
        kind = found.ConnectionError
    elif isinstance(cause, exceptions.ConnectTimeoutError):
        kind = found.ConnectTimeout
    elif isinstance(cause, exceptions.ReadTimeoutError):
        kind = found.ReadTimeout
    elif isinstance(cause, exceptions.SSLError):
        kind = found.SSLError
    elif isinstance(cause, exceptions.InvalidHeader):
        kind = found.InvalidHeader
    return kind(error, request=prepared)
