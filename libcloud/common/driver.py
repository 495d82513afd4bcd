"""What the drivers of all domains have in common: credentials, a connection, capabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from libcloud.common.authentication import ConnectionKey
from libcloud.common.connection import Connection
from libcloud.common.operations import supported_operations

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["BaseDriver"]

# Old arguments, which the connection's constructor takes.
_CONNECTION_ARGUMENTS = ("timeout", "retry_delay", "backoff", "proxy_url")

# Newer ones, set as attributes: third parties' connections do not know them as arguments.
_CONNECTION_ATTRIBUTES = (
    "ca_cert",
    "cert_file",
    "credentials",
    "key_file",
    "retry",
    "verify_ssl_cert",
)


class BaseDriver:
    """
    Base of all drivers. The constructor makes no request.

    One driver may be shared by any number of threads.

    :param key: API key, user name, or whatever the provider calls it.
    :param secret: The secret that goes with it.
    :param secure: TLS or not.
    :param host: Instead of the provider's host.
    :param port: Instead of the scheme's own port.
    :param api_version: For providers that have several.
    :param region: For providers that have several.
    :param kwargs: For the connection: ``timeout`` (seconds to wait for a connection and for each
        piece of an answer, 60 by default), ``proxy_url``, ``retry`` (a
        :class:`libcloud.common.retry.RetryPolicy`, None for no retries), ``retry_delay`` and
        ``backoff`` (of that policy), ``ca_cert`` (path of a CA bundle), ``verify_ssl_cert`` (False
        turns verification off, for this driver alone), ``cert_file`` and ``key_file`` (PEM files of
        a client certificate).
    """

    connectionCls: Any = ConnectionKey

    provider_closed: str | None = None
    """
    Of a provider that is gone: since when, and what replaced it. Its driver stays, because programs
    name it and servers of the same kind may be elsewhere; the constructor warns.
    """

    def __init__(
        self,
        key: Any,
        secret: Any = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str | None = None,
        region: str | None = None,
        **kwargs: Any,
    ) -> None:
        if self.provider_closed:
            self._warn_of_closed_provider()
        self.key = key
        self.secret = secret
        self.secure = secure
        self.api_version = api_version
        self.region = region

        # The host and the port by position, and the four old arguments always: third parties'
        # connections have names of their own for the first, and no defaults for the others.
        has_secret = secret is not None or "credentials" in kwargs
        arguments = [key, secret, secure] if has_secret else [key, secure]
        constructor = getattr(self.connectionCls, "__init__", None)
        if constructor is ConnectionKey.__init__:
            # There is no place for a secret, which programs hand to every driver all the same.
            arguments = [key, secure]
        elif constructor is Connection.__init__:
            # The plain connection authenticates by nothing, and its constructor takes no key.
            arguments = [secure]
        connection_kwargs: dict[str, Any] = dict.fromkeys(_CONNECTION_ARGUMENTS)
        if host is not None:
            arguments += [host] if port is None else [host, port]
        elif port is not None:
            connection_kwargs["port"] = port
        connection_kwargs.update(self._ex_connection_class_kwargs())
        for name in _CONNECTION_ARGUMENTS:
            if kwargs.get(name) is not None:
                connection_kwargs[name] = kwargs[name]
        self.connection: Any = self.connectionCls(*arguments, **connection_kwargs)
        for name in _CONNECTION_ATTRIBUTES:
            if name in kwargs:
                setattr(self.connection, name, kwargs[name])
        self.connection.driver = self
        self.connection.connect()

    @classmethod
    def supported_operations(cls) -> frozenset[str]:
        """Names of the base operations that the driver offers, as read from its code."""
        return supported_operations(cls)

    def close(self) -> None:
        """
        Close the network connections that the driver keeps for reuse.

        Nothing needs it: they are closed when the driver goes out of use as well, and a driver that
        is used again opens new ones. A ``with`` block closes them at its end.
        """
        for connection in vars(self).values():
            if isinstance(connection, Connection):
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _warn_of_closed_provider(self) -> None:
        import sys
        import warnings

        from libcloud.common.errors import ProviderClosedWarning

        # The line of the program, however many constructors are between it and this one.
        level = 1
        while sys._getframe(level).f_locals.get("self") is self:
            level += 1
        name = getattr(self, "name", None) or type(self).__name__
        text = f"{name} is closed: {self.provider_closed}"
        warnings.warn(text, ProviderClosedWarning, stacklevel=level + 1)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        """Further keyword arguments for the constructor of ``connectionCls``."""
        return {}
