"""
What the certificates of servers are verified with.

One driver takes ``ca_cert=`` or ``verify_ssl_cert=False``. The names below are for the whole
process:

``VERIFY_SSL_CERT``
    False turns verification off. Never do that outside of a test.
``CA_CERTS_PATH``
    Path of a bundle of CA certificates in PEM (or of a directory that ``c_rehash`` made). It begins
    as the environment variable ``SSL_CERT_FILE``. None is the bundle of requests, which is
    certifi's unless the environment variables of requests say otherwise.
``USE_CERTIFI``
    Whether ``CA_CERTS_PATH`` may fall back to certifi. Only for programs that read it: there is no
    other bundle to fall back to.

The first two are read for each connection, so they may be set at any time.
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

__all__ = ["CA_CERTS_PATH", "USE_CERTIFI", "VERIFY_SSL_CERT", "verification"]

VERIFY_SSL_CERT = True
USE_CERTIFI = True

environment_cert_file = os.getenv("SSL_CERT_FILE") or None
CA_CERTS_PATH: str | None = environment_cert_file

CA_CERTS_UNAVAILABLE_ERROR_MSG = (
    "No CA Certificates were found in CA_CERTS_PATH. For information on how to get required "
    "certificate files, please visit "
    "https://libcloud.readthedocs.org/en/latest/other/ssl-certificate-validation.html"
)
VERIFY_SSL_DISABLED_MSG = (
    "SSL certificate verification is disabled, this can pose a security risk. For more information "
    "how to enable the SSL certificate verification, please visit the libcloud documentation."
)

if TYPE_CHECKING:
    has_certifi: bool
    certifi_ca_bundle_path: str | None


def __getattr__(name: str) -> Any:
    # certifi is not imported for programs that never ask.
    if name == "has_certifi":
        from importlib.util import find_spec

        return find_spec("certifi") is not None
    if name == "certifi_ca_bundle_path":
        try:
            import certifi
        except ImportError:
            return None
        return certifi.where()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def verification(ca_cert: str | None = None) -> bool | str:
    """
    What to verify a server's certificate with, in the way of requests' ``verify``.

    :param ca_cert: The connection's own bundle, which wins over ``CA_CERTS_PATH``.
    :return: A path, True for the bundle of requests, or False for no verification, which warns (and
        that warning is shown once, unless the program's warning filter says otherwise).
    :raises ValueError: the bundle does not exist.
    """
    if not VERIFY_SSL_CERT:
        warnings.warn(VERIFY_SSL_DISABLED_MSG, RuntimeWarning)
        return False
    path = ca_cert or CA_CERTS_PATH
    if isinstance(path, list | tuple):
        warnings.warn(
            "CA_CERTS_PATH is a list: only its first path is used. Give the path itself.",
            DeprecationWarning,
        )
        path = path[0] if path else None
    if not path:
        return True
    if not os.path.exists(path):
        raise ValueError(f"{path} does not exist. {CA_CERTS_UNAVAILABLE_ERROR_MSG}")
    return str(path)
