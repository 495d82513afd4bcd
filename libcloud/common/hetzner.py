"""
What all drivers of Hetzner Cloud share: token, errors, pages, actions.

https://docs.hetzner.cloud/reference/cloud
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.base import BaseDriver, ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    ResourceExistsError,
    ServiceUnavailableError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.common.polling import wait_until

__all__ = ["HetznerBaseDriver", "HetznerConnection", "HetznerResponse"]

API_ROOT = "/v1"

# The most that a page of a listing has: https://docs.hetzner.cloud/reference/cloud#pagination
PAGE_SIZE = 50

# https://docs.hetzner.cloud/reference/cloud#errors
ERRORS: dict[str, type[ProviderError]] = {
    "unauthorized": InvalidCredsError,
    "token_readonly": PermissionDeniedError,
    "maintenance": ServiceUnavailableError,
    "resource_limit_exceeded": QuotaExceededError,
    "uniqueness_error": ResourceExistsError,
    "locked": ConflictError,
    "protected": ConflictError,
}


class HetznerResponse(JsonResponse):
    """An answer; errors are ``{"error": {"code": code, "message": text, "details": ...}}``."""

    def parse_error(self) -> Any:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            body = None
        error = body.get("error") if isinstance(body, dict) else None
        said = error if isinstance(error, dict) else {}
        return provider_error(
            self.status,
            said.get("message") or str(self.body)[:500],
            str(said.get("code", "")),
            ERRORS,
            request_id=self.headers.get("x-correlation-id"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class HetznerConnection(ConnectionKey):
    """Sends the token."""

    host = "api.hetzner.cloud"
    responseCls = HetznerResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class HetznerBaseDriver(BaseDriver):
    """
    Base of the drivers of all domains.

    :param key: API token of a project.
    :param secret: Not looked at.
    """

    name = "Hetzner"
    website = "https://www.hetzner.com/cloud/"
    connectionCls: Any = HetznerConnection

    ex_action_timeout = 300.0
    """How long to wait for an action, in seconds."""

    ex_action_interval = 0.5
    """Pause between two looks at an action, in seconds."""

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        # The connection has no place for a secret.
        super().__init__(key, None, secure, host, port, **kwargs)

    def _request(
        self,
        method: str,
        path: str,
        params: Any = None,
        json: Any = None,
        idempotent: bool | None = None,
    ) -> Any:
        """
        The answer to a request.

        :param path: What follows ``/v1``.
        """
        request = self.connection.request
        path = API_ROOT + path
        return request(path, params, method=method, json=json, idempotent=idempotent).object

    def _do(
        self, method: str, path: str, json: Any = None, idempotent: bool | None = None
    ) -> dict[str, Any]:
        """
        The answer to a request that starts an action, when the action is done.

        :raises ProviderError: the action failed.
        :raises WaitTimeoutError: it takes too long.
        """
        body = self._request(method, path, json=json, idempotent=idempotent)
        action = self._part(body, "action")
        if self._part(action, "status") == "running":
            self._wait_for(self._part(action, "id"))
        else:
            self._is_done(action)
        answered: dict[str, Any] = body
        return answered

    def _iterate_items(
        self, path: str, key: str, params: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        """
        The items of a listing, page by page.

        :param key: What the answer calls the items.
        """

        def fetch(page: int) -> tuple[list[Any], int | None]:
            position = {"page": page, "per_page": PAGE_SIZE}
            body = self._request("GET", path, {**(params or {}), **position})
            pagination = self._part(self._part(body, "meta"), "pagination")
            return list(self._part(body, key)), self._part(pagination, "next_page")

        return iterate_pages(fetch, 1)

    def _wait_for(self, action_id: int) -> None:
        def is_done() -> bool:
            body = self._request("GET", f"/actions/{quote_path_segment(action_id)}")
            return self._is_done(self._part(body, "action"))

        what = f"action {action_id}"
        wait_until(is_done, self.ex_action_timeout, self.ex_action_interval, what)

    def _is_done(self, action: Any) -> bool:
        status = self._part(action, "status")
        if status == "error":
            error = action.get("error") or {}
            message, code = error.get("message"), error.get("code")
            raise provider_error(200, message, code, ERRORS, driver=self)
        return bool(status == "success")

    def _part(self, body: Any, key: str) -> Any:
        try:
            return body[key]
        except (KeyError, TypeError) as error:
            raise MalformedResponseError(
                f"The answer has no {key}: {error!r}", body=body, driver=self
            ) from error
