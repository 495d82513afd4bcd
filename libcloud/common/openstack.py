"""
What all drivers of OpenStack share: token, service catalog, errors.

The first request of a driver gets a token and the service catalog from the identity service
(:mod:`libcloud.common.openstack_identity`), and finds the endpoint of its own service there.

https://docs.openstack.org/api-quick-start/api-quick-start.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, Response
from libcloud.common.errors import (
    LibcloudError,
    MalformedResponseError,
    ProviderError,
    provider_error,
)
from libcloud.common.openstack_identity import (
    AUTH_TOKEN_HEADER,
    OpenStackIdentityConnection,
    OpenStackServiceCatalog,
    error_of,
    get_class_for_auth_version,
)

__all__ = [
    "AUTH_API_VERSION",
    "AUTH_VERSIONS_WITH_EXPIRES",
    "OpenStackBaseConnection",
    "OpenStackDriverMixin",
    "OpenStackException",
    "OpenStackResponse",
]

# Old names, which programs may read.
AUTH_API_VERSION = "1.1"
AUTH_VERSIONS_WITH_EXPIRES = ["1.1", "2.0", "2.0_apikey", "2.0_password", "3.x", "3.x_password"]


class OpenStackException(ProviderError):
    """An old name of an error of the provider."""


class OpenStackResponse(Response):
    """An answer: JSON as a rule; errors have a name and a text, in one of several forms."""

    node_driver: Any = None

    def success(self) -> bool:
        return 200 <= self.status <= 399

    def has_content_type(self, content_type: str) -> bool:
        return content_type.lower() in self.headers.get("content-type", "").lower()

    def parse_body(self) -> Any:
        """
        Python data of JSON, None of nothing, and the text of anything else.

        :raises MalformedResponseError: what should be JSON is none.
        """
        if not self.body:
            return None
        if not self.has_content_type("json"):
            return self.body
        import json

        try:
            return json.loads(self.body)
        except ValueError as error:
            raise MalformedResponseError(
                "Failed to parse JSON", body=self.body, driver=self._driver()
            ) from error

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
            request_id=self.headers.get("x-openstack-request-id"),
            headers=self.headers,
            driver=self._driver(),
        )

    def _driver(self) -> Any:
        return getattr(self.connection, "driver", None)


class OpenStackBaseConnection(ConnectionUserAndKey):
    """
    Sends the token, to the endpoint that the service catalog has.

    A subclass says ``service_type``, and ``service_name`` if there are several of that type.

    :param ex_force_base_url: The endpoint, whatever the catalog has.
    :param ex_force_auth_url: The identity service, with or without the version at its end.
    :param ex_force_auth_version: How to authenticate: ``3.x_password`` (the default),
        ``3.x_appcred`` (``user_id`` is the ID of an application credential, ``key`` its secret),
        ``2.0_apikey``.
    :param ex_force_auth_token: A token that is there already; nobody renews it.
    :param ex_token_scope: ``project``, ``domain`` or ``unscoped``.
    :param ex_domain_name: Domain of the user.
    :param ex_tenant_name: The project.
    :param ex_tenant_domain_id: Domain of the project.
    :param ex_force_service_region: Region of the endpoint; any if None.
    :param ex_force_microversion: ``"2.1"``, or with the service: ``"compute 2.1"``.
    :param ex_auth_cache: Where tokens are kept beyond the life of the driver.
    """

    auth_url: str | None = None
    auth_token: str | None = None
    auth_token_expires: Any = None
    auth_user_info: Any = None
    service_catalog: OpenStackServiceCatalog | None = None
    service_type: str | None = None
    service_name: str | None = None
    service_region: str | None = None
    accept_format: str | None = "application/json"
    _auth_version: str | None = None

    responseCls = OpenStackResponse

    def __init__(
        self,
        user_id: str,
        key: str,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        timeout: float | None = None,
        proxy_url: str | None = None,
        ex_force_base_url: str | None = None,
        ex_force_auth_url: str | None = None,
        ex_force_auth_version: str | None = None,
        ex_force_auth_token: str | None = None,
        ex_token_scope: str = "project",
        ex_domain_name: str = "Default",
        ex_tenant_name: str | None = None,
        ex_tenant_domain_id: str = "default",
        ex_force_service_type: str | None = None,
        ex_force_service_name: str | None = None,
        ex_force_service_region: str | None = None,
        ex_force_microversion: str | None = None,
        ex_auth_cache: Any = None,
        retry_delay: float | None = None,
        backoff: float | None = None,
    ) -> None:
        super().__init__(
            user_id,
            key,
            secure=secure,
            host=host,
            port=port,
            timeout=timeout,
            proxy_url=proxy_url,
            retry_delay=retry_delay,
            backoff=backoff,
        )
        self.base_url = ex_force_base_url
        self.auth_url = ex_force_auth_url or self.auth_url
        self._auth_version = ex_force_auth_version or self._auth_version or "3.x_password"
        self._ex_force_auth_token = ex_force_auth_token
        self._ex_token_scope = ex_token_scope
        self._ex_domain_name = ex_domain_name
        self._ex_tenant_name = ex_tenant_name
        self._ex_tenant_domain_id = ex_tenant_domain_id
        self._ex_force_microversion = ex_force_microversion
        self._ex_auth_cache = ex_auth_cache
        self.service_type = ex_force_service_type or self.service_type
        self.service_name = ex_force_service_name or self.service_name
        self.service_region = ex_force_service_region or self.service_region
        self._identity: OpenStackIdentityConnection | None = None
        self._is_set_up = False

    def get_auth_class(self) -> OpenStackIdentityConnection:
        """
        The connection to the identity service.

        :raises LibcloudError: nobody said where it is.
        """
        if self._identity is None:
            if self.auth_url is None:
                raise LibcloudError("OpenStack drivers need ex_force_auth_url", self.driver)
            self._identity = get_class_for_auth_version(self._auth_version or "")(
                auth_url=self.auth_url,
                user_id=self.user_id,
                key=self.key,
                tenant_name=self._ex_tenant_name,
                tenant_domain_id=self._ex_tenant_domain_id,
                domain_name=self._ex_domain_name,
                token_scope=self._ex_token_scope,
                timeout=self.timeout,
                proxy_url=self.proxy_url,
                parent_conn=self,
                auth_cache=self._ex_auth_cache,
            )
        return self._identity

    def request(
        self, action: str, params: Any = None, data: Any = "", *args: Any, **kwargs: Any
    ) -> Any:
        self._populate_hosts_and_request_paths()
        return super().request(action, params, data or None, *args, **kwargs)

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers.setdefault("Accept", self.accept_format)
        headers[AUTH_TOKEN_HEADER] = self.auth_token
        version = self._ex_force_microversion
        if version:
            wanted = version if " " in version else f"{self.service_type} {version}"
            headers["OpenStack-API-Version"] = wanted
        return headers

    def renew_credentials(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        """Get another token: the one that was sent may have expired, or been revoked."""
        if self._ex_force_auth_token:
            return False
        self._take_token(self.get_auth_class().authenticate(force=True))
        return True

    def secrets(self) -> Iterable[str]:
        return [text for text in (self.key, self.auth_token) if text]

    def get_service_catalog(self) -> OpenStackServiceCatalog | None:
        """The services of the cloud: one request, if there was none before."""
        self._populate_hosts_and_request_paths()
        return self.service_catalog

    def get_service_name(self) -> str | None:
        """Name of the service that the driver speaks to."""
        return self.service_name

    def get_endpoint(self) -> str:
        """
        Address of the service that the driver speaks to.

        :raises LibcloudError: the service catalog does not have it.
        """
        if self.service_catalog is None:
            raise LibcloudError("There is no service catalog yet", self.driver)
        try:
            return self.service_catalog.get_endpoint(
                self.service_type, self.get_service_name(), self.service_region
            ).url
        except LibcloudError as error:
            where = f" in {self.service_region}" if self.service_region else ""
            raise LibcloudError(
                f"Could not find specified endpoint: {self.service_type}{where}", self.driver
            ) from error

    def _populate_hosts_and_request_paths(self) -> None:
        """Get a token if there is none that is good, and where the service is."""
        if self._is_set_up and self._has_token():
            return
        with self._renewal_lock():
            if not self._has_token():
                self._take_token(self.get_auth_class().authenticate())
            if not self._is_set_up:
                self._set_up_connection_info(self.base_url or self.get_endpoint())
                self._is_set_up = True

    def _has_token(self) -> bool:
        if self._ex_force_auth_token and self.base_url:
            self.auth_token = self._ex_force_auth_token
            return True
        return self._identity is not None and self._identity.is_token_valid()

    def _take_token(self, identity: OpenStackIdentityConnection) -> None:
        self.auth_token = self._ex_force_auth_token or identity.auth_token
        self.auth_token_expires = identity.auth_token_expires
        self.auth_user_info = identity.auth_user_info
        self.service_catalog = OpenStackServiceCatalog(identity.urls, identity.auth_version or "")

    def _set_up_connection_info(self, url: str) -> None:
        self.host, self.port, self.secure, self.request_path = self._tuple_from_url(url)
        self.connect()


class OpenStackDriverMixin:
    """The arguments of OpenStack drivers, for their connections."""

    def __init__(
        self,
        ex_force_base_url: str | None = None,
        ex_force_auth_url: str | None = None,
        ex_force_auth_version: str | None = None,
        ex_force_auth_token: str | None = None,
        ex_token_scope: str = "project",
        ex_domain_name: str = "Default",
        ex_tenant_name: str | None = None,
        ex_tenant_domain_id: str = "default",
        ex_force_service_type: str | None = None,
        ex_force_service_name: str | None = None,
        ex_force_service_region: str | None = None,
        ex_auth_cache: Any = None,
        ex_force_microversion: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self._openstack_arguments = {
            "ex_force_base_url": ex_force_base_url,
            "ex_force_auth_url": ex_force_auth_url,
            "ex_force_auth_version": ex_force_auth_version,
            "ex_force_auth_token": ex_force_auth_token,
            "ex_token_scope": ex_token_scope,
            "ex_domain_name": ex_domain_name,
            "ex_tenant_name": ex_tenant_name,
            "ex_tenant_domain_id": ex_tenant_domain_id,
            "ex_force_service_type": ex_force_service_type,
            "ex_force_service_name": ex_force_service_name,
            "ex_force_service_region": ex_force_service_region,
            "ex_auth_cache": ex_auth_cache,
            "ex_force_microversion": ex_force_microversion,
        }

    def openstack_connection_kwargs(self) -> dict[str, Any]:
        """Those of the arguments that were given, for the constructor of the connection."""
        given = self._openstack_arguments
        return {name: value for name, value in given.items() if value is not None}
