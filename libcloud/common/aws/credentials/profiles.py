"""
Credentials in the files that AWS' tools share.

https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping

from libcloud.common.aws.credentials.answers import credentials_of
from libcloud.common.aws.credentials.environment import from_environment
from libcloud.common.aws.credentials.metadata import from_container, from_instance
from libcloud.common.aws.credentials.source import (
    CredentialSource,
    LateSource,
    NoCredentialsError,
    TemporaryCredentials,
)
from libcloud.common.aws.credentials.sts import assume_role, assume_role_with_web_identity
from libcloud.common.aws.signing import Credentials
from libcloud.common.errors import InvalidCredsError

__all__ = ["from_profile"]

Profile = Mapping[str, str]

_CREDENTIAL_SOURCES = {
    "Environment": from_environment,
    "Ec2InstanceMetadata": from_instance,
    "EcsContainer": from_container,
}

# Seconds that a credential_process may take.
PROCESS_TIMEOUT = 60


def from_profile(name: str | None = None) -> CredentialSource:
    """
    Those of a profile in ``~/.aws/credentials`` and ``~/.aws/config``, or in the files that
    ``AWS_SHARED_CREDENTIALS_FILE`` and ``AWS_CONFIG_FILE`` name.

    A profile has keys (``aws_access_key_id``, ``aws_secret_access_key``, ``aws_session_token``), a
    ``credential_process``, or a role (``role_arn``) with ``source_profile``, ``credential_source``
    or ``web_identity_token_file``. The files are read when credentials are first asked for.

    :param name: ``AWS_PROFILE``, or ``default``, if None.
    :raises InvalidCredsError: when it is called: the profile is not there, or asks for what cannot
        be done here: a login by SSO, or a device for multi-factor authentication.
    """
    return LateSource(lambda: _source_of(name or _default_name(), _profiles()))


def _default_name() -> str:
    return os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"


def _profiles() -> dict[str, Profile]:
    """
    All profiles by name. What the credentials file says of one goes before the config file.

    :raises InvalidCredsError: a file cannot be read, or is none of its kind.
    """
    profiles: dict[str, dict[str, str]] = {}
    for section, values in _sections("AWS_CONFIG_FILE", "~/.aws/config"):
        kind, _, name = section.partition(" ")
        if section == "default":
            profiles.setdefault("default", {}).update(values)
        elif kind == "profile":
            profiles.setdefault(name.strip("\"' \t"), {}).update(values)
    for section, values in _sections("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"):
        profiles.setdefault(section, {}).update(values)
    return dict(profiles)


def _sections(variable: str, default: str) -> list[tuple[str, Profile]]:
    import configparser

    path = os.path.expanduser(os.environ.get(variable) or default)
    # No interpolation: a secret may have a percent sign. The first section is not the default of
    # the others.
    parser = configparser.RawConfigParser(default_section="", strict=False)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InvalidCredsError(f"cannot read {path}: {error.strerror}") from error
    except (configparser.Error, UnicodeDecodeError) as error:
        # Their texts quote the line, and that may be the secret's.
        reason = type(error).__name__
    else:
        return [(name, dict(parser.items(name))) for name in parser.sections()]
    raise InvalidCredsError(f"{path} is no file of profiles ({reason})")


def _source_of(
    name: str, profiles: Mapping[str, Profile], seen: tuple[str, ...] = ()
) -> CredentialSource:
    profile = profiles.get(name)
    if profile is None:
        raise NoCredentialsError(f"there is no profile {name!r}")
    if name in seen:
        raise InvalidCredsError(f"the profiles {' -> '.join([*seen, name])} go round in circles")
    if "role_arn" in profile:
        return _role(name, profile, profiles, seen)
    return _own_credentials(name, profile)


def _own_credentials(name: str, profile: Profile) -> CredentialSource:
    if "aws_access_key_id" in profile:
        secret_key = profile.get("aws_secret_access_key")
        if not secret_key:
            raise InvalidCredsError(f"the profile {name!r} has no aws_secret_access_key")
        token = profile.get("aws_session_token") or None
        static = Credentials(profile["aws_access_key_id"], secret_key, token)
        return lambda: static
    if "credential_process" in profile:
        command = profile["credential_process"]
        return TemporaryCredentials(lambda: _from_process(name, command))
    if any(key.startswith("sso_") for key in profile):
        raise InvalidCredsError(
            f"the profile {name!r} wants a login by SSO, which is not supported here; "
            "`aws configure export-credentials` as its credential_process does it"
        )
    raise NoCredentialsError(f"the profile {name!r} has no credentials")


def _role(
    name: str, profile: Profile, profiles: Mapping[str, Profile], seen: tuple[str, ...]
) -> CredentialSource:
    session_name = profile.get("role_session_name") or "libcloud"
    region = profile.get("region")
    if "web_identity_token_file" in profile:
        return assume_role_with_web_identity(
            profile["role_arn"], profile["web_identity_token_file"], session_name, region=region
        )
    if "mfa_serial" in profile:
        raise InvalidCredsError(
            f"the profile {name!r} wants a code of {profile['mfa_serial']}: nobody can be asked"
        )
    return assume_role(
        profile["role_arn"],
        _assuming(name, profile, profiles, seen),
        session_name,
        external_id=profile.get("external_id"),
        duration=_duration(name, profile),
        region=region,
    )


def _assuming(
    name: str, profile: Profile, profiles: Mapping[str, Profile], seen: tuple[str, ...]
) -> CredentialSource:
    """Where the credentials come from that a role is assumed with."""
    if "source_profile" in profile:
        source = profile["source_profile"]
        # One that has keys is asked for them, even when it has a role, too; it may be the same.
        if "aws_access_key_id" in profiles.get(source, {}):
            return _own_credentials(source, profiles[source])
        return _source_of(source, profiles, (*seen, name))
    named = profile.get("credential_source", "")
    if named not in _CREDENTIAL_SOURCES:
        raise InvalidCredsError(
            f"the profile {name!r} has a role_arn, but neither a source_profile nor a "
            f"credential_source out of {', '.join(_CREDENTIAL_SOURCES)}"
        )
    return _CREDENTIAL_SOURCES[named]()


def _duration(name: str, profile: Profile) -> int:
    text = profile.get("duration_seconds", "3600")
    if not text.isdecimal():
        raise InvalidCredsError(f"duration_seconds of the profile {name!r} is no number: {text!r}")
    return int(text)


def _from_process(name: str, command: str) -> Credentials:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html"""
    import subprocess

    what = f"the credential_process of the profile {name!r}"
    try:
        done = subprocess.run(
            shlex.split(command), capture_output=True, timeout=PROCESS_TIMEOUT, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise InvalidCredsError(f"{what} failed: {error}") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise InvalidCredsError(f"{what} ended with {done.returncode}: {reason}")
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or answer.get("Version") != 1:
        raise InvalidCredsError(f"{what} wrote no JSON of version 1")
    return credentials_of(answer, "SessionToken", what)
