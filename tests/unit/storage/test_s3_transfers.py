"""
Uploads and downloads of S3 with everything that may go wrong on the way.

The server is moto's, and boto3 says what is really there. Between the driver and moto sits a
transport that fails on purpose.
"""

from __future__ import annotations

import hashlib
import os
import threading
import tracemalloc
import uuid

import pytest
import requests
import requests_mock

from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.common.network_errors import network_error
from libcloud.http import LibcloudConnection
from libcloud.storage.base import Object
from libcloud.storage.drivers.s3 import BaseS3StorageDriver, S3StorageDriver, multipart
from libcloud.storage.drivers.s3.uploads import is_md5
from libcloud.storage.types import ContainerDoesNotExistError, ObjectHashMismatchError
from libcloud.testing.http import HTTPDouble, answer, includes, to_response
from libcloud.testing.specs import aws
from tests.conformance.test_storage_s3 import boto_client
from tests.faults.server import FaultServer, truncate

MIB = 1024 * 1024
PART = 5 * MIB  # the smallest that moto takes
ABC_MD5 = "900150983cd24fb0d6963f7d28e17f72"


def content(size):
    return (hashlib.sha512(str(size).encode()).digest() * (size // 64 + 1))[:size]


def pieces(data, size=100_003):
    return (data[start : start + size] for start in range(0, len(data), size))


def broken_connection():
    return network_error(requests.ConnectionError("Connection reset by peer"), "GET", "")


def error(code):
    return f"<Error><Code>{code}</Code><Message>m</Message></Error>"


class Faults:
    """What happens to requests: called with each, from any thread."""

    def __init__(self):
        self.sent = []
        self.rules = []
        self._lock = threading.Lock()

    def on(self, method, part_of_url, *outcomes, after=False):
        """
        The next requests of that kind end so: an exception, an answer, or None for what is right.

        :param after: The request is done all the same: only its answer gets lost.
        """
        self.rules.append([method, part_of_url, list(outcomes), after])

    def outcome(self, method, url):
        with self._lock:
            self.sent.append((method, url))
            for rule in self.rules:
                if rule[0] == method and rule[1] in url and rule[2]:
                    return rule[2].pop(0), rule[3]
        return None, False

    def count(self, method, part_of_url):
        return sum(1 for m, url in self.sent if m == method and part_of_url in url)

    def transport(self):
        faults = self

        class Transport(LibcloudConnection):
            def request(self, method, url, **kwargs):
                outcome, after = faults.outcome(method, url)
                if outcome is None or after:
                    super().request(method, url, **kwargs)
                if callable(outcome):
                    outcome = outcome()
                if isinstance(outcome, BaseException):
                    raise outcome
                if outcome is not None:
                    prepared = requests.Request(method, "http://localhost/").prepare()
                    self.response = to_response(prepared, outcome)

        return Transport


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def driver(moto_server, faults):
    driver = S3StorageDriver(
        moto_server.key,
        moto_server.secret,
        host=moto_server.host,
        port=moto_server.port,
        secure=False,
        retry_delay=0.001,
    )
    driver.part_size = PART
    driver.connection.conn_class = faults.transport()
    driver.connection.connect()
    return driver


@pytest.fixture
def boto(moto_server):
    return boto_client(moto_server.url, moto_server.key, moto_server.secret, moto_server.region)


@pytest.fixture
def container(driver):
    return driver.create_container(f"transfers-{uuid.uuid4().hex[:12]}")


def stored(boto, container, key="key"):
    return boto.get_object(Bucket=container.name, Key=key)["Body"].read()


def left_behind(boto, container):
    return boto.list_multipart_uploads(Bucket=container.name).get("Uploads", [])


# --- uploads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 2, PART])
def test_upload_of_a_small_stream_is_one_request(driver, container, faults, boto, size):
    faults.sent.clear()
    obj = driver.upload_object_via_stream(pieces(content(size)), container, "key")
    assert [method for method, _ in faults.sent] == ["PUT"]
    assert obj.hash == hashlib.md5(content(size)).hexdigest()
    assert stored(boto, container) == content(size)


def test_upload_of_a_large_stream_is_in_parts(driver, container, faults, boto):
    data = content(2 * PART + 1)
    seen = []
    extra = {"content_type": "x/y", "meta_data": {"colour": "grün"}, "acl": "public-read"}
    obj = driver.upload_object_via_stream(
        pieces(data),
        container,
        "dir//a b",
        extra=extra,
        headers={"Cache-Control": "no-cache"},
        ex_storage_class="standard_ia",
        progress=lambda *args: seen.append(args),
    )
    assert faults.count("PUT", "partNumber=") == 3
    assert seen == [(PART, None), (2 * PART, None), (2 * PART + 1, None)]
    assert obj.hash.endswith("-3")
    assert '"' not in obj.hash
    assert obj.size == len(data)
    assert obj.meta_data == {"colour": "grün"}
    assert obj.extra["acl"] == "public-read"
    head = boto.head_object(Bucket=container.name, Key="dir//a b")
    assert head["ContentType"] == "x/y"
    assert head["CacheControl"] == "no-cache"
    assert head["StorageClass"] == "STANDARD_IA"
    assert head["ETag"] == f'"{obj.hash}"'
    assert stored(boto, container, "dir//a b") == data
    assert driver.get_object(container.name, "dir//a b").meta_data == {"colour": "grün"}


def test_upload_of_a_large_file_knows_its_size(driver, container, boto, tmp_path):
    data = content(2 * PART)
    (tmp_path / "file.txt").write_bytes(data)
    seen = []
    driver.upload_object(
        str(tmp_path / "file.txt"), container, "key", progress=lambda *args: seen.append(args)
    )
    assert seen == [(PART, 2 * PART), (2 * PART, 2 * PART)]
    assert stored(boto, container) == data
    assert boto.head_object(Bucket=container.name, Key="key")["ContentType"] == "text/plain"


@pytest.mark.parametrize(
    "outcome",
    [
        broken_connection,
        lambda: answer(500, text=error("InternalError")),
        lambda: answer(503, text=error("SlowDown")),
        lambda: answer(400, text=error("BadDigest")),
        lambda: answer(400, text=error("RequestTimeout")),
        lambda: network_error(requests.ReadTimeout("too slow"), "PUT", ""),
    ],
)
def test_upload_sends_a_part_again(driver, container, faults, boto, outcome):
    faults.on("PUT", "partNumber=2", outcome)
    data = content(3 * PART)
    driver.upload_object_via_stream(pieces(data), container, "key")
    assert stored(boto, container) == data
    assert faults.count("PUT", "partNumber=2") == 2
    assert left_behind(boto, container) == []


def test_upload_whose_part_fails_for_good_leaves_nothing(driver, container, faults, boto):
    boto.put_object(Bucket=container.name, Key="key", Body=b"old")
    faults.on("PUT", "partNumber=2", *[lambda: answer(500, text=error("InternalError"))] * 20)
    with pytest.raises(ServiceUnavailableError) as caught:
        driver.upload_object_via_stream(pieces(content(3 * PART)), container, "key")
    assert caught.value.provider_code == "InternalError"
    assert left_behind(boto, container) == []
    assert stored(boto, container) == b"old"


def test_upload_without_retries_fails_at_once(driver, container, faults, boto):
    driver.connection.retry = None
    faults.on("PUT", "partNumber=2", broken_connection)
    with pytest.raises(NetworkError):
        driver.upload_object_via_stream(pieces(content(3 * PART)), container, "key")
    assert faults.count("PUT", "partNumber=2") == 1
    assert left_behind(boto, container) == []


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
def test_upload_whose_source_fails_leaves_nothing(driver, container, boto, kind):
    def source():
        yield from pieces(content(3 * PART))
        raise kind("the source is broken")

    with pytest.raises(kind, match="the source is broken"):
        driver.upload_object_via_stream(source(), container, "key")
    assert left_behind(boto, container) == []
    assert driver.list_container_objects(container) == []


def test_upload_ended_by_its_progress_callback_leaves_nothing(driver, container, boto):
    def stop(done, total):
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError):
        driver.upload_object_via_stream(pieces(content(3 * PART)), container, "key", progress=stop)
    assert left_behind(boto, container) == []


def test_upload_that_cannot_be_aborted_says_what_is_left(driver, container, faults, boto):
    faults.on("PUT", "partNumber=1", *[lambda: answer(403, text=error("AccessDenied"))] * 9)
    faults.on("DELETE", "uploadId=", *[lambda: answer(403, text=error("AccessDenied"))] * 9)
    with pytest.raises(LibcloudError, match="left behind as the multipart upload") as caught:
        driver.upload_object_via_stream(pieces(content(2 * PART)), container, "key")
    (left,) = left_behind(boto, container)
    assert left["UploadId"] in str(caught.value)
    faults.rules.clear()
    (upload,) = driver.ex_iterate_multipart_uploads(container)
    assert (upload.key, upload.id) == ("key", left["UploadId"])
    driver.ex_cleanup_all_multipart_uploads(container)
    assert left_behind(boto, container) == []


def test_upload_whose_completion_got_lost_is_recognized(driver, container, faults, boto):
    data = content(2 * PART)
    faults.on("POST", "uploadId=", broken_connection, after=True)
    obj = driver.upload_object_via_stream(pieces(data), container, "key")
    assert obj.hash.endswith("-2")
    assert stored(boto, container) == data
    assert faults.count("POST", "uploadId=") == 2


def test_upload_whose_completion_fails_is_aborted(driver, container, faults, boto):
    refusal = error("InvalidPart")
    faults.on("POST", "uploadId=", lambda: answer(200, text=refusal))
    with pytest.raises(BaseHTTPError) as caught:
        driver.upload_object_via_stream(pieces(content(2 * PART)), container, "key")
    assert caught.value.provider_code == "InvalidPart"
    assert left_behind(boto, container) == []


def test_upload_to_a_missing_container(driver, container):
    driver.delete_container(container)
    with pytest.raises(ContainerDoesNotExistError):
        driver.upload_object_via_stream(pieces(content(2 * PART)), container, "key")


def test_upload_of_an_unknown_storage_class_sends_nothing(driver, container, faults):
    faults.sent.clear()
    with pytest.raises(ValueError, match="Invalid storage class value: foo"):
        driver.upload_object_via_stream([b"x"], container, "key", ex_storage_class="foo")
    assert faults.sent == []


def test_multipart_uploads_by_prefix(driver, container, boto):
    for key in ("a/1", "a/2+ x", "b"):
        boto.create_multipart_upload(Bucket=container.name, Key=key)
    assert [u.key for u in driver.ex_iterate_multipart_uploads(container)] == ["a/1", "a/2+ x", "b"]
    assert [u.key for u in driver.ex_iterate_multipart_uploads(container, "a/")] == [
        "a/1",
        "a/2+ x",
    ]
    driver.ex_cleanup_all_multipart_uploads(container, "a/")
    assert [u["Key"] for u in left_behind(boto, container)] == ["b"]


def test_upload_in_one_piece_where_there_are_no_parts(driver, container, faults, boto, tmp_path):
    class Partless(S3StorageDriver):
        supports_s3_multipart_upload = False

    partless = Partless("testing", "testing", host="127.0.0.1", port=1, secure=False)
    partless.connection = driver.connection
    data = content(2 * PART)
    obj = partless.upload_object_via_stream(pieces(data), container, "key")
    assert (obj.size, obj.hash) == (len(data), hashlib.md5(data).hexdigest())
    assert stored(boto, container) == data
    assert faults.count("POST", "") == 0
    faults.on("PUT", "/key", lambda: answer(headers={"ETag": f'"{ABC_MD5}"'}))
    with pytest.raises(ObjectHashMismatchError):
        partless.upload_object_via_stream([b"x"], container, "key")
    driver.delete_object(obj)
    driver.delete_container(container)
    with pytest.raises(ContainerDoesNotExistError):
        partless.upload_object_via_stream([b"x"], container, "key")


def test_part_size_grows_with_a_known_size(driver, container, faults, tmp_path):
    driver.max_parts = 2
    source = tmp_path / "source"
    source.write_bytes(content(3 * PART))
    assert driver.upload_object(str(source), container, "key").hash.endswith("-2")


def test_part_size_grows_late_in_an_unknown_size(monkeypatch, driver, container, boto):
    driver.max_parts = 5
    monkeypatch.setattr(multipart, "GROWTH", 3)
    data = content(8 * PART + 1)
    seen = []
    driver.upload_object_via_stream(
        pieces(data), container, "key", progress=lambda done, total: seen.append(done)
    )
    assert seen == [PART, 2 * PART, 5 * PART, 8 * PART, 8 * PART + 1]
    assert stored(boto, container) == data


def test_upload_of_too_many_parts_is_refused_and_aborted(monkeypatch, driver, container, boto):
    driver.max_parts = 2
    monkeypatch.setattr(multipart, "GROWTH", 1)
    with pytest.raises(LibcloudError, match="more than 2 parts"):
        driver.upload_object_via_stream(pieces(content(3 * PART)), container, "key")
    assert left_behind(boto, container) == []


# --- what is sent, as the description of S3 judges it ---------------------------------------------


@pytest.fixture
def double():
    with HTTPDouble(spec=aws("s3")) as double:
        yield double


@pytest.fixture
def amazon(double):
    driver = double.attach(S3StorageDriver("AKIDEXAMPLE", "secret", retry_delay=0.001))
    driver.part_size = 4
    return driver


def bucket(driver):
    from libcloud.storage.base import Container

    return Container("bucket", {}, driver)


XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def test_multipart_requests_are_those_of_the_reference(double, amazon):
    customer = {
        "x-amz-server-side-encryption-customer-algorithm": "AES256",
        "x-amz-server-side-encryption-customer-key": "a2V5",
        "x-amz-server-side-encryption-customer-key-MD5": "bWQ1",
    }
    double.on(
        "POST",
        "/bucket/key",
        query={"uploads": ""},
        headers={
            "x-amz-acl": "private",
            "Content-Type": "text/plain",
            "x-amz-checksum-algorithm": "CRC32",
            **customer,
        },
    ).reply(
        text=f"<InitiateMultipartUploadResult {XMLNS}><Bucket>bucket</Bucket><Key>key</Key>"
        "<UploadId>VXBs/b2Fk=</UploadId></InitiateMultipartUploadResult>"
    )
    checksums = ("pmadfQ==", "TQyj6w==", "CUMmDA==")
    for number, body in ((1, b"0123"), (2, b"4567"), (3, b"89")):
        double.on(
            "PUT",
            "/bucket/key",
            query={"partNumber": number, "uploadId": "VXBs/b2Fk="},
            headers={"x-amz-checksum-crc32": checksums[number - 1], **customer},
            body=body,
        ).reply(headers={"ETag": f'"etag-{number}"'})
    parts = "".join(
        f'<Part><PartNumber>{number}</PartNumber><ETag>"etag-{number}"</ETag>'
        f"<ChecksumCRC32>{checksum}</ChecksumCRC32></Part>"
        for number, checksum in enumerate(checksums, start=1)
    )
    double.on(
        "POST",
        "/bucket/key",
        query={"uploadId": "VXBs/b2Fk="},
        xml=f"<CompleteMultipartUpload {XMLNS}>{parts}</CompleteMultipartUpload>",
    ).reply(
        text=f"<CompleteMultipartUploadResult {XMLNS}><Location>l</Location><Bucket>bucket</Bucket>"
        '<Key>key</Key><ETag>"3858f62230ac3c915f300c664312c11f-3"</ETag>'
        "</CompleteMultipartUploadResult>"
    )
    obj = amazon.upload_object_via_stream(
        iter([b"012", b"3456789"]),
        bucket(amazon),
        "key",
        extra={"content_type": "text/plain", "acl": "private"},
        headers=customer,
    )
    assert (obj.hash, obj.size) == ("3858f62230ac3c915f300c664312c11f-3", 10)
    assert "x-amz-acl" not in double.requests[1].headers


@pytest.mark.parametrize("etag", ['"3858f62230ac3c915f300c664312c11f-3"', None])
def test_upload_that_somebody_aborted_fails(double, amazon, etag):
    double.spec = None
    double.on("POST", "/bucket/key", query={"uploads": ""}).reply(
        text="<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    )
    for number in (1, 2):
        double.on("PUT", "/bucket/key", query={"partNumber": number, "uploadId": "u"}).reply(
            headers={"ETag": f'"{ABC_MD5}"'}
        )
    gone = {"status": 404, "text": error("NoSuchUpload")}
    double.on("POST", "/bucket/key", query={"uploadId": "u"}).reply(**gone)
    double.on("DELETE", "/bucket/key", query={"uploadId": "u"}).reply(**gone)
    double.on("HEAD", "/bucket/key").reply(200 if etag else 404, headers={"ETag": etag or ""})
    with pytest.raises(ResourceNotFoundError) as caught:
        amazon.upload_object_via_stream(iter([b"01234567"]), bucket(amazon), "key")
    assert caught.value.provider_code == "NoSuchUpload"


def test_multipart_uploads_come_in_pages(double, amazon):
    page = (
        f"<ListMultipartUploadsResult {XMLNS}><Bucket>bucket</Bucket>"
        "<EncodingType>url</EncodingType>{more}<Upload><Key>{key}</Key><UploadId>{id}</UploadId>"
        "<Initiator><ID>arn:1</ID><DisplayName>she</DisplayName></Initiator>"
        "<Owner><ID>2</ID><DisplayName>he</DisplayName></Owner>"
        "<StorageClass>STANDARD</StorageClass><Initiated>2010-11-10T20:48:33.000Z</Initiated>"
        "</Upload></ListMultipartUploadsResult>"
    )
    asked = {"uploads": "", "encoding-type": "url", "prefix": "a", "delimiter": "/"}
    more = (
        "<IsTruncated>true</IsTruncated><NextKeyMarker>a%2B+1</NextKeyMarker>"
        "<NextUploadIdMarker>one</NextUploadIdMarker>"
    )
    double.on("GET", "/bucket", query=asked).reply(
        text=page.format(more=more, key="a%2B+1", id="one")
    )
    last = double.on(
        "GET", "/bucket", query={**asked, "key-marker": "a+ 1", "upload-id-marker": "one"}
    ).reply(text=page.format(more="<IsTruncated>false</IsTruncated>", key="a2", id="two"))
    listed = amazon.ex_iterate_multipart_uploads(bucket(amazon), "a", "/")
    first = next(listed)
    assert vars(first) == {
        "key": "a+ 1",
        "id": "one",
        "created_at": "2010-11-10T20:48:33.000Z",
        "initiator": "she",
        "owner": "he",
    }
    assert last.calls == 0
    assert [(upload.key, upload.id) for upload in listed] == [("a2", "two")]


@pytest.mark.parametrize("upload", ["<Key>a</Key><UploadId/>", "<Key/><UploadId>one</UploadId>"])
def test_multipart_upload_without_its_identity_is_malformed(double, amazon, upload):
    double.spec = None
    double.on("GET", "/bucket", query={"uploads": "", "encoding-type": "url"}).reply(
        text=f"<ListMultipartUploadsResult><Upload>{upload}</Upload></ListMultipartUploadsResult>"
    )
    with pytest.raises(MalformedResponseError):
        amazon.ex_cleanup_all_multipart_uploads(bucket(amazon))


ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
UNSIGNED = {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}


@pytest.mark.parametrize(
    ("arguments", "kind", "expected"),
    [
        ({}, None, {"x-amz-checksum-crc32": "NSRBwg==", **UNSIGNED}),
        ({"secure": False}, None, {"X-Amz-Content-SHA256": ABC_SHA256}),
        ({"host": "s3.example.com"}, None, {"X-Amz-Content-SHA256": ABC_SHA256}),
        (
            {"host": "s3.example.com"},
            "crc32",
            {"x-amz-checksum-crc32": "NSRBwg==", **UNSIGNED},
        ),
        (
            {},
            "md5",
            {"Content-MD5": "kAFQmDzST7DWlj99KOF/cg==", "X-Amz-Content-SHA256": ABC_SHA256},
        ),
    ],
)
def test_put_is_protected_by_what_the_server_checks(double, arguments, kind, expected):
    driver = double.attach(S3StorageDriver("AKIDEXAMPLE", "secret", **arguments))
    driver.upload_checksum = kind
    double.on("PUT", "/bucket/key", headers=expected, body=b"abc").reply(
        headers={"ETag": f'"{ABC_MD5}"'}
    )
    driver.upload_object_via_stream(iter([b"abc"]), bucket(driver), "key")
    sent = {name for name in double.requests[0].headers if "checksum" in name or "MD5" in name}
    assert sent == set(expected) - {"X-Amz-Content-SHA256"}


def test_put_signed_with_version_2_carries_the_md5(double):
    driver = double.attach(BaseS3StorageDriver("AKIDEXAMPLE", "secret"))
    double.on(
        "PUT",
        "/bucket/key",
        query=includes({"AWSAccessKeyId": ["AKIDEXAMPLE"]}),
        headers={"Content-MD5": "kAFQmDzST7DWlj99KOF/cg=="},
        body=b"abc",
    ).reply(headers={"ETag": f'"{ABC_MD5}"'})
    driver.upload_object_via_stream(iter([b"abc"]), bucket(driver), "key")
    assert "X-Amz-Content-SHA256" not in double.requests[0].headers


def test_put_with_an_unknown_checksum_sends_nothing(double, amazon):
    amazon.upload_checksum = "adler"
    with pytest.raises(ValueError, match="adler"):
        amazon.upload_object_via_stream(iter([b"abc"]), bucket(amazon), "key")


def test_put_without_verification_leaves_it_to_tls(double, amazon, tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    double.on("PUT", "/bucket/key", headers=UNSIGNED).reply(
        headers={"ETag": '"00000000000000000000000000000000"'}
    )
    amazon.upload_object(str(tmp_path / "file"), bucket(amazon), "key", verify_hash=False)
    sent = double.requests[0].headers
    assert not [name for name in sent if "checksum" in name.lower() or "MD5" in name]


def test_put_that_arrived_damaged_is_noticed_by_its_etag(double, amazon):
    put = double.on("PUT", "/bucket/key")
    put.reply(headers={"ETag": '"00000000000000000000000000000000"'})
    put.reply(
        headers={
            "ETag": '"00000000000000000000000000000000"',
            "x-amz-server-side-encryption": "aws:kms",
        }
    )
    with pytest.raises(ObjectHashMismatchError):
        amazon.upload_object_via_stream(iter([b"abc"]), bucket(amazon), "key")
    amazon.upload_object_via_stream(iter([b"abc"]), bucket(amazon), "key")


def test_put_without_an_etag_in_its_answer_is_malformed(double, amazon):
    double.on("PUT", "/bucket/key").reply()
    with pytest.raises(MalformedResponseError):
        amazon.upload_object_via_stream(iter([b"abc"]), bucket(amazon), "key")


@pytest.mark.parametrize(
    ("etag", "headers", "expected"),
    [
        (f'"{ABC_MD5}"', {}, True),
        (ABC_MD5.upper(), {"x-amz-server-side-encryption": "AES256"}, True),
        (f'"{ABC_MD5}-2"', {}, False),
        (ABC_MD5, {"x-amz-server-side-encryption": "aws:kms:dsse"}, False),
        (ABC_MD5, {"x-amz-server-side-encryption-customer-algorithm": "AES256"}, False),
        ("", {}, False),
        ("z" * 32, {}, False),
    ],
)
def test_etag_is_the_md5_only_sometimes(etag, headers, expected):
    assert is_md5(etag, headers) is expected


# --- downloads ------------------------------------------------------------------------------------


@pytest.fixture
def large(driver, container, boto):
    data = content(3 * PART + 17)
    boto.put_object(Bucket=container.name, Key="large", Body=data)
    return driver.get_object(container.name, "large"), data


def test_download_of_a_large_object_is_in_ranges(driver, large, faults, tmp_path):
    obj, data = large
    faults.sent.clear()
    seen = []
    driver.download_object(obj, str(tmp_path / "file"), progress=lambda *a: seen.append(a))
    assert (tmp_path / "file").read_bytes() == data
    assert faults.count("GET", "/large") == 4
    assert seen[-1] == (len(data), len(data))
    assert os.listdir(tmp_path) == ["file"]


def test_download_that_breaks_goes_on(driver, large, faults, tmp_path):
    obj, data = large
    faults.on("GET", "/large", None, broken_connection, None, broken_connection)
    driver.download_object(obj, str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == data


def broken(beginning):
    yield beginning
    raise ConnectionResetError(104, "Connection reset by peer")


def truncated(double, data, etag, first):
    """A route that breaks off its first answer after some bytes, and then does what is asked."""
    replies = []

    def reply(request):
        replies.append(request.headers.get("Range"))
        start, end, status = 0, len(data), 200
        if "Range" in request.headers:
            start, _, last = request.headers["Range"].removeprefix("bytes=").partition("-")
            start, end, status = int(start), int(last) + 1 if last else end, 206
            end = min(end, len(data))
        headers = {
            "ETag": etag,
            "Content-Length": str(end - start),
            "Content-Range": f"bytes {start}-{end - 1}/{len(data)}",
        }
        body = data[start:end]
        if len(replies) == 1:
            return answer(status, headers=headers, body=broken(body[:first]))
        return answer(status, headers=headers, body=body)

    double.serve("GET", "/bucket/key", reply)
    return replies


def an_object(driver, size):
    return Object("key", size, None, {}, {}, bucket(driver), driver)


def test_download_as_stream_resumes_where_it_broke(double, amazon):
    ranges = truncated(double, b"0123456789", f'"{ABC_MD5}"', 4)
    stream = amazon.download_object_as_stream(an_object(amazon, 10))
    assert b"".join(stream) == b"0123456789"
    assert ranges == [None, "bytes=4-9"]
    assert double.requests[1].headers["If-Match"] == f'"{ABC_MD5}"'


def test_download_range_as_stream_resumes_where_it_broke(double, amazon):
    ranges = truncated(double, b"0123456789", f'"{ABC_MD5}"', 2)
    stream = amazon.download_object_range_as_stream(an_object(amazon, 10), 3, 9)
    assert b"".join(stream) == b"345678"
    assert ranges == ["bytes=3-8", "bytes=5-8"]


def test_download_that_stays_truncated_leaves_the_old_file(double, amazon, tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"old")

    def cut(request):
        return answer(200, headers={"ETag": '"x"', "Content-Length": "10"}, body=iter([b"0123"]))

    double.serve("GET", "/bucket/key", cut)
    amazon.part_size = 100
    with pytest.raises(LibcloudError):
        amazon.download_object(an_object(amazon, 10), str(target), overwrite_existing=True)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["target"]


def test_download_of_other_bytes_is_noticed_by_the_md5(double, amazon, tmp_path):
    amazon.part_size = 100
    double.on("GET", "/bucket/key").reply(body=b"abd", headers={"ETag": f'"{ABC_MD5}"'})
    with pytest.raises(ObjectHashMismatchError):
        amazon.download_object(an_object(amazon, 3), str(tmp_path / "file"))
    assert os.listdir(tmp_path) == []


def test_download_of_an_object_that_changes_meanwhile(double, amazon, tmp_path):
    first = {
        "ETag": '"one"',
        "Content-Length": "4",
        "Content-Range": "bytes 0-3/10",
    }
    double.on("GET", "/bucket/key", headers={"Range": "bytes=0-3"}).reply(
        206, headers=first, body=b"0123"
    )
    double.on("GET", "/bucket/key", headers={"If-Match": '"one"'}).reply(
        412, text=error("PreconditionFailed")
    )
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(ConflictError):
        amazon.download_object(an_object(amazon, 10), str(tmp_path / "file"), True)
    assert (tmp_path / "file").read_bytes() == b"old"


def test_download_of_an_object_that_was_emptied_since(double, amazon, tmp_path):
    double.on("GET", "/bucket/key", headers={"Range": "bytes=0-3"}).reply(
        416, text=error("InvalidRange")
    )
    double.on("GET", "/bucket/key").reply(headers={"ETag": '"d41d8cd98f00b204e9800998ecf8427e"'})
    amazon.download_object(an_object(amazon, 10), str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b""


def test_download_of_a_compressed_object_gives_what_is_stored(driver, container, boto, tmp_path):
    import gzip

    data = gzip.compress(b"content" * 100)
    boto.put_object(Bucket=container.name, Key="gz", Body=data, ContentEncoding="gzip")
    obj = driver.get_object(container.name, "gz")
    assert obj.size == len(data)
    assert b"".join(driver.download_object_as_stream(obj)) == data
    driver.download_object(obj, str(tmp_path / "gz"))
    assert (tmp_path / "gz").read_bytes() == data


def test_download_ended_by_its_progress_callback(driver, large, faults, tmp_path):
    obj, _ = large

    def stop(done, total):
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError):
        driver.download_object(obj, str(tmp_path / "file"), progress=stop)
    assert os.listdir(tmp_path) == []
    assert not [t for t in threading.enumerate() if t.name.startswith("libcloud-worker")]


# --- memory and order -----------------------------------------------------------------------------


def test_upload_and_download_hold_only_a_few_parts(double, tmp_path):
    double.spec = None
    driver = double.attach(S3StorageDriver("AKIDEXAMPLE", "secret"))
    driver.part_size = MIB
    size, block = 64 * MIB, bytes(MIB)
    double._requests = Forgetful()
    double.on("POST", "/bucket/key", query={"uploads": ""}).reply(
        text="<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    )
    double.on("PUT", "/bucket/key", query=includes({"uploadId": ["u"]})).reply(
        headers={"ETag": '"x"'}
    )
    double.on("POST", "/bucket/key", query={"uploadId": "u"}).reply(
        text="<CompleteMultipartUploadResult><ETag>x-64</ETag></CompleteMultipartUploadResult>"
    )

    def range_of(request):
        start, _, end = request.headers["Range"].removeprefix("bytes=").partition("-")
        headers = {"ETag": '"x-64"', "Content-Range": f"bytes {start}-{end}/{size}"}
        return answer(206, headers=headers, body=bytes(int(end) - int(start) + 1))

    double.serve("GET", "/bucket/key", range_of)
    tracemalloc.start()
    try:
        container = bucket(driver)
        obj = driver.upload_object_via_stream((block for _ in range(64)), container, "key")
        driver.download_object(obj, str(tmp_path / "file"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert os.path.getsize(tmp_path / "file") == size
    # Four parts under way, the one that is read included, and the copies that the double makes.
    assert peak < 12 * MIB, f"{peak / MIB:.1f} MiB"


class Forgetful(list):
    """Keeps the double from remembering all that it was sent."""

    def append(self, item):
        pass


def test_download_cut_off_by_the_network_leaves_the_old_file(tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"old")
    with FaultServer([truncate(b"0123", 10)]) as server:
        driver = S3StorageDriver(
            "key", "secret", host="127.0.0.1", port=server.port, secure=False, retry=None
        )
        with pytest.raises(NetworkError):
            driver.download_object(an_object(driver, 10), str(target), overwrite_existing=True)
        with pytest.raises(NetworkError):
            list(driver.download_object_as_stream(an_object(driver, 10)))
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["target"]


def test_parts_can_be_intercepted():
    data = bytes(range(256)) * 10_000
    uploads = (
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    )
    completed = "<CompleteMultipartUploadResult><ETag>x-3</ETag></CompleteMultipartUploadResult>"
    driver = S3StorageDriver("AKIDEXAMPLE", "secret")
    driver.part_size = MIB
    with requests_mock.Mocker() as mocker:
        mocker.post("/bucket/key?uploads=", text=uploads)
        mocker.put("/bucket/key", headers={"ETag": '"x"'})
        mocker.post("/bucket/key?uploadId=u", text=completed)
        driver.upload_object_via_stream(pieces(data), bucket(driver), "key")
        parts = {r.qs["partnumber"][0]: r.body for r in mocker.request_history if r.method == "PUT"}
    # All of them are kept to the end: what was sent must not have changed since.
    assert b"".join(b"".join(parts[number]) for number in sorted(parts)) == data
    assert sorted(parts) == ["1", "2", "3"]
