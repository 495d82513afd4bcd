"""
Who we are, and where the services are: OpenStack's identity service, Keystone.

A connection of this module gets a token and the service catalog. The drivers' own connections
(:mod:`libcloud.common.openstack`) have one, and nobody else needs to.

https://docs.openstack.org/api-ref/identity/v3/
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    provider_error,
)
from libcloud.utils.iso8601 import parse_date

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "AUTH_TOKEN_EXPIRES_GRACE_SECONDS",
    "AUTH_TOKEN_HEADER",
    "OpenStackAuthResponse",
    "OpenStackAuthenticationCache",
    "OpenStackAuthenticationCacheKey",
    "OpenStackAuthenticationContext",
    "OpenStackIdentityConnection",
    "OpenStackIdentityEndpointType",
    "OpenStackIdentityTokenScope",
    "OpenStackIdentity_2_0_Connection",
    "OpenStackIdentity_3_0_Connection",
    "OpenStackIdentity_3_0_Connection_AppCred",
    "OpenStackServiceCatalog",
    "OpenStackServiceCatalogEntry",
    "OpenStackServiceCatalogEntryEndpoint",
    "get_class_for_auth_version",
]

AUTH_TOKEN_HEADER = "X-Auth-Token"

AUTH_TOKEN_EXPIRES_GRACE_SECONDS = 5
"""A token is not used any more for so long before it expires."""

# What of the driver's connection holds for that to the identity service, too.
_INHERITED = ("conn_class", "retry", "ca_cert", "verify_ssl_cert", "cert_file", "key_file")

# Programs give the address with or without the version, which is a part of each path here.
_VERSION_IN_URL = re.compile(r"/v\d+(\.\d+)?/?$")


class OpenStackIdentityEndpointType:
    """From where an endpoint is reached."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    ADMIN = "admin"


class OpenStackIdentityTokenScope:
    """What a token is good for."""

    PROJECT = "project"
    DOMAIN = "domain"
    UNSCOPED = "unscoped"


# The service catalog


class OpenStackServiceCatalogEntryEndpoint:
    """
    Where a service is.

    :param region: None where the service has none.
    :param endpoint_type: One of :class:`OpenStackIdentityEndpointType`.
    """

    VALID_ENDPOINT_TYPES: ClassVar = [
        OpenStackIdentityEndpointType.INTERNAL,
        OpenStackIdentityEndpointType.EXTERNAL,
        OpenStackIdentityEndpointType.ADMIN,
    ]

    def __init__(
        self,
        region: str | None,
        url: str,
        endpoint_type: str = OpenStackIdentityEndpointType.EXTERNAL,
    ) -> None:
        if endpoint_type not in self.VALID_ENDPOINT_TYPES:
            raise ValueError(f"Invalid type: {endpoint_type}")
        self.region = region
        self.url = url
        self.endpoint_type = endpoint_type

    def __repr__(self) -> str:
        return (
            f"<OpenStackServiceCatalogEntryEndpoint region={self.region}, url={self.url}, "
            f"type={self.endpoint_type}>"
        )


class OpenStackServiceCatalogEntry:
    """A service, and where it is."""

    def __init__(
        self,
        service_type: str,
        endpoints: list[OpenStackServiceCatalogEntryEndpoint] | None = None,
        service_name: str | None = None,
    ) -> None:
        self.service_type = service_type
        # An order of their own: the service has none.
        self.endpoints = sorted(endpoints or [], key=lambda each: each.url)
        self.service_name = service_name

    def __repr__(self) -> str:
        return (
            f"<OpenStackServiceCatalogEntry service_type={self.service_type}, "
            f"service_name={self.service_name}, endpoints={self.endpoints!r}>"
        )


