# ruff: noqa: E501 - a vector a line
"""
Signatures against what AWS publishes, and against what botocore makes of random requests.

Published vectors:
https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/general/latest/gr/signature-v4-examples.html
https://docs.aws.amazon.com/general/latest/gr/signature-version-2.html
"""

from __future__ import annotations

import datetime
import random
import string
import threading
from urllib.parse import parse_qsl, quote

import pytest

from libcloud.common.aws import signing
from libcloud.common.aws.signing import (
    EMPTY_PAYLOAD_HASH,
    UNSIGNED_PAYLOAD,
    Credentials,
    payload_hash,
    presign_v4,
    sign_v2,
    sign_v4,
)

UTC = datetime.timezone.utc
SUITE_CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SUITE_NOW = datetime.datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SUITE_TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmx"
    "fpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0K"
    "PkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZb"
    "qBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
S3_CREDENTIALS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
S3_NOW = datetime.datetime(2013, 5, 24, tzinfo=UTC)
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FORM = "application/x-www-form-urlencoded"

# name, method, path, query, headers, body, signature
SUITE = [
    ("get-vanilla", "GET", "/", [], {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-vanilla-empty-query-key", "GET", "/", [("Param1", "value1")], {}, "", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
    ("get-vanilla-query-order-key-case", "GET", "/", [("Param2", "value2"), ("Param1", "value1")], {}, "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    ("get-vanilla-query-order-value", "GET", "/", [("Param1", "value2"), ("Param1", "value1")], {}, "", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
    ("get-vanilla-query-unreserved", "GET", "/", [(UNRESERVED, UNRESERVED)], {}, "", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
    ("get-vanilla-utf8-query", "GET", "/", [("ሴ", "bar")], {}, "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    ("get-unreserved", "GET", "/" + UNRESERVED, [], {}, "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
    ("get-utf8", "GET", "/ሴ", [], {}, "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    ("get-header-key-duplicate", "GET", "/", [], {"My-Header1": "value2,value2,value1"}, "", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    ("get-header-value-trim", "GET", "/", [], {"My-Header1": " value1", "My-Header2": ' "a   b   c"'}, "", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    ("post-header-key-sort", "POST", "/", [], {"My-Header1": "value1"}, "", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    ("post-header-value-case", "POST", "/", [], {"My-Header1": "VALUE1"}, "", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    ("post-vanilla", "POST", "/", [], {}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ("post-vanilla-empty-query-value", "POST", "/", [("Param1", "value1")], {}, "", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
    ("post-x-www-form-urlencoded", "POST", "/", [], {"Content-Type": FORM}, "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ("post-x-www-form-urlencoded-parameters", "POST", "/", [], {"Content-Type": FORM + "; charset=utf8"}, "Param1=value1", "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
    ("get-slash-dot-slash", "GET", "/./", [], {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-slash-pointless-dot", "GET", "/./example", [], {}, "", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"),
    ("get-relative-relative", "GET", "/example1/example2/../..", [], {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-slashes", "GET", "//example//", [], {}, "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
    ("get-space", "GET", "/example space/", [], {}, "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
]  # fmt: skip


def _signature(headers):
    return headers["Authorization"].rpartition("Signature=")[2]


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body", "signature"),
    [row[1:] for row in SUITE],
    ids=[row[0] for row in SUITE],
)
def test_sign_v4_published_suite(method, path, query, headers, body, signature):
    signed = sign_v4(
        method,
        "example.amazonaws.com",
        path,
        query,
        headers,
        payload_hash(body),
        SUITE_CREDENTIALS,
        "us-east-1",
        "service",
        SUITE_NOW,
    )
    names = sorted({"host", "x-amz-date", *(name.lower() for name in headers)})
    assert signed == {
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": "AWS4-HMAC-SHA256 "
        "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}",
    }


def test_sign_v4_session_token_is_signed():
    signed = sign_v4(
        "POST",
        "example.amazonaws.com",
        "/",
        None,
        {},
        EMPTY_PAYLOAD_HASH,
        SUITE_CREDENTIALS._replace(token=SUITE_TOKEN),
        "us-east-1",
        "service",
        SUITE_NOW,
    )
    assert signed["X-Amz-Security-Token"] == SUITE_TOKEN
    expected = "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
    assert _signature(signed) == expected
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token" in signed["Authorization"]


def test_signing_key_published_example():
    key = signing._signing_key(SUITE_CREDENTIALS.secret_key, "20150830/us-east-1/iam/aws4_request")
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body", "signature"),
    [
        ("GET", "/test.txt", None, {"Range": "bytes=0-9"}, "",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT", "/test%24file.text", None,
         {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
         "Welcome to Amazon S3.",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/", {"lifecycle": ""}, {}, "",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/", {"max-keys": 2, "prefix": "J"}, {}, "",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
    ids=["get-object", "put-object", "get-lifecycle", "list-objects"],
)  # fmt: skip
def test_sign_v4_published_s3_examples(method, path, query, headers, body, signature):
    signed = sign_v4(
        method,
        "examplebucket.s3.amazonaws.com",
        path,
        query,
        headers,
        payload_hash(body),
        S3_CREDENTIALS,
        "us-east-1",
        "s3",
        S3_NOW,
    )
    assert _signature(signed) == signature
    assert signed["X-Amz-Content-SHA256"] == payload_hash(body)


def test_presign_v4_published_s3_example():
    query = presign_v4(
        "GET",
        "examplebucket.s3.amazonaws.com",
        "/test.txt",
        None,
        {},
        UNSIGNED_PAYLOAD,
        S3_CREDENTIALS,
        "us-east-1",
        "s3",
        S3_NOW,
        86400,
    )
    assert dict(query) == {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
        "X-Amz-Date": "20130524T000000Z",
        "X-Amz-Expires": "86400",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    }


def test_sign_v2_published_example():
    # The time stamp of the published example has no zone, so it goes in as a parameter.
    params = {
        "Action": "DescribeJobFlows",
        "Version": "2009-03-31",
        "AWSAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "SignatureVersion": "2",
        "SignatureMethod": "HmacSHA256",
        "Timestamp": "2011-10-03T15:19:30",
    }
    signature = signing._signature_v2(
        "GET", "elasticmapreduce.amazonaws.com", "/", params, S3_CREDENTIALS.secret_key
    )
    assert signature == "i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs="


# -- botocore as the judge ---------------------------------------------------------------------


def _text(rng, alphabet, low=0, high=12):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(low, high)))


ANY = string.ascii_letters + string.digits + " -_.~!*'();:@&=+$,/?#[]%\"<>äß€ሴ😀"
HOSTS = ("ec2.us-east-1.amazonaws.com", "example.com:8443", "127.0.0.1:5005", "[::1]:9000")
REGIONS = ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1")


def _random_request(rng):
    segments = [
        rng.choice(("", ".", "..", quote(_text(rng, ANY, 1), safe="-_.~")))
        for _ in range(rng.randint(0, 5))
    ]
    names = rng.sample(("Content-Type", "X-Amz-Meta-One", "Range", "x-amz-acl", "Content-MD5"), 2)
    return {
        "method": rng.choice(("GET", "POST", "PUT", "DELETE", "HEAD")),
        "host": rng.choice(HOSTS),
        "path": "/" + "/".join(segments),
        "params": [(_text(rng, ANY, 1), _text(rng, ANY)) for _ in range(rng.randint(0, 5))],
        "headers": {name: _text(rng, string.ascii_letters + "  ", 1) + "x" for name in names},
        "body": _text(rng, ANY).encode(),
        "token": rng.choice((None, "token/+=" + _text(rng, ANY))),
        "region": rng.choice(REGIONS),
        "now": datetime.datetime.fromtimestamp(rng.randint(10**9, 2 * 10**9), UTC),
    }


def _botocore_request(case):
    from botocore.awsrequest import AWSRequest

    url = f"https://{case['host']}{case['path']}"
    query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in case["params"])
    return AWSRequest(
        method=case["method"],
        url=url + ("?" + query if query else ""),
        data=case["body"],
        # botocore signs the port only when the caller names the host.
        headers={**case["headers"], "Host": case["host"]},
    )


def _judge(signer_class, case, service, monkeypatch, **kwargs):
    from botocore import auth
    from botocore.credentials import Credentials as BotoCredentials

    monkeypatch.setattr(auth, "get_current_datetime", lambda **_: case["now"].replace(tzinfo=None))
    credentials = BotoCredentials("AKID", "secret", case["token"])
    return signer_class(credentials, service, case["region"], **kwargs)


def _our_credentials(case):
    return Credentials("AKID", "secret", case["token"])


@pytest.mark.parametrize("service", ["ec2", "route53", "s3"])
@pytest.mark.parametrize("seed", range(4))
def test_sign_v4_same_as_botocore(service, seed, monkeypatch):
    from botocore.auth import S3SigV4Auth, SigV4Auth

    rng = random.Random(f"{service}{seed}")
    for _ in range(100):
        case = _random_request(rng)
        judge = _judge(S3SigV4Auth if service == "s3" else SigV4Auth, case, service, monkeypatch)
        request = _botocore_request(case)
        request.context["payload_signing_enabled"] = True
        judge.add_auth(request)
        ours = sign_v4(
            case["method"],
            case["host"],
            case["path"],
            case["params"],
            case["headers"],
            payload_hash(case["body"]),
            _our_credentials(case),
            case["region"],
            service,
            case["now"],
        )
        assert ours["Authorization"] == request.headers["Authorization"], case
        for name, value in ours.items():
            assert request.headers[name] == value


@pytest.mark.parametrize("service", ["ec2", "s3"])
def test_presign_v4_same_as_botocore(service, monkeypatch):
    from botocore.auth import S3SigV4QueryAuth, SigV4QueryAuth

    rng = random.Random(service)
    for _ in range(200):
        case = _random_request(rng) | {"body": b"", "headers": {}}
        # botocore keeps one value of a repeated parameter, so none is repeated here.
        case["params"] = list(dict(case["params"]).items())
        expires = rng.randint(1, 604800)
        judge_class = S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth
        judge = _judge(judge_class, case, service, monkeypatch, expires=expires)
        request = _botocore_request(case)
        judge.add_auth(request)
        ours = presign_v4(
            case["method"],
            case["host"],
            case["path"],
            case["params"],
            {},
            UNSIGNED_PAYLOAD if service == "s3" else EMPTY_PAYLOAD_HASH,
            _our_credentials(case),
            case["region"],
            service,
            case["now"],
            expires,
        )
        theirs = parse_qsl(request.url.partition("?")[2], keep_blank_values=True)
        assert sorted(theirs) == sorted(ours), case


def test_sign_v2_same_as_botocore(monkeypatch):
    from botocore import auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as BotoCredentials

    rng = random.Random(2)
    for _ in range(200):
        case = _random_request(rng) | {"headers": {}, "path": "/"}
        params = dict(case["params"])
        stamp = case["now"].timetuple()
        monkeypatch.setattr(auth.time, "gmtime", lambda *_, stamp=stamp: stamp)
        request = AWSRequest("GET", url=f"https://{case['host']}/", params=dict(params), data={})
        auth.SigV2Auth(BotoCredentials("AKID", "secret", case["token"])).add_auth(request)
        theirs = request.params
        ours = sign_v2("GET", case["host"], "/", params, _our_credentials(case), case["now"])
        assert ours == theirs, case


# -- properties --------------------------------------------------------------------------------


def test_sign_v4_ignores_what_changes_on_the_way():
    def sign(headers):
        return sign_v4(
            "GET",
            "h",
            "/",
            None,
            headers,
            EMPTY_PAYLOAD_HASH,
            SUITE_CREDENTIALS,
            "r",
            "ec2",
            SUITE_NOW,
        )

    assert sign({"User-Agent": "a", "Accept-Encoding": "gzip", "Content-Length": "3"}) == sign({})
    assert sign({"Host": "other"}) == sign({})


def test_sign_v4_time_is_converted_to_utc():
    zone = datetime.timezone(datetime.timedelta(hours=5))
    arguments = ("GET", "h", "/", None, {}, EMPTY_PAYLOAD_HASH, SUITE_CREDENTIALS, "r", "ec2")
    assert sign_v4(*arguments, SUITE_NOW.astimezone(zone)) == sign_v4(*arguments, SUITE_NOW)


def test_credentials_repr_hides_secrets():
    shown = repr(Credentials("AKID", "the-secret", "the-token"))
    assert "AKID" in shown
    assert "the-secret" not in shown
    assert "the-token" not in shown


def test_payload_hash_of_text_and_bytes():
    assert payload_hash(None) == payload_hash("") == payload_hash(b"") == EMPTY_PAYLOAD_HASH
    assert payload_hash("ä") == payload_hash("ä".encode())


def test_sign_v4_from_many_threads():
    def sign(day):
        return sign_v4(
            "GET",
            "h",
            "/",
            None,
            {},
            EMPTY_PAYLOAD_HASH,
            SUITE_CREDENTIALS,
            "r",
            "ec2",
            SUITE_NOW + datetime.timedelta(days=day),
        )

    expected = {day: sign(day) for day in range(200)}
    wrong = []

    def work(seed):
        rng = random.Random(seed)
        for _ in range(300):
            day = rng.randrange(200)
            if sign(day) != expected[day]:
                wrong.append(day)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
