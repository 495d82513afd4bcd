from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libcloud.dns.names import (
    escape,
    owner_names,
    quote_text,
    target_name,
    to_absolute,
    to_ascii,
    to_relative,
    unquote_text,
    zone_name,
)


@pytest.mark.parametrize("name", [None, "", "@", "example.com", "example.com.", "EXAMPLE.com"])
def test_apex_in_every_form_is_the_zone_itself(name: str | None) -> None:
    assert to_absolute(name, "example.com").lower() == "example.com."
    assert to_relative(name, "example.com.") == ""


@pytest.mark.parametrize(
    ("name", "absolute", "relative"),
    [
        ("www", "www.example.com.", "www"),
        ("www.example.com", "www.example.com.", "www"),
        ("www.example.com.", "www.example.com.", "www"),
        ("a.b", "a.b.example.com.", "a.b"),
        ("*", "*.example.com.", "*"),
        ("*.sub", "*.sub.example.com.", "*.sub"),
        ("notexample.com", "notexample.com.example.com.", "notexample.com"),
        ("www.other.org.", "www.other.org.", "www.other.org."),
        ("bücher", "xn--bcher-kva.example.com.", "xn--bcher-kva"),
        ("_dmarc.bücher", "_dmarc.xn--bcher-kva.example.com.", "_dmarc.xn--bcher-kva"),
        ("Www", "Www.example.com.", "Www"),
    ],
)
def test_name_becomes_absolute_and_relative(name: str, absolute: str, relative: str) -> None:
    assert to_absolute(name, "example.com") == absolute
    assert to_relative(name, "example.com") == relative


def test_name_with_labels_twice_needs_the_final_dot_only_once() -> None:
    absolute = "www.example.com.example.com."
    assert to_relative(absolute, "example.com") == "www.example.com"


@pytest.mark.parametrize("domain", ["example.com", "example.com.", "EXAMPLE.COM"])
def test_zone_name_is_lower_case_without_final_dot(domain: str) -> None:
    assert zone_name(domain) == "example.com"


def test_zone_name_outside_ascii_is_idna_of_2008() -> None:
    assert zone_name("Straße.de") == "xn--strae-oqa.de"


def test_to_ascii_of_what_is_no_name_raises_value_error() -> None:
    with pytest.raises(ValueError):
        to_ascii("\u200b.example.com")


def test_to_ascii_names_the_label_that_cannot_be() -> None:
    with pytest.raises(ValueError, match=r"'_bücher' in '_bücher\.example\.com' cannot be"):
        to_ascii("_bücher.example.com")
    assert to_ascii("_sip.bücher.example") == "_sip.xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("mail.example.net", "mail.example.net."),
        ("mail.example.net.", "mail.example.net."),
        ("mail", "mail.example.com."),
        ("@", "example.com."),
        (".", "."),
    ],
)
def test_target_is_absolute_but_for_single_labels(target: str, expected: str) -> None:
    assert target_name(target, "example.com") == expected


def test_target_without_zone_is_absolute() -> None:
    assert target_name("mail") == "mail."


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", '""'),
        ("v=spf1 -all", '"v=spf1 -all"'),
        ('a;"b"\\c', r'"a;\"b\"\\c"'),
        ("é\n", r'"\195\169\010"'),
        ("x" * 256, f'"{"x" * 255}" "x"'),
        ('"a" "b c"', '"a" "b c"'),
        ('"open', r'"\"open"'),
        ('"a" b', r'"\"a\" b"'),
        (f'"{"x" * 256}"', f'"{"x" * 255}" "x"'),
    ],
)
def test_quote_text(text: str, quoted: str) -> None:
    assert quote_text(text) == quoted


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('"a" "b c"', "ab c"),
        (r'"say \"hi\" \\ \195\169"', 'say "hi" \\ é'),
        ("plain; text", "plain; text"),
        ('"a" b', '"a" b'),
        ('""', ""),
        (r'"\999"', "999"),
    ],
)
def test_unquote_text(data: str, text: str) -> None:
    assert unquote_text(data) == text


def test_quote_text_with_octal_escapes() -> None:
    assert quote_text("é", base=8) == r'"\303\251"'
    assert unquote_text(r'"\303\251 \"x\""', base=8) == 'é "x"'


@given(st.text())
def test_quoted_text_reads_back(text: str) -> None:
    expected = unquote_text(text)
    assert unquote_text(quote_text(text)) == expected
    assert unquote_text(quote_text(text, base=8), base=8) == unquote_text(text, base=8)


@given(st.binary(max_size=600))
def test_bytes_that_are_not_utf8_survive(raw: bytes) -> None:
    quoted = quote_text("".join(["x", raw.decode("utf-8", "surrogateescape")]))
    assert quote_text(unquote_text(quoted)) == quoted


def test_escape_keeps_escapes_and_adds_the_missing_ones() -> None:
    assert escape("a b;c\\;d\n.example.com.") == "a\\032b\\;c\\;d\\010.example.com."


_ZONES = ["example.com", "0/25.2.0.192.in-addr.arpa", "com", "a b.example"]
_OWNERS = [None, "", "@", "www", "*", "a.b", "www.", "WWW.EXAMPLE.COM", "notexample.com", "com"]
_ODD_OWNERS = ["example.com", "www.example.com.", "bücher", "a b", r"a\.b", "a;b", "$x", "w\n"]


@pytest.mark.parametrize("zone", _ZONES)
@pytest.mark.parametrize("name", [*_OWNERS, *_ODD_OWNERS])
def test_owner_name_is_the_absolute_name_escaped(name: str | None, zone: str) -> None:
    assert owner_names(zone)(name) == escape(to_absolute(name, zone))
