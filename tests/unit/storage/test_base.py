"""Types, providers, models and what StorageDriver derives."""

import pickle
import subprocess
import sys

import pytest

from libcloud.common.errors import (
    ConflictError,
    DriverNotWrittenError,
    LibcloudError,
    ProviderClosedError,
    ProviderNotFoundError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
)
from libcloud.storage import types
from libcloud.storage.base import CHUNK_SIZE, Container, Object, StorageDriver
from libcloud.storage.drivers.dummy import DummyStorageDriver
from libcloud.storage.providers import DRIVERS, Provider, get_driver, set_driver


class OneObject(StorageDriver):
    """What a third party writes at the least."""

    name = "One"

    def __init__(self, content=b"0123456789"):
        self.content = content
        self.calls = []

    def list_containers(self):
        return [Container("c", None, self)]

    def list_container_objects(self, container, prefix=None, ex_prefix=None):
        self.calls.append((prefix, ex_prefix))
        return [Object("o", len(self.content), None, None, None, container, self)]

    def download_object_as_stream(self, obj, chunk_size=None):
        return iter([self.content])

    def download_object_range_as_stream(self, obj, start_bytes, end_bytes=None, chunk_size=None):
        return iter([self.content[start_bytes:end_bytes]])

    def upload_object_via_stream(self, iterator, container, object_name, extra=None, headers=None):
        self.content = b"".join(iterator)
        return Object(object_name, len(self.content), None, extra, None, container, self)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ContainerError", "<ContainerError in None, container=n, value=v>"),
        (
            "ContainerAlreadyExistsError",
            "<ContainerAlreadyExistsError in None, container=n, value=v>",
        ),
        ("InvalidContainerNameError", "<InvalidContainerNameError in None, container=n, value=v>"),
        ("ObjectError", "<ContainerError in None, value=v, object = n>"),
        ("ObjectDoesNotExistError", "<ObjectDoesNotExistError in None, value=v, object = n>"),
        ("ObjectHashMismatchError", "<ObjectHashMismatchError in None, value=v, object = n>"),
    ],
)
def test_error_text_and_pickle(name, text):
    error = getattr(types, name)("v", None, "n")
    assert str(error) == text
    assert error.value == "v"
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), type(copy), vars(copy)) == (text, type(error), vars(error))


def test_errors_are_of_the_common_tree():
    assert issubclass(types.ContainerDoesNotExistError, ResourceNotFoundError)
    assert issubclass(types.ObjectDoesNotExistError, ResourceNotFoundError)
    assert issubclass(types.ContainerAlreadyExistsError, ResourceExistsError)
    assert issubclass(types.ContainerIsNotEmptyError, ConflictError)
    assert types.ObjectDoesNotExistError(None, None, "n").http_code == 404
    assert types.ObjectDoesNotExistError(None, None, "n").kind == "not_found"


def test_drivers_table_is_sorted_and_knows_its_constants():
    assert list(DRIVERS) == sorted(DRIVERS)
    constants = {value for key, value in vars(Provider).items() if key.isupper()}
    assert set(DRIVERS) <= constants
    assert get_driver(Provider.DUMMY) is DummyStorageDriver
    assert get_driver("dummy") is DummyStorageDriver


def test_get_driver_errors():
    with pytest.raises(DriverNotWrittenError, match="ktucloud"):
        get_driver(Provider.KTUCLOUD)
    with pytest.raises(ProviderClosedError, match="OPENSTACK_SWIFT"):
        get_driver(Provider.CLOUDFILES_SWIFT)
    with pytest.raises(ProviderNotFoundError, match="Did you mean 'local'"):
        get_driver("locall")


def test_set_driver_registers_one_of_your_own():
    try:
        assert set_driver("one", __name__, "OneObject") is OneObject
        assert get_driver("one") is OneObject
        with pytest.raises(AttributeError):
            set_driver("one", __name__, "OneObject")
    finally:
        DRIVERS.pop("one", None)


def test_models_are_constructed_by_position_and_take_attributes():
    driver = DummyStorageDriver("key", "secret")
    container = Container("c", None, driver)
    obj = Object("o", 3, "abc", {"a": 1}, {"b": "2"}, container, driver)
    assert vars(container) == {"name": "c", "extra": {}, "driver": driver}
    assert set(vars(obj)) == {"name", "size", "hash", "container", "extra", "meta_data", "driver"}
    assert repr(container) == "<Container: name=c, provider=Dummy Storage Provider>"
    assert repr(obj) == "<Object: name=o, size=3, hash=abc, provider=Dummy Storage Provider ...>"
    obj.mine = "mine"
    assert obj.mine == "mine"
    assert repr(Container("c", {}, None)) == "<Container: name=c, provider=None>"


