"""
The wire: one exchange over a pooled session.

======================================  ==================================================
:mod:`~libcloud.common.prepare`         the request as it goes to the wire
:mod:`~libcloud.common.session`         the session: pools, redirects, and the short way of
                                        :mod:`~libcloud.common.pool`
:mod:`~libcloud.common.answers`         the answer as it comes off the socket
:mod:`~libcloud.common.network_errors`  what goes wrong, as an error of ours
======================================  ==================================================

Only these know ``requests``. It is imported with the first exchange, so that constructing a driver
stays cheap.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import libcloud.security
from libcloud.common.network_errors import Translated
from libcloud.common.prepare import absolute_url, prepare, stream_body

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

# An error's text is never longer; a provider, or somebody in between, that sends more is cut off.
MAX_ERROR_BODY = 1024 * 1024

# An answer that is longer, or grows longer when it is uncompressed, is no document but a bomb, or a
# mistake. Downloads are streamed.
MAX_BODY = 256 * 1024 * 1024

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


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
                    from libcloud.common.session import Session

                    self._session = Session()
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
        url = absolute_url(self.host, url)
        with Translated(method, url):
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
        make = functools.partial(prepare, session, method, url, headers, body, hooks)
        # A session that a program put in its place knows no short way.
        if not (proxies or hooks) and hasattr(session, "send_directly"):
            response = session.send_directly(method, url, headers, body, prepare=make, **settings)
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
            make(), stream=True, allow_redirects=redirect, proxies=proxies, **settings
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
    if getattr(response.request, "method", None) == "HEAD":
        _ = response.content  # nothing: the headers are those of a body that stays where it is
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
