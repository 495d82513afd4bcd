"""
AWS credentials that a program does not name itself.

A *source* is called without arguments, whenever a request is signed, and returns the
:class:`Credentials` of the moment. Drivers of AWS services take one in place of key and secret::

    from libcloud.common.aws.credentials import default_credentials

    driver = get_driver(Provider.EC2)(credentials=default_credentials(), region="eu-west-1")

* :func:`default_credentials`: where the tools of AWS look, in their order.
* :func:`from_environment`, :func:`from_profile`, :func:`from_container`, :func:`from_instance`: one
  of these places.
* :func:`assume_role`, :func:`assume_role_with_web_identity`: another role's, by way of STS.

Nothing is looked for before the first request. Temporary credentials are kept until five minutes
before they expire, and renewed by whichever thread comes first, while the others go on with the old
ones; one source may be shared by many drivers.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from libcloud.common.aws.credentials.chain import default_credentials
from libcloud.common.aws.credentials.environment import from_environment
from libcloud.common.aws.credentials.metadata import from_container, from_instance
from libcloud.common.aws.credentials.profiles import from_profile
from libcloud.common.aws.credentials.source import (
    CredentialSource,
    NoCredentialsError,
    TemporaryCredentials,
)
from libcloud.common.aws.credentials.sts import assume_role, assume_role_with_web_identity
from libcloud.common.aws.signing import Credentials

__all__ = [
    "CredentialSource",
    "Credentials",
    "NoCredentialsError",
    "TemporaryCredentials",
    "assume_role",
    "assume_role_with_web_identity",
    "default_credentials",
    "from_container",
    "from_environment",
    "from_instance",
    "from_profile",
]
