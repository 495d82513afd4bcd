"""
Images, which are in ECR.

API: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.json_protocol import pages, required
from libcloud.common.errors import ResourceNotFoundError
from libcloud.container.base import ContainerImage
from libcloud.container.drivers.ecs.room import Room, about
from libcloud.container.types import RepositoryDoesNotExistError
from libcloud.container.utils.docker import RegistryClient

__all__ = ["Images"]

PAGE_SIZE = 1000
"""Items a page: the most that ECR allows."""

REGISTRY_USER = "AWS"
"""Whom a registry knows, whoever asks for the token."""


class Images(Room):
    """Images, and the registry that has them."""

    ecr_repository_host = "%s.dkr.ecr.%s.amazonaws.com"
    """Where registries are, by their id and region."""

    def iterate_images(self, ex_repository_name: str | None = None) -> Iterator[ContainerImage]:
        """
        Yield the images of a repository, one for each tag, and those that have none.

        :param ex_repository_name: None for those of all repositories.
        :raises RepositoryDoesNotExistError: there is no such repository.
        """
        for repository in self._repositories(ex_repository_name):
            name = required(repository, "repositoryName", str)
            host = self._registry_host(repository)
            params = {"registryId": repository.get("registryId"), "repositoryName": name}
            found = pages(self.ecr_connection, "ListImages", params, "imageIds", PAGE_SIZE)
            for data in found:
                yield self._to_image(data, host, name)

    def list_images(self, ex_repository_name: str | None = None) -> list[ContainerImage]:
        """Return what :meth:`iterate_images` yields."""
        return list(self.iterate_images(ex_repository_name))

    def ex_get_repository_id(self, repository_name: str) -> str:
        """
        Return the id of the registry that has a repository: the number of an account.

        :raises RepositoryDoesNotExistError: there is no such repository.
        """
        return required(self._repository(repository_name), "registryId", str)

    def ex_get_repository_token(self, repository_id: str) -> str:
        """
        Return a token for a registry, good for twelve hours: user and password in base64, as HTTP
        Basic takes them.

        :param repository_id: See :meth:`ex_get_repository_id`.

        API: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
        """
        answer = self.ecr_connection.call("GetAuthorizationToken", {"registryIds": [repository_id]})
        data = required(answer, "authorizationData", list)
        return required(data[0] if data else None, "authorizationToken", str)

    def ex_get_registry_client(self, repository_name: str) -> RegistryClient:
        """
        Return a client for the registry that has a repository; two requests.

        It is good for twelve hours. Repositories of ECR have no namespace:
        ``client.list_images(repository_name, namespace=None)``.

        :raises RepositoryDoesNotExistError: there is no such repository.
        """
        repository = self._repository(repository_name)
        token = self.ex_get_repository_token(required(repository, "registryId", str))
        return RegistryClient(
            self._registry_host(repository),
            REGISTRY_USER,
            _password(token),
            timeout=self.ecr_connection.timeout,
            proxy_url=self.ecr_connection.proxy_url,
        )

    def _repository(self, name: str) -> dict[str, Any]:
        for repository in self._repositories(name):
            return repository
        raise RepositoryDoesNotExistError("The repository does not exist", self, name)

    def _repositories(self, name: str | None) -> Iterator[dict[str, Any]]:
        # ECR refuses a page size beside names.
        params, size = ({"repositoryNames": [name]}, None) if name else ({}, PAGE_SIZE)
        found = pages(self.ecr_connection, "DescribeRepositories", params, "repositories", size)
        try:
            yield from found
        except ResourceNotFoundError as error:
            missing = RepositoryDoesNotExistError(error.value, self, name or "")
            raise about(error, missing) from error

    def _registry_host(self, repository: dict[str, Any]) -> str:
        uri = repository.get("repositoryUri")
        if uri:
            return str(uri).partition("/")[0]
        registry_id = required(repository, "registryId", str)
        return self.ecr_repository_host % (registry_id, self.region_name)

    # -- parsing --------------------------------------------------------------------------------

    def _to_images(
        self, data: list[dict[str, Any]], host: str, repository_name: str
    ) -> list[ContainerImage]:
        return [self._to_image(image, host, repository_name) for image in data]

    def _to_image(self, data: dict[str, Any], host: str, repository_name: str) -> ContainerImage:
        """
        :param data: ``imageTag``, ``imageDigest``; an image without a tag goes by its digest.
        """
        tag = data.get("imageTag")
        version = tag or required(data, "imageDigest", str)
        path = f"{host}/{repository_name}{':' if tag else '@'}{version}"
        return ContainerImage(
            id=path,
            name=path,
            path=path,
            version=version,
            driver=self,
            extra={"imageDigest": data.get("imageDigest"), "imageTag": tag},
        )


def _password(token: str) -> str:
    """The password that a token has in it; the token itself when it is of another form."""
    try:
        user, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return token
    return password if colon and user == REGISTRY_USER else token
