"""
Clients for image registries: which images there are, before a container driver runs them.

:class:`RegistryClient`
    Any registry that speaks the Registry HTTP API v2
    (https://distribution.github.io/distribution/spec/api/): the reference implementation, and those
    of GitLab, Harbor, Quay, Amazon, Google, Azure ...
    Anonymous, with a user name and password (HTTP Basic), or with tokens
    (https://distribution.github.io/distribution/spec/auth/token/); the registry says which.
:class:`HubClient`
    Docker Hub's own API (https://docs.docker.com/reference/api/hub/latest/), which knows more about
    its images than a registry does.

What they find is handed to a container driver::

    image = HubClient().get_image("redis", "7")
    driver.install_image(image.path)

One client may be shared by any number of threads.
"""

from __future__ import annotations

import itertools
import re
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from libcloud.common.base import Connection, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.container.base import ContainerImage
from libcloud.container.types import ContainerImageDoesNotExistError, RepositoryDoesNotExistError

__all__ = [
    "DockerHubConnection",
    "HubClient",
    "RegistryClient",
    "RegistryConnection",
    "RegistryResponse",
]

MAX_PAGE_SIZE = 100

# An image for one platform, or the list of its images for several; Docker's types and OCI's.
MANIFEST_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)

# https://distribution.github.io/distribution/spec/api/#errors-2
ERRORS: dict[str, type[ProviderError]] = {
    "DENIED": PermissionDeniedError,
    "MANIFEST_UNKNOWN": ResourceNotFoundError,
    "NAME_UNKNOWN": ResourceNotFoundError,
    "TOOMANYREQUESTS": RateLimitReachedError,
    "UNAVAILABLE": ServiceUnavailableError,
}


class RegistryResponse(JsonResponse):
    """Answers in JSON; errors with the code and the text that the registry or the Hub gives."""

    def parse_error(self) -> ProviderError:
        code, message = _code_and_message(self._error_body())
        return provider_error(self.status, message or self.body, code, ERRORS, headers=self.headers)

    def _error_body(self) -> Any:
        try:
            return self.parse_body()
        except MalformedResponseError:
            return None  # A proxy in between answers in HTML: its text is the message.


