"""
The EBS backup driver on moto's server: the suite of backup drivers, and what boto3 sees of it.

moto's snapshots are complete at once, so jobs in the making have unit tests instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from libcloud.backup.base import BackupTarget
from libcloud.backup.drivers.ebs import EBSBackupDriver
from libcloud.backup.types import (
    BackupRecoveryPointDoesNotExistError,
    BackupTargetDoesNotExistError,
)
from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.testing.backup import BackupDriverConformance, _new_name
from libcloud.testing.base import run_in_threads
from tests.servers.moto import MotoServer

pytestmark = pytest.mark.live

IMAGE_ID = "ami-12c6146b"


@pytest.fixture
def driver(moto_server: MotoServer) -> EBSBackupDriver:
    driver = EBSBackupDriver(
        moto_server.key,
        moto_server.secret,
        moto_server.region,
        secure=False,
        host=moto_server.host,
        port=moto_server.port,
    )
    driver.recovery_interval = 0.01
    return driver


@pytest.fixture
def boto(moto_server: MotoServer) -> Any:
    return boto3.client(
        "ec2",
        endpoint_url=moto_server.url,
        region_name=moto_server.region,
        aws_access_key_id=moto_server.key,
        aws_secret_access_key=moto_server.secret,
    )


@pytest.fixture
def new_volume(boto: Any) -> Iterator[Callable[..., str]]:
    """Creates volumes; they and their snapshots are deleted after the test."""
    created: list[str] = []

    def create(**settings: Any) -> str:
        settings = {"Size": 3, "AvailabilityZone": "us-east-1b", "VolumeType": "gp3", **settings}
        created.append(boto.create_volume(**settings)["VolumeId"])
        return created[-1]

    yield create
    for volume in created:
        of_volume = [{"Name": "volume-id", "Values": [volume]}]
        for snapshot in boto.describe_snapshots(Filters=of_volume)["Snapshots"]:
            boto.delete_snapshot(SnapshotId=snapshot["SnapshotId"])
        boto.delete_volume(VolumeId=volume)


@pytest.fixture
def instance(boto: Any) -> Iterator[str]:
    launched = boto.run_instances(
        ImageId=IMAGE_ID,
        MinCount=1,
        MaxCount=1,
        Placement={"AvailabilityZone": "us-east-1b"},
    )
    [instance] = launched["Instances"]
    yield instance["InstanceId"]
    boto.terminate_instances(InstanceIds=[instance["InstanceId"]])


class TestEBS(BackupDriverConformance):
    target_type = "Volume"
    missing_id = "vol-0123456789abcdef0"

    @pytest.fixture
    def driver(self, driver: EBSBackupDriver) -> EBSBackupDriver:
        return driver

    @pytest.fixture
    def target_address(self, new_volume: Callable[..., str]) -> str:
        return new_volume()

    @pytest.fixture
    def new_target(
        self, driver: EBSBackupDriver, target_address: str, new_volume: Callable[..., str]
    ) -> Callable[..., BackupTarget]:
        """A target is a volume, so each one needs a volume of its own."""
        free = [target_address]

        def create(name: str | None = None) -> BackupTarget:
            address = free.pop() if free else new_volume()
            return driver.create_target(name or _new_name("target"), address, type="Volume")

        return create


# -- the same facts through boto3 -----------------------------------------------------------------


def test_target_is_what_boto3_sees(driver, boto, new_volume, instance):
    volume = new_volume(Size=5, Iops=4000, Throughput=200, Encrypted=True)
    boto.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    ours = driver.create_target("größe", volume, extra={"tags": {"keep": "7"}})
    [theirs] = boto.describe_volumes(VolumeIds=[volume])["Volumes"]
    assert (ours.id, ours.address, ours.type) == (volume, volume, "Volume")
    assert ours.extra["volume-id"] == volume
    tags = {tag["Key"]: tag["Value"] for tag in theirs["Tags"]}
    assert ours.extra["tags"] == tags == {"Name": "größe", "keep": "7"}
    assert ours.extra["created"] == theirs["CreateTime"]
    for key, name in {
        "size": "Size",
        "state": "State",
        "zone": "AvailabilityZone",
        "volume_type": "VolumeType",
        "iops": "Iops",
        "throughput": "Throughput",
        "encrypted": "Encrypted",
        "kms_key_id": "KmsKeyId",
    }.items():
        assert ours.extra[key] == theirs[name], key
    assert ours.extra["attachments"] == [
        {"instance_id": each["InstanceId"], "device": each["Device"], "state": each["State"]}
        for each in theirs["Attachments"]
    ]
    boto.detach_volume(VolumeId=volume, InstanceId=instance)


def test_backup_is_what_boto3_sees(driver, boto, new_volume):
    target = driver.ex_get_target_by_volume_id(new_volume())
    extra = {"description": "before the upgrade", "tags": {"keep": "ä & ß"}}
    job = driver.create_target_job(target, extra)
    [theirs] = boto.describe_snapshots(SnapshotIds=[job.id])["Snapshots"]
    assert theirs["VolumeId"] == job.target.id == target.id
    assert theirs["Description"] == "before the upgrade"
    assert theirs["Tags"] == [{"Key": "keep", "Value": "ä & ß"}]
    [point] = driver.list_recovery_points(target)
    assert (point.id, point.date) == (theirs["SnapshotId"], theirs["StartTime"])
    for key, name in {
        "size": "VolumeSize",
        "description": "Description",
        "owner_id": "OwnerId",
        "state": "State",
        "progress": "Progress",
        "encrypted": "Encrypted",
        "started": "StartTime",
    }.items():
        assert point.extra[key] == theirs[name], key
    assert driver.get_target_job(target, job.id).status == "Completed"


def test_recovery_points_outlive_their_volume(driver, boto, new_volume):
    lost = boto.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    target = driver.ex_get_target_by_volume_id(lost)
    job = driver.create_target_job(target)
    boto.delete_volume(VolumeId=lost)
    [point] = driver.list_recovery_points(target)
    assert point.id == job.id
    assert driver.list_target_jobs(target) == []
    with pytest.raises(BackupTargetDoesNotExistError):
        point.recover()
    other = driver.ex_get_target_by_volume_id(new_volume())
    recovery = point.recover_to(other)
    assert recovery.target.id == other.id
    assert driver.get_target_job(other, recovery.id).status == "Completed"
    boto.delete_volume(VolumeId=recovery.id)
    boto.delete_snapshot(SnapshotId=job.id)


def test_recovery_in_place_puts_a_new_volume_at_the_device(driver, boto, new_volume, instance):
    volume = new_volume(
        Iops=3500,
        TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "data"}]}],
    )
    boto.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    target = driver.ex_get_target_by_volume_id(volume)
    driver.create_target_job(target)
    [point] = driver.list_recovery_points(target)
    job = point.recover()
    assert (job.target.id, job.extra["replaced_volume_id"]) == (volume, volume)
    assert job.extra["recovery_point_id"] == point.id
    [new] = boto.describe_volumes(VolumeIds=[job.extra["volume_id"]])["Volumes"]
    [attachment] = new["Attachments"]
    assert (attachment["InstanceId"], attachment["Device"]) == (instance, "/dev/sdf")
    assert (new["SnapshotId"], new["Size"], new["Iops"]) == (point.id, 3, 3500)
    assert (new["AvailabilityZone"], new["VolumeType"]) == ("us-east-1b", "gp3")
    tags = {tag["Key"]: tag["Value"] for tag in new["Tags"]}
    assert tags == {"Name": "data", "libcloud:recovery-of": volume}
    assert boto.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available"
    assert driver.get_target_job(target, job.id).progress == 100
    boto.detach_volume(VolumeId=job.id, InstanceId=instance)
    boto.delete_volume(VolumeId=job.id)


def test_recovery_point_of_another_target_is_refused(driver, new_volume):
    first, second = (driver.ex_get_target_by_volume_id(new_volume()) for _ in range(2))
    driver.create_target_job(first)
    [point] = driver.list_recovery_points(first)
    with pytest.raises(BackupRecoveryPointDoesNotExistError):
        driver.recover_target(second, point)


def test_target_from_node_is_its_root_volume(driver, boto, moto_server, instance):
    compute = EC2NodeDriver(
        moto_server.key,
        moto_server.secret,
        host=moto_server.host,
        port=moto_server.port,
        secure=False,
    )
    [node] = compute.list_nodes(ex_node_ids=[instance])
    target = driver.create_target_from_node(node)
    [theirs] = boto.describe_volumes(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}]
    )["Volumes"]
    assert target.id == theirs["VolumeId"]


def test_sixteen_threads_share_a_driver(driver, new_volume):
    targets = [driver.ex_get_target_by_volume_id(new_volume()) for _ in range(16)]

    def work(target: BackupTarget) -> list[str]:
        job = driver.create_target_job(target)
        assert [point.id for point in driver.list_recovery_points(target)] == [job.id]
        return [driver.get_target_job(target, job.id).target.id]

    found = run_in_threads([lambda target=target: work(target) for target in targets])
    assert found == [[target.id] for target in targets]
