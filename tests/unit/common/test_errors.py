from __future__ import annotations

import pickle

import pytest

from libcloud.common import errors, exceptions, types
from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    ErrorKind,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    exception_from_message,
    provider_error,
)


@pytest.mark.parametrize(
    ("status", "kind", "error_class"),
    [
        (401, ErrorKind.CREDENTIALS, InvalidCredsError),
        (403, ErrorKind.PERMISSION, PermissionDeniedError),
        (404, ErrorKind.NOT_FOUND, ResourceNotFoundError),
        (409, ErrorKind.CONFLICT, ConflictError),
        (412, ErrorKind.CONFLICT, ConflictError),
        (429, ErrorKind.RATE_LIMIT, RateLimitReachedError),
        (418, ErrorKind.PROVIDER, ProviderError),
        (500, ErrorKind.PROVIDER, ProviderError),
        (503, ErrorKind.UNAVAILABLE, ServiceUnavailableError),
    ],
)
def test_status_gives_error_that_is_generic_and_http(status, kind, error_class):
    error = exception_from_message(status, "no", {"a": "b"})
    assert isinstance(error, BaseHTTPError)
    assert isinstance(error, error_class)
    assert error.kind is kind
    assert (error.code, error.http_code, error.headers) == (status, status, {"a": "b"})


def test_http_error_without_a_message_shows_the_status():
    assert str(exception_from_message(404, "")) == "404 Not Found"
    assert str(exception_from_message(599, None)) == "599"


def test_old_texts_are_kept():
    assert str(LibcloudError("v", driver=int)) == "<LibcloudError in <class 'int'> 'v'>"
    assert str(ProviderError("v", 404)) == repr(ProviderError("v", 404)) == "'v'"
    assert str(BaseHTTPError(404, "msg")) == "msg"
    assert repr(BaseHTTPError(404, "msg")) == "BaseHTTPError('msg')"
    assert str(RateLimitReachedError()) == "429 Rate limit exceeded"
    malformed = MalformedResponseError("v", "body", int)
    assert str(malformed) == "<MalformedResponseException in <class 'int'> 'v'>: 'body'"
    assert malformed.args == ("v", "body", int)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), ("0", 0), ("-3", 0), ("soon", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), (None, 0)],
)
def test_rate_limit_reads_retry_after(value, seconds):
    headers = {} if value is None else {"retry-after": value}
    assert RateLimitReachedError(headers=headers).retry_after == seconds


def test_retry_after_date_in_the_future_is_a_wait():
    import email.utils
    import time

    date = email.utils.formatdate(time.time() + 100, usegmt=True)
    assert 90 < RateLimitReachedError(headers={"retry-after": date}).retry_after <= 100


TABLE = {
    "NoSuchThing": ResourceNotFoundError,
    "ThingExists": ResourceExistsError,
    "TooMany": QuotaExceededError,
    "BadKey": InvalidCredsError,
    "SlowDown": RateLimitReachedError,
    "Busy": ServiceUnavailableError,
    "Odd": BaseHTTPError,
}


@pytest.mark.parametrize("code", TABLE)
def test_provider_error_takes_the_class_from_the_table(code):
    error = provider_error(
        400, "text", code, TABLE, request_id="r1", headers={"retry-after": "3"}, driver=int
    )
    assert isinstance(error, TABLE[code])
    assert error.kind is TABLE[code].kind
    assert isinstance(error, BaseHTTPError) == (code != "BadKey")
    assert "text" in str(error)
    assert error.provider_code == code
    assert error.request_id == "r1"
    assert error.http_code == 400
    assert error.driver is int
    if code in ("SlowDown", "Busy"):
        assert error.retryable
        assert error.retry_after == 3


def test_provider_error_with_unknown_code_goes_by_status():
    error = provider_error(404, "text", "Strange", TABLE)
    assert isinstance(error, ResourceNotFoundError)
    assert error.provider_code == "Strange"


EXAMPLES = [
    LibcloudError("v", driver=object()),
    ProviderError("v", 404),
    InvalidCredsError(),
    ServiceUnavailableError("later"),
    MalformedResponseError("v", "body", object()),
    exception_from_message(404, "x", {"a": "b"}),
    RateLimitReachedError(headers={"retry-after": "3"}),
    provider_error(403, "text", "TooMany", TABLE, request_id="r"),
    errors.ProviderNotFoundError("zz"),
    errors.UnsupportedOperation("list_nodes"),
    NetworkError("refused"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_error_survives_pickling_without_its_driver(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert copy.driver is None
    for name in ("value", "http_code", "provider_code", "request_id", "kind", "retryable"):
        assert getattr(copy, name) == getattr(error, name)


def test_old_modules_have_the_same_classes():
    assert exceptions.BaseHTTPError is errors.BaseHTTPError
    assert exceptions.RateLimitReachedError is errors.RateLimitReachedError
    assert types.InvalidCredsError is types.InvalidCredsException is errors.InvalidCredsError
    assert types.MalformedResponseError is errors.MalformedResponseError


def test_tree_hangs_together():
    for name in errors.__all__:
        thing = getattr(errors, name)
        is_error = isinstance(thing, type) and issubclass(thing, Exception)
        if is_error and not issubclass(thing, Warning):
            assert issubclass(thing, LibcloudError), name
    assert issubclass(errors.UnsupportedOperation, NotImplementedError)
    assert issubclass(errors.ProviderNotFoundError, AttributeError)
    assert issubclass(errors.InvalidRequestError, ValueError)
