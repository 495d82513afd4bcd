"""
What Amazon EC2 says when a call fails.

Its codes follow rules: ``Invalid<Resource>.NotFound``, ``<Resource>LimitExceeded`` and so on. Codes
that do not are in a table.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws.errors import AWS_ERRORS, ErrorTable
from libcloud.common.errors import (
    ConflictError,
    ProviderError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)

__all__ = ["EC2_ERRORS", "IdempotentParamError", "ec2_error_class"]


class IdempotentParamError(ConflictError):
    """A client token was used before, with other parameters."""

    def __init__(self, value: Any, driver: Any = None) -> None:
        super().__init__(value, driver=driver)


EC2_ERRORS: ErrorTable = {
    **AWS_ERRORS,
    "AddressLimitExceeded": QuotaExceededError,
    "DependencyViolation": ConflictError,
    "IdempotentParameterMismatch": IdempotentParamError,
    "IncorrectInstanceState": ConflictError,
    "IncorrectModificationState": ConflictError,
    "IncorrectState": ConflictError,
    "InsufficientAddressCapacity": ServiceUnavailableError,
    "InsufficientCapacity": ServiceUnavailableError,
    "InsufficientHostCapacity": ServiceUnavailableError,
    "InsufficientInstanceCapacity": ServiceUnavailableError,
    "InsufficientReservedInstanceCapacity": ServiceUnavailableError,
    "InsufficientVolumeCapacity": ServiceUnavailableError,
    "InvalidAMIID.Unavailable": ResourceNotFoundError,
    "InvalidAMIName.Duplicate": ResourceExistsError,
    "OperationNotPermitted": ConflictError,
    "ResourceAlreadyAssociated": ConflictError,
    "Resource.AlreadyAssociated": ConflictError,
    "RulesPerSecurityGroupLimitExceeded": QuotaExceededError,
    "UnavailableHostRequirements": ServiceUnavailableError,
    "VolumeInUse": ConflictError,
}

# An id of a wrong form names nothing, as one that is unknown does.
_BY_ENDING: tuple[tuple[str, type[ProviderError]], ...] = (
    ("NotFound", ResourceNotFoundError),
    ("Malformed", ResourceNotFoundError),
    (".Unknown", ResourceNotFoundError),
    (".Duplicate", ResourceExistsError),
    ("AlreadyExists", ResourceExistsError),
    (".InUse", ConflictError),
    ("LimitExceeded", QuotaExceededError),
)


def ec2_error_class(code: str) -> type[ProviderError] | None:
    """The class for one of EC2's codes, None to go by the status."""
    known = EC2_ERRORS.get(code)
    if known is not None:
        return known
    return next((found for ending, found in _BY_ENDING if code.endswith(ending)), None)
