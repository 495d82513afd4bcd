"""
What all drivers of DigitalOcean share: token, errors, pages.

https://docs.digitalocean.com/reference/api/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.base import BaseDriver, ConnectionKey, JsonResponse
from libcloud.common.errors import (
    LibcloudError,
    MalformedResponseError,
    ResourceExistsError,
    provider_error,
)
from libcloud.common.paging import iterate_pages, parameter_of

__all__ = [
    "DigitalOceanBaseDriver",
    "DigitalOceanConnection",
    "DigitalOceanResponse",
    "DigitalOcean_v1_Error",
    "DigitalOcean_v2_BaseDriver",
    "DigitalOcean_v2_Connection",
    "DigitalOcean_v2_Response",
]


class DigitalOcean_v1_Error(LibcloudError):  # noqa: N801 - an old name
    """Version 1 of the API was asked for."""

    def __init__(
        self,
        value: Any = (
            "Driver no longer supported: Version 1 of the DigitalOcean API reached end of life on "
            "November 9, 2015. Use the v2 driver. Please visit: "
            "https://developers.digitalocean.com/documentation/changelog/api-v1/sunsetting-api-v1/"
        ),
        driver: Any = None,
    ) -> None:
        super().__init__(value, driver=driver)


class DigitalOcean_v2_Response(JsonResponse):  # noqa: N801 - an old name
    """An answer; errors are ``{"id": code, "message": text, "request_id": id}``."""

    valid_response_codes = [200, 202, 201, 204]

    def success(self) -> bool:
        return self.status in self.valid_response_codes

    def parse_error(self) -> Any:
        said = self._stated()
        code, message = str(said.get("id", "")), said.get("message") or str(self.body)[:500]
        # There is no code for it: what is not accepted for any reason is "unprocessable_entity".
        exists = self.status == 422 and "already" in message
        return provider_error(
            self.status,
            message,
            code,
            {code: ResourceExistsError} if exists else None,
            request_id=said.get("request_id") or self.headers.get("x-request-id"),
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class DigitalOcean_v2_Connection(ConnectionKey):  # noqa: N801 - an old name
    """Sends the token."""

    host = "api.digitalocean.com"
    responseCls = DigitalOcean_v2_Response

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class DigitalOceanConnection(DigitalOcean_v2_Connection):
    """An old name of the connection."""


class DigitalOceanResponse(DigitalOcean_v2_Response):
    """An old name of the response."""


class DigitalOceanBaseDriver(BaseDriver):
    """
    Base of the drivers of all domains.

    :param key: Personal access token.
    :param secret: Not looked at.
    :param api_version: Not looked at: v2 is the only one that answers.
    :param ex_per_page: How many items to ask for in a page of a listing, 200 at most.
    """

    name = "DigitalOcean"
    website = "https://www.digitalocean.com"
    connectionCls = DigitalOcean_v2_Connection

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str | None = None,
        region: str | None = None,
        ex_per_page: int = 200,
        **kwargs: Any,
    ) -> None:
        self.ex_per_page = ex_per_page
        # The connection has no place for a secret.
        kwargs.update(api_version=api_version, region=region)
        super().__init__(key, None, secure, host, port, **kwargs)

    def ex_account_info(self) -> dict[str, Any]:
        """What the API says of the account: limits, e-mail address, status."""
        account: dict[str, Any] = self.connection.request("/v2/account").object["account"]
        return account

    def ex_list_events(self) -> list[dict[str, Any]]:
        """All that was done in the account, newest first, as the API says it."""
        return self._paginated_request("/v2/actions", "actions")

    def ex_get_event(self, event_id: Any) -> dict[str, Any]:
        """One thing that was done in the account, as the API says it."""
        event: dict[str, Any] = self.connection.request(f"/v2/actions/{event_id}").object["action"]
        return event

    def _paginated_request(self, url: str, obj: str) -> list[Any]:
        return list(self._iterate_items(url, obj))

    def _iterate_items(self, path: str, key: str) -> Iterator[Any]:
        """
        The items of a listing, page by page.

        :param key: What the answer calls the items.
        """

        def fetch(page: str | None) -> tuple[list[Any], str | None]:
            params = {"per_page": self.ex_per_page, **({"page": page} if page else {})}
            body = self.connection.request(path, params=params).object
            try:
                following = ((body.get("links") or {}).get("pages") or {}).get("next")
                return list(body[key]), parameter_of(following, "page")
            except (AttributeError, KeyError, TypeError) as error:
                raise MalformedResponseError(
                    f"The answer has no {key}: {error!r}", body=body, driver=self
                ) from error

        return iterate_pages(fetch)


class DigitalOcean_v2_BaseDriver(DigitalOceanBaseDriver):  # noqa: N801 - an old name
    """The base of all drivers, by the name that third parties subclass."""
