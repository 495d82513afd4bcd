"""
Images: AMIs.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import Children, Element, findall
from libcloud.common.errors import ResourceNotFoundError
from libcloud.compute.base import Node, NodeImage, NodeLocation
from libcloud.compute.drivers.ec2.attributes import RESOURCE_EXTRA_ATTRIBUTES_MAP, extra_of, tags_of
from libcloud.compute.drivers.ec2.params import block_device_mappings, filters, new_token, numbered
from libcloud.compute.drivers.ec2.room import Room

__all__ = ["Images"]

IMAGES = "imagesSet/item"


class Images(Room):
    """Images."""

    def iterate_images(
        self,
        location: NodeLocation | None = None,
        ex_image_ids: list[str] | None = None,
        ex_owner: str | list[str] | None = None,
        ex_executableby: str | None = None,
        ex_filters: dict[str, Any] | None = None,
    ) -> Iterator[NodeImage]:
        """
        Yield images. Without any filter these are all that the account may use: tens of thousands.

        :param location: Has no influence: an image belongs to a region.
        :param ex_image_ids: Only these.
        :param ex_owner: Account id, ``self``, ``amazon``, ``aws-marketplace``, or a list of such.
        :param ex_executableby: Account id, ``self``, or ``all`` for public images.
        :param ex_filters: Filter of DescribeImages -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
        """
        params = {
            **numbered("ImageId", ex_image_ids),
            **numbered("Owner", ex_owner),
            **numbered("ExecutableBy", ex_executableby),
            **filters(ex_filters),
        }
        elements = self._pages("DescribeImages", params, IMAGES, ids="ImageId")
        yield from map(self._to_image, elements)

    def list_images(
        self,
        location: NodeLocation | None = None,
        ex_image_ids: list[str] | None = None,
        ex_owner: str | list[str] | None = None,
        ex_executableby: str | None = None,
        ex_filters: dict[str, Any] | None = None,
    ) -> list[NodeImage]:
        """Return what :meth:`iterate_images` yields."""
        return list(
            self.iterate_images(location, ex_image_ids, ex_owner, ex_executableby, ex_filters)
        )

    def get_image(self, image_id: str) -> NodeImage:
        for image in self.iterate_images(ex_image_ids=[image_id]):
            return image
        raise ResourceNotFoundError(f"There is no image {image_id}", driver=self)

    def create_image(
        self,
        node: Node,
        name: str,
        description: str | None = None,
        reboot: bool = False,
        block_device_mapping: list[dict[str, Any]] | None = None,
    ) -> NodeImage:
        """
        Make an image of a node's volumes and return it; it is still in the making.

        :param reboot: Shut the node down meanwhile, so that its file systems are consistent.
        :param block_device_mapping: ``[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 100}}]``
        :raises ResourceExistsError: the account has an image of that name.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
        """
        params = {
            "InstanceId": node.id,
            "Name": name,
            "Description": description,
            "NoReboot": not reboot,
            **block_device_mappings(block_device_mapping or []),
        }
        return self._to_new_image(self._call("CreateImage", params), name, description)

    def copy_image(  # type: ignore[override]
        self,
        image: Any,
        source_region: Any,
        name: str | None = None,
        description: str | None = None,
    ) -> NodeImage:
        """
        Copy an image from another region to the driver's, and return the copy; it is still in the
        making. It is made once, however often the request is sent.

        :param image: The image. It may also be given second, where other drivers have it.
        :param source_region: Where the image is.
        :param name: Name of the copy; that of ``image`` when it is None.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
        """
        if isinstance(image, str):
            image, source_region = source_region, image
        name = name or image.name
        params = {
            "ClientToken": new_token(),
            "SourceRegion": source_region,
            "SourceImageId": image.id,
            "Name": name,
            "Description": description,
        }
        return self._to_new_image(self._call("CopyImage", params), name, description)

    def delete_image(self, image: NodeImage) -> bool:
        """
        Deregister an image and return True. Its snapshots stay: they cost money, and are deleted by
        themselves.
        """
        return self._do("DeregisterImage", {"ImageId": image.id})

    def ex_register_image(
        self,
        name: str,
        description: str | None = None,
        architecture: str | None = None,
        image_location: str | None = None,
        root_device_name: str | None = None,
        block_device_mapping: list[dict[str, Any]] | None = None,
        kernel_id: str | None = None,
        ramdisk_id: str | None = None,
        virtualization_type: str | None = None,
        ena_support: bool | None = None,
        billing_products: list[str] | None = None,
        sriov_net_support: str | None = None,
        boot_mode: str | None = None,
        tpm_support: str | None = None,
        uefi_data: str | None = None,
        imds_support: str | None = None,
    ) -> NodeImage:
        """
        Make an image of a snapshot, or of a manifest in S3, and return it.

        :param image_location: Where the manifest is.
        :param block_device_mapping:
            ``[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-1"}}]``

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
        """
        params = {
            "Name": name,
            "Description": description,
            "Architecture": architecture,
            "ImageLocation": image_location,
            "RootDeviceName": root_device_name,
            "KernelId": kernel_id,
            "RamdiskId": ramdisk_id,
            "VirtualizationType": virtualization_type,
            "EnaSupport": ena_support,
            "SriovNetSupport": sriov_net_support,
            "BootMode": boot_mode,
            "TpmSupport": tpm_support,
            "UefiData": uefi_data,
            "ImdsSupport": imds_support,
            **block_device_mappings(block_device_mapping or []),
            **numbered("BillingProduct", billing_products),
        }
        return self._to_new_image(self._call("RegisterImage", params), name, description)

    def ex_modify_image_attribute(self, image: NodeImage, attributes: dict[str, Any]) -> bool:
        """
        Change one attribute of an image.

        :param attributes: Parameters of the action: ``{"LaunchPermission.Add.1.Group": "all"}``.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html
        """
        return self._do("ModifyImageAttribute", {**attributes, "ImageId": image.id})

    # -- parsing --------------------------------------------------------------------------------

    def _to_images(self, object: Element) -> list[NodeImage]:
        return [self._to_image(element) for element in findall(object, IMAGES)]

    def _to_image(self, element: Element) -> NodeImage:
        children = Children(element)
        extra = extra_of(children, RESOURCE_EXTRA_ATTRIBUTES_MAP["image"])
        extra["tags"] = tags_of(children)
        extra["block_device_mapping"] = [
            {
                "device_name": device.text("deviceName"),
                "virtual_name": device.text("virtualName"),
                "ebs": extra_of(device, RESOURCE_EXTRA_ATTRIBUTES_MAP["ebs_volume"]),
            }
            for device in map(Children, children.items("blockDeviceMapping"))
        ]
        extra["billing_products"] = [
            item.text for item in findall(element, "billingProducts/item/billingProduct")
        ]
        return NodeImage(
            id=children.required_text("imageId"),
            name=children.text("name") or "",
            driver=self,
            extra=extra,
        )

    def _to_new_image(self, root: Element, name: str, description: str | None) -> NodeImage:
        # The answer has the id and nothing else.
        image = self._to_image(root)
        image.name = name
        image.extra["description"] = description
        return image
