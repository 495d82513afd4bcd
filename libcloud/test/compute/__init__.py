"""The old mixin of tests for compute drivers. It needs ``self.driver``."""

from __future__ import annotations

from typing import Any

from libcloud.compute.base import Node, NodeImage, NodeLocation, StorageVolume
from libcloud.pricing import get_pricing

__all__ = ["Node", "NodeImage", "NodeLocation", "StorageVolume", "TestCaseMixin", "get_pricing"]


class TestCaseMixin:
    """Goes in front of ``unittest.TestCase``."""

    should_list_locations = True
    should_have_pricing = False
    should_list_volumes = False

    # From the test case.
    driver: Any
    assertTrue: Any
    assertIsInstance: Any

    def test_list_nodes_response(self) -> None:
        self._assert_list_of(self.driver.list_nodes(), Node)

    def test_list_sizes_response(self) -> None:
        size = self.driver.list_sizes()[0]
        # Names of sizes are not asked for: some providers have none.
        for name in ("ram", "disk", "bandwidth"):
            value = getattr(size, name)
            self.assertTrue(value is None or isinstance(value, int), f"{name} is {value!r}")
        self.assertTrue(size.price is None or isinstance(size.price, (int, float)), size.price)

    def test_list_images_response(self) -> None:
        images = self.driver.list_images()
        self._assert_list_of(images, NodeImage)

    def test_list_volumes_response(self) -> None:
        if self.should_list_volumes:
            self._assert_list_of(self.driver.list_volumes(), StorageVolume)

    def test_list_locations_response(self) -> None:
        if self.should_list_locations:
            locations = self.driver.list_locations()
            self._assert_list_of(locations, NodeLocation)

    def test_create_node_response(self) -> None:
        size = self.driver.list_sizes()[0]
        image = self.driver.list_images()[0]
        node = self.driver.create_node(name="node-name", image=image, size=size)
        self.assertIsInstance(node, Node)

    def test_destroy_node_response(self) -> None:
        node = self.driver.list_nodes()[0]
        self.assertIsInstance(self.driver.destroy_node(node), bool)

    def test_reboot_node_response(self) -> None:
        node = self.driver.list_nodes()[0]
        self.assertIsInstance(self.driver.reboot_node(node), bool)

    def test_get_pricing_success(self) -> None:
        if not self.should_have_pricing:
            return
        name = self.driver.api_name
        try:
            get_pricing(driver_type="compute", driver_name=name)
        except KeyError:
            raise AssertionError(f"No 'compute' pricing info for {name}.") from None

    def _assert_list_of(self, found: Any, kind: type) -> None:
        self.assertIsInstance(found, list)
        for item in found:
            self.assertIsInstance(item, kind)
