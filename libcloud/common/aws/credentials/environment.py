"""
Credentials in variables of the environment.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
"""

from __future__ import annotations

import os

from libcloud.common.aws.credentials.source import CredentialSource, NoCredentialsError
from libcloud.common.aws.signing import Credentials

__all__ = ["from_environment"]


def from_environment() -> CredentialSource:
    """
    Those of ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY`` and ``AWS_SESSION_TOKEN``, as they are
    when a request is signed.
    """
    return _environment


def _environment() -> Credentials:
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not access_key:
        raise NoCredentialsError("AWS_ACCESS_KEY_ID is not set")
    if not secret_key:
        raise NoCredentialsError("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
    return Credentials(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN") or None)
