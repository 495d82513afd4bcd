"""
What the look-alikes of EC2 have in common: see ``eucalyptus``, ``nimbus`` and ``outscale``.

They follow EC2 as it was some years ago: names and tags are given by a request of their own, lists
come in one piece, and few actions know a client token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from libcloud.common.aws.xml import Element, findall, findtext
from libcloud.common.errors import BaseHTTPError, LibcloudError
from libcloud.common.operations import unsupported
from libcloud.common.paging import iterate_pages
from libcloud.common.response import Response
from libcloud.compute.base import NodeSize
from libcloud.compute.drivers.ec2.connection import EC2Connection
from libcloud.compute.drivers.ec2.driver import BaseEC2NodeDriver
from libcloud.compute.drivers.ec2.params import numbered
from libcloud.compute.drivers.ec2.room import PAGE_SIZE

__all__ = ["LookAlike", "PrivateCloudConnection"]

T = TypeVar("T")

TAG_SPECIFICATION = "TagSpecification.1."

# What is made -> where its answer has it, and its id.
MADE = {
    "instance": ("instancesSet/item", "instanceId"),
    "internet-gateway": ("internetGateway", "internetGatewayId"),
    "network-interface": ("networkInterface", "networkInterfaceId"),
    "route-table": ("routeTable", "routeTableId"),
    "snapshot": ("", "snapshotId"),
    "subnet": ("subnet", "subnetId"),
    "volume": ("", "volumeId"),
    "vpc": ("vpc", "vpcId"),
}

# Elsewhere a token would be ignored, and a request that is sent again would make a second one.
ACTIONS_WITH_TOKEN = frozenset({"CopyImage", "RunInstances"})


class PrivateCloudConnection(EC2Connection):
    """A connection to a cloud of which only the caller knows the host."""

    host: Any = None

    def connect(self, host: str | None = None, *args: Any, **kwargs: Any) -> None:
        """Make the object that does the exchanges, once there is a host."""
        if host or self.host:
            super().connect(host, *args, **kwargs)

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """
        Send a request.

        :raises ValueError: the driver was made without ``host``.
        """
        if not self.host:
            raise ValueError("This driver has no default host: make it with host=...")
        return super().request(*args, **kwargs)


class LookAlike(BaseEC2NodeDriver):
    """
    A driver of what speaks EC2's protocol.

    :param region: The region that signatures of version 4 name.
    :param token: Session token of temporary credentials.
    :param signature_version: ``"2"`` or ``"4"``; the driver's own when it is None.
    """

    # Whether the cloud knows tags.
    has_tags = True

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str | None = None,
        region: str | None = None,
        token: str | None = None,
        signature_version: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.token = token
        self.region_name = region or self.region_name
        self.signature_version = signature_version or self.signature_version
        super().__init__(
            key,
            secret=secret,
            secure=secure,
            host=host,
            port=port,
            api_version=api_version,
            region=region,
            **kwargs,
        )

    def ex_list_sizes_from_api(
        self, size_ids: list[str] | None = None, ex_filters: dict[str, Any] | None = None
    ) -> list[NodeSize]:
        """
        Not offered.

        :raises UnsupportedOperation: always.
        """
        raise unsupported(self, "ex_list_sizes_from_api")

    def _call(self, action: str, params: Mapping[str, Any] | None = None) -> Element:
        """Call an action, and another one for tags that EC2 would take with it."""
        params = dict(params or {})
        if action not in ACTIONS_WITH_TOKEN:
            params.pop("ClientToken", None)
        specification = {
            name.removeprefix(TAG_SPECIFICATION): params.pop(name)
            for name in list(params)
            if name.startswith(TAG_SPECIFICATION)
        }
        root = super()._call(action, params)
        if specification and self.has_tags:
            path, id_name = MADE[specification.pop("ResourceType")]
            self._tag(findall(root, path) if path else [root], id_name, specification)
        return root

    def _tag(self, made: list[Element], id_name: str, tags: dict[str, Any]) -> None:
        """Tag what was made, and write the tags where EC2's answer would have them."""
        ids = [findtext(element, id_name) for element in made]
        try:
            super()._call("CreateTags", {**numbered("ResourceId", ids), **tags})
        except LibcloudError as error:
            error.value = f"{', '.join(map(str, ids))} made, but not tagged: {error.value}"
            if isinstance(error, BaseHTTPError):
                error.message = error.value
            raise
        from lxml import etree

        for element in made:
            tag_set = etree.SubElement(element, "tagSet")
            for number in range(1, len(tags) // 2 + 1):
                item = etree.SubElement(tag_set, "item")
                etree.SubElement(item, "key").text = tags[f"Tag.{number}.Key"]
                etree.SubElement(item, "value").text = tags[f"Tag.{number}.Value"]

    def _read_pages(
        self,
        action: str,
        params: Mapping[str, Any],
        read: Callable[[Response], Iterable[T]],
        ids: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[T]:
        # A page size is an unknown parameter to most; one that has pages sends a token unasked.
        def fetch(token: str | None) -> tuple[Iterable[T], str | None]:
            answer = self._answer(action, {**params, "NextToken": token})
            return read(answer), findtext(answer.object, "nextToken")

        return iterate_pages(fetch)
