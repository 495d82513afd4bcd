"""The local driver, looked at with the plain file system, in many processes, and killed."""

import errno
import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libcloud.common.errors import (
    LibcloudError,
    PermissionDeniedError,
    QuotaExceededError,
    ResourceNotFoundError,
)
from libcloud.storage.base import Container
from libcloud.storage.drivers.local import (
    LocalStorageDriver,
    LockLocalStorage,
    NoOpLockLocalStorage,
)
from libcloud.storage.drivers.local.errors import FileSystemError
from libcloud.storage.drivers.local.names import Reader, places_of
from libcloud.storage.types import (
    ContainerDoesNotExistError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
    ObjectError,
)

HARD_NAMES = [
    "dir//x", "./dot", "../up", "/abs", "ob", "ob/x", "ob/x/y", "d", "d/", "d//", ".lock",
    ".lock/a", ".hash", ".hid", "n" * 300, "n" * 300 + "/b", "é" * 200, "z/.lock/a", "d/../k",
    "nul\0x", "%25",
    ".libcloud-name=x", ".libcloud-tmp/a", ".libcloud-meta/a", ".libcloud-meta", "%", "..", ".",
    "/", "//", "a/" * 100 + "b", "per%20cent", "\n", "\\", "back\\slash", "ünï", "x" * 255,
]  # fmt: skip


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def driver(root):
    return LocalStorageDriver(str(root))


@pytest.fixture
def container(driver):
    return driver.create_container("c")


def put(container, name, content=b"content", **extra):
    return container.upload_object_via_stream(iter([content]), name, extra or None)


def read(obj):
    return b"".join(obj.as_stream())


def all_files(folder):
    return sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*"))


# --- Names ------------------------------------------------------------------------------------


def test_ordinary_names_are_ordinary_files(container, root):
    for name in ("a.txt", "some/where/b c+d&e=f.txt", "q?x#y", ".hidden", "grüße", "per%20cent"):
        put(container, name, name.encode())
        assert (root / "c" / name).read_bytes() == name.encode()


@pytest.mark.parametrize("with_metadata", [False, True])
@pytest.mark.parametrize("order", [1, -1])
def test_hard_names_are_kept_apart_and_leave_nothing(driver, container, root, order, with_metadata):
    names = HARD_NAMES[::order]
    for name in names:
        extra = {"meta_data": {"name": name}} if with_metadata else {}
        put(container, name, name.encode(), **extra)
    listed = {obj.name: obj for obj in container.list_objects()}
    assert sorted(listed) == sorted(names)
    for name in names:
        obj = driver.get_object("c", name)
        assert read(obj) == read(listed[name]) == name.encode()
        expected = {"name": name} if with_metadata else {}
        assert obj.meta_data == listed[name].meta_data == expected
        assert Path(obj.get_cdn_url()).read_bytes() == name.encode()
    left = set(names)
    for name in names:
        put(container, name, b"replaced")
        driver.get_object("c", name).delete()
        left.remove(name)
        assert {obj.name for obj in container.list_objects()} == left
    assert all_files(root) == ["c"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sets(
        st.one_of(
            st.text(st.sampled_from("./%a\0"), min_size=1, max_size=6),
            st.text(min_size=1, max_size=30).filter(
                lambda t: not any("\ud800" <= c <= "\udfff" for c in t)
            ),
            st.sampled_from(HARD_NAMES),
        ),
        max_size=12,
    )
)
def test_any_names_round_trip(tmp_path_factory, names):
    driver = LocalStorageDriver(str(tmp_path_factory.mktemp("any")))
    container = driver.create_container("c")
    for name in names:
        put(container, name, name.encode())
    assert sorted(obj.name for obj in container.list_objects()) == sorted(names)
    assert all(read(driver.get_object("c", name)) == name.encode() for name in names)
    for name in names:
        driver.get_object("c", name).delete()
    assert container.delete() is True


