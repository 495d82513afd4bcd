"""
Connections: from a driver's call to an exchange on the wire.

The way of a call::

    connection.request(action, params, data, headers, method)
      -> hooks: morph_action_hook, add_default_params, add_default_headers, encode_data,
         pre_connect_hook (signing)                            once an attempt
      -> conn_class.request / getresponse                      the exchange, see libcloud.http
      -> responseCls                                           an exception, or a parsed body
      -> retry policy                                          another attempt, or the result

A connection keeps nothing of a request. The hooks that read ``self.action``, ``self.method``,
``self.data`` or ``self.context`` see those of the request that their own thread is making.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import libcloud
from libcloud.common import logging as debug_log
from libcloud.common.errors import LibcloudError, NetworkError
from libcloud.common.prepare import clean_path, rewinder, with_query
from libcloud.common.response import RawResponse, Response, headers_of
from libcloud.common.retry import DEFAULT_RETRY_POLICY, IDEMPOTENT_METHODS, RetryPolicy
from libcloud.http import LibcloudConnection

__all__ = ["Connection", "quote_path_segment"]

Params = Any  # a dict, or a list of pairs
Headers = dict[str, Any]

# Statuses of answers that may have to do with the credentials.
_REFUSALS = frozenset({400, 401, 403})


class _CurrentRequest(threading.local):
    """The request that a thread is making."""

    running: bool = False
    # Headers of the answer that refused it; whether credentials were renewed for it, or just are.
    refusal: Mapping[str, str] | None = None
    renewed: bool = False
    renewing: bool = False
    action: str | None = None
    method: str | None = None
    data: Any = None
    context: dict[str, Any] | None = None


def _of_current_request(name: str, doc: str) -> Any:
    """A property of a connection that each thread sees its own value of."""

    def read(self: Connection) -> Any:
        return getattr(self._current, name)

    def write(self: Connection, value: Any) -> None:
        setattr(self._current, name, value)

    return property(read, write, doc=doc)


class Connection:
    """
    Speaks to one host over HTTP.

    :param secure: TLS or not.
    :param host: Instead of the class' ``host``.
    :param port: Instead of the scheme's own.
    :param url: Base URL: takes the place of ``secure``, ``host`` and ``port``, and its path goes
        before that of every request.
    :param timeout: Seconds to wait for a connection, and for each piece of an answer (60 if None).
    :param proxy_url: ``http://user:password@host:port``; what the environment says if None.
    :param retry_delay: Seconds to wait before a request is sent again.
    :param backoff: Factor by which that wait grows.
    :raises ValueError: ``secure`` is False and the class does not allow it.
    """

    conn_class: Any = LibcloudConnection
    responseCls: Any = Response
    rawResponseCls: Any = RawResponse

    connection: Any = None
    host: str = "127.0.0.1"
    port: int = 443
    timeout: float | None = None
    secure: Any = 1
    driver: Any = None
    cache_busting: bool = False
    backoff: float | None = None
    retry_delay: float | None = None
    allow_insecure: bool = True

    # Third parties' connections do not always call our constructor, which sets these.
    request_path: str = ""
    proxy_url: str | None = None
    ua: Sequence[str] = ()

    # How often the credentials were renewed.
    _renewals: int = 0

    # How failed requests are repeated; None for never.
    retry: RetryPolicy | None = DEFAULT_RETRY_POLICY

    # Path of a CA bundle for this connection, and whether certificates are verified at all; None
    # leaves it to libcloud.security. PEM files of a client certificate.
    ca_cert: str | None = None
    verify_ssl_cert: bool | None = None
    cert_file: str | None = None
    key_file: str | None = None

    # For services that use paths as names: "//" and "." are sent as they are. Elsewhere double
    # slashes are joined, and a path that climbs out of its place by ".." is refused.
    exact_path: bool = False

    # False where a redirect needs a new signature; the driver then sees the 3xx itself.
    follow_redirects: bool = True

    action = _of_current_request("action", "Path of the request, after ``morph_action_hook``.")
    method = _of_current_request("method", "HTTP method of the request.")
    data = _of_current_request("data", "Body of the request.")

    @property
    def retryCls(self) -> Any:  # noqa: N802
        """The class that retries requests in the old way (``retry_failed=True``)."""
        from libcloud.utils.retry import Retry

        return self.__dict__.get("retryCls", Retry)

    @retryCls.setter
    def retryCls(self, value: Any) -> None:  # noqa: N802
        self.__dict__["retryCls"] = value

    def __init__(
        self,
        secure: Any = True,
        host: str | None = None,
        port: int | None = None,
        url: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        retry_delay: float | None = None,
        backoff: float | None = None,
    ) -> None:
        self.secure = 1 if secure else 0
        self.ua = []
        self.request_path = ""
        if not self.allow_insecure and not secure:
            raise ValueError("Non https connections are not allowed (use secure=True)")
        if host:
            self.host = host
        if port is not None:
            self.port = port
        else:
            self.port = 443 if self.secure else 80
        if url:
            self.host, self.port, self.secure, self.request_path = self._tuple_from_url(url)
        self.timeout = timeout if timeout is not None else self.timeout
        self.retry_delay = retry_delay if retry_delay is not None else self.retry_delay
        self.backoff = backoff if backoff is not None else self.backoff
        self.proxy_url = proxy_url

    # -- the host ---------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the connections that are open. The next request opens a new one."""
        close = getattr(self.connection, "close", None)
        if close is not None:
            close()

    def connect(
        self,
        host: str | None = None,
        port: int | None = None,
        base_url: str | None = None,
        **kwargs: Any,
    ) -> None:
        """
        Make the object that does the exchanges. No network traffic happens here.

        :param host: Instead of the connection's own.
        :param port: Instead of the connection's own.
        :param base_url: Instead of the connection's own host, port, scheme and path.
        """
        secure = self.secure
        if base_url:
            host, port, secure, self.request_path = self._tuple_from_url(base_url)
        arguments: dict[str, Any] = {
            "host": host or self.host,
            "port": port or self.port,
            "secure": secure,
        }
        optional = {
            "timeout": self.timeout,
            "proxy_url": self.proxy_url,
            "cert_file": self.cert_file,
            "key_file": self.key_file,
        }
        arguments.update({name: value for name, value in optional.items() if value is not None})
        connection = self.conn_class(**arguments, **kwargs)
        if isinstance(connection, LibcloudConnection):
            if self.ca_cert:
                connection.ca_cert = self.ca_cert
            if self.verify_ssl_cert is not None:
                connection.verify = self.verify_ssl_cert
            connection.follow_redirects = self.follow_redirects
        self.connection = connection

    def set_http_proxy(self, proxy_url: str) -> None:
        """
        Send every request from now on through a proxy.

        :param proxy_url: ``<http or https>://[<user>:<password>@]<host>:<port>``
        :raises ValueError: the URL has another form.
        """
        self.proxy_url = proxy_url
        if self.connection is None:
            self.connect()
        else:
            self.connection.set_http_proxy(proxy_url)

    def user_agent_append(self, token: str) -> None:
        """Add a word to the User-Agent header: which program is using the library."""
        self.ua = [*self.ua, token]

    # -- the current request ----------------------------------------------------------------------

    @property
    def _current(self) -> _CurrentRequest:
        # Made on first use: third parties' connections do not always call our constructor.
        current: _CurrentRequest | None = self.__dict__.get("_current_request")
        if current is None:
            current = self.__dict__.setdefault("_current_request", _CurrentRequest())
        return current

    @property
    def context(self) -> dict[str, Any]:
        """What a driver hands to its response class for the current request, by name."""
        current = self._current
        if current.context is None:
            current.context = {}
        return current.context

    @context.setter
    def context(self, context: dict[str, Any]) -> None:
        self._current.context = context

    def set_context(self, context: dict[str, Any]) -> None:
        """
        Hand facts to the response class, for the next request of the calling thread: when it is
        over, whatever its end, the context is empty again.
        """
        self.context = context

    def reset_context(self) -> None:
        self.context = {}

    # -- hooks for subclasses ---------------------------------------------------------------------

    def morph_action_hook(self, action: str) -> str:
        """The path that a request's ``action`` means: by default, below the base URL's path."""
        if self.exact_path:
            return f"{self.request_path}{action if action.startswith('/') else f'/{action}'}"
        return clean_path(f"{self.request_path}/{action.lstrip('/')}")

    def add_default_params(self, params: Params) -> Params:
        """Add the query parameters that every request has."""
        return params

    def add_default_headers(self, headers: Headers) -> Headers:
        """Add the headers that every request has."""
        return headers

    def pre_connect_hook(self, params: Params, headers: Headers) -> tuple[Params, Headers]:
        """See, and change, parameters and headers last: the place to sign."""
        return params, headers

    def encode_data(self, data: Any) -> Any:
        """The body as it is sent."""
        return data

    def is_idempotent(self, method: str, action: str, params: Params) -> bool:
        """True when the provider is none the worse for receiving the request twice."""
        return method in IDEMPOTENT_METHODS

    def secrets(self) -> Iterable[str]:
        """The texts that must never show up in a log."""
        return ()

    def credentials_are_stale(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        """
        True when an error answer says that what the request was signed with was good once, or would
        be with another clock: a token that has expired, a time that is off.

        :param error: The error that the answer becomes.
        :param headers: Headers of the answer, keyed in lower case.
        """
        return error.http_code == 401

    def renew_credentials(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        """
        Get what the next request is to be signed with: a new token, the server's time.

        Called when :meth:`credentials_are_stale` says so, at most once for each request, and by one
        thread while the others wait: those that were refused for the same reason go on with what
        this one got. Requests that this method sends do not come back here.

        :return: True when there is something new, with which the refused request is sent once more
            if its body can be read again; False (the default) when the error stands.
        """
        return False

    # -- requests ---------------------------------------------------------------------------------

    def request(
        self,
        action: str,
        params: Params = None,
        data: Any = None,
        headers: Headers | None = None,
        method: str = "GET",
        raw: bool = False,
        stream: bool = False,
        json: Any = None,
        retry_failed: bool | None = None,
        idempotent: bool | None = None,
    ) -> Any:
        """
        Send a request, again if the retry policy says so, and return the parsed answer.

        :param action: Path; for what it may contain see ``exact_path``.
        :param params: Query parameters, a dict or a list of pairs.
        :param data: Body: text, bytes, a dict (sent as a form), a file or an iterable of bytes.
        :param headers: Headers besides the default ones.
        :param raw: Leave the body of the answer on the wire and return a ``rawResponseCls``.
        :param stream: Leave it to the response class to read the body.
        :param json: Body, sent as JSON.
        :param retry_failed: True and False turn the old retries on and off for this request.
        :param idempotent: Whether the request may be sent twice; by method, if None.
        :raises NetworkError: no complete answer came.
        :raises LibcloudError: the provider's answer is an error.
        """
        method = method.upper()
        headers = dict(headers) if headers else {}
        if json is not None:
            import json as json_module

            data = json_module.dumps(json)
            headers.setdefault("Content-Type", "application/json")
        if idempotent is None:
            idempotent = self.is_idempotent(method, action, params)
        send = functools.partial(
            self._send_once, action, params, data, headers, method, raw, stream
        )
        rewind = rewinder(data)
        current = self._current
        # A hook may send a request of its own, for a token: the outer one then goes on as it was.
        outer = dict(vars(current)) if current.running else None
        current.running = True
        current.renewed = False
        try:
            attempt = functools.partial(self._attempt, send, rewind)
            if rewind is None:  # nothing of the body is left for a second one
                return attempt()
            return self._with_retries(attempt, retry_failed, idempotent)
        finally:
            if outer is None:
                current.running = False
                self.reset_context()
            else:
                vars(current).update(outer)

    # -- attempts ----------------------------------------------------------------------------------

    def _with_retries(
        self, attempt: Callable[[], Any], retry_failed: bool | None, repeatable: bool
    ) -> Any:
        """
        Make attempts until one succeeds, or until its error must stand.

        :param retry_failed: See :meth:`request`.
        :param repeatable: See :meth:`RetryPolicy.run`.
        """
        if retry_failed or (retry_failed is None and _retries_the_old_way()):
            return self._retry_the_old_way(attempt, repeatable)
        policy = self._retry_policy() if retry_failed is None else None
        return attempt() if policy is None else policy.run(attempt, repeatable)

    def _retry_policy(self) -> RetryPolicy | None:
        if self.retry is None or (self.retry_delay is None and self.backoff is None):
            return self.retry
        return self.retry._replace(
            delay=self.retry.delay if self.retry_delay is None else self.retry_delay,
            backoff=self.retry.backoff if self.backoff is None else self.backoff,
        )

    def _retry_the_old_way(self, attempt: Callable[[], Any], repeatable: bool) -> Any:
        """Retry by ``retryCls``, whose exceptions and times a program may have chosen."""

        def guarded() -> tuple[Any, LibcloudError | None]:
            try:
                return attempt(), None
            except NetworkError as error:
                if error.sent and not repeatable:
                    # It may have arrived: not even a program that asks for retries wants it twice.
                    return None, error
                raise

        retry = self.retryCls(
            retry_delay=self.retry_delay, timeout=self.timeout, backoff=self.backoff
        )
        result, error = retry(guarded)()
        if error is not None:
            raise error
        return result

    def _attempt(self, send: Callable[[], Any], rewind: Callable[[], object] | None) -> Any:
        """
        Send a request; once more when it was refused, and the credentials were renewed for it.

        :param send: Signs the request with what the credentials are when it is called.
        :param rewind: Takes the body back to its beginning; None when it can be sent only once.
        """
        if rewind is not None:
            rewind()
        renewals = self._renewals
        try:
            answer = send()
        except LibcloudError as error:
            # Renewed even if this request cannot be sent again: the next ones are better off.
            if not self._renew_for(error, renewals) or rewind is None:
                raise
        else:
            if self._current.refusal is None:
                return answer
            # One that is left to the caller to read: nobody has made it an error yet.
            if not self._renew_for(answer._as_exception(), renewals) or rewind is None:
                return answer
        rewind()
        return send()

    def _can_renew(self) -> bool:
        """True for a class that says how its credentials are renewed."""
        return type(self).renew_credentials is not Connection.renew_credentials

    def _renew_for(self, error: Any, renewals: int) -> bool:
        """
        True when a refused request can be signed anew: it was refused for stale credentials, and
        these were renewed since, now or by another thread.

        :param error: What the refusal becomes.
        :param renewals: How often they had been renewed when the request was signed.
        """
        current = self._current
        headers = current.refusal
        if headers is None or current.renewed or current.renewing:
            return False
        if not self.credentials_are_stale(error, headers):
            return False
        current.renewed = True
        with self._renewal_lock():
            if self._renewals == renewals:
                current.renewing = True
                try:
                    if not self.renew_credentials(error, headers):
                        return False
                finally:
                    current.renewing = False
                self._renewals += 1
        return True

    def _renewal_lock(self) -> threading.RLock:
        """The lock of this process: one that a fork took along may be held by nobody."""
        name = f"_renewal_lock_{os.getpid()}"
        lock: threading.RLock | None = self.__dict__.get(name)
        return lock or self.__dict__.setdefault(name, threading.RLock())

    # -- one exchange ------------------------------------------------------------------------------

    def _send_once(
        self,
        action: str,
        params: Params,
        data: Any,
        headers: Mapping[str, Any],
        method: str,
        raw: bool,
        stream: bool,
    ) -> Any:
        """Build, sign and send the request once."""
        current = self._current
        current.refusal = None
        current.method = method
        current.data = data
        current.action = action = self.morph_action_hook(action)
        params = dict(params) if isinstance(params, Mapping) else list(params or {}) or {}
        params = self.add_default_params(params)
        if self.cache_busting and method == "GET":
            params = self._add_cache_busting_to_params(params)
        request_headers = self.add_default_headers(dict(headers))
        request_headers.setdefault("User-Agent", self._user_agent())
        request_headers.setdefault("Accept-Encoding", "identity" if raw else "gzip,deflate")
        request_headers.setdefault("Host", self._host_header())
        if data:
            current.data = data = self.encode_data(data)
        params, request_headers = self.pre_connect_hook(params, request_headers)
        url = with_query(action, params)
        if self.connection is None:
            self.connect()
        try:
            return self._exchange(method, url, data, request_headers, raw, stream)
        finally:
            current.data = None

    def _exchange(
        self, method: str, url: str, data: Any, headers: Headers, raw: bool, stream: bool
    ) -> Any:
        connection = self.connection
        send = connection.request
        arguments: dict[str, Any] = {"method": method, "url": url, "body": data, "headers": headers}
        arguments["stream"] = raw or stream
        if raw and hasattr(connection, "prepared_request"):
            send = connection.prepared_request
            arguments["raw"] = True
        logged = debug_log.wanted()
        try:
            send(**arguments)
        except NetworkError as error:
            error.driver = self.driver
            if logged:
                self._log(method, url, headers, data, None, error)
            raise
        response = connection.getresponse()
        if logged and hasattr(response, "status_code"):
            self._log(method, url, headers, data, response, with_body=not (raw or stream))
        if isinstance(connection, LibcloudConnection):
            # The connection need not keep a body in memory until the thread's next request.
            connection.response = None
        if getattr(response, "status_code", None) in _REFUSALS and self._can_renew():
            self._current.refusal = headers_of(response)
        if raw:
            return self.rawResponseCls(connection=self, response=response)
        return self.responseCls(response=response, connection=self)

    def _log(
        self,
        method: str,
        url: str,
        headers: Headers,
        data: Any,
        response: Any,
        error: BaseException | None = None,
        with_body: bool = True,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            url = f"{getattr(self.connection, 'host', '')}{url}"
        debug_log.log_exchange(
            method, url, headers, data, response, self.secrets(), error, with_body
        )

    # -- pieces -----------------------------------------------------------------------------------

    def _user_agent(self) -> str:
        suffix = "".join(f" ({token})" for token in self.ua)
        name = getattr(self.driver, "name", None)
        agent = f"libcloud/{libcloud.__version__}"
        return f"{agent} ({name}){suffix}" if name else f"{agent}{suffix}"

    def _host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port in (None, 443 if self.secure else 80):
            return host
        return f"{host}:{self.port}"

    def _add_cache_busting_to_params(self, params: Params) -> Params:
        value = os.urandom(8).hex()
        if isinstance(params, dict):
            params["cache-busting"] = value
        else:
            params.append(("cache-busting", value))
        return params

    def _tuple_from_url(self, url: str) -> tuple[str, int, int, str]:
        """Host, port, 1 or 0 for TLS, and path of a URL."""
        from urllib.parse import urlsplit

        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise LibcloudError(f"Invalid scheme: {parts.scheme} in url {url}")
        secure = int(parts.scheme == "https")
        if not self.allow_insecure and not secure:
            raise ValueError("Non https connections are not allowed (use https)")
        return parts.hostname or "", parts.port or (443 if secure else 80), secure, parts.path

    def __getstate__(self) -> dict[str, Any]:
        # What a thread is doing just now cannot travel to another process.
        return {
            name: value
            for name, value in self.__dict__.items()
            if name != "_current_request" and not name.startswith("_renewal_lock")
        }


def _retries_the_old_way() -> bool:
    """True when the old switch for all requests is on."""
    from libcloud.common import base

    return bool(base.RETRY_FAILED_HTTP_REQUESTS)


def quote_path_segment(segment: Any) -> str:
    """A name as one segment of a path: no character of it can mean anything else there."""
    from urllib.parse import quote

    text = quote(str(segment), safe="")
    return text.replace(".", "%2E") if text in (".", "..") else text
