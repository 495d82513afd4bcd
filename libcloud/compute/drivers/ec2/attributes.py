"""
What of an element of EC2's XML goes into ``extra``, and under which key.

:data:`RESOURCE_EXTRA_ATTRIBUTES_MAP` has, for each kind of resource, key -> ``{"xpath": path of
tags, "transform_func": what makes a value of the text}``. An absent element is None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libcloud.common.aws.xml import Children, Element, convert, local_name, texts

__all__ = [
    "RESOURCE_EXTRA_ATTRIBUTES_MAP",
    "VOLUME_MODIFICATION_ATTRIBUTE_MAP",
    "date",
    "extra_of",
    "groups_of",
    "is_true",
    "tags_of",
]

Transform = Callable[[str], Any]
AttributeMap = dict[str, dict[str, Any]]


def date(text: str | None) -> Any:
    """
    An aware time, None for nothing.

    :raises MalformedResponseError: it is no time.
    """
    from libcloud.utils.iso8601 import parse_date

    return convert(text, parse_date) if text else None


def _at(xpath: str, transform: Transform = str) -> dict[str, Any]:
    return {"xpath": xpath, "transform_func": transform}


def _yes(text: str) -> bool:
    return text == "true"


def _not_empty(text: str) -> str | None:
    return text or None


RESOURCE_EXTRA_ATTRIBUTES_MAP: dict[str, AttributeMap] = {
    "ebs_instance_block_device": {
        "attach_time": _at("ebs/attachTime", date),
        "delete": _at("ebs/deleteOnTermination"),
        "status": _at("ebs/status"),
        "volume_id": _at("ebs/volumeId"),
    },
    "ebs_volume": {
        "snapshot_id": _at("ebs/snapshotId"),
        "volume_id": _at("ebs/volumeId"),
        "volume_size": _at("ebs/volumeSize", int),
        "delete": _at("ebs/deleteOnTermination"),
        "volume_type": _at("ebs/volumeType"),
        "iops": _at("ebs/iops", int),
    },
    "elastic_ip": {
        "allocation_id": _at("allocationId"),
        "association_id": _at("associationId"),
        "interface_id": _at("networkInterfaceId"),
        "owner_id": _at("networkInterfaceOwnerId"),
        "private_ip": _at("privateIpAddress"),
    },
    "image": {
        "state": _at("imageState"),
        "owner_id": _at("imageOwnerId"),
        "owner_alias": _at("imageOwnerAlias"),
        "is_public": _at("isPublic"),
        "architecture": _at("architecture"),
        "image_type": _at("imageType"),
        "image_location": _at("imageLocation"),
        "platform": _at("platform"),
        "description": _at("description"),
        "root_device_type": _at("rootDeviceType"),
        "virtualization_type": _at("virtualizationType"),
        "hypervisor": _at("hypervisor"),
        "kernel_id": _at("kernelId"),
        "ramdisk_id": _at("ramdiskId"),
        "ena_support": _at("enaSupport"),
        "sriov_net_support": _at("sriovNetSupport"),
        "creation_date": _at("creationDate", date),
    },
    "network": {
        "state": _at("state"),
        "dhcp_options_id": _at("dhcpOptionsId"),
        "instance_tenancy": _at("instanceTenancy"),
        "is_default": _at("isDefault"),
    },
    "network_interface": {
        "subnet_id": _at("subnetId"),
        "vpc_id": _at("vpcId"),
        "zone": _at("availabilityZone"),
        "description": _at("description"),
        "owner_id": _at("ownerId"),
        "mac_address": _at("macAddress"),
        "private_dns_name": _at("privateDnsName"),
        "source_dest_check": _at("sourceDestCheck"),
    },
    "network_interface_attachment": {
        "attachment_id": _at("attachment/attachmentId"),
        "instance_id": _at("attachment/instanceId"),
        "owner_id": _at("attachment/instanceOwnerId"),
        "device_index": _at("attachment/deviceIndex", int),
        "status": _at("attachment/status"),
        "attach_time": _at("attachment/attachTime", date),
        "delete": _at("attachment/deleteOnTermination"),
    },
    "node": {
        "availability": _at("placement/availabilityZone"),
        "architecture": _at("architecture"),
        "client_token": _at("clientToken"),
        "dns_name": _at("dnsName"),
        "hypervisor": _at("hypervisor"),
        "iam_profile": _at("iamInstanceProfile/id"),
        "image_id": _at("imageId"),
        "instance_id": _at("instanceId"),
        "instance_lifecycle": _at("instanceLifecycle"),
        "instance_tenancy": _at("placement/tenancy"),
        "instance_type": _at("instanceType"),
        "key_name": _at("keyName"),
        "launch_index": _at("amiLaunchIndex", int),
        "launch_time": _at("launchTime"),
        "kernel_id": _at("kernelId"),
        "monitoring": _at("monitoring/state"),
        "platform": _at("platform"),
        "private_dns": _at("privateDnsName"),
        "ramdisk_id": _at("ramdiskId"),
        "root_device_type": _at("rootDeviceType"),
        "root_device_name": _at("rootDeviceName"),
        "reason": _at("reason"),
        "source_dest_check": _at("sourceDestCheck"),
        "status": _at("instanceState/name"),
        "subnet_id": _at("subnetId"),
        "virtualization_type": _at("virtualizationType"),
        "ebs_optimized": _at("ebsOptimized"),
        "vpc_id": _at("vpcId"),
    },
    "reserved_node": {
        "instance_type": _at("instanceType"),
        "availability": _at("availabilityZone"),
        "start": _at("start"),
        "end": _at("end"),
        "duration": _at("duration", int),
        "usage_price": _at("usagePrice", float),
        "fixed_price": _at("fixedPrice", float),
        "instance_count": _at("instanceCount", int),
        "description": _at("productDescription"),
        "instance_tenancy": _at("instanceTenancy"),
        "currency_code": _at("currencyCode"),
        "offering_type": _at("offeringType"),
    },
    "security_group": {
        "vpc_id": _at("vpcId"),
        "description": _at("groupDescription"),
        "owner_id": _at("ownerId"),
    },
    "snapshot": {
        "volume_id": _at("volumeId"),
        "state": _at("status"),
        "description": _at("description"),
        "progress": _at("progress"),
        "start_time": _at("startTime", date),
    },
    "subnet": {
        "cidr_block": _at("cidrBlock"),
        "available_ips": _at("availableIpAddressCount", int),
        "zone": _at("availabilityZone"),
        "vpc_id": _at("vpcId"),
    },
    "volume": {
        "device": _at("attachmentSet/item/device"),
        "snapshot_id": _at("snapshotId", _not_empty),
        "iops": _at("iops", int),
        "zone": _at("availabilityZone"),
        "create_time": _at("createTime", date),
        "state": _at("status"),
        "encrypted": _at("encrypted", _yes),
        "attach_time": _at("attachmentSet/item/attachTime", date),
        "attachment_status": _at("attachmentSet/item/status"),
        "instance_id": _at("attachmentSet/item/instanceId"),
        "delete": _at("attachmentSet/item/deleteOnTermination"),
        "volume_type": _at("volumeType"),
    },
    "route_table": {"vpc_id": _at("vpcId")},
}

VOLUME_MODIFICATION_ATTRIBUTE_MAP: AttributeMap = {
    "end_time": _at("endTime", date),
    "modification_state": _at("modificationState"),
    "original_iops": _at("originalIops", int),
    "original_size": _at("originalSize", int),
    "original_volume_type": _at("originalVolumeType"),
    "progress": _at("progress", int),
    "start_time": _at("startTime", date),
    "status_message": _at("statusMessage"),
    "target_iops": _at("targetIops", int),
    "target_size": _at("targetSize", int),
    "target_volume_type": _at("targetVolumeType"),
    "volume_id": _at("volumeId"),
}


def extra_of(element: Element | Children, attributes: AttributeMap) -> dict[str, Any]:
    """The values of a map's keys, as an element has them."""
    children = Children.of(element)
    extra: dict[str, Any] = {}
    for key, attribute in attributes.items():
        path = attribute["xpath"]
        found = children.by_name.get(path) if path.isalnum() else children.find(path)
        if found is None:
            extra[key] = None
            continue
        text, transform = found.text or "", attribute["transform_func"]
        if transform is str:
            extra[key] = text
        else:
            extra[key] = convert(text, transform) if text else None
    return extra


def tags_of(element: Element | Children) -> dict[str, str]:
    """The tags of a resource, name -> value, an empty value included."""
    return {
        tag.get("key") or "": tag.get("value") or ""
        for tag in map(texts, Children.of(element).items("tagSet"))
    }


def groups_of(element: Element | Children) -> list[dict[str, Any]]:
    """The security groups of a node or of a network interface."""
    return [
        {"group_id": group.get("groupId"), "group_name": group.get("groupName")}
        for group in map(texts, Children.of(element).items("groupSet"))
    ]


def is_true(root: Element) -> bool:
    """
    True unless an answer says ``<return>false</return>``.

    Not every answer has a ``return``: that there is one, and no error, says that the call is done.
    """
    return not any(
        local_name(child) == "return" and (child.text or "").strip().lower() == "false"
        for child in root
    )
