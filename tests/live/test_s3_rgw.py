"""S3 on Ceph's RADOS gateway, which checks signatures of both versions and what they cover."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from libcloud.common.errors import InvalidCredsError
from libcloud.storage.drivers.rgw import S3RGWStorageDriver
from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.storage.types import ObjectHashMismatchError
from tests.conformance.test_storage_s3 import S3Conformance, boto_client

pytestmark = [pytest.mark.live, pytest.mark.debian]

MIB = 1024 * 1024


def driver_for(server: Any, secret: str | None = None) -> S3StorageDriver:
    return S3StorageDriver(
        server.key,
        secret or server.secret,
        host=server.host,
        port=server.port,
        secure=False,
    )


class TestS3OnRGW(S3Conformance):
    @pytest.fixture
    def driver(self, rgw_server: Any) -> Any:
        return driver_for(rgw_server)

    @pytest.fixture
    def boto(self, rgw_server: Any) -> Any:
        return boto_client(rgw_server.url, rgw_server.key, rgw_server.secret, rgw_server.region)


@pytest.mark.parametrize("version", ["2", "4"])
class TestRGWDriver:
    def test_signatures_of_both_versions(
        self,
        rgw_server: Any,
        version: str,
    ) -> None:
        driver = S3RGWStorageDriver(
            rgw_server.key,
            rgw_server.secret,
            host=rgw_server.host,
            port=rgw_server.port,
            secure=False,
            signature_version=version,
        )
        container = driver.create_container(f"live-{uuid.uuid4().hex[:12]}")
        data = bytes(range(256)) * (12 * MIB // 256)
        obj = driver.upload_object_via_stream(iter([data]), container, "a +日")
        assert b"".join(obj.as_stream()) == data
        assert obj.delete()
        assert container.delete()


@pytest.fixture
def rgw(rgw_server: Any) -> S3StorageDriver:
    return driver_for(rgw_server)


@pytest.fixture
def container(rgw: S3StorageDriver) -> Iterator[Any]:
    container = rgw.create_container(f"live-{uuid.uuid4().hex[:12]}")
    yield container
    for version in rgw.ex_iterate_object_versions(container):
        rgw.delete_object(version, ex_version_id=version.extra["version_id"])
    container.delete()


def test_wrong_secret_is_invalid_credentials(rgw_server: Any, container: Any) -> None:
    wrong = driver_for(rgw_server, secret="wrong")
    with pytest.raises(InvalidCredsError):
        wrong.list_container_objects(container)


def test_content_is_checked_by_the_signature(
    rgw: S3StorageDriver, container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rgw, "_checksum_headers", lambda *_: {"X-Amz-Content-SHA256": "0" * 64})
    with pytest.raises(ObjectHashMismatchError):
        rgw.upload_object_via_stream(iter([b"content"]), container, "key")
    assert container.list_objects() == []


def test_object_url_lets_anybody_in(rgw: S3StorageDriver, container: Any) -> None:
    obj = rgw.upload_object_via_stream(iter([b"content"]), container, "a +日")
    assert requests.get(rgw.get_object_cdn_url(obj), timeout=30).content == b"content"
    url = rgw.get_object_cdn_url(obj, ex_method="PUT")
    assert requests.put(url, data=b"other", timeout=30).status_code == 200
    assert b"".join(obj.as_stream()) == b"other"


def test_tags(rgw: S3StorageDriver, container: Any) -> None:
    obj = rgw.upload_object_via_stream(iter([b"content"]), container, "a +日")
    tags = {"a&b": "x < y", "größe": "1"}
    rgw.ex_set_object_tags(obj, tags)
    assert rgw.ex_get_object_tags(obj) == tags
    rgw.ex_set_object_tags(obj, {})
    assert rgw.ex_get_object_tags(obj) == {}
    assert rgw.ex_get_container_tags(container) == {}
    rgw.ex_set_container_tags(container, {"team": "night"})
    assert rgw.ex_get_container_tags(container) == {"team": "night"}


def test_versions_and_acls(rgw: S3StorageDriver, container: Any) -> None:
    assert rgw.ex_get_container_versioning(container) is None
    rgw.ex_set_container_versioning(container, True)
    for data in (b"first", b"second"):
        obj = rgw.upload_object_via_stream(iter([data]), container, "a +日")
    newest, oldest = rgw.ex_iterate_object_versions(container)
    assert (newest.name, newest.extra["is_latest"], oldest.extra["is_latest"]) == (
        "a +日",
        True,
        False,
    )
    old = oldest.extra["version_id"]
    assert b"".join(rgw.download_object_as_stream(obj, ex_version_id=old)) == b"first"
    rgw.ex_set_object_acl(obj, "public-read")
    assert "READ" in [grant["permission"] for grant in rgw.ex_get_object_acl(obj)]


def test_copy_of_a_large_object_is_in_parts(rgw: S3StorageDriver, container: Any) -> None:
    data = bytes(range(256)) * (12 * MIB // 256)
    obj = rgw.upload_object_via_stream(
        iter([data]), container, "a +日", extra={"meta_data": {"who": "büro"}}
    )
    rgw.ex_copy_limit = 10 * MIB
    rgw.max_parts = 2
    copy = rgw.ex_copy_object(obj, object_name="copy")
    assert b"".join(copy.as_stream()) == data
    assert copy.hash is not None
    assert copy.hash.endswith("-2")
    assert copy.meta_data == {"who": "büro"}
