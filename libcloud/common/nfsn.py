"""
The API of NearlyFreeSpeech.NET: forms in, JSON or nothing out.

https://members.nearlyfreespeech.net/wiki/API/Introduction
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.errors import (
    InvalidCredsError,
    ProviderError,
    provider_error,
)

__all__ = ["SALT_CHARACTERS", "NFSNConnection", "NFSNException", "NFSNResponse"]

SALT_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SALT_LENGTH = 16


class NFSNException(ProviderError):
    """
    What the provider says in words of its own.

    :param code: Its name for what is wrong.
    """

    def __init__(self, value: Any, http_code: int | None, code: Any, driver: Any = None) -> None:
        super().__init__(value, http_code, driver=driver)
        self.code = code


class NFSNResponse(JsonResponse):
    """An answer; errors are ``{"error": text, "debug": text}``."""

    def parse_error(self) -> Any:
        said = self._stated()
        words = [str(said[key]) for key in ("error", "debug") if said.get(key)]
        message = " ".join(words) or str(self.body)[:500]
        # A clock that is off by more than five seconds is a matter of credentials as well.
        refused = self.status == 401 or "authentication" in message.lower()
        return provider_error(
            self.status,
            message,
            "authentication" if refused else None,
            {"authentication": InvalidCredsError},
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class NFSNConnection(ConnectionUserAndKey):
    """
    Signs each request.

    :param user_id: Name of the member.
    :param key: API key.
    """

    host = "api.nearlyfreespeech.net"
    responseCls = NFSNResponse
    allow_insecure = False

    def request(
        self,
        action: str,
        params: Any = None,
        data: Any = "",
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        *more: Any,
        **options: Any,
    ) -> Any:
        """
        Send a request: see :meth:`Connection.request`.

        :param data: Form of a POST.
        """
        headers = dict(headers or {})
        if method == "POST":
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return super().request(action, params, data, headers, method, *more, **options)

    def encode_data(self, data: Any) -> Any:
        if not data or isinstance(data, (str, bytes)):
            return data
        from urllib.parse import urlencode

        return urlencode(data)

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> Any:
        import secrets
        import time

        salt = "".join(secrets.choice(SALT_CHARACTERS) for _ in range(_SALT_LENGTH))
        headers["X-NFSN-Authentication"] = self._authentication(
            str(self.action), self.data or "", int(time.time()), salt
        )
        return params, headers

    def _authentication(self, path: str, body: str, now: int, salt: str) -> str:
        """
        The header that proves who sends a body to a path.

        https://members.nearlyfreespeech.net/wiki/API/Introduction

        :param now: Seconds since 1970.
        """
        import hashlib

        hashed_body = hashlib.sha1(body.encode()).hexdigest()
        parts = [str(self.user_id), str(now), salt, str(self.key), path, hashed_body]
        return ";".join([*parts[:3], hashlib.sha1(";".join(parts).encode()).hexdigest()])
