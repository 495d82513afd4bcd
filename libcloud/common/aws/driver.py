"""What the drivers of AWS services have in common."""

from __future__ import annotations

from typing import Any

from libcloud.common.driver import BaseDriver

__all__ = ["AWSDriver"]


class AWSDriver(BaseDriver):
    """
    A driver of an AWS service.

    :param key: The access key id.
    :param secret: The secret access key.
    :param token: The session token of temporary credentials.
    :param credentials: In place of the three: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    """

    token: str | None = None

    def __init__(
        self,
        key: str | None = None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        api_version: str | None = None,
        region: str | None = None,
        token: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.token = token
        super().__init__(
            key,
            secret=secret,
            secure=secure,
            host=host,
            port=port,
            api_version=api_version,
            region=region,
            **kwargs,
        )

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        kwargs = super()._ex_connection_class_kwargs()
        kwargs["token"] = self.token
        return kwargs
