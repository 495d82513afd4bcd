"""Answers of AWS services: XML and JSON, and the exceptions that their errors become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libcloud.common.aws.errors import (
    AWS_ERRORS,
    AWSError,
    ErrorTable,
    error_from_json,
    error_from_xml,
)
from libcloud.common.aws.xml import find, findtext
from libcloud.common.errors import (
    LibcloudError,
    MalformedResponseError,
    ProviderError,
    provider_error,
)
from libcloud.common.response import JsonResponse, Response, XmlResponse

__all__ = ["AWSBaseResponse", "AWSGenericResponse", "AWSJsonResponse"]

# Longest piece of an answer of a foreign kind (a proxy's HTML) that an error's text repeats.
MAX_FOREIGN_TEXT = 500


def as_exception(
    response: Response,
    error: AWSError | None,
    error_class: Callable[[str], type[ProviderError] | None],
) -> LibcloudError:
    """
    The exception for an answer whose status says error.

    :param error: What the answer states, None when it states nothing.
    :param error_class: The class for a provider code, None to go by the status.
    """
    if error is None:
        # Not from the service: a proxy, a load balancer, or nothing at all. The status is what
        # there is to go by.
        text = str(response.body or "").strip()[:MAX_FOREIGN_TEXT]
        error = AWSError(None, text, None)
    known = error_class(error.code) if error.code else None
    return provider_error(
        response.status,
        error.text,
        provider_code=error.code,
        table={error.code: known} if error.code and known else None,
        request_id=error.request_id,
        headers=response.headers,
        driver=getattr(response.connection, "driver", None),
    )


class AWSBaseResponse(XmlResponse):
    """
    An answer in XML.

    ``error_table`` is the service's: provider code -> class of the generic error tree. A service
    whose codes follow rules overrides :meth:`error_class`.
    """

    namespace: str | None = None
    error_table: ErrorTable = AWS_ERRORS

    @classmethod
    def error_class(cls, code: str) -> type[ProviderError] | None:
        """The class for a provider code, None to go by the status."""
        return cls.error_table.get(code)

    def stated_error(self) -> AWSError | None:
        """The error that the body states, None when it states none (HTML, nothing, ...)."""
        try:
            root = XmlResponse.parse_body(self)
        except MalformedResponseError:
            return None
        return error_from_xml(root, self.headers) if hasattr(root, "tag") else None

    def parse_error(self) -> Any:
        return as_exception(self, self.stated_error(), self.error_class)


class AWSGenericResponse(AWSBaseResponse):
    """
    An answer in XML whose errors become a driver's own exceptions.

    ``xpath`` says where the element with ``Code`` and ``Message`` is, in whatever namespace; None
    stands for the places where AWS has it. ``exceptions`` has provider code -> exception class,
    called with ``value`` and ``driver``. A code that it does not name goes by ``error_table``.
    """

    xpath: str | None = None
    exceptions: dict[str, Any] = {}

    def parse_error(self) -> Any:
        error = self.stated_error()
        if error is None and self.xpath is not None:
            error = self._error_at(self.xpath)
        if error is not None and error.code in self.exceptions:
            driver = getattr(self.connection, "driver", None)
            return self.exceptions[error.code](value=error.message or "", driver=driver)
        return as_exception(self, error, self.error_class)

    def _error_at(self, xpath: str) -> AWSError | None:
        try:
            root = XmlResponse.parse_body(self)
        except MalformedResponseError:
            return None
        element = find(root, xpath) if hasattr(root, "tag") else None
        if element is None:
            return None
        return AWSError(findtext(element, "Code"), findtext(element, "Message"), None)


class AWSJsonResponse(JsonResponse):
    """An answer in JSON. ``error_table`` is the service's."""

    error_table: ErrorTable = AWS_ERRORS

    def parse_error(self) -> Any:
        try:
            body = JsonResponse.parse_body(self)
        except MalformedResponseError:
            body = None
        return as_exception(self, error_from_json(body, self.headers), self.error_table.get)
