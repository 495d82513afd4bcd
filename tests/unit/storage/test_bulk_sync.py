"""One container made like another."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import tracemalloc
import uuid
from pathlib import Path

import pytest

from libcloud.common.errors import MalformedResponseError, NetworkError
from libcloud.storage import bulk
from libcloud.storage.base import Container, Object
from libcloud.storage.bulk import listing
from libcloud.storage.bulk.listing import Spool, by_name, side_by_side
from libcloud.storage.drivers.dummy import DummyStorageDriver
from libcloud.storage.drivers.local import LocalStorageDriver
from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.storage.types import ContainerDoesNotExistError

MIB = 1024 * 1024


class Flaky(DummyStorageDriver):
    """Fails with the objects whose name begins with "bad", and remembers what it was asked."""

    def __init__(self, *args):
        super().__init__(*args)
        self.asked = []

    def download_object_as_stream(self, obj, chunk_size=None):
        if obj.name.startswith("bad"):
            raise NetworkError("reset")
        return super().download_object_as_stream(obj, chunk_size)

    def get_object(self, container_name, object_name):
        self.asked.append(object_name)
        return super().get_object(container_name, object_name)


@pytest.fixture
def source():
    return Flaky("key", "secret").create_container("source")


@pytest.fixture
def target():
    return Flaky("key", "secret").create_container("target")


@pytest.fixture
def s3(moto_server):
    return S3StorageDriver(
        moto_server.key,
        moto_server.secret,
        host=moto_server.host,
        port=moto_server.port,
        secure=False,
    )


@pytest.fixture
def bucket(s3):
    return s3.create_container(f"sync-{uuid.uuid4().hex}")


@pytest.fixture
def local(tmp_path):
    (tmp_path / "root").mkdir()
    return LocalStorageDriver(str(tmp_path / "root")).create_container("local")


def put(container, contents):
    for name, content in contents.items():
        container.upload_object_via_stream(iter([content]), name)


def contents(container):
    return {obj.name: b"".join(obj.as_stream()) for obj in container.iterate_objects()}


def counts(report):
    return report.done, report.deleted, report.skipped, report.failed


OLD = {"same": b"1", "changed": b"old", "extra/a": b"x", "extra/b": b"x", "a.b": b"x"}
NEW = {"same": b"1", "changed": b"new", "added//x": b"+", "a/b": b"y", "a.b": b"x"}


@pytest.mark.parametrize("kinds", ["dummy local", "local s3", "s3 local", "s3 dummy", "dummy s3"])
def test_sync_between_two_providers(kinds, source, bucket, local):
    known = {"dummy": source, "local": local, "s3": bucket}
    origin, target = (known[kind] for kind in kinds.split())
    put(origin, NEW)
    put(target, OLD)
    assert counts(bulk.sync(origin, target)) == (3, 0, 2, 0)
    assert contents(target) == {**OLD, **NEW}
    assert counts(bulk.sync(origin, target, delete=True)) == (2, 2, 5, 0)
    assert contents(target) == NEW
    assert counts(bulk.sync(origin, target, delete=True)) == (0, 0, 5, 0)


def test_sync_of_folders(tmp_path, source):
    folder = tmp_path / "folder"
    put(source, NEW)
    bulk.sync(source, folder)
    assert (folder / "a/b").read_bytes() == b"y"
    (folder / "a/b").unlink()
    (folder / "more").write_bytes(b"more")
    bulk.sync(str(folder), source, delete=True)
    assert sorted(contents(source)) == sorted({*NEW, "more"} - {"a/b"})


def test_sync_to_a_folder_keeps_no_metadata_but_to_a_container_it_does(tmp_path, source, local):
    extra = {"content_type": "text/x-novel", "meta_data": {"a": "b"}}
    source.upload_object_via_stream(iter([b"x"]), "x", extra=extra)
    bulk.sync(source, tmp_path / "folder")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["x"]
    bulk.sync(source, local)
    assert local.get_object("x").meta_data == {"a": "b"}


def test_sync_asks_for_no_single_object(source, target):
    put(source, NEW)
    put(target, OLD)
    source.driver.asked.clear()
    target.driver.asked.clear()
    bulk.sync(source, target, delete=True)
    assert source.driver.asked == target.driver.asked == []


def test_sync_leaves_alone_what_has_not_the_prefix(source, target):
    put(source, {"a/1": b"1", "b/1": b"1"})
    put(target, {"a/2": b"2", "b/2": b"2"})
    bulk.sync(source, target, prefix="a/", delete=True)
    assert contents(target) == {"a/1": b"1", "b/2": b"2"}


def test_dry_run_tells_what_would_be_done_and_does_nothing(source, target):
    put(source, NEW)
    put(target, OLD)
    dry, real = [], []
    report = bulk.sync(source, target, delete=True, dry_run=True, on_result=dry.append)
    assert contents(target) == OLD
    assert report == bulk.Report(done=5, deleted=2, skipped=2)
    bulk.sync(source, target, delete=True, on_result=real.append)
    assert sorted((r.action, r.name, r.status) for r in dry) == sorted(
        (r.action, r.name, r.status) for r in real
    )


def test_dry_run_makes_no_folder(tmp_path, source):
    put(source, NEW)
    report = bulk.sync(source, tmp_path / "missing", dry_run=True)
    assert counts(report) == (5, 0, 0, 0)
    assert not list(tmp_path.iterdir())


def test_nothing_is_deleted_when_an_object_failed(source, target):
    put(source, {"a": b"1", "bad": b"1"})
    put(target, {"extra": b"x"})
    with pytest.raises(bulk.BulkError, match="1 of 2"):
        bulk.sync(source, target, delete=True)
    assert contents(target) == {"a": b"1", "extra": b"x"}
    taken = []
    bulk.sync(source, target, delete=True, on_error=taken.append)
    assert len(taken) == 1
    assert "extra" in contents(target)


def test_nothing_is_deleted_when_a_listing_breaks_off(source, target):
    class BreaksOff(DummyStorageDriver):
        listing_is_sorted = True

        def iterate_container_objects(self, container, prefix=None, ex_prefix=None):
            yield from super().iterate_container_objects(container, prefix)
            raise NetworkError("reset")

    origin = BreaksOff("key", "secret").create_container("origin")
    put(origin, {"a": b"1"})
    put(target, {"0": b"x", "extra": b"x"})
    with pytest.raises(NetworkError):
        bulk.sync(origin, target, delete=True)
    assert contents(target) == {"0": b"x", "a": b"1", "extra": b"x"}


def test_missing_containers_raise_their_error(source, s3, tmp_path):
    missing = Container("missing-bucket", {}, s3)
    for sides in ((source, missing), (missing, source)):
        with pytest.raises(ContainerDoesNotExistError):
            bulk.sync(*sides)
    with pytest.raises(FileNotFoundError):
        bulk.sync(tmp_path / "missing", source)


# -- listings -------------------------------------------------------------------------------------


def test_listing_that_is_sorted_is_read_as_it_is_needed(bucket, source):
    read = []

    class Sorted(DummyStorageDriver):
        listing_is_sorted = True

        def iterate_container_objects(self, container, prefix=None, ex_prefix=None):
            for number in range(10**6):
                read.append(number)
                yield Object(f"{number:07}", 1, None, {}, {}, container, self)

    container = Sorted("key", "secret").create_container("sorted")
    names = by_name(container)
    assert [next(names).name for _ in range(3)] == ["0000000", "0000001", "0000002"]
    assert len(read) == 3
    assert S3StorageDriver.listing_is_sorted


def test_listing_that_is_not_in_the_order_that_the_driver_says_is_malformed(target):
    class Liar(DummyStorageDriver):
        listing_is_sorted = True

    liar = Liar("key", "secret").create_container("liar")
    put(liar, {"b": b"1", "a": b"1"})
    with pytest.raises(MalformedResponseError, match="order"):
        bulk.sync(liar, target)


def test_listing_of_s3_is_in_the_order_that_we_take_it_for(bucket):
    names = ["a", "A", "a/b", "a.b", "a b", "é", "\uffee", "\U0001f308", "zz", "_"]
    put(bucket, dict.fromkeys(names, b"x"))
    assert [obj.name for obj in by_name(bucket)] == sorted(names)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 100, 101])
def test_listing_that_is_not_sorted_is_sorted_on_disk(source, monkeypatch, count):
    monkeypatch.setattr(listing, "CHUNK", 10)
    monkeypatch.setattr(listing, "BLOCK", 3)
    names = [f"{n:04} é" for n in range(count)]
    random.Random(1).shuffle(names)
    put(source, dict.fromkeys(names, b"x"))
    found = list(by_name(source))
    assert [obj.name for obj in found] == sorted(names)
    assert all(obj.driver is source.driver and obj.container.name == "source" for obj in found)


def test_listing_that_names_an_object_twice_has_it_once(target):
    class Twice(DummyStorageDriver):
        def iterate_container_objects(self, container, prefix=None, ex_prefix=None):
            yield from super().iterate_container_objects(container, prefix)
            yield from super().iterate_container_objects(container, prefix)

    for is_sorted in (False, True):
        twice = Twice("key", "secret").create_container("twice")
        twice.driver.listing_is_sorted = is_sorted
        put(twice, {"a": b"1"})
        assert [obj.name for obj in by_name(twice)] == ["a"]


def test_spooled_objects_come_back_whole_and_leave_no_credentials(local, monkeypatch):
    opened = []
    temporary = listing.tempfile.TemporaryFile
    monkeypatch.setattr(
        listing.tempfile, "TemporaryFile", lambda: opened.append(temporary()) or opened[-1]
    )
    secret = f"secret-{uuid.uuid4().hex}"
    dummy = DummyStorageDriver("key", secret).create_container("dummy")
    put(local, {"a": b"abc"})
    put(dummy, {"b": b"abc"})
    objects = [*local.iterate_objects(), *dummy.iterate_objects()]
    with Spool() as spool:
        place = spool.write(objects)
        [a, b] = spool.read(place)
        opened[0].seek(0)
        assert secret.encode() not in opened[0].read()
    assert b"".join(a.as_stream()) == b"".join(b.as_stream()) == b"abc"
    assert a.hash == b.hash  # the local one is still computed when it is read
    assert (a.driver, b.driver) == (local.driver, dummy.driver)
    assert opened[0].closed


def test_side_by_side_pairs_names():
    def objects(names):
        return (Object(name, 0, None, {}, {}, None, None) for name in names)

    pairs = side_by_side(objects("abdf"), objects("bcfgh"))
    assert [tuple(obj and obj.name for obj in pair) for pair in pairs] == [
        ("a", None),
        ("b", "b"),
        (None, "c"),
        ("d", None),
        ("f", "f"),
        (None, "g"),
        (None, "h"),
    ]


class Generated(DummyStorageDriver):
    """Lists many objects, in no order, and none of them is kept in memory."""

    count = 0

    def iterate_container_objects(self, container, prefix=None, ex_prefix=None):
        for number in range(self.count):
            name = f"{number * 7919 % self.count:08}"
            yield Object(name, 5, "a" * 32, {}, {}, container, self)

    def delete_object(self, obj):
        return True


def test_sync_of_long_listings_takes_no_more_memory_than_of_short_ones(monkeypatch):
    monkeypatch.setattr(listing, "CHUNK", 1000)
    monkeypatch.setattr(listing, "BLOCK", 20)

    def peak(count):
        here, there = (Generated("key", "secret").create_container("many") for _ in range(2))
        here.driver.count, there.driver.count = count, count + 2
        tracemalloc.start()
        try:
            report = bulk.sync(here, there, delete=True, threads=2)
            assert counts(report) == (2, 2, count, 0)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    # Both are sorted on disk, of which a chunk, and a block of each chunk, is in memory.
    few, many = peak(2_001), peak(20_001)
    assert many < few + MIB, (few / MIB, many / MIB)


# -- killed ---------------------------------------------------------------------------------------


PROGRAM = """
    import signal, sys, time
    from libcloud.storage import bulk

    signal.signal(signal.SIGINT, signal.default_int_handler)
    seen = []

    def on_result(result):
        seen.append(result)
        if len(seen) == 20:
            print("working", flush=True)
            # Not one long wait: a signal that comes just before it would be seen after it.
            while True:
                time.sleep(0.01)

    bulk.sync(sys.argv[1], sys.argv[2], threads=4, on_result=on_result)
"""


@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_sync_that_was_killed_goes_on(tmp_path, how):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for number in range(200):
        (source / f"{number}").write_bytes(os.urandom(1000 + number))
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(source), str(target)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout.readline() == "working\n"
        process.send_signal(getattr(signal, how))
        process.wait(60)
    assert process.returncode
    arrived = [path for path in target.iterdir() if not path.name.startswith(".")]
    assert 20 <= len(arrived) < 200
    for path in arrived:
        assert path.read_bytes() == (source / path.name).read_bytes()
    if how == "SIGINT":
        assert not list(target.glob(".*"))
    report = bulk.sync(source, target)
    assert counts(report) == (200 - len(arrived), 0, len(arrived), 0)
    assert {p.name: p.read_bytes() for p in Path(target).iterdir()} == {
        p.name: p.read_bytes() for p in source.iterdir()
    }
