"""
One library for every cloud.

::

    from libcloud.compute.providers import get_driver
    from libcloud.compute.types import Provider

    driver = get_driver(Provider.EC2)("key", "secret", region="eu-west-1")
    print(driver.list_nodes())

``import libcloud`` loads no driver and no third-party package.
"""

__version__ = "4.0.0.dev0"
