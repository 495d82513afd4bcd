"""
Any store that speaks the API of Amazon S3, and the base of the drivers for some of them.

https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
"""

from __future__ import annotations

from collections.abc import KeysView, Mapping
from typing import Any

from libcloud.common.aws import AWSDriver
from libcloud.common.errors import InvalidRequestError, ProviderError
from libcloud.storage.base import Container
from libcloud.storage.drivers.s3 import (
    BaseS3Connection,
    BaseS3StorageDriver,
    S3Connection,
    S3SignatureV4Connection,
)
from libcloud.storage.types import ContainerAlreadyExistsError

__all__ = ["S3CompatibleStorageDriver", "SignatureVersionArgument"]


class SignatureVersionArgument:
    """
    Lets a connection take the argument ``signature_version``, which drivers of 3.x give to it.

    It changes nothing: the class of the connection says how it signs.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("signature_version", None)
        super().__init__(*args, **kwargs)


class S3CompatibleStorageDriver(AWSDriver, BaseS3StorageDriver):
    """
    A store that is not Amazon's, at the host that the caller names.

    Drivers of single stores are subclasses: they have ``hosts_by_region``, so that a host need not
    be named, and a ``connectionCls`` if the store knows only one kind of signature.

    :param key: The access key id.
    :param secret: The secret access key.
    :param host: The store's host.
    :param port: Its port, unless that is the scheme's own.
    :param region: What signatures of version 4 are made for: ``us-east-1`` if left out. A store
        that names another region in its refusal gets a signature for that one.
    :param token: The session token of temporary credentials.
    :param url: In place of ``secure``, ``host`` and ``port``.
    :param signature_version: ``"4"`` or ``"2"``, for stores that take both.
    :param addressing_style: ``"path"`` (``https://host/container/object``) or ``"virtual"``
        (``https://container.host/object``), which takes signatures of version 4.
    :raises InvalidRequestError: no host is given, and none is known for the region.
    :raises ValueError: there is no such signature version, or no such style.
    """

    name = "S3-compatible store"
    website = "https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html"

    #: The region if none is given.
    region_name: str = ""

    #: Region -> host, for stores that are always at the same places.
    hosts_by_region: Mapping[str, str] = {}

    #: The signature version if none is given.
    signature_version: str = "4"

    #: Signature version -> connection. Not looked at where ``connectionCls`` is one that signs.
    connection_by_signature: Mapping[str, type[BaseS3Connection]] = {
        "2": S3Connection,
        "4": S3SignatureV4Connection,
    }

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        token: str | None = None,
        *,
        url: str | None = None,
        signature_version: str | int | None = None,
        addressing_style: str = "path",
        **kwargs: Any,
    ) -> None:
        self.region_name = region or self.region_name
        self._url = url
        self._is_at_known_host = not (host or url)
        if self._is_at_known_host:
            host = self._host_of_store(self.region_name)
        if self.connectionCls is BaseS3Connection:
            self.connectionCls = self._connection_class(signature_version)
        self.addressing_style = addressing_style
        if addressing_style not in ("path", "virtual"):
            raise ValueError(f"addressing_style is 'path' or 'virtual', not {addressing_style!r}")
        if addressing_style == "virtual" and not issubclass(
            self.connectionCls, S3SignatureV4Connection
        ):
            raise ValueError("addressing_style 'virtual' takes signatures of version 4")
        super().__init__(
            key,
            secret=secret,
            secure=secure,
            host=host,
            port=port,
            region=self.region_name,
            token=token,
            **kwargs,
        )

    @classmethod
    def list_regions(cls) -> KeysView[str]:
        """The regions whose hosts are known. In any other one, name the host."""
        return cls.hosts_by_region.keys()

    def create_container(self, container_name: str) -> Container:
        """
        Create an empty container. This takes two requests: many stores answer that they created a
        container that you have already.
        """
        try:
            self.get_container(container_name)
        except ProviderError:
            return super().create_container(container_name)
        raise ContainerAlreadyExistsError(None, self, container_name)

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        kwargs = super()._ex_connection_class_kwargs()
        if self._url:
            kwargs["url"] = self._url
        return kwargs

    def _connection_class(self, signature_version: str | int | None) -> type[BaseS3Connection]:
        if signature_version is not None:
            self.signature_version = str(signature_version)
        try:
            return self.connection_by_signature[self.signature_version]
        except KeyError:
            raise ValueError(f"Invalid signature_version: {signature_version}") from None

    def _host_of_store(self, region: str) -> str:
        """
        The host if the caller names none.

        :raises InvalidRequestError: none is known.
        """
        if not self.hosts_by_region:
            raise InvalidRequestError("host argument is required", driver=self)
        try:
            return self.hosts_by_region[region]
        except KeyError:
            raise InvalidRequestError(
                f"Invalid or unsupported region: {region} (known without a host: "
                f"{', '.join(self.hosts_by_region)})",
                driver=self,
            ) from None

    def _host_of_region(self, region: str) -> str | None:
        if self._is_at_known_host and self.hosts_by_region:
            return self._host_of_store(region)
        return None
