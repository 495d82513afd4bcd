"""
Backups of EBS volumes: what moto does not do on demand, and what goes over the wire.

Requests and answers are checked against the description of EC2 that botocore carries. How the
driver and a whole service get along is in ``tests/conformance/test_backup_ebs.py``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

import botocore.parsers
import pytest

from libcloud.backup.base import BackupTarget, BackupTargetRecoveryPoint
from libcloud.backup.drivers.ebs import EBSBackupDriver, EBSConnection, EBSResponse
from libcloud.backup.providers import get_driver
from libcloud.backup.types import (
    BackupJobDoesNotExistError,
    BackupRecoveryPointDoesNotExistError,
    BackupTargetDoesNotExistError,
    Provider,
)
from libcloud.common.aws import AWSGenericResponse
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitReachedError,
    ServiceUnavailableError,
    UnsupportedOperation,
)
from libcloud.common.polling import WaitTimeoutError
from libcloud.common.retry import RetryPolicy
from libcloud.testing.http import HTTPDouble
from libcloud.testing.specs import aws
from tests.faults.server import FaultServer, truncate
from tests.unit.compute.ec2_double import NAMESPACE, EC2Double

VOLUME = "vol-0123456789abcdef0"
NEW_VOLUME = "vol-0fedcba9876543210"
SNAPSHOT = "snap-0123456789abcdef0"
INSTANCE = "i-0123456789abcdef0"


def element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def volume(
    volume_id: str = VOLUME,
    status: str = "available",
    attached: int = 0,
    tags: dict[str, str] | None = None,
    **changes: str,
) -> str:
    facts = {
        "volumeId": volume_id,
        "size": "8",
        "snapshotId": "",
        "availabilityZone": "eu-west-1b",
        "status": status,
        "createTime": "2024-02-03T04:05:06.000Z",
        "volumeType": "gp3",
        "iops": "3500",
        "throughput": "130",
        "encrypted": "false",
        **changes,
    }
    attachments = "".join(
        f"<item><volumeId>{volume_id}</volumeId><instanceId>{INSTANCE}{number}</instanceId>"
        f"<device>/dev/sdf</device><status>attached</status></item>"
        for number in range(attached)
    )
    items = "".join(
        f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>"
        for key, value in (tags or {"Name": "data & more"}).items()
    )
    texts = "".join(element(key, value) for key, value in facts.items())
    return f"{texts}<attachmentSet>{attachments}</attachmentSet><tagSet>{items}</tagSet>"


def volumes(*bodies: str, token: str = "") -> str:
    following = element("nextToken", token) if token else ""
    return element("volumeSet", "".join(element("item", body) for body in bodies)) + following


def snapshot(snapshot_id: str = SNAPSHOT, status: str = "completed", **changes: str) -> str:
    facts = {
        "snapshotId": snapshot_id,
        "volumeId": VOLUME,
        "status": status,
        "startTime": "2024-03-04T05:06:07.891Z",
        "progress": "37%",
        "ownerId": "123456789012",
        "volumeSize": "8",
        "description": "nightly",
        "encrypted": "false",
        **changes,
    }
    return "".join(element(key, value) for key, value in facts.items())


def snapshots(*bodies: str, token: str = "") -> str:
    following = element("nextToken", token) if token else ""
    return element("snapshotSet", "".join(element("item", body) for body in bodies)) + following


def ebs_driver(double: HTTPDouble, retry: Any = None, **settings: Any) -> EBSBackupDriver:
    driver = EBSBackupDriver("AKID", "secret", "eu-west-1", retry=retry, **settings)
    driver.recovery_interval = 0
    return double.attach(driver)


def botocore_facts(operation: str, inner: str) -> dict[str, Any]:
    """What botocore reads in an answer."""
    shape = aws("ec2").model.operation_model(operation).output_shape  # type: ignore[attr-defined]
    body = f'<{operation}Response xmlns="{NAMESPACE}">{inner}</{operation}Response>'
    raw = {"status_code": 200, "headers": {}, "body": body.encode(), "context": {}}
    return dict(botocore.parsers.create_parser("ec2").parse(raw, shape))


@pytest.fixture
def double() -> Iterator[EC2Double]:
    with EC2Double() as double:
        yield double


@pytest.fixture
def driver(double: EC2Double) -> EBSBackupDriver:
    return ebs_driver(double)


@pytest.fixture
def target(driver: EBSBackupDriver) -> BackupTarget:
    return BackupTarget(VOLUME, "data", VOLUME, "Volume", driver, {"volume-id": VOLUME})


def point_of(target: BackupTarget) -> BackupTargetRecoveryPoint:
    return BackupTargetRecoveryPoint(SNAPSHOT, datetime.now(timezone.utc), target, target.driver)


# -- the driver itself ----------------------------------------------------------------------------


def test_driver_is_registered():
    assert get_driver(Provider.EBS) is EBSBackupDriver
    assert issubclass(EBSResponse, AWSGenericResponse)


def test_constructor_loads_neither_requests_nor_lxml():
    program = (
        "import sys; from libcloud.backup.providers import get_driver; "
        "get_driver('ebs')('key', 'secret', 'us-east-1'); "
        "sys.exit(bool({'requests', 'lxml', 'xml', 'paramiko'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "ec2.us-east-1.amazonaws.com"),
        ("cn-north-1", "ec2.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_endpoint_is_that_of_the_region(region: str, host: str):
    assert EBSBackupDriver("AKID", "secret", region).connection.host == host


def test_requests_are_signed_for_ec2(double: EC2Double):
    driver = ebs_driver(double, token="session")
    double.action("DescribeVolumes").reply(volumes())
    assert driver.list_targets() == []
    [request] = double.requests
    assert "/eu-west-1/ec2/aws4_request" in request.headers["Authorization"]
    assert request.headers["X-Amz-Security-Token"] == "session"
    assert request.form["Version"] == ["2016-11-15"]
    # What programs read.
    assert (EBSConnection.version, EBSConnection.service_name) == ("2015-10-01", "backup")


def test_operations_that_ebs_has_not_are_not_offered(driver: EBSBackupDriver, target: BackupTarget):
    offered = driver.supported_operations()
    for name in ("delete_target", "suspend_target_job", "resume_target_job", "cancel_target_job"):
        assert name not in offered
        with pytest.raises(NotImplementedError):
            getattr(driver, name)(target)
    with pytest.raises(UnsupportedOperation):
        driver.create_target_from_container(None)


# -- targets --------------------------------------------------------------------------------------


def test_list_targets_goes_over_pages(driver: EBSBackupDriver, double: EC2Double):
    double.action("DescribeVolumes", NextToken="more").reply(volumes(volume(NEW_VOLUME)))
    double.action("DescribeVolumes", MaxResults="1000").reply(volumes(volume(), token="more"))
    targets = driver.iterate_targets()
    assert next(targets).id == VOLUME
    assert len(double.requests) == 1
    assert [target.id for target in targets] == [NEW_VOLUME]


def test_target_has_the_facts_of_botocore(driver: EBSBackupDriver, double: EC2Double):
    inner = volumes(volume(attached=1, kmsKeyId="arn:aws:kms:eu-west-1:1:key/k"))
    double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(inner)
    ours = driver.ex_get_target_by_volume_id(VOLUME)
    [theirs] = botocore_facts("DescribeVolumes", inner)["Volumes"]
    assert (ours.id, ours.address, ours.name) == (theirs["VolumeId"], VOLUME, "data & more")
    assert ours.type == "Volume"
    attachments = [
        {"instance_id": each["InstanceId"], "device": each["Device"], "state": each["State"]}
        for each in theirs["Attachments"]
    ]
    assert ours.extra == {
        "volume-id": VOLUME,
        "size": theirs["Size"],
        "state": theirs["State"],
        "zone": theirs["AvailabilityZone"],
        "volume_type": theirs["VolumeType"],
        "snapshot_id": theirs["SnapshotId"] or None,
        "kms_key_id": theirs["KmsKeyId"],
        "iops": theirs["Iops"],
        "throughput": theirs["Throughput"],
        "encrypted": theirs["Encrypted"],
        "created": theirs["CreateTime"],
        "attachments": attachments,
        "tags": {tag["Key"]: tag["Value"] for tag in theirs["Tags"]},
    }


def test_create_target_names_the_volume(driver: EBSBackupDriver, double: EC2Double):
    double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(volumes(volume())).reply(
        volumes(volume(tags={"Name": "größe"}))
    )
    double.action(
        "CreateTags",
        ResourceId_1=VOLUME,
        Tag_1_Key="keep",
        Tag_1_Value="7",
        Tag_2_Key="Name",
        Tag_2_Value="größe",
    ).reply("<return>true</return>")
    target = driver.create_target("größe", VOLUME, extra={"tags": {"keep": "7"}})
    assert target.name == "größe"


def test_create_target_of_a_missing_volume_raises_does_not_exist(
    driver: EBSBackupDriver, double: EC2Double
):
    double.action("DescribeVolumes").fail(400, "InvalidVolume.NotFound", "The volume is not there")
    with pytest.raises(BackupTargetDoesNotExistError) as caught:
        driver.create_target("n", VOLUME)
    raised = caught.value
    assert (raised.resource_id, raised.provider_code, raised.http_code, raised.request_id) == (
        VOLUME,
        "InvalidVolume.NotFound",
        400,
        "ea966190-f9aa-478e-9ede-EXAMPLE",
    )


def test_create_target_of_another_type_raises_value_error(driver: EBSBackupDriver):
    with pytest.raises(ValueError, match="Virtual"):
        driver.create_target("n", VOLUME, type="Virtual")


def test_update_target_cannot_change_the_address(target: BackupTarget):
    with pytest.raises(ValueError, match="cannot be changed"):
        target.update(address=NEW_VOLUME)


def test_target_from_node_is_its_root_volume(driver: EBSBackupDriver, double: EC2Double):
    mappings = [
        {"device_name": "/dev/sdf", "ebs": {"volume_id": NEW_VOLUME}},
        {"device_name": "/dev/xvda", "ebs": {"volume_id": VOLUME}},
    ]
    extra = {"root_device_name": "/dev/xvda", "block_device_mapping": mappings}
    double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(volumes(volume())).reply(
        volumes(volume())
    )
    node = SimpleNamespace(name="web", extra=extra)
    target = driver.create_target_from_node(node)
    assert (target.id, target.name) == (VOLUME, "data & more")
    with pytest.raises(ValueError, match="no volume"):
        driver.create_target_from_node(SimpleNamespace(name="web", extra={}))


# -- recovery points and jobs ---------------------------------------------------------------------


def test_list_recovery_points_goes_over_pages(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    wanted = {
        "Owner_1": "self",
        "Filter_1_Name": "volume-id",
        "Filter_1_Value_1": VOLUME,
        "Filter_2_Name": "status",
        "Filter_2_Value_1": "completed",
    }
    inner = snapshots(snapshot(), token="more")
    double.action("DescribeSnapshots", **wanted, NextToken="more").reply(
        snapshots(snapshot("snap-2", startTime="2024-03-05T05:06:07.000Z"))
    )
    double.action("DescribeSnapshots", **wanted).reply(inner)
    first, second = driver.list_recovery_points(target)
    [theirs] = botocore_facts("DescribeSnapshots", inner)["Snapshots"]
    assert (first.id, first.date, first.target) == (SNAPSHOT, theirs["StartTime"], target)
    assert first.extra == {
        "size": theirs["VolumeSize"],
        "description": theirs["Description"],
        "owner_id": theirs["OwnerId"],
        "state": theirs["State"],
        "status_message": None,
        "progress": theirs["Progress"],
        "encrypted": theirs["Encrypted"],
        "started": theirs["StartTime"],
        "tags": {},
    }
    assert second.date - first.date < timedelta(days=1)


def test_list_recovery_points_between_dates_without_a_zone_takes_them_for_utc(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots").reply(snapshots(snapshot())).reply(
        snapshots(snapshot())
    ).reply(snapshots(snapshot()))
    day = datetime(2024, 3, 4)
    assert len(driver.list_recovery_points(target, day, day + timedelta(days=1))) == 1
    assert driver.list_recovery_points(target, day + timedelta(days=1)) == []
    assert driver.list_recovery_points(target, None, day) == []


def test_target_without_snapshots_has_no_recovery_points(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots").reply(snapshots())
    double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(volumes(volume()))
    assert driver.list_recovery_points(target) == []


def test_target_that_never_was_raises_does_not_exist(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots").reply(snapshots()).reply(snapshots())
    double.action("DescribeVolumes").fail(400, "InvalidVolume.NotFound")
    with pytest.raises(BackupTargetDoesNotExistError):
        driver.list_recovery_points(target)


@pytest.mark.parametrize(
    ("state", "status", "progress"),
    [
        ("pending", "Running", 37),
        ("completed", "Completed", 100),
        ("error", "Failed", 37),
        ("recoverable", "Completed", 100),
    ],
)
def test_job_is_as_far_as_its_snapshot(
    driver: EBSBackupDriver,
    double: EC2Double,
    target: BackupTarget,
    state: str,
    status: str,
    progress: int,
):
    double.action("DescribeSnapshots", SnapshotId_1=SNAPSHOT).reply(
        snapshots(snapshot(status=state))
    )
    job = driver.get_target_job(target, SNAPSHOT)
    assert (job.id, job.status, job.progress) == (SNAPSHOT, status, progress)
    assert (job.target.id, job.extra["operation"]) == (VOLUME, "backup")


def test_create_target_job_describes_and_tags_the_snapshot(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action(
        "CreateSnapshot",
        VolumeId=VOLUME,
        Description="before",
        TagSpecification_1_ResourceType="snapshot",
        TagSpecification_1_Tag_1_Key="keep",
        TagSpecification_1_Tag_1_Value="7",
    ).reply(snapshot(status="pending", progress=""))
    job = driver.create_target_job(target, {"description": "before", "tags": {"keep": "7"}})
    assert (job.id, job.status, job.progress) == (SNAPSHOT, "Running", 0)


def test_create_target_job_is_not_sent_again(double: EC2Double):
    driver = ebs_driver(double, retry=RetryPolicy(delay=0, max_delay=0))
    double.action("CreateSnapshot").route.fail().exactly(1)
    with pytest.raises(NetworkError):
        driver.create_target_job(BackupTarget(VOLUME, "n", VOLUME, "Volume", driver))


def test_list_target_jobs_has_backups_and_recoveries_at_work(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots", Filter_2_Value_1="pending").reply(
        snapshots(snapshot(status="pending"))
    )
    tag = "libcloud:recovery-of"
    double.action(
        "DescribeVolumes",
        Filter_1_Name=f"tag:{tag}",
        Filter_1_Value_1=VOLUME,
        Filter_2_Name="status",
        Filter_2_Value_1="creating",
    ).reply(volumes(volume(NEW_VOLUME, "creating", snapshotId=SNAPSHOT, tags={tag: VOLUME})))
    backup, recovery = driver.list_target_jobs(target)
    assert (backup.id, backup.status) == (SNAPSHOT, "Running")
    assert (recovery.id, recovery.status, recovery.progress) == (NEW_VOLUME, "Running", 0)
    assert recovery.extra == {
        "operation": "recovery",
        "volume_id": NEW_VOLUME,
        "replaced_volume_id": VOLUME,
        "recovery_point_id": SNAPSHOT,
    }


@pytest.mark.parametrize(
    ("action", "inner", "id"),
    [
        ("DescribeSnapshots", snapshots(snapshot(volumeId="vol-other")), SNAPSHOT),
        ("DescribeVolumes", volumes(volume(NEW_VOLUME)), NEW_VOLUME),
    ],
)
def test_get_target_job_of_another_target_raises_does_not_exist(
    driver: EBSBackupDriver,
    double: EC2Double,
    target: BackupTarget,
    action: str,
    inner: str,
    id: str,
):
    double.action(action).reply(inner)
    with pytest.raises(BackupJobDoesNotExistError) as caught:
        driver.get_target_job(target, id)
    assert caught.value.resource_id == id


@pytest.mark.parametrize(
    ("action", "code", "id"),
    [
        ("DescribeSnapshots", "InvalidSnapshot.NotFound", SNAPSHOT),
        ("DescribeSnapshots", "InvalidSnapshotID.Malformed", "x"),
        ("DescribeVolumes", "InvalidVolume.NotFound", NEW_VOLUME),
    ],
)
def test_get_target_job_that_is_missing_raises_does_not_exist(
    driver: EBSBackupDriver,
    double: EC2Double,
    target: BackupTarget,
    action: str,
    code: str,
    id: str,
):
    double.action(action).fail(400, code)
    with pytest.raises(BackupJobDoesNotExistError):
        driver.get_target_job(target, id)


# -- recovery -------------------------------------------------------------------------------------


def test_recover_target_makes_a_volume_like_the_old_one(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots", SnapshotId_1=SNAPSHOT).reply(
        snapshots(snapshot(volumeSize="20"))
    )
    old = volume(
        encrypted="true",
        kmsKeyId="arn:aws:kms:eu-west-1:1:key/k",
        tags={"Name": "data", "aws:cloudformation:stack-name": "s"},
    )
    double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(volumes(old))
    made = volume(NEW_VOLUME, "creating", tags={"libcloud:recovery-of": VOLUME})
    double.action("CreateVolume").reply(made)
    job = point_of(target).recover()
    assert (job.id, job.status, job.target) == (NEW_VOLUME, "Running", target)
    assert job.extra["replaced_volume_id"] == VOLUME
    [form] = double.forms("CreateVolume")
    assert form.pop("ClientToken")
    assert form == {
        "Action": "CreateVolume",
        "AvailabilityZone": "eu-west-1b",
        "SnapshotId": SNAPSHOT,
        "Size": "20",
        "VolumeType": "gp3",
        "Iops": "3500",
        "Throughput": "130",
        "Encrypted": "true",
        "KmsKeyId": "arn:aws:kms:eu-west-1:1:key/k",
        "TagSpecification.1.ResourceType": "volume",
        "TagSpecification.1.Tag.1.Key": "Name",
        "TagSpecification.1.Tag.1.Value": "data",
        "TagSpecification.1.Tag.2.Key": "libcloud:recovery-of",
        "TagSpecification.1.Tag.2.Value": VOLUME,
    }


def attached_volume(double: EC2Double) -> Any:
    """The answers up to the moment when the old volume is to be detached."""
    double.action("DescribeSnapshots", SnapshotId_1=SNAPSHOT).reply(snapshots(snapshot()))
    double.action("CreateVolume").reply(volume(NEW_VOLUME, "creating"))
    double.action("DescribeVolumes", VolumeId_1=NEW_VOLUME).fail(
        400, "InvalidVolume.NotFound", "EC2 does not know it yet."
    ).reply(volumes(volume(NEW_VOLUME, "creating"))).reply(volumes(volume(NEW_VOLUME)))
    return double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(
        volumes(volume(status="in-use", attached=1))
    )


PLACE = {"InstanceId": f"{INSTANCE}0", "Device": "/dev/sdf"}


def test_recover_target_that_is_attached_swaps_the_volumes(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    attached_volume(double).reply(volumes(volume(status="in-use", attached=1))).reply(
        volumes(volume())
    )
    double.action("DetachVolume", VolumeId=VOLUME, InstanceId=PLACE["InstanceId"]).reply(
        "<status>detaching</status>"
    )
    double.action("AttachVolume", VolumeId=NEW_VOLUME, **PLACE).reply("<status>attaching</status>")
    job = driver.recover_target(target, point_of(target))
    assert (job.id, job.status, job.progress) == (NEW_VOLUME, "Completed", 100)
    actions = [form["Action"] for form in double.forms()]
    assert actions.index("DetachVolume") < actions.index("AttachVolume")
    assert "DeleteVolume" not in actions


def test_recover_target_whose_volume_cannot_be_detached_leaves_nothing(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    attached_volume(double)
    double.action("DetachVolume").fail(400, "OperationNotPermitted", "it is the root device")
    double.action("DeleteVolume", VolumeId=NEW_VOLUME).reply("<return>true</return>")
    with pytest.raises(ConflictError, match="root device"):
        driver.recover_target(target, point_of(target))


def test_recover_target_whose_volume_cannot_be_attached_attaches_the_old_one(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    attached_volume(double).reply(volumes(volume()))
    double.action("DetachVolume").reply("<status>detaching</status>")
    double.action("AttachVolume", VolumeId=NEW_VOLUME).fail(400, "IncorrectState")
    double.action("AttachVolume", VolumeId=VOLUME, **PLACE).reply("<status>attaching</status>")
    with pytest.raises(ConflictError, match=f"{NEW_VOLUME}.*{VOLUME} is attached again"):
        driver.recover_target(target, point_of(target))


def test_recover_target_that_leaves_no_volume_attached_says_so(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    attached_volume(double).reply(volumes(volume()))
    double.action("DetachVolume").reply("<status>detaching</status>")
    double.action("AttachVolume").fail(400, "IncorrectState").fail(503, "Unavailable")
    with pytest.raises(ConflictError, match=f"{NEW_VOLUME}.*{VOLUME} is detached"):
        driver.recover_target(target, point_of(target))


def test_recover_target_that_takes_too_long_names_the_volumes(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    driver.recovery_timeout = 0
    double.action("DescribeSnapshots").reply(snapshots(snapshot()))
    double.action("CreateVolume").reply(volume(NEW_VOLUME, "creating"))
    double.action("DescribeVolumes", VolumeId_1=NEW_VOLUME).reply(
        volumes(volume(NEW_VOLUME, "creating"))
    )
    double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(
        volumes(volume(status="in-use", attached=1))
    )
    with pytest.raises(WaitTimeoutError, match=f"{NEW_VOLUME} to take the place of {VOLUME}"):
        driver.recover_target(target, point_of(target))


def test_recover_target_whose_new_volume_fails_touches_nothing(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots").reply(snapshots(snapshot()))
    double.action("CreateVolume").reply(volume(NEW_VOLUME, "creating"))
    double.action("DescribeVolumes", VolumeId_1=NEW_VOLUME).reply(
        volumes(volume(NEW_VOLUME, "error"))
    )
    double.action("DescribeVolumes", VolumeId_1=VOLUME).reply(
        volumes(volume(status="in-use", attached=1))
    )
    with pytest.raises(ConflictError, match=NEW_VOLUME):
        driver.recover_target(target, point_of(target))


def test_recover_target_that_is_attached_twice_raises_conflict(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots").reply(snapshots(snapshot()))
    double.action("DescribeVolumes").reply(volumes(volume(status="in-use", attached=2)))
    with pytest.raises(ConflictError, match="more than once"):
        driver.recover_target(target, point_of(target))


def test_recover_target_to_a_path_raises_value_error(target: BackupTarget):
    with pytest.raises(ValueError, match="whole volumes"):
        point_of(target).recover("/etc")


def test_recover_target_to_a_missing_point_raises_does_not_exist(
    driver: EBSBackupDriver, double: EC2Double, target: BackupTarget
):
    double.action("DescribeSnapshots").fail(400, "InvalidSnapshot.NotFound")
    with pytest.raises(BackupRecoveryPointDoesNotExistError) as caught:
        driver.recover_target(target, point_of(target))
    assert caught.value.resource_id == SNAPSHOT


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "AuthFailure", InvalidCredsError),
        (403, "UnauthorizedOperation", PermissionDeniedError),
        (503, "RequestLimitExceeded", RateLimitReachedError),
        (400, "SnapshotLimitExceeded", QuotaExceededError),
        (400, "IncorrectState", ConflictError),
        (503, "Unavailable", ServiceUnavailableError),
    ],
)
def test_error_code_becomes_its_class(
    driver: EBSBackupDriver,
    double: EC2Double,
    target: BackupTarget,
    status: int,
    code: str,
    expected: type[LibcloudError],
):
    double.action("CreateSnapshot").fail(status, code)
    with pytest.raises(expected) as caught:
        driver.create_target_job(target)
    assert (caught.value.provider_code, caught.value.http_code) == (code, status)


def test_listing_that_is_throttled_is_sent_again(double: EC2Double):
    driver = ebs_driver(double, retry=RetryPolicy(delay=0, max_delay=0))
    double.action("DescribeVolumes").fail(503, "RequestLimitExceeded").reply(volumes(volume()))
    assert len(driver.list_targets()) == 1


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("<html/>", lambda driver, target: driver.list_targets()),
        ("{}", lambda driver, target: driver.list_targets()),
        (
            f'<DescribeVolumesResponse xmlns="{NAMESPACE}"><volumeSet><item/></volumeSet>'
            "</DescribeVolumesResponse>",
            lambda driver, target: driver.list_targets(),
        ),
        (
            f'<DescribeSnapshotsResponse xmlns="{NAMESPACE}">'
            + snapshots(snapshot(startTime="soon"))
            + "</DescribeSnapshotsResponse>",
            lambda driver, target: driver.list_recovery_points(target),
        ),
        (
            f'<CreateSnapshotResponse xmlns="{NAMESPACE}">'
            + snapshot(status="pending", progress="much")
            + "</CreateSnapshotResponse>",
            lambda driver, target: driver.create_target_job(target),
        ),
    ],
)
def test_strange_answer_raises_malformed_response(body: str, call: Any):
    # No description judges these: they follow none.
    with HTTPDouble() as double:
        driver = ebs_driver(double)
        double.on("POST", "/").reply(text=body)
        with pytest.raises(MalformedResponseError):
            call(driver, BackupTarget(VOLUME, "n", VOLUME, "Volume", driver))


def test_answer_that_is_cut_raises_network_error():
    with FaultServer([truncate(b"<DescribeVolumesResponse>", 1000)]) as server:
        driver = EBSBackupDriver(
            "AKID",
            "secret",
            "eu-west-1",
            secure=False,
            host="127.0.0.1",
            port=server.port,
            retry=None,
        )
        with pytest.raises(NetworkError):
            driver.list_targets()
