"""Private keys of every kind and format that is in use, made ready for paramiko."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from libcloud.compute.ssh.errors import SSHKeyError, also

if TYPE_CHECKING:
    import paramiko

__all__ = ["load_private_key", "load_private_key_file"]

_CERTIFICATE_SUFFIX = "-cert.pub"


def load_private_key(material: str | bytes, password: str | None = None) -> paramiko.PKey:
    """
    The key in a text: RSA, ECDSA or Ed25519; PEM (PKCS#1, SEC 1, PKCS#8) or OpenSSH's own format.

    :param password: Passphrase of an encrypted key; ignored when the key is not encrypted.
    :raises SSHKeyError: when the text is no such key, or the passphrase is missing or wrong.
    """
    import io

    import paramiko
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    data = material.encode() if isinstance(material, str) else material
    key = _decode(data.strip() + b"\n", password)
    if isinstance(key, rsa.RSAPrivateKey):
        key_class: type[paramiko.PKey] = paramiko.RSAKey
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        key_class = paramiko.ECDSAKey
    elif isinstance(key, ed25519.Ed25519PrivateKey):
        key_class = paramiko.Ed25519Key
    else:
        raise _invalid(f"{type(key).__name__} (use RSA, ECDSA or Ed25519)")
    # paramiko reads few formats, but all three kinds in OpenSSH's.
    try:
        text = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        return key_class.from_private_key(io.StringIO(text.decode()))
    except (ValueError, paramiko.SSHException) as e:
        raise _invalid(str(e)) from e


def load_private_key_file(path: str, password: str | None = None) -> paramiko.PKey:
    """
    The key in a file, with its certificate when one lies beside it (``id_rsa-cert.pub``).

    :param path: Of the key, or of its certificate; ``~`` is expanded.
    :raises OSError: when the file cannot be read.
    :raises SSHKeyError: see :func:`load_private_key`.
    """
    path = os.path.expanduser(path)
    key_path = path.removesuffix(_CERTIFICATE_SUFFIX)
    with open(key_path, "rb") as key_file:
        key = load_private_key(key_file.read(), password)
    certificate_path = key_path + _CERTIFICATE_SUFFIX
    if os.path.exists(certificate_path):
        key.load_certificate(certificate_path)
    return key


def _decode(data: bytes, password: str | None) -> Any:
    import paramiko
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    if b"PRIVATE KEY-----" not in data:
        raise _invalid("a private key in PEM or OpenSSH format is needed")
    load: Any = serialization.load_pem_private_key
    if b"BEGIN OPENSSH PRIVATE KEY" in data:
        load = serialization.load_ssh_private_key
    try:
        return load(data, None)
    except TypeError:
        pass  # the key is encrypted
    except (ValueError, UnsupportedAlgorithm) as e:
        raise _invalid(str(e)) from e
    if not password:
        message = "Private key file is encrypted, and no password is given for it"
        raise also(SSHKeyError(message), paramiko.PasswordRequiredException(message))
    try:
        return load(data, password.encode())
    except UnsupportedAlgorithm as e:
        raise _invalid(str(e)) from e
    except ValueError as e:
        message = "Invalid password provided for the private key"
        raise also(SSHKeyError(message), paramiko.SSHException(message)) from e


def _invalid(reason: str) -> SSHKeyError:
    import paramiko

    message = f"Invalid or unsupported key type: {reason}"
    error = also(SSHKeyError(message), paramiko.SSHException(message))
    assert isinstance(error, SSHKeyError)
    return error
