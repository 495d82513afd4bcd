"""
Volumes and snapshots of EC2. Answers after the examples of the API reference:

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html
"""

from __future__ import annotations

import datetime

import pytest

from libcloud.common.errors import ConflictError, QuotaExceededError, ResourceNotFoundError
from libcloud.compute.base import Node, StorageVolume, VolumeSnapshot
from libcloud.compute.drivers.ec2 import EC2NodeLocation, ExEC2AvailabilityZone
from libcloud.compute.types import NodeState, StorageVolumeState, VolumeSnapshotState
from tests.unit.compute.ec2_double import EC2Double, ec2_driver

UTC = datetime.timezone.utc

VOLUME = """
<volumeId>{id}</volumeId><size>80</size><snapshotId/>
<availabilityZone>us-east-1a</availabilityZone><status>{status}</status>
<createTime>2019-12-03T19:34:23.000Z</createTime>
<attachmentSet>{attachment}</attachmentSet>
<tagSet><item><key>Name</key><value>data</value></item></tagSet>
<volumeType>io1</volumeType><iops>1000</iops><encrypted>true</encrypted>
"""
ATTACHMENT = """
<item><volumeId>vol-1</volumeId><instanceId>i-1</instanceId><device>{device}</device>
<status>attached</status><attachTime>2019-12-03T19:35:00.000Z</attachTime>
<deleteOnTermination>false</deleteOnTermination></item>
"""
SNAPSHOT = """
<snapshotId>{id}</snapshotId><volumeId>vol-1</volumeId><status>{status}</status>
<startTime>2019-12-05T14:00:00.000Z</startTime><progress>60%</progress>
<ownerId>111122223333</ownerId><volumeSize>30</volumeSize><description>daily</description>
"""


def volume_xml(id="vol-1", status="available", device=None):
    attachment = ATTACHMENT.format(device=device) if device else ""
    return VOLUME.format(id=id, status=status, attachment=attachment)


def volumes(*each):
    return f"<volumeSet>{''.join(f'<item>{one}</item>' for one in each)}</volumeSet>"


def snapshots(*each):
    return f"<snapshotSet>{''.join(f'<item>{one}</item>' for one in each)}</snapshotSet>"


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
def volume(driver):
    return StorageVolume("vol-1", "data", 80, driver)


@pytest.fixture
def snapshot(driver):
    return VolumeSnapshot("snap-1", driver)


@pytest.fixture
def location(driver):
    zone = ExEC2AvailabilityZone("us-east-1b", "available", "us-east-1")
    return EC2NodeLocation("1", "us-east-1b", "USA", driver, zone)


def test_list_volumes_reads_all_that_is_said(double, driver):
    double.action("DescribeVolumes").reply(
        volumes(volume_xml(status="in-use", device="/dev/sdf"), volume_xml("vol-2"))
    )
    attached, free = driver.list_volumes()
    assert (attached.id, attached.name, attached.size) == ("vol-1", "data", 80)
    assert (attached.state, free.state) == (
        StorageVolumeState.INUSE,
        StorageVolumeState.AVAILABLE,
    )
    assert attached.extra == {
        "attach_time": datetime.datetime(2019, 12, 3, 19, 35, tzinfo=UTC),
        "attachment_status": "attached",
        "create_time": datetime.datetime(2019, 12, 3, 19, 34, 23, tzinfo=UTC),
        "delete": "false",
        "device": "/dev/sdf",
        "encrypted": True,
        "instance_id": "i-1",
        "iops": 1000,
        "snapshot_id": None,
        "state": "in-use",
        "tags": {"Name": "data"},
        "volume_type": "io1",
        "zone": "us-east-1a",
    }
    assert free.extra["instance_id"] is None


def test_list_volumes_of_a_node_filters_at_the_provider(double, driver, node):
    double.action("DescribeVolumes").reply(volumes())
    driver.list_volumes(node=node, ex_filters={"size": 80})
    [form] = double.forms()
    assert form == {
        "Action": "DescribeVolumes",
        "MaxResults": "1000",
        "Filter.1.Name": "size",
        "Filter.1.Value.1": "80",
        "Filter.2.Name": "attachment.instance-id",
        "Filter.2.Value.1": "i-1",
    }


