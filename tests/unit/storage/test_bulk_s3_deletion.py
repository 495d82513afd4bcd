"""
What bulk deletions ask S3 for, judged by botocore's description.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

import base64
import hashlib

import pytest

from libcloud.common.errors import MalformedResponseError, PermissionDeniedError
from libcloud.storage.base import Container
from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.storage.types import ContainerDoesNotExistError
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.specs import aws

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@pytest.fixture
def double():
    with HTTPDouble(spec=aws("s3")) as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(S3StorageDriver("AKIDEXAMPLE", "secret"))


@pytest.fixture
def container(driver):
    return Container("bucket", {}, driver)


def error(key, code):
    return f"<Error><Key>{key}</Key><Code>{code}</Code><Message>No.</Message></Error>"


def test_delete_objects_sends_names_with_a_checksum(double, driver, container):
    sent = []

    def delete(request, bucket):
        sent.append(request)
        return answer(text=f"<DeleteResult {XMLNS}/>")

    double.serve("POST", "/{bucket}", delete)
    assert driver.ex_delete_objects(container, ["a&b", "<\n\t>", "ü ☁"]) == {}
    [request] = sent
    body = request.body
    assert body.decode() == (
        f"<Delete {XMLNS}><Quiet>true</Quiet><Object><Key>a&amp;b</Key></Object>"
        "<Object><Key>&lt;\n\t&gt;</Key></Object><Object><Key>ü ☁</Key></Object></Delete>"
    )
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    assert request.headers["Content-MD5"] == digest


def test_delete_objects_returns_the_errors_by_name(double, driver, container):
    double.on("POST", "/bucket", query={"delete": ""}).reply(
        text=f"<DeleteResult {XMLNS}>{error('a', 'AccessDenied')}{error('b', 'InternalError')}"
        "</DeleteResult>"
    )
    errors = driver.ex_delete_objects(container, ["a", "b", "c"])
    assert list(errors) == ["a", "b"]
    assert isinstance(errors["a"], PermissionDeniedError)
    assert errors["a"].provider_code == "AccessDenied"
    assert errors["b"].retryable


def test_delete_objects_sends_names_that_xml_cannot_carry_one_by_one(double, driver, container):
    double.on("DELETE", "/bucket/a%0Db").reply(204)
    double.on("DELETE", "/bucket/%01").reply(
        403, text="<Error><Code>AccessDenied</Code><Message>No.</Message></Error>"
    )
    errors = driver.ex_delete_objects(container, ["a\rb", "\x01"])
    assert list(errors) == ["\x01"]
    assert isinstance(errors["\x01"], PermissionDeniedError)


def test_delete_objects_of_no_name_asks_for_nothing(driver, container):
    assert driver.ex_delete_objects(container, []) == {}


def test_delete_objects_in_a_container_that_is_missing_raises(double, driver, container):
    double.on("POST", "/bucket", query={"delete": ""}).reply(
        404, text="<Error><Code>NoSuchBucket</Code><Message>No.</Message></Error>"
    )
    with pytest.raises(ContainerDoesNotExistError):
        driver.ex_delete_objects(container, ["a"])


@pytest.mark.parametrize(
    "text", [f"<DeleteResult {XMLNS}>{error('z', 'AccessDenied')}</DeleteResult>", "<html/>"]
)
def test_answer_that_is_about_something_else_is_malformed(double, driver, container, text):
    double.spec = None
    double.on("POST", "/bucket", query={"delete": ""}).reply(text=text)
    with pytest.raises(MalformedResponseError):
        driver.ex_delete_objects(container, ["a"])
