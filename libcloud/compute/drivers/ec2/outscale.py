"""
3DS Outscale, by its FCU API, which follows EC2's.

API: https://docs.outscale.com/fcu.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from libcloud import data
from libcloud.common.aws.xml import Element, findall, findtext
from libcloud.common.errors import UnsupportedOperation
from libcloud.compute.base import Node, NodeImage, NodeLocation, NodeSize
from libcloud.compute.drivers.ec2.connection import EC2Connection
from libcloud.compute.drivers.ec2.models import EC2Network, EC2NetworkInterface
from libcloud.compute.drivers.ec2.params import filters as filter_params
from libcloud.compute.drivers.ec2.params import numbered
from libcloud.compute.drivers.ec2.variants import LookAlike
from libcloud.compute.types import NodeState, Provider

__all__ = [
    "DEFAULT_OUTSCALE_API_VERSION",
    "OUTSCALE_NAMESPACE",
    "OutscaleConnection",
    "OutscaleINCNodeDriver",
    "OutscaleNodeDriver",
    "OutscaleSASNodeDriver",
]

DEFAULT_OUTSCALE_API_VERSION = "2016-04-01"

OUTSCALE_NAMESPACE = "http://api.outscale.com/wsdl/fcuext/2014-04-15/"
"""Of its own answers. Nothing here depends on it: answers are read in any namespace."""

QUOTA = (
    "ownerId",
    "name",
    "displayName",
    "description",
    "groupName",
    "maxQuotaValue",
    "usedQuotaValue",
)
PRODUCT_TYPE = ("productTypeId", "description")
INSTANCE_TYPE = (
    "name",
    "vcpu",
    "memory",
    "storageSize",
    "storageCount",
    "maxIpAddresses",
    "ebsOptimizedAvailable",
)


class OutscaleConnection(EC2Connection):
    """A connection to Outscale in one region."""

    host: Any = None
    version = DEFAULT_OUTSCALE_API_VERSION


class OutscaleNodeDriver(LookAlike):
    """
    Base of the drivers for Outscale's companies.

    :param region: ``eu-west-2`` ...
    :param region_details: Region -> ``{"endpoint": host, "api_name": name in the pricing file,
        "country": ..., "instance_types": [size ids]}``.
    :param signature_version: ``"4"``, or ``"2"`` as 3.x had it.
    :raises ValueError: the region is not among them.
    """

    connectionCls = OutscaleConnection
    name = "Outscale"
    website = "http://www.outscale.com"
    path = "/"

    # What drivers of 3.x signed with. The constructor has what they sign with now.
    signature_version = "2"

    NODE_STATE_MAP = {**LookAlike.NODE_STATE_MAP, "stopped": NodeState.STOPPED}

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "us-east-1",
        region_details: Mapping[str, Mapping[str, Any]] | None = None,
        token: str | None = None,
        signature_version: str | None = "4",
        **kwargs: Any,
    ) -> None:
        if region_details is None:
            raise ValueError("Invalid region_details argument")
        if region not in region_details:
            raise ValueError(f"Invalid region: {region}")
        details = region_details[region]
        self.region_details = region_details
        self.api_name = details["api_name"]
        self.country = details["country"]
        super().__init__(
            key,
            secret=secret,
            secure=secure,
            host=host or details["endpoint"],
            port=port,
            region=region,
            token=token,
            signature_version=signature_version,
            **kwargs,
        )

    # -- nodes ------------------------------------------------------------------------------------

    def create_node(self, *args: Any, **kwargs: Any) -> Any:
        """
        Make a node and return it: see :meth:`.BaseEC2NodeDriver.create_node`.

        :raises UnsupportedOperation: there is an ``ex_iamprofile``.
        """
        if kwargs.get("ex_iamprofile"):
            raise UnsupportedOperation("ex_iamprofile not implemented", driver=self)
        return super().create_node(*args, **kwargs)

    def ex_modify_instance_attribute(  # type: ignore[override]
        self,
        node: Node,
        disable_api_termination: bool | None = None,
        ebs_optimized: bool | None = None,
        group_id: str | list[str] | None = None,
        source_dest_check: bool | None = None,
        user_data: str | None = None,
        instance_type: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> bool:
        """
        Change attributes of a node. What is None stays as it is.

        :param disable_api_termination: Whether the node is kept from being destroyed.
        :param ebs_optimized: Whether it has bandwidth of its own for volumes.
        :param group_id: Id of a security group, or a list of them, in place of those it has.
        :param source_dest_check: Whether packets to and from other addresses are dropped.
        :param user_data: User data, in Base64.
        :param instance_type: Id of a size.
        :param attributes: Further parameters of the action.
        """
        params = {
            "DisableApiTermination.Value": disable_api_termination,
            "EbsOptimized.Value": ebs_optimized,
            **numbered("GroupId", group_id),
            "SourceDestCheck.Value": source_dest_check,
            "UserData.Value": user_data,
            "InstanceType.Value": instance_type,
            **(attributes or {}),
        }
        return super().ex_modify_instance_attribute(node, params)

    def ex_modify_instance_keypair(self, instance_id: str, key_name: str | None = None) -> bool:
        """
        Change the key pair of a node, and return True.

        :param instance_id: Id of the node.
        :param key_name: Name of a key pair; the node has none any more when it is None.
        """
        params = {"instanceId": instance_id, "keyName": key_name}
        return self._do("ModifyInstanceKeypair", params)

    # -- sizes ------------------------------------------------------------------------------------

    def iterate_sizes(self, location: NodeLocation | None = None) -> Iterator[NodeSize]:
        """
        Yield the region's sizes, without a request.

        A size without packaged figures is left out; ``ex_describe_instance_types`` has it.

        :param location: Has no influence.
        """
        sizes = data.outscale_sizes()
        for size_id in self.region_details[self.region_name]["instance_types"]:
            if size_id in sizes:
                yield self._to_packaged_size(size_id, {**sizes[size_id], "extra": {}})

    def ex_describe_instance_types(
        self, filters: dict[str, Any] | None = None
    ) -> list[dict[str, str | None]]:
        """
        Return the sizes that Outscale has now: ``name``, ``vcpu``, ``memory`` and ``storageSize``
        (bytes), ``storageCount``, ``maxIpAddresses``, ``ebsOptimizedAvailable``, all as text.

        :param filters: Filter of the action -> value, or list of values.
        """
        elements = self._all(
            "DescribeInstanceTypes", filter_params(filters), "instanceTypeSet/item"
        )
        return [_texts(element, INSTANCE_TYPE) for element in elements]

    def _get_size_price(self, size_id: str) -> float | None:
        from libcloud.pricing import get_size_price

        return get_size_price("compute", self.api_name, size_id)

    # -- images -----------------------------------------------------------------------------------

    def ex_register_image(  # type: ignore[override]
        self,
        name: str,
        description: str | None = None,
        architecture: str | None = None,
        root_device_name: str | None = None,
        block_device_mapping: list[dict[str, Any]] | None = None,
    ) -> NodeImage:
        """
        Make an image of a snapshot, and return it.

        :param block_device_mapping:
            ``[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-1"}}]``
        """
        return super().ex_register_image(
            name,
            description=description,
            architecture=architecture,
            root_device_name=root_device_name,
            block_device_mapping=block_device_mapping,
        )

    def ex_get_product_type(
        self, image_id: str, snapshot_id: str | None = None
    ) -> dict[str, str | None]:
        """
        Return the product that an image belongs to: ``productTypeId``, ``description``.

        :param snapshot_id: Of this snapshot of the image.
        """
        params = {"ImageId": image_id, "SnapshotId": snapshot_id}
        return _texts(self._call("GetProductType", params), PRODUCT_TYPE)

    def ex_describe_product_types(
        self, filters: dict[str, Any] | None = None
    ) -> list[dict[str, str | None]]:
        """
        Return the products that images may belong to: ``productTypeId``, ``description``.

        :param filters: Filter of the action -> value, or list of values.
        """
        elements = self._all("DescribeProductTypes", filter_params(filters), "productTypeSet/item")
        return [_texts(element, PRODUCT_TYPE) for element in elements]

    # -- networks, the account --------------------------------------------------------------------

    def ex_create_network(  # type: ignore[override]
        self, cidr_block: str, name: str | None = None
    ) -> EC2Network:
        """
        Make a VPC and return it: one request, and another one for its name.

        :param cidr_block: Its addresses: ``10.0.0.0/16``.
        """
        return super().ex_create_network(cidr_block, name=name)

    def ex_describe_quotas(
        self,
        dry_run: bool = False,
        filters: dict[str, Any] | None = None,
        max_results: int | None = None,
        marker: str | None = None,
    ) -> tuple[str | None, dict[str | None, list[dict[str, str | None]]]]:
        """
        Return the account's quotas.

        :param dry_run: Only ask whether it is allowed.
        :param max_results: At most so many.
        :return: ``"true"`` if there are more (or ``"false"``, or None), and resource id, or
            ``global``, -> its quotas: ``ownerId``, ``name``, ``displayName``, ``description``,
            ``groupName``, ``maxQuotaValue``, ``usedQuotaValue``, all as text.
        :raises UnsupportedOperation: there is a ``filters`` or a ``marker``.
        """
        if filters:
            raise UnsupportedOperation("quota filters are not implemented", driver=self)
        if marker:
            raise UnsupportedOperation("quota marker is not implemented", driver=self)
        params = {"DryRun": True if dry_run else None, "MaxResults": max_results}
        root = self._call("DescribeQuotas", params)
        quotas = {
            findtext(item, "reference"): [
                _texts(quota, QUOTA) for quota in findall(item, "quotaSet/item")
            ]
            for item in findall(root, "referenceQuotaSet/item")
        }
        return findtext(root, "isTruncated"), quotas

    # -- what Outscale does otherwise, or not at all ----------------------------------------------

    def ex_get_limits(self) -> dict[str, dict[str, Any]]:
        """
        Not offered: see :meth:`ex_describe_quotas`.

        :raises UnsupportedOperation: always.
        """
        raise self._not_supported()

    def ex_copy_image(
        self,
        source_region: str,
        image: NodeImage,
        name: str | None = None,
        description: str | None = None,
    ) -> NodeImage:
        """
        Not offered.

        :raises UnsupportedOperation: always.
        """
        raise self._not_supported()

    def ex_create_network_interface(
        self,
        subnet: Any,
        name: str | None = None,
        description: str | None = None,
        private_ip_address: str | None = None,
    ) -> EC2NetworkInterface:
        """
        Not offered.

        :raises UnsupportedOperation: always.
        """
        raise self._not_supported()

    def ex_delete_network_interface(self, network_interface: EC2NetworkInterface) -> bool:
        """
        Not offered.

        :raises UnsupportedOperation: always.
        """
        raise self._not_supported()

    def ex_attach_network_interface_to_node(
        self, network_interface: EC2NetworkInterface, node: Node, device_index: int
    ) -> str | None:
        """
        Not offered.

        :raises UnsupportedOperation: always.
        """
        raise self._not_supported()

    def ex_detach_network_interface(self, attachment_id: str, force: bool = False) -> bool:
        """
        Not offered.

        :raises UnsupportedOperation: always.
        """
        raise self._not_supported()

    def _not_supported(self) -> UnsupportedOperation:
        message = "This method is not supported in the Outscale driver"
        return UnsupportedOperation(message, driver=self)


class OutscaleSASNodeDriver(OutscaleNodeDriver):
    """Outscale SAS. ``region_details`` are the packaged ones when they are None."""

    type = Provider.OUTSCALE_SAS
    name = "Outscale SAS"

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "us-east-1",
        region_details: Mapping[str, Mapping[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        details = region_details or data.outscale_regions()["sas"]
        super().__init__(key, secret, secure, host, port, region, details, **kwargs)


class OutscaleINCNodeDriver(OutscaleNodeDriver):
    """Outscale Inc. ``region_details`` are the packaged ones when they are None."""

    type = Provider.OUTSCALE_INC
    name = "Outscale INC"

    def __init__(
        self,
        key: str,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str = "us-east-1",
        region_details: Mapping[str, Mapping[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        details = region_details or data.outscale_regions()["inc"]
        super().__init__(key, secret, secure, host, port, region, details, **kwargs)


def _texts(element: Element, names: tuple[str, ...]) -> dict[str, str | None]:
    return {name: findtext(element, name) for name in names}
