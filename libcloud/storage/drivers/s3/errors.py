"""
What S3 says when a call fails.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.errors import AWS_ERRORS
from libcloud.common.errors import (
    ConflictError,
    ErrorKind,
    InvalidCredsError,
    LibcloudError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.storage.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
    ObjectError,
    ObjectHashMismatchError,
)

__all__ = ["S3_ERRORS", "AccessDeniedError", "BucketInOtherRegionError", "domain_error"]


class AccessDeniedError(InvalidCredsError, PermissionDeniedError):
    """
    The credentials do not allow this, or there are none.

    Programs that ask for a container to try their credentials expect ``InvalidCredsError``.
    """

    kind = ErrorKind.PERMISSION


S3_ERRORS = {
    **AWS_ERRORS,
    "AccessDenied": AccessDeniedError,
    "NoSuchUpload": ResourceNotFoundError,
    "OperationAborted": ConflictError,
    "PreconditionFailed": ConflictError,
    "ServerSideEncryptionConfigurationNotFoundError": ResourceNotFoundError,
    "TooManyBuckets": QuotaExceededError,
    "UnexpectedIPError": ServiceUnavailableError,
}

# These say which container or object they are about, where that is known.
_CONTAINER_ERRORS: dict[str, type[ContainerError]] = {
    "BucketAlreadyExists": ContainerAlreadyExistsError,
    "BucketAlreadyOwnedByYou": ContainerAlreadyExistsError,
    "BucketNotEmpty": ContainerIsNotEmptyError,
    "InvalidBucketName": InvalidContainerNameError,
    "NoSuchBucket": ContainerDoesNotExistError,
}
_OBJECT_ERRORS: dict[str, type[ObjectError]] = {
    "BadDigest": ObjectHashMismatchError,
    "NoSuchKey": ObjectDoesNotExistError,
    "XAmzContentSHA256Mismatch": ObjectHashMismatchError,
}


class BucketInOtherRegionError(ProviderError):
    """
    The bucket is in another region than the one that was asked.

    :param region: The one that it is in.
    """

    def __init__(self, value: Any, http_code: int | None, region: str, driver: Any = None) -> None:
        super().__init__(value, http_code, driver=driver)
        self.args = (value, http_code, region)
        self.region = region


def domain_error(
    error: ProviderError,
    driver: Any,
    container_name: str,
    object_name: str | None,
    object_is_new: bool = False,
) -> LibcloudError:
    """
    The storage domain's own error for one of S3's; the error itself when there is none.

    The answer to a HEAD request has no body, so a 404 may be all that there is to go by.

    :param object_is_new: The request was to make the object: what is missing is the container.
    """
    code = error.provider_code or ""
    if code in _CONTAINER_ERRORS:
        found: LibcloudError = _CONTAINER_ERRORS[code](error.value, driver, container_name)
    elif object_name is not None and code in _OBJECT_ERRORS:
        found = _OBJECT_ERRORS[code](error.value, driver, object_name)
    elif error.http_code != 404 or code:
        return error
    elif object_name is not None and not object_is_new:
        found = ObjectDoesNotExistError(None, driver, object_name)
    else:
        found = ContainerDoesNotExistError(None, driver, container_name)
    found.http_code = error.http_code
    found.provider_code = error.provider_code
    found.request_id = error.request_id
    return found
