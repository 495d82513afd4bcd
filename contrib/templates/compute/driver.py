"""
Acme Compute.

API: https://api.acme.example/docs

This is a template: put your provider in place of this small REST dialect::

    GET    /v1/nodes?cursor=                  {"items": [node ...], "next": cursor or null}
    POST   /v1/nodes                          {"name", "size", "image", "location"}   202, the node
    POST   /v1/nodes/{id}/reboot (start, stop)                                         204
    DELETE /v1/nodes/{id}                                                              204
    GET    /v1/sizes, /v1/images, /v1/locations                                        as nodes
    GET    /v1/images/{id}                                                             the image
    an error                                  {"error": {"code", "message"}}

A node is ``{"id", "name", "state", "public_ips", "private_ips"}``, a size ``{"id", "name",
"memory_mib", "disk_gb", "usd_per_hour"}``, an image ``{"id", "name"}``, a location ``{"id", "name",
"country"}``. The key goes in the header ``Authorization: Bearer``. A POST with a header
``Idempotency-Key`` that was seen before does nothing, and is answered as before.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.compute.base import Node, NodeDriver, NodeImage, NodeLocation, NodeSize
from libcloud.compute.types import NodeState

__all__ = ["AcmeNodeConnection", "AcmeNodeDriver", "AcmeNodeResponse"]

# The provider's codes, where the status of the answer does not say the same.
ERRORS = {
    "bad_key": InvalidCredsError,
    "exists": ResourceExistsError,
    "not_found": ResourceNotFoundError,
}


class AcmeNodeResponse(JsonResponse):
    """An answer of the API."""

    def parse_error(self) -> Exception:
        error: dict[str, Any] = {}
        with contextlib.suppress(MalformedResponseError, AttributeError, KeyError, TypeError):
            error = dict(self.parse_body()["error"])
        return provider_error(
            self.status,
            error.get("message") or self.body,
            provider_code=error.get("code"),
            table=ERRORS,
            headers=self.headers,
            driver=self.connection.driver,
        )


class AcmeNodeConnection(ConnectionKey):
    """Speaks to the API."""

    host = "api.acme.example"
    responseCls = AcmeNodeResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class AcmeNodeDriver(NodeDriver):
    """
    Acme Compute.

    :param key: API key.
    """

    type = "acme"
    name = "Acme"
    api_name = "acme"
    website = "https://acme.example/"
    connectionCls = AcmeNodeConnection
    features = {"create_node": []}

    NODE_STATE_MAP: ClassVar[dict[Any, Any]] = {
        "booting": NodeState.PENDING,
        "on": NodeState.RUNNING,
        "off": NodeState.STOPPED,
        "broken": NodeState.ERROR,
    }

    # Nodes

    def iterate_nodes(self) -> Iterator[Node]:
        return map(self._to_node, self._items("/v1/nodes"))

    def create_node(
        self,
        name: str,
        size: NodeSize,
        image: NodeImage,
        location: NodeLocation | None = None,
        auth: Any = None,
    ) -> Node:
        body = {
            "name": name,
            "size": size.id,
            "image": image.id,
            "location": location.id if location is not None else None,
        }
        # With a key the request may be sent again, and still makes one node.
        response = self.connection.request(
            "/v1/nodes",
            method="POST",
            json=body,
            headers={"Idempotency-Key": uuid.uuid4().hex},
            idempotent=True,
        )
        return self._to_node(response.object)

    def reboot_node(self, node: Node) -> bool:
        return self._act(node, "reboot")

    def start_node(self, node: Node) -> bool:
        return self._act(node, "start")

    def stop_node(self, node: Node) -> bool:
        return self._act(node, "stop")

    def destroy_node(self, node: Node) -> bool:
        self.connection.request(_node_path(node), method="DELETE")
        return True

    # Sizes, images, locations

    def iterate_sizes(self, location: NodeLocation | None = None) -> Iterator[NodeSize]:
        return map(self._to_size, self._items("/v1/sizes", location=_id(location)))

    def iterate_images(self, location: NodeLocation | None = None) -> Iterator[NodeImage]:
        return map(self._to_image, self._items("/v1/images", location=_id(location)))

    def get_image(self, image_id: str) -> NodeImage:
        path = f"/v1/images/{quote_path_segment(image_id)}"
        return self._to_image(self.connection.request(path).object)

    def iterate_locations(self) -> Iterator[NodeLocation]:
        return map(self._to_location, self._items("/v1/locations"))

    # From and to the wire

    def _act(self, node: Node, action: str) -> bool:
        self.connection.request(f"{_node_path(node)}/{action}", method="POST")
        return True

    def _items(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        def fetch(cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
            page = self.connection.request(path, params={**params, "cursor": cursor}).object
            return page["items"], page["next"]

        return iterate_pages(fetch)

    def _to_node(self, raw: dict[str, Any]) -> Node:
        state = self.NODE_STATE_MAP.get(raw["state"], NodeState.UNKNOWN)
        public_ips, private_ips = raw["public_ips"], raw["private_ips"]
        return Node(raw["id"], raw["name"], state, public_ips, private_ips, self)

    def _to_size(self, raw: dict[str, Any]) -> NodeSize:
        ram, disk, price = raw["memory_mib"], raw["disk_gb"], raw["usd_per_hour"]
        return NodeSize(raw["id"], raw["name"], ram, disk, None, price, self)

    def _to_image(self, raw: dict[str, Any]) -> NodeImage:
        return NodeImage(raw["id"], raw["name"], self)

    def _to_location(self, raw: dict[str, Any]) -> NodeLocation:
        return NodeLocation(raw["id"], raw["name"], raw["country"], self)


def _node_path(node: Node) -> str:
    return f"/v1/nodes/{quote_path_segment(node.id)}"


def _id(location: NodeLocation | None) -> str | None:
    return None if location is None else location.id