@given(
    st.text(min_size=1, max_size=700).filter(
        lambda t: not any("\ud800" <= c <= "\udfff" for c in t)
    )
)
def test_spellings_are_read_back(name):
    spelling = places_of(name)
    for place in (spelling.plain, spelling.aside):
        reader = Reader()
        for folder in (*spelling.parent, *place.folders):
            assert len(os.fsencode(folder)) <= 255
            reader = reader.folder(folder)
        assert len(os.fsencode(place.leaf)) <= 255
        assert reader.file(place.leaf) == name


@pytest.mark.parametrize("name", ["", None, 5, "\ud800"])
def test_names_that_cannot_be_are_refused(driver, container, name):
    with pytest.raises(ObjectError, match="name"):
        put(container, name)
    with pytest.raises(ObjectDoesNotExistError):
        driver.get_object("c", name)
    assert container.list_objects() == []


@pytest.mark.parametrize(
    "name",
    [".", "..", "a/b", "/abs", "../x", "nul\0", "x" * 256, None, ".libcloud-x", "\ud800"],
)
def test_container_names_that_cannot_be_are_refused(driver, root, name):
    for call in (
        driver.create_container,
        driver.get_container,
        lambda n: driver.get_object(n, "o"),
        lambda n: driver.list_container_objects(Container(n, {}, driver)),
        lambda n: driver.delete_container(Container(n, {}, driver)),
        lambda n: driver.get_container_cdn_url(Container(n, {}, driver)),
        lambda n: put(Container(n, {}, driver), "o"),
    ):
        with pytest.raises(InvalidContainerNameError):
            call(name)
    assert all_files(root) == []


def test_container_without_a_name_is_the_folder_of_the_driver(driver, root):
    container = driver.get_container("")
    put(container, "o")
    assert all_files(root) == ["o"]
    assert [obj.name for obj in container.list_objects()] == ["o"]
    for call in (driver.create_container, lambda _: driver.delete_container(container)):
        with pytest.raises(InvalidContainerNameError):
            call("")
    assert all_files(root) == ["o"]


def test_files_that_only_look_like_spellings_are_not_objects(container, root):
    for name in (
        ".libcloud-name=plain",
        ".libcloud-other",
        ".libcloud-tmp-123-0",
        ".libcloud-file=",
    ):
        (root / "c" / name).write_bytes(b"")
    (root / "c" / ".libcloud-part=abc").mkdir()
    (root / "c" / ".libcloud-part=abc" / "file").write_bytes(b"")
    assert container.list_objects() == []


# --- Trees that others wrote ------------------------------------------------------------------


def test_tree_of_plain_files_is_read_as_it_is(driver, root):
    (root / "old" / "a" / "b").mkdir(parents=True)
    (root / "old" / "a" / "b" / "file%20x").write_bytes(b"1")
    (root / "old" / ".dot").write_bytes(b"2")
    (root / "old" / "empty").mkdir()
    for ignored in (".lock", ".hash"):
        (root / "old" / ignored).mkdir()
        (root / "old" / ignored / "file").write_bytes(b"3")
    (root / "not a container").write_bytes(b"")
    assert [c.name for c in driver.list_containers()] == ["old"]
    objects = {o.name: o for o in driver.get_container("old").list_objects()}
    assert sorted(objects) == [".dot", "a/b/file%20x"]
    assert objects["a/b/file%20x"].size == 1
    assert set(objects[".dot"].extra) == {"creation_time", "access_time", "modify_time"}
    assert set(driver.get_container("old").extra) == set(objects[".dot"].extra)
    with pytest.raises(ObjectDoesNotExistError):
        driver.get_object("old", "a")


def test_delete_removes_empty_folders_up_to_the_container(driver, container, root):
    put(container, "a/b/c")
    put(container, "a/d")
    driver.get_object("c", "a/b/c").delete()
    assert all_files(root) == ["c", "c/a", "c/a/d"]
    driver.get_object("c", "a/d").delete()
    assert all_files(root) == ["c"]


