"""What goes wrong on the network: the exceptions of ``requests`` and urllib3 as ours."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, cast

from libcloud.common.errors import LibcloudError, NetworkError
from libcloud.common.lazy import lazy_pattern
from libcloud.common.logging import redact_url

__all__ = ["Translated", "network_error", "translated"]

_QUERY = lazy_pattern(r"\?[^\s'\"]*")


class Translated:
    """Context in which the exceptions of ``requests`` and urllib3 become ours."""

    def __init__(self, method: str, url: str) -> None:
        self.method = method
        self.url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is None or isinstance(error, LibcloudError):
            return
        ours = network_error(error, self.method, self.url)
        if ours is not None:
            # Not "from error": the text of requests repeats the whole URL, signatures included.
            raise ours from None


class _TranslatedReading(Translated):
    def __init__(self, response: Any) -> None:
        self.response = response

    # Looked up when there is an error: of an answer that took the short way, the request is made
    # for whoever asks for it.
    @property
    def method(self) -> str:  # type: ignore[override]
        return getattr(self.response.request, "method", None) or "GET"

    @property
    def url(self) -> str:  # type: ignore[override]
        return getattr(self.response.request, "url", None) or ""


def translated(response: Any) -> Translated:
    """The context for reading an answer; ``response.request`` is what it answers."""
    return _TranslatedReading(response)


def network_error(error: BaseException, method: str, url: str) -> NetworkError | None:
    """
    The library's error for an exception of ``requests``, of which it is an instance as well.

    None for any other exception.
    """
    import requests
    import urllib3.exceptions

    # One of requests' own, for broken compression, is of both kinds.
    if isinstance(error, urllib3.exceptions.HTTPError) and not isinstance(
        error, requests.RequestException
    ):
        error = requests.exceptions.ConnectionError(error)
    if not isinstance(error, requests.RequestException):
        return None
    where = redact_url(url).partition("?")[0]
    ours = _network_error_class(cast(Any, type(error)))(f"{method} {where}: {_reason(error)}")
    # What a redirect leads to may be out of reach; the request itself was answered.
    last = getattr(error, "request", None)
    redirected = last is not None and (last.method, last.url) != (method, url)
    ours.sent = redirected or not _nothing_was_sent(error)
    ours.retryable = _may_go_away(error)
    return ours


@functools.cache
def _network_error_class(kind: Any) -> type[NetworkError]:
    """A class that is both :class:`NetworkError` and the given exception of ``requests``."""
    namespace = {"__module__": __name__, "__doc__": f"``{kind.__name__}`` of requests, as ours."}
    return cast(
        "type[NetworkError]", type(f"Network{kind.__name__}", (_RequestsError, kind), namespace)
    )


class _RequestsError(NetworkError):
    """What the classes of :func:`_network_error_class` have in common."""

    def __init__(self, value: Any, driver: Any = None) -> None:
        NetworkError.__init__(self, value, driver)
        # Programs that catch the exception of requests may read these.
        self.request: Any = None
        self.response: Any = None

    def __reduce__(self) -> Any:
        requests_class = type(self).__bases__[1]
        return _unpickled, (requests_class, self.value, self.sent, self.retryable)


def _unpickled(
    requests_class: type[BaseException], value: Any, sent: bool, retryable: bool
) -> NetworkError:
    error = _network_error_class(cast(Any, requests_class))(value)
    error.sent = sent
    error.retryable = retryable
    return error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception, and those that it was made from."""
    seen: set[int] = set()
    queue: list[Any] = [error]
    while queue:
        current = queue.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        queue += [getattr(current, "reason", None), current.__cause__, *current.args]


def _nothing_was_sent(error: BaseException) -> bool:
    from ssl import SSLCertVerificationError

    from urllib3.exceptions import (
        ConnectTimeoutError,
        LocationParseError,
        NewConnectionError,
        ProxyError,
    )

    # Other errors of TLS may come at any time.
    never_connected = (
        ConnectTimeoutError,
        LocationParseError,
        NewConnectionError,
        ProxyError,
        SSLCertVerificationError,
    )
    return any(isinstance(cause, never_connected) for cause in _causes(error))


def _may_go_away(error: BaseException) -> bool:
    import requests
    from urllib3.exceptions import LocationParseError, ReadTimeoutError

    # In the middle of a body, requests calls a time-out a broken connection.
    lasting_causes = (LocationParseError, ReadTimeoutError)
    if any(isinstance(cause, lasting_causes) for cause in _causes(error)):
        return False
    lasting = (
        requests.exceptions.SSLError,
        requests.exceptions.Timeout,
        requests.exceptions.TooManyRedirects,
        requests.exceptions.ContentDecodingError,
    )
    return isinstance(
        error, (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)
    ) and not isinstance(error, lasting)


def _reason(error: BaseException) -> str:
    """What went wrong, without the URL that urllib3's texts repeat with all its secrets."""
    innermost = error
    for cause in _causes(error):
        innermost = cause
    text = _QUERY.sub("", str(innermost)) or type(innermost).__name__
    return text if innermost is error else f"{type(innermost).__name__}: {text}"
