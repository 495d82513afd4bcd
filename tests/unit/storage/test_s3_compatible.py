"""
The drivers of stores that speak S3's API: hosts, regions, signatures. What they share with S3 is
proven in test_s3.py. Hosts and regions are those of the pages that the drivers cite.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from libcloud.common.errors import InvalidRequestError, LibcloudError, UnsupportedOperation
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.auroraobjects import NO_CDN_SUPPORT_ERROR
from libcloud.storage.drivers.s3 import (
    BaseS3StorageDriver,
    S3Connection,
    S3SignatureV4Connection,
)
from libcloud.storage.drivers.s3_compatible import S3CompatibleStorageDriver
from libcloud.storage.providers import get_driver
from libcloud.storage.types import ContainerAlreadyExistsError, Provider
from libcloud.testing.http import ANY, HTTPDouble

ALL = (
    Provider.AURORAOBJECTS,
    Provider.DIGITALOCEAN_SPACES,
    Provider.MINIO,
    Provider.OVH,
    Provider.S3_COMPATIBLE,
    Provider.S3_RGW,
    Provider.S3_RGW_OUTSCALE,
    Provider.SCALEWAY,
)
WITH_REGIONS = (
    Provider.DIGITALOCEAN_SPACES,
    Provider.OVH,
    Provider.S3_RGW_OUTSCALE,
    Provider.SCALEWAY,
)
WITHOUT_HOST = (Provider.MINIO, Provider.S3_COMPATIBLE, Provider.S3_RGW)
WITH_BOTH_SIGNATURES = (
    Provider.DIGITALOCEAN_SPACES,
    Provider.S3_COMPATIBLE,
    Provider.S3_RGW,
    Provider.S3_RGW_OUTSCALE,
)
EMPTY_LISTING = (
    '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets/>'
    "</ListAllMyBucketsResult>"
)


def make(provider: str, *args: Any, **kwargs: Any) -> Any:
    return get_driver(provider)("key", "secret", *args, **kwargs)


def object_of(driver: Any) -> Object:
    return Object("dir/a b", 1, None, {}, {}, Container("bucket", {}, driver), driver)


# --- hosts and regions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "region", "host", "name"),
    [
        (Provider.AURORAOBJECTS, None, "o.auroraobjects.eu", "PCextreme AuroraObjects"),
        (
            Provider.DIGITALOCEAN_SPACES,
            None,
            "nyc3.digitaloceanspaces.com",
            "DigitalOcean Spaces (nyc3)",
        ),
        (
            Provider.DIGITALOCEAN_SPACES,
            "fra1",
            "fra1.digitaloceanspaces.com",
            "DigitalOcean Spaces (fra1)",
        ),
        (Provider.OVH, None, "s3.sbg.perf.cloud.ovh.net", "Ovh Object Storage (sbg)"),
        (Provider.OVH, "gra", "s3.gra.perf.cloud.ovh.net", "Ovh Object Storage (gra)"),
        (Provider.OVH, "waw", "s3.waw.io.cloud.ovh.net", "Ovh Object Storage (waw)"),
        (
            Provider.S3_RGW_OUTSCALE,
            None,
            "osu.eu-west-2.outscale.com",
            "OUTSCALE Ceph RGW S3 (eu-west-2)",
        ),
        (
            Provider.S3_RGW_OUTSCALE,
            "cn-southeast-1",
            "osu.cn-southeast-1.outscale.hk",
            "OUTSCALE Ceph RGW S3 (cn-southeast-1)",
        ),
        (Provider.SCALEWAY, None, "s3.fr-par.scw.cloud", "Scaleway Object Storage (fr-par)"),
        (Provider.SCALEWAY, "pl-waw", "s3.pl-waw.scw.cloud", "Scaleway Object Storage (pl-waw)"),
    ],
)
def test_constructor_knows_the_host(
    provider: str, region: str | None, host: str, name: str
) -> None:
    driver = make(provider, **({"region": region} if region else {}))
    assert isinstance(driver, BaseS3StorageDriver)
    assert (driver.connection.host, driver.connection.port, driver.name) == (host, 443, name)
    assert driver.connection.secure


@pytest.mark.parametrize("provider", WITH_REGIONS)
def test_list_regions_are_those_that_work_without_a_host(provider: str) -> None:
    for region in get_driver(provider).list_regions():
        driver = make(provider, region=region)
        assert region in driver.connection.host
        assert (driver.region, driver.region_name) == (region, region)


@pytest.mark.parametrize("provider", WITH_REGIONS)
def test_constructor_refuses_a_region_without_a_known_host(provider: str) -> None:
    with pytest.raises(ValueError, match="Invalid or unsupported region: atlantis") as caught:
        make(provider, region="atlantis")
    assert isinstance(caught.value, LibcloudError)
    for known in get_driver(provider).list_regions():
        assert known in str(caught.value)


@pytest.mark.parametrize("provider", WITHOUT_HOST)
def test_constructor_asks_for_a_host(provider: str) -> None:
    with pytest.raises(InvalidRequestError, match="host argument is required"):
        make(provider)


@pytest.mark.parametrize("provider", ALL)
def test_constructor_takes_host_port_region_token_and_timeout(provider: str) -> None:
    driver = make(
        provider,
        host="storage.example.com",
        port=9000,
        secure=False,
        region="elsewhere",
        token="session",
        timeout=3,
    )
    connection = driver.connection
    assert (connection.host, connection.port) == ("storage.example.com", 9000)
    assert not connection.secure
    assert (connection.token, connection.timeout) == ("session", 3)
    assert driver.region_name == "elsewhere"


@pytest.mark.parametrize("provider", ALL)
def test_constructor_takes_url_in_place_of_host(provider: str) -> None:
    driver = make(provider, url="http://storage.example.com:9000")
    url = urlsplit(driver.connection.presigned_url("/bucket/key"))
    assert (url.scheme, url.netloc, url.path) == ("http", "storage.example.com:9000", "/bucket/key")


@pytest.mark.parametrize("provider", ALL)
def test_requests_go_to_the_host_with_the_token(provider: str) -> None:
    driver = make(provider, host="h.example.com", port=9000, secure=False, token="session")
    with HTTPDouble() as double:
        double.attach(driver)
        double.on("GET", "http://h.example.com:9000/", query=ANY).reply(text=EMPTY_LISTING)
        assert driver.list_containers() == []
        assert double.requests[0].headers["x-amz-security-token"] == "session"


def test_rgw_by_position_has_api_version_before_region() -> None:
    driver = make(Provider.S3_RGW, True, "rgw.example.com", 8443, None, "paris")
    assert (driver.region_name, driver.connection.port) == ("paris", 8443)


def test_ovh_by_position_has_region_after_port() -> None:
    assert make(Provider.OVH, True, None, None, "rbx").connection.host == "s3.rbx.io.cloud.ovh.net"


def test_rgw_takes_a_name() -> None:
    assert make(Provider.S3_RGW, host="h", name="Our Ceph").name == "Our Ceph"
    assert make(Provider.S3_RGW, host="h").name == "Ceph RGW S3 (default)"


# --- new containers -------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ALL)
def test_create_container_names_a_place_to_rgw_only(provider: str) -> None:
    driver = make(provider, host="storage.example.com", region="paris")
    is_rgw = provider in (Provider.S3_RGW, Provider.S3_RGW_OUTSCALE)
    with HTTPDouble() as double:
        double.attach(driver)
        double.on("HEAD", "/bucket", query=ANY).reply(404)
        double.on("PUT", "/bucket", query=ANY).reply(200)
        assert driver.create_container("bucket").name == "bucket"
        sent = double.requests[-1].text
    assert ("<LocationConstraint>paris</LocationConstraint>" in sent) is is_rgw
    assert bool(sent) is is_rgw


def test_create_container_that_exists_creates_nothing() -> None:
    with HTTPDouble() as double:
        driver = double.attach(make(Provider.S3_RGW, host="rgw.example.com"))
        double.on("HEAD", "/bucket", query=ANY).reply(200)
        with pytest.raises(ContainerAlreadyExistsError):
            driver.create_container("bucket")


def test_create_container_of_somebody_else_is_left_to_the_store() -> None:
    with HTTPDouble() as double:
        driver = double.attach(make(Provider.MINIO, host="minio.example.com"))
        double.on("HEAD", "/bucket").reply(403)
        double.on("PUT", "/bucket").reply(
            409, text="<Error><Code>BucketAlreadyExists</Code><Message>Taken</Message></Error>"
        )
        with pytest.raises(ContainerAlreadyExistsError):
            driver.create_container("bucket")


# --- signatures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", WITH_BOTH_SIGNATURES)
@pytest.mark.parametrize(
    ("version", "connection"),
    [("2", S3Connection), ("4", S3SignatureV4Connection), (4, S3SignatureV4Connection)],
)
def test_signature_version_is_a_choice(provider: str, version: Any, connection: type) -> None:
    driver = make(provider, host="h", signature_version=version)
    assert isinstance(driver.connection, connection)
    assert driver.signature_version == str(version)
    query = parse_qs(urlsplit(driver.get_object_cdn_url(object_of(driver))).query)
    assert ("X-Amz-Signature" in query) is (connection is S3SignatureV4Connection)
    assert ("Signature" in query) is (connection is S3Connection)


@pytest.mark.parametrize("provider", WITH_BOTH_SIGNATURES)
def test_signature_version_that_does_not_exist(provider: str) -> None:
    with pytest.raises(ValueError, match="Invalid signature_version: 3"):
        make(provider, host="h", signature_version="3")


@pytest.mark.parametrize(
    ("provider", "version"),
    [
        (Provider.AURORAOBJECTS, "2"),
        (Provider.DIGITALOCEAN_SPACES, "2"),
        (Provider.MINIO, "4"),
        (Provider.OVH, "4"),
        (Provider.S3_COMPATIBLE, "4"),
        (Provider.S3_RGW, "2"),
        (Provider.S3_RGW_OUTSCALE, "2"),
        (Provider.SCALEWAY, "4"),
    ],
)
def test_signature_version_if_left_out(provider: str, version: str) -> None:
    driver = make(provider, host="h")
    expected = {"2": S3Connection, "4": S3SignatureV4Connection}[version]
    assert isinstance(driver.connection, expected)
    assert driver.signature_version == version


def test_signature_is_made_for_the_region() -> None:
    for region, signed_for in (("garage", "garage"), (None, "us-east-1")):
        driver = make(Provider.S3_COMPATIBLE, host="h", region=region)
        query = parse_qs(urlsplit(driver.get_object_cdn_url(object_of(driver))).query)
        assert query["X-Amz-Credential"][0].split("/")[2] == signed_for


def test_connection_of_a_subclass_is_used() -> None:
    class OwnConnection(S3SignatureV4Connection):
        pass

    class OwnDriver(S3CompatibleStorageDriver):
        connectionCls = OwnConnection

    assert type(OwnDriver("key", "secret", host="h").connection) is OwnConnection


def test_connections_of_rgw_take_the_argument_that_drivers_of_3x_give() -> None:
    from libcloud.storage.drivers.rgw import S3RGWConnectionAWS2, S3RGWConnectionAWS4

    for connection in (S3RGWConnectionAWS2, S3RGWConnectionAWS4):
        assert connection("key", "secret", host="h", signature_version="4").host == "h"
        with pytest.raises(TypeError):
            connection("key", "secret", host="h", nonsense=1)


# --- styles ---------------------------------------------------------------------------------------


def test_virtual_style_puts_the_container_into_the_host() -> None:
    driver = make(Provider.S3_COMPATIBLE, host="example.com", port=8443, addressing_style="virtual")
    url = urlsplit(driver.get_object_cdn_url(object_of(driver)))
    assert (url.netloc, url.path) == ("bucket.example.com:8443", "/dir/a%20b")


def test_virtual_style_takes_signatures_of_version_four() -> None:
    with pytest.raises(ValueError, match="version 4"):
        make(Provider.S3_COMPATIBLE, host="h", signature_version="2", addressing_style="virtual")


def test_style_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="addressing_style"):
        make(Provider.S3_COMPATIBLE, host="h", addressing_style="dns")


# --- another region than the driver's -------------------------------------------------------------


def test_region_that_the_server_names_is_signed_for_at_the_host() -> None:
    with HTTPDouble() as double:
        driver = double.attach(make(Provider.MINIO, url="http://minio.example.com:9000"))
        route = double.on("HEAD", "http://minio.example.com:9000/bucket")
        route.reply(400, headers={"x-amz-bucket-region": "garage"}).reply(200)
        assert driver.get_container("bucket").name == "bucket"
        first, second = double.requests
    assert "/us-east-1/s3/" in first.headers["authorization"]
    assert "/garage/s3/" in second.headers["authorization"]


def test_region_that_the_server_names_is_asked_at_its_host() -> None:
    driver = make(Provider.SCALEWAY, region="fr-par")
    driver._regions["bucket"] = "nl-ams"
    url = urlsplit(driver.get_object_cdn_url(object_of(driver)))
    assert url.netloc == "s3.nl-ams.scw.cloud"
    assert not driver._can_go_to("us-east-1")


# --- AuroraObjects --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    ["enable_container_cdn", "enable_object_cdn", "get_container_cdn_url", "get_object_cdn_url"],
)
def test_auroraobjects_has_no_cdn(operation: str) -> None:
    driver = make(Provider.AURORAOBJECTS)
    with pytest.raises(UnsupportedOperation, match=NO_CDN_SUPPORT_ERROR):
        getattr(driver, operation)(object_of(driver))
    assert operation not in driver.supported_operations()
    assert "get_object_cdn_url" in get_driver(Provider.MINIO).supported_operations()
