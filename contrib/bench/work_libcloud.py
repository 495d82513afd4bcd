"""
The works done with libcloud: ours, and 3.9.1, which has the same interface. Where one of them needs
to be spoken to differently, ``OLD`` says so.

A work is a generator function: see ``worker.measure``. Everything is imported inside, for each runs
in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

from common import (
    HOST,
    KEY,
    PORT,
    REGION,
    SECRET,
    SMALL,
    file_of,
    in_threads,
    interpreters,
    pieces_of,
    remove,
)

OLD = sys.argv[1] == "3.9.1"


def _check_which() -> None:
    """Nobody shall measure one library and take it for the other."""
    import libcloud

    root = os.environ["BENCH_ROOT"]
    is_ours = os.path.abspath(libcloud.__file__) == os.path.join(root, "libcloud", "__init__.py")
    if is_ours == OLD or (OLD and libcloud.__version__ != "3.9.1"):
        raise SystemExit(f"{libcloud.__file__} {libcloud.__version__} is the wrong libcloud")


_check_which()


def _driver(domain: str, provider: str, **kwargs: Any) -> Any:
    import importlib

    get_driver = importlib.import_module(f"libcloud.{domain}.providers").get_driver
    return get_driver(provider)(KEY, SECRET, secure=False, host=HOST, port=PORT, **kwargs)


def _s3() -> Any:
    return _driver("storage", "s3", region=REGION)


def _bucket() -> Any:
    from libcloud.storage.base import Container

    return Container("bucket", {}, _s3())


def _s3_object(name: str) -> Any:
    """An object, with a connection that was used already."""
    return _s3().get_object("bucket", name)


def _ec2() -> Any:
    # 3.9.1 signs with version 2 otherwise, which AWS has given up.
    kwargs = {"signature_version": "4"} if OLD else {}
    return _driver("compute", "ec2", region=REGION, **kwargs)


# -- import and construct -------------------------------------------------------------------------


def import_ec2(size: int) -> Any:
    return (yield from _import(size, "compute", "ec2"))


def import_s3(size: int) -> Any:
    return (yield from _import(size, "storage", "s3"))


def import_route53(size: int) -> Any:
    return (yield from _import(size, "dns", "route53"))


def _import(size: int, domain: str, provider: str) -> Any:
    program = (
        f"from libcloud.{domain}.providers import get_driver; "
        f"get_driver({provider!r})('key', 'secret')"
    )
    yield
    return interpreters(size, program)


# -- small requests -------------------------------------------------------------------------------


def s3_head(size: int) -> Any:
    driver = _s3_object("size-4096").driver
    yield
    for _ in range(size):
        assert driver.get_object("bucket", "size-4096").size == len(SMALL)
    return size


def s3_get(size: int) -> Any:
    obj = _s3_object("size-4096")
    yield
    for _ in range(size):
        assert len(b"".join(obj.driver.download_object_as_stream(obj))) == len(SMALL)
    return size


def s3_put(size: int) -> Any:
    bucket = _bucket()
    bucket.upload_object_via_stream(iter([SMALL]), "first")
    yield
    for _ in range(size):
        assert bucket.upload_object_via_stream(iter([SMALL]), "name").size == len(SMALL)
    return size


def s3_delete(size: int) -> Any:
    obj = _s3_object("size-4096")
    yield
    for _ in range(size):
        assert obj.driver.delete_object(obj)
    return size


def s3_threads(size: int) -> Any:
    driver = _s3()
    yield

    def name_of(name: str) -> str:
        obj = driver.get_object("bucket", name)
        content = b"".join(driver.download_object_as_stream(obj)).decode()
        return content if obj.size == len(content.encode()) else f"{obj.size} bytes"

    return in_threads(size, name_of)


def s3_batch_delete(size: int) -> Any:
    from libcloud.storage.base import Object

    bucket = _bucket()
    bucket.driver.get_object("bucket", "size-4096")
    names = [f"key-{number:09d}" for number in range(size)]
    objects = [Object(name, 1, "", {}, {}, bucket, bucket.driver) for name in names]
    yield
    if OLD:  # which has nothing else
        for obj in objects:
            bucket.driver.delete_object(obj)
    else:
        assert not bucket.driver.ex_delete_objects(bucket, names)
    return size


def ec2_small(size: int) -> Any:
    driver = _ec2()
    driver.list_key_pairs()
    yield
    for _ in range(size):
        assert len(driver.list_key_pairs()) == 1
    return size


# -- listings -------------------------------------------------------------------------------------


def ec2_nodes(size: int) -> Any:
    driver = _ec2()
    driver.list_key_pairs()
    yield
    nodes = driver.list_nodes() if OLD else driver.iterate_nodes()
    return sum(1 for node in nodes if node.id)


def s3_keys(size: int) -> Any:
    bucket = _bucket()
    yield
    return sum(1 for obj in bucket.driver.iterate_container_objects(bucket) if obj.name)


def route53_records(size: int) -> Any:
    zone = _driver("dns", "route53").get_zone("Z1")
    yield
    return sum(1 for record in zone.driver.iterate_records(zone) if record.data)


def route53_export(size: int) -> Any:
    zone = _driver("dns", "route53").get_zone("Z1")
    path = remove(f"zone-{os.getpid()}")
    yield
    zone.export_to_bind_zone_file(path)
    return size if os.path.getsize(path) > 30 * size else 0


# -- transfers ------------------------------------------------------------------------------------


def upload_path(size: int) -> Any:
    bucket, path = _bucket(), file_of(size)
    yield
    return bucket.driver.upload_object(path, bucket, "name").size


def upload_pieces_1m(size: int) -> Any:
    return (yield from _upload_pieces(size, 1024 * 1024))


def upload_pieces_8k(size: int) -> Any:
    return (yield from _upload_pieces(size, 8 * 1024))


def _upload_pieces(size: int, piece: int) -> Any:
    bucket = _bucket()
    yield
    bucket.driver.upload_object_via_stream(pieces_of(size, piece), bucket, "name")
    return size


def download_path(size: int) -> Any:
    return (yield from _download(f"parts-{size}", size))


def download_path_md5(size: int) -> Any:
    return (yield from _download(f"size-{size}", size))


def _download(name: str, size: int) -> Any:
    obj = _s3_object(name)
    path = remove(f"download-{os.getpid()}")
    yield
    assert obj.driver.download_object(obj, path)
    return os.path.getsize(path)


parallel_upload = upload_path
parallel_download = download_path


# -- no network -----------------------------------------------------------------------------------


def sigv4(size: int) -> Any:
    connection = _s3().connection
    connection.connect()
    signer = connection.signer
    yield
    for number in range(size):
        _, headers = signer.get_request_headers(
            {"list-type": "2", "prefix": f"photos/{number}"},
            {"Host": HOST, "Accept-Encoding": "identity"},
            method="GET",
            path="/bucket",
        )
        assert "Authorization" in headers
    return size


def bind_export(size: int) -> Any:
    from libcloud.dns.base import DNSDriver, Record, Zone
    from libcloud.dns.types import RecordType

    class Memory(DNSDriver):
        """Has the records already: what is measured is the writing of the file."""

        type = name = website = "memory"

        def iterate_records(self, zone: Any) -> Any:
            return iter(records)

        def list_records(self, zone: Any) -> Any:
            return records

    driver = Memory("key")
    zone = Zone("1", "example.com", "master", 300, driver, {})
    records = [
        Record(
            str(number),
            f"host-{number}",
            RecordType.A,
            f"10.0.{number >> 8 & 255}.{number & 255}",
            zone,
            driver,
            300,
            {"ttl": 300},
        )
        for number in range(size)
    ]
    path = remove(f"zone-{os.getpid()}")
    yield
    driver.export_zone_to_bind_zone_file(zone, path)
    return size if os.path.getsize(path) > 20 * size else 0


# -- LOCAL ----------------------------------------------------------------------------------------


def _local(size: int) -> Any:
    """A container on disk with so many objects of 4 KiB."""
    from libcloud.storage.providers import get_driver

    root = os.path.abspath(f"local-{sys.argv[1]}")
    shutil.rmtree(root, ignore_errors=True)
    os.mkdir(root)
    container = get_driver("local")(root).create_container("container")
    for number in range(size):
        container.upload_object_via_stream(iter([SMALL]), f"object-{number:06d}")
    return container


def local_list(size: int) -> Any:
    container = _local(size)
    yield
    return sum(1 for obj in container.driver.iterate_container_objects(container) if obj.size)


def local_put(size: int) -> Any:
    container = _local(0)
    yield
    for number in range(size):
        container.upload_object_via_stream(iter([SMALL]), f"object-{number:06d}")
    return len(os.listdir(f"local-{sys.argv[1]}/container"))


def local_get(size: int) -> Any:
    container = _local(size)
    objects = container.list_objects()
    yield
    for obj in objects:
        assert len(b"".join(container.driver.download_object_as_stream(obj))) == len(SMALL)
    return len(objects)


def local_head(size: int) -> Any:
    container = _local(size)
    yield
    for number in range(size):
        obj = container.driver.get_object("container", f"object-{number:06d}")
        assert obj.size == len(SMALL)
    return size


def local_delete(size: int) -> Any:
    container = _local(size)
    objects = container.list_objects()
    yield
    for obj in objects:
        container.driver.delete_object(obj)
    return len(objects)
