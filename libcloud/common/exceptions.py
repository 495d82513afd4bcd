"""The errors of plain HTTP, under their old names: see :mod:`libcloud.common.errors`."""

from libcloud.common.errors import BaseHTTPError, RateLimitReachedError, exception_from_message

__all__ = ["BaseHTTPError", "RateLimitReachedError", "exception_from_message"]
