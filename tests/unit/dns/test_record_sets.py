"""How records are told apart, whatever their provider writes."""

from __future__ import annotations

import pickle

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    LibcloudError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.record_sets import RecordSet, SetKey, Value, canonical_rdata, record_id
from libcloud.dns.types import (
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("A", "192.0.2.1", " 192.0.2.1"),
        ("AAAA", "2001:db8::1", "2001:DB8:0:0::1"),
        ("CNAME", "www.example.net.", "WWW.example.net"),
        ("MX", "10 mail.example.net.", "010  Mail.example.net"),
        ("SRV", "1 2 3 sip.example.net.", "1 2 3 sip.example.net"),
        ("TXT", '"a  b" "c"', '"a  bc"'),
        ("CAA", '0 issue "ca.example"', "0 issue ca.example"),
        ("SOA", "ns. admin. 1 2 3 4 5", "ns.  admin. 1 2 3 4 5"),
        ("ALIAS", "www.example.net.", "WWW.example.net"),
        ("CAA", '0 issue "ca.example"', "0 ISSUE ca.example"),
        ("NAPTR", '1 2 "u" "s" "" Sip.example.net.', '1  2 u s "" sip.example.net'),
        ("RP", "admin.example.net. txt.example.net.", "Admin.example.net  TXT.example.net."),
        ("DNSKEY", "257 3 13 mdsswUyr3DPW 132mOi8V", "257 3 13 mdsswUyr3DPW132mOi8V"),
        ("CDNSKEY", "257 3 13 mdsswUyr3DPW 132mOi8V", "257 3 13 mdsswUyr3DPW132mOi8V"),
        ("CERT", "PGP 0 0 mQGi BDoZ", "pgp 0 0 mQGiBDoZ"),
        ("OPENPGPKEY", "mQGi BDoZ", "(mQGi\nBDoZ)"),
        ("TLSA", "3 1 1 ABCD ef01", "3 1 1 abcdef01"),
        ("SMIMEA", "3 1 1 ABCD ef01", "3 1 1 abcdef01"),
        ("SSHFP", "4 2 ABCD ef01", "4 2 abcdef01"),
        ("DS", "60485 5 1 2BB1 83AF", "60485 5 1 2bb183af"),
        ("CDS", "60485 5 1 2BB1 83AF", "60485 5 1 ( 2bb183af )"),
        ("HTTPS", "1 . alpn=h2,h3 port=443", '1 . port="443" alpn="h2,h3"'),
        (
            "SVCB",
            "1 Svc.example.net. no-default-alpn key7=a",
            '1 svc.example.net key7="a" no-default-alpn',
        ),
        ("URI", '1 2 "https://example.net/"', "1 2 https://example.net/"),
    ],
)
def test_same_data_has_one_form(type: str, one: str, other: str) -> None:
    assert canonical_rdata(type, one) == canonical_rdata(type, other)


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("TXT", '"a b"', '"a  b"'),
        ("TXT", '"a"', '"A"'),
        ("MX", "10 mail.example.net.", "20 mail.example.net."),
        ("NAPTR", '1 1 "u" "s" "!a!b!" .', '1 1 "u" "s" "!A!b!" .'),
        ("MX", "nonsense", "other nonsense at that"),
        ("AAAA", "x", "y"),
        ("DNSKEY", "257 3 13 mdss", "257 3 13 MDSS"),
        ("HTTPS", "1 . alpn=h2", "1 . alpn=h3"),
        ("HTTPS", "1 .", "1 . alpn=h3"),
        ("CAA", '0 issue "ca.example"', '0 issue "CA.example"'),
        ("DS", "nonsense", "other nonsense"),
    ],
)
def test_different_data_has_different_forms(type: str, one: str, other: str) -> None:
    assert canonical_rdata(type, one) != canonical_rdata(type, other)


def test_ids_say_what_the_record_is() -> None:
    assert record_id("A", "www", "192.0.2.1") == "A:www:192.0.2.1"
    assert record_id("A", "", "192.0.2.1", "blue") == "A::192.0.2.1:blue"
    assert record_id("A", "a:b", "192.0.2.1") == r"A:a\058b:192.0.2.1"
    assert record_id("SOA", "", "ns. admin. 1 2 3 4 5") == "SOA:"


def test_set_without_its_last_value_is_as_if_it_had_never_been() -> None:
    key = SetKey("www.example.com.", "A")
    record_set = RecordSet(key, 60, (Value("192.0.2.1", {}),), raw=["what it was read from"])
    assert record_set.without(0) == RecordSet(key)


def test_driver_is_picklable_with_its_locks() -> None:
    driver = pickle.loads(pickle.dumps(PowerDNSDriver("secret", host="127.0.0.1")))
    assert driver.key == "secret"


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (ResourceNotFoundError("gone"), ZoneDoesNotExistError),
        (ResourceExistsError("there"), ZoneAlreadyExistsError),
        (BaseHTTPError(422, "no"), BaseHTTPError),
        (RecordDoesNotExistError("gone", None, "r"), RecordDoesNotExistError),
    ],
)
def test_not_found_and_exists_are_about_the_zone(
    cause: LibcloudError, expected: type[LibcloudError]
) -> None:
    cause.request_id = "r-1"
    with pytest.raises(expected) as caught, about_zone(PowerDNSDriver("x"), "example.com"):
        raise cause
    assert type(caught.value) is expected
    assert (caught.value.value, caught.value.request_id) == (cause.value, "r-1")


def test_answer_of_another_form_is_in_the_error() -> None:
    with pytest.raises(MalformedResponseError) as caught, reading(PowerDNSDriver("x"), {"a": 1}):
        raise KeyError("b")
    assert caught.value.body == {"a": 1}
