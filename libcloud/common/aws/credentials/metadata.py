"""
Credentials of the role of a container or an instance, from the service next to it.

* https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
"""

from __future__ import annotations

import ipaddress
import os
from typing import Any
from urllib.parse import quote, urlsplit

from libcloud.common.aws.credentials.answers import credentials_of
from libcloud.common.aws.credentials.source import (
    CredentialSource,
    NoCredentialsError,
    TemporaryCredentials,
)
from libcloud.common.aws.signing import Credentials
from libcloud.common.connection import Connection
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    NetworkError,
    ResourceNotFoundError,
)
from libcloud.common.response import JsonResponse, Response
from libcloud.common.retry import DEFAULT_RETRY_POLICY

__all__ = ["from_container", "from_instance"]

CONTAINER_SERVICE = "http://169.254.170.2"
INSTANCE_SERVICE = "http://169.254.169.254"
INSTANCE_SERVICE_IPV6 = "http://[fd00:ec2::254]"

# The services that may be asked without TLS, beside this machine itself: of ECS and of EKS.
CONTAINER_ADDRESSES = frozenset({"169.254.170.2", "169.254.170.23", "fd00:ec2::23"})

# Seconds: both services are on the host itself, and elsewhere nobody answers at their addresses.
TIMEOUT = 2

ROLES = "/latest/meta-data/iam/security-credentials/"
SESSION_SECONDS = 6 * 60 * 60


class _MetadataConnection(Connection):
    """A connection to a service on the host itself: no proxy is asked, whatever is set."""

    retry = DEFAULT_RETRY_POLICY._replace(attempts=2, delay=0.1)
    follow_redirects = False

    def __init__(self, url: str) -> None:
        super().__init__(url=url, timeout=TIMEOUT)

    def connect(self, *args: Any, **kwargs: Any) -> None:
        super().connect(*args, **kwargs)
        self.connection.session.trust_env = False


class _MetadataResponse(Response):
    """An answer whose text is a secret: no error repeats it."""

    def parse_error(self) -> Any:
        return f"the metadata service answered {self.status}"


class _JsonMetadataResponse(_MetadataResponse, JsonResponse):
    def parse_body(self) -> Any:
        try:
            return super().parse_body()
        except MalformedResponseError:
            raise MalformedResponseError("the metadata service sent no JSON") from None


class _TextConnection(_MetadataConnection):
    responseCls = _MetadataResponse


class _JsonConnection(_MetadataConnection):
    responseCls = _JsonMetadataResponse


def from_container() -> CredentialSource:
    """
    Those of the task (ECS) or the pod (EKS), from the service that
    ``AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`` or ``AWS_CONTAINER_CREDENTIALS_FULL_URI`` names.

    Asked with ``AWS_CONTAINER_AUTHORIZATION_TOKEN``, or with what is in the file that
    ``AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`` names, when they are set. One request.
    """
    return TemporaryCredentials(_fetch_from_container)


def from_instance() -> CredentialSource:
    """
    Those of the role of this EC2 instance, from version 2 of its metadata service. Three requests.

    ``AWS_EC2_METADATA_DISABLED=true`` forbids it; ``AWS_EC2_METADATA_SERVICE_ENDPOINT`` (a URL) and
    ``AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6`` say that the service is elsewhere.
    """
    return TemporaryCredentials(_fetch_from_instance)


def _fetch_from_container() -> Credentials:
    url = _container_url()
    parts = urlsplit(url)
    connection = _JsonConnection(f"{parts.scheme}://{parts.netloc}")
    token = _container_token()
    answer = connection.request(
        f"{parts.path}?{parts.query}" if parts.query else parts.path,
        headers={"Authorization": token} if token else None,
    )
    connection.connection.close()
    return credentials_of(answer.object, "Token", "the container's service")


def _container_url() -> str:
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    if relative:
        return f"{CONTAINER_SERVICE}/{relative.lstrip('/')}"
    url = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url:
        raise NoCredentialsError(
            "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is set"
        )
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_on_this_machine(parts.hostname or ""):
        raise InvalidCredsError(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine: "
            f"{parts.hostname}"
        )
    return url


def _is_on_this_machine(host: str) -> bool:
    if host in CONTAINER_ADDRESSES or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _container_token() -> str | None:
    path = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if not path:
        return os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError as error:
        raise InvalidCredsError(
            f"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: {error.strerror}: {path}"
        ) from error


def _fetch_from_instance() -> Credentials:
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        raise NoCredentialsError("AWS_EC2_METADATA_DISABLED is set")
    url = _instance_url()
    text, json = _TextConnection(url), _JsonConnection(url)
    try:
        # A PUT is not repeated by those who only forward what somebody else wants to GET.
        session = text.request(
            "/latest/api/token",
            method="PUT",
            headers={"X-aws-ec2-metadata-token-ttl-seconds": str(SESSION_SECONDS)},
            stream=True,  # the body, which is a secret and nothing else, stays out of debug logs
        ).body
        headers = {"X-aws-ec2-metadata-token": session}
        role = text.request(ROLES, headers=headers).body.split("\n")[0].strip()
        answer = json.request(f"{ROLES}{quote(role, safe='')}", headers=headers).object
    except NetworkError as error:
        raise NoCredentialsError(f"no metadata service at {url}") from error
    except ResourceNotFoundError as error:
        raise NoCredentialsError("this instance has no role") from error
    finally:
        for connection in (text, json):
            if connection.connection:
                connection.connection.close()
    return credentials_of(answer, "Token", "the instance's metadata service")


def _instance_url() -> str:
    url = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
    if url:
        return url
    mode = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "")
    return INSTANCE_SERVICE_IPV6 if mode.lower() == "ipv6" else INSTANCE_SERVICE
