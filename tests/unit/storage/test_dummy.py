"""What the dummy driver has besides the contract, which the conformance suite judges."""

import hashlib
import pickle

import pytest

from libcloud.common.errors import LibcloudError
from libcloud.storage.drivers.dummy import DummyFileObject, DummyIterator, DummyStorageDriver
from libcloud.storage.types import (
    ContainerDoesNotExistError,
    InvalidContainerNameError,
    ObjectError,
)
from libcloud.testing.base import run_in_threads


@pytest.fixture
def driver():
    return DummyStorageDriver("key", "secret")


def test_state_is_per_instance(driver):
    driver.create_container("c")
    assert DummyStorageDriver("key", "secret").list_containers() == []


def test_get_meta_data_counts(driver):
    assert driver.get_meta_data() == {"container_count": 0, "object_count": 0, "bytes_used": 0}
    container = driver.create_container("c")
    container.upload_object_via_stream(iter([b"abc", b"de"]), "o")
    assert driver.get_meta_data() == {"container_count": 1, "object_count": 1, "bytes_used": 5}
    assert driver.get_container("c").extra == {"object_count": 1}


def test_upload_of_missing_file_raises_libcloud_error(driver):
    container = driver.create_container("c")
    with pytest.raises(LibcloudError, match="File /no/such/file does not exist"):
        container.upload_object("/no/such/file", "o")


def test_names_that_are_none(driver):
    container = driver.create_container("c")
    for name in ("", None):
        with pytest.raises(InvalidContainerNameError):
            driver.create_container(name)
        with pytest.raises(ObjectError):
            container.upload_object_via_stream(b"", name)


def test_returned_objects_are_copies(driver):
    container = driver.create_container("c")
    obj = container.upload_object_via_stream(b"abc", "o", {"meta_data": {"a": "1"}})
    obj.meta_data["a"] = obj.extra["content_type"] = "changed"
    again = container.get_object("o")
    assert again.meta_data == {"a": "1"}
    assert again.extra["content_type"] == "application/octet-stream"


def test_range_that_ends_behind_the_object_raises(driver):
    obj = driver.create_container("c").upload_object_via_stream(b"0123", "o")
    with pytest.raises(ValueError, match="larger than file size"):
        obj.range_as_stream(0, 5)
    assert list(obj.range_as_stream(4)) == []


def test_cdn_urls(driver):
    container = driver.create_container("a c")
    obj = container.upload_object_via_stream(b"", "an o")
    assert container.get_cdn_url() == "http://www.test.com/container/a_c"
    assert obj.get_cdn_url() == "http://www.test.com/object/an_o"
    container.delete_object(obj)
    container.delete()
    with pytest.raises(ContainerDoesNotExistError):
        container.get_cdn_url()


def test_driver_can_be_pickled_with_what_it_holds(driver):
    driver.create_container("c").upload_object_via_stream(b"abc", "o")
    copy = pickle.loads(pickle.dumps(driver))
    assert next(copy.get_object("c", "o").as_stream()) == b"abc"
    copy.create_container("only here")
    assert len(driver.list_containers()) == 1


def test_one_container_created_by_many_threads_exists_once(driver):
    def create():
        try:
            return driver.create_container("c").name
        except LibcloudError as error:
            return type(error).__name__

    results = run_in_threads([create] * 16)
    assert sorted(results) == ["ContainerAlreadyExistsError"] * 15 + ["c"]


def test_dummy_file_object_can_be_uploaded(driver):
    obj = driver.create_container("c").upload_object_via_stream(DummyFileObject(3, 7), "o")
    assert (obj.size, len(DummyFileObject(3, 7))) == (21, 21)


def test_dummy_iterator_hashes_what_it_yields(driver):
    iterator = DummyIterator(["2", "3", b"5"])
    obj = driver.create_container("c").upload_object_via_stream(iterator, "o")
    assert obj.hash == iterator.get_md5_hash() == hashlib.md5(b"235").hexdigest()
    with pytest.raises(StopIteration):
        iterator.next()
