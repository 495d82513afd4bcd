from __future__ import annotations

import pytest

from libcloud.container.providers import get_driver
from libcloud.container.types import Provider
from libcloud.testing.container import ContainerDriverConformance


class TestDummyContainer(ContainerDriverConformance):
    @pytest.fixture
    def driver(self):
        return get_driver(Provider.DUMMY)("key-of-mine", "secret-of-mine")


class TestDummyContainerInstalled(ContainerDriverConformance):
    """The same with an image that the suite installs, outside of clusters."""

    image_path = "registry.example.com:5000/team/app:1.0"

    @pytest.fixture
    def driver(self):
        driver = get_driver(Provider.DUMMY)("key-of-mine", "secret-of-mine")
        driver.install_image("another/image")
        driver.create_cluster("somebody-elses")
        return driver

    @pytest.fixture
    def cluster(self):
        return None
