"""Zone files: whatever records a zone has, dnspython reads them from the file."""

from __future__ import annotations

import ipaddress

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone
from hypothesis import given
from hypothesis import strategies as st

from libcloud.dns.base import Record, Zone
from libcloud.dns.bind import DEFAULT_TTL, zone_file_lines
from libcloud.dns.rdata import from_rdata, to_rdata
from tests.properties import thorough

IN = dns.rdataclass.IN
ORIGIN = dns.name.from_text("example.com.")

# Bytes that a label can hold, most of which mean something else in a zone file.
label = st.one_of(
    st.sampled_from(
        [b"www", b"*", b"_sip", b"a b", b"a;b", b'"', b"$INCLUDE", b"@", b"(", b"a\\b"]
    ),
    # One that ends in a backslash has a test of its own.
    st.binary(min_size=1, max_size=12).filter(lambda raw: not raw.endswith(b"\\")),
)
relative_names = st.lists(label, min_size=1, max_size=3).map(
    lambda labels: dns.name.Name(labels).to_text()
)
owners = st.one_of(st.sampled_from([None, "", "@"]), relative_names)
hosts = st.lists(label, min_size=2, max_size=4).map(
    lambda labels: dns.name.Name([*labels, b""]).to_text()
)
ttls = st.one_of(st.none(), st.integers(0, 2**31 - 1))
number = st.integers(0, 65535)
text = st.one_of(
    st.sampled_from(['"', "a;b", "\\", "v=spf1 -all", 'say "hi"', "ä" * 200, "x" * 600, "\\065"]),
    st.text(max_size=80),
    st.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
)
# Quoted strings are taken for what a zone file has; a text of its own is anything else.
plain_text = text.filter(lambda t: not t.strip().startswith('"'))


@st.composite
def record(draw):
    """A type, its data and extra, and the same as dnspython has it."""
    kind = draw(st.sampled_from(["A", "AAAA", "CNAME", "NS", "PTR", "MX", "SRV", "TXT", "CAA"]))
    extra = {}
    if kind in ("A", "AAAA"):
        klass = ipaddress.IPv4Address if kind == "A" else ipaddress.IPv6Address
        data = expected = str(
            klass(
                draw(
                    st.binary(
                        min_size=klass(0).max_prefixlen // 8, max_size=klass(0).max_prefixlen // 8
                    )
                )
            )
        )
    elif kind == "TXT":
        data = draw(plain_text)
        raw = data.encode("utf-8", "surrogateescape")
        pieces = [raw[start : start + 255] for start in range(0, len(raw) or 1, 255)]
        return kind, data, extra, [bytes(piece) for piece in pieces]
    elif kind == "CAA":
        tag, value = draw(st.sampled_from(["issue", "iodef"])), "ca.example; policy=ev"
        data = expected = f'{draw(st.sampled_from([0, 128]))} {tag} "{value}"'
    else:
        data = draw(hosts)
        expected = data
        if kind == "MX":
            extra = {"priority": draw(number)}
            expected = f"{extra['priority']} {data}"
        elif kind == "SRV":
            extra = {name: draw(number) for name in ("priority", "weight", "port")}
            expected = f"{extra['priority']} {extra['weight']} {extra['port']} {data}"
        if draw(st.booleans()):
            data = data.removesuffix(".") if not data.endswith("\\.") else data
    return kind, data, extra, dns.rdata.from_text(IN, kind, expected, ORIGIN, relativize=False)


@thorough
@given(st.lists(st.tuples(owners, record(), ttls), max_size=5), st.one_of(st.none(), number))
def test_dnspython_reads_what_was_written(found, zone_ttl):
    zone = Zone("1", "example.com", "master", zone_ttl, None)
    # A CNAME stands alone at its name; the zone reader would say so.
    aliases, others, wanted, records = set(), set(), set(), []
    for owner, (kind, data, extra, expected), ttl in found:
        name = ORIGIN if owner in (None, "", "@") else dns.name.from_text(owner, ORIGIN)
        if (name in aliases) or (kind == "CNAME" and name in others):
            continue
        (aliases if kind == "CNAME" else others).add(name)
        records.append(Record(None, owner, kind, data, zone, None, ttl, extra))
        wanted.add((name, kind, tuple(expected) if isinstance(expected, list) else expected))
    lines = list(zone_file_lines(zone, records))
    assert not any("\n" in line or "\r" in line for line in lines)
    assert len(lines) == 4 + len(records)
    read = dns.zone.from_text("\n".join(lines), relativize=False, check_origin=False)
    seen = set()
    for name, _, rdata in read.iterate_rdatas():
        kind = dns.rdatatype.to_text(rdata.rdtype)
        seen.add((name, kind, tuple(rdata.strings) if kind == "TXT" else rdata))
    assert seen == wanted


# A zone's TTL of 0 is none, as it has always been.
@thorough
@given(owners, ttls, st.one_of(st.none(), number), st.one_of(st.none(), st.integers(1, 65535)))
def test_ttl_is_the_records_or_the_zones(owner, ttl, extra_ttl, zone_ttl):
    zone = Zone("1", "example.com", "master", zone_ttl, None)
    extra = {} if extra_ttl is None else {"ttl": extra_ttl}
    record = Record(None, owner, "A", "192.0.2.1", zone, None, ttl, extra)
    read = dns.zone.from_text(
        "\n".join(zone_file_lines(zone, [record])), relativize=False, check_origin=False
    )
    ((_, found, _),) = read.iterate_rdatas()
    given_ttls = (ttl, extra_ttl, zone_ttl, DEFAULT_TTL)
    assert found == next(value for value in given_ttls if value is not None)


@thorough
@given(hosts, hosts, st.lists(st.integers(0, 2**32 - 1), min_size=5, max_size=5))
def test_soa_keeps_its_serial_and_times(server, mail, numbers):
    # Times above 31 bits are refused by the reader.
    numbers = [numbers[0], *(n % 2**31 for n in numbers[1:])]
    data = f"{server} {mail} {' '.join(map(str, numbers))}"
    zone = Zone("1", "example.com", "master", None, None)
    record = Record(None, "", "SOA", data, zone, None, 3600)
    read = dns.zone.from_text(
        "\n".join(zone_file_lines(zone, [record])), relativize=False, check_origin=False
    )
    soa = read.get_soa()
    assert [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] == numbers
    assert (soa.mname, soa.rname) == (dns.name.from_text(server), dns.name.from_text(mail))


@thorough
@given(record())
def test_data_reads_back_from_rdata(made):
    kind, data, extra, _ = made
    rdata = to_rdata(kind, data, extra)
    again, numbers = from_rdata(kind, rdata)
    assert to_rdata(kind, again, numbers) == rdata
    assert numbers == {key: extra[key] for key in numbers}
    if kind == "TXT":
        assert again == data


def test_a_host_with_a_label_that_ends_in_a_backslash_is_absolute():
    assert to_rdata("NS", r"a\\.www", {}, "example.com") == r"a\\.www."


def test_a_host_that_ends_in_an_escaped_dot_is_relative():
    assert to_rdata("NS", r"a\.", {}, "example.com") == r"a\..example.com."
