"""
The connections to ECS and to ECR, its image registry, and what their errors mean.

API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from libcloud.common.aws import AWS_ERRORS, AWSJsonResponse
from libcloud.common.aws.errors import ErrorTable
from libcloud.common.aws.json_protocol import AWSJsonConnection
from libcloud.common.errors import (
    ConflictError,
    PermissionDeniedError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)

__all__ = [
    "ECR_HOST",
    "ECR_TARGET_BASE",
    "ECR_VERSION",
    "ECS_HOST",
    "ECS_TARGET_BASE",
    "ECS_VERSION",
    "ROOT",
    "ECRJsonConnection",
    "ECRJsonResponse",
    "ECSJsonConnection",
    "ECSJsonResponse",
    "ecr_host",
    "ecs_host",
]

ECS_VERSION = "2014-11-13"
ECR_VERSION = "2015-09-21"
ECS_HOST = "ecs.%s.amazonaws.com"
ECR_HOST = "ecr.%s.amazonaws.com"
ROOT = "/"
ECS_TARGET_BASE = f"AmazonEC2ContainerServiceV{ECS_VERSION.replace('-', '')}"
ECR_TARGET_BASE = f"AmazonEC2ContainerRegistry_V{ECR_VERSION.replace('-', '')}"

ECS_ERRORS: ErrorTable = {
    **AWS_ERRORS,
    "BlockedException": PermissionDeniedError,
    "ClusterContainsCapacityProviderException": ConflictError,
    "ClusterContainsContainerInstancesException": ConflictError,
    "ClusterContainsServicesException": ConflictError,
    "ClusterContainsTasksException": ConflictError,
    "ClusterNotFoundException": ResourceNotFoundError,
    "ConflictException": ConflictError,
    "NamespaceNotFoundException": ResourceNotFoundError,
    "ResourceInUseException": ConflictError,
    "ServerException": ServiceUnavailableError,
    "ServiceNotActiveException": ConflictError,
    "ServiceNotFoundException": ResourceNotFoundError,
    "TargetNotFoundException": ResourceNotFoundError,
    "UpdateInProgressException": ConflictError,
}

# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
ECR_ERRORS: ErrorTable = {
    **AWS_ERRORS,
    "ImageAlreadyExistsException": ResourceExistsError,
    "ImageNotFoundException": ResourceNotFoundError,
    "LayersNotFoundException": ResourceNotFoundError,
    "LimitExceededException": QuotaExceededError,
    "RepositoryAlreadyExistsException": ResourceExistsError,
    "RepositoryNotEmptyException": ConflictError,
    "RepositoryNotFoundException": ResourceNotFoundError,
    "ServerException": ServiceUnavailableError,
}


class ECSJsonResponse(AWSJsonResponse):
    """An answer of ECS."""

    error_table = ECS_ERRORS


class ECRJsonResponse(AWSJsonResponse):
    """An answer of ECR."""

    error_table = ECR_ERRORS


class ECSJsonConnection(AWSJsonConnection):
    """A connection to ECS in one region."""

    version = ECS_VERSION
    host = ECS_HOST
    responseCls = ECSJsonResponse
    service_name = "ecs"
    target_prefix = ECS_TARGET_BASE

    # The second time, these find done what they would do.
    idempotent_actions = frozenset(
        {
            "CreateCluster",
            "DeleteCluster",
            "DeleteService",
            "DeregisterTaskDefinition",
            "StopTask",
            "UpdateService",
        }
    )


class ECRJsonConnection(AWSJsonConnection):
    """A connection to ECR in one region."""

    version = ECR_VERSION
    host = ECR_HOST
    responseCls = ECRJsonResponse
    service_name = "ecr"
    target_prefix = ECR_TARGET_BASE


def ecs_host(region: str) -> str:
    """
    Where a region has ECS.

    https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
    """
    return ECS_HOST % region + _suffix(region)


def ecr_host(region: str) -> str:
    """
    Where a region has ECR's API.

    https://docs.aws.amazon.com/general/latest/gr/ecr.html
    """
    prefix = "api." if region.startswith("cn-") else ""
    return prefix + ECR_HOST % region + _suffix(region)


def _suffix(region: str) -> str:
    return ".cn" if region.startswith("cn-") else ""
