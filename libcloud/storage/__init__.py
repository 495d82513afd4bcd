"""
Object storage: containers (also called buckets) that hold objects under names.

Start with :func:`libcloud.storage.providers.get_driver`; the contract of every driver is
:class:`libcloud.storage.base.StorageDriver`.
"""
