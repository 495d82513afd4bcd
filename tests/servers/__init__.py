"""
Real servers that others wrote, started for the tests on free ports of the loopback.

Each module has a context manager and a session fixture, so that a worker of pytest-xdist starts a
server once, when the first test asks for it. Servers that come from Debian are skipped where they
are not installed, unless ``LIBCLOUD_REQUIRE_SERVERS=1`` makes that a failure.
"""
