"""
Images and key pairs of EC2. Answers after the examples of the API reference:

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html
"""

from __future__ import annotations

import base64
import datetime

import pytest

from libcloud.common.errors import ResourceExistsError, ResourceNotFoundError
from libcloud.compute.base import KeyPair, Node, NodeImage
from libcloud.compute.types import KeyPairDoesNotExistError, NodeState
from tests.unit.compute.ec2_double import EC2Double, ec2_driver

IMAGE = """
<item><imageId>{id}</imageId>
<imageLocation>123456789012/my-image</imageLocation><imageState>available</imageState>
<imageOwnerId>123456789012</imageOwnerId><creationDate>2021-03-01T10:00:00.000Z</creationDate>
<isPublic>true</isPublic><architecture>x86_64</architecture><imageType>machine</imageType>
<sriovNetSupport>simple</sriovNetSupport><enaSupport>true</enaSupport>
<imageOwnerAlias>amazon</imageOwnerAlias><name>my-image</name><description>An image</description>
<rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>
<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>snap-1</snapshotId>
<volumeSize>15</volumeSize><deleteOnTermination>false</deleteOnTermination>
<volumeType>standard</volumeType></ebs></item>
<item><deviceName>/dev/sdb</deviceName><virtualName>ephemeral0</virtualName></item>
</blockDeviceMapping>
<virtualizationType>hvm</virtualizationType><tagSet><item><key>a</key><value>b</value></item></tagSet>
<hypervisor>xen</hypervisor></item>
"""


def images(*ids):
    return f"<imagesSet>{''.join(IMAGE.format(id=id) for id in ids)}</imagesSet>"


@pytest.fixture
def double():
    with EC2Double() as double:
        yield double


@pytest.fixture
def driver(double):
    return ec2_driver(double)


@pytest.fixture
def node(driver):
    return Node("i-1", "n", NodeState.RUNNING, [], [], driver)


@pytest.fixture
def image(driver):
    return NodeImage("ami-1", "my-image", driver)


def test_list_images_reads_all_that_is_said(double, driver):
    double.action("DescribeImages").reply(images("ami-1"))
    [image] = driver.list_images()
    assert (image.id, image.name) == ("ami-1", "my-image")
    assert image.extra == {
        "architecture": "x86_64",
        "billing_products": [],
        "block_device_mapping": [
            {
                "device_name": "/dev/xvda",
                "virtual_name": None,
                "ebs": {
                    "delete": "false",
                    "iops": None,
                    "snapshot_id": "snap-1",
                    "volume_id": None,
                    "volume_size": 15,
                    "volume_type": "standard",
                },
            },
            {
                "device_name": "/dev/sdb",
                "virtual_name": "ephemeral0",
                "ebs": dict.fromkeys(
                    ["delete", "iops", "snapshot_id", "volume_id", "volume_size", "volume_type"]
                ),
            },
        ],
        "creation_date": datetime.datetime(2021, 3, 1, 10, tzinfo=datetime.timezone.utc),
        "description": "An image",
        "ena_support": "true",
        "hypervisor": "xen",
        "image_location": "123456789012/my-image",
        "image_type": "machine",
        "is_public": "true",
        "kernel_id": None,
        "owner_alias": "amazon",
        "owner_id": "123456789012",
        "platform": None,
        "ramdisk_id": None,
        "root_device_type": "ebs",
        "sriov_net_support": "simple",
        "state": "available",
        "tags": {"a": "b"},
        "virtualization_type": "hvm",
    }


def test_list_images_sends_all_its_arguments(double, driver):
    double.action("DescribeImages").reply(images())
    driver.list_images(
        ex_image_ids=["ami-1", "ami-2"],
        ex_owner=["self", "amazon"],
        ex_executableby="all",
        ex_filters={"name": "a*"},
    )
    assert double.forms() == [
        {
            "Action": "DescribeImages",
            "ExecutableBy.1": "all",
            "Filter.1.Name": "name",
            "Filter.1.Value.1": "a*",
            "ImageId.1": "ami-1",
            "ImageId.2": "ami-2",
            "Owner.1": "self",
            "Owner.2": "amazon",
        }
    ]


