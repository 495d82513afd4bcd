"""
The EC2 driver on moto's server: the suite of compute drivers, and what boto3 sees of it.

What moto does not do as EC2 does is left out here, with a reason, and has a unit test instead.
"""

from __future__ import annotations

import contextlib
import threading

import boto3
import pytest

from libcloud.common.errors import ResourceNotFoundError
from libcloud.compute.base import NodeAuthSSHKey
from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.compute.types import NodeState, StorageVolumeState
from libcloud.testing.compute import NodeDriverConformance

# One of the images that moto brings.
IMAGE_ID = "ami-12c6146b"


@pytest.fixture
def driver(moto_server):
    return EC2NodeDriver(
        moto_server.key,
        moto_server.secret,
        region=moto_server.region,
        host=moto_server.host,
        port=moto_server.port,
        secure=False,
    )


@pytest.fixture
def size(driver):
    return next(size for size in driver.iterate_sizes() if size.id == "t3.micro")


@pytest.fixture
def image(driver):
    return driver.get_image(IMAGE_ID)


@pytest.fixture
def boto(moto_server):
    return boto3.client(
        "ec2",
        endpoint_url=moto_server.url,
        region_name=moto_server.region,
        aws_access_key_id=moto_server.key,
        aws_secret_access_key=moto_server.secret,
    )


@pytest.fixture
def node(driver, size, image):
    node = driver.create_node("n", size, image, ex_metadata={"owner": "ä & ß"})
    yield node
    with contextlib.suppress(ResourceNotFoundError):
        driver.destroy_node(node)


class TestEC2(NodeDriverConformance):
    missing_id = "i-0123456789abcdef0"
    missing_image_id = "ami-0123456789abcdef0"
    missing_volume_id = "vol-0123456789abcdef0"
    missing_snapshot_id = "snap-0123456789abcdef0"
    image_source_region = "us-east-1"
    wait_interval = 0.05

    @pytest.fixture
    def driver(self, driver):
        return driver

    @pytest.fixture
    def size(self, size):
        return size

    @pytest.fixture
    def image(self, image):
        return image

    @pytest.fixture
    def node(self, driver, make_node):
        return self.wait_for_node(driver, make_node(self.new_name()), NodeState.RUNNING)

    def test_attach_volume_puts_it_to_use_until_detach_volume(self, driver, node, volume):
        """Without a second attachment, which EC2 refuses and moto accepts."""
        assert driver.attach_volume(node, volume) is True
        attached = self.wait_for_volume(driver, volume, StorageVolumeState.INUSE)
        assert attached.extra["instance_id"] == node.id
        assert driver.detach_volume(attached) is True
        self.wait_for_volume(driver, volume, StorageVolumeState.AVAILABLE)


# -- the same facts through boto3 -----------------------------------------------------------------


def test_node_is_what_boto3_sees(driver, boto, node):
    [reservation] = boto.describe_instances(InstanceIds=[node.id])["Reservations"]
    [theirs] = reservation["Instances"]
    [ours] = driver.list_nodes(ex_node_ids=[node.id])
    tags = {tag["Key"]: tag["Value"] for tag in theirs["Tags"]}
    assert ours.extra["tags"] == tags == {"Name": "n", "owner": "ä & ß"}
    assert ours.public_ips == [theirs["PublicIpAddress"]]
    assert ours.private_ips == [theirs["PrivateIpAddress"]]
    assert ours.created_at == theirs["LaunchTime"]
    for key, name in {
        "architecture": "Architecture",
        "client_token": "ClientToken",
        "dns_name": "PublicDnsName",
        "hypervisor": "Hypervisor",
        "image_id": "ImageId",
        "instance_type": "InstanceType",
        "launch_index": "AmiLaunchIndex",
        "private_dns": "PrivateDnsName",
        "root_device_name": "RootDeviceName",
        "root_device_type": "RootDeviceType",
        "subnet_id": "SubnetId",
        "virtualization_type": "VirtualizationType",
        "vpc_id": "VpcId",
    }.items():
        assert ours.extra[key] == theirs[name], key
    assert [each["ebs"]["volume_id"] for each in ours.extra["block_device_mapping"]] == [
        each["Ebs"]["VolumeId"] for each in theirs["BlockDeviceMappings"]
    ]
    assert [each.id for each in ours.extra["network_interfaces"]] == [
        each["NetworkInterfaceId"] for each in theirs["NetworkInterfaces"]
    ]


