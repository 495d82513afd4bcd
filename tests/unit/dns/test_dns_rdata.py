from __future__ import annotations

from typing import Any

import dns.rdata
import pytest

from libcloud.dns.rdata import (
    from_rdata,
    join_rdata,
    rdata_of_record,
    split_rdata,
    to_rdata,
    without_quotes,
)


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


HASH = "ab" * 32

PARTS = [
    ("MX", "10 mail.example.com.", {"priority": 10, "target": "mail.example.com."}),
    (
        "SRV",
        "1 2 5060 sip.example.com.",
        {"priority": 1, "weight": 2, "port": 5060, "target": "sip.example.com."},
    ),
    ("CAA", r'0 issue "a;b=\"c\""', {"flags": 0, "tag": "issue", "value": 'a;b="c"'}),
    (
        "NAPTR",
        r'100 10 "u" "E2U+sip" "!^.*$!sip:\\1@example.com!" .',
        {
            "order": 100,
            "preference": 10,
            "flags": "u",
            "service": "E2U+sip",
            "regexp": r"!^.*$!sip:\1@example.com!",
            "replacement": ".",
        },
    ),
    ("SSHFP", f"4 2 {HASH}", {"algorithm": 4, "fptype": 2, "fingerprint": HASH}),
    (
        "TLSA",
        f"3 1 1 {HASH}",
        {"usage": 3, "selector": 1, "matching_type": 1, "certificate": HASH},
    ),
    (
        "DS",
        "60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118",
        {
            "key_tag": 60485,
            "algorithm": 5,
            "digest_type": 1,
            "digest": "2bb183af5f22588179a53b0a98631fad1a292118",
        },
    ),
    (
        "HTTPS",
        '1 . alpn="h2,h3" port="8443"',
        {"priority": 1, "target": ".", "params": 'alpn="h2,h3" port="8443"'},
    ),
    ("SVCB", "0 a.example.com.", {"priority": 0, "target": "a.example.com.", "params": ""}),
    (
        "URI",
        '1 2 "https://example.com/a b"',
        {"priority": 1, "weight": 2, "target": "https://example.com/a b"},
    ),
    (
        "SOA",
        "ns.example.com. admin.example.com. 1 2 3 4 5",
        {
            "mname": "ns.example.com.",
            "rname": "admin.example.com.",
            "serial": 1,
            "refresh": 2,
            "retry": 3,
            "expire": 4,
            "minimum": 5,
        },
    ),
    ("A", "192.0.2.1", {"value": "192.0.2.1"}),
]


@pytest.mark.parametrize(("type", "rdata", "parts"), PARTS, ids=[case[0] for case in PARTS])
def test_parts_of_rdata_have_names(type: str, rdata: str, parts: dict[str, object]) -> None:
    assert split_rdata(type, rdata) == parts
    assert join_rdata(type, parts) == rdata
    dns.rdata.from_text("IN", type, join_rdata(type, parts))


def test_spaces_in_codes_mean_nothing() -> None:
    assert split_rdata("TLSA", "3 1 1 ab cd\tef")["certificate"] == "abcdef"


@pytest.mark.parametrize(
    ("type", "rdata"),
    [("MX", "10"), ("MX", ""), ("SRV", "1 2 x sip."), ("CAA", "0 issue"), ("SVCB", "")],
)
def test_rdata_that_lacks_a_part_is_refused(type: str, rdata: str) -> None:
    with pytest.raises(ValueError, match=r"must have|invalid literal"):
        split_rdata(type, rdata)


def test_parts_that_are_absent_are_named() -> None:
    with pytest.raises(ValueError, match="SRV record has no weight, target"):
        join_rdata("SRV", {"priority": 1, "port": 2})


@pytest.mark.parametrize("type", ["ALIAS", "CNAME", "DNAME", "MX", "NS", "PTR"])
@pytest.mark.parametrize("data", ["", "  "])
def test_to_rdata_without_a_host_raises_value_error(type: str, data: str) -> None:
    with pytest.raises(ValueError, match=f"{type} names no host"):
        to_rdata(type, data, {}, "example.com")


