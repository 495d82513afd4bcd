"""A formatter that shows what a program hung on its log records."""

from __future__ import annotations

import logging

__all__ = ["ExtraLogFormatter"]


class ExtraLogFormatter(logging.Formatter):
    """
    Appends what was passed as ``extra`` under names that begin with an underscore.

    ::

        logger.info("Started", extra={"_node": "web1"})     # Started (node=web1)
    """

    def format(self, record: logging.LogRecord) -> str:
        extra = [
            f"{name[1:]}={value}"
            for name, value in vars(record).items()
            if name.startswith("_") and not name.startswith("__")
        ]
        text = super().format(record)
        return f"{text} ({','.join(extra)})" if extra else text
