"""Names: whatever a program calls things, the other side reads the same, and nothing more."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote_plus, unquote, unquote_to_bytes, urlsplit

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import InvalidRequestError, LibcloudError
from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.dns import names
from libcloud.dns.base import Zone
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.drivers.route53 import Route53DNSDriver
from libcloud.dns.drivers.route53.escapes import (
    from_wire_name,
    from_wire_text,
    to_wire_name,
    to_wire_text,
)
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3 import S3StorageDriver
from tests.properties import few, thorough
from tests.properties.wire import Answering, answering_server

__all__ = ["answering_server"]

HARD = [
    "..",
    ".",
    "a//b",
    "/",
    "//",
    "a/../b",
    "?",
    "#",
    "%",
    "%2F",
    "+",
    "a b",
    "&=;",
    "\r\n",
    "\0",
]
anything = st.one_of(st.sampled_from(HARD), st.text(min_size=1, max_size=20))
ETAG = {"ETag": '"d41d8cd98f00b204e9800998ecf8427e"'}


def s3(server: Answering):
    return S3StorageDriver("key", "secret", region="eu-west-1", **server.at)


def path_of(received):
    """The path as bytes, as whoever decodes it reads it."""
    assert re.fullmatch(r"[!-~]+", received.target)
    assert "#" not in received.target
    return unquote_to_bytes(urlsplit(f"http://x{received.target}").path)


# --- S3 -------------------------------------------------------------------------------------------


@few
@given(bucket=anything, key=anything)
def test_s3_any_key_arrives(answering_server: Answering, bucket, key):
    answering_server.reply(lambda request: (200, b"", "text/plain", ETAG))
    found = s3(answering_server).get_object(bucket, key)
    assert found.name == key
    (received,) = answering_server.received
    path, _, rest = received.target[1:].partition("/")
    assert (unquote(path), unquote(rest)) == (bucket, key)
    assert path_of(received) == f"/{bucket}/{key}".encode()


@few
@given(key=anything, source=anything)
def test_s3_copy_names_its_source(answering_server: Answering, key, source):
    answering_server.reply(lambda request: (200, b"", "text/plain", ETAG))
    driver = s3(answering_server)
    container = Container("bucket", {}, driver)
    driver.ex_copy_object(Object(source, 1, None, {}, {}, container, driver), None, key)
    received = answering_server.received[0]
    assert unquote(received.headers["x-amz-copy-source"]) == f"/bucket/{source}"
    assert path_of(received) == f"/bucket/{key}".encode()


@few
@given(keys=st.lists(anything, max_size=5, unique=True), prefix=anything)
def test_s3_any_key_is_listed(answering_server: Answering, keys, prefix):
    contents = "".join(
        f"<Contents><Key>{quote_plus(key, safe='/*')}</Key><Size>1</Size><ETag>e</ETag></Contents>"
        for key in keys
    )
    document = (
        f"<ListBucketResult><EncodingType>url</EncodingType>{contents}"
        "<IsTruncated>false</IsTruncated></ListBucketResult>"
    )
    answering_server.reply(lambda request: document.encode())
    found = Container("bucket", {}, s3(answering_server)).list_objects(prefix=prefix)
    assert [obj.name for obj in found] == keys
    query = parse_qs(urlsplit(answering_server.received[0].target).query)
    assert query["prefix"] == [prefix]


@few
@given(
    keys=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1),
        min_size=1,
        max_size=5,
        unique=True,
    )
)
def test_s3_batch_deletion_names_each_key(answering_server: Answering, keys):
    from lxml import etree

    answering_server.reply(lambda request: b"<DeleteResult></DeleteResult>")
    driver = s3(answering_server)
    container = Container("bucket", {}, driver)
    assert driver.ex_delete_objects(container, keys) == {}
    root = etree.fromstring(answering_server.received[0].body)
    assert [element.text for element in root.iter("{*}Key")] == keys


# --- headers --------------------------------------------------------------------------------------

header_text = st.one_of(
    st.sampled_from(
        ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "\r\n\r\nGET / HTTP/1.1", "ä", "\x0b"]
    ),
    st.text(max_size=20),
)


@few
@given(name=header_text, value=header_text, place=st.sampled_from(["meta_data", "type", "header"]))
def test_no_line_break_gets_into_a_header(answering_server: Answering, name, value, place):
    answering_server.reply(lambda request: (200, b"", "text/plain", ETAG))
    driver = s3(answering_server)
    container = Container("bucket", {}, driver)
    extra = {
        "meta_data": {"meta_data": {name: value}},
        "type": {"content_type": value},
        "header": {},
    }[place]
    headers = {f"X-{name}": value} if place == "header" else None
    try:
        driver.upload_object_via_stream(iter([b"x"]), container, "key", extra, headers)
    except (LibcloudError, ValueError) as error:
        assert not answering_server.received or not isinstance(error, InvalidRequestError)
    for received in answering_server.received:
        assert "x-evil" not in received.headers
        assert received.method == "PUT"
        text = "".join([*received.headers, *received.headers.values()])
        assert not re.search(r"[\r\n\0]", text)
    # Nothing is left over that the server takes for another request.
    assert len(answering_server.received) <= 1


# --- EC2 ------------------------------------------------------------------------------------------


def ec2(server: Answering):
    return EC2NodeDriver("key", "secret", **server.at)


@few
@given(tags=st.dictionaries(anything, st.text(max_size=20), min_size=1, max_size=4))
def test_ec2_any_tag_arrives(answering_server: Answering, tags):
    answering_server.reply(
        lambda request: b"<CreateTagsResponse><return>true</return></CreateTagsResponse>"
    )
    driver = ec2(answering_server)
    driver.ex_create_tags(Node("i-1", "node", "running", [], [], driver), tags)
    form = parse_qs(answering_server.received[0].body.decode("ascii"), keep_blank_values=True)
    found = {form[f"Tag.{n}.Key"][0]: form[f"Tag.{n}.Value"][0] for n in range(1, len(tags) + 1)}
    assert found == tags
    assert all(len(values) == 1 for values in form.values())


@few
@given(name=anything)
def test_ec2_any_name_of_a_key_pair_arrives(answering_server: Answering, name):
    answering_server.reply(
        lambda request: (
            b"<CreateKeyPairResponse><keyName>k</keyName>"
            b"<keyFingerprint>f</keyFingerprint></CreateKeyPairResponse>"
        )
    )
    ec2(answering_server).create_key_pair(name)
    (received,) = answering_server.received
    assert parse_qs(received.body.decode("ascii"))["KeyName"] == [name]


# --- PowerDNS -------------------------------------------------------------------------------------


def zone_id_of(name: str) -> str:
    """What PowerDNS makes of a zone's name: what is not safe in a URL is =XX."""
    safe = "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 128) or byte in b".-" else f"={byte:02X}"
        for byte in name.encode()
    )
    return safe if safe.endswith(".") else f"{safe}."


