"""
The wire: one exchange over a pooled session. The only file that knows ``requests``.

``requests`` is imported with the first exchange, so that constructing a driver stays cheap.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import libcloud.security
from libcloud.common.errors import InvalidRequestError, LibcloudError, NetworkError
from libcloud.common.lazy import lazy_pattern
from libcloud.common.logging import redact_url

if TYPE_CHECKING:
    import requests

__all__ = [
    "ALLOW_REDIRECTS",
    "DEFAULT_REQUEST_TIMEOUT",
    "HttpLibResponseProxy",
    "LibcloudBaseConnection",
    "LibcloudConnection",
    "SignedHTTPSAdapter",
]

# Made on first use, by __getattr__ below: its base class is one of requests.
SignedHTTPSAdapter: type

ALLOW_REDIRECTS = 1

# Seconds to wait for a connection, and for each piece of an answer.
DEFAULT_REQUEST_TIMEOUT = 60

# Connections that one driver keeps for reuse: more threads than this open and close their own.
POOL_SIZE = 128

# An error's text is never longer; a provider, or somebody in between, that sends more is cut off.
MAX_ERROR_BODY = 1024 * 1024

# An answer that is longer, or grows longer when it is uncompressed, is no document but a bomb, or a
# mistake. Downloads are streamed.
MAX_BODY = 256 * 1024 * 1024

_ILLEGAL_IN_URL = lazy_pattern(r"[^!$%&'()*+,/:;=?@\[\]A-Za-z0-9._~-]")
_LEGAL_IN_URL = "!$%&'()*+,/:;=?@[]~"
_LINE_BREAK = lazy_pattern(r"[\r\n\0]")
# https://www.rfc-editor.org/rfc/rfc9110#name-tokens
_HEADER_NAME = lazy_pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUERY = lazy_pattern(r"\?[^\s'\"]*")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

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


class LibcloudBaseConnection:
    """Session and proxy of a connection."""

    proxy_scheme: str | None = None
    proxy_host: str | None = None
    proxy_port: int | None = None
    proxy_username: str | None = None
    proxy_password: str | None = None
    http_proxy_used: bool = False
    ca_cert: str | None = None

    _session: requests.Session | None = None
    _process: int | None = None

    def __init__(self) -> None:
        self._session_lock = threading.Lock()
        self._process = os.getpid()

    @property
    def session(self) -> Any:
        """The ``requests`` session, made when it is first needed. All threads share it."""
        if self._process != os.getpid():
            self._leave_connections_to_parent()
        if self._session is None:
            with self._session_lock:
                if self._session is None:
                    self._session = _new_session()
        return self._session

    @session.setter
    def session(self, session: Any) -> None:
        self._session = session
        self._process = os.getpid()

    def _leave_connections_to_parent(self) -> None:
        """After a fork: two processes on one socket would read each other's answers."""
        # A thread that is not here any more may have held the lock.
        self._session_lock = threading.Lock()
        session: Any = self._session
        adapters: Iterable[Any] = session.adapters.values() if session else ()
        if hasattr(session, "pools"):
            session.pools.forget()
        for adapter in adapters:
            if hasattr(adapter, "poolmanager"):
                # What unpickling does: new pools, everything else as it was.
                adapter.__setstate__(adapter.__getstate__())
        self._process = os.getpid()

    def set_http_proxy(self, proxy_url: str) -> None:
        """
        Send every request through a proxy, whatever the environment says.

        :param proxy_url: ``<http or https>://<host>:<port>`` or
            ``<http or https>://<user>:<password>@<host>:<port>``.
        :raises ValueError: the URL has another form.
        """
        from urllib.parse import urlparse

        parts = urlparse(proxy_url)
        if parts.scheme not in ("http", "https"):
            raise ValueError("Only http and https proxies are supported")
        if not parts.hostname or not parts.port:
            raise ValueError(
                "proxy_url must be in the following format: <scheme>://<proxy host>:<proxy port>"
            )
        if "@" in parts.netloc and not (parts.username and parts.password):
            raise ValueError("URL is in an invalid format")
        self.proxy_scheme = parts.scheme
        self.proxy_host = parts.hostname
        self.proxy_port = parts.port
        self.proxy_username = parts.username
        self.proxy_password = parts.password
        self.http_proxy_used = True
        self._proxy_url = proxy_url


