"""
What the drivers of Amazon's load balancers share: where the service is, how its actions are called,
and what its errors mean. It has two APIs, each with a version of its own, at the same address.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/Welcome.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from libcloud.common.aws import AWS_ERRORS, AWSDriver, AWSGenericResponse, AWSQueryConnection
from libcloud.common.aws.errors import ErrorTable
from libcloud.common.aws.xml import Element, convert, findall, findtext, require
from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    InvalidRequestError,
    LibcloudError,
    ProviderError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.common.paging import iterate_pages
from libcloud.loadbalancer.base import Driver, Member
from libcloud.utils.iso8601 import parse_date

__all__ = [
    "HOST",
    "AWSLoadBalancerConnection",
    "AWSLoadBalancerDriver",
    "AWSLoadBalancerResponse",
    "date_at",
    "endpoint_of",
    "numbered",
    "read_tags",
    "tag_params",
    "telling_what_is_left",
    "texts_of",
]

HOST = "elasticloadbalancing.%s.amazonaws.com"

_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

ERRORS: ErrorTable = {
    **AWS_ERRORS,
    "CapacityUnitsLimitExceeded": QuotaExceededError,
    "DependencyThrottle": RateLimitReachedError,
    "HealthUnavailable": ServiceUnavailableError,
    "InsufficientCapacity": ServiceUnavailableError,
    # "Could not find EC2 instance ..."
    "InvalidInstance": ResourceNotFoundError,
    "OperationNotPermitted": ConflictError,
    "PriorityInUse": ResourceExistsError,
    "TargetGroupAssociationLimit": QuotaExceededError,
}

_BY_PATTERN: tuple[tuple[re.Pattern[str], type[ProviderError]], ...] = (
    (re.compile(r".*NotFound"), ResourceNotFoundError),
    # A key that a call names twice is a mistake of the call; nothing is there already.
    (re.compile(r"Duplicate(?!TagKeys).*"), ResourceExistsError),
    (re.compile(r"TooMany.*"), QuotaExceededError),
    (re.compile(r".*InUse"), ConflictError),
)


class AWSLoadBalancerResponse(AWSGenericResponse):
    """An answer of the service."""

    xpath = "Error"
    exceptions: dict[str, Any] = {}
    error_table = ERRORS

    @classmethod
    def error_class(cls, code: str) -> type[ProviderError] | None:
        known = cls.error_table.get(code)
        if known is not None:
            return known
        return next((found for pattern, found in _BY_PATTERN if pattern.fullmatch(code)), None)


class AWSLoadBalancerConnection(AWSQueryConnection):
    """A connection to the service in one region."""

    host = HOST
    service_name = "elasticloadbalancing"


class AWSLoadBalancerDriver(AWSDriver, Driver):
    """
    A driver of one of the two APIs, and base of the rooms.

    :param access_id: Access key id.
    :param secret: Secret access key.
    :param region: ``us-east-1`` ...
    :param token: Session token of temporary credentials.
    :param credentials: In place of access id, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param host: Instead of the region's endpoint.
    :raises ValueError: the region is no name.
    """

    website = "http://aws.amazon.com/elasticloadbalancing/"
    signature_version = "4"

    def __init__(
        self,
        access_id: str | None = None,
        secret: str | None = None,
        region: str = "us-east-1",
        token: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.region_name = region
        super().__init__(
            access_id,
            secret=secret,
            secure=secure,
            host=host or endpoint_of(region),
            port=port,
            region=region,
            token=token,
            **kwargs,
        )

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        kwargs = super()._ex_connection_class_kwargs()
        kwargs["signature_version"] = self.signature_version
        return kwargs

    def _call(self, action: str, params: Mapping[str, Any]) -> Element:
        """Call an action and return the element of its answer that has the result."""
        root = self.connection.call(action, params)
        return require(root, f"{action}Result", driver=self)

    def _do(self, action: str, params: Mapping[str, Any]) -> bool:
        """Call an action whose answer says no more than that it is done, and return True."""
        self.connection.call(action, params)
        return True

    def _pages(self, action: str, params: Mapping[str, Any], items: str) -> Iterator[list[Element]]:
        """
        The items of an answer, a page at a time.

        :param items: Tag of the element that has the items.
        """

        def fetch(marker: str | None) -> tuple[list[list[Element]], str | None]:
            result = self._call(action, {**params, "Marker": marker})
            page = findall(require(result, items, driver=self), "member")
            return [page], findtext(result, "NextMarker")

        return iterate_pages(fetch)

    def _all(self, action: str, params: Mapping[str, Any], items: str) -> Iterator[Element]:
        """The items of all pages of an answer."""
        for page in self._pages(action, params, items):
            yield from page

    def _one(self, action: str, params: Mapping[str, Any], items: str) -> Element:
        """
        The item that the parameters name.

        :raises ResourceNotFoundError: there is none.
        """
        for element in self._all(action, params, items):
            return element
        raise ResourceNotFoundError(f"{action} finds no {', '.join(params.values())}", driver=self)

    def _made(self, action: str, params: Mapping[str, Any], items: str) -> Element:
        """Call an action that makes one thing, and return the element of what it made."""
        return require(self._call(action, params), f"{items}/member", driver=self)

    def _member_id(self, member: Member) -> str:
        """
        What the service knows a member by.

        :raises InvalidRequestError: the member has neither an ID nor an address.
        """
        identity = member.id or member.ip
        if not identity:
            raise InvalidRequestError(f"{member} has no id", driver=self)
        return identity


def endpoint_of(region: str) -> str:
    """
    The host of a region, of one that is newer than this library too.

    https://docs.aws.amazon.com/general/latest/gr/elb.html

    :raises ValueError: the region is no name.
    """
    if not _REGION.fullmatch(region or ""):
        raise ValueError(f"Invalid region: {region}")
    host = HOST % region
    return f"{host}.cn" if region.startswith("cn-") else host


def numbered(name: str, values: Iterable[Any] | str | None) -> dict[str, Any]:
    """``name.member.1``, ``name.member.2`` ... for a list; a text counts as a list of one."""
    if isinstance(values, str):
        values = [values]
    return {f"{name}.member.{number}": value for number, value in enumerate(values or (), 1)}


def tag_params(tags: Mapping[str, str | None] | None) -> dict[str, Any]:
    """``Tags.member.1.Key``, ``Tags.member.1.Value`` ..."""
    params: dict[str, Any] = {}
    for number, (key, value) in enumerate((tags or {}).items(), 1):
        params[f"Tags.member.{number}.Key"] = key
        params[f"Tags.member.{number}.Value"] = value
    return params


def read_tags(element: Element) -> dict[str, str | None]:
    """The tags below an element; the value of a tag may be None."""
    return {
        findtext(tag, "Key") or "": findtext(tag, "Value")
        for tag in findall(element, "Tags/member")
    }


def date_at(element: Element, path: str) -> datetime | None:
    """
    The time at a path of tags, None where there is none.

    :raises MalformedResponseError: it is no time.
    """
    text = findtext(element, path)
    moment: datetime | None = convert(text, parse_date) if text else None
    return moment


def texts_of(element: Element, path: str) -> list[str]:
    """The texts of all elements on a path of tags."""
    return [found.text or "" for found in findall(element, path)]


@contextmanager
def telling_what_is_left(left: str) -> Iterator[None]:
    """
    Let an error on the way say, too, what was made before.

    It is not removed: the service calls it a success when it was there already, so it may be
    somebody else's.
    """
    try:
        yield
    except LibcloudError as error:
        error.value = f"{error.value} ({left})"
        error.args = (error.value,)
        if isinstance(error, BaseHTTPError):
            error.message = error.value
        raise
