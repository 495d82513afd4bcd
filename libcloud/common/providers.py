"""Driver look-up under its old path: see :mod:`libcloud.common.registry`."""

from libcloud.common.registry import get_driver, set_driver

__all__ = ["get_driver", "set_driver"]
