"""
Dates as providers write them: ISO 8601 with a time, and what is usual beside it.

A space may stand for the ``T``; fractions of a second may be of any length (microseconds are
kept); the offset may be ``Z``, ``+02:00``, ``+0200`` or ``+02``. A date without a time is its
midnight. What follows the offset is passed over.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from libcloud.common.lazy import lazy_pattern

__all__ = [
    "UTC",
    "FixedOffset",
    "ParseError",
    "Utc",
    "parse_date",
    "parse_date_allow_empty",
    "parse_timezone",
]

ISO8601_REGEX = lazy_pattern(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?![0-9])"
    r"((?P<separator>.)(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(:(?P<second>[0-9]{2})([.,](?P<fraction>[0-9]*))?)?"
    r"(?P<timezone>[Zz]|\s?[-+][0-9]{2}(:?[0-9]{2})?)?)?"
)
TIMEZONE_REGEX = lazy_pattern(r"\s?(?P<prefix>[-+])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2})?")

ZERO = timedelta(0)


class ParseError(ValueError):
    """The text is not a date, or not one that exists."""


class Utc(tzinfo):
    """UTC."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return ZERO

    def tzname(self, dt: datetime | None) -> str:
        return "UTC"

    def dst(self, dt: datetime | None) -> timedelta:
        return ZERO


UTC = Utc()


class FixedOffset(tzinfo):
    """
    A fixed distance from UTC.

    :param offset_hours: Negative in the west.
    :param offset_minutes: Of the same sign.
    """

    def __init__(self, offset_hours: int, offset_minutes: int, name: str) -> None:
        self.__offset = timedelta(hours=offset_hours, minutes=offset_minutes)
        self.__name = name

    def __getinitargs__(self) -> tuple[int, int, str]:
        # tzinfo asks for these to copy and to pickle.
        hours, minutes = divmod(abs(self.__offset) // timedelta(minutes=1), 60)
        sign = -1 if self.__offset < ZERO else 1
        return sign * hours, sign * minutes, self.__name

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return self.__offset

    def tzname(self, dt: datetime | None) -> str:
        return self.__name

    def dst(self, dt: datetime | None) -> timedelta:
        return ZERO

    def __repr__(self) -> str:
        return f"<FixedOffset {self.__name!r}>"


def parse_timezone(tzstring: str | None, default_timezone: tzinfo = UTC) -> tzinfo:
    """
    The time zone of an offset.

    :param default_timezone: The zone when there is no offset.
    :raises ParseError: this is not an offset.
    """
    if tzstring is None:
        return default_timezone
    if tzstring in ("Z", "z"):
        return UTC
    match = TIMEZONE_REGEX.match(tzstring)
    if match is None:
        raise ParseError(f"Unable to parse time zone {tzstring!r}")
    sign = -1 if match["prefix"] == "-" else 1
    return FixedOffset(
        sign * int(match["hours"]), sign * int(match["minutes"] or 0), tzstring.strip()
    )


def parse_date(
    datestring: str | None, default_timezone: tzinfo = UTC, allow_empty: bool = False
) -> datetime | None:
    """
    The moment that a text names.

    :param default_timezone: The zone of a text without an offset.
    :param allow_empty: Return None for None and ``""``.
    :raises ValueError: there is no text.
    :raises ParseError: the text is not a date, or not one that exists.
    """
    if not datestring:
        if allow_empty:
            return None
        raise ValueError("datestring must be valid date string and not None")
    if _is_usual(datestring):
        try:
            return datetime.fromisoformat(datestring[:23]).replace(tzinfo=UTC)
        except ValueError:
            pass  # there are better words for it below
    match = ISO8601_REGEX.match(datestring)
    if match is None:
        raise ParseError(f"Unable to parse date string {datestring!r}")
    try:
        return datetime(
            int(match["year"]),
            int(match["month"]),
            int(match["day"]),
            int(match["hour"] or 0),
            int(match["minute"] or 0),
            int(match["second"] or 0),
            int((match["fraction"] or "")[:6].ljust(6, "0")),
            tzinfo=parse_timezone(match["timezone"], default_timezone),
        )
    except ValueError as error:
        raise ParseError(f"Unable to parse date string {datestring!r}: {error}") from error


def _is_usual(text: str) -> bool:
    """True for ``2015-12-22T10:44:09.000Z``, which most providers write: Python reads it faster."""
    return (
        len(text) == 24
        and text[4] == text[7] == "-"
        and text[10] + text[19] + text[23] == "T.Z"
        and text[11:13] < "24"  # Python 3.13 takes the hour 24
    )


def parse_date_allow_empty(
    datestring: str | None, default_timezone: tzinfo = UTC
) -> datetime | None:
    """As :func:`parse_date`, and None for None and ``""``."""
    return parse_date(datestring, default_timezone, allow_empty=True)
