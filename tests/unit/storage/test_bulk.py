"""Uploads, downloads, copies and deletions of many objects, on real drivers."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
import uuid
import weakref
from pathlib import Path

import pytest

from libcloud.common.errors import InvalidRequestError, LibcloudError, NetworkError
from libcloud.storage import bulk
from libcloud.storage.base import Container, Object
from libcloud.storage.bulk.sameness import modified
from libcloud.storage.drivers.dummy import DummyStorageDriver
from libcloud.storage.drivers.local import LocalStorageDriver
from libcloud.storage.drivers.s3 import S3StorageDriver
from libcloud.storage.types import (
    ContainerDoesNotExistError,
    ObjectDoesNotExistError,
    ObjectHashMismatchError,
)
from tests.conformance.test_storage_s3 import boto_client

MIB = 1024 * 1024
HOSTILE = [
    "../x",
    "/abs",
    "dir//x",
    "./dot",
    "a/../../b",
    "folder/",
    "a\\..\\b",
    "nul\0",
    "x/.",
    "x",
]


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
    return s3.create_container(f"bulk-{uuid.uuid4().hex}")


@pytest.fixture
def boto(moto_server):
    return boto_client(moto_server.url, moto_server.key, moto_server.secret, moto_server.region)


@pytest.fixture
def dummy():
    return DummyStorageDriver("key", "secret").create_container("dummy")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    write(folder, {"a.txt": b"a", "b/c.txt": b"cc", "b/d/e.bin": b"", "ü ☁": b"name"})
    return folder


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read(folder):
    """The files of a folder, however they are called."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def put(container, contents):
    for name, content in contents.items():
        container.upload_object_via_stream(iter([content]), name)


def contents(container):
    return {obj.name: b"".join(obj.as_stream()) for obj in container.iterate_objects()}


def as_local(folder):
    return LocalStorageDriver(str(folder.parent)).get_container(folder.name)


def counts(report):
    return report.done, report.skipped, report.failed


class Reads(DummyStorageDriver):
    """Downloads go through ``reader(name, pieces)``."""

    reader = staticmethod(lambda name, pieces: pieces)

    def download_object_as_stream(self, obj, chunk_size=None):
        return self.reader(obj.name, super().download_object_as_stream(obj, chunk_size))


@pytest.fixture
def reads():
    return Reads("key", "secret").create_container("reads")


# -- upload and download --------------------------------------------------------------------------


def test_upload_of_a_folder_and_download_of_the_container(folder, bucket, boto, tmp_path):
    report = bulk.upload(folder, bucket)
    assert counts(report) == (4, 0, 0)
    assert report.bytes == 7
    listed = boto.list_objects_v2(Bucket=bucket.name)["Contents"]
    assert {entry["Key"] for entry in listed} == {"a.txt", "b/c.txt", "b/d/e.bin", "ü ☁"}
    report = bulk.download(bucket, tmp_path / "made/on the way")
    assert counts(report) == (4, 0, 0)
    assert read(tmp_path / "made/on the way") == read(folder)


def test_download_writes_plain_files_only(bucket, tmp_path):
    bucket.upload_object_via_stream(
        iter([b"x"]), "x", extra={"meta_data": {"a": "b"}, "content_type": "text/x"}
    )
    bulk.download(bucket, tmp_path / "target")
    assert read(tmp_path / "target") == {"x": b"x"}


