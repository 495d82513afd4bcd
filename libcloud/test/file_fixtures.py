"""
Canned answers in files, as old tests load them: ``ComputeFileFixtures("acme").load("x.json")``.

Packages that keep their own put an absolute path into ``FIXTURES_ROOT``, or set ``root``.
"""

from __future__ import annotations

import os

__all__ = [
    "FIXTURES_ROOT",
    "BackupFileFixtures",
    "ComputeFileFixtures",
    "ContainerFileFixtures",
    "DNSFileFixtures",
    "DRSFileFixtures",
    "FileFixtures",
    "LoadBalancerFileFixtures",
    "OpenStackFixtures",
    "StorageFileFixtures",
]

FIXTURES_ROOT = {
    "common": "common/fixtures",
    "compute": "compute/fixtures",
    "storage": "storage/fixtures",
    "loadbalancer": "loadbalancer/fixtures",
    "dns": "dns/fixtures",
    "drs": "drs/fixtures",
    "backup": "backup/fixtures",
    "openstack": "compute/fixtures/openstack",
    "container": "container/fixtures",
}


class FileFixtures:
    """
    The files of one folder.

    :param fixtures_type: Key of ``FIXTURES_ROOT``.
    :param sub_dir: Folder below it.
    """

    def __init__(self, fixtures_type: str, sub_dir: str = "") -> None:
        script_dir = os.path.abspath(os.path.dirname(__file__))
        self.root = os.path.join(script_dir, FIXTURES_ROOT[fixtures_type], sub_dir)

    def load(self, file: str) -> str:
        """
        The text of a file.

        :raises OSError: there is none; its text is the path.
        """
        path = os.path.join(self.root, file)
        if not os.path.exists(path):
            raise OSError(path)
        with open(path, encoding="utf-8") as stream:
            return stream.read()


class ComputeFileFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="compute", sub_dir=sub_dir)


class StorageFileFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="storage", sub_dir=sub_dir)


class LoadBalancerFileFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="loadbalancer", sub_dir=sub_dir)


class DNSFileFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="dns", sub_dir=sub_dir)


class DRSFileFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="drs", sub_dir=sub_dir)


class BackupFileFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="backup", sub_dir=sub_dir)


class OpenStackFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="openstack", sub_dir=sub_dir)


class ContainerFileFixtures(FileFixtures):
    def __init__(self, sub_dir: str = "") -> None:
        super().__init__(fixtures_type="container", sub_dir=sub_dir)
