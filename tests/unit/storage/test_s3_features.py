"""
Versions, tags, ACLs and copies of S3.

On moto, where boto3 says what is really there; what moto cannot show is written from the reference,
and judged by botocore's description of S3.
"""

from __future__ import annotations

import uuid

import pytest

from libcloud.common.errors import ConflictError, MalformedResponseError, ResourceNotFoundError
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.storage.types import ObjectDoesNotExistError
from libcloud.testing.http import HTTPDouble, includes
from libcloud.testing.specs import aws
from tests.conformance.test_storage_s3 import boto_client

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
MIB = 1024 * 1024


@pytest.fixture
def driver(moto_server):
    return S3StorageDriver(
        moto_server.key,
        moto_server.secret,
        host=moto_server.host,
        port=moto_server.port,
        secure=False,
        retry_delay=0.001,
    )


@pytest.fixture
def boto(moto_server):
    return boto_client(moto_server.url, moto_server.key, moto_server.secret, moto_server.region)


@pytest.fixture
def container(driver):
    return driver.create_container(f"features-{uuid.uuid4().hex[:12]}")


@pytest.fixture
def double():
    with HTTPDouble(spec=aws("s3")) as double:
        yield double


@pytest.fixture
def amazon(double):
    return double.attach(S3StorageDriver("AKIDEXAMPLE", "secret", retry_delay=0.001))


@pytest.fixture
def bucket(amazon):
    return Container("bucket", {}, amazon)


def put(container, data, name="key", **extra):
    return container.upload_object_via_stream(iter([data]), name, extra=extra)


# --- versions -------------------------------------------------------------------------------------


def test_versioning_is_switched_on_and_off(driver, container, boto):
    assert driver.ex_set_container_versioning(container, True)
    assert driver.ex_get_container_versioning(container) == "Enabled"
    assert boto.get_bucket_versioning(Bucket=container.name)["Status"] == "Enabled"
    driver.ex_set_container_versioning(container, False)
    assert driver.ex_get_container_versioning(container) == "Suspended"


def test_versioning_that_never_was_on(double, amazon, bucket):
    double.on("GET", "/bucket", query={"versioning": ""}).reply(
        text=f"<VersioningConfiguration {XMLNS}/>"
    )
    assert amazon.ex_get_container_versioning(bucket) is None


def test_versions_are_listed_read_and_deleted(driver, container, tmp_path):
    driver.ex_set_container_versioning(container, True)
    for data in (b"old", b"older still", b"new"):
        obj = put(container, data, "a +日")
    put(container, b"other", "b")
    newest, middle, oldest = driver.ex_iterate_object_versions(container, prefix="a")
    assert [(v.name, v.size) for v in (newest, middle, oldest)] == [
        ("a +日", 3),
        ("a +日", 11),
        ("a +日", 3),
    ]
    assert [v.extra["is_latest"] for v in (newest, middle, oldest)] == [True, False, False]
    assert (
        driver.get_object(container.name, obj.name).extra["version_id"]
        == (newest.extra["version_id"])
    )
    of_middle = {"ex_version_id": middle.extra["version_id"]}
    assert driver.get_object(container.name, obj.name, **of_middle).size == 11
    assert b"".join(driver.download_object_as_stream(obj, **of_middle)) == b"older still"
    part = driver.download_object_range_as_stream(obj, 6, 11, **of_middle)
    assert b"".join(part) == b"still"
    driver.download_object(obj, str(tmp_path / "file"), **of_middle)
    assert (tmp_path / "file").read_bytes() == b"older still"
    driver.download_object_range(obj, str(tmp_path / "part"), 0, 5, **of_middle)
    assert (tmp_path / "part").read_bytes() == b"older"
    copy = driver.ex_copy_object(obj, object_name="copy", **of_middle)
    assert b"".join(copy.as_stream()) == b"older still"

    driver.delete_object(obj, **of_middle)
    with pytest.raises(ObjectDoesNotExistError):
        driver.get_object(container.name, obj.name, **of_middle)
    assert b"".join(obj.as_stream()) == b"new"