def test_list_volumes_of_two_pages(double, driver):
    double.action("DescribeVolumes", NextToken="t").reply(volumes(volume_xml("vol-2")))
    double.action("DescribeVolumes").reply(f"{volumes(volume_xml())}<nextToken>t</nextToken>")
    assert [volume.id for volume in driver.list_volumes()] == ["vol-1", "vol-2"]


def test_create_volume_makes_and_names_it_in_one_request(double, driver, location):
    double.action("CreateVolume").reply(volume_xml(status="creating"))
    volume = driver.create_volume(
        80,
        "data",
        location,
        VolumeSnapshot("snap-1", driver),
        ex_volume_type="gp3",
        ex_iops=3000,
        ex_throughput=250,
        ex_encrypted=True,
        ex_kms_key_id="key",
    )
    assert (volume.name, volume.state) == ("data", StorageVolumeState.CREATING)
    [form] = double.forms()
    assert len(form.pop("ClientToken")) >= 32
    assert form == {
        "Action": "CreateVolume",
        "AvailabilityZone": "us-east-1b",
        "Encrypted": "true",
        "Iops": "3000",
        "KmsKeyId": "key",
        "Size": "80",
        "SnapshotId": "snap-1",
        "TagSpecification.1.ResourceType": "volume",
        "TagSpecification.1.Tag.1.Key": "Name",
        "TagSpecification.1.Tag.1.Value": "data",
        "Throughput": "250",
        "VolumeType": "gp3",
    }


def test_create_volume_sends_what_its_type_takes(double, driver, location):
    double.action("CreateVolume").reply(volume_xml())
    driver.create_volume(80, None, location, ex_iops=3000, ex_throughput=250, ex_kms_key_id="key")
    [form] = double.forms()
    assert form["VolumeType"] == "standard"
    assert not {"Iops", "Throughput", "KmsKeyId", "Encrypted", "SnapshotId"} & form.keys()
    assert not [name for name in form if name.startswith("Tag")]


def test_create_volume_without_a_location_takes_the_first_zone(double, driver):
    double.action("DescribeAvailabilityZones").reply(
        "<availabilityZoneInfo><item><zoneName>us-east-1c</zoneName><zoneState>available</zoneState>"
        "<regionName>us-east-1</regionName></item></availabilityZoneInfo>"
    )
    double.action("CreateVolume", AvailabilityZone="us-east-1c").reply(volume_xml())
    driver.create_volume(80, "data")


def test_create_volume_of_an_unknown_type_is_refused(driver, location):
    with pytest.raises(ValueError, match="Invalid volume type specified: fast"):
        driver.create_volume(80, "data", location, ex_volume_type="fast")


def test_create_volume_beyond_the_quota(double, driver, location):
    double.action("CreateVolume").fail(400, "VolumeLimitExceeded")
    with pytest.raises(QuotaExceededError):
        driver.create_volume(80, "data", location)


def test_attach_volume_sends_the_device(double, driver, node, volume):
    double.action("AttachVolume", VolumeId="vol-1", InstanceId="i-1", Device="/dev/sdh").reply(
        "<volumeId>vol-1</volumeId><instanceId>i-1</instanceId><device>/dev/sdh</device>"
        "<status>attaching</status><attachTime>2019-12-03T19:35:00.000Z</attachTime>"
    )
    assert driver.attach_volume(node, volume, "/dev/sdh") is True


def test_attach_volume_without_a_device_takes_a_free_one(double, driver, node, volume):
    double.action("DescribeVolumes").reply(
        volumes(volume_xml("vol-2", device="/dev/sdf"), volume_xml("vol-3", device="/dev/xvdg"))
    )
    double.action("AttachVolume", Device="/dev/sdh").reply("<status>attaching</status>")
    assert driver.attach_volume(node, volume) is True