def test_delete_container_takes_empty_folders_but_nothing_else(driver, container, root):
    (root / "c" / "empty" / "folders").mkdir(parents=True)
    (root / "c" / "link").symlink_to("/etc")
    with pytest.raises(ContainerIsNotEmptyError):
        container.delete()
    (root / "c" / "link").unlink()
    assert container.delete() is True
    assert all_files(root) == []


def test_base_path_must_be_a_folder(root):
    for path in (str(root / "missing"), __file__):
        with pytest.raises(LibcloudError, match="The base path is not a directory"):
            LocalStorageDriver(path)


def test_positional_arguments_and_attributes(root):
    driver = LocalStorageDriver(str(root), None, True, None, None, False)
    assert (driver.base_path, driver.key) == (str(root), str(root))
    assert pickle.loads(pickle.dumps(driver)).list_containers() == []


# --- Links ------------------------------------------------------------------------------------


def test_links_are_neither_followed_nor_listed(driver, container, root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (root / "linked").symlink_to(outside)
    (root / "c" / "folder").symlink_to(outside)
    (root / "c" / "file").symlink_to(outside / "secret")
    os.mkfifo(root / "c" / "pipe")
    assert [c.name for c in driver.list_containers()] == ["c"]
    assert container.list_objects() == []
    with pytest.raises(ContainerDoesNotExistError):
        driver.get_container("linked")
    for name in ("folder/secret", "file", "pipe"):
        with pytest.raises(ObjectDoesNotExistError):
            driver.get_object("c", name)
    with pytest.raises(ObjectError, match="in the way"):
        put(container, "folder/new")
    put(container, "file", b"mine")
    assert (outside / "secret").read_bytes() == b"secret"
    assert (root / "c" / "file").read_bytes() == b"mine"
    assert os.listdir(outside) == ["secret"]


def test_folders_swapped_for_links_during_calls_are_no_way_out(container, root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "o").write_bytes(b"secret")
    put(container, "folder/o", b"inside")
    stop = threading.Event()

    def swap():
        folder, away = root / "c" / "folder", root / "away"
        while not stop.is_set():
            try:
                os.rename(folder, away)
                os.symlink(outside, folder)
                os.unlink(folder)
                os.rename(away, folder)
            except OSError:  # an upload made the folder anew in between
                if away.exists() and not folder.is_symlink() and folder.exists():
                    for file in away.iterdir():
                        file.unlink()
                    away.rmdir()

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            for call in (
                lambda: put(container, "folder/o", b"inside"),
                lambda: put(container, "folder/new", b"inside"),
                lambda: read(container.get_object("folder/o")),
                lambda: [read(obj) for obj in container.list_objects()],
                lambda: container.get_object("folder/new").delete(),
            ):
                try:
                    result = call()
                except (ObjectError, FileNotFoundError):
                    continue
                assert result != b"secret"
                assert not isinstance(result, list) or b"secret" not in result
    finally:
        stop.set()
        swapper.join()
    assert os.listdir(outside) == ["o"]
    assert (outside / "o").read_bytes() == b"secret"


# --- Hash and metadata ------------------------------------------------------------------------


def test_hash_is_of_the_content_and_computed_when_read(driver, container, root, monkeypatch):
    put(container, "o", b"abc")
    listed = container.list_objects()[0]
    assert "hash" not in vars(listed)
    assert "hash=None" in repr(listed)
    assert listed.hash == hashlib.md5(b"abc").hexdigest()
    assert vars(listed)["hash"] == listed.hash
    other = container.get_object("o")
    other.hash = "mine"
    assert other.hash == "mine"
    assert put(container, "p", b"xyz").hash == hashlib.md5(b"xyz").hexdigest()
    assert "hash" in dir(container.get_object("o"))


def test_metadata_is_seen_by_another_process_and_survives_a_copy(container, root, tmp_path):
    put(container, "a/o", meta_data={"colour": "blue"}, content_type="x/y")
    assert [o.name for o in container.list_objects()] == ["a/o"]
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", str(root), str(copy)], check=True)
    code = """
import json, sys
from libcloud.storage.drivers.local import LocalStorageDriver
obj = LocalStorageDriver(sys.argv[1]).get_object("c", "a/o")
print(json.dumps([obj.meta_data, obj.extra["content_type"]]))
"""
    for place in (root, copy):
        output = subprocess.check_output([sys.executable, "-c", code, str(place)])
        assert json.loads(output) == [{"colour": "blue"}, "x/y"]


def test_metadata_goes_with_its_content(driver, container, root):
    put(container, "o", meta_data={"version": "1"})
    put(container, "o", meta_data={"version": "2"})
    assert container.get_object("o").meta_data == {"version": "2"}
    assert len(all_files(root / "c" / ".libcloud-meta")) == 2  # the note and the lock
    (root / "c" / "o").write_bytes(b"another program's")
    assert container.get_object("o").meta_data == {}
    put(container, "p", meta_data={"version": "3"})
    put(container, "p")
    assert container.get_object("p").meta_data == {}
    for obj in container.list_objects():
        obj.delete()
    assert container.delete() is True


def test_readers_never_see_metadata_of_another_content(root):
    driver = LocalStorageDriver(str(root))
    container = driver.create_container("c")
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            put(container, "o", b"x" * (number % 50 + 1), meta_data={"size": number % 50 + 1})

    put(container, "o", b"x", meta_data={"size": 1})
    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(500):
            obj = driver.get_object("c", "o")
            assert obj.meta_data == {"size": str(obj.size)}
    finally:
        stop.set()
        for writer in writers:
            writer.join()


# --- Ranges and URLs --------------------------------------------------------------------------


def test_ranges_at_and_behind_the_end(container, tmp_path):
    obj = put(container, "o", b"0123456789")
    assert b"".join(obj.range_as_stream(10)) == b""
    assert b"".join(obj.range_as_stream(9, 10)) == b"9"
    with pytest.raises(ValueError, match="end_bytes is larger than file size"):
        next(obj.range_as_stream(0, 11))
    with pytest.raises(ValueError, match="end_bytes is larger than file size"):
        obj.download_range(str(tmp_path / "file"), 0, 11)
    assert not (tmp_path / "file").exists()


def test_cdn_urls_are_paths(driver, container, root):
    obj = put(container, "a/o")
    assert container.get_cdn_url() == str(root / "c")
    assert obj.get_cdn_url() == str(root / "c" / "a" / "o")
    assert container.enable_cdn() is True
    assert obj.enable_cdn() is False
    missing = Container("missing", {}, driver)
    assert driver.get_container_cdn_url(missing) == str(root / "missing")
    with pytest.raises(ContainerDoesNotExistError):
        driver.get_container_cdn_url(missing, check=True)


# --- Listings ---------------------------------------------------------------------------------


def test_listing_opens_only_folders_that_may_match(container, root, monkeypatch):
    for name in ("a/1", "b/1", "b/c/1"):
        put(container, name)
    opened = []
    original = os.open
    monkeypatch.setattr(
        os, "open", lambda name, *args, **kw: opened.append(name) or original(name, *args, **kw)
    )
    assert [o.name for o in container.list_objects(prefix="b/c")] == ["b/c/1"]
    assert "a" not in opened


def test_deep_names_need_few_open_files(container):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    name = "a/" * 600 + "b"
    put(container, name)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 60, hard))
    try:
        assert [o.name for o in container.list_objects()] == [name]
        assert read(container.get_object(name)) == b"content"
        container.get_object(name).delete()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert container.delete() is True


