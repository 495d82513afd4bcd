"""
Machines: nodes, their sizes, images and locations, volumes and snapshots, SSH key pairs.

Start with :func:`libcloud.compute.providers.get_driver`; the contract of every driver is
:class:`libcloud.compute.base.NodeDriver`.
"""
