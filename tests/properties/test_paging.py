"""Pages: however a listing is cut, each item comes once and in order."""

from __future__ import annotations

import itertools
import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libcloud.common.errors import MalformedResponseError
from libcloud.common.paging import iterate_pages
from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.container.utils.docker import RegistryClient
from libcloud.dns.base import Zone
from libcloud.dns.drivers.route53 import Route53DNSDriver
from libcloud.storage.base import Container
from libcloud.storage.drivers.s3 import S3StorageDriver
from tests.properties import few, thorough
from tests.properties.wire import Answering, answering_server

__all__ = ["answering_server"]

pages_of_numbers = st.lists(st.integers(0, 4), min_size=1, max_size=8).map(
    lambda sizes: [
        list(range(end - size, end))
        for size, end in zip(sizes, itertools.accumulate(sizes), strict=True)
    ]
)
# What a token may hold: it is the provider's, and opaque.
tokens = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


def names_of_pages(data, count):
    """A token for each page after the first."""
    return data.draw(st.lists(tokens, min_size=count - 1, max_size=count - 1, unique=True))


@thorough
@given(pages_of_numbers, st.data(), st.sampled_from([None, ""]))
def test_each_item_comes_once_and_in_order(pages, data, end):
    names = [None, *names_of_pages(data, len(pages))]
    following = dict(zip(names, [*names[1:], end], strict=True))
    asked = []

    def fetch(token):
        asked.append(token)
        return pages[names.index(token)], following[token]

    assert list(iterate_pages(fetch)) == list(itertools.chain(*pages))
    assert asked == names


@thorough
@given(pages_of_numbers, st.integers(0, 8))
def test_pages_are_fetched_when_they_are_needed(pages, taken):
    fetched = []

    def fetch(number):
        fetched.append(number)
        return pages[number], number + 1 if number + 1 < len(pages) else None

    items = iterate_pages(fetch, 0)
    assert fetched == []
    list(itertools.islice(items, taken))
    ends = list(itertools.accumulate(map(len, pages)))
    needed = next((n + 1 for n, end in enumerate(ends) if end >= taken), len(pages))
    assert len(fetched) <= (needed if taken else 0)


@thorough
@given(st.integers(0, 20), st.integers(1, 20))
def test_a_listing_that_goes_in_circles_ends(before, circle):
    calls = []

    def fetch(number):
        calls.append(number)
        return [number], number + 1 if number + 1 < before + circle else before

    with pytest.raises(MalformedResponseError):
        list(iterate_pages(fetch, 0))
    assert len(calls) <= 4 * (before + circle)


def query_of(received):
    return {name: v[0] for name, v in parse_qs(urlsplit(received.target).query).items()}


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


@few
@given(pages=pages_of_numbers, data=st.data())
def test_s3_pages(answering_server: Answering, pages, data):
    names = names_of_pages(data, len(pages))

    def reply(request):
        token = query_of(request).get("continuation-token")
        number = 0 if token is None else names.index(token) + 1
        contents = "".join(
            f"<Contents><Key>k{n}</Key><Size>{n}</Size><ETag>e</ETag></Contents>"
            for n in pages[number]
        )
        more = number < len(names)
        token = escaped(names[number]) if more else ""
        return (
            f"<ListBucketResult>{contents}<IsTruncated>{str(more).lower()}</IsTruncated>"
            f"<NextContinuationToken>{token}</NextContinuationToken></ListBucketResult>"
        ).encode()

    answering_server.reply(reply)
    driver = S3StorageDriver("key", "secret", region="eu-west-1", **answering_server.at)
    found = Container("bucket", {}, driver).list_objects()
    assert [obj.name for obj in found] == [f"k{n}" for page in pages for n in page]
    assert len(answering_server.received) == len(pages)


@few
@given(pages=pages_of_numbers, data=st.data())
def test_ec2_pages(answering_server: Answering, pages, data):
    names = names_of_pages(data, len(pages))

    def reply(request):
        token = parse_qs(request.body.decode()).get("NextToken", [None])[0]
        number = 0 if token is None else names.index(token) + 1
        items = "".join(
            f"<item><instancesSet><item><instanceId>i-{n}</instanceId><instanceState>"
            "<name>running</name></instanceState></item></instancesSet></item>"
            for n in pages[number]
        )
        more = number < len(names)
        token = f"<nextToken>{escaped(names[number])}</nextToken>" if more else ""
        return (
            f"<DescribeInstancesResponse><reservationSet>{items}</reservationSet>{token}"
            "</DescribeInstancesResponse>"
        ).encode()

    answering_server.reply(reply)
    found = EC2NodeDriver("key", "secret", **answering_server.at).list_nodes()
    assert [node.id for node in found] == [f"i-{n}" for page in pages for n in page]
    assert len(answering_server.received) == len(pages)


@few
@given(pages=pages_of_numbers)
def test_route53_pages(answering_server: Answering, pages):
    def reply(request):
        # Sorted by name, which is also where a page begins.
        number = int(query_of(request).get("name", "p0.").removeprefix("p").partition(".")[0])
        sets = "".join(
            f"<ResourceRecordSet><Name>r{n}.example.com.</Name><Type>A</Type><TTL>60</TTL>"
            "<ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord>"
            "</ResourceRecords></ResourceRecordSet>"
            for n in pages[number]
        )
        more = number + 1 < len(pages)
        following = (
            f"<NextRecordName>p{number + 1}.example.com.</NextRecordName>"
            "<NextRecordType>A</NextRecordType>"
        )
        return (
            f"<ListResourceRecordSetsResponse><ResourceRecordSets>{sets}</ResourceRecordSets>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{following if more else ''}"
            "</ListResourceRecordSetsResponse>"
        ).encode()

    answering_server.reply(reply)
    driver = Route53DNSDriver("key", "secret", **answering_server.at)
    found = Zone("Z1", "example.com", "master", None, driver).list_records()
    assert [record.name for record in found] == [f"r{n}" for page in pages for n in page]
    assert len(answering_server.received) == len(pages)


@few
@given(pages=pages_of_numbers, data=st.data())
def test_registry_pages(answering_server: Answering, pages, data):
    names = names_of_pages(data, len(pages))

    def reply(request):
        last = query_of(request).get("last")
        number = 0 if last is None else names.index(last) + 1
        headers = {}
        if number < len(names):
            link = f"/v2/_catalog?n=100&last={quote(names[number], safe='')}"
            headers["Link"] = f'<{link}>; rel="next"'
        body = json.dumps({"repositories": [f"r{n}" for n in pages[number]]}).encode()
        return 200, body, "application/json", headers

    answering_server.reply(reply)
    client = RegistryClient("127.0.0.1", port=answering_server.port, secure=False)
    found = client.list_repositories()
    assert found == [f"r{n}" for page in pages for n in page]
    assert len(answering_server.received) == len(pages)


def test_s3_a_page_that_names_itself_as_the_next(answering_server: Answering):
    answering_server.reply(
        lambda request: (
            b"<ListBucketResult><IsTruncated>true</IsTruncated>"
            b"<NextContinuationToken>again</NextContinuationToken></ListBucketResult>"
        )
    )
    driver = S3StorageDriver("key", "secret", region="eu-west-1", **answering_server.at)
    with pytest.raises(MalformedResponseError):
        Container("bucket", {}, driver).list_objects()
    assert len(answering_server.received) == 2
