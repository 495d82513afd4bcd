"""
What programs and drivers import; it lives in:

- :mod:`libcloud.container.models`: ``Container``, ``ContainerImage``, ``ContainerCluster``,
  ``ClusterLocation``
- :mod:`libcloud.container.driver`: ``ContainerDriver``
"""

from __future__ import annotations

from libcloud.common.base import BaseDriver, ConnectionUserAndKey
from libcloud.container.driver import ContainerDriver
from libcloud.container.models import (
    ClusterLocation,
    Container,
    ContainerCluster,
    ContainerImage,
)
from libcloud.container.types import ContainerState

__all__ = [
    "BaseDriver",
    "ClusterLocation",
    "ConnectionUserAndKey",
    "Container",
    "ContainerCluster",
    "ContainerDriver",
    "ContainerImage",
    "ContainerState",
]
