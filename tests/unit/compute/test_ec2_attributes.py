"""Values of EC2's XML: times."""

from __future__ import annotations

import pytest

from libcloud.common.errors import MalformedResponseError
from libcloud.compute.drivers.ec2.attributes import date
from libcloud.utils.iso8601 import parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2015-10-21T07:28:00.000Z",
        "2024-02-29T23:59:59.999Z",
        "2015-10-21 07:28:00.120Z",
        "2015-10-21T07:28:00Z",
        "2015-10-21T07:28:00.123456Z",
        "2015-10-21T07:28:00.000+02:00",
        "2015-10-21T072800+01:00Z",
        "2015-10-21",
    ],
)
def test_date_is_what_iso8601_reads(text: str) -> None:
    expected = parse_date(text)

    assert date(text) == expected
    assert date(text).utcoffset() == expected.utcoffset()
    assert type(date(text).tzinfo) is type(expected.tzinfo)


@pytest.mark.parametrize(
    "text",
    [
        "2015-02-29T07:28:00.000Z",
        "2015-10-21T24:00:00.000Z",
        "2015-10-21T07:60:00.000Z",
        "2015-W43-3T07:28:00.000Z",
        "yesterday, or thereabouts",
    ],
)
def test_date_that_does_not_exist(text: str) -> None:
    with pytest.raises(MalformedResponseError):
        date(text)


@pytest.mark.parametrize("text", [None, ""])
def test_date_of_nothing(text: str | None) -> None:
    assert date(text) is None
