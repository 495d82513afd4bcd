"""What the tests of faults share: a TLS front for the server, and connections of both states."""

from __future__ import annotations

import ssl
from contextlib import suppress

import pytest
import trustme
from urllib3.exceptions import HTTPError

from libcloud.common import answers
from tests.faults.test_connection_faults import Driver


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def authority_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls_front(authority, authority_file):
    """Makes a server that already runs speak TLS, and a driver that trusts it."""

    def front(server, host="localhost", context=None, **kwargs):
        if context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("localhost").configure_cert(context)
        server.wrap = lambda sock: context.wrap_socket(sock, server_side=True)
        settings = {"timeout": 2, "retry": None, "ca_cert": authority_file, **kwargs}
        return Driver("user", "correct-horse-battery", host=host, port=server.port, **settings)

    return front


@pytest.fixture(autouse=True, params=["new connection", "open connection"])
def connection_state(request, monkeypatch):
    """
    Each fault meets a connection that the request opens, whose answer urllib3 reads, and one that
    was open before, whose answer :mod:`libcloud.common.pool` reads.
    """
    if request.param == "new connection":
        return
    make = answers._HTTPPool._new_conn

    def opened(pool):
        connection = make(pool)
        # Where nobody listens, the request finds out.
        with suppress(HTTPError):
            if pool.proxy is None:
                connection.connect()
        return connection

    monkeypatch.setattr(answers._HTTPPool, "_new_conn", opened)