class OpenStackServiceCatalog:
    """
    The services of a cloud.

    :param service_catalog: What the identity service says of them.
    :param auth_version: Version of the identity service that said it: ``2.0...`` or ``3...``
    :raises LibcloudError: another version.
    :raises MalformedResponseError: what it says makes no sense.
    """

    def __init__(
        self, service_catalog: Iterable[Mapping[str, Any]], auth_version: str = "3.x"
    ) -> None:
        read = {"2": _endpoints_of_v2, "3": _endpoints_of_v3}.get(auth_version[:1])
        if read is None:
            raise LibcloudError(f'auth version "{auth_version}" not supported')
        try:
            entries = [
                OpenStackServiceCatalogEntry(item["type"], read(item), item.get("name"))
                for item in service_catalog
            ]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise MalformedResponseError(
                f"The service catalog has another form than expected: {error!r}",
                body=service_catalog,
            ) from error
        self._entries = sorted(entries, key=lambda each: each.service_type)

    def get_entries(self) -> list[OpenStackServiceCatalogEntry]:
        """The services, by their types."""
        return self._entries

    def get_catalog(self) -> list[OpenStackServiceCatalogEntry]:
        """The same as :meth:`get_entries`."""
        return self._entries

    def get_endpoints(
        self, service_type: str | None = None, name: str | None = None
    ) -> list[OpenStackServiceCatalogEntryEndpoint]:
        """The endpoints of all services, or of those with a type or name."""
        return [
            endpoint
            for entry in self._entries
            if (service_type is None or entry.service_type == service_type)
            and (name is None or entry.service_name == name)
            for endpoint in entry.endpoints
        ]

    def get_public_urls(
        self, service_type: str | None = None, name: str | None = None
    ) -> list[str]:
        """The addresses of :meth:`get_endpoints` that are for everybody."""
        return [
            endpoint.url
            for endpoint in self.get_endpoints(service_type, name)
            if endpoint.endpoint_type == OpenStackIdentityEndpointType.EXTERNAL
        ]

    def get_endpoint(
        self,
        service_type: str | None = None,
        name: str | None = None,
        region: str | None = None,
        endpoint_type: str = OpenStackIdentityEndpointType.EXTERNAL,
    ) -> OpenStackServiceCatalogEntryEndpoint:
        """
        One endpoint: the first that fits.

        :param region: None for any.
        :raises LibcloudError: there is none.
        """
        for endpoint in self.get_endpoints(service_type, name):
            if endpoint.endpoint_type == endpoint_type and region in (None, endpoint.region):
                return endpoint
        raise LibcloudError("Could not find specified endpoint")

    def get_regions(self, service_type: str | None = None) -> list[str]:
        """The regions of all services, or of those of a type, by name."""
        return sorted({each.region for each in self.get_endpoints(service_type) if each.region})

    def get_service_types(self, region: str | None = None) -> list[str]:
        """The types of all services, or of those that a region has, by name."""
        return sorted({entry.service_type for entry in self._in_region(region)})

    def get_service_names(
        self, service_type: str | None = None, region: str | None = None
    ) -> list[str]:
        """The names of all services, or of those of a type or in a region."""
        return sorted(
            {
                entry.service_name
                for entry in self._in_region(region)
                if entry.service_name and service_type in (None, entry.service_type)
            }
        )

    def _in_region(self, region: str | None) -> list[OpenStackServiceCatalogEntry]:
        return [
            entry
            for entry in self._entries
            if region is None or region in [endpoint.region for endpoint in entry.endpoints]
        ]


def _endpoints_of_v2(item: Mapping[str, Any]) -> list[OpenStackServiceCatalogEntryEndpoint]:
    kinds = {
        "publicURL": OpenStackIdentityEndpointType.EXTERNAL,
        "internalURL": OpenStackIdentityEndpointType.INTERNAL,
        "adminURL": OpenStackIdentityEndpointType.ADMIN,
    }
    return [
        OpenStackServiceCatalogEntryEndpoint(endpoint.get("region"), endpoint[key], kind)
        for endpoint in item.get("endpoints", [])
        for key, kind in kinds.items()
        if endpoint.get(key)
    ]


def _endpoints_of_v3(item: Mapping[str, Any]) -> list[OpenStackServiceCatalogEntryEndpoint]:
    return [
        OpenStackServiceCatalogEntryEndpoint(
            endpoint.get("region"),
            endpoint["url"],
            endpoint["interface"].replace("public", OpenStackIdentityEndpointType.EXTERNAL),
        )
        for endpoint in item.get("endpoints", [])
    ]


# Tokens


class OpenStackAuthenticationContext:
    """
    A token, and what came with it.

    :param expiration: When it expires, with a time zone.
    :param urls: The service catalog, as the identity service says it.
    """

    def __init__(
        self,
        token: str,
        expiration: datetime.datetime | None = None,
        user: Any = None,
        roles: Any = None,
        urls: Any = None,
    ) -> None:
        self.token = token
        self.expiration = expiration
        self.user = user
        self.roles = roles
        self.urls = urls


class OpenStackAuthenticationCacheKey(NamedTuple):
    """Whose a token is, and what it is good for."""

    auth_url: str
    user_id: str | None
    token_scope: str
    tenant_name: str | None
    domain_name: str | None
    tenant_domain_id: str | None