def test_list_images_of_two_pages(double, driver):
    double.action("DescribeImages", NextToken="t").reply(images("ami-2"))
    double.action("DescribeImages", Owner_1="self").reply(
        f"{images('ami-1')}<nextToken>t</nextToken>"
    )
    assert [image.id for image in driver.list_images(ex_owner="self")] == ["ami-1", "ami-2"]


def test_get_image(double, driver):
    double.action("DescribeImages", ImageId_1="ami-1").reply(images("ami-1"))
    assert driver.get_image("ami-1").name == "my-image"


def test_get_image_that_is_missing(double, driver):
    double.action("DescribeImages", ImageId_1="ami-1").fail(400, "InvalidAMIID.NotFound")
    double.action("DescribeImages", ImageId_1="ami-2").fail(400, "InvalidAMIID.Malformed")
    double.action("DescribeImages", ImageId_1="ami-3").reply(images())
    for image_id in ("ami-1", "ami-2", "ami-3"):
        with pytest.raises(ResourceNotFoundError):
            driver.get_image(image_id)


@pytest.mark.parametrize(("reboot", "no_reboot"), [(False, "true"), (True, "false")])
def test_create_image(double, driver, node, reboot, no_reboot):
    double.action("CreateImage").reply("<imageId>ami-9</imageId>")
    mapping = [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 100}}]
    image = driver.create_image(node, "mine", "a copy", reboot, mapping)
    assert (image.id, image.name, image.extra["description"]) == ("ami-9", "mine", "a copy")
    assert double.forms() == [
        {
            "Action": "CreateImage",
            "BlockDeviceMapping.1.DeviceName": "/dev/sda1",
            "BlockDeviceMapping.1.Ebs.VolumeSize": "100",
            "Description": "a copy",
            "InstanceId": "i-1",
            "Name": "mine",
            "NoReboot": no_reboot,
        }
    ]


def test_create_image_whose_name_is_taken(double, driver, node):
    double.action("CreateImage").fail(400, "InvalidAMIName.Duplicate")
    with pytest.raises(ResourceExistsError):
        driver.create_image(node, "mine")


def test_copy_image_takes_its_arguments_in_either_order(double, driver, image):
    double.action("CopyImage").reply("<imageId>ami-9</imageId>")
    own = driver.copy_image(image, "us-west-1", "copy", "text")
    portable = driver.copy_image("us-west-1", image, "copy", "text")
    assert (own.id, own.name) == (portable.id, portable.name) == ("ami-9", "copy")
    first, second = double.forms()
    assert first.pop("ClientToken") != second.pop("ClientToken")
    assert first == second
    assert first == {
        "Action": "CopyImage",
        "Description": "text",
        "Name": "copy",
        "SourceImageId": "ami-1",
        "SourceRegion": "us-west-1",
    }


def test_copy_image_keeps_the_name_unless_told_otherwise(double, driver, image):
    double.action("CopyImage", Name="my-image").reply("<imageId>ami-9</imageId>")
    assert driver.copy_image(image, "us-west-1").name == "my-image"


def test_delete_image(double, driver, image):
    double.action("DeregisterImage", ImageId="ami-1").reply("<return>true</return>")
    assert driver.delete_image(image) is True


