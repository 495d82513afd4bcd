"""The local driver beside a dict, and nothing outside its folder touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from libcloud.common.errors import LibcloudError
from libcloud.storage.base import Object
from libcloud.storage.drivers.local import LocalStorageDriver
from libcloud.storage.types import (
    ContainerIsNotEmptyError,
    InvalidContainerNameError,
    ObjectDoesNotExistError,
)
from tests.properties import few

# Few names that get in each other's way, and any other ones.
HARD = ["a", "a/", "a//b", "/a", "/", "..", "../a", "a/../../b", ".", "./a", "a/b", "a/b/c", "A"]
HARD += [".libcloud-file=a", ".libcloud-name=a", ".lock/a", ".hash", "x" * 300, "ä" * 150, "a\0b"]
HARD += ["a\nb", "a%00b", "-", "~", "../../outside/secret", "/etc/passwd", "link/secret"]
names = st.one_of(st.sampled_from(HARD), st.text(min_size=1, max_size=8))
contents = st.binary(max_size=40)
meta = st.dictionaries(st.text("abc", min_size=1), st.text(max_size=5), max_size=2)


def snapshot(folder: Path):
    """Everything below a folder: kinds, contents and times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        state = path.lstat()
        content = (
            path.read_bytes() if path.is_file() else os.readlink(path) if path.is_symlink() else b""
        )
        found[str(path)] = (state.st_mode, state.st_mtime_ns, content)
    return found


class Local(RuleBasedStateMachine):
    """The objects of a container are (content, metadata) by name."""

    def __init__(self):
        super().__init__()
        self.top = Path(tempfile.mkdtemp(prefix="libcloud-local-"))
        (self.top / "outside").mkdir()
        (self.top / "outside" / "secret").write_bytes(b"not yours")
        root = self.top / "root"
        root.mkdir()
        self.driver = LocalStorageDriver(str(root))
        self.container = self.driver.create_container("box")
        # Somebody has put links there; they are nobody's objects.
        os.symlink(self.top / "outside", root / "box" / "link")
        os.symlink(self.top / "outside", root / "elsewhere")
        self.before = snapshot(self.top / "outside")
        self.model = {}

    def teardown(self):
        try:
            assert snapshot(self.top / "outside") == self.before
            assert sorted(os.listdir(self.top)) == ["outside", "root"]
        finally:
            shutil.rmtree(self.top)

    def held(self, name):
        return Object(name, 0, None, {}, {}, self.container, self.driver)

    @rule(name=names, content=contents, meta_data=meta, parts=st.booleans())
    def put(self, name, content, meta_data, parts):
        source = iter([content[:7], content[7:]]) if parts else iter([content])
        try:
            obj = self.driver.upload_object_via_stream(
                source, self.container, name, {"meta_data": meta_data}
            )
        except LibcloudError:
            # What is in the way is a link, which is not followed.
            assert name.split("/")[0] == "link"
            return
        assert (obj.name, obj.size, obj.meta_data) == (name, len(content), meta_data)
        assert obj.hash == hashlib.md5(content).hexdigest()
        self.model[name] = content, meta_data

    @rule(data=st.data(), content=contents)
    def overwrite(self, data, content):
        if self.model:
            name = data.draw(st.sampled_from(sorted(self.model)))
            self.driver.upload_object_via_stream(iter([content]), self.container, name)
            self.model[name] = content, {}

    @rule(name=names)
    def put_what_breaks(self, name):
        def broken():
            yield b"half"
            raise ConnectionError

        with pytest.raises((ConnectionError, LibcloudError)):
            self.driver.upload_object_via_stream(broken(), self.container, name)

    @rule(data=st.data(), name=names)
    def copy(self, data, name):
        if not self.model or name.split("/")[0] == "link":
            return
        source = data.draw(st.sampled_from(sorted(self.model)))
        content, _ = self.model[source]
        stream = self.driver.get_object("box", source).as_stream()
        self.driver.upload_object_via_stream(stream, self.container, name)
        self.model[name] = content, {}

    @rule(name=names)
    def get(self, name):
        if name not in self.model:
            with pytest.raises(ObjectDoesNotExistError):
                self.driver.get_object("box", name)
            with pytest.raises(ObjectDoesNotExistError):
                b"".join(self.driver.download_object_as_stream(self.held(name)))
            return
        self.check(name)

    @rule(data=st.data(), start=st.integers(0, 40), end=st.integers(1, 40))
    def get_range(self, data, start, end):
        if self.model:
            name = data.draw(st.sampled_from(sorted(self.model)))
            content, _ = self.model[name]
            if start < end <= len(content):
                found = self.driver.download_object_range_as_stream(self.held(name), start, end)
                assert b"".join(found) == content[start:end]

    @rule(name=names)
    def delete(self, name):
        if name not in self.model:
            with pytest.raises(ObjectDoesNotExistError):
                self.driver.delete_object(self.held(name))
            return
        assert self.driver.delete_object(self.held(name))
        del self.model[name]

    @rule(data=st.data())
    def delete_one_that_is_there(self, data):
        if self.model:
            self.driver.delete_object(
                self.held(name := data.draw(st.sampled_from(sorted(self.model))))
            )
            del self.model[name]

    @rule(prefix=st.one_of(names, st.just("a")))
    def list_with_prefix(self, prefix):
        found = sorted(obj.name for obj in self.container.list_objects(prefix=prefix))
        assert found == sorted(name for name in self.model if name.startswith(prefix))

    @rule()
    def delete_container(self):
        # The link is in it, which is not ours to delete.
        with pytest.raises(ContainerIsNotEmptyError):
            self.driver.delete_container(self.container)

    @rule(name=st.sampled_from(["..", ".", "../outside", "a/b", "", "/", "a\0b", "/etc"]))
    def containers_elsewhere(self, name):
        with pytest.raises(InvalidContainerNameError):
            self.driver.create_container(name)

    @rule()
    def a_container_that_is_a_link(self):
        with pytest.raises(LibcloudError):
            self.driver.get_container("elsewhere")
        assert [container.name for container in self.driver.list_containers()] == ["box"]

    @invariant()
    def the_listing_is_the_model(self):
        listed = {obj.name: (obj.size, obj.meta_data) for obj in self.container.list_objects()}
        assert listed == {n: (len(content), held) for n, (content, held) in self.model.items()}

    def check(self, name):
        content, meta_data = self.model[name]
        obj = self.driver.get_object("box", name)
        assert (obj.size, obj.meta_data) == (len(content), meta_data)
        assert b"".join(obj.as_stream()) == content
        assert obj.hash == hashlib.md5(content).hexdigest()


TestLocal = Local.TestCase
TestLocal.settings = settings(few, stateful_step_count=40)
