"""
What AWS services say when a call fails.

:data:`AWS_ERRORS` has the codes that all services share. A service adds its own::

    ROUTE53_ERRORS = {**AWS_ERRORS, "NoSuchHostedZone": ResourceNotFoundError}

    class Route53Response(AWSXmlResponse):
        error_table = ROUTE53_ERRORS

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from libcloud.common.aws.xml import Element, findtext, local_name
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)

__all__ = ["AWS_ERRORS", "AWSError", "error_from_json", "error_from_xml"]

ErrorTable = Mapping[str, type[ProviderError]]

AWS_ERRORS: ErrorTable = {
    # Who are you?
    "AuthFailure": InvalidCredsError,
    "AuthorizationHeaderMalformed": InvalidCredsError,
    "ExpiredToken": InvalidCredsError,
    "ExpiredTokenException": InvalidCredsError,
    "IncompleteSignature": InvalidCredsError,
    "IncompleteSignatureException": InvalidCredsError,
    "InvalidAccessKeyId": InvalidCredsError,
    "InvalidClientTokenId": InvalidCredsError,
    "InvalidSecurity": InvalidCredsError,
    "InvalidSignatureException": InvalidCredsError,
    "InvalidToken": InvalidCredsError,
    "MissingAuthenticationToken": InvalidCredsError,
    "MissingAuthenticationTokenException": InvalidCredsError,
    "NotSignedUp": InvalidCredsError,
    "OptInRequired": InvalidCredsError,
    "RequestExpired": InvalidCredsError,
    "RequestTimeTooSkewed": InvalidCredsError,
    "SignatureDoesNotMatch": InvalidCredsError,
    "TokenRefreshRequired": InvalidCredsError,
    "UnrecognizedClientException": InvalidCredsError,
    # You may not.
    "AccessDenied": PermissionDeniedError,
    "AccessDeniedException": PermissionDeniedError,
    "AccountProblem": PermissionDeniedError,
    "AllAccessDisabled": PermissionDeniedError,
    "Blocked": PermissionDeniedError,
    "NotAuthorized": PermissionDeniedError,
    "PendingVerification": PermissionDeniedError,
    "UnauthorizedOperation": PermissionDeniedError,
    # Slow down.
    "BandwidthLimitExceeded": RateLimitReachedError,
    "EC2ThrottledException": RateLimitReachedError,
    "PriorRequestNotComplete": RateLimitReachedError,
    "RequestLimitExceeded": RateLimitReachedError,
    "RequestThrottled": RateLimitReachedError,
    "RequestThrottledException": RateLimitReachedError,
    "SlowDown": RateLimitReachedError,
    "ThrottledException": RateLimitReachedError,
    "Throttling": RateLimitReachedError,
    "ThrottlingException": RateLimitReachedError,
    "TooManyRequestsException": RateLimitReachedError,
    # Try again later.
    "InternalError": ServiceUnavailableError,
    "InternalFailure": ServiceUnavailableError,
    "InternalServerError": ServiceUnavailableError,
    "ServerInternal": ServiceUnavailableError,
    "ServiceUnavailable": ServiceUnavailableError,
    "ServiceUnavailableException": ServiceUnavailableError,
    "Unavailable": ServiceUnavailableError,
    # The rest.
    "IdempotentParameterMismatch": ConflictError,
    "LimitExceededException": QuotaExceededError,
    "ResourceNotFoundException": ResourceNotFoundError,
    "ServiceQuotaExceededException": QuotaExceededError,
}


class AWSError(NamedTuple):
    """An error as the service states it; what it leaves out is None."""

    code: str | None
    message: str | None
    request_id: str | None

    @property
    def text(self) -> str:
        """``Code: message``, or what there is of it."""
        return ": ".join(part for part in (self.code, self.message) if part)


_REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-amz-request-id")


def error_from_xml(root: Element, headers: Mapping[str, str]) -> AWSError | None:
    """
    The error that an XML document states, None when it is no error document.

    The known shapes: ``Response/Errors/Error`` (EC2), ``ErrorResponse/Error`` (query services and
    Route 53), and a bare ``Error`` (S3).
    """
    where = {"Response": "Errors/Error/", "ErrorResponse": "Error/", "Error": ""}
    prefix = where.get(local_name(root))
    if prefix is None:
        return None
    code = findtext(root, prefix + "Code")
    if code is None:
        return None
    request_id = (
        findtext(root, "RequestID") or findtext(root, "RequestId") or _header_request_id(headers)
    )
    return AWSError(code.strip(), findtext(root, prefix + "Message"), request_id)


def error_from_json(body: object, headers: Mapping[str, str]) -> AWSError | None:
    """
    The error that a JSON answer states, None when it states none.

    Its code is in the header ``x-amzn-errortype``, or in ``__type`` or ``code`` of the body, with
    the service's name before it or a link behind.

    https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
    """
    if not isinstance(body, Mapping):
        return None
    code = headers.get("x-amzn-errortype") or body.get("__type") or body.get("code")
    if not code:
        return None
    code = str(code).partition(":")[0].rpartition("#")[2]
    message = body.get("message") or body.get("Message")
    return AWSError(code, None if message is None else str(message), _header_request_id(headers))


def _header_request_id(headers: Mapping[str, str]) -> str | None:
    return next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), None)
