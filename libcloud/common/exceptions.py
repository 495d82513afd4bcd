"""The errors of plain HTTP, under the names that programs import: see :mod:`libcloud.common.errors`."""

from libcloud.common.errors import BaseHTTPError, RateLimitReachedError, exception_from_message

__all__ = ["BaseHTTPError", "RateLimitReachedError", "exception_from_message"]
