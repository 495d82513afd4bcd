import copy
import pickle
from datetime import datetime, timedelta, timezone

import pytest

from libcloud.utils import iso8601
from libcloud.utils.iso8601 import (
    UTC,
    FixedOffset,
    ParseError,
    parse_date,
    parse_date_allow_empty,
    parse_timezone,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2010-01-02T12:34:56Z", "2010-01-02T12:34:56+00:00"),
        ("2010-01-02t12:34:56z", "2010-01-02T12:34:56+00:00"),
        ("2010-01-02 12:34:56", "2010-01-02T12:34:56+00:00"),
        ("2010-1-02T12:34:56Z", "2010-01-02T12:34:56+00:00"),
        ("2010-01-02T12:34:56.5Z", "2010-01-02T12:34:56.500000+00:00"),
        ("2010-01-02T12:34:56,5Z", "2010-01-02T12:34:56.500000+00:00"),
        ("2010-01-02T12:34:56.123456789Z", "2010-01-02T12:34:56.123456+00:00"),
        ("2010-01-02T12:34:56.Z", "2010-01-02T12:34:56+00:00"),
        ("2010-01-02T12:34:56+05:45", "2010-01-02T12:34:56+05:45"),
        ("2010-01-02T12:34:56-00:30", "2010-01-02T12:34:56-00:30"),
        ("2010-01-02T12:34:56-0230", "2010-01-02T12:34:56-02:30"),
        ("2010-01-02 12:34:56 +0200", "2010-01-02T12:34:56+02:00"),
        ("2010-01-02T12:34:56+02", "2010-01-02T12:34:56+02:00"),
        ("2010-01-02T12:34:56 UTC", "2010-01-02T12:34:56+00:00"),
        ("2010-01-02T12:34:56Zgarbage", "2010-01-02T12:34:56+00:00"),
        ("2010-01-02T12:34", "2010-01-02T12:34:00+00:00"),
        ("2010-01-02", "2010-01-02T00:00:00+00:00"),
    ],
)
def test_parse_date(text, expected):
    assert parse_date(text).isoformat() == expected


def test_parse_date_in_the_default_time_zone():
    east = timezone(timedelta(hours=3))
    assert parse_date("2010-01-02T00:00:00", east) == datetime(2010, 1, 2, tzinfo=east)
    assert parse_date("2010-01-02T00:00:00Z", east) == datetime(2010, 1, 2, tzinfo=timezone.utc)
    assert parse_date("2010-01-02T00:00:00", None) == datetime(2010, 1, 2)


@pytest.mark.parametrize(
    "text", ["x", "2010", " 2010-01-02", "2010-02-30", "2010-01-02T25:00:00Z", "2010-01-023"]
)
def test_parse_date_of_what_is_no_date(text):
    with pytest.raises(ParseError, match="Unable to parse date string"):
        parse_date(text)


@pytest.mark.parametrize("text", ["", None])
def test_parse_date_of_nothing(text):
    with pytest.raises(ValueError, match="must be valid date string"):
        parse_date(text)
    assert parse_date(text, allow_empty=True) is None
    assert parse_date_allow_empty(text) is None


def test_parse_timezone():
    assert parse_timezone("Z") is UTC
    assert parse_timezone(None) is UTC
    west = parse_timezone("-02:30")
    assert west.utcoffset(None) == timedelta(hours=-2, minutes=-30)
    assert (west.tzname(None), west.dst(None), repr(west)) == (
        "-02:30",
        iso8601.ZERO,
        "<FixedOffset '-02:30'>",
    )
    with pytest.raises(ParseError):
        parse_timezone("noon")


@pytest.mark.parametrize("offset", ["+05:45", "-00:30", "Z"])
def test_dates_can_be_copied_and_pickled(offset):
    date = parse_date(f"2010-01-02T12:34:56{offset}")
    for same in (copy.deepcopy(date), pickle.loads(pickle.dumps(date))):
        assert same == date
        assert same.tzname() == date.tzname()


def test_fixed_offset_may_be_negative():
    assert FixedOffset(-2, -30, "x").utcoffset(None) == timedelta(hours=-2, minutes=-30)
    assert copy.copy(FixedOffset(-2, -30, "x")).utcoffset(None) == timedelta(hours=-2, minutes=-30)
