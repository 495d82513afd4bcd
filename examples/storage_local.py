"""
Copies a folder into a container on this machine, and reads it back.

Swap the constant and the credentials, and the same lines run with any other provider::

    driver = get_driver(Provider.S3)("access key", "secret key", region="eu-west-1")
"""

from __future__ import annotations

import hashlib
import os
import tempfile

from libcloud.storage.base import Container, StorageDriver
from libcloud.storage.providers import get_driver
from libcloud.storage.types import ContainerDoesNotExistError, Provider


def container_called(driver: StorageDriver, name: str) -> Container:
    """The container of that name, made if it does not exist."""
    try:
        return driver.get_container(name)
    except ContainerDoesNotExistError:
        return driver.create_container(name)


def upload_folder(folder: str, container: Container) -> None:
    """Upload all files below a folder, under their paths."""
    for parent, _, files in os.walk(folder):
        for file in files:
            path = os.path.join(parent, file)
            name = os.path.relpath(path, folder)
            container.upload_object(path, name, extra={"meta_data": {"source": parent}})


def show_progress(done: int, total: int | None) -> None:
    print(f"\r  {done} of {total} bytes", end="" if done != total else "\n")


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as target:
        driver = get_driver(Provider.LOCAL)(root)
        container = container_called(driver, "examples")
        upload_folder(here, container)

        for obj in container.iterate_objects(prefix="storage_"):
            print(f"{obj.name}: {obj.size} bytes, from {obj.meta_data['source']}")
            obj.download(target, progress=show_progress)
            with open(os.path.join(target, obj.name), "rb") as file:
                assert hashlib.md5(file.read()).hexdigest() == obj.hash
            print("  first line:", next(obj.range_as_stream(0, 3)))


if __name__ == "__main__":
    main()