def test_ex_register_image(double, driver):
    double.action("RegisterImage").reply("<imageId>ami-9</imageId>")
    driver.ex_register_image(
        "mine",
        architecture="arm64",
        root_device_name="/dev/sda1",
        block_device_mapping=[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-1"}}],
        virtualization_type="hvm",
        ena_support=True,
        billing_products=["bp-1"],
        boot_mode="uefi",
    )
    assert double.forms() == [
        {
            "Action": "RegisterImage",
            "Architecture": "arm64",
            "BillingProduct.1": "bp-1",
            "BlockDeviceMapping.1.DeviceName": "/dev/sda1",
            "BlockDeviceMapping.1.Ebs.SnapshotId": "snap-1",
            "BootMode": "uefi",
            "EnaSupport": "true",
            "Name": "mine",
            "RootDeviceName": "/dev/sda1",
            "VirtualizationType": "hvm",
        }
    ]


def test_ex_modify_image_attribute(double, driver, image):
    double.action("ModifyImageAttribute", LaunchPermission_Add_1_Group="all").reply(
        "<return>true</return>"
    )
    assert driver.ex_modify_image_attribute(image, {"LaunchPermission.Add.1.Group": "all"}) is True


# -- key pairs ----------------------------------------------------------------------------------

KEY = "<keyName>{name}</keyName><keyFingerprint>1f:51:ae:28</keyFingerprint>"


def key_pairs(*names):
    return f"<keySet>{''.join(f'<item>{KEY.format(name=name)}</item>' for name in names)}</keySet>"


def test_list_key_pairs(double, driver):
    double.action("DescribeKeyPairs").reply(key_pairs("a", "b"))
    assert [(key.name, key.fingerprint) for key in driver.list_key_pairs()] == [
        ("a", "1f:51:ae:28"),
        ("b", "1f:51:ae:28"),
    ]
    assert driver.ex_describe_all_keypairs() == ["a", "b"]
    assert driver.ex_list_keypairs()[0] == {"keyName": "a", "keyFingerprint": "1f:51:ae:28"}


def test_get_key_pair(double, driver):
    double.action("DescribeKeyPairs", KeyName_1="a").reply(key_pairs("a"))
    assert driver.get_key_pair("a").fingerprint == "1f:51:ae:28"
    expected = {"keyName": "a", "keyFingerprint": "1f:51:ae:28"}
    assert driver.ex_describe_keypair("a") == driver.ex_describe_keypairs("a") == expected


def test_get_key_pair_that_is_missing(double, driver):
    double.action("DescribeKeyPairs", KeyName_1="a").fail(
        400, "InvalidKeyPair.NotFound", "The key pair 'a' does not exist"
    )
    double.action("DescribeKeyPairs", KeyName_1="b").reply(key_pairs())
    for name in ("a", "b"):
        with pytest.raises(KeyPairDoesNotExistError) as caught:
            driver.get_key_pair(name)
        assert caught.value.name == name


def test_create_key_pair(double, driver):
    double.action("CreateKeyPair", KeyName="a").reply(
        KEY.format(name="a") + "<keyMaterial>-----BEGIN RSA PRIVATE KEY-----</keyMaterial>"
    )
    key_pair = driver.create_key_pair("a")
    assert key_pair.private_key == "-----BEGIN RSA PRIVATE KEY-----"
    assert driver.ex_create_keypair("a") == {
        "keyMaterial": "-----BEGIN RSA PRIVATE KEY-----",
        "keyFingerprint": "1f:51:ae:28",
    }


def test_create_key_pair_whose_name_is_taken(double, driver):
    double.action("CreateKeyPair").fail(400, "InvalidKeyPair.Duplicate")
    with pytest.raises(ResourceExistsError):
        driver.create_key_pair("a")


def test_import_key_pair(double, driver, tmp_path):
    material = base64.b64encode(b"ssh-rsa AAAA me").decode()
    double.action("ImportKeyPair", KeyName="a", PublicKeyMaterial=material).reply(
        KEY.format(name="a")
    )
    path = tmp_path / "key.pub"
    path.write_text("ssh-rsa AAAA me\n")
    assert driver.import_key_pair_from_string("a", "ssh-rsa AAAA me").name == "a"
    expected = {"keyName": "a", "keyFingerprint": "1f:51:ae:28"}
    assert driver.ex_import_keypair_from_string("a", "ssh-rsa AAAA me") == expected
    assert driver.ex_import_keypair("a", str(path)) == expected


def test_delete_key_pair(double, driver):
    double.action("DescribeKeyPairs", KeyName_1="a").reply(key_pairs("a"))
    double.action("DeleteKeyPair", KeyName="a").reply("<return>true</return>")
    assert driver.delete_key_pair(KeyPair("a", None, None, driver)) is True
    assert driver.ex_delete_keypair("a") is True


def test_delete_key_pair_that_is_missing(double, driver):
    double.action("DescribeKeyPairs").fail(400, "InvalidKeyPair.NotFound")
    with pytest.raises(KeyPairDoesNotExistError):
        driver.delete_key_pair(KeyPair("a", None, None, driver))