def test_version_that_a_deletion_left_is_a_marker(driver, container):
    driver.ex_set_container_versioning(container, True)
    obj = put(container, b"abc")
    driver.delete_object(obj)
    with pytest.raises(ObjectDoesNotExistError):
        driver.get_object(container.name, "key")
    marker, version = sorted(
        driver.ex_iterate_object_versions(container), key=lambda v: not v.extra["is_delete_marker"]
    )
    assert (marker.extra["is_delete_marker"], marker.extra["is_latest"]) == (True, True)
    assert (version.extra["is_delete_marker"], version.extra["is_latest"]) == (False, False)
    driver.delete_object(obj, ex_version_id=marker.extra["version_id"])
    assert b"".join(obj.as_stream()) == b"abc"


def versions_page(entries, more="", truncated="false"):
    return (
        f"<ListVersionsResult {XMLNS}><Name>bucket</Name><EncodingType>url</EncodingType>"
        f"<IsTruncated>{truncated}</IsTruncated>{more}{entries}</ListVersionsResult>"
    )


def version(key, version_id):
    return (
        f"<Version><Key>{key}</Key><VersionId>{version_id}</VersionId><IsLatest>true</IsLatest>"
        "<LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
        "<Size>3</Size><StorageClass>STANDARD</StorageClass></Version>"
    )


def test_versions_come_in_pages(double, amazon, bucket):
    always = {"versions": "", "encoding-type": "url"}
    double.on("GET", "/bucket", query=always).reply(
        text=versions_page(
            version("a%2Bb", "1"),
            "<NextKeyMarker>a%2Bb</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>",
            "true",
        )
    )
    second = double.on(
        "GET", "/bucket", query={**always, "key-marker": "a+b", "version-id-marker": "1"}
    ).reply(text=versions_page(version("c", "null")))
    versions = amazon.ex_iterate_object_versions(bucket)
    assert next(versions).name == "a+b"
    assert second.calls == 0
    assert [(v.name, v.extra["version_id"]) for v in versions] == [("c", "null")]


def test_versions_that_cannot_go_on_are_malformed(double, amazon, bucket):
    double.on("GET", "/bucket", query=includes({"versions": [""]})).reply(
        text=versions_page(version("a", "1"), truncated="true")
    )
    with pytest.raises(MalformedResponseError):
        list(amazon.ex_iterate_object_versions(bucket))


# --- tags -----------------------------------------------------------------------------------------


def test_tags_of_objects_come_back(driver, container, boto):
    obj = put(container, b"abc", "a b")
    assert driver.ex_get_object_tags(obj) == {}
    tags = {"project": "x = y", "größe": "", "k": "1"}
    assert driver.ex_set_object_tags(obj, tags)
    assert driver.ex_get_object_tags(obj) == tags
    seen = boto.get_object_tagging(Bucket=container.name, Key="a b")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in seen} == tags
    driver.ex_set_object_tags(obj, {})
    assert driver.ex_get_object_tags(obj) == {}


def test_tags_go_with_an_upload(driver, container):
    obj = container.upload_object_via_stream(
        iter([b"abc"]), "key", headers={"x-amz-tagging": "a=1&b=c%20d"}
    )
    assert driver.ex_get_object_tags(obj) == {"a": "1", "b": "c d"}


def test_tags_of_containers_come_back(driver, container, boto):
    assert driver.ex_get_container_tags(container) == {}
    driver.ex_set_container_tags(container, {"team": "night"})
    assert driver.ex_get_container_tags(container) == {"team": "night"}
    assert boto.get_bucket_tagging(Bucket=container.name)["TagSet"] == [
        {"Key": "team", "Value": "night"}
    ]
    driver.ex_set_container_tags(container, {})
    assert driver.ex_get_container_tags(container) == {}


def test_tags_of_what_does_not_exist(driver, container):
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_object_tags(Object("none", 0, None, {}, {}, container, driver))
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_container_tags(Container("features-none", {}, driver))


