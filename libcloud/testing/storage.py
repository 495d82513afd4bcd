"""
The conformance suite of storage drivers.

Subclass it, and give it the driver::

    from libcloud.testing.storage import StorageDriverConformance

    class TestAcmeStorage(StorageDriverConformance):
        @pytest.fixture
        def driver(self):
            return AcmeStorageDriver("key", "secret", host="127.0.0.1", port=9000)

What the service behind it does in its own way is said with the attributes of the class. The suite
makes containers with names of its own, and removes them with all that is in them. It is worth most
with :meth:`~StorageDriverConformance.stored`, which looks at what was stored by another client: a
driver that changes a name on the way in and back on the way out looks right to itself.
"""

from __future__ import annotations

import copy
import hashlib
import io
import itertools
import os
import pickle
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError
from libcloud.storage.base import Container, Object
from libcloud.storage.types import (
    ContainerAlreadyExistsError,
    ContainerDoesNotExistError,
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
)
from libcloud.testing.base import Conformance, needs, run_in_threads

__all__ = ["HOSTILE_NAMES", "StorageDriverConformance"]

HOSTILE_NAMES = [
    "dir//x",
    "dir/x",
    "./dot",
    "dot",
    "a/./b",
    "a/../b",
    "a b+c&d=e.txt",
    "q?x#y",
    "per%20cent",
    "per cent",
    "trailing/",
    "grüße/日本語/🙂",
    "semi;colon,comma:colon'quote\"double*star",
    "~tilde!@$()[]{}|^`\\back",
    ".hidden",
]
"""Names that a careless client changes. All of them are different objects."""


