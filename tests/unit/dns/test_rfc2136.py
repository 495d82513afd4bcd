"""
RFC 2136: what real name servers do not do on demand.

A name server of a few lines answers what a test tells it to. What BIND and PowerDNS do is in
``tests/conformance/test_dns_rfc2136.py``.
"""

from __future__ import annotations

import contextlib
import socketserver
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rrset
import dns.tsig
import pytest
import requests

from libcloud.common.errors import (
    InvalidCredsError,
    InvalidRequestError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    ProviderError,
    ServiceUnavailableError,
    UnsupportedOperation,
)
from libcloud.common.retry import RetryPolicy
from libcloud.dns.base import Zone
from libcloud.dns.drivers.rfc2136 import RFC2136DNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.record_sets import RecordSetChanged
from libcloud.dns.types import Provider, ZoneDoesNotExistError
from tests.servers.process import free_port

SECRET = "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
SOA = "ns.example.net. admin.example.net. 7 3600 600 86400 300"

Reply = Callable[[Any], "list[Any]"]


def answering(rcode: int, *rrsets: str, flags: int = dns.flags.AA, signed: bool = True) -> Reply:
    """A reply to any message: one message with an RCODE, and what its answer section has."""

    def reply(request: Any) -> list[Any]:
        message = dns.message.make_response(request)
        message.set_rcode(dns.rcode.Rcode(rcode))
        message.flags |= flags
        message.answer = [_rrset(*text.split(" ", 4)) for text in rrsets]
        if not signed:
            message.tsig = None
        return [message.to_wire()]

    return reply


def _rrset(name: str, ttl: str, *rest: str) -> Any:
    return dns.rrset.from_text(name, int(ttl), *rest)


OK = answering(dns.rcode.NOERROR)


