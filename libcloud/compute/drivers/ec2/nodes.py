"""
Nodes: instances of Amazon EC2.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from libcloud.common.aws.xml import (
    Children,
    Element,
    children_of,
    contents_of,
    find,
    findall,
    findtext,
    required_text,
    source_of,
    texts,
)
from libcloud.common.errors import MalformedResponseError
from libcloud.common.lazy import put_off_extra
from libcloud.common.response import Response
from libcloud.common.xml import parse_xml
from libcloud.compute.base import Node, NodeAuthSSHKey, NodeImage, NodeLocation, NodeSize
from libcloud.compute.drivers.ec2.attributes import (
    RESOURCE_EXTRA_ATTRIBUTES_MAP,
    date,
    extra_of,
    groups_of,
    tags_of,
)
from libcloud.compute.drivers.ec2.interfaces import to_interface
from libcloud.compute.drivers.ec2.keys import Keys
from libcloud.compute.drivers.ec2.locations import zone_name
from libcloud.compute.drivers.ec2.models import EC2ReservedNode
from libcloud.compute.drivers.ec2.params import (
    base64_text,
    block_device_mappings,
    filters,
    new_token,
    numbered,
    resource_id,
    tag_specification,
)
from libcloud.compute.types import NodeState

__all__ = ["Nodes"]

INSTANCE_SETS = "reservationSet/item/instancesSet"

# Of the children of an instance, those that are not for extra alone.
NODE_CHILDREN = (
    "instanceId",
    "instanceState",
    "ipAddress",
    "launchTime",
    "privateIpAddress",
    "tagSet",
)


class Nodes(Keys):
    """Nodes. An ``auth`` is a key pair, so this room stands on that one."""

    def iterate_nodes(
        self, ex_node_ids: list[str] | None = None, ex_filters: dict[str, Any] | None = None
    ) -> Iterator[Node]:
        """
        Yield the region's nodes, in all states, terminated ones for about an hour.

        :param ex_node_ids: Only these, by id (or as nodes).
        :param ex_filters: Filter of DescribeInstances -> value, or list of values.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
        """
        params = {**_instance_ids(ex_node_ids or []), **filters(ex_filters)}
        return self._read_pages("DescribeInstances", params, self._listed_nodes, ids="InstanceId")

    def list_nodes(
        self, ex_node_ids: list[str] | None = None, ex_filters: dict[str, Any] | None = None
    ) -> list[Node]:
        """Return what :meth:`iterate_nodes` yields."""
        return list(self.iterate_nodes(ex_node_ids=ex_node_ids, ex_filters=ex_filters))

    def create_node(
        self,
        name: str,
        size: NodeSize,
        image: NodeImage,
        location: NodeLocation | None = None,
        auth: Any = None,
        ex_keyname: str | None = None,
        ex_userdata: str | bytes | None = None,
        ex_security_groups: list[str] | None = None,
        ex_securitygroup: list[str] | str | None = None,
        ex_security_group_ids: list[str] | None = None,
        ex_metadata: dict[str, str] | None = None,
        ex_mincount: int = 1,
        ex_maxcount: int = 1,
        ex_clienttoken: str | None = None,
        ex_blockdevicemappings: list[dict[str, Any]] | None = None,
        ex_iamprofile: str | None = None,
        ex_ebs_optimized: bool | None = None,
        ex_subnet: Any = None,
        ex_placement_group: Any = None,
        ex_assign_public_ip: bool = False,
        ex_terminate_on_shutdown: bool = False,
        ex_spot: bool = False,
        ex_spot_max_price: float | str | None = None,
    ) -> Any:
        """
        Make a node and return it, without waiting until it runs: one request, and two more for an
        ``auth``. The request carries a token, so that it makes one node however often it is sent.

        :param location: Availability zone; EC2 chooses when it is None.
        :param auth: A ``NodeAuthSSHKey``: the region's key pair of that public key is used, and
            imported when there is none.
        :param ex_keyname: Name of a key pair, in place of ``auth``.
        :param ex_userdata: What the node reads at its first start, not encoded.
        :param ex_security_groups: Names of security groups, outside a VPC or in the default one.
        :param ex_securitygroup: The same, under its old name.
        :param ex_security_group_ids: Ids of security groups.
        :param ex_metadata: Tags; ``Name`` is ``name`` unless it is among them.
        :param ex_mincount: How many nodes to make at the least, or none.
        :param ex_maxcount: How many to make at the most. More than one are returned in a list.
        :param ex_clienttoken: The token; a random one when it is None.
        :param ex_blockdevicemappings: ``[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8}}]``
        :param ex_iamprofile: Name or ARN of an instance profile.
        :param ex_ebs_optimized: Bandwidth of its own for EBS volumes.
        :param ex_subnet: Subnet, or its id.
        :param ex_placement_group: Placement group, or its name.
        :param ex_assign_public_ip: Give the node a public address, whatever the subnet says.
        :param ex_terminate_on_shutdown: Destroy the node when it is shut down from within.
        :param ex_spot: Ask for a spot node.
        :param ex_spot_max_price: The most to pay, in USD an hour.
        :raises ValueError: two arguments say different things.
        :raises KeyPairDoesNotExistError: there is no key pair ``ex_keyname``.
        :raises IdempotentParamError: ``ex_clienttoken`` was used with other arguments.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
        """
        if ex_security_groups and ex_securitygroup:
            raise ValueError("You can only supply ex_security_groups or ex_securitygroup")
        params: dict[str, Any] = {
            "ImageId": image.id,
            "InstanceType": size.id,
            "MinCount": ex_mincount,
            "MaxCount": ex_maxcount,
            "ClientToken": ex_clienttoken or new_token(),
            "KeyName": self._key_name(auth, ex_keyname),
            "UserData": base64_text(ex_userdata) if ex_userdata else None,
            "EbsOptimized": ex_ebs_optimized or None,
            "InstanceInitiatedShutdownBehavior": "terminate" if ex_terminate_on_shutdown else None,
            "Placement.AvailabilityZone": zone_name(location) if location is not None else None,
            "Placement.GroupName": getattr(ex_placement_group, "name", ex_placement_group),
            **_network(
                ex_subnet,
                ex_security_groups or ex_securitygroup,
                ex_security_group_ids,
                ex_assign_public_ip,
            ),
            **_iam_profile(ex_iamprofile),
            **_spot(ex_spot, ex_spot_max_price),
            **block_device_mappings(ex_blockdevicemappings or []),
            **tag_specification("instance", _with_name(name, ex_metadata)),
        }
        root = self._call("RunInstances", params)
        nodes = [self._to_node(element) for element in findall(root, "instancesSet/item")]
        if not nodes:
            raise MalformedResponseError("RunInstances made no node", driver=self)
        return nodes[0] if len(nodes) == 1 else nodes

    def reboot_node(self, node: Node) -> bool:
        return self._do("RebootInstances", _instance_ids([node]))

    def start_node(self, node: Node) -> bool:
        return self._do("StartInstances", _instance_ids([node]))

    def stop_node(self, node: Node) -> bool:
        return self._do("StopInstances", _instance_ids([node]))

    def destroy_node(self, node: Node) -> bool:
        """
        Remove a node for good, and return True.

        Its root volume goes with it unless the image, or ``ex_blockdevicemappings``, says no.
        """
        return self._do("TerminateInstances", _instance_ids([node]))

    def ex_start_node(self, node: Node) -> bool:
        """The same as :meth:`start_node`, under its old name."""
        return self.start_node(node)

    def ex_stop_node(self, node: Node) -> bool:
        """The same as :meth:`stop_node`, under its old name."""
        return self.stop_node(node)

    def ex_modify_instance_attribute(self, node: Node, attributes: dict[str, Any]) -> bool:
        """
        Change one attribute of a node.

        :param attributes: Parameters of the action: ``{"DisableApiTermination.Value": True}``.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
        """
        return self._do("ModifyInstanceAttribute", {**attributes, "InstanceId": node.id})

    def ex_change_node_size(self, node: Node, new_size: NodeSize) -> bool:
        """
        Change the size of a stopped node.

        :raises ValueError: the node has this size already.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
        """
        if node.extra.get("instance_type") == new_size.id:
            raise ValueError("Requested instance size is the same as the existing size")
        return self.ex_modify_instance_attribute(
            node, attributes={"InstanceType.Value": new_size.id}
        )

    def ex_get_console_output(self, node: Node) -> dict[str, Any]:
        """
        Return what a node wrote to its console: ``instance_id``, ``timestamp`` and ``output``,
        which are None when there is nothing yet.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
        """
        import base64

        root = self._call("GetConsoleOutput", {"InstanceId": node.id})
        output = findtext(root, "output")
        return {
            "instance_id": findtext(root, "instanceId"),
            "timestamp": date(findtext(root, "timestamp")),
            "output": base64.b64decode(output).decode("utf-8", "replace") if output else None,
        }

    def ex_list_reserved_nodes(self) -> list[EC2ReservedNode]:
        """
        Return the account's reservations.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeReservedInstances.html
        """
        elements = self._all("DescribeReservedInstances", {}, "reservedInstancesSet/item")
        return [self._to_reserved_node(element) for element in elements]

    # -- parsing --------------------------------------------------------------------------------

    def _to_nodes(self, object: Element, xpath: str) -> list[Node]:
        return [self._to_node(element) for element in findall(object, xpath)]

    def _to_node(self, element: Element) -> Node:
        children = Children(element)
        node = self._without_extra(element, children.by_name)
        node.extra = _extra(children)
        return node

    def _listed_nodes(self, answer: Response) -> Iterator[Node]:
        """The nodes of a page, in whose ``extra`` nothing is read before somebody looks."""
        if type(self)._to_node is not Nodes._to_node:
            # A class of somebody else, that has its own way of reading a node.
            yield from self._to_nodes(answer.object, f"{INSTANCE_SETS}/item")
            return
        root = answer.object
        sets = findall(root, INSTANCE_SETS)
        items = [item for item_set in sets for item in item_set]
        children = children_of(root, items, NODE_CHILDREN)
        contents = contents_of(root, answer.content, sets)
        for item_set, content in zip(sets, contents or itertools.repeat(None), strict=False):
            for item in item_set:
                node = self._without_extra(item, children[item])
                # A set can have a thousand instances, and each node keeps only its own.
                alone = content is not None and len(item_set) == 1
                put_off_extra(node, _extra_of_source, content if alone else source_of(item))
                yield node

    def _without_extra(self, element: Element, children: Mapping[str, Element]) -> Node:
        """
        A node that has its attributes, and nothing in ``extra``.

        :param children: Those of the element that :data:`NODE_CHILDREN` names, by their tags.
        """
        instance_id = _text(children, "instanceId") or required_text(element, "instanceId")
        public_ip = _text(children, "ipAddress")
        private_ip = _text(children, "privateIpAddress")
        state = texts(children.get("instanceState", ())).get("name")
        return Node(
            id=instance_id,
            name=_name_in(children.get("tagSet", ()), instance_id),
            state=self.NODE_STATE_MAP.get(state, NodeState.UNKNOWN),
            public_ips=[public_ip] if public_ip else [],
            private_ips=[private_ip] if private_ip else [],
            driver=self,
            created_at=date(_text(children, "launchTime")),
        )

    def _to_reserved_node(self, element: Element) -> EC2ReservedNode:
        return EC2ReservedNode(
            id=findtext(element, "reservedInstancesId") or "",
            state=self._to_state(element, "state"),
            driver=self,
            extra=extra_of(element, RESOURCE_EXTRA_ATTRIBUTES_MAP["reserved_node"]),
        )

    def _to_state(self, element: Element, path: str) -> NodeState:
        found = find(element, path)
        text = None if found is None else found.text
        return self.NODE_STATE_MAP.get(text, NodeState.UNKNOWN)

    def _add_instance_filter(self, params: dict[str, Any], node: Node) -> None:
        params.update(filters({"instance-id": node.id}))

    def _key_name(self, auth: Any, name: str | None) -> str | None:
        auth = self._get_and_check_auth(auth)
        if not isinstance(auth, NodeAuthSSHKey):
            return name
        if name:
            raise ValueError("You can only supply auth or ex_keyname")
        return self.ex_find_or_import_keypair_by_key_material(auth.pubkey)["keyName"]


def _instance_ids(nodes: list[Any]) -> dict[str, Any]:
    return numbered("InstanceId", [resource_id(node) for node in nodes])


def _with_name(name: str | None, metadata: dict[str, str] | None) -> dict[str, str]:
    return {**({"Name": name} if name else {}), **(metadata or {})}


def _network(subnet: Any, groups: Any, group_ids: Any, assign_public_ip: bool) -> dict[str, Any]:
    subnet_id = resource_id(subnet) if subnet is not None else None
    if not assign_public_ip:
        return {
            "SubnetId": subnet_id,
            **numbered("SecurityGroup", groups),
            **numbered("SecurityGroupId", group_ids),
        }
    # A public address is a property of the first network interface, and what belongs to it must be
    # there too.
    return {
        "NetworkInterface.1.AssociatePublicIpAddress": True,
        "NetworkInterface.1.DeleteOnTermination": True,
        "NetworkInterface.1.DeviceIndex": 0,
        "NetworkInterface.1.SubnetId": subnet_id,
        **numbered("NetworkInterface.1.SecurityGroupId", group_ids),
        **numbered("SecurityGroup", groups),
    }


def _iam_profile(profile: Any) -> dict[str, Any]:
    if not profile:
        return {}
    if not isinstance(profile, str):
        raise AttributeError("ex_iamprofile not string")
    return {f"IamInstanceProfile.{'Arn' if profile.startswith('arn:') else 'Name'}": profile}


def _spot(spot: bool, max_price: float | str | None) -> dict[str, Any]:
    if not spot:
        return {}
    return {
        "InstanceMarketOptions.MarketType": "spot",
        "InstanceMarketOptions.SpotOptions.MaxPrice": max_price,
    }


def _text(children: Mapping[str, Element], name: str) -> str | None:
    child = children.get(name)
    return None if child is None else child.text or None


def _name_in(tag_set: Iterable[Element], default: str) -> str:
    for tag in map(texts, tag_set):
        if tag.get("key") == "Name":
            return tag.get("value") or ""
    return default


def _extra_of_source(source: bytes) -> dict[str, Any]:
    """
    The ``extra`` of a node.

    :param source: The XML of the node's element, or what it has inside.
    """
    [element] = parse_xml(b"<source>%b</source>" % source)
    return _extra(Children(element))


def _extra(children: Children) -> dict[str, Any]:
    extra = extra_of(children, RESOURCE_EXTRA_ATTRIBUTES_MAP["node"])
    extra["block_device_mapping"] = [
        {
            "device_name": device.text("deviceName"),
            "ebs": extra_of(device, RESOURCE_EXTRA_ATTRIBUTES_MAP["ebs_instance_block_device"]),
        }
        for device in map(Children, children.items("blockDeviceMapping"))
    ]
    extra["groups"] = groups_of(children)
    extra["network_interfaces"] = [
        to_interface(item) for item in children.items("networkInterfaceSet")
    ]
    extra["product_codes"] = [
        findtext(item, "productCode") for item in children.items("productCodes")
    ]
    extra["tags"] = tags_of(children)
    return extra
