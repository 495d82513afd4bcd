"""S3 on Swift's s3api, which checks signatures of both versions and the clock."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from libcloud.common.errors import InvalidCredsError
from libcloud.storage.drivers.s3 import BaseS3StorageDriver, S3Connection, S3StorageDriver
from tests.conformance.test_storage_s3 import S3Conformance, boto_client

pytestmark = [pytest.mark.live, pytest.mark.debian]


def driver_for(server: Any, secret: str | None = None, **kwargs: Any) -> S3StorageDriver:
    return S3StorageDriver(
        server.user,
        secret or server.key,
        host=server.host,
        port=server.port,
        secure=False,
        **kwargs,
    )


class VersionTwoDriver(BaseS3StorageDriver):
    """Signs the old way, as drivers of other stores do."""

    name = "S3 with signatures of version 2"
    connectionCls = S3Connection


def version_two(server: Any) -> VersionTwoDriver:
    return VersionTwoDriver(
        server.user, server.key, host=server.host, port=server.port, secure=False
    )


class TestS3OnSwift(S3Conformance):
    # Names that moto's server has no route for.
    object_names = (*S3Conformance.object_names, "new\nline", "tab\tand\x01control")

    @pytest.fixture
    def driver(self, swift_server: Any) -> S3StorageDriver:
        return driver_for(swift_server)

    @pytest.fixture
    def boto(self, swift_server: Any) -> Any:
        return boto_client(
            swift_server.url, swift_server.user, swift_server.key, swift_server.region
        )


class TestS3OnSwiftWithVersionTwo(TestS3OnSwift):
    @pytest.fixture
    def driver(self, swift_server: Any) -> VersionTwoDriver:
        return version_two(swift_server)


@pytest.fixture
def swift(swift_server: Any) -> S3StorageDriver:
    return driver_for(swift_server)


@pytest.fixture
def container(swift: S3StorageDriver) -> Iterator[Any]:
    container = swift.create_container(f"live-{uuid.uuid4().hex[:12]}")
    yield container
    for obj in container.list_objects():
        obj.delete()
    container.delete()


def test_wrong_secret_is_invalid_credentials(swift_server: Any, container: Any) -> None:
    wrong = driver_for(swift_server, secret="wrong")
    with pytest.raises(InvalidCredsError) as caught:
        wrong.list_containers()
    assert caught.value.provider_code == "SignatureDoesNotMatch"
    assert "wrong" not in str(caught.value)
    with pytest.raises(InvalidCredsError):
        wrong.upload_object_via_stream(iter([b"x"]), container, "key")


def test_unknown_key_is_invalid_credentials(swift_server: Any) -> None:
    unknown = S3StorageDriver(
        "nobody", "secret", host=swift_server.host, port=swift_server.port, secure=False
    )
    with pytest.raises(InvalidCredsError):
        unknown.list_containers()


def test_wrong_clock_is_named(swift: S3StorageDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=3)
    monkeypatch.setattr(swift.connection, "now", lambda: late)
    with pytest.raises(InvalidCredsError) as caught:
        swift.list_containers()
    assert caught.value.provider_code == "RequestTimeTooSkewed"


def test_region_that_the_server_names_is_signed_for(swift_server: Any, container: Any) -> None:
    elsewhere = driver_for(swift_server, region="eu-west-1")
    elsewhere.upload_object_via_stream(iter([b"content"]), container, "key")
    obj = elsewhere.get_object(container.name, "key")
    assert b"".join(obj.as_stream()) == b"content"
    assert requests.get(elsewhere.get_object_cdn_url(obj), timeout=60).content == b"content"


@pytest.mark.parametrize("name", ["plain", "dir//x", "a b+c&d=e", "per%20cent", "日本/🙂"])
def test_object_url_lets_anybody_in(swift: S3StorageDriver, container: Any, name: str) -> None:
    obj = swift.upload_object_via_stream(iter([b"content"]), container, name)
    assert requests.get(swift.get_object_cdn_url(obj), timeout=60).content == b"content"
    put = requests.put(swift.get_object_cdn_url(obj, 1, "PUT"), data=b"new", timeout=60)
    assert put.status_code == 200
    assert b"".join(obj.as_stream()) == b"new"
    tampered = swift.get_object_cdn_url(obj).replace("X-Amz-Expires=86400", "X-Amz-Expires=86401")
    assert requests.get(tampered, timeout=60).status_code == 403
    unsigned = swift.get_object_cdn_url(obj).partition("?")[0]
    assert requests.get(unsigned, timeout=60).status_code in (400, 401, 403)


def test_object_url_of_version_two(swift_server: Any, container: Any) -> None:
    driver = version_two(swift_server)
    obj = driver.upload_object_via_stream(iter([b"content"]), container, "a b")
    assert requests.get(driver.get_object_cdn_url(obj), timeout=60).content == b"content"


def test_object_url_ends(swift: S3StorageDriver, container: Any, monkeypatch: Any) -> None:
    obj = swift.upload_object_via_stream(iter([b"content"]), container, "key")
    before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=2)
    monkeypatch.setattr(swift.connection, "now", lambda: before)
    url = swift.get_object_cdn_url(obj, ex_expiry=1 / 60)
    assert requests.get(url, timeout=60).status_code == 403


def test_metadata_of_all_kinds_comes_back(swift: S3StorageDriver, container: Any) -> None:
    meta_data = {
        "german": "grün",
        "long": "日本語" * 12,
        "spaces": " a  b ",
        "word": "=?x?=",
        "e": "🙂",
    }
    for name, size in (("small", 1), ("large", 9 * 1024 * 1024)):
        swift.upload_object_via_stream(
            iter([bytes(size)]), container, name, extra={"meta_data": meta_data}
        )
        assert swift.get_object(container.name, name).meta_data == meta_data


def test_copy_keeps_metadata(swift: S3StorageDriver, container: Any) -> None:
    extra = {"meta_data": {"colour": "blue"}, "content_type": "x/y"}
    obj = swift.upload_object_via_stream(iter([b"content"]), container, "a +日", extra=extra)
    copied = swift.ex_copy_object(obj, object_name="copy")
    assert b"".join(copied.as_stream()) == b"content"
    assert copied.meta_data == {"colour": "blue"}
    assert copied.extra["content_type"] == "x/y"


def test_upload_that_fails_leaves_nothing(
    swift: S3StorageDriver, container: Any, swift_server: Any
) -> None:
    def source() -> Iterator[bytes]:
        yield bytes(20 * 1024 * 1024)
        raise RuntimeError("the source is broken")

    with pytest.raises(RuntimeError):
        swift.upload_object_via_stream(source(), container, "key")
    boto = boto_client(swift_server.url, swift_server.user, swift_server.key, swift_server.region)
    assert "Uploads" not in boto.list_multipart_uploads(Bucket=container.name)
    assert list(swift.ex_iterate_multipart_uploads(container)) == []