def test_attach_volume_to_a_node_that_is_full(double, driver, node, volume):
    taken = [volume_xml(f"vol-{letter}", device=f"/dev/sd{letter}") for letter in "fghijklmnop"]
    double.action("DescribeVolumes").reply(volumes(*taken))
    with pytest.raises(ConflictError):
        driver.attach_volume(node, volume)


def test_attach_volume_that_is_attached(double, driver, node, volume):
    double.action("AttachVolume").fail(400, "VolumeInUse")
    with pytest.raises(ConflictError):
        driver.attach_volume(node, volume, "/dev/sdh")


@pytest.mark.parametrize(("force", "sent"), [(True, "true"), (False, None)])
def test_detach_volume(double, driver, volume, force, sent):
    double.action("DetachVolume", VolumeId="vol-1").reply("<status>detaching</status>")
    assert driver.detach_volume(volume, ex_force=force) is True
    assert double.forms()[0].get("Force") == sent


def test_detach_volume_names_the_node_it_was_seen_with(double, driver, volume):
    double.action("DetachVolume", InstanceId="i-7").reply("<status>detaching</status>")
    volume.extra["instance_id"] = "i-7"
    assert driver.detach_volume(volume) is True


def test_destroy_volume(double, driver, volume):
    double.action("DeleteVolume", VolumeId="vol-1").reply("<return>true</return>")
    assert driver.destroy_volume(volume) is True


def test_destroy_volume_that_is_missing(double, driver, volume):
    double.action("DeleteVolume").fail(400, "InvalidVolume.NotFound")
    with pytest.raises(ResourceNotFoundError):
        driver.destroy_volume(volume)


MODIFICATION = """
<volumeId>vol-1</volumeId><modificationState>modifying</modificationState><targetSize>100</targetSize>
<targetIops>3000</targetIops><targetVolumeType>gp3</targetVolumeType><originalSize>80</originalSize>
<originalIops>240</originalIops><originalVolumeType>gp2</originalVolumeType><progress>3</progress>
<startTime>2019-12-05T14:00:00.000Z</startTime>
"""


def test_ex_modify_volume(double, driver, volume):
    double.action("ModifyVolume", VolumeId="vol-1", Size="100", VolumeType="gp3").reply(
        f"<volumeModification>{MODIFICATION}</volumeModification>"
    )
    found = driver.ex_modify_volume(volume, {"Size": 100, "VolumeType": "gp3"})
    assert (found.volume_id, found.original_size, found.target_size) == ("vol-1", 80, 100)
    assert found.start_time == datetime.datetime(2019, 12, 5, 14, tzinfo=UTC)
    assert found.end_time is None
    assert "target_volume_type=gp3" in repr(found)


def test_ex_describe_volumes_modifications(double, driver):
    double.action("DescribeVolumesModifications").reply(
        f"<volumeModificationSet><item>{MODIFICATION}</item></volumeModificationSet>"
    )
    [found] = driver.ex_describe_volumes_modifications(
        volume_ids=["vol-1"], filters={"modification-state": "modifying"}
    )
    assert found.progress == 3
    [form] = double.forms()
    assert (form["VolumeId.1"], form["Filter.1.Value.1"]) == ("vol-1", "modifying")


# -- snapshots ----------------------------------------------------------------------------------


def test_create_volume_snapshot_makes_and_tags_it_in_one_request(double, driver, volume):
    double.action("CreateSnapshot").reply(SNAPSHOT.format(id="snap-1", status="pending"))
    snapshot = driver.create_volume_snapshot(volume, "nightly", ex_metadata={"keep": "7"})
    assert (snapshot.id, snapshot.name, snapshot.size) == ("snap-1", "nightly", 30)
    assert snapshot.state == VolumeSnapshotState.CREATING
    assert snapshot.created == datetime.datetime(2019, 12, 5, 14, tzinfo=UTC)
    assert snapshot.extra == {
        "description": "daily",
        "name": "nightly",
        "progress": "60%",
        "start_time": snapshot.created,
        "state": "pending",
        "tags": {},
        "volume_id": "vol-1",
    }
    assert double.forms() == [
        {
            "Action": "CreateSnapshot",
            "VolumeId": "vol-1",
            "Description": "nightly",
            "TagSpecification.1.ResourceType": "snapshot",
            "TagSpecification.1.Tag.1.Key": "Name",
            "TagSpecification.1.Tag.1.Value": "nightly",
            "TagSpecification.1.Tag.2.Key": "keep",
            "TagSpecification.1.Tag.2.Value": "7",
        }
    ]


