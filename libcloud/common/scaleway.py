"""
What the drivers of Scaleway share: token, errors, pages.

https://www.scaleway.com/en/developers/api/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    PermissionDeniedError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages

__all__ = ["ScalewayConnection", "ScalewayResponse"]

# https://github.com/scaleway/scaleway-sdk-js (packages/client, errors)
_ERRORS = {
    "already_exists": ResourceExistsError,
    "denied_authentication": InvalidCredsError,
    "not_found": ResourceNotFoundError,
    "permissions_denied": PermissionDeniedError,
    "quotas_exceeded": QuotaExceededError,
}


class ScalewayResponse(JsonResponse):
    """An answer; errors are ``{"type": code, "message": text, ...}``, some have no type."""

    def parse_error(self) -> Any:
        said = self._stated()
        code, message = str(said.get("type") or ""), said.get("message") or str(self.body)[:500]
        table = _ERRORS
        if self.status == 403 and message == "domain not found":
            # Which is said of zones that others have, too.
            table = {**_ERRORS, code: ResourceNotFoundError}
        return provider_error(
            self.status,
            message,
            code,
            table,
            request_id=self.headers.get("x-request-id"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class ScalewayConnection(ConnectionKey):
    """Sends the secret key."""

    host = "api.scaleway.com"
    responseCls = ScalewayResponse

    # https://www.scaleway.com/en/developers/api/#pagination
    page_size = 100

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["X-Auth-Token"] = self.key
        return headers

    def iterate_items(
        self, path: str, key: str, params: Mapping[str, Any] | None = None
    ) -> Iterator[Any]:
        """
        The items of a listing, page by page.

        :param key: What the answer calls the items.
        """

        def fetch(position: tuple[int, int]) -> tuple[list[Any], tuple[int, int] | None]:
            page, seen = position
            paging = {"page": page, "page_size": self.page_size}
            body = self.request(path, params={**(params or {}), **paging}).object
            try:
                items = list(body[key])
                seen += len(items)
                return items, (page + 1, seen) if items and seen < body["total_count"] else None
            except (AttributeError, KeyError, TypeError) as error:
                raise MalformedResponseError(
                    f"The answer has no {key}: {error!r}", body=body, driver=self.driver
                ) from error

        return iterate_pages(fetch, (1, 0))
