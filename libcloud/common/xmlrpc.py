"""
XML-RPC, as a connection and its answers.

http://xmlrpc.com/spec.md
"""

from __future__ import annotations

from typing import Any, NoReturn

from libcloud.common.base import Connection, Response
from libcloud.common.errors import MalformedResponseError, ProviderError, provider_error

__all__ = ["ErrorCodeMixin", "ProtocolError", "XMLRPCConnection", "XMLRPCResponse"]


class ProtocolError(MalformedResponseError):
    """The answer is no XML-RPC; ``body`` has it."""


class ErrorCodeMixin:
    """
    Faults whose code has an exception of its own.

    ``exceptions`` is code -> class; the class is called with ``value``, ``driver`` and what its
    ``kwargs`` name, which comes from the connection's context.
    """

    exceptions: dict[Any, type[Exception]] = {}
    connection: Any

    def raise_exception_for_error(self, error_code: Any, message: str) -> None:
        """
        Raise the exception of a code.

        :return: None, if it has none.
        """
        exception_class: Any = self.exceptions.get(error_code)
        if exception_class is None:
            return
        context = self.connection.context or {}
        more = {name: context.get(name) for name in getattr(exception_class, "kwargs", ())}
        raise exception_class(value=message, driver=self.connection.driver, **more)


class XMLRPCResponse(ErrorCodeMixin, Response):
    """
    An answer: ``object`` is the value that the method returned.

    :raises ProtocolError: it is no XML-RPC.
    """

    defaultExceptionCls: Any = Exception
    """What other faults raise, called with code and message; ``Exception`` for ProviderError."""

    def success(self) -> bool:
        return self.status == 200

    def parse_body(self) -> Any:
        import xmlrpc.client
        from xml.parsers.expat import ExpatError

        try:
            values, _ = xmlrpc.client.loads(self.body)
            (value,) = values
        except xmlrpc.client.Fault as fault:
            self._raise_for_fault(fault.faultCode, fault.faultString)
        except (ExpatError, xmlrpc.client.Error, LookupError, TypeError, ValueError) as error:
            driver = getattr(self.connection, "driver", None)
            raise ProtocolError(f"No XML-RPC: {error}", body=self.body, driver=driver) from None
        return value

    def parse_error(self) -> Any:
        driver = getattr(self.connection, "driver", None)
        text = str(self.body)[:500]
        return provider_error(self.status, text, headers=self.headers, driver=driver)

    def _raise_for_fault(self, code: Any, message: str) -> NoReturn:
        self.raise_exception_for_error(code, message)
        if self.defaultExceptionCls is not Exception:
            raise self.defaultExceptionCls(code, message)
        driver = getattr(self.connection, "driver", None)
        error = ProviderError(f"{code}: {message}", http_code=self.status, driver=driver)
        error.provider_code = str(code)
        raise error


class XMLRPCConnection(Connection):
    """Calls methods. ``endpoint`` is the path that all of them are behind."""

    responseCls = XMLRPCResponse
    endpoint: Any = None

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Content-Type"] = "text/xml"
        return headers

    def request(self, method_name: str, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """
        Call a method.

        :param method_name: Name of the method.
        :param args: What it is called with; None is sent as ``<nil/>``.
        :param kwargs: ``endpoint``, another path than the connection's; ``idempotent``, True for a
            method that may be called twice.
        :return: The answer, whose ``object`` is the value.
        """
        import xmlrpc.client

        endpoint = kwargs.get("endpoint", self.endpoint)
        body = xmlrpc.client.dumps(args, methodname=method_name, allow_none=True)
        return super().request(
            endpoint, data=body, method="POST", idempotent=kwargs.get("idempotent")
        )