def test_list_volume_snapshots_filters_at_the_provider(double, driver, volume):
    double.action("DescribeSnapshots").reply(
        snapshots(SNAPSHOT.format(id="snap-1", status="completed"))
    )
    [snapshot] = driver.list_volume_snapshots(volume)
    assert snapshot.state == VolumeSnapshotState.AVAILABLE
    [form] = double.forms()
    assert form == {
        "Action": "DescribeSnapshots",
        "MaxResults": "1000",
        "Owner.1": "self",
        "Filter.1.Name": "volume-id",
        "Filter.1.Value.1": "vol-1",
    }


def test_list_snapshots_of_an_owner_in_two_pages(double, driver):
    done = {"status": "completed"}
    double.action("DescribeSnapshots", NextToken="t").reply(
        snapshots(SNAPSHOT.format(id="snap-2", **done))
    )
    double.action("DescribeSnapshots", Owner_1="self").reply(
        f"{snapshots(SNAPSHOT.format(id='snap-1', **done))}<nextToken>t</nextToken>"
    )
    assert [each.id for each in driver.list_snapshots(owner="self")] == ["snap-1", "snap-2"]


def test_list_snapshots_of_one_sends_no_page_size(double, driver, snapshot):
    double.action("DescribeSnapshots", SnapshotId_1="snap-1").reply(snapshots())
    assert driver.list_snapshots(snapshot=snapshot) == []
    assert "MaxResults" not in double.forms()[0]


def test_destroy_volume_snapshot(double, driver, snapshot):
    double.action("DeleteSnapshot", SnapshotId="snap-1").reply("<return>true</return>")
    assert driver.destroy_volume_snapshot(snapshot) is True


def test_ex_modify_snapshot_attribute(double, driver, snapshot):
    double.action("ModifySnapshotAttribute", CreateVolumePermission_Add_1_Group="all").reply(
        "<return>true</return>"
    )
    attributes = {"CreateVolumePermission.Add.1.Group": "all"}
    assert driver.ex_modify_snapshot_attribute(snapshot, attributes) is True


def test_ex_import_snapshot_waits_until_it_is_there(double, driver, monkeypatch):
    from libcloud.common import polling

    monkeypatch.setattr(polling.time, "sleep", lambda seconds: None)
    detail = (
        "<importSnapshotTaskSet><item><importTaskId>import-1</importTaskId>{}</item>"
        "</importSnapshotTaskSet>"
    )
    double.action("ImportSnapshot").reply("<importTaskId>import-1</importTaskId>")
    double.action("DescribeImportSnapshotTasks", ImportTaskId_1="import-1").reply(
        detail.format("<snapshotTaskDetail><status>active</status></snapshotTaskDetail>")
    ).reply(
        detail.format(
            "<snapshotTaskDetail><status>completed</status><snapshotId>snap-9</snapshotId>"
            "</snapshotTaskDetail>"
        )
    )
    container = {"Format": "raw", "UserBucket": {"S3Bucket": "b", "S3Key": "k"}}
    snapshot = driver.ex_import_snapshot(
        client_data=[{"Comment": "c"}], disk_container=[container], client_token="t"
    )
    assert snapshot.id == "snap-9"
    assert double.forms("ImportSnapshot") == [
        {
            "Action": "ImportSnapshot",
            "ClientData.Comment": "c",
            "ClientToken": "t",
            "DiskContainer.Format": "raw",
            "DiskContainer.UserBucket.S3Bucket": "b",
            "DiskContainer.UserBucket.S3Key": "k",
        }
    ]
