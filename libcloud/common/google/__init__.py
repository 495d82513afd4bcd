"""
What all drivers of Google share: OAuth 2.0 in three ways, errors, links, operations.

=============  ====================================================================================
``errors``     Google's errors, each also of the generic kind
``auth``       from a service account, a user's consent or a virtual machine to an access token
``connection`` answers, requests with a token, and operations that are waited for
=============  ====================================================================================
"""

from libcloud.common.google.auth import (
    LOG,
    UTC_TIMESTAMP_FORMAT,
    GoogleAuthType,
    GoogleBaseAuthConnection,
    GoogleGCEServiceAcctAuthConnection,
    GoogleInstalledAppAuthConnection,
    GoogleOAuth2Credential,
    GoogleServiceAcctAuthConnection,
)
from libcloud.common.google.connection import GoogleBaseConnection, GoogleBaseDriver
from libcloud.common.google.errors import (
    GoogleAuthError,
    GoogleBaseError,
    InvalidRequestError,
    JsonParseError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from libcloud.common.google.response import GoogleResponse

__all__ = [
    "LOG",
    "UTC_TIMESTAMP_FORMAT",
    "GoogleAuthError",
    "GoogleAuthType",
    "GoogleBaseAuthConnection",
    "GoogleBaseConnection",
    "GoogleBaseDriver",
    "GoogleBaseError",
    "GoogleGCEServiceAcctAuthConnection",
    "GoogleInstalledAppAuthConnection",
    "GoogleOAuth2Credential",
    "GoogleResponse",
    "GoogleServiceAcctAuthConnection",
    "InvalidRequestError",
    "JsonParseError",
    "QuotaExceededError",
    "ResourceExistsError",
    "ResourceInUseError",
    "ResourceNotFoundError",
]
