"""Credentials as metadata services and programs write them, in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libcloud.common.aws.signing import Credentials
from libcloud.common.errors import MalformedResponseError
from libcloud.utils.iso8601 import ParseError, parse_date

__all__ = ["credentials_of", "expiry_of"]


def credentials_of(answer: Any, token: str, where: str) -> Credentials:
    """
    :param answer: What was in the JSON: ``AccessKeyId``, ``SecretAccessKey``, ``Expiration``.
    :param token: What the session token is called in it.
    :param where: Where it came from, for the error.
    :raises MalformedResponseError: something is missing. The error names it, and holds no secret.
    """
    try:
        return Credentials(
            answer["AccessKeyId"],
            answer["SecretAccessKey"],
            answer.get(token),
            expiry_of(answer.get("Expiration")),
        )
    except (KeyError, TypeError, AttributeError, ParseError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else "unknown form"
    raise MalformedResponseError(f"no credentials in the answer of {where}: {reason}")


def expiry_of(text: str | None) -> datetime | None:
    return parse_date(text) if text else None
