"""Requests that carry a token, and operations that go on after the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from libcloud.common.base import BaseDriver, ConnectionUserAndKey, PollingConnection
from libcloud.common.errors import LibcloudError
from libcloud.common.google.auth import GoogleOAuth2Credential
from libcloud.common.google.response import GoogleResponse

__all__ = ["GoogleBaseConnection", "GoogleBaseDriver"]


class GoogleBaseDriver(BaseDriver):
    """Base of the drivers of all domains."""

    name = "Google API"


class GoogleBaseConnection(ConnectionUserAndKey, PollingConnection):
    """
    Sends the access token, and gets a new one before it ends or when it is refused.

    The parameters are those of :class:`~libcloud.common.google.auth.GoogleOAuth2Credential`.
    """

    driver: Any = GoogleBaseDriver
    responseCls = GoogleResponse
    host = "www.googleapis.com"
    poll_interval = 2.0
    timeout = 180

    def __init__(
        self,
        user_id: str,
        key: str | None = None,
        auth_type: str | None = None,
        credential_file: str | None = None,
        scopes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(user_id, key or "", **kwargs)
        network = {name: kwargs[name] for name in ("timeout", "proxy_url") if name in kwargs}
        self.oauth2_credential = GoogleOAuth2Credential(
            user_id, key, auth_type, credential_file, scopes, **network
        )

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers.setdefault("Content-Type", "application/json")
        return headers

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        headers["Authorization"] = f"Bearer {self.oauth2_credential.access_token}"
        return params, headers

    def encode_data(self, data: Any) -> Any:
        """A dict or a list as JSON; anything else as it is."""
        import json

        return json.dumps(data) if isinstance(data, (dict, list)) else data

    def morph_action_hook(self, action: str) -> str:
        """
        The path of an action, which may be a link that Google gave. Only its path is followed: the
        token stays with the host that the user chose.
        """
        if not action.startswith("https://"):
            return super().morph_action_hook(action)
        path = action.partition("://")[2].partition("/")[2]
        return f"/{path}"

    def credentials_are_stale(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        return error.http_code == 401

    def renew_credentials(self, error: LibcloudError, headers: Mapping[str, str]) -> bool:
        self.oauth2_credential.renew()
        return True

    def secrets(self) -> Iterable[str]:
        token = (self.oauth2_credential.token or {}).get("access_token")
        return (self.key, token or "")

    # Operations

    def get_poll_request_kwargs(
        self, response: Any, context: dict[str, Any], request_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """A look at an operation goes to the link that it has."""
        return {"action": response.object["selfLink"]}

    def has_completed(self, response: Any) -> bool:
        """
        True when an operation is done.

        One that has failed does not come here: its answer was an error.
        """
        return bool(response.object["status"] == "DONE")
