"""
What a driver is tested with, in this project and in packages that bring a driver of their own.

:mod:`libcloud.testing.http`
    The HTTP double: answers the requests of a driver from a table, below ``Connection``.
:mod:`libcloud.testing.specs`
    Checks each request and each answer of the double against the provider's own description.
:mod:`libcloud.testing.fixtures`
    Answers kept in files.
``libcloud.testing.<domain>``
    The conformance suite of a domain: subclass it and give it one fixture, ``driver``.

All of it needs the extra ``test``: ``pip install apache-libcloud[test]``.
"""
