"""
Amazon Elastic Container Service, and the image registry that belongs to it.

==================== ================================================================
``driver``           the driver, put together from the rooms
``connection``       connections to ECS and ECR, and what their errors mean
``clusters``         clusters
``containers``       containers, and the tasks that they run in
``task_definitions`` what containers are made by
``services``         what keeps a number of tasks running
``images``           images in ECR, and clients for its registries
``room``             what the rooms share
==================== ================================================================
"""

from __future__ import annotations

from libcloud.container.drivers.ecs.connection import (
    ECR_HOST,
    ECR_TARGET_BASE,
    ECR_VERSION,
    ECS_HOST,
    ECS_TARGET_BASE,
    ECS_VERSION,
    ROOT,
    ECRJsonConnection,
    ECRJsonResponse,
    ECSJsonConnection,
    ECSJsonResponse,
)
from libcloud.container.drivers.ecs.containers import TaskContainer
from libcloud.container.drivers.ecs.driver import ElasticContainerDriver

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
    "ElasticContainerDriver",
    "TaskContainer",
]
