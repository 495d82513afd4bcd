"""
Credentials of a role, from AWS' Security Token Service.

https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
"""

from __future__ import annotations

import os
from typing import Any

from libcloud.common.aws.credentials.answers import expiry_of
from libcloud.common.aws.credentials.source import (
    CredentialSource,
    NoCredentialsError,
    TemporaryCredentials,
)
from libcloud.common.aws.query import AWSQueryConnection
from libcloud.common.aws.responses import AWSBaseResponse
from libcloud.common.aws.signing import Credentials
from libcloud.common.aws.xml import require, required_text

__all__ = ["assume_role", "assume_role_with_web_identity"]

DEFAULT_REGION = "us-east-1"


class STSConnection(AWSQueryConnection):
    """
    Actions of STS.

    :param credentials: What the requests are signed with; None for those that need no signature.
    """

    responseCls = AWSBaseResponse
    service_name = "sts"
    version = "2011-06-15"

    # They only hand out credentials: called twice, there are two sets of them.
    idempotent_actions = frozenset({"AssumeRole", "AssumeRoleWithWebIdentity"})

    def __init__(
        self, region: str, credentials: CredentialSource | None, url: str | None = None
    ) -> None:
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        super().__init__("", "", host=f"sts.{region}.{suffix}", url=url)
        self.credentials = credentials
        self._region = region

    def region(self) -> str:
        return self._region

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        if self.credentials is None:
            return params, headers
        return super().pre_connect_hook(params, headers)

    def credentials_by(self, action: str, params: dict[str, Any]) -> Credentials:
        """
        Call an action whose answer are credentials.

        :raises ProviderError: STS refuses.
        """
        try:
            answer = require(self.call(action, params), f"{action}Result/Credentials")
        finally:
            if self.connection:
                self.connection.close()
        return Credentials(
            required_text(answer, "AccessKeyId"),
            required_text(answer, "SecretAccessKey"),
            required_text(answer, "SessionToken"),
            expiry_of(required_text(answer, "Expiration")),
        )


def assume_role(
    role_arn: str,
    credentials: CredentialSource,
    session_name: str = "libcloud",
    *,
    external_id: str | None = None,
    duration: int = 3600,
    region: str | None = None,
    url: str | None = None,
) -> CredentialSource:
    """
    Those of a role, which the owner of other credentials may assume.

    :param role_arn: ``arn:aws:iam::123456789012:role/name``
    :param credentials: Of whoever assumes the role.
    :param session_name: What AWS' logs call the session.
    :param external_id: What the role's owner asks for, if anything.
    :param duration: How long the credentials are good, in seconds: 900 to 43200, and at most what
        the role allows.
    :param region: Whose STS is asked; ``AWS_REGION``, or ``us-east-1``, by default.
    :param url: Of another STS.
    """
    connection = STSConnection(region or _region(), credentials, url)
    params = {
        "RoleArn": role_arn,
        "RoleSessionName": session_name,
        "DurationSeconds": duration,
        "ExternalId": external_id,
    }
    return TemporaryCredentials(lambda: connection.credentials_by("AssumeRole", params))


def assume_role_with_web_identity(
    role_arn: str | None = None,
    token_file: str | None = None,
    session_name: str | None = None,
    *,
    region: str | None = None,
    url: str | None = None,
) -> CredentialSource:
    """
    Those of a role, for the holder of a token of an identity provider, as pods of EKS are.

    What is not given is what the environment says in ``AWS_ROLE_ARN``,
    ``AWS_WEB_IDENTITY_TOKEN_FILE`` and ``AWS_ROLE_SESSION_NAME``.

    :param token_file: A file with the token, read anew whenever credentials are asked for.
    :param region: As with :func:`assume_role`.
    :param url: As with :func:`assume_role`.
    """

    def fetch() -> Credentials:
        role = role_arn or os.environ.get("AWS_ROLE_ARN")
        path = token_file or os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
        if not role or not path:
            raise NoCredentialsError("AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE are not set")
        try:
            with open(path, encoding="utf-8") as file:
                token = file.read().strip()
        except OSError as error:
            raise NoCredentialsError(
                f"the token of the web identity cannot be read: {error.strerror}: {path}"
            ) from error
        params = {
            "RoleArn": role,
            "RoleSessionName": session_name
            or os.environ.get("AWS_ROLE_SESSION_NAME")
            or "libcloud",
            "WebIdentityToken": token,
        }
        connection = STSConnection(region or _region(), None, url)
        return connection.credentials_by("AssumeRoleWithWebIdentity", params)

    return TemporaryCredentials(fetch)


def _region() -> str:
    named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return named or DEFAULT_REGION