class LibcloudConnection(LibcloudBaseConnection):
    """
    Exchanges with one host.

    :param host: Name or address.
    :param port: Port; left out of the URL when it is the scheme's own.
    :param secure: TLS (the default) or not.
    :param kwargs: ``proxy_url``, ``timeout`` (seconds), ``cert_file`` and ``key_file`` (PEM files
        of a client certificate).

    All threads may use one object: :meth:`getresponse` returns the answer to the calling thread's
    own request.
    """

    timeout: float | None = None
    host: str = ""
    follow_redirects: bool = True
    verify: bool | None = None
    cert: Any = None
    _environment: dict[str, Any] | None = None

    def __init__(self, host: str, port: int, secure: Any = None, **kwargs: Any) -> None:
        super().__init__()
        scheme = "https" if secure is None or secure else "http"
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        own_port = port in (None, {"http": 80, "https": 443}[scheme])
        self.host = f"{scheme}://{host}" if own_port else f"{scheme}://{host}:{port}"
        self.timeout = kwargs.get("timeout")
        self.cert = _client_certificate(kwargs.get("cert_file"), kwargs.get("key_file"))
        if kwargs.get("proxy_url"):
            self.set_http_proxy(kwargs["proxy_url"])

    @property
    def verification(self) -> bool | str:
        """What a server's certificate is checked against: True, False, or the path of a bundle."""
        if self.verify is False:
            return False
        return libcloud.security.verification(self.ca_cert)

    @property
    def response(self) -> Any:
        """The answer to the last request of the calling thread."""
        return getattr(self.__dict__.get("_answers"), "response", None)

    @response.setter
    def response(self, response: Any) -> None:
        # Made on first use: programs' subclasses do not always call our constructor.
        self.__dict__.setdefault("_answers", threading.local()).response = response

    def request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        raw: bool = False,
        stream: bool = False,
        hooks: Mapping[str, Any] | None = None,
    ) -> None:
        """
        Do one exchange; :meth:`getresponse` has the answer.

        :param url: Path and query on this host, sent as they are.
        :param body: Bytes, text (sent as UTF-8), a dict (sent as a form), a file, or an iterable of
            bytes (sent in chunks unless the headers name a length).
        :param raw: As ``stream``.
        :param stream: Leave the body of the answer to be read by the caller, who closes it.
        :param hooks: Hooks of ``requests``.
        :raises NetworkError: no complete answer came.
        """
        method = method.upper()
        url = _absolute_url(self.host, url)
        with _Translated(method, url):
            response = self._send(method, url, headers, body, hooks)
            if response.status_code < 200:
                # What comes next is not HTTP, or the answer to this request: not to the next one.
                response.close()
            # The text of an error is read even of a stream, as far as it is of use.
            if not (raw or stream) or response.status_code >= 400:
                _read_body(response)
            else:
                _let_it_stream(response)
        self.response = response

    def prepared_request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        raw: bool = False,
        stream: bool = False,
    ) -> None:
        """The same as :meth:`request`, for an answer that is read as it comes."""
        self.request(method, url, body=body, headers=headers, raw=raw, stream=stream)

    def getresponse(self) -> Any:
        """The ``requests`` response to the calling thread's last request."""
        return self.response

    def getheaders(self) -> Any:
        return self.response.headers

    @property
    def status(self) -> int:
        return cast(int, self.response.status_code)

    @property
    def reason(self) -> str | None:
        response = self.response
        return None if response is None or response.status_code > 100 else response.text

    def connect(self) -> None:
        """Nothing: a connection is opened, or taken from the pool, with each request."""

    def read(self) -> Any:
        return self.response.content

    def close(self) -> None:
        """Close the pooled connections; the next request opens a new one."""
        if self._session is not None:
            self._session.close()

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, Any] | None,
        body: Any,
        hooks: Mapping[str, Any] | None,
    ) -> Any:
        """The answer, its body in memory or still on the wire."""
        headers = headers or {}
        session = self.session
        settings = {
            "timeout": self.timeout or DEFAULT_REQUEST_TIMEOUT,
            "cert": self.cert or session.cert,
            **self._settings(),
        }
        proxies = settings.pop("proxies")
        # A body that was streamed is gone: it cannot follow a redirect.
        redirect = bool(self.follow_redirects and ALLOW_REDIRECTS and not stream_body(body))
        prepare = functools.partial(_prepare, session, method, url, headers, body, hooks)
        # A session that a program put in its place knows no short way.
        if not (proxies or hooks) and hasattr(session, "send_directly"):
            response = session.send_directly(
                method, url, headers, body, prepare=prepare, **settings
            )
            if response is not None and response.status_code == 417 and "Expect" in headers:
                # It, or a proxy on the way, is so old that it does not know the question.
                response.close()
                unasked = {name: headers[name] for name in headers if name != "Expect"}
                return self._send(method, url, unasked, body, hooks)
            if response is not None:
                if redirect and response.status_code in _REDIRECTS and response.is_redirect:
                    return _follow(session, response, stream=True, proxies=proxies, **settings)
                return response
        return session.send(
            prepare(), stream=True, allow_redirects=redirect, proxies=proxies, **settings
        )

    def _settings(self) -> dict[str, Any]:
        if self._environment is None:
            self._environment = _from_environment(self.session, self.host)
        verify = self.verification
        if verify is True and self.session.verify is not True:
            verify = self.session.verify
        if verify is True:
            verify = self._environment["verify"]
        proxies = self._environment["proxies"]
        if self.http_proxy_used:
            # A program may have named another proxy for one scheme on the session.
            proxies = dict.fromkeys(("http", "https"), self._proxy_url) | self.session.proxies
        elif self.session.proxies:
            proxies = self.session.proxies
        return {"proxies": proxies, "verify": verify}

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        for unpicklable in ("_session", "_session_lock", "_answers"):
            state.pop(unpicklable, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._process = os.getpid()
        self._session_lock = threading.Lock()


class HttpLibResponseProxy:
    """
    A ``requests`` response with the face of an ``http.client`` one.

    :param response: The response.
    """

    def __init__(self, response: Any) -> None:
        self._response = response

    def read(self, amt: int | None = None) -> bytes:
        """The whole body; ``amt`` is there because ``http.client`` has it."""
        return cast(bytes, self._response.content)

    def getheader(self, name: str, default: Any = None) -> Any:
        """The value of a header, or ``default``; a list of names gives the first that is there."""
        return self._response.headers.get(name, default)

    def getheaders(self) -> list[tuple[str, str]]:
        return list(self._response.headers.items())

    @property
    def status(self) -> int:
        return cast(int, self._response.status_code)

    @property
    def reason(self) -> str:
        return cast(str, self._response.reason)

    @property
    def version(self) -> str:
        return "11"

    @property
    def body(self) -> Any:
        # A stream has not read its body yet: whoever asks for it gets it.
        return self._response.content


def stream_body(body: Any) -> bool:
    """True for a body that may be readable only once: a file or an iterator."""
    return body is not None and not isinstance(body, (bytes, bytearray, str, dict, list, tuple))


def _prepare(
    session: Any,
    method: str,
    url: str,
    headers: Mapping[str, Any] | None,
    body: Any,
    hooks: Mapping[str, Any] | None,
) -> Any:
    """
    The request as ``requests`` sends it.

    Built by hand because ``requests`` would resolve dot segments and decode escapes in the path,
    which changes names of objects and breaks signatures.
    """
    import requests
    from requests.hooks import default_hooks
    from requests.structures import CaseInsensitiveDict

    prepared = requests.PreparedRequest()
    prepared.method = method
    prepared.url = url
    given = {name: _header_value(name, value) for name, value in (headers or {}).items()}
    # The later one of two that differ in case counts.
    prepared.headers = CaseInsensitiveDict([*session.headers.items(), *given.items()])
    # The session's jar as it is: each thread's answer may add to it.
    prepared._cookies = session.cookies  # type: ignore[attr-defined]
    if len(session.cookies):
        prepared.prepare_cookies(session.cookies)
    given_length = prepared.headers.get("Content-Length")
    if body is not None or method not in ("GET", "HEAD", "OPTIONS", "DELETE"):
        prepared.prepare_body(body, None)
    if "Transfer-Encoding" in prepared.headers and _is_empty_file(body):
        # Chunks of nothing, says requests; but storage services want a length.
        prepared.headers.pop("Transfer-Encoding")
        prepared.prepare_body(b"", None)
    if stream_body(body) and given_length is not None:
        prepared.headers.pop("Transfer-Encoding", None)
        prepared.headers["Content-Length"] = given_length
    prepared.hooks = default_hooks()
    for event, hook in (hooks or {}).items():
        prepared.register_hook(event, hook)  # type: ignore[no-untyped-call]
    return prepared


def _is_empty_file(body: Any) -> bool:
    """True for a file that is at its end, False for what cannot say so and stay as it is."""
    try:
        start = body.tell()
        is_empty = not body.read(1)
        body.seek(start)
    except (AttributeError, OSError, ValueError):
        return False
    return is_empty


def _header_value(name: str, value: Any) -> Any:
    """A header's value as it may go to the wire; one that would start a new line is refused."""
    if value is None:
        value = ""
    if isinstance(value, bytes):
        text = value.decode("latin-1")
    else:
        value = text = str(value)
    if _LINE_BREAK.search(name) or _LINE_BREAK.search(text):
        raise InvalidRequestError(f"header {name!r} contains a line break")
    if not _HEADER_NAME.fullmatch(name):
        raise InvalidRequestError(f"{name!r} cannot be the name of a header")
    if isinstance(value, str) and not value.isascii():
        return _utf8(value)
    return value


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidRequestError(f"{text!r} has characters that do not exist in UTF-8") from None


def _absolute_url(base: str, url: str) -> str:
    from urllib.parse import quote

    if not url.startswith(("http://", "https://")):
        url = base + (url if url.startswith(("/", "?")) else f"/{url}")
    if _ILLEGAL_IN_URL.search(url):
        url = quote(_utf8(url), safe=_LEGAL_IN_URL)
    return url


def _follow(session: Any, response: Any, **settings: Any) -> Any:
    """The answer at the end of the redirects that an answer begins."""
    further = session.resolve_redirects(response, response.request, **settings)
    history = [response, *further]
    history[-1].history = history[:-1]
    return history[-1]


def _read_body(response: Any) -> None:
    """Read the whole answer, and of an error's as much as is of use."""
    if getattr(response, "_content_consumed", False) is True:
        return
    headers = response.headers
    is_error = response.status_code >= 400
    if not is_error and "Content-Encoding" not in headers:
        length = headers.get("Content-Length")
        if length is not None and length.isdecimal():
            if int(length) > MAX_BODY:
                response.close()
                raise _unreadable(f"has {length} bytes")
            _ = response.content
            return
    if not callable(getattr(response, "iter_content", None)):
        return  # of a transport that a program put in: it has its body in memory
    limit = MAX_ERROR_BODY if is_error else MAX_BODY
    pieces = []
    size = 0
    if "," in headers.get("Content-Encoding", ""):
        response.close()
        raise _unreadable("is compressed twice")
    for piece in response.iter_content(64 * 1024):
        pieces.append(piece)
        size += len(piece)
        if size >= limit:
            response.close()
            if is_error:
                break
            raise _unreadable(f"has {limit} bytes or more")
    else:
        if _is_cut_short(response):
            raise _unreadable("ends before its compression does")
    response._content = b"".join(pieces)
    response._content_consumed = True


def _unreadable(why: str) -> Exception:
    from requests.exceptions import ContentDecodingError

    return ContentDecodingError(f"the answer {why}")


def _is_cut_short(response: Any) -> bool:
    """True when more was to come of a compressed body, which zlib does not mind."""
    raw = response.raw
    compression = getattr(getattr(raw, "_decoder", None), "_obj", None)
    return getattr(compression, "eof", True) is False and raw.tell() > 0


def _let_it_stream(response: Any) -> None:
    """Give the body of an answer the time that its reader takes."""
    answer: Any = getattr(getattr(response, "raw", None), "_original_response", None)
    if hasattr(answer, "as_stream"):
        answer.as_stream()


def _client_certificate(cert_file: str | None, key_file: str | None) -> Any:
    if cert_file and key_file:
        return cert_file, key_file
    return cert_file


def _from_environment(session: Any, url: str) -> dict[str, Any]:
    """Proxies and CA bundle that the environment names, read once a connection."""
    if not session.trust_env:
        return {"proxies": {}, "verify": True}
    from requests.utils import get_environ_proxies

    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    return {"proxies": get_environ_proxies(url), "verify": bundle or True}


@functools.cache
def _session_class() -> type[requests.Session]:
    from urllib.parse import urlparse

    import requests
    from requests.cookies import extract_cookies_to_jar

    from libcloud.common.answers import Adapter
    from libcloud.common.pool import Pools, is_untouched

    class Session(requests.Session):
        """
        A session whose credentials stay with the host that they are for, and which knows when a
        request may take the short way.
        """

        def __init__(self) -> None:
            super().__init__()
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
                body = _utf8(body)
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

    return Session


def _new_session() -> Any:
    session = _session_class()()
    # Without this, requests would put a password from ~/.netrc in place of our Authorization.
    session.auth = _no_auth
    return session


def _no_auth(request: Any) -> Any:
    return request


class _Translated:
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


class _TranslatedReading(_Translated):
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


def translated(response: Any) -> _Translated:
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


def __getattr__(name: str) -> Any:
    if name == "SignedHTTPSAdapter":
        return _signed_https_adapter()
    if name == "urlparse":
        from urllib.parse import urlparse

        return urlparse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@functools.cache
def _signed_https_adapter() -> type:
    from requests.adapters import HTTPAdapter

    class SignedHTTPSAdapter(HTTPAdapter):
        """
        An adapter that shows a client certificate.

        :param cert_file: PEM file of the certificate.
        :param key_file: PEM file of its private key.
        """

        def __init__(self, cert_file: str, key_file: str) -> None:
            self.cert_file = cert_file
            self.key_file = key_file
            super().__init__()

        def init_poolmanager(
            self, connections: int, maxsize: int, block: bool = False, **kwargs: Any
        ) -> None:
            super().init_poolmanager(
                connections,
                maxsize,
                block,
                cert_file=self.cert_file,
                key_file=self.key_file,
                **kwargs,
            )

    SignedHTTPSAdapter.__module__ = __name__
    SignedHTTPSAdapter.__qualname__ = "SignedHTTPSAdapter"
    return SignedHTTPSAdapter
