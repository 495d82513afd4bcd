from __future__ import annotations

from typing import Any

import pytest

from libcloud.dns.rdata import from_rdata, to_rdata


@pytest.mark.parametrize(
    ("type", "data", "extra", "expected"),
    [
        ("A", "192.0.2.1", None, "192.0.2.1"),
        ("CNAME", "www.example.net", None, "www.example.net."),
        ("NS", "ns1", None, "ns1.example.com."),
        ("MX", "mail.example.net", {"priority": 5}, "5 mail.example.net."),
        ("MX", "mail.example.net", {"priority": "5"}, "5 mail.example.net."),
        ("MX", "mail.example.net", {"priority": None}, "10 mail.example.net."),
        ("MX", "mail.example.net", {}, "10 mail.example.net."),
        ("MX", "7 mail.example.net.", {"priority": 5}, "7 mail.example.net."),
        ("SRV", "sip", {"priority": 1, "weight": 2, "port": 3}, "1 2 3 sip.example.com."),
        ("SRV", "2 3 sip.example.net", {"priority": 1}, "1 2 3 sip.example.net."),
        ("SRV", "1 2 3 sip.example.net", {}, "1 2 3 sip.example.net."),
        ("SRV", "sip.example.net", {"port": 3}, "0 0 3 sip.example.net."),
        ("TXT", "a b", None, '"a b"'),
        ("SPF", '"v=spf1" "-all"', None, '"v=spf1" "-all"'),
        ("CAA", "0 issue ca.example", None, '0 issue "ca.example"'),
        ("CAA", '0 issue "ca.example; x=1"', None, '0 issue "ca.example; x=1"'),
        ("CAA", "ca.example", {"tag": "issue"}, '0 issue "ca.example"'),
        ("CAA", "ca.example", {"tag": "issuewild", "flags": 128}, '128 issuewild "ca.example"'),
        ("SSHFP", "1 1\n abcd", None, "1 1  abcd"),
    ],
)
def test_to_rdata(type: str, data: str, extra: dict[str, Any] | None, expected: str) -> None:
    assert to_rdata(type, data, extra, "example.com") == expected


def test_to_rdata_of_a_host_cannot_start_another_line() -> None:
    assert "\n" not in to_rdata("CNAME", "a.example.net.\nevil A 192.0.2.1", None, "example.com")


def test_to_rdata_of_srv_without_port_raises_value_error() -> None:
    with pytest.raises(ValueError, match="port"):
        to_rdata("SRV", "sip.example.net", {"priority": 1})


def test_to_rdata_of_caa_without_tag_raises_value_error() -> None:
    with pytest.raises(ValueError, match="CAA"):
        to_rdata("CAA", "ca.example")


@pytest.mark.parametrize(
    ("type", "rdata", "data", "extra"),
    [
        ("A", "192.0.2.1", "192.0.2.1", {}),
        ("MX", "10 mail.example.net.", "mail.example.net.", {"priority": 10}),
        (
            "SRV",
            "1 2 3 sip.example.net.",
            "sip.example.net.",
            {"priority": 1, "weight": 2, "port": 3},
        ),
        ("TXT", r'"a\"b" "c"', 'a"bc', {}),
        ("CAA", '0 issue "ca.example"', '0 issue "ca.example"', {}),
    ],
)
def test_from_rdata_reads_back(type: str, rdata: str, data: str, extra: dict[str, int]) -> None:
    assert from_rdata(type, rdata) == (data, extra)


@pytest.mark.parametrize("type", ["MX", "SRV"])
def test_from_rdata_of_something_else_raises_value_error(type: str) -> None:
    with pytest.raises(ValueError):
        from_rdata(type, "mail.example.net.")