def test_names_that_no_file_can_have_stay_in_the_folder_and_come_back(s3, bucket, tmp_path):
    put(bucket, {name: name.encode() for name in HOSTILE})
    target = tmp_path / "deep" / "target"
    report = bulk.download(bucket, target)
    assert counts(report) == (len(HOSTILE), 0, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["target"]
    back = s3.create_container(f"bulk-{uuid.uuid4().hex}")
    bulk.upload(target, back)
    assert contents(back) == {name: name.encode() for name in HOSTILE}


def test_link_in_the_folder_leads_nothing_out_of_it(dummy, tmp_path):
    outside, target = tmp_path / "outside", tmp_path / "target"
    outside.mkdir()
    target.mkdir()
    (target / "link").symlink_to(outside)
    put(dummy, {"link/stolen": b"x", "good": b"x"})
    with pytest.raises(bulk.BulkError) as caught:
        bulk.download(dummy, target)
    assert [failure.name for failure in caught.value.report.failures] == ["link/stolen"]
    assert not list(outside.iterdir())
    assert (target / "good").read_bytes() == b"x"


def test_folder_that_is_a_link_is_the_folder(dummy, folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert bulk.upload(tmp_path / "link", dummy).done == 4


def test_links_in_a_folder_are_not_uploaded(dummy, folder):
    (folder / "link").symlink_to("/etc/hostname")
    bulk.upload(folder, dummy)
    assert "link" not in contents(dummy)


def test_upload_of_files_by_path_and_by_name(dummy, folder, monkeypatch):
    monkeypatch.chdir(folder)
    files = ["a.txt", Path("b/c.txt"), "./b/d/../d/e.bin", (folder / "a.txt", "copy/of a")]
    assert counts(bulk.upload(iter(files), dummy, prefix="new/")) == (4, 0, 0)
    assert contents(dummy) == {
        "new/a.txt": b"a",
        "new/b/c.txt": b"cc",
        "new/b/d/e.bin": b"",
        "new/copy/of a": b"a",
    }


def test_upload_of_one_file(dummy, folder):
    bulk.upload(folder / "b/c.txt", dummy)
    assert contents(dummy) == {"c.txt": b"cc"}


def test_upload_refuses_paths_that_are_no_names_and_uploads_the_others(dummy, folder, monkeypatch):
    monkeypatch.chdir(folder / "b")
    files = [str(folder / "a.txt"), "../a.txt", "missing", "d", "c.txt"]
    with pytest.raises(bulk.BulkError) as caught:
        bulk.upload(files, dummy)
    errors = {failure.name: type(failure.error) for failure in caught.value.report.failures}
    assert errors == {
        str(folder / "a.txt"): InvalidRequestError,
        "../a.txt": InvalidRequestError,
        "missing": FileNotFoundError,
        "d": IsADirectoryError,
    }
    assert contents(dummy) == {"c.txt": b"cc"}


def test_upload_of_a_folder_that_is_missing_raises(dummy, tmp_path):
    with pytest.raises(FileNotFoundError):
        bulk.upload(tmp_path / "missing", dummy)


def test_download_into_a_file_raises(dummy, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        bulk.download(dummy, tmp_path / "file")


def test_root_of_the_file_system_is_refused(dummy):
    with pytest.raises(InvalidRequestError, match="root"):
        bulk.download(dummy, "/")


def test_prefix_selects_what_is_downloaded(dummy, tmp_path):
    put(dummy, {"a/x": b"1", "a/y": b"2", "b": b"3"})
    bulk.download(dummy, tmp_path / "all", prefix="a/")
    bulk.download(dummy.iterate_objects(), tmp_path / "some", prefix="a/y")
    assert read(tmp_path / "all") == {"a/x": b"1", "a/y": b"2"}
    assert read(tmp_path / "some") == {"a/y": b"2"}


def test_large_objects_go_in_parts_and_arrive_whole(s3, bucket, tmp_path):
    s3.part_size = 5 * MIB
    large = os.urandom(11 * MIB + 3)
    write(tmp_path / "source", {"large": large, "small": b"s"})
    moved = []
    report = bulk.upload(
        tmp_path / "source", bucket, progress=lambda report: moved.append(report.bytes)
    )
    assert report.bytes == moved[-1] == len(large) + 1
    bulk.download(bucket, tmp_path / "target")
    assert read(tmp_path / "target") == {"large": large, "small": b"s"}


def test_driver_that_knows_no_progress_is_not_told_of_it(folder):
    class Old(DummyStorageDriver):
        def upload_object(
            self, file_path, container, object_name, extra=None, verify_hash=True, headers=None
        ):
            return super().upload_object(file_path, container, object_name, extra)

    container = Old("key", "secret").create_container("old")
    assert bulk.upload(folder, container).bytes == 7
    assert len(contents(container)) == 4


# -- again ----------------------------------------------------------------------------------------


def test_second_run_skips_what_is_there(folder, bucket, tmp_path):
    bulk.upload(folder, bucket)
    assert counts(bulk.upload(folder, bucket)) == (0, 4, 0)
    bulk.download(bucket, tmp_path / "target")
    report = bulk.download(bucket, tmp_path / "target")
    assert (counts(report), report.bytes) == ((0, 4, 0), 0)


def test_second_run_replaces_what_is_not_right(folder, bucket, tmp_path):
    bulk.upload(folder, bucket)
    (folder / "a.txt").write_bytes(b"b")  # of the same size
    (folder / "b/c.txt").write_bytes(b"longer")
    results = []
    report = bulk.upload(folder, bucket, on_result=results.append)
    assert counts(report) == (2, 2, 0)
    assert {r.name for r in results if r.status == "done"} == {"a.txt", "b/c.txt"}
    assert contents(bucket) == read(folder)


def test_compare_none_copies_everything(folder, dummy):
    bulk.upload(folder, dummy)
    assert counts(bulk.upload(folder, dummy, compare=None)) == (4, 0, 0)


def test_compare_knows_no_other_way(folder, dummy):
    with pytest.raises(ValueError, match="compare"):
        bulk.upload(folder, dummy, compare="etag")


HASH, OTHER = "a" * 32, "b" * 32


@pytest.mark.parametrize(
    ("how", "source", "target", "same"),
    [
        ("hash", (1, HASH, None), (1, HASH.upper(), None), True),
        ("hash", (1, HASH, None), (1, OTHER, None), False),
        ("hash", (1, HASH, 5), (1, OTHER, 9), False),
        ("hash", (1, HASH, None), (2, HASH, None), False),
        ("hash", (1, HASH, 5), (1, f"{OTHER}-2", 5), True),
        ("hash", (1, HASH, 5), (1, f"{OTHER}-2", 4), False),
        ("hash", (1, None, None), (1, HASH, 4), False),
        ("hash", (1, "x" * 32, 1), (1, "y" * 32, 2), True),
        ("time", (1, HASH, 5), (1, OTHER, 5), True),
        ("time", (1, HASH, 6), (1, HASH, 5), False),
        ("time", (1, HASH, None), (1, HASH, 5), False),
        ("size", (1, HASH, 6), (1, OTHER, 5), True),
        ("size", (1, HASH, 6), (2, HASH, 6), False),
    ],
)
def test_is_same(how, source, target, same):
    driver = DummyStorageDriver("key", "secret")

    def to_object(size, hash, time):
        extra = {} if time is None else {"modify_time": time}
        return Object("x", size, hash, extra, {}, Container("c", {}, driver), driver)

    assert bulk.is_same(to_object(*source), to_object(*target), how) is same


@pytest.mark.parametrize(
    ("extra", "time"),
    [
        ({"modify_time": 1.5}, 1.5),
        ({"last_modified": "1970-01-01T00:00:10.500Z"}, 10.5),
        ({"last_modified": "1970-01-01T01:00:10+01:00"}, 10),
        ({"last_modified": "Thu, 01 Jan 1970 00:00:10 GMT"}, 10),
        ({"last_modified": "yesterday"}, None),
        ({"last_modified": None}, None),
        ({}, None),
    ],
)
def test_modified_reads_what_drivers_tell(extra, time):
    assert modified(Object("x", 1, None, extra, {}, None, None)) == time


def test_interrupted_download_goes_on(reads, tmp_path):
    put(reads, {str(n): b"x" * n for n in range(40)})
    arrived = []

    def stop(result):
        arrived.append(result.name)
        if len(arrived) == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.download(reads, tmp_path / "target", threads=2, on_result=stop)
    arrived = read(tmp_path / "target")
    assert 10 <= len(arrived) < 40
    assert all(content == b"x" * int(name) for name, content in arrived.items())
    report = bulk.download(reads, tmp_path / "target")
    assert counts(report) == (40 - len(arrived), len(arrived), 0)
    assert read(tmp_path / "target") == contents(reads)


def test_interruption_ends_the_transfers_under_way_and_leaves_nothing_of_them(reads, tmp_path):
    put(reads, {"endless": b"x", "quick": b"x"})
    closed = threading.Event()

    def endless(name, pieces):
        if name == "quick":
            yield from pieces
            return
        try:
            while True:
                yield b"x"
        finally:
            closed.set()

    reads.driver.reader = endless

    def stop(result):
        assert result.name == "quick"
        raise KeyError("enough")

    with pytest.raises(KeyError):
        bulk.download(reads, tmp_path / "target", on_result=stop)
    assert closed.is_set()
    assert read(tmp_path / "target") == {"quick": b"x"}


def test_interruption_of_an_upload_in_parts_leaves_no_parts(s3, bucket, tmp_path):
    s3.part_size = 5 * MIB
    write(tmp_path / "source", {"large": bytes(40 * MIB)})

    def stop(report):
        if report.bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.upload(tmp_path / "source", bucket, progress=stop)
    assert list(s3.ex_iterate_multipart_uploads(bucket)) == []
    assert contents(bucket) == {}


# -- copy -----------------------------------------------------------------------------------------


def test_copy_between_providers_takes_metadata_along(bucket, dummy, tmp_path):
    extra = {"content_type": "text/x-novel", "meta_data": {"author": "jane"}}
    dummy.upload_object_via_stream(iter([b"novel"]), "a/novel", extra=extra)
    (tmp_path / "root").mkdir()
    local = LocalStorageDriver(str(tmp_path / "root")).create_container("local")
    bulk.copy(dummy, bucket)
    bulk.copy(bucket, local)
    for container in (bucket, local):
        found = container.get_object("a/novel")
        assert found.extra["content_type"] == "text/x-novel"
        assert found.meta_data == {"author": "jane"}
        assert contents(container) == {"a/novel": b"novel"}


def test_copy_without_metadata_asks_for_none(bucket, dummy):
    put(bucket, {"x": b"x"})
    bucket.driver.get_object = None  # not callable: nobody may ask
    assert bulk.copy(bucket, dummy, metadata=False).done == 1


def test_copy_within_a_provider_is_made_by_the_provider(s3, bucket):
    put(bucket, {"x": b"x", "dir//y": b"y"})
    target = s3.create_container(f"bulk-{uuid.uuid4().hex}")
    report = bulk.copy(bucket, target)
    assert (counts(report), report.bytes) == ((2, 0, 0), 0)
    assert contents(target) == contents(bucket)


def test_copy_of_objects_that_fail_names_each_and_copies_the_others(bucket, dummy):
    put(bucket, {str(n): str(n).encode() for n in range(20)})
    objects = bucket.list_objects()
    for obj in objects[::4]:
        obj.delete()
    with pytest.raises(bulk.BulkError, match="5 of 20 objects failed") as caught:
        bulk.copy(objects, dummy, threads=3)
    report = caught.value.report
    assert counts(report) == (15, 0, 5)
    assert {f.name for f in report.failures} == {obj.name for obj in objects[::4]}
    assert all(isinstance(e, ObjectDoesNotExistError) for e in caught.value.exceptions)
    assert isinstance(caught.value.__cause__, ObjectDoesNotExistError)
    assert len(contents(dummy)) == 15


def flipped(name, pieces):
    return (bytes(byte ^ 1 for byte in piece) for piece in pieces)


def cut(name, pieces):
    return (piece[:-1] for piece in pieces)


def broken(name, pieces):
    yield next(pieces)[:1]
    raise NetworkError("reset")


@pytest.mark.parametrize(
    ("reader", "error"),
    [(flipped, ObjectHashMismatchError), (cut, LibcloudError), (broken, NetworkError)],
)
def test_copy_that_arrives_damaged_replaces_nothing(reads, bucket, tmp_path, reader, error):
    put(reads, {"x": b"new content"})
    put(bucket, {"x": b"old"})
    write(tmp_path / "target", {"x": b"old"})
    reads.driver.reader = reader
    for target in (bucket, tmp_path / "target"):
        with pytest.raises(bulk.BulkError) as caught:
            bulk.copy(reads, target)
        assert [type(e) for e in caught.value.exceptions] == [error]
    assert contents(bucket) == {"x": b"old"}
    assert read(tmp_path / "target") == {"x": b"old"}


def test_hash_of_an_object_that_is_encrypted_with_a_key_of_the_service_is_not_trusted(reads, dummy):
    class KeyService(Reads):
        def get_object(self, container_name, object_name):
            obj = super().get_object(container_name, object_name)
            obj.extra["server_side_encryption"] = "aws:kms"
            return obj

    source = KeyService("key", "secret").create_container("kms")
    put(source, {"x": b"content"})
    [obj] = source.list_objects()
    obj.hash = HASH
    assert bulk.copy([obj], dummy).done == 1
    assert contents(dummy) == {"x": b"content"}


def test_copy_to_a_container_that_is_missing_fails_for_each(bucket, s3):
    put(bucket, {"x": b"x"})
    with pytest.raises(bulk.BulkError) as caught:
        bulk.copy(bucket, Container("missing-bucket", {}, s3))
    assert [type(e) for e in caught.value.exceptions] == [ContainerDoesNotExistError]


def test_copy_from_a_container_that_is_missing_raises_the_error_itself(s3, dummy):
    with pytest.raises(ContainerDoesNotExistError):
        bulk.copy(Container("missing-bucket", {}, s3), dummy)


def test_listing_that_breaks_off_loses_no_result(dummy, reads):
    put(reads, {"a": b"a", "b": b"b"})

    def listing():
        yield from reads.iterate_objects()
        yield Object("missing", 1, None, {}, {}, reads, reads.driver)
        raise NetworkError("the listing broke off")

    with pytest.raises(bulk.BulkError, match="the rest was not tried") as caught:
        bulk.copy(listing(), dummy)
    missing, listing_error = caught.value.exceptions
    assert isinstance(missing, ObjectDoesNotExistError)
    assert isinstance(listing_error, NetworkError)
    assert counts(caught.value.report) == (2, 0, 1)
    with pytest.raises(NetworkError):
        bulk.copy((obj for obj in listing() if obj.name != "missing"), dummy)


# -- callbacks and bounds -------------------------------------------------------------------------


def test_callbacks_are_called_in_the_thread_of_the_caller(reads, dummy):
    put(reads, {str(n): b"xyz" for n in range(30)})
    threads, results, totals = set(), [], []

    def on_result(result):
        threads.add(threading.get_ident())
        results.append(result)

    def progress(report):
        threads.add(threading.get_ident())
        totals.append((report.done, report.bytes))

    report = bulk.copy(reads, dummy, threads=8, on_result=on_result, progress=progress)
    assert threads == {threading.get_ident()}
    assert sorted(result.name for result in results) == sorted(str(n) for n in range(30))
    assert all(isinstance(result.value, Object) for result in results)
    assert totals == sorted(totals)
    assert totals[-1] == (report.done, report.bytes) == (30, 90)


def test_progress_is_called_while_one_object_moves(reads, dummy):
    put(reads, {"x": b"xx"})
    go_on = threading.Event()

    def slowly(name, pieces):
        yield b"x"
        assert go_on.wait(30)
        yield b"x"

    reads.driver.reader = slowly
    reads.driver.hash_type = "none"
    seen = []

    def progress(report):
        seen.append((report.done, report.bytes))
        if report.bytes == 1:
            go_on.set()

    bulk.copy(reads, dummy, progress=progress)
    assert (0, 1) in seen
    assert seen[-1] == (1, 2)


def test_no_more_objects_are_under_way_than_threads(reads, dummy):
    together = threading.Barrier(4)
    lock, now, most = threading.Lock(), 0, 0

    def counted(name, pieces):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait(30)  # passes when all four are here
        yield from pieces
        with lock:
            now -= 1

    reads.driver.reader = counted
    put(reads, {str(n): b"x" for n in range(24)})
    bulk.copy(reads, dummy, threads=4)
    assert most == 4


def test_errors_that_a_callback_takes_are_not_raised(reads, dummy):
    put(reads, {"a": b"a", "b": b"b"})
    reads.driver.reader = lambda name, pieces: cut(name, pieces) if name == "a" else pieces
    taken = []
    report = bulk.copy(reads, dummy, on_error=taken.append)
    assert [(result.name, result.status) for result in taken] == [("a", "failed")]
    assert counts(report) == (1, 0, 1)
    assert report.failures == []


@pytest.mark.parametrize("on_error", [None, lambda result: None])
def test_too_many_errors_end_the_run(reads, dummy, on_error):
    put(reads, {str(n): b"x" for n in range(500)})
    reads.driver.reader = cut
    with pytest.raises(bulk.BulkError, match="the rest was not tried") as caught:
        bulk.copy(reads, dummy, threads=2, max_errors=3, on_error=on_error)
    report = caught.value.report
    assert 4 <= report.failed <= 4 + 2 * 2
    assert len(caught.value.exceptions) == (0 if on_error else report.failed)


def test_unknown_option_is_refused(dummy):
    with pytest.raises(TypeError, match="thread"):
        bulk.delete(dummy.iterate_objects(), thread=3)


def test_gathered_errors_hold_no_data(reads, dummy):
    class Data:
        pass

    alive = []

    def fails(name, pieces):
        data = Data()
        alive.append(weakref.ref(data))
        try:
            raise KeyError(name)
        except KeyError:
            raise NetworkError("no") from None
        yield data

    put(reads, {"a": b"a"})
    reads.driver.reader = fails
    with pytest.raises(bulk.BulkError) as caught:
        bulk.copy(reads, dummy)
    assert caught.value.exceptions[0].__traceback__ is not None
    gc.collect()
    assert [ref() for ref in alive] == [None]


def test_map_calls_with_each_object(dummy):
    put(dummy, {"a": b"1", "b": b"22"})
    results = []
    bulk.map(lambda obj: obj.size, dummy.iterate_objects(), on_result=results.append)
    assert {(r.action, r.name, r.value) for r in results} == {("call", "a", 1), ("call", "b", 2)}
    with pytest.raises(bulk.BulkError, match="1 of 2"):
        bulk.map(lambda obj: 1 // (obj.size - 1), dummy.iterate_objects())


def test_hundred_thousand_objects_take_no_more_memory_than_a_thousand(dummy):
    def peak(count):
        objects = (
            Object(f"{n:08}", n, HASH, {"n": n}, {}, dummy, dummy.driver) for n in range(count)
        )
        tracemalloc.start()
        try:
            assert bulk.map(lambda obj: obj.extra, objects).done == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    assert peak(100_000) < peak(1000) + MIB // 4


# -- delete ---------------------------------------------------------------------------------------


def test_delete_skips_what_is_gone(dummy):
    put(dummy, {"a": b"1", "b": b"2"})
    objects = dummy.list_objects()
    objects[0].delete()
    report = bulk.delete(objects)
    assert counts(report) == (1, 1, 0)
    assert report.deleted == 1
    assert contents(dummy) == {}


def test_delete_on_s3_takes_a_request_for_a_thousand(s3, bucket, boto):
    names = ["plain", *HOSTILE, "<&>\"'", "\u00e9\u2601\U0001f308", " ", "\x01"]
    names = list(dict.fromkeys(names))
    put(bucket, {name: b"x" for name in names})
    requests = []
    request = s3.connection.request

    def spy(action, *args, **kwargs):
        requests.append(kwargs.get("method"))
        return request(action, *args, **kwargs)

    s3.connection.request = spy
    report = bulk.delete(bucket.list_objects())
    assert (report.done, report.deleted) == (len(names), len(names))
    # One for the list, one for all, and one for each that XML cannot carry.
    assert sorted(requests) == ["DELETE", "DELETE", "GET", "POST"]
    assert "Contents" not in boto.list_objects_v2(Bucket=bucket.name)


def test_delete_makes_batches_of_one_container_each(s3, bucket):
    other = s3.create_container(f"bulk-{uuid.uuid4().hex}")
    for container in (bucket, other):
        put(container, {str(n): b"x" for n in range(5)})
    s3.ex_delete_objects_limit = 2
    results = []
    bulk.delete([*bucket.list_objects(), *other.list_objects()], on_result=results.append)
    assert len(results) == 10
    assert contents(bucket) == contents(other) == {}


def test_delete_gathers_the_errors_of_a_batch(dummy):
    class Batches(DummyStorageDriver):
        ex_delete_objects_limit = 3

        def ex_delete_objects(self, container, object_names):
            assert len(object_names) <= 3
            if "4" in object_names:
                raise NetworkError("all of it")
            return {name: LibcloudError(f"not {name}") for name in object_names if name == "1"}

    container = Batches("key", "secret").create_container("batches")
    put(container, {str(n): b"x" for n in range(7)})
    objects = sorted(container.iterate_objects(), key=lambda obj: obj.name)
    with pytest.raises(bulk.BulkError) as caught:
        bulk.delete(objects)
    failures = {f.name: type(f.error) for f in caught.value.report.failures}
    assert failures == {"1": LibcloudError, **dict.fromkeys("345", NetworkError)}
    # The seventh is alone in its batch, and deleted like any single object.
    assert "6" not in contents(container)


def test_delete_of_a_listing_while_it_is_read(folder):
    local = as_local(folder)
    assert bulk.delete(local.iterate_objects()).deleted == 4
    assert contents(local) == {}
