"""
The calls: what each does, which requests it takes, and how to tell that its answer is its own.

The name of a call is in all that it sends, and the server's answers are made of it: an answer to
another call is a wrong one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple

from plan import Plan, Step, content_of, parts_of

from libcloud.common.errors import (
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    RateLimitReachedError,
    ServiceUnavailableError,
)
from libcloud.common.retry import RetryPolicy
from libcloud.compute.base import Node, NodeImage, NodeLocation, NodeSize
from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.dns.base import Zone
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.drivers.route53 import Route53DNSDriver
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.local import LocalStorageDriver
from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.storage.types import ObjectHashMismatchError

__all__ = ["SECRET", "TOKEN", "WORK", "Call", "Expected", "Work"]

SECRET = "correct-horse-battery-staple"
TOKEN = "session-token-of-the-soak"
ATTEMPTS = 3
RETRY = RetryPolicy(attempts=ATTEMPTS, delay=0.001)

ERRORS: dict[str, type[Exception]] = {
    "503": ServiceUnavailableError,
    "429": RateLimitReachedError,
    "html": MalformedResponseError,
    "short": MalformedResponseError,
}
"""What a call raises after a fault; a NetworkError after all others."""


class Expected(NamedTuple):
    """
    How a call has to end.

    :param error: The error that it raises; None when it returns the right answer.
    :param either: It may also do the other of the two, which the plan alone does not tell.
    """

    error: type[Exception] | None = None
    either: bool = False


class Call(NamedTuple):
    """
    A kind of call.

    :param do: Does it, and asserts that the answer is its own.
    :param expected: How it has to end.
    :param share: How many of a hundred calls are of this kind.
    """

    do: Callable[[Any, str], None]
    expected: Callable[[Plan, str], Expected]
    share: int


class Work(NamedTuple):
    """
    :param make: Makes the driver, of the server's port and the time-out in seconds.
    """

    make: Callable[[int, float], Any]
    calls: dict[str, Call]


def error_after(fault: str) -> type[Exception]:
    return ERRORS.get(fault, NetworkError)


def in_turn(steps: Callable[[str], list[Step]]) -> Callable[[Plan, str], Expected]:
    """Of a call that sends one request after the other, each of which the plan foretells."""

    def expected(plan: Plan, call: str) -> Expected:
        fault = plan.outcome(steps(call), ATTEMPTS)
        return Expected(None if fault is None else error_after(fault))

    return expected


def unless_faulty(steps: Callable[[str], list[Step]]) -> Callable[[Plan, str], Expected]:
    """Of a call that goes other ways after a fault: it works, or it says that it did not."""

    def expected(plan: Plan, call: str) -> Expected:
        is_faulty = any(plan.fault(step.label, step.answer, 0) for step in steps(call))
        return Expected(LibcloudError if is_faulty else None, either=is_faulty)

    return expected


def download(answer: str) -> Callable[[Plan, str], Expected]:
    """Of a download, which is sent again before its body, and goes on after a break within."""

    def expected(plan: Plan, call: str) -> Expected:
        faults = plan.faults(Step(f"{call} get", answer), ATTEMPTS)
        for number, fault in enumerate(faults):
            if fault == "stall":
                return Expected(NetworkError)
            if fault == "short":
                # The rest of a download has a length of its own.
                return Expected(ObjectHashMismatchError, either=number > 0)
        return Expected(LibcloudError if len(faults) == ATTEMPTS else None, len(faults) == ATTEMPTS)

    return expected


def step(text: str, answer: str, repeatable: bool = True) -> Callable[[str], list[Step]]:
    return lambda call: [Step(text.format(call), answer, repeatable)]


def check(is_right: Any, what: Any) -> None:
    if not is_right:
        raise AssertionError(what)


# --- S3 -------------------------------------------------------------------------------------------


def make_s3(port: int, timeout: float) -> Any:
    driver = S3StorageDriver(
        "key", SECRET, token=TOKEN, region="eu-west-1", **at(port), timeout=timeout, retry=RETRY
    )
    driver.part_size = 2000
    return driver


def at(port: int) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "secure": False}


def stored(driver: Any, call: str, suffix: str = "") -> Object:
    container = Container("bucket", {}, driver)
    size = len(content_of(call))
    return Object(call + suffix, size, None, {}, {}, container, driver)


def head(driver: Any, call: str) -> None:
    found = driver.get_object("bucket", call)
    check(found.name == call and found.size == len(content_of(call)), found)


def read_stream(driver: Any, call: str) -> None:
    content = b"".join(driver.download_object_as_stream(stored(driver, call)))
    check(content == content_of(call), f"{len(content)} bytes, which are not its own")


def read_file(driver: Any, call: str) -> None:
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        path = os.path.join(folder, "file")
        try:
            driver.download_object(stored(driver, call, ".file"), path)
        except LibcloudError:
            check(not os.listdir(folder), f"left behind: {os.listdir(folder)}")
            raise
        with open(path, "rb") as file:
            content = file.read()
        check(content == content_of(call), f"{len(content)} bytes, which are not its own")


def put(driver: Any, call: str) -> None:
    content = content_of(call)
    obj = driver.upload_object_via_stream(
        iter([content[:100], content[100:]]), bucket(driver), call
    )
    check(obj.size == len(content), obj)


def put_in_parts(driver: Any, call: str) -> None:
    content = content_of(call, 5000)
    obj = driver.upload_object_via_stream(iter([content]), bucket(driver), call)
    check(obj.size == len(content) and obj.hash.endswith("-3"), obj)


def list_objects(driver: Any, call: str) -> None:
    found = [
        (obj.name, obj.size, obj.hash) for obj in bucket(driver).list_objects(prefix=f"{call}/")
    ]
    wanted = [
        (f"{call}/{page}-{number}", page, f"{number:032x}")
        for page in (1, 2, 3)
        for number in range(5)
    ]
    check(found == wanted, found)


def delete(driver: Any, call: str) -> None:
    check(driver.delete_object(stored(driver, call)) is True, "not True")


def bucket(driver: Any) -> Container:
    return Container("bucket", {}, driver)


def steps_of_parts(call: str) -> list[Step]:
    parts = range(1, len(parts_of(content_of(call, 5000))) + 1)
    return [
        Step(f"{call} begin", "document"),
        *(Step(f"{call} part {number}", "etag") for number in parts),
        Step(f"{call} complete", "document"),
    ]


S3 = Work(
    make_s3,
    {
        "get_object": Call(head, in_turn(step("{} head", "nothing")), 24),
        "download as stream": Call(read_stream, download("stream"), 16),
        "download to file": Call(read_file, download("file"), 10),
        "upload": Call(put, in_turn(step("{} put", "etag")), 20),
        "upload in parts": Call(put_in_parts, unless_faulty(steps_of_parts), 3),
        "list": Call(
            list_objects,
            in_turn(lambda call: [Step(f"{call} list {page}", "document") for page in ("", 2, 3)]),
            15,
        ),
        "delete": Call(delete, in_turn(step("{} delete", "nothing")), 12),
    },
)


# --- EC2 ------------------------------------------------------------------------------------------


def make_ec2(port: int, timeout: float) -> Any:
    return EC2NodeDriver("key", SECRET, token=TOKEN, **at(port), timeout=timeout, retry=RETRY)


def list_nodes(driver: Any, call: str) -> None:
    found = [node.id for node in driver.list_nodes(ex_filters={"tag:Name": call})]
    wanted = [f"i-{call}-{page}-{number}" for page in (1, 2, 3) for number in range(3)]
    check(found == wanted, found)


def create_node(driver: Any, call: str) -> None:
    size = NodeSize("t3.micro", "s", 1, 1, 1, 1, driver)
    node = driver.create_node(call, size, NodeImage("ami-1", "image", driver))
    check((node.id, node.name) == (f"i-{call}", call), node)


def create_volume(driver: Any, call: str) -> None:
    size = int(call.rpartition("-")[2]) % 900 + 1
    location = NodeLocation("us-east-1a", "us-east-1a", "US", driver)
    volume = driver.create_volume(size, call, location)
    check((volume.id, volume.size) == (f"vol-{call}", size), volume)


def create_key_pair(driver: Any, call: str) -> None:
    pair = driver.create_key_pair(call)
    check((pair.name, pair.private_key) == (call, f"PEM {call}"), pair)


def destroy_node(driver: Any, call: str) -> None:
    check(driver.destroy_node(Node(f"i-{call}", call, "running", [], [], driver)), "not True")


EC2 = Work(
    make_ec2,
    {
        "list_nodes": Call(
            list_nodes,
            in_turn(
                lambda call: [
                    Step(f"{call} DescribeInstances {token}", "document")
                    for token in ("", f"{call}.2", f"{call}.3")
                ]
            ),
            40,
        ),
        "create_node": Call(create_node, in_turn(step("{} RunInstances ", "document")), 20),
        "create_volume": Call(create_volume, in_turn(step("{} CreateVolume ", "document")), 10),
        # It has no token, so it must never be sent twice.
        "create_key_pair": Call(
            create_key_pair, in_turn(step("{} CreateKeyPair ", "document", False)), 15
        ),
        "destroy_node": Call(destroy_node, in_turn(step("{} TerminateInstances ", "document")), 15),
    },
)


# --- DNS ------------------------------------------------------------------------------------------


def make_route53(port: int, timeout: float) -> Any:
    return Route53DNSDriver("key", SECRET, token=TOKEN, **at(port), timeout=timeout, retry=RETRY)


def make_powerdns(port: int, timeout: float) -> Any:
    return PowerDNSDriver(SECRET, **at(port), timeout=timeout, retry=RETRY)


def zone_of(driver: Any, call: str) -> Zone:
    zone_id = f"{call}.com." if isinstance(driver, PowerDNSDriver) else f"Z{call}"
    return Zone(zone_id, f"{call}.com", "master", None, driver)


def get_zone(driver: Any, call: str) -> None:
    zone = driver.get_zone(zone_of(driver, call).id)
    check(zone.domain == f"{call}.com", zone)


def list_records(driver: Any, call: str) -> None:
    records = zone_of(driver, call).list_records()
    check([record.name for record in records] == ["r1", "r2", "r3"], records)
    check(all(record.zone.domain == f"{call}.com" for record in records), records)


def create_record(driver: Any, call: str) -> None:
    record = zone_of(driver, call).create_record("new", "A", "192.0.2.9")
    check((record.name, record.data) == ("new", "192.0.2.9"), record)


def create_zone(driver: Any, call: str) -> None:
    check(driver.create_zone(f"{call}.com").domain == f"{call}.com", "another zone")


ROUTE53 = Work(
    make_route53,
    {
        "get_zone": Call(get_zone, in_turn(step("{} zone", "document")), 30),
        "list_records": Call(
            list_records,
            in_turn(
                lambda call: [
                    Step(f"{call} sets {name}", "document")
                    for name in ("", f"r2.{call}.com.", f"r3.{call}.com.")
                ]
            ),
            30,
        ),
        # When an answer got lost they look again whether the work is done.
        "create_record": Call(
            create_record,
            unless_faulty(
                lambda call: [
                    Step(f"{call} sets new.{call}.com.", "document"),
                    Step(f"{call} change", "document"),
                ]
            ),
            20,
        ),
        "create_zone": Call(create_zone, unless_faulty(step("{} zone", "document")), 20),
    },
)

POWERDNS = Work(
    make_powerdns,
    {
        "get_zone": Call(get_zone, in_turn(step("{} zone", "document")), 35),
        "list_records": Call(list_records, in_turn(step("{} zone", "document")), 35),
        "create_record": Call(
            create_record,
            in_turn(
                lambda call: [Step(f"{call} zone", "document"), Step(f"{call} patch", "nothing")]
            ),
            15,
        ),
        "create_zone": Call(create_zone, in_turn(step("{} create", "document", False)), 15),
    },
)


# --- LOCAL ----------------------------------------------------------------------------------------


class _Broken(OSError):
    """What the source of an upload says, when it breaks."""


class _Local:
    """There is no network: what gets in the way are other threads, and sources that break."""

    @staticmethod
    def make(port: int, timeout: float) -> Any:
        driver = LocalStorageDriver(tempfile.mkdtemp(prefix="soak-local-"))
        driver.create_container("bucket")
        return driver

    @staticmethod
    def keep(driver: Any, call: str) -> None:
        """Write, read, list and delete one object among those of all others."""
        content = content_of(call)
        name = f"{call[-2:]}/{call}"
        obj = driver.upload_object_via_stream(iter([content]), bucket(driver), name)
        found = driver.get_object("bucket", name)
        check((found.size, found.name) == (len(content), name), found)
        check(b"".join(found.as_stream()) == content, "content of another")
        listed = [found.name for found in bucket(driver).list_objects(prefix=name)]
        check(listed == [name], listed)
        check(driver.delete_object(obj), "not True")

    @staticmethod
    def overwrite(driver: Any, call: str) -> None:
        """Write what all threads write: whatever is read is the content of one of them."""
        content = call.encode() * 50
        driver.upload_object_via_stream(
            iter([content[:99], content[99:]]), bucket(driver), "shared"
        )
        found = b"".join(driver.get_object("bucket", "shared").as_stream())
        one = found[: len(found) // 50]
        check(found == one * 50 and one.startswith(b"call-"), found[:200])

    @staticmethod
    def break_off(driver: Any, call: str) -> None:
        """An upload whose source breaks leaves what was there before."""
        content = content_of(call)
        name = f"broken/{call}"
        obj = driver.upload_object_via_stream(iter([content]), bucket(driver), name)
        try:
            driver.upload_object_via_stream(_breaking(), bucket(driver), name)
        except _Broken:
            pass
        else:
            raise AssertionError("the source broke, and nobody said so")
        check(b"".join(obj.as_stream()) == content, "half of an upload")
        check(driver.delete_object(obj), "not True")


def _breaking() -> Any:
    yield b"half"
    raise _Broken("the source broke")


def _always_right(plan: Plan, call: str) -> Expected:
    return Expected()


LOCAL = Work(
    _Local.make,
    {
        "one's own": Call(_Local.keep, _always_right, 70),
        "overwrite": Call(_Local.overwrite, _always_right, 20),
        "broken source": Call(_Local.break_off, _always_right, 10),
    },
)

WORK = {"s3": S3, "ec2": EC2, "route53": ROUTE53, "powerdns": POWERDNS, "local": LOCAL}