class RegistryConnection(Connection):
    """
    Speaks to a registry, and fetches the tokens that it asks for.

    The user name and password go with every request as HTTP Basic. A registry that wants a token
    answers 401 and says where tokens are to be had; the connection gets one there, repeats the
    request, and uses the token for that repository from then on.

    :param username: None for anonymous access.
    :param password: Password, or a token that stands for one.
    """

    responseCls: Any = RegistryResponse

    def __init__(
        self,
        host: str,
        username: str | None = None,
        password: str | None = None,
        secure: bool = True,
        port: int | None = None,
        url: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        backoff: float | None = None,
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(
            secure=secure,
            host=host,
            port=port,
            url=url,
            timeout=timeout,
            proxy_url=proxy_url,
            backoff=backoff,
            retry_delay=retry_delay,
        )
        self.username = username
        self.password = password
        # By what they give access to. A token that has expired is replaced when it is refused.
        self._tokens: dict[str, str] = {}
        self._tokens_lock = threading.Lock()

    def secrets(self) -> Iterable[str]:
        return [self.password or "", *self._tokens.values()]

    def request(
        self,
        action: str,
        params: Any = None,
        data: Any = None,
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        raw: bool = False,
        stream: bool = False,
        json: Any = None,
        retry_failed: bool | None = None,
        idempotent: bool | None = None,
    ) -> Any:
        """As :meth:`.Connection.request`; a refused token is replaced, once."""

        def send(token: str | None) -> Any:
            authorized = {**self._authorization(token), **(headers or {})}
            return super(RegistryConnection, self).request(
                action,
                params,
                data,
                authorized,
                method,
                raw,
                stream,
                json,
                retry_failed,
                idempotent,
            )

        token = self._token_for(action)
        try:
            return send(token)
        except InvalidCredsError as error:
            repeatable = method.upper() in ("GET", "HEAD")
            new_token = self._new_token(action, token, error) if repeatable else None
            if new_token is None:
                raise
        return send(new_token)

    def _authorization(self, token: str | None) -> dict[str, str]:
        if token is not None:
            return {"Authorization": f"Bearer {token}"}
        if self.username is not None:
            return {"Authorization": self._basic_authorization()}
        return {}

    def _token_for(self, action: str) -> str | None:
        return self._tokens.get(_resource_of(action))

    def _new_token(self, action: str, refused: str | None, error: InvalidCredsError) -> str | None:
        """A token in place of one that was refused, or of none; None if there is no way to it."""
        challenge = _bearer_challenge(getattr(error, "headers", None) or {})
        if challenge is None:
            return None
        token = self._fetch_token(challenge)
        with self._tokens_lock:
            # A copy, as other threads read it without the lock.
            self._tokens = {**self._tokens, _resource_of(action): token}
        return token

    def _basic_authorization(self) -> str:
        pair = f"{self.username}:{self.password or ''}"
        return "Basic " + b64encode(pair.encode("utf-8")).decode("ascii")

    def _fetch_token(self, challenge: Mapping[str, str]) -> str:
        """
        :raises InvalidCredsError: the registry, which we speak to over TLS, wants the password to
            be sent without.
        """
        realm = challenge["realm"]
        if self.secure and urlsplit(realm).scheme != "https":
            raise InvalidCredsError(f"The registry wants credentials sent in the clear, to {realm}")
        parts = urlsplit(realm)
        params = [*parse_qsl(parts.query)]
        if "service" in challenge:
            params.append(("service", challenge["service"]))
        params += [("scope", scope) for scope in challenge.get("scope", "").split()]
        server = _TokenServer(self, url=f"{parts.scheme}://{parts.netloc}")
        answer = server.request(parts.path, params=params).object
        token = _text_field(answer, "token") or _text_field(answer, "access_token")
        if token is None:
            raise MalformedResponseError("The token server gave no token")
        return token


class _TokenServer(Connection):
    """Where a registry has its tokens from."""

    responseCls: Any = RegistryResponse

    def __init__(self, registry: RegistryConnection, url: str) -> None:
        super().__init__(url=url, timeout=registry.timeout, proxy_url=registry.proxy_url)
        self.conn_class = registry.conn_class
        self.retry = registry.retry
        self.ca_cert = registry.ca_cert
        self.verify_ssl_cert = registry.verify_ssl_cert
        self._registry = registry

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        if self._registry.username is not None:
            headers["Authorization"] = self._registry._basic_authorization()
        return headers

    def secrets(self) -> Iterable[str]:
        return self._registry.secrets()


class DockerHubConnection(RegistryConnection):
    """
    Speaks to Docker Hub's API: logs in before the first request, when there is a user name.

    :param password: Password or personal access token.
    """

    login_path = "/v2/users/login"

    def _token_for(self, action: str) -> str | None:
        return self._log_in(refused=None) if self.username is not None else None

    def _new_token(self, action: str, refused: str | None, error: InvalidCredsError) -> str | None:
        return self._log_in(refused) if refused is not None else None

    def _log_in(self, refused: str | None) -> str:
        """
        The token of the session, which is opened when there is none but the one just refused.

        One thread logs in while the others wait for it.
        """
        with self._tokens_lock:
            token = self._tokens.get(self.login_path)
            if token is not None and token != refused:
                return token
            self._tokens = {}
            answer = Connection.request(
                self,
                self.login_path,
                method="POST",
                json={"username": self.username, "password": self.password or ""},
                idempotent=True,
            ).object
            token = _text_field(answer, "token")
            if token is None:
                raise MalformedResponseError("Docker Hub's login gave no token")
            self._tokens = {self.login_path: token}
            return token


class RegistryClient:
    """
    A registry that speaks the Registry HTTP API v2.

    ``namespace`` is the first part of a repository's name. It is ``library`` by default, as on
    Docker Hub; give None where repositories have none, or have more parts.

    :param host: ``host`` or ``host:port``.
    :param username: None for anonymous access.
    :param password: Password, or a token that stands for one.
    :param kwargs: For the connection: ``secure``, ``port``, ``timeout``, ``proxy_url`` ...
    """

    connectionCls: Any = RegistryConnection

    def __init__(
        self,
        host: str,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> None:
        host, port = _split_port(host)
        if port is not None:
            kwargs.setdefault("port", port)
        self.connection = self.connectionCls(host, username, password, **kwargs)

    def list_images(
        self,
        repository_name: str,
        namespace: str | None = "library",
        max_count: int | None = 100,
    ) -> list[ContainerImage]:
        """
        The images of a repository, one for each tag; one request a page of 100.

        :param max_count: The most that are wanted; None for all.
        :raises RepositoryDoesNotExistError: there is no such repository.
        """
        page_size = min(max_count or MAX_PAGE_SIZE, MAX_PAGE_SIZE)
        images = self.iterate_images(repository_name, namespace, page_size)
        return list(itertools.islice(images, max_count))

    def iterate_images(
        self,
        repository_name: str,
        namespace: str | None = "library",
        page_size: int = MAX_PAGE_SIZE,
    ) -> Iterator[ContainerImage]:
        """
        As :meth:`list_images`, all of them and lazily: one request before the first.

        A registry's listing has the tags alone, so ``extra`` has ``full_size`` as None; size and
        digest are in :meth:`get_image`.
        """
        repository = _repository(repository_name, namespace)
        for tag in self._iterate_tags(repository, page_size):
            yield self._to_image(repository, {"name": tag, "full_size": None})

    def get_repository(
        self, repository_name: str, namespace: str | None = "library"
    ) -> dict[str, Any]:
        """
        What the registry says about a repository: ``name`` and ``tags``, a list.

        :raises RepositoryDoesNotExistError: there is no such repository.
        """
        repository = _repository(repository_name, namespace)
        return {"name": repository, "tags": list(self._iterate_tags(repository))}

    def get_image(
        self,
        repository_name: str,
        tag: str = "latest",
        namespace: str | None = "library",
    ) -> ContainerImage:
        """
        The image of a tag, in one request.

        Its ``extra`` has ``digest``, ``media_type``, ``full_size`` (bytes of its layers and its
        configuration as they are transferred; None for an image of several platforms) and
        ``platforms`` (``linux/amd64`` ...; empty for an image of one platform).

        :param tag: Tag, or digest (``sha256:...``).
        :raises ContainerImageDoesNotExistError: there is no such repository or tag.
        """
        repository = _repository(repository_name, namespace)
        try:
            response = self.connection.request(
                f"/v2/{quote(repository)}/manifests/{quote(tag, safe=':')}",
                headers={"Accept": ", ".join(MANIFEST_TYPES)},
            )
        except ResourceNotFoundError as error:
            raise _no_image(error, repository, tag) from error
        return self._to_image(repository, _manifest_facts(tag, response))

    def list_repositories(self, max_count: int | None = None) -> list[str]:
        """
        Names of the registry's repositories; one request a page of 100.

        :param max_count: The most that are wanted; None for all.
        :raises ProviderError: the registry does not show its catalogue.
        """
        return list(itertools.islice(self.iterate_repositories(), max_count))

    def iterate_repositories(self) -> Iterator[str]:
        """As :meth:`list_repositories`, all of them and lazily: one request before the first."""
        return self._iterate("/v2/_catalog", "repositories", MAX_PAGE_SIZE)

    def _iterate_tags(self, repository: str, page_size: int = MAX_PAGE_SIZE) -> Iterator[str]:
        try:
            yield from self._iterate(f"/v2/{quote(repository)}/tags/list", "tags", page_size)
        except ResourceNotFoundError as error:
            raise _no_repository(error, repository) from error

    def _iterate(self, action: str, field: str, page_size: int) -> Iterator[str]:
        """The strings in a field of a listing that pages by the ``Link`` header."""

        def fetch(params: Any) -> tuple[list[str], Any]:
            response = self.connection.request(action, params=params)
            if not isinstance(response.object, dict):
                raise MalformedResponseError("The listing is no object", body=response.body)
            # A repository whose tags are all gone says null.
            return response.object.get(field) or [], _next_page(response.headers.get("link"))

        return iterate_pages(fetch, first=[("n", str(page_size))])

    def _to_image(self, repository_name: str, obj: Mapping[str, Any]) -> ContainerImage:
        """
        :param repository_name: With its namespace.
        :param obj: ``name``, which is the tag, and whatever goes into ``extra``.
        """
        tag = obj["name"]
        separator = "@" if ":" in tag else ":"
        path = f"{self._registry_name()}/{repository_name}{separator}{tag}"
        return ContainerImage(
            id=f"{repository_name}{separator}{tag}",
            name=path,
            path=path,
            version=tag,
            driver=None,
            extra={key: value for key, value in obj.items() if key != "name"},
        )

    def _registry_name(self) -> str:
        """The registry as it stands in front of an image's path."""
        host, port = self.connection.host, int(self.connection.port)
        if ":" in host:
            host = f"[{host}]"
        standard = 443 if self.connection.secure else 80
        return host if port == standard else f"{host}:{port}"


class HubClient(RegistryClient):
    """
    Docker Hub.

    The official images are in the namespace ``library``.

    :param username: None for anonymous access, which sees what is public.
    :param password: Password or personal access token.
    :param kwargs: For the connection: ``timeout``, ``proxy_url`` ...
    """

    connectionCls: Any = DockerHubConnection

    # What container engines pull from, and what answers our questions.
    host = "registry.hub.docker.com"
    api_host = "hub.docker.com"

    def __init__(
        self, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(self.api_host, username, password, **kwargs)

    def iterate_images(
        self,
        repository_name: str,
        namespace: str | None = "library",
        page_size: int = MAX_PAGE_SIZE,
    ) -> Iterator[ContainerImage]:
        """
        As :meth:`list_images`, all of them and lazily: one request before the first.

        The images are as those of :meth:`get_image`.
        """
        repository = _repository(repository_name, namespace)
        action = f"{_hub_path(repository)}/tags"

        def fetch(page: int) -> tuple[list[Any], int | None]:
            params = {"page": page, "page_size": page_size}
            body = self.connection.request(action, params=params).object
            if not isinstance(body, dict) or not isinstance(body.get("results"), list):
                raise MalformedResponseError("The listing has no results", body=body)
            # The link is not followed but counted: it could lead elsewhere, with our token.
            return body["results"], page + 1 if body.get("next") else None

        try:
            for tag in iterate_pages(fetch, first=1):
                yield self._to_image(repository, tag)
        except ResourceNotFoundError as error:
            raise _no_repository(error, repository) from error

    def get_repository(
        self, repository_name: str, namespace: str | None = "library"
    ) -> dict[str, Any]:
        """
        What Docker Hub says about a repository: ``name``, ``namespace``, ``description``,
        ``star_count``, ``pull_count``, ``last_updated`` ...

        :raises RepositoryDoesNotExistError: there is no such repository.
        """
        repository = _repository(repository_name, namespace)
        try:
            # Older than the documented paths, and the only one for this.
            answer = self.connection.request(f"/v2/repositories/{quote(repository)}/").object
        except ResourceNotFoundError as error:
            raise _no_repository(error, repository) from error
        if not isinstance(answer, dict):
            raise MalformedResponseError("The repository is no object", body=answer)
        return answer

    def get_image(
        self,
        repository_name: str,
        tag: str = "latest",
        namespace: str | None = "library",
    ) -> ContainerImage:
        """
        The image of a tag, in one request.

        Its ``extra`` has ``full_size`` (bytes of its layers as they are transferred),
        ``last_updated`` (text, None if unknown) and ``platforms`` (``linux/amd64`` ...).

        :raises ContainerImageDoesNotExistError: there is no such repository or tag.
        """
        repository = _repository(repository_name, namespace)
        action = f"{_hub_path(repository)}/tags/{quote(tag, safe='')}"
        try:
            answer = self.connection.request(action).object
        except ResourceNotFoundError as error:
            raise _no_image(error, repository, tag) from error
        return self._to_image(repository, answer)

    def iterate_repositories(self) -> Iterator[str]:
        """
        :raises UnsupportedOperation: Docker Hub does not list all that it has.
        """
        raise UnsupportedOperation("Docker Hub does not list all of its repositories")

    def _to_image(self, repository_name: str, obj: Mapping[str, Any]) -> ContainerImage:
        """
        :param repository_name: With its namespace, if it has another than ``library``.
        :param obj: A tag, as the API has it.
        """
        try:
            tag, id = obj["name"], obj["id"]
            platforms = [_platform(image) for image in obj.get("images") or []]
        except (AttributeError, KeyError, TypeError):
            raise MalformedResponseError("The tag is none", body=obj) from None
        return ContainerImage(
            id=id,
            # Official images are known by their short name; only the long one can be pulled.
            name=f"{self.host}/{repository_name.removeprefix('library/')}:{tag}",
            path=f"{self.host}/{repository_name}:{tag}",
            version=tag,
            driver=None,
            extra={
                "full_size": obj.get("full_size"),
                "last_updated": obj.get("last_updated"),
                "platforms": platforms,
            },
        )


# -- names -----------------------------------------------------------------------------------------

# https://distribution.github.io/distribution/spec/api/#overview
_COMPONENT = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*", re.IGNORECASE)


def _repository(name: str, namespace: str | None) -> str:
    """
    A repository's whole name.

    :raises ValueError: it cannot be one.
    """
    repository = f"{namespace}/{name}" if namespace else name
    if not all(_COMPONENT.fullmatch(component) for component in repository.split("/")):
        raise ValueError(f"{repository!r} is not a name of a repository")
    return repository


def _hub_path(repository: str) -> str:
    """
    :raises ValueError: the name has not two parts.
    """
    namespace, slash, name = repository.partition("/")
    if not slash or "/" in name:
        raise ValueError(f"Docker Hub's repositories have a namespace and a name: {repository!r}")
    return f"/v2/namespaces/{quote(namespace)}/repositories/{quote(name)}"


def _resource_of(action: str) -> str:
    """What a token for this path is good for: ``/v2/a/b/tags/list`` -> ``/v2/a/b``."""
    return action.rsplit("/", 2)[0]


def _split_port(host: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{host}")
    return parts.hostname or host, parts.port


# -- answers ---------------------------------------------------------------------------------------


def _code_and_message(body: Any) -> tuple[str | None, str | None]:
    """
    The provider's code and text of an error.

    A registry says ``{"errors": [{"code", "message", "detail"}]}``, Docker Hub ``{"message"}`` or
    ``{"detail"}``.
    """
    if not isinstance(body, dict):
        return None, None
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        body = errors[0]
    message = _text_field(body, "message") or _text_field(body, "detail")
    return _text_field(body, "code"), message


def _text_field(body: Any, name: str) -> str | None:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) and value else None


def _bearer_challenge(headers: Mapping[str, str]) -> dict[str, str] | None:
    """``Bearer realm="...",service="...",scope="..."`` -> a dict; None if it is not that."""
    scheme, _, rest = headers.get("www-authenticate", "").partition(" ")
    challenge = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    return challenge if scheme.lower() == "bearer" and "realm" in challenge else None


def _next_page(link: str | None) -> list[tuple[str, str]] | None:
    """
    The query of the next page's link, None after the last.

    Only the query is taken: the link's host and path may be those behind a proxy.
    """
    for target, attributes in re.findall(r"<([^>]*)>([^<]*)", link or ""):
        if re.search(r'rel="?next"?', attributes):
            return parse_qsl(urlsplit(target).query)
    return None


def _manifest_facts(tag: str, response: Any) -> dict[str, Any]:
    manifest = response.object
    try:
        return {
            "name": tag,
            "digest": response.headers.get("docker-content-digest") or _digest(response.content),
            "media_type": manifest.get("mediaType") or response.headers.get("content-type"),
            "full_size": _full_size(manifest) if "layers" in manifest else None,
            "platforms": [
                _platform(image.get("platform") or {}) for image in manifest.get("manifests", [])
            ],
        }
    except (AttributeError, TypeError):
        raise MalformedResponseError("The manifest is none", body=response.body) from None


def _full_size(manifest: Mapping[str, Any]) -> int:
    blobs = [manifest.get("config") or {}, *manifest["layers"]]
    return sum(int(blob.get("size", 0)) for blob in blobs)


def _digest(content: bytes) -> str:
    import hashlib

    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _platform(image: Mapping[str, Any]) -> str:
    parts = (image.get("os"), image.get("architecture"), image.get("variant"))
    return "/".join(part for part in parts if part)


def _no_repository(error: ResourceNotFoundError, repository: str) -> RepositoryDoesNotExistError:
    missing = RepositoryDoesNotExistError(error.value, None, repository)
    missing.provider_code = error.provider_code
    return missing


def _no_image(
    error: ResourceNotFoundError, repository: str, tag: str
) -> ContainerImageDoesNotExistError:
    missing = ContainerImageDoesNotExistError(error.value, None, f"{repository}:{tag}")
    missing.provider_code = error.provider_code
    return missing
