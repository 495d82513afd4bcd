"""A name that a user passes means itself, whatever is in it, or is refused: never anything else."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import unquote_to_bytes

import pytest

from libcloud.common.errors import LibcloudError
from libcloud.compute.base import NodeImage, NodeSize
from libcloud.dns.base import Zone
from libcloud.storage.base import Container, Object
from tests.faults import providers
from tests.faults.providers import ec2_driver, powerdns_driver, prompt_server, route53_driver
from tests.faults.server import answer

INJECTION = " HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n"


def s3_driver(port, **kwargs):
    return providers.s3_driver(port, **kwargs)


def in_bucket(driver, name):
    return Object(name, 1, "x", {}, {}, Container("bucket", {}, driver), driver)


def upload(driver, name="key", **extra):
    container = Container("bucket", {}, driver)
    return driver.upload_object_via_stream(iter([b"x"]), container, name, extra=extra)


def create_node(driver, name):
    size = NodeSize("t3.micro", "s", 1, 1, 1, 1, driver)
    return driver.create_node(name, size, NodeImage("ami-1", "image", driver))


def zone(driver, name="example.com", id="Z1"):
    return Zone(id, name, "master", None, driver)


CALLS = {
    "ec2 node": (ec2_driver, providers.ec2, create_node),
    "ec2 key pair": (ec2_driver, providers.ec2, lambda d, n: d.create_key_pair(n)),
    "ec2 delete key pair": (ec2_driver, providers.ec2, lambda d, n: d.get_key_pair(n)),
    "s3 container": (s3_driver, providers.s3, lambda d, n: d.get_container(n)),
    "s3 create container": (s3_driver, providers.s3, lambda d, n: d.create_container(n)),
    "s3 object": (s3_driver, providers.s3, lambda d, n: d.get_object("bucket", n)),
    "s3 delete": (s3_driver, providers.s3, lambda d, n: d.delete_object(in_bucket(d, n))),
    "s3 upload": (s3_driver, providers.s3, upload),
    "s3 prefix": (
        s3_driver,
        providers.s3,
        lambda d, n: d.list_container_objects(Container("bucket", {}, d), prefix=n),
    ),
    "s3 content type": (s3_driver, providers.s3, lambda d, n: upload(d, content_type=n)),
    "s3 meta data": (s3_driver, providers.s3, lambda d, n: upload(d, meta_data={"name": n})),
    "s3 meta data name": (s3_driver, providers.s3, lambda d, n: upload(d, meta_data={n: "x"})),
    "s3 acl": (s3_driver, providers.s3, lambda d, n: upload(d, acl=n)),
    "route53 zone": (route53_driver, providers.route53, lambda d, n: d.create_zone(n)),
    "route53 zone id": (route53_driver, providers.route53, lambda d, n: d.get_zone(n)),
    "route53 record": (
        route53_driver,
        providers.route53,
        lambda d, n: zone(d).create_record(n, "TXT", "x"),
    ),
    "route53 data": (
        route53_driver,
        providers.route53,
        lambda d, n: zone(d).create_record("new", "TXT", n),
    ),
    "powerdns zone": (powerdns_driver, providers.powerdns, lambda d, n: d.create_zone(n)),
    "powerdns zone id": (powerdns_driver, providers.powerdns, lambda d, n: d.get_zone(n)),
    "powerdns records": (
        powerdns_driver,
        providers.powerdns,
        lambda d, n: zone(d, n, n).list_records(),
    ),
    "powerdns record": (
        powerdns_driver,
        providers.powerdns,
        lambda d, n: zone(d).create_record(n, "TXT", "x"),
    ),
    "powerdns data": (
        powerdns_driver,
        providers.powerdns,
        lambda d, n: zone(d).create_record("new", "TXT", n),
    ),
}

# A name that is part of a path, and is so all of it: where in the target.
PATHS = {
    "s3 object": "/bucket/",
    "s3 delete": "/bucket/",
    "s3 upload": "/bucket/",
    "route53 zone id": "/hostedzone/",
}


@pytest.fixture
def server():
    with prompt_server() as running:
        yield running


def try_with(call, server, driver, name):
    """Whether the name was sent. No other error than ours, and nothing of the name's own making."""
    server.received.clear()
    try:
        CALLS[call][2](driver, name)
    except LibcloudError:
        pass
    except ValueError as error:
        # Refused by the driver itself.
        assert not server.received, error
    for request in server.received:
        assert "x-evil" not in request.headers
        assert not request.target.startswith("/evil")
        assert request.headers["host"].startswith("127.0.0.1")
    return bool(server.received)


@pytest.mark.parametrize("call", CALLS)
def test_name_with_any_byte_is_sent_as_it_is_or_refused(server, call):
    make, provider, _ = CALLS[call]
    server.script(provider(1))
    driver = make(server.port, retry=None)
    for number in range(256):
        name = f"a{chr(number)}b"
        sent = try_with(call, server, driver, name)
        if sent and call in PATHS:
            path = server.received[-1].target.partition("?")[0]
            assert PATHS[call] in path, name
            found = unquote_to_bytes(path.partition(PATHS[call])[2]).decode().rstrip(".")
            assert found == name or "." in found, name
            if "/" not in name or not call.startswith("s3"):
                assert "/" not in path.partition(PATHS[call])[2].removesuffix("/rrset")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "name",
    [
        f"a{INJECTION}",
        "a\r\nX-Evil: 1",
        "a\nX-Evil: 1",
        "a\x00b",
        "\udc80",
        "../../evil",
        "..",
        "?evil=1",
        "#evil",
        "//evil",
        "@evil.example.com/",
        "\u2028\u0085X-Evil: 1",
        "</Name><Evil/>",
        "&Action=TerminateInstances",
    ],
    ids=str.__repr__,
)
def test_injection_has_no_effect(server, call, name):
    make, provider, _ = CALLS[call]
    server.script(provider(1))
    driver = make(server.port, retry=None)
    try_with(call, server, driver, name)
    for request in server.received:
        if not call.startswith("powerdns"):  # which takes JSON, where these mean nothing
            assert b"<Evil/>" not in request.body
            assert b"&Action=Terminate" not in request.body
        assert "evil=1" not in request.target.replace("%", "")[-7:] or "%3F" in request.target


def test_answer_with_line_breaks_in_a_header_reaches_no_other_request(server):
    """What a server says must not be able to inject either: an ETag goes into the next request."""
    server.script(answer(200, b"x", headers={"ETag": '"x\x0bX-Evil: 1"'}))
    driver = s3_driver(server.port, retry=None)
    with suppress(LibcloudError):
        driver.get_object("bucket", "key")
    assert all("x-evil" not in request.headers for request in server.received)
