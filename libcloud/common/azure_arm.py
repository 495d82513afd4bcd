"""
What all drivers of Azure Resource Manager share: tokens, errors, pages, operations.

https://learn.microsoft.com/en-us/rest/api/azure/
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from libcloud.common.base import (
    BaseDriver,
    Connection,
    ConnectionUserAndKey,
    JsonResponse,
    RawResponse,
)
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    QuotaExceededError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.common.polling import wait_until
from libcloud.http import LibcloudConnection

__all__ = [
    "AzureAuthJsonResponse",
    "AzureBaseDriver",
    "AzureJsonResponse",
    "AzureResourceManagementConnection",
    "publicEnvironments",
]

# Seconds for which a token must still be good.
FRESH = 300

# Seconds that an operation may take.
OPERATION_TIMEOUT = 900

# https://learn.microsoft.com/en-us/azure/developer/identity/authentication-national-cloud
publicEnvironments: dict[str, dict[str, str]] = {  # noqa: N816 - an old name
    "default": {
        "name": "default",
        "portalUrl": "https://portal.azure.com",
        "managementEndpointUrl": "https://management.core.windows.net",
        "resourceManagerEndpointUrl": "https://management.azure.com/",
        "activeDirectoryEndpointUrl": "https://login.microsoftonline.com",
        "activeDirectoryResourceId": "https://management.core.windows.net/",
        "storageEndpointSuffix": ".core.windows.net",
        "keyVaultDnsSuffix": ".vault.azure.net",
        "sqlServerHostnameSuffix": ".database.windows.net",
    },
    "AzureChinaCloud": {
        "name": "AzureChinaCloud",
        "portalUrl": "https://portal.azure.cn",
        "managementEndpointUrl": "https://management.core.chinacloudapi.cn",
        "resourceManagerEndpointUrl": "https://management.chinacloudapi.cn",
        "activeDirectoryEndpointUrl": "https://login.chinacloudapi.cn",
        "activeDirectoryResourceId": "https://management.core.chinacloudapi.cn/",
        "storageEndpointSuffix": ".core.chinacloudapi.cn",
        "keyVaultDnsSuffix": ".vault.azure.cn",
        "sqlServerHostnameSuffix": ".database.chinacloudapi.cn",
    },
    "AzureUSGovernment": {
        "name": "AzureUSGovernment",
        "portalUrl": "https://portal.azure.us",
        "managementEndpointUrl": "https://management.core.usgovcloudapi.net",
        "resourceManagerEndpointUrl": "https://management.usgovcloudapi.net",
        "activeDirectoryEndpointUrl": "https://login.microsoftonline.us",
        "activeDirectoryResourceId": "https://management.core.usgovcloudapi.net/",
        "storageEndpointSuffix": ".core.usgovcloudapi.net",
        "keyVaultDnsSuffix": ".vault.usgovcloudapi.net",
        "sqlServerHostnameSuffix": ".database.usgovcloudapi.net",
    },
    # Closed on 29 October 2021; programs may still look it up.
    "AzureGermanCloud": {
        "name": "AzureGermanCloud",
        "portalUrl": "https://portal.microsoftazure.de",
        "managementEndpointUrl": "https://management.core.cloudapi.de",
        "resourceManagerEndpointUrl": "https://management.microsoftazure.de",
        "activeDirectoryEndpointUrl": "https://login.microsoftonline.de",
        "activeDirectoryResourceId": "https://management.core.cloudapi.de/",
        "storageEndpointSuffix": ".core.cloudapi.de",
        "keyVaultDnsSuffix": ".vault.microsoftazure.de",
        "sqlServerHostnameSuffix": ".database.cloudapi.de",
    },
}


class AzureBaseDriver(BaseDriver):
    """Base of the drivers of all domains."""

    name = "Microsoft Azure Resource Management API"


class AzureJsonResponse(JsonResponse):
    """
    An answer; errors are ``{"error": {"code": code, "message": text}}``, or that without its shell.

    https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors
    """

    def parse_error(self) -> Any:
        code, message = self._said()
        return self._to_error(code, f"[{code}] {message}" if code else message)

    def _said(self) -> tuple[str | None, str]:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        said = body.get("error", body) if isinstance(body, dict) else None
        if isinstance(said, str):
            # From the server that gives out tokens.
            return said, str(body.get("error_description", ""))
        if isinstance(said, dict):
            code = said.get("code")
            return None if code is None else str(code), str(said.get("message", ""))
        return None, str(self.body)[:500]

    def _to_error(self, code: str | None, message: str) -> LibcloudError:
        table = {
            "OperationNotAllowed": ConflictError,
            "ParentResourceNotFound": ResourceNotFoundError,
            "QuotaExceeded": QuotaExceededError,
            "ResourceGroupNotFound": ResourceNotFoundError,
            "ResourceNotFound": ResourceNotFoundError,
        }
        return provider_error(
            self.status,
            message,
            code,
            table,
            request_id=self.headers.get("x-ms-request-id"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class AzureAuthJsonResponse(AzureJsonResponse):
    """
    An answer from the server that gives out tokens.

    https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
    """

    def parse_error(self) -> Any:
        code, message = self._said()
        error = self._to_error(code, message)
        if error.retryable or self.status >= 500:
            return error
        refused = InvalidCredsError(message or code, driver=error.driver)
        refused.provider_code, refused.request_id = code, error.request_id
        return refused


class _LoginConnection(Connection):
    responseCls = AzureAuthJsonResponse

    def __init__(self, owner: AzureResourceManagementConnection) -> None:
        super().__init__(host=owner.login_host, timeout=owner.timeout, proxy_url=owner.proxy_url)
        for name in ("conn_class", "driver", "retry", "ca_cert", "verify_ssl_cert"):
            setattr(self, name, getattr(owner, name))
        self._secrets = owner.secrets()

    def secrets(self) -> Iterable[str]:
        return self._secrets


class AzureResourceManagementConnection(ConnectionUserAndKey):
    """
    Sends an access token, and gets a new one before it ends or when it is refused.

    :param key: The application's (client) ID.
    :param secret: Its client secret.
    :param tenant_id: ID of the directory that the application is in.
    :param cloud_environment: Name of one of ``publicEnvironments``, or a dict like those; the first
        of them if None.
    :raises ValueError: there is no such environment.
    """

    conn_class = LibcloudConnection
    driver: Any = AzureBaseDriver
    name = "Azure AD Auth"
    responseCls = AzureJsonResponse
    rawResponseCls = RawResponse

    # Seconds between two looks at an operation for which Azure names no time.
    poll_interval: float = 5

    def __init__(
        self,
        key: str,
        secret: str,
        secure: Any = True,
        tenant_id: str | None = None,
        subscription_id: str | None = None,
        cloud_environment: str | Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key, secret, secure=secure, **kwargs)
        environment = _environment(cloud_environment)
        if not kwargs.get("host"):
            self.host = _host(environment["resourceManagerEndpointUrl"])
        self.login_host = _host(environment["activeDirectoryEndpointUrl"])
        self.login_resource = environment["activeDirectoryResourceId"]
        self.storage_suffix = environment["storageEndpointSuffix"]
        self.tenant_id = tenant_id
        self.subscription_id = subscription_id
        self.access_token: str | None = None
        self.expires_on: float = 0
        """When the token ends, in seconds since 1970."""

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers.setdefault("Content-Type", "application/json")
        headers["Authorization"] = f"Bearer {self._fresh_token()}"
        return headers

    def encode_data(self, data: Any) -> Any:
        """A dict or a list as JSON; anything else as it is."""
        import json

        return json.dumps(data) if isinstance(data, (dict, list)) else data

    def get_token_from_credentials(self) -> None:
        """
        Get a token.

        https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow

        :raises InvalidCredsError: Azure gives none for these credentials.
        """
        from urllib.parse import urlencode

        form = {
            "grant_type": "client_credentials",
            "client_id": self.user_id,
            "client_secret": self.key,
            "resource": self.login_resource,
        }
        asked = time.time()
        login = _LoginConnection(self)
        try:
            body = login.request(
                f"/{quote_path_segment(self.tenant_id)}/oauth2/token",
                data=urlencode(form),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                method="POST",
                # Nothing is the worse for a second token.
                idempotent=True,
            ).object
        finally:
            login.close()
        try:
            token, expires_on = str(body["access_token"]), asked + int(body["expires_in"])
        except (KeyError, TypeError, ValueError) as error:
            # Not with its body, which may have a token in it.
            raise MalformedResponseError(
                f"The answer has no token: {error!r}", driver=self.driver
            ) from error
        self.access_token, self.expires_on = token, expires_on

    def credentials_are_stale(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        return error.http_code == 401

    def renew_credentials(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        self.get_token_from_credentials()
        return True

    def secrets(self) -> Iterable[str]:
        return (self.key, self.access_token or "")

    def iterate_items(
        self, action: str, params: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """
        The items of a listing, page by page.

        Of the link to the next page only path and query are followed: the token stays with the host
        that the user chose.
        """

        def fetch(link: str | None) -> tuple[list[dict[str, Any]], str | None]:
            if link is None:
                body = self.request(action, params=dict(params or {})).object
            else:
                body = self.request(_path_of(link)).object
            try:
                following = body.get("nextLink")
                return list(body["value"]), None if following is None else str(following)
            except (AttributeError, KeyError, TypeError) as error:
                raise MalformedResponseError(
                    f"The answer is no listing: {error!r}", body=body, driver=self.driver
                ) from error

        return iterate_pages(fetch)

    def wait_for_operation(self, response: Any) -> Any:
        """
        Wait until what an answer of status 201 or 202 has begun is done.

        https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/async-operations

        :return: The answer that says so; the same one if there is nothing to wait for.
        :raises ProviderError: the operation failed.
        :raises WaitTimeoutError: it takes too long.
        """
        link = response.headers.get("azure-asyncoperation") or response.headers.get("location")
        if response.status not in (201, 202) or not link:
            return response
        interval = float(response.headers.get("retry-after") or self.poll_interval)

        def look() -> Any:
            answer = self.request(_path_of(link))
            body = answer.object if isinstance(answer.object, dict) else {}
            status = body.get("status")
            if status in ("Failed", "Canceled"):
                said = body.get("error") or {}
                code = said.get("code")
                message = f"[{code}] {said.get('message') or status}"
                raise provider_error(answer.status, message, code, driver=self.driver)
            is_done = answer.status != 202 if status is None else status == "Succeeded"
            return answer if is_done else None

        return wait_until(look, OPERATION_TIMEOUT, interval, f"the operation at {link}")

    def _fresh_token(self) -> str:
        if not self._has_fresh_token():
            with self._renewal_lock():
                if not self._has_fresh_token():
                    self.get_token_from_credentials()
        return self.access_token or ""

    def _has_fresh_token(self) -> bool:
        return self.access_token is not None and self.expires_on - time.time() > FRESH


def _environment(named: str | Mapping[str, str] | None) -> Mapping[str, str]:
    if isinstance(named, Mapping):
        return named
    name = named or "default"
    if name not in publicEnvironments:
        known = ", ".join(publicEnvironments)
        raise ValueError(f"There is no cloud environment {name!r}; there are {known}")
    return publicEnvironments[name]


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _path_of(link: str) -> str:
    path = link.partition("://")[2].partition("/")[2] if "://" in link else link.lstrip("/")
    return f"/{path}"