def test_tags_are_set_as_the_reference_says(double, amazon, bucket):
    double.on(
        "PUT",
        "/bucket/key",
        query={"tagging": ""},
        xml=f"<Tagging {XMLNS}><TagSet><Tag><Key>a&amp;b</Key><Value>1</Value></Tag></TagSet>"
        "</Tagging>",
    ).reply()
    obj = Object("key", 3, None, {}, {}, bucket, amazon)
    assert amazon.ex_set_object_tags(obj, {"a&b": "1"})


# --- ACLs -----------------------------------------------------------------------------------------

EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"


def test_acl_of_an_object_is_set_and_read(driver, container):
    obj = put(container, b"abc", acl="private")
    assert not [grant for grant in driver.ex_get_object_acl(obj) if grant["uri"]]
    assert driver.ex_set_object_acl(obj, "public-read")
    grants = driver.ex_get_object_acl(obj)
    assert {"permission": "READ", "id": None, "name": None, "uri": EVERYBODY} in grants
    assert [grant["permission"] for grant in grants if grant["id"]] == ["FULL_CONTROL"]


def test_acl_of_a_container_is_set_and_read(driver, container):
    assert driver.ex_set_container_acl(container, "public-read")
    grants = driver.ex_get_container_acl(container)
    assert [grant["permission"] for grant in grants if grant["uri"] == EVERYBODY] == ["READ"]


def test_acl_of_what_does_not_exist(driver, container):
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_object_acl(Object("none", 0, None, {}, {}, container, driver))


# --- storage class and encryption -----------------------------------------------------------------


@pytest.mark.parametrize("size", [3, 6 * MIB])
def test_encryption_and_storage_class_are_those_asked_for(driver, container, boto, size):
    driver.part_size = 5 * MIB
    driver.upload_object_via_stream(
        iter([bytes(size)]),
        container,
        "key",
        headers={
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": "alias/mine",
        },
        ex_storage_class="standard_ia",
    )
    extra = driver.get_object(container.name, "key").extra
    assert (extra["server_side_encryption"], extra["storage_class"]) == ("aws:kms", "STANDARD_IA")
    assert boto.head_object(Bucket=container.name, Key="key")["SSEKMSKeyId"] == "alias/mine"


# --- copies in parts ------------------------------------------------------------------------------


def test_copy_of_a_large_object_is_in_parts(driver, container, boto):
    data = bytes(range(256)) * (12 * MIB // 256)
    source = container.upload_object_via_stream(
        iter([data]),
        "source +日",
        extra={"content_type": "text/x-source", "meta_data": {"who": "büro"}},
        headers={"Cache-Control": "no-store"},
    )
    driver.ex_copy_limit = 10 * MIB
    driver.max_parts = 2  # so that the parts are of 6 MiB
    copy = driver.ex_copy_object(source, object_name="copy")
    assert copy.hash.endswith("-2")
    assert copy.meta_data == {"who": "büro"}
    assert (copy.extra["content_type"], copy.extra["cache_control"]) == (
        "text/x-source",
        "no-store",
    )
    assert boto.get_object(Bucket=container.name, Key="copy")["Body"].read() == data


def test_copy_in_parts_that_fails_leaves_nothing(double, amazon, bucket):
    amazon.ex_copy_limit = 20
    double.on("HEAD", "/bucket/key").reply(headers={"Content-Length": "21", "ETag": '"e"'})
    double.on("POST", "/bucket/copy", query={"uploads": ""}).reply(
        text=f"<InitiateMultipartUploadResult {XMLNS}><Bucket>bucket</Bucket><Key>copy</Key>"
        "<UploadId>u</UploadId></InitiateMultipartUploadResult>"
    )
    double.on(
        "PUT",
        "/bucket/copy",
        query=includes({"uploadId": ["u"]}),
        headers={"x-amz-copy-source": "/bucket/key", "x-amz-copy-source-if-match": '"e"'},
    ).reply(412, text="<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>")
    aborted = double.on("DELETE", "/bucket/copy", query={"uploadId": "u"}).reply(204)
    with pytest.raises(ConflictError):
        amazon.ex_copy_object(Object("key", 21, None, {}, {}, bucket, amazon), object_name="copy")
    assert aborted.calls == 1
