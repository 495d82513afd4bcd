"""
The storage suite over the stores that speak S3's API: each driver against moto's server, and
those of software that anybody runs against Swift's s3api, which checks signatures.
"""

from __future__ import annotations

from typing import Any

import pytest

from libcloud.storage.drivers.auroraobjects import AuroraObjectsStorageDriver
from libcloud.storage.drivers.digitalocean_spaces import DigitalOceanSpacesStorageDriver
from libcloud.storage.drivers.minio import MinIOStorageDriver
from libcloud.storage.drivers.ovh import OvhStorageDriver
from libcloud.storage.drivers.rgw import S3RGWOutscaleStorageDriver, S3RGWStorageDriver
from libcloud.storage.drivers.s3_compatible import S3CompatibleStorageDriver
from libcloud.storage.drivers.scaleway import ScalewayStorageDriver
from tests.conformance.test_storage_s3 import MIB, S3Conformance, boto_client


class CompatibleConformance(S3Conformance):
    """One driver at the host of a server of the tests."""

    sizes = (0, 1, 8 * MIB + 1)
    driver_class: type[S3CompatibleStorageDriver]
    # What signatures of version 4 are made for: the servers of the tests have no other region.
    arguments: dict[str, Any] = {"region": "us-east-1"}


class OnMoto(CompatibleConformance):
    @pytest.fixture
    def driver(self, moto_server: Any) -> S3CompatibleStorageDriver:
        return self.driver_class(
            moto_server.key,
            moto_server.secret,
            host=moto_server.host,
            port=moto_server.port,
            secure=False,
            **self.arguments,
        )

    @pytest.fixture
    def boto(self, moto_server: Any) -> Any:
        return boto_client(moto_server.url, moto_server.key, moto_server.secret, moto_server.region)


class TestS3CompatibleOnMoto(OnMoto):
    driver_class = S3CompatibleStorageDriver


class TestRGWOnMoto(OnMoto):
    driver_class = S3RGWStorageDriver
    arguments = {"signature_version": "4", "region": "us-west-2"}


class TestOutscaleOnMoto(OnMoto):
    driver_class = S3RGWOutscaleStorageDriver
    arguments = {"signature_version": "4", "region": "eu-west-2"}


class TestMinIOOnMoto(OnMoto):
    driver_class = MinIOStorageDriver


class TestDigitalOceanSpacesOnMoto(OnMoto):
    driver_class = DigitalOceanSpacesStorageDriver


class TestDigitalOceanSpacesWithVersionFourOnMoto(OnMoto):
    driver_class = DigitalOceanSpacesStorageDriver
    arguments = {"signature_version": "4", "region": "us-east-1"}


class TestOVHOnMoto(OnMoto):
    driver_class = OvhStorageDriver


class TestScalewayOnMoto(OnMoto):
    driver_class = ScalewayStorageDriver


class TestAuroraObjectsOnMoto(OnMoto):
    driver_class = AuroraObjectsStorageDriver


class OnSwift(CompatibleConformance):
    @pytest.fixture
    def driver(self, swift_server: Any) -> S3CompatibleStorageDriver:
        return self.driver_class(
            swift_server.user,
            swift_server.key,
            host=swift_server.host,
            port=swift_server.port,
            secure=False,
            **self.arguments,
        )

    @pytest.fixture
    def boto(self, swift_server: Any) -> Any:
        return boto_client(
            swift_server.url, swift_server.user, swift_server.key, swift_server.region
        )


@pytest.mark.live
@pytest.mark.debian
class TestRGWOnSwift(OnSwift):
    driver_class = S3RGWStorageDriver


@pytest.mark.live
@pytest.mark.debian
class TestRGWWithVersionFourOnSwift(OnSwift):
    driver_class = S3RGWStorageDriver
    arguments = {"region": "us-east-1", "signature_version": "4"}


@pytest.mark.live
@pytest.mark.debian
class TestMinIOOnSwift(OnSwift):
    driver_class = MinIOStorageDriver


@pytest.mark.live
@pytest.mark.debian
class TestS3CompatibleOnSwift(OnSwift):
    driver_class = S3CompatibleStorageDriver
    arguments = {"signature_version": "2"}
