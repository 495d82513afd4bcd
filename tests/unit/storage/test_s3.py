"""
The S3 driver against answers written from the S3 API reference.

botocore's description of S3 judges each request and each answer.
https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest

from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    InvalidCredsError,
    InvalidRequestError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    UnsupportedOperation,
)
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers import s3
from libcloud.storage.drivers.s3 import (
    BaseS3Connection,
    BucketInOtherRegionError,
    S3EUWestStorageDriver,
    S3StorageDriver,
    host_of_region,
)
from libcloud.storage.drivers.s3.metadata import meta_data_from_headers, meta_data_headers
from libcloud.storage.drivers.s3.regions import region_in_host
from libcloud.storage.providers import get_driver
from libcloud.storage.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
    ObjectError,
    ObjectHashMismatchError,
    Provider,
)
from libcloud.testing.http import ANY, HTTPDouble, includes
from libcloud.testing.specs import aws

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
ABC_MD5 = "900150983cd24fb0d6963f7d28e17f72"


@pytest.fixture
def double():
    with HTTPDouble(spec=aws("s3")) as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(S3StorageDriver("AKIDEXAMPLE", "secret", region="us-west-2"))


@pytest.fixture
def container(driver):
    return Container("bucket", {}, driver)


def an_object(driver, name="key", size=3, etag=ABC_MD5):
    return Object(name, size, etag, {}, {}, Container("bucket", {}, driver), driver)


def error(code, message="What went wrong.", more=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>'
        f"<Message>{message}</Message>{more}<RequestId>4442587FB7D0A2F9</RequestId>"
        "<HostId>abc</HostId></Error>"
    )


# --- containers -----------------------------------------------------------------------------------


def test_iterate_containers_reads_names_and_dates(double, driver):
    double.on("GET", "/").reply(
        text=f"<ListAllMyBucketsResult {XMLNS}><Owner><ID>1</ID></Owner><Buckets>"
        "<Bucket><CreationDate>2019-12-11T23:32:47+00:00</CreationDate><Name>one</Name></Bucket>"
        "<Bucket><CreationDate>2019-11-10T23:32:13+00:00</CreationDate><Name>two</Name></Bucket>"
        "</Buckets></ListAllMyBucketsResult>"
    )
    containers = driver.list_containers()
    assert [c.name for c in containers] == ["one", "two"]
    assert containers[0].extra == {"creation_date": "2019-12-11T23:32:47+00:00"}


def test_iterate_containers_follows_the_token(double, driver):
    page = (
        "<ListAllMyBucketsResult {}><Buckets><Bucket><Name>{}</Name></Bucket></Buckets>{}"
        "</ListAllMyBucketsResult>"
    )
    token = "<ContinuationToken>t+1</ContinuationToken>"
    double.on("GET", "/").reply(text=page.format(XMLNS, "one", token))
    double.on("GET", "/", query={"continuation-token": "t+1"}).reply(
        text=page.format(XMLNS, "two", "")
    )
    assert [c.name for c in driver.iterate_containers()] == ["one", "two"]


def test_iterate_containers_of_another_document_is_malformed(double, driver):
    double.spec = None
    double.on("GET", "/").reply(text="<html><body>Welcome</body></html>")
    with pytest.raises(MalformedResponseError):
        driver.list_containers()


def test_get_container_tells_its_region(double, driver):
    double.on("HEAD", "/bucket").reply(headers={"x-amz-bucket-region": "us-west-2"})
    container = driver.get_container("bucket")
    assert (container.name, container.extra) == ("bucket", {"region": "us-west-2"})


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, ContainerDoesNotExistError), (403, PermissionDeniedError), (400, ProviderError)],
)
def test_get_container_without_a_body_goes_by_the_status(double, driver, status, expected):
    double.spec = None  # an error without any code
    double.on("HEAD", "/bucket").reply(status)
    with pytest.raises(expected) as caught:
        driver.get_container("bucket")
    assert caught.value.http_code == status


def test_create_container_names_the_region(double, driver):
    double.on(
        "PUT",
        "/bucket",
        xml=f"<CreateBucketConfiguration {XMLNS}><LocationConstraint>us-west-2"
        "</LocationConstraint></CreateBucketConfiguration>",
    ).reply(headers={"Location": "/bucket"})
    assert driver.create_container("bucket").name == "bucket"


def test_create_container_in_us_east_1_looks_first(double):
    driver = double.attach(S3StorageDriver("AKIDEXAMPLE", "secret"))
    double.spec = None
    double.on("HEAD", "/bucket").reply(404).reply(403).reply(200)
    double.on("PUT", "/bucket", body=b"").reply().reply(409, text=error("BucketAlreadyExists"))
    driver.create_container("bucket")
    for _ in range(2):  # somebody else's, then one's own
        with pytest.raises(ContainerAlreadyExistsError):
            driver.create_container("bucket")
    assert [r.method for r in double.requests] == ["HEAD", "PUT", "HEAD", "PUT", "HEAD"]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (409, "BucketAlreadyExists", ContainerAlreadyExistsError),
        (409, "BucketAlreadyOwnedByYou", ContainerAlreadyExistsError),
        (400, "InvalidBucketName", InvalidContainerNameError),
        (400, "TooManyBuckets", QuotaExceededError),
        (409, "OperationAborted", ConflictError),
        (400, "IllegalLocationConstraintException", BaseHTTPError),
    ],
)
def test_create_container_errors(double, driver, status, code, expected):
    double.on("PUT", "/bucket").reply(status, text=error(code))
    with pytest.raises(expected) as caught:
        driver.create_container("bucket")
    assert caught.value.provider_code == code
    assert caught.value.http_code == status
    assert caught.value.request_id == "4442587FB7D0A2F9"
    assert caught.value.driver is driver


def test_create_container_without_a_name_sends_nothing(driver):
    for name in ("", None):
        with pytest.raises(InvalidContainerNameError):
            driver.create_container(name)


def test_delete_container_that_is_not_empty(double, driver, container):
    double.on("DELETE", "/bucket").reply(409, text=error("BucketNotEmpty")).reply(204)
    with pytest.raises(ContainerIsNotEmptyError) as caught:
        driver.delete_container(container)
    assert caught.value.container_name == "bucket"
    assert isinstance(caught.value.__cause__, ProviderError)
    assert driver.delete_container(container) is True


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "InvalidAccessKeyId", InvalidCredsError),
        (403, "SignatureDoesNotMatch", InvalidCredsError),
        (403, "RequestTimeTooSkewed", InvalidCredsError),
        (400, "ExpiredToken", InvalidCredsError),
        (403, "AccessDenied", PermissionDeniedError),
        (405, "MethodNotAllowed", BaseHTTPError),
    ],
)
def test_errors_have_class_code_and_request(double, driver, status, code, expected):
    double.on("GET", "/").reply(status, text=error(code))
    with pytest.raises(expected) as caught:
        driver.list_containers()
    assert caught.value.provider_code == code
    assert caught.value.request_id == "4442587FB7D0A2F9"
    assert code in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (503, "SlowDown", RateLimitReachedError),
        (503, "ServiceUnavailable", ServiceUnavailableError),
        (500, "InternalError", ServiceUnavailableError),
    ],
)
def test_errors_that_pass_are_retried(double, driver, status, code, expected):
    driver.connection.retry_delay = 0.001
    listing = f"<ListAllMyBucketsResult {XMLNS}><Buckets/></ListAllMyBucketsResult>"
    double.on("GET", "/").reply(status, text=error(code)).reply(text=listing)
    assert driver.list_containers() == []
    double.on("GET", "/broken", query=ANY).reply(status, text=error(code))
    with pytest.raises(expected):
        driver.list_container_objects(Container("broken", {}, driver))
    assert len(double.requests) == 2 + driver.connection.retry.attempts


def test_error_page_of_a_proxy_goes_by_the_status(double, driver):
    double.spec = None
    double.on("GET", "/bucket", query=ANY).reply(404, text="<html><p>Not found</html>")
    with pytest.raises(ContainerDoesNotExistError):
        driver.list_container_objects(Container("bucket", {}, driver))


def test_connection_lets_old_statuses_through(double, driver):
    double.on("GET", "/bucket/key").reply(404, text=error("NoSuchKey"))
    response = driver.connection.request("/bucket/key")
    assert response.status == 404
    assert response.object.findtext("Code") == "NoSuchKey"


def test_operations_without_an_equal_in_s3_are_unsupported(driver, container):
    with pytest.raises(UnsupportedOperation):
        driver.get_container_cdn_url(container)
    with pytest.raises(UnsupportedOperation):
        driver.enable_container_cdn(container)


# --- listings -------------------------------------------------------------------------------------


def contents(key, size=3):
    return (
        f"<Contents><Key>{key}</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>"
        f"<ETag>&quot;{ABC_MD5}&quot;</ETag><Size>{size}</Size>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
    )


def listing(entries, more="", truncated="false"):
    return (
        f"<ListBucketResult {XMLNS}><Name>bucket</Name><Prefix/><MaxKeys>1000</MaxKeys>"
        f"<EncodingType>url</EncodingType><IsTruncated>{truncated}</IsTruncated>{more}{entries}"
        "</ListBucketResult>"
    )


def test_iterate_objects_reads_all_pages_lazily(double, driver, container):
    first = {"list-type": "2", "encoding-type": "url"}
    double.on("GET", "/bucket", query=first).reply(
        text=listing(contents("a"), "<NextContinuationToken>1ueG/=</NextContinuationToken>", "true")
    )
    second = double.on("GET", "/bucket", query={**first, "continuation-token": "1ueG/="}).reply(
        text=listing(contents("b"))
    )
    objects = driver.iterate_container_objects(container)
    obj = next(objects)
    assert (obj.name, obj.size, obj.hash) == ("a", 3, ABC_MD5)
    assert obj.extra == {
        "last_modified": "2009-10-12T17:50:30.000Z",
        "etag": f'"{ABC_MD5}"',
        "storage_class": "STANDARD",
    }
    assert second.calls == 0
    assert [o.name for o in objects] == ["b"]


def test_iterate_objects_decodes_names(double, driver, container):
    double.on("GET", "/bucket", query=ANY).reply(
        text=listing(contents("a+b%2Bc%26d/%0A%E6%97%A5%25"))
    )
    assert [o.name for o in driver.list_container_objects(container)] == ["a b+c&d/\n日%"]


def test_iterate_objects_leaves_names_alone_that_are_not_encoded(double, driver, container):
    double.on("GET", "/bucket", query=ANY).reply(
        text=listing(contents("a+b%2B")).replace("<EncodingType>url</EncodingType>", "")
    )
    assert [o.name for o in driver.list_container_objects(container)] == ["a+b%2B"]


@pytest.mark.parametrize("spelling", ["prefix", "ex_prefix"])
def test_iterate_objects_by_prefix(double, driver, container, spelling):
    double.on("GET", "/bucket", query=includes({"prefix": ["a b/"]})).reply(text=listing(""))
    assert driver.list_container_objects(container, **{spelling: "a b/"}) == []


def test_iterate_objects_of_a_server_that_knows_only_version_1(double, driver, container):
    double.spec = None
    page = double.on("GET", "/bucket", query=ANY)
    page.reply(text=listing(contents("a+1"), truncated="true")).reply(text=listing(contents("b")))
    assert [o.name for o in driver.list_container_objects(container)] == ["a 1", "b"]
    assert double.requests[1].query["marker"] == ["a 1"]


def test_iterate_objects_that_cannot_go_on_is_malformed(double, driver, container):
    double.on("GET", "/bucket", query=ANY).reply(text=listing("", truncated="true"))
    with pytest.raises(MalformedResponseError):
        driver.list_container_objects(container)


def test_iterate_objects_of_missing_container(double, driver, container):
    double.on("GET", "/bucket", query=ANY).reply(404, text=error("NoSuchBucket"))
    with pytest.raises(ContainerDoesNotExistError):
        next(driver.iterate_container_objects(container))


# --- objects --------------------------------------------------------------------------------------


def test_get_object_reads_the_headers(double, driver):
    double.on("HEAD", "/bucket/key", headers={"Accept-Encoding": "identity"}).reply(
        headers={
            "Content-Length": "3",
            "Content-Type": "text/plain",
            "Content-Encoding": "gzip",
            "Cache-Control": "no-cache",
            "ETag": f'"{ABC_MD5}"',
            "Last-Modified": "Wed, 12 Oct 2009 17:50:00 GMT",
            "x-amz-meta-Colour": "blue",
            "x-amz-storage-class": "STANDARD_IA",
            "x-amz-version-id": "v1",
        }
    )
    obj = driver.get_object("bucket", "key")
    assert (obj.name, obj.size, obj.hash, obj.container.name) == ("key", 3, ABC_MD5, "bucket")
    assert obj.meta_data == {"colour": "blue"}
    assert obj.extra == {
        "content_type": "text/plain",
        "content_encoding": "gzip",
        "cache_control": "no-cache",
        "etag": f'"{ABC_MD5}"',
        "last_modified": "Wed, 12 Oct 2009 17:50:00 GMT",
        "storage_class": "STANDARD_IA",
        "version_id": "v1",
    }


def test_get_object_that_is_missing(double, driver):
    double.spec = None
    double.on("HEAD", "/bucket/key").reply(404)
    with pytest.raises(ObjectDoesNotExistError) as caught:
        driver.get_object("bucket", "key")
    assert caught.value.object_name == "key"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("dir//x", "dir//x"),
        ("./dot", "./dot"),
        ("../x", "../x"),
        ("/leading", "/leading"),
        ("trailing/", "trailing/"),
        ("a b+c&d=e", "a%20b%2Bc%26d%3De"),
        ("q?x#y", "q%3Fx%23y"),
        ("per%20cent", "per%2520cent"),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        ("new\nline", "new%0Aline"),
    ],
)
def test_names_go_to_the_wire_unchanged(double, driver, name, path):
    double.on("HEAD", f"/bucket/{path}").reply(headers={"Content-Length": "0"})
    assert driver.get_object("bucket", name).name == name


def test_object_without_a_name_never_reaches_the_container(driver, container):
    nameless = an_object(driver, name="")
    for call in (
        lambda: driver.delete_object(nameless),
        lambda: driver.get_object("bucket", ""),
        lambda: driver.upload_object_via_stream(iter([b"x"]), container, ""),
        lambda: driver.download_object_as_stream(nameless),
        lambda: driver.get_object_cdn_url(nameless),
    ):
        with pytest.raises(ObjectError):
            call()


def test_delete_object(double, driver):
    double.on("DELETE", "/bucket/a%20b").reply(204)
    assert driver.delete_object(an_object(driver, "a b")) is True


def test_copy_object_names_its_source_encoded(double, driver):
    double.on(
        "PUT", "/other/copy", headers={"x-amz-copy-source": "/bucket/a%20%2B%E6%97%A5"}
    ).reply(
        text=f'<CopyObjectResult {XMLNS}><ETag>"{ABC_MD5}"</ETag>'
        "<LastModified>2009-10-12T17:50:30.000Z</LastModified></CopyObjectResult>"
    )
    double.on("HEAD", "/other/copy").reply(headers={"Content-Length": "3", "ETag": f'"{ABC_MD5}"'})
    copied = driver.ex_copy_object(
        an_object(driver, "a +日"), Container("other", {}, driver), "copy"
    )
    assert (copied.name, copied.container.name, copied.size) == ("copy", "other", 3)


def test_copy_object_that_fails_after_status_200(double, driver):
    driver.connection.retry_delay = 0.001
    double.spec = None
    double.on("PUT", "/bucket/copy").reply(200, text=error("InternalError"))
    with pytest.raises(ServiceUnavailableError) as caught:
        driver.ex_copy_object(an_object(driver), object_name="copy")
    assert caught.value.provider_code == "InternalError"
    assert len(double.requests) == driver.connection.retry.attempts


# --- metadata -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "blue",
        "",
        "grün",
        "日本語" * 40,
        " spaces around ",
        "two\r\nlines",
        "=?UTF-8?B?YQ==?=",
        "tab\tinside",
        "🙂" * 30,
    ],
)
def test_metadata_of_all_kinds_comes_back(text):
    headers = meta_data_headers({"Name": text}, "x-amz-meta-")
    (value,) = headers.values()
    assert value.isascii()
    assert value.isprintable()
    assert all(len(word) <= 75 for word in value.split(" ")) or value == text
    assert meta_data_from_headers({"X-Amz-Meta-name": value}, "x-amz-meta-") == {"name": text}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("=?UTF-8?Q?gr=C3=BCn?=", "grün"),
        ("=?UTF-8?B?Z3LDvG4=?= =?UTF-8?B?Z3LDvG4=?=", "grüngrün"),
        ("grün".encode().decode("latin-1"), "grün"),
        ("\xfc", "\xfc"),
        ("=?no-such-charset?B?YQ==?=", "=?no-such-charset?B?YQ==?="),
    ],
)
def test_metadata_of_other_clients_is_read(sent, expected):
    assert meta_data_from_headers({"x-amz-meta-a": sent}, "x-amz-meta-") == {"a": expected}


@pytest.mark.parametrize("name", ["grün", "a b", "", "a:b", "a\nb"])
def test_metadata_names_that_no_header_can_have_are_refused(driver, container, name):
    with pytest.raises(InvalidRequestError):
        driver.upload_object_via_stream(
            iter([b"x"]), container, "key", extra={"meta_data": {name: "x"}}
        )


# --- regions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "s3.amazonaws.com"),
        ("us-west-2", "s3-us-west-2.amazonaws.com"),
        ("ap-southeast-7", "s3.ap-southeast-7.amazonaws.com"),
        ("mx-central-1", "s3.mx-central-1.amazonaws.com"),
        ("cn-north-9", "s3.cn-north-9.amazonaws.com.cn"),
        ("us-gov-west-1", "s3-us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", "s3.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "s3.us-isob-east-1.sc2s.sgov.gov"),
        ("eusc-de-east-1", "s3.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_host_of_region(region, host):
    assert host_of_region(region) == host
    assert S3StorageDriver("key", "secret", region=region).connection.host == host
    assert region_in_host(f"bucket.{host}") == (None if region == "us-east-1" else region)


@pytest.mark.parametrize("region", ["mars", "us-east-1.example.com/", "", "US-EAST-1"])
def test_host_of_no_region(region):
    with pytest.raises(ValueError, match="Invalid or unsupported region"):
        host_of_region(region)


def test_constructor_takes_host_port_region_and_token():
    driver = S3StorageDriver(
        "key", "secret", secure=False, host="localhost", port=9000, region="sbg", token="t"
    )
    connection = driver.connection
    assert (connection.host, connection.port, connection.secure) == ("localhost", 9000, 0)
    assert (driver.region_name, connection.region(), connection.token) == ("sbg", "sbg", "t")
    assert driver.ex_location_name == "sbg"


def test_constructor_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="region"):
        S3StorageDriver("key", "secret", region="mars")
    with pytest.raises(ValueError, match="addressing_style"):
        S3StorageDriver("key", "secret", addressing_style="dns")


def test_constructor_does_not_import_what_is_slow():
    code = (
        "import sys; from libcloud.storage.drivers.s3 import S3StorageDriver as D; D('a', 'b');"
        "print([m for m in ('requests', 'lxml', 'urllib3', 'concurrent.futures', 'email', 'ssl')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("constant", "region"),
    [
        (Provider.S3, "us-east-1"),
        (Provider.S3_US_EAST2, "us-east-2"),
        (Provider.S3_US_WEST, "us-west-1"),
        (Provider.S3_US_WEST_OREGON, "us-west-2"),
        (Provider.S3_US_GOV_WEST, "us-gov-west-1"),
        (Provider.S3_CN_NORTH, "cn-north-1"),
        (Provider.S3_CN_NORTHWEST, "cn-northwest-1"),
        (Provider.S3_EU_WEST, "eu-west-1"),
        (Provider.S3_EU_WEST2, "eu-west-2"),
        (Provider.S3_EU_WEST3, "eu-west-3"),
        (Provider.S3_EU_CENTRAL, "eu-central-1"),
        (Provider.S3_EU_NORTH1, "eu-north-1"),
        (Provider.S3_AP_SOUTHEAST, "ap-southeast-1"),
        (Provider.S3_AP_SOUTHEAST2, "ap-southeast-2"),
        (Provider.S3_AP_NORTHEAST, "ap-northeast-1"),
        (Provider.S3_AP_NORTHEAST1, "ap-northeast-1"),
        (Provider.S3_AP_NORTHEAST2, "ap-northeast-2"),
        (Provider.S3_AP_SOUTH, "ap-south-1"),
        (Provider.S3_SA_EAST, "sa-east-1"),
        (Provider.S3_CA_CENTRAL, "ca-central-1"),
    ],
)
def test_each_constant_is_a_region(constant, region):
    driver = get_driver(constant)("key", "secret")
    assert driver.region_name == driver.connection.region() == region
    assert driver.connection.host == host_of_region(region)
    assert driver.name == f"Amazon S3 ({region})"
    assert region in S3StorageDriver.list_regions()


def test_location_of_the_oldest_region_keeps_its_name():
    assert S3EUWestStorageDriver("key", "secret").ex_location_name == "EU"
    assert s3.S3USEast2StorageDriver("key", "secret", region="us-east-1").ex_location_name == ""


MOVED = [
    (
        "header",
        301,
        {"x-amz-bucket-region": "eu-west-1"},
        error("PermanentRedirect", more="<Endpoint>bucket.s3.amazonaws.com</Endpoint>"),
    ),
    (
        "endpoint",
        301,
        {},
        error("PermanentRedirect", more="<Endpoint>bucket.s3-eu-west-1.amazonaws.com</Endpoint>"),
    ),
    (
        "temporary",
        307,
        {"Location": "https://bucket.s3.eu-west-1.amazonaws.com/key"},
        error("TemporaryRedirect", more="<Endpoint>bucket.s3.eu-west-1.amazonaws.com</Endpoint>"),
    ),
    (
        "signature",
        400,
        {},
        error("AuthorizationHeaderMalformed", more="<Region>eu-west-1</Region>"),
    ),
]


@pytest.mark.parametrize(("kind", "status", "headers", "body"), MOVED, ids=[m[0] for m in MOVED])
def test_container_in_another_region_is_found_and_remembered(
    double, driver, kind, status, headers, body
):
    here, there = "https://s3-us-west-2.amazonaws.com", "https://s3-eu-west-1.amazonaws.com"
    lost = double.on("GET", f"{here}/bucket/key").reply(status, headers=headers, text=body)
    double.on("GET", f"{there}/bucket/key").reply(
        body=b"abc", headers={"ETag": f'"{ABC_MD5}"', "Content-Length": "3"}
    )
    for _ in range(2):
        assert b"".join(driver.download_object_as_stream(an_object(driver))) == b"abc"
    assert lost.calls == 1
    assert "/us-west-2/s3/" in double.requests[0].headers["Authorization"]
    for request in double.requests[1:]:
        assert "/eu-west-1/s3/" in request.headers["Authorization"]
        assert request.headers["Host"] == "s3-eu-west-1.amazonaws.com"
    url = driver.get_object_cdn_url(an_object(driver))
    assert url.startswith(f"{there}/bucket/key?")
    assert "eu-west-1" in url


def test_head_in_another_region_goes_by_the_header(double, driver):
    double.spec = None
    for status in (301, 400):
        name = f"bucket-{status}"
        double.on("HEAD", f"https://s3-us-west-2.amazonaws.com/{name}").reply(
            status, headers={"x-amz-bucket-region": "ap-southeast-7"}
        )
        double.on("HEAD", f"https://s3.ap-southeast-7.amazonaws.com/{name}").reply()
        assert driver.get_container(name).name == name


def test_upload_to_another_region_is_sent_again_whole(double, driver, container):
    double.on("PUT", "https://s3-us-west-2.amazonaws.com/bucket/key").reply(
        301, headers={"x-amz-bucket-region": "eu-west-1"}, text=error("PermanentRedirect")
    )
    double.on("PUT", "https://s3-eu-west-1.amazonaws.com/bucket/key", body=b"abc").reply(
        headers={"ETag": f'"{ABC_MD5}"'}
    )
    assert driver.upload_object_via_stream(iter([b"abc"]), container, "key").hash == ABC_MD5


@pytest.mark.parametrize("region", ["evil.example.com/", "us-west-2"])
def test_redirect_to_nowhere_is_an_error(double, driver, region):
    double.on("GET", "/bucket", query=ANY).reply(
        301, headers={"x-amz-bucket-region": region}, text=error("PermanentRedirect")
    )
    with pytest.raises(BucketInOtherRegionError) as caught:
        driver.list_container_objects(Container("bucket", {}, driver))
    assert caught.value.region == region
    assert {r.host for r in double.requests} == {"s3-us-west-2.amazonaws.com"}
    assert pickle.loads(pickle.dumps(caught.value)).region == region


def test_custom_host_is_asked_again_for_the_region_that_it_names(double):
    driver = double.attach(
        S3StorageDriver("AKIDEXAMPLE", "secret", host="localhost", port=9000, secure=False)
    )
    answers = double.on("HEAD", "http://localhost:9000/bucket/key")
    answers.reply(400, headers={"x-amz-bucket-region": "garage"})
    answers.reply(headers={"Content-Length": "0"})
    double.spec = None
    assert driver.get_object("bucket", "key").size == 0
    assert "/garage/s3/" in double.requests[1].headers["Authorization"]


def test_virtual_style_puts_the_container_into_the_host(double):
    driver = double.attach(
        S3StorageDriver("AKIDEXAMPLE", "secret", region="eu-west-3", addressing_style="virtual")
    )
    base = "https://bucket.s3-eu-west-3.amazonaws.com"
    double.on("HEAD", f"{base}/dir//x").reply(headers={"Content-Length": "1"})
    double.on("HEAD", f"{base}//leading").reply(headers={"Content-Length": "1"})
    double.on("DELETE", f"{base}/").reply(204)
    assert driver.get_object("bucket", "dir//x").size == 1
    assert driver.get_object("bucket", "/leading").size == 1
    assert driver.delete_container(Container("bucket", {}, driver)) is True
    assert double.requests[0].headers["Host"] == "bucket.s3-eu-west-3.amazonaws.com"
    url = driver.get_object_cdn_url(an_object(driver, "a b"))
    assert url.startswith(f"{base}/a%20b?X-Amz-Algorithm=")


# --- URLs and signatures --------------------------------------------------------------------------


def test_object_url_signs_the_port():
    driver = S3StorageDriver("AKID", "secret", host="localhost", port=9000, secure=False, token="t")
    url = urlsplit(driver.get_object_cdn_url(an_object(driver, "./a b"), ex_expiry=1))
    query = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == "http://localhost:9000/bucket/./a%20b"
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["X-Amz-SignedHeaders"] == ["host"]
    assert query["X-Amz-Security-Token"] == ["t"]


@pytest.mark.parametrize("expiry", [0, -1, 168.01])
def test_object_url_cannot_last_for_ever(driver, expiry):
    with pytest.raises(ValueError, match="ex_expiry"):
        driver.get_object_cdn_url(an_object(driver), ex_expiry=expiry)


def test_object_url_is_the_one_that_botocore_makes(monkeypatch):
    import datetime

    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials

    now = datetime.datetime.now(datetime.timezone.utc)
    driver = S3StorageDriver("AKID", "secret", region="eu-central-1")
    monkeypatch.setattr(driver.connection, "now", lambda: now)
    ours = driver.get_object_cdn_url(an_object(driver, "dir//x y"), 2, "PUT")
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: now, raising=False)
    request = botocore.awsrequest.AWSRequest(
        "PUT", "https://s3-eu-central-1.amazonaws.com/bucket/dir//x%20y"
    )
    signer = botocore.auth.S3SigV4QueryAuth(
        botocore.credentials.Credentials("AKID", "secret"), "s3", "eu-central-1", expires=7200
    )
    signer.add_auth(request)
    theirs = parse_qs(urlsplit(request.url).query)
    if theirs["X-Amz-Date"] != [now.strftime("%Y%m%dT%H%M%SZ")]:
        pytest.skip("this botocore has another clock")
    assert parse_qs(urlsplit(ours).query) == theirs


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {"Date": "Tue, 27 Mar 2007 19:36:42 +0000"}, "qgk2+6Sv9/oM7G3qLEjTH1a1l1g="),
        (
            "PUT",
            {"Content-Type": "image/jpeg", "Date": "Tue, 27 Mar 2007 21:15:45 +0000"},
            "iqRzw+ileNPu1fhspnRs8nOjjIA=",
        ),
    ],
)
def test_signature_of_version_2_of_documented_examples(method, headers, expected):
    # https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
    assert expected == BaseS3Connection.get_auth_signature(
        method,
        headers,
        {},
        None,
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "/awsexamplebucket1/photos/puppy.jpg",
        "x-amz",
    )


@pytest.mark.parametrize(
    ("params", "headers"),
    [
        ({}, {}),
        ({"uploads": ""}, {"Content-Type": "text/plain", "x-amz-acl": "private"}),
        ({"uploadId": "a/b=", "partNumber": "7"}, {"Content-MD5": "kAFQmDzST7DWlj99KOF/cg=="}),
        ({"prefix": "a", "list-type": "2"}, {"X-Amz-Meta-B": "2", "x-amz-meta-a": "1"}),
    ],
)
def test_signature_of_version_2_is_the_one_that_botocore_makes(params, headers):
    import botocore.auth
    import botocore.credentials
    from botocore.compat import HTTPHeaders

    signer = botocore.auth.HmacV1QueryAuth(botocore.credentials.Credentials("AKID", "secret"))
    signer._get_date = lambda: "1175139620"
    query = "&".join(f"{name}={value}" if value else name for name, value in params.items())
    theirs = signer.get_signature(
        "PUT",
        urlsplit(f"https://localhost/bucket/a%20b?{query}"),
        HTTPHeaders.from_dict(headers),
        expires=None,
    )
    ours = BaseS3Connection.get_auth_signature(
        "PUT", headers, params, "1175139620", "secret", "/bucket/a%20b", "x-amz"
    )
    assert ours == theirs


def test_hash_errors_of_the_server_are_typed(double, driver, container):
    double.on("PUT", "/bucket/key").reply(400, text=error("BadDigest"))
    with pytest.raises(ObjectHashMismatchError) as caught:
        driver.upload_object_via_stream(iter([b"abc"]), container, "key")
    assert caught.value.object_name == "key"


def test_not_found_error_is_the_generic_one_too(double, driver):
    double.on("GET", "/bucket/key").reply(404, text=error("NoSuchKey"))
    with pytest.raises(ResourceNotFoundError):
        next(driver.download_object_as_stream(an_object(driver)))


def test_upload_answered_by_a_bare_404_misses_the_container(double, driver, container):
    double.spec = None
    double.on("PUT", "/bucket/key").reply(404)
    with pytest.raises(ContainerDoesNotExistError):
        driver.upload_object_via_stream(iter([b"abc"]), container, "key")


@pytest.mark.parametrize("name", ["evil.example.com/", "a@b", "a:1", "a b", ".", "a?b", "a#", "日"])
def test_virtual_style_sends_nothing_to_foreign_hosts(double, name):
    driver = double.attach(S3StorageDriver("AKIDEXAMPLE", "secret", addressing_style="virtual"))
    with pytest.raises(InvalidContainerNameError):
        driver.get_object(name, "key")