def test_lists_and_iterators_are_derived_from_each_other():
    driver = OneObject()
    assert [c.name for c in driver.iterate_containers()] == ["c"]
    container = driver.list_containers()[0]
    assert [o.name for o in container.iterate_objects(prefix="p")] == ["o"]
    assert [o.name for o in container.list_objects(ex_prefix="q")] == ["o"]
    assert driver.calls == [("p", None), (None, "q")]
    assert {"iterate_containers", "download_object", "upload_object", "download_object_range"} <= (
        OneObject.supported_operations()
    )
    assert "get_object" not in OneObject.supported_operations()
    assert StorageDriver.supported_operations() == frozenset()


def test_files_are_derived_from_streams(tmp_path):
    driver = OneObject()
    obj = driver.list_containers()[0].list_objects()[0]
    assert obj.download(str(tmp_path / "whole")) is True
    assert (tmp_path / "whole").read_bytes() == b"0123456789"
    assert obj.download_range(str(tmp_path / "part"), 2, 4) is True
    assert (tmp_path / "part").read_bytes() == b"23"
    (tmp_path / "new").write_bytes(b"new content")
    driver.list_containers()[0].upload_object(str(tmp_path / "new"), "o")
    assert driver.content == b"new content"


def test_base_operations_that_are_not_offered_say_so():
    driver = StorageDriver("key", "secret")
    with pytest.raises(UnsupportedOperation, match="get_object not implemented for this driver"):
        driver.get_object("c", "o")
    with pytest.raises(NotImplementedError):
        driver.list_containers()
    with pytest.raises(NotImplementedError):
        driver.download_object(None, "/nowhere")


def test_download_of_wrong_length_raises_and_leaves_nothing(tmp_path):
    driver = OneObject()
    obj = driver.list_containers()[0].list_objects()[0]
    driver.content = b"short"
    with pytest.raises(LibcloudError, match="10 bytes, of which 5 arrived"):
        obj.download(str(tmp_path / "file"))
    assert list(tmp_path.iterdir()) == []


def test_ranges_are_validated():
    driver = StorageDriver("key", "secret")
    assert driver._validate_start_and_end_bytes(3, None) is True
    for start, end in ((-1, None), (3, 3), (5, 3)):
        with pytest.raises(ValueError, match="start_bytes"):
            driver._validate_start_and_end_bytes(start, end)
    assert driver._get_standard_range_str(5) == "bytes=5-"
    assert driver._get_standard_range_str(5, 10) == "bytes=5-9"
    assert driver._get_standard_range_str(5, 10, True) == "bytes=5-10"


def test_content_type_is_guessed_unless_given():
    driver = StorageDriver("key", "secret")
    assert driver._determine_content_type("x/y", "a.txt") == "x/y"
    assert driver._determine_content_type(None, "a.txt") == "text/plain"
    assert driver._determine_content_type(None, "a", "/some/f.txt") == "text/plain"
    assert driver._determine_content_type(None, "a.weird") == "application/octet-stream"
    driver.strict_mode = True
    with pytest.raises(AttributeError, match=r"a\.weird"):
        driver._determine_content_type(None, "a.weird")


def test_hash_function_of_unknown_type_raises():
    driver = StorageDriver("key", "secret")
    assert driver._hash_buffered_stream(iter([b"ab", b"c"]), driver._get_hash_function()) == (
        "900150983cd24fb0d6963f7d28e17f72",
        3,
    )
    driver.hash_type = "nope"
    with pytest.raises(RuntimeError, match="nope"):
        driver._get_hash_function()


class Answer:
    def __init__(self, content, status=200):
        self.content = content
        self.status = status

    def iter_content(self, size):
        return iter([self.content])


def test_get_object_and_save_object_of_older_drivers(tmp_path):
    driver = OneObject()
    obj = driver.list_containers()[0].list_objects()[0]

    def download(answer, status=None):
        return driver._get_object(
            obj=obj,
            callback=driver._save_object,
            response=answer,
            callback_kwargs={
                "response": answer,
                "obj": obj,
                "destination_path": str(tmp_path / "file"),
                "partial_download": status == 206,
            },
            success_status_code=status,
        )

    assert download(Answer(b"0123456789")) is True
    assert (tmp_path / "file").read_bytes() == b"0123456789"
    with pytest.raises(LibcloudError, match="already exists, but overwrite_existing=False"):
        download(Answer(b"01"))
    (tmp_path / "file").unlink()
    assert download(Answer(b"01", 206), 206) is True
    with pytest.raises(types.ObjectDoesNotExistError):
        download(Answer(b"", 404))
    with pytest.raises(LibcloudError, match="Unexpected status code: 500"):
        download(Answer(b"", 500))


def test_old_names_are_importable_from_base():
    assert CHUNK_SIZE == 8096
    with pytest.raises(ImportError):
        from libcloud.storage.base import no_such_name  # noqa: F401


def test_constructing_loads_no_http_library(tmp_path):
    code = f"""
import sys
from libcloud.storage.providers import get_driver
get_driver("dummy")("key", "secret")
get_driver("local")({str(tmp_path)!r})
loaded = {{"requests", "lxml", "cryptography", "asyncio", "ssl"}} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True)
