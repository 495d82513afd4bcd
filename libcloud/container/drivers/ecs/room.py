"""What the rooms of the driver share: listings, batches, ARNs, errors."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from libcloud.common.aws.json_protocol import pages
from libcloud.common.errors import ProviderError
from libcloud.container.base import ContainerDriver
from libcloud.container.types import ContainerError

__all__ = ["Room", "about", "batches", "new_token", "resource_path"]

T = TypeVar("T")
Error = TypeVar("Error", bound=ContainerError)

PAGE_SIZE = 100
"""Items a page: the most that the listings of ECS allow."""


class Room(ContainerDriver):
    """Base of the rooms. It has no constructor and no state."""

    region_name: str
    ecr_connection: Any

    def _pages(self, action: str, params: Mapping[str, Any], items: str) -> Iterator[Any]:
        """The items of one of ECS's listings, lazily."""
        return pages(self.connection, action, params, items, PAGE_SIZE)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, lazily, in lists of at most ``size``."""
    rest = iter(items)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def resource_path(arn: str) -> list[str]:
    """
    What an ARN names: ``arn:aws:ecs:us-east-1:123:task/web/1f2e`` -> ``["task", "web", "1f2e"]``.

    :returns: An empty list for what is no ARN.
    """
    parts = arn.split(":", 5)
    return parts[5].split("/") if len(parts) == 6 and parts[0] == "arn" else []


def about(error: ProviderError, missing: Error) -> Error:
    """The domain's own error, with all that the service's says."""
    missing.http_code = error.http_code
    missing.provider_code = error.provider_code
    missing.request_id = error.request_id
    return missing


def new_token() -> str:
    """A client token: ECS does once what it is asked for twice with the same."""
    return str(uuid.uuid4())