def test_listing_can_be_given_up(container):
    for number in range(10):
        put(container, f"folder/{number}")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    iterator = container.iterate_objects()
    next(iterator)
    iterator.close()
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) == before


# --- Many processes, and death ----------------------------------------------------------------

HAMMER = """
import random, sys, threading
from libcloud.storage.drivers.local import LocalStorageDriver
from libcloud.storage.types import ObjectDoesNotExistError
root, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
driver = LocalStorageDriver(root)
container = driver.get_container("c")
names = ["o", "a", "a/b", "a/b/c", "deep/er/o", "x//y"]
failures = []
def work(thread):
    dice = random.Random(seed * 100 + thread)
    for _ in range(rounds):
        name = dice.choice(names)
        try:
            what = dice.random()
            if what < 0.45:
                letter, size = dice.choice("abcdefgh"), dice.choice([1, 1000, 200_000])
                note = {"letter": letter, "size": size}
                meta = {"meta_data": note} if dice.random() < 0.5 else {}
                container.upload_object_via_stream(
                    iter([letter.encode() * size]), name, meta)
            elif what < 0.65:
                driver.get_object("c", name).delete()
            elif what < 0.85:
                obj = driver.get_object("c", name)
                if obj.meta_data:
                    assert obj.meta_data["size"] == str(obj.size), (obj.meta_data, obj.size)
                content = b"".join(obj.as_stream())
                assert len(set(content)) == 1 and len(content) in (1, 1000, 200_000), len(content)
            else:
                for obj in container.list_objects():
                    assert obj.name in names, obj.name
        except ObjectDoesNotExistError:
            pass
        except BaseException as error:
            failures.append(f"{type(error).__name__}: {error}")
            raise
threads = [threading.Thread(target=work, args=(t,)) for t in range(4)]
for t in threads: t.start()
for t in threads: t.join()
sys.exit(1 if failures else 0)
"""