def test_to_rdata_of_srv_without_a_host_raises_value_error() -> None:
    with pytest.raises(ValueError, match="SRV names no host"):
        to_rdata("SRV", "", {"port": 3}, "example.com")


@pytest.mark.parametrize("data", ["10 20 mail.example.net", "abc mail.example.net", "-1 mail"])
def test_to_rdata_of_mx_with_other_than_a_number_raises_value_error(data: str) -> None:
    with pytest.raises(ValueError, match="MX data must look like"):
        to_rdata("MX", data, {"priority": 5}, "example.com")


@pytest.mark.parametrize("data", ["1 2 x sip", "a 2 3 sip", "1 2 3 4 sip"])
def test_to_rdata_of_srv_with_other_than_three_numbers_raises_value_error(data: str) -> None:
    with pytest.raises(ValueError, match="SRV data must look like"):
        to_rdata("SRV", data, {"priority": 5}, "example.com")


def test_to_rdata_of_a_null_mx_is_the_root() -> None:
    assert to_rdata("MX", "0 .", {}, "example.com") == "0 ."


def test_join_rdata_takes_an_empty_host_of_an_api_as_the_root() -> None:
    parts = {"priority": 1, "target": "", "params": ""}
    assert join_rdata("HTTPS", parts) == "1 ."
    with pytest.raises(ValueError, match="HTTPS names no host"):
        join_rdata("HTTPS", parts, "example.com")


def test_error_of_a_record_names_it() -> None:
    with pytest.raises(ValueError, match=r"Record www\.example\.com\. CNAME: .*no host"):
        rdata_of_record("www", "CNAME", "", None, "example.com")


@pytest.mark.parametrize(
    ("type", "rdata", "expected"),
    [
        ("OPENPGPKEY", "mQGi BDoZ", {"public_key": "mQGiBDoZ"}),
        (
            "CDNSKEY",
            "257 3 13 mdss wUyr",
            {"flags": 257, "protocol": 3, "algorithm": 13, "public_key": "mdsswUyr"},
        ),
        ("RP", "admin.example. .", {"mailbox": "admin.example.", "text": "."}),
        (
            "SOA",
            "ns. admin. ( 1 ; serial (of today)\n 2 3\n 4 5 )",
            {
                "mname": "ns.",
                "rname": "admin.",
                "serial": 1,
                "refresh": 2,
                "retry": 3,
                "expire": 4,
                "minimum": 5,
            },
        ),
        (
            "CAA",
            '(0 issue "(ca);x")',
            {"flags": 0, "tag": "issue", "value": "(ca);x"},
        ),
    ],
)
def test_split_rdata_of_what_a_zone_file_may_have(
    type: str, rdata: str, expected: dict[str, Any]
) -> None:
    assert split_rdata(type, rdata) == expected


@pytest.mark.parametrize(
    ("type", "rdata"),
    [("MX", "10 a b"), ("SRV", "1 2 3 a b"), ("SRV", "1 2 x a"), ("RP", "a. b. c."), ("MX", "10")],
)
def test_split_rdata_of_what_is_not_of_that_type_raises_value_error(type: str, rdata: str) -> None:
    with pytest.raises(ValueError, match=f"{type} data must have"):
        split_rdata(type, rdata)


def test_to_rdata_of_several_lines_leaves_out_comments() -> None:
    data = "ns. admin. (\n1 ; serial\n2 3 4 5 )"
    assert to_rdata("SOA", data).split() == ["ns.", "admin.", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("type", "rdata", "expected"),
    [
        ("TXT", '"v=1"', "v=1"),
        ("TXT", '"a b"', '"a b"'),
        ("TXT", '"a" "b"', '"a" "b"'),
        ("TXT", '"a;b"', '"a;b"'),
        ("TXT", '""', '""'),
        ("CAA", '"a"', '"a"'),
    ],
)
def test_text_of_a_single_word_needs_no_quotes(type: str, rdata: str, expected: str) -> None:
    assert without_quotes(type, rdata) == expected
