"""Where Route 53 is, how requests are signed for it, and what its errors mean."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from libcloud.common.aws import AWS_ERRORS, AWSConnection, AWSGenericResponse
from libcloud.common.aws.errors import AWSError
from libcloud.common.aws.xml import findall, findtext, local_name
from libcloud.common.errors import (
    ConflictError,
    ProviderError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from libcloud.common.response import XmlResponse

__all__ = [
    "API_HOST",
    "API_ROOT",
    "API_VERSION",
    "CURRENT_NAMESPACE",
    "CURRENT_ROOT",
    "CURRENT_VERSION",
    "NAMESPACE",
    "BaseRoute53Connection",
    "InvalidChangeBatch",
    "Route53Connection",
    "Route53DNSResponse",
    "endpoint_of",
]

CURRENT_VERSION = "2013-04-01"
API_HOST = "route53.amazonaws.com"
CURRENT_ROOT = f"/{CURRENT_VERSION}/"
CURRENT_NAMESPACE = f"https://{API_HOST}/doc{CURRENT_ROOT}"

# Programs that send requests of their own build and read them with these names, and go on in the
# version that they were written for: Amazon still answers it. The driver does not use them.
API_VERSION = "2012-02-29"
API_ROOT = f"/{API_VERSION}/"
NAMESPACE = f"https://{API_HOST}/doc{API_ROOT}"


class Endpoint(NamedTuple):
    """Where a partition of AWS has Route 53, and the region that its requests are signed for."""

    host: str
    region: str


# https://docs.aws.amazon.com/general/latest/gr/r53.html
ENDPOINT = Endpoint(API_HOST, "us-east-1")
ENDPOINTS_BY_REGION_PREFIX = {
    "cn-": Endpoint("route53.amazonaws.com.cn", "cn-northwest-1"),
    "us-gov-": Endpoint("route53.us-gov.amazonaws.com", "us-gov-west-1"),
    "us-iso-": Endpoint("route53.c2s.ic.gov", "us-iso-east-1"),
    "us-isob-": Endpoint("route53.sc2s.sgov.gov", "us-isob-east-1"),
}


def endpoint_of(region: str | None) -> Endpoint:
    """
    :param region: None for AWS itself, as it is for all regions that no other partition has.
    """
    for prefix, endpoint in ENDPOINTS_BY_REGION_PREFIX.items():
        if region and region.startswith(prefix):
            return endpoint
    return ENDPOINT


ERRORS: dict[str, type[ProviderError]] = {
    **AWS_ERRORS,
    "ConflictingDomainExists": ResourceExistsError,
    "DelegationSetAlreadyCreated": ResourceExistsError,
    "DelegationSetInUse": ConflictError,
    "DelegationSetNotAvailable": ConflictError,
    "HealthCheckAlreadyExists": ResourceExistsError,
    "HealthCheckInUse": ConflictError,
    "HealthCheckVersionMismatch": ConflictError,
    "HostedZoneAlreadyExists": ResourceExistsError,
    "HostedZoneNotEmpty": ConflictError,
    "LastVPCAssociation": ConflictError,
    "LimitsExceeded": QuotaExceededError,
    "NoSuchChange": ResourceNotFoundError,
    "NoSuchDelegationSet": ResourceNotFoundError,
    "NoSuchHealthCheck": ResourceNotFoundError,
    "TooManyHealthChecks": QuotaExceededError,
    "TooManyHostedZones": QuotaExceededError,
}


class InvalidChangeBatch(ProviderError):
    """
    Route 53 refuses a change of records, and says why; nothing was changed.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    """

    http_code = 400

    def __init__(self, value: Any, driver: Any = None) -> None:
        super().__init__(value, http_code=400, driver=driver)

    @property
    def says_that_a_set_has_changed(self) -> bool:
        """True when a record set is there, or is gone, or is not what the batch takes it for."""
        return re.search(_SET_HAS_CHANGED, str(self.value)) is not None


_SET_HAS_CHANGED = (
    r"(?s)Tried to (create|delete) resource record set .*"
    r"(it already exists|it was not found|do not match the current values)"
)


class Route53DNSResponse(AWSGenericResponse):
    """An answer in XML."""

    namespace = NAMESPACE
    xpath = "Error"
    error_table = ERRORS
    exceptions = {
        "InvalidChangeBatch": InvalidChangeBatch,
        "NoSuchHostedZone": ResourceNotFoundError,
    }

    def parse_error(self) -> Any:
        error = super().parse_error()
        stated = self.stated_error()
        if stated is not None:
            error.provider_code, error.request_id = stated.code, stated.request_id
        return error

    def stated_error(self) -> AWSError | None:
        """A refused change batch may also be a document of its own, with several messages."""
        error = super().stated_error()
        root = XmlResponse.parse_error(self)
        if error is None and hasattr(root, "tag") and local_name(root) == "InvalidChangeBatch":
            messages = [message.text or "" for message in findall(root, "Messages/Message")]
            request_id = findtext(root, "RequestId")
            return AWSError("InvalidChangeBatch", "; ".join(messages), request_id)
        return error


class BaseRoute53Connection(AWSConnection):
    """Signs for the one region that each partition of AWS has Route 53 in."""

    host = API_HOST
    responseCls = Route53DNSResponse
    service_name = "route53"

    def region(self) -> str:
        return endpoint_of(self.driver.region).region


class Route53Connection(BaseRoute53Connection):
    """The same, under the name that the driver goes by."""