def test_many_processes_with_many_threads(container, root):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HAMMER, str(root), str(seed), "60"], stderr=subprocess.PIPE
        )
        for seed in range(8)
    ]
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors.decode()[-3000:]
    for obj in container.list_objects():
        obj.delete()
    assert all_files(root) == ["c"]


KILLED = """
import itertools, sys
from libcloud.storage.drivers.local import LocalStorageDriver
container = LocalStorageDriver(sys.argv[1]).get_container("c")
def pieces(letter):
    for _ in range(20):
        yield letter * 50_000
print("going", flush=True)
for number in itertools.count():
    letter = b"abcdefgh"[number % 8 : number % 8 + 1]
    for name in ("o", "folder/o"):
        container.upload_object_via_stream(
            pieces(letter), name, {"meta_data": {"letter": letter.decode()}})
"""


def test_killed_at_any_moment_leaves_old_or_new_and_no_litter(driver, container, root):
    for attempt in range(25):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(root)], stdout=subprocess.PIPE
        )
        process.stdout.readline()
        time.sleep(0.005 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for obj in container.list_objects():
            content = read(obj)
            assert obj.name in ("o", "folder/o")
            assert len(content) == obj.size == 1_000_000
            assert content == content[:1] * obj.size
            assert obj.meta_data == {"letter": content[:1].decode()}
    # The next driver cleans up.
    put(LocalStorageDriver(str(root)).get_container("c"), "new")
    assert not list((root / "c").glob(".libcloud-tmp*"))
    for obj in container.list_objects():
        obj.delete()
    assert container.delete() is True


def test_sweeping_spares_uploads_under_way(root, container):
    slow = LocalStorageDriver(str(root)).get_container("c")
    at_work, go_on = threading.Event(), threading.Event()

    def pieces():
        yield b"slow "
        at_work.set()
        go_on.wait(10)
        yield b"upload"

    thread = threading.Thread(target=slow.upload_object_via_stream, args=(pieces(), "slow"))
    thread.start()
    at_work.wait(10)
    put(LocalStorageDriver(str(root)).get_container("c"), "other")
    assert [o.name for o in container.list_objects()] == ["other"]
    container.get_object("other").delete()
    with pytest.raises(ContainerIsNotEmptyError):
        container.delete()
    go_on.set()
    thread.join()
    assert read(container.get_object("slow")) == b"slow upload"


def test_draft_of_a_killed_process_is_removed_by_the_next_driver(container, root):
    stale = [root / "c" / f".libcloud-tmp-{number}" for number in (0, 7, 31)]
    for file in stale:
        file.write_bytes(b"half")
    assert container.list_objects() == []
    put(LocalStorageDriver(str(root)).get_container("c"), "o")
    assert all_files(root / "c") == ["o"]


def test_deleting_a_container_removes_all_that_killed_processes_left(container, root):
    for name in (".libcloud-tmp-5000", ".libcloud-lock"):
        (root / "c" / name).write_bytes(b"")
    assert container.delete() is True
    assert all_files(root) == []


def test_more_uploads_at_a_time_than_drafts_have_numbers(container, root):
    barrier = threading.Barrier(70)

    def pieces(letter):
        yield letter
        barrier.wait(30)
        yield letter * 99

    letters = [bytes([number]) for number in range(70)]
    threads = [
        threading.Thread(
            target=container.upload_object_via_stream, args=(pieces(letter), str(letter[0]))
        )
        for letter in letters
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((root / "c" / str(one[0])).read_bytes() == one * 100 for one in letters)
    assert len(all_files(root / "c")) == 70


@pytest.mark.parametrize("pieces", [[b""], [], [b"x"] * 100_000, [b"x" * 65_535, b"y", b"z" * 99]])
def test_pieces_of_any_size_are_put_together(container, pieces):
    obj = container.upload_object_via_stream(iter(pieces), "o")
    assert obj.size == len(b"".join(pieces))
    assert read(obj) == b"".join(pieces)


@pytest.mark.parametrize("chunk_size", [1, 10, 11, None])
def test_reading_goes_on_to_the_end_of_a_file_that_grows(container, root, chunk_size):
    stream = put(container, "o", b"0123456789").as_stream(chunk_size)
    start = next(stream)
    with (root / "c" / "o").open("ab") as file:
        file.write(b"more")
    expected = b"0123456789more" if chunk_size and chunk_size <= 10 else b"0123456789"
    assert start + b"".join(stream) == expected


@pytest.mark.parametrize("name", ["a", "folder/a", "long" * 100])
def test_object_that_is_plain_and_aside_is_listed_once(container, root, name):
    put(container, name, b"plain")
    spelling = places_of(name)
    aside = (*spelling.parent, *spelling.aside.folders, spelling.aside.leaf)
    (root / "c").joinpath(*aside).write_bytes(b"aside")
    assert [(o.name, read(o)) for o in container.list_objects()] == [(name, b"plain")]
    container.get_object(name).delete()
    assert all_files(root / "c") == []


# --- Errors of the file system ----------------------------------------------------------------


def refuse(monkeypatch, function, number):
    def refusing(*args, **kwargs):
        raise OSError(number, os.strerror(number), "the end of the path")

    monkeypatch.setattr(os, function, refusing)


@pytest.mark.parametrize(
    ("number", "kinds"),
    [
        (errno.ENOSPC, (QuotaExceededError,)),
        (errno.EDQUOT, (QuotaExceededError,)),
        (errno.EACCES, (PermissionDeniedError, PermissionError)),
        (errno.EROFS, (PermissionDeniedError,)),
        (errno.EIO, ()),
        (errno.ENAMETOOLONG, ()),
    ],
)
@pytest.mark.parametrize("function", ["write", "rename"])
def test_upload_that_the_disk_refuses_leaves_the_old_object(
    container, root, monkeypatch, function, number, kinds
):
    put(container, "folder/o", b"old")
    with monkeypatch.context() as patches:
        refuse(patches, function, number)
        with pytest.raises(LibcloudError) as caught:
            put(container, "folder/o", b"new")
    path = str(root / "c" / "folder" / "o")
    assert path in str(caught.value)
    assert all(isinstance(caught.value, kind) for kind in (*kinds, OSError))
    assert (caught.value.errno, caught.value.filename) == (number, path)
    assert (root / "c" / "folder" / "o").read_bytes() == b"old"
    assert all_files(root / "c") == ["folder", "folder/o"]


def test_upload_over_a_limit_of_size_leaves_nothing(container, root):
    code = """
import resource, sys
from libcloud.common.errors import LibcloudError
from libcloud.storage.drivers.local import LocalStorageDriver
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
container = LocalStorageDriver(sys.argv[1]).get_container("c")
try:
    container.upload_object_via_stream(iter([b"x" * 1_000_000]), "o")
except LibcloudError as error:
    print(error)
"""
    output = subprocess.check_output([sys.executable, "-c", code, str(root)], text=True)
    assert str(root / "c" / "o") in output
    assert all_files(root / "c") == []


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("unlink", lambda container: container.get_object("o").delete()),
        ("read", lambda container: read(container.get_object("o"))),
        ("stat", lambda container: container.get_object("o")),
        ("open", lambda container: container.get_object("o")),
        ("scandir", lambda container: container.list_objects()),
        ("scandir", lambda container: container.driver.list_containers()),
        ("mkdir", lambda container: container.driver.create_container("d")),
        ("rmdir", lambda container: container.driver.create_container("d").delete()),
    ],
)
def test_calls_that_the_disk_refuses_name_the_path(container, root, monkeypatch, function, call):
    put(container, "o")
    with monkeypatch.context() as patches:
        refuse(patches, function, errno.EIO)
        with pytest.raises(LibcloudError) as caught:
            call(container)
    assert str(root) in str(caught.value)
    assert not isinstance(caught.value, ContainerIsNotEmptyError)
    assert read(container.get_object("o")) == b"content"


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOENT, errno.EACCES, errno.ENOSPC])
def test_errors_of_the_disk_are_whole_after_pickling(driver, monkeypatch, number):
    with monkeypatch.context() as patches:
        refuse(patches, "open", number)
        with pytest.raises(FileSystemError) as caught:
            driver.list_containers()
    error, copy = caught.value, pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is type(error)
    for name in ("errno", "strerror", "filename", "value", "kind"):
        assert getattr(copy, name) == getattr(error, name)
    assert str(copy) == str(error)
    assert copy.errno == number