class NameServer:
    """Answers messages by ``replies``, the last of which stays."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [OK]
        self.keyring: Any = {}
        self.messages: list[Any] = []


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    name_server = NameServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            wire = self.rfile.read(length)
            message = dns.message.from_wire(wire, keyring=name_server.keyring)
            name_server.messages.append(message)
            replies = name_server.replies
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            for wire in reply(message):
                self.wfile.write(struct.pack("!H", len(wire)) + wire)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        name_server.port = server.server_address[1]  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield name_server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def driver(name_server: Any) -> RFC2136DNSDriver:
    retry = RetryPolicy(delay=0, max_delay=0)
    return RFC2136DNSDriver(host="127.0.0.1", port=name_server.port, retry=retry, timeout=5)


@pytest.fixture
def zone(driver: RFC2136DNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def test_driver_is_registered() -> None:
    assert get_driver(Provider.RFC2136) is RFC2136DNSDriver


def test_constructor_loads_no_dnspython() -> None:
    program = (
        "import sys; from libcloud.dns.providers import get_driver; "
        "get_driver('rfc2136')('k1', 'c2VjcmV0', host='127.0.0.1'); "
        "sys.exit(bool({'requests', 'lxml', 'dns'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_messages_are_signed_by_the_key(name_server: Any) -> None:
    key = dns.tsig.Key("k1", SECRET, "hmac-sha512")
    name_server.keyring = {key.name: key}
    name_server.replies = [answering(dns.rcode.NOERROR, f"example.com. 60 IN SOA {SOA}")]
    driver = RFC2136DNSDriver(
        "k1", SECRET, host="127.0.0.1", port=name_server.port, ex_algorithm="hmac-sha512"
    )
    assert driver.get_zone("example.com").extra == {"serial": 7}
    (message,) = name_server.messages
    assert message.had_tsig
    assert not message.flags & dns.flags.RD


def test_answer_that_is_not_signed_is_not_believed(name_server: Any) -> None:
    key = dns.tsig.Key("k1", SECRET)
    name_server.keyring = {key.name: key}
    name_server.replies = [
        answering(dns.rcode.NOERROR, f"example.com. 60 IN SOA {SOA}", signed=False)
    ]
    driver = RFC2136DNSDriver("k1", SECRET, host="127.0.0.1", port=name_server.port)
    zone = Zone("example.com", "example.com", "master", None, driver)
    with pytest.raises(MalformedResponseError, match=r"not signed|TSIG"):
        driver.get_zone("example.com")
    with pytest.raises(LibcloudError):
        driver.list_records(zone)


def test_secret_that_is_not_base64_is_refused() -> None:
    driver = RFC2136DNSDriver("k1", "secret", host="127.0.0.1")
    with pytest.raises(InvalidCredsError, match="base64"):
        driver.get_zone("example.com")


def test_list_zones_without_ex_zones_is_not_supported(driver: RFC2136DNSDriver) -> None:
    with pytest.raises(UnsupportedOperation, match="ex_zones"):
        driver.list_zones()


def test_operations_on_zones_are_not_offered(driver: RFC2136DNSDriver, zone: Zone) -> None:
    assert not {"create_zone", "delete_zone", "update_zone"} & driver.supported_operations()
    with pytest.raises(UnsupportedOperation):
        zone.delete()


@pytest.mark.parametrize(
    ("rcode", "expected"),
    [
        (dns.rcode.NOTAUTH, ZoneDoesNotExistError),
        (dns.rcode.REFUSED, PermissionDeniedError),
        (dns.rcode.SERVFAIL, ServiceUnavailableError),
        (dns.rcode.FORMERR, ProviderError),
        (dns.rcode.NOTIMP, ProviderError),
    ],
)
def test_rcode_is_an_error_of_the_tree(
    driver: RFC2136DNSDriver, zone: Zone, name_server: Any, rcode: int, expected: Any
) -> None:
    name_server.replies = [answering(rcode)]
    for call in (
        lambda: driver.get_zone("example.com"),
        lambda: driver.list_records(zone),
        lambda: zone.create_record("www", "A", "192.0.2.1"),
    ):
        with pytest.raises(expected) as caught:
            call()
        if expected is not ZoneDoesNotExistError:
            assert caught.value.provider_code == dns.rcode.to_text(dns.rcode.Rcode(rcode))


def test_refused_query_of_a_zone_that_is_not_there(
    driver: RFC2136DNSDriver, name_server: Any
) -> None:
    """BIND refuses queries of zones that it does not have; an update says why."""
    name_server.replies = [answering(dns.rcode.REFUSED), answering(dns.rcode.NOTAUTH)]
    with pytest.raises(ZoneDoesNotExistError) as caught:
        driver.get_zone("example.com")
    assert caught.value.zone_id == "example.com"
    assert [message.opcode() for message in name_server.messages] == [
        dns.opcode.QUERY,
        dns.opcode.UPDATE,
    ]


def test_get_zone_of_a_name_within_a_zone_raises_zone_does_not_exist(
    driver: RFC2136DNSDriver, name_server: Any
) -> None:
    name_server.replies = [answering(dns.rcode.NOERROR)]
    with pytest.raises(ZoneDoesNotExistError):
        driver.get_zone("www.example.com")


def test_update_demands_that_the_set_is_what_it_was(
    driver: RFC2136DNSDriver, zone: Zone, name_server: Any
) -> None:
    found = answering(dns.rcode.NOERROR, "www.example.com. 300 IN A 192.0.2.1")
    name_server.replies = [found, OK, OK]
    zone.create_record("www", "A", "192.0.2.2")
    query, exists, update = name_server.messages
    assert query.question[0].to_text() == "www.example.com. IN A"
    assert [rrset.to_text() for rrset in exists.update] == []
    assert "www.example.com. ANY A" in exists.to_text()
    lines = update.to_text().splitlines()
    position = {line: number for number, line in enumerate(lines)}
    assert (
        position[";PREREQ"]
        < position["www.example.com. 0 IN A 192.0.2.1"]
        < position[";UPDATE"]
        < position["www.example.com. 300 IN A 192.0.2.2"]
    )


def test_set_that_somebody_else_changes_all_the_time_is_given_up(
    driver: RFC2136DNSDriver, zone: Zone, name_server: Any
) -> None:
    nothing, refused = OK, answering(dns.rcode.YXRRSET)

    def reply(request: Any) -> list[Any]:
        is_update = request.opcode() == dns.opcode.UPDATE
        return (refused if is_update else nothing)(request)

    name_server.replies = [reply]
    with pytest.raises(RecordSetChanged):
        zone.create_record("www", "A", "192.0.2.1")


def test_update_whose_answer_was_lost_is_not_done_twice(
    driver: RFC2136DNSDriver, zone: Zone, name_server: Any
) -> None:
    here = answering(dns.rcode.NOERROR, "www.example.com. 3600 IN A 192.0.2.1")
    lost: Reply = lambda request: []  # noqa: E731
    # Nothing there; done, answer lost; done before; whose? (is it a CNAME?); it is ours.
    name_server.replies = [OK, lost, answering(dns.rcode.YXRRSET), OK, here, OK]
    assert zone.create_record("www", "A", "192.0.2.1").data == "192.0.2.1"
    assert len(name_server.messages) == 6


def test_server_that_is_not_there_is_a_network_error() -> None:
    driver = RFC2136DNSDriver(host="127.0.0.1", port=free_port(), retry=None)
    with pytest.raises(NetworkError) as caught:
        driver.get_zone("example.com")
    assert isinstance(caught.value, requests.ConnectionError)
    assert caught.value.driver is driver


def test_server_that_says_nothing_is_a_time_out(name_server: Any) -> None:
    release = threading.Event()

    def reply(request: Any) -> list[Any]:
        release.wait(20)
        return []

    name_server.replies = [reply]
    driver = RFC2136DNSDriver(host="127.0.0.1", port=name_server.port, timeout=0.2)
    try:
        with pytest.raises(NetworkError) as caught:
            driver.get_zone("example.com")
    finally:
        release.set()
    assert isinstance(caught.value, requests.Timeout)
    assert len(name_server.messages) == 1


@pytest.mark.parametrize("wire", [b"", b"\x00", b"<html>hello</html>" * 3, bytes(12)])
def test_strange_answer_raises_malformed_response(
    driver: RFC2136DNSDriver, zone: Zone, name_server: Any, wire: bytes
) -> None:
    name_server.replies = [lambda request: [wire]]
    for call in (lambda: driver.get_zone("example.com"), lambda: driver.list_records(zone)):
        with pytest.raises(MalformedResponseError):
            call()


def test_transfer_that_ends_in_the_middle_is_an_error(
    driver: RFC2136DNSDriver, zone: Zone, name_server: Any
) -> None:
    first = answering(
        dns.rcode.NOERROR,
        f"example.com. 60 IN SOA {SOA}",
        "example.com. 60 IN NS ns.example.net.",
        "www.example.com. 60 IN A 192.0.2.1",
    )
    name_server.replies = [first]
    records = driver.iterate_records(zone)
    assert [next(records).type, next(records).type] == ["SOA", "NS"]
    with pytest.raises(NetworkError):
        next(records)


def test_transfer_joins_a_set_that_lies_in_two_messages(
    driver: RFC2136DNSDriver, zone: Zone, name_server: Any
) -> None:
    soa = f"example.com. 60 IN SOA {SOA}"
    parts = [
        [soa, "www.example.com. 60 IN A 192.0.2.1"],
        ["www.example.com. 60 IN A 192.0.2.2", "x.example.com. 60 IN RRSIG " + RRSIG],
        [soa],
    ]

    def reply(request: Any) -> list[Any]:
        return [answering(dns.rcode.NOERROR, *part)(request)[0] for part in parts]

    name_server.replies = [reply]
    soa_set, addresses = driver._iterate_sets(zone)
    assert (soa_set.key.type, len(soa_set.values)) == ("SOA", 1)
    assert [value.rdata for value in addresses.values] == ["192.0.2.1", "192.0.2.2"]


RRSIG = "A 8 3 60 20270101000000 20260101000000 1 example.com. c2ln"


@pytest.mark.parametrize(
    ("type", "data"),
    [("A", "nonsense"), ("TLSA", "1 2"), ("HTTPS", "x"), ("LOC", "here")],
)
def test_data_that_is_not_of_its_type_is_refused_without_a_message(
    zone: Zone, name_server: Any, type: str, data: str
) -> None:
    with pytest.raises(ValueError, match="is no data of"):
        zone.create_record("www", type, data)
    assert name_server.messages == []


@pytest.mark.parametrize("name", ["www.example.org.", "a..b", "x" * 64])
def test_name_that_cannot_be_in_the_zone_is_refused(zone: Zone, name: str) -> None:
    with pytest.raises(ValueError, match=r"is not in the zone|is no domain name"):
        zone.create_record(name, "A", "192.0.2.1")


def test_set_that_no_message_can_hold_is_refused(zone: Zone) -> None:
    driver: Any = zone.driver
    texts = [f"{number} " + "x" * 250 for number in range(300)]
    with pytest.raises(InvalidRequestError):
        driver._create_values(zone, "www", "TXT", texts, {})


def test_batches_are_small_enough_for_a_message(zone: Zone) -> None:
    driver: Any = zone.driver
    with contextlib.closing(_changes(3000)) as changes:
        batches = list(driver._batches(list(changes)))
    assert len(batches) > 1
    assert sum(map(len, batches)) == 3000
    for batch in batches:
        driver._write_sets(zone, batch)


def _changes(count: int) -> Any:
    from libcloud.dns.record_sets import RecordSet, SetKey, Value

    for number in range(count):
        key = SetKey(f"host{number}.example.com.", "AAAA")
        yield RecordSet(key), RecordSet(key, 60, (Value("::1", {}),))
