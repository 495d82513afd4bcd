"""The places where AWS' tools look for credentials, one after the other."""

from __future__ import annotations

from libcloud.common.aws.credentials.environment import from_environment
from libcloud.common.aws.credentials.metadata import from_container, from_instance
from libcloud.common.aws.credentials.profiles import from_profile
from libcloud.common.aws.credentials.source import (
    CredentialSource,
    LateSource,
    NoCredentialsError,
)
from libcloud.common.aws.credentials.sts import assume_role_with_web_identity

__all__ = ["default_credentials"]


def default_credentials(profile: str | None = None) -> CredentialSource:
    """
    Those of the first place that has some: variables of the environment, a web identity, a
    profile, the container, the instance.

    The place that has them is asked alone from then on.

    :param profile: A profile's name: no other place is looked at then. ``AWS_PROFILE`` says which
        profile it is, too, but keys in the environment go before that one.
    :raises NoCredentialsError: when it is called: none of them has any. It says what each lacks.
    :raises InvalidCredsError: when it is called: a place has some, and they cannot be used.
    """
    if profile is not None:
        return from_profile(profile)
    return LateSource(_first_with_credentials)


def _first_with_credentials() -> CredentialSource:
    missing = []
    for place in (
        from_environment,
        assume_role_with_web_identity,
        from_profile,
        from_container,
        from_instance,
    ):
        source = place()
        try:
            source()
        except NoCredentialsError as error:
            missing.append(str(error.value))
        else:
            return source
    raise NoCredentialsError(f"no AWS credentials anywhere: {'; '.join(missing)}")
