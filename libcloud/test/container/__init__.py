"""The old mixin of tests for container drivers. It needs ``self.driver``."""

from __future__ import annotations

from typing import Any

from libcloud.container.base import ContainerImage

__all__ = ["ContainerImage", "TestCaseMixin"]


class TestCaseMixin:
    """Goes in front of ``unittest.TestCase``."""

    driver: Any
    assertIsInstance: Any

    def test_list_images_response(self) -> None:
        images = self.driver.list_images()
        self.assertIsInstance(images, list)
        for image in images:
            self.assertIsInstance(image, ContainerImage)
