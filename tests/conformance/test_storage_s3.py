"""The storage suite over S3, as moto's server speaks it, with boto3 as the other client."""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.testing.storage import HOSTILE_NAMES, StorageDriverConformance

MIB = 1024 * 1024


class S3Conformance(StorageDriverConformance):
    """What S3 does in its own way, and boto3 as the other client."""

    sizes = (0, 1, 64 * 1024 + 1, 8 * MIB, 8 * MIB + 1, 17 * MIB + 3)
    hash_is_of_content = False  # the hash of an object in parts is one of its parts' hashes
    hash_is_of_streamed_content = False
    delete_of_missing_object_fails = False
    object_names = (
        *HOSTILE_NAMES,
        "../x",
        "/leading",
        "//twice",
        "trailing//",
        " blanks ",
        "%",
        "%zz",
        "+",
        "a=b&c;d",
        "e\u0301",
        "\u00e9",
    )

    @pytest.fixture
    def boto(self) -> Any:
        """A client of boto3 for the same server."""
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _keep_boto(self, boto: Any) -> None:
        self._boto = boto

    def stored(self, container_name: str) -> dict[str, bytes]:
        pages = self._boto.get_paginator("list_objects_v2").paginate(Bucket=container_name)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {
            key: self._boto.get_object(Bucket=container_name, Key=key)["Body"].read()
            for key in keys
        }


class TestS3OnMoto(S3Conformance):
    @pytest.fixture
    def driver(self, moto_server: Any) -> S3StorageDriver:
        return S3StorageDriver(
            moto_server.key,
            moto_server.secret,
            host=moto_server.host,
            port=moto_server.port,
            secure=False,
        )

    @pytest.fixture
    def boto(self, moto_server: Any) -> Any:
        return boto_client(moto_server.url, moto_server.key, moto_server.secret, moto_server.region)


def boto_client(url: str, key: str, secret: str, region: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name=region,
        config=Config(s3={"addressing_style": "path"}),
    )
