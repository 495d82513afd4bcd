"""How drivers turn what a provider answered into the errors of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from libcloud.common.errors import (
    MalformedResponseError,
    ProviderError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from libcloud.dns.types import (
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    RecordError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
    ZoneError,
)

if TYPE_CHECKING:
    from libcloud.dns.driver import DNSDriver

__all__ = ["about_new_record", "about_record", "about_zone", "reading"]


@contextmanager
def about_zone(driver: DNSDriver, zone_id: Any) -> Iterator[None]:
    """
    Requests whose "not found" and "exists" can only mean the zone.

    :raises ZoneDoesNotExistError: the provider said "not found".
    :raises ZoneAlreadyExistsError: the provider said "exists".
    """
    try:
        yield
    except (ZoneError, RecordError):
        raise
    except ResourceNotFoundError as error:
        raise _alike(error, ZoneDoesNotExistError(error.value, driver, zone_id)) from error
    except ResourceExistsError as error:
        raise _alike(error, ZoneAlreadyExistsError(error.value, driver, zone_id)) from error


@contextmanager
def about_record(driver: DNSDriver, record_id: Any) -> Iterator[None]:
    """
    Requests whose "not found" and "exists" are about a record, in a zone that is there.

    :raises RecordDoesNotExistError: the provider said "not found".
    :raises RecordAlreadyExistsError: the provider said "exists".
    """
    try:
        yield
    except (ZoneError, RecordError):
        raise
    except ResourceNotFoundError as error:
        raise _alike(error, RecordDoesNotExistError(error.value, driver, record_id)) from error
    except ResourceExistsError as error:
        raise _alike(error, RecordAlreadyExistsError(error.value, driver, record_id)) from error


@contextmanager
def about_new_record(driver: DNSDriver, zone_id: Any, name: Any) -> Iterator[None]:
    """
    The request that creates a record.

    :param name: Stands in for the ID that the record does not have yet.
    :raises ZoneDoesNotExistError: the provider said "not found".
    :raises RecordAlreadyExistsError: the provider said "exists".
    """
    with about_zone(driver, zone_id):
        try:
            yield
        except ResourceExistsError as error:
            if isinstance(error, (ZoneError, RecordError)):
                raise
            raise _alike(error, RecordAlreadyExistsError(error.value, driver, name)) from error


@contextmanager
def reading(driver: DNSDriver, body: Any) -> Iterator[None]:
    """
    Taking an answer apart.

    :param body: The answer, for the error.
    :raises MalformedResponseError: a part of it is absent, or is of another kind.
    """
    try:
        yield
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise MalformedResponseError(
            f"The answer has another form than expected: {error!r}", body=body, driver=driver
        ) from error


def _alike(cause: ProviderError, error: ProviderError) -> ProviderError:
    error.http_code = cause.http_code
    error.provider_code = cause.provider_code
    error.request_id = cause.request_id
    return error
