"""Signatures: whatever is sent, the signature is the one that botocore makes of it."""

from __future__ import annotations

import datetime
import random
from unittest import mock
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given
from hypothesis import strategies as st

from libcloud.common.aws import AWSConnection
from libcloud.common.aws.signing import (
    UNSIGNED_PAYLOAD,
    Credentials,
    payload_hash,
    presign_v4,
    sign_v2,
    sign_v4,
)
from tests.properties import thorough

UTC = datetime.timezone.utc
ACCESS_KEY, SECRET = "AKIDEXAMPLE", "secret/key+with=signs"

methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"])
hosts = st.sampled_from(["ec2.us-east-1.amazonaws.com", "example.com:8443", "[::1]:9000"])
services = st.sampled_from(["s3", "ec2", "route53"])
segments = st.one_of(
    st.sampled_from(["", ".", "..", "...", "%2E", "a b", "a+b", "~"]), st.text(max_size=8)
)
paths = st.lists(segments, max_size=5).map(
    lambda found: "/" + "/".join(quote(segment, safe="-_.~") for segment in found)
)
texts = st.text(max_size=10)
pairs = st.lists(
    st.tuples(st.one_of(st.sampled_from(["a", "A", "a-", "a.b", "x"]), texts), texts), max_size=6
)
header_names = st.sampled_from(
    ["X-Amz-Meta-One", "x-amz-meta-two", "Range", "Content-Type", "Content-MD5", "X-Amz-Acl"]
)
header_values = st.lists(
    st.one_of(
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=6),
        st.text(" \t", max_size=4),
        st.just('"a   b"'),
    ),
    max_size=6,
).map("".join)
headers = st.dictionaries(header_names, header_values, max_size=4)
bodies = st.one_of(st.just(b""), st.binary(max_size=50), st.text(max_size=30).map(str.encode))
tokens = st.one_of(
    st.none(), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
)
times = st.datetimes(
    datetime.datetime(1990, 1, 1), datetime.datetime(2090, 1, 1), timezones=st.just(UTC)
)


def judge(klass, service, token, now, **kwargs):
    """A signer of botocore, at that time."""
    credentials = BotoCredentials(ACCESS_KEY, SECRET, token)
    signer = klass(credentials, service, "eu-west-1", **kwargs)
    return signer, mock.patch.object(
        auth, "get_current_datetime", lambda **_: now.replace(tzinfo=None)
    )


def as_boto(method, host, path, query, sent, body):
    encoded = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in query)
    url = f"https://{host}{path}" + (f"?{encoded}" if encoded else "")
    request = AWSRequest(method=method, url=url, data=body, headers={**sent, "Host": host})
    request.context["payload_signing_enabled"] = True
    return request


@thorough
@given(methods, hosts, paths, pairs, headers, bodies, tokens, services, times)
def test_sign_v4_whatever_is_sent_as_botocore(
    method, host, path, query, sent, body, token, service, now
):
    klass = auth.S3SigV4Auth if service == "s3" else auth.SigV4Auth
    signer, at_that_time = judge(klass, service, token, now)
    request = as_boto(method, host, path, query, sent, body)
    with at_that_time:
        signer.add_auth(request)
    ours = sign_v4(
        method,
        host,
        path,
        query,
        sent,
        payload_hash(body),
        Credentials(ACCESS_KEY, SECRET, token),
        "eu-west-1",
        service,
        now,
    )
    assert {name: request.headers[name] for name in ours} == ours


@thorough
@given(methods, hosts, paths, pairs, services, tokens, times, st.integers(1, 604800))
def test_presign_v4_whatever_is_asked_as_botocore(
    method, host, path, query, service, token, now, expires
):
    # botocore keeps one value of a name, and so does this test.
    query = list(dict(query).items())
    klass = auth.S3SigV4QueryAuth if service == "s3" else auth.SigV4QueryAuth
    signer, at_that_time = judge(klass, service, token, now, expires=expires)
    request = as_boto(method, host, path, query, {}, b"")
    with at_that_time:
        signer.add_auth(request)
    ours = presign_v4(
        method,
        host,
        path,
        query,
        {},
        UNSIGNED_PAYLOAD if service == "s3" else payload_hash(b""),
        Credentials(ACCESS_KEY, SECRET, token),
        "eu-west-1",
        service,
        now,
        expires,
    )
    theirs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    assert sorted(ours) == sorted(theirs)


