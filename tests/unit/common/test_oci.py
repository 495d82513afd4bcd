"""What Oracle Cloud Infrastructure's drivers share: signatures, errors, pages."""

from __future__ import annotations

import base64
import hashlib
import pickle
import re
import time
from collections.abc import Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from libcloud.common import errors
from libcloud.common.base import BaseDriver
from libcloud.common.oci import OCIConnection, authorization, fingerprint_of, read_key
from libcloud.testing.http import HTTPDouble, Request
from tests.conformance.test_dns_oci import PRIVATE_KEY

pytest.importorskip("cryptography")

HOST = "dns.us-ashburn-1.oraclecloud.com"
FINGERPRINT = "d3:1d:12:89:60:4a:13:e4:42:79:c3:c2:53:50:c7:6c"
DATE = "Thu, 05 Jan 2014 21:31:40 GMT"


class Driver(BaseDriver):
    connectionCls = OCIConnection

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {"host": HOST, "tenancy": "ocid1.tenancy.oc1..t"}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def connection(double: HTTPDouble) -> Any:
    connection = double.attach(Driver("ocid1.user.oc1..u", PRIVATE_KEY)).connection
    connection.retry = None
    return connection


# Signatures


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {
                "date": DATE,
                "(request-target)": "get /20180115/zones?compartmentId=ocid1.c&limit=100",
                "host": HOST,
            },
            "OR9E+YEtnDuxrTUVpteyefMpEnPxglGjzzp7l1WajXfwPuXxmsUtCpSQ8tL6Yi3vyx0bbS0BfUeu3kPoT+PLrj3l"
            "hkeza9h2dH3TyQYbQ1LwschJBDEKh0tWnwtKGTg1w+ObxhZyk3toju0l85Geb0FzVHzpBKSh0ahDeoKSvIHJYjsg"
            "rkDFOM3nckLBGnXwz5xR8KeT4fH2kXT5fDgbre3DxfDZ5BeFx+DxRMGezHDJJqyyURJ/J46djJELf03DkKEfHw3N"
            "XMuBXskeaen+ZUyfxkQCTSjWCTWkEqv6eic9KOKak24m5UKiT1/z/R7tHUqu9Z2n2WeFCsmizd19Nw==",
        ),
        (
            {
                "date": DATE,
                "(request-target)": "patch /20180115/zones/example.com/records",
                "host": HOST,
                "content-length": "13",
                "content-type": "application/json",
                "x-content-sha256": "7rhcJnWIhHPsZLdYCqDHbG/Wsr1RgohwKG7yAq2J2uI=",
            },
            "Zod8uW2aI6ylRmTcxYHnQ64d8K/ZjLRCOj+gzFvqvyy4cG/IqYrWqoWdUmFAZBrFvk4KbeULkmFfMh91oPYQArS7"
            "36y1mYN0YVAG+78XRAXezkmIhmrL9yipbx8g29iMKP207JpNWnwlMl/LR7sR4JqSozkR+SrVMGYn07G2eqCotcTf"
            "xuX4j3XUGIoGamgrCxDxsTOB8Ug9KqYuhQhUsE4YDfN/QNRYqmPTkERtvQoaaNf+b930sncJrdU4RhQzo68ioJFz"
            "aFgArLmMwhUGc+R19I3YRGIReDIaZjN21dq4pow2v4lkkWWhv4wxfQ9r40mE9yRgcXOC22CAxfx1VQ==",
        ),
    ],
)
def test_signature_is_that_of_the_providers_own_package(
    values: dict[str, str], expected: str
) -> None:
    """oci 2.189.0"""
    key_id = "ocid1.tenancy.oc1..t/ocid1.user.oc1..u/20:3b"
    assert authorization(read_key(PRIVATE_KEY), key_id, values) == (
        f'Signature algorithm="rsa-sha256",headers="{" ".join(values)}",keyId="{key_id}",'
        f'signature="{expected}",version="1"'
    )


def test_fingerprint_is_that_of_openssl() -> None:
    assert fingerprint_of(read_key(PRIVATE_KEY)) == FINGERPRINT