def zone_name_of(zone_id: str) -> str:
    """The way back, which the server goes."""
    raw = re.sub(rb"=([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), zone_id.encode("latin-1"))
    return raw.decode()


@few
@given(name=anything)
def test_powerdns_any_id_that_the_server_gave_comes_back(answering_server: Answering, name):
    answering_server.reply(
        lambda request: b'{"id": "a.", "name": "a.", "kind": "Native"}', "application/json"
    )
    zone_id = zone_id_of(f"{name}.example.com")
    PowerDNSDriver("key", **answering_server.at).get_zone(zone_id)
    (received,) = answering_server.received
    assert unquote(received.target.partition("/zones/")[2].partition("?")[0]) == zone_id


labels = st.text("abz019-_/", min_size=1, max_size=12)


@few
@given(parts=st.lists(labels, min_size=1, max_size=4))
def test_powerdns_any_zone_is_found_by_its_name(answering_server: Answering, parts):
    answering_server.reply(
        lambda request: b'{"id": "a.", "name": "a.", "kind": "Native"}', "application/json"
    )
    domain = ".".join(parts)
    PowerDNSDriver("key", **answering_server.at).get_zone(domain)
    (received,) = answering_server.received
    path = received.target.partition("/zones/")[2].partition("?")[0]
    assert "/" not in path
    assert zone_name_of(unquote(path)) == f"{domain}."


@few
@given(zone_id=anything)
def test_powerdns_nothing_in_a_name_leaves_its_place(answering_server: Answering, zone_id):
    answering_server.reply(
        lambda request: b'{"id": "a.", "name": "a.", "kind": "Native"}', "application/json"
    )
    try:
        PowerDNSDriver("key", **answering_server.at).get_zone(zone_id)
    except (LibcloudError, ValueError):
        assert not answering_server.received
        return
    (received,) = answering_server.received
    path, _, query = received.target.partition("?")
    assert path.startswith("/api/v1/servers/localhost/zones/")
    assert path.count("/") == "/api/v1/servers/localhost/zones/".count("/")
    assert query == "rrsets=false"


# --- Route 53 -------------------------------------------------------------------------------------


label_bytes = st.binary(min_size=1, max_size=20)


@thorough
@given(st.lists(label_bytes, min_size=1, max_size=4))
def test_route53_any_name_comes_back(labels):
    name = dns.name.Name([*labels, b""])
    text = name.to_text()
    wire = to_wire_name(text)
    assert re.fullmatch(r"(?:[A-Za-z0-9_.*-]|\\[0-3][0-7]{2})*", wire)
    assert dns.name.from_text(from_wire_name(wire)) == name


@thorough
@given(st.one_of(st.text(max_size=600), st.binary(max_size=600)))
def test_route53_any_text_comes_back(content):
    text = content if isinstance(content, str) else content.decode("utf-8", "surrogateescape")
    quoted = names.quote_text(text)
    wire = to_wire_text(quoted)
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', wire)
    decoded = b"".join(
        re.sub(
            rb"\\([0-3][0-7]{2}|.)",
            lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else m[1],
            string.encode("ascii"),
            flags=re.DOTALL,
        )
        for string in strings
    )
    assert decoded == names.unquote_text(text).encode("utf-8", "surrogateescape")
    assert from_wire_text(wire) == quoted


@few
@given(zone_id=anything)
def test_route53_nothing_in_an_id_leaves_its_place(answering_server: Answering, zone_id):
    answering_server.reply(
        lambda request: (
            b"<ListResourceRecordSetsResponse><ResourceRecordSets/>"
            b"<IsTruncated>false</IsTruncated></ListResourceRecordSetsResponse>"
        )
    )
    driver = Route53DNSDriver("key", "secret", **answering_server.at)
    try:
        Zone(zone_id, "example.com", "master", None, driver).list_records()
    except (LibcloudError, ValueError):
        assert not answering_server.received
        return
    (received,) = answering_server.received
    path = received.target.partition("?")[0]
    assert path.count("/") == 4
    sent = unquote(path.removeprefix("/2013-04-01/hostedzone/").removesuffix("/rrset"))
    assert sent == zone_id.removeprefix("/hostedzone/")


# --- everybody ------------------------------------------------------------------------------------


@thorough
@given(anything)
def test_a_quoted_segment_is_one_segment(name):
    quoted = quote_path_segment(name)
    assert unquote(quoted) == name
    assert re.fullmatch(r"[A-Za-z0-9_.~%-]*", quoted)
    assert quoted not in (".", "..")


@pytest.mark.parametrize("name", HARD)
def test_hard_names_are_tried_always(answering_server: Answering, name):
    answering_server.reply(lambda request: (200, b"", "text/plain", ETAG))
    s3(answering_server).get_object("bucket", name)
    assert path_of(answering_server.received[0]) == f"/bucket/{name}".encode()