class StorageDriverConformance(Conformance):
    """The contract of :class:`libcloud.storage.base.StorageDriver`, as tests."""

    #: Sizes of the objects that make the round trip. Those of a multipart upload belong here.
    sizes = (0, 1, 64 * 1024 + 1, 6 * 1024 * 1024)

    #: Names of objects that must be kept apart and come back unchanged.
    object_names = HOSTILE_NAMES

    #: A name that no container can have.
    invalid_container_name = ""

    #: Whether ``Object.hash`` is the ``hash_type`` of the content.
    hash_is_of_content = True

    #: Whether the hash is that also after an upload by stream, which may be in parts.
    hash_is_of_streamed_content = True

    #: Whether ``meta_data`` and ``content_type`` are kept.
    keeps_metadata = True

    #: Whether creating a container of one's own again is an error.
    refuses_existing_container = True

    #: Whether deleting an object that does not exist is an error. S3 says nothing.
    delete_of_missing_object_fails = True

    #: How many objects a listing has to walk through; more than a page, if pages are small.
    objects_to_list = 25

    #: How many threads share the driver, and how often each goes round.
    threads = 8
    rounds = 5

    def container_name(self) -> str:
        """A name for a container that nobody has."""
        return f"conformance-{uuid.uuid4().hex[:20]}"

    def stored(self, container_name: str) -> dict[str, bytes] | None:
        """
        What is in a container, as another client sees it: names to contents.

        :returns: None when there is no other client.
        """
        return None

    @pytest.fixture
    def container(self, driver: Any) -> Iterator[Container]:
        """An empty container."""
        container = driver.create_container(self.container_name())
        yield container
        for obj in driver.list_container_objects(container):
            driver.delete_object(obj)
        driver.delete_container(container)

    def content(self, size: int, seed: int = 0) -> bytes:
        """Bytes that do not repeat in any way that would hide a mistake."""
        block = hashlib.sha512(str(seed).encode()).digest()
        return b"".join(
            (index.to_bytes(8, "big") + block)[: min(72, size - index * 72)]
            for index in range((size + 71) // 72)
        )

    # -- containers -------------------------------------------------------------------------------

    @needs("create_container", "list_containers", "get_container", "delete_container")
    def test_create_container_lists_and_gets_it_until_deleted(self, driver: Any) -> None:
        name = self.container_name()
        created = driver.create_container(name)
        assert isinstance(created, Container)
        assert (created.name, created.driver) == (name, driver)
        assert name in [c.name for c in driver.list_containers()]
        assert name in [c.name for c in driver.iterate_containers()]
        assert driver.get_container(name).name == name
        assert driver.delete_container(created) is True
        assert name not in [c.name for c in driver.list_containers()]
        with pytest.raises(ContainerDoesNotExistError):
            driver.get_container(name)

    @needs("create_container")
    def test_create_container_that_exists_raises(self, driver: Any, container: Container) -> None:
        if not self.refuses_existing_container:
            pytest.skip("creating a container again is no error here")
        with pytest.raises(ContainerAlreadyExistsError) as caught:
            driver.create_container(container.name)
        assert isinstance(caught.value, ResourceExistsError)
        assert caught.value.container_name == container.name

    @needs("create_container")
    def test_create_container_with_invalid_name_raises(self, driver: Any) -> None:
        with pytest.raises(InvalidContainerNameError):
            driver.create_container(self.invalid_container_name)

    @needs("get_container")
    def test_get_container_that_is_missing_raises(self, driver: Any) -> None:
        name = self.container_name()
        with pytest.raises(ContainerDoesNotExistError) as caught:
            driver.get_container(name)
        assert isinstance(caught.value, ResourceNotFoundError)
        assert caught.value.container_name == name

    @needs("delete_container", "create_container")
    def test_delete_container_twice_raises(self, driver: Any) -> None:
        container = driver.create_container(self.container_name())
        driver.delete_container(container)
        with pytest.raises(ContainerDoesNotExistError):
            driver.delete_container(container)

    @needs("delete_container", "upload_object_via_stream")
    def test_delete_container_with_objects_raises_and_keeps_them(
        self, driver: Any, container: Container
    ) -> None:
        self._upload(container, "kept", b"content")
        with pytest.raises(ContainerIsNotEmptyError):
            driver.delete_container(container)
        assert self._read(driver.get_object(container.name, "kept")) == b"content"

    @needs("iterate_container_objects")
    def test_list_objects_of_missing_container_raises(self, driver: Any) -> None:
        missing = Container(self.container_name(), {}, driver)
        with pytest.raises(ContainerDoesNotExistError):
            next(iter(driver.iterate_container_objects(missing)), None)
        with pytest.raises(ContainerDoesNotExistError):
            driver.list_container_objects(missing)

    # -- objects ----------------------------------------------------------------------------------

    @needs("upload_object_via_stream", "get_object", "download_object_as_stream")
    def test_upload_via_stream_round_trip_in_all_sizes(
        self, driver: Any, container: Container
    ) -> None:
        for size in self.sizes:
            content = self.content(size)
            uploaded = self._upload(container, f"size-{size}", content)
            assert (uploaded.name, uploaded.size) == (f"size-{size}", size)
            obj = driver.get_object(container.name, f"size-{size}")
            assert (obj.name, obj.size, obj.container.name) == (
                f"size-{size}",
                size,
                container.name,
            )
            assert self._read(obj) == content
            if self.hash_is_of_content and self.hash_is_of_streamed_content:
                assert obj.hash == hashlib.new(driver.hash_type, content).hexdigest()
                assert uploaded.hash == obj.hash

    @needs("upload_object", "get_object", "download_object")
    def test_upload_file_round_trip_in_all_sizes(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        for size in self.sizes:
            source, target = tmp_path / "source", tmp_path / f"target-{size}"
            content = self.content(size, seed=1)
            source.write_bytes(content)
            uploaded = driver.upload_object(str(source), container, f"file-{size}")
            assert uploaded.size == size
            assert driver.download_object(uploaded, str(target)) is True
            assert target.read_bytes() == content
            if self.hash_is_of_content and size == min(self.sizes, key=lambda s: abs(s - 1000)):
                listed = driver.get_object(container.name, f"file-{size}")
                assert listed.hash == hashlib.new(driver.hash_type, content).hexdigest()
        assert sorted(os.listdir(tmp_path)) == sorted(
            ["source", *(f"target-{size}" for size in self.sizes)]
        )
        self._compare_with_other_client(
            container, {f"file-{size}": self.content(size, seed=1) for size in self.sizes}
        )

    @needs("upload_object_via_stream", "list_container_objects", "get_object")
    def test_object_names_are_never_altered(self, driver: Any, container: Container) -> None:
        expected = {name: name.encode() for name in self.object_names}
        for name, content in expected.items():
            assert self._upload(container, name, content).name == name
        listed = {obj.name: obj for obj in driver.list_container_objects(container)}
        assert sorted(listed) == sorted(expected)
        for name, content in expected.items():
            assert self._read(driver.get_object(container.name, name)) == content, name
            assert self._read(listed[name]) == content, name
        self._compare_with_other_client(container, expected)
        for index, name in enumerate(expected):
            driver.delete_object(listed[name])
            left = {obj.name for obj in driver.list_container_objects(container)}
            assert left == set(list(expected)[index + 1 :]), name

    @needs("upload_object_via_stream", "get_object")
    def test_upload_replaces_the_object(self, driver: Any, container: Container) -> None:
        self._upload(container, "twice", b"the first and longer content")
        self._upload(container, "twice", b"the second")
        assert self._read(driver.get_object(container.name, "twice")) == b"the second"
        assert [obj.name for obj in driver.list_container_objects(container)] == ["twice"]

    @needs("upload_object_via_stream", "upload_object", "get_object")
    def test_metadata_and_content_type_round_trip(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        if not self.keeps_metadata:
            pytest.skip("no metadata is kept here")
        given = {"content_type": "text/x-conformance", "meta_data": {"colour": "blue", "n": "1"}}
        extra = copy.deepcopy(given)
        source = tmp_path / "source"
        source.write_bytes(b"content")
        driver.upload_object(str(source), container, "file", extra=extra)
        driver.upload_object_via_stream(iter([b"content"]), container, "stream", extra=extra)
        assert extra == given, "the caller's dictionary was changed"
        for name in ("file", "stream"):
            obj = driver.get_object(container.name, name)
            assert {"colour": "blue", "n": "1"}.items() <= obj.meta_data.items()
            assert obj.extra["content_type"] == "text/x-conformance"
        self._upload(container, "file", b"content")
        assert "colour" not in driver.get_object(container.name, "file").meta_data

    @needs("upload_object_via_stream", "get_object")
    def test_upload_via_stream_from_all_kinds_of_sources(
        self, driver: Any, container: Container
    ) -> None:
        content = self.content(150_001)
        odd = itertools.cycle([1, 7, 0, 4096, 65_537, 3])
        sources: dict[str, Any] = {
            "odd pieces": self._pieces(content, odd),
            "single bytes": (content[i : i + 1] for i in range(len(content))),
            "file object": io.BytesIO(content),
            "list of pieces": iter([content[:10], bytearray(content[10:])]),
        }
        for name, source in sources.items():
            obj = driver.upload_object_via_stream(source, container, name)
            assert obj.size == len(content), name
            assert self._read(driver.get_object(container.name, name)) == content, name

    @needs("upload_object_via_stream", "get_object")
    def test_upload_via_stream_of_nothing_makes_an_empty_object(
        self, driver: Any, container: Container
    ) -> None:
        for name, source in {"none": iter([]), "empty": iter([b"", b""])}.items():
            driver.upload_object_via_stream(source, container, name)
            obj = driver.get_object(container.name, name)
            assert (obj.size, self._read(obj)) == (0, b"")

    @needs("upload_object_via_stream", "get_object")
    def test_upload_via_stream_that_fails_stores_nothing(
        self, driver: Any, container: Container
    ) -> None:
        self._upload(container, "old", b"old content")

        def broken() -> Iterator[bytes]:
            yield b"new"
            raise RuntimeError("the source is broken")

        for name in ("old", "new"):
            # Whatever the transport makes of it, the text of the cause must not get lost.
            with pytest.raises(Exception, match="the source is broken"):
                driver.upload_object_via_stream(broken(), container, name)
        assert self._read(driver.get_object(container.name, "old")) == b"old content"
        with pytest.raises(ObjectDoesNotExistError):
            driver.get_object(container.name, "new")

    @needs("upload_object")
    def test_upload_of_missing_file_names_it(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        with pytest.raises((OSError, LibcloudError), match="no-such-file"):
            driver.upload_object(str(tmp_path / "no-such-file"), container, "object")
        assert driver.list_container_objects(container) == []

    @needs("upload_object_via_stream")
    def test_upload_to_missing_container_raises(self, driver: Any) -> None:
        missing = Container(self.container_name(), {}, driver)
        with pytest.raises(ContainerDoesNotExistError):
            driver.upload_object_via_stream(iter([b"content"]), missing, "object")

    @needs("get_object")
    def test_get_object_that_is_missing_raises(self, driver: Any, container: Container) -> None:
        with pytest.raises(ObjectDoesNotExistError) as caught:
            driver.get_object(container.name, "missing")
        assert isinstance(caught.value, ResourceNotFoundError)
        assert caught.value.object_name == "missing"
        with pytest.raises((ContainerDoesNotExistError, ObjectDoesNotExistError)):
            driver.get_object(self.container_name(), "missing")

    @needs("delete_object", "upload_object_via_stream", "get_object")
    def test_delete_object_then_it_does_not_exist(self, driver: Any, container: Container) -> None:
        obj = self._upload(container, "gone", b"content")
        assert driver.delete_object(obj) is True
        with pytest.raises(ObjectDoesNotExistError):
            driver.get_object(container.name, "gone")
        with pytest.raises(ObjectDoesNotExistError):
            next(iter(driver.download_object_as_stream(obj)))
        if self.delete_of_missing_object_fails:
            with pytest.raises(ObjectDoesNotExistError):
                driver.delete_object(obj)

    # -- listings ---------------------------------------------------------------------------------

    @needs("iterate_container_objects", "upload_object_via_stream")
    def test_iterate_objects_is_lazy_and_complete(self, driver: Any, container: Container) -> None:
        names = {f"object-{number:04}" for number in range(self.objects_to_list)}
        for name in names:
            self._upload(container, name, name.encode())
        iterator = driver.iterate_container_objects(container)
        assert not isinstance(iterator, list)
        first = next(iter(iterator))
        assert isinstance(first, Object)
        assert first.driver is driver
        everything = [obj.name for obj in driver.list_container_objects(container)]
        assert len(everything) == len(names)
        assert set(everything) == names

    @needs("iterate_container_objects", "upload_object_via_stream")
    def test_list_objects_by_prefix_in_both_spellings(
        self, driver: Any, container: Container
    ) -> None:
        names = ["a", "ab", "a/1", "a/2/3", "b/1", "ba"]
        for name in names:
            self._upload(container, name, b"")
        for prefix in ("a", "a/", "a/2", "a/2/", "b", "nothing", "", None):
            expected = sorted(name for name in names if name.startswith(prefix or ""))
            for listed in (
                driver.list_container_objects(container, prefix=prefix),
                driver.list_container_objects(container, ex_prefix=prefix),
                driver.iterate_container_objects(container, prefix=prefix),
                container.list_objects(prefix=prefix),
                container.iterate_objects(ex_prefix=prefix),
            ):
                assert sorted(obj.name for obj in listed) == expected, prefix

    # -- downloads --------------------------------------------------------------------------------

    @needs("download_object_as_stream", "upload_object_via_stream")
    def test_download_as_stream_is_an_iterator_of_pieces(
        self, driver: Any, container: Container
    ) -> None:
        content = self.content(100_003)
        obj = self._upload(container, "object", content)
        stream = driver.download_object_as_stream(obj, chunk_size=1000)
        first = next(stream)
        assert isinstance(first, bytes)
        assert 0 < len(first) <= 1000
        assert first + b"".join(stream) == content
        assert isinstance(next(driver.download_object_as_stream(obj)), bytes)

    @needs("download_object", "upload_object_via_stream")
    def test_download_to_existing_file_without_overwrite_keeps_it(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        obj = self._upload(container, "object", b"new content")
        target = tmp_path / "target"
        target.write_bytes(b"old content")
        with pytest.raises(LibcloudError, match="already exists"):
            driver.download_object(obj, str(target))
        assert target.read_bytes() == b"old content"
        assert driver.download_object(obj, str(target), overwrite_existing=True) is True
        assert target.read_bytes() == b"new content"
        assert os.listdir(tmp_path) == ["target"]

    @needs("download_object", "upload_object_via_stream")
    def test_download_to_folder_uses_the_last_component_of_the_name(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        obj = self._upload(container, "some/where/name.txt", b"content")
        assert driver.download_object(obj, str(tmp_path)) is True
        assert (tmp_path / "name.txt").read_bytes() == b"content"

    @needs("download_object", "delete_object", "upload_object_via_stream")
    def test_download_that_fails_leaves_the_old_file_and_no_litter(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        obj = self._upload(container, "object", b"content")
        driver.delete_object(obj)
        target = tmp_path / "target"
        with pytest.raises(ObjectDoesNotExistError):
            driver.download_object(obj, str(target))
        assert os.listdir(tmp_path) == []
        target.write_bytes(b"old content")
        with pytest.raises(ObjectDoesNotExistError):
            driver.download_object(obj, str(target), overwrite_existing=True)
        assert target.read_bytes() == b"old content"
        assert os.listdir(tmp_path) == ["target"]

    @needs("download_object_range_as_stream", "upload_object_via_stream")
    def test_download_range_has_start_but_not_end(self, driver: Any, container: Container) -> None:
        content = self.content(5000)
        obj = self._upload(container, "object", content)
        ranges: list[tuple[int, int | None]] = [
            (0, 1),
            (0, 5000),
            (0, None),
            (1, 4999),
            (4999, 5000),
            (4999, None),
            (2500, 2501),
        ]
        for start, end in ranges:
            stream = driver.download_object_range_as_stream(obj, start, end)
            assert b"".join(stream) == content[start:end], (start, end)
        stream = driver.download_object_range_as_stream(obj, 10, 3000, chunk_size=100)
        assert len(next(stream)) <= 100

    @needs("download_object_range", "upload_object_via_stream")
    def test_download_range_to_file(self, driver: Any, container: Container, tmp_path: Any) -> None:
        content = self.content(5000)
        obj = self._upload(container, "object", content)
        target = tmp_path / "target"
        assert driver.download_object_range(obj, str(target), 10, 20) is True
        assert target.read_bytes() == content[10:20]
        with pytest.raises(LibcloudError, match="already exists"):
            driver.download_object_range(obj, str(target), 30)
        assert driver.download_object_range(obj, str(target), 4000, overwrite_existing=True) is True
        assert target.read_bytes() == content[4000:]

    @needs("download_object_range", "download_object_range_as_stream", "upload_object_via_stream")
    def test_download_range_that_is_none_raises_value_error(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        obj = self._upload(container, "object", b"0123456789")
        for start, end in ((-1, None), (-1, 3), (5, 5), (5, 4), (0, 0)):
            with pytest.raises(ValueError, match="bytes"):
                next(iter(driver.download_object_range_as_stream(obj, start, end)))
            with pytest.raises(ValueError, match="bytes"):
                driver.download_object_range(obj, str(tmp_path / "target"), start, end)
        assert os.listdir(tmp_path) == []

    @needs("upload_object", "download_object")
    def test_progress_is_reported_to_the_end(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(self.content(300_000))
        seen: list[tuple[int, int | None]] = []
        obj = driver.upload_object(
            str(source), container, "object", progress=lambda *args: seen.append(args)
        )
        assert seen[-1] == (300_000, 300_000)
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)
        seen.clear()
        target = str(tmp_path / "target")
        driver.download_object(obj, target, progress=lambda *args: seen.append(args))
        assert seen[-1] == (300_000, 300_000)
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)

    # -- models -----------------------------------------------------------------------------------

    @needs("upload_object_via_stream")
    def test_models_have_the_methods_of_the_driver(
        self, driver: Any, container: Container, tmp_path: Any
    ) -> None:
        obj = container.upload_object_via_stream(iter([b"0123456789"]), "object")
        same = container.get_object("object")
        assert (same.name, same.size) == ("object", 10)
        assert b"".join(obj.as_stream()) == b"0123456789"
        assert b"".join(obj.range_as_stream(2, 4)) == b"23"
        assert obj.download(str(tmp_path / "whole")) is True
        assert obj.download_range(str(tmp_path / "part"), 3) is True
        assert (tmp_path / "part").read_bytes() == b"3456789"
        container.upload_object(str(tmp_path / "whole"), "copy").delete()
        assert [o.name for o in container.list_objects()] == ["object"]

    @needs("upload_object_via_stream")
    def test_models_can_be_pickled(self, driver: Any, container: Container) -> None:
        obj = self._upload(container, "object", b"content")
        same = pickle.loads(pickle.dumps(obj))
        assert (same.name, same.size, same.hash) == (obj.name, obj.size, obj.hash)
        assert same.container.name == container.name

    @needs("upload_object_via_stream")
    def test_repr_of_models_hides_credentials(self, driver: Any, container: Container) -> None:
        obj = self._upload(container, "object", b"content")
        secret = getattr(driver, "secret", None)
        text = f"{obj!r} {container!r}"
        assert "object" in text
        assert container.name in text
        assert not (isinstance(secret, str) and len(secret) > 3 and secret in text)

    # -- threads ----------------------------------------------------------------------------------

    @needs("upload_object_via_stream", "get_object", "list_container_objects", "delete_object")
    def test_one_driver_shared_by_threads(self, driver: Any, container: Container) -> None:
        def work(thread: int) -> None:
            for round_ in range(self.rounds):
                content = self.content(2000 + thread, seed=thread * 1000 + round_)
                name = f"thread {thread}/{round_}"
                self._upload(container, name, content)
                obj = driver.get_object(container.name, name)
                assert (obj.name, obj.size) == (name, len(content))
                assert self._read(obj) == content
                listed = driver.list_container_objects(container, prefix=f"thread {thread}/")
                assert name in [o.name for o in listed]
                if round_ % 2:
                    driver.delete_object(obj)

        run_in_threads([lambda t=t: work(t) for t in range(self.threads)])  # type: ignore[misc]
        left = {obj.name for obj in driver.list_container_objects(container)}
        assert left == {
            f"thread {thread}/{round_}"
            for thread in range(self.threads)
            for round_ in range(0, self.rounds, 2)
        }

    # -- helpers ----------------------------------------------------------------------------------

    def _upload(self, container: Container, name: str, content: bytes) -> Object:
        return container.driver.upload_object_via_stream(iter([content]), container, name)

    def _read(self, obj: Object) -> bytes:
        return b"".join(obj.driver.download_object_as_stream(obj))

    def _pieces(self, content: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
        position = 0
        while position < len(content):
            size = next(sizes)
            yield content[position : position + size]
            position += size

    def _compare_with_other_client(self, container: Container, expected: dict[str, bytes]) -> None:
        seen = self.stored(container.name)
        if seen is not None:
            assert sorted(seen) == sorted(expected)
            assert seen == expected
