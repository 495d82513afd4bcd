"""
Errors of AWS in all the shapes that its services give them.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://docs.aws.amazon.com/Route53/latest/APIReference/requests-rest-responses.html
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from lxml import etree

from libcloud.common.aws import AWSBaseResponse, AWSConnection, AWSGenericResponse, AWSJsonResponse
from libcloud.common.aws.xml import findall, findtext
from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    ErrorKind,
    InvalidCredsError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.testing.http import HTTPDouble

SHAPES = {
    "ec2": "<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors>"
    "<RequestID>req-1</RequestID></Response>",
    "query": "<ErrorResponse{ns}><Error><Type>Sender</Type><Code>{code}</Code>"
    "<Message>{text}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>",
    "s3": '<?xml version="1.0" encoding="UTF-8"?>\n<Error{ns}><Code>{code}</Code>'
    "<Message>{text}</Message><Resource>/b/o</Resource><RequestId>req-1</RequestId></Error>",
}


def failing(response_class, status, body, headers=None):
    """The exception for an answer."""

    class Connection(AWSConnection):
        host = "x.amazonaws.com"
        service_name = "x"
        responseCls = response_class
        retry = None

    with HTTPDouble() as double:
        double.on("GET", "/").reply(status, text=body, headers=headers)
        connection = Connection("AKID", "secret")
        connection.conn_class = double.conn_class
        with pytest.raises(Exception) as caught:
            connection.request("/")
    return caught.value


@pytest.mark.parametrize("namespace", ["", ' xmlns="https://x.amazonaws.com/doc/2013-04-01/"'])
@pytest.mark.parametrize("shape", SHAPES)
def test_error_is_read_in_each_shape_and_namespace(shape, namespace):
    body = SHAPES[shape].format(
        ns=namespace, code="SomeCode", text="What & why".replace("&", "&amp;")
    )
    error = failing(AWSBaseResponse, 400, body)
    assert isinstance(error, ProviderError)
    assert error.provider_code == "SomeCode"
    assert error.request_id == "req-1"
    assert error.http_code == 400
    assert error.value == "SomeCode: What & why"


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "SignatureDoesNotMatch", InvalidCredsError),
        (403, "InvalidClientTokenId", InvalidCredsError),
        (403, "InvalidAccessKeyId", InvalidCredsError),
        (401, "AuthFailure", InvalidCredsError),
        (400, "ExpiredToken", InvalidCredsError),
        (403, "RequestTimeTooSkewed", InvalidCredsError),
        (403, "UnauthorizedOperation", PermissionDeniedError),
        (403, "AccessDenied", PermissionDeniedError),
        (503, "RequestLimitExceeded", RateLimitReachedError),
        (400, "Throttling", RateLimitReachedError),
        (503, "SlowDown", RateLimitReachedError),
        (500, "InternalError", ServiceUnavailableError),
        (503, "Unavailable", ServiceUnavailableError),
        (400, "LimitExceededException", QuotaExceededError),
        (400, "IdempotentParameterMismatch", ConflictError),
        (404, "NobodyKnows", ResourceNotFoundError),
        (400, "NobodyKnows", BaseHTTPError),
    ],
)
def test_code_decides_and_status_where_the_code_is_unknown(status, code, expected):
    error = failing(AWSBaseResponse, status, SHAPES["query"].format(ns="", code=code, text="t"))
    assert isinstance(error, expected)
    assert error.http_code == status
    assert error.provider_code == code


def test_throttled_error_says_when_to_come_back():
    body = SHAPES["ec2"].format(code="RequestLimitExceeded", text="t")
    error = failing(AWSBaseResponse, 503, body, {"Retry-After": "7"})
    assert error.kind is ErrorKind.RATE_LIMIT
    assert error.retryable
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("status", "expected"),
    [(403, PermissionDeniedError), (503, ServiceUnavailableError), (400, BaseHTTPError)],
)
@pytest.mark.parametrize("body", ["<html><body>Gateway<br></body></html>", "oops", "", "<a/>"])
def test_answer_of_a_proxy_goes_by_its_status(status, expected, body):
    error = failing(AWSBaseResponse, status, body)
    assert isinstance(error, expected)
    assert error.http_code == status
    assert error.provider_code is None


def test_text_of_a_foreign_answer_is_cut():
    error = failing(AWSBaseResponse, 400, "x" * 100_000)
    assert len(str(error)) < 1000


def test_request_id_of_the_headers_is_taken_when_the_body_has_none():
    body = "<Error><Code>SomeCode</Code></Error>"
    error = failing(AWSBaseResponse, 400, body, {"x-amz-request-id": "req-2"})
    assert error.request_id == "req-2"
    assert error.value == "SomeCode"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {"__type": "com.amazonaws.ecs#AccessDeniedException", "message": "no"}),
        ({}, {"__type": "AccessDeniedException", "Message": "no"}),
        ({}, {"code": "AccessDeniedException", "message": "no"}),
        ({"x-amzn-ErrorType": "AccessDeniedException:http://x.amazonaws.com/"}, {"message": "no"}),
    ],
)
def test_json_error(headers, body):
    headers = {**headers, "x-amzn-RequestId": "req-3"}
    error = failing(AWSJsonResponse, 400, json.dumps(body), headers)
    assert isinstance(error, PermissionDeniedError)
    assert error.value == "AccessDeniedException: no"
    assert error.request_id == "req-3"


@pytest.mark.parametrize("body", ["<html/>", "", "[1]", '{"message": "no"}'])
def test_json_answer_without_an_error_goes_by_its_status(body):
    assert isinstance(failing(AWSJsonResponse, 503, body), ServiceUnavailableError)


class Gone(ResourceNotFoundError):
    def __init__(self, value, driver=None):
        super().__init__(value, driver=driver)


@pytest.mark.parametrize(
    ("xpath", "body"),
    [
        (None, SHAPES["query"].format(ns=' xmlns="urn:x"', code="NoSuchThing", text="gone")),
        ("Error", SHAPES["query"].format(ns=' xmlns="urn:x"', code="NoSuchThing", text="gone")),
        ("Deep/Error", "<R xmlns='urn:x'><Deep><Error><Code>NoSuchThing</Code>"
         "<Message>gone</Message></Error></Deep></R>"),
    ],
)  # fmt: skip
def test_generic_response_raises_the_drivers_own_exceptions(xpath, body):
    class Response(AWSGenericResponse):
        exceptions = {"NoSuchThing": Gone}

    Response.xpath = xpath
    error = failing(Response, 400, body)
    assert type(error) is Gone
    assert error.value == "gone"


def test_generic_response_goes_by_the_table_otherwise():
    body = SHAPES["query"].format(ns="", code="Throttling", text="t")
    assert isinstance(failing(AWSGenericResponse, 400, body), RateLimitReachedError)
    assert isinstance(failing(AWSGenericResponse, 503, "<html>"), ServiceUnavailableError)


def test_error_shows_no_secret_of_the_string_to_sign():
    body = (
        "<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message>"
        "<StringToSign>AWS4 secret-material</StringToSign></Error>"
    )
    assert "secret-material" not in repr(failing(AWSBaseResponse, 403, body))


@pytest.mark.parametrize("parser", [etree, ElementTree])
@pytest.mark.parametrize("namespace", ["", ' xmlns="urn:x"', ' xmlns="urn:y/"'])
def test_elements_are_found_in_any_namespace(parser, namespace):
    document = f"<a{namespace}><b><c>1</c><c/></b><b><c>3</c></b></a>"
    root = parser.fromstring(document)
    assert [element.text for element in findall(root, "b/c")] == ["1", None, "3"]
    assert findtext(root, "b/c") == "1"
    assert findtext(root, "b/d") is None
