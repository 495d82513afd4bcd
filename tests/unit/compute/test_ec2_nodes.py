"""
Nodes of EC2. Answers after the examples of the API reference:

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
import threading

import pytest

from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    RateLimitReachedError,
    ResourceNotFoundError,
)
from libcloud.common.retry import RetryPolicy
from libcloud.compute.base import (
    Node,
    NodeAuthPassword,
    NodeAuthSSHKey,
    NodeImage,
    NodeLocation,
    NodeSize,
)
from libcloud.compute.drivers.ec2 import (
    EC2NetworkSubnet,
    EC2NodeDriver,
    EC2NodeLocation,
    EC2PlacementGroup,
    ExEC2AvailabilityZone,
    IdempotentParamError,
)
from libcloud.compute.types import KeyPairDoesNotExistError, NodeState
from tests.unit.compute.ec2_double import EC2Double, ec2_driver

UTC = datetime.timezone.utc

INSTANCE = """
<instanceId>{id}</instanceId>
<imageId>ami-bff32ccc</imageId>
<instanceState><code>16</code><name>{state}</name></instanceState>
<privateDnsName>ip-192-168-1-88.eu-west-1.compute.internal</privateDnsName>
<dnsName>ec2-54-194-252-215.eu-west-1.compute.amazonaws.com</dnsName>
<reason/>
<keyName>my_keypair</keyName>
<amiLaunchIndex>0</amiLaunchIndex>
<productCodes><item><productCode>774F4FF8</productCode><type>marketplace</type></item></productCodes>
<instanceType>t2.micro</instanceType>
<launchTime>2018-05-08T16:46:19.000Z</launchTime>
<placement><availabilityZone>eu-west-1c</availabilityZone><groupName/><tenancy>default</tenancy></placement>
<monitoring><state>disabled</state></monitoring>
<subnetId>subnet-56f5f633</subnetId>
<vpcId>vpc-11112222</vpcId>
<privateIpAddress>192.168.1.88</privateIpAddress>
<ipAddress>54.194.252.215</ipAddress>
<sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-e4076980</groupId><groupName>SecurityGroup1</groupName></item></groupSet>
<architecture>x86_64</architecture>
<rootDeviceType>ebs</rootDeviceType>
<rootDeviceName>/dev/xvda</rootDeviceName>
<blockDeviceMapping>
  <item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-1234567890abcdef0</volumeId>
  <status>attached</status><attachTime>2015-12-22T10:44:09.000Z</attachTime>
  <deleteOnTermination>true</deleteOnTermination></ebs></item>
</blockDeviceMapping>
<virtualizationType>hvm</virtualizationType>
<clientToken>xMcwG14507example</clientToken>
<tagSet>
  <item><key>Name</key><value>Server_1</value></item>
  <item><key>empty</key><value/></item>
</tagSet>
<hypervisor>xen</hypervisor>
<networkInterfaceSet>
  <item><networkInterfaceId>eni-551ba033</networkInterfaceId><subnetId>subnet-56f5f633</subnetId>
  <vpcId>vpc-11112222</vpcId><description>Primary network interface</description>
  <ownerId>123456789012</ownerId><status>in-use</status><macAddress>02:dd:2c:5e:01:69</macAddress>
  <privateIpAddress>192.168.1.88</privateIpAddress>
  <privateDnsName>ip-192-168-1-88.eu-west-1.compute.internal</privateDnsName>
  <sourceDestCheck>true</sourceDestCheck>
  <groupSet><item><groupId>sg-e4076980</groupId><groupName>SecurityGroup1</groupName></item></groupSet>
  <attachment><attachmentId>eni-attach-39697adc</attachmentId><deviceIndex>0</deviceIndex>
  <status>attached</status><attachTime>2018-05-08T16:46:19.000Z</attachTime>
  <deleteOnTermination>true</deleteOnTermination></attachment>
  <privateIpAddressesSet><item><privateIpAddress>192.168.1.88</privateIpAddress>
  <privateDnsName>ip-192-168-1-88.eu-west-1.compute.internal</privateDnsName>
  <primary>true</primary></item></privateIpAddressesSet></item>