class OpenStackAuthenticationCache:
    """
    Where a program keeps tokens of its own accord, in a file say: given as ``ex_auth_cache``.

    Without one, a token lives as long as the driver.
    """

    def get(self, key: OpenStackAuthenticationCacheKey) -> OpenStackAuthenticationContext | None:
        """The token that :meth:`put` was given; None when there is none."""
        raise NotImplementedError

    def put(
        self, key: OpenStackAuthenticationCacheKey, context: OpenStackAuthenticationContext
    ) -> None:
        """Keep a token."""
        raise NotImplementedError

    def clear(self, key: OpenStackAuthenticationCacheKey) -> None:
        """Forget a token."""
        raise NotImplementedError


class OpenStackAuthResponse(JsonResponse):
    """An answer of the identity service; errors are ``{name: {"message": text, "code": ...}}``."""

    def success(self) -> bool:
        return self.status in (200, 201, 202, 203, 204, 300)

    def parse_body(self) -> Any:
        return super().parse_body() if self.body else None

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        code, message = error_of(body)
        return provider_error(
            self.status,
            message or str(self.body)[:500],
            code,
            {"Unauthorized": InvalidCredsError, "unauthorized": InvalidCredsError},
            request_id=self.headers.get("x-openstack-request-id"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


def error_of(body: Any) -> tuple[str | None, str | None]:
    """
    The name and the text of an error, in any of the forms that OpenStack's services have.

    ``{"error": {"title": name, "message": text}}``, ``{"itemNotFound": {"message": text}}``,
    ``{"type": name, "message": text}``; None for what is not there.
    """
    if not isinstance(body, dict):
        return None, None
    if isinstance(body.get("message"), str):
        return body.get("type"), body["message"]
    for name, inner in body.items():
        if isinstance(inner, dict) and isinstance(inner.get("message"), str):
            return inner.get("title", name), inner["message"]
    return None, None


# Connections


class OpenStackIdentityConnection(ConnectionUserAndKey):
    """
    Base of the connections to the identity service, one a version and way to authenticate.

    :param auth_url: With or without the version at its end.
    :param tenant_name: The project.
    :param tenant_domain_id: Domain of the project.
    :param domain_name: Domain of the user.
    :param token_scope: One of :class:`OpenStackIdentityTokenScope`.
    :param parent_conn: The connection that the token is for: time-outs, certificates and retries
        are those of it.
    """

    responseCls = OpenStackAuthResponse
    name: str | None = None
    auth_version: str | None = None
    timeout = None

    def __init__(
        self,
        auth_url: str,
        user_id: str,
        key: str,
        tenant_name: str | None = None,
        tenant_domain_id: str | None = "default",
        domain_name: str | None = "Default",
        token_scope: str | None = OpenStackIdentityTokenScope.PROJECT,
        timeout: float | None = None,
        proxy_url: str | None = None,
        parent_conn: Any = None,
        auth_cache: OpenStackAuthenticationCache | None = None,
    ) -> None:
        super().__init__(
            user_id,
            key,
            url=_VERSION_IN_URL.sub("", auth_url),
            timeout=timeout,
            proxy_url=proxy_url,
        )
        self.auth_url = auth_url
        self.tenant_name = tenant_name
        self.tenant_domain_id = tenant_domain_id
        self.domain_name = domain_name
        self.token_scope = token_scope
        self.parent_conn = parent_conn
        self.auth_cache = auth_cache
        self._context: OpenStackAuthenticationContext | None = None
        if parent_conn is not None:
            self.driver = parent_conn.driver
            for name in _INHERITED:
                setattr(self, name, getattr(parent_conn, name))

    @property
    def auth_token(self) -> str | None:
        """The token; None before :meth:`authenticate`."""
        return self._context.token if self._context else None

    @property
    def auth_token_expires(self) -> datetime.datetime | None:
        return self._context.expiration if self._context else None

    @property
    def auth_user_info(self) -> Any:
        """What the service says of the user."""
        return self._context.user if self._context else None

    @property
    def auth_user_roles(self) -> Any:
        return self._context.roles if self._context else None

    @property
    def urls(self) -> Any:
        """The service catalog, as the service says it."""
        return self._context.urls if self._context and self._context.urls else {}

    def is_token_valid(self) -> bool:
        """Whether there is a token that is good for some seconds more."""
        return _is_valid(self._context)

    def authenticate(self, force: bool = False) -> Self:
        """
        Get a token, if there is none that is good: one request.

        :param force: Get one in any case.
        :raises InvalidCredsError: the service does not accept the credentials.
        """
        if force:
            self.clear_cached_auth_context()
        elif not self.is_token_valid() and self.auth_cache is not None:
            self._load_auth_context_from_cache()
        if force or not self.is_token_valid():
            self._context = self._new_context()
            if self.auth_cache is not None:
                self.auth_cache.put(self._cache_key, self._context)
        return self

    def authenticated_request(
        self,
        action: str,
        params: Any = None,
        data: Any = None,
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        raw: bool = False,
    ) -> Any:
        """:meth:`request` with the token."""
        if not self.auth_token:
            raise ValueError("Not to be authenticated to perform this request")
        headers = {**(headers or {}), AUTH_TOKEN_HEADER: self.auth_token}
        return self.request(action, params, data, headers, method, raw)

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers.setdefault("Accept", "application/json")
        headers.setdefault("Content-Type", "application/json; charset=UTF-8")
        return headers

    def clear_cached_auth_context(self) -> None:
        """Forget the token, in the cache as well."""
        self._context = None
        if self.auth_cache is not None:
            self.auth_cache.clear(self._cache_key)

    def _load_auth_context_from_cache(self) -> OpenStackAuthenticationContext | None:
        found = self.auth_cache.get(self._cache_key) if self.auth_cache is not None else None
        if _is_valid(found):
            self._context = found
        return found

    def _new_context(self) -> OpenStackAuthenticationContext:
        raise NotImplementedError

    def _ask_for_token(self, path: str, body: Any) -> Any:
        """A token more does no harm, so the request may be sent twice."""
        return self.request(path, method="POST", json=body, idempotent=True)

    @property
    def _cache_key(self) -> OpenStackAuthenticationCacheKey:
        return OpenStackAuthenticationCacheKey(
            self.auth_url,
            self.user_id,
            self.token_scope or OpenStackIdentityTokenScope.PROJECT,
            self.tenant_name,
            self.domain_name,
            self.tenant_domain_id,
        )


class OpenStackIdentity_2_0_Connection(OpenStackIdentityConnection):  # noqa: N801 - an old name
    """
    Version 2.0, which Rackspace has: a user's API key.

    https://docs.rackspace.com/docs/cloud-identity/
    """

    name = "OpenStack Identity API v1.0"
    auth_version = "2.0"

    def _new_context(self) -> OpenStackAuthenticationContext:
        auth: dict[str, Any] = {
            "RAX-KSKEY:apiKeyCredentials": {"username": self.user_id, "apiKey": self.key}
        }
        if self.tenant_name:
            auth["tenantName"] = self.tenant_name
        reply = self._ask_for_token("/v2.0/tokens", {"auth": auth})
        with _reading(self, reply.object):
            access = reply.object["access"]
            return OpenStackAuthenticationContext(
                access["token"]["id"],
                parse_date(access["token"]["expires"]),
                access.get("user", {}),
                urls=access.get("serviceCatalog", []),
            )


class OpenStackIdentity_3_0_Connection(OpenStackIdentityConnection):  # noqa: N801 - an old name
    """
    Version 3: a user's password.

    https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-scoped-authorization
    """

    name = "OpenStack Identity API v3.x"
    auth_version = "3.0"

    VALID_TOKEN_SCOPES: ClassVar = [
        OpenStackIdentityTokenScope.PROJECT,
        OpenStackIdentityTokenScope.DOMAIN,
        OpenStackIdentityTokenScope.UNSCOPED,
    ]

    def __init__(
        self,
        auth_url: str,
        user_id: str,
        key: str,
        tenant_name: str | None = None,
        domain_name: str | None = "Default",
        tenant_domain_id: str | None = "default",
        token_scope: str | None = OpenStackIdentityTokenScope.PROJECT,
        timeout: float | None = None,
        proxy_url: str | None = None,
        parent_conn: Any = None,
        auth_cache: OpenStackAuthenticationCache | None = None,
    ) -> None:
        super().__init__(
            auth_url,
            user_id,
            key,
            tenant_name,
            tenant_domain_id,
            domain_name,
            token_scope,
            timeout,
            proxy_url,
            parent_conn,
            auth_cache,
        )
        self._check_scope()

    def _check_scope(self) -> None:
        if self.token_scope not in self.VALID_TOKEN_SCOPES:
            raise ValueError(f"Invalid value for token_scope argument: {self.token_scope}")
        if self.token_scope == OpenStackIdentityTokenScope.PROJECT and not (
            self.tenant_name and self.domain_name
        ):
            raise ValueError(
                "Must provide tenant_name and domain_name argument for a token of a project"
            )
        if self.token_scope == OpenStackIdentityTokenScope.DOMAIN and not self.domain_name:
            raise ValueError("Must provide domain_name argument for a token of a domain")

    def _get_auth_data(self) -> dict[str, Any]:
        """The body of the request for a token."""
        user = {
            "domain": {"name": self.domain_name},
            "name": self.user_id,
            "password": self.key,
        }
        auth: dict[str, Any] = {
            "identity": {"methods": ["password"], "password": {"user": user}},
        }
        if self.token_scope == OpenStackIdentityTokenScope.PROJECT:
            domain = {"id": self.tenant_domain_id}
            auth["scope"] = {"project": {"domain": domain, "name": self.tenant_name}}
        elif self.token_scope == OpenStackIdentityTokenScope.DOMAIN:
            auth["scope"] = {"domain": {"name": self.domain_name}}
        return {"auth": auth}

    def _new_context(self) -> OpenStackAuthenticationContext:
        reply = self._ask_for_token("/v3/auth/tokens", self._get_auth_data())
        with _reading(self, reply.object):
            token = reply.object["token"]
            return OpenStackAuthenticationContext(
                reply.headers["x-subject-token"],
                parse_date(token["expires_at"]),
                token.get("user"),
                token.get("roles"),
                token.get("catalog", []),
            )


class OpenStackIdentity_3_0_Connection_AppCred(  # noqa: N801 - an old name
    OpenStackIdentity_3_0_Connection
):
    """
    Version 3: an application credential. ``user_id`` is its ID, ``key`` its secret.

    It is of a project, so neither project nor domain are asked for.

    https://docs.openstack.org/api-ref/identity/v3/#authenticating-with-an-application-credential
    """

    name = "OpenStack Identity API v3.x with application credentials"

    def __init__(
        self,
        auth_url: str,
        user_id: str,
        key: str,
        tenant_name: str | None = None,
        domain_name: str | None = None,
        tenant_domain_id: str | None = None,
        token_scope: str | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        parent_conn: Any = None,
        auth_cache: OpenStackAuthenticationCache | None = None,
    ) -> None:
        super().__init__(
            auth_url,
            user_id,
            key,
            tenant_name,
            domain_name,
            tenant_domain_id,
            token_scope,
            timeout,
            proxy_url,
            parent_conn,
            auth_cache,
        )

    def _check_scope(self) -> None:
        """Nothing to check: the credential has its scope."""

    def _get_auth_data(self) -> dict[str, Any]:
        credential = {"id": self.user_id, "secret": self.key}
        identity = {"methods": ["application_credential"], "application_credential": credential}
        return {"auth": {"identity": identity}}


_CLASSES = {
    "2.0": OpenStackIdentity_2_0_Connection,
    "2.0_apikey": OpenStackIdentity_2_0_Connection,
    "3.x": OpenStackIdentity_3_0_Connection,
    "3.x_password": OpenStackIdentity_3_0_Connection,
    "3.x_appcred": OpenStackIdentity_3_0_Connection_AppCred,
}


def get_class_for_auth_version(auth_version: str) -> type[OpenStackIdentityConnection]:
    """
    The connection class for a way to authenticate.

    :param auth_version: ``3.x_password``, ``3.x_appcred``, ``2.0_apikey``.
    :raises LibcloudError: there is no such way.
    """
    if auth_version not in _CLASSES:
        raise LibcloudError(f"Unsupported Auth Version requested: {auth_version}")
    return _CLASSES[auth_version]


def _is_valid(context: OpenStackAuthenticationContext | None) -> bool:
    if context is None or not context.token or context.expiration is None:
        return False
    grace = datetime.timedelta(seconds=AUTH_TOKEN_EXPIRES_GRACE_SECONDS)
    return context.expiration - grace > datetime.datetime.now(datetime.timezone.utc)


class _reading:  # noqa: N801 - a context manager
    """Taking an answer apart: what is not as expected is a malformed answer."""

    def __init__(self, connection: OpenStackIdentityConnection, body: Any) -> None:
        self.connection, self.body = connection, body

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, (AttributeError, KeyError, IndexError, TypeError, ValueError)):
            raise MalformedResponseError(
                f"The answer has another form than expected: {error!r}",
                # There is a token in it.
                body=None,
                driver=self.connection.driver,
            ) from error