def test_errors_of_the_source_are_left_as_they_are(container, root):
    def pieces():
        yield b"half"
        raise OSError(errno.ENOSPC, "mine")

    with pytest.raises(OSError, match="mine") as caught:
        container.upload_object_via_stream(pieces(), "o")
    assert not isinstance(caught.value, LibcloudError)
    assert all_files(root / "c") == []


def test_folder_of_the_driver_that_is_gone_is_said(driver, root):
    root.rmdir()
    with pytest.raises(FileNotFoundError, match=str(root)) as caught:
        driver.get_container("c")
    assert isinstance(caught.value, ResourceNotFoundError)
    assert not isinstance(caught.value, ContainerDoesNotExistError)


def test_hash_of_an_upload_is_of_what_was_sent_or_unknown(container):
    first = put(container, "o", b"first")
    second = put(container, "o", b"other")
    assert second.hash == hashlib.md5(b"other").hexdigest()
    with pytest.raises(ObjectDoesNotExistError, match="replaced"):
        first.hash  # noqa: B018 - reading is what raises
    second.delete()
    assert second.hash == hashlib.md5(b"other").hexdigest()


def test_container_deleted_during_an_upload_is_said(driver, container, root):
    def pieces():
        yield b"content"
        for path in sorted((root / "c").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (root / "c").rmdir()

    with pytest.raises(ContainerDoesNotExistError):
        container.upload_object_via_stream(pieces(), "o")


# --- Locks that programs import ---------------------------------------------------------------


def test_lock_keeps_others_out_for_a_time(tmp_path):
    path = str(tmp_path / "what")
    with LockLocalStorage(path) as entered:
        assert entered is None
        with pytest.raises(LibcloudError, match=r"in 0\.1 seconds"), LockLocalStorage(path, 0.1):
            pass
    with LockLocalStorage(path, 0.1):
        pass
    lock = LockLocalStorage(path)
    assert os.path.basename(lock.ipc_lock_path).endswith(".lock")
    os.unlink(lock.ipc_lock_path)
    with NoOpLockLocalStorage(path), NoOpLockLocalStorage(path):
        pass