def verify(request: Request) -> list[str]:
    """Which headers are signed, if they are signed well."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    said = dict(re.findall(r'(\w+)="([^"]*)"', request.headers["Authorization"]))
    assert said["keyId"] == f"ocid1.tenancy.oc1..t/ocid1.user.oc1..u/{FINGERPRINT}"
    path = f"{request.path}?{request.query_string}" if request.query_string else request.path
    names: list[str] = said["headers"].split()
    target = f"{request.method.lower()} {path}"
    lines = [
        f"{name}: {target if name == '(request-target)' else request.headers[name]}"
        for name in names
    ]
    public = read_key(PRIVATE_KEY).public_key()
    text = "\n".join(lines).encode()
    public.verify(base64.b64decode(said["signature"]), text, PKCS1v15(), SHA256())
    return names


def test_what_is_sent_is_what_was_signed(double: HTTPDouble, connection: Any) -> None:
    query = {"a": "\u00e9 /", "b": ["1", "2"]}
    double.on("GET", "/x", query=query).reply(json={})
    connection.request("/x", {**query, "c": None})
    (request,) = double.requests
    assert verify(request) == ["date", "(request-target)", "host"]
    assert abs(parsedate_to_datetime(request.headers["Date"]).timestamp() - time.time()) < 10


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("body", [None, {"n": "\u00fc"}])
def test_body_is_signed(double: HTTPDouble, connection: Any, method: str, body: Any) -> None:
    double.on(method, "/x").reply(json={})
    connection.request("/x", method=method, json=body)
    (request,) = double.requests
    assert verify(request)[3:] == ["content-length", "content-type", "x-content-sha256"]
    digest = hashlib.sha256(request.body).digest()
    assert request.headers["x-content-sha256"] == base64.b64encode(digest).decode()
    assert request.headers["Content-Length"] == str(len(request.body))


def test_key_may_be_in_a_file_and_encrypted(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    encrypted = read_key(PRIVATE_KEY).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"pass"),
    )
    path = tmp_path / "key.pem"
    path.write_bytes(encrypted)
    assert fingerprint_of(read_key(str(path), "pass")) == FINGERPRINT
    for wrong in ("fail", None):
        with pytest.raises(errors.InvalidCredsError):
            read_key(str(path), wrong)


@pytest.mark.parametrize("key", ["/no/such/file", "-----BEGIN x", "", "\0"])
def test_key_that_is_none_raises_invalid_creds(key: str) -> None:
    with pytest.raises(errors.InvalidCredsError):
        read_key(key)


def test_key_that_is_not_rsa_raises_invalid_creds() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(errors.InvalidCredsError, match="RSA"):
        read_key(key.decode())


def test_connection_without_a_tenancy_says_so() -> None:
    connection = OCIConnection("u", PRIVATE_KEY)
    with pytest.raises(errors.InvalidRequestError, match="tenancy="):
        connection.request("/x")


def test_connection_can_be_pickled(double: HTTPDouble, connection: Any) -> None:
    double.on("GET", "/x").reply(json={})
    connection.request("/x")
    copy = pickle.loads(pickle.dumps(connection))
    assert copy.tenancy == connection.tenancy


def test_secrets_are_known_to_the_log(connection: Any) -> None:
    assert PRIVATE_KEY in connection.secrets()


# The clock


def test_clock_that_is_off_is_put_right(double: HTTPDouble, connection: Any) -> None:
    theirs = time.time() + 3600
    refused = {"code": "NotAuthenticated", "message": "The date is too far away"}
    double.on("GET", "/x").reply(
        401, json=refused, headers={"Date": formatdate(theirs, usegmt=True)}
    ).reply(json={})
    connection.request("/x")
    sent = parsedate_to_datetime(double.requests[-1].headers["Date"]).timestamp()
    assert abs(sent - theirs) < 10


@pytest.mark.parametrize("date", [None, "nonsense", "now"])
def test_wrong_key_is_not_tried_twice(
    double: HTTPDouble, connection: Any, date: str | None
) -> None:
    # The time of the test: a run collects its tests long before.
    headers = {"Date": formatdate(usegmt=True) if date == "now" else date} if date else {}
    refused = {"code": "NotAuthenticated", "message": "words"}
    double.on("GET", "/x").reply(401, json=refused, headers=headers).exactly(1)
    with pytest.raises(errors.InvalidCredsError, match="words"):
        connection.request("/x")


# Errors and pages


@pytest.mark.parametrize(
    ("status", "code", "message", "expected"),
    [
        (404, "NotAuthorizedOrNotFound", "words", errors.ResourceNotFoundError),
        (409, "IncorrectState", "words", errors.ConflictError),
        (409, "Conflict", "Zone x already exists", errors.ResourceExistsError),
        (400, "InvalidParameter", "x already exists", errors.ResourceExistsError),
        (400, "InvalidParameter", "words", errors.BaseHTTPError),
        (400, "LimitExceeded", "words", errors.QuotaExceededError),
        (412, "NoEtagMatch", "words", errors.ConflictError),
        (429, "TooManyRequests", "words", errors.RateLimitReachedError),
    ],
)
def test_errors_are_of_their_kind(
    double: HTTPDouble,
    connection: Any,
    status: int,
    code: str,
    message: str,
    expected: type[Exception],
) -> None:
    body, headers = {"code": code, "message": message}, {"opc-request-id": "7"}
    double.on("GET", "/x").reply(status, json=body, headers=headers)
    with pytest.raises(expected) as caught:
        connection.request("/x")
    found: Any = caught.value
    assert (found.http_code, found.provider_code, found.request_id) == (status, code, "7")


@pytest.mark.parametrize("text", ["<html>", "[]", '"x"', ""])
def test_error_in_another_form_goes_by_its_status(
    double: HTTPDouble, connection: Any, text: str
) -> None:
    double.on("GET", "/x").reply(404, text=text)
    with pytest.raises(errors.ResourceNotFoundError):
        connection.request("/x")


@pytest.mark.parametrize("key", [None, "items"])
def test_listing_goes_on_while_there_are_pages(
    double: HTTPDouble, connection: Any, key: str | None
) -> None:
    def body(number: int) -> Any:
        items = [{"n": number}]
        return {key: items} if key else items

    first = double.on("GET", "/x", query={"a": "b", "limit": "100"})
    first.reply(json=body(1), headers={"opc-next-page": "p2"})
    double.on("GET", "/x", query={"a": "b", "limit": "100", "page": "p2"}).reply(json=body(2))
    assert list(connection.iterate_items("/x", {"a": "b"}, key)) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("body", [{}, 7, {"items": 7}])
def test_answer_that_is_no_listing_raises_malformed_response(
    double: HTTPDouble, connection: Any, body: Any
) -> None:
    double.on("GET", "/x", query={"limit": "100"}).reply(json=body)
    with pytest.raises(errors.MalformedResponseError):
        list(connection.iterate_items("/x", key="items"))