</networkInterfaceSet>
<iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/a</arn><id>ABCAJEDNCAA64SSD123AB</id></iamInstanceProfile>
<ebsOptimized>false</ebsOptimized>
"""


def instance(id="i-1234567890abcdef0", state="running"):
    return f"<item>{INSTANCE.format(id=id, state=state)}</item>"


def reservations(*instances):
    items = "".join(
        f"<item><reservationId>r-1</reservationId><ownerId>123456789012</ownerId><groupSet/>"
        f"<instancesSet>{each}</instancesSet></item>"
        for each in instances
    )
    return f"<reservationSet>{items}</reservationSet>"


def run_answer(*instances):
    items = "".join(instances)
    return f"<reservationId>r-1</reservationId><instancesSet>{items}</instancesSet>"


@pytest.fixture
def double():
    with EC2Double() as double:
        yield double


@pytest.fixture
def driver(double):
    return ec2_driver(double, region="eu-west-1")


@pytest.fixture
def node(driver):
    return Node("i-1", "n", NodeState.RUNNING, [], [], driver)


@pytest.fixture
def size(driver):
    return NodeSize("t2.micro", "t2.micro", 1024, 0, None, None, driver)


@pytest.fixture
def image(driver):
    return NodeImage("ami-bff32ccc", "image", driver)


# -- listing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "namespace",
    [
        "http://ec2.amazonaws.com/doc/2016-11-15/",
        "http://ec2.amazonaws.com/doc/2016-11-15",
    ],
)
def test_list_nodes_reads_all_that_is_said(double, driver, namespace):
    double.action("DescribeInstances").reply(reservations(instance()), namespace)
    [node] = driver.list_nodes()
    assert (node.id, node.name, node.state) == (
        "i-1234567890abcdef0",
        "Server_1",
        NodeState.RUNNING,
    )
    assert (node.public_ips, node.private_ips) == (["54.194.252.215"], ["192.168.1.88"])
    assert node.created_at == datetime.datetime(2018, 5, 8, 16, 46, 19, tzinfo=UTC)
    [interface] = node.extra.pop("network_interfaces")
    assert node.extra == {
        "architecture": "x86_64",
        "availability": "eu-west-1c",
        "block_device_mapping": [
            {
                "device_name": "/dev/xvda",
                "ebs": {
                    "attach_time": datetime.datetime(2015, 12, 22, 10, 44, 9, tzinfo=UTC),
                    "delete": "true",
                    "status": "attached",
                    "volume_id": "vol-1234567890abcdef0",
                },
            }
        ],
        "client_token": "xMcwG14507example",
        "dns_name": "ec2-54-194-252-215.eu-west-1.compute.amazonaws.com",
        "ebs_optimized": "false",
        "groups": [{"group_id": "sg-e4076980", "group_name": "SecurityGroup1"}],
        "hypervisor": "xen",
        "iam_profile": "ABCAJEDNCAA64SSD123AB",
        "image_id": "ami-bff32ccc",
        "instance_id": "i-1234567890abcdef0",
        "instance_lifecycle": None,
        "instance_tenancy": "default",
        "instance_type": "t2.micro",
        "kernel_id": None,
        "key_name": "my_keypair",
        "launch_index": 0,
        "launch_time": "2018-05-08T16:46:19.000Z",
        "monitoring": "disabled",
        "platform": None,
        "private_dns": "ip-192-168-1-88.eu-west-1.compute.internal",
        "product_codes": ["774F4FF8"],
        "ramdisk_id": None,
        "reason": "",
        "root_device_name": "/dev/xvda",
        "root_device_type": "ebs",
        "source_dest_check": "true",
        "status": "running",
        "subnet_id": "subnet-56f5f633",
        "tags": {"Name": "Server_1", "empty": ""},
        "virtualization_type": "hvm",
        "vpc_id": "vpc-11112222",
    }
    assert (interface.id, interface.state) == ("eni-551ba033", "in-use")
    assert interface.extra["private_ips"][0]["private_ip"] == "192.168.1.88"
    assert interface.extra["attachment"]["device_index"] == 0
    assert interface.extra["groups"] == [
        {"group_id": "sg-e4076980", "group_name": "SecurityGroup1"}
    ]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("pending", NodeState.PENDING),
        ("running", NodeState.RUNNING),
        ("shutting-down", NodeState.UNKNOWN),
        ("terminated", NodeState.TERMINATED),
        ("stopping", NodeState.STOPPING),
        ("stopped", NodeState.STOPPED),
    ],
)
def test_list_nodes_maps_states(double, driver, state, expected):
    double.action("DescribeInstances").reply(reservations(instance(state=state)))
    assert driver.list_nodes()[0].state == expected


def test_list_nodes_of_two_pages_loses_and_repeats_none(double, driver):
    first = reservations(instance("i-1"), instance("i-2") + instance("i-3"))
    double.action("DescribeInstances", NextToken="token/1 +").reply(reservations(instance("i-4")))
    double.action("DescribeInstances").reply(f"{first}<nextToken>token/1 +</nextToken>")
    assert [node.id for node in driver.list_nodes()] == ["i-1", "i-2", "i-3", "i-4"]
    assert [form.get("NextToken") for form in double.forms()] == [None, "token/1 +"]
    assert [form["MaxResults"] for form in double.forms()] == ["1000", "1000"]


def test_iterate_nodes_reads_a_page_when_it_is_needed(double, driver):
    double.action("DescribeInstances").reply(
        f"{reservations(instance('i-1'), instance('i-2'))}<nextToken>t</nextToken>"
    )
    nodes = driver.iterate_nodes()
    assert len(double.requests) == 0
    assert [next(nodes).id, next(nodes).id] == ["i-1", "i-2"]
    assert len(double.requests) == 1


def test_list_nodes_goes_on_over_an_empty_page(double, driver):
    double.action("DescribeInstances", NextToken="t").reply(reservations(instance("i-1")))
    double.action("DescribeInstances").reply(f"{reservations()}<nextToken>t</nextToken>")
    assert [node.id for node in driver.list_nodes()] == ["i-1"]


def test_list_nodes_sends_ids_and_filters_counted_from_one(double, driver, node):
    double.action("DescribeInstances").reply(reservations())
    conditions = {"instance-type": ["t2.micro", "t3.micro"], "tag:a": "b"}
    assert driver.list_nodes(ex_node_ids=[node, "i-2"], ex_filters=conditions) == []
    assert double.forms() == [
        {
            "Action": "DescribeInstances",
            "InstanceId.1": "i-1",
            "InstanceId.2": "i-2",
            "Filter.1.Name": "instance-type",
            "Filter.1.Value.1": "t2.micro",
            "Filter.1.Value.2": "t3.micro",
            "Filter.2.Name": "tag:a",
            "Filter.2.Value.1": "b",
        }
    ]


# -- making -------------------------------------------------------------------------------------


def test_create_node_sends_one_request_with_name_and_token(double, driver, size, image):
    double.action("RunInstances").reply(run_answer(instance(state="pending")))
    node = driver.create_node("Server_1", size, image)
    assert (node.name, node.state) == ("Server_1", NodeState.PENDING)
    [form] = double.forms()
    assert len(form.pop("ClientToken")) >= 32
    assert form == {
        "Action": "RunInstances",
        "ImageId": "ami-bff32ccc",
        "InstanceType": "t2.micro",
        "MinCount": "1",
        "MaxCount": "1",
        "TagSpecification.1.ResourceType": "instance",
        "TagSpecification.1.Tag.1.Key": "Name",
        "TagSpecification.1.Tag.1.Value": "Server_1",
    }


def test_create_node_sent_again_has_the_same_token(double, driver, size, image):
    driver.connection.retry = RetryPolicy(attempts=3, delay=0)
    double.action("RunInstances").fail(503, "Unavailable").reply(run_answer(instance()))
    driver.create_node("n", size, image)
    first, second = double.forms()
    assert first["ClientToken"] == second["ClientToken"]


def test_create_node_makes_a_new_token_for_each_node(double, driver, size, image):
    double.action("RunInstances").reply(run_answer(instance()))
    driver.create_node("n", size, image)
    driver.create_node("n", size, image)
    first, second = double.forms()
    assert first["ClientToken"] != second["ClientToken"]


def test_create_node_takes_all_its_arguments(double, driver, size, image):
    zone = ExEC2AvailabilityZone("eu-west-1c", "available", "eu-west-1")
    double.action("RunInstances").reply(run_answer(instance("i-1"), instance("i-2")))
    nodes = driver.create_node(
        "n",
        size,
        image,
        location=EC2NodeLocation("0", "eu-west-1c", "IE", driver, zone),
        ex_keyname="key",
        ex_userdata="#!/bin/sh\necho ä",
        ex_security_group_ids=["sg-1", "sg-2"],
        ex_metadata={"owner": "me & you"},
        ex_mincount=1,
        ex_maxcount=2,
        ex_clienttoken="my-token",
        ex_blockdevicemappings=[
            {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}},
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
        ],
        ex_iamprofile="profile",
        ex_ebs_optimized=True,
        ex_subnet=EC2NetworkSubnet("subnet-1", "s", "available"),
        ex_placement_group=EC2PlacementGroup("group", "available"),
        ex_terminate_on_shutdown=True,
        ex_spot=True,
        ex_spot_max_price=0.1,
    )
    assert [node.id for node in nodes] == ["i-1", "i-2"]
    [form] = double.forms()
    assert base64.b64decode(form.pop("UserData")).decode() == "#!/bin/sh\necho ä"
    assert form == {
        "Action": "RunInstances",
        "BlockDeviceMapping.1.DeviceName": "/dev/sda1",
        "BlockDeviceMapping.1.Ebs.DeleteOnTermination": "true",
        "BlockDeviceMapping.1.Ebs.VolumeSize": "8",
        "BlockDeviceMapping.2.DeviceName": "/dev/sdb",
        "BlockDeviceMapping.2.VirtualName": "ephemeral0",
        "ClientToken": "my-token",
        "EbsOptimized": "true",
        "IamInstanceProfile.Name": "profile",
        "ImageId": "ami-bff32ccc",
        "InstanceInitiatedShutdownBehavior": "terminate",
        "InstanceMarketOptions.MarketType": "spot",
        "InstanceMarketOptions.SpotOptions.MaxPrice": "0.1",
        "InstanceType": "t2.micro",
        "KeyName": "key",
        "MaxCount": "2",
        "MinCount": "1",
        "Placement.AvailabilityZone": "eu-west-1c",
        "Placement.GroupName": "group",
        "SecurityGroupId.1": "sg-1",
        "SecurityGroupId.2": "sg-2",
        "SubnetId": "subnet-1",
        "TagSpecification.1.ResourceType": "instance",
        "TagSpecification.1.Tag.1.Key": "Name",
        "TagSpecification.1.Tag.1.Value": "n",
        "TagSpecification.1.Tag.2.Key": "owner",
        "TagSpecification.1.Tag.2.Value": "me & you",
    }


def test_create_node_with_a_public_ip_asks_for_a_network_interface(double, driver, size, image):
    double.action("RunInstances").reply(run_answer(instance()))
    driver.create_node(
        "n",
        size,
        image,
        ex_subnet="subnet-1",
        ex_security_group_ids="sg-1",
        ex_assign_public_ip=True,
        ex_iamprofile="arn:aws:iam::123456789012:instance-profile/a",
    )
    [form] = double.forms()
    assert form["NetworkInterface.1.AssociatePublicIpAddress"] == "true"
    assert form["NetworkInterface.1.DeviceIndex"] == "0"
    assert form["NetworkInterface.1.SubnetId"] == "subnet-1"
    assert form["NetworkInterface.1.SecurityGroupId.1"] == "sg-1"
    assert form["IamInstanceProfile.Arn"] == "arn:aws:iam::123456789012:instance-profile/a"
    assert "SubnetId" not in form
    assert "SecurityGroupId.1" not in form


@pytest.mark.parametrize("argument", ["ex_security_groups", "ex_securitygroup"])
@pytest.mark.parametrize("groups", ["a", ["a"]])
def test_create_node_takes_names_of_security_groups(double, driver, size, image, argument, groups):
    double.action("RunInstances", SecurityGroup_1="a").reply(run_answer(instance()))
    driver.create_node("n", size, image, **{argument: groups})


def test_create_node_takes_a_location_of_another_kind_by_its_name(double, driver, size, image):
    double.action("RunInstances", Placement_AvailabilityZone="eu-west-1a").reply(
        run_answer(instance())
    )
    location = NodeLocation("x", "eu-west-1a", "IE", driver)
    driver.create_node("n", size, image, location=location)


def test_create_node_tag_name_wins_over_the_name(double, driver, size, image):
    double.action("RunInstances").reply(run_answer(instance()))
    driver.create_node("n", size, image, ex_metadata={"Name": "other"})
    [form] = double.forms()
    assert form["TagSpecification.1.Tag.1.Value"] == "other"
    assert "TagSpecification.1.Tag.2.Key" not in form


PUBLIC_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDbnJ9jBH1gXZVY7RVSmXtDNz5lGjYkGdJpQk0nIvU7o me@there"
)


def key_pairs(*pairs):
    items = "".join(
        f"<item><keyName>{name}</keyName><keyFingerprint>{print_}</keyFingerprint></item>"
        for name, print_ in pairs
    )
    return f"<keySet>{items}</keySet>"


def test_create_node_with_auth_imports_the_key(double, driver, size, image):
    double.action("DescribeKeyPairs").reply(key_pairs(("other", "aa:bb")))
    double.action("ImportKeyPair", KeyName="me@there").reply(
        "<keyName>me@there</keyName><keyFingerprint>x</keyFingerprint>"
    )
    double.action("RunInstances", KeyName="me@there").reply(run_answer(instance()))
    driver.create_node("n", size, image, auth=NodeAuthSSHKey(PUBLIC_KEY))
    [form] = double.forms("ImportKeyPair")
    assert base64.b64decode(form["PublicKeyMaterial"]).decode() == PUBLIC_KEY


def test_create_node_with_auth_uses_a_key_of_that_fingerprint(double, driver, size, image):
    blob = base64.b64decode(PUBLIC_KEY.split()[1])
    fingerprint = base64.b64encode(hashlib.sha256(blob).digest()).decode()
    double.action("DescribeKeyPairs").reply(key_pairs(("mine", fingerprint)))
    double.action("RunInstances", KeyName="mine").reply(run_answer(instance()))
    driver.create_node("n", size, image, auth=NodeAuthSSHKey(PUBLIC_KEY))


def test_create_node_with_auth_uses_a_key_of_that_public_key(double, driver, size, image):
    public = " ".join([*PUBLIC_KEY.split()[:2], "another comment"])
    double.action("DescribeKeyPairs", IncludePublicKey="true").reply(
        "<keySet><item><keyName>mine</keyName><keyFingerprint>x</keyFingerprint>"
        f"<publicKey>{public}</publicKey></item></keySet>"
    )
    double.action("RunInstances", KeyName="mine").reply(run_answer(instance()))
    driver.create_node("n", size, image, auth=NodeAuthSSHKey(PUBLIC_KEY))


@pytest.mark.parametrize(
    ("kwargs", "error"),
    [
        ({"ex_security_groups": ["a"], "ex_securitygroup": "b"}, ValueError),
        ({"auth": NodeAuthSSHKey(PUBLIC_KEY), "ex_keyname": "b"}, ValueError),
        ({"auth": NodeAuthPassword("x")}, LibcloudError),
        ({"ex_iamprofile": 5}, AttributeError),
        ({"ex_blockdevicemappings": {"DeviceName": "x"}}, AttributeError),
        ({"ex_blockdevicemappings": ["x"]}, AttributeError),
    ],
)
def test_create_node_refuses_arguments_that_make_no_sense(driver, size, image, kwargs, error):
    with pytest.raises(error):
        driver.create_node("n", size, image, **kwargs)


def test_create_node_with_an_unknown_key_names_it(double, driver, size, image):
    message = "The key pair 'nope' does not exist"
    double.action("RunInstances").fail(400, "InvalidKeyPair.NotFound", message)
    with pytest.raises(KeyPairDoesNotExistError) as caught:
        driver.create_node("n", size, image, ex_keyname="nope")
    assert caught.value.name == "nope"
    assert caught.value.provider_code == "InvalidKeyPair.NotFound"
    assert caught.value.request_id == "ea966190-f9aa-478e-9ede-EXAMPLE"


def test_create_node_with_a_token_that_was_used(double, driver, size, image):
    double.action("RunInstances").fail(400, "IdempotentParameterMismatch")
    with pytest.raises(IdempotentParamError) as caught:
        driver.create_node("n", size, image, ex_clienttoken="t")
    assert "IdempotentParameterMismatch: Says why." in str(caught.value)


# -- changing -----------------------------------------------------------------------------------

STATE_CHANGES = (
    "<instancesSet><item><instanceId>i-1</instanceId>"
    "<currentState><code>0</code><name>pending</name></currentState>"
    "<previousState><code>80</code><name>stopped</name></previousState></item></instancesSet>"
)


@pytest.mark.parametrize(
    ("method", "action", "answer"),
    [
        ("reboot_node", "RebootInstances", "<return>true</return>"),
        ("reboot_node", "RebootInstances", ""),
        ("destroy_node", "TerminateInstances", STATE_CHANGES),
        ("start_node", "StartInstances", STATE_CHANGES),
        ("ex_start_node", "StartInstances", STATE_CHANGES),
        ("stop_node", "StopInstances", STATE_CHANGES),
        ("ex_stop_node", "StopInstances", STATE_CHANGES),
    ],
)
def test_change_of_a_node_is_true_for_a_success(double, driver, node, method, action, answer):
    if action == "RebootInstances":
        double.spec = None  # not all that answer it say <return>
    double.action(action, InstanceId_1="i-1").reply(answer)
    assert getattr(driver, method)(node) is True
    assert len(double.requests) == 1


@pytest.mark.parametrize("method", ["reboot_node", "destroy_node", "start_node", "stop_node"])
@pytest.mark.parametrize("code", ["InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"])
def test_change_of_a_missing_node_raises_not_found(double, driver, node, method, code):
    double.on("POST", "/").reply(
        400,
        text=f"<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors>"
        "<RequestID>r</RequestID></Response>",
    )
    with pytest.raises(ResourceNotFoundError) as caught:
        getattr(driver, method)(node)
    assert caught.value.provider_code == code
    assert caught.value.driver is driver


def test_ex_change_node_size(double, driver, node, size):
    double.action("ModifyInstanceAttribute", InstanceId="i-1", InstanceType_Value="t2.micro").reply(
        "<return>true</return>"
    )
    assert driver.ex_change_node_size(node, size) is True
    node.extra["instance_type"] = "t2.micro"
    with pytest.raises(ValueError, match="same"):
        driver.ex_change_node_size(node, size)


def test_ex_modify_instance_attribute(double, driver, node):
    double.action(
        "ModifyInstanceAttribute", InstanceId="i-1", DisableApiTermination_Value="true"
    ).reply("<return>true</return>")
    assert driver.ex_modify_instance_attribute(node, {"DisableApiTermination.Value": True}) is True


def test_ex_get_console_output(double, driver, node):
    output = base64.b64encode("Booting ä\n".encode()).decode()
    double.action("GetConsoleOutput", InstanceId="i-1").reply(
        f"<instanceId>i-1</instanceId><timestamp>2010-10-14T01:12:41.000Z</timestamp>"
        f"<output>{output}</output>"
    )
    assert driver.ex_get_console_output(node) == {
        "instance_id": "i-1",
        "timestamp": datetime.datetime(2010, 10, 14, 1, 12, 41, tzinfo=UTC),
        "output": "Booting ä\n",
    }


def test_ex_get_console_output_before_there_is_any(double, driver, node):
    double.action("GetConsoleOutput").reply("<instanceId>i-1</instanceId>")
    found = driver.ex_get_console_output(node)
    assert (found["timestamp"], found["output"]) == (None, None)


def test_ex_list_reserved_nodes(double, driver):
    double.action("DescribeReservedInstances").reply(
        "<reservedInstancesSet><item>"
        "<reservedInstancesId>e5a2ff3b-7d14-494f-90af-0b5d0EXAMPLE</reservedInstancesId>"
        "<instanceType>m1.xlarge</instanceType><availabilityZone>us-east-1b</availabilityZone>"
        "<duration>31536000</duration><fixedPrice>61.0</fixedPrice><usagePrice>0.034</usagePrice>"
        "<instanceCount>3</instanceCount><productDescription>Linux/UNIX</productDescription>"
        "<state>active</state><instanceTenancy>default</instanceTenancy>"
        "<currencyCode>USD</currencyCode><offeringType>Light Utilization</offeringType>"
        "</item></reservedInstancesSet>"
    )
    [node] = driver.ex_list_reserved_nodes()
    assert node.id == "e5a2ff3b-7d14-494f-90af-0b5d0EXAMPLE"
    assert node.extra["duration"] == 31536000
    assert node.extra["usage_price"] == 0.034
    assert node.extra["instance_count"] == 3


# -- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["AuthFailure", "InvalidClientTokenId", "SignatureDoesNotMatch"])
def test_bad_credentials(double, driver, code):
    double.action("DescribeInstances").fail(401, code)
    with pytest.raises(InvalidCredsError):
        driver.list_nodes()


def test_throttled_listing_is_tried_again(double, driver):
    driver.connection.retry = RetryPolicy(attempts=3, delay=0)
    double.action("DescribeInstances").fail(503, "RequestLimitExceeded").reply(
        reservations(instance())
    )
    assert len(driver.list_nodes()) == 1


def test_throttled_listing_without_retries(double, driver):
    double.action("DescribeInstances").fail(503, "RequestLimitExceeded")
    with pytest.raises(RateLimitReachedError):
        driver.list_nodes()


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>Welcome</body></html>",
        "<DescribeInstancesResponse>",
        "",
        "<DescribeImagesResponse/>",
    ],
)
def test_answer_that_is_none_is_never_an_empty_list(double, driver, text):
    double.spec = None
    double.on("POST", "/").reply(text=text)
    with pytest.raises(MalformedResponseError):
        driver.list_nodes()


@pytest.mark.parametrize(
    "broken",
    [
        instance().replace("<amiLaunchIndex>0<", "<amiLaunchIndex>many<"),
        instance().replace("2015-12-22T10:44:09.000Z", "yesterday"),
    ],
)
def test_strange_value_in_extra(double, driver, broken):
    double.spec = None
    double.action("DescribeInstances").reply(reservations(broken))
    [node] = driver.list_nodes()
    with pytest.raises(MalformedResponseError):
        _ = node.extra


def test_strange_time_in_an_answer(double, driver):
    double.spec = None
    broken = instance().replace("2018-05-08T16:46:19.000Z", "yesterday")
    double.action("DescribeInstances").reply(reservations(broken))
    with pytest.raises(MalformedResponseError):
        driver.list_nodes()


IN_OTHER_FORMS = {
    "as it is": lambda text: text,
    "with CDATA": lambda text: text.replace(
        "<value>Server_1</value>", "<value><![CDATA[<instancesSet>]]></value>"
    ),
    "with a comment": lambda text: text.replace(
        "<instancesSet>", "<instancesSet><!-- <instancesSet> -->"
    ),
    "with an instruction": lambda text: text.replace(
        "<instancesSet>", "<?x <instancesSet> ?><instancesSet>"
    ),
    "with prefixes": lambda text: re.sub("<(/?)(?=[a-z])", r"<\1ec2:", text).replace(
        "<ec2:reservationSet", '<ec2:reservationSet xmlns:ec2="urn:x"', 1
    ),
    "with spaces in tags": lambda text: text.replace("<instancesSet>", "<instancesSet >"),
    "with an empty set": lambda text: text.replace(
        "</reservationSet>", "<item><instancesSet/></item></reservationSet>"
    ),
    "several in a set": lambda text: re.sub(
        "</instancesSet></item><item>.*?<instancesSet>", "", text, flags=re.DOTALL
    ),
}


@pytest.mark.parametrize("form", IN_OTHER_FORMS.values(), ids=IN_OTHER_FORMS)
def test_extra_is_of_its_own_node_in_whatever_form_the_answer_is(double, driver, form):
    double.spec = None
    instances = [
        instance(f"i-{number}").replace("ami-bff32ccc", f"ami-{number}") for number in range(3)
    ]
    double.action("DescribeInstances").reply(form(reservations(*instances)))
    nodes = driver.list_nodes()
    assert [node.id for node in nodes] == ["i-0", "i-1", "i-2"]
    assert [node.extra["image_id"] for node in nodes] == ["ami-0", "ami-1", "ami-2"]
    assert all(node.extra["tags"]["Name"] == node.name for node in nodes)
    assert all(node.extra["network_interfaces"][0].id == "eni-551ba033" for node in nodes)


def test_text_in_extra_is_that_of_the_answer(double, driver):
    double.spec = None
    text = instance().replace("<value>Server_1<", "<value> &lt;Zürich&gt; &amp; &#8364; <")
    double.action("DescribeInstances").reply(reservations(text))
    [node] = driver.list_nodes()
    assert node.name == node.extra["tags"]["Name"] == " <Zürich> & € "


def test_a_class_that_reads_nodes_in_its_own_way_is_asked_for_listed_ones(double):
    class Driver(EC2NodeDriver):
        def _to_node(self, element):
            node = super()._to_node(element)
            node.extra["of"] = element.getparent().getparent().findtext("{*}ownerId")
            return node

    double.action("DescribeInstances").reply(reservations(instance()))
    [node] = double.attach(Driver("AKID", "secret", retry=None)).list_nodes()
    assert node.extra["of"] == "123456789012"
    assert node.extra["image_id"] == "ami-bff32ccc"


def test_create_node_that_answers_without_a_node(double, driver, size, image):
    double.action("RunInstances").reply(run_answer())
    with pytest.raises(MalformedResponseError):
        driver.create_node("n", size, image)


def test_secrets_are_in_no_url(double, driver, size, image):
    double.action("RunInstances").reply(run_answer(instance()))
    driver.create_node("n", size, image, ex_userdata="the password")
    assert double.requests[0].url == "https://ec2.eu-west-1.amazonaws.com/"


# -- threads ------------------------------------------------------------------------------------


def test_one_driver_in_sixteen_threads(driver, double):
    """Each thread asks for its own node, and gets it."""
    double.spec = None
    double.serve("POST", "/", _answer_with_the_node_that_was_asked_for)
    wrong = []

    def work(thread):
        for number in range(60):
            wanted = f"i-{thread}-{number}"
            found = [node.id for node in driver.list_nodes(ex_node_ids=[wanted])]
            if found != [wanted]:
                wrong.append((wanted, found))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(double.requests) == 16 * 60


def _answer_with_the_node_that_was_asked_for(request):
    from libcloud.testing.http import answer

    id = request.form["InstanceId.1"][0]
    return answer(
        text='<DescribeInstancesResponse xmlns="urn:x">'
        f"{reservations(instance(id))}</DescribeInstancesResponse>"
    )