def test_create_node_arguments_arrive(driver, boto, size, image):
    driver.create_key_pair("conformance-key")
    group = driver.ex_create_security_group("conformance", "d")["group_id"]
    node = driver.create_node(
        "n",
        size,
        image,
        location=driver.list_locations()[1],
        ex_keyname="conformance-key",
        ex_security_group_ids=[group],
        ex_userdata="#!/bin/sh\necho ä",
        ex_blockdevicemappings=[
            {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 33, "VolumeType": "gp3"}}
        ],
    )
    [theirs] = boto.describe_instances(InstanceIds=[node.id])["Reservations"][0]["Instances"]
    assert theirs["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert theirs["KeyName"] == "conformance-key"
    assert [each["GroupId"] for each in theirs["SecurityGroups"]] == [group]
    user_data = boto.describe_instance_attribute(InstanceId=node.id, Attribute="userData")
    assert user_data["UserData"]["Value"] == "IyEvYmluL3NoCmVjaG8gw6Q="
    [volume] = driver.list_volumes(node=node)
    assert (volume.size, volume.extra["volume_type"]) == (33, "gp3")
    assert driver.destroy_node(node) is True
    driver.ex_delete_keypair("conformance-key")


def test_create_node_with_auth_imports_the_key_once(driver, boto, size, image):
    from libcloud.compute import keys

    auth = NodeAuthSSHKey(keys.generate("conformance@here")[1])
    nodes = [driver.create_node("n", size, image, auth=auth) for _ in range(2)]
    found = boto.describe_key_pairs(KeyNames=["conformance@here"])["KeyPairs"]
    assert len(found) == 1
    assert {node.extra["key_name"] for node in nodes} == {"conformance@here"}
    for node in nodes:
        driver.destroy_node(node)
    driver.ex_delete_keypair("conformance@here")


def test_volume_and_snapshot_are_named_by_the_request_that_makes_them(driver, boto):
    volume = driver.create_volume(3, "Zażółć & 測試", ex_volume_type="gp3")
    [theirs] = boto.describe_volumes(VolumeIds=[volume.id])["Volumes"]
    assert theirs["Tags"] == [{"Key": "Name", "Value": "Zażółć & 測試"}]
    assert (theirs["Size"], theirs["VolumeType"]) == (3, "gp3")
    snapshot = driver.create_volume_snapshot(volume, "nightly", ex_metadata={"keep": "7"})
    [theirs] = boto.describe_snapshots(SnapshotIds=[snapshot.id])["Snapshots"]
    assert {tag["Key"]: tag["Value"] for tag in theirs["Tags"]} == {"Name": "nightly", "keep": "7"}
    assert theirs["Description"] == "nightly"
    assert driver.destroy_volume_snapshot(snapshot) is True
    assert driver.destroy_volume(volume) is True


def test_tags_are_what_boto3_sees(driver, boto, node):
    assert driver.ex_create_tags(node, {"a": "1", "empty": ""}) is True
    described = boto.describe_tags(Filters=[{"Name": "resource-id", "Values": [node.id]}])
    theirs = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert driver.ex_describe_tags(node) == theirs
    assert theirs["a"] == "1"
    assert driver.ex_delete_tags(node, {"a": "1"}) is True
    assert "a" not in driver.ex_describe_tags(node)


def test_security_group_rules_are_what_boto3_sees(driver, boto):
    group = driver.ex_create_security_group("rules", "d")["group_id"]
    pairs = [{"group_id": group}]
    networks = ["10.0.0.0/8", "192.0.2.0/24", "fd00::/8"]
    assert driver.ex_authorize_security_group_ingress(group, 22, 23, networks, pairs) is True
    [theirs] = boto.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    [rule] = theirs["IpPermissions"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 22, 23)
    assert {each["CidrIp"] for each in rule["IpRanges"]} == {"10.0.0.0/8", "192.0.2.0/24"}
    assert [each["CidrIpv6"] for each in rule["Ipv6Ranges"]] == ["fd00::/8"]
    assert [each["GroupId"] for each in rule["UserIdGroupPairs"]] == [group]
    [ours] = driver.ex_get_security_groups(group_ids=[group])
    assert set(ours.ingress_rules[0]["cidr_ips"]) == set(networks)
    assert driver.ex_revoke_security_group_ingress(group, 22, 23, networks, pairs) is True
    assert driver.ex_get_security_groups(group_ids=[group])[0].ingress_rules == []
    assert driver.ex_delete_security_group_by_id(group) is True


def test_network_scenario(driver, boto):
    network = driver.ex_create_network("10.77.0.0/16", name="net")
    subnet = driver.ex_create_subnet(network.id, "10.77.1.0/24", "us-east-1a", name="sub")
    gateway = driver.ex_create_internet_gateway(name="gw")
    table = driver.ex_create_route_table(network, name="routes")
    assert driver.ex_attach_internet_gateway(gateway, network) is True
    assert driver.ex_create_route(table, "0.0.0.0/0", internet_gateway=gateway) is True
    association = driver.ex_associate_route_table(table, subnet)
    [theirs] = boto.describe_route_tables(RouteTableIds=[table.id])["RouteTables"]
    assert {route["DestinationCidrBlock"] for route in theirs["Routes"]} == {
        "10.77.0.0/16",
        "0.0.0.0/0",
    }
    [found] = driver.ex_list_route_tables(route_table_ids=[table.id])
    assert [route.gateway_id for route in found.routes] == ["local", gateway.id]
    assert [each.subnet_id for each in found.subnet_associations if not each.main] == [subnet.id]
    names = [
        driver.ex_list_networks([network.id])[0].name,
        driver.ex_list_subnets([subnet.id])[0].name,
    ]
    assert names == ["net", "sub"]
    assert driver.ex_dissociate_route_table(association) is True
    assert driver.ex_delete_route(table, "0.0.0.0/0") is True
    assert driver.ex_delete_route_table(table) is True
    assert driver.ex_detach_internet_gateway(gateway, network) is True
    assert driver.ex_delete_internet_gateway(gateway) is True
    assert driver.ex_delete_subnet(subnet) is True
    assert driver.ex_delete_network(network) is True


def test_address_scenario(driver, node):
    address = driver.ex_allocate_address("vpc")
    association = driver.ex_associate_address_with_node(node, address)
    assert association.startswith("eipassoc-")
    assert driver.ex_describe_addresses_for_node(node) == [address.ip]
    [found] = [each for each in driver.ex_describe_all_addresses(True) if each.ip == address.ip]
    assert found.instance_id == node.id
    assert driver.ex_disassociate_address(found) is True
    assert driver.ex_release_address(found) is True


def test_console_output_and_limits(driver, node):
    assert "Linux" in driver.ex_get_console_output(node)["output"]
    assert driver.ex_get_limits()["resource"]["max-instances"] > 0


def test_iterate_images_goes_over_pages(driver, boto, monkeypatch):
    from libcloud.compute.drivers.ec2 import room

    monkeypatch.setattr(room, "PAGE_SIZE", 400)
    calls = []
    answer = driver.connection.answer
    monkeypatch.setattr(
        driver.connection,
        "answer",
        lambda *args, **kwargs: calls.append(args) or answer(*args, **kwargs),
    )
    images = driver.iterate_images(ex_owner="amazon")
    assert next(images).id
    assert len(calls) == 1
    ours = {image.id for image in images}
    theirs = {image["ImageId"] for image in boto.describe_images(Owners=["amazon"])["Images"]}
    assert len(theirs - ours) <= 1, "all but the one that was read first"


def test_sizes_of_the_api_are_the_packaged_ones(driver):
    packaged = {size.id: size for size in driver.list_sizes()}
    found = driver.ex_list_sizes_from_api()
    assert len(found) > 500
    for size in found:
        known = packaged.get(size.id)
        if known is not None:
            assert (size.ram, size.disk, size.price) == (known.ram, known.disk, known.price), (
                size.id
            )
            assert size.bandwidth == known.bandwidth
            assert size.extra["vcpu"] == known.extra["vcpu"]


def test_sixteen_threads_share_a_driver(driver, size, image):
    wrong = []

    def work(number):
        node = driver.create_node(f"n{number}", size, image)
        for _ in range(5):
            found = [each.name for each in driver.list_nodes(ex_node_ids=[node.id])]
            if found != [f"n{number}"]:
                wrong.append(found)
        driver.destroy_node(node)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
