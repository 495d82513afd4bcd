"""
What all drivers of NetActuate share, which was Host Virtual once: key, envelope, errors.

https://docs.netactuate.com/reference; what the documentation leaves open is known from the
provider's own client, https://github.com/netactuate/gona.
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.errors import MalformedResponseError, ResourceExistsError, provider_error

__all__ = ["HostVirtualConnection", "HostVirtualResponse"]


class HostVirtualResponse(JsonResponse):
    """
    An answer: ``{"result": "success", "message": ..., "data": ..., "code": 200}``. ``object`` is
    the whole of it.
    """

    def success(self) -> bool:
        return super().success() and self._code() < 400

    def parse_error(self) -> Any:
        said = self._said()
        message = said.get("message") or str(self.body)[:500]
        if said.get("fields"):
            message = f"{message}: {said['fields']}"
        # There is no code for it: what is not accepted for any reason is 422.
        exists = "already" in message and self._code() in (400, 409, 422)
        return provider_error(
            self._code(),
            message,
            str(said.get("result", "")),
            {str(said.get("result", "")): ResourceExistsError} if exists else None,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )

    def _said(self) -> dict[str, Any]:
        try:
            body = self.parse_body()
        except MalformedResponseError:
            return {}
        return body if isinstance(body, dict) else {}

    def _code(self) -> int:
        """The status of the answer, or the one that is in it."""
        code = self._said().get("code")
        return code if self.status < 400 and isinstance(code, int) else self.status


class HostVirtualConnection(ConnectionKey):
    """Sends the key."""

    host = "vapi2.netactuate.com"
    responseCls = HostVirtualResponse

    def add_default_params(self, params: dict[str, Any]) -> dict[str, Any]:
        params["key"] = self.key
        return params