@thorough
@given(methods, paths, pairs, headers, bodies, services, times, st.randoms(use_true_random=False))
def test_sign_v4_in_another_order_is_the_same(
    method, path, query, sent, body, service, now, chance: random.Random
):
    def signature(query, sent):
        return sign_v4(
            method,
            "example.com",
            path,
            query,
            sent,
            payload_hash(body),
            Credentials(ACCESS_KEY, SECRET),
            "eu-west-1",
            service,
            now,
        )

    shuffled, turned = list(query), list(sent.items())
    chance.shuffle(shuffled)
    chance.shuffle(turned)
    assert signature(shuffled, dict(turned)) == signature(query, sent)


@thorough
@given(
    methods,
    paths,
    st.dictionaries(texts.filter(bool), texts, max_size=6),
    tokens,
    times,
    st.randoms(use_true_random=False),
)
def test_sign_v2_whatever_is_sent_as_botocore(method, path, params, token, now, chance):
    ours = sign_v2(method, "example.com", path, params, Credentials(ACCESS_KEY, SECRET, token), now)
    signed = {name: value for name, value in ours.items() if name != "Signature"}
    signer = auth.SigV2Auth(BotoCredentials(ACCESS_KEY, SECRET, token))
    request = AWSRequest(method=method, url=f"https://example.com{path}")
    assert signer.calc_signature(request, signed)[1] == ours["Signature"]
    turned = list(params.items())
    chance.shuffle(turned)
    again = sign_v2(
        method, "example.com", path, dict(turned), Credentials(ACCESS_KEY, SECRET, token), now
    )
    assert again == ours


class Wire:
    """A transport that keeps what it is given."""

    def __init__(self, **kwargs):
        self.sent = None

    def request(self, method, url, body=None, headers=None, **kwargs):
        self.sent = (method, url, body, dict(headers))

    def getresponse(self):
        return self

    status, reason = 200, "OK"

    def getheaders(self):
        return []

    def read(self):
        return b""


class Service(AWSConnection):
    host = "service.example.com"
    service_name = "ec2"
    conn_class = Wire


class ExactService(Service):
    service_name = "s3"
    exact_path = True


param_values = st.one_of(texts, st.none(), st.integers(), st.lists(texts, max_size=3))
any_params = st.one_of(
    st.dictionaries(texts.filter(bool), param_values, max_size=5),
    st.lists(st.tuples(texts.filter(bool), param_values), max_size=5),
)


@pytest.mark.parametrize("klass", [Service, ExactService])
@thorough
@given(
    method=methods,
    path=st.lists(st.text(min_size=1, max_size=6), max_size=4),
    params=any_params,
    sent=headers,
    body=bodies,
    token=tokens,
)
def test_request_is_signed_as_it_is_on_the_wire(klass, method, path, params, sent, body, token):
    connection = klass(ACCESS_KEY, SECRET, token=token)
    action = "/" + "/".join(quote(part, safe="") for part in path)
    connection.request(action, params=params, headers=sent, data=body, method=method)
    method, url, body, given_headers = connection.connection.sent
    now = datetime.datetime.strptime(given_headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    credential, names, _ = given_headers["Authorization"].split(", ")
    covered = names.partition("=")[2].split(";")
    lower = {name.lower(): value for name, value in given_headers.items()}
    # As a server does it: from what arrived, all of the headers that claim to be signed.
    is_s3 = klass is ExactService
    signer, at_that_time = judge(
        auth.S3SigV4Auth if is_s3 else auth.SigV4Auth, klass.service_name, token, now
    )
    signer._region_name = credential.split("/")[2]
    request = AWSRequest(
        method=method,
        url=f"https://service.example.com{url}",
        data=body or b"",
        headers={name: lower[name] for name in covered},
    )
    request.context["payload_signing_enabled"] = True
    with at_that_time:
        signer.add_auth(request)
    assert request.headers["Authorization"] == given_headers["Authorization"]
