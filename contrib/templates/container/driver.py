"""
Acme Containers.

API: https://api.acme.example/docs

This is a template: put your provider in place of this small REST dialect::

    GET    /v1/images?cursor=                 {"items": [image ...], "next": cursor or null}
    PUT    /v1/images                         {"path"}                       the image
    GET    /v1/containers?cursor=&image=                                     as above
    POST   /v1/containers                     {"name", "image", "start"}     201, the container
    GET    /v1/containers/{id}                                               the container
    POST   /v1/containers/{id}/start (stop, restart)                         the container
    DELETE /v1/containers/{id}                                               204
    an error                                  {"error": {"code", "message"}}

An image is ``{"id", "path", "version"}``, a container ``{"id", "name", "image", "state",
"addresses"}`` with the image in it. The key goes in the header ``Authorization: Bearer``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

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
from libcloud.container.base import (
    Container,
    ContainerCluster,
    ContainerDriver,
    ContainerImage,
)
from libcloud.container.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerImageDoesNotExistError,
    ContainerState,
)

__all__ = ["AcmeContainerConnection", "AcmeContainerDriver", "AcmeContainerResponse"]

STATES = {
    "created": ContainerState.STOPPED,
    "running": ContainerState.RUNNING,
    "stopped": ContainerState.STOPPED,
    "starting": ContainerState.PENDING,
}

# The provider's codes, where the status of the answer does not say the same.
ERRORS = {
    "bad_key": InvalidCredsError,
    "exists": ResourceExistsError,
    "not_found": ResourceNotFoundError,
}


class AcmeContainerResponse(JsonResponse):
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


class AcmeContainerConnection(ConnectionKey):
    """Speaks to the API."""

    host = "api.acme.example"
    responseCls = AcmeContainerResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class AcmeContainerDriver(ContainerDriver):
    """
    Acme Containers.

    :param key: API key.
    """

    name = "Acme"
    website = "https://acme.example/"
    connectionCls = AcmeContainerConnection
    supports_clusters = False

    # Images

    def install_image(self, path: str) -> ContainerImage:
        try:
            raw = self.connection.request("/v1/images", method="PUT", json={"path": path}).object
        except ResourceNotFoundError as error:
            raise ContainerImageDoesNotExistError(str(error), self, path) from error
        return self._to_image(raw)

    def iterate_images(self) -> Iterator[ContainerImage]:
        return map(self._to_image, self._items("/v1/images"))

    # Containers

    def iterate_containers(
        self, image: ContainerImage | None = None, cluster: ContainerCluster | None = None
    ) -> Iterator[Container]:
        image_id = None if image is None else image.id
        return map(self._to_container, self._items("/v1/containers", image=image_id))

    def deploy_container(
        self,
        name: str,
        image: ContainerImage,
        cluster: ContainerCluster | None = None,
        parameters: Any = None,
        start: bool = True,
    ) -> Container:
        body = {"name": name, "image": image.id, "start": start}
        try:
            raw = self.connection.request("/v1/containers", method="POST", json=body).object
        except ResourceExistsError as error:
            raise ContainerAlreadyExistsError(str(error), self, name) from error
        except ResourceNotFoundError as error:
            raise ContainerImageDoesNotExistError(str(error), self, image.id) from error
        return self._to_container(raw)

    def get_container(self, id: str) -> Container:
        with self._about(id):
            return self._to_container(self.connection.request(_path(id)).object)

    def start_container(self, container: Container) -> Container:
        return self._act(container, "start")

    def stop_container(self, container: Container) -> Container:
        return self._act(container, "stop")

    def restart_container(self, container: Container) -> Container:
        return self._act(container, "restart")

    def destroy_container(self, container: Container) -> bool:
        with self._about(container.id):
            self.connection.request(_path(container.id), method="DELETE")
        return True

    # From and to the wire

    def _act(self, container: Container, action: str) -> Container:
        with self._about(container.id):
            raw = self.connection.request(f"{_path(container.id)}/{action}", method="POST").object
        return self._to_container(raw)

    def _items(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        def fetch(cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
            page = self.connection.request(path, params={**params, "cursor": cursor}).object
            return page["items"], page["next"]

        return iterate_pages(fetch)

    def _to_image(self, raw: dict[str, Any]) -> ContainerImage:
        return ContainerImage(raw["id"], raw["path"], raw["path"], raw["version"], self)

    def _to_container(self, raw: dict[str, Any]) -> Container:
        image = self._to_image(raw["image"])
        state = STATES.get(raw["state"], ContainerState.UNKNOWN)
        return Container(raw["id"], raw["name"], image, state, raw["addresses"], self)

    @contextlib.contextmanager
    def _about(self, container_id: str) -> Iterator[None]:
        """Say which container it was that is missing."""
        try:
            yield
        except ResourceNotFoundError as error:
            raise ContainerDoesNotExistError(str(error), self, container_id) from error


def _path(container_id: Any) -> str:
    return f"/v1/containers/{quote_path_segment(container_id)}"
